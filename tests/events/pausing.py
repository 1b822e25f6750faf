"""Half of a story that takes two processes: ``python -m tests.events.pausing pause|resume FILE``."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from assent import App
from assent.events import Event, StartEvent, StepContext, StopEvent, step

PARTS = 5
app = App("sqlite:///:memory:")
entered, go_on = asyncio.Event(), asyncio.Event()
ran: list[int] = []


class Part(Event):
    number: int


class Done(Event):
    number: int


async def split(event: StartEvent) -> list[Part]:
    return [Part(number=number) for number in range(PARTS)]


@step(max_concurrency=1)
async def work(ctx: StepContext, event: Part) -> Done:
    ran.append(event.number)
    if event.number == 1:  # in flight when the pause is asked for; the others are queued behind it
        entered.set()
        await go_on.wait()
    ctx.state.update("sum", lambda total: total + event.number, 0)
    return Done(number=event.number)


async def join(ctx: StepContext, event: Done) -> StopEvent | None:
    done = ctx.collect(event, [Done] * PARTS)
    return StopEvent(result=ctx.state["sum"]) if done else None


made = app.events("parts", [split, work, join])


async def pause(file: Path) -> None:
    """Pause in the middle."""
    async with app:
        handler = await made.run()
        await entered.wait()
        pausing = asyncio.ensure_future(handler.pause())
        await handler.wait_until("paused")
        go_on.set()
        file.write_bytes((await pausing).to_bytes())


async def resume(file: Path) -> int:
    """Go on from there."""
    go_on.set()
    async with app:
        handler = await made.resume(file.read_bytes())
        return int(await handler.result(timeout=30))


if __name__ == "__main__":
    act = {"pause": pause, "resume": resume}[sys.argv[1]]
    result = asyncio.run(act(Path(sys.argv[2])))
    sys.stdout.write(json.dumps({"ran": ran, "result": result}))
