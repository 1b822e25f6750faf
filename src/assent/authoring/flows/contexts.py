"""How the context of a flow is kept: plain JSON by name, and beside it what its type needs to come back.

    {"name": "Ann", "plan": "pro"}     kept as it is
    Signup(name="Ann", plan="pro")     {"name": "Ann", "plan": "pro"}, and {"$": "data", "t": "shop:Signup", …}

A state may have been anywhere, so the classes it names are only looked up among those that the flow knows: in the
modules that its steps, its inputs and its contexts are written in.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from pydantic import BaseModel

from assent.core.values import Json, pack, unpack
from assent.errors import FieldError, InvalidInput, ValueNotKept, ValueUnreadable
from assent.forms import Form, form_of

_SCALARS: Final = frozenset({str, int, float, bool, type(None)})
_BY_FIELDS: Final = frozenset({"data", "model"})


class Contexts:
    """The contexts of one flow: ``kind`` is their type where one was declared."""

    def __init__(self, flow: str, kind: Any, modules: set[str]) -> None:
        self._flow = flow
        self.form: Form | None = None if kind is None else form_of(kind)
        self._modules = modules
        if isinstance(kind, type):
            modules.add(kind.__module__)
        self._seen: set[str] = set()

    @property
    def declared(self) -> bool:
        """Whether contexts have a type that each of them must fit."""
        return self.form is not None

    def begin(self, value: Any) -> Any:
        """A context to start with: a copy, which nobody else holds; raises InvalidInput, ValueNotKept."""
        if value is None:
            value = {}
        if self.form is not None:
            value = self._read(value)
        if type(value) is not dict and not _has_fields(value):
            kind = cast(object, value).__class__.__name__
            told = FieldError("", f"a {kind} is no mapping, dataclass or pydantic model")
            raise InvalidInput(f"The context of {self._flow!r}", (told,))
        return self.restored(*self.kept(value))

    def kept(self, context: Any) -> tuple[Json, Json]:
        """The context as JSON, and what its type needs; raises ValueNotKept."""
        try:
            packed = pack(context)
        except ValueNotKept as error:
            raise error.within(f"the context of {self._flow!r}") from None
        if type(context) is dict and "$" not in cast("dict[str, Json]", packed):
            self._seen.update(_classes(packed))
            return packed, None
        self._seen.update(_classes(packed))
        told = cast("dict[str, Json]", packed)
        if told["$"] in _BY_FIELDS:
            return told["v"], {name: part for name, part in told.items() if name != "v"}
        return packed, None

    def restored(self, packed: Json, beside: Json) -> Any:
        """The context again; raises ValueUnreadable, and InvalidInput where it does not fit its declared type."""
        whole: Json = {**beside, "v": packed} if isinstance(beside, dict) else packed
        if not isinstance(whole, dict):
            raise ValueUnreadable(f"The state of {self._flow!r} holds no context.")
        return self.unpacked(whole)

    def unpacked(self, whole: Json) -> Any:
        """A value out of a state; raises ValueUnreadable, also for classes that the flow does not know."""
        strange = {name for name in _classes(whole) if not self._knows(name)}
        if strange:
            raise ValueUnreadable(
                f"The state of {self._flow!r} names {', '.join(sorted(strange))}, which none of its steps or "
                "contexts is written with. Declare the type of the context: flows.flow(…, context=Signup)."
            )
        try:
            return unpack(whole)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise ValueUnreadable(
                f"A value in the state of {self._flow!r} cannot be read: {error!r}."
            ) from None

    def check(self, context: Any, where: str) -> None:
        """Raises InvalidInput where a context does not fit the declared type, or its own class."""
        if self.form is None and type(context) is dict:
            return
        form = self.form or form_of(type(context))
        try:
            form.read(_fields(context))
        except InvalidInput as error:
            raise InvalidInput(f"The context of {self._flow!r} {where}", error.errors) from None

    def _read(self, value: Any) -> Any:
        assert self.form is not None
        try:
            return self.form.read(value)
        except InvalidInput as error:
            raise InvalidInput(f"The context of {self._flow!r}", error.errors) from None

    def _knows(self, name: str) -> bool:
        return name in self._seen or name.partition(":")[0] in self._modules


def _has_fields(value: object) -> bool:
    return isinstance(value, BaseModel) or dataclasses.is_dataclass(value)


def _fields(context: Any) -> Any:
    """The fields of an object, so that they are judged anew; a mapping is judged as it is."""
    if isinstance(context, BaseModel):
        return {
            field.alias or name: getattr(context, name)
            for name, field in type(context).model_fields.items()
        }
    if dataclasses.is_dataclass(context) and not isinstance(context, type):
        return {
            one.name: getattr(context, one.name) for one in dataclasses.fields(context) if one.init
        }
    return context


def _classes(packed: Json) -> Iterator[str]:
    """The names of all classes in a packed value."""
    if isinstance(packed, dict):
        kind = packed.get("t") if "$" in packed else None
        if isinstance(kind, str):
            yield kind
        parts: Any = packed.values()
    elif isinstance(packed, list):
        parts = packed
    else:
        return
    for part in parts:
        if type(part) not in _SCALARS:
            yield from _classes(part)


def is_state(value: object) -> bool:
    """Whether this looks like the state of a flow."""
    return isinstance(value, Mapping) and "schema_id" in value and "context" in value
