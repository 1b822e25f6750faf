"""What an administrator sees over the wire: people, keys, notifications, the trail, and how it goes here."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from assent.access import ApiKey, Role
from assent.notifying import outbox
from assent.notifying.outbox import Sending


class User(BaseModel):
    """Somebody, and what they belong to."""

    name: str
    groups: list[str]
    roles: list[str]
    manager: str | None
    mail: str | None


class Absence(BaseModel):
    """Somebody is away, and who stands in."""

    name: str
    to: str
    start: datetime
    end: datetime
    reason: str | None


class Notification(BaseModel):
    """A notice for one channel that was not told yet (``pending``), or could not be (``dead``)."""

    id: str
    channel: str
    event: str
    run_id: str
    task_id: str
    status: Sending
    attempts: int
    due: datetime
    error: str | None

    @classmethod
    def of(cls, found: outbox.Notification) -> Notification:
        """A notification as it goes over the wire."""
        return cls(
            id=found.id,
            channel=found.channel,
            event=found.event,
            run_id=found.run_id,
            task_id=found.task_id,
            status=found.status,
            attempts=found.attempts,
            due=found.due,
            error=found.error,
        )


class Key(BaseModel):
    """An API key, without its secret."""

    id: str
    user: str
    role: Role
    label: str
    created: datetime

    @classmethod
    def of(cls, key: ApiKey) -> Key:
        """A key as it goes over the wire."""
        return cls(id=key.id, user=key.user, role=key.role, label=key.label, created=key.created)


class MadeKey(BaseModel):
    """A new key: its secret is shown this once."""

    id: str
    secret: str
    user: str
    role: Role
    label: str


class LoginLink(BaseModel):
    """A link that signs a browser in, once, within an hour."""

    url: str


class FlawFound(BaseModel):
    """One thing wrong with a run's journal."""

    run: str
    number: int
    what: str


class Verified(BaseModel):
    """What is altered, dropped or reordered; empty where nothing is."""

    flaws: list[FlawFound]


class Erased(BaseModel):
    """The run whose payloads are gone."""

    run: str


class Health(BaseModel):
    """Whether requests are served."""

    status: Literal["ok"] = "ok"


class Status(BaseModel):
    """What runs here."""

    version: str
    public_url: str | None
    user: str
    role: Role
    newest: int
    runs: dict[str, int]
