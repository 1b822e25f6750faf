"""Who may answer is judged by names, groups and roles, and by nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.policy import Actor, actor, eligible
from assent.errors import InvalidInput

names = st.text(st.characters(exclude_characters=":"), min_size=1, max_size=5)
assignees = st.lists(
    names
    | names.map("user:{}".format)
    | names.map("group:{}".format)
    | names.map("role:{}".format)
    | names.map("mailto:{}".format),
    max_size=4,
)
sets = st.none() | st.frozensets(names, max_size=3)
actors = st.builds(Actor, names, sets, sets)


@given(actors)
def test_what_is_assigned_to_nobody_everybody_may_answer(who: Actor) -> None:
    assert eligible([], who)


@given(assignees, assignees, actors)
def test_order_and_repetition_of_assignees_make_no_difference(
    some: list[str], more: list[str], who: Actor
) -> None:
    assert eligible([*some, *more], who) == eligible([*more, *some, *some], who)


@given(assignees, names, actors)
def test_naming_one_more_never_shuts_anybody_out(to: list[str], name: str, who: Actor) -> None:
    if to and eligible(to, who):
        assert eligible([*to, name], who)


@pytest.mark.parametrize(
    ("to", "who", "may"),
    [
        (["ann"], Actor("ann"), True),
        (["ann"], Actor("bob"), False),
        (["user:ann"], Actor("ann"), True),
        (["user:ann"], Actor("user:ann"), False),
        (["group:finance"], Actor("ann", frozenset({"finance"})), True),
        (["group:finance"], Actor("ann", frozenset({"legal"})), False),
        (["group:finance"], Actor("ann", frozenset()), False),
        (["group:finance"], Actor("ann"), True),
        (["group:finance"], Actor("finance", frozenset()), False),
        (["role:legal"], Actor("ann", frozenset({"legal"}), frozenset()), False),
        (["role:legal"], Actor("ann", frozenset(), frozenset({"legal"})), True),
        (["role:legal"], Actor("ann", frozenset()), True),
        (["ann"], Actor("Ann"), False),
        (["ann"], Actor("ann "), False),
        (["mailto:ann"], Actor("mailto:ann"), True),
        (["mailto:ann"], Actor("ann"), False),
        (["ann", "group:finance"], Actor("bob", frozenset({"finance"})), True),
    ],
)
def test_who_may_answer(to: list[str], who: Actor, may: bool) -> None:
    assert eligible(to, who) is may


@pytest.mark.parametrize(
    "by", ["ann", "Zoë 你好", "\u0645\u06cc\u200c\u062e", "ann@example.com", "group:x"]
)
def test_anybody_can_act(by: str) -> None:
    assert actor(by).name == by


@pytest.mark.parametrize("by", ["", " ", "\t\n", Actor(""), "a\x00b", "ann\n", "\ud800"])
def test_nobody_cannot_act(by: str | Actor) -> None:
    with pytest.raises(InvalidInput, match="name somebody"):
        actor(by)


def test_a_plain_name_is_an_actor_of_whom_no_more_is_known() -> None:
    assert actor("ann") == Actor("ann", None, None)
