"""Which channel is told of what, and when: plain values, judged by one pure function.

judge(route, about, at)      ──▶ None (not told) · at (now) · later (once the quiet hours are over)
gathered(route, about, at)   ──▶ None (told by itself, or not at all) · when the message leaves that it is told in
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from assent.core.durations import Duration, duration
from assent.core.gathering import Gather
from assent.errors import ConfigurationError

NEEDED: Final = (
    "task.opened",
    "task.assigned",
    "task.delegated",
    "task.reminded",
    "task.escalated",
    "task.reopened",
)
RESOLVED: Final = "task.closed"
EXPIRING: Final = "task.expiring"  # no entry of the journal: told ``before_expiry``
EVENTS: Final = (*NEEDED, EXPIRING, RESOLVED)

_HOURS: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,60}")


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nobody is told, each day, by the clock of a place: ``Quiet("22:00-07:00", "Europe/Berlin")``."""

    hours: str
    zone: str = "UTC"

    def __post_init__(self) -> None:
        """Refuse what cannot be read."""
        found = _HOURS.fullmatch(self.hours)
        if found is None or found.group(1, 2) == found.group(3, 4):
            raise ConfigurationError(
                f"Quiet hours are written like '22:00-07:00', not {self.hours!r}."
            )
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ConfigurationError(
                f"There is no time zone {self.zone!r}. Use a name like 'Europe/Berlin'."
            ) from None

    def over(self, at: datetime) -> datetime:
        """``at``, or the end of the quiet hours that it falls into."""
        begins, ends = (time.fromisoformat(part) for part in self.hours.split("-"))
        here = at.astimezone(ZoneInfo(self.zone))
        now = here.time()
        if begins < ends:
            inside, days = begins <= now < ends, 0
        else:
            inside, days = now >= begins or now < ends, 1 if now >= begins else 0
        if not inside:
            return at
        day = here.date() + timedelta(days=days)
        # `max`: an end that the clocks jump over in spring may otherwise lie a little before.
        end = datetime.combine(day, ends, here.tzinfo).astimezone(UTC)
        return max(end, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a route is judged by."""

    event: str
    to: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    priority: int = 0
    risk: str | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """A channel, and what it is told of: everything, unless it is narrowed.

    to             any of these assignees (``group:finance``, ``alice``) is asked
    labels         the task carries all of these labels
    priority       the task has this priority, or a higher one
    risk           the task has one of these risks: ``"high"``
    mute           events that are not told: ``("task.reminded",)``
    quiet          hours in which nothing is told; it is told once they are over
    gather         several tasks are told in one message: at set times, or after a quiet while
    urgent         tasks of this priority or a higher one are told in quiet hours too, and by themselves
    before_expiry  how long before its deadline people are told of a task that is still open
    name           what the channel is called in lists; each has one of its own
    """

    channel: Any
    to: str | Sequence[str] = field(default=(), kw_only=True)
    labels: Mapping[str, str] = field(default_factory=dict[str, str], kw_only=True)
    priority: int | None = field(default=None, kw_only=True)
    risk: str | Sequence[str] = field(default=(), kw_only=True)
    mute: Sequence[str] = field(default=(), kw_only=True)
    quiet: Quiet | None = field(default=None, kw_only=True)
    gather: Gather | None = field(default=None, kw_only=True)
    urgent: int | None = field(default=None, kw_only=True)
    before_expiry: Duration | None = field(default=None, kw_only=True)
    name: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what would never tell anybody."""
        unknown = [event for event in self.mute if event not in EVENTS]
        if isinstance(self.mute, str) or unknown:
            raise ConfigurationError(
                f"mute={self.mute!r} names no event of a task. It takes a list of: {', '.join(EVENTS)}."
            )
        if self.name is not None and not _NAME.fullmatch(self.name):
            raise ConfigurationError(
                f"A channel cannot be called {self.name!r}. Use letters, digits, - and _."
            )
        if self.urgent is not None and self.quiet is None and self.gather is None:
            raise ConfigurationError(
                "urgent= is told in quiet hours too, and by itself; give quiet= or gather= as well."
            )
        if self.before_expiry is not None:
            try:
                duration(self.before_expiry)
            except ValueError as error:
                raise ConfigurationError(f"before_expiry=: {error}") from None


def judge(route: Route, about: About, at: datetime) -> datetime | None:
    """When the route's channel is told of this, or None where it is not."""
    if about.event in route.mute or not _concerns(route, about):
        return None
    return at if route.quiet is None or _urgent(route, about) else route.quiet.over(at)


def gathered(
    route: Route, about: About, at: datetime, first: datetime | None = None
) -> datetime | None:
    """When the message leaves that this is told in, after others that came at ``first``; None where it is in none.

    What is urgent, or would have run out before the message leaves, is told by itself; so is that it runs out.
    """
    if route.gather is None or about.event not in NEEDED or _urgent(route, about):
        return None
    if judge(route, about, at) is None:
        return None
    leaves = route.gather.leaves(at, first or at)
    if route.quiet is not None:
        leaves = route.quiet.over(leaves)
    return None if about.due is not None and about.due <= leaves else leaves


def _urgent(route: Route, about: About) -> bool:
    return route.urgent is not None and about.priority >= route.urgent


def _concerns(route: Route, about: About) -> bool:
    to, risks = _several(route.to), _several(route.risk)
    if to and not {_named(name) for name in to} & {_named(name) for name in about.to}:
        return False
    if risks and about.risk not in risks:
        return False
    if route.priority is not None and about.priority < route.priority:
        return False
    return all(about.labels.get(name) == value for name, value in route.labels.items())


def _several(given: str | Sequence[str]) -> Sequence[str]:
    return [given] if isinstance(given, str) else given


def _named(assignee: str) -> str:
    """``alice`` and ``user:alice`` are the same."""
    return assignee.removeprefix("user:")
