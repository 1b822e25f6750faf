"""Who goes on with a run: whoever Restate calls, and nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from assent import App, Context, Limit, Restate, Settings
from assent.core.journal import Fact, RunAdmitted
from assent.core.record import Record
from assent.core.run import Run, RunStatus
from assent.errors import AssentError
from assent.ports.rows import Write
from assent.stores.postgres.options import Postgres
from assent.stores.postgres.presence import Presence
from tests.cluster import cluster
from tests.restate_server import RestateServer, free_ports, restate_server

pytestmark = pytest.mark.anyio


def asking(app: App, told: list[str], version: str) -> Any:
    """A workflow that says which code runs it."""

    @app.workflow(name="order", version=version)
    async def order(ctx: Context) -> str:
        await ctx.step("begin", told.append, version)
        await ctx.approve("ship", to="ann")
        await ctx.step("end", told.append, version)
        return version

    return order


async def test_a_run_stays_with_the_code_that_began_it_where_that_is_kept(
    shared: str, restate: Restate
) -> None:
    told: list[str] = []
    old = App(shared, engine=restate)
    first = asking(old, told, "1")
    async with old:
        run = await old.start(first)
        await run.wait()
        (port,) = free_ports(1)
        new = App(shared, engine=replace(restate, listen=f"127.0.0.1:{port}"))
        second = asking(new, told, "2")
        async with new:
            other = await new.start(second)
            await other.wait()
            await new.run(run.id).approve("ship", by="ann")
            await other.approve("ship", by="ann")
            assert await new.run(run.id).result() == "1"
            assert await other.result() == "2"
    assert sorted(told) == ["1", "1", "2", "2"]


@pytest.mark.parametrize("wake", ["notify", "poll"])
async def test_an_answer_through_a_process_that_knows_nothing_of_restate_wakes_the_run(
    shared: str, restate: Restate, wake: str
) -> None:
    options = Postgres(wake=wake, poll=0.05)
    worker = App(settings=Settings(database=shared, engine=restate, postgres=options))
    order = asking(worker, [], "1")
    door = App(settings=Settings(database=shared, postgres=options))
    async with worker:
        run = await worker.start(order)
        await run.wait()
        await door.open(advance=False)
        async with door:
            await door.run(run.id).approve("ship", by="ann")
        assert await run.result() == "1"


async def test_a_workflow_that_is_registered_late_is_offered_when_it_is_first_needed(
    shared: str, restate: Restate
) -> None:
    app = App(shared, engine=restate)
    async with app:
        order = asking(app, [], "1")
        run = await app.start(order)
        await run.wait()
        await run.approve("ship", by="ann")
        assert await run.result() == "1"


async def test_an_app_may_go_from_one_engine_to_the_other_between_two_starts(
    shared: str, restate: Restate
) -> None:
    app = App(shared)
    order = asking(app, [], "1")
    async with app:
        first, second = [await app.start(order) for _ in range(2)]
        await asyncio.gather(first.wait(), second.wait())
    plain = app.settings
    app.reconfigure(settings=replace(plain, engine=restate))
    async with app:
        await app.run(first.id).approve("ship", by="ann")
        assert await app.run(first.id).result() == "1"
    app.reconfigure(settings=plain)
    async with app:
        await app.run(second.id).approve("ship", by="ann")
        assert await app.run(second.id).result() == "1"


async def test_a_timer_is_fired_without_a_lease_that_would_outlive_whoever_fires_it(
    shared: str, restate: Restate, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed: list[Any] = []
    claim_due = Presence.claim_due

    async def told(self: Presence, *given: Any) -> Any:
        claimed.append(given)
        return await claim_due(self, *given)

    monkeypatch.setattr(Presence, "claim_due", told)
    app = App(shared, engine=restate)

    @app.workflow
    async def nap(ctx: Context) -> str:
        await ctx.sleep("1ms")
        return "rested"

    async with app:
        assert await (await app.start(nap)).result() == "rested"
    assert claimed == []


async def test_an_answer_that_comes_while_the_code_lets_go_is_followed_by_another_call(
    shared: str, restate: Restate
) -> None:
    app = App(shared, engine=restate)
    lets_go = asyncio.Event()

    @app.workflow
    async def order(ctx: Context) -> str:
        try:
            return (await ctx.approve("ship", to="ann")).outcome
        finally:
            await lets_go.wait()

    async with app:
        run = await app.start(order)
        await run.wait()
        assert (await run.approve("ship", by="ann")).status == "accepted"
        lets_go.set()
        assert await run.result() == "approved"


async def test_a_run_that_is_called_for_while_it_is_started_once_more_under_its_id_goes_on(
    shared: str, restate: Restate, monkeypatch: pytest.MonkeyPatch
) -> None:
    called, reached, lets_in = asyncio.Event(), asyncio.Event(), asyncio.Event()
    seize = Presence.seize

    async def told(self: Presence, *given: Any) -> Any:
        lease = await seize(self, *given)
        called.set()
        return lease

    monkeypatch.setattr(Presence, "seize", told)
    apps = [App(shared, engine=restate), App(shared)]
    for app in apps:
        app.workflow(name="one", limit=Limit(parallelism=1))(_one)
    worker, door = apps
    await door.open(advance=False)
    async with worker, door:
        commit = worker.store.commit

        async def held_up(writes: Sequence[Write]) -> Sequence[Record]:
            reached.set()
            await lets_in.wait()
            return await commit(writes)

        worker.store.commit = held_up  # type: ignore[method-assign]  # a method for a method
        again = asyncio.create_task(worker.start("one", id="a"))
        await reached.wait()  # it is under way, and will be refused
        run = await door.start("one", id="a")
        assert (await door.system.ledger.change("a", _admitted)).facts
        await called.wait()
        lets_in.set()
        assert (await again).id == run.id
        assert await run.result() == "done"


async def _one(ctx: Context) -> str:
    return "done"


def _admitted(run: Run, at: datetime) -> Sequence[Fact]:
    """Let in, as by whoever watches the queue."""
    return [] if run.status is RunStatus.RUNNING else [RunAdmitted(parallelism=1)]


async def test_a_run_that_waits_is_nobodys(shared: str, restate: Restate) -> None:
    app = App(shared, engine=restate)
    order = asking(app, [], "1")
    async with app:
        run = await app.start(order)
        await run.wait()
        sharing = app.store.sharing
        assert sharing is not None
        # Whoever asks for it gets it, though the call that made it wait may not have returned yet.
        assert [lease.run for lease in await sharing.claim([("order", "1")], 1, [run.id])] == [
            run.id
        ]


async def test_two_apps_on_one_server_do_not_see_each_others_runs(shared: str) -> None:
    told: list[str] = []
    apps = [App(url, engine=restate_server().engine()) for url in (shared, cluster().url())]
    orders = [asking(app, told, "1") for app in apps]
    async with apps[0], apps[1]:
        runs = [await app.start(order, id="same") for app, order in zip(apps, orders, strict=True)]
        await asyncio.gather(*(run.wait() for run in runs))
        for run in runs:
            await run.approve("ship", by="ann")
            assert await run.result() == "1"
    assert len(told) == 4


async def test_calls_that_the_server_has_not_signed_are_refused(shared: str) -> None:
    signing = RestateServer()
    signing.signs()
    signing.start()
    try:
        engine = replace(signing.engine(), identity=signing.key)
        app = App(shared, engine=engine)
        order = asking(app, [], "1")
        async with app:
            run = await app.start(order)
            await run.wait()
            await run.approve("ship", by="ann")
            assert await run.result() == "1"
        other = restate_server()
        app.reconfigure(
            settings=replace(
                app.settings, engine=replace(engine, ingress=other.ingress, admin=other.admin)
            )
        )
        with pytest.raises(AssentError, match="401"):
            await app.open()
    finally:
        signing.drop()
