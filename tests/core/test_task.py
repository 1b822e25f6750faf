"""A task obeys its table; it closes once, and every attempt is told what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from assent.core.command import (
    ALLOWED,
    AskBack,
    Attach,
    Claim,
    Command,
    Conclude,
    Delegate,
    Expire,
    HandOn,
    Nudge,
    Reassign,
    Release,
    Remark,
    Reopen,
    Reply,
    Respond,
    Settle,
    Withdraw,
)
from assent.core.journal import TaskAnswered, TaskClosed, TaskCommented, TaskRefused, micros
from assent.core.policy import Actor, Escalate, Remind, escalation_json, reminder_json
from assent.core.ruling import rule
from assent.core.standing import Ruling
from assent.core.task import (
    SAYS,
    HumanTask,
    Outcome,
    ReceiptStatus,
    TaskFact,
    TaskKind,
    TaskState,
    evolve,
)
from assent.errors import FieldError
from tests.core.people import NOON, SHOWN, asked, commands, responses, steps, tasks

ANN, BOB = Actor("ann"), Actor("bob")


def after(task: HumanTask, ruling: Ruling, at: datetime) -> HumanTask:
    """The task once the ruling's facts are recorded."""
    for fact in ruling.facts:
        task = evolve(task, cast(TaskFact, fact), at)
    return task


def lived(
    task: HumanTask, story: list[tuple[Command, int]]
) -> Iterator[tuple[HumanTask, Command, Ruling, HumanTask, datetime]]:
    """Each thing that was tried: the task before it, the command, the ruling, the task after it, and when."""
    at = NOON
    for command, minutes in story:
        at += timedelta(minutes=minutes)
        ruling = rule(task, command, at)
        later = after(task, ruling, at)
        yield task, command, ruling, later, at
        task = later


def yes(by: Actor = ANN, **more: object) -> Respond:
    return Respond(by=by, via="page", outcome=Outcome.APPROVED, **more)  # type: ignore[arg-type]


# ── laws ────────────────────────────────────────────────────────────────────────────────────────


@given(tasks, steps)
def test_only_allowed_commands_change_a_task(
    task: HumanTask, story: list[tuple[Command, int]]
) -> None:
    for before, command, ruling, later, at in lived(task, story):
        overdue = before.due is not None and at >= before.due and not before.closed
        if type(command) not in ALLOWED[before.state] and not overdue:
            assert later == before
            assert ruling.facts == ()


@given(tasks, steps)
def test_a_closed_task_never_changes_its_closing(
    task: HumanTask, story: list[tuple[Command, int]]
) -> None:
    for before, _, _, later, _ in lived(task, story):
        if before.closed:
            assert (later.closing, later.state, later.answers) == (
                before.closing,
                TaskState.CLOSED,
                before.answers,
            )


@given(tasks, steps)
def test_a_task_closes_once_at_most(task: HumanTask, story: list[tuple[Command, int]]) -> None:
    closings = [
        fact
        for _, _, ruling, _, _ in lived(task, story)
        for fact in ruling.facts
        if isinstance(fact, TaskClosed)
    ]
    assert len(closings) <= 1


@given(tasks, steps)
def test_state_owner_and_closing_agree(task: HumanTask, story: list[tuple[Command, int]]) -> None:
    for _, _, _, later, _ in lived(task, story):
        assert later.closed == (later.closing is not None)
        if later.state is TaskState.CLAIMED:
            assert later.owner is not None
        if later.state is TaskState.OPEN:
            assert later.owner is None


@given(tasks, steps)
def test_every_attempt_is_told_what_became_of_it(
    task: HumanTask, story: list[tuple[Command, int]]
) -> None:
    for _, _, ruling, _, _ in lived(task, story):
        assert ruling.message.strip()
        assert ruling.message[0].isupper() or ruling.message[0].islower()
        assert "None" not in ruling.message
        assert (ruling.status is ReceiptStatus.INVALID) or not ruling.errors


@given(tasks, steps)
def test_an_answer_is_accepted_just_where_it_is_recorded(
    task: HumanTask, story: list[tuple[Command, int]]
) -> None:
    for _, command, ruling, later, _ in lived(task, story):
        recorded = any(isinstance(fact, TaskAnswered) for fact in ruling.facts)
        if isinstance(command, Respond):
            assert recorded == (ruling.status is ReceiptStatus.ACCEPTED)
            if recorded:
                assert later.decision is not None
                assert later.answers[-1].by == command.by.name


@given(tasks, steps, responses)
def test_the_same_answer_again_is_harmless(
    task: HumanTask, story: list[tuple[Command, int]], said: Respond
) -> None:
    at = NOON
    for _, _, _, later, moment in lived(task, story):
        task, at = later, moment
    first = rule(task, said, at)
    task = after(task, first, at)
    again = rule(task, said, at + timedelta(days=30))
    if first.status is ReceiptStatus.ACCEPTED:
        assert (again.status, again.facts) == (ReceiptStatus.DUPLICATE, ())
    elif task.closed:
        assert again.facts == ()


@given(tasks, steps)
def test_a_deadline_is_kept_by_whoever_comes_first(
    task: HumanTask, story: list[tuple[Command, int]]
) -> None:
    for before, command, ruling, later, at in lived(task, story):
        if before.due is None or before.closed or at < before.due:
            assert ruling.status is not ReceiptStatus.EXPIRED or before.closed
            continue
        if isinstance(command, Remark):
            continue
        assert later.closing is not None
        taken_back = isinstance(command, Withdraw) and command.by is None
        assert later.closing.outcome is (Outcome.CANCELLED if taken_back else Outcome.EXPIRED)


@given(tasks, commands, commands)
def test_refusals_are_recorded_while_the_task_is_open(
    task: HumanTask, first: Command, second: Command
) -> None:
    for before, command, ruling, _, _ in lived(task, [(first, 0), (second, 0)]):
        if (
            isinstance(command, Respond)
            and before.state in {TaskState.OPEN, TaskState.CLAIMED}
            and ruling.status is not ReceiptStatus.ACCEPTED
        ):
            (refused,) = ruling.facts
            assert isinstance(refused, TaskRefused)
            assert (refused.by, refused.via, refused.status, refused.why) == (
                command.by.name,
                command.via,
                ruling.status,
                ruling.message,
            )


# ── receipts ────────────────────────────────────────────────────────────────────────────────────

CLOSED = after(asked(), rule(asked(), yes(), NOON), NOON)
EXPIRED = after(asked(due=NOON), rule(asked(due=NOON), Expire(), NOON), NOON)
CANCELLED = after(asked(), rule(asked(), Withdraw(by=BOB, via="page"), NOON), NOON)
CLAIMED = after(asked(), rule(asked(), Claim(by=ANN, via="page"), NOON), NOON)


@pytest.mark.parametrize(
    ("task", "command", "status", "words"),
    [
        (asked(), yes(), ReceiptStatus.ACCEPTED, "counts: approved"),
        (asked(), yes(shown=SHOWN), ReceiptStatus.ACCEPTED, "counts"),
        (asked(), yes(shown="older"), ReceiptStatus.STALE, "Look at the task again"),
        (asked(to=("bob",)), yes(), ReceiptStatus.INELIGIBLE, "assigned to bob"),
        (asked(kind=TaskKind.ASK), yes(), ReceiptStatus.INVALID, "it takes: answer"),
        (asked(), yes(errors=(FieldError("/n", "odd"),)), ReceiptStatus.INVALID, "/n: odd"),
        (CLAIMED, yes(BOB), ReceiptStatus.INELIGIBLE, "ann has claimed"),
        (CLAIMED, yes(), ReceiptStatus.ACCEPTED, "counts"),
        (CLAIMED, Claim(by=ANN, via="page"), ReceiptStatus.DUPLICATE, "hold this task already"),
        (CLAIMED, Claim(by=BOB, via="page"), ReceiptStatus.INELIGIBLE, "ann has claimed"),
        (CLAIMED, Release(by=BOB, via="page"), ReceiptStatus.INELIGIBLE, "only its holder"),
        (CLAIMED, Release(by=ANN, via="page"), ReceiptStatus.ACCEPTED, "Anybody"),
        (asked(), Release(by=ANN, via="page"), ReceiptStatus.INVALID, "Nobody has claimed"),
        (
            asked(to=("bob",)),
            Claim(by=ANN, via="page"),
            ReceiptStatus.INELIGIBLE,
            "assigned to bob",
        ),
        (asked(), Expire(), ReceiptStatus.INVALID, "not come yet"),
        (CLOSED, yes(), ReceiptStatus.DUPLICATE, "said this already"),
        (
            CLOSED,
            yes(reason="because"),
            ReceiptStatus.ALREADY_DECIDED,
            "approved by ann at 2026-01-05 12:00:00 UTC",
        ),
        (CLOSED, yes(BOB), ReceiptStatus.ALREADY_DECIDED, "that decision stands"),
        (CLOSED, Withdraw(by=BOB, via="page"), ReceiptStatus.ALREADY_DECIDED, "approved by ann"),
        (CLOSED, Expire(), ReceiptStatus.ALREADY_DECIDED, "approved by ann"),
        (CLOSED, Claim(by=BOB, via="page"), ReceiptStatus.ALREADY_DECIDED, "approved by ann"),
        (EXPIRED, yes(), ReceiptStatus.EXPIRED, "deadline passed"),
        (CANCELLED, yes(), ReceiptStatus.CANCELLED, "cancelled by bob"),
        (CANCELLED, Withdraw(by=ANN, via="page"), ReceiptStatus.DUPLICATE, "cancelled by bob"),
        (CLOSED, Remark(by=BOB, via="page", text="good"), ReceiptStatus.ACCEPTED, "Noted"),
    ],
)
def test_each_attempt_gets_its_own_receipt(
    task: HumanTask, command: Command, status: ReceiptStatus, words: str
) -> None:
    ruling = rule(task, command, NOON)
    assert ruling.status is status
    assert words in ruling.message


def test_an_answer_in_the_instant_of_the_deadline_is_too_late() -> None:
    due = NOON + timedelta(hours=1)
    task = asked(due=due)
    assert rule(task, yes(), due - timedelta(microseconds=1)).status is ReceiptStatus.ACCEPTED
    assert rule(task, yes(), due).status is ReceiptStatus.EXPIRED


@pytest.mark.parametrize(
    ("first", "second"), [(1, True), (0, False), (1, 1.0), ("1", 1), (None, False), ([], {})]
)
def test_an_answer_of_another_type_is_another_answer(first: object, second: object) -> None:
    task = asked(kind=TaskKind.ASK)

    def says(value: object) -> Respond:
        return Respond(by=ANN, via="page", outcome=Outcome.ANSWERED, value=value)  # type: ignore[arg-type]

    task = after(task, rule(task, says(first), NOON), NOON)
    assert rule(task, says(first), NOON).status is ReceiptStatus.DUPLICATE
    assert rule(task, says(second), NOON).status is ReceiptStatus.ALREADY_DECIDED


@given(st.sampled_from(list(TaskKind)), responses)
def test_a_task_takes_the_answers_of_its_kind_only(kind: TaskKind, said: Respond) -> None:
    ruling = rule(asked(kind=kind), said, NOON)
    if said.outcome not in SAYS[kind]:
        assert ruling.status in {ReceiptStatus.INVALID, ReceiptStatus.STALE}


def test_what_people_wrote_stays_in_order_also_after_the_end() -> None:
    task = CLOSED
    for text in ("one", "two"):
        task = after(task, rule(task, Remark(by=BOB, via="page", text=text), NOON), NOON)
    assert [comment.text for comment in task.comments] == ["one", "two"]
    assert isinstance(
        rule(task, Remark(by=BOB, via="page", text="x"), NOON).facts[0], TaskCommented
    )


# ── table and drawing ───────────────────────────────────────────────────────────────────────────

DRAWN = """
open     ──AskBack, Attach, Claim, Delegate, Expire, HandOn, Nudge, Reassign, Remark, Reply, Respond, Settle, Withdraw
claimed  ──AskBack, Attach, Delegate, Expire, HandOn, Nudge, Reassign, Release, Remark, Reply, Respond, Settle, Withdraw
decided  ──Attach, Conclude, Remark, Reopen, Withdraw
closed   ──Attach, Remark, Reopen
"""


def test_the_table_is_as_it_is_drawn() -> None:
    rows = [
        f"{state.value:8} ──{', '.join(sorted(command.__name__ for command in commands))}"
        for state, commands in ALLOWED.items()
    ]
    assert rows == DRAWN.split("\n")[1:-1]


def test_every_allowed_command_leads_where_the_page_draws_it() -> None:
    page = (Path(__file__).parents[2] / "docs/concepts/tasks.md").read_text(encoding="utf-8")
    drawn = {
        (before, later, word)
        for before, later, words in re.findall(r"^    (\w+) --> (\w+): (.+)$", page, re.MULTILINE)
        for word in words.split(", ")
    }
    due = NOON + timedelta(hours=1)
    tried: dict[type[Command], Command] = {
        Claim: Claim(by=ANN, via="page"),
        Release: Release(by=ANN, via="page"),
        Remark: Remark(by=ANN, via="page", text="hm"),
        Respond: yes(),
        Delegate: Delegate(by=ANN, via="page", to="bob"),
        Reassign: Reassign(by=ANN, via="page", to=("bob",)),
        AskBack: AskBack(by=ANN, via="page", text="?"),
        Reply: Reply(by=ANN, via="page", text="!"),
        Attach: Attach(by=ANN, via="page", name="bill", url="https://example.com/bill"),
        Settle: Settle(via="check", outcome=Outcome.APPROVED),
        Reopen: Reopen(by=ANN, via="page"),
        Nudge: Nudge(),
        HandOn: HandOn(),
        Withdraw: Withdraw(by=ANN, via="page"),
        Conclude: Conclude(),
        Expire: Expire(),
    }
    fresh = asked(
        due=due,
        remind=reminder_json(Remind("1h")),
        remind_at=micros(NOON),
        escalate=escalation_json(Escalate("1h", to="bob")),
        escalate_at=micros(NOON),
    )
    claimed = after(fresh, rule(fresh, tried[Claim], NOON), NOON)
    closed = after(fresh, rule(fresh, tried[Respond], NOON), NOON)
    undone = replace(fresh, asked=replace(fresh.asked, undo=0))
    held = replace(claimed, asked=undone.asked)
    decided = after(undone, rule(undone, tried[Respond], NOON), NOON)
    led = set[tuple[str, str, str]]()
    for task in (fresh, claimed, decided, closed):
        for kind in ALLOWED[task.state]:
            at = due if kind is Expire else NOON
            puzzled = after(task, rule(task, tried[AskBack], NOON), NOON)
            ruling = rule(puzzled if kind is Reply else task, tried[kind], at)
            assert ruling.status is ReceiptStatus.ACCEPTED
            led.add((task.state.value, after(task, ruling, at).state.value, kind.__name__.lower()))
    for task in (undone, held):
        leads_to = after(task, rule(task, tried[Respond], NOON), NOON).state.value
        led.add((task.state.value, leads_to, "respond"))
    assert led == drawn
