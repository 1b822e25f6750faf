"""``assent serve``: an app with its workflows, its HTTP API and its inbox."""

from __future__ import annotations

import click

from assent.cli.loading import load_app
from assent.cli.options import Place, on_file
from assent.cli.serving import serve_app


@click.command()
@click.argument("app", metavar="MODULE:APP")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=8400, show_default=True, type=click.IntRange(0, 65535), help="0: any."
)
@click.option(
    "--advance/--no-advance",
    default=True,
    help="Whether runs are advanced here too, or left to workers.  [default: advance]",
)
@on_file
async def serve(place: Place, app: str, host: str, port: int, advance: bool) -> None:
    """Serve an app: its workflows, its HTTP API and its inbox.

    Unfinished runs go on by themselves. SIGTERM and Ctrl-C end it within a moment; whatever was
    under way goes on at the next start.
    """
    code, place = load_app(app, place)
    await serve_app(code, app, place, host, port, advance=advance)
