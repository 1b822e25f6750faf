"""Several processes on one PostgreSQL: whoever does something, all of them see it, and one at a time advances a run."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from assent import App, Context, Failure, InvalidState, Settings
from assent.core.record import Past, Record
from assent.stores.postgres.options import Postgres
from assent.stores.postgres.presence import Presence
from assent.stores.postgres.store import PostgresStore

pytestmark = pytest.mark.anyio
PATIENT = 60  # seconds, for a machine that is busy with other things


class World:
    """What the steps of all processes did."""

    def __init__(self) -> None:
        self.did: Counter[str] = Counter()
        self.where: dict[str, str] = {}


def an_app(url: str, world: World, name: str = "") -> App:
    """A process of its own, as far as the store can tell."""
    app = App(url)

    @app.workflow
    async def refund(ctx: Context, number: int) -> str:
        async def step(what: str) -> str:
            world.did[f"{ctx.run_id} {what}"] += 1
            world.where[ctx.run_id] = name
            return what

        await ctx.step("before", step, "before")
        decision = await ctx.approve("refund", value=number)
        await ctx.step("after", step, "after")
        return f"{decision.outcome} {decision.value}"

    return app


@asynccontextmanager
async def together(*apps: App, looking: App | None = None) -> AsyncGenerator[None]:
    """All of these are open; ``looking`` only looks and answers."""
    async with AsyncExitStack() as stack:
        for app in apps:
            await stack.enter_async_context(app)
        if looking is not None:
            await looking.open(advance=False)
            stack.push_async_callback(looking.close)
        yield


async def advanced_by(app: App) -> set[str]:
    """The runs whose lease this process holds."""
    sharing = app.store.sharing
    assert isinstance(sharing, Presence)
    return {run for known in sharing.holders for run in known()}


async def test_an_answer_given_in_one_process_resumes_the_run_in_another(shared: str) -> None:
    world = World()
    a, b = an_app(shared, world, "a"), an_app(shared, world, "b")
    async with together(a, b):
        run = await a.start("refund", 7, id="r-1")
        await run.wait(timeout=PATIENT)
        receipt = await b.run("r-1").approve("refund", by="bob")
        assert receipt.status == "accepted"
        assert await run.result(timeout=PATIENT) == "approved 7"
        assert await b.run("r-1").result(timeout=PATIENT) == "approved 7"
        assert world.where["r-1"] == "a"  # its code was in memory there
        assert set(world.did.values()) == {1}


async def test_a_status_is_never_older_than_what_was_acknowledged_anywhere(shared: str) -> None:
    world = World()
    a, b = an_app(shared, world), an_app(shared, world)
    async with together(a, b):
        for number in range(20):
            run = await a.start("refund", number, id=f"r-{number}")
            await run.wait(timeout=PATIENT)
            assert await b.run(run.id).status() == "waiting"
            assert await b.run(run.id).cancel("never mind") == "cancelled"
            assert await run.status() == "cancelled"
            with pytest.raises(InvalidState):
                await run.pause()


async def test_a_process_that_only_looks_leaves_the_work_to_the_others(shared: str) -> None:
    world = World()
    worker, web = an_app(shared, world, "worker"), an_app(shared, world, "web")
    async with together(worker, looking=web):
        run = await web.start("refund", 7, id="r-1")
        standing = await run.wait(timeout=PATIENT)
        assert [task.key for task in standing.tasks] == ["refund"]
        assert (await run.edit("refund", 8, by="bob")).status == "accepted"
        assert await run.result(timeout=PATIENT) == "edited 8"
        assert world.where["r-1"] == "worker"


async def test_a_process_that_ends_in_good_order_hands_its_runs_over_at_once(shared: str) -> None:
    world = World()
    a, b = an_app(shared, world, "a"), an_app(shared, world, "b")
    async with together(b):
        async with together(a):
            run = await a.start("refund", 7, id="r-1")
            await run.wait(timeout=PATIENT)
        assert (await b.run("r-1").approve("refund", by="bob")).status == "accepted"
        assert await b.run("r-1").result(timeout=PATIENT) == "approved 7"
        assert set(world.did.values()) == {1}


async def test_the_runs_of_a_process_that_died_go_on_elsewhere(shared: str) -> None:
    world = World()
    a, b = an_app(shared, world, "a"), an_app(shared, world, "b")
    hangs = asyncio.Event()

    async def work() -> str:
        if not hangs.is_set():
            hangs.set()
            await asyncio.Event().wait()
        return "done"

    for app in (a, b):

        @app.workflow
        async def hanging(ctx: Context) -> str:
            return await ctx.step("work", work)

    async with together(b):
        await a.open()
        await a.start("hanging", id="r-1")
        await hangs.wait()
        await a.system.abandon()
        await a.forget()
        assert await b.run("r-1").result(timeout=PATIENT) == "done"
        names = [event.name async for event in b.run("r-1").events()]
        assert names.count("run.recovered") == 1


async def test_of_many_processes_that_could_advance_a_run_one_does(shared: str) -> None:
    world = World()
    apps = [an_app(shared, world, str(n)) for n in range(5)]
    web = an_app(shared, world)
    async with together(*apps, looking=web):
        runs = [await web.start("refund", n, id=f"r-{n}") for n in range(40)]
        for run in runs:
            await run.wait(timeout=PATIENT)
        for n, run in enumerate(runs):
            receipt = await apps[n % 5].run(run.id).approve("refund", by="bob")
            assert receipt.status == "accepted"
        assert [await run.result(timeout=PATIENT) for run in runs] == [
            f"approved {n}" for n in range(40)
        ]
        assert set(world.did.values()) == {1}
        assert len(world.did) == 80


async def test_streams_tell_what_any_process_did_once_and_in_order(shared: str) -> None:
    world = World()
    a, b, web = an_app(shared, world), an_app(shared, world), an_app(shared, world)
    async with together(a, b, looking=web):
        seen: list[tuple[int, str]] = []

        async def watch() -> None:
            async for event in web.stream.events():
                seen.append((event.seq, event.name))
                if [name for _, name in seen].count("run.finished") == 20:
                    return

        watching = asyncio.ensure_future(watch())
        runs = [await (a, b)[n % 2].start("refund", n) for n in range(20)]
        for n, run in enumerate(runs):
            await run.wait(timeout=PATIENT)
            await (b, a)[n % 2].run(run.id).approve("refund", by="bob")
        await asyncio.wait_for(watching, PATIENT)
        events = web.stream.events(live=False)
        stored = [(event.seq, event.name) async for event in events]
        assert seen == stored
        assert [seq for seq, _ in seen] == sorted({seq for seq, _ in seen})


async def test_a_process_that_counted_as_dead_writes_nothing_more_and_others_go_on(
    shared: str,
) -> None:
    world = World()
    a, b = an_app(shared, world, "a"), an_app(shared, world, "b")
    async with together(a, b):
        run = await a.start("refund", 7, id="r-1")
        await run.wait(timeout=PATIENT)
        assert "r-1" in await advanced_by(a)
        presence: Any = a.store.sharing
        await presence.die()  # a pause that was too long: the others have taken its row away
        receipt = await b.run("r-1").approve("refund", by="bob")
        assert receipt.status == "accepted"
        assert await b.run("r-1").result(timeout=PATIENT) == "approved 7"
        assert world.did["r-1 before"] == 1


async def test_a_run_whose_lease_is_lost_while_its_journal_is_read_is_not_begun(
    shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its code would write under no lease at all, beside whoever has it by now."""
    world = World()
    a, door, other = an_app(shared, world), an_app(shared, world), PostgresStore(shared)
    async with together(looking=door):
        await door.start("refund", 7, id="r-1")
        history, read, go_on = PostgresStore.history, asyncio.Event(), asyncio.Event()

        async def slow(store: PostgresStore, run: str) -> Sequence[Past]:
            read.set()
            await go_on.wait()
            return await history(store, run)

        monkeypatch.setattr(PostgresStore, "history", slow)
        async with together(a):
            await read.wait()
            await other.open()
            assert await other.sharing.seize([("refund", "1")], "r-1") is not None
            a.system.engine.void()
            go_on.set()
            await a.system.engine.idle()
            assert not world.did
            await other.close()
            await door.run("r-1").wait(timeout=PATIENT)
        assert world.did == {"r-1 before": 1}


async def test_timers_that_many_look_at_fire_once_each(shared: str) -> None:
    apps = [App(shared) for _ in range(3)]
    for app in apps:

        @app.workflow
        async def sleeper(ctx: Context, number: int) -> int:
            await ctx.sleep("1ms")
            return number

    async with together(*apps):
        runs = [await apps[n % 3].start("sleeper", n) for n in range(300)]
        assert [await run.result(timeout=PATIENT) for run in runs] == list(range(300))
        fired: Counter[str] = Counter()
        async for event in apps[0].stream.events(live=False, names={"timer.fired"}):
            fired[event.run_id] += 1
        assert set(fired.values()) == {1}
        assert len(fired) == 300


async def test_of_several_processes_one_hands_a_failure_to_its_hook(shared: str) -> None:
    heard: Counter[str] = Counter()

    def process() -> App:
        app = App(shared)

        @app.on_failure(retries=0)
        async def tell(failure: Failure) -> None:
            heard[failure.run_id] += 1

        @app.workflow
        async def fails(ctx: Context) -> None:
            raise ValueError("no")

        return app

    a, b, c = process(), process(), process()
    async with together(a, b, looking=c):
        wanted = {f"r-{number}" for number in range(20)}
        for id in wanted:
            await (a if int(id[2:]) % 2 else b).start("fails", id=id)
        ended = 0
        async with asyncio.timeout(PATIENT):
            async for _ in c.stream.events(names=("run.finished",)):
                ended += 1
                if ended == 2 * len(wanted):  # the runs, and those of the hook
                    break
        assert heard == dict.fromkeys(wanted, 1)
        for id in wanted:
            assert len((await c.runs(label=f"about={id}")).items) == 1


async def test_a_look_that_was_on_its_way_when_news_came_hides_none_of_it(
    shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run is read as it was; it moves on elsewhere, that is heard here; only then the reading is there."""
    world = World()
    a, b = an_app(shared, world), an_app(shared, world)
    async with together(b, looking=a):
        await (await b.start("refund", 7, id="r-1")).wait()
        here = a.run("r-1")
        assert await here.status() == "waiting"
        sharing = a.store.sharing
        assert sharing is not None
        stands, arrive, read = sharing.stands, asyncio.Event(), asyncio.Event()
        heard = asyncio.Event()

        async def slow(run: str) -> int | None:
            found = await stands(run)
            if a.system.runs.watched:  # somebody waits, and looks a last time before that
                read.set()
                await arrive.wait()
            return found

        def tell(records: Sequence[Record]) -> None:
            if records[-1].kind == "run.finished":
                heard.set()

        a.store.subscribe(tell)
        monkeypatch.setattr(sharing, "stands", slow)
        result = asyncio.ensure_future(here.result(timeout=PATIENT))
        await read.wait()
        await b.run("r-1").approve("refund", by="bob")
        await heard.wait()
        await asyncio.sleep(0)
        arrive.set()
        assert await result == "approved 7"


async def test_where_nobody_is_woken_processes_look_for_themselves(shared: str) -> None:
    looking = Settings(database=shared, postgres=Postgres(wake="poll", poll=0.05))
    works, door = App(settings=looking), App(settings=looking)

    @works.workflow
    async def refund(ctx: Context) -> str:
        return f"{(await ctx.approve('refund')).by}"

    async with works:
        await door.open(advance=False)
        await works.start(refund, id="r-1")
        (task,) = (await door.run("r-1").wait(timeout=PATIENT)).tasks
        assert (await door.inbox.approve(task.id, by="ann")).ok
        assert await door.run("r-1").result(timeout=PATIENT) == "ann"
        await door.close()
