"""Laws of flows: whatever they are made of, their steps are found again, and what walks otherwise has another print."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assent.core.flow import Break, Step, When, While, make_flow, place_of

_CONDITIONS = st.sampled_from(["true", "n > 1", None, False])
_ITEMS = st.recursive(
    st.sampled_from(["a", "b"]),
    lambda inside: st.one_of(
        st.lists(inside, max_size=3),
        st.builds(When, _CONDITIONS, st.lists(inside, max_size=3)),
        st.builds(While, _CONDITIONS, st.lists(inside, max_size=3).map(lambda i: [*i, Break()])),
    ),
    max_leaves=12,
)


@given(st.lists(_ITEMS, max_size=4))
def test_every_step_is_found_again_by_its_path(items: list[Any]) -> None:
    flow = make_flow("any", items, is_step=lambda id: None, flows={})
    for place, op in enumerate(flow.code):
        if isinstance(op, Step):
            assert place_of(flow, list(op.path), op.id) == place
    assert flow.print == make_flow("any", items, is_step=lambda id: None, flows={}).print


@given(st.lists(_ITEMS, max_size=4), st.lists(_ITEMS, max_size=4))
def test_what_walks_otherwise_has_another_print(one: list[Any], other: list[Any]) -> None:
    first, second = (make_flow("any", it, is_step=lambda id: None, flows={}) for it in (one, other))
    assert first.print != second.print or first.code == second.code
