"""Where a store can be: each place hands out stores on the same data, one after another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from assent.ports.store import Store
from assent.stores.postgres.store import PostgresStore
from assent.stores.sqlite import MEMORY, SqliteStore
from tests.cluster import cluster

Place: TypeAlias = Callable[[Path], Store]


def _postgres(folder: Path) -> Store:
    """Each folder is a schema of its own; who asks twice gets the same."""
    kept = folder / "schema"
    if not kept.exists():
        kept.write_text(cluster().url())
    return PostgresStore(kept.read_text(), durability="process")


PLACES: Final[dict[str, Place]] = {
    "sqlite-memory": lambda folder: SqliteStore(MEMORY),
    "sqlite-file": lambda folder: SqliteStore(str(folder / "assent.db"), durability="process"),
    "postgres": _postgres,
}
"""Every store keeps the contract; a new one is one line here."""

LASTING: Final = [name for name in PLACES if not name.endswith("memory")]
"""Those that are still there when they are opened again."""
