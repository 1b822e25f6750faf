"""Observers: functions that are told what happens. They may fail, and be slow, without harm to anybody.

Each observer reads the stream by its own cursor, from when the app was opened; what it raises is logged, and it goes
on with the next event. It hears what happens while its process is up: what must be done once, whatever happens, is
done by a workflow, or by ``app.on_failure``.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeAlias

from msgspec import Struct

from assent.stream import Event, Stream

log = logging.getLogger("assent.observing")
_GRACE: Final = 5.0

Tell: TypeAlias = Callable[[Event], Awaitable[Any] | Any]


class Observer(Struct, frozen=True):
    """A function, and the names of the events it is told of; none means all."""

    tell: Tell
    names: Sequence[str] = ()


class Observing:
    """The observers of one open app."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._tasks: set[asyncio.Task[None]] = set()

    async def add(self, observer: Observer) -> None:
        """Tell this observer of everything from now on."""
        after = await self._stream.newest()
        watching = asyncio.get_running_loop().create_task(self._watch(observer, after))
        self._tasks.add(watching)
        watching.add_done_callback(self._tasks.discard)

    async def _watch(self, observer: Observer, after: int) -> None:
        names = observer.names or None
        async for event in self._stream.events(after=after, names=names):
            try:
                told = observer.tell(event)
                if inspect.isawaitable(told):
                    await told
            except Exception:
                log.exception(
                    "observer.failed", extra={"event": event.name, "observer": repr(observer.tell)}
                )

    async def close(self) -> None:
        """Let them hear what has happened so far; one that takes long is let go of."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_GRACE)
        self.abandon()

    def abandon(self) -> None:
        """Let go of them at once."""
        for task in list(self._tasks):
            task.cancel()
