"""The code changes while a run waits: told before anything runs, and mended by a fix."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from assent import App, Context, InvalidState, RunParked
from assent.testing import Harness
from tests.cluster import cluster
from tests.stories.telling import count, keys_told, names, open_keys

pytestmark = pytest.mark.anyio

Code = Callable[..., Awaitable[Any]]
effects: list[str] = []


def effect(name: str) -> str:
    """Something that can be seen to have happened."""
    effects.append(name)
    return name


def deployed(code: Code, *, version: str = "1", name: str = "refund") -> App:
    """An app with this code as its workflow."""
    app = App()
    app.workflow(name=name, version=version)(code)
    return app


async def as_recorded(ctx: Context, order: str) -> str:
    """What the runs of this file were started with."""
    price = await ctx.step("price", lambda: effect("priced") and 40)
    tax = await ctx.step("tax", lambda p: effect("taxed") and p * 2, price)
    decision = await ctx.approve("refund", value=tax)
    await ctx.step("pay", effect, "paid")
    return f"{decision.outcome} {tax}"


async def step_renamed(ctx: Context, order: str) -> str:
    """The first step has another name."""
    price = await ctx.step("quote", lambda: effect("quoted") and 40)
    tax = await ctx.step("tax", lambda p: p * 2, price)
    return (await ctx.approve("refund", value=tax)).outcome


async def step_removed(ctx: Context, order: str) -> str:
    """The first step is gone."""
    tax = await ctx.step("tax", lambda p: p * 2, 40)
    return (await ctx.approve("refund", value=tax)).outcome


async def last_step_removed(ctx: Context, order: str) -> str:
    """The step before the wait is gone."""
    price = await ctx.step("price", lambda: effect("priced") and 40)
    return (await ctx.approve("refund", value=price * 2)).outcome


async def step_inserted(ctx: Context, order: str) -> str:
    """There is a step before the first one."""
    await ctx.step("check", effect, "checked")
    return await as_recorded(ctx, order)


async def step_inserted_before_the_wait(ctx: Context, order: str) -> str:
    """There is a step between the last one and the wait."""
    price = await ctx.step("price", lambda: 40)
    tax = await ctx.step("tax", lambda p: p * 2, price)
    await ctx.step("check", effect, "checked")
    return (await ctx.approve("refund", value=tax)).outcome


async def steps_swapped(ctx: Context, order: str) -> str:
    """The steps come in another order."""
    tax = await ctx.step("tax", lambda p: p * 2, 40)
    await ctx.step("price", lambda: effect("priced") and 40)
    return (await ctx.approve("refund", value=tax)).outcome


async def arguments_changed(ctx: Context, order: str) -> str:
    """A step is given something else."""
    price = await ctx.step("price", lambda: 40)
    tax = await ctx.step("tax", lambda p: effect("taxed") and p * 2, price + 1)
    return (await ctx.approve("refund", value=tax)).outcome


async def result_retyped(ctx: Context, order: str) -> str:
    """A step returns another type."""

    def price() -> list[int]:
        effect("priced")
        return [40]

    prices = await ctx.step("price", price)
    tax = await ctx.step("tax", lambda p: p * 2, prices[0])
    return (await ctx.approve("refund", value=tax)).outcome


async def wait_inserted(ctx: Context, order: str) -> str:
    """Somebody else is asked first."""
    price = await ctx.step("price", lambda: 40)
    tax = await ctx.step("tax", lambda p: p * 2, price)
    await ctx.approve("legal")
    return (await ctx.approve("refund", value=tax)).outcome


async def timer_inserted(ctx: Context, order: str) -> str:
    """It sleeps before it asks."""
    price = await ctx.step("price", lambda: 40)
    tax = await ctx.step("tax", lambda p: p * 2, price)
    await ctx.sleep("1h")
    return (await ctx.approve("refund", value=tax)).outcome


async def wait_renamed(ctx: Context, order: str) -> str:
    """The task has another key."""
    price = await ctx.step("price", lambda: 40)
    tax = await ctx.step("tax", lambda p: p * 2, price)
    return (await ctx.approve("approval", value=tax)).outcome


async def wait_removed(ctx: Context, order: str) -> str:
    """Nobody is asked any more."""
    price = await ctx.step("price", lambda: 40)
    tax = await ctx.step("tax", lambda p: p * 2, price)
    await ctx.step("pay", effect, "paid")
    return f"paid {tax}"


async def ends_before_the_wait(ctx: Context, order: str) -> str:
    """It is done before it asks."""
    price = await ctx.step("price", lambda: 40)
    tax = await ctx.step("tax", lambda p: p * 2, price)
    return f"{tax}"


async def fails_before_the_wait(ctx: Context, order: str) -> str:
    """It raises where it used to ask."""
    price = await ctx.step("price", lambda: 40)
    await ctx.step("tax", lambda p: p * 2, price)
    raise LookupError("the tax office has moved")


async def fails_at_once(ctx: Context, order: str) -> str:
    """It raises before it asks for anything."""
    raise LookupError("the price list has moved")


async def asks_for_a_form(ctx: Context, order: str) -> str:
    """People are asked something of another kind."""
    price = await ctx.step("price", lambda: 40)
    tax = await ctx.step("tax", lambda p: p * 2, price)
    return str(await ctx.ask("refund", int, value=tax))


async def shows_another_value(ctx: Context, order: str) -> str:
    """People are shown something else than they were."""
    price = await ctx.step("price", lambda: 40)
    tax = await ctx.step("tax", lambda p: p * 2, price)
    return (await ctx.approve("refund", value=tax + 1)).outcome


async def step_became_a_task(ctx: Context, order: str) -> str:
    """What a step did is asked of people."""
    price = await ctx.ask("price", int)
    tax = await ctx.step("tax", lambda p: p * 2, price)
    return (await ctx.approve("refund", value=tax)).outcome


async def reads_the_clock_first(ctx: Context, order: str) -> str:
    """It looks at the time before anything else."""
    ctx.now()
    return await as_recorded(ctx, order)


async def gathers_first(ctx: Context, order: str) -> str:
    """The steps run side by side."""
    _, tax = await ctx.gather(
        ctx.step("price", lambda: effect("priced") and 40),
        ctx.step("tax", lambda p: effect("taxed") and p * 2, 40),
    )
    return (await ctx.approve("refund", value=tax)).outcome


async def takes_another_input(ctx: Context, order: int) -> str:
    """The input has another type."""
    return await as_recorded(ctx, str(order))


async def takes_no_input(ctx: Context) -> str:
    """There is no input any more."""
    return await as_recorded(ctx, "")


CHANGES: list[tuple[Code, list[str]]] = [
    (step_renamed, ["price", "quote"]),
    (step_removed, ["price", "tax"]),
    (last_step_removed, ["tax", "refund"]),
    (step_inserted, ["price", "check"]),
    (step_inserted_before_the_wait, ["refund", "check"]),
    (steps_swapped, ["price", "tax"]),
    (arguments_changed, ["tax", "arguments"]),
    (result_retyped, ["price", "list[int]"]),
    (wait_inserted, ["refund", "legal"]),
    (timer_inserted, ["refund", "sleep"]),
    (wait_renamed, ["refund", "approval"]),
    (wait_removed, ["refund", "pay"]),
    (ends_before_the_wait, ["refund", "ended"]),
    (fails_before_the_wait, ["refund", "LookupError", "has moved"]),
    (fails_at_once, ["price", "LookupError", "has moved"]),
    (asks_for_a_form, ["refund", "approve", "ask"]),
    (shows_another_value, ["refund", "80", "81"]),
    (step_became_a_task, ["price", "step", "task"]),
    (reads_the_clock_first, ["price", "now"]),
    (gathers_first, ["price"]),
    (takes_another_input, ["int"]),
]


@pytest.mark.parametrize(("changed", "said"), CHANGES, ids=lambda p: getattr(p, "__name__", ""))
async def test_changed_code_parks_the_run_before_anything_runs_and_a_fix_lets_it_go_on(
    database: str, changed: Code, said: list[str]
) -> None:
    effects.clear()
    async with Harness(deployed(as_recorded), database=database) as h:
        run = await h.start("refund", "o-1", id="r-1")
        assert effects == ["priced", "taxed"]

    effects.clear()
    async with Harness(deployed(changed), database=database) as h:
        run = h.run("r-1")
        # An answer still counts: it is the code that is wrong, not the person.
        assert (await run.approve("refund", by="bob")).status == "accepted"
        await h.run_until_idle()
        assert await run.status() == "parked"
        reason = await run.error()
        assert reason is not None
        for word in said:
            assert word in reason, reason
        assert [info.id for info in (await h.app.runs(status="parked")).items] == ["r-1"]
        outcome = await run.wait(timeout=5)
        assert (outcome.status, type(outcome.error), str(outcome.error)) == (
            "parked",
            RunParked,
            reason,
        )
        await h.restart()  # the wrong code again: parked again
        await h.crash_and_restart()
        assert await run.status() == "parked"
        assert effects == []
        assert (await count(h, run))["task.opened"] == 1

    async with Harness(deployed(as_recorded), database=database) as h:
        assert await h.run("r-1").result(timeout=5) == "approved 80"
        assert effects == ["paid"]
        assert await h.app.audit.verify() == []


async def test_a_run_whose_input_nobody_takes_any_more_is_parked(database: str) -> None:
    async with Harness(deployed(as_recorded), database=database) as h:
        await h.start("refund", "o-1", id="r-1")
    effects.clear()
    async with Harness(deployed(takes_no_input), database=database) as h:
        await h.run("r-1").approve("refund", by="bob")
        await h.run_until_idle()
        assert await h.run("r-1").status() == "parked"
        assert effects == []


async def test_a_run_that_was_started_without_the_input_that_is_now_taken_is_parked(
    database: str,
) -> None:
    async def with_nothing(ctx: Context) -> str:
        return (await ctx.approve("refund")).outcome

    async def with_a_number(ctx: Context, number: int) -> str:
        return f"{number + 1}: {(await ctx.approve('refund')).outcome}"

    async with Harness(deployed(with_nothing), database=database) as h:
        await h.start("refund", id="r-1")
    async with Harness(deployed(with_a_number), database=database) as h:
        await h.run("r-1").approve("refund", by="bob")
        await h.run_until_idle()
        assert await h.run("r-1").status() == "parked"
        reason = await h.run("r-1").error()
        assert reason is not None
        assert "None" in reason
        assert "int" in reason
    async with Harness(deployed(with_nothing), database=database) as h:
        assert await h.run("r-1").result(timeout=5) == "approved"


async def test_a_branch_that_failed_beside_others_fails_the_run_again_on_replay(
    database: str,
) -> None:
    """Nothing has changed: what the others had recorded need not be asked for before it fails."""

    async def beside(ctx: Context) -> str:
        async def two() -> None:
            await ctx.step("one", effect, "one")
            await ctx.step("two", effect, "two")

        async def asks() -> None:
            await ctx.approve("refund")
            raise LookupError("too late")

        await ctx.gather(asks(), two(), two())
        return "done"

    async with Harness(deployed(beside), database=database) as h:
        await h.start("refund", id="r-1")
    async with Harness(deployed(beside), database=database) as h:
        await h.run("r-1").approve("refund", by="bob")
        await h.run_until_idle()
        assert await h.run("r-1").status() == "failed"


async def test_an_open_task_of_a_parked_run_can_still_be_answered(database: str) -> None:
    async def two(ctx: Context) -> list[str]:
        return [(await ctx.approve("first")).outcome, (await ctx.approve("second")).outcome]

    async def other(ctx: Context) -> list[str]:
        await ctx.step("inserted", effect, "inserted")
        return [(await ctx.approve("first")).outcome, (await ctx.approve("second")).outcome]

    async with Harness(deployed(two), database=database) as h:
        await h.start("refund", id="r-1")
        await h.person("bob").approves("first")
    effects.clear()
    async with Harness(deployed(other), database=database) as h:
        run = h.run("r-1")
        # An edit wakes the code to look at its form, and so finds out; the answer counts all the same.
        assert (await run.edit("second", 3, by="bob")).status == "accepted"
        await h.run_until_idle()
        assert await run.status() == "parked"
    async with Harness(deployed(two), database=database) as h:
        assert await h.run("r-1").result(timeout=5) == ["approved", "edited"]
        assert effects == []


async def test_others_go_on_while_one_is_parked(database: str) -> None:
    async def hire(ctx: Context) -> str:
        return (await ctx.approve("hire")).outcome

    before = deployed(as_recorded)
    before.workflow(name="hire")(hire)
    after = deployed(step_renamed)
    after.workflow(name="hire")(hire)
    async with Harness(before, database=database) as h:
        await h.start("refund", "o-1", id="r-1")
        await h.start("hire", id="h-1")
    async with Harness(after, database=database) as h:
        await h.run("r-1").approve("refund", by="bob")
        await h.run("h-1").approve("hire", by="bob")
        await h.run_until_idle()
        assert await h.run("h-1").result(timeout=5) == "approved"
        assert await h.run("r-1").status() == "parked"


async def test_a_run_that_was_running_is_parked_at_start_and_goes_on_at_the_next(
    database: str,
) -> None:
    effects.clear()
    async with Harness(deployed(as_recorded), database=database) as h:
        await h.start("refund", "o-1", id="r-1")
        h.dies_at(2, written=False)  # answered, and nothing further was written
        await h.run("r-1").approve("refund", by="bob")
        await h.died.wait()
    async with Harness(deployed(step_removed), database=database) as h:
        await h.run_until_idle()
        assert await h.run("r-1").status() == "parked"
    async with Harness(deployed(as_recorded), database=database) as h:
        assert await h.run("r-1").result(timeout=5) == "approved 80"


async def test_a_parked_run_can_be_retried_or_cancelled_and_not_paused_or_resumed(
    database: str,
) -> None:
    async with Harness(deployed(as_recorded), database=database) as h:
        for id in ("r-1", "r-2"):
            await h.start("refund", "o-1", id=id)
    async with Harness(deployed(step_removed), database=database) as h:
        for id in ("r-1", "r-2"):
            await h.run(id).approve("refund", by="bob")
        await h.run_until_idle()
        with pytest.raises(InvalidState):
            await h.run("r-1").pause()
        with pytest.raises(InvalidState):
            await h.run("r-1").resume()
        await h.run("r-1").retry()
        await h.run_until_idle()
        assert await h.run("r-1").status() == "parked"
        assert await h.run("r-2").cancel("no use") == "cancelled"
    async with Harness(deployed(as_recorded), database=database) as h:
        assert await h.run("r-1").result(timeout=5) == "approved 80"
        assert await h.run("r-2").status() == "cancelled"


# ── what may change ─────────────────────────────────────────────────────────────────────────────


async def goes_on_differently(ctx: Context, order: str) -> str:
    """New steps and waits after the present point, other words and deadlines for what is open."""
    price = await ctx.step("price", lambda: effect("never again") and 999)
    tax = await ctx.step("tax", lambda p: effect("never again") and 999, price)
    decision = await ctx.approve(
        "refund", title="In other words", value=tax, timeout="9d", to="eve"
    )
    await ctx.step("check", effect, "checked")
    second = await ctx.approve("legal", value=tax)
    return f"{decision.outcome}, {second.outcome} {tax}"


async def test_what_comes_after_the_present_point_may_change(database: str) -> None:
    effects.clear()
    async with Harness(deployed(as_recorded), database=database) as h:
        await h.start("refund", "o-1", id="r-1")
    effects.clear()
    async with Harness(deployed(goes_on_differently), database=database) as h:
        run = h.run("r-1")
        await run.approve("refund", by="bob")
        await h.run_until_idle()
        assert await open_keys(run) == {"legal"}
        await run.approve("legal", by="carol")
        assert await run.result(timeout=5) == "approved, approved 80"
        assert effects == ["checked"]


async def test_code_that_asks_for_less_after_the_present_point_is_fine_too(database: str) -> None:
    async def shorter(ctx: Context, order: str) -> str:
        price = await ctx.step("price", lambda: 0)
        tax = await ctx.step("tax", lambda p: 0, price)
        return (await ctx.approve("refund", value=tax)).outcome

    async with Harness(deployed(as_recorded), database=database) as h:
        await h.start("refund", "o-1", id="r-1")
    async with Harness(deployed(shorter), database=database) as h:
        await h.run("r-1").approve("refund", by="bob")
        assert await h.run("r-1").result(timeout=5) == "approved"


async def test_a_changed_form_judges_the_answers_that_are_yet_to_come(database: str) -> None:
    async def before(ctx: Context) -> Any:
        return [await ctx.ask("first", int), await ctx.ask("second", int)]

    async def after(ctx: Context) -> Any:
        return [await ctx.ask("first", int), await ctx.ask("second", str)]

    async with Harness(deployed(before), database=database) as h:
        await h.start("refund", id="r-1")
        await h.person("bob").answers("first", 1)
    async with Harness(deployed(after), database=database) as h:
        run = h.run("r-1")
        assert (await run.answer("second", 2, by="bob")).status == "invalid"
        assert (await run.answer("second", "two", by="bob")).status == "accepted"
        assert await run.result(timeout=5) == [1, "two"]


async def test_an_answer_that_no_longer_fits_its_form_parks_the_run(database: str) -> None:
    async def before(ctx: Context) -> Any:
        colour = await ctx.choose("colour", ["red", "blue"])
        await ctx.approve("it")
        return colour

    async def after(ctx: Context) -> Any:
        colour = await ctx.choose("colour", ["green", "white"])
        await ctx.approve("it")
        return colour

    async with Harness(deployed(before), database=database) as h:
        await h.start("refund", id="r-1")
        await h.person("bob").chooses("colour", "blue")
    async with Harness(deployed(after), database=database) as h:
        await h.run("r-1").approve("it", by="bob")
        await h.run_until_idle()
        assert await h.run("r-1").status() == "parked"
        assert "colour" in (await h.run("r-1").error() or "")
    async with Harness(deployed(before), database=database) as h:
        assert await h.run("r-1").result(timeout=5) == "blue"


# ── branches, loops, children ───────────────────────────────────────────────────────────────────


async def test_a_branch_that_is_gone_or_new_among_recorded_ones_parks_the_run(
    database: str,
) -> None:
    def of(*branches: str) -> Code:
        async def many(ctx: Context) -> list[str]:
            done = await ctx.gather(*(ctx.step(name, effect, name) for name in branches))
            await ctx.approve("it")
            return done

        return many

    async with Harness(deployed(of("a", "b", "c")), database=database) as h:
        await h.start("refund", id="r-1")
    for other in (of("a", "b"), of("b", "a", "c"), of("a", "x", "b", "c")):
        effects.clear()
        async with Harness(deployed(other), database=database) as h:
            await h.run("r-1").approve("it", by="bob")
            await h.run_until_idle()
            assert await h.run("r-1").status() == "parked"
            assert effects == []
    async with Harness(deployed(of("a", "b", "c")), database=database) as h:
        assert await h.run("r-1").result(timeout=5) == ["a", "b", "c"]


async def test_a_branch_beside_recorded_ones_is_never_run_by_code_that_is_then_parked(
    database: str,
) -> None:
    def of(*branches: str) -> Code:
        async def many(ctx: Context) -> list[str]:
            done = await ctx.gather(*(ctx.step(name, effect, name) for name in branches))
            await ctx.approve("it")
            return done

        return many

    async with Harness(deployed(of("a", "b")), database=database) as h:
        await h.start("refund", id="r-1")
    effects.clear()
    # The new branch comes last, so each recorded one still finds its own; the wait then shows it was inserted.
    async with Harness(deployed(of("a", "b", "new")), database=database) as h:
        await h.run("r-1").approve("it", by="bob")
        await h.run_until_idle()
        assert (await h.run("r-1").status(), effects) in [
            ("parked", []),
            ("succeeded", ["new"]),  # an addition that disturbs nothing recorded
        ]


async def test_a_loop_that_turns_less_often_parks_the_run(database: str) -> None:
    def of(turns: int) -> Code:
        async def loop(ctx: Context) -> list[str]:
            return [(await ctx.approve("it")).outcome for _ in range(turns)]

        return loop

    async with Harness(deployed(of(3)), database=database) as h:
        await h.start("refund", id="r-1")
        await h.person("bob").approves("it")
        await h.person("bob").approves("it#2")
    async with Harness(deployed(of(1)), database=database) as h:
        await h.run("r-1").approve("it#3", by="bob")
        await h.run_until_idle()
        assert await h.run("r-1").status() == "parked"
        assert "it#2" in (await h.run("r-1").error() or "")
    async with Harness(deployed(of(4)), database=database) as h:
        await h.run_until_idle()
        assert await open_keys(h.run("r-1")) == {"it#4"}


# ── versions ────────────────────────────────────────────────────────────────────────────────────


async def test_versions_live_side_by_side_and_a_run_keeps_its_own(database: str) -> None:
    async def newer(ctx: Context, order: str) -> str:
        return f"{(await ctx.approve('new')).outcome} by version 2"

    app = deployed(as_recorded)
    async with Harness(app, database=database) as h:
        await h.start("refund", "o-1", id="old")
    app = deployed(as_recorded)
    app.workflow(name="refund", version="2")(newer)
    async with Harness(app, database=database) as h:
        await h.start("refund", "o-2", id="new")
        assert (await h.run("new").info()).version == "2"
        assert (await h.run("old").info()).version == "1"
        await h.run("old").approve("refund", by="bob")
        await h.run("new").approve("new", by="bob")
        assert await h.run("old").result(timeout=5) == "approved 80"
        assert await h.run("new").result(timeout=5) == "approved by version 2"


@pytest.mark.not_on_restate("alone")
async def test_a_run_whose_version_is_gone_is_parked_naming_both(database: str) -> None:
    async with Harness(deployed(as_recorded, version="1"), database=database) as h:
        await h.start("refund", "o-1", id="r-1")
    async with Harness(deployed(as_recorded, version="2"), database=database) as h:
        await h.run("r-1").approve("refund", by="bob")
        await h.run_until_idle()
        assert await h.run("r-1").status() == "parked"
        reason = await h.run("r-1").error() or ""
        assert "'1'" in reason
        assert "2" in reason
    async with Harness(deployed(as_recorded, version="1"), database=database) as h:
        assert await h.run("r-1").result(timeout=5) == "approved 80"


@pytest.mark.not_on_restate("alone")
async def test_a_run_whose_workflow_is_gone_is_parked_naming_it(database: str) -> None:
    async with Harness(deployed(as_recorded), database=database) as h:
        await h.start("refund", "o-1", id="r-1")
    async with Harness(deployed(as_recorded, name="refunds"), database=database) as h:
        assert await h.run("r-1").status() == "waiting"
        await h.run("r-1").approve("refund", by="bob")
        await h.run_until_idle()
        assert await h.run("r-1").status() == "parked"
        reason = await h.run("r-1").error() or ""
        assert "'refund'" in reason
        assert "refunds" in reason
    async with Harness(deployed(as_recorded), database=database) as h:
        assert await h.run("r-1").result(timeout=5) == "approved 80"


@pytest.mark.parametrize("other", [{"version": "2"}, {"name": "refunds"}])
async def test_where_others_may_have_its_code_a_run_waits_for_a_process_that_does(
    other: dict[str, str],
) -> None:
    database = cluster().url()
    async with Harness(deployed(as_recorded), database=database) as h:
        await h.start("refund", "o-1", id="r-1")
    effects.clear()
    async with Harness(deployed(as_recorded, **other), database=database) as h:
        await h.run("r-1").approve("refund", by="bob")
        await h.run_until_idle()
        assert await h.run("r-1").status() == "running"
        assert effects == []
    async with Harness(deployed(as_recorded), database=database) as h:
        assert await h.run("r-1").result(timeout=30) == "approved 80"


# ── classes ─────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Quote:
    """A dataclass as it was recorded."""

    amount: Decimal
    note: str = ""


class Person(BaseModel):
    """A model as it was recorded."""

    name: str


class Size(enum.Enum):
    """An enumeration as it was recorded."""

    SMALL = "s"
    LARGE = "l"


def _now(monkeypatch: pytest.MonkeyPatch, name: str, changed: type) -> None:
    """Deploy another class under the name of a recorded one."""
    changed.__module__, changed.__qualname__ = __name__, name
    monkeypatch.setitem(globals(), name, changed)
    registered = "assent.core.classes._registered"
    monkeypatch.setattr(registered, {f"{__name__}:{name}": changed})
    monkeypatch.setattr("assent.core.classes._names", {})


async def returns_objects(ctx: Context) -> str:
    """What a step returned is of a class of the user's own."""
    found: dict[str, Any] = await ctx.step(
        "find", lambda: {"q": Quote(Decimal(1)), "p": Person(name="a"), "s": Size.LARGE}
    )
    await ctx.approve("it")
    return f"{found['q'].amount} {found['p'].name} {found['s'].name}"


async def test_a_class_with_a_new_field_that_has_a_default_still_reads_old_values(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Harness(deployed(returns_objects), database=database) as h:
        await h.start("refund", id="r-1")

    @dataclass
    class Changed:
        amount: Decimal
        note: str = ""
        currency: str = "EUR"
        tags: list[str] = field(default_factory=list[str])

    _now(monkeypatch, "Quote", Changed)
    async with Harness(deployed(returns_objects), database=database) as h:
        await h.run("r-1").approve("it", by="bob")
        assert await h.run("r-1").result(timeout=5) == "1 a LARGE"


@dataclass
class Needs:
    """A field without a default was added."""

    amount: Decimal
    note: str
    currency: str


@dataclass
class Lacks:
    """A recorded field is gone."""

    amount: Decimal


class Renamed(BaseModel):
    """A field has another name."""

    full_name: str


class Fewer(enum.Enum):
    """A recorded member is gone."""

    SMALL = "s"


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        ("Quote", Needs, ["Quote", "currency"]),
        ("Quote", Lacks, ["Quote", "note"]),
        ("Person", Renamed, ["Person", "name"]),
        ("Size", Fewer, ["Size", "LARGE"]),
    ],
)
async def test_a_class_that_no_longer_fits_what_was_recorded_parks_the_run_naming_it(
    database: str, monkeypatch: pytest.MonkeyPatch, name: str, changed: type, said: list[str]
) -> None:
    async with Harness(deployed(returns_objects), database=database) as h:
        await h.start("refund", id="r-1")
    with monkeypatch.context() as patched:
        _now(patched, name, changed)
        async with Harness(deployed(returns_objects), database=database) as h:
            await h.run("r-1").approve("it", by="bob")
            await h.run_until_idle()
            assert await h.run("r-1").status() == "parked"
            reason = await h.run("r-1").error() or ""
            for word in said:
                assert word in reason, reason
    async with Harness(deployed(returns_objects), database=database) as h:
        assert await h.run("r-1").result(timeout=5) == "1 a LARGE"
    assert dataclasses.is_dataclass(Quote)


async def test_what_was_parked_and_mended_is_all_in_the_trail(database: str) -> None:
    async with Harness(deployed(as_recorded), database=database) as h:
        await h.start("refund", "o-1", id="r-1")
    async with Harness(deployed(step_removed), database=database) as h:
        await h.run("r-1").approve("refund", by="bob")
        await h.run_until_idle()
    async with Harness(deployed(as_recorded), database=database) as h:
        await h.run("r-1").result(timeout=5)
        seen = await names(h, h.run("r-1"))
        assert seen.index("run.parked") < seen.index("run.retried") < seen.index("run.finished")
        assert await keys_told(h, "step.finished") == ["price", "tax", "pay"]
