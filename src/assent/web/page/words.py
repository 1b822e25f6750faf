"""The words people read for what the code names: what is asked, what was said, where a run stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from assent.core.journal import moment
from assent.core.run import RunStatus
from assent.core.task import Outcome, ReceiptStatus, TaskKind
from assent.human.receipt import Receipt
from assent.human.view import TaskView
from assent.web.page import text

ASKS: Final[Mapping[TaskKind, str]] = {
    TaskKind.APPROVE: "Approve",
    TaskKind.ASK: "Fill in",
    TaskKind.CHOOSE: "Choose",
}
ASKING: Final[Mapping[TaskKind, str]] = {
    TaskKind.APPROVE: "for your approval",
    TaskKind.ASK: "you to fill this in",
    TaskKind.CHOOSE: "you to choose",
}
SAID: Final[Mapping[Outcome, str]] = {
    Outcome.APPROVED: "Approved",
    Outcome.EDITED: "Approved with changes",
    Outcome.REJECTED: "Rejected",
    Outcome.ANSWERED: "Answered",
    Outcome.EXPIRED: "Expired",
    Outcome.CANCELLED: "Withdrawn",
}
DOORS: Final[Mapping[str, str]] = {
    "page": "on this page",
    "http": "through the API",
    "cli": "on the command line",
    "mail": "by a link in a mail",
    "slack": "in Slack",
    "python": "from a program",
    "webhook": "through a webhook",
    "check": "looked up elsewhere",
}
STATUSES: Final[Mapping[RunStatus, str]] = {
    RunStatus.RUNNING: "Running",
    RunStatus.WAITING: "Waiting",
    RunStatus.PAUSED: "Paused",
    RunStatus.PARKED: "Parked",
    RunStatus.SUCCEEDED: "Succeeded",
    RunStatus.FAILED: "Failed",
    RunStatus.CANCELLED: "Cancelled",
    RunStatus.TIMED_OUT: "Timed out",
}

STAGES: Final[Mapping[str, str]] = {
    "done": "done",
    "current": "being asked now",
    "ahead": "comes later",
    "skipped": "not needed",
}

_DID: Final[Mapping[Outcome, str]] = {
    Outcome.APPROVED: "approved this",
    Outcome.EDITED: "approved this with changes",
    Outcome.REJECTED: "rejected this",
    Outcome.ANSWERED: "answered this",
    Outcome.CANCELLED: "withdrew this",
}
_AT_DEADLINE: Final[Mapping[str, str]] = {
    "approve": "after that it counts as approved",
    "reject": "after that it counts as rejected",
    "value": "after that a default answer is used",
    "raise": "after that it can no longer be answered",
    "expire": "after that it can no longer be answered",
}


def people(names: Sequence[str]) -> str:
    """Who may answer, in words."""
    return ", ".join(_person(name) for name in names) or "anyone"


def _person(name: str) -> str:
    kind, _, rest = name.partition(":")
    match kind:
        case "group" if rest:
            return f"anyone in {rest}"
        case "role" if rest:
            return f"anyone who is {rest}"
        case "user" if rest:
            return rest
        case "manager" if rest:
            return f"the manager of {rest}"
        case "manager":
            return "the manager of whoever asked"
        case _:
            return name


def decided(task: TaskView, me: str) -> str:
    """How a task ended: who did what."""
    if task.outcome is None:
        return ""
    if task.outcome is Outcome.EXPIRED:
        return "The deadline passed without an answer."
    if task.decided_by is None:
        return "This is no longer needed."
    who = "You" if task.decided_by == me else task.decided_by
    return f"{who} {_DID[task.outcome]}"


def deadline(task: TaskView) -> str:
    """What happens if nobody answers in time."""
    return _AT_DEADLINE.get(task.on_timeout, "")


def happened(name: str, data: Mapping[str, Any]) -> str:
    """One line of a task's history; empty for what is told elsewhere."""
    by, to = str(data.get("by") or ""), [str(name) for name in data.get("to") or ()]
    match name:
        case "task.opened":
            return f"{by or 'The workflow'} asked {people(to)}"
        case "task.claimed":
            return f"{by} took it on"
        case "task.released":
            return f"{by} gave it back"
        case "task.answered":
            said = SAID[Outcome(str(data["outcome"]))].lower()
            behalf = f" for {data['behalf']}" if data.get("behalf") else ""
            return f"{by}{behalf}: {said}"
        case "task.refused":
            return f"{by} tried to answer, and it did not count"
        case "task.assigned" if data["because"] == "stage":
            return f"Next were asked: {people(to)}"
        case "task.assigned":
            return f"{by} asked {people(to)} instead"
        case "task.delegated":
            verb = "no longer lets" if data.get("ended") else "lets"
            return f"{data['owner']} {verb} {data['to']} answer"
        case "task.reminded":
            return f"{people(to)} reminded"
        case "task.escalated":
            return f"Nobody answered in time: {people(to)} asked instead"
        case "task.asked_back":
            return f"{by} asked a question back"
        case "task.replied":
            return f"{by} replied"
        case "task.attached":
            return f"{by} added a document"
        case "task.reopened":
            return f"{by} took the decision back"
        case "task.decided":
            return (
                f"{by} decided, and could take it back until {text.moment(moment(data['until']))}"
            )
        case "task.closed":
            return SAID[Outcome(str(data["outcome"]))]
        case _:
            return ""


def told(receipt: Receipt, me: str) -> tuple[str, str]:
    """What became of an answer, in a sentence, and what to do about it."""
    made = receipt.decision
    stands = ""
    if made is not None:
        who = "You" if made.by == me else made.by or "The deadline"
        stands = f"{who} {_DID.get(made.outcome, 'decided this')} on {text.moment(made.at)}"
    match receipt.status:
        case ReceiptStatus.ACCEPTED:
            return "Your answer counts.", ""
        case ReceiptStatus.RECORDED:
            return "Your answer counts.", f"Still needed: {people(receipt.needs)}."
        case ReceiptStatus.DUPLICATE:
            return "You said this already; it counts once.", ""
        case ReceiptStatus.ALREADY_DECIDED:
            return f"{stands}.", "Your answer came later and was not counted."
        case ReceiptStatus.STALE:
            return "This has changed since you opened it.", "Look at it again, then answer."
        case ReceiptStatus.EXPIRED:
            return "The deadline has passed.", "Your answer came too late and was not counted."
        case ReceiptStatus.CANCELLED:
            return "This was withdrawn.", "Your answer is no longer needed and was not counted."
        case ReceiptStatus.INELIGIBLE:
            return "You cannot answer this.", receipt.message
        case ReceiptStatus.INVALID:
            said = "Nothing was sent yet. Look at what is marked below." if receipt.errors else ""
            return "This does not fit yet.", said or receipt.message
        case ReceiptStatus.UNKNOWN:
            return "There is no such task.", receipt.message
