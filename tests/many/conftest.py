"""Several apps on one PostgreSQL, as several processes would be."""

from __future__ import annotations

import pytest

from tests.cluster import cluster


@pytest.fixture
def shared() -> str:
    """The URL of a schema that several apps can open at once."""
    return cluster().url()
