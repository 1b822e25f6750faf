"""A run's head is what its facts make of it, however they come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.core import run as runs
from assent.core.journal import (
    ChildFinished,
    ChildStarted,
    EventEmitted,
    Fact,
    PayloadsErased,
    RunFinished,
    RunParked,
    RunRecovered,
    RunStarted,
    RunWaiting,
    StateChanged,
    StepFailed,
    StepFinished,
    StepRetrying,
    StepStarted,
    TaskClosed,
    TaskOpened,
    TimerFired,
    TimerSet,
    TimerWithdrawn,
    ValueRecorded,
    micros,
)
from assent.core.policy import Actor
from assent.core.run import (
    INCOMPLETE,
    RUN_TIMER,
    TASK_TIMER,
    Run,
    RunStatus,
    begin,
    due_micros,
    evolve,
    next_name,
    settled,
)
from assent.core.task import Claim, Outcome, Remark, Respond, rule
from assent.errors import InvalidState

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def opened(place: int, name: str = "ok", due: datetime | None = None) -> TaskOpened:
    return TaskOpened(
        key=f"{name}#{place}",
        task=f"task_{place}",
        name=name,
        asks="approve",
        digest="d",
        due=due_micros(due),
    )


@dataclass
class World:
    """A run, the clock, and what was recorded so far."""

    run: Run
    now: datetime = NOON
    journal: list[tuple[tuple[Fact, ...], datetime]] = field(default_factory=list)
    written: int = 0
    asked: int = 0

    def record(self, *facts: Fact) -> Run:
        """Write these facts, as the ledger does."""
        if facts:
            self.journal.append((facts, self.now))
            self.written += len(facts)
            after = evolve(self.run, facts, self.now, number=self.written, head=str(self.written))
            self.run = settled(after)
        return self.run

    def passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE


def started(**more: Any) -> World:
    """A run that has just begun."""
    fact = RunStarted(workflow="refund", version="1", **more)
    world = World(begin("run_1", fact, NOON, "salt"))
    world.record(fact)
    return world


# ── what people, code and clock can do, only where they can ─────────────────────────────────────


def _ask(world: World) -> list[Fact]:
    world.asked += 1
    name = next_name(world.run, "ok", 0)
    due = world.now + 30 * MINUTE if world.asked % 2 else None
    fact = replace(opened(world.asked, due=due), name=name)
    return [fact, RunWaiting(on=[fact.key])]


def _answer(world: World) -> list[Fact]:
    tasks = world.run.open_tasks
    yes = Respond(by=Actor("ann"), via="page", outcome=Outcome.APPROVED)
    return list(rule(tasks[0], yes, world.now).facts) if tasks else []


def _claim(world: World) -> list[Fact]:
    tasks = world.run.open_tasks
    return list(rule(tasks[-1], Claim(by=Actor("bob"), via="page"), world.now).facts) if tasks else []


def _remark(world: World) -> list[Fact]:
    tasks = world.run.open_tasks
    said = Remark(by=Actor("bob"), via="page", text="hm")
    return list(rule(tasks[-1], said, world.now).facts) if tasks else []


def _fire(world: World) -> list[Fact]:
    due = [key for key, when in world.run.timers.items() if when <= world.now]
    return runs.fire(world.run, due[0], world.now) if due else []


def _sleep(world: World) -> list[Fact]:
    key = f"sleep#{world.written}"
    return [TimerSet(key=key, due=micros(world.now + 20 * MINUTE)), RunWaiting(on=[key])]


def _begin_child(world: World) -> list[Fact]:
    key = f"child#{world.written}"
    return [ChildStarted(key=key, child=f"run_1.{key}", digest="d"), RunWaiting(on=[key])]


def _end_child(world: World) -> list[Fact]:
    return [
        ChildFinished(key=key, child=child, status="succeeded")
        for key, child in list(world.run.children.items())[:1]
    ]


def _fail(world: World) -> list[Fact]:
    return runs.finish(world.run, RunFinished(status="failed", failed_key="pay", error={"type": "x"}))


_STEP: dict[str, Any] = {"key": "pay", "name": "pay", "attempt": 1}
MOVES: dict[str, Callable[[World], Sequence[Fact]]] = {
    "ask": _ask,
    "answer": _answer,
    "claim": _claim,
    "remark": _remark,
    "fire": _fire,
    "sleep": _sleep,
    "begin child": _begin_child,
    "end child": _end_child,
    "fail": _fail,
    "succeed": lambda w: runs.finish(w.run, RunFinished(status="succeeded", output=1)),
    "pause": lambda w: runs.pause(w.run, "ann"),
    "resume": lambda w: runs.resume(w.run, "ann"),
    "cancel": lambda w: runs.cancel(w.run, "ann", "no"),
    "retry": lambda w: runs.retry(w.run, "ann"),
    "park": lambda w: [RunParked(code="journal_mismatch", reason="look")],
    "recover": lambda w: [RunRecovered()],
    "step": lambda w: [StepStarted(**_STEP, digest="d")],
    "step done": lambda w: [StepFinished(**_STEP, result=1)],
    "step again": lambda w: [StepRetrying(**_STEP, due=micros(w.now + MINUTE))],
    "step failed": lambda w: [StepFailed(**_STEP)],
    "note": lambda w: [ValueRecorded(key="now"), EventEmitted(key="e", name="e"), StateChanged(key="s")],
}
_CODE = {"ask", "sleep", "begin child", "fail", "succeed", "park", "recover", "step", "step done"} | {
    "step again",
    "step failed",
    "note",
}


def play(world: World, move: str) -> None:
    """Make the move, where it can be made: code moves only while the run is running."""
    if move in _CODE and world.run.status is not RunStatus.RUNNING:
        return
    try:
        world.record(*MOVES[move](world))
    except InvalidState as refused:
        assert "'run_1'" in str(refused)


moves = st.lists(st.tuples(st.sampled_from(list(MOVES)), st.integers(0, 45)), max_size=25)
timeouts = st.none() | st.sampled_from([60.0, 3600.0])


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
    """People asked, a pause, a parked run: none of it uses up the workflow's own time."""
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
        for_people = run.status is RunStatus.WAITING and bool(run.open_tasks)
        stands = run.status in {RunStatus.PAUSED, RunStatus.PARKED} or run.status.ended
        if not for_people and not stands:
            active += minutes * MINUTE
        world.passes(minutes)
        if move != "retry":  # what a retry does to the time is a promise of its own
            play(world, move)


# ── promises ────────────────────────────────────────────────────────────────────────────────────


def test_waiting_for_people_stops_the_clock_of_the_workflow() -> None:
    world = started(timeout=600)
    world.passes(4)
    world.record(opened(1), RunWaiting(on=["ok#1"]))
    world.passes(60 * 24 * 30)
    assert runs.fire(world.run, RUN_TIMER, world.now) == []
    world.record(*_answer(world))
    assert world.run.timers[RUN_TIMER] == world.now + 6 * MINUTE


def test_waiting_for_people_counts_where_the_workflow_says_so() -> None:
    world = started(timeout=600, counts_waiting=True)
    world.record(opened(1), RunWaiting(on=["ok#1"]))
    assert world.run.timers[RUN_TIMER] == NOON + 10 * MINUTE


def test_waiting_for_a_timer_uses_up_the_time_of_the_workflow() -> None:
    world = started(timeout=600)
    world.record(*_sleep(world))
    assert world.run.timers[RUN_TIMER] == NOON + 10 * MINUTE


def test_a_failed_run_goes_on_with_the_time_it_had_left() -> None:
    world = started(timeout=600)
    world.passes(4)
    world.record(*_fail(world))
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
    world.record(*_ask(world), *_ask(world))
    assert [task.asked.name for task in world.run.open_tasks] == ["ok", "ok"]
    world = started()
    world.record(*_ask(world))
    world.record(*_ask(world))
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
    world.record(*_ask(world))
    world.record(*runs.pause(world.run, "ann"))
    world.record(*_answer(world))
    assert world.run.status is RunStatus.PAUSED
    assert world.run.open_tasks == ()
    assert world.record(*runs.resume(world.run, "ann")).status is RunStatus.RUNNING


def test_an_answer_to_a_parked_run_leaves_it_parked() -> None:
    world = started()
    world.record(*_ask(world))
    world.record(RunParked(code="journal_mismatch", reason="look"))
    world.record(*_answer(world))
    assert (world.run.status, world.run.parked) == (RunStatus.PARKED, "journal_mismatch")


def test_whoever_gets_on_has_not_been_recovered_in_vain() -> None:
    world = started()
    world.record(RunRecovered())
    world.record(RunRecovered())
    assert world.run.recoveries == 2
    world.record(StepStarted(**_STEP, digest="d"))
    assert world.run.recoveries == 2, "a step that begins has not got on yet"
    world.record(StepFinished(**_STEP))
    assert world.run.recoveries == 0


@pytest.mark.parametrize("wish", [runs.pause, runs.resume])
@pytest.mark.parametrize("status", ["succeeded", "failed", "cancelled", "timed_out"])
def test_an_ended_run_is_neither_paused_nor_resumed(
    wish: Callable[[Run, str], list[Fact]], status: str
) -> None:
    world = started()
    world.record(RunFinished(status=status))
    with pytest.raises(InvalidState, match=status):
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
