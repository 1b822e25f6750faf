"""The verbs: what a workflow can do. Each asks the journal first, and does only what is not recorded there.

verb ──▶ key of this visit ──▶ recorded? ──yes──▶ the recorded outcome, at once
                                  │no
                                  └──▶ a fact, and (for steps) the side effect, or (for waits) a future
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from functools import cached_property
from typing import Any, Final

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

_GROUPS: Final = {
    **dict.fromkeys(("emit", "now", "uuid", "random"), "_notes"),
    **dict.fromkeys(("approve", "ask", "choose"), "_people"),
    **dict.fromkeys(("step",), "_stepping"),
    **dict.fromkeys(("sleep", "sleep_until"), "_timers"),
    **dict.fromkeys(("run", "cancel"), "_children"),
    **dict.fromkeys(("wait_for_event", "webhook", "notify"), "_signals"),
    **dict.fromkeys(("gather", "first", "beside"), "_concurrency"),
    **dict.fromkeys(("checkpoint", "recorded", "report", "abandon", "stands"), "_checkpoints"),
}


class Verbs:
    """The context of one execution; see ``assent.ports.context.Context``. Each group of verbs has a module of its own.

    A group is made when one of its verbs is first asked for: thousands of runs wait in memory, and each uses a few.
    """

    def __init__(self, execution: Execution, engine: Engine, run: Run) -> None:
        self._with = (execution, engine, run)
        self._engine = engine
        self._run = run
        self._notes = Notes(execution, engine, run)
        replay = execution.replay
        self._state = RunState(self._notes.state_changed, replay.newest_state)
        self._checkpoints = Checkpoints(execution, engine, run, self._state)
        self._state.begins(replay.floor, replay.base)

    def __getattr__(self, verb: str) -> Any:
        """A verb of one of the groups."""
        group = _GROUPS.get(verb)
        if group is None:
            raise AttributeError(f"The context of a workflow has no {verb!r}.")
        return getattr(getattr(self, group), verb)

    @cached_property
    def _people(self) -> People:
        return People(*self._with)

    @cached_property
    def _stepping(self) -> Stepping:
        return Stepping(*self._with, self._state, Gates(*self._with, self._people))

    @cached_property
    def _timers(self) -> Timers:
        return Timers(*self._with)

    @cached_property
    def _children(self) -> Children:
        return Children(*self._with)

    @cached_property
    def _signals(self) -> Signals:
        return Signals(*self._with)

    @cached_property
    def _concurrency(self) -> Concurrency:
        return Concurrency(*self._with)

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
        return dict(self._run.labels)

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
