"""What the verbs stand on: the execution they are part of, the run, the engine, and the rules all of them keep."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, MutableMapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, NoReturn, TypeAlias

from assent.core.journal import Fact
from assent.core.policy import NOBODY_KNOWN, Members
from assent.core.run import Run
from assent.core.signal import SignalReceipt
from assent.core.values import Json, pack, unpack
from assent.engine import steps
from assent.engine.branch import Branch
from assent.engine.checks import Check
from assent.engine.execution import Execution
from assent.engine.middleware import Middleware
from assent.errors import (
    JournalMismatch,
    NestedVerb,
    StoreAway,
    ValueNotKept,
    ValueUnreadable,
    Waiting,
)
from assent.ports.clock import Clock
from assent.ports.store import Fenced

# Who is in these groups, where that is known; the second is who asks.
MembersOf: TypeAlias = Callable[[Sequence[str], str | None], Awaitable[Members]]


async def nobody_known(to: Sequence[str], requester: str | None) -> Members:
    """Of no group is it known who is in it."""
    return NOBODY_KNOWN


_TURNS: Final = 50  # of the loop, until all branches have come as far as they are recorded


class Engine:
    """What the verbs need of the process around them; see ``assent.engine.services``."""

    clock: Clock
    threads: Any
    middleware: Middleware
    emitted: Callable[[str, Any], Any]  # reads what a workflow tells, by the channel's type
    members: MembersOf

    def check_child(self, workflow: Any, value: Any) -> None:
        """Refuse to run a workflow that is not known, or with an input that does not fit it."""
        raise NotImplementedError

    async def start_child(
        self, parent: Execution, key: str, workflow: Any, value: Any, id: str
    ) -> None:
        """Start (or take up again) a run that the parent waits for."""
        raise NotImplementedError

    def end(self, run: str, decide: Callable[[Run, datetime], Sequence[Fact]]) -> None:
        """Record what ends a run: its parent learns it too, and the runs below it end."""
        raise NotImplementedError

    def cut_off_child(self, parent: str, key: str, child: str) -> None:
        """End a run that the parent no longer waits for; more than once is harmless."""
        raise NotImplementedError

    def hook_url(self, token: str) -> str:
        """The address of a webhook."""
        raise NotImplementedError

    async def notify(
        self, event: str, data: Any, run_id: str | None, *, id: str, by: str
    ) -> SignalReceipt:
        """Signal to the runs that wait."""
        raise NotImplementedError

    async def looks_up(self, run: str, task: str, check: Check, *, opened: bool) -> None:
        """Look a decision up elsewhere, once the task is there, until it is closed."""
        raise NotImplementedError

    def session_of(self, run: str) -> MutableMapping[str, Any]:
        """The live objects of a run."""
        raise NotImplementedError


class Ground:
    """What each group of verbs shares with the others of one execution."""

    __slots__ = ("clock", "engine", "execution", "head")

    def __init__(self, execution: Execution, engine: Engine, run: Run) -> None:
        self.execution = execution
        self.engine = engine
        self.clock = engine.clock
        self.head = run  # as it stood when this execution began

    def outside_steps(self, verb: str) -> None:
        """Refuse a verb inside a step, before anything is recorded."""
        step = steps.running.get()
        if step is not None and step.run_id == self.head.id:
            raise NestedVerb(verb, step.key)

    @contextmanager
    def written_elsewhere(self) -> Generator[None]:
        """What is written beside the run's own entries: that the database is away is nothing to its code.

        Nor that another process has the run by now. The code is let go of, as where an entry cannot be written.
        """
        try:
            yield
        except (StoreAway, Fenced) as error:
            if not self.execution.stopped:
                self.execution.fail_to_write(error)
            raise Waiting from error

    async def saved(self) -> None:
        """Return once every result is durable: the run is about to go on, and does not wait for anybody."""
        execution = self.execution
        execution.inflight += 1
        try:
            await execution.saved()
        finally:
            execution.inflight -= 1

    async def at_the_end(self, branch: Branch) -> None:
        """What is recorded ends here: a branch that lost its race does nothing new, and none does before those
        that it belongs to have come as far as they are recorded."""
        execution = self.execution
        if branch.frozen:
            await execution.hang()
        above: str | None = None
        execution.inflight += (
            1  # it is a matter of turns: meanwhile the run does not look as if it waited
        )
        try:
            for _ in range(_TURNS):
                above = execution.replay.unasked_above(branch.path)
                if above is None:
                    return
                await asyncio.sleep(0)
        finally:
            execution.inflight -= 1
            execution.settle()
        self.mismatch(
            f"Run {self.head.id!r} recorded {above!r} here, but the code now begins something new in a branch "
            f"{branch.path!r} before it asks for that. Restore the old order, or register the change as a new "
            "version."
        )

    def is_new(self, branch: Branch, key: str) -> bool:
        """Whether nothing is recorded under this key: then what cannot be done is refused, before the journal is asked.

        A refusal is not recorded. Judged in this order the code is refused again when it is run over its journal, and
        goes on as it did, where it caught that.
        """
        return not branch.frozen and not self.execution.replay.pending(key)

    def unpacked(self, packed: Json) -> Any:
        """A recorded value; where this code cannot read it, the run is parked."""
        try:
            return unpack(packed)
        except ValueUnreadable as error:
            self.mismatch(str(error))

    def read(self, read: Any) -> Any:
        """Read something recorded; where this code cannot, the run is parked."""
        try:
            return read()
        except ValueUnreadable as error:
            self.mismatch(str(error))

    def mismatch(self, why: str) -> NoReturn:
        """Code and journal disagree: park the run."""
        mismatch = JournalMismatch(why)
        self.execution.park(mismatch)
        raise Waiting from mismatch

    @staticmethod
    def kept(value: Any, where: str) -> Json:
        """The value as the journal keeps it; raises ValueNotKept, naming where it came from."""
        try:
            return pack(value)
        except ValueNotKept as error:
            raise error.within(where) from None


def of_key(key: str, error: Exception) -> Exception:
    """The error as that of this key: should the run fail with it, ``retry`` goes on from there."""
    error.__dict__["__assent_key__"] = key
    return error
