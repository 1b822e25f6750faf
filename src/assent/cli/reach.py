"""How a command reaches the runs.

--server given ─────────────────────────────▶ that server, with --key
a server holds the database file ───────────▶ that server, with the key it keeps for this user
a PostgreSQL database ──────────────────────▶ opened here too, beside all others; workers advance its runs
nobody holds it ────────────────────────────▶ the file itself, opened here; the API runs inside
another process holds it and does not serve ▶ an error that says who
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import httpx2

from assent.access import Role
from assent.app import App
from assent.cli.api import BASE, Api, at
from assent.cli.exits import Exit, Stop
from assent.cli.options import Place, file_of, this_user
from assent.stores.lock import server_of
from assent.stores.postgres.options import is_postgres, shown

INSIDE: Final = "http://assent.local"
LABEL: Final = "command line"


@asynccontextmanager
async def reach(
    place: Place, *, by: str | None = None, app: App | None = None
) -> AsyncGenerator[Api]:
    """The API, wherever it is, as somebody; ``app`` is what to open where no server runs.

    Whoever may read the database file may act as anybody, so on this machine ``by`` is taken at its
    word: a key of theirs is made, and ends with the command. A server that was named judges by the
    key that was given.
    """
    async with AsyncExitStack() as stack:
        server = await server_at(place)
        if server is None:
            user = this_user() if by is None else by
            yield await stack.enter_async_context(_file(place, user, app))
            return
        api = await stack.enter_async_context(server)
        judged_by_key = place.key is not None or place.server
        if by not in (None, this_user()) and not judged_by_key:
            api = await stack.enter_async_context(_acting_as(api, str(by)))
        yield api


async def server_at(place: Place) -> Api | None:
    """The server that is named, or that holds the database file and answers."""
    if place.server:
        if not re.match(r"https?://[^/]", place.server):
            raise Stop(
                f"{place.server!r} is no server's URL. Write it like http://127.0.0.1:8400.",
                exit=Exit.USAGE,
            )
        return Api(place.server, place.key)
    if is_postgres(place.database):
        return None  # any number of processes may open it
    told = server_of(file_of(place.database))
    if told is None or not await _answers(told["url"]):
        return None
    return Api(told["url"], place.key or told["key"])


def none_found(place: Place) -> str:
    """That there is no server to talk to: of a shared database any number may run, and none is found by it."""
    if is_postgres(place.database):
        return f"No server of {shown(place.database)} is named (--server, ASSENT_SERVER)"
    return f"No server holds {shown(place.database)}"


async def _answers(url: str) -> bool:
    """Whether our server is there: one that was killed leaves its address behind for others."""
    try:
        async with httpx2.AsyncClient(timeout=5, verify=url.startswith("https:")) as http:
            reply = await http.get(f"{url}{BASE}/health")
            return reply.is_success and reply.json() == {"status": "ok"}
    except (httpx2.TransportError, ValueError):
        return False


@asynccontextmanager
async def _acting_as(api: Api, user: str) -> AsyncGenerator[Api]:
    made = await api.post("/keys", {"user": user, "role": Role.ADMIN, "label": LABEL})
    try:
        async with Api(api.url, made["secret"]) as theirs:
            yield theirs
    finally:
        await api.delete(at("keys", made["id"]))


@asynccontextmanager
async def _file(place: Place, user: str, app: App | None) -> AsyncGenerator[Api]:
    async with _opened(place, app) as opened:
        id, secret = await opened.access.create_key(user, Role.ADMIN, LABEL)
        try:
            async with Api(INSIDE, secret, app=opened) as api:
                yield api
        finally:
            await opened.access.revoke_key(id)


@asynccontextmanager
async def _opened(place: Place, app: App | None) -> AsyncGenerator[App]:
    shared = is_postgres(place.database)
    if app is not None and not shared:
        async with app:
            yield app
        return
    if shared:
        app = app or App(place.database)
        app.reconfigure(settings=replace(app.settings, migrate=False))  # to look makes no schema
    else:
        check_exists(file_of(place.database))
        app = App(place.database)
    # without the workflows' code runs stay where they are: this process only looks and answers
    await app.open(advance=False)
    try:
        yield app
    finally:
        await app.close()


def check_exists(file: Path) -> None:
    """Looking must not make a database where there is none."""
    if not file.exists():
        raise Stop(
            f"There is no database {str(file)!r}. Name another with --database, a server with "
            "--server, or make one: 'assent serve module:app' or 'assent migrate'.",
            exit=Exit.UNREACHABLE,
            code="no_database",
        )
