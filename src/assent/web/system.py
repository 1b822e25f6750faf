"""What the web needs of an app. The app itself stands on a higher floor, and fits this shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from assent.access import Access
from assent.audit import Audit
from assent.channels import Channels
from assent.core.page import Page
from assent.human.inbox import Inbox
from assent.human.people import People
from assent.notifying.links import Links
from assent.notifying.notifier import Notifier
from assent.ports.clock import Clock
from assent.ports.program import Offered
from assent.ports.store import Store
from assent.runs.handle import RunHandle
from assent.runs.listing import QueueInfo, RunInfo
from assent.signalling import Signalling
from assent.stream import Stream
from assent.system import Settings


class System(Protocol):
    """An app as the web sees it."""

    settings: Settings

    @property
    def is_open(self) -> bool:
        """Whether it has been opened."""
        ...

    async def open(self) -> None:
        """Open it; does nothing where it is open."""
        ...

    async def close(self) -> None:
        """Let go of it."""
        ...

    @property
    def workflows(self) -> Mapping[str, Offered]:
        """What can be started, by name."""
        ...

    @property
    def inbox(self) -> Inbox:
        """Where people answer."""
        ...

    @property
    def people(self) -> People:
        """Who people are, and who stands in for whom."""
        ...

    @property
    def stream(self) -> Stream:
        """The events of all runs."""
        ...

    @property
    def signalling(self) -> Signalling:
        """Takes signals to the runs that wait for them."""
        ...

    @property
    def channels(self) -> Channels:
        """The events of its own that it has declared."""
        ...

    @property
    def notifications(self) -> Notifier:
        """What people elsewhere were not told yet, or could not be."""
        ...

    @property
    def links(self) -> Links:
        """Links in messages that answer once."""
        ...

    @property
    def access(self) -> Access:
        """Who may come in."""
        ...

    @property
    def audit(self) -> Audit:
        """The audit trail."""
        ...

    @property
    def store(self) -> Store:
        """Where everything is kept."""
        ...

    @property
    def clock(self) -> Clock:
        """What reads the time."""
        ...

    async def start(
        self,
        workflow: str,
        input: Any = None,
        *,
        id: str | None = None,
        by: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> RunHandle[Any]:
        """Start a run."""
        ...

    async def restart(
        self, run_id: str, *, id: str | None = None, by: str | None = None
    ) -> RunHandle[Any]:
        """Start a run anew."""
        ...

    async def cancel_runs(
        self,
        *,
        workflow: str | None = None,
        label: str | None = None,
        q: str | None = None,
        all: bool = False,
        reason: str | None = None,
        by: str | None = None,
    ) -> tuple[str, ...]:
        """Cancel several runs."""
        ...

    def run(self, id: str) -> RunHandle[Any]:
        """A view of a run."""
        ...

    async def runs(
        self,
        *,
        status: str | None = None,
        workflow: str | None = None,
        label: str | None = None,
        q: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[RunInfo]:
        """A page of runs, newest first."""
        ...

    async def queues(self) -> tuple[QueueInfo, ...]:
        """The queues where somebody waits or is in."""
        ...
