"""The only writer: decides on the newest, writes in order, tells once it is durable."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from typing_extensions import override

from assent.core.journal import (
    ChildFinished,
    ChildStarted,
    Fact,
    RunFinished,
    RunPaused,
    RunResumed,
    RunStarted,
    RunWaiting,
    StepFinished,
    TaskClosed,
    TaskCommented,
    TimerSet,
    micros,
)
from assent.core.record import GENESIS, Record, chained, fact_of, seal
from assent.core.run import Run, RunStatus, pause, resume, retry
from assent.errors import InvalidState, RunNotFound
from assent.ledger import Changed, Ledger
from assent.ports.rows import RunQuery, StoredRun, StoredTask, TaskQuery, TimerRow, Write
from assent.ports.store import Stale
from assent.rows import run_of, run_row, task_of, task_row
from assent.stores.sqlite import MEMORY, SqliteStore
from assent.testing import FakeClock
from tests.core.world import moves, opened, play, started, timeouts

pytestmark = pytest.mark.anyio
STARTED = RunStarted(workflow="refund", version="1", by="ann", labels={"team": "a"}, input=3)
HALF = "\ud800"  # cannot be written down


def says(*facts: Fact) -> Callable[[Run, datetime], Sequence[Fact]]:
    """Decides this, whatever stands."""
    return lambda run, at: facts


def step(n: int) -> StepFinished:
    return StepFinished(key=f"pay#{n}", name="pay", attempt=1, result=n)


class Told:
    """What an attempt says when it is over."""

    def __init__(self) -> None:
        self._said: asyncio.Future[BaseException | None] = asyncio.Future()

    def __call__(self, error: BaseException | None) -> None:
        self._said.set_result(error)

    @property
    def at_all(self) -> bool:
        return self._said.done()

    async def error(self) -> BaseException | None:
        return await self._said


async def verified(store: SqliteStore, run: str) -> Sequence[Record]:
    """The run's journal, which holds together."""
    records = await store.journal(run)
    previous = GENESIS
    for number, record in enumerate(records, 1):
        assert (record.number, record.hash) == (number, chained(previous, record))
        previous = record.hash
    stored = await store.load(run)
    assert stored is not None
    assert (stored.row.number, stored.row.head) == (len(records), previous)
    return records


# ── one run ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_run_is_started_once(ledger: Ledger, store: SqliteStore, clock: FakeClock) -> None:
    first = await ledger.start("run_1", STARTED)
    assert first is not None
    assert (first.run.status, first.run.number, first.facts) == (RunStatus.RUNNING, 1, [STARTED])
    assert await ledger.start("run_1", STARTED) is None
    (record,) = await verified(store, "run_1")
    assert (fact_of(record), record.at) == (STARTED, micros(clock.now()))


async def test_of_many_that_start_a_run_at_once_one_does(
    ledger: Ledger, store: SqliteStore
) -> None:
    changes = await asyncio.gather(*[ledger.start("run_1", STARTED) for _ in range(20)])
    assert sum(change is not None for change in changes) == 1
    assert len(await verified(store, "run_1")) == 1


async def test_two_processes_start_a_run_once(store: SqliteStore, clock: FakeClock) -> None:
    ledgers = [Ledger(store, clock) for _ in range(4)]
    changes = await asyncio.gather(*[each.start("run_1", STARTED) for each in ledgers])
    assert sum(change is not None for change in changes) == 1
    heads = {(await each.head("run_1")).head for each in ledgers}
    assert len(heads) == 1


async def test_a_decision_is_made_on_what_stands_and_recorded(
    ledger: Ledger, store: SqliteStore
) -> None:
    await ledger.start("run_1", STARTED)
    changed = await ledger.change("run_1", lambda run, at: pause(run, "ann"))
    assert changed.run.status is RunStatus.PAUSED
    again = await ledger.change("run_1", lambda run, at: pause(run, "bob"))
    assert again.facts == ()
    assert [fact_of(record) for record in await verified(store, "run_1")] == [
        STARTED,
        RunPaused(by="ann"),
    ]


async def test_a_run_that_is_not_there_is_not_found(ledger: Ledger) -> None:
    for call in (ledger.head, ledger.durable):
        with pytest.raises(RunNotFound):
            await call("run_1")
    with pytest.raises(RunNotFound):
        await ledger.change("run_1", says(step(1)))
    assert not ledger.attempt("run_1", says(step(1)), Told())


async def test_whatever_a_decision_raises_nothing_is_written(
    ledger: Ledger, store: SqliteStore
) -> None:
    await ledger.start("run_1", STARTED)
    with pytest.raises(InvalidState):
        await ledger.change("run_1", lambda run, at: retry(run, "ann"))
    assert len(await verified(store, "run_1")) == 1
    await ledger.change("run_1", says(step(1)))
    assert len(await verified(store, "run_1")) == 2


async def test_changes_of_one_run_are_written_in_the_order_they_were_asked_for(
    ledger: Ledger, store: SqliteStore
) -> None:
    await ledger.start("run_1", STARTED)
    await asyncio.gather(*[ledger.change("run_1", says(step(n))) for n in range(40)])
    records = await verified(store, "run_1")
    assert [fact_of(record) for record in records[1:]] == [step(n) for n in range(40)]


async def test_every_decision_sees_what_was_decided_before_it_is_durable(ledger: Ledger) -> None:
    await ledger.start("run_1", STARTED)
    first = asyncio.ensure_future(ledger.change("run_1", lambda run, at: pause(run, "ann")))
    second = asyncio.ensure_future(ledger.change("run_1", lambda run, at: resume(run, "bob")))
    assert (await second).facts == [RunResumed(by="bob")]
    assert (await first).facts == [RunPaused(by="ann")]


async def test_several_processes_that_change_a_run_at_once_lose_nothing(
    store: SqliteStore, clock: FakeClock
) -> None:
    ledgers = [Ledger(store, clock) for _ in range(3)]
    await ledgers[0].start("run_1", STARTED)

    def next_(run: Run, at: datetime) -> Sequence[Fact]:
        return [step(run.number)]

    async def works(ledger: Ledger) -> None:
        for _ in range(10):
            await ledger.change("run_1", next_)

    await asyncio.gather(*[works(ledger) for ledger in ledgers])
    records = await verified(store, "run_1")
    assert [fact_of(record) for record in records[1:]] == [step(n) for n in range(1, 31)]


async def test_a_head_at_hand_can_be_written_to_before_anybody_else_moves(
    ledger: Ledger, store: SqliteStore
) -> None:
    await ledger.start("run_1", STARTED)
    told = Told()
    assert ledger.attempt("run_1", says(step(1)), told)
    assert (await ledger.head("run_1")).number == 2
    assert not told.at_all
    assert await told.error() is None
    assert fact_of((await verified(store, "run_1"))[-1]) == step(1)
    assert not ledger.attempt("run_1", says(), Told())


async def test_what_ends_a_run_is_attempted_only_where_no_other_run_learns_of_it(
    ledger: Ledger, store: SqliteStore
) -> None:
    await ledger.start("run_1", STARTED)
    await ledger.start("run_2", replace(STARTED, parent="run_1", parent_key="child"))
    await ledger.change(
        "run_1", lambda run, at: [ChildStarted(key="child", child="run_2", digest="")]
    )
    ended = says(RunFinished(status=RunStatus.SUCCEEDED))
    assert not ledger.attempt("run_2", ended, Told(), ends=True)
    assert not ledger.attempt("run_1", ended, Told(), ends=True)
    await ledger.start("run_3", STARTED)
    told = Told()
    assert ledger.attempt("run_3", ended, told, ends=True)
    assert await told.error() is None
    assert (await ledger.durable("run_3")).status is RunStatus.SUCCEEDED


async def test_an_attempt_on_an_old_head_is_stale_and_the_next_change_is_not(
    store: SqliteStore, clock: FakeClock
) -> None:
    mine, theirs = Ledger(store, clock), Ledger(store, clock)
    await mine.start("run_1", STARTED)
    await theirs.change("run_1", says(step(1)))
    told = Told()
    assert mine.attempt("run_1", says(step(2)), told)
    assert isinstance(await told.error(), Stale)
    await mine.change("run_1", says(step(3)))
    facts = [fact_of(record) for record in await verified(store, "run_1")]
    assert facts == [STARTED, step(1), step(3)]


# ── durable, then told ──────────────────────────────────────────────────────────────────────────


class Held(SqliteStore):
    """A store that takes its time, until it is let go."""

    def __init__(self) -> None:
        super().__init__(MEMORY)
        self.go = asyncio.Event()
        self.go.set()

    @override
    def commit(self, writes: Sequence[Write]) -> Awaitable[Sequence[Record]]:
        async def held() -> Sequence[Record]:
            await self.go.wait()
            return await super(Held, self).commit(writes)

        return asyncio.ensure_future(held())


@pytest.fixture
async def held() -> Any:
    """An open store that can be held up."""
    store = Held()
    await store.open()
    yield store
    store.go.set()
    await store.close()


async def test_what_is_not_durable_yet_is_told_to_nobody(held: Held, clock: FakeClock) -> None:
    ledger = Ledger(held, clock)
    heard: list[Changed] = []
    ledger.listen(heard.append)
    await ledger.start("run_1", STARTED)
    held.go.clear()
    change = asyncio.ensure_future(ledger.change("run_1", lambda run, at: pause(run, "ann")))
    start = asyncio.ensure_future(ledger.start("run_2", STARTED))
    await asyncio.sleep(0)
    assert (await ledger.head("run_1")).status is RunStatus.PAUSED
    assert (await ledger.durable("run_1")).status is RunStatus.RUNNING
    with pytest.raises(RunNotFound):
        await ledger.durable("run_2")
    assert [change.run.id for change in heard] == ["run_1"]
    held.go.set()
    await asyncio.gather(change, start)
    assert (await ledger.durable("run_1")).status is RunStatus.PAUSED
    assert (await ledger.durable("run_2")).status is RunStatus.RUNNING
    assert [(change.run.id, change.run.number) for change in heard] == [
        ("run_1", 1),
        ("run_1", 2),
        ("run_2", 1),
    ]


async def test_a_task_can_be_found_from_the_moment_it_is_durable(
    held: Held, clock: FakeClock
) -> None:
    ledger = Ledger(held, clock)
    await ledger.start("run_1", STARTED)
    held.go.clear()
    change = asyncio.ensure_future(ledger.change("run_1", says(opened(1), RunWaiting(on=["ok"]))))
    await asyncio.sleep(0)
    assert ledger.live_task("task_1") is None
    held.go.set()
    await change
    found = ledger.live_task("task_1")
    assert found is not None
    assert (found[0], found[1].id) == ("run_1", "task_1")
    closing = TaskClosed(key="ok#1", task="task_1", outcome="approved", by="ann")
    changed = await ledger.change("run_1", says(closing))
    assert changed.run.tasks["task_1"].closed, "who listens learns what was closed"
    assert ledger.live_task("task_1") is None
    assert (await ledger.head("run_1")).tasks == {}


async def test_idle_is_once_everything_submitted_is_durable(held: Held, clock: FakeClock) -> None:
    ledger = Ledger(held, clock)
    await ledger.idle()
    held.go.clear()
    start = asyncio.ensure_future(ledger.start("run_1", STARTED))
    idle = asyncio.ensure_future(ledger.idle())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not idle.done()
    held.go.set()
    await asyncio.gather(start, idle)


async def test_after_a_write_that_failed_the_run_stands_as_it_is_stored(
    ledger: Ledger, store: SqliteStore
) -> None:
    await ledger.start("run_1", STARTED)
    bad = TimerSet(key="a\x00b", due=1)  # no store can keep it
    outcomes = await asyncio.gather(
        *[ledger.change("run_1", says(fact)) for fact in (step(1), bad, step(2))],
        return_exceptions=True,
    )
    assert [isinstance(outcome, Exception) for outcome in outcomes] == [False, True, False]
    records = await verified(store, "run_1")
    assert [fact_of(record) for record in records] == [STARTED, step(1), step(2)]
    assert (await ledger.head("run_1")).timers == {}


# ── several runs ────────────────────────────────────────────────────────────────────────────────


async def two(ledger: Ledger) -> None:
    """A run and its child."""
    child = RunStarted(
        workflow="hire", version="1", root="run_1", parent="run_1", parent_key="hire"
    )
    await ledger.start("run_1", STARTED)
    awaited = ChildStarted(key="hire", child="run_1.hire", digest="d")
    changed = await ledger.start_with("run_1.hire", child, {"run_1": [awaited]})
    assert changed is not None


async def test_a_child_starts_in_the_same_breath_as_its_parent_learns_of_it(
    ledger: Ledger, store: SqliteStore
) -> None:
    heard: list[Sequence[Record]] = []
    store.subscribe(heard.append)
    await two(ledger)
    assert sorted((record.run, record.kind) for record in heard[-1]) == [
        ("run_1", "child.started"),
        ("run_1.hire", "run.started"),
    ]


async def test_a_parent_learns_the_end_of_its_child_in_the_same_breath(
    ledger: Ledger, store: SqliteStore
) -> None:
    heard: list[Sequence[Record]] = []
    await two(ledger)
    store.subscribe(heard.append)
    ended = RunFinished(status="succeeded", output=[1])
    changed = await ledger.end("run_1.hire", says(ended))
    assert changed.run.status is RunStatus.SUCCEEDED
    assert [(record.run, fact_of(record)) for record in heard[0]] == [
        ("run_1.hire", ended),
        ("run_1", ChildFinished(key="hire", child="run_1.hire", status="succeeded", output=[1])),
    ]
    assert (await ledger.head("run_1")).children == {}


async def test_several_runs_change_together_or_not_at_all(
    ledger: Ledger, store: SqliteStore
) -> None:
    await two(ledger)
    before = await store.feed(0, 100)

    def both(runs: Mapping[str, Run], at: datetime) -> Mapping[str, Sequence[Fact]]:
        return {"run_1": pause(runs["run_1"], "ann"), "run_1.hire": [RunPaused(by=HALF)]}

    with pytest.raises(Exception, match="surrogate"):
        await ledger.change_all(["run_1", "run_1.hire"], both)
    assert await store.feed(0, 100) == before
    for run in ("run_1", "run_1.hire"):
        assert (await ledger.head(run)).status is RunStatus.RUNNING
        assert (await ledger.durable(run)).status is RunStatus.RUNNING
        await ledger.change(run, lambda head, at: pause(head, "ann"))
        assert (await ledger.durable(run)).status is RunStatus.PAUSED


async def test_several_runs_are_decided_on_anew_where_one_of_them_has_moved_on(
    store: SqliteStore, clock: FakeClock
) -> None:
    mine, theirs = Ledger(store, clock), Ledger(store, clock)
    await two(mine)
    await theirs.change("run_1.hire", says(step(1)))
    seen: list[int] = []

    def both(runs: Mapping[str, Run], at: datetime) -> Mapping[str, Sequence[Fact]]:
        seen.append(runs["run_1.hire"].number)
        return {run: [step(9)] for run in runs}

    await mine.change_all(["run_1", "run_1.hire"], both)
    assert seen == [1, 2]
    for run in ("run_1", "run_1.hire"):
        assert fact_of((await verified(store, run))[-1]) == step(9)


# ── memory ──────────────────────────────────────────────────────────────────────────────────────


async def test_heads_that_are_no_longer_used_are_forgotten_and_read_again(
    ledger: Ledger, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assent.ledger._HEADS", 2)
    for n in range(6):
        await ledger.start(f"run_{n}", STARTED)
        await ledger.change(f"run_{n}", says(opened(n)))
    assert not ledger.attempt("run_0", says(step(1)), Told())
    assert ledger.live_task("task_0") is None
    head = await ledger.head("run_0")
    assert (head.number, list(head.tasks)) == (2, ["task_0"])
    await asyncio.gather(*[ledger.change(f"run_{n}", says(step(n))) for n in range(6)])
    for n in range(6):
        assert len(await verified(store, f"run_{n}")) == 3


@given(moves, timeouts, st.booleans())
def test_a_run_comes_back_from_its_rows_as_it_was(
    story: list[tuple[str, int]], timeout: float | None, counts: bool
) -> None:
    counts = counts and timeout is not None
    world = started(timeout=timeout, counts_waiting=counts, labels={"a": "b"}, path=["x"])
    for move, minutes in story:
        world.passes(minutes)
        play(world, move)
        run = world.run
        tasks = [
            StoredTask(
                task_row(run, task), seal(run.id, task.number, 0, task.asked, previous="", salt="")
            )
            for task in run.tasks.values()
        ]
        timers = [TimerRow(run.id, key, micros(due)) for key, due in run.timers.items()]
        assert run_of(StoredRun(run_row(run), tasks, timers)) == run


# ── erasing ─────────────────────────────────────────────────────────────────────────────────────


async def ended(ledger: Ledger) -> None:
    """A run that asked somebody and ended."""
    who: dict[str, Any] = {"key": "ok#1", "task": "task_1", "by": "ann", "via": "page"}
    await ledger.start("run_1", STARTED)
    await ledger.change("run_1", says(opened(1), TaskCommented(**who, text="my secret")))
    await ledger.change("run_1", says(TaskClosed(**who, outcome="rejected", reason="my secret")))
    await ledger.change("run_1", says(RunFinished(status="succeeded", output="my secret")))


async def test_what_people_put_in_is_gone_from_every_row_once_it_is_erased(
    ledger: Ledger, store: SqliteStore
) -> None:
    await ended(ledger)
    await ledger.erase("run_1", "ann")
    rows: list[Any] = [
        *await store.journal("run_1"),
        *await store.runs(RunQuery()),
        *await store.tasks(TaskQuery(open=None)),
    ]
    assert "my secret" not in repr(rows)
    found = await store.task("task_1")
    assert found is not None
    closing = task_of(found).closing
    assert closing is not None
    assert (closing.outcome, closing.by, closing.reason) == ("rejected", "ann", None)
    await verified(store, "run_1")


class Busy(SqliteStore):
    """A store in which something else happens while the ledger reads the tasks of a run."""

    def __init__(self) -> None:
        super().__init__(MEMORY)
        self.meanwhile: list[Callable[[], Awaitable[object]]] = []

    @override
    async def tasks(self, query: TaskQuery) -> Sequence[StoredTask]:
        for happens in self.meanwhile:
            await happens()
        self.meanwhile.clear()
        return await super().tasks(query)


@pytest.fixture
async def busy() -> Any:
    """An open store in which things happen."""
    store = Busy()
    await store.open()
    yield store
    await store.close()


async def test_a_run_that_is_retried_while_it_is_erased_is_not_erased(
    busy: Busy, clock: FakeClock
) -> None:
    ledger = Ledger(busy, clock)
    await ledger.start("run_1", STARTED)
    await ledger.change("run_1", says(RunFinished(status="failed", error={"type": "x"})))
    busy.meanwhile.append(lambda: ledger.change("run_1", lambda run, at: retry(run, "bob")))
    with pytest.raises(InvalidState):
        await ledger.erase("run_1", "ann")
    first = (await verified(busy, "run_1"))[0]
    assert fact_of(first) == STARTED


async def test_what_is_written_while_a_run_is_erased_is_erased_too(
    busy: Busy, clock: FakeClock
) -> None:
    ledger = Ledger(busy, clock)
    await ended(ledger)
    busy.meanwhile.append(lambda: ledger.change("run_1", says(step(1))))
    await ledger.erase("run_1", "ann")
    records = await verified(busy, "run_1")
    assert [record.payload for record in records] == [None] * len(records)
    assert records[-1].kind == "payloads.erased"


async def test_what_is_decided_while_a_run_is_made_again_is_decided_on_the_run_that_is_there() -> (
    None
):
    store = SqliteStore(MEMORY)
    await store.open()
    first, second = Ledger(store, FakeClock()), Ledger(store, FakeClock())
    assert await first.start("r", STARTED) is not None
    again, stepped = await asyncio.gather(
        second.start("r", STARTED), second.change("r", says(step(1)))
    )
    assert (again, stepped.run.number) == (None, 2)
    await verified(store, "r")
    await store.close()
