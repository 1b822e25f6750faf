"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import pytest

from assent import App
from tests.cluster import cluster
from tests.elsewhere import DIFFERENCES, NOT_ON_RESTATE, elsewhere
from tests.once_more import told_once_more

ENGINE: Final = os.environ.get("ASSENT_TEST_ENGINE", "own")
ON_RESTATE: Final = ENGINE == "restate"
_HERE: Final = Path(__file__).parent


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


@pytest.fixture(autouse=True)
def engine(request: pytest.FixtureRequest) -> None:
    """``make restate`` runs the tests on Restate, and ``make test`` the chosen ones as well."""
    if getattr(request, "param", ENGINE) == "restate":
        elsewhere(request.getfixturevalue("monkeypatch"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have the chosen stories told once more, on Restate."""
    file = metafunc.definition.path.relative_to(_HERE).as_posix()
    if not ON_RESTATE and told_once_more(file, metafunc.function.__name__):
        ids = [pytest.HIDDEN_PARAM, "restate"]
        metafunc.parametrize("engine", ["own", "restate"], indirect=True, ids=ids)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is said not to be kept on Restate, and what was chosen but would be told there twice."""
    once = _once_each(items)
    told = [item for item in items if not _left_out(item, once)]
    config.hook.pytest_deselected(items=list(set(items).difference(told)))
    items[:] = told


def _left_out(item: pytest.Item, once: Collection[str]) -> bool:
    if ON_RESTATE:
        return _why_not(item) is not None
    return _once_more(item) and (_why_not(item) is not None or item.nodeid not in once)


def _once_each(items: Sequence[pytest.Item]) -> set[str]:
    """Of each chosen test the one on Restate with the last of its parameters."""
    last: dict[str, pytest.Function] = {}
    for item in items:
        if isinstance(item, pytest.Function) and _once_more(item):
            test, *_ = item.nodeid.partition("[")
            last[test] = max(item, last.get(test, item), key=_place_among_its_like)
    return {item.nodeid for item in last.values()}


def _place_among_its_like(item: pytest.Function) -> list[int]:
    return [at for _, at in sorted(item.callspec.indices.items())]


def _once_more(item: pytest.Item) -> bool:
    return (
        not ON_RESTATE
        and isinstance(item, pytest.Function)
        and "[" in item.name
        and item.callspec.params.get("engine") == "restate"
    )


def _why_not(item: pytest.Item) -> str | None:
    mark = item.get_closest_marker(NOT_ON_RESTATE)
    return None if mark is None else DIFFERENCES[mark.args[0]]
