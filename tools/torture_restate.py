"""Torture on Restate: nodes, workers, doors and PostgreSQL killed at random while runs go on. Prints the tally.

    python -m tools.torture_restate [--runs 1000] [--nodes 3] [--workers 2] [--seed 1]

Workers advance runs with steps, waits, timers and children. Doors answer and know nothing of Restate; one more worker
answers too, and kills itself between the commit of an answer and asking for the call. Everything is killed with -9
again and again, a Restate node at a time, and PostgreSQL twice. A lease lasts an hour, so nothing goes on because one
ran out. At the end every run must be finished, every step must have one committed result and no effect after it, every
acknowledged answer must have taken effect, and every chain must verify.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from assent import App, Context, Restate, Settings, current_step
from assent.errors import AssentError, StoreAway
from assent.restate.dispatch import Dispatch
from assent.stores.postgres.options import Postgres
from tests.cluster import Cluster
from tests.restate_cluster import RestateCluster
from tools.mortal import Mortal

ENDED: Final = frozenset({"succeeded", "failed", "cancelled", "timed_out"})
STALLED: Final = 600.0  # seconds without any run that ends


def an_app(told: dict[str, Any]) -> App:
    """The app that all processes have."""
    effects = Path(told["folder"]) / "effects"
    app = App(
        settings=Settings(
            database=told["database"],
            engine=Restate(**told["engine"]) if told["engine"] else None,
            postgres=Postgres(lease=3600, poll=0.5, pool=4),
            max_recoveries=1000,
        )
    )

    async def effect(value: Any) -> Any:
        """Something that happens outside, and takes a moment: the line is one write, so it is there or it is not."""
        step = current_step()
        line = json.dumps([step.run_id, step.key, step.idempotency_key, micros(), os.getpid()])
        with effects.open("ab", buffering=0) as out:
            out.write(f"{line}\n".encode())
        await asyncio.sleep(0.05)
        return value

    @app.workflow
    async def part(ctx: Context, number: int) -> int:
        await ctx.sleep(f"{number % 5 * 20}ms")
        return int(await ctx.step("double", effect, number * 2))

    @app.workflow
    async def order(ctx: Context, number: int) -> dict[str, Any]:
        first = await ctx.step("price", effect, number + 1)
        doubled = await ctx.run("part", number) if number % 4 == 0 else 2 * number
        decision = await ctx.approve("order", value=first)
        await ctx.sleep("50ms")
        both = await ctx.gather(
            ctx.step("pay", effect, first), ctx.step("tell", effect, decision.outcome)
        )
        return {"said": decision.outcome, "by": decision.by, "paid": both[0], "doubled": doubled}

    return app


# ── the processes ───────────────────────────────────────────────────────────────────────────────


async def work(told: dict[str, Any]) -> None:
    """Advance runs until killed."""
    async with an_app(told):
        _ready(told)
        await asyncio.Event().wait()


async def door(told: dict[str, Any]) -> None:
    """Answer until killed, without Restate."""
    app = an_app(told | {"engine": None})
    await app.open(advance=False)
    await answer(app, told)


async def dying(told: dict[str, Any]) -> None:
    """Advance runs and answer, and now and then die where an answer is committed and its run's call not asked for."""
    want, rng = Dispatch.want, random.Random()

    def perhaps(self: Dispatch, run: str) -> None:
        if rng.random() < 0.1:
            _append(told, "deaths", run)
            os.kill(os.getpid(), signal.SIGKILL)
        want(self, run)

    async with an_app(told) as app:
        Dispatch.want = perhaps  # type: ignore[method-assign]  # this process is made to die there
        await answer(app, told)


async def answer(app: App, told: dict[str, Any]) -> None:
    """Answer whatever is asked, and write down each receipt that was got, before anything else."""
    me, rng = f"answerer-{os.getpid()}", random.Random()
    _ready(told)

    async def one(task: Any) -> None:
        verb = app.inbox.approve if rng.random() < 0.7 else app.inbox.reject
        with suppress(AssentError):
            receipt = await verb(task.id, by=me)
            if receipt.status == "accepted" and receipt.decision:
                _append(told, "told", [task.run_id, receipt.decision.outcome, receipt.decision.by])

    while True:
        with suppress(StoreAway):
            page = await app.inbox.tasks(limit=100)
            chosen = rng.sample(page.items, min(5, len(page.items)))
            await asyncio.gather(*(one(task) for task in chosen))
        await asyncio.sleep(0.1)


async def start(told: dict[str, Any], first: int, count: int) -> None:
    """Start some runs; whatever was started before a death is the same run again."""
    app = an_app(told | {"engine": None})
    await app.open(advance=False)
    for number in range(first, first + count):
        await app.start("order", number, id=f"order-{number}")
        if number == first + count // 2:
            _ready(told)
    await app.close()
    _append(told, f"started-{first}", count)


def _ready(told: dict[str, Any]) -> None:
    """From now on this process may be killed: on a slow machine, one that is killed before would never come to it."""
    _append(told, "ready", os.getpid())


def _append(told: dict[str, Any], name: str, what: Any) -> None:
    with (Path(told["folder"]) / name).open("ab", buffering=0) as out:
        out.write(f"{json.dumps(what)}\n".encode())


def _read(folder: Path, name: str) -> list[Any]:
    """What was written there, but for a line that a death has cut off."""
    file = folder / name
    lines = file.read_text().splitlines(keepends=True) if file.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


class Player(Mortal):
    """One of the processes, of some kind."""

    def __init__(self, told: dict[str, Any], kind: str, *arguments: str) -> None:
        self.kind = kind
        errors = Path(told["folder"]) / "errors.txt"
        super().__init__(
            "tools.torture_restate",
            kind,
            *arguments,
            errors=errors,
            ASSENT_TOLD=json.dumps(told),
        )


# ── the play ────────────────────────────────────────────────────────────────────────────────────


class Play:
    """One torture: its servers, its processes, and what has been killed so far."""

    def __init__(self, runs: int, nodes: int, workers: int, seed: int) -> None:
        self._runs, self._rng = runs, random.Random(seed)
        self._postgres = Cluster(fsync="on", synchronous_commit="on")
        self._restate = RestateCluster(nodes)
        self._folder = self._restate.nodes[0].folder / "torture"
        self._folder.mkdir()
        self._told = {
            "folder": str(self._folder),
            "database": self._postgres.url("torture"),
            "engine": asdict(self._restate.engine()),
        }
        self._kinds = [*["work"] * workers, "dying", "door", "door"]
        self._kills = Counter[str]()
        self._players: list[Player] = []
        self._starters: dict[str, Player] = {}

    async def __call__(self) -> bool:
        """Torture, then count; whether all is as it must be."""
        began = time.monotonic()
        try:
            await asyncio.to_thread(self._restate.start)
            self._players = [Player(self._told, kind) for kind in self._kinds]
            share = -(-self._runs // 4)
            for first in range(0, self._runs, share):
                count = str(min(share, self._runs - first))
                self._starters[f"started-{first}"] = Player(self._told, "start", str(first), count)
            try:
                await self._until_all_have_ended()
            finally:
                for player in (*self._players, *self._starters.values()):
                    player.end()
            return await self._tally(time.monotonic() - began)
        finally:
            self._restate.drop()
            self._postgres.drop()

    async def _until_all_have_ended(self) -> None:
        restarts = [0.3, 0.6]
        down: list[tuple[float, Any]] = []
        best, since = self._runs + 1, time.monotonic()
        while (left := await self._unfinished()) > 0:
            if left < best:
                best, since = left, time.monotonic()
            elif time.monotonic() - since > STALLED:
                raise RuntimeError(f"{left} runs do not end.")
            await asyncio.sleep(self._rng.uniform(0.5, 2.5))
            if restarts and 1 - left / self._runs > restarts[0]:
                restarts.pop(0)
                self._postgres.stop("immediate")
                await asyncio.sleep(1)
                self._postgres.start()
                self._kills["PostgreSQL crashed and restarted"] += 1
            if down and down[0][0] < time.monotonic():
                await asyncio.to_thread(down.pop()[1].start)
            elif not down and self._rng.random() < 0.2:
                node = self._rng.choice(self._restate.nodes)
                node.kill()
                down.append((time.monotonic() + 4, node))
                self._kills["Restate nodes killed with -9"] += 1
            else:
                await self._kill_one()
        for _, node in down:
            await asyncio.to_thread(node.start)

    async def _kill_one(self) -> None:
        starting = [p for name, p in self._starters.items() if not _read(self._folder, name)]
        players = [*self._players, *starting]
        for player in players:
            player.revive()
        ready = set(_read(self._folder, "ready"))
        # Not the one that kills itself, so that it comes to that.
        victims = [p for p in players if p.process.pid in ready and p.kind != "dying"]
        if self._rng.random() < 0.5:
            await self._kill_in_a_step()
        elif victims:
            self._kill(self._rng.choice(victims))

    async def _kill_in_a_step(self) -> None:
        """kill -9 of whoever has just begun a step, while it is in it."""
        before = len(_read(self._folder, "effects"))
        for _ in range(200):
            if len(effects := _read(self._folder, "effects")) > before:
                for player in self._players:
                    if player.process.pid == effects[-1][-1]:
                        self._kill(player, "in a step")
                return
            await asyncio.sleep(0.01)

    def _kill(self, victim: Player, where: str = "anywhere") -> None:
        victim.kill()
        self._kills[f"killed with -9: {victim.kind} {where}"] += 1

    async def _unfinished(self) -> int:
        """How many runs have not ended yet, or not even begun."""
        app = an_app(self._told | {"engine": None})
        try:
            await app.open(advance=False)
            counts = await app.store.counts()
        except AssentError:
            return self._runs
        finally:
            await app.close()
        ended = sum(n for status, n in counts.items() if status in ENDED)
        living = sum(counts.values()) - ended
        begun = all(_read(self._folder, name) for name in self._starters)
        return living if begun else max(living, self._runs - ended, 1)

    async def _tally(self, took: float) -> bool:
        """Count what came of it, and print it."""
        runs, parts = self._runs, -(-self._runs // 4)
        app = an_app(self._told | {"engine": None})
        await app.open(advance=False)
        counts = dict(await app.store.counts())
        finished: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        closed, kinds = Counter[str](), Counter[str]()
        decided: dict[str, tuple[str, str]] = {}
        async for entry in app.audit.export():
            body: Any = entry["body"]
            run, kind = str(entry["run"]), str(entry["kind"])
            kinds[kind] += 1
            if kind == "step.finished":
                finished[run, str(entry["key"])].append(micros_of(str(entry["at"])))
            elif kind == "task.closed":
                closed[body["task"]] += 1
                decided[run] = (body["outcome"], body["by"])
        wrong = 0
        for number in range(runs):
            output = await app.run(f"order-{number}").output()
            right = {"paid": number + 1, "doubled": 2 * number}
            said = decided.get(f"order-{number}")
            outcome = (output["said"], output["by"])
            wrong += {k: output[k] for k in right} != right or outcome != said
        flaws = await app.audit.verify()
        await app.close()
        said_all = _read(self._folder, "told")
        lost = [one for one in said_all if decided.get(one[0]) != (one[1], one[2])]
        effects = _read(self._folder, "effects")
        keys: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for run, key, idempotency, *_ in effects:
            keys[run, key].add(idempotency)
        late = [e for e in effects if (e[0], e[1]) in finished and e[3] > finished[e[0], e[1]][0]]
        found = {
            "runs that succeeded": (counts.get("succeeded", 0), runs + parts),
            "runs in any other state": (sum(counts.values()) - counts.get("succeeded", 0), 0),
            "steps with one committed result": (len(finished), 3 * runs + parts),
            "steps with more than one": (sum(len(at) > 1 for at in finished.values()), 0),
            "effects begun after their result": (len(late), 0),
            "steps with more than one key": (sum(len(each) > 1 for each in keys.values()), 0),
            "steps without an effect": (len(finished.keys() - keys.keys()), 0),
            "tasks decided once": (sum(n == 1 for n in closed.values()), runs),
            "acknowledged answers without effect": (len(lost), 0),
            "outputs that are wrong": (wrong, 0),
            "flaws in the audit trail": (len(flaws), 0),
        }
        told = {
            "acknowledged answers": len(said_all),
            "effects of steps that were cut off": len(effects) - len(finished),
            "runs taken up after a death": kinds["run.recovered"],
            "deaths between commit and call": len(_read(self._folder, "deaths")),
            **dict(sorted(self._kills.items())),
            "seconds": round(took),
        }
        for name, (is_, must) in found.items():
            print(f"{'ok ' if is_ == must else 'BAD'} {name:<40} {is_:>7}   (must be {must})")
        for name, count in told.items():
            print(f"    {name:<40} {count:>7}")
        return all(is_ == must for is_, must in found.values())


def micros() -> int:
    """Now."""
    return time.time_ns() // 1000


def micros_of(at: str) -> int:
    """A moment as the export writes it."""
    return round(datetime.fromisoformat(at).timestamp() * 1e6)


def main() -> None:
    """Play, or be one of the processes."""
    if "ASSENT_TOLD" in os.environ:
        told, (kind, *rest) = json.loads(os.environ["ASSENT_TOLD"]), sys.argv[1:]
        if kind == "start":
            asyncio.run(start(told, int(rest[0]), int(rest[1])))
        else:
            asyncio.run({"work": work, "dying": dying, "door": door}[kind](told))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    play = Play(given.runs, given.nodes, given.workers, given.seed)
    sys.exit(0 if asyncio.run(play()) else 1)


if __name__ == "__main__":
    main()
