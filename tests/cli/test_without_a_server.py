"""The command line on a database file that nobody serves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from assent.stores.schema import VERSION
from tests.cli.conftest import SAMPLE
from tests.cli.console import Console, environment

OFFER = '{"customer": "Ann", "price": 900}'
START = ("start", "offer", "--id", "o-1", "--input", OFFER, "--app", SAMPLE)


def test_a_run_is_started_here_until_it_waits_for_somebody(console: Console) -> None:
    started = console(*START, "--json")
    assert started.code == 0, started.err
    assert started.json["status"] == "waiting"
    assert started.json["waiting_for"] == ["offer"]
    assert "assent serve" in started.err


def test_a_run_that_needs_nobody_ends_here(console: Console) -> None:
    ended = console("start", "echo", "--input", "[1, 2]", "--app", SAMPLE, "--json")
    assert (ended.code, ended.json["output"]) == (0, [1, 2])
    failed = console("start", "wreck", "--app", SAMPLE)
    assert (failed.code, "on fire" in failed.out) == (1, True)


def test_an_answer_is_kept_and_the_run_goes_on_once_its_code_is_there(console: Console) -> None:
    console(*START)
    approved = console("approve", "o-1/offer", "--by", "ann")
    assert approved.code == 0, approved.err
    assert "runs go on when" in approved.err
    with console.serve(SAMPLE) as server:
        assert server.url
        assert console("runs", "watch", "o-1").code == 0
        shown = console("runs", "show", "o-1", "--json").json
        assert shown["output"] == "sent to Ann for 900"
        assert server.stop() == 0


def test_looking_changes_nothing(console: Console) -> None:
    console(*START)
    before = console("audit", "export").out
    for command in (("inbox",), ("runs", "ls"), ("runs", "show", "o-1"), ("task", "o-1/offer")):
        assert console(*command).code == 0
    assert console("audit", "export").out == before
    assert json.loads(before.splitlines()[0])["kind"] == "run.started"


def test_no_key_is_left_behind(console: Console) -> None:
    console(*START)
    console("approve", "o-1/offer", "--by", "ann")
    keys = console("keys", "ls", "--json").json["items"]
    assert [key["label"] for key in keys] == ["command line"]  # the one this command uses


@pytest.mark.parametrize(
    "command",
    [
        ("inbox",),
        ("runs", "ls"),
        ("approve", "o-1/offer"),
        ("audit", "verify"),
        ("keys", "ls"),
    ],
)
def test_a_database_that_is_not_there_is_not_made_by_looking(
    console: Console, command: tuple[str, ...]
) -> None:
    missing = console(*command)
    assert missing.code == 5
    assert "'assent.db'" in missing.err
    assert list(console.folder.iterdir()) == []


def test_migrate_makes_the_database_and_may_be_repeated(console: Console) -> None:
    for _ in range(2):
        made = console("migrate", "--json")
        assert (made.code, made.json["schema_version"]) == (0, VERSION)
    assert console("inbox", "--json").json["items"] == []


def test_starting_without_code_says_where_to_name_it(console: Console) -> None:
    console("migrate")
    refused = console("start", "offer", "--input", OFFER)
    assert (refused.code, "--app module:app" in refused.err) == (2, True)


def test_watching_without_a_server_is_refused(console: Console) -> None:
    console("migrate")
    refused = console("inbox", "--watch")
    assert (refused.code, "assent serve" in refused.err) == (5, True)
    assert console("login-link").code == 5


def test_a_file_that_is_no_database_is_left_alone(console: Console) -> None:
    file = console.folder / "assent.db"
    file.write_text("this is not a database, but a letter to grandmother\n" * 100)
    refused = console("inbox")
    assert refused.code == 5
    assert "assent.db" in refused.err
    assert "Traceback" not in refused.err
    assert file.read_text().startswith("this is not a database")


def test_a_database_of_a_newer_version_is_left_alone(console: Console) -> None:
    console("migrate")
    _sqlite(console, "insert into migration values (999, 'x', 'y')")
    before = (console.folder / "assent.db").read_bytes()
    refused = console("inbox", "--json")
    assert (refused.code, refused.error["code"]) == (5, "store_newer")
    assert "999" in refused.error["message"]
    assert (console.folder / "assent.db").read_bytes() == before


@pytest.mark.parametrize("database", ["sqlite:///:memory:", "mysql://localhost/x", "sqlite:///"])
def test_a_database_the_command_line_cannot_use_is_a_wrong_command_line(
    console: Console, database: str
) -> None:
    refused = console("inbox", "--database", database)
    assert (refused.code, database in refused.err) == (2, True)


def test_a_database_that_does_not_answer_is_told_by_its_address_and_without_its_password(
    console: Console,
) -> None:
    refused = console("inbox", "--database", "postgresql://ann:hush@localhost:1/x")
    assert refused.code == 5
    assert "localhost:1/x" in refused.err
    assert "hush" not in refused.err


def test_an_answer_needs_somebody_who_gives_it(console: Console) -> None:
    console(*START)
    assert console("approve", "o-1/offer", "--by", "").code == 1
    assert console("inbox", "--json").json["items"][0]["status"] == "open"


def test_a_plain_path_names_a_database_too(console: Console) -> None:
    assert console("migrate", "--database", "other.db").code == 0
    assert console("inbox", "--database", "other.db").code == 0
    assert console("inbox", ASSENT_DATABASE="sqlite:///other.db").code == 0


def test_a_file_held_by_a_process_that_does_not_serve_is_refused_with_its_holder(
    console: Console,
) -> None:
    with _holding(console) as pid:
        refused = console("inbox", "--json")
        assert (refused.code, refused.error["code"]) == (5, "store_locked")
        assert str(pid) in refused.error["message"]
        assert f"process {pid} holds the file" in console("doctor").out
    assert console("inbox").code == 0


def test_the_address_of_a_killed_server_misleads_nobody(console: Console) -> None:
    with console.serve(SAMPLE) as server:
        assert server.url
        server.kill()
    assert (console.folder / "assent.db.server").exists()
    assert console("inbox", "--json").json["items"] == []
    assert console("migrate").code == 0


@contextmanager
def _holding(console: Console) -> Generator[int]:
    """Another process that has opened the database and serves nothing."""
    code = (
        "import asyncio, sys\n"
        "from assent import App\n"
        "async def hold():\n"
        "    async with App('sqlite:///assent.db'):\n"
        "        print('held', flush=True)\n"
        "        await asyncio.to_thread(sys.stdin.read)\n"
        "asyncio.run(hold())\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=console.folder,
        env=environment({}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process.pid
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=100) == 0


def _sqlite(console: Console, statement: str) -> None:
    code = (
        "import sqlite3, sys\n"
        "with sqlite3.connect('assent.db') as opened: opened.execute(sys.argv[1])\n"
    )
    subprocess.run(
        [sys.executable, "-c", code, statement],
        cwd=console.folder,
        check=True,
        env=dict(os.environ),
    )


def test_the_only_database_in_the_directory_is_the_one_that_is_meant(console: Console) -> None:
    shop = {"ASSENT_DATABASE": "sqlite:///shop.db"}
    assert console(*START, **shop).code == 0
    (console.folder / "notes.db.lock").touch()  # whatever that is, it is no database of ours
    (console.folder / "notes.db").write_text("notes")
    assert "o-1/offer" in console("inbox").out
    assert console("approve", "o-1/offer", "--by", "ann").code == 0

    assert console(*START, ASSENT_DATABASE="sqlite:///bar.db").code == 0
    which = console("inbox", "--json")
    assert (which.code, which.error["code"]) == (2, "which_database")
    assert "bar.db, shop.db" in which.error["message"]
    assert console("inbox", "--database", "shop.db").code == 0

    assert console(*START).code == 0
    assert "o-1/offer" in console("inbox").out  # assent.db goes before all others


def test_a_server_is_found_whatever_its_database_is_called(console: Console) -> None:
    assert console(*START, ASSENT_DATABASE="sqlite:///bar.db").code == 0
    shop = Console(console.folder, {"ASSENT_DATABASE": "sqlite:///shop.db"})
    with shop.serve(SAMPLE) as server:
        assert server.url
        started = console("start", "echo", "--input", "1", "--id", "e-1")
        assert started.code == 0, started.err
        assert server.stop() == 0


def test_what_cannot_be_started_says_which_database_nobody_holds(console: Console) -> None:
    told = console("start", "echo", "--input", "1").err
    assert "No server holds sqlite:///assent.db" in told


def test_what_was_mistyped_is_told_as_such(console: Console) -> None:
    assert console(*START).code == 0
    for typed, said in {
        ("strat", "echo"): "Did you mean 'start'?",
        ("prune", "--older-than", "soon"): "'soon' is not a duration",
        ("audit", "export", "--output", "no/such/folder.jsonl"): "'no/such/folder.jsonl'",
    }.items():
        done = console(*typed)
        assert done.code == 2, done.err
        assert said in done.err
        assert "unforeseen" not in done.err
