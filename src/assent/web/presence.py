"""Who is looking at a task just now: told by open pages, known to this process only, and written down nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from assent.core.journal import TaskId

LIFE: Final = timedelta(seconds=40)  # an open page says every fifteen seconds that it is there


class Presence:
    """The people before each task."""

    def __init__(self) -> None:
        self._seen: dict[TaskId, dict[str, datetime]] = {}

    def here(self, task: TaskId, user: str, at: datetime) -> tuple[str, ...]:
        """Somebody looks at it; returns who else does."""
        self._forget(at)
        looking = self._seen.setdefault(task, {})
        looking[user] = at + LIFE
        return tuple(sorted(looking.keys() - {user}))

    def gone(self, task: TaskId, user: str) -> None:
        """Somebody has closed the page."""
        self._seen.get(task, {}).pop(user, None)

    def _forget(self, at: datetime) -> None:
        for task, looking in list(self._seen.items()):
            left = _still(looking, at)
            if left:
                self._seen[task] = left
            else:
                del self._seen[task]


def _still(looking: Mapping[str, datetime], at: datetime) -> dict[str, datetime]:
    return {user: until for user, until in looking.items() if until > at}
