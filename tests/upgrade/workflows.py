"""The workflows whose runs are recorded in this folder. Journals outlive code: change nothing here, only add.

Each run is left where it stands (waiting, asleep, paused, failed, parked …), so that tomorrow's code has to take it up.
"""

from __future__ import annotations

import asyncio
import enum
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from assent import App, BusinessHours, Context, Escalate, Policy, Remind, Stage, step


class Tier(enum.Enum):
    """How dear a customer is."""

    GOLD = "gold"
    BLUE = "blue"


@dataclass(frozen=True)
class Line:
    """One line of an order."""

    article: str
    price: Decimal


class Order(BaseModel):
    """An order, as it comes in."""

    number: int
    lines: list[Line]
    tier: Tier = Tier.BLUE
    due: date | None = None


@dataclass
class Bill:
    """What is to be paid."""

    total: Decimal
    at: datetime
    id: UUID


class World:
    """What the steps find: switched while the history is recorded."""

    failing = 0  # how many attempts fail before one succeeds
    broken = False
    renamed = False
    hanging = False


async def total(order: Order) -> Decimal:
    while World.hanging:
        await asyncio.Event().wait()
    return sum((line.price for line in order.lines), Decimal(0))


@step(retries=2, delay=1)
def charge(amount: Decimal) -> dict[Any, Any]:
    if World.failing:
        World.failing -= 1
        raise ConnectionError(f"the bank did not answer about {amount}")
    return {"charged": amount, "took": timedelta(seconds=1), 7: (1, {2, 3}), "raw": b"\x00\xff"}


def ship() -> str:
    if World.broken:
        raise ValueError("no parcel fits")
    return "shipped"


async def note(ctx: Context) -> None:
    ctx.state["noted"] = [1]
    ctx.state.pop("scratch", None)


async def everything(ctx: Context, order: Order) -> tuple[Bill, list[Any]]:
    """Every verb, and every kind of fact but those of the end."""
    ctx.state["customer"] = order.tier
    ctx.state["scratch"] = 1
    amount = await ctx.step(total, order)
    paid = await ctx.step(charge, amount)
    await ctx.step(note, ctx)
    await ctx.emit("order.charged", {"amount": amount})
    bill = Bill(total=amount, at=ctx.now(), id=ctx.uuid())
    ctx.random()
    await ctx.sleep("10m")
    child = await ctx.run("asks", {"of": order.number})
    approved = await ctx.approve(
        "refund",
        title="Refund the order?",
        detail="All of **it**.",
        value=bill,
        to=["ann", "group:finance"],
        timeout="30d",
        on_timeout="reject",
        labels={"team": "a"},
        priority=2,
    )
    color = await ctx.choose("color", ["red", "blue"], many=True)
    words = await ctx.ask("words", {"amount": "number", "note": "text"}, value={"amount": 1})
    return approved.value, [paid, child, color, words, dict(ctx.state)]


async def asks(ctx: Context, about: dict[str, int]) -> str:
    """A child that asks for itself."""
    decision = await ctx.approve("child task", value=about)
    return f"{decision.outcome} by {decision.by}"


async def races(ctx: Context) -> Any:
    """Two branches, of which one wins, and two that both count."""

    async def slowly() -> str:
        await ctx.sleep("1h")
        return "slowly"

    async def asked() -> str:
        await ctx.approve("never answered", timeout="2h")
        return "asked"

    async def at_once() -> str:
        await ctx.approve("quick")
        return "at once"

    first = await ctx.first(slowly(), asked(), at_once())
    both = await ctx.gather(ctx.step(ship), ctx.step("again", ship))
    last = await ctx.approve("last")
    return [first, both, last.approved]


async def sleeps(ctx: Context) -> str:
    """A run that is asleep."""
    await ctx.sleep_until(datetime(2026, 2, 1, tzinfo=UTC))
    return "awake"


async def ships(ctx: Context) -> str:
    """A run that fails at a step, after an approval."""
    await ctx.approve("ship it")
    return await ctx.step(ship)


async def changes(ctx: Context) -> str:
    """A run whose code is changed while it waits."""
    await ctx.step("renamed" if World.renamed else "original", lambda: 1)
    await ctx.approve("go on")
    return "went on"


async def agrees(ctx: Context, about: dict[str, int]) -> str:
    """Asks several, one stage after the other, reminds and hands on."""
    first = Stage(to=["ann", "bob", "eve"], approvals=2)
    policy = Policy(stages=[first, Stage(to="role:ceo", when="amount > 10")], veto="leo")
    decision = await ctx.approve(
        "agree",
        value=about,
        policy=policy,
        timeout="40h",
        remind=Remind("1h", every="8h"),
        escalate=Escalate("16h", "gus", then=Escalate("8h", "hal", then="reject")),
        calendar=BusinessHours("Europe/Berlin", holidays=[date(2026, 1, 6)]),
        risk="high",
        attachments={"bill": "https://example.com/bill"},
    )
    return f"{decision.outcome} {decision.value}"


async def times_out(ctx: Context) -> str:
    """A run that is not given enough time."""
    await ctx.sleep("1d")
    return "too late"


def made() -> App:
    """An app with all of them."""
    app = App()
    for function in (everything, asks, agrees, races, sleeps, ships, changes):
        app.workflow(function)
    app.workflow(timeout="1h")(times_out)
    return app
