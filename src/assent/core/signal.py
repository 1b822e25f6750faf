"""Signals: what a run waits for from outside, and what has come for it.

    (nobody waits) ──notify(run_id=…)──▶ early ──the next wait of that name──▶ received
    waiting ──notify──▶ received
       │ └────deadline──▶ received, timed out
       └──a branch beside it, or the run's end──▶ withdrawn

A wait is over once. Early signals are kept in the order they came in, and each is used once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Generic, NamedTuple, TypeVar, cast

from msgspec import Struct

from assent.core.journal import (
    EventBuffered,
    EventReceived,
    EventWaiting,
    EventWithdrawn,
    Fact,
    HookOpened,
    Key,
    RunId,
    RunWaiting,
    micros,
)
from assent.core.values import Json
from assent.errors import FieldError

T = TypeVar("T")

WAIT_TIMER: Final = "wait:"
HOOK: Final = "hook:"
MOST_EARLY: Final = 1000
_REMEMBERED: Final = 1000  # deliveries of a run, so that a repeated one is noticed
_LONGEST: Final = 180

_NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})


class SignalStatus(StrEnum):
    """What became of a signal, in one run or in all."""

    DELIVERED = "delivered"
    BUFFERED = "buffered"
    NO_WAITERS = "no_waiters"
    DUPLICATE = "duplicate"
    ALREADY_RESOLVED = "already_resolved"
    UNKNOWN_RUN = "unknown_run"
    RUN_ENDED = "run_ended"
    INVALID = "invalid"


class Wait(NamedTuple):
    """What a run waits for; moments are in microseconds since 1970."""

    name: str
    since: int
    due: int | None = None
    form: Json = None


class Early(NamedTuple):
    """A signal that came before anybody waited for it; ``number`` is the entry that keeps it."""

    number: int
    name: str
    at: int
    by: str | None
    via: str | None
    delivery: str | None
    data: Json


class Signals(NamedTuple):
    """The signals of a run; ``hooks`` are its own addresses, ``seen`` the deliveries it has had."""

    waits: Mapping[Key, Wait] = _NOTHING
    early: tuple[Early, ...] = ()
    hooks: Mapping[Key, str] = _NOTHING
    seen: tuple[str, ...] = ()


NO_SIGNALS: Final = Signals()


class Signal(NamedTuple):
    """A signal on its way. ``keep``: where nobody waits it is kept; ``one``: of several waits one gets it."""

    name: str
    data: Json = None
    by: str | None = None
    via: str = "python"
    delivery: str | None = None
    keep: bool = False
    one: bool = False


class Arrival(NamedTuple):
    """What a signal does to a run."""

    status: SignalStatus
    facts: Sequence[Fact] = ()


def fault_of(name: str) -> str | None:
    """Why this cannot be the name of a signal; None where it can."""
    if not isinstance(cast(object, name), str):
        return f"{name!r} cannot be the name of a signal: a name is a text."
    if not 0 < len(name) <= _LONGEST or not name.isprintable() or name != name.strip():
        return (
            f"{name!r} cannot be the name of a signal: use 1 to {_LONGEST} printable characters, without "
            "spaces around them."
        )
    if name.startswith(HOOK):
        return f"{name!r} cannot be the name of a signal: those of webhooks begin with {HOOK!r}."
    return None


def hook_name(token: str) -> str:
    """The name of the signals that a webhook's address brings; the token cannot be told from it."""
    return HOOK + hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()[:40]


class SignalReceipt(NamedTuple):
    """What became of a signal: ``runs`` are those it reached, or would have reached."""

    status: SignalStatus
    event: str
    message: str
    runs: tuple[RunId, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    errors: tuple[FieldError, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it counts, now or once somebody waits for it."""
        return self.status in _COUNTS


class Delivery(NamedTuple):
    """What became of a signal in one run."""

    run_id: RunId
    status: SignalStatus
    errors: tuple[FieldError, ...] = ()


_COUNTS: Final = frozenset({SignalStatus.DELIVERED, SignalStatus.BUFFERED, SignalStatus.DUPLICATE})


class Waiter(Struct, frozen=True, kw_only=True):
    """Who waits for a signal: the run, the key of its wait, since when, and until when."""

    event: str
    run_id: RunId
    key: Key
    since: datetime
    due: datetime | None


@dataclass(frozen=True, slots=True)
class EventResult(Generic[T]):
    """What came of waiting for a signal; ``data`` and ``received_at`` are None where it ``timed_out``."""

    data: T
    timed_out: bool
    received_at: datetime | None


# ── folding ─────────────────────────────────────────────────────────────────────────────────────


def evolve(signals: Signals, fact: Fact, at: datetime, number: int) -> Signals:
    """The signals of a run after this fact, its entry ``number``."""
    match fact:
        case EventWaiting(key=key, name=name, due=due, form=form):
            return signals._replace(waits={**signals.waits, key: Wait(name, micros(at), due, form)})
        case EventReceived(key=key, early=early, delivery=delivery):
            left = signals.early
            if early is not None:
                left = tuple(kept for kept in left if kept.number != early)
            seen = signals.seen if early is not None else _with(signals.seen, delivery)
            return signals._replace(waits=_without(signals.waits, key), early=left, seen=seen)
        case EventWithdrawn(key=key):
            return signals._replace(waits=_without(signals.waits, key))
        case EventBuffered(name=name, by=by, via=via, delivery=delivery, data=data):
            kept = Early(number, name, micros(at), by, via, delivery, data)
            seen = _with(signals.seen, delivery)
            return signals._replace(early=(*signals.early, kept), seen=seen)
        case HookOpened(key=key, name=name):
            return signals._replace(hooks={**signals.hooks, key: name})
        case _:
            return signals


def _with(seen: tuple[str, ...], delivery: str | None) -> tuple[str, ...]:
    if delivery is None or delivery in seen:
        return seen
    return (*seen[1 - _REMEMBERED :], delivery)


def _without(waits: Mapping[Key, Wait], key: Key) -> Mapping[Key, Wait]:
    return {name: wait for name, wait in waits.items() if name != key}


# ── deciding ────────────────────────────────────────────────────────────────────────────────────


def arrive(signals: Signals, signal: Signal, at: datetime, *, ended: bool) -> Arrival:
    """What a signal does to a run with these signals."""
    if signal.delivery is not None and signal.delivery in signals.seen:
        return Arrival(SignalStatus.DUPLICATE)
    if ended:
        return Arrival(SignalStatus.RUN_ENDED)
    waiting = {key: wait for key, wait in signals.waits.items() if wait.name == signal.name}
    late = [key for key, wait in waiting.items() if wait.due is not None and wait.due <= micros(at)]
    facts: list[Fact] = [expired(signals, key) for key in late]
    open_ = [key for key in waiting if key not in late]
    if open_:
        facts += [_received(key, signal) for key in (open_[:1] if signal.one else open_)]
        return Arrival(SignalStatus.DELIVERED, facts)
    if signal.keep:
        if len(signals.early) >= MOST_EARLY:
            return Arrival(SignalStatus.INVALID, facts)
        return Arrival(SignalStatus.BUFFERED, [*facts, _buffered(signal)])
    return Arrival(SignalStatus.ALREADY_RESOLVED if late else SignalStatus.NO_WAITERS, facts)


def _received(key: Key, signal: Signal) -> EventReceived:
    return EventReceived(
        key=key,
        name=signal.name,
        by=signal.by,
        via=signal.via,
        delivery=signal.delivery,
        data=signal.data,
    )


def _buffered(signal: Signal) -> EventBuffered:
    return EventBuffered(
        name=signal.name,
        by=signal.by,
        via=signal.via,
        delivery=signal.delivery,
        data=signal.data,
    )


def with_early(signals: Signals, facts: Sequence[Fact]) -> Sequence[Fact]:
    """These facts, and what follows where they begin waits for signals that came early."""
    left, found = list(signals.early), list[Fact]()
    for fact in facts:
        if isinstance(fact, EventWaiting):
            kept = next((early for early in left if early.name == fact.name), None)
            if kept is not None:
                left.remove(kept)
                found.append(_from_early(fact.key, kept))
    if not found:
        return facts
    # What came early is there already, so nothing is waited for yet.
    return [*(fact for fact in facts if not isinstance(fact, RunWaiting)), *found]


def _from_early(key: Key, kept: Early) -> EventReceived:
    return EventReceived(
        key=key,
        name=kept.name,
        by=kept.by,
        via=kept.via,
        delivery=kept.delivery,
        early=kept.number,
        came=kept.at,
        data=kept.data,
    )


def expired(signals: Signals, key: Key) -> EventReceived:
    """The deadline of a wait."""
    return EventReceived(key=key, name=signals.waits[key].name, timed_out=True)


def withdrawn(signals: Signals, keys: Sequence[Key] | None = None) -> list[Fact]:
    """Nobody waits any more: under these keys, or at all."""
    return [
        EventWithdrawn(key=key, name=wait.name)
        for key, wait in signals.waits.items()
        if keys is None or key in keys
    ]
