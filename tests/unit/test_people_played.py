"""A task with rules, played by people, the clock and crashes, against a small model of what should stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from assent.core.command import AskBack, Command, Delegate, Expire, HandOn, Reply, Respond
from assent.core.journal import Fact, RunStarted, TaskOpened, micros
from assent.core.policy import Actor, Policy, Rules, escalation_json, rules_json
from assent.core.policy import Escalate as Escalation
from assent.core.record import seal
from assent.core.ruling import rule as judged
from assent.core.run import begin
from assent.core.standing import needed
from assent.core.task import HumanTask, Outcome, TaskFact, evolve
from assent.core.values import Json
from assent.ports.rows import StoredTask
from assent.rows import task_of, task_row
from tests.core.people import NOON

PEOPLE = ["ann", "bob", "cid", "dee", "rob"]
WHO = st.sampled_from(PEOPLE)
SAYS = st.sampled_from([Outcome.APPROVED, Outcome.REJECTED, Outcome.EDITED])


@dataclass
class Model:
    """What should stand: the yes and no of this round by seat, who may speak, how it ended."""

    asked: list[str]
    needs: int
    requester: str
    yes: set[str] = field(default_factory=set[str])
    no: set[str] = field(default_factory=set[str])
    spoken: set[str] = field(default_factory=set[str])
    lets: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    edited: bool = False
    outcome: Outcome | None = None

    def seats(self, who: str) -> list[str]:
        """For whom somebody may speak."""
        if who == self.requester:
            return []
        if who in self.asked:
            return [who]
        found, look = set[str](), [who]
        while look:
            holder = look.pop()
            for owner, to in self.lets:
                if to == holder and owner not in found and owner != who:
                    found.add(owner)
                    look.append(owner)
        return [name for name in self.asked if name in found and name != self.requester]

    def says(self, who: str, seat: str, what: Outcome) -> None:
        """Count it."""
        if what is Outcome.EDITED:
            self.yes, self.no, self.spoken, self.edited = set(), set(), set(), True
        self.spoken.add(who)
        own = who == seat
        if seat in self.yes | self.no and not own:
            if what is Outcome.REJECTED and seat in self.yes and seat not in self.spoken:
                self.yes.discard(seat)
                self.no.add(seat)
        else:
            self.yes.discard(seat)
            self.no.discard(seat)
            (self.no if what is Outcome.REJECTED else self.yes).add(seat)
        able = set(self.asked) - {self.requester}
        if len(self.yes) >= self.needs:
            self.outcome = Outcome.EDITED if self.edited else Outcome.APPROVED
        elif self.needs - len(self.yes) > len(able - self.yes - self.no):
            self.outcome = Outcome.REJECTED


class Played(RuleBasedStateMachine):
    """Two of a few must agree, the requester is left out, and nobody has all day."""

    @initialize(
        of=st.lists(WHO, min_size=2, max_size=4, unique=True),
        needs=st.integers(1, 2),
        by=st.sampled_from(PEOPLE[:3]),
    )
    def ask(self, of: list[str], needs: int, by: str) -> None:
        self.now = NOON
        needs = min(needs, len([name for name in of if name != by]))
        policy = Policy(approvals=needs, of=of, exclude_requester=True)
        rules = Rules(stages=policy.chain(()), exclude_requester=True)
        self.opened = TaskOpened(
            key="ok",
            task="task_1",
            name="ok",
            asks="approve",
            digest="d",
            to=list(of),
            by=by,
            due=micros(NOON + timedelta(hours=20)),
            policy=rules_json(rules),
            escalate=escalation_json(Escalation("9h", "dee")),
            escalate_at=micros(NOON + timedelta(hours=9)),
            value={"amount": 1},
        )
        self.task = HumanTask(asked=self.opened, opened=NOON, number=2)
        self.model = Model(asked=list(of), needs=needs, requester=by)
        self.left: timedelta | None = None
        self.escalates: timedelta | None = timedelta(hours=9)

    def do(self, command: Command) -> str:
        ruling = judged(self.task, command, self.now)
        for fact in ruling.facts:
            self.task = evolve(self.task, cast(TaskFact, fact), self.now)
        return ruling.status

    @rule(who=WHO, what=SAYS, amount=st.integers(2, 9))
    def answers(self, who: str, what: Outcome, amount: int) -> None:
        value: Json = {"amount": amount} if what is Outcome.EDITED else None
        model, seats = self.model, self.model.seats(who)
        free = [name for name in seats if name not in model.yes | model.no]
        overdue = self.task.due is not None and self.now >= self.task.due
        was = model.outcome
        status = self.do(Respond(by=Actor(who), via="t", outcome=what, value=value))
        if was is not None:
            assert status in {"already_decided", "expired", "duplicate"}
        elif overdue:
            assert status == "expired"
            model.outcome = Outcome.EXPIRED
        elif not seats:
            assert status == "ineligible"
        elif who in model.spoken:
            assert status in {"duplicate", "already_decided"}
        else:
            seat = self.task.answers[-1].seat
            assert seat in (free or seats)
            model.says(who, seat, what)
            assert status == ("recorded" if model.outcome is None else "accepted")

    @rule(who=WHO, to=WHO)
    def delegates(self, who: str, to: str) -> None:
        model = self.model
        open_ = model.outcome is None and not (self.task.due and self.now >= self.task.due)
        if open_ and self.do(Delegate(by=Actor(who), via="t", to=to)) == "accepted":
            assert model.seats(who)
            assert to not in (who, model.requester)
            model.lets.append((who, to))

    @rule(who=WHO)
    def asks_back(self, who: str) -> None:
        open_ = self.model.outcome is None and not (self.task.due and self.now >= self.task.due)
        if open_ and self.do(AskBack(by=Actor(who), via="t", text="?")) == "accepted":
            assert self.task.due is None

    @rule()
    def replies(self) -> None:
        if self.task.question is not None and self.model.outcome is None:
            assert self.do(Reply(by=Actor(self.model.requester), via="t", text="!")) == "accepted"
            assert self.task.due is not None
            assert self.task.due > self.now

    @rule(hours=st.integers(1, 8))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        if self.model.outcome is not None:
            return
        if self.task.due is not None and self.now >= self.task.due:
            assert self.do(Expire()) == "accepted"
            self.model.outcome = Outcome.EXPIRED
        elif self.do(HandOn()) == "accepted":
            assert self.task.escalated == 1
            model = self.model
            model.asked, model.lets, model.needs = ["dee"], [], 1
            model.yes, model.no, model.spoken = set(), set(), set()

    @rule()
    def crashes(self) -> None:
        """Nothing is left but what is stored."""
        started = RunStarted(workflow="w", version="1")
        row = task_row(begin("run_1", started, NOON, "s"), self.task)
        record = seal("run_1", 2, micros(NOON), cast(Fact, self.opened), previous="", salt="s")
        assert task_of(StoredTask(row, record)) == self.task
        self.task = task_of(StoredTask(row, record))

    @invariant()
    def it_stands_as_the_model_says(self) -> None:
        if not hasattr(self, "task"):
            return
        closing = self.task.closing
        assert (closing.outcome if closing else None) == self.model.outcome
        verdict = needed(self.task)
        assert (verdict.needs == ()) is (closing is not None)
        assert self.task.value == ({"amount": 1} if not self.model.edited else self.task.value)


TestPlayed = Played.TestCase
TestPlayed.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
