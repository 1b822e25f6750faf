"""The state of a paused flow, as plain JSON: which flow, where, and with what.

    {"schema_id": "signup", "context": {…}, "indexes": [2], "step": "ask-plan", "flow": "3f2a9c1d", "run_id": "…"}

``flow`` is the print of the flow that saved it. Where the flow has changed since, nothing runs: an older version that
is still registered goes on, or a migration says where the state belongs now, or it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from msgspec import Struct

from assent.authoring.flows.machine import Flowing, Pause
from assent.authoring.flows.prompt import Expiry
from assent.core.durations import duration
from assent.core.flow import ABSENT, Flow, place_named, place_of
from assent.core.values import Json, pack
from assent.errors import DefinitionError, Expired, FlowNotFound, InvalidState, StateMismatch

State = dict[str, Json]
Migration = Callable[[dict[str, Any]], Mapping[str, Any]]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


class Position(Struct, frozen=True):
    """A state that has been read: the run may go on from here."""

    run_id: str
    flowing: Flowing
    place: int
    context: Any
    again: Any  # the input a failed step had


@dataclass(slots=True)
class Versions:
    """The flows of one ``Flows``: several versions of each, and what brings older states up to date."""

    _flows: dict[str, dict[str, Flowing]] = field(default_factory=dict[str, dict[str, Flowing]])
    _migrations: dict[str, Migration] = field(default_factory=dict[str, Migration])

    def add(self, flowing: Flowing) -> None:
        """Register a flow; the same id and version again is refused."""
        flow = flowing.flow
        versions = self._flows.setdefault(flow.id, {})
        if flow.version in versions:
            raise DefinitionError(
                f"There is a flow {flow.id!r} of version {flow.version!r} already. Give this one another id, "
                "or another version=."
            )
        versions[flow.version] = flowing

    def migrate(self, id: str, migration: Migration) -> None:
        """Register what brings states of older flows of this id up to date."""
        self.newest(id)
        if id in self._migrations:
            raise DefinitionError(f"There is a migration for the flow {id!r} already.")
        self._migrations[id] = migration

    def newest(self, id: object) -> Flowing:
        """The version of a flow that was registered last; raises FlowNotFound."""
        versions = self._flows.get(id) if isinstance(id, str) else None
        if not versions:
            raise FlowNotFound(id, list(self._flows))
        return next(reversed(versions.values()))

    @property
    def named(self) -> Mapping[str, Flow]:
        """The newest version of each flow."""
        return {id: self.newest(id).flow for id in self._flows}

    def read(self, state: object, now: Callable[[], datetime]) -> Position:
        """Where a state stands; raises StateMismatch, FlowNotFound, InvalidState, Expired before anything runs."""
        told, flowing = self._known(state)
        told, flowing = self._fitting(told, flowing)
        _check_expiry(told, now)
        place = place_of(flowing.flow, told.get("indexes"), told.get("step"))
        return Position(
            run_id=str(told.get("run_id", "")),
            flowing=flowing,
            place=place,
            context=flowing.contexts.restored(told.get("context"), told.get("kept")),
            again=flowing.contexts.unpacked(told["input"]) if "input" in told else ABSENT,
        )

    def run_of(self, state: object) -> str:
        """The run that a state belongs to; raises StateMismatch, FlowNotFound, InvalidState."""
        told, _ = self._known(state)
        return str(told.get("run_id", ""))

    def _known(self, state: object) -> tuple[Mapping[str, Any], Flowing]:
        if not isinstance(state, Mapping):
            raise StateMismatch(f"{state!r} is no state of a flow.")
        told = cast("Mapping[str, Any]", state)
        flowing = self.newest(told.get("schema_id"))
        if told.get("finished"):
            raise InvalidState(
                f"The flow {flowing.flow.id!r} is finished: there is nothing to resume."
            )
        return told, flowing

    def _fitting(
        self, state: Mapping[str, Any], newest: Flowing
    ) -> tuple[Mapping[str, Any], Flowing]:
        """The state, and the version of the flow that it fits; it may have to be migrated."""
        id, printed = newest.flow.id, state.get("flow")
        for flowing in self._flows[id].values():
            if flowing.flow.print == printed:
                return state, flowing
        migration = self._migrations.get(id)
        if migration is None:
            steps = ", ".join(step.id for step in newest.flow.steps)
            raise StateMismatch(
                f"The state was saved by the flow {id!r} as it was then ({printed}), at the step "
                f"{state.get('step')!r}; the flow is now {newest.flow.print}: {steps}. Restore the old flow, "
                "register it as a version of its own, or register a migration."
            )
        return _moved(migration(copied(dict(state))), newest.flow), newest


def _moved(state: Mapping[str, Any], flow: Flow) -> Mapping[str, Any]:
    """A migrated state: where its indexes no longer lead to its step, the step's name does."""
    try:
        place_of(flow, state.get("indexes"), state.get("step"))
    except StateMismatch:
        path = flow.step(place_named(flow, state.get("step"))).path
        return {**state, "indexes": list(path), "flow": flow.print}
    return {**state, "flow": flow.print}


def _check_expiry(state: Mapping[str, Any], now: Callable[[], datetime]) -> None:
    until = state.get("expires")
    if until is None:
        return
    if not isinstance(until, int | float) or seconds_of(now()) >= until:
        raise Expired(str(state.get("step")))


# ── writing ─────────────────────────────────────────────────────────────────────────────────────


def written(
    flowing: Flowing,
    place: int,
    context: Any,
    run_id: str,
    pause: Pause | None = None,
    expires: datetime | None = None,
) -> State:
    """The state at a pause, or at the end; raises ValueNotKept for what JSON could not bring back."""
    flow = flowing.flow
    packed, beside = flowing.contexts.kept(context)
    at_end = place == flow.end
    step = None if at_end else flow.step(place)
    state: State = {
        "schema_id": flow.id,
        "context": packed,
        "indexes": [] if step is None else list(step.path),
        "step": None if step is None else step.id,
        "flow": flow.print,
        "run_id": run_id,
    }
    if beside is not None:
        state["kept"] = beside
    if pause is not None and pause.again is not ABSENT:
        state["input"] = pack(pause.again)
    if expires is not None:
        state["expires"] = seconds_of(expires)
    if at_end:
        state["finished"] = True
    return state


def moment_of(expiry: Expiry, now: Callable[[], datetime]) -> datetime | None:
    """When a pause expires, from a duration or a moment."""
    if expiry is None or (isinstance(expiry, datetime) and expiry.tzinfo is not None):
        return expiry
    if isinstance(expiry, datetime):
        raise DefinitionError(f"expires={expiry!r} needs a time zone: use datetime(…, tzinfo=UTC).")
    return now() + duration(expiry)


def seconds_of(moment: datetime) -> float:
    """Seconds since 1970."""
    return (moment - _EPOCH) / timedelta(seconds=1)


def copied(value: Any) -> Any:
    """JSON, copied."""
    if type(value) is dict:
        told: dict[str, Any] = cast(Any, value)
        return {n: part if type(part) in _SCALARS else copied(part) for n, part in told.items()}
    if type(value) is list:
        items: list[Any] = cast(Any, value)
        return [part if type(part) in _SCALARS else copied(part) for part in items]
    return value
