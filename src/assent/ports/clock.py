"""The only reader of the time."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only reader of the time."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        ...

    async def sleep_until(self, when: datetime) -> None:
        """Return once it is ``when`` or later."""
        ...
