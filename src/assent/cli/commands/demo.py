"""``assent demo``: see it work."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from assent.cli.exits import Exit, Stop
from assent.cli.loading import load_app
from assent.cli.options import Place, on_file
from assent.cli.output import note
from assent.cli.serving import serve_app
from assent.web.server import listen

PORT: Final = 8400
PACKAGE: Final = "examples"
"""What the samples are imported as, here and in a checkout."""


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    show_default=f"{PORT}, or any where that is taken",
    type=click.IntRange(0, 65535),
    help="0: any.",
)
@on_file
async def demo(place: Place, folder: Path | None, host: str, port: int | None) -> None:
    """Serve sample workflows with tasks already waiting.

    FOLDER gets their source and their database, to read, to change and to start again; without it
    everything is gone at the end.
    """
    with ExitStack() as stack:
        if folder is None:
            made = stack.enter_context(tempfile.TemporaryDirectory(prefix="assent-demo-"))
            folder = Path(made)
            note("Nothing of this is kept; 'assent demo FOLDER' keeps it.")
        _fill(folder)
        # the samples write their payments and reports into the working directory
        stack.callback(os.chdir, Path.cwd())
        os.chdir(folder)
        here = replace(place, database="sqlite:///assent.db", named=True)
        name = f"{PACKAGE}.demo:app"
        code, here = load_app(name, here)
        note(f"From another terminal: assent inbox --database {folder.resolve() / 'assent.db'}")
        await serve_app(code, name, here, host, usual_port(host) if port is None else port)


def usual_port(host: str) -> int:
    """The usual port, or any where it is taken: nobody who wants a look should have to choose one."""
    try:
        listen(host, PORT).close()
    except OSError:
        return 0
    return PORT


def _fill(folder: Path) -> None:
    """Copy the samples; files that are there stay as they are."""
    target = folder / PACKAGE
    target.mkdir(parents=True, exist_ok=True)
    for file in samples().iterdir():
        if file.suffix in {".py", ".csv"} and not (target / file.name).exists():
            shutil.copyfile(file, target / file.name)


def samples() -> Path:
    """The sample workflows: inside the installed package, or beside it in a checkout."""
    installed = Path(__file__).parents[1] / "samples"
    checkout = Path(__file__).parents[4] / PACKAGE
    for folder in (installed, checkout):
        if (folder / "demo.py").exists():
            return folder
    raise Stop("The sample workflows are not part of this installation.", exit=Exit.NOT_FOUND)
