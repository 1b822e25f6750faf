"""The verbs: what a workflow can do. Each asks the journal first, and does only what is not recorded there.

verb ──▶ key of this visit ──▶ recorded? ──yes──▶ the recorded outcome, at once
                                  │no
                                  └──▶ a fact, and (for steps) the side effect, or (for waits) a future
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

from assent.core.run import Run
from assent.engine.checkpoints import Checkpoints
from assent.engine.children import Children
from assent.engine.concurrency import Concurrency
from assent.engine.execution import Execution
from assent.engine.gates import Gates
from assent.engine.ground import Engine
from assent.engine.notes import Notes
from assent.engine.people import People
from assent.engine.signals import Signals
from assent.engine.state import RunState
from assent.engine.stepping import Stepping
from assent.engine.timers import Timers
from assent.ports.context import State


class Verbs:
    """The context of one execution; see ``assent.ports.context``. Each group of verbs has a module of its own."""

    def __init__(self, execution: Execution, engine: Engine, run: Run) -> None:
        self._engine = engine
        self._run = run
        notes = Notes(execution, engine, run)
        self._state = RunState(notes.state_changed, execution.replay.newest_state)
        self.emit, self.now = notes.emit, notes.now
        self.uuid, self.random = notes.uuid, notes.random
        people = People(execution, engine, run)
        gates = Gates(execution, engine, run, people)
        self.step = Stepping(execution, engine, run, self._state, gates).step
        self.approve, self.ask, self.choose = people.approve, people.ask, people.choose
        timers = Timers(execution, engine, run)
        self.sleep, self.sleep_until = timers.sleep, timers.sleep_until
        children = Children(execution, engine, run)
        self.run, self.cancel = children.run, children.cancel
        beside = Concurrency(execution, engine, run)
        signals = Signals(execution, engine, run)
        self.wait_for_event, self.webhook = signals.wait_for_event, signals.webhook
        self.notify = signals.notify
        self.gather, self.first = beside.gather, beside.first
        self.beside = beside.beside
        self._checkpoints = Checkpoints(execution, engine, run, self._state)
        self.checkpoint, self.recorded = self._checkpoints.checkpoint, self._checkpoints.recorded
        self.report, self.abandon = self._checkpoints.report, self._checkpoints.abandon
        self.stands = self._checkpoints.stands
        self._state.begins(execution.replay.floor, execution.replay.base)

    @property
    def run_id(self) -> str:
        """The id of this run."""
        return self._run.id

    @property
    def workflow(self) -> str:
        """The name of the workflow."""
        return self._run.workflow

    @property
    def labels(self) -> Mapping[str, str]:
        """What the run was labelled with."""
        return self._run.labels

    @property
    def cursor(self) -> Any:
        """What the newest checkpoint held when the code began."""
        return self._checkpoints.cursor

    @property
    def state(self) -> State:
        """Kept with the run."""
        return self._state

    @property
    def session(self) -> MutableMapping[str, Any]:
        """Live objects of this process: never stored, gone after a restart."""
        return self._engine.session_of(self._run.id)
