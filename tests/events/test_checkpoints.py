"""A checkpoint stands for all that was recorded before it, wherever the process ends."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random
from typing import Any, Final

import pytest

from assent import App, Context, RunFailed
from assent.authoring.events import workflow
from assent.authoring.functions import Workflow
from assent.engine.reading import read_past
from assent.events import EventWorkflow
from assent.testing import Harness
from tests.events.branching import branching
from tests.events.looping import looping, played

AT: Final = [1, 3, 64]  # facts between two checkpoints


async def told(h: Harness, made: EventWorkflow, run: str) -> list[int]:
    """The whole story, or as much of it as the process lives through."""
    handler = await made.start({"parts": 4, "label": "r"}, id=run)
    while not (await handler.status()).ended:
        await h.rest()
        for task in (await h.inbox.tasks()).items:
            await h.inbox.answer(task.id, 10 + int(task.labels["request"][-1]), by="ann")
    return list(await handler.result())


@pytest.mark.parametrize("every", AT)
async def test_a_run_that_dies_at_any_commit_ends_the_same(
    every: int, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """At every third, where a server makes each death dear: together the three try all of them."""
    monkeypatch.setattr(workflow, "_EVERY", every)
    commits = range(1, 22) if place.startswith("sqlite") else range(1 + AT.index(every), 22, 3)
    for commit in commits:
        app, ran = App(), Counter[str]()
        made = branching(app, ran)
        async with Harness(app, database=place) as h:
            h.dies_at(commit, written=bool(commit % 2))
            first = asyncio.ensure_future(told(h, made, f"r{commit}"))
            dead = asyncio.ensure_future(h.died.wait())
            await asyncio.wait({first, dead}, return_when=asyncio.FIRST_COMPLETED)
            for each in (first, dead):
                each.cancel()
            await asyncio.gather(first, dead, return_exceptions=True)
            await h.crash()
            await h.open()
            assert await told(h, made, f"r{commit}") == [1 + 3 + 10 + 12, 4], commit


async def test_a_function_goes_on_from_its_cursor_and_keeps_its_state(place: str) -> None:
    app, ran, begun = App(), Counter[str](), list[int]()

    @app.workflow
    async def loop(ctx: Context) -> list[Any]:
        turn = ctx.cursor or 0
        begun.append(turn)
        while turn < 6:
            await ctx.step(f"turn {turn % 2}", ran.update, [f"turn {turn}"])
            ctx.state["turns"] = ctx.state.get("turns", 0) + 1
            if turn % 3 == 2:
                answer = await ctx.ask("on", int)
                ctx.state["said"] = [*ctx.state.get("said", []), answer]
            turn += 1
            await ctx.checkpoint(turn)
        return [ctx.state["turns"], ctx.state["said"]]

    async with Harness(app, database=place) as h:
        run = await h.start(loop)
        for answer in (1, 2):
            await h.crash_and_restart()
            assert (await h.person("ann").answers("on" if answer == 1 else "on#2", answer)).ok
        assert await run.result(timeout=5) == [6, [1, 2]]
    assert set(ran.values()) == {1}
    assert sorted(set(begun)) == [0, 2, 5]


@pytest.mark.not_on_restate("hot")
async def test_a_function_that_is_answered_in_memory_does_not_begin_again_at_its_cursor() -> None:
    app, begun = App(), list[int]()

    @app.workflow
    async def loop(ctx: Context) -> None:
        turn = ctx.cursor or 0
        begun.append(turn)
        while turn < 4:
            await ctx.ask("on", int)
            turn += 1
            await ctx.checkpoint(turn)

    async with Harness(app) as h:
        run = await h.start(loop)
        for answer in range(4):
            if answer in (1, 3):
                await h.crash_and_restart()
            key = f"on#{answer + 1}" if answer else "on"
            assert (await h.person("ann").answers(key, answer)).ok
        assert await run.status() == "succeeded"
    assert begun == [0, 1, 3]


async def test_a_branch_goes_on_from_its_own_cursor_while_those_beside_it_wait(place: str) -> None:
    app, ran = App(), Counter[str]()

    @app.workflow
    async def careful(ctx: Context) -> list[Any]:
        await ctx.step("first", ran.update, ["first"])

        async def marks() -> list[int]:
            turn = ctx.cursor or 0
            while turn < 4:
                if turn == 2:
                    await ctx.sleep("1h")
                await ctx.step("turn", ran.update, [f"turn {turn}"])
                turn += 1
                await ctx.checkpoint(turn)
            return [turn, ctx.state.setdefault("seen", turn)]

        async def waits() -> Any:
            told = await ctx.ask("name", str)
            await ctx.step("name", ran.update, [told])
            await ctx.sleep("1d")
            return told

        assert ctx.cursor is None
        return list(await ctx.gather(waits(), marks()))

    async with Harness(app, database=place) as h:
        run = await h.start(careful)
        await h.person("ann").answers("name", "tides")
        run = await h.crash_and_restart()
        await h.advance("2h")
        run = await h.crash_and_restart()
        await h.advance("1d")
        assert await run.result(timeout=30) == ["tides", [4, 4]]
    assert ran == dict.fromkeys(["first", "tides", *(f"turn {n}" for n in range(4))], 1)


async def test_a_checkpoint_carries_all_that_branches_beside_the_main_line_have_done(
    place: str,
) -> None:
    app, ran = App(), Counter[str]()

    @app.workflow
    async def below(ctx: Context, name: str) -> str:
        return str(await ctx.ask(name, str))

    @app.workflow
    async def loop(ctx: Context) -> list[Any]:
        async def watches() -> list[Any]:
            said = await ctx.ask("who", str)
            await ctx.step("greet", ran.update, [said])
            told = await ctx.wait_for_event("tide")
            inner = await ctx.gather(ctx.run(below, "deep"), ctx.step("inner", lambda: 3))
            await ctx.sleep("1d")
            return [said, told.data, inner]

        turn = ctx.cursor or 0
        watching = asyncio.ensure_future(watches())
        while turn < 5:
            await ctx.step("turn", ran.update, [f"turn {turn}"])
            await ctx.ask(f"on {turn}", bool)
            turn += 1
            await ctx.checkpoint(turn)
        return await watching

    async with Harness(app, database=place) as h:
        run = await h.start(loop)
        for turn in range(5):
            if turn == 1:
                await h.person("ann").answers("who", "bob")
            if turn == 2:
                await app.notify("tide", {"high": True}, run_id=run.id)
                await h.rest()
            if turn == 3:
                await h.person("ann").answers("deep", "yes")
            await h.person("ann").answers(f"on {turn}", True)
            run = await h.crash_and_restart()
            head = await app.system.ledger.head(run.id)
            past = await read_past(app.store, head)
            journal = await app.store.journal(run.id)
            newest = max(each.number for each in journal if each.kind == "run.checkpointed")
            assert [past[0].number, past[1].number] == [1, newest], "nothing before it is read"
        await h.advance("1d")
        assert await run.result(timeout=30) == ["bob", {"high": True}, ["yes", 3]]
    assert ran == dict.fromkeys(["bob", *(f"turn {n}" for n in range(5))], 1)


@pytest.mark.parametrize("seed", range(8))
async def test_a_loop_that_checkpoints_and_crashes_ends_as_one_that_does_neither(seed: int) -> None:
    told: list[list[Any]] = []
    for checkpoints in (False, True):
        app, ran = App(), Counter[str]()
        loop = looping(app, seed, ran, checkpoints=checkpoints)
        async with Harness(app) as h:
            told.append(await played(h, loop, Random(seed), crashes=checkpoints))
            done = {
                event.data["result"]
                async for event in h.run().events()
                if event.name == "step.finished"
            }
        assert done == set(ran), "each effect is recorded, and none was made for nothing"
    assert told[0] == told[1]


async def test_a_step_may_report_and_a_workflow_may_not() -> None:
    app = App()

    @app.workflow
    async def reports(ctx: Context) -> None:
        def work() -> None:
            ctx.report("progress", 1)

        await ctx.step(work)
        ctx.report("progress", 2)

    async with Harness(app) as h:
        run = await h.start(reports)
        told = [event.data async for event in run.events() if event.name == "progress"]
        assert told == [1]
        with pytest.raises(RunFailed, match=r"use ctx\.emit"):
            await run.result(timeout=5)


@pytest.mark.parametrize("beside", [True, False])
async def test_a_snapshot_takes_living_branches_along(beside: bool, place: str) -> None:
    ran = Counter[str]()

    def made(app: App) -> Workflow[Any]:
        @app.workflow
        async def below(ctx: Context, name: str) -> str:
            return str(await ctx.ask(name, str))

        @app.workflow
        async def loop(ctx: Context) -> list[Any]:
            async def watches() -> list[Any]:
                said = await ctx.ask("who", str)
                await ctx.step("greet", ran.update, [said])
                deep = await ctx.run(below, "deep")
                await ctx.sleep("1h")
                return [said, deep]

            async def turns() -> int:
                turn = ctx.cursor or 0
                while turn < 3:
                    await ctx.ask(f"on {turn}", bool)
                    await ctx.step("turn", ran.update, [f"turn {turn}"])
                    turn += 1
                    await ctx.checkpoint(turn)
                return turn

            if beside:
                return list(await ctx.gather(watches(), turns()))
            watching = asyncio.ensure_future(watches())
            return [await turns(), await watching]

        return loop

    app = App()
    async with Harness(app, database=place) as h:
        run = await h.start(made(app))
        await h.person("ann").answers("on 0", True)
        await h.person("ann").answers("who", "bob")
        await h.person("ann").answers("on 1", True)
        kept = (await run.pause()).to_bytes()
    there = App()
    made(there)
    async with Harness(there) as h:
        for fork in (False, True):
            run = await there.resume(kept, fork=fork)
            await h.rest()
            for task in await run.tasks():
                value: Any = True if task.key == "on 2" else "yes"
                assert (await h.inbox.answer(task.id, value, by="ann")).ok
            await h.rest()
            await h.advance("2h")
            told = [["bob", "yes"], 3] if beside else [3, ["bob", "yes"]]
            assert await run.result(timeout=30) == told
    once = {"bob": 1, "turn 0": 1, "turn 1": 1, "turn 2": 2}  # the last one here, and in the fork
    assert ran == once


async def test_a_step_may_look_at_the_cursor_and_nothing_comes_of_it() -> None:
    app = App()

    @app.workflow
    async def loop(ctx: Context) -> list[Any]:
        def looks() -> Any:
            return ctx.cursor

        async def looks_async() -> Any:
            return await asyncio.wait_for(asyncio.shield(asyncio.sleep(0, ctx.cursor)), 60)

        told = [await ctx.step(looks), await ctx.step(looks_async)]
        told += await ctx.gather(ctx.step("in a branch", lambda: 1))
        await ctx.checkpoint(3)
        return told

    async with Harness(app) as h:
        run = await h.start(loop)
        assert await run.result(timeout=30) == [None, None, 1]
        keys = [event.data["key"] async for event in run.events() if event.name == "step.finished"]
    assert keys[-1] == "1/in a branch", "looking made no branch"
