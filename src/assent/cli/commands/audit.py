"""``assent audit``: the record of what happened."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from assent.cli.api import Document, at
from assent.cli.exits import Exit, Stop
from assent.cli.options import Place, placed
from assent.cli.output import tell
from assent.cli.reach import reach

MEDIA = {"jsonl": "application/x-ndjson", "csv": "text/csv"}


@click.group()
def audit() -> None:
    """Export, verify and erase the record of what happened."""


@audit.command()
@click.option("--run", help="Only this run.")
@click.option(
    "--format", "form", type=click.Choice(list(MEDIA)), default="jsonl", show_default=True
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.  [default: standard output]",
)
@placed
async def export(place: Place, run: str | None, form: str, output: Path | None) -> None:
    """Write every entry, in order, as JSON lines or CSV."""
    async with reach(place) as api, api.lines("/audit", MEDIA[form], run=run) as lines:
        if output is None:
            async for line in lines:
                click.echo(line)
            return
        # a file that is there is a whole export
        unfinished = output.with_name(output.name + ".part")
        with unfinished.open("w", encoding="utf-8") as file:
            async for line in lines:
                file.write(line + "\n")
        unfinished.replace(output)


@audit.command()
@click.option("--run", help="Only this run.")
@placed
async def verify(place: Place, run: str | None) -> Exit:
    """Check that no entry was altered, dropped or put elsewhere."""
    async with reach(place) as api:
        found = await api.get("/audit/verify", run=run)
    tell(place, found, _print_flaws)
    return Exit.REFUSED if found["flaws"] else Exit.DONE


@audit.command()
@click.argument("run")
@click.option("--by", help="Who erases.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@placed
async def erase(place: Place, run: str, by: str | None, yes: bool) -> None:
    """Erase what was put into a run; that it happened stays, and still verifies."""
    if not yes:
        if not sys.stdin.isatty():
            raise Stop("Erasing cannot be undone: say --yes.", exit=Exit.USAGE)
        click.confirm(f"Erase the values, reasons and titles of {run} for good?", abort=True)
    async with reach(place, by=by) as api:
        erased = await api.post(at("runs", run, "erase"), {"by": by})
    tell(place, erased, lambda _: click.echo(f"The payloads of {run} are erased."))


def _print_flaws(found: Document) -> None:
    for flaw in found["flaws"]:
        click.echo(f"{flaw['run']}, entry {flaw['number']}: {flaw['what']}")
    if not found["flaws"]:
        click.echo("The record is whole.")
