"""Settings, and the wiring: every part is made here, once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol

from typing_extensions import override

from assent.access import Access
from assent.audit import Audit
from assent.clock import SystemClock
from assent.core.journal import RunId
from assent.core.place import Limit
from assent.core.run import RunStatus, queued
from assent.engine.engine import RunEngine
from assent.engine.leases import Granted, Holding, Leases
from assent.errors import ConfigurationError
from assent.failures import Failures
from assent.human.inbox import Inbox
from assent.human.people import LookUp, People
from assent.ledger import Ledger
from assent.notifying.links import Links
from assent.notifying.notifier import Notifier
from assent.observing import Observing
from assent.oidc import Oidc
from assent.ports.clock import Clock
from assent.ports.directory import Directory
from assent.ports.store import Advancer, Known, Sharing, Store
from assent.restate.options import KEPT, Restate
from assent.runs.handle import Parts, Runs
from assent.signalling import Signalling
from assent.snapshots import Snapshots
from assent.stores.postgres.options import SCHEMES, Postgres, is_postgres, shown
from assent.stores.sqlite import MEMORY, SqliteStore
from assent.stream import Stream
from assent.upkeep import Upkeep
from assent.version import VERSION

DEFAULT_DATABASE: Final = "sqlite:///assent.db"
_SQLITE: Final = "sqlite:///"
_HOT_RUNS: Final = 1000
_NO_ENGINE: Final = "none"  # they settle among themselves who advances a run


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every knob. Built once at the edge; nothing below reads the environment.

    database         where everything is kept: ``sqlite:///file``, ``sqlite:////absolute/file``, ``sqlite:///:memory:``,
                     ``postgresql://user@host/database?schema=approvals``
    durability       ``full``: what is acknowledged survives a power cut; ``process``: it survives a killed process only
    hot_runs         how many waiting runs keep their code in memory, to go on at once when they are answered
    threads          how many sync steps run at the same time
    max_recoveries   how often a run is taken up without getting on, before it is parked
    migrate          whether opening brings an older database up to date, rather than refusing it
    secret           signs snapshots; servers with the same one trust each other's (default: one made by the store)
    public_url       the address people reach the server by; links and cookies depend on it
    postgres         how a process uses PostgreSQL: connections, time limits, leases, wakes
    oidc             a provider that people sign in with: ``Oidc(…)``
    engine           who says which process advances a run: ``Restate(…)``; without it they settle that in the database
    """

    database: str = DEFAULT_DATABASE
    durability: str = "full"
    hot_runs: int = _HOT_RUNS
    threads: int = 16
    max_recoveries: int = 5
    migrate: bool = True
    secret: str | None = field(default=None, repr=False)
    public_url: str | None = None
    postgres: Postgres = field(default_factory=Postgres)
    oidc: Oidc | None = None
    engine: Restate | None = None

    @override
    def __repr__(self) -> str:
        """Without the secret, and without the password of the database."""
        told = {each.name: getattr(self, each.name) for each in fields(self) if each.repr}
        told["database"] = shown(self.database)
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in told.items())})"

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if self.durability not in ("full", "process"):
            raise ConfigurationError(
                f"durability={self.durability!r} is none of 'full' (survives a power cut) and 'process' "
                "(survives a killed process)."
            )
        for name in ("hot_runs", "threads", "max_recoveries"):
            if getattr(self, name) < 1:
                raise ConfigurationError(f"{name}={getattr(self, name)!r} must be 1 or more.")
        if self.engine is not None and self.hot_runs != _HOT_RUNS:
            raise ConfigurationError(
                f"hot_runs={self.hot_runs!r} has no meaning with engine=Restate(…): a run that waits is let go of, "
                "since Restate chooses anew who goes on with it. Leave one of them out."
            )


def database_from_environment() -> str:
    """``ASSENT_DATABASE``, or a file in the working directory."""
    return os.environ.get("ASSENT_DATABASE") or DEFAULT_DATABASE


def sqlite_path(database: str) -> str:
    """The file (or ``:memory:``) of a database URL; raises ConfigurationError for other databases."""
    if not database.startswith(_SQLITE) or database == _SQLITE:
        raise ConfigurationError(
            f"The database {shown(database)!r} cannot be used. Write sqlite:///file.db (in the working directory), "
            "sqlite:////absolute/file.db, sqlite:///:memory:, or postgresql://user@host/database."
        )
    path = database.removeprefix(_SQLITE)
    return path if path == MEMORY else str(Path(path).expanduser())


def store_of(settings: Settings) -> AnyStore:
    """The store of a database URL, not opened yet; raises ConfigurationError where its driver is missing."""
    if not is_postgres(settings.database):
        return SqliteStore(
            sqlite_path(settings.database),
            durability=settings.durability,
            migrate=settings.migrate,
        )
    try:
        postgres = import_module("assent.stores.postgres.store")
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"A database of {SCHEMES[0]} needs the driver {error.name!r}: pip install 'assent[postgres]'."
        ) from error
    store: AnyStore = postgres.PostgresStore(
        settings.database,
        settings.postgres,
        durability=settings.durability,
        migrate=settings.migrate,
    )
    return store


class AnyStore(Store, Protocol):
    """A store that can also be let go of as if the process had died."""

    async def abandon(self) -> None:
        """Let go at once: what is not committed is lost."""
        ...


class _Dispatch(Holding, Protocol):
    """Who is told which runs to advance, with an end of its own."""

    async def close(self) -> None:
        """Hand in what is still to be told, and take no more calls."""
        ...

    async def abandon(self) -> None:
        """Let go at once, as if the process had died."""
        ...


def _dispatching(settings: Settings, store: Store, ledger: Ledger) -> Callable[..., _Dispatch]:
    """What makes the part that Restate calls; raises ConfigurationError where it cannot be."""
    if not is_postgres(settings.database):
        raise ConfigurationError(
            f"engine=Restate(…) needs a database that several processes use, and {settings.database!r} is a file: "
            "write postgresql://user@host/database."
        )
    try:
        dispatch = import_module("assent.restate.dispatch")
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"engine=Restate(…) needs {error.name!r}: pip install 'assent[restate]'."
        ) from error

    def runs_on(run: RunId) -> int | None:
        known = ledger.known(run)
        if known is None:
            return 0  # it could not even be read: whether it runs is for the next call to see
        return known.number if known.status is RunStatus.RUNNING and not queued(known) else None

    def knows(run: RunId) -> bool:
        return ledger.known(run) is not None

    return partial(dispatch.Dispatch, settings.engine, ledger.head, runs_on, knows, store.due)


def _differs(settings: Settings, others: Sequence[Advancer]) -> str:
    """Why a process may not advance runs beside these, which do so by another engine, and what to do."""
    theirs, mine = others[0].engine, _said(settings.engine)
    there = "; ".join(f"{each.about}, seen {each.seen:.0f} seconds ago" for each in others)
    give = "no engine=" if theirs == _NO_ENGINE else f"engine={theirs}"
    return (
        f"The runs of {shown(settings.database)!r} are advanced {_by(theirs)} ({there}), and this process would do so "
        f"{_by(mine)}. Give it {give}, or end the others first, and then start all of them anew; one that was killed "
        f"counts as dead {settings.postgres.lease:.0f} seconds after it was seen. 'assent serve --no-advance' and "
        "App.open(advance=False) need no engine."
    )


def _said(engine: Restate | None) -> str:
    return _NO_ENGINE if engine is None else engine.said


def _by(engine: str) -> str:
    return "without engine=" if engine == _NO_ENGINE else f"with engine={engine}"


class System:
    """The parts, wired."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        directory: Directory | LookUp | None = None,
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.store = store_of(settings)
        self.ledger = Ledger(self.store, self.clock)
        self._dispatch: _Dispatch | None = None
        make = None if settings.engine is None else _dispatching(settings, self.store, self.ledger)

        def leases(
            sharing: Sharing, known: Callable[[], Known], busy: Callable[[], int], granted: Granted
        ) -> Holding:
            if make is None:
                return Leases(sharing, known, busy, granted)
            self._dispatch = make(sharing, known, granted)
            return self._dispatch

        self.engine = RunEngine(
            self.store,
            self.ledger,
            self.clock,
            hot_runs=settings.hot_runs if make is None else 0,
            threads=settings.threads,
            max_recoveries=settings.max_recoveries,
            leases=leases,
        )
        self.stream = Stream(self.store)
        self.signalling = Signalling(self.store, self.ledger, self.engine.form)
        self.engine.services.signal = self.signalling.notify
        self.engine.services.public_url = (settings.public_url or "").rstrip("/")
        self.people = People(
            self.store, self.clock, directory, alone=not is_postgres(settings.database)
        )
        self.engine.services.members = self.people.members
        self.inbox = Inbox(self.store, self.ledger, self.clock, self.people, self.engine.form)
        self.snapshots = Snapshots(
            self.store,
            self.ledger,
            self.clock,
            self.engine,
            secret=settings.secret,
            version=VERSION,
        )
        self.runs = Runs(
            Parts(
                self.store,
                self.ledger,
                self.clock,
                self.inbox,
                self.stream,
                self.engine.gone,
                self.snapshots,
                self.engine.poke,
                lambda: self.engine.turnstile.limits,
                self.engine.turnstile.let_in_now,
            )
        )
        self.observing = Observing(self.stream)
        self.failures = Failures(self.store, self.ledger, self.stream, self.runs)
        if self.store.sharing is not None:
            self.store.sharing.follow(self._heard, self.engine.void)
        self.links = Links(self.store, self.clock)
        self.notifier = Notifier(
            self.store, self.stream, self.inbox, self.clock, self.links, settings.public_url
        )
        self.access = Access(self.store, self.clock)
        self.audit = Audit(self.store, self.ledger)
        self.upkeep = Upkeep(self.store, self.ledger, self.clock, self.stream, self.engine.rehearse)

    def _heard(self, news: Mapping[RunId, int]) -> None:
        """Other processes have written to these runs."""
        self.ledger.heard(news)
        self.engine.heard(news)
        self.runs.heard(news)

    def limit(self, limits: Mapping[str, Limit]) -> None:
        """Hold back runs of these workflows beyond their limits."""
        self.engine.turnstile.limits = limits

    async def open(self) -> None:
        """Open the store: runs can be looked at, started and answered."""
        await self.store.open()
        await (
            self.stream.newest()
        )  # before anything is written here: from now on it hears of everything

    async def advance(self) -> None:
        """Recover unfinished runs, start the timers, tell people."""
        await self._agree()
        await self.notifier.mark()
        await self.engine.start()
        self.notifier.start()

    async def give_up(self) -> None:
        """Let go of what could not be opened."""
        if self._dispatch is not None:
            await self._dispatch.abandon()
        await self.engine.abandon()
        await self.store.close()

    async def _agree(self) -> None:
        """Whoever advances runs of this store does so by one engine. Raises ConfigurationError."""
        sharing, engine = self.store.sharing, self.settings.engine
        if sharing is None:
            return
        if others := await sharing.agree(_said(engine)):
            raise ConfigurationError(_differs(self.settings, others))
        if engine is None:
            await self.store.take(KEPT, "restate")
        else:
            await self.store.replace(KEPT, "restate", engine.told)

    async def close(self) -> None:
        """Let running steps end, finish writing, let go."""
        await self.failures.stop()
        self.stream.close()
        self.runs.close()
        await self.engine.stop()
        if self._dispatch is not None:
            await self._dispatch.close()
        await self.observing.close()
        await self.ledger.idle()
        await self.notifier.stop()
        await self.store.close()

    async def abandon(self) -> None:
        """Let go as if the process had died: what is not durable is lost."""
        self.stream.close()
        self.runs.close()
        self.observing.abandon()
        await self.failures.stop()
        await self.notifier.abandon()
        if self._dispatch is not None:
            await self._dispatch.abandon()
        await self.store.abandon()
        await self.engine.abandon()
