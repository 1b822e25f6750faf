"""What a store promises of writing: all or nothing, in order, told once it is durable."""

from __future__ import annotations

import asyncio
import copy
import logging
from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace

from assent.core.journal import PayloadsErased, RunFinished, TimerSet
from assent.core.record import GENESIS, Record, chained, fact_of
from assent.errors import AssentError
from assent.ports.rows import RunQuery, TaskQuery, Write
from assent.ports.store import Stale, Store
from tests.contract.story import NOON, STARTED, Story, asked, done, told

pytestmark = pytest.mark.anyio
HALF = "\ud800"  # half of a surrogate pair: no store can keep it


def bad(write: Write) -> Write:
    """The same write with something in it that cannot be stored."""
    first, *rest = write.records
    return replace(write, records=[first._replace(body=f'"{HALF}"'), *rest])


async def standing(store: Store) -> object:
    """All there is in the store."""
    runs = await store.runs(RunQuery(limit=1000))
    return (
        runs,
        await store.feed(0, 10_000),
        await store.tasks(TaskQuery(open=None, limit=1000)),
        await store.due(2**62, 1000),
        await store.counts(),
        await store.newest(),
    )


# ── all or nothing ──────────────────────────────────────────────────────────────────────────────


async def test_what_is_written_is_there(store: Store) -> None:
    story = Story(by="ann", labels={"team": "a"}, created=NOON + 5)
    task = story.task("task_1", number=2, title="Refund?", due=NOON + 9)
    write = story.next(
        STARTED,
        asked("task_1"),
        tasks=[task],
        timers=[story.timer("task:task_1", NOON + 9)],
        status="waiting",
        state='{"salt":"x"}',
    )
    records = await store.commit([write])
    assert [(record.number, record.kind) for record in records] == [
        (1, "run.started"),
        (2, "task.opened"),
    ]
    stored = await store.load("run_1")
    assert stored is not None
    assert stored.row == write.row
    assert [(found.row, found.opened) for found in stored.tasks] == [(task, records[1])]
    assert stored.timers == [story.timer("task:task_1", NOON + 9)]
    assert await store.journal("run_1") == records


async def test_a_later_write_changes_the_projections_and_adds_to_the_journal(store: Store) -> None:
    story = Story()
    await story.ask(store, "task_1")
    closed = story.task("task_1", number=1, status="closed", outcome="approved", state='{"a":1}')
    await story.tell(
        store, done(), tasks=[closed], status="succeeded", at=NOON + 7, state='{"b":2}'
    )
    stored = await store.load("run_1")
    assert stored is not None
    assert (stored.row.status, stored.row.number, stored.row.updated, stored.row.finished) == (
        "succeeded",
        2,
        NOON + 7,
        NOON + 7,
    )
    assert (stored.row.state, stored.row.created, stored.tasks) == ('{"b":2}', NOON, [])
    task = await store.task("task_1")
    assert task is not None
    assert (task.row, task.opened.number) == (closed, 1)


@pytest.mark.parametrize("expected", [0, 1, 3, 99])
async def test_a_write_that_comes_too_late_or_too_early_is_stale_and_writes_nothing(
    store: Store, expected: int
) -> None:
    story = Story()
    await story.tell(store, STARTED, done())
    before = await standing(store)
    task, timer = story.task("task_9"), story.timer("sleep", NOON)
    write = story.write(done(), status="failed", tasks=[task], timers=[timer])
    with pytest.raises(Stale) as stale:
        await store.commit([replace(write, expected=expected)])
    assert stale.value.run == "run_1"
    assert await standing(store) == before


async def test_a_run_that_is_not_there_cannot_be_gone_on_with(store: Store) -> None:
    with pytest.raises(Stale):
        await store.commit([replace(Story().write(done()), expected=1)])
    assert await store.load("run_1") is None
    assert await store.newest() == 0


async def test_a_run_is_made_once(store: Store) -> None:
    await store.commit([Story().write(STARTED)])
    with pytest.raises(Stale):
        await store.commit([Story().write(STARTED, done())])
    assert len(await store.journal("run_1")) == 1


@pytest.mark.parametrize("late", [0, 1, 2])
async def test_several_runs_are_written_all_or_none(store: Store, late: int) -> None:
    stories = await told(store, "run_1", "run_2", "run_3")
    before = await standing(store)
    writes = [story.write(done(), tasks=[story.task(f"of {story.id}")]) for story in stories]
    writes[late] = replace(writes[late], expected=7)
    with pytest.raises(Stale):
        await store.commit(writes)
    assert await standing(store) == before
    for story in stories:
        await story.tell(store, done())


async def test_several_runs_written_together_are_told_together(store: Store) -> None:
    heard: list[Sequence[Record]] = []
    store.subscribe(heard.append)
    await store.commit([Story("run_1").write(STARTED), Story("run_2").write(STARTED, done())])
    assert [[(r.run, r.number) for r in told] for told in heard] == [
        [("run_1", 1), ("run_2", 1), ("run_2", 2)]
    ]


async def test_texts_are_kept_as_they_are_whatever_characters_they_have(store: Store) -> None:
    titles = [
        "",
        "\x01",
        "\x02",
        "\x01\x02",
        "a\x01b\x02",
        "null",
        "{}",
        "{1,\\}",
        '"',
        "\U0001f600 é",
    ]
    # One alone, some together, and one with so many that few are left.
    for number, together in enumerate(([""], titles, ["".join(map(chr, range(1, 0x3000)))])):
        runs = [Story(f"run_{number}_{nth}") for nth in range(len(together))]
        rows = [
            run.task(f"task_{run.id}", number=1, title=title, risk=title or None)
            for run, title in zip(runs, together, strict=True)
        ]
        await store.commit(
            [run.write(STARTED, tasks=[row]) for run, row in zip(runs, rows, strict=True)]
        )
        for row in rows:
            stored = await store.task(row.id)
            assert stored is not None
            assert stored.row == row


async def test_a_write_that_cannot_be_stored_leaves_nothing_behind(store: Store) -> None:
    story = Story()
    await story.tell(store, STARTED)
    before = await standing(store)
    task, timer = story.task("task_1"), story.timer("sleep", NOON)
    with pytest.raises(Exception, match=r".") as refused:
        await store.commit([bad(story.write(done(), tasks=[task], timers=[timer]))])
    assert not isinstance(refused.value, Stale)
    assert await standing(store) == before
    await story.tell(store, done())


@pytest.mark.parametrize("part", ["task", "timer", "row"])
async def test_a_write_of_which_some_part_cannot_be_stored_leaves_nothing_of_the_others(
    store: Store, part: str
) -> None:
    story = Story()
    await story.tell(store, STARTED)
    before = await standing(store)
    task, timer = story.task("task_1"), story.timer("sleep", NOON)
    write = story.write(done(), tasks=[task], timers=[timer])
    bad_part: dict[str, Write] = {
        "task": replace(write, tasks=[task._replace(title=HALF)]),
        "timer": replace(write, timers=[timer._replace(key=HALF)]),
        "row": replace(write, row=write.row._replace(state=HALF)),
    }
    with pytest.raises(Exception, match=r"."):
        await store.commit([bad_part[part]])
    assert await standing(store) == before
    records = await story.tell(store, done())
    assert records[0].seq == await store.newest()


async def test_a_bad_write_harms_only_itself(store: Store) -> None:
    good = [Story(f"run_{n}").write(STARTED, done(n)) for n in range(6)]
    writes = [*good[:3], bad(Story("run_bad").write(STARTED)), *good[3:]]
    written = [store.commit([write]) for write in writes]
    outcomes = await asyncio.gather(*written, return_exceptions=True)
    assert [isinstance(outcome, BaseException) for outcome in outcomes] == [False] * 3 + [True] + [
        False
    ] * 3
    assert await store.load("run_bad") is None
    assert await store.counts() == {"running": 6}
    seqs = [record.seq for record in await store.feed(0, 100)]
    assert seqs == sorted(set(seqs))


async def test_a_stale_write_among_others_harms_only_itself(store: Store) -> None:
    story = Story()
    first, second = story.next(STARTED), story.next(done(1))
    late = Story().write(STARTED, done("late"))
    outcomes = await asyncio.gather(
        *[store.commit([write]) for write in (first, late, second)], return_exceptions=True
    )
    assert isinstance(outcomes[1], Stale)
    assert [fact_of(record) for record in await store.journal("run_1")] == [STARTED, done(1)]


async def test_what_builds_on_a_bad_write_is_stale(store: Store) -> None:
    story = Story()
    await story.tell(store, STARTED)
    writes = [bad(story.next(done(1))), story.next(done(2)), story.next(done(3))]
    outcomes = await asyncio.gather(
        *[store.commit([write]) for write in writes], return_exceptions=True
    )
    assert [isinstance(outcome, Stale) for outcome in outcomes] == [False, True, True]
    assert len(await store.journal("run_1")) == 1


async def test_what_builds_on_a_write_that_lost_is_stale_although_the_number_fits(
    store: Store,
) -> None:
    story = Story()
    await story.tell(store, STARTED)
    other = copy.copy(story)
    lost, built_on_it = other.next(done("lost")), other.next(done("built on it"))
    await story.tell(store, done("won"))
    results = await asyncio.gather(
        store.commit([lost]), store.commit([built_on_it]), return_exceptions=True
    )
    assert [type(result) for result in results] == [Stale, Stale]
    with pytest.raises(Stale):
        await store.commit([built_on_it])
    found = await store.journal(story.id)
    assert [record.hash for record in found][-1] == story.head
    assert len(found) == 2


async def test_an_entry_is_never_written_over(store: Store) -> None:
    story = Story()
    await story.tell(store, STARTED, done("first"))
    before = await store.journal("run_1")
    forged = story.write(done("second"))
    record = forged.records[0]._replace(number=2)
    with pytest.raises(Exception, match=r".") as refused:
        await store.commit([replace(forged, records=[record])])
    assert not isinstance(refused.value, AssentError)
    assert await store.journal("run_1") == before


# ── order ───────────────────────────────────────────────────────────────────────────────────────


async def test_of_64_writers_one_wins(store: Store) -> None:
    await told(store, "run_1")
    at_one = Story(number=1, head=(await store.journal("run_1"))[0].hash)
    writes = [at_one.write(done(n)) for n in range(64)]
    outcomes = await asyncio.gather(
        *[store.commit([write]) for write in writes], return_exceptions=True
    )
    won = [n for n, outcome in enumerate(outcomes) if not isinstance(outcome, BaseException)]
    assert len(won) == 1
    assert all(isinstance(o, Stale) for n, o in enumerate(outcomes) if n not in won)
    assert fact_of((await store.journal("run_1"))[1]) == done(won[0])


async def test_a_write_is_submitted_before_it_is_awaited(store: Store) -> None:
    story = Story()
    first = store.commit([story.next(STARTED)])
    second = store.commit([story.next(done(1))])
    assert [record.number for record in await second] == [2]
    assert [record.number for record in await first] == [1]


async def test_submissions_take_effect_in_their_order(store: Store) -> None:
    story, other = Story("run_1"), Story("run_2")
    await asyncio.gather(
        *[
            store.commit([told_.next(STARTED if n == 0 else done(n))])
            for n in range(40)
            for told_ in (story, other)
        ]
    )
    for id in ("run_1", "run_2"):
        records = await store.journal(id)
        assert [record.number for record in records] == list(range(1, 41))
        assert [record.seq for record in records] == sorted(record.seq for record in records)
        previous = GENESIS
        for record in records:
            assert record.hash == chained(previous, record)
            previous = record.hash


async def test_seq_grows_with_every_entry_of_all_runs(store: Store) -> None:
    stories = [Story(f"run_{n}") for n in range(5)]
    for n in range(4):
        await asyncio.gather(
            *[story.tell(store, STARTED if n == 0 else done(n)) for story in stories]
        )
    seqs = [record.seq for record in await store.feed(0, 1000)]
    assert len(seqs) == 20
    assert seqs == sorted(set(seqs))
    assert seqs[0] > 0
    assert await store.newest() == seqs[-1]


async def test_a_reader_never_sees_an_entry_before_one_of_lower_seq(store: Store) -> None:
    """Whoever reads the feed by its own cursor, while it grows, misses nothing."""
    stories = [Story(f"run_{n}") for n in range(8)]
    seen: list[int] = []

    async def read() -> None:
        while len(seen) < 160:
            page = await store.feed(seen[-1] if seen else 0, 7)
            seen.extend(record.seq for record in page)
            await asyncio.sleep(0)

    async def write(story: Story) -> None:
        for n in range(20):
            await story.tell(store, STARTED if n == 0 else done(n))

    await asyncio.wait_for(asyncio.gather(read(), *[write(story) for story in stories]), 30)
    assert seen == [record.seq for record in await store.feed(0, 1000)]


# ── telling ─────────────────────────────────────────────────────────────────────────────────────


async def test_listeners_hear_every_entry_once_in_order(store: Store) -> None:
    first: list[Record] = []
    second: list[Record] = []
    store.subscribe(first.extend)
    stories = [Story(f"run_{n}") for n in range(6)]
    await asyncio.gather(
        *[
            store.commit([s.next(STARTED if n == 0 else done(n))])
            for n in range(10)
            for s in stories
        ]
    )
    assert first == await store.feed(0, 1000)
    store.subscribe(second.extend)
    await stories[0].tell(store, done("last"))
    assert second == first[-1:]


async def test_listeners_hear_nothing_of_what_was_refused(store: Store) -> None:
    await told(store, "run_1")
    heard: list[Record] = []
    store.subscribe(heard.extend)
    for write in (Story().write(STARTED), bad(Story("run_2").write(STARTED))):
        with pytest.raises(Exception, match=r"."):
            await store.commit([write])
    assert heard == []


async def test_listeners_hear_it_before_the_writer_goes_on(store: Store) -> None:
    heard: list[Record] = []
    store.subscribe(heard.extend)
    assert await store.commit([Story().write(STARTED)]) == heard


async def test_a_listener_hears_what_can_be_read(store: Store) -> None:
    found: list[asyncio.Task[Sequence[Record]]] = []
    store.subscribe(
        lambda records: found.append(
            asyncio.ensure_future(store.feed(records[0].seq - 1, len(records)))
        )
    )
    heard: list[Record] = []
    store.subscribe(heard.extend)
    for n in range(5):
        await store.commit([Story(f"run_{n}").write(STARTED)])
    assert [record for page in found for record in await page] == heard


async def test_a_broken_listener_harms_neither_the_write_nor_the_others(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(records: Sequence[Record]) -> None:
        raise RuntimeError("a listener broke")

    heard: list[Record] = []
    store.subscribe(breaks)
    store.subscribe(heard.extend)
    with caplog.at_level(logging.ERROR):
        await asyncio.wait_for(store.commit([Story().write(STARTED)]), 5)
    assert len(heard) == 1
    assert "a listener broke" in caplog.text


# ── erasing ─────────────────────────────────────────────────────────────────────────────────────


async def test_erasing_takes_the_payloads_of_all_earlier_entries_of_this_run(store: Store) -> None:
    story, other = Story("run_1"), Story("run_2")
    task = story.task("task_1", number=2, title="Secret")
    await story.tell(store, STARTED, asked("task_1", title="Secret"), tasks=[task])
    await other.tell(store, STARTED)
    before = await store.journal("run_1")
    await story.tell(store, PayloadsErased(by="ann"), tasks=[task._replace(title="")], erase=True)
    records = await store.journal("run_1")
    assert [record.payload for record in records] == [None, None, None]
    assert [record.hash for record in records[:2]] == [record.hash for record in before]
    assert [record.digest for record in records[:2]] == [record.digest for record in before]
    assert [past.payload for past in await store.history("run_1")] == [None, None, None]
    found = await store.task("task_1")
    assert found is not None
    assert (found.row.title, found.opened.payload) == ("", None)
    assert (await store.journal("run_2"))[0].payload is not None


async def test_erasing_takes_also_what_was_submitted_in_the_same_breath(store: Store) -> None:
    story = Story()
    await story.tell(store, STARTED)
    written = [
        store.commit([story.next(done(["secret"]))]),
        store.commit([story.next(RunFinished(status="succeeded", output="secret"))]),
        store.commit([story.next(PayloadsErased(by="ann"), erase=True)]),
        store.commit([story.next(done("said later"))]),
    ]
    await asyncio.gather(*written)
    payloads = [record.payload for record in await store.journal("run_1")]
    assert payloads[:4] == [None] * 4
    assert payloads[4] is not None


# ── ending ──────────────────────────────────────────────────────────────────────────────────────


async def test_closing_finishes_what_was_submitted(again: Callable[[], Store]) -> None:
    store = again()
    await store.open()
    written = [store.commit([Story(f"run_{n}").write(STARTED)]) for n in range(50)]
    await store.close()
    assert [len(records) for records in await asyncio.gather(*written)] == [1] * 50
    store = again()
    await store.open()
    assert await store.counts() == {"running": 50}
    await store.close()


async def test_a_closed_store_refuses_and_does_not_hang(again: Callable[[], Store]) -> None:
    store = again()
    await store.open()
    await store.close()
    with pytest.raises(AssentError, match="closed"):
        await asyncio.wait_for(store.commit([Story().write(STARTED)]), 5)
    with pytest.raises(AssentError, match="closed"):
        await asyncio.wait_for(store.take("key", "a"), 5)
    with pytest.raises(AssentError, match="closed"):
        await asyncio.wait_for(store.newest(), 5)


async def test_a_store_that_is_opened_again_has_everything(again: Callable[[], Store]) -> None:
    store = again()
    await store.open()
    story = Story(labels={"team": "ü"})
    await story.ask(store, "task_1", who='["ann"]', due=NOON)
    await story.tell(store, TimerSet(key="sleep", due=NOON), timers=[story.timer("sleep", NOON)])
    await store.keep("key", "a", {"n": 1})
    before = await standing(store), await store.kept_all("key"), await store.load("run_1")
    await store.close()
    store = again()
    await store.open()
    assert (await standing(store), await store.kept_all("key"), await store.load("run_1")) == before
    newest = await store.newest()
    records = await story.tell(store, done())
    assert records[0].seq > newest
    await store.close()
