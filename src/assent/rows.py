"""Runs and tasks as a store keeps them: rows made of what core knows, and core's values made of rows.

    Run, HumanTask ──projected──▶ Write (entries, a run's row, rows of tasks, timers, waiters)
    StoredRun      ──run_of─────▶ Run
    StoredTask     ──task_of────▶ HumanTask

What lists and filters ask for is a column; all else is JSON in ``state``. Its names are a file format: add, never
rename.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from msgspec.structs import replace
from pydantic_core import from_json, to_json

from assent.core.finding import labels_text, words_text
from assent.core.journal import Key, TaskId, TaskOpened, micros, moment
from assent.core.place import Place, Standing
from assent.core.policy import MANAGER
from assent.core.record import Record, fact_of
from assent.core.run import Run, RunStatus
from assent.core.signal import NO_SIGNALS, Early, Signals, Wait
from assent.core.task import (
    Attachment,
    Clocks,
    Closing,
    Comment,
    Delegation,
    Held,
    HumanTask,
    Outcome,
    Question,
    Said,
    TaskState,
)
from assent.ports.rows import (
    PlaceRow,
    RunRow,
    StoredRun,
    StoredTask,
    TaskRow,
    TimerRow,
    WaiterRow,
    Write,
)


def projected(
    before: Run, after: Run, records: Sequence[Record], erase: Mapping[TaskId, HumanTask] | None
) -> Write:
    """What a change of a run writes: its entries, and the rows that follow from them."""
    changed = {**after.tasks, **(erase or {})}
    tasks = [
        task_row(after, task) for task in changed.values() if before.tasks.get(task.id) is not task
    ]
    timers: list[TimerRow] = []
    if before.timers or after.timers:
        first: Mapping[Key, datetime] = {} if before.number == 0 else before.timers
        timers = [
            TimerRow(after.id, key, micros(due))
            for key, due in after.timers.items()
            if first.get(key) != due
        ]
        timers += [TimerRow(after.id, key, None) for key in first if key not in after.timers]
    return Write(
        row=run_row(after),
        expected=before.number,
        previous=before.head,
        records=records,
        tasks=tasks,
        timers=timers,
        waiters=() if before.signals is after.signals else _waiters(before, after),
        place=_place(before, after),
        erase=erase is not None,
    )


def _waiters(before: Run, after: Run) -> list[WaiterRow]:
    """What has changed about the signals that a run waits for, and the addresses it has."""
    was, now = before.signals, after.signals
    rows = [
        WaiterRow(after.id, key, wait.name, wait.since, wait.due, None)
        for key, wait in now.waits.items()
        if was.waits.get(key) != wait
    ]
    rows += [
        WaiterRow(after.id, key, wait.name, wait.since, wait.due, after.updated)
        for key, wait in was.waits.items()
        if key not in now.waits
    ]
    rows += [
        WaiterRow(after.id, key, name, after.updated, None, None)
        for key, name in now.hooks.items()
        if key not in was.hooks
    ]
    return rows


def _place(before: Run, after: Run) -> PlaceRow | None:
    """Where the run stands in its queue, if that has changed."""
    was, now = before.place, after.place
    if now is None or (was is not None and was.standing is now.standing):
        return None
    return PlaceRow(after.id, now.queue, now.standing.value, now.first, *now.terms)


def blank(task: HumanTask) -> HumanTask:
    """The task without what people put in."""
    return replace(
        task,
        asked=replace(
            task.asked, title="", detail=None, value=None, form=None, options=None, attachments=None
        ),
        answers=tuple(replace(said, value=None, reason=None) for said in task.answers),
        comments=tuple(replace(comment, text="") for comment in task.comments),
        attached=(),
        question=task.question and replace(task.question, text=""),
        closing=task.closing and replace(task.closing, reason=None),
    )


def run_row(run: Run) -> RunRow:
    """A run as a store keeps it."""
    return RunRow(
        run.id,
        run.workflow,
        run.version,
        run.status.value,
        run.number,
        run.head,
        run.by,
        _text(dict(run.labels)) if run.labels else "{}",
        run.root,
        run.parent,
        run.created,
        run.updated,
        run.finished,
        _text(_state(run)),
    )


def _state(run: Run) -> dict[str, Any]:
    told: dict[str, Any] = {"salt": run.salt}
    if run.path:
        told["path"] = run.path
    if run.parent_key is not None:
        told["parent_key"] = run.parent_key
    if run.waiting_for:
        told["waiting_for"] = run.waiting_for
    if run.children:
        told["children"] = run.children
    if run.names:
        told["names"] = run.names
    if run.signals is not NO_SIGNALS:
        waits, early, hooks, seen = run.signals
        told["signals"] = [dict(waits), early, dict(hooks), seen]
    if run.recoveries:
        told["recoveries"] = run.recoveries
    if run.parked is not None:
        told["parked"] = run.parked
    if run.timeout is not None:
        told["timeout"] = run.timeout.total_seconds()
        told["spent"] = run.spent.total_seconds()
        told["counts_waiting"] = run.counts_waiting
    if run.since:
        told["since"] = run.since
    if run.mark is not None:
        told["mark"] = run.mark
    if run.origin is not None:
        told["origin"] = run.origin
    if run.place is not None:
        queue, standing, counts, entered, entry, terms = run.place
        told["place"] = [queue, standing, counts, entered, entry, terms]
    return told


def run_of(stored: StoredRun) -> Run:
    """A stored run, as core knows it."""
    row = stored.row
    state: dict[str, Any] = from_json(row.state)
    timeout = state.get("timeout")
    return Run(
        id=row.id,
        workflow=row.workflow,
        version=row.version,
        status=RunStatus(row.status),
        number=row.number,
        head=row.head,
        salt=state["salt"],
        by=row.by,
        labels=from_json(row.labels),
        root=row.root,
        parent=row.parent,
        parent_key=state.get("parent_key"),
        path=tuple(state.get("path", ())),
        created=row.created,
        updated=row.updated,
        finished=row.finished,
        waiting_for=tuple(state.get("waiting_for", ())),
        tasks={task.row.id: task_of(task) for task in stored.tasks},
        timers={timer.key: moment(timer.due) for timer in stored.timers if timer.due is not None},
        children=state.get("children", {}),
        names=state.get("names", {}),
        signals=signals_of(state["signals"]) if "signals" in state else NO_SIGNALS,
        recoveries=state.get("recoveries", 0),
        parked=state.get("parked"),
        timeout=None if timeout is None else timedelta(seconds=timeout),
        counts_waiting=state.get("counts_waiting", False),
        spent=timedelta(seconds=state.get("spent", 0)),
        since=state.get("since", 0),
        mark=state.get("mark"),
        origin=state.get("origin"),
        place=place_of(state["place"]) if "place" in state else None,
    )


def place_of(told: Sequence[Any]) -> Place:
    """The place of a stored run."""
    queue, standing, counts_waiting, first, entry, terms = told
    return Place(queue, Standing(standing), counts_waiting, first, entry, tuple(terms))


def signals_of(told: Sequence[Any]) -> Signals:
    """The signals of a stored run."""
    waits, early, hooks, seen = told
    return Signals(
        {key: Wait(*wait) for key, wait in waits.items()},
        tuple(Early(*kept) for kept in early),
        hooks,
        tuple(seen),
    )


def bare(signals: Signals) -> Signals:
    """The signals without what was put into them."""
    return signals._replace(early=())


def task_row(run: Run, task: HumanTask) -> TaskRow:
    """A task as a store keeps it."""
    asked = task.asked
    return TaskRow(
        task.id,
        run.id,
        run.root,
        run.workflow,
        task.number,
        asked.name,
        asked.asks,
        task.state.value,
        task.decision.outcome.value if task.decision else None,
        asked.title,
        _text(who) if (who := _who(task)) else "[]",
        micros(task.opened),
        task.clocks.due,
        asked.priority or 0,
        _text(_task_state(task)),
        asked.risk,
        labels_text(asked.labels),
        words_text(asked.title, asked.name, run.id, run.workflow),
    )


def _task_state(task: HumanTask) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if task.owner is not None:
        told["owner"] = task.owner
    if task.answers:
        told["answers"] = [_said(s) for s in task.answers]
    if task.comments:
        told["comments"] = [[micros(c.at), c.by, c.text] for c in task.comments]
    if task.closing is not None:
        c = task.closing
        told["closing"] = [micros(c.at), c.outcome.value, c.by, c.via, c.reason, c.withdrawn]
    if (held := task.held) is not None:
        c = held.closing
        told["held"] = [held.until, micros(c.at), c.outcome.value, c.by, c.via, c.reason]
    told |= {name: told_ for name, told_ in _people_state(task).items() if told_}
    return told


def _said(said: Said) -> list[Any]:
    told = [micros(said.at), said.by, said.outcome.value, said.via, said.value, said.reason]
    if said.behalf is not None or said.vetoes or said.retracted:
        return [*told, said.behalf, said.vetoes, said.retracted]
    return told


def _people_state(task: HumanTask) -> dict[str, Any]:
    """What people and clocks have made of the task, beside answers; empty where nothing has happened."""
    asked, clocks = task.question, task.clocks_now
    return {
        "stage": task.stage,
        "assigned": task.assigned,
        "since": task.since,
        "edit": None if task.edit is None else [task.edit],
        "delegations": [[d.owner, d.to] for d in task.delegations],
        "attached": [[a.name, a.url, a.by] for a in task.attached],
        "question": None
        if asked is None
        else [
            *(micros(asked.at), asked.by, asked.text),
            *(asked.due_left, asked.remind_left, asked.escalate_left),
        ],
        "clocks": None if clocks is None else [clocks.due, clocks.remind, clocks.escalate],
        "escalations": task.escalations,
        "escalated": task.escalated,
        "reminded": task.reminded,
        "deadline": task.deadline,
    }


def _who(task: HumanTask) -> list[str]:
    """The names under which the task is found: whom it is assigned to, and whom they let answer."""
    requester = task.asked.by
    names = [*task.to, *(delegation.to for delegation in task.delegations)]
    if MANAGER in names and requester is not None:
        names.append(f"{MANAGER}:{requester}")
    return list(dict.fromkeys(names))


def task_of(stored: StoredTask) -> HumanTask:
    """A stored task, as core knows it."""
    row = stored.row
    state: dict[str, Any] = from_json(row.state)
    closing, held = state.get("closing"), state.get("held")
    return HumanTask(
        asked=cast(TaskOpened, fact_of(stored.opened)),
        opened=moment(row.opened),
        number=row.number,
        state=TaskState(row.status),
        owner=state.get("owner"),
        answers=tuple(_said_of(*said) for said in state.get("answers", ())),
        comments=tuple(
            Comment(by=by, at=moment(at), text=text) for at, by, text in state.get("comments", ())
        ),
        closing=None
        if closing is None
        else Closing(
            at=moment(closing[0]),
            outcome=Outcome(closing[1]),
            by=closing[2],
            via=closing[3],
            reason=closing[4],
            withdrawn=closing[5],
        ),
        held=None if held is None else _held_of(*held),
        **_people_of(state),
    )


def _held_of(
    until: int, at: int, outcome: str, by: str | None, via: str | None, reason: str | None
) -> Held:
    closing = Closing(outcome=Outcome(outcome), at=moment(at), by=by, via=via, reason=reason)
    return Held(closing=closing, until=until)


def _said_of(
    at: int,
    by: str,
    says: str,
    via: str,
    value: Any,
    reason: str | None,
    behalf: str | None = None,
    vetoes: bool = False,
    retracted: bool = False,
) -> Said:
    return Said(
        by=by,
        at=moment(at),
        outcome=Outcome(says),
        via=via,
        value=value,
        reason=reason,
        behalf=behalf,
        vetoes=vetoes,
        retracted=retracted,
    )


def _people_of(state: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that ``_people_state`` wrote down; those of a task where nothing has happened."""
    told: dict[str, Any] = {}
    plain = ("stage", "since", "escalations", "escalated", "reminded", "deadline")
    told |= {name: state[name] for name in plain if name in state}
    if "assigned" in state:
        told["assigned"] = tuple(state["assigned"])
    if "edit" in state:
        told["edit"] = state["edit"][0]
    if "delegations" in state:
        told["delegations"] = tuple(Delegation(owner=o, to=t) for o, t in state["delegations"])
    if "attached" in state:
        told["attached"] = tuple(
            Attachment(name=name, url=url, by=by) for name, url, by in state["attached"]
        )
    if "question" in state:
        at, by, text, due, remind, escalate = state["question"]
        told["question"] = Question(
            by=by,
            at=moment(at),
            text=text,
            due_left=due,
            remind_left=remind,
            escalate_left=escalate,
        )
    if "clocks" in state:
        due, remind, escalate = state["clocks"]
        told["clocks_now"] = Clocks(due=due, remind=remind, escalate=escalate)
    return told


def _text(value: object) -> str:
    return to_json(value, inf_nan_mode="constants").decode()
