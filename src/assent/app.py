"""App: where everything hangs. Heavy parts (the web) load on first use, here and nowhere else."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib import import_module
from typing import Any, TypeVar, cast, overload

from assent.access import Access, Role
from assent.audit import Audit
from assent.authoring.functions import Workflow, step
from assent.authoring.hints import names_around
from assent.channels import Channel, Channels
from assent.core.durations import Duration
from assent.core.page import Page
from assent.core.place import Limit
from assent.core.policy import actor
from assent.core.signal import SignalReceipt, Waiter
from assent.core.texts import unkept
from assent.core.values import pack
from assent.engine.middleware import Middleware
from assent.engine.programs import started_as
from assent.errors import (
    DefinitionError,
    FieldError,
    InvalidInput,
    InvalidState,
    NotOpen,
    RunNotFound,
    ValueNotKept,
    WorkflowNotFound,
)
from assent.events.workflow import EventWorkflow
from assent.failures import PREFIX, Failure, Hook
from assent.human.inbox import Inbox
from assent.human.looking import By
from assent.human.people import LookUp, People
from assent.notifying.links import Links
from assent.notifying.notifier import Notifier, ways_of
from assent.observing import Observer, Tell
from assent.ports.clock import Clock
from assent.ports.context import Context
from assent.ports.directory import Directory
from assent.ports.program import Offered, SessionPolicy
from assent.ports.store import Store
from assent.restate.options import Restate
from assent.runs.handle import RunHandle
from assent.runs.listing import QueueInfo, RunInfo
from assent.signalling import Signalling
from assent.snapshots import Written
from assent.stream import Stream
from assent.system import Settings, System, database_from_environment
from assent.upkeep import Upkeep

R = TypeVar("R")
M = TypeVar("M")


class App:
    """Workflows, the runs of a database, and the inbox where people answer.

    ``async with app:`` opens the store, recovers unfinished runs and starts the timers. ``ASSENT_DATABASE`` is
    the default of ``database``. ``directory`` says who people are: a ``Directory``, or a function (async or not) that
    takes a name and returns a ``User``, claims (``groups``, ``roles``, ``manager``), or None. ``channels`` are told
    when people are needed, and when they no longer are. ``engine``: ``Restate(…)``, where a Restate cluster is to say
    which process advances a run.
    """

    def __init__(
        self,
        database: str | None = None,
        *,
        settings: Settings | None = None,
        clock: Clock | None = None,
        directory: Directory | LookUp | None = None,
        channels: Sequence[Any] = (),
        engine: Restate | None = None,
    ) -> None:
        chosen = settings or Settings(database=database or database_from_environment())
        chosen = chosen if database is None else replace(chosen, database=database)
        self.settings = chosen if engine is None else replace(chosen, engine=engine)
        self._clock = clock
        self._directory = directory
        self._workflows: dict[str, dict[str, Offered]] = {}
        self._limits: dict[str, Limit] = {}
        self._channels = Channels()
        self._middleware = Middleware()
        self._observers: list[Observer] = []
        self._hooks: list[Hook] = []
        self._watching: set[asyncio.Task[None]] = set()
        self._when_opened: list[Callable[[], Awaitable[None]]] = []
        self._ways = ways_of(channels)
        self._system: System | None = None
        self._opening = asyncio.Lock()
        self._web: Any = None

    def reconfigure(self, *, settings: Settings, clock: Clock | None = None) -> None:
        """Use other settings, and perhaps another clock, from the next opening on; refused while it is open."""
        if self._system is not None:
            raise InvalidState("The app is open. Close it before it is given other settings.")
        self.settings = settings
        self._clock = clock

    # ── life ────────────────────────────────────────────────────────────────────────────────────

    async def __aenter__(self) -> App:
        await self.open()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    async def open(self, *, advance: bool = True) -> None:
        """Open the store. ``advance=False``: look and answer only; runs go on in the process that has the code."""
        async with self._opening:
            if self._system is not None:
                return
            system = System(self.settings, self._clock, self._directory)
            for program in self._programs():
                system.engine.programs.register(program)
            system.engine.services.middleware = self._middleware
            system.engine.services.emitted = self._channels.read
            system.limit(self._limits)
            system.notifier.ways = self._ways
            system.runs.reached = lambda: self.system.runs
            await system.open()
            self._system = system  # before runs go on, whose code may use the app
            try:
                for call in self._when_opened:
                    await call()
                if advance:
                    await system.advance()
            except BaseException:
                self._system = None
                await system.give_up()
                raise
            if advance:
                for observer in self._observers:
                    await system.observing.add(observer)
                await system.failures.start(self._hooks)

    def when_opened(self, call: Callable[[], Awaitable[None]]) -> None:
        """Call this, and await it, each time the app has been opened."""
        self._when_opened.append(call)

    async def close(self) -> None:
        """Let running steps end, finish writing, let go of the store."""
        async with self._opening:
            if self._system is not None:
                try:
                    await self._system.close()
                finally:
                    self._system = None  # not before: the code of running steps may use the app

    async def forget(self) -> None:
        """Drop a system that was abandoned, as if the process had died."""
        self._system = None

    @property
    def is_open(self) -> bool:
        """Whether the app has been opened."""
        return self._system is not None

    @asynccontextmanager
    async def lifespan(self, host: Any = None) -> AsyncGenerator[None]:
        """The app's life as a lifespan, to compose into a host's (FastAPI, Starlette)."""
        async with self:
            yield

    @property
    def system(self) -> System:
        """The wired parts; raises NotOpen before the app is opened."""
        if self._system is None:
            raise NotOpen("The app is not open. Use it within 'async with app:'.")
        return self._system

    # ── parts ───────────────────────────────────────────────────────────────────────────────────

    @property
    def inbox(self) -> Inbox:
        """Where people answer."""
        return self.system.inbox

    @property
    def people(self) -> People:
        """Who people are, and who stands in for whom."""
        return self.system.people

    @property
    def stream(self) -> Stream:
        """The events of all runs."""
        return self.system.stream

    @property
    def signalling(self) -> Signalling:
        """Takes signals to the runs that wait for them."""
        return self.system.signalling

    @property
    def notifications(self) -> Notifier:
        """What people elsewhere were not told yet, or could not be."""
        return self.system.notifier

    @property
    def links(self) -> Links:
        """Links in messages that answer once."""
        return self.system.links

    @property
    def access(self) -> Access:
        """Who may come in."""
        return self.system.access

    @property
    def audit(self) -> Audit:
        """The audit trail."""
        return self.system.audit

    @property
    def upkeep(self) -> Upkeep:
        """``await app.upkeep.check()``, ``await app.upkeep.prune(timedelta(days=90))``."""
        return self.system.upkeep

    @property
    def store(self) -> Store:
        """Where everything is kept."""
        return self.system.store

    @property
    def clock(self) -> Clock:
        """What reads the time."""
        return self.system.clock

    @property
    def asgi(self) -> Any:
        """The HTTP API, streams and inbox as one ASGI app, to mount or to serve."""
        if self._web is None:
            self._web = import_module("assent.web.app").asgi(self)
        return self._web

    # ── workflows ───────────────────────────────────────────────────────────────────────────────

    @overload
    def workflow(self, function: Callable[..., Awaitable[R]], /) -> Workflow[R]: ...
    @overload
    def workflow(
        self,
        function: None = None,
        /,
        *,
        name: str | None = None,
        version: str = "1",
        timeout: Duration | None = None,
        counts_waiting: bool = False,
        session_pause_policy: str = SessionPolicy.PICKLE_OR_ERROR,
        limit: Limit | None = None,
    ) -> Callable[[Callable[..., Awaitable[R]]], Workflow[R]]: ...
    def workflow(
        self,
        function: Callable[..., Awaitable[Any]] | None = None,
        /,
        *,
        name: str | None = None,
        version: str = "1",
        timeout: Duration | None = None,
        counts_waiting: bool = False,
        session_pause_policy: str = SessionPolicy.PICKLE_OR_ERROR,
        limit: Limit | None = None,
    ) -> Any:
        """Register an async function as a workflow: ``@app.workflow`` or ``@app.workflow(timeout="2h")``.

        ``timeout`` ends a run as timed out; the time in which it waits for people does not count, unless
        ``counts_waiting``. ``session_pause_policy`` says what a pause does with the live objects in ``ctx.session``:
        ``pickle_or_error``, ``warn_drop`` or ``hard_error``. ``limit`` says how many runs go on at once, or start in
        a time; the others are queued. Several versions of one name live side by side; new runs start with the last
        one registered.
        """
        names = names_around(2)

        def register(marked: Callable[..., Awaitable[Any]]) -> Workflow[Any]:
            made = Workflow(
                marked,
                name=name,
                version=version,
                timeout=timeout,
                counts_waiting=counts_waiting,
                session_pause_policy=session_pause_policy,
                names=names,
            )
            self.register(made)
            self.limit(made, limit)
            return made

        return register if function is None else register(function)

    def events(
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
        limit: Limit | None = None,
    ) -> EventWorkflow:
        """Register an event-driven workflow: steps that are joined by the events they take and return.

        Raises DefinitionError where the graph cannot work. ``step_timeout`` is for each step that has none of its
        own; ``state`` is the class of ``ctx.state``, a dataclass or a pydantic model; the other options are those of
        ``workflow``.
        """
        made = EventWorkflow(
            name,
            steps,
            version=version,
            timeout=timeout,
            step_timeout=step_timeout,
            counts_waiting=counts_waiting,
            session_pause_policy=session_pause_policy,
            description=description,
            state=state,
            names=names_around(2),
            runs=lambda: self.system.runs,
        )
        self.register(made)
        self.limit(made, limit)
        return made

    def register(self, workflow: Offered) -> None:
        """Make a workflow known to this app; another one of the same name and version is refused."""
        versions = self._workflows.setdefault(workflow.name, {})
        if versions.get(workflow.version, workflow) is not workflow:
            raise DefinitionError(
                f"There is a workflow {workflow.name!r} of version {workflow.version!r} already. Give it "
                "another name=, or another version=."
            )
        versions[workflow.version] = workflow
        if self._system is not None:
            self._system.engine.programs.register(workflow)

    def limit(self, workflow: Offered | str, limit: Limit | None) -> None:
        """Hold back runs of a workflow beyond this limit: they are queued, and go on in the order in which they came.

        It is for all versions of the workflow; None: no limit from now on.
        """
        name = workflow if isinstance(workflow, str) else workflow.name
        if limit is None:
            self._limits.pop(name, None)
        else:
            self._limits[name] = limit

    @property
    def workflows(self) -> Mapping[str, Offered]:
        """The newest version of each workflow by name."""
        return {name: list(versions.values())[-1] for name, versions in self._workflows.items()}

    # ── watching ────────────────────────────────────────────────────────────────────────────────

    def channel(self, name: str, model: Any = None, *, role: Role | str | None = None) -> Channel:
        """Declare an event of your own: what ``ctx.emit(name, data)`` must fit, and who hears it in streams.

        Once one is declared, names that are not are refused.
        """
        return self._channels.declare(name, model, None if role is None else Role(role))

    @property
    def channels(self) -> Channels:
        """The events of its own that the app has declared."""
        return self._channels

    def observe(self, *names: str) -> Callable[[Tell], Tell]:
        """Have a function told of these events (``task.*`` means all of tasks; none means all), from now on.

        It may be slow, and what it raises is logged: nothing else hears of it.
        """
        if any(not isinstance(cast(object, name), str) for name in names):
            raise DefinitionError(
                f"@app.observe takes names of events, and was given {names!r}. Write @app.observe('task.opened'), or "
                "@app.observe() for all of them."
            )

        def register(tell: Tell) -> Tell:
            observer = Observer(tell, names)
            self._observers.append(observer)
            if self._system is not None:
                adding = asyncio.ensure_future(self._system.observing.add(observer))
                self._watching.add(adding)
                adding.add_done_callback(self._watching.discard)
            return tell

        return register

    def middleware(self, middleware: M) -> M:
        """Have a class (or an object) called around what runs do; see ``assent.engine.middleware``."""
        self._middleware.add(middleware)
        return middleware

    def on_failure(
        self, *, workflow: str | None = None, retries: int = 3
    ) -> Callable[[Callable[[Failure], Any]], Callable[[Failure], Any]]:
        """Have a function called once for each run that has failed or timed out; it is retried as steps are."""

        def register(function: Callable[[Failure], Any]) -> Callable[[Failure], Any]:
            handle = _handling(function, retries)
            self.register(handle)
            self._hooks.append(Hook(handle, workflow))
            return function

        return register

    def _programs(self) -> list[Offered]:
        return [w for versions in self._workflows.values() for w in versions.values()]

    # ── runs ────────────────────────────────────────────────────────────────────────────────────

    @overload
    async def start(
        self,
        workflow: Workflow[R],
        input: Any = None,
        *,
        id: str | None = None,
        by: By | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> RunHandle[R]: ...
    @overload
    async def start(
        self,
        workflow: Offered | str,
        input: Any = None,
        *,
        id: str | None = None,
        by: By | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> RunHandle[Any]: ...
    async def start(
        self,
        workflow: Offered | str,
        input: Any = None,
        *,
        id: str | None = None,
        by: By | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> RunHandle[Any]:
        """Start a run; durable when this returns.

        The same ``id`` again is the same run; with another input it raises Conflict. An input that does not fit
        raises InvalidInput, and no run is made.
        """
        program = self._program(workflow)
        checked = program.check(input, strict=False)
        try:
            packed = pack(checked)
        except ValueNotKept as error:
            raise error.within(f"the input of {program.name!r}") from None
        who = None if by is None else actor(by).name
        started = started_as(program, packed, by=who, labels=_labels(labels))
        return await self.system.runs.start(program, started, id)

    async def queues(self) -> tuple[QueueInfo, ...]:
        """The queues of workflows that have a limit, where somebody waits or is in."""
        return await self.system.runs.queues()

    async def resume(
        self,
        snapshot: Written,
        *,
        fork: bool = False,
        id: str | None = None,
        by: By | None = None,
        sealed: bool = False,
    ) -> RunHandle[Any]:
        """Go on from a snapshot, as it was made or written down.

        Where the run is still in the pause that the snapshot was made of, that pause ends. Where there is no such
        run, it is made. A run that has gone on since is not touched: the snapshot is refused, or, with ``fork``,
        becomes a run of its own (of this ``id``, or a new one) that remembers its ``origin``. ``sealed``: refuse a
        snapshot that this installation has not sealed. Raises SnapshotRefused.
        """
        who = None if by is None else actor(by).name
        runs = self.system.runs
        return runs.handle(await runs.resume(snapshot, fork=fork, id=id, by=who, sealed=sealed))

    def run(self, id: str) -> RunHandle[Any]:
        """A view of a run."""
        if not isinstance(cast(object, id), str):
            raise RunNotFound(id)
        return self.system.runs.handle(id)

    async def notify(
        self,
        event: str,
        data: Any = None,
        run_id: str | None = None,
        *,
        id: str | None = None,
        by: By | None = None,
    ) -> SignalReceipt:
        """Signal to the runs that wait for this event.

        With ``run_id`` it goes to that run only, which keeps it where it does not wait yet. ``id`` names the
        delivery: a run takes each one once.
        """
        who = None if by is None else actor(by).name
        return await self.system.signalling.notify(event, data, run_id, id=id, by=who)

    async def waiters(self, event: str) -> tuple[Waiter, ...]:
        """Who waits for this event, longest first."""
        return await self.system.signalling.waiters(event)

    async def runs(
        self,
        *,
        status: str | Sequence[str] | None = None,
        workflow: str | None = None,
        label: str | None = None,
        q: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[RunInfo]:
        """A page of runs, newest first.

        ``status`` may also be ``incomplete``, ``dead`` (failed, timed out or parked) or ``all``.
        ``label`` is ``key=value``, or a word that is either.
        """
        return await self.system.runs.list(
            status=status, workflow=workflow, label=label, q=q, cursor=cursor, limit=limit
        )

    async def restart(
        self, run_id: str, *, id: str | None = None, by: By | None = None
    ) -> RunHandle[Any]:
        """Start a run anew, with the input and the labels it had; ``run.retry()`` goes on instead."""
        run = self.run(run_id)
        info = await run.info()
        labels = {**info.labels, "restarts": run_id}
        return await self.start(info.workflow, await run.input(), id=id, by=by, labels=labels)

    async def cancel_runs(
        self,
        *,
        workflow: str | None = None,
        label: str | None = None,
        q: str | None = None,
        all: bool = False,
        reason: str | None = None,
        by: By | None = None,
    ) -> tuple[str, ...]:
        """Cancel runs that have not ended: those that fit all that is given, or ``all``; returns their ids."""
        if not (workflow or label or q or all):
            why = "say which: workflow=, label=, q=, or all=True"
            raise InvalidInput("The filter", (FieldError("", why),))
        who = None if by is None else actor(by).name
        return await self.system.runs.cancel_all(
            workflow=workflow, label=label, q=q, reason=reason, by=who
        )

    def _program(self, workflow: Offered | str) -> Offered:
        if isinstance(workflow, str):
            if workflow not in self._workflows:
                raise WorkflowNotFound(workflow, list(self._workflows))
            return self.workflows[workflow]
        if not hasattr(workflow, "version"):
            raise DefinitionError(
                f"{workflow!r} is no workflow, and cannot be started: mark it with @app.workflow, or give its name."
            )
        if self._workflows.get(workflow.name, {}).get(workflow.version) is not workflow:
            raise WorkflowNotFound(workflow.name, list(self._workflows))
        return workflow


def _handling(function: Callable[[Failure], Any], retries: int) -> Workflow[None]:
    """A workflow of one step, which does something about a failure."""
    name = str(getattr(function, "__name__", "failure"))

    @step(name=name, retries=retries)
    async def handle(failure: Failure) -> None:
        told = function(failure)
        if inspect.isawaitable(told):
            await told

    async def about(ctx: Context, failure: Failure) -> None:
        await ctx.step(handle, failure)

    return Workflow(about, name=f"{PREFIX}{name}", names={"Failure": Failure, "Context": Context})


def _labels(labels: Mapping[Any, Any] | None) -> Mapping[str, str] | None:
    if labels is not None and not isinstance(cast(object, labels), Mapping):
        error = FieldError("/labels", f"use a dictionary of texts, not {labels!r}")
        raise InvalidInput("What the run is labelled with", (error,))
    wrong = [name for name, value in (labels or {}).items() if unkept(name) or unkept(value)]
    if wrong:
        error = FieldError(
            f"/labels/{wrong[0]}", "names and values of labels are texts that can be kept"
        )
        raise InvalidInput("What the run is labelled with", (error,))
    return labels
