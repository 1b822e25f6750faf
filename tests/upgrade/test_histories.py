"""What yesterday's code recorded, today's code reads, verifies, folds and goes on with."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any, Final, cast

import pytest

from assent import App, Outcome, ReceiptStatus, RunStatus
from assent.core.finding import labels_text, words_text
from assent.core.journal import KINDS, RunStarted, TaskReopened, moment
from assent.core.record import Record, fact_of
from assent.core.run import Run, begin, evolve, settled
from assent.core.task import HumanTask, TaskFact
from assent.core.task import evolve as evolve_task
from assent.core.values import load
from assent.ports.rows import RunQuery, TaskQuery
from assent.ports.store import Store
from assent.rows import run_of, task_of
from assent.stores.postgres.options import told_apart
from assent.stores.postgres.schema import VERSION
from assent.stores.schema import VERSION as SQLITE_VERSION
from assent.testing import Harness
from tests.cluster import cluster
from tests.upgrade.workflows import Bill, Tier, World, made

pytestmark = pytest.mark.anyio
asyncpg: Any = import_module("asyncpg")  # it tells no types
IN_POSTGRES: Final = ".postgres"
SCHEMA: Final = "a_kept_history"  # wherever it stands in what was kept
HISTORIES: Final = sorted((Path(__file__).parent / "histories").glob("*.sql"))
LATER: Final = datetime(2026, 1, 20, tzinfo=UTC)


@pytest.fixture(params=HISTORIES, ids=lambda file: file.stem)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database as it was left."""
    text = request.param.read_text(encoding="utf-8")
    return (
        await in_postgres(text)
        if IN_POSTGRES in request.param.suffixes
        else in_a_file(text, tmp_path)
    )


def in_a_file(text: str, folder: Path) -> str:
    connection = sqlite3.connect(folder / "history.db")
    connection.executescript(text)
    connection.close()
    return f"sqlite:///{folder / 'history.db'}"


async def in_postgres(text: str) -> str:
    url = cluster().url()
    dsn, schema = told_apart(url)
    connection = await asyncpg.connect(dsn)
    await connection.execute(text.replace(SCHEMA, schema))
    await connection.close()
    return url


@pytest.fixture
async def still(database: str) -> AsyncIterator[App]:
    """An app that only looks."""
    app = App(database)
    await app.open(advance=False)
    yield app
    await app.close()


@pytest.fixture
def store(still: App) -> Store:
    """The store of it."""
    return still.store


@pytest.fixture
async def h(database: str) -> AsyncIterator[Harness]:
    """The workflows going on, two weeks later."""
    World.failing, World.broken, World.renamed = 0, False, False
    async with Harness(made(), database=database, start=LATER) as harness:
        yield harness


def folded(records: Sequence[Record]) -> tuple[Run, dict[str, HumanTask]]:
    """The run, and all its tasks, as its journal alone makes them."""
    first = fact_of(records[0])
    assert isinstance(first, RunStarted)
    run = begin(records[0].run, first, moment(records[0].at), "")
    tasks: dict[str, HumanTask] = {}
    for record in records:
        fact, at = fact_of(record), moment(record.at)
        if isinstance(
            fact, TaskReopened
        ):  # the ledger puts it back where its decision is taken back
            run = run._replace(tasks={**run.tasks, fact.task: tasks[fact.task]})
        run = evolve(run, [fact], at, number=record.number, head=record.hash)
        tasks.update(run.tasks)
        closed = tasks.get(getattr(fact, "task", ""))
        if closed is not None and closed.id not in run.tasks:  # a remark on a closed task
            tasks[closed.id] = evolve_task(closed, cast(TaskFact, fact), at)
        run = settled(run)
    return run, tasks


@pytest.mark.parametrize(("postgres", "version"), [(False, SQLITE_VERSION), (True, VERSION)])
def test_there_is_a_history_of_this_schema(postgres: bool, version: int) -> None:
    """Where this fails: python -m tools.record_history NAME, with the name of the coming release."""
    known = {
        int(found)
        for file in HISTORIES
        if (IN_POSTGRES in file.suffixes) == postgres
        for found in re.findall(r'migration"? VALUES ?\((\d+),', file.read_text(encoding="utf-8"))
    }
    assert max(known) == version


async def test_every_kind_of_fact_is_in_the_history(store: Store) -> None:
    recorded = {record.kind for record in await store.feed(0, 10_000)}
    assert recorded <= set(KINDS)
    assert recorded >= {
        "run.recovered",
        "run.parked",
        "run.paused",
        "run.resumed",
        "run.retried",
        "step.retrying",
        "step.failed",
        "task.claimed",
        "task.released",
        "task.commented",
        "task.refused",
        "timer.withdrawn",
        "child.finished",
        "state.changed",
        "event.emitted",
        "value.recorded",
        "payloads.erased",
    }


async def test_every_field_that_was_ever_recorded_is_still_known(store: Store) -> None:
    for record in await store.feed(0, 10_000):
        fields = set(cast("dict[str, Any]", load(record.body)))
        fields |= set(cast("dict[str, Any]", load(record.payload or "{}")))
        assert fields <= set(KINDS[record.kind].__struct_fields__), record.kind


async def test_every_run_and_task_is_what_its_journal_makes_of_it(store: Store) -> None:
    rows = await store.runs(RunQuery(limit=100))
    assert len(rows) >= 14
    tasks = {
        task.row.id: task_of(task) for task in await store.tasks(TaskQuery(open=None, limit=500))
    }
    for row in rows:
        stored = await store.load(row.id)
        assert stored is not None
        run, made_ = folded(await store.journal(row.id))
        assert run_of(stored) == run._replace(salt=run_of(stored).salt)
        for id, task in made_.items():
            assert tasks.pop(id) == task
    assert tasks == {}


async def test_what_tasks_are_found_by_is_what_their_journal_says(store: Store) -> None:
    listed = await store.tasks(TaskQuery(open=None, limit=500))
    for task in listed:
        asked, row = task_of(task).asked, task.row
        assert (row.risk, row.labels) == (asked.risk, labels_text(asked.labels))
        assert row.words == words_text(asked.title, asked.name, row.run, row.workflow)
    waiting = [task.row for task in listed if task.row.status != "closed"]
    for row in waiting:
        for who in cast("list[str]", load(row.who)):
            query = TaskQuery(who=[who], text=row.words, risk=row.risk, workflow=row.workflow)
            assert row.id in [task.row.id for task in await store.tasks(query)]


async def test_the_chains_verify(still: App) -> None:
    assert await still.audit.verify() == []


async def test_everything_can_be_listed_shown_and_exported(still: App) -> None:
    runs = (await still.runs(status="all", limit=100)).items
    assert {run.id: run.status.value for run in runs if run.id in STATUSES} == STATUSES
    for run in runs:
        handle = still.run(run.id)
        assert await handle.timeline()
        assert await handle.to_mermaid()
        await handle.input()
        await handle.output()
        await handle.error()
    assert "'original'" in str(await still.run("parked").error())
    for task in (await still.inbox.tasks(status="all", limit=500)).items:
        assert (await still.inbox.get(task.id)).title == task.title
    events = [event async for event in still.stream.events(live=False)]
    assert [event.seq for event in events] == sorted(event.seq for event in events)
    assert all(event.plain() for event in events)
    assert [line async for line in still.audit.export()]


STATUSES: Final = {
    "everything": "waiting",
    "succeeded": "succeeded",
    "races": "waiting",
    "asleep": "waiting",
    "timed-out": "timed_out",
    "failed": "failed",
    "retried": "failed",
    "paused": "paused",
    "paused-once": "waiting",
    "cancelled": "cancelled",
    "erased": "succeeded",
    "parked": "parked",
}


async def test_what_succeeded_gives_its_output_with_its_types(h: Harness) -> None:
    bill, parts = await h.app.run("succeeded").result()
    assert isinstance(bill, Bill)
    assert bill.total == Decimal("0.50")
    paid, child, color, words, state = parts
    assert paid["charged"] == Decimal("0.50")
    assert (paid[7], paid["raw"]) == ((1, {2, 3}), b"\x00\xff")
    assert (child, color, words) == ("rejected by bob", ["blue"], {"amount": 2.5, "note": "ü"})
    assert state == {"customer": Tier.BLUE, "noted": [1]}


async def test_a_waiting_run_goes_on_with_what_it_had_done(h: Harness) -> None:
    run = h.app.run("everything")
    (task,) = await run.tasks()
    assert (task.key, task.owner, [comment.by for comment in task.comments]) == (
        "refund",
        "ann",
        ["bob"],
    )
    refused = await h.inbox.approve(task.id, by="bob")
    assert refused.status is ReceiptStatus.INELIGIBLE
    World.broken = True  # whatever ran before must not run again
    edited = {**cast("dict[str, Any]", task.shown), "total": "4.00"}
    assert (await h.inbox.edit(task.id, edited, by="ann")).ok
    await h.run_until_idle()
    await h.person("ann").chooses("color", ["red"])
    await h.person("ann").answers("words", {"amount": 1, "note": "n"})
    bill, parts = await run.result(timeout=5)
    assert isinstance(bill, Bill)
    assert bill.total == Decimal("4.00")
    assert parts[0]["charged"] == Decimal("9.00")
    assert parts[1] == "approved by bob"
    starts = [event.data["key"] async for event in run.events() if event.name == "step.started"]
    assert starts.count("charge") == 2, "one attempt failed, one did not"
    assert await h.app.audit.verify() == []


async def test_a_race_that_is_decided_stays_decided(h: Harness) -> None:
    run = h.app.run("races")
    assert [task.key for task in await run.tasks()] == ["last"]
    await h.person("ann").approves("last")
    assert await run.result(timeout=5) == ["at once", ["shipped", "shipped"], True]


async def test_a_sleeping_run_awakes_at_its_hour(h: Harness) -> None:
    run = h.app.run("asleep")
    await h.advance("11d")
    assert await run.status() is RunStatus.WAITING
    await h.advance("1d")
    assert await run.result(timeout=5) == "awake"


@pytest.mark.parametrize("id", ["failed", "retried"])
async def test_a_failed_run_is_retried_without_asking_again(h: Harness, id: str) -> None:
    run = h.app.run(id)
    assert "no parcel fits" in str(await run.error())
    await run.retry(by="ann")
    assert await run.result(timeout=5) == "shipped"


async def test_a_parked_run_goes_on_with_the_code_it_was_written_for(h: Harness) -> None:
    assert await h.app.run("parked").result(timeout=5) == "went on"


@pytest.mark.parametrize("id", ["paused", "paused-once"])
async def test_a_paused_run_goes_on_when_it_is_resumed(h: Harness, id: str) -> None:
    run = h.app.run(id)
    await run.resume(by="ann")
    await h.run_until_idle()
    assert (await run.approve("ship it", by="ann")).ok
    assert await run.result(timeout=5) == "shipped"


async def test_a_run_that_timed_out_gets_its_time_again(h: Harness) -> None:
    run = h.app.run("timed-out")
    await run.retry(by="ann")
    await h.run_until_idle()
    assert await run.status() is not RunStatus.FAILED


async def test_what_was_decided_stands(h: Harness) -> None:
    closed = (await h.inbox.tasks(status="closed", limit=500)).items
    for task in closed:
        receipt = await h.inbox.cancel(task.id, by="eve")
        assert not receipt.ok or task.outcome is Outcome.CANCELLED
        assert (await h.inbox.get(task.id)).outcome is task.outcome


async def test_an_erased_run_stays_erased(h: Harness) -> None:
    (task,) = [
        t for t in (await h.inbox.tasks(status="all", limit=500)).items if t.run_id == "erased"
    ]
    assert (task.outcome, task.reason, task.value) == (Outcome.REJECTED, None, None)
    lines = [line async for line in h.app.audit.export("erased")]
    assert all(line["payload"] is None for line in lines)
