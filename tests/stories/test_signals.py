"""Signals from outside reach the runs that wait for them: once, none lost, and whoever sent them knows."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from assent import App, Context, DefinitionError, EventResult, NestedVerb, SignalStatus
from assent.testing import START, Harness
from tests.stories.telling import count, names, told

pytestmark = pytest.mark.anyio

INTERRUPTIONS = ["none", "restart", "crash"]


async def interrupt(h: Harness, how: str) -> None:
    """Nothing, a restart in good order, or a crash."""
    if how == "restart":
        await h.restart()
    elif how == "crash":
        await h.crash_and_restart()


@dataclass
class Verdict:
    """What somebody says from outside."""

    approved: bool
    note: str = ""


@pytest.fixture
def listening(app: App) -> App:
    """An app whose workflow waits for one event, and tells what came."""

    @app.workflow
    async def listen(ctx: Context, name: str) -> tuple[Any, bool]:
        await ctx.step("before", lambda: "done")
        result = await ctx.wait_for_event(name, timeout="5m")
        await ctx.step("after", lambda: "done")
        return result.data, result.timed_out

    return app


# ── H67: notifying ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", INTERRUPTIONS)
async def test_three_waiters_all_go_on_once_with_the_same_data(
    listening: App, how: str, place: str
) -> None:
    async with Harness(listening, database=place) as h:
        runs = [await h.start("listen", "go", id=f"run-{n}") for n in range(3)]
        other = await h.start("listen", "other")
        await interrupt(h, how)
        assert [waiter.run_id for waiter in await h.app.waiters("go")] == [r.id for r in runs]
        receipt = await h.app.notify("go", {"n": (1, 2)}, by="ann")
        assert (receipt.status, set(receipt.runs)) == ("delivered", {run.id for run in runs})
        assert [one.status for one in receipt.deliveries] == [SignalStatus.DELIVERED] * 3
        await h.rest()
        for run in runs:
            assert await run.result() == ({"n": (1, 2)}, False)
            assert (await count(h, run))["event.received"] == 1
            assert (await count(h, run))["step.finished"] == 2
        assert await other.status() == "waiting"
        assert await h.app.waiters("go") == ()


async def test_a_signal_that_nobody_waits_for_is_told_so_and_kept_nowhere(
    listening: App, place: str
) -> None:
    async with Harness(listening, database=place) as h:
        receipt = await h.app.notify("go", 1)
        assert (receipt.status, receipt.runs, receipt.ok) == ("no_waiters", (), False)
        run = await h.start("listen", "go")
        assert await run.status() == "waiting"


async def test_early_signals_are_kept_with_the_run_first_in_first_out_and_used_once(
    app: App, place: str
) -> None:
    @app.workflow
    async def collect(ctx: Context) -> list[Any]:
        await ctx.approve("begin")
        found = [(await ctx.wait_for_event("item")).data for _ in range(3)]
        last = await ctx.wait_for_event("item", timeout="1h")
        return [*found, last.timed_out]

    async with Harness(app, database=place) as h:
        run = await h.start("collect")
        for item in (0, "", {"n": 2}):
            receipt = await h.app.notify("item", item, run_id=run.id)
            assert (receipt.status, receipt.runs) == ("buffered", (run.id,))
        assert await run.status() == "waiting"
        run = await h.crash_and_restart()
        await h.person("ann").approves("begin")
        assert await run.status() == "waiting"
        await h.advance("2h")
        assert await run.result() == [0, "", {"n": 2}, True]


async def test_an_early_signal_of_another_name_is_left_for_its_own_wait(
    app: App, place: str
) -> None:
    @app.workflow
    async def both(ctx: Context) -> tuple[Any, Any]:
        await ctx.approve("begin")
        return (await ctx.wait_for_event("a")).data, (await ctx.wait_for_event("b")).data

    async with Harness(app, database=place) as h:
        run = await h.start("both")
        await h.app.notify("b", "B", run.id)
        await h.person("ann").approves("begin")
        assert await run.status() == "waiting"
        assert (await h.app.notify("a", "A", run.id)).status == "delivered"
        assert await run.result() == ("A", "B")


async def test_who_comes_second_learns_that_it_is_resolved(listening: App, place: str) -> None:
    async with Harness(listening, database=place) as h:
        run = await h.start("listen", "go")
        first, second = await asyncio.gather(h.app.notify("go", 1), h.app.notify("go", 2))
        assert {first.status, second.status} == {"delivered", "already_resolved"}
        late = await h.app.notify("go", 3)
        assert (late.status, late.runs, late.ok) == ("already_resolved", (run.id,), False)
        assert (await run.result())[0] == (1 if first.status == "delivered" else 2)


async def test_a_repeated_delivery_is_taken_once(listening: App, place: str) -> None:
    async with Harness(listening, database=place) as h:
        run = await h.start("listen", "go")
        assert (await h.app.notify("go", 1, run.id, id="d1")).status == "delivered"
        assert (await h.app.notify("go", 1, run.id, id="d1")).status == "duplicate"
        assert (await h.app.notify("go", 1, id="d1")).status == "duplicate"
        run = await h.crash_and_restart()
        assert (await h.app.notify("go", 1, run.id, id="d1")).status == "duplicate"
        assert (await count(h, run))["event.received"] == 1


async def test_unknown_and_ended_runs_take_nothing(listening: App, place: str) -> None:
    async with Harness(listening, database=place) as h:
        run = await h.start("listen", "go")
        await run.cancel("enough")
        ended = await h.app.notify("go", 1, run.id)
        unknown = await h.app.notify("go", 1, "run-unknown")
        assert (ended.status, unknown.status) == ("run_ended", "unknown_run")
        assert (await names(h, run))[-2:] == ["event.withdrawn", "run.finished"]
        assert (await h.app.notify("go", 1)).status == "already_resolved"


@pytest.mark.parametrize("name", ["", " go", "a\nb", "x" * 181, "hook:abc"])
async def test_names_that_cannot_be_are_refused_on_both_sides(
    app: App, name: str, place: str
) -> None:
    @app.workflow
    async def listen(ctx: Context) -> str:
        try:
            await ctx.wait_for_event(name)
        except DefinitionError:
            return "refused"
        return "waited"

    async with Harness(app, database=place) as h:
        run = await h.start("listen")
        assert await run.result() == "refused"
        receipt = await h.app.notify(name, 1, run.id)
        assert (receipt.status, receipt.errors[0].pointer) == ("invalid", "/event")


async def test_names_may_look_like_visits_and_paths(app: App, place: str) -> None:
    @app.workflow
    async def listen(ctx: Context) -> list[Any]:
        wanted = ("order#5", "1/a", "order#5")
        return [(await ctx.wait_for_event(name)).data for name in wanted]

    async with Harness(app, database=place) as h:
        run = await h.start("listen")
        for name, data in (("order#5", 1), ("1/a", 2), ("order#5", 3)):
            run = await h.crash_and_restart()
            assert (await h.app.notify(name, data)).status == "delivered"
            await h.rest()
        assert await run.result() == [1, 2, 3]


async def test_what_fits_none_of_several_waits_is_told_once(app: App) -> None:
    @app.workflow
    async def listen(ctx: Context) -> Verdict:
        return (await ctx.wait_for_event("verdict", type=Verdict)).data

    async with Harness(app) as h:
        for _ in range(3):
            await h.start("listen")
        receipt = await h.app.notify("verdict", {"approved": "perhaps"})
        assert [error.pointer for error in receipt.errors] == ["/approved"]
        assert len(receipt.deliveries) == 3


async def test_data_that_does_not_fit_is_refused_by_path_and_the_wait_goes_on(
    app: App, place: str
) -> None:
    @app.workflow
    async def listen(ctx: Context) -> Verdict:
        return (await ctx.wait_for_event("verdict", type=Verdict)).data

    async with Harness(app, database=place) as h:
        run = await h.start("listen")
        before = await names(h, run)
        for data in ({"approved": "perhaps"}, {}, [1], None):
            for run_id in (None, run.id):
                receipt = await h.app.notify("verdict", data, run_id)
                assert (receipt.status, bool(receipt.errors)) == ("invalid", True)
        assert (await h.app.notify("verdict", object())).status == "invalid"
        assert await names(h, run) == before
        run = await h.crash_and_restart()
        assert (await h.app.notify("verdict", {"approved": True})).status == "delivered"
        assert await run.result() == Verdict(True)


async def test_an_early_signal_that_does_not_fit_is_passed_over(app: App, place: str) -> None:
    @app.workflow
    async def listen(ctx: Context) -> Verdict:
        await ctx.approve("begin")
        return (await ctx.wait_for_event("verdict", type=Verdict)).data

    async with Harness(app, database=place) as h:
        run = await h.start("listen")
        await h.app.notify("verdict", "nonsense", run.id)
        await h.app.notify("verdict", {"approved": False}, run.id)
        await h.person("ann").approves("begin")
        run = await h.crash_and_restart()
        assert await run.result() == Verdict(False)


async def test_a_signal_during_a_pause_is_recorded_and_nothing_runs_until_it_is_over(
    listening: App, place: str
) -> None:
    async with Harness(listening, database=place) as h:
        run = await h.start("listen", "go")
        await run.pause()
        assert (await h.app.notify("go", 1)).status == "delivered"
        await h.rest()
        assert (await count(h, run))["step.finished"] == 1
        await run.resume()
        assert await run.result() == (1, False)


async def test_a_thousand_signals_sent_the_instant_the_wait_is_told_are_none_lost(
    app: App, place: str
) -> None:
    @app.workflow
    async def loop(ctx: Context) -> int:
        total = 0
        for turn in range(100):
            total += (await ctx.wait_for_event(f"go-{ctx.run_id}-{turn}")).data
        return total

    async with Harness(app, database=place) as h:

        async def answer(run_id: str) -> None:
            async for event in h.app.stream.events(run_id, until_end=True):
                if event.name == "event.waiting":
                    receipt = await h.app.notify(event.data["name"], 1)
                    assert receipt.status == "delivered"

        runs = [await h.app.start("loop", id=f"loop-{n}") for n in range(10)]
        await asyncio.gather(*(answer(run.id) for run in runs))
        assert [await run.result() for run in runs] == [100] * 10


# ── H68: deadlines ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", INTERRUPTIONS)
async def test_a_wait_ends_at_its_deadline_and_everybody_is_told(
    listening: App, how: str, place: str
) -> None:
    async with Harness(listening, database=place) as h:
        run = await h.start("listen", "go")
        await h.advance("4m")
        await interrupt(h, how)
        assert await run.status() == "waiting"
        await h.advance("2m")
        assert await run.result() == (None, True)
        (over,) = [event for event in await told(h, run) if event.name == "event.received"]
        assert over.data["timed_out"] is True
        assert (await h.app.notify("go", 1)).status == "already_resolved"


async def test_a_signal_after_the_deadline_is_too_late_though_no_timer_has_fired(
    listening: App, place: str
) -> None:
    async with Harness(listening, database=place) as h:
        run = await h.start("listen", "go")
        await h.crash()
        h.clock.move_to(START + timedelta(minutes=6))
        await h.open()
        late = await h.app.notify("go", 1)
        await h.rest()
        assert late.status == "already_resolved"
        assert await h.app.run(run.id).result() == (None, True)


async def test_signal_and_deadline_race_to_one_outcome_that_both_learn(
    app: App, place: str
) -> None:
    @app.workflow
    async def listen(ctx: Context) -> bool:
        return (await ctx.wait_for_event(f"go-{ctx.run_id}", timeout="1m")).timed_out

    async with Harness(app, database=place) as h:
        runs = [await h.start("listen", id=f"race-{n}") for n in range(60)]

        async def late(nth: int) -> str:
            for _ in range(nth % 7):
                await asyncio.sleep(0)
            return (await h.app.notify(f"go-race-{nth}", nth)).status

        clock = asyncio.ensure_future(h.advance("1m"))
        statuses = await asyncio.gather(*(late(nth) for nth in range(60)))
        await clock
        await h.rest()
        for run, status in zip(runs, statuses, strict=True):
            timed_out = await run.result()
            assert status == ("already_resolved" if timed_out else "delivered")
            assert (await count(h, run))["event.received"] == 1


async def test_waiting_for_a_signal_does_not_use_up_the_workflows_own_timeout(
    app: App, place: str
) -> None:
    @app.workflow(timeout="1h")
    async def listen(ctx: Context) -> Any:
        return (await ctx.wait_for_event("go", timeout=None)).data

    async with Harness(app, database=place) as h:
        run = await h.start("listen")
        await h.advance("30d")
        assert await run.status() == "waiting"
        await h.app.notify("go", "late")
        assert await run.result() == "late"


# ── several at once ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", INTERRUPTIONS)
async def test_any_of_several_the_others_no_longer_wait(app: App, how: str, place: str) -> None:
    @app.workflow
    async def either(ctx: Context) -> Any:
        first: EventResult[Any] = await ctx.first(
            ctx.wait_for_event("a"), ctx.wait_for_event("b"), ctx.wait_for_event("c")
        )
        await ctx.approve("hold")
        return first.data

    async with Harness(app, database=place) as h:
        run = await h.start("either")
        await interrupt(h, how)
        assert (await h.app.notify("b", "B")).status == "delivered"
        await h.rest()
        assert await h.app.waiters("a") == await h.app.waiters("c") == ()
        assert (await count(h, run))["event.withdrawn"] == 2
        assert (await h.app.notify("a", "A")).status == "already_resolved"
        run = await h.crash_and_restart()
        await h.person("ann").approves("hold")
        assert await run.result() == "B"


async def test_branches_that_wait_go_on_alone(app: App, place: str) -> None:
    @app.workflow
    async def both(ctx: Context) -> list[Any]:
        async def branch(name: str) -> Any:
            got = await ctx.wait_for_event(name)
            return await ctx.step(f"did-{name}", lambda: got.data)

        return await ctx.gather(branch("a"), branch("b"), branch("a"))

    async with Harness(app, database=place) as h:
        run = await h.start("both")
        await h.app.notify("a", 1)
        await h.rest()
        assert (await count(h, run))["step.finished"] == 2
        run = await h.crash_and_restart()
        await h.app.notify("b", 2)
        assert await run.result() == [1, 2, 1]


async def test_a_wait_inside_a_step_is_refused(app: App, place: str) -> None:
    @app.workflow
    async def nested(ctx: Context) -> None:
        async def wait() -> None:
            await ctx.wait_for_event("go")

        await ctx.step("wrong", wait)

    async with Harness(app, database=place) as h:
        run = await h.start("nested")
        outcome = await run.wait()
        assert outcome.error is not None
        assert isinstance(outcome.error.__cause__, NestedVerb)
        assert await h.app.waiters("go") == ()


async def test_a_retried_run_waits_anew(app: App, place: str) -> None:
    broken = [True]

    @app.workflow
    async def listen(ctx: Context) -> Any:
        async def fail() -> None:
            await ctx.sleep("1m")
            await ctx.step("fragile", lambda: 1 / (0 if broken[0] else 1))

        found = await ctx.gather(ctx.wait_for_event("go"), fail())
        return found[0].data

    async with Harness(app, database=place) as h:
        run = await h.start("listen")
        await h.advance("2m")
        assert await run.status() == "failed"
        assert await h.app.waiters("go") == ()
        broken.clear()
        broken.append(False)
        await run.retry()
        await h.rest()
        assert (await h.app.notify("go", 7)).status == "delivered"
        assert await run.result() == 7


async def test_a_parent_waits_for_what_its_child_waits_for(listening: App, place: str) -> None:
    @listening.workflow
    async def parent(ctx: Context) -> Any:
        return await ctx.run("listen", "go")

    async with Harness(listening, database=place) as h:
        run = await h.start("parent", id="p")
        assert (await run.wait()).status == "waiting"
        assert (await h.app.notify("go", 1)).status == "delivered"
        assert await run.result() == (1, False)


# ── from run to run ─────────────────────────────────────────────────────────────────────────────


async def test_a_workflow_signals_to_another_once_over_every_crash(
    listening: App, place: str
) -> None:
    @listening.workflow
    async def tell(ctx: Context, run_id: str) -> tuple[str, tuple[str, ...]]:
        receipt = await ctx.notify("go", {"from": ctx.run_id}, run_id)
        await ctx.approve("hold")
        return receipt.status, receipt.runs

    async with Harness(listening, database=place) as h:
        target = await h.start("listen", "go", id="target")
        teller = await h.start("tell", "target", id="teller")
        await h.crash_and_restart()
        await h.person("ann").approves("hold")
        assert await h.app.run(teller.id).result() == ("delivered", ("target",))
        assert await h.app.run(target.id).result() == ({"from": "teller"}, False)
        assert (await count(h, target))["event.received"] == 1


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("commit", range(1, 7))
async def test_it_does_so_wherever_the_process_dies(
    listening: App, place: str, commit: int, written: bool
) -> None:
    @listening.workflow
    async def tell(ctx: Context, run_id: str) -> str:
        await ctx.step("before", lambda: "done")
        return (await ctx.notify("go", 1, run_id)).status

    async with Harness(listening, database=place) as h:
        target = await h.start("listen", "go", id="target")
        h.dies_at(commit, written=written)
        starting = asyncio.ensure_future(h.app.start("tell", "target", id="teller"))
        dying = asyncio.ensure_future(h.died.wait())
        await asyncio.wait({starting, dying}, return_when=asyncio.FIRST_COMPLETED)
        await h.rest()
        starting.cancel()
        dying.cancel()
        await h.crash_and_restart()
        teller = await h.start("tell", "target", id="teller")
        await h.rest()
        assert await teller.result() in ("delivered", "duplicate", "run_ended")
        assert await h.app.run(target.id).result() == (1, False)
        assert (await count(h, target))["event.received"] == 1


# ── crashes ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("commit", range(1, 9))
async def test_an_acknowledged_signal_survives_a_death_anywhere(
    app: App, place: str, commit: int, written: bool
) -> None:
    @app.workflow
    async def collect(ctx: Context) -> list[Any]:
        found = list[Any]()
        for turn in range(3):
            found.append((await ctx.wait_for_event("item")).data)
            await ctx.step(f"use-{turn}", lambda: "used")
        return found

    async with Harness(app, database=place) as h:
        await h.start("collect", id="run-1")
        h.dies_at(commit, written=written)
        sent = 0
        for item in range(3):
            sending = asyncio.ensure_future(h.app.notify("item", item, "run-1", id=f"d{item}"))
            dying = asyncio.ensure_future(h.died.wait())
            await asyncio.wait({sending, dying}, return_when=asyncio.FIRST_COMPLETED)
            dying.cancel()
            if not sending.done():
                sending.cancel()
                break
            sent += 1
            await h.rest()
        run = await h.crash_and_restart()
        for item in range(sent, 3):
            receipt = await h.app.notify("item", item, "run-1", id=f"d{item}")
            assert receipt.ok, receipt
        await h.rest()
        assert await run.result() == [0, 1, 2]
