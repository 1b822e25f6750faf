"""The bodies that requests carry, and how a list is asked for. A field they do not know is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from assent.access import Role
from assent.core.run import RunStatus
from assent.core.task import TaskKind

Reason: TypeAlias = Annotated[str | None, Field(max_length=4000)]


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
    mail: Annotated[str, Field(max_length=320)] | None = None


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
    """Which tasks. ``to`` may be ``me``; ``label``: ``name`` or ``name=value``; ``priority``: the lowest."""

    status: Literal["open", "closed", "all"] = "open"
    to: str | None = None
    workflow: str | None = None
    run: str | None = None
    kind: TaskKind | None = None
    risk: str | None = None
    label: str | None = None
    priority: Annotated[int, Field(ge=-(2**31), lt=2**31)] | None = None
    overdue: bool | None = None
    q: str | None = None


class RunFilter(Listing):
    """Which runs. ``status`` may also be ``incomplete``, ``dead`` or ``all``; ``label``: ``name`` or ``name=value``."""

    status: RunStatus | Literal["incomplete", "dead", "all"] = "all"
    workflow: str | None = None
    label: str | None = None
    q: str | None = None
