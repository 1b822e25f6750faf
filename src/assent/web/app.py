"""The web as one ASGI app: every route is in this table, and nothing is served that is not."""

from __future__ import annotations

import json
import math
import re
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeAlias

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from typing_extensions import override

from assent.access import Role
from assent.errors import AssentError
from assent.web import api, approvals, auth, live, once, people, signals, slack
from assent.web.closing import Closing
from assent.web.page import (
    answer,
    here,
    inbox,
    login,
    run,
    runs,
    signing_in,
    task,
    typed,
    view,
)
from assent.web.presence import Presence
from assent.web.problem import Problem, on_problem
from assent.web.system import System
from assent.web.wire import basic
from assent.web.wire.basic import Page
from assent.web.wire.house import (
    Absence,
    Erased,
    Health,
    Key,
    LoginLink,
    MadeKey,
    Notification,
    Status,
    User,
    Verified,
)
from assent.web.wire.runs import Cancelled, Happened, Queue, Run, RunLine, Startable
from assent.web.wire.signals import Called, SignalReceipt, Waiter
from assent.web.wire.tasks import DraftKept, Receipt, Receipts, Task

Handler: TypeAlias = Callable[..., Coroutine[Any, Any, Response]]

BASE: Final = "/api/v1"
VIEWER, RESPONDER, OPERATOR, ADMIN = Role
OPEN: Final = None
SSE: Final = ("text/event-stream",)
TRAIL: Final = ("application/x-ndjson", "text/csv")


@dataclass(frozen=True, slots=True)
class To:
    """One address: who may use it (``OPEN``: everybody), and what a program gets from it.

    What is ``secret`` in a reply is shown once, and kept nowhere. ``media`` is what it gives instead
    of JSON.
    """

    method: str
    path: str
    handler: Handler
    role: Role | None
    gives: type[BaseModel] | None = None
    status: int = 200
    secret: bool = False
    media: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What links call it."""
        return self.handler.__name__


API: Final = (
    To("GET", "/health", api.get_health, OPEN, Health),
    To("GET", "/status", api.get_status, VIEWER, Status),
    To("GET", "/workflows", api.list_workflows, VIEWER, Page[Startable]),
    To("POST", "/runs", api.start_run, OPERATOR, Run, 201),
    To("GET", "/runs", api.list_runs, VIEWER, Page[RunLine]),
    To("GET", "/queues", api.list_queues, VIEWER, Page[Queue]),
    To("GET", "/runs/{run}", api.get_run, VIEWER, Run),
    To("GET", "/runs/{run}/timeline", api.get_timeline, VIEWER, Page[Happened]),
    To("GET", "/runs/{run}/events", live.run_events, VIEWER, media=SSE),
    To("POST", "/runs/{run}/pause", api.pause_run, OPERATOR, Run),
    To("POST", "/runs/{run}/resume", api.resume_run, OPERATOR, Run),
    To("POST", "/runs/{run}/cancel", api.cancel_run, OPERATOR, Run),
    To("POST", "/runs/{run}/retry", api.retry_run, OPERATOR, Run),
    To("POST", "/runs/{run}/restart", api.restart_run, OPERATOR, Run, 201),
    To("POST", "/runs/cancel", api.cancel_runs, OPERATOR, Cancelled),
    To("POST", "/runs/{run}/erase", api.erase_run, ADMIN, Erased),
    To("GET", "/tasks", api.list_tasks, VIEWER, Page[Task]),
    To("POST", "/tasks/batch", api.answer_many, RESPONDER, Receipts),
    To("GET", "/tasks/{task}", api.get_task, VIEWER, Task),
    To("POST", "/tasks/{task}/approve", api.approve, RESPONDER, Receipt),
    To("POST", "/tasks/{task}/reject", api.reject, RESPONDER, Receipt),
    To("POST", "/tasks/{task}/edit", api.edit, RESPONDER, Receipt),
    To("POST", "/tasks/{task}/answer", api.answer, RESPONDER, Receipt),
    To("POST", "/tasks/{task}/claim", api.claim, RESPONDER, Receipt),
    To("POST", "/tasks/{task}/release", api.release, RESPONDER, Receipt),
    To("POST", "/tasks/{task}/comment", api.comment, RESPONDER, Receipt),
    To("POST", "/tasks/{task}/cancel", api.cancel_task, OPERATOR, Receipt),
    To("POST", "/tasks/{task}/delegate", people.delegate, RESPONDER, Receipt),
    To("POST", "/tasks/{task}/reassign", people.reassign, RESPONDER, Receipt),
    To("POST", "/tasks/{task}/ask-back", people.ask_back, RESPONDER, Receipt),
    To("POST", "/tasks/{task}/reply", people.reply_to_question, RESPONDER, Receipt),
    To("POST", "/tasks/{task}/attach", people.attach, RESPONDER, Receipt),
    To("POST", "/tasks/{task}/reopen", people.reopen, RESPONDER, Receipt),
    To("GET", "/tasks/{task}/draft", people.get_draft, RESPONDER, DraftKept),
    To("PUT", "/tasks/{task}/draft", people.keep_draft, RESPONDER, status=204),
    To("POST", "/approvals", approvals.decide, RESPONDER, Receipt),
    To("GET", "/approvals/{key:path}/stream", approvals.stream, VIEWER, media=SSE),
    To("GET", "/people", people.list_people, VIEWER, Page[User]),
    To("PUT", "/people/{name}", people.put_person, ADMIN, User),
    To("DELETE", "/people/{name}", people.remove_person, ADMIN, status=204),
    To("GET", "/absences", people.list_absences, VIEWER, Page[Absence]),
    To("PUT", "/absences/{name}", people.put_absence, RESPONDER, Absence),
    To("DELETE", "/absences/{name}", people.end_absence, RESPONDER, status=204),
    To("POST", "/events/{name:path}", signals.notify, RESPONDER, SignalReceipt),
    To("GET", "/events/{name:path}/waiters", signals.list_waiters, VIEWER, Page[Waiter]),
    To("POST", "/hooks/{token}", signals.call_hook, OPEN, Called),
    To("POST", "/slack/interactions", slack.interact, OPEN),
    To("GET", "/notifications", api.list_notifications, OPERATOR, Page[Notification]),
    To(
        "POST",
        "/notifications/{notification}/resend",
        api.resend_notification,
        OPERATOR,
        Notification,
    ),
    To("GET", "/events", live.all_events, VIEWER, media=SSE),
    To("GET", "/audit", api.export_audit, ADMIN, media=TRAIL),
    To("GET", "/audit/verify", api.verify_audit, ADMIN, Verified),
    To("GET", "/keys", api.list_keys, ADMIN, Page[Key]),
    To("POST", "/keys", api.create_key, ADMIN, MadeKey, 201, secret=True),
    To("DELETE", "/keys/{key}", api.revoke_key, ADMIN, status=204),
    To("POST", "/login-links", api.create_login_link, ADMIN, LoginLink, 201, secret=True),
)

PAGES: Final = (
    To("GET", "/", inbox.show_inbox, VIEWER),
    To("POST", "/", inbox.answer_inbox, RESPONDER),
    To("GET", "/tasks/{task}", task.show_task, VIEWER),
    To("POST", "/tasks/{task}", task.answer_task, RESPONDER),
    To("POST", "/tasks/{task}/typed", typed.keep_typed, RESPONDER),
    To("POST", "/tasks/{task}/here", here.say_here, VIEWER),
    To("GET", "/runs", runs.show_runs, VIEWER),
    To("GET", "/runs/{run}", run.show_run, VIEWER),
    To("POST", "/runs/{run}", run.steer_run, OPERATOR),
    To("GET", "/answer/{token}", answer.show_answer, OPEN),
    To("POST", "/answer/{token}", answer.answer_by_link, OPEN),
    To("GET", "/login", login.show_login, OPEN),
    To("POST", "/login", login.login, OPEN),
    To("GET", "/login/oidc", signing_in.sign_in_elsewhere, OPEN),
    To("GET", "/login/oidc/back", signing_in.signed_in_elsewhere, OPEN),
    To("POST", "/logout", login.logout, VIEWER),
)


def asgi(system: System) -> FastAPI:
    """The HTTP API, the streams and the pages of an app."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        opened_here = not system.is_open
        await system.open()
        try:
            yield
        finally:
            site.state.closing.close()
            if opened_here:
                await system.close()

    site = _Site(
        title="assent",
        version="1",
        description="Durable workflows that wait for people.",
        docs_url=None,  # these pages load their scripts from elsewhere
        redoc_url=None,
        openapi_url=f"{BASE}/openapi.json",
        lifespan=lifespan,
        redirect_slashes=False,
    )
    site.state.system = system
    site.state.closing = Closing()
    site.state.swept = 0
    site.state.presence = Presence()
    for to in API:
        site.router.routes.append(_Programs(to))
    for to in PAGES:
        site.router.routes.append(_People(to))
    site.router.routes.append(WebSocketRoute(f"{BASE}/ws", live.websocket, name="websocket"))
    status = f"{BASE}/approvals/{{key:path}}/stream"
    site.router.routes.append(WebSocketRoute(status, approvals.websocket, name="approval_socket"))
    site.mount("/static", _Files(directory=view.STATIC), name="static")
    for kind in (Problem, AssentError, HTTPException, RequestValidationError, Exception):
        site.add_exception_handler(kind, on_problem)
    site.add_middleware(auth.Guard)
    return site


class _Site(FastAPI):
    """Tells in its reference what is true of every route: a request that fails gets a problem."""

    @override
    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            told = super().openapi()
            for path in told["paths"].values():
                for operation in path.values():
                    _describe_problems(operation["responses"])
            for name in ("HTTPValidationError", "ValidationError"):
                told["components"]["schemas"].pop(name, None)
        return super().openapi()


def _describe_problems(responses: dict[str, Any]) -> None:
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
    problem = responses["default"]["content"].pop("application/json")
    for status, response in responses.items():
        if status == "default" or int(status) >= 400:
            response["content"]["application/problem+json"] = problem


_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    "default": {"model": basic.Problem, "description": "What went wrong, and where."}
}
_RECEIPTS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": Receipt, "description": said}
    for status, said in {
        403: "Somebody else has to answer, or the role does not allow it.",
        404: "There is no such task.",
        409: "Somebody was faster, or what was shown has changed.",
        410: "Expired or cancelled.",
        422: "The value does not fit: every place is named.",
    }.items()
}


_SIGNALLED: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": SignalReceipt, "description": said}
    for status, said in {
        202: "Nobody waits yet: the run keeps it.",
        404: "Nobody waits for it, or there is no such run; nothing was kept.",
        409: "Somebody, or the deadline, was faster.",
        410: "The run has ended.",
        422: "The data does not fit: every place is named.",
    }.items()
}
_OTHERS: Final[Mapping[type[BaseModel] | None, dict[int | str, dict[str, Any]]]] = {
    Receipt: _RECEIPTS,
    SignalReceipt: _SIGNALLED,
}


def _responses(to: To) -> dict[int | str, dict[str, Any]]:
    told = {**_PROBLEMS, **_OTHERS.get(to.gives, {})}
    if to.media:
        text = {"schema": {"type": "string"}}
        told[200] = {"content": dict.fromkeys(to.media, text)}
    return told


class _Programs(APIRoute):
    """An address for programs: the role first, then a strict body, then once."""

    def __init__(self, to: To) -> None:
        self.to = to
        super().__init__(
            BASE + to.path,
            to.handler,
            methods=[to.method],
            name=to.name,
            operation_id=to.name,
            response_model=to.gives,
            status_code=to.status,
            responses=_responses(to),
            response_class=Response if to.media else JSONResponse,
            openapi_extra={"x-role": to.role or "open"},
        )

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            if self.to.role is not None:
                auth.require(request, self.to.role)
            if request.method == "PUT":
                await _check_json(request)
            if request.method != "POST" or self.to.role is OPEN:
                return await handle(request)
            await _check_json(request)
            return await once.once(request, handle, secret=self.to.secret)

        return guarded


class _People(APIRoute):
    """An address for people."""

    def __init__(self, to: To) -> None:
        self.to = to
        methods = [to.method, "HEAD"] if to.method == "GET" else [to.method]
        super().__init__(
            to.path,
            to.handler,
            methods=methods,
            name=to.name.removeprefix("show_"),
            response_model=None,
            include_in_schema=False,
        )

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            if self.to.role is not None:
                auth.require(request, self.to.role)
            return await handle(request)

        return guarded


_HALF: Final = re.compile(rb"\\u[dD][89a-fA-F]")  # may be half of a surrogate pair


async def _check_json(request: Request) -> None:
    """Refuses at the door what JSON cannot hold: NaN, half a character, nesting beyond reason."""
    body = await request.body()
    if not body:
        return
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise Problem(415, "Send the body as 'Content-Type: application/json'.")
    try:
        value = json.loads(body.decode(), parse_constant=_refuse, parse_float=_finite)
        if _HALF.search(body):
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Problem(400, f"The body is not JSON: {error}.", code="bad_json") from None


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large a number")
    return number


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


class _Files(StaticFiles):
    """Files that may be kept for good, as their address changes with their content."""

    @override
    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        scope: Scope = args[2] if len(args) > 2 else kwargs["scope"]
        for_good = b"v=" in scope["query_string"]
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if for_good else "public, max-age=300"
        )
        return response
