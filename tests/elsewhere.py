"""The same tests on Restate: whatever database an app names, it runs on PostgreSQL and a Restate server instead."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import assent.app
from assent import Restate, Settings
from assent.system import System
from tests.cluster import cluster
from tests.restate_server import restate_server

MEMORY = "sqlite:///:memory:"


class Elsewhere:
    """Where the databases of one test really are. Who names one twice gets the same."""

    def __init__(self) -> None:
        self._there: dict[str, tuple[str, Restate]] = {}

    def __call__(self, settings: Settings, *more: Any) -> System:
        """As ``System``."""
        named = settings.database
        if named not in self._there or named == MEMORY:  # of which every app has one of its own
            url = cluster().url() if named.startswith("sqlite") else named
            self._there[named] = url, restate_server().engine()
        database, engine = self._there[named]
        hot_runs = Settings().hot_runs
        return System(replace(settings, database=database, engine=engine, hot_runs=hot_runs), *more)


def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on, apps run on Restate."""
    monkeypatch.setattr(assent.app, "System", Elsewhere())
