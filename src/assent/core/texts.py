"""Texts that people and programs put in: what no database keeps is refused where it comes in."""

from __future__ import annotations

from typing import Final
from unicodedata import category

# They turn around what stands after them: a name could be shown as another one.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def unkept(text: object) -> str | None:
    """Why this cannot be kept as a text; None where it can."""
    if not isinstance(text, str):
        return f"it is no text but of the type {type(text).__name__}"
    if "\0" in text:
        return "it holds a NUL character, which databases cannot keep"
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return "it holds half of a surrogate pair"
    return None


def is_nameable(name: str) -> bool:
    """Whether a name can be written down in one line, and reads as what it is."""
    if name.isprintable():
        return True
    return not any(letter in _TURNING or category(letter) in {"Cc", "Cs"} for letter in name)


def is_address(url: str) -> bool:
    """Whether a document can be referred to by this: on the web, or on the site that shows the task."""
    if not url.isprintable() or " " in url:
        return False
    before, colon, _ = url.partition(":")
    return not colon or before.lower() in {"http", "https"} or "/" in before
