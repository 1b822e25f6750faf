"""Who may come in: API keys, browser sessions, login links. Secrets are shown once and stored hashed."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, cast

from assent.core.journal import micros, moment
from assent.core.values import Json
from assent.errors import FieldError, InvalidInput, NotFound
from assent.ids import new_id
from assent.ports.clock import Clock
from assent.ports.store import Store

_KEYS: Final = "key"
_SESSIONS: Final = "session"
_LOGINS: Final = "login"
SESSION_LIFE: Final = timedelta(days=14)
LOGIN_LIFE: Final = timedelta(hours=1)


class Role(StrEnum):
    """What somebody may do; each role may do what those before it may."""

    VIEWER = "viewer"
    RESPONDER = "responder"
    OPERATOR = "operator"
    ADMIN = "admin"

    def allows(self, wanted: Role) -> bool:
        """Whether this role may do what ``wanted`` may."""
        order = list(Role)
        return order.index(self) >= order.index(wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Somebody who came in."""

    user: str
    role: Role
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key, without its secret."""

    id: str
    user: str
    role: Role
    label: str
    created: datetime


class Access:
    """Keys, sessions and login links of one store.

    A secret is 256 random bits, so a plain SHA-256 of it is enough: it is looked up by its hash, and there is
    nothing to compare in secret-dependent time.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    # ── API keys ────────────────────────────────────────────────────────────────────────────────

    async def create_key(self, user: str, role: Role, label: str = "") -> tuple[str, str]:
        """A new key: its id, and its secret, which is never shown again."""
        secret, id = f"ak_{secrets.token_urlsafe(32)}", new_id("key", self._clock.now())
        document: Json = {
            "id": id,
            "user": _named(user),
            "role": role,
            "label": label,
            "created": micros(self._clock.now()),
        }
        await self._store.replace(_KEYS, _hashed(secret), document)
        return id, secret

    async def list_keys(self) -> list[ApiKey]:
        """All keys, oldest first."""
        found = (await self._store.kept_all(_KEYS)).values()
        keys = [_key_of(cast("dict[str, Any]", document)) for document in found]
        return sorted(keys, key=lambda key: key.id)

    async def revoke_key(self, id: str) -> None:
        """The key opens nothing from now on; raises NotFound."""
        for hashed, document in (await self._store.kept_all(_KEYS)).items():
            if cast("dict[str, Any]", document)["id"] == id:
                await self._store.take(_KEYS, hashed)
                return
        raise NotFound(f"There is no API key {id!r}. List them with 'assent keys ls'.")

    async def who_is_key(self, secret: str) -> Identity | None:
        """Whose key this is."""
        return _identity(await self._store.kept(_KEYS, _hashed(secret)))

    # ── browser sessions ────────────────────────────────────────────────────────────────────────

    async def login_link(self, user: str, role: Role) -> str:
        """A token that opens one session, within an hour."""
        return await self._secret(_LOGINS, user, role, LOGIN_LIFE)

    async def use_login(self, token: str) -> Identity | None:
        """Who the token lets in; it does so once."""
        return self._alive(await self._store.take(_LOGINS, _hashed(token)))

    async def open_session(self, who: Identity) -> str:
        """The secret of a new session, for a cookie."""
        return await self._secret(_SESSIONS, who.user, who.role, SESSION_LIFE)

    async def who_is_session(self, secret: str) -> Identity | None:
        """Whose session this is, while it lasts."""
        return self._alive(await self._store.kept(_SESSIONS, _hashed(secret)))

    async def close_session(self, secret: str) -> None:
        """End a session."""
        await self._store.take(_SESSIONS, _hashed(secret))

    async def _secret(self, kind: str, user: str, role: Role, life: timedelta) -> str:
        secret = secrets.token_urlsafe(32)
        document: Json = {
            "id": new_id(kind, self._clock.now()),
            "user": _named(user),
            "role": role,
            "until": micros(self._clock.now() + life),
        }
        await self._store.replace(kind, _hashed(secret), document)
        return secret

    def _alive(self, document: Json) -> Identity | None:
        told = cast("dict[str, Any] | None", document)
        if told is None or moment(told["until"]) <= self._clock.now():
            return None
        return _identity(document)


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _named(user: str) -> str:
    if not user.strip() or not user.isprintable():
        raise InvalidInput(
            "The user", (FieldError("/user", "name somebody, in printable letters"),)
        )
    return user


def _identity(document: Json) -> Identity | None:
    told = cast("dict[str, Any] | None", document)
    return (
        None
        if told is None
        else Identity(user=told["user"], role=Role(told["role"]), id=told["id"])
    )


def _key_of(told: dict[str, Any]) -> ApiKey:
    return ApiKey(
        id=told["id"],
        user=told["user"],
        role=Role(told["role"]),
        label=told["label"],
        created=moment(told["created"]),
    )
