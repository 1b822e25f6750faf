"""Nested groups, loops, conditions and sub-flows: the cursor comes back to the place it stood at."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from assent import Break, Continue, DefinitionError, Flows, InvalidState, When, While
from assent.errors import ExpressionError
from tests.flows.sample import answered, asking, signup, travelled


@dataclass
class Plan:
    plan: str = "pro"


def noting(flows: Flows, *names: str) -> list[str]:
    """Steps that say that they ran."""
    ran = list[str]()
    for name in names:
        flows.step(name, lambda name=name: ran.append(name))
    return ran


async def test_a_form_with_a_round_trip_at_each_pause_holds_all_answers() -> None:
    output = await answered(signup(Flows()), await signup(Flows()).start("signup", {}))
    assert output.context == {
        "name": "Alice",
        "email": "alice@example.com",
        "plan": "premium",
        "team": "blue",
    }


async def test_groups_and_conditions_nest() -> None:
    flows = Flows()
    ran = noting(flows, "a", "b", "c", "d")
    flows.flow("nested", ["a", When("deep", ["b", When("not deep", "c"), ["d"]]), "c"])
    await flows.start("nested", {"deep": True})
    assert ran == ["a", "b", "d", "c"]
    ran.clear()
    await flows.start("nested", {"deep": False})
    assert ran == ["a", "c"]


async def test_a_loop_turns_as_long_as_its_condition_holds_and_can_be_left() -> None:
    flows = Flows()
    flows.step("count", "n += 1")
    flows.step("odd", "odd += 1")
    flows.flow("loop", [While("n < 10", ["count", Break("n == 7"), Continue("n % 2 == 0"), "odd"])])
    output = await flows.start("loop", {"n": 0, "odd": 0})
    assert output.context == {"n": 7, "odd": 3}


async def test_a_loop_in_a_loop_is_left_on_its_own() -> None:
    flows = Flows()
    flows.step("inner", "i += 1")
    flows.step("outer", "o += 1; i = 0")
    inner = While("true", ["inner", Break("i == 2")])
    flows.flow("loops", [While("o < 3", [inner, "outer"])])
    assert (await flows.start("loops", {"i": 0, "o": 0})).context == {"i": 0, "o": 3}


async def test_a_pause_in_a_loop_comes_back_to_its_place() -> None:
    flows = Flows()
    flows.step("guess", "guesses = guesses + [input]", input="guess")
    flows.step("hint", "hints += 1")
    flows.flow("game", ["hint", While("len(guesses) < 3", [["guess"], When("true", ["hint"])])])
    output = await flows.start("game", {"guesses": [], "hints": 0})
    assert output.state["indexes"] == [1, 0, 0]
    for guess in (5, 7, 6):
        output = await flows.resume(travelled(output), input=guess)
    assert output.context == {"guesses": [5, 7, 6], "hints": 4}


async def test_conditions_are_not_judged_again_on_the_way_in() -> None:
    flows, judged = Flows(), list[str]()

    def pro(ctx: dict[str, Any]) -> bool:
        judged.append("pro")
        return bool(ctx["pro"])

    asking(flows, "card")
    flows.step("no-longer-pro", "pro = false")
    flows.flow("billing", [When(pro, ["no-longer-pro", "ask-card"])])
    output = await flows.start("billing", {"pro": True})
    assert judged == ["pro"]
    output = await output.resume("4242")
    assert output.context == {"pro": False, "card": "4242"}
    assert judged == ["pro"]


async def test_conditions_and_handlers_may_be_async() -> None:
    flows = Flows()

    async def allowed(ctx: dict[str, Any]) -> bool:
        return bool(ctx["allowed"])

    @flows.step("go")
    async def go(ctx: dict[str, Any]) -> None:
        ctx["gone"] = True

    async def init(ctx: dict[str, Any]) -> None:
        ctx["allowed"] = True

    flows.flow("async", [When(allowed, "go")], init=init)
    assert (await flows.start("async", {})).context == {"allowed": True, "gone": True}


async def test_flows_are_read_from_json() -> None:
    flows = Flows()
    ran = noting(flows, "a", "b", "c")
    flows.flow("part", [{"id": "c", "when": "n == 1"}])
    text = """[
        "a",
        {"when": "n == 0", "steps": ["b"]},
        {"while": "n < 3", "steps": ["a", {"id": "count"}, {"continue": "n == 1"}, {"break": true}]},
        {"name": "last", "steps": [{"flow": "part"}]},
        {"id": "b", "condition": "n == 2"}
    ]"""
    flows.step("count", "n += 1")
    flows.flow("read", json.loads(text))
    await flows.start("read", {"n": 0})
    assert ran == ["a", "b", "a", "a", "b"]


async def test_sub_flows_are_used_by_name_or_as_they_are() -> None:
    flows, seen = Flows(), list[str]()
    asking(flows, "street", "city")
    address = flows.flow("address", ["ask-street", "ask-city"])
    flows.flow("order", [address, {"flow": "address", "when": "bill"}])
    spy = flows.attach_spy(lambda event, subject, detail: seen.append(f"{event} {subject}"))
    output = await flows.start("order", {"bill": True})
    for answer in ("Main St", "Oslo", "Side St", "Rome"):
        output = await output.resume(answer)
    assert output.context == {"bill": True, "street": "Side St", "city": "Rome"}
    assert seen.count("subflow-start address") == seen.count("subflow-end address") == 2
    flows.detach_spy(spy)


async def test_ids_may_leave_something_open() -> None:
    flows, sent = Flows(), list[Any]()

    @flows.step("send/:template/:lang?")
    def send(ctx: dict[str, Any], input: Any, template: str, lang: str = "en") -> None:
        sent.append((template, lang))

    flows.step("send/plain", lambda: sent.append("plain"))
    flows.step("notify/*", "told = params['*']")
    flows.flow("mails", ["send/welcome", "send/bill/de", "send/plain", "notify/slack/ops"])
    output = await flows.start("mails", {})
    assert sent == [("welcome", "en"), ("bill", "de"), "plain"]
    assert output.context == {"told": "slack/ops"}


async def test_a_loop_that_does_nothing_is_told_instead_of_turning_for_ever() -> None:
    flows = Flows()
    flows.step("a", "n += 1")
    flows.flow("stuck", ["a", While("true", [When("n == 0", "a")])])
    with pytest.raises(InvalidState, match="turns in a loop without doing a step"):
        await flows.start("stuck", {"n": 0})


@pytest.mark.parametrize(
    ("items", "told"),
    [
        (["nope"], "no step 'nope'"),
        (["ask-nme"], "Did you mean 'ask-name'"),
        ([{"id": "nope", "input": 1}], "no step 'nope'"),
        ([When("true", ["nope"])], "no step 'nope'"),
        ([Break()], "outside of a loop"),
        ([When("true", [Continue("true")])], "outside of a loop"),
        ([{"flow": "other"}], "names the flow 'other'"),
        ([{"id": "ask-name", "inputs": 1}], "Did you mean 'input'"),
        ([{"steps": "ask-name", "until": "x"}], "no group"),
        ([42], "an item 42"),
        (42, "where a list of steps is wanted"),
        ([When("import os", [])], "cannot be used"),
        ([{"id": "ask-name", "when": 42}], "a condition 42"),
    ],
)
def test_what_a_flow_cannot_be_made_of_is_told_when_it_is_registered(items: Any, told: str) -> None:
    flows = Flows()
    asking(flows, "name")
    with pytest.raises(DefinitionError, match=told):
        flows.flow("signup", items)
    flows.flow("signup", ["ask-name"])


def test_ids_are_registered_once() -> None:
    flows = signup(Flows())
    with pytest.raises(DefinitionError, match="a step 'ask-name' already"):
        flows.step("ask-name", lambda: None)
    flows.step("send/:what", lambda: None)
    with pytest.raises(DefinitionError, match="already"):
        flows.step("send/:other", lambda: None)
    with pytest.raises(DefinitionError, match="a flow 'signup' of version '1' already"):
        flows.flow("signup", ["ask-name"])
    for id in ("", "a b", "a//b", "/a", ":"):
        with pytest.raises(DefinitionError):
            flows.step(id, lambda: None)
    with pytest.raises(DefinitionError, match="takes a, b, c"):
        flows.step("three", lambda a, b, c: None)


async def test_two_of_them_share_nothing() -> None:
    first, second = Flows(), Flows()
    signup(first)
    with pytest.raises(DefinitionError, match="no step 'ask-name'"):
        second.flow("signup", ["ask-name"])
    signup(second)
    seen = list[str]()
    first.attach_spy(lambda event, *args: seen.append(event))
    await second.start("signup", {})
    assert seen == []


async def test_a_condition_whose_names_are_not_there_yet_does_not_hold(
    caplog: pytest.LogCaptureFixture,
) -> None:
    flows = Flows()
    asking(flows, "email", "code")
    flows.step("check", "ok = code == '42'")
    flows.flow(
        "registration",
        [
            "ask-email",
            When("plan == 'pro'", ["ask-code"]),
            While("attempts < 3", ["ask-code"]),
            While("true", ["ask-code", "check", Break("ok")]),
            When("not gone", ["ask-email"]),
        ],
    )
    output = await (await flows.start("registration", {"email": "", "plan": ""})).resume(
        "a@b.example"
    )
    assert output.state["indexes"] == [3, 0]
    assert "flow.condition_lacks" in caplog.text
    assert (await output.resume("42")).finished


async def test_a_field_that_a_typed_context_lacks_is_an_error() -> None:
    flows = Flows()
    asking(flows, "name")
    flows.flow("typed", [When("plann == 'pro'", ["ask-name"])], context=Plan)
    with pytest.raises(ExpressionError, match="no 'plann' here"):
        await flows.start("typed", Plan())


async def test_a_loop_without_end_leaves_others_their_turn() -> None:
    flows, turns = Flows(), 0

    def holds(ctx: dict[str, Any]) -> bool:
        nonlocal turns
        turns += 1
        return turns < 100_000

    flows.step("round", "n = 1")
    flows.flow("endless", [While(holds, ["round"])])
    going = asyncio.ensure_future(flows.start("endless", {"n": 0}))
    for _ in range(3):
        await asyncio.sleep(0)
    going.cancel()
    with suppress(asyncio.CancelledError):
        await going
    assert turns < 100_000
