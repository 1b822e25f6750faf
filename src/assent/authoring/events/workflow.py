"""The program: the router over the verbs of a context.

    recorded ──fold──▶ Router ──wishes──▶ a branch for each delivery ──step, ask──▶ fact ──▶ Router ──▶ …

What the journal has recorded since the newest checkpoint is folded without running anything; only what is alive is
begun again. A fact reaches the router in the same breath in which it is recorded, so the journal's order is the
router's, and a checkpoint holds exactly what was recorded before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, Final, assert_never, cast

from typing_extensions import override

from assent.authoring.events.context import Holder, StepContext
from assent.authoring.events.event import (
    InputRequest,
    RunFailure,
    RunRequest,
    RunResponse,
    StopEvent,
)
from assent.authoring.events.graph import Graph, step_of
from assent.authoring.events.router import (
    Answered,
    Ask,
    Came,
    Collected,
    Fact,
    Returned,
    Router,
    Run,
    Stall,
    Start,
    Stop,
    Wish,
)
from assent.authoring.events.state import TypedState
from assent.authoring.hints import session_policy
from assent.core.classes import type_name
from assent.core.durations import Duration, optional
from assent.core.run import RunStatus
from assent.core.values import Json
from assent.errors import (
    InvalidInput,
    RunCancelled,
    RunFailed,
    RunTimedOut,
    ValueUnreadable,
    WorkflowStalled,
)
from assent.forms import TypedForm
from assent.ids import random_hex
from assent.ports.context import Context, Ended
from assent.ports.program import SessionPolicy

_EVERY: Final = 64  # facts between checkpoints, where not more than that is alive


class EventProgram:
    """Steps joined by their events, as a program that an engine runs."""

    def __init__(
        self,
        name: str,
        steps: Sequence[Callable[..., Any]],
        *,
        version: str = "1",
        timeout: Duration | None = None,
        step_timeout: Duration | None = None,
        counts_waiting: bool = False,
        session_pause_policy: str = SessionPolicy.PICKLE_OR_ERROR,
        description: str = "",
        state: type[Any] | None = None,
        names: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.version = str(version)
        self.timeout: timedelta | None = optional(timeout)
        self.counts_waiting = counts_waiting
        self.session_pause_policy = session_policy(session_pause_policy)
        self.description = description
        limit = optional(step_timeout)
        self.graph = Graph(name, [step_of(f, timeout=limit, names=names or {}) for f in steps])
        self.takes = type_name(self.graph.start)
        self._state = None if state is None else TypedState(state, name)
        self._form = TypedForm(self.graph.start)

    @override
    def __repr__(self) -> str:
        return f"<event-driven workflow {self.name!r} version {self.version!r}>"

    @property
    def input_schema(self) -> Json:
        """The JSON Schema of the start event."""
        return self._form.schema

    def check(self, value: Any, *, strict: bool) -> Any:
        """The start event of a value: an event, or its fields; raises InvalidInput with every error."""
        try:
            return self._form.read({} if value is None else value)
        except InvalidInput as error:
            raise InvalidInput(f"The start event of {self.name!r}", error.errors) from None

    async def perform(self, context: Any, value: Any) -> Any:
        """Route events until one ends the run."""
        router = self._router(context, value)
        context.stands(router.cursor)
        stopped = await _Conduct(self.graph, context, router, self._state).run()
        for number in (*router.running, *router.asked, *router.below):
            context.abandon(number)
        return stopped.output()

    def condense(
        self, value: Any, cursor: Any, recorded: Sequence[Ended]
    ) -> tuple[Any, Sequence[int]]:
        """The cursor that stands for all that is recorded, and the branches that it stands for."""
        used: list[int] = []
        router = self._folded(value, cursor, recorded, used.append)
        return router.cursor(), used

    def _router(self, context: Context, value: Any) -> Router:
        return self._folded(value, context.cursor, context.recorded(), context.abandon)

    def _folded(
        self, value: Any, cursor: Any, recorded: Sequence[Ended], used: Callable[[int], None]
    ) -> Router:
        """The router after all that is recorded; ``used`` is told each branch whose end was taken in."""
        if cursor is None:
            router = Router(self.graph)
            router.begin(value)
        else:
            router = Router.restored(self.graph, cursor)
        answers = {ended.branch: ended.value for ended in recorded if ended.kind == "task"}
        runs = {ended.branch: ended for ended in recorded if ended.kind == "child"}
        for ended in recorded:
            number = ended.branch
            if ended.kind == "step":
                self._expected(router.running.get(number), ended)
                router.take(returned(number, ended.value))
            elif ended.kind == "value" and number in answers:
                self._expected(router.asked.get(number), ended)
                router.take(Answered(number, answers[number]))
            elif ended.kind == "value" and number in runs:
                start = router.below.get(number)
                self._expected(start, ended)
                if start is not None:
                    router.take(Came(number, _event_of(start.request, runs[number])))
            else:
                continue
            used(number)
        return router

    def _expected(self, there: Run | Ask | Start | None, ended: Ended) -> None:
        """Code and journal must agree on what was delivered to whom."""
        if there is None or (ended.kind == "step" and ended.name != there.step):
            wanted = f"hands this event to {there.step!r}" if there else "makes no such delivery"
            raise ValueUnreadable(
                f"A run of {self.name!r} recorded that delivery {ended.branch} went to {ended.name!r}, and the "
                f"code now {wanted}. Restore the steps as they were, or register the change as a new version."
            )


def _event_of(request: RunRequest, ended: Ended) -> RunResponse | RunFailure:
    """What is handed on of a run that has ended."""
    if ended.status == "succeeded":
        return request.answered_by(
            request_id=request.request_id, workflow=request.workflow, output=ended.value
        )
    return RunFailure(
        request_id=request.request_id,
        workflow=request.workflow,
        status=ended.status,
        error=ended.error,
    )


def returned(number: int, value: Any) -> Returned:
    """The fact in what is recorded of a step."""
    if isinstance(value, dict):
        told = cast("dict[str, Any]", value)
        collected = [Collected(key, tuple(took)) for key, took in told["collected"]]
        return Returned(number, told["events"], collected)
    return Returned(number, value or ())


class _Conduct:
    """One performance: a branch for each delivery, and the main line, which only waits."""

    def __init__(
        self, graph: Graph, context: Context, router: Router, state: TypedState | None
    ) -> None:
        self._graph = graph
        self._state = state
        self._context = context
        self._router = router
        self._holder = Holder(router)
        self._branches: dict[int, asyncio.Task[Any]] = {}
        self._loop = asyncio.get_running_loop()
        self._wake: asyncio.Future[None] = self._loop.create_future()
        self._error: BaseException | None = None
        self._stalled = False
        self._facts = 0

    async def run(self) -> StopEvent:
        """Conduct until an event ends the run, a step fails for good, or nothing can happen any more."""
        try:
            self._do(self._router.open())
            while True:
                await self._wake
                if self._error is not None:
                    raise self._error
                if self._router.stopped is not None:
                    return self._router.stopped
                if self._stalled:
                    raise WorkflowStalled(self._graph.name)
                self._wake = self._loop.create_future()
        finally:
            await self._cut_off()

    async def _cut_off(self) -> None:
        """Cancel the branches that lost, and wait for their end."""
        left = [branch for branch in self._branches.values() if not branch.done()]
        for branch in left:
            branch.cancel()
        if left:
            await asyncio.gather(*left, return_exceptions=True)

    # ── wishes ──────────────────────────────────────────────────────────────────────────────────

    def _do(self, wishes: Sequence[Wish]) -> None:
        for wish in wishes:
            match wish:
                case Run(number=number):
                    self._branch(number, self._deliver(wish))
                case Ask(number=number):
                    self._branch(number, self._ask(wish))
                case Start(number=number):
                    self._branch(number, self._start(wish))
                case Stop():
                    self._rouse()
                case Stall():
                    self._stalled = True
                    self._rouse()
                case _ as unreachable:
                    assert_never(unreachable)

    def _branch(self, number: int, work: Any) -> None:
        branch = self._branches[number] = self._context.beside(number, work)
        branch.add_done_callback(lambda done: self._ended(number, done))

    def _ended(self, number: int, branch: asyncio.Task[Any]) -> None:
        del self._branches[number]
        if branch.cancelled() or branch.exception() is None or self._error is not None:
            return
        self._error = branch.exception()
        self._rouse()

    def _rouse(self) -> None:
        if not self._wake.done():
            self._wake.set_result(None)

    # ── facts ───────────────────────────────────────────────────────────────────────────────────

    async def _deliver(self, run: Run) -> None:
        fact = returned(run.number, await self._context.step(self._body(run)))
        # Nothing may be awaited between the end of the step and here: see the head of this module.
        self._holder.ended(run, fact.collected)
        self._take(fact)

    async def _ask(self, ask: Ask) -> None:
        request = ask.request
        response = await self._context.ask(
            ask.step,
            request.form,
            title=request.prompt,
            value=request.metadata,
            to=request.to,
            timeout=request.timeout,
            labels={"request": request.request_id, "event": type_name(type(request))},
        )
        self._context.now()  # its entry says when, among all that happens, the answer was taken in
        self._take(Answered(ask.number, response))

    async def _start(self, start: Start) -> None:
        request = start.request
        name, status = request.workflow, RunStatus.SUCCEEDED
        output, error = None, ""
        try:
            output = await self._context.run(name, request.input, id=request.id)
        except (RunFailed, RunCancelled, RunTimedOut) as failure:
            if not self._graph.consumers(RunFailure):
                raise
            status, error = _ended_as(failure), str(failure)
        self._context.now()  # as above
        ended = Ended(start.number, name, "child", output, status=status, error=error)
        self._take(Came(start.number, _event_of(request, ended)))

    def _take(self, fact: Fact) -> None:
        self._context.abandon(fact.number)  # from here on the router has it, and its cursor tells
        self._do(self._router.take(fact))
        self._facts += 1
        if self._facts >= _EVERY and self._facts >= self._router.size:
            self._facts = 0
            _ = self._context.checkpoint(self._router.cursor(), keeps_input=False)

    # ── one step ────────────────────────────────────────────────────────────────────────────────

    def _body(self, run: Run) -> Callable[[], Any]:
        step = self._graph.steps[run.step]
        context = StepContext[Any](
            self._context, run, self._holder, self._graph.refuse, self._state
        )
        if not step.wants_context:
            given: tuple[Any, ...] = (run.event,)
        else:
            given = (context, run.event) if step.context_first else (run.event, context)

        async def awaited() -> Any:
            context.again()
            with _checked(context):
                return self._made(context, await step.function(*given))

        def called() -> Any:
            context.again()
            with _checked(context):
                return self._made(context, step.function(*given))

        body: Callable[[], Any] = awaited if step.is_async else called
        body.__dict__["__assent_step__"] = step.options
        return body

    def _made(self, context: StepContext[Any], returned: Any) -> Any:
        """All that a step made, as it is recorded; raises DefinitionError for what nobody takes."""
        context.over = True
        several = isinstance(returned, list | tuple)
        events: list[Any] = [*context.sent]
        events += (
            cast("Sequence[Any]", returned) if several else [] if returned is None else [returned]
        )
        for place, event in enumerate(events):
            self._graph.refuse(event, context.step)
            if isinstance(event, InputRequest | RunRequest) and not event.request_id:
                events[place] = event.model_copy(update={"request_id": f"req_{random_hex(6)}"})
        if not context.collected:
            return events or None
        told = [[did.key, list(did.took)] for did in context.collected]
        return {"events": events, "collected": told}


@contextmanager
def _checked(context: StepContext[Any]) -> Generator[None]:
    """A step leaves a state behind that is what its class says, also where it fails."""
    try:
        yield
    except Exception:
        with suppress(InvalidInput):
            context.check_state()  # what it had put there is taken back; its own error is the one to tell
        raise
    context.check_state()


def _ended_as(failure: RunFailed | RunCancelled | RunTimedOut) -> RunStatus:
    match failure:
        case RunCancelled():
            return RunStatus.CANCELLED
        case RunTimedOut():
            return RunStatus.TIMED_OUT
        case _:
            return RunStatus.FAILED
