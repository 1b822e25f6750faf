"""What ``assent doctor`` looks at: read-only, so also beside a running server."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assent.stores.lock import server_file, server_of
from assent.stores.schema import VERSION

# below this a database with a busy day ahead of it is in danger
ENOUGH_SPACE: Final = 500 * 2**20
SQLITE: Final = (3, 35, 0)  # the first with RETURNING
PYTHON: Final = (3, 11)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``advice`` says what to do where it is not well."""

    name: str
    well: bool
    what: str
    advice: str = ""


def examine_machine() -> Iterator[Finding]:
    """Python and SQLite."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", sys.version_info[:2] >= PYTHON, python, "Use Python 3.11 or newer.")
    yield Finding(
        "sqlite",
        sqlite3.sqlite_version_info >= SQLITE,
        sqlite3.sqlite_version,
        "Use a Python with SQLite 3.35 or newer.",
    )


def examine_file(file: Path) -> Iterator[Finding]:
    """The database file: the disk, the schema, who holds it, what waits in it."""
    folder = file.absolute().parent
    if folder.is_dir():
        free = shutil.disk_usage(folder).free
        advice = f"Make room on the disk of {folder}."
        yield Finding("disk", free >= ENOUGH_SPACE, f"{_size(free)} free in {folder}", advice)
    if not file.exists():
        advice = "'assent migrate' or 'assent serve module:app' makes it; --database names another."
        yield Finding("database", False, f"{file} does not exist", advice)
        return
    yield Finding("database", True, f"{file}, {_size(file.stat().st_size)}")
    yield from _examine_server(file)
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            yield from _examine_content(opened)
    except sqlite3.Error as error:
        advice = "Check that it is an assent database and may be read; else restore a backup."
        yield Finding("content", False, f"cannot be read: {error}", advice)


def _examine_server(file: Path) -> Iterator[Finding]:
    told = server_of(file)
    if told is None:
        holder = _holder(file)
        who = f"none, but {holder} holds the file" if holder else "none"
        yield Finding("server", True, f"{who}: runs go on in a process that has their code")
        return
    yield Finding("server", True, told["url"])
    mode = server_file(file).stat().st_mode & 0o777
    advice = f"chmod 600 {server_file(file)}, and restart the server: its key may have been read."
    yield Finding("server key", mode & 0o077 == 0, f"mode {mode:o}", advice)


def _holder(file: Path) -> str | None:
    """The process that says it holds the file, if it is alive: a killed one leaves its name behind."""
    try:
        told = file.with_name(f"{file.name}.holder").read_text()
        os.kill(int(told.removeprefix("process ")), 0)
    except (OSError, ValueError):
        return None
    return told


def _examine_content(opened: sqlite3.Connection) -> Iterator[Finding]:
    version = _one(opened, "select max(version) from migration") or 0
    advice = "Run 'assent migrate'." if version < VERSION else "Upgrade assent."
    yield Finding("schema", version == VERSION, f"{version}, known: {VERSION}", advice)
    if version != VERSION:
        return
    runs = dict(opened.execute("select status, count(*) from run group by status order by status"))
    told = ", ".join(f"{count} {status}" for status, count in runs.items())
    advice = "'assent runs ls --status parked' lists them, 'assent runs show RUN' says why."
    yield Finding("runs", "parked" not in runs, told or "none", advice)
    tasks = _one(opened, "select count(*) from task where status <> 'closed'")
    yield Finding("tasks", True, f"{tasks} open")


def _one(opened: sqlite3.Connection, query: str) -> int:
    found: int = opened.execute(query).fetchone()[0]
    return found


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1024:
            return f"{count:.0f} {unit}"
        count /= 1024
    return f"{count:.1f} TB"
