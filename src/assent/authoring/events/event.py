"""Events: typed, frozen facts that steps hand to one another.

Event ─┬─ StartEvent       what a run is started with
       ├─ StopEvent        ends the run; its result is the run's output
       ├─ InputRequest     a question for people: it becomes a task, and shows in the inbox
       ├─ InputResponse    the answer to one, for the steps that take it
       ├─ RunRequest       another workflow, to be run
       └─ RunResponse, RunFailure   what became of it, for the steps that take it
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict
from typing_extensions import override

from assent.core.durations import Duration


class Event(BaseModel):
    """The base of all events. Its fields are validated, and it cannot be changed once it is made.

    ``seq`` is its place in the run's stream, on events that were read from one: hand it to
    ``stream_events(after=…)`` to read on from there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
    seq: ClassVar[int] = 0


class StartEvent(Event):
    """What a run is started with. Without a class of your own it takes any fields."""

    model_config = ConfigDict(extra="allow")

    @classmethod
    @override
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """A class of your own says which fields there are."""
        super().__pydantic_init_subclass__(**kwargs)
        cls.model_config["extra"] = "forbid"
        cls.model_rebuild(force=True)


class StopEvent(Event):
    """Ends the run. A subclass with fields of its own is the run's output itself."""

    result: Any = None

    def output(self) -> Any:
        """What the run returns."""
        return self.result if type(self) is StopEvent else self


class InputResponse(Event):
    """What somebody answered to a request."""

    request_id: str
    response: Any = None


class InputRequest(Event):
    """A question for people: it opens a task, and only the branch that asks waits.

    ``request_id`` is made if it is left out. ``metadata`` is what people are shown, ``to`` who is asked, and
    ``timeout`` how long they have. A subclass may name the ``form`` of the answer (whatever ``ctx.ask`` takes), and
    the class of the event that the answer becomes: ``answered_by``.
    """

    form: ClassVar[Any] = Any
    answered_by: ClassVar[type[InputResponse]] = InputResponse

    path: ClassVar[
        tuple[str, ...]
    ] = ()  # where below the run it was made, on requests that were read

    prompt: str
    metadata: Any = None
    request_id: str = ""
    to: str | tuple[str, ...] = ()
    timeout: Duration | None = None


class RunResponse(Event):
    """What a run that was asked for has returned."""

    request_id: str
    workflow: str
    output: Any = None


class RunFailure(Event):
    """A run that was asked for did not succeed: ``status`` says how it ended, ``error`` why."""

    request_id: str
    workflow: str
    status: str
    error: str = ""


def _name_of(workflow: Any) -> str:
    name = getattr(workflow, "name", workflow)
    if not isinstance(name, str):
        raise ValueError("a workflow, or the name of one, is wanted")  # noqa: TRY004  (pydantic reads it)
    return name


class RunRequest(Event):
    """Another workflow, by itself or by name, to be run with this input; only the branch that asks waits for it.

    Its output comes back as a ``RunResponse``, or as the event that a subclass names: ``answered_by``. If it does not
    succeed, that is handed to whoever takes ``RunFailure``; where nobody does, this run fails with it. ``id`` is the
    id of the run, which is made if it is left out, as ``request_id`` is.
    """

    answered_by: ClassVar[type[RunResponse]] = RunResponse

    workflow: Annotated[Any, BeforeValidator(_name_of)]
    input: Any = None
    id: str | None = None
    request_id: str = ""
