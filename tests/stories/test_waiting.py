"""A run waits for people, and goes on as if it had never stopped."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from assent import App, Context, Decision, RunTimedOut, current_step, step
from assent.testing import START, Harness
from tests.stories.telling import count, keys_told, names, open_keys

pytestmark = pytest.mark.anyio

INTERRUPTIONS = ["none", "restart", "crash"]


async def interrupt(h: Harness, how: str) -> None:
    """Nothing, a restart in good order, or a crash."""
    if how == "restart":
        await h.restart()
    elif how == "crash":
        await h.crash_and_restart()


@dataclass
class Quote:
    """What a person is shown."""

    amount: int
    customer: str


# ── A1: waiting ─────────────────────────────────────────────────────────────────────────────────


async def test_a_run_that_needs_a_person_waits_with_its_task_and_nothing_after_it_has_run(
    app: App,
    place: str,
) -> None:
    done: list[str] = []

    @app.workflow
    async def refund(ctx: Context, order: str) -> str:
        quote = await ctx.step("price", lambda: done.append("priced") or 40)
        decision = await ctx.approve(
            "refund",
            title=f"Refund {quote} for {order}?",
            detail="Please **look** twice.",
            value=Quote(quote, "ada"),
            to=["alice", "group:finance"],
            timeout="24h",
            labels={"region": "eu"},
            priority=3,
        )
        await ctx.step("pay", done.append, "paid")
        return decision.outcome

    async with Harness(app, database=place) as h:
        run = await h.start(refund, "o-1", by="ann")
        standing = await run.wait(timeout=5)
        (task,) = standing.tasks

        assert standing.status == "waiting"
        assert (await run.info()).waiting_for == ("refund",)
        assert done == ["priced"]
        assert task.id.startswith("task_")
        assert (task.run_id, task.workflow, task.key) == (run.id, "refund", "refund")
        assert (task.kind, task.status, task.outcome) == ("approve", "open", None)
        assert task.title == "Refund 40 for o-1?"
        assert task.detail == "Please **look** twice."
        assert task.value == Quote(40, "ada")
        assert task.shown == {"amount": 40, "customer": "ada"}
        assert task.to == ("alice", "group:finance")
        assert task.opened == START
        assert task.due == START + timedelta(hours=24)
        assert (task.labels, task.priority, task.by) == ({"region": "eu"}, 3, "ann")
        assert await h.inbox.get(task.id) == task
        assert (await h.inbox.tasks()).items == (task,)


async def test_a_task_without_a_title_still_says_what_it_is_about(app: App) -> None:
    @app.workflow
    async def hire(ctx: Context) -> None:
        await ctx.approve("contract")

    async with Harness(app) as h:
        (task,) = await (await h.start(hire)).tasks()

        assert "contract" in task.title
        assert task.due is None


async def test_a_hundred_waiting_runs_hold_no_more_threads_than_one(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context, number: int) -> bool:
        await ctx.step("look", lambda: number)
        return (await ctx.approve("refund")).approved

    async with Harness(app) as h:
        await h.start(refund, 0)
        for number in range(1, 100):
            await app.start(refund, number)
        await h.run_until_idle()

        assert len((await app.runs(status="waiting", limit=200)).items) == 100
        # The step's threads belong to a pool that does not grow with what waits.
        assert threading.active_count() < 30


async def test_a_run_that_waits_has_told_nothing_that_looks_like_a_failure(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> bool:
        await ctx.step("price", lambda: 1)
        return (await ctx.approve("refund")).approved

    async with Harness(app) as h:
        run = await h.start(refund)
        await h.restart()

        assert not {"step.failed", "step.retrying", "run.parked", "run.finished"} & set(
            await names(h, run)
        )
        assert await run.error() is None
        assert "failed\n" not in (await run.to_mermaid()).split("classDef")[0] + "\n"
        assert [line.state for line in await run.timeline()] == ["note", "done", "open"]


# ── A2: going on ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", INTERRUPTIONS)
async def test_steps_before_a_wait_run_no_more_however_the_wait_was_interrupted(
    app: App, place: str, how: str
) -> None:
    ran: list[str] = []

    @step
    async def price(order: str) -> Quote:
        ran.append(f"price {order}")
        return Quote(40, order)

    @step
    def pay(quote: Quote) -> str:
        ran.append(f"pay {quote.amount}")
        return f"paid {quote.amount} to {quote.customer}"

    @app.workflow
    async def refund(ctx: Context, order: str) -> str:
        quote = await ctx.step(price, order)
        decision = await ctx.approve("refund", value=quote)
        return await ctx.step(pay, decision.require())

    async with Harness(app, database=place) as h:
        run = await h.start(refund, "ada")
        await interrupt(h, how)
        await h.person("bob").approves("refund", reason="fine")
        run = h.run()

        assert await run.result(timeout=5) == "paid 40 to ada"
        assert ran == ["price ada", "pay 40"]


@pytest.mark.parametrize("how", INTERRUPTIONS)
async def test_an_answer_given_while_no_process_runs_the_code_is_there_when_one_does(
    database: str, how: str
) -> None:
    worker = App()

    @worker.workflow
    async def refund(ctx: Context) -> str:
        decision = await ctx.approve("refund", value=Quote(40, "ada"))
        return f"{decision.outcome} by {decision.by}: {decision.reason}"

    async with Harness(worker, database=database) as h:
        run = await h.start(refund)

    # The door: a process that has none of the code, and advances nothing.
    door = App(database)
    await door.open(advance=False)
    (task,) = (await door.inbox.tasks()).items
    receipt = await door.inbox.approve(task.id, by="bob", reason="fine")
    assert receipt.status == "accepted"
    assert await door.run(run.id).status() == "running"
    await door.close()

    async with Harness(worker, database=database) as h:
        await interrupt(h, how)
        assert await h.run(run.id).result(timeout=5) == "approved by bob: fine"


async def test_a_door_without_the_code_leaves_the_runs_it_does_not_know_as_they_are(
    database: str,
) -> None:
    worker = App()

    @worker.workflow
    async def refund(ctx: Context) -> bool:
        return (await ctx.approve("refund")).approved

    async with Harness(worker, database=database) as h:
        run = await h.start(refund)

    door = App(database)
    await door.open(advance=False)
    assert await door.run(run.id).status() == "waiting"
    await door.close()

    async with Harness(worker, database=database) as h:
        assert await h.run(run.id).status() == "waiting"
        assert await count(h, h.run(run.id)) == {
            "run.started": 1,
            "task.opened": 1,
            "run.waiting": 1,
        }


# ── A4: still undecided ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["restart", "crash"])
async def test_taking_up_an_undecided_run_again_and_again_asks_nobody_anew(
    app: App, how: str
) -> None:
    effects: list[str] = []

    @app.workflow
    async def refund(ctx: Context) -> bool:
        await ctx.step("reserve", effects.append, "reserved")
        return (await ctx.approve("refund")).approved

    async with Harness(app) as h:
        run = await h.start(refund)
        (first,) = await run.tasks()
        for _ in range(5):
            await interrupt(h, how)
        run = h.run()

        assert await run.status() == "waiting"
        assert await run.tasks() == (first,)
        assert effects == ["reserved"]
        assert (await count(h, run))["task.opened"] == 1
        assert (await count(h, run))["run.waiting"] == 1


async def test_an_invalid_answer_wakes_the_code_without_any_effect(app: App) -> None:
    effects: list[str] = []

    @app.workflow
    async def survey(ctx: Context) -> int:
        await ctx.step("invite", effects.append, "invited")
        answer: int = await ctx.ask("age", int)
        return answer

    async with Harness(app) as h:
        run = await h.start(survey)
        (before,) = await run.tasks()
        await h.restart()  # cold: to check the answer, the code is asked for its form
        receipt = await h.person("bob").answers("age", "old")

        assert receipt.status == "invalid"
        assert await h.run().tasks() == (before,)
        assert await h.run().status() == "waiting"
        assert effects == ["invited"]


async def test_resuming_a_run_that_is_not_paused_changes_nothing(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> bool:
        return (await ctx.approve("refund")).approved

    async with Harness(app) as h:
        run = await h.start(refund)
        before = await names(h, run)

        assert await run.resume() == "waiting"
        assert await names(h, run) == before


# ── A6: one after the other ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", INTERRUPTIONS)
async def test_three_approvals_in_a_row_tell_each_approver_once_and_run_each_step_once(
    app: App, how: str
) -> None:
    ran: list[str] = []

    @app.workflow
    async def contract(ctx: Context) -> list[str]:
        said: list[str] = []
        for approver in ("ann", "bob", "carol"):
            draft = await ctx.step(f"draft for {approver}", lambda a=approver: ran.append(a) or a)
            decision = await ctx.approve(
                f"by {approver}", value={"draft": draft, "so far": list(said)}, to=approver
            )
            said.append(f"{decision.by} {decision.outcome}")
        await ctx.step("sign", ran.append, "signed")
        return said

    async with Harness(app) as h:
        await h.start(contract)
        for place, approver in enumerate(("ann", "bob", "carol")):
            assert ran == ["ann", "bob", "carol"][: place + 1]
            (task,) = await h.run().tasks()
            assert task.to == (approver,)
            assert task.value["draft"] == approver
            assert len(task.value["so far"]) == place
            await interrupt(h, how)
            await h.person(approver).approves(f"by {approver}")
            await interrupt(h, how)

        assert await h.run().result(timeout=5) == ["ann approved", "bob approved", "carol approved"]
        assert ran == ["ann", "bob", "carol", "signed"]
        assert await keys_told(h, "task.opened") == ["by ann", "by bob", "by carol"]


# ── A7: waiting is not an error ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", INTERRUPTIONS)
async def test_a_careless_except_does_not_swallow_the_wait(app: App, how: str) -> None:
    swallowed: list[BaseException] = []

    @app.workflow
    async def refund(ctx: Context) -> bool:
        try:
            decision = await ctx.approve("refund")
        except Exception as error:  # noqa: BLE001
            swallowed.append(error)
            return False
        return decision.approved

    async with Harness(app) as h:
        await h.start(refund)
        await interrupt(h, how)
        assert await h.run().status() == "waiting"
        await h.person("bob").approves("refund")

        assert await h.run().result(timeout=5) is True
        assert swallowed == []


async def test_even_except_base_exception_compensates_nothing_while_the_run_waits(app: App) -> None:
    compensated: list[str] = []

    @app.workflow
    async def refund(ctx: Context) -> str:
        try:
            await ctx.approve("refund")
        except BaseException:  # noqa: BLE001  (careless on purpose)
            await ctx.step("compensate", compensated.append, "undone")
            return "undone"
        return "done"

    async with Harness(app) as h:
        await h.start(refund)
        for _ in range(2):
            await h.restart()
            await h.crash_and_restart()

        assert await h.run().status() == "waiting"
        assert compensated == []
        await h.person("bob").approves("refund")
        assert await h.run().result(timeout=5) == "done"
        assert compensated == []
        assert "step.started" not in await names(h)


async def test_a_careless_loop_that_tries_again_on_anything_asks_once(app: App) -> None:
    @app.workflow
    async def refund(ctx: Context) -> str:
        for _ in range(3):
            try:
                return (await ctx.approve("refund")).outcome
            except BaseException:  # noqa: BLE001
                continue
        return "gave up"

    async with Harness(app) as h:
        await h.start(refund)
        await h.restart()
        await h.crash_and_restart()
        assert await open_keys(h.run()) == {"refund"}
        await h.person("bob").approves("refund")

        assert await h.run().result(timeout=5) == "approved"
        assert (await count(h))["task.opened"] == 1


@pytest.mark.parametrize("how", INTERRUPTIONS)
async def test_a_finally_block_with_verbs_runs_once_and_only_at_the_end(app: App, how: str) -> None:
    freed: list[str] = []

    @app.workflow
    async def refund(ctx: Context) -> str:
        try:
            return (await ctx.approve("refund")).outcome
        finally:
            await ctx.step("free", freed.append, "lock")

    async with Harness(app) as h:
        await h.start(refund)
        await interrupt(h, how)
        await interrupt(h, how)
        assert freed == []
        assert await h.run().status() == "waiting"
        await h.person("bob").rejects("refund")

        assert await h.run().result(timeout=5) == "rejected"
        assert freed == ["lock"]


async def test_an_async_with_block_around_a_wait_leaves_when_the_wait_is_over(app: App) -> None:
    held: list[str] = []

    class Lock:
        def __init__(self, ctx: Context) -> None:
            self.ctx = ctx

        async def __aenter__(self) -> None:
            await self.ctx.step("lock", held.append, "locked")

        async def __aexit__(self, *exc: object) -> None:
            await self.ctx.step("unlock", held.append, "unlocked")

    @app.workflow
    async def refund(ctx: Context) -> bool:
        async with Lock(ctx):
            return (await ctx.approve("refund")).approved

    async with Harness(app) as h:
        await h.start(refund)
        await h.restart()
        await h.crash_and_restart()
        assert held == ["locked"]
        await h.person("bob").approves("refund")

        assert await h.run().result(timeout=5) is True
        assert held == ["locked", "unlocked"]


async def test_waiting_counts_as_no_attempt_of_any_step(app: App) -> None:
    attempts: list[int] = []

    @step(retries=1, timeout="1s")
    async def pay() -> str:
        attempts.append(current_step().attempt)
        if len(attempts) == 1:
            raise ConnectionError("busy")
        return "paid"

    @app.workflow
    async def refund(ctx: Context) -> str:
        await ctx.approve("refund")
        return await ctx.step(pay)

    async with Harness(app) as h:
        await h.start(refund)
        await h.advance("30d")  # far beyond the step's timeout and all of its retries
        await h.restart()
        await h.person("bob").approves("refund")
        await h.advance("1m")

        assert await h.run().result(timeout=5) == "paid"
        assert attempts == [1, 2]


# ── A8: loops ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", INTERRUPTIONS)
async def test_each_visit_to_a_task_in_a_loop_asks_anew_and_takes_one_answer(
    app: App, place: str, how: str
) -> None:
    written: list[str] = []

    @app.workflow
    async def publish(ctx: Context) -> list[str]:
        said: list[str] = []
        for draft in range(1, 4):
            await ctx.step("write", lambda d=draft: written.append(f"draft {d}"))
            decision = await ctx.approve("review", value=f"draft {draft}")
            said.append(f"{decision.key}: {decision.outcome}, {decision.reason}")
            if decision.approved:
                break
        return said

    async with Harness(app, database=place) as h:
        await h.start(publish)
        assert await open_keys(h.run()) == {"review"}
        await h.person("bob").rejects("review", "too long")
        await interrupt(h, how)
        (second,) = await h.run().tasks()
        assert (second.key, second.value) == ("review#2", "draft 2")

        # What was said of the first draft is no answer to the second.
        late = await h.run().approve("review", by="carol")
        assert late.status == "already_decided"
        assert await h.run().tasks() == (second,)

        await h.person("bob").rejects("review#2", "too dry")
        await interrupt(h, how)
        await h.person("bob").approves("review#3", "good")

        assert await h.run().result(timeout=5) == [
            "review: rejected, too long",
            "review#2: rejected, too dry",
            "review#3: approved, good",
        ]
        assert written == ["draft 1", "draft 2", "draft 3"]


async def test_a_loop_of_fifty_visits_gives_each_its_own_answer(app: App) -> None:
    @app.workflow
    async def count_up(ctx: Context) -> list[int]:
        return [await ctx.ask("number", int) for _ in range(50)]

    async with Harness(app) as h:
        await h.start(count_up)
        for number in range(50):
            key = "number" if number == 0 else f"number#{number + 1}"
            assert (await h.person("bob").answers(key, number)).ok
            if number % 20 == 10:
                await h.restart()

        assert await h.run().result(timeout=5) == list(range(50))


# ── A11: the workflow's own timeout ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", INTERRUPTIONS)
async def test_the_time_that_people_take_does_not_count_towards_the_workflows_timeout(
    app: App, how: str
) -> None:
    @app.workflow(timeout="2h")
    async def refund(ctx: Context) -> str:
        await ctx.sleep("1h")
        decision = await ctx.approve("refund")
        await ctx.sleep("59m")
        return decision.outcome

    async with Harness(app) as h:
        await h.start(refund)
        await h.advance("1h")
        await interrupt(h, how)
        await h.advance("90d")
        await interrupt(h, how)
        assert await h.run().status() == "waiting"
        await h.person("bob").approves("refund")
        await h.advance("59m")

        assert await h.run().result(timeout=5) == "approved"


async def test_time_that_is_no_ones_to_take_does_count(app: App) -> None:
    @app.workflow(timeout="2h")
    async def refund(ctx: Context) -> str:
        await ctx.sleep("1h")
        await ctx.approve("refund")
        await ctx.sleep("61m")
        return "too late"

    async with Harness(app) as h:
        run = await h.start(refund)
        await h.advance("90m")
        await h.person("bob").approves("refund")
        await h.advance("59m")
        assert await run.status() == "waiting"
        await h.advance("1m")

        assert await run.status() == "timed_out"
        with pytest.raises(RunTimedOut):
            await run.result(timeout=5)


async def test_human_waiting_counts_where_the_workflow_asks_for_it(app: App) -> None:
    @app.workflow(timeout="2h", counts_waiting=True)
    async def refund(ctx: Context) -> str:
        return (await ctx.approve("refund")).outcome

    async with Harness(app) as h:
        run = await h.start(refund)
        await h.advance("119m")
        assert await run.status() == "waiting"
        await h.restart()
        await h.advance("1m")

        assert await h.run().status() == "timed_out"
        assert [t.outcome for t in (await h.inbox.tasks(status="all")).items] == ["cancelled"]


async def test_without_a_timeout_a_run_waits_for_years(app: App) -> None:
    @app.workflow(timeout=None)
    async def refund(ctx: Context) -> str:
        return (await ctx.approve("refund", timeout=None)).outcome

    async with Harness(app) as h:
        await h.start(refund)
        await h.advance("3650d")
        await h.restart()
        assert await h.run().status() == "waiting"
        await h.person("bob").approves("refund")

        assert await h.run().result(timeout=5) == "approved"


async def test_a_tasks_deadline_is_its_own_and_leaves_the_workflows_timeout_alone(app: App) -> None:
    @app.workflow(timeout="1h")
    async def refund(ctx: Context) -> tuple[str, str]:
        first = await ctx.approve("first", timeout="10d")
        second = await ctx.approve("second", timeout="10d")
        await ctx.sleep("59m")
        return first.outcome, second.outcome

    async with Harness(app) as h:
        await h.start(refund)
        await h.advance("10d")
        await h.advance("10d")
        await h.advance("59m")

        assert await h.run().result(timeout=5) == ("expired", "expired")


# ── A9: answers that look like nothing ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("answer", [0, "", False, None, {}, [], 0.0])
@pytest.mark.parametrize("how", INTERRUPTIONS)
async def test_an_answer_that_looks_like_nothing_is_an_answer(
    app: App, answer: Any, how: str
) -> None:
    @app.workflow
    async def survey(ctx: Context) -> list[Any]:
        first = await ctx.ask("anything", Any)
        second = await ctx.ask("more", Any, default="nobody said anything", timeout="1h")
        return [first, second]

    async with Harness(app) as h:
        await h.start(survey)
        assert (await h.person("bob").answers("anything", answer)).status == "accepted"
        await interrupt(h, how)
        assert (await h.person("bob").answers("more", answer)).status == "accepted"
        first, second = await h.run().result(timeout=5)

        assert (first, type(first)) == (answer, type(answer))
        assert (second, type(second)) == (answer, type(answer))


async def test_no_answer_differs_from_the_answer_none(app: App) -> None:
    @app.workflow
    async def survey(ctx: Context) -> Any:
        return await ctx.ask("anything", Any, default="nobody", timeout="1h")

    async with Harness(app) as h:
        silent = await h.start(survey, id="silent")
        spoken = await h.start(survey, id="spoken")
        assert (await spoken.answer("anything", None, by="bob")).ok
        await h.advance("1h")

        assert await silent.result(timeout=5) == "nobody"
        assert await spoken.result(timeout=5) is None


@pytest.mark.parametrize("text", ["123", "true", "null", "1.5", "[]", "0", " x "])
async def test_text_stays_text_whatever_it_looks_like(app: App, text: str) -> None:
    @app.workflow
    async def survey(ctx: Context) -> list[Any]:
        return [await ctx.ask("anything", Any), await ctx.ask("text", str)]

    async with Harness(app) as h:
        await h.start(survey)
        await h.person("bob").answers("anything", text)
        await h.restart()
        await h.person("bob").answers("text", text)

        assert await h.run().result(timeout=5) == [text, text]


# ── A12: pausing ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", INTERRUPTIONS)
async def test_an_answer_during_a_pause_is_recorded_and_nothing_runs_until_it_is_resumed(
    app: App, how: str
) -> None:
    paid: list[int] = []

    @app.workflow
    async def refund(ctx: Context) -> str:
        decision: Decision[int] = await ctx.approve("refund", value=40)
        await ctx.step("pay", paid.append, decision.value)
        return f"{decision.outcome} by {decision.by}"

    async with Harness(app) as h:
        await h.start(refund)
        assert (await h.run().pause(by="ann")).workflow == "refund"
        await interrupt(h, how)
        assert (await h.person("bob").edits("refund", 30)).status == "accepted"
        await interrupt(h, how)
        await h.advance("10d")
        assert await h.run().status() == "paused"
        assert paid == []
        assert (await h.run().approve("refund", by="carol")).status == "already_decided"

        await h.run().resume(by="ann")
        assert await h.run().result(timeout=5) == "edited by bob"
        assert paid == [30]


# ── A30: nobody has to poke it ──────────────────────────────────────────────────────────────────


async def test_answering_resumes_the_run_by_itself_also_when_it_is_cold(
    app: App, place: str
) -> None:
    @app.workflow
    async def refund(ctx: Context, number: int) -> int:
        await ctx.approve("refund")
        return number

    async with Harness(app, database=place) as h:
        runs = [await app.start(refund, number) for number in range(3)]
        await h.restart()
        for run in runs:
            await h.run(run.id).approve("refund", by="bob")

        results = await asyncio.gather(*(h.run(run.id).result(timeout=5) for run in runs))
        assert results == [0, 1, 2]


# ── what is told is so ──────────────────────────────────────────────────────────────────────────


async def test_whoever_hears_of_a_task_finds_it_at_once_in_every_place(app: App) -> None:
    @app.workflow
    async def contract(ctx: Context) -> list[str]:
        return [(await ctx.approve(key)).outcome for key in ("first", "second", "third")]

    async with Harness(app) as h:
        run = await app.start(contract)
        async for event in run.events():
            if event.name == "task.opened":
                key, task = event.data["key"], event.data["task"]
                assert await open_keys(run) == {key}
                assert (await h.inbox.get(task)).status == "open"
                assert [t.id for t in (await h.inbox.tasks()).items] == [task]
                assert (await run.approve(key, by="bob")).status == "accepted"
            elif event.name == "run.waiting":
                assert await run.status() in {"waiting", "running", "succeeded"}
            elif event.name == "run.finished":
                assert await run.status() == "succeeded"
                assert await run.output() == ["approved"] * 3


async def test_events_of_a_run_come_once_in_order_from_any_place_and_end_with_it(
    app: App, place: str
) -> None:
    @app.workflow
    async def refund(ctx: Context) -> None:
        await ctx.step("price", lambda: 1)
        await ctx.emit("halfway", {"percent": 50})
        await ctx.approve("it")

    async with Harness(app, database=place) as h:
        run = await h.start(refund)
        early = [asyncio.ensure_future(_all(run, 0)) for _ in range(3)]
        await asyncio.sleep(0)
        await run.approve("it", by="bob")
        heard = await asyncio.gather(*early)
        late = await _all(run, 0)
        assert heard == [late] * 3
        assert [name for name, _ in late] == [
            "run.started", "step.started", "step.finished", "halfway", "task.opened", "run.waiting",
            "task.answered", "task.closed", "run.finished",
        ]  # fmt: skip
        for index, (_, seq) in enumerate(late):
            assert await _all(run, seq) == late[index + 1 :]
        await h.crash_and_restart()
        assert await _all(run, 0) == late


async def _all(run: Any, after: int) -> list[tuple[str, int]]:
    async with asyncio.timeout(5):
        return [(event.name, event.seq) async for event in run.events(after=after)]
