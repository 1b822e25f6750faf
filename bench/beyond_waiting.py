"""Runs that wait, on Restate beside the same on PostgreSQL alone: what they weigh, and how soon an answer goes on.

    python -m bench.beyond_waiting [--runs 10000] [--answers 200] [--rounds 2]

Servers are made for it: PostgreSQL with fsync on, Restate of one node with its defaults. Each engine has a worker of
its own, which makes so many runs that have done a step and wait for a person, and then answers some of them, one at a
time, in turns with the other engine.

resume    from before the answer is given until the next step begins
weighs    what the worker, the Restate server and its directory, and the schema have grown by, for each waiting run
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from assent import App, Context, Restate, Settings
from assent.process import settle_memory
from tests.cluster import Cluster
from tests.restate_server import RestateServer

asyncpg: Any = import_module("asyncpg")  # it tells no types
AT_ONCE: Final = 50
_POSTGRES: Final = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "128MB",
}
_KB: Final = 1024


# ── the worker ──────────────────────────────────────────────────────────────────────────────────


async def work(told: dict[str, Any]) -> None:
    """Make runs that wait, say what that took; then answer whenever told to, and say how soon each went on."""
    engine = Restate(**told["engine"]) if told["engine"] else None
    app = App(settings=Settings(database=told["database"], engine=engine))
    begun: dict[int, float] = {}

    @app.workflow
    async def order(ctx: Context, number: int) -> int:
        await ctx.step("first", lambda: number)
        await ctx.approve("ship")
        await ctx.step("second", lambda: begun.update({number: time.perf_counter()}))
        return number

    async def start(number: int) -> None:
        await (await app.start(order, number, id=f"order-{number}")).wait()

    async with app:
        for number in range(100):
            await start(number)  # warms up
        settle_memory()
        before, since = _memory(os.getpid()), time.perf_counter()
        numbers = iter(range(100, 100 + told["runs"]))

        async def some() -> None:
            for number in numbers:
                await start(number)

        await asyncio.gather(*(some() for _ in range(AT_ONCE)))
        took = time.perf_counter() - since
        settle_memory()
        grown = (_memory(os.getpid()) - before) / told["runs"]
        _say({"started": told["runs"] / took, "memory": grown})
        first = 100
        while count := int(await asyncio.to_thread(sys.stdin.readline) or 0):
            soon: list[float] = []
            for number in range(first, first + count):
                run, since = app.run(f"order-{number}"), time.perf_counter()
                await run.approve("ship", by="ann")
                await run.result()
                soon.append(begun[number] - since)
            first += count
            _say({"soon": soon})


def _say(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class Worker:
    """A worker in a process of its own."""

    def __init__(self, told: dict[str, Any]) -> None:
        environment = {**os.environ, "ASSENT_TOLD": json.dumps(told)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.beyond_waiting"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def said(self) -> dict[str, Any]:
        """The next thing it says."""
        assert self._process.stdout is not None
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found

    def answers(self, count: int) -> list[float]:
        """How soon each of so many answers went on, in seconds."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{count}\n")
        self._process.stdin.flush()
        soon: list[float] = self.said()["soon"]
        return soon

    def end(self) -> None:
        """It ends in good order."""
        self._process.communicate("")


# ── measuring ───────────────────────────────────────────────────────────────────────────────────


async def main(runs: int, answers: int, rounds: int) -> None:
    """Measure, in turns."""
    cluster, server = Cluster(**_POSTGRES), RestateServer()
    server.start()
    workers: dict[str, Worker] = {}
    soon: dict[str, list[float]] = {"PostgreSQL alone": [], "Restate": []}
    print(f"{runs} waiting runs; load {os.getloadavg()[0]:.1f}")
    try:
        for name in soon:
            database = cluster.url(name.split()[0].lower())
            engine = asdict(server.engine()) if name == "Restate" else None
            before = server.weighs()
            workers[name] = Worker({"database": database, "engine": engine, "runs": runs})
            told = workers[name].said()
            stored = await _stored(database)
            memory, disk = (now - then for now, then in zip(server.weighs(), before, strict=True))
            print(
                f"{name:<18} {told['started']:>6.0f} started/s; for each waiting run: "
                f"{stored / (runs + 100) / _KB:.1f} kB in PostgreSQL, {told['memory'] / _KB:.1f} kB in the worker, "
                f"{disk / runs / _KB:.2f} kB on disk and {memory / runs / _KB:.2f} kB in memory of Restate"
            )
        for _ in range(rounds):
            for name, worker in workers.items():
                soon[name] += worker.answers(answers)
        for name, each in soon.items():
            p50, p99 = statistics.median(each) * 1e3, statistics.quantiles(each, n=100)[98] * 1e3
            print(f"{name:<18} answer to next step: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
        print(f"load {os.getloadavg()[0]:.1f}")
    finally:
        for worker in workers.values():
            worker.end()
        server.drop()
        cluster.drop()


async def _stored(database: str) -> int:
    """The bytes of the schema, with its indexes."""
    url, _, schema = database.partition("&schema=")
    connection: Any = await asyncpg.connect(url)
    try:
        sql = (
            "select sum(pg_total_relation_size(c.oid)) from pg_class as c "
            "join pg_namespace as n on n.oid = c.relnamespace where n.nspname = $1 and c.relkind = 'r'"
        )
        return int(await connection.fetchval(sql, schema))
    finally:
        await connection.close()


def _memory(process: int) -> int:
    """Resident memory, in bytes."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    if "ASSENT_TOLD" in os.environ:
        asyncio.run(work(json.loads(os.environ["ASSENT_TOLD"])))
        sys.exit()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--answers", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    asyncio.run(main(given.runs, given.answers, given.rounds))
