"""One address for decisions that are made elsewhere, and the live status of one approval.

POST /approvals                  a decision, with the receipt that every door gives
GET  /approvals/{key}/stream     its status now, and whenever it changes, until it is decided
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Final, TypeAlias

from fastapi import Request
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from assent.access import Role
from assent.core.task import ReceiptStatus
from assent.errors import TaskNotFound
from assent.human.receipt import Receipt, unknown
from assent.human.view import TaskView
from assent.web import auth, live
from assent.web.api import STATUS, reply
from assent.web.problem import Problem
from assent.web.request import closing_of, system_of, who_of
from assent.web.wire import bodies, tasks
from assent.web.wire.tasks import ApprovalStatus

VIA: Final = "webhook"

Statuses: TypeAlias = AsyncGenerator[tuple[int, ApprovalStatus], None]


async def decide(request: Request, body: bodies.ByWebhook) -> Response:
    """Hand in a decision that was made elsewhere; an operator's key may say who made it."""
    who = who_of(request)
    by = body.actor_id or who.user
    if by != who.user and not who.role.allows(Role.OPERATOR):
        why = f"You are {who.user}; only an operator's key may say that {by} decided."
        raise Problem(403, why, code="not_you")
    if body.action == "cancel" and not who.role.allows(Role.OPERATOR):
        raise Problem(403, "Only an operator cancels a task.", code="forbidden")
    receipt = await _decided(request, body, by)
    return reply(tasks.Receipt.of(receipt), STATUS[receipt.status])


async def _decided(request: Request, said: bodies.ByWebhook, by: str) -> Receipt:
    inbox = system_of(request).inbox
    task = await inbox.named(said.key)
    if task is None:
        return unknown(said.key)
    shown: str | None = None
    if "original_value" in said.model_fields_set:
        now = await inbox.get(task)
        if now.outcome is None and now.shown != said.original_value:
            why = "What was shown has changed since. Look at the task again, then decide."
            return Receipt(status=ReceiptStatus.STALE, message=why, task_id=task, run_id=now.run_id)
        shown = now.digest if now.outcome is None else None
    match said.action:
        case "approve":
            return await inbox.approve(task, by=by, reason=said.reason, shown=shown, via=VIA)
        case "reject":
            return await inbox.reject(task, by=by, reason=said.reason, shown=shown, via=VIA)
        case "cancel":
            return await inbox.cancel(task, by=by, reason=said.reason, via=VIA)
        case "edit":
            given = said.model_fields_set & {"edited_value", "value"}
            if not given:
                raise Problem(422, "An edit needs an edited_value.", code="invalid_input")
            value = said.edited_value if "edited_value" in given else said.value
            return await inbox.edit(task, value, by=by, reason=said.reason, shown=shown, via=VIA)


# ── live status ─────────────────────────────────────────────────────────────────────────────────


async def stream(request: Request, key: str) -> Response:
    """Where an approval stands, and whenever that changes, until it is decided."""
    task = await _task(request, key)
    decided = (await system_of(request).inbox.get(task)).outcome is not None
    if decided and "last-event-id" in request.headers:
        return Response(status_code=204)  # tells a browser not to come back
    closing = closing_of(request)
    if closing.full:
        raise Problem(503, "Too many streams are open.", headers={"Retry-After": "10"})

    async def frames() -> live.Frames:
        async with aclosing(_statuses(request, key, task)) as statuses:
            async for seq, status in statuses:
                told = status.model_dump(mode="json")
                yield live.frame(data=told, id=seq, event="status")

    return live.EventStream(frames(), closing, lambda: auth.still_allowed(request))


async def websocket(socket: WebSocket) -> None:
    """The same over a WebSocket: one JSON document for each change."""
    key = str(socket.path_params["key"])
    try:
        task = await _task(socket, key)
    except TaskNotFound:
        await socket.close(4404, "There is no such approval.")
        return
    await socket.accept()

    async def frames() -> live.Frames:
        async with aclosing(_statuses(socket, key, task)) as statuses:
            async for _, status in statuses:
                yield status.model_dump_json().encode()

    with closing_of(socket).stream() as ended, suppress(WebSocketDisconnect, OSError, RuntimeError):
        coming = live.until(
            frames(), ended, live.gone(socket.receive), lambda: auth.still_allowed(socket)
        )
        async with aclosing(coming) as told:
            async for text in told:
                if text is not None:
                    await socket.send_text(text.decode())
        await socket.close(1000)


async def _task(request: HTTPConnection, key: str) -> str:
    task = await system_of(request).inbox.named(key)
    if task is None:
        raise TaskNotFound(key)
    return task


async def _statuses(request: HTTPConnection, key: str, task: str) -> Statuses:
    system = system_of(request)
    newest = await system.stream.newest()
    now: TaskView = await system.inbox.get(task)
    yield newest, ApprovalStatus.of(key, now)
    if now.outcome is not None:
        return
    async for event in system.stream.events(now.run_id, after=newest):
        if event.data.get("task") != task:
            continue
        now = await system.inbox.get(task)
        yield event.seq, ApprovalStatus.of(key, now)
        if now.outcome is not None:
            return
