"""A batch of expense claims: small ones are paid at once, large ones wait for a person.

    assent serve examples.expenses:app
    assent start expenses --id october --input '{"limit": 500}'
    assent inbox --to group:finance
    assent approve october/C-0007 --by ann

Killed in the middle, it goes on where it was: no claim is paid twice, no answer is asked for twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Final
from urllib.parse import quote

from pydantic import BaseModel, Field

from assent import App, Context, NonRetryable, StepFailed, current_step, step
from examples.claims import Claim, Currency, NotASheet, Sheet, read_sheet
from examples.payments import PaymentBook
from examples.report import Outcome, Report, Settled, report_on, write

AT_ONCE: Final = 16  # payments under way at the same time


class Batch(BaseModel):
    """What is to be done."""

    file: Path = Field(default=Path(__file__).with_name("expenses.csv"), title="The CSV file")
    limit: Decimal = Field(default=Decimal(500), gt=0, title="Paid without asking up to (EUR)")
    reviewers: str = Field(default="group:finance", title="Who looks at the others")
    folder: Path = Field(default=Path(), title="Where payments.db and the report go")


class Payout(BaseModel):
    """What would be paid; whoever approves may correct it."""

    amount: Decimal = Field(gt=0, max_digits=12, decimal_places=2)
    currency: Currency
    cost_centre: str = Field(min_length=1)


class Progress(BaseModel):
    """The claims that have just been settled, of how many."""

    settled: list[str]
    of: int


app = App()


@app.workflow
async def expenses(ctx: Context, batch: Batch) -> Report:
    """Pay the claims of a CSV file; ask about those over the limit."""
    sheet = await ctx.step(read_claims, batch)
    small = [claim for claim in sheet.claims if claim.euros <= batch.limit]
    large = [claim for claim in sheet.claims if claim.euros > batch.limit]
    of = len(sheet.claims)

    settled: list[list[Settled]] = await ctx.gather(
        pay_at_once(ctx, small, batch, of),
        *(review(ctx, claim, batch, of) for claim in large),
    )
    everything = list(chain.from_iterable(settled))
    return await ctx.step(write_report, ctx.run_id, batch, sheet, everything)


async def pay_at_once(
    ctx: Context, claims: Sequence[Claim], batch: Batch, of: int
) -> list[Settled]:
    """Pay a few claims at a time, and tell how far it is."""
    settled: list[Settled] = []
    for some in portions(claims, AT_ONCE):
        settled += await ctx.gather(*(pay(ctx, c, payout(c), batch, "at once") for c in some))
        await ctx.emit("batch.progress", Progress(settled=[c.claim_id for c in some], of=of))
    return settled


async def review(ctx: Context, claim: Claim, batch: Batch, of: int) -> list[Settled]:
    """Ask a person, then pay what they agreed to."""
    decision = await ctx.approve(
        claim.claim_id,
        title=f"Pay {claim.amount} {claim.currency} to {claim.employee}?",
        detail=(
            f"**{claim.category}**, {claim.date}, cost centre {claim.cost_centre}, "
            f"receipt {claim.receipt or 'missing'}\n\n{claim.description}"
        ),
        value=payout(claim),
        to=batch.reviewers,
        timeout="30d",
        on_timeout="reject",
    )
    if decision.approved:
        outcome: Outcome = "edited" if decision.outcome == "edited" else "approved"
        settled = await pay(ctx, claim, decision.value, batch, outcome)
    else:
        settled = Settled(
            claim_id=claim.claim_id, cost_centre=claim.cost_centre, outcome="rejected"
        )
    settled.reason = decision.reason
    await ctx.emit("batch.progress", Progress(settled=[claim.claim_id], of=of))
    return [settled]


async def pay(
    ctx: Context, claim: Claim, wanted: Payout, batch: Batch, outcome: Outcome
) -> Settled:
    """Pay one claim; a payment that fails for good is reported and does not stop the others."""
    settled = Settled(claim_id=claim.claim_id, cost_centre=wanted.cost_centre, outcome=outcome)
    try:
        await ctx.step(f"pay {claim.claim_id}", book_payment, claim, wanted, batch)
    except StepFailed as error:
        return settled.model_copy(update={"outcome": "failed", "reason": str(error)})
    return settled.model_copy(update={"amount": wanted.amount, "currency": wanted.currency})


@step
def read_claims(batch: Batch) -> Sheet:
    """Read the file once; later changes to it do not matter to this batch."""
    try:
        return read_sheet(batch.file)
    except NotASheet as error:
        raise NonRetryable(str(error)) from error


@step(retries=5, timeout="60s")
def book_payment(claim: Claim, wanted: Payout, batch: Batch) -> int:
    """Book the payment; its number in the book."""
    payment = PaymentBook(batch.folder / "payments.db").pay(
        current_step().idempotency_key,
        purpose=claim.claim_id,
        payee=claim.employee,
        amount=wanted.amount,
        currency=wanted.currency,
    )
    return payment.number


@step(retries=3)
def write_report(run_id: str, batch: Batch, sheet: Sheet, settled: list[Settled]) -> Report:
    """Sum up, and leave the report beside the payments."""
    report = report_on(settled, sheet.problems)
    write(report, batch.folder / f"report-{quote(run_id, safe='')}.json")
    return report


def payout(claim: Claim) -> Payout:
    """What is paid if nobody objects."""
    return Payout(amount=claim.amount, currency=claim.currency, cost_centre=claim.cost_centre)


def portions(claims: Sequence[Claim], size: int) -> Iterator[Sequence[Claim]]:
    """The claims, ``size`` at a time."""
    for start in range(0, len(claims), size):
        yield claims[start : start + size]
