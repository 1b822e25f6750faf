"""Signing in with an OpenID Connect provider: whoever it names comes in, and nothing else makes anybody come in."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from playwright.async_api import expect

from assent import App, ConfigurationError, Oidc, Settings
from assent.testing import Harness
from assent.web.auth import COOKIE
from tests.notifying.receiver import Receiver, receiving
from tests.web.conftest import Office
from tests.web.desk import desk_of, violations
from tests.web.sample import make_app

jwk: Any = import_module("joserfc.jwk")  # the provider's side of it
jwt: Any = import_module("joserfc.jwt")

HERE: Final = "http://assent.test"
ADA: Final = {
    "sub": "248289",
    "preferred_username": "ada",
    "email": "ada@example.com",
    "email_verified": True,
    "groups": ["finance", "admins"],
    "roles": ["lead"],
}


@dataclass
class House:
    """An app, a provider that says what it is told to, and somebody with a browser."""

    h: Harness
    provider: Receiver
    browser: httpx2.AsyncClient
    key: Any

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.provider.port}"

    def publish(self, *keys: Any) -> None:
        """The keys that tokens are signed with."""
        told = [key.as_dict(private=False) | {"use": "sig"} for key in keys]
        self.provider.answers["/jwks"] = {"keys": told}

    async def ask(self, onward: str = "") -> dict[str, str]:
        """Begin: what the browser is sent to the provider with."""
        sent = await self.browser.get("/login/oidc", params={"next": onward} if onward else {})
        assert sent.status_code == 303, sent.text
        where = urlsplit(sent.headers["location"])
        assert f"{where.scheme}://{where.netloc}{where.path}" == f"{self.issuer}/authorize"
        return {name: values[0] for name, values in parse_qs(where.query).items()}

    def token(self, nonce: str, *, alg: str = "ES256", key: Any = None, **claims: Any) -> str:
        """An ID token; a claim that is None is left out."""
        now = int(self.h.clock.now().timestamp())
        told = {
            **ADA,
            "iss": self.issuer,
            "aud": "assent",
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            **claims,
        }
        body = {name: value for name, value in told.items() if value is not None}
        if alg == "none":
            return f"{_part({'alg': 'none'})}.{_part(body)}."
        if alg == "HS256":  # with what everybody knows: the provider's public key
            signed = f"{_part({'alg': alg, 'kid': self.key.kid})}.{_part(body)}"
            public = self.key.as_pem(private=False)
            return f"{signed}.{_coded(hmac.digest(public, signed.encode(), 'sha256'))}"
        signer = key or self.key
        return str(jwt.encode({"alg": alg, "kid": signer.kid}, body, signer, algorithms=[alg]))

    async def sign_in(self, onward: str = "", **how: Any) -> httpx2.Response:
        """All of it."""
        asked = await self.ask(onward)
        return await self.come_back(asked, self.token(how.pop("nonce", asked["nonce"]), **how))

    async def come_back(self, asked: Mapping[str, str], token: str) -> httpx2.Response:
        """The provider sends the browser back, and gives this token for the code."""
        self.provider.answers["/token"] = {"id_token": token, "token_type": "Bearer"}
        back = {"code": "c0de", "state": asked["state"]}
        return await self.browser.get("/login/oidc/back", params=back)

    def refuses(self, reply: httpx2.Response) -> None:
        """Nobody came in, and nothing was told of why."""
        assert reply.status_code == 403
        assert "You could not be signed in" in reply.text
        assert COOKIE not in self.browser.cookies


def _part(value: Any) -> str:
    return _coded(json.dumps(value).encode())


def _coded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


@asynccontextmanager
async def house_of(**how: Any) -> AsyncGenerator[House]:
    """A house with these options."""
    async with receiving() as provider:
        issuer = f"http://127.0.0.1:{provider.port}"
        provider.answers["/.well-known/openid-configuration"] = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
        }
        told: dict[str, Any] = {"issuer": issuer, "client_id": "assent", "client_secret": "hush"}
        oidc = Oidc(**{**told, **how})
        app = App()
        app.reconfigure(settings=Settings(public_url=HERE, oidc=oidc))
        transport = httpx2.ASGITransport(app=app.asgi)
        async with (
            Harness(app) as h,
            httpx2.AsyncClient(transport=transport, base_url=HERE) as browser,
        ):
            house = House(h, provider, browser, _new_key("one"))
            house.publish(house.key)
            yield house


def _new_key(kid: str) -> Any:
    return jwk.ECKey.generate_key("P-256", {"kid": kid})


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A house where admins of the provider are admins."""
    async with house_of(access={"admins": "admin"}) as made:
        yield made


async def test_whoever_the_provider_names_is_signed_in_and_is_in_the_directory(
    house: House,
) -> None:
    asked = await house.ask("/runs?status=failed")
    assert asked["redirect_uri"] == f"{HERE}/login/oidc/back"
    assert (asked["response_type"], asked["scope"]) == ("code", "openid profile email")
    came = await house.come_back(asked, house.token(asked["nonce"]))
    assert (came.status_code, came.headers["location"]) == (303, "/runs?status=failed")
    assert "httponly" in came.headers["set-cookie"].lower()
    who = await house.h.app.access.who_is_session(house.browser.cookies[COOKIE])
    assert who is not None
    assert (who.user, who.role) == ("ada", "admin")
    (ada,) = await house.h.app.people.users()
    assert (ada.name, ada.mail) == ("ada", "ada@example.com")
    assert (sorted(ada.groups), sorted(ada.roles)) == (["admins", "finance"], ["lead"])
    (exchange,) = (got for got in house.provider.got if got.path == "/token")
    form = {name: values[0] for name, values in parse_qs(exchange.body.decode()).items()}
    proof = hashlib.sha256(form["code_verifier"].encode()).digest()
    assert _coded(proof) == asked["code_challenge"]
    assert exchange.headers["authorization"] == f"Basic {_basic('assent', 'hush')}"
    assert "hush" not in exchange.body.decode()


def _basic(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    "how",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"aud": ["assent", "another"]},
        {"aud": ["assent", "another"], "azp": "another"},
        {"aud": None},
        {"exp": 0},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"preferred_username": None},
        {"preferred_username": ["ada"]},
        {"preferred_username": "group:finance"},
        {"preferred_username": "ada\n"},
        {"alg": "none"},
        {"alg": "HS256"},
    ],
    ids=str,
)
async def test_a_token_that_does_not_fit_signs_nobody_in(house: House, how: Any) -> None:
    house.refuses(await house.sign_in(**how))
    assert await house.h.app.people.users() == []


async def test_a_token_signed_by_somebody_else_signs_nobody_in(house: House) -> None:
    house.refuses(await house.sign_in(key=_new_key("one")))
    cut = house.token("x").rpartition(".")[0]
    house.refuses(await house.come_back(await house.ask(), f"{cut}."))
    house.refuses(await house.come_back(await house.ask(), "no token"))


async def test_new_keys_of_the_provider_are_fetched_and_old_ones_no_longer_believed(
    house: House,
) -> None:
    assert (await house.sign_in()).status_code == 303
    old, house.key = house.key, _new_key("two")
    house.publish(house.key)
    await house.h.advance("2m")
    house.browser.cookies.clear()
    assert (await house.sign_in()).status_code == 303
    house.browser.cookies.clear()
    house.refuses(await house.sign_in(key=old))
    fetched = [got.path for got in house.provider.got].count("/jwks")
    for _ in range(3):  # a stranger's tokens do not make us ask again and again
        house.refuses(await house.sign_in(key=old))
    assert [got.path for got in house.provider.got].count("/jwks") == fetched


async def test_what_this_browser_has_not_asked_for_is_refused(house: House) -> None:
    asked = await house.ask()
    token = house.token(asked["nonce"])
    house.refuses(await house.come_back({"state": "another"}, token))
    asked = await house.ask()
    house.browser.cookies.clear()  # the address was sent to somebody else
    house.refuses(await house.come_back(asked, house.token(asked["nonce"])))
    asked = await house.ask()
    await house.h.advance("11m")
    house.refuses(await house.come_back(asked, house.token(asked["nonce"])))


async def test_a_way_back_is_walked_once(house: House) -> None:
    asked = await house.ask()
    mine = dict(house.browser.cookies)
    assert (await house.come_back(asked, house.token(asked["nonce"]))).status_code == 303
    house.browser.cookies.clear()
    house.browser.cookies.update(mine)
    house.refuses(await house.come_back(asked, house.token(asked["nonce"])))


async def test_whoever_says_no_there_or_cannot_be_asked_comes_back_to_the_page(
    house: House,
) -> None:
    asked = await house.ask()
    said = {"error": "access_denied<b>", "state": asked["state"]}
    reply = await house.browser.get("/login/oidc/back", params=said)
    house.refuses(reply)
    assert "<b>" not in reply.text
    house.provider.answers["/token"] = ["no", "object"]
    asked = await house.ask()
    back = {"code": "c", "state": asked["state"]}
    house.refuses(await house.browser.get("/login/oidc/back", params=back))


async def test_nobody_is_sent_onward_to_another_site(house: House) -> None:
    for onward in ("https://evil.example/", "//evil.example", "/\\\\evil.example"):
        house.browser.cookies.clear()
        came = await house.sign_in(onward)
        assert came.headers["location"] == "/"


async def test_what_the_token_leaves_out_is_asked_for_and_must_be_of_the_same_person(
    house: House,
) -> None:
    found = house.provider.answers["/.well-known/openid-configuration"]
    found["userinfo_endpoint"] = f"{house.issuer}/me"
    house.provider.answers["/me"] = {"sub": ADA["sub"], "groups": ["sales"]}
    asked = await house.ask()
    token = house.token(asked["nonce"], groups=None)
    house.provider.answers["/token"] = {"id_token": token, "access_token": "open"}
    back = {"code": "c", "state": asked["state"]}
    assert (await house.browser.get("/login/oidc/back", params=back)).status_code == 303
    (ada,) = await house.h.app.people.users()
    assert ada.groups == {"sales"}
    house.browser.cookies.clear()
    house.provider.answers["/me"]["sub"] = "somebody else"
    asked = await house.ask()
    token = house.token(asked["nonce"])
    house.provider.answers["/token"] = {"id_token": token, "access_token": "open"}
    back["state"] = asked["state"]
    house.refuses(await house.browser.get("/login/oidc/back", params=back))


async def test_a_missing_claim_of_groups_means_none_and_what_is_not_asked_for_stays(
    house: House,
) -> None:
    await house.h.app.people.put("ada", groups=["finance"], manager="mia")
    assert (await house.sign_in(groups=None, roles="lead", email_verified=False)).status_code == 303
    (ada,) = await house.h.app.people.users()
    assert (sorted(ada.groups), sorted(ada.roles)) == ([], ["lead"])
    assert (ada.manager, ada.mail) == ("mia", None)
    async with house_of(groups=None, roles=None) as other:
        await other.h.app.people.put("ada", groups=["finance"])
        assert (await other.sign_in()).status_code == 303
        (ada,) = await other.h.app.people.users()
        assert ada.groups == {"finance"}


async def test_whoever_has_no_role_here_stays_outside_where_it_is_meant_so() -> None:
    async with house_of(access={"finance": "operator"}, otherwise=None) as house:
        reply = await house.sign_in(groups=["sales"])
        assert reply.status_code == 403
        assert "nobody has let you in" in reply.text
        assert COOKIE not in house.browser.cookies
        assert await house.h.app.people.users() == []
        assert (await house.sign_in()).status_code == 303


async def test_an_address_that_was_not_verified_is_no_name() -> None:
    async with house_of(name="email") as house:
        house.refuses(await house.sign_in(email_verified=False))
        house.refuses(await house.sign_in(email_verified=None))
        assert (await house.sign_in()).status_code == 303


async def test_a_provider_that_is_another_than_it_says_is_not_asked(house: House) -> None:
    found = house.provider.answers["/.well-known/openid-configuration"]
    for wrong in ({"issuer": "https://elsewhere.example"}, {"authorization_endpoint": "http://x"}):
        house.provider.answers["/.well-known/openid-configuration"] = {**found, **wrong}
        reply = await house.browser.get("/login/oidc")
        assert reply.status_code == 502
        assert COOKIE not in house.browser.cookies
        await house.h.advance("2h")


async def test_without_a_provider_there_is_none_to_sign_in_with() -> None:
    app = App("sqlite:///:memory:")
    async with (
        app,
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app.asgi), base_url=HERE) as browser,
    ):
        assert (await browser.get("/login/oidc")).status_code == 404
        assert (await browser.get("/login/oidc/back?state=x")).status_code == 404
        assert "/login/oidc" not in (await browser.get("/login")).text


@pytest.mark.parametrize(
    "how",
    [
        {"issuer": "http://login.example.com"},
        {"issuer": "login.example.com"},
        {"client_id": ""},
        {"scopes": "profile"},
        {"access": {"admins": "king"}},
        {"otherwise": "guest"},
    ],
)
def test_a_provider_that_could_not_be_trusted_or_used_is_refused(how: dict[str, Any]) -> None:
    told: dict[str, Any] = {"issuer": "https://login.example.com", "client_id": "assent", **how}
    with pytest.raises(ConfigurationError):
        Oidc(**told)


# ── a real provider ─────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def provider() -> AsyncGenerator[str]:
    """oidc-provider-mock in a process of its own, where Ada is known."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = await asyncio.create_subprocess_exec(
        *command,
        "--require-nonce",
        "1",
        "--user-claims",
        json.dumps(ADA),
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stderr is not None
        async for line in process.stderr:
            if b"running on" in line:
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.communicate()


async def test_somebody_signs_in_with_a_real_provider_in_a_browser() -> None:
    app = make_app()
    async with provider() as issuer:
        oidc = Oidc(issuer=issuer, client_id="assent", client_secret="hush")
        app.reconfigure(settings=Settings(oidc=oidc))
        async with app, AsyncExitStack() as stack, desk_of(Office(app, stack)) as desk:
            page = await desk.browser.new_page()
            await page.goto(f"{desk.at}/runs")
            assert await violations(page) == []
            await page.get_by_role("link", name="Continue").click()
            await page.get_by_role("button", name="248289").click()
            await page.wait_for_url(f"{desk.at}/runs")
            await expect(page.get_by_text("ada", exact=True)).to_be_visible()
            (ada,) = await app.people.users()
            assert ada.groups == {"finance", "admins"}
            await page.close()
