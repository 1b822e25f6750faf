"""A store in memory, a clock that is moved by hand, and a ledger over both."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from assent.ledger import Ledger
from assent.stores.sqlite import MEMORY, SqliteStore
from assent.testing import FakeClock


@pytest.fixture
async def store() -> AsyncIterator[SqliteStore]:
    """An open store."""
    store = SqliteStore(MEMORY)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()


@pytest.fixture
def ledger(store: SqliteStore, clock: FakeClock) -> Ledger:
    """The writer."""
    return Ledger(store, clock)
