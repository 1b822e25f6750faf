"""What people press and fill in in Slack, brought to the inbox. The request was verified before it comes here."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

from msgspec import Struct

from assent.core.entry import same_json
from assent.core.form import FormErrors
from assent.core.journal import TaskId
from assent.core.policy import Actor
from assent.core.task import ReceiptStatus, TaskKind
from assent.core.values import Json
from assent.errors import NonRetryable, RetryAfter, TaskNotFound
from assent.human.inbox import Inbox
from assent.human.receipt import Receipt
from assent.human.view import TaskView
from assent.notifying.slack.channel import SlackChannel
from assent.notifying.slack.message import APPROVE, OPEN, REJECT, escaped, plain
from assent.notifying.slack.modal import (
    CALLBACK,
    Unfit,
    answer_of,
    errors_of,
    modal_of,
    post_of,
    saying,
)

log = logging.getLogger("assent.notifying")

VIA: Final = "slack"
GONE: Final = "This task is not here any more."
Later: TypeAlias = Callable[[], Awaitable[None]]


# ── what Slack sends ────────────────────────────────────────────────────────────────────────────


class About(Struct, frozen=True, kw_only=True):
    """Who does something, with which task as it was shown, and in which message."""

    user: str
    task: TaskId
    shown: str
    channel: str
    ts: str


class Pressed(Struct, frozen=True):
    """A button was pressed."""

    about: About
    action: str
    trigger: str


class FilledIn(Struct, frozen=True):
    """A modal was sent."""

    about: About
    post: dict[str, list[str]]


def read(payload: Mapping[str, Any]) -> Pressed | FilledIn | None:
    """What was done, or None where it concerns nobody; raises LookupError, TypeError or ValueError for nonsense."""
    user = str(payload["user"]["id"])
    if payload["type"] == "block_actions":
        action = payload["actions"][0]
        if action["action_id"] not in {APPROVE, REJECT, OPEN}:
            return None  # a link, which leads elsewhere by itself
        said = json.loads(action["value"]) | {
            "channel": payload["channel"]["id"],
            "ts": payload["message"]["ts"],
        }
        return Pressed(_about(user, said), action["action_id"], str(payload["trigger_id"]))
    if payload["type"] == "view_submission" and payload["view"]["callback_id"] == CALLBACK:
        view = payload["view"]
        return FilledIn(
            _about(user, json.loads(view["private_metadata"])), post_of(view["state"]["values"])
        )
    return None


def _about(user: str, said: Mapping[str, Any]) -> About:
    names = ("task", "shown", "channel", "ts")
    return About(user=user, **{name: str(said[name]) for name in names})


# ── what becomes of it ──────────────────────────────────────────────────────────────────────────


async def _nothing() -> None:
    pass


class Reaction(Struct, frozen=True):
    """What Slack is answered at once, and what is done after that: Slack waits for three seconds."""

    reply: Json = None
    later: Later = _nothing


class Door:
    """One channel's way to the inbox."""

    def __init__(
        self, slack: SlackChannel, inbox: Inbox, url_of: Callable[[str], str | None]
    ) -> None:
        self._slack = slack
        self._inbox = inbox
        self._url_of = url_of

    async def react(self, said: Pressed | FilledIn) -> Reaction:
        """Do what was pressed, or filled in."""
        person = self._slack.person(said.about.user)
        match said:
            case Pressed():
                return await self._pressed(said, person)
            case FilledIn():
                return await self._filled_in(said, person)

    async def _pressed(self, said: Pressed, person: str | None) -> Reaction:
        about = said.about
        if person is None:
            return self._saying(about, _stranger(about.user))
        if said.action == OPEN:
            return await self._open(about, said.trigger)
        act = self._inbox.approve if said.action == APPROVE else self._inbox.reject
        receipt = await act(about.task, by=Actor(person), shown=about.shown, via=VIA)
        return self._saying(about, receipt.message, refresh=_may_be_old(receipt))

    async def _open(self, about: About, trigger: str) -> Reaction:
        try:
            task = await self._inbox.get(about.task)
        except TaskNotFound:
            return self._saying(about, GONE)
        if task.outcome is not None:
            return self._saying(about, "This has been decided meanwhile.", refresh=True)
        elsewhere = (
            f"Slack cannot show this form. Answer it in {self._url_of(task.id) or 'the inbox'}."
        )
        try:
            view = modal_of(task, about.channel, about.ts)
        except Unfit:
            return self._saying(about, elsewhere)

        async def later() -> None:
            try:
                await self._slack.call("views.open", trigger_id=trigger, view=view)
            except (OSError, NonRetryable, RetryAfter):
                await self._tell(about, elsewhere)
                raise

        return Reaction(later=_harmless(later))

    async def _filled_in(self, said: FilledIn, person: str | None) -> Reaction:
        about = said.about
        if person is None:
            return Reaction(_update(_stranger(about.user)))
        try:
            task = await self._inbox.get(about.task)
        except TaskNotFound:
            return Reaction(_update(GONE))
        try:
            value = answer_of(task, said.post)
        except Unfit:
            return Reaction(_update("This has changed, and Slack cannot show it any more."))
        except FormErrors as wrong:
            if about.shown == task.digest:
                return Reaction(_errors(errors_of(task, wrong.errors), str(wrong)))
            value = task.shown  # it has changed since: the inbox says so, whatever was typed
        receipt = await self._answer(task, value, Actor(person), about.shown)
        if receipt.status is ReceiptStatus.INVALID and receipt.errors:
            return Reaction(_errors(errors_of(task, receipt.errors), receipt.message))

        async def later() -> None:
            if _may_be_old(receipt):
                await self._refresh(about)

        return Reaction(_update(receipt.message), _harmless(later))

    async def _answer(self, task: TaskView, value: Json, by: Actor, shown: str) -> Receipt:
        if task.kind is not TaskKind.APPROVE:
            return await self._inbox.answer(task.id, value, by=by, shown=shown, via=VIA)
        if same_json(value, task.shown):
            return await self._inbox.approve(task.id, by=by, shown=shown, via=VIA)
        return await self._inbox.edit(task.id, value, by=by, shown=shown, via=VIA)

    # ── what is said afterwards ─────────────────────────────────────────────────────────────────

    def _saying(self, about: About, words: str, *, refresh: bool = False) -> Reaction:
        """Tell this person alone; ``refresh``: the message may not say how things stand."""

        async def later() -> None:
            await self._tell(about, words)
            if refresh:
                await self._refresh(about)

        return Reaction(later=_harmless(later))

    async def _tell(self, about: About, words: str) -> None:
        await self._slack.call(
            "chat.postEphemeral",
            channel=about.channel,
            user=about.user,
            text=escaped(words),
            blocks=[{"type": "section", "text": plain(words)}],
        )

    async def _refresh(self, about: About) -> None:
        task = await self._inbox.get(about.task)
        await self._slack.show(task, self._url_of(task.id), about.channel, about.ts)


def _may_be_old(receipt: Receipt) -> bool:
    """What was accepted closes the task, and the channel hears of that; anything else may come of an old message."""
    return receipt.status not in {ReceiptStatus.ACCEPTED, ReceiptStatus.UNKNOWN}


def _harmless(later: Later) -> Later:
    """The answer counts by now: Slack may fail to hear of it."""

    async def tried() -> None:
        try:
            await later()
        except Exception as error:  # noqa: BLE001  (whatever is said afterwards harms nobody)
            log.warning("slack.not_told", extra={"error": str(error) or type(error).__name__})

    return tried


def _stranger(user: str) -> str:
    return (
        "You are not known to assent yet, so nothing was decided. Ask whoever runs it to add your member ID, "
        f"{user}."
    )


def _update(words: str) -> Json:
    return {"response_action": "update", "view": saying(words)}


def _errors(errors: Mapping[str, str], words: str) -> Json:
    return {"response_action": "errors", "errors": dict(errors)} if errors else _update(words)
