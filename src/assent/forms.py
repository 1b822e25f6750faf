"""Forms: what an answer must look like, from whatever type the workflow names.

A type that pydantic can describe, a JSON Schema, or a plain description of fields
(``{"amount": "number", "note": "text"}``). The type validates the answer; its JSON Schema is what people are shown.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import math
import sys
import typing
import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from importlib import import_module
from types import FunctionType
from typing import Any, Final, Literal, Protocol, cast
from uuid import UUID

import typing_extensions
from pydantic import (
    BaseModel,
    ConfigDict,
    PydanticSchemaGenerationError,
    Strict,
    TypeAdapter,
    ValidationError,
)
from pydantic.errors import PydanticUserError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic.warnings import ArbitraryTypeWarning
from pydantic_core.core_schema import DecimalSchema
from typing_extensions import override

from assent.core.classes import register
from assent.core.form import sketch
from assent.core.values import Json, pack, plain, unpack
from assent.errors import DefinitionError, FieldError, InvalidInput

_WORDS: Final[Mapping[str, dict[str, Json]]] = {
    "text": {"type": "string"},
    "string": {"type": "string"},
    "password": {"type": "string", "format": "password"},
    "email": {"type": "string", "format": "email"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "checkbox": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}


class Form(Protocol):
    """What an answer must look like."""

    @property
    def schema(self) -> Json:
        """The JSON Schema that people are shown; None where anything goes."""
        ...

    def read(self, value: Any) -> Any:
        """The answer as the workflow gets it, from JSON or from a Python value; raises InvalidInput."""
        ...


class TypedForm:
    """A form made from a type."""

    def __init__(self, hint: Any, *, closed: bool = False) -> None:
        self._adapter = adapter(hint)
        register_types(hint)
        # As a typo must not be a silent no: unless the author has said what becomes of other fields.
        self._extra: Literal["forbid"] | None = (
            "forbid" if closed and not _says_what_of_extras(hint) else None
        )
        try:
            schema = self._adapter.json_schema(mode="validation", schema_generator=_Schema)
            self.schema: Json = _finite(schema)
        except PydanticUserError as error:
            raise DefinitionError(
                f"{hint!r} cannot be shown as a form: {error.message}. Give a type that has a JSON Schema."
            ) from None

    def read(self, value: Any) -> Any:
        """The answer, validated by the type: Python values as they are, JSON by its own rules."""
        try:
            return self._adapter.validate_python(value, extra=self._extra)
        except ValidationError as first:
            if not is_json(value):
                raise InvalidInput("The answer", field_errors(first, value)) from None
        try:
            # JSON has no word for a date or a set; as JSON, their text is welcome.
            return self._adapter.validate_json(_json(value), extra=self._extra)
        except ValidationError as error:
            raise InvalidInput("The answer", field_errors(error, value)) from None


class SchemaForm:
    """A form made from a JSON Schema."""

    def __init__(self, schema: Json) -> None:
        self.schema = schema

    def read(self, value: Any) -> Any:
        """The answer, as JSON that fits the schema."""
        as_json = plain(pack(value))
        errors = check_against(self.schema, as_json)
        if errors:
            raise InvalidInput("The answer", errors)
        return as_json


class LikeForm:
    """The form in which plain data is edited: drawn after it, and read with the types that stand in the same places."""

    def __init__(self, packed: Json) -> None:
        self._packed = packed
        self.schema: Json = sketch(plain(packed))

    def read(self, value: Any) -> Any:
        """The answer, as data of the same types where it is in the same places."""
        errors = check_against(self.schema, plain(pack(value)))
        if errors:
            raise InvalidInput("The answer", errors)
        return _like(unpack(self._packed), value, ())


def _like(shown: object, value: object, path: tuple[object, ...]) -> object:
    """The value with the types of what was shown; what was not touched comes back as it was."""
    if plain(pack(shown)) == plain(pack(value)):
        return value if type(value) is type(shown) and not is_json(value) else shown
    kind: Any = type(shown)
    if kind in _DATA or shown is None or value is None:
        return value
    if isinstance(shown, dict) and isinstance(value, Mapping):
        was = cast("dict[object, object]", shown)
        return _like_mapping(was, cast("Mapping[object, object]", value), path)
    if kind in {list, tuple} and isinstance(value, list | tuple):
        before = cast("Sequence[object]", shown)
        items = enumerate(cast("Sequence[object]", value))
        made = [_like(_at(before, i), item, (*path, i)) for i, item in items]
        return tuple(made) if kind is tuple else made
    try:
        return form_of(kind, closed=True).read(value)
    except InvalidInput as error:
        at = pointer(path)
        wrong = tuple(FieldError(at + each.pointer, each.detail) for each in error.errors)
        raise InvalidInput("The answer", wrong) from None
    except DefinitionError:
        return value


def _at(shown: Sequence[object], i: int) -> object:
    """What stands there; what was added is like the last."""
    return shown[min(i, len(shown) - 1)] if shown else None


def _like_mapping(
    shown: Mapping[object, object], value: Mapping[object, object], path: tuple[object, ...]
) -> dict[object, object]:
    names = {str(*cast("dict[str, Json]", plain(pack({key: None})))): key for key in shown}
    made: dict[object, object] = {}
    for name, item in value.items():
        key = name if name in shown else names.get(str(name), name)
        made[key] = _like(shown.get(key), item, (*path, name))
    return made


_DATA: Final = frozenset({bool, int, float, str})


class LooseForm:
    """A form that is drawn by a schema, and takes whatever it is given: who asked judges it."""

    def __init__(self, schema: Json) -> None:
        self.schema = schema

    def read(self, value: Any) -> Any:
        """The answer, as it was given."""
        return value


def schema_errors(validator: Any, value: Json) -> tuple[FieldError, ...]:
    """Everything about a value that does not fit a JSON Schema, by path."""
    found = sorted(
        validator.iter_errors(value), key=lambda error: list(map(str, error.absolute_path))
    )
    return tuple(FieldError(pointer(error.absolute_path), _said(error)) for error in found)


def _said(error: Any) -> str:
    words = _LIKE.get(error.validator_value) if error.validator == "format" else None
    return f"{error.instance!r} is not {words}" if words else str(error.message)


def check_against(schema: Json, value: Json) -> tuple[FieldError, ...]:
    """Everything about a value that does not fit this JSON Schema, by path."""
    # Loaded when first used: it takes as long to import as all of assent.
    validator = import_module("jsonschema").Draft202012Validator
    return schema_errors(validator(schema, format_checker=_formats()), value)


@lru_cache(maxsize=1)
def _formats() -> Any:
    """What the formats that people are asked in words stand for: JSON Schema by itself takes any text for a date."""
    checker = import_module("jsonschema").FormatChecker(formats=())
    for name, read in _READS.items():
        checker.checks(name, raises=(ValueError, ArithmeticError))(_fits(read))
    return checker


def _fits(read: Callable[[str], object]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or read(value) is not False


_DECIMAL: Final = "decimal"
_READS: Final[Mapping[str, Callable[[str], object]]] = {
    "date": date.fromisoformat,
    "date-time": datetime.fromisoformat,
    "time": time.fromisoformat,
    "uuid": UUID,
    "email": lambda text: "@" in text.strip("@"),
    _DECIMAL: lambda text: Decimal(text).is_finite(),
}


_LIKE: Final[Mapping[str, str]] = {
    "date": "a date, like 2026-11-30",
    "date-time": "a date and a time, like 2026-11-30T14:30",
    "time": "a time, like 14:30",
    "uuid": "a UUID",
    "email": "an address, like ann@example.com",
}


class _Schema(GenerateJsonSchema):
    """JSON Schema as pydantic writes it, which says of the text of a Decimal that it is one."""

    @override
    def decimal_schema(self, schema: DecimalSchema) -> JsonSchemaValue:
        """A number, or the text of one."""
        found = super().decimal_schema(schema)
        parts: list[JsonSchemaValue] = found.get("anyOf", [])
        marked = [p | {"format": _DECIMAL} if p.get("type") == "string" else p for p in parts]
        return found | {"anyOf": marked} if marked else found


def form_of(wanted: Any, *, closed: bool = False) -> Form:
    """The form of a type, a JSON Schema, or a description of fields; a loose form is one already.

    ``closed``: a field that the type does not know is refused, unless the type itself says otherwise.
    """
    if isinstance(wanted, LooseForm):
        return wanted
    if isinstance(wanted, Mapping):
        return _from_mapping(cast("Mapping[str, Any]", wanted))
    if isinstance(wanted, list):
        return _from_fields(cast("Any", wanted))
    try:
        return _typed_form(wanted, closed)
    except TypeError:  # a type that cannot be hashed
        return TypedForm(wanted, closed=closed)


@lru_cache(maxsize=256)
def _typed_form(hint: Any, closed: bool) -> TypedForm:
    """Making a form of a type takes longer than most steps: it is done once."""
    return TypedForm(hint, closed=closed)


# What was shown as 1 is not edited to "1" or to True.
_STRICT: Final[Mapping[type, Any]] = {
    bool: typing.Annotated[bool, Strict()],
    int: typing.Annotated[int, Strict()],
    float: typing.Annotated[float, Strict()],
    str: typing.Annotated[str, Strict()],
}


def form_for(value: Any, packed: Json) -> Form | None:
    """The form in which people edit a value: that of its type, or drawn after plain data."""
    kind: Any = cast(Any, type(value))
    if value is None:
        return None
    if kind in {dict, list, tuple}:
        return LikeForm(packed)
    if kind in _STRICT:
        return _typed_form(_STRICT[kind], True)
    try:
        return form_of(kind, closed=True)
    except (DefinitionError, PydanticSchemaGenerationError):
        return SchemaForm(sketch(plain(packed)))


def _from_mapping(wanted: Mapping[str, Any]) -> Form:
    if wanted.keys() & {
        "type",
        "$ref",
        "properties",
        "anyOf",
        "oneOf",
        "allOf",
        "enum",
        "$schema",
    } and not (all(isinstance(word, str) and word in _WORDS for word in wanted.values())):
        return SchemaForm(_checked(json.dumps(wanted, default=repr)))
    return _from_fields([{"name": name, "type": word} for name, word in wanted.items()])


@lru_cache
def _checked(text: str) -> Json:
    schema = _finite(json.loads(text))
    validator = import_module("jsonschema").Draft202012Validator
    found = list(validator(validator.META_SCHEMA).iter_errors(schema))
    if found:
        first = min(found, key=lambda error: len(error.absolute_path))
        raise DefinitionError(
            f"The form is no JSON Schema: at {pointer(first.absolute_path) or 'the top'}, {first.message}. "
            f"For plain fields name their types out of: {', '.join(sorted(_WORDS))}."
        )
    return schema


def _finite(schema: Json) -> Json:
    """A schema without what is no JSON: a default that is not a number, a limit that is none."""
    if isinstance(schema, dict):
        return {name: _finite(part) for name, part in schema.items() if not _is_endless(part)}
    if isinstance(schema, list):
        return [_finite(part) for part in schema if not _is_endless(part)]
    return schema


def _is_endless(part: Json) -> bool:
    return isinstance(part, float) and not math.isfinite(part)


def _from_fields(fields: Sequence[Any]) -> Form:
    properties: dict[str, Json] = {}
    required: list[Json] = []
    if not fields:
        raise DefinitionError("The form has no fields. Name at least one: {'amount': 'number'}.")
    for field in fields:
        described: dict[str, Any] = {"name": field}
        if isinstance(field, Mapping):
            described = dict(cast("Mapping[str, Any]", field))
        name, word = described.get("name"), described.get("type", "text")
        if not isinstance(name, str) or not isinstance(word, str) or word not in _WORDS:
            known = ", ".join(sorted(_WORDS))
            raise DefinitionError(
                f"A field of the form is {field!r}; it needs a name, and a type out of: {known}."
            )
        if name in properties:
            raise DefinitionError(f"The form has two fields that are named {name!r}.")
        properties[name] = {**_WORDS[word], "title": str(described.get("label", name))}
        if described.get("required", True):
            required.append(name)
    return SchemaForm(
        {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }
    )


def adapter(hint: Any) -> TypeAdapter[Any]:
    """pydantic's view of a type; raises DefinitionError where it has none."""
    if isinstance(hint, FunctionType | str):
        what = "a text" if isinstance(hint, str) else "a function"
        raise DefinitionError(f"{hint!r} cannot be used here: it is {what}, not a type.")
    try:
        return TypeAdapter(_modern(hint))
    except PydanticSchemaGenerationError:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", ArbitraryTypeWarning)  # it is no type at all
                return TypeAdapter(hint, config=ConfigDict(arbitrary_types_allowed=True))
        except (PydanticUserError, ArbitraryTypeWarning):
            raise DefinitionError(
                f"{hint!r} cannot be used here: it is not a type that values can be checked against."
            ) from None
    except (PydanticUserError, NameError, TypeError) as error:
        raise DefinitionError(f"{hint!r} cannot be used here: {error}.") from None


def _modern(hint: Any) -> Any:
    """``typing.TypedDict`` as pydantic wants it before Python 3.12: rebuilt as typing_extensions'."""
    if sys.version_info >= (3, 12) or not typing.is_typeddict(hint):
        return hint
    if isinstance(hint, typing_extensions._TypedDictMeta):  # type: ignore[attr-defined]
        return hint
    hints = typing_extensions.get_type_hints(hint, include_extras=True)
    fields = {
        name: _modern(kind)
        if name in hint.__required_keys__
        else typing_extensions.NotRequired[_modern(kind)]
        for name, kind in hints.items()
    }
    return typing_extensions.TypedDict(hint.__name__, fields)  # type: ignore[operator]


def register_types(hint: Any) -> None:
    """Make the classes in a type known by name, so that their objects can be kept wherever they are defined."""
    for kind in _classes_in(hint):
        if _is_kept(kind):
            register(kind)


def _says_what_of_extras(hint: Any) -> bool:
    """Whether the author of a class in this type has said what becomes of fields that it does not know."""
    return any(
        "extra" in (getattr(kind, "model_config", None) or getattr(kind, _CONFIG, None) or {})
        for kind in _classes_in(hint)
    )


_CONFIG: Final = "__pydantic_config__"  # of a dataclass or a TypedDict


def _classes_in(hint: Any) -> list[type[Any]]:
    """The classes a type is made of, each once: also those of fields, at any depth."""
    found: dict[Any, None] = {}
    waiting = [hint]
    while waiting:
        part = waiting.pop()
        if isinstance(part, type) and part not in found and typing.get_origin(part) is None:
            found[part] = None
            waiting += _fields_of(part)
        waiting += typing.get_args(part)
    return list(found)


def _fields_of(kind: type[Any]) -> list[Any]:
    if BaseModel in kind.__mro__:
        return [field.annotation for field in kind.model_fields.values()]
    if dataclasses.is_dataclass(kind) or typing.is_typeddict(kind):
        return list(_hints(kind).values())
    return []


def _is_kept(kind: type[Any]) -> bool:
    bases = kind.__mro__
    described = dataclasses.is_dataclass(kind) or hasattr(kind, "__struct_fields__")
    named = tuple in bases and hasattr(kind, "_fields")
    return BaseModel in bases or enum.Enum in bases or described or named


def _hints(kind: type) -> dict[str, Any]:
    try:
        return typing.get_type_hints(kind)
    except (NameError, TypeError):
        return {}


def field_errors(error: ValidationError, value: object) -> tuple[FieldError, ...]:
    """pydantic's errors, each with its JSON pointer into the value."""
    found = [
        FieldError(pointer(_place(told["loc"], value, told["type"])), told["msg"])
        for told in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return tuple(dict.fromkeys(found))


def _place(path: Sequence[int | str], value: object, trouble: str) -> list[int | str]:
    """Where in the value this is: pydantic also names which part of a union it has tried, and what is no place."""
    found: list[int | str] = []
    inside = value
    for at, part in enumerate(path):
        last = at + 1 == len(path)
        parts = _parts_of(inside)
        if part in parts:
            inside = parts[part]
        elif not (isinstance(part, int) or (trouble.startswith("missing") and last)):
            continue
        elif not last:
            inside = None  # in a set, say, which has no places of its own
        found.append(part)
    return found


def _parts_of(value: object) -> Mapping[object, object]:
    if isinstance(value, Mapping):
        return cast("Mapping[object, object]", value)
    if isinstance(value, list | tuple):
        return dict(enumerate(cast("Sequence[object]", value)))
    return getattr(value, "__dict__", {})


def pointer(path: Any) -> str:
    """A JSON pointer (RFC 6901) of a path."""
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in path]
    return "".join(f"/{part}" for part in parts)


def is_json(value: object) -> bool:
    """Whether JSON has a word for all of this."""
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        return all(isinstance(key, str) and is_json(item) for key, item in items)
    if isinstance(value, list):
        return all(is_json(item) for item in cast("list[object]", value))
    return value is None or isinstance(value, bool | int | float | str)


def _json(value: Any) -> str:
    from_python = TypeAdapter(Any)
    return from_python.dump_json(value).decode()
