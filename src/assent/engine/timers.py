"""The verbs that wait for a moment."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import cast

from assent.core.durations import Duration, duration
from assent.core.journal import Fact, TimerSet, TimerWithdrawn, micros
from assent.engine.ground import Ground
from assent.errors import DefinitionError


class Timers(Ground):
    """Waits for moments, also over restarts."""

    async def sleep(self, length: Duration) -> None:
        """Go on after this long."""
        self.outside_steps("sleep")
        await self._timer("sleep", duration(length))

    async def sleep_until(self, when: datetime) -> None:
        """Go on at this moment; it must have a time zone."""
        self.outside_steps("sleep_until")
        if not isinstance(cast(object, when), datetime):
            raise DefinitionError(
                f"ctx.sleep_until({when!r}) needs a datetime with a time zone. For a length of time, use ctx.sleep."
            )
        if when.tzinfo is None:
            raise DefinitionError(
                f"ctx.sleep_until({when!r}) needs a time zone: {when.isoformat()} is at another moment in "
                "Tokyo than in Berlin. Use datetime(…, tzinfo=UTC) or zoneinfo."
            )
        await self._timer("sleep_until", when)

    async def _timer(self, name: str, until: datetime | timedelta) -> None:
        execution = self.execution
        branch = execution.branch()
        key = branch.key(name)
        slot = execution.recorded(branch, key, "timer")
        opening: Fact | None = None
        if slot is not None:
            if slot.withdrawn:
                await execution.hang()
            if slot.done:
                return
            if key not in self.head.timers:  # the run had ended meanwhile, and was retried
                opening = TimerSet(key=key, due=slot.due)
        else:
            await self.at_the_end(branch)
            await execution.hold()
            due = until if isinstance(until, datetime) else self.clock.now() + until
            opening = TimerSet(key=key, due=micros(due))
        try:
            await execution.wait(key, opening)
        except asyncio.CancelledError:
            if not execution.stopped:
                execution.gives_up(
                    lambda run, at: [TimerWithdrawn(key=key)] if key in run.timers else []
                )
            raise
