"""What a verb refuses is not recorded: code that catches it goes on the same way when it is run over its journal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from pydantic import BaseModel

from assent import (
    App,
    Context,
    DefinitionError,
    InvalidInput,
    Pending,
    Policy,
    RunNotFound,
    Stage,
    TaskNotFound,
    gate,
)
from assent.testing import Harness

pytestmark = pytest.mark.anyio


class Percent(BaseModel):
    """What the channel of the tests takes."""

    percent: int


class Unkept:
    """Nothing that a journal could keep."""


Refused = Callable[[Context], Awaitable[Any]]
REFUSED: dict[str, Refused] = {
    "an event that its channel does not take": lambda ctx: ctx.emit("progress", {"percent": "x"}),
    "an event that cannot be kept": lambda ctx: ctx.emit("free", Unkept()),
    "an event of a name that is taken": lambda ctx: ctx.emit("run.finished", {}),
    "a signal that cannot be kept": lambda ctx: ctx.notify("event", Unkept()),
    "a value that cannot be shown": lambda ctx: ctx.approve("other", value=Unkept()),
    "a deadline that is none": lambda ctx: ctx.approve("other", timeout="soon"),
    "a question without a form": lambda ctx: ctx.ask("other", Unkept()),
    "a choice of nothing": lambda ctx: ctx.choose("other", []),
    "a rest that is none": lambda ctx: ctx.sleep("a while"),
    "a signal without a name": lambda ctx: ctx.wait_for_event(""),
    "a run of nothing": lambda ctx: ctx.run("nothing", 1),
    "a run with an input that does not fit": lambda ctx: ctx.run("child", "x"),
    "a run with an input that cannot be kept": lambda ctx: ctx.run("child", Unkept()),
    "a run beside a step": lambda ctx: ctx.gather(
        ctx.step("beside", lambda: 1), ctx.run("child", "x")
    ),
    "a verb inside a step": lambda ctx: ctx.step("outer", lambda: ctx.sleep(1)),
}


MISTAKEN: dict[str, tuple[Refused, str]] = {
    "nobody": (lambda ctx: ctx.approve("it", to=cast(Any, 3)), "3 names nobody"),
    "a word for a policy": (lambda ctx: ctx.approve("it", policy=cast(Any, "2 of 3")), "policy="),
    "a word for a reminder": (lambda ctx: ctx.ask("it", int, remind=cast(Any, "4h")), "Remind"),
    "a word for an escalation": (
        lambda ctx: ctx.choose("it", [1], escalate=cast(Any, "bob")),
        "an Escalate(…) as escalate=, not 'bob'",
    ),
    "a word for a calendar": (
        lambda ctx: ctx.approve("it", timeout="1h", calendar=cast(Any, "DE")),
        "calendar=",
    ),
    "a word for a priority": (lambda ctx: ctx.approve("it", priority=cast(Any, "high")), "'high'"),
    "a priority that no database keeps": (lambda ctx: ctx.approve("it", priority=2**63), "2**63"),
    "a list of labels": (lambda ctx: ctx.approve("it", labels=cast(Any, ["eu"])), "labels="),
    "a list of addresses": (lambda ctx: ctx.approve("it", attachments=cast(Any, ["x"])), "['x']"),
    "what was looked up": (lambda ctx: ctx.approve("it", check=cast(Any, Pending())), "function"),
    "a look-up without a rest": (
        lambda ctx: ctx.approve("it", check=Pending, check_every=0),
        "check_every=0",
    ),
    "a question for a form": (lambda ctx: ctx.ask("it", "your name?"), "a text, not a type"),
    "no fields": (lambda ctx: ctx.ask("it", []), "no fields"),
    "a field twice": (lambda ctx: ctx.ask("it", ["name", "name"]), "'name'"),
    "a text for options": (lambda ctx: ctx.choose("it", "yes"), "a list of options"),
    "a dictionary for options": (lambda ctx: ctx.choose("it", cast(Any, {"y": "Yes"})), "'Yes'"),
    "a text for a moment": (lambda ctx: ctx.sleep_until(cast(Any, "2026-01-01")), "datetime"),
    "a rest beyond all calendars": (lambda ctx: ctx.sleep("999999999d"), "'999999999d'"),
    "a signal of no name": (lambda ctx: ctx.wait_for_event(cast(Any, None)), "None cannot be"),
}


@pytest.mark.parametrize("what", MISTAKEN)
async def test_what_a_verb_cannot_use_is_refused_by_name_and_nobody_is_asked(
    app: App, what: str
) -> None:
    mistaken, said = MISTAKEN[what]

    @app.workflow
    async def work(ctx: Context) -> None:
        await mistaken(ctx)

    async with Harness(app) as h:
        run = await h.start(work)
        assert await run.status() == "failed"
        assert said in (await run.error() or "")
        assert (await h.inbox.tasks(status="all")).items == ()


async def test_what_is_no_text_is_refused_or_found_nowhere_at_every_door(
    app: App, place: str
) -> None:
    @app.workflow
    async def work(ctx: Context) -> str:
        return (await ctx.approve("it")).outcome

    odd: Any
    async with Harness(app, database=place) as h:
        run = await h.start(work)
        (task,) = await run.tasks()
        for odd in (3, work, task, {"a": 1}, lambda: None):
            with pytest.raises(InvalidInput):
                await app.runs(workflow=odd)
            with pytest.raises(InvalidInput):
                await app.runs(label=odd)
            with pytest.raises(InvalidInput):
                await h.inbox.tasks(workflow=odd)
            with pytest.raises(InvalidInput):
                await h.inbox.tasks(to=[odd])
            with pytest.raises(RunNotFound):
                app.run(odd)
            with pytest.raises(TaskNotFound):
                await h.inbox.get(odd)
            assert (await h.inbox.approve(odd, by="ann")).status == "unknown"
            assert (await app.notify("it", 1, run_id=odd)).status == "invalid"
            assert (await app.notify(odd, 1)).status == "invalid"
            delegated = await h.inbox.delegate(task.id, odd, by="ann")
            assert [error.pointer for error in delegated.errors] == ["/to"]
        with pytest.raises(InvalidInput):
            await h.inbox.tasks(to=cast(Any, 3))
        with pytest.raises(InvalidInput, match="/labels"):
            await app.start(work, labels=cast(Any, ["eu"]))
        for odd in (3, None, lambda: None):
            with pytest.raises(DefinitionError, match=r"@app\.workflow"):
                await app.start(odd)

        good = {"task": task.id, "action": "approve", "by": "ann"}
        receipts = await h.inbox.answer_many(cast(Any, ["a", 3, None, good]))
        assert [receipt.status for receipt in receipts] == ["invalid"] * 3 + ["accepted"]


DECLARED: dict[str, Callable[[App], Any]] = {
    "stages of names": lambda app: Policy(stages=cast(Any, ["ann"])),
    "a condition that is a function": lambda app: Stage("ann", when=cast(Any, lambda value: True)),
    "a predicate that is none": lambda app: gate("it", when=cast(Any, True)),
    "an observer of nothing": lambda app: app.observe(cast(Any, lambda event: None)),
}


@pytest.mark.parametrize("what", DECLARED)
def test_what_could_never_be_used_is_refused_where_it_is_written(app: App, what: str) -> None:
    with pytest.raises(DefinitionError):
        DECLARED[what](app)


async def test_options_may_come_one_by_one(app: App) -> None:
    @app.workflow
    async def work(ctx: Context) -> str:
        chosen: str = await ctx.choose("it", cast(Any, (letter for letter in "ab")))
        return chosen

    async with Harness(app) as h:
        run = await h.start(work)
        await h.person("ann").chooses("it", "b")
        assert await run.result() == "b"


async def test_the_labels_a_workflow_sees_are_a_copy(app: App) -> None:
    @app.workflow
    async def work(ctx: Context) -> dict[str, str]:
        cast("dict[str, str]", ctx.labels)["eu"] = "no"
        return dict(ctx.labels)

    async with Harness(app) as h:
        run = await h.start(work, labels={"eu": "yes"})
        assert await run.result() == {"eu": "yes"}


@pytest.mark.parametrize("what", REFUSED)
async def test_code_that_catches_a_refusal_goes_on_with_it_over_every_restart(
    app: App, what: str
) -> None:
    app.channel("progress", Percent)
    caught: list[str] = []

    @app.workflow
    async def child(ctx: Context, number: int) -> int:
        return number

    @app.workflow
    async def careful(ctx: Context) -> str:
        await ctx.step("before", lambda: 1)
        try:
            await REFUSED[what](ctx)
        except Exception as refused:  # noqa: BLE001  (whatever it is, the workflow bears it)
            caught.append(type(refused).__name__)
        (await ctx.approve("first")).require()
        await ctx.step("between", lambda: 1)
        return (await ctx.approve("second")).outcome

    async with Harness(app) as h:
        run = await h.start(careful)
        for key in ("first", "second"):
            await h.restart()
            run = h.run(run.id)
            assert await run.status() == "waiting"
            assert (await app.upkeep.check()).troubles == ()
            assert (await run.approve(key, by="bob")).status == "accepted"
            await h.rest()
        assert await run.result(timeout=30) == "approved"
        assert len(caught) >= 3
        assert len(set(caught)) == 1


async def test_a_run_whose_branch_was_given_up_before_it_began_says_that_it_waits(app: App) -> None:
    @app.workflow
    async def hasty(ctx: Context) -> str:
        async def fails() -> None:
            raise ValueError("at once")

        await ctx.step("before", lambda: 1)
        with pytest.raises(ValueError, match="at once"):
            await ctx.gather(ctx.step("beside", lambda: 1), fails())
        return (await ctx.approve("go")).outcome

    async with Harness(app) as h:
        run = await h.start(hasty)
        assert await run.status() == "waiting"
        assert (await run.approve("go", by="bob")).status == "accepted"
        assert await run.result(timeout=30) == "approved"
