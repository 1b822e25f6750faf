"""A page of a list, and how to ask for the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """``next_cursor`` asks for the next page; None where there is none."""

    items: tuple[T, ...]
    next_cursor: str | None
