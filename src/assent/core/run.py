"""A run and its life: what its journal has made of it so far.

    running ◀──────▶ waiting          (for people, signals, timers, other runs)
      │  ▲              │
      ▼  │              ▼
    paused · parked ──────────▶ succeeded · failed · cancelled · timed_out
                                     (failed) ──retry──▶ running

A run here is its head: status, open tasks, timers, and where its hash chain ends. Results of steps are not in it;
they are in the journal, for replay. ``evolve`` folds facts; ``decide``-functions turn wishes into facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar, assert_never

from assent.core.command import Command, Conclude, Expire, HandOn, Nudge
from assent.core.journal import (
    ChildFinished,
    ChildStarted,
    EventBuffered,
    EventEmitted,
    EventReceived,
    EventSent,
    EventWaiting,
    EventWithdrawn,
    Fact,
    HookOpened,
    Key,
    PayloadsErased,
    RunAdmitted,
    RunCheckpointed,
    RunFinished,
    RunId,
    RunParked,
    RunPaused,
    RunQueued,
    RunRecovered,
    RunResumed,
    RunRetried,
    RunStarted,
    RunWaiting,
    StateChanged,
    StepFailed,
    StepFinished,
    StepRetrying,
    StepStarted,
    TaskClosed,
    TaskId,
    TaskOpened,
    TimerFired,
    TimerSet,
    TimerWithdrawn,
    ValueRecorded,
    micros,
    moment,
)
from assent.core.place import QUEUE, Place, Standing
from assent.core.record import GENESIS
from assent.core.ruling import rule
from assent.core.signal import NO_SIGNALS, WAIT_TIMER, Signals, expired, with_early, withdrawn
from assent.core.signal import evolve as evolve_signals
from assent.core.task import Clocks, HumanTask, Outcome, about_task
from assent.core.task import evolve as evolve_task
from assent.core.values import Json
from assent.errors import InvalidState


class RunStatus(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    WAITING = "waiting"
    PAUSED = "paused"
    PARKED = "parked"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self in _ENDED

    @property
    def words(self) -> str:
        """What a run did or does, as part of a sentence: "has succeeded", "was cancelled", "is waiting"."""
        if self is RunStatus.CANCELLED:
            return "was cancelled"
        return f"{'has' if self.ended else 'is'} {self.value.replace('_', ' ')}"


_ENDED: Final = frozenset(
    {RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.TIMED_OUT}
)
INCOMPLETE: Final = tuple(status for status in RunStatus if status not in _ENDED)

_NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})

V = TypeVar("V")

TASK_TIMER: Final = "task:"
REMINDER: Final = "remind:"
ESCALATION: Final = "escalate:"
UNDO: Final = "undo:"
RUN_TIMER: Final = "run:"
BY_THE_RUN: Final = "run"


class Run(NamedTuple):
    """The head of a run. ``tasks`` holds the open ones (and, right after a change, those it closed).

    ``since`` is the entry from which its code goes on (0: from the first), ``mark`` names the pause it is in, and
    ``origin`` is the run that it was forked from. A named tuple, because it is copied with every change.
    ``place`` is where a run stands whose workflow has a limit.
    ``created``, ``updated`` and ``finished`` are in microseconds since 1970, as records are.
    """

    id: RunId
    workflow: str
    version: str
    root: RunId
    created: int
    updated: int
    status: RunStatus = RunStatus.RUNNING
    number: int = 0
    head: str = GENESIS
    salt: str = ""
    by: str | None = None
    labels: Mapping[str, str] = _NOTHING
    parent: RunId | None = None
    parent_key: Key | None = None
    path: tuple[str, ...] = ()
    finished: int | None = None
    waiting_for: tuple[Key, ...] = ()
    tasks: Mapping[TaskId, HumanTask] = _NOTHING
    timers: Mapping[Key, datetime] = _NOTHING
    children: Mapping[Key, RunId] = _NOTHING
    names: Mapping[str, int] = _NOTHING
    signals: Signals = NO_SIGNALS
    recoveries: int = 0
    parked: str | None = None
    timeout: timedelta | None = None
    counts_waiting: bool = False
    spent: timedelta = timedelta(0)
    since: int = 0
    mark: str | None = None
    origin: RunId | None = None
    place: Place | None = None

    @property
    def open_tasks(self) -> tuple[HumanTask, ...]:
        """The tasks that still take answers, in the order they were opened."""
        return tuple(task for task in self.tasks.values() if not task.closed)

    def task_named(self, name: str) -> HumanTask | None:
        """The open task of this key."""
        return next((task for task in self.open_tasks if task.asked.name == name), None)


def begin(run: RunId, fact: RunStarted, at: datetime, salt: str) -> Run:
    """The head of a run that has just started; the fact itself is not counted yet."""
    timeout = None if fact.timeout is None else timedelta(seconds=fact.timeout)
    spent = timedelta(seconds=fact.spent or 0)
    return Run(
        id=run,
        workflow=fact.workflow,
        version=fact.version,
        salt=salt,
        by=fact.by,
        labels=fact.labels or {},
        root=fact.root or run,
        parent=fact.parent,
        parent_key=fact.parent_key,
        path=tuple(fact.path or ()),
        created=micros(at),
        updated=micros(at),
        timeout=timeout,
        counts_waiting=bool(fact.counts_waiting),
        timers={} if timeout is None else {RUN_TIMER: at + timeout - spent},
        spent=spent,
        origin=fact.origin,
    )


# ── folding ─────────────────────────────────────────────────────────────────────────────────────


def evolve(run: Run, facts: Sequence[Fact], at: datetime, *, number: int, head: str) -> Run:
    """The run after these facts of one moment, which end its journal at ``number`` with the hash ``head``."""
    status, waiting_for, finished = run.status, run.waiting_for, run.finished
    recoveries, parked, spent = run.recoveries, run.parked, run.spent
    since, mark, place = run.since, run.mark, run.place
    tasks, timers, names, children = run.tasks, run.timers, run.names, run.children
    signals = run.signals
    first = number - len(facts) + 1
    for nth, fact in enumerate(facts):
        # What every run has comes first: a case is looked at once those before it did not fit.
        match fact:
            case StepStarted():
                status = _woken(status)
                timers = _count_on(run, timers, spent, at, status)
            case (
                StepFinished()
                | StepFailed()
                | ValueRecorded()
                | StateChanged()
                | EventEmitted()
                | EventSent()
            ):
                recoveries = 0  # the run got on
            case RunStarted() | PayloadsErased():
                pass
            case RunFinished():
                status, waiting_for, finished = RunStatus(fact.status), (), micros(at)
                _, spent = _stop_counting(run, timers, spent, at)
                timers, children = _NOTHING, _NOTHING
            case RunWaiting(on=on):
                status, waiting_for = RunStatus.WAITING, tuple(on)
                if (
                    run.timeout is not None
                    and (children or signals.waits or _asks(tasks))
                    and not run.counts_waiting
                ):
                    timers, spent = _stop_counting(run, timers, spent, at)
            case TaskOpened():
                opened = HumanTask(asked=fact, opened=at, number=first + nth)
                tasks = {**tasks, fact.task: opened}
                stem = _stem(fact.name)
                names = {**names, stem: names.get(stem, 0) + 1}
                timers = _clocked(timers, opened)
                recoveries = 0
            case TaskClosed():
                closed = evolve_task(tasks[fact.task], fact, at)
                tasks = {**tasks, fact.task: closed}
                timers = _clocked(timers, closed)
                if fact.withdrawn and fact.via == BY_THE_RUN:
                    # Withdrawn because the run ended: a retry asks it again, under the same key.
                    stem = _stem(closed.asked.name)
                    names = {**names, stem: names[stem] - 1}
                status, recoveries = _woken(status), 0
                timers = _count_on(run, timers, spent, at, status)
            case _ if about_task(fact):
                if fact.task in tasks:
                    changed = evolve_task(tasks[fact.task], fact, at)
                    tasks = {**tasks, fact.task: changed}
                    timers = _clocked(timers, changed)
            case StepRetrying():
                status, recoveries = _woken(status), 0
                timers = _count_on(run, timers, spent, at, status)
            case RunRecovered():
                recoveries += 1
            case RunCheckpointed():
                since = first + nth if fact.since is None else fact.since
                names, recoveries = fact.names or {}, 0
            case RunPaused(mark=mark):
                status = RunStatus.PAUSED
                timers, spent = _stop_counting(run, timers, spent, at)
            case RunParked(code=parked):
                status = RunStatus.PARKED
                timers, spent = _stop_counting(run, timers, spent, at)
            case RunQueued(queue=queue, keeps=keeps):
                place = place or Place(queue, counts_waiting=bool(keeps))
            case RunAdmitted():
                place = _admitted(place, fact, at, first + nth)
                status, waiting_for = RunStatus.RUNNING, ()
                timers = _count_on(run, timers, spent, at, status)
            case RunResumed():
                status, waiting_for, recoveries = RunStatus.RUNNING, (), 0
                timers = _count_on(run, timers, spent, at, status)
            case RunRetried():
                # A run that had used up its time gets all of it again.
                spent = timedelta(0) if status is RunStatus.TIMED_OUT else spent
                status, waiting_for, finished, recoveries = RunStatus.RUNNING, (), None, 0
                timers = _count_on(run, timers, spent, at, status)
            case TimerSet(key=key, due=due):
                timers = {**timers, key: moment(due)}
                recoveries = 0
            case TimerFired(key=key) | TimerWithdrawn(key=key):
                timers = _without(timers, key)
                status, recoveries = _woken(status), 0
                timers = _count_on(run, timers, spent, at, status)
            case EventWaiting(key=key, due=due):
                signals = evolve_signals(signals, fact, at, first + nth)
                if due is not None:
                    timers = {**timers, WAIT_TIMER + key: moment(due)}
                recoveries = 0
            case EventReceived(key=key) | EventWithdrawn(key=key):
                signals = evolve_signals(signals, fact, at, first + nth)
                timers = _without(timers, WAIT_TIMER + key)
                status, recoveries = _woken(status), 0
                timers = _count_on(run, timers, spent, at, status)
            case EventBuffered() | HookOpened():
                signals = evolve_signals(signals, fact, at, first + nth)
            case ChildStarted(key=key, child=child):
                children = {**children, key: child}
                recoveries = 0
            case ChildFinished(key=key):
                children = _without(children, key)
                status, recoveries = _woken(status), 0
                timers = _count_on(run, timers, spent, at, status)
            case _:
                raise TypeError(f"Unknown fact {fact!r}.")
    if place is not None:
        place, status = _placed(place, status)
        if place.standing is Standing.QUEUED:
            waiting_for = (QUEUE,)
            timers, spent = _stop_counting(run, timers, spent, at)
    return run._replace(
        status=status,
        number=number,
        head=head,
        updated=micros(at),
        finished=finished,
        waiting_for=waiting_for,
        tasks=tasks,
        timers=timers,
        children=children,
        names=names,
        signals=signals,
        recoveries=recoveries,
        parked=parked if status is RunStatus.PARKED else None,
        spent=spent,
        since=since,
        mark=mark if status is RunStatus.PAUSED else None,
        place=place,
    )


def queued(run: Run) -> bool:
    """Whether the run waits for a place: what it waited for before may be there, but it must not go on."""
    return run.place is not None and run.place.standing is Standing.QUEUED


def requeued(run: Run, facts: Sequence[Fact], at: datetime) -> Sequence[Fact]:
    """These facts; and, where they wake a run that has given its place up, that it is queued again."""
    place = run.place
    if place is None or place.standing is not Standing.OUT:
        return facts
    after = evolve(run, facts, at, number=run.number + len(facts), head=run.head)
    keeps = place.counts_waiting or None
    return [*facts, RunQueued(queue=place.queue, keeps=keeps)] if queued(after) else facts


def gives_way(run: Run | None) -> bool:
    """Whether the run has given its place up, and cannot go on before it has one again."""
    return run is not None and run.place is not None and run.place.standing is not Standing.IN


def _placed(place: Place, status: RunStatus) -> tuple[Place, RunStatus]:
    """Where a run of this status stands in its queue, and what that makes of the status.

    A run that wants to go on and is not in is queued, and waits. One that ended, is parked or was paused in the
    queue is out; so is one that waits, unless waiting counts. A pause keeps a place that was had before.
    """
    standing = _standing(place, status)
    if standing is not place.standing:
        place = place._replace(standing=standing)
    return place, RunStatus.WAITING if standing is Standing.QUEUED else status


def _standing(place: Place, status: RunStatus) -> Standing:
    wants, waits = status is RunStatus.RUNNING, status is RunStatus.WAITING
    match place.standing:
        case Standing.OUT:
            return Standing.QUEUED if wants else Standing.OUT
        case Standing.QUEUED:
            return Standing.QUEUED if wants or waits else Standing.OUT
        case Standing.IN:
            keeps = wants or status is RunStatus.PAUSED or (waits and place.counts_waiting)
            return Standing.IN if keeps else Standing.OUT
        case _ as unreachable:
            assert_never(unreachable)


def _admitted(place: Place | None, fact: RunAdmitted, at: datetime, entry: int) -> Place | None:
    """A run that has got its place; the first time is when it starts."""
    if place is None:
        return None
    fresh = place.first is None
    return place._replace(
        standing=Standing.IN,
        first=micros(at) if fresh else place.first,
        entry=entry if fresh else place.entry,
        terms=(fact.parallelism, fact.rate, fact.since or 0),
    )


def settled(run: Run) -> Run:
    """The run without the tasks that are closed by now."""
    for task in run.tasks.values():
        if task.closed:
            return run._replace(tasks={open_.id: open_ for open_ in run.open_tasks})
    return run


def _clocked(timers: Mapping[Key, datetime], task: HumanTask) -> Mapping[Key, datetime]:
    """The timers with what this task's clocks say now."""
    clocks = Clocks() if task.closed else task.clocks
    for prefix, when in (
        (TASK_TIMER, clocks.due),
        (REMINDER, clocks.remind),
        (ESCALATION, clocks.escalate),
        (UNDO, None if task.held is None else task.held.until),
    ):
        key = prefix + task.id
        if when is None:
            timers = _without(timers, key)
        elif timers.get(key) != moment(when):
            timers = {**timers, key: moment(when)}
    return timers


def _woken(status: RunStatus) -> RunStatus:
    return RunStatus.RUNNING if status is RunStatus.WAITING else status


def _stem(name: str) -> str:
    stem, _, visit = name.rpartition("#")
    return stem if stem and visit.isdigit() else name


def _without(rows: Mapping[str, V], key: str) -> Mapping[str, V]:
    return {name: row for name, row in rows.items() if name != key} if key in rows else rows


def _asks(tasks: Mapping[TaskId, HumanTask]) -> bool:
    return any(not task.closed for task in tasks.values())


def _stop_counting(
    run: Run, timers: Mapping[Key, datetime], spent: timedelta, at: datetime
) -> tuple[Mapping[Key, datetime], timedelta]:
    """The workflow's own timeout stands still: people are asked (perhaps by a child), or nothing may run."""
    if run.timeout is None or RUN_TIMER not in timers:
        return timers, spent
    left = timers[RUN_TIMER] - at
    return _without(timers, RUN_TIMER), run.timeout - left


def _count_on(
    run: Run, timers: Mapping[Key, datetime], spent: timedelta, at: datetime, status: RunStatus
) -> Mapping[Key, datetime]:
    if run.timeout is None or status is not RunStatus.RUNNING or RUN_TIMER in timers:
        return timers
    return {**timers, RUN_TIMER: at + run.timeout - spent}


# ── wishes ──────────────────────────────────────────────────────────────────────────────────────


def unfinished(run: Run, wish: str) -> None:
    """Refuse a wish that makes no sense once the run has ended."""
    if run.status.ended:
        raise InvalidState(f"The run {run.id!r} {run.status.words}; it cannot be {wish}.")


def pause(run: Run, by: str | None, mark: str | None = None) -> list[Fact]:
    """Nothing new begins until it is resumed. ``mark`` names this pause; one that it is in already keeps its own."""
    unfinished(run, "paused")
    if run.status is RunStatus.PARKED:
        raise InvalidState(f"The run {run.id!r} is parked; nothing runs that could be paused.")
    return [] if run.status is RunStatus.PAUSED else [RunPaused(by=by, mark=mark)]


def resume(run: Run, by: str | None) -> list[Fact]:
    """End a pause. A run that is not paused goes on as it was."""
    unfinished(run, "resumed")
    if run.status is RunStatus.PARKED:
        raise InvalidState(
            f"The run {run.id!r} is parked: mend its code, then retry it ('assent runs retry')."
        )
    return [RunResumed(by=by)] if run.status is RunStatus.PAUSED else []


def cancel(run: Run, by: str | None, reason: str | None) -> list[Fact]:
    """End the run: its tasks close as cancelled in the same breath."""
    if run.status is RunStatus.CANCELLED:
        return []
    unfinished(run, "cancelled")
    error: Json = {"type": "cancelled", "message": reason or "", "by": by}
    return finish(run, RunFinished(status=RunStatus.CANCELLED, by=by, error=error))


def retry(run: Run, by: str | None) -> list[Fact]:
    """A failed or parked run goes on."""
    if run.status not in {RunStatus.FAILED, RunStatus.TIMED_OUT, RunStatus.PARKED}:
        raise InvalidState(
            f"The run {run.id!r} {run.status.words}; only failed, timed out or parked runs are retried."
        )
    return [RunRetried(by=by)]


def finish(run: Run, finished: RunFinished) -> list[Fact]:
    """The facts that end a run: whatever it still asked or waited for is withdrawn first."""
    closing: list[Fact] = [
        TaskClosed(
            key=task.asked.key,
            task=task.id,
            outcome=Outcome.CANCELLED,
            by=finished.by,
            via=BY_THE_RUN,
            withdrawn=True,
            reason=f"The run ended: {finished.status}.",
        )
        for task in run.open_tasks
    ]
    return [*closing, *withdrawn(run.signals), finished]


def fitted(run: Run, facts: Sequence[Fact]) -> Sequence[Fact]:
    """What the code of a run wants to record, as it fits the run by now: whether it waits may be out of date.

    A paused or parked run does not start to wait, for it does nothing. Neither does one that was answered in the
    meantime: it would look as if it waited, and nobody would wake it.
    """
    if run.signals.early:
        facts = with_early(run.signals, facts)
    if not facts or not isinstance(waits := facts[-1], RunWaiting):
        return facts
    opened = {fact.key for fact in facts if isinstance(fact, _OPENINGS)}
    idle = run.status in {RunStatus.PAUSED, RunStatus.PARKED}
    if idle or any(key not in opened and not _awaits(run, key) for key in waits.on):
        return facts[:-1]
    same = run.status is RunStatus.WAITING and set(run.waiting_for) == set(waits.on)
    return [] if same and len(facts) == 1 else facts


def _awaits(run: Run, key: Key) -> bool:
    """Whether something is still to come under this key."""
    asked = any(task.asked.key == key and not task.closed for task in run.tasks.values())
    return asked or key in run.timers or key in run.children or key in run.signals.waits


_OPENINGS: Final = (TaskOpened, TimerSet, ChildStarted, EventWaiting)


_TIMED: Final[Mapping[str, Command]] = {
    TASK_TIMER: Expire(),
    REMINDER: Nudge(),
    ESCALATION: HandOn(),
    UNDO: Conclude(),
}


def fire(run: Run, key: Key, at: datetime) -> list[Fact]:
    """What a timer that came due does. Nothing where it was withdrawn, or has fired before."""
    due = run.timers.get(key)
    if run.status.ended or due is None or due > at:
        return []
    prefix, _, id = key.partition(":")
    command = _TIMED.get(f"{prefix}:")
    if command is not None:
        task = run.tasks.get(id)
        return list(rule(task, command, at).facts) if task else []
    if key.startswith(WAIT_TIMER) and key.removeprefix(WAIT_TIMER) in run.signals.waits:
        return [expired(run.signals, key.removeprefix(WAIT_TIMER))]
    if key == RUN_TIMER:
        error: Json = {
            "type": "timed_out",
            "message": f"The run took longer than its timeout of {run.timeout}.",
        }
        return finish(run, RunFinished(status=RunStatus.TIMED_OUT, error=error))
    return [TimerFired(key=key)]


def next_name(run: Run, name: str, pending: int) -> str:
    """The key of the next task asked under ``name``: itself, then ``name#2``, ``name#3``, unique in the run."""
    visit = run.names.get(name, 0) + pending + 1
    return name if visit == 1 else f"{name}#{visit}"


def due_micros(due: datetime | None) -> int | None:
    """A deadline as records hold it."""
    return None if due is None else micros(due)
