"""A run's head is what its facts make of it, however they come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.core import run as runs
from assent.core.journal import (
    Fact,
    PayloadsErased,
    RunFinished,
    RunParked,
    RunRecovered,
    RunStarted,
    RunWaiting,
    StepFinished,
    StepStarted,
    TaskClosed,
    TimerFired,
    TimerSet,
    TimerWithdrawn,
    micros,
)
from assent.core.run import (
    INCOMPLETE,
    RUN_TIMER,
    TASK_TIMER,
    Run,
    RunStatus,
    begin,
    evolve,
    fitted,
    next_name,
    settled,
)
from assent.core.task import Outcome
from assent.errors import InvalidState
from tests.core.world import (
    MINUTE,
    NOON,
    STEP,
    answers,
    asks,
    fails,
    moves,
    opened,
    play,
    sleeps,
    started,
    timeouts,
)


@settings(max_examples=150)
@given(moves, timeouts, st.booleans())
def test_whatever_happens_the_head_holds_together(
    story: list[tuple[str, int]], timeout: float | None, counts: bool
) -> None:
    world = started(timeout=timeout, counts_waiting=counts)
    for move, minutes in story:
        world.passes(minutes)
        play(world, move)
        run = world.run
        assert run.number == world.written
        assert run.status.ended == (run.finished is not None)
        assert (run.parked is not None) == (run.status is RunStatus.PARKED)
        assert not (run.status.ended and (run.open_tasks or run.timers or run.children))
        assert timedelta(0) <= run.spent
        open_deadlines = {TASK_TIMER + task.id for task in run.open_tasks if task.due is not None}
        assert {key for key in run.timers if key.startswith(TASK_TIMER)} == open_deadlines
        if run.status in {RunStatus.PAUSED, RunStatus.PARKED}:
            assert RUN_TIMER not in run.timers
        if run.status is RunStatus.RUNNING and timeout is not None:
            assert RUN_TIMER in run.timers


@given(moves, timeouts)
def test_it_makes_no_difference_whether_facts_of_one_moment_come_together(
    story: list[tuple[str, int]], timeout: float | None
) -> None:
    world = started(timeout=timeout)
    for move, minutes in story:
        world.passes(minutes)
        play(world, move)
    first = world.journal[0][0][0]
    assert isinstance(first, RunStarted)
    run = begin("run_1", first, NOON, "salt")
    for facts, at in world.journal:
        for fact in facts:
            run = evolve(run, [fact], at, number=run.number + 1, head=str(run.number + 1))
        run = settled(run)
    assert run == world.run


@given(moves, st.sampled_from([60.0, 3600.0]))
def test_a_workflow_times_out_after_just_the_time_it_was_active(
    story: list[tuple[str, int]], timeout: float
) -> None:
    """People asked, others awaited, a pause, a parked run: none of it uses up the workflow's own time."""
    world, active = started(timeout=timeout), timedelta(0)
    for move, minutes in story:
        run = world.run
        due = run.timers.get(RUN_TIMER)
        if due is not None and world.now + minutes * MINUTE >= due:
            active += due - world.now
            world.now = due
            world.record(*runs.fire(run, RUN_TIMER, due))
            assert world.run.status is RunStatus.TIMED_OUT
            assert active == timedelta(seconds=timeout)
            return
        # A child may be asking people, too, and an event may come from one.
        asking = bool(run.open_tasks or run.children or run.signals.waits)
        for_people = run.status is RunStatus.WAITING and asking
        stands = run.status in {RunStatus.PAUSED, RunStatus.PARKED} or run.status.ended
        if not for_people and not stands:
            active += minutes * MINUTE
        world.passes(minutes)
        if move != "retry":  # what a retry does to the time is a promise of its own
            play(world, move)


@given(moves, st.lists(st.sampled_from(["ok#1", "ok#2", "sleep#1", "child#1"]), min_size=1))
def test_a_run_waits_only_for_what_can_still_come(
    story: list[tuple[str, int]], on: list[str]
) -> None:
    """Whatever happened meanwhile: a run that looks as if it waited will be woken."""
    world = started()
    for move, minutes in story:
        world.passes(minutes)
        play(world, move)
    if world.run.status.ended:
        return
    world.record(*fitted(world.run, [RunWaiting(on=on)]))
    run = world.run
    if run.status is RunStatus.WAITING:
        asked = {task.asked.key for task in run.open_tasks}
        assert set(run.waiting_for) <= {*asked, *run.timers, *run.children, *run.signals.waits}


# ── promises ────────────────────────────────────────────────────────────────────────────────────


def test_a_run_that_was_answered_before_it_could_say_so_does_not_wait() -> None:
    world = started()
    world.record(opened(1), RunWaiting(on=["ok#1"]))
    world.record(*answers(world))
    assert fitted(world.run, [RunWaiting(on=["ok#1"])]) == []
    noted = StepFinished(**STEP)
    both = [noted, opened(2), RunWaiting(on=["ok#1", "ok#2"])]
    assert fitted(world.run, both) == both[:-1]
    assert fitted(world.run, [opened(2), RunWaiting(on=["ok#2"])])[-1] == RunWaiting(on=["ok#2"])
    world.record(*runs.pause(world.run, "ann"))
    assert fitted(world.run, [opened(2), RunWaiting(on=["ok#2"])]) == [opened(2)]


def test_waiting_for_people_stops_the_clock_of_the_workflow() -> None:
    world = started(timeout=600)
    world.passes(4)
    world.record(opened(1), RunWaiting(on=["ok#1"]))
    world.passes(60 * 24 * 30)
    assert runs.fire(world.run, RUN_TIMER, world.now) == []
    world.record(*answers(world))
    assert world.run.timers[RUN_TIMER] == world.now + 6 * MINUTE


def test_waiting_for_people_counts_where_the_workflow_says_so() -> None:
    world = started(timeout=600, counts_waiting=True)
    world.record(opened(1), RunWaiting(on=["ok#1"]))
    assert world.run.timers[RUN_TIMER] == NOON + 10 * MINUTE


def test_waiting_for_a_timer_uses_up_the_time_of_the_workflow() -> None:
    world = started(timeout=600)
    world.record(*sleeps(world))
    assert world.run.timers[RUN_TIMER] == NOON + 10 * MINUTE


def test_a_failed_run_goes_on_with_the_time_it_had_left() -> None:
    world = started(timeout=600)
    world.passes(4)
    world.record(*fails(world))
    world.passes(60)
    world.record(*runs.retry(world.run, "ann"))
    assert world.run.timers[RUN_TIMER] == world.now + 6 * MINUTE


def test_a_run_that_used_up_its_time_gets_all_of_it_again() -> None:
    world = started(timeout=600)
    world.passes(10)
    world.record(*runs.fire(world.run, RUN_TIMER, world.now))
    assert world.run.status is RunStatus.TIMED_OUT
    world.passes(60)
    world.record(*runs.retry(world.run, "ann"))
    assert world.run.timers[RUN_TIMER] == world.now + 10 * MINUTE


def test_an_ending_run_takes_back_what_it_asked_and_a_retry_asks_it_under_the_same_name() -> None:
    world = started()
    world.record(*asks(world), *asks(world))
    assert [task.asked.name for task in world.run.open_tasks] == ["ok", "ok"]
    world = started()
    world.record(*asks(world))
    world.record(*asks(world))
    assert [task.asked.name for task in world.run.open_tasks] == ["ok", "ok#2"]
    facts = runs.cancel(world.run, "ann", "no")
    assert [type(fact) for fact in facts] == [TaskClosed, TaskClosed, RunFinished]
    world.record(*facts)
    assert next_name(world.run, "ok", 0) == "ok"


def test_a_timer_that_is_not_due_or_was_withdrawn_does_not_fire() -> None:
    world = started()
    world.record(TimerSet(key="sleep", due=micros(NOON + MINUTE)), RunWaiting(on=["sleep"]))
    assert runs.fire(world.run, "sleep", NOON + MINUTE - timedelta(microseconds=1)) == []
    assert runs.fire(world.run, "sleep", NOON + MINUTE) == [TimerFired(key="sleep")]
    assert runs.fire(world.run, "other", NOON + MINUTE) == []
    world.record(TimerWithdrawn(key="sleep"))
    assert runs.fire(world.run, "sleep", NOON + MINUTE) == []


def test_a_timer_fires_once() -> None:
    world = started()
    world.record(TimerSet(key="sleep", due=micros(NOON)))
    world.record(*runs.fire(world.run, "sleep", NOON))
    assert runs.fire(world.run, "sleep", NOON) == []


def test_a_deadline_closes_its_task_as_expired() -> None:
    world = started()
    world.record(opened(1, due=NOON + MINUTE), RunWaiting(on=["ok#1"]))
    (closed,) = runs.fire(world.run, f"{TASK_TIMER}task_1", NOON + MINUTE)
    assert isinstance(closed, TaskClosed)
    assert closed.outcome == Outcome.EXPIRED
    assert world.record(closed).status is RunStatus.RUNNING


def test_an_answer_during_a_pause_is_recorded_and_nothing_runs_until_it_is_over() -> None:
    world = started()
    world.record(*asks(world))
    world.record(*runs.pause(world.run, "ann"))
    world.record(*answers(world))
    assert world.run.status is RunStatus.PAUSED
    assert world.run.open_tasks == ()
    assert world.record(*runs.resume(world.run, "ann")).status is RunStatus.RUNNING


def test_an_answer_to_a_parked_run_leaves_it_parked() -> None:
    world = started()
    world.record(*asks(world))
    world.record(RunParked(code="journal_mismatch", reason="look"))
    world.record(*answers(world))
    assert (world.run.status, world.run.parked) == (RunStatus.PARKED, "journal_mismatch")


def test_whoever_gets_on_has_not_been_recovered_in_vain() -> None:
    world = started()
    world.record(RunRecovered())
    world.record(RunRecovered())
    assert world.run.recoveries == 2
    world.record(StepStarted(**STEP, digest="d"))
    assert world.run.recoveries == 2, "a step that begins has not got on yet"
    world.record(StepFinished(**STEP))
    assert world.run.recoveries == 0


@pytest.mark.parametrize("wish", [runs.pause, runs.resume])
@pytest.mark.parametrize("status", ["succeeded", "failed", "cancelled", "timed_out"])
def test_an_ended_run_is_neither_paused_nor_resumed(
    wish: Callable[[Run, str], list[Fact]], status: str
) -> None:
    world = started()
    world.record(RunFinished(status=status))
    with pytest.raises(InvalidState, match=status.replace("_", " ")):
        wish(world.run, "ann")


def test_wishes_that_change_nothing_record_nothing() -> None:
    world = started()
    assert runs.resume(world.run, "ann") == []
    world.record(*runs.pause(world.run, "ann"))
    assert runs.pause(world.run, "ann") == []
    world.record(*runs.cancel(world.run, "ann", None))
    assert runs.cancel(world.run, "ann", None) == []


@pytest.mark.parametrize("status", ["succeeded", "cancelled"])
def test_what_succeeded_or_was_cancelled_is_not_retried(status: str) -> None:
    world = started()
    world.record(RunFinished(status=status))
    with pytest.raises(InvalidState, match="only failed, timed out or parked"):
        runs.retry(world.run, "ann")


def test_a_parked_run_is_not_resumed_but_retried() -> None:
    world = started()
    world.record(RunParked(code="x", reason="look"))
    with pytest.raises(InvalidState, match="retry"):
        runs.resume(world.run, "ann")
    with pytest.raises(InvalidState, match="parked"):
        runs.pause(world.run, "ann")
    assert world.record(*runs.retry(world.run, "ann")).status is RunStatus.RUNNING


def test_erasing_changes_nothing_about_where_a_run_stands() -> None:
    world = started()
    world.record(RunFinished(status="succeeded"))
    before = world.run
    world.record(PayloadsErased(by="ann"))
    assert world.run._replace(number=before.number, head=before.head) == before


def test_the_incomplete_are_those_that_have_not_ended() -> None:
    assert set(INCOMPLETE) == {status for status in RunStatus if not status.ended}


@given(st.integers(0, 5), st.integers(0, 5))
def test_names_of_tasks_are_unique_in_a_run(asked: int, pending: int) -> None:
    run = started().run._replace(names={"ok": asked} if asked else {})
    visit = asked + pending + 1
    assert next_name(run, "ok", pending) == ("ok" if visit == 1 else f"ok#{visit}")
