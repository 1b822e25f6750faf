"""States that were elsewhere: only what belongs to the flow as it is now goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypedDict

import pytest
from pydantic import BaseModel

from assent import (
    App,
    Expired,
    FlowNotFound,
    Flows,
    InvalidInput,
    InvalidState,
    StateMismatch,
    StepRetriableError,
    ValueNotKept,
    ValueUnreadable,
    When,
    input_required,
    use_flow,
)
from assent.testing import FakeClock, Harness
from tests.flows.sample import asking, signup, travelled


class Signup(BaseModel):
    name: str = ""
    seats: int = 1
    price: Decimal = Decimal("1.20")


@dataclass
class Order:
    item: str = ""
    tags: set[str] = field(default_factory=set[str])


class Named(TypedDict):
    name: str


# ── drift ───────────────────────────────────────────────────────────────────────────────────────


def with_steps(*ids: str, **how: Any) -> tuple[Flows, list[str]]:
    """A flow over some of the questions, and what was answered where."""
    flows, ran = Flows(), list[str]()
    for name in ("name", "email", "plan"):

        @flows.step(f"ask-{name}", input=name)
        def ask(ctx: dict[str, Any], input: str, name: str = name) -> None:
            ran.append(f"{name} {input}")

    flows.flow("signup", list(ids), **how)
    return flows, ran


@pytest.mark.parametrize(
    "changed",
    [("ask-email", "ask-name"), ("ask-name", "ask-plan", "ask-email"), ("ask-name", "ask-plan")],
)
async def test_a_changed_flow_is_told_before_anything_runs(changed: tuple[str, ...]) -> None:
    before, _ = with_steps("ask-name", "ask-email")
    output = await (await before.start("signup", {})).resume("Ann")
    after, ran = with_steps(*changed)
    with pytest.raises(StateMismatch) as told:
        await after.resume(travelled(output), input="ann@example.com")
    assert "'ask-email'" in str(told.value)
    assert output.state["flow"] in str(told.value)
    assert ran == []


async def test_an_older_version_that_is_still_there_goes_on() -> None:
    flows, ran = with_steps("ask-name", "ask-email")
    output = await flows.start("signup", {})
    flows.flow("signup", ["ask-plan"], version="2")
    output = await flows.resume(output.state, input="Ann")
    assert (output.step_id, ran) == ("ask-email", ["name Ann"])
    assert (await flows.start("signup", {})).step_id == "ask-plan"


async def test_a_migration_says_where_an_older_state_belongs() -> None:
    before, _ = with_steps("ask-name", "ask-email")
    output = await (await before.start("signup", {})).resume("Ann")
    after, ran = with_steps("ask-plan", "ask-name", "ask-email")

    @after.migration("signup")
    def migrate(state: dict[str, Any]) -> dict[str, Any]:
        state["context"]["plan"] = "free"
        return state

    moved = await after.resume(output.state, input="ann@example.com")
    assert moved.finished
    assert ran == ["email ann@example.com"]
    assert moved.context == {"plan": "free"}
    assert "plan" not in output.state["context"], "the state that was handed out stays as it was"


async def test_a_migration_that_leads_nowhere_is_refused() -> None:
    before, _ = with_steps("ask-name", "ask-email")
    after, _ = with_steps("ask-plan", "ask-plan")
    after.migration("signup")(lambda state: {**state, "step": "ask-plan", "indexes": None})
    with pytest.raises(StateMismatch, match="2 times in the flow"):
        await after.resume((await before.start("signup", {})).state, input="x")


# ── positions ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "indexes", [[4], [-1], [0, 0], [], [True], ["0"], [1.0], None, {"0": 0}, 0, [10**30]]
)
async def test_a_cursor_that_leads_nowhere_is_refused(indexes: Any) -> None:
    flows = signup(Flows())
    state = (await flows.start("signup", {})).state
    with pytest.raises(StateMismatch):
        await flows.resume({**state, "indexes": indexes}, input="x")


async def test_a_cursor_at_another_step_is_refused() -> None:
    flows = signup(Flows())
    state = (await flows.start("signup", {})).state
    with pytest.raises(StateMismatch, match=r"saved at the step 'ask-name'.*now has 'ask-plan'"):
        await flows.resume({**state, "indexes": [2]}, input="x")


async def test_a_finished_state_is_refused() -> None:
    flows = signup(Flows())
    flows.flow("empty", [])
    output = await flows.start("empty", {})
    assert (output.finished, output.step_id, output.state["indexes"]) == (True, None, [])
    with pytest.raises(InvalidState, match="finished"):
        await output.resume("x")
    without = {name: value for name, value in output.state.items() if name != "finished"}
    with pytest.raises(StateMismatch):
        await flows.resume(without, input="x")


async def test_the_state_of_another_flow_is_refused() -> None:
    flows = signup(Flows())
    flows.flow("other", ["ask-plan"])
    state = (await flows.start("signup", {})).state
    with pytest.raises(FlowNotFound, match="no flow 'gone'"):
        await flows.resume({**state, "schema_id": "gone"}, input="x")
    with pytest.raises(StateMismatch):
        await flows.resume({**state, "schema_id": "other"}, input="x")
    odd: list[Any] = [None, 3, [], {}, {"schema_id": ["signup"]}]
    for state in odd:
        with pytest.raises((StateMismatch, FlowNotFound)):
            await flows.resume(state, input="x")


# ── outputs stay as they were ───────────────────────────────────────────────────────────────────


async def test_what_was_handed_out_does_not_change() -> None:
    flows = signup(Flows())
    given = {"name": "", "more": {"list": [1]}}
    output = await flows.start("signup", given)
    state = output.state
    state["context"]["name"] = "Mallory"
    output.context["name"] = "Mallory"
    given["name"] = "Mallory"
    later = await output.resume("Ann")
    assert output.state["context"] == {"name": "", "more": {"list": [1]}}
    assert later.state["context"]["name"] == "Ann"
    again = await output.resume("Bob")
    assert (again.context["name"], later.context["name"]) == ("Bob", "Ann")


@pytest.mark.parametrize("answer", ["", 0, False, [], {}, None, "123"])
async def test_falsy_answers_are_answers(answer: Any) -> None:
    flows = signup(Flows())
    output = await (await flows.start("signup", {})).resume(answer)
    assert output.step_id == "ask-email"
    assert output.context["name"] == answer
    assert type(output.context["name"]) is type(answer)


async def test_without_an_answer_it_stays_where_it_is() -> None:
    output = await signup(Flows()).start("signup", {})
    again = await output.resume()
    assert (again.step_id, again.input_required) == ("ask-name", "name")


async def test_an_input_is_seen_by_the_step_that_asked_only() -> None:
    flows, seen = Flows(), list[Any]()
    flows.step("first", lambda ctx, input: seen.append((input, use_flow().given)), input="a")
    flows.step("second", lambda ctx, input: seen.append((input, use_flow().given)))
    flows.flow("two", ["first", "second"])
    await (await flows.start("two", {})).resume("answer")
    assert seen == [("answer", True), (None, False)]


# ── contexts ────────────────────────────────────────────────────────────────────────────────────


async def test_a_model_is_the_context_with_its_types() -> None:
    flows = Flows()

    @flows.step("seats", input=int)
    def seats(ctx: Signup, input: int) -> None:
        ctx.seats, ctx.price = input, ctx.price * input

    flows.flow("signup", ["seats"])
    output = await flows.start("signup", Signup(name="Ann"))
    assert output.state["context"]["name"] == "Ann"
    output = await flows.resume(travelled(output), input=3)
    assert output.context == Signup(name="Ann", seats=3, price=Decimal("3.60"))
    assert output.context.model_fields_set == {"name", "seats", "price"}


async def test_a_dataclass_is_the_context_and_text_assigns_to_its_fields() -> None:
    flows = Flows()
    flows.step("item", "item = input; ctx.item = upper(item)", input="item")
    flows.flow("order", ["item"], context=Order)
    output = await flows.start("order", {"item": "", "tags": ["a"]})
    output = await flows.resume(travelled(output), input="tea")
    assert output.context == Order("TEA", {"a"})


async def test_a_declared_context_is_checked_at_the_start_and_after_each_step() -> None:
    flows = Flows()

    @flows.step("breaks")
    def breaks(ctx: Any) -> None:
        ctx.seats = "many"

    flows.step("forgets", lambda ctx: ctx.pop("name"))
    flows.flow("model", ["breaks"], context=Signup)
    flows.flow("mapping", ["forgets"], context=Named)
    with pytest.raises(InvalidInput, match="/seats"):
        await flows.start("model", {"seats": "x"})
    with pytest.raises(InvalidInput, match=r"after the step 'breaks' does not fit: /seats"):
        await flows.start("model", Signup())
    with pytest.raises(InvalidInput, match="/name"):
        await flows.start("mapping", {})
    with pytest.raises(InvalidInput, match=r"after the step 'forgets'"):
        await flows.start("mapping", {"name": "Ann"})
    for odd in (3, "text", [1]):
        with pytest.raises(InvalidInput, match="no mapping, dataclass or pydantic model"):
            await signup(Flows()).start("signup", odd)


async def test_values_come_back_with_their_type_or_are_refused_by_path() -> None:
    flows = signup(Flows())
    values = {"at": datetime(2026, 1, 5, tzinfo=UTC), "n": Decimal("1.10"), "s": {1}, 3: (1, b"x")}
    output = await flows.start("signup", values)
    assert (await flows.resume(travelled(output), input="Ann")).context == {**values, "name": "Ann"}
    with pytest.raises(ValueNotKept, match=r"\$\.made"):
        await flows.start("signup", {"made": object()})
    flows.step("opens", lambda ctx: ctx.update(made=object()))
    flows.flow("opening", ["opens"])
    with pytest.raises(ValueNotKept, match=r"\$\.made"):
        await flows.start("opening", {})


async def test_a_state_names_no_class_that_the_flow_does_not_know() -> None:
    flows = signup(Flows())
    state = (await flows.start("signup", {})).state
    strange = {"$": "data", "t": "subprocess:Popen", "f": "x", "v": {"args": "true"}}
    for context in ({"name": strange}, strange, {"deep": [{"$": "dict", "v": [["a", strange]]}]}):
        with pytest.raises(ValueUnreadable, match="subprocess:Popen"):
            await flows.resume({**state, "context": context}, input="x")
    with pytest.raises(ValueUnreadable, match="subprocess:Popen"):
        await flows.resume({**state, "input": [strange]})
    odd: list[Any] = [
        None,
        [],
        "x",
        {"$": "decimal"},
        {"$": "nope"},
        {"a": {"$": "date", "v": "x"}},
    ]
    for broken in odd:
        with pytest.raises(ValueUnreadable):
            await flows.resume({**state, "context": broken}, input="x")


# ── inputs ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_type_judges_the_input_and_a_description_does_not() -> None:
    flows = Flows()
    flows.step("model", lambda ctx, input: ctx.update(got=input), input=Signup)
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    flows.step("schema", "got = input", input=schema)
    flows.flow("model", ["model"])
    flows.flow("schema", ["schema"])
    flows.flow("known", [{"id": "schema", "input": {"n": "x"}}])
    output = await flows.start("model", {})
    assert output.input_required is Signup
    with pytest.raises(InvalidInput, match="/seats"):
        await output.resume({"seats": "many"})
    assert (await output.resume({"seats": 2})).context["got"] == Signup(seats=2)
    output = await flows.start("schema", {})
    assert output.input_required is schema
    with pytest.raises(InvalidInput, match="'n' is a required property"):
        await output.resume({})
    assert (await output.resume({"n": 1})).context == {"got": {"n": 1}}
    with pytest.raises(InvalidInput):
        await flows.start("known", {})


# ── errors that may be tried again ──────────────────────────────────────────────────────────────


async def test_a_retriable_error_brings_a_new_prompt_a_list_and_an_expiry() -> None:
    clock = FakeClock()
    flows, ran = Flows(clock=clock), list[str]()
    asking(flows, "name")

    @flows.step("pay", input="card")
    def pay(ctx: dict[str, Any], input: str) -> None:
        ran.append(input)
        if input != "good":
            raise StepRetriableError(
                ValueError("declined"),
                errors=[{"field": "card", "message": "declined"}],
                input_required="another card",
                expires="10m",
            )

    flows.flow("shop", ["ask-name", "pay"])
    output = await (await (await flows.start("shop", {})).resume("Ann")).resume("bad")
    assert isinstance(output.error, ValueError)
    assert (output.finished, output.input_required) == (False, "another card")
    assert output.errors == [{"field": "card", "message": "declined"}]
    assert output.expires == clock.now() + timedelta(minutes=10)
    assert (await output.retry("good")).finished
    assert ran == ["bad", "good"]
    clock.move_to(clock.now() + timedelta(minutes=10))
    with pytest.raises(Expired):
        await flows.resume(travelled(output), input="good")


async def test_a_retry_without_an_input_gives_the_step_what_it_had() -> None:
    flows, ran = Flows(), list[Any]()

    @flows.step("send", input="to")
    def send(ctx: dict[str, Any], input: str) -> Any:
        ran.append(input)
        return StepRetriableError("The line is busy.") if len(ran) == 1 else None

    flows.flow("mail", ["send"])
    output = await (await flows.start("mail", {})).resume("bob")
    assert (await flows.resume(travelled(output))).finished
    assert ran == ["bob", "bob"]


async def test_a_dynamic_question_expires_too() -> None:
    clock = FakeClock()
    flows = Flows(clock=clock)
    flows.step(
        "code",
        lambda ctx, input: (
            None if input == "42" else input_required("code", errors=["wrong"], expires=60)
        ),
    )
    flows.flow("verify", ["code"])
    output = await flows.start("verify", {})
    assert (output.errors, output.expires) == (["wrong"], clock.now() + timedelta(minutes=1))
    assert (await output.resume("42")).finished
    clock.move_to(clock.now() + timedelta(minutes=1))
    with pytest.raises(Expired):
        await output.resume("42")


async def test_an_error_that_is_final_surfaces_and_the_state_can_be_used_again() -> None:
    flows, fails = Flows(), [True]

    @flows.step("work", input="go")
    def work(ctx: dict[str, Any], input: str) -> None:
        ctx["touched"] = True
        if fails.pop():
            raise KeyError("lost")

    flows.flow("work", ["work"])
    output = await flows.start("work", {})
    with pytest.raises(KeyError, match="lost"):
        await output.resume("now")
    assert output.state["context"] == {}
    fails.append(False)
    assert (await output.resume("now")).finished


# ── spies and cleanup ───────────────────────────────────────────────────────────────────────────


async def test_spies_are_told_how_long_it_took_and_what_came_of_it() -> None:
    flows, seen = Flows(), list[tuple[str, dict[str, Any]]]()
    flows.step("a", lambda: "result")
    flows.flow("timed", ["a"])

    async def spy(event: str, subject: str, detail: dict[str, Any]) -> None:
        seen.append((event, detail))

    output = await flows.start("timed", {}, spy=spy)
    told = dict(seen)
    assert list(told) == ["start", "step", "finish"]
    assert told["step"]["result"] == "result"
    assert told["step"]["took"] >= 0
    assert told["finish"]["output"] is output
    assert {detail["run_id"] for detail in told.values()} == {output.run_id}


@pytest.mark.parametrize("kept", [False, True])
async def test_spies_hear_the_same_whether_an_app_keeps_the_run_or_not(
    app: App, kept: bool
) -> None:
    flows, seen = Flows(app if kept else None), list[tuple[str, str]]()
    asking(flows, "name")
    tries: list[bool | None] = []

    @flows.step("done")
    def done() -> None:
        tries.append(use_flow().resumed)
        if len(tries) == 1:
            raise StepRetriableError("not now")

    flows.flow("my-flow", ["ask-name", When("name == 'Ann'", ["done"]), "done"])

    @flows.attach_spy
    def spy(event: str, subject: str, detail: dict[str, Any]) -> None:
        seen.append((event, subject))
        outputs.append(detail.get("output"))

    outputs: list[Any] = []
    async with Harness(app):
        output = await flows.start("my-flow", {})
        output = await output.resume("Ann")
        output = await output.retry()
    assert output.finished
    assert seen == [
        ("start", "my-flow"),
        ("pause", "ask-name"),
        ("resume", "my-flow"),
        ("step", "ask-name"),
        ("condition", "name == 'Ann'"),
        ("step", "done"),
        ("pause", "done"),
        ("resume", "my-flow"),
        ("step", "done"),
        ("step", "done"),
        ("finish", "my-flow"),
    ]
    assert [each.step_id for each in outputs if each is not None] == ["ask-name", "done", None]
    assert outputs[-1].state == output.state


async def test_a_broken_spy_harms_nothing(caplog: pytest.LogCaptureFixture) -> None:
    flows = signup(Flows())

    @flows.attach_spy
    def spy(*args: Any) -> None:
        raise RuntimeError("broken")

    assert (await flows.start("signup", {})).step_id == "ask-name"
    assert "flow.spy_failed" in caplog.text
    flows.detach_spy(spy)
    flows.detach_spy(spy)


async def test_the_error_of_the_flow_surfaces_though_the_cleanup_fails_too() -> None:
    flows = Flows()

    @flows.step("breaks")
    def breaks() -> None:
        raise ValueError("the flow")

    flows.flow("broken", ["breaks"])

    async def cleanup() -> None:
        raise RuntimeError("the cleanup")

    with pytest.raises(ValueError, match="the flow"):
        await flows.start("broken", {}, cleanup=cleanup)
    flows.flow("fine", [])
    with pytest.raises(RuntimeError, match="the cleanup"):
        await flows.start("fine", {}, cleanup=cleanup)
