"""Where events, pauses, people and failures meet: nothing is lost silently, and nothing is guessed."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from assent import App, DefinitionError, InvalidState, RunFailed, SnapshotRefused
from assent.events import (
    Event,
    Handler,
    InputRequest,
    InputResponse,
    StartEvent,
    StepContext,
    StopEvent,
    step,
)
from assent.testing import Harness

MEMORY = "sqlite:///:memory:"


class Word(Event):
    """Something that is said."""

    text: str = ""


class Loud(Word):
    """Something that is shouted."""


class Sign(Event):
    """Something beside it."""


async def ask(event: StartEvent) -> InputRequest:
    return InputRequest(prompt="Well?", request_id="r")


async def end(event: InputResponse) -> StopEvent:
    return StopEvent(result=event.response)


async def failed(handler: Handler) -> str:
    """Why the run has failed."""
    with pytest.raises(RunFailed) as caught:
        await handler.result(timeout=30)
    return str(caught.value)


# ── pauses ──────────────────────────────────────────────────────────────────────────────────────


async def test_pauses_asked_for_at_once_are_one_pause_and_its_snapshots_go_on_once(
    place: str,
) -> None:
    app = App()
    made = app.events("it", [ask, end])
    async with Harness(app, database=place):
        handler = await made.run()
        first, second = await asyncio.gather(handler.pause(), handler.pause())
        assert first.runs[0].mark is not None
        assert first.runs[0].mark == second.runs[0].mark
        await made.resume(first)
        with pytest.raises(SnapshotRefused, match="fork=True"):
            await made.resume(second)
        await handler.wait_until("waiting")
        await handler.respond_to_input("r", 1)
        assert await handler.result(timeout=30) == 1


async def test_a_pause_waits_for_a_blocking_step_no_longer_than_its_timeout() -> None:
    app, entered, release = App(MEMORY), threading.Event(), threading.Event()

    @step(timeout="50ms")
    def blocks(event: StartEvent) -> StopEvent:
        entered.set()
        release.wait()
        return StopEvent(result="late")

    made = app.events("it", [blocks])
    async with app:
        handler = await made.run()
        await asyncio.to_thread(entered.wait)
        try:
            with pytest.raises(InvalidState, match="has failed"):
                await handler.pause()
        finally:
            release.set()
        assert "took longer" in await failed(handler)


async def test_a_run_that_ends_or_is_aborted_while_it_is_paused_tells_who_pauses_it(
    place: str,
) -> None:
    for last in (StopEvent(result="over"), None):
        app, entered, release = App(), asyncio.Event(), asyncio.Event()

        async def works(event: StartEvent) -> StopEvent | None:
            entered.set()  # noqa: B023  (it runs within this turn)
            await release.wait()  # noqa: B023
            return last  # noqa: B023

        made = app.events("it", [works])
        async with Harness(app, database=place):
            handler = await made.run()
            await entered.wait()
            pausing = asyncio.ensure_future(handler.pause())
            await handler.wait_until("paused")
            if last is None:
                await handler.abort("enough")
            release.set()
            with pytest.raises(InvalidState, match="cannot be copied"):
                await pausing


async def test_no_clock_of_the_workflow_runs_while_it_is_paused_and_that_of_a_request_does(
    place: str,
) -> None:
    app = App()

    async def urgent(event: StartEvent) -> InputRequest:
        return InputRequest(prompt="Well?", request_id="r", timeout="1h")

    counted = app.events("counted", [ask, end], timeout="1h", counts_waiting=True)
    asked = app.events("asked", [urgent, end])
    async with Harness(app, database=place) as h:
        patient, hasty = await counted.run(), await asked.run()
        await h.rest()
        await patient.pause()
        await hasty.pause()
        await h.advance("5h")
        assert (await patient.status(), await hasty.status()) == ("paused", "paused")
        await patient.resume_in_place()
        await hasty.resume_in_place()
        assert "by its deadline" in await failed(hasty)
        await patient.respond_to_input("r", 1)
        assert await patient.result(timeout=30) == 1


# ── code that has changed ───────────────────────────────────────────────────────────────────────


async def test_a_snapshot_whose_answer_nobody_takes_any_more_is_refused() -> None:
    app = App(MEMORY)
    made = app.events("it", [ask, end])
    async with app:
        handler = await made.run()
        await handler.wait_until("waiting")
        kept = (await handler.pause()).to_json()

    async def other(event: StartEvent) -> StopEvent:
        return StopEvent()

    app = App(MEMORY)
    made = app.events("it", [other])
    async with app:
        with pytest.raises(SnapshotRefused, match="InputResponse, which no step takes now"):
            await made.resume(kept)
        assert (await app.runs()).items == ()


# ── steps ───────────────────────────────────────────────────────────────────────────────────────


async def test_an_event_goes_to_each_step_that_takes_it_or_what_it_derives_from() -> None:
    app, got = App(MEMORY), list[tuple[str, str]]()

    async def begin(event: StartEvent) -> list[Word]:
        return [Word(text="a"), Loud(text="b")]

    async def any_(event: Word) -> None:
        got.append(("any", type(event).__name__))

    async def loud(event: Loud) -> Sign:
        got.append(("loud", type(event).__name__))
        return Sign()

    async def stop(event: Sign) -> StopEvent:
        return StopEvent()

    made = app.events("it", [begin, any_, loud, stop])
    async with app:
        await (await made.run()).result(timeout=30)
    assert sorted(got) == [("any", "Loud"), ("any", "Word"), ("loud", "Loud")]


@pytest.mark.parametrize("made_of_it", ["text", [None], [Word(), 3], {"a": 1}, [[Word()]]])
async def test_what_is_no_event_fails_the_step_that_made_it(made_of_it: Any) -> None:
    app = App(MEMORY)

    async def begin(event: StartEvent) -> Any:
        return made_of_it

    async def stop(event: Word) -> StopEvent:
        return StopEvent()

    made = app.events("it", [begin, stop])
    async with app:
        assert "is no event" in await failed(await made.run())


async def test_what_outlives_its_step_is_told_that_nobody_would_hear_of_it() -> None:
    app, release, told = App(MEMORY), asyncio.Event(), list[str]()
    late: list[asyncio.Task[None]] = []

    async def begin(ctx: StepContext, event: StartEvent) -> InputRequest:
        async def outlives() -> None:
            await release.wait()
            for change in (
                lambda: ctx.send_event(Sign()),
                lambda: ctx.state.update(n=1),
                lambda: ctx.state.pop("kept"),
            ):
                try:
                    change()
                except DefinitionError as error:
                    told.append(str(error))

        ctx.state["kept"] = 1
        late.append(asyncio.create_task(outlives()))
        return InputRequest(prompt="Well?", request_id="r")

    async def never(event: Sign) -> None: ...

    async def stop(ctx: StepContext, event: InputResponse) -> StopEvent:
        return StopEvent(result=dict(ctx.state))

    made = app.events("it", [begin, never, stop])
    async with app:
        handler = await made.run()
        await handler.wait_until("waiting")
        release.set()
        await late[0]
        assert len(told) == 3
        assert "had returned" in told[0]
        assert "outlived its step" in told[1]
        await handler.respond_to_input("r", 1)
        assert await handler.result(timeout=30) == {"kept": 1}


async def test_an_error_in_one_branch_closes_what_another_had_asked(place: str) -> None:
    app, release = App(), asyncio.Event()

    async def begin(event: StartEvent) -> list[InputRequest | Sign]:
        return [InputRequest(prompt="Well?", request_id="r"), Sign()]

    async def breaks(event: Sign) -> None:
        await release.wait()
        raise ValueError("broken")

    made = app.events("it", [begin, breaks, end])
    async with Harness(app, database=place) as h:
        handler = await made.run()
        async for event in handler.stream_events():
            assert isinstance(event, InputRequest)
            release.set()
        assert "broken" in await failed(handler)
        assert (await h.inbox.tasks()).items == ()
        assert (await handler.respond_to_input("r", 1)).status == "cancelled"
        await handler.retry()
        await h.rest()
        assert "broken" in await failed(handler)


# ── state ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("fails", [False, True])
async def test_a_state_that_cannot_be_kept_is_refused_by_name_and_path_and_put_back(
    fails: bool, place: str
) -> None:
    app = App()

    @step(retries=1)
    async def spoils(ctx: StepContext, event: StartEvent) -> StopEvent:
        seen = ctx.state.setdefault("seen", {"a": []})
        if seen["a"] or "other" in ctx.state:
            raise AssertionError("what could not be kept is still there")
        seen["a"].append(object())
        if fails:
            raise OSError("its own error")
        return StopEvent()

    made = app.events("it", [spoils])
    async with Harness(app, database=place) as h:
        handler = await made.run()
        await h.rest()
        if fails:
            await h.advance("1h")
        why = await failed(handler)
        assert ("its own error" if fails else "the state 'seen', at $.a[0]") in why
        assert [e.name async for e in handler.events() if e.name == "step.failed"]
