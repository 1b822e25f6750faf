"""The app that all processes have, the clocks they go by, and the ledger in which side effects leave their marks."""

from __future__ import annotations

import asyncio
import json
import os
import random
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from assent import App, Context, Limit, Settings, current_step
from assent.clock import SystemClock
from assent.notifying.notice import Notice
from assent.stores.postgres.options import Postgres

LEASE: Final = 3.0
PLACES: Final = 3


class Ledger:
    """Lines of JSON that whoever does something adds: each is there as a whole, whatever dies."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self._file = folder / f"{name}.jsonl"

    def note(self, *what: object) -> None:
        """Add a line: one write at the end of the file, which no kill can split."""
        line = json.dumps(what).encode() + b"\n"
        file = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(file, line)
        finally:
            os.close(file)

    def read(self) -> list[list[Any]]:
        """All of them."""
        if not self._file.exists():
            return []
        return [json.loads(line) for line in self._file.read_text(encoding="utf-8").splitlines()]


class WrongClock:
    """A clock that is off, and now and then by another measure: it jumps forward and back."""

    def __init__(self) -> None:
        self._right = SystemClock()
        self._until = self._right.now()
        self._off = timedelta(0)

    def now(self) -> datetime:
        """Some moment near the present."""
        right = self._right.now()
        if right >= self._until:
            self._off = timedelta(seconds=random.uniform(-3, 3))
            self._until = right + timedelta(seconds=random.uniform(1, 5))
        return right + self._off

    async def sleep_until(self, when: datetime) -> None:
        """Return once it says so."""
        while (left := when - self.now()) > timedelta(0):  # noqa: ASYNC110  (nobody announces it)
            await asyncio.sleep(min(left.total_seconds(), 0.5))


class Board:
    """A channel that writes down whom it told what."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def on_approval_needed(self, ctx: Notice) -> None:
        """Written down is told."""
        self._ledger.note(ctx.task.id, ctx.event)

    on_approval_resolved = on_approval_needed


def an_app(database: str, folder: Path) -> App:
    """The app that all processes have."""
    done = Ledger(folder, "done")

    def effect(result: Any) -> Callable[[], dict[str, Any]]:
        """A side effect; its mark says which of its attempts was the one that counts."""

        def work() -> dict[str, Any]:
            step, mark = current_step(), secrets.token_hex(8)
            done.note(step.run_id, step.key, step.idempotency_key, mark)
            return {"result": result, "mark": mark}

        return work

    app = App(
        settings=Settings(database=database, postgres=Postgres(lease=LEASE, poll=0.5, pool=4)),
        clock=WrongClock(),
        channels=[Board(Ledger(folder, "told"))],
    )

    @app.workflow
    async def part(ctx: Context, number: int) -> int:
        await ctx.sleep(f"{number % 5 * 20}ms")
        return int((await ctx.step("double", effect(2 * number)))["result"])

    @app.workflow
    async def order(ctx: Context, number: int) -> dict[str, Any]:
        price = (await ctx.step("price", effect(number + 1)))["result"]
        doubled = await ctx.run("part", number) if number % 4 == 0 else 2 * number
        decision = await ctx.approve("order", value=price)
        await ctx.sleep("50ms")
        paid, _ = await ctx.gather(
            ctx.step("pay", effect(price)), ctx.step("tell", effect(str(decision.outcome)))
        )
        shipped = (await ctx.wait_for_event("shipped")).data if number % 3 == 0 else None
        return {
            "said": decision.outcome,
            "by": decision.by,
            "paid": paid["result"],
            "doubled": doubled,
            "shipped": shipped,
        }

    @app.workflow(limit=Limit(parallelism=PLACES))
    async def narrow(ctx: Context, number: int) -> int:
        first = (await ctx.step("first", effect(number)))["result"]
        await ctx.sleep("30ms")
        return int((await ctx.step("second", effect(first + 1)))["result"])

    @app.workflow
    async def doomed(ctx: Context, number: int) -> None:
        await ctx.approve("never", value=number, to="nobody")
        await ctx.step("never", effect(number))

    @app.workflow
    async def brief(ctx: Context, number: int) -> int:
        return number

    return app


def wanted(runs: int) -> dict[str, list[int]]:
    """How many runs of each workflow are started, by the number each is given."""
    return {
        "order": list(range(runs)),
        "narrow": list(range(runs // 10)),
        "doomed": list(range(runs // 20)),
        "brief": list(range(runs // 4)),
    }
