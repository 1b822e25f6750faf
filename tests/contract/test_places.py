"""What a store promises of queues: an order that is kept, and never one too many, whoever asks at once."""

from __future__ import annotations

import asyncio

import pytest

from assent.core.place import Line, Waiting
from assent.ports.rows import PlaceRow, QueueRow
from assent.ports.store import Full, Store
from tests.contract.story import NOON, Story, done, told

pytestmark = pytest.mark.anyio


def queued(story: Story, queue: str = "mail", first: int | None = None) -> PlaceRow:
    return PlaceRow(story.id, queue, "queued", first, None, None, 0)


def let_in(
    story: Story,
    first: int = NOON,
    *,
    queue: str = "mail",
    parallelism: int | None = None,
    rate: int | None = None,
    since: int = 0,
) -> PlaceRow:
    return PlaceRow(story.id, queue, "in", first, parallelism, rate, since)


def out(story: Story, first: int | None = NOON) -> PlaceRow:
    return PlaceRow(story.id, "mail", "out", first, None, None, 0)


async def in_line(store: Store, count: int) -> list[Story]:
    """Runs that are queued, one after the other."""
    stories = await told(store, *(f"run_{n}" for n in range(count)))
    for story in stories:
        await story.tell(store, done(), place=queued(story))
    return stories


async def test_a_line_is_in_the_order_in_which_runs_were_queued(store: Store) -> None:
    first, second = await told(store, "run_b", "run_a")
    await asyncio.gather(
        first.tell(store, done(), place=queued(first)),
        second.tell(store, done(), place=queued(second)),
    )
    line = await store.line("mail", 0, 10)
    assert line == Line(0, [], [Waiting("run_b", True), Waiting("run_a", True)])
    assert [await store.ahead(run) for run in ("run_b", "run_a", "run_c")] == [1, 2, None]


async def test_who_is_queued_anew_goes_to_the_end(store: Store) -> None:
    first, second = await in_line(store, 2)
    await first.tell(store, done(), place=let_in(first, NOON + 5))
    await first.tell(store, done(), place=out(first, NOON + 5))
    await first.tell(store, done(), place=queued(first, first=NOON + 5))
    line = await store.line("mail", 0, 10)
    assert line == Line(0, [NOON + 5], [Waiting(second.id, True), Waiting(first.id, False)])


async def test_a_line_shows_the_first_of_those_who_start_and_of_those_who_go_on(
    store: Store,
) -> None:
    stories = await told(store, *(f"run_{n}" for n in range(6)))
    for nth, story in enumerate(stories):
        await story.tell(store, done(), place=queued(story, first=NOON if nth > 3 else None))
    waiting = (await store.line("mail", 0, 1)).waiting
    assert waiting == [Waiting("run_0", True), Waiting("run_4", False)]


async def test_one_that_would_be_too_many_is_refused_and_nothing_is_written(store: Store) -> None:
    stories = await in_line(store, 3)
    for story in stories[:2]:
        await story.tell(store, done(), place=let_in(story, parallelism=2))
    late = stories[2]
    before = await store.newest()
    with pytest.raises(Full):
        await store.commit([late.write(done(), place=let_in(late, parallelism=2))])
    assert await store.newest() == before
    assert await store.ahead(late.id) == 1
    await stories[0].tell(store, done(), place=out(stories[0]))
    await late.tell(store, done(), place=let_in(late, parallelism=2))
    assert (await store.line("mail", 0, 10)).inside == 2


async def test_of_many_that_are_let_in_at_once_as_many_get_in_as_there_are_places(
    store: Store,
) -> None:
    stories = await in_line(store, 8)
    writes = [story.write(done(), place=let_in(story, parallelism=3)) for story in stories]
    told_ = await asyncio.gather(
        *(store.commit([write]) for write in writes), return_exceptions=True
    )
    assert [isinstance(one, Full) for one in told_] == [False] * 3 + [True] * 5
    line = await store.line("mail", 0, 10)
    assert (line.inside, [one.run for one in line.waiting]) == (3, [s.id for s in stories[3:]])


async def test_a_place_that_is_left_is_free_in_the_same_transaction(store: Store) -> None:
    first, second = await in_line(store, 2)
    await first.tell(store, done(), place=let_in(first, parallelism=1))
    leaves = first.next(done(), place=out(first))
    enters = second.next(done(), place=let_in(second, parallelism=1))
    await asyncio.gather(store.commit([leaves]), store.commit([enters]))
    assert (await store.line("mail", 0, 10)).inside == 1


async def test_starts_within_the_window_count_also_of_runs_that_have_left(store: Store) -> None:
    stories = await in_line(store, 4)
    for nth, story in enumerate(stories[:2]):
        place = let_in(story, NOON + nth, rate=2, since=NOON - 60)
        await story.tell(store, done(), place=place)
        await story.tell(store, done(), place=out(story, NOON + nth))
    late = stories[2]
    too_soon = late.write(done(), place=let_in(late, NOON + 2, rate=2, since=NOON - 60))
    with pytest.raises(Full):
        await store.commit([too_soon])
    assert (await store.line("mail", NOON, 10)).starts == [NOON + 1]
    await late.tell(store, done(), place=let_in(late, NOON + 60, rate=2, since=NOON))
    goes_on = let_in(stories[0], NOON)
    await stories[0].tell(store, done(), place=goes_on)  # no start: it is held to no rate
    assert (await store.line("mail", NOON, 10)).starts == [NOON + 60, NOON + 1]


async def test_queues_do_not_know_each_other(store: Store) -> None:
    first, second = await told(store, "run_1", "run_2")
    await first.tell(store, done(), place=let_in(first, parallelism=1))
    await second.tell(store, done(), place=let_in(second, queue="chat", parallelism=1))
    assert await store.queues() == [QueueRow("chat", 1, 0, None), QueueRow("mail", 1, 0, None)]
    await first.tell(store, done(), place=out(first))
    assert [row.queue for row in await store.queues()] == ["chat"]


async def test_a_queue_says_who_waits_longest(store: Store) -> None:
    stories = await in_line(store, 3)
    await stories[0].tell(store, done(), place=let_in(stories[0], parallelism=1))
    assert await store.queues() == [QueueRow("mail", 1, 2, "run_1")]


async def test_a_pruned_run_leaves_no_place_behind(store: Store) -> None:
    (gone,) = await in_line(store, 1)
    await gone.tell(store, done(), place=let_in(gone, rate=1))
    await gone.tell(store, done(), status="succeeded", place=out(gone))
    (kept,) = await told(store, "run_kept")
    await kept.tell(store, done(), at=NOON + 10)
    assert (await store.prune(NOON + 5, 10)).runs == ["run_0"]
    assert (await store.line("mail", 0, 10)).starts == []
