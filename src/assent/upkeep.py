"""What keeps a database in shape: would its unfinished runs go on with this code, and away with what ended long ago."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from assent.core.journal import RunId, micros
from assent.core.run import INCOMPLETE, Run
from assent.errors import AssentError
from assent.ledger import Ledger
from assent.ports.clock import Clock
from assent.ports.rows import RunQuery
from assent.ports.store import Store
from assent.rows import run_of
from assent.stream import Stream

_PAGE: Final = 200
_AT_ONCE: Final = 500
_PRUNED: Final = "pruned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A run that this code could not go on with: it would be parked, for this reason."""

    run: RunId
    workflow: str
    version: str
    status: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of trying the code on every unfinished run."""

    runs: int
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was taken away."""

    runs: int
    entries: int


class Upkeep:
    """Upkeep of one store."""

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        clock: Clock,
        stream: Stream,
        rehearse: Callable[[Run], Awaitable[AssentError | None]],
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._stream = stream
        self._rehearse = rehearse

    async def check(self) -> Checked:
        """Run the code over the journal of every unfinished run, with nothing begun and nothing written."""
        count, troubles = 0, list[Trouble]()
        async for head in self._unfinished():
            count += 1
            why = await self._rehearse(head)
            if why is not None:
                troubles.append(
                    Trouble(
                        run=head.id,
                        workflow=head.workflow,
                        version=head.version,
                        status=head.status,
                        code=why.code,
                        reason=str(why),
                    )
                )
        return Checked(runs=count, troubles=tuple(troubles))

    async def _unfinished(self) -> AsyncIterator[Run]:
        statuses = [status.value for status in INCOMPLETE]
        before: tuple[int, str] | None = None
        while page := await self._store.runs(
            RunQuery(statuses=statuses, before=before, limit=_PAGE)
        ):
            for row in page:
                stored = await self._store.load(row.id)
                if stored is not None and stored.row.finished is None:
                    yield run_of(stored)
            before = (page[-1].created, page[-1].id)

    async def prune(self, older_than: timedelta, *, by: str | None = None) -> Pruned:
        """Take away runs that ended longer ago than this, with all that was recorded of them.

        A run goes together with the runs it started, once all of them have ended so long ago; one that is open
        never does. That it was done is kept.
        """
        now = self._clock.now()
        before = micros(now - older_than)
        runs = entries = 0
        while True:
            gone = await self._store.prune(before, _AT_ONCE)
            if not gone.runs:
                break
            runs, entries = runs + len(gone.runs), entries + gone.entries
            self._ledger.forget(gone.runs)
            await self._stream.note_pruned(gone.newest)
        if runs:
            told = {"at": micros(now), "by": by, "before": before, "runs": runs, "entries": entries}
            await self._store.keep(_PRUNED, f"{micros(now)}", {**told})
        return Pruned(runs=runs, entries=entries)
