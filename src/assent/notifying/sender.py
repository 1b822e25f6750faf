"""Sends what waits for one channel: in the order of the journal for each task, several tasks at a time.

A channel that fails holds up the later notices of the same task, so that nobody hears of an end before the beginning,
and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from assent.errors import AssentError, NonRetryable, NotOpen, RetryAfter
from assent.notifying.notice import Bundle, Channel, Gathering, Notice
from assent.notifying.outbox import Notification, Outbox, Sending
from assent.ports.clock import Clock

log = logging.getLogger("assent.notifying")

# After each failed attempt; about 18 hours in all, as Standard Webhooks advises.
DELAYS: Final = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 7200, 18000, 36000))
_AT_ONCE: Final = 8
_TIMEOUT: Final = 30.0
_PAUSE: Final = 1.0

# What is to be told, None where it no longer concerns anybody, or when to look again.
NoticeOf: TypeAlias = Callable[[Notification], Awaitable[Notice | Bundle | datetime | None]]


class Sender:
    """What waits for one channel."""

    def __init__(
        self, name: str, channel: Channel, outbox: Outbox, clock: Clock, notice_of: NoticeOf
    ) -> None:
        self.name = name
        self._channel = channel
        self._outbox = outbox
        self._clock = clock
        self._notice_of = notice_of
        self._waiting: dict[str, Notification] = {}
        self._sending = False
        self._more = asyncio.Event()
        # Held while something is added to what is gathered: then it does not leave.
        self.gathering = asyncio.Lock()

    def add(self, notification: Notification) -> None:
        """Send this once it is due."""
        self._waiting[notification.id] = notification
        self._more.set()

    @property
    def waiting(self) -> Collection[str]:
        """The ids of what waits."""
        return self._waiting.keys()

    def gathered(self, now: datetime) -> Notification | None:
        """What gathers just now, and has not left."""
        found = (waiting for waiting in self._waiting.values() if waiting.gathers(now))
        return next(found, None)

    @property
    def sending(self) -> bool:
        """Whether its channel is being told something. That ends by itself: a channel has its time, and no more."""
        return self._sending

    @property
    def resting(self) -> bool:
        """Whether nothing is being sent, or due."""
        return not self._sending and not self._ready(self._clock.now())

    async def run(self) -> None:
        """Send, until cancelled."""
        while True:
            try:
                await self._send_due()
                await self._sleep()
            except NotOpen:
                return
            except Exception:
                log.exception("notifying.stuck", extra={"channel": self.name})
                await asyncio.sleep(_PAUSE)  # the store is away; what waits still waits

    async def _send_due(self) -> None:
        while ready := self._ready(self._clock.now()):
            self._sending = True
            try:
                sent = await asyncio.gather(
                    *map(self._send, ready[:_AT_ONCE]), return_exceptions=True
                )
            finally:
                self._sending = False
            for error in sent:
                if error is not None:
                    raise error

    def _ready(self, now: datetime) -> list[Notification]:
        """What is due, but for what comes after something of the same task that failed."""
        ready: list[Notification] = []
        before: set[str] = set()
        for id in sorted(self._waiting):
            notification = self._waiting[id]
            due = notification.due <= now
            if due and notification.task_id not in before:
                ready.append(notification)
            if due or notification.attempts:
                before.add(notification.task_id)
        return ready

    async def _sleep(self) -> None:
        self._more.clear()
        now = self._clock.now()
        if self._ready(now):
            return
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._more.wait())]
        later = [waiting.due for waiting in self._waiting.values() if waiting.due > now]
        if later:
            waits.append(asyncio.ensure_future(self._clock.sleep_until(min(later))))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    # ── one notification ────────────────────────────────────────────────────────────────────────

    async def _send(self, waiting: Notification) -> None:
        if waiting.members:
            async with self.gathering:
                waiting = self._waiting[waiting.id]
            if waiting.due > self._clock.now():
                return  # more has come
        kept = await self._outbox.kept(waiting.id)
        if kept is None or kept.status is Sending.DEAD:
            self._waiting.pop(waiting.id, None)
            return
        notice = await self._notice_of(waiting)
        if isinstance(notice, datetime):
            self._waiting[waiting.id] = await self._put_off(waiting, notice)
            return
        try:
            if notice is not None:
                async with asyncio.timeout(_TIMEOUT):
                    await self._tell(notice)
        except Exception as error:  # noqa: BLE001  (whatever a channel raises is its own matter)
            await self._failed(waiting, error)
        else:
            await self._outbox.settle(waiting.id)
            self._waiting.pop(waiting.id, None)

    async def _tell(self, what: Notice | Bundle) -> None:
        match what:
            case Bundle():
                assert isinstance(self._channel, Gathering)  # a route with gather= was refused else
                await self._channel.gathered(what)
            case Notice(resolved=True):
                await self._channel.resolved(what)
            case Notice():
                await self._channel.needed(what)

    async def _put_off(self, waiting: Notification, due: datetime) -> Notification:
        later = waiting.later(due)
        await self._outbox.replace(later)
        return later

    async def _failed(self, waiting: Notification, error: Exception) -> None:
        failed = waiting.failed(_told(error), self._next(waiting, error))
        await self._outbox.replace(failed)
        about = {"notification": failed.id, "channel": self.name, "error": failed.error}
        if failed.status is Sending.DEAD:
            self._waiting.pop(waiting.id, None)
            log.error("notification.dead", extra=about)
        else:
            self._waiting[waiting.id] = failed
            log.warning("notification.failed", extra=about)

    def _next(self, waiting: Notification, error: Exception) -> datetime | None:
        """When it is tried again, or None where it is given up."""
        if isinstance(error, NonRetryable) or waiting.attempts >= len(DELAYS):
            return None
        delay = DELAYS[waiting.attempts]
        if isinstance(error, RetryAfter):
            delay = min(max(delay, error.delay), DELAYS[-1])
        return self._clock.now() + delay


def _told(error: Exception) -> str:
    if isinstance(error, AssentError) and str(error):
        return str(error)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
