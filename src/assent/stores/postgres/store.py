"""PostgreSQL: one writing coroutine with group commit, readers beside it, and the news of other processes.

    submit ──▶ queue ──▶ writer: whatever queued up while it worked is its next call of the commit function
    query  ──▶ pool
    NOTIFY, or a look now and then ──▶ what others have committed, told in order of seq with our own

The commit function takes one lock over all processes, so entries become visible in the order of their seq. It
runs in the server as a whole: no client ever sits on the lock while its own loop is busy.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar, cast

from pydantic_core import from_json

from assent.core.journal import RunId, TaskId
from assent.core.place import Line, Standing, Waiting
from assent.core.record import GENESIS, Past, Record
from assent.core.values import Json, dump, load
from assent.errors import NotOpen, StoreAway, ValueNotKept
from assent.ports.rows import (
    Gone,
    QueueRow,
    RunQuery,
    RunRow,
    StoredRun,
    StoredTask,
    TaskQuery,
    TaskRow,
    TimerRow,
    WaiterQuery,
    WaiterRow,
    Write,
)
from assent.ports.store import Fenced, Full, Listener, Readers, Stale
from assent.stores.postgres import queries
from assent.stores.postgres.batch import Batch
from assent.stores.postgres.connection import CLOSED, Backoff, Connections, is_away, is_lost, meant
from assent.stores.postgres.migrating import migrated
from assent.stores.postgres.options import Postgres
from assent.stores.postgres.passing import CALL, passed
from assent.stores.postgres.presence import Presence

R = TypeVar("R")
log = logging.getLogger("assent.store")
_PAGE: Final = 2000
_RESTS: Final = 3  # times as long as a look at the news took, until the next one
_REST: Final = 0.05  # seconds, at most
_END: Final = 2**63 - 1
_TASK_COLUMNS: Final = len(TaskRow._fields)


class Unfit(NamedTuple):
    """Why the commit function refused what was to be written of a run: it stands elsewhere, or is fenced, or full."""

    newest: tuple[int, str] | None  # the entry's number and hash
    fenced: bool
    no_room: bool


_FITS: Final = Unfit(None, False, False)


@dataclass(slots=True)
class _Job:
    """Writes of runs that are wanted together, and who waits for them."""

    writes: Sequence[Write]
    done: asyncio.Future[Sequence[Record]]
    result: Sequence[Record] = ()
    error: BaseException | None = None
    in_doubt: bool = False  # the connection was lost over it: perhaps it has been written


class PostgresStore:
    """A store in a schema of a PostgreSQL database; see ``assent.ports.store.Store`` for its promises."""

    def __init__(
        self,
        database: str,
        options: Postgres | None = None,
        *,
        durability: str = "full",
        migrate: bool = True,
    ) -> None:
        self._options = options or Postgres()
        self._connections = Connections(database, self._options, durability=durability)
        self._schema = f'"{self._connections.schema}"'
        self._migrate = migrate
        self._jobs: list[_Job] = []
        self._submitted = asyncio.Event()
        self._listeners: list[tuple[Listener, Readers | None]] = []
        self._told = 0
        self._untold: deque[tuple[int, Sequence[Record]]] = deque()
        self._news = asyncio.Event()
        self._opened = self._closed = self._abandoned = False
        self._tasks: list[asyncio.Task[None]] = []
        self._writing: Any = None
        self._presence = Presence(self._connections, self._schema, self._options, self._news.set)

    @property
    def lasting(self) -> bool:
        """The server keeps it."""
        return True

    @property
    def sharing(self) -> Presence:
        """What several processes need to share it."""
        return self._presence

    @property
    def where(self) -> str:
        """The database, as it may be shown."""
        return self._connections.where

    # ── opening and closing ─────────────────────────────────────────────────────────────────────

    async def open(self) -> None:
        """Connect, migrate, say that this process is there, start the writer."""
        self._loop = asyncio.get_running_loop()
        await self._connections.open()
        try:
            await migrated(self._connections, change=self._migrate)
            self._told = await self._newest()
            await self._presence.arrive()
        except BaseException:
            await self._connections.close()
            raise
        self._commit = self._sql(CALL)
        self._opened, self._closed = True, False
        self._writer = self._loop.create_task(self._write())
        self._tasks = [
            self._loop.create_task(self._tell_news()),
            *self._presence.watching(),
        ]

    async def close(self) -> None:
        """Finish what was submitted, hand runs back, then let go."""
        self._closed = True
        self._submitted.set()
        await asyncio.gather(self._writer, return_exceptions=True)
        await self._stop_tasks()
        if not self._abandoned:
            await self._presence.leave()
        await self._close_writing()
        await self._connections.close()

    async def abandon(self) -> None:
        """Let go at once, as if the process had died: what is not committed is lost. Its death is noticed."""
        self._abandoned = self._closed = True
        self._submitted.set()
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)
        await self._stop_tasks()
        await self._presence.die()
        await self._close_writing()

    async def _stop_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _close_writing(self) -> None:
        connection, self._writing = self._writing, None
        if connection is not None:
            connection.terminate()

    def _sql(self, text: str) -> str:
        return text.replace("{s}", self._schema)

    # ── writing ─────────────────────────────────────────────────────────────────────────────────

    def commit(self, writes: Sequence[Write]) -> Awaitable[Sequence[Record]]:
        """Write all of these or nothing."""
        job = _Job(writes, self._loop.create_future())
        if self._closed and not self._abandoned:
            job.done.set_exception(NotOpen(CLOSED))
        else:
            self._jobs.append(job)
            self._submitted.set()
        return job.done

    def subscribe(self, listener: Listener, readers: Readers | None = None) -> None:
        """Call the listener with everything committed from now on, by whomever, while it has readers."""
        self._listeners.append((listener, readers))

    async def _write(self) -> None:
        """Take what has queued up, commit it, tell, again."""
        while True:
            self._submitted.clear()
            upto = _under_one_lease(self._jobs)
            jobs, self._jobs = self._jobs[:upto], self._jobs[upto:]
            if jobs:
                before, records = await self._transact(jobs)
                self._deliver(jobs, before, records)
            elif self._closed:
                return
            else:
                await self._submitted.wait()

    async def _transact(self, jobs: list[_Job]) -> tuple[int, list[Record]]:
        """Commit these jobs together; where that fails, each alone, so that one cannot fail the others.

        Returns the seq of the entry before them, and their entries.
        """
        try:
            return await self._together(jobs)
        except Exception as error:  # noqa: BLE001  (whatever it is, the caller is told)
            if len(jobs) == 1 or isinstance(error, StoreAway):
                for job in jobs:
                    job.error = meant(error)
                return 0, []
        first, records = 0, list[Record]()
        for job in jobs:
            before, more = await self._transact([job])
            first = first if records else before
            records += more
        return first, records

    async def _together(self, jobs: list[_Job]) -> tuple[int, list[Record]]:
        backoff = Backoff(self.where)
        known: dict[RunId, Unfit] = {}
        for job in jobs:
            job.result, job.error = (), None
        left = list(jobs)
        while True:
            batch, going = _gathered(left, known)
            if not batch.runs:
                return 0, []
            params = [*self._presence.signature, *passed(batch.columns())]
            try:
                rows = await self._connections.run(
                    await self._writing_connection(), self._commit, params
                )
            except Exception as error:
                if self._writing is not None and is_lost(error):
                    for job in going:
                        job.in_doubt = True
                if not is_away(error):
                    raise
                await self._close_writing()
                await backoff.pause(error)
                continue
            if not rows:
                continue  # what did not fit is not so any more
            first, before = rows[0]["first"], rows[0]["before"]
            if rows[0]["run"] is None:
                return before, _numbered(going, first)
            left = [job for job in left if not (job.in_doubt and await self._is_stored(job))]
            known = {
                row["run"]: Unfit(
                    None if row["no_room"] else (row["number"], row["head"] or GENESIS),
                    row["fenced"],
                    row["no_room"],
                )
                for row in rows
            }

    async def _writing_connection(self) -> Any:
        if self._writing is None or self._writing.is_closed():
            self._writing = None
            self._writing = await self._connections.one()
        return self._writing

    async def _is_stored(self, job: _Job) -> bool:
        """Whether all of the job's entries are there: their hashes say whose they are."""
        wanted = [record for write in job.writes for record in write.records]
        if not wanted:
            return False
        rows = await self._connections.fetch(
            self._sql(queries.STORED), [r.run for r in wanted], [r.number for r in wanted]
        )
        found = {(row["run"], row["number"]): Record(*row) for row in rows}
        stored = [found.get((record.run, record.number)) for record in wanted]
        if any(
            there is None or there.hash != r.hash for there, r in zip(stored, wanted, strict=True)
        ):
            return False
        job.result = cast("list[Record]", stored)
        return True

    def _deliver(self, jobs: list[_Job], before: int, records: list[Record]) -> None:
        """Everything of this commit is durable now."""
        # Who wrote hears of it first, so that whoever reads the news finds things as they were told.
        for job in jobs:
            if job.done.done():
                continue
            if job.error is not None:
                job.done.set_exception(job.error)
            else:
                job.done.set_result(job.result)
        if not records:
            return
        if before <= self._told and not self._untold:
            self._tell(records)
        else:
            self._untold.append((before, records))
            self._news.set()

    # ── telling ─────────────────────────────────────────────────────────────────────────────────

    def _tell(self, records: Sequence[Record]) -> None:
        new = [record for record in records if record.seq > self._told]
        if not new:
            return
        self._told = new[-1].seq
        for listener, _ in self._listeners:
            try:
                listener(new)
            except Exception:
                log.exception("store.listener_failed", extra={"entries": len(new)})

    async def _tell_news(self) -> None:
        """Tell what others have committed, in order with what was committed here."""
        while True:
            try:
                async with asyncio.timeout(self._options.poll):
                    await self._news.wait()
            except TimeoutError:
                pass  # NOTIFY may have been missed, or there is none
            self._news.clear()
            began = self._loop.time()
            try:
                await self._catch_up()
            except NotOpen:
                return
            except Exception as error:
                if not is_away(error) and not isinstance(error, StoreAway):
                    log.exception("store.news_failed")
                await asyncio.sleep(self._options.poll)
            # A look that took long had much beside it: then what comes up is one look, not one for each commit.
            await asyncio.sleep(min(_RESTS * (self._loop.time() - began), _REST))

    async def _catch_up(self) -> None:
        while True:
            waits = bool(self._untold)
            until = self._untold[0][1][0].seq if waits else _END
            if await (self._skip(until) if self._unread else self._hear(until)) == _PAGE:
                continue
            if not self._untold:
                return
            if not waits:
                continue  # committed here while we looked: what others did before it may not have been seen yet
            self._tell(self._untold.popleft()[1])
            while self._untold and self._untold[0][0] <= self._told:
                self._tell(self._untold.popleft()[1])
            if not self._untold:
                return

    @property
    def _unread(self) -> bool:
        return all(readers and not readers.there for _, readers in self._listeners)

    async def _hear(self, until: int) -> int:
        """Tell a page of what others have committed before this seq; returns how many entries that were."""
        rows = await self._fetch(queries.FEED_UNTIL, self._told, until, _PAGE)
        after = self._told
        page = [record for row in rows if (record := Record(*row)).seq > after]
        self._tell(page)
        self._presence.hear({record.run: record.number for record in page})
        return len(rows)

    async def _skip(self, until: int) -> int:
        """Learn only which runs a page of the others' entries is about, because nobody reads these."""
        rows = await self._fetch(queries.NEWS_UNTIL, self._told, until, _PAGE)
        if not self._unread:
            return _PAGE  # somebody reads by now, and the look may have come upon what was committed since: hear it
        if rows:
            self._told = max(self._told, *(seq for _, _, seq, _ in rows))
            for _, readers in self._listeners:
                if readers is not None:
                    readers.skipped(self._told)
            self._presence.hear({run: number for run, number, _, _ in rows})
        return sum(entries for _, _, _, entries in rows)

    # ── reading ─────────────────────────────────────────────────────────────────────────────────

    async def _fetch(self, sql: str, *params: object, again: bool = True) -> list[Any]:
        if self._closed:
            raise NotOpen(CLOSED)
        return await self._connections.fetch(self._sql(sql), *params, again=again)

    async def _find(self, sql: str, *params: object) -> list[Any]:
        """The rows that were looked for: none by a text that no row can hold."""
        try:
            return await self._fetch(sql, *params)
        except ValueNotKept:
            return []

    async def load(self, run: RunId) -> StoredRun | None:
        """A run as it is stored, or None."""
        rows = await self._find(queries.LOAD, run)
        if not rows:
            return None
        *row, tasks, timers = rows[0]
        stored: list[Any] = from_json(tasks or "[]")
        return StoredRun(
            RunRow(*row),
            [StoredTask(TaskRow(*task), Record(*opened)) for task, opened in stored],
            [TimerRow(*timer) for timer in from_json(timers or "[]")],
        )

    async def journal(self, run: RunId, after: int = 0) -> Sequence[Record]:
        """The run's entries after this number, in order."""
        return _records(await self._find(queries.JOURNAL, run, after))

    async def history(self, run: RunId) -> Sequence[Past]:
        """All entries of the run, in order, parsed for replay."""
        return [
            Past(number, at, kind, from_json(body), None if payload is None else from_json(payload))
            for number, at, kind, body, payload in await self._find(queries.HISTORY, run)
        ]

    async def feed(self, after: int, limit: int, run: RunId | None = None) -> Sequence[Record]:
        """Entries after this seq, in order."""
        if run is None:
            return _records(await self._fetch(queries.FEED, after, limit))
        return _records(await self._find(queries.FEED_OF_RUN, run, after, limit))

    async def newest(self) -> int:
        """The highest seq there is."""
        if self._closed:
            raise NotOpen(CLOSED)
        return await self._newest()

    async def _newest(self) -> int:
        rows = await self._connections.fetch(self._sql(queries.NEWEST))
        return cast(int, rows[0][0])

    async def runs(self, query: RunQuery) -> Sequence[RunRow]:
        """A page of runs, newest first."""
        sql, params = queries.runs(query)
        return [RunRow(*row) for row in await self._find(sql, *params)]

    async def tasks(self, query: TaskQuery) -> Sequence[StoredTask]:
        """A page of tasks."""
        sql, params = queries.tasks(query)
        return _stored(await self._find(sql, *params))

    async def task(self, task: TaskId) -> StoredTask | None:
        """One task, or None."""
        found = _stored(await self._find(queries.TASK, task))
        return found[0] if found else None

    async def due(self, at: int, limit: int) -> Sequence[TimerRow]:
        """Timers that are due, earliest first."""
        return [TimerRow(*row) for row in await self._fetch(queries.DUE, at, limit)]

    async def next_due(self) -> int | None:
        """When the earliest timer is due."""
        return cast("int | None", (await self._fetch(queries.NEXT_DUE))[0][0])

    async def waiters(self, query: WaiterQuery) -> Sequence[WaiterRow]:
        """A page of the waiters of an event."""
        sql, params = queries.waiters(query)
        return [WaiterRow(*row) for row in await self._find(sql, *params)]

    async def queues(self) -> Sequence[QueueRow]:
        """The queues where somebody waits or is in, by name."""
        return [QueueRow(*row) for row in await self._fetch(queries.QUEUES)]

    async def line(self, queue: str, since: int, limit: int) -> Line:
        """A queue as it stands."""
        rows = await self._fetch(queries.LINE, queue, since, limit)
        inside, starts, waiting = rows[0]
        return Line(inside, starts, [Waiting(*one) for one in from_json(waiting or "[]")])

    async def ahead(self, run: RunId) -> int | None:
        """The run's place in the line of its queue."""
        return (await self._fetch(queries.AHEAD, run))[0][0] or None

    async def counts(self) -> Mapping[str, int]:
        """How many runs there are in each status."""
        return dict(await self._fetch(queries.COUNTS))

    async def prune(self, before: int, limit: int) -> Gone:
        """Take away some runs that ended before this moment."""
        runs, entries, newest = (await self._fetch(queries.PRUNE, before, limit, again=False))[0]
        return Gone(runs or (), entries, newest)

    # ── documents ───────────────────────────────────────────────────────────────────────────────

    async def keep(self, kind: str, id: str, document: Json) -> bool:
        """Keep a document unless there is one; whether it was new."""
        return bool(await self._fetch(queries.KEEP, kind, id, dump(document), again=False))

    async def replace(self, kind: str, id: str, document: Json) -> None:
        """Keep a document in place of any other."""
        await self._fetch(queries.REPLACE, kind, id, dump(document))

    async def kept(self, kind: str, id: str) -> Json:
        """A kept document, or None."""
        rows = await self._find(queries.KEPT, kind, id)
        return load(rows[0][0]) if rows else None

    async def take(self, kind: str, id: str) -> Json:
        """Remove a document and return it; one taker gets it."""
        rows = await self._fetch(queries.TAKE, kind, id, again=False)
        return load(rows[0][0]) if rows else None

    async def kept_all(self, kind: str) -> Mapping[str, Json]:
        """All documents of a kind by id."""
        return {id: load(text) for id, text in await self._fetch(queries.KEPT_ALL, kind)}


def _under_one_lease(jobs: Sequence[_Job]) -> int:
    """How many of these, from the first on, can be one batch: each lease is asked for by itself.

    Where a run was given up and claimed anew, what is still written under the old lease would pass under the new one.
    """
    fences: dict[RunId, int] = {}
    for count, job in enumerate(jobs):
        for write in job.writes:
            fence = write.fence
            if fence is not None and fences.setdefault(write.row.id, fence) != fence:
                return count
    return len(jobs)


def _gathered(jobs: list[_Job], known: Mapping[RunId, Unfit]) -> tuple[Batch, list[_Job]]:
    """The batch of all jobs that fit what is known, and those jobs; the others are told why they do not."""
    batch, going = Batch(), list[_Job]()
    for job in jobs:
        job.error = job.error or _unfit(job, batch, known)
        if job.error is None:
            for write in job.writes:
                batch.add(write)
            going.append(job)
    return batch, going


def _unfit(job: _Job, batch: Batch, known: Mapping[RunId, Unfit]) -> Stale | Fenced | Full | None:
    for write in job.writes:
        there, fenced, no_room = known.get(write.row.id, _FITS)
        if no_room and write.place and write.place.standing == Standing.IN:
            return Full(write.row.id)
        if fenced and write.fence is not None and write.expected:
            return Fenced(write.row.id)
        newest = batch.stands_at(write.row.id) or there
        if newest is not None and newest != write.follows:
            return Stale(write.row.id, write.expected)
    return None


def _numbered(jobs: Iterable[_Job], first: int) -> list[Record]:
    """The entries of these jobs with their seq."""
    records: list[Record] = []
    for job in jobs:
        result: list[Record] = []
        for write in job.writes:
            for record in write.records:
                result.append(Record(first + len(records) + len(result), *record[1:]))
        job.result = result
        records += result
    return records


def _records(rows: Iterable[Sequence[Any]]) -> list[Record]:
    return [Record(*row) for row in rows]


def _stored(rows: Iterable[Sequence[Any]]) -> list[StoredTask]:
    return [StoredTask(TaskRow(*row[:_TASK_COLUMNS]), Record(*row[_TASK_COLUMNS:])) for row in rows]
