"""The pure heart of an event-driven workflow: what has come in so far, and what is to be done about it.

    fact ──take──▶ Router ──▶ wishes

    Returned · Answered · Came          facts: a step has returned, people have answered, another run has ended
    Run · Ask · Start · Stop · Stall    wishes: hand this event to this step, ask people, run another workflow, end,
                                        nothing can ever happen again

It does no I/O, starts nothing and reads no clock, so everything about routing is tested without a loop. The same
facts in the same order make the same wishes with the same numbers: a number names one delivery for all of the run,
and is how the journal knows it again. It is changed in place, since a fan-out of ten thousand events would copy as
many each time; ``cursor`` and ``restored`` turn it into plain values and back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar, assert_never

from msgspec import Struct

from assent.authoring.events.event import Event, InputRequest, RunRequest, StopEvent
from assent.authoring.events.graph import Graph, Step
from assent.errors import DefinitionError, ValueUnreadable

E = TypeVar("E", bound=Event)


class Collected(Struct, frozen=True):
    """What a delivery did to the events that are held under a key: it ``took`` these, or added its own."""

    key: str
    took: tuple[int, ...] = ()


class Returned(Struct, frozen=True):
    """A step has returned, and this is all that it made."""

    number: int
    events: Sequence[Event] = ()
    collected: Sequence[Collected] = ()


class Answered(Struct, frozen=True):
    """People have answered a request."""

    number: int
    response: Any


class Came(Struct, frozen=True):
    """A run that was asked for has ended, and this is the event that it becomes."""

    number: int
    event: Event


Fact: TypeAlias = Returned | Answered | Came


class Run(Struct, frozen=True):
    """Hand this event to this step."""

    number: int
    step: str
    event: Event


class Ask(Struct, frozen=True):
    """Put this request to people, on behalf of the step that made it."""

    number: int
    step: str
    request: InputRequest


class Start(Struct, frozen=True):
    """Run another workflow, on behalf of the step that asked for it."""

    number: int
    step: str
    request: RunRequest


class Stop(Struct, frozen=True):
    """The run is over."""

    event: StopEvent


class Stall(Struct, frozen=True):
    """Nothing runs, nothing is queued, nobody is asked, and no event has ended the run: it never will."""


Wish: TypeAlias = Run | Ask | Start | Stop | Stall


class Router:
    """All that is alive in a run."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.running: dict[int, Run] = {}
        self.asked: dict[int, Ask] = {}
        self.below: dict[int, Start] = {}
        self.held: dict[str, dict[int, Event]] = {}
        self.spent: set[tuple[str, int]] = set()  # taken by others before their own delivery ended
        self.stopped: StopEvent | None = None
        self._queued: dict[str, deque[Run]] = {}
        self._busy: dict[str, int] = {}
        self._next = 1

    # ── facts ───────────────────────────────────────────────────────────────────────────────────

    def begin(self, start: Event) -> list[Wish]:
        """A run begins with this event."""
        return self._routed("", [start])

    def take(self, fact: Fact) -> list[Wish]:
        """What follows from a fact; nothing, once the run is over."""
        match fact:
            case Returned(number=number, events=events, collected=collected):
                run = self.running.pop(number)
                for each in collected:
                    self._collect(run, each)
                freed = self._freed(run.step)
                return self._routed(run.step, events, freed)
            case Answered(number=number, response=response):
                ask = self.asked.pop(number)
                request = ask.request
                answer = request.answered_by(request_id=request.request_id, response=response)
                return self._routed(ask.step, [answer])
            case Came(number=number, event=event):
                return self._routed(self.below.pop(number).step, [event])
            case _ as unreachable:
                assert_never(unreachable)

    def _routed(
        self, step: str, events: Sequence[Event], wishes: list[Wish] | None = None
    ) -> list[Wish]:
        if self.stopped is not None:
            return []
        told = [] if wishes is None else wishes
        for event in events:
            if isinstance(event, StopEvent):
                self.stopped = event
                return [Stop(event)]
            if isinstance(event, InputRequest):
                told.append(self._ask(step, event))
            elif isinstance(event, RunRequest):
                told.append(self._start(step, event))
            else:
                told += self._deliver(event)
        if not told and not self.running and not self.asked and not self.below:
            return [Stall()]
        return told

    def _ask(self, step: str, request: InputRequest) -> Ask:
        if any(ask.request.request_id == request.request_id for ask in self.asked.values()):
            raise DefinitionError(
                f"The step {step!r} of {self.graph.name!r} asked under the request_id {request.request_id!r}, and "
                "there is an open request of that id. Leave the id out, or give each its own."
            )
        ask = self.asked[self._next] = Ask(self._next, step, request)
        self._next += 1
        return ask

    def _start(self, step: str, request: RunRequest) -> Start:
        start = self.below[self._next] = Start(self._next, step, request)
        self._next += 1
        return start

    def _deliver(self, event: Event) -> Iterator[Wish]:
        for place, step in enumerate(self.graph.consumers(type(event))):
            # Each taker has an event of its own: what one does to a list in it is not seen by another.
            own = event.model_copy(deep=True) if place else event
            run = Run(self._next, step.name, own)
            self._next += 1
            if self._admits(step):
                yield self._started(run)
            else:
                self._queued.setdefault(step.name, deque()).append(run)

    def _admits(self, step: Step) -> bool:
        most = step.max_concurrency
        return most is None or self._busy.get(step.name, 0) < most

    def _started(self, run: Run) -> Run:
        self.running[run.number] = run
        self._busy[run.step] = self._busy.get(run.step, 0) + 1
        return run

    def _freed(self, step: str) -> list[Wish]:
        """A place at this step is free: the first in its queue has it."""
        self._busy[step] -= 1
        queue = self._queued.get(step)
        if not queue:
            return []
        run = self._started(queue.popleft())
        if not queue:
            del self._queued[step]
        return [run]

    def _collect(self, run: Run, did: Collected) -> None:
        held = self.held.setdefault(did.key, {})
        for number in did.took:
            if held.pop(number, None) is None and number != run.number:
                self.spent.add((did.key, number))
        mine = (did.key, run.number)
        if run.number not in did.took and mine not in self.spent:
            held[run.number] = run.event
        self.spent.discard(mine)
        if not held:
            del self.held[did.key]

    # ── going on ────────────────────────────────────────────────────────────────────────────────

    def open(self) -> list[Wish]:
        """All that was begun and has not ended."""
        if self.stopped is not None:
            return [Stop(self.stopped)]
        return [*self.running.values(), *self.asked.values(), *self.below.values()] or [Stall()]

    @property
    def size(self) -> int:
        """How much is alive."""
        queued = sum(len(queue) for queue in self._queued.values())
        begun = len(self.running) + len(self.asked) + len(self.below)
        return begun + queued + sum(map(len, self.held.values()))

    def cursor(self) -> dict[str, Any]:
        """Everything that is alive, as plain values; what is empty is left out."""
        runs = [*self.running.values(), *(run for queue in self._queued.values() for run in queue)]
        told: dict[str, Any] = {
            "next": self._next,
            "run": [[run.number, run.step, run.event] for run in sorted(runs, key=_in_order)],
            "ask": [[ask.number, ask.step, ask.request] for ask in self.asked.values()],
            "below": [[each.number, each.step, each.request] for each in self.below.values()],
            "held": [
                [key, number, event]
                for key, events in self.held.items()
                for number, event in events.items()
            ],
            "spent": [list(each) for each in sorted(self.spent)],
            "stop": self.stopped,
        }
        return {name: value for name, value in told.items() if value not in ([], None)}

    @classmethod
    def restored(cls, graph: Graph, cursor: Any) -> Router:
        """The router of a cursor; raises ValueUnreadable where it does not fit the graph."""
        router = cls(graph)
        try:
            router._restore(cursor)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueUnreadable(
                f"The workflow {graph.name!r} cannot go on from what it recorded: {error}"
            ) from None
        return router

    def _restore(self, told: Mapping[str, Any]) -> None:
        self._next = _number(told["next"])
        for number, step, event in told.get("run", ()):
            run = Run(_number(number), step, event)
            taker = self.graph.steps.get(step)
            if taker is None:
                raise ValueError(
                    f"an event is on its way to the step {step!r}, which is gone. Restore it, or register the "
                    "change as a new version."
                )
            if not isinstance(event, taker.takes):
                raise TypeError(
                    f"a {type(event).__name__} is on its way to the step {step!r}, which does not take it now. "
                    "Restore its annotation, or register the change as a new version."
                )
            if self._admits(taker):
                self._started(run)
            else:
                self._queued.setdefault(step, deque()).append(run)
        for number, step, request in told.get("ask", ()):
            self.asked[_number(number)] = Ask(number, str(step), _a(InputRequest, request))
            self._taken(request.answered_by)
        for number, step, request in told.get("below", ()):
            self.below[_number(number)] = Start(number, str(step), _a(RunRequest, request))
            self._taken(request.answered_by)
        for key, number, event in told.get("held", ()):
            self.held.setdefault(str(key), {})[_number(number)] = _a(Event, event)
        self.spent = {(str(key), _number(number)) for key, number in told.get("spent", ())}
        self.stopped = told.get("stop") and _a(StopEvent, told["stop"])

    def _taken(self, kind: type[Event]) -> None:
        """What is asked for is told when it is too late to ask anew: somebody has to take it."""
        if not self.graph.consumers(kind) and not issubclass(kind, StopEvent):
            raise ValueError(
                f"an answer is to come as {kind.__name__}, which no step takes now. Restore the step that took it, "
                "or register the change as a new version."
            )


def _in_order(run: Run) -> int:
    return run.number


def _number(value: object) -> int:
    if type(value) is not int or value < 1:
        raise ValueError(f"{value!r} is not the number of a delivery.")
    return value


def _a(kind: type[E], value: object) -> E:
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}.")
    return value
