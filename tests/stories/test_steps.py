"""A step is done once and remembered; until then it is tried as its policy says."""

from __future__ import annotations

import asyncio
import functools
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from typing_extensions import override

from assent import (
    App,
    Context,
    CurrentStep,
    DefinitionError,
    InvalidInput,
    NestedVerb,
    NonRetryable,
    RetryAfter,
    RunFailed,
    RunTimedOut,
    StepFailed,
    StepTimedOut,
    ValueNotKept,
    current_step,
    step,
)
from assent.testing import START, Harness
from tests.stories.telling import count, keys_told, names, told

pytestmark = pytest.mark.anyio

SECOND = timedelta(seconds=1)


class CardDeclined(Exception):
    """An error of the user's own, with more than a message."""

    def __init__(self, code: int, card: str) -> None:
        super().__init__(code, card)
        self.code = code
        self.card = card

    @override
    def __str__(self) -> str:
        return f"card {self.card} declined with {self.code}"


class HoldsALock(Exception):
    """An error that cannot be kept as it is."""

    def __init__(self) -> None:
        super().__init__("the door is locked")
        self.lock = threading.Lock()


# ── C32, C33: attempts ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["none", "restart", "crash"])
async def test_attempts_and_delays_are_as_the_policy_says(app: App, how: str) -> None:
    tried: list[tuple[int, timedelta]] = []
    keys: set[str] = set()

    @step(retries=5, delay="1s", backoff=2, max_delay="5s")
    async def pay() -> str:
        tried.append((current_step().attempt, app.clock.now() - START))
        keys.add(current_step().idempotency_key)
        if len(tried) < 6:
            raise ConnectionError("busy")
        return "paid"

    @app.workflow
    async def refund(ctx: Context) -> str:
        await ctx.step("before", lambda: None)
        return await ctx.step(pay)

    async with Harness(app) as h:
        run = await h.start(refund)
        for _ in range(20):
            await h.advance("1s")
            if how == "restart":
                await h.restart()
            elif how == "crash":
                await h.crash_and_restart()

        assert await run.result(timeout=5) == "paid"
        assert tried == [
            (1, 0 * SECOND), (2, 1 * SECOND), (3, 3 * SECOND), (4, 7 * SECOND), (5, 12 * SECOND),
            (6, 17 * SECOND),
        ]  # fmt: skip
        assert len(keys) == 1
        happened = await count(h, run)
        assert (happened["step.retrying"], happened["step.finished"]) == (5, 2)
        assert happened["step.failed"] == 0
        assert await keys_told(h, "step.finished", run) == ["before", "pay"]


async def test_a_step_that_rests_before_its_next_attempt_may_be_interrupted_any_number_of_times(
    app: App,
) -> None:
    tried: list[int] = []

    @step(retries=1)
    async def pay() -> str:
        tried.append(1)
        if len(tried) == 1:
            raise RetryAfter(3600)
        return "paid"

    @app.workflow
    async def refund(ctx: Context) -> str:
        return await ctx.step(pay)

    async with Harness(app) as h:
        run = await h.start(refund)
        for _ in range(10):
            await h.restart()
            await h.crash_and_restart()
            await h.advance("1m")
        assert await run.status() == "running"
        await h.advance("1h")
        assert await run.result(timeout=5) == "paid"
        assert tried == [1, 1]


async def test_a_step_without_a_policy_is_tried_once(app: App) -> None:
    tried: list[int] = []

    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.step(lambda: tried.append(1) or 1 / 0)

    async with Harness(app) as h:
        run = await h.start(refund)
        assert await run.status() == "failed"
        await h.advance("1d")
        assert tried == [1]


async def test_retries_are_counted_after_the_first_attempt(app: App) -> None:
    tried: list[int] = []

    @step(retries=3)
    def pay() -> None:
        tried.append(current_step().attempt)
        raise ConnectionError("busy")

    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.step(pay)

    async with Harness(app) as h:
        run = await h.start(refund)
        await h.advance("1h")
        assert tried == [1, 2, 3, 4]
        with pytest.raises(RunFailed) as failed:
            await run.result(timeout=5)
        cause = failed.value.__cause__
        assert isinstance(cause, StepFailed)
        assert (cause.key, cause.attempts) == ("pay", 4)
        assert isinstance(cause.__cause__, ConnectionError)
        assert "busy" in str(failed.value)


async def test_an_error_that_is_not_retryable_stops_the_attempts(app: App) -> None:
    tried: list[int] = []

    @step(retries=5)
    async def pay() -> None:
        tried.append(1)
        try:
            raise CardDeclined(7, "1234")
        except CardDeclined as error:
            raise NonRetryable("no use") from error

    @app.workflow
    async def refund(ctx: Context) -> list[Any]:
        try:
            await ctx.step(pay)
        except StepFailed as error:
            cause = error.__cause__
            assert isinstance(cause, NonRetryable)
            why = cause.__cause__
            assert isinstance(why, CardDeclined)
            return [error.attempts, str(cause), why.code, why.card]
        return []

    async with Harness(app) as h:
        run = await h.start(refund)
        assert await run.result(timeout=5) == [1, "no use", 7, "1234"]
        assert tried == [1]


@pytest.mark.parametrize("delay", [90, 90.0, timedelta(seconds=90)])
async def test_retry_after_delays_the_next_attempt(app: App, delay: Any) -> None:
    tried: list[timedelta] = []

    @step(retries=2, delay="1s")
    async def pay() -> str:
        tried.append(app.clock.now() - START)
        if len(tried) == 1:
            raise RetryAfter(delay)
        return "paid"

    @app.workflow
    async def refund(ctx: Context) -> str:
        return await ctx.step(pay)

    async with Harness(app) as h:
        run = await h.start(refund)
        await h.advance("89s")
        await h.crash_and_restart()
        assert len(tried) == 1
        await h.advance("1s")
        assert await run.result(timeout=5) == "paid"
        assert tried == [0 * SECOND, 90 * SECOND]


async def test_retry_after_needs_retries_to_be_left(app: App) -> None:
    tried: list[int] = []

    @step(retries=1)
    async def pay() -> None:
        tried.append(1)
        raise RetryAfter(10, "later")

    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.step(pay)

    async with Harness(app) as h:
        run = await h.start(refund)
        await h.advance("1d")
        assert await run.status() == "failed"
        assert tried == [1, 1]


@pytest.mark.parametrize(
    "wrong",
    [{"retries": -1}, {"retries": True}, {"retries": 1.5}, {"backoff": 0.5}, {"name": ""}],
)
async def test_a_policy_that_makes_no_sense_is_refused_where_it_is_written(
    app: App, wrong: dict[str, Any]
) -> None:
    def pay() -> None: ...

    if wrong == {"name": ""}:

        @app.workflow
        async def refund(ctx: Context) -> None:
            await ctx.step("", pay)

        async with Harness(app) as h:
            run = await h.start(refund)
            assert await run.status() == "failed"
            assert "key" in (await run.error() or "")
        return
    with pytest.raises(DefinitionError):
        step(**wrong)(pay)


# ── C34: failed for good ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["none", "restart", "crash"])
async def test_a_step_that_failed_for_good_can_be_caught_with_its_cause(app: App, how: str) -> None:
    tried: list[int] = []

    @step(retries=1)
    def pay() -> None:
        tried.append(1)
        raise CardDeclined(51, "4711")

    @app.workflow
    async def refund(ctx: Context) -> str:
        try:
            await ctx.step(pay)
        except StepFailed as error:
            declined = error.__cause__
            assert isinstance(declined, CardDeclined)
            told = f"{error.key}/{error.attempts}: {declined} ({declined.code}, {declined.card})"
        await ctx.approve("instead", title=told, value=told)
        return told

    async with Harness(app) as h:
        run = await h.start(refund)
        await h.advance("1m")
        if how == "restart":
            await h.restart()
        elif how == "crash":
            await h.crash_and_restart()
        await h.person("bob").approves("instead")

        told = await run.result(timeout=5)
        assert told == "pay/2: card 4711 declined with 51 (51, 4711)"
        assert tried == [1, 1]
        assert (await count(h, run))["step.failed"] == 1


async def test_a_step_that_failed_for_good_and_is_not_caught_fails_the_run_with_all_kept(
    app: App,
) -> None:
    @step
    def pay() -> None:
        raise CardDeclined(51, "4711")

    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.step("price", lambda: 40)
        await ctx.step(pay)

    async with Harness(app) as h:
        run = await h.start(refund)
        await h.restart()
        with pytest.raises(RunFailed) as failed:
            await run.result(timeout=5)
        step_failed = failed.value.__cause__
        assert isinstance(step_failed, StepFailed)
        declined = step_failed.__cause__
        assert isinstance(declined, CardDeclined)
        assert (declined.code, declined.card) == (51, "4711")
        assert "declined with 51" in (await run.error() or "")
        finished = [e.data for e in await told(h, run) if e.name == "step.finished"]
        assert [data["result"] for data in finished] == [40]
        assert (await run.info()).finished == START


async def test_an_error_that_cannot_be_kept_comes_back_with_its_message(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> str:
        def enter() -> None:
            raise HoldsALock

        try:
            await ctx.step(enter)
        except StepFailed as error:
            live = str(error.__cause__)
        await ctx.approve("it")
        return live

    async with Harness(app) as h:
        run = await h.start(refund)
        await h.restart()
        await h.person("bob").approves("it")
        assert "the door is locked" in await run.result(timeout=5)


async def test_an_error_of_the_workflow_itself_fails_the_run_and_is_its_cause(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.step("price", lambda: 40)
        raise CardDeclined(1, "2")

    async with Harness(app) as h:
        run = await h.start(refund)
        with pytest.raises(RunFailed) as failed:
            await run.result(timeout=5)
        assert isinstance(failed.value.__cause__, CardDeclined)
        assert await run.status() == "failed"


# ── C35: timeouts ───────────────────────────────────────────────────────────────────────────────


async def test_an_async_step_that_takes_too_long_is_cancelled_and_awaited(app: App) -> None:
    life: list[str] = []

    @step(timeout="10s")
    async def pay() -> None:
        try:
            life.append("began")
            await asyncio.Event().wait()
            life.append("never")
        finally:
            await asyncio.sleep(0)
            life.append("cleaned up")

    @app.workflow
    async def refund(ctx: Context) -> str:
        try:
            await ctx.step(pay)
        except StepFailed as error:
            life.append("told")
            return type(error.__cause__).__name__
        return "paid"

    async with Harness(app) as h:
        run = await h.start(refund)
        await h.advance("9s")
        assert life == ["began"]
        await h.advance("1s")
        assert await run.result(timeout=5) == "StepTimedOut"
        assert life == ["began", "cleaned up", "told"]
        await h.restart()
        assert await run.result(timeout=5) == "StepTimedOut"


async def test_a_sync_step_that_takes_too_long_is_reported_at_its_deadline_and_its_late_result_dropped(
    app: App,
) -> None:
    release, returned = threading.Event(), threading.Event()

    @step(timeout="10s")
    def pay() -> str:
        release.wait(30)
        returned.set()
        return "late"

    @app.workflow
    async def refund(ctx: Context) -> str:
        try:
            return await ctx.step(pay)
        except StepFailed as error:
            assert isinstance(error.__cause__, StepTimedOut)
            assert isinstance(error.__cause__, TimeoutError)
            return "timed out"

    async with Harness(app) as h:
        try:
            run = await app.start(refund)
            await h.advance("10s")
            assert await run.result(timeout=5) == "timed out"
        finally:
            release.set()
        await asyncio.to_thread(returned.wait, 5)
        await h.run_until_idle()
        assert await run.result(timeout=5) == "timed out"
        assert (await count(h, run))["step.finished"] == 0
        assert (await count(h, run))["step.failed"] == 1


async def test_a_step_that_took_too_long_is_tried_again_with_the_same_time_each(app: App) -> None:
    tried: list[timedelta] = []

    @step(timeout="10s", retries=2, delay="1s", backoff=1)
    async def pay() -> str:
        tried.append(app.clock.now() - START)
        if len(tried) < 3:
            await asyncio.Event().wait()
        return "paid"

    @app.workflow
    async def refund(ctx: Context) -> str:
        return await ctx.step(pay)

    async with Harness(app) as h:
        run = await app.start(refund)
        await h.advance("30s")
        assert await run.result(timeout=5) == "paid"
        assert tried == [0 * SECOND, 11 * SECOND, 22 * SECOND]


async def test_a_workflow_that_takes_too_long_is_timed_out_with_its_step_cancelled(
    app: App,
) -> None:
    life: list[str] = []

    async def pay() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            life.append("cleaned up")

    @app.workflow(timeout="1h")
    async def refund(ctx: Context) -> None:
        await ctx.step(pay)
        life.append("never")

    async with Harness(app) as h:
        run = await h.start(refund)
        await h.advance("1h")
        with pytest.raises(RunTimedOut) as timed_out:
            await run.result(timeout=5)
        assert isinstance(timed_out.value, TimeoutError)
        assert await run.status() == "timed_out"
        assert life == ["cleaned up"]


# ── C37: verbs in steps ─────────────────────────────────────────────────────────────────────────

VERBS: dict[str, Callable[[Context], Any]] = {
    "step": lambda ctx: ctx.step("inner", lambda: 1),
    "approve": lambda ctx: ctx.approve("inner"),
    "ask": lambda ctx: ctx.ask("inner", int),
    "choose": lambda ctx: ctx.choose("inner", ["a"]),
    "sleep": lambda ctx: ctx.sleep("1h"),
    "sleep_until": lambda ctx: ctx.sleep_until(START),
    "run": lambda ctx: ctx.run("refund"),
    "gather": lambda ctx: ctx.gather(),
    "first": lambda ctx: ctx.first(),
    "emit": lambda ctx: ctx.emit("inner"),
    "cancel": lambda ctx: ctx.cancel(),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("late", [False, True], ids=["at once", "after an await"])
async def test_a_verb_inside_a_step_is_refused_before_anything_is_recorded(
    app: App, verb: str, late: bool
) -> None:
    @app.workflow
    async def refund(ctx: Context) -> None:
        async def outer() -> None:
            if late:
                await asyncio.sleep(0)
            await VERBS[verb](ctx)

        await ctx.step(outer)

    async with Harness(app) as h:
        run = await h.start(refund)
        with pytest.raises(RunFailed) as failed:
            await run.result(timeout=5)
        nested = failed.value.__cause__
        assert isinstance(nested, NestedVerb)
        assert f"ctx.{verb}()" in str(nested)
        assert "'outer'" in str(nested)
        assert await names(h, run) == ["run.started", "step.started", "run.finished"]
        assert (await h.inbox.tasks(status="all")).items == ()


@pytest.mark.parametrize("verb", ["now", "uuid", "random"])
async def test_a_recorded_value_is_refused_in_a_sync_step_too(app: App, verb: str) -> None:
    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.step("outer", lambda: getattr(ctx, verb)())

    async with Harness(app) as h:
        run = await h.start(refund)
        assert await run.status() == "failed"
        assert f"ctx.{verb}()" in (await run.error() or "")


async def test_a_verb_in_a_task_that_a_step_began_is_refused_as_well(app: App) -> None:
    refused: list[str] = []

    @app.workflow
    async def refund(ctx: Context) -> None:
        async def outer() -> None:
            for racing in asyncio.as_completed([ctx.approve("a"), ctx.sleep("1h")]):
                try:
                    await racing
                except NestedVerb as error:
                    refused.append(str(error))

        await ctx.step(outer)

    async with Harness(app) as h:
        run = await h.start(refund)
        assert await run.status() == "succeeded"
        assert len(refused) == 2
        assert (await h.inbox.tasks(status="all")).items == ()


# ── names and functions ─────────────────────────────────────────────────────────────────────────


class Till:
    """Something that is called, in several ways."""

    def __init__(self) -> None:
        self.paid: list[int] = []

    def pay(self, amount: int) -> int:
        """A method."""
        self.paid.append(amount)
        return amount

    async def __call__(self, amount: int) -> int:
        """An object that is an async function."""
        self.paid.append(amount)
        return amount


async def test_whatever_can_be_called_is_a_step_and_each_visit_has_a_key_of_its_own(
    app: App,
) -> None:
    till = Till()

    async def pay(amount: int, *, times: int = 1) -> int:
        till.paid.append(amount * times)
        return amount * times

    @step(name="renamed")
    def original(amount: int) -> int:
        return till.pay(amount)

    @app.workflow
    async def refund(ctx: Context) -> list[int]:
        return [
            await ctx.step(pay, 1),
            await ctx.step(pay, 2, times=10),
            await ctx.step("again", pay, 3),
            await ctx.step(till.pay, 4),
            await ctx.step(till, 5),
            await ctx.step(functools.partial(pay, 6)),
            await ctx.step(functools.partial(pay, times=2), 7),
            await ctx.step(lambda: till.pay(8)),
            await ctx.step(original, 9),
            await ctx.step("a name of its own", original, 10),
            await ctx.step(lambda amount: pay(amount), 11),
        ]

    async with Harness(app) as h:
        run = await h.start(refund)
        expected = [1, 20, 3, 4, 5, 6, 14, 8, 9, 10, 11]
        assert await run.result(timeout=5) == expected
        assert till.paid == expected
        assert await keys_told(h, "step.finished", run) == [
            "pay", "pay#2", "again", "pay#3", "Till", "pay#4", "pay#5", "lambda", "renamed",
            "a name of its own", "lambda#2",
        ]  # fmt: skip


@pytest.mark.parametrize("wrong", [(), (3,), ("name",), ("name", 3), (None,)])
async def test_what_is_no_function_is_refused_with_a_hint(app: App, wrong: tuple[Any, ...]) -> None:
    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.step(*wrong)

    async with Harness(app) as h:
        run = await h.start(refund)
        assert await run.status() == "failed"
        assert "ctx.step(fn" in (await run.error() or "")


async def test_options_of_a_function_hold_under_another_name_too(app: App) -> None:
    tried: list[str] = []

    @step(retries=1)
    def pay() -> str:
        tried.append(current_step().name)
        if len(tried) == 1:
            raise ConnectionError
        return "paid"

    @app.workflow
    async def refund(ctx: Context) -> str:
        return await ctx.step("pay twice", pay)

    async with Harness(app) as h:
        run = await h.start(refund)
        await h.advance("1m")
        assert await run.result(timeout=5) == "paid"
        assert tried == ["pay twice", "pay twice"]


async def test_the_current_step_says_who_it_is_in_async_and_in_sync_steps(app: App) -> None:
    seen: list[CurrentStep] = []

    async def late() -> None:
        await asyncio.sleep(0)
        seen.append(current_step())

    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.step("async", late)
        await ctx.step("sync", lambda: seen.append(current_step()))
        await ctx.step("sync", lambda: seen.append(current_step()))

    async with Harness(app) as h:
        run = await h.start(refund, id="r-1")
        await run.result(timeout=5)
        assert [(s.run_id, s.key, s.name, s.attempt) for s in seen] == [
            ("r-1", "async", "async", 1),
            ("r-1", "sync", "sync", 1),
            ("r-1", "sync#2", "sync", 1),
        ]
        assert len({s.idempotency_key for s in seen}) == 3
        with pytest.raises(DefinitionError):
            current_step()


async def test_a_sync_step_runs_beside_the_loop_and_does_not_block_it(app: App) -> None:
    entered, release = threading.Event(), threading.Event()

    def look() -> str:
        entered.set()
        assert release.wait(10)
        return threading.current_thread().name

    @app.workflow
    async def refund(ctx: Context) -> str:
        return await ctx.step(look)

    async with Harness(app):
        run = await app.start(refund)
        await asyncio.to_thread(entered.wait, 5)
        release.set()  # the loop still turns, or this line would never be reached
        assert await run.result(timeout=5) != threading.current_thread().name


async def test_a_hundred_sync_steps_at_once_share_the_threads_that_are_set(app: App) -> None:
    at_once, most, lock = 0, 0, threading.Lock()

    def look(number: int) -> int:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        with lock:
            at_once -= 1
        return number

    @app.workflow
    async def many(ctx: Context) -> list[int]:
        return await ctx.gather(*(ctx.step(look, n) for n in range(100)))

    async with Harness(app) as h:
        run = await h.start(many)
        assert await run.result(timeout=10) == list(range(100))
        assert most <= app.settings.threads


async def test_whoever_watches_sees_that_a_step_has_begun_while_it_is_under_way(
    app: App, place: str
) -> None:
    seen = threading.Event()

    def look() -> bool:
        return seen.wait(60)

    @app.workflow
    async def refund(ctx: Context) -> bool:
        return await ctx.step(look)

    async with Harness(app, database=place):
        run = await app.start(refund)
        async for event in run.events():
            if event.name == "step.started":
                seen.set()
        assert await run.result() is True


# ── what a step returns ─────────────────────────────────────────────────────────────────────────


async def test_a_result_that_cannot_be_kept_fails_at_once_naming_the_step_and_the_path(
    app: App,
) -> None:
    tried: list[int] = []

    @step(retries=5)
    def fetch() -> Any:
        tried.append(1)
        return {"rows": [1, {"connection": threading.Lock()}]}

    @app.workflow
    async def report(ctx: Context) -> None:
        await ctx.step(fetch)

    async with Harness(app) as h:
        run = await h.start(report)
        with pytest.raises(RunFailed) as failed:
            await run.result(timeout=5)
        assert isinstance(failed.value.__cause__, StepFailed)
        not_kept = failed.value.__cause__.__cause__
        assert isinstance(not_kept, ValueNotKept)
        assert "'fetch'" in str(not_kept)
        assert "rows[1].connection" in str(not_kept)
        assert tried == [1]  # trying again would do the effect again, and fail again


async def test_an_output_that_cannot_be_kept_fails_the_run_naming_the_path(app: App) -> None:
    @app.workflow
    async def report(ctx: Context) -> Any:
        await ctx.step("price", lambda: 1)
        return {"lock": threading.Lock()}

    async with Harness(app) as h:
        run = await h.start(report)
        with pytest.raises(RunFailed) as failed:
            await run.result(timeout=5)
        assert isinstance(failed.value.__cause__, ValueNotKept)
        assert "lock" in str(failed.value)
        assert (await count(h, run))["step.finished"] == 1


async def test_arguments_may_be_live_objects(app: App) -> None:
    lock = threading.Lock()

    @app.workflow
    async def report(ctx: Context) -> bool:
        return await ctx.step("look", lambda held, name: held is lock, lock, name="x")

    async with Harness(app) as h:
        assert await (await h.start(report)).result(timeout=5) is True


# ── C39: small ones ─────────────────────────────────────────────────────────────────────────────


async def test_a_workflow_without_steps_finishes(app: App) -> None:
    @app.workflow
    async def nothing(ctx: Context) -> None: ...

    @app.workflow
    async def echo(ctx: Context, value: Any = "default") -> Any:
        return value

    async with Harness(app) as h:
        run = await h.start(nothing)
        assert await run.result(timeout=5) is None
        assert await run.status() == "succeeded"
        assert await names(h, run) == ["run.started", "run.finished"]
        assert await (await h.start(echo)).result(timeout=5) == "default"
        assert await (await h.start(echo, 0)).result(timeout=5) == 0
        with pytest.raises(InvalidInput):
            await h.start(nothing, 3)


@pytest.mark.parametrize("timeout", [None, "1h"])
@pytest.mark.parametrize("sync", [False, True], ids=["async", "sync"])
async def test_a_step_that_exits_the_process_fails_and_ends_nothing_else(
    app: App, timeout: str | None, sync: bool
) -> None:
    def leave() -> None:
        sys.exit("usage: …")

    async def leave_later() -> None:
        await asyncio.sleep(0)
        sys.exit(2)

    @app.workflow
    async def work(ctx: Context) -> str:
        try:
            await ctx.step("leave", step(timeout=timeout)(leave if sync else leave_later))
        except StepFailed as error:
            return str(error)
        return "not reached"

    async with Harness(app) as h:
        run = await h.start(work)
        assert "sys.exit" in await run.result(timeout=5)


# ── a step that cancels itself ──────────────────────────────────────────────────────────────────


async def test_a_step_whose_body_was_cancelled_by_somebody_else_has_failed(app: App) -> None:
    tried: list[int] = []

    async def pay() -> None:
        tried.append(1)
        inner = asyncio.ensure_future(asyncio.Event().wait())
        asyncio.get_running_loop().call_soon(inner.cancel)
        await inner  # raises CancelledError, though nobody cancelled the step

    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.step(pay)

    async with Harness(app) as h:
        run = await app.start(refund)
        standing = await run.wait(timeout=5)
        assert standing.status == "failed"
        assert tried == [1]
        assert h.clock.now() == START


async def test_a_workflow_whose_body_was_cancelled_by_somebody_else_has_failed(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> None:
        inner = asyncio.ensure_future(asyncio.Event().wait())
        asyncio.get_running_loop().call_soon(inner.cancel)
        await inner

    async with Harness(app) as h:
        run = await h.start(refund)
        assert (await run.wait(timeout=5)).status == "failed"


async def test_the_time_a_step_reads_is_the_apps(app: App) -> None:
    @app.workflow
    async def look(ctx: Context) -> datetime:
        return ctx.now()

    async with Harness(app) as h:
        await h.advance("3h")
        assert await (await h.start(look)).result(timeout=5) == START + timedelta(hours=3)


async def test_what_a_workflow_or_step_names_around_it_may_be_set_further_below(app: App) -> None:
    @step
    async def greet(name: str) -> str:
        return f"{greeting}, {name}"

    @app.workflow
    async def welcome(ctx: Context, name: str) -> str:
        return await ctx.step(greet, name + mark)

    greeting, mark = "Hello", "!"
    async with Harness(app) as h:
        run = await h.start(welcome, "Ann")
        assert await run.result(timeout=5) == "Hello, Ann!"


async def test_a_workflow_that_calls_exit_fails_and_ends_nothing_else(app: App, place: str) -> None:
    @app.workflow
    async def careless(ctx: Context) -> None:
        await ctx.approve("first")
        sys.exit("usage: …")

    async with Harness(app, database=place) as h:
        run = await h.start(careless)
        assert (await h.person("ann").approves("first")).status == "accepted"
        with pytest.raises(RunFailed, match=r"called sys.exit\('usage: …'\)"):
            await run.result(timeout=5)
