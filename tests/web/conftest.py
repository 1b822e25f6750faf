"""An office: an app on a real database, and people who knock at its doors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from assent import App, TaskView
from assent.access import Role
from assent.runs.handle import RunHandle
from assent.web.auth import COOKIE
from assent.web.server import serve
from tests.cluster import cluster
from tests.web.sample import Asked, Refund, make_app

API = "/api/v1"
HERE = "http://here.test"
ON_BOTH = pytest.mark.parametrize("office", ["memory", "postgres"], indirect=True)


@dataclass
class Office:
    """An app, and clients of its web."""

    app: App
    stack: AsyncExitStack
    prefix: str = ""
    site: Any = None
    address: str = HERE
    keys: dict[str, str] = field(default_factory=dict[str, str])

    async def key(self, user: str, role: Role) -> str:
        """An API key."""
        return (await self.app.access.create_key(user, role))[1]

    async def client(self, secret: str | None = None, **headers: str) -> httpx2.AsyncClient:
        """A client that knocks with this key, or with none."""
        known = {"Authorization": f"Bearer {secret}"} if secret else {}
        transport = httpx2.ASGITransport(app=self.site or self.app.asgi, raise_app_exceptions=False)
        made = httpx2.AsyncClient(
            transport=transport,
            base_url=self.address,
            headers={**known, **headers},
            follow_redirects=False,
        )
        return await self.stack.enter_async_context(made)

    async def program(self, user: str = "ada", role: Role = Role.ADMIN) -> httpx2.AsyncClient:
        """A program with a key, speaking to the API."""
        client = await self.client(await self.key(user, role))
        client.base_url = httpx2.URL(f"{self.address}{self.prefix}{API}")
        return client

    async def person(self, user: str = "ada", role: Role = Role.RESPONDER) -> httpx2.AsyncClient:
        """Somebody with a browser, signed in, on our own pages."""
        token = await self.app.access.login_link(user, role)
        client = await self.client(**{"Sec-Fetch-Site": "same-origin", "Accept": "text/html"})
        signed_in = await client.post(f"{self.prefix}/login", data={"token": token})
        assert signed_in.status_code == 303
        assert COOKIE in client.cookies
        return client

    async def task(self, run: RunHandle[Any]) -> TaskView:
        """The task the run waits for."""
        return (await run.wait()).tasks[0]

    async def refund(self, order: str = "A-1", amount: str = "120.50", **more: Any) -> TaskView:
        """A refund that waits for somebody."""
        value = Refund.model_validate({"order": order, "amount": amount, **more})
        return await self.task(await self.app.start("refund", value, by="ann"))

    async def agreement(self, amount: str = "120.50") -> TaskView:
        """A refund on which several must agree."""
        value = Refund.model_validate({"order": "A-9", "amount": amount})
        return await self.task(await self.app.start("agree", value, by="ann"))

    async def talk(self, workflow: str, count: int) -> RunHandle[int]:
        """A run that says a lot."""
        run: RunHandle[int] = await self.app.start(workflow, count)
        return run

    async def asked(self, **how: Any) -> TaskView:
        """A plain yes-or-no question."""
        return await self.task(await self.app.start("ask", Asked(**how), by="ann"))

    @asynccontextmanager
    async def served(self) -> AsyncGenerator[str]:
        """A real server on a free port, for streams and browsers."""
        address: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def ready(host: str, port: int) -> None:
            address.set_result(f"http://{host}:{port}")

        serving = asyncio.create_task(serve(self.app.asgi, ready=ready))
        try:
            yield await address
        finally:
            serving.cancel()
            await asyncio.wait([serving])


@pytest.fixture
async def office(request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    """An open app in memory; ON_BOTH has the tests of a module ask it on PostgreSQL too."""
    place = getattr(request, "param", "memory")
    database = cluster().url() if place == "postgres" else "sqlite:///:memory:"
    async with make_app(database) as app, AsyncExitStack() as stack:
        yield Office(app, stack)


@pytest.fixture
async def published() -> AsyncIterator[Office]:
    """An office behind a proxy that takes its own prefix away."""
    app = make_app(public_url="https://assent.example/desk")

    async def proxy(scope: Scope, receive: Receive, send: Send) -> None:
        inside = {**scope, "path": scope["path"].removeprefix("/desk"), "scheme": "http"}
        headers = [pair for pair in scope["headers"] if pair[0] != b"host"]
        inside["headers"] = [*headers, (b"host", b"10.0.0.7:8400")]
        await app.asgi(inside, receive, send)

    async with app, AsyncExitStack() as stack:
        yield Office(app, stack, prefix="/desk", site=proxy, address="https://assent.example")
