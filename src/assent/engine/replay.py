"""What the journal has recorded, handed out again to the code that asks for it.

The journal is read once, into one slot per key and one list of keys per branch. The code must ask for the recorded
keys of each branch in their order; the first key beyond the list is where the run goes on for the first time.
Any other question means that code and journal disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, cast

from assent.core.journal import (
    ChildFinished,
    ChildStarted,
    EventEmitted,
    EventReceived,
    EventSent,
    EventWaiting,
    EventWithdrawn,
    Fact,
    HookOpened,
    RunCheckpointed,
    RunFinished,
    RunRetried,
    RunStarted,
    StateChanged,
    StepFailed,
    StepFinished,
    StepRetrying,
    StepStarted,
    TaskClosed,
    TaskOpened,
    TaskReopened,
    TimerFired,
    TimerSet,
    TimerWithdrawn,
    ValueRecorded,
    micros,
    moment,
)
from assent.core.record import Past, fact_from
from assent.core.run import BY_THE_RUN
from assent.core.task import HumanTask, TaskFact, about_task, evolve
from assent.core.values import Json
from assent.engine.branch import Branch, path_of
from assent.engine.keeping import Keeping, carried_facts, stands_for
from assent.engine.state import GONE
from assent.errors import JournalMismatch

CUT_OFF: Final = "cut_off"


class Slot:
    """What is recorded under one key."""

    __slots__ = (
        "at",
        "attempt",
        "child",
        "digest",
        "done",
        "due",
        "ended",
        "error",
        "kind",
        "returns",
        "state",
        "status",
        "task",
        "value",
        "withdrawn",
    )

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.done = False
        self.withdrawn = False
        self.value: Json = None
        self.error: Json = None
        self.digest = ""
        self.returns: str | None = None
        self.attempt = 0
        self.at = 0
        self.due = 0
        self.status = ""
        self.child = ""
        self.task: HumanTask | None = None
        self.state: list[tuple[int, dict[str, Json]]] | None = None
        self.ended = 0  # the entry that ended it


class Replay:
    """A run's journal, as its code asks for it."""

    def __init__(self, run: str) -> None:
        self.run = run
        self.slots: dict[str, Slot] = {}
        self.order: dict[str, list[str]] = {}
        self.names: dict[str, int] = {}
        self.changes: dict[str, tuple[int, StateChanged]] = {}
        self.started: RunStarted | None = None
        self.number = 0
        self.keeping = Keeping()
        self.checkpoint: RunCheckpointed | None = None
        self.checkpointed = 0
        self.lines: dict[str, RunCheckpointed] = {}  # where each line goes on, by its path
        self.floor = 0  # the entry whose state stands for all changes before it
        self.base: dict[str, Json] = {}
        self._failed: str | None = None
        self._went_on = 0
        self._tasks: dict[str, str] = {}

    # ── reading the journal ─────────────────────────────────────────────────────────────────────

    def read(self, history: Iterable[Past]) -> None:
        """Take in entries in their order."""
        for number, at, kind, body, payload in history:
            self.number = number
            if kind == "step.finished" and not body["key"][0].isdigit():
                self._went_on = number
                self._step_ended(body, payload, number, failed=False)
            elif kind == "step.started" and not body["key"][0].isdigit():
                self._went_on = number
                self._step_started(
                    body["key"], body["attempt"], body["digest"], body.get("returns")
                )
            else:
                self.note(fact_from(kind, body, payload), moment(at), number)

    def note(self, fact: Fact, at: datetime, number: int) -> None:
        """Take in one fact."""
        self.number = number
        if not _withdraws(fact):
            self._went_on = number
        if (key := getattr(fact, "key", "")) and key[0].isdigit():
            self.keeping.begun(path_of(key))
            self.keeping.keep(fact, key, at)
        match fact:
            case RunStarted():
                self.started = fact
            case StepStarted():
                self._step_started(fact.key, fact.attempt, fact.digest, fact.returns)
            case StepFinished():
                body = {"key": fact.key, "attempt": fact.attempt}
                self._step_ended(
                    body, {"result": fact.result, "state": fact.state}, number, failed=False
                )
            case StepRetrying():
                self._step_ended(
                    {"key": fact.key, "attempt": fact.attempt, "due": fact.due},
                    {"state": fact.state},
                    number,
                    failed=None,
                )
            case StepFailed():
                body = {"key": fact.key, "attempt": fact.attempt}
                self._step_ended(
                    body, {"error": fact.error, "state": fact.state}, number, failed=True
                )
            case TaskOpened():
                slot = self._slot(fact.key, "task")
                slot.task = HumanTask(asked=fact, opened=at, number=number)
                self._tasks[fact.task] = fact.key
                self.names[_stem(fact.name)] = self.names.get(_stem(fact.name), 0) + 1
            case TimerSet(key=key, due=due):
                self._slot(key, "timer").due = due
            case TimerFired(key=key):
                self._slot(key, "timer").done = True
            case TimerWithdrawn(key=key):
                slot = self._slot(key, "timer")
                slot.withdrawn, slot.ended = True, number
            case ChildStarted(key=key, child=child):
                slot = self._slot(key, "child")
                slot.child, slot.digest, slot.done = child, fact.digest, False
                slot.withdrawn = False
            case ChildFinished(key=key):
                slot = self._slot(key, "child")
                slot.done, slot.status, slot.ended = True, fact.status, number
                slot.withdrawn = _cut_off(fact.error)
                slot.value, slot.error = fact.output, fact.error
            case ValueRecorded(key=key, value=value):
                slot = self._slot(key, "value")
                slot.done, slot.value, slot.ended = True, value, number
            case EventEmitted(within=True):
                pass
            case EventEmitted(key=key):
                self._slot(key, "event").done = True
            case EventWaiting(key=key, due=due):
                self._slot(key, "wait").due = due or 0
            case EventReceived(key=key):
                take_signal(self._slot(key, "wait"), fact, at)
            case EventWithdrawn(key=key):
                slot = self._slot(key, "wait")
                slot.withdrawn, slot.ended = True, number
            case EventSent(key=key):
                slot = self._slot(key, "notify")
                slot.done, slot.status = True, fact.status
                slot.value = [*(fact.runs or ())]
                slot.error = fact.message
            case HookOpened(key=key):
                slot = self._slot(key, "hook")
                slot.done, slot.value, slot.child = True, fact.url, fact.name
            case StateChanged(key=key):
                self.changes[key] = (number, fact)
            case RunCheckpointed():
                self._checkpoint(fact, at, number)
                self.floor, self.base = number, fact.state or {}
            case RunFinished():
                self._failed = fact.failed_key
            case RunRetried():
                self._retried()
            case _ if about_task(fact):
                self._task_changed(fact, at, number)
            case _:
                pass

    def _checkpoint(self, fact: RunCheckpointed, at: datetime, number: int) -> None:
        """Forget all that the checkpoint stands for; what was open then lives on."""
        if fact.branch:
            self._line_checkpointed(fact.branch, fact)
            return
        self.checkpoint, self.checkpointed = fact, number
        tasks = fact.tasks or ()
        slots, kept = self.slots, self.keeping.alive()
        self.slots, self.order, self.lines = {}, {}, {"": fact}
        self.changes.clear()
        self.keeping.clear()
        for key, slot in slots.items():
            if slot.task is not None and slot.task.id in tasks:
                self.slots[key] = slot
                self.order.setdefault(path_of(key), []).append(key)
        for each in kept:
            if getattr(each.fact, "task", None) in tasks:
                key = getattr(each.fact, "key", "")
                self.keeping.begun(path_of(key))
                self.keeping.keep(each.fact, key, each.at)
        for carried, when in carried_facts(fact.open or ()):
            self.note(carried, when or at, number)
        for key, told in (fact.steps or {}).items():
            slot = self._slot(key, "step")
            attempt, digest, due, returns = cast("tuple[int, str, int, str | None]", told)
            slot.attempt, slot.digest, slot.due, slot.returns = attempt, digest, due, returns
        self.names = dict(fact.names or {})

    def _line_checkpointed(self, path: str, fact: RunCheckpointed) -> None:
        """One branch goes on from here; all others as they are recorded."""
        self.lines[path] = fact
        for known in [each for each in self.order if stands_for(fact, each)]:
            for key in self.order.pop(known):
                self.slots.pop(key, None)
        for key in [each for each in self.changes if stands_for(fact, path_of(each))]:
            del self.changes[key]
        self.keeping.begins_anew(path, fact)

    def _slot(self, key: str, kind: str) -> Slot:
        slot = self.slots.get(key)
        if slot is None:
            slot = self.slots[key] = Slot(kind)
            self.order.setdefault(path_of(key), []).append(key)
        return slot

    def _step_started(self, key: str, attempt: int, digest: str, returns: str | None) -> None:
        slot = self._slot(key, "step")
        slot.attempt, slot.digest, slot.returns = attempt, digest, returns

    def _step_ended(
        self,
        body: dict[str, Any],
        payload: dict[str, Any] | None,
        number: int,
        *,
        failed: bool | None,
    ) -> None:
        """An attempt finished, failed for good, or (``failed`` None) failed and is tried again."""
        slot = self._slot(body["key"], "step")
        told = payload or {}
        slot.attempt = body["attempt"]
        if failed is None:
            slot.due = body["due"]
        else:
            slot.done, slot.ended = True, number
            slot.value = told.get("result")
            slot.error = told.get("error") if failed else None
            slot.status = "failed" if failed else ""
            # Cut off because a branch beside it decided: on replay it is cut off again.
            slot.withdrawn = bool(failed and _cut_off(slot.error))
        changed = told.get("state")
        if changed:
            slot.state = [*(slot.state or ()), (number, changed)]

    def _task_changed(
        self,
        fact: TaskFact,
        at: datetime,
        number: int,
    ) -> None:
        slot = self.slots.get(self._tasks.get(fact.task, ""))
        if slot is None or slot.task is None:
            return
        slot.task = evolve(slot.task, fact, at)
        if isinstance(fact, TaskClosed):
            slot.done, slot.withdrawn, slot.ended = True, bool(fact.withdrawn), number
            if fact.withdrawn and fact.via == BY_THE_RUN:
                self.names[_stem(slot.task.asked.name)] -= 1
        elif isinstance(fact, TaskReopened):
            slot.done = False

    def _retried(self) -> None:
        """The run goes on from what failed: that is done again, and what came after it is forgotten."""
        failed, self._failed = self._failed, None
        slot = self.slots.get(failed) if failed is not None else None
        # What was withdrawn since it failed, or in the run's last breath, was withdrawn because of it.
        since = slot.ended if slot is not None else self._went_on
        withdrawn = [key for key, s in self.slots.items() if s.withdrawn and s.ended > since]
        for key in withdrawn:
            if key in self.slots:
                self._ask_anew(self.slots[key])
                self._forget_from(key, itself=True)
        if failed is not None and slot is not None:
            slot.done, slot.status, slot.attempt, slot.due = False, "", 0, 0
            self._forget_from(failed, itself=False)

    def _ask_anew(self, slot: Slot) -> None:
        task = slot.task
        if task is not None and task.closing is not None and task.closing.via != BY_THE_RUN:
            self.names[_stem(task.asked.name)] -= 1

    def _forget_from(self, key: str, *, itself: bool) -> None:
        keys = self.order[path_of(key)]
        at = keys.index(key) + (0 if itself else 1)
        for gone in keys[at:]:
            del self.slots[gone]
        del keys[at:]

    # ── handing out ─────────────────────────────────────────────────────────────────────────────

    def take(self, branch: Branch, key: str, kind: str) -> Slot | None:
        """What is recorded under this key; None where the branch has come to the end of what is recorded.

        Raises JournalMismatch where something else is recorded at this place.
        """
        recorded = self.order.get(branch.path)
        if recorded is None or branch.asked >= len(recorded):
            return None
        expected = recorded[branch.asked]
        if expected != key:
            raise JournalMismatch(
                f"Run {self.run!r} recorded {_told(self.slots, expected)} here, but the code now asks "
                f"for the {kind} {key!r}. Restore the old order, or register the change as a new version."
            )
        branch.asked += 1
        slot = self.slots.pop(key)
        if slot.kind != kind:
            raise JournalMismatch(
                f"Run {self.run!r} recorded a {slot.kind} under {key!r}, but the code now asks for a "
                f"{kind}. Restore the old code, or register the change as a new version."
            )
        return slot

    def ended(self) -> list[tuple[str, Slot]]:
        """What has ended since the newest checkpoint, and has not been asked for, in that order."""
        ended = [
            (key, slot) for key, slot in self.slots.items() if slot.done and not slot.withdrawn
        ]
        return sorted(ended, key=lambda each: each[1].ended)

    def unasked_above(self, path: str) -> str | None:
        """What the branches that this one belongs to have recorded, and not yet asked for."""
        while path:
            path = path.rstrip("/").rpartition("/")[0]
            path = f"{path}/" if path else ""
            if (key := self.unasked(path)) is not None:
                return key
        return None

    def unasked(self, path: str) -> str | None:
        """What this branch has recorded, and not yet asked for."""
        recorded = self.order.get(path)
        if recorded and recorded[-1] in self.slots:
            return next(key for key in recorded if key in self.slots)
        return None

    def pending(self, key: str) -> bool:
        """Whether the code has yet to ask for this key."""
        return key in self.slots

    def abandon(self, path: str) -> None:
        """The branches below this path were cancelled: what they had recorded need not be asked for."""
        for branch in [known for known in self.order if path and known.startswith(path)]:
            for key in self.order.pop(branch):
                self.slots.pop(key, None)

    def newest_state(self, name: str) -> tuple[int, Json] | None:
        """The newest change of this entry of the state that the code has yet to come to again."""
        found = [
            (order, delta[name])
            for slot in self.slots.values()
            for order, delta in slot.state or ()
            if name in delta
        ]
        for order, fact in self.changes.values():
            if name in (fact.gone or ()):
                found.append((order, GONE))
            elif name in (fact.state or {}):
                found.append((order, (fact.state or {})[name]))
        return max(found, key=lambda recorded: recorded[0], default=None)

    def state(self) -> dict[str, Json]:
        """The run's state, as it is recorded, before any of it is asked for."""
        deltas: list[tuple[int, dict[str, Json]]] = [
            (order, delta) for slot in self.slots.values() for order, delta in slot.state or ()
        ]
        for order, fact in self.changes.values():
            gone: dict[str, Json] = dict.fromkeys(fact.gone or (), GONE)
            deltas.append((order, {**(fact.state or {}), **gone}))
        told = dict(self.base)
        for order, delta in sorted(deltas, key=lambda each: each[0]):
            if order > self.floor:
                told.update(delta)
        return {name: packed for name, packed in told.items() if packed != GONE}

    def leftovers(self) -> list[str]:
        """What was recorded and never asked for."""
        return list(self.slots)


def take_signal(slot: Slot, fact: EventReceived, at: datetime) -> Slot:
    """The slot of a wait, now that its signal (or its deadline) has come."""
    slot.done, slot.value = True, fact.data
    slot.status = "timed_out" if fact.timed_out else "received"
    slot.at = fact.came or micros(at)
    return slot


def _cut_off(error: Json) -> bool:
    return isinstance(error, dict) and error.get("type") == CUT_OFF


def _withdraws(fact: Fact) -> bool:
    """Whether this may be a consequence of the run's end, rather than something it did."""
    match fact:
        case TaskClosed(withdrawn=withdrawn):
            return bool(withdrawn)
        case StepFailed(error=error) | ChildFinished(error=error):
            return _cut_off(error)
        case RunFinished() | RunRetried() | TimerWithdrawn() | EventWithdrawn():
            return True
        case _:
            return False


def _told(slots: dict[str, Slot], key: str) -> str:
    slot = slots.get(key)
    return f"the {slot.kind} {key!r}" if slot else repr(key)


def _stem(name: str) -> str:
    stem, _, visit = name.rpartition("#")
    return stem if stem and visit.isdigit() else name


def start_of(replay: Replay) -> RunStarted:
    """The entry every journal begins with."""
    return cast(RunStarted, replay.started)
