"""What a run has said is written in the order in which its code said it, whoever else writes meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import pytest
from typing_extensions import override

from assent.core.journal import ChildStarted, Fact, RunFinished, RunPaused, RunStarted, StepFinished
from assent.core.record import Record
from assent.core.run import Run
from assent.engine.outgoing import Outgoing
from assent.ledger import Ledger
from assent.ports.rows import Write
from assent.ports.store import Fenced
from assent.stores.sqlite import MEMORY, SqliteStore
from assent.testing import FakeClock

pytestmark = pytest.mark.anyio
HIRED = RunStarted(workflow="hire", version="1", root="run_1", parent="run_1", parent_key="hire")
DONE = RunFinished(status="succeeded", output=1)


def step(n: int) -> StepFinished:
    return StepFinished(key=f"pay#{n}", name="pay", attempt=1, result=n)


def unless_ended(fact: Fact) -> Callable[[Run, datetime], Sequence[Fact]]:
    return lambda run, at: [] if run.status.ended else [fact]


async def hire(ledger: Ledger) -> None:
    """A run whose end another one learns: that cannot be written at once."""
    await ledger.start("run_1", RunStarted(workflow="staff", version="1"))
    awaited = ChildStarted(key="hire", child="run_1.hire", digest="d")
    assert await ledger.start_with("run_1.hire", HIRED, {"run_1": [awaited]}) is not None


class Said:
    """What became of each write of a run, in the order in which that was told."""

    def __init__(self, ledger: Ledger) -> None:
        self.outgoing = Outgoing("run_1.hire", ledger)
        self.told: list[tuple[Fact, BaseException | None]] = []

    def say(self, fact: Fact) -> None:
        ends = isinstance(fact, RunFinished)
        self.outgoing.write(
            unless_ended(fact), lambda error: self.told.append((fact, error)), ends=ends
        )


async def kinds(store: SqliteStore) -> list[str]:
    return [record.kind for record in await store.journal("run_1.hire")]


async def test_the_end_of_a_run_does_not_overtake_a_result_that_has_to_be_written_again(
    store: SqliteStore, clock: FakeClock
) -> None:
    mine, theirs = Ledger(store, clock), Ledger(store, clock)
    await hire(mine)
    await theirs.change("run_1.hire", unless_ended(RunPaused(by="ann")))
    said = Said(mine)
    said.say(step(1))  # on a head that is old
    said.say(step(2))
    said.say(DONE)
    assert said.outgoing
    await said.outgoing.all_written()
    assert said.told == [(step(1), None), (step(2), None), (DONE, None)]
    assert await kinds(store) == [
        "run.started",
        "run.paused",
        "step.finished",
        "step.finished",
        "run.finished",
    ]
    assert not said.outgoing


async def test_what_comes_after_a_late_write_is_late_too(
    store: SqliteStore, clock: FakeClock
) -> None:
    mine, theirs = Ledger(store, clock), Ledger(store, clock)
    await hire(mine)
    said = Said(theirs)  # which does not know the run yet
    said.say(step(1))
    await theirs.head("run_1.hire")  # and now it does
    said.say(step(2))
    said.say(DONE)
    await said.outgoing.all_written()
    assert said.told == [(step(1), None), (step(2), None), (DONE, None)]
    steps = ["step.finished", "step.finished"]
    assert await kinds(store) == ["run.started", *steps, "run.finished"]


class Refusing(SqliteStore):
    """A store that refuses the first result: its lease is another's."""

    refused = False

    @override
    def commit(self, writes: Sequence[Write]) -> Awaitable[Sequence[Record]]:
        results = any(each.kind == "step.finished" for write in writes for each in write.records)
        if self.refused or not results:
            return super().commit(writes)
        self.refused = True

        async def refuse() -> Sequence[Record]:
            await asyncio.sleep(0)
            raise Fenced("run_1.hire")

        return asyncio.ensure_future(refuse())


async def test_after_a_write_that_failed_nothing_more_is_written(clock: FakeClock) -> None:
    store = Refusing(MEMORY)
    await store.open()
    ledger = Ledger(store, clock)
    await hire(ledger)
    said = Said(ledger)
    said.say(step(1))
    said.say(
        step(2)
    )  # Stale by itself, since the first is not there: it would fit once it is read again
    said.say(DONE)
    await said.outgoing.all_written()
    assert [type(error) for _, error in said.told] == [Fenced, Fenced, Fenced]
    assert await kinds(store) == ["run.started"]
    await store.close()
