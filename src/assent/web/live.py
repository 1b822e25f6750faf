"""Live streams: a run's journal, a task's part of it, or all of them, as Server-Sent Events or over a WebSocket.

    GET /runs/{run}/events   history, then live, until the run ends
    GET /events              history, then live, until the server or the reader ends it
    /ws                      either of them (``?run=``), one message of JSON for each event

All of them read one feed. Its ids are the sequence numbers of the journal, so a reader that comes back with
``Last-Event-ID`` (or ``?after=``) goes on where it stopped: no clocks, nothing lost, nothing twice. A cursor that
this journal cannot have given, or that is older than what was taken away, gets a ``reset`` with a snapshot, and what
follows is live. A reader is sent what it may hear: channels may ask for a role.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Annotated, Final, NamedTuple, TypeAlias

from fastapi import Query
from pydantic_core import to_json
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from typing_extensions import override

from assent.access import Role
from assent.core.values import Json
from assent.errors import RunNotFound
from assent.stream import Line, named
from assent.web import auth
from assent.web.closing import Closing
from assent.web.problem import Problem
from assent.web.request import closing_of, system_of, who_of
from assent.web.wire.basic import plain_page
from assent.web.wire.runs import Run
from assent.web.wire.tasks import Task

HEARTBEAT: Final = 15.0  # seconds; proxies drop what is silent for a minute
NEWEST: Final = "newest"
RETRY: Final = 1000  # milliseconds until a browser comes back
STUCK: Final = 30.0  # seconds a reader may take for some events before it is let go
LARGEST: Final = 256_000  # bytes that are sent in one go, unless one event is larger
LOOKED_BACK: Final = 10_000  # entries that are looked through for the newest few

Frames: TypeAlias = AsyncGenerator[bytes, None]
After: TypeAlias = Annotated[
    str | None,
    Query(
        description="The last sequence number seen; Last-Event-ID goes before it. "
        "'newest' leaves out what has happened so far."
    ),
]
Names: TypeAlias = Annotated[
    list[str],
    Query(description="Only events of these names; 'task.*' means all of tasks."),
]
Channels: TypeAlias = Annotated[list[str], Query(description="Only these channels of your own.")]
Tasks: TypeAlias = Annotated[list[str], Query(description="Only what is about these tasks.")]
OfRuns: TypeAlias = Annotated[list[str], Query(description="Only these runs.")]
History: TypeAlias = Annotated[
    int | None,
    Query(ge=0, le=1000, description="Of what has happened, only so many events, the newest."),
]
StillAllowed: TypeAlias = Callable[[], Awaitable[bool]]


class Told(NamedTuple):
    """One event on its way to a reader; ``text`` is JSON on one line."""

    id: int
    name: str
    text: bytes


def frame(*, data: Json, id: int | None = None, event: str = "") -> bytes:
    """One event as it goes over the wire; JSON keeps the data on one line."""
    return _frame(id, event, to_json(data))


def _frame(id: int | None, event: str, text: bytes) -> bytes:
    name = event.translate(_ONE_LINE)
    lines = [f"id: {id}"] if id is not None else []
    lines += [f"event: {name}"] if name else []
    return "".join(f"{line}\n" for line in lines).encode() + b"data: " + text + b"\n\n"


_ONE_LINE: Final = {ord(char): " " for char in "\r\n\0"}


def cursor(request: HTTPConnection) -> int | None:
    """Where the reader stopped, 0 for the beginning, None for a cursor that never was one of ours."""
    text = request.headers.get("last-event-id") or request.query_params.get("after") or "0"
    return int(text) if text.isdecimal() and len(text) < 19 else None


# ── the feed ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader wants to hear; nothing given means everything."""

    names: Sequence[str] = ()
    tasks: frozenset[str] = frozenset()
    runs: frozenset[str] = frozenset()
    history: int | None = None

    @classmethod
    def of(cls, connection: HTTPConnection) -> Wish:
        """What is asked for in an address: parameters may be repeated, or hold several names."""
        asked = connection.query_params

        def all_of(name: str) -> list[str]:
            return [part for text in asked.getlist(name) for part in text.split(",") if part]

        history = asked.get("history", "")
        return cls(
            names=(*all_of("name"), *all_of("channel")),
            tasks=frozenset(all_of("task")),
            runs=frozenset(all_of("run")),
            history=int(history) if history.isdecimal() and len(history) < 5 else None,
        )

    def __contains__(self, line: Line) -> bool:
        return (
            (not self.names or named(line.name, self.names))
            and (not self.tasks or line.task in self.tasks)
            and (not self.runs or line.run_id in self.runs)
        )


@dataclass(frozen=True, slots=True)
class Feed:
    """What one reader is sent: of one run, or of all."""

    connection: HTTPConnection
    wish: Wish
    run: str | None = None

    async def __aiter__(self) -> AsyncGenerator[Sequence[Told], None]:
        """Some events at a time, from where the reader stopped."""
        stream = system_of(self.connection).stream
        newest = await stream.newest(cursor(self.connection) or 0)
        after = self.connection.query_params.get("after")
        resumed = self.connection.headers.get("last-event-id")
        start = newest if after == NEWEST and not resumed else cursor(self.connection)
        if start is None or start > newest or 0 < start < await stream.pruned():
            told: Json = {"newest": newest, "snapshot": await self._snapshot()}
            yield [Told(newest, "reset", to_json(told))]
            start = newest
        elif start == 0 and self.wish.history is not None:
            if past := await self._past(newest):
                yield past
            start = newest
        async for lines in stream.lines(self.run, after=start, until_end=self.run is not None):
            if wanted := self._heard(lines):
                yield wanted

    async def _past(self, newest: int) -> Sequence[Told]:
        """The newest few of what has happened so far."""
        kept: deque[Told] = deque(maxlen=self.wish.history)
        start = 0 if self.run else max(0, newest - LOOKED_BACK)
        stream = system_of(self.connection).stream
        async for lines in stream.lines(self.run, after=start, live=False):
            kept.extend(told for told in self._heard(lines) if told.id <= newest)
        return list(kept)

    def _heard(self, lines: Sequence[Line]) -> list[Told]:
        role, channels = who_of(self.connection).role, system_of(self.connection).channels
        return [
            Told(line.seq, line.name, line.text)
            for line in lines
            if line in self.wish
            and ((least := channels.role_of(line.name)) is None or role.allows(Role(least)))
        ]

    async def _snapshot(self) -> Json:
        system = system_of(self.connection)
        if self.run is None:
            return plain_page(await system.inbox.tasks(), Task.of)
        return (await Run.whole(system.run(self.run))).model_dump(mode="json")


def _portions(told: Sequence[bytes]) -> list[bytes]:
    """Several events in one go, and never more than a reader can be expected to take at once."""
    portions, part, size = list[bytes](), list[bytes](), 0
    for text in told:
        if part and size + len(text) > LARGEST:
            portions.append(b"".join(part))
            part, size = [], 0
        part.append(text)
        size += len(text)
    return [*portions, b"".join(part)] if part else portions


# ── server-sent events ──────────────────────────────────────────────────────────────────────────


class EventStream(Response):
    """Sends frames as they come, a comment when none do, and ends when the server does.

    Frames are pulled: a slow reader slows down its own stream and nothing else, and one that is stuck is let go; it
    can come back to where it was.
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
        async with aclosing(
            until(self._frames, ended, gone(receive), self._still_allowed)
        ) as coming:
            async for chunk in coming:
                yield b": still here\n\n" if chunk is None else chunk


async def until(
    frames: AsyncGenerator[bytes, None],
    ended: asyncio.Event,
    gone: Awaitable[None],
    still_allowed: StillAllowed,
) -> AsyncGenerator[bytes | None, None]:
    """What comes, and None now and then, until there is no more, the server ends, or the reader may not or will not."""
    leaving = [asyncio.ensure_future(ended.wait()), asyncio.ensure_future(gone)]
    checked = asyncio.get_running_loop().time()
    coming = asyncio.ensure_future(anext(frames))
    try:
        while not any(leave.done() for leave in leaving):
            await asyncio.wait(
                [coming, *leaving], timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED
            )
            now = asyncio.get_running_loop().time()
            if now - checked >= HEARTBEAT:
                checked = now
                if not await still_allowed():
                    return
                yield None
            if coming.done():
                try:
                    yield coming.result()
                except StopAsyncIteration:
                    return
                coming = asyncio.ensure_future(anext(frames))
    finally:
        for waiting in (*leaving, coming):
            waiting.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await waiting
        await frames.aclose()


def _body(chunk: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": chunk, "more_body": more}


async def gone(receive: Receive) -> None:
    """Returns once the reader has hung up."""
    while (await receive())["type"] not in {"http.disconnect", "websocket.disconnect"}:
        pass


# ── routes ──────────────────────────────────────────────────────────────────────────────────────


async def all_events(
    request: Request,
    after: After = None,
    name: Names = [],  # noqa: B006  (FastAPI makes a new one for each request)
    channel: Channels = [],  # noqa: B006  (as above)
    run: OfRuns = [],  # noqa: B006  (as above)
    task: Tasks = [],  # noqa: B006  (as above)
    history: History = None,
) -> Response:
    """Every event of every run, in order, and then as they happen."""
    return _stream(request, Feed(request, Wish.of(request)))


async def run_events(
    request: Request,
    run: str,
    after: After = None,
    name: Names = [],  # noqa: B006  (as above)
    channel: Channels = [],  # noqa: B006  (as above)
    task: Tasks = [],  # noqa: B006  (as above)
    history: History = None,
) -> Response:
    """The events of one run, in order, and then as they happen, until it has ended."""
    system = system_of(request)
    ended = (await system.run(run).info()).status.ended
    if ended and not await _any_after(
        system.stream.lines(run, after=cursor(request) or 0, live=False)
    ):
        return Response(status_code=204)  # tells a browser not to come back
    return _stream(request, Feed(request, Wish.of(request), run))


async def _any_after(lines: AsyncIterator[Sequence[Line]]) -> bool:
    async for _ in lines:
        return True
    return False


def _stream(request: Request, feed: Feed) -> Response:
    closing = closing_of(request)
    if closing.full:
        raise Problem(503, "Too many streams are open.", headers={"Retry-After": "10"})

    async def frames() -> Frames:
        async for told in feed:
            for portion in _portions([_frame(*each) for each in told]):
                yield portion

    return EventStream(frames(), closing, lambda: auth.still_allowed(request))


# ── over a WebSocket ────────────────────────────────────────────────────────────────────────────

DONE: Final = 1000  # the run has ended
NOT_ALLOWED: Final = 1008
RESTARTS: Final = 1012  # the server ends; come back
FULL: Final = 1013


async def websocket(socket: WebSocket) -> None:
    """What the streams tell, one message for each event; ``?run=`` for one run, until it has ended."""
    closing = closing_of(socket)
    wish = Wish.of(socket)
    run = next(iter(wish.runs)) if len(wish.runs) == 1 else None
    if closing.full:
        await socket.close(FULL)
        return
    try:
        if run is not None:
            await system_of(socket).run(run).info()
    except RunNotFound:
        await socket.close(NOT_ALLOWED)
        return
    await socket.accept()
    with closing.stream() as ended, suppress(TimeoutError, OSError, RuntimeError):
        code = await _sent(socket, Feed(socket, wish, run), ended)
        async with asyncio.timeout(STUCK):
            await socket.close(code)


async def _sent(socket: WebSocket, feed: Feed, ended: asyncio.Event) -> int:
    """Send all there is; how it came to its end."""

    async def messages() -> Frames:
        async for told in feed:
            for id, name, text in told:
                yield text if name != "reset" else _reset(id, text)

    async def still_allowed() -> bool:
        return await auth.still_allowed(socket)

    async with aclosing(until(messages(), ended, gone(socket.receive), still_allowed)) as coming:
        async for text in coming:
            async with asyncio.timeout(STUCK):
                await socket.send_text((text or b'{"name":"still.here"}').decode())
    if ended.is_set():
        return RESTARTS
    return DONE if await still_allowed() else NOT_ALLOWED


def _reset(id: int, text: bytes) -> bytes:
    return b'{"name":"reset","seq":%d,"data":%s}' % (id, text)
