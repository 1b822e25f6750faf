"""Whatever asks for ``store`` is by that act part of the contract of every store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from assent.ports.store import Store
from tests.contract.places import LASTING, PLACES


@pytest.fixture(params=PLACES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An open store."""
    store = PLACES[request.param](tmp_path)
    await store.open()
    yield store
    await store.close()


@pytest.fixture(params=LASTING)
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Makes a store on the same data, as often as it is called."""
    return lambda: PLACES[request.param](tmp_path)
