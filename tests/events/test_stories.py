"""Event-driven runs, told from outside: fan-out, fan-in, races, people, streams."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from assent import (
    App,
    Context,
    DefinitionError,
    InvalidInput,
    NonRetryable,
    RunCancelled,
    RunFailed,
    RunTimedOut,
    StepFailed,
    StepTimedOut,
    WorkflowStalled,
    current_step,
)
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


class Part(Event):
    number: int
    tags: frozenset[str] = frozenset()


class Count(Event):
    number: int


class Done(StopEvent):
    parts: tuple[int, ...] = ()


async def held(harness: Harness, made: Any, **fields: Any) -> Handler:
    """Start a run, and let it come to rest."""
    handler: Handler = await made.run(**fields)
    await harness.rest()
    return handler


def numbers(events: list[Event]) -> list[int]:
    return [event.number for event in events if isinstance(event, Count)]


# ── steps and events ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("blocking", [False, True])
async def test_a_side_effect_step_sends_once_and_class_and_fields_stay_intact(
    blocking: bool, place: str
) -> None:
    app, got, threads = App(), list[Event](), set[int]()

    async def start(ctx: StepContext, event: StartEvent) -> None:
        await ctx.send_event(Part(number=1, tags=frozenset({"a"})))

    def start_blocking(ctx: StepContext, event: StartEvent) -> None:
        threads.add(threading.get_ident())
        _ = ctx.send_event(Part(number=1, tags=frozenset({"a"})))

    async def finish(event: Part) -> StopEvent:
        got.append(event)
        return StopEvent(result=event.tags)

    made = app.events("it", [start_blocking if blocking else start, finish])
    async with Harness(app, database=place) as h:
        handler = await held(h, made)
        assert await handler.result(timeout=30) == {"a"}
    assert got == [Part(number=1, tags=frozenset({"a"}))]
    assert type(got[0]) is Part
    assert threading.get_ident() not in threads


async def test_what_a_failed_attempt_had_sent_is_sent_once_by_the_one_that_succeeds(
    place: str,
) -> None:
    app, got, keys = App(), list[int](), list[str]()

    @step(retries=2, delay="1s")
    async def start(ctx: StepContext, event: StartEvent) -> None:
        await ctx.send_event(Part(number=len(keys)))
        keys.append(current_step().idempotency_key)
        if len(keys) < 3:
            raise ConnectionError

    async def take(ctx: StepContext, event: Part) -> StopEvent:
        got.append(event.number)
        return StopEvent()

    made = app.events("it", [start, take])
    async with Harness(app, database=place) as h:
        handler = await held(h, made)
        await h.advance("10s")
        await handler.result(timeout=5)
    assert (got, len(set(keys))) == ([2], 1)


async def test_events_of_a_derived_class_go_to_who_takes_the_base() -> None:
    app = App()

    class Special(Part): ...

    async def start(event: StartEvent) -> Special:
        return Special(number=3)

    async def take(event: Part) -> StopEvent:
        return StopEvent(result=type(event).__name__)

    made = app.events("it", [start, take])
    async with Harness(app) as h:
        assert await (await held(h, made)).result(timeout=5) == "Special"


async def test_a_fan_out_keeps_to_max_concurrency_and_a_fan_in_gets_all(place: str) -> None:
    app, at_once, most = App(), list[int](), list[int]()

    async def split(event: StartEvent) -> list[Part]:
        return [Part(number=number) for number in range(12)]

    @step(max_concurrency=3)
    async def work(event: Part) -> Count:
        at_once.append(event.number)
        most.append(len(at_once))
        for _ in range(3):
            await asyncio.sleep(0)
        at_once.remove(event.number)
        return Count(number=event.number)

    async def join(ctx: StepContext, event: Count) -> Done | None:
        found = ctx.collect(event, [Count] * 12)
        return Done(parts=tuple(sorted(numbers(found)))) if found else None

    made = app.events("it", [split, work, join])
    async with Harness(app, database=place) as h:
        assert await (await held(h, made)).result(timeout=30) == Done(parts=tuple(range(12)))
    assert max(most) == 3


async def test_collect_hands_out_one_of_each_type_in_the_order_asked(place: str) -> None:
    app = App()

    async def start(event: StartEvent) -> tuple[Count, Part]:
        return Count(number=2), Part(number=1)

    async def both(ctx: StepContext, event: Part | Count) -> StopEvent | None:
        found = ctx.collect(event, [Part, Count])
        return StopEvent(result=found) if found else None

    made = app.events("it", [start, both])
    async with Harness(app, database=place) as h:
        assert await (await held(h, made)).result(timeout=30) == [Part(number=1), Count(number=2)]


async def test_the_first_stop_ends_the_run_and_the_losing_branches_are_cancelled_and_awaited(
    place: str,
) -> None:
    app, ended = App(), list[str]()

    async def start(event: StartEvent) -> tuple[Part, Count]:
        return Part(number=1), Count(number=1)

    async def slow(event: Part) -> StopEvent:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await asyncio.sleep(0)
            ended.append("cleaned up")
        return StopEvent(result="slow")

    async def quick(event: Count) -> StopEvent:
        return StopEvent(result="quick")

    made = app.events("it", [start, slow, quick])
    async with Harness(app, database=place):
        handler = await made.run()
        assert await handler.result(timeout=30) == "quick"
        assert ended == ["cleaned up"]
        assert await handler.tasks() == ()


async def test_a_branch_that_waits_for_people_loses_its_task_when_another_ends_the_run(
    place: str,
) -> None:
    app = App()
    go = asyncio.Event()

    async def start(event: StartEvent) -> tuple[InputRequest, Count]:
        return InputRequest(prompt="Well?"), Count(number=1)

    async def answered(event: InputResponse) -> StopEvent:
        return StopEvent(result="people")

    async def quick(event: Count) -> StopEvent:
        await go.wait()
        return StopEvent(result="quick")

    made = app.events("it", [start, answered, quick])
    async with Harness(app, database=place):
        handler = await made.run()
        asked = [e async for e in _until_request(handler)]
        go.set()
        assert await handler.result(timeout=30) == "quick"
        receipt = await handler.respond_to_input(asked[0].request_id, 1)
        assert receipt.status == "cancelled"


async def _until_request(handler: Handler) -> AsyncIterator[InputRequest]:
    async for event in handler.stream_events():
        if isinstance(event, InputRequest):
            yield event
            return


async def test_a_run_in_which_nothing_can_happen_any_more_has_stalled_at_once(place: str) -> None:
    app = App()

    async def start(event: StartEvent) -> None: ...

    made = app.events("it", [start])
    async with Harness(app, database=place) as h:
        handler = await held(h, made)
        with pytest.raises(WorkflowStalled, match="'it' has stalled"):
            await handler.result(timeout=30)
        with pytest.raises(RunFailed):
            await handler.result(timeout=30)
        assert await handler.status() == "failed"


async def test_a_step_that_makes_what_nobody_takes_fails_and_is_not_tried_again() -> None:
    app, tried = App(), list[int]()

    class Lost(Event): ...

    @step(retries=5)
    async def start(ctx: StepContext, event: StartEvent) -> None:
        tried.append(1)
        await ctx.send_event(Lost())

    made = app.events("it", [start])
    async with Harness(app) as h:
        handler = await held(h, made)
        with pytest.raises(RunFailed) as caught:
            await handler.result(timeout=5)
    assert isinstance(caught.value.__cause__, StepFailed)
    assert isinstance(caught.value.__cause__.__cause__, DefinitionError)
    assert tried == [1]


# ── limits and failure ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("blocking", [False, True])
async def test_a_step_that_takes_too_long_fails_with_a_timeout(blocking: bool, place: str) -> None:
    app, release = App(), threading.Event()

    async def hangs(event: StartEvent) -> StopEvent:
        await asyncio.get_running_loop().create_future()
        return StopEvent()

    def blocks(event: StartEvent) -> StopEvent:
        release.wait(30)
        return StopEvent()

    made = app.events("it", [blocks if blocking else hangs], step_timeout="15m")
    async with Harness(app, database=place) as h:
        handler = await held(h, made)
        await h.advance("16m")
        with pytest.raises(RunFailed) as caught:
            await handler.result(timeout=5)
        release.set()
    cause = caught.value.__cause__
    assert isinstance(cause, StepFailed)
    assert isinstance(cause.__cause__, StepTimedOut)
    assert isinstance(cause.__cause__, TimeoutError)


async def test_the_workflows_timeout_does_not_count_the_time_people_take(place: str) -> None:
    app = App()

    async def start(event: StartEvent) -> InputRequest:
        return InputRequest(prompt="Well?", request_id="r")

    async def hangs(event: InputResponse) -> StopEvent:
        await asyncio.get_running_loop().create_future()
        return StopEvent()

    made = app.events("it", [start, hangs], timeout="2h")
    async with Harness(app, database=place) as h:
        handler = await held(h, made)
        await h.advance("3d")
        assert await handler.status() == "waiting"
        await handler.respond_to_input("r", 1)
        await h.advance("3h")
        with pytest.raises(RunTimedOut):
            await handler.result(timeout=5)


async def test_a_failed_run_goes_on_from_its_failed_step(place: str) -> None:
    app, ran, broken = App(), list[str](), [True]

    async def start(event: StartEvent) -> list[Part]:
        ran.append("start")
        return [Part(number=n) for n in range(3)]

    async def work(event: Part) -> Count:
        ran.append(f"work {event.number}")
        if event.number == 1 and broken:
            raise NonRetryable("not yet")
        return Count(number=event.number)

    async def join(ctx: StepContext, event: Count) -> StopEvent | None:
        found = ctx.collect(event, [Count] * 3)
        return StopEvent(result=sum(numbers(found))) if found else None

    made = app.events("it", [start, work, join])
    async with Harness(app, database=place) as h:
        handler = await held(h, made)
        assert await handler.status() == "failed"
        broken.clear()
        await handler.retry()
        assert await handler.result(timeout=30) == 3
    assert sorted(ran) == ["start", "work 0", "work 1", "work 1", "work 2"]


async def test_abort_ends_the_run_and_its_tasks_and_twice_is_harmless(place: str) -> None:
    app = App()

    async def start(event: StartEvent) -> InputRequest:
        return InputRequest(prompt="Well?")

    async def answered(event: InputResponse) -> StopEvent:
        return StopEvent()

    made = app.events("it", [start, answered])
    async with Harness(app, database=place) as h:
        handler = await held(h, made)
        assert [await handler.abort("no more") for _ in range(2)] == ["cancelled"] * 2
        assert (await h.inbox.tasks()).items == ()
        with pytest.raises(RunCancelled, match="no more"):
            await handler.result(timeout=30)


# ── people ──────────────────────────────────────────────────────────────────────────────────────


class Verdict(InputResponse): ...


class Ask(InputRequest):
    form = {"approved": "boolean"}  # noqa: RUF012
    answered_by = Verdict


def review(app: App) -> Any:
    async def start(event: StartEvent) -> list[Part]:
        return [Part(number=number) for number in range(event.parts)]  # type: ignore[attr-defined]  # pyright: ignore

    async def ask(event: Part) -> Ask:
        return Ask(prompt=f"Part {event.number}?", metadata=event, request_id=f"r{event.number}")

    async def count(ctx: StepContext, event: Verdict) -> StopEvent | None:
        ctx.state.update("said", lambda said: [*said, event.request_id], [])
        found = ctx.collect(event, [Verdict] * 3)
        return StopEvent(result=ctx.state["said"]) if found else None

    return app.events("review", [start, ask, count])


async def test_a_request_is_a_task_and_an_answer_in_the_inbox_resumes_the_workflow(
    place: str,
) -> None:
    app = App()
    made = review(app)
    async with Harness(app, database=place) as h:
        handler = await held(h, made, parts=3)
        tasks = (await h.inbox.tasks()).items
        assert {(task.title, task.value) for task in tasks} == {
            (f"Part {n}?", Part(number=n)) for n in range(3)
        }
        receipt = await h.inbox.answer(tasks[1].id, {"approved": "maybe"}, by="ann")
        assert (receipt.status, receipt.errors[0].pointer) == ("invalid", "/approved")
        for task in tasks:
            assert (await h.inbox.answer(task.id, {"approved": True}, by="ann")).ok
        assert sorted(await handler.result(timeout=5)) == ["r0", "r1", "r2"]


async def test_several_requests_are_open_at_once_and_only_their_branches_wait(place: str) -> None:
    app = App()
    made = review(app)
    async with Harness(app, database=place) as h:
        handler = await held(h, made, parts=3)
        pending = await handler.pending_requests()
        assert {(type(each), each.request_id, each.prompt) for each in pending} == {
            (Ask, f"r{n}", f"Part {n}?") for n in range(3)
        }
        typed = Verdict(request_id="r2", response={"approved": False})
        assert (await handler.respond_to_input_typed(typed)).status == "accepted"
        await h.rest()
        assert {each.request_id for each in await handler.pending_requests()} == {"r0", "r1"}
        await h.crash_and_restart()
        assert (await handler.respond_to_input("r0", {"approved": True})).status == "accepted"
        assert (
            await handler.respond_to_input("r2", {"approved": True})
        ).status == "already_decided"
        assert (await handler.respond_to_input("r9", 1)).status == "unknown"
        await handler.respond_to_input("r1", {"approved": True})
        assert await handler.result(timeout=30) == ["r2", "r0", "r1"]


@pytest.mark.parametrize("answer", [0, "", False, None, {}, [], "123"])
async def test_a_falsy_answer_is_an_answer_and_keeps_its_type(answer: Any, place: str) -> None:
    app = App()

    async def start(event: StartEvent) -> InputRequest:
        return InputRequest(prompt="Well?", request_id="r")

    async def answered(event: InputResponse) -> StopEvent:
        return StopEvent(result=[event.response])

    made = app.events("it", [start, answered])
    async with Harness(app, database=place) as h:
        handler = await held(h, made)
        assert (await handler.respond_to_input("r", answer)).status == "accepted"
        (got,) = await handler.result(timeout=5)
        assert (type(got), got) == (type(answer), answer)


async def test_a_callback_answers_while_the_stream_is_read(place: str) -> None:
    app = App()
    made = review(app)
    async with Harness(app, database=place) as h:
        handler = await made.run(parts=3)

        async def answer(event: Event) -> None:
            if isinstance(event, InputRequest):
                await handler.respond_to_input(event.request_id, {"approved": True})

        await handler.stream_events(answer)
        assert await handler.result() == ["r0", "r1", "r2"]
        assert (await h.inbox.tasks()).items == ()


async def test_an_answer_may_come_the_instant_the_request_is_on_the_stream() -> None:
    app = App("sqlite:///:memory:")

    async def start(event: StartEvent) -> InputRequest:
        return InputRequest(prompt="Again?")

    async def again(ctx: StepContext, event: InputResponse) -> InputRequest | StopEvent:
        ctx.state["n"] = ctx.state.get("n", 0) + 1
        return (
            StopEvent(result=ctx.state["n"])
            if ctx.state["n"] == 300
            else InputRequest(prompt="Again?")
        )

    made = app.events("it", [start, again])
    async with app:
        handler = await made.run()
        async for event in handler.stream_events():
            if isinstance(event, InputRequest):
                assert (await handler.respond_to_input(event.request_id, 1)).ok
        assert await handler.result() == 300


async def test_requests_of_a_child_surface_on_the_parent_with_their_path(place: str) -> None:
    app = App()
    made = review(app)

    @app.workflow
    async def parent(ctx: Context) -> list[str]:
        return list(await ctx.run(made, {"parts": 3}))

    async with Harness(app, database=place) as h:
        run = await h.start(parent)
        handler = Handler(run.id, app.system.runs.reached)
        pending = await handler.pending_requests()
        assert {(each.path, each.request_id) for each in pending} == {
            (("review",), f"r{n}") for n in range(3)
        }
        for number in range(3):
            receipt = await handler.respond_to_input(f"r{number}", {"approved": True})
            assert receipt.status == "accepted"
        assert sorted(await run.result(timeout=30)) == ["r0", "r1", "r2"]


# ── streams, handles ────────────────────────────────────────────────────────────────────────────


async def test_every_reader_gets_every_event_in_order_from_any_place_to_the_end(place: str) -> None:
    app = App()

    async def start(ctx: StepContext, event: StartEvent) -> Part:
        for number in range(3):
            _ = ctx.write_event_to_stream(Count(number=number))
            await asyncio.sleep(0)
        return Part(number=1)

    def finish(ctx: StepContext, event: Part) -> StopEvent:
        _ = ctx.write_event_to_stream(Count(number=3))
        return StopEvent(result="done")

    made = app.events("it", [start, finish])
    async with Harness(app, database=place) as h:
        handler = await made.run()
        live = [asyncio.ensure_future(_all(handler)) for _ in range(3)]
        await handler.result(timeout=30)
        seen = [await each for each in live] + [await _all(handler)]
        await h.crash_and_restart()
        seen.append(await _all(handler))
        wanted = [*(Count(number=n) for n in range(4)), StopEvent(result="done")]
        assert all(events == wanted for events in seen)
        places = [event.seq for event in seen[0]]
        assert places == sorted(set(places))
        assert await _all(handler, places[1]) == wanted[2:]
        assert await _all(handler, places[-1]) == []


async def _all(handler: Handler, after: int = 0) -> list[Event]:
    return [event async for event in handler.stream_events(after=after)]


async def test_a_handle_consumes_nothing(place: str) -> None:
    app = App()
    made = review(app)
    async with Harness(app, database=place) as h:
        handler = await held(h, made, parts=3)
        results = [asyncio.ensure_future(handler.result(timeout=30)) for _ in range(5)]
        until = asyncio.ensure_future(handler.wait_until("paused"))
        await handler.pause()
        assert await until == "paused"
        await handler.snapshot()
        await handler.resume_in_place()
        assert await handler.wait_until(["waiting", "succeeded"]) == "waiting"
        for number in range(3):
            await handler.respond_to_input(f"r{number}", {"approved": True})
        assert [await each for each in results] == [["r0", "r1", "r2"]] * 5
        assert await made.handler(handler.id).result() == ["r0", "r1", "r2"]


async def test_fifty_concurrent_increments_of_one_state_key_give_fifty(place: str) -> None:
    app = App()

    async def split(event: StartEvent) -> list[Part]:
        return [Part(number=n) for n in range(50)]

    async def add(ctx: StepContext, event: Part) -> Count:
        await asyncio.sleep(0)
        ctx.state.update("count", lambda count: count + 1, 0)
        await asyncio.sleep(0)
        return Count(number=1)

    async def join(ctx: StepContext, event: Count) -> StopEvent | None:
        return StopEvent(result=ctx.state["count"]) if ctx.collect(event, [Count] * 50) else None

    made = app.events("it", [split, add, join])
    async with Harness(app, database=place) as h:
        assert await (await held(h, made)).result(timeout=30) == 50


async def test_a_start_that_does_not_fit_makes_no_run() -> None:
    app = App()

    class Begin(StartEvent):
        topic: str

    async def start(event: Begin) -> StopEvent:
        return StopEvent(result=event.topic)

    made = app.events("it", [start])
    async with Harness(app) as h:
        with pytest.raises(InvalidInput):
            await made.run(topik="tides")
        assert (await app.runs()).items == ()
        handler = await made.start({"topic": "tides"}, id="r-1", by="ann", labels={"a": "b"})
        assert await handler.result(timeout=5) == "tides"
        assert (await (await h.start("it", {"topic": "sea"})).result(timeout=5)) == "sea"


async def test_changed_steps_park_the_run_and_the_old_ones_carry_it_on(tmp_path: Any) -> None:
    where = f"sqlite:///{tmp_path}/it.db"

    async def start(event: StartEvent) -> Part:
        return Part(number=1)

    async def ask(event: Part) -> InputRequest:
        return InputRequest(prompt="Well?", request_id="r")

    async def renamed(event: Part) -> InputRequest:
        return InputRequest(prompt="Well?", request_id="r")

    async def answered(event: InputResponse) -> StopEvent:
        return StopEvent(result=event.response)

    ran = list[str]()
    old: list[Any] = [start, ask, answered]
    new: list[Any] = [start, renamed, answered]
    for steps in (old, new, old):
        app = App(where)
        made = app.events("it", steps)
        async with Harness(app, database=where) as h:
            if not ran:
                handler = await made.start({}, id="r-1")
            handler = made.handler("r-1")
            await h.rest()
            if len(ran) == 1:  # a cold run meets other code only when it has something to do
                await handler.respond_to_input("r", 7)
                await h.rest()
                assert "'ask'" in (await handler.error() or "")
            ran.append(await handler.status())
    assert ran == ["waiting", "parked", "succeeded"]
