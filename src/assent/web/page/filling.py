"""A task's form on a page: drawn with what stands in it, and read from what was posted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assent.core.field import FormSpec
from assent.core.form import ABSENT, Drawn, FormErrors, draw, form_spec, read_form, sketch
from assent.core.task import TaskKind
from assent.core.values import Json
from assent.errors import FieldError
from assent.human.view import TaskView


def spec_of(task: TaskView) -> FormSpec:
    """The form, or one made of what is shown."""
    return form_spec(task.form if task.form is not None else sketch(task.shown))


def drawn_of(
    task: TaskView, post: Mapping[str, list[str]], errors: Sequence[FieldError] = ()
) -> Drawn | None:
    """The form, with what stands there or what was typed; a question without a value has none."""
    if task.kind is TaskKind.CHOOSE or task.outcome is not None:
        return None
    if task.kind is TaskKind.APPROVE and task.shown is None:
        return None
    typed = dict(post) if any(name.startswith("value") for name in post) else None
    value = ABSENT if task.kind is TaskKind.ASK and task.shown is None else task.shown
    return draw(spec_of(task), value, post=typed, errors=errors)


def answered(task: TaskView, post: Mapping[str, list[str]]) -> Json:
    """What was answered; raises FormErrors."""
    if task.kind is not TaskKind.CHOOSE:
        was = ABSENT if task.shown is None else task.shown
        return read_form(spec_of(task), dict(post), was=was)
    places = {str(place): value for place, value in enumerate(task.options)}
    chosen = [places[place] for place in post.get("choice", []) if place in places]
    if task.many:
        return chosen
    if not chosen:
        raise FormErrors([FieldError("", "Choose one")])
    return chosen[-1]


def complaints(errors: Sequence[FieldError], drawn: Drawn | None) -> list[dict[str, str]]:
    """What is wrong, with the question it is about."""
    labels = {part.pointer: part.field.label for part in parts(drawn)} if drawn else {}
    return [
        {
            "pointer": error.pointer if error.pointer in labels else "",
            "where": labels.get(error.pointer, ""),
            "detail": error.detail
            if error.pointer in labels or not error.pointer
            else f"{error.pointer}: {error.detail}",
        }
        for error in errors
    ]


def parts(drawn: Drawn) -> Iterator[Drawn]:
    """A question with all that it is made of."""
    yield drawn
    for part in drawn.parts:
        yield from parts(part)
    for row in drawn.rows:
        yield from parts(row.item)
