"""What a store promises of those who wait for an event: found by its name, in order, and remembered once done."""

from __future__ import annotations

import pytest

from assent.ports.rows import WaiterQuery, WaiterRow
from assent.ports.store import Stale, Store
from tests.contract.story import NOON, Story, done, told

pytestmark = pytest.mark.anyio


async def test_who_waits_is_found_by_the_name_of_the_event_longest_first(store: Store) -> None:
    first, second = await told(store, "run_1", "run_2")
    await second.tell(store, done(), waiters=[second.waiter("go", since=NOON + 1)])
    await first.tell(
        store, done(), waiters=[first.waiter("go", since=NOON + 2), first.waiter("other")]
    )
    found = await store.waiters(WaiterQuery(event="go"))
    assert found == [second.waiter("go", since=NOON + 1), first.waiter("go", since=NOON + 2)]
    assert await store.waiters(WaiterQuery(event="g")) == []


async def test_a_due_moment_is_kept(store: Store) -> None:
    (story,) = await told(store, "run_1")
    waiter = story.waiter("go")._replace(due=NOON + 60)
    await story.tell(store, done(), waiters=[waiter])
    assert await store.waiters(WaiterQuery(event="go")) == [waiter]


async def test_who_no_longer_waits_is_listed_apart_newest_first(store: Store) -> None:
    stories = await told(store, "run_1", "run_2", "run_3")
    for place, story in enumerate(stories):
        await story.tell(store, done(), waiters=[story.waiter("go")])
        await story.tell(store, done(), waiters=[story.waiter("go", done=NOON + place)])
    assert await store.waiters(WaiterQuery(event="go")) == []
    over = await store.waiters(WaiterQuery(event="go", open=False, limit=2))
    assert [(row.run, row.done) for row in over] == [("run_3", NOON + 2), ("run_2", NOON + 1)]


async def test_the_same_wait_may_begin_anew(store: Store) -> None:
    (story,) = await told(store, "run_1")
    for row in (story.waiter("go"), story.waiter("go", done=NOON), story.waiter("go", since=7)):
        await story.tell(store, done(), waiters=[row])
    assert await store.waiters(WaiterQuery(event="go")) == [story.waiter("go", since=7)]
    assert await store.waiters(WaiterQuery(event="go", open=False)) == []


async def test_waits_of_one_run_for_one_event_are_several(store: Store) -> None:
    (story,) = await told(store, "run_1")
    waits = [story.waiter("go", key) for key in ("1/go", "2/go")]
    await story.tell(store, done(), waiters=waits)
    assert await store.waiters(WaiterQuery(event="go")) == waits


async def test_pages_of_waiters_follow_each_other(store: Store) -> None:
    stories = await told(store, *(f"run_{n}" for n in range(7)))
    for story in stories:
        await story.tell(store, done(), waiters=[story.waiter("go")])
    seen: list[WaiterRow] = []
    after: tuple[int, str, str] | None = None
    while page := await store.waiters(WaiterQuery(event="go", after=after, limit=3)):
        seen += page
        after = (page[-1].since, page[-1].run, page[-1].key)
    assert [row.run for row in seen] == [story.id for story in stories]


async def test_a_write_that_comes_too_late_makes_nobody_wait(store: Store) -> None:
    (story,) = await told(store, "run_1")
    late = story.write(done(), waiters=[story.waiter("go")])
    await story.tell(store, done())
    with pytest.raises(Stale):
        await store.commit([late])
    assert await store.waiters(WaiterQuery(event="go")) == []


async def test_names_of_any_letters_are_kept(store: Store) -> None:
    story = Story("run_1")
    name = "order#5 %_'\" ü 🎈"
    await story.tell(store, done(), waiters=[story.waiter(name, "k")])
    assert await store.waiters(WaiterQuery(event=name)) == [story.waiter(name, "k")]
