"""A form as a modal of Slack, and what a person typed there as an answer.

task ──▶ FormSpec, groups and lists as JSON ──▶ Drawn ──▶ inputs ──(a person)──▶ state ──▶ post ──▶ value
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from assent.core.field import ABSENT, Field, FormSpec, Kind, Maybe, Option, form_spec
from assent.core.form import Drawn, draw, read_form, sketch
from assent.core.task import TaskKind
from assent.core.values import Json, dump
from assent.errors import FieldError
from assent.human.view import TaskView
from assent.notifying.slack.message import Block, button_value, escaped, plain, title_of

CALLBACK: Final = "assent.answer"
_INPUT: Final = "input"
_MOST_INPUTS: Final = 50
_MOST_OPTIONS: Final = 100
_LONGEST_TEXT: Final = 3000
_LONGEST_NAME: Final = 255
_LONG_LINE: Final = 80


class Unfit(Exception):
    """Slack has no modal for this form."""


def modal_of(task: TaskView, channel: str, ts: str) -> Block:
    """The modal in which this task is answered, or its value edited; raises Unfit."""
    asked = _boxes(_drawn(task))
    if len(asked) > _MOST_INPUTS:
        raise Unfit
    about = json.loads(button_value(task)) | {"channel": channel, "ts": ts}
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": json.dumps(about),
        "title": plain("Edit" if task.kind is TaskKind.APPROVE else "Answer"),
        "submit": plain("Approve" if task.kind is TaskKind.APPROVE else "Send"),
        "close": plain("Cancel"),
        "blocks": [
            {"type": "section", "text": plain(title_of(task))},
            *(_block(drawn) for drawn in asked),
        ],
    }


def saying(words: str) -> Block:
    """A modal that only says something."""
    return {
        "type": "modal",
        "title": plain("assent"),
        "close": plain("Close"),
        "blocks": [{"type": "section", "text": plain(words)}],
    }


def post_of(state: Mapping[str, Any]) -> dict[str, list[str]]:
    """What stands in a modal, as a form would post it."""
    return {name: _texts(inputs[_INPUT]) for name, inputs in state.items()}


def answer_of(task: TaskView, posted: Mapping[str, list[str]]) -> Json:
    """The value that was filled in; raises FormErrors, and Unfit."""
    post = dict(posted)
    for box in _boxes(_drawn(task)):
        if box.field.options:
            post[box.name] = _options(box.field, post.get(box.name, []))
    return read_form(_spec(task), post, was=_before(task))


def errors_of(task: TaskView, errors: Sequence[FieldError]) -> dict[str, str]:
    """What is wrong, by block: an error inside of something that is typed as JSON is told there."""
    boxes, told = _boxes(_drawn(task)), dict[str, str]()
    for error in errors:
        inside = [b for b in boxes if f"{error.pointer}/".startswith(f"{b.pointer}/")]
        at = max(inside, key=lambda box: len(box.pointer), default=boxes[0] if boxes else None)
        if at is not None:
            beyond = "" if at.pointer == error.pointer else f"{error.pointer}: "
            told.setdefault(at.name, escaped(f"{beyond}{error.detail}", 1000))
    return told


# ── the form ────────────────────────────────────────────────────────────────────────────────────


def _spec(task: TaskView) -> FormSpec:
    if task.kind is TaskKind.CHOOSE:
        return _choice(task)
    made = form_spec(task.form if task.form is not None else sketch(task.shown))
    root = made.root
    if root.kind is Kind.GROUP and not root.nullable:
        return replace(made, root=replace(root, fields=tuple(map(_flat, root.fields))))
    return replace(made, root=_flat(root))


def _flat(asked: Field) -> Field:
    """One question for one input."""
    if asked.kind is Kind.SECRET:
        raise Unfit  # whatever is typed in Slack can be read there
    large = len(asked.options) > _MOST_OPTIONS
    return asked if asked.simple and not large else replace(asked, kind=Kind.JSON, options=())


def _choice(task: TaskView) -> FormSpec:
    options = tuple(
        Option(option, str(place), option if isinstance(option, str) else dump(option))
        for place, option in enumerate(task.options)
    )
    if len(options) > _MOST_OPTIONS:
        raise Unfit
    kind = Kind.CHOICES if task.many else Kind.CHOICE
    return FormSpec(
        root=Field(name="", label=title_of(task), kind=kind, options=options), schema=None
    )


def _before(task: TaskView) -> Maybe:
    """What stands in the form: a question without a value has nothing in it."""
    return ABSENT if task.kind is TaskKind.CHOOSE or task.shown is None else task.shown


def _drawn(task: TaskView) -> Drawn:
    return draw(_spec(task), _before(task))


def _boxes(drawn: Drawn) -> list[Drawn]:
    found = drawn.parts if drawn.field.kind is Kind.GROUP else (drawn,)
    return [box for box in found if box.field.kind is not Kind.FIXED]


# ── one input ───────────────────────────────────────────────────────────────────────────────────


def _block(drawn: Drawn) -> Block:
    if len(drawn.name) > _LONGEST_NAME or len(drawn.text) > _LONGEST_TEXT:
        raise Unfit
    asked = drawn.field
    block: Block = {
        "type": "input",
        "block_id": drawn.name,
        "label": plain(asked.label or "Answer", 1900),
        "element": _element(drawn) | {"action_id": _INPUT},
        "optional": not drawn.must,
    }
    if hint := _hint(asked):
        block["hint"] = plain(hint, 1900)
    return block


def _element(drawn: Drawn) -> Block:
    asked, text = drawn.field, drawn.text
    match asked.kind:
        case Kind.BOOLEAN:
            return _select([("true", "Yes"), ("false", "No")], [text])
        case Kind.CHOICE:
            return _select(*_listed(asked, [text]))
        case Kind.CHOICES:
            return _select(*_listed(asked, drawn.texts), many=True)
        case Kind.DATE:
            return {"type": "datepicker"} | ({"initial_date": text} if text else {})
        case Kind.INTEGER | Kind.NUMBER if "e" not in text:
            decimal = asked.kind is Kind.NUMBER
            return {"type": "number_input", "is_decimal_allowed": decimal} | _initial(text)
        case Kind.JSON:
            return {"type": "plain_text_input", "multiline": True} | _initial(text)
        case _:
            long = asked.kind is Kind.TEXT and ("\n" in text or len(text) > _LONG_LINE)
            return {"type": "plain_text_input", "multiline": long} | _initial(text)


def _initial(text: str) -> Block:
    return {"initial_value": text} if text else {}


def _listed(asked: Field, texts: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Options by their place, as Slack keeps their values short; and those that are chosen."""
    options = [(str(place), option.label) for place, option in enumerate(asked.options)]
    return options, [str(n) for n, option in enumerate(asked.options) if option.text in texts]


def _select(
    options: Sequence[tuple[str, str]], chosen: Sequence[str], *, many: bool = False
) -> Block:
    made = {value: {"text": plain(label, 75), "value": value} for value, label in options}
    initial = [made[value] for value in chosen if value in made]
    if many:
        first: Block = {"initial_options": initial} if initial else {}
        return {"type": "multi_static_select", "options": list(made.values())} | first
    first = {"initial_option": initial[0]} if initial else {}
    return {"type": "static_select", "options": list(made.values())} | first


_HINTS: Final[Mapping[Kind, str]] = {
    Kind.DATETIME: "A date and a time, like 2026-11-30T14:30Z.",
    Kind.TIME: "A time, like 14:30.",
    Kind.DURATION: "A duration, like 30m, 4h or 2 days.",
    Kind.JSON: "As JSON.",
}


def _hint(asked: Field) -> str:
    return " ".join(part for part in (asked.help, _HINTS.get(asked.kind, "")) if part)


def _texts(said: Mapping[str, Any]) -> list[str]:
    """What stands in an input, as a form would post it; an empty one posts an empty text."""
    match said:
        case {"type": "multi_static_select"}:
            return [str(option["value"]) for option in said.get("selected_options") or ()]
        case {"type": "static_select"}:
            chosen = said.get("selected_option")
            return [str(chosen["value"])] if chosen else [""]
        case {"type": "datepicker"}:
            return [str(said.get("selected_date") or "")]
        case _:
            return [str(said.get("value") or "")]


def _options(asked: Field, places: Sequence[str]) -> list[str]:
    """The options at these places, as a form posts them."""
    texts = {str(place): option.text for place, option in enumerate(asked.options)}
    return [texts.get(place, place) for place in places]
