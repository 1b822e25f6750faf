"""Every answer gets one receipt, and nothing is ever overwritten."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from assent import (
    Actor,
    App,
    Conflict,
    Context,
    Decision,
    InvalidInput,
    Receipt,
    Rejected,
    RunFailed,
    TaskNotFound,
    Withdrawn,
    step,
)
from assent.testing import START, Harness
from tests.stories.telling import count, names, open_keys, told

pytestmark = pytest.mark.anyio


class Colour(Enum):
    """An enumeration with values that are no JSON."""

    RED = (255, 0, 0)
    BLUE = (0, 0, 255)


class Size(Enum):
    """An enumeration of texts."""

    SMALL = "s"
    LARGE = "l"


@dataclass
class Line:
    """One line of an order."""

    item: str
    amount: Decimal
    colour: Size = Size.SMALL


@dataclass
class Order:
    """A dataclass in a dataclass."""

    customer: str
    lines: list[Line]
    due: date | None = None
    tags: set[str] = field(default_factory=set[str])


class Address(BaseModel):
    """A model in a model."""

    city: str = Field(min_length=2)
    zip: Annotated[str, Field(pattern=r"^\d{5}$")]


class Customer(BaseModel):
    """A model with fields of many kinds."""

    name: str
    born: date
    limit: Decimal = Decimal(100)
    address: Address
    sizes: list[Size] = []


class Invoice(TypedDict):
    """A dictionary with a type."""

    number: int
    total: Decimal
    paid: bool


def refund(app: App, value: Any = 40, **options: Any) -> Any:
    """A workflow that asks for one approval and returns the decision."""

    @app.workflow(name="refund")
    async def ask(ctx: Context) -> Decision[Any]:
        return await ctx.approve("refund", value=value, **options)

    return ask


# ── B14: said twice, said differently ───────────────────────────────────────────────────────────


async def test_the_same_answer_of_the_same_person_again_is_a_harmless_duplicate(
    app: App, place: str
) -> None:
    workflow = refund(app)
    async with Harness(app, database=place) as h:
        run = await h.start(workflow)
        first = await run.approve("refund", by="bob", reason="ok")
        await h.run_until_idle()
        before = await names(h, run)
        again = await run.approve("refund", by="bob", reason="ok")
        await h.restart()
        once_more = await run.approve("refund", by="bob", reason="ok")

        assert (first.status, first.ok) == ("accepted", True)
        for receipt in (again, once_more):
            assert (receipt.status, receipt.ok) == ("duplicate", True)
            assert receipt.decision == first.decision
            assert receipt.task_id == first.task_id
        assert await names(h, run) == before


@pytest.mark.parametrize(
    "value",
    [
        Order("ada", [Line("tea", Decimal("1.20"))], date(2026, 1, 2), {"x", "y"}),
        {"customer": "ada", "lines": [{"item": "tea", "amount": "1.20"}], "due": "2026-01-02"},
        {
            "customer": "ada",
            "lines": [{"item": "tea", "amount": 1.5, "colour": "l"}],
            "tags": ["b", "a"],
        },
    ],
    ids=["object", "json", "json with defaults and numbers"],
)
async def test_the_same_edit_again_is_a_duplicate_also_as_json(app: App, value: Any) -> None:
    workflow = refund(app, Order("eve", []))
    async with Harness(app) as h:
        run = await h.start(workflow)
        first = await run.edit("refund", value, by="bob")
        assert first.status == "accepted", first.message
        again = await run.edit("refund", value, by="bob")
        assert again.status == "duplicate"
        assert again.decision == first.decision


async def test_the_same_form_again_is_a_duplicate_also_as_json(app: App) -> None:
    @app.workflow
    async def survey(ctx: Context) -> list[Any]:
        return [await ctx.ask("customer", Customer), await ctx.ask("invoice", Invoice)]

    ada = {"name": "ada", "born": "1815-12-10", "address": {"city": "London", "zip": "12345"}}
    bill = {"number": 1, "total": "9.50", "paid": False}
    async with Harness(app) as h:
        run = await h.start(survey)
        assert (await run.answer("customer", ada, by="bob")).status == "accepted"
        assert (await run.answer("customer", ada, by="bob")).status == "duplicate"
        await h.run_until_idle()
        assert (await run.answer("invoice", bill, by="bob")).status == "accepted"
        assert (await run.answer("invoice", bill, by="bob")).status == "duplicate"


Act = Callable[[Harness, str], Awaitable[Receipt]]
DIFFERENT: dict[str, Act] = {
    "another person": lambda h, t: h.inbox.approve(t, by="carol"),
    "another reason": lambda h, t: h.inbox.approve(t, by="bob", reason="because"),
    "no": lambda h, t: h.inbox.reject(t, by="bob"),
    "another value": lambda h, t: h.inbox.edit(t, 41, by="bob"),
    "the same value, as an edit": lambda h, t: h.inbox.edit(t, 40, by="bob"),
    "another kind": lambda h, t: h.inbox.answer(t, 40, by="bob"),
    "nobody needs to": lambda h, t: h.inbox.cancel(t, by="bob"),
    "claiming": lambda h, t: h.inbox.claim(t, by="bob"),
}


@pytest.mark.parametrize("said", DIFFERENT)
async def test_other_content_is_refused_with_the_decision_that_stands(
    app: App, said: str, place: str
) -> None:
    workflow = refund(app)
    async with Harness(app, database=place) as h:
        run = await h.start(workflow)
        first = await run.approve("refund", by="bob")
        await h.run_until_idle()
        before = await names(h, run)
        receipt = await DIFFERENT[said](h, first.task_id or "")

        assert (receipt.status, receipt.ok) == ("already_decided", False)
        assert receipt.decision is not None
        assert (receipt.decision.outcome, receipt.decision.by) == ("approved", "bob")
        assert receipt.decision.at == START
        assert "bob" in receipt.message
        assert await names(h, run) == before
        decision = await run.result(timeout=5)
        assert (decision.outcome, decision.by, decision.value) == ("approved", "bob", 40)


@pytest.mark.parametrize("verb", ["approve", "reject", "edit", "cancel"])
async def test_after_a_rejection_an_expiry_and_a_cancellation_nothing_counts_any_more(
    app: App, verb: str, place: str
) -> None:
    workflow = refund(app, timeout="1h")

    async def act(task: str) -> Receipt:
        match verb:
            case "approve":
                return await app.inbox.approve(task, by="eve")
            case "reject":
                return await app.inbox.reject(task, by="eve")
            case "edit":
                return await app.inbox.edit(task, 7, by="eve")
            case _:
                return await app.inbox.cancel(task, by="eve")

    async with Harness(app, database=place) as h:
        rejected, cancelled, expired = [await h.start(workflow) for _ in range(3)]
        tasks = [(await run.tasks())[0].id for run in (rejected, cancelled, expired)]
        await rejected.reject("refund", by="bob", reason="no")
        await h.inbox.cancel(tasks[1], by="ann", reason="not needed")
        await h.advance("1h")

        statuses = [(await act(task)).status for task in tasks]
        assert statuses == [
            "already_decided",
            "duplicate" if verb == "cancel" else "cancelled",
            "expired",
        ]
        outcomes = [(await h.inbox.get(task)).outcome for task in tasks]
        assert outcomes == ["rejected", "cancelled", "expired"]


async def test_of_two_answers_of_one_person_the_first_stands(app: App, place: str) -> None:
    workflow = refund(app)
    async with Harness(app, database=place) as h:
        run = await h.start(workflow)
        await run.edit("refund", 30, by="bob")
        assert (await run.edit("refund", 31, by="bob")).status == "already_decided"
        assert (await run.edit("refund", 30, by="bob")).status == "duplicate"
        assert (await run.result(timeout=5)).value == 30


# ── B15: what cannot count ──────────────────────────────────────────────────────────────────────


async def test_an_unknown_task_key_or_run_gets_unknown_and_nothing_is_stored(
    app: App, place: str
) -> None:
    workflow = refund(app)
    async with Harness(app, database=place) as h:
        run = await h.start(workflow, id="r-1")
        before = await count(h)
        receipts = [
            await h.inbox.approve("task_nope", by="bob"),
            await h.inbox.approve("", by="bob"),
            await h.inbox.edit("task_nope", 1, by="bob"),
            await h.inbox.answer("task_nope", 1, by="bob"),
            await h.inbox.claim("task_nope", by="bob"),
            await h.inbox.release("task_nope", by="bob"),
            await h.inbox.cancel("task_nope", by="bob"),
            await h.inbox.comment("task_nope", "hm", by="bob"),
            await run.approve("", by="bob"),
            await run.approve("refnud", by="bob"),
            await run.approve("refund#2", by="bob"),
            await run.reject("Refund", by="bob"),
            await run.answer("refund/", 1, by="bob"),
            await run.edit("%", 1, by="bob"),
            await app.run("r-2").approve("refund", by="bob"),
            await app.run("").approve("refund", by="bob"),
        ]

        assert {receipt.status for receipt in receipts} == {"unknown"}
        assert not any(receipt.ok for receipt in receipts)
        assert all(receipt.message for receipt in receipts)
        assert await count(h) == before
        with pytest.raises(TaskNotFound):
            await h.inbox.get("task_nope")


async def test_an_answer_before_its_question_is_unknown_and_not_kept_for_later(
    app: App, place: str
) -> None:
    @app.workflow
    async def contract(ctx: Context) -> list[str]:
        return [(await ctx.approve(key)).outcome for key in ("first", "second")]

    async with Harness(app, database=place) as h:
        run = await h.start(contract)
        assert (await run.approve("second", by="bob")).status == "unknown"
        await run.reject("first", by="bob")
        await h.run_until_idle()
        assert await open_keys(run) == {"second"}


@pytest.mark.parametrize("by", ["", " ", "\t\n", None, 5, ["bob"]])
async def test_nobody_cannot_answer(app: App, by: Any) -> None:
    workflow = refund(app)
    async with Harness(app) as h:
        run = await h.start(workflow)
        before = await names(h)
        for act in (
            run.approve("refund", by=by),
            run.reject("refund", by=by),
            run.edit("refund", 1, by=by),
            run.answer("refund", 1, by=by),
            run.approve("refund", by=Actor(by)),
        ):
            with pytest.raises(InvalidInput):
                await act
        assert await names(h) == before
        assert await run.status() == "waiting"


@pytest.mark.parametrize(
    ("ask", "act"),
    [("approve", "answer"), ("ask", "approve"), ("ask", "reject"), ("ask", "edit"),
     ("choose", "approve"), ("choose", "reject"), ("choose", "edit")],
)  # fmt: skip
async def test_the_wrong_kind_of_answer_is_invalid_and_the_task_stays_open(
    app: App, ask: str, act: str, place: str
) -> None:
    @app.workflow
    async def one(ctx: Context) -> Any:
        match ask:
            case "approve":
                return await ctx.approve("it", value=1)
            case "ask":
                return await ctx.ask("it", int)
            case _:
                return await ctx.choose("it", [1, 2])

    async with Harness(app, database=place) as h:
        run = await h.start(one)
        match act:
            case "approve":
                receipt = await run.approve("it", by="bob")
            case "reject":
                receipt = await run.reject("it", by="bob")
            case "edit":
                receipt = await run.edit("it", 1, by="bob")
            case _:
                receipt = await run.answer("it", 1, by="bob")

        assert receipt.status == "invalid"
        assert receipt.errors
        assert ask in receipt.message
        assert await run.status() == "waiting"
        assert await open_keys(run) == {"it"}
        assert (await count(h, run))["task.refused"] == 1


async def test_every_door_gives_the_same_receipt(app: App, place: str) -> None:
    workflow = refund(app, {"amount": 1}, to="bob")
    async with Harness(app, database=place) as h:
        runs = [await h.start(workflow) for _ in range(4)]
        tasks = [(await run.tasks())[0].id for run in runs]

        def same(receipt: Receipt) -> Receipt:
            return dataclasses.replace(
                receipt, task_id="t", run_id="r", decision=None, message=receipt.message
            )

        for act, value in (
            ("edit", {"amount": "much"}),
            ("edit", {"amount": 2}),
            ("edit", {"amount": 2}),
            ("edit", {"amount": 3}),
        ):
            receipts = [
                await runs[0].edit("refund", value, by="bob"),
                await h.inbox.edit(tasks[1], value, by="bob"),
                *await h.inbox.answer_many(
                    [{"task": tasks[2], "action": act, "value": value, "by": "bob"}]
                ),
                await h.inbox.edit(tasks[3], value, by=Actor("bob"), via="http"),
            ]
            assert len({same(receipt) for receipt in receipts}) == 1
            await h.run_until_idle()

        decisions = [await run.result(timeout=5) for run in runs]
        assert [d.answers[0].via for d in decisions] == ["python", "python", "python", "http"]


async def test_several_answers_at_once_get_a_receipt_each_and_one_bad_one_spoils_nothing(
    app: App, place: str
) -> None:
    workflow = refund(app)
    async with Harness(app, database=place) as h:
        runs = [await h.start(workflow) for _ in range(3)]
        tasks = [(await run.tasks())[0].id for run in runs]
        receipts = await h.inbox.answer_many(
            [
                {"task": tasks[0], "action": "approve"},
                {"task": "task_nope", "action": "approve"},
                {"task": tasks[1], "action": "explode"},
                {"task": tasks[1], "action": "edit"},
                {"task": tasks[1], "action": "approve", "value": 3},
                {"task": tasks[1], "action": "edit", "value": 3, "colour": "red"},
                {"action": "approve"},
                {},
                {"task": tasks[0], "action": "reject"},
                {"task": tasks[2], "action": "edit", "value": 3, "reason": "fair", "by": "carol"},
            ],
            by="bob",
        )

        assert [receipt.status for receipt in receipts] == [
            "accepted", "unknown", "invalid", "invalid", "invalid", "invalid", "unknown", "invalid",
            "already_decided", "accepted",
        ]  # fmt: skip
        await h.run_until_idle()
        assert [await run.status() for run in runs] == ["succeeded", "waiting", "succeeded"]
        assert (await runs[2].result(timeout=5)).by == "carol"


# ── B18: what does not fit ──────────────────────────────────────────────────────────────────────


async def test_an_answer_that_does_not_fit_gets_every_error_by_path_and_can_be_mended(
    app: App, place: str
) -> None:
    @app.workflow
    async def survey(ctx: Context) -> Customer:
        answer: Customer = await ctx.ask("customer", Customer)
        return answer

    wrong = {
        "name": 3,
        "born": "yesterday",
        "limit": "much",
        "address": {"city": "X"},
        "sizes": ["s", "m"],
    }
    right = {"name": "ada", "born": "1815-12-10", "address": {"city": "London", "zip": "12345"}}
    async with Harness(app, database=place) as h:
        run = await h.start(survey)
        receipt = await run.answer("customer", wrong, by="bob")

        assert (receipt.status, receipt.ok) == ("invalid", False)
        assert {error.pointer for error in receipt.errors} == {
            "/name", "/born", "/limit", "/address/city", "/address/zip", "/sizes/1",
        }  # fmt: skip
        assert all(error.detail for error in receipt.errors)
        assert await open_keys(run) == {"customer"}
        assert receipt.needs

        # The attempt is in the audit trail, with what was said and why it did not count.
        (refused,) = [e for e in await told(h, run) if e.name == "task.refused"]
        assert (refused.data["by"], refused.data["status"]) == ("bob", "invalid")
        assert refused.data["value"] == wrong
        assert "/born" in refused.data["why"]

        await h.restart()
        assert (await run.answer("customer", wrong, by="bob")).errors == receipt.errors
        assert (await run.answer("customer", right, by="bob")).status == "accepted"
        assert await run.result(timeout=5) == Customer.model_validate(right)


@pytest.mark.parametrize(
    ("shown", "wrong", "pointers"),
    [
        (40, "forty", {""}),
        (40, 40.5, {""}),
        (40, None, {""}),
        (40, True, {""}),
        ("text", 3, {""}),
        (True, "perhaps", {""}),
        (1.5, "much", {""}),
        (Decimal("1.20"), "much", {""}),
        (date(2026, 1, 2), "soon", {""}),
        (Size.SMALL, "m", {""}),
        ({"amount": 1, "note": "x"}, {"amount": "1", "note": 2}, {"/amount", "/note"}),
        ({"amount": 1}, {}, {""}),
        ({"amount": 1}, [], {""}),
        ([1, 2], [1, "two"], {"/1"}),
        (
            Order("ada", []),
            {"customer": 1, "lines": [{"item": "x"}]},
            {"/customer", "/lines/0/amount"},
        ),
        (
            Line("tea", Decimal(1)),
            {"item": "tea", "amount": "x", "colour": "m"},
            {"/amount", "/colour"},
        ),
        (
            Address(city="Oslo", zip="12345"),
            {"city": "O", "zip": "12a45"},
            {"/city", "/zip"},
        ),
    ],
)
async def test_an_edit_of_the_wrong_type_is_invalid_with_every_error_by_path(
    app: App, shown: Any, wrong: Any, pointers: set[str]
) -> None:
    workflow = refund(app, shown)
    async with Harness(app) as h:
        run = await h.start(workflow)
        receipt = await run.edit("refund", wrong, by="bob")

        assert receipt.status == "invalid"
        assert {error.pointer for error in receipt.errors} == pointers
        assert await open_keys(run) == {"refund"}
        assert (await run.approve("refund", by="bob")).status == "accepted"
        decision = await run.result(timeout=5)
        assert (decision.value, type(decision.value)) == (shown, type(shown))


@pytest.mark.parametrize(
    ("shown", "said", "value"),
    [
        (40, 0, 0),
        (0, 40, 40),
        ("text", "", ""),
        (True, False, False),
        (1.5, 2, 2.0),
        (Decimal("1.20"), "1.30", Decimal("1.30")),
        (Decimal("1.20"), Decimal("1.30"), Decimal("1.30")),
        (date(2026, 1, 2), "2026-02-03", date(2026, 2, 3)),
        (
            datetime(2026, 1, 2, tzinfo=UTC),
            "2026-02-03T04:05:06Z",
            datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
        ),
        (Size.SMALL, "l", Size.LARGE),
        (Colour.RED, Colour.BLUE, Colour.BLUE),
        ({"amount": 1, "note": ""}, {"amount": 2, "note": ""}, {"amount": 2, "note": ""}),
        ([1, 2], [], []),
        (
            {"amount": Decimal("1.10"), "day": date(2026, 1, 5), "size": Size.SMALL, 7: (1, b"x")},
            {"amount": "2.20", "day": "2026-02-03", "size": "l", "7": [2, "eA=="]},
            {"amount": Decimal("2.20"), "day": date(2026, 2, 3), "size": Size.LARGE, 7: (2, b"x")},
        ),
        (
            {"amount": Decimal("1.10"), 7: (1, b"x"), "tags": {"a"}},
            {"amount": Decimal("2.20"), 7: (1, b"y"), "tags": {"b"}},
            {"amount": Decimal("2.20"), 7: (1, b"y"), "tags": {"b"}},
        ),
        ((1, (2,)), [3, [2]], (3, (2,))),
        ([{"day": date(2026, 1, 5)}], [{"day": "2026-01-06"}, {"day": "2026-01-07"}],
         [{"day": date(2026, 1, 6)}, {"day": date(2026, 1, 7)}]),
        (
            Order("ada", [Line("tea", Decimal(1))]),
            {"customer": "bob", "lines": [{"item": "milk", "amount": "2.50", "colour": "l"}],
             "due": "2026-02-03", "tags": ["x"]},
            Order("bob", [Line("milk", Decimal("2.50"), Size.LARGE)], date(2026, 2, 3), {"x"}),
        ),
        (
            Customer(name="ada", born=date(1815, 12, 10), address=Address(city="Rome", zip="00100")),
            {"name": "eve", "born": "1990-01-01", "limit": "5.5", "sizes": ["l"],
             "address": {"city": "Oslo", "zip": "12345"}},
            Customer(
                name="eve", born=date(1990, 1, 1), limit=Decimal("5.5"), sizes=[Size.LARGE],
                address=Address(city="Oslo", zip="12345"),
            ),
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("cold", [False, True], ids=["hot", "cold"])
async def test_an_edited_value_comes_back_with_the_type_of_what_was_shown(
    app: App, shown: Any, said: Any, value: Any, cold: bool
) -> None:
    workflow = refund(app, shown)
    async with Harness(app) as h:
        run = await h.start(workflow)
        if cold:
            await h.restart()
        receipt = await run.edit("refund", said, by="bob")
        assert receipt.status == "accepted", receipt.message
        decision = await run.result(timeout=5)

        assert (decision.outcome, decision.approved) == ("edited", True)
        assert (decision.value, type(decision.value)) == (value, type(value))
        assert (decision.original, type(decision.original)) == (shown, type(shown))


async def test_a_value_that_could_not_come_back_is_invalid_as_an_answer(app: App) -> None:
    @app.workflow
    async def survey(ctx: Context) -> Any:
        return await ctx.ask("anything", Any)

    async with Harness(app) as h:
        run = await h.start(survey)
        for wrong in (object(), {"deep": [lambda: 1]}, "half \ud800 a pair"):
            receipt = await run.answer("anything", wrong, by="bob")
            assert receipt.status == "invalid"
        assert await open_keys(run) == {"anything"}


# ── B19: rejected ───────────────────────────────────────────────────────────────────────────────


async def test_a_rejection_reaches_the_code_with_reason_actor_and_time(
    app: App, place: str
) -> None:
    workflow = refund(app)
    async with Harness(app, database=place) as h:
        run = await h.start(workflow)
        await h.advance("3h")
        receipt = await run.reject("refund", by="bob", reason="Fraud suspected")
        decision = await run.result(timeout=5)

        assert receipt.status == "accepted"
        assert (decision.outcome, decision.approved) == ("rejected", False)
        assert (decision.reason, decision.by) == ("Fraud suspected", "bob")
        assert decision.at == h.clock.now()
        assert decision.value == decision.original == 40
        (answer,) = decision.answers
        assert (answer.by, answer.outcome, answer.reason) == ("bob", "rejected", "Fraud suspected")
        assert (answer.at, answer.via) == (h.clock.now(), "python")


async def test_an_unhandled_rejection_fails_the_run_with_rejected_and_loses_nothing(
    app: App, place: str
) -> None:
    paid: list[str] = []

    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.step("reserve", paid.append, "reserved")
        decision = await ctx.approve("refund", value=40)
        await ctx.step("pay", paid.append, str(decision.require()))

    async with Harness(app, database=place) as h:
        run = await h.start(refund)
        await run.reject("refund", by="bob", reason="too much")
        with pytest.raises(RunFailed) as failed:
            await run.result(timeout=5)

        rejected = failed.value.__cause__
        assert isinstance(rejected, Rejected)
        assert (rejected.key, rejected.by, rejected.reason) == ("refund", "bob", "too much")
        assert await run.status() == "failed"
        assert "too much" in (await run.error() or "")
        assert paid == ["reserved"]
        (task,) = (await h.inbox.tasks(status="closed")).items
        assert (task.outcome, task.decided_by, task.reason) == ("rejected", "bob", "too much")
        assert isinstance((await run.wait()).error, RunFailed)


async def test_a_task_that_was_cancelled_reaches_the_code_as_cancelled(
    app: App, place: str
) -> None:
    @app.workflow
    async def refund(ctx: Context) -> list[str]:
        decision = await ctx.approve("refund", value=40)
        try:
            decision.require()
        except Withdrawn as error:
            first = f"{decision.outcome}, {decision.approved}, {error.by}, {error.reason}"
        try:
            await ctx.ask("why", str)
        except Withdrawn as error:
            return [first, f"{error.key}, {error.by}"]
        return [first]

    async with Harness(app, database=place) as h:
        run = await h.start(refund)
        receipt = await h.inbox.cancel((await run.tasks())[0].id, by="ann", reason="not needed")
        await h.run_until_idle()
        await h.inbox.cancel((await run.tasks())[0].id, by="eve")

        assert receipt.status == "accepted"
        assert await run.result(timeout=5) == ["cancelled, False, ann, not needed", "why, eve"]


# ── B20: edited ─────────────────────────────────────────────────────────────────────────────────


async def test_code_goes_on_with_the_edited_value_and_the_original_comes_from_the_task(
    app: App, place: str
) -> None:
    paid: list[Order] = []

    @step
    def pay(order: Order) -> str:
        paid.append(order)
        return order.customer

    @app.workflow
    async def refund(ctx: Context) -> dict[str, Any]:
        order = Order("ada", [Line("tea", Decimal(1))])
        decision = await ctx.approve("refund", value=order)
        order.customer = "somebody else"  # what the code does to its object changes no record
        await ctx.step(pay, decision.value)
        return {"value": decision.value, "original": decision.original}

    async with Harness(app, database=place) as h:
        run = await h.start(refund)
        await run.edit("refund", {"customer": "bob", "lines": []}, by="carol")
        output = await run.result(timeout=5)

        assert output["value"] == Order("bob", [])
        assert output["original"] == Order("ada", [Line("tea", Decimal(1))])
        assert paid == [Order("bob", [])]

        # The audit keeps both.
        entries = [entry async for entry in app.audit.export(run.id)]
        (opened,) = [entry for entry in entries if entry["kind"] == "task.opened"]
        (answered,) = [entry for entry in entries if entry["kind"] == "task.answered"]
        assert "ada" in str(opened["payload"])
        assert "bob" in str(answered["payload"])
        assert answered["actor"] == "carol"
        task = (await h.inbox.tasks(status="closed")).items[0]
        assert task.value == Order("ada", [Line("tea", Decimal(1))])
        assert task.answers[0].value == Order("bob", [])


async def test_an_answer_handed_over_is_not_changed_by_what_its_sender_does_to_it_later(
    app: App,
) -> None:
    workflow = refund(app, {"amount": 1})
    async with Harness(app) as h:
        run = await h.start(workflow)
        said = {"amount": 2}
        await run.edit("refund", said, by="bob")
        said["amount"] = 3
        assert (await run.result(timeout=5)).value == {"amount": 2}


# ── B21: keys ───────────────────────────────────────────────────────────────────────────────────


async def test_two_runs_with_the_same_key_are_independent(app: App, place: str) -> None:
    @app.workflow
    async def refund(ctx: Context, number: int) -> list[Any]:
        decision = await ctx.approve("refund", value=number)
        return [number, decision.outcome, decision.value]

    async with Harness(app, database=place) as h:
        first, second = [await h.start(refund, number) for number in (1, 2)]
        assert (await first.tasks())[0].id != (await second.tasks())[0].id
        await second.edit("refund", 20, by="bob")
        await h.run_until_idle()
        assert await first.status() == "waiting"
        await first.reject("refund", by="bob")

        assert await first.result(timeout=5) == [1, "rejected", 1]
        assert await second.result(timeout=5) == [2, "edited", 20]


@pytest.mark.parametrize(
    "key", ["a b", "a/b", "1/a", "émile ☂", "a.b", "#", "a'b\"c", "x" * 200, "%", "a#b"]
)
async def test_a_key_may_be_any_text(app: App, key: str) -> None:
    @app.workflow
    async def ask(ctx: Context) -> list[str]:
        return [(await ctx.approve(key)).outcome, (await ctx.approve(key)).outcome]

    async with Harness(app) as h:
        run = await h.start(ask)
        assert await open_keys(run) == {key}
        assert (await run.approve(key, by="bob")).status == "accepted"
        await h.restart()
        assert await open_keys(run) == {f"{key}#2"}
        assert (await run.reject(f"{key}#2", by="bob")).status == "accepted"
        assert await run.result(timeout=5) == ["approved", "rejected"]


@pytest.mark.parametrize("key", ["", "a#2", "x" * 201])
async def test_a_key_that_would_be_ambiguous_is_refused_when_it_is_asked(
    app: App, key: str
) -> None:
    @app.workflow
    async def ask(ctx: Context) -> None:
        await ctx.approve(key)

    async with Harness(app) as h:
        run = await h.start(ask)
        assert await run.status() == "failed"
        assert "key" in (await run.error() or "")
        assert (await h.inbox.tasks(status="all")).items == ()


# ── B22: bound to what was shown ────────────────────────────────────────────────────────────────


async def test_an_answer_to_something_else_than_what_is_shown_is_stale_and_decides_nothing(
    app: App, place: str
) -> None:
    workflow = refund(app)
    async with Harness(app, database=place) as h:
        run = await h.start(workflow)
        (task,) = await run.tasks()
        for stale in (
            await run.approve("refund", by="bob", shown="0" * len(task.digest)),
            await run.reject("refund", by="bob", shown=""),
            await run.edit("refund", 1, by="bob", shown=task.digest[:-1]),
            await h.inbox.approve(task.id, by="bob", shown=task.digest.upper() + "x"),
        ):
            assert (stale.status, stale.ok) == ("stale", False)
            assert stale.decision is None
        assert await run.status() == "waiting"

        await h.restart()
        fresh = await h.inbox.get(task.id)
        assert fresh.digest == task.digest
        assert (await run.approve("refund", by="bob", shown=fresh.digest)).status == "accepted"


async def test_the_digest_covers_all_that_is_shown(app: App) -> None:
    shown: list[dict[str, Any]] = [
        {"title": "A", "value": 1},
        {"title": "B", "value": 1},
        {"title": "A", "value": 2},
        {"title": "A", "value": "1"},
        {"title": "A", "value": 1, "detail": "more"},
        {"title": "A", "value": 1, "to": "bob"},
        {"title": "A", "value": 1, "timeout": "1h"},
        {"title": "A", "value": 1, "form": float},
    ]

    @app.workflow
    async def ask(ctx: Context, place: int) -> None:
        await ctx.approve("it", **shown[place])

    async with Harness(app) as h:
        digests = [(await (await h.start(ask, n)).tasks())[0].digest for n in range(len(shown))]
        assert len(set(digests)) == len(shown)
        assert (await (await h.start(ask, 0)).tasks())[0].digest == digests[0]


async def test_options_are_covered_by_the_digest(app: App) -> None:
    @app.workflow
    async def ask(ctx: Context, options: list[str]) -> None:
        await ctx.choose("it", options)

    async with Harness(app) as h:
        runs = [await h.start(ask, options) for options in (["a", "b"], ["b", "a"], ["a"])]
        assert len({(await run.tasks())[0].digest for run in runs}) == 3


# ── B23, plainly: who may answer ────────────────────────────────────────────────────────────────


async def test_only_those_a_task_is_assigned_to_may_answer_it_and_refusals_are_audited(
    app: App, place: str
) -> None:
    workflow = refund(app, to=["bob", "user:carol", "group:finance", "role:legal"])
    async with Harness(app, database=place) as h:
        run = await h.start(workflow)
        for eve in (
            Actor("eve", groups=frozenset({"sales"}), roles=frozenset()),
            Actor("finance", groups=frozenset(), roles=frozenset()),
            Actor("group:finance", groups=frozenset(), roles=frozenset()),
            Actor("BOB", groups=frozenset(), roles=frozenset()),
        ):
            for act in (
                run.approve("refund", by=eve),
                run.reject("refund", by=eve),
                run.edit("refund", 1, by=eve),
            ):
                receipt = await act
                assert (receipt.status, receipt.decision) == ("ineligible", None)
            task = (await run.tasks())[0].id
            assert (await h.inbox.claim(task, by=eve)).status == "ineligible"
        refused = [e.data["by"] for e in await told(h, run) if e.name == "task.refused"]
        assert refused == ["eve"] * 3 + ["finance"] * 3 + ["group:finance"] * 3 + ["BOB"] * 3
        assert (await run.tasks())[0].status == "open"

        finance = Actor("dan", groups=frozenset({"finance"}), roles=frozenset())
        assert (await run.approve("refund", by=finance)).status == "accepted"


async def test_a_task_for_nobody_in_particular_takes_the_answer_of_anybody(app: App) -> None:
    workflow = refund(app, to=[])
    async with Harness(app) as h:
        run = await h.start(workflow)
        assert (await run.tasks())[0].needs == ("anybody",)
        assert (await run.approve("refund", by="anyone at all")).status == "accepted"


# ── B28: claim, release, cancel ─────────────────────────────────────────────────────────────────


async def test_a_claimed_task_is_answered_by_its_holder_only_and_seen_by_all(
    app: App, place: str
) -> None:
    workflow = refund(app)
    async with Harness(app, database=place) as h:
        run = await h.start(workflow)
        (task,) = await run.tasks()
        assert (await h.inbox.claim(task.id, by="bob")).status == "accepted"
        assert (await h.inbox.claim(task.id, by="bob")).status == "duplicate"
        other = await h.inbox.claim(task.id, by="carol")
        assert other.status == "ineligible"
        assert "bob" in other.message

        await h.restart()
        (claimed,) = (await h.inbox.tasks()).items
        assert (claimed.status, claimed.owner) == ("claimed", "bob")
        for receipt in (
            await run.approve("refund", by="carol"),
            await run.reject("refund", by="carol"),
            await run.edit("refund", 1, by="carol"),
            await h.inbox.release(task.id, by="carol"),
        ):
            assert receipt.status == "ineligible"
            assert "bob" in receipt.message
        assert (await run.approve("refund", by="bob")).status == "accepted"
        assert (await run.result(timeout=5)).by == "bob"


async def test_a_released_task_is_there_for_everybody_again(app: App, place: str) -> None:
    workflow = refund(app)
    async with Harness(app, database=place) as h:
        run = await h.start(workflow)
        (task,) = await run.tasks()
        assert (await h.inbox.release(task.id, by="bob")).status == "invalid"  # nobody holds it
        await h.person("bob").claims("refund")
        assert (await h.person("bob").releases("refund")).status == "accepted"
        assert (await run.tasks())[0].owner is None
        await h.person("carol").claims("refund")
        assert (await h.person("bob").approves("refund")).status == "ineligible"
        assert (await h.person("carol").approves("refund")).status == "accepted"
        told_names = [name for name in await names(h, run) if name.startswith("task.")]
        assert told_names == [
            "task.opened", "task.claimed", "task.released", "task.claimed", "task.refused",
            "task.answered", "task.closed",
        ]  # fmt: skip


async def test_a_claimed_task_still_expires_and_can_still_be_cancelled(
    app: App, place: str
) -> None:
    workflow = refund(app, timeout="1h")
    async with Harness(app, database=place) as h:
        first, second = await h.start(workflow), await h.start(workflow)
        for run in (first, second):
            assert (await h.inbox.claim((await run.tasks())[0].id, by="bob")).ok
        assert (await h.inbox.cancel((await second.tasks())[0].id, by="ann")).status == "accepted"
        await h.advance("1h")

        assert (await first.result(timeout=5)).outcome == "expired"
        assert (await second.result(timeout=5)).outcome == "cancelled"


async def test_the_tasks_of_a_cancelled_run_close_as_cancelled_everywhere(
    app: App, place: str
) -> None:
    @app.workflow
    async def contract(ctx: Context) -> None:
        await ctx.gather(ctx.approve("ann"), ctx.ask("bob", int), ctx.choose("carol", ["x"]))

    async with Harness(app, database=place) as h:
        run = await h.start(contract)
        tasks = await run.tasks()
        await h.inbox.claim(tasks[0].id, by="ann")
        await run.cancel("the customer withdrew", by="eve")

        assert await run.tasks() == ()
        assert (await h.inbox.tasks()).items == ()
        for task in tasks:
            assert (await h.inbox.get(task.id)).outcome == "cancelled"
        late = [
            await run.approve("ann", by="ann"),
            await run.answer("bob", 1, by="bob"),
            await run.answer("carol", "x", by="carol"),
        ]
        assert [receipt.status for receipt in late] == ["cancelled"] * 3
        closed = [e for e in await told(h, run) if e.name == "task.closed"]
        assert [(e.data["outcome"], e.data["by"]) for e in closed] == [("cancelled", "eve")] * 3


# ── comments ────────────────────────────────────────────────────────────────────────────────────


async def test_comments_are_kept_also_after_the_task_was_closed(app: App, place: str) -> None:
    workflow = refund(app)
    async with Harness(app, database=place) as h:
        run = await h.start(workflow)
        (task,) = await run.tasks()
        assert (await h.inbox.comment(task.id, "Who is this?", by="carol")).status == "accepted"
        assert (await h.inbox.comment(task.id, "  \n", by="carol")).status == "invalid"
        assert await run.status() == "waiting"
        await run.approve("refund", by="bob")
        await h.run_until_idle()
        assert (await h.inbox.comment(task.id, "A friend.", by="bob")).status == "accepted"
        await h.restart()
        assert (await h.inbox.comment(task.id, "I see.", by="carol")).status == "accepted"

        said = [(comment.by, comment.text) for comment in (await h.inbox.get(task.id)).comments]
        assert said == [("carol", "Who is this?"), ("bob", "A friend."), ("carol", "I see.")]
        assert await run.status() == "succeeded"
        assert await app.audit.verify() == []


# ── idempotency keys ────────────────────────────────────────────────────────────────────────────


async def test_an_answer_with_an_idempotency_key_gets_the_same_receipt_again(
    app: App, place: str
) -> None:
    workflow = refund(app, {"amount": 1})
    async with Harness(app, database=place) as h:
        run = await h.start(workflow)
        (task,) = await run.tasks()

        async def edit(key: str, amount: Any) -> Receipt:
            return await h.inbox.edit(task.id, {"amount": amount}, by="bob", reason="r", key=key)

        refused = await edit("k-0", "much")
        first = await edit("k-1", 2)
        assert (refused.status, first.status) == ("invalid", "accepted")
        assert await edit("k-1", 2) == first
        await h.crash_and_restart()
        assert await edit("k-1", 2) == first
        assert await edit("k-0", "much") == refused
        with pytest.raises(Conflict):
            await edit("k-1", 3)
        assert (await edit("k-2", 2)).status == "duplicate"


# ── forms ───────────────────────────────────────────────────────────────────────────────────────

SCHEMA = {
    "type": "object",
    "properties": {"amount": {"type": "number", "minimum": 0}, "note": {"type": "string"}},
    "required": ["amount"],
    "additionalProperties": False,
}
FORMS: list[tuple[Any, Any, Any]] = [
    (int, 0, 0),
    (str, "", ""),
    (bool, False, False),
    (float, 1, 1.0),
    (Decimal, "1.10", Decimal("1.10")),
    (date, "2026-02-03", date(2026, 2, 3)),
    (datetime, "2026-02-03T04:05:06+00:00", datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)),
    (Size, "l", Size.LARGE),
    (int | None, None, None),
    (list[int], [], []),
    (list[Line], [{"item": "x", "amount": 1}], [Line("x", Decimal(1))]),
    (dict[str, int], {}, {}),
    (set[str], ["a", "b"], {"a", "b"}),
    (tuple[int, str], [1, "x"], (1, "x")),
    (bytes, b"raw", b"raw"),
    (Annotated[int, Field(ge=3)], 3, 3),
    (Order, {"customer": "ada", "lines": []}, Order("ada", [])),
    (Order, Order("ada", []), Order("ada", [])),
    (Address, {"city": "Oslo", "zip": "12345"}, Address(city="Oslo", zip="12345")),
    (
        Invoice,
        {"number": 1, "total": "9.5", "paid": True},
        {"number": 1, "total": Decimal("9.5"), "paid": True},
    ),
    (SCHEMA, {"amount": 0}, {"amount": 0}),
    ({"enum": ["a", "b"]}, "b", "b"),
    ({"amount": "number", "note": "text"}, {"amount": 0, "note": ""}, {"amount": 0, "note": ""}),
    (
        ["name", {"name": "age", "type": "integer", "required": False}],
        {"name": "ada"},
        {"name": "ada"},
    ),
    (
        [{"name": "on", "label": "On?", "type": "checkbox"}, {"name": "day", "type": "date"}],
        {"on": False, "day": "2026-02-03"},
        {"on": False, "day": "2026-02-03"},
    ),
    (Any, {"whatever": [None]}, {"whatever": [None]}),
]


@pytest.mark.parametrize("cold", [False, True], ids=["hot", "cold"])
@pytest.mark.parametrize(("form", "said", "value"), FORMS)
async def test_a_form_of_any_kind_gives_its_answer_back_with_its_type(
    app: App, form: Any, said: Any, value: Any, cold: bool
) -> None:
    @app.workflow
    async def survey(ctx: Context) -> Any:
        return await ctx.ask("it", form)

    async with Harness(app) as h:
        run = await h.start(survey)
        if cold:
            await h.crash_and_restart()
        receipt = await run.answer("it", said, by="bob")
        assert receipt.status == "accepted", receipt.message
        answer = await run.result(timeout=5)

        assert (answer, type(answer)) == (value, type(value))


@pytest.mark.parametrize(("form", "said", "value"), FORMS)
async def test_an_answer_given_where_the_code_is_not_there_comes_back_with_its_type_all_the_same(
    app: App, database: str, form: Any, said: Any, value: Any
) -> None:
    @app.workflow
    async def survey(ctx: Context) -> Any:
        return await ctx.ask("it", form)

    async with Harness(app, database=database) as h:
        await h.start(survey, id="s-1")
    desk = App(database)
    await desk.open(advance=False)
    assert (await desk.run("s-1").answer("it", said, by="bob")).status == "accepted"
    assert (await desk.run("s-1").answer("it", said, by="bob")).status == "duplicate"
    await desk.close()
    async with Harness(app, database=database) as h:
        answer = await h.run("s-1").result(timeout=5)
        assert (answer, type(answer)) == (value, type(value))
        assert await app.audit.verify() == []


async def test_a_value_edited_where_the_code_is_not_there_has_the_type_of_what_was_shown(
    app: App, database: str
) -> None:
    @app.workflow
    async def buy(ctx: Context) -> list[Any]:
        decision = await ctx.approve("it", value=Order("ada", [Line("x", Decimal(1))]))
        return [decision.value, decision.answers[0].value]

    async with Harness(app, database=database) as h:
        await h.start(buy, id="s-1")
    desk = App(database)
    await desk.open(advance=False)
    edited = {"customer": "bob", "lines": [{"item": "y", "amount": "2.50"}]}
    receipt = await desk.run("s-1").edit("it", edited, by="bob")
    assert receipt.status == "accepted", receipt.message
    shown = (await desk.inbox.tasks(status="closed")).items[0].answers[0].value
    assert shown == edited
    await desk.close()
    async with Harness(app, database=database) as h:
        wanted = Order("bob", [Line("y", Decimal("2.50"))])
        assert await h.run("s-1").result(timeout=5) == [wanted, wanted]


async def test_an_answer_that_only_the_code_could_have_refused_parks_the_run(
    app: App, database: str
) -> None:
    def even(number: int) -> int:
        if number % 2:
            raise ValueError("it is odd")
        return number

    @app.workflow
    async def survey(ctx: Context) -> int:
        answer: int = await ctx.ask("it", Annotated[int, AfterValidator(even)])
        return answer

    async with Harness(app, database=database) as h:
        await h.start(survey, id="s-1")
    desk = App(database)
    await desk.open(advance=False)
    assert (await desk.run("s-1").answer("it", 3, by="bob")).status == "accepted"
    await desk.close()
    async with Harness(app, database=database) as h:
        await h.run_until_idle()
        assert await h.run("s-1").status() == "parked"
        assert "it is odd" in str(await h.run("s-1").error())


class Reply(BaseModel):
    """A model that refers to itself, with a field that is easily misspelt."""

    text: str
    priority: int = 0
    replies: list[Reply] = []


class Open(BaseModel):
    """A model whose author takes whatever comes."""

    model_config = ConfigDict(extra="allow")
    text: str


class Deaf(BaseModel):
    """A model whose author lets go of the rest."""

    model_config = ConfigDict(extra="ignore")
    text: str


@pytest.mark.parametrize(
    ("form", "said", "pointers"),
    [
        (Reply, {"text": "x", "priorty": 1}, {"/priorty"}),
        (Reply, {"text": "x", "replies": [{"text": "y", "more": 1}]}, {"/replies/0/more"}),
        (Order, {"customer": "ada", "lines": [], "discount": 5}, {"/discount"}),
        (Invoice, {"number": 1, "total": 1, "paid": True, "late": True}, {"/late"}),
        (Open, {"text": "x", "more": 1}, set()),
        (Deaf, {"text": "x", "more": 1}, set()),
        (Reply, {"text": "x", "replies": [{"text": "y"}]}, set()),
    ],
)
async def test_a_field_that_the_type_does_not_know_is_refused_unless_its_author_says_otherwise(
    app: App, form: Any, said: Any, pointers: set[str]
) -> None:
    @app.workflow
    async def survey(ctx: Context) -> Any:
        return await ctx.ask("it", form)

    async def correct(ctx: Context, given: Any) -> Any:
        return (await ctx.approve("it", value=given, form=form)).value

    correct.__annotations__["given"] = form
    app.workflow(correct)

    known = {name: item for name, item in said.items() if f"/{name}" not in pointers}
    async with Harness(app) as h:
        run = await h.start(survey)
        receipt = await run.answer("it", said, by="bob")
        assert {error.pointer for error in receipt.errors} == pointers
        assert receipt.status == ("invalid" if pointers else "accepted")
        if pointers:
            with pytest.raises(InvalidInput) as refused:
                await h.start("correct", said)
            assert {error.pointer for error in refused.value.errors} == pointers
            known = {**known, "replies": []} if form is Reply else known
        run = await h.start("correct", known)
        receipt = await run.edit("it", said, by="bob")
        assert {error.pointer for error in receipt.errors} == pointers


@pytest.mark.parametrize(
    ("form", "wrong", "pointers"),
    [
        (int, "many", {""}),
        (Annotated[int, Field(ge=3)], 2, {""}),
        (list[int], [1, "x", 2, "y"], {"/1", "/3"}),
        (dict[str, int], {"a/b": "x"}, {"/a~1b"}),
        (Invoice, {"number": "x", "total": 1}, {"/number", "/paid"}),
        (SCHEMA, {"amount": -1, "note": 3, "more": 1}, {"/amount", "/note", ""}),
        ({"amount": "number", "note": "text"}, {"amount": "1"}, {"/amount", ""}),
    ],
)
async def test_a_form_of_any_kind_refuses_what_does_not_fit(
    app: App, form: Any, wrong: Any, pointers: set[str]
) -> None:
    @app.workflow
    async def survey(ctx: Context) -> Any:
        return await ctx.ask("it", form)

    async with Harness(app) as h:
        run = await h.start(survey)
        receipt = await run.answer("it", wrong, by="bob")
        assert receipt.status == "invalid"
        assert {error.pointer for error in receipt.errors} == pointers
        assert await open_keys(run) == {"it"}


@pytest.mark.parametrize("form", [{}, {"amount": "nonsense"}, [{"label": "no name"}]])
async def test_a_form_that_is_none_fails_the_run_and_asks_nobody(app: App, form: Any) -> None:
    @app.workflow
    async def survey(ctx: Context) -> Any:
        return await ctx.ask("it", form)

    async with Harness(app) as h:
        run = await h.start(survey)
        assert await run.status() == "failed"
        assert (await h.inbox.tasks(status="all")).items == ()


async def test_the_task_shows_the_json_schema_of_its_form(app: App) -> None:
    @app.workflow
    async def survey(ctx: Context) -> None:
        await ctx.gather(
            ctx.ask("typed", Address),
            ctx.ask("schema", SCHEMA),
            ctx.ask("fields", {"amount": "number"}),
        )

    async with Harness(app) as h:
        run = await h.start(survey)
        forms: dict[str, Any] = {task.key: task.form for task in await run.tasks()}
        assert forms["typed"]["properties"]["zip"]["pattern"] == r"^\d{5}$"
        assert forms["schema"] == SCHEMA
        assert forms["fields"]["properties"]["amount"]["type"] == "number"


# ── choices ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("options", "said", "value"),
    [
        (["red", "blue"], "blue", "blue"),
        ([0, 1], 0, 0),
        ([None, "x"], None, None),
        ([True, False], False, False),
        ([1, "1"], "1", "1"),
        ([1, True], True, True),
        ([Size.SMALL, Size.LARGE], "l", Size.LARGE),
        ([Colour.RED, Colour.BLUE], Colour.BLUE, Colour.BLUE),
        ([Decimal("1.0"), Decimal("2.0")], "2.0", Decimal("2.0")),
        ([{"a": 1}, {"a": 2}], {"a": 2}, {"a": 2}),
        (
            [Line("x", Decimal(1)), Line("y", Decimal(2))],
            Line("y", Decimal(2)),
            Line("y", Decimal(2)),
        ),
        (
            [Line("x", Decimal(1)), Line("y", Decimal(2))],
            {"item": "y", "amount": "2", "colour": "s"},
            Line("y", Decimal(2)),
        ),
    ],
)
@pytest.mark.parametrize("cold", [False, True], ids=["hot", "cold"])
async def test_a_choice_gives_back_the_option_itself(
    app: App, options: list[Any], said: Any, value: Any, cold: bool, place: str
) -> None:
    @app.workflow
    async def pick(ctx: Context) -> Any:
        return await ctx.choose("it", options)

    async with Harness(app, database=place) as h:
        run = await h.start(pick)
        (task,) = await run.tasks()
        assert len(task.options) == len(options)
        if cold:
            await h.restart()
        receipt = await run.answer("it", said, by="bob")
        assert receipt.status == "accepted", receipt.message
        chosen = await run.result(timeout=5)
        assert (chosen, type(chosen)) == (value, type(value))


@pytest.mark.parametrize("wrong", ["green", "", None, ["red"], 1, {"red": 1}])
async def test_what_is_no_option_cannot_be_chosen(app: App, wrong: Any) -> None:
    @app.workflow
    async def pick(ctx: Context) -> Any:
        return await ctx.choose("it", ["red", "blue"])

    async with Harness(app) as h:
        run = await h.start(pick)
        receipt = await run.answer("it", wrong, by="bob")
        assert receipt.status == "invalid"
        assert receipt.errors
        assert await open_keys(run) == {"it"}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (["red"], "accepted"),
        (["blue", "red"], "accepted"),
        ([], "accepted"),
        ("red", "invalid"),
        (["red", "red"], "invalid"),
        (["red", "green"], "invalid"),
        (None, "invalid"),
    ],
)
async def test_several_may_be_chosen_each_at_most_once(app: App, said: Any, status: str) -> None:
    @app.workflow
    async def pick(ctx: Context) -> Any:
        return await ctx.choose("it", ["red", "blue", "white"], many=True)

    async with Harness(app) as h:
        run = await h.start(pick)
        assert (await run.tasks())[0].many
        assert (await run.answer("it", said, by="bob")).status == status
        if status == "accepted":
            assert await run.result(timeout=5) == said


async def test_a_choice_without_options_fails_the_run(app: App) -> None:
    @app.workflow
    async def pick(ctx: Context) -> Any:
        return await ctx.choose("it", [])

    async with Harness(app) as h:
        run = await h.start(pick)
        assert await run.status() == "failed"
        assert "options" in (await run.error() or "")


# ── a form for what is approved ─────────────────────────────────────────────────────────────────


async def test_an_approval_may_name_the_form_in_which_its_value_is_edited(app: App) -> None:
    workflow = refund(app, {"city": "Oslo", "zip": "12345"}, form=Address)
    async with Harness(app) as h:
        run = await h.start(workflow)
        wrong = await run.edit("refund", {"city": "O", "zip": "x"}, by="bob")
        assert {error.pointer for error in wrong.errors} == {"/city", "/zip"}
        await h.restart()
        assert (await run.edit("refund", {"city": "Rome", "zip": "00100"}, by="bob")).ok
        decision = await run.result(timeout=5)
        assert decision.value == Address(city="Rome", zip="00100")
        assert decision.original == {"city": "Oslo", "zip": "12345"}


async def test_what_is_shown_beside_a_form_is_no_answer(app: App) -> None:
    @app.workflow
    async def survey(ctx: Context) -> list[Any]:
        return [
            await ctx.ask("amount", Decimal, value={"proposed": Decimal("9.90")}, detail="So far."),
            await ctx.choose("colour", ["red"], detail="One of one."),
        ]

    async with Harness(app) as h:
        run = await h.start(survey)
        (task,) = await run.tasks()
        assert (task.value, task.detail) == ({"proposed": Decimal("9.90")}, "So far.")
        await run.answer("amount", "1.10", by="bob")
        await h.run_until_idle()
        await run.answer("colour", "red", by="bob")
        assert await run.result(timeout=5) == [Decimal("1.10"), "red"]
