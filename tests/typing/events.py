"""The context of a step has the type of the workflow's state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_type

from assent.events import Context, RunRequest, StartEvent
from assent.ports.context import State


@dataclass
class Desk:
    """A state with a class."""

    count: int = 0


async def typed(ctx: Context[Desk], event: StartEvent) -> RunRequest:
    assert_type(ctx.state, Desk)
    ctx.state.count += 1
    ctx.update(lambda desk: Desk(desk.count + 1))
    return RunRequest(workflow="other", input=ctx.state.count)


async def plain(ctx: Context, event: StartEvent) -> None:
    assert_type(ctx.state, State)
    ctx.state.update("count", lambda count: count + 1, 0)
