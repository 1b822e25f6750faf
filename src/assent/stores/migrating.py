"""Bringing a SQLite database to the schema that this assent knows, or refusing it untouched."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from assent.errors import ConfigurationError, StoreNewer
from assent.stores.schema import MIGRATIONS, VERSION, checksum, statements


def migrated(connection: sqlite3.Connection, where: str, *, change: bool = True) -> list[int]:
    """Bring the schema up to date; returns the versions that were applied.

    Raises StoreNewer, before anything is written, where a newer assent has been here, and ConfigurationError
    where ``change`` is False and something would have to be applied, or where an applied migration was edited.
    """
    found = refuse_newer(connection, where)
    newest = max(found, default=0)
    for version, text in enumerate(MIGRATIONS, 1):
        if found.get(version, checksum(text)) != checksum(text):
            raise ConfigurationError(
                f"Migration {version} of the database {where!r} is not the one this assent has. "
                "Use the assent that made it, or restore the database from a backup."
            )
    missing = [version for version in range(1, VERSION + 1) if version not in found]
    if missing and not change:
        raise ConfigurationError(
            f"The database {where!r} has schema version {newest}, and this assent needs {VERSION}. "
            "Run 'assent migrate'."
        )
    if missing:
        # SQLite's own knows ASCII only.
        connection.create_function("lower", 1, str.lower, deterministic=True)
    for version in missing:
        _migrate(connection, version)
    return missing


def refuse_newer(connection: sqlite3.Connection, where: str) -> dict[int, str]:
    """The migrations that were applied; raises StoreNewer where this assent does not know all of them."""
    found = _applied(connection)
    newest = max(found, default=0)
    if newest > VERSION:
        raise StoreNewer(where, newest, VERSION)
    return found


def _applied(connection: sqlite3.Connection) -> dict[int, str]:
    there = connection.execute(
        "select 1 from sqlite_master where type = 'table' and name = 'migration'"
    ).fetchone()
    if there is None:
        return {}
    return dict(connection.execute("select version, checksum from migration").fetchall())


def _migrate(connection: sqlite3.Connection, version: int) -> None:
    text = MIGRATIONS[version - 1]
    connection.execute("begin immediate")
    try:
        connection.execute(
            "create table if not exists migration"
            " (version integer primary key, checksum text not null, applied text not null)"
        )
        for statement in statements(text):
            connection.execute(statement)
        connection.execute(
            "insert into migration values (?, ?, ?)",
            # When a schema was changed is a fact about the file, not about any run: no Clock here.
            [version, checksum(text), datetime.now(UTC).isoformat()],  # noqa: TID251
        )
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
