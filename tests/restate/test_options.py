"""What an app must say of Restate, and what it cannot have with it."""

from __future__ import annotations

import socket
import sys
from dataclasses import replace
from typing import Any

import httpx2
import pytest

import assent.restate.server
from assent import App, ConfigurationError, Context, Restate, RestateAway, Settings
from assent.restate.options import listed
from tests.restate_server import RestateServer, free_ports

pytestmark = pytest.mark.anyio

KEY = "publickeyv1_w7YHemBctH5Ck2nQRQ47iBBqhNHy4FV7t2Usbye2A6f"
OPEN = Restate(listen="0.0.0.0:9080", identity=KEY)


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
        ({"identity": "nonsense"}, "identity"),
        ({"identity": "publickeyv1_x"}, "identity"),
        ({"identity": [KEY, KEY[:-1]]}, "identity"),
        ({"identity": KEY[:-1] + "0"}, "identity"),
    ],
)
def test_what_cannot_work_is_refused_by_name(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        Restate(**wrong)


@pytest.mark.parametrize("listen", ["0.0.0.0:9080", "10.0.0.5:9080", "[::]:9080", "worker-1:9080"])
def test_calls_from_other_machines_are_taken_only_where_they_are_signed(listen: str) -> None:
    with pytest.raises(ConfigurationError, match="identity="):
        Restate(listen=listen)
    assert Restate(listen=listen, identity=KEY).listens[1] == 9080


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


@pytest.mark.parametrize("which", ["ingress", "admin"])
@pytest.mark.parametrize("there", ["nobody", "the other address", "the other of several nodes"])
async def test_a_start_with_a_wrong_address_is_refused_by_name_and_offers_nothing(
    shared: str, restate: Restate, which: str, there: str
) -> None:
    (nobody,) = free_ports(1)
    away, other = f"http://127.0.0.1:{nobody}", "admin" if which == "ingress" else "ingress"
    wrong = {
        "nobody": away,
        "the other address": str(getattr(restate, other)),
        "the other of several nodes": [away, str(getattr(restate, other))],
    }[there]
    app = App(shared, engine=replace(restate, **{which: wrong}))  # type: ignore[arg-type]  # a field's name
    app.workflow(_greet)
    with pytest.raises(RestateAway, match=str(listed(wrong)[0])) as refused:
        await app.open()
    assert refused.value.code == "restate_away"
    assert not app.is_open
    assert f"{restate.name}._greet.1" not in await offered(restate)


async def test_a_start_with_the_ingress_of_another_server_is_refused(
    shared: str, restate: Restate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assent.restate.server, "SPREADING", 0.0)
    other = RestateServer()
    other.start()
    try:
        app = App(shared, engine=replace(restate, ingress=other.ingress))
        app.workflow(_greet)
        with pytest.raises(RestateAway, match=f"{other.ingress} .*_greet.1.*{restate.admin}"):
            await app.open()
    finally:
        other.drop()


@pytest.mark.parametrize("at", ["taken", "of another machine", "unknown"])
async def test_a_start_is_refused_where_no_calls_can_be_taken(
    shared: str, restate: Restate, at: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = {
            "taken": f"127.0.0.1:{taken.getsockname()[1]}",
            "of another machine": "192.0.2.1:9080",
            "unknown": "nowhere.invalid:9080",
        }[at]
        # The server reaches another worker, so that nothing but the address itself is in the way.
        async with App(shared, engine=restate):
            deaf = replace(restate, listen=listen, identity=KEY, reached_at=restate.reached)
            with pytest.raises(ConfigurationError, match=f"listen='{listen}'"):
                await App(shared, engine=deaf).open()


async def test_calls_are_taken_at_a_name_of_this_machine(shared: str, restate: Restate) -> None:
    named = replace(restate, listen=f"localhost:{restate.listens[1]}")
    app = App(shared, engine=named)
    greet = app.workflow(_greet)
    async with app:
        assert await (await app.start(greet)).result() == "hello"


async def offered(restate: Restate) -> str:
    """What the server knows of, as it says it."""
    async with httpx2.AsyncClient(trust_env=False) as http:
        return (await http.get(f"{restate.admin}/services")).text


async def _greet(ctx: Context) -> str:
    return "hello"


@pytest.mark.parametrize("wrong", ["nobody", "the other address"])
async def test_of_several_addresses_one_that_answers_is_enough(
    shared: str, restate: Restate, wrong: str
) -> None:
    (nobody,) = free_ports(1)
    away = [f"http://127.0.0.1:{nobody}"] * 2
    others = away if wrong == "nobody" else [str(restate.admin), str(restate.ingress)]
    told = replace(
        restate,
        ingress=[others[0], str(restate.ingress)],
        admin=[others[1], str(restate.admin)],
    )
    app = App(shared, engine=told)
    greet = app.workflow(_greet)
    async with app:
        assert await (await app.start(greet)).result() == "hello"
