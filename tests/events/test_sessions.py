"""Live objects keep their identity in the process, and each pause policy does what it says."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict

from assent import (
    App,
    Context,
    DefinitionError,
    SessionNotKept,
    Settings,
    SnapshotRefused,
    Transient,
    ValueNotKept,
    ValueUnreadable,
    kept_as,
)
from assent.core.values import pack, unpack
from assent.events import InputRequest, InputResponse, StartEvent, StepContext, StopEvent
from assent.snapshots import SessionDropped
from assent.testing import Harness

SECRET = Settings(database="sqlite:///:memory:", secret="one installation")


class Cache(dict[str, int]):
    """Something that can be pickled."""


def asking(app: App, policy: str = "pickle_or_error", lock: bool = False) -> Any:
    async def start(ctx: StepContext, event: StartEvent) -> InputRequest:
        ctx.session["cache"] = Cache(a=1)
        ctx.session["self"] = ctx.session["cache"]
        if lock:
            ctx.session["lock"] = threading.Lock()
        return InputRequest(prompt="Well?", request_id="r")

    async def end(ctx: StepContext, event: InputResponse) -> StopEvent:
        same = ctx.session.get("cache") is ctx.session.get("self")
        cache = dict(ctx.session.get("cache", {}))
        return StopEvent(result=[sorted(ctx.session), cache, same])

    return app.events("it", [start, end], session_pause_policy=policy)


async def paused(made: Any) -> Any:
    handler = await made.run()
    await handler.wait_until("waiting")
    return handler


async def test_live_objects_are_the_very_same_in_every_step_and_after_a_pause_in_the_process(
    place: str,
) -> None:
    app, seen = App(), list[object]()

    async def start(ctx: StepContext, event: StartEvent) -> InputRequest:
        ctx.session["live"] = seen.append(ctx.session) or object()  # type: ignore[func-returns-value]
        seen.append(ctx.session["live"])
        return InputRequest(prompt="Well?", request_id="r")

    async def end(ctx: StepContext, event: InputResponse) -> StopEvent:
        return StopEvent(result=ctx.session["live"] is seen[1])

    made = app.events("it", [start, end], session_pause_policy="warn_drop")
    async with Harness(app, database=place):
        handler = await paused(made)
        with pytest.warns(SessionDropped, match="live"):
            snapshot = await handler.pause()
        assert snapshot.dropped == ("live",)
        await made.resume(snapshot)
        await handler.respond_to_input("r")
        assert await handler.result(timeout=30) is True


async def test_pickle_or_error_takes_live_objects_along() -> None:
    app = App(settings=SECRET)
    made = asking(app)
    async with app:
        snapshot = await (await paused(made)).pause(seal=False)
        assert snapshot.seal is not None, "live objects are never left unsealed"
    app = App(settings=SECRET)
    made = asking(app)
    async with app:
        handler = await made.resume(snapshot.to_json())
        await handler.respond_to_input("r")
        told = await handler.result(timeout=5)
        assert told == [["cache", "self"], {"a": 1}, True], "two names of one object are so again"


async def test_pickle_or_error_refuses_what_cannot_be_pickled_and_the_run_is_unharmed(
    place: str,
) -> None:
    app = App()
    made = asking(app, lock=True)
    async with Harness(app, database=place):
        handler = await paused(made)
        with pytest.raises(SessionNotKept, match=r"'lock' \(_thread:lock\)") as caught:
            await handler.pause()
        assert "cache" not in str(caught.value)
        assert await handler.status() == "waiting"
        assert [e.name async for e in app.stream.events(handler.id, live=False)][
            -1
        ] == "run.waiting"
        await handler.respond_to_input("r")
        assert (await handler.result(timeout=30))[0] == ["cache", "lock", "self"]


async def test_hard_error_refuses_while_there_is_any_live_object(place: str) -> None:
    app = App()
    made = asking(app, "hard_error")
    async with Harness(app, database=place):
        handler = await paused(made)
        with pytest.raises(SessionNotKept, match=r"'cache' \(.*:Cache\), 'self'"):
            await handler.pause()
        with pytest.raises(SessionNotKept):
            await handler.snapshot()
        await handler.respond_to_input("r")
        assert (await handler.result(timeout=30))[2] is True

    bare = App()

    async def start(event: StartEvent) -> InputRequest:
        return InputRequest(prompt="Well?")

    async def end(event: InputResponse) -> StopEvent:
        return StopEvent()

    made = bare.events("it", [start, end], session_pause_policy="hard_error")
    async with Harness(bare):
        assert (await (await paused(made)).pause()).dropped == ()


async def test_warn_drop_names_what_it_left_out() -> None:
    app = App(settings=SECRET)
    made = asking(app, "warn_drop", lock=True)
    async with app:
        handler = await paused(made)
        with pytest.warns(SessionDropped, match="cache, lock, self"):
            snapshot = await handler.pause()
    app = App(settings=SECRET)
    made = asking(app, "warn_drop")
    async with app:
        handler = await made.resume(snapshot)
        await handler.respond_to_input("r")
        assert await handler.result(timeout=5) == [[], {}, True]


async def test_what_a_running_step_puts_in_at_the_last_moment_takes_the_pause_back(
    place: str,
) -> None:
    app, entered, release = App(), asyncio.Event(), asyncio.Event()

    async def start(ctx: StepContext, event: StartEvent) -> InputRequest:
        entered.set()
        await release.wait()
        ctx.session["lock"] = threading.Lock()
        return InputRequest(prompt="Well?", request_id="r")

    async def end(event: InputResponse) -> StopEvent:
        return StopEvent(result="unharmed")

    made = app.events("it", [start, end])
    async with Harness(app, database=place) as h:
        handler = await made.run()
        await entered.wait()
        pausing = asyncio.ensure_future(handler.pause())
        await handler.wait_until("paused")
        release.set()
        with pytest.raises(SessionNotKept, match="'lock'"):
            await pausing
        await h.rest()
        assert await handler.status() == "waiting"
        await handler.respond_to_input("r")
        assert await handler.result(timeout=5) == "unharmed"


async def test_live_objects_are_not_loaded_from_another_installation() -> None:
    app = App(settings=SECRET)
    made = asking(app)
    async with app:
        snapshot = await (await paused(made)).pause()
    app = App("sqlite:///:memory:")
    made = asking(app)
    async with app:
        with pytest.raises(SnapshotRefused, match="live objects \\(cache, self\\)"):
            await made.resume(snapshot)


async def test_functions_have_the_same_policies(place: str) -> None:
    app = App()

    @app.workflow(session_pause_policy="hard_error")
    async def refund(ctx: Context) -> bool:
        ctx.session["live"] = object()
        await ctx.ask("well", int)
        return "live" in ctx.session

    async with Harness(app, database=place) as h:
        run = await h.start(refund)
        with pytest.raises(SessionNotKept, match="'live' \\(builtins:object\\)"):
            await run.pause()
        await run.answer("well", 1, by="ann")
        assert await run.result(timeout=5) is True


def test_a_policy_that_does_not_exist_is_refused() -> None:
    with pytest.raises(DefinitionError, match="none of: pickle_or_error, warn_drop, hard_error"):
        asking(App(), "hope")


# ── state with live parts, and types of one's own ───────────────────────────────────────────────


@dataclass
class Desk:
    name: str
    lock: Annotated[Any, Transient] = None
    calls: Annotated[list[str], Transient] = field(default_factory=list[str])

    def restore(self) -> None:
        self.lock = threading.Lock()


class Typed(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    count: int = 0
    lock: Annotated[Any, Transient()] = None

    def restore(self) -> None:
        self.lock = threading.Lock()


class Money:
    def __init__(self, cents: int) -> None:
        self.cents = cents


class Euro(Money): ...


kept_as(Money, dump=lambda money: money.cents, load=Money)


@pytest.mark.parametrize("kind", [Desk("a"), Typed(count=1)])
def test_transient_fields_are_not_kept_and_are_made_again(kind: Any) -> None:
    kind.lock = threading.Lock()
    packed = pack(kind)
    assert "lock" not in str(packed)
    assert pack(unpack(packed)) == packed
    again = unpack(packed)
    assert isinstance(again.lock, type(threading.Lock()))
    assert again.lock is not kind.lock
    if isinstance(again, Desk):
        assert (again.name, again.calls) == ("a", [])


async def test_typed_state_with_live_parts_goes_on_elsewhere() -> None:
    def made(app: App) -> Any:
        async def start(ctx: StepContext, event: StartEvent) -> InputRequest:
            ctx.state["desk"], ctx.state["typed"] = Desk("a", threading.Lock()), Typed(count=2)
            return InputRequest(prompt="Well?", request_id="r")

        async def end(ctx: StepContext, event: InputResponse) -> StopEvent:
            desk, typed = ctx.state["desk"], ctx.state["typed"]
            with desk.lock, typed.lock:
                return StopEvent(result=[desk.name, typed.count])

        return app.events("it", [start, end])

    app = App("sqlite:///:memory:")
    workflow = made(app)
    async with app:
        snapshot = await (await paused(workflow)).pause()
    app = App("sqlite:///:memory:")
    workflow = made(app)
    async with app:
        handler = await workflow.resume(snapshot)
        await handler.respond_to_input("r")
        assert await handler.result(timeout=5) == ["a", 2]


def test_a_type_of_ones_own_comes_back_as_one_says() -> None:
    packed = pack({"price": Money(120)})
    back = unpack(packed)["price"]
    assert (type(back), back.cents) == (Money, 120)
    with pytest.raises(ValueNotKept, match="Euro"):
        pack(Euro(1))
    with pytest.raises(ValueUnreadable, match="nobody has said how to load one"):
        unpack({"$": "own", "t": "tests.events.test_sessions:Euro", "v": 1})
