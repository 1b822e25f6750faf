"""Everybody at once: one outcome, nothing lost, and everyone is told."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Sequence
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest

from assent import App, Context, Decision, InvalidState, Receipt, ReceiptStatus, Settings
from assent.core.record import Record
from assent.core.values import load
from assent.ports.rows import Write
from assent.testing import START, Harness
from tests.stories.telling import count, names, told

pytestmark = pytest.mark.anyio


def answer_when_visible(h: Harness, receipts: list[Receipt]) -> set[asyncio.Task[None]]:
    """Answer every task in the very moment its commit is told, before anybody else hears of it."""
    answering: set[asyncio.Task[None]] = set()

    async def answer(task: str) -> None:
        receipts.append(await h.inbox.approve(task, by="bob", reason="at once"))

    def heard(records: Sequence[Record]) -> None:
        for record in records:
            if record.kind == "task.opened":
                body: Any = load(record.body)
                answering.add(asyncio.get_running_loop().create_task(answer(body["task"])))

    h.app.store.subscribe(heard)
    return answering


async def all_of(h: Harness, runs: Sequence[Any], *acts: Awaitable[None]) -> None:
    """Let all of these act at once; where they come to nothing, say what the journals of the runs ended with."""
    try:
        await asyncio.wait_for(asyncio.gather(*acts), 120)
    except TimeoutError:
        last = {run.id: [str(await run.status()), *(await names(h, run))[-8:]] for run in runs}
        raise AssertionError(f"Nothing moves any more: {last}") from None


async def be_late(run: Any, turns: int) -> None:
    """Give the other side a start: of turns of the loop, or of questions to the server where there is one."""
    for _ in range(turns):
        await asyncio.sleep(0)
        await run.status()


# ── A10: the instant it is visible ──────────────────────────────────────────────────────────────


async def test_a_thousand_answers_in_the_instant_their_task_is_visible_are_none_lost(
    app: App, place: str
) -> None:
    @app.workflow
    async def refund(ctx: Context, number: int) -> int:
        (await ctx.approve("refund", value=number)).require()
        return number

    receipts: list[Receipt] = []
    async with Harness(app, database=place) as h:
        answering = answer_when_visible(h, receipts)
        runs = [await app.start(refund, number) for number in range(1000)]
        results = [await run.result(timeout=300) for run in runs]
        await asyncio.gather(*answering)
        assert results == list(range(1000))
        assert Counter(receipt.status for receipt in receipts) == {"accepted": 1000}


@pytest.mark.parametrize("hot_runs", [1, 1000])
async def test_visits_in_a_row_are_each_answered_in_the_instant_they_are_visible(
    hot_runs: int, place: str
) -> None:
    app = App(settings=Settings(hot_runs=hot_runs))

    @app.workflow
    async def loop(ctx: Context, number: int) -> list[str]:
        said: list[str] = []
        for visit in range(20):
            await ctx.step("work", lambda: None)
            said.append((await ctx.approve("it", value=visit)).outcome)
            said += [d.outcome for d in await ctx.gather(ctx.approve("a"), ctx.approve("b"))]
        return said

    receipts: list[Receipt] = []
    async with Harness(app, database=place) as h:
        answering = answer_when_visible(h, receipts)
        runs = [await app.start(loop, number) for number in range(5)]
        for run in runs:
            assert await run.result(timeout=300) == ["approved"] * 60
        await asyncio.gather(*answering)
        assert Counter(receipt.status for receipt in receipts) == {"accepted": 300}


# ── B16: fifty at once ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("cold", [False, True], ids=["hot", "cold"])
async def test_of_fifty_who_answer_at_once_one_decides_and_all_others_learn_who_and_when(
    app: App, cold: bool, place: str
) -> None:
    @app.workflow
    async def refund(ctx: Context) -> Decision[int]:
        return await ctx.approve("refund", value=40)

    async with Harness(app, database=place) as h:
        for game in range(5 if place.startswith("postgres") else 30 if cold else 10):
            run = await h.start(refund, id=f"r-{game}")
            (task,) = await run.tasks()
            if cold:
                await h.restart()

            def said(place: int, id: str = task.id) -> Awaitable[Receipt]:
                by = f"person-{place}"
                match place % 4:
                    case 0:
                        return h.inbox.approve(id, by=by)
                    case 1:
                        return h.inbox.reject(id, by=by, reason="no")
                    case 2:
                        return h.inbox.edit(id, place, by=by)
                    case _:
                        return h.inbox.approve(id, by=by, via="http")

            order = list(range(50))
            Random(game).shuffle(order)
            receipts = dict(zip(order, await asyncio.gather(*map(said, order)), strict=True))

            won = [place for place, receipt in receipts.items() if receipt.status == "accepted"]
            assert len(won) == 1
            winner = f"person-{won[0]}"
            for who, receipt in receipts.items():
                if who != won[0]:
                    assert receipt.status == "already_decided"
                assert receipt.decision is not None
                assert (receipt.decision.by, receipt.decision.at) == (winner, h.clock.now())
            decision = await run.result(timeout=5)
            assert decision.by == winner
            assert len(decision.answers) == 1
            happened = await count(h, run)
            assert (happened["task.answered"], happened["task.closed"]) == (1, 1)


async def test_a_cold_run_that_is_answered_while_its_code_is_taken_up_sees_the_answer_once(
    app: App,
) -> None:
    @app.workflow
    async def refund(ctx: Context) -> Decision[int]:
        return await ctx.approve("refund", value=40)

    async with Harness(app) as h:
        runs = [await app.start(refund) for _ in range(200)]
        await h.run_until_idle()
        tasks = [(await run.tasks())[0].id for run in runs]
        await h.restart()

        async def answer(task: str) -> None:
            # The edit takes the code up to ask for its form; the approval needs nothing of it.
            editing = asyncio.ensure_future(h.inbox.edit(task, 41, by="ann"))
            await asyncio.sleep(0)
            approved = await h.inbox.approve(task, by="bob")
            assert {approved.status, (await editing).status} == {"accepted", "already_decided"}

        await asyncio.gather(*map(answer, tasks))
        for run in runs:
            decision = await run.result(timeout=10)
            assert [answer.by for answer in decision.answers] == [decision.by]


async def test_the_same_answer_sent_fifty_times_at_once_counts_once(app: App, place: str) -> None:
    @app.workflow
    async def refund(ctx: Context) -> str:
        return (await ctx.approve("refund")).outcome

    async with Harness(app, database=place) as h:
        run = await h.start(refund)
        (task,) = await run.tasks()
        receipts = await asyncio.gather(
            *(h.inbox.approve(task.id, by="bob", reason="ok") for _ in range(50))
        )
        assert Counter(receipt.status for receipt in receipts) == {"accepted": 1, "duplicate": 49}
        assert (await count(h, run))["task.answered"] == 1


async def test_the_same_idempotency_key_sent_many_times_at_once_gets_one_receipt(
    app: App, place: str
) -> None:
    @app.workflow
    async def refund(ctx: Context) -> str:
        return (await ctx.approve("refund")).outcome

    async with Harness(app, database=place) as h:
        run = await h.start(refund)
        (task,) = await run.tasks()
        receipts = await asyncio.gather(
            *(h.inbox.approve(task.id, by="bob", key="k-1") for _ in range(30))
        )
        assert all(receipt.ok for receipt in receipts)
        assert (await count(h, run))["task.answered"] == 1
        again = await h.inbox.approve(task.id, by="bob", key="k-1")
        assert again.status == "accepted"  # what was kept is what became of the first one


async def test_of_fifty_who_claim_at_once_one_holds_the_task(app: App, place: str) -> None:
    @app.workflow
    async def refund(ctx: Context) -> str:
        return str((await ctx.approve("refund")).by)

    async with Harness(app, database=place) as h:
        run = await h.start(refund)
        (task,) = await run.tasks()
        claims = await asyncio.gather(
            *(h.inbox.claim(task.id, by=f"person-{place}") for place in range(50))
        )
        assert Counter(receipt.status for receipt in claims) == {"accepted": 1, "ineligible": 49}
        owner = (await run.tasks())[0].owner
        answers = await asyncio.gather(
            *(h.inbox.approve(task.id, by=f"person-{place}") for place in range(50))
        )
        assert [r.status for r in answers].count(ReceiptStatus.ACCEPTED) == 1
        assert await run.result(timeout=5) == owner


# ── B17: against the clock ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("policy", [None, "approve"])
async def test_an_answer_racing_its_deadline_has_one_outcome_and_both_sides_learn_it(
    app: App, place: str, policy: str | None
) -> None:
    @app.workflow
    async def refund(ctx: Context) -> Decision[int]:
        return await ctx.approve("refund", value=40, timeout="1h", on_timeout=policy)

    random = Random(7)
    seen: Counter[str] = Counter()
    async with Harness(app, database=place) as h:
        for _ in range(100):
            run = await h.start(refund)
            (task,) = await run.tasks()
            assert task.due is not None
            due = task.due

            async def answer(run: Any = run, turns: int = random.randint(0, 6)) -> Receipt:
                await be_late(run, turns)
                receipt: Receipt = await run.reject("refund", by="bob")
                return receipt

            async def expire(
                run: Any = run, turns: int = random.randint(0, 6), due: Any = due
            ) -> None:
                await be_late(run, turns)
                h.clock.move_to(due)

            h.clock.move_to(due - timedelta(microseconds=1))
            receipt, _ = await asyncio.gather(answer(), expire())
            await h.run_until_idle()
            decision = await run.result(timeout=5)
            task = await h.inbox.get(task.id)
            seen[receipt.status] += 1

            assert receipt.decision is not None
            assert receipt.decision.outcome == task.outcome
            closed = [e for e in await told(h, run) if e.name == "task.closed"]
            assert [event.data["outcome"] for event in closed] == [task.outcome]
            if receipt.status == "accepted":
                assert (decision.outcome, decision.by, task.outcome) == (
                    "rejected",
                    "bob",
                    "rejected",
                )
            else:
                assert receipt.status == "expired"
                assert decision.by is None
                assert decision.outcome == ("approved" if policy else "expired")
                assert task.outcome == "expired"
        assert seen["accepted"] > 0
        assert seen["expired"] > 0
        assert await app.audit.verify() == []


# ── cancelling, pausing, ending ─────────────────────────────────────────────────────────────────


async def test_an_answer_racing_a_cancellation_has_one_outcome(app: App, place: str) -> None:
    paid: list[str] = []

    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.approve("refund")
        await ctx.step("pay", paid.append, ctx.run_id)

    random = Random(11)
    seen: Counter[str] = Counter()
    async with Harness(app, database=place) as h:
        for game in range(60):
            run = await h.start(refund, id=f"r-{game}")

            async def answer(run: Any = run, turns: int = random.randint(0, 4)) -> Receipt:
                await be_late(run, turns)
                receipt: Receipt = await run.approve("refund", by="bob")
                return receipt

            async def cancel(run: Any = run, turns: int = random.randint(0, 4)) -> None:
                await be_late(run, turns)
                try:
                    await run.cancel("enough", by="ann")
                except InvalidState:
                    seen["too late to cancel"] += 1

            receipt, _ = await asyncio.gather(answer(), cancel())
            await h.run_until_idle()
            status = await run.status()
            (task,) = (await h.inbox.tasks(status="all", run=run.id)).items
            seen[receipt.status] += 1
            if receipt.status == "accepted":
                assert task.outcome == "approved"
                assert status in {"cancelled", "succeeded"}
            else:
                assert receipt.status == "cancelled"
                assert (task.outcome, status) == ("cancelled", "cancelled")
                assert run.id not in paid
            assert (await count(h, run))["run.finished"] == 1
        assert seen["accepted"] > 0
        assert seen["cancelled"] > 0
        assert await app.audit.verify() == []


async def test_answers_racing_pauses_and_resumes_are_none_lost(app: App, place: str) -> None:
    @app.workflow
    async def loop(ctx: Context) -> int:
        for _ in range(10):
            await ctx.approve("it")
        return 10

    receipts: list[Receipt] = []
    async with Harness(app, database=place) as h:
        runs = [await app.start(loop) for _ in range(10)]

        async def disturb(run: Any) -> None:
            for _ in range(15):
                try:
                    await run.pause()
                    await run.resume()
                except InvalidState:
                    return

        async def answer(run: Any) -> None:
            opened = (e.data["task"] async for e in run.events() if e.name == "task.opened")
            receipts.extend([await h.inbox.approve(task, by="bob") async for task in opened])

        await all_of(h, runs, *(act(run) for run in runs for act in (disturb, answer)))
        assert [await run.result(timeout=5) for run in runs] == [10] * 10
        assert [r.status for r in receipts].count(ReceiptStatus.ACCEPTED) == 100
        assert (await count(h))["task.opened"] == 100


async def test_answers_racing_evictions_are_none_lost() -> None:
    app = App(settings=Settings(hot_runs=1))

    @app.workflow
    async def refund(ctx: Context, number: int) -> list[int]:
        return [number, await ctx.ask("a", int), await ctx.ask("b", int)]

    async with Harness(app) as h:
        runs = [await app.start(refund, number) for number in range(100)]

        async def answer(run: Any, number: int) -> None:
            for key in ("a", "b"):
                async for event in run.events():
                    if event.name == "task.opened" and event.data["key"] == key:
                        break
                assert (await run.answer(key, number, by="bob")).status == "accepted"

        await asyncio.wait_for(
            asyncio.gather(*(answer(run, number) for number, run in enumerate(runs))), 60
        )
        results = [await run.result(timeout=10) for run in runs]
        assert results == [[number] * 3 for number in range(100)]
        assert h.clock.now() == START


async def test_two_answers_in_parallel_branches_at_once_both_count(app: App) -> None:
    @app.workflow
    async def contract(ctx: Context) -> list[str]:
        async def branch(key: str) -> str:
            outcome = (await ctx.approve(key)).outcome
            return str(await ctx.step(f"file {key}", lambda: outcome))

        return await ctx.gather(*(branch(key) for key in "abcdefgh"))

    async with Harness(app) as h:
        for game in range(20):
            run = await h.start(contract, id=f"r-{game}")
            if game % 2:
                await h.restart()
            receipts = await asyncio.gather(
                *(
                    run.approve(key, by="bob") if place % 2 else run.reject(key, by="bob")
                    for place, key in enumerate("abcdefgh")
                )
            )
            assert {receipt.status for receipt in receipts} == {"accepted"}
            assert await run.result(timeout=5) == ["rejected", "approved"] * 4


# ── a slow disk: what was submitted is told much later ──────────────────────────────────────────


class SlowDisk:
    """Holds back what is committed from now on, and lets it through one by one."""

    def __init__(self, h: Harness) -> None:
        store: Any = h.app.store
        self._h = h
        self._commit = store.commit
        self._more = asyncio.Event()
        self._held: deque[tuple[Sequence[Write], asyncio.Future[Any]]] = deque()
        store.commit = self

    def __call__(self, writes: Sequence[Write]) -> asyncio.Future[Any]:
        self._held.append((writes, asyncio.get_running_loop().create_future()))
        self._more.set()
        return self._held[-1][1]

    async def lets_through(self, count: int) -> None:
        """The oldest of what is held is written, and everybody does what they do about it."""
        for _ in range(count):
            await self.holds(1)
            writes, done = self._held.popleft()
            done.set_result(await self._commit(writes))
            await turns(self._h)

    async def holds(self, count: int) -> None:
        """Return once so much is held."""
        while len(self._held) < count:
            self._more.clear()
            await self._more.wait()

    def is_fast_again(self) -> None:
        """What is held goes on its way, and nothing is held any more."""
        store: Any = self._h.app.store
        store.commit = self._commit
        for writes, done in self._held:
            self._commit(writes).add_done_callback(partial(_hand_on, done))


def _hand_on(done: asyncio.Future[Any], written: asyncio.Future[Any]) -> None:
    done.set_result(written.result())


async def turns(h: Harness) -> None:
    """Time for everybody to do what they can, readers of the database included."""
    for _ in range(10):
        await h.app.store.newest()
        for _ in range(10):
            await asyncio.sleep(0)


async def test_what_is_still_being_written_at_a_pause_is_not_asked_again(
    app: App, database: str
) -> None:
    @app.workflow
    async def contract(ctx: Context) -> list[str]:
        return [(await ctx.approve("it")).outcome for _ in range(2)]

    async with Harness(app, database=database) as h:
        run = await h.start(contract)
        disk = SlowDisk(h)
        answering = asyncio.ensure_future(run.approve("it", by="bob"))
        await disk.holds(1)
        pausing = asyncio.ensure_future(run.pause())
        await disk.holds(2)
        resuming = asyncio.ensure_future(run.resume())
        await disk.holds(3)
        await disk.lets_through(
            3
        )  # the answer, the pause, the resumption; not yet the next question
        disk.is_fast_again()
        await asyncio.gather(answering, pausing, resuming)
        await h.run_until_idle()
        assert (await count(h, run))["task.opened"] == 2
        assert (await run.approve("it#2", by="bob")).ok
        assert await run.result(timeout=5) == ["approved", "approved"]


async def test_a_parent_that_is_taken_up_while_its_child_ends_does_not_start_it_again(
    app: App, database: str
) -> None:
    @app.workflow
    async def check(ctx: Context) -> str:
        return (await ctx.approve("identity")).outcome

    @app.workflow
    async def customer(ctx: Context) -> list[Any]:
        return await ctx.gather(ctx.run(check), ctx.ask("age", int))

    async with Harness(app, database=database) as h:
        run = await h.start(customer)
        await h.restart()
        disk = SlowDisk(h)
        approving = asyncio.ensure_future(run.approve("identity", by="bob"))
        await disk.lets_through(1)  # the answer; the end of the child is on its way
        await disk.holds(1)
        answering = asyncio.ensure_future(run.answer("age", 30, by="ann"))  # takes the parent up
        await turns(h)
        disk.is_fast_again()
        await asyncio.gather(approving, answering)
        assert await run.result(timeout=5) == ["approved", 30]
        assert (await count(h, run))["child.started"] == 1
