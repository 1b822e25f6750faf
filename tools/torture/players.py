"""The processes. Each writes down what was acknowledged to it before it does anything else, and may die anywhere."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeAlias

from assent import App
from assent.errors import AssentError
from assent.stores.postgres.options import told_apart
from tools.torture.world import Ledger, an_app, wanted

ME: Final = f"process-{os.getpid()}"
ENDED: Final = ("succeeded", "failed", "cancelled", "timed_out")
asyncpg: Any = import_module("asyncpg")  # it tells no types


async def work(app: App, ledger: Ledger, runs: int) -> None:
    """Advance runs until killed."""
    await asyncio.Event().wait()


async def start(app: App, ledger: Ledger, runs: int) -> None:
    """Start all runs, again and again: whatever was started is the same run again."""
    ids = [(name, number) for name, numbers in wanted(runs).items() for number in numbers]
    random.shuffle(ids)
    for name, number in ids:
        await app.start(name, number, id=f"{name}-{number}")
    ledger.note("all")
    await asyncio.Event().wait()


async def answer(app: App, ledger: Ledger, runs: int) -> None:
    """Answer whatever is asked."""

    async def one(task: Any) -> None:
        verb = app.inbox.approve if random.random() < 0.7 else app.inbox.reject
        receipt = await verb(task.id, by=ME)
        if receipt.status == "accepted" and receipt.decision:
            ledger.note(task.run_id, receipt.decision.outcome, receipt.decision.by)

    while True:
        page = await app.inbox.tasks(workflow="order", limit=100)
        some = random.sample(page.items, min(20, len(page.items)))
        await asyncio.gather(*(one(task) for task in some))
        await asyncio.sleep(0.05)


async def signal(app: App, ledger: Ledger, runs: int) -> None:
    """Signal to every run that waits for it, or will."""
    left = [number for number in range(runs) if number % 3 == 0]
    random.shuffle(left)
    while left:
        number = left.pop()
        id = f"order-{number}"
        receipt = await app.notify("shipped", number, run_id=id, id=f"shipment of {id}")
        if receipt.ok or receipt.status == "duplicate":
            ledger.note(id, number)
        elif receipt.status == "unknown_run":
            left.insert(0, number)  # it was not started yet
            await asyncio.sleep(0.05)


async def pause(app: App, ledger: Ledger, runs: int) -> None:
    """Pause some runs, and resume all that are paused."""
    while True:
        for run in (await app.runs(status="paused", limit=100)).items:
            await app.run(run.id).resume(by=ME)
        page = await app.runs(status="incomplete", workflow="order", limit=100)
        for run in random.sample(page.items, min(3, len(page.items))):
            with suppress(AssentError):  # it may have ended meanwhile
                await app.run(run.id).pause(by=ME)
                ledger.note(run.id)
        await asyncio.sleep(0.1)


async def cancel(app: App, ledger: Ledger, runs: int) -> None:
    """Cancel what nobody answers."""
    while True:
        for run in (await app.runs(status="waiting", workflow="doomed", limit=20)).items:
            if await app.run(run.id).cancel("doomed", by=ME) == "cancelled":
                ledger.note(run.id)
        await asyncio.sleep(0.1)


async def keep_house(app: App, ledger: Ledger, runs: int) -> None:
    """Prune brief runs as if they had ended long ago, and check that the code fits all the others."""
    dsn, schema = told_apart(app.settings.database)
    connection = await asyncpg.connect(dsn)
    try:
        while True:
            await connection.execute(
                f'update "{schema}".run set finished = 1 where workflow = $1 and finished > 1',
                "brief",
            )
            pruned = await app.upkeep.prune(timedelta(days=1))
            checked = await app.upkeep.check()
            ledger.note(pruned.runs, checked.runs, [str(one) for one in checked.troubles])
            await asyncio.sleep(0.2)
    finally:
        connection.terminate()


Play: TypeAlias = Callable[[App, Ledger, int], Awaitable[None]]
PLAYS: Final[dict[str, Play]] = {
    "work": work,
    "start": start,
    "answer": answer,
    "signal": signal,
    "pause": pause,
    "cancel": cancel,
    "house": keep_house,
}


async def be(name: str, database: str, folder: Path, runs: int) -> None:
    """Be one of them until killed; what the server's absence interrupts is begun again."""
    app, ledger = an_app(database, folder), Ledger(folder, name)
    while True:
        try:
            await app.open(advance=name == "work")
            await PLAYS[name](app, ledger, runs)
            await asyncio.Event().wait()
        except (AssentError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            Ledger(folder, "troubles").note(name, type(error).__name__, str(error))
            await asyncio.sleep(0.2)
