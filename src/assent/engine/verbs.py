"""The verbs: what a workflow can do. Each asks the journal first, and does only what is not recorded there.

verb ──▶ key of this visit ──▶ recorded? ──yes──▶ the recorded outcome, at once
                                  │no
                                  └──▶ a fact, and (for steps) the side effect, or (for waits) a future
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping, MutableMapping, Sequence
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any, Final
from uuid import UUID

from assent.core.decision import Decision, decision_of
from assent.core.durations import Duration, duration
from assent.core.failure import failure_of, message_of, raised
from assent.core.journal import (
    EventEmitted,
    Fact,
    StateChanged,
    StepFailed,
    StepFinished,
    StepRetrying,
    StepStarted,
    TaskOpened,
    TimerSet,
    TimerWithdrawn,
    ValueRecorded,
    micros,
    moment,
)
from assent.core.run import Run, RunStatus, cancel
from assent.core.task import HumanTask, Outcome, Withdraw, rule
from assent.core.values import Json, digest, pack, plain, unpack
from assent.engine import steps
from assent.engine.branch import Branch, current
from assent.engine.execution import Execution
from assent.engine.replay import CUT_OFF, Slot
from assent.engine.state import GONE, RunState, Touched, inside
from assent.errors import (
    AssentError,
    DefinitionError,
    Expired,
    JournalMismatch,
    NestedVerb,
    RunCancelled,
    RunFailed,
    RunTimedOut,
    ValueNotKept,
    ValueUnreadable,
    Waiting,
    Withdrawn,
)
from assent.errors import StepFailed as StepError
from assent.forms import Form, form_for, form_of
from assent.ids import new_id
from assent.ports import Clock, State

_UNSET: Final[Any] = object()
_TURNS: Final = 50  # of the loop, until all branches have come as far as they are recorded


class Value:
    """``on_timeout=Value(x)``: at the deadline, go on as if ``x`` had been approved."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Engine:
    """What the verbs need of the engine; see ``assent.engine.engine``."""

    clock: Clock
    threads: Any

    async def start_child(
        self, parent: Execution, key: str, workflow: Any, value: Any, id: str
    ) -> None:
        """Start (or take up again) a run that the parent waits for."""
        raise NotImplementedError

    def end(self, run: str, decide: Callable[[Run, datetime], Sequence[Fact]]) -> None:
        """Record what ends a run: its parent learns it too, and the runs below it end."""
        raise NotImplementedError

    def cut_off_child(self, parent: str, key: str, child: str) -> None:
        """End a run that the parent no longer waits for; more than once is harmless."""
        raise NotImplementedError

    def session_of(self, run: str) -> MutableMapping[str, Any]:
        """The live objects of a run."""
        raise NotImplementedError


class Verbs:
    """The context of one execution; see ``assent.ports.Context``."""

    def __init__(self, execution: Execution, engine: Engine, run: Run) -> None:
        self._execution = execution
        self._engine = engine
        self._clock = engine.clock
        self._run = run
        self._state = RunState(self._state_changed, execution.replay.newest_state)

    # ── who am I ────────────────────────────────────────────────────────────────────────────────

    @property
    def run_id(self) -> str:
        """The id of this run."""
        return self._run.id

    @property
    def workflow(self) -> str:
        """The name of the workflow."""
        return self._run.workflow

    @property
    def labels(self) -> Mapping[str, str]:
        """What the run was labelled with."""
        return self._run.labels

    @property
    def state(self) -> State:
        """Kept with the run."""
        return self._state

    @property
    def session(self) -> MutableMapping[str, Any]:
        """Live objects of this process: never stored, gone after a restart."""
        return self._engine.session_of(self._run.id)

    # ── steps ───────────────────────────────────────────────────────────────────────────────────

    async def step(self, *args: Any, **kwargs: Any) -> Any:
        """Do something once and remember its result."""
        self._outside_steps("step")
        work = steps.work_of(args, kwargs)
        branch = self._execution.branch()
        key = branch.key(work.options.name)
        slot = self._execution.recorded(branch, key, "step")
        seen = steps.digest_of(work)
        if slot is not None:
            self._same_step(key, slot, seen, work)
            if slot.state:
                for order, delta in slot.state:
                    self._state.replayed(order, delta)
            if slot.withdrawn:
                await self._execution.hang()
            if slot.done:
                return self._recorded_step(key, slot)
        if branch.frozen or self._execution.replay.slots:
            await self._at_the_end(branch)
        return await self._perform(key, work, seen, slot)

    def _same_step(self, key: str, slot: Slot, seen: str, work: steps.Work) -> None:
        if slot.digest != seen:
            self._mismatch(
                f"Run {self.run_id!r} recorded the step {key!r} with other arguments than the code now "
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
            self._mismatch(
                f"Run {self.run_id!r} recorded a result of the step {key!r} as {slot.returns}, and the code "
                f"now wants {work.returns}: {error} Restore the old type, or register a new version."
            )

    def _recorded_step(self, key: str, slot: Slot) -> Any:
        if slot.status == "failed":
            raise self._step_error(key, slot.attempt, slot.error)
        return self._unpacked(slot.value)

    @staticmethod
    def _step_error(key: str, attempts: int, failure: Json) -> StepError:
        error = StepError(key, attempts, message_of(failure))
        error.__cause__ = raised(failure)
        return error

    async def _perform(self, key: str, work: steps.Work, seen: str, slot: Slot | None) -> Any:
        execution, options = self._execution, work.options
        number = 1
        if slot is not None:
            # Cut off in the middle: the same attempt again. Failed before: the next one, when it is due.
            number = max(slot.attempt, 1)
            if slot.due:
                number += 1
                await self._rest(moment(slot.due))
        while True:
            if execution.draining or not execution.all_results_saved:
                await execution.hold()
                await self._saved()
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

    async def _saved(self) -> None:
        """Return once every result is durable: the run is about to go on, and does not wait for anybody."""
        execution = self._execution
        execution.inflight += 1
        try:
            await execution.saved()
        finally:
            execution.inflight -= 1

    async def _attempt(self, key: str, work: steps.Work, number: int) -> Any:
        """One attempt: its value, or ``_Again``, or the error that is final."""
        execution, name = self._execution, work.options.name
        step = steps.CurrentStep(run_id=self.run_id, key=key, name=name, attempt=number)
        touched = Touched()
        token = inside.set(touched)
        began = self._clock.now()
        execution.inflight += 1
        try:
            value = await steps.attempt(work, step, self._clock, self._engine.threads)
            packed = self._kept(key, value)
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

    def _kept(self, key: str, value: Any) -> Json:
        try:
            return pack(value)
        except ValueNotKept as error:
            raise error.within(f"the result of the step {key!r}") from None

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
        execution, name = self._execution, work.options.name
        if execution.stopped:
            raise Waiting from error
        if isinstance(error, NestedVerb):
            raise error
        failure = failure_of(error)
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
        due = self._clock.now() + wait
        execution.append(
            StepRetrying(
                key=key, name=name, attempt=number, due=micros(due), error=failure, state=changed
            )
        )
        raise _Again(due)

    def _since(self, began: datetime) -> int:
        """How long ago that was, in microseconds."""
        return micros(self._clock.now()) - micros(began)

    async def _rest(self, due: datetime) -> None:
        execution = self._execution
        execution.inflight += 1
        execution.resting += 1
        try:
            await self._clock.sleep_until(due)
        finally:
            execution.inflight -= 1
            execution.resting -= 1

    # ── people ──────────────────────────────────────────────────────────────────────────────────

    async def approve(
        self,
        key: str,
        *,
        title: str = "",
        detail: str | None = None,
        value: Any = None,
        form: Any = None,
        to: str | Sequence[str] = (),
        timeout: Duration | None = None,
        on_timeout: Any = None,
        labels: Mapping[str, str] | None = None,
        priority: int = 0,
    ) -> Decision[Any]:
        """Ask people to approve, reject or edit ``value``."""
        self._outside_steps("approve")
        policy, fallback = _on_timeout(on_timeout)
        packed = self._shown(key, value)
        drawn = form_of(form) if form is not None else form_for(value, packed)
        task = await self._ask_people(
            key,
            drawn,
            asks="approve",
            title=title,
            detail=detail,
            value=packed,
            to=to,
            timeout=timeout,
            on_timeout=policy,
            timeout_value=self._shown(key, fallback) if policy == "value" else None,
            labels=labels,
            priority=priority,
        )
        decision: Decision[Any] = self._read(lambda: decision_of(task))
        if decision.outcome is Outcome.EXPIRED and policy == "raise":
            raise Expired(decision.key)
        return decision

    async def ask(
        self,
        key: str,
        form: Any,
        *,
        title: str = "",
        detail: str | None = None,
        value: Any = None,
        to: str | Sequence[str] = (),
        timeout: Duration | None = None,
        default: Any = _UNSET,
        labels: Mapping[str, str] | None = None,
        priority: int = 0,
    ) -> Any:
        """Ask people to fill a form; raises Expired at the deadline unless there is a default."""
        self._outside_steps("ask")
        wanted = form_of(form)
        task = await self._ask_people(
            key,
            wanted,
            asks="ask",
            title=title,
            detail=detail,
            value=self._shown(key, value),
            to=to,
            timeout=timeout,
            on_timeout="raise" if default is _UNSET else "value",
            timeout_value=None if default is _UNSET else self._shown(key, default),
            labels=labels,
            priority=priority,
        )
        return self._answer(task, wanted)

    async def choose(
        self,
        key: str,
        options: Sequence[Any],
        *,
        many: bool = False,
        title: str = "",
        detail: str | None = None,
        to: str | Sequence[str] = (),
        timeout: Duration | None = None,
        default: Any = _UNSET,
        labels: Mapping[str, str] | None = None,
        priority: int = 0,
    ) -> Any:
        """Ask people to choose one of the options, or (``many``) several; returns what was chosen."""
        self._outside_steps("choose")
        offered = [self._shown(key, option) for option in options]
        if not offered:
            raise DefinitionError(f"ctx.choose({key!r}) has no options to choose from.")
        form = _Choice(list(options), offered, many=many)
        task = await self._ask_people(
            key,
            form,
            asks="choose",
            title=title,
            detail=detail,
            value=None,
            options=offered,
            many=many,
            to=to,
            timeout=timeout,
            on_timeout="raise" if default is _UNSET else "value",
            timeout_value=None if default is _UNSET else self._shown(key, default),
            labels=labels,
            priority=priority,
        )
        return self._answer(task, form)

    async def _ask_people(
        self,
        name: str,
        form: Form | None,
        *,
        asks: str,
        title: str,
        detail: str | None,
        value: Json,
        to: str | Sequence[str],
        timeout: Duration | None,
        on_timeout: str,
        timeout_value: Json,
        labels: Mapping[str, str] | None,
        priority: int,
        options: list[Json] | None = None,
        many: bool = False,
    ) -> HumanTask:
        """Open a task, or find it in the journal, and wait until it is closed."""
        execution = self._execution
        branch = execution.branch()
        key = branch.key(name)
        slot = execution.recorded(branch, key, "task")
        execution.forms[key] = form
        if slot is not None:
            return await self._recorded_task(key, slot, asks, value)
        await self._at_the_end(branch)
        await execution.hold()
        due = None if timeout is None else micros(self._clock.now() + duration(timeout))
        assigned = [to] if isinstance(to, str) else list(to)
        schema = form.schema if form is not None else None
        shown: dict[str, Json] = {
            "asks": asks,
            "title": title,
            "detail": detail,
            "value": value,
            "form": schema,
            "options": options,
            "to": list[Json](assigned),
            "due": due,
        }
        opened = TaskOpened(
            key=key,
            task=new_id("task", self._clock.now()),
            name=self._next_name(name),
            asks=asks,
            digest=digest(shown),
            to=assigned or None,
            by=self._run.by,
            labels=dict(labels) if labels else None,
            priority=priority or None,
            due=due,
            on_timeout=on_timeout if on_timeout != "expire" else None,
            many=many or None,
            path=list(self._run.path) or None,
            title=title or f"{name} for {self.workflow}",
            detail=detail,
            value=value,
            form=schema,
            options=options,
            timeout_value=timeout_value,
        )
        return await self._closed(key, opened.task, opened)

    def _next_name(self, name: str) -> str:
        names = self._execution.replay.names
        names[name] = names.get(name, 0) + 1
        return name if names[name] == 1 else f"{name}#{names[name]}"

    async def _recorded_task(self, key: str, slot: Slot, asks: str, value: Json) -> HumanTask:
        task = slot.task
        assert task is not None
        if task.asked.asks != asks:
            self._mismatch(
                f"Run {self.run_id!r} recorded that {key!r} asks people to {task.asked.asks}, but the code "
                f"now asks them to {asks}. Restore the old code, or register a new version."
            )
        if task.asked.value != value:
            self._mismatch(
                f"Run {self.run_id!r} showed people another value under {key!r} than the code now gives: "
                f"{plain(task.asked.value)!r} was recorded, {plain(value)!r} is asked. Restore the old "
                "code, or register a new version."
            )
        if slot.withdrawn:
            await self._execution.hang()
        if slot.done:
            return task
        return await self._closed(key, task.id, None)

    async def _closed(self, key: str, task: str, opening: Fact | None) -> HumanTask:
        try:
            closed: HumanTask = await self._execution.wait(key, opening)
        except asyncio.CancelledError:
            if not self._execution.stopped:
                self._withdraw_task(task)
            raise
        finally:
            self._execution.forms.pop(key, None)
        return closed

    def _withdraw_task(self, task: str) -> None:
        """A branch beside this one decided: nobody needs to answer any more."""
        wish = Withdraw(by=None, via="workflow")

        def decide(run: Run, at: datetime) -> Sequence[Fact]:
            found = run.tasks.get(task)
            return rule(found, wish, at).facts if found else []

        self._execution.gives_up(decide)

    def _answer(self, task: HumanTask, form: Form) -> Any:
        closing = task.closing
        assert closing is not None
        match closing.outcome:
            case Outcome.EXPIRED:
                if task.asked.on_timeout == "raise":
                    raise Expired(task.asked.name)
                return self._unpacked(task.asked.timeout_value)
            case Outcome.CANCELLED:
                raise Withdrawn(task.asked.name, closing.by or "", closing.reason)
            case _:
                return self._fitting(task, form)

    def _fitting(self, task: HumanTask, form: Form) -> Any:
        """The answer; where the form has changed since, it must fit the new one."""
        answer = self._unpacked(task.answers[-1].value)
        if form.schema == task.asked.form:
            return answer
        try:
            return form.read(answer)
        except AssentError as error:
            self._mismatch(
                f"Run {self.run_id!r} was answered under {task.asked.key!r} in another form than the code "
                f"now asks for: {error} Restore the old form, or register a new version."
            )
            raise

    def _shown(self, key: str, value: Any) -> Json:
        try:
            return pack(value)
        except ValueNotKept as error:
            raise error.within(f"the task {key!r}") from None

    # ── time ────────────────────────────────────────────────────────────────────────────────────

    async def sleep(self, length: Duration) -> None:
        """Go on after this long."""
        self._outside_steps("sleep")
        await self._timer("sleep", duration(length))

    async def sleep_until(self, when: datetime) -> None:
        """Go on at this moment; it must have a time zone."""
        self._outside_steps("sleep_until")
        if when.tzinfo is None:
            raise DefinitionError(
                f"ctx.sleep_until({when!r}) needs a time zone: {when.isoformat()} is at another moment in "
                "Tokyo than in Berlin. Use datetime(…, tzinfo=UTC) or zoneinfo."
            )
        await self._timer("sleep_until", when)

    async def _timer(self, name: str, until: datetime | timedelta) -> None:
        execution = self._execution
        branch = execution.branch()
        key = branch.key(name)
        slot = execution.recorded(branch, key, "timer")
        opening: Fact | None = None
        if slot is not None:
            if slot.withdrawn:
                await execution.hang()
            if slot.done:
                return
            if key not in self._run.timers:  # the run had ended meanwhile, and was retried
                opening = TimerSet(key=key, due=slot.due)
        else:
            await self._at_the_end(branch)
            await execution.hold()
            due = until if isinstance(until, datetime) else self._clock.now() + until
            opening = TimerSet(key=key, due=micros(due))
        try:
            await execution.wait(key, opening)
        except asyncio.CancelledError:
            if not execution.stopped:
                execution.gives_up(
                    lambda run, at: [TimerWithdrawn(key=key)] if key in run.timers else []
                )
            raise

    # ── other runs ──────────────────────────────────────────────────────────────────────────────

    async def run(self, workflow: Any, input: Any = None, *, id: str | None = None) -> Any:
        """Run another workflow and wait for its output."""
        self._outside_steps("run")
        execution = self._execution
        branch = execution.branch()
        key = branch.key(str(getattr(workflow, "name", workflow)))
        slot = execution.recorded(branch, key, "child")
        if slot is not None and slot.withdrawn:
            await execution.hang()
        if slot is not None and slot.done:
            return self._outcome_of(key, slot)
        if slot is not None and key in self._run.children:
            return self._outcome_of(key, await self._ended(key, slot.child))
        if slot is None:
            await self._at_the_end(branch)
            await execution.hold()
        child = id or (slot.child if slot else f"{self.run_id}.{key.replace('/', '.')}")
        return self._outcome_of(key, await self._child(key, workflow, input, child))

    async def _child(self, key: str, workflow: Any, input: Any, child: str) -> Slot:
        """Start a run, or take one up again that had failed, and wait for its end."""
        execution = self._execution
        waiting = execution.expect(key)
        execution.inflight += 1
        try:
            await execution.all_saved()
            await self._engine.start_child(execution, key, workflow, input, child)
        except asyncio.CancelledError:
            execution.waits.pop(key, None)
            self._cut_off(key, child)
            raise
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
            ended: Slot = await self._execution.wait(key, waiting=waiting)
        except asyncio.CancelledError:
            self._cut_off(key, child)
            raise
        return ended

    def _cut_off(self, key: str, child: str) -> None:
        """A branch beside this one decided: nobody needs what the other run would bring."""
        if self._execution.stopped:
            return

        def decide(run: Run, at: datetime) -> Sequence[Fact]:
            self._engine.cut_off_child(run.id, key, child)
            return ()

        self._execution.gives_up(decide)

    def _outcome_of(self, key: str, slot: Slot) -> Any:
        if slot.status == RunStatus.SUCCEEDED:
            return self._unpacked(slot.value)
        error: AssentError
        match slot.status:
            case RunStatus.CANCELLED:
                error = RunCancelled(
                    f"The run {slot.child!r} was cancelled: {message_of(slot.error)}."
                )
            case RunStatus.TIMED_OUT:
                error = RunTimedOut(f"The run {slot.child!r} took longer than its timeout.")
            case _:
                error = RunFailed(f"The run {slot.child!r} failed: {message_of(slot.error)}")
                error.__cause__ = raised(slot.error)
        error.__dict__["__assent_key__"] = key
        raise error

    async def cancel(self, reason: str | None = None) -> None:
        """End this run as cancelled."""
        self._outside_steps("cancel")
        await self._execution.all_saved()
        self._engine.end(self.run_id, lambda run, at: cancel(run, self.workflow, reason))
        await self._execution.hang()

    # ── concurrency ─────────────────────────────────────────────────────────────────────────────

    async def gather(
        self, *awaitables: Awaitable[Any], return_exceptions: bool = False
    ) -> list[Any]:
        """Do several things at once; results in order. A failure cancels the others, and is raised."""
        self._outside_steps("gather")
        branch = self._execution.branch()
        tasks = [self._beside(branch.child(), awaitable) for awaitable in awaitables]
        try:
            return await asyncio.gather(*tasks, return_exceptions=return_exceptions)
        finally:
            await _all_done(tasks)

    async def first(self, *awaitables: Awaitable[Any]) -> Any:
        """The result of whichever is ready first; the others are cancelled, their tasks withdrawn."""
        self._outside_steps("first")
        if not awaitables:
            raise DefinitionError("ctx.first() was given nothing to wait for.")
        branch = self._execution.branch()
        key = branch.key("first")
        slot = self._execution.recorded(branch, key, "value")
        winner = unpack(slot.value) if slot is not None else None
        branches = [branch.child() for _ in awaitables]
        for place, racing in enumerate(branches):
            racing.frozen = racing.frozen or (winner is not None and place != winner)
        tasks = [self._beside(b, a) for b, a in zip(branches, awaitables, strict=True)]
        try:
            if winner is None:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                winner = next(place for place, task in enumerate(tasks) if task.done())
                self._execution.append(ValueRecorded(key=key, value=winner))
            return await tasks[winner]
        finally:
            await _all_done(tasks)
            if winner is not None:
                for place, racing in enumerate(branches):
                    if place != winner:
                        self._execution.replay.abandon(racing.path)

    def _beside(self, branch: Branch, awaitable: Awaitable[Any]) -> asyncio.Task[Any]:
        async def run() -> Any:
            current.set(branch)
            self._execution.branch()
            return await awaitable

        beside = asyncio.ensure_future(run())
        beside.add_done_callback(lambda ended: _over(ended, awaitable))
        return beside

    # ── telling, and what is recorded ───────────────────────────────────────────────────────────

    async def emit(self, name: str, data: Any = None) -> None:
        """Tell the run's stream something, once."""
        self._outside_steps("emit")
        if not name:
            raise DefinitionError("ctx.emit() needs a name for what it tells.")
        branch = self._execution.branch()
        key = branch.key(f"emit:{name}"[:200])
        if self._execution.recorded(branch, key, "event") is not None:
            return
        await self._at_the_end(branch)
        try:
            packed = pack(data)
        except ValueNotKept as error:
            raise error.within(f"the event {name!r}") from None
        self._execution.append(EventEmitted(key=key, name=name, data=packed))

    def now(self) -> datetime:
        """The present moment, recorded."""
        found: datetime = self._noted("now", self._clock.now)
        return found

    def uuid(self) -> UUID:
        """A random UUID (version 4), recorded."""
        found: UUID = self._noted("uuid", lambda: UUID(bytes=secrets.token_bytes(16), version=4))
        return found

    def random(self) -> float:
        """A random number from 0 up to 1, recorded."""
        found: float = self._noted("random", SystemRandom().random)
        return found

    def _noted(self, name: str, make: Any) -> Any:
        self._outside_steps(name)
        branch = self._execution.branch()
        key = branch.key(name)
        slot = self._execution.recorded(branch, key, "value")
        if slot is not None:
            return unpack(slot.value)
        value = make()
        if not branch.frozen:
            self._execution.append(ValueRecorded(key=key, value=pack(value)))
        return value

    def _state_changed(self, name: str, packed: Json) -> tuple[int, Json] | None:
        """Record a change of the state; of one that is recorded already, its place in the journal, and what it says."""
        branch = self._execution.branch()
        key = branch.key("state")
        known = self._execution.replay.changes.pop(key, None)
        if known is not None:
            place, told = known
            return place, GONE if name in (told.gone or ()) else (told.state or {}).get(
                name, packed
            )
        if branch.frozen:
            return -1, packed  # it lost a race: what it would change now never counted
        gone = packed == GONE
        self._execution.append(
            StateChanged(
                key=key, state=None if gone else {name: packed}, gone=[name] if gone else None
            )
        )
        return None

    # ── rules ───────────────────────────────────────────────────────────────────────────────────

    def _outside_steps(self, verb: str) -> None:
        step = steps.running.get()
        if step is not None and step.run_id == self._run.id:
            raise NestedVerb(verb, step.key)

    async def _at_the_end(self, branch: Branch) -> None:
        """What is recorded ends here: a branch that lost its race does nothing new, and none does before those
        that it belongs to have come as far as they are recorded."""
        execution = self._execution
        if branch.frozen:
            await execution.hang()
        above: str | None = None
        for _ in range(_TURNS):
            above = execution.replay.unasked_above(branch.path)
            if above is None:
                return
            await asyncio.sleep(0)
        self._mismatch(
            f"Run {self.run_id!r} recorded {above!r} here, but the code now begins something new in a branch "
            f"{branch.path!r} before it asks for that. Restore the old order, or register the change as a new "
            "version."
        )

    def _unpacked(self, packed: Json) -> Any:
        return self._read(lambda: unpack(packed))

    def _read(self, read: Any) -> Any:
        """Read something recorded; where this code cannot, the run is parked."""
        try:
            return read()
        except ValueUnreadable as error:
            self._mismatch(str(error))

    def _mismatch(self, why: str) -> None:
        mismatch = JournalMismatch(why)
        self._execution.park(mismatch)
        raise Waiting from mismatch


def _over(beside: asyncio.Task[Any], awaitable: Awaitable[Any]) -> None:
    """A branch has ended; cut off before it began, it would complain that nobody awaited it."""
    if isinstance(awaitable, Coroutine):
        awaitable.close()
    if not beside.cancelled():
        beside.exception()  # raised by whoever gathers it; when all of the run was let go of, by nobody


class _Again(Exception):
    """The attempt failed; the next one starts at ``due``."""

    def __init__(self, due: datetime) -> None:
        self.due = due


class _Choice:
    """The form of a choice: one of the options, or several, each at most once."""

    def __init__(self, options: list[Any], packed: list[Json], *, many: bool) -> None:
        self._options, self._packed, self._many = options, packed, many
        offered: Json = {"enum": [plain(option) for option in packed]}
        self.schema: Json = (
            {"type": "array", "items": offered, "uniqueItems": True} if many else offered
        )

    def read(self, value: Any) -> Any:
        """The options that were chosen."""
        if not self._many:
            return self._option(value)
        form_of(self.schema).read(value)
        return [self._option(item) for item in value]

    def _option(self, value: Any) -> Any:
        said = _written(pack(value))
        pairs = list(zip(self._options, self._packed, strict=True))
        for option, packed in pairs:
            if _written(packed) == said:
                return option
        for option, packed in pairs:
            if _written(plain(packed)) == said:
                return option
        form_of({"enum": [plain(packed) for packed in self._packed]}).read(value)
        return value


def _written(value: Json) -> str:
    """The value as text: True differs from 1, and the order of a dictionary makes no difference."""
    return json.dumps(value, sort_keys=True)


def _on_timeout(on_timeout: Any) -> tuple[str, Any]:
    """The word for what happens at the deadline, and the value that goes with it."""
    if isinstance(on_timeout, Value):
        return "value", on_timeout.value
    if on_timeout is None:
        return "expire", None
    if on_timeout in ("approve", "reject", "raise"):
        return str(on_timeout), None
    raise DefinitionError(
        f"on_timeout={on_timeout!r} is none of 'approve', 'reject', 'raise', Value(…), None."
    )


def _asked_to_cancel() -> bool:
    """Whether somebody has cancelled this task, rather than something that it awaits."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


async def _all_done(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancel what still runs, and wait for its end."""
    left = [task for task in tasks if not task.done()]
    for task in left:
        if not task.cancelling():  # once: a second time would cut off what cleans up
            task.cancel()
    if left:
        await asyncio.gather(*left, return_exceptions=True)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # of one that lost, or was not the first to fail: nobody asks for it
