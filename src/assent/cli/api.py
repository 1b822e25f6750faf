"""The HTTP API as the commands use it, over the network or inside this process.

What the API refuses becomes a Stop that carries the problem's own words, code and errors.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Final, Self, TypeAlias, cast
from urllib.parse import quote

import httpx2

from assent.app import App
from assent.cli.exits import Exit, Stop, of_problem
from assent.core.values import Json

Document: TypeAlias = dict[str, Any]

BASE: Final = "/api/v1"
DOOR: Final = "X-Assent-Door"


def at(*parts: str) -> str:
    """The path of a thing: names may hold whatever people put into them."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


class Api:
    """A way to the HTTP API, as the user whose key it is.

    ``app`` is set where no server runs and this process holds the database file.
    """

    def __init__(self, url: str, key: str | None, *, app: App | None = None) -> None:
        self.url = url.rstrip("/")
        self.app = app
        headers = {DOOR: "cli", "Accept": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._http = httpx2.AsyncClient(
            base_url=self.url + BASE,
            headers=headers,
            timeout=60,
            verify=url.startswith("https:"),  # certificates take a while to load
            transport=httpx2.ASGITransport(app=app.asgi) if app else None,
        )

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def get(self, path: str, **query: str | int | None) -> Document:
        """Read one thing."""
        given = {name: value for name, value in query.items() if value is not None}
        return cast(Document, await self._call("GET", path, params=given))

    async def items(self, path: str, limit: int, **query: str | int | None) -> Document:
        """Read up to ``limit`` items of a list, over as many pages as it takes; 0 means all."""
        items: list[Json] = []
        cursor: str | None = None
        while True:
            wanted = min(limit - len(items), 200) if limit else 200
            page = await self.get(path, **query, cursor=cursor, limit=wanted)
            items += page["items"]
            cursor = page.get("next_cursor")
            if not cursor or (limit and len(items) >= limit):
                return {"items": items, "next_cursor": cursor}

    async def post(self, path: str, body: Mapping[str, Json] | None = None) -> Document:
        """Do one thing."""
        return cast(Document, await self._call("POST", path, json=body or {}))

    async def put(self, path: str, body: Mapping[str, Json]) -> Document:
        """Put one thing in its place."""
        return cast(Document, await self._call("PUT", path, json=body))

    async def delete(self, path: str) -> None:
        """Take one thing away."""
        await self._call("DELETE", path)

    @asynccontextmanager
    async def lines(
        self, path: str, accept: str, **query: str | None
    ) -> AsyncGenerator[AsyncIterator[str]]:
        """A long text, line by line."""
        async with self._stream(path, accept, query) as response:
            yield response.aiter_lines()

    @asynccontextmanager
    async def events(
        self, path: str, **query: str | int | None
    ) -> AsyncGenerator[AsyncIterator[Document]]:
        """Events as they happen: nothing that happens after this has been entered is missed."""
        async with self._stream(path, "text/event-stream", query) as response:
            yield _events(response)

    @asynccontextmanager
    async def _stream(
        self, path: str, accept: str, query: Mapping[str, str | int | None]
    ) -> AsyncGenerator[httpx2.Response]:
        given = {name: value for name, value in query.items() if value is not None}
        try:
            async with self._http.stream(
                "GET",
                path,
                params=given,
                headers={"Accept": accept},
                timeout=httpx2.Timeout(60, read=None),
            ) as response:
                if response.is_error:
                    await response.aread()
                    raise _problem(self.url, response)
                if not _is(response, accept):
                    raise _not_ours(self.url, response)
                yield response
        except httpx2.TransportError as error:
            raise unreachable(self.url, error) from error

    async def _call(self, method: str, path: str, **given: Any) -> Json:
        try:
            response = await self._http.request(method, path, **given)
        except httpx2.TransportError as error:
            raise unreachable(self.url, error) from error
        if response.is_error:
            raise _problem(self.url, response)
        if response.status_code == 204 and method == "DELETE":
            return None
        if not _is(response, "application/json"):
            raise _not_ours(self.url, response)
        return cast(Json, response.json())


async def _events(response: httpx2.Response) -> AsyncIterator[Document]:
    async for event in httpx2.EventSource(response):
        told = _object(event.json()) if event.data else {}
        if "name" in told:
            yield told


def unreachable(url: str, error: Exception) -> Stop:
    """Nobody answers there."""
    return Stop(
        f"The server at {url} cannot be reached: {str(error) or type(error).__name__}. "
        "Is it running? Name another with --server.",
        exit=Exit.UNREACHABLE,
        code="unreachable",
    )


def _not_ours(url: str, response: httpx2.Response) -> Stop:
    """Somebody else answers there: a site, a proxy's page, or the way from http: to https:."""
    onward = response.headers.get("location")
    says = f"sends on to {onward!r}" if onward else f"answers {response.status_code} with no API"
    return Stop(
        f"What is at {url} is no assent server: it {says}. Name another with --server.",
        exit=Exit.UNREACHABLE,
        code="unreachable",
    )


def _is(response: httpx2.Response, kind: str) -> bool:
    given = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return response.is_success and given == kind


def _problem(url: str, response: httpx2.Response) -> Stop:
    try:
        told = _object(response.json())
    except ValueError:
        told = {}
    if "code" not in told and response.status_code < 500:
        return _not_ours(url, response)
    code = str(told.get("code") or f"http_{response.status_code}")
    message = str(
        told.get("detail") or told.get("title") or f"The server says {response.status_code}."
    )
    if response.status_code == 401:
        message += " Give a key with --key or ASSENT_KEY; 'assent keys create' makes one."
    return Stop(message, exit=of_problem(response.status_code, code), code=code, more=told)


def _object(value: Any) -> Document:
    return cast(Document, value) if isinstance(value, dict) else {}
