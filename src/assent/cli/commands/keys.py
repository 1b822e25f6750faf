"""``assent keys``: who may use the HTTP API."""

from __future__ import annotations

import click

from assent.cli.api import Document, at
from assent.cli.options import Place, placed
from assent.cli.output import moment, note, print_table, tell
from assent.cli.reach import reach

ROLES = click.Choice(["viewer", "responder", "operator", "admin"])


@click.group()
def keys() -> None:
    """Make, list and revoke API keys."""


@keys.command()
@click.option("--user", required=True, help="Whose key it is: answers given with it are theirs.")
@click.option(
    "--role",
    type=ROLES,
    default="responder",
    show_default=True,
    help="What it may do: look, answer, steer runs, or everything.",
)
@click.option("--label", default="", help="What it is for.")
@placed
async def create(place: Place, user: str, role: str, label: str) -> None:
    """Make a key. It is printed once and kept only as a hash."""
    async with reach(place) as api:
        made = await api.post("/keys", {"user": user, "role": role, "label": label})
    tell(place, made, _print_made)


@keys.command()
@placed
async def ls(place: Place) -> None:
    """List the keys, without their secrets."""
    async with reach(place) as api:
        found = await api.get("/keys")
    tell(place, found, _print_list)


@keys.command()
@click.argument("key_id", metavar="ID")
@placed
async def revoke(place: Place, key_id: str) -> None:
    """End a key at once."""
    async with reach(place) as api:
        await api.delete(at("keys", key_id))
    tell(place, {"revoked": key_id}, lambda _: click.echo(f"{key_id} is revoked."))


def _print_made(made: Document) -> None:
    click.echo(made["secret"])
    note(f"Keep it safe: it is not shown again. 'assent keys revoke {made['id']}' ends it.")


def _print_list(found: Document) -> None:
    print_table(
        ("KEY", "USER", "ROLE", "LABEL", "MADE"),
        [
            (key["id"], key["user"], key["role"], key["label"], moment(key["created"]))
            for key in found["items"]
        ],
        "No keys.",
    )
