"""Every knob is checked when it is set."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from assent.errors import ConfigurationError
from assent.system import Settings, database_from_environment, sqlite_path


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
    ["", "assent.db", "sqlite:///", "sqlite://assent.db", "postgresql://x/y", "SQLITE:///a"],
)
def test_another_database_is_refused_with_what_to_write(database: str) -> None:
    with pytest.raises(ConfigurationError, match=r"sqlite:///file\.db"):
        sqlite_path(database)


def test_the_database_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASSENT_DATABASE", raising=False)
    assert database_from_environment() == Settings().database
    monkeypatch.setenv("ASSENT_DATABASE", "sqlite:///other.db")
    assert database_from_environment() == "sqlite:///other.db"
    monkeypatch.setenv("ASSENT_DATABASE", "")
    assert database_from_environment() == Settings().database
