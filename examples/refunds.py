"""Refunds: somebody looks at the amount, corrects it where needed, and the money goes back once.

assent serve examples.refunds:app
assent start refund --input '{"order_id": "A-1017", "customer": "Ann", "amount": "42.50"}'
assent inbox
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field

from assent import App, Context, current_step, step
from examples.payments import PaymentBook

Money = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)]


class Order(BaseModel):
    """What the customer wants back, and why."""

    order_id: str = Field(min_length=1)
    customer: str = Field(min_length=1)
    amount: Money
    reason: str = ""


class Quote(BaseModel):
    """What we would pay; whoever approves may correct it."""

    amount: Money
    note: str = Field(default="", title="Note to the customer", max_length=200)


class Receipt(BaseModel):
    """How it ended."""

    status: str
    amount: Decimal = Decimal(0)
    reason: str | None = None
    payment: int | None = None


app = App()


@app.workflow
async def refund(ctx: Context, order: Order) -> Receipt:
    """Pay a customer back, once somebody has looked at the amount."""
    quote = await ctx.step(price_refund, order)
    decision = await ctx.approve(
        "refund",
        title=f"Refund {quote.amount} EUR to {order.customer}?",
        detail=f"Order **{order.order_id}**. The customer says: {order.reason or 'nothing'}",
        value=quote,
        to="group:finance",
        timeout="7d",
        on_timeout="reject",
    )
    if not decision.approved:
        return Receipt(status="rejected", reason=decision.reason)
    payment = await ctx.step(pay_back, order, decision.value)
    return Receipt(status="paid", amount=decision.value.amount, payment=payment)


@step
async def price_refund(order: Order) -> Quote:
    """Orders over 100 EUR cost us a handling fee of 4 EUR, which we keep."""
    fee = Decimal(4) if order.amount > 100 else Decimal(0)
    return Quote(amount=order.amount - fee)


@step(retries=3, timeout="30s")
def pay_back(order: Order, quote: Quote) -> int:
    """Book the payment; the number it has in the book."""
    payment = PaymentBook(Path("payments.db")).pay(
        current_step().idempotency_key,
        purpose=f"refund of {order.order_id}",
        payee=order.customer,
        amount=quote.amount,
        currency="EUR",
    )
    return payment.number
