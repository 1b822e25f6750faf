"""Runs as they go over the wire, and the workflows that can be started."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel

from assent.core.durations import iso8601
from assent.core.run import RunStatus
from assent.core.timeline import TimelineItem
from assent.ports.program import Offered
from assent.runs.handle import RunHandle
from assent.runs.listing import QueueInfo, RunInfo
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
    origin: str | None
    created: datetime
    updated: datetime
    finished: datetime | None
    waiting_for: list[str]

    @classmethod
    def of(cls, run: RunInfo) -> RunLine:
        """A run as it goes over the wire."""
        return cls(**_line(run))


class InQueue(BaseModel):
    """Where a run stands that is held back by a limit: how many places from the head of its queue (1: next)."""

    queue: str
    place: int


_LOOKS: Final = 5  # at most, at a run that does not stand still


class Run(RunLine):
    """A run with what went into it and what came out; ``error`` is in words, ``queued`` is null where it is not."""

    input: Any
    output: Any
    error: str | None
    tasks: list[Task]
    queued: InQueue | None = None

    @classmethod
    async def whole(cls, run: RunHandle[Any]) -> Run:
        """Everything about a run, as it stood at one moment: read again where it has moved on meanwhile."""
        info = await run.info()
        whole = await cls._read(run, info)
        for _ in range(_LOOKS):
            now = await run.info()
            if now.number == info.number:
                break
            info, whole = now, await cls._read(run, now)
        return whole

    @classmethod
    async def _read(cls, run: RunHandle[Any], info: RunInfo) -> Run:
        held = await run.queued()
        return cls(
            **_line(info),
            input=as_json(await run.input()),
            output=as_json(await run.output()),
            error=await run.error(),
            tasks=[Task.of(task) for task in await run.tasks()],
            queued=None if held is None else InQueue(queue=held.queue, place=held.place),
        )


def _line(run: RunInfo) -> dict[str, Any]:
    known = {name: getattr(run, name) for name in RunLine.model_fields}
    return {**known, "labels": dict(run.labels), "waiting_for": list(run.waiting_for)}


class Limit(BaseModel):
    """So many runs at once, and so many that start within ``per`` (ISO 8601)."""

    parallelism: int | None
    rate: int | None
    per: str | None
    counts_waiting: bool


class Queue(BaseModel):
    """A queue: how many runs are ``inside``, how many are ``queued``, who is ``next``, and what holds them back."""

    queue: str
    workflow: str
    inside: int
    queued: int
    next: str | None
    limit: Limit | None

    @classmethod
    def of(cls, queue: QueueInfo) -> Queue:
        """A queue as it goes over the wire."""
        limit = queue.limit
        return cls(
            queue=queue.queue,
            workflow=queue.workflow,
            inside=queue.inside,
            queued=queue.queued,
            next=queue.next,
            limit=None
            if limit is None
            else Limit(
                parallelism=limit.parallelism,
                rate=limit.rate,
                per=None if limit.per is None else iso8601(limit.window),
                counts_waiting=limit.counts_waiting,
            ),
        )


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
