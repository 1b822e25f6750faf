"""Keys: every place in a run that asks for something has one, the same on every replay.

A key is the path of concurrent branches, the name, the visit: ``fetch``, ``fetch#2``, ``1/fetch``, ``1/2/fetch#3``.
The workflow function is the main branch, with an empty path. Whatever runs beside it (``ctx.gather``,
``asyncio.gather``, a ``TaskGroup``) is one asyncio task each and gets a branch of its own, numbered in the order in
which the branches begin.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Any, Final, Protocol, TypeAlias, cast
from unicodedata import category
from weakref import ReferenceType

from assent.errors import DefinitionError

_LOOKS_LIKE_A_PATH: Final = re.compile(r"([0-9]+|\.)/")
_LOOKS_LIKE_A_VISIT: Final = re.compile(r"#\d+$")
_PATH: Final = re.compile(r"(?:[0-9]+/)*")


class Line(Protocol):
    """Where a branch goes on, as its checkpoint says: the counters of its keys, and which below it are alive."""

    @property
    def visits(self) -> Mapping[str, int] | None:
        """How often each name was asked for."""
        ...

    @property
    def branches(self) -> int | None:
        """How many branches have begun beside it."""
        ...

    @property
    def again(self) -> Sequence[int] | None:
        """The numbers of those that are alive: they are the first to begin again."""
        ...


Lines: TypeAlias = Mapping[str, Line]


class Branch:
    """One line of code among those that run side by side in a run."""

    __slots__ = (
        "_again",
        "_children",
        "_lines",
        "_visits",
        "asked",
        "frozen",
        "numbered",
        "path",
        "task",
    )

    def __init__(
        self,
        path: str,
        *,
        frozen: bool = False,
        numbered: bool = False,
        lines: Lines | None = None,
    ) -> None:
        self.path = path
        self.numbered = numbered  # by the code itself, whose cursor says whether it is alive
        # A weak one: the task's context holds the branch, and a circle would wait for the garbage collector.
        self.task: ReferenceType[asyncio.Task[Any]] | None = None
        self.asked = 0
        self.frozen = frozen  # it lost a race, as recorded: it may replay, but do nothing new
        self._lines = lines
        told = lines.get(path) if lines else None
        self._visits: dict[str, int] = dict(told.visits or {}) if told else {}
        self._children = (told.branches or 0) if told else 0
        self._again = list(told.again or ()) if told else []

    def child(self, *, by_itself: bool = False) -> Branch:
        """The next branch beside this one; it belongs to the task that first uses it.

        Those that live on beside a checkpoint are tasks that began ``by_itself``: nobody gathers them there.
        """
        if by_itself and self._again:
            number = self._again.pop(0)
        else:
            self._children += 1
            number = self._children
        return Branch(f"{self.path}{number}/", frozen=self.frozen, lines=self._lines)

    @property
    def visits(self) -> dict[str, int]:
        """How often each name was asked for."""
        return self._visits

    @property
    def children(self) -> int:
        """How many branches have begun beside this one."""
        return self._children

    @property
    def again(self) -> list[int]:
        """The numbers of those that live on and have yet to begin again."""
        return self._again

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
    if not isinstance(cast(object, name), str):
        raise DefinitionError(f"{name!r} cannot be a key: a key is a text.")
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
