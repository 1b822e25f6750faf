"""The server: uvicorn, with an end.

A server that waits for open streams to close never stops by itself: on the first signal this one tells the
streams to end, and is gone within a second.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final

import uvicorn
from fastapi import FastAPI
from typing_extensions import override
from uvicorn.server import HANDLED_SIGNALS

from assent.web.closing import Closing

PATIENCE: Final = 5  # seconds for replies under way; streams end at once
Ready = Callable[[str, int], Awaitable[None]]


class Server(uvicorn.Server):
    """Ends the streams when it is told to stop, and tells when it takes requests."""

    def __init__(self, config: uvicorn.Config, closing: Closing, ready: Ready | None) -> None:
        super().__init__(config)
        self._closing = closing
        self._ready = ready

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._ready and self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            await self._ready(host, port)

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._closing.close()

    def stop(self) -> None:
        """Take no new requests, finish those under way, end the streams."""
        self.should_exit = True
        self._closing.close()

    @contextmanager
    @override
    def capture_signals(self) -> Generator[None]:
        """A signal ends the server, and not whoever started it: they still have to close what is open."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {sig: signal.signal(sig, self.handle_exit) for sig in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)


async def serve(
    site: FastAPI,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    ready: Ready | None = None,
    log_level: str = "warning",
) -> None:
    """Serve ``app.asgi`` until SIGTERM, SIGINT or cancellation.

    ``ready`` is told the address once requests are taken; port 0 means any free one. Raises OSError where
    the address cannot be had.
    """
    config = uvicorn.Config(
        site,
        log_level=log_level,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # where people reach us is told by the configured public URL
        timeout_graceful_shutdown=PATIENCE,
    )
    server = Server(config, site.state.closing, ready)
    listening = listen(host, port)
    serving = asyncio.ensure_future(server.serve([listening]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.stop()
        await serving
        raise
    finally:
        listening.close()


def listen(host: str, port: int) -> socket.socket:
    """A socket that is bound, so that a port in use is told here, before anything starts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made
