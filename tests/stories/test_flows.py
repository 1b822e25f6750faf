"""Declared flows that an app keeps: the same flows and the same code, and each run is in store, inbox and stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from assent import (
    App,
    Break,
    Conflict,
    Expired,
    Flows,
    InvalidInput,
    InvalidState,
    JournalMismatch,
    StateMismatch,
    StepRetriableError,
    When,
    While,
    input_required,
)
from assent.testing import Harness
from tests.flows.sample import ANSWERS, answered, asking, signup, travelled
from tests.stories.telling import names


@dataclass
class Seats:
    count: int = 1


@dataclass
class Order:
    item: str = ""
    seats: Seats | None = None


async def test_a_pause_is_a_task_and_an_answer_at_any_door_goes_on(app: App) -> None:
    flows = signup(Flows(app))
    async with Harness(app) as h:
        output = await flows.start("signup", {}, run_id="signup-1", by="ann")
        assert (output.input_required, output.run_id) == ("name", "signup-1")
        (task,) = await h.app.run("signup-1").tasks()
        assert (task.key, task.kind) == ("ask-name", "ask")
        await h.person("ann").answers("ask-name", "Alice")
        output = await flows.output("signup-1")
        assert output.context == {"name": "Alice"}
        output = await answered(flows, output)
        assert output.context == ANSWERS
        assert await h.app.run("signup-1").result() == ANSWERS
        told = await names(h, h.app.run("signup-1"))
        assert (told.count("task.opened"), told[-1]) == (4, "run.finished")


async def test_a_run_is_resumed_from_its_state_after_a_crash(app: App) -> None:
    flows = signup(Flows(app))
    async with Harness(app) as h:
        output = await (await flows.start("signup", {})).resume("Alice")
        state = travelled(output)
        await h.crash()
        await h.open()
        output = await flows.resume(state, input="alice@example.com", by="ann")
        assert output.context == {"name": "Alice", "email": "alice@example.com"}
        assert output.step_id == "ask-plan"


async def test_a_state_that_was_used_is_refused(app: App) -> None:
    flows = signup(Flows(app))
    async with Harness(app):
        output = await flows.start("signup", {})
        await output.resume("Alice")
        with pytest.raises(InvalidState, match="moved on"):
            await output.resume("Mallory")
        assert (await flows.output(output.run_id)).context == {"name": "Alice"}


async def test_steps_run_once_and_conditions_are_recorded_with_them(app: App) -> None:
    flows, ran = Flows(app), list[str]()

    @flows.step("work")
    def work(ctx: dict[str, Any]) -> None:
        ran.append("work")
        ctx["n"] += 1

    def more(ctx: dict[str, Any]) -> bool:
        ran.append("more")
        return bool(ctx["n"] < 2)

    asking(flows, "name")
    flows.flow("loop", [While(more, ["work"]), "ask-name"], init=lambda ctx: ctx.update(n=0))
    async with Harness(app) as h:
        output = await flows.start("loop", {})
        assert ran == ["more", "work", "more", "work", "more"]
        await h.crash_and_restart()
        output = await (await flows.output(output.run_id)).resume("Ann")
        assert output.context == {"n": 2, "name": "Ann"}
        assert len(ran) == 5


async def test_inputs_descriptions_and_types_are_as_without_an_app(app: App) -> None:
    flows = Flows(app)
    fields = [{"name": "username", "label": "Your name"}, {"name": "password", "type": "password"}]

    @flows.step("login")
    def login(ctx: Order, input: Any) -> Any:
        if not input:
            return input_required(fields, errors=["who are you?"])
        ctx.item = input["username"]
        return None

    @flows.step("seats", input=Seats, title="How many?", to="ann")
    def seats(ctx: Order, input: Seats) -> None:
        ctx.seats = input

    flows.step("known", "ctx.item = ctx.item + input", input="suffix")
    flows.flow("order", ["login", {"id": "known", "input": "!"}, "seats"])
    async with Harness(app) as h:
        output = await flows.start("order", Order())
        assert (output.input_required, output.errors) == (fields, ["who are you?"])
        (task,) = await h.app.run(output.run_id).tasks()
        assert task.form == {
            "type": "object",
            "properties": {
                "username": {"format": "free", "title": "Your name"},
                "password": {"type": "string", "format": "password", "title": "Password"},
            },
        }
        output = await output.resume({"username": "ann", "password": "x"})
        assert output.input_required is Seats
        with pytest.raises(InvalidInput, match="/count"):
            await output.resume({"count": "many"}, by="ann")
        with pytest.raises(Conflict, match="ann"):
            await output.resume({"count": 2}, by="bob")
        output = await output.resume({"count": 2}, by="ann")
        assert output.context == Order("ann!", Seats(2))


async def test_an_input_at_the_start_is_for_the_first_step(app: App) -> None:
    flows = signup(Flows(app))
    async with Harness(app):
        output = await flows.start("signup", {}, input="Alice")
        assert (output.step_id, output.context) == ("ask-email", {"name": "Alice"})


async def test_a_retriable_error_is_told_to_people_and_tried_again(app: App) -> None:
    flows, ran = Flows(app), list[Any]()

    @flows.step("pay", input="card")
    def pay(ctx: dict[str, Any], input: str) -> None:
        ran.append(input)
        if len(ran) == 1:
            raise StepRetriableError("The bank is closed.")
        if len(ran) == 2:
            raise StepRetriableError(ValueError("declined"), input_required="card", errors=["no"])

    flows.flow("shop", ["pay"])
    async with Harness(app) as h:
        output = await (await flows.start("shop", {})).resume("4242")
        assert (str(output.error), output.input_required) == ("The bank is closed.", None)
        (task,) = await h.app.run(output.run_id).tasks()
        assert task.detail == "It failed: The bank is closed."
        output = await output.retry()
        assert (type(output.error), output.errors) == (ValueError, ["no"])
        assert (await output.retry("4000")).finished
        assert ran == ["4242", "4242", "4000"]


async def test_a_question_expires_at_its_moment(app: App) -> None:
    flows = Flows(app)
    flows.step("code", lambda ctx, input: None if input else input_required("code", expires="10m"))
    flows.flow("verify", ["code"])
    async with Harness(app) as h:
        output = await flows.start("verify", {})
        assert output.expires is not None
        await h.advance("10m")
        with pytest.raises(Expired):
            await output.resume("42")
        with pytest.raises(Expired):
            await flows.output(output.run_id)


async def test_an_error_that_is_final_fails_the_run_and_surfaces(app: App) -> None:
    flows, fails = Flows(app), [True]

    @flows.step("work")
    def work(ctx: dict[str, Any]) -> None:
        if fails:
            raise KeyError("lost")

    asking(flows, "name")
    flows.flow("work", ["ask-name", "work"])
    cleaned = list[str]()
    async with Harness(app) as h:
        output = await flows.start("work", {})
        with pytest.raises(KeyError, match="lost"):
            await output.resume("Ann", cleanup=lambda: cleaned.append("cleaned"))
        assert cleaned == ["cleaned"]
        run = h.app.run(output.run_id)
        assert await run.status() == "failed"
        fails.clear()
        await run.retry()
        assert (await flows.output(output.run_id)).context == {"name": "Ann"}


async def test_spies_hear_runs_that_an_app_keeps(app: App) -> None:
    flows = signup(Flows(app))
    seen, own = list[str](), list[str]()
    flows.attach_spy(lambda event, subject, detail: seen.append(f"{event} {subject}"))
    async with Harness(app):
        output = await flows.start("signup", {})
        await output.resume("Alice", spy=lambda event, subject, detail: own.append(subject))
        assert seen == [
            "start signup",
            "pause ask-name",
            "resume signup",
            "step ask-name",
            "pause ask-email",
        ]
        assert own == ["signup", "ask-name", "ask-email"]


async def test_a_changed_flow_parks_the_run_before_anything_runs() -> None:
    def made(*steps: str) -> tuple[App, Flows, list[str]]:
        app, ran = App(), list[str]()
        flows = Flows(app)
        for step in ("ask-name", "ask-email", "ask-plan"):
            flows.step(step, lambda ctx, input, step=step: ran.append(step), input=step)
        flows.flow("signup", list(steps))
        return app, flows, ran

    app, flows, _ = made("ask-name", "ask-email")
    async with Harness(app) as h:
        output = await (await flows.start("signup", {})).resume("Ann")
        database = h.app.settings.database
        await h.app.close()
        later, changed, ran = made("ask-name", "ask-plan")
        async with Harness(later, database=database):
            with pytest.raises(StateMismatch, match=r"'ask-email'.*'ask-plan'"):
                await changed.resume(output.state, input="ann@example.com")
            await later.run(output.run_id).answer("ask-email", "ann@example.com", by="ann")
            with pytest.raises(JournalMismatch, match=r"'ask-email'.*'ask-plan'"):
                await changed.output(output.run_id)
            assert ran == []
        same, again, _ = made("ask-name", "ask-email")
        async with Harness(same, database=database):
            assert (await again.output(output.run_id)).finished


async def test_a_loop_goes_on_over_restarts(app: App) -> None:
    flows = Flows(app)
    flows.step("guess", "guesses = guesses + [input]; ok = input == 6", input="guess")
    flows.flow("game", [While("len(guesses) < 5", ["guess", Break("ok")])])
    async with Harness(app) as h:
        output = await flows.start("game", {"guesses": []})
        for guess in (5, 7, 6):
            output = await output.resume(guess)
            await h.crash_and_restart()
        assert output.context == {"guesses": [5, 7, 6], "ok": True}


async def test_a_flow_is_started_at_every_door_with_its_context(app: App) -> None:
    flows = signup(Flows(app))
    flows.flow("typed", ["ask-name"], context=Order, description="Orders something.")
    async with Harness(app) as h:
        run = await h.start("signup", {"name": ""})
        assert (await flows.output(run.id)).step_id == "ask-name"
        typed = h.app.workflows["typed"]
        assert typed.description == "Orders something."
        assert isinstance(typed.input_schema, dict)
        with pytest.raises(InvalidInput, match="/item"):
            await h.app.start("typed", {"item": 3})


async def test_a_long_loop_is_taken_up_from_where_it_is(app: App) -> None:
    flows, ran = Flows(app), list[int]()

    @flows.step("work")
    def work(ctx: dict[str, Any]) -> None:
        ctx["n"] += 1
        ran.append(ctx["n"])

    asking(flows, "more")
    flows.flow(
        "loop",
        [While("n < 100", ["work", Break("n == 70 and not more"), When("n == 50", "ask-more")])],
    )
    async with Harness(app) as h:
        output = await flows.start("loop", {"n": 0, "more": ""})
        assert (output.step_id, ran[-1]) == ("ask-more", 50)
        await h.crash_and_restart()
        output = await (await flows.output(output.run_id)).resume("yes")
        assert output.context == {"n": 100, "more": "yes"}
        assert ran == [*range(1, 101)]
