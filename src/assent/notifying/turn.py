"""Whose turn it is to tell people: one process at a time, over all that share a store.

A turn is a numbered document, and the highest number holds. Making the next one succeeds for one process only; it is
made once the last one has not been renewed for a while. A store that one process holds needs none.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, cast

from assent.core.journal import micros, moment
from assent.core.values import Json
from assent.ports.clock import Clock
from assent.ports.store import Store

_KIND: Final = "notifying"
LIFE: Final = timedelta(seconds=30)


class Lost(Exception):
    """Another process tells people now."""


class Turn:
    """This process's part in taking turns."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._mine: int | None = None
        self._until: datetime | None = None  # when it is tried again

    @property
    def elsewhere(self) -> bool:
        """Whether another process is having its turn now, as far as this one knows."""
        waits = self._until is not None and self._clock.now() < self._until
        return self._mine is None and waits

    async def take(self) -> None:
        """Return once it is this process's turn."""
        if self._store.sharing is None:
            return
        while (until := await self._try()) is not None:
            await self._clock.sleep_until(until)

    async def renew(self) -> None:
        """Keep it; raises Lost where another process has taken over."""
        if self._mine is None:
            return
        newest, _ = await self._newest()
        if newest != self._mine:
            self._mine = None
            raise Lost
        await self._store.replace(_KIND, str(self._mine), micros(self._clock.now() + LIFE))

    async def give_up(self) -> None:
        """Let another process have it at once."""
        if self._mine is not None:
            mine, self._mine = self._mine, None
            await self._store.replace(_KIND, str(mine), 0)

    async def _try(self) -> datetime | None:
        """Take it, or say when to try again."""
        self._until = await self._taken_or()
        return self._until

    async def _taken_or(self) -> datetime | None:
        newest, until = await self._newest()
        now = self._clock.now()
        if until > now:
            return min(until, now + LIFE)
        mine = newest + 1
        if not await self._store.keep(_KIND, str(mine), micros(now + LIFE)):
            return now + LIFE
        if (await self._newest())[0] != mine:  # it was old: others had gone on and swept it away
            await self._store.take(_KIND, str(mine))
            return now + LIFE
        for number in await self._store.kept_all(_KIND):
            if int(number) < mine:
                await self._store.take(_KIND, number)
        self._mine = mine
        return None

    async def _newest(self) -> tuple[int, datetime]:
        found = cast("dict[str, Any]", dict[str, Json](await self._store.kept_all(_KIND)))
        newest = max(map(int, found), default=0)
        return newest, moment(found.get(str(newest), 0))
