"""Following a run while it happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

import click
from pydantic_core import from_json

from assent.app import App
from assent.cli.api import Api, Document, at
from assent.cli.options import Place
from assent.cli.output import moment, one_line, print_json, value_text

ENDED: Final = frozenset({"succeeded", "failed", "cancelled", "timed_out"})
# nothing more happens until somebody does something
RESTING: Final = ENDED | {"waiting", "paused", "parked"}


async def settle(api: Api, run: str) -> Document:
    """The run once it waits for somebody or has ended."""
    if api.app:
        await api.app.run(run).wait()
        return await api.get(at("runs", run))
    async with api.events(at("runs", run, "events"), after=0) as events:
        async for event in events:
            if event["name"].startswith("run."):
                found = await api.get(at("runs", run))
                if found["status"] in RESTING:
                    return found
    return await api.get(at("runs", run))


async def watch(api: Api, run: str, place: Place) -> Document:
    """Print the events of a run until it has ended.

    Where no server runs, nobody could answer meanwhile: then until it waits for somebody.
    """
    tell = print_json if place.as_json else _print
    if api.app:
        await _watch_here(api.app, run, tell)
        return await api.get(at("runs", run))
    async with api.events(at("runs", run, "events"), after=0) as events:
        async for event in events:
            tell(event)
    return await api.get(at("runs", run))


async def _watch_here(app: App, run: str, tell: Callable[[Document], None]) -> None:
    """Where this process has the database open itself; on PostgreSQL others act meanwhile, a file nobody else has."""
    await app.run(run).status()  # raises RunNotFound
    async for lines in app.stream.lines(run, until_end=True):
        for line in lines:
            tell(cast(Document, from_json(line.text)))
        if await _is_over(app, run, lines[-1].seq):
            return


async def _is_over(app: App, run: str, seq: int) -> bool:
    """Whether after this entry nothing happens before somebody does something, and nobody else can."""
    if app.store.sharing is not None or await app.run(run).status() not in RESTING:
        return False
    return not await app.store.feed(seq, 1, run)


def _print(event: Document) -> None:
    line = f"{moment(event['at'])}  {event['name']:<15} {one_line(_about(event))}"
    click.echo(line.rstrip())


def _about(event: Document) -> str:
    """What an event is about: for our own the thing it happened to, for others all they say."""
    kind, dot, _ = event["name"].partition(".")
    data: Document | None = event["data"]
    if not (dot and kind in BUILT_IN) or not isinstance(data, dict):
        return "" if data is None else value_text(data)
    return str(data.get("title") or data.get("key") or data.get("status") or "")


BUILT_IN: Final = frozenset({"run", "step", "task", "event", "timer"})
