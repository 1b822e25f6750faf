"""Code-first workflows: an async function that takes a context and, where it wants one, an input."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Generic, ParamSpec, TypeVar, cast, overload

from typing_extensions import override

from assent.authoring.hints import hints_of, names_around, session_policy
from assent.core.classes import type_name
from assent.core.durations import Duration, duration, optional
from assent.core.values import Json
from assent.errors import DefinitionError, FieldError, InvalidInput
from assent.forms import Form, TypedForm, register_types
from assent.ports.context import Ended
from assent.ports.program import Retry, SessionPolicy, StepOptions

P = ParamSpec("P")
R = TypeVar("R")
_NO_INPUT: Any = inspect.Parameter.empty


class Workflow(Generic[R]):
    """A workflow made of a function; the app runs it, and it can still be called as the function it is."""

    def __init__(
        self,
        function: Callable[..., Awaitable[R]],
        *,
        name: str | None = None,
        version: str = "1",
        timeout: Duration | None = None,
        counts_waiting: bool = False,
        session_pause_policy: str = SessionPolicy.PICKLE_OR_ERROR,
        names: Mapping[str, Any] | None = None,
    ) -> None:
        if not inspect.iscoroutinefunction(function):
            raise DefinitionError(
                f"{function!r} cannot be a workflow: write it as 'async def'. Sync work belongs in steps."
            )
        self.function = function
        self.name = name or function.__name__
        self.version = str(version)
        self.timeout: timedelta | None = optional(timeout)
        self.counts_waiting = counts_waiting
        self.session_pause_policy = session_policy(session_pause_policy)
        self.description = inspect.getdoc(function) or ""
        self._takes_input, self._default, self._form = _input_form(function, names or {})
        self.takes = _type_words(self._form, function, names or {})

    @override
    def __repr__(self) -> str:
        return f"<workflow {self.name!r} version {self.version!r}>"

    async def __call__(self, *args: Any, **kwargs: Any) -> R:
        """Call the function itself, without a run."""
        return await self.function(*args, **kwargs)

    @property
    def input_schema(self) -> Json:
        """The JSON Schema of the input; None where it takes none, or anything."""
        return self._form.schema if self._form else None

    def check(self, value: Any, *, strict: bool) -> Any:
        """The input as the function's type; raises InvalidInput with every error.

        ``strict``: Python values must be of the type already, or plain JSON for it. It makes no difference today.
        """
        if not self._takes_input:
            if value is not None:
                extra = FieldError("", "it takes no input beside the context")
                raise InvalidInput(f"The input of {self.name!r}", (extra,))
            return None
        if value is None and self._default is not _NO_INPUT:
            return self._default
        if self._form is None:
            return value
        try:
            return self._form.read(value)
        except InvalidInput as error:
            raise InvalidInput(f"The input of {self.name!r}", error.errors) from None

    async def perform(self, context: Any, value: Any) -> R:
        """Run the function over a context."""
        if self._takes_input:
            return await self.function(context, value)
        return await self.function(context)

    def condense(self, value: Any, cursor: Any, recorded: Sequence[Ended]) -> None:
        """A function goes on from its journal, or from the checkpoints it makes itself."""


def _input_form(
    function: Callable[..., Any], names: Mapping[str, Any]
) -> tuple[bool, Any, Form | None]:
    """Whether the function takes an input, its default, and its form."""
    parameters = list(inspect.signature(function).parameters.values())
    if not parameters:
        raise DefinitionError(f"{function.__name__}() must take the context: async def f(ctx, …).")
    if len(parameters) > 2:
        raise DefinitionError(
            f"{function.__name__}() takes {len(parameters)} parameters; a workflow takes the context and "
            "at most one input. Put several inputs into a dataclass or a model."
        )
    if len(parameters) == 1:
        return False, _NO_INPUT, None
    hints = hints_of(function, names)
    register_types(hints.get("return"))
    wanted = parameters[1]
    hint = hints.get(wanted.name, Any)
    if hint is Any or hint is object:
        return True, wanted.default, None
    form = TypedForm(hint, closed=True)
    return True, _fitting(function, wanted, form), form


def _fitting(function: Callable[..., Any], wanted: inspect.Parameter, form: Form) -> Any:
    """The default as the type reads it; None says that there is no input, whatever its type."""
    if wanted.default is _NO_INPUT or wanted.default is None:
        return wanted.default
    try:
        return form.read(wanted.default)
    except InvalidInput as error:
        raise DefinitionError(
            f"The default of {wanted.name!r} in {function.__name__}() {error.unfit} "
            "Give one of the input's own type, or None where there is none."
        ) from None


def _type_words(form: Form | None, function: Callable[..., Any], names: Mapping[str, Any]) -> str:
    """The input's type in words, to notice when it changes."""
    if form is None:
        return ""
    wanted = list(inspect.signature(function).parameters)[1]
    hint = hints_of(function, names)[wanted]
    return type_name(hint) if isinstance(hint, type) else repr(hint)


# ── steps ───────────────────────────────────────────────────────────────────────────────────────


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
) -> Any:
    """Give a function the options it has as a step: ``@step`` or ``@step(retries=3, timeout="30s")``.

    ``retries`` is how often it is tried again after the first attempt; the wait before the n-th retry is
    ``delay * backoff ** (n - 1)``, at most ``max_delay``. ``timeout`` is for one attempt. The function stays
    as it is and can still be called.
    """
    if type(retries) is not int or retries < 0:
        raise DefinitionError(f"retries={retries!r} must be a whole number, 0 or more.")
    if backoff < 1:
        raise DefinitionError(f"backoff={backoff!r} must be 1 or more.")
    retry = Retry(
        retries=retries, first=duration(delay), factor=backoff, longest=duration(max_delay)
    )
    limit = optional(timeout)
    names = names_around(2)

    def mark(marked: Callable[..., Any]) -> Callable[..., Any]:
        if not callable(marked):
            raise DefinitionError(f"@step wants a function, not {marked!r}.")
        called = name or str(getattr(marked, "__name__", type(marked).__name__))
        options = StepOptions(name=called, retry=retry, timeout=limit)
        cast(Any, marked).__assent_step__ = options
        _register_result(marked, names)
        return marked

    return mark if function is None else mark(function)


def _register_result(function: Callable[..., Any], names: Mapping[str, Any]) -> None:
    """Classes that a step is annotated with can be kept, wherever they are defined."""
    if not inspect.isfunction(function):
        return
    try:
        hints = hints_of(function, names)
    except DefinitionError:
        return  # a step may be annotated with what exists for the type checker only
    for hint in hints.values():
        register_types(hint)
