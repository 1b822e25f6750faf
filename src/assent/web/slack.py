"""What Slack sends when people press a button or fill in a modal. What Slack has not signed is not looked at."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from assent.notifying.slack import SlackChannel
from assent.notifying.slack.door import Door, read
from assent.web.problem import Problem
from assent.web.request import system_of


async def interact(request: Request) -> Response:
    """What people press and fill in in Slack: the Request URL of the Slack app's interactivity, signed by Slack."""
    system = system_of(request)
    body = await request.body()
    signed = [slack for slack in _channels(request) if _is_signed(request, slack, body)]
    if not signed:
        raise Problem(
            401, "This is not signed by Slack for a channel of this app, or it is too old."
        )
    try:
        said = read(json.loads(parse_qs(body.decode())["payload"][0]))
    except (LookupError, TypeError, ValueError, RecursionError):
        raise Problem(400, "This is no interaction of Slack.") from None
    if said is None:
        return Response()
    door = Door(_of(signed, said.about.user), system.inbox, system.notifications.url_of)
    reaction = await door.react(said)
    after = BackgroundTask(reaction.later)
    if reaction.reply is None:
        return Response(background=after)
    return JSONResponse(reaction.reply, background=after)


def _channels(request: Request) -> list[SlackChannel]:
    ways = system_of(request).notifications.ways
    return [way.channel for way in ways if isinstance(way.channel, SlackChannel)]


def _is_signed(request: Request, slack: SlackChannel, body: bytes) -> bool:
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    return slack.signed(body, timestamp, signature, system_of(request).clock.now().timestamp())


def _of(channels: list[SlackChannel], user: str) -> SlackChannel:
    """The channel that knows this user, where one Slack app serves several."""
    return next((slack for slack in channels if slack.person(user)), channels[0])
