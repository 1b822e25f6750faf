"""A process that goes leaves nothing behind: not what it held, and not what it was just about to hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any, Final

import pytest
from msgspec.structs import replace

from assent.ports.rows import TimerRow
from assent.ports.store import Fenced, Stale
from assent.stores.postgres.options import Postgres, told_apart
from assent.stores.postgres.store import PostgresStore
from tests.contract.story import STARTED, Story, done

pytestmark = pytest.mark.anyio
asyncpg: Any = import_module("asyncpg")  # it tells no types

KNOWN: Final = [("refund", "1")]
# Whoever claims a run stops there, with the row in their hands, for as long as somebody holds this lock.
STOPS: Final = """
    create function "{s}".stop() returns trigger language plpgsql as $$
    begin
        perform pg_advisory_xact_lock_shared(4711);
        return new;
    end $$;
    create trigger stop before update on "{s}".run for each row
        when (new.owner > 0 and new.owner is distinct from old.owner) execute function "{s}".stop();
    select pg_advisory_lock(4711);
"""
WAITS: Final = """
    select exists (select from pg_stat_activity where wait_event_type = 'Lock' and strpos(query, $1) > 0)
"""
NOBODY: Final = 'select not exists (select from "{s}".process)'


class Claims:
    """Claims that stop in the middle, until they may go on."""

    def __init__(self, connection: Any, schema: str) -> None:
        self._connection, self._schema = connection, schema

    async def _waits(self, what: str) -> bool:
        wanted = what.replace("{s}", f'"{self._schema}"')
        return bool(await self._connection.fetchval(WAITS, wanted))

    async def one_stops(self) -> None:
        """Return once one has stopped."""
        while not await self._waits("update {s}.run"):
            pass

    async def one_leaves(self) -> None:
        """Return once a process has left, or waits for what it has under way."""
        while not await self._waits("delete from {s}.process"):
            if await self._connection.fetchval(NOBODY.replace("{s}", self._schema)):
                return

    async def go_on(self) -> None:
        """None of them stops any more."""
        await self._connection.execute("select pg_advisory_unlock(4711)")


@asynccontextmanager
async def stopping(url: str) -> AsyncGenerator[Claims]:
    """Whoever claims a run of this schema stops in the middle."""
    dsn, schema = told_apart(url)
    connection = await asyncpg.connect(dsn)
    await connection.execute(STOPS.replace("{s}", schema))
    yield Claims(connection, schema)
    await connection.close()


@pytest.mark.parametrize("wake", ["notify", "poll"])
async def test_a_claim_that_was_under_way_when_its_process_left_leaves_the_run_free(
    shared: str, wake: str
) -> None:
    leaves = PostgresStore(shared, Postgres(wake=wake))
    await leaves.open()
    await leaves.commit([Story().write(STARTED)])
    async with stopping(shared) as claims:
        claim = asyncio.ensure_future(leaves.sharing.claim(KNOWN, 1))
        await claims.one_stops()
        leaving = asyncio.ensure_future(leaves.close())
        await claims.one_leaves()
        await claims.go_on()
        await asyncio.gather(claim, leaving, return_exceptions=True)
    stays = PostgresStore(shared)
    await stays.open()
    assert [lease.run for lease in await stays.sharing.claim(KNOWN, 1)] == ["run_1"]
    await stays.close()


async def test_a_process_that_has_left_is_granted_nothing_any_more(shared: str) -> None:
    """Also one that counts as dead and does not know it yet."""
    store = PostgresStore(shared)
    await store.open()
    await store.commit([Story().write(STARTED, timers=[TimerRow("run_1", "sleep", 1)])])
    await store.sharing.leave()
    assert not await store.sharing.claim(KNOWN, 1)
    assert not await store.sharing.claim(KNOWN, 1, ["run_1"])
    assert not await store.sharing.seize(KNOWN, "run_1")
    assert await store.sharing.claim_due(KNOWN, 2, 1) == ([], [])
    await store.close()


async def test_what_is_still_written_under_an_old_lease_is_refused_beside_the_new_one(
    shared: str,
) -> None:
    """Though both are this process's own, and come in one breath: in between another one had the run."""
    mine, theirs, story = PostgresStore(shared), PostgresStore(shared), Story()
    await asyncio.gather(mine.open(), theirs.open())
    await mine.commit([replace(story.next(STARTED), fence=1)])
    assert await theirs.sharing.seize(KNOWN, "run_1") is not None
    lease = await mine.sharing.seize(KNOWN, "run_1")
    assert lease is not None
    old = mine.commit([replace(story.next(done()), fence=1)])
    new = mine.commit([replace(story.next(done(key="ship")), fence=lease.fence)])
    outcomes = await asyncio.gather(old, new, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Fenced, Stale]
    assert [record.kind for record in await mine.journal("run_1")] == ["run.started"]
    await asyncio.gather(mine.close(), theirs.close())
