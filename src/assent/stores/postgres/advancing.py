"""By which engine the runs of a schema are advanced: all processes that do so use one, and say which.

    agree ──▶ nobody advances them by another ──▶ said, beside the process's row
          └─▶ somebody does                   ──▶ told who; nothing is said

Said together under a lock, so that of two that differ one is first. What a process has said holds as long as its row
is there; that of a killed one is taken away a lease after it was last seen.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from assent.errors import StoreAway
from assent.ports.store import Advancer
from assent.stores.postgres.connection import Connections, is_away
from assent.stores.postgres.migrating import lock_of

SAID: Final = "advances"  # the kind of document, of which each process has one under its number
_LOCK: Final = "select pg_advisory_xact_lock($1)"
_OTHERS: Final = f"""
    select p.about, d.text, extract(epoch from now() - p.seen)::float from {{s}}.process as p
    join {{s}}.document as d on d.kind = '{SAID}' and d.id = p.number::text
    where p.number <> $1 and d.text <> $2 order by p.number
"""
_FORGET: Final = f"""
    delete from {{s}}.document as d where d.kind = '{SAID}'
        and not exists (select from {{s}}.process as p where p.number::text = d.id)
"""
_SAY: Final = f"""
    insert into {{s}}.document (kind, id, text) values ('{SAID}', $1::text, $2)
    on conflict (kind, id) do update set text = excluded.text
"""


async def agree(
    connections: Connections, schema: str, process: int, engine: str
) -> Sequence[Advancer]:
    """Say that this process advances runs by this engine; returns who does by another, and then it is not said."""
    text = json.dumps(engine)
    try:
        connection = await connections.one()
        try:
            async with connection.transaction():
                await connection.execute(_LOCK, lock_of("engine", connections.schema))
                others = await connection.fetch(_OTHERS.replace("{s}", schema), process, text)
                if not others:
                    await connection.execute(_FORGET.replace("{s}", schema))
                    await connection.execute(_SAY.replace("{s}", schema), str(process), text)
        finally:
            await connection.close()
    except Exception as error:
        if is_away(error):
            raise StoreAway(connections.where, error) from error
        raise
    return [Advancer(about, json.loads(said), seen) for about, said, seen in others]
