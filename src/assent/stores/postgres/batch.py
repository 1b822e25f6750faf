"""What one transaction writes: the submissions of many runs, as one list of values per column of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from pydantic_core import from_json

from assent.core.journal import RunId
from assent.core.record import Record
from assent.errors import ValueNotKept
from assent.ports.rows import PlaceRow, RunRow, TaskRow, TimerRow, WaiterRow, Write

_ENTRY_COLUMNS: Final = len(Record._fields) - 1  # the store numbers entries itself
_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_WHO: Final = TaskRow._fields.index("who")


@dataclass(slots=True)
class _RunPart:
    """A run in a batch: where it must stand before, and as it is after."""

    expected: int
    previous: str
    row: RunRow
    fence: int | None
    rests: bool


@dataclass(slots=True)
class Batch:
    """What one transaction puts into each table; later rows of one key replace earlier ones."""

    runs: dict[RunId, _RunPart] = field(default_factory=dict[RunId, _RunPart])
    entries: list[Record] = field(default_factory=list[Record])
    tasks: dict[str, TaskRow] = field(default_factory=dict[str, TaskRow])
    timers: dict[tuple[str, str], TimerRow] = field(default_factory=dict[tuple[str, str], TimerRow])
    waiters: dict[tuple[str, str, str], WaiterRow] = field(
        default_factory=dict[tuple[str, str, str], WaiterRow]
    )
    places: dict[RunId, PlaceRow] = field(default_factory=dict[RunId, PlaceRow])
    erased: list[RunId] = field(default_factory=list[RunId])

    def stands_at(self, run: RunId) -> tuple[int, str] | None:
        """The run's newest entry once this batch is written, number and hash; None where it does not speak of it."""
        part = self.runs.get(run)
        return None if part is None else (part.row.number, part.row.head)

    def add(self, write: Write) -> None:
        """Write this too."""
        row, fence = write.row, write.fence
        part = self.runs.get(row.id)
        if part is None:
            self.runs[row.id] = _RunPart(write.expected, write.previous, row, fence, write.rests)
        else:
            part.row = row
            part.fence = part.fence if fence is None else fence
            part.rests = part.rests or write.rests
        if write.erase:
            self.erased.append(row.id)
            self.entries = [
                entry._replace(payload=None) if entry.run == row.id else entry
                for entry in self.entries
            ]
        self.entries += write.records
        for task in write.tasks:
            self.tasks[task.id] = task
        for timer in write.timers:
            self.timers[timer.run, timer.key] = timer
        for waiter in write.waiters:
            self.waiters[waiter[:3]] = waiter
        if write.place:
            self.places.pop(row.id, None)  # in the order in which they came
            self.places[row.id] = write.place

    def columns(self) -> list[Sequence[Any]]:
        """The lists that the commit function takes; raises ValueNotKept."""
        # In one order everywhere, so that two who lock the same runs do not wait for each other.
        parts = sorted(self.runs.values(), key=lambda part: part.row.id)
        for part in parts:
            _readable(part.row.labels)
        for task in self.tasks.values():
            _readable(task.who)
        candidates = [
            (name, task.id)
            for task in self.tasks.values()
            if task.who != "[]"
            for name in dict.fromkeys(cast("list[str]", from_json(task.who)))
        ]
        return [
            *_columns([part.row for part in parts], len(RunRow._fields)),
            [part.expected for part in parts],
            [part.previous for part in parts],
            [part.fence for part in parts],
            [part.rests for part in parts],
            *_columns([entry[1:] for entry in self.entries], _ENTRY_COLUMNS),
            *_columns(self.tasks.values(), len(TaskRow._fields)),
            *_columns(candidates, 2),
            *_columns(self.timers.values(), len(TimerRow._fields)),
            *_columns(self.waiters.values(), len(WaiterRow._fields)),
            *_columns(self.places.values(), len(PlaceRow._fields)),
            self.erased,
        ]


def _columns(rows: Iterable[Sequence[Any]], width: int) -> Sequence[Sequence[Any]]:
    return list(zip(*rows, strict=True)) or [()] * width


def _readable(text: str) -> None:
    """What queries take apart in the database must be JSON that it can take apart."""
    if "\\u0000" in text and _NUL.search(text):
        raise ValueNotKept(
            "$", "a name or a title holds a NUL character, which databases cannot keep."
        )
