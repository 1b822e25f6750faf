"""What the PostgreSQL store promises beside the contract of all stores."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from assent.ports.rows import TaskQuery
from assent.stores.postgres.connection import Connections
from assent.stores.postgres.options import Postgres
from assent.stores.postgres.store import PostgresStore
from tests.cluster import cluster
from tests.contract.story import NOON, STARTED, Story, asked

pytestmark = pytest.mark.anyio
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
