"""``assent notifications``: what people elsewhere were not told yet, or could not be."""

from __future__ import annotations

import click

from assent.cli.api import Document, at
from assent.cli.options import Place, placed
from assent.cli.output import moment, print_table, tell
from assent.cli.reach import reach


@click.group()
def notifications() -> None:
    """List what could not be told to people elsewhere, and resend it."""


@notifications.command()
@click.option(
    "--status",
    type=click.Choice(["pending", "dead"]),
    help="Only what is still being tried, or only what was given up.",
)
@placed
async def ls(place: Place, status: str | None) -> None:
    """List what was not told yet, and what was given up."""
    async with reach(place) as api:
        found = await api.get("/notifications", status=status)
    tell(place, found, _print_list)


@notifications.command()
@click.argument("notification", metavar="ID")
@placed
async def resend(place: Place, notification: str) -> None:
    """Try a notification again that was given up.

    Where no server runs, it is sent by the next one that starts.
    """
    async with reach(place) as api:
        again = await api.post(at("notifications", notification, "resend"))
    tell(place, again, lambda _: click.echo(f"{again['id']} is sent again."))


def _print_list(found: Document) -> None:
    print_table(
        ("NOTIFICATION", "STATUS", "EVENT", "TASK", "TRIES", "NEXT", "ERROR"),
        [
            (
                each["id"],
                each["status"],
                each["event"],
                each["task_id"],
                str(each["attempts"]),
                moment(each["due"]) if each["status"] == "pending" else "–",
                each["error"] or "",
            )
            for each in found["items"]
        ],
        "Everybody was told.",
    )
