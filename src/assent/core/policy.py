"""Who may answer a task.

Rules about people are values, judged by pure functions, so that they can be stored, shown and tested. A task is
assigned to names: ``alice`` or ``user:alice``, ``group:finance``, ``role:legal``. Nobody named: everybody may.
Where nothing is known of an actor's groups or roles (``None``), the door that let the actor in vouches for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from unicodedata import category

from assent.errors import FieldError, InvalidInput


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts. ``groups`` and ``roles`` are None where they are not known."""

    name: str
    groups: frozenset[str] | None = None
    roles: frozenset[str] | None = None


def actor(by: str | Actor) -> Actor:
    """An actor from a plain name; refuses an empty one, and one that cannot be written down."""
    found = by if isinstance(by, Actor) else Actor(by)
    if not isinstance(cast(object, found.name), str):
        wrong = FieldError("/by", f"{found.name!r} is no name; give a text or an Actor")
        raise InvalidInput("Who acts", (wrong,))
    if not found.name.strip():
        raise InvalidInput("Who acts", (FieldError("/by", "it is empty; name somebody"),))
    if any(category(letter) in {"Cc", "Cs"} for letter in found.name):
        raise InvalidInput("Who acts", (FieldError("/by", "name somebody, in printable letters"),))
    return found


def eligible(to: Sequence[str], who: Actor) -> bool:
    """Whether this actor may answer what is assigned to these names."""
    return not to or any(_names(assignee, who) for assignee in to)


def _names(assignee: str, who: Actor) -> bool:
    kind, colon, name = assignee.partition(":")
    if not colon:
        return assignee == who.name
    match kind:
        case "user":
            return name == who.name
        case "group":
            return who.groups is None or name in who.groups
        case "role":
            return who.roles is None or name in who.roles
        case _:
            return assignee == who.name
