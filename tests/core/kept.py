"""Values of every kind that comes back, and classes for them to be made of."""

from __future__ import annotations

import enum
from collections import namedtuple
from dataclasses import dataclass, field
from datetime import UTC, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, PrivateAttr, RootModel


class Colour(enum.Enum):
    RED = "red"
    GREEN = 2
    CRIMSON = "red"  # noqa: PIE796  (an alias)


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Word(enum.StrEnum):
    YES = "yes"
    NO = "no"


class Right(enum.Flag):
    READ = 1
    WRITE = 2
    RUN = 4


@dataclass
class Line:
    article: str
    price: Decimal
    tags: set[str] = field(default_factory=set[str])


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: float


class Span(NamedTuple):
    first: int
    last: int = 0


Pair = namedtuple("Pair", ["left", "right"])  # pyright: ignore[reportUntypedNamedTuple]


class Struck(Struct):
    name: str
    count: int = 0


class Order(BaseModel):
    id: int
    note: str | None = None
    line: Line | None = None


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")

    id: int


class Sealed(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: int
    _seen: int = PrivateAttr(default=0)


class Names(RootModel[list[str]]):
    pass


texts = st.text(max_size=20)
zones = st.sampled_from(
    [
        None,
        UTC,
        timezone(timedelta(hours=-3, minutes=-30)),
        ZoneInfo("Europe/Berlin"),
        ZoneInfo("UTC"),
    ]
)
moments = st.datetimes(timezones=zones)
hashable = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    texts,
    st.binary(max_size=20),
    st.decimals(allow_nan=False),
    st.uuids(),
    moments,
    st.dates(),
    st.times(timezones=zones),
    st.timedeltas(),
    st.complex_numbers(allow_nan=False),
    st.sampled_from([*Colour, *Level, *Word]),
    st.builds(Right, st.integers(0, 7)),
    st.builds(Point, st.integers(), st.floats(allow_nan=False)),
    st.builds(Span, st.integers(), st.integers()),
    st.builds(Path, st.sampled_from([".", "a/b", "/etc/x y", "../ü"])),
    st.frozensets(st.integers(), max_size=3),
    st.tuples(st.integers(), texts),
)
lines = st.builds(Line, texts, st.decimals(allow_nan=False), st.sets(texts, max_size=3))
objects = st.one_of(
    lines,
    st.builds(Pair, texts, st.integers()),
    st.builds(Struck, texts, st.integers()),
    st.builds(Order, id=st.integers(), note=st.none() | texts, line=st.none() | lines),
    st.builds(Open, id=st.integers(), more=texts),
    st.builds(Sealed, id=st.integers()),
    st.builds(Names, st.lists(texts, max_size=3)),
    st.binary(max_size=20).map(bytearray),
)


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(texts, inner, max_size=4),
        st.dictionaries(hashable, inner, max_size=3),
        st.dictionaries(st.sampled_from(["$", "v", "t", "f", "offset"]), inner, max_size=4),
    )


values: st.SearchStrategy[Any] = st.recursive(
    hashable | objects | st.sets(hashable, max_size=4), _nested, max_leaves=12
)
"""Any value that comes back."""

jsons: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(texts | st.sampled_from(["$", "v"]), inner, max_size=4)
    ),
    max_leaves=12,
)
"""Plain JSON, also such as could be mistaken for a packed value."""


def same(one: object, other: object) -> bool:
    """Equal in value and type, all the way down; NaN equals NaN."""
    if type(one) is not type(other):
        return False
    match one:
        case float() | complex() | Decimal():
            return repr(one) == repr(other)
        case dict():
            return _same_items(list(one.items()), list(other.items()))  # type: ignore[attr-defined]
        case list() | tuple():
            return _same_items(list(one), list(other))  # type: ignore[call-overload]
        case set() | frozenset():
            return one == other
        case BaseModel():
            return one == other and _same_items(sorted(vars(one)), sorted(vars(other)))
        case _:
            fold = getattr(one, "fold", 0), getattr(other, "fold", 0)
            zone = getattr(one, "tzinfo", None), getattr(other, "tzinfo", None)
            return one == other and fold[0] == fold[1] and repr(zone[0]) == repr(zone[1])


def _same_items(one: list[Any], other: list[Any]) -> bool:
    return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
