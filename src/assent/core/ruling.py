"""What becomes of a wish about a task, at this moment: the receipt's status, and the facts to record.

    answer ──▶ may they? does it fit? ──▶ recorded ──judge──▶ still open · the next stage · closed

All rules about people meet here: who may answer and for whom, how many must agree, whose no ends it, who is asked
next, and what a deadline makes of it. It is pure: the store and the clock come as values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, assert_never

from assent.core.calendar import later, passed
from assent.core.journal import (
    Fact,
    TaskAnswered,
    TaskAskedBack,
    TaskAssigned,
    TaskAttached,
    TaskClaimed,
    TaskClosed,
    TaskCommented,
    TaskDelegated,
    TaskEscalated,
    TaskRefused,
    TaskReleased,
    TaskReminded,
    TaskReopened,
    TaskReplied,
    micros,
    moment,
)
from assent.core.policy import (
    NOBODY_KNOWN,
    Actor,
    Escalate,
    Members,
    Seat,
    Stage,
    Verdict,
    eligible,
    escalation_json,
    escalation_of,
    fitting,
    hopeless,
    judge,
    person_named,
    reminder_of,
    resolved,
    standing_in,
)
from assent.core.task import (
    ALLOWED,
    SAYS,
    AskBack,
    Attach,
    Claim,
    Command,
    Delegate,
    Expire,
    HandOn,
    HumanTask,
    Nudge,
    Outcome,
    Reassign,
    ReceiptStatus,
    Release,
    Remark,
    Reopen,
    Reply,
    Respond,
    Settle,
    TaskKind,
    Withdraw,
    alike,
    evolve,
)
from assent.errors import DefinitionError, ExpressionError, FieldError


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What becomes of a command: its receipt's status, why, and the facts to record."""

    status: ReceiptStatus
    message: str
    facts: tuple[Fact, ...] = ()
    errors: tuple[FieldError, ...] = ()


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
            return _claim(task, command)
        case Release():
            return _release(task, command)
        case Remark(by=by, via=via, text=text):
            told = TaskCommented(key=task.asked.key, task=task.id, by=by.name, via=via, text=text)
            return Ruling(status=ReceiptStatus.ACCEPTED, message="Noted.", facts=(told,))
        case Attach(by=by, via=via, name=name, url=url):
            fact = TaskAttached(
                key=task.asked.key, task=task.id, by=by.name, via=via, name=name, url=url
            )
            return Ruling(status=ReceiptStatus.ACCEPTED, message="Attached.", facts=(fact,))
        case Respond():
            return _respond(task, command, at, members)
        case Delegate():
            return _delegate(task, command)
        case Reassign():
            return _reassign(task, command)
        case AskBack():
            return _ask_back(task, command, at)
        case Reply():
            return _reply(task, command, at)
        case Settle():
            return _settle(task, command)
        case Reopen():
            return _reopen(task, command, at)
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


def why_not(task: HumanTask, who: Actor) -> str:
    """Why this actor cannot answer the task now; empty where they can."""
    if _chair(task, who) is None:
        return _ineligible(task, who).message
    held = _held(task, who)
    if held is not None:
        return held.message
    said = next(
        (s for s in task.answers[task.since :] if s.by == who.name and not s.retracted), None
    )
    return "" if said is None else f"You said {said.outcome}; others are still needed."


def needed(task: HumanTask, members: Members = NOBODY_KNOWN) -> Verdict:
    """Who is still needed for the task to be decided, and why; nobody once it is closed."""
    if task.closed:
        return Verdict(yes=None)
    return _verdict(task, members)


def _verdict(task: HumanTask, members: Members) -> Verdict:
    rules = task.rules
    excluded = task.asked.by if rules.exclude_requester else None
    return judge(_stage(task), task.to, task.voices, members, excluded)


def _stage(task: HumanTask) -> Stage:
    """The stage as it is asked now: handed on to fewer than must agree, all of those must."""
    stage = task.rules.stages[task.stage or 0]
    if not task.escalated or stage.approvals is None:
        return stage
    people = {person_named(name) for name in task.to}
    if None in people or len(people) >= stage.approvals:
        return stage
    return Stage(stage.to, when=stage.when, approvals=len(people), name=stage.name)


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
    closing = task.closing
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
    closing = task.closing
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


# ── holding, handing on ─────────────────────────────────────────────────────────────────────────


def _chair(task: HumanTask, who: Actor) -> Actor | Seat | None:
    """As whom this actor may answer the task."""
    taken = {said.seat for said in task.answers[task.since :] if not said.retracted}
    return standing_in(task.rules, task.to, task.stands_for(who), task.asked.by, taken)


def _claim(task: HumanTask, command: Claim) -> Ruling:
    if _chair(task, command.by) is None:
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
    to = ", ".join(task.to) or "anybody"
    why = f"{who.name} may not answer this task: it is assigned to {to}."
    if task.rules.exclude_requester and task.asked.by is not None:
        why = f"{why} {task.asked.by} asked for it, and is left out."
    return Ruling(status=ReceiptStatus.INELIGIBLE, message=why)


def _held(task: HumanTask, who: Actor) -> Ruling | None:
    """A claim keeps others out, unless the policy needs several people anyway."""
    if task.owner is None or _stage(task).approvals not in (None, 1):
        return None
    may = {task.owner} | {d.to for d in task.delegations if d.owner == task.owner}
    if who.name in may:
        return None
    why = f"{task.owner} has claimed this task, and only its holder can answer it."
    return Ruling(status=ReceiptStatus.INELIGIBLE, message=why)


def _delegate(task: HumanTask, command: Delegate) -> Ruling:
    who, to = command.by, command.to
    if command.end:
        return _end_delegation(task, command)
    if _chair(task, who) is None:
        return _ineligible(task, who)
    held = _held(task, who)
    if held is not None:
        return held
    if to == who.name or any(seat.name == to for seat in task.stands_for(who).seats):
        why = f"{to} would stand in for themselves: a delegation must not go round in a circle."
        return _wrong(why, "/to")
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
        return _wrong(f"You have not delegated this task to {command.to}.", "/to")
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


def _wrong(why: str, pointer: str = "") -> Ruling:
    return Ruling(status=ReceiptStatus.INVALID, message=why, errors=(FieldError(pointer, why),))


def _reassign(task: HumanTask, command: Reassign) -> Ruling:
    if not command.overrules and _chair(task, command.by) is None:
        return _ineligible(task, command.by)
    to = resolved(command.to, task.value)
    if not to:
        return _wrong("Say to whom the task is reassigned.", "/to")
    if task.rules.exclude_requester and list(to) == [task.asked.by]:
        why = f"{task.asked.by} asked for this, and is left out; it cannot be reassigned to them."
        return Ruling(status=ReceiptStatus.INELIGIBLE, message=why)
    if hopeless(_stage(task), to, task.asked.by if task.rules.exclude_requester else None):
        return _wrong("They are too few to agree: name as many as must.", "/to")
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


def _ask_back(task: HumanTask, command: AskBack, at: datetime) -> Ruling:
    if _chair(task, command.by) is None:
        return _ineligible(task, command.by)
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


def _reply(task: HumanTask, command: Reply, at: datetime) -> Ruling:
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


# ── what the clocks do ──────────────────────────────────────────────────────────────────────────


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
        to=_told(chain.to, task),
        was=list(task.to),
        left=escalation_json(further),
        next=None if further is None else micros(later(task.hours, at, further.after)),
        due=micros(later(task.hours, at, chain.after)) if ends else None,
        on_timeout=then if isinstance(then, str) else None,
    )
    return Ruling(status=ReceiptStatus.ACCEPTED, message="Handed on.", facts=(escalated,))


def _told(to: Sequence[str], task: HumanTask) -> list[str]:
    try:
        return list(resolved(to, task.value))
    except (DefinitionError, ExpressionError):
        return list(to)  # it names nobody; at least it is seen


# ── answering ───────────────────────────────────────────────────────────────────────────────────


def _respond(task: HumanTask, command: Respond, at: datetime, members: Members) -> Ruling:
    chair = _chair(task, command.by)
    refused = _refusal(task, command, chair)
    if refused is None:
        refused = _said_already(task, command)
        if refused is not None and refused.status is ReceiptStatus.DUPLICATE:
            return refused
    if refused is not None or chair is None:
        refused = refused or _ineligible(task, command.by)
        return replace(refused, facts=(_refused(task, command, refused),))
    answered = TaskAnswered(
        key=task.asked.key,
        task=task.id,
        by=command.by.name,
        via=command.via,
        outcome=command.outcome,
        behalf=None if chair.name == command.by.name else chair.name,
        vetoes=bool(fitting(task.rules.veto, chair, task.asked.by)) or None,
        stage=task.stage,
        value=command.value,
        reason=command.reason,
    )
    return _counted(task, answered, at, members)


def _counted(task: HumanTask, answered: TaskAnswered, at: datetime, members: Members) -> Ruling:
    """What the answer makes of the task: still open, the next stage, or closed."""
    after = evolve(task, answered, at)
    verdict = _verdict(after, members)
    if verdict.yes is None:
        told = f"Your answer counts: {answered.outcome}. {verdict.why}"
        return Ruling(status=ReceiptStatus.RECORDED, message=told, facts=(answered,))
    if verdict.yes:
        begun = _next_stage(after)
        if begun is not None and hopeless(
            task.rules.stages[begun.stage or 0],
            begun.to,
            task.asked.by if task.rules.exclude_requester else None,
        ):
            why = f"Nobody is left to ask: {task.asked.by} asked for it, and is left out."
            ended = TaskClosed(
                key=task.asked.key, task=task.id, outcome=Outcome.REJECTED, via="policy", reason=why
            )
            facts = (answered, begun, ended)
            return Ruling(status=ReceiptStatus.ACCEPTED, message=why, facts=facts)
        if begun is not None:
            told = f"Your answer counts: {answered.outcome}. Next: {', '.join(begun.to)}."
            return Ruling(status=ReceiptStatus.RECORDED, message=told, facts=(answered, begun))
    closed = TaskClosed(
        key=task.asked.key,
        task=task.id,
        outcome=_outcome(after, verdict),
        by=answered.by,
        via=answered.via,
        reason=answered.reason,
    )
    told = f"Your answer counts: {answered.outcome}."
    return Ruling(status=ReceiptStatus.ACCEPTED, message=told, facts=(answered, closed))


def _outcome(task: HumanTask, verdict: Verdict) -> Outcome:
    if TaskKind(task.asked.asks) is not TaskKind.APPROVE:
        return Outcome.ANSWERED
    if not verdict.yes:
        return Outcome.REJECTED
    return Outcome.APPROVED if task.edit is None else Outcome.EDITED


def _next_stage(task: HumanTask) -> TaskAssigned | None:
    rules, value = task.rules, task.value
    place = rules.next_stage(task.stage or 0, value)
    if place is None:
        return None
    return TaskAssigned(
        key=task.asked.key,
        task=task.id,
        to=_told(rules.stages[place].to, task),
        was=list(task.to),
        because="stage",
        stage=place,
    )


def _said_already(task: HumanTask, command: Respond) -> Ruling | None:
    """One person speaks once in a round, whomever they speak for."""
    for said in task.answers[task.since :]:
        if said.by != command.by.name or said.retracted:
            continue
        if said.outcome is Outcome.EDITED and command.outcome is not Outcome.EDITED:
            same = command.outcome is Outcome.APPROVED
        else:
            same = said.outcome is command.outcome and alike(said.value, command.value)
        if same:
            why = "You said this already; it counts once."
            return Ruling(status=ReceiptStatus.DUPLICATE, message=why)
        when = f"{said.at:%Y-%m-%d %H:%M:%S} UTC"
        why = f"You said {said.outcome} at {when}; that stands."
        return Ruling(status=ReceiptStatus.ALREADY_DECIDED, message=why)
    return None


def _refusal(task: HumanTask, command: Respond, chair: Actor | Seat | None) -> Ruling | None:
    kind = TaskKind(task.asked.asks)
    if command.shown is not None and command.shown != task.digest:
        why = "What you were shown has changed since. Look at the task again, then answer."
        return Ruling(status=ReceiptStatus.STALE, message=why)
    if chair is None:
        return _ineligible(task, command.by)
    if not eligible(task.to, chair, task.asked.by) and command.outcome is not Outcome.REJECTED:
        why = f"{command.by.name} may veto this task, and not approve it."
        return Ruling(status=ReceiptStatus.INELIGIBLE, message=why)
    held = _held(task, command.by)
    if held is not None and not fitting(task.rules.veto, chair, task.asked.by):
        return held
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


VERBS: Final = {
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


def _settle(task: HumanTask, command: Settle) -> Ruling:
    """A decision made elsewhere is the decision: nobody here is needed any more."""
    answered = TaskAnswered(
        key=task.asked.key,
        task=task.id,
        by=command.via,
        via=command.via,
        outcome=command.outcome,
        value=command.value if command.given else task.value,
        reason=command.reason,
    )
    closed = TaskClosed(
        key=task.asked.key,
        task=task.id,
        outcome=command.outcome,
        by=command.via,
        via=command.via,
        reason=command.reason,
    )
    return Ruling(
        status=ReceiptStatus.ACCEPTED, message="It was decided elsewhere.", facts=(answered, closed)
    )
