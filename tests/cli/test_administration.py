"""Keys, login links, the record, and the doctor."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing

import httpx2
import pytest

from tests.cli.conftest import SAMPLE
from tests.cli.console import Console, Server

OFFER = '{"customer": "Ann", "price": 900}'


# ── keys ────────────────────────────────────────────────────────────────────────────────────────


def test_a_key_is_shown_once_works_and_can_be_ended(console: Console, server: Server) -> None:
    made = console("keys", "create", "--user", "ann", "--role", "viewer", "--label", "laptop")
    assert made.code == 0
    secret = made.out.strip()
    headers = {"Authorization": f"Bearer {secret}"}
    assert httpx2.get(f"{server.url}/api/v1/tasks", headers=headers).status_code == 200

    listed = console("keys", "ls")
    assert secret not in listed.out
    assert "laptop" in listed.out
    (key,) = [k for k in console("keys", "ls", "--json").json["items"] if k["user"] == "ann"]
    assert console("keys", "revoke", key["id"]).code == 0
    assert httpx2.get(f"{server.url}/api/v1/tasks", headers=headers).status_code == 401
    assert console("keys", "revoke", key["id"]).code == 3


def test_a_key_made_while_no_server_runs_opens_the_next_one(console: Console) -> None:
    console("migrate")
    secret = console("keys", "create", "--user", "ann", "--json").json["secret"]
    with console.serve(SAMPLE) as server:
        reply = httpx2.get(
            f"{server.url}/api/v1/status", headers={"Authorization": f"Bearer {secret}"}
        )
        assert (reply.status_code, reply.json()["user"]) == (200, "ann")


def test_a_key_for_nobody_or_for_an_unknown_role_is_refused(
    console: Console, server: Server
) -> None:
    assert server.url
    assert console("keys", "create").code == 2
    assert console("keys", "create", "--user", "ann", "--role", "king").code == 2
    assert console("keys", "create", "--user", "").code == 1


def test_a_login_link_is_for_whom_it_names(console: Console, server: Server) -> None:
    link = console("login-link", "--user", "bob")
    assert link.code == 0
    assert link.out.startswith(f"{server.url}/login")


# ── the record ──────────────────────────────────────────────────────────────────────────────────


def _answered(console: Console) -> None:
    console("start", "offer", "--id", "o-1", "--input", OFFER, "--app", SAMPLE)
    assert console("approve", "o-1/offer", "--by", "ann", "--reason", "fine").code == 0


def test_the_record_tells_who_did_what_through_which_door(console: Console) -> None:
    _answered(console)
    lines = [json.loads(line) for line in console("audit", "export").out.splitlines()]
    (answered,) = [line for line in lines if line["kind"] == "task.answered"]
    assert (answered["actor"], answered["via"], answered["run"]) == ("ann", "cli", "o-1")
    assert [line["seq"] for line in lines] == sorted(line["seq"] for line in lines)


def test_the_record_is_written_to_a_file_as_a_table(console: Console) -> None:
    _answered(console)
    done = console("audit", "export", "--format", "csv", "--output", "record.csv")
    assert (done.code, done.out) == (0, "")
    with (console.folder / "record.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    count = len(console("audit", "export").out.splitlines())
    assert len(rows) == count
    printed = console("audit", "export", "--format", "csv", "--run", "o-1").out
    assert list(csv.DictReader(io.StringIO(printed))) == rows


def test_a_whole_record_verifies_and_an_altered_one_does_not(console: Console) -> None:
    _answered(console)
    assert console("audit", "verify").code == 0
    with closing(sqlite3.connect(console.folder / "assent.db", isolation_level=None)) as opened:
        opened.execute(
            "update entry set body = replace(body, 'ann', 'eve') where kind = 'task.answered'"
        )
    flawed = console("audit", "verify", "--json")
    assert flawed.code == 1
    assert {flaw["run"] for flaw in flawed.json["flaws"]} == {"o-1"}
    assert "o-1" in console("audit", "verify", "--run", "o-1").out


def test_a_run_that_was_taken_out_whole_is_missed_by_an_export_that_was_kept(
    console: Console,
) -> None:
    _answered(console)
    assert console("audit", "export", "--output", "trail.jsonl").code == 0
    later = console("start", "offer", "--id", "o-2", "--input", OFFER, "--app", SAMPLE)
    assert later.code == 0
    kept = ("audit", "verify", "--against", "trail.jsonl")
    assert console(*kept).code == 0, "what came later is nobody's loss"
    with closing(sqlite3.connect(console.folder / "assent.db", isolation_level=None)) as opened:
        opened.execute("delete from entry where run = 'o-1'")
        opened.execute("delete from task where run = 'o-1'")
        opened.execute("delete from run where id = 'o-1'")
    assert console("audit", "verify").code == 0, "nothing in the database tells"
    missed = console(*kept)
    assert (missed.code, "o-1, entry 0: the run is gone" in missed.out) == (1, True)
    (console.folder / "trail.jsonl").write_text("not a trail\n")
    wrong = console(*kept)
    assert (wrong.code, "Line 1 of trail.jsonl" in wrong.err) == (2, True)


def test_what_was_put_in_can_be_erased_and_the_record_still_verifies(console: Console) -> None:
    _answered(console)
    with console.serve(SAMPLE) as server:
        assert server.url
        assert console("runs", "watch", "o-1").code == 0
        assert server.stop() == 0
    assert "Ann" in console("audit", "export").out
    unsure = console("audit", "erase", "o-1")
    assert (unsure.code, "--yes" in unsure.err) == (2, True)
    assert console("audit", "erase", "o-1", "--by", "ann", "--yes").code == 0
    assert "Ann" not in console("audit", "export").out
    assert console("audit", "verify").code == 0


def test_the_record_of_a_run_that_is_not_there_is_named(console: Console) -> None:
    console("migrate")
    assert console("audit", "export", "--run", "nothing").code == 3
    assert console("audit", "erase", "nothing", "--yes").code == 3


# ── what people elsewhere were not told ─────────────────────────────────────────────────────────

BROKEN = """
from assent import App, NonRetryable

class Phone:
    async def on_approval_needed(self, ctx):
        raise NonRetryable("no such number")

app = App(channels=[Phone()])

@app.workflow
async def ask(ctx) -> None:
    await ctx.approve("refund")
"""


def test_what_could_not_be_told_is_listed_and_resent(console: Console) -> None:
    (console.folder / "broken.py").write_text(BROKEN)
    with console.serve("broken:app") as server:
        assert server.url
        assert console("start", "ask").code == 0
        dead = console("notifications", "ls", "--status", "dead", "--json").json["items"]
        while not dead:
            dead = console("notifications", "ls", "--status", "dead", "--json").json["items"]
        (one,) = dead
        assert (one["channel"], one["error"]) == ("Phone", "no such number")
        assert console("notifications", "resend", "nothing").code == 3
    listed = console("notifications", "ls")  # without a server, too
    assert one["id"] in listed.out
    assert "no such number" in listed.out
    assert console("notifications", "resend", one["id"]).code == 0
    (again,) = console("notifications", "ls", "--json").json["items"]
    assert (again["status"], again["attempts"]) == ("pending", 0)


# ── the doctor ──────────────────────────────────────────────────────────────────────────────────


def test_the_doctor_finds_nothing_wrong_with_a_served_database(
    console: Console, server: Server
) -> None:
    seen = console("doctor", "--json")
    assert seen.code == 0, seen.out
    found = {finding["name"]: finding["what"] for finding in seen.json["findings"]}
    assert found["server"] == server.url
    assert found.keys() >= {"python", "sqlite", "disk", "database", "schema", "runs", "tasks"}
    assert console("doctor").code == 0


def test_the_doctor_says_what_is_wrong_and_what_to_do(console: Console) -> None:
    seen = console("doctor")
    assert seen.code == 1
    assert "BAD database" in seen.out
    assert "assent migrate" in seen.out
    (console.folder / "assent.db").write_text("a letter")
    assert "cannot be read" in console("doctor").out


@pytest.mark.parametrize("arguments", [("--help",), ("-h",), ("runs", "--help"), ("--version",)])
def test_help_needs_nothing(console: Console, arguments: tuple[str, ...]) -> None:
    assert console(*arguments).code == 0
