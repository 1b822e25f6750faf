"""Waiting for a run to get somewhere: told of each change, here and in other processes."""

from __future__ import annotations

import asyncio
from collections.abc import (
    Callable,
    Generator,
    Sequence,
)
from contextlib import contextmanager

from assent.core.journal import (
    RunFinished,
    RunId,
)
from assent.core.run import Run
from assent.errors import (
    AssentError,
    NotOpen,
)
from assent.ledger import Changed


class Watcher:
    """Somebody who waits for a run to get somewhere: told once, with how it ended where it has."""

    __slots__ = ("arrived", "finished", "reached")

    def __init__(self, reached: Callable[[Run], bool]) -> None:
        self.reached = reached
        self.arrived: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.finished: RunFinished | None = None

    def told(self, changed: Changed) -> None:
        if not self.reached(changed.run) or self.arrived.done():
            return
        last = changed.facts[-1] if changed.facts else None
        self.finished = last if isinstance(last, RunFinished) else None
        self.arrived.set_result(None)

    def closed(self) -> None:
        self.failed(NotOpen("The app was closed while a run was waited for."))

    def failed(self, error: AssentError) -> None:
        if not self.arrived.done():
            self.arrived.set_exception(error)
            self.arrived.exception()  # who waits for several is told by one of them


@contextmanager
def watching(
    watched: dict[RunId, list[Watcher]],
    runs: Sequence[RunId],
    reached: Callable[[Run], bool] | None = None,
) -> Generator[list[Watcher]]:
    """Be told when one of these runs has got there; without ``reached``, when it changes."""
    watchers = [Watcher(reached or _rung) for _ in runs]
    for run, watcher in zip(runs, watchers, strict=True):
        watched.setdefault(run, []).append(watcher)
    try:
        yield watchers
    finally:
        for run, watcher in zip(runs, watchers, strict=True):
            watcher.arrived.cancel()
            watched[run].remove(watcher)
            if not watched[run]:
                del watched[run]


def _rung(head: Run) -> bool:
    return True
