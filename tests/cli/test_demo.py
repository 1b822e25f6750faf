"""``assent demo``, from a checkout and from an installed wheel."""

from __future__ import annotations

import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from assent.cli.commands.demo import usual_port
from tests.cli.console import ROOT, Console

RUNS = {"refund-A-1017", "refund-A-1018", "signup-alice", "expenses-october"}


def _waiting(console: Console) -> set[str]:
    """The runs with open tasks, once the batch has opened its own."""
    kept = Console(console.folder / "kept")
    again = kept("start", "expenses", "--id", "expenses-october", "--input", "{}", "--wait")
    assert again.code == 0, again.err
    tasks = kept("inbox", "--limit", "0", "--json").json["items"]
    return {task["run_id"] for task in tasks}


def test_tasks_wait_from_the_start_and_the_folder_keeps_them(console: Console) -> None:
    for _ in range(2):
        with console.server("demo", "kept") as server:
            assert server.url
            assert _waiting(console) == RUNS
            assert server.stop() == 0
    kept = {file.name for file in (console.folder / "kept").iterdir()}
    assert kept >= {"assent.db", "payments.db", "examples"}


def test_it_says_how_to_reach_it_from_another_terminal(console: Console) -> None:
    with console.server("demo") as server:
        assert server.url
        said = (console.folder / "server.log").read_text()
        database = said.rpartition("--database ")[2].splitlines()[0]
        tasks = console("inbox", "--database", database, "--json")
        assert {task["run_id"] for task in tasks.json["items"]} >= {"refund-A-1017", "signup-alice"}


def test_where_the_usual_port_is_taken_it_takes_another(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        usual = taken.getsockname()[1]
        monkeypatch.setattr("assent.cli.commands.demo.PORT", usual)
        taken.listen()
        assert usual_port("127.0.0.1") == 0
    assert usual_port("127.0.0.1") == usual


def test_samples_that_were_changed_stay_as_they_are(console: Console) -> None:
    examples = console.folder / "kept" / "examples"
    examples.mkdir(parents=True)
    mine = "from assent import App\n\napp = App()\n"
    (examples / "demo.py").write_text(mine)
    with console.server("demo", "kept") as server:
        assert server.url
    assert (examples / "demo.py").read_text() == mine
    assert (examples / "expenses.csv").exists()


def test_without_a_folder_nothing_is_left(console: Console, tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    with Console(tmp_path, {"TMPDIR": str(temporary)}).server("demo") as server:
        assert server.url
        assert list(temporary.iterdir())
        assert server.stop() == 0
    assert list(temporary.iterdir()) == []


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a wheel installs, and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_brings_the_samples_and_its_demo_serves(
    console: Console, installed: Path
) -> None:
    assert (installed / "assent" / "py.typed").exists()
    assert not (installed / "examples").exists()
    with Console(console.folder, {"PYTHONPATH": str(installed)}).server("demo", "kept") as server:
        assert server.url
        assert server.stop() == 0
    copied = {file.name for file in (console.folder / "kept" / "examples").iterdir()}
    shipped = {file.name for file in (ROOT / "examples").iterdir() if file.is_file()}
    assert copied - {"__pycache__"} == shipped


def test_the_wheel_names_what_it_needs(installed: Path) -> None:
    (metadata,) = installed.glob("*.dist-info/METADATA")
    text = metadata.read_text("utf-8")
    assert "License-Expression: MIT" in text
    assert "Requires-Python: >=3.11" in text
    assert "Requires-Dist: pydantic" in text
