"""Connections to PostgreSQL: what was lost is taken up again, later and later, and not for ever."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any, Final

from assent.errors import ConfigurationError, NotOpen, StoreAway, ValueNotKept
from assent.stores.postgres.options import Postgres, shown, told_apart

log = logging.getLogger("assent.store")
asyncpg: Any = import_module("asyncpg")  # it tells no types

CLOSED: Final = "The store is closed: nothing is read or written any more. Open the app again."
PATIENCE: Final = 30.0  # seconds until who waits for the database is told that it is away
_FIRST: Final = 0.05
_LONGEST: Final = 2.0
_CONNECT: Final = 10.0
_END_THESE: Final = """
    select pg_terminate_backend(pid, 5000) from unnest($1::int[]) as pid where pid <> pg_backend_pid()
"""
_AWAY: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    OSError,
    TimeoutError,
)


def is_away(error: BaseException) -> bool:
    """Whether an error means that the database could not be reached, or went away in the middle."""
    if isinstance(error, asyncpg.InterfaceError):
        return not isinstance(error, ValueError) and "clos" in str(error)
    return isinstance(error, _AWAY)


def is_lost(error: BaseException) -> bool:
    """Whether an error leaves open what became of a statement that was under way: the server did not refuse it."""
    return is_away(error) or not isinstance(error, asyncpg.PostgresError)


def meant(error: Exception) -> Exception:
    """What a failure means to who asked."""
    if isinstance(
        error, asyncpg.CharacterNotInRepertoireError | asyncpg.UntranslatableCharacterError
    ):
        return ValueNotKept(
            "$", "a name or a title holds a NUL character, which databases cannot keep."
        )
    if isinstance(error, asyncpg.DataError) and isinstance(error.__cause__, UnicodeEncodeError):
        return ValueNotKept("$", "a name or a title holds half of a surrogate pair.")
    return error


def _hint(error: Exception) -> str:
    """What to do where the database cannot be opened."""
    if "startup parameter" in str(error):
        return (
            "A pooler such as pgbouncer, between here and the server, lends connections for a transaction: "
            'use Settings(postgres=Postgres(wake="poll")).'
        )
    return "Check that the server runs, the address, the user and the password."


class Backoff:
    """Waits between attempts: short at first; raises StoreAway once patience has ended."""

    def __init__(self, where: str, patience: float = PATIENCE) -> None:
        self._where = where
        self._until = asyncio.get_running_loop().time() + patience
        self._next = _FIRST

    async def pause(self, error: BaseException) -> None:
        """Wait before the next attempt."""
        loop = asyncio.get_running_loop()
        if loop.time() + self._next > self._until:
            raise StoreAway(self._where, error) from error
        await asyncio.sleep(self._next)
        self._next = min(self._next * 2, _LONGEST)


class Connections:
    """A pool for reading, and single connections for writing and listening."""

    def __init__(self, database: str, options: Postgres, *, durability: str) -> None:
        self.dsn, self.schema = told_apart(database)
        self.where = shown(database)
        self._options = options
        self._pool: Any = None
        self._sessions: set[int] = set()
        self._over = False
        # A pooler in between knows no session: no prepared statements then, and settings within a transaction.
        self._bare = options.wake == "poll"
        self._knobs = {"statement_timeout": f"{int(options.statement_timeout * 1000)}"}
        if durability != "full":
            self._knobs["synchronous_commit"] = "off"

    async def open(self) -> None:
        """Make the pool; raises ConfigurationError where there is no such database."""
        try:
            self._pool = await asyncpg.create_pool(
                self.dsn,
                min_size=0,
                max_size=self._options.pool,
                init=self._note,
                reset=_as_it_is,
                **self._arguments(),
            )
            async with self._lent():
                pass
        except (
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
            OSError,
            TimeoutError,
            ValueError,  # a port that is no number, say
        ) as error:
            await self.terminate()
            raise ConfigurationError(
                f"The database {self.where!r} cannot be opened: {error or type(error).__name__}. {_hint(error)}"
            ) from error

    def _arguments(self) -> dict[str, Any]:
        told: dict[str, Any] = {"timeout": _CONNECT}
        if self._bare:
            return {**told, "statement_cache_size": 0}
        return {**told, "server_settings": {"application_name": "assent", **self._knobs}}

    async def one(self) -> Any:
        """A connection of its own."""
        connection = await asyncpg.connect(self.dsn, **self._arguments())
        await self._note(connection)
        return connection

    async def _note(self, connection: Any) -> None:
        pid = connection.get_server_pid()
        self._sessions.add(pid)

        def ended(_: object) -> None:
            self._sessions.discard(pid)

        connection.add_termination_listener(ended)

    async def close(self) -> None:
        """Let go once nobody reads any more."""
        if self._pool is not None:
            await self._pool.close()

    async def terminate(self) -> None:
        """Let go at once."""
        self._over = True
        if self._pool is not None:
            self._pool.terminate()

    @asynccontextmanager
    async def last(self) -> AsyncGenerator[Any]:
        """A connection for a last word, once nothing of ours is under way any more, here or at the server."""
        sessions = list(self._sessions)
        await self.terminate()
        connection = await self.one()
        try:
            if not self._bare:  # else the sessions are the pooler's, and others use them too
                await connection.fetch(_END_THESE, sessions)
            yield connection
        finally:
            connection.terminate()

    @asynccontextmanager
    async def _lent(self) -> AsyncGenerator[Any]:
        connection = await self._pool.acquire(timeout=_CONNECT)
        try:
            yield connection
        finally:
            # Whoever reads may be cancelled while it is given back; nobody else would learn how that ended.
            await asyncio.shield(asyncio.ensure_future(self._given_back(connection)))

    async def _given_back(self, connection: Any) -> None:
        try:
            await self._pool.release(connection)
        except Exception as error:
            # An InternalClientError: it was lost in the very moment the pool took it back.
            if not is_away(error) and not isinstance(error, asyncpg.InternalClientError):
                raise
            log.debug("store.connection_lost", exc_info=error)  # the pool makes another

    async def run(self, connection: Any, sql: str, params: Sequence[object]) -> list[Any]:
        """The rows of a statement, which is a transaction."""
        if self._bare:
            async with self._within(connection):
                return list(await connection.fetch(sql, *params))
        return list(await connection.fetch(sql, *params))

    @asynccontextmanager
    async def _within(self, connection: Any) -> AsyncGenerator[None]:
        async with connection.transaction():
            knobs = [f"set local {name} = '{value}'" for name, value in self._knobs.items()]
            await connection.execute("; ".join(knobs))
            yield

    async def fetch(self, sql: str, *params: object, again: bool = True) -> list[Any]:
        """The rows of a statement; tried again where the database was away, if ``again`` is harmless."""
        backoff = Backoff(self.where)
        while True:
            sent = False
            try:
                async with self._lent() as connection:
                    sent = True
                    return await self.run(connection, sql, params)
            except Exception as error:
                if self._over:  # we let go ourselves, which the driver tells in many ways
                    raise NotOpen(CLOSED) from None
                if not is_away(error):
                    raise meant(error) from None
                if sent and not again:
                    raise StoreAway(self.where, error) from error
                await backoff.pause(error)


async def _as_it_is(connection: Any) -> None:
    """What a reader leaves behind: nothing, as no statement here changes its session. It is worth a round trip."""
