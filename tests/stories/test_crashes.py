"""The process dies just before and just after every commit there is: the end is the same.

Each tale is played once without a death, which also counts its commits; then once for every commit and both sides of
it. Whoever acts repeats what was not acknowledged, as any client would.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from random import Random
from typing import Any, NamedTuple, TypeAlias

import pytest

from assent import App, Context, RunFailed, current_step, step
from assent.core.durations import duration
from assent.runs.handle import RunHandle
from assent.stores.postgres.options import told_apart
from assent.testing import START, Harness
from tests.cluster import cluster
from tests.raw import asked
from tests.stories.telling import told

pytestmark = pytest.mark.anyio


@dataclass
class World:
    """The outside: what steps did to it, by idempotency key."""

    done: Counter[str] = field(default_factory=Counter[str])

    def effect(self, value: Any) -> Any:
        """Do something to it."""
        self.done[current_step().idempotency_key] += 1
        return value


Act: TypeAlias = Callable[[Harness], Awaitable[None]]


@dataclass
class Tale:
    """A workflow, and what people and time do to it."""

    app: App
    world: World
    acts: Sequence[Act]


# ── what people and time do ─────────────────────────────────────────────────────────────────────


def starts(workflow: str, value: Any = None) -> Act:
    """Start the run."""

    async def act(h: Harness) -> None:
        await h.app.start(workflow, value, id="r-1", by="ann")

    return act


def answers(verb: str, key: str, *value: Any, reason: str | None = None) -> Act:
    """Answer the task; it must count, the first time or again."""

    async def act(h: Harness) -> None:
        await h.rest()
        receipt = await getattr(h.run("r-1"), verb)(key, *value, by="bob", reason=reason)
        if not h.died.is_set():
            assert receipt.ok, (key, receipt)

    return act


def passes(length: str) -> Act:
    """Time passes, to a moment that is the same however often the process dies meanwhile."""
    until: list[datetime] = []

    async def act(h: Harness) -> None:
        if not until:
            until.append(h.clock.now() + duration(length))
        await h.advance(until[0] - h.clock.now())

    return act


async def ends(h: Harness) -> None:
    """The run has ended."""
    await h.run("r-1").wait()


# ── the tales ───────────────────────────────────────────────────────────────────────────────────


def one_after_the_other() -> Tale:
    """Steps, an edit, a timer, a form, an event, state."""
    app, world = App(), World()

    @app.workflow
    async def refund(ctx: Context, order: str) -> dict[str, Any]:
        price = await ctx.step("price", world.effect, 40)
        ctx.state["price"] = price
        decision = await ctx.approve("refund", value={"amount": price}, timeout="9d")
        await ctx.step("reserve", world.effect, decision.value)
        await ctx.sleep("1h")
        await ctx.emit("woke", ctx.now().isoformat())
        note = await ctx.ask("note", str)
        await ctx.step(
            "pay", lambda: ctx.state.update("paid", lambda n: n + 1, 0) or world.effect(note)
        )
        return {"value": decision.value, "by": decision.by, "note": note, **ctx.state}

    acts = [
        starts("refund", "o-1"),
        answers("edit", "refund", {"amount": 30}, reason="less"),
        passes("2h"),
        answers("answer", "note", "fine"),
        ends,
    ]
    return Tale(app, world, acts)


def side_by_side() -> Tale:
    """Branches with steps, waits and timers of their own, and a race."""
    app, world = App(), World()

    @app.workflow
    async def contract(ctx: Context) -> list[Any]:
        async def branch(who: str) -> str:
            await ctx.step("draft", world.effect, who)
            outcome = (await ctx.approve(f"by {who}")).outcome
            await ctx.step("file", world.effect, who)
            return f"{who} {outcome}"

        async def clock() -> str:
            await ctx.sleep("30m")
            return str(await ctx.step("tick", world.effect, "tick"))

        done = await ctx.gather(branch("ann"), clock(), branch("bob"))
        found = await ctx.first(ctx.approve("quick"), ctx.sleep("1h"))
        return [*done, "late" if found is None else found.outcome]

    acts = [
        starts("contract"),
        answers("approve", "by bob"),
        passes("1h"),
        answers("reject", "by ann"),
        passes("3h"),
        ends,
    ]
    return Tale(app, world, acts)


def parent_and_child() -> Tale:
    """A child run whose task is answered at its parent, and one that fails and is caught."""
    app, world = App(), World()

    @app.workflow
    async def check(ctx: Context, name: str) -> str:
        await ctx.step("look", world.effect, name)
        if name == "eve":
            raise ValueError("not eve")
        return f"{name} {(await ctx.approve('identity')).outcome}"

    @app.workflow
    async def customer(ctx: Context) -> list[str]:
        checked: str = await ctx.run(check, "ada")
        try:
            await ctx.run(check, "eve")
        except RunFailed as error:
            return [checked, str(await ctx.step("note", world.effect, str(error.__cause__)))]
        return []

    acts = [starts("customer"), answers("approve", "identity"), ends]
    return Tale(app, world, acts)


def late_and_broken() -> Tale:
    """A deadline with a policy, a step that is retried, a loop of visits."""
    app, world = App(), World()

    @step(retries=2, delay="1m")
    def flaky() -> str:
        if current_step().attempt < 2:
            raise ConnectionError("busy")
        return str(world.effect("worked"))

    @app.workflow(timeout="5d")
    async def publish(ctx: Context) -> list[str]:
        said: list[str] = [(await ctx.approve("late", timeout="1d", on_timeout="approve")).outcome]
        said.append(await ctx.step(flaky))
        for _ in range(3):
            decision = await ctx.approve("review")
            said.append(f"{decision.key} {decision.outcome}")
            if decision.approved:
                break
            await ctx.step("write", world.effect, "again")
        return [str(word) for word in said]

    acts = [
        starts("publish"),
        passes("25h"),
        answers("reject", "review"),
        answers("approve", "review#2"),
        ends,
    ]
    return Tale(app, world, acts)


TALES: dict[str, Callable[[], Tale]] = {
    tale.__name__: tale
    for tale in (one_after_the_other, side_by_side, parent_and_child, late_and_broken)
}


EVERYWHERE = bool(os.environ.get("ASSENT_EVERY_CRASH"))
AT_ONCE = {"side_by_side": 3}  # how many steps of a tale may be running at one moment

# ── playing them ────────────────────────────────────────────────────────────────────────────────


@dataclass
class End:
    """What came of it."""

    output: Any
    effects: set[str]
    repeated: dict[str, int]
    facts: Counter[str]
    tasks: list[tuple[str, str | None, str | None]]
    commits: int
    deaths: int


async def play(
    tale: Tale,
    dies: Callable[[Harness, int], None] = lambda h, deaths: None,
    database: str | None = None,
) -> End:
    """Play a tale; after each death the process starts again, and what was not acknowledged is said again."""
    deaths = 0
    async with Harness(tale.app, database=database) as h:
        dies(h, deaths)
        for act in tale.acts:
            while not await _acknowledged(h, act):
                deaths += 1
                assert deaths < 200, "it never gets on"
                await h.crash()
                await h.open()
                dies(h, deaths)
        run: RunHandle[Any] = h.run("r-1")
        output = await run.result(timeout=5)
        assert await h.app.audit.verify() == []
        assert (await h.inbox.tasks()).items == ()
        assert await h.app.store.next_due() is None
        events = await told(h)
        return End(
            output=output,
            effects=set(tale.world.done),
            repeated={key: n for key, n in tale.world.done.items() if n > 1},
            facts=Counter(
                f"{event.name} {event.run_id} {_place(event.data)}"
                for event in events
                if event.name not in {"run.recovered", "run.waiting", "step.started"}
            ),
            tasks=sorted(
                (task.key, task.outcome, task.decided_by)
                for task in (await h.inbox.tasks(status="all")).items
            ),
            commits=h.commits,
            deaths=deaths,
        )


def _place(data: Any) -> str:
    return str(data.get("key", "")) if isinstance(data, dict) else ""


async def _acknowledged(h: Harness, act: Act) -> bool:
    """Do it; False where the process died over it."""
    doing = asyncio.ensure_future(_and_rest(h, act))
    dead = asyncio.ensure_future(h.died.wait())
    await asyncio.wait({doing, dead}, return_when=asyncio.FIRST_COMPLETED)
    dead.cancel()
    if doing.done() and not h.died.is_set():
        doing.result()
        return True
    doing.cancel()
    await asyncio.gather(doing, return_exceptions=True)
    return False


async def _and_rest(h: Harness, act: Act) -> None:
    await act(h)
    await h.run_until_idle()


def same_end(end: End, plain: End, where: str) -> None:
    """The run ended as it would have, and nothing happened twice."""
    assert end.output == plain.output, where
    assert end.effects == plain.effects, where
    assert end.facts == plain.facts, (where, end.facts - plain.facts, plain.facts - end.facts)
    assert end.tasks == plain.tasks, where


@pytest.mark.parametrize("tale", TALES)
async def test_a_tale_without_a_death_repeats_nothing(tale: str) -> None:
    end = await play(TALES[tale]())
    assert end.deaths == 0
    assert end.repeated == {}
    assert max(end.facts.values()) == 1


@pytest.mark.parametrize("written", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("tale", TALES)
async def test_dying_at_any_commit_the_end_is_the_same_and_only_what_was_cut_off_runs_again(
    tale: str, written: bool
) -> None:
    plain = await play(TALES[tale]())
    for commit in range(1, plain.commits + 1):

        def dies(h: Harness, deaths: int, at: int = commit) -> None:
            if deaths == 0:
                h.dies_at(at, written=written)

        end = await play(TALES[tale](), dies)
        where = f"{tale}, {'after' if written else 'before'} commit {commit}"
        # How many facts share a commit is the writer's affair: this time there may have been fewer.
        assert end.deaths == 1 or end.commits < commit, where
        same_end(end, plain, where)
        # Only steps that were running when it died may run again, and they have the same idempotency key.
        assert all(times == 2 for times in end.repeated.values()), (where, end.repeated)
        assert len(end.repeated) <= AT_ONCE.get(tale, 1), (where, end.repeated)


class Point(NamedTuple):
    """Where a process dies: just before or after a commit; and the next process too, at one of its first, or not."""

    commit: int
    written: bool
    again: int | None


def points(commits: int, salt: str) -> list[Point]:
    """All points of a tale, or some of them: ``make torture`` plays all, some 550 for the four tales on each store."""
    found = [
        Point(commit, written, again)
        for commit in range(1, commits + 1)
        for written in (False, True)
        for again in (None, 1, 2, 3, 4, 5)
    ]
    return found if EVERYWHERE else Random(salt).sample(found, 3)


async def emptied(url: str) -> str:
    """A schema from which everything was taken, which is quicker than making another.

    On Restate another one: its server may be calling for runs of the same names that were taken with it.
    """
    if os.environ.get("ASSENT_TEST_ENGINE") == "restate":
        return cluster().url()
    dsn, schema = told_apart(url)
    asyncpg: Any = import_module("asyncpg")  # it tells no types
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            "select tablename from pg_tables where schemaname = $1 and tablename <> 'migration'",
            schema,
        )
        tables = ", ".join(f'"{schema}"."{row["tablename"]}"' for row in rows)
        if tables:
            await connection.execute(f"truncate {tables}")
    finally:
        await connection.close()
    return url


@pytest.mark.parametrize("store", ["sqlite", "postgres"] if EVERYWHERE else ["postgres"])
@pytest.mark.parametrize("tale", TALES)
async def test_dying_at_a_commit_and_again_soon_after_the_end_is_the_same_on_both_stores(
    tale: str, store: str
) -> None:
    url = cluster().url() if store == "postgres" else None
    plain = await play(TALES[tale](), database=url)
    for point in points(plain.commits, tale):

        def dies(h: Harness, deaths: int, point: Point = point) -> None:
            if deaths == 0:
                h.dies_at(point.commit, written=point.written)
            elif deaths == 1 and point.again is not None:
                h.dies_at(point.again, written=point.written)

        end = await play(TALES[tale](), dies, None if url is None else await emptied(url))
        same_end(end, plain, f"{tale} on {store}, {point}")


@pytest.mark.parametrize("tale", TALES)
async def test_dying_again_and_again_at_random_commits_changes_nothing(tale: str) -> None:
    plain = await play(TALES[tale]())
    random = Random(tale)
    for game in range(5):

        def dies(h: Harness, deaths: int) -> None:
            if deaths < 12:
                h.dies_at(random.randint(3, 7), written=random.random() < 0.5)

        end = await play(TALES[tale](), dies)
        same_end(end, plain, f"{tale}, game {game}")


@pytest.mark.parametrize("written", [False, True], ids=["before", "after"])
async def test_a_process_that_lives_for_three_commits_at_a_time_gets_there(written: bool) -> None:
    # Three: it was taken up again, a step began, a step ended (which may be one commit where it is short).
    plain = await play(one_after_the_other())
    end = await play(
        one_after_the_other(), lambda h, deaths: h.dies_at(3 if written else 4, written=written)
    )
    assert end.deaths >= 2
    same_end(end, plain, "three commits at a time")


async def test_what_was_acknowledged_is_there_after_a_crash_at_once(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context, number: int) -> int:
        await ctx.approve("refund")
        return number

    async with Harness(app) as h:
        for number in range(20):
            await app.start(refund, number, id=f"r-{number}")
            await h.crash()
            await h.open()
            assert await app.run(f"r-{number}").input() == number
            await h.run_until_idle()
            receipt = await app.run(f"r-{number}").approve("refund", by="bob")
            await h.crash()
            await h.open()
            task = await h.inbox.get(receipt.task_id or "")
            assert (receipt.status, task.outcome, task.decided_by) == (
                "accepted",
                "approved",
                "bob",
            )
        await h.run_until_idle()
        assert [await app.run(f"r-{n}").result(timeout=5) for n in range(20)] == list(range(20))


async def test_a_step_cut_off_in_the_middle_runs_again_with_the_same_key_and_number(
    app: App,
) -> None:
    seen: list[tuple[str, int]] = []
    hangs = asyncio.Event()

    async def pay() -> str:
        seen.append((current_step().idempotency_key, current_step().attempt))
        if len(seen) < 4:
            hangs.set()
            await asyncio.Event().wait()
        return "paid"

    @app.workflow
    async def refund(ctx: Context) -> str:
        await ctx.step("before", lambda: None)
        return await ctx.step(pay)

    async with Harness(app) as h:
        run = await app.start(refund, id="r-1")
        for _ in range(3):
            await hangs.wait()
            hangs.clear()
            await h.crash()
            await h.open()
        assert await run.result(timeout=5) == "paid"
        assert seen == [("r-1/pay", 1)] * 4
        assert h.clock.now() == START


async def test_a_step_begins_only_once_the_results_before_it_are_on_disk(
    app: App, database: str
) -> None:
    found: list[list[str]] = []

    async def look() -> None:
        rows = await asked(
            app.system.settings.database, "select key from entry where kind = 'step.finished'"
        )
        found.append(sorted(key for (key,) in rows))

    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.step("first", lambda: 1)
        await ctx.step("look", look)
        await ctx.gather(*(ctx.step(name, lambda: 1) for name in "abc"))
        await ctx.step("look", look)

    async with Harness(app, database=database) as h:
        for game in range(20):
            found.clear()
            run = await h.start(refund, id=f"r-{game}")
            assert await run.status() == "succeeded"
            assert found[0].count("first") == game + 1
            assert [key for key in found[1] if key.endswith(("/a", "/b", "/c"))] == sorted(
                ["1/a", "2/b", "3/c"] * (game + 1)
            )
