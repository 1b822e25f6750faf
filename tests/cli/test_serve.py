"""The server as a process: how it starts, how it ends, who finds it."""

from __future__ import annotations

import json
import socket
import stat
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic

import httpx2
import pytest
from typing_extensions import override

from tests.cli.conftest import SAMPLE
from tests.cli.console import Console, Server

OFFER = '{"customer": "Ann", "price": 900}'


def test_it_prints_its_address_and_a_link_that_logs_in_once(server: Server) -> None:
    link = server.told["login_link"]
    assert link.startswith(server.url)
    with httpx2.Client(follow_redirects=True) as browser:
        assert browser.get(f"{server.url}/").url.path == "/login"


def test_the_key_for_this_machine_is_readable_by_its_user_alone(
    console: Console, server: Server
) -> None:
    file = console.folder / "assent.db.server"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    told = json.loads(file.read_text())
    assert told["url"] == server.url
    reply = httpx2.get(
        f"{server.url}/api/v1/keys", headers={"Authorization": f"Bearer {told['key']}"}
    )
    assert reply.status_code == 200
    assert httpx2.get(f"{server.url}/api/v1/keys").status_code == 401


def test_it_ends_politely_within_moments_with_a_stream_open(console: Console) -> None:
    with console.serve(SAMPLE) as server:
        key = (
            json.loads((console.folder / "assent.db.server").read_text())["key"]
            if server.url
            else ""
        )
        with httpx2.stream(
            "GET", f"{server.url}/api/v1/events", headers={"Authorization": f"Bearer {key}"}
        ) as stream:
            assert stream.status_code == 200
            began = monotonic()
            assert server.stop() == 0
            assert monotonic() - began < 3
    assert not (console.folder / "assent.db.server").exists()


def test_killed_and_started_again_it_goes_on_where_it_was(console: Console) -> None:
    with console.serve(SAMPLE) as server:
        assert server.url
        console("start", "offer", "--id", "o-1", "--input", OFFER, "--wait")
        server.kill()
    with console.serve(SAMPLE) as server:
        assert server.url
        assert console("approve", "o-1/offer", "--by", "ann").code == 0
        assert console("runs", "watch", "o-1").code == 0
        assert server.stop() == 0


def test_two_servers_on_one_file_do_not_meet(console: Console, server: Server) -> None:
    second = console("serve", SAMPLE, "--port", "0", "--json")
    assert (second.code, second.error["code"]) == (5, "store_locked")
    assert server.url in second.error["message"]


def test_a_port_that_is_taken_is_named(console: Console) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = console("serve", SAMPLE, "--port", port)
    assert (refused.code, port in refused.err) == (5, True)
    assert "Traceback" not in refused.err


@pytest.mark.parametrize(
    ("app", "word"),
    [
        ("shop", "module:app"),
        ("shop:app", "no module 'shop'"),
        ("tests.cli.sample:ap", "'app'"),
        ("tests.cli.sample:Offer", "not an App"),
        ("broken:app", "line 1"),
        ("lacking:app", "'nowhere'"),
    ],
)
def test_an_app_that_cannot_be_loaded_is_named_with_the_reason(
    console: Console, app: str, word: str
) -> None:
    (console.folder / "broken.py").write_text("1 / 0\n")
    (console.folder / "lacking.py").write_text("import nowhere\n")
    refused = console("serve", app)
    assert (refused.code, word in refused.err) == (2, True), refused.err
    assert "Traceback" not in refused.err


def test_an_app_that_names_its_own_database_keeps_it(console: Console) -> None:
    (console.folder / "shop.py").write_text(
        "from assent import App\napp = App('sqlite:///shop.db')\n"
    )
    with console.serve("shop:app") as server:
        assert server.url
        assert (console.folder / "shop.db").exists()
        assert console("inbox", "--database", "shop.db").code == 0
    refused = console("serve", "shop:app", "--database", "other.db")
    assert (refused.code, "shop.db" in refused.err) == (2, True)


def test_a_named_server_wants_a_key_and_takes_it(console: Console, server: Server) -> None:
    made = console("keys", "create", "--user", "ann", "--role", "operator", "--json").json
    away = {"ASSENT_SERVER": server.url, "ASSENT_DATABASE": "sqlite:///nowhere.db"}
    without = console("inbox", **away)
    assert (without.code, "--key" in without.err) == (6, True)
    assert console("inbox", "--key", "ak_wrong", **away).code == 6
    with_key = {**away, "ASSENT_KEY": made["secret"]}
    console("start", "offer", "--id", "o-1", "--input", OFFER, **with_key)
    as_other = console("approve", "o-1/offer", "--by", "bob", **with_key)
    assert (as_other.code, "ann" in as_other.err) == (6, True)
    assert console("approve", "o-1/offer", **with_key).code == 0
    (answer,) = console("task", "o-1/offer", "--json", **with_key).json["answers"]
    assert answer["by"] == "ann"


def test_a_server_that_is_not_there_is_named(console: Console) -> None:
    refused = console("inbox", "--server", "http://127.0.0.1:1", "--json")
    assert (refused.code, refused.error["code"]) == (5, "unreachable")
    assert "http://127.0.0.1:1" in refused.error["message"]


@pytest.mark.parametrize("url", ["127.0.0.1:8400", "ftp://x", "http://", "nonsense"])
def test_a_server_url_that_is_none_is_refused(console: Console, url: str) -> None:
    refused = console("inbox", "--server", url)
    assert refused.code == 2
    assert url in refused.err
    assert "Traceback" not in refused.err
    assert "unforeseen" not in refused.err


@pytest.mark.parametrize(
    ("command", "status", "kind", "says"),
    [
        ("inbox", 200, "text/html", "200"),
        ("inbox", 404, "application/json", "404"),
        ("audit export", 308, "", "https://elsewhere.test/api/v1/audit"),
        ("audit export", 200, "text/html", "200"),
        ("audit verify", 200, "", "200"),
        ("approve o-1/offer", 204, "", "204"),
    ],
)
def test_what_is_no_server_of_ours_is_told_as_such_and_nothing_of_it_is_taken(
    console: Console, command: str, status: int, kind: str, says: str
) -> None:
    with somebody_else(status, kind) as url:
        refused = console(*command.split(), "--server", url, "--key", "ak_any", "--json")
    assert (refused.code, refused.out, refused.error["code"]) == (5, "", "unreachable")
    assert url in refused.error["message"]
    assert says in refused.error["message"]


@contextmanager
def somebody_else(status: int, kind: str) -> Generator[str]:
    """A server of another program, that says the same to everybody."""

    class Reply(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"{}" if kind else b""
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if kind:
                self.send_header("Content-Type", kind)
            if status == 308:
                self.send_header("Location", f"https://elsewhere.test{self.path}")
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        @override
        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Reply) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
