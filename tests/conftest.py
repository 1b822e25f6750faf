"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

from assent import App
from tests.cluster import cluster
from tests.elsewhere import DIFFERENCES, NOT_ON_RESTATE, elsewhere

ON_RESTATE: Final = os.environ.get("ASSENT_TEST_ENGINE") == "restate"


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


@pytest.fixture(params=["restate"] if ON_RESTATE else ["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, database: str) -> str:
    """The URL of a database of either kind."""
    return database if request.param == "sqlite" else cluster().url()


@pytest.fixture(autouse=ON_RESTATE)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """``make restate`` runs the tests on Restate: those that ask for it run there always."""
    elsewhere(monkeypatch)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On Restate, leave out what is said not to be kept there."""
    left_out = [item for item in items if ON_RESTATE and _why_not(item)]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


def _why_not(item: pytest.Item) -> str | None:
    mark = item.get_closest_marker(NOT_ON_RESTATE)
    return None if mark is None else DIFFERENCES[mark.args[0]]
