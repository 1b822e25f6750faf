"""Who may do what about a task as it stands, and who is still needed."""

from __future__ import annotations

from msgspec import Struct

from assent.core.journal import Fact
from assent.core.policy import (
    NOBODY_KNOWN,
    Actor,
    Members,
    Seat,
    Stage,
    Verdict,
    judge,
    person_named,
    standing_in,
)
from assent.core.task import HumanTask, ReceiptStatus
from assent.errors import FieldError


class Ruling(Struct, frozen=True, kw_only=True):
    """What becomes of a command: its receipt's status, why, and the facts to record."""

    status: ReceiptStatus
    message: str
    facts: tuple[Fact, ...] = ()
    errors: tuple[FieldError, ...] = ()


def why_not(task: HumanTask, who: Actor) -> str:
    """Why this actor cannot answer the task now; empty where they can."""
    if task.decision is not None:
        return "It has been decided."
    if chair_of(task, who) is None:
        return ineligible(task, who).message
    held = held_by_another(task, who)
    if held is not None:
        return held.message
    said = next(
        (s for s in task.answers[task.since :] if s.by == who.name and not s.retracted), None
    )
    return "" if said is None else f"You said {said.outcome}; others are still needed."


def needed(task: HumanTask, members: Members = NOBODY_KNOWN) -> Verdict:
    """Who is still needed for the task to be decided, and why; nobody once it is closed."""
    if task.decision is not None:
        return Verdict(yes=None)
    return verdict_of(task, members)


def verdict_of(task: HumanTask, members: Members) -> Verdict:
    """What the answers so far amount to."""
    rules = task.rules
    excluded = task.asked.by if rules.exclude_requester else None
    return judge(
        stage_now(task),
        task.to,
        task.voices,
        members,
        excluded,
        question=task.asks_for_answer,
    )


def stage_now(task: HumanTask) -> Stage:
    """The stage as it is asked now: handed on to fewer than must agree, all of those must."""
    stage = task.rules.stages[task.stage or 0]
    if not task.escalated or stage.approvals is None:
        return stage
    people = {person_named(name) for name in task.to}
    if None in people or len(people) >= stage.approvals:
        return stage
    return Stage(stage.to, when=stage.when, approvals=len(people), name=stage.name)


def chair_of(task: HumanTask, who: Actor) -> Actor | Seat | None:
    """As whom this actor may answer the task."""
    taken = {said.seat for said in task.answers[task.since :] if not said.retracted}
    return standing_in(task.rules, task.to, task.stands_for(who), task.asked.by, taken)


def ineligible(task: HumanTask, who: Actor) -> Ruling:
    """They are not among those who are asked."""
    to = ", ".join(task.to) or "anybody"
    why = f"{who.name} may not answer this task: it is assigned to {to}."
    if task.rules.exclude_requester and task.asked.by is not None:
        why = f"{why} {task.asked.by} asked for it, and is left out."
    return Ruling(status=ReceiptStatus.INELIGIBLE, message=why)


def held_by_another(task: HumanTask, who: Actor) -> Ruling | None:
    """A claim keeps others out, unless the policy needs several people anyway."""
    if task.owner is None or stage_now(task).approvals not in (None, 1):
        return None
    may = {task.owner} | {d.to for d in task.delegations if d.owner == task.owner}
    if who.name in may:
        return None
    why = f"{task.owner} has claimed this task, and only its holder can answer it."
    return Ruling(status=ReceiptStatus.INELIGIBLE, message=why)


def wrong(why: str, pointer: str = "") -> Ruling:
    """What was said does not fit."""
    return Ruling(status=ReceiptStatus.INVALID, message=why, errors=(FieldError(pointer, why),))
