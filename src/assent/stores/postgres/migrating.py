"""Bringing a schema up to date, however many processes start at once."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from assent.errors import ConfigurationError, StoreNewer
from assent.stores.postgres.connection import Connections
from assent.stores.postgres.schema import COMMIT, COMMIT_NAME, MIGRATIONS, VERSION, checksum

_THERE: Final = """
    select exists (
        select from information_schema.tables where table_schema = $1 and table_name = 'migration')
"""
_APPLIED: Final = "select version, checksum from {s}.migration"
_HAS_COMMIT: Final = """
    select exists (select from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
        where n.nspname = $1 and p.proname = $2)
"""


async def migrated(connections: Connections, *, change: bool = True) -> list[int]:
    """Bring the schema up to date; returns the versions that were applied.

    Raises StoreNewer, before anything is written, where a newer assent has been here, and ConfigurationError
    where ``change`` is False and something would have to be applied, or where an applied migration was edited.
    """
    connection = await connections.one()
    try:
        async with (
            connection.transaction()
        ):  # a pooler may hand each transaction to another server process
            missing, complete = await _missing(connection, connections)
        if not missing and complete:
            return []
        if not change:
            raise ConfigurationError(
                f"The schema {connections.schema!r} of {connections.where!r} is older than this assent, which "
                f"needs version {VERSION}. Run 'assent migrate'."
            )
        async with connection.transaction():
            # One process migrates; the others wait here, and find that it was done.
            await connection.execute("set local statement_timeout = 0")
            await connection.execute(
                f"select pg_advisory_xact_lock({lock_of('migrate', connections.schema)})"
            )
            missing, complete = await _missing(connection, connections)
            await _migrate(connection, connections.schema, missing)
            if not complete:
                text = COMMIT.replace("{s}", f'"{connections.schema}"').replace(
                    "{name}", COMMIT_NAME
                )
                await connection.execute(text)
        return missing
    finally:
        await connection.close()


async def _missing(connection: Any, connections: Connections) -> tuple[list[int], bool]:
    """Which migrations were not applied yet, and whether the commit function is there."""
    schema = connections.schema
    found: dict[int, str] = {}
    if await connection.fetchval(_THERE, schema):
        found = dict(await connection.fetch(_APPLIED.replace("{s}", f'"{schema}"')))
    newest = max(found, default=0)
    if newest > VERSION:
        raise StoreNewer(connections.where, newest, VERSION)
    for version, text in enumerate(MIGRATIONS, 1):
        if found.get(version, checksum(text)) != checksum(text):
            raise ConfigurationError(
                f"Migration {version} of the schema {schema!r} of {connections.where!r} is not the one this "
                "assent has. Use the assent that made it, or restore the database from a backup."
            )
    missing = [version for version in range(1, VERSION + 1) if version not in found]
    return missing, bool(await connection.fetchval(_HAS_COMMIT, schema, COMMIT_NAME))


async def _migrate(connection: Any, schema: str, missing: list[int]) -> None:
    if missing:
        await connection.execute(f'create schema if not exists "{schema}"')
        await connection.execute(
            f'create table if not exists "{schema}".migration'
            " (version bigint primary key, checksum text not null, applied timestamptz not null default now())"
        )
    for version in missing:
        text = MIGRATIONS[version - 1]
        await connection.execute(text.replace("{s}", f'"{schema}"'))
        await connection.execute(
            f'insert into "{schema}".migration (version, checksum) values ($1, $2)',
            version,
            checksum(text),
        )


def lock_of(what: str, schema: str) -> int:
    """The number of an advisory lock; each schema has its own."""
    found = hashlib.sha256(f"assent {what} {schema}".encode()).digest()
    return int.from_bytes(found[:8], "big", signed=True)
