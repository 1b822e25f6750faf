"""A task as people and programs see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from assent.core.decision import Answer
from assent.core.journal import RunId, TaskId, moment
from assent.core.policy import NOBODY_KNOWN, Members
from assent.core.standing import needed
from assent.core.task import (
    Attachment,
    Comment,
    Delegation,
    HumanTask,
    Outcome,
    Question,
    TaskKind,
    TaskState,
)
from assent.core.values import Json, plain, unpack_or_plain
from assent.ports.rows import StoredTask
from assent.rows import task_of

NOBODY_AWAY: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """One stage of the policy: ``state`` is done, current, ahead, or skipped (its condition does not hold)."""

    name: str
    to: tuple[str, ...]
    when: str | None
    approvals: int | None
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """A task as people and programs see it.

    ``shown`` is the value as plain JSON, while it is open as edits have left it; ``original`` as it was asked;
    ``form`` its JSON Schema. ``needs`` names who is still needed, and ``why`` says it in words. ``stand_ins`` says who
    answers for whom while they are away. ``undo_until`` says how long a decision can still be taken back.
    """

    id: TaskId
    run_id: RunId
    workflow: str
    key: str
    path: tuple[str, ...]
    kind: TaskKind
    status: TaskState
    outcome: Outcome | None
    title: str
    detail: str | None
    value: Any
    shown: Json
    form: Json
    options: tuple[Json, ...]
    many: bool
    to: tuple[str, ...]
    labels: Mapping[str, str]
    priority: int
    opened: datetime
    due: datetime | None
    on_timeout: str
    fallback: Json
    owner: str | None
    digest: str
    by: str | None
    answers: tuple[Answer, ...]
    comments: tuple[Comment, ...]
    needs: tuple[str, ...]
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    undo_until: datetime | None = None
    original: Json = None
    why: str = ""
    stages: tuple[StageView, ...] = ()
    veto: tuple[str, ...] = ()
    excluded: str | None = None
    delegations: tuple[Delegation, ...] = ()
    stand_ins: Mapping[str, str] = field(default_factory=dict[str, str])
    question: Question | None = None
    attachments: tuple[Attachment, ...] = ()
    risk: str | None = None
    gate: str | None = None
    reminded: int = 0
    escalated: int = 0

    @property
    def called(self) -> str:
        """What it is called where one line has to do: its title, or its key where that is blank."""
        return self.title.strip() or self.key


def view(stored: StoredTask, members: Members = NOBODY_KNOWN) -> TaskView:
    """A stored task as people see it."""
    return view_of(task_of(stored), stored.row.run, stored.row.workflow, members)


def view_of(
    task: HumanTask,
    run: RunId,
    workflow: str,
    members: Members = NOBODY_KNOWN,
    stand_ins: Mapping[str, str] = NOBODY_AWAY,
) -> TaskView:
    """A task as people see it."""
    asked, closing, rules = task.asked, task.decision, task.rules
    missing = needed(task, members)
    shown = asked.value if closing else task.value  # of a decided task, the answers say the rest
    return TaskView(
        id=task.id,
        run_id=run,
        workflow=workflow,
        key=asked.name,
        path=tuple(asked.path or ()),
        kind=TaskKind(asked.asks),
        status=task.state,
        outcome=closing.outcome if closing else None,
        title=asked.title,
        detail=asked.detail,
        value=unpack_or_plain(shown),
        shown=plain(shown),
        original=plain(asked.value),
        form=asked.form,
        options=tuple(plain(option) for option in asked.options or ()),
        many=bool(asked.many),
        to=task.to,
        labels=asked.labels or {},
        priority=asked.priority or 0,
        opened=task.opened,
        due=task.due,
        on_timeout=task.on_timeout,
        fallback=plain(asked.timeout_value),
        owner=task.owner,
        digest=task.digest,
        by=asked.by,
        answers=_answers(task),
        comments=task.comments,
        needs=missing.needs,
        why=missing.why,
        stages=_stages(task),
        veto=rules.veto,
        excluded=asked.by if rules.exclude_requester else None,
        delegations=task.delegations,
        stand_ins=stand_ins,
        question=task.question,
        attachments=task.attachments,
        risk=asked.risk,
        gate=asked.gate,
        reminded=task.reminded,
        escalated=task.escalated,
        decided_by=closing.by if closing else None,
        decided_at=closing.at if closing else None,
        reason=closing.reason if closing else None,
        undo_until=moment(task.held.until) if task.held else None,
    )


def _answers(task: HumanTask) -> tuple[Answer, ...]:
    return tuple(
        Answer(
            by=said.by,
            at=said.at,
            outcome=said.outcome,
            value=unpack_or_plain(said.value),
            reason=said.reason,
            via=said.via,
            behalf=said.behalf,
        )
        for said in task.answers
        if not said.retracted
    )


def _stages(task: HumanTask) -> tuple[StageView, ...]:
    """The stages of a policy that has several."""
    rules = task.rules
    if len(rules.stages) < 2:
        return ()
    now = task.stage or 0
    return tuple(
        StageView(
            name=stage.name,
            to=task.to if place == now else stage.to,
            when=stage.when,
            approvals=stage.approvals,
            state=_state(task, place, now),
        )
        for place, stage in enumerate(rules.stages)
    )


def _state(task: HumanTask, place: int, now: int) -> str:
    if place == now and task.decision is None:
        return "current"
    if not task.rules.stages[place].applies(task.so_far):
        return "skipped"
    return "done" if place <= now else "ahead"
