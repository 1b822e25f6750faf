"""A workflow that fans out, queues, asks people and fans in: what stories of pauses are told with."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from assent import App
from assent.events import (
    Event,
    EventWorkflow,
    InputRequest,
    InputResponse,
    StartEvent,
    StepContext,
    StopEvent,
    step,
)


class Begin(StartEvent):
    parts: int
    label: str


class Part(Event):
    label: str
    number: int


class Half(Event):
    number: int


class Asked(InputRequest):
    """A request with fields of its own."""


def branching(app: App, ran: Counter[str], hook: Any = None) -> EventWorkflow:
    """Parts are halved twice, even ones after people have said by how much; all of it is added up."""

    def note(label: str, what: str) -> None:
        ran[f"{label}/{what}"] += 1
        if hook is not None:
            hook(label)

    async def split(ctx: StepContext, event: Begin) -> list[Part]:
        ctx.state["label"] = event.label
        ctx.state["parts"] = event.parts
        note(event.label, "split")
        return [Part(label=event.label, number=number) for number in range(event.parts)]

    @step(max_concurrency=2)
    async def work(ctx: StepContext, event: Part) -> Half | Asked:
        for _ in range(event.number % 3):
            await asyncio.sleep(0)
        note(event.label, f"work {event.number}")
        ctx.state.update("worked", lambda worked: worked + 1, 0)
        if event.number % 2:
            return Half(number=event.number)
        return Asked(prompt=f"{event.number}?", request_id=f"{event.label}-{event.number}")

    async def answered(ctx: StepContext, event: InputResponse) -> None:
        note(ctx.state["label"], f"answered {event.request_id}")
        await ctx.send_event(Half(number=event.response))

    @step(max_concurrency=1)
    async def add(ctx: StepContext, event: Half) -> StopEvent | None:
        note(ctx.state["label"], f"add {event.number}")
        ctx.state.update("sum", lambda total: total + event.number, 0)
        all_of_it = ctx.collect(event, [Half] * ctx.state["parts"])
        return StopEvent(result=[ctx.state["sum"], ctx.state["worked"]]) if all_of_it else None

    return app.events("branching", [split, work, answered, add])
