"""Several processes on one store: one of them tells people, and another goes on when it dies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import pytest

from assent.notifying.turn import LIFE, Lost, Turn
from assent.ports.store import Store
from assent.sealing import Memory
from assent.testing import FakeClock

pytestmark = pytest.mark.anyio


class Shared(Memory):
    """The documents of a store that several processes share."""

    sharing = object()


class Processes:
    """Several processes, and one clock."""

    def __init__(self) -> None:
        self.store = Shared()
        self.clock = FakeClock()

    def start(self) -> Turn:
        """Another process."""
        return Turn(cast(Store, self.store), self.clock)

    async def tries(self, turn: Turn) -> bool:
        """Whether it is this process's turn now."""
        tried: Any = turn._try  # pyright: ignore[reportPrivateUsage]  # one look, without waiting for the clock
        return await tried() is None


async def test_one_process_has_the_turn() -> None:
    all_of = Processes()
    turns = [all_of.start() for _ in range(5)]
    assert [await all_of.tries(turn) for turn in turns] == [True, False, False, False, False]
    assert [turn.elsewhere for turn in turns] == [False, True, True, True, True]


async def test_a_turn_that_is_renewed_is_kept() -> None:
    all_of = Processes()
    first, second = all_of.start(), all_of.start()
    assert await all_of.tries(first)
    for _ in range(5):
        all_of.clock.move_to(all_of.clock.now() + LIFE / 2)
        await first.renew()
        assert not await all_of.tries(second)


async def test_a_process_that_died_is_followed_by_one_other() -> None:
    all_of = Processes()
    first, *others = (all_of.start() for _ in range(4))
    assert await all_of.tries(first)
    all_of.clock.move_to(all_of.clock.now() + LIFE)
    assert [await all_of.tries(turn) for turn in others] == [True, False, False]
    with pytest.raises(Lost):
        await first.renew()


async def test_a_process_that_ends_hands_its_turn_on_at_once() -> None:
    all_of = Processes()
    first, second = all_of.start(), all_of.start()
    assert await all_of.tries(first)
    await first.give_up()
    assert await all_of.tries(second)


async def test_who_slept_through_several_turns_takes_none_of_them_back() -> None:
    """It makes the next turn after one that it saw long ago, and that is swept away by now."""
    all_of = Processes()
    slow, quick = all_of.start(), all_of.start()
    await all_of.store.replace("notifying", "1", 0)
    seen = await slow._newest()  # pyright: ignore[reportPrivateUsage]  # what it saw before it slept
    for _ in range(3):
        assert await all_of.tries(quick)
        await quick.give_up()
    assert await all_of.tries(quick)

    newest = slow._newest  # pyright: ignore[reportPrivateUsage]
    looks = iter([seen])

    async def stale() -> tuple[int, Any]:
        return next(looks, None) or await newest()

    slow._newest = stale  # type: ignore[method-assign]  # pyright: ignore[reportPrivateUsage]
    assert not await all_of.tries(slow)
    await quick.renew()


async def test_a_store_of_one_process_needs_no_turns() -> None:
    all_of = Processes()
    cast(Any, all_of.store).sharing = None
    turn = all_of.start()
    await turn.take()
    await turn.renew()
    assert not turn.elsewhere
    assert timedelta(0) < LIFE
