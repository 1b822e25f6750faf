"""What is recorded is handed out again, in its order, to the code that asks for it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given

from assent.core.journal import (
    ChildFinished,
    ChildStarted,
    EventEmitted,
    Fact,
    RunFinished,
    RunRetried,
    RunStarted,
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
    moment,
)
from assent.core.record import GENESIS, Past, seal
from assent.core.run import BY_THE_RUN
from assent.core.values import load
from assent.engine.branch import Branch
from assent.engine.replay import Replay, Slot, start_of
from assent.errors import JournalMismatch
from tests.core.world import World, moves, play, started

STARTED = RunStarted(workflow="refund", version="1", input=3)


def history(*said: Fact, erased: bool = False) -> list[Past]:
    """A journal, read for replay."""
    entries: list[Past] = []
    for number, fact in enumerate(said, 1):
        record = seal("run_1", number, number, fact, previous=GENESIS, salt="")
        body = load(record.body)
        payload = None if record.payload is None or erased else load(record.payload)
        assert isinstance(body, dict)
        assert payload is None or isinstance(payload, dict)
        entries.append(Past(number, number, record.kind, body, payload))
    return entries


def read(*said: Fact) -> Replay:
    """The replay of this journal."""
    replay = Replay("run_1")
    replay.read(history(*said))
    return replay


def main() -> Branch:
    return Branch("")


def step(key: str, result: object = None, attempt: int = 1) -> list[Fact]:
    name = key.rpartition("/")[2]
    return [
        StepStarted(key=key, name=name, attempt=attempt, digest=f"of {key}"),
        StepFinished(key=key, name=name, attempt=attempt, result=result),  # type: ignore[arg-type]
    ]


def asked(key: str, task: str = "task_1") -> TaskOpened:
    return TaskOpened(key=key, task=task, name=key, asks="approve", digest="d")


def take(replay: Replay, branch: Branch, name: str, kind: str = "step") -> Slot | None:
    return replay.take(branch, branch.key(name), kind)


# ── in order ────────────────────────────────────────────────────────────────────────────────────


def test_what_is_recorded_is_handed_out_in_its_order_and_then_nothing_more() -> None:
    replay, branch = read(STARTED, *step("pay", 1), *step("pay#2", 2), *step("tell", 3)), main()
    assert [
        slot.value for name in ("pay", "pay", "tell") if (slot := take(replay, branch, name))
    ] == [
        1,
        2,
        3,
    ]
    assert take(replay, branch, "tell") is None
    assert replay.leftovers() == []
    assert start_of(replay) == STARTED


@pytest.mark.parametrize("result", [0, "", False, None, [], {}])
def test_an_empty_result_is_a_result(result: object) -> None:
    slot = take(read(STARTED, *step("pay", result)), main(), "pay")
    assert slot is not None
    assert (slot.done, slot.value) == (True, result)


def test_another_order_is_a_mismatch_that_names_both() -> None:
    replay = read(STARTED, *step("pay"), *step("tell"))
    with pytest.raises(
        JournalMismatch, match=r"recorded the step 'pay' here.*asks for the step 'tell'"
    ):
        take(replay, main(), "tell")


def test_another_kind_under_the_same_key_is_a_mismatch_that_names_both() -> None:
    replay = read(STARTED, *step("pay"))
    with pytest.raises(JournalMismatch, match=r"recorded a step under 'pay'.*asks for a task"):
        take(replay, main(), "pay", "task")


def test_what_the_code_never_asked_for_is_left_over() -> None:
    replay, branch = read(STARTED, *step("pay"), *step("tell")), main()
    take(replay, branch, "pay")
    assert replay.leftovers() == ["tell"]
    assert replay.pending("tell")
    assert not replay.pending("pay")


def test_branches_ask_each_in_its_own_order() -> None:
    replay = read(STARTED, *step("1/a", 1), *step("2/a", 2), *step("1/b", 3), *step("2/b", 4))
    trunk = main()
    one, two = trunk.child(), trunk.child()
    asked_ = [
        take(replay, two, "a"),
        take(replay, two, "b"),
        take(replay, one, "a"),
        take(replay, one, "b"),
    ]
    assert [slot.value for slot in asked_ if slot] == [2, 4, 1, 3]
    with pytest.raises(JournalMismatch):
        take(read(STARTED, *step("1/a"), *step("1/b")), main().child(), "b")


def test_branches_that_were_cut_off_need_not_be_asked_for() -> None:
    replay = read(STARTED, *step("1/a"), *step("2/a"), *step("2/1/b"), *step("then"))
    replay.abandon("2/")
    assert replay.leftovers() == ["1/a", "then"]
    replay.abandon("")
    assert replay.leftovers() == ["1/a", "then"], "the main branch is never cut off"


# ── each kind ───────────────────────────────────────────────────────────────────────────────────


def test_an_attempt_that_failed_is_remembered_with_when_the_next_one_is_due() -> None:
    slot = take(
        read(
            STARTED,
            StepStarted(key="pay", name="pay", attempt=1, digest="d", returns="int"),
            StepRetrying(key="pay", name="pay", attempt=1, due=77, error={"type": "x"}),
        ),
        main(),
        "pay",
    )
    assert slot is not None
    assert (slot.done, slot.attempt, slot.due, slot.digest, slot.returns) == (
        False,
        1,
        77,
        "d",
        "int",
    )


def test_a_failure_is_remembered_with_its_error() -> None:
    failed = StepFailed(key="pay", name="pay", attempt=3, error={"type": "x"})
    slot = take(read(STARTED, step("pay")[0], failed), main(), "pay")
    assert slot is not None
    assert (slot.done, slot.status, slot.error, slot.attempt) == (True, "failed", {"type": "x"}, 3)


def test_waits_are_remembered_with_how_they_ended() -> None:
    replay, branch = (
        read(
            STARTED,
            asked("ok"),
            TaskClosed(key="ok", task="task_1", outcome="approved", by="ann"),
            TimerSet(key="sleep", due=5),
            TimerFired(key="sleep"),
            TimerSet(key="sleep#2", due=6),
            TimerWithdrawn(key="sleep#2"),
            ChildStarted(key="hire", child="run_2", digest="d"),
            ChildFinished(key="hire", child="run_2", status="succeeded", output=4),
            ValueRecorded(key="now", value=5),
            EventEmitted(key="emit:a", name="a"),
        ),
        main(),
    )
    task = take(replay, branch, "ok", "task")
    assert task is not None
    assert task.task is not None
    assert (task.done, task.task.closed) == (True, True)
    timers = [take(replay, branch, "sleep", "timer") for _ in range(2)]
    assert [(t.done, t.withdrawn, t.due) for t in timers if t] == [
        (True, False, 5),
        (False, True, 6),
    ]
    child = take(replay, branch, "hire", "child")
    assert child is not None
    assert (child.done, child.child, child.status, child.value) == (True, "run_2", "succeeded", 4)
    for name, kind in (("now", "value"), ("emit:a", "event")):
        slot = take(replay, branch, name, kind)
        assert slot is not None
        assert slot.done


def test_the_newest_change_of_the_state_that_is_still_to_come_is_known() -> None:
    replay = read(
        STARTED,
        StateChanged(key="state", state={"n": 1}),
        step("pay")[0],
        StepFinished(key="pay", name="pay", attempt=1, state={"n": 2, "m": 1}),
        StateChanged(key="state#2", gone=["m"]),
    )
    assert replay.newest_state("n") == (4, 2)
    assert replay.newest_state("m") == (5, {"$": "gone"})
    assert replay.newest_state("other") is None
    take(replay, main(), "pay")
    assert replay.newest_state("n") == (2, 1)


# ── again ───────────────────────────────────────────────────────────────────────────────────────


def test_a_retried_run_does_its_failed_step_again_and_forgets_what_came_after_it() -> None:
    replay, branch = (
        read(
            STARTED,
            *step("look", 1),
            step("pay")[0],
            StepFailed(key="pay", name="pay", attempt=2, error={"type": "x"}),
            *step("clean up", 2),
            RunFinished(status="failed", failed_key="pay"),
            RunRetried(),
        ),
        main(),
    )
    look, pay = take(replay, branch, "look"), take(replay, branch, "pay")
    assert look is not None
    assert pay is not None
    assert (look.done, pay.done, pay.attempt) == (True, False, 0)
    assert take(replay, branch, "clean up") is None
    assert replay.leftovers() == []


def test_a_retried_run_asks_again_what_it_had_to_take_back_under_the_same_name() -> None:
    replay, branch = (
        read(
            STARTED,
            *step("look", 1),
            asked("ok"),
            TaskClosed(
                key="ok", task="task_1", outcome="cancelled", via=BY_THE_RUN, withdrawn=True
            ),
            RunFinished(status="timed_out"),
            RunRetried(),
        ),
        main(),
    )
    assert take(replay, branch, "look") is not None
    assert take(replay, branch, "ok", "task") is None
    assert replay.names == {"ok": 0}


# ── any journal ─────────────────────────────────────────────────────────────────────────────────


def shape(replay: Replay) -> object:
    """All that a replay knows."""
    slots = {
        key: [getattr(slot, name) for name in Slot.__slots__] for key, slot in replay.slots.items()
    }
    return slots, replay.order, replay.names, replay.changes, replay.number, replay.started


def facts_of(world: World) -> list[Fact]:
    return [fact for facts, _ in world.journal for fact in facts]


@given(moves)
def test_a_journal_read_at_once_and_one_heard_fact_by_fact_are_the_same(
    story: Sequence[tuple[str, int]],
) -> None:
    world = started()
    for move, minutes in story:
        world.passes(minutes)
        play(world, move)
    said = facts_of(world)
    heard = Replay("run_1")
    for number, fact in enumerate(said, 1):
        heard.note(fact, moment(number), number)
    assert shape(heard) == shape(read(*said))


@given(moves)
def test_an_erased_journal_can_still_be_read(story: Sequence[tuple[str, int]]) -> None:
    world = started()
    for move, minutes in story:
        world.passes(minutes)
        play(world, move)
    replay = Replay("run_1")
    replay.read(history(*facts_of(world), erased=True))
    assert replay.number == world.written
