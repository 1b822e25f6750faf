"""What the inside needs of the outside: shapes with promises, which the contract tests hold adapters to.

Store      where journals and their projections live
Clock      the only reader of the time
Directory  who people are
Context    the verbs a workflow is written with
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol, TypeAlias, TypedDict, TypeVar, Unpack, overload
from uuid import UUID

from typing_extensions import override

from assent.core.calendar import BusinessHours
from assent.core.decision import Decision
from assent.core.durations import Duration
from assent.core.journal import Key, RunId, TaskId
from assent.core.place import Line
from assent.core.policy import Escalate, Policy, Remind
from assent.core.record import GENESIS, Past, Record
from assent.core.signal import EventResult, SignalReceipt
from assent.core.values import Json
from assent.errors import AssentError

T = TypeVar("T")


# ── store ───────────────────────────────────────────────────────────────────────────────────────


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
    """The projection of a task; ``number`` is the entry that opened it, ``who`` and ``state`` are JSON text."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """What one transaction does to one run: entries after number ``expected``, and their projections.

    ``previous`` is the hash of that entry: where two have written the third, whoever writes the fourth says after
    which. ``expected`` 0 makes the run. ``erase`` also erases the payloads of all its earlier entries. ``fence`` is
    the number of the lease under which the run is advanced: an older one is refused. Answers need none; a run that
    is made with one begins in the hands of who made it.
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
    previous: str = GENESIS

    @property
    def follows(self) -> tuple[int, str]:
        """Where the run must stand: the number of its newest entry, and its hash."""
        return self.expected, self.previous


@dataclass(frozen=True, slots=True, kw_only=True)
class RunQuery:
    """Which runs to list, newest first; ``before`` is the (created, id) of the last one seen."""

    statuses: Sequence[str] = ()
    workflow: str | None = None
    root: RunId | None = None
    label: tuple[str, str | None] | None = None
    text: str | None = None
    before: tuple[int, str] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiterQuery:
    """Which waiters of an event to list: those that wait, longest first, else those that did, newest first.

    ``after`` is the (since, run, key) of the last one seen, of those that wait.
    """

    event: str
    open: bool = True
    after: tuple[int, str, str] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskQuery:
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


Listener: TypeAlias = Callable[[Sequence[Record]], None]
News: TypeAlias = Callable[[Mapping[RunId, int]], None]
Known: TypeAlias = Sequence[tuple[str, str]]  # names and versions of workflows


class Lease(NamedTuple):
    """The right to advance a run, which stands at entry ``number``. ``lost``: its last holder died over it."""

    run: RunId
    fence: int
    number: int
    lost: bool


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

    def subscribe(self, listener: Listener) -> None:
        """Call the listener on the loop with all entries, in order of ``seq``, once they are durable.

        Those of other processes too, where there are any.
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


# ── clock ───────────────────────────────────────────────────────────────────────────────────────


class Clock(Protocol):
    """The only reader of the time."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        ...

    async def sleep_until(self, when: datetime) -> None:
        """Return once it is ``when`` or later."""
        ...


# ── people ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody a directory knows: what they belong to, who manages them, whom they manage, where they read mail."""

    name: str
    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    manager: str | None = None
    reports: frozenset[str] = frozenset()
    mail: str | None = None


class Directory(Protocol):
    """Who people are. It is asked whenever somebody answers, so it should answer soon."""

    async def user(self, name: str) -> User | None:
        """Somebody, or None where nobody has this name: then they are in no group."""
        ...

    async def members(self, assignee: str) -> frozenset[str] | None:
        """Who is meant by ``group:…`` or ``role:…``; None where that cannot be told."""
        ...


# ── the verbs ───────────────────────────────────────────────────────────────────────────────────


class State(MutableMapping[str, Any]):
    """What is kept with a run: a dictionary whose changes are recorded."""

    @overload
    def update(self, name: str, change: Callable[[Any], Any], default: Any = ..., /) -> None: ...
    @overload
    def update(self, other: Any = ..., /, **kwargs: Any) -> None: ...
    @override
    def update(  # pyright: ignore[reportIncompatibleMethodOverride]  (it takes all that a dictionary does)
        self, /, *args: Any, **kwargs: Any
    ) -> None:
        """As of a dictionary; or ``update(name, change, default)``: set it to ``change(old value)``."""
        super().update(*args, **kwargs)


class Webhook(Protocol):
    """An address of a run's own."""

    @property
    def url(self) -> str:
        """Where to send to; whoever knows it may call it."""
        ...

    async def wait(self, *, timeout: Duration | None = "7d", type: Any = None) -> EventResult[Any]:
        """Wait for the next call; its data is the body that was sent."""
        ...


class Done:
    """Something that is done already: it may be awaited, and need not be."""

    def __await__(self) -> Generator[None]:
        """Return at once."""
        yield from ()


DONE: Final = Done()


class Ended(NamedTuple):
    """What a branch with a number of its own has recorded.

    A ``step``, a ``task`` that was answered, a ``child`` run that has ended (as ``status`` says, with this ``error``),
    a ``value``.
    """

    branch: int
    name: str
    kind: str
    value: Any
    status: str = ""
    error: str = ""


class AskTerms(TypedDict, total=False):
    """Whom to ask, by when, and what people see beside the question.

    to            a user, ``group:…``, ``role:…``, or several; nobody named: everybody may answer
    policy        how many of whom, in which stages
    timeout       when it is too late
    labels        what the task can be found by
    priority      more urgent ones, with a higher number, come first in the inbox
    remind        who is still needed hears of it again
    escalate      whom to ask instead, after how long
    calendar      the hours in which deadlines, reminders and escalations count
    risk          how bad a wrong answer would be, in a word
    attachments   documents by name and address
    undo          for how long whoever decided may take it back; until then the run does not go on with it
    """

    to: str | Sequence[str]
    policy: Policy | None
    timeout: Duration | None
    labels: Mapping[str, str] | None
    priority: int
    remind: Remind | None
    escalate: Escalate | None
    calendar: BusinessHours | None
    risk: str | None
    attachments: Mapping[str, str] | None
    undo: Duration | None


class ApproveTerms(AskTerms, total=False):
    """Of an approval also what its deadline decides, and a look-up of a decision that is kept elsewhere.

    on_timeout    ``"reject"``, ``"approve"``, ``"raise"`` or ``Value(…)``; None: the decision is ``expired``
    check         a function that returns Pending(), Approved(value) or Rejected(reason)
    check_every   how often it is asked
    """

    on_timeout: Any
    check: Callable[[], Any] | None
    check_every: Duration


def unknown_terms(verb: str, given: Mapping[str, object], takes: type[AskTerms]) -> None:
    """Refuse options that a verb does not take, as Python does where it sees a call."""
    known = list(takes.__annotations__)
    for name in given.keys() - set(known):
        close = get_close_matches(name, known, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise TypeError(f"{verb}() takes no option {name!r}.{hint}")


class Context(Protocol):
    """The verbs of a workflow. Whatever they return is the same on every replay."""

    @property
    def run_id(self) -> str:
        """The id of this run."""
        ...

    @property
    def workflow(self) -> str:
        """The name of the workflow."""
        ...

    @property
    def labels(self) -> Mapping[str, str]:
        """What the run was labelled with."""
        ...

    @property
    def state(self) -> State:
        """Kept with the run."""
        ...

    @property
    def session(self) -> MutableMapping[str, Any]:
        """Live objects of this process: never stored, gone after a restart."""
        ...

    @overload
    async def step(self, work: Callable[..., Awaitable[T]], /, *args: Any, **kwargs: Any) -> T: ...
    @overload
    async def step(self, work: Callable[..., T], /, *args: Any, **kwargs: Any) -> T: ...
    @overload
    async def step(
        self, name: str, work: Callable[..., Awaitable[T]], /, *args: Any, **kwargs: Any
    ) -> T: ...
    @overload
    async def step(self, name: str, work: Callable[..., T], /, *args: Any, **kwargs: Any) -> T: ...
    async def step(self, *args: Any, **kwargs: Any) -> Any:
        """Do something once and remember its result; retried by its policy."""
        ...

    @overload
    async def approve(
        self,
        key: str,
        *,
        value: T,
        title: str = "",
        detail: str | None = None,
        form: Any = None,
        **terms: Unpack[ApproveTerms],
    ) -> Decision[T]: ...
    @overload
    async def approve(
        self,
        key: str,
        *,
        title: str = "",
        detail: str | None = None,
        form: Any = None,
        **terms: Unpack[ApproveTerms],
    ) -> Decision[None]: ...
    async def approve(
        self,
        key: str,
        *,
        title: str = "",
        detail: str | None = None,
        value: Any = None,
        form: Any = None,
        **terms: Unpack[ApproveTerms],
    ) -> Decision[Any]:
        """Ask people to approve, reject or edit ``value``."""
        ...

    async def ask(
        self,
        key: str,
        form: Any,
        *,
        title: str = "",
        detail: str | None = None,
        value: Any = None,
        default: Any = ...,
        **terms: Unpack[AskTerms],
    ) -> Any:
        """Ask people to fill a form; returns it filled."""
        ...

    async def choose(
        self,
        key: str,
        options: Sequence[Any],
        *,
        many: bool = False,
        title: str = "",
        detail: str | None = None,
        default: Any = ...,
        **terms: Unpack[AskTerms],
    ) -> Any:
        """Ask people to choose one of the options, or several."""
        ...

    @overload
    async def wait_for_event(
        self, name: str, *, timeout: Duration | None = "7d", type: type[T]
    ) -> EventResult[T]: ...
    @overload
    async def wait_for_event(
        self, name: str, *, timeout: Duration | None = "7d", type: Any = None
    ) -> EventResult[Any]: ...
    async def wait_for_event(
        self, name: str, *, timeout: Duration | None = "7d", type: Any = None
    ) -> EventResult[Any]:
        """Wait for a signal of this name; at the deadline go on with ``timed_out``.

        ``type`` is what its data must fit. The data is None where it timed out.
        """
        ...

    async def webhook(self) -> Webhook:
        """An address of this run's own: ``hook.url``, and ``await hook.wait()`` for each call in its order."""
        ...

    async def notify(
        self, event: str, data: Any = None, run_id: str | None = None
    ) -> SignalReceipt:
        """Signal to other runs that wait for this event, once."""
        ...

    async def sleep(self, length: Duration) -> None:
        """Go on after this long, also when the process has restarted meanwhile."""
        ...

    async def sleep_until(self, when: datetime) -> None:
        """Go on at this moment."""
        ...

    async def run(self, workflow: Any, input: Any = ..., *, id: str | None = None) -> Any:
        """Run another workflow and wait for its output."""
        ...

    async def gather(
        self, *awaitables: Awaitable[Any], return_exceptions: bool = False
    ) -> list[Any]:
        """Do several things at once; results in order."""
        ...

    async def first(self, *awaitables: Awaitable[Any]) -> Any:
        """The result of whichever is ready first; the others are withdrawn."""
        ...

    async def emit(self, name: str, data: Any = None) -> None:
        """Tell the run's stream something, once."""
        ...

    async def cancel(self, reason: str | None = None) -> None:
        """End this run as cancelled."""
        ...

    @property
    def cursor(self) -> Any:
        """What the newest checkpoint of this line held when the code began; None where there was none."""
        ...

    def checkpoint(self, cursor: Any, *, keeps_input: bool = True) -> Awaitable[None]:
        """Go on from ``cursor``, should the code begin again: what this line has recorded is not asked for again.

        Recorded at once. Branches that are alive beside it live on: the code must begin them again, in their order.
        In a branch it stands for what that branch has done. ``keeps_input`` False: the code needs the run's input no
        more.
        """
        ...

    def recorded(self) -> Sequence[Ended]:
        """What branches of ``beside`` have recorded since the newest checkpoint, in the order in which it ended."""
        ...

    def beside(self, number: int, awaitable: Awaitable[T]) -> asyncio.Task[T]:
        """Do something in a branch that keeps its number, also when the code goes on from a checkpoint."""
        ...

    def abandon(self, number: int) -> None:
        """What the branch of this number has recorded is not asked for any more."""
        ...

    def report(self, name: str, data: Any = None) -> None:
        """Tell the run's stream something from inside a step: at once, and again on each attempt."""
        ...

    def now(self) -> datetime:
        """The present moment, recorded."""
        ...

    def uuid(self) -> UUID:
        """A random UUID, recorded."""
        ...

    def random(self) -> float:
        """A random number from 0 up to 1, recorded."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often and how late a failed step is tried again: ``first * factor ** n``, at most ``longest``."""

    retries: int = 0
    first: timedelta = timedelta(seconds=1)
    factor: float = 2.0
    longest: timedelta = timedelta(minutes=1)

    def delay(self, attempt: int) -> timedelta:
        """How long to wait after the ``attempt``-th failed attempt, from 1."""
        seconds = self.first.total_seconds() * self.factor ** min(attempt - 1, 64)
        return min(timedelta(seconds=min(seconds, 1e9)), self.longest)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOptions:
    """What a step asks for; None means no limit."""

    name: str
    retry: Retry = Retry()
    timeout: timedelta | None = None


class SessionPolicy(StrEnum):
    """What a pause does with the live objects in ``ctx.session``."""

    PICKLE_OR_ERROR = "pickle_or_error"
    WARN_DROP = "warn_drop"
    HARD_ERROR = "hard_error"


GATE: Final = "__assent_gate__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What must be granted before an operation runs; ``terms`` are what ``Context.approve`` takes."""

    key: str
    when: Callable[[dict[str, Any]], bool | Awaitable[bool]] | None
    describe: Callable[[dict[str, Any]], str] | None
    form: Callable[[], Any]
    terms: Mapping[str, Any]


class Program(Protocol):
    """Whatever an engine can run: it has a name, and turns an input into an output with the verbs."""

    @property
    def name(self) -> str:
        """The name of the workflow."""
        ...

    @property
    def version(self) -> str:
        """Its version; runs go on with the version they were started with."""
        ...

    @property
    def timeout(self) -> timedelta | None:
        """How long a run may take, human waiting not counted."""
        ...

    @property
    def counts_waiting(self) -> bool:
        """Whether human waiting counts towards the timeout."""
        ...

    @property
    def session_pause_policy(self) -> SessionPolicy:
        """What a pause does with the live objects of a run."""
        ...

    @property
    def takes(self) -> str:
        """The type of its input, in words, to notice when it changes."""
        ...

    def check(self, value: Any, *, strict: bool) -> Any:
        """The input as the workflow's type; raises InvalidInput with every error."""
        ...

    async def perform(self, context: Any, value: Any) -> Any:
        """Run it."""
        ...

    def condense(
        self, value: Any, cursor: Any, recorded: Sequence[Ended]
    ) -> tuple[Any, Sequence[int]] | None:
        """The cursor that stands for all that is recorded, and the branches that it stands for.

        None where the code can only go on from its journal.
        """
        ...


class Offered(Program, Protocol):
    """A program that an app offers to be started: people see what it is for, and what it takes."""

    @property
    def description(self) -> str:
        """What it is for."""
        ...

    @property
    def input_schema(self) -> Json:
        """The JSON Schema of its input; None where it takes none, or anything."""
        ...
