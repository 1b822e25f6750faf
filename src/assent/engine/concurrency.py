"""The verbs that do several things at once: every awaitable is a branch with keys of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from typing import Any

from assent.core.journal import ValueRecorded
from assent.core.values import unpack
from assent.engine.branch import Branch, current
from assent.engine.ground import Ground
from assent.errors import DefinitionError


class Concurrency(Ground):
    """Runs branches beside each other."""

    async def gather(
        self, *awaitables: Awaitable[Any], return_exceptions: bool = False
    ) -> list[Any]:
        """Do several things at once; results in order. A failure cancels the others, and is raised."""
        self.outside_steps("gather")
        branch = self.execution.branch()
        tasks = [self._beside(branch.child(), awaitable) for awaitable in awaitables]
        try:
            return await asyncio.gather(*tasks, return_exceptions=return_exceptions)
        finally:
            await _all_done(tasks)

    async def first(self, *awaitables: Awaitable[Any]) -> Any:
        """The result of whichever is ready first; the others are cancelled, their tasks withdrawn."""
        self.outside_steps("first")
        if not awaitables:
            raise DefinitionError("ctx.first() was given nothing to wait for.")
        branch = self.execution.branch()
        key = branch.key("first")
        slot = self.execution.recorded(branch, key, "value")
        winner = unpack(slot.value) if slot is not None else None
        branches = [branch.child() for _ in awaitables]
        for place, racing in enumerate(branches):
            racing.frozen = racing.frozen or (winner is not None and place != winner)
        tasks = [self._beside(b, a) for b, a in zip(branches, awaitables, strict=True)]
        try:
            if winner is None:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                winner = next(place for place, task in enumerate(tasks) if task.done())
                self.execution.append(ValueRecorded(key=key, value=winner))
            return await tasks[winner]
        finally:
            await _all_done(tasks)
            if winner is not None:
                for place, racing in enumerate(branches):
                    if place != winner:
                        self.execution.replay.abandon(racing.path)

    def beside(self, number: int, awaitable: Awaitable[Any]) -> asyncio.Task[Any]:
        """Run this in a branch of its own that keeps its number, also when the code goes on from a checkpoint."""
        self.outside_steps("beside")
        return self._beside(Branch(f"{number}/", numbered=True), awaitable)

    def _beside(self, branch: Branch, awaitable: Awaitable[Any]) -> asyncio.Task[Any]:
        async def run() -> Any:
            current.set(branch)
            self.execution.branch()
            return await awaitable

        beside = asyncio.ensure_future(run())
        beside.add_done_callback(lambda ended: _over(ended, awaitable))
        return beside


def _over(beside: asyncio.Task[Any], awaitable: Awaitable[Any]) -> None:
    """A branch has ended; cut off before it began, it would complain that nobody awaited it."""
    if isinstance(awaitable, Coroutine):
        awaitable.close()
    if not beside.cancelled():
        beside.exception()  # raised by whoever gathers it; when all of the run was let go of, by nobody


async def _all_done(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancel what still runs, and wait for its end."""
    left = [task for task in tasks if not task.done()]
    for task in left:
        if not task.cancelling():  # once: a second time would cut off what cleans up
            task.cancel()
    if left:
        await asyncio.gather(*left, return_exceptions=True)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # of one that lost, or was not the first to fail: nobody asks for it
