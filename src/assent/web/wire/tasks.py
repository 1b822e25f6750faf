"""Tasks as they go over the wire, and the receipts of those who answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel

from assent.core.task import Outcome, ReceiptStatus, TaskKind, TaskState
from assent.core.values import Json
from assent.human import receipt as receipts
from assent.human import view as views
from assent.web.wire.basic import Wrong, as_json


class Attachment(BaseModel):
    """A document beside a task, by reference."""

    name: str
    url: str
    by: str | None = None


class Answer(BaseModel):
    """What one person said."""

    by: str
    at: datetime
    outcome: Outcome
    value: Any
    reason: str | None
    via: str
    behalf: str | None = None


class Option(BaseModel):
    """One thing to choose."""

    value: Any
    label: str

    @classmethod
    def of(cls, value: Json) -> Option:
        """An option with the words for it: its own where it brings some, else what it holds."""
        match value:
            case {"label": str(label)} | {"title": str(label)} | {"name": str(label)}:
                return cls(value=value, label=label)
            case str():
                return cls(value=value, label=value or "empty")
            case bool():
                return cls(value=value, label="Yes" if value else "No")
            case dict():
                label = ", ".join(f"{name}: {cls.of(part).label}" for name, part in value.items())
                return cls(value=value, label=label or "none")
            case list():
                label = ", ".join(cls.of(part).label for part in value)
                return cls(value=value, label=label or "none")
            case _:
                return cls(value=value, label="none" if value is None else str(value))


class Comment(BaseModel):
    """What somebody wrote about a task."""

    by: str
    at: datetime
    text: str


class Stage(BaseModel):
    """One stage of a policy: done, current, ahead, or skipped."""

    name: str
    to: list[str]
    when: str | None
    approvals: int | None
    state: str


class Delegation(BaseModel):
    """``owner`` lets ``to`` answer."""

    owner: str
    to: str


class Task(BaseModel):
    """A question to people. ``value`` is what is shown, ``form`` the JSON Schema of an answer.

    ``needs`` names who is still needed, and ``why`` says it in words. ``question`` was asked back: the deadline
    stands still until there is a reply.
    """

    id: str
    run_id: str
    workflow: str
    key: str
    path: list[str]
    kind: TaskKind
    status: TaskState
    outcome: Outcome | None
    title: str
    detail: str | None
    value: Any
    form: Any
    options: list[Option]
    many: bool
    to: list[str]
    labels: dict[str, str]
    priority: int
    opened: datetime
    due: datetime | None
    on_timeout: str
    owner: str | None
    digest: str
    by: str | None
    answers: list[Answer]
    comments: list[Comment]
    needs: list[str]
    decided_by: str | None
    decided_at: datetime | None
    undo_until: datetime | None
    reason: str | None
    original: Any
    why: str
    stages: list[Stage]
    veto: list[str]
    excluded: str | None
    delegations: list[Delegation]
    stand_ins: dict[str, str]
    question: Comment | None
    attachments: list[Attachment]
    risk: str | None
    gate: str | None
    reminded: int
    escalated: int

    @classmethod
    def of(cls, task: views.TaskView) -> Task:
        """A task as it goes over the wire."""
        said = [
            Answer(
                by=answer.by,
                at=answer.at,
                outcome=answer.outcome,
                value=as_json(answer.value),
                reason=answer.reason,
                via=answer.via,
                behalf=answer.behalf,
            )
            for answer in task.answers
        ]
        asked = task.question
        return cls(
            **{name: getattr(task, name) for name in _AS_THEY_ARE},
            value=task.shown,
            path=list(task.path),
            options=[Option.of(option) for option in task.options],
            to=list(task.to),
            needs=list(task.needs),
            labels=dict(task.labels),
            answers=said,
            comments=[Comment(by=c.by, at=c.at, text=c.text) for c in task.comments],
            stages=[
                Stage(
                    name=stage.name,
                    to=list(stage.to),
                    when=stage.when,
                    approvals=stage.approvals,
                    state=stage.state,
                )
                for stage in task.stages
            ],
            veto=list(task.veto),
            delegations=[Delegation(owner=d.owner, to=d.to) for d in task.delegations],
            stand_ins=dict(task.stand_ins),
            question=None if asked is None else Comment(by=asked.by, at=asked.at, text=asked.text),
            attachments=[Attachment(name=a.name, url=a.url, by=a.by) for a in task.attachments],
        )


_AS_THEY_ARE: Final = (
    *("id", "run_id", "workflow", "key", "kind", "status", "outcome", "title", "detail", "form"),
    *("many", "priority", "opened", "due", "on_timeout", "owner", "digest", "by"),
    *(
        "decided_by",
        "decided_at",
        "undo_until",
        "reason",
        "original",
        "why",
        "excluded",
        "risk",
        "gate",
    ),
    *("reminded", "escalated"),
)


class ApprovalStatus(BaseModel):
    """Where one approval stands: ``pending``, or how it ended."""

    key: str
    task_id: str
    run_id: str
    status: str
    value: Any
    original_value: Any
    edited_value: Any = None
    by: str | None = None
    reason: str | None = None
    needs: list[str] = []
    due: datetime | None = None

    @classmethod
    def of(cls, key: str, task: views.TaskView) -> ApprovalStatus:
        """The status of a task, under the key it was asked for by."""
        edits = [answer.value for answer in task.answers if answer.outcome is Outcome.EDITED]
        edited = as_json(edits[-1]) if edits else None
        return cls(
            key=key,
            task_id=task.id,
            run_id=task.run_id,
            status="pending" if task.outcome is None else task.outcome.value,
            value=edited if edits else task.shown,
            original_value=task.original,
            edited_value=edited,
            by=task.decided_by,
            reason=task.reason,
            needs=list(task.needs),
            due=task.due,
        )


class DraftKept(BaseModel):
    """What one was about to answer; null where there is nothing."""

    value: Any


class Decided(BaseModel):
    """The decision that stands; ``by`` is null where a deadline decided."""

    outcome: Outcome
    by: str | None
    at: datetime
    reason: str | None


class Receipt(BaseModel):
    """What became of one attempt to answer."""

    status: ReceiptStatus
    code: str
    message: str
    task_id: str | None
    run_id: str | None
    decision: Decided | None
    needs: list[str]
    errors: list[Wrong]

    @classmethod
    def of(cls, receipt: receipts.Receipt) -> Receipt:
        """A receipt as it goes over the wire; ``code`` is its status, as problems have one."""
        made = receipt.decision
        return cls(
            status=receipt.status,
            code=receipt.status.value,
            message=receipt.message,
            task_id=receipt.task_id,
            run_id=receipt.run_id,
            decision=None
            if made is None
            else Decided(outcome=made.outcome, by=made.by, at=made.at, reason=made.reason),
            needs=list(receipt.needs),
            errors=[Wrong(pointer=e.pointer, detail=e.detail) for e in receipt.errors],
        )


class Receipts(BaseModel):
    """A receipt for each answer, in their order."""

    receipts: list[Receipt]
