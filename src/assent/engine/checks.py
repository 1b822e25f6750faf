"""Decisions that are kept elsewhere, and looked up: ``ctx.approve(…, check=look_up)``.

    the task is open ──▶ look up ──pending──▶ wait ──▶ look up …      (and whenever the run is poked)
                            └──decided──▶ the task is closed, and its run goes on

What is pending is not recorded, so it is always asked anew. Nothing here holds the run's code: a cold run is looked up
for as well, and after a restart every run that looks something up is taken up once, so that its code says how.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from msgspec import Struct

from assent.core.command import Settle
from assent.core.decision import AS_SHOWN, Approved, Pending
from assent.core.journal import Fact, RunId, TaskClosed, TaskId, TaskOpened
from assent.core.ruling import rule
from assent.core.run import Run, RunStatus
from assent.core.task import CHECK, Outcome
from assent.core.values import pack
from assent.engine.tasks import ended
from assent.engine.threads import Threads
from assent.errors import DefinitionError, NotOpen, Rejected, RunNotFound
from assent.ledger import Changed, Ledger
from assent.ports.clock import Clock
from assent.ports.store import Store

log = logging.getLogger("assent.checks")

LookUp: TypeAlias = Callable[..., Awaitable[Any] | Any]
_RUNS: Final = "check"


class Check(Struct, frozen=True):
    """What looks a decision up, and how often."""

    look_up: LookUp
    every: timedelta


class Checks:
    """The decisions that are looked up in this process."""

    def __init__(self, store: Store, ledger: Ledger, clock: Clock, threads: Threads) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._threads = threads
        self._expected: dict[TaskId, tuple[RunId, Check]] = {}
        self._watched: dict[TaskId, asyncio.Task[None]] = {}
        self._runs: dict[TaskId, RunId] = {}
        self._pokes: dict[TaskId, asyncio.Event] = {}
        self._looking = 0

    @property
    def resting(self) -> bool:
        """Whether nothing is being looked up right now."""
        return not self._looking

    async def stop(self) -> None:
        """Look nothing up any more."""
        await ended(self._watched.values())
        self._watched.clear()
        self._expected.clear()

    async def watch(self, run: RunId, task: TaskId, check: Check, *, opened: bool) -> None:
        """Look the decision up, once the task is there, until there is one."""
        if opened:
            self._begin(run, task, check)
            return
        await self._store.replace(_RUNS, run, True)  # before the task: a crash must not forget it
        self._expected[task] = (run, check)

    async def left_behind(self) -> Sequence[RunId]:
        """The runs that an earlier process looked something up for."""
        return list(await self._store.kept_all(_RUNS))

    async def take_up(self, wake: Callable[[Run], None]) -> None:
        """Only the code knows how to look something up: runs that did are taken up once."""
        for run in await self.left_behind():
            try:
                head = await self._ledger.head(run)
            except RunNotFound:
                await self._store.take(_RUNS, run)
                continue
            if head.status.ended:
                await self._store.take(_RUNS, run)
            elif head.status is RunStatus.WAITING:
                wake(head)

    def poke(self, run: RunId) -> bool:
        """Look up now what this run waits for; whether anything is looked up here."""
        mine = [task for task, of in self._runs.items() if of == run]
        for task in mine:
            self._pokes[task].set()
        return bool(mine)

    def heard(self, changed: Changed) -> None:
        """A run has changed: its task was opened, or somebody was faster."""
        for fact in changed.facts:
            if isinstance(fact, TaskOpened) and fact.task in self._expected:
                run, check = self._expected.pop(fact.task)
                self._begin(run, fact.task, check)
            elif isinstance(fact, TaskClosed) and fact.task in self._watched:
                self._watched[fact.task].cancel()

    def _begin(self, run: RunId, task: TaskId, check: Check) -> None:
        if task in self._watched:
            self._watched[task].cancel()  # its code runs again, and may have changed
        self._runs[task] = run
        self._pokes[task] = asyncio.Event()
        watching = asyncio.get_running_loop().create_task(self._watch(run, task, check))
        self._watched[task] = watching
        self._looking += 1  # from now on, so that nobody finds a moment of rest in between
        watching.add_done_callback(lambda done: self._over(task, done))

    def _over(self, task: TaskId, done: asyncio.Task[None]) -> None:
        if self._watched.get(task) is done:
            del self._watched[task], self._runs[task], self._pokes[task]
        if not done.cancelled() and (error := done.exception()) is not None:
            log.error("check.ended", extra={"task": task}, exc_info=error)

    async def _watch(self, run: RunId, task: TaskId, check: Check) -> None:
        poked = self._pokes[task]
        try:
            while not await self._decided(run, task, check):
                self._looking -= 1
                try:
                    await self._pause(poked, check.every)
                finally:
                    self._looking += 1
        finally:
            self._looking -= 1

    async def _pause(self, poked: asyncio.Event, every: timedelta) -> None:
        """Until it is time, or the run is poked."""
        waits = [
            asyncio.ensure_future(poked.wait()),
            asyncio.ensure_future(self._clock.sleep_until(self._clock.now() + every)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            poked.clear()
            for wait in waits:
                wait.cancel()

    async def _decided(self, run: RunId, task: TaskId, check: Check) -> bool:
        """Look up once; whether the task is closed now."""
        try:
            told = await self._called(check.look_up)
            wish = _settled(told)
        except NotOpen:
            return True
        except Exception:
            log.exception("check.failed", extra={"run": run, "task": task})
            return False  # the other place is away; the task is still open, and asked about again
        if wish is None:
            return False

        def decide(head: Run, at: datetime) -> Sequence[Fact]:
            found = head.tasks.get(task)
            return rule(found, wish, at).facts if found and not found.closed else []

        await self._ledger.change(run, decide)
        return True

    async def _called(self, look_up: LookUp) -> Any:
        if inspect.iscoroutinefunction(look_up):
            return await look_up()
        told = await self._threads.run(look_up)
        return await told if inspect.isawaitable(told) else told


def _settled(told: Any) -> Settle | None:
    match told:
        case Pending():
            return None
        case Approved(value=value):
            given = value is not AS_SHOWN
            packed = pack(value) if given else None
            return Settle(
                via=CHECK,
                outcome=Outcome.APPROVED,
                value=packed,
                given=given,
                reason=told.reason,
            )
        case Rejected():
            # As an answer it has one text, which is the reason; as an error it names the task first.
            reason = told.reason if told.reason is not None else told.key or None
            return Settle(via=CHECK, outcome=Outcome.REJECTED, reason=reason)
        case _:
            raise DefinitionError(
                f"check= returned {told!r}; return Pending(), Approved(value) or Rejected(reason)."
            )
