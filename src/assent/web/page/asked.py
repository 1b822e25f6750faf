"""What an address asks for: filters that a person may have typed, so anything odd means the default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The filters of a list, and the place in it."""

    q: str | None = None
    status: str = ""
    workflow: str | None = None
    mine: bool = False
    overdue: bool = False
    risk: str | None = None
    label: str | None = None
    urgent: bool = False
    cursor: str | None = None

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the list."""
        narrowed = self.q or self.workflow or self.mine or self.overdue
        return bool(narrowed or self.finer) or self.status not in ("", "open")

    @property
    def finer(self) -> bool:
        """Whether it is narrowed by what stands behind “More”."""
        return bool(self.risk or self.label or self.urgent)


def one_of(given: str | None, known: Sequence[str]) -> str:
    """The word where it is known, else the first of the known ones."""
    return given if given is not None and given in known else known[0]


def flag(given: str | None) -> bool:
    """Whether a box was ticked."""
    return given in ("1", "true", "on", "yes")
