"""Event-driven runs on a PostgreSQL that several processes share."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from assent import App, Settings
from assent.events import Event, InputRequest, InputResponse, StartEvent, StepContext, StopEvent
from tests.cluster import cluster
from tests.events.branching import branching


async def test_a_pause_asked_for_here_waits_for_what_runs_there() -> None:
    url = cluster().url()
    entered, release = asyncio.Event(), asyncio.Event()

    class Part(Event):
        number: int

    async def start(event: StartEvent) -> Part:
        entered.set()
        await release.wait()
        return Part(number=7)

    async def ask(ctx: StepContext, event: Part) -> InputRequest:
        ctx.state["number"] = event.number
        return InputRequest(prompt="Well?", request_id="r")

    async def end(ctx: StepContext, event: InputResponse) -> StopEvent:
        return StopEvent(result=[ctx.state["number"], event.response])

    here, there = App(settings=Settings(database=url)), App(settings=Settings(database=url))
    steps: list[Any] = [start, ask, end]
    made = (there.events("it", steps), here.events("it", steps))
    async with there, here:
        handler = await made[0].run()
        await entered.wait()
        pausing = asyncio.ensure_future(made[1].handler(handler.id).pause())
        await handler.wait_until("paused")
        for _ in range(20):
            await asyncio.sleep(0)
        assert not pausing.done()
        release.set()
        snapshot = await pausing
        assert '"number":7' in snapshot.to_json(), "what was in flight has ended"
        again = await made[1].resume(snapshot)
        await again.wait_until("waiting")
        await again.respond_to_input("r", 1)
        assert await again.result(timeout=30) == [7, 1]


async def test_requests_states_and_snapshots_are_the_same_on_postgresql() -> None:
    app = App(settings=Settings(database=cluster().url()))
    ran: Counter[str] = Counter()
    made = branching(app, ran)
    async with app:
        handler = await made.run(parts=4, label="r")
        await handler.wait_until("waiting")
        snapshot = await handler.pause()
        fork = await made.resume(snapshot.to_bytes(), fork=True)
        handler = await made.resume(snapshot)
        for run in (fork, handler):
            await run.wait_until("waiting")
            for number in (0, 2):
                assert (await run.respond_to_input(f"r-{number}", number + 10)).ok
            assert await run.result(timeout=30) == [26, 4]
    assert {count for name, count in ran.items() if "work" in name or "split" in name} == {1}
