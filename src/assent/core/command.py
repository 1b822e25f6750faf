"""What may be wished of a task, and in which of its states.

A command is a wish, judged by ``core.ruling.rule`` against the task as it stands: it may be refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from assent.core.policy import Actor
from assent.core.task import Outcome, TaskState
from assent.core.values import Json
from assent.errors import FieldError


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Take the task on."""

    by: Actor
    via: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Give the task back."""

    by: Actor
    via: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Write something about the task."""

    by: Actor
    via: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond:
    """Answer. ``value`` is packed; ``errors`` says what is wrong with it; ``shown`` is the digest of what was seen."""

    by: Actor
    via: str
    outcome: Outcome
    value: Json = None
    reason: str | None = None
    shown: str | None = None
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegate:
    """Let one more person answer for oneself; ``end``: no longer."""

    by: Actor
    via: str
    to: str
    end: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassign:
    """Ask others instead; who does not overrule must be somebody who may answer."""

    by: Actor
    via: str
    to: tuple[str, ...]
    overrules: bool = True
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskBack:
    """Ask the requester something; the clocks stand still until there is a reply."""

    by: Actor
    via: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Answer what was asked back."""

    by: Actor
    via: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attach:
    """Put a document beside the task, by reference."""

    by: Actor
    via: str
    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """A decision that was made elsewhere, and looked up by ``check=``; without a value ``given``, on what is shown."""

    via: str
    outcome: Outcome
    value: Json = None
    given: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """Take the decision back; whether the run has moved on is known to whoever asks."""

    by: Actor
    via: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclude:
    """The time in which the decision could be taken back has passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudge:
    """The moment of a reminder has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOn:
    """The moment of an escalation has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Cancel the task: by a person, or (``by`` None) by the workflow, which no longer asks."""

    by: Actor | None
    via: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expire:
    """The deadline came."""


Command: TypeAlias = (
    Claim
    | Release
    | Remark
    | Respond
    | Delegate
    | Reassign
    | AskBack
    | Reply
    | Attach
    | Settle
    | Reopen
    | Conclude
    | Nudge
    | HandOn
    | Withdraw
    | Expire
)

_ANYTIME: Final[frozenset[type[Command]]] = frozenset(
    {Remark, Respond, Delegate, Reassign, AskBack, Reply, Attach, Settle, Nudge, HandOn}
    | {Withdraw, Expire}
)
ALLOWED: Final[Mapping[TaskState, frozenset[type[Command]]]] = {
    TaskState.OPEN: _ANYTIME | {Claim},
    TaskState.CLAIMED: _ANYTIME | {Release},
    TaskState.DECIDED: frozenset({Remark, Attach, Reopen, Conclude, Withdraw}),
    TaskState.CLOSED: frozenset({Remark, Attach, Reopen}),
}
