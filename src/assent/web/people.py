"""The API of everything people do with a task beside answering it, and of who people are."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from assent.access import Role
from assent.errors import FieldError, InvalidInput
from assent.human.people import Away
from assent.ports.directory import User
from assent.web.api import by_of, reply, with_receipt
from assent.web.problem import Problem
from assent.web.request import system_of, who_of
from assent.web.wire import bodies, house
from assent.web.wire.basic import Page
from assent.web.wire.house import Absence
from assent.web.wire.tasks import DraftKept

# ── tasks ───────────────────────────────────────────────────────────────────────────────────────


async def delegate(request: Request, task: str, body: bodies.HandOver) -> Response:
    """Let somebody answer for you; you stay answerable."""
    inbox = system_of(request).inbox
    return await with_receipt(
        request, task, body, inbox.delegate, body.to, reason=body.reason, end=body.end
    )


async def reassign(request: Request, task: str, body: bodies.Reassignment) -> Response:
    """Ask others instead; an operator may do so with every task."""
    inbox = system_of(request).inbox
    overrules = who_of(request).role.allows(Role.OPERATOR)
    return await with_receipt(
        request, task, body, inbox.reassign, body.to, reason=body.reason, overrules=overrules
    )


async def ask_back(request: Request, task: str, body: bodies.Remark) -> Response:
    """Ask whoever asked; the deadline stands still until there is a reply."""
    return await with_receipt(request, task, body, system_of(request).inbox.ask_back, body.text)


async def reply_to_question(request: Request, task: str, body: bodies.Remark) -> Response:
    """Answer what was asked back; the deadline runs on."""
    return await with_receipt(request, task, body, system_of(request).inbox.reply, body.text)


async def attach(request: Request, task: str, body: bodies.NewAttachment) -> Response:
    """Put a document beside a task, by reference."""
    inbox = system_of(request).inbox
    return await with_receipt(request, task, body, inbox.attach, body.name, body.url)


async def reopen(request: Request, task: str, body: bodies.Steer | None = None) -> Response:
    """Take your decision back, before the run goes on with it."""
    said = body or bodies.Steer()
    inbox = system_of(request).inbox
    return await with_receipt(request, task, said, inbox.reopen, reason=said.reason)


async def get_draft(request: Request, task: str) -> Response:
    """What you were about to answer."""
    inbox = system_of(request).inbox
    await inbox.get(task)
    return reply(DraftKept(value=await inbox.draft(task, by=who_of(request).user)))


async def keep_draft(request: Request, task: str, body: bodies.Draft) -> Response:
    """Keep what you are about to answer, for you alone."""
    await system_of(request).inbox.keep_draft(task, body.value, by=by_of(request, body))
    return Response(status_code=204)


# ── people ──────────────────────────────────────────────────────────────────────────────────────


async def list_people(request: Request) -> Response:
    """Everybody in the table."""
    users = await system_of(request).people.users()
    return reply(Page[house.User](items=[_user(user) for user in users]))


async def put_person(request: Request, name: str, body: bodies.NewUser) -> Response:
    """Add somebody, or say anew what they belong to."""
    by_of(request, body)
    people = system_of(request).people
    made = await people.put(
        name, groups=body.groups, roles=body.roles, manager=body.manager, mail=body.mail
    )
    return reply(_user(made))


async def remove_person(request: Request, name: str) -> Response:
    """Take somebody out of the table."""
    await system_of(request).people.remove(name)
    return Response(status_code=204)


async def list_absences(request: Request) -> Response:
    """Everybody who is away, or will be, and who stands in."""
    found = await system_of(request).people.absences()
    return reply(Page[Absence](items=[_absence(away) for away in found]))


async def put_absence(request: Request, name: str, body: bodies.NewAbsence) -> Response:
    """Let somebody stand in while you are away; an admin says it for others."""
    by_of(request, body)
    _own(request, name)
    if body.until.tzinfo is None or (body.since is not None and body.since.tzinfo is None):
        raise InvalidInput("The absence", (FieldError("/until", "moments need a time zone"),))
    made = await system_of(request).people.away(
        name, to=body.to, until=body.until, since=body.since, reason=body.reason
    )
    return reply(_absence(made))


async def end_absence(request: Request, name: str) -> Response:
    """You are back; an admin says it for others."""
    _own(request, name)
    await system_of(request).people.back(name)
    return Response(status_code=204)


def _own(request: Request, name: str) -> None:
    who = who_of(request)
    if who.user != name and not who.role.allows(Role.ADMIN):
        why = f"You are {who.user}; only an admin says who stands in for {name}."
        raise Problem(403, why, code="not_you")


def _user(user: User) -> house.User:
    return house.User(
        name=user.name,
        groups=sorted(user.groups),
        roles=sorted(user.roles),
        manager=user.manager,
        mail=user.mail,
    )


def _absence(away: Away) -> Absence:
    return Absence(name=away.name, to=away.to, start=away.start, end=away.end, reason=away.reason)
