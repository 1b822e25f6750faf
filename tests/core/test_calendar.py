"""Business hours: what a deadline of so many hours means to people who go home."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.calendar import BusinessHours, Hours, hours_json, hours_of, later, passed
from assent.errors import DefinitionError

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = BusinessHours("Europe/Berlin", "09:00-17:00")


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN).astimezone(UTC)  # type: ignore[misc, arg-type]  # (year, month, …)


def hours(of: BusinessHours, at: datetime) -> Hours:
    return of.at(at)


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ((2026, 1, 9, 16), 4, (2026, 1, 12, 12)),  # Friday, to Monday
        ((2026, 1, 9, 9), 8, (2026, 1, 9, 17)),
        ((2026, 1, 9, 7), 1, (2026, 1, 9, 10)),  # before the door opens
        ((2026, 1, 9, 20), 1, (2026, 1, 12, 10)),
        ((2026, 1, 10, 12), 1, (2026, 1, 12, 10)),  # Saturday
        ((2026, 3, 27, 16), 4, (2026, 3, 30, 12)),  # over the change to summer time
        ((2026, 10, 23, 16), 4, (2026, 10, 26, 12)),  # and back
    ],
)
def test_only_business_time_counts(
    start: tuple[int, ...], length: int, end: tuple[int, ...]
) -> None:
    begins = berlin(*start)
    assert hours(OFFICE, begins).after(begins, timedelta(hours=length)) == berlin(*end)


def test_holidays_of_a_country_are_days_off() -> None:
    office = BusinessHours("Europe/Berlin", "09:00-17:00", holidays="DE")
    friday = berlin(2026, 4, 2, 16)  # Maundy Thursday; Good Friday and Easter Monday follow
    assert hours(office, friday).after(friday, timedelta(hours=4)) == berlin(2026, 4, 7, 12)
    bavaria = BusinessHours("Europe/Berlin", holidays="DE-BY")
    epiphany = berlin(2026, 1, 5, 16)
    assert hours(bavaria, epiphany).after(epiphany, timedelta(hours=2)) == berlin(2026, 1, 7, 10)


def test_dates_of_ones_own_are_days_off() -> None:
    office = BusinessHours("Europe/Berlin", holidays=[date(2026, 1, 12)])
    friday = berlin(2026, 1, 9, 16)
    assert hours(office, friday).after(friday, timedelta(hours=2)) == berlin(2026, 1, 13, 10)


def test_a_night_shift_is_as_long_as_the_clock_says_it_is() -> None:
    night = BusinessHours("Europe/Berlin", "00:00-04:00", days="sun")
    begins = berlin(2026, 3, 28, 12)  # two o'clock does not come that night: three hours pass
    assert hours(night, begins).after(begins, timedelta(hours=3)) == berlin(2026, 3, 29, 4)


def test_somebody_who_never_works_is_found_out() -> None:
    never = Hours("Europe/Berlin", 540, 1020, frozenset(), frozenset())
    with pytest.raises(DefinitionError, match="fifty years"):
        never.after(berlin(2026, 1, 9, 16), timedelta(hours=1))


moments = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
lengths = st.timedeltas(timedelta(minutes=1), timedelta(hours=60))


@given(moments, lengths)
def test_what_passes_until_the_end_is_what_was_asked_for(
    start: datetime, length: timedelta
) -> None:
    office = OFFICE.at(start)
    end = later(office, start, length)
    assert passed(office, start, end) == length
    assert end >= start + length


@given(moments, lengths, lengths)
def test_time_adds_up(start: datetime, one: timedelta, more: timedelta) -> None:
    office = OFFICE.at(start)
    assert later(office, later(office, start, one), more) == later(office, start, one + more)


def test_hours_come_back_from_the_journal() -> None:
    office = BusinessHours("Europe/Berlin", "08:30-24:00", days="mon,wed-thu", holidays="DE")
    found = office.at(datetime(2026, 1, 1, tzinfo=UTC))
    assert hours_of(hours_json(found)) == found
    assert hours_of(hours_json(None)) is None
    assert later(None, NOON, timedelta(hours=1)) == NOON + timedelta(hours=1)
    assert passed(None, NOON, NOON + timedelta(hours=1)) == timedelta(hours=1)


NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "make",
    [
        lambda: BusinessHours("Mars/Phobos"),
        lambda: BusinessHours("Europe/Berlin", "9 to 5"),
        lambda: BusinessHours("Europe/Berlin", "09:70-17:00"),
        lambda: BusinessHours("Europe/Berlin", days="mon-"),
        lambda: BusinessHours("Europe/Berlin", holidays="Atlantis"),
        lambda: BusinessHours("Europe/Berlin", holidays="DE-ATLANTIS"),
    ],
)
def test_hours_that_are_none_are_refused(make: object) -> None:
    with pytest.raises(DefinitionError):
        make()  # type: ignore[operator]  # one of the lambdas above
