"""What an answer makes of a task: refused, counted, the next stage, closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from assent.core.command import Respond, Settle
from assent.core.journal import (
    TaskAnswered,
    TaskAssigned,
    TaskClosed,
    TaskDecided,
    TaskRefused,
    micros,
    moment,
)
from assent.core.policy import Actor, Members, Seat, Verdict, eligible, fitting, hopeless, resolved
from assent.core.standing import Ruling, chair_of, held_by_another, ineligible, verdict_of
from assent.core.task import SAYS, HumanTask, Outcome, ReceiptStatus, TaskKind, alike, evolve
from assent.errors import DefinitionError, ExpressionError, FieldError


def respond(task: HumanTask, command: Respond, at: datetime, members: Members) -> Ruling:
    """Refused, with the reason and a trace of the attempt, or counted."""
    chair = chair_of(task, command.by)
    refused = _refusal(task, command, chair)
    if refused is None:
        refused = _said_already(task, command)
        if refused is not None and refused.status is ReceiptStatus.DUPLICATE:
            return refused
    if refused is not None or chair is None:
        refused = refused or ineligible(task, command.by)
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
    verdict = verdict_of(after, members)
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
    if task.asks_for_answer and not verdict.yes:
        split = TaskClosed(
            key=task.asked.key,
            task=task.id,
            outcome=Outcome.REJECTED,
            via="policy",
            reason=verdict.why,
        )
        told = f"Your answer counts. {verdict.why}"
        return Ruling(status=ReceiptStatus.ACCEPTED, message=told, facts=(answered, split))
    closed = TaskClosed(
        key=task.asked.key,
        task=task.id,
        outcome=_outcome(after, verdict),
        by=answered.by,
        via=answered.via,
        reason=answered.reason,
    )
    told = f"Your answer counts: {answered.outcome}."
    if task.asked.undo is None:
        return Ruling(status=ReceiptStatus.ACCEPTED, message=told, facts=(answered, closed))
    until = micros(at) + task.asked.undo
    held = TaskDecided(
        key=task.asked.key,
        task=task.id,
        outcome=closed.outcome,
        by=answered.by,
        via=answered.via,
        until=until,
        reason=answered.reason,
    )
    told = f"{told} You can take it back until {moment(until):%Y-%m-%d %H:%M:%S} UTC."
    return Ruling(status=ReceiptStatus.ACCEPTED, message=told, facts=(answered, held))


def _outcome(task: HumanTask, verdict: Verdict) -> Outcome:
    if task.asks_for_answer:
        return Outcome.ANSWERED
    if not verdict.yes:
        return Outcome.REJECTED
    return Outcome.APPROVED if task.edit is None else Outcome.EDITED


def _next_stage(task: HumanTask) -> TaskAssigned | None:
    rules = task.rules
    place = rules.next_stage(task.stage or 0, task.so_far)
    if place is None:
        return None
    return TaskAssigned(
        key=task.asked.key,
        task=task.id,
        to=told_whom(rules.stages[place].to, task),
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
        return ineligible(task, command.by)
    if not eligible(task.to, chair, task.asked.by) and command.outcome is not Outcome.REJECTED:
        why = f"{command.by.name} may veto this task, and not approve it."
        return Ruling(status=ReceiptStatus.INELIGIBLE, message=why)
    held = held_by_another(task, command.by)
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


def settle(task: HumanTask, command: Settle) -> Ruling:
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


def told_whom(to: Sequence[str], task: HumanTask) -> list[str]:
    """Whom these names mean, by the value as it stands."""
    try:
        return list(resolved(to, task.value))
    except (DefinitionError, ExpressionError):
        return list(to)  # it names nobody; at least it is seen
