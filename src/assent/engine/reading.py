"""What is read of a run's journal so that its code goes on: from its newest checkpoint on, where it has one."""

from __future__ import annotations

from collections.abc import Sequence

from assent.core.record import Past, past_of
from assent.core.run import Run
from assent.engine.replay import Replay
from assent.errors import JournalMismatch
from assent.ports.store import Store


async def replay_of(store: Store, head: Run) -> Replay:
    """The run's journal, read for its code; raises JournalMismatch where it holds what this version cannot read."""
    replay = Replay(head.id)
    try:
        replay.read(await read_past(store, head))
    except (LookupError, TypeError, ValueError) as error:
        raise JournalMismatch(
            f"The journal of run {head.id!r} holds what this version of assent cannot read "
            f"({type(error).__name__}: {error}). See 'assent audit verify'; once the journal is as it was "
            "written, or the version that wrote it is installed, retry the run."
        ) from error
    return replay


async def read_past(store: Store, head: Run) -> Sequence[Past]:
    """The entries from which the run's code goes on, and its first."""
    if head.since <= 1:
        return await store.history(head.id)
    first = await store.feed(0, 1, head.id)
    since = await store.journal(head.id, head.since - 1)
    return [past_of(record) for record in (*first, *since)]
