"""Lets in who waits for a place in a queue, in the order in which they came.

    queued, ended, waits, parked ──▶ stirred ──▶ the line is read ──▶ next_in ──▶ RunAdmitted: the run goes on
                                                                 └──▶ the rate holds back: looked at again in time

Any number of processes do this at once: each asks the store to let a run in, and the store refuses, in that
transaction, one that would be too many. Nothing is remembered here, so a crash loses nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from assent.core.journal import Fact, RunAdmitted, micros, moment
from assent.core.place import (
    UNLIMITED,
    Limit,
    Place,
    Standing,
    Waiting,
    next_in,
    terms,
    workflow_of,
)
from assent.core.run import Run
from assent.engine.leases import LOOK
from assent.engine.tasks import ended
from assent.errors import AssentError, NotOpen, RunNotFound
from assent.ledger import Ledger
from assent.ports.clock import Clock
from assent.ports.store import Full, Store

log = logging.getLogger("assent.engine")

_AT_ONCE: Final = 64  # read from a line in one go


class Turnstile:
    """Admits runs to their places."""

    def __init__(
        self, store: Store, ledger: Ledger, clock: Clock, knows: Callable[[str], bool]
    ) -> None:
        self.limits: Mapping[str, Limit] = {}
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._knows = knows
        self._stirred: set[str] = set()
        self._held_back: dict[str, int] = {}  # until when by the rate, in microseconds
        self._look = True
        self._working = False
        self._bell = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to let runs in: also those that an earlier process has left queued."""
        self._look = True
        self._task = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        """Let nobody in any more."""
        if self._task is not None:
            await ended([self._task])
            self._task = None

    def notice(self, place: Place | None) -> None:
        """A run has changed: perhaps somebody may go in now."""
        if place is not None and place.standing is not Standing.IN:
            self._stirred.add(place.queue)
            self._bell.set()

    def heard(self) -> None:
        """Other processes have written: perhaps somebody has left."""
        if self.limits:
            self._look = True
            self._bell.set()

    async def let_in_now(self, queue: str) -> None:
        """Let in who may go in now: whoever starts a run is told at once that it goes on, where there is room."""
        if self._task is None:
            return  # others let it in
        with suppress(AssentError):  # the database is away: it is looked at again
            await self._let_in(queue)
        self._stirred.add(queue)
        self._bell.set()

    @property
    def settled(self) -> bool:
        """Whether nobody is about to be let in."""
        if self._task is None:
            return True
        now = micros(self._clock.now())
        due = any(until <= now for until in self._held_back.values())
        return not (self._stirred or self._look or self._working or due)

    async def _watch(self) -> None:
        while True:
            try:
                await self._let_in_all()
                await self._sleep()
            except NotOpen:
                return
            except Exception:
                log.exception("turnstile.failed")
                self._look = True
                await asyncio.sleep(LOOK)  # the database is away; who is queued stays queued

    async def _let_in_all(self) -> None:
        self._working = True
        try:
            if self._look:
                self._look = False
                self._stirred |= {row.queue for row in await self._store.queues() if row.queued}
            now = micros(self._clock.now())
            self._stirred |= {queue for queue, until in self._held_back.items() if until <= now}
            while self._stirred:
                queue = self._stirred.pop()
                self._held_back.pop(queue, None)
                await self._let_in(queue)
        finally:
            self._working = False

    async def _let_in(self, queue: str) -> None:
        """Whoever may go in now; the line is read again after that, for it may have moved."""
        workflow = workflow_of(queue)
        if not self._knows(workflow):
            return  # its processes let it in
        limit = self.limits.get(workflow, UNLIMITED)
        now = micros(self._clock.now())
        since = terms(limit, Waiting("", True), now)[2]
        line = await self._store.line(queue, since, max(_AT_ONCE, limit.rate or 0))
        verdict = next_in(limit, line, now)
        for waiting in verdict.runs:
            await self._admit(waiting, limit, now)
        if verdict.runs:
            self._stirred.add(queue)
        elif verdict.again is not None:
            self._held_back[queue] = verdict.again

    async def _admit(self, waiting: Waiting, limit: Limit, now: int) -> None:
        parallelism, rate, since = terms(limit, waiting, now)
        admitted = RunAdmitted(
            parallelism=parallelism, rate=rate, since=None if rate is None else since
        )

        def decide(run: Run, at: datetime) -> Sequence[Fact]:
            queued = run.place is not None and run.place.standing is Standing.QUEUED
            return [admitted] if queued else []

        with suppress(Full, RunNotFound):  # somebody else was faster: the line tells
            await self._ledger.change(waiting.run, decide)

    async def _sleep(self) -> None:
        """Until something has changed, or the rate lets somebody in."""
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._bell.wait())]
        if self._held_back:
            until = moment(min(self._held_back.values()))
            waits.append(asyncio.ensure_future(self._clock.sleep_until(until)))
        # Others let runs in too, and may die before they do: look again now and then.
        again = LOOK if self.limits and self._store.sharing is not None else None
        try:
            done, _ = await asyncio.wait(waits, timeout=again, return_when=asyncio.FIRST_COMPLETED)
            self._look = self._look or not done
        finally:
            self._bell.clear()
            for wait in waits:
                wait.cancel()
