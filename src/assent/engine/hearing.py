"""What a fact means to the code of a run that is in memory: something it waited for, a pause, or the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from assent.core.journal import (
    ChildFinished,
    EventReceived,
    Fact,
    RunAdmitted,
    RunFinished,
    RunParked,
    RunPaused,
    RunQueued,
    RunResumed,
    TaskClosed,
    TaskId,
    TimerFired,
)
from assent.core.task import HumanTask
from assent.engine.execution import Execution
from assent.engine.replay import Slot, take_signal


def hear(
    execution: Execution,
    number: int,
    fact: Fact,
    at: datetime,
    tasks: Mapping[TaskId, HumanTask],
    *,
    keeps: bool,
) -> bool:
    """Hand over entry ``number`` of its journal; whether to let go of its code, since the journal says how to go on.

    ``tasks`` has the one that the fact closed; ``keeps``: code that stands may stay in memory over a pause.
    """
    execution.told = number
    key = getattr(fact, "key", None)
    if key is not None and number <= execution.replay.number:
        return False  # it was read; a pause or a resumption, which have no key, are to be heard all the same
    if key is not None and execution.replay.pending(key):
        execution.replay.note(fact, at, number)
        return False
    execution.replay.keeping.keep(fact, key, at)
    match fact:
        case TaskClosed() | TimerFired() | ChildFinished() | EventReceived() if execution.kept:
            return True  # nothing goes on before the pause is over
        case TaskClosed(key=key, task=task):
            execution.deliver(key, tasks[task])
        case TimerFired(key=key):
            execution.deliver(key, None)
        case ChildFinished(key=key):
            execution.deliver(key, _ended(fact))
        case EventReceived(key=key):
            execution.deliver(key, take_signal(Slot("wait"), fact, at))
        case RunPaused():
            execution.draining = True
            execution.kept = keeps and execution.stands
            return not execution.kept and (execution.quiet or execution.at_rest)
        case RunResumed() | RunAdmitted():
            execution.again = True
        case RunQueued() | RunFinished() | RunParked():
            return True
        case _:
            pass
    return False


def _ended(fact: ChildFinished) -> Slot:
    slot = Slot("child")
    slot.done, slot.status, slot.child = True, fact.status, fact.child
    slot.value, slot.error = fact.output, fact.error
    return slot
