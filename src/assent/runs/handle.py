"""Holding a run: handles are views, any number of them, and none consumes anything."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Generic, TypeVar, cast

from msgspec import Struct
from typing_extensions import override

from assent.core.durations import Duration, duration
from assent.core.failure import message_of, raised
from assent.core.journal import Fact, RunFinished, RunId, RunParked, RunQueued, RunStarted
from assent.core.page import Page
from assent.core.place import Limit, workflow_of
from assent.core.policy import actor
from assent.core.record import Record, fact_from
from assent.core.run import Run, RunStatus, cancel, queued, retry
from assent.core.snapshot import Snapshot
from assent.core.texts import unkept
from assent.core.timeline import TimelineItem, mermaid, timeline_of
from assent.core.values import Json, digest, load, unpack, unpack_or_plain
from assent.errors import (
    AssentError,
    Conflict,
    FieldError,
    InvalidInput,
    InvalidState,
    RunCancelled,
    RunFailed,
    RunTimedOut,
    WorkflowStalled,
)
from assent.errors import RunParked as Parked
from assent.human.inbox import Inbox
from assent.human.looking import By, Draw
from assent.human.receipt import Receipt
from assent.human.view import TaskView
from assent.ids import check_run_id, new_id
from assent.ledger import Changed, Ledger, ended_child, ending
from assent.ports.clock import Clock
from assent.ports.program import Program
from assent.ports.store import Store
from assent.runs.listing import InQueue, QueueInfo, RunInfo, info_of, page_of, query_of, queue_of
from assent.runs.watching import Watcher, watching
from assent.snapshots import Snapshots, Written
from assent.stream import Event, Stream

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a run stands: ``run.wait()`` returns it once the run waits for somebody, or has ended.

    Its tasks are drawn up when somebody looks at them, and as they stood then, whatever has become of them since.
    """

    status: RunStatus
    output: Any = None
    error: BaseException | None = None
    asked: Sequence[Draw] = field(default=(), repr=False, compare=False)

    @cached_property
    def tasks(self) -> tuple[TaskView, ...]:
        """The open tasks, of the runs below it too."""
        return tuple(draw() for draw in self.asked)


class Parts(Struct, frozen=True):
    """What handles are made over."""

    store: Store
    ledger: Ledger
    clock: Clock
    inbox: Inbox
    stream: Stream
    gone: Callable[[RunId], Awaitable[None]]
    snapshots: Snapshots
    poke: Callable[[RunId], Awaitable[None]]
    limits: Callable[[], Mapping[str, Limit]]
    let_in: Callable[[str], Awaitable[None]]


class Runs:
    """All runs of a store."""

    def __init__(self, parts: Parts) -> None:
        self.reached: Callable[[], Runs] = lambda: self
        self.parts = parts
        self.watched: dict[RunId, list[Watcher]] = {}
        self._looking: set[asyncio.Task[None]] = set()
        parts.ledger.listen(self._on_change)

    def _on_change(self, changed: Changed) -> None:
        for watcher in self.watched.get(changed.run.id, ()):
            watcher.told(changed)

    def heard(self, news: Mapping[RunId, int]) -> None:
        """Others have written to these runs: perhaps one that somebody waits for has got there."""
        for run in news:
            if run in self.watched:
                looking = asyncio.get_running_loop().create_task(self._look(run))
                self._looking.add(looking)
                looking.add_done_callback(self._looking.discard)

    async def _look(self, run: RunId) -> None:
        try:
            head = await self.parts.ledger.durable(run)
        except AssentError as error:
            for watcher in self.watched.get(run, ()):
                watcher.failed(error)
            return
        self._on_change(Changed(head, ()))

    def close(self) -> None:
        """Tell all who wait that nothing will come any more."""
        for watchers in self.watched.values():
            for watcher in watchers:
                watcher.closed()

    def handle(self, run: RunId) -> RunHandle[Any]:
        """A view of a run; whether there is one shows when it is asked."""
        return RunHandle(run, self.reached)

    async def start(
        self,
        program: Program,
        started: RunStarted,
        id: RunId | None,
    ) -> RunHandle[Any]:
        """Make a run; the same id with the same input is the same run, with another input a Conflict."""
        if id is not None:
            check_run_id(id)
        run = id if id is not None else new_id("run", self.parts.clock.now())
        limit = self.parts.limits().get(program.name)
        held = () if limit is None else [_queued(limit, started)]
        while await self.parts.ledger.start(run, started, *held) is None:
            await self.parts.store.commit([])  # what was submitted before this is durable now
            if entries := await self.parts.store.journal(run):
                self._same(run, entries[0], program, started)
                break
        for fact in held:
            await self.parts.let_in(fact.queue)
        return self.handle(run)

    @staticmethod
    def _same(run: RunId, first: Record, program: Program, wanted: RunStarted) -> None:
        there = cast(RunStarted, fact_from(first.kind, _json(first.body), _json(first.payload)))
        if there.workflow != program.name or digest(there.input) != digest(wanted.input):
            raise Conflict(
                f"There is a run {run!r} already, of {there.workflow!r}, started with another input. Use "
                "another id, or start it with the same input."
            )

    async def resume(
        self,
        written: Written,
        *,
        fork: bool,
        id: RunId | None,
        by: str | None,
        sealed: bool,
        workflow: str | None = None,
    ) -> RunId:
        """Go on from a snapshot; the id of the run that does."""
        if id is not None:
            check_run_id(id)
            if not fork:
                raise InvalidInput(
                    "The snapshot's run",
                    (FieldError("/id", "it keeps its id; with fork=True it may have another"),),
                )
        return await self.parts.snapshots.resume(
            written, fork=fork, id=id, by=by, sealed=sealed, workflow=workflow
        )

    async def list(
        self,
        *,
        status: str | Sequence[str] | None = None,
        workflow: str | None = None,
        label: str | None = None,
        q: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[RunInfo]:
        """A page of runs, newest first."""
        query = query_of(
            status=status, workflow=workflow, label=label, q=q, cursor=cursor, limit=limit
        )
        return page_of(await self.parts.store.runs(query), limit)

    async def queues(self) -> tuple[QueueInfo, ...]:
        """The queues where somebody waits or is in, by name."""
        limits = self.parts.limits()
        rows = await self.parts.store.queues()
        return tuple(queue_of(row, limits.get(workflow_of(row.queue))) for row in rows)

    async def cancel_all(
        self,
        *,
        workflow: str | None,
        label: str | None,
        q: str | None,
        reason: str | None,
        by: str | None,
    ) -> tuple[RunId, ...]:
        """Cancel all that have not ended, of those asked for; a child ends with its parent."""
        cancelled: list[RunId] = []
        cursor: str | None = None
        while True:
            page = await self.list(
                status="incomplete", workflow=workflow, label=label, q=q, cursor=cursor, limit=200
            )
            ids = [info.id for info in page.items]
            cancelled += [run for run in ids if await self._cancelled(run, reason, by)]
            cursor = page.next_cursor
            if cursor is None:
                return tuple(cancelled)

    async def _cancelled(self, run: RunId, reason: str | None, by: str | None) -> bool:
        try:
            return await self.handle(run).cancel(reason, by=by) is RunStatus.CANCELLED
        except InvalidState:
            return False  # it has ended meanwhile


class RunHandle(Generic[R]):
    """A view of one run; it holds nothing, so it outlives a restart of the app."""

    def __init__(self, id: RunId, runs: Callable[[], Runs]) -> None:
        self.id = id
        self._runs = runs

    @override
    def __repr__(self) -> str:
        return f"<run {self.id!r}>"

    @property
    def _parts(self) -> Parts:
        return self._runs().parts

    # ── looking ─────────────────────────────────────────────────────────────────────────────────

    async def status(self) -> RunStatus:
        """Where the run stands now; raises RunNotFound."""
        return (await self._head()).status

    async def info(self) -> RunInfo:
        """What is known of the run; raises RunNotFound."""
        return info_of(await self._head())

    async def queued(self) -> InQueue | None:
        """Where the run stands in its queue, while it is held back; None otherwise."""
        head = await self._head()
        place = await self._parts.store.ahead(self.id) if queued(head) else None
        return None if place is None or head.place is None else InQueue(head.place.queue, place)

    async def input(self) -> Any:
        """What the run was started with."""
        first = (await self._parts.store.journal(self.id, 0))[:1]
        await self._head()
        return unpack_or_plain(cast("dict[str, Json]", _json(first[0].payload) or {}).get("input"))

    async def output(self) -> Any:
        """What the run returned; None before."""
        finished = await self._last(RunFinished.kind)
        return None if finished is None else unpack_or_plain(finished.get("output"))

    async def error(self) -> str | None:
        """Why the run failed, was cancelled or is parked, in words; None otherwise."""
        head = await self._head()
        if head.status is RunStatus.PARKED:
            told = await self._last(RunParked.kind)
            return None if told is None else str(told.get("reason"))
        finished = await self._last(RunFinished.kind) if head.status.ended else None
        failure = finished and finished.get("error")
        return message_of(failure) if failure else None

    async def tasks(self) -> tuple[TaskView, ...]:
        """The open tasks of the run, and of the runs it waits for."""
        return await self._parts.inbox.of_run(self.id)

    async def timeline(self) -> tuple[TimelineItem, ...]:
        """What happened, and what the run waits for, to look at."""
        await self._head()
        return timeline_of(await self._parts.store.history(self.id), self._parts.clock.now())

    async def to_mermaid(self) -> str:
        """The timeline as a Mermaid diagram."""
        return mermaid(await self.timeline())

    async def events(self, after: int = 0) -> AsyncIterator[Event]:
        """Every event once, in order, then live; ends with the run."""
        await self._head()
        async for event in self._parts.stream.events(self.id, after=after, until_end=True):
            yield event

    async def _head(self) -> Run:
        return await self._parts.ledger.durable(self.id)

    async def _last(self, kind: str) -> dict[str, Any] | None:
        """The payload of the newest entry of this kind."""
        head = await self._head()
        for after in (max(0, head.number - 8), 0):
            for record in reversed(await self._parts.store.journal(self.id, after)):
                if record.kind == kind:
                    return cast("dict[str, Any]", _json(record.payload) or {})
        return None

    # ── waiting ─────────────────────────────────────────────────────────────────────────────────

    async def wait(self, timeout: Duration | None = None) -> Standing:
        """Return once the run waits for somebody, is paused or parked, or has ended."""
        head, finished = await self._until(_stands, timeout)
        if head.status is RunStatus.WAITING and head.children:
            limit = None if timeout is None else duration(timeout).total_seconds()
            async with asyncio.timeout(limit):
                head, finished = await self._until_below(head)
        error: BaseException | None = None
        if head.status.ended and head.status is not RunStatus.SUCCEEDED:
            error = await self._failure(head)
        elif head.status is RunStatus.PARKED:
            error = Parked(await self.error() or f"The run {self.id!r} is parked.")
        output = None
        if head.status is RunStatus.SUCCEEDED:
            output = await self._output(finished, unpack_or_plain)
        asked = () if head.status.ended else await self._parts.inbox.open_in(self.id)
        return Standing(status=head.status, output=output, error=error, asked=asked)

    async def result(self, timeout: Duration | None = None) -> R:
        """The output, once there is one.

        Raises RunFailed (with ``__cause__``), RunCancelled or RunTimedOut; TimeoutError after ``timeout``.
        """
        head, finished = await self._until(lambda run: run.status.ended, timeout)
        if head.status is not RunStatus.SUCCEEDED:
            raise await self._failure(head)
        output: R = await self._output(finished, unpack)
        return output

    async def _output(self, finished: RunFinished | None, read: Callable[[Json], Any]) -> Any:
        if finished is not None:
            return read(finished.output)
        return read((await self._last(RunFinished.kind) or {}).get("output"))

    async def _failure(self, head: Run) -> RunFailed | RunCancelled | RunTimedOut:
        failure = (await self._last(RunFinished.kind) or {}).get("error")
        told = cast("dict[str, Any]", failure or {})
        match head.status:
            case RunStatus.CANCELLED:
                why = f": {told['message']}" if told.get("message") else ""
                who = f" by {told['by']}" if told.get("by") else ""
                return RunCancelled(f"The run {self.id!r} was cancelled{who}{why}.")
            case RunStatus.TIMED_OUT:
                return RunTimedOut(str(told.get("message") or f"The run {self.id!r} timed out."))
            case _:
                cause = raised(failure)
                if isinstance(cause, WorkflowStalled):
                    return cause
                error = RunFailed(f"The run {self.id!r} failed: {message_of(failure)}")
                error.__cause__ = cause
                return error

    async def _until(
        self, reached: Callable[[Run], bool], timeout: Duration | None
    ) -> tuple[Run, RunFinished | None]:
        if timeout is None:
            return await self._reached(reached)
        if reached(head := await self._head()):
            return head, None  # however short the timeout is
        async with asyncio.timeout(duration(timeout).total_seconds()):
            return await self._reached(reached)

    async def _reached(self, reached: Callable[[Run], bool]) -> tuple[Run, RunFinished | None]:
        while True:
            with watching(self._runs().watched, [self.id], reached) as (watcher,):
                if reached(head := await self._head()):
                    return head, watcher.finished
                await watcher.arrived
                # It was so while this waited; whether others have moved it on since need not be asked.
                head = self._parts.ledger.told(self.id) or await self._head()
                if reached(head):
                    return head, watcher.finished

    async def _until_below(self, head: Run) -> tuple[Run, RunFinished | None]:
        """Until one of the runs that it waits for needs somebody, or it moves on itself and stands again."""
        while head.status is RunStatus.WAITING and head.children:
            below = await self._parts.ledger.below(head)
            with watching(self._runs().watched, [self.id, *below]) as watchers:
                heads = [await self._parts.ledger.durable(run) for run in below]
                if any(_needs_somebody(one) for one in heads) or await self.tasks():
                    return head, None
                told, _ = await asyncio.wait(
                    [watcher.arrived for watcher in watchers], return_when=asyncio.FIRST_COMPLETED
                )
                for one in told:
                    one.result()
            head, finished = await self._until(_stands, None)
            if head.status is not RunStatus.WAITING:
                return head, finished
        return head, None

    # ── answering by key ────────────────────────────────────────────────────────────────────────

    async def approve(
        self,
        key: str,
        *,
        by: By,
        reason: str | None = None,
        shown: str | None = None,
        via: str = "python",
    ) -> Receipt:
        """Say yes to the open task with this key."""
        task = await self._task(key)
        if task is None:
            return await self._parts.inbox.missing(self.id, key)
        return await self._parts.inbox.approve(task, by=by, reason=reason, shown=shown, via=via)

    async def reject(
        self,
        key: str,
        *,
        by: By,
        reason: str | None = None,
        shown: str | None = None,
        via: str = "python",
    ) -> Receipt:
        """Say no to the open task with this key."""
        task = await self._task(key)
        if task is None:
            return await self._parts.inbox.missing(self.id, key)
        return await self._parts.inbox.reject(task, by=by, reason=reason, shown=shown, via=via)

    async def edit(
        self,
        key: str,
        value: Any,
        *,
        by: By,
        reason: str | None = None,
        shown: str | None = None,
        via: str = "python",
    ) -> Receipt:
        """Say yes, to another value than the one shown."""
        task = await self._task(key)
        if task is None:
            return await self._parts.inbox.missing(self.id, key)
        return await self._parts.inbox.edit(task, value, by=by, reason=reason, shown=shown, via=via)

    async def answer(
        self,
        key: str,
        value: Any,
        *,
        by: By,
        reason: str | None = None,
        shown: str | None = None,
        via: str = "python",
    ) -> Receipt:
        """Fill the form, or choose."""
        task = await self._task(key)
        if task is None:
            return await self._parts.inbox.missing(self.id, key)
        return await self._parts.inbox.answer(
            task, value, by=by, reason=reason, shown=shown, via=via
        )

    async def _task(self, key: str) -> str | None:
        return await self._parts.inbox.find(self.id, key)

    # ── steering ────────────────────────────────────────────────────────────────────────────────

    async def pause(self, *, by: By | None = None, seal: bool = True) -> Snapshot:
        """Let nothing new begin, in the runs below it too; a snapshot, once none of their code runs here.

        Steps that run are waited for, and their results are in the snapshot. Raises SessionNotKept, and leaves the
        run as it was, where its ``session_pause_policy`` says so. ``seal`` False leaves the signature out, unless live
        objects are in it.
        """
        return await self._parts.snapshots.pause(self.id, by=_named(by), seal=seal)

    async def snapshot(self, *, seal: bool = True) -> Snapshot:
        """What is alive in the run at this moment; it goes on. Resuming it makes a fork."""
        return await self._parts.snapshots.take(self.id, seal=seal)

    async def resume(self, *, by: By | None = None) -> RunStatus:
        """End a pause, as if it had never been; of a run that only waits, look up anew what it looks up elsewhere
        (``check=``)."""
        await self._parts.snapshots.resume_all(self.id, by=_named(by))
        await self._parts.poke(self.id)
        return await self.status()

    async def wait_until(
        self, status: str | Collection[str], timeout: Duration | None = None
    ) -> RunStatus:
        """Return once the run has this status, or one of these; raises InvalidState where it never will."""
        wanted = {RunStatus(each) for each in ([status] if isinstance(status, str) else status)}
        head, _ = await self._until(lambda run: run.status in wanted or run.status.ended, timeout)
        if head.status not in wanted:
            raise InvalidState(
                f"The run {self.id!r} {head.status.words}; it will not be {' or '.join(sorted(wanted))} any more."
            )
        return head.status

    async def poke(self) -> None:
        """Look up anew what the run looks up elsewhere (``check=``), without waiting for its schedule."""
        await self._head()
        await self._parts.poke(self.id)

    async def retry(self, *, by: By | None = None) -> RunStatus:
        """A failed run goes on from its failed step, a parked one from where it stood."""
        who = _named(by)
        changed = await self._parts.ledger.change(self.id, lambda run, at: retry(run, who))
        return changed.run.status

    async def cancel(self, reason: str | None = None, *, by: By | None = None) -> RunStatus:
        """End the run, and the runs it waits for; returns once their code has been cancelled."""
        who = _named(by)
        if reason is not None and (fault := unkept(reason)) is not None:
            raise InvalidInput("The reason", (FieldError("/reason", fault),))
        head = await self._head()
        below = await self._parts.ledger.below(head)
        parents = [head.parent] if head.parent is not None else []

        def decide(heads: Mapping[RunId, Run], at: datetime) -> Mapping[RunId, Sequence[Fact]]:
            told = ending(heads, below, who, reason)
            told[self.id] = cancel(heads[self.id], who, reason)
            for parent in parents:
                told[parent] = ended_child(heads[self.id], heads[parent], told[self.id])
            return told

        await self._parts.ledger.change_all([self.id, *below, *parents], decide)
        for run in (self.id, *below):
            await self._parts.gone(run)
        return await self.status()


_STUCK: Final = frozenset({RunStatus.PAUSED, RunStatus.PARKED})


def _named(by: By | None) -> str | None:
    return None if by is None else actor(by).name


def _needs_somebody(run: Run) -> bool:
    """Whether a run below needs a hand, or a signal from outside; its tasks are looked for apart."""
    return run.status in _STUCK or bool(run.signals.waits)


def _stands(run: Run) -> bool:
    return (
        run.status.ended
        or run.status in _STUCK
        or (
            run.status is RunStatus.WAITING and bool(run.tasks or run.children or run.signals.waits)
        )
    )


def _queued(limit: Limit, started: RunStarted) -> RunQueued:
    queue = limit.queue(started.workflow, unpack_or_plain(started.input))
    return RunQueued(queue=queue, keeps=limit.counts_waiting or None)


def _json(text: str | None) -> Any:
    return None if text is None else load(text)
