"""Whoever watches is told, in order, and can harm nothing: channels, observers, middleware, failure hooks."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel

from assent import App, Context, DefinitionError, Event, Failure, InvalidInput, NonRetryable
from assent.testing import Harness
from tests.stories.telling import names, told

pytestmark = pytest.mark.anyio


class Progress(BaseModel):
    """How far it is."""

    percent: int


@dataclass
class Note:
    """Something said."""

    text: str


async def until(reached: asyncio.Event) -> None:
    """Return once something was told."""
    async with asyncio.timeout(60):
        await reached.wait()


# ── H72: custom events are typed ────────────────────────────────────────────────────────────────


async def test_what_fits_its_channel_is_told_with_its_type(app: App, place: str) -> None:
    app.channel("progress", Progress)
    app.channel("note", Note)

    @app.workflow
    async def work(ctx: Context) -> None:
        await ctx.emit("progress", Progress(percent=40))
        await ctx.emit("progress", {"percent": 60})
        await ctx.emit("note", Note("half way"))

    async with Harness(app, database=place) as h:
        run = await h.start("work")
        said = [e.data for e in await told(h, run) if not e.name.startswith(("run.", "step."))]
        assert said == [Progress(percent=40), Progress(percent=60), Note("half way")]


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("progress", {"percent": "lots"}, InvalidInput),
        ("progress", None, InvalidInput),
        ("progres", {"percent": 1}, DefinitionError),
        ("", 1, DefinitionError),
        ("run.finished", {"status": "succeeded"}, DefinitionError),
    ],
)
async def test_wrong_data_and_unknown_names_are_refused_and_nothing_is_stored(
    app: App, name: str, data: Any, error: type[Exception], place: str
) -> None:
    app.channel("progress", Progress)

    @app.workflow
    async def work(ctx: Context) -> str:
        try:
            await ctx.emit(name, data)
        except error:
            return "refused"
        return "told"

    async with Harness(app, database=place) as h:
        run = await h.start("work")
        assert await run.result() == "refused"
        assert await names(h, run) == ["run.started", "run.finished"]


async def test_without_channels_any_name_may_be_told_but_not_the_journals_own(
    app: App, place: str
) -> None:
    @app.workflow
    async def work(ctx: Context) -> None:
        await ctx.emit("anything", object)

    @app.workflow
    async def spoof(ctx: Context) -> None:
        await ctx.emit("task.closed")

    async with Harness(app, database=place) as h:
        run = await h.start("work", id="w")
        assert await run.status() == "failed"  # a class cannot be kept; the name is no matter
        spoofed = await (await h.start("spoof")).wait()
        assert isinstance(spoofed.error and spoofed.error.__cause__, DefinitionError)


def test_a_channel_is_declared_once(app: App) -> None:
    app.channel("progress", Progress)
    with pytest.raises(DefinitionError, match="declared already"):
        app.channel("progress", Note)
    with pytest.raises(DefinitionError, match="journal itself"):
        app.channel("task.opened")


# ── observers ───────────────────────────────────────────────────────────────────────────────────


async def test_an_observer_hears_what_it_asked_for_in_order_and_may_fail(
    app: App, place: str
) -> None:
    heard: list[str] = []
    done = asyncio.Event()

    @app.observe("task.*", "run.finished")
    async def tell(event: Event) -> None:
        heard.append(event.name)
        if event.name == "run.finished":
            done.set()
        raise RuntimeError("broken")

    @app.observe("run.started")
    def sync(event: Event) -> None:
        heard.append(f"sync {event.name}")

    @app.workflow
    async def work(ctx: Context) -> str:
        await ctx.step("one", lambda: 1)
        return (await ctx.approve("ok")).outcome

    async with Harness(app, database=place) as h:
        run = await h.start("work")
        await h.person("ann").approves("ok")
        assert await run.result() == "approved"
        await until(done)
    assert [name for name in heard if not name.startswith("sync")] == [
        "task.opened",
        "task.answered",
        "task.closed",
        "run.finished",
    ]
    assert "sync run.started" in heard


async def test_an_observer_that_hangs_holds_up_nobody(app: App, place: str) -> None:
    hears = asyncio.Event()

    @app.observe()
    async def hang(event: Event) -> None:
        await asyncio.Event().wait()

    @app.observe("run.finished")
    async def hear(event: Event) -> None:
        hears.set()

    @app.workflow
    async def work(ctx: Context) -> int:
        return await ctx.step("one", lambda: 1)

    async with Harness(app, database=place) as h:
        assert await (await h.start("work")).result() == 1
        await until(hears)
        await h.crash()
        await h.open()


async def test_an_observer_may_be_added_while_the_app_is_open(app: App, place: str) -> None:
    heard = asyncio.Event()

    @app.workflow
    async def work(ctx: Context) -> None: ...

    async with Harness(app, database=place) as h:
        before = await h.start("work", id="before")

        @app.observe("run.finished")
        async def hear(event: Event) -> None:
            assert event.run_id != before.id
            heard.set()

        await asyncio.sleep(0)
        await h.rest()
        await h.start("work")
        await until(heard)


# ── middleware ──────────────────────────────────────────────────────────────────────────────────


class Telling:
    """A middleware that writes down what it is called with."""

    def __init__(self, name: str, lines: list[tuple[Any, ...]], *, broken: bool = False) -> None:
        self.name, self.lines, self.broken = name, lines, broken

    def _say(self, *line: Any) -> None:
        self.lines.append((self.name, *line))
        if self.broken:
            raise RuntimeError("broken")

    async def before_execution(self, ctx: Any, step_name: str, kind: str) -> None:
        self._say("before", ctx.run_id, step_name, kind)

    async def after_execution(self, context: Any, step: str, result: Any) -> None:
        self._say("after", context.workflow, step, type(result).__name__)

    def run_started(self, run_id: str) -> None:
        self._say("started", run_id)

    async def run_completed(self, ctx: Any, status: str, output: Any) -> None:
        self._say("completed", ctx.run_id, str(status), output)

    async def on_error(self, error: Exception, **more: Any) -> None:
        self._say("error", type(error).__name__, more.get("step"))


@pytest.mark.parametrize("broken", [False, True])
async def test_middleware_is_called_in_the_order_given_and_a_broken_one_harms_nothing(
    app: App, broken: bool, place: str
) -> None:
    lines: list[tuple[Any, ...]] = []
    app.middleware(Telling("A", lines, broken=broken))
    app.middleware(Telling("B", lines))

    @app.workflow
    async def work(ctx: Context) -> int:
        await ctx.step("one", lambda: 1)
        return await ctx.step("two", lambda: 2)

    async with Harness(app, database=place) as h:
        run = await h.start("work", id="w")
        assert await run.result() == 2
        await h.rest()
    assert [line for who, *line in lines if who == "B"] == [
        ["started", "w"],
        ["before", "w", "one", "step"],
        ["after", "work", "one", "int"],
        ["before", "w", "two", "step"],
        ["after", "work", "two", "int"],
        ["completed", "w", "succeeded", 2],
    ]
    assert [who for who, *_ in lines] == ["A", "B"] * 6


@pytest.mark.not_on_restate("hot")
@pytest.mark.parametrize("broken", [False, True])
async def test_middleware_hears_of_what_a_wait_in_memory_brought_and_a_broken_one_harms_nothing(
    app: App, broken: bool, place: str
) -> None:
    lines: list[tuple[Any, ...]] = []
    app.middleware(Telling("A", lines, broken=broken))
    app.middleware(Telling("B", lines))

    @app.workflow
    async def work(ctx: Context) -> str:
        await ctx.step("one", lambda: 1)
        result = await ctx.wait_for_event("go")
        return str(result.data)

    async with Harness(app, database=place) as h:
        run = await h.start("work", id="w")
        assert await run.status() == "waiting"
        await h.app.notify("go", "on")
        assert await run.result() == "on"
        await h.rest()
        plain = await names(h, run)
    told_b = [line for who, *line in lines if who == "B"]
    assert told_b == [
        ["started", "w"],
        ["before", "w", "one", "step"],
        ["after", "work", "one", "int"],
        ["before", "w", "go", "event"],
        ["after", "work", "go", "str"],
        ["completed", "w", "succeeded", "on"],
    ]
    assert [who for who, *_ in lines] == ["A", "B"] * len(told_b)
    assert plain == [
        "run.started",
        "step.started",
        "step.finished",
        "event.waiting",
        "run.waiting",
        "event.received",
        "run.finished",
    ]


async def test_middleware_hears_of_errors_cancellation_and_nothing_on_replay(
    app: App, place: str
) -> None:
    lines: list[tuple[Any, ...]] = []
    app.middleware(Telling("A", lines))

    def fail() -> None:
        raise NonRetryable("no")

    @app.workflow
    async def fails(ctx: Context) -> None:
        await ctx.step("fragile", fail)

    @app.workflow
    async def waits(ctx: Context) -> None:
        await ctx.step("one", lambda: 1)
        await ctx.approve("ok")

    async with Harness(app, database=place) as h:
        await h.start("fails", id="f")
        assert [line[1:] for line in lines if line[1] in ("error", "completed")] == [
            ("error", "NonRetryable", "fragile"),
            ("error", "StepFailed", None),
            ("completed", "f", "failed", None),
        ]
        await h.start("waits", id="w")
        lines.clear()
        run = await h.crash_and_restart()
        await run.cancel()
        await h.rest()
        assert lines == [("A", "completed", "w", "cancelled", None)]


def test_a_middleware_that_could_never_be_called_is_refused(app: App) -> None:
    class Nothing: ...

    class Wrong:
        def run_started(self, weather: str) -> None: ...

    with pytest.raises(DefinitionError, match="none of before_execution"):
        app.middleware(Nothing)
    with pytest.raises(DefinitionError, match=r"Wrong\.run_started.*'weather'"):
        app.middleware(Wrong)


# ── failure hooks ───────────────────────────────────────────────────────────────────────────────


async def test_a_failure_is_handed_over_once_retried_and_over_restarts(
    app: App, place: str
) -> None:
    heard: list[Failure] = []
    handled = asyncio.Event()

    @app.on_failure(retries=2)
    async def tell(failure: Failure) -> None:
        heard.append(failure)
        if len(heard) == 1:
            raise ConnectionError("the pager is away")
        handled.set()

    @app.workflow
    async def fails(ctx: Context) -> None:
        raise ValueError("the till is empty")

    @app.workflow
    async def works(ctx: Context) -> None: ...

    async with Harness(app, database=place) as h:
        await h.start("works")
        await h.start("fails", id="f", labels={"team": "a"})
        while not heard:
            await h.rest()
        await h.advance("1m")
        await until(handled)
        await h.rest()
        await h.crash_and_restart()
        await h.rest()
        wanted = Failure(
            run_id="f",
            workflow="fails",
            status="failed",
            error="ValueError: the till is empty",
            labels={"team": "a"},
        )
        assert heard == [wanted, wanted]
        (about,) = (await h.app.runs(label="about=f")).items
        assert about.status == "succeeded"


async def test_a_failure_that_is_read_again_after_a_retry_is_not_handed_over_again_nor_in_the_way(
    app: App, place: str
) -> None:
    heard: list[tuple[str, str]] = []
    attempts = itertools.count(1)

    @app.on_failure(retries=0)
    async def tell(failure: Failure) -> None:
        heard.append((failure.run_id, failure.error))

    @app.workflow
    async def fails(ctx: Context) -> None:
        raise ValueError(f"no {next(attempts)}")

    async with Harness(app, database=place) as h:
        run = await h.start("fails", id="f")
        while len(heard) < 1:
            await h.rest()
        await run.retry()
        while len(heard) < 2:
            await h.rest()
        await h.app.system.failures.stop()
        await h.app.store.replace("cursor", "on_failure", 0)  # as if it had died before it wrote
        await h.crash_and_restart()
        await h.start("fails", id="g")
        while len(heard) < 3:
            await h.rest()
        assert heard == [
            ("f", "ValueError: no 1"),
            ("f", "ValueError: no 2"),
            ("g", "ValueError: no 3"),
        ]


async def test_failures_while_nobody_listened_are_handed_over_later_and_hooks_do_not_chain(
    app: App, database: str
) -> None:
    heard: list[str] = []
    handled = asyncio.Event()

    @app.on_failure(workflow="fails", retries=0)
    def tell(failure: Failure) -> None:
        heard.append(failure.run_id)
        handled.set()
        raise RuntimeError("the hook is broken")

    @app.workflow
    async def fails(ctx: Context) -> None:
        raise ValueError("no")

    @app.workflow
    async def fails_too(ctx: Context) -> None:
        raise ValueError("no")

    async with Harness(app, database=database) as h:
        await h.start("fails_too")
        await h.app.system.failures.stop()
        await h.start("fails", id="f")
        await h.crash_and_restart()
        await until(handled)
        await h.rest()
        assert heard == ["f"]
        assert len((await h.app.runs(status="failed")).items) == 3
