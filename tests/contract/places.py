"""Where a store can be: each place hands out stores on the same data, one after another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from assent.ports import Store
from assent.stores.sqlite import MEMORY, SqliteStore

Place: TypeAlias = Callable[[Path], Store]

PLACES: Final[dict[str, Place]] = {
    "sqlite-memory": lambda folder: SqliteStore(MEMORY),
    "sqlite-file": lambda folder: SqliteStore(str(folder / "assent.db"), durability="process"),
}
"""Every store keeps the contract; a new one is one line here."""

LASTING: Final = [name for name in PLACES if not name.endswith("memory")]
"""Those that are still there when they are opened again."""
