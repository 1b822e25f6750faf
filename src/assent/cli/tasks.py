"""Finding the task that a command names, and telling what became of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

import click

from assent.cli.api import Api, Document, at
from assent.cli.exits import OF_RECEIPT, Exit, Stop
from assent.cli.options import Place
from assent.cli.output import moment, print_json
from assent.core.values import Json

PREFIX: Final = "task_"


async def find_task(api: Api, name: str) -> Document:
    """A task by its id, or by its run and key as in ``refund-42/refund``."""
    if name.startswith(PREFIX):
        return await api.get(at("tasks", name))
    run, slash, key = name.partition("/")
    if not (run and slash and key):
        raise Stop(
            f"{name!r} names no task. Give its id, as in task_…, or its run and key, as in "
            "RUN/KEY; 'assent inbox' lists both.",
            exit=Exit.USAGE,
        )
    tasks = (await api.items("/tasks", 0, status="all", run=run))["items"]
    named = [task for task in tasks if task["key"] == key]
    if not named:
        keys = ", ".join(sorted({task["key"] for task in tasks})) or "none"
        raise Stop(
            f"The run {run!r} has no task {key!r}. Its tasks: {keys}.",
            exit=Exit.NOT_FOUND,
            code="task_not_found",
        )
    # a task asked again has the same key: the one that can be answered is meant, else the newest
    return cast(Document, max(named, key=lambda task: (task["status"] != "closed", task["opened"])))


async def send_answer(api: Api, task: str, verb: str, body: dict[str, Json]) -> Document:
    """Send an answer; its receipt, also where the answer was refused."""
    try:
        return await api.post(at("tasks", task, verb), body)
    except Stop as stop:
        refused = stop.more if isinstance(stop.more, dict) else {}
        if refused.get("status") in OF_RECEIPT:
            return refused
        raise


def tell_receipt(place: Place, receipt: Document) -> Exit:
    """Print what became of an answer; the exit code says it too."""
    if place.as_json:
        print_json(receipt)
        return OF_RECEIPT[receipt["status"]]
    return _say(receipt)


def tell_receipts(place: Place, receipts: Sequence[tuple[str, Document]]) -> list[Exit]:
    """Print what became of several answers, each by the name its task was given."""
    if place.as_json:
        print_json({"items": [receipt for _, receipt in receipts]})
        return [OF_RECEIPT[receipt["status"]] for _, receipt in receipts]
    return [_say(receipt, f"{name}: ") for name, receipt in receipts]


def _say(receipt: Document, whose: str = "") -> Exit:
    exit = OF_RECEIPT[receipt["status"]]
    click.echo(f"{whose}{_words(receipt)}", err=exit != Exit.DONE)
    for error in receipt.get("errors") or ():
        click.echo(f"  {error['pointer'] or '/'}: {error['detail']}", err=True)
    return exit


def _words(receipt: Document) -> str:
    status = receipt["status"].replace("_", " ")
    words = f"{status}: {receipt['message']}" if receipt.get("message") else status
    decision = receipt.get("decision")
    if decision and receipt["status"] == "already_decided":
        words += f" ({decision['outcome']} by {decision['by']}, {moment(decision['at'])})"
    if receipt.get("needs"):
        words += f" Still needed: {', '.join(receipt['needs'])}."
    return words
