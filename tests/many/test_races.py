"""Everybody at once, from several processes: one outcome, and all of them learn it."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from random import Random

import pytest

from assent import App, Context
from assent.testing import FakeClock

pytestmark = pytest.mark.anyio
PATIENT = 60  # seconds, for a machine that is busy with other things


def an_app(url: str, clock: FakeClock | None = None) -> App:
    """A process of its own, as far as the store can tell."""
    app = App(url, clock=clock)

    @app.workflow
    async def refund(ctx: Context, number: int) -> str:
        decision = await ctx.approve("refund", value=number, timeout="1h")
        return f"{decision.outcome} by {decision.by}"

    return app


async def test_of_64_who_answer_at_once_from_8_processes_one_decides_and_all_learn_who(
    shared: str,
) -> None:
    worker, doors = an_app(shared), [an_app(shared) for _ in range(8)]
    async with worker, AsyncExitStack() as stack:
        for door in doors:
            await door.open(advance=False)
            stack.push_async_callback(door.close)
        for game in range(3):
            run = await worker.start("refund", game)
            (task,) = (await run.wait(timeout=PATIENT)).tasks

            receipts = await asyncio.gather(
                *(
                    (door.inbox.approve if who % 2 else door.inbox.reject)(
                        task.id, by=f"person-{door_number}-{who}"
                    )
                    for door_number, door in enumerate(doors)
                    for who in range(8)
                )
            )
            assert Counter(receipt.status for receipt in receipts) == {
                "accepted": 1,
                "already_decided": 63,
            }
            (winner,) = [r for r in receipts if r.status == "accepted"]
            assert winner.decision is not None
            assert {r.decision for r in receipts} == {winner.decision}
            assert await run.result(timeout=PATIENT) == (
                f"{winner.decision.outcome} by {winner.decision.by}"
            )


async def test_answers_against_their_deadline_have_one_outcome_each_and_both_sides_learn_it(
    shared: str,
) -> None:
    clock, random = FakeClock(), Random(7)
    worker, other, door = an_app(shared, clock), an_app(shared, clock), an_app(shared, clock)
    async with worker, other:
        await door.open(advance=False)
        starts = (worker.start("refund", number, id=f"r-{number}") for number in range(1000))
        runs = await asyncio.gather(*starts)
        asked = await asyncio.gather(*(run.wait(timeout=PATIENT) for run in runs))
        tasks = [standing.tasks[0].id for standing in asked]

        async def answers(task: str) -> str:
            await asyncio.sleep(random.random() * 0.5)  # some before, some after
            return (await door.inbox.approve(task, by="ann")).status

        answering = asyncio.gather(*(answers(task) for task in tasks))
        clock.move_to(clock.now() + timedelta(hours=1))
        statuses = await answering
        results = await asyncio.gather(*(run.result(timeout=PATIENT) for run in runs))
        told = Counter(zip(statuses, results, strict=True))
        assert set(told) <= {("accepted", "approved by ann"), ("expired", "expired by None")}, told
        closed: Counter[str] = Counter()
        async for event in door.stream.events(live=False, names={"task.closed"}):
            closed[event.run_id] += 1
        assert closed == Counter({run.id: 1 for run in runs})
        await door.close()


async def test_of_many_who_resume_a_paused_run_at_once_one_process_advances_it(shared: str) -> None:
    ran: list[str] = []
    resumed = asyncio.Event()
    apps = [App(shared) for _ in range(6)]

    async def count(run: str) -> None:
        ran.append(run)
        await resumed.wait()

    for app in apps:

        @app.workflow
        async def work(ctx: Context) -> None:
            await ctx.approve("first")
            await ctx.step(count, ctx.run_id)

    async with AsyncExitStack() as stack:
        for app in apps:
            await stack.enter_async_context(app)
        for game in range(5):
            run = await apps[0].start("work", id=f"r-{game}")
            await run.wait(timeout=PATIENT)
            await run.pause()
            await apps[1].run(run.id).approve("first", by="bob")
            assert await run.status() == "paused"
            resumed.clear()
            await asyncio.gather(*(app.run(run.id).resume() for app in apps))
            resumed.set()
            await run.result(timeout=PATIENT)
            assert ran.count(run.id) == 1
