"""One process per database file: an operating-system lock that says kindly who holds it.

The lock file stands beside the database (``assent.db.lock``). While a server runs, ``assent.db.server`` beside it
holds the server's address and a key for this machine's user, so that the command line can talk to it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final, cast

from filelock import FileLock, Timeout

from assent.errors import StoreLocked

_MAGIC: Final = b"SQLite format 3\0"


class DatabaseLock:
    """Held from ``acquire`` to ``release``; the system frees it when the process dies."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._holder = _beside(database, ".holder")
        self._lock = FileLock(_beside(database, ".lock"), thread_local=False)

    def acquire(self) -> None:
        """Take the lock, or raise StoreLocked with who holds it and where it serves."""
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            told = server_of(self._database)
            raise StoreLocked(
                str(self._database), _holder(self._holder), told["url"] if told else None
            ) from None
        self._holder.write_text(f"process {os.getpid()}")
        server_file(self._database).unlink(missing_ok=True)  # a killed server's

    def release(self) -> None:
        """Let the next one in."""
        server_file(self._database).unlink(missing_ok=True)
        self._holder.unlink(missing_ok=True)
        self._lock.release()


def databases_in(folder: Path) -> list[Path]:
    """The database files in a folder: each was opened there at least once, so its lock stands beside it."""
    beside = sorted(folder.glob("*.lock"))
    return [file for lock in beside if _is_database(file := lock.with_suffix(""))]


def _is_database(file: Path) -> bool:
    try:
        with file.open("rb") as read:
            return read.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def server_file(database: Path) -> Path:
    """Where a server that holds the database says how to reach it."""
    return _beside(database, ".server")


def announce(database: Path, *, url: str, key: str) -> None:
    """Say how to reach the server that holds the database; readable by this user only."""
    file = server_file(database)
    file.unlink(missing_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump({"url": url, "key": key}, out)


def server_of(database: Path) -> dict[str, str] | None:
    """What the server that holds the database has announced."""
    try:
        told: object = json.loads(server_file(database).read_text())
    except (OSError, ValueError):
        return None
    return cast("dict[str, str]", told) if isinstance(told, dict) else None


def _beside(database: Path, suffix: str) -> Path:
    real = database.resolve()  # whatever link leads to the file, its lock is the same
    return real.with_name(real.name + suffix)


def _holder(file: Path) -> str:
    try:
        return file.read_text() or "another process"
    except OSError:
        return "another process"
