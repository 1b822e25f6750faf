"""``@gate``: an operation that people must grant before it runs."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any, Final, ParamSpec, TypeVar, cast

import typing_extensions
from typing_extensions import Unpack

from assent.authoring.hints import hints_of, names_around
from assent.errors import DefinitionError
from assent.forms import form_of
from assent.ports.context import ApproveTerms, check_terms
from assent.ports.program import GATE, Gate

P = ParamSpec("P")
R = TypeVar("R")

_UNNAMED: Final = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def gate(
    key: str,
    *,
    when: Callable[[dict[str, Any]], bool | Awaitable[bool]] | None = None,
    describe: Callable[[dict[str, Any]], str] | None = None,
    detail: str | None = None,
    **terms: Unpack[ApproveTerms],
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let people see, edit and grant the arguments of a step before it runs.

    ``when`` says whether to ask, from the arguments by name; it is judged once and recorded. ``describe`` makes the
    task's title of them. Rejected, ``ctx.step`` raises ``Rejected``, and the step never runs; nobody answers by the
    deadline, it raises ``Expired``. The other options are those of ``ctx.approve``.
    """
    if not key:
        raise DefinitionError("@gate needs a key for the tasks it opens: @gate('email-approval').")
    check_terms("@gate", terms, ApproveTerms)
    for name, function in {"when": when, "describe": describe}.items():
        if function is not None and not callable(function):
            raise DefinitionError(f"@gate takes a function as {name}=, not {function!r}.")
    names = names_around(2)

    def mark(marked: Callable[P, R]) -> Callable[P, R]:
        asked: dict[str, Any] = {"detail": detail, **terms}
        # Made when it is first needed: the annotations may name what is defined further below.
        form = cache(lambda: _arguments(marked, names))
        made = Gate(key=key, when=when, describe=describe, form=form, terms=asked)
        setattr(cast(Any, marked), GATE, made)
        return marked

    return mark


def _arguments(function: Callable[..., Any], names: Mapping[str, Any]) -> Any:
    """The type of the arguments by name, where the function says all of it; None: what is shown says it."""
    try:
        parameters = inspect.signature(function).parameters.values()
        hints = hints_of(function, names)
        if any(p.kind in _UNNAMED or p.name not in hints for p in parameters):
            return None
        fields = {parameter.name: hints[parameter.name] for parameter in parameters}
        made: Any = typing_extensions.TypedDict
        arguments = made("Arguments", fields)
        form_of(arguments)
    except (DefinitionError, TypeError, ValueError):
        return None
    return arguments
