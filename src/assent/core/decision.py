"""The decision that the policy made of the answers, as a workflow sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from assent.core.task import HumanTask, Outcome, alike
from assent.core.values import unpack
from assent.errors import Expired, Rejected, Withdrawn

V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one person said, when, through which door (``via``), and perhaps on ``behalf`` of another."""

    by: str
    at: datetime
    outcome: Outcome
    value: Any = None
    reason: str | None = None
    via: str = ""
    behalf: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Generic[V]):
    """What was made of the answers to ``ctx.approve``.

    ``value`` is what to go on with: the edited value where it was edited, else the ``original``. ``by`` is who
    decided, None where a deadline did; ``at`` is when.
    """

    outcome: Outcome
    value: V
    original: V
    reason: str | None = None
    answers: tuple[Answer, ...] = ()
    by: str | None = None
    at: datetime | None = None
    key: str = field(default="")

    @property
    def approved(self) -> bool:
        """Whether to go ahead: true for approved and edited."""
        return self.outcome in {Outcome.APPROVED, Outcome.EDITED}

    def require(self) -> V:
        """The value, where it was approved. Raises Rejected, Expired or Withdrawn otherwise."""
        match self.outcome:
            case Outcome.APPROVED | Outcome.EDITED:
                return self.value
            case Outcome.EXPIRED:
                raise Expired(self.key)
            case Outcome.CANCELLED:
                raise Withdrawn(self.key, self.by or "", self.reason)
            case _:
                raise Rejected(self.key, self.by or "", self.reason)


# ── decisions made elsewhere ────────────────────────────────────────────────────────────────────

AS_SHOWN: Final[Any] = object()


@dataclass(frozen=True, slots=True)
class Pending:
    """``check=`` has looked, and nobody has decided yet."""


@dataclass(frozen=True, slots=True)
class Approved:
    """``check=`` has found a yes, on ``value`` or else on what is shown. Its opposite is ``Rejected(reason)``."""

    value: Any = AS_SHOWN
    reason: str | None = None


def decision_of(task: HumanTask) -> Decision[Any]:
    """The decision of a closed approval, with Python values."""
    closing = task.closing
    if closing is None:
        raise ValueError(f"The task {task.id} is still open.")
    original = unpack(task.asked.value)
    outcome, value, reason = closing.outcome, original, closing.reason
    if outcome in {Outcome.APPROVED, Outcome.EDITED}:
        value = unpack(task.value)
    elif outcome is Outcome.EXPIRED:
        outcome, value, reason = _at_the_deadline(task, original)
    return Decision(
        outcome=outcome,
        value=value,
        original=unpack(task.asked.value),
        reason=reason,
        answers=answers_of(task),
        by=closing.by,
        at=closing.at,
        key=task.asked.name,
    )


def answers_of(task: HumanTask) -> tuple[Answer, ...]:
    """All answers to a task, with Python values."""
    return tuple(
        Answer(
            by=said.by,
            at=said.at,
            outcome=said.outcome,
            value=unpack(said.value),
            reason=said.reason,
            via=said.via,
            behalf=said.behalf,
        )
        for said in task.answers
        if not said.retracted
    )


def _at_the_deadline(task: HumanTask, original: Any) -> tuple[Outcome, Any, str]:
    said = "Too few" if task.answers else "Nobody"
    reason = f"{said} answered by {task.due:%Y-%m-%d %H:%M:%S} UTC."
    match task.on_timeout:
        case "approve":
            # What people have made of it so far stands: it was shown, and nobody said no.
            edited = task.edit is not None
            return Outcome.EDITED if edited else Outcome.APPROVED, unpack(task.value), reason
        case "reject":
            return Outcome.REJECTED, original, reason
        case "value":
            value = unpack(task.asked.timeout_value)
            same = alike(task.asked.timeout_value, task.asked.value)
            return (Outcome.APPROVED if same else Outcome.EDITED), value, reason
        case _:
            return Outcome.EXPIRED, original, reason
