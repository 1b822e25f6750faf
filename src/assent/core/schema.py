"""JSON Schema, boiled down to what can be drawn.

A schema as pydantic emits it (or as a person wrote it) is followed through ``$ref``, single
``allOf`` and "or null"; what is left is one plain mapping. ``sketch`` goes the other way: it makes
a schema for a plain value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from msgspec import Struct

from assent.core.values import Json

Schema: TypeAlias = "dict[str, Json]"

ANYTHING: Final[Schema] = {}


class Plain(Struct, frozen=True):
    """A schema without references: ``of`` says what it is, ``nullable`` whether null fits too."""

    of: Schema
    nullable: bool
    through: frozenset[str]
    loops: bool = False


def plain(schema: Json, root: Schema, through: frozenset[str] = frozenset()) -> Plain:
    """Follow references and "or null" until one mapping is left.

    ``through`` are the references followed so far: a schema that comes back to itself ``loops``.
    """
    here: Schema = schema if isinstance(schema, dict) else ANYTHING
    nullable = False
    while True:
        if isinstance(ref := here.get("$ref"), str):
            if ref in through:
                return Plain(here, nullable, through, loops=True)
            through |= {ref}
            here = {**_unnamed(_target(ref, root), ref), **_without(here, "$ref")}
        elif (only := _only(here.get("allOf"))) is not None:
            here = {**only, **_without(here, "allOf")}
        elif (rest := _not_null(here)) is not None:
            nullable = True
            here = rest
        else:
            return Plain(here, nullable, through)


def _target(ref: str, root: Schema) -> Schema:
    found: Json = root
    for part in ref.removeprefix("#").split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else ANYTHING


def _unnamed(target: Schema, ref: str) -> Schema:
    """Without the name of its class: two fields of one class are told apart by their own names."""
    return _without(target, "title") if target.get("title") == ref.rpartition("/")[2] else target


def _only(schemas: Json) -> Schema | None:
    match schemas:
        case [dict() as only]:
            return only
        case _:
            return None


def _not_null(schema: Schema) -> Schema | None:
    """The schema without its null, or None where null never fitted beside something else."""
    kinds = schema.get("type")
    if isinstance(kinds, list) and "null" in kinds:
        rest = [kind for kind in kinds if kind != "null"]
        return {**schema, "type": rest[0] if len(rest) == 1 else rest} if rest else None
    values = schema.get("enum")
    if isinstance(values, list) and None in values and len(values) > 1:
        return {**schema, "enum": [value for value in values if value is not None]}
    for word in ("anyOf", "oneOf"):
        choices = schema.get(word)
        if not isinstance(choices, list):
            continue
        rest = [c for c in choices if not (isinstance(c, dict) and c.get("type") == "null")]
        if rest and len(rest) < len(choices):
            outside = _without(schema, word)
            if len(rest) > 1:
                return {**outside, word: rest}
            return {**rest[0], **outside} if isinstance(rest[0], dict) else outside
    return None


def _without(schema: Schema, word: str) -> Schema:
    return {name: value for name, value in schema.items() if name != word}


def sketch(value: Json) -> Schema:
    """A schema inferred from a plain value, for values that come without a type."""
    match value:
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer"}
        case float():
            return {"type": "number"}
        case str():
            return {"type": "string"}
        case dict() if value:
            inside: Schema = {name: sketch(part) for name, part in value.items()}
            return {"type": "object", "properties": inside, "required": [*inside]}
        case list() if value:
            return {"type": "array", "items": _common([sketch(item) for item in value])}
        case _:
            return ANYTHING


def _common(schemas: Sequence[Schema]) -> Schema:
    """One schema for all items: their own where they agree, rows where all are objects."""
    first = schemas[0]
    if all(schema == first for schema in schemas):
        return first
    inside: Schema = {}
    for schema in schemas:
        properties = schema.get("properties")
        if not isinstance(properties, dict):
            return ANYTHING
        for name, part in properties.items():
            inside[name] = part if inside.get(name, part) == part else ANYTHING
    always: list[Json] = [
        name
        for name in inside
        if all(isinstance(p := s.get("properties"), dict) and name in p for s in schemas)
    ]
    return {"type": "object", "properties": inside, "required": always}
