"""Where runs stand, looked up together.

    asked ──▶ a look is under way? ──no──▶ look for all that were asked
                    │ yes                        ▲
                    └──▶ the next look ──────────┘

An outcome that people are told is compared with the store first, so this is asked several times for each run. What
is asked while a look is under way must not be told what that look finds: it may be older than the question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from assent.core.journal import RunId

Look: TypeAlias = Callable[[list[RunId]], Awaitable[list[Any]]]
STANDS: Final = "select id, number from {s}.run where id = any ($1::text[])"


class Standings:
    """The newest entry of each run, one look at a time."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._asked: list[tuple[RunId, asyncio.Future[int | None]]] = []
        self._looking: asyncio.Task[None] | None = None

    def of(self, run: RunId) -> Awaitable[int | None]:
        """The number of the run's newest entry, as it is from now on; None where there is no such run."""
        loop = asyncio.get_running_loop()
        told: asyncio.Future[int | None] = loop.create_future()
        self._asked.append((run, told))
        if self._looking is None:
            self._looking = loop.create_task(self._go_on())
        return told

    async def _go_on(self) -> None:
        try:
            while self._asked:
                asked, self._asked = self._asked, []
                await self._tell(asked)
        finally:
            self._looking = None

    async def _tell(self, asked: list[tuple[RunId, asyncio.Future[int | None]]]) -> None:
        waiting = [(run, told) for run, told in asked if not told.done()]
        try:
            numbers: dict[RunId, int] = dict(await self._look(list({run for run, _ in waiting})))
        except Exception as error:  # noqa: BLE001  (whatever it is, who asked is told)
            for _, told in waiting:
                if not told.done():
                    told.set_exception(error)
        else:
            for run, told in waiting:
                if not told.done():
                    told.set_result(numbers.get(run))
