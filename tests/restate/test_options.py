"""What an app must say of Restate, and what it cannot have with it."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import pytest

from assent import App, ConfigurationError, Context, Restate, Settings
from assent.errors import AssentError
from tests.restate_server import free_ports

pytestmark = pytest.mark.anyio

OPEN = Restate(listen="0.0.0.0:9080", identity="publickeyv1_x")


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"ingress": "127.0.0.1:8080"}, "ingress"),
        ({"ingress": ()}, "ingress"),
        ({"admin": ["http://127.0.0.1:9070", "nowhere"]}, "admin"),
        ({"reached_at": "ftp://workers"}, "reached_at"),
        ({"listen": "9080"}, "listen"),
        ({"listen": "127.0.0.1:0"}, "listen"),
        ({"listen": "127.0.0.1:99999"}, "listen"),
        ({"name": "a b"}, "name"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_work_is_refused_by_name(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        Restate(**wrong)


@pytest.mark.parametrize("listen", ["0.0.0.0:9080", "10.0.0.5:9080", "[::]:9080", "worker-1:9080"])
def test_calls_from_other_machines_are_taken_only_where_they_are_signed(listen: str) -> None:
    with pytest.raises(ConfigurationError, match="identity="):
        Restate(listen=listen)
    assert Restate(listen=listen, identity="publickeyv1_x").listens[1] == 9080


@pytest.mark.parametrize("listen", ["127.0.0.1:9080", "localhost:9080", "[::1]:9080"])
def test_calls_from_this_machine_need_no_signature(listen: str) -> None:
    assert Restate(listen=listen).reached == f"http://{listen}"


def test_each_workflow_and_version_is_a_service_of_its_own_whatever_it_is_called() -> None:
    names = [
        ("refund", "1"),
        ("refund", "1.0"),
        ("refund 1", "0"),
        ("refund", "1_2e_0"),
        ("ü/€", "β"),
    ]
    services = [OPEN.service(*name) for name in names]
    assert len(set(services)) == len(names)
    assert services[0] == "assent.refund.1"
    assert all(service.isascii() and "/" not in service for service in services)


async def test_a_database_that_one_process_holds_is_refused(database: str) -> None:
    app = App(database, engine=Restate())
    with pytest.raises(ConfigurationError, match="several processes"):
        await app.open()
    assert not app.is_open


def test_keeping_code_in_memory_while_it_waits_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="hot_runs"):
        Settings(engine=Restate(), hot_runs=10)
    assert Settings(engine=Restate()).engine == Restate()


async def test_without_the_extra_it_is_said_what_to_install(
    shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "granian.constants", None)
    for module in ("dispatch", "endpoint"):
        monkeypatch.delitem(sys.modules, f"assent.restate.{module}", raising=False)
    with pytest.raises(ConfigurationError, match=r"pip install 'assent\[restate\]'"):
        await App(shared, engine=Restate()).open()


async def test_a_server_that_is_not_there_is_named_and_the_app_is_not_open(
    shared: str, restate: Restate
) -> None:
    (nobody,) = free_ports(1)
    app = App(shared, engine=replace(restate, admin=f"http://127.0.0.1:{nobody}"))
    with pytest.raises(AssentError, match=str(nobody)) as refused:
        await app.open()
    assert refused.value.code == "restate_away"
    assert not app.is_open


async def test_of_several_addresses_one_that_answers_is_enough(
    shared: str, restate: Restate
) -> None:
    (nobody,) = free_ports(1)
    away = f"http://127.0.0.1:{nobody}"
    told = replace(restate, ingress=[away, str(restate.ingress)], admin=[away, str(restate.admin)])
    app = App(shared, engine=told)

    @app.workflow
    async def greet(ctx: Context) -> str:
        return "hello"

    async with app:
        assert await (await app.start(greet)).result() == "hello"
