"""What is due happens once, by itself, also when no process was there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from assent import App, Context, Decision, Expired, Rejected, RunFailed, Value
from assent.testing import START, Harness
from tests.stories.telling import count, keys_told, names, open_keys, told

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


def refund(app: App, **options: Any) -> Any:
    """A workflow that asks for one approval and returns the decision."""

    @app.workflow(name="refund")
    async def ask(ctx: Context) -> Decision[Any]:
        return await ctx.approve("refund", value=Decimal("40.00"), **options)

    return ask


# ── B26: deadlines ──────────────────────────────────────────────────────────────────────────────


async def test_a_deadline_expires_once_by_itself_and_a_later_answer_is_told_so(
    app: App, place: str
) -> None:
    workflow = refund(app, timeout="24h")
    async with Harness(app, database=place) as h:
        run = await h.start(workflow)
        (task,) = await run.tasks()
        await h.advance("23h")
        assert await run.status() == "waiting"
        await h.advance("1h")
        decision = await run.result(timeout=5)

        assert (decision.outcome, decision.approved) == ("expired", False)
        assert (decision.by, decision.answers) == (None, ())
        assert decision.value == Decimal("40.00")
        with pytest.raises(Expired):
            decision.require()
        for late in (
            await run.approve("refund", by="bob"),
            await run.reject("refund", by="bob"),
            await run.edit("refund", Decimal(1), by="bob"),
            await h.inbox.claim(task.id, by="bob"),
            await h.inbox.cancel(task.id, by="bob"),
        ):
            assert (late.status, late.ok) == ("expired", False)
            assert late.decision is not None
            assert (late.decision.outcome, late.decision.by) == ("expired", None)
            assert late.decision.at == START + 24 * HOUR

        await h.advance("100d")
        assert (await count(h, run))["task.closed"] == 1
        closed = await h.inbox.get(task.id)
        assert (closed.outcome, closed.decided_at) == ("expired", START + 24 * HOUR)


POLICIES: list[tuple[Any, str, Any]] = [
    (None, "expired", Decimal("40.00")),
    ("reject", "rejected", Decimal("40.00")),
    ("approve", "approved", Decimal("40.00")),
    (Value(Decimal("40.00")), "approved", Decimal("40.00")),
    (Value(Decimal("1.10")), "edited", Decimal("1.10")),
    (Value(0), "edited", Decimal(0)),
    (Value(None), "edited", None),
]


@pytest.mark.parametrize(("policy", "outcome", "value"), POLICIES)
@pytest.mark.parametrize("how", ["none", "restart", "crash", "while nobody is there"])
async def test_a_deadline_does_what_its_policy_says_also_over_a_restart(
    app: App, place: str, policy: Any, outcome: str, value: Any, how: str
) -> None:
    workflow = refund(app, timeout="24h", on_timeout=policy)
    start = START
    if how == "while nobody is there":
        async with Harness(app, database=place) as h:
            run = await h.start(workflow)
        start = START + timedelta(days=30)
    async with Harness(app, database=place, start=start) as h:
        if how != "while nobody is there":
            run = await h.start(workflow)
            if how == "restart":
                await h.restart()
            elif how == "crash":
                await h.crash_and_restart()
            await h.advance("24h")
        await h.run_until_idle()
        decision = await run.result(timeout=5)
        task = (await h.inbox.tasks(status="closed")).items[0]

        assert (decision.outcome, decision.value) == (outcome, value)
        assert type(decision.value) is type(value)
        assert decision.original == Decimal("40.00")
        assert decision.by is None
        assert "Nobody answered" in decision.reason
        assert (task.outcome, task.decided_by) == ("expired", None)
        assert (await count(h, run))["task.closed"] == 1
        assert (await run.approve("refund", by="bob")).status == "expired"


async def test_raising_at_the_deadline_can_be_caught(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> str:
        try:
            await ctx.approve("refund", timeout="1h", on_timeout="raise")
        except TimeoutError as error:
            return f"{type(error).__name__}: {getattr(error, 'key', None)}"
        return "not reached"

    async with Harness(app) as h:
        run = await h.start(refund)
        await h.advance("1h")
        await h.restart()
        assert await run.result(timeout=5) == "Expired: refund"


async def test_raising_at_the_deadline_fails_the_run_where_it_is_not_caught(
    app: App, place: str
) -> None:
    workflow = refund(app, timeout="1h", on_timeout="raise")
    async with Harness(app, database=place) as h:
        run = await h.start(workflow)
        await h.advance("1h")
        with pytest.raises(RunFailed) as failed:
            await run.result(timeout=5)
        assert isinstance(failed.value.__cause__, Expired)
        assert failed.value.__cause__.key == "refund"


async def test_a_rejection_by_deadline_raises_rejected_where_it_is_required(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> Any:
        return (await ctx.approve("refund", timeout="1h", on_timeout="reject")).require()

    async with Harness(app) as h:
        run = await h.start(refund)
        await h.advance("1h")
        with pytest.raises(RunFailed) as failed:
            await run.result(timeout=5)
        assert isinstance(failed.value.__cause__, Rejected)


@pytest.mark.parametrize("policy", ["aprove", "", 3, True, object()])
async def test_an_unknown_policy_is_refused_before_anybody_is_asked(app: App, policy: Any) -> None:
    workflow = refund(app, timeout="1h", on_timeout=policy)
    async with Harness(app) as h:
        run = await h.start(workflow)
        assert await run.status() == "failed"
        assert "on_timeout" in (await run.error() or "")
        assert (await h.inbox.tasks(status="all")).items == ()


@pytest.mark.parametrize("timeout", ["soon", "", "-1h", -1, float("nan"), True])
async def test_a_timeout_that_is_none_is_refused_before_anybody_is_asked(
    app: App, timeout: Any
) -> None:
    workflow = refund(app, timeout=timeout)
    async with Harness(app) as h:
        run = await h.start(workflow)
        assert await run.status() == "failed"
        assert "duration" in (await run.error() or "")
        assert (await h.inbox.tasks(status="all")).items == ()


@pytest.mark.parametrize(
    ("timeout", "due"),
    [
        ("90m", 1.5),
        ("1h30m", 1.5),
        ("PT90M", 1.5),
        (5400, 1.5),
        (timedelta(minutes=90), 1.5),
        ("2 days", 48),
    ],
)
async def test_a_timeout_may_be_written_in_many_ways(app: App, timeout: Any, due: float) -> None:
    workflow = refund(app, timeout=timeout)
    async with Harness(app) as h:
        run = await h.start(workflow)
        assert (await run.tasks())[0].due == START + due * HOUR
        await h.advance(timedelta(hours=due) - timedelta(microseconds=1))
        assert await run.status() == "waiting"
        await h.advance(timedelta(microseconds=1))
        assert await run.status() == "succeeded"


async def test_a_deadline_is_kept_over_restarts_and_not_set_anew(app: App, place: str) -> None:
    workflow = refund(app, timeout="24h")
    async with Harness(app, database=place) as h:
        run = await h.start(workflow)
        for _ in range(4):
            await h.advance("5h")
            await h.restart()
            await h.crash_and_restart()
            assert (await run.tasks())[0].due == START + 24 * HOUR
        await h.advance("3h59m")
        assert await run.status() == "waiting"
        await h.advance("1m")
        assert (await run.result(timeout=5)).outcome == "expired"


async def test_an_answer_a_moment_before_the_deadline_counts_and_nothing_expires_later(
    app: App, place: str
) -> None:
    workflow = refund(app, timeout="1h", on_timeout="reject")
    async with Harness(app, database=place) as h:
        run = await h.start(workflow)
        await h.advance(HOUR - timedelta(microseconds=1))
        assert (await run.approve("refund", by="bob")).status == "accepted"
        await h.advance("100d")
        await h.restart()
        assert (await run.result(timeout=5)).outcome == "approved"
        assert (await count(h, run))["task.closed"] == 1


async def test_an_answer_after_the_deadline_expires_the_task_even_before_any_timer_fires(
    app: App, place: str
) -> None:
    workflow = refund(app, timeout="1h", on_timeout="reject")
    async with Harness(app, database=place) as h:
        run = await h.start(workflow)
        h.clock.move_to(START + HOUR)  # no timer has had its turn yet
        receipt = await run.approve("refund", by="bob")
        assert receipt.status == "expired"
        await h.run_until_idle()
        assert (await run.result(timeout=5)).outcome == "rejected"
        assert (await count(h, run))["task.closed"] == 1


async def test_a_hundred_deadlines_that_came_due_while_nobody_was_there_fire_once_each(
    app: App, place: str
) -> None:
    @app.workflow
    async def refund(ctx: Context, hours: int) -> str:
        return (await ctx.approve("refund", timeout=hours * 3600)).outcome

    async with Harness(app, database=place) as h:
        for hours in range(1, 101):
            await app.start(refund, hours, id=f"r-{hours}")
        await h.run_until_idle()
    async with Harness(app, database=place, start=START + 50 * HOUR) as h:
        await h.run_until_idle()
        ended = [await h.run(f"r-{hours}").status() for hours in range(1, 101)]
        assert ended == ["succeeded"] * 50 + ["waiting"] * 50
        assert (await count(h))["task.closed"] == 50
        await h.advance("50h")
        assert (await count(h))["task.closed"] == 100


async def test_deadlines_come_in_their_order_each_at_its_own_moment(app: App) -> None:
    @app.workflow
    async def contract(ctx: Context) -> None:
        await ctx.gather(
            ctx.approve("late", timeout="3h"),
            ctx.approve("early", timeout="1h"),
            ctx.approve("middle", timeout="2h"),
        )

    async with Harness(app) as h:
        run = await h.start(contract)
        await h.advance("10h")
        closed = [
            (e.data["key"], e.at - START) for e in await told(h, run) if e.name == "task.closed"
        ]
        assert [(key.split("/")[-1], at) for key, at in closed] == [
            ("early", HOUR),
            ("middle", 2 * HOUR),
            ("late", 3 * HOUR),
        ]


async def test_a_deadline_during_a_pause_counts_and_the_code_sees_it_once_resumed(
    app: App, place: str
) -> None:
    workflow = refund(app, timeout="1h", on_timeout="reject")
    async with Harness(app, database=place) as h:
        run = await h.start(workflow)
        await run.pause()
        await h.advance("2h")
        assert await run.status() == "paused"
        assert (await run.approve("refund", by="bob")).status == "expired"
        await h.restart()
        assert await run.status() == "paused"
        await run.resume()
        assert (await run.result(timeout=5)).outcome == "rejected"


# ── ask and choose ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("verb", ["ask", "choose"])
async def test_a_question_without_a_default_raises_expired(app: App, verb: str) -> None:
    @app.workflow
    async def survey(ctx: Context) -> Any:
        try:
            if verb == "ask":
                return await ctx.ask("it", str, timeout="1h")
            return await ctx.choose("it", ["a"], timeout="1h")
        except Expired as error:
            return f"nobody answered {error.key}"

    async with Harness(app) as h:
        run = await h.start(survey)
        await h.advance("1h")
        assert await run.result(timeout=5) == "nobody answered it"


# ── timers ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["none", "restart", "crash"])
async def test_a_timer_fires_once_at_its_moment_also_over_a_restart(app: App, how: str) -> None:
    woken: list[datetime] = []

    @app.workflow
    async def nap(ctx: Context) -> None:
        await ctx.sleep("3d")
        await ctx.step("wake", lambda: woken.append(app.clock.now()))
        await ctx.sleep_until(START + timedelta(days=10))
        await ctx.step("wake", lambda: woken.append(app.clock.now()))

    async with Harness(app) as h:
        run = await h.start(nap)
        for _ in range(12):
            await h.advance("1d")
            if how == "restart":
                await h.restart()
            elif how == "crash":
                await h.crash_and_restart()
        assert await run.status() == "succeeded"
        assert woken == [START + timedelta(days=3), START + timedelta(days=10)]
        assert await keys_told(h, "timer.fired", run) == ["sleep", "sleep_until"]


async def test_timers_that_came_due_while_nobody_was_there_fire_once(
    app: App, database: str
) -> None:
    woken: list[int] = []

    @app.workflow
    async def nap(ctx: Context, number: int) -> int:
        await ctx.sleep("1h")
        await ctx.step("wake", woken.append, number)
        await ctx.sleep("1h")
        return number

    async with Harness(app, database=database) as h:
        runs = [await app.start(nap, number) for number in range(20)]
        await h.run_until_idle()
        await h.crash()
    assert woken == []
    async with Harness(app, database=database, start=START + 5 * HOUR) as h:
        await h.run_until_idle()
        assert sorted(woken) == list(range(20))
        await h.advance("1h")
        assert [await run.result(timeout=5) for run in runs] == list(range(20))
        assert (await count(h))["timer.fired"] == 40


async def test_sleeping_until_a_moment_that_has_passed_goes_on_at_once(app: App) -> None:
    @app.workflow
    async def nap(ctx: Context) -> str:
        await ctx.sleep_until(datetime(2020, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")))
        await ctx.sleep(0)
        return "awake"

    async with Harness(app) as h:
        assert await (await h.start(nap)).result(timeout=5) == "awake"


async def test_sleeping_until_a_moment_without_a_time_zone_is_refused(app: App) -> None:
    @app.workflow
    async def nap(ctx: Context) -> None:
        await ctx.sleep_until(datetime(2030, 1, 1))  # noqa: DTZ001

    async with Harness(app) as h:
        run = await h.start(nap)
        assert await run.status() == "failed"
        assert "time zone" in (await run.error() or "")


async def test_a_run_that_only_sleeps_waits_and_has_no_tasks(app: App) -> None:
    @app.workflow
    async def nap(ctx: Context) -> str:
        await ctx.sleep("1h")
        return "awake"

    async with Harness(app) as h:
        run = await h.start(nap)
        assert await run.status() == "waiting"
        assert (await run.info()).waiting_for == ("sleep",)
        assert await open_keys(run) == set()
        with pytest.raises(TimeoutError):
            await run.wait(timeout=0.05)  # it waits for nobody
        await h.advance("1h")
        assert await run.result(timeout=5) == "awake"
        assert [n for n in await names(h, run) if n != "run.waiting"] == [
            "run.started", "timer.set", "timer.fired", "run.finished",
        ]  # fmt: skip


async def test_the_clock_a_workflow_sees_stands_where_it_stood(app: App) -> None:
    @app.workflow
    async def look(ctx: Context) -> list[datetime]:
        seen = [ctx.now(), ctx.now()]
        await ctx.approve("it")
        return [*seen, ctx.now()]

    async with Harness(app) as h:
        run = await h.start(look)
        await h.advance("1h")
        await h.restart()
        await run.approve("it", by="bob")
        assert await run.result(timeout=5) == [START, START, START + HOUR]
        assert START.tzinfo is UTC


async def test_a_deadline_that_is_now_expires_at_once(app: App) -> None:
    workflow = refund(app, timeout=0, on_timeout="reject")
    async with Harness(app) as h:
        run = await h.start(workflow)
        assert (await run.result(timeout=5)).outcome == "rejected"
