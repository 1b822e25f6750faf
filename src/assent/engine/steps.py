"""Doing a step once: its name and options, its body in the right place, its attempts.

Async bodies run on the loop, sync ones in a thread. A step's timeout is for one attempt: an async body is cancelled
and awaited; a sync body cannot be stopped, so the timeout is reported at the deadline and its late result dropped.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from datetime import timedelta
from typing import Any, Final, get_type_hints

from msgspec import Struct

from assent.core.classes import type_name
from assent.core.values import Json, digest, pack
from assent.engine.threads import Threads
from assent.errors import DefinitionError, NonRetryable, RetryAfter, StepTimedOut, ValueNotKept
from assent.ports.clock import Clock
from assent.ports.program import Retry, StepOptions

OPTIONS: Final = "__assent_step__"
_PLAIN: Final = Retry()


class CurrentStep(Struct, frozen=True, kw_only=True):
    """The step that is running: ``idempotency_key`` is the same for every attempt, also after a crash."""

    run_id: str
    key: str
    name: str
    attempt: int

    @property
    def idempotency_key(self) -> str:
        """Hand it to the outside system, so that doing the step twice there counts once."""
        return f"{self.run_id}/{self.key}"


running: ContextVar[CurrentStep | None] = ContextVar("assent_step", default=None)


def current_step() -> CurrentStep:
    """The step this code runs in; raises DefinitionError outside of steps."""
    step = running.get()
    if step is None:
        raise DefinitionError(
            "current_step() was called outside of a step. Call it in the function given to ctx.step()."
        )
    return step


class Work(Struct, frozen=True):
    """One call of a step's function."""

    options: StepOptions
    call: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    @property
    def returns(self) -> str | None:
        """The annotated type of the result, in words."""
        hint = getattr(self.call, "__annotations__", {}).get("return")
        if hint is None or isinstance(hint, str):
            return hint
        return type_name(hint) if isinstance(hint, type) else repr(hint)


def work_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Work:
    """What ``ctx.step(fn, …)`` or ``ctx.step("name", fn, …)`` asks for."""
    name = None
    if args and isinstance(args[0], str):
        name, args = args[0], args[1:]
    if not args or not callable(args[0]):
        given = repr(args[0]) if args else "nothing"
        raise DefinitionError(
            f"ctx.step() needs a function and its arguments, and was given {given}. "
            "Write ctx.step(fn, a, b), not ctx.step(fn(a, b))."
        )
    call = args[0]
    options: StepOptions = getattr(call, OPTIONS, None) or _plain_options(_name(call))
    if name is not None:
        options = StepOptions(name=name, retry=options.retry, timeout=options.timeout)
    return Work(options, call, args[1:], kwargs)


def result_type(work: Work) -> Any:
    """The annotated type of the result, where it can be resolved."""
    try:
        return get_type_hints(work.call).get("return")
    except (NameError, TypeError):
        return None


@functools.lru_cache(maxsize=1024)
def _plain_options(name: str) -> StepOptions:
    """The options of a function that has none of its own."""
    return StepOptions(name=name)


def _name(call: Any) -> str:
    while isinstance(call, functools.partial):
        call = call.func
    name = getattr(call, "__name__", None) or type(call).__name__
    return "lambda" if name == "<lambda>" else str(name)


def digest_of(work: Work) -> str:
    """A short name for the arguments; what cannot be kept counts by its type."""
    if not work.args and not work.kwargs:
        return ""
    told: list[Json] = [_argument(value) for value in work.args]
    if work.kwargs:
        told.append({name: _argument(value) for name, value in sorted(work.kwargs.items())})
    return digest(told)[:16]


def _argument(value: object) -> Json:
    try:
        return pack(value)
    except ValueNotKept:
        return {"$": "live", "v": type_name(type(value))}


async def attempt(work: Work, step: CurrentStep, clock: Clock, threads: Threads) -> Any:
    """Run the body once, within its timeout."""
    limit = work.options.timeout
    token = running.set(step)
    try:
        if limit is None:
            return await _body(work, threads)
        return await _within(limit, work, step, clock, threads)
    finally:
        running.reset(token)


async def _body(work: Work, threads: Threads) -> Any:
    try:
        return await _called(work, threads)
    except SystemExit as error:  # it would end the process, and again after every restart
        raise RuntimeError(f"The step called sys.exit({error.code!r}).") from error


async def _called(work: Work, threads: Threads) -> Any:
    if _is_async(work.call):
        return await work.call(*work.args, **work.kwargs)
    context = copy_context()
    call = functools.partial(context.run, work.call, *work.args, **work.kwargs)
    result = await threads.run(call)
    return await result if inspect.isawaitable(result) else result


def _is_async(call: Any) -> bool:
    while isinstance(call, functools.partial):
        call = call.func
    code = getattr(call, "__code__", None)
    if code is not None:
        return bool(code.co_flags & inspect.CO_COROUTINE)
    return inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(
        getattr(call, "__call__", None)  # noqa: B004  (an object whose call is async)
    )


async def _within(
    limit: timedelta, work: Work, step: CurrentStep, clock: Clock, threads: Threads
) -> Any:
    body = asyncio.ensure_future(_body(work, threads))
    alarm = asyncio.ensure_future(clock.sleep_until(clock.now() + limit))
    try:
        await asyncio.wait({body, alarm}, return_when=asyncio.FIRST_COMPLETED)
        if body.done():
            return body.result()
        raise StepTimedOut(step.key, limit)
    finally:
        alarm.cancel()
        if not body.done():
            body.cancel()
            await asyncio.wait({body})
            if not body.cancelled():
                body.exception()  # whatever it did on the way out comes too late


def after(error: Exception, retry: Retry, attempt: int) -> timedelta | None:
    """How long to wait before the next attempt; None where there is none."""
    if isinstance(error, NonRetryable | ValueNotKept | DefinitionError) or attempt > retry.retries:
        return None
    if isinstance(error, RetryAfter):
        return error.delay
    return retry.delay(attempt)
