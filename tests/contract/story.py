"""Runs as a store sees them: written by hand, one fact after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assent.core.finding import labels_text, words_text
from assent.core.journal import Fact, RunStarted, StepFinished, TaskOpened
from assent.core.record import GENESIS, Record, seal
from assent.core.values import dump
from assent.ports.rows import PlaceRow, RunRow, TaskRow, TimerRow, WaiterRow, Write
from assent.ports.store import Store

NOON = 1_767_614_400_000_000  # 2026-01-05 12:00 UTC, in microseconds
SALT = "5a17"
STARTED = RunStarted(workflow="refund", version="1", input={"amount": "3.50"})


def done(result: Any = None, key: str = "pay") -> StepFinished:
    """A fact with a payload."""
    return StepFinished(key=key, name="pay", attempt=1, result=result)


def asked(task: str, **more: Any) -> TaskOpened:
    """The fact that opens a task."""
    fields: dict[str, Any] = {"key": task, "name": task, "asks": "approve", "digest": "d", **more}
    return TaskOpened(task=task, **fields)


@dataclass
class Story:
    """A run, told fact by fact."""

    id: str = "run_1"
    workflow: str = "refund"
    by: str | None = None
    labels: dict[str, str] = field(default_factory=dict[str, str])
    root: str | None = None
    parent: str | None = None
    created: int = NOON
    number: int = 0
    head: str = GENESIS

    def write(
        self,
        *facts: Fact,
        status: str = "running",
        at: int = NOON,
        tasks: Sequence[TaskRow] = (),
        timers: Sequence[TimerRow] = (),
        waiters: Sequence[WaiterRow] = (),
        place: PlaceRow | None = None,
        state: str = "{}",
        erase: bool = False,
    ) -> Write:
        """What would be written next."""
        records: list[Record] = []
        previous = self.head
        for number, fact in enumerate(facts, self.number + 1):
            record = seal(self.id, number, at, fact, previous=previous, salt=SALT)
            previous = record.hash
            records.append(record)
        ended = status in {"succeeded", "failed", "cancelled", "timed_out"}
        row = RunRow(
            id=self.id,
            workflow=self.workflow,
            version="1",
            status=status,
            number=self.number + len(facts),
            head=previous,
            by=self.by,
            labels=dump(dict(self.labels)),
            root=self.root or self.id,
            parent=self.parent,
            created=self.created,
            updated=at,
            finished=at if ended else None,
            state=state,
        )
        return Write(
            row=row,
            expected=self.number,
            previous=self.head,
            records=records,
            tasks=tasks,
            timers=timers,
            waiters=waiters,
            place=place,
            erase=erase,
        )

    def next(self, *facts: Fact, **more: Any) -> Write:
        """What is written next; the story goes on from there."""
        write = self.write(*facts, **more)
        self.number, self.head = write.row.number, write.row.head
        return write

    async def tell(self, store: Store, *facts: Fact, **more: Any) -> Sequence[Record]:
        """Write these facts."""
        return await store.commit([self.next(*facts, **more)])

    def task(self, id: str, **more: Any) -> TaskRow:
        """The row of a task that the next fact opens (or, with ``number=``, that an earlier one has opened)."""
        fields: dict[str, Any] = {
            "id": id,
            "run": self.id,
            "root": self.root or self.id,
            "workflow": self.workflow,
            "number": self.number + 1,
            "name": id,
            "kind": "approve",
            "status": "open",
            "outcome": None,
            "title": "",
            "who": "[]",
            "opened": NOON,
            "due": None,
            "priority": 0,
            "state": "{}",
            "risk": None,
            **more,
        }
        fields["labels"] = labels_text(fields.get("labels"))
        said = [str(fields[part]) for part in ("title", "name", "run", "workflow")]
        return TaskRow(**fields, words=words_text(*said))

    async def ask(self, store: Store, id: str, **more: Any) -> TaskRow:
        """Open a task."""
        row = self.task(id, **more)
        await self.tell(store, asked(id), tasks=[row])
        return row

    def timer(self, key: str, due: int | None) -> TimerRow:
        """A timer of this run."""
        return TimerRow(self.id, key, due)

    def waiter(
        self, event: str, key: str = "", *, since: int = NOON, done: int | None = None
    ) -> WaiterRow:
        """A wait of this run for an event."""
        return WaiterRow(self.id, key or f"event:{event}", event, since, None, done)


async def told(store: Store, *ids: str, **more: Any) -> list[Story]:
    """Runs that have just started."""
    stories = [Story(id, **more) for id in ids]
    for story in stories:
        await story.tell(store, STARTED)
    return stories
