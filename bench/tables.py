"""What runs leave behind in PostgreSQL: rows, bytes and dead versions, table by table and index by index.

    python -m bench.tables [--runs 4000] [--ended 100000] [--tuned]

The runs are those of ``bench.many``: three steps and one approval each. The server is one of its own, with autovacuum
on, and looks at its tables every 5 seconds. ``--ended`` puts so many runs that have ended there first; ``--tuned`` sets
what docs/scaling.md says under *Autovacuum*.
"""

from __future__ import annotations

import argparse
import asyncio
import re
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from assent.stores.postgres.options import told_apart
from bench.many import AT_ONCE, an_app, cycle
from tests.cluster import Cluster

asyncpg: Any = import_module("asyncpg")  # it tells no types
SCALING: Final = Path(__file__).parents[1] / "docs" / "scaling.md"
TABLES: Final = """
    select relname, n_live_tup, n_dead_tup, n_tup_ins, n_tup_upd, n_tup_hot_upd, n_tup_del, autovacuum_count,
        pg_table_size(relid), pg_indexes_size(relid)
    from pg_stat_user_tables where schemaname = $1 and n_tup_ins > 0 order by pg_total_relation_size(relid) desc
"""
INDEXES: Final = """
    select indexrelname, idx_scan, pg_relation_size(indexrelid) from pg_stat_user_indexes
    where schemaname = $1 order by relname, indexrelname
"""


ENDED: Final = """
    insert into {s}.run select 'old-' || n, 'order', '1', 'succeeded', 12, 'x', null, '{}', 'old-' || n, null,
        n, n, n, '{}', null, 0 from generate_series(1, $1::bigint) as n
"""


async def measure(runs: int, ended: int, *, tuned: bool) -> None:
    """Make runs, then look at what is there."""
    cluster = Cluster(autovacuum="on", autovacuum_naptime="5s", track_counts="on")
    database = cluster.url("bench")
    dsn, schema = told_apart(database)
    connection = await asyncpg.connect(dsn)
    try:
        async with an_app(database) as app:
            if tuned:
                for statement in re.findall(r"alter table assent\.[^;]+;", SCALING.read_text()):
                    await connection.execute(statement.replace("assent.", f"{schema}."))
            await connection.execute(ENDED.replace("{s}", schema), ended)
            await connection.execute(f"vacuum analyze {schema}.run")
            left = iter(range(runs))

            async def some() -> None:
                for number in left:
                    await cycle(app, f"run-{number}")

            await asyncio.gather(*(some() for _ in range(AT_ONCE)))
        print(
            f"{'table':<12}{'rows':>8}{'dead':>8}{'updates':>9}{'in place':>10}{'vacuums':>9}",
            end="",
        )
        print(f"{'B/run':>8}{'with indexes':>14}")
        for row in await connection.fetch(TABLES, schema):
            name, live, dead, _, updates, hot, _, vacuums, size, indexes = row
            share = f"{hot / updates:.0%}" if updates else "-"
            print(f"{name:<12}{live:>8}{dead:>8}{updates:>9}{share:>10}{vacuums:>9}", end="")
            print(f"{size / runs:>8.0f}{(size + indexes) / runs:>14.0f}")
        print(f"\n{'index':<22}{'scans':>10}{'B/run':>8}")
        for name, scans, size in await connection.fetch(INDEXES, schema):
            print(f"{name:<22}{scans:>10}{size / runs:>8.0f}")
    finally:
        await connection.close()
        cluster.drop()


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=4000)
    parser.add_argument("--ended", type=int, default=0)
    parser.add_argument("--tuned", action="store_true")
    given = parser.parse_args()
    asyncio.run(measure(given.runs, given.ended, tuned=given.tuned))


if __name__ == "__main__":
    main()
