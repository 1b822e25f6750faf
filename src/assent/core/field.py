"""The questions of a form, made from a JSON Schema, free of how they are drawn.

What cannot be drawn is asked for as JSON: never a dead form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from typing import Final, TypeAlias

from assent.core.schema import ANYTHING, Schema, plain
from assent.core.values import Json


class Missing(Enum):
    """No value at all, where None is one."""

    ABSENT = "absent"


ABSENT: Final = Missing.ABSENT
Maybe: TypeAlias = "Json | Missing"


class Kind(StrEnum):
    """How a question is put."""

    TEXT = "text"
    SECRET = "secret"
    INTEGER = "integer"
    NUMBER = "number"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    DURATION = "duration"
    GROUP = "group"
    LIST = "list"
    FIXED = "fixed"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: ``text`` is what a form posts for it."""

    value: Json
    text: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question. ``fields`` are a group's, ``item`` is a list's; ``limits`` the schema's."""

    name: str
    label: str
    kind: Kind
    required: bool = True
    nullable: bool = False
    help: str = ""
    default: Maybe = ABSENT
    options: tuple[Option, ...] = ()
    fields: tuple[Field, ...] = ()
    item: Field | None = None
    format: str = ""
    limits: Schema = field(default_factory=dict[str, Json])

    @property
    def may_be_blank(self) -> bool:
        """Whether leaving it blank says something: null, or nothing at all."""
        if self.nullable or self.required:
            return self.nullable
        return self.default is ABSENT or self.kind is Kind.TEXT

    @property
    def simple(self) -> bool:
        """Whether one box, or one row of boxes, is enough for it."""
        return self.kind not in {Kind.GROUP, Kind.LIST, Kind.JSON}

    def limit(self, name: str) -> int | float | None:
        """A limit that is a number: ``minimum``, ``maxLength`` …"""
        value = self.limits.get(name)
        return value if isinstance(value, int | float) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSpec:
    """A form: its questions, and the schema they were made from."""

    root: Field
    schema: Json
    title: str = ""

    @property
    def fields(self) -> tuple[Field, ...]:
        """The questions one by one; a form for a single value has one, without a name."""
        return self.root.fields if self.root.kind is Kind.GROUP else (self.root,)


# ── from a schema ───────────────────────────────────────────────────────────────────────────────

DEEPEST: Final = 3  # groups within groups; below that a person is better served by JSON
_LIMITS: Final = (
    *("minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
)
_FORMATS: Final[Mapping[str, Kind]] = {
    "date": Kind.DATE,
    "date-time": Kind.DATETIME,
    "time": Kind.TIME,
    "duration": Kind.DURATION,
    "password": Kind.SECRET,
}
FREE: Final = "free"  # the format of what may be anything, and is asked for in words


def form_spec(schema: Json) -> FormSpec:
    """The form for values of this JSON Schema, as pydantic emits it or as a person wrote it."""
    root = schema if isinstance(schema, dict) else ANYTHING
    top = _Maker(root).field("", root, required=True, through=frozenset(), depth=0)
    return FormSpec(root=top, schema=schema, title=_text(root, "title"))


NOT_SHOWN: Final = "not shown"


def covered(value: Json, schema: Json) -> Json:
    """The value as it may leave the house: what its form takes as a secret is not shown."""
    return _covered(value, form_spec(schema).root) if isinstance(schema, dict) else value


def _covered(value: Json, field: Field) -> Json:
    if field.kind is Kind.SECRET:
        return None if value is None else NOT_SHOWN
    if isinstance(value, dict):
        parts = {part.name: part for part in field.fields}
        return {
            name: _covered(item, parts[name]) if name in parts else item
            for name, item in value.items()
        }
    if isinstance(value, list) and field.item is not None:
        return [_covered(item, field.item) for item in value]
    return value


@dataclass(frozen=True, slots=True)
class _Maker:
    root: Schema

    def field(
        self, name: str, schema: Json, *, required: bool, through: frozenset[str], depth: int
    ) -> Field:
        found = plain(schema, self.root, through)
        here = found.of
        made = Field(
            name=name,
            label=_label(here, name),
            kind=Kind.JSON,
            required=required,
            nullable=found.nullable,
            help=_text(here, "description"),
            default=here.get("default", ABSENT),
            format=_text(here, "format"),
            limits={word: here[word] for word in _LIMITS if word in here},
        )
        if found.loops:
            return made
        if "const" in here and not found.nullable:
            return replace(made, kind=Kind.FIXED, default=here["const"])
        if options := _options(here):
            return replace(made, kind=Kind.CHOICE, options=options)
        match here.get("type"):
            case "object":
                return self._group(made, here, found.through, depth)
            case "array":
                return self._list(made, here, found.through, depth)
            case "string":
                return replace(made, kind=_FORMATS.get(made.format, Kind.TEXT))
            case "integer" | "number" | "boolean" as word:
                return replace(made, kind=Kind(word))
            case "null":
                return replace(made, kind=Kind.FIXED, default=None)
            case None if made.format == FREE:
                return replace(made, kind=Kind.TEXT)
            case None if _is_decimal(here):
                limits = {**made.limits, **_number_of(here)}
                return replace(made, kind=Kind.DECIMAL, limits=limits)
            case _:
                return made

    def _group(self, made: Field, here: Schema, through: frozenset[str], depth: int) -> Field:
        properties = here.get("properties")
        if not isinstance(properties, dict) or not properties or depth >= DEEPEST:
            return made
        needed = here.get("required")
        always = needed if isinstance(needed, list) else []
        fields = tuple(
            self.field(name, part, required=name in always, through=through, depth=depth + 1)
            for name, part in properties.items()
        )
        return replace(made, kind=Kind.GROUP, fields=fields)

    def _list(self, made: Field, here: Schema, through: frozenset[str], depth: int) -> Field:
        if "items" not in here or "prefixItems" in here:
            return made
        item = self.field("", here["items"], required=True, through=through, depth=depth + 1)
        if item.kind is Kind.CHOICE and not item.nullable:
            return replace(made, kind=Kind.CHOICES, options=item.options)
        row = item.kind is Kind.GROUP and all(part.simple for part in item.fields)
        if item.nullable or not (item.simple or row):
            return made
        return replace(made, kind=Kind.LIST, item=item)


def _text(schema: Schema, word: str) -> str:
    text = schema.get(word)
    return text if isinstance(text, str) else ""


def _label(schema: Schema, name: str) -> str:
    """The title that somebody wrote; one that was made from the name is not theirs."""
    title = _text(schema, "title")
    made = name.replace("_", " ").title()
    return title if title and title != made else spoken(name)


def spoken(name: str) -> str:
    """A name as people say it: ``order_id`` is "Order id"."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _options(schema: Schema) -> tuple[Option, ...]:
    """The choices of an enum, or of ``oneOf`` constants, which may bring their own titles."""
    pairs: list[tuple[Json, str]] = []
    values, choices = schema.get("enum"), schema.get("oneOf") or schema.get("anyOf")
    if "const" in schema:
        pairs = [(schema["const"], _said(schema["const"]))]
    elif isinstance(values, list):
        pairs = [(value, _said(value)) for value in values]
    elif isinstance(choices, list):
        for choice in choices:
            if not isinstance(choice, dict) or "const" not in choice:
                return ()
            pairs.append((choice["const"], _text(choice, "title") or _said(choice["const"])))
    # Text stands for itself where that leaves no doubt; else options are posted as JSON.
    clear = all(isinstance(value, str) and value.strip() == value != "" for value, _ in pairs)
    return tuple(
        Option(value, _said(value) if clear else _json(value), say) for value, say in pairs
    )


def _said(value: Json) -> str:
    match value:
        case "":
            return "empty"
        case str():
            return value
        case None:
            return "none"
        case bool():
            return "Yes" if value else "No"
        case _:
            return _json(value)


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _parts(schema: Schema) -> Sequence[Json]:
    parts = schema.get("anyOf")
    return parts if isinstance(parts, list) else ()


def _is_decimal(schema: Schema) -> bool:
    """A Decimal is "a number or a string" in JSON Schema: text keeps it exact."""
    return sorted(str(part.get("type")) for part in _parts(schema) if isinstance(part, dict)) == [
        "number",
        "string",
    ]


def _number_of(schema: Schema) -> Schema:
    number = next(p for p in _parts(schema) if isinstance(p, dict) and p.get("type") == "number")
    return {word: number[word] for word in _LIMITS if word in number}
