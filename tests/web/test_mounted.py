"""Inside a host's app, behind a proxy, or on a server of its own: links hold, and it opens and ends."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from assent.access import Role
from assent.web.server import serve
from tests.web.conftest import API, Office
from tests.web.sample import make_app

PREFIX = "/desk/approvals"


def host_of(site: FastAPI) -> FastAPI:
    """Somebody's own app, with ours in it."""
    host = FastAPI()
    host.mount(PREFIX, site)
    return host


async def mounted(stack: AsyncExitStack) -> Office:
    app = await stack.enter_async_context(make_app())
    return Office(app, stack, prefix=PREFIX, site=host_of(app.asgi))


async def test_under_a_prefix_every_link_leads_to_us() -> None:
    async with AsyncExitStack() as stack:
        office = await mounted(stack)
        task = await office.refund()
        bob = await office.person("bob")
        for path in ("/", f"/tasks/{task.id}", "/runs", f"/runs/{task.run_id}", "/nowhere"):
            page = await bob.get(PREFIX + path)
            links = re.findall(r'(?:href|src|action|data-events)="([^"#?]+)', page.text)
            assert links
            assert all(link.startswith(f"{PREFIX}/") for link in links), links
        for link in set(re.findall(r'(?:href|src)="([^"#]+)"', (await bob.get(PREFIX + "/")).text)):
            assert (await bob.get(link)).status_code == 200, link
        pressed = await bob.post(f"{PREFIX}/tasks/{task.id}", data={"action": "approve"})
        assert pressed.headers["location"] == f"{PREFIX}/tasks/{task.id}"


async def test_under_a_prefix_strangers_are_sent_to_our_sign_in_and_back() -> None:
    async with AsyncExitStack() as stack:
        office = await mounted(stack)
        stranger = await office.client()
        sent = await stranger.get(f"{PREFIX}/runs")
        assert sent.headers["location"] == f"{PREFIX}/login?next=%2Fdesk%2Fapprovals%2Fruns"
        assert (await stranger.get(f"{PREFIX}{API}/runs")).status_code == 401
        assert (await stranger.get(f"{PREFIX}{API}/health")).status_code == 200
        token = await office.app.access.login_link("bob", Role.RESPONDER)
        signed_in = await stranger.post(
            f"{PREFIX}/login", data={"token": token}, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert signed_in.headers["location"] == f"{PREFIX}/"
        assert f"Path={PREFIX}" in signed_in.headers["set-cookie"]


async def test_under_a_prefix_the_api_tells_the_whole_address() -> None:
    async with AsyncExitStack() as stack:
        office = await mounted(stack)
        http = await office.program()
        made = await http.post("/runs", json={"workflow": "meet"})
        assert made.headers["location"] == f"{PREFIX}{API}/runs/{made.json()['id']}"
        link = await http.post("/login-links", json={"user": "bob"})
        assert link.json()["url"].startswith(f"http://here.test{PREFIX}/login?token=")


async def test_a_host_that_does_not_open_the_app_finds_it_open_at_the_first_request(
    database: str,
) -> None:
    app = make_app(database)
    async with AsyncExitStack() as stack:
        office = Office(app, stack, site=host_of(app.asgi), prefix=PREFIX)
        stranger = await office.client()
        replies = await asyncio.gather(*(stranger.get(f"{PREFIX}{API}/health") for _ in range(5)))
        assert {reply.status_code for reply in replies} == {200}
        assert app.is_open
        await app.close()


async def test_a_host_can_take_on_the_apps_life(database: str) -> None:
    app = make_app(database)
    async with app.lifespan(FastAPI()):
        assert app.is_open
    assert not app.is_open


async def test_behind_a_proxy_links_and_origins_are_the_published_ones(published: Office) -> None:
    task = await published.refund()
    bob = await published.person("bob")
    page = (await bob.get(f"/desk/tasks/{task.id}")).text
    assert f'action="/desk/tasks/{task.id}"' in page
    assert 'href="/desk/static/' in page
    http = await published.program()
    link = (await http.post("/login-links", json={"user": "bob"})).json()["url"]
    assert link.startswith("https://assent.example/desk/login?token=")
    del bob.headers["Sec-Fetch-Site"]
    for origin, status in (
        ("http://10.0.0.7:8400", 403),
        ("https://evil.example", 403),
        ("https://assent.example", 303),
    ):
        at, how = f"/desk/tasks/{task.id}", {"Origin": origin}
        reply = await bob.post(at, data={"action": "approve"}, headers=how)
        assert reply.status_code == status


# ── a server of its own ─────────────────────────────────────────────────────────────────────────


async def test_a_served_app_opens_and_closes_with_its_server(database: str) -> None:
    app = make_app(database)
    office = Office(app, AsyncExitStack())
    async with office.served() as at, httpx2.AsyncClient() as http:
        assert app.is_open
        assert (await http.get(f"{at}{API}/health")).json() == {"status": "ok"}
    assert not app.is_open


async def test_a_server_leaves_an_app_open_that_somebody_else_has_opened(office: Office) -> None:
    async with office.served():
        pass
    assert office.app.is_open


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_server_and_not_whoever_started_it(
    office: Office, sig: signal.Signals
) -> None:
    before = signal.getsignal(sig)

    async def ready(host: str, port: int) -> None:
        os.kill(os.getpid(), sig)

    async with asyncio.timeout(60):
        await serve(office.app.asgi, ready=ready)
    assert signal.getsignal(sig) is before
    assert office.app.is_open


async def test_an_address_that_is_taken_is_told_before_anything_starts(database: str) -> None:
    app = make_app(database)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            await serve(app.asgi, "127.0.0.1", taken.getsockname()[1])
    assert not app.is_open


async def test_an_inbox_of_its_own_is_not_a_socket(office: Office) -> None:
    sent: list[str] = []

    async def send(message: object) -> None:
        sent.append(str(message))

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    scope: dict[str, Any] = {"type": "websocket", "path": "/ws", "headers": [], "query_string": b""}
    await office.app.asgi(scope, receive, send)
    assert "websocket.close" in sent[0]
