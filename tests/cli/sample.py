"""A small app for the tests of the command line."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from assent import App, Context, Limit, NonRetryable, step


class Offer(BaseModel):
    """What is offered."""

    customer: str = Field(min_length=1)
    price: int = Field(ge=0)


class Person(BaseModel):
    """What a person is asked."""

    name: str = Field(title="Your name", min_length=1)
    age: int = Field(ge=18)
    plan: Literal["free", "team"] = "free"
    note: str | None = None


app = App()


@app.workflow
async def offer(ctx: Context, given: Offer) -> str:
    """Ask whether an offer may go out."""
    decision = await ctx.approve(
        "offer", title=f"Offer {given.price} to {given.customer}?", value=given, to="group:sales"
    )
    if not decision.approved:
        return f"dropped by {decision.by}: {decision.reason}"
    return f"sent to {decision.value.customer} for {decision.value.price}"


@app.workflow
async def hesitate(ctx: Context) -> str:
    """Ask, and give a while to think again."""
    decision = await ctx.approve("sure", undo="1h")
    return str(decision.outcome)


@app.workflow
async def register(ctx: Context) -> str:
    """Ask who somebody is."""
    person = await ctx.ask("person", Person, title="Who are you?")
    drink = await ctx.choose("drink", ["water", "tea"], title="And to drink?")
    return f"{person.name}, {person.age}, {person.plan}, {person.note}, {drink}"


@app.workflow(limit=Limit(parallelism=1, counts_waiting=True))
async def one_by_one(ctx: Context) -> None:
    """Ask, one run after the other."""
    await ctx.approve("go")


@app.workflow
async def echo(ctx: Context, value: object) -> object:
    """Return what it is given."""
    return value


@app.workflow
async def wreck(ctx: Context) -> None:
    """Fail for good."""
    await ctx.step(break_something)


@step
def break_something() -> None:
    """Cannot work."""
    raise NonRetryable("the machine is on fire")


@app.workflow
async def listen(ctx: Context, event: str) -> object:
    """Wait for an event."""
    return (await ctx.wait_for_event(event, timeout="1h")).data
