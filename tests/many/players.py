"""What each of many real processes does in the races of ``test_races.py``: they meet at a gate, then all go."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from contextlib import suppress
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from random import Random
from typing import Any, Final, TypeVar

from assent import App, Context
from assent.errors import InvalidState
from assent.testing import FakeClock

T = TypeVar("T")
PATIENT: Final = 100  # seconds, for a machine that is busy with other things
STEPS: Final = 20  # in which the clocks go from the first deadline to the last

Told = tuple[
    str, str, str | None
]  # the status of a receipt, and the decision that it names: what, by whom


def an_app(url: str, clock: FakeClock | None = None, effects: str = "") -> App:
    """The app that all of them have."""
    app = App(url, clock=clock)

    @app.workflow
    async def refund(ctx: Context, minutes: int) -> str:
        decision = await ctx.approve("refund", timeout=timedelta(minutes=minutes))
        return f"{decision.outcome} by {decision.by}"

    def done(run: str) -> None:
        with Path(effects).open("a") as file:
            file.write(f"{run} {os.getpid()}\n")

    @app.workflow
    async def work(ctx: Context) -> str:
        await ctx.approve("first")
        await ctx.step(done, ctx.run_id)
        return "worked"

    return app


_gates: list[Barrier] = []


def meet_at(gate: Barrier) -> None:
    """Make the gate known in a process that has just begun."""
    _gates.append(gate)


async def all_are_here() -> None:
    """Return once all processes have come to the gate; the loop goes on meanwhile."""
    await asyncio.to_thread(_gates[0].wait, PATIENT)


def _play(part: Coroutine[Any, Any, T]) -> T:
    """Play a part; where it breaks off, the others do not wait for it."""
    try:
        return asyncio.run(part)
    except BaseException:
        _gates[0].abort()
        raise


def answer_together(url: str, place: int, tasks: list[str]) -> list[list[Told]]:
    """Eight people of this process answer each of the tasks, at the moment when all others do."""
    return _play(_answer_together(url, place, tasks))


async def _answer_together(url: str, place: int, tasks: list[str]) -> list[list[Told]]:
    app, told = an_app(url), list[list[Told]]()
    await app.open(advance=False)
    for task in tasks:
        await all_are_here()
        ways = (app.inbox.approve, app.inbox.reject)
        receipts = await asyncio.gather(
            *(ways[who % 2](task, by=f"person-{place}-{who}") for who in range(8))
        )
        told.append([_told(receipt) for receipt in receipts])
    await app.close()
    return told


def answer_all(url: str, place: int, tasks: list[str]) -> dict[str, str]:
    """Answer all of these tasks one after the other, while the clocks of others go on; the status of each receipt."""
    return _play(_answer_all(url, place, tasks))


async def _answer_all(url: str, place: int, tasks: list[str]) -> dict[str, str]:
    app = an_app(url, FakeClock())
    await app.open(advance=False)
    Random(place).shuffle(tasks)
    told: dict[str, str] = {}
    share = -(-len(tasks) // STEPS)
    for start in range(0, len(tasks), share):
        await all_are_here()
        some = tasks[start : start + share]
        receipts = await asyncio.gather(*(app.inbox.approve(task, by="ann") for task in some))
        told |= {task: receipt.status for task, receipt in zip(some, receipts, strict=True)}
    await app.close()
    return told


def let_time_pass(url: str, length: timedelta, runs: list[str]) -> list[str]:
    """Advance runs, while the clock goes on in steps; what became of these runs."""
    return _play(_let_time_pass(url, length, runs))


async def _let_time_pass(url: str, length: timedelta, runs: list[str]) -> list[str]:
    clock = FakeClock()
    async with an_app(url, clock) as app:
        for _ in range(STEPS):
            await all_are_here()
            clock.move_to(clock.now() + length / STEPS)
            await app.system.engine.idle()  # what is due has fired before all go on
        clock.move_to(clock.now() + length)
        results: list[Any] = await asyncio.gather(
            *(app.run(run).result(timeout=PATIENT) for run in runs)
        )
        return results


def resume_together(url: str, effects: str, runs: list[str]) -> list[str]:
    """Resume each of the runs at the moment when all others do, and see it end."""
    return _play(_resume_together(url, effects, runs))


async def _resume_together(url: str, effects: str, runs: list[str]) -> list[str]:
    results: list[str] = []
    async with an_app(url, effects=effects) as app:
        for run in runs:
            await all_are_here()
            with suppress(InvalidState):  # who comes late is told that it has ended
                await app.run(run).resume()
            results.append(str(await app.run(run).result(timeout=PATIENT)))
    return results


def _told(receipt: Any) -> Told:
    decision = receipt.decision
    return receipt.status, str(decision and decision.outcome), decision and decision.by
