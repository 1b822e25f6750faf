"""What people do with a task beside answering it: hand it on, ask back, remark on it."""

from __future__ import annotations

import click

from assent.cli.exits import Exit
from assent.cli.options import Place, placed
from assent.cli.reach import reach
from assent.cli.tasks import find_task, send_answer, tell_receipt
from assent.core.values import Json


@click.command()
@click.argument("task")
@click.option("--to", required=True, help="Who may answer for you; you stay answerable.")
@click.option("--end", is_flag=True, help="They no longer may.")
@click.option("--by", help="Who delegates.")
@click.option("--reason", help="Why.")
@placed
async def delegate(
    place: Place, task: str, to: str, end: bool, by: str | None, reason: str | None
) -> Exit:
    """Let somebody answer a task for you.

    TASK is a task's id, or RUN/KEY.
    """
    return await _sent(place, task, "delegate", by, {"to": to, "end": end, "reason": reason})


@click.command()
@click.argument("task")
@click.option("--to", required=True, multiple=True, help="Whom to ask instead; may be repeated.")
@click.option("--by", help="Who reassigns.")
@click.option("--reason", help="Why.")
@placed
async def reassign(
    place: Place, task: str, to: tuple[str, ...], by: str | None, reason: str | None
) -> Exit:
    """Ask others instead.

    TASK is a task's id, or RUN/KEY.
    """
    return await _sent(place, task, "reassign", by, {"to": list[Json](to), "reason": reason})


@click.command()
@click.argument("task")
@click.argument("text")
@click.option("--by", help="Who writes.")
@placed
async def comment(place: Place, task: str, text: str, by: str | None) -> Exit:
    """Write something about a task.

    TASK is a task's id, or RUN/KEY.
    """
    return await _sent(place, task, "comment", by, {"text": text})


@click.command()
@click.argument("task")
@click.argument("text")
@click.option("--by", help="Who asks.")
@placed
async def ask_back(place: Place, task: str, text: str, by: str | None) -> Exit:
    """Ask whoever asked; the deadline stands still until there is a reply.

    TASK is a task's id, or RUN/KEY.
    """
    return await _sent(place, task, "ask-back", by, {"text": text})


@click.command()
@click.argument("task")
@click.argument("text")
@click.option("--by", help="Who replies.")
@placed
async def reply(place: Place, task: str, text: str, by: str | None) -> Exit:
    """Answer what was asked back; the deadline runs on.

    TASK is a task's id, or RUN/KEY.
    """
    return await _sent(place, task, "reply", by, {"text": text})


@click.command()
@click.argument("task")
@click.option("--by", help="Who takes their decision back.")
@click.option("--reason", help="Why.")
@placed
async def reopen(place: Place, task: str, by: str | None, reason: str | None) -> Exit:
    """Take your decision back, before the run goes on with it.

    That is until its undo window has passed, or while the run is paused since before you
    decided. TASK is a task's id, or RUN/KEY.
    """
    return await _sent(place, task, "reopen", by, {"reason": reason})


async def _sent(place: Place, name: str, verb: str, by: str | None, said: dict[str, Json]) -> Exit:
    body: dict[str, Json] = {key: value for key, value in said.items() if value is not None}
    if by is not None:
        body["by"] = by
    async with reach(place, by=by) as api:
        found = await find_task(api, name)
        receipt = await send_answer(api, found["id"], verb, body)
        return tell_receipt(place, receipt)
