"""Answering from a message, without signing in: the link leads here, and this page asks once more.

GET decides nothing, whoever follows the link. POST counts with the page's confirmation only, and once.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from assent.core.policy import Actor
from assent.core.task import TaskKind
from assent.errors import TokenRefused
from assent.human.receipt import Receipt
from assent.human.view import TaskView
from assent.notifying.links import Link
from assent.web import api
from assent.web.page import show, view, words
from assent.web.request import system_of

VIA: Final = "mail"
_REFUSED: Final = {
    "used": (410, "This link has been used. It works once."),
    "expired": (
        410,
        "This link, or this page, is too old. Open the link again, or ask for a new one.",
    ),
    "in_use": (409, "This link is being used just now. Look again in a moment."),
}
_FORGED: Final = (403, "This link is not complete. Open it from the message again.")


async def show_answer(request: Request, token: str) -> Response:
    """What is asked, and two buttons."""
    links = system_of(request).links
    try:
        link = await links.read(token)
        await links.check(link)
    except TokenRefused as error:
        return await _refused(request, token, error)
    return await _page(request, link, token)


async def answer_by_link(request: Request, token: str) -> Response:
    """Approve or reject, as whom the link was made for."""
    async with request.form() as form:
        said = {name: value for name, value in form.items() if isinstance(value, str)}
    links, inbox = system_of(request).links, system_of(request).inbox
    reason = said.get("reason", "").strip()[:4000] or None
    acts = {"approve": inbox.approve, "reject": inbox.reject}
    try:
        link = await links.read(token)
        lease = await links.use(link, said.get("confirmation", ""))
    except TokenRefused as error:
        return await _refused(request, token, error)
    act = acts.get(said.get("action", ""))
    if act is None:
        await lease.give_back()
        return await _page(request, link, token, status=422)
    receipt = await act(link.task, by=Actor(link.person), reason=reason, shown=link.shown, via=VIA)
    if receipt.ok:
        with suppress(TokenRefused):  # it counts, whoever else has used the link since
            await lease.done()
    else:
        await lease.give_back()
    return await _page(request, link, token, receipt=receipt, status=api.STATUS[receipt.status])


async def _page(
    request: Request, link: Link, token: str, *, receipt: Receipt | None = None, status: int = 200
) -> Response:
    task = await system_of(request).inbox.get(link.task)
    title, detail = words.told(receipt, link.person) if receipt else ("", "")
    asks = not task.outcome and task.kind is TaskKind.APPROVE and not (receipt and receipt.ok)
    fresh = task.digest == link.shown
    return view.render(
        request,
        "answer.html",
        status=status,
        task=task,
        person=link.person,
        token=token,
        told={"title": title, "detail": detail},
        good=bool(receipt and receipt.ok),
        decided=words.decided(task, link.person) if task.outcome else "",
        shown=_shown(task),
        confirmation=await system_of(request).links.confirmation(link) if asks and fresh else "",
        changed=asks and not fresh,
        trouble="",
    )


def _shown(task: TaskView) -> show.Shown | None:
    return None if task.shown is None else show.show(task.shown, task.form)


async def _refused(request: Request, token: str, error: TokenRefused) -> Response:
    status, trouble = _REFUSED.get(error.why, _FORGED)
    return view.render(request, "answer.html", status=status, task=None, trouble=trouble)
