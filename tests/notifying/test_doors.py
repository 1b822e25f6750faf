"""What could not be told is listed and resent, over HTTP and on the command line."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest

from assent import NonRetryable
from assent.access import Role
from assent.testing import Harness
from tests.notifying.recorder import OPENED, Recorder, asking

pytestmark = pytest.mark.anyio

AT = "/api/v1/notifications"


@pytest.fixture
async def tell() -> Recorder:
    """A channel that gives up at its first attempt."""
    return Recorder(fails=1, error=NonRetryable("no such number"))


@pytest.fixture
async def h(tell: Recorder) -> AsyncIterator[Harness]:
    """An app whose channel has failed once."""
    async with Harness(asking(tell)) as h:
        await h.start("ask", {})
        yield h


async def client(h: Harness, role: Role) -> httpx2.AsyncClient:
    """Somebody with a key."""
    _, secret = await h.app.access.create_key("ops", role)
    transport = httpx2.ASGITransport(app=h.app.asgi)
    headers = {"Authorization": f"Bearer {secret}"}
    return httpx2.AsyncClient(transport=transport, base_url="http://here.test", headers=headers)


async def test_an_operator_sees_what_was_not_told_and_resends_it(
    h: Harness, tell: Recorder
) -> None:
    async with await client(h, Role.OPERATOR) as operator:
        (dead,) = (await operator.get(AT, params={"status": "dead"})).json()["items"]
        assert (dead["error"], dead["event"], dead["attempts"]) == (
            "no such number",
            "task.opened",
            1,
        )
        assert (await operator.get(AT, params={"status": "pending"})).json()["items"] == []
        again = await operator.post(f"{AT}/{dead['id']}/resend")
        assert (again.status_code, again.json()["status"]) == (200, "pending")
        await h.rest()
        assert tell.heard == [OPENED]
        assert (await operator.get(AT)).json()["items"] == []
        assert (await operator.post(f"{AT}/{dead['id']}/resend")).status_code == 404


async def test_others_neither_see_nor_resend(h: Harness) -> None:
    async with await client(h, Role.RESPONDER) as responder:
        assert (await responder.get(AT)).status_code == 403
        assert (await responder.post(f"{AT}/x/resend")).status_code == 403
