"""What a channel is told, and the port it stands behind."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol, runtime_checkable

from assent.core.routing import RESOLVED
from assent.core.task import Outcome
from assent.core.values import Json
from assent.errors import DefinitionError
from assent.human.view import TaskView
from assent.ports.directory import User

_NEEDED: Final = "on_approval_needed"
_RESOLVED: Final = "on_approval_resolved"
_GATHERED: Final = "on_approvals_gathered"


async def _no_link(person: str) -> str | None:
    return None


async def _nobody() -> Sequence[User]:
    return ()


class Note:
    """What a channel keeps about a task, from one notice to the next: where it was posted, say.

    This one forgets with the process; notices of an app bring one that the store keeps.
    """

    def __init__(self) -> None:
        self._written: Json = None

    async def read(self) -> Json:
        """What was written; None where nothing was."""
        return self._written

    async def write(self, what: Json) -> None:
        """Keep this; None forgets it."""
        self._written = what


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that people should know about a task.

    ``id`` is the same at every attempt to tell it. ``event`` says why (``task.opened``, ``task.reminded``,
    ``task.escalated``, ``task.expiring``, ``task.closed`` …), ``to`` whom it concerns, ``task`` how the task stands
    now, ``url`` where it is answered, where the server has a public address. ``note`` is the channel's own, about this
    task.
    """

    id: str
    event: str
    at: datetime
    to: tuple[str, ...]
    task: TaskView
    url: str | None
    linked: Callable[[str], Awaitable[str | None]] = field(
        default=_no_link, repr=False, compare=False
    )
    known: Callable[[], Awaitable[Sequence[User]]] = field(
        default=_nobody, repr=False, compare=False
    )
    note: Note = field(default_factory=Note, repr=False, compare=False)

    async def link(self, person: str) -> str | None:
        """An address where this person can answer once, without signing in; None without a public address."""
        return await self.linked(person)

    async def people(self) -> Sequence[User]:
        """Everybody whom it concerns, as the directory knows them: groups and roles are the people in them."""
        return await self.known()

    @property
    def resolved(self) -> bool:
        """Whether it says that nobody is needed any more."""
        return self.event == RESOLVED

    @property
    def summary(self) -> str:
        """What is asked, in one line."""
        return self.task.called

    @property
    def workflow_name(self) -> str:
        """The workflow that asks."""
        return self.task.workflow

    @property
    def approval_key(self) -> str:
        """The key of the task in its run."""
        return self.task.key

    @property
    def run_id(self) -> str:
        """The run that asks."""
        return self.task.run_id

    @property
    def task_id(self) -> str:
        """The task."""
        return self.task.id

    @property
    def outcome(self) -> Outcome | None:
        """How it ended, once it has."""
        return self.task.outcome

    @property
    def by(self) -> str | None:
        """Who decided it; None while it is open, and where a deadline did."""
        return self.task.decided_by

    @property
    def reason(self) -> str | None:
        """Why, as whoever decided it said."""
        return self.task.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Several tasks that wait, for one message; those that were answered meanwhile are not in it.

    ``id`` is the same at every attempt to tell it, ``url`` is the inbox, where the server has a public address.
    """

    id: str
    at: datetime
    notices: tuple[Notice, ...]
    url: str | None


@runtime_checkable
class Gathering(Protocol):
    """A channel that can tell of several tasks in one message."""

    async def gathered(self, bundle: Bundle) -> None:
        """Tell people of all that waits for them."""
        ...


@runtime_checkable
class Channel(Protocol):
    """A way to reach people. What it raises is tried again later; a notice may come twice, with the same ``id``.

    ``NonRetryable`` gives up at once; ``RetryAfter`` says when to try again.
    """

    async def needed(self, notice: Notice) -> None:
        """Tell people that they are needed."""
        ...

    async def resolved(self, notice: Notice) -> None:
        """Tell people that they no longer are, and why."""
        ...


def channel_of(given: Any) -> Channel:
    """A channel; an object with ``on_approval_needed`` or ``on_approval_resolved`` is made into one."""
    if isinstance(given, Channel):
        return given
    names = (_NEEDED, _RESOLVED, _GATHERED)
    if not any(callable(getattr(given, name, None)) for name in names):
        raise DefinitionError(
            f"{given!r} is no channel: it has neither {_NEEDED}(notice) nor {_RESOLVED}(notice)."
        )
    return (_Together if callable(getattr(given, _GATHERED, None)) else _Object)(given)


class _Object:
    """Any object with the two methods, or one of them; they may be async or not."""

    def __init__(self, target: Any) -> None:
        self._target = target

    async def needed(self, notice: Notice) -> None:
        await self._call(_NEEDED, notice)

    async def resolved(self, notice: Notice) -> None:
        await self._call(_RESOLVED, notice)

    async def _call(self, name: str, what: Notice | Bundle) -> None:
        tell = getattr(self._target, name, None)
        if tell is None:
            return
        told = (
            tell(what) if inspect.iscoroutinefunction(tell) else await asyncio.to_thread(tell, what)
        )
        if inspect.isawaitable(told):
            await told


class _Together(_Object):
    """One that takes several at once, too."""

    async def gathered(self, bundle: Bundle) -> None:
        await self._call(_GATHERED, bundle)


def gathers(channel: Channel) -> bool:
    """Whether the channel can tell of several tasks in one message."""
    return isinstance(channel, Gathering)


def name_of(given: Any) -> str:
    """What a channel is called where nobody has named it."""
    named = getattr(given, "name", None)
    return named if isinstance(named, str) and named.isidentifier() else type(given).__name__
