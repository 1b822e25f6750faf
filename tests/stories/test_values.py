"""What goes into a run comes back as it was, and nothing handed out changes later."""

from __future__ import annotations

import asyncio
import math
import sys
import threading
from collections import namedtuple
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Any, NamedTuple, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, IPvAnyAddress, PostgresDsn
from typing_extensions import TypedDict

from assent import App, Context, RunFailed, Settings, ValueNotKept, step
from assent.testing import START, Harness
from tests.stories.telling import count, told

pytestmark = pytest.mark.anyio


class Colour(Enum):
    """Members whose values are no JSON."""

    RED = (255, 0, 0)
    BLUE = (0, 0, 255)


class Level(IntEnum):
    """Members that are numbers."""

    LOW = 1


class Word(StrEnum):
    """Members that are texts."""

    YES = "yes"


class Point(NamedTuple):
    """A named tuple."""

    x: int
    y: float


Pair = namedtuple("Pair", "left right")


@dataclass(frozen=True)
class Money:
    """A frozen dataclass."""

    amount: Decimal
    currency: str = "EUR"


@dataclass
class Invoice:
    """A dataclass of others, with a default of its own each."""

    lines: list[Money]
    paid: dict[date, Money] = field(default_factory=dict[date, Money])


class Address(BaseModel):
    """A model with an alias and a default."""

    model_config = ConfigDict(populate_by_name=True)
    city: str
    zip_code: str = Field(default="", alias="zip")


class Customer(BaseModel):
    """A model of others."""

    name: str
    born: date | None = None
    addresses: list[Address] = []
    money: dict[str, Money] = {}


class Loose(BaseModel):
    """A model that takes anything."""

    model_config = ConfigDict(extra="allow")
    a: int


class Host(BaseModel):
    """Addresses of several kinds."""

    site: HttpUrl
    at: IPvAnyAddress
    store: PostgresDsn | None = None


class Options(TypedDict, total=False):
    """A dictionary with a type."""

    limit: Decimal
    tags: set[str]


VALUES: list[Any] = [
    None, True, False, 0, -1, 2**200, 1.5, -0.0, math.inf, "", "123", "é\n\x00😀", b"", b"\x00\xff", bytearray(b"x"),
    [], [None], {}, {"": None}, {"$": "tuple", "v": []}, {1: "a", "1": "b"}, {(1, 2): 3, None: 4, True: 5},
    (), (1, (2,)), {1, 2}, set(), frozenset({"a"}), 1 + 2j,
    Decimal("1.20"), Decimal("NaN"), Decimal("-0E-9"), UUID(int=7),
    date(2026, 2, 28), time(1, 2, 3, 4), time(1, tzinfo=UTC), timedelta(days=-1, microseconds=1),
    datetime(2026, 1, 2, 3, 4, 5, 6),  # noqa: DTZ001  (naive on purpose)
    datetime(2026, 1, 2, tzinfo=UTC),
    datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
    datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
    Colour.RED, Level.LOW, Word.YES, Point(1, 2.0), Pair("l", [1]),
    Money(Decimal("0.10")), Invoice([Money(Decimal(1))], {date(2026, 1, 1): Money(Decimal(2), "USD")}),
    Customer(name="ada", addresses=[Address(city="Oslo", zip="1")], money={"x": Money(Decimal(3))}),
    Customer(name="eve", born=date(1990, 1, 1)), Loose(a=1, b=[Decimal(2)]),  # type: ignore[call-arg]
    Options(limit=Decimal("9.99"), tags={"a"}), HttpUrl("https://example.com/a?b=é"), IPv4Address("10.0.0.1"),
    Host(site=HttpUrl("https://example.com"), at=IPv6Address("::1"), store=PostgresDsn("postgresql://a@b,c/d")),
    {"deep": [{"er": (Money(Decimal(1)), {Colour.BLUE: {Word.YES}})}]},
]  # fmt: skip


def same(left: Any, right: Any) -> bool:
    """Equal, and of the same types all the way down; NaN is itself."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float | Decimal):
        return repr(left) == repr(right)
    if isinstance(left, datetime):
        return (left, left.tzinfo, left.fold) == (right, right.tzinfo, right.fold)
    if isinstance(left, BaseModel):
        return bool(left == right and left.model_fields_set == right.model_fields_set)
    return bool(left == right)


# ── E47: there and back ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", VALUES, ids=repr)
async def test_a_value_comes_back_with_its_type_from_everywhere_it_may_go(
    app: App, value: Any
) -> None:
    @app.workflow
    async def child(ctx: Context, given: Any) -> Any:
        return given

    @app.workflow
    async def echo(ctx: Context, given: Any) -> dict[str, Any]:
        seen: dict[str, Any] = {"input": given}
        seen["step"] = await ctx.step("step", lambda got: got, given)
        seen["child"] = await ctx.run(child, given)
        ctx.state["kept"] = given
        await ctx.emit("told", given)
        decision = await ctx.approve("approve", value=given)
        seen["value"], seen["original"] = decision.value, decision.original
        seen["answer"] = await ctx.ask("ask", Any)
        seen["default"] = await ctx.ask("default", Any, default=given, timeout="1h")
        seen["state"] = ctx.state["kept"]
        return seen

    async with Harness(app) as h:
        run = await h.start(echo, value)
        await h.crash_and_restart()
        assert same((await run.tasks())[0].value, value)
        await h.person("bob").approves("approve")
        await h.restart()
        assert (await h.person("bob").answers("ask", value)).status == "accepted"
        await h.crash_and_restart()
        await h.advance("1h")
        seen = await run.result(timeout=5)

        assert set(seen) == {
            "input", "step", "child", "value", "original", "answer", "default", "state",
        }  # fmt: skip
        for place, found in seen.items():
            assert same(found, value), f"{place}: {found!r}"
        assert same((await run.output())["step"], value)
        assert same(await run.input(), value)
        (event,) = [event for event in await told(h, run) if event.name == "told"]
        assert same(event.data, value)


def _local_class() -> Any:
    class Local(BaseModel):
        x: int = 1

    return Local()


UNKEPT: list[tuple[Any, str]] = [
    ({"a": [1, threading.Lock()]}, "a[1]"),
    ([object()], "[0]"),
    ({"f": lambda: 1}, "f"),
    ({"gen": (x for x in ())}, "gen"),
    ({"stream": sys.stdout}, "stream"),
    ({"error": ValueError("x")}, "error"),
    ({"type": int}, "type"),
    ({"text": "half \udc80 pair"}, "text"),
    ({"model": [_local_class()]}, "model[0]"),
    (Invoice([Money(Decimal(1)), Money(cast(Any, threading.Lock()))]), "lines[1].amount"),
]


@pytest.mark.parametrize(("value", "path"), UNKEPT, ids=lambda value: str(value)[:20])
async def test_a_value_that_could_not_come_back_is_refused_by_path_wherever_it_is_saved(
    app: App, value: Any, path: str
) -> None:
    @app.workflow
    async def save(ctx: Context, how: str) -> Any:
        match how:
            case "a step":
                await ctx.step("fetch", lambda: value)
            case "a task":
                await ctx.approve("fetch", value=value)
            case "a default":
                await ctx.ask("fetch", Any, default=value, timeout="1h")
            case "an option":
                await ctx.choose("fetch", [1, value])
            case "an event":
                await ctx.emit("fetch", value)
            case "state":
                ctx.state["fetch"] = value
            case _:
                return value
        return None  # fmt: skip

    async with Harness(app) as h:
        for how in ("a step", "a task", "a default", "an option", "an event", "state", "an output"):
            run = await h.start(save, how)
            with pytest.raises(RunFailed) as failed:
                await run.result(timeout=5)
            cause: BaseException | None = failed.value.__cause__
            while cause is not None and not isinstance(cause, ValueNotKept):
                cause = cause.__cause__
            assert isinstance(cause, ValueNotKept), how
            assert path in str(cause), (how, str(cause))
            if how not in {"state", "an output"}:
                assert "'fetch'" in str(cause), (how, str(cause))
        assert (await h.inbox.tasks(status="all")).items == ()


async def test_a_form_may_ask_for_addresses(app: App, place: str) -> None:
    @app.workflow
    async def order(ctx: Context) -> Host:
        return cast(Host, await ctx.ask("host", Host))

    async with Harness(app, database=place) as h:
        run = await h.start(order)
        wrong = await run.answer("host", {"site": "nowhere", "at": "::1"}, by="bob")
        assert [error.pointer for error in wrong.errors] == ["/site"]
        assert (await run.answer("host", {"site": "https://a.example", "at": "::1"}, by="bob")).ok
        await h.restart()
        host = await run.result(timeout=5)
        assert host == Host(site=HttpUrl("https://a.example"), at=IPv6Address("::1"))
        assert type(host.site) is HttpUrl


async def test_a_value_that_contains_itself_is_refused(app: App) -> None:
    @app.workflow
    async def loop(ctx: Context) -> Any:
        def knot() -> Any:
            found: list[Any] = []
            found.append(found)
            return found

        return await ctx.step(knot)

    async with Harness(app) as h:
        run = await h.start(loop)
        assert await run.status() == "failed"
        assert "contains itself" in (await run.error() or "")


# ── E48: what was handed out stays as it was ────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["none", "restart", "crash"])
async def test_what_a_workflow_does_to_a_result_changes_nothing_that_is_recorded(
    app: App, how: str, place: str
) -> None:
    held: list[list[int]] = []

    @step
    def fetch() -> list[int]:
        held.append([1, 2])
        return held[-1]

    @app.workflow
    async def mutate(ctx: Context) -> list[list[int]]:
        first = await ctx.step(fetch)
        held[0].append(99)  # what the step itself still holds is another list
        copy = list(first)
        first.append(3)
        decision = await ctx.approve("it", value=first)
        decision.value.append(4)
        first.append(5)
        return [copy, first, decision.value, decision.original]

    async with Harness(app, database=place) as h:
        run = await h.start(mutate)
        (task,) = await run.tasks()
        task.value.append("seen by somebody else")
        if how == "restart":
            await h.restart()
        elif how == "crash":
            await h.crash_and_restart()
        await h.person("bob").approves("it")
        assert await run.result(timeout=5) == [[1, 2], [1, 2, 3, 5], [1, 2, 3, 4], [1, 2, 3]]
        finished = [e.data["result"] for e in await told(h, run) if e.name == "step.finished"]
        assert finished == [[1, 2]]


async def test_what_is_handed_out_is_a_copy_for_each_who_asks(app: App, place: str) -> None:
    @app.workflow
    async def echo(ctx: Context, given: dict[str, Any]) -> dict[str, Any]:
        given["seen"] = True
        await ctx.approve("it", value=given)
        return given

    async with Harness(app, database=place) as h:
        mine = {"list": [1]}
        run = await h.start(echo, mine)
        assert mine == {"list": [1]}
        mine["list"].append(2)
        (await run.tasks())[0].value["list"].append(3)
        (await h.inbox.tasks()).items[0].value["list"].append(4)
        (await run.input())["list"].append(5)
        await run.approve("it", by="bob")
        first = await run.result(timeout=5)
        first["list"].append(6)
        for event in await told(h, run):
            if event.name == "task.opened":
                event.data["value"]["list"].append(7)
        assert await run.result(timeout=5) == {"list": [1], "seen": True}
        assert await run.input() == {"list": [1]}
        assert await run.output() == {"list": [1], "seen": True}
        for event in await told(h, run):
            if event.name == "task.opened":
                assert event.data["value"] == {"list": [1], "seen": True}


async def test_a_standing_that_was_handed_out_does_not_change_when_the_run_goes_on(
    app: App, place: str
) -> None:
    @app.workflow
    async def two(ctx: Context) -> str:
        await ctx.approve("first")
        await ctx.approve("second")
        return "done"

    async with Harness(app, database=place) as h:
        run = await h.start(two)
        standing, info = await run.wait(timeout=5), await run.info()
        await run.approve("first", by="bob")
        await h.run_until_idle()
        await run.approve("second", by="bob")
        await run.result(timeout=5)
        assert standing.status == "waiting"
        assert [(task.key, task.status) for task in standing.tasks] == [("first", "open")]
        assert (info.status, info.waiting_for) == ("waiting", ("first",))


# ── E51: state ──────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _threads_that_interrupt_each_other() -> Generator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@pytest.mark.parametrize("where", ["async steps", "sync steps", "branches"])
async def test_fifty_concurrent_increments_of_one_key_give_fifty(app: App, where: str) -> None:
    @app.workflow
    async def count_up(ctx: Context) -> int:
        async def in_a_step() -> None:
            await asyncio.sleep(0)
            ctx.state.update("n", lambda n: n + 1, 0)
            await asyncio.sleep(0)

        def slowly(n: int) -> int:
            return n + 1 + 0 * sum(range(5_000))

        def in_a_thread() -> None:
            ctx.state.update("n", slowly, 0)

        async def in_a_branch() -> None:
            await ctx.step("nothing", lambda: None)
            ctx.state["n"] = ctx.state.get("n", 0) + 1
            await ctx.sleep("1m")

        if where == "branches":
            await ctx.gather(*(in_a_branch() for _ in range(50)))
        else:
            body = in_a_step if where == "async steps" else in_a_thread
            await ctx.gather(*(ctx.step("count", body) for _ in range(50)))
        await ctx.approve("it")
        return int(ctx.state["n"])

    async with Harness(app) as h:
        with _threads_that_interrupt_each_other():
            run = await h.start(count_up)
        await h.advance("1m")
        await h.crash_and_restart()
        await h.person("bob").approves("it")
        assert await run.result(timeout=5) == 50


@pytest.mark.parametrize("how", ["restart", "crash"])
async def test_state_changed_in_steps_and_between_them_survives_a_restart(
    app: App, how: str
) -> None:
    @app.workflow
    async def remember(ctx: Context) -> dict[str, Any]:
        ctx.state["list"] = [1]
        ctx.state["gone"] = "soon"

        def work() -> None:
            ctx.state["list"].append(2)
            ctx.state["made"] = Money(Decimal("1.10"))
            del ctx.state["gone"]

        await ctx.step(work)
        await ctx.approve("it")
        ctx.state["list"] = [*ctx.state["list"], 3]
        ctx.state.setdefault("default", {1, 2})
        await ctx.approve("it")
        return dict(ctx.state)

    async with Harness(app) as h:
        run = await h.start(remember)
        for key in ("it", "it#2"):
            await (h.restart() if how == "restart" else h.crash_and_restart())
            await h.person("bob").approves(key)
        assert await run.result(timeout=5) == {
            "list": [1, 2, 3],
            "made": Money(Decimal("1.10")),
            "default": {1, 2},
        }


async def test_state_of_a_step_that_failed_and_was_tried_again_is_not_lost(app: App) -> None:
    @step(retries=1)
    async def work(state: Any) -> None:
        state.update("tried", lambda n: n + 1, 0)
        if state["tried"] == 1:
            raise ConnectionError

    @app.workflow
    async def remember(ctx: Context) -> int:
        async def body() -> None:
            await work(ctx.state)

        await ctx.step("work", step(retries=1)(body))
        await ctx.approve("it")
        return int(ctx.state["tried"])

    async with Harness(app) as h:
        run = await h.start(remember)
        await h.crash_and_restart()
        await h.advance("1m")
        await h.restart()
        await h.person("bob").approves("it")
        assert await run.result(timeout=5) == 2


async def test_two_runs_share_no_state(app: App) -> None:
    @app.workflow
    async def remember(ctx: Context, name: str) -> dict[str, Any]:
        ctx.state[name] = name
        await ctx.approve("it")
        return dict(ctx.state)

    async with Harness(app) as h:
        runs = [await h.start(remember, name) for name in "ab"]
        for run in runs:
            await run.approve("it", by="bob")
        assert [await run.result(timeout=5) for run in runs] == [{"a": "a"}, {"b": "b"}]


# ── session ─────────────────────────────────────────────────────────────────────────────────────


async def test_live_objects_keep_their_identity_in_every_step_and_over_a_cold_wait() -> None:
    app = App(settings=Settings(hot_runs=1))
    seen: list[object] = []

    @app.workflow
    async def talk(ctx: Context) -> bool:
        ctx.session.setdefault("connection", object())
        await ctx.step("look", lambda: seen.append(ctx.session["connection"]))
        await ctx.approve("it")
        await ctx.step("look", lambda: seen.append(ctx.session["connection"]))
        return ctx.session["connection"] is seen[0]

    @app.workflow
    async def other(ctx: Context) -> None:
        assert "connection" not in ctx.session
        await ctx.approve("it")

    async with Harness(app) as h:
        run = await h.start(talk)
        for _ in range(5):
            await h.start(other)  # which makes the first one cold
        await run.approve("it", by="bob")
        assert await run.result(timeout=5) is True
        assert seen[0] is seen[1]


async def test_live_objects_are_gone_after_a_restart_and_nothing_of_them_was_stored(
    app: App,
) -> None:
    @app.workflow
    async def talk(ctx: Context) -> list[bool]:
        before = "connection" in ctx.session
        ctx.session["connection"] = threading.Lock()
        await ctx.approve("it")
        return [before, "connection" in ctx.session]

    async with Harness(app) as h:
        run = await h.start(talk)
        await h.restart()
        await run.approve("it", by="bob")
        assert await run.result(timeout=5) == [False, True]
        assert (await count(h, run))["state.changed"] == 0


# ── recorded values ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["restart", "crash"])
async def test_the_time_ids_and_numbers_a_workflow_asked_for_are_equal_after_a_restart(
    app: App, how: str
) -> None:
    first: list[Any] = []

    @app.workflow
    async def look(ctx: Context) -> list[Any]:
        seen = [ctx.now(), ctx.uuid(), ctx.random(), ctx.uuid(), ctx.random()]

        async def branch() -> UUID:
            return ctx.uuid()

        seen += await ctx.gather(branch(), branch())
        if not first:
            first.extend(seen)
        await ctx.approve("it")
        return seen

    async with Harness(app) as h:
        run = await h.start(look)
        await h.advance("5h")
        await (h.restart() if how == "restart" else h.crash_and_restart())
        await h.person("bob").approves("it")
        seen = await run.result(timeout=5)
        assert seen == first
        assert seen[0] == START
        assert len(set(map(str, seen))) == 7
        assert all(
            isinstance(seen[place], UUID) and seen[place].version == 4 for place in (1, 3, 5, 6)
        )
        assert all(0 <= seen[place] < 1 for place in (2, 4))


async def _returns(ctx: Context) -> Any:
    return {"door": threading.Lock()}


async def _remembers(ctx: Context) -> None:
    ctx.state["doors"] = {"door": threading.Lock()}


async def _hands_down(ctx: Context) -> None:
    await ctx.run("takes_anything", {"door": threading.Lock()})


async def _shows(ctx: Context) -> None:
    await ctx.approve("open", value={"door": threading.Lock()})


@pytest.mark.parametrize(
    ("code", "where"),
    [
        (_returns, "what the workflow returned, at $.door"),
        (_remembers, "the state 'doors', at $.door"),
        (_hands_down, "the input of 'takes_anything', at $.door"),
        (_shows, "the task 'open', at $.door"),
    ],
)
async def test_what_cannot_be_kept_is_refused_with_where_it_came_from_and_the_path(
    app: App, code: Callable[..., Awaitable[Any]], where: str
) -> None:
    async def takes_anything(ctx: Context, given: Any) -> None:
        pass

    app.workflow(takes_anything)
    app.workflow(name="keeps")(code)
    async with Harness(app) as h:
        run = await h.start("keeps")
        await h.run_until_idle()
        assert await run.status() == "failed"
        assert where in str(await run.error())
