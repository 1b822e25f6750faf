"""An open page says that somebody looks at its task, and hears who else does."""

from __future__ import annotations

from typing import cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from assent.web.presence import Presence
from assent.web.request import system_of, who_of


async def say_here(request: Request, task: str) -> Response:
    """Say it; with ``?gone=1``, that the page was closed."""
    presence = cast(Presence, request.app.state.presence)  # what a site's state holds has no type
    await system_of(request).inbox.get(task)
    user = who_of(request).user
    if request.query_params.get("gone"):
        presence.gone(task, user)
        return Response(status_code=204)
    return JSONResponse({"others": presence.here(task, user, system_of(request).clock.now())})
