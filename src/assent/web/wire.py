"""What goes over the wire: the bodies that requests carry, and the replies.

These models are the API's reference (``/api/v1/openapi.json``) and what clients are generated from. Requests
refuse fields they do not know; replies are plain JSON, moments in RFC 3339 and UTC, durations in ISO 8601.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final, Generic, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from assent.access import ApiKey, Role
from assent.core import page, signal
from assent.core.durations import iso8601
from assent.core.run import RunStatus
from assent.core.signal import SignalStatus
from assent.core.task import Outcome, ReceiptStatus, TaskKind, TaskState
from assent.core.timeline import TimelineItem
from assent.core.values import Json, pack, plain
from assent.human import receipt as receipts
from assent.human import view as views
from assent.notifying import outbox
from assent.notifying.outbox import Sending
from assent.ports import Offered
from assent.runs import RunHandle, RunInfo

T = TypeVar("T", bound=BaseModel)
V = TypeVar("V")

Reason: TypeAlias = Annotated[str | None, Field(max_length=4000)]


# ── requests ────────────────────────────────────────────────────────────────────────────────────


class Body(BaseModel):
    """A request's body. ``by`` may only repeat who is signed in: nobody answers for somebody else."""

    model_config = ConfigDict(extra="forbid")

    by: str | None = None


class StartRun(Body):
    """A run to start. The same id again is the same run."""

    workflow: str
    input: Any = None
    id: str | None = None
    labels: dict[str, str] | None = None


class Steer(Body):
    """Why, where there is a reason."""

    reason: Reason = None


class CancelRuns(Steer):
    """Which runs to cancel: those that fit all that is given; ``all`` where nothing is."""

    workflow: str | None = None
    label: str | None = None
    q: str | None = None
    all: bool = False


class Restart(Body):
    """Under which id to start it anew."""

    id: str | None = None


class Say(Body):
    """An answer. ``shown`` is the digest of the task as it was seen: if it has changed since, nothing is decided."""

    reason: Reason = None
    shown: str | None = None


class SayValue(Say):
    """An answer that carries a value."""

    value: Any


class Remark(Body):
    """A comment."""

    text: Annotated[str, Field(min_length=1, max_length=4000)]


class HandOver(Body):
    """Whom to let answer for oneself; ``end``: no longer."""

    to: Annotated[str, Field(min_length=1, max_length=200)]
    end: bool = False
    reason: Reason = None


class Reassignment(Body):
    """Whom to ask instead."""

    to: Annotated[list[str], Field(min_length=1, max_length=100)]
    reason: Reason = None


class Attachment(BaseModel):
    """A document beside a task, by reference."""

    name: str
    url: str
    by: str | None = None


class NewAttachment(Body):
    """A document to put beside a task, by reference."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    url: Annotated[str, Field(min_length=1, max_length=2000)]


class Draft(Body):
    """What somebody is about to answer; null forgets it."""

    value: Any


class ByWebhook(BaseModel):
    """A decision made elsewhere. ``key`` is a task's id, ``RUN/KEY``, or a key that one open task has.

    ``actor_id`` is who decided: an operator's key may say that it was somebody else. ``original_value`` is what they
    were shown: where the task shows something else by now, nothing is decided.
    """

    model_config = ConfigDict(extra="forbid")

    key: Annotated[str, Field(min_length=1, max_length=500)]
    action: Literal["approve", "reject", "edit", "cancel"]
    value: Any = None
    reason: Reason = None
    actor_id: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    original_value: Any = None
    edited_value: Any = None


class NewUser(Body):
    """Somebody, and what they belong to."""

    groups: list[str] = []
    roles: list[str] = []
    manager: str | None = None


class NewAbsence(Body):
    """Who stands in, and until when."""

    to: Annotated[str, Field(min_length=1, max_length=200)]
    until: datetime
    since: datetime | None = None
    reason: Reason = None


class OneAnswer(Body):
    """One answer of several."""

    task: str
    action: Literal["approve", "reject", "edit", "answer"]
    value: Any = None
    reason: Reason = None
    shown: str | None = None


class Batch(Body):
    """Several answers, each with a receipt of its own."""

    answers: Annotated[list[OneAnswer], Field(min_length=1, max_length=500)]


class Notify(Body):
    """A signal. ``run_id`` sends it to that run, which keeps what comes early; ``id`` names the delivery."""

    data: Any = None
    run_id: str | None = None
    id: Annotated[str | None, Field(min_length=1, max_length=200)] = None


class NewKey(Body):
    """A key to make."""

    user: Annotated[str, Field(min_length=1, max_length=200)]
    role: Role
    label: Annotated[str, Field(max_length=200)] = ""


class NewLoginLink(Body):
    """Whom to let in, as what."""

    user: Annotated[str, Field(min_length=1, max_length=200)]
    role: Role = Role.RESPONDER


class Listing(BaseModel):
    """How to ask for a page."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class TaskFilter(Listing):
    """Which tasks. ``to`` may be ``me``."""

    status: Literal["open", "closed", "all"] = "open"
    to: str | None = None
    workflow: str | None = None
    run: str | None = None
    kind: TaskKind | None = None
    overdue: bool | None = None
    q: str | None = None


class RunFilter(Listing):
    """Which runs. ``status`` may also be ``incomplete``, ``dead`` or ``all``; ``label``: ``name`` or ``name=value``."""

    status: RunStatus | Literal["incomplete", "dead", "all"] = "all"
    workflow: str | None = None
    label: str | None = None
    q: str | None = None


# ── replies ─────────────────────────────────────────────────────────────────────────────────────


class Page(BaseModel, Generic[T]):
    """A page of a list; ``next_cursor`` asks for the next one."""

    items: list[T]
    next_cursor: str | None = None


def page_of(found: page.Page[V], written: Callable[[V], T]) -> Page[T]:
    """A page as it goes over the wire."""
    return Page(items=[written(item) for item in found.items], next_cursor=found.next_cursor)


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
    *("decided_by", "decided_at", "reason", "original", "why", "excluded", "risk", "gate"),
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


class User(BaseModel):
    """Somebody, and what they belong to."""

    name: str
    groups: list[str]
    roles: list[str]
    manager: str | None


class Absence(BaseModel):
    """Somebody is away, and who stands in."""

    name: str
    to: str
    start: datetime
    end: datetime
    reason: str | None


class Decided(BaseModel):
    """The decision that stands; ``by`` is null where a deadline decided."""

    outcome: Outcome
    by: str | None
    at: datetime
    reason: str | None


class Wrong(BaseModel):
    """One thing that is wrong, by JSON pointer."""

    pointer: str
    detail: str


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


class Delivery(BaseModel):
    """What became of a signal in one run."""

    run_id: str
    status: SignalStatus


class SignalReceipt(BaseModel):
    """What became of a signal; ``runs`` are those it reached."""

    status: SignalStatus
    code: str
    message: str
    event: str
    runs: list[str]
    deliveries: list[Delivery]
    errors: list[Wrong]

    @classmethod
    def of(cls, receipt: signal.SignalReceipt) -> SignalReceipt:
        """A receipt as it goes over the wire; ``code`` is its status, as problems have one."""
        return cls(
            status=receipt.status,
            code=receipt.status.value,
            message=receipt.message,
            event=receipt.event,
            runs=list(receipt.runs),
            deliveries=[Delivery(run_id=d.run_id, status=d.status) for d in receipt.deliveries],
            errors=[Wrong(pointer=e.pointer, detail=e.detail) for e in receipt.errors],
        )


class Waiter(BaseModel):
    """Who waits for an event."""

    event: str
    run_id: str
    key: str
    since: datetime
    due: datetime | None

    @classmethod
    def of(cls, waiter: signal.Waiter) -> Waiter:
        """A waiter as it goes over the wire."""
        return cls(
            event=waiter.event,
            run_id=waiter.run_id,
            key=waiter.key,
            since=waiter.since,
            due=waiter.due,
        )


class Cancelled(BaseModel):
    """The runs that were cancelled."""

    runs: list[str]


class Called(BaseModel):
    """What became of a webhook's call."""

    status: SignalStatus


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


class Notification(BaseModel):
    """A notice for one channel that was not told yet (``pending``), or could not be (``dead``)."""

    id: str
    channel: str
    event: str
    run_id: str
    task_id: str
    status: Sending
    attempts: int
    due: datetime
    error: str | None

    @classmethod
    def of(cls, found: outbox.Notification) -> Notification:
        """A notification as it goes over the wire."""
        return cls(
            id=found.id,
            channel=found.channel,
            event=found.event,
            run_id=found.run_id,
            task_id=found.task_id,
            status=found.status,
            attempts=found.attempts,
            due=found.due,
            error=found.error,
        )


class Key(BaseModel):
    """An API key, without its secret."""

    id: str
    user: str
    role: Role
    label: str
    created: datetime

    @classmethod
    def of(cls, key: ApiKey) -> Key:
        """A key as it goes over the wire."""
        return cls(id=key.id, user=key.user, role=key.role, label=key.label, created=key.created)


class MadeKey(BaseModel):
    """A new key: its secret is shown this once."""

    id: str
    secret: str
    user: str
    role: Role
    label: str


class LoginLink(BaseModel):
    """A link that signs a browser in, once, within an hour."""

    url: str


class FlawFound(BaseModel):
    """One thing wrong with a run's journal."""

    run: str
    number: int
    what: str


class Verified(BaseModel):
    """What is altered, dropped or reordered; empty where nothing is."""

    flaws: list[FlawFound]


class Erased(BaseModel):
    """The run whose payloads are gone."""

    run: str


class Health(BaseModel):
    """Whether requests are served."""

    status: Literal["ok"] = "ok"


class Status(BaseModel):
    """What runs here."""

    version: str
    public_url: str | None
    user: str
    role: Role
    newest: int
    runs: dict[str, int]


class Problem(BaseModel):
    """What went wrong (RFC 9457): ``code`` is stable, ``errors`` says where."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[Wrong] = []


def as_json(value: Any) -> Json:
    """A Python value as plain JSON."""
    return plain(pack(value))


def plain_page(found: page.Page[V], written: Callable[[V], T]) -> Json:
    """A page as plain JSON."""
    return page_of(found, written).model_dump(mode="json")
