"""When what waits is told in one message: at set times, or once it has been quiet for a while."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from assent.core.durations import Duration, duration
from assent.errors import ConfigurationError

_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_UP_TO: Final = 4


@dataclass(frozen=True, slots=True)
class Gather:
    """Several tasks in one message: ``Gather("09:00")``, ``Gather(["09:00", "16:00"], "Europe/Berlin")``.

    at     the times of the day at which it is sent, by the clock of ``zone``
    after  instead: it is sent once nothing new has come for so long …
    most   … and this long after its first task at the latest; four times ``after`` where it is left out
    """

    at: str | Sequence[str] = ()
    zone: str = "UTC"
    after: Duration | None = field(default=None, kw_only=True)
    most: Duration | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what cannot be read, or would never be sent."""
        if bool(self._times) == (self.after is not None):
            raise ConfigurationError("Gather takes the times of the day, or after=.")
        if wrong := [at for at in self._times if not _TIME.fullmatch(at)]:
            raise ConfigurationError(
                f"The times of a day are written like '09:00', not {wrong[0]!r}."
            )
        try:
            ZoneInfo(self.zone)
            quiet = timedelta(0) if self.after is None else duration(self.after)
            most = None if self.most is None else duration(self.most)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ConfigurationError(f"Gather: {error}") from None
        if self.after is not None and not quiet:
            raise ConfigurationError("after= must be more than 0.")
        if most is not None and (self.after is None or most < quiet):
            raise ConfigurationError("most= goes with after=, and is at least as long.")

    @property
    def _times(self) -> Sequence[str]:
        return [self.at] if isinstance(self.at, str) else self.at

    def leaves(self, now: datetime, first: datetime) -> datetime:
        """When a message leaves whose first task came at ``first``, and whose newest comes now; later than now."""
        if self.after is None:
            return min(filter(lambda each: each > now, self._around(now)))
        quiet = duration(self.after)
        most = quiet * _UP_TO if self.most is None else duration(self.most)
        return max(min(now + quiet, first + most), now + timedelta(microseconds=1))

    def _around(self, now: datetime) -> Sequence[datetime]:
        """The times of this day and the next two: a time that the clocks jump over is one of them all the same."""
        zone = ZoneInfo(self.zone)
        days = [now.astimezone(zone).date() + timedelta(days=ahead) for ahead in range(3)]
        return [
            datetime.combine(day, time.fromisoformat(at), zone).astimezone(UTC)
            for day in days
            for at in self._times
        ]
