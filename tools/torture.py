"""Torture: many processes, killed at random, on a PostgreSQL that is restarted under them. Prints the tally.

    python -m tools.torture [--runs 2000] [--workers 4] [--seed 1]

Workers advance runs with steps, waits, timers and children; others start them and answer. All of them are killed with
-9 again and again, and the server twice. At the end every run must be finished, every step must have one committed
result, every acknowledged answer must have taken effect, and every chain must verify.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from assent import App, Context, Settings
from assent.errors import AssentError, StoreAway
from assent.stores.postgres.options import Postgres
from tests.cluster import Cluster

ROOT: Final = Path(__file__).parents[1]
LEASE: Final = 3.0
ENDED: Final = frozenset({"succeeded", "failed", "cancelled", "timed_out"})


def an_app(database: str) -> App:
    """The app that all processes have."""
    app = App(
        settings=Settings(database=database, postgres=Postgres(lease=LEASE, poll=0.5, pool=4))
    )

    @app.workflow
    async def part(ctx: Context, number: int) -> int:
        await ctx.sleep(f"{number % 5 * 20}ms")
        return await ctx.step("double", lambda: number * 2)

    @app.workflow
    async def order(ctx: Context, number: int) -> dict[str, Any]:
        first = await ctx.step("price", lambda: number + 1)
        doubled = await ctx.run("part", number) if number % 4 == 0 else 2 * number
        decision = await ctx.approve("order", value=first)
        await ctx.sleep("50ms")
        both = await ctx.gather(
            ctx.step("pay", lambda: first), ctx.step("tell", lambda: decision.outcome)
        )
        return {"said": decision.outcome, "by": decision.by, "paid": both[0], "doubled": doubled}

    return app


# ── the processes ───────────────────────────────────────────────────────────────────────────────


async def work(database: str) -> None:
    """Advance runs until killed."""
    async with an_app(database):
        await asyncio.Event().wait()


async def answer(database: str, told: Path) -> None:
    """Answer whatever is asked, and write down each receipt that was got, before anything else."""
    app = an_app(database)
    await app.open(advance=False)
    me = f"answerer-{os.getpid()}"
    rng = random.Random()
    with told.open("a", buffering=1) as out:

        async def one(task: Any) -> None:
            verb = app.inbox.approve if rng.random() < 0.7 else app.inbox.reject
            with suppress(AssentError):
                receipt = await verb(task.id, by=me)
                if receipt.status == "accepted" and receipt.decision:
                    said = [task.run_id, receipt.decision.outcome, receipt.decision.by]
                    out.write(json.dumps(said) + "\n")

        while True:
            try:
                page = await app.inbox.tasks(limit=100)
                await asyncio.gather(
                    *(one(task) for task in rng.sample(page.items, min(20, len(page.items))))
                )
            except StoreAway:
                pass
            await asyncio.sleep(0.05)


async def start(database: str, first: int, count: int, done: Path) -> None:
    """Start some runs; whatever was started before a death is the same run again."""
    app = an_app(database)
    await app.open(advance=False)
    for number in range(first, first + count):
        await app.start("order", number, id=f"order-{number}")
    await asyncio.to_thread(done.touch)
    await app.close()


class Player:
    """A process that is started again whenever it is killed."""

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self.process = self._spawn()

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tools.torture", *self._arguments]
        paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        return subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "PYTHONPATH": paths}, stderr=subprocess.DEVNULL
        )

    def kill(self) -> None:
        """kill -9, and another takes its place."""
        self.end()
        self.process = self._spawn()

    def end(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()


# ── the play ────────────────────────────────────────────────────────────────────────────────────


async def play(runs: int, workers: int, seed: int) -> bool:
    """Torture, then count; whether all is as it must be."""
    cluster, rng = Cluster(fsync="on", synchronous_commit="on"), random.Random(seed)
    database, folder = cluster.url("torture"), Path(cluster.folder)
    told, began = folder / "told.jsonl", time.monotonic()
    kills = Counter[str]()
    share = -(-runs // 4)
    starts = [(first, min(share, runs - first)) for first in range(0, runs, share)]
    dones = [folder / f"started-{first}" for first, _ in starts]
    players = [
        *(Player("work", database) for _ in range(workers)),
        *(Player("answer", database, str(told)) for _ in range(2)),
    ]
    starters = [
        Player("start", database, str(first), str(count), str(done))
        for (first, count), done in zip(starts, dones, strict=True)
    ]
    try:
        restarts = [0.3, 0.6]
        while (left := await unfinished(database, runs, dones)) > 0:
            await asyncio.sleep(rng.uniform(0.2, 1.0))
            if restarts and 1 - left / runs > restarts[0]:
                restarts.pop(0)
                cluster.stop("immediate")
                cluster.start()
                kills["restarts of PostgreSQL"] += 1
            alive = [s for s, done in zip(starters, dones, strict=True) if not done.exists()]
            victim = rng.choice([*players, *alive])
            victim.kill()
            kills["processes killed with -9"] += 1
    finally:
        for player in (*players, *starters):
            player.end()
    try:
        return await tally(database, told, runs, kills, time.monotonic() - began)
    finally:
        cluster.drop()


async def unfinished(database: str, runs: int, dones: list[Path]) -> int:
    """How many runs have not ended yet, or not even begun."""
    app = an_app(database)
    await app.open(advance=False)
    try:
        counts = await app.store.counts()
    except AssentError:
        return runs
    finally:
        await app.close()
    ended = sum(n for status, n in counts.items() if status in ENDED)
    living = sum(counts.values()) - ended
    return max(1, living) if living or not all(done.exists() for done in dones) else 0


async def tally(database: str, told: Path, runs: int, kills: Counter[str], took: float) -> bool:
    """Count what came of it, and print it."""
    app = an_app(database)
    await app.open(advance=False)
    counts = dict(await app.store.counts())
    results: Counter[tuple[str, str]] = Counter()
    closed: Counter[str] = Counter()
    decided: dict[str, tuple[str, str]] = {}
    async for entry in app.audit.export():
        body: Any = entry["body"]
        run = str(entry["run"])
        if entry["kind"] == "step.finished":
            results[run, str(entry["key"])] += 1
        elif entry["kind"] == "task.closed":
            closed[body["task"]] += 1
            decided[run] = (body["outcome"], body["by"])
    said = [
        json.loads(line)
        for line in (await asyncio.to_thread(told.read_text)).splitlines()
        if line.endswith("]")
    ]
    lost = [one for one in said if decided.get(one[0]) != (one[1], one[2])]
    wrong = 0
    for number in range(runs):
        output = await app.run(f"order-{number}").output()
        right = {"paid": number + 1, "doubled": 2 * number}
        said_there = decided.get(f"order-{number}")
        if {k: output[k] for k in right} != right or (output["said"], output["by"]) != said_there:
            wrong += 1
    flaws = await app.audit.verify()
    await app.close()
    parts = -(-runs // 4)
    found = {
        "runs that succeeded": (counts.get("succeeded", 0), runs + parts),
        "runs in any other state": (sum(counts.values()) - counts.get("succeeded", 0), 0),
        "steps with one committed result": (len(results), 3 * runs + parts),
        "steps with more than one": (sum(n > 1 for n in results.values()), 0),
        "tasks decided once": (sum(n == 1 for n in closed.values()), runs),
        "acknowledged answers without effect": (len(lost), 0),
        "outputs that are wrong": (wrong, 0),
        "flaws in the audit trail": (len(flaws), 0),
    }
    for name, (is_, must) in found.items():
        print(f"{'ok ' if is_ == must else 'BAD'} {name:<40} {is_:>7}   (must be {must})")
    print(f"    {'acknowledged answers':<40} {len(said):>7}")
    for name, count in kills.items():
        print(f"    {name:<40} {count:>7}")
    print(f"    {'seconds':<40} {took:>7.0f}")
    return all(is_ == must for is_, must in found.values())


def main() -> None:
    """Play, or be one of the processes."""
    if len(sys.argv) > 1 and sys.argv[1] in {"work", "answer", "start"}:
        kind, database, *rest = sys.argv[1:]
        if kind == "work":
            asyncio.run(work(database))
        elif kind == "answer":
            asyncio.run(answer(database, Path(rest[0])))
        else:
            asyncio.run(start(database, int(rest[0]), int(rest[1]), Path(rest[2])))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(0 if asyncio.run(play(given.runs, given.workers, given.seed)) else 1)


if __name__ == "__main__":
    main()
