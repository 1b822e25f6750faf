"""How lists travel to the commit function: each as one text, which the server takes apart.

    texts      a, b, none  ──▶  a·b·∅·       ──▶  string_to_array, but for the empty text behind the last mark
    the rest   1, 2, none  ──▶  {1,2,null}   ──▶  bigint[]

The driver looks at every value of an array twice, to see whether it is an array itself. Joining them takes a third of
the time. The two marks are characters that no text of the batch has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any, Final

from assent.stores.postgres.schema import COMMIT, COMMIT_NAME

_KINDS: Final[Sequence[str]] = re.findall(
    r"\w+ (text|bigint|boolean)\[\]", COMMIT.partition("returns")[0]
)
_GAP, _NONE, _SIZES, _BEFORE = 5, 6, 7, 8  # parameters: who commits, then these, then the lists
_MARKS: Final = ("\x01", "\x02")


def _apart(nth: int, kind: str) -> str:
    given = f"${_BEFORE + nth}"
    if kind != "text":
        return f"{given}::text::{kind}[]"
    return f"(string_to_array({given}, ${_GAP}, ${_NONE}))[:(${_SIZES}::int[])[{nth + 1}]]"


CALL: Final = (
    f"select * from {{s}}.{COMMIT_NAME}($1, $2, $3, $4, "
    + ", ".join(_apart(nth, kind) for nth, kind in enumerate(_KINDS))
    + ")"
)


def passed(lists: Sequence[Sequence[Any]]) -> list[object]:
    """The parameters of ``CALL`` after the first four."""
    marks = _MARKS
    told = _joined(lists, *marks)
    if told is None:
        marks = _unused(lists)
        told = _joined(lists, *marks)
    assert told is not None, "a text has a character that was looked for and not found"
    return [*marks, [len(values) for values in lists], *told]


def _unused(lists: Sequence[Sequence[Any]]) -> tuple[str, str]:
    """Two characters that none of these texts has."""
    used = {
        char for values in lists for value in values if isinstance(value, str) for char in value
    }
    unused = (char for char in map(chr, count(1)) if char not in used)
    return next(unused), next(unused)


def _joined(lists: Sequence[Sequence[Any]], gap: str, none: str) -> list[str] | None:
    """The lists as texts; None where a text has one of the marks."""
    told: list[str] = []
    for kind, values in zip(_KINDS, lists, strict=True):
        if kind != "text":
            told.append(_numbers(values))
            continue
        missing = values.count(None)
        kept = [none if value is None else value for value in values] if missing else values
        text = gap.join(kept)
        if text.count(gap) != max(len(values) - 1, 0) or text.count(none) != missing:
            return None
        told.append(text + gap)
    return told


def _numbers(values: Iterable[object]) -> str:
    return "{" + ",".join(["null" if value is None else str(value) for value in values]) + "}"
