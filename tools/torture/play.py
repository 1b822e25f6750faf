"""The play: players are killed at random and the server is restarted, until everything has ended."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from importlib import import_module
from typing import Any, Final

from assent.stores.postgres.options import told_apart
from tests.cluster import Cluster
from tools.mortal import Mortal
from tools.torture.players import ENDED
from tools.torture.tally import MOST, tally
from tools.torture.world import Ledger, wanted

asyncpg: Any = import_module("asyncpg")  # it tells no types
AWAY: Final = 20.0  # seconds the server is gone at its first restart
CALM: Final = (
    60  # looks without a sign of life at the end, after which nobody will be told any more
)
OTHERS: Final = ("start", "start", "answer", "answer", "signal", "pause", "cancel", "house")
STANDS: Final = """
    select (select count(*) from {s}.run where status = any ($1::text[]) and workflow <> 'brief'),
        (select count(*) from {s}.run where not status = any ($1::text[])),
        (select count(*) from {s}.place where standing = 'in')
"""


class Play:
    """One torture, from its seed to its tally."""

    def __init__(self, runs: int, workers: int, seed: int) -> None:
        self._cluster, self._rng = Cluster(fsync="on", synchronous_commit="on"), random.Random(seed)
        self._database, self._folder = self._cluster.url("torture"), self._cluster.folder / "played"
        self._folder.mkdir()
        self._runs, self._wanted = runs, wanted(runs)
        self._names = [*["work"] * workers, *OTHERS]
        self._players: list[Mortal] = []
        self._seen = Counter[str]()

    async def to_the_end(self) -> bool:
        """Torture, then count; whether all is as it must be."""
        began = time.monotonic()
        try:
            for name in self._names:
                told = [self._database, str(self._folder), str(self._runs)]
                errors = self._folder / "errors.txt"
                self._players.append(Mortal("tools.torture", "be", name, *told, errors=errors))
            await self._torment()
            await self._all_told()
            for player in self._players:
                player.end()
            self._seen["seconds"] = round(time.monotonic() - began)
            return await tally(self._database, self._folder, self._runs, self._seen)
        finally:
            for player in self._players:
                player.end()
            self._cluster.drop()

    async def _torment(self) -> None:
        """Kill one after another until everything has ended."""
        total = sum(len(numbers) for name, numbers in self._wanted.items() if name != "brief")
        restarts = [(0.3, AWAY), (0.6, 0.0)]
        while True:
            await asyncio.sleep(self._rng.uniform(0.5, 2.0))  # each comes to its work
            ended, open_, inside = await self._stands()
            self._seen[MOST] = max(self._seen[MOST], inside)
            if ended and not open_ and Ledger(self._folder, "start").read():
                return
            if restarts and ended / total > restarts[0][0]:
                await self._restart(away=restarts.pop(0)[1])
            self._kill(self._rng.choice(self._players))

    async def _stands(self) -> tuple[int, int, int]:
        """How many runs have ended, how many have not, and how many are in where there are few places."""
        dsn, schema = told_apart(self._database)
        connection = await asyncpg.connect(dsn)
        try:
            found = await connection.fetchrow(STANDS.replace("{s}", schema), list(ENDED))
        except asyncpg.UndefinedTableError:
            return 0, 0, 0  # nobody has made the schema yet
        finally:
            connection.terminate()
        ended, open_, inside = found
        return ended, open_, inside

    async def _restart(self, away: float) -> None:
        self._cluster.stop("immediate")
        await asyncio.sleep(away)
        self._cluster.start()
        self._seen["restarts of PostgreSQL"] += 1

    def _kill(self, victim: Mortal) -> None:
        if victim.has_ended:
            self._seen["ended by themselves"] += 1
        victim.kill()
        self._seen["processes killed with -9"] += 1

    async def _all_told(self) -> None:
        """Return once all notices were told, or none has been for a while: what must be told is told later."""
        notices = 2 * sum(len(self._wanted[name]) for name in ("order", "doomed"))
        told, before, calm = Ledger(self._folder, "told"), -1, 0
        while calm < CALM:
            now = len({tuple(line) for line in told.read()})
            if now >= notices:
                return
            calm, before = (calm + 1 if now == before else 0), now
            await asyncio.sleep(1)
