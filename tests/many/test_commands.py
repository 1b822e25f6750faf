"""The command line on PostgreSQL: servers and workers side by side, and commands beside them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import httpx2
import pytest

from tests.cli.console import ASSENT, Console, Server, environment

SAMPLE = "tests.cli.sample:app"
OFFER = '{"customer": "Ann", "price": 900}'


@pytest.fixture
def console(tmp_path: Path, shared: str) -> Console:
    """A shell whose commands use a schema of their own."""
    return Console(tmp_path, {"ASSENT_DATABASE": shared})


def worker(console: Console) -> Server:
    """A worker process."""
    command = [*ASSENT, "worker", SAMPLE, "--json"]
    return Server(command, console.folder, environment(console.env))


def test_looking_makes_no_schema_and_migrate_does(console: Console) -> None:
    assert console("runs", "ls", "--json").error["code"] == "configuration"
    told = console("doctor", "--json").json["findings"]
    assert [f["name"] for f in told if not f["well"]] == ["schema"]
    made = console("migrate", "--json")
    assert made.code == 0
    assert console("doctor").code == 0
    assert console("runs", "ls", "--json").code == 0


def test_a_server_of_a_shared_database_is_to_be_named(console: Console) -> None:
    assert console("migrate").code == 0
    begin = ("start", "offer", "--id", "o-1", "--input", OFFER)
    refused = console(*begin)
    assert refused.code == 2
    assert "is named (--server, ASSENT_SERVER)" in refused.err
    assert "give --app module:app" in refused.err
    assert "no server of" in console("doctor").out
    assert "Name one, or start one" in console("login-link").err


def test_a_password_is_shown_nowhere(console: Console) -> None:
    done = console("doctor", ASSENT_DATABASE="postgresql://ann:hush-hush@localhost:1/none")
    assert done.code == 1
    assert "hush-hush" not in done.out + done.err
    assert "ann@localhost" in done.out


def test_workers_take_over_from_each_other_beside_a_server_that_only_serves(
    console: Console,
) -> None:
    begin = ("start", "offer", "--app", SAMPLE, "--id", "o-1", "--input", OFFER, "--json")
    with console.serve(SAMPLE, "--no-advance") as server:
        assert server.url
        assert console(*begin).json["status"] == "running"  # nobody is there to advance it
        with worker(console) as first:
            assert console(*begin, "--wait").json["status"] == "waiting"
            with worker(console) as second:
                assert second.told
                assert first.stop() == 0
                assert console("approve", "o-1/offer", "--by", "bob").code == 0
                ended = console(*begin, "--wait").json
                assert (ended["status"], ended["output"]) == ("succeeded", "sent to Ann for 900")
                key = console("keys", "create", "--user", "ann", "--json").json["secret"]
                told = httpx2.get(
                    f"{server.url}/api/v1/runs/o-1", headers={"Authorization": f"Bearer {key}"}
                )
                assert told.json()["status"] == "succeeded"
                assert console("doctor").code == 0
                checked = console("check", SAMPLE, "--json")
                assert (checked.code, checked.json) == (0, {"runs": 0, "troubles": []})
                assert second.stop() == 0
        assert server.stop() == 0


def test_watching_a_run_that_others_advance_and_answer_tells_its_events(console: Console) -> None:
    begin = ("start", "offer", "--app", SAMPLE, "--id", "o-1", "--input", OFFER, "--wait")
    assert console("migrate").code == 0
    with worker(console):
        assert console(*begin).code == 0
        with subprocess.Popen(
            [*ASSENT, "runs", "watch", "o-1", "--json"],
            cwd=console.folder,
            env=environment(console.env),
            stdout=subprocess.PIPE,
            text=True,
        ) as watching:
            assert watching.stdout is not None
            told = [json.loads(watching.stdout.readline())["name"]]  # it is there, and looks on
            assert console("approve", "o-1/offer", "--by", "bob").code == 0
            told += [json.loads(line)["name"] for line in watching.stdout]
    assert watching.returncode == 0
    assert told[0] == "run.started"
    assert told[-1] == "run.finished"
    assert {"task.opened", "task.answered", "task.closed"} <= set(told)
