"""Where journals and their projections live, and what the processes that share them need."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from assent.core.journal import RunId, TaskId
from assent.core.place import Line
from assent.core.record import Past, Record
from assent.core.values import Json
from assent.errors import AssentError
from assent.ports.rows import (
    Gone,
    QueueRow,
    RunQuery,
    RunRow,
    StoredRun,
    StoredTask,
    TaskQuery,
    TimerRow,
    WaiterQuery,
    WaiterRow,
    Write,
)


class Stale(AssentError):
    """The run has moved on since it was read: nothing was written; read again."""

    code = "stale"

    def __init__(self, run: RunId, expected: int) -> None:
        self.run = run
        super().__init__(f"The run {run!r} is no longer at entry {expected}. Read it again.")


class Fenced(AssentError):
    """This process no longer holds the lease on the run: somebody else advances it; nothing was written."""

    code = "fenced"

    def __init__(self, run: RunId) -> None:
        self.run = run
        super().__init__(f"The run {run!r} is advanced by another process now.")


class Full(AssentError):
    """There is no place left for the run: nothing was written; it waits on in its queue."""

    code = "full"

    def __init__(self, run: RunId) -> None:
        self.run = run
        super().__init__(
            f"There is no place for the run {run!r} just now. It waits on in its queue."
        )


Listener: TypeAlias = Callable[[Sequence[Record]], None]
News: TypeAlias = Callable[[Mapping[RunId, int]], None]


class Readers(Protocol):
    """Who reads the entries that a listener hears of."""

    @property
    def there(self) -> bool:
        """Whether anybody reads just now."""
        ...

    def skipped(self, seq: int) -> None:
        """Other processes have committed up to here, and nobody was there: the entries were left in the store."""
        ...


Known: TypeAlias = Sequence[tuple[str, str]]  # names and versions of workflows


class Lease(NamedTuple):
    """The right to advance a run, which stands at entry ``number``. ``lost``: its last holder died over it."""

    run: RunId
    fence: int
    number: int
    lost: bool


class Advancer(NamedTuple):
    """Another process, by which engine it advances runs, and how many seconds ago it was seen."""

    about: str
    engine: str
    seen: float


class Sharing(Protocol):
    """What a store that several processes use offers beside: who advances a run, and what others have done."""

    def follow(self, news: News, void: Callable[[], None]) -> None:
        """Be told on the loop.

        ``news``: which runs others have written to, and up to which entry. ``void``: this process counted as dead, so
        the leases it held are not its own any more.
        """
        ...

    def stands(self, run: RunId) -> Awaitable[int | None]:
        """The number of the run's newest entry, whoever wrote it; None where there is no such run.

        What is asked at the same moment is looked up together.
        """
        ...

    def advance(self, work: Callable[[], None], held: Callable[[], Sequence[RunId]]) -> None:
        """This process advances runs: it wants to be told of ``work``, and says whose leases it holds."""
        ...

    async def agree(self, engine: str) -> Sequence[Advancer]:
        """Say by which engine this process advances runs; returns who does by another, and then it has not said so.

        A process that counted as dead says it again when it is back. Where others advance runs otherwise by then,
        nothing is granted to it.
        """
        ...

    async def claim(
        self, known: Known, limit: int, runs: Sequence[RunId] | None = None
    ) -> Sequence[Lease]:
        """Take the leases of running runs of these workflows that nobody holds, oldest first.

        With ``runs``: of these, whatever they are doing.
        """
        ...

    async def claim_due(
        self, known: Known, at: int, limit: int
    ) -> tuple[Sequence[TimerRow], Sequence[Lease]]:
        """Due timers of runs that this process advances, or now does: those that nobody held."""
        ...

    async def release(self, leases: Sequence[tuple[RunId, int]]) -> None:
        """Give leases back; whoever can go on is told."""
        ...

    async def seize(self, known: Known, run: RunId) -> Lease | None:
        """Take the lease of a run of these workflows from whoever holds it; None where it has ended, or is another's.

        For those who are told by somebody else than the store that its holder is gone: what that one still writes
        under its lease is refused.
        """
        ...

    async def left(self, known: Known, limit: int) -> Sequence[tuple[RunId, int]]:
        """Running runs of these workflows that nobody holds, oldest first, and at which entry each stands."""
        ...


class Store(Protocol):
    """Where journals live. Every method is one transaction; what it returns is durable by then."""

    @property
    def lasting(self) -> bool:
        """Whether what is kept outlives the process."""
        ...

    @property
    def sharing(self) -> Sharing | None:
        """What several processes need to share the store; None where one process holds all of it."""
        ...

    async def open(self) -> None:
        """Connect and bring the schema up to date; raises StoreLocked, StoreNewer."""
        ...

    async def close(self) -> None:
        """Finish what was submitted, then let go."""
        ...

    def commit(self, writes: Sequence[Write]) -> Awaitable[Sequence[Record]]:
        """Write all of these or nothing; returns the records with their ``seq``.

        Submitted at once, before it is awaited; submissions take effect in their order. Raises Stale where a run
        is not at ``expected`` any more, Fenced where a lease was lost, Full where a run is let in for which there is no
        place.
        ``seq`` grows in the order in which readers can see entries.
        """
        ...

    def subscribe(self, listener: Listener, readers: Readers | None = None) -> None:
        """Call the listener on the loop with all entries, in order of ``seq``, once they are durable.

        Those of other processes too, where there are any, and ``readers`` for them.
        """
        ...

    async def load(self, run: RunId) -> StoredRun | None:
        """A run as it is stored, or None."""
        ...

    async def journal(self, run: RunId, after: int = 0) -> Sequence[Record]:
        """The run's entries after this number, in order."""
        ...

    async def history(self, run: RunId) -> Sequence[Past]:
        """All entries of the run, in order, parsed for replay."""
        ...

    async def feed(self, after: int, limit: int, run: RunId | None = None) -> Sequence[Record]:
        """Entries of all runs, or of one, after this ``seq``, in order."""
        ...

    async def newest(self) -> int:
        """The highest ``seq`` there is."""
        ...

    async def runs(self, query: RunQuery) -> Sequence[RunRow]:
        """A page of runs."""
        ...

    async def tasks(self, query: TaskQuery) -> Sequence[StoredTask]:
        """A page of tasks."""
        ...

    async def task(self, task: TaskId) -> StoredTask | None:
        """One task, or None."""
        ...

    async def due(self, at: int, limit: int) -> Sequence[TimerRow]:
        """Timers that are due at this moment, earliest first."""
        ...

    async def next_due(self) -> int | None:
        """When the earliest timer is due."""
        ...

    async def waiters(self, query: WaiterQuery) -> Sequence[WaiterRow]:
        """A page of the waiters of an event."""
        ...

    async def queues(self) -> Sequence[QueueRow]:
        """The queues where somebody waits or is in, by name."""
        ...

    async def line(self, queue: str, since: int, limit: int) -> Line:
        """A queue as it stands, in the order in which runs came.

        ``limit`` of those who have yet to start, of those who go on, and of the newest starts after ``since``.
        """
        ...

    async def ahead(self, run: RunId) -> int | None:
        """The run's place in the line of its queue, from 1; None where it is not queued."""
        ...

    async def counts(self) -> Mapping[str, int]:
        """How many runs there are in each status."""
        ...

    async def prune(self, before: int, limit: int) -> Gone:
        """Take away some runs that ended before this moment, with the runs below them and all that is kept of them.

        Only where all of these have ended before it, and never the newest entry there is: ``seq`` only grows.
        """
        ...

    async def keep(self, kind: str, id: str, document: Json) -> bool:
        """Keep a small document unless there is one of this kind and id; whether it was new."""
        ...

    async def replace(self, kind: str, id: str, document: Json) -> None:
        """Keep a small document in place of any other of this kind and id."""
        ...

    async def kept(self, kind: str, id: str) -> Json:
        """A kept document, or None."""
        ...

    async def take(self, kind: str, id: str) -> Json:
        """Remove a document and return it; of several takers one gets it, the others None."""
        ...

    async def kept_all(self, kind: str) -> Mapping[str, Json]:
        """All documents of a kind by id."""
        ...
