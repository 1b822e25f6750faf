"""What a store takes and returns: runs, tasks and what goes with them; which of them to list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from assent.core.journal import Key, RunId, TaskId
from assent.core.record import GENESIS, Record


class RunRow(NamedTuple):
    """The projection of a run. Moments are microseconds since 1970; ``labels`` and ``state`` are JSON text."""

    id: RunId
    workflow: str
    version: str
    status: str
    number: int
    head: str
    by: str | None
    labels: str
    root: RunId
    parent: RunId | None
    created: int
    updated: int
    finished: int | None
    state: str


class TaskRow(NamedTuple):
    """The projection of a task; ``number`` is the entry that opened it, ``who`` and ``state`` are JSON text.

    ``labels`` and ``words`` are what it is found by: see ``core.finding``.
    """

    id: TaskId
    run: RunId
    root: RunId
    workflow: str
    number: int
    name: str
    kind: str
    status: str
    outcome: str | None
    title: str
    who: str
    opened: int
    due: int | None
    priority: int
    state: str
    risk: str | None = None
    labels: str = ""
    words: str = ""


class TimerRow(NamedTuple):
    """A timer; ``due`` None takes it away."""

    run: RunId
    key: Key
    due: int | None


class WaiterRow(NamedTuple):
    """A run that waits for the event (a signal) of this name, or has an address that brings it.

    ``done`` is when it no longer did; moments are microseconds since 1970.
    """

    run: RunId
    key: Key
    event: str
    since: int
    due: int | None
    done: int | None


class PlaceRow(NamedTuple):
    """Where a run stands in its queue. ``first`` is when it started; moments are microseconds since 1970.

    The store notes the order in which runs are ``queued``. One that is let ``in`` says under which limit: where
    ``parallelism`` others are in, or ``rate`` others have started after ``since``, nothing is written, but Full.
    """

    run: RunId
    queue: str
    standing: str
    first: int | None
    parallelism: int | None
    rate: int | None
    since: int


class QueueRow(NamedTuple):
    """A queue where somebody waits or is in: how many of both, and who waits longest."""

    queue: str
    inside: int
    queued: int
    next: RunId | None


class StoredTask(NamedTuple):
    """A task with the entry that opened it."""

    row: TaskRow
    opened: Record


class StoredRun(NamedTuple):
    """All that is needed to change a run: its head, its open tasks, its timers."""

    row: RunRow
    tasks: Sequence[StoredTask]
    timers: Sequence[TimerRow]


class Write(Struct, frozen=True, kw_only=True):
    """What one transaction does to one run: entries after number ``expected``, and their projections.

    ``previous`` is the hash of that entry: where two have written the third, whoever writes the fourth says after
    which. ``expected`` 0 makes the run. ``erase`` also erases the payloads of all its earlier entries. ``fence`` is
    the number of the lease under which the run is advanced: an older one is refused. Answers need none; a run that
    is made with one begins in the hands of who made it. ``rests``: the lease is given back in the same breath.
    """

    row: RunRow
    expected: int
    records: Sequence[Record]
    tasks: Sequence[TaskRow] = ()
    timers: Sequence[TimerRow] = ()
    waiters: Sequence[WaiterRow] = ()
    place: PlaceRow | None = None
    erase: bool = False
    fence: int | None = None
    rests: bool = False
    previous: str = GENESIS

    @property
    def follows(self) -> tuple[int, str]:
        """Where the run must stand: the number of its newest entry, and its hash."""
        return self.expected, self.previous


class RunQuery(Struct, frozen=True, kw_only=True):
    """Which runs to list, newest first; ``before`` is the (created, id) of the last one seen."""

    statuses: Sequence[str] = ()
    workflow: str | None = None
    root: RunId | None = None
    label: tuple[str, str | None] | None = None
    text: str | None = None
    before: tuple[int, str] | None = None
    limit: int = 50


class WaiterQuery(Struct, frozen=True, kw_only=True):
    """Which waiters of an event to list: those that wait, longest first, else those that did, newest first.

    ``after`` is the (since, run, key) of the last one seen, of those that wait.
    """

    event: str
    open: bool = True
    after: tuple[int, str, str] | None = None
    limit: int = 50


class TaskQuery(Struct, frozen=True, kw_only=True):
    """Which tasks to list: open ones by priority and age, others newest first; ``after`` is a keyset position.

    ``priority`` is the lowest that is listed. ``label`` is a name and its value, or one text that is either.
    """

    open: bool | None = True
    root: RunId | None = None
    run: RunId | None = None
    who: Sequence[str] = ()
    workflow: str | None = None
    kind: str | None = None
    risk: str | None = None
    label: tuple[str, str | None] | None = None
    priority: int | None = None
    due_before: int | None = None
    text: str | None = None
    after: tuple[int, int, str] | None = None
    limit: int = 50


class Gone(NamedTuple):
    """What was pruned: which runs, how many entries, and the highest ``seq`` among these."""

    runs: Sequence[RunId]
    entries: int
    newest: int
