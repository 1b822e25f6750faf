"""One task, played by people and the clock against a tiny model of what should stand."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from assent.core.command import Claim, Command, Expire, Release, Remark, Respond, Withdraw
from assent.core.journal import Fact
from assent.core.policy import Actor
from assent.core.ruling import rule as judged
from assent.core.task import Outcome, ReceiptStatus, TaskFact, TaskState, evolve
from tests.core.people import NOON, asked

WHO = st.sampled_from(["ann", "bob", "eve"])
SAYS = st.sampled_from([Outcome.APPROVED, Outcome.REJECTED])


class OneTask(RuleBasedStateMachine):
    """The model: who may answer, who holds it, how it ended, what was written."""

    @initialize(to=st.sampled_from([(), ("ann", "bob")]), hours=st.none() | st.integers(1, 9))
    def ask(self, to: tuple[str, ...], hours: int | None) -> None:
        self.now = NOON
        self.due = None if hours is None else NOON + timedelta(hours=hours)
        self.task = asked(to=to, due=self.due)
        self.journal: list[Fact] = []
        self.may = set(to) or {"ann", "bob", "eve"}
        self.holder: str | None = None
        self.ended: tuple[Outcome, str | None] | None = None
        self.said: tuple[str, Outcome] | None = None
        self.remarks = 0

    def tries(self, command: Command) -> ReceiptStatus:
        """Judge it, record what follows, and say what became of it."""
        ruling = judged(self.task, command, self.now)
        for fact in ruling.facts:
            self.task = evolve(self.task, cast(TaskFact, fact), self.now)
            self.journal.append(fact)
        return ruling.status

    def too_late(self) -> bool:
        """Whoever comes first after the deadline finds the task expired."""
        if self.ended is None and self.due is not None and self.now >= self.due:
            self.ended = (Outcome.EXPIRED, None)
            return True
        return False

    def over(self) -> ReceiptStatus:
        assert self.ended is not None
        return {
            Outcome.EXPIRED: ReceiptStatus.EXPIRED,
            Outcome.CANCELLED: ReceiptStatus.CANCELLED,
        }.get(self.ended[0], ReceiptStatus.ALREADY_DECIDED)

    # ── people and the clock ────────────────────────────────────────────────────────────────────

    @rule(minutes=st.integers(1, 300))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(who=WHO, outcome=SAYS)
    def somebody_answers(self, who: str, outcome: Outcome) -> None:
        status = self.tries(Respond(by=Actor(who), via="page", outcome=outcome))
        if self.too_late():
            assert status is ReceiptStatus.EXPIRED
        elif self.ended is not None:
            again = self.said == (who, outcome)
            assert status is (ReceiptStatus.DUPLICATE if again else self.over())
        elif who not in self.may or self.holder not in {None, who}:
            assert status is ReceiptStatus.INELIGIBLE
        else:
            assert status is ReceiptStatus.ACCEPTED
            self.ended, self.said = (outcome, who), (who, outcome)

    @rule(who=WHO)
    def somebody_claims(self, who: str) -> None:
        status = self.tries(Claim(by=Actor(who), via="page"))
        if self.too_late():
            assert status is ReceiptStatus.EXPIRED
        elif self.ended is not None:
            assert status is self.over()
        elif self.holder == who:
            assert status is ReceiptStatus.DUPLICATE
        elif self.holder is not None or who not in self.may:
            assert status is ReceiptStatus.INELIGIBLE
        else:
            assert status is ReceiptStatus.ACCEPTED
            self.holder = who

    @rule(who=WHO)
    def somebody_releases(self, who: str) -> None:
        status = self.tries(Release(by=Actor(who), via="page"))
        if self.too_late():
            assert status is ReceiptStatus.EXPIRED
        elif self.ended is not None:
            assert status is self.over()
        elif self.holder is None:
            assert status is ReceiptStatus.INVALID
        elif self.holder != who:
            assert status is ReceiptStatus.INELIGIBLE
        else:
            assert status is ReceiptStatus.ACCEPTED
            self.holder = None

    @rule(who=WHO)
    def somebody_writes(self, who: str) -> None:
        assert self.tries(Remark(by=Actor(who), via="page", text="hm")) is ReceiptStatus.ACCEPTED
        self.remarks += 1

    @precondition(lambda self: self.remarks > 0)
    @rule(who=WHO)
    def somebody_cancels(self, who: str) -> None:
        status = self.tries(Withdraw(by=Actor(who), via="page"))
        if self.too_late():
            assert status is ReceiptStatus.EXPIRED
        elif self.ended is not None:
            wanted = self.ended[0] is Outcome.CANCELLED
            assert status is (ReceiptStatus.DUPLICATE if wanted else self.over())
        else:
            assert status is ReceiptStatus.ACCEPTED
            self.ended = (Outcome.CANCELLED, who)

    @rule()
    def the_timer_rings(self) -> None:
        status = self.tries(Expire())
        if self.too_late():
            assert status is ReceiptStatus.ACCEPTED
        elif self.ended is None:
            assert status is ReceiptStatus.INVALID
        else:
            assert status is self.over()

    # ── what always stands ──────────────────────────────────────────────────────────────────────

    @invariant()
    def the_task_is_what_the_model_says(self) -> None:
        if self.ended is None:
            assert self.task.state is (TaskState.OPEN if self.holder is None else TaskState.CLAIMED)
            assert self.task.owner == self.holder
            assert self.task.closing is None
        else:
            assert self.task.closing is not None
            assert (self.task.closing.outcome, self.task.closing.by) == self.ended
        assert len(self.task.comments) == self.remarks

    @invariant()
    def its_journal_makes_the_same_task_again(self) -> None:
        again = asked(to=tuple(self.task.asked.to or ()), due=self.due)
        for fact in self.journal:
            again = evolve(again, cast(TaskFact, fact), self.now)
        assert (again.state, again.owner) == (self.task.state, self.task.owner)
        assert len(again.answers) == len(self.task.answers) <= 1


TestOneTask = OneTask.TestCase
TestOneTask.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
