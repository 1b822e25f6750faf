"""Slack over a socket that is opened from here: what is pressed counts, is acknowledged, and comes on after a break."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from assent import ConfigurationError
from assent.notifying.slack import SlackChannel, socket
from assent.testing import Harness
from tests.notifying.receiver import Receiver, receiving
from tests.notifying.recorder import asking
from tests.notifying.test_slack import BOB, MESSAGE, POSTED, TOKEN, buttons

pytestmark = pytest.mark.anyio

APP_TOKEN = "xapp-open-sesame"
ANN = "U0ANN"


@dataclass
class SlackSide:
    """Slack's end of the socket: who has connected, and what they acknowledged."""

    connected: asyncio.Queue[ServerConnection] = field(
        default_factory=asyncio.Queue[ServerConnection]
    )
    said: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue[dict[str, Any]])

    async def serve(self, connection: ServerConnection) -> None:
        await connection.send(json.dumps({"type": "hello"}))
        self.connected.put_nowait(connection)
        with suppress(ConnectionClosed):
            async for text in connection:
                self.said.put_nowait(json.loads(text))


@dataclass
class Desk:
    """An app that hears Slack over a socket."""

    h: Harness
    slack: SlackSide
    receiver: Receiver

    async def press(self, connection: ServerConnection, words: str, user: str, id: str) -> Any:
        """Somebody presses a button; returns what Slack was told."""
        button = next(
            b
            for got in reversed(self.receiver.got)
            if got.body
            for b in buttons(got.json)
            if b["text"]["text"] == words
        )
        payload = {
            "type": "block_actions",
            "user": {"id": user},
            "trigger_id": "T1",
            "actions": [{"action_id": button["action_id"], "value": button["value"]}],
            **MESSAGE,
        }
        await connection.send(
            json.dumps({"envelope_id": id, "type": "interactive", "payload": payload})
        )
        return await self.slack.said.get()


@asynccontextmanager
async def desk() -> AsyncGenerator[Desk]:
    slack = SlackSide()
    async with serve(slack.serve, "127.0.0.1", 0) as server, receiving() as receiver:
        port = next(iter(server.sockets)).getsockname()[1]
        opened = {"ok": True, "url": f"ws://127.0.0.1:{port}/"}
        receiver.answers.update({**POSTED, "/api/apps.connections.open": opened})
        channel = SlackChannel(
            token=TOKEN,
            app_token=APP_TOKEN,
            channel="#approvals",
            people={"ann": ANN, "bob": BOB},
            base_url=f"http://127.0.0.1:{receiver.port}/api/",
        )
        async with Harness(asking(channel)) as h:
            yield Desk(h, slack, receiver)


async def test_what_is_pressed_over_the_socket_counts_and_is_acknowledged() -> None:
    async with desk() as d:
        run = await d.h.start("ask", {"to": ["ann"]})
        await d.h.rest()
        connection = await d.slack.connected.get()
        asked = next(got for got in d.receiver.got if got.path.endswith("connections.open"))
        assert asked.headers["authorization"] == f"Bearer {APP_TOKEN}"

        assert await d.press(connection, "Approve", BOB, "e1") == {"envelope_id": "e1"}
        await d.h.rest()
        assert (await run.tasks())[0].status == "open"  # it is not his to answer
        assert await d.press(connection, "Approve", ANN, "e2") == {"envelope_id": "e2"}
        assert await run.result() == "approved"


async def test_a_modal_is_told_over_the_socket_what_does_not_fit() -> None:
    async with desk() as d:
        await d.h.start("fill")
        await d.h.rest()
        connection = await d.slack.connected.get()
        await d.press(connection, "Answer", ANN, "e1")
        view = (await d.receiver.called("views.open")).json["view"]
        (block,) = [b for b in view["blocks"] if b["type"] == "input"]
        state = {
            "values": {block["block_id"]: {"input": {"type": "plain_text_input", "value": "many"}}}
        }
        sent = {
            **{name: view[name] for name in ("callback_id", "private_metadata")},
            "state": state,
        }
        payload = {"type": "view_submission", "user": {"id": ANN}, "view": sent}
        await connection.send(
            json.dumps({"envelope_id": "e2", "type": "interactive", "payload": payload})
        )
        told = await d.slack.said.get()
        assert told["envelope_id"] == "e2"
        assert told["payload"]["response_action"] == "errors"


@pytest.mark.parametrize("how", ["asked to", "broken off"])
async def test_the_socket_is_opened_again(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "_PAUSES", (0.0,))
    async with desk() as d:
        run = await d.h.start("ask", {"to": ["ann"]})
        await d.h.rest()
        first = await d.slack.connected.get()
        if how == "asked to":
            await first.send(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))
        else:
            first.transport.abort()
        second = await d.slack.connected.get()
        assert await d.press(second, "Approve", ANN, "e1") == {"envelope_id": "e1"}
        assert await run.result() == "approved"


async def test_what_is_no_interaction_is_acknowledged_and_left_alone() -> None:
    async with desk() as d:
        await d.h.start("ask", {"to": ["ann"]})
        connection = await d.slack.connected.get()
        for id, envelope in (
            ("e1", {"type": "slash_commands", "payload": {"command": "/x"}}),
            ("e2", {"type": "interactive", "payload": {"type": "block_actions"}}),
        ):
            await connection.send(json.dumps({"envelope_id": id, **envelope}))
            assert await d.slack.said.get() == {"envelope_id": id}


async def test_without_a_socket_there_must_be_a_signing_secret() -> None:
    with pytest.raises(ConfigurationError, match="signing_secret"):
        SlackChannel(token=TOKEN, channel="#a", people={})
    with pytest.raises(ConfigurationError, match="xapp-"):
        SlackChannel(token=TOKEN, app_token=TOKEN, channel="#a", people={})
    told = repr(SlackChannel(token=TOKEN, app_token=APP_TOKEN, channel="#a", people={}))
    assert APP_TOKEN not in told
    assert not SlackChannel(token=TOKEN, app_token=APP_TOKEN, channel="#a", people={}).signed(
        b"", "1", "v0=", 1.0
    )
