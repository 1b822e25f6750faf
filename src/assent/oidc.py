"""Whom people show that it is them: an OpenID Connect provider, and what its claims mean here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from assent.access import Role
from assent.errors import ConfigurationError

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Oidc:
    """An OpenID Connect provider that people sign in with; needs ``assent[oidc]``.

    issuer         its address, as it names itself; what it offers is discovered there
    client_id      what this server is called there; ``client_secret`` where it has one
    scopes         what is asked for
    name           the claim that says who somebody is here
    groups, roles  the claims that say what they belong to; None: that is not taken from the provider
    access         the role on this server (viewer, responder, operator, admin) of a group or a role of theirs
    otherwise      the role of whoever has none of these; None lets nobody else in
    """

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    scopes: str = "openid profile email"
    name: str = "preferred_username"
    groups: str | None = "groups"
    roles: str | None = "roles"
    access: Mapping[str, str] = field(default_factory=dict[str, str])
    otherwise: str | None = "responder"

    def __post_init__(self) -> None:
        """Refuse what cannot work, or could be listened to."""
        if not is_trusted(self.issuer):
            raise ConfigurationError(
                f"issuer={self.issuer!r} must begin with https:// (http:// on this machine only)."
            )
        if not self.client_id or "openid" not in self.scopes.split():
            raise ConfigurationError("Oidc needs a client_id, and 'openid' among its scopes.")
        for role in (*self.access.values(), *([self.otherwise] if self.otherwise else ())):
            if role not in list(Role):
                raise ConfigurationError(f"{role!r} is none of {', '.join(Role)}.")

    def role_of(self, belongs: frozenset[str]) -> Role | None:
        """The highest role that these groups and roles have here; None where they may not come in."""
        found = [Role(self.access[name]) for name in belongs if name in self.access]
        if found:
            return max(found, key=list(Role).index)
        return None if self.otherwise is None else Role(self.otherwise)


def is_trusted(url: str) -> bool:
    """Whether nobody on the way can listen: TLS, or this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
