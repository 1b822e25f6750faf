"""What all replies are made of: plain JSON, pages of a list, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from assent.core import page
from assent.core.values import Json, pack, plain

T = TypeVar("T", bound=BaseModel)


V = TypeVar("V")


class Page(BaseModel, Generic[T]):
    """A page of a list; ``next_cursor`` asks for the next one."""

    items: list[T]
    next_cursor: str | None = None


def page_of(found: page.Page[V], written: Callable[[V], T]) -> Page[T]:
    """A page as it goes over the wire."""
    return Page(items=[written(item) for item in found.items], next_cursor=found.next_cursor)


def plain_page(found: page.Page[V], written: Callable[[V], T]) -> Json:
    """A page as plain JSON."""
    return page_of(found, written).model_dump(mode="json")


def as_json(value: Any) -> Json:
    """A Python value as plain JSON."""
    return plain(pack(value))


class Wrong(BaseModel):
    """One thing that is wrong, by JSON pointer."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """What went wrong (RFC 9457): ``code`` is stable, ``errors`` says where."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[Wrong] = []
