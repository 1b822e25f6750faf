"""``assent runs``: look at runs, and steer them."""

from __future__ import annotations

import click

from assent.cli.api import Api, Document, at
from assent.cli.exits import OF_RUN, Exit
from assent.cli.options import Place, placed
from assent.cli.output import (
    moment,
    note,
    print_pairs,
    print_table,
    some,
    tell,
    value_text,
)
from assent.cli.reach import reach
from assent.cli.watch import watch
from assent.core.run import RunStatus
from assent.stores.postgres.options import is_postgres, shown


@click.group()
def runs() -> None:
    """List, show, watch, cancel, retry, pause and resume runs; show queues."""


@runs.command()
@click.option(
    "--status",
    type=click.Choice(["all", "incomplete", "dead", *(status.value for status in RunStatus)]),
    default="all",
    show_default=True,
    metavar="STATUS",
    help="all, incomplete, dead (failed, timed_out, parked), running, waiting, paused, parked, "
    "succeeded, failed, cancelled, timed_out.",
)
@click.option("--workflow", help="Only runs of this workflow.")
@click.option("--label", help="Only runs with this label, as NAME or NAME=VALUE.")
@click.option("--search", "q", help="Only runs whose id or workflow contains this.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(0), help="0: all.")
@placed
async def ls(
    place: Place,
    status: str,
    workflow: str | None,
    label: str | None,
    q: str | None,
    limit: int,
) -> None:
    """List runs, newest first."""
    async with reach(place) as api:
        page = await api.items("/runs", limit, status=status, workflow=workflow, label=label, q=q)
    tell(place, page, _print_list)


@runs.command()
@click.argument("run")
@placed
async def show(place: Place, run: str) -> None:
    """Show a run: where it stands, what it waits for, and what happened."""
    async with reach(place) as api:
        found = await api.get(at("runs", run))
        timeline = await api.get(at("runs", run, "timeline"))
    tell(place, {**found, "timeline": timeline["items"]}, _print_whole)


@runs.command()
@placed
async def queues(place: Place) -> None:
    """List the queues of workflows that have a limit: how many runs go on, how many are held back."""
    async with reach(place) as api:
        page = await api.get("/queues")
    tell(place, page, _print_queues)


@runs.command("watch")
@click.argument("run")
@placed
async def watch_run(place: Place, run: str) -> Exit:
    """Print what happens to a run until it ends; the exit code tells how it ended."""
    async with reach(place) as api:
        found = await watch(api, run, place)
    return OF_RUN[found["status"]]


@runs.command()
@click.argument("run")
@click.option("--reason", help="Why; kept with the run.")
@click.option("--by", help="Who does it.")
@placed
async def cancel(place: Place, run: str, reason: str | None, by: str | None) -> None:
    """Cancel a run: its tasks close, nothing further runs."""
    await _steer(place, run, "cancel", by, reason=reason)


@runs.command()
@click.argument("run")
@click.option("--by", help="Who does it.")
@placed
async def retry(place: Place, run: str, by: str | None) -> None:
    """Let a failed or parked run go on from where it failed."""
    await _steer(place, run, "retry", by)


@runs.command()
@click.argument("run")
@click.option("--by", help="Who does it.")
@placed
async def pause(place: Place, run: str, by: str | None) -> None:
    """Pause a run: answers are recorded, nothing new begins."""
    await _steer(place, run, "pause", by)


@runs.command()
@click.argument("run")
@click.option("--by", help="Who does it.")
@placed
async def resume(place: Place, run: str, by: str | None) -> None:
    """End the pause of a run."""
    await _steer(place, run, "resume", by)


async def _steer(
    place: Place, run: str, verb: str, by: str | None, *, reason: str | None = None
) -> None:
    async with reach(place, by=by) as api:
        found = await api.post(at("runs", run, verb), {"by": by, "reason": reason})
        say_who_goes_on(api, place)
    tell(place, found, lambda run: click.echo(f"{run['id']} is {run['status']}."))


def say_who_goes_on(api: Api, place: Place) -> None:
    """Without a server nobody runs the workflows: say so."""
    if api.app and not is_postgres(place.database):
        note(
            f"No server holds {shown(place.database)}: runs go on when a process with their code starts "
            "(assent serve module:app)."
        )


def _print_list(page: Document) -> None:
    print_table(
        ("RUN", "WORKFLOW", "STATUS", "UPDATED", "WAITS FOR"),
        [
            (
                run["id"],
                run["workflow"],
                run["status"],
                moment(run["updated"]),
                some(run["waiting_for"]),
            )
            for run in page["items"]
        ],
        "No runs.",
    )
    if page["next_cursor"]:
        note("There are more: --limit 0 lists them all.")


def _print_whole(run: Document) -> None:
    print_run(run)
    click.echo()
    print_table(
        ("AT", "WHAT", "KEY", "STATE", "DETAIL"),
        [
            (
                moment(item["at"]),
                item["label"] or item["name"],
                item["key"] or "",
                item["state"] or "",
                item["detail"] or "",
            )
            for item in run["timeline"]
        ],
        "Nothing has happened yet.",
    )


def _queued(held: Document | None) -> str:
    return "" if held is None else f"number {held['place']} in {held['queue']}"


def _print_queues(page: Document) -> None:
    print_table(
        ("QUEUE", "LIMIT", "INSIDE", "QUEUED", "NEXT"),
        [
            (
                found["queue"],
                _limit(found["limit"]),
                str(found["inside"]),
                str(found["queued"]),
                found["next"] or "",
            )
            for found in page["items"]
        ],
        "Nobody is held back.",
    )


def _limit(limit: Document | None) -> str:
    if limit is None:
        return "none here"
    told = [f"{limit['parallelism']} at once"] if limit["parallelism"] else []
    told += [f"{limit['rate']} per {limit['per']}"] if limit["rate"] else []
    return ", ".join(told)


def print_run(run: Document) -> None:
    """Everything about a run that fits on a screen."""
    print_pairs(
        [
            ("run", run["id"]),
            ("workflow", f"{run['workflow']} {run['version']}".strip()),
            ("status", run["status"]),
            ("started", f"{moment(run['created'])}{' by ' + run['by'] if run['by'] else ''}"),
            ("finished", moment(run["finished"])),
            ("waits for", some(run["waiting_for"])),
            ("queued", _queued(run.get("queued"))),
            ("input", value_text(run["input"])),
            ("output", "" if run["output"] is None else value_text(run["output"])),
            ("error", run["error"] or ""),
        ]
    )
