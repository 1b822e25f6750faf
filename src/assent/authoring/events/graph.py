"""Which step takes which events, and which it makes; checked when the workflow is built.

@step ──▶ Step(takes, makes) ──▶ Graph ──▶ consumers(type of event)
                                    └────▶ Mermaid, DOT
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import (
    Annotated,
    Any,
    Final,
    ParamSpec,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    overload,
)

from msgspec import Struct

from assent.authoring.events.event import (
    Event,
    InputRequest,
    InputResponse,
    RunRequest,
    RunResponse,
    StartEvent,
    StopEvent,
)
from assent.authoring.hints import hints_of, names_around
from assent.core.classes import register
from assent.core.durations import Duration, duration, optional
from assent.errors import DefinitionError
from assent.ports.program import Retry, StepOptions

P = ParamSpec("P")
R = TypeVar("R")
Kind: TypeAlias = type[Event]

_ONCE: Final = Retry()
MARK: Final = "__assent_event_step__"
_NO_TAKER: Final = (StopEvent, InputRequest, RunRequest)
_ASKS: Final = (InputRequest, RunRequest)


class Asked(Struct, frozen=True, kw_only=True):
    """What ``@step(…)`` asks for, and the names around it that annotations may use."""

    name: str | None = None
    retry: Retry = _ONCE
    timeout: timedelta | None = None
    max_concurrency: int | None = None
    sends: tuple[Kind, ...] = ()
    names: Mapping[str, Any] | None = None


class Step(Struct, frozen=True, kw_only=True):
    """A function that takes events of some types, and may make some."""

    name: str
    function: Callable[..., Any]
    takes: tuple[Kind, ...]
    makes: tuple[Kind, ...]
    wants_context: bool
    context_first: bool
    options: StepOptions
    is_async: bool
    max_concurrency: int | None


# ── the decorator ───────────────────────────────────────────────────────────────────────────────


@overload
def step(function: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def step(
    *,
    name: str | None = None,
    retries: int = 0,
    timeout: Duration | None = None,
    delay: Duration = 1,
    backoff: float = 2.0,
    max_delay: Duration = 60,
    max_concurrency: int | None = None,
    sends: Kind | Sequence[Kind] = (),
) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def step(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    retries: int = 0,
    timeout: Duration | None = None,
    delay: Duration = 1,
    backoff: float = 2.0,
    max_delay: Duration = 60,
    max_concurrency: int | None = None,
    sends: Kind | Sequence[Kind] = (),
) -> Any:
    """Make a function a step of an event-driven workflow: ``@step`` or ``@step(retries=3, max_concurrency=4)``.

    It takes the events it is annotated with. ``sends`` names those it hands to ``ctx.send_event``, so that they are
    checked and drawn as well. ``retries`` and ``timeout`` are as in code-first workflows; ``max_concurrency`` is how
    many events of one run it works on at the same time.
    """
    if type(retries) is not int or retries < 0:
        raise DefinitionError(f"retries={retries!r} must be a whole number, 0 or more.")
    if backoff < 1:
        raise DefinitionError(f"backoff={backoff!r} must be 1 or more.")
    if max_concurrency is not None and (type(max_concurrency) is not int or max_concurrency < 1):
        raise DefinitionError(f"max_concurrency={max_concurrency!r} must be 1 or more.")
    asked = Asked(
        name=name,
        retry=Retry(
            retries=retries, first=duration(delay), factor=backoff, longest=duration(max_delay)
        ),
        timeout=optional(timeout),
        max_concurrency=max_concurrency,
        sends=(sends,) if isinstance(sends, type) else tuple(sends),
        names=names_around(2),
    )

    def mark(marked: Callable[..., Any]) -> Callable[..., Any]:
        if not callable(marked):
            raise DefinitionError(f"@step wants a function, not {marked!r}.")
        setattr(marked, MARK, asked)
        return marked

    return mark if function is None else mark(function)


_ANYTHING: Final = (Any, object)
_EVENTS: Final = (Event, types.NoneType, list, tuple)  # what a step may be said to return


def step_of(
    function: Callable[..., Any], *, timeout: timedelta | None, names: Mapping[str, Any]
) -> Step:
    """The step that a function makes; raises DefinitionError where its annotations do not say what it takes."""
    if not callable(function):
        raise DefinitionError(f"A step is a function, not {function!r}.")
    asked: Asked = getattr(function, MARK, None) or Asked()
    name = asked.name or str(getattr(function, "__name__", type(function).__name__))
    plain = inspect.unwrap(function)
    method = getattr(plain, "__func__", plain)
    hints = hints_of(method, {**names, **(asked.names or {})})
    parameters = [
        each
        for each in inspect.signature(function).parameters.values()
        if each.kind in {each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD}
    ]
    takers = [place for place, each in enumerate(parameters) if _events_in(hints.get(each.name))]
    if len(takers) != 1 or len(parameters) > 2:
        raise DefinitionError(
            f"The step {name!r} must have one parameter that is annotated with the events it takes, and may have "
            "one more for the context: async def write(ctx, event: StartEvent) -> Draft."
        )
    taken = hints[parameters[takers[0]].name]
    if _others_in(taken):
        raise DefinitionError(
            f"The step {name!r} takes {taken!r}; a step takes events only. Put what it needs into one."
        )
    for part in _parts(hints.get("return")):
        if isinstance(part, type) and part not in _ANYTHING and not issubclass(part, _EVENTS):
            raise DefinitionError(
                f"The step {name!r} makes {part.__name__}, which is no event. Annotate it with the events it returns, "
                "or None."
            )
    # Annotated with Event itself, a step may make anything: what nobody takes shows when it is made.
    made = [kind for kind in _events_in(hints.get("return")) if kind is not Event]
    return Step(
        name=name,
        function=function,
        takes=_events_in(taken),
        makes=tuple(dict.fromkeys([*made, *asked.sends])),
        wants_context=len(parameters) == 2,
        context_first=takers[0] == 1,
        options=StepOptions(name=name, retry=asked.retry, timeout=asked.timeout or timeout),
        is_async=_is_async(function),
        max_concurrency=asked.max_concurrency,
    )


def _is_async(function: Any) -> bool:
    called = getattr(function, "__call__", None)  # noqa: B004  (an object whose call is async)
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(called)


def _parts(hint: Any) -> Iterator[Any]:
    """The classes in an annotation: of a union each, of a list what it holds."""
    origin = get_origin(hint)
    if origin is None:
        yield hint
    elif origin is Annotated:
        yield from _parts(get_args(hint)[0])
    else:
        for part in get_args(hint):
            yield from _parts(part)


def _events_in(hint: Any) -> tuple[Kind, ...]:
    return tuple(
        dict.fromkeys(
            part for part in _parts(hint) if isinstance(part, type) and issubclass(part, Event)
        )
    )


def _others_in(hint: Any) -> bool:
    origin = get_origin(hint)
    if origin is Annotated:
        return _others_in(get_args(hint)[0])
    if origin in {types.UnionType, Union}:
        return any(_others_in(part) for part in get_args(hint))
    return not (isinstance(hint, type) and issubclass(hint, Event))


# ── the graph ───────────────────────────────────────────────────────────────────────────────────


class Graph:
    """The steps of a workflow, by what they take."""

    def __init__(self, name: str, steps: Sequence[Step]) -> None:
        self.name = name
        self.steps: Mapping[str, Step] = {step.name: step for step in steps}
        self._consumers: dict[Kind, tuple[Step, ...]] = {}
        self._check(steps)
        self.start = self._start()
        for kind in {kind for step in steps for kind in (*step.takes, *step.makes)}:
            register(kind)
            if issubclass(kind, _ASKS):
                register(kind.answered_by)

    def consumers(self, kind: Kind) -> tuple[Step, ...]:
        """The steps that take events of this type, or of one it derives from."""
        found = self._consumers.get(kind)
        if found is None:
            found = tuple(s for s in self.steps.values() if issubclass(kind, s.takes))
            self._consumers[kind] = found
        return found

    def refuse(self, event: object, step: str) -> None:
        """Raise DefinitionError for what cannot be sent: nobody takes it, or it is no event."""
        if not isinstance(event, Event):
            raise DefinitionError(
                f"The step {step!r} of {self.name!r} made {event!r}, which is no event. Return an event, several in "
                "a list, or None."
            )
        kind = type(event)
        if isinstance(event, _ASKS):
            kind = event.answered_by
        elif isinstance(event, StopEvent):
            return
        if not self.consumers(kind):
            raise DefinitionError(self._no_taker(kind, step))

    # ── checks ──────────────────────────────────────────────────────────────────────────────────

    def _check(self, steps: Sequence[Step]) -> None:
        if not steps:
            raise DefinitionError(f"The workflow {self.name!r} has no steps.")
        for name in self.steps:
            if sum(step.name == name for step in steps) > 1:
                raise DefinitionError(
                    f"The workflow {self.name!r} has two steps {name!r}. Give one another name=."
                )
        for step in steps:
            for kind in step.takes:
                if issubclass(kind, _NO_TAKER):
                    why = "ends the run" if issubclass(kind, StopEvent) else "asks for something"
                    raise DefinitionError(
                        f"The step {step.name!r} of {self.name!r} takes {kind.__name__}, which {why} and is "
                        "handed to no step."
                    )
            for kind in step.makes:
                wanted = kind.answered_by if issubclass(kind, _ASKS) else kind
                if not issubclass(kind, StopEvent) and not self.consumers(wanted):
                    raise DefinitionError(self._no_taker(wanted, step.name))

    def _no_taker(self, kind: Kind, step: str) -> str:
        why = "makes "
        if issubclass(kind, InputResponse):
            why = "asks people, and the answer "
        elif issubclass(kind, RunResponse):
            why = "runs another workflow, and what comes back is "
        return (
            f"The step {step!r} of {self.name!r} {why}{kind.__name__}, and no step takes "
            f"{kind.__name__}. Annotate a step's event with it."
        )

    def _start(self) -> type[StartEvent]:
        kinds = {
            kind for s in self.steps.values() for kind in s.takes if issubclass(kind, StartEvent)
        }
        own = {kind for kind in kinds if kind is not StartEvent}
        if len(own) > 1:
            names = ", ".join(sorted(kind.__name__ for kind in own))
            raise DefinitionError(
                f"The steps of {self.name!r} take several start events ({names}); a workflow has one."
            )
        if own:
            return own.pop()
        if kinds or self.consumers(StartEvent):
            return StartEvent
        raise DefinitionError(
            f"No step of {self.name!r} takes StartEvent, so nothing would ever run. Annotate the event of the "
            "first step with it."
        )

    # ── pictures ────────────────────────────────────────────────────────────────────────────────

    def edges(self) -> Iterable[tuple[str, str]]:
        """Which node leads to which: steps by name, events by class name."""
        for step in self.steps.values():
            for kind in step.takes:
                yield kind.__name__, step.name
            for kind in step.makes:
                yield step.name, kind.__name__
                if issubclass(kind, _ASKS):
                    yield kind.__name__, kind.answered_by.__name__

    def mermaid(self) -> str:
        """The graph as a Mermaid flow chart: steps are boxes, events are rounded."""
        edges = list(dict.fromkeys(self.edges()))
        nodes = {name: f"n{place}" for place, name in enumerate(_nodes(edges))}
        drawn = ["flowchart TD"]
        drawn += [
            f'    {id}["{name}"]' if name in self.steps else f'    {id}(["{name}"])'
            for name, id in nodes.items()
        ]
        return "\n".join([*drawn, *(f"    {nodes[a]} --> {nodes[b]}" for a, b in edges)])

    def dot(self) -> str:
        """The graph for Graphviz."""
        edges = list(dict.fromkeys(self.edges()))
        drawn = ["digraph {"]
        drawn += [
            f'    "{name}" [shape={"box" if name in self.steps else "ellipse"}];'
            for name in _nodes(edges)
        ]
        return "\n".join([*drawn, *(f'    "{a}" -> "{b}";' for a, b in edges), "}"])


def _nodes(edges: Iterable[tuple[str, str]]) -> list[str]:
    return list(dict.fromkeys(name for edge in edges for name in edge))
