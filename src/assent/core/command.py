"""What may be wished of a task, and in which of its states.

A command is a wish, judged by ``core.ruling.rule`` against the task as it stands: it may be refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from msgspec import Struct

from assent.core.policy import Actor
from assent.core.task import Outcome, TaskState
from assent.core.values import Json
from assent.errors import FieldError


class Claim(Struct, frozen=True, kw_only=True):
    """Take the task on."""

    by: Actor
    via: str


class Release(Struct, frozen=True, kw_only=True):
    """Give the task back."""

    by: Actor
    via: str


class Remark(Struct, frozen=True, kw_only=True):
    """Write something about the task."""

    by: Actor
    via: str
    text: str


class Respond(Struct, frozen=True, kw_only=True):
    """Answer. ``value`` is packed; ``errors`` says what is wrong with it; ``shown`` is the digest of what was seen."""

    by: Actor
    via: str
    outcome: Outcome
    value: Json = None
    reason: str | None = None
    shown: str | None = None
    errors: tuple[FieldError, ...] = ()


class Delegate(Struct, frozen=True, kw_only=True):
    """Let one more person answer for oneself; ``end``: no longer."""

    by: Actor
    via: str
    to: str
    end: bool = False
    reason: str | None = None


class Reassign(Struct, frozen=True, kw_only=True):
    """Ask others instead; who does not overrule must be somebody who may answer."""

    by: Actor
    via: str
    to: tuple[str, ...]
    overrules: bool = True
    reason: str | None = None


class AskBack(Struct, frozen=True, kw_only=True):
    """Ask the requester something; the clocks stand still until there is a reply."""

    by: Actor
    via: str
    text: str


class Reply(Struct, frozen=True, kw_only=True):
    """Answer what was asked back."""

    by: Actor
    via: str
    text: str


class Attach(Struct, frozen=True, kw_only=True):
    """Put a document beside the task, by reference."""

    by: Actor
    via: str
    name: str
    url: str


class Settle(Struct, frozen=True, kw_only=True):
    """A decision that was made elsewhere, and looked up by ``check=``; without a value ``given``, on what is shown."""

    via: str
    outcome: Outcome
    value: Json = None
    given: bool = False
    reason: str | None = None


class Reopen(Struct, frozen=True, kw_only=True):
    """Take the decision back; whether the run has moved on is known to whoever asks."""

    by: Actor
    via: str
    reason: str | None = None


class Conclude(Struct, frozen=True, kw_only=True):
    """The time in which the decision could be taken back has passed."""


class Nudge(Struct, frozen=True, kw_only=True):
    """The moment of a reminder has come."""


class HandOn(Struct, frozen=True, kw_only=True):
    """The moment of an escalation has come."""


class Withdraw(Struct, frozen=True, kw_only=True):
    """Cancel the task: by a person, or (``by`` None) by the workflow, which no longer asks."""

    by: Actor | None
    via: str
    reason: str | None = None


class Expire(Struct, frozen=True, kw_only=True):
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

_BY_PEOPLE: Final = (Remark, Respond, Delegate, Reassign, AskBack, Reply, Attach)
_ANYTIME: Final[frozenset[type[Command]]] = frozenset(
    (*_BY_PEOPLE, Settle, Nudge, HandOn, Withdraw, Expire)
)
ALLOWED: Final[Mapping[TaskState, frozenset[type[Command]]]] = {
    TaskState.OPEN: _ANYTIME | {Claim},
    TaskState.CLAIMED: _ANYTIME | {Release},
    TaskState.DECIDED: frozenset({Remark, Attach, Reopen, Conclude, Withdraw}),
    TaskState.CLOSED: frozenset({Remark, Attach, Reopen}),
}
