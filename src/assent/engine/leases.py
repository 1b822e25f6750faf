"""Which runs this process may advance.

alone with its store ──▶ all of them, and nothing of this happens
one of several       ──▶ those whose leases it holds: of runs it made, and of those it claimed

want(run) ─┐
work ──────┼──▶ claim ──▶ granted ──▶ advanced here ──▶ at rest and cold, or ended ──▶ given back
now and then ┘
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol, TypeAlias

from assent.core.journal import RunId
from assent.engine.tasks import ended
from assent.errors import NotOpen, StoreAway
from assent.ports.rows import TimerRow
from assent.ports.store import Known, Lease, Sharing

log = logging.getLogger("assent.engine")

LOOK: Final = 1.0  # seconds between two looks for runs that nobody advances
_AT_ONCE: Final = 64  # claimed in one go, so that others get some too
_BUSY: Final = 512  # so many runs at work here are enough


class Holding(Protocol):
    """Which runs this process may advance, and how it comes by them: it claims them (``Leases``), or is given them."""

    @property
    def takes_new(self) -> bool:
        """Whether a run that is made here is advanced here from the first."""
        ...

    @property
    def until_it_waits(self) -> bool:
        """Whether the lease on a run is given back in the transaction that makes it wait: its code goes cold then."""
        ...

    @property
    def leaves_timers(self) -> float:
        """Seconds for which a due timer that others are to fire is left to them before it is looked at again."""
        ...

    @property
    def settled(self) -> bool:
        """Whether nothing is being claimed or given back."""
        ...

    async def start(self) -> None:
        """Begin to take runs up."""
        ...

    async def stop(self) -> None:
        """Take no more runs up."""
        ...

    def fence(self, run: RunId) -> int | None:
        """The number of the lease on this run, where this process holds it."""
        ...

    def hold(self, run: RunId, fence: int) -> None:
        """A run was made here, with its first lease."""
        ...

    def want(self, run: RunId) -> None:
        """Somebody must advance this run: this process, or another one."""
        ...

    def rested(self, run: RunId) -> None:
        """The run waits, and its lease went back with that."""
        ...

    def give_back(self, run: RunId) -> None:
        """Nothing of the run is going on here any more."""
        ...

    def lost(self, run: RunId) -> None:
        """Another process has it, or it has ended."""
        ...

    def void(self) -> list[RunId]:
        """None of the leases is this process's own any more; returns which runs they were of."""
        ...

    def work(self) -> None:
        """There may be runs that nobody advances."""
        ...

    async def take(self, run: RunId) -> int | None:
        """The lease on a run, whatever it is doing; None where it is not to be had here, or not yet."""
        ...

    async def due(self, at: int, limit: int) -> Sequence[TimerRow]:
        """Due timers that this process is to fire."""
        ...


Granted: TypeAlias = Callable[[Lease, bool], Awaitable[None]]
MakeHolding: TypeAlias = Callable[
    [Sharing, Callable[[], Known], Callable[[], int], Granted], Holding
]


class Leases:
    """The leases this process holds, and how it comes by them: it claims what nobody advances."""

    def __init__(
        self,
        sharing: Sharing,
        known: Callable[[], Known],
        busy: Callable[[], int],
        granted: Granted,
    ) -> None:
        self._sharing = sharing
        self._known = known
        self._busy = busy
        self._granted = granted
        self._held: dict[RunId, int] = {}
        self._wanted: set[RunId] = set()
        self._given: list[tuple[RunId, int]] = []
        self._bell = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._look = True
        self._settling = False

    # ── life ────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Take up what nobody advances, and go on looking for more."""
        self._sharing.advance(self.work, lambda: list(self._held))
        await self._claim()
        self._task = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        """Claim nothing more. What is held is handed back when the store is closed."""
        if self._task is not None:
            await ended([self._task])
            self._task = None

    @property
    def settled(self) -> bool:
        """Whether nothing is being claimed or given back."""
        return not (self._wanted or self._given or self._settling)

    @property
    def takes_new(self) -> bool:
        """A run that is made here is advanced here from the first."""
        return True

    @property
    def until_it_waits(self) -> bool:
        """A run that waits may stay hot, under its lease."""
        return False

    @property
    def leaves_timers(self) -> float:
        """Who holds the run fires them; where it dies, they are free once that is noticed."""
        return LOOK

    # ── holding ─────────────────────────────────────────────────────────────────────────────────

    def fence(self, run: RunId) -> int | None:
        """The number of the lease on this run, where this process holds it."""
        return self._held.get(run)

    def hold(self, run: RunId, fence: int) -> None:
        """A run was made here, with its first lease."""
        self._held[run] = fence

    def want(self, run: RunId) -> None:
        """Ask for the lease on a run; nothing comes of it where another process holds it."""
        self._wanted.add(run)
        self._bell.set()

    def give_back(self, run: RunId) -> None:
        """Nothing of the run is going on here any more."""
        fence = self._held.pop(run, None)
        if fence is not None:
            self._given.append((run, fence))
            self._bell.set()

    def rested(self, run: RunId) -> None:
        """The run waits, and its lease went back with that."""
        self._held.pop(run, None)

    def lost(self, run: RunId) -> None:
        """Another process has it, or it has ended."""
        self._held.pop(run, None)

    def void(self) -> list[RunId]:
        """None of the leases is this process's own any more; returns which runs they were of."""
        held = list(self._held)
        self._held.clear()
        self._given.clear()
        return held

    def work(self) -> None:
        """There may be runs that nobody advances."""
        self._look = True
        self._bell.set()

    # ── claiming ────────────────────────────────────────────────────────────────────────────────

    async def _watch(self) -> None:
        while True:
            try:
                async with asyncio.timeout(LOOK):
                    await self._bell.wait()
            except TimeoutError:
                self._look = True
            try:
                await self._settle()
            except NotOpen:
                return
            except StoreAway:
                self._look = True
            except Exception:
                log.exception("leases.failed")
                await asyncio.sleep(LOOK)

    async def _settle(self) -> None:
        self._settling = True
        try:
            self._bell.clear()
            if given := list(self._given):
                await self._sharing.release(given)
                self._given = [one for one in self._given if one not in given]
            if wanted := [run for run in self._wanted if run not in self._held]:
                leases = await self._sharing.claim(self._known(), len(wanted), wanted)
                self._wanted.difference_update(wanted)
                await self._grant(leases, wanted=True)
            self._wanted.difference_update(self._held)
            if self._look:
                await self._claim()
        finally:
            self._settling = False

    async def _claim(self) -> None:
        """Take up runs that nobody advances, as many as this process can do with."""
        self._look = False
        while (room := min(_AT_ONCE, _BUSY - self._busy())) > 0:
            leases = await self._sharing.claim(self._known(), room)
            await self._grant(leases)
            if len(leases) < room:
                return

    async def _grant(self, leases: Sequence[Lease], *, wanted: bool = False) -> None:
        for lease in leases:
            self._held[lease.run] = lease.fence
        for lease in leases:
            await self._granted(lease, wanted)

    async def take(self, run: RunId) -> int | None:
        """The lease on a run, whatever it is doing; None where another process holds it."""
        if run not in self._held:
            for lease in await self._sharing.claim(self._known(), 1, [run]):
                self._held[lease.run] = lease.fence
        return self._held.get(run)

    async def due(self, at: int, limit: int) -> Sequence[TimerRow]:
        """Due timers of the runs held here, and of runs that nobody holds: those are held from now on."""
        timers, leases = await self._sharing.claim_due(self._known(), at, limit)
        for lease in leases:
            self._held[lease.run] = lease.fence
        return timers
