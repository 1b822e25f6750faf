"""The timeline of any journal can be drawn, and says what stands."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.journal import (
    ChildFinished,
    ChildStarted,
    EventEmitted,
    Fact,
    PayloadsErased,
    RunFinished,
    RunParked,
    RunRetried,
    RunStarted,
    RunWaiting,
    StepFailed,
    StepFinished,
    StepRetrying,
    StepStarted,
    TaskAnswered,
    TaskClaimed,
    TaskClosed,
    TaskCommented,
    TaskOpened,
    TaskReleased,
    TimerSet,
    TimerWithdrawn,
    ValueRecorded,
    micros,
)
from assent.core.record import GENESIS, Past, seal
from assent.core.timeline import TimelineItem, mermaid, timeline_of
from assent.core.values import Json, load
from tests.core.facts import facts

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)

STARTED = RunStarted(workflow="refund", version="1")
OPENED = TaskOpened(
    key="ok", task="task_1", name="ok", asks="approve", digest="d", title="Refund 3?", to=["ann"]
)
WHO: dict[str, Any] = {"key": "ok", "task": "task_1", "by": "ann", "via": "page"}


def told(*said: Fact, erased: bool = False) -> list[Past]:
    """A journal as replay reads it, one entry a minute."""
    entries: list[Past] = []
    for number, fact in enumerate(said, 1):
        at = micros(NOON + number * timedelta(minutes=1))
        record = seal("run_1", number, at, fact, previous=GENESIS, salt="s")
        payload = None if erased or record.payload is None else load(record.payload)
        body = load(record.body)
        assert isinstance(body, dict)
        assert payload is None or isinstance(payload, dict)
        entries.append(Past(number, at, record.kind, body, payload))
    return entries


def lines(*said: Fact) -> list[tuple[str, str, str]]:
    """What the timeline says: label, state, detail."""
    return [(line.label, line.state, line.detail) for line in timeline_of(told(*said), LATER)]


@given(st.lists(facts, max_size=10), st.booleans())
def test_any_journal_can_be_drawn_also_an_erased_one(said: list[Fact], erased: bool) -> None:
    due = [fact for fact in said if abs(getattr(fact, "due", None) or 0) < 2**53]
    items = timeline_of(told(*due, erased=erased), LATER)
    assert {item.state for item in items} <= {"done", "failed", "open", "note"}
    drawn = mermaid(items).split("\n")
    assert drawn[0] == "flowchart TD"
    assert sum(":::" in line for line in drawn) >= len(items)


def test_a_run_that_waits_shows_for_whom_and_how_long() -> None:
    items = timeline_of(told(STARTED, OPENED, RunWaiting(on=["ok"])), LATER)
    assert [(item.label, item.state) for item in items] == [
        ("refund", "note"),
        ("Refund 3?", "open"),
    ]
    assert items[1].detail == "waits for ann"
    assert items[1].took == timedelta(minutes=58)


def test_a_decision_is_one_line_with_who_and_why() -> None:
    answered = TaskAnswered(**WHO, outcome="rejected", reason="too much")
    closed = TaskClosed(**WHO, outcome="rejected", reason="too much")
    assert lines(STARTED, OPENED, answered, closed)[1:] == [
        ("Refund 3?", "done", "rejected by ann: too much")
    ]


def test_a_claim_and_its_end_are_told() -> None:
    assert lines(OPENED, TaskClaimed(**WHO)) == [("Refund 3?", "open", "ann is on it")]
    assert lines(OPENED, TaskClaimed(**WHO), TaskReleased(**WHO)) == [
        ("Refund 3?", "open", "ann gave it back")
    ]


STEP: dict[str, Any] = {"key": "pay", "name": "pay", "attempt": 1}
FAILURE: dict[str, Json] = {"type": "builtins:ValueError", "message": "no"}


def test_a_step_that_is_tried_again_says_why_until_it_is_done() -> None:
    story: list[Fact] = [
        StepStarted(**STEP, digest="d"),
        StepRetrying(**STEP, due=0, error=FAILURE),
        StepStarted(key="pay", name="pay", attempt=2, digest="d"),
    ]
    assert lines(*story) == [("pay", "open", "attempt 1: ValueError: no")]
    story.append(StepFinished(key="pay", name="pay", attempt=2))
    assert lines(*story) == [("pay", "done", "at attempt 2")]


def test_a_retried_run_shows_what_goes_on_as_open_again() -> None:
    story: list[Fact] = [
        STARTED,
        StepStarted(**STEP, digest="d"),
        StepFailed(**STEP, error=FAILURE),
        RunFinished(status="failed", error=FAILURE),
    ]
    assert [state for _, state, _ in lines(*story)] == ["note", "failed", "failed"]
    story += [RunRetried(by="ann"), StepStarted(**STEP, digest="d")]
    assert ("pay", "open", "attempt 1") in lines(*story)
    story += [StepFinished(**STEP), OPENED]
    assert ("Refund 3?", "open", "waits for ann") in lines(*story)


def test_nothing_is_open_once_the_run_has_ended() -> None:
    ended = RunFinished(status="cancelled", by="ann")
    assert all(state != "open" for _, state, _ in lines(STARTED, OPENED, ended, PayloadsErased()))


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (RunFinished(status="succeeded"), ("succeeded", "done", "")),
        (RunFinished(status="failed", error=FAILURE), ("failed", "failed", "ValueError: no")),
        (RunFinished(status="cancelled", by="ann"), ("cancelled", "note", "by ann")),
        (RunParked(code="x", reason="look"), ("parked", "failed", "look")),
        (RunRetried(by="ann"), ("retried", "note", "by ann")),
        (EventEmitted(key="e", name="order.paid"), ("order.paid", "note", "")),
        (TaskCommented(**WHO, text="hm"), ("ann wrote", "note", "hm")),
    ],
)
def test_what_happens_in_a_moment_is_a_line_of_its_own(
    said: Fact, line: tuple[str, str, str]
) -> None:
    assert lines(said) == [line]


def test_timers_and_children_have_an_end() -> None:
    timer = TimerSet(key="sleep", due=micros(LATER))
    assert lines(timer) == [("sleep", "open", "until 2026-01-05 13:00:00 UTC")]
    assert lines(timer, TimerWithdrawn(key="sleep"))[0][1] == "note"
    child = ChildStarted(key="c", child="run_2", digest="d")
    assert lines(child, ChildFinished(key="c", child="run_2", status="failed")) == [
        ("run_2", "failed", "failed")
    ]


def test_what_is_recorded_for_replay_only_is_not_shown() -> None:
    assert lines(ValueRecorded(key="now", value=1)) == []


def test_a_hostile_title_stays_inside_its_box() -> None:
    item = TimelineItem(
        at=NOON, name="task", key="ok", label='"]:::failed\r\n    n9["gotcha\u2028%%', state="open"
    )
    drawn = mermaid([item]).split("\n")
    boxes = [line for line in drawn if re.match(r'    n\d+\["', line)]
    assert len(boxes) == 1
    assert boxes[0].count('"') == 2
    assert boxes[0].endswith(":::open")
