"""What cannot work is an error when the workflow is built, and what can is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Union, cast

import pytest

from assent import App, AssentError, DefinitionError, InvalidInput
from assent.events import Event, InputRequest, InputResponse, StartEvent, StopEvent, step


class Draft(Event):
    text: str


class Lost(Event): ...


class Begin(StartEvent):
    topic: str


class Other(StartEvent): ...


async def first(ctx: Any, event: StartEvent) -> Draft:
    return Draft(text="a")


async def last(ctx: Any, event: Draft) -> StopEvent:
    return StopEvent(result=event.text)


def refused(*steps: Callable[..., Any]) -> str:
    with pytest.raises(DefinitionError) as caught:
        App("sqlite:///:memory:").events("it", steps)
    return str(caught.value)


def test_hints_that_cannot_be_resolved_are_errors_when_built() -> None:
    async def bad(ctx: Any, event: Missing) -> StopEvent:  # type: ignore[name-defined]  # noqa: F821  # pyright: ignore
        return StopEvent()

    assert "'Missing' is not defined" in refused(first, cast("Any", bad))


def test_events_that_nobody_takes_are_errors_when_built() -> None:
    async def loses(ctx: Any, event: Draft) -> Lost | StopEvent:
        return Lost()

    async def asks(ctx: Any, event: Draft) -> InputRequest:
        return InputRequest(prompt="?")

    @step(sends=Lost)
    async def sends(ctx: Any, event: Draft) -> StopEvent:
        return StopEvent()

    assert "makes Lost, and no step takes Lost" in refused(first, loses)
    assert "no step takes InputResponse" in refused(first, asks)
    assert "makes Lost" in refused(first, sends)


def test_a_workflow_without_a_step_for_its_start_is_an_error_when_built() -> None:
    assert "No step of 'it' takes StartEvent" in refused(last)
    assert "has no steps" in refused()


def test_steps_that_take_no_event_or_too_much_are_errors_when_built() -> None:
    async def nothing(ctx: Any) -> StopEvent:
        return StopEvent()

    async def text(ctx: Any, event: str) -> StopEvent:
        return StopEvent()

    async def half(ctx: Any, event: Draft | str) -> StopEvent:
        return StopEvent()

    async def three(ctx: Any, event: Draft, more: int) -> StopEvent:
        return StopEvent()

    async def ends(ctx: Any, event: StopEvent) -> None: ...

    for each in (nothing, text, three):
        assert "must have one parameter" in refused(first, last, each)
    assert "takes events only" in refused(first, half)
    assert "ends the run" in refused(first, last, ends)


def test_two_steps_of_one_name_and_two_starts_are_errors_when_built() -> None:
    async def one(ctx: Any, event: Begin) -> StopEvent:
        return StopEvent()

    async def two(ctx: Any, event: Other) -> StopEvent:
        return StopEvent()

    assert "two steps 'last'" in refused(first, last, last)
    assert "several start events (Begin, Other)" in refused(one, two)


@pytest.mark.parametrize(
    "options",
    [
        {"retries": -1},
        {"retries": 1.5},
        {"max_concurrency": 0},
        {"max_concurrency": 2.5},
        {"backoff": 0.5},
        {"timeout": "soon"},
    ],
)
def test_options_that_mean_nothing_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises((AssentError, ValueError)):
        step(**options)


def test_unions_forward_references_and_any_parameter_names_are_understood() -> None:
    async def start(e: Union["Begin", "Draft"], c: Any) -> "list[Late] | tuple[Draft, ...] | None":  # noqa: UP007, UP037
        return None

    class Late(Event): ...

    async def stop(late: Late) -> StopEvent:
        return StopEvent()

    made = App("sqlite:///:memory:").events("it", [start, stop])
    assert made.graph.start is Begin
    assert made.graph.steps["start"].takes == (Begin, Draft)
    assert made.graph.steps["start"].makes == (Late, Draft)


def test_a_start_that_does_not_fit_is_refused_with_every_error() -> None:
    async def one(ctx: Any, event: Begin) -> StopEvent:
        return StopEvent()

    made = App("sqlite:///:memory:").events("it", [one])
    with pytest.raises(InvalidInput) as caught:
        made.check({"topik": 1}, strict=False)
    assert {error.pointer for error in caught.value.errors} == {"/topic", "/topik"}
    assert made.check({"topic": "tides"}, strict=False) == Begin(topic="tides")


def test_the_graph_is_drawn_for_mermaid_and_graphviz() -> None:
    async def ask(event: Draft) -> InputRequest:
        return InputRequest(prompt="?")

    async def end(event: InputResponse) -> StopEvent:
        return StopEvent()

    made = App("sqlite:///:memory:").events("it", [first, ask, end])
    drawn = made.to_mermaid().splitlines()
    assert drawn[0] == "flowchart TD"
    assert '    n0(["StartEvent"])' in drawn
    assert '    n1["first"]' in drawn
    assert "    n4 --> n5" in drawn
    assert '    "InputRequest" -> "InputResponse";' in made.to_dot().splitlines()
    assert '    "ask" [shape=box];' in made.to_dot().splitlines()


async def test_a_step_that_is_no_function_is_refused() -> None:
    for given in (3, "last", None):
        assert f"A step is a function, not {given!r}" in refused(first, last, cast(Any, given))


async def test_a_step_that_is_said_to_make_what_is_no_event_is_refused() -> None:
    async def number(event: Draft) -> int | StopEvent:
        return 3

    async def texts(event: Draft) -> list[str]:
        return []

    async def anything(event: Draft) -> Any:
        return StopEvent(result=1)

    async def several(event: Draft) -> tuple[StopEvent, ...] | None:
        return None

    assert "'number' makes int, which is no event" in refused(first, number)
    assert "'texts' makes str, which is no event" in refused(first, texts)
    for step_ in (anything, several):
        App("sqlite:///:memory:").events("it", [first, step_])
