"""The facts of a run: what may stand in its journal.

A fact is past tense and frozen; ``core.record`` says how it is written down. Kinds and field names are a file
format: add, never rename.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final, TypeAlias

from msgspec import Struct

from assent.core.values import Json

RunId: TypeAlias = str
TaskId: TypeAlias = str
Key: TypeAlias = str

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    """A moment as microseconds since 1970."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def moment(at: int) -> datetime:
    """The moment of so many microseconds since 1970, in UTC."""
    return EPOCH + timedelta(microseconds=at)


# ── facts ───────────────────────────────────────────────────────────────────────────────────────


class Fact(Struct, frozen=True, kw_only=True):
    """Something that happened to a run. ``private`` names the fields that go into the payload."""

    kind: ClassVar[str]
    private: ClassVar[frozenset[str]] = frozenset()


class RunStarted(Fact, frozen=True, kw_only=True):
    """A run of a workflow came into being.

    One that goes on from a snapshot says which (``snapshot``, its digest), what it had ``spent`` of its timeout, and,
    where it is a fork, which run it left (``origin``).
    """

    kind = "run.started"
    private = frozenset({"input"})
    workflow: str
    version: str
    by: str | None = None
    labels: dict[str, str] | None = None
    root: RunId | None = None
    parent: RunId | None = None
    parent_key: Key | None = None
    path: list[str] | None = None
    timeout: float | None = None
    counts_waiting: bool | None = None
    takes: str | None = None
    origin: RunId | None = None
    snapshot: str | None = None
    spent: float | None = None
    input: Json = None


class RunRecovered(Fact, frozen=True, kw_only=True):
    """A process took up a run that another one had left in the middle."""

    kind = "run.recovered"


class RunWaiting(Fact, frozen=True, kw_only=True):
    """Nothing can go on until one of ``on`` does."""

    kind = "run.waiting"
    on: list[Key]


class RunPaused(Fact, frozen=True, kw_only=True):
    """Somebody asked for a pause: nothing new begins. ``mark`` names this pause, for the snapshot made of it."""

    kind = "run.paused"
    by: str | None = None
    mark: str | None = None


class RunResumed(Fact, frozen=True, kw_only=True):
    """The pause is over."""

    kind = "run.resumed"
    by: str | None = None


class RunParked(Fact, frozen=True, kw_only=True):
    """An engineer must look: ``code`` is an error code, ``reason`` says what and what to do."""

    kind = "run.parked"
    private = frozenset({"reason"})
    code: str
    reason: str


class RunQueued(Fact, frozen=True, kw_only=True):
    """The run goes on once it has a place in this queue. ``keeps``: it keeps the place while it waits."""

    kind = "run.queued"
    queue: str
    keeps: bool | None = None


class RunAdmitted(Fact, frozen=True, kw_only=True):
    """The run has its place: one of at most ``parallelism`` at once, of at most ``rate`` starts after ``since``."""

    kind = "run.admitted"
    parallelism: int | None = None
    rate: int | None = None
    since: int | None = None


class RunRetried(Fact, frozen=True, kw_only=True):
    """A failed run goes on from its failed step, a parked one from where it stood."""

    kind = "run.retried"
    by: str | None = None


class RunFinished(Fact, frozen=True, kw_only=True):
    """The run ended: ``succeeded`` with its output, else with its error."""

    kind = "run.finished"
    private = frozenset({"output", "error"})
    status: str
    by: str | None = None
    failed_key: Key | None = None
    output: Json = None
    error: Json = None


class StepStarted(Fact, frozen=True, kw_only=True):
    """A step is about to run, for the ``attempt``-th time."""

    kind = "step.started"
    key: Key
    name: str
    attempt: int
    digest: str
    returns: str | None = None


class StepFinished(Fact, frozen=True, kw_only=True):
    """A step returned; it never runs again. ``took`` is how long the attempt took, in microseconds."""

    kind = "step.finished"
    private = frozenset({"result", "state"})
    key: Key
    name: str
    attempt: int
    took: int | None = None
    result: Json = None
    state: dict[str, Json] | None = None


class StepRetrying(Fact, frozen=True, kw_only=True):
    """An attempt failed; the next one starts at ``due`` (microseconds since 1970)."""

    kind = "step.retrying"
    private = frozenset({"error", "state"})
    key: Key
    name: str
    attempt: int
    due: int
    error: Json = None
    state: dict[str, Json] | None = None


class StepFailed(Fact, frozen=True, kw_only=True):
    """A step failed for good."""

    kind = "step.failed"
    private = frozenset({"error", "state"})
    key: Key
    name: str
    attempt: int
    took: int | None = None
    error: Json = None
    state: dict[str, Json] | None = None


class TaskOpened(Fact, frozen=True, kw_only=True):
    """A question is put to people. ``name`` is its key, unique in the run; ``key`` its place in the journal.

    ``policy``, ``remind``, ``escalate`` and ``calendar`` are as ``core.policy`` and ``core.calendar`` write them;
    ``gate`` names the operation that a grant lets run.
    """

    kind = "task.opened"
    private = frozenset(
        {"title", "detail", "value", "form", "options", "timeout_value", "attachments"}
    )
    key: Key
    task: TaskId
    name: str
    asks: str
    digest: str
    to: list[str] | None = None
    by: str | None = None
    labels: dict[str, str] | None = None
    priority: int | None = None
    due: int | None = None
    on_timeout: str | None = None
    many: bool | None = None
    path: list[str] | None = None
    policy: Json = None
    remind: Json = None
    escalate: Json = None
    calendar: Json = None
    remind_at: int | None = None
    escalate_at: int | None = None
    undo: int | None = None
    risk: str | None = None
    gate: str | None = None
    attachments: list[Json] | None = None
    title: str = ""
    detail: str | None = None
    value: Json = None
    form: Json = None
    options: list[Json] | None = None
    timeout_value: Json = None


class TaskClaimed(Fact, frozen=True, kw_only=True):
    """One person took the task on."""

    kind = "task.claimed"
    key: Key
    task: TaskId
    by: str
    via: str


class TaskReleased(Fact, frozen=True, kw_only=True):
    """Its holder gave the task back."""

    kind = "task.released"
    key: Key
    task: TaskId
    by: str
    via: str


class TaskCommented(Fact, frozen=True, kw_only=True):
    """Somebody wrote something about the task."""

    kind = "task.commented"
    private = frozenset({"text"})
    key: Key
    task: TaskId
    by: str
    via: str
    text: str


class TaskAnswered(Fact, frozen=True, kw_only=True):
    """What one person said, perhaps on ``behalf`` of another; ``vetoes``: their no ends it."""

    kind = "task.answered"
    private = frozenset({"value", "reason"})
    key: Key
    task: TaskId
    by: str
    via: str
    outcome: str
    behalf: str | None = None
    vetoes: bool | None = None
    stage: int | None = None
    value: Json = None
    reason: str | None = None


class TaskRefused(Fact, frozen=True, kw_only=True):
    """An attempt to answer that did not count; ``status`` is what its receipt said."""

    kind = "task.refused"
    private = frozenset({"value", "reason", "why"})
    key: Key
    task: TaskId
    by: str
    via: str
    status: str
    outcome: str
    value: Json = None
    reason: str | None = None
    why: str | None = None


class TaskClosed(Fact, frozen=True, kw_only=True):
    """What was made of the answers. ``withdrawn``: the workflow itself no longer asks."""

    kind = "task.closed"
    private = frozenset({"reason"})
    key: Key
    task: TaskId
    outcome: str
    by: str | None = None
    via: str | None = None
    withdrawn: bool | None = None
    reason: str | None = None


class TaskDecided(Fact, frozen=True, kw_only=True):
    """What was made of the answers, and can be taken back ``until`` (microseconds since 1970): then it is closed."""

    kind = "task.decided"
    private = frozenset({"reason"})
    key: Key
    task: TaskId
    outcome: str
    by: str
    via: str
    until: int
    reason: str | None = None


class TaskAssigned(Fact, frozen=True, kw_only=True):
    """Others are asked from now on: ``because`` a ``stage`` begins, or somebody ``reassigned`` the task."""

    kind = "task.assigned"
    private = frozenset({"reason"})
    key: Key
    task: TaskId
    to: list[str]
    was: list[str]
    because: str
    stage: int | None = None
    by: str | None = None
    via: str | None = None
    reason: str | None = None


class TaskDelegated(Fact, frozen=True, kw_only=True):
    """``owner`` lets ``to`` answer, and stays answerable; ``ended``: no longer."""

    kind = "task.delegated"
    private = frozenset({"reason"})
    key: Key
    task: TaskId
    owner: str
    to: str
    by: str
    via: str
    ended: bool | None = None
    reason: str | None = None


class TaskReminded(Fact, frozen=True, kw_only=True):
    """Whoever is still needed was reminded, for the ``count``-th time; again at ``next``."""

    kind = "task.reminded"
    key: Key
    task: TaskId
    to: list[str]
    count: int
    next: int | None = None


class TaskEscalated(Fact, frozen=True, kw_only=True):
    """Nobody answered in time: ``to`` are asked instead of those who ``was``.

    ``left`` is what remains of the chain of escalations, ``next`` when it goes on; ``due`` is a new deadline.
    """

    kind = "task.escalated"
    key: Key
    task: TaskId
    to: list[str]
    was: list[str]
    left: Json = None
    next: int | None = None
    due: int | None = None
    on_timeout: str | None = None


class TaskAskedBack(Fact, frozen=True, kw_only=True):
    """Somebody asked the requester a question; the clocks stand still, and hold what was left (microseconds)."""

    kind = "task.asked_back"
    private = frozenset({"text"})
    key: Key
    task: TaskId
    by: str
    via: str
    due_left: int | None = None
    remind_left: int | None = None
    escalate_left: int | None = None
    text: str


class TaskReplied(Fact, frozen=True, kw_only=True):
    """The question was answered; the clocks run on."""

    kind = "task.replied"
    private = frozenset({"text"})
    key: Key
    task: TaskId
    by: str
    via: str
    due: int | None = None
    remind_at: int | None = None
    escalate_at: int | None = None
    text: str


class TaskAttached(Fact, frozen=True, kw_only=True):
    """Somebody put a document beside the task, by reference."""

    kind = "task.attached"
    private = frozenset({"name", "url"})
    key: Key
    task: TaskId
    by: str
    via: str
    name: str
    url: str


class TaskReopened(Fact, frozen=True, kw_only=True):
    """The decision was taken back before the run had moved on; the answer that made it no longer counts."""

    kind = "task.reopened"
    private = frozenset({"reason"})
    key: Key
    task: TaskId
    by: str
    via: str
    due: int | None = None
    reason: str | None = None


class TimerSet(Fact, frozen=True, kw_only=True):
    """A durable timer runs until ``due`` (microseconds since 1970)."""

    kind = "timer.set"
    key: Key
    due: int


class TimerFired(Fact, frozen=True, kw_only=True):
    """The timer came due; it does so once."""

    kind = "timer.fired"
    key: Key


class TimerWithdrawn(Fact, frozen=True, kw_only=True):
    """The workflow no longer waits for the timer."""

    kind = "timer.withdrawn"
    key: Key


class ChildStarted(Fact, frozen=True, kw_only=True):
    """The run started another run and waits for it."""

    kind = "child.started"
    key: Key
    child: RunId
    digest: str


class ChildFinished(Fact, frozen=True, kw_only=True):
    """The other run ended."""

    kind = "child.finished"
    private = frozenset({"output", "error"})
    key: Key
    child: RunId
    status: str
    output: Json = None
    error: Json = None


class ValueRecorded(Fact, frozen=True, kw_only=True):
    """A clock reading, a random number, a choice the code made: equal on replay."""

    kind = "value.recorded"
    private = frozenset({"value"})
    key: Key
    value: Json = None


class StateChanged(Fact, frozen=True, kw_only=True):
    """The workflow set or deleted entries of its state; ``state`` holds them, deleted ones in ``gone``."""

    kind = "state.changed"
    private = frozenset({"state", "gone"})
    key: Key
    state: dict[str, Json] | None = None
    gone: list[str] | None = None


class EventEmitted(Fact, frozen=True, kw_only=True):
    """The workflow told its stream something under a name of its own; ``within`` a step that was running."""

    kind = "event.emitted"
    private = frozenset({"data"})
    key: Key
    name: str
    within: bool | None = None
    data: Json = None


class EventWaiting(Fact, frozen=True, kw_only=True):
    """The workflow waits for a signal of this ``name``; ``form`` is the JSON Schema its data must fit."""

    kind = "event.waiting"
    private = frozenset({"form"})
    key: Key
    name: str
    due: int | None = None
    form: Json = None


class EventBuffered(Fact, frozen=True, kw_only=True):
    """A signal came before anybody waited for it; the next wait of its name gets it."""

    kind = "event.buffered"
    private = frozenset({"data"})
    name: str
    by: str | None = None
    via: str | None = None
    delivery: str | None = None
    data: Json = None


class EventReceived(Fact, frozen=True, kw_only=True):
    """A wait is over: its signal came, or (``timed_out``) its deadline.

    ``early`` is the entry that kept the signal, where it came before the wait; ``came`` is when it did.
    """

    kind = "event.received"
    private = frozenset({"data"})
    key: Key
    name: str
    by: str | None = None
    via: str | None = None
    delivery: str | None = None
    early: int | None = None
    came: int | None = None
    timed_out: bool | None = None
    data: Json = None


class EventWithdrawn(Fact, frozen=True, kw_only=True):
    """Nobody waits for the signal any more: a branch beside it decided, or the run ended."""

    kind = "event.withdrawn"
    key: Key
    name: str


class EventSent(Fact, frozen=True, kw_only=True):
    """The workflow signalled to other runs; ``status`` and ``runs`` are what became of it."""

    kind = "event.sent"
    private = frozenset({"data", "message"})
    key: Key
    name: str
    status: str
    run: RunId | None = None
    runs: list[str] | None = None
    message: str = ""
    data: Json = None


class HookOpened(Fact, frozen=True, kw_only=True):
    """The workflow has an address of its own; its calls are signals of this ``name``."""

    kind = "hook.opened"
    private = frozenset({"url"})
    key: Key
    name: str
    url: str = ""


class RunCheckpointed(Fact, frozen=True, kw_only=True):
    """The code goes on from here: ``cursor`` and ``state`` stand for all that was recorded before.

    Branches that are alive begin ``again`` under these numbers, and ``open`` has what they have recorded: moment,
    kind and fields of each fact. Of what is open, ``tasks`` and ``steps`` (attempt, digest, due, type of the result)
    may be named instead; these are then to be read ``since`` an earlier entry. ``names``, ``visits`` and
    ``branches`` keep keys from being used twice. ``spares_input``: the code needs the run's input no more.
    With ``branch`` it is one branch that goes on, and it stands for what that one has recorded.
    """

    kind = "run.checkpointed"
    private = frozenset({"cursor", "state", "open"})
    since: int | None = None
    tasks: list[TaskId] | None = None
    steps: dict[Key, list[Json]] | None = None
    names: dict[str, int] | None = None
    visits: dict[str, int] | None = None
    branches: int | None = None
    spares_input: bool | None = None
    branch: str | None = None
    again: list[int] | None = None
    cursor: Json = None
    state: dict[str, Json] | None = None
    open: list[Json] | None = None


class PayloadsErased(Fact, frozen=True, kw_only=True):
    """The payloads of all earlier entries were erased."""

    kind = "payloads.erased"
    by: str | None = None


KINDS: Final[dict[str, type[Fact]]] = {kind.kind: kind for kind in Fact.__subclasses__()}
