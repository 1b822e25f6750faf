"""Signals over HTTP: whoever sends one learns what became of it, and webhooks take what strangers send."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from assent import App, Context
from assent.access import Role
from assent.runs.handle import RunHandle
from tests.web.conftest import API, Office

pytestmark = pytest.mark.anyio


def teach(app: App) -> None:
    """Workflows that wait for events and calls."""

    @app.workflow
    async def listen(ctx: Context, name: str) -> Any:
        return (await ctx.wait_for_event(name, timeout="1h")).data

    @app.workflow
    async def typed(ctx: Context) -> Any:
        return (await ctx.wait_for_event("typed", type=int)).data

    @app.workflow
    async def hooked(ctx: Context, calls: int) -> list[Any]:
        hook = await ctx.webhook()
        ctx.state["url"] = hook.url
        await ctx.step("hand out", lambda: hook.url)
        await ctx.approve("begin")
        return [(await hook.wait(timeout="1h")).data for _ in range(calls)]


@pytest.fixture
def listening(office: Office) -> Office:
    """An office whose workflows wait for events."""
    teach(office.app)
    return office


async def waits(office: Office, name: str = "go", id: str | None = None) -> RunHandle[Any]:
    """A run that waits for an event."""
    run = await office.app.start("listen", name, id=id)
    await run.wait()
    return run


# ── notifying ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["go", "a/b c?#%41", "order#5", "ü🎈"])
async def test_a_signal_is_delivered_to_all_that_wait(listening: Office, name: str) -> None:
    program = await listening.program("ann", Role.RESPONDER)
    runs = [await waits(listening, name) for _ in range(3)]
    at = f"/events/{quote(name, safe='')}"
    waiters = (await program.get(f"{at}/waiters")).json()["items"]
    assert [waiter["run_id"] for waiter in waiters] == [run.id for run in runs]
    told = await program.post(at, json={"data": {"n": [1, None]}})
    receipt = told.json()
    assert (told.status_code, receipt["status"], receipt["event"]) == (200, "delivered", name)
    assert sorted(receipt["runs"]) == sorted(run.id for run in runs)
    for run in runs:
        assert await run.result() == {"n": [1, None]}
        (came,) = [event async for event in run.events() if event.name == "event.received"]
        assert (came.data["by"], came.data["via"]) == ("ann", "http")


async def test_no_success_is_claimed_where_nothing_was_delivered(listening: Office) -> None:
    program = await listening.program()
    run = await waits(listening)

    async def told(name: str, **body: Any) -> tuple[int, str]:
        reply = await program.post(f"/events/{name}", json=body)
        assert reply.json()["code"] == reply.json()["status"]
        return reply.status_code, reply.json()["status"]

    assert await told("nobody") == (404, "no_waiters")
    assert await told("go", run_id="none") == (404, "unknown_run")
    assert await told("later", run_id=run.id) == (202, "buffered")
    assert await told("go", data=1, id="d") == (200, "delivered")
    await run.result()
    assert await told("go", data=1, id="d") == (200, "duplicate")
    assert await told("go", data=2) == (409, "already_resolved")
    assert await told("go", run_id=run.id) == (410, "run_ended")
    assert await told("hook:abc") == (422, "invalid")


async def test_data_that_does_not_fit_is_refused_by_path(listening: Office) -> None:
    program = await listening.program()
    await (await listening.app.start("typed")).wait()
    refused = await program.post("/events/typed", json={"data": "seven"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "")
    assert (await program.post("/events/typed", json={"data": 7})).status_code == 200


async def test_an_idempotency_key_names_the_delivery(listening: Office) -> None:
    program = await listening.program()
    run = await waits(listening)
    key = {"Idempotency-Key": "k1"}
    first = await program.post("/events/go", json={"data": 1}, headers=key)
    again = await program.post("/events/go", json={"data": 1}, headers=key)
    other = await program.post("/events/go", json={"data": 2}, headers=key)
    assert (first.json(), again.headers["Idempotency-Replayed"]) == (again.json(), "true")
    assert other.status_code == 422
    assert await run.result() == 1


@pytest.mark.parametrize(
    ("role", "post", "get"), [(None, 401, 401), (Role.VIEWER, 403, 200), (Role.RESPONDER, 404, 200)]
)
async def test_roles(listening: Office, role: Role | None, post: int, get: int) -> None:
    knocks = await listening.client(await listening.key("eve", role) if role else None)
    assert (await knocks.post(f"{API}/events/go", json={})).status_code == post
    assert (await knocks.get(f"{API}/events/go/waiters")).status_code == get


async def test_unknown_fields_and_other_names_are_refused(listening: Office) -> None:
    program = await listening.program("ann")
    assert (await program.post("/events/go", json={"dta": 1})).status_code == 422
    assert (await program.post("/events/go", json={"by": "bob"})).status_code == 403


# ── webhooks ────────────────────────────────────────────────────────────────────────────────────


async def hooked(office: Office, calls: int = 3) -> tuple[RunHandle[Any], str, httpx2.AsyncClient]:
    """A run that has given out an address, and a stranger who knows it."""
    run = await office.app.start("hooked", calls)
    await run.wait()
    steps = [event async for event in office.app.stream.events(run.id, live=False)]
    (url,) = [event.data["result"] for event in steps if event.name == "step.finished"]
    return run, url, await office.client()


async def test_early_calls_are_kept_and_several_come_in_their_order(listening: Office) -> None:
    run, url, stranger = await hooked(listening)
    for place in range(2):
        told = await stranger.post(url, json={"n": place})
        assert (told.status_code, told.json()) == (202, {"status": "buffered"})
    await run.approve("begin", by="ann")
    await run.wait()
    assert (await stranger.post(url, json={"n": 2})).json() == {"status": "delivered"}
    assert await run.result() == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert (await stranger.post(url, json={"n": 3})).status_code == 410


async def test_a_wrong_token_is_told_that_there_is_nothing(listening: Office) -> None:
    _, url, stranger = await hooked(listening)
    for wrong in (f"{url[:-1]}_", f"{API}/hooks/x", f"{API}/hooks/{'y' * 5000}"):
        refused = await stranger.post(wrong, json={})
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert (await stranger.post(f"{API}/hooks/", json={})).status_code == 404
    assert (await stranger.get(url)).status_code == 405


@pytest.mark.parametrize("header", ["Webhook-Id", "X-GitHub-Delivery", "Idempotency-Key"])
async def test_a_repeated_delivery_is_dropped(listening: Office, header: str) -> None:
    run, url, stranger = await hooked(listening, 2)
    for n in (0, 0, 1, 0):
        assert (await stranger.post(url, json=n, headers={header: f"d{n}"})).status_code < 300
    await run.approve("begin", by="ann")
    assert await run.result() == [0, 1]


async def test_forms_texts_and_nothing_at_all_are_taken_and_nonsense_is_not(
    listening: Office,
) -> None:
    run, url, stranger = await hooked(listening, 4)
    await stranger.post(url, data={"a": "1", "b": ""})
    await stranger.post(url, content="hello", headers={"Content-Type": "text/plain"})
    await stranger.post(url)
    for nonsense in (b"{", b"NaN", b'"\\ud800"', b"\xff", b"[" * 100_000):
        refused = await stranger.post(url, content=nonsense)
        assert (refused.status_code, refused.json()["code"]) == (400, "bad_json")
    await stranger.post(url, json=[1])
    await run.approve("begin", by="ann")
    assert await run.result() == [{"a": "1", "b": ""}, "hello", None, [1]]


async def test_the_address_is_not_told_to_those_who_only_watch(listening: Office) -> None:
    run, url, _ = await hooked(listening)
    token = url.rpartition("/")[2]
    watcher = await listening.program("vic", Role.VIEWER)
    timeline = (await watcher.get(f"/runs/{run.id}/timeline")).text
    whole = (await watcher.get(f"/runs/{run.id}")).text
    opened = [event async for event in listening.app.stream.events(run.id, live=False)]
    (told,) = [event for event in opened if event.name == "hook.opened"]
    assert token not in timeline + whole + str(told)
    assert "webhook" in timeline


async def test_the_address_is_the_published_one(published: Office) -> None:
    teach(published.app)
    _, url, stranger = await hooked(published)
    assert url.startswith("https://assent.example/desk/api/v1/hooks/")
    assert (await stranger.post(url, json=1)).status_code == 202
