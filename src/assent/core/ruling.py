"""What becomes of a wish about a task, at this moment: the receipt's status, and the facts to record.

    answer ──▶ may they? does it fit? ──▶ recorded ──judge──▶ still open · the next stage · closed

All rules about people meet here: who may answer and for whom, how many must agree, whose no ends it, who is asked
next, and what a deadline makes of it. It is pure: the store and the clock come as values.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from assent.core.answering import respond, settle, told_whom
from assent.core.calendar import later
from assent.core.command import (
    ALLOWED,
    AskBack,
    Attach,
    Claim,
    Command,
    Conclude,
    Delegate,
    Expire,
    HandOn,
    Nudge,
    Reassign,
    Release,
    Remark,
    Reopen,
    Reply,
    Respond,
    Settle,
    Withdraw,
)
from assent.core.handing import ask_back, claim, delegate, reassign, release, reply
from assent.core.journal import (
    TaskAttached,
    TaskClosed,
    TaskCommented,
    TaskEscalated,
    TaskReminded,
    TaskReopened,
    micros,
    moment,
)
from assent.core.policy import (
    NOBODY_KNOWN,
    Escalate,
    Members,
    escalation_json,
    escalation_of,
    reminder_of,
)
from assent.core.standing import Ruling, needed
from assent.core.task import HumanTask, Outcome, ReceiptStatus, alike, evolve


def rule(
    task: HumanTask, command: Command, at: datetime, members: Members = NOBODY_KNOWN
) -> Ruling:
    """What becomes of this command, on this task, at this moment; ``members`` says who is in which group."""
    overdue = task.due is not None and at >= task.due
    if overdue and not task.closed and not isinstance(command, Remark | Attach):
        return _overdue(task, command, at)
    if type(command) not in ALLOWED[task.state]:
        return _not_allowed(task, command)
    match command:
        case Claim():
            return claim(task, command)
        case Release():
            return release(task, command)
        case Remark(by=by, via=via, text=text):
            told = TaskCommented(key=task.asked.key, task=task.id, by=by.name, via=via, text=text)
            return Ruling(status=ReceiptStatus.ACCEPTED, message="Noted.", facts=(told,))
        case Attach(by=by, via=via, name=name, url=url):
            fact = TaskAttached(
                key=task.asked.key, task=task.id, by=by.name, via=via, name=name, url=url
            )
            return Ruling(status=ReceiptStatus.ACCEPTED, message="Attached.", facts=(fact,))
        case Respond():
            return respond(task, command, at, members)
        case Delegate():
            return delegate(task, command)
        case Reassign():
            return reassign(task, command)
        case AskBack():
            return ask_back(task, command, at)
        case Reply():
            return reply(task, command, at)
        case Settle():
            return settle(task, command)
        case Reopen():
            return _reopen(task, command, at)
        case Conclude():
            return _conclude(task, at)
        case Nudge():
            return _nudge(task, at, members)
        case HandOn():
            return _hand_on(task, at)
        case Withdraw():
            return _withdraw(task, command)
        case Expire():
            # The clock of another process may run ahead: it is not due here yet.
            return Ruling(status=ReceiptStatus.INVALID, message="The deadline has not come yet.")
        case _ as unreachable:
            assert_never(unreachable)


# ── deadlines and ends ──────────────────────────────────────────────────────────────────────────


def _overdue(task: HumanTask, command: Command, at: datetime) -> Ruling:
    """The deadline decides, whoever comes first to notice it."""
    closed = TaskClosed(key=task.asked.key, task=task.id, outcome=Outcome.EXPIRED)
    if isinstance(command, Withdraw) and command.by is None:
        return _withdraw(task, command)
    ended = evolve(task, closed, at)
    status = ReceiptStatus.ACCEPTED if isinstance(command, Expire) else ReceiptStatus.EXPIRED
    return Ruling(status=status, message=_ended(ended), facts=(closed,))


def _not_allowed(task: HumanTask, command: Command) -> Ruling:
    closing = task.decision
    if closing is None:
        match command:
            case Claim(by=by) if task.owner == by.name:
                return Ruling(status=ReceiptStatus.DUPLICATE, message="You hold this task already.")
            case Claim():
                why = f"{task.owner} has claimed this task."
                return Ruling(status=ReceiptStatus.INELIGIBLE, message=why)
            case Reopen():
                return Ruling(status=ReceiptStatus.DUPLICATE, message="The task is open.")
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
    closing = task.decision
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
        and not said.retracted
        for said in task.answers
    )


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


def _reopen(task: HumanTask, command: Reopen, at: datetime) -> Ruling:
    closing = task.decision
    if closing is None or closing.by is None or closing.outcome is Outcome.CANCELLED:
        why = "Only a decision that somebody made can be taken back."
        return Ruling(status=ReceiptStatus.INVALID, message=why)
    if closing.by != command.by.name:
        why = f"{closing.by} decided this task; only they can take it back."
        return Ruling(status=ReceiptStatus.INELIGIBLE, message=why)
    left = task.asked.due
    if left is not None and moment(left) <= at:
        return Ruling(status=ReceiptStatus.EXPIRED, message="Its deadline has passed meanwhile.")
    fact = TaskReopened(
        key=task.asked.key,
        task=task.id,
        by=command.by.name,
        via=command.via,
        due=left,
        reason=command.reason,
    )
    return Ruling(status=ReceiptStatus.ACCEPTED, message="The task is open again.", facts=(fact,))


# ── what the clocks do ──────────────────────────────────────────────────────────────────────────


def _conclude(task: HumanTask, at: datetime) -> Ruling:
    held = task.held
    if held is None or moment(held.until) > at:
        return Ruling(status=ReceiptStatus.INVALID, message="It can still be taken back.")
    made = held.closing
    closed = TaskClosed(
        key=task.asked.key,
        task=task.id,
        outcome=made.outcome,
        by=made.by,
        via=made.via,
        reason=made.reason,
    )
    return Ruling(status=ReceiptStatus.ACCEPTED, message=_ended(task), facts=(closed,))


def _nudge(task: HumanTask, at: datetime, members: Members) -> Ruling:
    when, remind = task.clocks.remind, reminder_of(task.asked.remind)
    if when is None or remind is None or moment(when) > at:
        return Ruling(status=ReceiptStatus.INVALID, message="Nobody is to be reminded yet.")
    again = None
    if remind.every is not None:
        due = later(task.hours, moment(when), remind.every)
        while due <= at:  # what came due while no process was there is one reminder
            due = later(task.hours, due, remind.every)
        again = micros(due)
    to = list(needed(task, members).needs)
    reminded = TaskReminded(
        key=task.asked.key, task=task.id, to=to, count=task.reminded + 1, next=again
    )
    return Ruling(status=ReceiptStatus.ACCEPTED, message="Reminded.", facts=(reminded,))


def _hand_on(task: HumanTask, at: datetime) -> Ruling:
    when = task.clocks.escalate
    chain = escalation_of(task.escalations if task.escalated else task.asked.escalate)
    if when is None or chain is None or moment(when) > at:
        return Ruling(status=ReceiptStatus.INVALID, message="The task is not handed on yet.")
    then = chain.then
    further = then if isinstance(then, Escalate) else None
    ends = isinstance(then, str)
    escalated = TaskEscalated(
        key=task.asked.key,
        task=task.id,
        to=told_whom(chain.to, task),
        was=list(task.to),
        left=escalation_json(further),
        next=None if further is None else micros(later(task.hours, at, further.after)),
        due=micros(later(task.hours, at, chain.after)) if ends else None,
        on_timeout=then if isinstance(then, str) else None,
    )
    return Ruling(status=ReceiptStatus.ACCEPTED, message="Handed on.", facts=(escalated,))
