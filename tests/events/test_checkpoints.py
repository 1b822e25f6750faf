"""A checkpoint stands for all that was recorded before it, wherever the process ends."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from assent import App, Context, DefinitionError, RunFailed
from assent.authoring.events import workflow
from assent.events import EventWorkflow
from assent.testing import Harness
from tests.events.branching import branching


async def told(h: Harness, made: EventWorkflow) -> list[int]:
    """The whole story, or as much of it as the process lives through."""
    handler = await made.start({"parts": 4, "label": "r"}, id="r")
    while not (await handler.status()).ended:
        await h.rest()
        for task in (await h.inbox.tasks()).items:
            await h.inbox.answer(task.id, 10 + int(task.labels["request"][-1]), by="ann")
    return list(await handler.result())


@pytest.mark.parametrize("every", [1, 3, 64])
async def test_a_run_that_dies_at_any_commit_ends_the_same(
    every: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "_EVERY", every)
    for commit in range(1, 22):
        app, ran = App(), Counter[str]()
        made = branching(app, ran)
        async with Harness(app) as h:
            h.dies_at(commit, written=bool(commit % 2))
            first = asyncio.ensure_future(told(h, made))
            dead = asyncio.ensure_future(h.died.wait())
            await asyncio.wait({first, dead}, return_when=asyncio.FIRST_COMPLETED)
            for each in (first, dead):
                each.cancel()
            await asyncio.gather(first, dead, return_exceptions=True)
            await h.crash()
            await h.open()
            assert await told(h, made) == [1 + 3 + 10 + 12, 4], commit


async def test_a_function_goes_on_from_its_cursor_and_keeps_its_state() -> None:
    app, ran = App(), Counter[str]()

    @app.workflow
    async def loop(ctx: Context) -> list[Any]:
        turn = ctx.cursor or 0
        ran["begun"] += 1
        while turn < 6:
            await ctx.step(f"turn {turn % 2}", ran.update, [f"turn {turn}"])
            ctx.state["turns"] = ctx.state.get("turns", 0) + 1
            if turn % 3 == 2:
                answer = await ctx.ask("on", int)
                ctx.state["said"] = [*ctx.state.get("said", []), answer]
            turn += 1
            await ctx.checkpoint(turn)
        return [ctx.state["turns"], ctx.state["said"]]

    async with Harness(app) as h:
        run = await h.start(loop)
        for answer in (1, 2):
            await h.crash_and_restart()
            assert (await h.person("ann").answers("on" if answer == 1 else "on#2", answer)).ok
        assert await run.result(timeout=5) == [6, [1, 2]]
    assert {count for name, count in ran.items() if name != "begun"} == {1}
    assert ran["begun"] == 3


async def test_a_checkpoint_is_refused_while_a_branch_beside_it_sleeps() -> None:
    app = App()

    @app.workflow
    async def careless(ctx: Context) -> None:
        async def marks() -> None:
            await ctx.step("first", lambda: None)
            await ctx.checkpoint(1)

        await ctx.gather(ctx.sleep("1d"), marks())

    async with Harness(app) as h:
        run = await h.start(careless)
        with pytest.raises(RunFailed) as caught:
            await run.result(timeout=5)
    assert isinstance(caught.value.__cause__, DefinitionError)
    assert "'1/sleep'" in str(caught.value.__cause__)


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
