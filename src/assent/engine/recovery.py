"""What an earlier process left unfinished is taken up: its journal says how to go on.

running   ──▶ taken up again, unless it only waited for its next attempt; parked once that happened too often
parked    ──▶ tried again: perhaps the code that is here now fits its journal
unwritten ──▶ parked, where the store will never take what its code said
unread    ──▶ parked, where its journal holds what this version cannot read

Where processes share the store, who advances a running one is for leases to say; and where its code is not here,
a parked one is left to who has it.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import Final

from assent.core.journal import Fact, RunId, RunParked, RunRecovered, RunRetried, StepRetrying
from assent.core.run import Run, RunStatus
from assent.engine.leases import Holding
from assent.errors import AssentError
from assent.ledger import Ledger
from assent.ports.rows import RunQuery, RunRow
from assent.ports.store import Known, Store

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
        known: Callable[[], Known],
        wake: Callable[[Run], None],
        settle: Callable[[RunId], None],
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._leases = leases
        self._most = most
        self._known = known
        self._wake = wake
        self._settle = settle

    async def take_up_all(self) -> None:
        """Take up every run that an earlier process left unfinished."""
        if self._leases is None:
            async for row in self._all(RunStatus.RUNNING):
                await self.take_up(row.id)
        async for row in self._all(RunStatus.PARKED):
            if self._leases is None or (row.workflow, row.version) in self._known():
                await self._try_again(row.id)

    async def _all(self, status: RunStatus) -> AsyncIterator[RunRow]:
        before: tuple[int, str] | None = None
        while True:
            page = await self._store.runs(RunQuery(statuses=[status], before=before, limit=_PAGE))
            for row in page:
                yield row
            if len(page) < _PAGE:
                return
            before = (page[-1].created, page[-1].id)

    async def _try_again(self, run: RunId) -> None:
        """It runs from then on, and no more than that: who advances it finds out whether the code fits."""

        def decide(head: Run, at: datetime) -> Sequence[Fact]:
            # One that recovery gave up on waits for a person.
            again = head.status is RunStatus.PARKED and head.parked != GAVE_UP
            return [RunRetried(by="recovery")] if again else []

        await self._ledger.change(run, decide)

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

    async def park(self, run: RunId, why: AssentError, fence: int | None) -> None:
        """What the store will never take, or nobody here can read: another attempt would end as this one did."""
        parked = RunParked(code=why.code, reason=str(why))

        def decide(head: Run, at: datetime) -> Sequence[Fact]:
            return [parked] if head.status is RunStatus.RUNNING else []

        await self._ledger.change(run, decide, fence=fence)
        self._settle(run)

    async def _rests(self, run: Run) -> bool:
        """Whether it was between two attempts of a step: then no process ended over it."""
        last = await self._store.journal(run.id, run.number - 1)
        return bool(last) and last[-1].kind == StepRetrying.kind
