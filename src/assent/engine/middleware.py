"""Middleware: what an app has called around whatever its runs do. It watches, and cannot harm.

    run_started ──▶ before_execution ──▶ (step, or wait) ──▶ after_execution ──▶ … ──▶ run_completed
                                             └─ raised ──▶ on_error

Methods are called in the order in which their classes were registered, each with what its parameters name:
``ctx`` (run_id, workflow, labels), ``run_id``, ``workflow``, ``step`` (the name), ``key``, ``kind``, ``result``,
``error``, ``status``. What they raise is logged; one that hangs is let go of. On replay nothing is called, as nothing
is done: what must not be missed is in the stream.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from assent.core.failure import raised
from assent.core.journal import RunFinished
from assent.core.run import Run, RunStatus
from assent.core.values import unpack_or_plain
from assent.errors import DefinitionError

T = TypeVar("T")
log = logging.getLogger("assent.middleware")

CALLBACKS: Final = (
    "before_execution",
    "after_execution",
    "run_started",
    "run_completed",
    "on_error",
)
_PATIENCE: Final = 30.0  # seconds a callback may take
_ALIASES: Final[Mapping[str, str]] = {
    "context": "ctx",
    "name": "step",
    "step_name": "step",
    "output": "result",
    "exception": "error",
}
_KNOWN: Final = frozenset(
    {"ctx", "run_id", "workflow", "step", "key", "kind", "result", "error", "status"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSeen:
    """The run that a middleware is called for."""

    run_id: str
    workflow: str
    labels: Mapping[str, str]


class Middleware:
    """All that was registered, in its order."""

    def __init__(self) -> None:
        self._registered: list[dict[str, _Callback]] = []

    def __bool__(self) -> bool:
        return bool(self._registered)

    def add(self, middleware: Any) -> None:
        """Register an object, or a class that is made without arguments; raises DefinitionError."""
        made = middleware() if isinstance(middleware, type) else middleware
        found = {
            name: _Callback(getattr(made, name))
            for name in CALLBACKS
            if callable(getattr(made, name, None))
        }
        if not found:
            raise DefinitionError(
                f"{middleware!r} cannot be a middleware: it has none of {', '.join(CALLBACKS)}."
            )
        self._registered.append(found)

    async def tell(self, callback: str, run: Run, **told: Any) -> None:
        """Call this callback of all, in their order."""
        seen = RunSeen(run_id=run.id, workflow=run.workflow, labels=run.labels)
        known = {"ctx": seen, "run_id": run.id, "workflow": run.workflow, **told}
        for registered in self._registered:
            if callback in registered:
                await registered[callback](known)

    async def begun(self, run: Run, code: Callable[[], Awaitable[T]]) -> T:
        """Tell that a run begins, then run its code."""
        await self.tell("run_started", run)
        return await code()

    async def completed(self, run: Run, finished: RunFinished) -> None:
        """Tell how a run has ended."""
        output = unpack_or_plain(finished.output)
        error = None if finished.error is None else raised(finished.error)
        if run.status is RunStatus.FAILED:
            await self.tell("on_error", run, error=error, status=run.status)
        await self.tell("run_completed", run, result=output, error=error, status=run.status)

    async def around(self, run: Run, body: Callable[[], Awaitable[T]], **told: Any) -> T:
        """Do something with the callbacks around it."""
        await self.tell("before_execution", run, **told)
        try:
            result = await body()
        except Exception as error:
            await self.tell("on_error", run, error=error, **told)
            raise
        await self.tell("after_execution", run, result=result, **told)
        return result


class _Callback:
    """One method, and which of the things there are to know it wants."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call
        self._wants: dict[str, str] = {}
        self._all = False
        self._place = f"{type(getattr(call, '__self__', call)).__name__}.{call.__name__}"
        for parameter in inspect.signature(call).parameters.values():
            self._want(parameter)

    def _want(self, parameter: inspect.Parameter) -> None:
        name = _ALIASES.get(parameter.name, parameter.name)
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            self._all = True
        elif name in _KNOWN and parameter.kind is not inspect.Parameter.VAR_POSITIONAL:
            self._wants[parameter.name] = name
        elif parameter.default is inspect.Parameter.empty and (
            parameter.kind is not inspect.Parameter.VAR_POSITIONAL
        ):
            raise DefinitionError(
                f"{self._place}() wants {parameter.name!r}. A middleware is given: "
                f"{', '.join(sorted(_KNOWN))}."
            )

    async def __call__(self, known: Mapping[str, Any]) -> None:
        given = {name: known.get(wanted) for name, wanted in self._wants.items()}
        if self._all:
            given = {**known, **given}
        try:
            async with asyncio.timeout(_PATIENCE):
                told = self._call(**given)
                if inspect.isawaitable(told):
                    await told
        except Exception:
            log.exception("middleware.failed", extra={"callback": self._place})
