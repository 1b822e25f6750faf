"""Signals from outside: notifying whoever waits for an event, and calls of webhooks.

    POST /events/{name}          whoever waits, or one run
    GET  /events/{name}/waiters  who waits
    POST /hooks/{token}          whoever knows the address may call it; what came early is kept

Nobody is told of success where nothing was delivered or kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from assent.core.signal import SignalStatus
from assent.core.values import Json
from assent.web import once
from assent.web.api import by_of, reply
from assent.web.problem import Problem, of_fields
from assent.web.request import door_of, system_of
from assent.web.wire import bodies
from assent.web.wire.basic import Page
from assent.web.wire.signals import Called, SignalReceipt, Waiter

STATUS: Final[Mapping[SignalStatus, int]] = {
    SignalStatus.DELIVERED: 200,
    SignalStatus.BUFFERED: 202,
    SignalStatus.DUPLICATE: 200,
    SignalStatus.NO_WAITERS: 404,
    SignalStatus.UNKNOWN_RUN: 404,
    SignalStatus.ALREADY_RESOLVED: 409,
    SignalStatus.RUN_ENDED: 410,
    SignalStatus.INVALID: 422,
}

# Under these names senders say which delivery it is: Standard Webhooks, Svix, GitHub, and whoever knows ours.
_DELIVERY: Final = ("webhook-id", "svix-id", "x-github-delivery", "idempotency-key")
_NO_HOOK: Final = "There is no webhook at this address."


async def notify(request: Request, name: str, body: bodies.Notify) -> Response:
    """Signal to whoever waits for this event; with ``run_id``, to that run, which keeps what comes early."""
    receipt = await system_of(request).signalling.notify(
        name,
        body.data,
        body.run_id,
        id=body.id or once.delivery(request),
        by=by_of(request, body),
        via=door_of(request),
    )
    return reply(SignalReceipt.of(receipt), STATUS[receipt.status])


async def list_waiters(request: Request, name: str) -> Response:
    """Who waits for this event, longest first."""
    found = await system_of(request).signalling.waiters(name)
    return reply(Page[Waiter](items=[Waiter.of(waiter) for waiter in found]))


async def call_hook(request: Request, token: str) -> Response:
    """Call a webhook that a run gave out. A delivery that names itself in Webhook-Id is taken once."""
    data = _read(await request.body(), request.headers.get("content-type", ""))
    receipt = await system_of(request).signalling.call(token, data, id=_delivery(request))
    if receipt is None:
        raise Problem(404, _NO_HOOK)
    if receipt.status is SignalStatus.INVALID:
        raise Problem(422, receipt.message, errors=of_fields(receipt.errors))
    return reply(Called(status=receipt.status), STATUS[receipt.status])


def _delivery(request: Request) -> str | None:
    named = next((value for name in _DELIVERY if (value := request.headers.get(name))), None)
    return None if named is None else named[:200]


def _read(body: bytes, kind: str) -> Json:
    """What was sent, as plain JSON: senders are not ours to choose, so forms and texts are taken too."""
    kind = kind.partition(";")[0].strip().lower()
    try:
        text = body.decode()
        if kind == "application/x-www-form-urlencoded":
            return dict[str, Json](parse_qsl(text, keep_blank_values=True, max_num_fields=1000))
        if kind.startswith("text/"):
            return text
        return _plain(json.loads(text, parse_constant=_refuse)) if text else None
    except (ValueError, RecursionError) as error:
        raise Problem(400, f"The body is not JSON: {error}.", code="bad_json") from None


def _plain(value: Any) -> Json:
    """The value, where it holds whole characters only."""
    json.dumps(value, ensure_ascii=False).encode()
    told: Json = value
    return told


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a JSON number")
