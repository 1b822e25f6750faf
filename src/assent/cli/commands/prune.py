"""``assent prune``: away with what ended long ago."""

from __future__ import annotations

from dataclasses import asdict

import click

from assent.app import App
from assent.cli.options import Place, file_of, on_file, read_duration, this_user
from assent.cli.output import tell
from assent.cli.reach import check_exists
from assent.stores.postgres.options import is_postgres


@click.command()
@click.option("--older-than", required=True, help="How long ago they must have ended: 90d, 12h.")
@on_file
async def prune(place: Place, older_than: str) -> None:
    """Take away runs that ended longer ago than this, with all that was recorded of them.

    A run goes with the runs it started, once all of them have ended so long ago; an open one never does. Export the
    audit trail before, where it must be kept. A database file must not be held by a server: call
    app.upkeep.prune() there.
    """
    length = read_duration(older_than, "--older-than")
    if not is_postgres(place.database):
        check_exists(file_of(place.database))
    app = App(place.database)
    await app.open(advance=False)
    try:
        gone = await app.upkeep.prune(length, by=this_user())
    finally:
        await app.close()
    tell(
        place,
        asdict(gone),
        lambda told: click.echo(f"{told['runs']} runs with {told['entries']} entries are gone."),
    )
