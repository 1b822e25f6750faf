"""Whoever advances the runs of a schema does so by one engine; who would do otherwise is told at its start."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest

from assent import App, ConfigurationError, Context, Restate, Settings
from assent.stores.postgres.advancing import SAID
from assent.stores.postgres.options import Postgres, told_apart
from assent.stores.postgres.presence import Presence
from tests.restate_server import free_ports

pytestmark = pytest.mark.anyio


async def at_the_server(database: str, sql: str) -> list[Any]:
    """The rows of a statement of our own."""
    dsn, schema = told_apart(database)
    asyncpg: Any = import_module("asyncpg")  # it tells no types
    connection = await asyncpg.connect(dsn)
    try:
        return list(await connection.fetch(sql.replace("{s}", f'"{schema}"')))
    finally:
        await connection.close()


def elsewhere(restate: Restate) -> Restate:
    """The same engine, in a process that takes its calls at another address."""
    (port,) = free_ports(1)
    return replace(restate, listen=f"127.0.0.1:{port}")


@pytest.mark.parametrize("first", ["restate", "none"])
async def test_another_engine_beside_the_one_there_is_refused_and_told_what_to_do(
    shared: str, restate: Restate, first: str
) -> None:
    engines = {"restate": restate, "none": None}
    there, other = App(shared, engine=engines.pop(first)), App(shared, engine=engines.popitem()[1])
    by, otherwise = f"with engine=Restate\\(name='{restate.name}'\\)", "without engine="
    if first == "none":
        by, otherwise = otherwise, by
    async with there:
        with pytest.raises(ConfigurationError, match=f"advanced {by} .*process .*{otherwise}"):
            await other.open()
        await other.open(advance=False)  # who only looks and answers needs none
        await other.close()
    await other.open()  # those that advanced them otherwise have ended
    await other.close()


async def test_several_with_the_same_engine_and_others_under_its_name_are_told_apart(
    shared: str, restate: Restate
) -> None:
    same, renamed = elsewhere(restate), replace(elsewhere(restate), name="another")
    async with App(shared, engine=restate), App(shared, engine=same):
        with pytest.raises(ConfigurationError, match=f"Give it engine=Restate.*{restate.name}"):
            await App(shared, engine=renamed).open()
    async with App(shared), App(shared):
        pass


async def test_of_two_that_differ_and_start_at_once_one_is_refused(
    shared: str, restate: Restate
) -> None:
    apps = [App(shared, engine=restate), App(shared)]
    opened = await asyncio.gather(*(app.open() for app in apps), return_exceptions=True)
    assert [type(each).__name__ for each in opened if each] == ["ConfigurationError"]
    for app, error in zip(apps, opened, strict=True):
        if error is None:
            await app.close()


async def test_one_that_was_killed_is_in_the_way_until_its_lease_has_run_out_and_leaves_nothing(
    shared: str, restate: Restate
) -> None:
    async with App(shared):
        pass
    await at_the_server(
        shared,
        "with killed as (insert into {s}.process (about, seen)"
        " values ('host, process 1', now() + interval '1 hour') returning number)"
        f" insert into {{s}}.document select '{SAID}', number::text, '\"none\"' from killed",
    )
    # A lease in which the server of these tests, too, has been there for longer.
    options = Postgres(lease=0.5)
    app = App(settings=Settings(database=shared, engine=restate, postgres=options))
    with pytest.raises(
        ConfigurationError, match=r"\(host, process 1, seen .*dead [0-9]+ seconds after"
    ):
        await app.open()
    await at_the_server(shared, "update {s}.process set seen = now() - interval '1 hour'")
    async with app:
        said = f"select from {{s}}.document where kind = '{SAID}'"
        assert len(await at_the_server(shared, said)) == 1


async def test_one_that_counted_as_dead_is_granted_nothing_while_others_go_on_by_another_engine(
    shared: str, restate: Restate
) -> None:
    silent = App(settings=Settings(database=shared, postgres=Postgres(lease=3600)))

    @silent.workflow
    async def order(ctx: Context) -> str:
        return "done"

    door = App(shared)
    door.register(order)
    await door.open(advance=False)
    async with silent, door:
        sharing = silent.store.sharing
        assert isinstance(sharing, Presence)
        await at_the_server(shared, "delete from {s}.process")  # it was not seen for a lease
        async with App(shared, engine=restate):
            await sharing.come_back()
            run = await door.start(order, id="o")
            assert await sharing.claim([("order", "1")], 1) == []
            assert await sharing.seize([("order", "1")], run.id) is None
        await sharing.come_back()
        assert await silent.run("o").result() == "done"
