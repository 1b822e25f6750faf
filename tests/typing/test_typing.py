"""Users' code type-checks where it should, and not where it should not."""

from __future__ import annotations

from pathlib import Path

import pytest
from mypy import api

ROOT = Path(__file__).parents[2]
FILES = sorted(
    file for file in Path(__file__).parent.glob("*.py") if not file.name.startswith("test_")
)


@pytest.mark.timeout(300)
def test_what_must_type_check_does_and_what_must_not_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    told, broken, code = api.run([str(file) for file in FILES])
    assert (told.strip().split("\n")[-1], broken, code) == (
        f"Success: no issues found in {len(FILES)} source files",
        "",
        0,
    ), told
