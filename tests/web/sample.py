"""Workflows the web is tried on."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, Field

from assent import App, Context, Decision, Limit, Policy, Remind, Settings, Stage


class Refund(BaseModel):
    order: str
    amount: Decimal = Field(gt=0, le=5000, description="At most 5,000.")
    currency: Literal["EUR", "USD"] = "EUR"
    note: str | None = None
    urgent: bool = False
    paid_on: date = date(2026, 11, 2)


class Line(BaseModel):
    what: str
    price: Decimal


class Claim(BaseModel):
    person: str
    lines: list[Line]


class Plan(StrEnum):
    FREE = "free"
    TEAM = "team"


class SignUp(BaseModel):
    name: str = Field(min_length=2, title="Your name")
    plan: Plan
    seats: int = Field(1, ge=1, le=50)
    newsletter: bool
    note: str | None = None


class Asked(BaseModel):
    """How a task is to be put."""

    title: str = "Sure?"
    detail: str | None = None
    to: list[str] = []
    timeout: str | None = None
    on_timeout: str | None = None
    priority: int = 0
    undo: str | None = None
    risk: str | None = None
    labels: dict[str, str] | None = None


def make_app(database: str = "sqlite:///:memory:", public_url: str | None = None) -> App:
    """An app with a workflow for each thing that can be asked."""
    app = App(settings=Settings(database=database, public_url=public_url))

    def pay(refund: Refund) -> str:
        return f"paid {refund.amount} {refund.currency}"

    @app.workflow
    async def refund(ctx: Context, order: Refund) -> str:
        """Give money back, once somebody agrees."""
        decision = await ctx.approve(
            "refund",
            title=f"Refund {order.amount} {order.currency} for {order.order}?",
            detail="The parcel arrived **broken**.",
            value=order,
        )
        if not decision.approved:
            return f"rejected: {decision.reason}"
        return await ctx.step(pay, decision.value)

    @app.workflow
    async def claim(ctx: Context, claim: Claim) -> list[str]:
        decision = await ctx.approve("claim", title=f"Expenses of {claim.person}", value=claim)
        return [f"{line.what}: {line.price}" for line in decision.require().lines]

    @app.workflow
    async def signup(ctx: Context) -> SignUp:
        details: SignUp = await ctx.ask("details", SignUp, title="Tell us about your team")
        return details

    @app.workflow
    async def meet(ctx: Context) -> str:
        towns = ["Kraków", "Lyon", "Porto"]
        where: str = await ctx.choose("where", towns, title="Where do we meet?")
        return where

    @app.workflow
    async def topics(ctx: Context) -> list[str]:
        known = ["tea", "cake", "wifi"]
        topics: list[str] = await ctx.choose("topics", known, many=True, title="Which topics?")
        return topics

    @app.workflow
    async def ask(ctx: Context, asked: Asked) -> bool:
        decision: Decision[None] = await ctx.approve(
            "ask",
            title=asked.title,
            detail=asked.detail,
            to=asked.to,
            timeout=asked.timeout,
            on_timeout=asked.on_timeout,
            priority=asked.priority,
            undo=asked.undo,
            risk=asked.risk,
            labels=asked.labels,
        )
        return decision.approved

    @app.workflow
    async def unlock(ctx: Context) -> str:
        """A form that takes a secret."""
        said = await ctx.ask("unlock", {"user": "text", "pin": "password"}, to="ada")
        return str(said["user"])

    @app.workflow
    async def agree(ctx: Context, order: Refund) -> str:
        """Several must agree, one stage after the other."""
        policy = Policy(
            stages=[
                Stage(to=["ada", "bob", "eve"], approvals=2, name="Support"),
                Stage(to="role:ceo", when="amount > 1000", name="Direction"),
            ],
            veto="leo",
        )
        decision = await ctx.approve(
            "agree",
            title=f"Refund {order.amount}?",
            value=order,
            policy=policy,
            timeout="1d",
            on_timeout="reject",
            remind=Remind("4h"),
            risk="high",
            attachments={"the bill": "https://example.com/bill.pdf"},
        )
        return decision.outcome.value

    @app.workflow
    async def visit(ctx: Context) -> datetime:
        """When somebody comes by: a moment with its time zone."""
        day: datetime = await ctx.ask("visit", datetime, title="When?")
        return day

    @app.workflow(limit=Limit(parallelism=1, rate=10, per="1m", counts_waiting=True))
    async def one_by_one(ctx: Context) -> None:
        await ctx.approve("go", title="Go on?")

    @app.workflow
    async def anything(ctx: Context, value: Any) -> None:
        await ctx.approve("anything", title="Is this right?", value=value)

    @app.workflow
    async def broken(ctx: Context) -> None:
        raise RuntimeError("the till is empty")

    @app.workflow
    async def chatty(ctx: Context, count: int) -> int:
        for number in range(count):
            await ctx.emit("said", number)
        return count

    @app.workflow
    async def wordy(ctx: Context, count: int) -> int:
        for _ in range(count):
            await ctx.emit("said", "x" * 100_000)
        return count

    return app
