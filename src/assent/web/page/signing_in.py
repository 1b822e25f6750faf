"""Signing in with an OpenID Connect provider.

    /login/oidc ──▶ the provider ──▶ /login/oidc/back?code&state ──▶ who they are ──▶ directory, session ──▶ onward

What was asked is kept for ten minutes and used once, and the browser that asked holds the other half: an address that
somebody else was sent back to signs nobody in.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, cast
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from assent.access import Identity, Role
from assent.core.journal import micros, moment
from assent.core.values import Json
from assent.errors import AssentError, NotFound
from assent.ids import new_id
from assent.oidc import Oidc
from assent.web import auth
from assent.web.page import view
from assent.web.page.login import page
from assent.web.provider import NotSignedIn, Provider
from assent.web.request import is_secure, link, origin_of, prefix, system_of

log = logging.getLogger("assent.web")

_KIND: Final = "signing-in"
_COOKIE: Final = "assent_signing_in"
_LIFE: Final = timedelta(minutes=10)
_TROUBLE: Final = (
    "You could not be signed in. Try again; if it stays so, tell whoever runs this server."
)
_NOT_YOURS: Final = (
    "You are known there, but nobody has let you in here. Ask whoever runs this server."
)


async def sign_in_elsewhere(request: Request) -> Response:
    """Send the browser to the provider."""
    provider, clock = _provider(request), system_of(request).clock
    onward = view.local(request.query_params.get("next", ""), link(request, "inbox"))
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    try:
        where = await provider.endpoint("authorization_endpoint")
    except NotSignedIn as error:
        return _refused(request, error, 502)
    kept: Json = {
        "nonce": nonce,
        "verifier": verifier,
        "next": onward,
        "until": micros(clock.now() + _LIFE),
    }
    store = system_of(request).store
    await _sweep(request)
    await store.replace(_KIND, _hashed(state), kept)
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code",
        "client_id": provider.oidc.client_id,
        "redirect_uri": _return_address(request),
        "scope": provider.oidc.scopes,
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    response = RedirectResponse(f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}", 303)
    response.set_cookie(
        _COOKIE,
        state,
        max_age=int(_LIFE.total_seconds()),
        path=prefix(request) or "/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
    return response


async def signed_in_elsewhere(request: Request) -> Response:
    """The provider has sent the browser back: see who it is, and sign them in."""
    provider, given = _provider(request), request.query_params
    state, mine = given.get("state", ""), request.cookies.get(_COOKIE, "")
    try:
        if not state or not secrets.compare_digest(state.encode(), mine.encode()):
            raise NotSignedIn("this browser has not asked (its state differs)")
        kept = await _taken(request, state)
        if "code" not in given:
            raise NotSignedIn(f"it said {given.get('error', 'nothing')[:100]!r}")
        claims = await provider.claims(
            given["code"], kept["verifier"], kept["nonce"], _return_address(request)
        )
        who = await _known(request, provider.oidc, claims)
    except NotSignedIn as error:
        return _refused(request, error, 403)
    if who is None:
        return _forgotten(request, page(request, status=403, trouble=_NOT_YOURS))
    session = await system_of(request).access.open_session(who)
    response = auth.remember(request, RedirectResponse(kept["next"], 303), session)
    return _forgotten(request, response)


async def _taken(request: Request, state: str) -> Mapping[str, Any]:
    kept = await system_of(request).store.take(_KIND, _hashed(state))
    told = cast("dict[str, Any] | None", kept)
    if told is None or moment(told["until"]) <= system_of(request).clock.now():
        raise NotSignedIn("it was asked too long ago, or was answered before")
    return told


async def _sweep(request: Request) -> None:
    """Forget those who never came back."""
    store, now = system_of(request).store, system_of(request).clock.now()
    for id, kept in (await store.kept_all(_KIND)).items():
        if moment(cast("dict[str, Any]", kept)["until"]) <= now:
            await store.take(_KIND, id)


# ── who they are ────────────────────────────────────────────────────────────────────────────────


async def _known(request: Request, oidc: Oidc, claims: Mapping[str, Any]) -> Identity | None:
    """Who the claims are of, written into the directory; None where they may not come in."""
    name = claims.get(oidc.name)
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        raise NotSignedIn(f"it does not say who they are: there is no claim {oidc.name!r}")
    if ":" in name:
        raise NotSignedIn("it calls them what is no name of a person here")
    if oidc.name == "email" and claims.get("email_verified") is not True:
        raise NotSignedIn("it has not verified their address")
    groups, roles = _several(claims, oidc.groups), _several(claims, oidc.roles)
    role = oidc.role_of(frozenset([*(groups or ()), *(roles or ())]))
    if role is None:
        return None
    await _into_directory(request, name, claims, groups, roles)
    system = system_of(request)
    return Identity(user=name, role=Role(role), id=new_id("oidc", system.clock.now()))


async def _into_directory(
    request: Request,
    name: str,
    claims: Mapping[str, Any],
    groups: list[str] | None,
    roles: list[str] | None,
) -> None:
    """What the provider says replaces what was known; what it is not asked for stays."""
    people = system_of(request).people
    before = {user.name: user for user in await people.users()}.get(name)
    mail = claims.get("email") if claims.get("email_verified") is True else None
    manager = claims.get("manager")
    told: dict[str, Any] = {
        "groups": groups if groups is not None else (before.groups if before else ()),
        "roles": roles if roles is not None else (before.roles if before else ()),
        "manager": manager if isinstance(manager, str) else (before.manager if before else None),
    }
    known = mail if isinstance(mail, str) else (before.mail if before else None)
    try:
        await people.put(name, **told, mail=known)
    except AssentError as error:
        log.warning("oidc.not_kept", extra={"user": name, "error": error.code})
        raise NotSignedIn("what it says of them cannot be kept") from None


def _several(claims: Mapping[str, Any], name: str | None) -> list[str] | None:
    """The groups or roles of a claim; none where it is missing, None where it is not looked at."""
    if name is None:
        return None
    said = claims.get(name)
    if isinstance(said, str):
        return [said]
    found = cast("list[object]", said) if isinstance(said, list) else []
    return [each for each in found if isinstance(each, str)]


# ── pages and cookies ───────────────────────────────────────────────────────────────────────────


def _provider(request: Request) -> Provider:
    system = system_of(request)
    oidc = system.settings.oidc
    if oidc is None:
        raise NotFound("This server has no provider to sign in with.")
    known: Provider | None = getattr(request.app.state, "provider", None)
    if known is None or known.oidc is not oidc:
        known = request.app.state.provider = Provider(oidc, system.clock)
    return known


def _return_address(request: Request) -> str:
    return origin_of(request) + link(request, "signed_in_elsewhere")


def _refused(request: Request, error: NotSignedIn, status: int) -> Response:
    log.warning("oidc.refused", extra={"why": str(error)})
    return _forgotten(request, page(request, status=status, trouble=_TROUBLE))


def _forgotten(request: Request, response: Response) -> Response:
    response.delete_cookie(_COOKIE, path=prefix(request) or "/", httponly=True, samesite="lax")
    return response


def _hashed(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
