"""What is promised of a SQLite file beyond the contract of all stores: the file, its lock, its schema, its speed."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from assent.core.journal import PayloadsErased
from assent.core.record import GENESIS, Record, chained
from assent.errors import ConfigurationError, StoreLocked, StoreNewer
from assent.ports.rows import RunQuery, TaskQuery
from assent.stores import migrating, queries, schema
from assent.stores.lock import announce, server_of
from assent.stores.sqlite import SqliteStore
from tests.contract.story import STARTED, Story, done, told

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "assent.db"


class Watched:
    """Every connection that was made, and every statement that ran on it."""

    def __init__(self) -> None:
        self.connections: list[sqlite3.Connection] = []
        self.statements: list[str] = []

    def count(self, statement: str) -> int:
        return sum(run.strip().lower().startswith(statement) for run in self.statements)

    def pragma(self, name: str) -> Any:
        """As the writer has it."""
        return self.connections[0].execute(f"pragma {name}").fetchone()[0]


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Watches SQLite at work."""
    watched, connect = Watched(), sqlite3.connect

    def connected(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **kwargs)
        connection.set_trace_callback(watched.statements.append)
        watched.connections.append(connection)
        return connection

    monkeypatch.setattr(sqlite3, "connect", connected)
    return watched


def left(folder: Path) -> list[str]:
    """What lies in the folder."""
    return sorted(path.name for path in folder.iterdir())


# ── the lock ────────────────────────────────────────────────────────────────────────────────────

OPENING = """
import asyncio, sys
from assent.errors import AssentError
from assent.stores.sqlite import SqliteStore

async def main() -> None:
    try:
        await SqliteStore(sys.argv[1]).open()
    except AssentError as error:
        print(error.code, error.address, error, sep="\\n")

asyncio.run(main())
"""


def python(code: str, *args: object, **more: Any) -> subprocess.Popen[str]:
    """Another process."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    command = [sys.executable, "-c", code, *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, **more)


async def test_a_second_process_is_told_who_holds_the_file_and_where_it_serves(file: Path) -> None:
    store = SqliteStore(str(file))
    await store.open()
    announce(file, url="http://127.0.0.1:8000", key="ak_x")
    said, _ = await asyncio.to_thread(python(OPENING, file).communicate)
    code, address, message = said.strip().split("\n")
    assert (code, address) == ("store_locked", "http://127.0.0.1:8000")
    assert str(file) in message
    assert f"process {os.getpid()}" in message
    assert server_of(file) == {"url": "http://127.0.0.1:8000", "key": "ak_x"}
    await store.close()
    assert server_of(file) is None


async def test_a_second_store_of_the_same_process_is_refused_too(file: Path) -> None:
    store = SqliteStore(str(file))
    await store.open()
    with pytest.raises(StoreLocked) as locked:
        await SqliteStore(str(file)).open()
    assert locked.value.address is None
    await store.close()
    again = SqliteStore(str(file))
    await again.open()
    await again.close()


async def test_a_link_to_the_file_is_the_same_file(file: Path, tmp_path: Path) -> None:
    store = SqliteStore(str(file))
    await store.open()
    link = tmp_path / "link.db"
    link.symlink_to(file)
    with pytest.raises(StoreLocked):
        await SqliteStore(str(link)).open()
    await store.close()


async def test_what_a_server_announces_is_for_this_user_only(file: Path) -> None:
    announce(file, url="http://127.0.0.1:1", key="ak_x")
    announce(file, url="http://127.0.0.1:2", key="ak_y")
    (server,) = file.parent.iterdir()
    assert server.stat().st_mode & 0o777 == 0o600
    assert server_of(file) == {"url": "http://127.0.0.1:2", "key": "ak_y"}
    server.write_text("{")
    assert server_of(file) is None


# ── opening ─────────────────────────────────────────────────────────────────────────────────────


async def test_opening_makes_the_folder_and_closing_leaves_one_file(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "down"
    store = SqliteStore(str(folder / "assent.db"))
    await store.open()
    await store.close()
    assert [name for name in left(folder) if not name.endswith(".lock")] == ["assent.db"]


@pytest.mark.parametrize(
    "content", [b"this is no database, it is a letter to my bank" * 40, b"\0" * 5000]
)
async def test_what_is_no_database_is_refused_and_left_as_it_is(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        await SqliteStore(str(file)).open()
    assert file.read_bytes() == content
    file.unlink()
    store = SqliteStore(str(file))  # and the lock is free
    await store.open()
    await store.close()


async def test_a_path_that_cannot_be_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x")
    for path in (tmp_path, tmp_path / "letter.txt" / "assent.db"):
        with pytest.raises(ConfigurationError, match="cannot be opened"):
            await SqliteStore(str(path)).open()


@pytest.mark.parametrize(("durability", "level"), [("full", 2), ("process", 1)])
async def test_durability_is_what_sqlite_is_told(
    file: Path, watched: Watched, durability: str, level: int
) -> None:
    store = SqliteStore(str(file), durability=durability)
    await store.open()
    assert watched.pragma("synchronous") == level
    assert watched.pragma("journal_mode") == "wal"
    await store.close()


# ── the schema ──────────────────────────────────────────────────────────────────────────────────


async def made(file: Path) -> None:
    """A database with a run in it."""
    store = SqliteStore(str(file))
    await store.open()
    await told(store, "run_1")
    await store.close()


def by_hand(file: Path, *statements: str) -> None:
    """Change the file behind assent's back."""
    connection = sqlite3.connect(file, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


NEWER = f"insert into migration values ({schema.VERSION + 1}, 'x', 'tomorrow')"


@pytest.mark.parametrize("mode", ["wal", "delete"])
async def test_a_database_of_a_newer_assent_is_refused_and_left_untouched(
    file: Path, mode: str
) -> None:
    await made(file)
    by_hand(file, NEWER, f"pragma journal_mode = {mode}")
    before = hashlib.sha256(file.read_bytes()).digest(), file.stat().st_mtime_ns
    with pytest.raises(StoreNewer, match=rf"version {schema.VERSION + 1}.*up to {schema.VERSION}"):
        await SqliteStore(str(file)).open()
    assert (hashlib.sha256(file.read_bytes()).digest(), file.stat().st_mtime_ns) == before
    assert [name for name in left(file.parent) if not name.endswith(".lock")] == ["assent.db"]


async def test_an_edited_migration_is_refused(file: Path) -> None:
    await made(file)
    by_hand(file, "update migration set checksum = 'x' where version = 1")
    with pytest.raises(ConfigurationError, match=r"Migration 1 .* is not the one"):
        await SqliteStore(str(file)).open()


async def test_a_database_is_not_changed_where_that_is_not_wanted(file: Path) -> None:
    with pytest.raises(ConfigurationError, match="assent migrate"):
        await SqliteStore(str(file), migrate=False).open()
    await made(file)
    store = SqliteStore(str(file), migrate=False)
    await store.open()
    assert await store.counts() == {"running": 1}
    await store.close()


def test_a_migration_that_breaks_off_leaves_nothing_of_itself(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = "create table half (id integer); create table half (id integer)"
    connection = sqlite3.connect(file, isolation_level=None)
    monkeypatch.setattr(migrating, "MIGRATIONS", (*schema.MIGRATIONS, broken))
    monkeypatch.setattr(migrating, "VERSION", schema.VERSION + 1)
    with pytest.raises(sqlite3.OperationalError):
        migrating.migrated(connection, "here")
    tables = {name for (name,) in connection.execute("select name from sqlite_master")}
    assert "entry" in tables
    assert "half" not in tables
    mended = "create table half (id integer)"
    monkeypatch.setattr(migrating, "MIGRATIONS", (*schema.MIGRATIONS, mended))
    assert migrating.migrated(connection, "here") == [schema.VERSION + 1]
    assert migrating.migrated(connection, "here") == []
    connection.close()


@pytest.mark.parametrize("number", range(1, schema.VERSION + 1))
def test_a_migration_is_never_edited_once_it_is_out(number: int) -> None:
    """Where this fails a migration was changed: put the change into a new one (or, unreleased, note it here)."""
    out = {1: "d72db829", 2: "f99b26a8", 3: "3c2bb976", 4: "3743ba33", 5: "bd3ab329"}
    assert schema.checksum(schema.MIGRATIONS[number - 1])[:8] == out[number]


# ── writing ─────────────────────────────────────────────────────────────────────────────────────


async def test_what_queued_up_meanwhile_is_one_transaction(file: Path, watched: Watched) -> None:
    store = SqliteStore(str(file))
    await store.open()
    watched.statements.clear()
    stories = [Story(f"run_{n}") for n in range(40)]
    await asyncio.gather(
        *[
            store.commit([s.next(STARTED if n == 0 else done(n))])
            for n in range(10)
            for s in stories
        ]
    )
    assert len(await store.feed(0, 1000)) == 400
    assert watched.count("begin immediate") == watched.count("commit")
    assert watched.count("commit") <= 40, "400 writes, and hardly fewer transactions"
    await store.close()


async def test_numbers_have_no_gaps_whatever_failed_in_between(file: Path) -> None:
    store = SqliteStore(str(file))
    await store.open()
    story = Story()
    await story.tell(store, STARTED)
    half = story.write(done(), tasks=[story.task("task_1", title="\ud800")])
    written = [store.commit([write]) for write in (half, Story().write(STARTED), half)]
    assert all(
        isinstance(e, Exception) for e in await asyncio.gather(*written, return_exceptions=True)
    )
    assert [record.seq for record in await story.tell(store, done(), done())] == [2, 3]
    await store.close()


async def test_the_index_of_assignees_holds_open_tasks_only(file: Path) -> None:
    store = SqliteStore(str(file))
    await store.open()
    story = Story()
    rows = [await story.ask(store, f"task_{n}", who='["ann","bob"]') for n in range(3)]
    closed = [row._replace(status="closed", outcome="approved") for row in rows[1:]]
    await story.tell(store, done(), tasks=closed)
    await store.close()
    connection = sqlite3.connect(file)
    found = connection.execute("select who, task from candidate order by who").fetchall()
    connection.close()
    assert found == [("ann", "task_0"), ("bob", "task_0")]


async def test_a_listener_is_called_after_the_commit_is_on_disk(file: Path) -> None:
    store = SqliteStore(str(file))
    await store.open()
    other = sqlite3.connect(file)
    seen: list[tuple[int, int]] = []

    def told_(records: Sequence[Record]) -> None:
        (newest,) = other.execute("select max(seq) from entry").fetchone()
        seen.append((records[-1].seq, newest))

    store.subscribe(told_)
    stories = [Story(f"run_{n}") for n in range(5)]
    await asyncio.gather(*[story.tell(store, STARTED, done()) for story in stories])
    assert seen
    assert all(newest >= told for told, newest in seen)
    other.close()
    await store.close()


@pytest.fixture
def gate(watched: Watched) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Holds the writer in the middle of its transaction: (it is there, let it go on)."""
    there, onward = threading.Event(), threading.Event()
    yield there, onward
    onward.set()


async def test_readers_read_on_while_the_writer_is_in_the_middle_of_a_transaction(
    file: Path, watched: Watched, gate: tuple[threading.Event, threading.Event]
) -> None:
    there, onward = gate
    store = SqliteStore(str(file))
    await store.open()
    await told(store, "run_1")

    def hold() -> int:
        there.set()
        return 0 if onward.wait(20) else 1

    watched.connections[0].set_progress_handler(hold, 50)
    written = asyncio.ensure_future(Story("run_2").tell(store, STARTED, *[done()] * 50))
    await asyncio.to_thread(there.wait, 20)
    for _ in range(5):
        assert [row.id for row in await asyncio.wait_for(store.runs(RunQuery()), 10)] == ["run_1"]
        assert len(await asyncio.wait_for(store.feed(0, 10), 10)) == 1
    assert not written.done()
    onward.set()
    await asyncio.wait_for(written, 20)
    assert len(await store.runs(RunQuery())) == 2
    await store.close()


async def test_a_full_disk_is_told_and_harms_nothing_before_or_after(
    file: Path, watched: Watched
) -> None:
    store = SqliteStore(str(file))
    await store.open()
    story = Story()
    await story.tell(store, STARTED)
    writer = watched.connections[0]
    (pages,) = writer.execute("pragma page_count").fetchone()
    writer.execute(f"pragma max_page_count = {pages + 2}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        await store.commit([story.write(done("x" * 100_000))])
    writer.execute("pragma max_page_count = 1000000")
    records = await story.tell(store, done("x" * 100_000))
    assert [record.seq for record in records] == [2]
    assert records[0].hash == chained((await store.journal("run_1"))[0].hash, records[0])
    await store.close()


async def test_an_erased_payload_is_no_longer_in_the_file(file: Path) -> None:
    store = SqliteStore(str(file))
    await store.open()
    story = Story()
    secret = "my secret is a hedgehog"
    long = f"{secret} {'x' * 20_000}"
    task = story.task("task_1", number=2, title=secret, state=f'{{"answer":"{secret}"}}')
    await story.tell(store, STARTED, done(secret), done(long), tasks=[task])
    await store.close()
    assert secret.encode() in file.read_bytes()
    await store.open()
    bare = task._replace(title="", state="{}", words="")
    await story.tell(store, PayloadsErased(by="ann"), erase=True, tasks=[bare])
    await store.close()
    assert secret.encode() not in file.read_bytes()


# ── dying ───────────────────────────────────────────────────────────────────────────────────────

WRITING = """
import asyncio, sys
from assent.stores.sqlite import SqliteStore
from tests.contract.story import STARTED, Story, done

async def write(store: SqliteStore, name: str) -> None:
    story = Story(name)
    number = 0
    while True:
        await story.tell(store, STARTED if number == 0 else done(number))
        number += 1
        sys.stdout.write(f"{name} {number}\\n")
        sys.stdout.flush()

async def main() -> None:
    store = SqliteStore(sys.argv[1], durability=sys.argv[2])
    await store.open()
    await asyncio.gather(*[write(store, f"run_{n}") for n in range(6)])

asyncio.run(main())
"""


@pytest.mark.parametrize("durability", ["full", "process"])
@pytest.mark.parametrize("lines", [1, 70, 400])
async def test_a_killed_process_loses_nothing_it_has_acknowledged(
    file: Path, durability: str, lines: int
) -> None:
    process = python(WRITING, file, durability)
    assert process.stdout is not None
    acknowledged: dict[str, int] = {}
    for _ in range(lines):
        name, number = process.stdout.readline().split()
        acknowledged[name] = int(number)
    process.send_signal(signal.SIGKILL)
    for line in process.stdout.read().split("\n")[:-1]:  # what it had still managed to say
        name, number = line.split()
        acknowledged[name] = int(number)
    process.stdout.close()
    process.wait()
    store = SqliteStore(str(file))
    await store.open()
    for name, least in acknowledged.items():
        records = await store.journal(name)
        stored = await store.load(name)
        assert stored is not None
        assert len(records) >= least
        assert (stored.row.number, stored.row.head) == (len(records), records[-1].hash)
        previous = GENESIS
        for place, record in enumerate(records, 1):
            assert (record.number, record.hash) == (place, chained(previous, record))
            previous = record.hash
    seqs = [record.seq for record in await store.feed(0, 100_000)]
    assert seqs == list(range(1, len(seqs) + 1))
    await store.close()


async def test_a_store_that_is_abandoned_says_nothing_more(file: Path) -> None:
    store = SqliteStore(str(file))
    await store.open()
    heard: list[Record] = []
    store.subscribe(heard.extend)
    story = Story()
    await story.tell(store, STARTED)
    pending = [asyncio.ensure_future(story.tell(store, done(n))) for n in range(3)]
    await store.abandon()
    assert len(heard) == 1
    assert not any(future.done() for future in pending)
    for future in pending:
        future.cancel()
    again = SqliteStore(str(file))
    await again.open()
    assert len(await again.journal("run_1")) >= 1
    await again.close()


def test_the_sql_of_the_store_uses_its_indexes(tmp_path: Path) -> None:
    """Lists over many rows answer by index: no scan of a table, no sorting of what was found."""
    connection = sqlite3.connect(tmp_path / "plan.db", isolation_level=None)
    migrating.migrated(connection, "here")
    plans: dict[str, tuple[str, list[Any]]] = {
        "runs": queries.runs(RunQuery()),
        "next runs": queries.runs(RunQuery(before=(1, "a"))),
        "open tasks": queries.tasks(TaskQuery()),
        "closed tasks": queries.tasks(TaskQuery(open=False)),
        "next closed tasks": queries.tasks(TaskQuery(open=False, after=(0, 1, "a"))),
        "tasks of somebody": queries.tasks(TaskQuery(who=["ann"])),
        "tasks of a run": queries.tasks(TaskQuery(run="run_1")),
        "due": (queries.DUE, [1, 10]),
        "feed": (queries.FEED, [1, 10]),
        "feed of a run": (queries.FEED_OF_RUN, ["run_1", 1, 10]),
        "load": (queries.LOAD, ["run_1"]),
    }
    for name, (sql, params) in plans.items():
        plan = [row[3] for row in connection.execute(f"explain query plan {sql}", params)]
        scans = [
            step for step in plan if re.match(r"SCAN (run|task|entry|timer)\b(?!.*INDEX)", step)
        ]
        assert scans == [], f"{name}: {plan}"
    connection.close()
