"""What the branches beside the main line have recorded, for as long as they are alive.

A checkpoint of the main line stands for all that the main line has done, and the branches that have ended. Those that
are alive begin again from their first line when the run is taken up, so a checkpoint carries all that they have
recorded, from whichever side of a restart it comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, cast

from assent.core.journal import Fact, RunCheckpointed, StateChanged, micros, moment
from assent.core.record import fact_from, fields_of
from assent.core.values import Json
from assent.engine.branch import path_of

_DIGITS: Final = frozenset("0123456789")
_TAIL: Final = 16  # how far back a fact may lie that was kept when it was made, and is now told


class Kept(NamedTuple):
    """A fact of a branch, and when it happened, where somebody else than the run's code did it."""

    fact: Fact
    at: datetime | None


class Keeping:
    """The facts of each branch that began at the main line, with those of the branches below it."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Kept]] = {}

    def begun(self, path: str) -> None:
        """A branch is alive."""
        if path:
            self._kept.setdefault(_top(path), [])

    def keep(self, fact: Fact, key: str | None, at: datetime | None = None) -> None:
        """Keep a fact of a branch that is alive; one that was kept when it was made is not kept again when told."""
        if key is None or key[:1] not in _DIGITS:
            return
        kept = self._kept.get(_top(key))
        if kept is not None and not (at and any(each.fact is fact for each in kept[-_TAIL:])):
            kept.append(Kept(fact, at))

    def ended(self, path: str) -> None:
        """A branch is over; where it began at the main line, nobody will ask for what it recorded."""
        self._kept.pop(path, None)

    def begins_anew(self, path: str, told: RunCheckpointed) -> None:
        """The branch has made a checkpoint of its own, which stands for what it has recorded."""
        kept = self._kept.setdefault(_top(path), [])
        kept[:] = [each for each in kept if not stands_for(told, path_of_fact(each.fact))]
        kept.append(Kept(told, None))

    def alive(self) -> list[Kept]:
        """All that is kept, branch by branch."""
        return [each for kept in self._kept.values() for each in kept]

    def clear(self) -> None:
        """Forget all of it."""
        self._kept.clear()


def _top(path: str) -> str:
    return path[: path.index("/") + 1]


def path_of_fact(fact: Fact) -> str:
    """The branch that a fact is of."""
    if isinstance(fact, RunCheckpointed):
        return fact.branch or ""
    return path_of(getattr(fact, "key", ""))


def stands_for(told: RunCheckpointed, path: str) -> bool:
    """Whether a checkpoint stands for what this branch had recorded: its own, and one below it that is over."""
    own = told.branch or ""
    if not path.startswith(own):
        return False
    below = path[len(own) :].partition("/")[0]
    return not below or int(below) not in (told.again or ())


def carried(kept: Iterable[Kept]) -> list[Json]:
    """Kept facts, as a checkpoint carries them. It has the state itself: what a step made of it is left out."""
    told: list[Json] = []
    for fact, at in kept:
        fields = fields_of(fact)
        if not isinstance(fact, StateChanged):
            fields.pop("state", None)
        told.append([None if at is None else micros(at), fact.kind, fields])
    return told


def carried_facts(told: Sequence[Json]) -> list[Kept]:
    """The facts that a checkpoint carries."""
    found: list[Kept] = []
    for each in told:
        at, kind, fields = cast("tuple[int | None, str, dict[str, Any]]", each)
        found.append(Kept(fact_from(kind, fields, None), None if at is None else moment(at)))
    return found
