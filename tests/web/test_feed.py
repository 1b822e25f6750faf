"""One feed for streams and WebSockets: what a reader asks for, what it may hear, where it goes on."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from assent.access import Role
from assent.web import live
from tests.web.conftest import API, ON_BOTH, Office
from tests.web.test_live import Heard, listening, until

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def hearing(
    at: str, key: str | None, asked: str = "", **headers: str
) -> AsyncGenerator[ClientConnection]:
    """A WebSocket that is open."""
    shown = {"Authorization": f"Bearer {key}"} if key else {}
    address = f"{at.replace('http', 'ws', 1)}{API}/ws{asked}"
    async with connect(
        address, additional_headers={**shown, **headers}, proxy=None, max_size=None
    ) as socket:
        yield socket


async def all_of(socket: ClientConnection) -> list[dict[str, Any]]:
    """Everything until it ends."""
    heard: list[dict[str, Any]] = []
    try:
        while True:
            heard.append(cast("dict[str, Any]", json.loads(await socket.recv())))
    except ConnectionClosed:
        return heard


# ── filters ─────────────────────────────────────────────────────────────────────────────────────


@ON_BOTH
async def test_a_reader_hears_the_names_runs_and_tasks_that_it_asks_for(office: Office) -> None:
    task, other = await office.refund("A-1"), await office.refund("A-2")
    await office.app.inbox.approve(task.id, by="bob")
    await office.app.run(task.run_id).result()
    key = await office.key("ada", Role.VIEWER)

    async def names(path: str, **asked: str) -> list[str]:
        async with listening(at, key, path, **asked) as ear:
            return [event.name for event in await ear.all()]

    async with office.served() as at:
        run = f"/runs/{task.run_id}/events"
        assert await names(run, name="task.*") == ["task.opened", "task.answered", "task.closed"]
        assert await names(run, name="run.started,run.finished") == ["run.started", "run.finished"]
        assert await names(run, task=task.id) == ["task.opened", "task.answered", "task.closed"]
        assert await names(run, task=other.id) == []
        async with listening(at, key, "/events", run=other.run_id, name="task.opened") as ear:
            (heard,) = await ear.until("task.opened")
            assert heard.data["run_id"] == other.run_id


@ON_BOTH
async def test_of_the_past_a_reader_hears_only_as_much_as_it_wants(office: Office) -> None:
    run = await office.talk("chatty", 30)
    await run.result()
    key = await office.key("ada", Role.VIEWER)
    async with office.served() as at:
        async with listening(at, key, f"/runs/{run.id}/events", history=3, channel="said") as ear:
            assert [event.data["data"] for event in await ear.all()] == [27, 28, 29]
        async with listening(at, key, "/events", history=0) as ear:
            again = await office.talk("chatty", 1)
            assert (await ear.until("said"))[0].data["run_id"] == again.id
        async with listening(at, key, f"/runs/{run.id}/events", last=1, history=1) as ear:
            assert len(await ear.all()) == 31  # who comes back misses nothing


@ON_BOTH
async def test_a_channel_may_ask_for_a_role(office: Office) -> None:
    office.app.channel("said", int, role=Role.OPERATOR)
    run = await office.talk("chatty", 2)
    await run.result()
    async with office.served() as at:
        for role, count in ((Role.VIEWER, 0), (Role.RESPONDER, 0), (Role.OPERATOR, 2)):
            key = await office.key("eve", role)
            async with listening(at, key, f"/runs/{run.id}/events") as ear:
                assert [event.name for event in await ear.all()].count("said") == count
            async with hearing(at, key, f"?run={run.id}") as socket:
                assert [event["name"] for event in await all_of(socket)].count("said") == count


@ON_BOTH
async def test_a_cursor_older_than_what_was_taken_away_resets_the_reader(office: Office) -> None:
    task = await office.refund()
    newest = await office.app.stream.newest()
    await office.app.stream.note_pruned(newest)
    await office.app.stream.note_pruned(1)
    key = await office.key("ada", Role.VIEWER)
    async with office.served() as at:
        async with listening(at, key, "/events", last=newest - 1) as ear:
            reset = (await ear.until("reset"))[-1]
            assert [each["id"] for each in reset.data["snapshot"]["items"]] == [task.id]
        async with listening(at, key, "/events", last=newest) as ear:
            await office.app.inbox.comment(task.id, "hm", by="bob")
            assert [event.name for event in await ear.until("task.commented")] == ["task.commented"]


async def test_cut_at_random_fifty_times_ten_thousand_events_come_once_in_order(
    office: Office,
) -> None:
    count, dice = 10_000, random.Random(7)
    key = await office.key("ada", Role.VIEWER)
    heard: list[Heard] = []
    async with office.served() as at:
        run = await office.talk("chatty", count)
        for _ in range(50):
            most = dice.randint(1, 199)
            last = heard[-1].id if heard else 0
            async with listening(at, key, f"/runs/{run.id}/events", last=last) as ear:
                async for event in ear:
                    heard.append(event)
                    most -= 1
                    if not most:
                        break  # the connection drops
        async with listening(at, key, f"/runs/{run.id}/events", last=heard[-1].id) as ear:
            heard += await ear.all()
    assert [event.data["data"] for event in heard if event.name == "said"] == list(range(count))
    assert [event.id for event in heard] == sorted({event.id for event in heard})


# ── WebSockets ──────────────────────────────────────────────────────────────────────────────────


@ON_BOTH
async def test_a_socket_tells_what_a_stream_tells_and_ends_with_the_run(office: Office) -> None:
    task = await office.refund()
    key = await office.key("ada", Role.VIEWER)
    async with office.served() as at:
        async with hearing(at, key, f"?run={task.run_id}") as socket:
            assert json.loads(await socket.recv())["name"] == "run.started"
            await office.app.inbox.approve(task.id, by="bob")
            rest = await all_of(socket)
            assert (rest[-1]["name"], socket.close_code) == ("run.finished", live.DONE)
        async with listening(at, key, f"/runs/{task.run_id}/events") as ear:
            assert [event.data for event in await ear.all()][1:] == rest
        async with hearing(at, key, f"?run={task.run_id}&after={rest[-2]['seq']}") as socket:
            assert await all_of(socket) == rest[-1:]


@ON_BOTH
async def test_a_socket_resets_a_cursor_that_cannot_be_ours(office: Office) -> None:
    task = await office.refund()
    key = await office.key("ada", Role.VIEWER)
    async with office.served() as at, hearing(at, key, "?after=999999") as socket:
        reset = json.loads(await socket.recv())
        assert (reset["name"], reset["seq"]) == ("reset", reset["data"]["newest"])
        assert reset["data"]["snapshot"]["items"][0]["id"] == task.id


@ON_BOTH
async def test_a_socket_is_refused_to_strangers_and_to_pages_of_others(office: Office) -> None:
    person = await office.person("bob")
    cookie = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    async with office.served() as at:
        for key, headers in (
            (None, {}),
            ("ak_wrong", {}),
            (None, {"Cookie": cookie}),
            (None, {"Cookie": cookie, "Origin": "https://evil.example"}),
        ):
            with pytest.raises(InvalidStatus):
                async with hearing(at, key, **headers):
                    pass
        async with hearing(at, None, "?after=newest", Cookie=cookie, Origin=at):
            pass
        with pytest.raises(InvalidStatus):
            async with hearing(at, await office.key("ada", Role.VIEWER), "?run=none"):
                pass


@ON_BOTH
async def test_a_server_that_stops_and_a_revoked_key_end_sockets(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.02)
    streams = office.app.asgi.state.closing
    id, key = await office.app.access.create_key("eve", Role.VIEWER)
    stays = await office.key("ada", Role.VIEWER)
    async with office.served() as at:
        async with hearing(at, key, "?after=newest") as socket:
            await until(lambda: streams.count == 1)
            await office.app.access.revoke_key(id)
            await all_of(socket)
            assert socket.close_code == live.NOT_ALLOWED
        socket = await connect(
            f"{at.replace('http', 'ws')}{API}/ws?after=newest",
            additional_headers={"Authorization": f"Bearer {stays}"},
            proxy=None,
        )
        await until(lambda: streams.count == 1)
    async with asyncio.timeout(100):
        await socket.wait_closed()
    assert socket.close_code == live.RESTARTS
