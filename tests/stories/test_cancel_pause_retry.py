"""Starting once, pausing, cancelling, trying again."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from typing import Any

import pytest

from assent import (
    Actor,
    App,
    Conflict,
    Context,
    DefinitionError,
    InvalidInput,
    InvalidState,
    Rejected,
    RunCancelled,
    RunFailed,
    RunNotFound,
    StepFailed,
    ValueNotKept,
    WorkflowNotFound,
    current_step,
    step,
)
from assent.testing import START, Harness
from tests.stories.telling import count, keys_told, names, open_keys, told

pytestmark = pytest.mark.anyio


@dataclass
class Order:
    """What a run is started with."""

    id: str
    amount: int


# ── C39: starting ───────────────────────────────────────────────────────────────────────────────


async def test_starting_the_same_id_again_is_the_same_run(app: App) -> None:
    ran: list[str] = []

    @app.workflow
    async def refund(ctx: Context, order: Order) -> str:
        await ctx.step("price", ran.append, order.id)
        await ctx.approve("refund")
        return order.id

    async with Harness(app) as h:
        first = await h.start(refund, Order("a", 1), id="r-1")
        again = await app.start(refund, {"id": "a", "amount": 1}, id="r-1")
        await h.crash_and_restart()
        by_name = await app.start("refund", Order("a", 1), id="r-1")
        assert first.id == again.id == by_name.id == "r-1"
        await by_name.approve("refund", by="bob")
        assert await by_name.result(timeout=5) == "a"
        ended = await app.start(refund, Order("a", 1), id="r-1")
        assert await ended.result(timeout=5) == "a"
        assert await first.result(timeout=5) == "a"
        assert ran == ["a"]
        assert (await count(h))["run.started"] == 1


async def test_the_same_id_with_another_input_or_another_workflow_is_a_conflict(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context, order: Order) -> None:
        await ctx.approve("refund")

    @app.workflow
    async def hire(ctx: Context, order: Order) -> None: ...

    async with Harness(app) as h:
        run = await h.start(refund, Order("a", 1), id="r-1")
        before = await names(h)
        for workflow, order in (
            (refund, Order("a", 2)),
            (refund, {"id": "b", "amount": 1}),
            (hire, Order("a", 1)),
        ):
            with pytest.raises(Conflict):
                await app.start(workflow, order, id="r-1")
        assert await names(h) == before
        assert await run.input() == Order("a", 1)


async def test_the_order_of_a_dictionary_makes_no_other_input(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context, order: dict[str, Any]) -> None:
        await ctx.approve("refund")

    async with Harness(app) as h:
        await h.start(refund, {"id": "a", "lines": [{"x": 1, "y": 2}]}, id="r-1")
        again = await app.start(refund, {"lines": [{"y": 2, "x": 1}], "id": "a"}, id="r-1")
        assert again.id == "r-1"
        with pytest.raises(Conflict):
            await app.start(refund, {"lines": [{"y": True, "x": 2}], "id": "a"}, id="r-1")


async def test_fifty_who_start_the_same_id_at_once_start_one_run(app: App) -> None:
    ran: list[int] = []

    @app.workflow
    async def refund(ctx: Context, number: int) -> int:
        await ctx.step("price", ran.append, number)
        return number

    async with Harness(app) as h:
        runs = await asyncio.gather(*(app.start(refund, 1, id="r-1") for _ in range(50)))
        assert {run.id for run in runs} == {"r-1"}
        others = await asyncio.gather(
            *(app.start(refund, number, id="r-2") for number in range(20)), return_exceptions=True
        )
        assert sum(isinstance(other, Conflict) for other in others) == 19
        await h.run_until_idle()
        assert ran[0] == 1
        assert len(ran) == 2


async def test_an_input_that_does_not_fit_is_refused_by_path_and_no_run_is_made(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context, order: Order) -> None: ...

    @app.workflow
    async def anything(ctx: Context, value: Any) -> None: ...

    async with Harness(app) as h:
        for wrong in ({"id": 1, "amount": "much"}, {}, None, 3, [Order("a", 1)]):
            with pytest.raises(InvalidInput) as refused:
                await app.start(refund, wrong, id="r-1")
            assert refused.value.errors
        with pytest.raises(InvalidInput) as refused:
            await app.start("refund", {"id": 1, "amount": "much"})
        assert {error.pointer for error in refused.value.errors} == {"/id", "/amount"}
        with pytest.raises(ValueNotKept) as not_kept:
            await app.start(anything, {"deep": [threading.Lock()]})
        assert "deep[0]" in str(not_kept.value)
        assert await names(h) == []
        with pytest.raises(RunNotFound):
            await app.run("r-1").status()


@pytest.mark.parametrize("id", ["", " ", "a/b", "x" * 201, "a\n", " a", "\x00"])
async def test_an_id_that_would_be_trouble_elsewhere_is_refused(app: App, id: str) -> None:
    @app.workflow
    async def refund(ctx: Context) -> None: ...

    async with Harness(app) as h:
        with pytest.raises(InvalidInput):
            await app.start(refund, id=id)
        assert await names(h) == []


async def test_an_unknown_workflow_is_refused_with_what_is_close_to_it(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> None: ...

    other = App()

    @other.workflow
    async def hire(ctx: Context) -> None: ...

    async with Harness(app):
        with pytest.raises(WorkflowNotFound, match="Did you mean 'refund'"):
            await app.start("refnud")
        with pytest.raises(WorkflowNotFound):
            await app.start(hire)


async def test_who_started_a_run_and_its_labels_are_kept(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> dict[str, Any]:
        await ctx.approve("it")
        return {"id": ctx.run_id, "workflow": ctx.workflow, "labels": dict(ctx.labels)}

    async with Harness(app) as h:
        run = await h.start(refund, id="r-1", by="ann", labels={"region": "eu"})
        await h.start(refund)
        await h.restart()
        info = await run.info()
        assert (info.by, info.labels, info.workflow) == ("ann", {"region": "eu"}, "refund")
        assert (info.created, info.finished, info.parent, info.root) == (START, None, None, "r-1")
        assert [i.id for i in (await app.runs(label="region=eu")).items] == ["r-1"]
        assert (await app.runs(label="region=us")).items == ()
        await run.approve("it", by="bob")
        assert await run.result(timeout=5) == {
            "id": "r-1", "workflow": "refund", "labels": {"region": "eu"},
        }  # fmt: skip
        with pytest.raises(InvalidInput):
            await app.start(refund, labels={"n": 1})  # type: ignore[dict-item]


# ── C36: cancelling ─────────────────────────────────────────────────────────────────────────────


async def test_cancel_returns_once_the_bodies_have_been_cancelled_and_awaited(app: App) -> None:
    life: list[str] = []

    async def work(name: str) -> None:
        try:
            life.append(f"{name} began")
            await asyncio.Event().wait()
        finally:
            for _ in range(5):
                await asyncio.sleep(0)
            life.append(f"{name} ended")

    @app.workflow
    async def refund(ctx: Context) -> None:
        try:
            await ctx.gather(ctx.step(work, "a"), ctx.step(work, "b"), ctx.approve("it"))
        finally:
            life.append("code ended")

    async with Harness(app) as h:
        run = await h.start(refund)
        assert await run.cancel("customer withdrew", by="ann") == "cancelled"
        assert sorted(life[:4]) == ["a began", "a ended", "b began", "b ended"]
        assert life[4:] == ["code ended"]
        with pytest.raises(RunCancelled) as cancelled:
            await run.result(timeout=5)
        assert "customer withdrew" in str(cancelled.value)
        assert "ann" in str(cancelled.value)
        assert not isinstance(cancelled.value, RunFailed)
        assert "customer withdrew" in (await run.error() or "")


async def test_late_results_of_a_cancelled_run_are_refused(app: App) -> None:
    entered, release, returned = threading.Event(), threading.Event(), threading.Event()

    def work() -> str:
        entered.set()
        release.wait(30)
        returned.set()
        return "late"

    @app.workflow
    async def refund(ctx: Context) -> str:
        return await ctx.step(work)

    async with Harness(app) as h:
        run = await app.start(refund)
        await asyncio.to_thread(entered.wait, 5)
        assert await run.cancel() == "cancelled"
        release.set()
        await asyncio.to_thread(returned.wait, 5)
        await h.run_until_idle()
        assert await run.status() == "cancelled"
        assert await names(h, run) == ["run.started", "step.started", "run.finished"]


@pytest.mark.parametrize("how", ["hot", "restart", "crash"])
async def test_tasks_timers_and_children_of_a_cancelled_run_vanish(app: App, how: str) -> None:
    woken: list[str] = []

    @app.workflow
    async def child(ctx: Context) -> None:
        await ctx.approve("below")
        woken.append("child")

    @app.workflow(timeout="5h")
    async def refund(ctx: Context) -> None:
        await ctx.gather(
            ctx.approve("it", timeout="1h"), ctx.sleep("2h"), ctx.run(child), ctx.ask("age", int)
        )
        woken.append("parent")

    async with Harness(app) as h:
        run = await h.start(refund)
        below = (await app.runs(workflow="child")).items[0].id
        if how == "restart":
            await h.restart()
        elif how == "crash":
            await h.crash_and_restart()
        await run.cancel("enough")

        assert await run.tasks() == ()
        assert (await h.inbox.tasks()).items == ()
        assert await app.run(below).status() == "cancelled"
        assert await app.store.next_due() is None
        await h.advance("10d")
        await h.restart()
        assert await run.status() == "cancelled"
        assert woken == []
        for receipt in (
            await run.approve("it", by="bob"),
            await run.answer("age", 3, by="bob"),
            await app.run(below).approve("below", by="bob"),
        ):
            assert receipt.status == "cancelled"
        assert (await count(h))["run.finished"] == 2
        assert (await count(h))["timer.fired"] == 0


async def test_cancelling_twice_is_harmless_and_after_the_end_it_is_refused(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.approve("it")

    async with Harness(app) as h:
        run, done = await h.start(refund), await h.start(refund)
        await done.approve("it", by="bob")
        await done.result(timeout=5)
        await run.cancel("first")
        assert await run.cancel("second") == "cancelled"
        assert "first" in (await run.error() or "")
        assert (await count(h, run))["run.finished"] == 1
        with pytest.raises(InvalidState):
            await done.cancel()
        with pytest.raises(RunNotFound):
            await app.run("nope").cancel()
        assert await done.status() == "succeeded"


async def test_a_workflow_that_cancels_itself_ends_there(app: App) -> None:
    went_on: list[str] = []

    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.step("price", lambda: 1)
        try:
            await ctx.cancel("nothing to do")
        except Exception:  # noqa: BLE001
            went_on.append("swallowed")
        await ctx.step("never", went_on.append, "never")

    async with Harness(app) as h:
        run = await h.start(refund)
        with pytest.raises(RunCancelled, match="nothing to do"):
            await run.result(timeout=5)
        await h.restart()
        assert await run.status() == "cancelled"
        assert went_on == []
        assert await keys_told(h, "step.finished", run) == ["price"]


@pytest.mark.parametrize("reason", ["half \ud800", "\0", 3])
async def test_a_reason_that_cannot_be_kept_is_refused_wherever_it_is_given(
    app: App, reason: Any
) -> None:
    @app.workflow
    async def work(ctx: Context) -> str:
        with pytest.raises(DefinitionError, match="reason"):
            await ctx.cancel(reason)
        return (await ctx.approve("it")).outcome

    async with Harness(app) as h:
        run = await h.start(work)
        with pytest.raises(InvalidInput, match="/reason"):
            await run.cancel(reason)
        assert await run.status() == "waiting"
        await h.person("ann").approves("it")
        assert await run.result() == "approved"


async def test_code_that_swallows_its_cancellation_can_do_nothing_any_more(app: App) -> None:
    effects: list[str] = []

    @app.workflow
    async def refund(ctx: Context) -> str:
        try:
            await ctx.approve("it")
        except BaseException:  # noqa: BLE001
            try:
                await ctx.step("compensate", effects.append, "undone")
            except BaseException:  # noqa: BLE001
                await ctx.step("again", effects.append, "undone")
        return "went on"

    async with Harness(app) as h:
        run = await h.start(refund)
        await run.cancel()
        await h.restart()
        assert await run.status() == "cancelled"
        assert effects == []


async def test_results_and_decisions_of_a_cancelled_run_are_kept(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.step("price", lambda: 40)
        await ctx.approve("first")
        await ctx.approve("second")

    async with Harness(app) as h:
        run = await h.start(refund)
        await h.person("bob").approves("first", "fine")
        await run.cancel("enough")
        closed = {
            t.key: (t.outcome, t.decided_by) for t in (await h.inbox.tasks(status="all")).items
        }
        assert closed == {"first": ("approved", "bob"), "second": ("cancelled", None)}
        assert await app.audit.verify() == []


# ── pausing ─────────────────────────────────────────────────────────────────────────────────────


async def test_pause_returns_once_the_running_step_has_ended_and_nothing_new_begins(
    app: App,
) -> None:
    entered, release = asyncio.Event(), asyncio.Event()
    ran: list[str] = []

    async def slow() -> str:
        entered.set()
        await release.wait()
        ran.append("slow")
        return "slow"

    @app.workflow
    async def refund(ctx: Context) -> list[str]:
        first = await ctx.step(slow)
        await ctx.step("next", ran.append, "next")
        return [first]

    async with Harness(app) as h:
        run = await app.start(refund)
        await entered.wait()
        pausing = asyncio.ensure_future(run.pause(by="ann"))
        async for event in run.events():
            if event.name == "run.paused":
                break
        assert not pausing.done()
        release.set()
        assert (await asyncio.wait_for(pausing, 5)).run == run.id
        await h.run_until_idle()
        assert ran == ["slow"]
        await h.advance("1d")
        await h.crash_and_restart()
        assert await run.status() == "paused"
        assert ran == ["slow"]
        await run.resume(by="ann")
        assert await run.result(timeout=5) == ["slow"]
        assert ran == ["slow", "next"]
        assert [e.data["by"] for e in await told(h, run) if e.name == "run.paused"] == ["ann"]


async def test_pausing_between_two_attempts_does_not_wait_for_the_next_one(app: App) -> None:
    tried: list[int] = []

    @step(retries=3, delay="1h", max_delay="1h")
    async def pay() -> str:
        tried.append(1)
        if len(tried) == 1:
            raise ConnectionError
        return "paid"

    @app.workflow
    async def refund(ctx: Context) -> str:
        return await ctx.step(pay)

    async with Harness(app) as h:
        run = await h.start(refund)
        assert (await asyncio.wait_for(run.pause(), 5)).run == run.id
        await h.advance("10h")
        assert tried == [1]
        await run.resume()
        assert await run.result(timeout=5) == "paid"
        assert tried == [1, 1]


async def test_a_timer_that_comes_due_during_a_pause_is_seen_once_it_is_resumed(
    app: App, place: str
) -> None:
    ran: list[str] = []

    @app.workflow
    async def nap(ctx: Context) -> None:
        await ctx.sleep("1h")
        await ctx.step("wake", ran.append, "awake")

    async with Harness(app, database=place) as h:
        run = await h.start(nap)
        await run.pause()
        await h.advance("2h")
        assert (await run.status(), ran) == ("paused", [])
        await run.resume()
        await run.result(timeout=5)
        assert ran == ["awake"]


async def test_the_workflows_timeout_stands_still_during_a_pause(app: App, place: str) -> None:
    @app.workflow(timeout="2h")
    async def nap(ctx: Context) -> str:
        await ctx.sleep("1h")
        await ctx.sleep("30m")
        return "awake"

    async with Harness(app, database=place) as h:
        run = await h.start(nap)
        await h.advance("30m")
        await run.pause()
        await h.advance("100d")
        assert await run.status() == "paused"
        await run.resume()
        await h.advance("1h")
        assert await run.result(timeout=5) == "awake"


async def test_pausing_and_resuming_are_idempotent_and_refused_after_the_end(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> str:
        return (await ctx.approve("it")).outcome

    async with Harness(app) as h:
        run = await h.start(refund)
        for _ in range(3):
            assert (await run.pause()).run == run.id
        for _ in range(3):
            await run.resume()
        await h.run_until_idle()
        happened = await count(h, run)
        assert (happened["run.paused"], happened["run.resumed"]) == (1, 1)
        assert await run.status() == "waiting"
        await run.approve("it", by="bob")
        assert await run.result(timeout=5) == "approved"
        with pytest.raises(InvalidState):
            await run.pause()
        with pytest.raises(InvalidState):
            await run.resume()


async def test_a_paused_run_can_be_cancelled(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.approve("it")

    async with Harness(app) as h:
        run = await h.start(refund)
        await run.pause()
        await run.cancel("enough")
        assert await run.status() == "cancelled"
        assert (await h.inbox.tasks()).items == ()


# ── C40: resumed by many at once ────────────────────────────────────────────────────────────────


async def test_of_many_who_resume_a_run_at_once_exactly_one_advances_it(app: App) -> None:
    ran: list[int] = []

    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.approve("it")
        await ctx.step("pay", ran.append, 1)

    async with Harness(app) as h:
        run = await h.start(refund)
        await run.pause()
        await run.approve("it", by="bob")
        await h.restart()
        await asyncio.gather(*(app.run(run.id).resume() for _ in range(50)))
        await run.result(timeout=5)
        assert ran == [1]
        assert (await count(h, run))["run.resumed"] == 1


async def test_of_many_who_retry_a_run_at_once_exactly_one_advances_it(app: App) -> None:
    ran: list[int] = []

    @app.workflow
    async def refund(ctx: Context) -> str:
        def pay() -> str:
            ran.append(1)
            if len(ran) == 1:
                raise ConnectionError
            return "paid"

        return await ctx.step(pay)

    async with Harness(app) as h:
        run = await h.start(refund)
        assert await run.status() == "failed"
        tried = await asyncio.gather(
            *(app.run(run.id).retry() for _ in range(50)), return_exceptions=True
        )
        assert sum(not isinstance(one, Exception) for one in tried) == 1
        assert sum(isinstance(one, InvalidState) for one in tried) == 49
        assert await run.result(timeout=5) == "paid"
        assert ran == [1, 1]


# ── C34: trying again ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["hot", "restart", "crash"])
async def test_retrying_a_failed_run_runs_just_the_failed_step_and_asks_nobody_again(
    app: App, how: str
) -> None:
    ran: list[str] = []
    keys: list[str] = []
    broken = True

    @step(retries=1)
    def pay(amount: int) -> str:
        ran.append("pay")
        keys.append(current_step().idempotency_key)
        if broken:
            raise ConnectionError("the bank is closed")
        return f"paid {amount}"

    @app.workflow
    async def refund(ctx: Context) -> str:
        quote = await ctx.step("price", lambda: ran.append("price") or 40)
        decision = await ctx.approve("refund", value=quote)
        paid = await ctx.step(pay, decision.require())
        await ctx.step("tell", ran.append, "tell")
        return paid

    async with Harness(app) as h:
        run = await h.start(refund)
        await h.person("bob").edits("refund", 30)
        await h.advance("1m")
        assert await run.status() == "failed"
        assert ran == ["price", "pay", "pay"]
        if how == "restart":
            await h.restart()
        elif how == "crash":
            await h.crash_and_restart()
        assert await run.retry(by="ann") == "running"
        await h.advance("1m")
        assert await run.status() == "failed"  # its policy counts from one again
        assert ran == ["price", *["pay"] * 4]
        broken = False
        await run.retry(by="ann")

        assert await run.result(timeout=5) == "paid 30"
        assert ran == ["price", *["pay"] * 5, "tell"]
        assert len(set(keys)) == 1
        happened = await count(h, run)
        assert (happened["task.opened"], happened["task.closed"]) == (1, 1)
        assert happened["run.retried"] == 2
        assert (await run.info()).finished is not None
        assert await app.audit.verify() == []


async def test_a_retry_runs_the_step_that_failed_the_run_not_one_whose_failure_was_caught(
    app: App,
) -> None:
    ran: list[str] = []
    broken = True

    def fail(name: str) -> str:
        ran.append(name)
        if broken:
            raise ConnectionError(name)
        return name

    @app.workflow
    async def refund(ctx: Context) -> list[str]:
        said: list[str] = []
        try:
            said.append(await ctx.step("caught", fail, "caught"))
        except StepFailed:
            said.append(await ctx.step("instead", lambda: "instead"))
        said.append(await ctx.step("uncaught", fail, "uncaught"))
        return said

    async with Harness(app) as h:
        run = await h.start(refund)
        broken = False
        await run.retry()
        assert await run.result(timeout=5) == ["instead", "uncaught"]
        assert ran == ["caught", "uncaught", "uncaught"]


async def test_a_retry_after_an_error_of_the_workflow_itself_repeats_no_step(app: App) -> None:
    ran: list[str] = []
    broken = True

    @app.workflow
    async def refund(ctx: Context) -> str:
        await ctx.step("price", ran.append, "price")
        await ctx.approve("it")
        if broken:
            raise KeyError("a bug")
        await ctx.step("pay", ran.append, "pay")
        return "paid"

    async with Harness(app) as h:
        run = await h.start(refund)
        await h.person("bob").approves("it")
        assert await run.status() == "failed"
        broken = False
        await run.retry()
        assert await run.result(timeout=5) == "paid"
        assert ran == ["price", "pay"]
        assert (await count(h, run))["task.opened"] == 1


async def test_a_retry_after_a_rejection_is_rejected_again_since_the_decision_stands(
    app: App,
) -> None:
    @app.workflow
    async def refund(ctx: Context) -> Any:
        return (await ctx.approve("it")).require()

    async with Harness(app) as h:
        run = await h.start(refund)
        await run.reject("it", by="bob", reason="no")
        await h.run_until_idle()
        await run.retry()
        with pytest.raises(RunFailed) as failed:
            await run.result(timeout=5)
        assert isinstance(failed.value.__cause__, Rejected)
        assert (await count(h, run))["task.opened"] == 1


async def test_a_retry_runs_only_the_branch_that_failed(app: App) -> None:
    ran: list[str] = []
    broken = True

    def work(name: str) -> str:
        ran.append(name)
        if broken and name == "b":
            raise ConnectionError
        return name

    @app.workflow
    async def many(ctx: Context) -> list[str]:
        settled = await ctx.gather(
            *(ctx.step(work, name) for name in "abc"), return_exceptions=True
        )
        for one in settled:
            if isinstance(one, Exception):
                raise one
        return settled

    async with Harness(app) as h:
        run = await h.start(many)
        assert await run.status() == "failed"
        broken = False
        await run.retry()
        assert await run.result(timeout=5) == ["a", "b", "c"]
        assert sorted(ran) == ["a", "b", "b", "c"]


async def test_a_task_withdrawn_by_the_failure_of_a_branch_beside_it_is_asked_again_on_retry(
    app: App,
) -> None:
    broken = True

    @app.workflow
    async def many(ctx: Context) -> list[Any]:
        def work() -> str:
            if broken:
                raise ConnectionError
            return "worked"

        async def ask() -> str:
            return (await ctx.approve("it")).outcome

        async def after() -> str:
            await ctx.approve("first")
            return await ctx.step(work)

        return await ctx.gather(ask(), after())

    async with Harness(app) as h:
        run = await h.start(many)
        (first,) = [task for task in await run.tasks() if task.key == "it"]
        await h.person("bob").approves("first")
        assert await run.status() == "failed"
        assert (await h.inbox.get(first.id)).outcome == "cancelled"
        broken = False
        await run.retry()
        await h.run_until_idle()
        assert await open_keys(run) == {"it"}
        await h.restart()
        await h.person("carol").approves("it")
        assert await run.result(timeout=5) == ["approved", "worked"]
        assert await keys_told(h, "task.opened", run) == ["1/it", "2/first", "1/it"]


async def test_a_run_that_took_too_long_can_be_retried_and_gets_its_time_again(app: App) -> None:
    ran: list[str] = []

    @app.workflow(timeout="1h")
    async def nap(ctx: Context) -> str:
        await ctx.step("price", ran.append, "price")
        await ctx.sleep("90m")
        return "awake"

    async with Harness(app) as h:
        run = await h.start(nap)
        await h.advance("1h")
        assert await run.status() == "timed_out"
        await run.retry()
        await h.advance("30m")
        assert await run.result(timeout=5) == "awake"
        assert ran == ["price"]


async def test_only_what_failed_can_be_retried(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> str:
        return (await ctx.approve("it")).outcome

    async with Harness(app) as h:
        waiting, paused, cancelled, done = [await h.start(refund) for _ in range(4)]
        await paused.pause()
        await cancelled.cancel()
        await done.approve("it", by="bob")
        await done.result(timeout=5)
        for run in (waiting, paused, cancelled, done):
            before = await names(h, run)
            with pytest.raises(InvalidState):
                await run.retry()
            assert await names(h, run) == before
        with pytest.raises(RunNotFound):
            await app.run("nope").retry()


async def test_several_wait_for_a_result_and_all_get_it(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> list[int]:
        await ctx.approve("it")
        return [1, 2]

    async with Harness(app) as h:
        run = await h.start(refund)
        waiting = [asyncio.ensure_future(app.run(run.id).result(timeout=5)) for _ in range(20)]
        await asyncio.sleep(0)
        await run.pause()
        await run.resume()
        await run.approve("it", by="bob")
        results = await asyncio.gather(*waiting)
        assert results == [[1, 2]] * 20
        assert len({id(result) for result in results}) == 20  # a copy each
        with pytest.raises(TimeoutError):
            await (await h.start(refund)).result(timeout=0.05)


# ── what is no workflow ─────────────────────────────────────────────────────────────────────────


async def test_what_cannot_be_a_workflow_is_refused_where_it_is_written(app: App) -> None:
    def sync(ctx: Context) -> None: ...

    async def nothing() -> None: ...

    async def too_much(ctx: Context, one: int, two: int) -> None: ...

    async def fine(ctx: Context) -> None: ...

    wrongs: list[Any] = [sync, nothing, too_much]
    for wrong in wrongs:
        with pytest.raises(DefinitionError):
            app.workflow(wrong)
    app.workflow(fine)
    with pytest.raises(DefinitionError):
        app.workflow(name="fine")(fine)
    with pytest.raises(ValueError, match="duration"):
        app.workflow(name="other", timeout="soon")(fine)
    assert list(app.workflows) == ["fine"]


async def test_cancelling_a_parent_awaits_the_bodies_of_its_children(app: App) -> None:
    life: list[str] = []
    begun = asyncio.Event()

    @app.workflow
    async def child(ctx: Context) -> None:
        async def work() -> None:
            try:
                begun.set()
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                life.append("cleaned up")

        await ctx.step(work)

    @app.workflow
    async def parent(ctx: Context) -> None:
        await ctx.run(child)

    async with Harness(app):
        run = await app.start(parent)
        await begun.wait()
        await run.cancel()
        assert life == ["cleaned up"]


async def test_a_child_that_cancels_itself_is_cancelled_for_its_parent(app: App) -> None:
    @app.workflow
    async def child(ctx: Context) -> None:
        await ctx.cancel("no use")

    @app.workflow
    async def parent(ctx: Context) -> str:
        try:
            await ctx.run(child)
        except RunCancelled as error:
            return str(error)
        return "not reached"

    async with Harness(app) as h:
        assert "no use" in await (await h.start(parent)).result(timeout=5)


async def test_what_cannot_be_wished_any_more_is_refused_in_whole_sentences(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.approve("refund")

    async with Harness(app) as h:
        run = await h.start(refund)
        await run.cancel()
        with pytest.raises(InvalidState, match=r"'.*' was cancelled; it cannot be paused\."):
            await run.pause()
        with pytest.raises(InvalidState, match=r"'.*' was cancelled; only failed, "):
            await run.retry()


@pytest.mark.parametrize("by", ["", "a\nb", 5])
@pytest.mark.parametrize("wish", ["pause", "resume", "retry", "cancel"])
async def test_nobody_steers_a_run_by_what_is_no_name(app: App, wish: str, by: Any) -> None:
    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.approve("refund")

    async with Harness(app) as h:
        run = await h.start(refund)
        with pytest.raises(InvalidInput, match="/by"):
            await getattr(run, wish)(by=by)
        assert await run.status() == "waiting"
        await run.cancel(by=Actor("ann"))
        assert "cancelled by ann" in str((await run.wait()).error)
