"""Before a deployment: which runs would not go on. After a while: away with what ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from assent import App, Context, RunNotFound, Settings
from assent.testing import Harness

pytestmark = pytest.mark.anyio


def an_app(place: str, code: Callable[..., Any], *, version: str = "1") -> App:
    app = App(settings=Settings(database=place))
    app.workflow(name="refund", version=version)(code)
    return app


async def before(ctx: Context, number: int) -> str:
    await ctx.step("price", lambda: 40)
    first = await ctx.approve("refund", value=number)
    await ctx.approve("second")
    return first.outcome


async def renamed(ctx: Context, number: int) -> str:
    await ctx.step("quote", lambda: 40)
    return (await ctx.approve("refund", value=number)).outcome


async def more_at_the_end(ctx: Context, number: int) -> str:
    told = await before(ctx, number)
    await ctx.step("write down", lambda: None)
    return told


async def without_waiting(ctx: Context, number: int) -> str:
    await ctx.step("price", lambda: 40)
    return "done"


async def breaks(ctx: Context, number: int) -> str:
    raise RuntimeError("this code begins and does not get far")


async def started(place: str) -> None:
    """Three unfinished runs of the code before: one waits, one waits again, one is paused."""
    async with Harness(an_app(place, before), database=place) as h:
        for number in range(3):
            await h.start("refund", number, id=f"r-{number}")
        await h.app.run("r-1").approve("refund", by="bob")
        await h.app.run("r-2").pause()
        ended = await h.start("refund", 9, id="r-9")
        await ended.cancel()


async def checked(place: str, code: Callable[..., Any], version: str = "1") -> dict[str, str]:
    """What this code would park, and why."""
    app = an_app(place, code, version=version)
    await app.open(advance=False)
    try:
        standing = [(run.id, run.number) for run in (await app.runs()).items]
        found = await app.upkeep.check()
        assert found.runs == 3
        assert [(run.id, run.number) for run in (await app.runs()).items] == standing
        return {trouble.run: trouble.reason for trouble in found.troubles}
    finally:
        await app.close()


async def test_code_that_goes_on_with_all_runs_has_nothing_to_tell(place: str) -> None:
    await started(place)
    assert await checked(place, before) == {}
    assert await checked(place, more_at_the_end) == {}


@pytest.mark.parametrize("code", [renamed, without_waiting, breaks])
async def test_code_that_no_longer_fits_is_told_for_each_run_and_nothing_is_written(
    place: str, code: Callable[..., Any]
) -> None:
    await started(place)
    troubles = await checked(place, code)
    assert sorted(troubles) == ["r-0", "r-1", "r-2"]
    assert all("recorded" in why for why in troubles.values()), troubles


async def test_a_version_that_is_not_there_is_told_and_beside_the_old_one_all_is_well(
    place: str,
) -> None:
    await started(place)
    troubles = await checked(place, renamed, version="2")
    assert all("version '1'" in why for why in troubles.values())
    app = an_app(place, before)
    app.workflow(name="refund", version="2")(renamed)
    async with Harness(app, database=place) as h:
        assert (await h.app.upkeep.check()).troubles == ()
        await h.start("refund", 7, id="r-7")
        info = {run.id: run.version for run in (await h.app.runs()).items}
        assert (info["r-0"], info["r-7"]) == ("1", "2")
        await h.app.run("r-0").approve("refund", by="bob")
        await h.rest()
        await h.app.run("r-0").approve("second", by="bob")
        assert await h.app.run("r-0").result(timeout=30) == "approved"


async def test_what_was_told_is_what_happens_and_a_mended_deployment_goes_on(place: str) -> None:
    await started(place)
    told = await checked(place, renamed)
    async with Harness(an_app(place, renamed), database=place) as h:
        await h.app.run("r-0").approve("refund", by="bob")
        assert (await h.app.run("r-0").wait(timeout=30)).status == "parked"
        assert await h.app.run("r-0").error() == told["r-0"]
    async with Harness(an_app(place, before), database=place) as h:
        await h.app.run("r-0").wait(timeout=30)
        assert await h.app.run("r-0").status() == "waiting"


# ── pruning ─────────────────────────────────────────────────────────────────────────────────────


async def test_only_what_ended_long_ago_is_taken_away_and_an_open_run_never_is(place: str) -> None:
    app = an_app(place, before)

    @app.workflow
    async def parent(ctx: Context) -> str:
        await ctx.run("refund", 1, id="child")
        await ctx.approve("end")
        return "done"

    async with Harness(app, database=place) as h:
        await h.start("refund", 0, id="open")
        await (await h.start("refund", 1, id="old")).cancel()
        await h.start("parent", id="parent")
        await app.run("child").approve("refund", by="bob")
        await h.rest()
        await app.run("child").approve("second", by="bob")
        await h.rest()
        assert await app.run("child").status() == "succeeded"
        await h.advance("10d")
        await (await h.start("refund", 2, id="young")).cancel()
        gone = await app.upkeep.prune(timedelta(days=5), by="ann")
        assert gone.runs == 1
        assert {run.id for run in (await app.runs()).items} == {"open", "parent", "child", "young"}
        with pytest.raises(RunNotFound):
            await app.run("old").status()
        assert [entry async for entry in app.audit.export() if entry["run"] == "old"] == []
        assert await app.audit.verify() == []
        assert await app.stream.pruned() > 0

        await app.run("parent").approve("end", by="bob")
        await h.rest()
        await h.advance("10d")
        newest = await app.store.newest()
        # Numbers only grow: the run of the newest entry is kept for another time, and its children with it.
        assert (await app.upkeep.prune(timedelta(days=5))).runs == 1
        assert {run.id for run in (await app.runs()).items} == {"open", "parent", "child"}
        assert await app.store.newest() == newest
        await app.run("open").approve("refund", by="bob")
        await h.rest()
        assert await app.store.newest() > newest
        assert (await app.upkeep.prune(timedelta(days=5))).runs == 2
        assert {run.id for run in (await app.runs()).items} == {"open"}
        assert {task.key for task in (await h.inbox.tasks()).items} == {"second"}
