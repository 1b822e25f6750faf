"""``assent inbox``: the tasks that wait for people."""

from __future__ import annotations

from collections.abc import Mapping

import click

from assent.cli.api import Api, Document
from assent.cli.exits import Exit, Stop
from assent.cli.options import Place, placed
from assent.cli.output import moment, note, print_table, tell
from assent.cli.reach import none_found, reach


@click.command()
@click.option("--to", help="Only tasks assigned to this user, group:NAME or role:NAME.")
@click.option(
    "--status",
    type=click.Choice(["open", "closed", "all"]),
    default="open",
    show_default=True,
    help="Which tasks.",
)
@click.option("--workflow", help="Only tasks of this workflow.")
@click.option("--run", help="Only tasks of this run and its children.")
@click.option("--kind", type=click.Choice(["approve", "ask", "choose"]), help="Only this kind.")
@click.option("--overdue", is_flag=True, help="Only tasks past their deadline.")
@click.option("--search", "q", help="Only tasks whose title or key contains this.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(0), help="0: all.")
@click.option("--watch", is_flag=True, help="Stay, and print the list again when it changes.")
@placed
async def inbox(place: Place, /, limit: int, watch: bool, **asked: str | bool | None) -> None:
    """List the tasks that wait for people.

    The urgent ones come first, then the old ones.
    """
    query = {name: _text(value) for name, value in asked.items()}
    async with reach(place) as api:
        if watch:
            await _watch(api, place, limit, query)
        else:
            page = await api.items("/tasks", limit, **query)
            tell(place, page, lambda found: _print(found, query))


async def _watch(api: Api, place: Place, limit: int, query: Mapping[str, str | None]) -> None:
    if api.app:
        raise Stop(
            f"{none_found(place)}, and only a server tells what changes. Name one, or start one with "
            "'assent serve module:app', then watch.",
            exit=Exit.UNREACHABLE,
            code="no_server",
        )
    # the stream is open before the list is read, so that no change falls in between
    newest = (await api.get("/status"))["newest"]
    async with api.events("/events", after=newest) as events:
        await _refresh(api, place, limit, query)
        async for event in events:
            if event["name"].startswith("task."):
                await _refresh(api, place, limit, query)


async def _refresh(api: Api, place: Place, limit: int, query: Mapping[str, str | None]) -> None:
    page = await api.items("/tasks", limit, **query)
    if not place.as_json:
        click.clear()  # does nothing where there is no terminal
    tell(place, page, lambda found: _print(found, query))


def _print(page: Document, query: Mapping[str, str | None]) -> None:
    narrowed = any(said for name, said in query.items() if (name, said) != ("status", "open"))
    print_table(
        ("TASK", "KEY", "KIND", "TITLE", "FOR", "DUE"),
        [
            (
                task["id"],
                f"{task['run_id']}/{task['key']}",
                task["kind"],
                task["title"],
                ", ".join(task["to"]) or "everybody",
                moment(task["due"]),
            )
            for task in page["items"]
        ],
        "No task is like that." if narrowed else "Nothing waits for anybody.",
    )
    if page["next_cursor"]:
        note("There are more: --limit 0 lists them all.")


def _text(value: str | bool | None) -> str | None:
    if isinstance(value, bool):
        return "true" if value else None
    return value
