"""A flow as a program over the verbs: each step is done once and remembered, and a pause is a task.

    begin ──▶ turn ──(asks?)──▶ ask ──answer──▶ step ──▶ turn ──▶ … ──▶ the context

A turn is what a step leaves behind: the context, and where the cursor stands. Conditions are judged in the step that
leads to them, so they are recorded with it, and are not judged again when the run is resumed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, TypedDict, cast

from msgspec import Struct

from assent.authoring.flows.machine import Flowing, Pause, Run, Spy
from assent.authoring.flows.prompt import asked_with
from assent.authoring.flows.states import moment_of
from assent.authoring.flows.steps import Steps
from assent.core.classes import type_name, type_named
from assent.core.failure import failure_of, raised
from assent.core.field import FREE
from assent.core.flow import ABSENT, Flow, place_of
from assent.core.values import Json, pack
from assent.errors import StateMismatch, StepRetriableError, ValueNotKept, ValueUnreadable
from assent.forms import LooseForm
from assent.ports.clock import Clock
from assent.ports.context import Context, Ended
from assent.ports.program import SessionPolicy

BEGIN: Final = "begin"
_EVERY: Final = 32  # turns between checkpoints: a turn is small beside the step that it follows
_AGAIN: Final[Json] = {
    "anyOf": [{"format": FREE}, {"type": "null"}],
    "title": "Try again with",
    "description": "Leave it blank to try the same again.",
    "default": None,
}


class Begun(Struct, frozen=True):
    """A context to start with, and an input for the first step."""

    context: Any
    input: Any


class Turn(TypedDict):
    """What a step leaves behind. ``asked`` is why the flow stands, None where it goes on by itself."""

    turn: int
    context: Any
    indexes: list[int]
    step: str | None
    asked: dict[str, Any] | None


class FlowProgram:
    """A flow that an engine can run."""

    timeout: timedelta | None = None
    counts_waiting = False
    session_pause_policy = SessionPolicy.PICKLE_OR_ERROR
    takes = ""

    def __init__(
        self,
        flowing: Flowing,
        steps: Steps,
        clock: Callable[[], Clock],
        spies: Callable[[str], Sequence[Spy]],
        output: Callable[[FlowProgram, Turn, str], Any],
    ) -> None:
        self.flowing = flowing
        self.name = flowing.flow.id
        self.version = flowing.flow.version
        self.description = flowing.description
        self._steps = steps
        self._clock = clock
        self._spies = spies
        self._output = output  # what spies are shown where the flow pauses or ends

    @property
    def input_schema(self) -> Json:
        """The JSON Schema of the context; None where it has no declared type."""
        form = self.flowing.contexts.form
        return None if form is None else form.schema

    def check(self, value: Any, *, strict: bool) -> Any:
        """The context to start with, checked; raises InvalidInput."""
        begun = value if isinstance(value, Begun) else Begun(value, ABSENT)
        context = self.flowing.contexts.begin(begun.context)
        return context if begun.input is ABSENT else Begun(context, begun.input)

    async def perform(self, context: Context, value: Any) -> Any:
        """Run it."""
        turn, input = await self._first(context, value)
        while (id := turn["step"]) is not None:
            self._check(turn)
            if turn["asked"] is not None and input is ABSENT:
                input = await self._ask(context, turn)
            given = [] if input is ABSENT else [input]
            input = ABSENT
            step = self._advance(context, turn["turn"] + 1, resumed=turn["asked"] is not None)
            turn = await context.step(id, step, turn["context"], turn["indexes"], *given)
            if turn["turn"] % _EVERY == 0:
                await context.checkpoint(turn, keeps_input=False)
        return turn["context"]

    def condense(self, value: Any, cursor: Any, recorded: Sequence[Ended]) -> None:
        """A flow goes on from its journal."""

    async def _first(self, context: Context, value: Any) -> tuple[Turn, Any]:
        """The turn to go on from, and the input for its step: the beginning, or the newest checkpoint."""
        if context.cursor is not None:
            return cast(Turn, context.cursor), ABSENT
        begun = value if isinstance(value, Begun) else Begun(value, ABSENT)
        turn: Turn = await context.step(BEGIN, self._begin(context), begun.context)
        return turn, begun.input

    def _check(self, turn: Turn) -> None:
        """Where the flow now has another step than the one recorded, nothing runs: the run is parked."""
        try:
            position_of(self.flowing.flow, turn)
        except StateMismatch as mismatch:
            raise ValueUnreadable(str(mismatch)) from None

    def _run(self, context: Context, *, resumed: bool = False) -> Run:
        return Run(
            id=context.run_id,
            flowing=self.flowing,
            steps=self._steps,
            resumed=resumed,
            spies=self._spies(context.run_id),
        )

    def _begin(self, context: Context) -> Callable[..., Any]:
        async def begin(kept: Any) -> Turn:
            run = self._run(context)
            await run.tell("start", self.name)
            turn = self._landed(0, await run.begin(kept), kept)
            await self._tell(run, turn)
            return turn

        return begin

    def _advance(self, context: Context, number: int, *, resumed: bool) -> Callable[..., Any]:
        async def advance(kept: Any, indexes: list[int], *given: Any) -> Turn:
            run = self._run(context, resumed=resumed)
            if resumed:
                await run.tell("resume", self.name)
            place = self.flowing.flow.places[tuple(indexes)]
            pause = await run.do(place, kept, given[0] if given else ABSENT)
            turn = (
                self._landed(number, await run.onward(place + 1, kept), kept)
                if pause is None
                else self._turn(number, place, kept, pause)
            )
            await self._tell(run, turn)
            return turn

        return advance

    async def _tell(self, run: Run, turn: Turn) -> None:
        """Spies learn that it pauses, or has come to its end; where it goes on by itself there is nothing to tell."""
        if run.spies and (turn["asked"] is not None or turn["step"] is None):
            event, subject = (
                ("finish", self.name) if turn["step"] is None else ("pause", turn["step"])
            )
            await run.tell(event, subject, {"output": self._output(self, turn, run.id)})

    def _landed(self, number: int, place: int, kept: Any) -> Turn:
        """Before a step: one with a static input asks for it at once."""
        flow, pause = self.flowing.flow, None
        if place != flow.end:
            op = flow.step(place)
            step, _ = self._steps.find(op.id)
            if step.asks is not ABSENT and op.input is ABSENT:
                pause = Pause(step=op.id, asks=step.asks)
        return self._turn(number, place, kept, pause)

    def _turn(self, number: int, place: int, kept: Any, pause: Pause | None) -> Turn:
        flow = self.flowing.flow
        step = None if place == flow.end else flow.step(place)
        return {
            "turn": number,
            "context": kept,
            "indexes": [] if step is None else list(step.path),
            "step": None if step is None else step.id,
            "asked": None if pause is None else self._asked(pause),
        }

    # ── pauses ──────────────────────────────────────────────────────────────────────────────────

    def _asked(self, pause: Pause) -> dict[str, Any]:
        """A pause, so that it can be kept."""
        told: dict[str, Any] = {"expires": moment_of(pause.expires, self._clock().now)}
        step, _ = self._steps.find(pause.step)
        if pause.asks is not ABSENT:
            told["asks"] = {"static": True} if pause.asks is step.asks else _kept(pause)
        if pause.errors is not None:
            told["errors"] = pause.errors
        if pause.error is not None:
            told["error"] = failure_of(_bare(pause.error))
        if pause.again is not ABSENT:
            told["again"] = pause.again
        return told

    def pause_of(self, turn: Turn) -> Pause:
        """The pause that was kept."""
        told, id = turn["asked"] or {}, turn["step"] or ""
        return Pause(
            step=id,
            asks=self._asks(told.get("asks"), id),
            error=raised(told["error"]) if "error" in told else None,
            errors=told.get("errors"),
            expires=told.get("expires"),
            again=told.get("again", ABSENT),
        )

    def _asks(self, told: Mapping[str, Any] | None, id: str) -> Any:
        if told is None:
            return ABSENT
        if "static" in told:
            return self._steps.find(id)[0].asks
        if "type" not in told:
            return told["value"]
        found = type_named(told["type"])
        if found is None:
            raise StateMismatch(f"The step {id!r} asked for a {told['type']}, which is not there.")
        return found

    async def _ask(self, context: Context, turn: Turn) -> Any:
        pause = self.pause_of(turn)
        step, _ = self._steps.find(pause.step)
        tries_again = pause.asks is ABSENT
        form = LooseForm(_AGAIN) if tries_again else asked_with(pause.asks)
        until = cast(Any, pause.expires)
        answer = await context.ask(
            pause.step,
            form,
            title=step.title,
            detail=_detail(step.detail, pause),
            to=step.to,
            timeout=None if until is None else max(until - context.now(), timedelta(0)),
        )
        return pause.again if tries_again and answer is None else answer


def position_of(flow: Flow, turn: Turn) -> int:
    """The place a turn stands at."""
    return flow.end if turn["step"] is None else place_of(flow, turn["indexes"], turn["step"])


def _kept(pause: Pause) -> dict[str, Any]:
    if isinstance(pause.asks, type):
        return {"type": type_name(pause.asks)}
    try:
        pack(pause.asks)
    except ValueNotKept as error:
        raise error.within(f"what the step {pause.step!r} asks for") from None
    return {"value": pause.asks}


def _bare(error: BaseException) -> BaseException:
    """The error without what it asks for, which is kept beside it."""
    return StepRetriableError(str(error)) if isinstance(error, StepRetriableError) else error


def _detail(detail: str | None, pause: Pause) -> str | None:
    """What people are told beside the question: what went wrong before."""
    said = [detail] if detail else []
    if pause.error is not None:
        said.append(f"It failed: {pause.error}")
    errors: object = pause.errors
    if isinstance(errors, list):
        listed = cast("list[object]", errors)
        said += [f"- {error}" for error in listed if isinstance(error, str)]
    return "\n\n".join(said) or None
