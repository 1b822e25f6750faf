"""What is still to be told, and what could not be: small documents in the store.

    pending ──sent──▶ (gone)
       │  ▲
       │  └── tried again later, resent by hand
       └──given up──▶ dead

A notification holds no words of the task: these are read when it is sent, and so an erased payload stays erased.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple, cast

from assent.core.journal import RunId, TaskId, micros, moment
from assent.core.values import Json
from assent.errors import InvalidState, NotFound
from assent.ports.store import Store

_KIND: Final = "notification"
_LONGEST: Final = 500


class Sending(StrEnum):
    """Where a notification stands."""

    PENDING = "pending"
    DEAD = "dead"


class Member(NamedTuple):
    """One of the things that are told together: the entry, its name, its task, and when it came (microseconds)."""

    seq: int
    event: str
    task_id: TaskId
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One notice for one channel. ``seq`` is the entry it tells of, ``due`` when it is tried next.

    One that gathers several has ``members``; ``seq`` is the first of them then, and neither run nor task are named.
    """

    id: str
    channel: str
    event: str
    seq: int
    run_id: RunId
    task_id: TaskId
    status: Sending
    due: datetime
    attempts: int = 0
    error: str | None = None
    members: tuple[Member, ...] = ()

    @property
    def newest(self) -> int:
        """The last entry that it tells of."""
        return self.members[-1].seq if self.members else self.seq

    def gathers(self, now: datetime) -> bool:
        """Whether something may be added: not once it is due, and may be on its way."""
        return bool(self.members) and not self.attempts and self.due > now

    def later(self, due: datetime) -> Notification:
        """The same, not before this moment."""
        return replace(self, due=due)

    def failed(self, error: str, due: datetime | None) -> Notification:
        """After an attempt that failed: tried again when it is due, or given up."""
        return replace(
            self,
            attempts=self.attempts + 1,
            error=error[:_LONGEST],
            due=due or self.due,
            status=Sending.DEAD if due is None else Sending.PENDING,
        )


class Outbox:
    """The notifications of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def keep(self, notification: Notification) -> bool:
        """Keep one that is new; whether it was."""
        return await self._store.keep(_KIND, notification.id, _document(notification))

    async def replace(self, notification: Notification) -> None:
        """Keep how it stands now."""
        await self._store.replace(_KIND, notification.id, _document(notification))

    async def settle(self, id: str) -> None:
        """It was told."""
        await self._store.take(_KIND, id)

    async def kept(self, id: str) -> Notification | None:
        """One that was not told yet, or could not be."""
        found = await self._store.kept(_KIND, id)
        return None if found is None else _notification(found)

    async def all(self) -> Sequence[Notification]:
        """All that were not told yet, or could not be, oldest first."""
        found = (await self._store.kept_all(_KIND)).values()
        return sorted(map(_notification, found), key=lambda notification: notification.id)

    async def revive(self, id: str, at: datetime) -> Notification:
        """Try one again that was given up, from the first attempt on; raises NotFound, InvalidState."""
        found = await self.kept(id)
        if found is None:
            raise NotFound(
                f"There is no notification {id!r} that was not told. List them with 'assent notifications ls'."
            )
        if found.status is not Sending.DEAD:
            raise InvalidState(f"The notification {id!r} is still being tried, by itself.")
        again = replace(found, status=Sending.PENDING, attempts=0, due=at)
        await self.replace(again)
        return again


def _document(notification: Notification) -> Json:
    told: dict[str, Any] = {**asdict(notification), "due": micros(notification.due)}
    members = told.pop("members")
    return {**told, "members": [[*member] for member in members]} if members else told


def _notification(document: Json) -> Notification:
    told: dict[str, Any] = {**cast("Mapping[str, Any]", document)}
    told |= {"status": Sending(told["status"]), "due": moment(told["due"])}
    told["members"] = tuple(Member(*member) for member in told.get("members", ()))
    return Notification(**told)
