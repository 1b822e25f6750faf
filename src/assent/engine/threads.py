"""Calls in threads: what comes up together shares its ways there and back.

    run(call) ──▶ waiting ──▶ a free thread takes it, and sees that another is free for the next
    future    ◀── one turn of the loop ◀── done: all that were done by then

A call that is over at once costs less than waking a thread for it, and then the loop. So a thread takes one call after
another, and only when it begins one while others wait is the next thread woken: it has begun on those by the time the
first call turns out to be long, and finds nothing left where it was short.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from typing import Any, Final, NamedTuple

_NAME: Final = "assent-step"


class _Call(NamedTuple):
    """Something to be done in a thread, and who waits for it."""

    call: Callable[[], Any]
    wanted: asyncio.Future[Any]


class _Done(NamedTuple):
    """What came of it."""

    wanted: asyncio.Future[Any]
    result: Any
    error: BaseException | None


class Threads:
    """At most so many calls at the same time, for one loop."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pool = ThreadPoolExecutor(most, thread_name_prefix=_NAME)
        self._lock = Lock()
        self._waiting: deque[_Call] = deque()
        self._there = 0  # threads that take calls
        self._free = 0  # of them, those that are not inside a call just now
        self._done: deque[_Done] = deque()
        self._ringing = False
        self._over = False

    def run(self, call: Callable[[], Any]) -> asyncio.Future[Any]:
        """What the call returns or raises, from a thread; it is not begun once nobody waits for it any more."""
        loop = asyncio.get_running_loop()
        wanted: asyncio.Future[Any] = loop.create_future()
        self._waiting.append(_Call(call, wanted))
        with self._lock:
            self._see_to_a_free_one(loop)
        return wanted

    def close(self) -> None:
        """Begin nothing more; what is under way goes on to its end, and nobody is told."""
        with self._lock:
            self._over = True
            self._waiting.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _see_to_a_free_one(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._free and self._there < self._most and not self._over:
            self._there += 1
            self._free += 1
            self._pool.submit(self._work, loop)

    # ── in a thread ─────────────────────────────────────────────────────────────────────────────

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._there -= 1
                    self._free -= 1
                    return
                call, wanted = self._waiting.popleft()
                self._free -= 1
                if self._waiting:
                    self._see_to_a_free_one(loop)
            if not wanted.cancelled():
                self._tell(loop, _Done(wanted, *_outcome(call)))
            del call, wanted  # or they would be kept until the next one comes
            with self._lock:
                self._free += 1

    def _tell(self, loop: asyncio.AbstractEventLoop, done: _Done) -> None:
        self._done.append(done)
        if not self._ringing:
            self._ringing = True
            with suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits any more
                loop.call_soon_threadsafe(self._told)

    # ── on the loop ─────────────────────────────────────────────────────────────────────────────

    def _told(self) -> None:
        # Before it looks: who is done after that rings again.
        self._ringing = False
        while self._done:
            wanted, result, error = self._done.popleft()
            if wanted.done():
                continue
            if error is None:
                wanted.set_result(result)
            else:
                wanted.set_exception(error)


def _outcome(call: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    try:
        return call(), None
    except StopIteration as error:  # a future refuses it: it means something to who awaits
        told = RuntimeError(f"The call raised StopIteration: {error}")
        told.__cause__ = error
        return None, told
    except BaseException as error:  # noqa: BLE001  (whatever it is, who waits is told)
        return None, error
