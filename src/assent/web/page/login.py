"""Signing in and out. A link that is only looked at, by a scanner or a preview, is not used up."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from assent.web import auth
from assent.web.page import view
from assent.web.request import link, system_of, who_or_none

USED = "This link has been used, or is older than an hour. Ask for a new one."


async def show_login(request: Request) -> Response:
    """A page with one button, which does what the link promises."""
    token = request.query_params.get("token", "")
    onward = view.local(request.query_params.get("next", ""), link(request, "inbox"))
    if who_or_none(request) is not None and not token:
        return RedirectResponse(onward, 303)
    return page(request, token=token, next=onward)


async def login(request: Request) -> Response:
    """Use the link up, and remember the browser."""
    async with request.form() as form:
        token, onward = str(form.get("token", "")), str(form.get("next", ""))
    access = system_of(request).access
    who = await access.use_login(token)
    if who is None:
        return page(request, status=403, trouble=USED)
    to = view.local(onward, link(request, "inbox"))
    return auth.remember(request, RedirectResponse(to, 303), await access.open_session(who))


async def logout(request: Request) -> Response:
    """End the session, here and on the server."""
    session = request.cookies.get(auth.COOKIE)
    if session:
        await system_of(request).access.close_session(session)
    return auth.forget(request, RedirectResponse(link(request, "login"), 303))


def page(
    request: Request, *, status: int = 200, token: str = "", next: str = "", trouble: str = ""
) -> Response:
    """The page that people sign in on."""
    oidc = system_of(request).settings.oidc is not None
    return view.render(
        request, "login.html", status=status, token=token, next=next, trouble=trouble, oidc=oidc
    )
