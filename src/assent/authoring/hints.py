"""What all styles need to read what a user wrote: annotations, and words for options."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, get_type_hints

from assent.errors import DefinitionError
from assent.ports.program import SessionPolicy


def hints_of(function: Callable[..., Any], names: Mapping[str, Any]) -> dict[str, Any]:
    """The annotations of a function, resolved with its globals, its closure, and ``names``.

    Raises DefinitionError where one cannot be resolved.
    """
    try:
        return get_type_hints(
            function, localns={**names, **_closure(function)}, include_extras=True
        )
    except NameError as error:
        raise DefinitionError(
            f"The annotations of {function.__name__}() cannot be resolved: {error}. "
            "Import what they name where the function is defined."
        ) from None


def _closure(function: Callable[..., Any]) -> dict[str, Any]:
    """What the function has taken from the functions around it, as far as they have set it yet."""
    found: dict[str, Any] = {}
    cells: Mapping[str, Any] = dict(
        zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    )
    for name, cell in cells.items():
        with suppress(ValueError):  # an empty cell: it is set further below
            found[name] = cell.cell_contents
    return found


def names_around(depth: int) -> Mapping[str, Any]:
    """The local names where a decorator was used, for annotations that name local classes."""
    frame = inspect.currentframe()
    for _ in range(depth):
        frame = frame.f_back if frame is not None else None
    return dict(frame.f_locals) if frame is not None else {}


def session_policy(name: str) -> SessionPolicy:
    """The policy of this name; raises DefinitionError."""
    try:
        return SessionPolicy(name)
    except ValueError:
        known = ", ".join(SessionPolicy)
        raise DefinitionError(f"session_pause_policy={name!r} is none of: {known}.") from None
