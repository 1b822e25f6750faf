"""Serving an app, so that people find it and the command line on this machine does too."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final
from urllib.parse import quote

import click

from assent.access import Role
from assent.app import App
from assent.cli.exits import Exit, Stop
from assent.cli.options import Place, this_user
from assent.cli.output import note, print_json
from assent.process import settle_memory
from assent.stores.lock import announce
from assent.stores.postgres.options import is_postgres
from assent.stores.sqlite import MEMORY
from assent.system import sqlite_path
from assent.web.server import serve

LABEL: Final = "command line of this machine"


async def serve_app(
    app: App, name: str, place: Place, host: str, port: int, *, advance: bool = True
) -> None:
    """Open the app, serve it until a signal ends it, and close it."""

    async def ready(listening: str, at: int) -> None:
        url = _url(listening, at)
        await _let_in_this_machine(app, url)
        settle_memory()
        _print_welcome(place, name, url, await _login_link(app, url))

    await app.open(advance=advance)
    async with app:
        try:
            await serve(app.asgi, host, port, ready=ready)
        except OSError as error:
            raise Stop(
                f"{host}, port {port} cannot be listened on: {error.strerror or error}. "
                "Name another with --host and --port; --port 0 takes any that is free.",
                exit=Exit.UNREACHABLE,
                code="no_port",
            ) from error
        finally:
            await _revoke_old_keys(app)


def _url(host: str, port: int) -> str:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    return f"http://{f'[{reachable}]' if reachable.count(':') > 1 else reachable}:{port}"


async def _let_in_this_machine(app: App, url: str) -> None:
    """Leave the address and a key beside the database, readable by this user only."""
    file = _file_of(app)
    if file is None:
        return
    await _revoke_old_keys(app)
    _, secret = await app.access.create_key(this_user(), Role.ADMIN, LABEL)
    announce(file, url=url, key=secret)


def _file_of(app: App) -> Path | None:
    """The database file; one in memory has none, and in PostgreSQL there may be many servers."""
    if is_postgres(app.settings.database):
        return None
    file = sqlite_path(app.settings.database)
    return None if file == MEMORY else Path(file)


async def _revoke_old_keys(app: App) -> None:
    """This server's key ends with it, and so do those of servers that were killed."""
    if _file_of(app) is None:
        return
    for key in await app.access.list_keys():
        if key.label == LABEL:
            await app.access.revoke_key(key.id)


async def _login_link(app: App, url: str) -> str:
    token = await app.access.login_link(this_user(), Role.ADMIN)
    return f"{(app.settings.public_url or url).rstrip('/')}/login?token={quote(token)}"


def _print_welcome(place: Place, name: str, url: str, link: str) -> None:
    if place.as_json:
        print_json({"app": name, "url": url, "login_link": link})
    else:
        click.echo(f"assent serves {name} at {url}")
        click.echo(f"log in: {link}")
        note("The link works once, within an hour. Ctrl-C ends the server; nothing is lost.")
    sys.stdout.flush()  # whoever started us may be reading from a pipe
