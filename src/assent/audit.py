"""The audit trail: every entry with actor, door and time, verifiable, exportable, erasable."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

from assent.core.journal import RunId, moment
from assent.core.record import Flaw, Record, flaws
from assent.core.values import Json, load
from assent.ledger import Ledger
from assent.ports import RunQuery, Store
from assent.rows import run_of

_PAGE: Final = 500


class Audit:
    """The trail of one store."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger

    async def export(
        self, run: RunId | None = None, after: int = 0
    ) -> AsyncIterator[dict[str, Json]]:
        """Every entry of all runs, or of one, in the order in which they became durable."""
        if run is not None:
            await self._ledger.head(run)
        while page := await self._store.feed(after, _PAGE, run):
            for record in page:
                yield exported(record)
            after = page[-1].seq

    async def verify(self, run: RunId | None = None) -> list[Flaw]:
        """What is altered, dropped or reordered; an empty list where nothing is."""
        if run is not None:
            await self._ledger.head(run)
            return await self._verify(run)
        found: list[Flaw] = []
        known: set[RunId] = set()
        before: tuple[int, str] | None = None
        while page := await self._store.runs(RunQuery(before=before, limit=_PAGE)):
            for row in page:
                found += await self._verify(row.id)
                known.add(row.id)
            before = (page[-1].created, page[-1].id)
        return [*found, *await self._without_run(known)]

    async def _verify(self, run: RunId) -> list[Flaw]:
        while True:
            stored = await self._store.load(run)
            if stored is None:
                return [Flaw(run, 0, "the run is missing")]
            head = run_of(stored)
            records = await self._store.journal(run)
            found = flaws(run, records, salt=head.salt, head=head.head, last=head.number)
            again = await self._store.load(run) if found else stored
            if again is not None and again.row == stored.row:
                return found  # else it was changed, perhaps erased, between the two looks

    async def _without_run(self, known: set[RunId]) -> list[Flaw]:
        """Entries of runs that are not in the list of runs: somebody has taken the run out of it."""
        found: list[Flaw] = []
        after = 0
        while page := await self._store.feed(after, _PAGE):
            for record in page:
                if record.run in known:
                    continue
                known.add(record.run)
                if await self._store.load(record.run) is None:  # else it has started meanwhile
                    found.append(
                        Flaw(record.run, record.number, "the run of this entry is missing")
                    )
            after = page[-1].seq
        return found

    async def erase(self, run: RunId, *, by: str | None = None) -> None:
        """Erase what people and programs put into an ended run; the chain still verifies."""
        await self._ledger.erase(run, by)


def exported(record: Record) -> dict[str, Json]:
    """An entry as one line of an export."""
    body = load(record.body)
    told: dict[str, Any] = body if isinstance(body, dict) else {}
    return {
        "seq": record.seq,
        "run": record.run,
        "number": record.number,
        "at": moment(record.at).isoformat().replace("+00:00", "Z"),
        "kind": record.kind,
        "key": record.key,
        "actor": told.get("by"),
        "via": told.get("via"),
        "body": body,
        "payload": None if record.payload is None else load(record.payload),
        "digest": record.digest,
        "hash": record.hash,
    }
