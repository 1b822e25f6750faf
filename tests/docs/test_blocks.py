"""Every Python block in the README and in docs/ runs, and prints what it says it prints."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from pytest_examples import CodeExample, EvalExample, find_examples

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = ("README.md", "docs")


@pytest.fixture(autouse=True)
def _an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSENT_DATABASE", raising=False)
    yield
    os.chdir(ROOT)


@pytest.mark.parametrize(
    "example",
    list(find_examples(*(str(ROOT / page) for page in PAGES))),
    ids=lambda example: f"{Path(example.path).relative_to(ROOT)}:{example.start_line}",
)
def test_every_block_runs_and_prints_what_it_says(
    example: CodeExample, eval_example: EvalExample
) -> None:
    if example.prefix_tags() & {"python", "py"}:
        eval_example.run_print_check(example)
