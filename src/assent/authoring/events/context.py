"""What a step of an event-driven workflow is handed: events to send, state, live objects, fan-in.

All that a step does here is recorded with its result: sent events are routed once the step has returned, so that
one that fails and is tried again sends them once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from threading import Lock
from typing import Any, Generic, cast

from typing_extensions import TypeVar

from assent.authoring.events.event import Event
from assent.authoring.events.router import Collected, Router, Run
from assent.authoring.events.state import TypedState
from assent.core.values import Json, pack
from assent.errors import DefinitionError, InvalidInput
from assent.ports.context import DONE, Context, State


class Holder:
    """Events that wait for others of theirs, as the steps that run see them.

    The router has what is recorded; this adds what running steps have done so far. Each delivery counts once,
    however often its step is tried.
    """

    def __init__(self, router: Router) -> None:
        self._held = {key: dict(events) for key, events in router.held.items()}
        self._gone = set(router.spent)
        self._took: dict[tuple[str, int], dict[int, Event]] = {}
        self._changing = Lock()  # sync steps collect in threads

    def collect(
        self, key: str, run: Run, expected: Sequence[type[Event]]
    ) -> tuple[tuple[int, ...], list[Event] | None]:
        """Add the event of a delivery; which deliveries it took, and their events in the order expected."""
        mine = (key, run.number)
        with self._changing:
            if mine in self._took:
                took = self._took[mine]
                return tuple(took), list(took.values())
            if mine in self._gone:
                return (), None
            held = self._held.setdefault(key, {})
            held[run.number] = run.event
            matching = _matching(held, expected)
            if matching is None:
                return (), None
            for number in matching:
                del held[number]
                self._gone.add((key, number))
            self._took[mine] = matching
            return tuple(matching), list(matching.values())

    def ended(self, run: Run, collected: Sequence[Collected]) -> None:
        """A delivery has ended: it will not ask again."""
        with self._changing:
            for did in collected:
                self._took.pop((did.key, run.number), None)
                self._gone.discard((did.key, run.number))


def _matching(
    held: Mapping[int, Event], expected: Sequence[type[Event]]
) -> dict[int, Event] | None:
    """One held event for each of these types, the oldest first; None unless there are all."""
    found: dict[int, Event] = {}
    for kind in expected:
        number = next((n for n, e in held.items() if n not in found and isinstance(e, kind)), None)
        if number is None:
            return None
        found[number] = held[number]
    return found


S = TypeVar("S", default=State)


class StepContext(Generic[S]):
    """The context of one delivery; ``StepContext[Desk]`` where the workflow's state has a class of its own."""

    def __init__(
        self,
        verbs: Context,
        run: Run,
        holder: Holder,
        refuse: Callable[[object, str], None],
        typed: TypedState | None = None,
    ) -> None:
        self._verbs = verbs
        self._run = run
        self._holder = holder
        self._refuse = refuse
        self._typed = typed
        self._good: Json = None  # the typed state, as it was when this attempt first looked at it
        self.over = False  # the step has returned, and what it made is recorded
        self.sent: list[Event] = []
        self.collected: list[Collected] = []

    @property
    def step(self) -> str:
        """The name of this step."""
        return self._run.step

    def again(self) -> None:
        """An attempt begins: what an earlier one had sent was never sent."""
        self.over = False
        self.sent.clear()
        self.collected.clear()
        self._good = None

    @property
    def run_id(self) -> str:
        """The id of this run."""
        return self._verbs.run_id

    @property
    def workflow(self) -> str:
        """The name of the workflow."""
        return self._verbs.workflow

    @property
    def labels(self) -> Mapping[str, str]:
        """What the run was labelled with."""
        return self._verbs.labels

    @property
    def state(self) -> S:
        """Kept with the run, and in its snapshots: a dictionary, or an object of the class the workflow names."""
        if self._typed is None:
            return cast(S, self._verbs.state)
        found = self._typed.of(self._verbs.state)
        if self._good is None:
            self._good = pack(found)
        return cast(S, found)

    def update(self, change: Callable[[S], S | None]) -> None:
        """Change the state as one, however many steps do so at once: ``ctx.update(lambda desk: desk.add(1))``.

        ``change`` is given the state; with a class of its own it may return another of that class.
        """
        if self._typed is None:
            raise DefinitionError(
                "ctx.update(change) is for a state with a class of its own. Use ctx.state.update(name, change)."
            )
        _ = self.state
        self._typed.update(self._verbs.state, cast("Callable[[Any], Any]", change))

    def check_state(self) -> None:
        """Raise InvalidInput, naming the fields, where a typed state is not what its class says."""
        if self._typed is None or self._good is None:
            return
        wrong = self._typed.mended(self._typed.of(self._verbs.state), self._good)
        if wrong:
            raise InvalidInput(f"The state {self._typed.kind.__name__}", wrong)

    @property
    def session(self) -> MutableMapping[str, Any]:
        """Live objects of this process; what a pause does with them, the workflow's policy says."""
        return self._verbs.session

    def send_event(self, event: Event) -> Awaitable[None]:
        """Hand an event on, once this step has returned. It may be awaited; in a sync step it need not be."""
        self._in_time("send_event")
        self._refuse(event, self._run.step)
        self.sent.append(event)
        return DONE

    def collect(self, event: Event, expected: Sequence[type[Event]]) -> list[Event] | None:
        """Hold the event until there is one for each of these types; then all of them, in that order, else None."""
        self._in_time("collect")
        if event is not self._run.event:
            raise DefinitionError(
                f"ctx.collect() in the step {self._run.step!r} was given another event than the step itself."
            )
        if not expected:
            raise DefinitionError("ctx.collect() needs the types of the events to wait for.")
        names = ",".join(kind.__name__ for kind in expected)
        key = f"{self._run.step}:{names}"
        took, events = self._holder.collect(key, self._run, expected)
        self.collected.append(Collected(key, took))
        return events

    def _in_time(self, verb: str) -> None:
        if self.over:
            raise DefinitionError(
                f"ctx.{verb}() was called after the step {self._run.step!r} had returned: nobody would hear of it. "
                "Await what calls it before the step returns."
            )

    def write_event_to_stream(self, event: Event) -> Awaitable[None]:
        """Tell the run's stream an event at once, also again when the step is tried again. It is routed to nobody."""
        self._verbs.report(type(event).__name__, event)
        return DONE
