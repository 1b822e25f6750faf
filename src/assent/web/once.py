"""A request with an Idempotency-Key is done once, however often it is sent.

    new key ──▶ marked as under way ──▶ done ──▶ the reply is kept, and replayed for a day
    same key, same request: the kept reply, marked · same key, other request: 422 · still under way: 409

Keys belong to whoever sends them. A reply that decided nothing (a refusal that can be put right) is not kept,
so the same key may be used again. A process that dies in the middle leaves its mark: after a minute the next
one takes over, and finds by itself what was done, as answers and runs are idempotent too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final, cast

from starlette.requests import Request
from starlette.responses import Response

from assent.core.journal import micros
from assent.core.values import Json
from assent.web.problem import Problem, as_json
from assent.web.request import system_of, who_of

HEADER: Final = "idempotency-key"
REPLAYED: Final = "Idempotency-Replayed"
KIND: Final = "reply"
LONGEST: Final = 255
UNDER_WAY: Final = timedelta(minutes=1) // timedelta(microseconds=1)
KEPT_FOR: Final = timedelta(days=1) // timedelta(microseconds=1)
SWEPT_EVERY: Final = timedelta(hours=1) // timedelta(microseconds=1)
_KEPT_HEADERS: Final = ("content-type", "location", "etag")
# 409 and 410 are decisions that stand; other refusals may be put right and sent again.
_FINAL: Final = frozenset({200, 201, 202, 204, 409, 410})

Handle = Callable[[Request], Awaitable[Response]]


async def once(request: Request, handle: Handle, *, secret: bool = False) -> Response:
    """Handle the request, or replay the reply it got before; a ``secret`` reply is kept nowhere."""
    key = request.headers.get(HEADER)
    if key is None:
        return await handle(request)
    if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise Problem(400, f"An Idempotency-Key is 1 to {LONGEST} visible ASCII characters.")
    store, now = system_of(request).store, micros(system_of(request).clock.now())
    await _forget_old(request, now)
    id, mark = _id(request, key), await _mark(request)
    if not await store.keep(KIND, id, {"mark": mark, "at": now}):
        before = await store.kept(KIND, id)
        if isinstance(before, dict) and not _is_over(before, now):
            return _replay(before, mark)
        await store.replace(KIND, id, {"mark": mark, "at": now})
    try:
        reply = await handle(request)
    except BaseException:
        await store.take(KIND, id)
        raise
    if reply.status_code in _FINAL:
        await store.replace(
            KIND, id, {"mark": mark, "at": now, "reply": _kept(request, reply, secret)}
        )
    else:
        await store.take(KIND, id)
    return reply


def delivery(request: Request) -> str | None:
    """What names the signal of this request, where its key says that it is always the same one."""
    key = request.headers.get(HEADER)
    return _id(request, key)[:40] if key is not None else None


def run_id(request: Request) -> str | None:
    """The id of the run that this request starts, where its key says that it is always the same one."""
    key = request.headers.get(HEADER)
    return f"run_{_id(request, key)[:26]}" if key is not None else None


async def _forget_old(request: Request, now: int) -> None:
    """Now and then, let go of replies nobody will ask for again."""
    if now - request.app.state.swept < SWEPT_EVERY:
        return
    request.app.state.swept = now
    store = system_of(request).store
    for id, kept in (await store.kept_all(KIND)).items():
        if isinstance(kept, dict) and now - cast(int, kept.get("at", 0)) > KEPT_FOR:
            await store.take(KIND, id)


def _id(request: Request, key: str) -> str:
    return hashlib.sha256(f"{who_of(request).user}\n{key}".encode()).hexdigest()


async def _mark(request: Request) -> str:
    """What makes a request the same: its method, its path and its body."""
    asked = f"{request.method} {request.url.path}\n".encode()
    return hashlib.sha256(asked + await request.body()).hexdigest()


def _is_over(before: Mapping[str, Json], now: int) -> bool:
    age = now - cast(int, before["at"])
    return age > (KEPT_FOR if "reply" in before else UNDER_WAY)


def _replay(before: Mapping[str, Json], mark: str) -> Response:
    if before["mark"] != mark:
        raise Problem(
            422,
            "This Idempotency-Key was used for another request. Use a new key for each request.",
            code="idempotency_key_reused",
        )
    reply = before.get("reply")
    if not isinstance(reply, dict):
        raise Problem(
            409,
            "The request with this Idempotency-Key is still under way. Ask again in a moment.",
            code="in_progress",
            headers={"Retry-After": "1"},
        )
    headers = cast("dict[str, str]", reply["headers"])
    body, status = cast(str, reply["body"]), cast(int, reply["status"])
    return Response(body, status, {**headers, REPLAYED: "true"})


def _kept(request: Request, reply: Response, secret: bool) -> Json:
    if secret:
        said = "This was done, and its secret was shown then. Take it back and make another one."
        again = Problem(409, said, code="shown_once")
        reply = as_json(again, instance=request.url.path)
    headers: dict[str, Json] = {
        name: value for name in _KEPT_HEADERS if (value := reply.headers.get(name)) is not None
    }
    return {"status": reply.status_code, "headers": headers, "body": bytes(reply.body).decode()}
