"""Durations as people write them: ``"30s"``, ``"1h30m"``, ``"2 days"``, ``"PT4H"``, seconds, timedelta."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Final, TypeAlias, cast

Duration: TypeAlias = str | int | float | timedelta

_UNITS: Final[dict[str, float]] = {
    "ms": 0.001,
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
    "d": 86400,
    "day": 86400,
    "w": 604800,
    "week": 604800,
}
_LONGEST: Final = timedelta(days=2_500_000)  # the last date there is lies in the year 9999
_PART: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*")
_ISO: Final = re.compile(
    r"P(?:(?P<w>\d+)W)?(?:(?P<d>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?"
)


def duration(value: Duration) -> timedelta:
    """Read a duration; a plain number is seconds.

    Raises ValueError for text that is none, for what is negative or not a number, and for what no calendar holds.
    """
    if isinstance(value, timedelta):
        length = value
    elif isinstance(value, bool):
        raise ValueError(f"{value!r} is not a duration.")  # noqa: TRY004  (one error for all of it)
    elif isinstance(value, int | float):
        # `< 0` would let NaN through, and NaN would silently mean "no deadline".
        if not 0 <= value < 1e12:
            raise ValueError(f"{value!r} is not a duration: use a number of seconds, 0 or more.")
        length = timedelta(seconds=value)
    elif isinstance(cast(object, value), str):
        length = _read(value)
    else:
        raise ValueError(  # noqa: TRY004  (one error for all of it)
            f"{value!r} is not a duration. Write it like '30s', '4h', '1h30m', or give a timedelta."
        )
    if length < timedelta(0):
        raise ValueError(f"{value!r} is not a duration: it is negative.")
    if length > _LONGEST:
        raise ValueError(f"{value!r} is not a duration: no calendar goes that far.")
    return length


def optional(value: Duration | None) -> timedelta | None:
    """Read a duration where ``None`` means none."""
    return None if value is None else duration(value)


def _read(text: str) -> timedelta:
    iso = _ISO.fullmatch(text.strip())
    try:
        if iso and any(iso.groups()):
            return _sum((iso[unit], _UNITS[unit]) for unit in "wdhms" if iso[unit])
        return _sum(_parts(text.lower()))
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is not a duration. Write it like '30s', '4h', '1h30m', '2 days' or 'PT4H'."
        ) from None


def _sum(parts: Iterable[tuple[str, float]]) -> timedelta:
    # Part by part: in one sum of seconds, years would swallow the microseconds.
    return sum((timedelta(seconds=float(n) * unit) for n, unit in parts), timedelta(0))


def _parts(text: str) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    end = 0
    while end < len(text) or not found:
        part = _PART.match(text, end)
        unit = part and (_UNITS.get(part[2]) or _UNITS.get(_singular(part[2])))
        if not part or not unit:
            raise ValueError(text)
        found.append((part[1], unit))
        end = part.end()
    return found


def _singular(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 else word


def iso8601(length: timedelta) -> str:
    """The duration in ISO 8601, as the HTTP API writes it: ``PT4H``, ``P1DT30M``."""
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    exact = f"{seconds}.{length.microseconds:06}".rstrip("0").rstrip(".")
    parts = [f"{hours}H" if hours else "", f"{minutes}M" if minutes else ""]
    time = "".join([*parts, f"{exact}S" if exact != "0" else ""])
    day = f"{length.days}D" if length.days else ""
    return f"P{day}{'T' + time if time else ''}" if day or time else "PT0S"
