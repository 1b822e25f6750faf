"""What a run notes down: events for its stream, clock readings, random numbers, its state."""

from __future__ import annotations

import secrets
from datetime import datetime
from random import SystemRandom
from typing import Any
from uuid import UUID

from assent.core.journal import EventEmitted, StateChanged, ValueRecorded
from assent.core.values import Json, pack, unpack
from assent.engine.ground import Ground
from assent.engine.state import GONE


class Notes(Ground):
    """Records what is told and what is drawn."""

    async def emit(self, name: str, data: Any = None) -> None:
        """Tell the run's stream something, once."""
        self.outside_steps("emit")
        branch = self.execution.branch()
        key = branch.key(f"emit:{name}"[:200])
        packed: Json = None
        if self.is_new(branch, key):
            packed = self.kept(self.engine.emitted(name, data), f"the event {name!r}")
        if self.execution.recorded(branch, key, "event") is not None:
            return
        await self.at_the_end(branch)
        self.execution.append(EventEmitted(key=key, name=name, data=packed))

    def now(self) -> datetime:
        """The present moment, recorded."""
        found: datetime = self._noted("now", self.clock.now)
        return found

    def uuid(self) -> UUID:
        """A random UUID (version 4), recorded."""
        found: UUID = self._noted("uuid", lambda: UUID(bytes=secrets.token_bytes(16), version=4))
        return found

    def random(self) -> float:
        """A random number from 0 up to 1, recorded."""
        found: float = self._noted("random", SystemRandom().random)
        return found

    def _noted(self, name: str, make: Any) -> Any:
        self.outside_steps(name)
        branch = self.execution.branch()
        key = branch.key(name)
        slot = self.execution.recorded(branch, key, "value")
        if slot is not None:
            return unpack(slot.value)
        value = make()
        if not branch.frozen:
            self.execution.append(ValueRecorded(key=key, value=pack(value)))
        return value

    def state_changed(self, name: str, packed: Json) -> tuple[int, Json] | None:
        """Record a change of the state; of one that is recorded already, its place in the journal, and what it says."""
        branch = self.execution.branch()
        key = branch.key("state")
        known = self.execution.replay.changes.pop(key, None)
        if known is not None:
            place, told = known
            return place, GONE if name in (told.gone or ()) else (told.state or {}).get(
                name, packed
            )
        if branch.frozen:
            return -1, packed  # it lost a race: what it would change now never counted
        gone = packed == GONE
        self.execution.append(
            StateChanged(
                key=key, state=None if gone else {name: packed}, gone=[name] if gone else None
            )
        )
        return None
