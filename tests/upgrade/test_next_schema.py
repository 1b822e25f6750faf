"""Today's code on tomorrow's schema: a migration that only adds harms nobody who is still at work.

The next migration is made up here. Whoever writes a real one puts its text in place of it first: where something
fails then, it must not be rolled out beside processes of today.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from assent import App, Context, Limit, Settings, StoreNewer
from assent.stores.postgres import migrating as postgres
from assent.stores.postgres import schema as postgres_schema
from assent.stores.postgres.options import Postgres, told_apart
from tests.cluster import cluster

pytestmark = pytest.mark.anyio
PATIENT: Final = 60  # seconds, for a machine that is busy with other things
TABLES: Final = ("entry", "run", "task", "candidate", "timer", "document", "waiter", "place")
NEXT: Final = (
    "".join(
        f"alter table {{s}}.{table} add column mood text not null default 'calm';"
        for table in TABLES
    )
    + "create table {s}.mood (name text primary key, since bigint not null default 0);"
    + "create index run_mood on {s}.run (mood)"
)


def an_app(url: str) -> App:
    """Code whose runs have a row in every table."""
    app = App(settings=Settings(database=url, postgres=Postgres(poll=0.1)))

    @app.workflow(limit=Limit(parallelism=1))
    async def refund(ctx: Context, amount: int) -> tuple[str | None, str | None, Any]:
        first = await ctx.approve("refund", value=await ctx.step(abs, amount), to="ann")
        second = await ctx.approve("pay", to="ann", timeout="7d")
        paid = await ctx.wait_for_event("paid")
        return first.by, second.by, paid.data

    return app


async def answered(door: App, id: str) -> None:
    """Everything that the run waits for is given at this door."""
    for key in ("refund", "pay"):
        (task,) = (await door.run(id).wait(timeout=PATIENT)).tasks
        assert task.key == key
        assert (await door.inbox.approve(task.id, by="ann")).ok
    await door.notify("paid", 7, run_id=id)
    assert await door.run(id).result(timeout=PATIENT) == ("ann", "ann", 7)


async def goes_on(app: App, id: str) -> None:
    """A process at work: runs, people, documents, lists."""
    await app.start("refund", -7, id=id)
    await answered(app, id)
    assert await app.store.keep("note", id, 1)
    await app.store.replace("note", id, 2)
    assert await app.store.take("note", id) == 2
    assert id in {run.id for run in (await app.runs(status="all")).items}
    assert id in {task.run_id for task in (await app.inbox.tasks(status="all", to="ann")).items}


@pytest.fixture
async def shared() -> str:
    """A schema of PostgreSQL that a process of today has used: one run has ended, one waits."""
    url = cluster().url()
    async with an_app(url) as app:
        await goes_on(app, "ended")
        await (await app.start("refund", -7, id="waits")).wait(timeout=PATIENT)
    return url


def tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code of tomorrow: it knows one migration more."""
    monkeypatch.setattr(postgres, "MIGRATIONS", (*postgres_schema.MIGRATIONS, NEXT))
    monkeypatch.setattr(postgres, "VERSION", postgres_schema.VERSION + 1)


async def test_processes_of_today_and_of_tomorrow_work_side_by_side(
    shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with an_app(shared) as old:
        await (await old.start("refund", -7, id="handed over")).wait(timeout=PATIENT)
        with monkeypatch.context() as patch:
            tomorrow(patch)
            new = an_app(shared)
            await new.open()
        try:
            for app, other, id in ((old, new, "old"), (new, old, "new")):
                await goes_on(app, id)
                await (await app.start("refund", -7, id=f"{id}, elsewhere")).wait(timeout=PATIENT)
                await answered(other, f"{id}, elsewhere")
            await answered(old, "waits")
            await answered(new, "handed over")
            assert await old.audit.verify() == []
        finally:
            await new.close()
        await goes_on(old, "alone again")
        assert (await old.upkeep.prune(timedelta(0))).runs


async def test_a_process_of_today_that_begins_after_it_is_refused_and_changes_nothing(
    shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        tomorrow(patch)
        async with an_app(shared):
            pass
    schema = told_apart(shared)[1]
    before = cluster().dump(schema)
    versions = rf"version {postgres_schema.VERSION + 1}.* up to {postgres_schema.VERSION}\."
    for _ in range(2):
        with pytest.raises(StoreNewer, match=versions):
            await an_app(shared).open()
    assert cluster().dump(schema) == before


async def test_what_is_written_to_a_file_today_fits_one_of_tomorrow(tmp_path: Path) -> None:
    """A file has one process, which migrates it; this says that going back is possible, should it ever be allowed."""
    url = f"sqlite:///{tmp_path / 'test.db'}"
    async with an_app(url) as app:
        await goes_on(app, "ended")
        await (await app.start("refund", -7, id="waits")).wait(timeout=PATIENT)
    with closing(sqlite3.connect(tmp_path / "test.db")) as connection:
        connection.executescript(NEXT.replace("{s}.", ""))
    async with an_app(url) as app:
        await answered(app, "waits")
        await goes_on(app, "tomorrow")
        assert await app.audit.verify() == []
        assert (await app.upkeep.prune(timedelta(0))).runs
