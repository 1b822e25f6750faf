"""Pausing is a barrier, and what it yields goes on anywhere, once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import Any

import pytest

from assent import App, Context, InvalidState, Snapshot, SnapshotRefused, WorkflowNotFound
from assent.engine.reading import read_past
from assent.errors import Conflict
from assent.events import (
    Event,
    Handler,
    InputRequest,
    InputResponse,
    StartEvent,
    StepContext,
    StopEvent,
    step,
)
from assent.testing import Harness
from tests.events.branching import branching

MEMORY = "sqlite:///:memory:"
PARTS = 6
WHOLE = [sum(range(PARTS)) + 10 * 3, PARTS]  # even parts are answered with ten more


async def answer_all(handler: Handler) -> None:
    """Answer whatever is asked until the run ends."""
    async for event in handler.stream_events():
        if isinstance(event, InputRequest):
            await handler.respond_to_input(
                event.request_id, int(event.request_id.rpartition("-")[2]) + 10
            )


async def test_two_hundred_random_pause_points_each_go_on_elsewhere_to_the_same_end() -> None:
    chance = random.Random(5)
    ran: Counter[str] = Counter()
    until: dict[str, list[Any]] = {}

    def hook(label: str) -> None:
        waiting = until.get(label)
        if waiting is not None:
            waiting[0] -= 1
            if waiting[0] == 0:
                waiting[1].set()

    here, there = App(MEMORY), App(MEMORY)
    ours, theirs = branching(here, ran, hook), branching(there, ran)

    async def paused_at(number: int) -> None:
        label = f"r{number}"
        reached = asyncio.Event()
        until[label] = [chance.randint(1, 2 * PARTS + 3), reached]
        turns = chance.randint(0, 6)
        handler = await ours.run(parts=PARTS, label=label)
        answering = asyncio.ensure_future(answer_all(handler))
        await reached.wait()
        for _ in range(turns):
            await asyncio.sleep(0)
        try:
            snapshot = await handler.pause()
        except InvalidState:  # it was over by then
            await answering
            assert await handler.result() == WHOLE
            return
        answering.cancel()
        again = await theirs.resume(snapshot.to_bytes() if number % 2 else snapshot.to_json())
        await answer_all(again)
        assert await again.result() == WHOLE

    async with here, there:
        for start in range(0, 200, 20):
            await asyncio.gather(*(paused_at(number) for number in range(start, start + 20)))
    assert {count for name, count in ran.items() if "/work" in name} == {1}
    assert set(ran.values()) == {1}, "every event was delivered once"
    assert len(ran) == 200 * (1 + PARTS + PARTS // 2 + PARTS)


async def test_pause_waits_for_what_runs_and_begins_nothing_new(place: str) -> None:
    app, entered, release, ran = App(), asyncio.Event(), asyncio.Event(), list[int]()

    class Part(Event):
        number: int

    async def split(event: StartEvent) -> list[Part]:
        return [Part(number=number) for number in range(4)]

    @step(max_concurrency=1)
    async def work(event: Part) -> None:
        entered.set()
        await release.wait()
        ran.append(event.number)

    async def never(event: Part) -> None: ...

    made = app.events("it", [split, work, never])
    async with Harness(app, database=place) as h:
        handler = await made.run()
        await entered.wait()
        pausing = asyncio.ensure_future(handler.pause())
        async for event in h.app.run(handler.id).events():
            if event.name == "run.paused":
                break
        assert not pausing.done()
        release.set()
        snapshot = await pausing
        assert (ran, await handler.status()) == ([0], "paused")
        await h.rest()
        assert ran == [0]
        text = snapshot.to_json()
        assert text.count('"work"') == 3, "the queue is in it, and what was in flight is not"


@pytest.mark.parametrize("kept", [True, False])
async def test_resumed_in_place_a_run_goes_on_as_if_it_had_never_been_paused(
    kept: bool, place: str
) -> None:
    ran: Counter[str] = Counter()
    app = App(place if kept else MEMORY)
    made = branching(app, ran)
    async with app:
        handler = await made.run(parts=PARTS, label="r")
        for _ in range(3):
            await handler.pause()
            await handler.pause()
            assert await handler.status() == "paused"
            await handler.resume_in_place()
            await handler.resume_in_place()
        await answer_all(handler)
        assert await handler.result() == WHOLE
    assert set(ran.values()) == {1}


async def test_answers_during_a_pause_are_recorded_and_nothing_runs_until_it_ends(
    place: str,
) -> None:
    ran: Counter[str] = Counter()
    app = App()
    made = branching(app, ran)
    async with Harness(app, database=place) as h:
        handler = await made.run(parts=2, label="r")
        await handler.wait_until("waiting")
        snapshot = await handler.pause()
        before = dict(ran)
        assert (await handler.respond_to_input("r-0", 10)).status == "accepted"
        await h.rest()
        assert dict(ran) == before
        again = await made.resume(snapshot.to_json())
        assert again.id == handler.id
        assert await again.result(timeout=30) == [11, 2]


async def test_open_requests_are_open_again_elsewhere_and_answerable_in_that_inbox(
    place: str,
) -> None:
    app = App(MEMORY)
    made = branching(app, Counter())
    async with app:
        handler = await made.run(parts=3, label="r")
        await handler.wait_until("waiting")
        kept = (await handler.pause()).to_bytes()
    app = App(place)
    made = branching(app, Counter())
    async with app:
        again = await made.resume(kept)
        await again.wait_until("waiting")
        assert {each.request_id for each in await again.pending_requests()} == {"r-0", "r-2"}
        for task in (await app.inbox.tasks()).items:
            number = int(task.labels["request"][-1])
            assert (await app.inbox.answer(task.id, number + 10, by="ann")).ok
        assert await again.result(timeout=5) == [3 + 20, 3]


@pytest.mark.parametrize("cold", ["before the answers", "while they came"])
async def test_what_a_copy_asks_is_answered_though_its_code_was_not_in_memory_meanwhile(
    place: str, cold: str
) -> None:
    app = App(MEMORY)
    made = branching(app, Counter())
    async with app:
        handler = await made.run(parts=3, label="r")
        await handler.wait_until("waiting")
        kept = (await handler.pause()).to_bytes()
    app = App()
    made = branching(app, Counter())
    async with Harness(app, database=place) as h:
        copy = await made.resume(kept)
        await h.rest()
        if cold == "before the answers":
            await h.crash_and_restart()
        else:
            await app.close()
            await app.open(advance=False)
        for task in (await app.inbox.tasks()).items:
            number = int(task.labels["request"][-1])
            assert (await app.inbox.answer(task.id, number + 10, by="ann")).ok
        if cold == "while they came":
            await app.close()
            await h.open()
        await h.rest()
        assert (await app.inbox.tasks()).items == (), "nothing is asked again"
        assert await app.run(copy.id).result(timeout=30) == [3 + 20, 3]


async def test_one_snapshot_is_resumed_once_in_a_store_or_forked(place: str) -> None:
    app = App()
    made = branching(app, Counter())
    async with Harness(app, database=place):
        handler = await made.run(parts=1, label="r")
        await handler.wait_until("waiting")
        snapshot = await handler.pause()
        both = await asyncio.gather(
            made.resume(snapshot), made.resume(snapshot), return_exceptions=True
        )
        assert sorted(type(each).__name__ for each in both) == ["Handler", "SnapshotRefused"]
        with pytest.raises(SnapshotRefused, match="fork=True"):
            await made.resume(snapshot)
        fork = await made.resume(snapshot, fork=True)
        named = await made.resume(snapshot, fork=True, id="mine")
        with pytest.raises(Conflict, match="'mine'"):
            await made.resume(snapshot, fork=True, id="mine")
        assert named.id == "mine"
        assert len({handler.id, fork.id, named.id}) == 3
        assert (await fork.info()).origin == handler.id
        assert (await handler.info()).origin is None
        for run in (handler, fork, named):
            await run.wait_until("waiting")
            await run.respond_to_input("r-0", 10)
            assert await run.result(timeout=30) == [10, 1]
        with pytest.raises(SnapshotRefused, match="succeeded"):
            await made.resume(snapshot)


async def test_a_pause_that_is_over_cannot_be_ended_by_its_snapshot_later(place: str) -> None:
    app = App()
    made = branching(app, Counter())
    async with Harness(app, database=place):
        handler = await made.run(parts=1, label="r")
        await handler.wait_until("waiting")
        old = await handler.pause()
        await handler.resume_in_place()
        new = await handler.pause()
        with pytest.raises(SnapshotRefused):
            await made.resume(old)
        assert await handler.status() == "paused"
        assert (await made.resume(new)).id == handler.id


async def test_a_copy_of_a_running_run_leaves_it_alone(place: str) -> None:
    app, ran = App(), Counter[str]()
    made = branching(app, ran)
    async with Harness(app, database=place):
        handler = await made.run(parts=2, label="r")
        await handler.wait_until("waiting")
        copy = await handler.snapshot()
        with pytest.raises(SnapshotRefused, match="is waiting here"):
            await made.resume(copy)
        fork = await made.resume(copy, fork=True)
        await fork.wait_until("waiting")
        for run in (fork, handler):
            await run.respond_to_input("r-0", 10)
            assert await run.result(timeout=30) == [11, 2]
        with pytest.raises(InvalidState, match="succeeded"):
            await handler.snapshot()
        with pytest.raises(InvalidState, match="succeeded"):
            await handler.pause()
    assert ran["r/work 1"] == 1


async def test_after_an_abort_a_snapshot_is_good_for_a_fork(place: str) -> None:
    app = App()
    made = branching(app, Counter())
    async with Harness(app, database=place):
        handler = await made.run(parts=1, label="r")
        await handler.wait_until("waiting")
        snapshot = await handler.pause()
        await handler.abort()
        with pytest.raises(SnapshotRefused, match="cancelled"):
            await made.resume(snapshot)
        fork = await made.resume(snapshot, fork=True)
        await fork.wait_until("waiting")
        await fork.respond_to_input("r-0", 1)
        assert await fork.result(timeout=5) == [1, 1]


async def test_snapshots_of_other_workflows_and_versions_are_refused_by_name() -> None:
    app = App()
    made = branching(app, Counter())

    async def only(event: StartEvent) -> StopEvent:
        return StopEvent()

    other = app.events("other", [only])
    async with Harness(app):
        handler = await made.run(parts=1, label="r")
        await handler.wait_until("waiting")
        snapshot = await handler.pause()
        with pytest.raises(SnapshotRefused, match="'branching', not of 'other'"):
            await other.resume(snapshot)
    bare = App()
    async with Harness(bare):
        with pytest.raises(WorkflowNotFound, match="'branching'"):
            await bare.resume(snapshot)
    newer = App()
    newer.events("branching", [only], version="2")
    async with Harness(newer):
        with pytest.raises(SnapshotRefused, match="version '1' of 'branching'; here are: 2"):
            await newer.resume(snapshot)


# ── functions, and runs below ───────────────────────────────────────────────────────────────────


async def test_a_function_goes_on_elsewhere_with_its_steps_done_once(place: str) -> None:
    ran: list[str] = []

    def made(app: App) -> Any:
        def check(amount: int) -> int:
            ran.append("check")
            return amount * 2

        @app.workflow
        async def refund(ctx: Context, amount: int) -> tuple[str, int, str]:
            moment = ctx.now()
            checked = await ctx.step(check, amount)
            ctx.state["moment"] = moment
            decision = await ctx.approve("refund", value=checked)
            await ctx.step("pay", lambda: ran.append("pay"))
            assert ctx.now() >= moment == ctx.state["moment"]
            return decision.outcome, decision.value, decision.by or ""

        return refund

    app = App()
    async with Harness(app, database=place) as h:
        run = await h.start(made(app), 20, labels={"eu": "yes"}, by="cyd")
        snapshot = await run.pause()
        assert snapshot.workflow == "refund"
    elsewhere = App()
    made(elsewhere)
    async with Harness(elsewhere) as h:
        again = await elsewhere.resume(Snapshot.read(snapshot.to_bytes()))
        await h.rest()
        assert (again.id, await again.status(), (await again.info()).labels) == (
            run.id,
            "waiting",
            {"eu": "yes"},
        )
        assert (await again.edit("refund", 30, by="ann")).status == "accepted"
        assert await again.result(timeout=30) == ("edited", 30, "ann")
        assert (await again.info()).by == "cyd"
    assert ran == ["check", "pay"]


async def test_runs_below_are_paused_copied_and_resumed_with_the_one_above(place: str) -> None:
    def made(app: App) -> Any:
        below = branching(app, Counter())

        @app.workflow
        async def above(ctx: Context) -> list[int]:
            return list(await ctx.run(below, {"parts": 1, "label": "r"}))

        return above

    app = App()
    above = made(app)
    async with Harness(app, database=place) as h:
        run = await h.start(above)
        snapshot = await run.pause()
        below = app.run(snapshot.runs[1].id)
        assert await below.status() == "paused"
        await app.resume(snapshot)
        await h.rest()
        assert (await run.status(), await below.status()) == ("waiting", "waiting")
        fork = await app.resume(snapshot, fork=True)
        await h.rest()
        assert len(await fork.tasks()) == 1
        handler = Handler(fork.id, app.system.runs.reached)
        assert (await handler.respond_to_input("r-0", 5)).ok
        assert await fork.result(timeout=30) == [5, 1]
        assert await run.status() == "waiting"
    elsewhere = App()
    made(elsewhere)
    async with Harness(elsewhere) as h:
        again = Handler((await elsewhere.resume(snapshot)).id, elsewhere.system.runs.reached)
        await h.rest()
        assert (await again.pending_requests())[0].path == ("branching",)
        assert (await again.respond_to_input("r-0", 7)).ok
        assert await again.result(timeout=30) == [7, 1]


async def test_timers_and_what_is_spent_of_the_timeout_go_along(place: str) -> None:
    def made(app: App) -> Any:
        @app.workflow(timeout="10h")
        async def slow(ctx: Context) -> str:
            await ctx.sleep("4h")
            await ctx.sleep("8h")
            return "late"

        return slow

    app = App()
    async with Harness(app, database=place) as h:
        run = await h.start(made(app))
        await h.advance("5h")
        snapshot = await run.pause()
        now = h.clock.now()
    elsewhere = App()
    made(elsewhere)
    async with Harness(elsewhere, start=now) as h:
        again = await elsewhere.resume(snapshot)
        await h.advance("4h")
        assert await again.status() == "waiting"
        await h.advance("2h")
        assert await again.status() == "timed_out"


# ── sizes ───────────────────────────────────────────────────────────────────────────────────────


class Turn(Event):
    number: int


def loop(app: App) -> Any:
    async def start(event: StartEvent) -> Turn:
        return Turn(number=0)

    async def turn(ctx: StepContext, event: Turn) -> Turn | InputRequest:
        ctx.state["turns"] = event.number
        if event.number in (1_000, 10_000):
            return InputRequest(prompt="On?", request_id="on", metadata=event.number)
        return Turn(number=event.number + 1)

    async def on(event: InputResponse) -> Turn | StopEvent:
        return Turn(number=event.response) if event.response else StopEvent(result="enough")

    return app.events("loop", [start, turn, on])


async def test_a_loop_of_ten_thousand_turns_is_as_small_as_one_of_a_thousand() -> None:
    app = App(MEMORY)
    made = loop(app)
    async with app:
        handler = await made.run()
        sizes: list[int] = []
        read: list[int] = []
        for more in (1_001, 0):
            await handler.wait_until("waiting")
            sizes.append(len((await handler.pause()).to_bytes()))
            head = await app.system.ledger.head(handler.id)
            read.append(len(await read_past(app.store, head)))
            await handler.resume_in_place()
            await handler.wait_until("waiting")
            await handler.respond_to_input("on", more)
        assert await handler.result(timeout=30) == "enough"
    assert abs(sizes[1] - sizes[0]) < 30
    assert max(sizes) < 600
    assert max(read) < 400, "so much of the journal is read again"


async def test_a_snapshot_holds_what_is_alive_and_not_what_was() -> None:
    app = App(MEMORY)

    class Blob(Event):
        raw: bytes

    async def start(event: StartEvent) -> Blob:
        return Blob(raw=random.Random(1).randbytes(1_000_000))

    async def shrink(ctx: StepContext, event: Blob) -> InputRequest:
        ctx.state["raw"] = event.raw[:10_000]
        return InputRequest(prompt="Well?", request_id="r")

    async def end(event: InputResponse) -> StopEvent:
        return StopEvent()

    made = app.events("it", [start, shrink, end])
    async with app:
        handler = await made.run(text="x" * 100_000)
        await handler.wait_until("waiting")
        snapshot = await handler.pause()
    assert len(snapshot.to_json()) < 10_000 * 4 / 3 + 1_500, "bytes grow by base64 and no more"
    assert len(snapshot.to_bytes()) < 11_000


async def test_a_parked_run_of_three_steps_is_less_than_six_hundred_bytes() -> None:
    app = App(MEMORY)
    made = loop(app)
    async with app:
        handler = await made.run()
        await handler.wait_until("waiting")
        assert len((await handler.pause()).to_bytes()) < 600
