"""Answering from a message, without signing in: the link leads here, and this page asks once more.

GET decides nothing, whoever follows the link. POST counts with the page's confirmation only, and once.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from assent.core.form import FormErrors
from assent.core.policy import Actor
from assent.core.task import ReceiptStatus, TaskKind
from assent.errors import TokenRefused
from assent.human.receipt import Receipt
from assent.human.view import TaskView
from assent.notifying.links import Link
from assent.web import api
from assent.web.page import show, view, words
from assent.web.page.filling import answered, complaints, drawn_of
from assent.web.page.typed import posted
from assent.web.request import system_of
from assent.web.wire.tasks import Option

VIA: Final = "mail"
NOTHING: Final[Mapping[str, list[str]]] = MappingProxyType({})
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
    """What is asked, and the form or the buttons to answer it with."""
    links = system_of(request).links
    try:
        link = await links.read(token)
        await links.check(link)
    except TokenRefused as error:
        return await _refused(request, token, error)
    return await _page(request, link, token)


async def answer_by_link(request: Request, token: str) -> Response:
    """Approve, reject or answer, as whom the link was made for."""
    post = await posted(request)
    links = system_of(request).links
    try:
        link = await links.read(token)
        lease = await links.use(link, post.get("confirmation", [""])[-1])
    except TokenRefused as error:
        return await _refused(request, token, error)
    receipt = await _act(request, link, post)
    if receipt is None:
        await lease.give_back()
        return await _page(request, link, token, status=422)
    if receipt.ok:
        with suppress(TokenRefused):  # it counts, whoever else has used the link since
            await lease.done()
    else:
        await lease.give_back()
    status = api.STATUS[receipt.status]
    return await _page(request, link, token, receipt=receipt, post=post, status=status)


async def _act(request: Request, link: Link, post: dict[str, list[str]]) -> Receipt | None:
    """Do what the button says; None where it says nothing that can be done."""
    inbox, by = system_of(request).inbox, Actor(link.person)
    reason = post.get("reason", [""])[-1].strip()[:4000] or None
    match post.get("action", [""])[-1]:
        case "approve":
            return await inbox.approve(link.task, by=by, reason=reason, shown=link.shown, via=VIA)
        case "reject":
            return await inbox.reject(link.task, by=by, reason=reason, shown=link.shown, via=VIA)
        case "answer":
            task = await inbox.get(link.task)
            if task.kind is TaskKind.APPROVE:
                return None
            try:
                value = answered(task, post)
            except FormErrors as wrong:
                return Receipt(status=ReceiptStatus.INVALID, message="", errors=tuple(wrong.errors))
            return await inbox.answer(link.task, value, by=by, shown=link.shown, via=VIA)
        case _:
            return None


async def _page(
    request: Request,
    link: Link,
    token: str,
    *,
    receipt: Receipt | None = None,
    post: Mapping[str, list[str]] = NOTHING,
    status: int = 200,
) -> Response:
    task = await system_of(request).inbox.get(link.task)
    title, detail = words.told(receipt, link.person) if receipt else ("", "")
    asks = not task.outcome and not (receipt and receipt.ok)
    fresh = task.digest == link.shown
    errors = receipt.errors if receipt else ()
    drawn = drawn_of(task, post, errors) if asks and task.kind is TaskKind.ASK else None
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
        drawn=drawn,
        complaints=complaints(errors, drawn),
        options=[Option.of(option) for option in task.options],
        chosen=post.get("choice", []),
        trouble="",
    )


def _shown(task: TaskView) -> show.Shown | None:
    """What an answer is about; a form that asks shows its values in its fields."""
    if task.shown is None or task.kind is TaskKind.ASK:
        return None
    return show.show(task.shown, task.form if task.kind is TaskKind.APPROVE else None)


async def _refused(request: Request, token: str, error: TokenRefused) -> Response:
    status, trouble = _REFUSED.get(error.why, _FORGED)
    return view.render(request, "answer.html", status=status, task=None, trouble=trouble)
