"""An event-driven workflow as its app offers it: started, and gone on with from snapshots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assent.authoring.events.event import StartEvent
from assent.authoring.events.workflow import EventProgram
from assent.core.policy import actor
from assent.core.values import pack
from assent.engine.programs import started_as
from assent.errors import ValueNotKept
from assent.events.handler import Handler
from assent.human.looking import By
from assent.runs.handle import Runs
from assent.snapshots import Written


class EventWorkflow(EventProgram):
    """Steps joined by their events: ``app.events(name, steps)`` makes one."""

    def __init__(self, *args: Any, runs: Callable[[], Runs], **options: Any) -> None:
        super().__init__(*args, **options)
        self._runs = runs

    async def run(self, event: StartEvent | None = None, /, **fields: Any) -> Handler:
        """Start a run with a start event, or with the fields of one; durable when this returns."""
        return await self.start(fields if event is None else event)

    async def start(
        self,
        event: StartEvent | Mapping[str, Any] | None = None,
        *,
        id: str | None = None,
        by: By | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Handler:
        """Start a run as ``app.start`` does: under an id of its own, by somebody, with labels."""
        checked = self.check(event, strict=False)
        try:
            packed = pack(checked)
        except ValueNotKept as error:
            raise error.within(f"the start event of {self.name!r}") from None
        who = None if by is None else actor(by).name
        started = started_as(self, packed, by=who, labels=labels)
        return self.handler((await self._runs().start(self, started, id)).id)

    def handler(self, run: str) -> Handler:
        """A view of one of its runs."""
        return Handler(run, self._runs().reached)

    async def resume(
        self,
        snapshot: Written,
        *,
        fork: bool = False,
        id: str | None = None,
        by: By | None = None,
        sealed: bool = False,
    ) -> Handler:
        """Go on from a snapshot, as ``app.resume`` does. Raises SnapshotRefused."""
        who = None if by is None else actor(by).name
        run = await self._runs().resume(
            snapshot, fork=fork, id=id, by=who, sealed=sealed, workflow=self.name
        )
        return self.handler(run)

    def to_mermaid(self) -> str:
        """The graph of steps and events as a Mermaid flow chart."""
        return self.graph.mermaid()

    def to_dot(self) -> str:
        """The graph of steps and events for Graphviz."""
        return self.graph.dot()
