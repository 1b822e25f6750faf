"""The verbs a workflow is written with, and what they take and return."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping, MutableMapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Final, NamedTuple, Protocol, TypedDict, TypeVar, Unpack, overload
from uuid import UUID

from typing_extensions import override

from assent.core.calendar import BusinessHours
from assent.core.decision import Decision
from assent.core.durations import Duration
from assent.core.policy import Escalate, Policy, Remind
from assent.core.signal import EventResult, SignalReceipt
from assent.errors import DefinitionError

T = TypeVar("T")


class State(MutableMapping[str, Any]):
    """What is kept with a run: a dictionary whose changes are recorded."""

    @overload
    def update(self, name: str, change: Callable[[Any], Any], default: Any = ..., /) -> None: ...
    @overload
    def update(self, other: Any = ..., /, **kwargs: Any) -> None: ...
    @override
    def update(  # pyright: ignore[reportIncompatibleMethodOverride]  (it takes all that a dictionary does)
        self, /, *args: Any, **kwargs: Any
    ) -> None:
        """As of a dictionary; or ``update(name, change, default)``: set it to ``change(old value)``."""
        super().update(*args, **kwargs)


class Webhook(Protocol):
    """An address of a run's own."""

    @property
    def url(self) -> str:
        """Where to send to; whoever knows it may call it."""
        ...

    async def wait(self, *, timeout: Duration | None = "7d", type: Any = None) -> EventResult[Any]:
        """Wait for the next call; its data is the body that was sent."""
        ...


class Done:
    """Something that is done already: it may be awaited, and need not be."""

    def __await__(self) -> Generator[None]:
        """Return at once."""
        yield from ()


DONE: Final = Done()


class Ended(NamedTuple):
    """What a branch with a number of its own has recorded.

    A ``step``, a ``task`` that was answered, a ``child`` run that has ended (as ``status`` says, with this ``error``),
    a ``value``.
    """

    branch: int
    name: str
    kind: str
    value: Any
    status: str = ""
    error: str = ""


class AskTerms(TypedDict, total=False):
    """Whom to ask, by when, and what people see beside the question.

    to            a user, ``group:…``, ``role:…``, or several; nobody named: everybody may answer
    policy        how many of whom, in which stages
    timeout       when it is too late
    labels        what the task can be found by
    priority      more urgent ones, with a higher number, come first in the inbox
    remind        who is still needed hears of it again
    escalate      whom to ask instead, after how long
    calendar      the hours in which deadlines, reminders and escalations count
    risk          how bad a wrong answer would be, in a word
    attachments   documents by name and address
    undo          for how long whoever decided may take it back; until then the run does not go on with it
    """

    to: str | Sequence[str]
    policy: Policy | None
    timeout: Duration | None
    labels: Mapping[str, str] | None
    priority: int
    remind: Remind | None
    escalate: Escalate | None
    calendar: BusinessHours | None
    risk: str | None
    attachments: Mapping[str, str] | None
    undo: Duration | None


class ApproveTerms(AskTerms, total=False):
    """Of an approval also what its deadline decides, and a look-up of a decision that is kept elsewhere.

    on_timeout    ``"reject"``, ``"approve"``, ``"raise"`` or ``Value(…)``; None: the decision is ``expired``
    check         a function that returns Pending(), Approved(value) or Rejected(reason)
    check_every   how often it is asked
    """

    on_timeout: Any
    check: Callable[[], Any] | None
    check_every: Duration


_MEANT: Final[Mapping[str, tuple[type[object], str]]] = {
    "policy": (Policy, "a Policy(…)"),
    "labels": (Mapping, "a dictionary of texts"),
    "priority": (int, "a whole number"),
    "remind": (Remind, "a Remind(…)"),
    "escalate": (Escalate, "an Escalate(…)"),
    "calendar": (BusinessHours, "a BusinessHours(…)"),
    "attachments": (Mapping, "a dictionary of names and addresses"),
}
_HIGHEST: Final = 2**63  # what databases keep as a number


def check_terms(verb: str, given: Mapping[str, object], takes: type[AskTerms]) -> None:
    """Refuse options that a verb does not take, as Python does where it sees a call, and what none of them can be."""
    known = list(takes.__annotations__)
    for name in given.keys() - set(known):
        close = get_close_matches(name, known, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise TypeError(f"{verb}() takes no option {name!r}.{hint}")
    for name, value in given.items():
        if value is None or name not in _MEANT:
            continue
        kind, what = _MEANT[name]
        if not isinstance(value, kind):
            raise DefinitionError(f"{verb}() takes {what} as {name}=, not {value!r}.")
        if isinstance(value, int) and name == "priority" and not -_HIGHEST <= value < _HIGHEST:
            raise DefinitionError(f"{verb}() takes a priority= of less than 2**63 either way.")


class Context(Protocol):
    """The verbs of a workflow. Whatever they return is the same on every replay."""

    @property
    def run_id(self) -> str:
        """The id of this run."""
        ...

    @property
    def workflow(self) -> str:
        """The name of the workflow."""
        ...

    @property
    def labels(self) -> Mapping[str, str]:
        """What the run was labelled with."""
        ...

    @property
    def state(self) -> State:
        """Kept with the run."""
        ...

    @property
    def session(self) -> MutableMapping[str, Any]:
        """Live objects of this process: never stored, gone after a restart."""
        ...

    @overload
    async def step(self, work: Callable[..., Awaitable[T]], /, *args: Any, **kwargs: Any) -> T: ...
    @overload
    async def step(self, work: Callable[..., T], /, *args: Any, **kwargs: Any) -> T: ...
    @overload
    async def step(
        self, name: str, work: Callable[..., Awaitable[T]], /, *args: Any, **kwargs: Any
    ) -> T: ...
    @overload
    async def step(self, name: str, work: Callable[..., T], /, *args: Any, **kwargs: Any) -> T: ...
    async def step(self, *args: Any, **kwargs: Any) -> Any:
        """Do something once and remember its result; retried by its policy."""
        ...

    @overload
    async def approve(
        self,
        key: str,
        *,
        value: T,
        title: str = "",
        detail: str | None = None,
        form: Any = None,
        **terms: Unpack[ApproveTerms],
    ) -> Decision[T]: ...
    @overload
    async def approve(
        self,
        key: str,
        *,
        title: str = "",
        detail: str | None = None,
        form: Any = None,
        **terms: Unpack[ApproveTerms],
    ) -> Decision[None]: ...
    async def approve(
        self,
        key: str,
        *,
        title: str = "",
        detail: str | None = None,
        value: Any = None,
        form: Any = None,
        **terms: Unpack[ApproveTerms],
    ) -> Decision[Any]:
        """Ask people to approve, reject or edit ``value``."""
        ...

    async def ask(
        self,
        key: str,
        form: Any,
        *,
        title: str = "",
        detail: str | None = None,
        value: Any = None,
        default: Any = ...,
        **terms: Unpack[AskTerms],
    ) -> Any:
        """Ask people to fill a form; returns it filled."""
        ...

    async def choose(
        self,
        key: str,
        options: Sequence[Any],
        *,
        many: bool = False,
        title: str = "",
        detail: str | None = None,
        default: Any = ...,
        **terms: Unpack[AskTerms],
    ) -> Any:
        """Ask people to choose one of the options, or several."""
        ...

    @overload
    async def wait_for_event(
        self, name: str, *, timeout: Duration | None = "7d", type: type[T]
    ) -> EventResult[T]: ...
    @overload
    async def wait_for_event(
        self, name: str, *, timeout: Duration | None = "7d", type: Any = None
    ) -> EventResult[Any]: ...
    async def wait_for_event(
        self, name: str, *, timeout: Duration | None = "7d", type: Any = None
    ) -> EventResult[Any]:
        """Wait for a signal of this name; at the deadline go on with ``timed_out``.

        ``type`` is what its data must fit. The data is None where it timed out.
        """
        ...

    async def webhook(self) -> Webhook:
        """An address of this run's own: ``hook.url``, and ``await hook.wait()`` for each call in its order."""
        ...

    async def notify(
        self, event: str, data: Any = None, run_id: str | None = None
    ) -> SignalReceipt:
        """Signal to other runs that wait for this event, once."""
        ...

    async def sleep(self, length: Duration) -> None:
        """Go on after this long, also when the process has restarted meanwhile."""
        ...

    async def sleep_until(self, when: datetime) -> None:
        """Go on at this moment."""
        ...

    async def run(self, workflow: Any, input: Any = ..., *, id: str | None = None) -> Any:
        """Run another workflow and wait for its output."""
        ...

    async def gather(
        self, *awaitables: Awaitable[Any], return_exceptions: bool = False
    ) -> list[Any]:
        """Do several things at once; results in order."""
        ...

    async def first(self, *awaitables: Awaitable[Any]) -> Any:
        """The result of whichever is ready first; the others are withdrawn."""
        ...

    async def emit(self, name: str, data: Any = None) -> None:
        """Tell the run's stream something, once."""
        ...

    async def cancel(self, reason: str | None = None) -> None:
        """End this run as cancelled."""
        ...

    @property
    def cursor(self) -> Any:
        """What the newest checkpoint of this line held when the code began; None where there was none."""
        ...

    def checkpoint(self, cursor: Any, *, keeps_input: bool = True) -> Awaitable[None]:
        """Go on from ``cursor``, should the code begin again: what this line has recorded is not asked for again.

        Recorded at once. Branches that are alive beside it live on: the code must begin them again, in their order.
        In a branch it stands for what that branch has done. ``keeps_input`` False: the code needs the run's input no
        more.
        """
        ...

    def recorded(self) -> Sequence[Ended]:
        """What branches of ``beside`` have recorded since the newest checkpoint, in the order in which it ended."""
        ...

    def beside(self, number: int, awaitable: Awaitable[T]) -> asyncio.Task[T]:
        """Do something in a branch that keeps its number, also when the code goes on from a checkpoint."""
        ...

    def abandon(self, number: int) -> None:
        """What the branch of this number has recorded is not asked for any more."""
        ...

    def stands(self, cursor: Callable[[], Any]) -> None:
        """At any time this says from which cursor the code would go on: it may stay in memory over a pause."""
        ...

    def report(self, name: str, data: Any = None) -> None:
        """Tell the run's stream something from inside a step: at once, and again on each attempt."""
        ...

    def now(self) -> datetime:
        """The present moment, recorded."""
        ...

    def uuid(self) -> UUID:
        """A random UUID, recorded."""
        ...

    def random(self) -> float:
        """A random number from 0 up to 1, recorded."""
        ...
