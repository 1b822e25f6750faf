"""A workflow keeps the type of its output, from the decorator to the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, assert_type

from assent import App, Context, Receipt, RunStatus, Workflow
from assent.runs.handle import RunHandle


@dataclass
class Order:
    """An order."""

    number: int


@dataclass
class Bill:
    """A bill."""

    total: int


app = App()


@app.workflow
async def bill(ctx: Context, order: Order) -> Bill:
    return Bill(total=await ctx.step(lambda: order.number))


@app.workflow(name="bill later", version="2", timeout="2h", counts_waiting=True)
async def bill_later(ctx: Context) -> list[Bill]:
    await ctx.sleep("1h")
    return []


async def a_run_knows_what_it_will_return() -> None:
    assert_type(bill, Workflow[Bill])
    assert_type(bill_later, Workflow[list[Bill]])
    run = await app.start(bill, Order(1), by="ann", labels={"team": "a"})
    assert_type(run, RunHandle[Bill])
    assert_type(await run.result(), Bill)
    assert_type(await run.status(), RunStatus)
    assert_type(await run.approve("refund", by="ann"), Receipt)
    later = await app.start(bill_later)
    assert_type(later, RunHandle[list[Bill]])


async def a_run_started_by_name_may_return_anything() -> None:
    run = await app.start("bill", {"number": 1})
    assert_type(run, RunHandle[Any])
    assert_type(app.run("run_1"), RunHandle[Any])


async def the_function_can_still_be_called(ctx: Context) -> None:
    assert_type(await bill(ctx, Order(1)), Bill)


async def what_must_not_pass() -> None:
    run = await app.start(bill, Order(1))
    other: RunHandle[str] = run  # type: ignore[assignment]
    await app.start(3)  # type: ignore[call-overload]
    await run.approve("refund")  # type: ignore[call-arg]
    app.start(bill)  # type: ignore[unused-coroutine]
    del other


@app.workflow  # type: ignore[arg-type]
def not_async(ctx: Context) -> int:
    return 1
