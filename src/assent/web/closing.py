"""The open streams of one server, so that they can be ended together."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

MOST: Final = 4000


class Closing:
    """Knows which streams are open, and when it is time for them to end."""

    def __init__(self) -> None:
        self._open: set[asyncio.Event] = set()
        self._closed = False

    @contextmanager
    def stream(self) -> Generator[asyncio.Event]:
        """One open stream: the event is set when it is time to end."""
        ended = asyncio.Event()
        if self._closed:
            ended.set()
        self._open.add(ended)
        try:
            yield ended
        finally:
            self._open.discard(ended)

    @property
    def count(self) -> int:
        """How many streams are open."""
        return len(self._open)

    @property
    def full(self) -> bool:
        """Whether there are as many readers as one process should serve."""
        return self.count >= MOST

    def drop(self) -> None:
        """End the streams that are open now; their readers may come back."""
        for ended in self._open:
            ended.set()

    def close(self) -> None:
        """End all streams, and those that are still to come."""
        self._closed = True
        for ended in self._open:
            ended.set()
