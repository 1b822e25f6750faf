"""``assent login-link``: a way into the inbox."""

from __future__ import annotations

import click

from assent.cli.api import Document
from assent.cli.commands.keys import ROLES
from assent.cli.exits import Exit, Stop
from assent.cli.options import Place, placed, this_user
from assent.cli.output import note, tell
from assent.cli.reach import none_found, reach


@click.command("login-link")
@click.option("--user", help="Whom it logs in.  [default: you]")
@click.option("--role", type=ROLES, default="responder", show_default=True, help="As what.")
@placed
async def login_link(place: Place, user: str | None, role: str) -> None:
    """Print a link that logs somebody into the inbox once."""
    async with reach(place) as api:
        if api.app:
            raise Stop(
                f"{none_found(place)}, so there is nothing to log into. Name one, or start one "
                "with 'assent serve module:app'.",
                exit=Exit.UNREACHABLE,
                code="no_server",
            )
        link = await api.post("/login-links", {"user": user or this_user(), "role": role})
    tell(place, link, _print)


def _print(link: Document) -> None:
    click.echo(link["url"])
    note("It works once.")
