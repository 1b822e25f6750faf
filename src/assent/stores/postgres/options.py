"""How a process uses PostgreSQL, and where the schema is named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from assent.errors import ConfigurationError

SCHEMES: Final = ("postgresql://", "postgres://")
_SCHEMA: Final = re.compile(r"[a-z_][a-z0-9_]{0,50}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """How a process uses PostgreSQL; the schema is named in the URL (``?schema=approvals``, else ``assent``).

    pool                connections for reading; one more writes, and one more listens
    statement_timeout   seconds after which the server gives a statement up
    lease               seconds without a sign of life after which a process counts as dead
    wake                ``notify``: others are woken by NOTIFY; ``poll``: they look, as behind pgbouncer
    poll                seconds between two looks; with ``notify`` they only catch what was missed
    """

    pool: int = 8
    statement_timeout: float = 30.0
    lease: float = 15.0
    wake: str = "notify"
    poll: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if self.wake not in ("notify", "poll"):
            raise ConfigurationError(
                f"wake={self.wake!r} is none of 'notify' and 'poll' (for poolers that keep no session)."
            )
        for name in ("pool", "statement_timeout", "lease", "poll"):
            if getattr(self, name) <= 0:
                raise ConfigurationError(f"{name}={getattr(self, name)!r} must be more than 0.")


def is_postgres(database: str) -> bool:
    """Whether a database URL is one of PostgreSQL."""
    return database.startswith(SCHEMES)


def told_apart(database: str) -> tuple[str, str]:
    """A database URL as the driver takes it, and the schema it names."""
    try:
        parts = urlsplit(database)
    except ValueError as error:
        raise ConfigurationError(
            f"The database {shown(database)!r} cannot be used: {error}. Write it like "
            "postgresql://user@host/database."
        ) from None
    given = parse_qsl(parts.query, keep_blank_values=True)
    schema = dict(given).get("schema", "assent")
    if not _SCHEMA.fullmatch(schema):
        raise ConfigurationError(
            f"The schema {schema!r} cannot be used. Write ?schema= with small letters, digits and _, 51 at most."
        )
    rest = urlencode([(name, value) for name, value in given if name != "schema"])
    return urlunsplit(parts._replace(query=rest)), schema


def shown(database: str) -> str:
    """A database URL as it may be shown: without the password."""
    try:
        parts = urlsplit(database)
    except ValueError:  # who knows what in it is the password
        return f"{database.partition('://')[0]}://…"
    if not parts.netloc:
        return database
    named, _, host = parts.netloc.rpartition("@")
    user = named.partition(":")[0]
    hidden = [
        (name, "***" if name in {"password", "passfile"} else value)
        for name, value in parse_qsl(parts.query)
    ]
    place = f"{user}@{host}" if named else host
    # With its slashes also where no host is named: a socket's folder is.
    query = f"?{urlencode(hidden, safe='/*')}" if hidden else ""
    return f"{parts.scheme}://{place}{parts.path}{query}"
