"""What ``assent doctor`` looks at in a PostgreSQL database: read-only, beside whoever uses it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

from assent.cli.examine import Finding
from assent.cli.examine_restate import examine_restate
from assent.errors import AssentError
from assent.restate.options import KEPT
from assent.stores.postgres.connection import Connections
from assent.stores.postgres.options import Postgres
from assent.stores.postgres.schema import VERSION

OLDEST: Final = 140000
_THERE: Final = "select to_regclass('{s}.migration') is not null"
_PROCESSES: Final = """
    select about, extract(epoch from now() - seen)::float from {s}.process order by number
"""
_FREE: Final = """
    select count(*) from {s}.run where status = 'running' and coalesce(owner, 0) = 0
"""
_ENGINE: Final = f"select text from {{s}}.document where kind = '{KEPT}' and id = 'restate'"


async def examine_postgres(database: str) -> AsyncIterator[Finding]:
    """The server, the schema, who is there, what waits."""
    options = Postgres(pool=1)
    connections = Connections(database, options, durability="full")
    advice = "Check that the server runs, the address, the user and the password."
    try:
        await connections.open()
    except AssentError as error:
        yield Finding("database", False, str(error), advice)
        return
    try:
        async for finding in _examine(connections, options):
            yield finding
    finally:
        await connections.close()


async def _examine(connections: Connections, options: Postgres) -> AsyncIterator[Finding]:
    async def ask(sql: str) -> list[Any]:
        return await connections.fetch(sql.replace("{s}", f'"{connections.schema}"'))

    yield Finding("database", True, f"{connections.where}, schema {connections.schema}")
    number = int((await ask("show server_version_num"))[0][0])
    (version,) = (await ask("show server_version"))[0]
    yield Finding("postgresql", number >= OLDEST, version, "Use PostgreSQL 14 or newer.")
    if not (await ask(_THERE))[0][0]:
        yield Finding("schema", False, "is not there yet", "Run 'assent migrate'.")
        return
    schema = (await ask("select coalesce(max(version), 0) from {s}.migration"))[0][0]
    advice = "Run 'assent migrate'." if schema < VERSION else "Upgrade assent."
    yield Finding("schema", schema == VERSION, f"{schema}, known: {VERSION}", advice)
    if schema != VERSION:
        return
    there = await ask(_PROCESSES)
    silent = [about for about, ago in there if ago > options.lease]
    told = ", ".join(about for about, _ in there) or "none"
    advice = f"Not seen for a while: {', '.join(silent)}. Their runs go on in the next process that looks."
    yield Finding("processes", not silent, told, advice)
    for (kept,) in await ask(_ENGINE):
        async for finding in examine_restate(kept):
            yield finding
    free = (await ask(_FREE))[0][0]
    advice = "Start 'assent worker module:app' with the code of these runs."
    yield Finding(
        "taken up", not free, f"{free} running runs that nobody advances just now", advice
    )
    runs = dict(await ask("select status, count(*) from {s}.run group by status order by status"))
    told = ", ".join(f"{count} {status}" for status, count in runs.items()) or "none"
    advice = "'assent runs ls --status parked' lists them, 'assent runs show RUN' says why."
    yield Finding("runs", "parked" not in runs, told, advice)
    tasks = (await ask("select count(*) from {s}.task where status <> 'closed'"))[0][0]
    yield Finding("tasks", True, f"{tasks} open")
