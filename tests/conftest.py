"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assent import App
from tests.cluster import cluster
from tests.elsewhere import elsewhere


@pytest.fixture
def anyio_backend() -> str:
    """assent runs on asyncio."""
    return "asyncio"


@pytest.fixture
def app() -> App:
    """An app without workflows; the harness gives it a database file."""
    return App()


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The URL of a database file that several apps can open one after the other."""
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, database: str) -> str:
    """The URL of a database of either kind."""
    return database if request.param == "sqlite" else cluster().url()


@pytest.fixture(autouse=os.environ.get("ASSENT_TEST_ENGINE") == "restate")
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """``make restate`` runs the tests on Restate: those that ask for it run there always."""
    elsewhere(monkeypatch)
