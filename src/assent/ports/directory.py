"""Who people are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody a directory knows: what they belong to, who manages them, whom they manage, where they read mail."""

    name: str
    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    manager: str | None = None
    reports: frozenset[str] = frozenset()
    mail: str | None = None


class Directory(Protocol):
    """Who people are. It is asked whenever somebody answers, so it should answer soon."""

    async def user(self, name: str) -> User | None:
        """Somebody, or None where nobody has this name: then they are in no group."""
        ...

    async def members(self, assignee: str) -> frozenset[str] | None:
        """Who is meant by ``group:…`` or ``role:…``; None where that cannot be told."""
        ...
