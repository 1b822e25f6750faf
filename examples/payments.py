"""A payment book: what a bank or a payment service would be in earnest.

It keeps the one promise that such services make: the same idempotency key never pays twice. A step
that was cut off in the middle runs again with the same key, and finds its payment already booked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Final

from pydantic import BaseModel

SCHEMA: Final = """
create table if not exists payments (
    number   integer primary key,
    key      text not null unique,
    purpose  text not null,
    payee    text not null,
    amount   text not null,
    currency text not null,
    at       text not null default current_timestamp
)
"""


class Payment(BaseModel):
    """One payment as it stands in the book."""

    number: int
    purpose: str
    payee: str
    amount: Decimal
    currency: str


class PaymentBook:
    """The payments of one SQLite file; any number of threads and processes may book at once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with closing(self._open()) as book:
            book.execute(SCHEMA)

    def pay(self, key: str, *, purpose: str, payee: str, amount: Decimal, currency: str) -> Payment:
        """Book a payment once, and give back what is booked under this key."""
        with closing(self._open()) as book:
            book.execute(
                "insert into payments (key, purpose, payee, amount, currency)"
                " values (?, ?, ?, ?, ?) on conflict (key) do nothing",
                (key, purpose, payee, str(amount), currency),
            )
            return next(_payments(book, "where key = ?", key))

    def payments(self) -> list[Payment]:
        """Everything that was paid, in order."""
        with closing(self._open()) as book:
            return list(_payments(book, "order by number"))

    def _open(self) -> sqlite3.Connection:
        book = sqlite3.connect(self._file, timeout=30, isolation_level=None)
        book.execute("pragma synchronous = full")
        return book


def _payments(book: sqlite3.Connection, which: str, *values: str) -> Iterator[Payment]:
    columns = ("number", "purpose", "payee", "amount", "currency")
    for row in book.execute(f"select {', '.join(columns)} from payments {which}", values):
        yield Payment.model_validate(dict(zip(columns, row, strict=True)))
