"""Declared flows: the face. Without an app the state travels with the output; with one, each run is kept as well.

flows = Flows()         output.state is all there is: plain JSON, resumed wherever the flow is registered
flows = Flows(app)      the same flows, and the same code; a pause is a task, and the run is in store and stream
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from importlib import import_module
from typing import Any, Final, Protocol, TypeVar, cast, overload

from assent.authoring.flows.contexts import Contexts
from assent.authoring.flows.machine import Flowing, Init, Pause, Run, Spy, cleaned
from assent.authoring.flows.output import Output
from assent.authoring.flows.program import Begun, FlowProgram, Turn, position_of
from assent.authoring.flows.prompt import Question, question_of
from assent.authoring.flows.states import (
    Migration,
    Versions,
    copied,
    moment_of,
    written,
)
from assent.authoring.flows.steps import Steps
from assent.clock import SystemClock
from assent.core.durations import Duration
from assent.core.flow import ABSENT, Flow, Step, make_flow
from assent.core.journal import StepFinished
from assent.core.run import RunStatus
from assent.core.task import ReceiptStatus
from assent.core.values import Json, load, unpack
from assent.errors import (
    Conflict,
    DefinitionError,
    Expired,
    FlowNotFound,
    InvalidInput,
    InvalidState,
    JournalMismatch,
    RunFailed,
    StepFailed,
)
from assent.human.inbox import Inbox
from assent.human.looking import By
from assent.ids import new_id, random_hex
from assent.ports.clock import Clock
from assent.ports.program import Offered
from assent.ports.store import Store
from assent.runs.handle import RunHandle
from assent.sealing import Memory, Sealed, Vault

H = TypeVar("H", bound=Callable[..., Any])
_NEAR: Final = 16  # entries after a step's result, until the run waits


class Host(Protocol):
    """What flows need of an app."""

    @property
    def is_open(self) -> bool:
        """Whether it has been opened."""
        ...

    async def open(self) -> None:
        """Open it."""
        ...

    async def close(self) -> None:
        """Let go of it."""
        ...

    @property
    def inbox(self) -> Inbox:
        """Where people answer."""
        ...

    @property
    def store(self) -> Store:
        """Where everything is kept."""
        ...

    @property
    def clock(self) -> Clock:
        """What reads the time."""
        ...

    def register(self, workflow: Offered) -> None:
        """Make a workflow known."""
        ...

    def when_opened(self, call: Callable[[], Any]) -> None:
        """Call this, and await it, each time the app has been opened."""
        ...

    async def start(
        self,
        workflow: str,
        input: Any = None,
        *,
        id: str | None = None,
        by: By | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> RunHandle[Any]:
        """Start a run."""
        ...

    def run(self, id: str) -> RunHandle[Any]:
        """A view of a run."""
        ...


class Flows:
    """Steps, flows made of them, and their runs. Two of these share nothing.

    ``keys`` seal the tokens: the first one signs, all are accepted. Without keys an app keeps one of its own, and
    ``Flows()`` makes one that lives as long as the process. ``clock`` is for tests.
    """

    def __init__(
        self,
        app: Host | None = None,
        *,
        keys: Sequence[str | bytes] = (),
        clock: Clock | None = None,
    ) -> None:
        self._app = app
        self._own_clock = clock
        self._steps = Steps()
        self._versions = Versions()
        self._spies: list[Spy] = []
        self._listening: dict[str, list[Spy]] = {}
        self._programs: dict[tuple[str, str], FlowProgram] = {}
        memory = Memory()
        self._vault = Vault(
            keys,
            lambda: memory if app is None else app.store,
            self._now,
            keeps_key=app is not None,
        )
        if app is not None and not keys:
            app.when_opened(self._vault.load_key)

    def _clock(self) -> Clock:
        if self._own_clock is not None:
            return self._own_clock
        return _SYSTEM if self._app is None else self._app.clock

    def _now(self) -> datetime:
        return self._clock().now()

    # ── defining ────────────────────────────────────────────────────────────────────────────────

    @overload
    def step(
        self,
        id: str,
        handler: None = None,
        *,
        input: Any = ...,
        title: str = "",
        detail: str | None = None,
        to: str | Sequence[str] = (),
        thread: bool = False,
    ) -> Callable[[H], H]: ...
    @overload
    def step(
        self,
        id: str,
        handler: H,
        *,
        input: Any = ...,
        title: str = "",
        detail: str | None = None,
        to: str | Sequence[str] = (),
        thread: bool = False,
    ) -> H: ...
    @overload
    def step(
        self,
        id: str,
        handler: str,
        *,
        input: Any = ...,
        title: str = "",
        detail: str | None = None,
        to: str | Sequence[str] = (),
    ) -> str: ...
    def step(
        self,
        id: str,
        handler: Any = None,
        *,
        input: Any = ABSENT,
        title: str = "",
        detail: str | None = None,
        to: str | Sequence[str] = (),
        thread: bool = False,
    ) -> Any:
        """Register a step: as a decorator, or with its handler, which may be text (``"result += input"``).

        ``input`` describes what the step needs: without it, it pauses. A type or a JSON Schema also judges what is
        given. ``title`` and ``detail`` are what people are told, ``to`` who may answer (where an app keeps the runs).
        A sync handler runs on the loop, as most do nothing but set a name; ``thread`` moves it to a thread.
        """
        if to and self._app is None:
            raise DefinitionError(
                f"The step {id!r} is for {to!r}, and only runs of an app know people."
            )

        def register(handler: Any) -> Any:
            assigned = (to,) if isinstance(to, str) and to else tuple(to)
            self._steps.add(
                id, handler, thread=thread, asks=input, title=title, detail=detail, to=assigned
            )
            return handler

        return register if handler is None else register(handler)

    def flow(
        self,
        id: str,
        steps: Any,
        *,
        context: Any = None,
        init: Init | None = None,
        version: str = "1",
        description: str = "",
    ) -> Flow:
        """Register a flow: a list of steps, as Python values or as read from JSON or YAML.

        ``context`` is the type that its context must fit; ``init`` is called with the context of each new run, before
        anything else. Steps and flows that it names must be registered by then. What is returned may be an item of
        other flows.
        """
        if not id:
            raise DefinitionError(f"{id!r} is no id for a flow.")
        flow = make_flow(
            id, steps, version=str(version), is_step=self._steps.is_step, flows=self._versions.named
        )
        flowing = Flowing(
            flow=flow,
            contexts=Contexts(id, context, self._steps.modules),
            init=init,
            description=description,
        )
        self._versions.add(flowing)
        if self._app is not None:
            program = FlowProgram(
                flowing, self._steps, self._clock, self._listeners, self._output_at
            )
            self._programs[id, flow.version] = program
            self._app.register(program)
        return flow

    def migration(self, id: str) -> Callable[[Migration], Migration]:
        """Register what brings the states of older flows of this id up to date: a function from state to state.

        It may rename the ``step`` and change the ``context``; where the ``indexes`` no longer lead to the step, its
        name does.
        """

        def register(migration: Migration) -> Migration:
            self._versions.migrate(id, migration)
            return migration

        return register

    # ── spies ───────────────────────────────────────────────────────────────────────────────────

    def attach_spy(self, spy: Spy) -> Spy:
        """From now on, tell this function what happens in all runs: ``spy(event, subject, detail)``."""
        self._spies.append(spy)
        return spy

    def detach_spy(self, spy: Spy) -> None:
        """Tell it nothing any more; one that is not attached does no harm."""
        if spy in self._spies:
            self._spies.remove(spy)

    def _listeners(self, run_id: str) -> Sequence[Spy]:
        return [*self._spies, *self._listening.get(run_id, ())]

    # ── running ─────────────────────────────────────────────────────────────────────────────────

    async def start(
        self,
        id: str,
        context: Any = None,
        *,
        input: Any = ABSENT,
        spy: Spy | None = None,
        cleanup: Callable[[], Any] | None = None,
        run_id: str | None = None,
        by: By | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Output:
        """Run a flow until it pauses, or to its end.

        ``input`` is for the first step. ``cleanup`` is called when this returns or raises. ``run_id``, ``by`` and
        ``labels`` are as in ``app.start``; without an app only ``run_id`` has a meaning.
        """
        if self._app is not None:
            begun = context if input is ABSENT else Begun(context, input)
            return await cleaned(
                cleanup, self._start_kept(self._app, id, begun, run_id, by, labels, spy)
            )
        if by is not None or labels:
            raise DefinitionError("by= and labels= belong to runs that an app keeps: Flows(app).")
        return await cleaned(cleanup, self._start(id, context, input, run_id, spy))

    async def _start(
        self, id: str, context: Any, input: Any, run_id: str | None, spy: Spy | None
    ) -> Output:
        flowing = self._versions.newest(id)
        kept = flowing.contexts.begin(context)
        run = self._run(run_id or random_hex(6), flowing, spy)
        if run.spies:
            await run.tell("start", id)
        place = await run.begin(kept)
        return await self._going(run, place, kept, input)

    async def resume(
        self,
        state: Mapping[str, Any] | str,
        input: Any = ABSENT,
        *,
        audience: str | None = None,
        spy: Spy | None = None,
        cleanup: Callable[[], Any] | None = None,
        by: By = "flows",
    ) -> Output:
        """Go on from a state, a sealed token or a handle; without an input, try again.

        A state that came out of a token or a handle is used once: whoever is first has used it, unless this raises.
        ``by`` is whoever gives the input, where an app keeps the run.
        """
        return await cleaned(cleanup, self._resume(state, input, audience, spy, by))

    async def _resume(
        self, state: Any, input: Any, audience: str | None, spy: Spy | None, by: By
    ) -> Output:
        if isinstance(state, str):
            state = await self.opened(state, audience=audience)
        if isinstance(state, Sealed) and state.token:
            async with self._vault.using(state):
                return await self._resume_state(state, input, spy, by)
        return await self._resume_state(state, input, spy, by)

    async def _resume_state(self, state: Any, input: Any, spy: Spy | None, by: By) -> Output:
        if self._app is not None:
            return await self._resume_kept(self._app, state, input, spy, by)
        at = self._versions.read(state, self._now)
        run = self._run(at.run_id, at.flowing, spy, resumed=True)
        if run.spies:
            await run.tell("resume", at.flowing.flow.id)
        return await self._going(run, at.place, at.context, at.again if input is ABSENT else input)

    def _run(self, run_id: str, flowing: Flowing, spy: Spy | None, *, resumed: bool = False) -> Run:
        spies = self._spies if spy is None else [*self._spies, spy]
        return Run(id=run_id, flowing=flowing, steps=self._steps, resumed=resumed, spies=spies)

    async def _going(self, run: Run, place: int, context: Any, input: Any) -> Output:
        place, pause = await run.go(place, context, input)
        output = self._output(run.flowing, place, context, run.id, pause)
        if run.spies:
            subject = run.flowing.flow.id if pause is None else pause.step
            await run.tell("finish" if pause is None else "pause", subject, {"output": output})
        return output

    def _output(
        self,
        flowing: Flowing,
        place: int,
        context: Any,
        run_id: str,
        pause: Pause | None,
        *,
        turn: int | None = None,
    ) -> Output:
        expires = None
        if pause is not None and pause.expires is not None:
            expires = moment_of(pause.expires, self._now)
        state = written(flowing, place, context, run_id, pause, expires)
        if turn is not None:
            state["turn"] = turn
        return Output(self.resume, flowing, state, pause, expires)

    # ── runs that an app keeps ──────────────────────────────────────────────────────────────────

    async def _start_kept(
        self,
        app: Host,
        id: str,
        begun: Any,
        run_id: str | None,
        by: By | None,
        labels: Mapping[str, str] | None,
        spy: Spy | None,
    ) -> Output:
        self._versions.newest(id)
        known = run_id or new_id("run", self._now())
        with _heard(self._listening, known, spy):
            run = await app.start(id, begun, id=known, by=by, labels=labels)
            return await self._standing(app, run)

    async def _resume_kept(
        self,
        app: Host,
        state: Any,
        input: Any,
        spy: Spy | None,
        by: By,
    ) -> Output:
        run_id = self._versions.run_of(state)
        run = app.run(run_id)
        program, turn = await self._turn(app, run)
        position_of(program.flowing.flow, turn)
        if [turn["turn"], turn["step"]] != [state.get("turn"), state.get("step")]:
            raise InvalidState(
                f"The run {run_id!r} has moved on since this state was handed out. Ask for its output "
                "anew: await flows.output(run_id)."
            )
        asks = (turn["asked"] or {}).get("asks")
        if input is ABSENT and asks is not None:
            return await self._standing(app, run)
        with _heard(self._listening, run_id, spy):
            await self._answer(app, run, None if input is ABSENT else input, by)
            return await self._standing(app, run)

    async def _answer(self, app: Host, run: RunHandle[Any], value: Any, by: By) -> None:
        task = next((task for task in await run.tasks() if task.run_id == run.id), None)
        if task is None:
            await self._standing(app, run)  # says how the run ended, where it did not end well
            raise InvalidState(f"The run {run.id!r} asks for nothing just now.")
        receipt = await app.inbox.answer(task.id, value, by=by)
        if receipt.status is ReceiptStatus.INVALID:
            raise InvalidInput(f"The input of {task.key!r}", receipt.errors)
        if receipt.status is ReceiptStatus.EXPIRED:
            raise Expired(task.key)
        if not receipt.ok or receipt.status is ReceiptStatus.DUPLICATE:
            raise Conflict(f"The input of {task.key!r} was not taken: {receipt.message}")

    async def output(self, run_id: str) -> Output:
        """Where a run stands that an app keeps, whoever has answered meanwhile."""
        if self._app is None:
            raise DefinitionError("Without an app no run is kept: use the output, or its state.")
        return await self._standing(self._app, self._app.run(run_id))

    async def _standing(self, app: Host, run: RunHandle[Any]) -> Output:
        await self._vault.load_key()
        standing = await run.wait()
        if standing.status is RunStatus.PARKED:
            raise JournalMismatch(str(standing.error))
        if standing.error is not None:
            raise _surfacing(standing.error)
        program, turn = await self._turn(app, run)
        return self._output_at(program, turn, run.id)

    def _output_at(self, program: FlowProgram, turn: Turn, run_id: str) -> Output:
        place = position_of(program.flowing.flow, turn)
        pause = program.pause_of(turn) if turn["step"] is not None else None
        return self._output(
            program.flowing, place, turn["context"], run_id, pause, turn=turn["turn"]
        )

    async def _turn(self, app: Host, run: RunHandle[Any]) -> tuple[FlowProgram, Turn]:
        """The program of a run, and what its newest step left behind."""
        info = await run.info()
        program = self._programs.get((info.workflow, info.version))
        if program is None:
            raise FlowNotFound(info.workflow, list(self._versions.named))
        for after in (max(0, info.number - _NEAR), 0):
            for record in reversed(await app.store.journal(run.id, after)):
                if record.kind == StepFinished.kind and record.payload is not None:
                    told = cast("dict[str, Any]", load(record.payload))
                    return program, cast(Turn, unpack(told["result"]))
        raise InvalidState(f"The run {run.id!r} has not begun yet.")

    # ── state that leaves the server ────────────────────────────────────────────────────────────

    def seal(
        self,
        state: Mapping[str, Any],
        *,
        ttl: Duration | None = None,
        audience: str | None = None,
        once: bool = True,
    ) -> str:
        """A token for a state that leaves the server: signed, not secret. It can be resumed once, within ``ttl``."""
        return self._vault.sealer.seal(copied(dict(state)), ttl=ttl, audience=audience, once=once)

    def unseal(self, token: str, *, audience: str | None = None) -> Sealed:
        """The state in a token, to look at or to resume; raises TokenRefused. It is used by resuming it."""
        return self._vault.sealer.unseal(token, audience=audience)

    async def hold(
        self,
        state: Mapping[str, Any],
        *,
        ttl: Duration | None = None,
        audience: str | None = None,
        beside: Json = None,
    ) -> str:
        """A handle for a state that stays here: a random word, resumed as a token is; ``beside`` is kept with it."""
        await self._vault.load_key()
        held = copied(dict(state))
        return await self._vault.hold(held, ttl=ttl, audience=audience, beside=beside)

    async def opened(self, token: str, *, audience: str | None = None) -> Sealed:
        """The state of a token or a handle; raises TokenRefused, also where it was used already."""
        await self._vault.load_key()
        return await self._vault.open(token, audience)

    @property
    def vault(self) -> Vault:
        """Where states are sealed and held."""
        return self._vault

    # ── asking ──────────────────────────────────────────────────────────────────────────────────

    def question(self, output: Output) -> Question:
        """What an output asks for, with a JSON Schema to draw a form by."""
        if output.step_id is None:
            raise InvalidState("A flow that is finished asks for nothing.")
        step, _ = self._steps.find(output.step_id)
        asks, error, errors = output.input_required, output.error, output.errors
        return question_of(
            output.step_id, step.title, step.detail, asks, error=error, errors=errors
        )

    def first_question(self, id: str) -> Question | None:
        """What a flow asks before anything runs; None where something runs first."""
        flowing = self._versions.newest(id)
        first = flowing.flow.code[0] if flowing.flow.code else None
        if flowing.init is not None or not isinstance(first, Step) or first.input is not ABSENT:
            return None
        step, _ = self._steps.find(first.id)
        return (
            None
            if step.asks is ABSENT
            else question_of(first.id, step.title, step.detail, step.asks)
        )

    @asynccontextmanager
    async def serving(self) -> AsyncGenerator[None]:
        """While this lasts the app is open, where there is one: the lifespan of a wizard that is served by itself."""
        app = self._app
        if app is None or app.is_open:
            yield
            return
        await app.open()
        try:
            yield
        finally:
            await app.close()

    def wizard(self, id: str, **how: Any) -> Any:
        """A flow as a web wizard, as an ASGI app to mount or to serve; see ``assent.web.wizard.wizard``."""
        self._versions.newest(id)
        return import_module("assent.web.wizard").wizard(self, id, **how)


def _surfacing(error: BaseException) -> BaseException:
    """What a handler raised, as it would have come without an app."""
    while isinstance(error, RunFailed | StepFailed) and error.__cause__ is not None:
        error = error.__cause__
    return error


@contextmanager
def _heard(listening: dict[str, list[Spy]], run_id: str, spy: Spy | None) -> Generator[None]:
    """The spy hears what happens in this run, for as long as this lasts."""
    if spy is None:
        yield
        return
    listening.setdefault(run_id, []).append(spy)
    try:
        yield
    finally:
        listening[run_id].remove(spy)
        if not listening[run_id]:
            del listening[run_id]


_SYSTEM: Final = SystemClock()
