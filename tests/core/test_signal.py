"""Signals, judged purely: whoever waits gets them, what is early is kept in order, a wait is over once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.journal import (
    EventBuffered,
    EventReceived,
    EventWaiting,
    EventWithdrawn,
    Fact,
    RunWaiting,
    micros,
)
from assent.core.signal import (
    MOST_EARLY,
    NO_SIGNALS,
    Signal,
    Signals,
    SignalStatus,
    arrive,
    evolve,
    fault_of,
    hook_name,
    with_early,
    withdrawn,
)
from tests.core.world import MINUTE, NOON, moves, play, started


def after(signals: Signals, *facts: Fact) -> Signals:
    """The signals after these facts."""
    for number, fact in enumerate(facts, 1):
        signals = evolve(signals, fact, NOON, number)
    return signals


def waiting(*keys: str, name: str = "go", minutes: int | None = None) -> Signals:
    """Signals of a run that waits under these keys."""
    due = None if minutes is None else micros(NOON + minutes * MINUTE)
    return after(NO_SIGNALS, *(EventWaiting(key=key, name=name, due=due) for key in keys))


def test_all_waits_of_a_name_get_it_and_one_call_of_a_webhook_goes_to_one() -> None:
    signals = waiting("a", "b")
    told = arrive(signals, Signal("go", 1), NOON, ended=False)
    assert [fact.key for fact in told.facts if isinstance(fact, EventReceived)] == ["a", "b"]
    assert not after(signals, *told.facts).waits
    one = arrive(signals, Signal("go", 1, one=True), NOON, ended=False)
    assert list(after(signals, *one.facts).waits) == ["b"]


def test_after_its_deadline_a_wait_is_over_and_a_signal_comes_too_late() -> None:
    signals = waiting("a", minutes=1)
    told = arrive(signals, Signal("go"), NOON + timedelta(minutes=1), ended=False)
    assert told.status is SignalStatus.ALREADY_RESOLVED
    assert [getattr(fact, "timed_out", None) for fact in told.facts] == [True]


def test_of_two_waits_the_one_whose_deadline_has_passed_does_not_get_it() -> None:
    due = micros(NOON)
    signals = after(waiting("late"), EventWaiting(key="gone", name="go", due=due))
    told = arrive(signals, Signal("go", 1), NOON, ended=False)
    assert told.status is SignalStatus.DELIVERED
    assert {
        (fact.key, fact.timed_out) for fact in told.facts if isinstance(fact, EventReceived)
    } == {("late", None), ("gone", True)}


def test_what_is_early_goes_to_waits_of_its_name_in_order_and_nothing_is_waited_for() -> None:
    signals = after(
        NO_SIGNALS,
        *(
            EventBuffered(name=name, data=data)
            for name, data in [("x", "0"), ("y", "1"), ("x", "2")]
        ),
    )
    opening = [EventWaiting(key=key, name="x") for key in "abc"]
    facts = with_early(signals, [*opening, RunWaiting(on=["a", "b", "c"])])
    got = [(fact.key, fact.data) for fact in facts if isinstance(fact, EventReceived)]
    assert got == [("a", "0"), ("b", "2")]
    assert not any(isinstance(fact, RunWaiting) for fact in facts)
    left = after(signals, *facts)
    assert ([kept.name for kept in left.early], list(left.waits)) == (["y"], ["c"])


def test_a_run_keeps_a_bounded_number_of_early_signals() -> None:
    full = after(NO_SIGNALS, *(EventBuffered(name="x", data=n) for n in range(MOST_EARLY)))
    told = arrive(full, Signal("x", keep=True), NOON, ended=False)
    assert (told.status, told.facts) == (SignalStatus.INVALID, [])


def test_deliveries_are_remembered_and_the_memory_is_bounded() -> None:
    signals = NO_SIGNALS
    for n in range(3000):
        signals = evolve(signals, EventBuffered(name="x", delivery=f"d{n}"), NOON, n)
    assert len(signals.seen) == 1000
    again = arrive(signals, Signal("y", delivery="d2999"), NOON, ended=False)
    assert again.status is SignalStatus.DUPLICATE


def test_ended_runs_take_nothing() -> None:
    told = arrive(waiting("a"), Signal("go", keep=True), NOON, ended=True)
    assert (told.status, told.facts) == (SignalStatus.RUN_ENDED, ())


def test_withdrawn_waits_are_named() -> None:
    signals = waiting("a", "b")
    assert len(withdrawn(signals)) == 2
    assert after(signals, *withdrawn(signals, ["a"])) == waiting("b")


@pytest.mark.parametrize("name", ["", " a", "a ", "a\n", "a\0", "x" * 181, "hook:x"])
def test_some_texts_are_no_names(name: str) -> None:
    assert fault_of(name) is not None


def test_the_token_of_a_webhook_cannot_be_told_from_its_name() -> None:
    assert "secret" not in hook_name("secret")
    assert hook_name("secret") == hook_name("secret") != hook_name("Secret")


@given(moves, st.booleans())
def test_whatever_happens_each_wait_is_over_once_and_each_early_signal_is_used_once(
    played: list[tuple[str, int]], retried: bool
) -> None:
    world = started()
    for move, minutes in [*played, *([("fail", 0), ("retry", 0)] if retried else [])]:
        world.passes(minutes)
        play(world, move)
        if world.run.status.ended:
            assert not world.run.signals.waits
    facts = [fact for said, _ in world.journal for fact in said]
    opened = [fact.key for fact in facts if isinstance(fact, EventWaiting)]
    over = [fact.key for fact in facts if isinstance(fact, EventReceived | EventWithdrawn)]
    assert sorted([*over, *world.run.signals.waits]) == sorted(opened)
    used = [fact.early for fact in facts if isinstance(fact, EventReceived) and fact.early]
    assert len(used) == len(set(used))
