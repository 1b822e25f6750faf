"""The table of commands, and how errors in the command line are told."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from assent.cli.exits import MEANING, OF_ERROR, OF_RECEIPT, OF_RUN, Exit
from assent.cli.main import COMMANDS, assent
from assent.core.run import RunStatus
from assent.core.task import ReceiptStatus
from assent.errors import AssentError
from tests.cli.console import Console


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_says_of_itself(name: str) -> None:
    command = assent.get_command(click.Context(assent), name)
    assert command is not None
    assert (command.help or "").splitlines()[0] == COMMANDS[name]


def test_every_exit_code_has_a_meaning_and_help_lists_them(console: Console) -> None:
    assert MEANING.keys() == set(Exit)
    told = console("--help").out
    assert all(str(int(code)) in told for code in Exit)


def test_every_receipt_and_every_status_of_a_run_has_an_exit_code() -> None:
    assert OF_RECEIPT.keys() == {status.value for status in ReceiptStatus}
    assert OF_RUN.keys() == {status.value for status in RunStatus}
    assert OF_ERROR.keys() <= _codes(AssentError)


def _codes(kind: type[AssentError]) -> set[str]:
    return {kind.code}.union(*(_codes(child) for child in kind.__subclasses__()))


@pytest.mark.parametrize(
    "arguments", [("aprove",), ("runs", "list"), ("inbox", "--too", "ann"), ("approve",)]
)
def test_a_wrong_command_line_says_what_is_wrong(
    console: Console, arguments: tuple[str, ...]
) -> None:
    wrong = console(*arguments)
    assert wrong.code == 2
    assert "Usage:" in wrong.err
    assert "Traceback" not in wrong.err


def test_a_wrong_command_line_is_told_as_json_too(console: Console) -> None:
    wrong = console("inbox", "--json", "--kind", "order")
    assert (wrong.code, wrong.error["code"]) == (2, "usage")


def test_a_reader_that_goes_away_is_no_error(console: Console) -> None:
    done = subprocess.run(
        f"{sys.executable} -m assent --help | head -1",
        shell=True,
        cwd=console.folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
