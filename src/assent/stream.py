"""The journals of all runs as one resumable feed of events.

Readers read the store: history first, then whatever a commit adds, by their own cursor. A commit only rings the
bell. So nothing is lost and nothing comes twice where history meets live, and a slow reader costs no memory.
A ring of the newest entries saves most readers the way to the store. Nobody reads beyond what was told: the store
may hold more by then, and whoever hears of a thing should find it so wherever they ask.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any, Final, cast

from msgspec import Struct
from pydantic_core import to_json

from assent.core.journal import ChildStarted, RunFinished, RunId, RunRetried, moment
from assent.core.record import Record, data_of
from assent.core.values import Json, pack, plain, unpack_or_plain
from assent.ports.store import Store

_PAGE: Final = 500
_RING: Final = 4096
_CUSTOM: Final = "event.emitted"
_PRUNED: Final = ("stream", "pruned")
_HOOK: Final = "hook.opened"
_INNER: Final = frozenset({"value.recorded", "state.changed"})

_MOMENTS: Final = frozenset({"due", "remind_at", "escalate_at"})  # which entries keep as numbers


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: ``seq`` grows over all runs, and is the id to resume after."""

    name: str
    seq: int
    run_id: RunId
    at: datetime
    data: Any
    packed: Json

    def plain(self) -> dict[str, Json]:
        """The event as plain JSON."""
        return {
            "name": self.name,
            "seq": self.seq,
            "run_id": self.run_id,
            "at": self.at.isoformat().replace("+00:00", "Z"),
            "data": plain(self.packed),
        }


def event_of(record: Record) -> Event:
    """A journal entry as an event; what a workflow emitted goes by the name it gave."""
    told = data_of(record)
    if record.kind == _CUSTOM:
        name, packed = str(told["name"]), told.get("data")
    else:
        if record.kind == _HOOK:
            told.pop("url", None)  # who knows it may call it
        told.pop(
            "state", None
        )  # what a step changed of it; an inner matter, as are the workflow's own changes
        if "form" in told:
            told["form"] = pack(
                told["form"]
            )  # a JSON Schema is JSON as it is, whatever its keys are
        for moment_of in _MOMENTS & told.keys():
            told[moment_of] = pack(moment(cast(int, told[moment_of])))
        name, packed = record.kind, told
    return Event(name, record.seq, record.run, moment(record.at), unpack_or_plain(packed), packed)


class Line(Struct, frozen=True):
    """An event as it goes over the wire; ``task`` is the one it is about, ``text`` its JSON on one line."""

    name: str
    seq: int
    run_id: RunId
    task: str | None
    text: bytes


def line_of(record: Record) -> Line:
    """A journal entry as a line."""
    event = event_of(record)
    about = event.packed if isinstance(event.packed, dict) else {}
    task = about.get("task") if record.kind != _CUSTOM else None
    return Line(
        event.name,
        event.seq,
        event.run_id,
        task if isinstance(task, str) else None,
        to_json(event.plain()),
    )


def named(name: str, names: Collection[str]) -> bool:
    """Whether a name is among these, of which some may end in ``*``."""
    if name in names:
        return True
    return any(wanted.endswith("*") and name.startswith(wanted[:-1]) for wanted in names)


class Stream:
    """The feed of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ring: deque[Record] = deque(maxlen=_RING)
        self._last: int | None = None  # the newest entry that was told; None: look it up
        self._bell = asyncio.Event()
        self._closed = False
        self._lines: dict[int, Line] = {}
        self._readers = 0
        store.subscribe(self._told, self)

    @property
    def there(self) -> bool:
        """Whether anybody reads just now."""
        return self._readers > 0

    def skipped(self, seq: int) -> None:
        """Others have committed up to here: whoever comes to read it finds it in the store."""
        asyncio.get_running_loop().call_soon(self._skip, seq)

    def _told(self, records: Sequence[Record]) -> None:
        # Whoever wrote them hears of it first; then they can be read here.
        asyncio.get_running_loop().call_soon(self._show, records)

    def _show(self, records: Sequence[Record]) -> None:
        self._ring.extend(records)
        self._last = records[-1].seq
        self._ring_the_bell()

    def _skip(self, seq: int) -> None:
        self._ring.clear()  # it has no gaps
        self._last = seq
        self._ring_the_bell()  # somebody may have come meanwhile

    def _ring_the_bell(self) -> None:
        bell, self._bell = self._bell, asyncio.Event()
        bell.set()

    def close(self) -> None:
        """End all live readers."""
        self._closed = True
        self._bell.set()

    async def newest(self, seen: int = 0) -> int:
        """The seq of the newest entry that was told; 0 where there is none.

        Who has ``seen`` a newer one has been told by another process: then it is the newest there is.
        """
        if self._last is None:
            found = await self._store.newest()
            self._last = found if self._last is None else self._last
        if seen > self._last and self._store.sharing is not None:
            return await self._store.newest()
        return self._last

    async def events(
        self,
        run: RunId | None = None,
        *,
        after: int = 0,
        live: bool = True,
        until_end: bool = False,
        names: Collection[str] | None = None,
    ) -> AsyncIterator[Event]:
        """Every event after ``after``, once, in order; then, if ``live``, each as it happens.

        ``run`` narrows it to one run, ``names`` to some events (``task.*`` means all of tasks); ``until_end`` ends it
        with the run's end.
        """
        async for records in self._batches(run, after, live=live, until_end=until_end):
            for record in records:
                event = event_of(record)
                if names is None or named(event.name, names):
                    yield event

    async def family(self, run: RunId, *, after: int = 0) -> AsyncIterator[Event]:
        """The events of a run and of all that run below it, as one feed in the order of commits; ends with the run."""
        async for records in self._batches(run, after, live=True, until_end=True, below=True):
            for record in records:
                yield event_of(record)

    async def lines(
        self,
        run: RunId | None = None,
        *,
        after: int = 0,
        live: bool = True,
        until_end: bool = False,
    ) -> AsyncIterator[Sequence[Line]]:
        """As ``events``, some at a time and written as JSON: each is written once, however many read it."""
        async for records in self._batches(run, after, live=live, until_end=until_end):
            yield [self._line(record) for record in records]

    def _line(self, record: Record) -> Line:
        known = self._lines.get(record.seq)
        if known is None:
            if len(self._lines) >= _RING:
                self._lines.clear()
            known = self._lines[record.seq] = line_of(record)
        return known

    async def pruned(self) -> int:
        """The seq up to which entries may have been taken away; 0 where none were."""
        kept = await self._store.kept(*_PRUNED)
        return kept if isinstance(kept, int) else 0

    async def note_pruned(self, seq: int) -> None:
        """Entries up to this seq were taken away: readers that stopped before it are told to start anew."""
        if seq > await self.pruned():
            await self._store.replace(*_PRUNED, seq)

    async def _batches(
        self,
        run: RunId | None,
        after: int,
        *,
        live: bool,
        until_end: bool,
        below: bool = False,
    ) -> AsyncIterator[Sequence[Record]]:
        self._readers += 1
        try:
            pages = self._pages(run, after, live=live, until_end=until_end, below=below)
            async for records in pages:
                yield records
        finally:
            self._readers -= 1

    async def _pages(
        self, run: RunId | None, after: int, *, live: bool, until_end: bool, below: bool
    ) -> AsyncIterator[Sequence[Record]]:
        runs = None if run is None else [run]
        ended: bool | None = None  # not known, until an entry tells or the store is asked
        while True:
            bell = self._bell
            records, after = await self._after(after, runs, last=not live)
            if below and runs is not None and (new := _first_child(records, runs)) is not None:
                # From here on its entries are read too: none of them is older.
                records, after = records[: new + 1], records[new].seq
                runs.append(str(data_of(records[new])["child"]))
            # A turn later: at this very moment who wrote them may not have heard of it yet.
            await asyncio.sleep(0)
            for record in records:
                if record.kind == RunFinished.kind:
                    ended = record.run == run or ended
                elif record.kind == RunRetried.kind:
                    ended = record.run != run and ended
            if told := [record for record in records if record.kind not in _INNER]:
                yield told
            if records:
                continue
            if not live or self._closed or (until_end and ended):
                return
            if until_end and ended is None and run is not None:
                ended = await self._is_over(run)
                continue  # it may have ended since the last look, and that is to be told first
            await bell.wait()

    async def _after(
        self, after: int, runs: Collection[RunId] | None, *, last: bool
    ) -> tuple[Sequence[Record], int]:
        """Some entries after this seq, and the seq up to which there are no others."""
        if last and self._store.sharing is not None:
            # Nobody will ring for this reader again: what others wrote and is yet to be told counts too.
            page = await self._first_of(after, runs)
            return page, page[-1].seq if page else after
        ring = self._ring
        if ring and ring[0].seq <= after + 1:
            new = list(takewhile(lambda record: record.seq > after, reversed(ring)))
            found = [record for record in reversed(new) if runs is None or record.run in runs]
            if len(found) > _PAGE:
                return found[:_PAGE], found[_PAGE - 1].seq
            return found, new[0].seq if new else after
        known = await self.newest()
        page = await self._first_of(after, runs)
        # Of several runs one is read after the other: what was written in between is for the next time.
        told = known if runs is not None and len(runs) > 1 else await self.newest()
        new = [record for record in page if record.seq <= told]
        if len(page) == _PAGE and new:
            return new, new[-1].seq
        return new, max(known, new[-1].seq if new else after)

    async def _first_of(self, after: int, runs: Collection[RunId] | None) -> Sequence[Record]:
        """The first stored entries after this seq: of all runs, or of some, in the order of commits."""
        if runs is None:
            return await self._store.feed(after, _PAGE)
        pages = [await self._store.feed(after, _PAGE, run) for run in runs]
        if len(pages) == 1:
            return pages[0]
        return sorted((record for page in pages for record in page), key=_seq)[:_PAGE]

    async def _is_over(self, run: RunId) -> bool:
        """Whether the run has ended by now, and all of it was told."""
        stored = await self._store.load(run)
        if stored is None or stored.row.finished is None:
            return False
        return not await self._store.feed(await self.newest(), 1, run)


def _seq(record: Record) -> int:
    return record.seq


def _first_child(records: Sequence[Record], known: Collection[RunId]) -> int | None:
    """The place of the first of these entries that tells of a run below which is not known yet."""
    for place, record in enumerate(records):
        if record.kind == ChildStarted.kind and data_of(record)["child"] not in known:
            return place
    return None
