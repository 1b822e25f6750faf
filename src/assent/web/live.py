"""Live streams: a run's journal, or all of them, as Server-Sent Events.

    GET /runs/{run}/events   history, then live, until the run ends
    GET /events              history, then live, until the server or the reader ends it

``id`` is the sequence number of the journal, so a reader that comes back with ``Last-Event-ID`` (or
``?after=``) goes on where it stopped: no clocks, nothing lost, nothing twice. A cursor that this journal
cannot have given gets a ``reset`` with a snapshot, and what follows is live.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Annotated, Final, TypeAlias

from fastapi import Query
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from typing_extensions import override

from assent.core.values import Json
from assent.stream import Event
from assent.web import auth, wire
from assent.web.closing import Closing
from assent.web.problem import Problem
from assent.web.request import closing_of, system_of

HEARTBEAT: Final = 15.0  # seconds; proxies drop what is silent for a minute
NEWEST: Final = "newest"
RETRY: Final = 1000  # milliseconds until a browser comes back
STUCK: Final = 30.0  # seconds a reader may take for one event before it is let go

Frames: TypeAlias = AsyncGenerator[bytes, None]
After: TypeAlias = Annotated[
    str | None,
    Query(
        description="The last sequence number seen; Last-Event-ID goes before it. "
        "'newest' leaves out what has happened so far."
    ),
]
StillAllowed: TypeAlias = Callable[[], Awaitable[bool]]


def frame(*, data: Json, id: int | None = None, event: str = "") -> bytes:
    """One event as it goes over the wire; JSON keeps the data on one line."""
    name = event.translate(_ONE_LINE)
    lines = [f"id: {id}"] if id is not None else []
    lines += [f"event: {name}"] if name else []
    return "\n".join([*lines, f"data: {to_json(data).decode()}", "", ""]).encode()


_ONE_LINE: Final = {ord(char): " " for char in "\r\n\0"}


def cursor(request: Request) -> int | None:
    """Where the reader stopped, 0 for the beginning, None for a cursor that never was one of ours."""
    text = request.headers.get("last-event-id") or request.query_params.get("after") or "0"
    return int(text) if text.isdecimal() and len(text) < 19 else None


class EventStream(Response):
    """Sends frames as they come, a comment when none do, and ends when the server does.

    Frames are pulled one by one: a slow reader slows down its own stream and nothing else, and one
    that is stuck is let go; it can come back to where it was.
    """

    media_type = "text/event-stream"

    def __init__(self, frames: Frames, closing: Closing, still_allowed: StillAllowed) -> None:
        super().__init__(headers={"X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._frames = frames
        self._closing = closing
        self._still_allowed = still_allowed

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        with self._closing.stream() as ended, suppress(TimeoutError, OSError):
            async with aclosing(self._until(ended, receive)) as chunks:
                async for chunk in chunks:
                    async with asyncio.timeout(STUCK):
                        await send(_body(chunk, more=True))
            await send(_body(b"", more=False))

    async def _until(self, ended: asyncio.Event, receive: Receive) -> Frames:
        """Frames and heartbeats, until there are no more, the server ends, or the reader leaves."""
        yield f"retry: {RETRY}\n\n".encode()
        leaving = [asyncio.ensure_future(ended.wait()), asyncio.ensure_future(_gone(receive))]
        checked = asyncio.get_running_loop().time()
        coming = asyncio.ensure_future(anext(self._frames))
        try:
            while not any(leave.done() for leave in leaving):
                await asyncio.wait(
                    [coming, *leaving], timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED
                )
                now = asyncio.get_running_loop().time()
                if now - checked >= HEARTBEAT:
                    checked = now
                    if not await self._still_allowed():
                        return
                    yield b": still here\n\n"
                if coming.done():
                    try:
                        yield coming.result()
                    except StopAsyncIteration:
                        return
                    coming = asyncio.ensure_future(anext(self._frames))
        finally:
            for waiting in (*leaving, coming):
                waiting.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await waiting
            await self._frames.aclose()


def _body(chunk: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": chunk, "more_body": more}


async def _gone(receive: Receive) -> None:
    """Returns once the reader has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass


# ── routes ──────────────────────────────────────────────────────────────────────────────────────


async def all_events(request: Request, after: After = None) -> Response:
    """Every event of every run, in order, and then as they happen."""
    system = system_of(request)

    async def snapshot() -> Json:
        return wire.plain_page(await system.inbox.tasks(), wire.Task.of)

    return await _stream(request, after, lambda start: system.stream.events(after=start), snapshot)


async def run_events(request: Request, run: str, after: After = None) -> Response:
    """The events of one run, in order, and then as they happen, until it has ended."""
    system = system_of(request)
    handle = system.run(run)
    ended = (await handle.info()).status.ended
    if ended and not await _any_after(
        system.stream.events(run, after=cursor(request) or 0, live=False)
    ):
        return Response(status_code=204)  # tells a browser not to come back

    async def snapshot() -> Json:
        return (await wire.Run.whole(handle)).model_dump(mode="json")

    def events(start: int) -> AsyncIterator[Event]:
        return system.stream.events(run, after=start, until_end=True)

    return await _stream(request, after, events, snapshot)


async def _any_after(events: AsyncIterator[Event]) -> bool:
    async for _ in events:
        return True
    return False


async def _stream(
    request: Request,
    after: str | None,
    events: Callable[[int], AsyncIterator[Event]],
    snapshot: Callable[[], Awaitable[Json]],
) -> Response:
    closing = closing_of(request)
    if closing.full:
        raise Problem(503, "Too many streams are open.", headers={"Retry-After": "10"})
    newest = await system_of(request).stream.newest()
    start = newest if after == NEWEST else cursor(request)

    async def frames() -> Frames:
        if start is None or start > newest:
            told: Json = {"newest": newest, "snapshot": await snapshot()}
            yield frame(data=told, id=newest, event="reset")
        async for event in events(newest if start is None else min(start, newest)):
            yield frame(data=event.plain(), id=event.seq, event=event.name)

    return EventStream(frames(), closing, lambda: auth.still_allowed(request))
