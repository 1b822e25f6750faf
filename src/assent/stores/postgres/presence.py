"""Who is there, who advances which run, and who wakes whom.

    arrive ──▶ a row in ``process``, seen again and again ──▶ leave: its runs are free at once
                        │ not seen for longer than a lease
                        ▼
              counts as dead: others take its row away, and its runs are free

A run's lease is two columns of its row: the number of the process that advances it, and a fence that grows with
every claim. No lease is renewed by itself: it is as alive as the process that holds it. Time is the server's.

A claim keeps its process's row from being taken away until it is granted, and is granted nothing where the row is
gone. So whoever takes the row away knows all that the process held, once that is done.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, Final

from assent.core.journal import RunId
from assent.errors import StoreAway
from assent.ports.rows import TimerRow
from assent.ports.store import Advancer, Known, Lease, News
from assent.stores.postgres import advancing
from assent.stores.postgres.connection import Connections, is_away
from assent.stores.postgres.migrating import lock_of
from assent.stores.postgres.options import Postgres
from assent.stores.postgres.standings import STANDS, Standings

log = logging.getLogger("assent.store")

_WORK: Final = "work"
_RETURNED: Final = "run.id, run.fence, run.number, coalesce(free.owner = 0, false)"
_KNOWN: Final = """
    exists (select from unnest($2::text[], $3::text[]) as known (name, version)
        where known.name = r.workflow and known.version = r.version)
"""
ARRIVE: Final = "insert into {s}.process (about) values ($1) returning number"
BEAT: Final = "update {s}.process set seen = now() where number = $1 returning number"
# After the server was away nobody could be seen: all get their time before anybody counts as dead.
BURY: Final = """
    with dead as (
        delete from {s}.process
        where seen < now() - make_interval(secs => $1)
            and pg_postmaster_start_time() < now() - make_interval(secs => $1)
        returning number
    )
    update {s}.run as run set owner = case when status = 'running' then 0 end
    where owner > 0 and owner in (
        select distinct owner from {s}.run where owner > 0
        except (select number from {s}.process except select number from dead))
    returning status
"""
# It waits for the claims that are under way. A statement sees what was there when it began: what they were granted
# is freed by the next one.
GO: Final = "delete from {s}.process where number = $1"
FREE: Final = "update {s}.run set owner = null where owner = $1 returning status"
LOSE: Final = """
    update {s}.run set owner = case when status = 'running' then 0 end where owner = $1 returning status
"""
_THERE: Final = "me as (select from {s}.process where number = $1 for key share)"
CLAIM: Final = f"""
    with {_THERE}, free as (
        select r.id, r.owner from {{s}}.run as r
        where exists (select from me) and r.status = 'running' and coalesce(r.owner, 0) = 0 and {_KNOWN}
        order by r.created limit $4 for update skip locked
    )
    update {{s}}.run as run set owner = $1, fence = run.fence + 1 from free where run.id = free.id
    returning {_RETURNED}
"""
CLAIM_THESE: Final = f"""
    with {_THERE}, free as (
        select r.id, r.owner from {{s}}.run as r
        where exists (select from me) and r.id = any ($4::text[]) and r.finished is null
            and coalesce(r.owner, 0) = 0 and {_KNOWN}
        for update skip locked
    )
    update {{s}}.run as run set owner = $1, fence = run.fence + 1 from free where run.id = free.id
    returning {_RETURNED}
"""
SEIZE: Final = f"""
    with {_THERE}, there as (
        select r.id, r.owner from {{s}}.run as r
        where exists (select from me) and r.id = $4 and r.finished is null and {_KNOWN} for update
    )
    update {{s}}.run as run set owner = $1, fence = run.fence + 1 from there where run.id = there.id
    returning run.id, run.fence, run.number, coalesce(there.owner <> $1, false)
"""
LEFT: Final = """
    select r.id, r.number from {s}.run as r
    where r.status = 'running' and coalesce(r.owner, 0) = 0
        and exists (select from unnest($1::text[], $2::text[]) as known (name, version)
            where known.name = r.workflow and known.version = r.version)
    order by r.created limit $3
"""
CLAIM_DUE: Final = f"""
    with {_THERE}, due as (
        select t.run, t.key, t.due, r.owner from {{s}}.timer as t join {{s}}.run as r on r.id = t.run
        where exists (select from me) and t.due <= $4 and (r.owner = $1 or (coalesce(r.owner, 0) = 0 and {_KNOWN}))
        order by t.due limit $5
    ), free as (
        select r.id, r.owner from {{s}}.run as r
        where r.id in (select run from due) and coalesce(r.owner, 0) = 0
        for update skip locked
    ), claimed as (
        update {{s}}.run as run set owner = $1, fence = run.fence + 1 from free where run.id = free.id
        returning {_RETURNED}
    )
    select due.run, due.key, due.due, c.fence, c.number, c.lost
    from due left join claimed as c (id, fence, number, lost) on c.id = due.run
    where c.id is not null or due.owner = $1
    order by due.due
"""
RELEASE: Final = """
    update {s}.run as run set owner = null from unnest($2::text[], $3::bigint[]) as given (id, fence)
    where run.id = given.id and run.owner = $1 and run.fence = given.fence
    returning run.status
"""
KEEP_ONLY: Final = """
    update {s}.run as run set owner = null where owner = $1 and id <> all ($2::text[]) returning status
"""
NOTIFY: Final = "select pg_notify($1, $2)"


class Presence:
    """This process among the others; see ``assent.ports.store.Sharing``."""

    def __init__(
        self,
        connections: Connections,
        schema: str,
        options: Postgres,
        ring: Callable[[], None],
    ) -> None:
        self._advances = False
        self._in_doubt = False
        self._connections = connections
        self._schema = schema
        self._options = options
        self._ring = ring
        self._lock = lock_of("commit", connections.schema)
        self._channel = f"assent_{connections.schema}"
        self._me = 0
        self._engine: str | None = None  # by which it advances runs, once that is agreed on
        self._news: list[News] = []
        self._void: list[Callable[[], None]] = []
        self._workers: list[Callable[[], None]] = []
        self.holders: list[Callable[[], Sequence[RunId]]] = []
        self._standings = Standings(lambda runs: self._fetch(STANDS, runs))

    def _sql(self, text: str) -> str:
        return text.replace("{s}", self._schema)

    async def _fetch(self, sql: str, *params: object, again: bool = True) -> list[Any]:
        return await self._connections.fetch(self._sql(sql), *params, again=again)

    @property
    def signature(self) -> tuple[int, int, str, str | None]:
        """The first parameters of the commit function: who commits, and how others are woken."""
        wake = f"{self._me}" if self._advances else f"{self._me} {_WORK}"
        return self._me, self._lock, self._channel, wake if self._notifies else None

    @property
    def _notifies(self) -> bool:
        return self._options.wake == "notify"

    # ── being there ─────────────────────────────────────────────────────────────────────────────

    async def arrive(self) -> None:
        """Be one of the processes."""
        about = f"{socket.gethostname()}, process {os.getpid()}"
        self._me = (await self._fetch(ARRIVE, about))[0][0]

    async def leave(self) -> None:
        """Hand all runs back, at once."""
        if not self._me:
            return  # it counts as dead, and has none
        try:
            await self._fetch(GO, self._me)
            await self._call_others(await self._fetch(FREE, self._me))
        except StoreAway:
            log.warning("store.left_silently")  # the others will notice, a lease from now

    async def die(self) -> None:
        """Count as dead, now rather than a lease from now, and end whatever is under way.

        A claim that the server grants after that would be a dead process's, until others have noticed.
        """
        me, self._me = self._me, 0
        try:
            async with self._connections.last() as connection:
                await self._connections.run(connection, self._sql(GO), [me])
                freed = await self._connections.run(connection, self._sql(LOSE), [me])
                if self._worth_telling(freed):
                    told = [self._channel, f"{me} {_WORK}"]
                    await self._connections.run(connection, NOTIFY, told)
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("store.left_silently")  # the others will notice, a lease from now

    def watching(self) -> list[asyncio.Task[None]]:
        """The tasks that keep it there."""
        loop = asyncio.get_running_loop()
        works: list[Coroutine[Any, Any, None]] = [self._beat()]
        works += [self._listen()] if self._notifies else []
        return [loop.create_task(work) for work in works]

    async def _beat(self) -> None:
        """Be seen, and see who is not."""
        while True:
            await asyncio.sleep(self._options.lease / 3)
            try:
                if not await self._fetch(BEAT, self._me):
                    await self.come_back()
                await self._settle_doubts()
                await self.bury(self._options.lease)
            except Exception as error:
                if not is_away(error) and not isinstance(error, StoreAway):
                    log.exception("store.beat_failed")

    async def come_back(self) -> None:
        """Be one of them again; not where the others advance runs by another engine by now."""
        await self.arrive()
        log.warning("store.was_dead", extra={"number": self._me})
        for void in self._void:
            void()
        if self._engine is not None and (others := await self.agree(self._engine)):
            log.error("store.other_engine", extra={"others": [each.about for each in others]})
            me, self._me = self._me, 0
            await self._fetch(GO, me)

    async def agree(self, engine: str) -> Sequence[Advancer]:
        """Say by which engine this process advances runs; returns who does by another."""
        await self.bury(self._options.lease)
        others = await advancing.agree(self._connections, self._schema, self._me, engine)
        if not others:
            self._engine = engine
        return others

    async def _settle_doubts(self) -> None:
        """A claim whose answer was lost may have been granted: what nobody here knows of is given back."""
        if self._in_doubt:
            self._in_doubt = False
            held = [run for known in self.holders for run in known()]
            try:
                await self._call_for_work(await self._fetch(KEEP_ONLY, self._me, held))
            except StoreAway:
                self._in_doubt = True
                raise

    async def _claim(self, sql: str, *params: object) -> list[Any]:
        try:
            return await self._fetch(sql, self._me, *params, again=False)
        except StoreAway:
            self._in_doubt = True
            raise

    async def bury(self, lease: float) -> None:
        """Free the runs of processes that were not seen for this long."""
        if freed := await self._fetch(BURY, lease):
            log.warning("store.process_died", extra={"runs": len(freed)})
            await self._call_for_work(freed)

    # ── waking ──────────────────────────────────────────────────────────────────────────────────

    def follow(self, news: News, void: Callable[[], None]) -> None:
        """Be told on the loop."""
        self._news.append(news)
        self._void.append(void)

    def stands(self, run: RunId) -> Awaitable[int | None]:
        """The number of the run's newest entry, whoever wrote it; None where there is no such run."""
        return self._standings.of(run)

    def advance(self, work: Callable[[], None], held: Callable[[], Sequence[RunId]]) -> None:
        """This process advances runs."""
        self._advances = True
        self._workers.append(work)
        self.holders.append(held)

    def hear(self, told: Mapping[RunId, int]) -> None:
        """Others have written to these runs, up to these entries."""
        for news in self._news if told else ():
            news(told)

    def _work(self) -> None:
        for work in self._workers:
            work()

    async def _call_for_work(self, freed: Sequence[Any]) -> None:
        if any(status == "running" for (status,) in freed):
            self._work()
            await self._call_others(freed)

    async def _call_others(self, freed: Sequence[Any]) -> None:
        if self._worth_telling(freed):
            await self._fetch(NOTIFY, self._channel, f"{self._me} {_WORK}")

    def _worth_telling(self, freed: Sequence[Any]) -> bool:
        return self._notifies and any(status == "running" for (status,) in freed)

    async def _listen(self) -> None:
        while True:
            connection: Any = None
            try:
                connection = await self._connections.one()
                lost = asyncio.Event()
                connection.add_termination_listener(_setting(lost))
                await connection.add_listener(self._channel, self._notified)
                self._ring()
                await lost.wait()
            except Exception as error:
                if not is_away(error):
                    log.exception("store.listen_failed")
            finally:
                if connection is not None:
                    connection.terminate()
            await asyncio.sleep(self._options.poll)

    def _notified(self, connection: Any, pid: int, channel: str, payload: str) -> None:
        who, _, what = payload.partition(" ")
        if who == str(self._me):
            return
        self._ring()
        if what == _WORK:
            self._work()

    # ── leases ──────────────────────────────────────────────────────────────────────────────────

    async def claim(
        self, known: Known, limit: int, runs: Sequence[RunId] | None = None
    ) -> Sequence[Lease]:
        """Take the leases of runs that nobody holds."""
        names, versions = _apart(known)
        if runs is None:
            rows = await self._claim(CLAIM, names, versions, limit)
        else:
            rows = await self._claim(CLAIM_THESE, names, versions, list(runs))
        return [Lease(*row) for row in rows]

    async def claim_due(
        self, known: Known, at: int, limit: int
    ) -> tuple[Sequence[TimerRow], Sequence[Lease]]:
        """Due timers of runs that this process advances, or now does."""
        names, versions = _apart(known)
        rows = await self._claim(CLAIM_DUE, names, versions, at, limit)
        claimed = {row[0]: Lease(row[0], *row[3:]) for row in rows if row[3] is not None}
        return [TimerRow(*row[:3]) for row in rows], list(claimed.values())

    async def release(self, leases: Sequence[tuple[RunId, int]]) -> None:
        """Give leases back."""
        runs, fences = [run for run, _ in leases], [fence for _, fence in leases]
        await self._call_for_work(await self._fetch(RELEASE, self._me, runs, fences))

    async def seize(self, known: Known, run: RunId) -> Lease | None:
        """Take the lease of a run from whoever holds it."""
        names, versions = _apart(known)
        rows = await self._claim(SEIZE, names, versions, run)
        return Lease(*rows[0]) if rows else None

    async def left(self, known: Known, limit: int) -> Sequence[tuple[RunId, int]]:
        """Running runs of these workflows that nobody holds."""
        names, versions = _apart(known)
        rows = await self._fetch(LEFT, names, versions, limit)
        return [(run, number) for run, number in rows]


def _apart(known: Known) -> tuple[list[str], list[str]]:
    return [name for name, _ in known], [version for _, version in known]


def _setting(event: asyncio.Event) -> Callable[[object], None]:
    return lambda _: event.set()
