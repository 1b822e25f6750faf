"""What a terminal gets: questions one by one, tables, and a list that follows what happens."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from typing import Self

import pytest

from tests.cli.console import ASSENT, Console, environment

OFFER = '{"customer": "Ann", "price": 900}'
ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z]|\[?[0-9;?]*\Z)")

pytestmark = pytest.mark.usefixtures("server")


class Terminal:
    """A command on a terminal: what it prints is read until it asks, then it is told something."""

    def __init__(self, console: Console, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            # A shell has its background jobs ignore Ctrl-C, and what they start does too; on a terminal nothing does.
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self._process = subprocess.Popen(
            [*ASSENT, *arguments],
            cwd=console.folder,
            env=environment({"TERM": "xterm", "COLUMNS": "120"}),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.seen = ""
        self._told = b""
        self._read_up_to = 0

    def until(self, words: str) -> Self:
        """Read until these words have come, after those that were waited for before."""
        while (found := self.seen.find(words, self._read_up_to)) < 0:
            assert self._read(), f"it ended before {words!r}:\n{self.seen}"
        self._read_up_to = found + len(words)
        return self

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self._ours, f"{text}\n".encode())

    def end(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        return self._process.wait(timeout=100)

    def interrupt(self) -> None:
        """What Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)

    def stop(self) -> None:
        """Let go of it, whatever it does."""
        self._process.kill()
        self._process.wait(timeout=100)
        os.close(self._ours)

    def _read(self) -> bool:
        """Read what there is; whether the other end is still open."""
        readable, _, _ = select.select([self._ours], [], [], 100)
        assert readable, f"nothing more comes after:\n{self.seen}"
        try:
            self._told += os.read(self._ours, 4096)
        except OSError:  # what Linux says once the other end is closed
            return False
        # All of it anew: what was read may end in the middle of an escape, or be nothing but one.
        self.seen = ESCAPES.sub("", self._told.decode("utf-8", "replace")).replace("\r", "")
        return True


@contextmanager
def _terminal(console: Console, *arguments: str) -> Generator[Terminal]:
    terminal = Terminal(console, *arguments)
    try:
        yield terminal
    finally:
        terminal.stop()


def test_a_form_is_asked_question_by_question_and_again_where_it_cannot_be_read(
    console: Console,
) -> None:
    console("start", "register", "--id", "r-1", "--wait")
    with _terminal(console, "answer", "r-1/person", "--by", "ann") as terminal:
        terminal.until("Your name").type("Ann")
        terminal.until("Age").type("forty")
        terminal.until("Age").type("40")
        terminal.until("2) team")
        terminal.until("number").type("2")
        terminal.until("Note").type("")
        assert terminal.end() == 0
        assert "accepted" in terminal.seen
    console("start", "register", "--id", "r-1", "--wait")
    with _terminal(console, "answer", "r-1/drink") as terminal:
        terminal.until("2) tea").until("number").type("7")
        terminal.until("from 1 to 2").until("number").type("2")
        assert terminal.end() == 0
    assert console("runs", "watch", "r-1").code == 0
    shown = console("runs", "show", "r-1", "--json").json
    assert shown["output"] == "Ann, 40, team, None, tea"


def test_an_edit_offers_what_stands_there(console: Console) -> None:
    console("start", "offer", "--id", "o-1", "--input", OFFER, "--wait")
    with _terminal(console, "edit", "o-1/offer", "--by", "ann") as terminal:
        terminal.until("[Ann]").type("")
        terminal.until("[900]").type("850")
        assert terminal.end() == 0
    console("runs", "watch", "o-1")
    shown = console("runs", "show", "o-1", "--json").json
    assert shown["output"] == "sent to Ann for 850"


def test_a_list_is_a_table_on_a_terminal(console: Console) -> None:
    console("start", "offer", "--id", "o-1", "--input", OFFER, "--wait")
    with _terminal(console, "inbox") as terminal:
        assert terminal.end() == 0
        assert "Offer 900 to Ann?" in terminal.seen
        assert "\t" not in terminal.seen


def test_a_watched_inbox_shows_what_comes_and_what_goes(console: Console) -> None:
    with _terminal(console, "inbox", "--watch") as terminal:
        terminal.until("Nothing waits for anybody.")
        console("start", "offer", "--id", "o-1", "--input", OFFER, "--wait")
        terminal.until("Offer 900 to Ann?")
        console("approve", "o-1/offer")
        terminal.until("Nothing waits for anybody.")
        terminal.interrupt()
        assert terminal.end() == 130


def test_a_title_cannot_steer_the_terminal(console: Console) -> None:
    hostile = '{"customer": "Ann\\u001b[2J\\u001b]0;owned\\u0007", "price": 1}'
    console("start", "offer", "--id", "o-1", "--input", hostile, "--wait")
    for command in (("inbox",), ("task", "o-1/offer"), ("runs", "show", "o-1")):
        told = console(*command)
        assert told.code == 0
        assert "\x1b" not in told.out
        assert "\x07" not in told.out
    with _terminal(console, "inbox") as terminal:
        assert terminal.end() == 0
        assert "\x07" not in terminal.seen
