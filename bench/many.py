"""Several processes on one PostgreSQL: cycles and claims, how soon an answer is heard elsewhere, a long inbox.

    python -m bench.many [postgresql://…] [--workers 1,2,4] [--cycles 1000] [--claims 2000] [--resumes 300]
                         [--tasks 100000]

Without a URL it makes a server of its own in a temporary directory, with fsync and synchronous_commit on, and throws
it away. With one, it uses the schemas bench_1, bench_2 and so on there, which must not exist.

cycles    so many processes, each of which starts, answers and advances its share: A, B, a person, C, with 200 runs at
          once in all; the processes' own CPU time, without the server's; and what a finished run leaves behind: rows
          of all tables, and bytes with the indexes
claims    so many runs that nobody advances; one process, then two, claim them and take them up: A, B, a question
resumes   one process advances, this one answers; from before the answer is given until step C begins over there
page      so many runs that wait, put there directly; the first page of 50 of the inbox, median of 50
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

from assent import App, Context, Settings
from assent.process import settle_memory
from assent.stores.postgres.options import told_apart
from bench.people import write
from tests.cluster import Cluster

asyncpg: Any = import_module("asyncpg")  # it tells no types
AT_ONCE: Final = 200  # over all processes
PAGES: Final = 50
_TABLES: Final = "select tablename from pg_tables where schemaname = $1"
_SERVER: Final = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "128MB",
}


def an_app(database: str) -> App:
    """The app that all processes have."""
    app = App(settings=Settings(database=database))

    @app.workflow
    async def order(ctx: Context, number: int) -> float:
        first = await ctx.step("A", lambda: number + 1)
        second = await ctx.step("B", lambda: first + 1)
        await ctx.approve("order", value=second)
        return await ctx.step("C", time.time)

    return app


# ── cycles ──────────────────────────────────────────────────────────────────────────────────────


async def cycle(app: App, id: str) -> None:
    """One run from its start to its end."""
    run = await app.start("order", 1, id=id)
    await run.wait()
    await run.approve("order", by="bob")
    await run.result()


async def share(database: str, name: str, count: int, at_once: int) -> None:
    """One of the processes: says that it is there, waits for a line, does its share."""
    async with an_app(database) as app:
        settle_memory()
        await asyncio.gather(*(cycle(app, f"{name}-warm-{n}") for n in range(at_once)))
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        left, began = iter(range(count)), time.process_time()

        async def some() -> None:
            for number in left:
                await cycle(app, f"{name}-{number}")

        await asyncio.gather(*(some() for _ in range(at_once)))
        print(time.process_time() - began)


async def _spawn(*arguments: str) -> Any:
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, "-m", "bench.many", *arguments]
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    await process.stdout.readline()
    return process


async def cycles(database: str, workers: int, count: int) -> dict[str, Any]:
    """Cycles per second of so many processes together."""
    async with an_app(database):
        pass  # the schema is there before they come
    each, at_once = count // workers, AT_ONCE // workers
    starting = [_spawn("share", database, f"p{n}", str(each), str(at_once)) for n in range(workers)]
    processes = await asyncio.gather(*starting)
    began = time.perf_counter()
    told = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    took = time.perf_counter() - began
    busy = sum(float(said) for said, _ in told)
    runs = (each + at_once) * workers
    rows, size = await _stored(database)
    return {
        "processes": workers,
        "cycles_per_s": round(each * workers / took, 1),
        "processes_ms_per_cycle": round(busy / (each * workers) * 1000, 2),
        "rows_per_run": round(rows / runs, 1),
        "bytes_per_run": round(size / runs),
    }


async def _stored(database: str) -> tuple[int, int]:
    """How many rows a schema's tables have, and how many bytes with their indexes."""
    dsn, schema = told_apart(database)
    connection = await asyncpg.connect(dsn)
    rows = size = 0
    try:
        for (table,) in await connection.fetch(_TABLES, schema):
            name = f'"{schema}"."{table}"'
            rows += await connection.fetchval(f"select count(*) from {name}")
            size += await connection.fetchval("select pg_total_relation_size($1::regclass)", name)
    finally:
        await connection.close()
    return rows, size


# ── claims ──────────────────────────────────────────────────────────────────────────────────────


async def take_up(database: str) -> None:
    """A process that waits for a line, then claims what nobody advances, until it reads another."""
    app = an_app(database)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    async with app:
        settle_memory()
        await asyncio.to_thread(sys.stdin.readline)


async def claims(database: str, workers: int, count: int) -> dict[str, Any]:
    """Runs per second that so many processes together claim, read and advance to their question."""
    app = an_app(database)
    await app.open(advance=False)
    for start in range(0, count, 200):
        numbers = range(start, min(start + 200, count))
        await asyncio.gather(*(app.start("order", number) for number in numbers))
    processes = [await _spawn("take-up", database) for _ in range(workers)]
    began = time.perf_counter()
    for process in processes:
        process.stdin.write(b"go\n")
    while (await app.store.counts()).get("waiting", 0) < count:  # noqa: ASYNC110  (others move them)
        await asyncio.sleep(0.01)
    took = time.perf_counter() - began
    await asyncio.gather(*(process.communicate(b"stop\n") for process in processes))
    await app.close()
    return {"processes": workers, "claimed": count, "claims_per_s": round(count / took, 1)}


# ── resumes ─────────────────────────────────────────────────────────────────────────────────────


async def work(database: str) -> None:
    """The process that advances, until it reads a line."""
    async with an_app(database):
        settle_memory()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)


async def resumes(database: str, count: int) -> dict[str, Any]:
    """From an answer given here to the step after it in another process, one after another."""
    app = an_app(database)
    await app.open(advance=False)
    worker = await _spawn("work", database)
    took: list[float] = []
    for number in range(-10, count):
        run = await app.start("order", 1)
        await run.wait()
        began = time.time()
        await run.approve("order", by="bob")
        resumed: Any = await run.result()
        if number >= 0:
            took.append((resumed - began) * 1000)
    await worker.communicate(b"stop\n")
    await app.close()
    took.sort()
    return {
        "resumes": count,
        "p50_ms": round(statistics.median(took), 2),
        "p99_ms": round(took[int(len(took) * 0.99)], 2),
    }


# ── a long inbox ────────────────────────────────────────────────────────────────────────────────


async def page(database: str, tasks: int) -> dict[str, Any]:
    """The first page of so many open tasks, and the next."""
    app = an_app(database)
    await app.open(advance=False)
    for start in range(0, tasks, 2000):
        await app.store.commit([write(n) for n in range(start, min(start + 2000, tasks))])
    first: list[float] = []
    following: list[float] = []
    for _ in range(PAGES):
        began = time.perf_counter()
        found = await app.inbox.tasks(limit=50)
        between = time.perf_counter()
        await app.inbox.tasks(limit=50, cursor=found.next_cursor)
        first.append((between - began) * 1000)
        following.append((time.perf_counter() - between) * 1000)
        assert len(found.items) == 50
    await app.close()
    return {
        "waiting": tasks,
        "first_page_ms": round(statistics.median(first), 1),
        "next_page_ms": round(statistics.median(following), 1),
    }


# ── all of it ───────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _server(given: str | None) -> Iterator[Iterator[str]]:
    """URLs of schemas that nobody has used."""
    names = (f"bench_{number}" for number in itertools.count(1))
    if given is not None:
        joint = "&" if "?" in given else "?"
        yield (f"{given}{joint}schema={name}" for name in names)
        return
    cluster = Cluster(**_SERVER)
    try:
        yield (cluster.url(name) for name in names)
    finally:
        cluster.drop()


def _tell(figures: dict[str, Any]) -> None:
    print(json.dumps({**figures, "load": round(os.getloadavg()[0], 1)}), flush=True)


def main() -> None:
    """Measure, or be one of the processes."""
    match sys.argv[1:]:
        case ["share", database, name, count, at_once]:
            return asyncio.run(share(database, name, int(count), int(at_once)))
        case ["work", database]:
            return asyncio.run(work(database))
        case ["take-up", database]:
            return asyncio.run(take_up(database))
        case _:
            pass
    parser = argparse.ArgumentParser(prog="python -m bench.many", description=__doc__)
    parser.add_argument("database", nargs="?")
    parser.add_argument("--workers", default="1,2,4")
    parser.add_argument("--cycles", type=int, default=1000)
    parser.add_argument("--claims", type=int, default=2000)
    parser.add_argument("--resumes", type=int, default=300)
    parser.add_argument("--tasks", type=int, default=100_000)
    given = parser.parse_args()
    with _server(given.database) as databases:
        for workers in map(int, given.workers.split(",")):
            _tell(asyncio.run(cycles(next(databases), workers, given.cycles)))
        for workers in (1, 2):
            _tell(asyncio.run(claims(next(databases), workers, given.claims)))
        _tell(asyncio.run(resumes(next(databases), given.resumes)))
        _tell(asyncio.run(page(next(databases), given.tasks)))
    return None


if __name__ == "__main__":
    main()
