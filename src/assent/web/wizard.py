"""A flow as a web wizard: one question a page, without JavaScript, under a strict content security policy.

    GET /              the first question, or a button to start: nothing runs because somebody looked
    POST /             start ──▶ 303 /at/{handle}
    GET /at/{handle}   the question that is asked there; if it was answered already, the way on
    POST /at/{handle}  answer ──▶ 303 /at/{next handle}
    GET /by/{handle}   a link that came by mail: a button        POST  take it on in this browser ──▶ 303

A handle says nothing by itself: it opens for the browser that it was made for (a cookie that scripts cannot read),
and answers once. Whoever sends the same page twice is led to where the first one led.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Protocol, cast
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from assent.authoring.flows.prompt import Question
from assent.core.durations import Duration
from assent.core.field import spoken
from assent.core.form import Drawn, draw, form_spec, read_form
from assent.core.values import Json
from assent.errors import (
    AssentError,
    DefinitionError,
    Expired,
    FieldError,
    InvalidInput,
    StateMismatch,
    TokenRefused,
)
from assent.outlets import Link, Outlet
from assent.sealing import Sealed, Vault
from assent.web import auth
from assent.web.page import view

log = logging.getLogger(__name__)

COOKIE: Final = "assent_wizard"
LIFE: Final = "7d"
LARGEST: Final = 1_000_000
_CHAIN: Final = 1_000  # pages that somebody may have gone through meanwhile
_SHOWN: Final = "response"  # the outlet that shows the link to whoever gave the last answer

ANSWERED: Final = "You have answered this already."
ELSEWHERE: Final = (
    "This page belongs to another browser, or its time is over. Begin anew, or ask for a new link."
)
TOO_LATE: Final = "The time for this answer is over."
CHANGED: Final = "This has changed since you began. Please begin anew."
BROKEN: Final = "Something broke on our side. Nothing is lost: send it again in a moment."
BUSY: Final = "This answer is being worked on. Reload the page in a moment."
USED: Final = "This link has been used. It opens once."


class Pauses(Protocol):
    """An output, as a wizard sees it."""

    @property
    def state(self) -> dict[str, Any]:
        """The state as plain JSON."""
        ...

    @property
    def context(self) -> Any:
        """The context."""
        ...

    finished: bool
    step_id: str | None
    via: str | None
    to: str | None
    expires: Any


class Flowing(Protocol):
    """Flows, as a wizard sees them."""

    @property
    def vault(self) -> Vault:
        """Where states are held."""
        ...

    def question(self, output: Any) -> Question:
        """What an output asks."""
        ...

    def first_question(self, id: str) -> Question | None:
        """What a flow asks before anything runs."""
        ...

    def serving(self) -> AbstractAsyncContextManager[None]:
        """Open what has to be open."""
        ...

    async def start(self, id: str, context: Any = None, **how: Any) -> Any:
        """Start a run."""
        ...

    async def resume(self, state: Any, *given: Any, **how: Any) -> Any:
        """Go on."""
        ...


def wizard(
    flows: Flowing,
    id: str,
    *,
    title: str = "",
    context: Callable[[Request], Any] | Mapping[str, Any] | None = None,
    done: str | Callable[[Any], str] = "That was all. Thank you.",
    outlets: Mapping[str, Outlet] | None = None,
    by: Callable[[Request], str] | None = None,
    ttl: Duration = LIFE,
    public_url: str | None = None,
) -> ASGIApp:
    """The wizard of a flow, to mount or to serve.

    ``context`` is what a run starts with, or a function of the request; ``done`` is what people read at the end, or a
    function of the context. ``outlets`` send links: a step that pauses with ``input_required(…, via="mail", to=…)``
    goes on only by the link that ``outlets["mail"]`` sends. ``by`` says who answers, where an app keeps the runs;
    ``ttl`` is how long a page may be left alone. ``public_url`` is where people reach it, for links that are sent.
    """
    made = _Wizard(
        flows=flows,
        id=id,
        title=title or spoken(id.replace("-", " ")),
        context=context,
        done=done,
        outlets=outlets or {},
        by=by,
        ttl=ttl,
        public_url=public_url,
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        async with flows.serving():
            yield

    site = Starlette(
        routes=[
            Route("/", made.begin, methods=["GET"]),
            Route("/", made.start, methods=["POST"]),
            Route("/at/{handle}", made.show, methods=["GET"]),
            Route("/at/{handle}", made.answer, methods=["POST"]),
            Route("/by/{handle}", made.show_link, methods=["GET"]),
            Route("/by/{handle}", made.take_link, methods=["POST"]),
            Mount("/static", StaticFiles(directory=view.STATIC)),
        ],
        lifespan=lifespan,
        exception_handlers={Exception: made.on_error, **dict.fromkeys(_KNOWN, made.on_error)},
    )
    return _Hardened(site)


class _Hardened:
    """Adds the headers that every page of ours carries."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on."""
        await self.app(scope, receive, auth.hardened(send) if scope["type"] == "http" else send)


class _Refused(AssentError):
    """Ends a request with a page that says why."""

    def __init__(self, status: int, told: str) -> None:
        self.status = status
        super().__init__(told)


_KNOWN: Final = (_Refused, TokenRefused, Expired, StateMismatch)


@dataclass(frozen=True, slots=True)
class _Page:
    """What is kept beside a handle: what its page shows."""

    question: Question | None = None
    said: str = ""
    link: str = ""

    def kept(self) -> Json:
        return cast(Json, asdict(self))

    @staticmethod
    def of(kept: Any) -> _Page:
        asked: dict[str, Any] | None = kept["question"]
        question = None
        if asked is not None:
            told = dict(asked)
            errors: tuple[str, ...] = tuple(told.pop("errors"))
            question = Question(**told, errors=errors)
        return _Page(question, kept["said"], kept["link"])


@dataclass(slots=True, kw_only=True)
class _Wizard:
    flows: Flowing
    id: str
    title: str
    context: Callable[[Request], Any] | Mapping[str, Any] | None
    done: str | Callable[[Any], str]
    outlets: Mapping[str, Outlet]
    by: Callable[[Request], str] | None
    ttl: Duration
    public_url: str | None

    # One at a time for each page, within this process; between processes the lease decides.
    turns: WeakValueDictionary[str, asyncio.Lock] = field(
        default_factory=WeakValueDictionary[str, asyncio.Lock]
    )

    # ── pages ───────────────────────────────────────────────────────────────────────────────────

    async def begin(self, request: Request) -> Response:
        """The first question, or a button: looking starts nothing."""
        await self.flows.vault.load_key()
        browser = _browser(request) or secrets.token_urlsafe(24)
        once = self.flows.vault.sealer.seal({"flow": self.id}, ttl=self.ttl, audience=browser)
        page = self._asking(request, self.flows.first_question(self.id), "/", once=once)
        return self._remember(request, page, browser)

    async def start(self, request: Request) -> Response:
        """Start the flow, with the first answer where one was asked for."""
        post, browser = await self._post(request), _needed_browser(request)
        once = (post.get("once") or [""])[-1]
        page = await self._look(once, browser)
        question = self.flows.first_question(self.id)

        async def work() -> str:
            given = {} if question is None else {"input": _read(question, post)}
            context = self.context(request) if callable(self.context) else self.context
            return await self._led(request, await self._start(context, request, given), browser)

        return await self._doing(request, page, work, question, post, "/", once=once)

    async def show(self, request: Request) -> Response:
        """What is asked here; or, where it was answered already, the way on."""
        sealed = await self._look(request.path_params["handle"], _needed_browser(request))
        if await self.flows.vault.leads(sealed) is not None:
            link = self._path(request, await self._newest(sealed))
            return self._page(
                request,
                heading=ANSWERED,
                said="It counts as it was sent.",
                link=link,
                link_says="Continue",
            )
        page = _Page.of(sealed.beside)
        if page.question is None:
            return self._page(
                request, heading=self.title, said=page.said, link=page.link, link_says="Go on"
            )
        return self._asking(request, page.question, _at(request))

    async def answer(self, request: Request) -> Response:
        """Answer what is asked here."""
        post, browser = await self._post(request), _needed_browser(request)
        sealed = await self._look(request.path_params["handle"], browser)
        question = _Page.of(sealed.beside).question
        if question is None:
            raise _Refused(409, ANSWERED)

        async def work() -> str:
            given = [] if question.schema is None else [_read(question, post)]
            how = {"by": self.by(request)} if self.by is not None else {}
            output = await self.flows.resume(dict(sealed), *given, **how)
            return await self._led(request, output, browser)

        return await self._doing(request, sealed, work, question, post, _at(request))

    async def show_link(self, request: Request) -> Response:
        """A page with one button: a link that is only looked at, by a scanner or a preview, does nothing."""
        await self._look(request.path_params["handle"], None)
        return self._page(request, heading=self.title, button="Continue", action=_at(request))

    async def take_link(self, request: Request) -> Response:
        """Go on in this browser; the link is used up."""
        await self._post(request)
        sealed = await self._look(request.path_params["handle"], None)
        browser = _browser(request) or secrets.token_urlsafe(24)
        if await self.flows.vault.leads(sealed) is not None:
            raise _Refused(410, USED)

        async def work() -> str:
            return await self._held(dict(sealed), browser, sealed.beside)

        reply = await self._doing(request, sealed, work, None, {}, _at(request))
        return self._remember(request, reply, browser)

    # ── doing things once ───────────────────────────────────────────────────────────────────────

    async def _doing(
        self,
        request: Request,
        sealed: Sealed,
        work: Callable[[], Awaitable[str]],
        question: Question | None,
        post: Mapping[str, Sequence[str]],
        action: str,
        *,
        once: str = "",
    ) -> Response:
        """Do it once, and lead there; whoever sends the same again is led to where the first one led."""
        turn = self.turns.setdefault(sealed.token, asyncio.Lock())
        try:
            async with turn:
                led = await self.flows.vault.leads(sealed) or await self._once(sealed, work)
        except InvalidInput as wrong:
            return self._asking(
                request, question, action, post=post, errors=wrong.errors, once=once
            )
        except _KNOWN:
            raise
        except Exception:
            log.exception("wizard.failed", extra={"flow": self.id})
            return self._asking(request, question, action, post=post, once=once, broken=True)
        return RedirectResponse(self._path(request, led), 303)

    async def _once(self, sealed: Sealed, work: Callable[[], Awaitable[str]]) -> str:
        async with self.flows.vault.using(sealed):
            led = await work()
            await self.flows.vault.led(sealed, led)
        return led

    async def _newest(self, sealed: Sealed) -> str:
        """The page that is open now, however many were answered since."""
        led = await self.flows.vault.leads(sealed) or ""
        for _ in range(_CHAIN):
            further = await self.flows.vault.leads(self.flows.vault.named(led.removeprefix("/at/")))
            if further is None:
                break
            led = further
        return led

    # ── the flow ────────────────────────────────────────────────────────────────────────────────

    async def _start(self, context: Any, request: Request, given: Mapping[str, Any]) -> Pauses:
        how = {"by": self.by(request)} if self.by is not None else {}
        output: Pauses = await self.flows.start(self.id, context, **given, **how)
        return output

    async def _led(self, request: Request, output: Pauses, browser: str) -> str:
        """Where an output leads whoever gave the last answer."""
        if output.finished:
            said = self.done if isinstance(self.done, str) else self.done(output.context)
            return await self._held(output.state, browser, _Page(said=said).kept())
        page = _Page(self.flows.question(output)).kept()
        if output.via is None:
            return await self._held(output.state, browser, page)
        return await self._sent(request, output, browser, page)

    async def _sent(self, request: Request, output: Pauses, browser: str, page: Json) -> str:
        """The next link goes to somebody else, and to nobody but them."""
        vault, via, to = self.flows.vault, output.via or "", output.to or ""
        handle = await vault.hold(output.state, ttl=self.ttl, audience=None, beside=page)
        url = f"{self._origin(request)}{_mount(request)}/by/{handle}"
        if via == _SHOWN:
            note = _Page(said="Go on, or pass this link on: it opens once.", link=url)
        elif via in self.outlets:
            await self.outlets[via](
                Link(url=url, to=to, flow=self.id, step=output.step_id or "", title=self.title)
            )
            note = _Page(said=f"A link to go on was sent to {to}." if to else "A link was sent.")
        else:
            known = ", ".join(sorted([*self.outlets, _SHOWN]))
            raise DefinitionError(
                f"The step {output.step_id!r} goes on via {via!r}, which is no outlet of this wizard. "
                f"Outlets: {known}."
            )
        return await self._held({}, browser, note.kept())

    async def _held(self, state: Any, browser: str, beside: Json) -> str:
        handle = await self.flows.vault.hold(state, ttl=self.ttl, audience=browser, beside=beside)
        return f"/at/{handle}"

    async def _look(self, handle: str, browser: str | None) -> Sealed:
        await self.flows.vault.load_key()
        return await self.flows.vault.look(handle, browser)

    # ── requests and replies ────────────────────────────────────────────────────────────────────

    async def _post(self, request: Request) -> dict[str, list[str]]:
        """What was posted from one of our pages."""
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > LARGEST:
            raise _Refused(413, f"That is too much: {LARGEST:,} bytes at most.")
        if not self._from_here(request):
            raise _Refused(403, "This was not sent from a page of this site.")
        post: dict[str, list[str]] = {}
        async with request.form(max_fields=1_000, max_files=0) as form:
            for name, value in form.multi_items():
                if isinstance(value, str):
                    post.setdefault(name, []).append(value)
        return post

    def _from_here(self, request: Request) -> bool:
        """Whether our own page made the browser send this: other sites cannot forge these headers."""
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        if site is not None:
            return site in {"same-origin", "none"}
        return origin is None or secrets.compare_digest(
            origin.encode(), self._origin(request).encode()
        )

    def _origin(self, request: Request) -> str:
        parts = urlsplit(self.public_url or str(request.url))
        return f"{parts.scheme}://{parts.netloc}"

    def _path(self, request: Request, path: str) -> str:
        return _mount(request) + path

    def _remember(self, request: Request, reply: Response, browser: str) -> Response:
        reply.set_cookie(
            COOKIE,
            browser,
            path=_mount(request) or "/",
            secure=self._origin(request).startswith("https:"),
            httponly=True,
            samesite="lax",
        )
        return reply

    def _asking(
        self,
        request: Request,
        question: Question | None,
        action: str,
        *,
        post: Mapping[str, Sequence[str]] | None = None,
        errors: Sequence[FieldError] = (),
        once: str = "",
        broken: bool = False,
    ) -> Response:
        """The page of a question, with what was typed and what was wrong with it."""
        status = 500 if broken else 422 if errors else 200
        if question is None:
            return self._page(
                request,
                status=status,
                heading=self.title,
                trouble=BROKEN if broken else "",
                button="Start",
                action=action,
                once=once,
            )
        drawn = None
        if question.schema is not None:
            drawn = draw(form_spec(question.schema), post=post, errors=errors)
        return self._page(
            request,
            status=status,
            heading=question.title,
            detail=question.detail,
            trouble=BROKEN if broken else question.error or "",
            complaints=[
                *_complaints(errors, drawn),
                *(_complaint("", "", said) for said in question.errors),
            ],
            drawn=drawn,
            button="Try again" if drawn is None else "Continue",
            action=action,
            once=once,
        )

    def _page(self, request: Request, *, status: int = 200, **known: Any) -> Response:
        told: dict[str, Any] = {
            **dict.fromkeys(("detail", "trouble", "said", "link", "link_says", "button", "once")),
            "complaints": (),
            "drawn": None,
            **known,
        }
        at = _mount(request)
        told["action"] = at + str(known.get("action", ""))
        return HTMLResponse(view.bare("wizard.html", at=at, title=self.title, **told), status)

    async def on_error(self, request: Request, error: Exception) -> Response:
        """What went wrong, as a page."""
        status, told = _told(error)
        if status == 500:
            log.error("wizard.failed", exc_info=error, extra={"flow": self.id})
        anew = "" if status in (413, 500, 503) else self._path(request, "/")
        return self._page(
            request,
            status=status,
            heading=self.title,
            trouble=told,
            link=anew,
            link_says="Begin anew",
        )


def _told(error: Exception) -> tuple[int, str]:
    match error:
        case _Refused():
            return error.status, str(error)
        case TokenRefused(why="in_use"):
            return 503, BUSY
        case TokenRefused(why="used"):
            return 410, USED
        case TokenRefused():
            return 403, ELSEWHERE
        case Expired():
            return 410, TOO_LATE
        case StateMismatch():
            return 409, CHANGED
        case _:
            return 500, BROKEN


def _read(question: Question, post: Mapping[str, Sequence[str]]) -> Json:
    return read_form(form_spec(question.schema), post)


def _complaints(errors: Sequence[FieldError], drawn: Drawn | None) -> list[dict[str, str]]:
    places = {part.pointer: part for part in _parts(drawn)} if drawn is not None else {}
    told: list[dict[str, str]] = []
    for error in errors:
        part = places.get(error.pointer)
        name = part.name if part is not None else ""
        told.append(_complaint(name, part.field.label if part else "", error.detail))
    return told


def _complaint(name: str, label: str, detail: str) -> dict[str, str]:
    return {"name": name, "label": label, "detail": detail}


def _parts(drawn: Drawn) -> list[Drawn]:
    inside = [*drawn.parts, *(row.item for row in drawn.rows)]
    return [drawn, *(part for one in inside for part in _parts(one))]


def _browser(request: Request) -> str | None:
    return request.cookies.get(COOKIE)


def _needed_browser(request: Request) -> str:
    browser = _browser(request)
    if browser is None:
        raise _Refused(
            403, "This page needs its cookie, and your browser did not send it. Begin anew."
        )
    return browser


def _mount(request: Request) -> str:
    """Where the wizard is mounted."""
    root: str = request.scope.get("root_path", "")
    return root.rstrip("/")


def _at(request: Request) -> str:
    """The path of this page, within the wizard."""
    path: str = request.scope["path"]
    return path.removeprefix(_mount(request))
