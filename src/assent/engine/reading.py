"""What is read of a run's journal so that its code goes on: from its newest checkpoint on, where it has one."""

from __future__ import annotations

from collections.abc import Sequence

from assent.core.record import Past, past_of
from assent.core.run import Run
from assent.engine.replay import Replay
from assent.ports.store import Store


async def replay_of(store: Store, head: Run) -> Replay:
    """The run's journal, read for its code."""
    replay = Replay(head.id)
    replay.read(await read_past(store, head))
    return replay


async def read_past(store: Store, head: Run) -> Sequence[Past]:
    """The entries from which the run's code goes on, and its first."""
    if head.since <= 1:
        return await store.history(head.id)
    first = await store.feed(0, 1, head.id)
    since = await store.journal(head.id, head.since - 1)
    return [past_of(record) for record in (*first, *since)]
