"""A notice in words, for channels that people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from assent.core.field import covered
from assent.core.task import Outcome
from assent.core.values import Json, dump
from assent.human.view import TaskView
from assent.notifying.notice import Notice

_WHY: Final[Mapping[str, str]] = {
    "task.opened": "",
    "task.assigned": "",
    "task.delegated": "Delegated to you: ",
    "task.reminded": "Reminder: ",
    "task.escalated": "Escalated: ",
    "task.expiring": "Running out: ",
    "task.reopened": "Reopened: ",
    "task.closed": "Done: ",
}
_ENDED: Final[Mapping[Outcome, str]] = {
    Outcome.APPROVED: "Approved",
    Outcome.EDITED: "Approved with changes",
    Outcome.REJECTED: "Rejected",
    Outcome.ANSWERED: "Answered",
    Outcome.EXPIRED: "Expired",
    Outcome.CANCELLED: "Cancelled",
}
_LONGEST: Final = 200
_MOST: Final = 20
_LISTED: Final = 40


def one_line(text: str, longest: int = _LONGEST) -> str:
    """Text on one line, cut where it is too long: a title is typed by people, and may hold anything."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return flat if len(flat) <= longest else f"{flat[: longest - 1]}…"


def heading(notice: Notice) -> str:
    """What it is about, on one line."""
    return f"{_WHY.get(notice.event, '')}{one_line(notice.summary)}"


def heading_of(notices: Sequence[Notice]) -> str:
    """What several are about, on one line."""
    if len(notices) == 1:
        return heading(notices[0])
    return f"{len(notices)} tasks wait for you"


def listed(notices: Sequence[Notice]) -> tuple[Sequence[Notice], str]:
    """Those that a message names, the most urgent first, and how many more there are, in words."""
    first = sorted(notices, key=lambda notice: (-notice.task.priority, notice.at))[:_LISTED]
    more = len(notices) - len(first)
    return first, f"And {more} more." if more else ""


def in_short(notice: Notice) -> str:
    """A task among others, on one line."""
    task = notice.task
    due = f" · due {task.due:%Y-%m-%d %H:%M} UTC" if task.due else ""
    risk = f" · risk: {one_line(task.risk, 60)}" if task.risk else ""
    return f"{heading(notice)} · {one_line(task.workflow, 60)}{due}{risk}"


def ended(task: TaskView) -> str:
    """How it ended, by whom and why; empty while it is open."""
    if task.outcome is None:
        return ""
    who = f" by {task.decided_by}" if task.decided_by else ""
    why = f": {task.reason}" if task.reason else ""
    return one_line(f"{_ENDED[task.outcome]}{who}{why}")


def facts(task: TaskView) -> list[tuple[str, str]]:
    """What is shown, name by name; secrets stay in the house."""
    shown = covered(task.shown, task.form)
    if shown is None:
        return []
    if isinstance(shown, dict):
        return [(one_line(name, 60), _said(value)) for name, value in list(shown.items())[:_MOST]]
    return [("value", _said(shown))]


def lines(notice: Notice) -> list[str]:
    """All of it as plain text."""
    task = notice.task
    told = [ended(task)] if task.outcome else []
    told += [f"{name}: {value}" for name, value in facts(task)]
    if task.detail and task.outcome is None:
        told.append(task.detail[:4000])
    if task.due and task.outcome is None:
        told.append(f"Due: {task.due:%Y-%m-%d %H:%M} UTC")
    told.append(f"Workflow: {task.workflow} · Key: {task.key}")
    if notice.url:
        told.append(notice.url)
    return told


def _said(value: Json) -> str:
    return one_line(value if isinstance(value, str) else dump(value))
