"""Who holds a task and whom it asks, as people change it; and what they ask back."""

from __future__ import annotations

from datetime import datetime

from assent.core.calendar import later, passed
from assent.core.command import AskBack, Claim, Delegate, Reassign, Release, Reply
from assent.core.journal import (
    TaskAskedBack,
    TaskAssigned,
    TaskClaimed,
    TaskDelegated,
    TaskReleased,
    TaskReplied,
    micros,
    moment,
)
from assent.core.policy import hopeless, resolved
from assent.core.standing import Ruling, chair_of, held_by_another, ineligible, stage_now, wrong
from assent.core.task import HumanTask, ReceiptStatus


def claim(task: HumanTask, command: Claim) -> Ruling:
    """One of those who are asked takes it on."""
    if chair_of(task, command.by) is None:
        return ineligible(task, command.by)
    claimed = TaskClaimed(key=task.asked.key, task=task.id, by=command.by.name, via=command.via)
    return Ruling(status=ReceiptStatus.ACCEPTED, message="The task is yours.", facts=(claimed,))


def release(task: HumanTask, command: Release) -> Ruling:
    """Its holder gives it back."""
    if task.owner != command.by.name:
        why = f"{task.owner} holds this task; only its holder can release it."
        return Ruling(status=ReceiptStatus.INELIGIBLE, message=why)
    released = TaskReleased(key=task.asked.key, task=task.id, by=command.by.name, via=command.via)
    return Ruling(
        status=ReceiptStatus.ACCEPTED, message="Anybody may take it now.", facts=(released,)
    )


def delegate(task: HumanTask, command: Delegate) -> Ruling:
    """One more person may answer for somebody who is asked; or no longer."""
    who, to = command.by, command.to
    if command.end:
        return _end_delegation(task, command)
    if chair_of(task, who) is None:
        return ineligible(task, who)
    held = held_by_another(task, who)
    if held is not None:
        return held
    if to == who.name or any(seat.name == to for seat in task.stands_for(who).seats):
        why = f"{to} would stand in for themselves: a delegation must not go round in a circle."
        return wrong(why, "/to")
    if task.rules.exclude_requester and to == task.asked.by:
        why = f"{to} asked for this, and is left out; it cannot be delegated to them."
        return Ruling(status=ReceiptStatus.INELIGIBLE, message=why)
    if any(d.owner == who.name and d.to == to for d in task.delegations):
        why = f"{to} may answer for you already."
        return Ruling(status=ReceiptStatus.DUPLICATE, message=why)
    message = f"{to} may answer for you; you stay answerable."
    return Ruling(
        status=ReceiptStatus.ACCEPTED, message=message, facts=(_delegated(task, command),)
    )


def _end_delegation(task: HumanTask, command: Delegate) -> Ruling:
    if not any(d.owner == command.by.name and d.to == command.to for d in task.delegations):
        return wrong(f"You have not delegated this task to {command.to}.", "/to")
    message = f"{command.to} no longer answers for you."
    return Ruling(
        status=ReceiptStatus.ACCEPTED, message=message, facts=(_delegated(task, command),)
    )


def _delegated(task: HumanTask, command: Delegate) -> TaskDelegated:
    return TaskDelegated(
        key=task.asked.key,
        task=task.id,
        owner=command.by.name,
        to=command.to,
        by=command.by.name,
        via=command.via,
        ended=command.end or None,
        reason=command.reason,
    )


def reassign(task: HumanTask, command: Reassign) -> Ruling:
    """Others are asked instead."""
    if not command.overrules and chair_of(task, command.by) is None:
        return ineligible(task, command.by)
    to = resolved(command.to, task.value)
    if not to:
        return wrong("Say to whom the task is reassigned.", "/to")
    if task.rules.exclude_requester and list(to) == [task.asked.by]:
        why = f"{task.asked.by} asked for this, and is left out; it cannot be reassigned to them."
        return Ruling(status=ReceiptStatus.INELIGIBLE, message=why)
    if hopeless(stage_now(task), to, task.asked.by if task.rules.exclude_requester else None):
        return wrong("They are too few to agree: name as many as must.", "/to")
    if to == task.to and task.owner is None:
        return Ruling(status=ReceiptStatus.DUPLICATE, message="It is assigned to them already.")
    assigned = TaskAssigned(
        key=task.asked.key,
        task=task.id,
        to=list(to),
        was=list(task.to),
        because="reassigned",
        by=command.by.name,
        via=command.via,
        reason=command.reason,
    )
    told = f"The task is assigned to {', '.join(to)} now."
    return Ruling(status=ReceiptStatus.ACCEPTED, message=told, facts=(assigned,))


# ── asking back ─────────────────────────────────────────────────────────────────────────────────


# ── asking back ─────────────────────────────────────────────────────────────────────────────────


def ask_back(task: HumanTask, command: AskBack, at: datetime) -> Ruling:
    """Whoever asked is asked something, and the clocks stand still."""
    if chair_of(task, command.by) is None:
        return ineligible(task, command.by)
    if task.question is not None:
        why = f"{task.question.by} has asked something already; wait for the reply."
        return Ruling(status=ReceiptStatus.INVALID, message=why)
    clocks = task.clocks
    asked = TaskAskedBack(
        key=task.asked.key,
        task=task.id,
        by=command.by.name,
        via=command.via,
        due_left=_left(task, clocks.due, at),
        remind_left=_left(task, clocks.remind, at),
        escalate_left=_left(task, clocks.escalate, at),
        text=command.text,
    )
    whom = task.asked.by or "whoever asked"
    told = f"{whom} is asked; the deadline stands still until there is a reply."
    return Ruling(status=ReceiptStatus.ACCEPTED, message=told, facts=(asked,))


def _left(task: HumanTask, when: int | None, at: datetime) -> int | None:
    if when is None:
        return None
    left = passed(task.hours, at, moment(when))
    return max(left.days * 86_400_000_000 + left.seconds * 1_000_000 + left.microseconds, 0)


def reply(task: HumanTask, command: Reply, at: datetime) -> Ruling:
    """What was asked back is answered, and the clocks run on."""
    asked = task.question
    if asked is None:
        return Ruling(status=ReceiptStatus.INVALID, message="Nobody has asked anything back.")

    def again(left: int | None) -> int | None:
        return None if left is None else micros(later(task.hours, at, moment(left) - moment(0)))

    replied = TaskReplied(
        key=task.asked.key,
        task=task.id,
        by=command.by.name,
        via=command.via,
        due=again(asked.due_left),
        remind_at=again(asked.remind_left),
        escalate_at=again(asked.escalate_left),
        text=command.text,
    )
    told = f"{asked.by} is told; the deadline runs on."
    return Ruling(status=ReceiptStatus.ACCEPTED, message=told, facts=(replied,))
