"""Signals given in one process reach runs that wait in another; streams tell both; each outcome is one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from assent import App, Context
from assent.runs.handle import RunHandle

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def process(database: str, *, advance: bool = True) -> AsyncGenerator[App]:
    """An app as another process would have it."""
    app = App(database)

    @app.workflow
    async def listen(ctx: Context, turns: int) -> list[Any]:
        found = list[Any]()
        for turn in range(turns):
            result = await ctx.wait_for_event(f"go-{ctx.run_id}-{turn}", timeout="1h")
            found.append(result.data)
            await ctx.step("use", lambda: None)
        return found

    await app.open(advance=advance)
    try:
        yield app
    finally:
        await app.close()


async def result_of(run: RunHandle[Any]) -> Any:
    """What it returns, in the end."""
    async with asyncio.timeout(60):
        return await run.result()


async def out_of_order(app: App, run: str) -> list[str]:
    """The steps that the journal says had finished before they began."""
    began, wrong = set[str](), list[str]()
    for record in await app.store.journal(run):
        if record.kind == "step.started":
            began.add(record.key)
        elif record.kind == "step.finished" and record.key not in began:
            wrong.append(record.key)
    return wrong


async def test_a_signal_given_the_instant_the_wait_is_told_elsewhere_is_not_lost(
    shared: str,
) -> None:
    turns = 20
    async with process(shared) as works, process(shared, advance=False) as tells:

        async def answer(run: str) -> None:
            async for event in tells.stream.events(run, until_end=True):
                if event.name == "event.waiting":
                    receipt = await tells.notify(event.data["name"], event.seq)
                    assert (receipt.status, receipt.runs) == ("delivered", (run,))

        runs = [await works.start("listen", turns, id=f"r{n}") for n in range(5)]
        async with asyncio.timeout(120):
            await asyncio.gather(*(answer(run.id) for run in runs))
        for run in runs:
            found = await result_of(run)
            assert found == sorted(found)
            assert len(found) == turns
            assert await out_of_order(works, run.id) == []


async def test_of_signals_given_in_several_processes_at_once_one_counts(shared: str) -> None:
    async with process(shared) as one, process(shared) as two, process(shared) as three:
        run = await one.start("listen", 1, id="r")
        async with asyncio.timeout(60):
            await run.wait()
        receipts = await asyncio.gather(
            *(app.notify("go-r-0", place) for place, app in enumerate((one, two, three)))
        )
        assert sorted(receipt.status for receipt in receipts) == [
            "already_resolved",
            "already_resolved",
            "delivered",
        ]
        (winner,) = [n for n, receipt in enumerate(receipts) if receipt.status == "delivered"]
        assert await result_of(run) == [winner]


async def test_what_comes_early_in_one_process_is_handed_out_in_another(shared: str) -> None:
    async with process(shared, advance=False) as tells:
        run = await tells.start("listen", 2, id="r")
        assert (await tells.notify("go-r-1", "second", "r", id="d")).status == "buffered"
        assert (await tells.notify("go-r-0", "first", "r")).status == "buffered"
        async with process(shared) as works:
            assert await result_of(works.run("r")) == ["first", "second"]
        assert (await tells.notify("go-r-1", "second", "r", id="d")).status == "duplicate"
        assert await run.status() == "succeeded"
