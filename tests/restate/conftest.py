"""Tests on a Restate server of their own."""

from __future__ import annotations

import pytest

from assent import Restate
from tests.cluster import cluster
from tests.restate_server import restate_server


@pytest.fixture
def shared() -> str:
    """The URL of a schema that several processes can use at once."""
    return cluster().url()


@pytest.fixture
def restate() -> Restate:
    """An engine with a name and an address of its own."""
    return restate_server().engine()


@pytest.fixture
def place(shared: str) -> str:
    """The stories that run in every place run in this one."""
    return shared
