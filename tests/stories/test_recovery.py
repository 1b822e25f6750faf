"""Recovery is by itself at start, and a file that is not ours is left alone."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from assent import (
    App,
    ConfigurationError,
    Context,
    NotOpen,
    Settings,
    StoreLocked,
    StoreNewer,
    current_step,
)
from assent.engine.branch import Branch
from assent.engine.checks import Checks
from assent.engine.execution import Execution
from assent.events import InputRequest, InputResponse, StartEvent, StopEvent
from assent.testing import START, Harness
from tests.raw import altered
from tests.stories.telling import count, names

pytestmark = pytest.mark.anyio


# ── D42: by itself, and not for ever ────────────────────────────────────────────────────────────


async def test_what_was_running_goes_on_by_itself_at_start(app: App) -> None:
    hangs = True
    ran: list[int] = []

    @app.workflow
    async def work(ctx: Context, number: int) -> int:
        async def step() -> int:
            if hangs:
                await asyncio.Event().wait()
            ran.append(number)
            return number

        return await ctx.step(step)

    async with Harness(app) as h:
        runs = [await app.start(work, number) for number in range(20)]
        await h.rest()
        await h.crash()
        hangs = False
        await h.open()
        assert [await run.result(timeout=5) for run in runs] == list(range(20))
        assert sorted(ran) == list(range(20))
        assert (await count(h))["run.recovered"] == 20


async def test_code_that_goes_on_while_its_app_is_being_opened_or_closed_may_use_the_app(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, looks, looked = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @app.workflow
    async def work(ctx: Context) -> list[str]:
        async def look() -> str:
            looks.set()
            await hangs.wait()
            try:
                return (await app.run(ctx.run_id).status()).value
            finally:
                looked.set()

        return [await ctx.step("first", look), await ctx.step("second", look)]

    async def told(events: asyncio.Event) -> None:
        await events.wait()
        events.clear()

    take_up = Checks.take_up

    async def once_looked(self: Checks, *given: Any) -> None:
        await told(looked)  # so it is not open before its code has gone on
        await take_up(self, *given)

    async with Harness(app) as h:
        run = await app.start(work)
        await told(looks)
        await h.crash()
        hangs.set()
        with monkeypatch.context() as opening:
            opening.setattr(Checks, "take_up", once_looked)
            await h.open()
        hangs.clear()
        await told(looks)
        closing = asyncio.create_task(app.close())
        for _ in range(20):
            await asyncio.sleep(0)
        hangs.set()
        await closing
        await h.open()
        assert await run.result(timeout=30) == ["running", "running"]


async def test_a_run_that_keeps_ending_its_process_is_parked_with_its_reason_and_others_go_on() -> (
    None
):
    app = App(settings=Settings(max_recoveries=3))
    tried: list[int] = []
    hanging = asyncio.Event()

    @app.workflow
    async def poison(ctx: Context) -> str:
        async def kills() -> str:
            tried.append(1)
            if len(tried) <= 4:
                hanging.set()
                await asyncio.Event().wait()
            return "harmless now"

        return await ctx.step(kills)

    @app.workflow
    async def fine(ctx: Context) -> str:
        return (await ctx.approve("it")).outcome

    async with Harness(app) as h:
        bad, good = await app.start(poison), await app.start(fine)
        await good.wait(timeout=5)
        for _ in range(3):
            await hanging.wait()
            hanging.clear()
            await h.crash()
            await h.open()
            assert await bad.status() == "running"
        await hanging.wait()
        await h.crash()
        await h.open()
        await h.run_until_idle()

        assert await bad.status() == "parked"
        assert "3 times" in (await bad.error() or "")
        assert len(tried) == 4
        await good.approve("it", by="bob")
        assert await good.result(timeout=5) == "approved"

        # It is left alone until somebody has looked.
        await h.crash_and_restart()
        assert (await bad.status(), len(tried)) == ("parked", 4)
        await bad.retry(by="ann")
        assert await bad.result(timeout=5) == "harmless now"
        assert (await count(h, bad))["run.parked"] == 1


async def test_a_run_whose_journal_cannot_be_read_is_parked_with_its_reason_and_others_go_on(
    app: App, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    @app.workflow
    async def work(ctx: Context) -> str:
        await ctx.step("begin", lambda: 1)
        return (await ctx.approve("it")).outcome

    async with Harness(app, database=place) as h:
        bad, good = await h.start(work, id="bad"), await h.start(work, id="good")
        there = app.system.settings.database
        await h.crash()
        await altered(
            there,
            "update entry set kind = 'step.dreamt' where kind = 'step.started' and run = 'bad'",
        )
        await h.open()
        found = await app.upkeep.check()
        assert [trouble.run for trouble in found.troubles] == ["bad"]
        assert (await bad.approve("it", by="bob")).status == "accepted"
        assert (await good.approve("it", by="bob")).status == "accepted"
        await h.rest()

        assert await good.result(timeout=5) == "approved"
        assert await bad.status() == "parked"
        assert "step.dreamt" in (await bad.error() or "")
        assert not caplog.records

        await h.crash()
        await altered(there, "update entry set kind = 'step.started' where kind = 'step.dreamt'")
        await h.open()
        assert await bad.result(timeout=5) == "approved"


async def test_a_run_that_gets_on_between_two_crashes_is_never_given_up() -> None:
    app = App(settings=Settings(max_recoveries=1))

    hanging = asyncio.Event()
    fresh: set[int] = set()

    async def hangs_once(number: int) -> None:
        if number not in fresh:
            fresh.add(number)
            hanging.set()
            await asyncio.Event().wait()

    @app.workflow
    async def long(ctx: Context) -> int:
        for number in range(10):
            await ctx.step(hangs_once, number)
        return 10

    async with Harness(app) as h:
        run = await app.start(long)
        for _ in range(10):
            await hanging.wait()
            hanging.clear()
            await h.crash()
            await h.open()
        assert await run.result(timeout=5) == 10
        assert (await count(h, run))["run.recovered"] == 10


async def test_an_orderly_restart_lets_running_steps_end_and_repeats_nothing(app: App) -> None:
    release, entered = asyncio.Event(), asyncio.Event()
    ran: list[str] = []

    @app.workflow
    async def work(ctx: Context) -> list[str]:
        async def slow() -> str:
            entered.set()
            await release.wait()
            ran.append(current_step().key)
            return "slow"

        first = await ctx.step(slow)
        return [first, str(await ctx.step("next", lambda: ran.append("next") or "next"))]

    async with Harness(app) as h:
        run = await app.start(work)
        await entered.wait()
        restarting = asyncio.ensure_future(h.restart())
        await asyncio.sleep(0)
        release.set()
        await restarting
        assert await run.result(timeout=5) == ["slow", "next"]
        assert ran == ["slow", "next"]


async def test_many_waiting_runs_need_little_memory_and_go_on_in_any_order() -> None:
    app = App(settings=Settings(hot_runs=1))
    ran: list[int] = []

    @app.workflow
    async def refund(ctx: Context, number: int) -> list[int]:
        await ctx.step("price", ran.append, number)
        answer: int = await ctx.ask("amount", int)
        more: int = await ctx.ask("more", int)
        return [number, answer, more]

    async with Harness(app) as h:
        runs = [await app.start(refund, number) for number in range(60)]
        await h.run_until_idle()
        order = sorted(range(60), key=lambda number: (number * 37) % 60)
        for key in ("amount", "more"):
            for number in order:
                assert (await runs[number].answer(key, number * 2, by="bob")).status == "accepted"
            await h.run_until_idle()
        results = [await run.result(timeout=5) for run in runs]
        assert results == [[number, number * 2, number * 2] for number in range(60)]
        assert sorted(ran) == list(range(60))


def alive() -> list[object]:
    """What is in memory of runs that are advanced."""
    return [it for it in gc.get_objects() if isinstance(it, Execution | Branch)]


@pytest.mark.parametrize("kept", ["hot", "cold"])
async def test_an_ended_run_leaves_nothing_for_the_garbage_collector(kept: str) -> None:
    app = App(settings=Settings() if kept == "hot" else Settings(hot_runs=1))

    @app.workflow
    async def refund(ctx: Context, number: int) -> int:
        await ctx.gather(ctx.step("price", abs, number), ctx.step("stock", abs, number))
        answer: int = await ctx.ask("amount", int)
        return answer

    async with Harness(app) as h:
        gc.collect()
        before = alive()
        gc.disable()  # a collection costs a busy server more than a hundred runs
        try:
            runs = [await h.start(refund, number) for number in range(3)]
            for run in runs:
                await run.answer("amount", 1, by="bob")
            await h.run_until_idle()
            assert [it for it in alive() if all(it is not other for other in before)] == []
        finally:
            gc.enable()


async def test_an_ended_event_driven_run_leaves_nothing_for_the_garbage_collector(app: App) -> None:
    async def ask(event: StartEvent) -> InputRequest:
        return InputRequest(prompt="Well?", request_id="r")

    async def end(event: InputResponse) -> StopEvent:
        return StopEvent(result=event.response)

    made = app.events("it", [ask, end])
    async with Harness(app) as h:
        gc.collect()
        before = alive()
        gc.disable()
        try:
            for _ in range(3):
                handler = await made.run()
                await h.rest()
                await handler.pause()
                await handler.resume_in_place()
                await handler.respond_to_input("r", 1)
                await h.rest()
                assert await handler.result(timeout=30) == 1
            assert [it for it in alive() if all(it is not other for other in before)] == []
        finally:
            gc.enable()


# ── files ───────────────────────────────────────────────────────────────────────────────────────


def fingerprint(file: Path) -> str:
    """What is in a file, for certain."""
    return sha256(file.read_bytes()).hexdigest()


async def made(database: str, file: Path) -> None:
    """A database with a waiting run in it."""
    app = App(database)

    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.approve("it")

    async with app:
        await (await app.start(refund, id="r-1")).wait(timeout=5)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")


@pytest.mark.not_on_restate("file")
async def test_a_database_that_a_newer_version_has_written_is_refused_and_left_untouched(
    database: str, tmp_path: Path
) -> None:
    file = tmp_path / "test.db"
    await made(database, file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("insert into migration values (99, 'unknown', '2030-01-01')")
        connection.execute("alter table run add column from_the_future text")
        connection.commit()
        connection.execute("pragma wal_checkpoint(truncate)")
    before = fingerprint(file)

    app = App(database)
    for _ in range(2):
        with pytest.raises(StoreNewer) as refused:
            await app.open()
        assert "99" in str(refused.value)
        assert not app.is_open
    assert fingerprint(file) == before
    assert issubclass(StoreNewer, ConfigurationError)


@pytest.mark.not_on_restate("file")
async def test_a_database_whose_migrations_are_not_ours_is_refused(
    database: str, tmp_path: Path
) -> None:
    file = tmp_path / "test.db"
    await made(database, file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("update migration set checksum = 'edited' where version = 1")
        connection.commit()
    with pytest.raises(ConfigurationError, match="Migration 1"):
        await App(database).open()


@pytest.mark.not_on_restate("file")
async def test_a_file_that_is_no_database_is_refused_and_left_untouched(
    database: str, tmp_path: Path
) -> None:
    file = tmp_path / "test.db"
    file.write_text("These are my notes, not a database. " * 100)
    before = fingerprint(file)
    with pytest.raises(ConfigurationError):
        await App(database).open()
    assert fingerprint(file) == before


@pytest.mark.parametrize(
    "database", ["", "sqlite://x.db", "mysql://x/y", "assent.db", "sqlite:///"]
)
async def test_a_database_that_cannot_be_used_is_refused_by_name(database: str) -> None:
    with pytest.raises(ConfigurationError):
        await App(database or "?").open()


@pytest.mark.not_on_restate("file")
async def test_a_second_process_is_told_who_holds_the_file(database: str, tmp_path: Path) -> None:
    first = App(database)
    await first.open()
    try:
        with pytest.raises(StoreLocked) as refused:
            await App(database).open()
        assert str(os.getpid()) in str(refused.value)
        assert "test.db" in str(refused.value)
    finally:
        await first.close()
    second = App(database)
    await second.open()
    await second.close()


async def test_an_app_that_is_not_open_says_so(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> str:
        return (await ctx.approve("it")).outcome

    with pytest.raises(NotOpen):
        await app.start(refund)
    with pytest.raises(NotOpen):
        app.run("r-1")
    async with Harness(app) as h:
        run = await h.start(refund, id="r-1")
        await app.close()
        with pytest.raises(NotOpen):
            await run.status()
        await h.open()
        assert await run.status() == "waiting"  # a handle is a view, and outlives the restart
        await run.approve("it", by="bob")
        assert await run.result(timeout=5) == "approved"


async def test_opening_twice_and_closing_twice_is_harmless(database: str) -> None:
    app = App(database)
    await asyncio.gather(app.open(), app.open())
    await app.open()
    await app.close()
    await app.close()
    assert not app.is_open


async def test_nothing_is_kept_of_a_database_in_memory() -> None:
    app = App("sqlite:///:memory:")

    @app.workflow
    async def refund(ctx: Context) -> str:
        return (await ctx.approve("it")).outcome

    for _ in range(2):
        async with app:
            run = await app.start(refund, id="r-1")
            assert (await run.wait(timeout=5)).status == "waiting"
            assert (await run.approve("it", by="bob")).status == "accepted"
            assert await run.result(timeout=5) == "approved"


# ── D41: a real process, really killed ──────────────────────────────────────────────────────────

CODE = """
import asyncio, sys
from pathlib import Path
from assent import App, Context, current_step

app = App(sys.argv[1])
log = Path(sys.argv[2])

def effect(name):
    with log.open("a") as file:
        file.write(f"{name} {current_step().idempotency_key}\\n")
    return name

@app.workflow
async def refund(ctx: Context, number: int) -> str:
    await ctx.step("price", effect, f"price-{number}")
    decision = await ctx.approve("refund", value=number)
    await ctx.step("pay", effect, f"pay-{number}")
    await ctx.step("tell", effect, f"tell-{number}")
    return f"{decision.outcome} {number}"

async def main():
    async with app:
        print("open", flush=True)
        for number in range(RUNS):
            run = await app.start(refund, number, id=f"r-{number}")
        print("started", flush=True)
        for number in range(RUNS):
            run = app.run(f"r-{number}")
            if (await run.wait()).status == "waiting":
                receipt = await run.approve("refund", by="bob")
                print(f"{receipt.status} r-{number}", flush=True)
        for number in range(RUNS):
            print("result", await app.run(f"r-{number}").result(), flush=True)

RUNS = int(sys.argv[3])
asyncio.run(main())
"""


@contextmanager
def process(tmp_path: Path, runs: int) -> Generator[subprocess.Popen[str]]:
    """A process that starts runs and answers them."""
    script = tmp_path / "refunds.py"
    script.write_text(CODE)
    with subprocess.Popen(
        [
            sys.executable,
            str(script),
            f"sqlite:///{tmp_path / 'test.db'}",
            str(tmp_path / "log"),
            str(runs),
        ],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": "src"},
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def test_kill_9_of_a_real_process_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    runs, acknowledged = 12, set[str]()
    results: list[str] = []
    for lines in (1, 3, 9, 15, 10_000):  # how many lines it may write before it is killed
        with process(tmp_path, runs) as running:
            assert running.stdout is not None
            for place, line in enumerate(running.stdout, 1):
                if line.startswith("accepted"):
                    answered = line.split()[1]
                    assert answered not in acknowledged, "an answer was accepted twice"
                    acknowledged.add(answered)
                if line.startswith("result"):
                    results.append(line.removeprefix("result ").strip())
                if place == lines:
                    running.send_signal(signal.SIGKILL)
                    break
            running.wait(20)

    assert results[-runs:] == [f"approved {number}" for number in range(runs)]
    logged = [line.split() for line in (tmp_path / "log").read_text().splitlines()]
    keys: dict[str, set[str]] = {}
    for name, key in logged:
        keys.setdefault(name, set()).add(key)
    # Every effect happened; what was cut off was done again under the same key.
    assert set(keys) == {f"{step}-{n}" for step in ("price", "pay", "tell") for n in range(runs)}
    assert all(len(used) == 1 for used in keys.values())
    assert len(logged) <= 3 * runs + 4 * 16

    with closing(sqlite3.connect(tmp_path / "test.db")) as connection:
        finished = connection.execute(
            "select count(*), count(distinct run || key) from entry where kind = 'step.finished'"
        ).fetchone()
        closed = connection.execute(
            "select count(*) from entry where kind = 'task.closed'"
        ).fetchone()
    assert finished == (3 * runs, 3 * runs)
    assert closed == (runs,)


async def test_a_crash_in_the_first_moment_of_an_app_leaves_a_usable_file(
    database: str, tmp_path: Path
) -> None:
    app = App()

    @app.workflow
    async def refund(ctx: Context) -> Any:
        return ctx.now()

    for _ in range(3):
        async with Harness(app, database=database) as h:
            await h.crash()
    (tmp_path / "test.db.lock").write_text("")  # a lock file that a dead process left
    (tmp_path / "test.db.holder").write_text("process 1")
    async with Harness(app, database=database) as h:
        run = await h.start(refund)
        assert await run.result(timeout=5) == START
        assert await names(h, run) == ["run.started", "run.finished"]


async def test_who_waits_for_a_result_when_the_app_is_closed_is_told_so(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.approve("it")

    async with Harness(app) as h:
        run = await h.start(refund)
        waiting = asyncio.ensure_future(run.result())
        await asyncio.sleep(0)
        await app.close()
        with pytest.raises(NotOpen):
            await asyncio.wait_for(waiting, 5)
        await h.open()
