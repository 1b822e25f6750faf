"""Write examples/expenses.csv: a month of expense claims as a finance system would export them.

Always the same file. Most rows are plain; some are awkward but right (umlauts, quotes, commas,
line breaks, a formula, very large and very small amounts), and a few are wrong as real exports are.

    python -m tools.generate_expenses
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final

TARGET: Final = Path(__file__).parents[1] / "examples" / "expenses.csv"
COLUMNS: Final = (
    "claim id",
    "employee",
    "cost centre",
    "category",
    "currency",
    "amount",
    "date",
    "description",
    "receipt",
)
PLAIN: Final = 226

EMPLOYEES: Final = (
    ("Ann", "4100 Sales"),
    ("Jürgen", "4100 Sales"),
    ("Alice", "4200 Marketing"),
    ("Zoë", "4200 Marketing"),
    ("Chloé", "5100 Engineering"),
    ("Şule", "5100 Engineering"),
    ("Łukasz", "5100 Engineering"),
    ("Bob", "5200 Support"),
    ("Iñaki", "5200 Support"),
    ("Søren", "6000 Board"),
    ("Jean-François", "6000 Board"),
    ("D'Arcy", "5200 Support"),
)

# category: what was bought, the usual range in euros
HABITS: Final[dict[str, tuple[tuple[str, ...], tuple[int, int]]]] = {
    "travel": (
        (
            "Train to Hamburg and back",
            "Taxi from the airport",
            "Flight to Lisbon",
            "Parking, 2 days",
        ),
        (12, 620),
    ),
    "hotel": (("Hotel, 2 nights", "Hotel, 1 night, trade fair", "Apartment, 5 nights"), (89, 980)),
    "meals": (("Lunch with a customer", "Team dinner", "Coffee and cake"), (4, 240)),
    "office": (("Printer paper", "Whiteboard pens", "Desk lamp", "Standing desk"), (3, 460)),
    "software": (("Diagram tool, one year", "Domain names", "Icon set"), (9, 380)),
    "training": (("Course: contract law", "Conference ticket", "Book"), (25, 1450)),
    "phone": (("Roaming", "Phone bill", "Prepaid card"), (5, 75)),
}

CURRENCIES: Final = ("EUR",) * 8 + ("CHF", "SEK", "USD", "GBP", "PLN")
PER_EURO: Final = {
    "EUR": Decimal(1),
    "CHF": Decimal("0.94"),
    "SEK": Decimal("11.2"),
    "USD": Decimal("1.09"),
    "GBP": Decimal("0.85"),
    "PLN": Decimal("4.3"),
}

AWKWARD: Final = (
    ("Jürgen", "4100 Sales", "meals", "EUR", "187.40", "2026-10-05",
     'Dinner at "Zum Löwen", 6 people, with a tip', "R-9001"),
    ("Chloé", "5100 Engineering", "travel", "EUR", "2304.00", "2026-10-06",
     "Vol Paris–Tōkyō, aller-retour; siège 12A", "R-9002"),
    ("Søren", "6000 Board", "hotel", "JPY", "96800", "2026-10-07",
     "出張、ホテル三泊", "R-9003"),
    ("Alice", "4200 Marketing", "office", "EUR", "0.05", "2026-10-08",
     "One plastic bag", "R-9004"),
    ("Jean-François", "6000 Board", "training", "EUR", "48900.00", "2026-10-09",
     "Leadership programme, 12 people, paid in advance", "R-9005"),
    ("Şule", "5100 Engineering", "software", "USD", "1999.99", "2026-10-12",
     "Licences:\n- profiler, 3 seats\n- debugger, 1 seat", "R-9006"),
    ("Bob", "5200 Support", "office", "EUR", "12.00", "2026-10-13",
     '=SUM(A1:A9) typed into the wrong cell; it is "6 pens"', "R-9007"),
    ("Iñaki", "5200 Support", "meals", "EUR", "499.99", "2026-10-14",
     "Just under the limit", "R-9008"),
    ("Iñaki", "5200 Support", "meals", "EUR", "500.00", "2026-10-14",
     "Just at the limit", "R-9009"),
    ("Iñaki", "5200 Support", "meals", "EUR", "500.01", "2026-10-14",
     "Just over the limit", "R-9010"),
    ("Zoë", "4200 Marketing", "travel", "EUR", "640.00", "2026-10-15",
     "Ferry ⛴ with van & stand <b>incl.</b> insurance; DROP TABLE claims;--", "R-9011"),
    ("D'Arcy", "5200 Support", "phone", "EUR", "19.90", "2026-10-16", "", "R-9012"),
)  # fmt: skip

WRONG: Final = (
    ("Ann", "4100 Sales", "meals", "EUR", "-18.50", "2026-10-19", "Refunded lunch", "R-9101"),
    ("Ann", "4100 Sales", "travel", "EUR", "61.00", "2026-02-30", "Bus tickets", "R-9102"),
    ("Łukasz", "5100 Engineering", "yacht", "EUR", "75.00", "2026-10-20", "Day trip", "R-9103"),
    ("Łukasz", "5100 Engineering", "meals", "XAU", "2.00", "2026-10-20", "Lunch", "R-9104"),
    ("Bob", "", "office", "EUR", "n/a", "2026-10-21", "Chair", "R-9105"),
)  # fmt: skip


def main() -> None:
    """Write the file."""
    rows = list(_rows(Random(20261031)))
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])
    print(f"{len(rows)} rows written to {TARGET.name}")


def _rows(random: Random) -> Iterator[tuple[str, ...]]:
    rows = [_plain(random, day) for day in _days(random)] + list(AWKWARD) + list(WRONG)
    rows.sort(key=lambda row: row[5])
    for number, row in enumerate(rows, start=1):
        yield (f"C-{number:04}", *row)
    # the same claim handed in twice, as happens
    yield ("C-0007", *rows[6])


def _days(random: Random) -> list[date]:
    first = date(2026, 10, 1)
    return [first + timedelta(days=random.randrange(31)) for _ in range(PLAIN)]


def _plain(random: Random, day: date) -> tuple[str, ...]:
    employee, cost_centre = random.choice(EMPLOYEES)
    category = random.choice(tuple(HABITS))
    descriptions, (low, high) = HABITS[category]
    currency = random.choice(CURRENCIES)
    # small amounts are common, large ones rare
    euros = Decimal(low) + Decimal(high - low) * Decimal(str(random.random() ** 3))
    amount = (euros * PER_EURO[currency]).quantize(Decimal("0.01"))
    receipt = f"R-{random.randrange(1000, 9000)}" if euros >= 25 or random.random() < 0.8 else ""
    description = random.choice(descriptions)
    return (
        employee,
        cost_centre,
        category,
        currency,
        str(amount),
        day.isoformat(),
        description,
        receipt,
    )


if __name__ == "__main__":
    main()
