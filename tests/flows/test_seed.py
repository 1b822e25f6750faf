"""The examples that started declared flows, in Python."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assent import Flows, StepRetriableError, input_required, use_flow
from tests.flows.sample import asking


async def test_a_static_input_always_pauses_the_first_time() -> None:
    flows = Flows()

    @flows.step("get-email", input="email")
    def get_email(ctx: dict[str, Any], input: str) -> None:
        ctx["email"] = input or ""

    flows.flow("registration", ["get-email"])
    output = await flows.start("registration", {"email": "", "name": ""})
    assert (output.finished, output.input_required) == (False, "email")
    resumed = await flows.resume(output.state, input="user@example.com")
    assert resumed.finished
    assert resumed.state["context"] == {"email": "user@example.com", "name": ""}
    shortcut = await output.resume("user@example.com")
    assert shortcut.state == resumed.state


async def test_a_handler_may_ask_only_when_it_needs_to() -> None:
    flows = Flows()

    @flows.step("get-email")
    def get_email() -> Any:
        now = use_flow()
        if not now.input:
            return input_required("email")
        now.ctx["email"] = now.input
        return None

    flows.flow("registration", ["get-email"])
    output = await flows.start("registration", {"email": ""})
    assert output.input_required == "email"
    assert (await output.resume("a@b.example")).context == {"email": "a@b.example"}
    at_once = await flows.start("registration", {"email": ""}, input="a@b.example")
    assert at_once.finished


async def test_several_inputs_are_collected_one_after_the_other() -> None:
    flows, created = Flows(), list[dict[str, Any]]()
    asking(flows, "name", "email", "plan")
    flows.step("create-account", lambda ctx: created.append(dict(ctx)))
    flows.flow("signup", ["ask-name", "ask-email", "ask-plan", "create-account"])
    output = await flows.start("signup", {"name": "", "email": "", "plan": ""})
    asked = list[str]()
    for answer in ("Alice", "alice@example.com", "premium"):
        asked.append(output.input_required)
        output = await output.resume(answer)
    assert asked == ["name", "email", "plan"]
    assert output.finished
    assert output.state["context"] == {
        "name": "Alice",
        "email": "alice@example.com",
        "plan": "premium",
    }
    assert created == [output.context]


async def test_a_hard_coded_input_does_not_pause_and_is_seen_by_the_argument_only() -> None:
    flows, seen = Flows(), list[Any]()

    @flows.step("set-plan", input="plan")
    def set_plan(ctx: dict[str, Any], input: str) -> None:
        seen.append(use_flow().input)
        ctx["plan"] = input or "free"

    flows.flow("auto-signup", [{"id": "set-plan", "input": "enterprise"}])
    output = await flows.start("auto-signup", {"name": "", "plan": ""})
    assert output.finished
    assert output.state["context"]["plan"] == "enterprise"
    assert seen == [None]
    by_hand = await flows.start("auto-signup", {"plan": ""}, input="pro")
    assert by_hand.context["plan"] == "pro", "an input of the run wins"


async def test_a_rich_description_is_passed_on_untouched() -> None:
    flows = Flows()
    fields = [
        {"name": "username", "label": "Username", "type": "text"},
        {"name": "password", "label": "Password", "type": "password"},
    ]

    @flows.step("login")
    def login(ctx: dict[str, Any], input: dict[str, str] | None) -> Any:
        if not input:
            return input_required(fields)
        ctx["user"] = input["username"]
        return None

    flows.flow("login", ["login"])
    output = await flows.start("login", {})
    assert output.input_required is fields
    output = await output.resume({"username": "ann", "password": "secret"})
    assert output.context == {"user": "ann"}


async def test_a_state_is_kept_anywhere_and_resumed_elsewhere() -> None:
    def made() -> Flows:
        flows = Flows()
        asking(flows, "name", "email")
        flows.flow("onboarding", ["ask-name", "ask-email"])
        return flows

    first = await made().start("onboarding", {"name": "", "email": ""})
    saved = json.dumps(first.state)
    second = await made().resume(json.loads(saved), input="Ann")
    assert second.state["schema_id"] == "onboarding"
    assert second.state["context"] == {"name": "Ann", "email": ""}
    assert second.state["indexes"] == [1]
    assert second.state["step"] == "ask-email"


async def test_a_retriable_error_pauses_and_the_same_step_is_tried_again() -> None:
    flows, ran = Flows(), list[str]()
    flows.step("before", lambda: ran.append("before"))

    @flows.step("call")
    def call(ctx: dict[str, Any], input: Any) -> None:
        ran.append(f"call {input}")
        if len(ran) < 4:
            raise StepRetriableError("The service is down.")
        ctx["called"] = True

    flows.step("after", lambda: ran.append("after"))
    flows.flow("pipeline", ["before", "call", "after"])
    output = await flows.start("pipeline", {})
    assert not output.finished
    assert str(output.error) == "The service is down."
    assert output.input_required is None
    output = await output.retry()
    assert output.error is not None
    output = await flows.resume(output.state, input="by hand")
    assert output.finished
    assert ran == ["before", "call None", "call None", "call by hand", "after"]


async def test_spies_see_what_ran_and_are_detached() -> None:
    flows, seen, own = Flows(), list[tuple[str, str]](), list[str]()
    asking(flows, "name")
    flows.step("done", lambda: None)
    flows.flow("my-flow", ["ask-name", "done"])
    spy = flows.attach_spy(lambda event, *args: seen.append((event, args[0])))
    output = await flows.start(
        "my-flow",
        {},
        spy=lambda event, *args: own.append(args[0]) if event == "step" else None,
    )
    assert own == []
    await output.resume("Ann", spy=lambda event, *args: own.append(event))
    assert seen == [
        ("start", "my-flow"),
        ("pause", "ask-name"),
        ("resume", "my-flow"),
        ("step", "ask-name"),
        ("step", "done"),
        ("finish", "my-flow"),
    ]
    assert own == ["resume", "step", "step", "finish"]
    flows.detach_spy(spy)
    await flows.start("my-flow", {})
    assert len(seen) == 6


async def test_cleanup_runs_on_finish_pause_and_error() -> None:
    flows, cleaned = Flows(), list[str]()
    asking(flows, "name")

    @flows.step("breaks")
    def breaks() -> None:
        raise ValueError("broken for good")

    flows.flow("my-flow", ["ask-name", "breaks"])
    output = await flows.start("my-flow", {}, cleanup=lambda: cleaned.append("paused"))
    with pytest.raises(ValueError, match="broken for good"):
        await flows.resume(output.state, input="Ann", cleanup=lambda: cleaned.append("failed"))
    flows.flow("short", [])
    assert (await flows.start("short", {}, cleanup=lambda: cleaned.append("finished"))).finished
    assert cleaned == ["paused", "failed", "finished"]
