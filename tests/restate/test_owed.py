"""A run that is owed a call gets one, whatever became of those that were made for it before.

Looks for what is owed are an hour apart here, where they are not what is tried: what goes on has another reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from assent import App, Context, Restate
from assent.errors import RestateAway
from assent.ports.store import Known, Lease
from assent.restate import dispatch
from assent.restate.dispatch import Dispatch
from assent.restate.server import Server
from assent.stores.postgres.presence import Presence

pytestmark = pytest.mark.anyio
PATIENT = 60  # seconds; only a failing test waits so long


def filing(app: App) -> App:
    """An app that files orders."""

    @app.workflow
    async def order(ctx: Context) -> str:
        return str(await ctx.step("file", lambda: "filed"))

    return app


@asynccontextmanager
async def door(shared: str) -> AsyncGenerator[App]:
    """A process that starts orders, and knows nothing of Restate."""
    app = filing(App(shared))
    await app.open(advance=False)
    try:
        yield app
    finally:
        await app.close()


async def test_a_run_whose_call_brought_nothing_is_called_for_again(
    shared: str, restate: Restate, monkeypatch: pytest.MonkeyPatch
) -> None:
    called, calls = vars(Dispatch)["_called"], list[str]()

    async def first_in_vain(self: Dispatch, run: str, told: dict[str, Any]) -> None:
        calls.append(run)
        if len(calls) > 1:
            await called(self, run, told)

    monkeypatch.setattr(Dispatch, "_called", first_in_vain)
    monkeypatch.setattr(dispatch, "LOOK", 0.05)
    async with filing(App(shared, engine=restate)), door(shared) as app:
        run = await app.start("order")
        assert await run.result(timeout=PATIENT) == "filed"
    assert len(calls) > 1


async def test_a_call_that_comes_to_a_process_that_counts_as_dead_is_made_again(
    shared: str, restate: Restate, monkeypatch: pytest.MonkeyPatch
) -> None:
    seize, refused, again = Presence.seize, list[str](), asyncio.Event()

    async def told(self: Presence, known: Known, run: str) -> Lease | None:
        lease = await seize(self, known, run)
        if lease is None:
            refused.append(run)
        if len(refused) > 1:
            again.set()
        return lease

    monkeypatch.setattr(Presence, "seize", told)
    monkeypatch.setattr(dispatch, "LOOK", 3600)
    app = filing(App(shared, engine=restate))
    async with app:
        presence = app.store.sharing
        assert isinstance(presence, Presence)
        await vars(Presence)["_fetch"](presence, "delete from {s}.process")
        run = await app.start("order")
        await asyncio.wait_for(again.wait(), PATIENT)
        await presence.come_back()  # as at its next beat
        assert await run.result(timeout=PATIENT) == "filed"


async def test_a_run_that_could_not_be_handed_in_is_with_the_next_news(
    shared: str, restate: Restate, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, away = Server.call, asyncio.Event()

    async def first_away(self: Server, *given: Any, **more: Any) -> None:
        if not away.is_set():
            away.set()
            raise RestateAway("http://127.0.0.1:8080", "it is away")
        await call(self, *given, **more)

    monkeypatch.setattr(Server, "call", first_away)
    monkeypatch.setattr(dispatch, "LOOK", 3600)
    async with filing(App(shared, engine=restate)), door(shared) as app:
        run = await app.start("order")
        await asyncio.wait_for(away.wait(), PATIENT)
        other = await app.start("order")
        assert await run.result(timeout=PATIENT) == "filed"
        assert await other.result(timeout=PATIENT) == "filed"
