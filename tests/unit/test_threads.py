"""Calls in threads: as many at once as are allowed, each told to who waits, none held up by another."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

import pytest

from assent.engine.threads import Threads


async def test_what_a_call_returns_or_raises_is_told_to_who_waits() -> None:
    threads = Threads(2)

    def fails() -> None:
        raise LookupError("nothing there")

    assert await threads.run(lambda: 3) == 3
    with pytest.raises(LookupError, match="nothing there"):
        await threads.run(fails)
    with pytest.raises(SystemExit):
        await threads.run(lambda: exit(3))
    threads.close()


async def test_a_call_that_raises_stop_iteration_is_told_as_an_error_that_a_future_can_hold() -> (
    None
):
    threads = Threads(1)
    with pytest.raises(RuntimeError, match="StopIteration"):
        await threads.run(lambda: next(iter(())))
    threads.close()


async def test_a_call_that_takes_long_holds_up_none_of_those_that_came_with_it() -> None:
    threads, go = Threads(3), threading.Event()
    long = threads.run(go.wait)
    others = [threads.run(partial(int, n)) for n in range(50)]
    assert await asyncio.gather(*others) == list(range(50))
    assert not long.done()
    go.set()
    assert await long
    threads.close()


async def test_so_many_calls_as_are_allowed_run_at_once_and_no_more() -> None:
    threads, inside, go = Threads(3), threading.Semaphore(0), threading.Event()

    def enters() -> None:
        inside.release()
        go.wait()

    entered = [threads.run(enters) for _ in range(5)]
    for _ in range(3):
        await asyncio.to_thread(inside.acquire)
    assert not inside.acquire(blocking=False)
    go.set()
    await asyncio.gather(*entered)
    threads.close()


async def test_a_call_that_nobody_waits_for_any_more_is_not_begun() -> None:
    threads, go, begun = Threads(1), threading.Event(), list[int]()
    first = threads.run(go.wait)
    second = threads.run(lambda: begun.append(2))
    third = threads.run(lambda: begun.append(3))
    second.cancel()
    go.set()
    await asyncio.gather(first, third)
    assert begun == [3]
    threads.close()


async def test_after_closing_what_was_under_way_ends_and_what_waited_is_not_begun() -> None:
    threads, inside, go, begun = Threads(1), threading.Event(), threading.Event(), list[int]()

    def enters() -> None:
        inside.set()
        go.wait()
        begun.append(1)

    first = threads.run(enters)
    second = threads.run(lambda: begun.append(2))
    await asyncio.to_thread(inside.wait)
    threads.close()
    go.set()
    await first
    assert (begun, second.done()) == ([1], False)
