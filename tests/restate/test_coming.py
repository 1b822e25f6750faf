"""When a process begins to take calls: those that have waited for its address come before it is ready."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from assent import App, Context, Restate, RunHandle
from assent.restate.endpoint import Endpoint
from assent.restate.server import Server

pytestmark = pytest.mark.anyio
PATIENT = 60  # seconds; only a failing test waits so long


def ordering(shared: str, restate: Restate) -> App:
    """A worker that has the code of orders."""
    app = App(shared, engine=restate)

    @app.workflow
    async def order(ctx: Context) -> str:
        return (await ctx.approve("ship", to="ann")).outcome

    return app


async def called_for(shared: str, restate: Restate) -> str:
    """An order that was approved while nobody could advance it, and a call for it that finds nobody there."""
    async with ordering(shared, restate) as app:
        run: RunHandle[Any] = await app.start("order")
        await run.wait()
    door = App(shared)
    await door.open(advance=False)
    assert (await door.run(run.id).approve("ship", by="ann")).ok
    await door.close()
    server = Server(restate)
    await server.call(restate.service("order", "1"), run.id, {})
    await server.close()
    return run.id


class Calls:
    """Watches calls for runs, which come before what a process offers is made known."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.came, self.replied = asyncio.Event(), asyncio.Event()
        answer, takes_calls = vars(Endpoint)["_answer"], Server.takes_calls

        async def watched(endpoint: Endpoint, scope: Any, receive: Any, send: Any) -> None:
            called = "/invoke/" in scope["path"]
            if called:
                self.came.set()
            await answer(endpoint, scope, receive, send)
            if called:
                self.replied.set()

        async def once_called(server: Server, *services: Any) -> None:
            await asyncio.wait_for(self.came.wait(), PATIENT)
            await takes_calls(server, *services)

        monkeypatch.setattr(Endpoint, "_answer", watched)
        monkeypatch.setattr(Server, "takes_calls", once_called)


async def test_a_call_that_comes_before_the_process_has_made_itself_known_is_taken(
    shared: str, restate: Restate, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await called_for(shared, restate)
    Calls(monkeypatch)
    async with ordering(shared, restate) as app:
        assert await app.run(run).result(timeout=PATIENT) == "approved"


async def test_a_call_for_code_that_a_process_does_not_have_is_sent_back_and_made_again_where_it_is(
    shared: str, restate: Restate, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await called_for(shared, restate)
    calls, other = Calls(monkeypatch), App(shared, engine=restate)

    @other.workflow
    async def refund(ctx: Context) -> None:
        """Something else."""

    async with other:
        await asyncio.wait_for(calls.replied.wait(), PATIENT)
    async with ordering(shared, restate) as app:
        assert await app.run(run).result(timeout=PATIENT) == "approved"


@pytest.mark.parametrize("path", ["/invoke/assent.order.1/advance", "/elsewhere", "/discover"])
async def test_a_call_that_is_not_signed_is_refused_though_it_does_not_end(path: str) -> None:
    key = "publickeyv1_w7YHemBctH5Ck2nQRQ47iBBqhNHy4FV7t2Usbye2A6f"
    endpoint, said = Endpoint(Restate(identity=key), nobody), list[Any]()
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "2",
        "method": "POST",
        "path": path,
        "headers": [],
    }

    async def send(message: Any) -> None:
        said.append(message)

    endpoint.offers([("order", "1")])
    await asyncio.wait_for(vars(Endpoint)["_answer"](endpoint, scope, never, send), PATIENT)
    assert [message.get("status") for message in said] == [401, None]


async def never() -> Any:
    """Hear nothing more, and no end."""
    await asyncio.Event().wait()


async def nobody(run: str, told: dict[str, Any]) -> None:
    """Whom no call reaches."""
    raise AssertionError(run, told)
