"""Looking at tasks: lists, views, and finding one by its run and key."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeAlias, cast

from assent.core.journal import RunId, TaskId, micros
from assent.core.page import Page, check_asked
from assent.core.policy import NOBODY_KNOWN, Actor, Members, standing_in
from assent.core.run import Run
from assent.core.standing import why_not
from assent.core.task import HumanTask, ReceiptStatus
from assent.core.values import dump, load
from assent.errors import FieldError, InvalidInput, InvalidState, RunNotFound, TaskNotFound
from assent.human.people import People, everybody
from assent.human.receipt import Receipt
from assent.human.view import TaskView, view_of
from assent.ledger import Ledger
from assent.ports.clock import Clock
from assent.ports.directory import User
from assent.ports.rows import StoredTask, TaskQuery
from assent.ports.store import Store
from assent.rows import task_of

By: TypeAlias = str | Actor
Draw: TypeAlias = Callable[[], TaskView]


class Looking:
    """What can be seen in the inbox."""

    def __init__(self, store: Store, ledger: Ledger, clock: Clock, people: People) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._people = people

    # ── lists and views ─────────────────────────────────────────────────────────────────────────

    async def tasks(
        self,
        *,
        status: str = "open",
        to: str | Sequence[str] | None = None,
        workflow: str | None = None,
        run: RunId | None = None,
        kind: str | None = None,
        risk: str | None = None,
        label: str | None = None,
        priority: int | None = None,
        overdue: bool | None = None,
        q: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[TaskView]:
        """A page of tasks: open ones by priority and age, ``closed`` or ``all`` newest first.

        ``to`` somebody: what is assigned to them, to their groups and roles, or to whom they stand in for.
        ``label`` is ``name``, ``value`` or ``name=value``; ``priority`` is the lowest that is listed.
        """
        if status not in ("open", "closed", "all"):
            raise InvalidInput("The filter", (FieldError("/status", "use open, closed or all"),))
        check_asked(limit, q, workflow=workflow, run=run, kind=kind, risk=risk, label=label)
        query = TaskQuery(
            open={"open": True, "closed": False, "all": None}[status],
            run=run,
            who=await self._who(to),
            workflow=workflow,
            kind=kind,
            risk=risk,
            label=_label(label),
            priority=priority,
            due_before=micros(self._clock.now()) if overdue else None,
            text=q,
            after=_position(cursor),
            limit=limit + 1,
        )
        found = await self._store.tasks(query)
        more = _cursor(found[limit - 1]) if len(found) > limit else None
        return Page(tuple([await self._view(task) for task in found[:limit]]), more)

    async def get(self, task: TaskId) -> TaskView:
        """One task; raises TaskNotFound."""
        return await self._view(await self._stored(task))

    async def _view(self, stored: StoredTask) -> TaskView:
        return await self._viewed(task_of(stored), stored.row.run, stored.row.workflow)

    async def _viewed(self, task: HumanTask, run: RunId, workflow: str) -> TaskView:
        return (await self._drawn(task, run, workflow))()

    async def _drawn(self, task: HumanTask, run: RunId, workflow: str) -> Draw:
        """All that the view of a task is made of."""
        members = NOBODY_KNOWN if task.closed else await self._members(task)
        away = await self._people.stand_ins(task.to)
        return partial(view_of, task, run, workflow, members, away)

    async def _members(self, task: HumanTask) -> Members:
        return await self._people.members(everybody(task.rules, task.to), task.asked.by)

    async def _who(self, to: str | Sequence[str] | None) -> tuple[str, ...]:
        found: list[str] = []
        several = isinstance(cast(object, to), Iterable) and not isinstance(to, str)
        for name in cast("Iterable[str]", to if several else () if to is None else (to,)):
            check_asked(1, None, to=name)
            found += (name,) if ":" in name else await self._people.names(name)
        return tuple(dict.fromkeys(found))

    async def why_not(self, task: TaskId, *, by: By) -> str:
        """Why somebody cannot answer a task now, in words; empty where they can."""
        known = task_of(await self._stored(task))
        return why_not(known, await self._people.acting(by, known.asked.by))

    async def may_answer(self, task: TaskId, *, by: By) -> bool:
        """Whether somebody is among those who are asked, whoever holds the task."""
        known = task_of(await self._stored(task))
        who = await self._people.acting(by, known.asked.by)
        return standing_in(known.rules, known.to, known.stands_for(who), known.asked.by) is not None

    async def concerned(self, to: Sequence[str], requester: str | None) -> tuple[User, ...]:
        """The people behind these names, as the directory knows them."""
        return await self._people.concerned(to, requester)

    async def _stored(self, task: TaskId) -> StoredTask:
        is_id = isinstance(cast(object, task), str)
        found = await self._store.task(task) if is_id else None
        if found is None:
            raise TaskNotFound(task)
        return found

    # ── by run and key ──────────────────────────────────────────────────────────────────────────

    async def find(self, run: RunId, key: str) -> TaskId | None:
        """The newest task of a run (or of its children) with this key; with a path: ``child/key``."""
        try:
            head = await self._ledger.head(run)
        except RunNotFound:
            return None
        direct = head.task_named(key)
        if direct is not None:
            return direct.id
        depth = len(head.path)
        found = await self._below(head, None)
        named = [
            task
            for task in map(task_of, found)
            if key
            in (task.asked.name, "/".join([*(task.asked.path or [])[depth:], task.asked.name]))
        ]
        still_open = [task for task in named if not task.closed]
        if len(still_open) > 1:
            paths = ", ".join(
                "/".join([*(task.asked.path or [])[depth:], task.asked.name]) for task in still_open
            )
            raise InvalidState(
                f"The run {run!r} waits for several tasks with the key {key!r}: {paths}. Name one by its path."
            )
        best = still_open or named
        return best[0].id if best else None

    async def labelled(
        self, run: RunId, name: str, value: str, path: Sequence[str] | None = None
    ) -> TaskId | None:
        """The newest task of a run, or of those below it, that is labelled so; an open one before any other.

        With a ``path``, that of the run below which has it.
        """
        try:
            head = await self._ledger.head(run)
        except RunNotFound:
            return None
        for task in reversed(head.open_tasks if not path else ()):
            if (task.asked.labels or {}).get(name) == value:
                return task.id
        depth = len(head.path)
        found = [
            task
            for task in map(task_of, await self._below(head, None))
            if (task.asked.labels or {}).get(name) == value
            and (path is None or (task.asked.path or [])[depth:] == list(path))
        ]
        best = [task for task in found if not task.closed] or found
        return best[0].id if best else None

    async def named(self, name: str) -> TaskId | None:
        """A task by its id, by ``RUN/KEY``, or by a key: of the one open task that has it, else the newest.

        Raises InvalidState where several open tasks have the key.
        """
        if await self._store.task(name) is not None:
            return name
        run, slash, key = name.partition("/")
        if slash and (found := await self.find(run, key)) is not None:
            return found
        for is_open in (True, False):
            query = TaskQuery(open=is_open, text=name, limit=1000)
            named = [task for task in await self._store.tasks(query) if task.row.name == name]
            if is_open and len(named) > 1:
                raise InvalidState(
                    f"{len(named)} open tasks have the key {name!r}. Name one by its id, or as RUN/KEY."
                )
            if named:
                return named[0].row.id
        return None

    async def of_run(self, run: RunId) -> tuple[TaskView, ...]:
        """The open tasks of a run and of the runs below it."""
        return tuple(draw() for draw in await self.open_in(run))

    async def open_in(self, run: RunId) -> Sequence[Draw]:
        """The same as they stand now, for whom it takes too long to draw them up before anybody looks."""
        head = await self._ledger.durable(run)
        if not head.children:
            return [await self._drawn(task, run, head.workflow) for task in head.open_tasks]
        return [
            await self._drawn(task_of(stored), stored.row.run, stored.row.workflow)
            for stored in await self._below(head, True)
        ]

    async def _below(self, head: Run, still_open: bool | None) -> list[StoredTask]:
        """The tasks of a run and of the runs it started, at any depth."""
        query = TaskQuery(open=still_open, root=head.root, limit=10_000)
        depth = len(head.path)
        return [
            task
            for task in await self._store.tasks(query)
            if tuple((task_of(task).asked.path or [])[:depth]) == head.path
        ]

    async def missing(self, run: RunId, key: str) -> Receipt:
        """The receipt for an answer to a key that no task has."""
        try:
            await self._ledger.head(run)
        except RunNotFound as error:
            return Receipt(status=ReceiptStatus.UNKNOWN, message=str(error), run_id=run)
        why = f"The run {run!r} has no task with the key {key!r}."
        return Receipt(status=ReceiptStatus.UNKNOWN, message=why, run_id=run)


# ── cursors ─────────────────────────────────────────────────────────────────────────────────────


def _label(label: str | None) -> tuple[str, str | None] | None:
    if label is None:
        return None
    name, equals, value = label.partition("=")
    return (name, value) if equals else (label, None)


def _cursor(task: StoredTask) -> str:
    row = task.row
    position = dump([row.priority, row.opened, row.id])
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def _position(cursor: str | None) -> tuple[int, int, str] | None:
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        priority, opened, id = cast("list[Any]", load(base64.urlsafe_b64decode(padded).decode()))
        return int(priority), int(opened), str(id)
    except (ValueError, TypeError, binascii.Error):
        raise InvalidInput(
            "The cursor", (FieldError("/cursor", "it is not one that this list has given"),)
        ) from None
