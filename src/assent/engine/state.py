"""What is kept with a run: a dictionary whose changes are recorded.

A change made by the workflow is an entry of its own; changes made inside a step are recorded with the end of its
attempt. Each carries its place in the journal, so that on replay the newest one of a name wins, whatever the order
in which branches come to it again. A branch that is done replaying builds on all that is recorded, also on what
other branches have yet to come to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from threading import RLock
from typing import Any, Final, TypeAlias, overload

from typing_extensions import override

from assent.core.values import Json, pack, unpack
from assent.errors import DefinitionError, ValueNotKept
from assent.ports.context import State

GONE: Final[Json] = {"$": "gone"}
_NEVER: Final = 1 << 62  # later than all that is recorded
Recorded: TypeAlias = tuple[int, Json]  # a place in the journal, and what it says


class Touched:
    """The names a step has looked at, as they were when it first did."""

    def __init__(self) -> None:
        self.before: dict[str, Json] = {}
        self.over = False  # what changes the state now has outlived its step


inside: ContextVar[Touched | None] = ContextVar("assent_touched", default=None)


class RunState(State):
    """``ctx.state``."""

    def __init__(
        self,
        record: Callable[[str, Json], Recorded | None],
        newest: Callable[[str], Recorded | None] = lambda name: None,
    ) -> None:
        self._record = record
        self._newest = newest
        self._values: dict[str, Any] = {}
        self._orders: dict[str, int] = {}
        self.recorded: dict[
            str, Json
        ] = {}  # as the journal has it, without what steps are just doing
        self._floor = 0  # changes up to this entry are in what it began with
        self._changing = RLock()  # sync steps change it from threads

    def begins(self, floor: int, state: Mapping[str, Json]) -> None:
        """It is this, whatever was changed up to that entry."""
        self.replayed(floor, state)
        self._floor = floor

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
        try:
            packed = pack(value)
        except ValueNotKept as error:
            raise error.within(f"the state {name!r}") from None
        with self._changing:
            self._set(name, value, packed)

    def _set(self, name: str, value: Any, packed: Json) -> None:
        if self._touch(name):
            _in_time(name)
            self._values[name] = value
            return
        known = self._record(name, packed)
        if known is None:
            self._values[name], self._orders[name] = value, _NEVER
            self.recorded[name] = packed
        elif known[0] <= self._floor:
            return
        elif known[1] == packed and known[0] >= self._orders.get(name, 0):
            self._values[name], self._orders[name] = value, known[0]
        else:
            self.replayed(known[0], {name: known[1]})

    @override
    def __delitem__(self, name: str) -> None:
        if name not in self._values and self._newest(name) is None:
            raise KeyError(name)
        if self._touch(name):
            _in_time(name)
            del self._values[name]
            return
        known = self._record(name, GONE)
        if known is None:
            self._values.pop(name, None)
            self._orders[name] = _NEVER
            self.recorded.pop(name, None)
        else:
            self.replayed(known[0], {name: known[1]})

    @overload
    def update(self, name: str, change: Callable[[Any], Any], default: Any = ..., /) -> None: ...
    @overload
    def update(self, other: Any = ..., /, **kwargs: Any) -> None: ...
    @override
    def update(self, /, *args: Any, **kwargs: Any) -> None:
        """As of a dictionary; or ``update(name, change, default)``: set it to ``change(old value)``."""
        if len(args) in {2, 3} and isinstance(args[0], str) and callable(args[1]):
            name, change = args[0], args[1]
            with self._changing:
                if not self._touch(name):
                    self._catch_up(name)
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
            with self._changing:
                self._catch_up(name)
                self._orders[name] = _NEVER
                touched.before[name] = pack(self._values[name]) if name in self._values else GONE
        return True

    def _catch_up(self, name: str) -> None:
        """Build on the newest that is recorded, also where its branch has yet to come to it again."""
        newest = self._newest(name)
        if newest is not None:
            self.replayed(newest[0], {name: newest[1]})

    def changed(self, touched: Touched) -> dict[str, Json] | None:
        """What a step has changed, in place or by assignment; what cannot be kept is put back, and refused by name."""
        delta: dict[str, Json] = {}
        wrong: ValueNotKept | None = None
        touched.over = True
        for name, before in touched.before.items():
            try:
                after = pack(self._values[name]) if name in self._values else GONE
            except ValueNotKept as error:
                self._put_back(name, before)
                wrong = wrong or error.within(f"the state {name!r}")
                continue
            if after != before:
                delta[name] = after
                self._note(name, after)
        if wrong is not None:
            raise wrong
        return delta or None

    def _put_back(self, name: str, packed: Json) -> None:
        if packed == GONE:
            self._values.pop(name, None)
        else:
            self._values[name] = unpack(packed)

    def _note(self, name: str, packed: Json) -> None:
        if packed == GONE:
            self.recorded.pop(name, None)
        else:
            self.recorded[name] = packed

    def replayed(self, order: int, delta: Mapping[str, Json]) -> None:
        """Apply what a recorded step had changed."""
        if order <= self._floor:
            return
        for name, packed in delta.items():
            if order < self._orders.get(name, 0):
                continue
            self._orders[name] = order
            self._note(name, packed)
            self._put_back(name, packed)


def _in_time(name: str) -> None:
    """Refuse a change that nothing would record any more."""
    touched = inside.get()
    if touched is not None and touched.over:
        raise DefinitionError(
            f"ctx.state[{name!r}] was changed by something that has outlived its step. Await it "
            "before the step returns."
        )
