"""The journal is the outbox: what it says of tasks is told to people elsewhere, over any crash.

    stream ──▶ notifier ──(which channels? when?)──▶ notifications kept ──▶ cursor moved ──▶ sender ──▶ channel

What an entry means for each channel is kept before the cursor passes it, and sent after: so nothing is forgotten, and
nothing that was told is made up again. An attempt that a crash cuts off is made again, under the same id.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from msgspec import Struct
from typing_extensions import override

from assent.core.durations import duration
from assent.core.journal import TaskId, micros, moment
from assent.core.routing import EXPIRING, NEEDED, RESOLVED, About, Route, gathered, judge
from assent.core.task import TaskState
from assent.core.values import Json
from assent.errors import DefinitionError, NotOpen, TaskNotFound
from assent.human.inbox import Inbox
from assent.human.view import TaskView
from assent.notifying.links import Links
from assent.notifying.notice import Bundle, Channel, Note, Notice, channel_of, gathers, name_of
from assent.notifying.outbox import Member, Notification, Outbox, Sending
from assent.notifying.sender import Sender
from assent.notifying.slack.socket import sockets_of
from assent.notifying.turn import LIFE, Lost, Turn
from assent.ports.clock import Clock
from assent.ports.store import Store
from assent.stream import Event, Stream, event_of

log = logging.getLogger("assent.notifying")

_CURSOR: Final = ("cursor", "notifying")
_NOTE: Final = "note"
_ALONE: Final = "alone"  # tasks that a channel which gathers was told of by themselves
GATHERED: Final = "tasks.gathered"
_TOLD: Final = (*NEEDED, RESOLVED)
_PAUSE: Final = 1.0
_LOOK: Final = 0.01
_GRACE: Final = 5.0
_CATCHING_UP: Final = timedelta(minutes=1)


class Way(Struct, frozen=True):
    """A channel with its name and its route."""

    name: str
    channel: Channel
    route: Route


def ways_of(given: Sequence[Any]) -> list[Way]:
    """Channels, objects and routes, each with a name of its own; two of one name are numbered in their order."""
    ways: list[Way] = []
    names: set[str] = set()
    for each in given:
        route = each if isinstance(each, Route) else Route(each)
        name = wanted = route.name or name_of(route.channel)
        count = 1
        while name in names:
            count += 1
            name = f"{wanted}-{count}"
        names.add(name)
        channel = channel_of(route.channel)
        if route.gather is not None and not gathers(channel):
            raise DefinitionError(
                f"{route.channel!r} cannot tell of several tasks in one message: gather= needs a channel with "
                "gathered(bundle), or an object with on_approvals_gathered(bundle)."
            )
        ways.append(Way(name, channel, route))
    return ways


class Notifier:
    """Tells the channels of one open app; ``all`` and ``resend`` work without any, too."""

    def __init__(
        self,
        store: Store,
        stream: Stream,
        inbox: Inbox,
        clock: Clock,
        links: Links,
        public_url: str | None,
    ) -> None:
        self.ways: Sequence[Way] = ()
        self._store = store
        self._stream = stream
        self._inbox = inbox
        self._clock = clock
        self._links = links
        self._public_url = (public_url or "").rstrip("/")
        self._outbox = Outbox(store)
        self._turn = Turn(store, clock)
        self._senders: dict[str, Sender] = {}
        # What was gathered when a process died, by the entry it died over.
        self._cut_off: dict[tuple[str, int], Notification] = {}
        self._seen = 0
        self._task: asyncio.Task[None] | None = None
        self._listening: list[asyncio.Task[None]] = []
        self._ending = False

    # ── what was not told ───────────────────────────────────────────────────────────────────────

    async def all(self, *, dead: bool | None = None) -> Sequence[Notification]:
        """What was not told yet (``dead=False``), what was given up (``dead=True``), or both; oldest first."""
        found = await self._outbox.all()
        return [n for n in found if dead is None or (n.status is Sending.DEAD) is dead]

    async def resend(self, id: str) -> Notification:
        """Try one again that was given up."""
        again = await self._outbox.revive(id, self._clock.now())
        if again.channel in self._senders:
            self._senders[again.channel].add(again)
        return again

    # ── life ────────────────────────────────────────────────────────────────────────────────────

    async def mark(self) -> None:
        """Where there never was a channel, tell from here on: what is older is left alone."""
        if self.ways:
            await self._store.keep(*_CURSOR, await self._stream.newest())

    def start(self) -> None:
        """Begin to tell."""
        if self.ways:
            loop = asyncio.get_running_loop()
            self._task = loop.create_task(self._run())
            channels = [way.channel for way in self.ways]
            sockets = sockets_of(channels, self._inbox, self.url_of)
            self._listening = [loop.create_task(socket.listen()) for socket in sockets]

    async def stop(self) -> None:
        """Tell what is due now, for five seconds at most; what is left is told by the next process."""
        if self._task is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(_GRACE):
                await self.idle()
        await self.abandon()
        await self._turn.give_up()

    async def abandon(self) -> None:
        """Stop at once."""
        self._ending = True  # a group of tasks that fails just then would swallow the cancelling
        for listening in self._listening:
            listening.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        self._listening = []
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    @property
    def sending(self) -> bool:
        """Whether a channel is being told something."""
        return any(sender.sending for sender in self._senders.values())

    async def idle(self) -> None:
        """Return once all that is due was tried."""
        while (task := self._task) is not None and not task.done() and not await self._is_idle():
            await asyncio.wait({task}, timeout=_LOOK)

    async def _is_idle(self) -> bool:
        if not self._senders:
            return self._turn.elsewhere
        async for _ in self._stream.events(after=self._seen, live=False, names=_TOLD):
            return False
        return all(sender.resting for sender in self._senders.values())

    async def _run(self) -> None:
        while not self._ending:
            failed = False
            try:
                await self._turn.take()
                await self._tell()
            except* Lost:
                log.info("notifying.lost")
            except* NotOpen:
                self._ending = True  # the store was closed under it
            except* Exception:
                log.exception("notifying.failed")
                failed = True
            finally:
                self._senders = {}
            if failed and not self._ending:
                await asyncio.sleep(_PAUSE)  # the store is away; the same entry comes again

    async def _tell(self) -> None:
        """While it is this process's turn."""
        kept = await self._store.kept(*_CURSOR)
        self._seen = kept if isinstance(kept, int) else 0
        senders = {
            way.name: Sender(way.name, way.channel, self._outbox, self._clock, self._notice_of)
            for way in self.ways
        }
        found = await self._outbox.all()
        self._add(senders, found)
        self._cut_off = {(n.channel, n.newest): n for n in found if n.newest > self._seen}
        self._senders = senders
        async with asyncio.TaskGroup() as group:
            for sender in senders.values():
                group.create_task(sender.run())
            group.create_task(self._collect())
            if self._store.sharing is not None:
                group.create_task(self._hold())

    def _add(self, senders: Mapping[str, Sender], found: Sequence[Notification]) -> None:
        """Those kept by an entry that the cursor has not passed are kept again when it does."""
        for notification in found:
            if notification.status is Sending.PENDING and notification.newest <= self._seen:
                if notification.channel in senders:
                    senders[notification.channel].add(notification)
                else:
                    about = {"notification": notification.id, "channel": notification.channel}
                    log.warning("notifying.no_channel", extra=about)

    async def _hold(self) -> None:
        """Keep the turn, and hear of what other processes have resent."""
        while True:
            # By the wall: whoever moves the clock by a month should not have to stop every ten seconds.
            await asyncio.sleep(LIFE.total_seconds() / 3)
            await self._turn.renew()
            known = {id for sender in self._senders.values() for id in sender.waiting}
            found = [n for n in await self._outbox.all() if n.id not in known]
            self._add(self._senders, found)

    # ── from entries to notifications ───────────────────────────────────────────────────────────

    async def _collect(self) -> None:
        async for event in self._stream.events(after=self._seen, names=_TOLD):
            new = await self._kept_of(event)
            await self._store.replace(*_CURSOR, event.seq)
            for notification in new:
                self._senders[notification.channel].add(notification)
            self._seen = event.seq

    async def _kept_of(self, event: Event) -> list[Notification]:
        """What the entry means for each channel, once it is kept; what gathers waits in its sender already."""
        try:
            task = await self._inbox.get(event.data["task"])
        except TaskNotFound:
            return []
        made: list[Notification] = []
        for way in self.ways:
            soon = self._before_expiry(way, event, task)
            if soon is not None:
                made.append(_notification(event, way, EXPIRING, soon, task))
            about = _about(event.name, _to(event, task), task)
            if gathered(way.route, about, event.at) is not None:
                await self._gather(way, event, about, task.id)
                continue
            due = judge(way.route, about, event.at)
            if due is not None and await self._tells_alone(way, event, task.id):
                made.append(_notification(event, way, event.name, due, task))
        for notification in made:
            await self._outbox.keep(notification)
        return made

    async def _tells_alone(self, way: Way, event: Event, task: TaskId) -> bool:
        """Whether the end of a task concerns a channel that gathers: where it was told of this task by itself."""
        if way.route.gather is None:
            return True
        what = f"{way.name}\n{task}"
        if event.name == RESOLVED:
            return await self._store.kept(_ALONE, what) is not None
        await self._store.keep(_ALONE, what, True)
        return True

    async def _gather(self, way: Way, event: Event, about: About, task: TaskId) -> None:
        """Add the entry to what leaves together, or begin to gather."""
        sender = self._senders[way.name]
        async with sender.gathering:
            if (cut_off := self._cut_off.pop((way.name, event.seq), None)) is not None:
                sender.add(cut_off)
                return
            now = self._clock.now()
            member = Member(event.seq, event.name, task, micros(event.at))
            waiting = sender.gathered(now)
            if waiting is None:
                waiting = _gathering(way, member, self._leaves(way, about, event.at, None))
            else:
                waiting = replace(waiting, members=(*waiting.members, member))
                if way.route.gather is not None and way.route.gather.after is not None:
                    first = moment(waiting.members[0].at)
                    waiting = waiting.later(self._leaves(way, about, event.at, first))
            await self._outbox.replace(waiting)
            sender.add(waiting)

    def _leaves(self, way: Way, about: About, at: datetime, first: datetime | None) -> datetime:
        """When it leaves; where it should have left already, there is time for what else was missed."""
        now = self._clock.now()
        leaves = gathered(way.route, about, at, first) or now
        return leaves if leaves > now else now + _CATCHING_UP

    def _before_expiry(self, way: Way, event: Event, task: TaskView) -> datetime | None:
        before = way.route.before_expiry
        if before is None or task.due is None or event.name != "task.opened":
            return None
        soon = task.due - duration(before)
        if soon <= event.at:
            return None  # it is opened with no more time than that
        return judge(way.route, _about(EXPIRING, task.to, task), soon)

    # ── from notifications to notices ───────────────────────────────────────────────────────────

    async def _notice_of(self, waiting: Notification) -> Notice | Bundle | datetime | None:
        if waiting.members:
            return await self._bundle_of(waiting)
        try:
            task = await self._inbox.get(waiting.task_id)
        except TaskNotFound:
            return None
        found = await self._store.feed(waiting.seq - 1, 1)
        if not found:
            return None
        event = event_of(found[0])
        to = _to(event, task)
        if waiting.event == EXPIRING:
            to = task.to
            if task.outcome is not None or task.due is None:
                return None
            if (later := self._later(waiting, task)) is not None:
                return later
        return self._notice(waiting.channel, waiting.id, waiting.event, event.at, to, task)

    async def _bundle_of(self, waiting: Notification) -> Bundle | None:
        """Those of the tasks that still wait, each once, as the newest entry of it says; None where none does."""
        by_task: dict[TaskId, list[Member]] = {}
        for member in waiting.members:
            by_task.setdefault(member.task_id, []).append(member)
        notices: list[Notice] = []
        for id, members in by_task.items():
            try:
                task = await self._inbox.get(id)
            except TaskNotFound:
                continue
            if task.status not in (TaskState.OPEN, TaskState.CLAIMED):
                continue
            newest = members[-1]
            to = tuple(dict.fromkeys([*task.to, *(each.to for each in task.delegations)]))
            what = f"{newest.seq:012d}.{waiting.channel}"
            at = moment(newest.at)
            notices.append(self._notice(waiting.channel, what, newest.event, at, to, task))
        if not notices:
            return None
        url = f"{self._public_url}/" if self._public_url else None
        return Bundle(id=waiting.id, at=waiting.due, notices=tuple(notices), url=url)

    def _notice(
        self, channel: str, id: str, event: str, at: datetime, to: tuple[str, ...], task: TaskView
    ) -> Notice:
        return Notice(
            id=id,
            event=event,
            at=at,
            to=to,
            task=task,
            url=self.url_of(task.id),
            linked=partial(self._link, task),
            known=partial(self._inbox.concerned, to, task.by),
            note=_StoredNote(self._store, channel, task.id),
        )

    def url_of(self, task: TaskId) -> str | None:
        """Where people answer a task, where the server has a public address."""
        return f"{self._public_url}/tasks/{task}" if self._public_url else None

    async def _link(self, task: TaskView, person: str) -> str | None:
        if not self._public_url:
            return None
        token = await self._links.make(task.id, person, task.digest)
        return f"{self._public_url}/answer/{token}"

    def _later(self, waiting: Notification, task: TaskView) -> datetime | None:
        """When a task has got more time since, people are told later that it runs out."""
        way = next(way for way in self.ways if way.name == waiting.channel)
        before = way.route.before_expiry
        if before is None or task.due is None:
            return None
        soon = task.due - duration(before)
        return soon if soon > self._clock.now() else None


class _StoredNote(Note):
    """A note that outlives the process."""

    def __init__(self, store: Store, channel: str, task: TaskId) -> None:
        super().__init__()
        self._store = store
        self._name = f"{channel}\n{task}"

    @override
    async def read(self) -> Json:
        return await self._store.kept(_NOTE, self._name)

    @override
    async def write(self, what: Json) -> None:
        if what is None:
            await self._store.take(_NOTE, self._name)
        else:
            await self._store.replace(_NOTE, self._name, what)


def _notification(event: Event, way: Way, name: str, due: datetime, task: TaskView) -> Notification:
    end = ".expiring" if name == EXPIRING else ""
    return Notification(
        id=f"{event.seq:012d}.{way.name}{end}",
        channel=way.name,
        event=name,
        seq=event.seq,
        run_id=event.run_id,
        task_id=task.id,
        status=Sending.PENDING,
        due=due,
    )


def _gathering(way: Way, member: Member, due: datetime) -> Notification:
    return Notification(
        id=f"{member.seq:012d}.{way.name}.gathered",
        channel=way.name,
        event=GATHERED,
        seq=member.seq,
        run_id="",
        task_id="",
        status=Sending.PENDING,
        due=due,
        members=(member,),
    )


def _about(event: str, to: tuple[str, ...], task: TaskView) -> About:
    return About(
        event=event,
        to=to,
        labels=task.labels,
        priority=task.priority,
        risk=task.risk,
        due=task.due,
    )


def _to(event: Event, task: TaskView) -> tuple[str, ...]:
    """Whom an entry concerns; who was asked before hears of an escalation too."""
    told = event.data.get("to")
    names = [told] if isinstance(told, str) else list(told or task.to)
    if event.name == "task.escalated":
        names += [name for name in event.data.get("was") or () if name not in names]
    return tuple(names)
