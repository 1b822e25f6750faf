"""An answer is read by the form that the code asks with, also where the code is not in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from assent import App, Context, Settings

pytestmark = pytest.mark.anyio


@dataclass
class Trip:
    """What is asked for: JSON knows no dates."""

    start: date


async def test_an_answer_to_a_run_whose_code_is_cold_is_read_as_one_to_a_hot_run_is(
    shared: str,
) -> None:
    app = App(settings=Settings(database=shared, hot_runs=1))

    @app.workflow
    async def travel(ctx: Context) -> Trip:
        answer: Trip = await ctx.ask("trip", Trip)
        return answer

    async with app:
        cold = await app.start(travel)
        await cold.wait()
        await (await app.start(travel)).wait()  # the one that stays in memory
        await app.system.engine.idle()
        refused = await cold.answer("trip", {"start": "soon"}, by="ann")
        assert (refused.status, [error.pointer for error in refused.errors]) == (
            "invalid",
            ["/start"],
        )
        await cold.answer("trip", {"start": "2026-03-01"}, by="ann")
        assert await cold.result() == Trip(date(2026, 3, 1))
