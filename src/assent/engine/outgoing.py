"""What a run has said and its journal does not have yet: written in the order in which its code said it.

    write ──▶ at once, where the ledger can decide without waiting
                 │ it cannot, or another process has been faster
                 ▼
              late: decided anew on the newest head, once all that was said before is written

Writes that are made at once overtake none that are late, and late ones wait for those made at once: these may turn
out to be late themselves. After a write that failed nothing more is written: the journal has no holes.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, NamedTuple

from assent.core.journal import RunId
from assent.ledger import Decide, Ledger, Then
from assent.ports.store import Stale


class _Said(NamedTuple):
    """One write: how it is decided on, whom to tell once it is durable or failed, and whether it may end the run."""

    decide: Decide
    then: Then
    ends: bool


class Outgoing:
    """The writes of one run."""

    def __init__(self, run: RunId, ledger: Ledger) -> None:
        self.fence: int | None = None  # the lease under which the run is written to
        self._run = run
        self._ledger = ledger
        self._loop = asyncio.get_running_loop()
        self._at_once = 0  # under way without having been late so far
        self._behind: list[_Said] = []  # late, behind those
        self._late: list[asyncio.Task[Any]] = []  # under way, in order
        self._unwritten = 0
        self._failed: BaseException | None = None
        self._landings: list[asyncio.Future[None]] = []

    def __bool__(self) -> bool:
        """Whether something is still under way."""
        return bool(self._unwritten)

    async def all_written(self) -> None:
        """Return once nothing that was said is still under way."""
        while self._unwritten:
            landing: asyncio.Future[None] = self._loop.create_future()
            self._landings.append(landing)
            await landing

    def abandon(self) -> None:
        """Let go of what is late: the process is to have died over it."""
        for late in self._late:
            late.cancel()

    def write(self, decide: Decide, then: Then, *, ends: bool) -> None:
        """Write what is decided, after all that was said before it; ``then`` is called in the same order."""
        said = _Said(decide, then, ends)
        self._unwritten += 1
        if not self._late and not self._behind and self._attempt(said):
            self._at_once += 1
        elif self._at_once:
            self._behind.append(said)
        else:
            self._write_late(said)

    def _attempt(self, said: _Said) -> bool:
        tried = partial(self._tried, said)
        return self._ledger.attempt(self._run, said.decide, tried, ends=said.ends, fence=self.fence)

    def _tried(self, said: _Said, error: BaseException | None) -> None:
        self._at_once -= 1
        if isinstance(error, Stale):
            self._write_late(said)
        else:
            self._written(said, error)
        if not self._at_once:
            behind, self._behind = self._behind, []
            for each in behind:
                self._write_late(each)

    def _write_late(self, said: _Said) -> None:
        """Where the head has to be read first, or other runs are touched too; one after the other."""
        before = self._late[-1] if self._late else None
        late = self._loop.create_task(self._in_turn(before, said))
        self._late.append(late)
        late.add_done_callback(partial(self._landed, said))

    async def _in_turn(self, before: asyncio.Task[Any] | None, said: _Said) -> None:
        if before is not None:
            await asyncio.wait({before})
        if self._failed is not None:
            raise self._failed
        change = self._ledger.end if said.ends else self._ledger.change
        await change(self._run, said.decide, fence=self.fence)

    def _landed(self, said: _Said, late: asyncio.Task[Any]) -> None:
        self._late.remove(late)
        self._written(said, asyncio.CancelledError() if late.cancelled() else late.exception())

    def _written(self, said: _Said, error: BaseException | None) -> None:
        self._unwritten -= 1
        self._failed = self._failed or error
        while self._landings and not self._unwritten:
            landing = self._landings.pop()
            if not landing.done():
                landing.set_result(None)
        said.then(error)
