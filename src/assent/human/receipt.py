"""What becomes of one attempt to answer, and how that is kept to be told again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assent.core.journal import RunId, TaskId, micros, moment
from assent.core.policy import NOBODY_KNOWN, Members
from assent.core.standing import Ruling, needed
from assent.core.task import HumanTask, Outcome, ReceiptStatus
from assent.core.values import Json
from assent.errors import FieldError


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The decision that stands: ``by`` is None where a deadline decided."""

    outcome: Outcome
    by: str | None
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one attempt to answer."""

    status: ReceiptStatus
    message: str
    task_id: TaskId | None = None
    run_id: RunId | None = None
    decision: Decided | None = None
    needs: tuple[str, ...] = ()
    errors: tuple[FieldError, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether what was said counts."""
        return self.status in {
            ReceiptStatus.ACCEPTED,
            ReceiptStatus.RECORDED,
            ReceiptStatus.DUPLICATE,
        }


def receipt_of(
    ruling: Ruling, task: HumanTask, run: RunId, members: Members = NOBODY_KNOWN
) -> Receipt:
    closing = task.decision
    decision = None
    if closing is not None:
        decision = Decided(
            outcome=closing.outcome, by=closing.by, at=closing.at, reason=closing.reason
        )
    return Receipt(
        status=ruling.status,
        message=ruling.message,
        task_id=task.id,
        run_id=run,
        decision=decision,
        needs=needed(task, members).needs,
        errors=ruling.errors,
    )


def unknown(task: TaskId) -> Receipt:
    why = f"There is no task {task!r}. List the tasks with 'assent inbox'."
    return Receipt(status=ReceiptStatus.UNKNOWN, message=why, task_id=task or None)


def invalid(task: TaskId, message: str, error: FieldError) -> Receipt:
    return Receipt(
        status=ReceiptStatus.INVALID, message=message, task_id=task or None, errors=(error,)
    )


def receipt_json(receipt: Receipt) -> Json:
    decision = receipt.decision
    return {
        "status": receipt.status,
        "message": receipt.message,
        "task_id": receipt.task_id,
        "run_id": receipt.run_id,
        "needs": list(receipt.needs),
        "errors": [[error.pointer, error.detail] for error in receipt.errors],
        "decision": None
        if decision is None
        else [decision.outcome, decision.by, micros(decision.at), decision.reason],
    }


def receipt_from(told: Mapping[str, Any]) -> Receipt:
    decision = told["decision"]
    return Receipt(
        status=ReceiptStatus(told["status"]),
        message=told["message"],
        task_id=told["task_id"],
        run_id=told["run_id"],
        needs=tuple(told["needs"]),
        errors=tuple(FieldError(*error) for error in told["errors"]),
        decision=None
        if decision is None
        else Decided(
            outcome=Outcome(decision[0]),
            by=decision[1],
            at=moment(decision[2]),
            reason=decision[3],
        ),
    )
