"""The journal is the outbox: nothing is forgotten, nothing is told twice needlessly, and no channel can harm a run."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from typing_extensions import override

from assent import App, DefinitionError, InvalidState, NonRetryable, NotFound, RetryAfter, Settings
from assent.core.routing import Quiet, Route
from assent.notifying.notice import Notice
from assent.notifying.outbox import Sending
from assent.notifying.sender import DELAYS
from assent.testing import Harness
from tests.notifying.recorder import CLOSED, OPENED, Recorder, asking

pytestmark = pytest.mark.anyio


async def test_people_are_told_when_they_are_needed_and_when_they_no_longer_are(place: str) -> None:
    tell = Recorder()
    async with Harness(asking(tell), database=place) as h:
        run = await h.start("ask", {"to": "group:finance"})
        assert tell.heard == [OPENED]
        asked = tell.told[0]
        assert (asked.summary, asked.workflow_name, asked.approval_key) == (
            "Refund €120?",
            "ask",
            "refund",
        )
        assert (asked.run_id, asked.to, asked.outcome) == (run.id, ("group:finance",), None)
        await h.person("ann").rejects("refund", "too late")
        await h.rest()
        assert tell.heard == [OPENED, CLOSED]
        ended = tell.told[1]
        assert (ended.outcome, ended.by, ended.reason) == ("rejected", "ann", "too late")


async def test_a_channel_may_be_a_plain_object_with_one_sync_method() -> None:
    told: list[str] = []

    class Pager:
        def on_approval_needed(self, ctx: Notice) -> None:
            told.append(ctx.approval_key)

    async with Harness(asking(Pager())) as h:
        run = await h.start("ask", {})
        await h.person("ann").approves("refund")
        assert await run.result() == "approved"
        assert told == ["refund"]


def test_what_is_no_channel_is_refused() -> None:
    with pytest.raises(DefinitionError, match="on_approval_needed"):
        App(channels=[object()])


async def test_three_approvals_in_a_row_tell_each_approver_once(place: str) -> None:
    tell = Recorder()
    async with Harness(asking(tell), database=place) as h:
        await h.start("chain")
        for name in ("ann", "bob", "cy"):
            await h.person(name).approves(name)
            await h.restart()
        needed = [(n.approval_key, n.to) for n in tell.told if n.event == "task.opened"]
        assert needed == [("ann", ("ann",)), ("bob", ("bob",)), ("cy", ("cy",))]
        assert len(tell.told) == 6
        assert await h.app.notifications.all() == []


async def test_a_broken_channel_harms_neither_the_run_nor_other_channels(
    caplog: pytest.LogCaptureFixture, place: str
) -> None:
    broken, works = Recorder(fails=1000), Recorder()
    with caplog.at_level(logging.WARNING, "assent.notifying"):
        async with Harness(asking(broken, works), database=place) as h:
            run = await h.start("ask", {})
            await h.person("ann").approves("refund")
            assert await run.result() == "approved"
            await h.rest()
            assert works.heard == [OPENED, CLOSED]
            assert broken.told == []
            (first, second) = await h.app.notifications.all()
            assert (first.attempts, first.error) == (1, "OSError: the line is down")
            assert (second.event, second.attempts) == ("task.closed", 0)  # not before the first
    assert "notification.failed" in caplog.messages


async def test_what_failed_is_tried_again_later_and_later_in_order() -> None:
    tell = Recorder(fails=2)
    async with Harness(asking(tell)) as h:
        await h.start("ask", {})
        await h.person("ann").approves("refund")
        await h.advance(DELAYS[0])
        assert tell.told == []
        await h.advance(DELAYS[1])
        assert tell.heard == [OPENED, CLOSED]
        assert len(set(tell.attempts)) == 2  # the id stays at each attempt


async def test_what_keeps_failing_is_a_dead_letter_which_can_be_resent() -> None:
    tell = Recorder(fails=len(DELAYS) + 1)
    async with Harness(asking(tell)) as h:
        await h.start("ask", {})
        await h.advance(sum(DELAYS, start=DELAYS[0]))
        (dead,) = await h.app.notifications.all(dead=True)
        assert (dead.status, dead.attempts, tell.told) == (Sending.DEAD, len(DELAYS) + 1, [])
        await h.restart()
        assert tell.told == []
        again = await h.app.notifications.resend(dead.id)
        assert again.attempts == 0
        await h.rest()
        assert tell.heard == [OPENED]
        with pytest.raises(NotFound):
            await h.app.notifications.resend(dead.id)


async def test_what_is_still_being_tried_needs_no_resending() -> None:
    tell = Recorder(fails=1)
    async with Harness(asking(tell)) as h:
        await h.start("ask", {})
        (waiting,) = await h.app.notifications.all()
        with pytest.raises(InvalidState):
            await h.app.notifications.resend(waiting.id)


async def test_a_channel_may_give_up_at_once_or_say_when_to_try_again() -> None:
    gives_up = Recorder(fails=1, error=NonRetryable("nobody lives there"))
    waits = Recorder(fails=1, error=RetryAfter(3600))
    async with Harness(asking(gives_up, waits)) as h:
        await h.start("ask", {})
        (dead,) = await h.app.notifications.all(dead=True)
        assert (dead.channel, dead.error) == ("Recorder", "nobody lives there")
        await h.advance("59m")
        assert len(waits.attempts) == 1
        await h.advance("1m")
        assert waits.heard == [OPENED]


async def test_a_crash_before_it_was_told_forgets_nothing() -> None:
    tell = Recorder(fails=1)
    async with Harness(asking(tell)) as h:
        await h.start("ask", {})
        await h.crash_and_restart()
        await h.person("ann").approves("refund")
        await h.crash_and_restart()
        await h.advance("1h")
        assert tell.heard == [OPENED, CLOSED]


async def test_what_was_told_is_not_told_again_after_a_crash() -> None:
    tell = Recorder()
    async with Harness(asking(tell)) as h:
        await h.start("ask", {})
        for _ in range(3):
            await h.crash_and_restart()
        await h.person("ann").approves("refund")
        await h.crash_and_restart()
        await h.advance("1d")
        assert tell.heard == [OPENED, CLOSED]


@pytest.mark.parametrize("commit", range(1, 7))
@pytest.mark.parametrize("written", [False, True])
async def test_dying_at_any_commit_forgets_nobody(commit: int, written: bool) -> None:
    tell = Recorder()
    async with Harness(asking(tell)) as h:
        h.dies_at(commit, written=written)
        starting = asyncio.ensure_future(h.start("ask", {}, id="r-1"))
        dying = asyncio.ensure_future(h.died.wait())
        await asyncio.wait({starting, dying}, return_when=asyncio.FIRST_COMPLETED)
        starting.cancel()
        dying.cancel()
        await asyncio.wait({starting, dying})
        await h.crash()
        await h.open()
        await h.start("ask", {}, id="r-1")
        await h.person("ann").approves("refund")
        await h.advance("1h")
        assert tell.heard == [OPENED, CLOSED]


def dying(h: Harness, name: str, kind: str, cut_off: asyncio.Event) -> None:
    """Let nothing of this kind be kept any more."""
    keep = getattr(h.app.store, name)

    async def dies(of: str, id: str, document: Any) -> Any:
        if of == kind:
            cut_off.set()
            raise RuntimeError("killed")
        return await keep(of, id, document)

    setattr(h.app.store, name, dies)


@pytest.mark.parametrize("kind", ["notification", "cursor"])
async def test_an_entry_is_told_once_wherever_collecting_it_is_cut_off(kind: str) -> None:
    """The process dies before it keeps a notification, or between that and moving the cursor."""
    tell = Recorder()
    async with Harness(asking(tell)) as h:
        cut_off = asyncio.Event()
        for name in ("keep", "replace"):
            dying(h, name, kind, cut_off)
        await h.app.start("ask", {})
        await cut_off.wait()
        assert tell.told == []
        await h.crash_and_restart()
        await h.rest()
        assert tell.heard == [OPENED]


async def test_tasks_from_before_there_was_a_channel_are_left_alone(tmp_path: Any) -> None:
    database = f"sqlite:///{tmp_path}/a.db"
    async with Harness(asking(), database=database) as h:
        await h.start("ask", {})
    tell = Recorder()
    async with Harness(asking(tell), database=database) as h:
        await h.rest()
        assert tell.told == []
        await h.person("ann").approves("refund")
        await h.rest()
        assert tell.heard == [CLOSED]


async def test_a_task_that_expires_or_is_cancelled_is_told_so(place: str) -> None:
    tell = Recorder()
    async with Harness(asking(tell), database=place) as h:
        await h.start("ask", {"timeout": "1h"})
        await h.advance("1h")
        other = await h.start("ask", {})
        await other.cancel("no longer needed")
        await h.rest()
        ends = [(n.outcome, n.by) for n in tell.told if n.resolved]
        assert ends == [("expired", None), ("cancelled", None)]


async def test_closing_the_app_tells_what_is_due() -> None:
    tell = Recorder()
    app = asking(tell)
    app.reconfigure(settings=Settings(database="sqlite:///:memory:"))
    async with app:
        run = await app.start("ask", {})
        outcome = await run.wait()
        await app.inbox.approve(outcome.tasks[0].id, by="ann")
        assert await run.result() == "approved"
    assert tell.heard == [OPENED, CLOSED]


# ── routes ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_route_tells_its_channel_only_what_concerns_it() -> None:
    finance, urgent = Recorder(), Recorder()
    app = asking(
        Route(finance, to="group:finance", mute=("task.closed",), name="finance"),
        Route(urgent, priority=5, risk="high", labels={"region": "eu"}, name="urgent"),
    )
    async with Harness(app) as h:
        await h.start("ask", {"to": "group:finance"})
        eu = {"region": "eu"}
        await h.start("ask", {"to": "ann", "priority": 9, "labels": eu, "risk": "high"})
        await h.start("ask", {"to": "ann", "priority": 9, "labels": eu})
        await h.start(
            "ask", {"to": "ann", "priority": 9, "labels": {"region": "us"}, "risk": "high"}
        )
        assert [n.to for n in finance.told] == [("group:finance",)]
        assert [n.task.labels for n in urgent.told] == [{"region": "eu"}]


async def test_nothing_is_told_in_quiet_hours_and_all_of_it_after() -> None:
    tell = Recorder()
    route = Route(tell, quiet=Quiet("08:00-12:00", "Europe/Berlin"), urgent=8)
    async with Harness(asking(route)) as h:  # 09:00 UTC is 10:00 in Berlin
        await h.start("ask", {})
        await h.start("ask", {"priority": 9})
        assert [n.task.priority for n in tell.told] == [9]
        await h.advance("2h")
        assert [n.task.priority for n in tell.told] == [9, 0]


async def test_people_are_told_before_a_deadline_unless_it_is_decided_by_then() -> None:
    tell = Recorder()
    async with Harness(asking(Route(tell, before_expiry="1h"))) as h:
        await h.start("ask", {"timeout": "4h"})
        await h.start("ask", {"timeout": "30m", "on_timeout": "approve"})
        await h.start(
            "ask", {"timeout": "6h", "title": "soon"} if False else {"timeout": "6h"}, id="x"
        )
        (soon,) = (task for task in (await h.inbox.tasks()).items if task.run_id == "x")
        await h.inbox.approve(soon.id, by="ann")
        await h.advance("3h")
        expiring = [n.task.run_id for n in tell.told if n.event == "task.expiring"]
        assert len(expiring) == 1
        await h.advance("1d")
        assert [n.event for n in tell.told].count("task.expiring") == 1


class Slow(Recorder):
    """Takes longer than a harness would wait for a step that hangs."""

    @override
    async def on_approval_needed(self, ctx: Notice) -> None:
        await asyncio.sleep(1)
        await super().on_approval_needed(ctx)


async def test_a_harness_waits_for_a_channel_that_takes_its_time() -> None:
    slow = Slow()
    async with Harness(asking(slow)) as h:
        await h.start("ask", {"to": "ann"})
        assert slow.heard == [OPENED]
