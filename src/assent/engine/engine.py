"""Which runs are advanced here, and when.

    a change is durable ──▶ hot?  hand over what it waited for
                            cold and running?  read its journal, run its code over it
    code has come to rest ──▶ stays hot, until others are used more (``hot_runs``)

A run is hot while its code is in memory, and goes on at once when it is answered. A cold run is its journal.
Recovery is nothing special: what was running when the last process ended is read and run again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from contextvars import Context as ContextVars
from contextvars import copy_context
from datetime import datetime
from functools import partial
from typing import Any, Final

from msgspec.structs import replace

from assent.core.journal import (
    Fact,
    RunId,
    RunResumed,
    RunStarted,
    RunWaiting,
    TaskClosed,
    TaskId,
    moment,
)
from assent.core.record import fact_of
from assent.core.run import Run, RunStatus, gives_way, queued, resume
from assent.core.task import HumanTask
from assent.engine.execution import Execution
from assent.engine.hearing import hear
from assent.engine.leases import Holding, Leases, MakeHolding
from assent.engine.programs import Programs
from assent.engine.reading import replay_of
from assent.engine.recovery import Recovery
from assent.engine.rehearsal import Rehearsal, code_of, input_for
from assent.engine.replay import Replay, start_of
from assent.engine.scheduler import Scheduler
from assent.engine.services import Services
from assent.engine.tasks import ended
from assent.engine.threads import Threads
from assent.engine.turnstile import Turnstile
from assent.engine.verbs import Verbs
from assent.errors import AssentError, JournalMismatch, NotOpen, StoreAway, ValueNotKept
from assent.forms import Form
from assent.ledger import FIRST_LEASE, Changed, Ledger
from assent.ports.clock import Clock
from assent.ports.program import Program
from assent.ports.store import Fenced, Lease, Store
from assent.rows import task_of

log = logging.getLogger("assent.engine")

_GRACE: Final = 10.0
_LOOK: Final = 0.01


class RunEngine:
    """The engine of one process."""

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        clock: Clock,
        *,
        hot_runs: int,
        threads: int,
        max_recoveries: int,
        leases: MakeHolding = Leases,
    ) -> None:
        self.programs = Programs()
        self.services = Services(store, ledger, clock, Threads(threads), self.programs, self._soon)
        self._store = store
        self._ledger = ledger
        sharing = store.sharing
        self._leases: Holding | None = (
            None
            if sharing is None
            else leases(sharing, self.programs.all, lambda: self._busy, self._granted)
        )
        self._scheduler = Scheduler(store, ledger, clock, self._leases, self._fired)
        self.turnstile = Turnstile(store, ledger, clock, self.programs.knows)
        self._recovery = Recovery(
            store,
            ledger,
            self._leases,
            most=max_recoveries,
            known=self.programs.all,
            wake=self.wake,
            settle=self._settle,
        )
        self._hot_runs = hot_runs
        self._hot: dict[RunId, Execution] = {}
        self._resting: OrderedDict[RunId, Execution] = OrderedDict()
        self._loading: dict[RunId, list[Changed]] = {}
        self._behind: set[RunId] = set()
        self._background: set[asyncio.Task[Any]] = set()
        self._changes = asyncio.Event()
        self._open = False
        self._context: ContextVars = copy_context()
        ledger.listen(self._on_change)
        ledger.catch_up = self._have_written

    # ── life ────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Take up what an earlier process left unfinished, and start the timers."""
        self._context = copy_context()
        self._open = True
        if self._leases is not None:
            self._ledger.claims = self._claims
            self._ledger.rests = self._leases.until_it_waits
            await self._leases.start()
        await self._recovery.take_up_all()
        await self.services.checks.take_up(self.wake)
        self._scheduler.start()
        self.turnstile.start()

    async def stop(self) -> None:
        """Begin nothing new, let running steps end (ten seconds at most), then let go."""
        self._open = False
        await self._stop_looking()
        for execution in list(self._hot.values()):
            execution.draining = True
            if execution.quiet or execution.at_rest:
                self._let_go(execution)
        busy = [asyncio.ensure_future(e.gone.wait()) for e in self._hot.values()]
        if busy:
            await asyncio.wait(busy, timeout=_GRACE)
        await self._drop_all()
        for waiting in busy:
            waiting.cancel()

    async def abandon(self) -> None:
        """Let go at once, as if the process had died."""
        self._open = False
        await self._stop_looking()
        for execution in self._hot.values():
            execution.abandon()
        await self._drop_all()

    async def _stop_looking(self) -> None:
        await self._scheduler.stop()
        await self.turnstile.stop()
        await self.services.checks.stop()
        if self._leases is not None:
            await self._leases.stop()

    async def _drop_all(self) -> None:
        for execution in list(self._hot.values()):
            self._let_go(execution)
            await execution.stopped_tasks()
        await ended(self._background)
        self.services.threads.close()

    async def idle(self) -> None:
        """Return once nothing moves by itself: every run waits or has ended, and all of it is durable."""
        while not await self._is_idle():
            self._changes.clear()
            change = asyncio.ensure_future(self._changes.wait())
            try:
                await asyncio.wait({change, *self._background}, timeout=_LOOK)
            finally:
                change.cancel()

    async def _is_idle(self) -> bool:
        await self._ledger.idle()
        # Looked at twice, some turns of the loop apart: what was delivered takes a few to reach the code.
        if not (self._at_rest() and await self._scheduler.caught_up()):
            return False
        return self._at_rest() and self._ledger.resting

    def _at_rest(self) -> bool:
        at_rest = all(execution.at_rest for execution in self._hot.values())
        looked_up = self.services.checks.resting and self.turnstile.settled
        return at_rest and self.settled and not self._background and looked_up

    @property
    def settled(self) -> bool:
        """Whether no run is being claimed, called for or given back."""
        return self._leases is None or self._leases.settled

    @property
    def _busy(self) -> int:
        return len(self._hot) - len(self._resting) + len(self._loading)

    def _claims(self, workflow: str, version: str) -> bool:
        """Whether a run that is made here is advanced here."""
        here = self._leases is not None and self._leases.takes_new
        return here and self._open and self.programs.find(workflow, version) is not None

    # ── what is had to advance ──────────────────────────────────────────────────────────────────

    async def _granted(self, lease: Lease, wanted: bool) -> None:
        """This process advances the run from now on; ``wanted``: its code is wanted, also where it only waits."""
        self._ledger.heard({lease.run: lease.number})
        with self._given_back_on_failure(lease.run):
            if lease.lost:
                await self._recovery.take_up(lease.run)
            else:
                await self._again(lease.run, wanted=wanted)

    @contextmanager
    def _given_back_on_failure(self, run: RunId) -> Generator[None]:
        """Where the database is away just now, the run is taken up again later, here or elsewhere."""
        fence = self._fence(run)
        try:
            yield
        except NotOpen:
            raise
        except Fenced:
            self._lost(run, fence)
        except Exception:
            log.exception("run.put_off", extra={"run": run})
            if self._leases is None:
                raise
            self._settle(run)

    def _fence(self, run: RunId) -> int | None:
        return None if self._leases is None else self._leases.fence(run)

    def _lost(self, run: RunId, fence: int | None) -> None:
        """Another process has taken the run over."""
        log.info("run.lost", extra={"run": run})
        if self._leases is not None and self._leases.fence(run) == fence:
            self._leases.lost(run)  # else it was claimed anew meanwhile

    def _have_written(self, run: RunId) -> None:
        execution = self._hot.get(run)
        if execution is not None:
            execution.flush()

    # ── hearing ─────────────────────────────────────────────────────────────────────────────────

    def _on_change(self, changed: Changed) -> None:
        run = changed.run
        self._changes.set()
        self.services.checks.heard(changed)
        self._scheduler.notice(run)
        self.turnstile.notice(run.place)
        made = isinstance(changed.facts[0], RunStarted)
        if self._leases is not None and made and self._claims(run.workflow, run.version):
            self._leases.hold(run.id, FIRST_LEASE)
        rested = self._ledger.rests and isinstance(changed.facts[-1], RunWaiting)
        if self._leases is not None and rested:
            self._leases.rested(run.id)
        if run.id in self._loading:
            self._loading[run.id].append(changed)
            return
        execution = self._hot.get(run.id)
        if execution is not None and rested:
            self._let_go(execution)
        elif execution is not None and not execution.stopped:
            self._hand_over(execution, changed)
        elif execution is not None:
            # What ends a run is told while its code unwinds: then nothing is to be gone on with.
            execution.again = not run.status.ended
        elif run.status is RunStatus.RUNNING and self._open:
            self.wake(run, changed)
        elif made:
            self._settle(run.id)  # it came with a history, and waits
        if run.status.ended:
            self.services.ended(run, changed.facts[-1])

    def _hand_over(self, execution: Execution, changed: Changed) -> None:
        run = changed.run
        if queued(run):
            self._let_go(execution)  # it goes on from its journal, once it has its place
            return
        first = run.number - len(changed.facts) + 1
        if first > execution.told + 1:
            self._soon(self._catch_up(execution))  # others wrote in between
            return
        if execution.kept and isinstance(changed.facts[0], RunResumed):
            execution.told = run.number
            execution.goes_on(said=run.status is RunStatus.WAITING)
            return
        for number, fact in enumerate(changed.facts, first):
            # Else its journal was read after this was written, and before it was told.
            if number > execution.told:
                self._hear(execution, number, fact, moment(run.updated), run.tasks)

    def _hear(
        self,
        execution: Execution,
        number: int,
        fact: Fact,
        at: datetime,
        tasks: Mapping[TaskId, HumanTask],
    ) -> None:
        if hear(execution, number, fact, at, tasks, keeps=self._leases is None):
            self._let_go(execution)

    # ── hearing of other processes ──────────────────────────────────────────────────────────────

    def heard(self, news: Mapping[RunId, int]) -> None:
        """Others have written to these runs, up to these entries."""
        for run, number in news.items():
            execution = self._hot.get(run)
            if run in self._loading:
                self._behind.add(run)
            elif execution is not None and execution.stopped:
                execution.again = True
            elif execution is not None and number > execution.told:
                self._soon(self._catch_up(execution))
        self.turnstile.heard()
        self._changes.set()

    def void(self) -> None:
        """This process counted as dead: others may advance its runs by now."""
        for run in self._leases.void() if self._leases is not None else ():
            execution = self._hot.get(run)
            if execution is not None:
                self._let_go(execution)  # what it still writes is refused
        if self._leases is not None:
            self._leases.work()

    async def _catch_up(self, execution: Execution) -> None:
        """Hand over what others have written."""
        run = execution.run
        tasks: dict[TaskId, HumanTask] = {}
        try:
            if execution.head.place is not None and queued(await self._ledger.newest(run)):
                self._let_go(execution)  # it goes on from its journal, once it has its place
                return
            records = await self._store.journal(run, execution.told)
            facts = [(record, fact_of(record)) for record in records]
            for _, fact in facts:
                if isinstance(fact, TaskClosed) and (stored := await self._store.task(fact.task)):
                    tasks[fact.task] = task_of(stored)
        except StoreAway:
            execution.again = True  # its journal will tell
            self._let_go(execution)
            return
        for record, fact in facts:
            if record.number > execution.told and not execution.stopped:
                self._hear(execution, record.number, fact, moment(record.at), tasks)
        if execution.stopped:
            execution.again = True

    # ── running ─────────────────────────────────────────────────────────────────────────────────

    def wake(self, run: Run, changed: Changed | None = None) -> None:
        """Advance a run that is not hot."""
        if run.id in self._hot or run.id in self._loading or queued(run):
            return
        if self._leases is not None and self._leases.fence(run.id) is None:
            self._leases.want(run.id)
            return
        if changed is not None and len(changed.facts) == run.number:
            replay = Replay(run.id)
            for number, fact in enumerate(changed.facts, 1):
                replay.note(fact, moment(run.updated), number)
            self._begin(run, replay)
            return
        self._loading[run.id] = []
        self._soon(self._load(run.id))

    async def _load(self, run_id: RunId) -> None:
        try:
            # As it was told, not as it will be: a head that is ahead of the journal looks as if things were lost.
            head = self._ledger.told(run_id) or await self._ledger.durable(run_id)
            replay = await replay_of(self._store, head)
            if replay.number > head.number and await self._ledger.outdated(run_id):
                head = await self._ledger.head(run_id)
            late = self._loading[run_id]
            for changed in late:
                head = changed.run
                first = head.number - len(changed.facts) + 1
                for number, fact in enumerate(changed.facts, first):
                    if number > replay.number:
                        replay.note(fact, moment(head.updated), number)
        except JournalMismatch as mismatch:
            self._loading.pop(run_id, None)
            await self._park(run_id, mismatch, self._fence(run_id))
            return
        except Exception:
            self._loading.pop(run_id, None)
            self._settle(run_id)
            raise
        finally:
            self._loading.pop(run_id, None)
        if head.status.ended or head.status is RunStatus.PARKED or queued(head):
            self._settle(run_id)
            return
        if self._leases is not None and self._leases.fence(run_id) is None:
            self._behind.discard(run_id)
            self._go_on(head, wanted=False)  # its lease was lost while it was read
            return
        self._begin(head, replay)
        if run_id in self._behind and (execution := self._hot.get(run_id)):
            self._soon(self._catch_up(execution))
        self._behind.discard(run_id)

    def _begin(self, run: Run, replay: Replay) -> None:
        middleware = self.services.middleware
        execution = Execution(run, replay, self._ledger, self._ended, self._quiet, middleware)
        self._hot[run.id] = execution
        execution.fence = self._fence(run.id)
        program = self.programs.find(run.workflow, run.version)
        if program is None:
            execution.park(self.programs.missing(run))
            return
        try:
            value = input_for(program, replay)
            verbs = Verbs(execution, self.services, run)
        except AssentError as error:
            execution.park(error)
            return
        code = partial(code_of, program, verbs, value)
        begins = middleware and replay.number == (run.place.entry if run.place else 1)
        execution.begin(middleware.begun(run, code) if begins else code(), self._context.copy())

    async def rehearse(self, head: Run) -> AssentError | None:
        """Why the run would be parked if its code went on here; None where it would not."""
        program = self.programs.find(head.workflow, head.version)
        if program is None:
            return self.programs.missing(head)
        try:
            return (await self._rehearsed(head, program)).mismatch
        except JournalMismatch as mismatch:
            return mismatch  # it cannot even be read

    async def _rehearsed(self, head: Run, program: Program) -> Rehearsal:
        rehearsal = Rehearsal(head, await replay_of(self._store, head), self._ledger)
        await rehearsal.play(program, self.services)
        return rehearsal

    def _ended(self, execution: Execution) -> None:
        """An execution has let go, or could not write: its journal says how to go on."""
        if self._hot.get(execution.run) is not execution:
            return  # it was heard already, of an earlier write; by now there may be another one
        del self._hot[execution.run]
        self._resting.pop(execution.run, None)
        execution.arrived.set()
        execution.gone.set()
        self._changes.set()
        if isinstance(execution.crash, Fenced):
            self._lost(execution.run, execution.fence)
            if self._open:
                self._soon(self._again(execution.run))
        elif isinstance(execution.crash, ValueNotKept) and self._open:
            self._soon(self._park(execution.run, execution.crash, execution.fence))
        elif execution.crash is not None and self._open:
            log.error("run.unwritten", extra={"run": execution.run}, exc_info=execution.crash)
            self._soon(self._try_again(execution.run))
        elif execution.cut_off and self._open:
            self._soon(self._taken_up(execution))
        elif execution.again and self._open:
            self._soon(self._again(execution.run))
        else:
            self._settle(execution.run)

    async def _taken_up(self, execution: Execution) -> None:
        await execution.all_written()
        await self._recovery.take_up(execution.run)

    async def _park(self, run: RunId, why: AssentError, fence: int | None) -> None:
        with self._given_back_on_failure(run):
            await self._recovery.park(run, why, fence)

    async def _try_again(self, run: RunId) -> None:
        await asyncio.sleep(1)  # the store refused a write: the disk is full, or the database away
        await self._again(run)

    async def _again(self, run: RunId, *, wanted: bool = False) -> None:
        with self._given_back_on_failure(run):
            self._go_on(await self._ledger.landed(run), wanted=wanted)

    def _go_on(self, head: Run, *, wanted: bool) -> None:
        waits = head.status is RunStatus.WAITING and wanted
        if (head.status is RunStatus.RUNNING or waits) and not queued(head):
            self.wake(head)
        else:
            self._settle(head.id)

    def _fired(self, run: RunId) -> None:
        """A timer of the run has fired: the lease that was claimed for that is of no more use."""
        if not self._ledger.rests:
            self._settle(run)

    def _settle(self, run: RunId) -> None:
        """Where nothing of the run goes on here, others may have it."""
        if self._leases is None or run in self._hot or run in self._loading:
            return
        known = self._ledger.known(run)
        if known is not None and known.status.ended:
            self._leases.lost(run)  # its lease ended with it
        else:
            self._leases.give_back(run)

    def _quiet(self, execution: Execution) -> None:
        """Its code has come to rest: it may stay, or go cold."""
        self._changes.set()
        if execution.draining:
            if execution.quiet or execution.at_rest:
                self._let_go(execution)
            return
        if execution.at_rest and gives_way(self._ledger.known(execution.run)):
            self._let_go(execution)
            return
        self._resting[execution.run] = execution
        self._resting.move_to_end(execution.run)
        while len(self._resting) > self._hot_runs:
            _, oldest = self._resting.popitem(last=False)
            if oldest.quiet and oldest.at_rest:
                self._let_go(oldest)

    def _let_go(self, execution: Execution) -> None:
        execution.stop()
        if self._hot.get(execution.run) is execution:
            self._soon(self._unwound(execution))

    async def _unwound(self, execution: Execution) -> None:
        await execution.stopped_tasks()
        # Or who reads its journal next would not see it, and do it again.
        await execution.all_written()
        if self._hot.get(execution.run) is execution:
            self._ended(execution)

    async def gone(self, run: RunId) -> None:
        """Return once no code of the run is running here."""
        execution = self._hot.get(run)
        if execution is None or (execution.kept and not execution.stopped):
            return
        if execution.stopped or execution.draining:
            await execution.gone.wait()

    def standing(self, head: Run) -> tuple[RunStarted, *tuple[Fact, ...]] | None:
        """The facts from which its code would go on, as it is in memory; None where only its journal tells."""
        execution = self._hot.get(head.id)
        if execution is None or execution.told != head.number or not execution.stands:
            return None
        assert execution.standing is not None
        return (replace(start_of(execution.replay), input=None), *execution.standing())

    def resumed(self, head: Run, by: str | None) -> list[Fact]:
        """End a pause; where nothing has happened to code that was kept, it waits for the same at once."""
        facts = resume(head, by)
        execution = self._hot.get(head.id)
        # One that is let go of was told of something: it does not wait any more, though it is still here.
        stays = execution is not None and execution.kept and not execution.stopped
        if facts and execution is not None and stays and execution.told == head.number:
            facts.append(RunWaiting(on=list(execution.waiting_on)))
        return facts

    # ── what doors need ─────────────────────────────────────────────────────────────────────────

    async def poke(self, run: RunId) -> None:
        """Look up now what the run waits for; a run whose code is not here is taken up for that."""
        if self.services.checks.poke(run) or not self._open:
            return
        head = await self._ledger.head(run)
        if head.status is RunStatus.WAITING and run in await self.services.checks.left_behind():
            self.wake(head)

    async def form(self, run: RunId, key: str) -> Form | None:
        """The form that the code asks under this key; None where the code cannot be asked."""
        head = await self._ledger.head(run)
        if run not in self._hot:
            program = self.programs.find(head.workflow, head.version)
            if program is None or head.status.ended or head.status is RunStatus.PARKED:
                return None
            if self._leases is not None or not self._open or head.place is not None:
                # It is advanced elsewhere, or by nobody just now.
                with suppress(JournalMismatch):  # nobody can read it here: its run will be parked
                    return _form((await self._rehearsed(head, program)).asks_with, key)
                return None
            self.wake(head)
        while run in self._loading:
            self._changes.clear()
            await self._changes.wait()
        execution = self._hot.get(run)
        if execution is None:
            return None
        if key not in execution.forms:
            await execution.arrived.wait()
        return _form(execution.forms, key)

    def _soon(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work, context=self._context.copy())
        self._background.add(task)
        task.add_done_callback(self._background_done)

    def _background_done(self, task: asyncio.Task[Any]) -> None:
        self._background.discard(task)
        self._changes.set()
        error = None if task.cancelled() else task.exception()
        # NotOpen: the store was closed under it, and its journal says how to go on.
        if error is not None and not isinstance(error, NotOpen):
            log.error("engine.failed", exc_info=error)


def _form(forms: Mapping[str, Any], key: str) -> Form | None:
    form: Form | None = forms.get(key)
    return form
