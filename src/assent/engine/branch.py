"""Keys: every place in a run that asks for something has one, the same on every replay.

A key is the path of concurrent branches, the name, the visit: ``fetch``, ``fetch#2``, ``1/fetch``, ``1/2/fetch#3``.
The workflow function is the main branch, with an empty path. Whatever runs beside it (``ctx.gather``,
``asyncio.gather``, a ``TaskGroup``) is one asyncio task each and gets a branch of its own, numbered in the order in
which the branches begin.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final
from unicodedata import category
from weakref import ReferenceType

from assent.errors import DefinitionError

_LOOKS_LIKE_A_PATH: Final = re.compile(r"([0-9]+|\.)/")
_LOOKS_LIKE_A_VISIT: Final = re.compile(r"#\d+$")
_PATH: Final = re.compile(r"(?:[0-9]+/)*")


class Branch:
    """One line of code among those that run side by side in a run."""

    __slots__ = ("_children", "_visits", "asked", "frozen", "path", "task")

    def __init__(self, path: str, *, frozen: bool = False) -> None:
        self.path = path
        # A weak one: the task's context holds the branch, and a circle would wait for the garbage collector.
        self.task: ReferenceType[asyncio.Task[Any]] | None = None
        self.asked = 0
        self.frozen = frozen  # it lost a race, as recorded: it may replay, but do nothing new
        self._visits: dict[str, int] = {}
        self._children = 0

    def child(self) -> Branch:
        """The next branch beside this one; it belongs to the task that first uses it."""
        self._children += 1
        return Branch(f"{self.path}{self._children}/", frozen=self.frozen)

    @property
    def visits(self) -> dict[str, int]:
        """How often each name was asked for."""
        return self._visits

    @property
    def children(self) -> int:
        """How many branches have begun beside this one."""
        return self._children

    def go_on(self, visits: Mapping[str, int], children: int) -> None:
        """Count on from a checkpoint."""
        self._visits.update(visits)
        self._children = children

    def key(self, name: str) -> str:
        """The key of the next visit to this name."""
        visit = self._visits.get(name, 0) + 1
        if visit == 1:
            _check(name)
        self._visits[name] = visit
        plain = (
            f"./{name}" if name[:1] in "0123456789." and _LOOKS_LIKE_A_PATH.match(name) else name
        )
        return f"{self.path}{plain}" if visit == 1 else f"{self.path}{plain}#{visit}"


def _check(name: str) -> None:
    unwritable = not name.isprintable() and any(category(c) in {"Cc", "Cs"} for c in name)
    if not name or len(name) > 200 or unwritable or _LOOKS_LIKE_A_VISIT.search(name):
        raise DefinitionError(
            f"{name!r} cannot be a key: it must have 1 to 200 characters, no line ends or other control "
            "characters among them, and not end in '#' and a number, which marks the second visit to a "
            "key and later ones."
        )


def path_of(key: str) -> str:
    """The path of the branch that a key belongs to."""
    found = _PATH.match(key)
    return found[0] if found else ""


current: ContextVar[Branch] = ContextVar("assent_branch")
