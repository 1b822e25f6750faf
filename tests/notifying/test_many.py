"""Several processes on one PostgreSQL: people are told once, and another process goes on when one ends."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from assent import App, Context
from assent.notifying.notice import Notice
from assent.notifying.turn import LIFE
from assent.testing import FakeClock
from tests.cluster import cluster

pytestmark = pytest.mark.anyio


class Board:
    """What all processes have told, and which of them it was."""

    def __init__(self) -> None:
        self.told: list[tuple[int, str, str]] = []
        self.changed = asyncio.Event()

    async def until(self, count: int) -> None:
        """Return once so much was told."""
        async with asyncio.timeout(100):
            while len(self.told) < count:
                self.changed.clear()
                await self.changed.wait()


class Speaker:
    """The channel of one process."""

    def __init__(self, process: int, board: Board) -> None:
        self._process = process
        self._board = board

    async def on_approval_needed(self, ctx: Notice) -> None:
        self._board.told.append((self._process, ctx.event, ctx.run_id))
        self._board.changed.set()

    on_approval_resolved = on_approval_needed


def process(number: int, url: str, clock: FakeClock, board: Board) -> App:
    """An app as each process has it."""
    app = App(url, clock=clock, channels=[Speaker(number, board)])

    @app.workflow
    async def ask(ctx: Context) -> None:
        await ctx.approve("refund")

    return app


async def test_of_several_processes_one_tells_and_another_goes_on_when_it_ends() -> None:
    url, clock, board = cluster().url(), FakeClock(), Board()
    first, second = (process(number, url, clock, board) for number in (1, 2))
    async with AsyncExitStack() as stack:
        await first.open()
        stack.push_async_callback(first.close)
        before = await first.start("ask", id="before")
        await before.wait()
        await board.until(1)  # it has its turn
        await stack.enter_async_context(second)
        for number in range(5):
            await (await second.start("ask", id=f"r-{number}")).wait()
        await board.until(6)
        await first.close()
        await second.run("before").approve("refund", by="ann")
        clock.move_to(clock.now() + LIFE)
        await board.until(7)
    opened = [(1, "task.opened", run) for run in ("before", *(f"r-{n}" for n in range(5)))]
    assert sorted(board.told[:6]) == sorted(opened)
    assert board.told[6:] == [(2, "task.closed", "before")]
