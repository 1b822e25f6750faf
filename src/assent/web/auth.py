"""Nobody gets in but those who may.

    request ──▶ too large? ──▶ open to all? ──▶ who asks? ──▶ from our own pages? ──▶ route ──▶ role?
                   413        health, login,      401            403 (cookies)                  403
                              static files

Everything is closed unless it is named here, so a route that nobody thought of is closed too. Programs show
an API key; browsers a session cookie, which only counts for requests that our own pages make.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from assent.access import Identity, Role
from assent.web.page import view
from assent.web.problem import Problem, answer, is_api
from assent.web.request import (
    is_secure,
    link,
    origin_of,
    prefix,
    route_path,
    system_of,
    who_of,
)

COOKIE: Final = "assent_session"
SESSION: Final = 14 * 24 * 3600  # seconds a browser keeps the cookie
LARGEST: Final = 1_000_000  # bytes of a body
SWALLOWED: Final = 20 * LARGEST  # of a body that is refused
PATIENCE: Final = 5.0  # seconds to send it in
TOO_LARGE: Final = f"The body is too large: {LARGEST:,} bytes at most."
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
LOGIN: Final = "/login"
# Slack signs what it sends.
OPEN: Final = frozenset(
    {"/api/v1/health", "/api/v1/slack/interactions", LOGIN, f"{LOGIN}/oidc", f"{LOGIN}/oidc/back"}
)
OPEN_BELOW: Final = (
    "/static/",
    "/api/v1/hooks/",
    "/answer/",
)  # who calls a hook shows that it knows its address

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """Stands before every route."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it."""
        if scope["type"] == "websocket":
            socket = WebSocket(scope, receive, send)
            if await _may_listen(socket):
                await self.app(scope, receive, send)
            else:
                await socket.close(1008)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        refused = await _refusal(request)
        app = self.app if refused is None else refused
        await app(scope, _limited(receive), hardened(send))


async def _may_listen(socket: WebSocket) -> bool:
    """Whether a WebSocket may be opened: a browser's cookie counts only where our own page asks."""
    await _opened(socket)
    who, by_cookie = await identify(socket)
    socket.state.who = who
    if who is None or (by_cookie and socket.headers.get("origin") != _web_origin(socket)):
        return False
    return who.role.allows(Role.VIEWER)


def _web_origin(socket: WebSocket) -> str:
    """The origin that our pages have: that of the socket, in the words of HTTP."""
    return origin_of(socket).replace("wss://", "https://", 1).replace("ws://", "http://", 1)


def _limited(receive: Receive) -> Receive:
    """Stops reading a body that does not say how large it is, and is too large."""
    read = 0

    async def receive_limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > LARGEST:
            await _swallow(receive)
            raise Problem(413, TOO_LARGE, headers={"Connection": "close"})
        return message

    return receive_limited


def hardened(send: Send) -> Send:
    """Adds the headers that every reply carries; what says nothing about caching is not kept."""

    async def send_hardened(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return send_hardened


async def _refusal(request: Request) -> Response | None:
    """Why this request goes no further, or None where it does."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > LARGEST:
        await _swallow(request.receive)
        return answer(request, Problem(413, TOO_LARGE, headers={"Connection": "close"}))
    await _opened(request)
    path = route_path(request.scope)
    is_open = path in OPEN or path.startswith(OPEN_BELOW)
    who, by_cookie = await identify(request)
    request.state.who = who
    if who is None and not is_open:
        return _stranger(request)
    changes = by_cookie and (who is not None or path == LOGIN) and request.method not in SAFE
    if changes and not _from_here(request):
        return answer(request, Problem(403, "This was not sent from a page of this site."))
    return None


async def _swallow(receive: Receive) -> None:
    """Take in what is still being sent, up to a point: who is cut off while sending never reads the reply."""
    left = SWALLOWED
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while left > 0 and (message := await receive()).get("more_body"):
                left -= len(message["body"])


async def _opened(request: HTTPConnection) -> None:
    """A host app does not run the lifespan of what is mounted in it: then the first request does."""
    if not system_of(request).is_open:
        await system_of(request).open()


def _stranger(request: Request) -> Response:
    if is_api(request):
        said = "Show an API key: 'Authorization: Bearer ak_…'."
        return answer(request, Problem(401, said, headers={"WWW-Authenticate": "Bearer"}))
    if request.method not in SAFE:
        return answer(request, Problem(401, "You are signed out. Sign in and try again."))
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(link(request, "login") + view.encoded(next=here), 303)


async def identify(request: HTTPConnection) -> tuple[Identity | None, bool]:
    """Who asks, and whether a cookie says so. A key that is shown is the only one looked at."""
    access = system_of(request).access
    shown = request.headers.get("authorization")
    if shown is not None:
        scheme, _, secret = shown.partition(" ")
        known = scheme.lower() == "bearer" and await access.who_is_key(secret.strip())
        return known or None, False
    session = request.cookies.get(COOKIE)
    return (await access.who_is_session(session) if session else None), True


async def still_allowed(request: HTTPConnection) -> bool:
    """Whether whoever opened a stream would still be let in."""
    who, _ = await identify(request)
    return who is not None


def _from_here(request: Request) -> bool:
    """Whether our own page made the browser send this: other sites cannot forge these headers."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is not None and secrets.compare_digest(origin, origin_of(request))


def require(request: Request, role: Role) -> None:
    """Refuses whoever is in a lower role."""
    who = who_of(request)
    if not who.role.allows(role):
        raise Problem(
            403,
            f"This takes the role {role.name.lower()!r}; {who.user} has {who.role.name.lower()!r}.",
        )


def remember(request: Request, response: Response, secret: str) -> Response:
    """Sign a browser in."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=SESSION,
        path=prefix(request) or "/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
    return response


def forget(request: Request, response: Response) -> Response:
    """Sign a browser out."""
    response.delete_cookie(COOKIE, path=prefix(request) or "/", httponly=True, samesite="lax")
    return response
