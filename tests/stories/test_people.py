"""Who must agree: quorum, veto, stages, four eyes, delegation, escalation, over the whole system."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assent import (
    App,
    Approved,
    BusinessHours,
    Context,
    DefinitionError,
    Escalate,
    Expired,
    InvalidInput,
    Pending,
    Policy,
    Rejected,
    Remind,
    RunFailed,
    RunStatus,
    Stage,
)
from assent.testing import Harness
from tests.stories.telling import names, told


@dataclass
class Expense:
    amount: int
    owner: str = "olga"


app = App("sqlite:///:memory:")
CHAIN = Policy(
    stages=[
        Stage(to="manager"),
        Stage(to="group:finance", when="amount > 1000"),
        Stage(to="role:ceo", when="amount > 10000"),
    ]
)


@app.workflow
async def asks(ctx: Context, terms: dict[str, Any]) -> dict[str, Any]:
    decision = await ctx.approve("ok", value=Expense(2000), **TERMS[terms["as"]])
    return {
        "outcome": decision.outcome.value,
        "value": decision.value.amount,
        "by": [answer.by for answer in decision.answers],
        "reason": decision.reason,
    }


@app.workflow
async def chain(ctx: Context, expense: Expense) -> list[str]:
    decision = await ctx.approve("expense", value=expense, policy=CHAIN)
    return [decision.outcome.value, *(answer.by for answer in decision.answers)]


TERMS: dict[str, dict[str, Any]] = {
    "two of three": {"policy": Policy(approvals=2, of=["ann", "bob", "eve"])},
    "two of finance": {"to": "group:finance", "policy": Policy(approvals=2)},
    "veto": {"policy": Policy(approvals=2, of=["ann", "bob", "eve"], veto="leo")},
    "four eyes": {"to": "group:finance", "policy": Policy(exclude_requester=True)},
    "nobody left": {"policy": Policy(approvals=2, of=["ann", "bob"], exclude_requester=True)},
    "manager": {"to": "manager"},
    "owner": {"to": "value:owner"},
    "ann": {"to": "ann"},
    "ann in a day": {"to": "ann", "timeout": "1d"},
    "reminded": {"to": "ann", "remind": Remind(after="4h", every="1d")},
    "escalated": {
        "to": "ann",
        "escalate": Escalate("4h", "bob", then=Escalate("2h", "eve", then="reject")),
    },
    "office": {
        "to": "ann",
        "timeout": "4h",
        "calendar": BusinessHours("Europe/Berlin", "09:00-17:00"),
    },
}


@pytest.fixture
async def h(place: str) -> AsyncIterator[Harness]:
    async with Harness(app, database=place) as harness:
        yield harness


async def staffed(h: Harness) -> None:
    """A small firm: ann and bob in finance, mia manages rob and ann, cleo runs it."""
    people = h.app.people
    await people.put("ann", groups=["finance"], manager="mia")
    await people.put("bob", groups=["finance"])
    await people.put("mia", roles=["lead"])
    await people.put("cleo", roles=["ceo"])
    await people.put("rob", manager="mia")
    await people.put("eve")


async def started(h: Harness, terms: str, by: str = "rob") -> Any:
    return await h.start(asks, {"as": terms}, by=by)


async def test_two_of_three_decide_and_the_first_learns_who_is_still_needed(h: Harness) -> None:
    run = await started(h, "two of three")
    first = await h.person("ann").approves("ok")
    assert (first.status, first.needs) == ("recorded", ("bob", "eve"))
    assert await run.status() == RunStatus.WAITING
    run = await h.crash_and_restart()
    second = await h.person("eve").approves("ok")
    assert (second.status, second.needs) == ("accepted", ())
    assert await run.result() == {
        "outcome": "approved",
        "value": 2000,
        "by": ["ann", "eve"],
        "reason": None,
    }


async def test_a_quorum_that_can_no_longer_be_reached_is_a_no(h: Harness) -> None:
    run = await started(h, "two of three")
    assert (await h.person("bob").rejects("ok", "no")).status == "recorded"
    assert (await h.person("eve").rejects("ok", "too much")).status == "accepted"
    ended = await run.result()
    assert (ended["outcome"], ended["reason"]) == ("rejected", "too much")


async def test_a_group_is_counted_where_the_directory_knows_it(h: Harness) -> None:
    await staffed(h)
    run = await started(h, "two of finance")
    assert (await h.person("bob").rejects("ok")).status == "accepted"  # one of two is left
    assert (await run.result())["outcome"] == "rejected"


async def test_a_veto_ends_it_and_says_nothing_else(h: Harness) -> None:
    run = await started(h, "veto")
    assert (await h.person("leo").approves("ok")).status == "ineligible"
    assert (await h.person("ann").approves("ok")).status == "recorded"
    assert (await h.person("leo").rejects("ok", "illegal")).status == "accepted"
    assert (await run.result())["reason"] == "illegal"


async def test_one_person_counts_once_and_does_not_change_their_mind(h: Harness) -> None:
    run = await started(h, "two of three")
    await h.person("ann").approves("ok")
    assert (await h.person("ann").approves("ok")).status == "duplicate"
    changed = await h.person("ann").rejects("ok")
    assert changed.status == "already_decided"
    assert "that stands" in changed.message
    assert [task.needs for task in await run.tasks()] == [("bob", "eve")]


async def test_an_edit_is_another_question_so_all_are_asked_anew(h: Harness) -> None:
    run = await started(h, "two of three")
    (before,) = await run.tasks()
    await h.person("ann").approves("ok")
    edited = await h.person("bob").edits("ok", Expense(900))
    assert (edited.status, edited.needs) == ("recorded", ("ann", "eve"))
    (task,) = await run.tasks()
    assert (task.value, task.original["amount"]) == (Expense(900), 2000)
    late = await h.inbox.approve(task.id, by="eve", shown=before.digest)
    assert late.status == "stale"
    assert (await h.person("ann").approves("ok")).status == "accepted"
    ended = await run.result()
    assert (ended["outcome"], ended["value"]) == ("edited", 900)


async def test_who_asked_is_left_out_also_through_a_group_and_a_stand_in(h: Harness) -> None:
    await staffed(h)
    await h.app.people.away("ann", to="eve", until=h.clock.now() + timedelta(days=2))
    await h.app.people.away("bob", to="ann", until=h.clock.now() + timedelta(days=2))
    run = await started(h, "four eyes", by="ann")
    assert (await h.person("ann").approves("ok")).status == "ineligible"
    assert (await h.person("eve").approves("ok")).status == "ineligible"
    (task,) = await run.tasks()
    assert (await h.inbox.delegate(task.id, "ann", by="bob")).status == "ineligible"
    assert (await h.person("bob").approves("ok")).status == "accepted"
    assert (await names(h, run)).count("task.refused") == 2


async def test_a_rule_that_nobody_could_meet_is_told_at_once(h: Harness) -> None:
    with pytest.raises(RunFailed, match="Nobody can decide this: ann asks, and is left out"):
        await (await started(h, "nobody left", by="ann")).result()
    run = await started(h, "nobody left")
    (task,) = await run.tasks()
    few = await h.inbox.reassign(task.id, ["eve"], by="ann")
    assert (few.status, few.errors[0].pointer) == ("invalid", "/to")


@pytest.mark.parametrize(
    "escalate", [Escalate("1h", "rob"), Escalate("1h", "eve", then=Escalate("1h", ["rob"]))]
)
async def test_a_task_that_would_be_handed_on_to_who_asked_alone_is_told_at_once(
    escalate: Escalate,
) -> None:
    apart = App("sqlite:///:memory:")

    @apart.workflow
    async def asking(ctx: Context) -> None:
        await ctx.approve("ok", to="ann", policy=Policy(exclude_requester=True), escalate=escalate)

    async with Harness(apart) as h:
        run = await h.start(asking, by="rob")
        with pytest.raises(RunFailed, match="rob asks, and is left out"):
            await run.result()
        run = await h.start(asking, by="mia", id="other")
        assert await run.status() == RunStatus.WAITING


async def test_stages_ask_one_after_the_other_and_see_the_value_as_it_is(h: Harness) -> None:
    await staffed(h)
    run = await h.start(chain, Expense(20_000), by="rob")
    (task,) = await run.tasks()
    assert (task.to, [s.state for s in task.stages]) == (
        ("manager",),
        ["current", "ahead", "ahead"],
    )
    assert [t.id for t in (await h.inbox.tasks(to="mia")).items] == [task.id]
    assert (await h.inbox.tasks(to="bob")).items == ()
    assert (await h.person("bob").approves("expense")).status == "ineligible"
    first = await h.person("mia").approves("expense")
    assert (first.status, first.needs) == ("recorded", ("group:finance",))
    assert [t.id for t in (await h.inbox.tasks(to="bob")).items] == [task.id]
    assert (await h.inbox.tasks(to="mia")).items == ()
    assert (await h.person("bob").edits("expense", {"amount": 5000})).status == "accepted"
    assert await run.result() == ["edited", "mia", "bob"]
    assert [n for n in await names(h, run) if n.startswith("task.")] == [
        "task.opened",
        "task.refused",
        "task.answered",
        "task.assigned",
        "task.answered",
        "task.closed",
    ]


async def test_a_chain_where_no_stage_applies_asks_nobody(h: Harness) -> None:
    @app.workflow(name=f"skips-{id(h)}")
    async def skips(ctx: Context) -> str:
        rule = Policy(stages=[Stage(to="role:ceo", when="amount > 10000")])
        decision = await ctx.approve("ok", value=Expense(5), policy=rule)
        later = await ctx.approve("later", value=decision.value.amount, to="ann")
        return f"{decision.reason} {later.outcome}"

    run = await h.start(skips)
    run = await h.crash_and_restart()
    await h.person("ann").approves("later")
    assert await run.result() == "No stage of the policy applies. approved"


async def test_the_manager_of_who_asked_decides(h: Harness) -> None:
    await staffed(h)
    run = await started(h, "manager")
    assert (await h.person("bob").approves("ok")).status == "ineligible"
    assert (await h.person("mia").approves("ok")).status == "accepted"
    assert (await run.result())["by"] == ["mia"]
    with pytest.raises(RunFailed, match="start the run with by="):
        await (await h.start(asks, {"as": "manager"})).result()


async def test_the_value_says_who_decides(h: Harness) -> None:
    await started(h, "owner")
    assert (await h.person("ann").approves("ok")).status == "ineligible"
    assert (await h.person("olga").approves("ok")).status == "accepted"


async def test_somebody_away_is_stood_in_for_until_they_are_back(h: Harness) -> None:
    people = h.app.people
    await people.away("ann", to="bob", until=h.clock.now() + timedelta(days=1))
    run = await started(h, "ann")
    (task,) = await run.tasks()
    assert task.stand_ins == {"ann": "bob"}
    assert [t.id for t in (await h.inbox.tasks(to="bob")).items] == [task.id]
    await h.advance("2d")
    assert (await h.person("bob").approves("ok")).status == "ineligible"
    await people.away("ann", to="bob", until=h.clock.now() + timedelta(days=1))
    await people.back("ann")
    assert (await h.person("bob").approves("ok")).status == "ineligible"
    await people.away("ann", to="bob", until=h.clock.now() + timedelta(days=1))
    assert (await h.person("bob").approves("ok")).status == "accepted"
    answered = next(e for e in await told(h, run) if e.name == "task.answered")
    assert (answered.data["by"], answered.data["behalf"]) == ("bob", "ann")


async def test_an_absence_has_an_end_and_goes_round_in_no_circle(h: Harness) -> None:
    people, now = h.app.people, h.clock.now()
    await people.away("ann", to="bob", until=now + timedelta(days=1))
    await people.away("bob", to="eve", until=now + timedelta(days=1))
    for to, until in (
        ("ann", now + timedelta(days=1)),
        ("rob", now),
        ("rob", now + timedelta(days=900)),
    ):
        with pytest.raises(InvalidInput):
            await people.away("eve" if to == "ann" else "ann", to=to, until=until)
    await started(h, "ann")
    assert (await h.person("eve").approves("ok")).status == "accepted"  # by way of bob


async def test_who_delegates_stays_answerable(h: Harness) -> None:
    run = await started(h, "ann")
    (task,) = await run.tasks()
    assert (await h.inbox.delegate(task.id, "bob", by="eve")).status == "ineligible"
    assert (await h.inbox.delegate(task.id, "ann", by="ann")).status == "invalid"
    assert (await h.inbox.delegate(task.id, "bob", by="ann")).status == "accepted"
    assert (await h.inbox.delegate(task.id, "bob", by="ann")).status == "duplicate"
    assert (await h.inbox.delegate(task.id, "ann", by="bob")).status == "invalid"
    assert [t.id for t in (await h.inbox.tasks(to="bob")).items] == [task.id]
    assert [t.id for t in (await h.inbox.tasks(to="ann")).items] == [task.id]
    assert (await h.inbox.delegate(task.id, "bob", by="ann", end=True)).status == "accepted"
    assert (await h.inbox.tasks(to="bob")).items == ()
    assert (await h.person("bob").approves("ok")).status == "ineligible"
    await h.inbox.delegate(task.id, "bob", by="ann")
    assert (await h.person("bob").approves("ok")).status == "accepted"
    (answer,) = (await h.inbox.get(task.id)).answers
    assert (answer.by, answer.behalf) == ("bob", "ann")


async def test_a_task_is_reassigned_and_found_by_its_new_people_only(h: Harness) -> None:
    run = await started(h, "ann")
    (task,) = await run.tasks()
    assert (await h.inbox.reassign(task.id, ["bob", "eve"], by="rob")).status == "accepted"
    await h.crash_and_restart()
    assert (await h.inbox.tasks(to="ann")).items == ()
    assert [t.id for t in (await h.inbox.tasks(to="eve")).items] == [task.id]
    assert (await h.person("ann").approves("ok")).status == "ineligible"
    assert (await h.person("eve").approves("ok")).status == "accepted"


async def test_a_question_asked_back_stops_the_deadline(h: Harness) -> None:
    run = await started(h, "ann in a day")
    (task,) = await run.tasks()
    await h.advance("20h")
    assert (await h.inbox.ask_back(task.id, "Which order?", by="ann")).status == "accepted"
    await h.advance("3d")
    (task,) = await run.tasks()
    assert task.due is None
    assert task.question is not None
    assert task.question.text == "Which order?"
    assert (await h.inbox.reply(task.id, "The blue one", by="rob")).status == "accepted"
    (task,) = await run.tasks()
    assert task.due == h.clock.now() + timedelta(hours=4)
    assert [c.text for c in task.comments] == ["Which order?", "The blue one"]
    run = await h.crash_and_restart()
    await h.advance("5h")
    assert (await run.result())["outcome"] == "expired"


async def test_reminders_come_once_each_also_over_restarts(h: Harness) -> None:
    run = await started(h, "reminded")
    await h.advance("3h")
    await h.crash_and_restart()
    await h.advance("26h")
    assert (await names(h, run)).count("task.reminded") == 2
    await h.crash()
    h.clock.move_to(h.clock.now() + timedelta(days=5))  # nobody is there for days
    await h.open()
    await h.rest()
    assert (await names(h, run)).count("task.reminded") == 3
    await h.person("ann").approves("ok")
    await h.advance("5d")
    assert (await names(h, run)).count("task.reminded") == 3


async def test_an_escalation_asks_the_next_and_in_the_end_decides(h: Harness) -> None:
    run = await started(h, "escalated")
    await h.person("ann").claims("ok")
    await h.advance("5h")
    (task,) = await run.tasks()
    assert (task.to, task.escalated, task.owner) == (("bob",), 1, None)
    assert (await h.person("ann").approves("ok")).status == "ineligible"
    run = await h.crash_and_restart()
    await h.advance("90m")
    (task,) = await run.tasks()
    assert task.to == ("eve",)
    await h.advance("3h")
    ended = await run.result()
    assert ended["outcome"] == "rejected"
    handed_on = [e.data for e in await told(h, run) if e.name == "task.escalated"]
    assert [(e["was"], e["to"]) for e in handed_on] == [(["ann"], ["bob"]), (["bob"], ["eve"])]


async def test_four_hours_set_on_friday_at_four_end_on_monday(h: Harness) -> None:
    friday = datetime(2026, 1, 9, 15, tzinfo=UTC)  # 16:00 in Berlin
    h.clock.move_to(friday)
    run = await started(h, "office")
    (task,) = await run.tasks()
    assert task.due == datetime(2026, 1, 12, 11, tzinfo=UTC)
    await h.advance("67h")
    assert await run.status() == RunStatus.WAITING
    await h.advance("2h")
    assert (await run.result())["outcome"] == "expired"


async def test_a_decision_is_taken_back_while_the_run_is_paused_and_not_later(h: Harness) -> None:
    run = await started(h, "ann in a day")
    (task,) = await run.tasks()
    await run.pause()
    assert (await h.inbox.approve(task.id, by="ann")).status == "accepted"
    assert (await h.inbox.reopen(task.id, by="bob")).status == "ineligible"
    assert (await h.inbox.reopen(task.id, by="ann", reason="oops")).status == "accepted"
    run = await h.crash_and_restart()
    assert (await h.inbox.get(task.id)).status == "open"
    assert (await h.inbox.reject(task.id, by="ann")).status == "accepted"
    await run.resume()
    await h.rest()
    assert (await h.inbox.reopen(task.id, by="ann")).status == "already_decided"
    ended = await run.result()
    assert (ended["outcome"], ended["by"]) == ("rejected", ["ann"])


async def test_drafts_are_ones_own(h: Harness) -> None:
    run = await started(h, "ann")
    (task,) = await run.tasks()
    await h.inbox.keep_draft(task.id, {"amount": 3}, by="ann")
    await h.crash_and_restart()
    assert await h.inbox.draft(task.id, by="ann") == {"amount": 3}
    assert await h.inbox.draft(task.id, by="bob") is None
    await h.inbox.keep_draft(task.id, None, by="ann")
    assert await h.inbox.draft(task.id, by="ann") is None


async def test_documents_are_put_beside_a_task_by_reference(h: Harness) -> None:
    run = await started(h, "ann")
    (task,) = await run.tasks()
    assert (await h.inbox.attach(task.id, "bill", "javascript:x", by="ann")).status == "invalid"
    url = "https://example.com/bill.pdf"
    assert (await h.inbox.attach(task.id, "bill", url, by="ann")).status == "accepted"
    await h.crash_and_restart()
    assert [(a.name, a.url) for a in (await h.inbox.get(task.id)).attachments] == [("bill", url)]


# ── a directory of one's own ────────────────────────────────────────────────────────────────────


async def test_a_function_is_directory_enough() -> None:
    async def claims(name: str) -> dict[str, Any] | None:
        known = {"ann": {"groups": ["finance"]}, "rob": {"manager": "mia"}, "mia": {"roles": "ceo"}}
        return known.get(name)

    own = App("sqlite:///:memory:", directory=claims)

    @own.workflow
    async def pay(ctx: Context) -> str:
        for key, to in (("a", "group:finance"), ("b", "manager"), ("c", "role:ceo")):
            await ctx.approve(key, to=to)
        return "paid"

    async with Harness(own) as h:
        run = await h.start(pay, by="rob")
        assert (await h.person("mia").approves("a")).status == "ineligible"
        assert (await h.person("ann").approves("a")).status == "accepted"
        assert (await h.person("ann").approves("b")).status == "ineligible"
        assert (await h.person("mia").approves("b")).status == "accepted"
        assert (await h.person("mia").approves("c")).status == "accepted"
        assert await run.result() == "paid"


# ── decisions kept elsewhere ────────────────────────────────────────────────────────────────────


async def test_a_look_up_is_asked_again_and_what_is_pending_is_not_remembered() -> None:
    own = App("sqlite:///:memory:")
    asked = 0
    answer: Any = Pending()

    async def look_up() -> Any:
        nonlocal asked
        asked += 1
        return answer

    @own.workflow
    async def pay(ctx: Context) -> Any:
        decision = await ctx.approve("ok", value=5, check=look_up, check_every="1h")
        return [decision.outcome, decision.value, decision.reason]

    async with Harness(own) as h:
        run = await h.start(pay)
        assert (await run.status(), asked) == (RunStatus.WAITING, 1)
        await h.advance("2h")
        assert asked == 3
        await run.resume()
        await h.rest()
        assert asked == 4
        run = await h.crash_and_restart()
        assert (await run.status(), asked) == (RunStatus.WAITING, 5)
        assert (await names(h, run)).count("task.opened") == 1
        answer = Approved(7)
        await h.advance("1h")
        assert await run.result() == ["approved", 7, None]
        asked = 0
        await h.advance("5h")
        assert asked == 0

        answer = Rejected("too late")
        run = await h.start(pay)
        assert await run.result() == ["rejected", 5, "too late"]


async def test_a_person_may_be_faster_than_a_look_up_that_fails() -> None:
    own = App("sqlite:///:memory:")

    def look_up() -> Any:
        raise ConnectionError("away")

    @own.workflow
    async def pay(ctx: Context) -> str:
        return str((await ctx.approve("ok", check=look_up)).outcome)

    async with Harness(own) as h:
        run = await h.start(pay)
        await h.advance("5m")
        await h.person("ann").approves("ok")
        assert await run.result() == "approved"


# ── what cannot work is refused ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "make",
    [
        lambda: Policy(approvals=3, of=["ann", "bob"]),
        lambda: Policy(approvals=0, of="ann"),
        lambda: Policy(rejections=1, of="ann"),
        lambda: Policy(approvals=1, stages=[Stage(to="ann")]),
        lambda: Stage(to="ann", when="amount >"),
        lambda: Stage(to=" "),
        lambda: Escalate("4h", to=[]),
        lambda: Escalate("4h", to="bob", then="shrug"),
        lambda: Remind("0s"),
        lambda: BusinessHours("Europe/Nowhere"),
        lambda: BusinessHours("Europe/Berlin", "17:00-09:00"),
        lambda: BusinessHours("Europe/Berlin", days="someday"),
        lambda: Policy(of="ann").chain("bob"),
    ],
)
def test_a_rule_that_cannot_work_is_refused_where_it_is_written(make: Any) -> None:
    with pytest.raises(DefinitionError):
        make()


async def test_outcomes_over_the_deadline_are_as_the_policy_says() -> None:
    own = App("sqlite:///:memory:")

    @own.workflow
    async def pay(ctx: Context) -> str:
        try:
            await ctx.approve("ok", to="ann", escalate=Escalate("1h", "bob", then="raise"))
        except Expired:
            return "nobody"
        return "somebody"

    async with Harness(own) as h:
        run = await h.start(pay)
        await h.advance("3h")
        assert await run.result() == "nobody"
