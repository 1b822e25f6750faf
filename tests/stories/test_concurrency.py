"""Branches side by side: each goes on alone, and none is mistaken for another."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from assent import App, Context, DefinitionError, Rejected, RunFailed, StepFailed, step
from assent.testing import START, Harness
from tests.stories.telling import count, keys_told, names, open_keys, told

pytestmark = pytest.mark.anyio

Together = Callable[..., Awaitable[list[Any]]]


async def in_a_group(ctx: Context, *branches: Coroutine[Any, Any, Any]) -> list[Any]:
    """A TaskGroup."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(branch) for branch in branches]
    return [task.result() for task in tasks]


async def as_tasks(ctx: Context, *branches: Coroutine[Any, Any, Any]) -> list[Any]:
    """Tasks that are awaited in the other order."""
    tasks = [asyncio.create_task(branch) for branch in branches]
    for task in reversed(tasks):
        await task
    return [task.result() for task in tasks]


async def completed(ctx: Context, *branches: Coroutine[Any, Any, Any]) -> list[Any]:
    """asyncio.wait over tasks."""
    tasks = [asyncio.ensure_future(branch) for branch in branches]
    await asyncio.wait(tasks)
    return [task.result() for task in tasks]


async def gathered(ctx: Context, *branches: Coroutine[Any, Any, Any]) -> list[Any]:
    """asyncio.gather."""
    return list(await asyncio.gather(*branches))


async def by_context(ctx: Context, *branches: Coroutine[Any, Any, Any]) -> list[Any]:
    """ctx.gather."""
    return await ctx.gather(*branches)


STYLES: dict[str, Together] = {
    "ctx.gather": by_context,
    "asyncio.gather": gathered,
    "TaskGroup": in_a_group,
    "create_task": as_tasks,
    "asyncio.wait": completed,
}
styles = pytest.mark.parametrize("style", STYLES)
interruptions = pytest.mark.parametrize("how", ["none", "restart", "crash"])


async def interrupt(h: Harness, how: str) -> None:
    """Nothing, a restart in good order, or a crash."""
    if how == "restart":
        await h.restart()
    elif how == "crash":
        await h.crash_and_restart()


# ── A5: two tasks at once ───────────────────────────────────────────────────────────────────────


@styles
@interruptions
@pytest.mark.parametrize("order", ["ann bob", "bob ann"])
async def test_two_open_tasks_are_answered_in_either_order_and_each_branch_goes_on_alone(
    app: App, style: str, how: str, order: str
) -> None:
    ran: list[str] = []

    @app.workflow
    async def contract(ctx: Context) -> list[Any]:
        async def branch(who: str) -> str:
            draft = await ctx.step(f"draft for {who}", lambda: ran.append(f"draft {who}") or who)
            decision = await ctx.approve(f"by {who}", value=draft, to=who)
            await ctx.step(f"file for {who}", ran.append, f"file {who}")
            return f"{draft}: {decision.outcome}"

        return await STYLES[style](ctx, branch("ann"), branch("bob"))

    async with Harness(app) as h:
        run = await h.start(contract)
        assert await open_keys(run) == {"by ann", "by bob"}
        await interrupt(h, how)
        for place, who in enumerate(order.split()):
            assert (await h.person(who).approves(f"by {who}")).status == "accepted"
            await interrupt(h, how)
            assert f"file {who}" in ran  # at once, whatever the other one does
            assert len(await run.tasks()) == 1 - place

        assert await run.result(timeout=5) == ["ann: approved", "bob: approved"]
        assert sorted(ran) == ["draft ann", "draft bob", "file ann", "file bob"]
        assert (await count(h, run))["task.opened"] == 2


@styles
async def test_a_branch_that_waits_stops_no_other_branch(app: App, style: str) -> None:
    ticks: list[int] = []

    @app.workflow
    async def watch(ctx: Context) -> list[Any]:
        async def tick() -> None:
            for number in range(5):
                await ctx.sleep("1h")
                await ctx.step("tick", ticks.append, number)

        async def ask() -> str:
            return (await ctx.approve("it")).outcome

        return await STYLES[style](ctx, ask(), tick())

    async with Harness(app) as h:
        run = await h.start(watch)
        await h.advance("3h")
        assert ticks == [0, 1, 2]
        await h.crash_and_restart()
        await h.advance("10h")
        assert ticks == [0, 1, 2, 3, 4]
        assert await run.status() == "waiting"
        await h.person("bob").rejects("it")
        assert await run.result(timeout=5) == ["rejected", None]


async def test_tasks_of_one_key_in_several_branches_have_names_of_their_own(app: App) -> None:
    @app.workflow
    async def contract(ctx: Context) -> list[Any]:
        return await ctx.gather(*(ctx.approve("it", value=n) for n in range(3)))

    async with Harness(app) as h:
        run = await h.start(contract)
        tasks = {task.key: task.value for task in await run.tasks()}
        assert tasks == {"it": 0, "it#2": 1, "it#3": 2}
        await h.restart()
        for key, who in (("it#2", "bob"), ("it", "ann"), ("it#3", "carol")):
            await run.approve(key, by=who)
            await h.crash_and_restart()
        decisions = await run.result(timeout=5)
        assert [(d.value, d.by) for d in decisions] == [(0, "ann"), (1, "bob"), (2, "carol")]


async def test_a_hundred_branches_answered_in_any_order_over_restarts(app: App) -> None:
    ran: list[int] = []

    @app.workflow
    async def many(ctx: Context) -> list[Any]:
        async def branch(number: int) -> list[int]:
            answer = await ctx.ask("number", int)
            await ctx.step("note", ran.append, number)
            return [number, answer]

        return await ctx.gather(*(branch(number) for number in range(100)))

    async with Harness(app) as h:
        run = await h.start(many)
        order = list(range(100))
        Random(5).shuffle(order)
        for place, number in enumerate(order):
            key = "number" if number == 0 else f"number#{number + 1}"
            assert (await run.answer(key, number * 10, by="bob")).ok
            await h.run_until_idle()
            if place % 25 == 10:
                await interrupt(h, "crash" if place % 50 == 10 else "restart")
        await h.run_until_idle()
        assert await run.result(timeout=5) == [[n, n * 10] for n in range(100)]
        assert sorted(ran) == list(range(100))


# ── C38: gather ─────────────────────────────────────────────────────────────────────────────────


@styles
async def test_results_come_in_the_order_of_the_branches_whoever_is_first(
    app: App, style: str
) -> None:
    ran: list[int] = []

    @app.workflow
    async def race(ctx: Context) -> list[Any]:
        async def branch(number: int) -> int:
            await ctx.sleep((10 - number) * 60)
            return await ctx.step("work", lambda: ran.append(number) or number)

        return await STYLES[style](ctx, *(branch(number) for number in range(10)))

    async with Harness(app) as h:
        run = await h.start(race)
        await h.advance("5m")
        await h.restart()
        await h.advance("1h")
        assert await run.result(timeout=5) == list(range(10))
        assert ran == list(reversed(range(10)))


@styles
async def test_no_branch_ever_gets_its_neighbours_result(app: App, style: str) -> None:
    waiting: dict[int, asyncio.Event] = {}
    ran: list[int] = []
    halfway = asyncio.Event()

    async def fetch(number: int) -> int:
        ran.append(number)
        await waiting[number].wait()
        if ran.count(1) == ran.count(3) == 2:
            halfway.set()
        return number * 11

    @app.workflow
    async def many(ctx: Context) -> list[Any]:
        async def branch(number: int) -> list[int]:
            return [await ctx.step(fetch, number), await ctx.step(fetch, number)]

        return await STYLES[style](ctx, *(branch(number) for number in range(4)))

    async with Harness(app):
        for number in range(4):
            waiting[number] = asyncio.Event()
        run = await app.start(many)
        for number in (3, 1):
            waiting[number].set()
        await halfway.wait()
        for number in (0, 2):
            waiting[number].set()
        assert await run.result(timeout=5) == [[n * 11, n * 11] for n in range(4)]
        assert sorted(ran) == [0, 0, 1, 1, 2, 2, 3, 3]


async def test_a_failing_branch_is_retried_alone(app: App) -> None:
    tried: list[str] = []

    @step(retries=3, delay="1s")
    def work(name: str) -> str:
        tried.append(name)
        if name == "b" and tried.count("b") < 3:
            raise ConnectionError
        return name

    @app.workflow
    async def many(ctx: Context) -> list[str]:
        return await ctx.gather(*(ctx.step(work, name) for name in "abc"))

    async with Harness(app) as h:
        run = await h.start(many)
        await h.advance("1s")
        await h.restart()
        await h.advance("1m")
        assert await run.result(timeout=5) == ["a", "b", "c"]
        assert sorted(tried) == ["a", "b", "b", "b", "c"]


@pytest.mark.parametrize("style", ["ctx.gather", "TaskGroup"])  # the others leave them running
async def test_a_failure_cancels_the_branches_beside_it_and_withdraws_what_they_asked(
    app: App, style: str
) -> None:
    life: list[str] = []

    @app.workflow
    async def many(ctx: Context) -> str:
        async def slow() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                life.append("cleaned up")

        async def fails() -> None:
            await ctx.sleep("1h")
            await ctx.step("fail", lambda: 1 / 0)

        try:
            await STYLES[style](ctx, ctx.approve("it"), ctx.step(slow), fails(), ctx.sleep("9h"))
        except* StepFailed as group:
            told = type(group.exceptions[0].__cause__).__name__
        else:
            told = "not reached"
        await ctx.approve("instead", value=told)
        return told

    async with Harness(app) as h:
        run = await app.start(many)
        await _until_told(run, "timer.set", 2)
        h.clock.move_to(START + timedelta(hours=1))
        await _until_told(run, "task.opened", 2)
        assert life == ["cleaned up"]
        assert await open_keys(run) == {"instead"}
        withdrawn = (await h.inbox.tasks(status="closed")).items
        assert [(task.key, task.outcome) for task in withdrawn] == [("it", "cancelled")]
        assert (await h.inbox.approve(withdrawn[0].id, by="bob")).status == "cancelled"
        assert await app.store.next_due() is None
        await h.restart()
        await h.crash_and_restart()
        assert await open_keys(run) == {"instead"}
        await h.person("bob").approves("instead")
        assert await run.result(timeout=5) == "ZeroDivisionError"
        assert life == ["cleaned up"]


async def test_exceptions_may_be_returned_beside_results(app: App) -> None:
    @app.workflow
    async def many(ctx: Context) -> list[str]:
        async def required() -> Any:
            return (await ctx.approve("it")).require()

        settled = await ctx.gather(
            ctx.step(lambda: 1 / 0),
            ctx.step("ok", lambda: "ok"),
            required(),
            return_exceptions=True,
        )
        return [type(one).__name__ if isinstance(one, Exception) else str(one) for one in settled]

    async with Harness(app) as h:
        run = await h.start(many)
        await h.restart()
        await h.person("bob").rejects("it")
        assert await run.result(timeout=5) == ["StepFailed", "ok", "Rejected"]


async def test_gathering_nothing_gives_nothing_and_plain_awaitables_are_welcome(app: App) -> None:
    async def plain() -> str:
        await asyncio.sleep(0)
        return "plain"

    @app.workflow
    async def many(ctx: Context) -> list[Any]:
        nothing = await ctx.gather()
        done: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        done.set_result("done")
        return [nothing, await ctx.gather(plain(), done, ctx.step("s", lambda: "step"))]

    async with Harness(app) as h:
        assert await (await h.start(many)).result(timeout=5) == [[], ["plain", "done", "step"]]


@interruptions
async def test_branches_in_branches_and_in_loops_keep_their_keys(app: App, how: str) -> None:
    ran: list[str] = []

    @app.workflow
    async def many(ctx: Context) -> list[Any]:
        async def inner(name: str) -> str:
            await ctx.step("work", ran.append, name)
            word: str = await ctx.ask("word", str)
            return word + name

        async def outer(name: str) -> list[str]:
            return await ctx.gather(inner(f"{name}1"), inner(f"{name}2"))

        rounds: list[Any] = []
        for number in range(2):
            rounds.append(await ctx.gather(outer(f"a{number}"), outer(f"b{number}")))
            await ctx.approve("go on")
        return rounds

    async with Harness(app) as h:
        run = await h.start(many)
        for _ in range(2):
            tasks = await run.tasks()
            assert len(tasks) == 4
            for task in reversed(tasks):
                await h.inbox.answer(task.id, "x", by="bob")
                await h.run_until_idle()
                await interrupt(h, how)
            (go_on,) = await run.tasks()
            await h.inbox.approve(go_on.id, by="bob")
            await h.run_until_idle()
            await interrupt(h, how)
        assert await run.result(timeout=5) == [
            [[f"xa{n}1", f"xa{n}2"], [f"xb{n}1", f"xb{n}2"]] for n in range(2)
        ]
        assert sorted(ran) == sorted(
            f"{a}{n}{i}" for a, n, i in itertools.product("ab", range(2), (1, 2))
        )
        finished = await keys_told(h, "step.finished", run)
        assert len(set(finished)) == 8


@styles
async def test_a_run_of_branches_waits_only_once_all_of_them_do(app: App, style: str) -> None:
    @app.workflow
    async def many(ctx: Context) -> list[Any]:
        async def pays() -> None:
            for portion in range(3):
                await ctx.gather(*(ctx.step("pay", lambda: None) for _ in range(4)))
                await ctx.emit("portion", portion)

        return await STYLES[style](ctx, ctx.approve("it"), pays())

    async with Harness(app) as h:
        run = await h.start(many)
        seen = await names(h, run)
        assert seen.count("run.waiting") == 1
        assert seen[-1] == "run.waiting"
        assert seen.count("portion") == 3


# ── C38: first ──────────────────────────────────────────────────────────────────────────────────


@interruptions
@pytest.mark.parametrize("winner", ["person", "timer"])
async def test_the_loser_of_a_race_is_withdrawn_and_the_race_is_never_run_again(
    app: App, how: str, winner: str
) -> None:
    @app.workflow
    async def ask(ctx: Context) -> list[Any]:
        found = await ctx.first(ctx.approve("it"), ctx.sleep("1h"))
        told = "nobody" if found is None else found.by
        await ctx.approve("go on", value=told)
        return [told]

    async with Harness(app) as h:
        run = await h.start(ask)
        (task,) = await run.tasks()
        await interrupt(h, how)
        if winner == "person":
            await h.person("bob").approves("it")
            assert await app.store.next_due() is None
        else:
            await h.advance("1h")
            late = await h.inbox.approve(task.id, by="bob")
            assert late.status == "cancelled"
        for _ in range(2):
            await interrupt(h, how)
            assert await open_keys(run) == {"go on"}
        await h.advance("10h")
        await h.person("carol").approves("go on")

        assert await run.result(timeout=5) == (["bob"] if winner == "person" else ["nobody"])
        outcome = (await h.inbox.get(task.id)).outcome
        assert outcome == ("approved" if winner == "person" else "cancelled")
        happened = await count(h, run)
        assert happened["timer.fired"] == (0 if winner == "person" else 1)
        assert (happened["task.opened"], happened["task.closed"]) == (2, 2)


@interruptions
async def test_of_two_people_who_are_asked_the_first_counts_and_the_other_is_told(
    app: App, how: str
) -> None:
    @app.workflow
    async def ask(ctx: Context) -> str:
        found = await ctx.first(ctx.approve("ann", to="ann"), ctx.approve("bob", to="bob"))
        return str(found.by)

    async with Harness(app) as h:
        run = await h.start(ask)
        await interrupt(h, how)
        (other,) = [task for task in await run.tasks() if task.key == "ann"]
        await h.person("bob").approves("bob")
        await interrupt(h, how)
        assert await run.result(timeout=5) == "bob"
        receipt = await h.inbox.approve(other.id, by="ann")
        assert (receipt.status, receipt.decision and receipt.decision.outcome) == (
            "cancelled",
            "cancelled",
        )


async def test_a_losing_step_is_cancelled_and_awaited_and_has_no_effect(app: App) -> None:
    life: list[str] = []

    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            life.append("cleaned up")

    @app.workflow
    async def race(ctx: Context) -> str:
        async def branch() -> str:
            await ctx.step(slow)
            await ctx.step("never", life.append, "never")
            return "slow"

        async def quick() -> str:
            await ctx.sleep("1h")
            return "quick"

        winner: str = await ctx.first(branch(), quick())
        life.append(f"{winner} won")
        await ctx.approve("it")
        return winner

    async with Harness(app) as h:
        run = await app.start(race)
        await _until_told(run, "timer.set", 1)
        h.clock.move_to(START + timedelta(hours=1))
        await _until_told(run, "task.opened", 1)
        assert life == ["cleaned up", "quick won"]
        await h.restart()
        await h.crash_and_restart()
        await h.person("bob").approves("it")
        assert await run.result(timeout=5) == "quick"
        assert life == ["cleaned up", "quick won", "quick won"]  # replay is no effect
        assert "never" not in await keys_told(h, "step.started", run)


async def test_races_in_a_loop_are_races_of_their_own(app: App) -> None:
    @app.workflow
    async def nag(ctx: Context) -> list[str]:
        said: list[str] = []
        for _ in range(4):
            found = await ctx.first(ctx.approve("it"), ctx.sleep("1h"))
            said.append("nobody" if found is None else f"{found.key} {found.by}")
        return said

    async with Harness(app) as h:
        run = await h.start(nag)
        await h.advance("1h")
        await h.person("bob").approves("it#2")
        await h.restart()
        await h.advance("1h")
        await h.crash_and_restart()
        await h.person("carol").approves("it#4")
        assert await run.result(timeout=5) == ["nobody", "it#2 bob", "nobody", "it#4 carol"]


async def test_a_race_that_is_won_by_a_failure_raises_it(app: App) -> None:
    @app.workflow
    async def race(ctx: Context) -> str:
        async def fails() -> None:
            await ctx.sleep("1h")
            (await ctx.approve("no", timeout="1h", on_timeout="reject")).require()

        try:
            await ctx.first(fails(), ctx.approve("it"))
        except Rejected as error:
            await ctx.approve("instead")
            return error.key
        return "not reached"

    async with Harness(app) as h:
        run = await h.start(race)
        await h.advance("3h")
        await h.restart()
        await h.person("bob").approves("instead")
        assert await run.result(timeout=5) == "no"


async def test_a_race_of_nobody_is_refused(app: App) -> None:
    @app.workflow
    async def race(ctx: Context) -> None:
        await ctx.first()

    async with Harness(app) as h:
        run = await h.start(race)
        with pytest.raises(RunFailed) as failed:
            await run.result(timeout=5)
        assert isinstance(failed.value.__cause__, DefinitionError)


@pytest.mark.not_on_restate("timeout")
async def test_a_timeout_of_asyncio_around_a_verb_withdraws_it(app: App) -> None:
    @app.workflow
    async def ask(ctx: Context) -> str:
        try:
            async with asyncio.timeout(0.05):
                await ctx.approve("it")
        except TimeoutError:
            await ctx.approve("instead")
            return "nobody was quick"
        return "quick"

    async with Harness(app) as h:
        run = await h.start(ask)
        await _until_told(run, "task.opened", 2)
        closed = (await h.inbox.tasks(status="closed")).items
        assert [(task.key, task.outcome) for task in closed] == [("it", "cancelled")]
        await h.restart()
        await _until_told(run, "task.opened", 2)
        await run.approve("instead", by="bob")
        assert await run.result(timeout=5) == "nobody was quick"
        assert (await count(h, run))["task.opened"] == 2


async def _until_told(run: Any, name: str, times: int) -> None:
    """Return once this event has been told so often."""
    async with asyncio.timeout(10):
        async for event in run.events():
            times -= event.name == name
            if not times:
                return


# ── cancelled, failed and tried again ───────────────────────────────────────────────────────────


@styles
async def test_cancelling_lets_every_branch_clean_up_in_peace(app: App, style: str) -> None:
    life: list[str] = []
    begun = asyncio.Barrier(3)

    async def work(name: str) -> None:
        await begun.wait()
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(5):
                await asyncio.sleep(0)
            life.append(name)

    @app.workflow
    async def many(ctx: Context) -> None:
        await STYLES[style](ctx, ctx.step(work, "a"), ctx.step(work, "b"), ctx.approve("it"))

    async with Harness(app):
        run = await app.start(many)
        await begun.wait()
        await asyncio.sleep(0)
        await run.cancel()
        assert sorted(life) == ["a", "b"]


@pytest.mark.parametrize("style", ["ctx.gather", "TaskGroup", "asyncio.gather"])
async def test_a_retry_runs_the_failed_step_of_a_branch_and_nothing_else(
    app: App, style: str
) -> None:
    ran: list[str] = []
    broken = True

    def work(name: str) -> str:
        ran.append(name)
        if broken and name == "b":
            raise ConnectionError
        return name

    @app.workflow
    async def many(ctx: Context) -> list[Any]:
        async def fails() -> str:
            await ctx.approve("it")
            return await ctx.step(work, "b")

        return await STYLES[style](ctx, ctx.step(work, "a"), fails(), ctx.step(work, "c"))

    async with Harness(app) as h:
        run = await h.start(many)
        await h.person("bob").approves("it")
        assert await run.status() == "failed"
        broken = False
        await run.retry()
        assert await run.result(timeout=5) == ["a", "b", "c"]
        assert sorted(ran) == ["a", "b", "b", "c"]
        assert (await count(h, run))["task.opened"] == 1


async def test_a_run_that_fails_while_others_wait_closes_what_they_asked(app: App) -> None:
    @app.workflow
    async def many(ctx: Context) -> list[Any]:
        async def fails() -> None:
            await ctx.approve("first")
            raise KeyError("a bug")

        return list(await asyncio.gather(ctx.approve("it"), fails()))

    async with Harness(app) as h:
        run = await h.start(many)
        (other,) = [task for task in await run.tasks() if task.key == "it"]
        await h.person("bob").approves("first")
        assert await run.status() == "failed"
        assert (await h.inbox.get(other.id)).outcome == "cancelled"
        assert (await h.inbox.tasks()).items == ()


async def test_each_event_of_a_branch_is_told_in_its_order(app: App) -> None:
    @app.workflow
    async def many(ctx: Context) -> None:
        async def branch(name: str) -> None:
            for number in range(10):
                await ctx.emit(name, number)
                await ctx.step(f"{name} works", lambda: None)

        await ctx.gather(branch("a"), branch("b"))

    async with Harness(app) as h:
        run = await h.start(many)
        await h.restart()
        for name in "ab":
            said = [event.data for event in await told(h, run) if event.name == name]
            assert said == list(range(10))
        assert h.clock.now() == START
