"""Runs as they go over the wire, and the workflows that can be started."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from assent.core.durations import iso8601
from assent.core.run import RunStatus
from assent.core.timeline import TimelineItem
from assent.ports import Offered
from assent.runs.handle import RunHandle
from assent.runs.listing import RunInfo
from assent.web.wire.basic import as_json
from assent.web.wire.tasks import Task


class RunLine(BaseModel):
    """A run in a list."""

    id: str
    workflow: str
    version: str
    status: RunStatus
    by: str | None
    labels: dict[str, str]
    parent: str | None
    root: str
    created: datetime
    updated: datetime
    finished: datetime | None
    waiting_for: list[str]

    @classmethod
    def of(cls, run: RunInfo) -> RunLine:
        """A run as it goes over the wire."""
        return cls(**_line(run))


class Run(RunLine):
    """A run with what went into it and what came out; ``error`` is in words."""

    input: Any
    output: Any
    error: str | None
    tasks: list[Task]

    @classmethod
    async def whole(cls, run: RunHandle[Any]) -> Run:
        """Everything about a run."""
        info = await run.info()
        return cls(
            **_line(info),
            input=as_json(await run.input()),
            output=as_json(await run.output()),
            error=await run.error(),
            tasks=[Task.of(task) for task in await run.tasks()],
        )


def _line(run: RunInfo) -> dict[str, Any]:
    known = {name: getattr(run, name) for name in RunLine.model_fields}
    return {**known, "labels": dict(run.labels), "waiting_for": list(run.waiting_for)}


class Cancelled(BaseModel):
    """The runs that were cancelled."""

    runs: list[str]


class Happened(BaseModel):
    """One line of a timeline; ``took`` is an ISO 8601 duration."""

    at: datetime
    name: str
    key: str | None
    label: str
    detail: str | None
    state: str
    took: str | None

    @classmethod
    def of(cls, item: TimelineItem) -> Happened:
        """A line as it goes over the wire."""
        return cls(
            at=item.at,
            name=item.name,
            key=item.key or None,
            label=item.label,
            detail=item.detail or None,
            state=item.state,
            took=None if item.took is None else iso8601(item.took),
        )


class Startable(BaseModel):
    """A workflow that can be started."""

    name: str
    version: str
    description: str
    input_schema: Any

    @classmethod
    def of(cls, workflow: Offered) -> Startable:
        """A workflow as it goes over the wire."""
        return cls(
            name=workflow.name,
            version=workflow.version,
            description=workflow.description,
            input_schema=workflow.input_schema,
        )
