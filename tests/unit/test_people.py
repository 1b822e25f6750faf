"""The table of users is read when it is old, and by one of those who ask."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import pytest
from typing_extensions import override

from assent.core.values import Json
from assent.human.people import People
from assent.stores.sqlite import MEMORY, SqliteStore
from assent.testing import FakeClock

pytestmark = pytest.mark.anyio


class Counting(SqliteStore):
    """Counts how often a table of documents is read."""

    def __init__(self) -> None:
        super().__init__(MEMORY)
        self.reads: Counter[str] = Counter()

    @override
    async def kept_all(self, kind: str) -> Mapping[str, Json]:
        self.reads[kind] += 1
        return await super().kept_all(kind)


async def test_many_who_ask_at_once_read_the_table_of_users_once(clock: FakeClock) -> None:
    store = Counting()
    await store.open()
    people = People(store, clock, None)
    for _ in range(2):
        clock.move_to(clock.now() + timedelta(hours=1))
        await asyncio.gather(*[people.names("ann") for _ in range(50)])
    assert set(store.reads.values()) == {2}
    await store.close()
