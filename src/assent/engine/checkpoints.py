"""The verbs of code that goes on from a cursor of its own, instead of from the first line.

    checkpoint(cursor) ──▶ RunCheckpointed: stands for all that was recorded before
    next time          ──▶ cursor, and what was recorded since

What a long-lived loop has to read again stays as small as what is alive in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from assent.core.journal import EventEmitted, Fact, RunCheckpointed
from assent.core.run import Run
from assent.core.values import Json, unpack
from assent.engine import steps
from assent.engine.branch import path_of
from assent.engine.execution import Execution
from assent.engine.ground import Engine, Ground
from assent.engine.replay import Replay, Slot
from assent.engine.state import RunState
from assent.errors import DefinitionError, Waiting
from assent.ports import DONE, Done, Ended

_STEP: Final = "step"


class Checkpoints(Ground):
    """Writes checkpoints, and says where to go on."""

    def __init__(self, execution: Execution, engine: Engine, run: Run, state: RunState) -> None:
        super().__init__(execution, engine, run)
        self._state = state
        self._loop = asyncio.get_running_loop()

    @property
    def cursor(self) -> Any:
        """What the newest checkpoint holds when the code begins; None where there is none."""
        return self.read(lambda: cursor_of(self.execution.replay))

    def recorded(self) -> Sequence[Ended]:
        """What branches of their own have recorded since the newest checkpoint."""
        told: list[Ended] = self.read(lambda: recorded_of(self.execution.replay))
        return told

    def abandon(self, number: int) -> None:
        """The branch of this number is over: what it has recorded is not asked for any more; its state stands."""
        replay, path = self.execution.replay, f"{number}/"
        for key in replay.order.get(path, ()):
            slot = replay.slots.get(key)
            for order, delta in (slot and slot.state) or ():
                self._state.replayed(order, delta)
        replay.abandon(path)

    def checkpoint(self, cursor: Any, *, keeps_input: bool = True) -> Done:
        """Go on from this cursor, should the code begin again. It is recorded at once, and may be awaited."""
        self.outside_steps("checkpoint")
        execution = self.execution
        if others := execution.waits.keys() - execution.asked.keys():
            raise DefinitionError(
                f"ctx.checkpoint() was called while a branch beside it waits for {min(others)!r}. A checkpoint can "
                "carry steps and tasks that are open, and nothing else: wait for it first."
            )
        if execution.stopped:
            raise Waiting
        wanted = checkpoint_of(execution.replay, execution.main.visits, execution.main.children)
        steps_ = {**(wanted.steps or {}), **execution.working}
        tasks = [*(wanted.tasks or ()), *execution.asked.values()]
        told = RunCheckpointed(
            tasks=tasks or None,
            steps=steps_ or None,
            names=wanted.names,
            visits=wanted.visits,
            branches=wanted.branches,
            spares_input=None if keeps_input else True,
            cursor=self.kept(cursor, "the cursor of a checkpoint"),
            state=dict(self._state.recorded) or None,
        )
        execution.also(lambda run, at: [since(run, told)])
        return DONE

    def report(self, name: str, data: Any = None) -> None:
        """Tell the run's stream something from inside a step: at once, and again on each attempt."""
        step = steps.running.get()
        if step is None or step.run_id != self.head.id:
            raise DefinitionError(
                "ctx.report() is for steps; in the workflow itself use ctx.emit()."
            )
        packed = self.kept(data, f"what the step {step.key!r} reports")
        told = EventEmitted(key=step.key, name=name, within=True, data=packed)
        try:
            here = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            here = False
        if here:
            self.execution.append(told)
        else:
            self._loop.call_soon_threadsafe(self._from_a_thread, told)

    def _from_a_thread(self, told: Fact) -> None:
        if not self.execution.stopped:
            self.execution.append(told)


def since(run: Run, told: RunCheckpointed) -> RunCheckpointed:
    """The checkpoint with the entry from which its open tasks are to be read."""
    if not told.tasks:
        return told
    opened = [
        run.tasks[task].number if task in run.tasks else run.since or 1 for task in told.tasks
    ]
    return replace(told, since=min(opened))


def checkpoint_of(replay: Replay, visits: dict[str, int], children: int) -> RunCheckpointed:
    """What a checkpoint at the end of this journal has to carry, without its cursor and state."""
    open_: list[tuple[str, Slot]] = [(key, slot) for key, slot in replay.slots.items()]
    tasks = [slot.task.id for _, slot in open_ if slot.task is not None]
    begun: dict[str, list[Json]] = {
        key: [slot.attempt, slot.digest, slot.due, slot.returns]
        for key, slot in open_
        if slot.kind == _STEP and not slot.done
    }
    return RunCheckpointed(
        tasks=tasks or None,
        steps=begun or None,
        names=dict(replay.names) or None,
        visits=dict(visits) or None,
        branches=children or None,
    )


def cursor_of(replay: Replay) -> Any:
    """The cursor of the newest checkpoint in this journal."""
    return None if replay.checkpoint is None else unpack(replay.checkpoint.cursor)


def recorded_of(replay: Replay) -> list[Ended]:
    """What branches with a number of their own have recorded, in the order in which it ended."""
    told: list[Ended] = []
    for key, slot in replay.ended():
        path = path_of(key)
        number = path.rstrip("/")
        if not number.isdigit() or slot.status == "failed":
            continue
        value = slot.value
        if slot.task is not None:
            if slot.task.closing is None or slot.task.closing.outcome != "answered":
                continue
            value = slot.task.answers[-1].value
        told.append(Ended(int(number), key.removeprefix(path), slot.kind, unpack(value)))
    return told
