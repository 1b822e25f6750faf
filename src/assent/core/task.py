"""A human task and its life.

    open ──claim──▶ claimed ──respond──▶ (enough?) ──▶ closed
     │ ◀──release─────│                                  ▲
     └────respond─────┴──── expire, withdraw ────────────┘

A command is a wish, judged by ``rule`` against the task as it stands: the ruling says what becomes of it, and
holds the facts to record. Facts are folded by ``evolve``. Nothing here reads a clock: time comes as ``at``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias, assert_never

from assent.core.journal import (
    Fact,
    TaskAnswered,
    TaskClaimed,
    TaskClosed,
    TaskCommented,
    TaskId,
    TaskOpened,
    TaskRefused,
    TaskReleased,
    moment,
)
from assent.core.policy import Actor, eligible
from assent.core.values import Json
from assent.errors import FieldError


class TaskKind(StrEnum):
    """What is asked of people."""

    APPROVE = "approve"
    ASK = "ask"
    CHOOSE = "choose"


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What a person said, or how a task ended."""

    APPROVED = "approved"
    EDITED = "edited"
    REJECTED = "rejected"
    ANSWERED = "answered"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class ReceiptStatus(StrEnum):
    """What became of one attempt to answer."""

    ACCEPTED = "accepted"
    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    ALREADY_DECIDED = "already_decided"
    INELIGIBLE = "ineligible"
    INVALID = "invalid"
    STALE = "stale"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


SAYS: Final[Mapping[TaskKind, frozenset[Outcome]]] = {
    TaskKind.APPROVE: frozenset({Outcome.APPROVED, Outcome.EDITED, Outcome.REJECTED}),
    TaskKind.ASK: frozenset({Outcome.ANSWERED}),
    TaskKind.CHOOSE: frozenset({Outcome.ANSWERED}),
}


# ── values ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One answer as recorded; ``value`` is packed."""

    by: str
    at: datetime
    outcome: Outcome
    via: str
    value: Json = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """Something somebody wrote about a task."""

    by: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How a task ended: ``by`` is None where a deadline did it."""

    outcome: Outcome
    at: datetime
    by: str | None = None
    via: str | None = None
    reason: str | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanTask:
    """A question to people, as its facts have made it."""

    asked: TaskOpened
    opened: datetime
    number: int
    state: TaskState = TaskState.OPEN
    owner: str | None = None
    answers: tuple[Said, ...] = ()
    comments: tuple[Comment, ...] = ()
    closing: Closing | None = None

    @property
    def id(self) -> TaskId:
        """The id of the task."""
        return self.asked.task

    @property
    def due(self) -> datetime | None:
        """The deadline, where there is one."""
        return None if self.asked.due is None else moment(self.asked.due)

    @property
    def closed(self) -> bool:
        """Whether the task takes no more answers."""
        return self.state is TaskState.CLOSED


# ── commands ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Take the task on."""

    by: Actor
    via: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Give the task back."""

    by: Actor
    via: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Write something about the task."""

    by: Actor
    via: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond:
    """Answer. ``value`` is packed; ``errors`` says what is wrong with it; ``shown`` is the digest of what was seen."""

    by: Actor
    via: str
    outcome: Outcome
    value: Json = None
    reason: str | None = None
    shown: str | None = None
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Cancel the task: by a person, or (``by`` None) by the workflow, which no longer asks."""

    by: Actor | None
    via: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expire:
    """The deadline came."""


Command: TypeAlias = Claim | Release | Remark | Respond | Withdraw | Expire

ALLOWED: Final[Mapping[TaskState, frozenset[type[Command]]]] = {
    TaskState.OPEN: frozenset({Claim, Remark, Respond, Withdraw, Expire}),
    TaskState.CLAIMED: frozenset({Release, Remark, Respond, Withdraw, Expire}),
    TaskState.CLOSED: frozenset({Remark}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What becomes of a command: its receipt's status, why, and the facts to record."""

    status: ReceiptStatus
    message: str
    facts: tuple[Fact, ...] = ()
    errors: tuple[FieldError, ...] = ()


# ── judging ─────────────────────────────────────────────────────────────────────────────────────


def rule(task: HumanTask, command: Command, at: datetime) -> Ruling:
    """What becomes of this command, on this task, at this moment."""
    overdue = task.due is not None and at >= task.due
    if overdue and not task.closed and not isinstance(command, Remark):
        return _overdue(task, command, at)
    if type(command) not in ALLOWED[task.state]:
        return _not_allowed(task, command)
    match command:
        case Claim():
            return _claim(task, command)
        case Release():
            return _release(task, command)
        case Remark(by=by, via=via, text=text):
            told = TaskCommented(key=task.asked.key, task=task.id, by=by.name, via=via, text=text)
            return Ruling(status=ReceiptStatus.ACCEPTED, message="Noted.", facts=(told,))
        case Respond():
            return _respond(task, command)
        case Withdraw():
            return _withdraw(task, command)
        case Expire():
            # The clock of another process may run ahead: it is not due here yet.
            return Ruling(status=ReceiptStatus.INVALID, message="The deadline has not come yet.")
        case _ as unreachable:
            assert_never(unreachable)


def _overdue(task: HumanTask, command: Command, at: datetime) -> Ruling:
    """The deadline decides, whoever comes first to notice it."""
    closed = TaskClosed(key=task.asked.key, task=task.id, outcome=Outcome.EXPIRED)
    if isinstance(command, Withdraw) and command.by is None:
        return _withdraw(task, command)
    ended = evolve(task, closed, at)
    status = ReceiptStatus.ACCEPTED if isinstance(command, Expire) else ReceiptStatus.EXPIRED
    return Ruling(status=status, message=_ended(ended), facts=(closed,))


def _not_allowed(task: HumanTask, command: Command) -> Ruling:
    closing = task.closing
    if closing is None:
        match command:
            case Claim(by=by) if task.owner == by.name:
                return Ruling(status=ReceiptStatus.DUPLICATE, message="You hold this task already.")
            case Claim():
                why = f"{task.owner} has claimed this task."
                return Ruling(status=ReceiptStatus.INELIGIBLE, message=why)
            case _:
                return Ruling(status=ReceiptStatus.INVALID, message="Nobody has claimed this task.")
    if isinstance(command, Respond) and _repeats(task, command):
        return Ruling(
            status=ReceiptStatus.DUPLICATE, message="You said this already; it counts once."
        )
    match closing.outcome:
        case Outcome.EXPIRED:
            status = ReceiptStatus.EXPIRED
        case Outcome.CANCELLED:
            status = ReceiptStatus.CANCELLED
        case _:
            status = ReceiptStatus.ALREADY_DECIDED
    if isinstance(command, Withdraw) and status is ReceiptStatus.CANCELLED:
        status = ReceiptStatus.DUPLICATE
    return Ruling(status=status, message=_ended(task))


def _ended(task: HumanTask) -> str:
    closing = task.closing
    if closing is None:
        return "The task is open."
    when = f"{closing.at:%Y-%m-%d %H:%M:%S} UTC"
    if closing.outcome is Outcome.EXPIRED:
        return f"The deadline passed before an answer counted; the task expired at {when}."
    who = f" by {closing.by}" if closing.by else ""
    return f"The task was {closing.outcome}{who} at {when}; that decision stands."


def _repeats(task: HumanTask, again: Respond) -> bool:
    return any(
        said.by == again.by.name
        and said.outcome is again.outcome
        and alike(said.value, again.value)
        and said.reason == again.reason
        for said in task.answers
    )


def alike(one: Json, other: Json) -> bool:
    """Equal as JSON: true is not 1, and the order of names makes no difference."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _claim(task: HumanTask, command: Claim) -> Ruling:
    if not eligible(task.asked.to or (), command.by):
        return _ineligible(task, command.by)
    claimed = TaskClaimed(key=task.asked.key, task=task.id, by=command.by.name, via=command.via)
    return Ruling(status=ReceiptStatus.ACCEPTED, message="The task is yours.", facts=(claimed,))


def _release(task: HumanTask, command: Release) -> Ruling:
    if task.owner != command.by.name:
        why = f"{task.owner} holds this task; only its holder can release it."
        return Ruling(status=ReceiptStatus.INELIGIBLE, message=why)
    released = TaskReleased(key=task.asked.key, task=task.id, by=command.by.name, via=command.via)
    return Ruling(
        status=ReceiptStatus.ACCEPTED, message="Anybody may take it now.", facts=(released,)
    )


def _ineligible(task: HumanTask, who: Actor) -> Ruling:
    to = ", ".join(task.asked.to or ())
    why = f"{who.name} may not answer this task: it is assigned to {to}."
    return Ruling(status=ReceiptStatus.INELIGIBLE, message=why)


def _withdraw(task: HumanTask, command: Withdraw) -> Ruling:
    closed = TaskClosed(
        key=task.asked.key,
        task=task.id,
        outcome=Outcome.CANCELLED,
        by=command.by.name if command.by else None,
        via=command.via,
        withdrawn=True if command.by is None else None,
        reason=command.reason,
    )
    return Ruling(status=ReceiptStatus.ACCEPTED, message="The task is cancelled.", facts=(closed,))


def _respond(task: HumanTask, command: Respond) -> Ruling:
    refused = _refusal(task, command)
    if refused is not None:
        return replace(refused, facts=(_refused(task, command, refused),))
    answered = TaskAnswered(
        key=task.asked.key,
        task=task.id,
        by=command.by.name,
        via=command.via,
        outcome=command.outcome,
        value=command.value,
        reason=command.reason,
    )
    # One answer decides. Quorum, veto and stages are judged here, once policies carry them.
    closed = TaskClosed(
        key=task.asked.key,
        task=task.id,
        outcome=command.outcome,
        by=command.by.name,
        via=command.via,
        reason=command.reason,
    )
    told = f"Your answer counts: {command.outcome}."
    return Ruling(status=ReceiptStatus.ACCEPTED, message=told, facts=(answered, closed))


def _refusal(task: HumanTask, command: Respond) -> Ruling | None:
    kind = TaskKind(task.asked.asks)
    if command.shown is not None and command.shown != task.asked.digest:
        why = "What you were shown has changed since. Look at the task again, then answer."
        return Ruling(status=ReceiptStatus.STALE, message=why)
    if not eligible(task.asked.to or (), command.by):
        return _ineligible(task, command.by)
    if task.owner is not None and task.owner != command.by.name:
        why = f"{task.owner} has claimed this task, and only its holder can answer it."
        return Ruling(status=ReceiptStatus.INELIGIBLE, message=why)
    if command.outcome not in SAYS[kind]:
        ways = ", ".join(sorted(VERBS[says] for says in SAYS[kind]))
        why = f"A task of kind {kind.value!r} cannot be {command.outcome}; it takes: {ways}."
        return Ruling(status=ReceiptStatus.INVALID, message=why, errors=(FieldError("", why),))
    if command.errors:
        why = "; ".join(
            f"{error.pointer or 'the value'}: {error.detail}" for error in command.errors
        )
        return Ruling(
            status=ReceiptStatus.INVALID,
            message=f"The value does not fit: {why}.",
            errors=command.errors,
        )
    return None


VERBS: Final[Mapping[Outcome, str]] = {
    Outcome.APPROVED: "approve",
    Outcome.EDITED: "edit",
    Outcome.REJECTED: "reject",
    Outcome.ANSWERED: "answer",
}


def _refused(task: HumanTask, command: Respond, ruling: Ruling) -> TaskRefused:
    return TaskRefused(
        key=task.asked.key,
        task=task.id,
        by=command.by.name,
        via=command.via,
        status=ruling.status,
        outcome=command.outcome,
        value=command.value,
        reason=command.reason,
        why=ruling.message,
    )


# ── folding ─────────────────────────────────────────────────────────────────────────────────────

TaskFact: TypeAlias = (
    TaskClaimed | TaskReleased | TaskCommented | TaskAnswered | TaskRefused | TaskClosed
)


def evolve(task: HumanTask, fact: TaskFact, at: datetime) -> HumanTask:
    """The task after this fact."""
    match fact:
        case TaskClaimed(by=by):
            return replace(task, state=TaskState.CLAIMED, owner=by)
        case TaskReleased():
            return replace(task, state=TaskState.OPEN, owner=None)
        case TaskCommented(by=by, text=text):
            return replace(task, comments=(*task.comments, Comment(by=by, at=at, text=text)))
        case TaskAnswered():
            said = Said(
                by=fact.by,
                at=at,
                outcome=Outcome(fact.outcome),
                via=fact.via,
                value=fact.value,
                reason=fact.reason,
            )
            return replace(task, answers=(*task.answers, said))
        case TaskRefused():
            return task
        case TaskClosed():
            closing = Closing(
                outcome=Outcome(fact.outcome),
                at=at,
                by=fact.by,
                via=fact.via,
                reason=fact.reason,
                withdrawn=bool(fact.withdrawn),
            )
            return replace(task, state=TaskState.CLOSED, closing=closing)
        case _ as unreachable:
            assert_never(unreachable)
