"""A state with a class of its own: its fields keep their types, its live parts are made again, a change is one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from assent import App, DefinitionError, RunFailed, Transient
from assent.events import (
    Event,
    InputRequest,
    InputResponse,
    StartEvent,
    StepContext,
    StopEvent,
    step,
)
from assent.testing import Harness


class Line:
    """Something alive."""


@dataclass
class Desk:
    """A dataclass with a part that is alive."""

    count: int = 0
    names: list[str] = field(default_factory=list[str])
    line: Annotated[Line | None, Transient] = None

    def restore(self) -> None:
        """Make the line again."""
        self.line = Line()


class Shelf(BaseModel):
    """The same as a model."""

    count: int = 0
    names: list[str] = Field(default_factory=list)
    line: Annotated[Any, Transient] = None

    def restore(self) -> None:
        """Make the line again."""
        self.line = Line()


class Part(Event):
    """One of many."""

    number: int


@pytest.mark.parametrize("kind", [Desk, Shelf])
async def test_its_fields_come_back_and_what_is_alive_is_made_again(
    kind: type[Any], place: str
) -> None:
    app = App()
    seen: list[Any] = []

    async def begin(ctx: StepContext[Any], event: StartEvent) -> InputRequest:
        assert type(ctx.state) is kind
        seen.append(ctx.state.line)
        ctx.state.count += 1
        ctx.state.names.append("ann")
        return InputRequest(prompt="Well?", request_id="r")

    async def end(ctx: StepContext[Any], event: InputResponse) -> StopEvent:
        seen.append(ctx.state.line)
        return StopEvent(result=ctx.state)

    made = app.events(f"typed-{kind.__name__}", [begin, end], state=kind)
    async with Harness(app, database=place) as h:
        handler = await made.run()
        await h.rest()
        await h.crash_and_restart()
        handler = made.handler(handler.id)
        await handler.respond_to_input("r", 1)
        told = await handler.result(timeout=30)
    assert (type(told), told.count, told.names) == (kind, 1, ["ann"])
    assert [type(each) for each in seen] == [Line, Line]
    assert seen[0] is not seen[1], "another process has a line of its own"


async def test_fifty_steps_that_change_it_at_once_are_fifty_changes(place: str) -> None:
    app = App()

    async def split(event: StartEvent) -> list[Part]:
        return [Part(number=number) for number in range(50)]

    def add(desk: Desk) -> None:
        desk.count += 1

    async def each(ctx: StepContext[Desk], event: Part) -> StopEvent | None:
        await asyncio.sleep(0)
        ctx.update(add)
        return StopEvent(result=ctx.state.count) if ctx.state.count == 50 else None

    def blocking(ctx: StepContext[Desk], event: Part) -> StopEvent | None:
        ctx.update(lambda desk: Desk(desk.count + 1, desk.names))
        return StopEvent(result=ctx.state.count) if ctx.state.count == 50 else None

    for name, work in (("async", each), ("blocking", step(name="each")(blocking))):
        made = app.events(f"fifty-{name}", [split, work], state=Desk)
        async with Harness(app, database=place) as h:
            assert await (await made.run()).result(timeout=30) == 50
            await h.rest()


async def test_a_wrong_type_is_refused_by_name_and_the_state_is_as_it_was() -> None:
    app = App()

    async def begin(ctx: StepContext[Any], event: StartEvent) -> InputRequest:
        ctx.state.names.append("ann")
        if event.wrong:  # type: ignore[attr-defined]
            ctx.state.count = "three"
        return InputRequest(prompt="Well?", request_id="r")

    async def end(ctx: StepContext[Any], event: InputResponse) -> StopEvent:
        return StopEvent(result=[ctx.state.count, ctx.state.names])

    made = app.events("wrong", [begin, end], state=Desk)
    async with Harness(app) as h:
        handler = await made.run(wrong=True)
        with pytest.raises(RunFailed, match="The state Desk does not fit: /count: Input should be"):
            await handler.result(timeout=30)
        handler = await made.run(wrong=False)
        await h.rest()
        await handler.respond_to_input("r", 1)
        assert await handler.result(timeout=30) == [0, ["ann"]]


async def test_a_change_that_makes_something_else_of_it_is_refused() -> None:
    app = App()

    async def begin(ctx: StepContext[Any], event: StartEvent) -> StopEvent:
        ctx.update(lambda desk: "gone")
        return StopEvent()

    made = app.events("other", [begin], state=Desk)
    async with Harness(app) as h:
        handler = await made.run()
        with pytest.raises(RunFailed, match="a Desk is wanted, and the change made 'gone'"):
            await handler.result(timeout=30)
        await h.rest()


@dataclass
class Needs:
    """A dataclass that cannot begin by itself."""

    name: str


@pytest.mark.parametrize(
    ("kind", "told"),
    [(Needs, "give each field a default"), (dict, "must be a dataclass or a pydantic model")],
)
def test_a_class_that_cannot_be_a_state_is_an_error_when_built(kind: Any, told: str) -> None:
    async def begin(event: StartEvent) -> StopEvent:
        return StopEvent()

    with pytest.raises(DefinitionError, match=told):
        App().events("it", [begin], state=kind)
