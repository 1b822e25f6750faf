"""The examples that the style began with, and a pause in one process that goes on in another."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assent import App, RunFailed, StepTimedOut
from assent.events import (
    Event,
    InputRequest,
    InputResponse,
    StartEvent,
    StepContext,
    StopEvent,
    step,
)
from assent.testing import Harness

ROOT = Path(__file__).parents[2]


def in_a_process(act: str, file: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.events.pausing", act, str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_paused_in_one_process_a_run_goes_on_in_another_with_what_was_queued_and_in_flight(
    tmp_path: Path,
) -> None:
    first = in_a_process("pause", tmp_path / "snapshot")
    second = in_a_process("resume", tmp_path / "snapshot")
    assert first == {"ran": [0, 1], "result": None}
    assert second == {"ran": [2, 3, 4], "result": 10}


class ReadyForReview(Event):
    text: str


class ReviewComplete(Event): ...


@step(sends=ReviewComplete)
async def review(ctx: StepContext, event: ReadyForReview) -> None:
    ctx.state["needs_approval"] = True
    ctx.state["approved"] = event.text == "tides"
    await ctx.send_event(ReviewComplete())


async def test_a_side_effect_step_reviews_and_routes_by_hand() -> None:
    app = App()

    async def begin(event: StartEvent) -> ReadyForReview:
        return ReadyForReview(text="tides")

    async def end(ctx: StepContext, event: ReviewComplete) -> StopEvent:
        return StopEvent(result=dict(ctx.state))

    made = app.events("review", [begin, review, end])
    async with Harness(app):
        handler = await made.run()
        snapshot = await handler.pause()
        again = await made.resume(snapshot)
        assert await again.result(timeout=5) == {"needs_approval": True, "approved": True}


async def test_requests_are_answered_while_the_stream_is_read_by_value_or_typed() -> None:
    app = App()

    async def begin(event: StartEvent) -> list[Event]:
        return [
            InputRequest(prompt=f"{n}?", metadata={"n": n}, request_id=str(n)) for n in range(2)
        ]

    async def end(ctx: StepContext, event: InputResponse) -> StopEvent | None:
        both = ctx.collect(event, [InputResponse] * 2)
        return (
            StopEvent(result=[e.response for e in both or () if isinstance(e, InputResponse)])
            if both
            else None
        )

    made = app.events("ask", [begin, end])
    async with Harness(app):
        handler = await made.run()
        said: list[tuple[str, object]] = []

        async def prompt(event: Event) -> None:
            if not isinstance(event, InputRequest):
                return
            said.append((event.prompt, event.metadata))
            if event.request_id == "0":
                await handler.respond_to_input(event.request_id, "yes")
            else:
                response = {"approved": True, "note": "looks good"}
                await handler.respond_to_input_typed(
                    InputResponse(request_id=event.request_id, response=response)
                )

        await handler.stream_events(prompt)
        assert await handler.result() == ["yes", {"approved": True, "note": "looks good"}]
        assert sorted(said) == [("0?", {"n": 0}), ("1?", {"n": 1})]


@pytest.mark.parametrize("answer", [True, None])
async def test_a_blocking_review_holds_a_thread_and_not_the_loop_and_the_step_timeout_bounds_it(
    answer: bool | None,
) -> None:
    app = App()
    decisions: queue.Queue[bool] = queue.Queue()

    class ReviewRequest(StartEvent):
        request_id: str

    class Reviewed(Event):
        approved: bool

    def wait_for_decision(event: ReviewRequest) -> Reviewed:
        return Reviewed(approved=decisions.get(timeout=30))

    async def end(event: Reviewed) -> StopEvent:
        return StopEvent(result=event.approved)

    made = app.events("hitl", [wait_for_decision, end], step_timeout="15m", timeout="2h")
    async with Harness(app) as h:
        handler = await made.run(request_id="r-1")
        if answer is None:
            await h.advance("16m")
            with pytest.raises(RunFailed) as caught:
                await handler.result(timeout=5)
            cause = caught.value.__cause__
            assert cause is not None
            assert isinstance(cause.__cause__, StepTimedOut)
            decisions.put(True)  # too late: its thread may end
        else:
            assert await handler.status() == "running"
            decisions.put(answer)
            assert await handler.result(timeout=30) is answer
