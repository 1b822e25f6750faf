"""Connections that are lost at a bad moment: who reads is not told of it, and nothing is written twice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import pytest

from assent.errors import NotOpen
from assent.stores.postgres.connection import Connections
from assent.stores.postgres.options import Postgres
from assent.stores.postgres.store import PostgresStore
from tests.contract.story import STARTED, Story, done

pytestmark = pytest.mark.anyio
asyncpg: Any = import_module("asyncpg")  # it tells no types


async def test_a_connection_that_is_lost_while_it_is_given_back_harms_no_reader(
    shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Connections.run

    async def losing(self: Connections, connection: Any, sql: str, params: Sequence[object]) -> Any:
        rows = await run(self, connection, sql, params)
        loop = asyncio.get_running_loop()
        # Two turns of the loop from now the pool has said that it takes it back, and has not done so yet.
        loop.call_soon(loop.call_soon, connection.terminate)
        return rows

    connections = Connections(shared, Postgres(pool=1), durability="full")
    await connections.open()
    with monkeypatch.context() as patch:
        patch.setattr(Connections, "run", losing)
        assert [tuple(row) for row in await connections.fetch("select 1")] == [(1,)]
    assert [tuple(row) for row in await connections.fetch("select 2")] == [(2,)]
    await connections.close()


async def test_who_reads_as_the_store_is_let_go_of_is_told_that_it_is_closed(shared: str) -> None:
    sleeps = "select pg_sleep(600)"
    connections = Connections(shared, Postgres(), durability="full")
    watching = await connections.one()
    await connections.open()
    reading = asyncio.ensure_future(connections.fetch(sleeps))
    begun = "select from pg_stat_activity where query = $1 and wait_event = 'PgSleep'"
    while not await watching.fetch(begun, sleeps):
        pass
    async with connections.last():
        with pytest.raises(NotOpen):
            await reading
    await watching.close()


async def test_that_a_store_is_closed_is_told_however_the_driver_puts_it(
    shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two of its steps it finds that there is nothing where its protocol was."""

    async def ended(self: Connections, connection: Any, sql: str, params: Sequence[object]) -> Any:
        await self.terminate()
        raise AttributeError("'NoneType' object has no attribute 'bind_execute'")

    connections = Connections(shared, Postgres(), durability="full")
    await connections.open()
    monkeypatch.setattr(Connections, "run", ended)
    with pytest.raises(NotOpen):
        await connections.fetch("select 1")


@pytest.mark.parametrize("lost", ["away", "in a state that the driver does not know"])
async def test_what_was_written_as_the_connection_was_lost_is_not_taken_for_anothers(
    shared: str, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """Nor where the server then refuses the whole batch, so that each of it is tried by itself."""
    run, sent = Connections.run, 0

    async def losing(self: Connections, connection: Any, sql: str, params: Sequence[object]) -> Any:
        nonlocal sent
        if "commit_" not in sql:
            return await run(self, connection, sql, params)
        sent += 1
        if sent == 2 and lost == "away":
            raise asyncpg.QueryCanceledError("canceling statement due to statement timeout")
        rows = await run(self, connection, sql, params)
        if sent > 1:
            return rows
        connection.terminate()
        raise ConnectionResetError if lost == "away" else asyncpg.InternalClientError("unknown")

    store = PostgresStore(shared)
    await store.open()
    stories = [Story(f"run_{n}") for n in range(2)]
    for story in stories:
        await story.tell(store, STARTED)
    with monkeypatch.context() as patch:
        patch.setattr(Connections, "run", losing)
        writes = [store.commit([story.write(done("pay"))]) for story in stories]
        written = await asyncio.gather(*writes)
    assert [record.kind for (record,) in written] == ["step.finished", "step.finished"]
    for story in stories:
        kinds = [record.kind for record in await store.journal(story.id)]
        assert kinds == ["run.started", "step.finished"]
    await store.close()
