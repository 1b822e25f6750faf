"""Approval cycles on Restate beside the same on PostgreSQL alone, and beside a Restate service without assent.

    python -m bench.beyond [--cycles 100] [--rounds 3]

All in one run and one process, on servers that are made for it: PostgreSQL with fsync off, Restate with its defaults.
A cycle is a start, a step, a question, its answer, a second step; the plain service: a step, an awakeable, a step.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import httpx2
import restate
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from assent import App, Context, Restate
from tests.cluster import cluster
from tests.restate_server import free_ports, restate_server

Cycle = Callable[[int], Awaitable[None]]
AT_ONCE: Final = (1, 50)


def approval(app: App) -> Cycle:
    """One approval cycle of an app."""

    @app.workflow(name="order")
    async def order(ctx: Context, number: int) -> int:
        await ctx.step("first", lambda: number)
        await ctx.approve("ship")
        return await ctx.step("second", lambda: number)

    async def cycle(number: int) -> None:
        run = await app.start(order, number)
        await run.wait()
        await run.approve("ship", by="ann")
        await run.result()

    return cycle


class Plain:
    """The same with the SDK alone."""

    def __init__(self, options: Restate) -> None:
        self._options = options
        self._asked: dict[str, asyncio.Future[str]] = {}
        self._http = httpx2.AsyncClient(timeout=60, trust_env=False)
        service = restate.Service("plain", inactivity_timeout=timedelta(days=1))

        async def order(ctx: restate.Context, number: int) -> int:
            await ctx.run_typed("first", lambda: number)
            id, answered = ctx.awakeable(type_hint=bool)
            asked = self._asked[str(number)]
            if not asked.done():
                asked.set_result(id)
            await answered
            return await ctx.run_typed("second", lambda: number)

        service.handler("order")(order)
        host, port = options.listens
        self._server = Server(
            restate.app([service]),
            address=host,
            port=port,
            interface=Interfaces.ASGINL,
            http=HTTPModes.http2,
            websockets=False,
            log_enabled=False,
        )

    async def __aenter__(self) -> Plain:
        self._serving = asyncio.ensure_future(self._server.serve())
        await asyncio.sleep(0.3)
        told = {"uri": self._options.reached, "force": True}
        (await self._http.post(f"{self._options.admin}/deployments", json=told)).raise_for_status()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._http.aclose()
        self._server.stop()  # type: ignore[no-untyped-call]
        await asyncio.wait([self._serving], timeout=5)

    async def cycle(self, number: int) -> None:
        """One."""
        asked = self._asked[str(number)] = asyncio.get_running_loop().create_future()
        ingress = str(self._options.ingress)
        result = asyncio.ensure_future(self._http.post(f"{ingress}/plain/order", json=number))
        id = await asked
        await self._http.post(f"{ingress}/restate/awakeables/{id}/resolve", json=True)
        (await result).raise_for_status()


async def rate(cycle: Cycle, cycles: int, at_once: int, first: int) -> float:
    """Cycles a second."""
    numbers = iter(range(first, first + cycles))
    began = time.perf_counter()

    async def work() -> None:
        for number in numbers:
            await cycle(number)

    await asyncio.gather(*(work() for _ in range(at_once)))
    return cycles / (time.perf_counter() - began)


async def main(cycles: int, rounds: int) -> None:
    """Measure, in turns."""
    server = restate_server()
    found: dict[tuple[str, int], list[float]] = {}
    postgres = App(cluster().url())
    beyond = App(cluster().url(), engine=server.engine())
    (port,) = free_ports(1)
    plain = Plain(Restate(ingress=server.ingress, admin=server.admin, listen=f"127.0.0.1:{port}"))
    kinds: dict[str, Cycle] = {
        "PostgreSQL alone": approval(postgres),
        "Restate": approval(beyond),
        "Restate without assent": plain.cycle,
    }
    async with postgres, beyond, plain:
        first = 0
        for turn in range(rounds + 1):
            for name, cycle in kinds.items():
                for at_once in AT_ONCE:
                    first += cycles
                    got = await rate(cycle, cycles, at_once, first)
                    if turn:  # the first round only warms up
                        found.setdefault((name, at_once), []).append(got)
    for name in kinds:
        told: list[Any] = [f"{statistics.median(found[name, n]):.0f}" for n in AT_ONCE]
        print(f"{name:<24} {told[0]:>6}/s one at a time {told[1]:>6}/s fifty at once")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    asyncio.run(main(given.cycles, given.rounds))
