"""A page of a list, and how to ask for the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from assent.errors import FieldError, InvalidInput

T = TypeVar("T")

_MOST: Final = 500
_LONGEST: Final = 1_000  # SQLite gives up on patterns of 50,000


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """``next_cursor`` asks for the next page; None where there is none."""

    items: tuple[T, ...]
    next_cursor: str | None


def check_asked(limit: object, q: object, **filters: object) -> None:
    """Raise InvalidInput for a page of no possible size, or a search for what no list can look for."""
    for name, text in filters.items():
        if text is not None and not isinstance(text, str):
            error = FieldError(f"/{name}", f"use a text, not {text!r}")
            raise InvalidInput("The filter", (error,))
    if not isinstance(limit, int) or not 1 <= limit <= _MOST:
        error = FieldError("/limit", f"use a number from 1 to {_MOST}")
        raise InvalidInput("The page", (error,))
    if q is not None and not (isinstance(q, str) and len(q) <= _LONGEST):
        error = FieldError("/q", f"search for a text of at most {_LONGEST} characters")
        raise InvalidInput("The search", (error,))
