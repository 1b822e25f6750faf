"""``assent notify``: signal to the runs that wait for an event."""

from __future__ import annotations

import click

from assent.cli.api import Api, Document, at
from assent.cli.commands.runs import say_who_goes_on
from assent.cli.exits import OF_SIGNAL, Exit, Stop
from assent.cli.options import Place, placed, read_json
from assent.cli.output import tell
from assent.cli.reach import reach
from assent.core.values import Json


@click.command()
@click.argument("event")
@click.option(
    "--data",
    "given",
    default="null",
    help="What to tell them: JSON, @file or @- for standard input.",
)
@click.option("--run", help="Only this run; it keeps the signal where it does not wait yet.")
@click.option("--id", "delivery", help="Names the delivery: each run takes it once.")
@click.option("--by", help="Who signals.")
@placed
async def notify(
    place: Place, event: str, given: str, run: str | None, delivery: str | None, by: str | None
) -> Exit:
    """Signal to the runs that wait for an event.

    Without --run it reaches all that wait now, and is kept by none.
    """
    body: dict[str, Json] = {"data": read_json(given, "--data")}
    said = {"run_id": run, "id": delivery, "by": by}
    body |= {name: text for name, text in said.items() if text is not None}
    async with reach(place, by=by) as api:
        receipt = await _send(api, event, body)
        exit = OF_SIGNAL[receipt["status"]]
        if exit == Exit.DONE:
            say_who_goes_on(api, place)
    tell(place, receipt, _print)
    return exit


async def _send(api: Api, event: str, body: dict[str, Json]) -> Document:
    try:
        return await api.post(at("events", event), body)
    except Stop as stop:
        receipt = stop.more
        if isinstance(receipt, dict) and receipt.get("status") in OF_SIGNAL:
            return receipt
        raise


def _print(receipt: Document) -> None:
    click.echo(f"{receipt['status']}: {receipt['message']}")
