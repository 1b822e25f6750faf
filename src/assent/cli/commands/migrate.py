"""``assent migrate``: the database as this version needs it."""

from __future__ import annotations

import click

from assent.cli.options import Place, file_of, on_file
from assent.cli.output import tell
from assent.stores.schema import VERSION
from assent.stores.sqlite import SqliteStore


@click.command()
@on_file
async def migrate(place: Place) -> None:
    """Make the database, or bring it up to date.

    Opening an app does the same; this is for deployments that want it done beforehand.
    """
    store = SqliteStore(str(file_of(place.database)))
    await store.open()
    await store.close()
    tell(
        place,
        {"database": place.database, "schema_version": VERSION},
        lambda made: click.echo(f"{made['database']} has schema version {made['schema_version']}."),
    )
