"""Everything at once: three workflows in one app, with tasks already waiting.

assent demo
assent serve examples.demo:app
"""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Self

from pydantic import BaseModel
from typing_extensions import override

from assent import App, Conflict
from examples.expenses import Batch, expenses
from examples.refunds import Order, refund
from examples.signup import Invitation, signup


class Demo(App):
    """An app that has something to do from the start."""

    @override
    async def __aenter__(self) -> Self:
        await super().__aenter__()
        await seed(self)
        return self


app = Demo()
for workflow in (refund, expenses, signup):
    app.register(workflow)


async def seed(app: App) -> None:
    """Start a few runs; the ids are fixed, so that another start of the app starts them no more."""
    samples: dict[str, tuple[str, BaseModel]] = {
        "refund-A-1017": (refund.name, TOO_SMALL),
        "refund-A-1018": (refund.name, BROKEN),
        "signup-alice": (signup.name, Invitation(email="alice@example.com")),
        "expenses-october": (expenses.name, Batch()),
    }
    for run_id, (workflow, given) in samples.items():
        # another version of this file may have started the same run with other input
        with suppress(Conflict):
            await app.start(workflow, given, id=run_id, by="demo")


TOO_SMALL = Order(order_id="A-1017", customer="Ann", amount=Decimal("42.50"), reason="too small")
BROKEN = Order(order_id="A-1018", customer="Bob", amount=Decimal(180), reason="arrived broken")
