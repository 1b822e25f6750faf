"""One box of a form: the text that stands for a value, and the value that a text stands for.

``shown`` and ``read`` are each other's inverse as far as text can carry a value; where it cannot,
``shown`` says so with None, and the question is put as JSON instead.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from assent.core.durations import duration, iso8601
from assent.core.field import Field, Kind
from assent.core.values import Json

NEEDED: Final = "This needs an answer"

_INTEGER: Final = re.compile(r"[+-]?\d+")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_ZONE: Final = re.compile(r"(Z|[+-]\d\d:\d\d)?$")
_TIME: Final = r"\d\d:\d\d(:\d\d(\.\d+)?)?"
_CLOCK: Final = re.compile(_TIME + r"(Z|[+-]\d\d:\d\d)?")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT" + _TIME + r"(Z|[+-]\d\d:\d\d)?")
_ISO_DURATION: Final = re.compile(r"[+-]?P(?=.)(\d+[YMWD])*(T(\d+(\.\d+)?[HMS])+)?")
_LINE: Final = re.compile(r"\r\n?")
# NUL does not survive HTML, and the other controls (but tab and line ends) are invisible in a box.
_UNTYPABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


# ── value → text ────────────────────────────────────────────────────────────────────────────────


def shown(field: Field, value: Json) -> str | None:
    """What the box holds for this value, or None where no text of this kind stands for it."""
    if value is None and field.nullable and field.kind is not Kind.JSON:
        return ""
    match field.kind:
        case Kind.JSON:
            return json_text(value)
        case Kind.SECRET:
            return "" if isinstance(value, str) else None
        case Kind.BOOLEAN:
            return str(value).lower() if isinstance(value, bool) else None
        case Kind.CHOICE:
            return next((o.text for o in field.options if same_json(o.value, value)), None)
        case Kind.INTEGER | Kind.NUMBER | Kind.DECIMAL:
            return _number_shown(field, value)
        case Kind.DURATION if isinstance(value, int | float) and not isinstance(value, bool):
            return iso8601(timedelta(seconds=value)) if 0 <= value < 1e12 else None
        case Kind.DATE if isinstance(value, str):
            return value if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else None
        case Kind.DATETIME if isinstance(value, str):
            return value if _MOMENT.fullmatch(value) else None
        case Kind.TIME if isinstance(value, str):
            return value if _CLOCK.fullmatch(value) else None
        case Kind.TEXT | Kind.DURATION if isinstance(value, str):
            return None if _UNTYPABLE.search(value) else value
        case _:
            return None


def _number_shown(field: Field, value: Json) -> str | None:
    match value:
        case bool():
            return None
        case int():
            return str(value)
        case float() if field.kind is not Kind.INTEGER and math.isfinite(value):
            return repr(value)
        case str() if field.kind is Kind.DECIMAL and value.strip() == value != "":
            return None if _UNTYPABLE.search(value) or "\n" in value else value
        case _:
            return None


def json_text(value: Json) -> str:
    """JSON for a person to read and change; escaped only where it must be."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return json.dumps(value, indent=2) if _UNTYPABLE.search(text) else text


def same_json(one: Json, other: Json) -> bool:
    """Equal as JSON: true is not 1, and 1 is not 1.0."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def untouched(field: Field, drawn: str, posted: str) -> bool:
    """Whether a browser posts this for a box that nobody touched.

    Line ends become CRLF on the way, and a date and time is written as short as can be.
    """
    if field.kind in {Kind.DATETIME, Kind.TIME}:
        return drawn == posted or _instant(drawn) == _instant(posted)
    return _LINE.sub("\n", drawn) == _LINE.sub("\n", posted)


def local_and_zone(text: str) -> tuple[str, str]:
    """A date and time as a browser's control holds it (milliseconds at most), and its zone."""
    zone = _ZONE.search(text)
    mark = zone[0] if zone else ""
    local = text.removesuffix(mark) if mark else text
    whole, dot, fraction = local.partition(".")
    return (f"{whole}.{fraction[:3]}" if dot else whole), mark


def _instant(text: str) -> tuple[str, str] | None:
    local, zone = local_and_zone(text)
    day, _, clock = local.rpartition("T")
    try:
        return f"{day} {time.fromisoformat(clock).isoformat('milliseconds')}", zone
    except ValueError:
        return None


# ── text → value ────────────────────────────────────────────────────────────────────────────────


def read(field: Field, text: str) -> Json:
    """The value this text stands for. Raises ValueError, with words for the person who typed it."""
    return _READERS[field.kind](field, text)


def _text(field: Field, text: str) -> Json:
    text = _LINE.sub("\n", text)
    least, most = field.limit("minLength"), field.limit("maxLength")
    if least is not None and len(text) < least:
        raise ValueError(f"Write at least {_counted(least, 'character')}; this is {len(text)}")
    if most is not None and len(text) > most:
        raise ValueError(f"Write at most {_counted(most, 'character')}; this is {len(text)}")
    pattern = field.limits.get("pattern")
    if isinstance(pattern, str) and not _matches(pattern, text):
        raise ValueError(f"This does not have the form that is asked for: {pattern}")
    return text


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True  # another dialect: the type itself will judge


def _integer(field: Field, text: str) -> Json:
    text = text.strip()
    if not _INTEGER.fullmatch(text):
        raise ValueError("Write a whole number, like 3")
    _check_range(field, Decimal(text))
    try:
        return int(text)
    except ValueError:
        raise ValueError("This number has too many digits") from None  # Python reads so many only


def _number(field: Field, text: str) -> Json:
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        raise ValueError("Write a number, like 12.5")
    value = int(text) if _INTEGER.fullmatch(text) else float(text)
    if not math.isfinite(value):
        raise ValueError("This number is too large")
    _check_range(field, Decimal(text))
    return value


def _decimal(field: Field, text: str) -> Json:
    text = text.strip()
    if _NUMBER.fullmatch(text):
        _check_range(field, Decimal(text))
    return text  # as typed: text keeps 12.50 exact, and the type judges what is no number


def _check_range(field: Field, value: Decimal) -> None:
    rules: tuple[tuple[str, Callable[[Decimal], bool], str], ...] = (
        ("minimum", lambda limit: value >= limit, "Write at least {}"),
        ("maximum", lambda limit: value <= limit, "Write at most {}"),
        ("exclusiveMinimum", lambda limit: value > limit, "Write more than {}"),
        ("exclusiveMaximum", lambda limit: value < limit, "Write less than {}"),
        ("multipleOf", lambda limit: value % limit == 0, "Write a multiple of {}"),
    )
    for word, holds, complaint in rules:
        limit = field.limit(word)
        if limit is not None and not holds(Decimal(str(limit))):
            raise ValueError(complaint.format(f"{limit:.15g}"))


def _boolean(field: Field, text: str) -> Json:
    if text not in {"true", "false"}:
        raise ValueError("Choose yes or no")
    return text == "true"


def _choice(field: Field, text: str) -> Json:
    for option in field.options:
        if option.text == text:
            return option.value
    raise ValueError("Choose one of those listed")


def _date(field: Field, text: str) -> Json:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise ValueError("Write a date, like 2026-11-30") from None


def _datetime(field: Field, text: str) -> Json:
    text = _to_seconds(text)
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("Write a date and a time, like 2026-11-30T14:30") from None
    return text


def _clock(field: Field, text: str) -> Json:
    text = _to_seconds(text)
    try:
        time.fromisoformat(text)
    except ValueError:
        raise ValueError("Write a time, like 14:30") from None
    return text


def _to_seconds(text: str) -> str:
    """A browser leaves out ``:00`` seconds, and RFC 3339 wants them."""
    local, zone = local_and_zone(text.strip())
    return f"{local}:00{zone}" if local.count(":") == 1 else text.strip()


def _duration(field: Field, text: str) -> Json:
    if _ISO_DURATION.fullmatch(text.strip()):
        return text.strip()
    try:
        return iso8601(duration(text))
    except (ValueError, OverflowError):
        raise ValueError("Write a duration, like 30m, 4h or 2 days") from None


def _json(field: Field, text: str) -> Json:
    try:
        value: Json = json.loads(text, parse_constant=_no_constant)
        json.dumps(value, allow_nan=False)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"This is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from None
    except RecursionError:
        raise ValueError("This JSON is nested too deeply") from None
    except ValueError:
        raise ValueError("This JSON holds a number that JSON cannot hold") from None
    return value


def _no_constant(name: str) -> Json:
    raise ValueError(name)


def _counted(count: float, noun: str) -> str:
    return f"{count:.15g} {noun}" if count == 1 else f"{count:.15g} {noun}s"


_READERS: Final[Mapping[Kind, Callable[[Field, str], Json]]] = {
    Kind.TEXT: _text,
    Kind.SECRET: _text,
    Kind.INTEGER: _integer,
    Kind.NUMBER: _number,
    Kind.DECIMAL: _decimal,
    Kind.BOOLEAN: _boolean,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choice,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.TIME: _clock,
    Kind.DURATION: _duration,
    Kind.JSON: _json,
}
