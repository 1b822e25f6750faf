"""Answering on the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.console import Console

pytestmark = pytest.mark.usefixtures("server")


def _offer(console: Console, run: str = "o-1") -> None:
    given = '{"customer": "Ann", "price": 900}'
    started = console("start", "offer", "--id", run, "--input", given, "--wait", "--json")
    assert started.json["status"] == "waiting", started.err


def _run(console: Console, run: str) -> Any:
    console("runs", "watch", run)
    return console("runs", "show", run, "--json").json


def test_an_approval_by_run_and_key_lets_the_run_go_on(console: Console) -> None:
    _offer(console)
    approved = console("approve", "o-1/offer", "--by", "ann", "--reason", "fine")
    assert approved.code == 0, approved.err
    assert approved.out.startswith("accepted")
    assert _run(console, "o-1")["output"] == "sent to Ann for 900"


def test_an_approval_by_task_id_says_who_came_through_which_door(console: Console) -> None:
    _offer(console)
    (task,) = console("inbox", "--json").json["items"]
    assert console("approve", task["id"], "--by", "ann", "--json").json["status"] == "accepted"
    (answer,) = console("task", task["id"], "--json").json["answers"]
    assert (answer["by"], answer["via"], answer["outcome"]) == ("ann", "cli", "approved")


def test_a_rejection_carries_its_reason_to_the_workflow(console: Console) -> None:
    _offer(console)
    assert console("reject", "o-1/offer", "--by", "bob", "--reason", "too cheap").code == 0
    assert _run(console, "o-1")["output"] == "dropped by bob: too cheap"


def test_an_edited_value_is_what_the_run_goes_on_with(console: Console) -> None:
    _offer(console)
    value = '{"customer": "Ann", "price": 850}'
    edited = console("edit", "o-1/offer", "--by", "bob", "--value", value)
    assert edited.code == 0, edited.err
    assert _run(console, "o-1")["output"] == "sent to Ann for 850"


def test_a_value_comes_from_a_file_or_from_standard_input(console: Console) -> None:
    for run, price in (("o-1", 1), ("o-2", 2)):
        _offer(console, run)
        value = json.dumps({"customer": "Ann", "price": price})
        (console.folder / "value.json").write_text(value)
        source = "@value.json" if run == "o-1" else "@-"
        assert console("edit", f"{run}/offer", "--value", source, stdin=value).code == 0
        assert _run(console, run)["output"] == f"sent to Ann for {price}"


def test_a_value_that_does_not_fit_is_refused_by_path_and_the_task_stays_open(
    console: Console,
) -> None:
    _offer(console)
    value = '{"customer": "", "price": "many"}'
    refused = console("edit", "o-1/offer", "--value", value)
    assert refused.code == 1
    assert "/customer:" in refused.err
    assert "/price:" in refused.err
    assert console("inbox", "--json").json["items"][0]["status"] == "open"
    told = console("edit", "o-1/offer", "--value", value, "--json")
    assert told.json["status"] == "invalid"
    assert {error["pointer"] for error in told.json["errors"]} == {"/customer", "/price"}


def test_the_second_answer_learns_what_the_first_one_was(console: Console) -> None:
    _offer(console)
    assert console("approve", "o-1/offer", "--by", "ann").code == 0
    again = console("approve", "o-1/offer", "--by", "ann")
    assert (again.code, again.out.split(":")[0]) == (0, "duplicate")
    late = console("reject", "o-1/offer", "--by", "bob")
    assert late.code == 4
    assert "approved by ann" in late.err


def test_an_answer_to_something_that_has_changed_is_stale(console: Console) -> None:
    _offer(console)
    stale = console("approve", "o-1/offer", "--shown", "something else", "--json")
    assert (stale.code, stale.json["status"]) == (1, "stale")
    digest = console("task", "o-1/offer", "--json").json["digest"]
    assert console("approve", "o-1/offer", "--shown", digest).code == 0


def test_a_claimed_task_is_answered_by_its_holder_only(console: Console) -> None:
    _offer(console)
    assert console("claim", "o-1/offer", "--by", "ann").code == 0
    refused = console("approve", "o-1/offer", "--by", "bob")
    assert (refused.code, "ann" in refused.err) == (1, True)
    assert console("release", "o-1/offer", "--by", "ann").code == 0
    assert console("approve", "o-1/offer", "--by", "bob").code == 0


def test_a_form_and_a_choice_are_answered_with_json(console: Console) -> None:
    assert console("start", "register", "--id", "r-1", "--wait").code == 0
    value = '{"name": "Ann", "age": 40, "plan": "team"}'
    assert console("answer", "r-1/person", "--value", value).code == 0
    console("start", "register", "--id", "r-1", "--wait")
    wrong = console("answer", "r-1/drink", "--value", '"wine"')
    assert wrong.code == 1
    assert console("answer", "r-1/drink", "--value", '"tea"').code == 0
    assert _run(console, "r-1")["output"] == "Ann, 40, team, None, tea"


@pytest.mark.parametrize("name", ["task_nothing", "o-9/offer", "o-1/nothing"])
def test_a_task_that_is_not_there_is_named(console: Console, name: str) -> None:
    _offer(console)
    missing = console("approve", name)
    assert missing.code == 3
    assert name.split("/")[-1] in missing.err


def test_a_missing_key_tells_which_keys_there_are(console: Console) -> None:
    _offer(console)
    assert "Its tasks: offer." in console("approve", "o-1/ofer").err


def test_something_that_names_no_task_is_a_wrong_command_line(console: Console) -> None:
    wrong = console("approve", "offer")
    assert (wrong.code, "RUN/KEY" in wrong.err) == (2, True)


@pytest.mark.parametrize(
    ("value", "word"),
    [("{price: 1}", "JSON"), ("NaN", "NaN"), ("@missing.json", "missing.json"), ("Ann", '"Ann"')],
)
def test_a_value_that_is_not_json_is_refused_before_anything_happens(
    console: Console, value: str, word: str
) -> None:
    _offer(console)
    refused = console("edit", "o-1/offer", "--value", value)
    assert refused.code == 2
    assert word in refused.err
    assert "Traceback" not in refused.err


def test_without_a_value_and_without_a_terminal_it_says_how_to_give_one(console: Console) -> None:
    _offer(console)
    refused = console("edit", "o-1/offer")
    assert (refused.code, "--value" in refused.err) == (2, True)


def test_an_answer_needs_somebody_who_gives_it(console: Console) -> None:
    _offer(console)
    refused = console("approve", "o-1/offer", "--by", "")
    assert (refused.code, "Traceback" in refused.err) == (1, False)
    assert console("inbox", "--json").json["items"][0]["status"] == "open"


def test_a_task_is_handed_on_and_asked_about_from_the_command_line(console: Console) -> None:
    _offer(console)
    for command in (
        ("delegate", "o-1/offer", "--to", "bob", "--by", "ann"),
        ("comment", "o-1/offer", "hm", "--by", "ann"),
        ("ask-back", "o-1/offer", "Which Ann?", "--by", "bob"),
        ("reply", "o-1/offer", "The tall one", "--by", "ann"),
        ("reassign", "o-1/offer", "--to", "eve", "--by", "boss"),
    ):
        done = console(*command)
        assert done.code == 0, (command, done.err)
    task = console("task", "o-1/offer", "--json").json
    assert task["to"] == ["eve"]
    assert [c["text"] for c in task["comments"]] == ["hm", "Which Ann?", "The tall one"]
    assert "is open" in console("reopen", "o-1/offer", "--by", "ann").out


def test_a_decision_is_taken_back_from_the_command_line_while_that_is_possible(
    console: Console,
) -> None:
    console("start", "hesitate", "--id", "h-1", "--wait")
    assert console("approve", "h-1/sure", "--by", "ann").code == 0
    assert console("reopen", "h-1/sure", "--by", "bob").code == 1  # it was not his
    back = console("reopen", "h-1/sure", "--by", "ann", "--reason", "too soon")
    assert (back.code, "is open again" in back.out) == (0, True)
    assert console("task", "h-1/sure", "--json").json["status"] == "open"


def test_several_are_answered_at_once_and_each_gets_a_receipt(console: Console) -> None:
    for run in ("o-1", "o-2"):
        _offer(console, run)
    assert console("reject", "o-2/offer", "--by", "eve").code == 0
    names = ("nope/offer", "o-2/offer", "task_none", "o-1/offer", "o-1/offer")
    told = console("approve", *names, "--by", "ann", "--json")
    assert [receipt["status"] for receipt in told.json["items"]] == [
        "unknown",
        "already_decided",
        "unknown",
        "accepted",
        "duplicate",
    ]
    assert told.code == 3  # that of the first that did not count
    again = console("approve", *names[1:], "--by", "ann")
    assert again.out.startswith("o-1/offer: duplicate")
    assert "o-2/offer: already decided" in again.err
    assert console("approve", "o-1/offer", "o-2/offer", "--shown", "x", "--by", "ann").code == 2


def test_who_people_are_is_said_on_the_command_line(console: Console) -> None:
    put = console("people", "put", "ann", "--group", "finance", "--manager", "mia")
    assert put.code == 0, put.err
    assert console("people", "ls", "--json").json["items"] == [
        {"name": "ann", "groups": ["finance"], "roles": [], "manager": "mia", "mail": None}
    ]
    assert console("people", "away", "ann", "--to", "bob").code == 2
    assert console("people", "away", "ann", "--to", "bob", "--for", "3 days").code == 0
    assert console("people", "absent").out.split()[6:8] == ["ann", "bob"]
    assert console("people", "back", "ann").code == 0
    assert console("people", "rm", "ann").code == 0
    assert console("people", "rm", "ann").code != 0
