"""assent under the peers' workloads (W1 to W6): the same command line, JSON lines out.

The harness is the peers' own (``driver.py`` and ``common.py``); BENCH_HARNESS says where it is, by default
``../shared/bench`` beside this checkout. Options (--opt): ``durability=full|process``, ``loop=uvloop``, ``hot=N``
(how many waiting runs stay hot), ``idle=S`` (W5: seconds between the pause and the answer).
With ``-b pg --pg postgresql://…?schema=…`` it uses that schema, which should be one that nobody has used;
``lease=S`` says after how many seconds a killed process counts as dead there (W3 and W4 wait for that).

The commit policy is durability=full (SQLite's synchronous=FULL; PostgreSQL's own settings) unless said otherwise.
"""

from __future__ import annotations

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

HARNESS = Path(os.environ.get("BENCH_HARNESS", Path(__file__).parents[2] / "shared" / "bench"))
sys.path.insert(0, str(HARNESS))

from common import ANSWER, disk, step_a, step_b, step_c  # noqa: E402
from driver import main, mark  # noqa: E402

from assent import App, Context, Settings  # noqa: E402
from assent.process import settle_memory  # noqa: E402
from assent.stores.postgres.options import Postgres, is_postgres, told_apart  # noqa: E402

SIZE = """
    select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relkind = 'r'
"""


async def first(order: dict[str, Any]) -> dict[str, Any]:
    """Step A."""
    return step_a(order)


async def second(a: dict[str, Any]) -> dict[str, Any]:
    """Step B."""
    return step_b(a)


async def third(order_id: str, b: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """Step C; it says when it began."""
    mark(order_id)
    return step_c(b, answer)


async def one(i: int) -> dict[str, Any]:
    """One of many steps."""
    return {"step": i, "v": "x" * 60}


async def approval(ctx: Context, order: dict[str, Any]) -> dict[str, Any]:
    """The approval cycle: A, B, a person, C."""
    a = await ctx.step(first, order)
    b = await ctx.step(second, a)
    answer = await ctx.ask("answer", dict, title="Approve the order?")
    return await ctx.step(third, order["order_id"], b, answer)


async def long(ctx: Context, order: dict[str, int]) -> dict[str, int]:
    """Many steps, then a person."""
    total = 0
    for i in range(order["n"]):
        total += (await ctx.step(one, i))["step"]
    await ctx.ask("answer", dict, title="Go on?")
    return {"t": total}


async def schema_size(database: str) -> int:
    """Bytes of a schema's tables, with their indexes."""
    asyncpg: Any = import_module("asyncpg")  # it tells no types
    dsn, schema = told_apart(database)
    connection = await asyncpg.connect(dsn)
    try:
        size: int = await connection.fetchval(SIZE, schema)
    finally:
        await connection.close()
    return size


class Peer:
    """What the harness calls."""

    async def open(self, a: Any) -> None:
        """Open the store, recover."""
        settings = Settings(
            database=a.pg if a.backend == "pg" else f"sqlite:///{a.dir}/assent.db",
            durability=a.opts.get("durability", "full"),
            hot_runs=int(a.opts.get("hot", 1000)),
            postgres=Postgres(lease=float(a.opts.get("lease", 15))),
        )
        self._stored = a.pg if a.backend == "pg" else a.dir
        self.app = App(settings=settings)
        self.approval = self.app.workflow(approval)
        self.many = self.app.workflow(long)
        await self.app.open()
        settle_memory()  # as "assent serve" does

    async def start(self, order: dict[str, Any]) -> str:
        """A run that waits; its id."""
        run = await self.app.start(self.approval, order, id=order["order_id"])
        await run.wait()
        return run.id

    async def answer(self, run: str) -> None:
        """Answer durably."""
        receipt = await self.app.run(run).answer("answer", ANSWER, by="bob")
        if receipt.status != "accepted":
            raise RuntimeError(receipt.message)

    async def result(self, run: str) -> Any:
        """Its result."""
        return await self.app.run(run).result()

    async def pending(self) -> int:
        """The first page of open tasks."""
        return len((await self.app.inbox.tasks(limit=50)).items)

    async def long(self, n: int) -> str:
        """A run of n steps that waits."""
        run = await self.app.start(self.many, {"n": n})
        await run.wait()
        return run.id

    def disk(self) -> int:
        """Bytes stored: of the directory, or of the schema's tables and indexes."""
        if not is_postgres(self._stored):
            return disk(self._stored)
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, schema_size(self._stored)).result()

    async def close(self) -> None:
        """Let go."""
        await self.app.close()


if __name__ == "__main__":
    main(Peer, "assent", ["sqlite", "pg"])
