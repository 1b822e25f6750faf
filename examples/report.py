"""What a batch of expense claims came to, by cost centre."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import BaseModel

from examples.claims import PER_EURO, Currency, Problem

Outcome: TypeAlias = Literal["at once", "approved", "edited", "rejected", "failed"]


class Settled(BaseModel):
    """What became of one claim; ``amount`` is what was paid."""

    claim_id: str
    cost_centre: str
    outcome: Outcome
    amount: Decimal = Decimal(0)
    currency: Currency = "EUR"
    by: str | None = None
    reason: str | None = None

    @property
    def euros(self) -> Decimal:
        """What was paid, in euros."""
        return self.amount / PER_EURO[self.currency]


class CostCentre(BaseModel):
    """The sums of one cost centre, in euros."""

    name: str
    euros: Decimal
    paid: int
    edited: int
    rejected: int
    failed: int


class Report(BaseModel):
    """The sums of a batch; ``problems`` are the rows that made no sense."""

    euros: Decimal
    cost_centres: list[CostCentre]
    settled: list[Settled]
    problems: list[Problem]


def report_on(settled: Sequence[Settled], problems: list[Problem]) -> Report:
    """Sum everything up."""
    by_name: defaultdict[str, list[Settled]] = defaultdict(list)
    for claim in settled:
        by_name[claim.cost_centre].append(claim)
    return Report(
        euros=_euros(settled),
        cost_centres=[_cost_centre(name, by_name[name]) for name in sorted(by_name)],
        settled=sorted(settled, key=lambda claim: claim.claim_id),
        problems=problems,
    )


def write(report: Report, file: Path) -> None:
    """Write a report as JSON, whole or not at all."""
    unfinished = file.with_suffix(".tmp")
    unfinished.write_text(report.model_dump_json(indent=2), encoding="utf-8")
    unfinished.replace(file)


def _cost_centre(name: str, claims: Sequence[Settled]) -> CostCentre:
    def count(*outcomes: Outcome) -> int:
        return sum(claim.outcome in outcomes for claim in claims)

    return CostCentre(
        name=name,
        euros=_euros(claims),
        paid=count("at once", "approved", "edited"),
        edited=count("edited"),
        rejected=count("rejected"),
        failed=count("failed"),
    )


def _euros(claims: Iterable[Settled]) -> Decimal:
    return sum((claim.euros for claim in claims), Decimal(0)).quantize(Decimal("0.01"))
