"""How an app uses Restate: ``App(database="postgresql://…", engine=Restate(ingress=…, admin=…))``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from assent.core.values import Json
from assent.errors import ConfigurationError

KEPT: Final = "engine"  # the kind of document that says so
_NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]{0,40}")
_UNFIT: Final = re.compile(r"[^a-zA-Z0-9-]")
_KEY: Final = "publickeyv1_"
_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restate:
    """Where a Restate server is, and where it reaches this process.

    ingress      where calls are handed in: one address, or several of a cluster, tried in turn
    admin        where workers make themselves known: one address or several
    listen       the address this process takes calls at, ``host:port``
    reached_at   the URL under which Restate reaches the workers: of a load balancer, say (default: ``listen``)
    identity     public keys of the server (``publickeyv1_…``): calls that it has not signed are refused
    name         what its services are called after; apps that share a server need names of their own
    """

    ingress: str | Sequence[str] = "http://127.0.0.1:8080"
    admin: str | Sequence[str] = "http://127.0.0.1:9070"
    listen: str = "127.0.0.1:9080"
    reached_at: str | None = None
    identity: str | Sequence[str] = ()
    name: str = "assent"

    def __post_init__(self) -> None:
        """Refuse what cannot work, and what would let anybody in."""
        for name in ("ingress", "admin", "reached_at"):
            for url in listed(getattr(self, name) or ()):
                if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
                    raise ConfigurationError(
                        f"Restate({name}={url!r}) is no address. Write http://host:port."
                    )
        for name in ("ingress", "admin"):
            if not listed(getattr(self, name)):
                raise ConfigurationError(f"Restate({name}=…) names no address.")
        if not _NAME.fullmatch(self.name):
            raise ConfigurationError(
                f"Restate(name={self.name!r}) cannot be used. Write letters, digits, _ and -, 41 at most."
            )
        for key in listed(self.identity or ()):
            if not _is_key(key):
                raise ConfigurationError(
                    f"Restate(identity={key!r}) is no public key. Write the one that the server says when it starts: "
                    f"{_KEY}… (docs/restate.md says how)."
                )
        host, port = self.listens
        if not self.identity and not _is_here(host):
            raise ConfigurationError(
                f"Restate(listen={self.listen!r}) takes calls from other machines, from anybody. Give "
                "identity= the public key with which the server signs them (docs/restate.md says how), or "
                f"listen on 127.0.0.1:{port}."
            )

    @property
    def listens(self) -> tuple[str, int]:
        """The host and port this process takes calls at."""
        host, _, port = self.listen.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ConfigurationError(
                f"Restate(listen={self.listen!r}) is no address. Write host:port, such as 127.0.0.1:9080."
            )
        return host.strip("[]"), int(port)

    @property
    def reached(self) -> str:
        """The URL under which Restate reaches the workers."""
        return self.reached_at or f"http://{self.listen}"

    @property
    def said(self) -> str:
        """How it is told from other engines; the addresses may be others for each worker."""
        return f"Restate(name={self.name!r})"

    @property
    def told(self) -> dict[str, Json]:
        """What workers leave in the database, so that those who look know where they take calls from."""
        return {
            "ingress": list(listed(self.ingress)),
            "admin": list(listed(self.admin)),
            "reached_at": self.reached,
            "name": self.name,
        }

    def service(self, workflow: str, version: str) -> str:
        """The service that advances runs of this workflow and version: where it is offered, it is known."""
        return ".".join((self.name, _fit(workflow), _fit(version)))


def listed(given: str | Sequence[str]) -> Sequence[str]:
    """One or several, as several."""
    return [given] if isinstance(given, str) else given


def _fit(name: str) -> str:
    """The name with nothing but letters, digits and ``-``; what differs stays different."""
    return _UNFIT.sub(lambda found: f"_{ord(found[0]):x}_", name)


def _is_key(text: str) -> bool:
    """Whether it is the prefix, and 32 bytes in the way Bitcoin writes them."""
    digits = text.removeprefix(_KEY)
    if digits == text or not set(digits) <= set(_BASE58):
        return False
    number = 0
    for digit in digits:
        number = number * len(_BASE58) + _BASE58.index(digit)
    # Each a byte that the number does not show.
    zeros = len(digits) - len(digits.lstrip(_BASE58[0]))
    return zeros + (number.bit_length() + 7) // 8 == 32


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
