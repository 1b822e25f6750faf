"""A cluster of three nodes: any one of them may be lost at any moment.

A lease lasts an hour in these tests: nothing here goes on because one ran out.
"""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from assent import App, Context, Settings
from assent.stores.postgres.options import Postgres
from tests.restate_cluster import restate_cluster

pytestmark = pytest.mark.anyio

RUNS = 30


async def test_a_node_that_is_killed_while_people_answer_takes_no_answer_with_it(
    shared: str,
) -> None:
    told: Counter[str] = Counter()
    with restate_cluster() as cluster:
        app = App(
            settings=Settings(
                database=shared, engine=cluster.engine(), postgres=Postgres(lease=3600)
            )
        )

        @app.workflow
        async def order(ctx: Context, number: int) -> str:
            await ctx.step("price", lambda: told.update([f"price {number}"]))
            decision = await ctx.approve("ship", to="ann")
            await ctx.step("pay", lambda: told.update([f"pay {number}"]))
            return decision.outcome

        async with app:
            runs = [await app.start(order, number) for number in range(RUNS)]
            await asyncio.gather(*(run.wait() for run in runs))
            for at, run in enumerate(runs):
                if at == RUNS // 2:
                    cluster.leader().kill()
                assert (await run.approve("ship", by="ann")).status == "accepted"
            outcomes = await asyncio.gather(*(run.result() for run in runs))
            assert outcomes == ["approved"] * RUNS
            assert set(told.values()) == {1}
            assert len(told) == 2 * RUNS

            # What is begun on two nodes goes on there, too, and the third is one of them again once it is back.
            late = await app.start(order, RUNS)
            await late.wait()
            down = next(node for node in cluster.nodes if not node.takes_calls())
            await asyncio.to_thread(down.start)
            cluster.leader().kill()
            await late.approve("ship", by="ann")
            assert await late.result() == "approved"
