"""Business hours: a deadline of four hours that is set on Friday at 16:00 ends on Monday.

Windows are wall-clock times of a zone; what passes inside them is counted in real time, so a window that daylight
saving cuts short is short. The days off are dates: they are looked up once, when somebody is asked, and written down
with the task, so that a deadline never moves because a library learned of a new holiday.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from msgspec import Struct

from assent.core.values import Json
from assent.errors import ConfigurationError, DefinitionError

_HOURS: Final = re.compile(r"(\d\d?):(\d\d)\s*[-–]\s*(\d\d?):(\d\d)")
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_YEARS: Final = 3  # for which the days off are written down
_FAR: Final = 366 * 50


@dataclass(frozen=True, init=False)
class BusinessHours:
    """When time counts: ``BusinessHours("Europe/Berlin", "09:00-17:00", holidays="DE")``.

    ``days`` are ``"mon-fri"`` unless told otherwise. ``holidays`` is a country (``"DE"``, or with its part
    ``"DE-BY"``; needs ``pip install 'assent[holidays]'``), or dates of one's own.
    """

    zone: str
    hours: str
    days: str
    holidays: str | tuple[date, ...] | None

    def __init__(
        self,
        zone: str,
        hours: str = "09:00-17:00",
        *,
        days: str = "mon-fri",
        holidays: str | Iterable[date] | None = None,
    ) -> None:
        off = holidays if isinstance(holidays, str | None) else tuple(holidays)
        for name, field in (("zone", zone), ("hours", hours), ("days", days), ("holidays", off)):
            object.__setattr__(self, name, field)
        _zone(zone)
        _window(hours)
        _weekdays(days)
        if isinstance(off, str):
            _days_off(off, [2026])

    def at(self, moment: datetime) -> Hours:
        """The hours as they are from this moment on, days off looked up."""
        off = self.holidays
        if isinstance(off, str):
            off = _days_off(off, [moment.year + more for more in range(_YEARS)])
        return Hours(self.zone, *_window(self.hours), _weekdays(self.days), frozenset(off or ()))


class Hours(Struct, frozen=True):
    """Business hours with their days off as dates; opens and closes are minutes of the day."""

    zone: str
    opens: int
    closes: int
    weekdays: frozenset[int]
    off: frozenset[date]

    def after(self, start: datetime, length: timedelta) -> datetime:
        """The moment by which so much business time has passed since ``start``."""
        left = length
        for opens, closes in self._windows(start):
            begins = max(opens, start)
            if begins >= closes:
                continue
            if left <= closes - begins:
                return begins + left
            left -= closes - begins
        raise DefinitionError(f"No {length} of business time pass within fifty years.")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much business time passes."""
        passed = timedelta(0)
        for opens, closes in self._windows(start):
            if opens >= end:
                break
            passed += max(min(closes, end) - max(opens, start), timedelta(0))
        return passed

    def _windows(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        zone = ZoneInfo(self.zone)
        day = start.astimezone(zone).date()
        for _ in range(_FAR):
            if day.weekday() in self.weekdays and day not in self.off:
                yield _moment(day, self.opens, zone), _moment(day, self.closes, zone)
            day += timedelta(days=1)


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    if minutes == 24 * 60:
        day, minutes = day + timedelta(days=1), 0
    wall = datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=zone)
    return wall.astimezone(UTC)


def hours_json(hours: Hours | None) -> Json:
    """Hours for the journal."""
    if hours is None:
        return None
    off: list[Json] = [day.isoformat() for day in sorted(hours.off)]
    return [hours.zone, hours.opens, hours.closes, list[Json](sorted(hours.weekdays)), off]


def hours_of(told: Json) -> Hours | None:
    """Hours from the journal."""
    if told is None:
        return None
    zone, opens, closes, weekdays, off = cast("list[Any]", told)
    return Hours(zone, opens, closes, frozenset(weekdays), frozenset(map(date.fromisoformat, off)))


def later(hours: Hours | None, start: datetime, length: timedelta) -> datetime:
    """So long after ``start``, in business time where there are hours."""
    return start + length if hours is None else hours.after(start, length)


def passed(hours: Hours | None, start: datetime, end: datetime) -> timedelta:
    """How long it is from one moment to another, in business time where there are hours."""
    return end - start if hours is None else hours.between(start, end)


# ── reading ─────────────────────────────────────────────────────────────────────────────────────


def _zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise DefinitionError(
            f"{name!r} is not a time zone. Write it like 'Europe/Berlin'."
        ) from None


def _window(hours: str) -> tuple[int, int]:
    found = _HOURS.fullmatch(hours.strip())
    opens, closes = (
        (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4]))
        if found
        else (0, 0)
    )
    if not found or not opens < closes <= 24 * 60 or int(found[2]) > 59 or int(found[4]) > 59:
        raise DefinitionError(f"{hours!r} are no hours of a day. Write them like '09:00-17:00'.")
    return opens, closes


def _weekdays(days: str) -> frozenset[int]:
    found: set[int] = set()
    for part in days.lower().replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if first not in _DAYS or (dash and last not in _DAYS):
            raise DefinitionError(f"{days!r} are no days of a week. Write 'mon-fri' or 'mon,wed'.")
        begin, end = _DAYS.index(first), _DAYS.index(last or first)
        found |= {day % 7 for day in range(begin, (end if end >= begin else end + 7) + 1)}
    return frozenset(found)


def _days_off(place: str, years: list[int]) -> tuple[date, ...]:
    country, _, part = place.partition("-")
    try:
        library: Any = import_module("holidays")
    except ImportError:
        raise ConfigurationError(
            f"holidays={place!r} needs the holidays of that country: pip install 'assent[holidays]'."
        ) from None
    try:
        found: dict[date, str] = library.country_holidays(country, subdiv=part or None, years=years)
    except (NotImplementedError, KeyError):
        raise DefinitionError(
            f"{place!r} is not a place whose holidays are known. Write it like 'DE' or 'DE-BY'."
        ) from None
    return tuple(sorted(found))
