"""A place among the runs of one key: so many may go on at once, and so many may start within a time.

    out ──wants to go on──▶ queued ──admitted──▶ in ──ended, parked, paused in the queue, waits──▶ out

Whoever is queued is let in by ``next_in``, in the order in which they came; the store refuses, in the transaction
that lets a run in, one that would be too many. So it holds over any number of processes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypeAlias

from assent.core.durations import Duration, duration
from assent.core.journal import RunId
from assent.errors import DefinitionError

QUEUE: Final = "queue"  # what a run waits for that waits for a place
_LONGEST: Final = 200

KeyOf: TypeAlias = str | Callable[[Any], object]


class Standing(StrEnum):
    """Where a run stands about its place."""

    OUT = "out"
    QUEUED = "queued"
    IN = "in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most ``parallelism`` runs of one key at once, and at most ``rate`` that start within ``per``.

    ``key`` says which runs of the workflow are counted together: a function of the input, or a text; None: all of
    them. A run that waits (for people, signals, timers, other runs) gives its place up and queues again once it can
    go on, unless ``counts_waiting``: then it keeps its place until it has ended.
    """

    parallelism: int | None = None
    rate: int | None = None
    per: Duration | None = None
    key: KeyOf | None = None
    counts_waiting: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if self.parallelism is None and self.rate is None:
            raise DefinitionError("A Limit wants parallelism=, or rate= and per=, or both.")
        for name in ("parallelism", "rate"):
            number = getattr(self, name)
            whole = isinstance(number, int) and not isinstance(number, bool)
            if number is not None and not (whole and number >= 1):
                raise DefinitionError(f"{name}={number!r} must be a whole number, 1 or more.")
        if (self.rate is None) is not (self.per is None):
            raise DefinitionError("rate= and per= go together: rate=10, per='1m'.")
        if self.per is not None and not self.window > timedelta(0):
            raise DefinitionError(f"per={self.per!r} must be longer than nothing.")

    @property
    def window(self) -> timedelta:
        """The time within which ``rate`` runs may start."""
        return timedelta(0) if self.per is None else duration(self.per)

    def queue(self, workflow: str, value: Any) -> str:
        """The name of the queue that a run of this input stands in: the workflow's, and the key's."""
        key = self.key(value) if callable(self.key) else self.key
        name = workflow.replace("%", "%25").replace(":", "%3A")
        if key is None:
            return name
        text = str(key)
        if not text.isprintable() or len(text) > _LONGEST:
            raise DefinitionError(
                f"The key {text[:_LONGEST]!r} of the limit of {workflow!r} must be at most {_LONGEST} printable "
                "characters."
            )
        return f"{name}:{text}"


UNLIMITED: Final = Limit(parallelism=2**31 - 1)  # what had a limit when it was queued


def workflow_of(queue: str) -> str:
    """The workflow whose runs stand in this queue."""
    return queue.partition(":")[0].replace("%3A", ":").replace("%25", "%")


class Place(NamedTuple):
    """Where a run stands in its queue. ``first`` is when it was let in for the first time (microseconds since
    1970), ``entry`` the entry that says so, and ``terms`` what it was let in under: parallelism, rate, since."""

    queue: str
    standing: Standing = Standing.OUT
    counts_waiting: bool = False
    first: int | None = None
    entry: int = 0
    terms: tuple[int | None, int | None, int] = (None, None, 0)


class Waiting(NamedTuple):
    """A run in a queue; ``fresh``: it has never been let in, so it counts as a start."""

    run: RunId
    fresh: bool


class Line(NamedTuple):
    """A queue at one moment: how many are in, when the latest ones started (newest first), who waits, in order."""

    inside: int
    starts: Sequence[int]
    waiting: Sequence[Waiting]


class Verdict(NamedTuple):
    """Who may go in now, in order; and, where only the rate holds somebody back, until when (microseconds)."""

    runs: Sequence[Waiting]
    again: int | None


def next_in(limit: Limit, line: Line, at: int) -> Verdict:
    """Who may go in at this moment: in the order in which they came, so that nobody is overtaken for ever.

    The rate holds back starts only: a run that goes on after it has waited may pass those that have yet to start.
    """
    since = at - _micros(limit.window)
    started = [start for start in line.starts if start > since]
    room = None if limit.parallelism is None else limit.parallelism - line.inside
    may_start = None if limit.rate is None else limit.rate - len(started)
    admitted: list[Waiting] = []
    again: int | None = None
    for waiting in line.waiting:
        if room is not None and len(admitted) >= room:
            break
        if waiting.fresh and may_start is not None:
            if may_start <= 0:
                if again is None:
                    again = _free_again(limit, started, admitted, at)
                continue
            may_start -= 1
        admitted.append(waiting)
    return Verdict(admitted, again)


def _free_again(
    limit: Limit, started: Sequence[int], admitted: Sequence[Waiting], at: int
) -> int | None:
    """When the window lets one more start: once the oldest of the last ``rate`` starts has left it."""
    starts = sorted([*started, *(at for one in admitted if one.fresh)], reverse=True)
    return None if limit.rate is None else starts[limit.rate - 1] + _micros(limit.window)


def terms(limit: Limit, waiting: Waiting, at: int) -> tuple[int | None, int | None, int]:
    """What a run is let in under: parallelism, rate, and since when starts count."""
    rate = limit.rate if waiting.fresh else None
    return limit.parallelism, rate, 0 if rate is None else at - _micros(limit.window)


def _micros(time: timedelta) -> int:
    return time // timedelta(microseconds=1)
