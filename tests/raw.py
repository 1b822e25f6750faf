"""What somebody does who has the database's password: SQL past the store, in databases of either kind."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from importlib import import_module
from typing import Any, Final

from assent.stores.postgres.options import is_postgres, told_apart
from assent.system import sqlite_path

asyncpg: Final[Any] = import_module("asyncpg")  # it tells no types


async def altered(database: str, *statements: str) -> None:
    """Alter what is there; each statement must alter something."""
    if is_postgres(database):
        await _in_postgres(database, statements)
        return
    with closing(sqlite3.connect(sqlite_path(database))) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, f"it alters nothing: {statement}"
        connection.commit()


async def asked(database: str, question: str) -> list[tuple[Any, ...]]:
    """The rows that a question finds."""
    if is_postgres(database):
        async with _connected(database) as connection:
            return [tuple(row) for row in await connection.fetch(question)]
    with closing(sqlite3.connect(sqlite_path(database))) as connection:
        return connection.execute(question).fetchall()


async def _in_postgres(database: str, statements: tuple[str, ...]) -> None:
    async with _connected(database) as connection, connection.transaction():
        for statement in statements:
            done = await connection.execute(statement)
            assert int(done.split()[-1]) > 0, f"it alters nothing: {statement}"


@asynccontextmanager
async def _connected(database: str) -> AsyncGenerator[Any]:
    dsn, schema = told_apart(database)
    connection = await asyncpg.connect(dsn, server_settings={"search_path": schema})
    try:
        yield connection
    finally:
        await connection.close()
