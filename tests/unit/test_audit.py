"""The audit trail finds what was done to it, shows who did what, and forgets what it must."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from assent.audit import Audit
from assent.core.journal import RunFinished, RunStarted, StepFinished, TaskCommented
from assent.core.record import Record
from assent.errors import InvalidState, RunNotFound
from assent.ledger import Ledger
from assent.stores.sqlite import SqliteStore
from assent.testing import FakeClock

pytestmark = pytest.mark.anyio
STARTED = RunStarted(workflow="refund", version="1", by="ann", input={"amount": "3"})
COMMENTED = TaskCommented(key="ok", task="task_1", by="bob", via="page", text="wait a moment")


class Sudden(SqliteStore):
    """A store in which something happens just before a journal is read."""

    meanwhile: Callable[[], Awaitable[Any]] | None = None

    @override
    async def journal(self, run: str, after: int = 0) -> Sequence[Record]:
        if self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            await happens()
        return await super().journal(run, after)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Sudden]:
    """A store in a file, which somebody may tamper with."""
    store = Sudden(str(tmp_path / "assent.db"), durability="process")
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def audit(store: Sudden, ledger: Ledger) -> Audit:
    """The trail."""
    return Audit(store, ledger)


async def told(ledger: Ledger, run: str = "run_1", *, ended: bool = True) -> None:
    """A run with something to hide."""
    await ledger.start(run, STARTED)
    for n in range(3):
        step = StepFinished(key=f"pay#{n}", name="pay", attempt=1, result=["hush", n])
        await ledger.change(run, lambda head, at, step=step: [step])  # type: ignore[misc]
    if ended:
        await ledger.change(run, lambda head, at: [RunFinished(status="succeeded", output=1)])


def tamper(store: Sudden, *statements: str) -> None:
    """Behind assent's back."""
    assert store.path is not None
    connection = sqlite3.connect(store.path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


async def test_a_trail_that_nobody_touched_is_flawless(audit: Audit, ledger: Ledger) -> None:
    for n in range(3):
        await told(ledger, f"run_{n}", ended=n > 1)
    assert await audit.verify() == []
    assert await audit.verify("run_1") == []


@pytest.mark.parametrize(
    "statement",
    [
        "update entry set body = replace(body, 'ann', 'eve') where run = 'run_1' and number = 1",
        "update entry set payload = replace(payload, 'hush', 'loud') where run = 'run_1'",
        "update entry set payload = null where run = 'run_1' and number = 2",
        "update entry set at = at + 1 where run = 'run_1' and number = 3",
        "update entry set kind = 'step.failed' where run = 'run_1' and number = 3",
        "update entry set key = 'other' where run = 'run_1' and number = 3",
        "delete from entry where run = 'run_1' and number = 3",
        "delete from entry where run = 'run_1' and number = 5",
        "delete from entry where run = 'run_1' and number = 1",
        "delete from entry where run = 'run_1'",
        "update entry set number = number + 10 where run = 'run_1' and number > 3",
        "update run set head = 'x' where id = 'run_1'",
        "update run set number = 4 where id = 'run_1'",
        "delete from run where id = 'run_1'",
        "update entry set payload = null where run = 'run_1';"
        "update run set state = '{\"salt\":\"\"}' where id = 'run_1'",
    ],
)
async def test_whatever_is_done_to_a_run_is_found(
    audit: Audit, ledger: Ledger, store: Sudden, statement: str
) -> None:
    await told(ledger, "run_0")
    await told(ledger, "run_1")
    await told(ledger, "run_2")
    tamper(store, *statement.split(";"))
    flaws = await audit.verify()
    assert flaws
    assert {flaw.run for flaw in flaws} == {"run_1"}


async def test_entries_that_changed_places_are_found(
    audit: Audit, ledger: Ledger, store: Sudden
) -> None:
    await told(ledger)
    tamper(
        store,
        "update entry set number = 99 where number = 2",
        "update entry set number = 2 where number = 3",
        "update entry set number = 3 where number = 99",
    )
    assert await audit.verify("run_1")


async def test_a_run_that_is_written_to_meanwhile_is_not_flawed(
    audit: Audit, ledger: Ledger, store: Sudden
) -> None:
    await told(ledger, ended=False)
    ended = RunFinished(status="succeeded", output=1)
    store.meanwhile = lambda: ledger.change("run_1", lambda head, at: [ended])
    assert await audit.verify("run_1") == []


async def test_a_run_that_is_erased_meanwhile_is_not_flawed(
    audit: Audit, ledger: Ledger, store: Sudden
) -> None:
    await told(ledger)
    store.meanwhile = lambda: audit.erase("run_1", by="ann")
    assert await audit.verify("run_1") == []


async def test_an_erased_run_verifies_and_says_who_erased_it(audit: Audit, ledger: Ledger) -> None:
    await told(ledger)
    await audit.erase("run_1", by="ann")
    assert await audit.verify() == []
    lines = [line async for line in audit.export("run_1")]
    assert (lines[-1]["kind"], lines[-1]["actor"]) == ("payloads.erased", "ann")
    assert "hush" not in json.dumps(lines)
    assert lines[0]["actor"] == "ann"


async def test_an_erased_run_that_is_altered_is_found(
    audit: Audit, ledger: Ledger, store: Sudden
) -> None:
    await told(ledger)
    await audit.erase("run_1", by="ann")
    tamper(store, "update entry set body = replace(body, 'ann', 'eve') where number = 1")
    assert await audit.verify("run_1")


async def test_a_run_that_goes_on_is_not_erased(audit: Audit, ledger: Ledger) -> None:
    await told(ledger, ended=False)
    with pytest.raises(InvalidState, match="only ended runs"):
        await audit.erase("run_1", by="ann")
    assert "hush" in json.dumps([line async for line in audit.export("run_1")])


async def test_a_run_that_is_not_there_is_told(audit: Audit) -> None:
    with pytest.raises(RunNotFound):
        await audit.verify("run_9")
    with pytest.raises(RunNotFound):
        await audit.erase("run_9")
    with pytest.raises(RunNotFound):
        [line async for line in audit.export("run_9")]
    assert [line async for line in audit.export()] == []


async def test_the_export_has_actor_door_time_and_content(
    audit: Audit, ledger: Ledger, clock: FakeClock
) -> None:
    await ledger.start("run_1", STARTED)
    await ledger.change("run_1", lambda head, at: [COMMENTED])
    first, second = [line async for line in audit.export()]
    assert (first["kind"], first["actor"], first["via"], first["number"]) == (
        "run.started",
        "ann",
        None,
        1,
    )
    assert (second["kind"], second["actor"], second["via"], second["key"]) == (
        "task.commented",
        "bob",
        "page",
        "ok",
    )
    assert second["payload"] == {"text": "wait a moment"}
    assert second["at"] == clock.now().isoformat().replace("+00:00", "Z")
    json.dumps([first, second], allow_nan=False)


async def test_the_export_goes_over_many_pages_in_the_order_of_seq(
    audit: Audit, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assent.audit._PAGE", 3)
    for n in range(4):
        await told(ledger, f"run_{n}")
    assert [line["seq"] async for line in audit.export()] == list(range(1, 21))
    assert [line["seq"] async for line in audit.export(after=15)] == list(range(16, 21))
    assert [line["run"] async for line in audit.export("run_2")] == ["run_2"] * 5
    assert await audit.verify() == []
