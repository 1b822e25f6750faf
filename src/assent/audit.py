"""The audit trail: every entry with actor, door and time, verifiable, exportable, erasable."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Final, cast

from assent.core.journal import PayloadsErased, RunId, RunStarted, moment
from assent.core.record import Flaw, Record, fact_of, flaws
from assent.core.run import Run, begin, evolve
from assent.core.values import Json, load
from assent.errors import RunNotFound
from assent.ledger import Ledger
from assent.ports.rows import RunQuery, RunRow, TaskQuery, TaskRow
from assent.ports.store import Store
from assent.rows import run_of, run_row, task_row

_PAGE: Final = 500
_ALL: Final = 1_000_000
# Columns that lists and filters read; numbers and hashes are the chain's to judge. The last ones can be erased.
_RUN_SAYS: Final = (
    *("workflow", "version", "status", "by", "root", "parent", "created", "updated", "finished"),
    *("labels",),
)
_TASK_SAYS: Final = (
    *("root", "workflow", "number", "name", "kind", "status", "outcome", "opened", "due"),
    *("priority", "risk", "title", "who", "state", "labels", "words"),
)
_CAN_BE_ERASED: Final = frozenset({"title", "who", "state", "labels", "words"})
# What reading a row raises that somebody has written something into by hand.
_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, OverflowError)


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
        """What is altered, dropped or reordered; an empty list where nothing is.

        Lists of runs and tasks must say what the journal says, too. Whoever can write to the database could
        take out a run whole, or make its chain anew: ``missing`` finds that, by an export that was kept elsewhere.
        """
        if run is not None:
            if await self._store.load(run) is None:
                raise RunNotFound(run)
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
            try:
                head = run_of(stored)
            except _UNREADABLE as error:
                why = f"the lists of runs and tasks say what cannot be read: {error}"
                return [Flaw(run, stored.row.number, why)]
            records = await self._store.journal(run)
            found = flaws(run, records, salt=head.salt, head=head.head, last=head.number)
            found = found or await self._listed_otherwise(stored.row, records)
            again = await self._store.load(run) if found else stored
            if again is not None and again.row == stored.row:
                return found  # else it was changed, perhaps erased, between the two looks

    async def _listed_otherwise(self, row: RunRow, records: Sequence[Record]) -> list[Flaw]:
        """Where the rows that lists are made of say something else than the journal."""
        run = folded(records)
        erased = any(record.kind == PayloadsErased.kind for record in records)
        found = _differ("the list of runs", row, run_row(run), _RUN_SAYS, erased=erased)
        query = TaskQuery(open=None, run=run.id, limit=_ALL)
        listed = {task.row.id: task.row for task in await self._store.tasks(query)}
        for id, task in run.tasks.items():
            says = task_row(run, task)
            if id in listed:
                where = f"the list of tasks, at {id},"
                found += _differ(where, listed[id], says, _TASK_SAYS, erased=erased)
            else:
                found.append(f"the list of tasks has lost {id}")
        found += [
            f"the list of tasks has {id}, of which the journal knows nothing"
            for id in listed
            if id not in run.tasks
        ]
        return [Flaw(run.id, run.number, what) for what in found]

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


def folded(records: Sequence[Record]) -> Run:
    """The run that a whole journal tells of, with all its tasks."""
    first = records[0]
    run = begin(first.run, cast(RunStarted, fact_of(first)), moment(first.at), "")
    for record in records:
        facts = [fact_of(record)]
        run = evolve(run, facts, moment(record.at), number=record.number, head=record.hash)
    return run


def _differ(
    where: str, row: RunRow | TaskRow, says: RunRow | TaskRow, names: Sequence[str], *, erased: bool
) -> list[str]:
    told = [name for name in names if not (erased and name in _CAN_BE_ERASED)]
    return [
        f"{where} says {name} {getattr(row, name)!r:.200}; the journal says {getattr(says, name)!r:.200}"
        for name in told
        if getattr(row, name) != getattr(says, name)
    ]


async def missing(
    kept: Iterable[Mapping[str, Any]], now: AsyncIterator[Mapping[str, Any]]
) -> list[Flaw]:
    """What an earlier export has and the trail has no more, or has otherwise. Both are lines as ``exported``.

    A run that was pruned since counts as missing too: an export cannot know that it was meant to go.
    """
    hashes = {(str(line["run"]), int(line["number"])): str(line["hash"]) for line in kept}
    exported_of = Counter(run for run, _ in hashes)
    found: list[Flaw] = []
    async for line in now:
        place = str(line["run"]), int(line["number"])
        if hashes.pop(place, line["hash"]) != line["hash"]:
            found.append(Flaw(*place, f"entry {place[1]} is not the one that was exported"))
    gone = Counter(run for run, _ in hashes)
    for run, count in gone.items():
        if count == exported_of[run]:
            found.append(Flaw(run, 0, f"the run is gone, with the {count} entries exported of it"))
    found += [
        Flaw(run, number, f"entry {number} was exported, and is gone")
        for run, number in hashes
        if gone[run] != exported_of[run]
    ]
    return found


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
