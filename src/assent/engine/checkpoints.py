"""The verbs of code that goes on from a cursor of its own, instead of from the first line.

    checkpoint(cursor) ──▶ RunCheckpointed: stands for all that was recorded before
    next time          ──▶ cursor, and what was recorded since

What a long-lived loop has to read again stays as small as what is alive in it: a checkpoint of the main line carries
all that the branches beside it have recorded. A branch may make one too, which stands for what that branch has done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from msgspec.structs import replace

from assent.core.journal import EventEmitted, Fact, RunCheckpointed, TaskOpened
from assent.core.run import Run, RunStatus
from assent.core.values import Json, unpack
from assent.engine import steps
from assent.engine.branch import Branch, current, path_of
from assent.engine.children import outcome_error
from assent.engine.execution import Execution
from assent.engine.ground import Engine, Ground
from assent.engine.keeping import Kept, carried
from assent.engine.replay import Replay, Slot
from assent.engine.state import RunState
from assent.errors import DefinitionError, Waiting
from assent.ledger import Decide
from assent.ports.context import DONE, Done, Ended

_STEP: Final = "step"


class Checkpoints(Ground):
    """Writes checkpoints, and says where to go on."""

    def __init__(self, execution: Execution, engine: Engine, run: Run, state: RunState) -> None:
        super().__init__(execution, engine, run)
        self._state = state
        self._loop = asyncio.get_running_loop()

    @property
    def cursor(self) -> Any:
        """What the newest checkpoint of this line holds when the code begins; None where there is none."""
        line = self._line()
        return self.read(lambda: cursor_of(self.execution.replay, line.path))

    def _line(self) -> Branch:
        """The line that the code asking is of: branches that it numbers itself are the main line's."""
        step = steps.running.get()
        inside = step is not None and step.run_id == self.head.id
        # A step may look, from a thread or a task of its own: that begins no branch.
        branch = current.get() if inside else self.execution.branch()
        return self.execution.main if branch.numbered else branch

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
        self.execution.over(path)

    def checkpoint(self, cursor: Any, *, keeps_input: bool = True) -> Done:
        """Go on from this cursor, should the code begin again. It is recorded at once, and may be awaited."""
        self.outside_steps("checkpoint")
        execution = self.execution
        if execution.stopped:
            raise Waiting
        line = self._line()
        told = RunCheckpointed(
            branch=line.path or None,
            again=execution.alive_below(line) or None,
            names=dict(execution.replay.names) or None,
            visits=dict(line.visits) or None,
            branches=line.children or None,
            spares_input=None if keeps_input else True,
            cursor=self.kept(cursor, "the cursor of a checkpoint"),
            state=dict(self._state.recorded) or None,
        )
        execution.also(self._of_the_main_line(told) if not line.path else self._of_a_branch(told))
        return DONE

    def _of_the_main_line(self, told: RunCheckpointed) -> Decide:
        """It carries what branches that are alive have recorded, so nothing before it is read again."""
        kept = self.execution.replay.keeping.alive()
        told = replace(told, open=carried(kept) or None)

        def decide(run: Run, at: datetime) -> Sequence[Fact]:
            # Something has happened that a branch is just about to hear of: the next checkpoint will have it.
            return [told] if not kept or fits(run, kept, at) else []

        return decide

    def _of_a_branch(self, told: RunCheckpointed) -> Decide:
        """The others begin again from their first lines: what they have recorded is read again, all of it."""
        path = told.branch or ""

        def decide(run: Run, at: datetime) -> Sequence[Fact]:
            self.execution.replay.keeping.begins_anew(path, told)
            return [replace(told, since=run.since or 1)]

        return decide

    def stands(self, cursor: Callable[[], Any]) -> None:
        """At any time this says from which cursor the code would go on."""
        self.execution.standing = partial(self._alive, cursor)

    def _alive(self, cursor: Callable[[], Any]) -> Sequence[Fact]:
        """What is alive in code at rest: its branches wait, and what is kept of them is what they wait for."""
        replay = self.execution.replay
        kept = replay.keeping.alive()
        tasks = [each.fact for each in kept if hasattr(each.fact, "task")]
        others = [each for each in kept if not hasattr(each.fact, "task")]
        told = RunCheckpointed(
            tasks=list(dict.fromkeys(fact.task for fact in tasks if isinstance(fact, TaskOpened)))
            or None,
            names=dict(replay.names) or None,
            open=carried(others) or None,
            spares_input=True,
            cursor=self.kept(cursor(), "the cursor of a snapshot"),
            state=dict(self._state.recorded) or None,
        )
        return [*tasks, *(each.fact for each in others), told]

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


def fits(run: Run, kept: Sequence[Kept], at: datetime) -> bool:
    """Whether nothing has happened to what is carried that its branches have yet to hear of."""
    replay = Replay(run.id)
    for fact, when in kept:
        replay.note(fact, when or at, 1)
    open_ = [(key, slot) for key, slot in replay.slots.items() if not slot.done]
    return all(slot.withdrawn or _stands(run, key, slot) for key, slot in open_)


def _stands(run: Run, key: str, slot: Slot) -> bool:
    match slot.kind:
        case "task" if slot.task is not None:
            now = run.tasks.get(slot.task.id)
            return now is not None and now.closing is None and now.answers == slot.task.answers
        case "timer":
            return key in run.timers
        case "wait":
            return key in run.signals.waits
        case "child":
            return key in run.children
        case _:
            return True


def checkpoint_of(replay: Replay) -> RunCheckpointed:
    """What a checkpoint at the end of this journal has to carry, without its cursor and state."""
    slots = list(replay.slots.items())
    tasks = [slot.task.id for _, slot in slots if slot.task is not None]
    begun: dict[str, list[Json]] = {
        key: [slot.attempt, slot.digest, slot.due, slot.returns]
        for key, slot in slots
        if slot.kind == _STEP and not slot.done
    }
    known = replay.checkpoint
    return RunCheckpointed(
        tasks=tasks or None,
        steps=begun or None,
        names=dict(replay.names) or None,
        visits=known.visits if known else None,
        branches=known.branches if known else None,
        open=carried(others_of(replay)) or None,
    )


def others_of(replay: Replay) -> list[Kept]:
    """What is recorded of timers, signals and children that the code has yet to ask for."""
    open_ = {key for key, slot in replay.slots.items() if slot.kind not in {_STEP, "task", "value"}}
    return [each for each in replay.keeping.alive() if getattr(each.fact, "key", None) in open_]


def tasks_of(replay: Replay) -> list[Kept]:
    """What is recorded of tasks that the code has yet to ask for."""
    tasks = {slot.task.id for slot in replay.slots.values() if slot.task is not None}
    return [each for each in replay.keeping.alive() if getattr(each.fact, "task", None) in tasks]


def cursor_of(replay: Replay, path: str = "") -> Any:
    """The cursor of the newest checkpoint that a line has made."""
    told = replay.lines.get(path)
    return None if told is None else unpack(told.cursor)


def recorded_of(replay: Replay) -> list[Ended]:
    """What branches with a number of their own have recorded, in the order in which it ended."""
    told: list[Ended] = []
    for key, slot in replay.ended():
        path = path_of(key)
        number = path.rstrip("/")
        if not number.isdigit() or (slot.kind == _STEP and slot.status == "failed"):
            continue
        value = slot.value
        if slot.task is not None:
            if slot.task.closing is None or slot.task.closing.outcome != "answered":
                continue
            value = slot.task.answers[-1].value
        ended = Ended(int(number), key.removeprefix(path), slot.kind, unpack(value))
        if slot.kind == "child":
            error = "" if slot.status == RunStatus.SUCCEEDED else str(outcome_error(slot))
            ended = ended._replace(status=slot.status, error=error)
        told.append(ended)
    return told
