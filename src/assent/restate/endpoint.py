"""Where Restate calls this process: a small HTTP/2 server beside the app's own, in the same loop.

A call names a run, and nothing else that matters: what there is to do stands in the run's journal. Nothing is
recorded with Restate, so there is nothing that could disagree with the journal, or that a new version of the code
must replay.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Any, Final, TypeAlias

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from restate import InvocationRetryPolicy, ObjectContext, VirtualObject, server
from restate.endpoint import Endpoint as Services
from restate.exceptions import RetryableError

from assent.errors import ConfigurationError
from assent.restate.options import Restate, listed

Advance: TypeAlias = Callable[[str, dict[str, Any]], Awaitable[None]]

# A call lasts as long as the run has something to do: a step of days must not be cut off.
_LONGEST: Final = timedelta(days=365)
_AGAIN: Final = InvocationRetryPolicy(
    initial_interval=timedelta(milliseconds=50),
    exponentiation_factor=2.0,
    max_interval=timedelta(seconds=2),
    max_attempts=1_000_000_000,  # for ever: a call that is given up would hold up all later ones of its run
)
_HANDLER: Final = "advance"
_GRACE: Final = 5.0  # seconds
_CUTS: Final = 10  # times a call is cut off that does not end
_ONCE: Final = timedelta(seconds=10)  # how long a call that is over has its name, at the least


class Again(Exception):
    """Nothing came of a call; Restate is to make it again, here or elsewhere."""


class Endpoint:
    """Takes Restate's calls."""

    def __init__(self, options: Restate, advance: Advance) -> None:
        self._options = options
        self._advance = advance
        self._services = Services()  # type: ignore[no-untyped-call]
        self._services.identity_keys = list(listed(options.identity))
        self._site = server.asgi_app(self._services)
        self._server: Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self._underway: set[asyncio.Task[Any]] = set()
        self._closing = False

    def offers(self, known: Iterable[tuple[str, str]]) -> bool:
        """Offer to advance runs of these workflows; whether any of them is new."""
        names = {self._options.service(*each) for each in known}
        new = names - set(self._services.services)
        self._services.bind(*(self._object(name) for name in sorted(new)))
        return bool(new)

    def _object(self, name: str) -> VirtualObject:
        made = VirtualObject(
            name,
            inactivity_timeout=_LONGEST,
            abort_timeout=_LONGEST,
            journal_retention=timedelta(0),
            idempotency_retention=_ONCE,
            invocation_retry_policy=_AGAIN,
            state_preload=False,
        )

        async def advance(ctx: ObjectContext, told: dict[str, Any]) -> None:
            try:
                await self._advance(ctx.key(), told)
            except Again as again:
                raise RetryableError(str(again)) from again

        made.handler(_HANDLER)(advance)
        return made

    async def start(self) -> None:
        """Listen. Raises ConfigurationError where that cannot be."""
        host, port = self._options.listens
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise self._deaf(error.strerror or str(error)) from error
        _keep_signals(loop)
        self._server = Server(
            self._answer,
            address=str(found[0][4][0]),
            port=port,
            interface=Interfaces.ASGINL,
            http=HTTPModes.http2,  # what tells a machine that is gone from one that works: it is pinged
            websockets=False,
            log_enabled=False,
        )
        listens = asyncio.Event()
        self._server.on_startup(listens.set)
        self._serving = loop.create_task(self._server.serve())
        self._serving.add_done_callback(lambda _: listens.set())
        await listens.wait()
        if self._serving.done() and (failure := self._serving.exception()) is not None:
            # A line, and then where in its own code it was.
            raise self._deaf(str(failure).partition("\n")[0]) from None

    def _deaf(self, why: str) -> ConfigurationError:
        return ConfigurationError(
            f"Restate(listen={self._options.listen!r}): no calls can be taken there: {why}. Name an address of this "
            "machine and a port that no other program has; reached_at= says where the server reaches it, if elsewhere."
        )

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        """One request, of which is known that it is under way."""
        if self._closing:
            await _refuse(send, 503, "This worker is stopping.")
            return
        here = asyncio.current_task()
        assert here is not None
        self._underway.add(here)
        reply = _Reply(receive, send)
        try:
            await self._site(scope, reply.receive, reply.send)
        finally:
            self._underway.discard(here)

    async def stop(self) -> None:
        """Listen no more. Calls are over by now, and a moment is left to them to say so: cut off, the server hangs."""
        self._closing = True
        if self._underway:
            await asyncio.wait(list(self._underway), timeout=_GRACE)
        # More than once: the SDK takes the first for the end of the code, and waits for the server to hang up.
        for _ in range(_CUTS):
            for left in list(self._underway):
                left.cancel()
            await asyncio.sleep(0)
        if self._server is not None and self._serving is not None:
            self._server.stop()  # type: ignore[no-untyped-call]
            await asyncio.wait([self._serving], timeout=_GRACE)


class _Reply:
    """What is sent to one request, and what is heard of it.

    The SDK hears a request to its end before it refuses it, where it is not signed or for what is not offered here, and
    a call ends once it is replied to: so it is told that this is the end.
    """

    def __init__(self, receive: Any, send: Any) -> None:
        self._receive = receive
        self._send = send
        self._refuses = False

    async def send(self, message: Any) -> None:
        """Send the next part of the reply."""
        if message["type"] == "http.response.start":
            self._refuses = message["status"] >= 300
        await self._send(message)

    async def receive(self) -> Any:
        """Hear what comes next; nothing more once it is refused."""
        return {"type": "http.disconnect"} if self._refuses else await self._receive()


async def _refuse(send: Any, status: int, why: str) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": why.encode()})


def _keep_signals(loop: asyncio.AbstractEventLoop) -> None:
    """The SDK would take SIGTERM for itself at its first call, and then nothing ends the process: say it has.

    It has no switch for that; where it no longer keeps this either, the test that ends a worker fails.
    """
    hooks: dict[int, list[Callable[[], None]]] = vars(server)["_shutdown_hooks"].setdefault(
        loop, {}
    )
    hooks.setdefault(signal.SIGTERM, [])
