"""Several people answer one question: as many equal answers as the policy asks for, stage after stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

import pytest

from assent import (
    App,
    Context,
    DefinitionError,
    Escalate,
    Expired,
    Policy,
    Rejected,
    RunFailed,
    RunStatus,
    Stage,
)
from assent.testing import Harness

app = App("sqlite:///:memory:")
TWO = Policy(approvals=2, of=["ann", "bob", "eve"])
STAGES = Policy(
    stages=[
        Stage(to=["ann", "bob"], approvals=2, name="counting"),
        Stage(to="olga", when="amount > 100", name="big ones"),
        Stage(to="leo", name="books"),
    ]
)


@dataclass
class Count:
    amount: int
    note: str = ""


class Asked(TypedDict, total=False):
    policy: Policy
    escalate: Escalate


REFUSED: dict[str, Asked] = {
    "veto": {"policy": Policy(approvals=2, of=["ann", "bob"], veto="leo")},
    "rejections": {"policy": Policy(approvals=2, of=["ann", "bob"], rejections=1)},
    "all with a condition": {"policy": Policy(stages=[Stage(to="ann", when="amount > 1")])},
    "decided at the end": {"escalate": Escalate("4h", "bob", then="approve")},
}


@app.workflow
async def counts(ctx: Context) -> Count:
    count: Count = await ctx.ask("count", Count, policy=TWO)
    return count


@app.workflow
async def staged(ctx: Context) -> Count:
    count: Count = await ctx.ask("count", Count, policy=STAGES)
    return count


@app.workflow
async def colours(ctx: Context, more: dict[str, Any]) -> Any:
    return await ctx.choose("colour", ["red", "blue"], many=True, policy=TWO, timeout="1d", **more)


@app.workflow
async def refused(ctx: Context, how: str) -> Any:
    return await ctx.ask(
        "count", Count, to="ann" if how == "decided at the end" else (), **REFUSED[how]
    )


async def test_the_answer_that_two_of_three_give_goes_on_with_its_type(place: str) -> None:
    async with Harness(app, database=place) as h:
        run = await h.start(counts)
        first = await h.person("ann").answers("count", {"amount": 3, "note": "by hand"})
        assert (first.status, list(first.needs)) == ("recorded", ["bob", "eve"])
        other = await h.person("bob").answers("count", Count(4))
        assert (other.status, list(other.needs)) == ("recorded", ["eve"])
        assert (await h.person("bob").answers("count", Count(3))).status == "already_decided"
        assert (await h.person("bob").answers("count", Count(4))).status == "duplicate"
        await h.crash_and_restart()
        last = await h.person("eve").answers("count", {"note": "by hand", "amount": 3})
        assert (last.status, last.decision and last.decision.outcome) == ("accepted", "answered")
        assert await run.result() == Count(3, "by hand")


async def test_what_nobody_can_agree_on_any_more_is_rejected_and_says_so(place: str) -> None:
    async with Harness(app, database=place) as h:
        run = await h.start(counts)
        for person, amount in (("ann", 1), ("bob", 2)):
            assert (await h.person(person).answers("count", Count(amount))).status == "recorded"
        last = await h.person("eve").answers("count", Count(3))
        assert (last.status, last.decision and last.decision.outcome) == ("accepted", "rejected")
        with pytest.raises(RunFailed) as failed:
            await run.result()
        assert isinstance(failed.value.__cause__, Rejected)
        assert "2 equal answers can no longer be reached" in str(failed.value.__cause__)
        late = await h.inbox.answer(str(last.task_id), Count(3), by="zoe")
        assert late.status == "already_decided"


async def test_the_order_of_what_is_chosen_makes_no_difference() -> None:
    async with Harness(app) as h:
        run = await h.start(colours, {})
        await h.person("ann").chooses("colour", ["red", "blue"])
        assert (await h.person("bob").chooses("colour", ["blue", "red"])).status == "accepted"
        assert await run.result() == ["blue", "red"]


@pytest.mark.parametrize("default", [None, ["red"]])
async def test_too_few_answers_by_the_deadline_are_none(default: list[str] | None) -> None:
    async with Harness(app) as h:
        run = await h.start(colours, {} if default is None else {"default": default})
        await h.person("ann").chooses("colour", ["blue"])
        await h.advance("25h")
        if default is not None:
            assert await run.result() == default
            return
        with pytest.raises(RunFailed) as failed:
            await run.result()
        assert isinstance(failed.value.__cause__, Expired)


async def test_each_stage_answers_anew_and_conditions_see_the_answer_so_far(place: str) -> None:
    async with Harness(app, database=place) as h:
        run = await h.start(staged)
        await h.person("ann").answers("count", Count(500))
        [task] = await run.tasks()
        assert task.to == ("ann", "bob")
        await h.person("bob").answers("count", Count(500))
        [task] = await run.tasks()
        assert task.to == ("olga",)
        assert [stage.state for stage in task.stages] == ["done", "current", "ahead"]
        await h.person("olga").answers("count", Count(90))
        [task] = await run.tasks()
        assert task.to == ("leo",)
        await h.person("leo").answers("count", Count(91))
        assert await run.result() == Count(91)


async def test_a_stage_whose_condition_the_answer_does_not_meet_is_skipped() -> None:
    async with Harness(app) as h:
        run = await h.start(staged)
        await h.person("ann").answers("count", Count(5))
        await h.person("bob").answers("count", Count(5))
        [task] = await run.tasks()
        assert task.to == ("leo",)
        assert [stage.state for stage in task.stages] == ["done", "skipped", "current"]


async def test_an_answer_that_does_not_fit_counts_for_nothing() -> None:
    async with Harness(app) as h:
        run = await h.start(counts)
        wrong = await h.person("ann").answers("count", {"amount": "many"})
        assert (wrong.status, [error.pointer for error in wrong.errors]) == ("invalid", ["/amount"])
        await h.person("ann").answers("count", Count(3))
        await h.person("bob").answers("count", Count(3))
        assert await run.result() == Count(3)


@pytest.mark.parametrize("how", REFUSED)
async def test_what_only_an_approval_can_have_is_refused(how: str) -> None:
    async with Harness(app) as h:
        run = await h.start(refused, how)
        assert await run.status() is RunStatus.FAILED
        with pytest.raises(RunFailed) as failed:
            await run.result()
        assert isinstance(failed.value.__cause__, DefinitionError)


async def test_an_option_that_a_verb_does_not_take_is_refused_by_name() -> None:
    app = App("sqlite:///:memory:")

    @app.workflow
    async def wrong(ctx: Context) -> None:
        options: Any = {"polcy": TWO}
        await ctx.ask("count", Count, **options)

    async with Harness(app) as h:
        with pytest.raises(RunFailed) as failed:
            await (await h.start(wrong)).result()
        assert str(failed.value.__cause__) == (
            "ctx.ask() takes no option 'polcy'. Did you mean 'policy'?"
        )
