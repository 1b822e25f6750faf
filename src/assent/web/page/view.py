"""How a page is made: templates, links that hold under any prefix, and what every page knows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache, partial
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from assent.core.journal import EPOCH
from assent.web.page import text, words
from assent.web.request import link, system_of, who_or_none

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"

_templates: Final = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["markdown"] = text.markdown
_templates.filters["iso"] = text.iso
_templates.filters["span"] = text.span


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **known: object,
) -> HTMLResponse:
    """A page. ``link``, ``asset``, ``when`` and ``ago`` are known to every template."""
    system = system_of(request)
    now = (
        system.clock.now() if system.is_open else EPOCH
    )  # where it does not open, say that at least
    html = _templates.get_template(template).render(
        **{"here": "", **known},
        who=who_or_none(request),
        now=now,
        link=partial(link, request),
        asset=partial(_asset, request),
        query=partial(_query, request),
        people=words.people,
        when=text.when,
        ago=partial(text.ago, now=now),
    )
    return HTMLResponse(html, status, dict(headers or {}))


def bare(template: str, **known: object) -> str:
    """A page for people who are not signed in anywhere: it knows what it is given."""
    return _templates.get_template(template).render(**known)


def encoded(**asked: str) -> str:
    """A query string."""
    return f"?{urlencode(asked)}"


def _query(request: Request, **changed: str | None) -> str:
    """The query of this address with some parts changed; None takes one away."""
    asked = {**request.query_params, **changed}
    kept = {name: value for name, value in asked.items() if value}
    return f"?{urlencode(kept)}" if kept else "?"


def _asset(request: Request, name: str) -> str:
    return f"{link(request, 'static', path=name)}?v={_fingerprint(name)}"


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def trouble(
    request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """The page for a request that cannot be served: what happened, and where to go on."""
    title = {403: "Not for you", 404: "Nothing here", 500: "Something broke"}.get(
        status, HTTPStatus(status).phrase
    )
    return render(
        request, "trouble.html", status=status, headers=headers, title=title, detail=detail
    )


def local(address: str, otherwise: str) -> str:
    """An address on this site to go on to, never one that leads elsewhere."""
    parts = urlsplit(address)
    safe = not parts.scheme and not parts.netloc and address.startswith("/")
    plain = address.isascii() and address.isprintable() and "\\" not in address
    return address if safe and plain and not address.startswith("//") else otherwise
