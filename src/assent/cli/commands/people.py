"""``assent people``: who people are, and who stands in for whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from assent.cli.api import Document, at
from assent.cli.exits import Exit, Stop
from assent.cli.options import Place, placed
from assent.cli.output import moment, print_table, tell
from assent.cli.reach import reach
from assent.clock import SystemClock
from assent.core.durations import duration
from assent.core.values import Json


@click.group()
def people() -> None:
    """Say who people are: groups, roles, managers, and who stands in."""


@people.command()
@click.argument("name")
@click.option("--group", "groups", multiple=True, help="A group they are in; may be repeated.")
@click.option("--role", "roles", multiple=True, help="A role they have; may be repeated.")
@click.option("--manager", help="Their manager.")
@click.option("--mail", help="Where they read mail.")
@placed
async def put(
    place: Place,
    name: str,
    groups: tuple[str, ...],
    roles: tuple[str, ...],
    manager: str | None,
    mail: str | None,
) -> None:
    """Add somebody, or say anew what they belong to."""
    body: dict[str, Json] = {"groups": list[Json](groups), "roles": list[Json](roles)}
    async with reach(place) as api:
        made = await api.put(at("people", name), {**body, "manager": manager, "mail": mail})
    tell(place, made, lambda _: click.echo(f"{name} is known."))


@people.command()
@placed
async def ls(place: Place) -> None:
    """List everybody."""
    async with reach(place) as api:
        found = await api.get("/people")
    tell(place, found, _print_people)


@people.command()
@click.argument("name")
@placed
async def rm(place: Place, name: str) -> None:
    """Take somebody out of the table."""
    async with reach(place) as api:
        await api.delete(at("people", name))
    tell(place, {"removed": name}, lambda _: click.echo(f"{name} is no longer known."))


@people.command()
@click.argument("name")
@click.option("--to", required=True, help="Who stands in.")
@click.option("--for", "length", help="For how long, from now on: '3 days', '4h'.")
@click.option("--until", help="Until when, like 2026-12-24T09:00+01:00.")
@click.option("--reason", help="Why.")
@placed
async def away(
    place: Place, name: str, to: str, length: str | None, until: str | None, reason: str | None
) -> None:
    """Let somebody stand in while NAME is away."""
    end = _end(length, until)
    body: dict[str, Json] = {"to": to, "until": end.isoformat(), "reason": reason}
    async with reach(place) as api:
        made = await api.put(at("absences", name), body)
    tell(
        place, made, lambda _: click.echo(f"{to} stands in for {name} until {moment(made['end'])}.")
    )


@people.command()
@click.argument("name")
@placed
async def back(place: Place, name: str) -> None:
    """NAME is back: nobody stands in any more."""
    async with reach(place) as api:
        await api.delete(at("absences", name))
    tell(place, {"back": name}, lambda _: click.echo(f"{name} is back."))


@people.command()
@placed
async def absent(place: Place) -> None:
    """List who is away, and who stands in."""
    async with reach(place) as api:
        found = await api.get("/absences")
    tell(place, found, _print_absences)


def _end(length: str | None, until: str | None) -> datetime:
    if (length is None) == (until is None):
        raise Stop("Say how long, with --for, or until when, with --until.", exit=Exit.USAGE)
    try:
        if length is not None:
            return SystemClock().now() + _longer(length)
        end = datetime.fromisoformat(until or "")
    except ValueError as error:
        raise Stop(str(error), exit=Exit.USAGE) from None
    return end if end.tzinfo else end.replace(tzinfo=UTC)


def _longer(length: str) -> timedelta:
    return duration(length)


def _print_people(found: Document) -> None:
    print_table(
        ("NAME", "GROUPS", "ROLES", "MANAGER", "MAIL"),
        [
            (
                user["name"],
                ", ".join(user["groups"]),
                ", ".join(user["roles"]),
                user["manager"] or "",
                user["mail"] or "",
            )
            for user in found["items"]
        ],
        "Nobody. Until somebody is put here, the door that lets people in vouches for them.",
    )


def _print_absences(found: Document) -> None:
    print_table(
        ("NAME", "STANDS IN", "FROM", "UNTIL", "WHY"),
        [
            (
                each["name"],
                each["to"],
                moment(each["start"]),
                moment(each["end"]),
                each["reason"] or "",
            )
            for each in found["items"]
        ],
        "Nobody is away.",
    )
