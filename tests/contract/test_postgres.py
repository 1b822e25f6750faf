"""What the PostgreSQL store promises beside the contract of all stores."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from assent.core.record import Record
from assent.ports.rows import TaskQuery
from assent.stores.postgres.connection import Connections
from assent.stores.postgres.options import Postgres
from assent.stores.postgres.queries import NEWS_UNTIL
from assent.stores.postgres.store import PostgresStore
from tests.cluster import cluster
from tests.contract.story import NOON, STARTED, Story, asked, done

pytestmark = pytest.mark.anyio
PATIENT = 60  # only a failing test waits so long
OPENED = """
    insert into {s}.task (id, run, root, workflow, number, name, kind, status, title, who, opened, due, priority, state)
    values ('task_1', 'run_1', 'run_1', 'refund', 2, 'ok', 'approve', 'open', 'Pay Ada?', '["ann"]', $1, $1, 3, '{}')
"""


@pytest.fixture
async def shared() -> AsyncIterator[tuple[PostgresStore, Any, str]]:
    """A store, a connection that is not of this code, and the name of the schema."""
    url = cluster().url()
    store = PostgresStore(url, durability="process")
    await store.open()
    elsewhere = Connections(url, Postgres(), durability="process")
    connection = await elsewhere.one()
    yield store, connection, elsewhere.schema
    await connection.close()
    await store.close()


async def test_a_task_of_yesterdays_code_is_found_by_what_it_is_filtered_by_today(
    shared: tuple[PostgresStore, Any, str],
) -> None:
    store, connection, schema = shared
    await Story().tell(store, STARTED, asked("task_1", risk="high", labels={"region": "eu"}))
    await connection.execute(OPENED.replace("{s}", schema), NOON)
    await connection.execute(f"insert into {schema}.candidate (who, task) values ('ann', 'task_1')")
    for who in ((), ("ann",)):
        for wanted in (
            {"risk": "high"},
            {"label": ("region", "eu")},
            {"text": "pay ada"},
            {"priority": 3, "kind": "approve", "workflow": "refund", "due_before": NOON},
        ):
            query: dict[str, Any] = {"who": who, **wanted}
            assert [task.row.id for task in await store.tasks(TaskQuery(**query))] == ["task_1"]
    (found,) = await store.tasks(TaskQuery(text="ada"))
    assert (found.row.risk, found.row.words) == ("high", "pay ada?\nok\nrun_1\nrefund")


async def test_a_title_that_yesterdays_code_erases_is_not_kept_in_the_words(
    shared: tuple[PostgresStore, Any, str],
) -> None:
    store, connection, schema = shared
    await Story().ask(store, "task_1", title="Pay Ada?")
    await connection.execute(f"update {schema}.task set title = ''")
    (found,) = await store.tasks(TaskQuery())
    assert "ada" not in found.row.words


class Nobody:
    """Readers of a feed, of whom none is there until one comes."""

    def __init__(self) -> None:
        self.there = False
        self.skipped_to = 0
        self.told = asyncio.Event()

    def skipped(self, seq: int) -> None:
        self.skipped_to = seq
        self.told.set()


async def test_what_nobody_reads_stays_in_the_store_and_its_runs_are_heard_of_all_the_same() -> (
    None
):
    url = cluster().url()
    here, there = [PostgresStore(url, durability="process") for _ in range(2)]
    await here.open()
    await there.open()
    heard, news, nobody = list[Record](), dict[str, int](), Nobody()
    here.subscribe(heard.extend, nobody)
    here.sharing.follow(news.update, lambda: None)

    skipped = await Story("run_1").tell(there, STARTED, done(1))
    await asyncio.wait_for(nobody.told.wait(), PATIENT)
    assert (heard, news, nobody.skipped_to) == ([], {"run_1": 2}, skipped[-1].seq)

    mine = await Story("run_2").tell(here, STARTED)
    assert heard == mine  # its own entries are at hand anyway

    nobody.there = True
    told = asyncio.Event()
    here.subscribe(lambda records: told.set() if records[0].run == "run_3" else None, nobody)
    read = await Story("run_3").tell(there, STARTED, done(1))
    await asyncio.wait_for(told.wait(), PATIENT)
    assert heard == [*mine, *read]
    await there.close()
    await here.close()


async def test_a_reader_who_comes_while_news_are_passed_over_hears_all_from_then_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = cluster().url()
    here, there = [PostgresStore(url, durability="process") for _ in range(2)]
    looking, look, fetch = asyncio.Event(), asyncio.Event(), Connections.fetch

    async def slow(self: Connections, sql: str, *params: object, again: bool = True) -> list[Any]:
        if sql == NEWS_UNTIL.replace("{s}", f'"{self.schema}"'):
            looking.set()
            await look.wait()
        return await fetch(self, sql, *params, again=again)

    monkeypatch.setattr(Connections, "fetch", slow)
    here.subscribe(lambda _: None, Nobody())
    await here.open()
    await asyncio.wait_for(looking.wait(), PATIENT)
    await there.open()
    heard, told = list[Record](), asyncio.Event()

    def hear(records: Sequence[Record]) -> None:
        heard.extend(records)
        told.set()

    here.subscribe(hear)
    told_there = await Story("run_1").tell(there, STARTED, done(1))
    look.set()
    await asyncio.wait_for(told.wait(), PATIENT)
    assert heard == told_there
    await there.close()
    await here.close()
