"""The cursor on its way: from a place to the next pause, or to the end.

    place ──step──▶ done ──walk──▶ next place ──step──▶ … ──▶ Pause, or the end
                     └── asks for input, or may be tried again ──▶ Pause

There is no store and no clock here; what a run was given as input is seen by its first step only.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar, cast

from msgspec import Struct

from assent.authoring.flows.contexts import Contexts
from assent.authoring.flows.prompt import Expiry, InputRequired, returned
from assent.authoring.flows.steps import CurrentFlow, Steps, current
from assent.core.flow import ABSENT, Flow, Mark, Step, Test, walk
from assent.errors import InvalidInput, StepRetriableError
from assent.forms import Form

log = logging.getLogger(__name__)

# Steps after which others have their turn: a loop may have no end.
_A_WHILE: Final = 256

T = TypeVar("T")
Spy: TypeAlias = Callable[..., Any]
Init: TypeAlias = Callable[[Any], Any]


class Pause(Struct, frozen=True, kw_only=True):
    """Why a flow stands at a step: it asks for input (``asks``, else ABSENT), or failed and may be tried again."""

    step: str
    asks: Any = ABSENT
    error: BaseException | None = None
    errors: Any = None
    expires: Expiry = None
    via: str | None = None
    to: str | None = None
    again: Any = ABSENT  # the input that the failed step had, for when it is tried again


class Flowing(Struct, frozen=True, kw_only=True):
    """A flow, with all that belongs to it."""

    flow: Flow
    contexts: Contexts
    init: Init | None = None
    description: str = ""


@dataclass(slots=True, kw_only=True)
class Run:
    """One run of a flow, for as long as it takes to the next pause."""

    id: str
    flowing: Flowing
    steps: Steps
    resumed: bool = False
    spies: Sequence[Spy] = ()

    # ── the way ─────────────────────────────────────────────────────────────────────────────────

    async def go(self, place: int, context: Any, input: Any = ABSENT) -> tuple[int, Pause | None]:
        """From a step to the next pause, or to the end."""
        flow, done = self.flowing.flow, 0
        while place < flow.end:
            if (done := done + 1) % _A_WHILE == 0:
                await asyncio.sleep(0)
            pause = await self.do(place, context, input)
            if pause is not None:
                return place, pause
            input = ABSENT
            place = await self.onward(place + 1, context)
        return place, None

    async def begin(self, context: Any) -> int:
        """Prepare the context, and walk to the first step."""
        flowing = self.flowing
        if flowing.init is not None:
            made = flowing.init(context)
            if inspect.isawaitable(made):
                await made
            flowing.contexts.check(context, "after its init")
        return await self.onward(0, context)

    async def onward(self, place: int, context: Any) -> int:
        """The place of the next step from here, or the end."""
        flow = self.flowing.flow
        if place == flow.end or type(flow.code[place]) is Step:
            return place
        walking = walk(flow, place)
        try:
            met = next(walking)
            while True:
                met = walking.send(await self._meet(met, context))
        except StopIteration as arrived:
            found: int = arrived.value
            return found

    async def _meet(self, met: Test | Mark, context: Any) -> bool:
        if isinstance(met, Mark):
            await self.tell("subflow-start" if met.begins else "subflow-end", met.name)
            return True
        began = time.perf_counter()
        if lacking := met.condition.lacks(context):
            told = {"condition": met.condition.words, "lacks": sorted(lacking)}
            log.warning("flow.condition_lacks", extra=told)
        held = met.condition.holds(context)
        if inspect.isawaitable(held):
            held = await held
        if self.spies:
            seen = {"holds": bool(held), "word": met.word, "lacks": lacking, **_took(began)}
            await self.tell("condition", met.condition.words, seen)
        return bool(held)

    # ── a step ──────────────────────────────────────────────────────────────────────────────────

    async def do(self, place: int, context: Any, input: Any) -> Pause | None:
        """Do the step at a place once; what it pauses for, or None where it is done."""
        op = self.flowing.flow.step(place)
        step, params = self.steps.find(op.id)
        given = op.input if input is ABSENT else input
        if given is ABSENT and step.asks is not ABSENT:
            return Pause(step=op.id, asks=step.asks)
        if given is not ABSENT and step.form is not None:
            given = _judged(op.id, step.form, given)
        run_input = ABSENT if input is ABSENT else given
        now = CurrentFlow(
            ctx=context,
            input=None if run_input is ABSENT else run_input,
            given=run_input is not ABSENT,
            run_id=self.id,
            schema_id=self.flowing.flow.id,
            step_id=op.id,
            params=params,
            resumed=self.resumed,
        )
        token = current.set(now)
        began = time.perf_counter() if self.spies else 0.0
        try:
            result = step.call(context, None if given is ABSENT else given, params)
            if inspect.isawaitable(result):
                result = await result
        except StepRetriableError as error:
            result = error
        except BaseException as error:
            await self.tell("error", op.id, {"error": error, **_took(began)})
            raise
        finally:
            current.reset(token)
        if self.spies:
            await self.tell("step", op.id, {"result": result, "input": given, **_took(began)})
        if not isinstance(context, dict) or self.flowing.contexts.declared:
            self.flowing.contexts.check(context, f"after the step {op.id!r}")
        return None if result is None else _pause(op.id, result, input)

    # ── telling ─────────────────────────────────────────────────────────────────────────────────

    async def tell(self, event: str, subject: str, told: Mapping[str, Any] | None = None) -> None:
        """Tell all spies; one that fails is logged, and harms nothing."""
        if not self.spies:
            return
        detail = {"run_id": self.id, "schema_id": self.flowing.flow.id, **(told or {})}
        for spy in tuple(self.spies):
            try:
                heard = spy(event, subject, detail)
                if inspect.isawaitable(heard):
                    await heard
            except Exception:
                log.exception("flow.spy_failed", extra={"event_told": event, "subject": subject})


def _took(began: float) -> dict[str, float]:
    """How long it took, in seconds; this is no moment, so no clock is asked."""
    return {"took": time.perf_counter() - began}


def _judged(id: str, form: Form, given: Any) -> Any:
    try:
        return form.read(given)
    except InvalidInput as error:
        raise InvalidInput(f"The input of {id!r}", error.errors) from None


def _pause(id: str, result: object, input: Any) -> Pause | None:
    """What a handler's result pauses for, if it does."""
    if isinstance(result, StepRetriableError):
        asks = ABSENT if result.input_required is None else result.input_required
        return Pause(
            step=id,
            asks=asks,
            error=result.error,
            errors=result.errors,
            expires=cast(Expiry, result.expires),
            again=input if asks is ABSENT else ABSENT,
        )
    asked: InputRequired | None = returned(result)
    if asked is None:
        return None
    return Pause(
        step=id,
        asks=asked.asks,
        errors=asked.errors,
        expires=asked.expires,
        via=asked.via,
        to=asked.to,
    )


async def cleaned(cleanup: Callable[[], Any] | None, work: Awaitable[T]) -> T:
    """Do the work, then clean up, however it ended; an error of the work is the one that surfaces."""
    try:
        done = await work
    except BaseException:
        if cleanup is not None:
            try:
                await _called(cleanup)
            except Exception:
                log.exception("flow.cleanup_failed")
        raise
    if cleanup is not None:
        await _called(cleanup)
    return done


async def _called(cleanup: Callable[[], Any]) -> None:
    made = cleanup()
    if inspect.isawaitable(made):
        await made
