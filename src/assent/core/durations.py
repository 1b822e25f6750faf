"""Durations as people write them: ``"30s"``, ``"1h30m"``, ``"2 days"``, ``"PT4H"``, seconds, timedelta."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final, TypeAlias

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
_PART: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*")
_ISO: Final = re.compile(
    r"P(?:(?P<w>\d+)W)?(?:(?P<d>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?"
)


def duration(value: Duration) -> timedelta:
    """Read a duration; a plain number is seconds.

    Raises ValueError for text that is none, and for what is negative or not a number.
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
    else:
        length = _read(value)
    if length < timedelta(0):
        raise ValueError(f"{value!r} is not a duration: it is negative.")
    return length


def optional(value: Duration | None) -> timedelta | None:
    """Read a duration where ``None`` means none."""
    return None if value is None else duration(value)


def _read(text: str) -> timedelta:
    iso = _ISO.fullmatch(text.strip())
    if iso and any(iso.groups()):
        return timedelta(seconds=sum(float(iso[u]) * _UNITS[u] for u in "wdhms" if iso[u]))
    total, end, low = 0.0, 0, text.lower()
    while end < len(low):
        part = _PART.match(low, end)
        unit = part and (_UNITS.get(part[2]) or _UNITS.get(part[2].removesuffix("s")))
        if not part or not unit:
            end = 0
            break
        total, end = total + float(part[1]) * unit, part.end()
    if not end:
        raise ValueError(
            f"{text!r} is not a duration. Write it like '30s', '4h', '1h30m', '2 days' or 'PT4H'."
        )
    return timedelta(seconds=total)


def iso8601(length: timedelta) -> str:
    """The duration in ISO 8601, as the HTTP API writes it: ``PT4H``, ``P1DT30M``."""
    seconds = length.total_seconds()
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    time = "".join(f"{n:g}{u}" for n, u in ((hours, "H"), (minutes, "M"), (rest, "S")) if n)
    day = f"{days:g}D" if days else ""
    return f"P{day}{'T' + time if time else ''}" if day or time else "PT0S"
