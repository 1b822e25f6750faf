"""Nobody gets in but those who may: every route of the table, every role, every trick."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from assent.access import Role
from assent.web.app import API, BASE, OPEN, PAGES, To
from assent.web.auth import COOKIE
from tests.web.conftest import Office

PROGRAMS = [To(to.method, BASE + to.path, to.handler, to.role) for to in API]
ADDRESSES = [*PROGRAMS, *PAGES]
CLOSED = [to for to in ADDRESSES if to.role is not OPEN]


def path_of(to: To) -> str:
    """The address with something in its gaps; where it names a person, whoever asks."""
    return re.sub(r"\{\w+\}", "none", to.path.replace("{name}", "eve"))


def named(to: To) -> str:
    return f"{to.method} {to.path}"


def test_open_is_what_has_to_be_and_nothing_else() -> None:
    assert {named(to) for to in ADDRESSES if to.role is OPEN} == {
        "GET /api/v1/health",
        "GET /answer/{token}",  # decides nothing by being looked at
        "POST /answer/{token}",  # takes a link and the confirmation of its page
        "GET /login",
        "POST /login",
        "GET /login/oidc",  # sends a stranger to the provider
        "GET /login/oidc/back",  # takes what the provider and this browser's own cookie say together
        "POST /api/v1/slack/interactions",  # Slack signs what it sends
        "POST /api/v1/hooks/{token}",  # who calls it shows that they know its address
    }


@pytest.mark.parametrize("to", CLOSED, ids=named)
async def test_every_route_refuses_who_shows_nothing(office: Office, to: To) -> None:
    reply = await (await office.client()).request(to.method, path_of(to))
    refuses(reply, to)


@pytest.mark.parametrize("to", CLOSED, ids=named)
@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer ak_wrong"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic YWRhOmFkYQ=="},
        {"Authorization": "ak_wrong"},
        {"Cookie": f"{COOKIE}=wrong"},
    ],
)
async def test_every_route_refuses_what_is_not_known(
    office: Office, to: To, headers: dict[str, str]
) -> None:
    reply = await (await office.client(**headers)).request(to.method, path_of(to))
    refuses(reply, to)


def refuses(reply: httpx2.Response, to: To) -> None:
    """A page sends to the sign-in; everything else is a plain no."""
    if to in PAGES and to.method == "GET":
        assert reply.status_code == 303
        assert urlsplit(reply.headers["location"]).path == "/login"
    else:
        assert reply.status_code == 401
    if to in PROGRAMS:
        assert reply.json()["code"] == "unauthenticated"
        assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/api/v1/nowhere", "/docs", "/redoc"])
async def test_what_is_not_in_the_table_is_closed_too(office: Office, path: str) -> None:
    stranger = await office.client()
    assert (await stranger.get(path)).status_code in {303, 401}
    program = await office.program()
    known = (await program.get(f"http://here.test{path}")).status_code
    assert known == (200 if path.endswith("openapi.json") else 404)


@pytest.mark.parametrize("to", [to for to in PROGRAMS if to.role], ids=named)
@pytest.mark.parametrize("role", Role)
async def test_every_route_takes_its_role_and_those_above(
    office: Office, to: To, role: Role
) -> None:
    assert to.role is not None
    if "events" in to.path and role.allows(to.role):
        return  # a stream that is let in does not end
    program = await office.program("eve", role)
    reply = await program.request(to.method, f"http://here.test{path_of(to)}")
    if role.allows(to.role):
        assert reply.status_code not in {401, 403}
    else:
        assert (reply.status_code, reply.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.RESPONDER, 303)])
async def test_pages_judge_roles_as_the_api_does(office: Office, role: Role, status: int) -> None:
    task = await office.refund()
    person = await office.person("eve", role)
    assert (await person.get(f"/tasks/{task.id}")).status_code == 200
    answered = await person.post(f"/tasks/{task.id}", data={"action": "approve"})
    assert answered.status_code == status
    steered = await person.post(f"/runs/{task.run_id}", data={"action": "cancel"})
    assert steered.status_code == 403


async def test_a_key_that_is_wrong_is_not_saved_by_a_cookie_that_is_right(office: Office) -> None:
    person = await office.person()
    reply = await person.get("/api/v1/tasks", headers={"Authorization": "Bearer ak_wrong"})
    assert reply.status_code == 401


# ── signing in ──────────────────────────────────────────────────────────────────────────────────


async def test_looking_at_a_link_does_not_use_it_up(office: Office) -> None:
    token = await office.app.access.login_link("ada", Role.RESPONDER)
    browser = await office.client(**{"Sec-Fetch-Site": "none"})
    for method in ("GET", "HEAD", "GET"):
        looked = await browser.request(method, f"/login?token={token}")
        assert (looked.status_code, "set-cookie" in looked.headers) == (200, False)
    used = await browser.post("/login", data={"token": token})
    assert used.status_code == 303
    assert (await browser.get("/")).status_code == 200


async def test_a_link_works_once_and_says_so_the_second_time(office: Office) -> None:
    token = await office.app.access.login_link("ada", Role.RESPONDER)
    first = await office.client(**{"Sec-Fetch-Site": "same-origin"})
    second = await office.client(**{"Sec-Fetch-Site": "same-origin"})
    assert (await first.post("/login", data={"token": token})).status_code == 303
    again = await second.post("/login", data={"token": token})
    assert (again.status_code, "has been used" in again.text) == (403, True)
    assert COOKIE not in second.cookies
    for nonsense in ("", "x", "../..", "\N{SNOWMAN}"):
        assert (await second.post("/login", data={"token": nonsense})).status_code == 403


async def test_a_link_grows_old(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    token = await office.app.access.login_link("ada", Role.RESPONDER)
    later = office.app.clock.now() + timedelta(hours=2)
    monkeypatch.setattr(office.app.clock, "now", lambda: later)
    browser = await office.client(**{"Sec-Fetch-Site": "same-origin"})
    assert (await browser.post("/login", data={"token": token})).status_code == 403


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(office: Office) -> None:
    token = await office.app.access.login_link("ada", Role.RESPONDER)
    browser = await office.client(**{"Sec-Fetch-Site": "same-origin"})
    cookie = (await browser.post("/login", data={"token": token})).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


async def test_over_tls_the_cookie_is_secure(published: Office) -> None:
    token = await published.app.access.login_link("ada", Role.RESPONDER)
    browser = await published.client(**{"Sec-Fetch-Site": "same-origin"})
    cookie = (await browser.post("/desk/login", data={"token": token})).headers["set-cookie"]
    assert "Secure" in cookie
    assert "Path=/desk" in cookie


async def test_signing_out_ends_the_session_on_the_server_too(office: Office) -> None:
    person = await office.person()
    session = person.cookies[COOKIE]
    assert (await person.post("/logout")).status_code == 303
    thief = await office.client(Cookie=f"{COOKIE}={session}")
    assert (await thief.get("/")).status_code == 303


async def test_whoever_was_sent_to_sign_in_gets_where_they_wanted(office: Office) -> None:
    task = await office.refund()
    browser = await office.client(**{"Sec-Fetch-Site": "same-origin"})
    sent = await browser.get(f"/tasks/{task.id}?a=1&b=2")
    query = parse_qs(urlsplit(sent.headers["location"]).query)
    assert query["next"] == [f"/tasks/{task.id}?a=1&b=2"]
    token = await office.app.access.login_link("ada", Role.RESPONDER)
    arrived = await browser.post("/login", data={"token": token, "next": query["next"][0]})
    assert arrived.headers["location"] == f"/tasks/{task.id}?a=1&b=2"


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\r\nSet-Cookie: a=b",
        "/\t/evil.example",
        "evil",
        "",
    ],
)
async def test_signing_in_never_leads_elsewhere(office: Office, onward: str) -> None:
    token = await office.app.access.login_link("ada", Role.RESPONDER)
    browser = await office.client(**{"Sec-Fetch-Site": "same-origin"})
    reply = await browser.post("/login", data={"token": token, "next": onward})
    assert (reply.status_code, reply.headers["location"]) == (303, "/")


# ── requests that our own pages did not make ────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://here.test"}, False),
        ({"Origin": "http://here.test"}, True),
        ({"Origin": "http://evil.test"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
async def test_only_our_own_pages_can_use_the_cookie_to_change_something(
    office: Office, headers: dict[str, str], *, allowed: bool
) -> None:
    task = await office.refund()
    session = (await office.person()).cookies[COOKIE]
    browser = await office.client(Cookie=f"{COOKIE}={session}", **headers)
    page = await browser.post(f"/tasks/{task.id}", data={"action": "approve"})
    assert page.status_code == (303 if allowed else 403)
    api = await browser.post(f"/api/v1/tasks/{task.id}/approve")
    assert api.status_code == (200 if allowed else 403)
    status = (await office.app.inbox.get(task.id)).status
    assert status == ("closed" if allowed else "open")


async def test_looking_needs_no_such_proof(office: Office) -> None:
    session = (await office.person()).cookies[COOKIE]
    browser = await office.client(Cookie=f"{COOKIE}={session}", **{"Sec-Fetch-Site": "cross-site"})
    assert (await browser.get("/")).status_code == 200


async def test_nobody_is_signed_in_by_another_site(office: Office) -> None:
    token = await office.app.access.login_link("eve", Role.RESPONDER)
    browser = await office.client(**{"Sec-Fetch-Site": "cross-site"})
    assert (await browser.post("/login", data={"token": token})).status_code == 403
    assert COOKIE not in browser.cookies


# ── what every reply carries ────────────────────────────────────────────────────────────────────


async def test_every_reply_is_hardened(office: Office) -> None:
    person, program, stranger = await office.person(), await office.program(), await office.client()
    replies = [
        await person.get("/"),
        await person.get("/nowhere"),
        await stranger.get("/login"),
        await stranger.get("/api/v1/tasks"),
        await program.get("/tasks"),
        await person.get("/static/assent.css"),
    ]
    for reply in replies:
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "same-origin"
        assert reply.headers["cache-control"]
    assert replies[0].headers["cache-control"] == "no-store"
    assert "http" not in re.sub(r"xmlns=\S+", "", replies[0].text.lower())


async def test_files_are_kept_by_their_content(office: Office) -> None:
    person = await office.person()
    home = (await person.get("/")).text
    at = re.search(r'href="(/static/assent\.css\?v=[0-9a-f]+)"', home)
    assert at
    found = await person.get(at[1])
    assert "immutable" in found.headers["cache-control"]
    tag = found.headers["etag"]
    assert (await person.get(at[1], headers={"If-None-Match": tag})).status_code == 304
    for path in ("/static/../view.py", "/static/%2e%2e/view.py", "/static/", "/static/none"):
        assert (await person.get(path)).status_code in {303, 404}
