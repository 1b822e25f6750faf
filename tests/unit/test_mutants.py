"""The mutants are fit to the code as it is, so that ``make mutants`` can try them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.mutants import MUTANTS, ROOT, Mutant, applied


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_has_its_line_and_its_tests(mutant: Mutant) -> None:
    text = (ROOT / mutant.file).read_text(encoding="utf-8")
    assert text.count(mutant.right) == 1, f"fit the mutant to {mutant.file}"
    compile(text.replace(mutant.right, mutant.wrong), mutant.file, "exec")
    assert all((ROOT / test).is_file() for test in mutant.tests)


def test_a_mutant_lives_in_a_copy_and_is_gone_afterwards(tmp_path: Path) -> None:
    mutant = MUTANTS[0]
    copy = tmp_path / mutant.file
    copy.parent.mkdir(parents=True)
    original = (ROOT / mutant.file).read_text(encoding="utf-8")
    copy.write_text(original, encoding="utf-8")
    with applied(mutant, tmp_path):
        assert mutant.wrong in copy.read_text(encoding="utf-8")
        assert (ROOT / mutant.file).read_text(encoding="utf-8") == original
    assert copy.read_text(encoding="utf-8") == original


def test_mutants_are_many_and_go_by_different_names() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 30
