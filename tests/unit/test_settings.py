"""Every knob is checked when it is set."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from assent import App
from assent.errors import ConfigurationError
from assent.system import Settings, sqlite_path


@pytest.mark.parametrize(
    "wrong",
    [
        {"durability": "maybe"},
        {"durability": "FULL"},
        {"hot_runs": 0},
        {"threads": -1},
        {"max_recoveries": 0},
    ],
)
def test_what_cannot_work_is_refused_by_name(wrong: dict[str, Any]) -> None:
    (name,) = wrong
    with pytest.raises(ConfigurationError, match=name):
        Settings(**wrong)
    with pytest.raises(ConfigurationError, match=name):
        dataclasses.replace(Settings(), **wrong)


def test_settings_are_frozen_and_few() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().threads = 3  # type: ignore[misc]
    assert len(dataclasses.fields(Settings)) <= 12


@pytest.mark.parametrize(
    ("database", "path"),
    [
        ("sqlite:///assent.db", "assent.db"),
        ("sqlite:////var/lib/assent.db", "/var/lib/assent.db"),
        ("sqlite:///:memory:", ":memory:"),
        ("sqlite:///~/assent.db", str(Path("~/assent.db").expanduser())),
        ("sqlite:///a b/ü.db", "a b/ü.db"),
    ],
)
def test_a_database_is_a_url(database: str, path: str) -> None:
    assert sqlite_path(database) == path


@pytest.mark.parametrize(
    "database",
    [
        "postgresql://ann:geheim@127.0.0.1:port/x?password=geheim",
        "postgresql://ann:geheim@[::1/x",
        "mysql://ann:geheim@db/x",
    ],
)
@pytest.mark.anyio
async def test_no_secret_is_shown_with_the_settings_or_with_what_is_wrong_with_them(
    database: str,
) -> None:
    settings = Settings(database=database, secret="geheim")
    assert "geheim" not in repr(settings)
    assert "hot_runs=1000" in repr(settings)
    with pytest.raises(ConfigurationError) as wrong:
        await App(settings=settings).open()
    assert "geheim" not in str(wrong.value)
