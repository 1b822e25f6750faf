"""The only writer: wishes become facts, facts become durable, and whoever listens is told, in that order.

    change(run, decide) ──▶ head in memory, or loaded
                        ──▶ decide(head, at) → facts
                        ──▶ sealed records, new head, projections ──▶ store.commit
                        ──▶ listeners

A decision is made against the newest head, also while earlier changes of the run are still being written: they
are submitted in order, so they become durable in order, or all of them fail. Where another process has been
faster the store says Stale, and the decision is made again on what is there now.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, Final, TypeAlias, cast

from msgspec import Struct
from msgspec.structs import replace

from assent.core.journal import (
    ChildFinished,
    Fact,
    PayloadsErased,
    RunFinished,
    RunId,
    RunStarted,
    RunWaiting,
    TaskClosed,
    TaskId,
    TaskOpened,
    micros,
)
from assent.core.record import Record, seal
from assent.core.run import Run, begin, cancel, evolve, requeued, settled
from assent.core.task import (
    HumanTask,
)
from assent.errors import AssentError, InvalidState, RunNotFound
from assent.ids import random_hex
from assent.ports.clock import Clock
from assent.ports.rows import StoredRun, TaskQuery, Write
from assent.ports.store import Stale, Store
from assent.rows import bare, blank, projected, run_of, task_of

Decide: TypeAlias = Callable[[Run, datetime], Sequence[Fact]]
DecideAll: TypeAlias = Callable[[Mapping[RunId, Run], datetime], Mapping[RunId, Sequence[Fact]]]

_HEADS: Final = 4096
FIRST_LEASE: Final = 1  # a run that is made here begins in the hands of who made it
_NONE: Final[Mapping[RunId, int]] = MappingProxyType({})


class Changed(Struct, frozen=True):
    """What became of a change: the run after it (with the tasks it closed), and its facts."""

    run: Run
    facts: Sequence[Fact]


Listener: TypeAlias = Callable[[Changed], None]
Then: TypeAlias = Callable[[BaseException | None], None]


@dataclass(slots=True)
class _Load:
    """A head that is being read: by how many, and how far others are known to have come meanwhile."""

    readers: int = 0
    newest: int = 0


class Ledger:
    """The one writer of a process."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._heads: OrderedDict[RunId, Run] = OrderedDict()
        self._writing: dict[RunId, int] = {}
        self._durable: dict[RunId, Run | None] = {}
        self._making: set[RunId] = set()
        self._open_tasks: dict[TaskId, RunId] = {}
        self._listeners: list[Listener] = []
        self._loads: dict[RunId, _Load] = {}
        self.claims: Callable[[str, str], bool] = lambda workflow, version: False
        # Has what a run's code said by now written, so that it stands before what others do to the run.
        self.catch_up: Callable[[RunId], None] = lambda run: None
        self.rests = False  # whether the lease on a run is given back as soon as it waits
        self._unwritten = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def heard(self, news: Mapping[RunId, int]) -> None:
        """Other processes have written to these runs, up to these entries: what is known of them is old."""
        for run, number in news.items():
            head = self._heads.get(run)
            if head is not None and head.number < number and run not in self._writing:
                self._drop(run)
            if run in self._loads:
                self._loads[run].newest = max(self._loads[run].newest, number)

    async def outdated(self, run: RunId) -> bool:
        """Whether others have moved the run on beyond what was known here; now it is known."""
        sharing = self._store.sharing
        if sharing is None or run in self._writing or run not in self._heads:
            return False
        known = self._heads[run].number
        number = await sharing.stands(run)
        head = self._heads.get(run)
        if number is not None and head is not None and head.number >= number:
            return head.number != known
        stored = await self._stored(run)
        head = self._heads.get(run)
        if stored is None and head is not None and run not in self._writing:
            self._drop(run)  # it was pruned
            return True
        if stored is None or run in self._writing or (head and head.number >= stored.row.number):
            return head is None or head.number != known
        self._drop(run)
        self._heads[run] = run_of(stored)
        return True

    def forget(self, runs: Sequence[RunId]) -> None:
        """These runs are no longer there."""
        self._forget(runs)

    def known(self, run: RunId) -> Run | None:
        """The run as far as it is in memory."""
        return self._heads.get(run)

    @property
    def lasting(self) -> bool:
        """Whether what is durable outlives the process."""
        return self._store.lasting

    def listen(self, listener: Listener) -> None:
        """Call it on the loop after each change, once the change is durable."""
        self._listeners.append(listener)

    async def idle(self) -> None:
        """Return once everything submitted is durable."""
        await self._idle.wait()

    @property
    def resting(self) -> bool:
        """Whether everything submitted is durable."""
        return self._idle.is_set()

    async def durable(self, run: RunId) -> Run:
        """The run as it stands on disk: what may be told to people. Raises RunNotFound."""
        await self.outdated(run)
        found = self._durable[run] if run in self._durable else await self.head(run)
        if run in self._durable:  # a change has begun while it was loaded
            found = self._durable[run]
        if found is None:
            raise RunNotFound(run)
        return found

    def told(self, run: RunId) -> Run | None:
        """The run as it stands on disk, as far as this process has heard; None where it is not in memory."""
        return self._durable[run] if run in self._durable else self._heads.get(run)

    def live_task(self, task: TaskId) -> tuple[RunId, HumanTask] | None:
        """An open task of a run whose head is in memory, once it is durable."""
        run = self._open_tasks.get(task)
        head = None if run is None else self._heads.get(run)
        found = head and head.tasks.get(task)
        return (head.id, found) if head and found else None

    async def head(self, run: RunId) -> Run:
        """The run as it will stand once all that was submitted is durable: what to decide on. Raises RunNotFound."""
        found = self._heads.get(run)
        if found is None:
            found = await self._load(run)
        if found is None:
            raise RunNotFound(run)
        return found

    async def newest(self, run: RunId) -> Run:
        """As ``head``, also where another process that shares the store has been faster. Raises RunNotFound."""
        await self.outdated(run)
        return await self.head(run)

    async def landed(self, run: RunId) -> Run:
        """As ``newest``, once nothing is under way that may yet be refused: a head that never was would mislead."""
        while run in self._writing:
            await self._written_before()
        return await self.newest(run)

    async def start(self, run: RunId, fact: RunStarted, *more: Fact) -> Changed | None:
        """Make a run (``more`` is true of it from the first), or None where there is one of this id already."""
        return await self.start_with(run, fact, {}, more=more)

    async def start_with(
        self,
        run: RunId,
        fact: RunStarted,
        also: Mapping[RunId, Sequence[Fact]],
        fences: Mapping[RunId, int] = _NONE,
        more: Sequence[Fact] = (),
    ) -> Changed | None:
        """Make a run and, in the same transaction, record facts of others (under their leases: ``fences``)."""
        mine = {run: FIRST_LEASE} if self.claims(fact.workflow, fact.version) else {}
        while run not in self._heads:
            others = {other: await self.head(other) for other in also}
            now = self._clock.now()
            heads = {run: begin(run, fact, now, random_hex(8)), **others}
            try:
                told = self._written(
                    heads, {run: [fact, *more], **also}, now, fences={**fences, **mine}
                )
                return (await told)[run]
            except Stale:
                # There is a run of this id already, or one of the others has moved on.
                self._forget(heads)
                if await self._load(run) is not None:
                    return None
        return None

    async def adopt(self, runs: Mapping[RunId, Sequence[Fact]]) -> bool:
        """Make runs that bring a history of their own, in one transaction; False where one of the ids is taken."""
        if any(run in self._heads for run in runs):
            return False
        now = self._clock.now()
        firsts = {run: cast(RunStarted, facts[0]) for run, facts in runs.items()}
        heads = {run: begin(run, first, now, random_hex(8)) for run, first in firsts.items()}
        mine = {
            run: FIRST_LEASE
            for run, first in firsts.items()
            if self.claims(first.workflow, first.version)
        }
        try:
            await self._written(heads, runs, now, fences=mine)
        except Stale:
            self._forget(heads)
            return False
        return True

    def attempt(
        self,
        run: RunId,
        decide: Decide,
        then: Then,
        *,
        ends: bool = False,
        fence: int | None = None,
    ) -> bool:
        """``change`` (or ``end``) without waiting, where the run's head and all it touches are in memory.

        Submitted before this returns True; ``then`` is called once it is durable and told, with the error where
        it is not. That may be Stale: nothing was written, and ``change`` will do.
        """
        head = self._heads.get(run)
        if (
            head is None
            or run in self._making
            or (ends and (head.parent is not None or head.children))
        ):
            return False
        now = self._clock.now()
        facts = decide(head, now)
        if not facts:
            return False
        self._write({run: head}, {run: facts}, now, then, fences=_fenced(run, fence))
        return True

    async def change(
        self,
        run: RunId,
        decide: Decide,
        closed: HumanTask | None = None,
        fence: int | None = None,
    ) -> Changed:
        """Decide on the newest head and record the facts; raises RunNotFound, and whatever ``decide`` raises.

        A head holds open tasks only; ``closed`` adds one that the facts are about. With a ``fence`` it is written
        under the lease of this number, or raises Fenced.
        """
        self.catch_up(run)
        while True:
            await self._made([run])
            head = self._heads.get(run) or await self.head(run)
            if closed is not None:
                head = head._replace(tasks={**head.tasks, closed.id: closed})
            now = self._clock.now()
            try:
                facts = decide(head, now)
            except AssentError:
                if await self.outdated(run):
                    continue
                raise
            if not facts:
                if await self.outdated(run):
                    continue
                return Changed(head, ())
            try:
                told = self._written({run: head}, {run: facts}, now, fences=_fenced(run, fence))
                return (await told)[run]
            except Stale:
                self._forget([run])

    async def change_all(
        self,
        runs: Sequence[RunId],
        decide: DecideAll,
        fences: Mapping[RunId, int] = _NONE,
    ) -> Mapping[RunId, Changed]:
        """Decide on several runs at once, in one transaction."""
        for run in runs:
            self.catch_up(run)
        while True:
            await self._made(runs)
            heads = {run: await self.head(run) for run in runs}
            heads = {run: self._heads.get(run, head) for run, head in heads.items()}
            now = self._clock.now()
            try:
                facts = {run: said for run, said in decide(heads, now).items() if said}
            except AssentError:
                if await self._any_outdated(runs):
                    continue
                raise
            if not facts:
                if await self._any_outdated(runs):
                    continue
                return {}
            try:
                written = {run: heads[run] for run in facts}
                return await self._written(written, facts, now, fences=fences)
            except Stale:
                self._forget(heads)

    async def _any_outdated(self, runs: Sequence[RunId]) -> bool:
        return any([await self.outdated(run) for run in runs])

    async def end(self, run: RunId, decide: Decide, fence: int | None = None) -> Changed:
        """Like ``change``, for what may end the run.

        In the same breath its parent learns it, and the runs it still waits for are cancelled.
        """
        head = await self.head(run)
        if head.parent is None and not head.children:
            return await self.change(run, decide, fence=fence)
        below = await self.below(head)
        above = [head.parent] if head.parent is not None else []

        def all_(heads: Mapping[RunId, Run], at: datetime) -> Mapping[RunId, Sequence[Fact]]:
            facts = decide(heads[run], at)
            told: dict[RunId, Sequence[Fact]] = {run: facts}
            if any(isinstance(fact, RunFinished) for fact in facts):
                why = f"The run {run!r} has ended and no longer waits for it."
                told.update(ending(heads, below, None, why))
            for parent in above:
                told[parent] = ended_child(heads[run], heads[parent], facts)
            return told

        changed = await self.change_all([run, *below, *above], all_, _fenced(run, fence))
        return changed.get(run) or Changed(await self.head(run), ())

    async def below(self, run: Run) -> list[RunId]:
        """The runs that a run waits for, at any depth."""
        found: list[RunId] = []
        waiting = list(run.children.values())
        while waiting:
            child = waiting.pop()
            found.append(child)
            waiting += (await self.head(child)).children.values()
        return found

    async def erase(self, run: RunId, by: str | None) -> None:
        """Erase the payloads of an ended run; its chain still verifies. Raises InvalidState for others."""
        while True:
            await self.head(run)
            kept = await self._store.tasks(TaskQuery(open=None, run=run, limit=1_000_000))
            head = self._heads.get(run) or await self.head(run)
            if not head.status.ended:
                raise InvalidState(
                    f"The run {run!r} is {head.status}; only ended runs can be erased. Cancel it first."
                )
            erased = head._replace(salt="", tasks={}, signals=bare(head.signals))
            blanks = {task.row.id: blank(task_of(task)) for task in kept}
            now = self._clock.now()
            try:
                facts = {run: [PayloadsErased(by=by)]}
                await self._written({run: erased}, facts, now, erase=blanks)
            except Stale:
                self._forget([run])
                continue
            return

    async def _made(self, runs: Sequence[RunId]) -> None:
        """Return once none of these is being made: where there is a run of its id already, nothing of it holds."""
        while not self._making.isdisjoint(runs):
            await self._written_before()

    async def _written_before(self) -> None:
        """Return once what was submitted before this has been written, or refused."""
        await self._store.commit([])

    # ── writing ─────────────────────────────────────────────────────────────────────────────────

    async def _written(
        self,
        heads: Mapping[RunId, Run],
        facts: Mapping[RunId, Sequence[Fact]],
        now: datetime,
        *,
        erase: Mapping[TaskId, HumanTask] | None = None,
        fences: Mapping[RunId, int] = _NONE,
    ) -> Mapping[RunId, Changed]:
        """Submit one transaction; return once it is durable and told. Whoever gives up waiting does not stop it."""
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def tell(error: BaseException | None) -> None:
            if told.done():
                return
            if error is None:
                told.set_result(None)
            else:
                told.set_exception(error)

        changed = self._write(heads, facts, now, tell, erase=erase, fences=fences)
        await told
        return changed

    def _write(
        self,
        heads: Mapping[RunId, Run],
        facts: Mapping[RunId, Sequence[Fact]],
        now: datetime,
        then: Then,
        *,
        erase: Mapping[TaskId, HumanTask] | None = None,
        fences: Mapping[RunId, int] = _NONE,
    ) -> Mapping[RunId, Changed]:
        """Submit one transaction; ``then`` is called once it is durable and told."""
        writes: list[Write] = []
        changed: dict[RunId, Changed] = {}
        for run, wanted in facts.items():
            before = heads[run]
            said = requeued(before, wanted, now)
            records = _sealed(before, said, now)
            last = records[-1]
            after = evolve(before, said, now, number=last.number, head=last.hash)
            write = projected(before, after, records, erase)
            if run in fences:
                rests = self.rests and isinstance(said[-1], RunWaiting)
                write = replace(write, fence=fences[run], rests=rests)
            writes.append(write)
            changed[run] = Changed(after, said)
        # Sealing may refuse a text; only now that all of it is sealed, the heads move.
        for run, change in changed.items():
            if run not in self._writing:
                self._durable[run] = heads[run] if heads[run].number else None
            if not heads[run].number:
                self._making.add(run)
            self._heads[run] = settled(change.run)
            self._heads.move_to_end(run)
            self._writing[run] = self._writing.get(run, 0) + 1
        self._unwritten += 1
        self._idle.clear()
        written = asyncio.ensure_future(self._store.commit(writes))
        written.add_done_callback(partial(self._committed, changed, then))
        return changed

    def _committed(
        self,
        changed: Mapping[RunId, Changed],
        then: Then,
        written: asyncio.Future[Sequence[Record]],
    ) -> None:
        for run in changed:
            self._making.discard(run)
            left = self._writing[run] - 1
            if left:
                self._writing[run] = left
            else:
                del self._writing[run]
                del self._durable[run]
        self._unwritten -= 1
        if not self._unwritten:
            self._idle.set()
        error = asyncio.CancelledError() if written.cancelled() else written.exception()
        if error is not None:
            self._forget(changed)
            then(error)
            return
        for change in changed.values():
            if change.run.id in self._durable:
                self._durable[change.run.id] = settled(change.run)
            self._index(change)
            for listener in self._listeners:
                listener(change)
        then(None)
        self._trim()

    def _index(self, change: Changed) -> None:
        for fact in change.facts:
            if isinstance(fact, TaskOpened):
                self._open_tasks[fact.task] = change.run.id
            elif isinstance(fact, TaskClosed):
                self._open_tasks.pop(fact.task, None)

    def _forget(self, runs: Sequence[RunId] | Mapping[RunId, Any]) -> None:
        for run in runs:
            self._drop(run)

    def _trim(self) -> None:
        while len(self._heads) > _HEADS:
            run = next(iter(self._heads))
            if run in self._writing:
                self._heads.move_to_end(run)
                return
            self._drop(run)

    def _drop(self, run: RunId) -> None:
        head = self._heads.pop(run, None)
        for task in head.tasks if head else ():
            self._open_tasks.pop(task, None)

    async def _load(self, run: RunId) -> Run | None:
        stored = await self._stored(run)
        head = self._heads.get(run)
        if head and (stored is None or run in self._writing or head.number >= stored.row.number):
            return head  # somebody else has loaded and perhaps changed it meanwhile
        if stored is None:
            return None
        self._drop(run)
        head = self._heads[run] = run_of(stored)
        self._trim()
        return head

    async def _stored(self, run: RunId) -> StoredRun | None:
        """The run as it is stored; not as it was before what others are known by now to have written."""
        load = self._loads.setdefault(run, _Load())
        load.readers += 1
        try:
            while True:
                stored = await self._store.load(run)
                if stored is None or stored.row.number >= load.newest:
                    return stored
        finally:
            load.readers -= 1
            if not load.readers:
                del self._loads[run]


def _fenced(run: RunId, fence: int | None) -> Mapping[RunId, int]:
    return _NONE if fence is None else {run: fence}


def ending(
    heads: Mapping[RunId, Run], runs: Sequence[RunId], by: str | None, reason: str | None
) -> dict[RunId, Sequence[Fact]]:
    """The facts that cancel those of these runs that have not ended."""
    return {run: cancel(heads[run], by, reason) for run in runs if not heads[run].status.ended}


def ended_child(child: Run, parent: Run, facts: Sequence[Fact]) -> list[Fact]:
    """What the parent records where these facts end its child."""
    ended = next((fact for fact in facts if isinstance(fact, RunFinished)), None)
    key = child.parent_key
    if ended is None or key is None or key not in parent.children or parent.status.ended:
        return []
    return [
        ChildFinished(
            key=key,
            child=child.id,
            status=ended.status,
            output=ended.output,
            error=ended.error,
        )
    ]


def _sealed(before: Run, facts: Sequence[Fact], now: datetime) -> list[Record]:
    at, previous = micros(now), before.head
    records: list[Record] = []
    for number, fact in enumerate(facts, before.number + 1):
        record = seal(before.id, number, at, fact, previous=previous, salt=before.salt)
        previous = record.hash
        records.append(record)
    return records
