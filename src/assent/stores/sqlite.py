"""SQLite: one writer thread with group commit, readers beside it.

    loop ──submit──▶ queue ──▶ writer thread: whatever queued up while it worked is its next transaction
    loop ──query───▶ reader threads (WAL: they see the last commit and disturb nobody)
    in memory        no threads: what was submitted in one turn of the loop is a transaction at the end of it

Many rows cross to the writer as one JSON text per table and statement, and come back from the readers as one JSON
text per query; a few go over as parameters. That is not for beauty: the interpreter's lock is handed over around
every row that sqlite3 touches, and beside a busy loop each hand-over may cost milliseconds.

Only the writer checkpoints. With several writers, SQLite before 3.51.3 may lose a commit when the WAL is reset.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import re
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from pydantic_core import from_json, to_json

from assent.core.journal import RunId, TaskId
from assent.core.place import Line, Standing, Waiting
from assent.core.record import GENESIS, Past, Record
from assent.core.values import Json, dump, load
from assent.errors import ConfigurationError, NotOpen, ValueNotKept
from assent.ports.rows import (
    Gone,
    PlaceRow,
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
from assent.ports.store import Full, Listener, Readers, Stale
from assent.stores import queries
from assent.stores.lock import DatabaseLock
from assent.stores.migrating import migrated, refuse_newer

R = TypeVar("R")
log = logging.getLogger("assent.store")
MEMORY: Final = ":memory:"
_CLOSED: Final = "The store is closed: nothing is read or written any more. Open the app again."
_KNOWN_HEADS: Final = 20_000
_NEW: Final = (0, GENESIS)  # where a run stands that is not there yet


@dataclass(slots=True)
class _Job:
    """Something for the writer: writes of runs, or a call in its transaction."""

    writes: Sequence[Write]
    done: asyncio.Future[Any]
    call: Callable[[sqlite3.Connection], Any] | None = None
    result: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class _Batch:
    """What one transaction puts into each table; later rows of one key replace earlier ones."""

    runs: dict[str, RunRow] = field(default_factory=dict[str, RunRow])
    entries: list[Record] = field(default_factory=list[Record])
    tasks: dict[str, TaskRow] = field(default_factory=dict[str, TaskRow])
    timers: dict[tuple[str, str], TimerRow] = field(default_factory=dict[tuple[str, str], TimerRow])
    waiters: dict[tuple[str, str, str], WaiterRow] = field(
        default_factory=dict[tuple[str, str, str], WaiterRow]
    )
    erased: list[RunId] = field(default_factory=list[RunId])

    def erase(self, run: RunId) -> None:
        """Take the payloads of all of the run's entries so far: those stored, and those yet to be stored."""
        self.erased.append(run)
        self.entries = [
            entry._replace(payload=None) if entry.run == run else entry for entry in self.entries
        ]


class SqliteStore:
    """A store in one file, or in memory (``:memory:``); see ``assent.ports.store.Store`` for its promises."""

    def __init__(self, database: str, *, durability: str = "full", migrate: bool = True) -> None:
        self._database = database
        self._path = None if database == MEMORY else Path(database)
        self._durability = durability
        self._migrate = migrate
        self._lock = DatabaseLock(self._path) if self._path else None
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._here: list[_Job] = []  # for the loop itself: there is no disk to wait for
        self._listeners: list[Listener] = []
        self._heads: dict[
            RunId, tuple[int, str]
        ] = {}  # the newest entry of each run: its number, its hash
        self._seq = 0
        self._closed = False
        self._abandoned = False
        self._local = threading.local()
        self._readings: list[sqlite3.Connection] = []

    @property
    def lasting(self) -> bool:
        """A file outlives the process; memory does not."""
        return self._path is not None

    @property
    def sharing(self) -> None:
        """One process holds the file, and with it all runs."""
        return

    @property
    def path(self) -> Path | None:
        """The database file; None in memory."""
        return self._path

    # ── opening and closing ─────────────────────────────────────────────────────────────────────

    async def open(self) -> None:
        """Take the file's lock, connect, migrate, start the writer."""
        self._loop = asyncio.get_running_loop()
        try:
            if self._path:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._lock:
                self._lock.acquire()
            self._connection = self._connected()
        except (sqlite3.Error, OSError) as error:
            raise ConfigurationError(
                f"The database {self._database!r} cannot be opened: {error}. "
                "Check the path, its permissions, and that it is an assent database."
            ) from error
        self._closed = False
        if self._path is None:
            return
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="assent-read")
        self._writer = threading.Thread(target=self._write, name="assent-write", daemon=True)
        self._writer.start()

    async def close(self) -> None:
        """Finish what was submitted, then let go of the file."""
        self._closed = True
        if self._path is None:
            self._write_here()
        else:
            self._jobs.put(None)
            await asyncio.to_thread(self._writer.join)
            await asyncio.to_thread(self._readers.shutdown)
        for reading in self._readings:
            reading.close()
        self._connection.close()
        if self._lock:
            self._lock.release()

    async def abandon(self) -> None:
        """Let go at once, as if the process had died: what is not committed is lost."""
        self._abandoned = True
        await self.close()

    def _connected(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = None
        try:
            connection = sqlite3.connect(
                self._database, isolation_level=None, check_same_thread=False, timeout=10
            )
            refuse_newer(
                connection, self._database
            )  # before anything is written, the mode included
            connection.execute("pragma journal_mode = wal")
            synchronous = "full" if self._durability == "full" else "normal"
            connection.execute(f"pragma synchronous = {synchronous}")
            connection.execute("pragma cache_size = -65536")
            connection.execute("pragma temp_store = memory")
            migrated(connection, self._database, change=self._migrate)
            (self._seq,) = connection.execute("select coalesce(max(seq), 0) from entry").fetchone()
        except BaseException:
            if connection is not None:
                connection.close()
            if self._lock:
                self._lock.release()
            raise
        return connection

    # ── writing ─────────────────────────────────────────────────────────────────────────────────

    def commit(self, writes: Sequence[Write]) -> Awaitable[Sequence[Record]]:
        """Write all of these or nothing."""
        return self._submit(_Job(writes, self._loop.create_future()))

    def subscribe(self, listener: Listener, readers: Readers | None = None) -> None:
        """Call the listener with everything committed from now on; no other process commits anything."""
        self._listeners.append(listener)

    def _submit(self, job: _Job) -> asyncio.Future[Any]:
        if self._closed and not self._abandoned:
            job.done.set_exception(NotOpen(_CLOSED))
        elif self._path is not None:
            self._jobs.put(job)
        else:
            if not self._here:
                self._loop.call_soon(self._write_here)
            self._here.append(job)
        return job.done

    def _call(self, call: Callable[[sqlite3.Connection], R]) -> Awaitable[R]:
        return self._submit(_Job((), self._loop.create_future(), call))

    def _write_here(self) -> None:
        """Commit what was submitted in this turn of the loop."""
        jobs, self._here = self._here, []
        if jobs and not self._abandoned:
            self._deliver(jobs, self._transact(jobs))

    def _write(self) -> None:
        """The writer thread: take what has queued up, commit it, tell the loop, again."""
        running = True
        while running:
            jobs: list[_Job] = []
            job = self._jobs.get()
            while True:
                if job is None:
                    running = False
                else:
                    jobs.append(job)
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
            if jobs and not self._abandoned:
                told = self._transact(jobs)
                self._loop.call_soon_threadsafe(self._deliver, jobs, told)

    def _transact(self, jobs: list[_Job]) -> list[Record]:
        """Commit these jobs together; where that fails, each alone, so that one cannot fail the others."""
        before = self._seq
        try:
            return self._together(jobs)
        except BaseException as error:  # noqa: BLE001  (whatever it is, the caller is told)
            self._roll_back(before)
            if len(jobs) == 1:
                jobs[0].error = _told(jobs[0], error)
                return []
        return [record for job in jobs for record in self._transact([job])]

    def _together(self, jobs: list[_Job]) -> list[Record]:
        connection, batch = self._connection, _Batch()
        connection.execute("begin immediate")
        self._know_heads(jobs)
        for job in jobs:
            job.result, job.error = None, None
            if job.call is not None:
                job.result = job.call(connection)
            else:
                self._gather(job, batch)
        _apply(connection, batch)
        connection.execute("commit")
        return batch.entries

    def _roll_back(self, seq: int) -> None:
        if self._connection.in_transaction:
            self._connection.execute("rollback")
        self._heads.clear()
        self._seq = seq

    def _know_heads(self, jobs: list[_Job]) -> None:
        """Learn where the runs stand that this writer has not written lately."""
        if len(self._heads) > _KNOWN_HEADS:
            self._heads.clear()
        unknown = {
            write.row.id
            for job in jobs
            for write in job.writes
            if write.expected and write.row.id not in self._heads
        }
        if unknown:
            found = self._connection.execute(queries.HEADS, [_text(list(unknown))]).fetchone()[0]
            self._heads.update(dict.fromkeys(unknown, _NEW))
            self._heads.update((run, (number, head)) for run, number, head in from_json(found))

    def _gather(self, job: _Job, batch: _Batch) -> None:
        for write in job.writes:
            # A new run is not looked up: that another one has its first entry shows when this one is inserted.
            if self._heads.get(write.row.id, _NEW) != write.follows:
                job.error = Stale(write.row.id, write.expected)
                return
            if write.place and not self._has_room(write.place):
                job.error = Full(write.row.id)
                return
        numbered: list[Record] = []
        for write in job.writes:
            row = write.row
            self._heads[row.id] = row.number, row.head
            batch.runs[row.id] = row
            for record in write.records:
                self._seq += 1
                numbered.append(Record(self._seq, *record[1:]))
            for task in write.tasks:
                batch.tasks[task.id] = task
            for timer in write.timers:
                batch.timers[timer.run, timer.key] = timer
            for waiter in write.waiters:
                batch.waiters[waiter[:3]] = waiter
            if write.place:
                self._connection.execute(queries.PUT_PLACE, write.place[:4])
            if write.erase:
                batch.erase(row.id)
        batch.entries += numbered
        job.result = numbered

    def _has_room(self, place: PlaceRow) -> bool:
        """Whether the run may be let in, as things stand in this transaction."""
        if place.standing != Standing.IN:
            return True
        inside = _number(self._connection, queries.INSIDE, [place.queue])
        if place.parallelism is not None and inside >= place.parallelism:
            return False
        if place.rate is None:
            return True
        started = _number(self._connection, queries.STARTED, [place.queue, place.since])
        return started < place.rate

    def _deliver(self, jobs: list[_Job], told: list[Record]) -> None:
        """On the loop: everything of this commit is durable now."""
        if self._abandoned:
            return
        # Who wrote hears of it first, so that whoever reads the news finds things as they were told.
        for job in jobs:
            if job.done.done():
                continue
            if job.error is not None:
                job.done.set_exception(job.error)
            else:
                job.done.set_result(job.result)
        for listener in self._listeners if told else ():
            try:
                listener(told)
            except Exception:
                log.exception("store.listener_failed", extra={"entries": len(told)})

    # ── reading ─────────────────────────────────────────────────────────────────────────────────

    async def _read(self, sql: str, *params: object) -> Any:
        """The rows of a query, which comes as one JSON text."""
        if self._closed:
            raise NotOpen(_CLOSED)
        if self._path is None:
            text = await self._call(lambda connection: _one(connection, sql, params))
        else:
            text = await self._loop.run_in_executor(self._readers, self._query, sql, params)
        return None if text is None else from_json(text)

    def _query(self, sql: str, params: Sequence[object]) -> str | None:
        return _one(self._reading(), sql, params)

    def _reading(self) -> sqlite3.Connection:
        reading: sqlite3.Connection | None = getattr(self._local, "reading", None)
        if reading is None:
            reading = sqlite3.connect(
                self._database, isolation_level=None, check_same_thread=False, timeout=10
            )
            reading.execute("pragma query_only = on")
            reading.execute("pragma wal_autocheckpoint = 0")
            self._local.reading = reading
            self._readings.append(reading)
        return reading

    async def load(self, run: RunId) -> StoredRun | None:
        """A run as it is stored, or None."""
        found = await self._read(queries.LOAD, run)
        if found is None:
            return None
        row, tasks, timers = found
        return StoredRun(RunRow(*row), _stored(tasks), [TimerRow(*timer) for timer in timers])

    async def journal(self, run: RunId, after: int = 0) -> Sequence[Record]:
        """The run's entries after this number, in order."""
        return _records(await self._read(queries.JOURNAL, run, after))

    async def history(self, run: RunId) -> Sequence[Past]:
        """All entries of the run, in order, parsed for replay."""
        return [Past(*row) for row in await self._read(queries.HISTORY, run)]

    async def feed(self, after: int, limit: int, run: RunId | None = None) -> Sequence[Record]:
        """Entries after this seq, in order."""
        if run is None:
            return _records(await self._read(queries.FEED, after, limit))
        return _records(await self._read(queries.FEED_OF_RUN, run, after, limit))

    async def newest(self) -> int:
        """The highest seq there is."""
        return cast(int, await self._read("select coalesce(max(seq), 0) from entry"))

    async def runs(self, query: RunQuery) -> Sequence[RunRow]:
        """A page of runs, newest first."""
        sql, params = queries.runs(query)
        return [RunRow(*row) for row in await self._read(sql, *params)]

    async def tasks(self, query: TaskQuery) -> Sequence[StoredTask]:
        """A page of tasks."""
        sql, params = queries.tasks(query)
        return _stored(await self._read(sql, *params))

    async def task(self, task: TaskId) -> StoredTask | None:
        """One task, or None."""
        found = _stored(await self._read(queries.TASK, task))
        return found[0] if found else None

    async def due(self, at: int, limit: int) -> Sequence[TimerRow]:
        """Timers that are due, earliest first."""
        return [TimerRow(*row) for row in await self._read(queries.DUE, at, limit)]

    async def next_due(self) -> int | None:
        """When the earliest timer is due."""
        return cast("int | None", await self._read("select min(due) from timer"))

    async def waiters(self, query: WaiterQuery) -> Sequence[WaiterRow]:
        """A page of the waiters of an event."""
        sql, params = queries.waiters(query)
        return [WaiterRow(*row) for row in await self._read(sql, *params)]

    async def queues(self) -> Sequence[QueueRow]:
        """The queues where somebody waits or is in, by name."""
        return [QueueRow(*row) for row in await self._read(queries.QUEUES)]

    async def line(self, queue: str, since: int, limit: int) -> Line:
        """A queue as it stands."""
        inside, starts, waiting = await self._read(queries.LINE, queue, since, limit)
        return Line(inside, starts, [Waiting(run, bool(fresh)) for run, fresh in waiting])

    async def ahead(self, run: RunId) -> int | None:
        """The run's place in the line of its queue."""
        return cast("int | None", await self._read(queries.AHEAD, run)) or None

    async def counts(self) -> Mapping[str, int]:
        """How many runs there are in each status."""
        return cast("dict[str, int]", await self._read(queries.COUNTS))

    async def prune(self, before: int, limit: int) -> Gone:
        """Take away some runs that ended before this moment."""
        return await self._call(lambda connection: self._pruned(connection, before, limit))

    def _pruned(self, connection: sqlite3.Connection, before: int, limit: int) -> Gone:
        roots = _one(connection, queries.OLD, [before, limit])
        runs = _one(connection, queries.WITH_THOSE_BELOW, [roots])
        entries, newest = from_json(_one(connection, queries.NEWEST_OF, [runs]) or "[0, 0]")
        for statement in queries.PRUNE:
            connection.execute(statement, [runs])
        gone: list[RunId] = from_json(runs or "[]")
        for run in gone:
            self._heads.pop(run, None)
        return Gone(gone, entries, newest)

    # ── documents ───────────────────────────────────────────────────────────────────────────────

    async def keep(self, kind: str, id: str, document: Json) -> bool:
        """Keep a document unless there is one; whether it was new."""
        return await self._call(
            lambda connection: (
                connection.execute(queries.KEEP, [kind, id, dump(document)]).rowcount == 1
            )
        )

    async def replace(self, kind: str, id: str, document: Json) -> None:
        """Keep a document in place of any other."""
        await self._call(
            lambda connection: (
                connection.execute(queries.REPLACE, [kind, id, dump(document)]).rowcount
            )
        )

    async def kept(self, kind: str, id: str) -> Json:
        """A kept document, or None."""
        return cast(
            Json, await self._read("select text from document where kind = ? and id = ?", kind, id)
        )

    async def take(self, kind: str, id: str) -> Json:
        """Remove a document and return it; one taker gets it."""
        sql = "delete from document where kind = ? and id = ? returning text"
        text = await self._call(lambda connection: _one(connection, sql, [kind, id]))
        return None if text is None else load(text)

    async def kept_all(self, kind: str) -> Mapping[str, Json]:
        """All documents of a kind by id."""
        return cast("dict[str, Json]", await self._read(queries.DOCUMENTS, kind))


def _told(job: _Job, error: BaseException) -> BaseException:
    """What a failed transaction means to who asked for it."""
    new = [write for write in job.writes if not write.expected]
    if new and isinstance(error, sqlite3.IntegrityError):
        return Stale(new[0].row.id, 0)
    return error


# ── the writer's statements ─────────────────────────────────────────────────────────────────────


def _apply(connection: sqlite3.Connection, batch: _Batch) -> None:
    if batch.erased:
        connection.execute("pragma secure_delete = on")  # erased is erased, in the file too
        connection.execute(queries.ERASE, [_text(batch.erased)])
    if batch.entries:
        _put(connection, queries.ADD_ENTRIES, batch.entries)
    if batch.runs:
        _put(connection, queries.PUT_RUNS, batch.runs.values())
    if batch.tasks:
        _put(connection, queries.PUT_TASKS, batch.tasks.values())
        if assigned := [task for task in batch.tasks.values() if task.who != "[]"]:
            rows = _rows(assigned)
            connection.execute(queries.DROP_CANDIDATES, [rows])
            connection.execute(queries.PUT_CANDIDATES, [rows])
    if batch.timers:
        rows = _rows(batch.timers.values())
        connection.execute(queries.DROP_TIMERS, [rows])
        connection.execute(queries.PUT_TIMERS, [rows])
    if batch.waiters:
        connection.execute(queries.PUT_WAITERS, [_rows(batch.waiters.values())])
    if batch.erased:
        connection.execute("pragma secure_delete = off")


def _put(
    connection: sqlite3.Connection, put: queries.Put, rows: Collection[tuple[Any, ...]]
) -> None:
    if len(rows) > queries.FEW:
        connection.execute(put.many, [_rows(rows)])
        return
    values = [value for row in rows for value in row]
    if any(type(value) is str and "\0" in value for value in values):
        raise _with_nul()
    connection.execute(put.few[len(rows)], values)


_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def _rows(rows: Iterable[tuple[object, ...]]) -> str:
    """Rows as JSON; plain lists are written three times as fast as named tuples."""
    return _text([[*row] for row in rows])


def _text(value: object) -> str:
    text = to_json(value).decode()
    if "\\u0000" in text and _NUL.search(text):
        raise _with_nul()
    return text


def _with_nul() -> ValueNotKept:
    # SQLite's JSON functions would cut the text off there, in silence. (In payloads it is escaped twice.)
    why = "a name or a title holds a NUL character, which databases cannot keep."
    return ValueNotKept("$", why)


def _one(connection: sqlite3.Connection, sql: str, params: Sequence[object]) -> str | None:
    try:
        row = connection.execute(sql, cast("Sequence[Any]", params)).fetchone()
    except UnicodeEncodeError:
        row = connection.execute(sql, [_sought(param) for param in params]).fetchone()
    if row is None or row[0] is None:
        return None
    return str(row[0])


def _sought(param: Any) -> Any:
    """What no text can hold is looked for as bytes, which equal no text: nothing is found."""
    return param.encode("utf-8", "surrogatepass") if isinstance(param, str) else param


def _number(connection: sqlite3.Connection, sql: str, params: Sequence[object]) -> int:
    return int(_one(connection, sql, params) or 0)


def _records(rows: Iterable[Sequence[Any]]) -> list[Record]:
    return [Record(*row) for row in rows]


def _stored(rows: Iterable[tuple[Sequence[Any], Sequence[Any]]]) -> list[StoredTask]:
    return [StoredTask(TaskRow(*row), Record(*opened)) for row, opened in rows]
