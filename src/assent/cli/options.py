"""Options that many commands share, and the values they carry."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, Final, NoReturn, ParamSpec, TypeAlias, cast

import click

from assent.cli.exits import Exit, Stop
from assent.core.values import Json

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
    return with_server(with_key(on_file(command)))


def on_file(command: Command[P]) -> Callable[P, Exit]:
    """Run an async command that needs the database file itself: add --database and --json."""

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
        place = Place(
            database=as_url(database or DATABASE),
            named=bool(database),
            server=server,
            key=key,
            as_json=as_json,
        )
        return asyncio.run(command(place, *args, **kwargs)) or Exit.DONE

    return cast("Callable[P, Exit]", with_place)  # click calls it with its own arguments too


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
            f"The command line needs a database file, and {database!r} is none. "
            "Name one, as in --database sqlite:///assent.db, or a server with --server.",
            exit=Exit.USAGE,
        )
    return Path(path)


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
