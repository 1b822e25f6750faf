"""Limits over several processes: together they let in no more than the limit says, and nobody is forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from assent import App, Context, Limit, Settings
from assent.stores.postgres.options import Postgres

pytestmark = pytest.mark.anyio


@dataclass
class Floor:
    """How many of each key are at work at once, over all processes."""

    inside: dict[str, int] = field(default_factory=dict[str, int])
    most: int = 0

    async def work(self, key: str) -> str:
        self.inside[key] = self.inside.get(key, 0) + 1
        self.most = max(self.most, self.inside[key])
        try:
            for _ in range(5):
                await asyncio.sleep(0)
        finally:
            self.inside[key] -= 1
        return key


@asynccontextmanager
async def process(database: str, floor: Floor, limit: Limit) -> AsyncGenerator[App]:
    """An app as another process would have it."""
    app = App(settings=Settings(database=database, postgres=Postgres(lease=2)))

    @app.workflow(limit=limit)
    async def refund(ctx: Context, key: str) -> str:
        if key == "asks":
            (await ctx.approve("refund")).require()
        first = await ctx.step("first", floor.work, key)
        return await ctx.step("second", floor.work, first)

    await app.open()
    try:
        yield app
    finally:
        if app.is_open:
            await app.close()


async def test_several_processes_let_in_no_more_than_the_limit_says(shared: str) -> None:
    floor = Floor()
    limit = Limit(parallelism=2, key=str)
    async with (
        process(shared, floor, limit) as one,
        process(shared, floor, limit) as two,
        process(shared, floor, limit) as three,
    ):
        apps = (one, two, three)
        runs = await asyncio.gather(
            *(apps[n % 3].start("refund", f"k{n % 2}", id=f"r{n}") for n in range(36))
        )
        async with asyncio.timeout(120):
            assert [await run.result() for run in runs] == [f"k{n % 2}" for n in range(36)]
        assert floor.most <= 2
        assert await one.queues() == ()


async def test_answers_given_in_several_processes_at_once_wake_no_more_than_the_limit_says(
    shared: str,
) -> None:
    floor = Floor()
    limit = Limit(parallelism=2)
    async with process(shared, floor, limit) as one, process(shared, floor, limit) as two:
        apps = (one, two)
        runs = [await apps[n % 2].start("refund", "asks", id=f"r{n}") for n in range(16)]
        async with asyncio.timeout(120):
            for run in runs:
                assert (await run.wait()).status == "waiting"
            receipts = await asyncio.gather(
                *(apps[(n + 1) % 2].run(f"r{n}").approve("refund", by="ann") for n in range(16))
            )
            assert {receipt.status for receipt in receipts} == {"accepted"}
            assert [await run.result() for run in runs] == ["asks"] * 16
        assert floor.most <= 2


async def test_those_who_are_queued_go_on_elsewhere_where_their_process_has_died(
    shared: str,
) -> None:
    floor = Floor()
    limit = Limit(parallelism=1)
    async with process(shared, floor, limit) as survives:
        async with process(shared, floor, limit) as dies:
            runs = [await dies.start("refund", "k", id=f"r{n}") for n in range(6)]
            await dies.system.abandon()
            await dies.forget()
        async with asyncio.timeout(120):
            for run in runs:
                assert await survives.run(run.id).result() == "k"
