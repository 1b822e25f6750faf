"""Steps that run other workflows: only their branch waits, and what is asked below shows above."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from assent import App, Context, DefinitionError, RunFailed
from assent.events import (
    Event,
    EventWorkflow,
    InputRequest,
    InputResponse,
    RunFailure,
    RunRequest,
    RunResponse,
    StartEvent,
    StepContext,
    StopEvent,
)
from assent.testing import Harness


class Chapter(RunResponse):
    """A chapter that is written."""


class Write(RunRequest):
    """A chapter to be written."""

    answered_by = Chapter


class Told(Event):
    """Something beside it."""


def book(app: App, ran: Counter[str]) -> EventWorkflow:
    """A book of chapters, each a run of its own that asks people."""

    async def ask(event: StartEvent) -> InputRequest:
        ran[f"chapter {event.topic}"] += 1  # type: ignore[attr-defined]
        return InputRequest(prompt="Good?", request_id=f"r-{event.topic}")  # type: ignore[attr-defined]

    async def written(event: InputResponse) -> StopEvent:
        return StopEvent(result=event.response)

    chapter = app.events("chapter", [ask, written])

    async def split(ctx: StepContext, event: StartEvent) -> list[Write | Told]:
        ran["split"] += 1
        return [*(Write(workflow=chapter, input={"topic": t}, request_id=t) for t in "ab"), Told()]

    async def beside(ctx: StepContext, event: Told) -> None:
        ran["beside"] += 1

    async def join(ctx: StepContext, event: Chapter) -> StopEvent | None:
        ran[f"join {event.request_id}"] += 1
        told = ctx.state.setdefault("told", {})
        told[event.request_id] = event.output
        return StopEvent(result=dict(sorted(told.items()))) if len(told) == 2 else None

    return app.events("book", [split, beside, join])


async def test_requests_of_runs_below_surface_with_their_path_and_each_branch_goes_on_alone(
    place: str,
) -> None:
    app, ran = App(), Counter[str]()
    made = book(app, ran)
    async with Harness(app, database=place) as h:
        handler = await made.run()
        await h.rest()
        assert ran["beside"] == 1, "a branch beside them does not wait"
        pending = {each.request_id: each.path for each in await handler.pending_requests()}
        assert pending == {"r-a": ("2/chapter",), "r-b": ("3/chapter",)}
        assert (await handler.respond_to_input("r-b", "second")).status == "accepted"
        await h.rest()
        assert ran["join b"] == 1
        assert [each.request_id for each in await handler.pending_requests()] == ["r-a"]
        await h.crash_and_restart()
        handler = made.handler(handler.id)
        assert (await handler.respond_to_input("r-a", "first")).status == "accepted"
        assert await handler.result(timeout=30) == {"a": "first", "b": "second"}
    assert set(ran.values()) == {1}


def shelf(app: App) -> EventWorkflow:
    """A shelf of two books, each of two chapters that ask: three levels."""
    made = book(app, Counter())

    async def two(event: StartEvent) -> list[RunRequest]:
        return [RunRequest(workflow=made, request_id=name) for name in ("x", "y")]

    async def all_of(ctx: StepContext, event: RunResponse) -> StopEvent | None:
        ctx.state.update("told", lambda told: {**told, event.request_id: event.output}, {})
        told = ctx.state["told"]
        return StopEvent(result=dict(sorted(told.items()))) if len(told) == 2 else None

    return app.events("shelf", [two, all_of])


async def test_requests_three_levels_deep_are_on_the_stream_and_answered_from_there(
    place: str,
) -> None:
    app = App()
    made = shelf(app)
    asked: list[tuple[str, tuple[str, ...]]] = []
    async with Harness(app, database=place) as h:
        handler = await made.run()

        async def answer(event: Event) -> None:
            if isinstance(event, InputRequest):
                asked.append((event.request_id, event.path))
                told = InputResponse(request_id=event.request_id, response="/".join(event.path))
                receipt = await handler.respond_to_input_typed(told, path=event.path)
                assert receipt.status == "accepted"

        await handler.stream_events(answer)
        below = {
            name: {key: f"{n}/book/{c}/chapter" for key, c in (("a", 2), ("b", 3))}
            for name, n in (("x", 2), ("y", 3))
        }
        assert await handler.result(timeout=30) == below
        assert len(asked) == len(set(asked)) == 4
        late = [e.path async for e in handler.stream_events() if isinstance(e, InputRequest)]
        assert late == [path for _, path in asked], (
            "a stream that is opened after the end tells the same"
        )
        await h.rest()


async def test_a_stream_that_is_opened_late_goes_on_from_where_another_stopped(place: str) -> None:
    app = App()
    made = book(app, Counter())
    async with Harness(app, database=place) as h:
        handler = await made.run()
        await h.rest()
        first, second = [e async for e in _until(aiter(handler.stream_events()), 2)]
        (again,) = [e async for e in _until(aiter(handler.stream_events(after=first.seq)), 1)]
        assert (again.request_id, again.seq) == (second.request_id, second.seq)
        for request in (first, second):
            assert (await handler.respond_to_input(request.request_id, 1)).ok
        assert [type(e) async for e in handler.stream_events(after=second.seq)] == [StopEvent]


async def test_what_a_cancelled_run_below_had_asked_is_told_and_cannot_be_answered(
    place: str,
) -> None:
    app = App()

    async def ask(event: StartEvent) -> InputRequest:
        return InputRequest(prompt="Good?", request_id="r")

    async def never(event: InputResponse) -> StopEvent:
        return StopEvent()

    chapter = app.events("chapter", [ask, never])

    async def begin(event: StartEvent) -> RunRequest:
        return RunRequest(workflow=chapter, id="below")

    async def end(event: RunResponse | RunFailure) -> StopEvent:
        return StopEvent(result=event.status if isinstance(event, RunFailure) else "")

    made = app.events("above", [begin, end])
    async with Harness(app, database=place) as h:
        handler = await made.run()
        await h.rest()
        await app.run("below").cancel("not wanted")
        assert await handler.result(timeout=30) == "cancelled"
        asked, stopped = [e async for e in handler.stream_events()]
        assert isinstance(asked, InputRequest)
        assert (asked.path, type(stopped)) == (("2/chapter",), StopEvent)
        receipt = await handler.respond_to_input(asked.request_id, "late", path=asked.path)
        assert receipt.status == "cancelled"
        assert await handler.pending_requests() == ()


async def _until(events: AsyncIterator[Any], count: int) -> AsyncIterator[Any]:
    async for event in events:
        yield event
        count -= 1
        if not count:
            return


async def test_a_run_dies_at_any_commit_and_what_ran_below_counts_once(place: str) -> None:
    for commit in range(2, 14, 2):
        app, ran = App(), Counter[str]()
        made = book(app, ran)
        async with Harness(app, database=place) as h:
            h.dies_at(commit, written=bool(commit % 4))
            await made.start({}, id=f"r{commit}")
            await h.rest()
            await h.crash()
            await h.open()
            handler = await made.start({}, id=f"r{commit}")
            while not (await handler.status()).ended:
                await h.rest()
                for task in (await h.inbox.tasks()).items:
                    await h.inbox.answer(task.id, task.labels["request"], by="ann")
            assert await handler.result() == {"a": "r-a", "b": "r-b"}, commit
            assert (ran["join a"], ran["join b"]) == (1, 1), commit


async def test_paused_with_runs_below_it_goes_on_elsewhere(place: str) -> None:
    app, ran = App(), Counter[str]()
    made = book(app, ran)
    async with Harness(app, database=place) as h:
        handler = await made.run()
        await h.rest()
        await handler.respond_to_input("r-a", 1)
        await h.rest()
        kept = (await handler.pause()).to_bytes()
    there = App()
    again = book(there, ran)
    async with Harness(there) as h:
        handler = await again.resume(kept)
        await h.rest()
        (request,) = await handler.pending_requests()
        assert request.request_id == "r-b"
        await handler.respond_to_input("r-b", 2)
        assert await handler.result(timeout=30) == {"a": 1, "b": 2}
        fork = await again.resume(kept, fork=True)
        await h.rest()
        await fork.respond_to_input("r-b", 3)
        assert await fork.result(timeout=30) == {"a": 1, "b": 3}
    assert ran["split"] == ran["chapter a"] == ran["chapter b"] == 1


async def test_one_that_fails_fails_the_run_and_a_retry_takes_it_up_again(place: str) -> None:
    app, ran = App(), Counter[str]()

    @app.workflow
    async def frail(ctx: Context) -> str:
        ran["frail"] += 1
        if ran["frail"] == 1:
            raise OSError("the disk is full")
        return "done"

    async def ask(event: StartEvent) -> RunRequest:
        ran["ask"] += 1
        return RunRequest(workflow="frail")

    async def end(event: RunResponse) -> StopEvent:
        return StopEvent(result=[event.workflow, event.output])

    made = app.events("parent", [ask, end])
    async with Harness(app, database=place) as h:
        handler = await made.run()
        with pytest.raises(RunFailed, match="the disk is full"):
            await handler.result(timeout=30)
        await handler.retry()
        assert await handler.result(timeout=30) == ["frail", "done"]
        await h.rest()
    assert ran == {"ask": 1, "frail": 2}


async def test_a_step_that_takes_failures_decides_what_becomes_of_one(place: str) -> None:
    app = App()

    @app.workflow
    async def frail(ctx: Context) -> None:
        raise OSError("the disk is full")

    async def ask(event: StartEvent) -> RunRequest:
        return RunRequest(workflow=frail, request_id="it")

    async def end(event: RunResponse | RunFailure) -> StopEvent:
        assert isinstance(event, RunFailure)
        return StopEvent(result=[event.request_id, event.workflow, event.status, event.error])

    made = app.events("parent", [ask, end])
    async with Harness(app, database=place) as h:
        handler = await made.run()
        told: list[Any] = await handler.result(timeout=30)
        await h.rest()
    assert told[:3] == ["it", "frail", "failed"]
    assert "the disk is full" in told[3]


async def test_runs_below_end_with_the_branch_that_another_has_beaten(place: str) -> None:
    app = App()

    @app.workflow
    async def slow(ctx: Context) -> None:
        await ctx.ask("never", str)

    async def both(event: StartEvent) -> list[RunRequest | Told]:
        return [RunRequest(workflow=slow, id="below"), Told()]

    async def quick(event: Told) -> StopEvent:
        return StopEvent(result="first")

    async def never(event: RunResponse) -> StopEvent:
        return StopEvent(result="second")

    made = app.events("race", [both, quick, never])
    async with Harness(app, database=place) as h:
        handler = await made.run()
        assert await handler.result(timeout=30) == "first"
        await h.rest()
        assert await app.run("below").status() == "cancelled"
        assert (await h.inbox.tasks()).items == ()


def test_a_request_whose_answer_nobody_takes_is_an_error_when_built() -> None:
    async def ask(event: StartEvent) -> RunRequest:
        return RunRequest(workflow="other")

    with pytest.raises(DefinitionError, match="no step takes RunResponse"):
        App().events("parent", [ask])
