"""Run assent and the peers that are installed, interleaved, and print medians and ratios.

    python -m bench [--rounds 5] [--work W1,W2,…] [--out FILE] [--peers proto,blazen,…]
    python -m bench --summary FILE

The workloads, the reference prototype and the other peers are the harness in BENCH_HARNESS (by default
``../shared/bench`` beside this checkout). Peers run in environments of their own, one directory each under
BENCH_VENVS (by default ``.cache/bench``); that of the prototype (``base``) is made when it is missing, the others
are used where they are. Each round runs the reference and assent one after the other, so that ratios are of the same
minute. Every store commits with synchronous=FULL; one line repeats assent with durability=process, and says so.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
HARNESS: Final = Path(os.environ.get("BENCH_HARNESS", HERE.parents[1] / "shared" / "bench"))
VENVS: Final = Path(os.environ.get("BENCH_VENVS", HERE.parent / ".cache" / "bench"))
REFERENCE: Final = "prototype"
_FIGURES: Final = ("_per_s", "_ms", "_b", "rss_mb")


@dataclass(frozen=True)
class Cell:
    """One peer, with what it is given: how many runs for each workload."""

    label: str
    python: Path
    script: Path
    options: str
    sizes: dict[str, tuple[int, ...]]


_ALL: Final = {
    "W1": (1000,),
    "W2": (6000,),
    "W3": (20000,),
    "W4": (100, 1000, 10000),
    "W5": (200,),
}
_FEW: Final = {"W1": (200,), "W2": (300,), "W3": (1000,), "W4": (100, 1000), "W5": (60,)}


def cells() -> Iterator[Cell]:
    """Who can be measured here: the prototype, assent, and the peers whose environments exist."""
    base, own = VENVS / "base" / "bin" / "python", Path(sys.executable)
    proto = HARNESS / "peer_proto.py"
    yield Cell(REFERENCE, base, proto, "sync=full,commits=5", _ALL)
    yield Cell("assent", own, HERE / "peer_assent.py", "", _ALL)
    yield Cell(
        "assent, uvloop",
        own,
        HERE / "peer_assent.py",
        "loop=uvloop",
        {"W1": (1000,), "W2": (6000,)},
    )
    yield Cell(
        "assent, durability=process",
        own,
        HERE / "peer_assent.py",
        "durability=process",
        {"W1": (1000,), "W2": (6000,)},
    )
    for name in ("langgraph", "dbos", "llama", "blazen", "pydgraph"):
        python = VENVS / name / "bin" / "python"
        if python.exists():
            yield Cell(name, python, HARNESS / f"peer_{name}.py", "", _FEW)


def main() -> None:
    """Measure, or summarise what was measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", default="W1,W2,W3,W4,W5,W6")
    parser.add_argument(
        "--peers", default="", help="labels that start with one of these; all by default"
    )
    parser.add_argument("--out", type=Path, default=HERE / "results.jsonl")
    parser.add_argument("--summary", type=Path)
    asked = parser.parse_args()
    if asked.summary is None:
        if not (HARNESS / "driver.py").exists():
            sys.exit(
                f"The harness is not at {HARNESS}. Say where it is: BENCH_HARNESS=/path/to/bench"
            )
        _reference_environment()
        _measure(asked.rounds, asked.work.split(","), asked.peers.split(","), asked.out)
    _summarise(asked.summary or asked.out)


def _reference_environment() -> None:
    """The prototype needs apsw and msgspec; assent with uvloop needs that."""
    python = VENVS / "base" / "bin" / "python"
    if not python.exists():
        _tell("making the prototype's environment")
        subprocess.run([sys.executable, "-m", "venv", str(VENVS / "base")], check=True)
        packages = ["apsw", "msgspec", "psutil", "uvloop"]
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)


def _measure(rounds: int, works: list[str], peers: list[str], out: Path) -> None:
    chosen = [cell for cell in cells() if any(cell.label.startswith(peer) for peer in peers)]
    with out.open("w") as file:
        for number in range(rounds):
            for work in works:
                for line in _round(work, chosen):
                    print(json.dumps({**line, "round": number}), file=file, flush=True)
            _tell(f"round {number + 1} of {rounds} is done")


def _round(work: str, chosen: list[Cell]) -> Iterator[dict[str, Any]]:
    if work == "W6":
        yield from _imports()
        return
    for cell in chosen:
        for size in cell.sizes.get(work, ()):
            for line in _run(cell, work, size):
                yield {"label": cell.label, **line}


def _run(cell: Cell, work: str, size: int) -> Iterator[dict[str, Any]]:
    directory = tempfile.mkdtemp(prefix="bench-", dir=os.environ.get("BENCH_TMP"))
    command = [str(cell.python), str(cell.script), "-w", work, "-n", str(size), "-d", directory]
    if cell.options:
        command += ["--opt", cell.options]
    path = os.pathsep.join([str(HARNESS), str(HERE.parent / "src")])
    environment = {**os.environ, "BENCH_HARNESS": str(HARNESS), "PYTHONPATH": path}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        cwd=HARNESS,
        env=environment,
    )
    shutil.rmtree(directory, ignore_errors=True)
    Path(f"{directory}.ids").unlink(missing_ok=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        _tell(f"{cell.label} {work}: {done.stderr.strip().splitlines()[-1:]}")
    yield from lines


def _imports() -> Iterator[dict[str, Any]]:
    """How long a whole process takes that only imports, less that of one that does nothing."""
    for _ in range(3):
        nothing = _process("pass")
        yield {
            "label": "assent",
            "workload": "W6",
            "import_ms": round(_process("import assent") - nothing, 1),
        }


def _process(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return (time.perf_counter() - began) * 1000


def _summarise(path: Path) -> None:
    """Medians over the rounds, and each figure beside the prototype's of the same round."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    found: dict[tuple[str, str, int, str], dict[int, list[float]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for line in lines:
        for name, figure in line.items():
            if name.endswith(_FIGURES) and isinstance(figure, int | float):
                key = (line["workload"], line["label"], line.get("n", 0), name)
                found[key][line["round"]].append(figure)
    print(f"{'':4} {'':28} {'n':>6}  {'figure':24} {'median':>10} {'min':>10} {'max':>10}  beside")
    for (work, label, size, name), rounds in sorted(found.items()):
        figures = [figure for group in rounds.values() for figure in group]
        beside = _beside(found.get((work, REFERENCE, size, name)), rounds, label)
        median = statistics.median(figures)
        print(
            f"{work:4} {label:28} {size:6}  {name:24} {median:10.3f} {min(figures):10.3f} "
            f"{max(figures):10.3f}  {beside}"
        )


def _beside(
    reference: dict[int, list[float]] | None, rounds: dict[int, list[float]], label: str
) -> str:
    if reference is None or label == REFERENCE:
        return ""
    ratios = [
        statistics.median(rounds[number]) / statistics.median(reference[number])
        for number in rounds
        if reference.get(number) and statistics.median(reference[number])
    ]
    return f"{statistics.median(ratios):.3f} × the prototype" if ratios else ""


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
