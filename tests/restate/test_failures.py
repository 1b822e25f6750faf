"""Whatever dies, a run goes on where it was: no step that finished runs again, no answer is lost.

A lease lasts an hour in these tests: nothing here goes on because one ran out.
"""

from __future__ import annotations

import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from assent import App, Restate, RunHandle
from tests.restate.sample import order
from tests.restate.workers import workers
from tests.restate_server import RestateServer, free_ports

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def door(database: str) -> AsyncGenerator[App]:
    """A process that looks and answers, and knows nothing of Restate."""
    app = App(database)
    app.register(order)
    await app.open(advance=False)
    async with app:
        yield app


async def steps(run: RunHandle[list[str]], kind: str) -> list[str]:
    """The keys of the steps of which this was told, in order."""
    return [event.data["key"] async for event in run.events() if event.name == f"step.{kind}"]


async def test_a_worker_killed_in_the_middle_of_a_step_is_followed_by_another_with_the_same_key(
    shared: str, restate: Restate, tmp_path: Path
) -> None:
    async with door(shared) as app:
        with workers(tmp_path, shared, restate) as there:
            there.holds("a-first", "a-second")
            first = await there.start()
            run = await app.start(order, "a", id="a")
            name, process, key = await there.began()
            assert (name, process) == ("a-first", first.pid)

            second = await there.start()
            first.kill()
            assert await there.began() == ("a-first", second.pid, key)

            there.lets_go("a-first")
            await run.wait()
            assert (await run.approve("ship", by="ann")).status == "accepted"
            name, process, _ = await there.began()
            assert (name, process) == ("a-second", second.pid)
            there.lets_go("a-second")
            assert await run.result() == ["a-first", "approved", "a-second"]
        assert await steps(run, "finished") == ["first", "second"]


async def test_a_worker_killed_for_good_is_followed_by_one_at_another_address(
    shared: str, restate: Restate, tmp_path: Path
) -> None:
    async with door(shared) as app:
        with workers(tmp_path, shared, restate) as there:
            there.holds("a-first")
            first = await there.start()
            await app.start(order, "a", id="a")
            name, process, key = await there.began()
            assert (name, process) == ("a-first", first.pid)
            first.kill()
            (port,) = free_ports(1)
            second = await there.start(at=f"127.0.0.1:{port}")
            assert await there.began() == ("a-first", second.pid, key)


async def test_a_worker_that_is_there_no_more_but_does_not_say_so_is_followed_by_another(
    shared: str, tmp_path: Path
) -> None:
    pings = "RESTATE_WORKER__INVOKER__HTTP2_KEEP_ALIVE_"
    server = RestateServer(**{f"{pings}INTERVAL": "500ms", f"{pings}TIMEOUT": "2s"})
    server.start()
    try:
        async with door(shared) as app:
            with workers(tmp_path, shared, server.engine()) as there:
                there.holds("a-first", "a-second")
                first = await there.start()
                await app.start(order, "a", id="a")
                _, process, key = await there.began()
                assert process == first.pid
                second = await there.start()
                first.send_signal(signal.SIGSTOP)  # it answers nothing, and its connections stay
                assert await there.began() == ("a-first", second.pid, key)
    finally:
        server.drop()


async def test_a_worker_that_is_told_to_end_lets_its_step_end_and_hands_the_run_on(
    shared: str, restate: Restate, tmp_path: Path
) -> None:
    async with door(shared) as app:
        with workers(tmp_path, shared, restate) as there:
            there.holds("a-first", "a-second")
            first = await there.start()
            run = await app.start(order, "a", id="a")
            await there.began()
            second = await there.start()
            first.send_signal(signal.SIGTERM)
            there.lets_go("a-first")
            assert await there.ended(first) == 0

            await run.wait()
            await run.approve("ship", by="ann")
            name, process, _ = await there.began()
            assert (name, process) == ("a-second", second.pid)
            there.lets_go("a-second")
            assert await run.result() == ["a-first", "approved", "a-second"]
        assert await steps(run, "started") == ["first", "second"]


@pytest.mark.parametrize("disk", ["kept", "lost"])
async def test_answers_given_while_restate_is_away_take_effect_once_it_is_back(
    shared: str, tmp_path: Path, disk: str
) -> None:
    server = RestateServer()
    server.start()
    try:
        async with door(shared) as app:
            with workers(tmp_path, shared, server.engine()) as there:
                there.holds("a-first", "a-second")
                await there.start()
                run = await app.start(order, "a", id="a")
                await there.began()
                server.kill()
                there.lets_go("a-first")  # what is under way goes on: its facts are not Restate's
                await run.wait()
                assert (await run.approve("ship", by="ann")).status == "accepted"
                if disk == "lost":
                    server.forget()
                server.start()
                assert (await there.began())[0] == "a-second"
                there.lets_go("a-second")
                assert await run.result() == ["a-first", "approved", "a-second"]
            assert await steps(run, "finished") == ["first", "second"]
    finally:
        server.drop()
