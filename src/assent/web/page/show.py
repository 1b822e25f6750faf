"""A value as people read it: pairs, tables, money; and what an edit changed.

The same type that draws a form names the parts of a value. Nothing is cut off in silence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from assent.core.field import NOT_SHOWN, Field, FormSpec, Kind, spoken
from assent.core.form import form_spec, sketch
from assent.core.values import Json
from assent.web.page import text

LONG: Final = 90
LONGEST: Final = 4000
MOST_ROWS: Final = 200
MOST_COLUMNS: Final = 8

_MONEY: Final = re.compile(
    r"(^|_)(amount|price|total|sum|cost|fee|limit|budget|balance|salary|tax|net|gross)s?(_|$)",
    re.IGNORECASE,
)
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBER: Final = re.compile(r"(-?)(\d+)((?:\.\d+)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One part of a value. ``kind``: text, long, number, flag, none, pairs, table, list."""

    kind: str
    label: str = ""
    text: str = ""
    parts: tuple[Shown, ...] = ()
    columns: tuple[str, ...] = ()
    more: int = 0


def show(value: Json, schema: Json = None) -> Shown:
    """The value, its parts named by the schema where there is one."""
    spec: FormSpec = form_spec(schema if schema is not None else sketch(value))
    return _show(value, spec.root, "")


def _show(value: Json, field: Field | None, unit: str) -> Shown:
    label = field.label if field else ""
    match value:
        case None:
            return Shown(kind="none", label=label, text="none")
        case bool():
            return Shown(kind="flag", label=label, text="Yes" if value else "No")
        case int() | float():
            return Shown(kind="number", label=label, text=_number(str(value), field, unit))
        case str():
            return _show_text(value, field, unit)
        case dict():
            return _show_pairs(value, field)
        case list():
            return _show_list(value, field)


def _show_text(value: str, field: Field | None, unit: str) -> Shown:
    label = field.label if field else ""
    if field and field.kind is Kind.SECRET:
        return Shown(kind="none", label=label, text=NOT_SHOWN)
    if field and field.kind is Kind.DECIMAL and _NUMBER.fullmatch(value):
        return Shown(kind="number", label=label, text=_number(value, field, unit))
    if field and field.name and _MONEY.search(field.name) and _NUMBER.fullmatch(value):
        return Shown(kind="number", label=label, text=_number(value, field, unit))
    if said := _date(value):
        return Shown(kind="text", label=label, text=said)
    if field and (names := [o.label for o in field.options if o.value == value]):
        return Shown(kind="text", label=label, text=names[0])
    if not value.strip():
        return Shown(kind="none", label=label, text="empty" if not value else "blank")
    kind = "long" if len(value) > LONG or "\n" in value else "text"
    return Shown(kind=kind, label=label, text=value)


def _date(value: str) -> str:
    """A date or a moment as people write it; empty for what is none."""
    try:
        if _DAY.fullmatch(value):
            return text.day(date.fromisoformat(value))
        if _MOMENT.fullmatch(value):
            return text.moment(datetime.fromisoformat(value))
    except ValueError:
        pass
    return ""


def _number(digits: str, field: Field | None, unit: str) -> str:
    """Money in groups of three, with its currency; other numbers as they are, ids among them."""
    money = field is not None and (
        field.kind is Kind.DECIMAL or bool(field.name and _MONEY.search(field.name))
    )
    found = _NUMBER.fullmatch(digits)
    if not money or not found:
        return digits
    sign, whole, rest = found.groups()
    grouped = f"{Decimal(whole):,}" if len(whole) < 40 else whole
    return f"{sign}{grouped}{rest}{f' {unit}' if unit else ''}".replace("-", "\N{MINUS SIGN}")


def _show_pairs(value: dict[str, Json], field: Field | None) -> Shown:
    known = {part.name: part for part in field.fields} if field else {}
    unit = _unit(value)
    order = [*(name for name in known if name in value), *(n for n in value if n not in known)]
    parts = [_show(value[name], known.get(name) or _named(name), unit) for name in order]
    label = field.label if field else ""
    if not parts:
        return Shown(kind="none", label=label, text="nothing")
    return Shown(kind="pairs", label=label, parts=tuple(parts))


def _unit(value: dict[str, Json]) -> str:
    unit = value.get("currency")
    return unit if isinstance(unit, str) and _CURRENCY.fullmatch(unit) else ""


def _named(name: str) -> Field:
    """A part that the type does not know: named as it is."""
    return Field(name=name, label=spoken(name) or "(no name)", kind=Kind.JSON)


def _show_list(value: list[Json], field: Field | None) -> Shown:
    label, item = (field.label, field.item) if field else ("", None)
    if not value:
        return Shown(kind="none", label=label, text="none")
    rows = [row for row in value if isinstance(row, dict)]
    if len(rows) == len(value) and (columns := _columns(rows)):
        return _show_table(rows, columns, label, item)
    options = _named_options(field)
    parts = tuple(_show(part, item or options, "") for part in value[:MOST_ROWS])
    unlabelled = tuple(
        part if part.kind == "pairs" else Shown(kind=part.kind, text=part.text, parts=part.parts)
        for part in parts
    )
    return Shown(kind="list", label=label, parts=unlabelled, more=max(0, len(value) - MOST_ROWS))


def _named_options(field: Field | None) -> Field | None:
    if field is None or field.kind is not Kind.CHOICES:
        return None
    return Field(name="", label="", kind=Kind.CHOICE, options=field.options)


def _columns(rows: Sequence[dict[str, Json]]) -> list[str]:
    """The names of a table's columns; none where the rows are no table."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    flat = all(not isinstance(cell, dict | list) for row in rows for cell in row.values())
    return names if flat and 0 < len(names) <= MOST_COLUMNS else []


def _show_table(
    rows: Sequence[dict[str, Json]], columns: list[str], label: str, item: Field | None
) -> Shown:
    known = {part.name: part for part in item.fields} if item else {}
    fields = [known.get(name) or _named(name) for name in columns]
    parts = tuple(
        Shown(
            kind="row",
            parts=tuple(
                _show(row[field.name], field, _unit(row))
                if field.name in row
                else Shown(kind="none", label=field.label, text="")
                for field in fields
            ),
        )
        for row in rows[:MOST_ROWS]
    )
    names = tuple(field.label for field in fields)
    more = max(0, len(rows) - MOST_ROWS)
    return Shown(kind="table", label=label, columns=names, parts=parts, more=more)


# ── what an edit changed ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Change:
    """One place that differs; None stands for "was not there"."""

    where: str
    before: Shown | None
    after: Shown | None


def changes(before: Json, after: Json, schema: Json = None) -> list[Change]:
    """Every place where the two values differ, in the order of the form."""
    spec = form_spec(schema if schema is not None else sketch(before))
    found: list[Change] = []
    _compare(before, after, spec.root, "", found)
    return found


def _compare(
    before: Json, after: Json, field: Field | None, where: str, found: list[Change]
) -> None:
    if before == after and type(before) is type(after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        known = {part.name: part for part in field.fields} if field else {}
        for name in dict.fromkeys([*known, *before, *after]):
            part = known.get(name) or _named(name)
            path = f"{where} / {part.label}" if where else part.label
            if name in before and name in after:
                _compare(before[name], after[name], part, path, found)
            elif name in before:
                found.append(Change(path, _show(before[name], part, ""), None))
            elif name in after:
                found.append(Change(path, None, _show(after[name], part, "")))
        return
    found.append(Change(where, _show(before, field, ""), _show(after, field, "")))
