"""Streams: every event once and in order, whenever one comes, goes, and comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx2
import pytest

from assent.access import Role
from assent.runs.handle import RunHandle
from assent.web import closing, live
from tests.web.conftest import API, ON_BOTH, Office


@dataclass(frozen=True)
class Heard:
    """One event as it came over the wire."""

    id: int
    name: str
    data: dict[str, Any]


class Ear:
    """Listens to one stream."""

    def __init__(self, response: httpx2.Response) -> None:
        self.response = response
        self.retry = 0
        self.comments: list[str] = []
        self._lines = response.aiter_lines()

    async def __aiter__(self) -> AsyncIterator[Heard]:
        id, name, data = 0, "", ""
        async for line in self._lines:
            field, _, value = line.partition(": ")
            match field:
                case "":
                    if line.startswith(":"):
                        self.comments.append(value)
                    elif data:
                        yield Heard(id, name, _json(data))
                        name, data = "", ""
                case "retry":
                    self.retry = int(value)
                case "id":
                    id = int(value)
                case "event":
                    name = value
                case "data":
                    data += value
                case _:
                    raise AssertionError(f"{line!r} does not belong into a stream.")

    async def all(self) -> list[Heard]:
        """Everything until the stream ends."""
        return [heard async for heard in self]

    async def until(self, name: str) -> list[Heard]:
        """Everything up to the first event of this name."""
        heard: list[Heard] = []
        async for event in self:
            heard.append(event)
            if event.name == name:
                return heard
        raise AssertionError(f"The stream ended without {name!r}.")


def _json(text: str) -> dict[str, Any]:
    told: dict[str, Any] = httpx2.Response(200, text=text).json()
    return told


@asynccontextmanager
async def listening(
    at: str, key: str, path: str, *, last: int | str | None = None, **asked: str | int
) -> AsyncGenerator[Ear]:
    """A stream that is open."""
    headers = {"Authorization": f"Bearer {key}"}
    if last is not None:
        headers["Last-Event-ID"] = str(last)
    async with (
        httpx2.AsyncClient(base_url=at, timeout=100) as http,
        http.stream("GET", API + path, params=asked, headers=headers) as response,
    ):
        yield Ear(response)


async def until(holds: Callable[[], bool]) -> None:
    """Returns once it holds."""
    async with asyncio.timeout(100):
        while not holds():  # noqa: ASYNC110  # nothing tells when it does
            await asyncio.sleep(0)


@ON_BOTH
async def test_a_run_is_told_in_order_from_its_start_to_its_end(office: Office) -> None:
    task = await office.refund()
    key = await office.key("ada", Role.RESPONDER)
    async with office.served() as at:
        async with listening(at, key, f"/runs/{task.run_id}/events") as ear:
            told = [event async for event in _answering(office, task.id, ear)]
        names = [event.name for event in told if event.name != "run.waiting"]
        assert names == [
            "run.started",
            "task.opened",
            "task.answered",
            "task.closed",
            "step.started",
            "step.finished",
            "run.finished",
        ]
        last = told[-1]
        assert (last.data["data"]["status"], last.data["run_id"]) == ("succeeded", task.run_id)
        assert last.data["data"]["output"] == "paid 120.50 EUR"
        assert [event.id for event in told] == sorted({event.id for event in told})
        assert all(event.id == event.data["seq"] for event in told)
        assert ear.retry == live.RETRY
        # a page that is opened late, or reloaded, sees the same
        async with listening(at, key, f"/runs/{task.run_id}/events") as again:
            assert await again.all() == told


async def _answering(office: Office, task: str, ear: Ear) -> AsyncIterator[Heard]:
    """Answers as soon as the question is seen."""
    async for event in ear:
        if event.name == "task.opened":
            await office.app.inbox.approve(task, by="bob")
        yield event


@ON_BOTH
async def test_a_failed_and_a_cancelled_run_say_so_at_their_end(office: Office) -> None:
    failed: RunHandle[None] = await office.app.start("broken")
    await failed.wait()
    task = await office.refund()
    await office.app.run(task.run_id).cancel("enough", by="ann")
    key = await office.key("ada", Role.VIEWER)
    async with office.served() as at:
        for run, status, word in (
            (failed.id, "failed", "the till is empty"),
            (task.run_id, "cancelled", "enough"),
        ):
            async with listening(at, key, f"/runs/{run}/events") as ear:
                last = (await ear.all())[-1]
            assert (last.name, last.data["data"]["status"]) == ("run.finished", status)
            assert word in str(last.data["data"])


@ON_BOTH
async def test_fifty_dropped_connections_cost_nothing(office: Office) -> None:
    run = await office.talk("chatty", 100)
    await run.result()
    key = await office.key("ada", Role.VIEWER)
    heard: list[Heard] = []
    async with office.served() as at:
        for _ in range(50):
            async with listening(
                at, key, f"/runs/{run.id}/events", last=heard[-1].id if heard else 0
            ) as ear:
                async for event in ear:
                    heard.append(event)
                    if len(heard) % 2 == 0:
                        break  # the connection drops
        async with listening(at, key, f"/runs/{run.id}/events", last=heard[-1].id) as ear:
            heard += await ear.all()
    assert [event.data["data"] for event in heard if event.name == "said"] == list(range(100))
    assert len({event.id for event in heard}) == len(heard)


@ON_BOTH
async def test_nothing_is_lost_or_doubled_where_history_meets_what_happens(office: Office) -> None:
    count = 10_000
    key = await office.key("ada", Role.VIEWER)
    async with office.served() as at:
        run = await office.talk("chatty", count)
        async with (
            listening(at, key, f"/runs/{run.id}/events") as early,
            listening(at, key, "/events", after=0) as everything,
        ):
            one, other = await asyncio.gather(early.all(), everything.until("run.finished"))
        async with listening(at, key, f"/runs/{run.id}/events") as late:
            third = await late.all()
    for heard in (one, other, third):
        assert [event.data["data"] for event in heard if event.name == "said"] == list(range(count))
    assert one == third


@ON_BOTH
async def test_a_reader_of_a_run_that_is_over_is_told_not_to_come_back(office: Office) -> None:
    run = await office.talk("chatty", 1)
    await run.result()
    key = await office.key("ada", Role.VIEWER)
    async with office.served() as at:
        async with listening(at, key, f"/runs/{run.id}/events") as ear:
            last = (await ear.all())[-1].id
        async with listening(at, key, f"/runs/{run.id}/events", last=last) as again:
            assert again.response.status_code == 204


@pytest.mark.parametrize("cursor", [10**9, "yesterday", "-1", "9" * 40])
@ON_BOTH
async def test_a_cursor_that_cannot_be_ours_resets_the_reader_with_a_snapshot(
    office: Office, cursor: int | str
) -> None:
    task = await office.refund()
    key = await office.key("ada", Role.VIEWER)
    async with office.served() as at:
        async with listening(at, key, "/events", last=cursor) as ear:
            reset = (await ear.until("reset"))[0]
            assert reset.id == reset.data["newest"]
            assert [each["id"] for each in reset.data["snapshot"]["items"]] == [task.id]
            await office.app.inbox.comment(task.id, "still here?", by="bob")
            following = await ear.until("task.commented")
            assert following[0].id == reset.id + 1
        async with listening(at, key, f"/runs/{task.run_id}/events", after=str(cursor)) as ear:
            snapshot = (await ear.until("reset"))[0].data["snapshot"]
            assert (snapshot["id"], snapshot["tasks"][0]["id"]) == (task.run_id, task.id)


@ON_BOTH
async def test_the_header_goes_before_the_query_as_a_browser_comes_back(office: Office) -> None:
    run = await office.talk("chatty", 3)
    await run.result()
    key = await office.key("ada", Role.VIEWER)
    async with office.served() as at:
        async with listening(at, key, f"/runs/{run.id}/events") as ear:
            told = await ear.all()
        middle = told[2].id
        async with listening(at, key, f"/runs/{run.id}/events", last=middle, after=1) as ear:
            assert await ear.all() == told[3:]


@ON_BOTH
async def test_whoever_wants_only_what_comes_gets_only_that(office: Office) -> None:
    await office.refund("A-1")
    key = await office.key("ada", Role.VIEWER)
    async with office.served() as at, listening(at, key, "/events", after="newest") as ear:
        second = await office.refund("A-2")
        heard = await ear.until("task.opened")
        assert {event.data["run_id"] for event in heard} == {second.run_id}


@ON_BOTH
async def test_whoever_wanted_only_what_comes_and_was_cut_off_misses_nothing(
    office: Office,
) -> None:
    first = await office.refund("A-1")
    key = await office.key("ada", Role.VIEWER)
    async with office.served() as at:
        async with listening(at, key, "/events", after="newest") as ear:
            await office.app.inbox.comment(first.id, "here?", by="bob")
            seen = (await ear.until("task.commented"))[-1].id
        second = await office.refund("A-2")
        async with listening(at, key, "/events", after="newest", last=seen) as ear:
            heard = await ear.until("task.opened")
            assert {event.data["run_id"] for event in heard} == {second.run_id}


@ON_BOTH
async def test_moments_are_told_in_words_that_every_program_knows(office: Office) -> None:
    task = await office.asked(timeout="4h")
    key = await office.key("ada", Role.VIEWER)
    async with office.served() as at, listening(at, key, "/events", after=0) as ear:
        opened = (await ear.until("task.opened"))[-1].data
        assert datetime.fromisoformat(opened["data"]["due"]) == task.due


@ON_BOTH
async def test_a_silent_stream_shows_that_it_lives(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.02)
    task = await office.refund()
    key = await office.key("ada", Role.VIEWER)
    async with office.served() as at, listening(at, key, "/events", after="newest") as ear:
        waiting = asyncio.ensure_future(ear.until("task.commented"))
        await until(lambda: len(ear.comments) > 2)
        await office.app.inbox.comment(task.id, "done", by="bob")
        await waiting


@ON_BOTH
async def test_a_revoked_key_ends_its_streams(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.02)
    await office.refund()
    id, key = await office.app.access.create_key("eve", Role.VIEWER)
    async with office.served() as at, listening(at, key, "/events", after="newest") as ear:
        await office.app.access.revoke_key(id)
        assert await ear.all() == []


@ON_BOTH
async def test_a_reader_that_does_not_read_is_let_go_and_can_come_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await office.key("ada", Role.VIEWER)
    streams = office.app.asgi.state.closing
    async with office.served() as at:
        with monkeypatch.context() as impatient:
            impatient.setattr(live, "STUCK", 0.05)
            async with listening(at, key, "/events", after=0):
                await until(lambda: streams.count == 1)
                # more than the buffers between here and there hold
                run = await office.talk("wordy", 300)
                await run.result()
                await until(lambda: streams.count == 0)
        # Whoever reads is given the time that this takes on a busy machine.
        async with listening(at, key, f"/runs/{run.id}/events", last=0) as ear:
            said = [event for event in await ear.all() if event.name == "said"]
    assert len(said) == 300


@ON_BOTH
async def test_there_are_only_so_many_streams(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "MOST", 1)
    key = await office.key("ada", Role.VIEWER)
    async with office.served() as at, listening(at, key, "/events", after="newest"):
        await until(lambda: office.app.asgi.state.closing.count == 1)
        async with listening(at, key, "/events", after="newest") as second:
            assert second.response.status_code == 503
            assert second.response.headers["retry-after"]


@ON_BOTH
async def test_a_server_that_stops_ends_its_streams_in_good_order(office: Office) -> None:
    key = await office.key("ada", Role.VIEWER)
    async with httpx2.AsyncClient(timeout=100) as http:
        async with office.served() as at:
            opened = [
                await http.send(
                    http.build_request(
                        "GET", f"{at}{API}/events", headers={"Authorization": f"Bearer {key}"}
                    ),
                    stream=True,
                )
                for _ in range(3)
            ]
        for response in opened:
            await response.aread()  # whom the server had to cut off raises here


async def test_a_name_that_somebody_made_up_breaks_no_frame() -> None:
    sent = live.frame(data="a\nb", id=1, event="x\r\nid: 9\n\ndata: y\0")
    assert sent == b'id: 1\nevent: x  id: 9  data: y \ndata: "a\\nb"\n\n'
