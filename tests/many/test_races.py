"""Real processes at once on one PostgreSQL: one outcome, and all of them learn it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

from assent.testing import FakeClock
from tests.many import players
from tests.many.players import PATIENT, an_app

pytestmark = pytest.mark.anyio

Play: TypeAlias = Callable[..., Any]
# They are forked from a process that has imported everything and done nothing: that is quick, and safe.
_FORKED: Final = get_context("forkserver")
_FORKED.set_forkserver_preload(["tests.many.players", "assent.stores.postgres.store"])


@contextmanager
def processes(count: int) -> Generator[ProcessPoolExecutor]:
    """So many processes, which meet at a gate of their own."""
    gate = _FORKED.Barrier(count)
    with ProcessPoolExecutor(
        count, mp_context=_FORKED, initializer=players.meet_at, initargs=(gate,)
    ) as pool:
        yield pool


def played(count: int, plays: Iterable[tuple[Any, ...]]) -> list[Any]:
    """What came of these calls, each in a process of its own, all at the same time."""
    with processes(count) as pool:
        calls = [pool.submit(*play) for play in plays]
        return [call.result() for call in calls]


async def test_of_64_who_answer_at_once_from_8_processes_one_decides_and_all_learn_who(
    shared: str,
) -> None:
    async with an_app(shared) as app:
        runs = [await app.start("refund", 60, id=f"r-{game}") for game in range(5)]
        tasks = [(await run.wait(timeout=PATIENT)).tasks[0].id for run in runs]
        told = await asyncio.to_thread(
            played, 8, ((players.answer_together, shared, n, tasks) for n in range(8))
        )
        for game, run in enumerate(runs):
            receipts = [receipt for process in told for receipt in process[game]]
            statuses = Counter(status for status, _, _ in receipts)
            assert statuses == {"accepted": 1, "already_decided": 63}
            ((outcome, by),) = {(outcome, by) for _, outcome, by in receipts}
            assert await run.result(timeout=PATIENT) == f"{outcome} by {by}"
            assert ("accepted", outcome, by) in receipts


async def test_1000_answers_against_their_deadlines_from_4_processes_have_one_outcome_each(
    shared: str,
) -> None:
    ids = [f"r-{minutes}" for minutes in range(1, 1001)]
    app = an_app(shared, FakeClock())
    async with app:
        runs = [app.run(id) for id in ids]
        await asyncio.gather(
            *(app.start("refund", minutes, id=id) for minutes, id in enumerate(ids, 1))
        )
        standing = await asyncio.gather(*(run.wait(timeout=PATIENT) for run in runs))
        tasks = [one.tasks[0].id for one in standing]
    length = timedelta(minutes=1001)
    first, second, *results = await asyncio.to_thread(
        played,
        4,
        [
            (players.answer_all, shared, 1, tasks[::2]),
            (players.answer_all, shared, 2, tasks[1::2]),
            (players.let_time_pass, shared, length, ids[:500]),
            (players.let_time_pass, shared, length, ids[500:]),
        ],
    )
    statuses = first | second
    told = Counter(
        (statuses[task], result)
        for task, result in zip(tasks, [*results[0], *results[1]], strict=True)
    )
    # Answers come in any order, deadlines one after the other: there are some of both.
    assert set(told) == {("accepted", "approved by ann"), ("expired", "expired by None")}, told
    await app.open(advance=False)
    closed: Counter[str] = Counter()
    async for event in app.stream.events(live=False, names={"task.closed"}):
        closed[event.run_id] += 1
    await app.close()
    assert closed == Counter(ids)


async def test_of_6_processes_that_resume_a_run_at_once_one_advances_it(
    shared: str, tmp_path: Path
) -> None:
    ids = [f"r-{game}" for game in range(5)]
    async with an_app(shared) as app:
        for id in ids:
            run = await app.start("work", id=id)
            await run.wait(timeout=PATIENT)
            await run.pause()
            await run.approve("first", by="bob")
            assert await run.status() == "paused"
    effects = tmp_path / "effects"
    told = await asyncio.to_thread(
        played, 6, ((players.resume_together, shared, str(effects), ids) for _ in range(6))
    )
    assert told == [["worked"] * len(ids)] * 6
    assert Counter(line.split()[0] for line in effects.read_text().splitlines()) == Counter(ids)
