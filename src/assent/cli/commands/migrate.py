"""``assent migrate``: the database as this version needs it."""

from __future__ import annotations

import click

from assent.cli.options import Place, file_of, on_file
from assent.cli.output import tell
from assent.stores import schema as sqlite
from assent.stores.postgres import schema as postgres
from assent.stores.postgres.options import is_postgres, shown
from assent.system import Settings, store_of


@click.command()
@on_file
async def migrate(place: Place) -> None:
    """Make the database, or bring it up to date.

    Opening an app does the same; this is for deployments that want it done beforehand.
    """
    if is_postgres(place.database):
        database, version = shown(place.database), postgres.VERSION
    else:
        file_of(place.database)
        database, version = place.database, sqlite.VERSION
    store = store_of(Settings(database=place.database))
    await store.open()
    await store.close()
    tell(
        place,
        {"database": database, "schema_version": version},
        lambda made: click.echo(f"{made['database']} has schema version {made['schema_version']}."),
    )
