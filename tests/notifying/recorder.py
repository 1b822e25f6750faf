"""Channels that remember what they were told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from assent import App, Context, Decision
from assent.notifying.notice import Notice


@dataclass
class Recorder:
    """Remembers, and fails as often as it is told to."""

    fails: int = 0
    error: Exception = field(default_factory=lambda: OSError("the line is down"))
    told: list[Notice] = field(default_factory=list[Notice])
    attempts: list[str] = field(default_factory=list[str])

    async def on_approval_needed(self, ctx: Notice) -> None:
        self._hear(ctx)

    async def on_approval_resolved(self, ctx: Notice) -> None:
        self._hear(ctx)

    def _hear(self, notice: Notice) -> None:
        self.attempts.append(notice.id)
        if self.fails:
            self.fails -= 1
            raise self.error
        self.told.append(notice)

    @property
    def heard(self) -> list[tuple[str, str]]:
        """The events and keys it was told, in order."""
        return [(notice.event, notice.approval_key) for notice in self.told]


def asking(*channels: object) -> App:
    """An app with a workflow that asks, and these channels."""
    app = App(channels=channels)

    @app.workflow
    async def ask(ctx: Context, how: dict[str, Any]) -> str:
        asked: Any = ctx.approve  # what is asked is chosen by the test
        decision: Decision[Any] = await asked("refund", **{"title": "Refund €120?", **how})
        return str(decision.outcome)

    @app.workflow
    async def fill(ctx: Context) -> int:
        return int(await ctx.ask("number", int, to="ann"))

    @app.workflow
    async def paint(ctx: Context) -> str:
        return str(await ctx.choose("colour", ["red", "blue"], to="ann"))

    @app.workflow
    async def chain(ctx: Context) -> int:
        for name in ("ann", "bob", "cy"):
            await ctx.approve(name, to=name)
        return 3

    return app


OPENED = ("task.opened", "refund")
CLOSED = ("task.closed", "refund")
