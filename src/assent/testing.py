"""Testing your own workflows: a clock moved by hand, people by script, crashes on demand.

    async with Harness(app) as h:
        run = await h.start(refund, order)
        await h.advance("5h")
        await h.person("bob").approves("refund")
        run = await h.crash_and_restart()
        assert (await run.result()).status == "paid"

Everything else is real: the engine, the journal, a database file (in a temporary directory, unless one is given).
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar, overload

from assent.app import App
from assent.authoring.functions import Workflow
from assent.core.durations import Duration, duration
from assent.core.journal import moment
from assent.core.record import Record
from assent.human.inbox import Inbox
from assent.human.receipt import Receipt
from assent.human.view import TaskView
from assent.ports.rows import Write
from assent.runs.handle import RunHandle

R = TypeVar("R")
START: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # a Monday morning
_TICK: Final = 0.05
_PATIENCE: Final = 10  # ticks without a sign of life


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._count = itertools.count()

    def now(self) -> datetime:
        """The moment it was moved to."""
        return self._now

    async def sleep_until(self, when: datetime) -> None:
        """Return once the clock has been moved there."""
        if when <= self._now:
            return
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (when, next(self._count), waking))
        await waking

    def move_to(self, when: datetime) -> None:
        """Move it forward; wakes whoever slept until then."""
        self._now = max(self._now, when)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            waking = heapq.heappop(self._sleepers)[2]
            if not waking.done():
                waking.set_result(None)

    def next_waking(self) -> datetime | None:
        """When the next sleeper wakes."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None


class Harness:
    """An app under test."""

    def __init__(
        self, app: App, *, database: str | None = None, start: datetime = START, full: bool = False
    ) -> None:
        self.app = app
        self.clock = FakeClock(start)
        self._before = app.settings
        self._directory = (
            tempfile.TemporaryDirectory(prefix="assent-") if database is None else None
        )
        where = (
            database
            or f"sqlite:///{Path(self._directory.name if self._directory else '') / 'test.db'}"
        )
        durability = "full" if full else "process"
        self._settings = replace(app.settings, database=where, durability=durability)
        self._latest: str | None = None
        self._commits = 0
        self._death: tuple[int, bool] | None = None
        self.died = asyncio.Event()

    async def __aenter__(self) -> Harness:
        await self.open()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._close()
        self.app.reconfigure(settings=self._before)
        if self._directory is not None:
            self._directory.cleanup()

    async def _close(self) -> None:
        """Close the app in good order, unless it dies over that."""
        if not self.app.is_open:
            return
        system = self.app.system
        if not self.died.is_set():
            closing = asyncio.ensure_future(self.app.close())
            dead = asyncio.ensure_future(self.died.wait())
            await asyncio.wait({closing, dead}, return_when=asyncio.FIRST_COMPLETED)
            dead.cancel()
            if closing.done():
                closing.result()
                return
            closing.cancel()
            await asyncio.wait({closing})
        await system.abandon()
        await self.app.forget()

    async def open(self) -> None:
        """Open the app, as a new process would: after ``crash``, say."""
        self.app.reconfigure(settings=self._settings, clock=self.clock)
        await self.app.open()
        self._watch_commits()

    # ── runs ────────────────────────────────────────────────────────────────────────────────────

    @overload
    async def start(
        self,
        workflow: Workflow[R],
        input: Any = None,
        *,
        id: str | None = None,
        by: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> RunHandle[R]: ...
    @overload
    async def start(
        self,
        workflow: str,
        input: Any = None,
        *,
        id: str | None = None,
        by: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> RunHandle[Any]: ...
    async def start(
        self,
        workflow: Workflow[Any] | str,
        input: Any = None,
        *,
        id: str | None = None,
        by: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> RunHandle[Any]:
        """Start a run, and let it come to rest."""
        run = await self.app.start(workflow, input, id=id, by=by, labels=labels)
        self._latest = run.id
        await self.rest()
        return run

    def run(self, id: str | None = None) -> RunHandle[Any]:
        """A run by its id; without one, the run that was started last."""
        wanted = id or self._latest
        if wanted is None:
            raise AssertionError("No run was started yet: call h.start(workflow, input) first.")
        return self.app.run(wanted)

    @property
    def inbox(self) -> Inbox:
        """Where people answer."""
        return self.app.inbox

    def person(self, name: str) -> Person:
        """Somebody who answers."""
        return Person(name, self)

    # ── time ────────────────────────────────────────────────────────────────────────────────────

    async def run_until_idle(self) -> None:
        """Return once nothing moves by itself."""
        idle = asyncio.ensure_future(self._idle())
        dead = asyncio.ensure_future(self.died.wait())
        try:
            await asyncio.wait({idle, dead}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            idle.cancel()
            dead.cancel()
        if not dead.done() and idle.done() and not idle.cancelled():
            idle.result()

    async def _idle(self) -> None:
        await self.app.system.engine.idle()
        await self.app.system.notifier.idle()

    async def advance(self, length: Duration) -> None:
        """Move the clock on; whatever comes due on the way happens at its own moment, in order."""
        target = self.clock.now() + duration(length)
        while True:
            await self.rest()
            if self.died.is_set():
                return
            moments = [await self._next_timer(), self.clock.next_waking()]
            soonest = min((when for when in moments if when is not None), default=None)
            if soonest is None or soonest > target:
                break
            self.clock.move_to(soonest)
        self.clock.move_to(target)
        await self.rest()

    async def _next_timer(self) -> datetime | None:
        due = await self.app.store.next_due()
        return None if due is None else moment(due)

    async def rest(self) -> None:
        """Idle, or as good as: a step may hang until its timeout, which only the clock can bring."""
        seen, still = -1, 0
        while still < _PATIENCE:
            with suppress(TimeoutError):
                async with asyncio.timeout(_TICK):
                    await self.run_until_idle()
                return
            moved = self._commits != seen or self._works
            seen, still = self._commits, 0 if moved else still + 1

    @property
    def _works(self) -> bool:
        """Whether there is work that ends by itself, however long it takes."""
        system = self.app.system
        still = system.ledger.resting and system.engine.settled
        return not still or system.notifier.sending

    # ── crashes ─────────────────────────────────────────────────────────────────────────────────

    async def crash(self) -> None:
        """End the process, as far as the app can tell: what is not durable is lost."""
        await self._abandon()
        self.died.clear()
        self._death = None

    async def crash_and_restart(self) -> RunHandle[Any]:
        """Crash, and open the app again on the same database; returns the run that was started last."""
        await self.crash()
        await self.open()
        await self.rest()
        return self.app.run(self._latest or "")

    async def restart(self) -> RunHandle[Any]:
        """Close the app in good order, and open it again."""
        await self.app.close()
        await self.open()
        await self.rest()
        return self.app.run(self._latest or "")

    def dies_at(self, commit: int, *, written: bool) -> None:
        """Let the process die at the n-th commit from now on: just before it, or (``written``) just after."""
        self._death = (self._commits + commit, written)

    @property
    def commits(self) -> int:
        """How many commits the app has submitted so far."""
        return self._commits

    async def _abandon(self) -> None:
        system = self.app.system
        await system.abandon()
        await self.app.forget()

    def _watch_commits(self) -> None:
        store = self.app.system.store
        commit = store.commit

        def counted(writes: Sequence[Write]) -> Awaitable[Sequence[Record]]:
            self._commits += 1
            if self._death is None or self._commits < self._death[0]:
                return commit(writes)
            never: asyncio.Future[Sequence[Record]] = asyncio.get_running_loop().create_future()
            if self._commits == self._death[0] and self._death[1]:
                last = asyncio.ensure_future(commit(writes))
                last.add_done_callback(self._died_over)
            else:
                self.died.set()
            return never

        store.commit = counted  # type: ignore[method-assign]

    def _died_over(self, last: asyncio.Future[Sequence[Record]]) -> None:
        """The last commit is done; whether it was refused, nobody learns any more."""
        if not last.cancelled():
            last.exception()
        self.died.set()


class Person:
    """Somebody who answers, by script. Each method looks for the open task with this key in all runs."""

    def __init__(self, name: str, harness: Harness) -> None:
        self.name = name
        self._harness = harness

    async def approves(self, key: str, reason: str | None = None) -> Receipt:
        """Say yes."""
        return await self._acts(key, lambda i, t: i.approve(t, by=self.name, reason=reason))

    async def rejects(self, key: str, reason: str | None = None) -> Receipt:
        """Say no."""
        return await self._acts(key, lambda i, t: i.reject(t, by=self.name, reason=reason))

    async def edits(self, key: str, value: Any, reason: str | None = None) -> Receipt:
        """Say yes to another value."""
        return await self._acts(key, lambda i, t: i.edit(t, value, by=self.name, reason=reason))

    async def answers(self, key: str, value: Any) -> Receipt:
        """Fill the form."""
        return await self._acts(key, lambda i, t: i.answer(t, value, by=self.name))

    async def chooses(self, key: str, value: Any) -> Receipt:
        """Choose."""
        return await self.answers(key, value)

    async def claims(self, key: str) -> Receipt:
        """Take the task on."""
        return await self._acts(key, lambda i, t: i.claim(t, by=self.name))

    async def releases(self, key: str) -> Receipt:
        """Give the task back."""
        return await self._acts(key, lambda i, t: i.release(t, by=self.name))

    async def comments(self, key: str, text: str) -> Receipt:
        """Write something about the task."""
        return await self._acts(key, lambda i, t: i.comment(t, text, by=self.name))

    async def sees(self) -> tuple[TaskView, ...]:
        """The open tasks that are assigned to nobody or to this person by name."""
        await self._harness.rest()
        page = await self._harness.inbox.tasks(limit=500)
        return tuple(task for task in page.items if not task.to or self.name in task.to)

    async def _acts(self, key: str, act: Callable[[Inbox, str], Awaitable[Receipt]]) -> Receipt:
        await self._harness.rest()
        inbox = self._harness.inbox
        tasks = (await inbox.tasks(limit=500)).items
        matching = [
            task for task in tasks if key in (task.key, task.id, "/".join([*task.path, task.key]))
        ]
        if not matching:
            known = ", ".join(sorted({task.key for task in tasks})) or "none"
            raise AssertionError(f"{self.name} finds no open task {key!r}; open are: {known}.")
        receipt = await act(inbox, matching[-1].id)
        await self._harness.rest()
        return receipt
