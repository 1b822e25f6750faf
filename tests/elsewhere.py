"""The same tests on Restate: whatever database an app names, it runs on PostgreSQL and a Restate server instead."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

import assent.app
from assent import Restate, Settings
from assent.stores.postgres.options import is_postgres
from assent.system import System, sqlite_path
from tests.cluster import cluster
from tests.restate_server import restate_server

MEMORY = "sqlite:///:memory:"
NOT_ON_RESTATE: Final = "not_on_restate"  # the mark
# Why a promise of the stories is not kept on Restate: tests that are marked ``not_on_restate`` name one of these, and
# docs/restate.md lists both.
DIFFERENCES: Final = {
    "file": "About a SQLite file, which one process holds:",
    "alone": "About a process that has the database to itself. Where several share it, on PostgreSQL alone as well, "
    "another one may have the code, and a run waits for that one:",
    "hot": "Code stays in memory while it waits, or is paused at rest, on an engine of assent's own, and goes on from "
    "there. On Restate it begins again with each leg and reads what is recorded, as a run does elsewhere that has gone "
    "cold; middleware hears of a wait that was read as of any replay, that is, not:",
    "timeout": "`asyncio.timeout` around a verb that waits does not fire, as the code is not in memory while it waits. "
    "Use the verb's own `timeout=`, or `ctx.first` with `ctx.sleep`, which are kept in the database. On PostgreSQL "
    "alone the same happens to a run that has gone cold:",
}


class Elsewhere:
    """Where the databases of one test really are. Who names one twice gets the same."""

    def __init__(self) -> None:
        self._there: dict[str, tuple[str, Restate]] = {}

    def __call__(self, settings: Settings, *more: Any) -> System:
        """As ``System``."""
        named = settings.database
        if named not in self._there or named == MEMORY:  # of which every app has one of its own
            # What is no database is refused as ever.
            url = named if is_postgres(named) else sqlite_path(named) and cluster().url()
            self._there[named] = url, restate_server().engine()
        database, engine = self._there[named]
        hot_runs = Settings().hot_runs
        return System(replace(settings, database=database, engine=engine, hot_runs=hot_runs), *more)


def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on, apps run on Restate."""
    monkeypatch.setattr(assent.app, "System", Elsewhere())
