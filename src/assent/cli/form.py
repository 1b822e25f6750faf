"""A form on a terminal: one question after another, asked again until the answer can be read.

The workflow's own type judges the whole when it is sent; here only what a single box can tell.
"""

from __future__ import annotations

from dataclasses import replace

import click

from assent.cli.api import Document
from assent.cli.output import safe
from assent.core import entry
from assent.core.field import ABSENT, Field, Kind, Maybe, Option, form_spec
from assent.core.schema import sketch
from assent.core.values import Json


def ask_value(task: Document) -> Json:
    """Ask for the value that a task needs: a choice, a form, or a corrected value."""
    if task["kind"] == "choose":
        return _choose(_options(task["options"]), many=task["many"])
    shown: Json = task["value"]
    spec = form_spec(task["form"] if task["form"] is not None else sketch(shown))
    value = _ask(spec.root, ABSENT if shown is None else shown)
    return None if value is ABSENT else value


def _ask(field: Field, was: Maybe) -> Maybe:
    before = field.default if was is ABSENT else was
    match field.kind:
        case Kind.GROUP:
            return _group(field, before)
        case Kind.LIST if field.item is not None:
            return _list(field.item, field.label, before)
        case Kind.CHOICE:
            return _choice(field, before)
        case Kind.CHOICES:
            _say(field)
            return _choose(field.options, many=True)
        case Kind.FIXED:
            return before
        case _:
            return _box(field, before)


def _group(field: Field, before: Maybe) -> Maybe:
    optional = bool(field.name) and (field.nullable or not field.required)
    question = f"{_label(field)}: give it?"
    if optional and not click.confirm(question, default=isinstance(before, dict)):
        return None if field.nullable else ABSENT
    value: dict[str, Json] = dict(before) if isinstance(before, dict) else {}
    for part in field.fields:
        read = _ask(part, value.get(part.name, ABSENT))
        if read is not ABSENT:
            value[part.name] = read
    return value


def _list(item: Field, label: str, before: Maybe) -> Json:
    kept = list(before) if isinstance(before, list) else []
    values = [_ask(item, value) for value in kept]
    while click.confirm(f"{safe(label)}: add another?", default=False):
        values.append(_ask(item, ABSENT))
    return [value for value in values if value is not ABSENT]


def _box(field: Field, before: Maybe) -> Maybe:
    shown = "" if before is ABSENT else entry.shown(field, before)
    if shown is None:  # what stands there is not of this kind: JSON can always say it
        return _box(replace(field, kind=Kind.JSON), before)
    while True:
        text: str = click.prompt(
            _label(field),
            default=shown,
            show_default=bool(shown),
            hide_input=field.kind is Kind.SECRET,
        )
        if text == shown and before is not ABSENT:
            return before
        if not text.strip() and (field.nullable or not field.required):
            return None if field.nullable else ABSENT
        try:
            return entry.read(field, text)
        except ValueError as error:
            click.echo(f"  {error}.")


def _choice(field: Field, before: Maybe) -> Maybe:
    _say(field)
    optional = field.nullable or not field.required
    start = next(
        (
            number
            for number, option in enumerate(field.options, 1)
            if before is not ABSENT and entry.same_json(option.value, before)
        ),
        None,
    )
    _list_options(field.options)
    while True:
        text: str = click.prompt("  number", default=str(start or ""), show_default=bool(start))
        if not text and optional:
            return None if field.nullable else ABSENT
        if chosen := _picked(field.options, text):
            return chosen[0].value


def _choose(options: tuple[Option, ...], *, many: bool) -> Json:
    _list_options(options)
    while True:
        text: str = click.prompt("  numbers, with commas" if many else "  number", default="")
        chosen = _picked(options, text)
        if many and (chosen or not text.strip()):
            return [option.value for option in chosen]
        if len(chosen) == 1:
            return chosen[0].value


def _picked(options: tuple[Option, ...], text: str) -> list[Option]:
    """The options with these numbers; none, and a word about it, where a number names none."""
    numbers = [number.strip() for number in text.split(",") if number.strip()]
    wrong = [n for n in numbers if not (n.isdecimal() and 1 <= int(n) <= len(options))]
    if wrong or not numbers:
        click.echo(f"  Type a number from 1 to {len(options)}.")
        return []
    return [options[int(number) - 1] for number in numbers]


def _list_options(options: tuple[Option, ...]) -> None:
    for number, option in enumerate(options, 1):
        click.echo(f"  {number}) {safe(option.label)}")


def _options(given: list[Document]) -> tuple[Option, ...]:
    return tuple(
        Option(option["value"], str(number), str(option["label"]))
        for number, option in enumerate(given, 1)
    )


def _say(field: Field) -> None:
    click.echo(_label(field))


def _label(field: Field) -> str:
    return safe(f"{field.label} ({field.help})" if field.help else field.label or "Value")
