"""A human task and its life.

    open ──claim──▶ claimed ──respond──▶ (enough?) ──▶ closed
     │ ◀──release─────│                                  ▲
     └────respond─────┴──── expire, withdraw ────────────┘

With an undo window the answer that is enough leads to ``decided`` first: reopened from there, or closed once the
window has passed.

Whoever is asked may change meanwhile: a stage of the policy ends, nobody answers in time, somebody delegates. A
question asked back stops the clocks. A command is a wish, judged by ``core.ruling.rule`` against the task as it
stands; facts are folded by ``evolve``. Nothing here reads a clock: time comes as ``at``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias, TypeGuard, assert_never, get_args

from msgspec import Struct
from msgspec.structs import replace

from assent.core.calendar import Hours, hours_of
from assent.core.journal import (
    Fact,
    TaskAnswered,
    TaskAskedBack,
    TaskAssigned,
    TaskAttached,
    TaskClaimed,
    TaskClosed,
    TaskCommented,
    TaskDecided,
    TaskDelegated,
    TaskEscalated,
    TaskId,
    TaskOpened,
    TaskRefused,
    TaskReleased,
    TaskReminded,
    TaskReopened,
    TaskReplied,
    moment,
)
from assent.core.policy import Actor, Rules, Seat, Voice, resolved, rules_of
from assent.core.values import Json, digest, plain


class TaskKind(StrEnum):
    """What is asked of people."""

    APPROVE = "approve"
    ASK = "ask"
    CHOOSE = "choose"


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    DECIDED = "decided"
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


CHECK: Final = "check"  # the door of decisions that were made elsewhere

SAYS: Final[Mapping[TaskKind, frozenset[Outcome]]] = {
    TaskKind.APPROVE: frozenset({Outcome.APPROVED, Outcome.EDITED, Outcome.REJECTED}),
    TaskKind.ASK: frozenset({Outcome.ANSWERED}),
    TaskKind.CHOOSE: frozenset({Outcome.ANSWERED}),
}


# ── values ──────────────────────────────────────────────────────────────────────────────────────


class Said(Struct, frozen=True, kw_only=True):
    """One answer as recorded; ``value`` is packed. ``retracted``: its decision was taken back."""

    by: str
    at: datetime
    outcome: Outcome
    via: str
    value: Json = None
    reason: str | None = None
    behalf: str | None = None
    vetoes: bool = False
    retracted: bool = False

    @property
    def seat(self) -> str:
        """For whom it counts."""
        return self.behalf or self.by


class Comment(Struct, frozen=True, kw_only=True):
    """Something somebody wrote about a task."""

    by: str
    at: datetime
    text: str


class Closing(Struct, frozen=True, kw_only=True):
    """How a task ended: ``by`` is None where a deadline did it."""

    outcome: Outcome
    at: datetime
    by: str | None = None
    via: str | None = None
    reason: str | None = None
    withdrawn: bool = False


class Held(Struct, frozen=True, kw_only=True):
    """A decision that can still be taken back, ``until`` (microseconds since 1970)."""

    closing: Closing
    until: int


class Delegation(Struct, frozen=True, kw_only=True):
    """``owner`` lets ``to`` answer, and stays answerable."""

    owner: str
    to: str


class Question(Struct, frozen=True, kw_only=True):
    """Something asked back. Until there is a reply the clocks stand still, and this is what is left on them."""

    by: str
    at: datetime
    text: str
    due_left: int | None = None
    remind_left: int | None = None
    escalate_left: int | None = None


class Attachment(Struct, frozen=True, kw_only=True):
    """A document beside the task, by reference."""

    name: str
    url: str
    by: str | None = None


class Clocks(Struct, frozen=True, kw_only=True):
    """What happens by itself, and when (microseconds since 1970): the deadline, a reminder, an escalation."""

    due: int | None = None
    remind: int | None = None
    escalate: int | None = None


class HumanTask(Struct, frozen=True, kw_only=True):
    """A question to people, as its facts have made it.

    ``assigned``, ``clocks`` and ``on_timeout`` are None as long as they are as asked. ``since`` is the first answer
    of this round: a stage begins one, and an edit does, because the value is another one then. ``edit`` is the
    place of the newest edit among the answers.
    """

    asked: TaskOpened
    opened: datetime
    number: int
    state: TaskState = TaskState.OPEN
    owner: str | None = None
    answers: tuple[Said, ...] = ()
    comments: tuple[Comment, ...] = ()
    closing: Closing | None = None
    held: Held | None = None
    stage: int | None = None
    assigned: tuple[str, ...] | None = None
    since: int = 0
    edit: int | None = None
    delegations: tuple[Delegation, ...] = ()
    attached: tuple[Attachment, ...] = ()
    question: Question | None = None
    clocks_now: Clocks | None = None
    escalations: Json = None
    escalated: int = 0
    reminded: int = 0
    deadline: str | None = None

    @property
    def id(self) -> TaskId:
        """The id of the task."""
        return self.asked.task

    @property
    def due(self) -> datetime | None:
        """The deadline, where there is one, and it does not stand still."""
        due = self.clocks.due
        return None if due is None else moment(due)

    @property
    def clocks(self) -> Clocks:
        """What happens by itself, and when."""
        asked = self.asked
        return self.clocks_now or Clocks(
            due=asked.due, remind=asked.remind_at, escalate=asked.escalate_at
        )

    @property
    def on_timeout(self) -> str:
        """What happens at the deadline."""
        return self.deadline or self.asked.on_timeout or "expire"

    @property
    def to(self) -> tuple[str, ...]:
        """Who is asked now."""
        return tuple(self.asked.to or ()) if self.assigned is None else self.assigned

    @property
    def value(self) -> Json:
        """The value as it stands, packed: what was asked about, or what an edit has made of it."""
        return self.asked.value if self.edit is None else self.answers[self.edit].value

    @property
    def digest(self) -> str:
        """What covers all that is shown now."""
        return self.asked.digest if self.edit is None else digest([self.asked.digest, self.value])

    @property
    def hours(self) -> Hours | None:
        """In which hours its time counts."""
        return hours_of(self.asked.calendar)

    @property
    def rules(self) -> Rules:
        """Who must agree."""
        return rules_of(self.asked.policy, self.asked.to or ())

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """All documents beside it."""
        asked = tuple(Attachment(name=str(name), url=str(url)) for name, url in self._asked_with())
        return (*asked, *self.attached)

    def _asked_with(self) -> list[tuple[Json, Json]]:
        return [
            (pair[0], pair[1]) for pair in self.asked.attachments or () if isinstance(pair, list)
        ]

    @property
    def voices(self) -> tuple[Voice, ...]:
        """The answers of this round, as they count."""
        return tuple(
            Voice(
                by=said.by,
                seat=said.seat,
                yes=said.outcome is not Outcome.REJECTED,
                vetoes=said.vetoes,
                says=self._says(said) if self.asks_for_answer else "",
            )
            for said in self.answers[self.since :]
            if not said.retracted
        )

    @property
    def decision(self) -> Closing | None:
        """How it ended, or will unless that is taken back."""
        return self.held.closing if self.held is not None else self.closing

    @property
    def asks_for_answer(self) -> bool:
        """Whether it asks for an answer, and not for a yes."""
        return self.asked.asks != TaskKind.APPROVE

    @property
    def so_far(self) -> Json:
        """What later stages look at: the value as it stands; of a question, its newest answer."""
        given = [said.value for said in self.answers if not said.retracted]
        return given[-1] if given and self.asks_for_answer else self.value

    def _says(self, said: Said) -> str:
        """An answer as text, to be compared: neither its types nor the order of what was chosen matter."""
        value = plain(said.value)
        if self.asked.many and isinstance(value, list):
            value = sorted(value, key=json.dumps)
        return json.dumps(value, sort_keys=True)

    @property
    def closed(self) -> bool:
        """Whether the task takes no more answers."""
        return self.state is TaskState.CLOSED

    def stands_for(self, who: Actor) -> Actor:
        """This actor with the seats that the task's own delegations give."""
        seats = list(who.seats)
        names, held = {who.name}, [who.name]
        while held:
            holder = held.pop()
            for delegation in self.delegations:
                if delegation.to == holder and delegation.owner not in names:
                    names.add(delegation.owner)
                    held.append(delegation.owner)
                    seats.append(Seat(delegation.owner, frozenset(), frozenset(), frozenset()))
        return replace(who, seats=tuple(seats))


def alike(one: Json, other: Json) -> bool:
    """Equal as JSON: true is not 1, and the order of names makes no difference."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


# ── folding ─────────────────────────────────────────────────────────────────────────────────────

TaskFact: TypeAlias = (
    TaskClaimed
    | TaskReleased
    | TaskCommented
    | TaskAnswered
    | TaskRefused
    | TaskAssigned
    | TaskDelegated
    | TaskReminded
    | TaskEscalated
    | TaskAskedBack
    | TaskReplied
    | TaskAttached
    | TaskReopened
    | TaskDecided
    | TaskClosed
)
_TASK_FACTS: Final = get_args(TaskFact)


def about_task(fact: Fact) -> TypeGuard[TaskFact]:
    """Whether this happened to a task that was open before."""
    return isinstance(fact, _TASK_FACTS)


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
            return _answered(task, fact, at)
        case TaskRefused():
            return task
        case TaskAssigned(because="stage"):
            return replace(
                task,
                assigned=tuple(fact.to),
                stage=fact.stage,
                since=len(task.answers),
                delegations=(),
                state=TaskState.OPEN,
                owner=None,
            )
        case TaskAssigned():
            return replace(
                task, assigned=tuple(fact.to), delegations=(), state=TaskState.OPEN, owner=None
            )
        case TaskDelegated():
            kept = tuple(d for d in task.delegations if (d.owner, d.to) != (fact.owner, fact.to))
            given = () if fact.ended else (Delegation(owner=fact.owner, to=fact.to),)
            return replace(task, delegations=(*kept, *given))
        case TaskReminded():
            clocks = replace(task.clocks, remind=fact.next)
            return replace(task, clocks_now=clocks, reminded=fact.count)
        case TaskEscalated():
            return _escalated(task, fact)
        case TaskAskedBack():
            question = Question(
                by=fact.by,
                at=at,
                text=fact.text,
                due_left=fact.due_left,
                remind_left=fact.remind_left,
                escalate_left=fact.escalate_left,
            )
            return replace(task, question=question, clocks_now=Clocks())
        case TaskReplied():
            told = (*_asked_and(task), Comment(by=fact.by, at=at, text=fact.text))
            clocks = Clocks(due=fact.due, remind=fact.remind_at, escalate=fact.escalate_at)
            return replace(task, question=None, comments=told, clocks_now=clocks)
        case TaskAttached():
            attached = Attachment(name=fact.name, url=fact.url, by=fact.by)
            return replace(task, attached=(*task.attached, attached))
        case TaskReopened():
            return _reopened(task, fact)
        case TaskDecided():
            closing = Closing(
                outcome=Outcome(fact.outcome), at=at, by=fact.by, via=fact.via, reason=fact.reason
            )
            held = Held(closing=closing, until=fact.until)
            return replace(task, state=TaskState.DECIDED, held=held, clocks_now=Clocks())
        case TaskClosed():
            return _closed(task, fact, at)
        case _ as unreachable:
            assert_never(unreachable)


def _answered(task: HumanTask, fact: TaskAnswered, at: datetime) -> HumanTask:
    said = Said(
        by=fact.by,
        at=at,
        outcome=Outcome(fact.outcome),
        via=fact.via,
        value=fact.value,
        reason=fact.reason,
        behalf=fact.behalf,
        vetoes=bool(fact.vetoes),
    )
    settled = said.via == CHECK and said.outcome is Outcome.APPROVED
    edited = said.outcome is Outcome.EDITED or settled
    place = len(task.answers)
    return replace(
        task,
        answers=(*task.answers, said),
        edit=place if edited else task.edit,
        since=place if edited else task.since,
    )


def _closed(task: HumanTask, fact: TaskClosed, at: datetime) -> HumanTask:
    """Closed now, or by a decision that could be taken back: then it was made earlier."""
    held = task.held
    made = held is not None and held.closing.outcome == fact.outcome and not fact.withdrawn
    closing = Closing(
        outcome=Outcome(fact.outcome),
        at=held.closing.at if held is not None and made else at,
        by=fact.by,
        via=fact.via,
        reason=fact.reason,
        withdrawn=bool(fact.withdrawn),
    )
    return replace(task, state=TaskState.CLOSED, closing=closing, held=None)


def _escalated(task: HumanTask, fact: TaskEscalated) -> HumanTask:
    due = task.clocks.due if fact.due is None else fact.due
    return replace(
        task,
        assigned=tuple(fact.to),
        since=len(task.answers),  # they decide by themselves
        delegations=(),
        state=TaskState.OPEN,
        owner=None,
        escalated=task.escalated + 1,
        escalations=fact.left,
        deadline=fact.on_timeout or task.deadline,
        clocks_now=replace(task.clocks, due=due, escalate=fact.next),
    )


def _asked_and(task: HumanTask) -> tuple[Comment, ...]:
    asked = task.question
    if asked is None:
        return task.comments
    return (*task.comments, Comment(by=asked.by, at=asked.at, text=asked.text))


def _reopened(task: HumanTask, fact: TaskReopened) -> HumanTask:
    """Open again, and the answer that decided is void."""
    answers = task.answers
    if answers:
        answers = (*answers[:-1], replace(answers[-1], retracted=True))
    edits = [p for p, s in enumerate(answers) if s.outcome is Outcome.EDITED and not s.retracted]
    return replace(
        task,
        state=TaskState.OPEN,
        owner=None,
        closing=None,
        held=None,
        answers=answers,
        edit=edits[-1] if edits else None,
        clocks_now=Clocks(due=fact.due),
    )


def first_assigned(rules: Rules, stage: int, value: Json) -> tuple[str, ...]:
    """Who is asked when this stage begins."""
    return resolved(rules.stages[stage].to, value)
