"""One run being advanced: the task that runs its code, what it waits for, what it has yet to write.

    code ──verb──▶ append(fact) ──flush──▶ ledger          facts of one turn of the loop share a write
    code ──verb──▶ wait(key) ◀──deliver── engine           answered, fired, finished
                     │
                     └─ nothing moves any more: RunWaiting, in the same write as what opened the waits

Results are written before the next side effect begins, not before the code goes on: ``saved`` is the barrier.
An execution stops in one way: its tasks are cancelled, and every verb raises ``Waiting`` from then on. The journal
has all that is needed to go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextvars import Context as ContextVars
from datetime import datetime
from functools import partial
from typing import Any, Final
from weakref import ref

from assent.core.journal import (
    EventEmitted,
    EventSent,
    Fact,
    HookOpened,
    RunFinished,
    RunParked,
    RunWaiting,
    StepFailed,
    StepFinished,
    StepStarted,
    ValueRecorded,
)
from assent.core.run import Run, RunStatus, finish, fitted
from assent.core.task import HumanTask
from assent.core.values import unpack_or_plain
from assent.engine.branch import Branch, current
from assent.engine.ending import failed, succeeded
from assent.engine.middleware import Middleware
from assent.engine.outgoing import Outgoing
from assent.engine.replay import Replay, Slot
from assent.errors import AssentError, JournalMismatch, ValueUnreadable, Waiting
from assent.ledger import Ledger

_CANCELLED: Final = asyncio.CancelledError("What the workflow waited for was cancelled.")
_RESULTS: Final = (StepFinished, StepFailed, ValueRecorded, EventEmitted, EventSent, HookOpened)
_MANY: Final = 128  # facts in one write, where the store does not outlive the process
# Seconds within which another one is to come up, or a step that began is to end.
_MOMENT: Final = 0.005
_STILL: Final = 3  # of them without another one: what came up is written
_MOMENTS: Final = 16  # of them at most, however many come up
_HOPS: Final = 3  # turns of the loop that a finished branch takes to wake the one that gathers it


class Execution:
    """A run while it is hot."""

    def __init__(
        self,
        run: Run,
        replay: Replay,
        ledger: Ledger,
        ended: Callable[[Execution], None],
        quiet: Callable[[Execution], None],
        middleware: Middleware,
    ) -> None:
        self.run = run.id
        self.replay = replay
        self.head = run  # as it stood when this began
        self.middleware = middleware
        self.labels = run.labels
        self.stopped = False
        self.draining = run.status is RunStatus.PAUSED
        self.waits: dict[str, asyncio.Future[Any]] = {}
        self.forms: dict[str, Any] = {}
        self.main = Branch("", lines=replay.lines)
        # The branches that run beside the main line, but for those that the code numbers itself.
        self.alive: dict[str, asyncio.Task[Any]] = {}
        self.task: asyncio.Task[Any] | None = None
        self.tasks: set[asyncio.Task[Any]] = set()
        self.inflight = 0  # steps that run, or rest before they are tried again
        self.resting = 0
        self.crash: BaseException | None = None
        # Up to which entry it was told what happened; its journal may have been read beyond that.
        self.told = min(run.number, replay.number)
        self.again = False
        # Says from which facts its code would go on; only code that can may stay in memory over a pause.
        self.standing: Callable[[], Sequence[Fact]] | None = None
        self.kept = False  # paused, and in memory as it is
        self.arrived = asyncio.Event()
        self.gone = asyncio.Event()
        self._ledger = ledger
        self._outgoing = Outgoing(run.id, ledger)
        self._ended = ended
        self._quiet = quiet
        self._loop = asyncio.get_running_loop()
        self._buffer: list[Fact] = []
        self._appended = self._saved = self._results = 0
        self._savers: list[tuple[int, asyncio.Future[None]]] = []
        self._flushing = False
        # When the beginning of a step is written at the latest.
        self._alarm: asyncio.TimerHandle | None = None
        self._lasting = ledger.lasting
        self._given_up: list[Callable[[Run, datetime], Sequence[Fact]]] = []
        self.cut_off = False
        self._announced: list[str] | None = None
        self._parting: object = None  # the write under way that gives the lease back
        self._staying: list[asyncio.Future[None]] = []
        self._branches = 1
        self._generation = 0

    @property
    def fence(self) -> int | None:
        """The lease under which it writes, where processes share the store."""
        return self._outgoing.fence

    @fence.setter
    def fence(self, fence: int | None) -> None:
        self._outgoing.fence = fence

    # ── running ─────────────────────────────────────────────────────────────────────────────────

    def begin(self, code: Coroutine[Any, Any, Any], context: ContextVars) -> None:
        """Run the code as a task of its own."""
        context.run(current.set, self.main)
        self.task = self._loop.create_task(code, context=context)
        self.main.task = ref(self.task)
        self.tasks.add(self.task)
        self.task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        # It keeps what it was cancelled with, and that its frames, which have this.
        self.task = None
        if self.stopped:
            if not task.cancelled():
                task.exception()
            return
        if task.cancelled() and task.cancelling():
            # Nobody here asked for that: the loop is being torn down. The journal knows how to go on.
            self.cut_off = True
            self.stop()
            self._ended(self)
            return
        error = _CANCELLED if task.cancelled() else task.exception()
        if error is None:
            self._returned(task.result())
        elif isinstance(error, ValueUnreadable):
            self.park(JournalMismatch(str(error)))
        elif (key := self.replay.unasked("")) is not None:
            # It got further before: this is another code, not what the workflow made of its results.
            self._ended_before(key, f"raised {type(error).__name__}: {error},")
        else:
            self._finish(failed(error))

    def _returned(self, output: object) -> None:
        if self.replay.slots and (left := self.replay.leftovers()):
            self._ended_before(left[0], "ended")
        else:
            self._finish(succeeded(output))

    def _ended_before(self, key: str, how: str) -> None:
        why = (
            f"Run {self.run!r} recorded {key!r}, but the code {how} without asking for it. "
            "Restore the old code, or register the change as a new version."
        )
        self.park(JournalMismatch(why))

    def _finish(self, finished: RunFinished) -> None:
        self._give_up()
        self.stop()
        facts, self._buffer = self._buffer, []
        self._write(lambda run, at: [*facts, *finish(run, finished)], ends=True)

    def park(self, why: AssentError) -> None:
        """Code and journal disagree: nothing runs until an engineer has looked."""
        self.stop()
        parked = RunParked(code=why.code, reason=str(why))
        self._buffer.clear()
        self._write(lambda run, at: [parked] if run.status is not RunStatus.PARKED else [])

    def stop(self) -> None:
        """Let go of the code; it goes on from the journal, here or elsewhere.

        The main task is cancelled, and cancels what it gathers: once, so that what cleans up is not cut off.
        """
        if self.stopped:
            return
        self.stopped = True
        self._disarm()
        self.standing = (
            None  # it holds what holds this: a circle would wait for the garbage collector
        )
        if self.task is None or self.task.done() or self.task is asyncio.current_task():
            self._cancel_others()
        else:
            self.task.cancel()

    async def stopped_tasks(self) -> None:
        """Return once all code of the run has unwound."""
        here = asyncio.current_task()
        if self.task is not None and not self.task.done() and self.task is not here:
            await asyncio.wait([self.task])
        self._cancel_others()
        if pending := [task for task in self.tasks if task is not here]:
            await asyncio.wait(pending)

    async def all_written(self) -> None:
        """Return once nothing that the code said is still on its way into the journal."""
        await self._outgoing.all_written()

    def abandon(self) -> None:
        """Write nothing more, as if the process had died."""
        self._outgoing.abandon()

    def _cancel_others(self) -> None:
        here = asyncio.current_task()
        for task in list(self.tasks):
            if task is not here and not task.cancelling():
                task.cancel()

    # ── writing ─────────────────────────────────────────────────────────────────────────────────

    def append(self, fact: Fact) -> None:
        """Record a fact; it is written at the end of this turn of the loop."""
        if self.stopped:
            raise Waiting
        if self._given_up:
            self._give_up()
        self._buffer.append(fact)
        self.replay.keeping.keep(fact, getattr(fact, "key", None))
        self._appended += 1
        if isinstance(fact, _RESULTS):
            self._results = self._appended
        self._announced = None
        if self._branches > 1:
            self.settle()
        if not self._lasting:
            self._collect()
        elif isinstance(fact, StepStarted):
            self._begun()
        elif not self._flushing:
            self._flushing = True
            # Two turns: what the code does next, having gone on at once, belongs to the same write.
            self._loop.call_soon(self._loop.call_soon, self.flush)

    def _begun(self) -> None:
        """A step began, and nobody waits for that to be written: what soon comes of it is one write with it."""
        if self._alarm is None:
            self._alarm = self._loop.call_later(_MOMENT, self.flush)

    def _disarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _collect(self) -> None:
        """Nothing outlives this process: what comes up in a moment is one write, unless somebody waits for it."""
        if len(self._buffer) >= _MANY:
            self.flush()
        elif not self._flushing:
            self._flushing = True
            self._loop.call_later(_MOMENT, self._collected, self._appended, _STILL, _MOMENTS)

    def _collected(self, seen: int, still: int, left: int) -> None:
        """A moment later, or a turn of a busy loop: while the code goes on, more will come up."""
        still = still - 1 if self._appended == seen else _STILL
        if not still or not left:
            self.flush()
        elif self._buffer:
            self._loop.call_later(_MOMENT, self._collected, self._appended, still, left - 1)

    @property
    def all_results_saved(self) -> bool:
        """Whether every result so far is durable, or as durable as it will ever be."""
        return self._saved >= self._results or not self._lasting

    async def saved(self) -> None:
        """Return once every result so far is durable."""
        if self._saved >= self._results:
            return
        wanted = self._results
        self.flush()
        if self._saved < wanted:
            saver: asyncio.Future[None] = self._loop.create_future()
            self._savers.append((wanted, saver))
            try:
                await saver
            except asyncio.CancelledError:
                # Its branch was given up: nothing goes on once this is saved, so nothing moves because of it.
                self._savers = [(upto, other) for upto, other in self._savers if other is not saver]
                raise

    async def all_saved(self) -> None:
        """Return once everything appended is durable."""
        self._results = self._appended
        await self.saved()

    def flush(self) -> None:
        """Write what has come up."""
        self._flushing = False
        self._disarm()
        if not self._buffer or self.stopped:
            return
        facts, self._buffer = self._buffer, []
        upto = self._appended
        self._write(lambda run, at: fitted(run, self._unless_gone_on(facts, upto)), upto=upto)

    def _unless_gone_on(self, facts: list[Fact], upto: int) -> list[Fact]:
        """Without saying that it waits where it gives the lease back by that, and has gone on since: written late."""
        gone_on = self._ledger.rests and self._appended > upto
        return facts[:-1] if gone_on and isinstance(facts[-1], RunWaiting) else facts

    def _write(
        self,
        decide: Callable[[Run, datetime], Sequence[Fact]],
        *,
        upto: int = 0,
        ends: bool = False,
    ) -> None:
        write = object()  # not ``wanted``, which would hold itself: a circle

        def wanted(run: Run, at: datetime) -> Sequence[Fact]:
            # Cancelled or timed out from outside: late results are refused.
            said = () if run.status.ended else decide(run, at)
            self._parts(write, said)
            return said

        self._outgoing.write(wanted, partial(self._written, upto), ends=ends)

    def _parts(self, write: object, said: Sequence[Fact]) -> None:
        """See whether this write gives the lease back: then this is the end of it, unless another was faster."""
        if self._ledger.rests and said and isinstance(said[-1], RunWaiting):
            self._parting = write
        elif self._parting is write:
            self._parting = None
            staying, self._staying = self._staying, []
            for stays in staying:
                if not stays.done():
                    stays.set_result(None)

    def fail_to_write(self, error: BaseException) -> None:
        """What its code wanted did not get into the journal: it goes on from there, here or elsewhere."""
        self.crash = None if isinstance(error, asyncio.CancelledError) else error
        self.stop()
        self._ended(self)

    def _written(self, upto: int, error: BaseException | None) -> None:
        if error is not None:
            self.fail_to_write(error)
            return
        if upto:
            self._saved = max(self._saved, upto)
            while self._savers and self._savers[0][0] <= self._saved:
                saver = self._savers.pop(0)[1]
                if not saver.done():
                    saver.set_result(None)
        if self.stopped and not upto:
            self._ended(self)
        elif (self._announced is not None or self.draining) and self.quiet and not self.stopped:
            self._quiet(self)

    def gives_up(self, decide: Callable[[Run, datetime], Sequence[Fact]]) -> None:
        """A branch was cancelled while it waited or worked: record so once the rest of the code goes on.

        Not before: where all of it is being cancelled, the process is ending, and nothing was given up.
        """
        self._given_up.append(decide)

    def _give_up(self) -> None:
        given_up, self._given_up = self._given_up, []
        for decide in given_up:
            self.also(decide)

    def also(self, decide: Callable[[Run, datetime], Sequence[Fact]]) -> None:
        """Write what depends on how the run stands, after all that was appended."""
        self.flush()
        self._write(decide, upto=self._appended)

    # ── pauses ──────────────────────────────────────────────────────────────────────────────────

    @property
    def stands(self) -> bool:
        """Whether nothing of it moves or is on its way, and its code can say from where it would go on."""
        still = self.at_rest and not self.inflight and not self._outgoing
        return still and self.standing is not None and not self.stopped

    @property
    def waiting_on(self) -> Sequence[str]:
        """What it has said that it waits for."""
        return self._announced or ()

    def goes_on(self, *, said: bool) -> None:
        """The pause is over, and what it waits for is still to come; ``said``: the journal says so already."""
        self.kept = self.draining = False
        if not said:
            self._announced = None
            self.settle()

    # ── asking the journal ──────────────────────────────────────────────────────────────────────

    def branch(self) -> Branch:
        """The branch this code runs in; a task seen for the first time becomes a new one."""
        if self.stopped:
            raise Waiting
        branch = current.get()
        task = asyncio.current_task(self._loop)
        if branch.task is not None:
            if task is not None and branch.task() is task:
                return branch
            branch = branch.child(by_itself=True)
            current.set(branch)
        if task is None:
            return branch
        branch.task = ref(task)
        if task not in self.tasks:
            self._branches += 1
            self.tasks.add(task)
            self.replay.keeping.begun(branch.path)
            if not branch.numbered:
                self.alive[branch.path] = task
            task.add_done_callback(partial(self._branch_done, branch.path))
        return branch

    def alive_below(self, branch: Branch) -> list[int]:
        """The numbers of the branches right below this one that would have to begin again."""
        path = branch.path
        for ended in [each for each, task in self.alive.items() if task.done()]:
            self.over(ended)
        begun = [
            int(number)
            for each in self.alive
            if each.startswith(path) and (number := each[len(path) : -1]).isdigit()
        ]
        return sorted([*begun, *branch.again])

    def over(self, path: str) -> None:
        """Nobody asks any more for what a branch has recorded."""
        self.alive.pop(path, None)
        self.replay.keeping.ended(path)

    def _branch_done(self, path: str, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        self.over(path)
        self.settle()

    def recorded(self, branch: Branch, key: str, kind: str) -> Slot | None:
        """What the journal has under this key; a disagreement parks the run at once."""
        try:
            return self.replay.take(branch, key, kind)
        except JournalMismatch as mismatch:
            self.park(mismatch)
            raise Waiting from mismatch

    async def hang(self) -> None:
        """Wait to be cancelled."""
        await self._loop.create_future()

    # ── waiting ─────────────────────────────────────────────────────────────────────────────────

    def expect(self, key: str) -> asyncio.Future[Any]:
        """From now on, what is delivered under this key is kept for who waits for it."""
        waiting: asyncio.Future[Any] = self._loop.create_future()
        self.waits[key] = waiting
        return waiting

    async def wait(
        self, key: str, opening: Fact | None = None, waiting: asyncio.Future[Any] | None = None
    ) -> Any:
        """What is delivered under this key."""
        waiting = waiting or self.expect(key)
        if opening is not None and self.middleware:
            await self._told("before_execution", opening)
        self._flushing = True  # the flush comes with the settling, in one write
        if opening is not None:
            self.append(opening)
        self.settle()
        try:
            outcome = await waiting
        finally:
            self.waits.pop(key, None)
        if opening is not None and self.middleware:
            await self._told("after_execution", opening, result=_seen(outcome))
        return outcome

    async def _told(self, callback: str, opening: Fact, **told: Any) -> None:
        """Call middleware around a wait; meanwhile the run does not look as if it rested."""
        key = str(getattr(opening, "key", ""))
        name = str(getattr(opening, "name", key))
        kind = opening.kind.partition(".")[0]
        self.inflight += 1
        try:
            await self.middleware.tell(callback, self.head, step=name, key=key, kind=kind, **told)
        finally:
            self.inflight -= 1
            self.settle()

    def deliver(self, key: str, outcome: object) -> bool:
        """Hand over what a wait was for; whether somebody waited."""
        waiting = self.waits.get(key)
        if waiting is None or waiting.done():
            return False
        waiting.set_result(outcome)
        self._announced = None
        return True

    def settle(self) -> None:
        """Something began, ended or was written: once nothing follows from it, see whether all is at rest.

        What a branch's end sets in motion takes a few turns of the loop to arrive; each sign of life starts anew.
        """
        if self.waits and not self.stopped:
            self._generation += 1
            hops = 0 if self._branches == 1 else _HOPS
            self._loop.call_soon(self._count_down, hops, self._generation)

    def _count_down(self, hops: int, generation: int) -> None:
        if self.stopped or generation != self._generation:
            return
        if hops:
            self._loop.call_soon(self._count_down, hops - 1, generation)
        else:
            self._settled()

    def _settled(self) -> None:
        """Say what is waited for, in the same write as what opened it, unless something still moves."""
        waits = [key for key, waiting in self.waits.items() if not waiting.done()]
        moves = self.inflight or self._savers or len(waits) < len(self.waits)
        if self._given_up:
            self._give_up()
        if waits and not moves and self._announced != waits:
            self._buffer.append(RunWaiting(on=waits))
            self._appended += 1
            self._announced = waits
        self.flush()
        self.arrived.set()

    @property
    def holds(self) -> bool:
        """Whether nothing new is to begin: the run is paused, or its lease is on its way back because it waits."""
        return self.draining or self._parting is not None

    async def hold(self) -> None:
        """Return once something new may begin."""
        while self._parting is not None and not self.stopped:
            stays: asyncio.Future[None] = self._loop.create_future()
            self._staying.append(stays)
            await stays
        if self.draining:
            self._quiet(self)
            if self.stopped:
                raise Waiting
            await self.hang()

    @property
    def quiet(self) -> bool:
        """Whether the code could be let go of without losing anything."""
        return not self.inflight and not self._buffer and self._saved >= self._results

    @property
    def at_rest(self) -> bool:
        """Whether nothing of the run moves before something is delivered, or a rest between attempts is over."""
        delivered = any(waiting.done() for waiting in self.waits.values())
        moves = self.inflight - self.resting or self._savers
        told = self._announced is not None or bool(self.resting)
        return told and not moves and not self._buffer and not delivered


def _seen(outcome: object) -> Any:
    """What came of a wait, as middleware sees it: the data of a signal or a child, the outcome of a task."""
    match outcome:
        case Slot():
            return unpack_or_plain(outcome.value)
        case HumanTask():
            return outcome.closing.outcome if outcome.closing else None
        case _:
            return None
