"""When a process lets go of a run: what its code does in that moment, and what a process that is given up leaves.

What is written, or taken up, is stopped on its way, so that the other thing happens before it is through, every time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

import pytest

from assent import App, Context, Restate
from assent.core.record import Record
from assent.ports.rows import Write
from assent.restate import endpoint
from assent.restate.dispatch import Dispatch
from assent.restate.server import Server
from assent.stores.postgres.presence import Presence
from assent.testing import Harness

pytestmark = pytest.mark.anyio
PATIENT = 60  # seconds; only a failing test waits so long


class Gate:
    """Stops the next commit that gives a lease back, and those after it, until it is opened."""

    def __init__(self, app: App) -> None:
        self.reached, self._opened = asyncio.Event(), asyncio.Event()
        self._commit = app.store.commit
        app.store.commit = self._stopped  # type: ignore[method-assign]  # a method for a method

    def _stopped(self, writes: Sequence[Write]) -> Awaitable[Sequence[Record]]:
        if any(write.rests for write in writes):
            self.reached.set()
        return self._later(writes) if self.reached.is_set() else self._commit(writes)

    async def _later(self, writes: Sequence[Write]) -> Sequence[Record]:
        await self._opened.wait()
        return await self._commit(writes)

    def opens(self) -> None:
        """Let them through, in their order."""
        self._opened.set()


async def turns() -> None:
    """As many turns of the loop as code needs that does not wait for anything."""
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.mark.parametrize("tells", [False, True])
async def test_a_step_that_comes_up_while_its_run_is_about_to_wait_begins_with_the_next_leg_and_once(
    shared: str, restate: Restate, tells: bool
) -> None:
    app, ran, comes, goes_on = (
        App(shared, engine=restate),
        list[str](),
        asyncio.Event(),
        asyncio.Event(),
    )

    async def file() -> str:
        ran.append("file")
        await goes_on.wait()
        return "filed"

    @app.workflow
    async def order(ctx: Context) -> list[str]:
        async def beside() -> str:
            await comes.wait()  # something of its own: the run does not know of it
            if tells:
                await ctx.emit("comes", 1)
            return await ctx.step(file)

        other = asyncio.create_task(beside())
        decision = await ctx.approve("ship", to="ann")
        return [decision.outcome, await other]

    async with app:
        gate = Gate(app)
        run = await app.start(order)
        await gate.reached.wait()
        comes.set()
        await turns()
        began = list(ran)
        gate.opens()
        assert began == []
        await run.wait()
        await run.approve("ship", by="ann")
        goes_on.set()
        assert await run.result() == ["approved", "filed"]
    assert ran == ["file"]


async def test_a_step_that_was_held_for_that_goes_on_where_the_run_was_answered_just_before(
    shared: str, restate: Restate
) -> None:
    app, ran, comes = App(shared, engine=restate), list[str](), asyncio.Event()

    def file() -> str:
        ran.append("file")
        return "filed"

    @app.workflow
    async def order(ctx: Context) -> list[str]:
        async def asks() -> str:
            return (await ctx.approve("pay", to="ann")).outcome

        async def beside() -> str:
            await comes.wait()
            return await ctx.step(file)

        first = asyncio.create_task(asks())
        await ctx.approve("ship", to="ann")
        other = asyncio.create_task(beside())
        return [await first, await other]

    door = App(shared)
    await door.open(advance=False)
    async with app, door:
        run = await app.start(order)
        await run.wait()
        gate = Gate(app)
        assert (await door.run(run.id).approve("ship", by="ann")).ok
        await gate.reached.wait()
        assert (await door.run(run.id).approve("pay", by="ann")).ok
        comes.set()
        await turns()
        gate.opens()
        assert await run.result() == ["approved", "filed"]
    assert ran == ["file"]


async def test_a_process_that_is_given_up_while_it_takes_a_run_up_does_not_hold_its_call(
    shared: str, restate: Restate, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, reached = App(engine=restate), asyncio.Event()

    @app.workflow
    async def order(ctx: Context) -> str:
        return str(await ctx.step("file", lambda: "filed"))

    async def stands_still(*_: object) -> None:
        reached.set()
        await asyncio.Event().wait()

    async with Harness(app, database=shared) as h:
        with monkeypatch.context() as away:
            away.setattr(Presence, "seize", stands_still)
            run = await app.start(order)
            await reached.wait()
            await h.crash()
        await h.open()
        assert await app.run(run.id).result() == "filed"


async def test_a_process_that_counts_as_dead_while_code_lets_go_of_a_run_does_not_hold_its_call(
    shared: str, restate: Restate
) -> None:
    app, leaving, goes_on = App(shared, engine=restate), asyncio.Event(), asyncio.Event()

    @app.workflow
    async def order(ctx: Context) -> str:
        try:
            return (await ctx.approve("ship", to="ann")).outcome
        finally:
            leaving.set()
            await goes_on.wait()

    async with app:
        run = await app.start(order)
        await leaving.wait()
        presence = app.store.sharing
        assert isinstance(presence, Presence)
        await presence.come_back()
        goes_on.set()
        assert (await run.approve("ship", by="ann")).ok
        assert await run.result(timeout=PATIENT) == "approved"


async def test_a_call_that_does_not_end_with_its_process_is_cut_off_and_made_again(
    shared: str, restate: Restate, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, reached = App(shared, engine=restate), asyncio.Event()

    @app.workflow
    async def order(ctx: Context) -> str:
        return str(await ctx.step("file", lambda: "filed"))

    async def stands_still(*_: object) -> None:
        reached.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as away:
        away.setattr(Dispatch, "_called", stands_still)
        away.setattr(endpoint, "_GRACE", 0.01)
        async with app:
            run = await app.start(order)
            await reached.wait()
    async with app:
        assert await app.run(run.id).result(timeout=PATIENT) == "filed"


async def test_a_call_that_comes_once_the_one_under_way_returns_is_nothing_to_wait_for(
    shared: str, restate: Restate, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, begun, goes_on = App(shared, engine=restate), asyncio.Event(), asyncio.Event()
    handed, call = asyncio.Event(), Server.call

    async def told(self: Server, *given: Any, **more: Any) -> None:
        await call(self, *given, **more)
        handed.set()

    async def rest() -> str:
        begun.set()
        await goes_on.wait()
        return "rested"

    @app.workflow
    async def order(ctx: Context) -> str:
        return await ctx.step(rest)

    async with app:
        run = await app.start(order)
        await begun.wait()
        dispatch: Dispatch = vars(app.system)["_dispatch"]
        monkeypatch.setattr(Server, "call", told)
        dispatch.want(run.id)
        await handed.wait()
        await turns()
        assert dispatch.settled
        goes_on.set()
        assert await run.result() == "rested"
