"""``assent notify``: what became of a signal, in words, as JSON and as an exit code."""

from __future__ import annotations

import pytest

from tests.cli.console import Console

pytestmark = pytest.mark.usefixtures("server")


def test_a_signal_reaches_the_run_that_waits_and_a_second_one_is_too_late(console: Console) -> None:
    console("start", "listen", "--id", "l-1", "--input", '"a/b#1"', "--wait")
    sent = console("notify", "a/b#1", "--data", '{"n": 1}', "--by", "ann")
    assert (sent.code, sent.out.split(":")[0]) == (0, "delivered"), sent.err
    console("runs", "watch", "l-1")
    assert console("runs", "show", "l-1", "--json").json["output"] == {"n": 1}
    late = console("notify", "a/b#1", "--json")
    assert (late.code, late.json["status"]) == (4, "already_resolved")


def test_an_early_signal_is_kept_by_the_run_that_is_named(console: Console) -> None:
    console("start", "listen", "--id", "l-1", "--input", '"second"', "--wait")
    kept = console("notify", "other", "--run", "l-1", "--id", "d1", "--json")
    again = console("notify", "other", "--run", "l-1", "--id", "d1", "--json")
    assert (kept.code, kept.json["status"]) == (0, "buffered")
    assert (again.code, again.json["status"]) == (0, "duplicate")


def test_where_nobody_waits_the_exit_code_says_so(console: Console) -> None:
    nobody = console("notify", "nobody")
    unknown = console("notify", "x", "--run", "none", "--json")
    invalid = console("notify", "hook:x", "--json")
    assert (nobody.code, nobody.out.split(":")[0]) == (3, "no_waiters")
    assert (unknown.code, unknown.json["status"]) == (3, "unknown_run")
    assert (invalid.code, invalid.json["status"]) == (1, "invalid")
