"""Which runs are advanced here, where Restate says so.

    want(run) ──▶ handed in at Restate ──▶ Restate calls one of the workers ──▶ called(run)
                                                                                    │ the lease, whoever had it
                                 ┌──────────────────────────────────────────────────┘
                                 ▼
    granted ──▶ its code runs ──▶ it waits, or has ended ──▶ given back ──▶ the call returns

Of one run Restate makes one call after another, and each again, here or elsewhere, until it returns. So a lease is not
claimed: who is called takes it from whoever had it, and what that one still writes is refused. A run that is running
in the database and has no lease is owed a call; where the one that should have asked for it died, others see it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from assent.core.journal import RunId
from assent.core.run import Run, RunStatus
from assent.errors import NotOpen, RestateAway, RunNotFound, StoreAway
from assent.ports.rows import TimerRow
from assent.ports.store import Known, Lease, Sharing
from assent.restate.endpoint import Again, Endpoint
from assent.restate.options import Restate
from assent.restate.server import NotOffered, Server

log = logging.getLogger("assent.restate")

LOOK: Final = 2.0  # seconds between two looks for runs that are owed a call
_BREATH: Final = 0.1  # between two looks that others have asked for
_MANY: Final = 2000
_SOON: Final = 0.05  # seconds before what Restate could not take is handed in again
_LATER: Final = 2.0  # and as often as it could not, at most
_FORGOTTEN: Final = 60.0  # seconds after which a call that did not come here is somebody else's
_GRACE: Final = 5.0
_LEFT: Final = 0.1  # seconds after which a due timer is fired by whoever sees it

_Given: TypeAlias = tuple[RunId, int | None, "asyncio.Future[bool] | None"]
Granted: TypeAlias = Callable[[Lease, bool], Awaitable[None]]


@dataclass(slots=True)
class _Owed:
    """A run that is owed a call, at which entry it stands, and how often it was asked for since that was seen.

    A name can be used once: what is called under it and brings nothing keeps it for an hour, until the server cleans
    up. So it is asked for under another one, later and later, as the call may only be waiting for its turn.
    """

    number: int
    since: float
    asked: int = 0

    def is_due(self, now: float, *, at_once: bool) -> bool:
        """Whether it is to be asked for now: half a look less, as looks do not come on the dot."""
        return (at_once and not self.asked) or now - self.since >= LOOK * (2**self.asked - 0.5)


def _noted(before: _Owed | None, number: int, now: float) -> _Owed:
    """The same as before, where it has not moved."""
    return before if before is not None and before.number == number else _Owed(number, now)


class Dispatch:
    """The runs this process was called for."""

    def __init__(
        self,
        options: Restate,
        head: Callable[[RunId], Awaitable[Run]],
        runs_on: Callable[[RunId], int | None],
        knows: Callable[[RunId], bool],
        due: Callable[[int, int], Awaitable[Sequence[TimerRow]]],
        sharing: Sharing,
        known: Callable[[], Known],
        granted: Granted,
    ) -> None:
        self._options = options
        self._head = head
        self._runs_on = (
            runs_on  # where a run stands that has something to do, as far as it is known here
        )
        self._knows = knows
        self._due = due
        self._sharing = sharing
        self._known = known
        self._granted = granted
        self._server = Server(options)
        self._endpoint = Endpoint(options, self._called)
        self._held: dict[RunId, int] = {}
        self._stood: dict[RunId, int] = {}  # at which entry, when this process was called
        self._calls: dict[RunId, asyncio.Future[bool]] = {}  # set to whether all is done
        self._taking: set[RunId] = set()
        self._rested: set[RunId] = set()  # their leases went back when they began to wait
        self._overdue: dict[TimerRow, float] = {}  # and since when this was seen
        self._given: list[_Given] = []
        self._asking: dict[RunId, bool] = {}  # set to whether it was asked for again meanwhile
        self._expected: dict[RunId, float] = {}
        self._owed: dict[RunId, _Owed] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._giving: asyncio.Task[None] | None = None
        self._bell = asyncio.Event()
        self._stopping = self._gone = False

    # ── life ────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Take calls. Raises RestateAway where no server can be told of that, or nobody could ask it for one."""
        self._sharing.advance(self.work, lambda: list(self._held))
        self._endpoint.offers(self._known())  # before it listens: calls may have waited for that
        await self._endpoint.start()
        try:
            await self._server.takes_calls()  # before: what is offered draws calls to this address
            await self._server.takes_calls(await self._offer())
            for run, _ in await self._sharing.left(self._known(), _MANY):
                self._ask(run)  # what nobody advances since an earlier process ended
        except BaseException:
            await self._endpoint.stop()
            await self._server.close()
            raise
        self._watching = self._soon(self._watch())

    async def _offer(self) -> AbstractSet[str]:
        self._endpoint.offers(self._known())
        return await self._server.offer()

    async def stop(self) -> None:
        """Take no new calls. What is held is given back as its code comes to rest."""
        self._stopping = True

    async def close(self) -> None:
        """Hand in what is still to be told, and listen no more."""
        self._bell.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_GRACE)
        await self.abandon()

    async def abandon(self) -> None:
        """Let go at once, as if the process had died."""
        self._stopping = self._gone = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for call in (*self._calls.values(), *(call for _, _, call in self._given)):
            self._over(call, done=False)
        await self._endpoint.stop()
        await self._server.close()

    @property
    def settled(self) -> bool:
        """Whether nothing is being asked for, expected, taken up or given back."""
        # Of a run that is called for already, the next call comes once this one has returned: a step may be resting.
        coming = any(run not in self._calls for run in self._expected)
        return not (self._asking or coming or self._taking or self._given or self._giving)

    @property
    def takes_new(self) -> bool:
        """A run that is made here is advanced where Restate says."""
        return False

    @property
    def until_it_waits(self) -> bool:
        """The call for a run that waits returns."""
        return True

    @property
    def leaves_timers(self) -> float:
        """Who knows the run fires them, and where nobody does, whoever sees that."""
        return _LEFT

    # ── being called ────────────────────────────────────────────────────────────────────────────

    async def _called(self, run: RunId, told: dict[str, Any]) -> None:
        """Take the run up, and return once nothing of it goes on here. Raises Again."""
        if self._stopping:
            raise Again("This worker is stopping.")
        call = self._calls.get(run)
        if call is None:
            call = self._calls[run] = asyncio.get_running_loop().create_future()
            # By a task of its own: what is given up in the middle of it still replies, or the server waits for ever.
            self._tasks.add(self._soon(self._take_up(run, told, call)))
        else:  # its connection was lost, and this is the same call once more
            self._expected.pop(run, None)
        if not await asyncio.shield(call):
            raise Again(f"The run {run!r} has something left to do.")

    async def _take_up(self, run: RunId, told: dict[str, Any], call: asyncio.Future[bool]) -> None:
        taken = False
        self._taking.add(run)
        try:
            lease = await self._sharing.seize(self._known(), run)
            if lease is None:
                # Or this process counts as dead, and has not noticed yet: then the call is to be made again.
                self._over(call, done=await self._has_ended(run))
            else:
                self._held[run], self._stood[run] = lease.fence, lease.number
                await self._granted(lease, bool(told.get("waiting")))
                taken = True
        except (StoreAway, NotOpen) as error:
            if not call.done():
                call.set_exception(Again(str(error)))
        finally:
            self._taking.discard(run)
            self._expected.pop(run, None)
            if not taken:
                self._over(call, done=False)
                if self._calls.get(run) is call:
                    del self._calls[run]

    async def _has_ended(self, run: RunId) -> bool:
        try:
            return (await self._head(run)).status.ended
        except RunNotFound:
            return True

    def fence(self, run: RunId) -> int | None:
        """The number of the lease on this run, while this process is being called for it."""
        return self._held.get(run)

    def hold(self, run: RunId, fence: int) -> None:
        """A lease that came otherwise."""
        self._held[run] = fence

    async def take(self, run: RunId) -> int | None:
        """The lease on a run; where this process is not called for it, Restate is asked to do so."""
        if run not in self._held:
            self._ask(run)
        return self._held.get(run)

    def rested(self, run: RunId) -> None:
        """The run waits, and its lease went back with that; its code is about to let go."""
        if self._held.pop(run, None) is not None:
            self._rested.add(run)

    def give_back(self, run: RunId) -> None:
        """Nothing of the run is going on here any more."""
        fence = self._held.pop(run, None)
        if fence is None and run not in self._rested:
            return  # it is not held: where a call for it has come, that one is just taking it up
        self._rested.discard(run)
        call = self._calls.pop(run, None)
        if self._gone:
            self._over(call, done=False)
            return
        self._given.append((run, fence, call))
        if self._giving is None:
            self._giving = self._soon(self._give())

    async def _give(self) -> None:
        """Give leases back, those of a moment together."""
        given: list[_Given] = []
        try:
            while self._given:
                given, self._given = self._given, []
                held = [(run, fence) for run, fence, _ in given if fence is not None]
                kept = not await self._released(held)
                for run, fence, call in given:
                    if kept and fence is not None:
                        self._stood.pop(run, None)
                        self._over(call, done=False)  # whoever is called next takes the lease
                    else:
                        await self._given_back(run, call)
        finally:
            self._giving = None
            for _, _, call in given:
                self._over(call, done=False)  # where this was cut off

    async def _released(self, held: Sequence[tuple[RunId, int]]) -> bool:
        try:
            if held:
                await self._sharing.release(held)
        except (StoreAway, NotOpen):
            log.warning("restate.kept_leases", extra={"runs": len(held)})
            return False
        return True

    async def _given_back(self, run: RunId, call: asyncio.Future[bool] | None) -> None:
        before = self._stood.pop(run, 0)
        if call is None:
            return
        now = self._runs_on(run)
        if now is None or run in self._asking or run in self._expected:
            self._over(call, done=True)
        elif self._stopping or now > before:
            # Not this call again: each time it waits for longer.
            self._over(call, done=await self._hand_in(run))
        else:
            self._over(call, done=False)

    def lost(self, run: RunId) -> None:
        """Another process has it, or it has ended."""
        self._held.pop(run, None)
        self._rested.discard(run)
        self._stood.pop(run, None)
        # Where another has it, a call may have joined this one here meanwhile: it is to be made again.
        self._over(self._calls.pop(run, None), done=self._runs_on(run) is None)

    def void(self) -> list[RunId]:
        """This process counted as dead: none of the leases is its own any more."""
        held = list(self._held)
        for run in (*held, *self._rested):
            self._over(self._calls.pop(run, None), done=False)
        self._held.clear()
        self._rested.clear()
        self._stood.clear()
        return held

    @staticmethod
    def _over(call: asyncio.Future[bool] | None, *, done: bool) -> None:
        if call is not None and not call.done():
            call.set_result(done)

    # ── timers ──────────────────────────────────────────────────────────────────────────────────

    async def due(self, at: int, limit: int) -> Sequence[TimerRow]:
        """Due timers: at once those of runs that are known here, others where nobody has fired them for a moment.

        No lease is taken for that, which would outlive a process that dies over it: firing is a compare-and-set, so
        several who try do no harm.
        """
        now, before = asyncio.get_running_loop().time(), self._overdue
        self._overdue = {timer: before.get(timer, now) for timer in await self._due(at, limit)}
        left = at - int(_LEFT * 1e6)  # due before this: whoever should have fired it is not there
        return [
            timer
            for timer, since in self._overdue.items()
            if self._knows(timer.run) or now - since >= _LEFT or (timer.due or at) <= left
        ]

    # ── asking ──────────────────────────────────────────────────────────────────────────────────

    def want(self, run: RunId) -> None:
        """Have Restate call a worker for this run."""
        if run in self._rested and run in self._calls:
            # It was answered while its code let go: the call that made it wait returns, and another is handed in.
            self.give_back(run)
        else:
            self._rested.discard(run)
            self._ask(run)

    def _ask(self, run: RunId) -> None:
        if run in self._asking:
            self._asking[run] = True
        elif not self._gone:
            self._asking[run] = False
            self._tasks.add(self._soon(self._asked(run)))

    async def _asked(self, run: RunId) -> None:
        pause = _SOON
        while True:
            self._asking[run] = False
            done = await self._hand_in(run)
            if done and not self._asking[run]:
                break
            if not done:
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LATER)
        del self._asking[run]

    async def _hand_in(self, run: RunId, *, once: str | None = None) -> bool:
        """Whether Restate has taken it in, or nothing is to be done."""
        try:
            head = await self._head(run)
            if head.status.ended:
                return True
            told = {} if head.status is RunStatus.RUNNING else {"waiting": True}
            service = self._options.service(head.workflow, head.version)
            if once is None:
                self._expected[run] = asyncio.get_running_loop().time()
            try:
                await self._server.call(service, run, told, once=once)
            except NotOffered:
                if (head.workflow, head.version) not in self._known():
                    self._expected.pop(run, None)
                    return True  # nobody has its code: the next worker that does looks for it
                await self._offer()  # it was registered late, or the server has forgotten
                await self._server.call(service, run, told, once=once)
        except RunNotFound:
            return True
        except (RestateAway, NotOffered, StoreAway, NotOpen) as error:
            self._expected.pop(run, None)
            log.warning("restate.put_off", extra={"run": run, "why": str(error)})
            return False
        return True

    # ── looking for what is owed ────────────────────────────────────────────────────────────────

    def work(self) -> None:
        """There may be runs that nobody advances: those who made them so do not ask for them."""
        self._bell.set()

    async def _watch(self) -> None:
        while not self._stopping:
            called = True
            try:
                async with asyncio.timeout(LOOK):
                    await self._bell.wait()
            except TimeoutError:
                called = False
            self._bell.clear()
            try:
                await self._look(at_once=called)
            except NotOpen:
                return
            except StoreAway:
                pass
            except Exception:
                log.exception("restate.look_failed")
            self._forget(asyncio.get_running_loop().time() - _FORGOTTEN)
            if not self._stopping:
                await asyncio.sleep(_BREATH)

    async def _look(self, *, at_once: bool) -> None:
        """Ask for runs that are owed a call: those that others tell of at once, those found by oneself when they are
        still owed at a later look, and all of them again, as long as they are. Several workers may ask for the same:
        it is one call."""
        left = await self._sharing.left(self._known(), _MANY)
        now, before = asyncio.get_running_loop().time(), self._owed
        self._owed = {run: _noted(before.get(run), number, now) for run, number in left}
        for run, owed in self._owed.items():
            if not owed.is_due(now, at_once=at_once) or run in self._asking or run in self._calls:
                continue
            if not await self._hand_in(run, once=f"{run}:{owed.number}:{owed.asked}"):
                return
            owed.asked += 1

    def _forget(self, since: float) -> None:
        for run in [run for run, at in self._expected.items() if at < since]:
            del self._expected[run]

    def _soon(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("restate.failed", exc_info=error)
