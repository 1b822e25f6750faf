"""Whatever an engine can run, and what its steps and gates ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from msgspec import Struct

from assent.core.values import Json
from assent.ports.context import Ended


class Retry(Struct, frozen=True, kw_only=True):
    """How often and how late a failed step is tried again: ``first * factor ** n``, at most ``longest``."""

    retries: int = 0
    first: timedelta = timedelta(seconds=1)
    factor: float = 2.0
    longest: timedelta = timedelta(minutes=1)

    def delay(self, attempt: int) -> timedelta:
        """How long to wait after the ``attempt``-th failed attempt, from 1."""
        seconds = self.first.total_seconds() * self.factor ** min(attempt - 1, 64)
        return min(timedelta(seconds=min(seconds, 1e9)), self.longest)


class StepOptions(Struct, frozen=True, kw_only=True):
    """What a step asks for; None means no limit."""

    name: str
    retry: Retry = Retry()
    timeout: timedelta | None = None


class SessionPolicy(StrEnum):
    """What a pause does with the live objects in ``ctx.session``."""

    PICKLE_OR_ERROR = "pickle_or_error"
    WARN_DROP = "warn_drop"
    HARD_ERROR = "hard_error"


GATE: Final = "__assent_gate__"


class Gate(Struct, frozen=True, kw_only=True):
    """What must be granted before an operation runs; ``terms`` are what ``Context.approve`` takes."""

    key: str
    when: Callable[[dict[str, Any]], bool | Awaitable[bool]] | None
    describe: Callable[[dict[str, Any]], str] | None
    form: Callable[[], Any]
    terms: Mapping[str, Any]


class Program(Protocol):
    """Whatever an engine can run: it has a name, and turns an input into an output with the verbs."""

    @property
    def name(self) -> str:
        """The name of the workflow."""
        ...

    @property
    def version(self) -> str:
        """Its version; runs go on with the version they were started with."""
        ...

    @property
    def timeout(self) -> timedelta | None:
        """How long a run may take, human waiting not counted."""
        ...

    @property
    def counts_waiting(self) -> bool:
        """Whether human waiting counts towards the timeout."""
        ...

    @property
    def session_pause_policy(self) -> SessionPolicy:
        """What a pause does with the live objects of a run."""
        ...

    @property
    def takes(self) -> str:
        """The type of its input, in words, to notice when it changes."""
        ...

    def check(self, value: Any, *, strict: bool) -> Any:
        """The input as the workflow's type; raises InvalidInput with every error."""
        ...

    async def perform(self, context: Any, value: Any) -> Any:
        """Run it."""
        ...

    def condense(
        self, value: Any, cursor: Any, recorded: Sequence[Ended]
    ) -> tuple[Any, Sequence[int]] | None:
        """The cursor that stands for all that is recorded, and the branches that it stands for.

        None where the code can only go on from its journal.
        """
        ...


class Offered(Program, Protocol):
    """A program that an app offers to be started: people see what it is for, and what it takes."""

    @property
    def description(self) -> str:
        """What it is for."""
        ...

    @property
    def input_schema(self) -> Json:
        """The JSON Schema of its input; None where it takes none, or anything."""
        ...
