"""What is kept with a run: on replay the newest change of a name wins, wherever it was made."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent import App, Context
from assent.core.values import Json
from assent.engine.state import GONE, RunState, Touched, inside
from assent.errors import ValueNotKept
from assent.testing import Harness


class Recorded:
    """What the workflow changed, and what the journal has of it already."""

    def __init__(self, *known: tuple[int, Json]) -> None:
        self.changes: list[tuple[str, Json]] = []
        self.known = list(known)
        self.to_come: dict[str, tuple[int, Json]] = {}
        self.state = RunState(self.record, self.to_come.get)

    def record(self, name: str, packed: Json) -> tuple[int, Json] | None:
        self.changes.append((name, packed))
        return self.known.pop(0) if self.known else None


@contextmanager
def step(state: RunState) -> Generator[dict[str, Json]]:
    """Within a step; what it changed is in the dictionary afterwards."""
    delta: dict[str, Json] = {}
    touched = Touched()
    token = inside.set(touched)
    try:
        yield delta
    finally:
        inside.reset(token)
        delta.update(state.changed(touched) or {})


def test_a_change_by_the_workflow_is_an_entry_of_its_own() -> None:
    recorded = Recorded()
    recorded.state["n"] = 1
    recorded.state["n"] = 2
    del recorded.state["n"]
    assert recorded.changes == [("n", 1), ("n", 2), ("n", GONE)]
    assert dict(recorded.state) == {}


def test_a_change_inside_a_step_is_recorded_with_the_step() -> None:
    recorded = Recorded()
    recorded.state["kept"] = [1]
    with step(recorded.state) as delta:
        recorded.state["new"] = 1
        recorded.state["kept"].append(2)
        recorded.state.get("absent")
    assert recorded.changes == [("kept", [1])]
    assert delta == {"new": 1, "kept": [1, 2]}


def test_a_step_that_changes_nothing_records_nothing() -> None:
    recorded = Recorded()
    recorded.state["n"] = [1]
    with step(recorded.state) as delta:
        assert recorded.state["n"] == [1]
        assert "other" not in recorded.state
        recorded.state["n"].append(2)
        recorded.state["n"].pop()
    assert delta == {}


def test_what_a_step_deletes_is_gone() -> None:
    recorded = Recorded()
    recorded.state["n"] = 1
    with step(recorded.state) as delta:
        del recorded.state["n"]
        recorded.state["passing"] = 1
        del recorded.state["passing"]
    assert delta == {"n": GONE}


def test_update_with_a_function_changes_the_old_value() -> None:
    recorded = Recorded()
    recorded.state.update("n", lambda n: n + 1, 0)
    recorded.state.update("n", lambda n: n + 1, 0)
    recorded.state.update({"a": 1}, b=2)
    assert dict(recorded.state) == {"n": 2, "a": 1, "b": 2}


def test_update_with_a_function_that_changes_in_place_is_recorded_inside_a_step() -> None:
    recorded = Recorded()
    recorded.state["seen"] = {"a"}
    with step(recorded.state) as delta:
        recorded.state.update("seen", lambda seen: seen | {"b"})
        recorded.state.update("seen", _with_c)
    assert delta == {"seen": {"$": "set", "v": ["a", "b", "c"]}}


def _with_c(seen: set[str]) -> set[str]:
    seen.add("c")
    return seen


def test_update_in_place_of_a_value_that_no_one_had_looked_at_is_recorded() -> None:
    recorded = Recorded()
    recorded.state["seen"] = {"a"}
    with step(recorded.state) as delta:
        recorded.state.update("seen", _with_c)
    assert delta == {"seen": {"$": "set", "v": ["a", "c"]}}


def test_what_cannot_be_kept_is_refused_and_changes_nothing() -> None:
    recorded = Recorded()
    recorded.state["n"] = 1
    with pytest.raises(ValueNotKept):
        recorded.state["n"] = object()
    assert (recorded.state["n"], recorded.changes) == (1, [("n", 1)])


def test_deleting_what_is_not_there_is_a_key_error() -> None:
    recorded = Recorded()
    with pytest.raises(KeyError):
        del recorded.state["n"]
    assert recorded.changes == []


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 5) | st.just(GONE)),
        min_size=1,
        max_size=8,
    ),
    st.randoms(),
)
def test_on_replay_the_newest_change_wins_in_whatever_order_steps_come_again(
    changes: list[tuple[str, Any]], random: Any
) -> None:
    newest = dict(changes)
    expected = {name: value for name, value in newest.items() if value != GONE}
    numbered = list(enumerate(changes, 1))
    random.shuffle(numbered)
    state = Recorded().state
    for order, (name, value) in numbered:
        state.replayed(order, {name: value})
    assert dict(state) == expected


def test_on_replay_an_older_change_by_the_workflow_does_not_undo_a_newer_one_by_a_step() -> None:
    recorded = Recorded((3, "by the workflow"))  # entry 3 of the journal
    recorded.state.replayed(7, {"n": "by the step"})
    recorded.state["n"] = "by the workflow"
    assert recorded.state["n"] == "by the step"


def test_on_replay_a_newer_change_by_the_workflow_stands() -> None:
    recorded = Recorded((9, "by the workflow"))
    recorded.state.replayed(7, {"n": "by the step"})
    recorded.state["n"] = "by the workflow"
    recorded.state.replayed(8, {"n": "by another step"})
    assert recorded.state["n"] == "by the workflow"


def test_a_change_that_is_made_for_the_first_time_stands_over_all_replayed_ones() -> None:
    recorded = Recorded()
    recorded.state["n"] = 2
    recorded.state.replayed(7, {"n": 1})  # another branch has come to its recorded step only now
    assert recorded.state["n"] == 2


def test_a_step_that_runs_for_the_first_time_builds_on_what_other_branches_have_yet_to_come_to() -> (
    None
):
    recorded = Recorded()
    recorded.state.replayed(3, {"n": 1})
    recorded.to_come["n"] = (5, 2)
    with step(recorded.state) as delta:
        recorded.state.update("n", lambda n: n + 1, 0)
    assert delta == {"n": 3}
    recorded.state.replayed(5, {"n": 2})
    assert recorded.state["n"] == 3


def test_an_update_by_the_workflow_builds_on_what_other_branches_have_yet_to_come_to() -> None:
    recorded = Recorded()
    recorded.to_come["n"] = (5, 2)
    recorded.state.update("n", lambda n: n + 1, 0)
    assert recorded.changes == [("n", 3)]


def test_an_update_that_is_recorded_gives_what_it_gave_then() -> None:
    recorded = Recorded((2, 1))
    recorded.to_come["n"] = (5, 4)
    recorded.state.update("n", lambda n: n + 1, 0)
    assert recorded.state["n"] == 4
    only = Recorded((2, [1]))
    only.to_come["n"] = (2, [1])
    only.state.update("n", _with_1, [])
    assert only.state["n"] == [1]


def _with_1(numbers: list[int]) -> list[int]:
    numbers.append(1)
    return numbers


def test_replayed_values_are_copies() -> None:
    delta: dict[str, Json] = {"n": [1]}
    state = Recorded().state
    state.replayed(1, delta)
    state["n"].append(2)
    assert delta == {"n": [1]}


# ── over the engine ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.anyio
async def test_counts_of_concurrent_branches_survive_restarts_in_the_middle(app: App) -> None:
    @app.workflow
    async def counts(ctx: Context) -> int:
        def one_more() -> None:
            ctx.state.update("n", lambda n: n + 1, 0)

        async def one_more_at_once() -> None:
            one_more()

        async def branch(place: int) -> None:
            await ctx.step(f"first {place}", one_more)
            await ctx.ask(f"go {place}", {"word": "text"})
            await ctx.step(f"second {place}", one_more_at_once)
            one_more()

        await ctx.gather(*[branch(place) for place in range(6)])
        total: int = ctx.state["n"]
        return total

    async with Harness(app) as h:
        run = await h.start(counts)
        await run.pause()
        for task in (await h.inbox.tasks(run=run.id)).items:
            await h.inbox.answer(task.id, {"word": "go"}, by="ann")
        run = await h.crash_and_restart()
        await run.resume()
        assert await run.result(timeout=5) == 18
