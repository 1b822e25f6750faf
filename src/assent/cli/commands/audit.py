"""``assent audit``: the record of what happened."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from assent.audit import missing
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
        try:
            with unfinished.open("w", encoding="utf-8") as file:
                async for line in lines:
                    file.write(line + "\n")
            unfinished.replace(output)
        except OSError as error:
            why = f"The record cannot be written to {str(output)!r}: {error.strerror}. Name another file."
            raise Stop(why, exit=Exit.USAGE, code="unwritable") from error


@audit.command()
@click.option("--run", help="Only this run.")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An earlier export (JSON lines): all of it must still be there.",
)
@placed
async def verify(place: Place, run: str | None, against: Path | None) -> Exit:
    """Check that no entry was altered, dropped or put elsewhere.

    Whoever can write to the database could take out a run whole: an export that is kept elsewhere tells.
    """
    kept = [] if against is None else _exported(against, run)
    async with reach(place) as api:
        found = await api.get("/audit/verify", run=run)
        if kept:
            async with api.lines("/audit", MEDIA["jsonl"]) as lines:
                gone = await missing(kept, (json.loads(line) async for line in lines if line))
            told = [{"run": flaw.run, "number": flaw.number, "what": flaw.what} for flaw in gone]
            found = {**found, "flaws": [*found["flaws"], *told]}
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


def _exported(file: Path, run: str | None) -> list[Document]:
    """The lines of an export, of one run or of all."""
    lines: list[Document] = []
    with file.open(encoding="utf-8") as text:
        for number, line in enumerate(text, 1):
            try:
                told = json.loads(line)
                if run is None or told["run"] == run:
                    lines.append({name: told[name] for name in ("run", "number", "hash")})
            except (ValueError, KeyError, TypeError):
                why = f"Line {number} of {file} is not one of an export: write it with 'assent audit export'."
                raise Stop(why, exit=Exit.USAGE) from None
    return lines


def _print_flaws(found: Document) -> None:
    for flaw in found["flaws"]:
        click.echo(f"{flaw['run']}, entry {flaw['number']}: {flaw['what']}")
    if not found["flaws"]:
        click.echo("The record is whole.")
