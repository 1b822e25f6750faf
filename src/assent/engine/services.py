"""What the verbs of all runs ask of the process around them: other runs, signals, look-ups elsewhere, live objects."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from typing_extensions import override

from assent.core.journal import Fact, RunFinished, RunId
from assent.core.run import Run
from assent.core.signal import SignalReceipt
from assent.engine.checks import Check, Checks
from assent.engine.execution import Execution
from assent.engine.family import Family
from assent.engine.ground import Engine, MembersOf, nobody_known
from assent.engine.middleware import Middleware
from assent.engine.programs import Programs
from assent.engine.threads import Threads
from assent.errors import NotOpen
from assent.ledger import Ledger
from assent.ports.clock import Clock
from assent.ports.store import Store

Notify: TypeAlias = Callable[..., Awaitable[SignalReceipt]]


class Services(Engine):
    """The services of one process."""

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        clock: Clock,
        threads: Threads,
        programs: Programs,
        soon: Callable[[Any], None],
    ) -> None:
        self.clock = clock
        self.threads = threads
        self.middleware = Middleware()
        self.emitted: Callable[[str, Any], Any] = _as_it_is
        self.public_url = ""
        self.members: MembersOf = nobody_known  # wired in system.py
        self.signal: Notify | None = None  # who takes signals to other runs; wired in system.py
        self.checks = Checks(store, ledger, clock, threads)
        self._ledger = ledger
        self._family = Family(store, ledger, programs)
        self._soon = soon
        self._sessions: dict[RunId, dict[str, Any]] = {}

    # ── signals and look-ups ────────────────────────────────────────────────────────────────────

    @override
    def hook_url(self, token: str) -> str:
        """The address of a webhook."""
        return f"{self.public_url}/api/v1/hooks/{token}"

    @override
    async def notify(
        self, event: str, data: Any, run_id: RunId | None, *, id: str, by: str
    ) -> SignalReceipt:
        """Signal to the runs that wait."""
        if self.signal is None:
            raise NotOpen("The app is not open. Use it within 'async with app:'.")
        return await self.signal(event, data, run_id, id=id, by=by, via="workflow")

    @override
    async def looks_up(self, run: RunId, task: str, check: Check, *, opened: bool) -> None:
        """Look a decision up elsewhere, once the task is there, until it is closed."""
        await self.checks.watch(run, task, check, opened=opened)

    # ── live objects ────────────────────────────────────────────────────────────────────────────

    @override
    def session_of(self, run: RunId) -> MutableMapping[str, Any]:
        """The live objects of a run."""
        return self._sessions.setdefault(run, {})

    def session_there(self, run: RunId) -> MutableMapping[str, Any]:
        """The live objects of a run, where it has any."""
        return self._sessions.get(run, {})

    def forget_session(self, run: RunId) -> None:
        """Let go of the live objects of a run."""
        self._sessions.pop(run, None)

    # ── other runs ──────────────────────────────────────────────────────────────────────────────

    @override
    def check_child(self, workflow: Any, value: Any) -> None:
        """Refuse to run a workflow that is not known, or with an input that does not fit it."""
        self._family.checked(workflow, value)

    @override
    async def start_child(
        self, parent: Execution, key: str, workflow: Any, value: Any, id: str
    ) -> None:
        """Start a run that the parent waits for, in one transaction with the parent's waiting."""
        await self._family.start(parent, key, workflow, value, id)

    @override
    def end(self, run: RunId, decide: Callable[[Run, datetime], Sequence[Fact]]) -> None:
        """Record what ends a run: its parent learns it too, and the runs below it end."""
        self._soon(
            self._ledger.end(run, lambda head, at: [] if head.status.ended else decide(head, at))
        )

    @override
    def cut_off_child(self, parent: RunId, key: str, child: RunId) -> None:
        """End a run that the parent no longer waits for; more than once is harmless."""
        self._soon(self._family.cut_off(parent, key, child))

    def ended(self, run: Run, last: Fact) -> None:
        """A run has ended: nobody asks for its live objects any more, and the middleware is told how."""
        self.forget_session(run.id)
        if self.middleware and isinstance(last, RunFinished):
            self._soon(self.middleware.completed(run, last))


def _as_it_is(name: str, data: Any) -> Any:
    return data
