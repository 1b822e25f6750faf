"""Timers: what is due fires once, also what came due while no process was there.

Timers are rows. This loop sleeps until the earliest is due, and lets the ledger fire it: the run itself decides
whether the timer is still wanted, in the transaction that takes the row away.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from assent.core.journal import RunId, micros, moment
from assent.core.run import Run, fire
from assent.engine.leases import LOOK, Holding
from assent.engine.tasks import ended
from assent.errors import NotOpen, RunNotFound
from assent.ledger import Ledger
from assent.ports.clock import Clock
from assent.ports.rows import TimerRow
from assent.ports.store import Store

log = logging.getLogger("assent.scheduler")

_BATCH: Final = 500


class Scheduler:
    """Fires timers."""

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        clock: Clock,
        leases: Holding | None,
        settle: Callable[[RunId], None],
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._leases = leases
        self._settle = settle
        self._sooner = asyncio.Event()
        self._next: datetime | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch the timers."""
        self._task = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        """Stop watching."""
        if self._task is not None:
            await ended([self._task])
            self._task = None

    def notice(self, run: Run) -> None:
        """A run has changed: perhaps it has a timer that is due sooner than all others."""
        if not run.timers:
            return
        soonest = min(run.timers.values())
        if self._next is None or soonest < self._next:
            self._next = soonest
            self._sooner.set()

    async def caught_up(self) -> bool:
        """Whether nothing is due now."""
        due = await self._store.next_due()
        return self._task is None or due is None or moment(due) > self._clock.now()

    async def _watch(self) -> None:
        while True:
            try:
                await self._fire_due()
                await self._sleep()
            except NotOpen:
                return  # the store was closed under it: nothing is fired any more
            except Exception:
                log.exception("scheduler.failed")
                await asyncio.sleep(1)  # the database is away; what is due stays due

    async def _fire_due(self) -> None:
        look = self._store.due if self._leases is None else self._leases.due
        unfired: Sequence[TimerRow] = ()
        while due := await look(micros(self._clock.now()), _BATCH):
            # Once is no wonder: a person was faster, or the clock was set back meanwhile.
            if due == unfired:
                log.error("scheduler.stuck", extra={"run": due[0].run, "key": due[0].key})
                await asyncio.sleep(1)
            fired = await asyncio.gather(*(self._fire(timer) for timer in due))
            unfired = () if any(fired) else due

    async def _fire(self, timer: TimerRow) -> bool:
        try:
            changed = await self._ledger.end(timer.run, lambda run, at: fire(run, timer.key, at))
        except RunNotFound:
            return False
        self._settle(timer.run)
        return bool(changed.facts)

    async def _sleep(self) -> None:
        """Until the earliest timer is due, or one is set that is due sooner."""
        self._sooner.clear()
        self._next = None  # whatever is set from here on wakes this loop
        due = await self._store.next_due()
        if self._sooner.is_set():
            return
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._sooner.wait())]
        # Others set timers too, and may die before they fire them: look again now and then.
        again = None if self._leases is None else LOOK
        if due is not None:
            self._next = moment(due)
            if self._leases is None or self._next > self._clock.now():
                waits.append(asyncio.ensure_future(self._clock.sleep_until(self._next)))
            else:
                again = self._leases.leaves_timers
        try:
            await asyncio.wait(waits, timeout=again, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
