"""A run that another run waits for: what it asks is asked of the parent too."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from assent import (
    App,
    Conflict,
    Context,
    InvalidInput,
    InvalidState,
    Rejected,
    RunCancelled,
    RunFailed,
    RunTimedOut,
    StepFailed,
    WorkflowNotFound,
)
from assent.errors import StoreAway
from assent.ports.store import Fenced
from assent.testing import START, Harness
from tests.stories.telling import count, keys_told, open_keys, told

pytestmark = pytest.mark.anyio

interruptions = pytest.mark.parametrize("how", ["none", "restart", "crash"])


async def interrupt(h: Harness, how: str) -> None:
    """Nothing, a restart in good order, or a crash."""
    if how == "restart":
        await h.restart()
    elif how == "crash":
        await h.crash_and_restart()


def family(app: App) -> Any:
    """A grandparent, a parent and a child; the child asks."""

    @app.workflow
    async def check(ctx: Context, name: str) -> str:
        decision = await ctx.approve("identity", value=name)
        return f"{name} {decision.outcome}"

    @app.workflow
    async def account(ctx: Context, name: str) -> str:
        return f"account of {await ctx.run(check, name)}"

    @app.workflow
    async def customer(ctx: Context, name: str) -> str:
        return f"customer with {await ctx.run(account, name)}"

    return customer


# ── A13: tasks of children ──────────────────────────────────────────────────────────────────────


@interruptions
@pytest.mark.parametrize("key", ["identity", "account/check/identity"])
async def test_a_childs_task_surfaces_on_its_parents_with_a_path_and_is_answered_there(
    app: App, place: str, how: str, key: str
) -> None:
    workflow = family(app)
    async with Harness(app, database=place) as h:
        run = await h.start(workflow, "ada", id="c-1", by="ann")
        await interrupt(h, how)
        (task,) = await run.tasks()
        assert task.key == "identity"
        assert task.path == ("account", "check")
        assert task.workflow == "check"
        assert task.run_id != "c-1"
        assert task.by == "ann"
        assert (await run.wait(timeout=5)).tasks == (task,)
        assert (await run.info()).waiting_for == ("account",)

        receipt = await run.approve(key, by="bob")
        assert (receipt.status, receipt.task_id, receipt.run_id) == (
            "accepted",
            task.id,
            task.run_id,
        )
        await interrupt(h, how)
        assert await run.result(timeout=5) == "customer with account of ada approved"
        again = await run.approve(key, by="bob")
        assert again.status == "duplicate"
        other = await run.reject(key, by="carol")
        assert other.status == "already_decided"
        assert (await count(h))["run.started"] == 3
        assert (await count(h))["task.opened"] == 1


async def test_a_child_knows_its_parent_and_its_root(app: App) -> None:
    workflow = family(app)
    async with Harness(app) as h:
        await h.start(workflow, "ada", id="c-1", by="ann")
        infos = {info.workflow: info for info in (await app.runs()).items}
        assert infos["customer"].parent is None
        assert infos["account"].parent == "c-1"
        assert infos["check"].parent == infos["account"].id
        assert {info.root for info in infos.values()} == {"c-1"}
        assert {info.by for info in infos.values()} == {"ann"}
        below = app.run(infos["account"].id)
        (task,) = await below.tasks()
        assert (await below.approve("check/identity", by="bob")).task_id == task.id
        await app.run("c-1").result(timeout=5)


async def test_a_key_that_several_children_use_must_be_named_by_its_path(app: App) -> None:
    @app.workflow
    async def check(ctx: Context, name: str) -> str:
        return f"{name} {(await ctx.approve('identity', value=name)).outcome}"

    @app.workflow
    async def couple(ctx: Context) -> list[str]:
        return await ctx.gather(ctx.run(check, "ada"), ctx.run(check, "bob"))

    async with Harness(app) as h:
        run = await h.start(couple)
        tasks = sorted(await run.tasks(), key=lambda task: task.value)
        paths = ["/".join([*task.path, task.key]) for task in tasks]
        assert len(set(paths)) == 2
        with pytest.raises(InvalidState) as refused:
            await run.approve("identity", by="eve")
        assert all(path in str(refused.value) for path in paths)
        assert (await run.approve(paths[0], by="eve")).status == "accepted"
        await h.run_until_idle()
        assert (await run.reject("identity", by="eve")).status == "accepted"  # one is left
        assert await run.result(timeout=5) == ["ada approved", "bob rejected"]


async def test_waiting_for_a_run_returns_once_its_child_waits_for_somebody(app: App) -> None:
    release = asyncio.Event()

    @app.workflow
    async def check(ctx: Context) -> None:
        await ctx.step("look", release.wait)
        await ctx.approve("identity")

    @app.workflow
    async def customer(ctx: Context) -> None:
        await ctx.run(check)

    async with Harness(app) as h:
        run = await app.start(customer)
        waiting = asyncio.ensure_future(run.wait(timeout=5))
        await h.rest()
        release.set()
        standing = await waiting
        assert standing.status == "waiting"
        assert [task.key for task in standing.tasks] == ["identity"]


# ── what goes in, what comes out ────────────────────────────────────────────────────────────────


@interruptions
async def test_a_childs_output_comes_back_with_its_type_and_it_runs_once(
    app: App, place: str, how: str
) -> None:
    ran: list[str] = []

    @app.workflow
    async def price(ctx: Context, name: str) -> dict[str, Any]:
        await ctx.step("look", ran.append, name)
        await ctx.sleep("1h")
        return {"amount": Decimal("1.20"), "at": ctx.now(), "tags": {"a", "b"}}

    @app.workflow
    async def order(ctx: Context) -> list[Any]:
        first = await ctx.run(price, "tea")
        second = await ctx.run("price", "milk")
        return [first, second]

    async with Harness(app, database=place) as h:
        run = await h.start(order)
        for _ in range(4):
            await interrupt(h, how)
            await h.advance("30m")
        first, second = await run.result(timeout=5)
        assert first == {
            "amount": Decimal("1.20"),
            "at": START + timedelta(hours=1),
            "tags": {"a", "b"},
        }
        assert isinstance(second["at"], datetime)
        assert ran == ["tea", "milk"]
        assert await keys_told(h, "child.finished", run) == ["price", "price#2"]


async def test_an_input_that_does_not_fit_and_an_unknown_workflow_are_refused_in_the_code(
    app: App,
) -> None:
    @app.workflow
    async def child(ctx: Context, number: int) -> int:
        return number

    @app.workflow
    async def parent(ctx: Context) -> list[str]:
        said: list[str] = []
        for workflow, value in ((child, "many"), ("chidl", 1), (child, None)):
            try:
                await ctx.run(workflow, value)
            except (InvalidInput, WorkflowNotFound) as error:
                said.append(type(error).__name__)
        return [*said, str(await ctx.run(child, 3))]

    async with Harness(app) as h:
        run = await h.start(parent)
        assert await run.result(timeout=5) == [
            "InvalidInput",
            "WorkflowNotFound",
            "InvalidInput",
            "3",
        ]
        assert (await count(h))["run.started"] == 2


async def test_a_child_may_have_an_id_of_its_own_and_never_takes_over_anothers_run(
    app: App,
) -> None:
    @app.workflow
    async def child(ctx: Context, number: int) -> int:
        await ctx.approve("it")
        return number

    @app.workflow
    async def parent(ctx: Context, id: str) -> int:
        found: int = await ctx.run(child, 1, id=id)
        return found

    async with Harness(app) as h:
        await h.start(child, 1, id="taken")
        run = await h.start(parent, "mine")
        assert (await app.run("mine").info()).parent == run.id
        thief = await h.start(parent, "taken")
        with pytest.raises(RunFailed) as failed:
            await thief.result(timeout=5)
        assert isinstance(failed.value.__cause__, Conflict)
        assert await app.run("taken").status() == "waiting"
        await app.run("mine").approve("it", by="bob")
        assert await run.result(timeout=5) == 1


async def test_an_id_that_was_taken_is_taken_again_on_replay_though_the_code_went_on(
    app: App,
) -> None:
    @app.workflow
    async def child(ctx: Context, number: int) -> int:
        await ctx.approve("it")
        return number

    @app.workflow
    async def parent(ctx: Context) -> str:
        try:
            return f"ran {await ctx.run(child, 1, id='taken')}"
        except Conflict as error:
            said = str(error)
        await ctx.approve("instead")
        await ctx.step("after", lambda: None)
        return said

    async with Harness(app) as h:
        await h.start(child, 1, id="taken")
        run = await h.start(parent)
        run = await h.crash_and_restart()
        assert await run.status() == "waiting"
        await run.approve("instead", by="ann")
        assert "there is one that it did not start" in await run.result(timeout=5)
        assert await keys_told(h, "child.finished", run) == ["child"]


async def test_a_run_that_failed_over_a_taken_id_is_retried_from_there(app: App) -> None:
    @app.workflow
    async def child(ctx: Context, number: int) -> int:
        return number

    ids = ["taken", "free"]

    @app.workflow
    async def parent(ctx: Context) -> int:
        await ctx.step("before", lambda: None)
        number: int = await ctx.run(child, 1, id=ids[0])
        return number

    async with Harness(app) as h:
        await h.start(child, 1, id="taken")
        run = await h.start(parent)
        assert await run.status() == "failed"
        run = await h.crash_and_restart()
        del ids[0]
        await run.retry()
        assert await run.result(timeout=5) == 1
        assert await keys_told(h, "step.finished", run) == ["before"]


@pytest.mark.parametrize("id", ["", "a/b", "..", "a\0b", "x" * 201])
async def test_a_child_is_given_no_id_that_no_run_could_have(app: App, id: str) -> None:
    @app.workflow
    async def child(ctx: Context) -> None: ...

    @app.workflow
    async def parent(ctx: Context) -> str:
        try:
            await ctx.run(child, id=id)
        except InvalidInput as error:
            await ctx.approve("then")
            return error.errors[0].pointer
        return "it ran"

    async with Harness(app) as h:
        run = await h.start(parent)
        run = await h.crash_and_restart()
        await run.approve("then", by="ann")
        assert await run.result(timeout=5) == "/id"


# ── how it ends ─────────────────────────────────────────────────────────────────────────────────


@interruptions
async def test_the_failure_of_a_child_is_raised_in_its_parent_with_its_cause(
    app: App, how: str
) -> None:
    @app.workflow
    async def child(ctx: Context) -> None:
        await ctx.approve("it")
        await ctx.step("divide", lambda: 1 / 0)

    @app.workflow
    async def parent(ctx: Context) -> str:
        try:
            await ctx.run(child)
        except RunFailed as error:
            cause = error.__cause__
            assert isinstance(cause, StepFailed)
            await ctx.approve("instead")
            return f"{cause.key}: {type(cause.__cause__).__name__}"
        return "not reached"

    async with Harness(app) as h:
        run = await h.start(parent)
        await h.person("bob").approves("it")
        await interrupt(h, how)
        await h.person("bob").approves("instead")
        assert await run.result(timeout=5) == "divide: ZeroDivisionError"


async def test_retrying_the_parent_runs_just_the_failed_step_of_its_child(app: App) -> None:
    ran: list[str] = []
    broken = True

    def pay() -> str:
        ran.append("pay")
        if broken:
            raise ConnectionError
        return "paid"

    @app.workflow
    async def child(ctx: Context) -> str:
        await ctx.step("price", ran.append, "price")
        await ctx.approve("it")
        return await ctx.step(pay)

    @app.workflow
    async def parent(ctx: Context) -> str:
        await ctx.step("before", ran.append, "before")
        paid: str = await ctx.run(child)
        await ctx.step("after", ran.append, "after")
        return paid

    async with Harness(app) as h:
        run = await h.start(parent)
        await h.person("bob").approves("it")
        assert await run.status() == "failed"
        broken = False
        await h.restart()
        await run.retry()
        assert await run.result(timeout=5) == "paid"
        assert ran == ["before", "price", "pay", "pay", "after"]
        assert (await count(h))["task.opened"] == 1
        assert (await count(h))["run.started"] == 2
        assert await app.audit.verify() == []


async def test_cancelling_the_parent_cancels_all_runs_below_it(app: App, place: str) -> None:
    workflow = family(app)
    async with Harness(app, database=place) as h:
        run = await h.start(workflow, "ada")
        (task,) = await run.tasks()
        await run.cancel("enough", by="ann")
        assert {info.status for info in (await app.runs()).items} == {"cancelled"}
        assert (await h.inbox.get(task.id)).outcome == "cancelled"
        assert (await run.approve("identity", by="bob")).status == "cancelled"
        await h.restart()
        assert {info.status for info in (await app.runs()).items} == {"cancelled"}
        assert [e.data["by"] for e in await told(h) if e.name == "task.closed"] == ["ann"]


@interruptions
async def test_cancelling_the_child_is_raised_in_its_parent(app: App, how: str) -> None:
    @app.workflow
    async def child(ctx: Context) -> None:
        await ctx.approve("it")

    @app.workflow
    async def parent(ctx: Context) -> str:
        try:
            await ctx.run(child, id="below")
        except RunCancelled as error:
            await ctx.approve("instead")
            return str(error)
        return "not reached"

    async with Harness(app) as h:
        run = await h.start(parent)
        await interrupt(h, how)
        await app.run("below").cancel("enough")
        await h.run_until_idle()
        await interrupt(h, how)
        await h.person("bob").approves("instead")
        assert "enough" in await run.result(timeout=5)


async def test_a_child_that_takes_too_long_is_raised_in_its_parent(app: App) -> None:
    @app.workflow(timeout="1h")
    async def child(ctx: Context) -> None:
        await ctx.sleep("2h")

    @app.workflow
    async def parent(ctx: Context) -> str:
        try:
            await ctx.run(child)
        except RunTimedOut as error:
            assert isinstance(error, TimeoutError)
            return "too long"
        return "not reached"

    async with Harness(app) as h:
        run = await h.start(parent)
        await h.advance("1h")
        assert await run.result(timeout=5) == "too long"


async def test_a_rejection_in_a_child_reaches_the_parent_as_what_it_is(app: App) -> None:
    @app.workflow
    async def child(ctx: Context) -> Any:
        return (await ctx.approve("it")).require()

    @app.workflow
    async def parent(ctx: Context) -> list[str | None]:
        try:
            await ctx.run(child)
        except RunFailed as error:
            rejected = error.__cause__
            assert isinstance(rejected, Rejected)
            return [rejected.by, rejected.reason]
        return []

    async with Harness(app) as h:
        run = await h.start(parent)
        await h.person("bob").rejects("it", "no")
        assert await run.result(timeout=5) == ["bob", "no"]


# ── time, races ─────────────────────────────────────────────────────────────────────────────────


async def test_the_time_that_people_take_over_a_childs_task_does_not_count_for_its_parent(
    app: App,
) -> None:
    @app.workflow
    async def child(ctx: Context) -> str:
        return (await ctx.approve("it")).outcome

    @app.workflow(timeout="2h")
    async def parent(ctx: Context) -> str:
        outcome: str = await ctx.run(child)
        await ctx.sleep("1h")
        return outcome

    async with Harness(app) as h:
        run = await h.start(parent)
        await h.advance("10d")
        assert await run.status() == "waiting"
        await h.person("bob").approves("it")
        await h.advance("1h")
        assert await run.result(timeout=5) == "approved"


@interruptions
async def test_a_child_that_loses_a_race_is_cancelled_with_what_it_asked(
    app: App, place: str, how: str
) -> None:
    @app.workflow
    async def child(ctx: Context) -> None:
        await ctx.approve("it")

    @app.workflow
    async def parent(ctx: Context) -> str:
        await ctx.first(ctx.run(child, id="below"), ctx.sleep("1h"))
        await ctx.approve("go on")
        return "went on"

    async with Harness(app, database=place) as h:
        run = await h.start(parent)
        await interrupt(h, how)
        await h.advance("1h")
        await interrupt(h, how)
        assert await app.run("below").status() == "cancelled"
        assert await open_keys(run) == {"go on"}
        assert [task.key for task in (await h.inbox.tasks()).items] == ["go on"]
        await h.person("bob").approves("go on")
        assert await run.result(timeout=5) == "went on"


async def test_fifty_children_at_once_all_come_back(app: App) -> None:
    @app.workflow
    async def child(ctx: Context, number: int) -> int:
        return number + int(await ctx.ask("number", int))

    @app.workflow
    async def parent(ctx: Context) -> list[int]:
        return await ctx.gather(*(ctx.run(child, number) for number in range(50)))

    async with Harness(app) as h:
        run = await h.start(parent)
        tasks = await run.tasks()
        assert len(tasks) == 50
        await h.crash_and_restart()
        for task in tasks:
            await h.inbox.answer(task.id, 100, by="bob")
        await h.run_until_idle()
        assert await run.result(timeout=10) == [number + 100 for number in range(50)]


async def test_a_paused_parent_goes_on_after_its_child_only_once_resumed(app: App) -> None:
    ran: list[str] = []

    @app.workflow
    async def child(ctx: Context) -> None:
        await ctx.approve("it")

    @app.workflow
    async def parent(ctx: Context) -> None:
        await ctx.run(child)
        await ctx.step("after", ran.append, "after")

    async with Harness(app) as h:
        run = await h.start(parent)
        await run.pause()
        assert (await run.approve("it", by="bob")).status == "accepted"
        await h.run_until_idle()
        assert (await run.status(), ran) == ("paused", [])
        await h.restart()
        await run.resume()
        await run.result(timeout=5)
        assert ran == ["after"]


@pytest.mark.parametrize("why", [StoreAway("the database", OSError("gone")), Fenced("run_1")])
async def test_that_a_child_cannot_be_started_just_now_is_nothing_to_the_code_of_its_parent(
    app: App, monkeypatch: pytest.MonkeyPatch, why: Exception
) -> None:
    caught: list[Exception] = []

    @app.workflow
    async def child(ctx: Context) -> str:
        return "well"

    @app.workflow
    async def parent(ctx: Context) -> Any:
        try:
            return await ctx.run(child)
        except Exception as error:
            caught.append(error)
            raise

    async with Harness(app) as h:
        ledger = h.app.system.ledger
        start_with, refusals = ledger.start_with, [why]

        async def refusing(run: str, *others: Any, **more: Any) -> Any:
            if run.endswith(".child") and refusals:
                raise refusals.pop()
            return await start_with(run, *others, **more)

        monkeypatch.setattr(ledger, "start_with", refusing)
        run = await h.start(parent)
        assert await run.result(timeout=30) == "well"
    assert (caught, refusals) == ([], [])
