"""The verbs about runs: running another one and waiting for its output, and ending this one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from assent.core.failure import failure_of, message_of, raised
from assent.core.journal import ChildFinished, Fact
from assent.core.run import Run, RunStatus, cancel
from assent.core.texts import unkept
from assent.core.values import Json
from assent.engine.ground import Ground, of_key
from assent.engine.replay import Slot
from assent.errors import Conflict, DefinitionError, RunCancelled, RunFailed, RunTimedOut
from assent.ids import check_run_id

REFUSED: Final = "refused"  # there was another run of this id


class Children(Ground):
    """Runs other workflows."""

    async def run(self, workflow: Any, input: Any = None, *, id: str | None = None) -> Any:
        """Run another workflow and wait for its output."""
        self.outside_steps("run")
        execution = self.execution
        branch = execution.branch()
        key = branch.key(str(getattr(workflow, "name", workflow)))
        if self.is_new(branch, key):
            if id is not None:
                check_run_id(id)
            self.engine.check_child(workflow, input)
        slot = execution.recorded(branch, key, "child")
        if slot is not None and slot.withdrawn:
            await execution.hang()
        if slot is not None and slot.done:
            return self._outcome_of(key, slot)
        if slot is not None and key in self.head.children:
            return self._outcome_of(key, await self._ended(key, slot.child))
        if slot is None:
            await self.at_the_end(branch)
            await execution.hold()
        child = id or (slot.child if slot else f"{self.head.id}.{key.replace('/', '.')}")
        return self._outcome_of(key, await self._child(key, workflow, input, child))

    async def _child(self, key: str, workflow: Any, input: Any, child: str) -> Slot:
        """Start a run, or take one up again that had failed, and wait for its end."""
        execution = self.execution
        waiting = execution.expect(key)
        execution.inflight += 1
        try:
            await execution.all_saved()
            with self.written_elsewhere():
                await self.engine.start_child(execution, key, workflow, input, child)
        except asyncio.CancelledError:
            execution.waits.pop(key, None)
            self._cut_off(key, child)
            raise
        except Conflict as taken:
            execution.waits.pop(key, None)
            raise self._refused(key, child, taken) from None
        except BaseException:
            execution.waits.pop(key, None)
            raise
        finally:
            execution.inflight -= 1
        return await self._ended(key, child, waiting)

    async def _ended(
        self, key: str, child: str, waiting: asyncio.Future[Any] | None = None
    ) -> Slot:
        try:
            ended: Slot = await self.execution.wait(key, waiting=waiting)
        except asyncio.CancelledError:
            self._cut_off(key, child)
            raise
        return ended

    def _cut_off(self, key: str, child: str) -> None:
        """A branch beside this one decided: nobody needs what the other run would bring."""
        if self.execution.stopped:
            return

        def decide(run: Run, at: datetime) -> Sequence[Fact]:
            self.engine.cut_off_child(run.id, key, child)
            return ()

        self.execution.gives_up(decide)

    def _outcome_of(self, key: str, slot: Slot) -> Any:
        if slot.status == RunStatus.SUCCEEDED:
            return self.unpacked(slot.value)
        raise of_key(key, outcome_error(slot))

    def _refused(self, key: str, child: str, taken: Conflict) -> Exception:
        """Another run has the id. That hangs on other runs, so it is recorded: on replay it is so again."""
        refused = ChildFinished(key=key, child=child, status=REFUSED, error=failure_of(taken))
        self.execution.append(refused)
        return of_key(key, taken)

    async def cancel(self, reason: str | None = None) -> None:
        """End this run as cancelled."""
        self.outside_steps("cancel")
        if reason is not None and (fault := unkept(reason)) is not None:
            raise DefinitionError(f"The reason that ctx.cancel gives cannot be kept: {fault}.")
        await self.execution.all_saved()
        self.engine.end(self.head.id, lambda run, at: cancel(run, self.head.workflow, reason))
        await self.execution.hang()


def outcome_error(slot: Slot) -> Exception:
    """What is raised of a run that did not succeed, or was not started."""
    if slot.status == REFUSED:
        return raised(slot.error)
    match slot.status:
        case RunStatus.CANCELLED:
            return RunCancelled(f"The run {slot.child!r} was cancelled{_because(slot.error)}.")
        case RunStatus.TIMED_OUT:
            return RunTimedOut(f"The run {slot.child!r} took longer than its timeout.")
        case _:
            failed = RunFailed(f"The run {slot.child!r} failed: {message_of(slot.error)}")
            failed.__cause__ = raised(slot.error)
            return failed


def _because(error: Json) -> str:
    """The reason that was given for a cancellation, if one was."""
    reason = error.get("message") if isinstance(error, dict) else None
    return f": {reason}" if reason else ""
