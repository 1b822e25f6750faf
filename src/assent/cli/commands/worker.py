"""``assent worker``: advance the runs of an app, and serve nothing."""

from __future__ import annotations

import asyncio
import signal
import sys

import click

from assent.cli.loading import load_app
from assent.cli.options import Place, on_file
from assent.cli.output import note, print_json
from assent.process import settle_memory


@click.command()
@click.argument("app", metavar="MODULE:APP")
@on_file
async def worker(place: Place, app: str) -> None:
    """Advance the runs of an app, and serve nothing.

    On PostgreSQL start as many as the work needs, on any number of machines, beside any number of servers. SIGTERM
    and Ctrl-C let running steps end, ten seconds at most, and hand all runs to the other processes at once.
    """
    code, place = load_app(app, place)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, ended.set)
    async with code:
        settle_memory()
        if place.as_json:
            print_json({"app": app, "workflows": sorted(code.workflows)})
        else:
            click.echo(f"assent worker advances {app}")
            note("Ctrl-C ends it; nothing is lost.")
        sys.stdout.flush()  # whoever started us may be reading from a pipe
        await ended.wait()
