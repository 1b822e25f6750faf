"""What is no trouble is not logged as any: whoever reads an error there has something to look at."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from assent import App, Context
from assent.ports.rows import TimerRow
from assent.ports.store import Known, Lease
from assent.stores.postgres.store import PostgresStore
from assent.testing import START, FakeClock, Harness
from tests.cluster import cluster

pytestmark = pytest.mark.anyio


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged that somebody is to look at; tasks that nobody awaits any more included."""
    gc.collect()
    return [
        f"{record.name} {record.getMessage()}"
        for record in caplog.records
        if record.levelno >= logging.ERROR
    ]


class Unsteady(FakeClock):
    """A clock that somebody sets back."""

    def set_back(self, by: timedelta) -> None:
        """It is earlier than it was."""
        self._now -= by


@pytest.mark.parametrize(
    "meanwhile", ["the clock is set back", "an answer that is late expires it"]
)
async def test_a_timer_that_is_not_wanted_any_more_when_it_has_its_turn_is_no_trouble(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, meanwhile: str
) -> None:
    @app.workflow
    async def refund(ctx: Context) -> str:
        return (await ctx.approve("refund", timeout="1h")).outcome

    clock, harness = Unsteady(), Harness(app)
    harness.clock = clock
    async with harness as h:
        run = await h.start(refund)
        due = h.app.store.due
        looks = list[Sequence[TimerRow]]()

        async def slow(at: int, limit: int) -> Sequence[TimerRow]:
            found = await due(at, limit)
            looks.append(found)
            if [bool(look) for look in looks].count(True) == 1 and found:
                if meanwhile == "the clock is set back":
                    clock.set_back(timedelta(minutes=1))
                else:
                    await run.approve("refund", by="ann")
            return found

        monkeypatch.setattr(h.app.store, "due", slow)
        clock.move_to(START + timedelta(hours=1))
        await h.rest()
        assert any(looks)
        if meanwhile == "the clock is set back":
            assert await run.status() == "waiting"
            await h.advance("1m")
        assert await run.result() == "expired"
    assert said(caplog) == []


async def test_a_timer_that_comes_back_though_nobody_wants_it_is_told(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    left, told = TimerRow("run_that_is_gone", "sleep", 1), asyncio.Event()
    async with Harness(app) as h:
        looks = [[left], [left]]

        async def due(at: int, limit: int) -> Sequence[TimerRow]:
            if len(looks) == 1:
                told.set()
            return looks.pop() if looks else []

        monkeypatch.setattr(h.app.store, "due", due)

        @app.workflow
        async def sleep(ctx: Context) -> None:
            await ctx.sleep("1h")

        await h.app.start(sleep)
        await told.wait()
    assert said(caplog) == ["assent.scheduler scheduler.stuck"]


async def test_a_run_that_is_taken_over_while_it_is_taken_up_is_no_trouble(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    database, ran = cluster().url(), asyncio.Event()

    def an_app() -> App:
        app = App(database)

        @app.workflow
        async def refund(ctx: Context) -> str:
            if not ran.is_set():
                ran.set()
                await ctx.step("hangs", asyncio.Event().wait)
            return (await ctx.approve("refund")).outcome

        return app

    dies, app, other = an_app(), an_app(), PostgresStore(database)
    await dies.open()
    run = (await dies.start("refund")).id
    await ran.wait()
    await dies.system.abandon()
    await dies.forget()
    await other.open()
    claim, taken = type(other.sharing).claim, list[Lease | None]()

    async def slow(
        self: Any, known: Known, limit: int, runs: Sequence[str] | None = None
    ) -> Sequence[Lease]:
        leases = await claim(self, known, limit, runs)
        if leases and not taken:
            taken.append(await other.sharing.seize(known, run))
        return leases

    monkeypatch.setattr(type(other.sharing), "claim", slow)
    async with app:
        assert taken[0] is not None
        await other.close()  # it hands the run back
        await app.run(run).wait(timeout=60)
        await app.run(run).approve("refund", by="ann")
        assert await app.run(run).result(timeout=60) == "approved"
    assert said(caplog) == []


@pytest.mark.parametrize("written", [True, False])
async def test_dying_in_the_middle_of_things_says_nothing(
    written: bool, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = App()

    @app.workflow
    async def child(ctx: Context) -> int:
        return int(await ctx.step("one", int))

    @app.workflow
    async def parent(ctx: Context) -> int:
        return int(await ctx.run(child))

    for commit in range(1, 5):
        async with Harness(app, database=place) as h:
            h.dies_at(commit, written=written)
            starting = asyncio.ensure_future(h.start(parent))
            await asyncio.wait(
                {starting, asyncio.ensure_future(h.died.wait())}, return_when="FIRST_COMPLETED"
            )
            starting.cancel()
            await asyncio.wait({starting})
            await h.crash()
            await h.open()
    assert said(caplog) == []


@pytest.mark.parametrize("turns", [0, 3])
async def test_a_run_that_ends_while_middleware_is_told_of_its_beginning_says_nothing(
    app: App, turns: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Its code never comes to run, and nobody is warned of that."""

    class Hangs:
        async def run_started(self) -> None:
            await asyncio.Event().wait()

    @app.workflow
    async def refund(ctx: Context) -> str:
        return (await ctx.approve("refund")).outcome

    app.middleware(Hangs)
    async with Harness(app):
        run = await app.start(refund)
        for _ in range(turns):
            await asyncio.sleep(0)
        assert await run.cancel() == "cancelled"
    assert said(caplog) == []


async def test_who_gives_up_waiting_until_nothing_moves_leaves_nothing_behind(app: App) -> None:
    @app.workflow
    async def hangs(ctx: Context) -> None:
        await ctx.step("hangs", asyncio.Event().wait)

    async with Harness(app) as h:
        await h.app.start(hangs)
        await h.rest()
        before = len(asyncio.all_tasks())
        await h.rest()  # ten times it waits a moment, and gives up
        assert len(asyncio.all_tasks()) < before + 5
        await h.crash()  # to close it would wait for the step


async def test_dying_while_a_journal_is_read_says_nothing(
    app: App, place: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    @app.workflow
    async def refund(ctx: Context) -> str:
        return (await ctx.approve("refund")).outcome

    async with Harness(app, database=place) as h:
        run = await h.start(refund)
        await h.restart()
        store, reads, gone = h.app.store, asyncio.Event(), asyncio.Event()
        history, abandon = store.history, h.app.system.store.abandon

        async def slow(run: str) -> Any:
            reads.set()
            await gone.wait()
            return await history(run)

        async def abandoned() -> None:
            await abandon()
            gone.set()
            for _ in range(9):
                await asyncio.sleep(0)

        monkeypatch.setattr(store, "history", slow)
        monkeypatch.setattr(store, "abandon", abandoned)
        await h.app.run(run.id).approve("refund", by="ann")
        await reads.wait()
        await h.crash()
    assert said(caplog) == []
