"""``assent start``: start a run."""

from __future__ import annotations

import click

from assent.cli.commands.runs import print_run, say_who_goes_on
from assent.cli.exits import OF_RUN, Exit, Stop
from assent.cli.loading import load_app
from assent.cli.options import Place, placed, read_json
from assent.cli.output import tell
from assent.cli.reach import none_found, reach, server_at
from assent.cli.watch import settle
from assent.core.values import Json
from assent.stores.postgres.options import is_postgres


@click.command()
@click.argument("workflow")
@click.option(
    "--input",
    "given",
    default="null",
    help="What it works on: JSON, @file or @- for standard input.",
)
@click.option("--id", "run", help="The run's id: starting it twice gives the same run.")
@click.option("--label", "labels", multiple=True, help="A label, as NAME=VALUE; may be repeated.")
@click.option("--by", help="Who starts it.")
@click.option("--wait", is_flag=True, help="Return once it waits for somebody or has ended.")
@click.option("--app", "app", help="The app, as module:app; needed where no server runs.")
@placed
async def start(
    place: Place,
    workflow: str,
    given: str,
    run: str | None,
    labels: tuple[str, ...],
    by: str | None,
    wait: bool,
    app: str | None,
) -> Exit:
    """Start a run of a workflow.

    A server that holds the database runs it; else this command does, until it waits for somebody or
    has ended. On PostgreSQL the servers and workers do.
    """
    code = None
    if app:
        code, place = load_app(app, place)
    elif await server_at(place) is None:
        raise Stop(
            f"{none_found(place)}, and nothing says where the workflow's code is: "
            "give --app module:app, name a server, or start one with 'assent serve module:app'.",
            exit=Exit.USAGE,
            code="no_app",
        )
    body: dict[str, Json] = {
        "workflow": workflow,
        "input": read_json(given, "--input"),
        "id": run,
        "labels": _labels(labels),
        "by": by,
    }
    async with reach(place, by=by, app=code) as api:
        started = await api.post("/runs", body)
        if wait or (api.app and not is_postgres(place.database)):
            started = await settle(api, started["id"])
        say_who_goes_on(api, place)
    tell(place, started, print_run)
    return OF_RUN[started["status"]]


def _labels(given: tuple[str, ...]) -> dict[str, Json]:
    pairs = [label.partition("=") for label in given]
    if wrong := [name for name, equals, _ in pairs if not (name and equals)]:
        raise Stop(f"--label {wrong[0]!r} is not of the form NAME=VALUE.", exit=Exit.USAGE)
    return {name: value for name, _, value in pairs}
