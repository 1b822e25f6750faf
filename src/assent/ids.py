"""Ids: prefixed, sortable by time, selectable by a double click (``run_019a…``, ``task_019a…``)."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Final

from assent.errors import FieldError, InvalidInput

_POOL: Final = 8192
_LONGEST: Final = 200


class _Randomness:
    """The system's randomness, read a page at a time: each read costs a turn of the interpreter's lock."""

    def __init__(self) -> None:
        self._page = b""
        self._at = 0

    def take(self, count: int) -> bytes:
        if self._at + count > len(self._page):
            self._page, self._at = os.urandom(_POOL), 0
        taken = self._page[self._at : self._at + count]
        self._at += count
        return taken

    def forget(self) -> None:
        self._page = b""


_randomness: Final = _Randomness()
os.register_at_fork(after_in_child=_randomness.forget)


def random_hex(count: int) -> str:
    """So many random bytes, in hexadecimal."""
    return _randomness.take(count).hex()


def new_id(prefix: str, at: datetime) -> str:
    """A new id: 48 bits of milliseconds, then 64 random ones, in hexadecimal. Later ones sort later."""
    return f"{prefix}_{int(at.timestamp() * 1000):012x}{random_hex(8)}"


def check_run_id(id: object) -> None:
    """Raise InvalidInput for what cannot be the id of a run, as somebody gives it: it is part of addresses."""
    text = id if isinstance(id, str) else ""
    fits = 0 < len(text) <= _LONGEST and text.isprintable() and text == text.strip()
    if not fits or "/" in text or text in {".", ".."}:
        why = (
            f"{id!r} must be 1 to {_LONGEST} printable characters, without '/' and without spaces around it, "
            "and not '.' or '..'"
        )
        raise InvalidInput("The run id", (FieldError("/id", why),))
