"""Posts what waits into a channel of Slack, and takes its buttons away when it is over."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, cast

from typing_extensions import override

from assent.core.values import Json
from assent.errors import ConfigurationError, NonRetryable, RetryAfter
from assent.human.view import TaskView
from assent.notifying.notice import Bundle, Notice
from assent.notifying.slack.message import (
    Block,
    blocks_of,
    blocks_of_all,
    escaped,
    plain,
    title_of,
)
from assent.notifying.words import ended, heading, heading_of

_API: Final = "https://slack.com/api/"
_TIMEOUT: Final = 10  # seconds
_MOST_PATIENT: Final = 86_400.0
_USER: Final = re.compile(r"[UW][A-Z0-9]+")
# What Slack will not do at any time; all else (a channel the app was not invited to) can be mended meanwhile.
_NEVER: Final = frozenset(
    {"invalid_blocks", "message_not_found", "msg_blocks_too_long", "msg_too_long", "no_text"}
)


class SlackChannel:
    """Tells people in a Slack channel, where they answer; needs ``assent[slack]``.

    ``people`` says who is who: ``{"ann": "U024BE7LH"}``. Whoever is not named there decides nothing. ``token`` is a
    bot's (``xoxb-…``, with the scope ``chat:write``); ``signing_secret`` is that of the Slack app, whose interactivity
    is sent to ``/api/v1/slack/interactions``. With an ``app_token`` (``xapp-…``, with ``connections:write``) Slack is
    called from here instead: Socket Mode, which needs neither a signing secret nor an address of ours.
    """

    name = "slack"

    def __init__(
        self,
        *,
        token: str,
        channel: str,
        people: Mapping[str, str],
        signing_secret: str | None = None,
        app_token: str | None = None,
        base_url: str = _API,
    ) -> None:
        if (
            not token.strip()
            or not channel.strip()
            or not (signing_secret or app_token or "").strip()
        ):
            raise ConfigurationError(
                "SlackChannel needs a token, a channel, and a signing_secret or an app_token."
            )
        if app_token is not None and not app_token.startswith("xapp-"):
            raise ConfigurationError(
                "app_token= is the app-level token, which begins with 'xapp-'."
            )
        for person, user in people.items():
            if not _USER.fullmatch(user):
                raise ConfigurationError(
                    f"people={{{person!r}: {user!r}}}: a Slack user has an id like 'U024BE7LH' (in their profile: "
                    "Copy member ID)."
                )
        if len(set(people.values())) < len(people):
            raise ConfigurationError(
                "people= names one Slack user twice: who answers must be one person."
            )
        try:
            sdk, signature = import_module("slack_sdk"), import_module("slack_sdk.signature")
        except ModuleNotFoundError:
            raise ConfigurationError(
                "SlackChannel needs slack-sdk: pip install 'assent[slack]'."
            ) from None
        log = logging.getLogger("assent.notifying.slack.sdk")
        log.setLevel(logging.WARNING)  # below that it writes down whatever is sent
        self._client: Any = sdk.WebClient(
            token, base_url=base_url, timeout=_TIMEOUT, retry_handlers=[], logger=log
        )
        self._errors: tuple[type[Exception], ...] = (sdk.errors.SlackClientError, OSError)
        self._verifier: Any = signature.SignatureVerifier
        self._secret = signing_secret
        self.app_token = app_token
        self._channel = channel
        self.people = dict(people)

    @override
    def __repr__(self) -> str:
        """Without the token and the secret."""
        return f"SlackChannel({self._channel!r})"

    # ── telling ─────────────────────────────────────────────────────────────────────────────────

    async def needed(self, notice: Notice) -> None:
        """Post the task; where it is posted already, bring that up to date and say why in its thread."""
        place = await _place(notice)
        if place is None:
            if notice.task.outcome is None:
                said = await self.call(
                    "chat.postMessage",
                    channel=self._channel,
                    unfurl_links=False,
                    unfurl_media=False,
                    **self._message(notice.task, notice.url),
                )
                await notice.note.write({"channel": said["channel"], "ts": said["ts"]})
            return
        await self._update(notice, place)
        words = escaped(heading(notice))
        await self.call(
            "chat.postMessage",
            channel=place["channel"],
            thread_ts=place["ts"],
            text=words,
            blocks=[{"type": "section", "text": plain(heading(notice))}],
        )

    async def resolved(self, notice: Notice) -> None:
        """Take the buttons away, and say how it ended, and by whom."""
        place = await _place(notice)
        if place is None:
            return
        await self._update(notice, place)
        if notice.task.outcome is not None:
            await notice.note.write(None)

    async def gathered(self, bundle: Bundle) -> None:
        """Post all that waits as one message; each task is answered where its link leads."""
        await self.call(
            "chat.postMessage",
            channel=self._channel,
            unfurl_links=False,
            unfurl_media=False,
            text=escaped(heading_of(bundle.notices)),
            blocks=blocks_of_all(bundle, self.people),
        )

    async def _update(self, notice: Notice, place: Mapping[str, str]) -> None:
        await self.show(notice.task, notice.url, place["channel"], place["ts"])

    async def show(self, task: TaskView, url: str | None, channel: str, ts: str) -> None:
        """Make a message say how the task stands now."""
        await self.call("chat.update", channel=channel, ts=ts, **self._message(task, url))

    def _message(self, task: TaskView, url: str | None) -> Block:
        words = f"{ended(task)}: {title_of(task)}" if task.outcome else title_of(task)
        return {"text": escaped(words), "blocks": blocks_of(task, self.people, url)}

    # ── Slack ───────────────────────────────────────────────────────────────────────────────────

    async def call(self, method: str, **what: Any) -> Mapping[str, Any]:
        """Call a method of Slack."""
        return await self._asked(method, json=what)

    async def _asked(self, method: str, **how: Any) -> Mapping[str, Any]:
        """What Slack says. Its errors are told by their code only: the rest may hold what was sent."""
        try:
            said = await asyncio.to_thread(self._client.api_call, method, **how)
        except self._errors as error:
            raise _told(method, error) from None
        return cast("Mapping[str, Any]", said.data)

    async def socket_url(self) -> str:
        """The address of a new socket."""
        headers = {"Authorization": f"Bearer {self.app_token}"}
        said = await self._asked("apps.connections.open", headers=headers)
        return str(said["url"])

    def signed(self, body: bytes, timestamp: str, signature: str, now: float) -> bool:
        """Whether Slack has sent this for our app, within the last five minutes."""
        if self._secret is None:
            return False
        if not (timestamp.isascii() and timestamp.isdecimal() and signature.isascii()):
            return False
        try:
            verifier = self._verifier(self._secret, _At(now))
            return bool(verifier.is_valid(body, timestamp, signature))
        except ValueError:  # a number beyond reason, or bytes that are no text
            return False

    def person(self, user: str) -> str | None:
        """Who a user of Slack is here."""
        return next((name for name, known in self.people.items() if known == user), None)


class _At:
    """The time, as slack_sdk asks for it."""

    def __init__(self, now: float) -> None:
        self._now = now

    def now(self) -> float:
        return self._now


def _told(method: str, error: Exception) -> Exception:
    response: Any = getattr(error, "response", None)
    if response is None:
        return OSError(f"Slack could not be reached for {method}: {type(error).__name__}.")
    if response.status_code == 429:
        after = str(response.headers.get("Retry-After", ""))
        if after.isascii() and after.isdecimal() and float(after) <= _MOST_PATIENT:
            return RetryAfter(float(after), f"Slack limits how often {method} is called.")
    data: Any = response.data
    code = str(cast("Mapping[str, Any]", data).get("error", "") if isinstance(data, dict) else "")
    said = f"Slack did not do {method}: {code[:100] or response.status_code}."
    return NonRetryable(said) if code in _NEVER else OSError(said)


async def _place(notice: Notice) -> Mapping[str, str] | None:
    """Where the task was posted."""
    kept: Json = await notice.note.read()
    return cast("Mapping[str, str]", kept) if isinstance(kept, dict) else None
