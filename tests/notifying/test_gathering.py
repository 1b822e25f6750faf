"""Several tasks in one message: each is told once, over any crash, and only while somebody is needed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from assent import (
    Bundle,
    ConfigurationError,
    Context,
    DefinitionError,
    Gather,
    Policy,
    Quiet,
    Remind,
    Route,
)
from assent.notifying.notifier import Notifier
from assent.notifying.outbox import Outbox
from assent.notifying.sender import DELAYS
from assent.system import Settings
from assent.testing import Harness
from tests.notifying.receiver import receiving
from tests.notifying.recorder import Recorder, asking
from tests.notifying.test_mail import HERE, channel_to, mailbox, text_of
from tests.notifying.test_slack import channel_to as slack_at
from tests.notifying.test_webhook import channel_to as webhook_at

pytestmark = pytest.mark.anyio

TWICE = Gather(["10:00", "16:00"])  # the clock of the harness begins at 09:00


@dataclass
class Together(Recorder):
    """Remembers what it was told in one message, too."""

    bundles: list[Bundle] = field(default_factory=list[Bundle])

    async def on_approvals_gathered(self, ctx: Bundle) -> None:
        self.attempts.append(ctx.id)
        if self.fails:
            self.fails -= 1
            raise self.error
        self.bundles.append(ctx)

    @property
    def told_of(self) -> list[list[str]]:
        """The titles in each message."""
        return [[notice.summary for notice in bundle.notices] for bundle in self.bundles]


async def start(h: Harness, *titles: str, **how: Any) -> None:
    """Ask for each of these."""
    for title in titles:
        await h.start("ask", {"title": title, **how}, id=title)


async def test_what_waits_is_told_in_one_message_at_the_time_that_was_set(place: str) -> None:
    tell = Together()
    async with Harness(asking(Route(tell, gather=TWICE)), database=place) as h:
        await start(h, "a", "b")
        await h.advance("30m")
        await start(h, "c")
        assert (tell.bundles, tell.told) == ([], [])
        await h.advance("30m")
        assert tell.told_of == [["a", "b", "c"]]
        await start(h, "d")
        await h.advance("1d")
        assert tell.told_of == [["a", "b", "c"], ["d"]]
        assert (tell.told, await h.app.notifications.all()) == ([], [])


async def test_what_was_answered_before_is_not_in_it_and_an_empty_one_is_not_sent(
    place: str,
) -> None:
    tell = Together()
    async with Harness(asking(Route(tell, gather=TWICE)), database=place) as h:
        await start(h, "a", "b")
        assert (await h.app.run("a").reject("refund", by="ann")).ok
        await h.advance("1h")
        assert tell.told_of == [["b"]]
        await start(h, "c", "d")
        await h.app.run("c").cancel("no longer")
        assert (await h.app.run("d").approve("refund", by="ann")).ok
        await h.advance("1d")
        assert tell.told_of == [["b"]]
        assert (tell.told, await h.app.notifications.all()) == ([], [])


async def test_it_is_sent_once_it_has_been_quiet_for_a_while_and_not_for_ever_later(
    place: str,
) -> None:
    tell = Together()
    route = Route(tell, gather=Gather(after="10m", most="25m"))
    async with Harness(asking(route), database=place) as h:
        await start(h, "a")
        await h.advance("9m")
        await start(h, "b")
        await h.advance("9m")
        assert tell.bundles == []
        await h.advance("1m")
        assert tell.told_of == [["a", "b"]]
        for title in ("c", "d", "e", "f"):
            await start(h, title)
            await h.advance("8m")
        assert tell.told_of == [["a", "b"], ["c", "d", "e", "f"]]  # 25 minutes after c


async def test_a_task_is_in_it_once_however_much_has_happened_and_for_those_who_are_asked_now(
    place: str,
) -> None:
    tell = Together()
    app = asking(Route(tell, gather=TWICE))

    @app.workflow
    async def reminding(ctx: Context) -> None:
        await ctx.approve("refund", to="ann", remind=Remind(after="10m"))

    async with Harness(app, database=place) as h:
        await h.start(reminding)
        (task,) = (await h.inbox.tasks()).items
        await h.inbox.reassign(task.id, ["bob"], by="ann")
        await h.inbox.delegate(task.id, "cy", by="bob")
        await h.advance("1h")
        ((told,),) = (bundle.notices for bundle in tell.bundles)
        assert (told.task_id, told.event, told.to) == (task.id, "task.reminded", ("bob", "cy"))


async def test_what_is_urgent_or_would_run_out_before_is_told_by_itself_and_so_is_its_end() -> None:
    tell = Together()
    route = Route(tell, gather=TWICE, urgent=5, before_expiry="15m")
    async with Harness(asking(route)) as h:
        await start(h, "urgent", priority=5)
        await start(h, "soon", timeout="30m")
        await start(h, "later", timeout="3h")
        assert [notice.summary for notice in tell.told] == ["urgent", "soon"]
        for title in ("urgent", "later"):
            assert (await h.app.run(title).approve("refund", by="ann")).ok
        await h.rest()
        assert [(n.summary, n.event) for n in tell.told[2:]] == [("urgent", "task.closed")]
        await h.advance("1h")
        told = [(n.summary, n.event) for n in tell.told[3:]]
        assert told == [("soon", "task.expiring"), ("soon", "task.closed")]
        assert tell.bundles == []


async def test_it_waits_for_the_end_of_quiet_hours_and_leaves_out_what_the_route_leaves_out() -> (
    None
):
    tell = Together()
    route = Route(tell, gather=TWICE, quiet=Quiet("09:30-11:00"), to="group:finance", risk="high")
    async with Harness(asking(route)) as h:
        await start(h, "a", to="group:finance", risk="high")
        await start(h, "b", to="group:finance", risk="low")
        await start(h, "c", to="ann", risk="high")
        await h.advance("119m")
        assert tell.bundles == []
        await h.advance("1m")
        assert tell.told_of == [["a"]]


async def test_it_survives_restarts_and_is_tried_again_under_its_id(place: str) -> None:
    tell = Together(fails=1)
    async with Harness(asking(Route(tell, gather=TWICE)), database=place) as h:
        await start(h, "a")
        await h.crash_and_restart()
        await start(h, "b")
        await h.restart()
        await h.advance("1h")
        assert (tell.bundles, len(tell.attempts)) == ([], 1)
        (waiting,) = await h.app.notifications.all()
        assert (waiting.event, waiting.error) == ("tasks.gathered", "OSError: the line is down")
        await start(h, "c")  # what leaves is not added to
        assert (await h.app.run("a").approve("refund", by="ann")).ok
        await h.crash_and_restart()
        await h.advance(DELAYS[0])
        assert tell.told_of == [["b"]]
        await h.advance("1d")
        assert tell.told_of == [["b"], ["c"]]
        first, again, other = tell.attempts
        assert first == again != other


@pytest.mark.parametrize("cut", ["before it is kept", "after it is kept"])
async def test_a_crash_between_an_entry_and_the_cursor_neither_loses_nor_doubles_it(
    cut: str, place: str
) -> None:
    tell = Together()
    async with Harness(asking(Route(tell, gather=TWICE)), database=place) as h:
        await start(h, "a")
        replace, tried = Outbox.replace, asyncio.Event()

        async def dies(outbox: Outbox, notification: Any) -> None:
            if cut == "after it is kept":
                await replace(outbox, notification)
            tried.set()
            raise OSError("killed")

        with patch.object(Outbox, "replace", dies):
            await h.app.start("ask", {"title": "b"}, id="b")
            await tried.wait()
            await h.crash()
        await h.open()
        await h.rest()
        await h.advance("1h")
        assert tell.told_of == [["a", "b"]]


def _says_nothing(_: Notifier) -> None:
    """Nobody tells."""


async def test_what_was_missed_while_nobody_ran_is_told_in_one_message() -> None:
    tell = Together()
    async with Harness(asking(Route(tell, gather=TWICE))) as h:
        with patch.object(Notifier, "start", _says_nothing):
            await h.restart()
            await start(h, "a", "b", "c")
            await h.advance("2h")
        await h.restart()
        await h.advance("1m")
        assert tell.told_of == [["a", "b", "c"]]


def test_what_would_never_be_sent_is_refused() -> None:
    wrong: list[dict[str, Any]] = [
        {},
        {"at": "9:00"},
        {"at": ["09:00", "24:00"]},
        {"at": "09:00", "zone": "Mars"},
        {"at": "09:00", "after": "5m"},
        {"after": "0s"},
        {"after": "soon"},
        {"after": "5m", "most": "1m"},
        {"at": "09:00", "most": "1h"},
    ]
    for how in wrong:
        with pytest.raises(ConfigurationError):
            Gather(**how)
    with pytest.raises(DefinitionError, match="on_approvals_gathered"):
        asking(Route(Recorder(), gather=TWICE))


def test_times_are_of_the_clock_on_the_wall_also_where_it_jumps() -> None:
    berlin = Gather("02:30", "Europe/Berlin")
    spring = datetime.fromisoformat("2026-03-28T12:00:00+00:00")
    left = [spring]
    for _ in range(3):
        left.append(berlin.leaves(left[-1], left[-1]))
    assert [f"{each:%d %H:%M}" for each in left[1:]] == ["29 01:30", "30 00:30", "31 00:30"]
    autumn = datetime.fromisoformat("2026-10-24T12:00:00+00:00")
    once = berlin.leaves(autumn, autumn)
    assert berlin.leaves(once, once) - once == timedelta(hours=25)


# ── channels ────────────────────────────────────────────────────────────────────────────────────


async def test_each_person_gets_one_mail_of_what_waits_for_them_and_may_answer_from_it() -> None:
    async with mailbox() as box:
        app = asking(Route(channel_to(box), gather=TWICE))
        app.reconfigure(settings=Settings(public_url=HERE))

        @app.workflow
        async def agreeing(ctx: Context) -> None:
            both = Policy(approvals=2, of=["ann", "bob"])
            await ctx.approve("refund", title="Both", policy=both)

        async with Harness(app) as h:
            await start(h, "Tide <b>", "Moon", to="group:finance")
            await start(h, "Star", to="bob")
            await h.start(agreeing, id="both")
            assert (await h.app.run("both").approve("refund", by="bob")).ok
            await h.advance("1h")
            (anns,), (bobs,) = box.to("ann"), box.to("bob")
            assert anns["Subject"] == bobs["Subject"] == "3 tasks wait for you"
            for title, letter in (("Both", anns), ("Star", bobs), ("Moon", anns), ("Moon", bobs)):
                assert title in text_of(letter)
            assert "Star" not in text_of(anns)
            assert "Both" not in text_of(bobs)  # where he has answered
            assert text_of(anns).count(f"{HERE}/answer/") == 3
            assert "Tide &lt;b&gt;" in text_of(anns, "html")
            assert "<b>" not in text_of(anns, "html")


async def test_slack_gets_one_message_without_buttons_that_would_grow_old() -> None:
    async with receiving() as receiver:
        receiver.answers = {"/api/chat.postMessage": {"ok": True, "channel": "C1", "ts": "1.1"}}
        app = asking(Route(slack_at(receiver), gather=TWICE))
        app.reconfigure(settings=Settings(public_url=HERE))
        async with Harness(app) as h:
            await start(h, *[f"Task {n}" for n in range(60)], to="ann")
            await h.advance("1h")
            (posted,) = (request.json for request in receiver.got)
            assert posted["text"] == "60 tasks wait for you"
            assert len(posted["blocks"]) <= 50
            said = str(posted["blocks"])
            assert ("And 20 more." in said, "<@U0ANN>" in said) == (True, True)
            assert "assent.approve" not in said


async def test_a_webhook_gets_one_event_with_all_tasks() -> None:
    async with (
        receiving() as receiver,
        Harness(asking(Route(webhook_at(receiver), gather=TWICE))) as h,
    ):
        await start(h, "a", "b")
        await h.advance("1h")
        (got,) = receiver.got
        assert got.json["type"] == "assent.tasks.gathered"
        tasks = got.json["data"]["tasks"]
        assert [(task["title"], task["event"]) for task in tasks] == [
            ("a", "assent.task.opened"),
            ("b", "assent.task.opened"),
        ]
