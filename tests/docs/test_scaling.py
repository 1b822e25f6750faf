"""What the page about scaling says of tables and indexes is so."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest

from assent import App
from assent.stores.postgres.options import told_apart
from tests.cluster import cluster

pytestmark = pytest.mark.anyio
asyncpg: Any = import_module("asyncpg")  # it tells no types
PAGE: Final = (Path(__file__).parents[2] / "docs" / "scaling.md").read_text(encoding="utf-8")


async def test_every_index_is_named_and_what_is_said_of_vacuuming_can_be_set() -> None:
    url = cluster().url()
    async with App(url):
        pass
    dsn, schema = told_apart(url)
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            "select indexname from pg_indexes where schemaname = $1", schema
        )
        there = {name for (name,) in rows}
        table = PAGE[PAGE.index("| index |") : PAGE.index("Text search")]
        named = set(re.findall(r"`(\w+)`", table))
        assert named <= there
        assert {name for name in there if not name.endswith("_pkey")} <= named
        statements = re.findall(r"alter table assent\.[^;]+;", PAGE)
        assert statements
        for statement in statements:
            await connection.execute(statement.replace("assent.", f"{schema}."))
    finally:
        await connection.close()
