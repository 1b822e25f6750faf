"""People, clock and crashes in any order, over the whole system: what stands is what a small model says."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from typing_extensions import override

from assent import App, Context, Policy
from assent.human.receipt import Receipt
from assent.human.view import TaskView
from assent.testing import START, Harness

T = TypeVar("T")
PEOPLE: Final = ("ann", "bob", "eve")
WHO: Final = st.sampled_from(PEOPLE)
DUE: Final = START + timedelta(hours=10)
WINDOW: Final = timedelta(minutes=30)

app = App("sqlite:///:memory:")


@app.workflow
async def agree(ctx: Context) -> str:
    decision = await ctx.approve(
        "agree", value=1, policy=Policy(approvals=2, of=PEOPLE), timeout="10h", undo="30m"
    )
    return decision.outcome.value


class Played(RuleBasedStateMachine):
    """Two of three must agree within ten hours, and whoever decides has half an hour to think better of it."""

    def do(self, story: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(story)

    @initialize()
    def asks(self) -> None:
        self.runner = asyncio.Runner()
        self.h = self.do(self._opened())
        self.task = self.do(self._asked())
        self.said: dict[str, bool] = {}
        self.outcome: str | None = None
        self.decided: tuple[str, datetime] | None = None
        self.final = False

    async def _opened(self) -> Harness:
        return await Harness(app).__aenter__()

    async def _asked(self) -> str:
        run = await self.h.start(agree, id="r")
        return (await run.tasks())[0].id

    @override
    def teardown(self) -> None:
        if not hasattr(self, "runner"):
            return
        try:
            assert self.do(self._ended()) == (self.outcome or "expired")
        finally:
            self.do(self.h.__aexit__(None, None, None))
            self.runner.close()

    async def _ended(self) -> str:
        await self.h.advance("20h")
        return str(await self.h.app.run("r").result())

    @rule(who=WHO, yes=st.booleans())
    def says(self, who: str, yes: bool) -> None:
        self.answers(who, yes)

    def answers(self, who: str, yes: bool) -> None:
        status = self.do(self._answers(who, yes)).status
        if who in self.said:
            already = "expired" if self.outcome == "expired" else "already_decided"
            assert status == ("duplicate" if self.said[who] is yes else already)
        elif self.outcome is not None:
            assert status == ("expired" if self.outcome == "expired" else "already_decided")
        else:
            self.said[who] = yes
            agreed = sum(self.said.values())
            if agreed == 2 or len(self.said) - agreed == 2:
                self.outcome = "approved" if agreed == 2 else "rejected"
                self.decided = (who, self.h.clock.now())
            assert status == ("recorded" if self.outcome is None else "accepted")

    async def _answers(self, who: str, yes: bool) -> Receipt:
        act = self.h.inbox.approve if yes else self.h.inbox.reject
        receipt = await act(self.task, by=who)
        await self.h.rest()
        return receipt

    @rule(who=WHO)
    def says_yes(self, who: str) -> None:
        self.answers(who, True)

    @precondition(lambda self: self.outcome is not None or len(self.said) == 1)
    @rule(who=WHO)
    def takes_back(self, who: str) -> None:
        status = self.do(self.h.inbox.reopen(self.task, by=who)).status
        if self.outcome is None:
            assert status == "duplicate"
        elif self.final or self.decided is None:
            assert status == "already_decided"
        elif who != self.decided[0]:
            assert status == "ineligible"
        elif self.h.clock.now() >= DUE:
            assert status == "expired"
        else:
            assert status == "accepted"
            self.outcome, self.decided = None, None
            del self.said[who]

    @precondition(lambda self: self.decided is not None and not self.final)
    @rule()
    def thinks_better_of_it(self) -> None:
        assert self.decided is not None
        self.takes_back(self.decided[0])

    @rule(minutes=st.sampled_from([5, 10, 40, 300]))
    def time_passes(self, minutes: int) -> None:
        self.do(self.h.advance(timedelta(minutes=minutes)))
        now = self.h.clock.now()
        if self.decided is not None and now >= self.decided[1] + WINDOW:
            self.final = True
        elif self.outcome is None and now >= DUE:
            self.outcome, self.final = "expired", True

    @precondition(lambda self: not self.final)
    @rule()
    def crashes(self) -> None:
        self.do(self.h.crash_and_restart())

    @invariant()
    def it_stands_as_the_model_says(self) -> None:
        if not hasattr(self, "task"):
            return
        task: TaskView = self.do(self.h.inbox.get(self.task))
        known = "open" if self.outcome is None else "closed" if self.final else "decided"
        assert (task.status, task.outcome) == (known, self.outcome)
        if self.outcome is None:
            assert set(task.needs) == set(PEOPLE) - self.said.keys()


Played.TestCase.settings = settings(
    max_examples=20,
    stateful_step_count=20,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestPlayed: Any = pytest.mark.timeout(300)(Played.TestCase)  # a slow machine plays slowly
