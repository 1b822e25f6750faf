"""The system's clock, the only place that reads the time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

_NAP: Final = timedelta(hours=1)


class SystemClock:
    """Wall-clock time in UTC."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)  # noqa: TID251  (this is the port)

    async def sleep_until(self, when: datetime) -> None:
        """Return once it is ``when`` or later.

        Sleeps in naps: a machine that was suspended, or whose clock was set, wakes up with the wall clock.
        """
        while (left := when - self.now()) > timedelta(0):  # noqa: ASYNC110  (nobody announces it)
            await asyncio.sleep(min(left, _NAP).total_seconds())
