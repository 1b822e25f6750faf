"""``assent doctor``: what is well here, and what is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from importlib import import_module
from importlib.metadata import version

import click

from assent.cli.examine import Finding, examine_file, examine_machine
from assent.cli.exits import Exit, Stop
from assent.cli.options import Place, file_of, placed
from assent.cli.output import print_json
from assent.cli.reach import none_found, server_at
from assent.stores.postgres.options import is_postgres


@click.command()
@placed
async def doctor(place: Place) -> Exit:
    """Check this machine, the database and the server."""
    found = [finding async for finding in _examine(place)]
    if place.as_json:
        print_json({"findings": [asdict(finding) for finding in found]})
    else:
        for finding in found:
            _print(finding)
    return Exit.DONE if all(finding.well for finding in found) else Exit.REFUSED


async def _examine(place: Place) -> AsyncIterator[Finding]:
    yield Finding("assent", True, version("assent"))
    for finding in examine_machine():
        yield finding
    if not place.server and is_postgres(place.database):
        examine = import_module("assent.cli.examine_postgres")  # it needs the driver
        async for finding in examine.examine_postgres(place.database):
            yield finding
    elif not place.server:
        for finding in examine_file(file_of(place.database)):
            yield finding
    yield await _examine_server(place)


async def _examine_server(place: Place) -> Finding:
    """Whether the server that is named, or that holds the file, answers and lets us in."""
    advice = "Start it with 'assent serve module:app', or name another with --server and --key."
    api = await server_at(place)
    if api is None:
        why = none_found(place)
        return Finding("reached", True, f"nobody needs to: {why[0].lower()}{why[1:]}")
    async with api:
        try:
            status = await api.get("/status")
        except Stop as stop:
            return Finding("reached", False, stop.message, advice)
    url = status.get("public_url") or api.url
    return Finding("reached", True, f"assent {status['version']}, public URL {url}")


def _print(finding: Finding) -> None:
    mark = click.style("ok ", fg="green") if finding.well else click.style("BAD", fg="red")
    click.echo(f"{mark} {finding.name:<10} {finding.what}")
    if not finding.well:
        click.echo(f"    {'':<10} {finding.advice}")
