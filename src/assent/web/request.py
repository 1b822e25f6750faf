"""What a request carries: the system it is for, who asks, and where this app is mounted."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlsplit

from starlette.requests import HTTPConnection
from starlette.types import Scope

from assent.access import Identity
from assent.core.policy import Actor
from assent.web.closing import Closing
from assent.web.system import System

DOORS: Final = frozenset({"http", "cli"})


def system_of(request: HTTPConnection) -> System:
    """The system this app serves."""
    system: System = request.app.state.system
    return system


def closing_of(request: HTTPConnection) -> Closing:
    """The open streams of this app."""
    closing: Closing = request.app.state.closing
    return closing


def who_or_none(request: HTTPConnection) -> Identity | None:
    """Who asks, where that is known."""
    found = getattr(request.state, "who", None)
    return found if isinstance(found, Identity) else None


def who_of(request: HTTPConnection) -> Identity:
    """Who asks; the guard has let nobody else in."""
    found = who_or_none(request)
    if found is None:
        raise LookupError("A route that needs to know who asks was left open.")
    return found


def door_of(request: HTTPConnection) -> str:
    """The door an answer came through; a client of ours may say that it is the command line."""
    door = request.headers.get("x-assent-door", "http")
    return door if door in DOORS else "http"


def route_path(scope: Scope) -> str:
    """The path inside this app, without the prefix it is mounted under."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] or "/" if root and path.startswith(f"{root}/") else path


def prefix(request: HTTPConnection) -> str:
    """What to put before a path of ours in a link: the public URL's path, else the mount's."""
    public = system_of(request).settings.public_url
    published = urlsplit(public).path.rstrip("/") if public else ""
    mounted: str = request.scope.get("root_path", "").rstrip("/")
    return published or mounted


def link(request: HTTPConnection, name: str, /, **params: str) -> str:
    """The path of a route, under whatever prefix this app is mounted or published."""
    quoted = {key: quote(value, safe="/" if key == "path" else "") for key, value in params.items()}
    return prefix(request) + str(request.app.url_path_for(name, **quoted))


def is_secure(request: HTTPConnection) -> bool:
    """Whether people reach this app over TLS."""
    public = system_of(request).settings.public_url
    return (urlsplit(public).scheme if public else request.url.scheme) == "https"


def origin_of(request: HTTPConnection) -> str:
    """The origin people reach this app under."""
    public = system_of(request).settings.public_url
    parts = urlsplit(public or str(request.url))
    return f"{parts.scheme}://{parts.netloc}"


def actor_of(request: HTTPConnection) -> Actor:
    """Who acts: always whoever is signed in."""
    return Actor(who_of(request).user)
