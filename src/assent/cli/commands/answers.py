"""What people do with a task: look at it, approve, reject, edit, answer, claim, release it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from assent.cli.api import Api, Document
from assent.cli.commands.runs import say_who_goes_on
from assent.cli.exits import Exit, Stop
from assent.cli.form import ask_value
from assent.cli.options import Place, placed, read_json
from assent.cli.output import moment, print_pairs, tell, value_text
from assent.cli.reach import reach
from assent.cli.tasks import find_task, send_answer, tell_receipt, tell_receipts
from assent.core.values import Json


@click.command()
@click.argument("task", nargs=-1, required=True)
@click.option("--by", help="Who approves.")
@click.option("--reason", help="Why; it reaches the workflow.")
@click.option("--shown", help="The digest of what you saw: refused if it has changed since.")
@placed
async def approve(
    place: Place, task: tuple[str, ...], by: str | None, reason: str | None, shown: str | None
) -> Exit:
    """Approve a task.

    TASK is a task's id, or RUN/KEY. Several are answered at once, and each gets a receipt.
    """
    return await _answer_each(place, task, "approve", by=by, reason=reason, shown=shown)


@click.command()
@click.argument("task", nargs=-1, required=True)
@click.option("--by", help="Who rejects.")
@click.option("--reason", help="Why; it reaches the workflow.")
@click.option("--shown", help="The digest of what you saw: refused if it has changed since.")
@placed
async def reject(
    place: Place, task: tuple[str, ...], by: str | None, reason: str | None, shown: str | None
) -> Exit:
    """Reject a task.

    TASK is a task's id, or RUN/KEY. Several are answered at once, and each gets a receipt.
    """
    return await _answer_each(place, task, "reject", by=by, reason=reason, shown=shown)


@click.command()
@click.argument("task")
@click.option("--value", help="The corrected value: JSON, @file or @- for standard input.")
@click.option("--by", help="Who approves.")
@click.option("--reason", help="Why; it reaches the workflow.")
@click.option("--shown", help="The digest of what you saw: refused if it has changed since.")
@placed
async def edit(
    place: Place,
    task: str,
    value: str | None,
    by: str | None,
    reason: str | None,
    shown: str | None,
) -> Exit:
    """Approve a task with a corrected value.

    TASK is a task's id, or RUN/KEY. Without --value a terminal asks field by field.
    """
    return await _answer(
        place, task, "edit", by=by, reason=reason, shown=shown, value=value, wants_value=True
    )


@click.command()
@click.argument("task")
@click.option("--value", help="The answer: JSON, @file or @- for standard input.")
@click.option("--by", help="Who answers.")
@click.option("--reason", help="Why; it reaches the workflow.")
@click.option("--shown", help="The digest of what you saw: refused if it has changed since.")
@placed
async def answer(
    place: Place,
    task: str,
    value: str | None,
    by: str | None,
    reason: str | None,
    shown: str | None,
) -> Exit:
    """Answer a question, fill a form or choose.

    TASK is a task's id, or RUN/KEY. Without --value a terminal asks field by field.
    """
    return await _answer(
        place, task, "answer", by=by, reason=reason, shown=shown, value=value, wants_value=True
    )


@click.command()
@click.argument("task")
@click.option("--by", help="Who takes it on.")
@placed
async def claim(place: Place, task: str, by: str | None) -> Exit:
    """Take a task on, so that others leave it alone.

    TASK is a task's id, or RUN/KEY.
    """
    return await _answer(place, task, "claim", by=by)


@click.command()
@click.argument("task")
@click.option("--by", help="Who gives it back.")
@placed
async def release(place: Place, task: str, by: str | None) -> Exit:
    """Give a claimed task back.

    TASK is a task's id, or RUN/KEY.
    """
    return await _answer(place, task, "release", by=by)


@click.command()
@click.argument("task")
@placed
async def task(place: Place, task: str) -> None:
    """Show a task with everything there is to know about it.

    TASK is a task's id, or RUN/KEY.
    """
    async with reach(place) as api:
        found = await find_task(api, task)
    tell(place, found, print_task)


async def _answer(
    place: Place,
    name: str,
    verb: str,
    *,
    by: str | None,
    reason: str | None = None,
    shown: str | None = None,
    value: str | None = None,
    wants_value: bool = False,
) -> Exit:
    # a value that cannot be read is refused before anything is asked of anybody
    given = read_json(value, "--value") if value is not None else None
    async with reach(place, by=by) as api:
        found = await find_task(api, name)
        said = {"by": by, "reason": reason, "shown": shown}
        body: dict[str, Json] = {name: text for name, text in said.items() if text is not None}
        if wants_value:
            body["value"] = given if value is not None else _asked(found)
        receipt = await send_answer(api, found["id"], verb, body)
        exit = tell_receipt(place, receipt)
        if exit == Exit.DONE:
            say_who_goes_on(api, place)
    return exit


async def _answer_each(
    place: Place,
    names: Sequence[str],
    verb: str,
    *,
    by: str | None,
    reason: str | None,
    shown: str | None,
) -> Exit:
    """One answer to each; one that does not count keeps none of the others from counting."""
    if len(names) == 1:
        return await _answer(place, names[0], verb, by=by, reason=reason, shown=shown)
    if shown is not None:
        raise Stop("--shown is of one task: give one TASK with it.", exit=Exit.USAGE)
    said = {"by": by, "reason": reason}
    body: dict[str, Json] = {name: text for name, text in said.items() if text is not None}
    async with reach(place, by=by) as api:
        receipts = [await _receipt(api, name, verb, body) for name in names]
        exits = tell_receipts(place, list(zip(names, receipts, strict=True)))
        if Exit.DONE in exits:
            say_who_goes_on(api, place)
    return next((exit for exit in exits if exit != Exit.DONE), Exit.DONE)


async def _receipt(api: Api, name: str, verb: str, body: dict[str, Json]) -> Document:
    try:
        found = await find_task(api, name)
    except Stop as stop:
        if stop.exit != Exit.NOT_FOUND:
            raise
        return {"status": "unknown", "message": stop.message}
    return await send_answer(api, found["id"], verb, body)


def _asked(task: Document) -> Json:
    if not sys.stdin.isatty():
        raise Stop(
            "A value is needed and there is no terminal to ask for it: give --value '{…}', "
            "--value @file.json or --value @-.",
            exit=Exit.USAGE,
        )
    print_task(task)
    click.echo()
    return ask_value(task)


def print_task(task: Document) -> None:
    """Everything about a task that fits on a screen."""
    print_pairs(
        [
            ("task", task["id"]),
            ("run", f"{task['run_id']}/{task['key']}"),
            ("kind", task["kind"]),
            ("status", task["outcome"] or task["status"]),
            ("title", task["title"]),
            ("detail", task["detail"] or ""),
            ("value", "" if task["value"] is None else value_text(task["value"])),
            ("options", "\n".join(f"{option['label']}" for option in task["options"] or ())),
            ("for", ", ".join(task["to"]) or "everybody"),
            ("still needed", task["why"] if task["status"] != "closed" else ""),
            ("stands in", "\n".join(f"{to} for {who}" for who, to in task["stand_ins"].items())),
            ("delegated", "\n".join(f"{d['owner']} to {d['to']}" for d in task["delegations"])),
            ("asked back", task["question"]["text"] if task["question"] else ""),
            ("documents", "\n".join(f"{a['name']}: {a['url']}" for a in task["attachments"])),
            ("risk", task["risk"] or ""),
            ("claimed by", task["owner"] or ""),
            ("due", moment(task["due"])),
            ("digest", task["digest"]),
            (
                "answers",
                "\n".join(
                    f"{each['outcome']} by {each['by']} at {moment(each['at'])}"
                    + (f": {each['reason']}" if each["reason"] else "")
                    for each in task["answers"]
                ),
            ),
            (
                "comments",
                "\n".join(
                    f"{each['by']} at {moment(each['at'])}: {each['text']}"
                    for each in task["comments"]
                ),
            ),
        ]
    )
