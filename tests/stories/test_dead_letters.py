"""Runs that got stuck are found, taken up again, or started anew; and many can be cancelled at once."""

from __future__ import annotations

import pytest

from assent import App, Context, InvalidInput
from assent.testing import Harness

pytestmark = pytest.mark.anyio


async def test_what_is_stuck_is_listed_and_goes_on_or_begins_anew(app: App, place: str) -> None:
    till: list[int] = []
    done: list[str] = []

    @app.workflow
    async def pay(ctx: Context, amount: int) -> int:
        await ctx.step("note", done.append, "noted")
        await ctx.step("pay", lambda: till[0])
        return amount

    async with Harness(app, database=place) as h:
        first = await h.start("pay", 7, id="first", labels={"team": "a"})
        second = await h.start("pay", 8, id="second")
        dead = await h.app.runs(status="dead")
        assert {run.id for run in dead.items} == {"first", "second"}
        till.append(1)
        await first.retry(by="ann")
        anew = await h.app.restart("second", by="ann")
        assert (await first.result(), await anew.result()) == (7, 8)
        info = await anew.info()
        assert (info.by, info.labels["restarts"]) == ("ann", "second")
        assert done == ["noted"] * 3  # the retried one does not note it again, the new one does
        assert await second.status() == "failed"
        assert await (await h.app.restart("first", id="again")).result() == 7
        assert (await h.app.run("again").info()).labels == {"team": "a", "restarts": "first"}


async def test_many_are_cancelled_at_once_and_only_those_that_fit(app: App, place: str) -> None:
    @app.workflow
    async def ask(ctx: Context) -> None:
        await ctx.approve("ok")

    @app.workflow
    async def other(ctx: Context) -> None:
        await ctx.wait_for_event("go")

    async with Harness(app, database=place) as h:
        for nth in range(4):
            await h.start("ask", id=f"ask-{nth}", labels={"team": "ab"[nth % 2]})
            await h.start("other", id=f"other-{nth}")
        with pytest.raises(InvalidInput, match="say which"):
            await h.app.cancel_runs()
        gone = await h.app.cancel_runs(workflow="ask", label="team=a", reason="no", by="ann")
        assert set(gone) == {"ask-0", "ask-2"}
        assert len((await h.app.runs(status="incomplete")).items) == 6
        assert set(await h.app.cancel_runs(workflow="other")) == {f"other-{n}" for n in range(4)}
        assert await h.app.waiters("go") == ()
        assert set(await h.app.cancel_runs(all=True)) == {"ask-1", "ask-3"}
        assert await h.app.cancel_runs(all=True) == ()
        assert (await h.app.inbox.tasks()).items == ()
