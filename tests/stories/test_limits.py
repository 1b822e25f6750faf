"""Limits: how many runs of one key go on at once, or start within a time; the others are queued."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from assent import App, Context, DefinitionError, InQueue, Limit, RunStatus
from assent.runs.handle import RunHandle
from assent.testing import Harness
from tests.stories.telling import names, told

pytestmark = pytest.mark.anyio


@dataclass
class Floor:
    """Steps that wait until they are let go, and how many were at work at once."""

    doors: dict[str, asyncio.Event] = field(default_factory=dict[str, asyncio.Event])
    begun: list[str] = field(default_factory=list[str])
    inside: int = 0
    most: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def has_begun(self, *names: str) -> None:
        """Return once these have begun, and nobody else has."""
        while len(self.begun) < len(names):
            self.news.clear()
            await self.news.wait()
        assert sorted(self.begun) == sorted(names)

    def opened(self, name: str) -> asyncio.Event:
        return self.doors.setdefault(name, asyncio.Event())

    async def work(self, name: str) -> str:
        self.begun.append(name)
        self.news.set()
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            await self.opened(name).wait()
        finally:
            self.inside -= 1
        return name

    async def pass_through(self, name: str) -> str:
        self.begun.append(name)
        return name


async def statuses(*runs: RunHandle[Any]) -> list[RunStatus]:
    return [await run.status() for run in runs]


async def places(*runs: RunHandle[Any]) -> list[int | None]:
    return [None if (held := await run.queued()) is None else held.place for run in runs]


async def test_no_more_runs_go_on_at_once_than_the_limit_says_and_the_others_wait_in_order(
    app: App, place: str
) -> None:
    floor = Floor()

    @app.workflow(limit=Limit(parallelism=2))
    async def fetch(ctx: Context, name: str) -> str:
        return await ctx.step(floor.work, name)

    async with Harness(app, database=place) as h:
        runs = [await h.app.start(fetch, name, id=name) for name in "abcde"]
        assert await statuses(*runs) == ["running", "running", "waiting", "waiting", "waiting"]
        await floor.has_begun("a", "b")
        assert await statuses(*runs) == ["running", "running", "waiting", "waiting", "waiting"]
        assert await places(*runs) == [None, None, 1, 2, 3]
        assert await runs[2].queued() == InQueue("fetch", 1)
        assert (await runs[2].info()).waiting_for == ("queue",)
        floor.opened("b").set()
        assert await runs[1].result() == "b"
        await floor.has_begun("a", "b", "c")
        assert await places(*runs) == [None, None, None, 1, 2]
        for name in "acde":
            floor.opened(name).set()
        assert [await run.result() for run in runs] == list("abcde")
        admitted = [event.run_id for event in await told(h) if event.name == "run.admitted"]
        assert (admitted, floor.most) == (list("abcde"), 2)


async def test_runs_of_different_keys_do_not_hold_each_other_back(app: App, place: str) -> None:
    floor = Floor()

    def customer(order: dict[str, str]) -> str:
        return order["customer"]

    @app.workflow(limit=Limit(parallelism=1, key=customer))
    async def order(ctx: Context, order: dict[str, str]) -> str:
        return await ctx.step(floor.work, order["id"])

    async with Harness(app, database=place) as h:
        for customer_, id in (("ann", "a1"), ("ann", "a2"), ("bob", "b1")):
            await h.app.start(order, {"customer": customer_, "id": id}, id=id)
        await floor.has_begun("a1", "b1")
        ann, bob = await app.queues()
        assert (ann.queue, ann.workflow, ann.inside, ann.queued) == ("order:ann", "order", 1, 1)
        assert (ann.next, bob.queue, bob.inside, bob.next) == ("a2", "order:bob", 1, None)
        for id in ("a1", "a2", "b1"):
            floor.opened(id).set()
        assert await h.run("a2").result() == "a2"


async def test_so_many_runs_start_within_a_time_and_the_next_when_the_oldest_is_past(
    app: App, place: str
) -> None:
    floor = Floor()

    @app.workflow(limit=Limit(rate=2, per="1m"))
    async def mail(ctx: Context, name: str) -> str:
        return await ctx.step(floor.pass_through, name)

    async with Harness(app, database=place) as h:
        await h.start(mail, "a", id="a")
        await h.advance("20s")
        for name in "bcde":
            await h.start(mail, name, id=name)
        assert floor.begun == ["a", "b"]
        await h.advance("39s")
        assert floor.begun == ["a", "b"]
        await h.advance("1s")
        assert floor.begun == ["a", "b", "c"]
        await h.advance("20s")
        assert floor.begun == ["a", "b", "c", "d"]
        await h.advance("1m")
        assert floor.begun == ["a", "b", "c", "d", "e"]
        assert await h.run("e").result() == "e"


async def test_a_crash_forgets_nobody_who_is_queued_and_lets_nobody_in_twice(
    app: App, place: str
) -> None:
    floor = Floor()

    @app.workflow(limit=Limit(parallelism=1))
    async def fetch(ctx: Context, name: str) -> str:
        return await ctx.step(floor.work, name)

    async with Harness(app, database=place) as h:
        runs = [await h.app.start(fetch, name, id=name) for name in "abc"]
        await floor.has_begun("a")
        await h.crash()
        await h.open()
        await floor.has_begun("a", "a")  # cut off, and taken up
        assert await places(*runs) == [None, 1, 2]
        for name in "abc":
            floor.opened(name).set()
        assert [await run.result() for run in runs] == list("abc")
        assert floor.begun == ["a", "a", "b", "c"]


async def test_a_crash_at_any_commit_leaves_all_of_them_to_end(app: App) -> None:
    floor = Floor()

    @app.workflow(limit=Limit(parallelism=1))
    async def short(ctx: Context, name: str) -> str:
        return await ctx.step(floor.pass_through, name)

    for commit in range(1, 8):
        for written in (False, True):
            async with Harness(app) as h:
                await h.start(short, "a", id="a")
                h.dies_at(commit, written=written)
                starting = [asyncio.ensure_future(h.app.start(short, n, id=n)) for n in "bc"]
                await h.rest()
                for one in starting:
                    one.cancel()  # who acknowledges it has died
                await asyncio.gather(*starting, return_exceptions=True)
                await h.crash()
                await h.open()
                for name in "bc":
                    await h.start(short, name, id=name)
                assert [await h.run(name).result() for name in "abc"] == list("abc")
                assert [(q.inside, q.queued) for q in await app.queues()] == []


async def test_a_run_that_waits_gives_its_place_up_and_queues_again_once_it_is_answered(
    app: App, place: str
) -> None:
    floor = Floor()

    @app.workflow(limit=Limit(parallelism=1))
    async def refund(ctx: Context, name: str) -> str:
        (await ctx.approve(f"refund-{name}")).require()
        return await ctx.step(floor.work, name)

    async with Harness(app, database=place) as h:
        first, second = [await h.start(refund, name, id=name) for name in "ab"]
        assert {task.run_id for task in (await h.inbox.tasks()).items} == {"a", "b"}
        await first.approve("refund-a", by="ann")
        await floor.has_begun("a")
        await second.approve("refund-b", by="ann")
        assert await statuses(first, second) == ["running", "waiting"]
        assert await places(first, second) == [None, 1]
        await h.crash()
        await h.open()
        await floor.has_begun("a", "a")
        assert await places(first, second) == [None, 1]
        for name in "ab":
            floor.opened(name).set()
        assert await second.result() == "b"
        assert floor.most == 1
        assert [name for name in await names(h, second) if name.startswith("run.")] == [
            *("run.started", "run.queued", "run.admitted", "run.waiting"),
            *("run.queued", "run.admitted", "run.finished"),
        ]
        assert await app.audit.verify() == []  # what is kept of places follows from the journal


async def test_a_run_whose_waiting_counts_keeps_its_place_until_it_has_ended(
    app: App, place: str
) -> None:
    floor = Floor()

    @app.workflow(limit=Limit(parallelism=1, counts_waiting=True))
    async def refund(ctx: Context, name: str) -> str:
        (await ctx.approve(f"refund-{name}")).require()
        return await ctx.step(floor.pass_through, name)

    async with Harness(app, database=place) as h:
        runs = [await h.start(refund, name, id=name) for name in "ab"]
        assert [task.run_id for task in (await h.inbox.tasks()).items] == ["a"]
        assert await places(*runs) == [None, 1]
        await h.person("ann").approves("refund-a")
        assert [task.run_id for task in (await h.inbox.tasks()).items] == ["b"]
        await h.person("ann").approves("refund-b")
        assert [await run.result() for run in runs] == ["a", "b"]


async def test_a_timer_and_a_signal_wake_a_run_into_the_queue_not_past_it(
    app: App, place: str
) -> None:
    floor = Floor()

    @app.workflow(limit=Limit(parallelism=1))
    async def sync(ctx: Context, name: str) -> str:
        if name == "slept":
            await ctx.sleep("1h")
        if name == "called":
            await ctx.wait_for_event("go")
        return await ctx.step(floor.work, name)

    async with Harness(app, database=place) as h:
        runs = [await h.start(sync, name, id=name) for name in ("slept", "called")]
        runs.append(await h.app.start(sync, "busy", id="busy"))
        await floor.has_begun("busy")
        await h.advance("1h")
        assert (await app.notify("go", None)).status == "delivered"
        assert floor.begun == ["busy"]
        assert await places(*runs) == [1, 2, None]
        for name in ("busy", "slept", "called"):
            floor.opened(name).set()
        assert [await run.result() for run in runs] == ["slept", "called", "busy"]
        assert (floor.begun, floor.most) == (["busy", "slept", "called"], 1)


async def test_a_cancelled_run_in_the_queue_frees_nothing_and_one_that_is_in_frees_its_place(
    app: App, place: str
) -> None:
    floor = Floor()

    @app.workflow(limit=Limit(parallelism=1))
    async def fetch(ctx: Context, name: str) -> str:
        return await ctx.step(floor.work, name)

    async with Harness(app, database=place) as h:
        runs = [await h.app.start(fetch, name, id=name) for name in "abc"]
        await floor.has_begun("a")
        await runs[1].cancel("not needed")
        assert await places(*runs) == [None, None, 1]
        await runs[0].cancel("stuck")
        await floor.has_begun("a", "c")
        floor.opened("c").set()
        assert await runs[2].result() == "c"


async def test_runs_that_fail_time_out_or_are_parked_free_their_place(app: App, place: str) -> None:
    begun: list[str] = []
    hanging = asyncio.Event()

    async def work(name: str) -> None:
        begun.append(name)
        if name == "fails":
            raise ValueError("no")
        if name == "hangs":
            hanging.set()
            await asyncio.Event().wait()

    @app.workflow(timeout="1m", limit=Limit(parallelism=1))
    async def task(ctx: Context, name: str) -> str:
        await ctx.step(work, name)
        return name

    async with Harness(app, database=place) as h:
        runs = [await h.app.start(task, name, id=name) for name in ("fails", "hangs", "last")]
        await hanging.wait()
        await h.advance("1m")
        assert begun == ["fails", "hangs", "last"]
        assert await statuses(*runs) == ["failed", "timed_out", "succeeded"]


async def test_time_in_the_queue_does_not_use_up_the_timeout(app: App, place: str) -> None:
    floor = Floor()

    @app.workflow(timeout="1h", limit=Limit(parallelism=1))
    async def fetch(ctx: Context, name: str) -> str:
        return await ctx.step(floor.work, name)

    async with Harness(app, database=place) as h:
        first, second = [await h.app.start(fetch, name, id=name) for name in "ab"]
        await floor.has_begun("a")
        h.clock.move_to(h.clock.now() + timedelta(minutes=59))
        floor.opened("a").set()
        await floor.has_begun("a", "b")
        h.clock.move_to(h.clock.now() + timedelta(minutes=59))
        assert await statuses(first, second) == ["succeeded", "running"]
        await h.advance("1m")
        assert await statuses(first, second) == ["succeeded", "timed_out"]


async def test_a_retried_run_goes_to_the_end_of_the_line(app: App, place: str) -> None:
    floor = Floor()
    fails = ["a"]

    async def work(name: str) -> str:
        if name in fails:
            fails.remove(name)
            raise ValueError("once")
        return await floor.work(name)

    @app.workflow(limit=Limit(parallelism=1))
    async def fetch(ctx: Context, name: str) -> str:
        return await ctx.step(work, name)

    async with Harness(app, database=place) as h:
        runs = [await h.app.start(fetch, name, id=name) for name in "abc"]
        await floor.has_begun("b")
        assert await statuses(*runs) == ["failed", "running", "waiting"]
        assert await runs[0].retry() == "waiting"
        assert await places(*runs) == [2, None, 1]
        for name in "abc":
            floor.opened(name).set()
        assert [await run.result() for run in runs] == list("abc")
        assert floor.begun == ["b", "c", "a"]


async def test_a_run_that_is_paused_in_the_queue_lets_others_pass(app: App, place: str) -> None:
    floor = Floor()

    @app.workflow(limit=Limit(parallelism=1))
    async def fetch(ctx: Context, name: str) -> str:
        return await ctx.step(floor.work, name)

    async with Harness(app, database=place) as h:
        runs = [await h.app.start(fetch, name, id=name) for name in "abc"]
        await floor.has_begun("a")
        await runs[1].pause()
        assert await places(*runs) == [None, None, 1]
        floor.opened("a").set()
        await floor.has_begun("a", "c")
        assert await runs[1].resume() == "waiting"
        for name in "bc":
            floor.opened(name).set()
        assert [await run.result() for run in runs] == list("abc")


async def test_a_run_that_goes_on_after_it_has_waited_is_no_start(app: App, place: str) -> None:
    floor = Floor()

    @app.workflow(limit=Limit(rate=1, per="1h"))
    async def refund(ctx: Context, name: str) -> str:
        (await ctx.approve(f"refund-{name}")).require()
        return await ctx.step(floor.pass_through, name)

    async with Harness(app, database=place) as h:
        first, second = [await h.start(refund, name, id=name) for name in "ab"]
        await h.person("ann").approves("refund-a")
        assert await statuses(first, second) == ["succeeded", "waiting"]
        await h.advance("1h")
        await h.person("ann").approves("refund-b")
        assert await second.result() == "b"


async def test_child_runs_go_in_the_place_of_whoever_waits_for_them(app: App, place: str) -> None:
    @app.workflow(limit=Limit(parallelism=1, counts_waiting=True))
    async def tree(ctx: Context, depth: int) -> int:
        return 1 + (await ctx.run(tree, depth - 1) if depth else 0)

    async with Harness(app, database=place) as h:
        assert await (await h.start(tree, 3)).result() == 4


async def test_a_limit_that_is_gone_lets_everybody_in(app: App, place: str) -> None:
    floor = Floor()

    @app.workflow(limit=Limit(parallelism=1))
    async def fetch(ctx: Context, name: str) -> str:
        return await ctx.step(floor.work, name)

    async with Harness(app, database=place) as h:
        runs = [await h.app.start(fetch, name, id=name) for name in "abc"]
        await floor.has_begun("a")
        app.limit(fetch, None)
        await h.crash()
        await h.open()
        for name in "abc":
            floor.opened(name).set()
        assert [await run.result() for run in runs] == list("abc")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({}, "parallelism="),
        ({"parallelism": 0}, "parallelism=0"),
        ({"parallelism": True}, "parallelism=True"),
        ({"rate": 3}, "go together"),
        ({"per": "1m", "parallelism": 1}, "go together"),
        ({"rate": 1, "per": "0s"}, "per='0s'"),
    ],
)
def test_a_limit_that_cannot_work_is_refused_when_it_is_made(
    wrong: dict[str, Any], why: str
) -> None:
    with pytest.raises(DefinitionError, match=why):
        Limit(**wrong)
