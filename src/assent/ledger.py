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
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any, Final, TypeAlias, cast

from pydantic_core import from_json, to_json

from assent.core.journal import (
    ChildFinished,
    Fact,
    Key,
    PayloadsErased,
    Record,
    RunFinished,
    RunId,
    RunStarted,
    TaskClosed,
    TaskId,
    TaskOpened,
    fact_of,
    micros,
    moment,
    seal,
)
from assent.core.policy import MANAGER
from assent.core.run import Run, RunStatus, begin, cancel, evolve, settled
from assent.core.signal import NO_SIGNALS, Early, Signals, Wait
from assent.core.task import (
    Attachment,
    Clocks,
    Closing,
    Comment,
    Delegation,
    HumanTask,
    Outcome,
    Question,
    Said,
    TaskState,
)
from assent.errors import AssentError, InvalidState, RunNotFound
from assent.ids import random_hex
from assent.ports import (
    Clock,
    RunRow,
    Stale,
    Store,
    StoredRun,
    StoredTask,
    TaskQuery,
    TaskRow,
    TimerRow,
    WaiterRow,
    Write,
)

Decide: TypeAlias = Callable[[Run, datetime], Sequence[Fact]]
DecideAll: TypeAlias = Callable[[Mapping[RunId, Run], datetime], Mapping[RunId, Sequence[Fact]]]

_HEADS: Final = 4096
FIRST_LEASE: Final = 1  # a run that is made here begins in the hands of who made it
_NONE: Final[Mapping[RunId, int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Changed:
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
        self._open_tasks: dict[TaskId, RunId] = {}
        self._listeners: list[Listener] = []
        self._loads: dict[RunId, _Load] = {}
        self.claims: Callable[[str, str], bool] = lambda workflow, version: False
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
        if self._store.sharing is None or run in self._writing or run not in self._heads:
            return False
        known = self._heads[run].number
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

    async def start(self, run: RunId, fact: RunStarted) -> Changed | None:
        """Make a run, or None where there is one of this id already."""
        return await self.start_with(run, fact, {})

    async def start_with(
        self,
        run: RunId,
        fact: RunStarted,
        also: Mapping[RunId, Sequence[Fact]],
        fences: Mapping[RunId, int] = _NONE,
    ) -> Changed | None:
        """Make a run and, in the same transaction, record facts of others (under their leases: ``fences``)."""
        mine = {run: FIRST_LEASE} if self.claims(fact.workflow, fact.version) else {}
        while run not in self._heads:
            others = {other: await self.head(other) for other in also}
            now = self._clock.now()
            heads = {run: begin(run, fact, now, random_hex(8)), **others}
            try:
                told = self._written(heads, {run: [fact], **also}, now, fences={**fences, **mine})
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
        if head is None or (ends and (head.parent is not None or head.children)):
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
        while True:
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
        while True:
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
            bare = head._replace(salt="", tasks={}, signals=_bare(head.signals))
            blank = {task.row.id: _blank(task_of(task)) for task in kept}
            now = self._clock.now()
            try:
                facts = {run: [PayloadsErased(by=by)]}
                await self._written({run: bare}, facts, now, erase=blank)
            except Stale:
                self._forget([run])
                continue
            return

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
        for run, said in facts.items():
            before = heads[run]
            records = _sealed(before, said, now)
            last = records[-1]
            after = evolve(before, said, now, number=last.number, head=last.hash)
            write = _projected(before, after, records, erase)
            writes.append(replace(write, fence=fences[run]) if run in fences else write)
            changed[run] = Changed(after, said)
        # Sealing may refuse a text; only now that all of it is sealed, the heads move.
        for run, change in changed.items():
            if run not in self._writing:
                self._durable[run] = heads[run] if heads[run].number else None
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


# ── projections ─────────────────────────────────────────────────────────────────────────────────


def _projected(
    before: Run, after: Run, records: Sequence[Record], erase: Mapping[TaskId, HumanTask] | None
) -> Write:
    changed = {**after.tasks, **(erase or {})}
    tasks = [
        task_row(after, task) for task in changed.values() if before.tasks.get(task.id) is not task
    ]
    timers: list[TimerRow] = []
    if before.timers or after.timers:
        first: Mapping[Key, datetime] = {} if before.number == 0 else before.timers
        timers = [
            TimerRow(after.id, key, micros(due))
            for key, due in after.timers.items()
            if first.get(key) != due
        ]
        timers += [TimerRow(after.id, key, None) for key in first if key not in after.timers]
    return Write(
        row=run_row(after),
        expected=before.number,
        records=records,
        tasks=tasks,
        timers=timers,
        waiters=() if before.signals is after.signals else _waiters(before, after),
        erase=erase is not None,
    )


def _waiters(before: Run, after: Run) -> list[WaiterRow]:
    """What has changed about the signals that a run waits for, and the addresses it has."""
    was, now = before.signals, after.signals
    rows = [
        WaiterRow(after.id, key, wait.name, wait.since, wait.due, None)
        for key, wait in now.waits.items()
        if was.waits.get(key) != wait
    ]
    rows += [
        WaiterRow(after.id, key, wait.name, wait.since, wait.due, after.updated)
        for key, wait in was.waits.items()
        if key not in now.waits
    ]
    rows += [
        WaiterRow(after.id, key, name, after.updated, None, None)
        for key, name in now.hooks.items()
        if key not in was.hooks
    ]
    return rows


def _blank(task: HumanTask) -> HumanTask:
    """The task without what people put in."""
    return replace(
        task,
        asked=replace(
            task.asked, title="", detail=None, value=None, form=None, options=None, attachments=None
        ),
        answers=tuple(replace(said, value=None, reason=None) for said in task.answers),
        comments=tuple(replace(comment, text="") for comment in task.comments),
        attached=(),
        question=task.question and replace(task.question, text=""),
        closing=task.closing and replace(task.closing, reason=None),
    )


def run_row(run: Run) -> RunRow:
    """A run as a store keeps it."""
    return RunRow(
        run.id,
        run.workflow,
        run.version,
        run.status.value,
        run.number,
        run.head,
        run.by,
        _text(dict(run.labels)) if run.labels else "{}",
        run.root,
        run.parent,
        run.created,
        run.updated,
        run.finished,
        _text(_state(run)),
    )


def _state(run: Run) -> dict[str, Any]:
    told: dict[str, Any] = {"salt": run.salt}
    if run.path:
        told["path"] = run.path
    if run.parent_key is not None:
        told["parent_key"] = run.parent_key
    if run.waiting_for:
        told["waiting_for"] = run.waiting_for
    if run.children:
        told["children"] = run.children
    if run.names:
        told["names"] = run.names
    if run.signals is not NO_SIGNALS:
        waits, early, hooks, seen = run.signals
        told["signals"] = [dict(waits), early, dict(hooks), seen]
    if run.recoveries:
        told["recoveries"] = run.recoveries
    if run.parked is not None:
        told["parked"] = run.parked
    if run.timeout is not None:
        told["timeout"] = run.timeout.total_seconds()
        told["spent"] = run.spent.total_seconds()
        told["counts_waiting"] = run.counts_waiting
    if run.since:
        told["since"] = run.since
    if run.mark is not None:
        told["mark"] = run.mark
    if run.origin is not None:
        told["origin"] = run.origin
    return told


def run_of(stored: StoredRun) -> Run:
    """A stored run, as core knows it."""
    row = stored.row
    state: dict[str, Any] = from_json(row.state)
    timeout = state.get("timeout")
    return Run(
        id=row.id,
        workflow=row.workflow,
        version=row.version,
        status=RunStatus(row.status),
        number=row.number,
        head=row.head,
        salt=state["salt"],
        by=row.by,
        labels=from_json(row.labels),
        root=row.root,
        parent=row.parent,
        parent_key=state.get("parent_key"),
        path=tuple(state.get("path", ())),
        created=row.created,
        updated=row.updated,
        finished=row.finished,
        waiting_for=tuple(state.get("waiting_for", ())),
        tasks={task.row.id: task_of(task) for task in stored.tasks},
        timers={timer.key: moment(timer.due) for timer in stored.timers if timer.due is not None},
        children=state.get("children", {}),
        names=state.get("names", {}),
        signals=signals_of(state["signals"]) if "signals" in state else NO_SIGNALS,
        recoveries=state.get("recoveries", 0),
        parked=state.get("parked"),
        timeout=None if timeout is None else timedelta(seconds=timeout),
        counts_waiting=state.get("counts_waiting", False),
        spent=timedelta(seconds=state.get("spent", 0)),
        since=state.get("since", 0),
        mark=state.get("mark"),
        origin=state.get("origin"),
    )


def signals_of(told: Sequence[Any]) -> Signals:
    """The signals of a stored run."""
    waits, early, hooks, seen = told
    return Signals(
        {key: Wait(*wait) for key, wait in waits.items()},
        tuple(Early(*kept) for kept in early),
        hooks,
        tuple(seen),
    )


def _bare(signals: Signals) -> Signals:
    """The signals without what was put into them."""
    return signals._replace(early=())


def task_row(run: Run, task: HumanTask) -> TaskRow:
    """A task as a store keeps it."""
    asked = task.asked
    return TaskRow(
        task.id,
        run.id,
        run.root,
        run.workflow,
        task.number,
        asked.name,
        asked.asks,
        task.state.value,
        task.closing.outcome.value if task.closing else None,
        asked.title,
        _text(who) if (who := _who(task)) else "[]",
        micros(task.opened),
        task.clocks.due,
        asked.priority or 0,
        _text(_task_state(task)),
    )


def _task_state(task: HumanTask) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if task.owner is not None:
        told["owner"] = task.owner
    if task.answers:
        told["answers"] = [_said(s) for s in task.answers]
    if task.comments:
        told["comments"] = [[micros(c.at), c.by, c.text] for c in task.comments]
    if task.closing is not None:
        c = task.closing
        told["closing"] = [micros(c.at), c.outcome.value, c.by, c.via, c.reason, c.withdrawn]
    told |= {name: told_ for name, told_ in _people_state(task).items() if told_}
    return told


def _said(said: Said) -> list[Any]:
    told = [micros(said.at), said.by, said.outcome.value, said.via, said.value, said.reason]
    if said.behalf is not None or said.vetoes or said.retracted:
        return [*told, said.behalf, said.vetoes, said.retracted]
    return told


def _people_state(task: HumanTask) -> dict[str, Any]:
    """What people and clocks have made of the task, beside answers; empty where nothing has happened."""
    asked, clocks = task.question, task.clocks_now
    return {
        "stage": task.stage,
        "assigned": task.assigned,
        "since": task.since,
        "edit": None if task.edit is None else [task.edit],
        "delegations": [[d.owner, d.to] for d in task.delegations],
        "attached": [[a.name, a.url, a.by] for a in task.attached],
        "question": None
        if asked is None
        else [
            *(micros(asked.at), asked.by, asked.text),
            *(asked.due_left, asked.remind_left, asked.escalate_left),
        ],
        "clocks": None if clocks is None else [clocks.due, clocks.remind, clocks.escalate],
        "escalations": task.escalations,
        "escalated": task.escalated,
        "reminded": task.reminded,
        "deadline": task.deadline,
    }


def _who(task: HumanTask) -> list[str]:
    """The names under which the task is found: whom it is assigned to, and whom they let answer."""
    requester = task.asked.by
    names = [*task.to, *(delegation.to for delegation in task.delegations)]
    if MANAGER in names and requester is not None:
        names.append(f"{MANAGER}:{requester}")
    return list(dict.fromkeys(names))


def task_of(stored: StoredTask) -> HumanTask:
    """A stored task, as core knows it."""
    row = stored.row
    state: dict[str, Any] = from_json(row.state)
    closing = state.get("closing")
    return HumanTask(
        asked=cast(TaskOpened, fact_of(stored.opened)),
        opened=moment(row.opened),
        number=row.number,
        state=TaskState(row.status),
        owner=state.get("owner"),
        answers=tuple(_said_of(*said) for said in state.get("answers", ())),
        comments=tuple(
            Comment(by=by, at=moment(at), text=text) for at, by, text in state.get("comments", ())
        ),
        closing=None
        if closing is None
        else Closing(
            at=moment(closing[0]),
            outcome=Outcome(closing[1]),
            by=closing[2],
            via=closing[3],
            reason=closing[4],
            withdrawn=closing[5],
        ),
        **_people_of(state),
    )


def _said_of(
    at: int,
    by: str,
    says: str,
    via: str,
    value: Any,
    reason: str | None,
    behalf: str | None = None,
    vetoes: bool = False,
    retracted: bool = False,
) -> Said:
    return Said(
        by=by,
        at=moment(at),
        outcome=Outcome(says),
        via=via,
        value=value,
        reason=reason,
        behalf=behalf,
        vetoes=vetoes,
        retracted=retracted,
    )


def _people_of(state: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that ``_people_state`` wrote down; those of a task where nothing has happened."""
    told: dict[str, Any] = {}
    plain = ("stage", "since", "escalations", "escalated", "reminded", "deadline")
    told |= {name: state[name] for name in plain if name in state}
    if "assigned" in state:
        told["assigned"] = tuple(state["assigned"])
    if "edit" in state:
        told["edit"] = state["edit"][0]
    if "delegations" in state:
        told["delegations"] = tuple(Delegation(owner=o, to=t) for o, t in state["delegations"])
    if "attached" in state:
        told["attached"] = tuple(
            Attachment(name=name, url=url, by=by) for name, url, by in state["attached"]
        )
    if "question" in state:
        at, by, text, due, remind, escalate = state["question"]
        told["question"] = Question(
            by=by,
            at=moment(at),
            text=text,
            due_left=due,
            remind_left=remind,
            escalate_left=escalate,
        )
    if "clocks" in state:
        due, remind, escalate = state["clocks"]
        told["clocks_now"] = Clocks(due=due, remind=remind, escalate=escalate)
    return told


def _text(value: object) -> str:
    return to_json(value, inf_nan_mode="constants").decode()
