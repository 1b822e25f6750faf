"""Keys: every place in a run has its own, and the path of its branch can be read off it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.engine.branch import Branch, path_of
from assent.errors import DefinitionError

names = st.text(min_size=1, max_size=8) | st.from_regex("[0-9./#a\u0661²]{1,6}", fullmatch=True)


def key_of(branch: Branch, name: str) -> str | None:
    """The key of the next visit, or None where the name is refused."""
    try:
        return branch.key(name)
    except DefinitionError:
        return None


@given(st.lists(st.tuples(st.integers(0, 3), names), max_size=20))
def test_every_place_has_a_key_of_its_own(visits: list[tuple[int, str]]) -> None:
    main = Branch("")
    branches = [main, main.child(), main.child()]
    branches.append(branches[1].child())
    keys = [
        (branches[place].path, key)
        for place, name in visits
        if (key := key_of(branches[place], name)) is not None
    ]
    assert len({key for _, key in keys}) == len(keys)
    for path, key in keys:
        assert path_of(key) == path


def test_visits_are_numbered_from_the_second_on() -> None:
    branch = Branch("")
    assert [branch.key("fetch") for _ in range(3)] == ["fetch", "fetch#2", "fetch#3"]


def test_branches_are_numbered_in_the_order_in_which_they_begin() -> None:
    main = Branch("")
    first, second = main.child(), main.child()
    assert first.child().key("pay") == "1/1/pay"
    assert second.key("pay") == "2/pay"
    assert first.child().key("pay") == "1/2/pay"


@pytest.mark.parametrize("name", ["1/pay", "./pay", "12/3/pay", ".//"])
def test_a_name_that_looks_like_a_path_is_marked(name: str) -> None:
    branch = Branch("").child()
    assert branch.key(name) == f"1/./{name}"


@pytest.mark.parametrize("name", ["\u0661/pay", "²/pay", "a/1/pay", "/pay", "1"])
def test_a_name_that_is_no_path_is_left_alone(name: str) -> None:
    assert Branch("").key(name) == name
    assert path_of(name) == ""


@pytest.mark.parametrize(
    "name", ["", "x" * 201, "pay#2", "#1", "pay#2\n", "a\x00b", "a\nb", "\ud800"]
)
def test_a_name_that_cannot_be_a_key_is_refused(name: str) -> None:
    with pytest.raises(DefinitionError, match="cannot be a key"):
        Branch("").key(name)


def test_a_branch_of_a_frozen_one_is_frozen() -> None:
    assert Branch("1/", frozen=True).child().frozen
    assert not Branch("").child().frozen
