"""What a run's stream has told so far: small questions that many stories ask."""

from __future__ import annotations

from collections import Counter
from typing import Any

from assent import Event
from assent.runs.handle import RunHandle
from assent.testing import Harness


async def told(h: Harness, run: RunHandle[Any] | None = None) -> list[Event]:
    """Every event so far, of one run or of all."""
    events = h.app.stream.events(run.id if run else None, live=False)
    return [event async for event in events]


async def names(h: Harness, run: RunHandle[Any] | None = None) -> list[str]:
    """The names of the events so far, in order."""
    return [event.name for event in await told(h, run)]


async def count(h: Harness, run: RunHandle[Any] | None = None) -> Counter[str]:
    """How often each event was told."""
    return Counter(await names(h, run))


async def keys_told(h: Harness, name: str, run: RunHandle[Any] | None = None) -> list[str]:
    """The keys of the events of one name, in order."""
    return [event.data["key"] for event in await told(h, run) if event.name == name]


async def open_keys(run: RunHandle[Any]) -> set[str]:
    """The keys of the tasks that are open."""
    return {task.key for task in await run.tasks()}
