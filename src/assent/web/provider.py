"""Asking an OpenID Connect provider who somebody is: discovery, the code for a token, and what the token says.

    code ──token endpoint (PKCE)──▶ ID token ──signature, issuer, audience, time, nonce──▶ claims

A token is believed only where all of it fits. Its keys are fetched again where it is signed by one that is not known.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Final, cast
from urllib.parse import quote

import httpx2

from assent.errors import ConfigurationError
from assent.oidc import Oidc, is_trusted
from assent.ports.clock import Clock

_DISCOVERY: Final = "/.well-known/openid-configuration"
_TIMEOUT: Final = 10.0
_FRESH: Final = timedelta(hours=1)
_AGAIN: Final = timedelta(minutes=1)  # a stranger's tokens do not make us ask for keys all the time
_LEEWAY: Final = 60  # seconds by which two clocks may differ
# Signed by the provider alone: not `none`, and nothing whose key others have too.
_SIGNED: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)


class NotSignedIn(Exception):
    """The provider does not say who it is, or says it in a way that is not believed."""


class Provider:
    """One provider, as it was discovered."""

    def __init__(self, oidc: Oidc, clock: Clock) -> None:
        try:
            self._jwt: Any = import_module("joserfc.jwt")
            self._jwk: Any = import_module("joserfc.jwk")
            self._error: type[Exception] = import_module("joserfc.errors").JoseError
        except ModuleNotFoundError:
            raise ConfigurationError("Oidc needs joserfc: pip install 'assent[oidc]'.") from None
        self.oidc = oidc
        self._clock = clock
        self._found: tuple[datetime, Mapping[str, Any]] | None = None
        self._keys: tuple[datetime, Any] | None = None

    async def endpoint(self, name: str) -> str:
        """An address of the provider."""
        found = (await self._metadata()).get(name)
        if not isinstance(found, str) or not is_trusted(found):
            raise NotSignedIn(f"it offers no {name} that can be trusted")
        return found

    async def claims(self, code: str, verifier: str, nonce: str, here: str) -> Mapping[str, Any]:
        """What the provider says of whoever brought this code."""
        told = await self._tokens(code, verifier, here)
        token = told.get("id_token")
        if not isinstance(token, str):
            raise NotSignedIn("it gave no ID token")
        claims = await self._verified(token, nonce)
        return {**await self._more(told.get("access_token"), claims["sub"]), **claims}

    # ── what it says ────────────────────────────────────────────────────────────────────────────

    async def _tokens(self, code: str, verifier: str, here: str) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": here,
            "client_id": self.oidc.client_id,
            "code_verifier": verifier,
        }
        headers: dict[str, str] = {}
        secret = self.oidc.client_secret
        if secret is not None:
            ways = (await self._metadata()).get("token_endpoint_auth_methods_supported")
            if isinstance(ways, list) and "client_secret_basic" not in ways:
                form["client_secret"] = secret
            else:
                pair = f"{quote(self.oidc.client_id, safe='')}:{quote(secret, safe='')}"
                headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        url = await self.endpoint("token_endpoint")
        return await self._asked("POST", url, data=form, headers=headers)

    async def _verified(self, token: str, nonce: str) -> Mapping[str, Any]:
        claims = await self._signed(token)
        oidc, now = self.oidc, self._clock.now().timestamp()
        audience = claims.get("aud")
        audiences = cast("list[object]", audience) if isinstance(audience, list) else [audience]
        if claims.get("iss") != oidc.issuer:
            raise NotSignedIn("the token is another issuer's")
        if oidc.client_id not in audiences:
            raise NotSignedIn("the token is meant for somebody else")
        if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != oidc.client_id:
            raise NotSignedIn("the token was issued to somebody else")
        if not _moment(claims.get("exp")) > now - _LEEWAY:
            raise NotSignedIn("the token has expired")
        if not _moment(claims.get("iat")) < now + _LEEWAY:
            raise NotSignedIn("the token is of a time to come")
        if claims.get("nonce") != nonce:
            raise NotSignedIn("the token answers another question (its nonce differs)")
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise NotSignedIn("the token names nobody")
        return claims

    async def _signed(self, token: str) -> Mapping[str, Any]:
        for fresh in (False, True):
            keys = await self._keyset(fresh=fresh)
            try:
                decoded = self._jwt.decode(token, keys, algorithms=list(_SIGNED))
            except (self._error, ValueError, TypeError, KeyError):
                continue
            return cast("Mapping[str, Any]", decoded.claims)
        raise NotSignedIn("the token is not signed by a key of the provider")

    async def _more(self, access: object, sub: str) -> Mapping[str, Any]:
        """What the token leaves out, where the provider tells it."""
        if not isinstance(access, str) or "userinfo_endpoint" not in await self._metadata():
            return {}
        headers = {"Authorization": f"Bearer {access}"}
        told = await self._asked("GET", await self.endpoint("userinfo_endpoint"), headers=headers)
        if told.get("sub") != sub:
            raise NotSignedIn("it tells of somebody else than the token does")
        return told

    # ── what it offers ──────────────────────────────────────────────────────────────────────────

    async def _metadata(self) -> Mapping[str, Any]:
        now = self._clock.now()
        if self._found is None or self._found[0] + _FRESH <= now:
            told = await self._asked("GET", self.oidc.issuer.rstrip("/") + _DISCOVERY)
            if told.get("issuer") != self.oidc.issuer:
                raise NotSignedIn(f"it calls itself {told.get('issuer')!r}")
            self._found = now, told
        return self._found[1]

    async def _keyset(self, *, fresh: bool) -> Any:
        now = self._clock.now()
        life = _AGAIN if fresh else _FRESH
        if self._keys is None or self._keys[0] + life <= now:
            told = await self._asked("GET", await self.endpoint("jwks_uri"))
            try:
                self._keys = now, self._jwk.KeySet.import_key_set(told)
            except (self._error, ValueError, TypeError, KeyError):
                raise NotSignedIn("its keys cannot be read") from None
        return self._keys[1]

    async def _asked(self, method: str, url: str, **how: Any) -> Mapping[str, Any]:
        client = httpx2.AsyncClient(timeout=_TIMEOUT, follow_redirects=False)
        try:
            async with client:
                response = await client.request(method, url, **how)
            told = response.json() if response.status_code == 200 else None
        except (httpx2.HTTPError, ValueError) as error:
            raise NotSignedIn(f"it could not be asked ({type(error).__name__})") from None
        if not isinstance(told, dict):
            raise NotSignedIn(f"it answered {response.status_code}")
        return cast("Mapping[str, Any]", told)


def _moment(said: object) -> float:
    """A moment of a token; one that is none is not before anything, and not after anything."""
    return (
        float(said)
        if isinstance(said, int | float) and not isinstance(said, bool)
        else float("nan")
    )
