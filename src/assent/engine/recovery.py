"""What an earlier process left unfinished is taken up: its journal says how to go on.

running   ──▶ taken up again, unless it only waited for its next attempt; parked once that happened too often
parked    ──▶ tried again: perhaps the code that is here now fits its journal
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from assent.core.journal import Fact, RunId, RunParked, RunRecovered, RunRetried, StepRetrying
from assent.core.run import Run, RunStatus
from assent.engine.leases import Holding
from assent.ledger import Ledger
from assent.ports.rows import RunQuery
from assent.ports.store import Store

log = logging.getLogger("assent.engine")

GAVE_UP: Final = "recovery_gave_up"
_PAGE: Final = 500


class Recovery:
    """Takes up runs whose process has ended."""

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        leases: Holding | None,
        *,
        most: int,
        wake: Callable[[Run], None],
        settle: Callable[[RunId], None],
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._leases = leases
        self._most = most
        self._wake = wake
        self._settle = settle

    async def take_up_all(self) -> None:
        """Take up every run that an earlier process left unfinished."""
        # Where processes share the store, running ones are claimed.
        running = [RunStatus.RUNNING] if self._leases is None else []
        for status in (*running, RunStatus.PARKED):
            before: tuple[int, str] | None = None
            while True:
                query = RunQuery(statuses=[status], before=before, limit=_PAGE)
                page = await self._store.runs(query)
                for row in page:
                    await self.take_up(row.id)
                if len(page) < _PAGE:
                    break
                before = (page[-1].created, page[-1].id)

    async def take_up(self, run: RunId) -> None:
        """Take up one run that a process left in the middle."""
        fence: int | None = None
        if self._leases is not None and (fence := await self._leases.take(run)) is None:
            return
        known = await self._ledger.head(run)
        if known.status is RunStatus.RUNNING and await self._rests(known):
            self._wake(known)
            return

        def decide(head: Run, at: datetime) -> Sequence[Fact]:
            if head.status is RunStatus.PARKED:
                # It waits for other code: see whether this is it. One that recovery gave up on waits for a person.
                return [] if head.parked == GAVE_UP else [RunRetried(by="recovery")]
            if head.status is not RunStatus.RUNNING:
                return []
            if head.recoveries >= self._most:
                why = (
                    f"The run {run!r} was taken up {head.recoveries} times, and each time the process ended "
                    "before it got on. Find what ends the process, then retry the run."
                )
                return [RunParked(code=GAVE_UP, reason=why)]
            return [RunRecovered()]

        changed = await self._ledger.change(run, decide, fence=fence)
        if changed.run.status is RunStatus.RUNNING:
            log.info("run.recovered", extra={"run": run, "recoveries": changed.run.recoveries})
        self._settle(run)

    async def _rests(self, run: Run) -> bool:
        """Whether it was between two attempts of a step: then no process ended over it."""
        last = await self._store.journal(run.id, run.number - 1)
        return bool(last) and last[-1].kind == StepRetrying.kind
