"""A decision says what to go on with, or raises what stands in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from assent.core.command import Command, Expire, Respond, Withdraw
from assent.core.decision import Decision, decision_of
from assent.core.journal import TaskOpened, micros
from assent.core.policy import Actor
from assent.core.ruling import rule
from assent.core.task import HumanTask, Outcome, evolve
from assent.core.values import pack
from assent.errors import Expired, Rejected, Withdrawn

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
DUE = NOON + timedelta(hours=4)


def asked(value: object = Decimal("3.50"), **more: Any) -> HumanTask:
    fact = TaskOpened(
        key="ok",
        task="task_1",
        name="refund",
        asks="approve",
        digest="d",
        due=micros(DUE),
        value=pack(value),
        **more,
    )
    return HumanTask(asked=fact, opened=NOON, number=2)


def decided(task: HumanTask, command: Command, at: datetime = NOON) -> Decision[Any]:
    for fact in rule(task, command, at).facts:
        task = evolve(task, fact, at)  # type: ignore[arg-type]
    return decision_of(task)


def says(outcome: Outcome, value: object = None, reason: str | None = None) -> Respond:
    return Respond(by=Actor("ann"), via="page", outcome=outcome, value=pack(value), reason=reason)


def test_approved_goes_on_with_what_was_shown() -> None:
    decision = decided(asked(), says(Outcome.APPROVED))
    assert (decision.approved, decision.require(), decision.by) == (True, Decimal("3.50"), "ann")
    assert (decision.at, decision.key) == (NOON, "refund")


def test_edited_goes_on_with_the_new_value_and_keeps_the_original() -> None:
    decision = decided(asked(), says(Outcome.EDITED, Decimal("1.20")))
    assert decision.approved
    assert (decision.require(), decision.original) == (Decimal("1.20"), Decimal("3.50"))
    assert [answer.value for answer in decision.answers] == [Decimal("1.20")]


@pytest.mark.parametrize("edited", [0, "", False, None, [], {}])
def test_an_empty_edit_is_an_edit(edited: object) -> None:
    decision = decided(asked(), says(Outcome.EDITED, edited))
    assert decision.outcome is Outcome.EDITED
    assert decision.require() == edited


def test_rejected_raises_with_who_and_why() -> None:
    decision = decided(asked(), says(Outcome.REJECTED, reason="too much"))
    assert not decision.approved
    with pytest.raises(Rejected, match="'refund' was rejected by ann: too much") as refused:
        decision.require()
    assert (refused.value.by, refused.value.reason) == ("ann", "too much")


def test_cancelled_raises_withdrawn() -> None:
    decision = decided(asked(), Withdraw(by=Actor("bob"), via="page", reason="moot"))
    with pytest.raises(Withdrawn, match="cancelled by bob: moot"):
        decision.require()


def test_expired_raises_a_timeout() -> None:
    decision = decided(asked(), Expire(), DUE)
    assert (decision.outcome, decision.by) == (Outcome.EXPIRED, None)
    with pytest.raises(Expired):
        decision.require()
    with pytest.raises(TimeoutError):
        decision.require()


@pytest.mark.parametrize(
    ("policy", "outcome", "value"),
    [
        ({"on_timeout": "approve"}, Outcome.APPROVED, 3),
        ({"on_timeout": "reject"}, Outcome.REJECTED, 3),
        ({"on_timeout": "raise"}, Outcome.EXPIRED, 3),
        ({"on_timeout": "expire"}, Outcome.EXPIRED, 3),
        ({}, Outcome.EXPIRED, 3),
        ({"on_timeout": "value", "timeout_value": 1}, Outcome.EDITED, 1),
        ({"on_timeout": "value", "timeout_value": 3}, Outcome.APPROVED, 3),
        ({"on_timeout": "value", "timeout_value": 3.0}, Outcome.EDITED, 3.0),
        ({"on_timeout": "value", "timeout_value": None}, Outcome.EDITED, None),
    ],
)
def test_at_the_deadline_happens_what_the_task_says(
    policy: dict[str, Any], outcome: Outcome, value: object
) -> None:
    decision = decided(asked(3, **policy), Expire(), DUE)
    assert (decision.outcome, decision.value, decision.by) == (outcome, value, None)
    assert type(decision.value) is type(value)
    assert decision.original == 3
    if outcome is not Outcome.EXPIRED:
        assert decision.reason == "Nobody answered by 2026-01-05 16:00:00 UTC."


def test_values_of_a_decision_are_copies() -> None:
    decision = decided(asked({"lines": [1]}), says(Outcome.APPROVED))
    decision.value["lines"].append(2)
    assert decision.original == {"lines": [1]}


def test_an_open_task_has_no_decision() -> None:
    with pytest.raises(ValueError, match="still open"):
        decision_of(asked())


def test_a_decision_is_a_value() -> None:
    decision = decided(asked(), says(Outcome.APPROVED))
    assert decision == replace(decision)
    with pytest.raises(AttributeError):
        decision.outcome = Outcome.REJECTED  # type: ignore[misc]
