"""Connections that are lost at a bad moment: who reads is not told of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from assent.stores.postgres.connection import Connections
from assent.stores.postgres.options import Postgres

pytestmark = pytest.mark.anyio


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
