"""``assent doctor`` says whether Restate is there, and whether it reaches the workers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assent import App, Restate
from assent.cli.examine_postgres import examine_postgres
from assent.system import Settings
from tests.restate_server import free_ports

pytestmark = pytest.mark.anyio


async def found(database: str) -> dict[str, tuple[bool, str]]:
    """What the doctor says of Restate."""
    told = {each.name: (each.well, each.what) async for each in examine_postgres(database)}
    return {name: said for name, said in told.items() if name in ("restate", "called at")}


async def test_all_is_well_while_a_worker_takes_calls_and_not_once_none_does(
    shared: str, restate: Restate
) -> None:
    app = App(shared, engine=restate)

    @app.workflow
    async def nothing(ctx: Any) -> None:
        """Do nothing."""

    async with app:
        well = await found(shared)
        assert well["restate"] == (True, f"{restate.ingress}, {restate.admin}")
        assert well["called at"] == (True, restate.reached)
    alone = await found(shared)
    assert alone["restate"][0]
    assert not alone["called at"][0]


async def test_a_server_that_does_not_answer_is_named(shared: str, restate: Restate) -> None:
    (nobody,) = free_ports(1)
    away = f"http://127.0.0.1:{nobody}"
    app = App(shared, engine=replace(restate, ingress=[str(restate.ingress), away]))
    async with app:
        said = await found(shared)
    assert not said["restate"][0]
    assert away in said["restate"][1]


async def test_a_database_without_restate_is_not_asked_about_it(shared: str) -> None:
    async with App(settings=Settings(database=shared)):
        assert await found(shared) == {}
