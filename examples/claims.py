"""Expense claims: what one is, and how they are read from a CSV file, bad rows included."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, Field, ValidationError

Currency: TypeAlias = Literal["EUR", "CHF", "SEK", "USD", "GBP", "PLN", "JPY"]
Category: TypeAlias = Literal["travel", "hotel", "meals", "office", "software", "training", "phone"]
Text: TypeAlias = Annotated[str, Field(min_length=1)]

PER_EURO: Final[Mapping[Currency, Decimal]] = {
    "EUR": Decimal(1),
    "CHF": Decimal("0.94"),
    "SEK": Decimal("11.2"),
    "USD": Decimal("1.09"),
    "GBP": Decimal("0.85"),
    "PLN": Decimal("4.3"),
    "JPY": Decimal(165),
}


class Claim(BaseModel):
    """One row of the file that makes sense."""

    claim_id: Text
    employee: Text
    cost_centre: Text
    category: Category
    currency: Currency
    amount: Decimal = Field(gt=0, max_digits=12, decimal_places=2)
    date: date
    description: str
    receipt: str

    @property
    def euros(self) -> Decimal:
        """The amount in euros, to compare with a limit."""
        return self.amount / PER_EURO[self.currency]


class Problem(BaseModel):
    """One row that does not, and why."""

    line: int
    claim_id: str
    what: str


class Sheet(BaseModel):
    """A whole file."""

    claims: list[Claim]
    problems: list[Problem]


class NotASheet(Exception):
    """The file cannot be read as expense claims at all."""


def read_sheet(file: Path) -> Sheet:
    """Every row of a CSV file, as a claim or as a problem; none is lost."""
    try:
        # Excel puts a byte order mark in front; newline="" keeps line breaks inside quotes.
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = csv.DictReader(opened, strict=True)
            _check_columns(file, rows.fieldnames or ())
            return _sort_out((rows.line_num, row) for row in rows)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise NotASheet(f"The file {str(file)!r} cannot be read as CSV: {error}") from error


def _check_columns(file: Path, found: Iterable[str]) -> None:
    missing = {name.replace("_", " ") for name in Claim.model_fields} - set(found)
    if missing:
        raise NotASheet(f"The file {str(file)!r} lacks the columns {', '.join(sorted(missing))}.")


def _sort_out(rows: Iterable[tuple[int, dict[str, str]]]) -> Sheet:
    claims: dict[str, Claim] = {}
    problems: list[Problem] = []
    for line, row in rows:
        cells = {name.replace(" ", "_"): cell for name, cell in row.items() if name}
        claim_id = cells.get("claim_id") or ""
        try:
            claim = Claim.model_validate(cells)
        except ValidationError as error:
            problems.append(Problem(line=line, claim_id=claim_id, what=_told(error)))
            continue
        if claim.claim_id in claims:
            problems.append(Problem(line=line, claim_id=claim_id, what="the same claim twice"))
            continue
        claims[claim.claim_id] = claim
    return Sheet(claims=list(claims.values()), problems=problems)


def _told(error: ValidationError) -> str:
    return "; ".join(f"{item['loc'][0]}: {item['msg']}" for item in error.errors())
