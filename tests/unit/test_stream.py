"""One feed of all that happens: every event once, in order, from any place on, and to the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest
from typing_extensions import override

from assent.core.journal import (
    EventEmitted,
    Fact,
    RunFinished,
    RunRetried,
    StateChanged,
    StepFinished,
    TaskCommented,
    ValueRecorded,
)
from assent.core.record import Record
from assent.core.values import pack
from assent.ports.rows import StoredRun
from assent.ports.store import Listener, Readers
from assent.stores.sqlite import MEMORY, SqliteStore
from assent.stream import Event, Stream, event_of
from tests.contract.story import STARTED, Story, done

pytestmark = pytest.mark.anyio
ENDED = RunFinished(status="succeeded", output=1)
COMMENTED = TaskCommented(key="ok", task="task_1", by="ann", via="page", text="hm")


@pytest.fixture
def stream(store: SqliteStore) -> Stream:
    """The feed of the store."""
    return Stream(store)


async def take(events: AsyncIterator[Event], count: int) -> list[Event]:
    """The next events."""
    return [await asyncio.wait_for(anext(events), 5) for _ in range(count)]


async def names(events: AsyncIterator[Event]) -> list[str]:
    """The names of all events, until the feed ends."""
    return [event.name async for event in events]


def reading(events: AsyncIterator[Event]) -> asyncio.Task[list[str]]:
    """Somebody who reads to the end."""
    return asyncio.ensure_future(names(events))


async def turns(count: int = 20) -> None:
    """Let others go on."""
    for _ in range(count):
        await asyncio.sleep(0)


# ── history and live ────────────────────────────────────────────────────────────────────────────


async def test_history_is_told_once_and_in_order(store: SqliteStore, stream: Stream) -> None:
    one, other = Story("run_1"), Story("run_2")
    for n in range(5):
        await one.tell(store, STARTED if n == 0 else done(n))
        await other.tell(store, STARTED if n == 0 else done(n))
    await turns()
    events = [event async for event in stream.events(live=False)]
    assert [event.seq for event in events] == [record.seq for record in await store.feed(0, 100)]
    mine = [event async for event in stream.events("run_1", live=False)]
    assert [(event.run_id, event.name) for event in mine] == [("run_1", "run.started")] + [
        ("run_1", "step.finished")
    ] * 4


async def test_a_live_reader_hears_each_event_once_it_happens(
    store: SqliteStore, stream: Stream
) -> None:
    story = Story()
    await story.tell(store, STARTED)
    events = stream.events()
    assert [event.name for event in await take(events, 1)] == ["run.started"]
    coming = asyncio.ensure_future(take(events, 2))
    await turns()
    assert not coming.done()
    await story.tell(store, done(1), done(2))
    assert [event.data["result"] for event in await coming] == [1, 2]


@pytest.mark.parametrize("ring", [3, 50, 4096])
async def test_nothing_is_lost_or_doubled_where_history_meets_live(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, ring: int
) -> None:
    monkeypatch.setattr("assent.stream._RING", ring)
    monkeypatch.setattr("assent.stream._PAGE", 7)
    stream = Stream(store)
    stories = [Story(f"run_{n}") for n in range(4)]
    for story in stories:
        await story.tell(store, STARTED)
    total = 4 + 4 * 50
    readers = [
        asyncio.ensure_future(take(stream.events(after=after), total - after))
        for after in (0, 1, 3)
    ]
    mine = asyncio.ensure_future(take(stream.events("run_2"), 51))

    async def writes(story: Story) -> None:
        for n in range(50):
            await story.tell(store, done(n))

    await asyncio.gather(*[writes(story) for story in stories])
    late = asyncio.ensure_future(take(stream.events(after=100), total - 100))
    for reader, after in zip([*readers, late], (0, 1, 3, 100), strict=True):
        assert [event.seq for event in await reader] == list(range(after + 1, total + 1))
    assert [event.data.get("result") for event in await mine] == [None, *range(50)]


async def test_a_slow_reader_costs_no_memory_and_misses_nothing(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assent.stream._RING", 5)
    stream = Stream(store)
    story = Story()
    await story.tell(store, STARTED)
    slow = stream.events()
    await take(slow, 1)
    for n in range(40):
        await story.tell(store, done(n))
    assert [event.data["result"] for event in await take(slow, 40)] == list(range(40))


class Counting(SqliteStore):
    """Counts how often the feed is read from the store."""

    def __init__(self) -> None:
        super().__init__(MEMORY)
        self.reads = 0

    @override
    async def feed(self, after: int, limit: int, run: str | None = None) -> Sequence[Record]:
        self.reads += 1
        return await super().feed(after, limit, run)


async def test_a_reader_of_a_quiet_run_does_not_read_the_store_for_every_commit_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assent.stream._RING", 10)
    store = Counting()
    await store.open()
    stream, quiet, busy = Stream(store), Story("run_quiet"), Story("run_busy")
    await quiet.tell(store, STARTED)
    await busy.tell(store, STARTED)
    events = stream.events("run_quiet")
    await take(events, 1)
    coming = asyncio.ensure_future(take(events, 1))
    for n in range(100):
        await busy.tell(store, done(n))
        await turns(3)
    assert store.reads <= 3
    await quiet.tell(store, done("at last"))
    assert (await coming)[0].data["result"] == "at last"
    await store.close()


# ── the end ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_feed_to_the_end_ends_with_the_run(store: SqliteStore, stream: Stream) -> None:
    story = Story()
    await story.tell(store, STARTED)
    reader = reading(stream.events("run_1", until_end=True))
    await turns()
    await story.tell(store, done(1))
    await story.tell(store, ENDED, status="succeeded")
    assert await asyncio.wait_for(reader, 5) == ["run.started", "step.finished", "run.finished"]


@pytest.mark.parametrize("after", [0, 1, 2, 3])
async def test_a_feed_of_an_ended_run_ends_from_wherever_it_is_read(
    store: SqliteStore, stream: Stream, after: int
) -> None:
    await Story().tell(store, STARTED, done(1), ENDED, status="succeeded")
    told = await asyncio.wait_for(reading(stream.events("run_1", after=after, until_end=True)), 5)
    assert told == ["run.started", "step.finished", "run.finished"][after:]


@pytest.mark.parametrize("after", [2, 3, 4])
async def test_a_comment_after_the_end_does_not_keep_the_feed_open(
    store: SqliteStore, stream: Stream, after: int
) -> None:
    story = Story()
    await story.tell(store, STARTED, ENDED, status="succeeded")
    await story.tell(store, COMMENTED, status="succeeded")
    told = await asyncio.wait_for(reading(stream.events("run_1", after=after, until_end=True)), 5)
    assert told == ["task.commented"][after - 2 :]


async def test_a_retried_run_has_not_ended(store: SqliteStore, stream: Stream) -> None:
    story = Story()
    await story.tell(store, STARTED, RunFinished(status="failed"), status="failed")
    await story.tell(store, RunRetried(by="ann"))
    reader = reading(stream.events("run_1", until_end=True))
    await turns(50)
    assert not reader.done()
    await story.tell(store, ENDED, status="succeeded")
    assert (await asyncio.wait_for(reader, 5))[-1] == "run.finished"


class Sudden(SqliteStore):
    """A store in which something happens just before a run is looked at."""

    def __init__(self) -> None:
        super().__init__(MEMORY)
        self.before_load: list[Callable[[], Awaitable[Any]]] = []

    @override
    async def load(self, run: str) -> StoredRun | None:
        while self.before_load:
            await self.before_load.pop()()
        return await super().load(run)


async def test_an_end_in_the_very_moment_of_looking_is_told() -> None:
    store = Sudden()
    await store.open()
    stream, story = Stream(store), Story()
    await story.tell(store, STARTED)
    store.before_load.append(lambda: story.tell(store, ENDED, status="succeeded"))
    told = await asyncio.wait_for(reading(stream.events("run_1", after=1, until_end=True)), 5)
    assert told == ["run.finished"]
    await store.close()


async def test_closing_the_stream_ends_its_live_readers(store: SqliteStore, stream: Stream) -> None:
    await Story().tell(store, STARTED)
    readers = [reading(stream.events()), reading(stream.events("run_1", until_end=True))]
    await turns(50)
    stream.close()
    for reader in readers:
        assert await asyncio.wait_for(reader, 5) == ["run.started"]
    assert await asyncio.wait_for(reading(stream.events()), 5) == ["run.started"]


async def test_a_reader_that_goes_away_disturbs_nobody(store: SqliteStore, stream: Stream) -> None:
    story = Story()
    await story.tell(store, STARTED)
    gone, stays = reading(stream.events()), stream.events()
    await take(stays, 1)
    gone.cancel()
    await turns()
    await story.tell(store, done(1))
    assert [event.name for event in await take(stays, 1)] == ["step.finished"]


# ── what is told ────────────────────────────────────────────────────────────────────────────────


async def told(store: SqliteStore, stream: Stream, fact: Fact, **more: Any) -> list[Event]:
    """What the feed makes of a fact."""
    story = Story()
    await story.tell(store, STARTED, fact)
    return [event async for event in stream.events(after=1, live=False, **more)]


async def test_what_a_workflow_emits_goes_by_the_name_it_gave(
    store: SqliteStore, stream: Stream
) -> None:
    fact = EventEmitted(key="emit", name="order.paid", data=pack({"n": (1, 2)}))
    (event,) = await told(store, stream, fact)
    assert (event.name, event.data) == ("order.paid", {"n": (1, 2)})
    assert event.plain() == {
        "name": "order.paid",
        "seq": 2,
        "run_id": "run_1",
        "at": "2026-01-05T12:00:00Z",
        "data": {"n": [1, 2]},
    }


@pytest.mark.parametrize(
    "fact", [ValueRecorded(key="now", value=1), StateChanged(key="state", state={"a": 1})]
)
async def test_what_is_recorded_for_replay_only_is_told_to_nobody(
    store: SqliteStore, stream: Stream, fact: Fact
) -> None:
    assert await told(store, stream, fact) == []


async def test_what_a_step_changed_of_the_state_is_told_to_nobody(
    store: SqliteStore, stream: Stream
) -> None:
    fact = StepFinished(key="pay", name="pay", attempt=1, result=1, state={"a": {"$": "gone"}})
    (event,) = await told(store, stream, fact)
    assert event.data == {"key": "pay", "name": "pay", "attempt": 1, "result": 1}
    assert event.plain()["data"] == event.data


async def test_events_can_be_chosen_by_name(store: SqliteStore, stream: Stream) -> None:
    await Story().tell(store, STARTED, done(1), ENDED, status="succeeded")
    events = stream.events(live=False, names={"run.started", "run.finished"})
    assert [event.seq async for event in events] == [1, 3]


async def test_a_value_of_an_unknown_class_is_told_as_plain_json(
    store: SqliteStore, stream: Stream
) -> None:
    unknown = {"$": "data", "t": "no.such:Thing", "f": "x", "v": {"n": {"$": "decimal", "v": "1"}}}
    (event,) = await told(store, stream, done(unknown))
    assert event.data["result"] == {"n": "1"}


async def test_erased_entries_are_still_told(store: SqliteStore) -> None:
    (record,) = await Story().tell(store, EventEmitted(key="e", name="order.paid", data=1))
    event = event_of(record._replace(payload=None))
    assert (event.name, event.data) == ("order.paid", None)


async def test_the_newest_is_known_with_and_without_anybody_writing(store: SqliteStore) -> None:
    await Story().tell(store, STARTED, done(1))
    stream = Stream(store)
    assert await stream.newest() == 2
    await Story("run_2").tell(store, STARTED)
    await turns()
    assert await stream.newest() == 3


class Late(SqliteStore):
    """A store that tells what was committed when it is asked to."""

    @override
    def subscribe(self, listener: Listener, readers: Readers | None = None) -> None:
        self.tell = listener


async def test_nothing_is_read_before_it_was_told() -> None:
    """What is committed is in the store before anybody here has heard of it; reading ahead, they would disagree."""
    store, story = Late(MEMORY), Story()
    await store.open()
    stream = Stream(store)
    assert await stream.newest() == 0
    records = await story.tell(store, STARTED, done(1))
    assert await names(stream.events(live=False)) == []
    assert await names(stream.events(story.id, live=False)) == []
    store.tell(records)
    await turns()
    reader = reading(stream.events(story.id, until_end=True))
    records = await story.tell(store, ENDED, status="succeeded")
    await turns()
    assert not reader.done()  # the store has its end; nobody was told
    store.tell(records)
    assert await reader == ["run.started", "step.finished", "run.finished"]
    await store.close()


async def test_whoever_comes_after_entries_were_left_unread_finds_them_in_the_store() -> None:
    """As where another process has committed something and nobody was there to read it."""
    late, story = Late(MEMORY), Story()
    await late.open()
    stream = Stream(late)
    late.tell(await story.tell(late, STARTED))
    (skipped,) = await story.tell(late, done(1))
    stream.skipped(skipped.seq)
    await turns()
    there = [stream.there]
    reader = reading(stream.events(story.id, until_end=True))
    await turns()
    there.append(stream.there)
    late.tell(await story.tell(late, ENDED, status="succeeded"))
    assert await reader == ["run.started", "step.finished", "run.finished"]
    assert [*there, stream.there] == [False, True, False]
    await late.close()
