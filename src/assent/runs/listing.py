"""Runs in a list: which are asked for, a page of them, and what is known of each."""

from __future__ import annotations

import base64
import binascii
from collections.abc import (
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from assent.core.journal import (
    RunId,
    moment,
)
from assent.core.page import Page, check_asked
from assent.core.place import Limit, workflow_of
from assent.core.run import INCOMPLETE, Run, RunStatus
from assent.core.values import dump, load
from assent.errors import (
    FieldError,
    InvalidInput,
)
from assent.ports.rows import QueueRow, RunQuery, RunRow


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """A run in a list. ``origin`` is the run that it was forked from, by a snapshot."""

    id: RunId
    workflow: str
    version: str
    status: RunStatus
    by: str | None
    labels: Mapping[str, str]
    parent: RunId | None
    root: RunId
    created: datetime
    updated: datetime
    finished: datetime | None
    waiting_for: tuple[str, ...]
    number: int
    origin: RunId | None = None


@dataclass(frozen=True, slots=True)
class InQueue:
    """Where a run stands that is held back: in which queue, and how many places from its head (1: next)."""

    queue: str
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueInfo:
    """A queue: how many runs are ``inside``, how many are ``queued``, who is ``next``, and the limit they are held by.

    ``limit`` is None where this app has none for the workflow (any more).
    """

    queue: str
    workflow: str
    inside: int
    queued: int
    next: RunId | None
    limit: Limit | None


def queue_of(row: QueueRow, limit: Limit | None) -> QueueInfo:
    """A queue in a list."""
    return QueueInfo(
        queue=row.queue,
        workflow=workflow_of(row.queue),
        inside=row.inside,
        queued=row.queued,
        next=row.next,
        limit=limit,
    )


def query_of(
    *,
    status: str | Sequence[str] | None,
    workflow: str | None,
    label: str | None,
    q: str | None,
    cursor: str | None,
    limit: int,
) -> RunQuery:
    """What to ask the store for: one more than fit, which tells whether there is a next page."""
    check_asked(limit, q, workflow=workflow, label=label)
    return RunQuery(
        statuses=_statuses(status),
        workflow=workflow,
        label=_label(label),
        text=q,
        before=_position(cursor),
        limit=limit + 1,
    )


def page_of(rows: Sequence[RunRow], limit: int) -> Page[RunInfo]:
    """A page of the rows that were found, and the cursor of the next one."""
    more = None
    if len(rows) > limit:
        last = rows[limit - 1]
        text = dump([last.created, last.id]).encode()
        more = base64.urlsafe_b64encode(text).decode().rstrip("=")
    return Page(tuple(_info_of_row(row) for row in rows[:limit]), more)


def info_of(run: Run) -> RunInfo:
    """A run in a list."""
    return RunInfo(
        id=run.id,
        workflow=run.workflow,
        version=run.version,
        status=run.status,
        by=run.by,
        labels=dict(run.labels),
        parent=run.parent,
        root=run.root,
        created=moment(run.created),
        updated=moment(run.updated),
        finished=None if run.finished is None else moment(run.finished),
        waiting_for=run.waiting_for,
        number=run.number,
        origin=run.origin,
    )


def _info_of_row(row: Any) -> RunInfo:
    state = cast("dict[str, Any]", load(row.state))
    return RunInfo(
        id=row.id,
        workflow=row.workflow,
        version=row.version,
        status=RunStatus(row.status),
        by=row.by,
        labels=cast("dict[str, str]", load(row.labels)),
        parent=row.parent,
        root=row.root,
        created=moment(row.created),
        updated=moment(row.updated),
        finished=None if row.finished is None else moment(row.finished),
        waiting_for=tuple(state.get("waiting_for", ())),
        number=row.number,
        origin=state.get("origin"),
    )


_DEAD: Final = (
    RunStatus.FAILED,
    RunStatus.TIMED_OUT,
    RunStatus.PARKED,
)  # nothing goes on by itself


def _statuses(status: str | Sequence[str] | None) -> tuple[str, ...]:
    if status is None or status == "all":
        return ()
    if status == "incomplete":
        return tuple(INCOMPLETE)
    if status == "dead":
        return _DEAD
    wanted = (status,) if isinstance(status, str) else tuple(status)
    unknown = [name for name in wanted if name not in set(RunStatus)]
    if unknown:
        known = ", ".join(["all", "incomplete", "dead", *RunStatus])
        raise InvalidInput(
            "The filter", (FieldError("/status", f"{unknown[0]!r} is none of: {known}"),)
        )
    return wanted


def _label(label: str | None) -> tuple[str, str | None] | None:
    if label is None:
        return None
    key, equals, value = label.partition("=")
    return (key, value) if equals else (label, None)


def _position(cursor: str | None) -> tuple[int, str] | None:
    if cursor is None:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        created, id = cast("list[Any]", load(text))
        return int(created), str(id)
    except (ValueError, TypeError, binascii.Error):
        raise InvalidInput(
            "The cursor", (FieldError("/cursor", "it is not one that this list has given"),)
        ) from None
