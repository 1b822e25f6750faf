"""A real HTTP server that remembers what it was sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Request:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Its body."""
        return json.loads(self.body)


@dataclass
class Receiver:
    """Answers in turn with these statuses (then with 200), and these headers and this body."""

    port: int = 0
    statuses: list[int] = field(default_factory=list[int])
    headers: dict[str, str] = field(default_factory=dict[str, str])
    answers: dict[str, Any] = field(default_factory=dict[str, Any])
    got: list[Request] = field(default_factory=list[Request])
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    async def called(self, method: str) -> Request:
        """The newest request to this address; waits until there is one."""
        while True:
            found = [request for request in self.got if request.path.endswith(method)]
            if found:
                return found[-1]
            self._more.clear()
            await self._more.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = head[0].split(" ")
        pairs = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.got.append(Request(method, path, headers, body))
        self._more.set()
        status = self.statuses.pop(0) if self.statuses else 200
        said = json.dumps(self.answers.get(path, {"ok": True})).encode()
        told = {
            **self.headers,
            "Content-Length": str(len(said)),
            "Content-Type": "application/json",
            "Connection": "close",
        }
        lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in told.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode() + said)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def receiving(**how: Any) -> AsyncGenerator[Receiver]:
    """A receiver on a free port of this machine."""
    receiver = Receiver(**how)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver
