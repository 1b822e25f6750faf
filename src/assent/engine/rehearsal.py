"""A rehearsal: code run over a journal as far as it is recorded, with nothing begun and nothing written.

    journal ──▶ recorded outcomes ──▶ code ──▶ the first thing that is not recorded: there it stands still
                                        └────▶ or it disagrees with what is recorded

It tells whether this code could go on with a run, and which forms it asks with, without the right to advance it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping, Sequence
from contextvars import copy_context
from datetime import datetime
from typing import Any, Final

from typing_extensions import override

from assent.core.journal import Fact, RunFinished
from assent.core.run import Run
from assent.core.signal import SignalReceipt
from assent.core.values import unpack
from assent.engine.checks import Check
from assent.engine.execution import Execution
from assent.engine.ground import Engine, nobody_known
from assent.engine.middleware import Middleware
from assent.engine.replay import Replay, start_of
from assent.engine.verbs import Verbs
from assent.errors import AssentError, JournalMismatch, ValueUnreadable, Waiting
from assent.ledger import Ledger
from assent.ports.program import Program

_TURNS: Final = 200  # of the loop without a sign of life: then all of it stands still
_PATIENCE: Final = 5.0  # seconds for code that awaits something that is not a verb


class Rehearsal(Execution):
    """An execution that is held from the start, and whose facts go nowhere."""

    def __init__(self, run: Run, replay: Replay, ledger: Ledger) -> None:
        super().__init__(run, replay, ledger, lambda _: None, _stands_still, Middleware())
        self.draining = True
        self._head = run
        self.mismatch: AssentError | None = None
        self.finished: RunFinished | None = None
        self.asks_with: dict[str, Any] = {}
        self._signs = 0

    async def play(self, program: Program, engine: Engine) -> None:
        """Run the code, which this engine would run, until it stands still, disagrees, or ends."""
        try:
            value = input_for(program, self.replay)
        except AssentError as error:
            self.mismatch = error
            return
        verbs = Verbs(self, _Stage(engine), self._head)
        self.begin(code_of(program, verbs, value), copy_context())
        try:
            async with asyncio.timeout(_PATIENCE):
                await self.arrived.wait()
            await self._still()
        except TimeoutError:
            self.mismatch = JournalMismatch(
                f"The code of {self.run!r} did not come to the end of what is recorded within {_PATIENCE:.0f} "
                "seconds: it waits for something that is not a verb. Move that into a step."
            )
        finally:
            self.asks_with = dict(self.forms)  # what waits takes its own away when it ends
            self.stop()
            await self.stopped_tasks()

    async def _still(self) -> None:
        seen, turns = -1, 0
        while turns < _TURNS and not self.stopped:
            turns = turns + 1 if self._signs == seen else 0
            seen = self._signs
            await asyncio.sleep(0)

    def sign(self) -> None:
        """It has come to where it stands still, unless more of it does after this."""
        self._signs += 1
        self.arrived.set()

    @override
    async def hang(self) -> None:
        self.sign()
        await super().hang()

    @override
    def append(self, fact: Fact) -> None:
        """What it would record from here on is nobody's business."""
        if self.stopped:
            raise Waiting
        self._signs += 1

    @override
    def _write(
        self,
        decide: Callable[[Run, datetime], Sequence[Fact]],
        *,
        upto: int = 0,
        ends: bool = False,
    ) -> None:
        """Nothing is written."""

    @override
    def _finish(self, finished: RunFinished) -> None:
        self.finished = finished
        self.stop()
        self.arrived.set()

    @override
    def park(self, why: AssentError) -> None:
        """Code and journal disagree."""
        self.mismatch = self.mismatch or why
        self.stop()
        self.arrived.set()


def _stands_still(execution: Execution) -> None:
    # A method would hold what holds it: a circle, left to the garbage collector.
    assert isinstance(execution, Rehearsal)
    execution.sign()


class _Stage(Engine):
    """What the verbs need of an engine, where nothing happens."""

    def __init__(self, engine: Engine) -> None:
        self.clock = engine.clock
        self.threads = None
        self.middleware = Middleware()
        self.members = nobody_known  # a quorum is judged when the task opens
        self.emitted = engine.emitted  # what is refused is refused here too
        self._engine = engine

    @override
    def check_child(self, workflow: Any, value: Any) -> None:
        self._engine.check_child(workflow, value)

    @override
    async def start_child(
        self, parent: Execution, key: str, workflow: Any, value: Any, id: str
    ) -> None:
        await parent.hang()

    @override
    def end(self, run: str, decide: Callable[[Run, datetime], Sequence[Fact]]) -> None:
        """Nothing ends."""

    @override
    def cut_off_child(self, parent: str, key: str, child: str) -> None:
        """Nothing is cut off."""

    @override
    def hook_url(self, token: str) -> str:
        return ""  # only one that is not recorded asks

    @override
    async def notify(
        self, event: str, data: Any, run_id: str | None, *, id: str, by: str
    ) -> SignalReceipt:
        never: asyncio.Future[SignalReceipt] = asyncio.get_running_loop().create_future()
        return await never

    @override
    async def looks_up(self, run: str, task: str, check: Check, *, opened: bool) -> None:
        """Nothing is looked up."""

    @override
    def session_of(self, run: str) -> MutableMapping[str, Any]:
        return {}


def input_for(program: Program, replay: Replay) -> Any:
    """What the run was started with, as this code takes it; raises ValueUnreadable where it cannot."""
    started = start_of(replay)
    if replay.checkpoint is not None and replay.checkpoint.spares_input:
        return None
    value = unpack(started.input)
    if (started.takes or "") != program.takes:
        try:
            return program.check(value, strict=False)
        except AssentError as error:
            was = f"an input of type {started.takes}" if started.takes else f"{value!r}"
            raise ValueUnreadable(
                f"The run was started with {was}, and the code now takes "
                f"{program.takes or 'no input'}: {error}"
            ) from None
    return value


async def code_of(program: Program, verbs: Verbs, value: Any) -> Any:
    """The code of a run, to be run as a task."""
    try:
        return await program.perform(verbs, value)
    except SystemExit as error:  # it would end the process, and again after every restart
        raise RuntimeError(f"The workflow called sys.exit({error.code!r}).") from error
