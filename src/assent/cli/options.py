"""Options that many commands share, and the values they carry."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, Final, NoReturn, ParamSpec, TypeAlias, cast

import click

from assent.cli.exits import Exit, Stop
from assent.core.durations import duration
from assent.core.values import Json
from assent.stores.lock import databases_in, server_file
from assent.stores.postgres.options import shown

P = ParamSpec("P")

DATABASE: Final = "sqlite:///assent.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the runs are, and how the outcome is to be printed.

    ``named`` says that the database was given, not just assumed.
    """

    database: str
    named: bool
    server: str | None
    key: str | None
    as_json: bool


Command: TypeAlias = Callable[Concatenate[Place, P], Coroutine[Any, Any, Exit | None]]


def placed(command: Command[P]) -> Callable[P, Exit]:
    """Run an async command with its Place: add --database, --server, --key and --json."""
    with_server = click.option(
        "--server", envvar="ASSENT_SERVER", help="A server's URL.", show_envvar=True
    )
    with_key = click.option(
        "--key", envvar="ASSENT_KEY", help="An API key for it.", show_envvar=True
    )
    return with_server(with_key(_on_database(command, database_here)))


def on_file(command: Command[P]) -> Callable[P, Exit]:
    """Run an async command that needs the database file itself: add --database and --json."""
    return _on_database(command, lambda: DATABASE)


def _on_database(command: Command[P], unnamed: Callable[[], str]) -> Callable[P, Exit]:

    @click.option(
        "--database",
        envvar="ASSENT_DATABASE",
        show_envvar=True,
        help=f"The database, as a URL or a path.  [default: {DATABASE}]",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @wraps(command)
    def with_place(
        *args: Any,
        database: str | None,
        as_json: bool,
        server: str | None = None,
        key: str | None = None,
        **kwargs: Any,
    ) -> Exit:
        elsewhere = server or kwargs.get("app")  # they know theirs
        place = Place(
            database=as_url(database or (DATABASE if elsewhere else unnamed())),
            named=bool(database),
            server=server,
            key=key,
            as_json=as_json,
        )
        return asyncio.run(command(place, *args, **kwargs)) or Exit.DONE

    return cast("Callable[P, Exit]", with_place)  # click calls it with its own arguments too


def database_here() -> str:
    """The database that is meant where none is named: assent.db, or else the only one in this directory."""
    if file_of(DATABASE).exists():
        return DATABASE
    found = databases_in(Path())
    found = [file for file in found if server_file(file).exists()] or found
    if len(found) > 1:
        names = ", ".join(file.name for file in found)
        raise Stop(
            f"Several databases are here: {names}. Name one with --database or ASSENT_DATABASE.",
            exit=Exit.USAGE,
            code="which_database",
        )
    return as_url(found[0].name) if found else DATABASE


def this_user() -> str:
    """Who sits at this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # containers run as users that nobody has named
        return f"user {os.getuid()}"


def as_url(database: str) -> str:
    """A database URL from what people type: a plain path means a SQLite file."""
    return database if "://" in database else f"sqlite:///{database}"


def file_of(database: str) -> Path:
    """The file of a SQLite URL."""
    scheme, _, path = database.partition(":///")
    if scheme != "sqlite" or not path or path == ":memory:":
        raise Stop(
            f"The command line needs a database file, and {shown(database)!r} is none. "
            "Name one, as in --database sqlite:///assent.db, or a server with --server.",
            exit=Exit.USAGE,
        )
    return Path(path)


def read_duration(given: str, what: str) -> timedelta:
    """A length of time, as it was typed."""
    try:
        return duration(given)
    except ValueError as error:
        raise Stop(f"{what}: {error}", exit=Exit.USAGE) from error


def read_json(given: str, what: str) -> Json:
    """JSON given as text, as ``@file`` or as ``@-`` for standard input."""
    text = _read(given[1:], what) if given.startswith("@") else given
    try:
        value: Json = json.loads(text, parse_constant=_refuse)
    except ValueError as error:
        hint = (
            f" A plain text is written as JSON too: {json.dumps(given)!r}." if text == given else ""
        )
        raise Stop(
            f"{what} is not JSON: {error}.{hint}", exit=Exit.USAGE, code="not_json"
        ) from error
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _read(name: str, what: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Stop(
            f"{what} cannot be read from {name!r}: {error}", exit=Exit.USAGE, code="unreadable"
        ) from error
