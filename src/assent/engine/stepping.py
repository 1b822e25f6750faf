"""The step verb: a side effect is done once, tried again by its policy, and remembered."""

from __future__ import annotations

import asyncio
import functools
from datetime import datetime, timedelta
from typing import Any, Final

from assent.core.failure import failure_of, message_of, raised
from assent.core.journal import StepFailed, StepFinished, StepRetrying, StepStarted, micros, moment
from assent.core.run import Run
from assent.core.values import Json, unpack
from assent.engine import steps
from assent.engine.execution import Execution
from assent.engine.gates import Gates
from assent.engine.ground import Engine, Ground
from assent.engine.replay import CUT_OFF, Slot
from assent.engine.state import RunState, Touched, inside
from assent.errors import AssentError, NestedVerb, ValueNotKept, Waiting
from assent.errors import StepFailed as StepError
from assent.forms import form_of
from assent.ports.program import GATE

_MICROSECOND: Final = timedelta(microseconds=1)


class Stepping(Ground):
    """Does steps; what they do to the run's state is recorded with their results."""

    def __init__(
        self, execution: Execution, engine: Engine, run: Run, state: RunState, gates: Gates
    ) -> None:
        super().__init__(execution, engine, run)
        self._state = state
        self._gates = gates

    async def step(self, *args: Any, **kwargs: Any) -> Any:
        """Do something once and remember its result."""
        self.outside_steps("step")
        work = steps.work_of(args, kwargs)
        if hasattr(work.call, GATE):
            work = await self._gates.granted(work)
        branch = self.execution.branch()
        key = branch.key(work.options.name)
        slot = self.execution.recorded(branch, key, "step")
        seen = steps.digest_of(work)
        if slot is not None:
            self._same_step(key, slot, seen, work)
            if slot.state:
                for order, delta in slot.state:
                    self._state.replayed(order, delta)
            if slot.withdrawn:
                await self.execution.hang()
            if slot.done:
                return self._recorded_step(key, slot)
        if branch.frozen or self.execution.replay.slots:
            await self.at_the_end(branch)
        return await self._perform(key, work, seen, slot)

    def _same_step(self, key: str, slot: Slot, seen: str, work: steps.Work) -> None:
        if slot.digest != seen:
            self.mismatch(
                f"Run {self.head.id!r} recorded the step {key!r} with other arguments than the code now "
                "gives it. Keep them as they were (ctx.now() and ctx.random() are equal on replay), or "
                "register the change as a new version."
            )
        if slot.done and slot.status != "failed" and slot.returns != work.returns:
            self._check_type(key, slot, work)

    def _check_type(self, key: str, slot: Slot, work: steps.Work) -> None:
        """The annotated type has changed: the recorded result must fit the new one."""
        hint = steps.result_type(work)
        if hint is None:
            return
        try:
            form_of(hint).read(unpack(slot.value))
        except AssentError as error:
            self.mismatch(
                f"Run {self.head.id!r} recorded a result of the step {key!r} as {slot.returns}, and the code "
                f"now wants {work.returns}: {error} Restore the old type, or register a new version."
            )

    def _recorded_step(self, key: str, slot: Slot) -> Any:
        if slot.status == "failed":
            raise self._step_error(key, slot.attempt, slot.error)
        return self.unpacked(slot.value)

    @staticmethod
    def _step_error(key: str, attempts: int, failure: Json) -> StepError:
        error = StepError(key, attempts, message_of(failure))
        error.__cause__ = raised(failure)
        return error

    async def _perform(self, key: str, work: steps.Work, seen: str, slot: Slot | None) -> Any:
        execution, options = self.execution, work.options
        number = 1
        if slot is not None:
            # Cut off in the middle: the same attempt again. Failed before: the next one, when it is due.
            number = max(slot.attempt, 1)
            if slot.due:
                number += 1
                await self._rest(moment(slot.due))
        while True:
            if execution.holds or not execution.all_results_saved:
                await execution.hold()
                await self.saved()
                await execution.hold()
            started = StepStarted(
                key=key, name=options.name, attempt=number, digest=seen, returns=work.returns
            )
            execution.append(started)
            try:
                return await self._attempt(key, work, number)
            except _Again as again:
                number += 1
                await self._rest(again.due)

    async def _attempt(self, key: str, work: steps.Work, number: int) -> Any:
        """One attempt: its value, or ``_Again``, or the error that is final."""
        execution, name = self.execution, work.options.name
        step = steps.CurrentStep(run_id=self.head.id, key=key, name=name, attempt=number)
        touched = Touched()
        token = inside.set(touched)
        began = self.clock.now()
        execution.inflight += 1
        try:
            value = await self._body(work, step)
            packed = self.kept(value, f"the result of the step {key!r}")
            changed = self._state.changed(touched)
        except asyncio.CancelledError as error:
            if not execution.stopped and not _asked_to_cancel():
                inner = RuntimeError("Something that the step awaited was cancelled.")
                inner.__cause__ = error
                self._failed(inner, key, work, number, touched, began)
            if not execution.stopped:
                cut_off: Json = {"type": CUT_OFF, "message": "A branch beside it decided."}
                failed = StepFailed(key=key, name=name, attempt=number, error=cut_off)
                execution.gives_up(lambda run, at: [failed])
            raise
        except Exception as error:  # noqa: BLE001  (whatever a step raises is its outcome)
            self._failed(error, key, work, number, touched, began)
        else:
            execution.append(
                StepFinished(
                    key=key,
                    name=name,
                    attempt=number,
                    took=self._since(began),
                    result=packed,
                    state=changed,
                )
            )
            return unpack(packed)
        finally:
            inside.reset(token)
            execution.inflight -= 1
            execution.settle()
        raise AssertionError("unreachable")

    async def _body(self, work: steps.Work, step: steps.CurrentStep) -> Any:
        """The body, with whatever the app has called around it."""
        body = functools.partial(steps.attempt, work, step, self.clock, self.engine.threads)
        if not self.engine.middleware:
            return await body()
        return await self.engine.middleware.around(
            self.head, body, step=step.name, key=step.key, kind="step"
        )

    def _failed(
        self,
        error: Exception,
        key: str,
        work: steps.Work,
        number: int,
        touched: Touched,
        began: datetime,
    ) -> None:
        """Record a failed attempt; raises ``_Again`` or the final error."""
        execution, name = self.execution, work.options.name
        if execution.stopped:
            raise Waiting from error
        if isinstance(error, NestedVerb):
            raise error
        failure = failure_of(error)
        try:
            changed = self._state.changed(touched)
        except ValueNotKept:  # it is put back by now; the step's own error is the one to tell
            changed = self._state.changed(touched)
        wait = steps.after(error, work.options.retry, number)
        if wait is None:
            execution.append(
                StepFailed(
                    key=key,
                    name=name,
                    attempt=number,
                    took=self._since(began),
                    error=failure,
                    state=changed,
                )
            )
            final = StepError(key, number, message_of(failure))
            raise final from error
        due = self.clock.now() + wait
        execution.append(
            StepRetrying(
                key=key, name=name, attempt=number, due=micros(due), error=failure, state=changed
            )
        )
        raise _Again(due)

    def _since(self, began: datetime) -> int:
        """How long ago that was, in microseconds."""
        return (self.clock.now() - began) // _MICROSECOND

    async def _rest(self, due: datetime) -> None:
        execution = self.execution
        execution.inflight += 1
        execution.resting += 1
        try:
            await self.clock.sleep_until(due)
        finally:
            execution.inflight -= 1
            execution.resting -= 1


class _Again(Exception):
    """The attempt failed; the next one starts at ``due``."""

    def __init__(self, due: datetime) -> None:
        self.due = due


def _asked_to_cancel() -> bool:
    """Whether somebody has cancelled this task, rather than something that it awaits."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
