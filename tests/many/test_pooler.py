"""Behind pgbouncer, which lends connections for a transaction: nothing lives in a session, and nothing is missed."""

from __future__ import annotations

import asyncio

import pytest

from assent import App, ConfigurationError, Context, Settings
from assent.stores.postgres.options import Postgres
from tests.pooler import pooler

pytestmark = pytest.mark.anyio
PATIENT = 120  # seconds, for a machine that is busy with other things


def an_app(url: str) -> App:
    """A process as the docs set one up behind a pooler."""
    app = App(settings=Settings(database=url, postgres=Postgres(wake="poll", poll=0.05)))

    @app.workflow
    async def part(ctx: Context, number: int) -> int:
        await ctx.sleep("1ms")
        return 2 * number

    @app.workflow
    async def refund(ctx: Context, number: int) -> tuple[int, str | None, str]:
        doubled = await ctx.run(part, await ctx.step(abs, number))
        decision = await ctx.approve("refund", value=doubled)
        paid = await ctx.wait_for_event("paid")
        return doubled, decision.by, paid.data

    return app


@pytest.mark.parametrize("size", [8, 1])
async def test_runs_started_in_one_process_are_answered_in_another(size: int) -> None:
    """With one connection to the server, too, which all of both processes share."""
    ids = [f"r-{number}" for number in range(6)]
    with pooler(size=size) as url:
        a, b = an_app(url), an_app(url)
        await asyncio.gather(a.open(), b.open())  # both find no schema yet

        async def all_of_it(app: App, door: App, number: int) -> None:
            run = await app.start("refund", -number, id=ids[number])
            (task,) = (await door.run(run.id).wait(timeout=PATIENT)).tasks
            assert (await door.inbox.approve(task.id, by="ann")).ok
            await door.notify("paid", "yes", run_id=run.id)
            assert await door.run(run.id).result(timeout=PATIENT) == (2 * number, "ann", "yes")
            names = [event.name async for event in door.run(run.id).events()]
            assert (names[0], names[-1]) == ("run.started", "run.finished")

        doors = [(a, b), (b, a)]
        try:
            await asyncio.gather(*(all_of_it(*doors[n % 2], n) for n in range(len(ids))))
            assert await a.audit.verify() == []
        finally:
            await asyncio.gather(a.close(), b.close())


async def test_a_process_that_is_not_set_up_for_it_is_told_how() -> None:
    with pooler(size=2) as url, pytest.raises(ConfigurationError, match=r'wake="poll"'):
        await App(url).open()
