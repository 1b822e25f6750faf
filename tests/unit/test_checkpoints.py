"""What a checkpoint carries: all that living branches have recorded, unless they are about to hear of more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from assent.core.journal import (
    ChildFinished,
    ChildStarted,
    EventReceived,
    EventWaiting,
    Fact,
    RunCheckpointed,
    RunStarted,
    StepFinished,
    StepStarted,
    TaskAnswered,
    TaskClosed,
    TaskOpened,
    TimerFired,
    TimerSet,
    micros,
)
from assent.core.run import Run, begin, evolve
from assent.engine.checkpoints import fits
from assent.engine.keeping import Keeping, carried, carried_facts
from assent.engine.replay import Replay

AT = datetime(2026, 1, 5, tzinfo=UTC)
LATER = AT + timedelta(days=1)
OPENED = TaskOpened(key="1/ask", task="t", name="ask", asks="approve", digest="d")
SAID = TaskAnswered(key="1/ask", task="t", by="ann", via="python", outcome="approved")
CLOSED = TaskClosed(key="1/ask", task="t", outcome="approved")
WAYS: dict[str, tuple[Fact, Fact]] = {
    "an answer that others wait for": (OPENED, SAID),
    "a decision": (OPENED, CLOSED),
    "a timer": (TimerSet(key="1/sleep", due=micros(LATER)), TimerFired(key="1/sleep")),
    "a signal": (
        EventWaiting(key="1/event:e", name="e"),
        EventReceived(key="1/event:e", name="e"),
    ),
    "a run below": (
        ChildStarted(key="1/below", child="c", digest="d"),
        ChildFinished(key="1/below", child="c", status="succeeded"),
    ),
}


def standing(facts: Sequence[Fact]) -> Run:
    """A run after these facts."""
    head = begin("r", RunStarted(workflow="w", version="1"), AT, "")
    return evolve(head, facts, AT, number=len(facts) + 1, head="")


def keeping(facts: Sequence[Fact]) -> Keeping:
    """What is kept of these facts of branches."""
    kept = Keeping()
    kept.begun("1/")
    for fact in facts:
        kept.keep(fact, getattr(fact, "key", None), AT)
    return kept


@pytest.mark.parametrize("way", WAYS)
def test_no_checkpoint_is_made_while_a_branch_is_about_to_hear_of_something(way: str) -> None:
    opening, news = WAYS[way]
    assert fits(standing([opening]), keeping([opening]).alive(), AT)
    assert not fits(standing([opening, news]), keeping([opening]).alive(), AT)
    assert fits(standing([opening, news]), keeping([opening, news]).alive(), AT)


def test_what_is_carried_comes_back_as_it_was_without_the_state_that_is_in_the_checkpoint() -> None:
    begun = StepStarted(key="1/work", name="work", attempt=1, digest="d")
    ended = StepFinished(key="1/work", name="work", attempt=1, result=3, state={"n": 1})
    told = carried(keeping([begun, ended, OPENED, SAID, CLOSED]).alive())
    assert [each.fact for each in carried_facts(told)] == [
        begun,
        StepFinished(key="1/work", name="work", attempt=1, result=3),
        OPENED,
        SAID,
        CLOSED,
    ]
    replay = Replay("r")
    replay.note(RunStarted(workflow="w", version="1"), AT, 1)
    replay.note(StepStarted(key="main", name="main", attempt=1, digest="d"), AT, 2)
    replay.note(RunCheckpointed(open=told, again=[1], state={"n": 2}, cursor=5), AT, 3)
    assert replay.order == {"1/": ["1/work", "1/ask"]}
    assert (replay.slots["1/work"].value, replay.slots["1/ask"].done) == (3, True)
    assert replay.state() == {"n": 2}
    assert carried(replay.keeping.alive()) == told


def test_a_branch_that_is_over_is_carried_no_more_and_one_fact_once() -> None:
    kept = keeping([OPENED])
    kept.keep(OPENED, OPENED.key, AT)
    assert len(kept.alive()) == 1, "kept when it was made, and told later"
    kept.ended("1/")
    kept.keep(CLOSED, CLOSED.key, AT)
    assert kept.alive() == []


def test_a_checkpoint_of_a_branch_stands_for_its_own_and_what_has_ended_below_it() -> None:
    replay = Replay("r")
    keys = ["main", "1/a", "2/b", "2/1/c", "2/2/d", "21/e"]
    for number, key in enumerate(keys, 1):
        replay.note(StepStarted(key=key, name="s", attempt=1, digest="d"), AT, number)
    replay.note(RunCheckpointed(branch="2/", again=[2], cursor=7), AT, 9)
    assert set(replay.slots) == {"main", "1/a", "2/2/d", "21/e"}
    assert replay.checkpoint is None, "the main line has made none"
    assert replay.lines["2/"].cursor == 7
