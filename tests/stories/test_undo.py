"""A decision with an undo window is held back from its run until that has passed."""

from __future__ import annotations

from typing import Any

import pytest

from assent import App, Context, Decision, Policy, RunStatus
from assent.testing import START, Harness
from tests.stories.telling import names

app = App("sqlite:///:memory:")


@app.workflow
async def pays(ctx: Context, policy: bool) -> list[Any]:
    more: Any = {"policy": Policy(approvals=2, of=["ann", "bob", "eve"])} if policy else {}
    decision: Decision[int] = await ctx.approve(
        "pay", value=40, to=() if policy else ["ann", "bob"], timeout="1h", undo="30s", **more
    )
    return [decision.outcome.value, decision.value, decision.by, decision.at, ctx.now()]


@app.workflow
async def asks(ctx: Context) -> int:
    return int(await ctx.ask("number", int, undo="10s"))


async def test_the_run_goes_on_once_the_decision_can_no_longer_be_taken_back(place: str) -> None:
    async with Harness(app, database=place) as h:
        run = await h.start(pays, False)
        receipt = await h.person("ann").edits("pay", 50)
        assert (receipt.status, receipt.decision and receipt.decision.by) == ("accepted", "ann")
        task = await h.inbox.get(str(receipt.task_id))
        assert (task.status, task.outcome, task.decided_by) == ("decided", "edited", "ann")
        assert task.undo_until is not None
        assert (task.undo_until - START).total_seconds() == 30
        assert await run.status() is RunStatus.WAITING
        later = await h.inbox.reject(task.id, by="bob")
        assert (later.status, later.decision and later.decision.by) == ("already_decided", "ann")
        assert (await h.inbox.claim(task.id, by="bob")).status == "already_decided"
        assert (await h.inbox.edit(task.id, 50, by="ann")).status == "duplicate"

        await h.advance("29s")
        run = await h.crash_and_restart()
        assert await run.status() is RunStatus.WAITING
        await h.advance("1s")
        outcome, value, by, at, now = await run.result()
        assert (outcome, value, by) == ("edited", 50, "ann")
        assert (
            at - START
        ).total_seconds() == 0  # when ann decided, not when it could no longer be undone
        assert (now - START).total_seconds() >= 30
        assert (await h.inbox.get(task.id)).status == "closed"
        assert (await h.inbox.reopen(task.id, by="ann")).status == "already_decided"


async def test_who_decided_takes_it_back_and_another_answer_counts(place: str) -> None:
    async with Harness(app, database=place) as h:
        run = await h.start(pays, False)
        receipt = await h.person("ann").approves("pay")
        task = str(receipt.task_id)
        assert (await h.inbox.reopen(task, by="bob")).status == "ineligible"
        await h.advance("20s")
        assert (await h.inbox.reopen(task, by="ann", reason="oops")).status == "accepted"
        view = await h.inbox.get(task)
        assert (view.status, view.outcome, view.undo_until) == ("open", None, None)
        assert view.due is not None
        await h.advance("20s")  # the old window is nobody's any more
        assert await run.status() is RunStatus.WAITING
        await h.person("bob").rejects("pay")
        await h.advance("30s")
        assert (await run.result())[:3] == ["rejected", 40, "bob"]
        told = await names(h, run)
        assert [told.count(f"task.{name}") for name in ("decided", "reopened", "closed")] == [
            2,
            1,
            1,
        ]


async def test_of_a_quorum_only_the_last_answer_is_taken_back(place: str) -> None:
    async with Harness(app, database=place) as h:
        run = await h.start(pays, True)
        await h.person("ann").approves("pay")
        receipt = await h.person("bob").approves("pay")
        task = str(receipt.task_id)
        assert (await h.inbox.reopen(task, by="ann")).status == "ineligible"
        assert (await h.inbox.reopen(task, by="bob")).status == "accepted"
        assert (await h.inbox.get(task)).needs == ("bob", "eve")
        await h.person("eve").approves("pay")
        await h.advance("30s")
        assert (await run.result())[0] == "approved"


async def test_a_deadline_during_the_window_changes_nothing_about_the_decision() -> None:
    async with Harness(app) as h:
        run = await h.start(pays, False)
        await h.advance("3590s")
        receipt = await h.person("ann").approves("pay")
        await h.advance("20s")  # the deadline has passed, and ann was in time
        assert (await h.inbox.get(str(receipt.task_id))).status == "decided"
        late = await h.inbox.reopen(str(receipt.task_id), by="ann")
        assert late.status == "expired"  # nobody could answer any more: what stands, stands
        await h.advance("10s")
        assert (await run.result())[0] == "approved"


async def test_a_cancelled_run_closes_what_was_decided_and_not_yet_final() -> None:
    async with Harness(app) as h:
        run = await h.start(pays, False)
        receipt = await h.person("ann").approves("pay")
        await run.cancel("too late")
        task = await h.inbox.get(str(receipt.task_id))
        assert (task.status, task.outcome) == ("closed", "cancelled")
        assert (await h.inbox.reopen(task.id, by="ann")).status in ("already_decided", "cancelled")


@pytest.mark.parametrize("commit", range(1, 5))
@pytest.mark.parametrize("written", [False, True])
async def test_a_crash_at_any_commit_closes_it_once(commit: int, written: bool) -> None:
    async with Harness(app) as h:
        run = await h.start(asks)
        await h.person("ann").answers("number", 7)
        h.dies_at(commit, written=written)
        await h.advance("10s")
        run = await h.crash_and_restart()
        await h.advance("10s")
        assert await run.result() == 7
        assert (await names(h, run)).count("task.closed") == 1
