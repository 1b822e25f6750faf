"""What a flow asks for: a description, passed on untouched, and a form where one can be made of it.

A type or a JSON Schema also judges the input. A word (``"email"``), a list of fields, or anything else that only
whoever asks understands, does not: it is drawn as well as it can be, and the input is the handler's to judge.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from assent.core.durations import Duration
from assent.core.field import FREE, spoken
from assent.core.values import Json
from assent.errors import AssentError
from assent.forms import Form, LooseForm, form_of

Expiry = Duration | datetime | None

_OF_SCHEMAS: Final = frozenset({"$schema", "$ref", "properties", "anyOf", "oneOf", "allOf", "enum"})
_TYPES: Final = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})
_DRAWN: Final[Mapping[str, dict[str, Json]]] = {
    "password": {"type": "string", "format": "password"},
    "email": {"format": FREE},
    "textarea": {"type": "string", "format": "textarea"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "checkbox": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRequired:
    """What a handler returns to pause: what it asks for, what was wrong, until when, and by which way."""

    asks: Any
    errors: Any = None
    expires: Expiry = None
    via: str | None = None
    to: str | None = None


def input_required(
    asks: Any,
    *,
    errors: Any = None,
    expires: Expiry = None,
    via: str | None = None,
    to: str | None = None,
) -> InputRequired:
    """Return this from a handler: the flow pauses and asks for input, described by anything at all.

    ``errors`` tells what was wrong with the last input; ``expires`` until when it may be given. ``via`` names the
    outlet that takes the link to go on with to ``to``, where whoever gave the last input must not have it.
    """
    return InputRequired(asks=asks, errors=errors, expires=expires, via=via, to=to)


def returned(result: object) -> InputRequired | None:
    """What a handler's result asks for; anything that asks for nothing is no business of the flow."""
    if isinstance(result, InputRequired):
        return result
    if isinstance(result, Mapping):
        told = cast("Mapping[str, Any]", result)
        if "input_required" in told:
            return InputRequired(
                asks=told["input_required"], errors=told.get("errors"), expires=told.get("expires")
            )
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a flow asks, so that it can be drawn: ``schema`` is a JSON Schema, None where it only may be tried again."""

    step: str
    title: str
    detail: str | None
    schema: Json
    error: str | None = None
    errors: tuple[str, ...] = ()


def question_of(
    id: str, title: str, detail: str | None, asks: Any, *, error: object = None, errors: Any = None
) -> Question:
    """The question a pause puts; an ``asks`` of None only offers to try again."""
    schema = None if asks is None else form_of(asked_with(asks)).schema
    named = schema.get("title") if isinstance(schema, dict) and "format" not in schema else None
    words = " ".join(re.split(r"[\s/_-]+", id)).capitalize()
    listed = [_said(one) for one in cast(Any, errors)] if isinstance(errors, list | tuple) else []
    return Question(
        step=id,
        title=title or (named if isinstance(named, str) else words),
        detail=detail,
        schema=schema,
        error=None if error is None else str(error),
        errors=tuple(listed),
    )


def _said(error: object) -> str:
    """One of the errors that a handler lists, in words: they are text, or have a message."""
    if not isinstance(error, Mapping):
        return str(error)
    told = cast("Mapping[str, Any]", error)
    return str(told.get("message") or told.get("detail") or dict(told))


# ── forms ───────────────────────────────────────────────────────────────────────────────────────


def judging_form(asks: Any) -> Form | None:
    """The form that judges an input: that of a type, or of a JSON Schema; else None."""
    if isinstance(asks, type | types.UnionType) or typing.get_origin(asks) is not None:
        return form_of(asks)
    if isinstance(asks, Mapping) and _is_schema(cast("Mapping[str, Any]", asks)):
        return form_of(asks)
    return None


def _is_schema(asks: Mapping[str, Any]) -> bool:
    kind = asks.get("type")
    named = isinstance(kind, str) and kind in _TYPES
    return bool(_OF_SCHEMAS & asks.keys()) or (named and "name" not in asks)


def asked_with(asks: Any) -> Any:
    """What people are asked with: what judges, as it is, or a form that is drawn and takes anything."""
    try:
        judges = judging_form(asks) is not None
    except AssentError:
        judges = False
    return asks if judges else LooseForm(_loosely(asks))


def _loosely(asks: Any) -> Json:
    match asks:
        case str():
            return {"title": spoken(asks.replace("-", " ")), **_DRAWN.get(asks, {"format": FREE})}
        case [*fields] if fields and all(_names_itself(field) for field in fields):
            return {"type": "object", "properties": {_name(one): _field(one) for one in fields}}
        case Mapping() if _names_itself(cast(Any, asks)):
            return _field(cast(Any, asks))
        case _:
            return {"title": "Input"}


def _names_itself(field: Any) -> bool:
    if isinstance(field, str):
        return True
    return isinstance(field, Mapping) and isinstance(cast(Any, field).get("name"), str)


def _name(field: Any) -> str:
    return str(field if isinstance(field, str) else field["name"])


def _field(field: Any) -> Json:
    if isinstance(field, str):
        return _loosely(field)
    told = cast("Mapping[str, Any]", field)
    drawn: dict[str, Json] = dict(_DRAWN.get(str(told.get("type")), {"format": FREE}))
    options = told.get("options")
    if isinstance(options, list) and all(isinstance(one, str) for one in cast(Any, options)):
        drawn = {"enum": cast("list[Json]", options)}
    drawn["title"] = str(told.get("label") or spoken(_name(told)))
    if isinstance(told.get("help"), str):
        drawn["description"] = told["help"]
    return drawn
