"""Socket Mode: Slack is called from here, so that its answers need no address of ours.

open ──hello──▶ envelope ──▶ the door ──▶ acknowledged, with what the door replies
  ▲                                │
  └──── disconnect, or a break ────┘
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, Final

from assent.human.inbox import Inbox
from assent.notifying.slack.channel import SlackChannel
from assent.notifying.slack.door import Door, Later, read

log = logging.getLogger("assent.notifying")

_PAUSES: Final = (1.0, 5.0, 30.0)  # seconds after each break in a row


def sockets_of(
    channels: Sequence[object], inbox: Inbox, url_of: Callable[[str], str | None]
) -> list[Socket]:
    """One socket for each Slack app that is answered over one; several channels may belong to it."""
    apps: dict[str, list[SlackChannel]] = {}
    for channel in channels:
        if isinstance(channel, SlackChannel) and channel.app_token is not None:
            apps.setdefault(channel.app_token, []).append(channel)
    return [Socket(of_one_app, inbox, url_of) for of_one_app in apps.values()]


class Socket:
    """One connection to Slack at a time, for the channels of one Slack app."""

    def __init__(
        self, channels: Sequence[SlackChannel], inbox: Inbox, url_of: Callable[[str], str | None]
    ) -> None:
        self._channels = channels
        self._inbox = inbox
        self._url_of = url_of
        self._under_way: set[asyncio.Task[None]] = set()
        self._breaks = 0  # in a row
        self._connect: Any = import_module("websockets.asyncio.client").connect

    async def listen(self) -> None:
        """Answer what comes, until cancelled."""
        try:
            while True:
                try:
                    await self._session()
                except Exception as error:  # noqa: BLE001  (whatever broke it, it is opened again)
                    log.warning("slack.socket_broke", extra={"error": type(error).__name__})
                    await asyncio.sleep(_PAUSES[min(self._breaks, len(_PAUSES) - 1)])
                    self._breaks += 1
        finally:
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _session(self) -> None:
        """One connection, until Slack asks for another one."""
        async with self._connect(await self._channels[0].socket_url()) as socket:
            async for text in socket:
                envelope = json.loads(text)
                if envelope.get("type") == "disconnect":
                    return
                if "envelope_id" in envelope:
                    self._breaks = 0
                    self._begin(self._answer(socket, envelope))
        raise ConnectionError("Slack closed the connection without asking for another one.")

    def _begin(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _answer(self, socket: Any, envelope: Mapping[str, Any]) -> None:
        """Slack waits for three seconds, and sends again what was not acknowledged: an answer counts once anyway."""
        said: dict[str, Any] = {"envelope_id": envelope["envelope_id"]}
        reply, later = await self._react(envelope)
        if reply is not None:
            said["payload"] = reply
        try:
            await socket.send(json.dumps(said))
        except Exception as error:  # noqa: BLE001  (the connection has gone; the answer counts by now)
            log.warning("slack.not_acknowledged", extra={"error": type(error).__name__})
        if later is not None:
            await later()

    async def _react(self, envelope: Mapping[str, Any]) -> tuple[Any, Later | None]:
        if envelope.get("type") != "interactive":
            return None, None
        try:
            said = read(envelope["payload"])
        except (LookupError, TypeError, ValueError, RecursionError):
            log.warning("slack.unreadable")
            return None, None
        if said is None:
            return None, None
        user = said.about.user
        slack = next((one for one in self._channels if one.person(user)), self._channels[0])
        reaction = await Door(slack, self._inbox, self._url_of).react(said)
        return reaction.reply, reaction.later
