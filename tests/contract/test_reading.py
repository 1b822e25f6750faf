"""What a store promises of reading: journals, lists and pages, exactly as they were written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from assent.core.journal import EPOCH, micros, moment
from assent.core.record import Record, fact_of
from assent.errors import ValueNotKept
from assent.ports.rows import RunQuery, RunRow, StoredTask, TaskQuery, TimerRow
from assent.ports.store import Store
from tests.contract.story import NOON, STARTED, Story, asked, done, told

pytestmark = pytest.mark.anyio

# ── journals ────────────────────────────────────────────────────────────────────────────────────


async def test_what_is_not_there_is_none_or_empty(store: Store) -> None:
    assert await store.load("run_1") is None
    assert await store.task("task_1") is None
    assert await store.journal("run_1") == []
    assert await store.history("run_1") == []
    assert await store.feed(0, 10) == []
    assert await store.feed(0, 10, "run_1") == []
    assert await store.newest() == 0
    assert await store.runs(RunQuery()) == []
    assert await store.tasks(TaskQuery()) == []
    assert await store.due(2**62, 10) == []
    assert await store.next_due() is None
    assert await store.counts() == {}


async def test_a_journal_can_be_read_from_any_entry_on(store: Store) -> None:
    story = Story()
    for n in range(5):
        await story.tell(store, STARTED if n == 0 else done(n))
    assert [record.number for record in await store.journal("run_1")] == [1, 2, 3, 4, 5]
    assert [record.number for record in await store.journal("run_1", 3)] == [4, 5]
    assert await store.journal("run_1", 5) == []


async def test_history_is_the_journal_parsed(store: Store) -> None:
    await told(store, "run_0")
    story = Story()
    value = {"deep": [{"$": "decimal", "v": "1.20"}, None, True, 1.5, -0.0, 10**30, "ü\u2028\x00"]}
    await story.tell(store, STARTED, done(value), at=NOON + 1)
    history = await store.history("run_1")
    assert [(past.number, past.at, past.kind) for past in history] == [
        (1, NOON + 1, "run.started"),
        (2, NOON + 1, "step.finished"),
    ]
    assert history[1].payload == {"result": value}
    assert history[1].body == {"key": "pay", "name": "pay", "attempt": 1}
    assert repr(history[1].payload) == repr({"result": value})


async def test_a_deep_value_comes_back(store: Store) -> None:
    value: Any = 1
    for depth in range(66):
        value = [{"in": value}] if depth % 2 else [value]
    story = Story()
    records = await story.tell(store, STARTED, done(value))
    assert fact_of(records[1]) == done(value)
    assert await store.feed(0, 10) == records
    assert (await store.history("run_1"))[1].payload == {"result": value}


async def test_the_feed_goes_on_after_any_seq_without_gap_or_double(store: Store) -> None:
    stories = [Story(f"run_{n}") for n in range(3)]
    for n in range(10):
        for story in stories:
            await story.tell(store, STARTED if n == 0 else done(n))
    everything = await store.feed(0, 1000)
    assert len(everything) == 30
    for limit in (1, 7, 30, 100):
        read: list[Record] = []
        after = 0
        while page := await store.feed(after, limit):
            assert len(page) <= limit
            read += page
            after = page[-1].seq
        assert read == everything


async def test_the_feed_of_one_run_holds_only_its_own(store: Store) -> None:
    stories = [Story(f"run_{n}") for n in range(3)]
    for n in range(6):
        for story in stories:
            await story.tell(store, STARTED if n == 0 else done(n))
    mine = await store.journal("run_1")
    assert await store.feed(0, 100, "run_1") == mine
    assert await store.feed(mine[2].seq, 2, "run_1") == mine[3:5]


async def test_a_long_journal_comes_whole(store: Store) -> None:
    story = Story()
    await story.tell(store, STARTED, *[done(n) for n in range(2_000)])
    records = await store.journal("run_1")
    assert [record.number for record in records] == list(range(1, 2_002))
    assert fact_of(records[-1]) == done(1_999)
    assert len(await store.history("run_1")) == 2_001


@pytest.mark.parametrize(
    "at", [0, 1, NOON + 1, NOON + 999_999, micros(moment(2**53 - 1)), 253_402_300_799_999_999, -1]
)
async def test_moments_keep_every_microsecond(store: Store, at: int) -> None:
    story = Story(created=at)
    await story.tell(
        store,
        STARTED,
        at=at,
        status="failed",
        tasks=[story.task("task_1", opened=at, due=at)],
        timers=[story.timer("sleep", at)],
    )
    stored = await store.load("run_1")
    assert stored is not None
    assert (stored.row.created, stored.row.updated, stored.row.finished) == (at, at, at)
    assert (stored.tasks[0].row.opened, stored.tasks[0].row.due) == (at, at)
    assert stored.timers[0].due == at == await store.next_due()
    assert (await store.journal("run_1"))[0].at == at
    assert moment(at) >= EPOCH or at < 0


# ── texts ───────────────────────────────────────────────────────────────────────────────────────

ODD = {
    "quotes": 'it\'s "quoted" `here` \\ there',
    "sql": "'; drop table run; --",
    "escaped nul": "a\\u0000b",
    "newlines": "one\ntwo\r\nthree\u2028four",
    "emoji": "🧾👩‍👩‍👧 ÄÖ ﷽",
    "wild": "100%_sure\\%",
    "json": '{"a": [1, null]}',
    "number": "0123",
    "null": "null",
    "empty": "",
    "space": "  ",
    "controls": "".join(map(chr, range(1, 32))),
}


# A store may hand over a few rows in another way than many.
few_or_many = pytest.mark.parametrize("beside", [0, 20], ids=["few", "many"])


@few_or_many
@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
async def test_any_text_comes_back_to_the_letter(store: Store, text: str, beside: int) -> None:
    story = Story(
        f"run {text}", workflow=text, by=text, labels={text: text, "k": text}, root=f"root {text}"
    )
    task = story.task(f"task {text}", number=2, name=text, title=text, who=f"[{_quoted(text)}]")
    opened = asked(f"task {text}", key=text, name=text, title=text, to=[text], value={text: text})
    timer = story.timer(text, NOON)
    also = [done(n) for n in range(beside)]
    records = await story.tell(store, STARTED, opened, *also, tasks=[task], timers=[timer])
    stored = await store.load(story.id)
    assert stored is not None
    assert stored.row.workflow == stored.row.by == text
    assert stored.row == story.write().row._replace(status="running")
    assert stored.tasks == [StoredTask(task, records[1])]
    assert stored.timers == [timer]
    assert await store.journal(story.id) == records == await store.feed(0, 100)
    assert fact_of(records[1]) == opened
    assert await store.task(f"task {text}") == StoredTask(task, records[1])
    assert [row.id for row in await store.runs(RunQuery(workflow=text))] == [story.id]
    assert [row.id for row in await store.runs(RunQuery(label=(text, text)))] == [story.id]
    assert [t.row.id for t in await store.tasks(TaskQuery(who=[text]))] == [task.id]
    await store.keep(text, text, {text: [text]})
    assert await store.kept(text, text) == {text: [text]}
    assert await store.kept_all(text) == {text: {text: [text]}}
    assert await store.take(text, text) == {text: [text]}


@few_or_many
@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\\\x00", "\\u0000\x00"])
async def test_a_nul_is_kept_or_refused_and_never_cut_off(
    store: Store, text: str, beside: int
) -> None:
    story = Story()
    await story.tell(store, STARTED)
    task = story.task("task_1", title=text)
    others = [story.task(f"other_{n}") for n in range(beside)]
    try:
        await story.tell(store, asked("task_1", title=text), tasks=[*others, task])
    except ValueNotKept:
        assert len(await store.journal("run_1")) == 1
        assert await store.task("task_1") is None
        return
    found = await store.task("task_1")
    assert found is not None
    assert found.row.title == text


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\\\x00", "\\u0000", "\\\\u0000\x00"])
async def test_a_nul_in_what_people_put_in_comes_back(store: Store, text: str) -> None:
    story = Story()
    records = await story.tell(store, STARTED, done({text: text}))
    assert await store.journal("run_1") == records
    past = await store.history("run_1")
    assert past[1].payload == {"result": {text: text}}
    assert fact_of(records[1]) == done({text: text})


async def test_a_title_of_a_megabyte_comes_back(store: Store) -> None:
    title = "ü🧾" * 170_000
    await Story().ask(store, "task_1", title=title)
    (found,) = await store.tasks(TaskQuery(text="🧾"))
    assert found.row.title == title


def _quoted(text: str) -> str:
    escaped = "".join(f"\\u{ord(c):04x}" if c < " " else c for c in text.replace("\\", "\\\\"))
    return '"' + escaped.replace('"', '\\"') + '"'


async def test_a_payload_of_many_megabytes_comes_back(store: Store) -> None:
    story = Story()
    value = ["x" * 1_000_000] * 8
    await story.tell(store, STARTED, done(value))
    assert fact_of((await store.journal("run_1"))[1]) == done(value)


# ── runs ────────────────────────────────────────────────────────────────────────────────────────


async def ids(store: Store, **query: Any) -> list[str]:
    return [row.id for row in await store.runs(RunQuery(**query))]


async def test_runs_are_listed_newest_first(store: Store) -> None:
    for n in (2, 0, 3, 1):
        await told(store, f"run_{n}", created=NOON + n)
    await told(store, "run_b", "run_a", created=NOON + 9)
    assert await ids(store) == ["run_b", "run_a", "run_3", "run_2", "run_1", "run_0"]
    assert await ids(store, limit=2) == ["run_b", "run_a"]


async def test_pages_of_runs_have_no_gap_and_no_double_while_runs_are_added(store: Store) -> None:
    for n in range(25):
        await told(store, f"run_{n:02}", created=NOON + n // 4)  # several in one moment
    expected = await ids(store, limit=1000)
    seen: list[str] = []
    before: tuple[int, str] | None = None
    added = 0
    while page := await store.runs(RunQuery(before=before, limit=4)):
        seen += [row.id for row in page]
        before = (page[-1].created, page[-1].id)
        added += 1
        await told(store, f"run_new_{added}", created=NOON + 1_000)
    assert seen == expected


async def test_runs_are_filtered(store: Store) -> None:
    await told(store, "run_1", workflow="refund", labels={"team": "red", "tier": "gold"})
    await told(store, "run_2", workflow="hire", labels={"team": "blue"})
    (parent,) = await told(store, "run_3", workflow="refund")
    await told(store, "run_3.hire", "run_3.pay", workflow="hire", root="run_3", parent="run_3")
    await parent.tell(store, done(), status="failed")
    assert await ids(store, workflow="refund") == ["run_3", "run_1"]
    assert await ids(store, statuses=["failed"]) == ["run_3"]
    assert sorted(await ids(store, statuses=["failed", "running"])) == sorted(await ids(store))
    assert await ids(store, statuses=["paused"]) == []
    assert await ids(store, root="run_3") == ["run_3.pay", "run_3.hire"]
    assert await ids(store, label=("team", "red")) == ["run_1"]
    assert await ids(store, label=("team", "gold")) == []
    assert await ids(store, label=("team", None)) == ["run_2", "run_1"]
    assert await ids(store, label=("gold", None)) == ["run_1"]
    assert await ids(store, workflow="hire", label=("team", None)) == ["run_2"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("REFUND", ["run_b", "run_a"]),
        ("run_b", ["run_b"]),
        ("gold", ["run_a"]),
        ("%", ["run_c"]),
        ("_c", ["run_c"]),
        ("n_", ["run_c", "run_b", "run_a"]),
        ("100%", ["run_c"]),
        ("\\", ["run_c"]),
        ("'", []),
        ("", ["run_c", "run_b", "run_a"]),
    ],
)
async def test_runs_are_found_by_text(store: Store, text: str, found: list[str]) -> None:
    await told(store, "run_a", workflow="refund", labels={"tier": "gold"})
    await told(store, "run_b", workflow="refund")
    await told(store, "run_c", workflow="100% \\ sure")
    assert await ids(store, text=text) == found


async def test_runs_are_counted_by_status(store: Store) -> None:
    stories = await told(store, *[f"run_{n}" for n in range(5)])
    await stories[0].tell(store, done(), status="succeeded")
    await stories[1].tell(store, done(), status="waiting")
    await stories[2].tell(store, done(), status="waiting")
    assert await store.counts() == {"running": 2, "waiting": 2, "succeeded": 1}


# ── tasks ───────────────────────────────────────────────────────────────────────────────────────


async def asks(store: Store, **query: Any) -> list[str]:
    return [task.row.id for task in await store.tasks(TaskQuery(**query))]


async def test_open_tasks_are_listed_by_priority_and_age_others_newest_first(store: Store) -> None:
    story = Story()
    for n, (priority, opened) in enumerate([(0, 5), (9, 7), (0, 3), (9, 2), (-1, 1), (0, 3)]):
        await story.ask(store, f"task_{n}", priority=priority, opened=NOON + opened)
    assert await asks(store) == ["task_3", "task_1", "task_2", "task_5", "task_0", "task_4"]
    assert await asks(store, open=None) == [
        "task_1",
        "task_0",
        "task_5",
        "task_2",
        "task_3",
        "task_4",
    ]
    assert await asks(store, limit=2) == ["task_3", "task_1"]


async def test_tasks_are_listed_by_risk_label_and_lowest_priority(store: Store) -> None:
    story = Story()
    more: list[dict[str, Any]] = [
        {"risk": "high", "labels": {"region": "eu", "team": "a"}},
        {"risk": "high's", "labels": {"region": "us"}},
        {"labels": {"eu": "region"}, "priority": 3},
        {"priority": -1},
    ]
    for n, fields in enumerate(more):
        row = story.task(f"task_{n}", opened=NOON + n, **fields)
        await story.tell(store, asked(row.id, **fields), tasks=[row])
    assert await asks(store, risk="high") == ["task_0"]
    assert await asks(store, risk="high's") == ["task_1"]
    assert await asks(store, risk="low") == []
    assert await asks(store, label=("region", "eu")) == ["task_0"]
    assert await asks(store, label=("region", None)) == ["task_2", "task_0", "task_1"]
    assert await asks(store, label=("eu", None)) == ["task_2", "task_0"]
    assert await asks(store, label=("team", "eu")) == []
    assert await asks(store, priority=0) == ["task_2", "task_0", "task_1"]
    assert await asks(store, priority=1) == ["task_2"]
    assert await asks(store, risk="high", label=("team", "a"), priority=0, open=None) == ["task_0"]


async def test_a_label_is_not_taken_for_a_part_of_another_one(store: Store) -> None:
    story = Story()
    labels = {"region": "eu", "eu\x1eregion": "a\x1fus\x1e", "a\0b": ""}
    await story.tell(
        store, asked("task_1", labels=labels), tasks=[story.task("task_1", labels=labels)]
    )
    for part in ("regio", "u", "eu\x1e", "us", ""):
        assert await asks(store, label=("region", part)) == []
    assert await asks(store, label=("region", "eu")) == ["task_1"]
    assert await asks(store, label=("regio", None)) == []
    assert await asks(store, label=("a\0b", "")) == ["task_1"]


@pytest.mark.parametrize("is_open", [True, False, None])
@pytest.mark.parametrize("who", [(), ("ann", "group:finance")])
async def test_filters_of_tasks_narrow_each_other_and_every_page(
    store: Store, is_open: bool | None, who: Sequence[str]
) -> None:
    story = Story()
    for n in range(24):
        row = story.task(
            f"task_{n:02}",
            opened=NOON + n,
            priority=n % 2,
            risk="high" if n % 3 else None,
            labels={"region": "eu" if n % 4 else "us"},
            title=f"Pay Ünal {n}?" if n % 5 else "",
            due=NOON + n if n % 7 else None,
            kind="approve" if n != 13 else "ask",
            status="closed" if is_open is False else "open",
            who='["ann","group:finance"]' if n != 11 else "[]",
        )
        await story.tell(store, asked(row.id), tasks=[row])

    def fits(n: int) -> bool:
        return bool(n % 3 and n % 4 and n % 5 and n % 7 and n != 13 and (n != 11 or not who))

    wanted: dict[str, Any] = {
        "open": is_open,
        "who": who,
        "risk": "high",
        "label": ("region", "eu"),
        "text": "ünal",
        "kind": "approve",
        "due_before": NOON + 99,
        "workflow": story.workflow,
    }
    ids = [f"task_{n:02}" for n in range(24) if fits(n)]
    found = await asks(store, **wanted)
    assert sorted(found) == ids
    paged: list[str] = []
    after = None
    while page := await store.tasks(TaskQuery(**wanted, after=after, limit=2)):
        paged += [task.row.id for task in page]
        last = page[-1].row
        after = (last.priority, last.opened, last.id)
    assert paged == found


async def test_a_claimed_task_is_open_and_a_closed_one_is_not(store: Store) -> None:
    story = Story()
    rows = [await story.ask(store, f"task_{n}") for n in range(3)]
    changed = [
        rows[1]._replace(status="claimed", state='{"owner":"ann"}'),
        rows[2]._replace(status="closed", outcome="approved"),
    ]
    await story.tell(store, done(), tasks=changed)
    assert await asks(store) == ["task_0", "task_1"]
    assert await asks(store, open=False) == ["task_2"]
    assert sorted(await asks(store, open=None)) == ["task_0", "task_1", "task_2"]
    stored = await store.load("run_1")
    assert stored is not None
    assert [task.row.id for task in stored.tasks] == ["task_0", "task_1"]


async def _page_through(store: Store, added: Callable[[int], Any], **query: Any) -> list[str]:
    seen: list[str] = []
    after: tuple[int, int, str] | None = None
    while page := await store.tasks(TaskQuery(after=after, limit=3, **query)):
        seen += [task.row.id for task in page]
        last = page[-1].row
        after = (last.priority, last.opened, last.id)
        await added(len(seen))
    return seen


@pytest.mark.parametrize("is_open", [True, False, None])
async def test_pages_of_tasks_have_no_gap_and_no_double_while_tasks_are_added(
    store: Store, is_open: bool | None
) -> None:
    story = Story()
    status = "closed" if is_open is False else "open"
    for n in range(20):
        await story.ask(store, f"task_{n:02}", priority=n % 3, opened=NOON + n // 5, status=status)
    expected = await asks(store, open=is_open, limit=1000)

    async def one_more(count: int) -> None:
        # In an open list what is new comes last, in others first: neither on a page that was passed.
        await story.ask(store, f"task_new_{count}", priority=3, opened=NOON + 1_000, status=status)

    seen = await _page_through(store, one_more, open=is_open)
    assert seen == expected


async def test_tasks_are_filtered(store: Store) -> None:
    refund, hire = (
        await told(store, "run_1", workflow="refund"),
        await told(store, "run_2", workflow="hire", root="run_1", parent="run_1"),
    )
    await refund[0].ask(store, "task_1", kind="approve", due=NOON + 5, title="Pay 3 € to Ann?")
    await refund[0].ask(store, "task_2", kind="ask", due=NOON + 9)
    await hire[0].ask(store, "task_3", kind="ask", name="interview")
    assert await asks(store, run="run_1") == ["task_1", "task_2"]
    assert await asks(store, root="run_1") == ["task_1", "task_2", "task_3"]
    assert await asks(store, root="run_2") == []
    assert await asks(store, workflow="hire") == ["task_3"]
    assert await asks(store, kind="ask") == ["task_2", "task_3"]
    assert await asks(store, due_before=NOON + 5) == ["task_1"]
    assert await asks(store, due_before=NOON + 4) == []
    assert await asks(store, kind="ask", run="run_1") == ["task_2"]
    assert await asks(store, text="pay 3") == ["task_1"]
    assert await asks(store, text="interv") == ["task_3"]
    assert await asks(store, text="run_1") == ["task_1", "task_2"]
    assert await asks(store, text="HIRE") == ["task_3"]
    assert await asks(store, text="%") == []


@pytest.mark.parametrize("is_open", [True, False, None])
async def test_tasks_are_found_by_any_of_their_assignees(
    store: Store, is_open: bool | None
) -> None:
    story = Story()
    status = "closed" if is_open is False else "open"
    await story.ask(store, "task_1", who='["ann","group:finance"]', status=status)
    await story.ask(store, "task_2", who='["bob"]', status=status)
    await story.ask(store, "task_3", status=status)
    assert await asks(store, who=["ann"], open=is_open) == ["task_1"]
    assert sorted(await asks(store, who=["ann", "bob", "group:finance"], open=is_open)) == [
        "task_1",
        "task_2",
    ]
    assert await asks(store, who=["an"], open=is_open) == []


async def test_a_task_that_closes_leaves_the_lists_of_its_assignees(store: Store) -> None:
    story = Story()
    row = await story.ask(store, "task_1", who='["ann"]')
    await story.tell(store, done(), tasks=[row._replace(status="closed", outcome="approved")])
    assert await asks(store, who=["ann"]) == []
    assert await asks(store, who=["ann"], open=False) == ["task_1"]


async def test_a_task_opened_and_closed_in_one_breath_is_closed(store: Store) -> None:
    story = Story()
    opened = story.next(
        STARTED, asked("task_1"), tasks=[story.task("task_1", number=2, who='["a"]')]
    )
    closed = story.next(
        done(), tasks=[story.task("task_1", number=2, who='["a"]', status="closed")]
    )
    await asyncio.gather(store.commit([opened]), store.commit([closed]))
    assert await asks(store, who=["a"]) == []
    found = await store.task("task_1")
    assert found is not None
    assert found.row.status == "closed"


# ── timers ──────────────────────────────────────────────────────────────────────────────────────


async def test_timers_are_due_earliest_first(store: Store) -> None:
    first, second = await told(store, "run_1", "run_2")
    await first.tell(store, done(), timers=[first.timer("a", 30), first.timer("b", 10)])
    await second.tell(store, done(), timers=[second.timer("a", 20), second.timer("c", 40)])
    assert await store.next_due() == 10
    assert await store.due(9, 10) == []
    assert await store.due(20, 10) == [TimerRow("run_1", "b", 10), TimerRow("run_2", "a", 20)]
    assert await store.due(100, 3) == [
        TimerRow("run_1", "b", 10),
        TimerRow("run_2", "a", 20),
        TimerRow("run_1", "a", 30),
    ]


async def test_a_timer_is_moved_or_taken_away(store: Store) -> None:
    (story,) = await told(store, "run_1")
    await story.tell(store, done(), timers=[story.timer("a", 30), story.timer("b", 10)])
    await story.tell(store, done(), timers=[story.timer("b", 50)])
    assert await store.next_due() == 30
    await story.tell(store, done(), timers=[story.timer("a", None), story.timer("gone", None)])
    assert await store.due(100, 10) == [TimerRow("run_1", "b", 50)]


async def test_the_last_word_on_a_timer_counts_also_in_one_breath(store: Store) -> None:
    (story,) = await told(store, "run_1")
    writes = [
        story.next(done(), timers=[story.timer("a", 30), story.timer("b", 10)]),
        story.next(done(), timers=[story.timer("a", None)]),
        story.next(done(), timers=[story.timer("b", None)]),
        story.next(done(), timers=[story.timer("b", 70)]),
    ]
    await asyncio.gather(*[store.commit([write]) for write in writes])
    assert await store.due(100, 10) == [TimerRow("run_1", "b", 70)]


# ── documents ───────────────────────────────────────────────────────────────────────────────────


async def test_a_document_is_kept_once_and_replaced_when_asked(store: Store) -> None:
    assert await store.keep("key", "a", {"n": 1}) is True
    assert await store.keep("key", "a", {"n": 2}) is False
    assert await store.kept("key", "a") == {"n": 1}
    await store.replace("key", "a", {"n": 3})
    assert await store.kept("key", "a") == {"n": 3}
    await store.replace("key", "b", [])
    assert await store.kept_all("key") == {"a": {"n": 3}, "b": []}


async def test_kinds_of_documents_do_not_mix(store: Store) -> None:
    await store.keep("key", "a", 1)
    assert await store.keep("session", "a", 2) is True
    assert await store.take("login", "a") is None
    assert (await store.kept("key", "a"), await store.kept("session", "a")) == (1, 2)
    assert await store.kept_all("login") == {}


async def test_of_32_takers_one_gets_the_document(store: Store) -> None:
    await store.keep("login", "a", {"user": "ann"})
    got = await asyncio.gather(*[store.take("login", "a") for _ in range(32)])
    assert [document for document in got if document is not None] == [{"user": "ann"}]
    assert await store.kept("login", "a") is None


async def test_of_32_keepers_one_is_first(store: Store) -> None:
    new = await asyncio.gather(*[store.keep("answer", "a", n) for n in range(32)])
    assert new.count(True) == 1
    assert await store.kept("answer", "a") == new.index(True)


async def test_a_taken_document_can_be_kept_again(store: Store) -> None:
    await store.keep("key", "a", 1)
    assert await store.take("key", "a") == 1
    assert await store.keep("key", "a", 2) is True


@pytest.mark.parametrize(
    "document", [0, False, "", [], {}, 1.5, 10**30, "null", {"$": "x"}, [None, {"a": [True]}]]
)
async def test_any_json_can_be_a_document(store: Store, document: Any) -> None:
    await store.keep("key", "a", document)
    assert repr(await store.kept("key", "a")) == repr(document)
    assert repr((await store.kept_all("key"))["a"]) == repr(document)
    assert repr(await store.take("key", "a")) == repr(document)


async def test_documents_and_runs_are_written_side_by_side(store: Store) -> None:
    stories = [Story(f"run_{n}") for n in range(10)]
    await asyncio.gather(
        *[story.tell(store, STARTED) for story in stories],
        *[store.keep("key", story.id, story.id) for story in stories],
    )
    assert await store.counts() == {"running": 10}
    assert len(await store.kept_all("key")) == 10


async def test_a_reader_reads_its_own_writes_at_once(store: Store) -> None:
    story = Story()
    for n in range(50):
        await story.tell(store, STARTED if n == 0 else done(n))
        row = await store.load("run_1")
        assert row is not None
        assert row.row.number == n + 1 == await store.newest()


async def test_rows_come_back_as_rows(store: Store) -> None:
    await told(store, "run_1")
    (row,) = await store.runs(RunQuery())
    assert type(row) is RunRow
    assert row == Story(number=1, head=row.head).write().row


async def test_who_is_no_longer_asked_does_not_find_the_task(store: Store) -> None:
    story = Story()
    row = await story.ask(store, "task_1", who='["ann","bob"]')
    await story.tell(store, done(), tasks=[row._replace(who='["bob","group:finance"]')])
    assert await asks(store, who=["ann"]) == []
    assert await asks(store, who=["bob"]) == ["task_1"]
    assert await asks(store, who=["ann", "group:finance"]) == ["task_1"]


async def test_pages_of_what_several_names_are_asked_go_on_where_they_ended(store: Store) -> None:
    story = Story()
    for number in range(9):
        who = '["ann","group:a"]' if number % 2 else '["group:b"]'
        await story.ask(store, f"task_{number}", who=who, priority=number % 3)
    names = ["ann", "group:a", "group:b", "nobody"]
    whole = [t.row for t in await store.tasks(TaskQuery(who=names, limit=20))]
    assert len({row.id for row in whole}) == 9
    assert whole == sorted(whole, key=lambda row: (-row.priority, row.opened, row.id))
    paged: list[str] = []
    after: tuple[int, int, str] | None = None
    while page := await store.tasks(TaskQuery(who=names, after=after, limit=2)):
        paged += [task.row.id for task in page]
        last = page[-1].row
        after = (last.priority, last.opened, last.id)
    assert paged == [row.id for row in whole]
