"""A run that is paused while its code rests stays in memory: nobody can tell, save by how little is done."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import Any

import pytest

from assent import App, InvalidState, Settings, Snapshot
from assent.events import (
    Handler,
    InputRequest,
    InputResponse,
    RunRequest,
    RunResponse,
    StartEvent,
    StopEvent,
)
from assent.testing import Harness
from tests.events.branching import branching

MEMORY = "sqlite:///:memory:"


def told(snapshot: Snapshot) -> Any:
    """What is in it, but for when and by whom it was made."""
    return [(copy.id, copy.mark, copy.facts) for copy in snapshot.runs]


async def test_a_snapshot_from_memory_is_that_of_the_journal(database: str) -> None:
    app = App()
    made = branching(app, Counter())

    async def begin(event: StartEvent) -> RunRequest:
        return RunRequest(workflow=made, input={"parts": 3, "label": "below"})

    async def end(event: RunResponse) -> StopEvent:
        return StopEvent(result=event.output)

    above = app.events("above", [begin, end])
    async with Harness(app, database=database) as h:
        handlers = [await made.run(parts=parts, label=f"r{parts}") for parts in range(1, 8)]
        handlers.append(await above.run())
        await h.rest()
        for handler in handlers[3:]:
            first = (await handler.pending_requests())[0]
            await h.inbox.comment((await handler.tasks())[-1].id, "hm", by="ann")
            await handler.respond_to_input(first.request_id, 10)
        await h.rest()
        for handler in handlers[::2]:
            await handler.pause()
        here = [told(await handler.snapshot(seal=False)) for handler in handlers]
        await h.crash_and_restart()
        await h.rest()
        again = [await app.run(handler.id).snapshot(seal=False) for handler in handlers]
        assert [told(snapshot) for snapshot in again] == here


@pytest.mark.parametrize("hot_runs", [1, 1000])
async def test_pauses_resumptions_copies_and_answers_in_any_order_lose_nothing(
    hot_runs: int, place: str
) -> None:
    app = App(settings=Settings(hot_runs=hot_runs, database=place))
    ran: Counter[str] = Counter()
    made = branching(app, ran)
    chance = random.Random(7)

    async def disturbed(handler: Handler) -> None:
        kept: list[Snapshot] = []
        for _ in range(chance.randint(4, 12)):
            for _ in range(chance.randint(0, 8)):
                await asyncio.sleep(0)
            try:
                match chance.randint(0, 3):
                    case 0 | 1:
                        kept.append(await handler.pause())
                    case 2:
                        await handler.snapshot()
                    case _:
                        await handler.resume_in_place()
            except InvalidState:
                return
        if (await handler.status()) == "paused":
            await made.resume(kept[-1].to_bytes())

    async def answered(handler: Handler) -> None:
        async for event in handler.stream_events():
            if isinstance(event, InputRequest):
                for _ in range(chance.randint(0, 8)):
                    await asyncio.sleep(0)
                number = int(event.request_id.rpartition("-")[2])
                assert (await handler.respond_to_input(event.request_id, number + 10)).ok

    async with app:
        for turn in range(2):
            runs = [await made.run(parts=5, label=f"{turn}-{each}") for each in range(6)]
            await asyncio.gather(*(act(run) for run in runs for act in (disturbed, answered)))
            assert [await run.result(timeout=30) for run in runs] == [[40, 5]] * 6
    assert set(ran.values()) == {1}, "every event was delivered once"


@pytest.mark.not_on_restate("hot")
async def test_a_pause_at_rest_runs_no_code_again_and_costs_three_entries() -> None:
    app, ran = App(MEMORY), Counter[str]()
    made = branching(app, ran)
    async with app:
        handler = await made.run(parts=1, label="r")
        await handler.wait_until("waiting")
        task = (await handler.tasks())[0]
        for _ in range(3):
            await handler.pause()
            assert await handler.resume_in_place() == "waiting"
        assert [each.id for each in await handler.tasks()] == [task.id]
        await handler.respond_to_input("r-0", 10)
        assert await handler.result(timeout=30) == [10, 1]
        names = [e.name async for e in handler.events() if e.name.startswith("run.")]
        paused = ["run.paused", "run.resumed", "run.waiting"] * 3
        assert names == ["run.started", "run.waiting", *paused, "run.finished"]


async def test_what_comes_due_or_is_answered_during_a_pause_is_found_when_it_is_over(
    place: str,
) -> None:
    app = App(MEMORY)
    made = branching(app, Counter())
    async with Harness(app, database=place) as h:
        handler = await made.run(parts=3, label="r")
        await h.rest()
        await handler.pause()
        await handler.respond_to_input("r-0", 10)
        await handler.pause()
        snapshot = await handler.pause()
        assert await handler.status() == "paused"
        assert [each.request_id for each in await handler.pending_requests()] == ["r-2"]
        fork = await made.resume(snapshot, fork=True)
        for run in (handler, fork):
            await run.resume_in_place()
            await run.respond_to_input("r-2", 12)
            assert await run.result(timeout=30) == [23, 3]


async def test_cancelled_or_aborted_while_paused_it_lets_go_of_its_code(place: str) -> None:
    app = App(MEMORY)
    made = branching(app, Counter())
    async with Harness(app, database=place) as h:
        handler = await made.run(parts=1, label="r")
        await h.rest()
        snapshot = await handler.pause()
        assert await handler.abort("enough") == "cancelled"
        assert (await h.inbox.tasks()).items == ()
        fork = await made.resume(snapshot, fork=True)
        await h.rest()
        await fork.respond_to_input("r-0", 10)
        assert await fork.result(timeout=30) == [10, 1]


@pytest.mark.parametrize("how", ["in place", "of its snapshot"])
async def test_an_answer_just_before_a_pause_is_over_is_heard(place: str, how: str) -> None:
    app = App()

    async def ask(event: StartEvent) -> InputRequest:
        return InputRequest(prompt="Publish?")

    async def end(event: InputResponse) -> StopEvent:
        return StopEvent(result=event.response)

    made = app.events("asks", [ask, end])
    async with Harness(app, database=place) as h:
        handler = await made.run()
        await h.rest()
        snapshot = await handler.pause()
        (request,) = await handler.pending_requests()
        assert (await handler.respond_to_input(request.request_id, 0)).status == "accepted"
        await (handler.resume_in_place() if how == "in place" else made.resume(snapshot))
        await h.rest()
        assert await handler.status() == "succeeded"
        assert await handler.result() == 0
