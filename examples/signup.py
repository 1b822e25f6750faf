"""Sign-up: a form of four questions, then an account.

assent serve examples.signup:app
assent start signup --input '{"email": "ann@example.com"}'
assent inbox
"""

from __future__ import annotations

import hashlib
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, Field

from assent import App, Context, current_step, step


class Invitation(BaseModel):
    """Who is to be signed up."""

    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=200)


class Plan(StrEnum):
    """What can be had."""

    FREE = "free"
    TEAM = "team"
    COMPANY = "company"


class Answers(BaseModel):
    """The four questions."""

    name: str = Field(title="What should we call you?", min_length=1, max_length=80)
    plan: Plan = Field(title="Which plan?", default=Plan.FREE)
    seats: int = Field(title="How many people will use it?", ge=1, le=500, default=1)
    start: date | None = Field(title="When do you want to start?", description="Empty: today")


class Account(BaseModel):
    """What came of it."""

    status: str
    id: str = ""
    email: str
    answers: Answers | None = None


app = App()


@app.workflow
async def signup(ctx: Context, invitation: Invitation) -> Account:
    """Ask somebody four questions and open an account."""
    answers = await ctx.ask(
        "details",
        Answers,
        title=f"Welcome! Four questions for {invitation.email}",
        timeout="30d",
        default=None,
    )
    if answers is None:
        return Account(status="given up", email=invitation.email)
    number = await ctx.step(open_account, invitation.email, answers)
    return Account(status="open", id=number, email=invitation.email, answers=answers)


@step(retries=3)
async def open_account(email: str, answers: Answers) -> str:
    """Open the account, once for each sign-up however often it is tried; its number."""
    return "A-" + hashlib.sha256(current_step().idempotency_key.encode()).hexdigest()[:8]
