"""Slack: people are told in a channel and answer there; what Slack has not signed decides nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlencode

import httpx2
import pytest
from pydantic import BaseModel

from assent import ConfigurationError, Context, Policy, Remind
from assent.human.view import TaskView
from assent.notifying.slack import SlackChannel
from assent.system import Settings
from assent.testing import Harness
from tests.notifying.receiver import Receiver, receiving
from tests.notifying.recorder import asking

pytestmark = pytest.mark.anyio

HERE = "http://assent.test"
HOOK = "/api/v1/slack/interactions"
TOKEN, SECRET = "xoxb-open-sesame", "8f742231b10e8888abcd99yyyzzz85a5"
POSTED = {"/api/chat.postMessage": {"ok": True, "channel": "C1", "ts": "1.1"}}
MESSAGE = {"channel": {"id": "C1"}, "message": {"ts": "1.1"}}
ANN, BOB, EVE = "U0ANN", "U0BOB", "U0EVE"


class Trip(BaseModel):
    """A form with an input of each kind, and one that Slack has no input for."""

    city: str
    nights: int
    price: float
    rail: bool
    seat: Literal["aisle", "window"]
    extras: list[Literal["wifi", "meal"]] = []
    day: str = ""
    stops: list[str] = []


class Login(BaseModel):
    """A form with a secret in it."""

    model_config = {
        "json_schema_extra": {"properties": {"pin": {"type": "string", "format": "password"}}}
    }
    pin: str


def channel_to(receiver: Receiver) -> SlackChannel:
    """A channel to a Slack on this machine, which knows Ann and Bob."""
    return SlackChannel(
        token=TOKEN,
        signing_secret=SECRET,
        channel="#approvals",
        people={"ann": ANN, "bob": BOB},
        base_url=f"http://127.0.0.1:{receiver.port}/api/",
    )


@dataclass
class Slack:
    """An app that tells Slack, and Slack's side of it."""

    h: Harness
    receiver: Receiver
    web: httpx2.AsyncClient

    def calls(self, method: str) -> list[Any]:
        """What was sent to a method of Slack."""
        return [got.json for got in self.receiver.got if got.path == f"/api/{method}"]

    @property
    def told(self) -> list[tuple[str, str]]:
        """What people were told alone: whom, and what."""
        return [(each["user"], each["text"]) for each in self.calls("chat.postEphemeral")]

    async def task(self) -> TaskView:
        """The newest task."""
        return (await self.h.inbox.tasks(status="all")).items[0]

    async def sends(self, payload: Mapping[str, Any], **how: Any) -> httpx2.Response:
        """Slack sends this; ``secret``, ``late`` and ``signature`` say what is wrong about it."""
        body = urlencode({"payload": json.dumps(payload)}).encode()
        late = how.get("late", timedelta())
        at = str(int((self.h.clock.now() - late).timestamp()))
        key = how.get("secret", SECRET).encode()
        made = hmac.new(key, b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": how.get("at", at),
            "X-Slack-Signature": how.get("signature", f"v0={made}"),
        }
        reply = await self.web.post(HOOK, content=body, headers=headers)
        await self.h.rest()
        return reply

    async def presses(self, words: str, user: str = ANN, **how: Any) -> httpx2.Response:
        """Somebody presses a button of the newest message that has buttons."""
        return await self.sends(self.pressing(words, user), **how)

    def pressing(self, words: str, user: str = ANN) -> dict[str, Any]:
        """What Slack sends when a button is pressed."""
        sent = [got.json for got in self.receiver.got]
        button = next(
            b for said in reversed(sent) for b in buttons(said) if b["text"]["text"] == words
        )
        action = {"action_id": button["action_id"], "value": button["value"]}
        return {
            "type": "block_actions",
            "user": {"id": user},
            "trigger_id": "T1",
            "actions": [action],
            **MESSAGE,
        }

    async def fills_in(self, user: str = ANN, **typed: Any) -> Any:
        """Somebody changes these inputs of the newest modal, and sends it."""
        view = self.calls("views.open")[-1]["view"]
        inputs = [block for block in view["blocks"] if block["type"] == "input"]
        values = {
            b["block_id"]: {"input": state_of(b["element"], typed.get(name_of(b)))} for b in inputs
        }
        asked = {
            "callback_id": view["callback_id"],
            "private_metadata": view["private_metadata"],
            "state": {"values": values},
        }
        reply = await self.sends({"type": "view_submission", "user": {"id": user}, "view": asked})
        assert reply.status_code == 200
        return reply.json()


def name_of(block: Any) -> str:
    """The field of an input."""
    return str(block["block_id"]).rpartition("/")[2]


def state_of(element: Any, typed: Any) -> dict[str, Any]:
    """An input as Slack sends it: with what was typed, or what stood in it."""
    kind = element["type"]
    match kind:
        case "static_select":
            first = element.get("initial_option")
            chosen = option_of(element, typed) if typed is not None else first
            return {"type": kind, "selected_option": chosen}
        case "multi_static_select":
            first = element.get("initial_options", [])
            many = [option_of(element, each) for each in typed] if typed is not None else first
            return {"type": kind, "selected_options": many}
        case "datepicker":
            return {"type": kind, "selected_date": typed or element.get("initial_date")}
        case _:
            return {
                "type": kind,
                "value": typed if typed is not None else element.get("initial_value"),
            }


def option_of(element: Any, label: str) -> Any:
    """The option with this label."""
    return next(option for option in element["options"] if option["text"]["text"] == label)


def buttons(said: Any) -> Iterator[Any]:
    """The buttons of a message."""
    for block in said.get("blocks", []):
        if block["type"] == "actions":
            yield from block["elements"]


def texts(block: Any) -> Iterator[Any]:
    """All text objects in there."""
    if isinstance(block, str | int | None):
        return
    if "type" in block and block["type"] in {"plain_text", "mrkdwn"}:
        yield block
    for inside in block.values() if hasattr(block, "values") else block:
        yield from texts(inside)


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """An app that tells a Slack on this machine."""
    async with receiving(answers=dict(POSTED)) as receiver:
        app = asking(channel_to(receiver))

        @app.workflow
        async def travel(ctx: Context) -> Any:
            return (await ctx.ask("trip", Trip, to="ann")).model_dump()

        @app.workflow
        async def log_in(ctx: Context) -> Any:
            return (await ctx.ask("login", Login, to="ann")).pin

        @app.workflow
        async def pick(ctx: Context) -> Any:
            return await ctx.choose("size", ["small", "large"], to="ann")

        @app.workflow
        async def both(ctx: Context) -> str:
            rule = Policy(of=["ann", "bob"], approvals=2)
            return str((await ctx.approve("refund", value=120, policy=rule)).outcome)

        @app.workflow
        async def nag(ctx: Context) -> str:
            remind = Remind(after="1h")
            decision = await ctx.approve("refund", title="Refund?", to="ann", remind=remind)
            return str(decision.outcome)

        app.reconfigure(settings=Settings(public_url=HERE))
        transport = httpx2.ASGITransport(app=app.asgi)
        async with (
            Harness(app) as h,
            httpx2.AsyncClient(transport=transport, base_url=HERE) as web,
        ):
            yield Slack(h, receiver, web)


# ── telling ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_task_is_posted_with_what_is_asked_of_whom_and_with_buttons(slack: Slack) -> None:
    how = {
        "value": {"amount": 120},
        "to": ["ann", "group:finance"],
        "detail": "Broken lid",
        "timeout": "1d",
    }
    await slack.h.start("ask", how)
    (post,) = slack.calls("chat.postMessage")
    said = [text["text"] for text in texts(post["blocks"])]
    assert said[:3] == ["Refund €120?", "Broken lid", "amount: 120"]
    assert f"For <@{ANN}>, group:finance" in said
    assert any(words.startswith("Due ") for words in said)
    assert [each["text"]["text"] for each in buttons(post)] == ["Approve", "Reject", "Edit", "Open"]
    assert post["channel"] == "#approvals"
    assert slack.receiver.got[0].headers["authorization"] == f"Bearer {TOKEN}"


async def test_what_is_answered_elsewhere_takes_the_buttons_away_also_after_a_crash(
    slack: Slack,
) -> None:
    await slack.h.start("ask", {"to": "ann"})
    await slack.h.crash()
    await slack.h.open()
    await slack.h.person("ann").rejects("refund", "too <late>")
    await slack.h.rest()
    (update,) = slack.calls("chat.update")
    assert (update["channel"], update["ts"]) == ("C1", "1.1")
    assert list(buttons(update)) == []
    assert "Rejected by ann: too &lt;late&gt;" in [text["text"] for text in texts(update["blocks"])]


async def test_a_reminder_goes_into_the_thread_of_the_message(slack: Slack) -> None:
    await slack.h.start("nag")
    await slack.h.advance("1h")
    first, reminder = slack.calls("chat.postMessage")
    assert "thread_ts" not in first
    assert (reminder["thread_ts"], reminder["text"]) == ("1.1", "Reminder: Refund?")
    assert len(slack.calls("chat.update")) == 1


async def test_what_people_typed_is_never_a_mention_a_link_or_markup(slack: Slack) -> None:
    nasty = "<!channel> *bold* <https://evil.example|here> & <@U0EVE>"
    how = {"title": nasty, "detail": nasty, "to": nasty[:10], "value": {nasty: nasty}}
    await slack.h.start("ask", how)
    await slack.h.person(nasty[:10]).rejects("refund", nasty)
    await slack.h.rest()
    await slack.h.start("ask", {"to": "ann", "title": nasty, "value": {nasty: nasty}})
    await slack.presses("Edit")
    sent = [got.json for got in slack.receiver.got]
    found = [text for said in sent for text in texts(said)]
    assert len(found) > 15
    for text in found:
        bare = text["text"].replace(f"<@{ANN}>", "")
        assert "<" not in bare
        assert ">" not in bare
        assert text["type"] == "plain_text" or bare.startswith("For ")
    assert all("<" not in said.get("text", "") for said in sent)
    assert all(len(text["text"]) <= 3000 for text in found)


async def test_a_slack_that_limits_is_asked_again_when_it_says_and_the_run_goes_on(
    slack: Slack,
) -> None:
    slack.receiver.statuses, slack.receiver.headers = [429], {"Retry-After": "600"}
    run = await slack.h.start("ask", {"to": "ann"})
    await slack.h.advance("9m")
    assert len(slack.receiver.got) == 1
    await slack.h.advance("1m")
    assert len(slack.receiver.got) == 2
    slack.receiver.statuses = [500]
    await slack.h.person("ann").approves("refund")
    assert await run.result() == "approved"


async def test_neither_token_nor_secret_nor_what_was_sent_is_written_down(
    slack: Slack, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    slack.receiver.answers["/api/chat.postMessage"] = {"ok": False, "error": "not_in_channel"}
    await slack.h.start("ask", {"to": "ann", "detail": "private matter"})
    (waiting,) = await slack.h.app.notifications.all()
    assert waiting.error == "OSError: Slack did not do chat.postMessage: not_in_channel."
    way = slack.h.app.notifications.ways[0]
    said = caplog.text + str(waiting) + repr(way)
    for secret in (TOKEN, SECRET, "private matter"):
        assert secret not in said


# ── answering ───────────────────────────────────────────────────────────────────────────────────


async def test_a_button_approves_as_the_person_behind_the_slack_user(slack: Slack) -> None:
    run = await slack.h.start("ask", {"to": "ann"})
    assert (await slack.presses("Approve")).status_code == 200
    assert await run.result() == "approved"
    (answer,) = (await slack.task()).answers
    assert (answer.by, answer.via) == ("ann", "slack")
    assert list(buttons(slack.calls("chat.update")[-1])) == []
    assert [user for user, _ in slack.told] == [ANN]


async def test_a_button_rejects(slack: Slack) -> None:
    run = await slack.h.start("ask", {"to": "ann"})
    await slack.presses("Reject")
    assert await run.result() == "rejected"


async def test_who_presses_twice_or_too_late_is_told_so(slack: Slack) -> None:
    await slack.h.start("ask", {"to": ["ann", "bob"]})
    press, other = slack.pressing("Approve"), slack.pressing("Reject", BOB)
    for payload in (press, press, other):
        await slack.sends(payload)
    assert len((await slack.task()).answers) == 1
    assert [user for user, _ in slack.told] == [ANN, ANN, BOB]
    assert "counts once" in slack.told[1][1]
    assert "ann" in slack.told[2][1]


async def test_the_rules_about_who_may_answer_hold_in_slack(slack: Slack) -> None:
    await slack.h.start("ask", {"to": "ann"})
    await slack.presses("Approve", BOB)
    assert (await slack.task()).outcome is None
    assert slack.told[0][0] == BOB


async def test_an_answer_to_what_has_changed_since_does_not_count_and_the_message_is_renewed(
    slack: Slack,
) -> None:
    await slack.h.start("both")
    old = slack.pressing("Approve", BOB)
    await slack.h.person("ann").edits("refund", 100)
    await slack.sends(old)
    task = await slack.task()
    assert (len(task.answers), task.outcome) == (1, None)
    await slack.presses("Approve", BOB)
    assert (await slack.task()).outcome == "edited"


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "another secret"},
        {"late": timedelta(minutes=6)},
        {"late": timedelta(minutes=-6)},
        {"signature": ""},
        {"signature": "v0=é".encode()},
        {"at": "soon"},
        {"at": "9" * 5000},
    ],
    ids=str,
)
async def test_what_slack_did_not_sign_just_now_decides_nothing(
    slack: Slack, wrong: dict[str, Any]
) -> None:
    await slack.h.start("ask", {"to": "ann"})
    assert (await slack.presses("Approve", **wrong)).status_code == 401
    assert (await slack.task()).answers == ()
    assert slack.told == []


async def test_without_a_slack_channel_nothing_is_signed() -> None:
    app = asking()
    transport = httpx2.ASGITransport(app=app.asgi)
    async with Harness(app), httpx2.AsyncClient(transport=transport, base_url=HERE) as web:
        assert (await web.post(HOOK, content=b"payload={}")).status_code == 401


async def test_who_is_not_known_here_decides_nothing_and_is_told_how_to_become_so(
    slack: Slack,
) -> None:
    await slack.h.start("ask", {"value": 120})
    for words in ("Approve", "Reject", "Edit"):
        assert (await slack.presses(words, EVE)).status_code == 200
    assert slack.calls("views.open") == []
    await slack.presses("Edit", ANN)
    said = await slack.fills_in(EVE, value="1")
    assert EVE in said["view"]["blocks"][0]["text"]["text"]
    assert (await slack.task()).answers == ()
    assert [(user, EVE in words) for user, words in slack.told] == [(EVE, True)] * 3


@pytest.mark.parametrize(
    "payload",
    [{}, [], None, {"type": "block_actions"}, {"type": "view_submission", "user": {"id": ANN}}],
    ids=str,
)
async def test_what_slack_never_sends_is_refused(slack: Slack, payload: Any) -> None:
    assert (await slack.sends(payload)).status_code == 400


async def test_a_slack_that_breaks_after_the_answer_does_no_harm(slack: Slack) -> None:
    run = await slack.h.start("ask", {"to": "ann"})
    slack.receiver.answers["/api/chat.postEphemeral"] = {"ok": False, "error": "fatal_error"}
    assert (await slack.presses("Approve")).status_code == 200
    assert await run.result() == "approved"


# ── modals ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_value_is_edited_in_a_modal(slack: Slack) -> None:
    await slack.h.start("ask", {"to": "ann", "value": {"amount": 120, "note": "a < b"}})
    await slack.presses("Edit")
    said = await slack.fills_in(amount="100")
    assert said["response_action"] == "update"
    (answer,) = (await slack.task()).answers
    assert (answer.outcome, answer.value) == ("edited", {"amount": 100, "note": "a < b"})


async def test_a_modal_that_nobody_changed_approves(slack: Slack) -> None:
    await slack.h.start("ask", {"to": "ann", "value": {"amount": 120}})
    await slack.presses("Edit")
    await slack.fills_in()
    assert (await slack.task()).outcome == "approved"


async def test_every_kind_of_field_is_filled_in(slack: Slack) -> None:
    run = await slack.h.start("travel")
    await slack.presses("Answer")
    wrong = await slack.fills_in(
        city="Graz", nights="two", price="80.5", rail="Yes", seat="window", stops="Linz"
    )
    assert wrong["response_action"] == "errors"
    assert wrong["errors"].keys() == {"value/nights", "value/stops"}
    assert (await slack.task()).answers == ()
    await slack.fills_in(
        city="Graz",
        nights="2",
        price="80.5",
        rail="Yes",
        seat="window",
        extras=["meal"],
        stops='["Linz"]',
    )
    assert await run.result() == {
        "city": "Graz",
        "nights": 2,
        "price": 80.5,
        "rail": True,
        "seat": "window",
        "extras": ["meal"],
        "day": "",
        "stops": ["Linz"],
    }


async def test_what_the_type_refuses_is_told_beside_the_input(slack: Slack) -> None:
    await slack.h.start("travel")
    await slack.presses("Answer")
    said = await slack.fills_in(
        city="Graz", nights="2", price="1", rail="No", seat="aisle", stops="[1]"
    )
    assert list(said["errors"]) == ["value/stops"]
    assert "/stops/0" in said["errors"]["value/stops"]


async def test_a_choice_is_made_in_a_modal(slack: Slack) -> None:
    run = await slack.h.start("pick")
    await slack.presses("Choose")
    await slack.fills_in(value="large")
    assert await run.result() == "large"


async def test_a_secret_is_not_asked_for_in_slack(slack: Slack) -> None:
    await slack.h.start("log_in")
    await slack.presses("Answer")
    assert slack.calls("views.open") == []
    assert f"{HERE}/tasks/" in slack.told[0][1]


async def test_a_modal_for_what_was_decided_meanwhile_says_so(slack: Slack) -> None:
    await slack.h.start("ask", {"to": ["ann", "bob"], "value": 120})
    await slack.presses("Edit")
    await slack.h.person("bob").approves("refund")
    said = await slack.fills_in(value="100")
    assert "bob" in said["view"]["blocks"][0]["text"]["text"]
    assert (await slack.task()).outcome == "approved"


# ── setting it up ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": ""},
        {"signing_secret": " "},
        {"channel": ""},
        {"people": {"ann": "@ann"}},
        {"people": {"ann": ANN, "bob": ANN}},
    ],
    ids=str,
)
def test_a_channel_that_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    how: dict[str, Any] = {"token": TOKEN, "signing_secret": SECRET, "channel": "#a", "people": {}}
    with pytest.raises(ConfigurationError):
        SlackChannel(**(how | wrong))
