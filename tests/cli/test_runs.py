"""Starting and steering runs on the command line, with a server."""

from __future__ import annotations

import json

import pytest

from tests.cli.console import Console

pytestmark = pytest.mark.usefixtures("server")

OFFER = '{"customer": "Ann", "price": 900}'


def test_a_run_is_started_once_for_an_id_and_other_input_is_a_conflict(console: Console) -> None:
    first = console("start", "offer", "--id", "o-1", "--input", OFFER, "--json")
    again = console("start", "offer", "--id", "o-1", "--input", OFFER, "--json")
    assert (first.code, again.code) == (0, 0)
    assert first.json["id"] == again.json["id"] == "o-1"
    other = console("start", "offer", "--id", "o-1", "--input", '{"customer": "Bob", "price": 1}')
    assert (other.code, "o-1" in other.err) == (4, True)
    assert len(console("runs", "ls", "--json").json["items"]) == 1


@pytest.mark.parametrize("source", ["@input.json", "@-"])
def test_input_comes_from_a_file_or_from_standard_input(console: Console, source: str) -> None:
    (console.folder / "input.json").write_text(OFFER)
    started = console("start", "echo", "--input", source, "--wait", "--json", stdin=OFFER)
    assert started.code == 0, started.err
    assert started.json["output"] == json.loads(OFFER)


@pytest.mark.parametrize("value", ["0", '""', "false", "[]", "{}", '"123"', "null"])
def test_empty_and_falsy_inputs_arrive_as_they_are(console: Console, value: str) -> None:
    started = console("start", "echo", "--input", value, "--wait", "--json")
    assert started.json["output"] == json.loads(value)
    assert started.json["status"] == "succeeded"


def test_input_that_does_not_fit_makes_no_run(console: Console) -> None:
    refused = console("start", "offer", "--input", '{"customer": "Ann", "price": -1}', "--json")
    assert refused.code == 1
    assert refused.error["code"] == "invalid_input"
    assert refused.error["errors"][0]["pointer"].endswith("/price")
    assert console("runs", "ls", "--json").json["items"] == []


def test_a_misspelt_workflow_is_named_and_the_close_one_offered(console: Console) -> None:
    missing = console("start", "ofer", "--input", OFFER)
    assert missing.code == 3
    assert "'ofer'" in missing.err
    assert "'offer'" in missing.err


def test_the_end_of_a_run_shows_in_the_exit_code(console: Console) -> None:
    failed = console("start", "wreck", "--id", "w-1", "--wait")
    assert failed.code == 1
    assert "the machine is on fire" in failed.out
    assert console("runs", "watch", "w-1").code == 1
    assert console("runs", "retry", "w-1").code == 0
    assert console("runs", "watch", "w-1").code == 1


def test_labels_and_statuses_narrow_the_list(console: Console) -> None:
    console("start", "offer", "--id", "o-1", "--input", OFFER, "--label", "land=de", "--wait")
    console("start", "offer", "--id", "o-2", "--input", OFFER, "--label", "land=fr", "--wait")
    console("start", "echo", "--id", "e-1", "--wait")

    def ids(*options: str) -> set[str]:
        return {run["id"] for run in console("runs", "ls", "--json", *options).json["items"]}

    assert ids() == {"o-1", "o-2", "e-1"}
    assert ids("--label", "land=de") == {"o-1"}
    assert ids("--workflow", "offer", "--status", "waiting") == {"o-1", "o-2"}
    assert ids("--status", "succeeded") == {"e-1"}
    assert ids("--search", "o-2") == {"o-2"}
    assert console("runs", "ls", "--status", "asleep").code == 2
    assert console("start", "offer", "--input", OFFER, "--label", "land").code == 2


def test_a_list_that_is_cut_says_so(console: Console) -> None:
    for number in range(3):
        console("start", "echo", "--id", f"e-{number}")
    cut = console("runs", "ls", "--limit", "2")
    assert "--limit 0" in cut.err
    assert len(console("runs", "ls", "--limit", "0", "--json").json["items"]) == 3


def test_a_cancelled_run_closes_its_tasks(console: Console) -> None:
    console("start", "offer", "--id", "o-1", "--input", OFFER, "--wait")
    assert console("runs", "cancel", "o-1", "--reason", "she left").code == 0
    assert console("inbox", "--json").json["items"] == []
    shown = console("runs", "show", "o-1", "--json").json
    assert (shown["status"], "she left" in str(shown["error"])) == ("cancelled", True)
    assert console("approve", "o-1/offer").code == 4


def test_answers_during_a_pause_count_once_the_run_is_resumed(console: Console) -> None:
    console("start", "offer", "--id", "o-1", "--input", OFFER, "--wait")
    assert console("runs", "pause", "o-1").code == 0
    assert console("approve", "o-1/offer").code == 0
    assert console("runs", "show", "o-1", "--json").json["status"] == "paused"
    assert console("runs", "resume", "o-1").code == 0
    assert console("runs", "watch", "o-1").code == 0


def test_a_run_that_is_not_there_is_named(console: Console) -> None:
    for command in ("show", "watch", "cancel", "retry", "pause", "resume"):
        missing = console("runs", command, "nothing")
        assert (missing.code, "'nothing'" in missing.err) == (3, True), command


def test_a_finished_run_cannot_be_steered(console: Console) -> None:
    console("start", "echo", "--id", "e-1", "--wait")
    for command in ("cancel", "retry", "pause", "resume"):
        refused = console("runs", command, "e-1")
        assert refused.code == 4, (command, refused)


def test_a_run_is_told_in_words_for_people(console: Console) -> None:
    console("start", "offer", "--id", "o-1", "--input", OFFER, "--wait")
    listed, shown = console("runs", "ls"), console("runs", "show", "o-1")
    assert "o-1\toffer\twaiting" in listed.out
    assert "waits for" in shown.out
    assert "900" in shown.out
    assert "Offer 900 to Ann?" in console("inbox").out
    assert "group:sales" in console("task", "o-1/offer").out


@pytest.mark.parametrize("run", ["a b", "ä?x=1&y#z", "100%", "-1", "出張"])
def test_a_run_id_may_hold_whatever_people_put_into_it(console: Console, run: str) -> None:
    started = console("start", "offer", f"--id={run}", "--input", OFFER, "--wait", "--json")
    assert started.json["id"] == run
    assert console("approve", "--", f"{run}/offer").code == 0
    assert console("runs", "watch", "--", run).code == 0
    assert console("runs", "show", "--json", "--", run).json["status"] == "succeeded"


def test_a_run_id_that_could_not_be_named_is_refused(console: Console) -> None:
    for run in ("a/b", " a", "x" * 201):
        refused = console("start", "offer", f"--id={run}", "--input", OFFER)
        assert refused.code == 1, run


def test_letters_that_a_pipe_does_not_know_are_no_error(console: Console) -> None:
    console("start", "echo", "--id", "e-1", "--input", '"出張"', "--wait")
    shown = console("runs", "show", "e-1", PYTHONIOENCODING="latin-1")
    assert (shown.code, r"\u51fa" in shown.out) == (0, True)


def test_a_run_that_is_held_back_says_where_it_stands_and_queues_are_listed(
    console: Console,
) -> None:
    console("start", "one_by_one", "--id", "first")
    console("start", "one_by_one", "--id", "second")
    held = console("runs", "show", "second")
    assert "number 1 in one_by_one" in held.out
    assert console("runs", "show", "first", "--json").json["queued"] is None
    told = console("runs", "queues", "--json").json["items"]
    assert [(found["queue"], found["inside"], found["queued"]) for found in told] == [
        ("one_by_one", 1, 1)
    ]
    listed = console("runs", "queues")
    assert ("1 at once" in listed.out, "second" in listed.out) == (True, True)
