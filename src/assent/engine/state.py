"""What is kept with a run: a dictionary whose changes are recorded.

A change made by the workflow is an entry of its own; changes made inside a step are recorded with the end of its
attempt. Each carries its place in the journal, so that on replay the newest one of a name wins, whatever the order
in which branches come to it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from contextvars import ContextVar
from typing import Any, Final

from typing_extensions import override

from assent.core.values import Json, pack, unpack

GONE: Final[Json] = {"$": "gone"}
_NEVER: Final = 1 << 62


class Touched:
    """The names a step has looked at, as they were when it first did."""

    def __init__(self) -> None:
        self.before: dict[str, Json] = {}


inside: ContextVar[Touched | None] = ContextVar("assent_touched", default=None)


class RunState(MutableMapping[str, Any]):
    """``ctx.state``."""

    def __init__(self, record: Callable[[str, Json], int | None]) -> None:
        self._record = record
        self._values: dict[str, Any] = {}
        self._orders: dict[str, int] = {}

    @override
    def __getitem__(self, name: str) -> Any:
        self._touch(name)
        return self._values[name]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._values))

    @override
    def __len__(self) -> int:
        return len(self._values)

    @override
    def __repr__(self) -> str:
        return f"RunState({self._values!r})"

    @override
    def __setitem__(self, name: str, value: Any) -> None:
        packed = pack(value)
        if self._touch(name) or self._newest(name, packed):
            self._values[name] = value

    @override
    def __delitem__(self, name: str) -> None:
        if name not in self._values:
            raise KeyError(name)
        if self._touch(name) or self._newest(name, GONE):
            del self._values[name]

    @override
    def update(self, *args: Any, **kwargs: Any) -> None:
        """As of a dictionary; or ``update(name, change, default)``: set it to ``change(old value)``."""
        if len(args) in {2, 3} and isinstance(args[0], str) and callable(args[1]):
            name, change = args[0], args[1]
            self._touch(name)  # before it is changed, perhaps in place
            old = self._values.get(name, args[2] if len(args) == 3 else None)
            self[name] = change(old)
            return
        super().update(*args, **kwargs)

    def _touch(self, name: str) -> bool:
        """Inside a step, remember how the value was; whether this is inside one."""
        touched = inside.get()
        if touched is None:
            return False
        if name not in touched.before:
            touched.before[name] = pack(self._values[name]) if name in self._values else GONE
        return True

    def _newest(self, name: str, packed: Json) -> bool:
        """Record a change of the workflow; on replay, whether none that came later is known already."""
        order = self._record(name, packed)
        if order is None:
            order = _NEVER
        if order < self._orders.get(name, 0):
            return False
        self._orders[name] = 0 if order == _NEVER else order
        return True

    def changed(self, touched: Touched) -> dict[str, Json] | None:
        """What a step has changed, in place or by assignment."""
        delta: dict[str, Json] = {}
        for name, before in touched.before.items():
            after = pack(self._values[name]) if name in self._values else GONE
            if after != before:
                delta[name] = after
        return delta or None

    def replayed(self, order: int, delta: dict[str, Json]) -> None:
        """Apply what a recorded step had changed."""
        for name, packed in delta.items():
            if order < self._orders.get(name, 0):
                continue
            self._orders[name] = order
            if packed == GONE:
                self._values.pop(name, None)
            else:
                self._values[name] = unpack(packed)
