"""Ids sort by time, never repeat, and can be selected by a double click."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.ids import new_id

moments = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments)
def test_an_id_is_its_prefix_and_28_letters_in_hexadecimal(at: datetime) -> None:
    assert re.fullmatch(r"run_[0-9a-f]{28}", new_id("run", at))


@given(moments, st.timedeltas(timedelta(milliseconds=2), timedelta(days=1000)))
def test_ids_made_later_sort_later(at: datetime, later: timedelta) -> None:
    if at < datetime(9997, 1, 1, tzinfo=UTC):
        assert new_id("run", at) < new_id("run", at + later)


@pytest.mark.parametrize("at", [datetime(2026, 1, 5, 12, tzinfo=UTC)])
def test_ids_of_one_moment_differ(at: datetime) -> None:
    assert len({new_id("task", at) for _ in range(2_000)}) == 2_000
