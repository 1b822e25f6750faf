"""State that leaves the server, and comes back as it left: sealed tokens, and what may be used once.

    free ──lease──▶ leased ──done──▶ used
      ▲                │
      └── given back, or its time ran out (whoever held it has died)

A token is signed (HMAC-SHA-512, itsdangerous): anybody may read what is in it, nobody can change it. Keys rotate: the
first one signs, all of them are accepted. A lease is an entry of its own for each attempt, made where there is none:
of many who try, in however many processes, the store lets one; and who is done first has used it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, cast

from itsdangerous import BadData, URLSafeSerializer

from assent.core.durations import Duration, optional
from assent.core.journal import micros
from assent.core.values import Json, dump, load
from assent.errors import ConfigurationError, NotOpen, TokenRefused

_SALT: Final = "assent.flow"
_LEASE: Final = "lease"
_USED: Final = "used"
LEASE_LIFE: Final = timedelta(minutes=1)
SHORTEST: Final = 16
HANDLE: Final = "flow_"
SWEPT_EVERY: Final = timedelta(hours=1)
_HELD: Final = "flow"
_LED: Final = "led"
_SECRET: Final = ("secret", "flows")


class Keeps(Protocol):
    """Where it is remembered what was used: the store of an app, or the memory of this process."""

    async def keep(self, kind: str, id: str, document: Json) -> bool:
        """Keep a document unless there is one; whether it was new."""
        ...

    async def replace(self, kind: str, id: str, document: Json) -> None:
        """Keep a document in place of any other."""
        ...

    async def kept(self, kind: str, id: str) -> Json:
        """A kept document, or None."""
        ...

    async def take(self, kind: str, id: str) -> Json:
        """Remove a document and return it; of several takers one gets it."""
        ...

    async def kept_all(self, kind: str) -> Mapping[str, Json]:
        """All documents of a kind by id."""
        ...


class Memory:
    """Remembers for as long as this process lives. Documents are kept as text, so that nobody shares them."""

    def __init__(self) -> None:
        self._documents: dict[tuple[str, str], str] = {}

    async def keep(self, kind: str, id: str, document: Json) -> bool:
        """Keep a document unless there is one; whether it was new."""
        if (kind, id) in self._documents:
            return False
        self._documents[kind, id] = dump(document)
        return True

    async def replace(self, kind: str, id: str, document: Json) -> None:
        """Keep a document in place of any other."""
        self._documents[kind, id] = dump(document)

    async def kept(self, kind: str, id: str) -> Json:
        """A kept document, or None."""
        text = self._documents.get((kind, id))
        return None if text is None else load(text)

    async def take(self, kind: str, id: str) -> Json:
        """Remove a document and return it; of several takers one gets it."""
        text = self._documents.pop((kind, id), None)
        return None if text is None else load(text)

    async def kept_all(self, kind: str) -> Mapping[str, Json]:
        """All documents of a kind by id."""
        return {id: load(text) for (of, id), text in self._documents.items() if of == kind}


# ── sealing ─────────────────────────────────────────────────────────────────────────────────────


class Sealed(dict[str, Any]):
    """A state that came out of a token or a handle: equal to what went in, and it remembers what it came out of.

    ``token`` is the name under which it is used up, empty where it may be used again; ``until`` is when it is too old,
    in microseconds since 1970; ``beside`` what was kept with it.
    """

    token: str = ""
    until: int | None = None
    beside: Json = None


class Sealer:
    """Seals states into tokens, and opens them."""

    def __init__(self, keys: Sequence[str | bytes], now: Callable[[], datetime]) -> None:
        for key in keys:
            if len(key) < SHORTEST:
                raise ConfigurationError(
                    f"A key for sealing is too short: give {SHORTEST} characters or more, made by "
                    "secrets.token_urlsafe()."
                )
        # Without keys of its own a process makes one: its tokens open nowhere else, and not after a restart.
        given = [key.encode() if isinstance(key, str) else key for key in keys]
        newest_last = [*reversed(given)] or [secrets.token_bytes(32)]
        self._serializer = URLSafeSerializer(
            newest_last, salt=_SALT, signer_kwargs={"digest_method": hashlib.sha512}
        )
        self._now = now

    def seal(
        self, state: Json, *, ttl: Duration | None, audience: str | None, once: bool = True
    ) -> str:
        """A token for this state."""
        length = optional(ttl)
        told: dict[str, Json] = {"s": state}
        if length is not None:
            told["x"] = micros(self._now() + length)
        if audience is not None:
            told["a"] = audience
        if once:
            told["i"] = secrets.token_urlsafe(9)
        token: str = self._serializer.dumps(told)
        return token

    def unseal(self, token: str, *, audience: str | None) -> Sealed:
        """The state of a token; raises TokenRefused."""
        try:
            told: dict[str, Any] = self._serializer.loads(token)
            state = Sealed(told["s"])
        except (BadData, KeyError, TypeError, ValueError):
            raise TokenRefused(
                "forged",
                "The token was changed on its way, or sealed with other keys. Ask for a new one.",
            ) from None
        check_audience(told.get("a"), audience)
        check_age(told.get("x"), self._now())
        state.token, state.until = str(told.get("i", "")), told.get("x")
        return state


def check_audience(meant: object, given: str | None) -> None:
    """Raises TokenRefused where it is for somebody else."""
    same = meant == given
    if isinstance(meant, str) and given is not None:
        same = hmac.compare_digest(meant.encode(), given.encode())
    if not same:
        raise TokenRefused("audience", "The token is for somebody else.")


def check_age(until: Any, now: datetime) -> None:
    """Raises TokenRefused where it is too old."""
    if until is not None and micros(now) >= until:
        raise TokenRefused("expired", "The token is too old. Ask for a new one.")


# ── once ────────────────────────────────────────────────────────────────────────────────────────


class Lease:
    """The right to use something, for a while: ``done()`` uses it up, ``give_back()`` does not."""

    def __init__(self, keeps: Keeps, id: str, attempt: int, until: int | None) -> None:
        self._until = until
        self._keeps = keeps
        self._id = id
        self._attempt = attempt

    async def done(self) -> None:
        """Use it up; raises TokenRefused where somebody else has, after this lease had run out."""
        told: Json = {"attempt": self._attempt, "x": self._until}
        if not await self._keeps.keep(_USED, self._id, told):
            raise _used()

    async def give_back(self) -> None:
        """Let the next one have it."""
        told: Json = {"until": 0, "x": self._until}
        await self._keeps.replace(_LEASE, f"{self._id}.{self._attempt}", told)


class Uses:
    """What may be used once."""

    def __init__(self, keeps: Keeps, now: Callable[[], datetime]) -> None:
        self.keeps = keeps
        self._now = now

    async def check(self, id: str) -> None:
        """Raises TokenRefused where it was used; an empty id stands for what may be used again and again."""
        if id and await self.keeps.kept(_USED, id) is not None:
            raise _used()

    async def lease(self, id: str, until: int | None = None) -> Lease:
        """Take the right to use it; raises TokenRefused where it was used, or somebody is using it.

        What is remembered of it may be forgotten from ``until`` on, when it is too old to be used anyway.
        """
        attempt = 1
        told: Json = {"until": micros(self._now() + LEASE_LIFE), "x": until}
        while not await self.keeps.keep(_LEASE, f"{id}.{attempt}", told):
            if await self.keeps.kept(_USED, id) is not None:
                raise _used()
            held = cast("dict[str, int] | None", await self.keeps.kept(_LEASE, f"{id}.{attempt}"))
            if held is not None and micros(self._now()) < held["until"]:
                raise TokenRefused("in_use", "The token is being used just now.")
            attempt += 1
        if await self.keeps.kept(_USED, id) is not None:
            raise _used()
        return Lease(self.keeps, id, attempt, until)


# ── all of it ───────────────────────────────────────────────────────────────────────────────────


class Vault:
    """Tokens and handles of one ``Flows``: sealed and opened, held and found, and used once.

    A token carries its state; a handle is a random word, and the state stays here.
    """

    def __init__(
        self,
        keys: Sequence[str | bytes],
        keeps: Callable[[], Keeps],
        now: Callable[[], datetime],
        *,
        keeps_key: bool,
    ) -> None:
        self._now = now
        self._keeps = keeps
        self._sealer = None if keeps_key and not keys else Sealer(keys, now)
        self._swept: datetime | None = None

    async def load_key(self) -> None:
        """Load the key that is kept with everything else, or make one."""
        if self._sealer is None:
            await self._keeps().keep(*_SECRET, secrets.token_urlsafe(32))
            self._sealer = Sealer([str(await self._keeps().kept(*_SECRET))], self._now)

    @property
    def sealer(self) -> Sealer:
        """What seals tokens; raises NotOpen before its key is loaded."""
        if self._sealer is None:
            raise NotOpen(
                "The app keeps the key for sealing, and is not open. Open it, or give keys=."
            )
        return self._sealer

    async def hold(
        self,
        state: Json,
        *,
        ttl: Duration | None,
        audience: str | None,
        beside: Json = None,
    ) -> str:
        """A handle for this state, which stays here."""
        length, handle = optional(ttl), f"{HANDLE}{secrets.token_urlsafe(24)}"
        held: dict[str, Json] = {"s": state, "a": audience, "b": beside}
        if length is not None:
            held["x"] = micros(self._now() + length)
        await self._keeps().replace(_HELD, _named(handle), held)
        await self._forget_old()
        return handle

    async def look(self, token: str, audience: str | None) -> Sealed:
        """The state of a token or a handle, though it may be used up; raises TokenRefused."""
        if not token.startswith(HANDLE):
            return self.sealer.unseal(token, audience=audience)
        held = cast("dict[str, Any] | None", await self._keeps().kept(_HELD, _named(token)))
        if held is None:
            raise TokenRefused("unknown", "Nothing is kept under this handle.")
        check_audience(held["a"], audience)
        check_age(held.get("x"), self._now())
        state = Sealed(held["s"])
        state.token, state.until, state.beside = _named(token), held.get("x"), held["b"]
        return state

    async def open(self, token: str, audience: str | None) -> Sealed:
        """The state of a token or a handle that was not used yet; raises TokenRefused."""
        state = await self.look(token, audience)
        await self._uses.check(state.token)
        return state

    @asynccontextmanager
    async def using(self, state: Sealed) -> AsyncGenerator[None]:
        """Use it once: whoever gets in has the right to; it is used up by the end, and given back on an error."""
        if not state.token:
            yield
            return
        lease = await self._uses.lease(state.token, state.until)
        try:
            yield
        except BaseException:
            await lease.give_back()
            raise
        await lease.done()

    def named(self, handle: str) -> Sealed:
        """Stands for a handle, without looking at it."""
        state = Sealed()
        state.token = _named(handle)
        return state

    async def led(self, state: Sealed, to: str) -> None:
        """Remember where a token or handle has led."""
        await self._keeps().replace(_LED, state.token, {"to": to, "x": state.until})

    async def leads(self, state: Sealed) -> str | None:
        """Where a token or handle has led, if it has."""
        told = cast("dict[str, str] | None", await self._keeps().kept(_LED, state.token))
        return None if told is None else told["to"]

    async def _forget_old(self) -> None:
        """Now and then, let go of what is too old to be opened."""
        now = self._now()
        if self._swept is not None and now - self._swept < SWEPT_EVERY:
            return
        self._swept = now
        for kind in (_HELD, _LED, _LEASE, _USED):
            for id, told in (await self._keeps().kept_all(kind)).items():
                until = told.get("x") if isinstance(told, dict) else None
                if isinstance(until, int) and until <= micros(now):
                    await self._keeps().take(kind, id)

    @property
    def _uses(self) -> Uses:
        return Uses(self._keeps(), self._now)


def _named(handle: str) -> str:
    """The name a handle is kept under: whoever reads the database cannot use it."""
    return hashlib.sha256(handle.encode("utf-8", "surrogatepass")).hexdigest()


def _used() -> TokenRefused:
    return TokenRefused("used", "The token was used already. It may be used once.")
