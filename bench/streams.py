"""What streams cost: how soon an event is seen, and what a thousand readers take.

    python -m bench.streams near                    in one process, SQLite
    python -m bench.streams far postgresql://…      written in one process, seen in another
    python -m bench.streams crowd [readers] [events]   Server-Sent Events: memory per reader, events delivered

Times are from the moment an entry carries (before its commit) until it is in a reader's hands, so a commit is in them.
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from assent import App, Context, Settings
from assent.access import Role
from assent.process import settle_memory
from assent.web.server import serve

EVENTS: Final = 500
MARK: Final = b"event: said\n"


def app_on(database: str) -> App:
    """An app whose workflows talk."""
    app = App(settings=Settings(database=database))

    @app.workflow
    async def talks(ctx: Context, count: int) -> None:
        for number in range(count):
            await ctx.emit("said", number)
            await ctx.sleep(0.01)

    @app.workflow
    async def chatters(ctx: Context, count: int) -> None:
        for number in range(count):
            await ctx.emit("said", {"number": number, "text": "x" * 60})
            if number % 20 == 19:
                await ctx.step("breath", lambda: None)

    return app


async def _delays(app: App) -> list[float]:
    """Milliseconds from each event's moment until it is seen here."""
    found: list[float] = []
    async for event in app.stream.events(after=await app.stream.newest(), names=("said",)):
        found.append((time.time() - event.at.timestamp()) * 1000)
        if event.data == EVENTS - 1:
            return found
    return found


def _told(what: str, delays: list[float]) -> None:
    ordered = sorted(delays)
    p50, p99 = statistics.median(ordered), ordered[int(len(ordered) * 0.99)]
    print(
        json.dumps(
            {"what": what, "events": len(ordered), "p50_ms": round(p50, 2), "p99_ms": round(p99, 2)}
        )
    )


async def near() -> None:
    """In one process."""
    with tempfile.TemporaryDirectory() as folder:
        async with app_on(f"sqlite:///{folder}/b.db") as app:
            seen = asyncio.ensure_future(_delays(app))
            await asyncio.sleep(0)
            await app.start("talks", EVENTS)
            _told("seen in the same process", await seen)


async def far(database: str) -> None:
    """Over two processes that share a PostgreSQL."""
    app = app_on(database)
    await app.open(advance=False)
    seen = asyncio.ensure_future(_delays(app))
    await asyncio.sleep(0.5)
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.streams", "write", database
    )
    _told("seen in another process", await seen)
    await writer.wait()
    await app.close()


async def write(database: str) -> None:
    """The other process of ``far``."""
    async with app_on(database) as app:
        run = await app.start("talks", EVENTS)
        await run.result()


# ── a crowd ─────────────────────────────────────────────────────────────────────────────────────


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


async def crowded(database: str) -> None:
    """The server of ``crowd``; it tells its memory and starts a run when it reads a line."""
    app = app_on(database)

    async def ready(host: str, port: int) -> None:
        settle_memory()
        _, key = await app.access.create_key("ada", Role.VIEWER)
        print(json.dumps({"port": port, "key": key, "resident": _resident()}), flush=True)
        asyncio.get_running_loop().add_reader(sys.stdin, line)

    def line() -> None:
        asked = sys.stdin.readline().split()
        if not asked:
            asyncio.get_running_loop().remove_reader(sys.stdin)  # whoever measures has gone
            return
        print(json.dumps({"resident": _resident()}), flush=True)
        if asked[0] == "go":
            starting.append(asyncio.ensure_future(app.start("chatters", int(asked[1]))))

    starting: list[asyncio.Future[object]] = []
    async with app:
        await serve(app.asgi, ready=ready)


async def crowd(readers: int, events: int) -> None:
    """So many readers of all events on one server process, and a run that tells so many."""
    with tempfile.TemporaryDirectory() as folder:
        server = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.streams",
            "crowded",
            f"sqlite:///{folder}/b.db",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert server.stdin is not None
        assert server.stdout is not None
        begun = json.loads(await server.stdout.readline())
        sockets = [await _listen(begun["port"], begun["key"]) for _ in range(readers)]
        server.stdin.write(b"look\n")
        there = json.loads(await server.stdout.readline())
        start = time.perf_counter()
        server.stdin.write(f"go {events}\n".encode())
        counts = await asyncio.gather(*(_heard(reader, events) for reader, _ in sockets))
        took = time.perf_counter() - start
        each = (there["resident"] - begun["resident"]) / readers / 1024
        print(
            json.dumps(
                {
                    "readers": readers,
                    "events_each": events,
                    "complete": sum(count == events for count in counts),
                    "kb_per_reader": round(each, 1),
                    "delivered_per_s": round(sum(counts) / took),
                    "seconds": round(took, 2),
                }
            )
        )
        for _, writer in sockets:
            writer.close()
        server.kill()
        await server.wait()


async def _listen(port: int, key: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = "GET /api/v1/events?after=newest&name=said HTTP/1.1\r\nHost: here\r\n"
    writer.write(f"{asked}Authorization: Bearer {key}\r\n\r\n".encode())
    await reader.readuntil(b"retry: 1000\n\n")
    return reader, writer


async def _heard(reader: asyncio.StreamReader, events: int) -> int:
    """Count events; the last one ends it."""
    count, rest = 0, b""
    while count < events:
        chunk = await reader.read(1 << 16)
        if not chunk:
            break
        text = rest + chunk
        count += text.count(MARK)
        end = text.rfind(MARK)
        rest = text[max(end + len(MARK) if end >= 0 else 0, len(text) - len(MARK) + 1) :]
    return count


def main(work: str, *given: str) -> None:
    """Measure."""
    match work:
        case "near":
            asyncio.run(near())
        case "far":
            asyncio.run(far(given[0]))
        case "write":
            asyncio.run(write(given[0]))
        case "crowded":
            asyncio.run(crowded(given[0]))
        case "crowd":
            readers, events = [*map(int, given), *(1000, 200)[len(given) :]]
            asyncio.run(crowd(readers, events))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["help"]))
