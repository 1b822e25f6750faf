"""Durations: as people write them, and back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.durations import Duration, duration, iso8601, optional

lengths = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400_000))


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("30s", 30),
        ("4h", 4 * 3600),
        ("1h30m", 5400),
        ("2 days", 2 * 86400),
        ("2 Days 3 hours", 2 * 86400 + 3 * 3600),
        ("1.5h", 5400),
        ("250ms", 0.25),
        ("1w", 7 * 86400),
        ("PT4H", 4 * 3600),
        ("P1DT30M", 86400 + 1800),
        ("P2W", 14 * 86400),
        ("PT0.5S", 0.5),
        (" 10 min ", 600),
        (0, 0),
        (90, 90),
        (0.25, 0.25),
        (timedelta(hours=1), 3600),
    ],
)
def test_durations_are_read_as_people_write_them(written: Duration, seconds: float) -> None:
    assert duration(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "soon",
        "10",
        "10 parsecs",
        "h",
        "-1h",
        "1h -30m",
        "P",
        "PT",
        "P1M",
        "P1Y",
        "1h, 30m",
        "nan s",
        "1e3s",
        "5ss",
        "9" * 400 + "s",
        "999999999999 weeks",
        "PT" + "9" * 400 + "S",
        "1h\n30x",
        -1,
        -0.5,
        float("nan"),
        float("inf"),
        1e300,
        10**400,
        9e11,
        "999999999d",
        timedelta.max,
        True,
        False,
        timedelta(seconds=-1),
        None,
        [1],
    ],
)
def test_what_is_no_duration_is_refused_with_what_was_written(written: Duration) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        duration(written)


@given(st.text() | st.from_regex(r"[\d.]{1,9} ?[a-z]{0,3}( ?\d{1,20}[hmsdw])?", fullmatch=True))
def test_any_text_is_a_duration_or_a_value_error(text: str) -> None:
    try:
        assert duration(text) >= timedelta(0)
    except ValueError as refused:
        assert "not a duration" in str(refused)  # noqa: PT017  (both ends are fine)


@given(lengths)
def test_iso_8601_comes_back_to_the_microsecond(length: timedelta) -> None:
    assert duration(iso8601(length)) == length


@given(lengths)
def test_seconds_come_back(length: timedelta) -> None:
    assert duration(length) == length
    assert abs(duration(length.total_seconds()) - length) <= timedelta(microseconds=8)


@pytest.mark.parametrize(
    ("length", "written"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(hours=4), "PT4H"),
        (timedelta(days=1, minutes=30), "P1DT30M"),
        (timedelta(seconds=59.123456), "PT59.123456S"),
        (timedelta(days=1234567), "P1234567D"),
        (timedelta(microseconds=1), "PT0.000001S"),
    ],
)
def test_iso_8601_is_written_short_and_exact(length: timedelta, written: str) -> None:
    assert iso8601(length) == written


def test_none_means_none() -> None:
    assert optional(None) is None
    assert optional("1m") == timedelta(minutes=1)
