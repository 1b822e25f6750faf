"""State with a class of its own: one object, kept with the run, whose fields are what the class says they are."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from threading import RLock
from typing import Any, Final, get_type_hints

from pydantic import BaseModel, ConfigDict, PydanticUserError, TypeAdapter, ValidationError

from assent.core.classes import register, restore_transient, transient_fields
from assent.core.values import Json, unpack
from assent.errors import DefinitionError, FieldError, InvalidInput
from assent.ports.context import State

ENTRY: Final = "state"  # the name under which the run's state has it


class TypedState:
    """The class of a workflow's state: how it begins, and what its fields may be.

    Raises DefinitionError where it is neither a dataclass nor a pydantic model, or cannot begin by itself.
    """

    def __init__(self, kind: type[Any], workflow: str) -> None:
        if not _is_plain(kind):
            raise DefinitionError(
                f"The state of {workflow!r} is to be {kind!r}. It must be a dataclass or a pydantic model."
            )
        self.kind = kind
        self._changing = RLock()  # sync steps change it from threads
        try:
            hints = get_type_hints(kind, include_extras=True)
        except (NameError, TypeError) as error:
            raise DefinitionError(
                f"The state {kind.__name__} of {workflow!r} has an annotation that cannot be resolved: {error}."
            ) from None
        fields = _fields_of(kind) - transient_fields(kind)
        self._fields = {name: _adapter(hints[name]) for name in sorted(fields)}
        try:
            self._first()
        except (TypeError, ValidationError):
            raise DefinitionError(
                f"The state {kind.__name__} of {workflow!r} cannot begin by itself: give each field a default."
            ) from None
        register(kind)

    def _first(self) -> Any:
        return self.kind()

    def of(self, state: State) -> Any:
        """The object of a run; it begins when it is first asked for."""
        with self._changing:
            if ENTRY not in state:
                state[ENTRY] = self._begun()
            return state[ENTRY]

    def _begun(self) -> Any:
        made = self._first()
        if transient_fields(self.kind):
            restore_transient(made, self.kind)
        return made

    def update(self, state: State, change: Callable[[Any], Any]) -> None:
        """Change it as one: ``change`` is given the object, and changes it or returns another."""
        with self._changing:
            made = change(self.of(state))
            if made is None:
                return
            if not isinstance(made, self.kind):
                wrong = FieldError(
                    "", f"a {self.kind.__name__} is wanted, and the change made {made!r:.80}"
                )
                raise InvalidInput(f"The state of a run, a {self.kind.__name__},", (wrong,))
            state[ENTRY] = made

    def mended(self, made: Any, good: Json) -> tuple[FieldError, ...]:
        """The fields that are not what the class says they are; they are put back to what they were."""
        wrong: list[FieldError] = []
        for name, adapter in self._fields.items():
            try:
                adapter.validate_python(getattr(made, name, None), strict=True)
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                at = "/".join(str(part) for part in (name, *first["loc"]))
                wrong.append(FieldError(f"/{at}", str(first["msg"])))
                object.__setattr__(made, name, getattr(unpack(good), name, None))
        return tuple(wrong)


def _is_plain(kind: Any) -> bool:
    return isinstance(kind, type) and (
        dataclasses.is_dataclass(kind) or issubclass(kind, BaseModel)
    )


def _fields_of(kind: type[Any]) -> set[str]:
    if issubclass(kind, BaseModel):
        return set(kind.model_fields)
    return {field.name for field in dataclasses.fields(kind)}


def _adapter(hint: Any) -> TypeAdapter[Any]:
    try:
        return TypeAdapter(hint)
    except PydanticUserError:  # a class that pydantic does not know; see kept_as
        return TypeAdapter(hint, config=ConfigDict(arbitrary_types_allowed=True))
