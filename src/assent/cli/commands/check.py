"""``assent check``: would every unfinished run go on with this code?"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from assent.app import App
from assent.cli.exits import Exit
from assent.cli.loading import load_app
from assent.cli.options import Place, file_of, on_file
from assent.cli.output import tell
from assent.cli.reach import check_exists
from assent.stores.postgres.options import is_postgres


@click.command()
@click.argument("app", metavar="MODULE:APP")
@on_file
async def check(place: Place, app: str) -> Exit:
    """Say which unfinished runs this code would park, and why; nothing is begun and nothing written.

    It may run beside the servers and workers that hold the runs: of a database file it reads a copy. Ends with 1
    where a run would be parked, so that a deployment can stop there.
    """
    code, place = load_app(app, place)
    async with _looking(code, place):
        found = await code.upkeep.check()
    tell(place, asdict(found), _print)
    return Exit.REFUSED if found.troubles else Exit.DONE


@asynccontextmanager
async def _looking(app: App, place: Place) -> AsyncGenerator[None]:
    """The app is open on its database, to look only."""
    if is_postgres(place.database):
        async with _opened(app, place.database, migrate=False):
            yield
        return
    file = file_of(place.database)
    check_exists(file)
    with tempfile.TemporaryDirectory(prefix="assent-check-") as folder:
        copy = Path(folder) / file.name
        with (
            closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
        async with _opened(app, f"sqlite:///{copy}", migrate=True):
            yield


@asynccontextmanager
async def _opened(app: App, database: str, *, migrate: bool) -> AsyncGenerator[None]:
    app.reconfigure(settings=replace(app.settings, database=database, migrate=migrate))
    await app.open(advance=False)
    try:
        yield
    finally:
        await app.close()


def _print(found: Any) -> None:
    for trouble in found["troubles"]:
        where = (
            f"{trouble['run']} ({trouble['workflow']} {trouble['version']}, {trouble['status']})"
        )
        click.echo(f"{click.style('would park', fg='red')} {where}\n    {trouble['reason']}")
    told = f"{len(found['troubles'])} of them would be parked" if found["troubles"] else "all go on"
    click.echo(f"{found['runs']} unfinished runs: {told}.")
