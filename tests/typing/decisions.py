"""A decision has the type of what was shown."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import assert_type
from uuid import UUID

from assent import Context, Decision, Outcome


async def a_decision_is_about_what_was_shown(ctx: Context) -> None:
    decision = await ctx.approve("refund", value=Decimal(3), to="ann", timeout="2d")
    assert_type(decision, Decision[Decimal])
    assert_type(decision.value, Decimal)
    assert_type(decision.original, Decimal)
    assert_type(decision.require(), Decimal)
    assert_type(decision.approved, bool)
    assert_type(decision.outcome, Outcome)
    assert_type(decision.by, str | None)
    assert_type(decision.at, datetime | None)


async def lists_and_words_too(ctx: Context) -> None:
    decision = await ctx.approve("lines", value=["a", "b"], to=["ann", "group:finance"])
    assert_type(decision.require(), list[str])


async def what_shows_nothing_decides_about_nothing(ctx: Context) -> None:
    decision = await ctx.approve("go on")
    assert_type(decision, Decision[None])


async def what_is_recorded_has_its_type(ctx: Context) -> None:
    assert_type(ctx.now(), datetime)
    assert_type(ctx.uuid(), UUID)
    assert_type(ctx.random(), float)
    assert_type(ctx.run_id, str)


async def what_must_not_pass(ctx: Context) -> None:
    decision = await ctx.approve("refund", value=Decimal(3))
    words: str = decision.value  # type: ignore[assignment]
    decision.value = Decimal(4)  # type: ignore[misc]
    await ctx.approve(value=Decimal(3))  # type: ignore[call-overload]
    await ctx.approve("refund", value=3, urgent=True)  # type: ignore[call-overload]
    await ctx.sleep(datetime.max.replace(tzinfo=UTC))  # type: ignore[arg-type]
    del words
