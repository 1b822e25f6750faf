"""A browser whose connection is cut again and again: it hears every event once, in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

import pytest

from assent.web import live
from tests.web.conftest import Office
from tests.web.desk import desk_of

LISTEN = """
run => new Promise(over => {
  const heard = [];
  const source = new EventSource(`/api/v1/runs/${run}/events`);
  const hear = event => heard.push([Number(event.lastEventId), event.type, JSON.parse(event.data).data]);
  source.addEventListener("said", hear);
  source.addEventListener("run.finished", event => { hear(event); source.close(); over(heard); });
})
"""


@dataclass
class Wire:
    """What lies between the browser and the server: it breaks in the middle of what a stream says."""

    server: tuple[str, int]
    dice: Random
    cuts: int = 50
    cut: int = 0
    at: str = ""
    passing: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody has connected: carry what is said, until one side ends or the wire breaks."""
        there, back = await asyncio.open_connection(*self.server)
        left: list[int] = []  # bytes of a stream that still come through, once there is a stream
        ways = [
            asyncio.create_task(self._ask(reader, back, left)),
            asyncio.create_task(self._reply(there, writer, left)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            back.close()
            writer.transport.abort()

    async def _ask(
        self, reader: asyncio.StreamReader, back: asyncio.StreamWriter, left: list[int]
    ) -> None:
        while told := await reader.read(65_536):
            if b"GET /api/v1/runs/" in told and self.cut < self.cuts:
                left[:] = [self.dice.randint(200, 40_000)]
            back.write(told)
            await back.drain()

    async def _reply(
        self, there: asyncio.StreamReader, writer: asyncio.StreamWriter, left: list[int]
    ) -> None:
        while told := await there.read(4_096):
            if left:
                told, left[0] = told[: left[0]], left[0] - len(told)
            writer.write(told)
            await writer.drain()
            if left and left[0] <= 0:
                self.cut += 1
                return


@asynccontextmanager
async def breaking(at: str, dice: Random) -> AsyncGenerator[Wire]:
    """A wire to this server."""
    host, _, port = at.removeprefix("http://").partition(":")
    wire = Wire((host, int(port)), dice)
    listening = await asyncio.start_server(wire.connected, "127.0.0.1", 0)
    wire.at = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening:
        yield wire


async def test_cut_fifty_times_a_browser_hears_ten_thousand_events_once_in_order(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RETRY", 5)
    count = 10_000
    async with desk_of(office) as desk, breaking(desk.at, Random(7)) as wire:
        desk.at = wire.at
        page = await desk.sit_down(path="/static/mark.svg")
        run = await office.talk("chatty", count)
        heard = await page.evaluate(LISTEN, run.id)
        await page.close()
        desk.complaints[:] = [one for one in desk.complaints if "net::ERR" not in one]
    said = [data for _, name, data in heard if name == "said"]
    ids = [id for id, _, _ in heard]
    assert said == list(range(count))
    assert ids == sorted(set(ids))
    assert heard[-1][1] == "run.finished"
    assert wire.cut == wire.cuts
