"""A form made from a type: what is asked, how it is drawn, and how a post is read back.

    JSON Schema ──form_spec──▶ FormSpec ──draw(value)──▶ Drawn, … ──(a person)──▶ post
                                  └────────── read_form(post, was=value) ──▶ the JSON value

Every renderer (HTML, terminal, chat) draws the same ``FormSpec``. What a person leaves untouched
comes back as it was, to the letter; what was typed is read by the rules of ``entry``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from assent.core import entry
from assent.core.field import ABSENT, Field, FormSpec, Kind, Maybe, Option, form_spec
from assent.core.schema import sketch
from assent.core.values import Json
from assent.errors import FieldError, InvalidInput

__all__ = [
    "ABSENT",
    "Drawn",
    "Field",
    "FormErrors",
    "FormSpec",
    "Kind",
    "Option",
    "draw",
    "form_spec",
    "read_form",
    "sketch",
]

Post: TypeAlias = Mapping[str, Sequence[str]]


class FormErrors(InvalidInput):
    """A post that cannot be read as it is: every place, and what to do there."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("The form", tuple(errors))


# ── drawing ─────────────────────────────────────────────────────────────────────────────────────

SPARES: Final = 2  # blank rows under a list, for those without JavaScript
MOST_ROWS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One question on the page, with what stands in it.

    ``name`` is its input's name, ``pointer`` its place in the value; ``text`` (``texts`` for
    several choices) stands in it. ``must`` says that it cannot be left blank; ``stays`` is the
    value it keeps if nobody touches it. A group that may be left out is ``optional``, and then
    ``given`` or not.
    """

    field: Field
    name: str
    pointer: str
    stays: Maybe = ABSENT
    text: str = ""
    texts: tuple[str, ...] = ()
    parts: tuple[Drawn, ...] = ()
    rows: tuple[Row, ...] = ()
    must: bool = False
    optional: bool = False
    given: bool = True
    error: str = ""

    @property
    def local(self) -> str:
        """A date and time without its zone, as a browser's control takes it."""
        return entry.local_and_zone(self.text)[0]

    @property
    def zone(self) -> str:
        """The zone of a date and time: ``Z``, ``+02:00``, or empty."""
        return entry.local_and_zone(self.text)[1]

    @property
    def ticked(self) -> bool:
        """Whether a yes-or-no question starts from an answer, so that one box to tick is enough."""
        return isinstance(self.stays, bool) and not self.field.nullable


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a list on the page; ``spare`` ones are blank and count only once filled in."""

    index: int
    item: Drawn
    spare: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a question stands. ``fresh``: asked anew; ``firm``: all around it must be given."""

    name: str = "value"
    pointer: str = ""
    fresh: bool = True
    firm: bool = True

    def part(self, name: str, *, fresh: bool, firm: bool) -> _Place:
        step = name.replace("~", "~0").replace("/", "~1")
        return _Place(f"{self.name}/{step}", f"{self.pointer}/{step}", fresh, self.firm and firm)

    def row(self, index: int, position: int, *, spare: bool) -> _Place:
        """Rows keep their index in the page; in the value they close up."""
        return _Place(
            f"{self.name}/{index}", f"{self.pointer}/{position}", spare, self.firm and not spare
        )


@dataclass(frozen=True, slots=True)
class _Typed:
    """What a person typed before, and what was wrong with it; or nothing yet."""

    post: Post | None = None
    errors: Mapping[str, str] = field(default_factory=dict[str, str])


_NOTHING_TYPED: Final = _Typed()


def draw(
    spec: FormSpec,
    value: Maybe = ABSENT,
    *,
    post: Post | None = None,
    errors: Sequence[FieldError] = (),
) -> Drawn:
    """The form with this value in it; with ``post``, what a person typed, and what is wrong."""
    told = {error.pointer: error.detail for error in reversed(errors)}
    return _draw(spec.root, value, _Place(fresh=value is ABSENT), _Typed(post, told))


def _draw(asked: Field, value: Maybe, at: _Place, typed: _Typed) -> Drawn:
    """``value`` is what stands there; where nothing does, a fresh place offers the default."""
    stays = asked.default if at.fresh and value is ABSENT else value
    drawn = Drawn(
        field=asked,
        name=at.name,
        pointer=at.pointer,
        stays=stays,
        error=typed.errors.get(at.pointer, ""),
    )
    empty = stays is ABSENT or (stays is None and asked.nullable)
    match asked.kind:
        case Kind.GROUP if empty or isinstance(stays, dict):
            return _draw_group(drawn, at, typed)
        case Kind.LIST if empty or isinstance(stays, list):
            return _draw_list(drawn, at, typed)
        case Kind.CHOICES if (texts := _choices(asked, stays)) is not None:
            return replace(drawn, texts=_posted_texts(drawn, typed, texts))
        case Kind.FIXED if stays is ABSENT or _is_default(asked, stays):
            return replace(drawn, stays=asked.default)
        case _:
            return _draw_box(drawn, at, typed)


def _is_default(asked: Field, value: Json) -> bool:
    return asked.default is not ABSENT and entry.same_json(value, asked.default)


def _draw_box(drawn: Drawn, at: _Place, typed: _Typed) -> Drawn:
    asked = drawn.field
    text = "" if drawn.stays is ABSENT else entry.shown(asked, drawn.stays)
    if text is None:  # what stands there is not of this kind
        return _draw_box(replace(drawn, field=replace(asked, kind=Kind.JSON)), at, typed)
    must = not asked.may_be_blank and at.firm and drawn.stays != ""
    drawn = replace(drawn, text=text, must=must)
    return drawn if typed.post is None else replace(drawn, text=_posted(drawn, typed.post))


def _draw_group(drawn: Drawn, at: _Place, typed: _Typed) -> Drawn:
    asked, inside = drawn.field, drawn.stays
    optional = asked.nullable or (not asked.required and asked.default is ABSENT)
    given = isinstance(inside, dict) or not optional
    if typed.post is not None and optional:
        given = f"{at.name}#given" in typed.post
    values = inside if isinstance(inside, dict) else {}
    parts = tuple(
        _draw(
            part,
            values.get(part.name, ABSENT),
            at.part(part.name, fresh=not isinstance(inside, dict), firm=not optional),
            typed,
        )
        for part in asked.fields
    )
    return replace(drawn, parts=parts, optional=optional, given=given)


def _draw_list(drawn: Drawn, at: _Place, typed: _Typed) -> Drawn:
    values = drawn.stays if isinstance(drawn.stays, list) else []
    kept = list(range(len(values)))
    if typed.post is not None:
        kept = _rows_posted(drawn, typed.post, len(values))
    after = max([len(values) - 1, *kept]) + 1
    indexes = [*kept, *range(after, after + SPARES)]
    rows = tuple(
        Row(
            index,
            _draw_row(
                drawn.field, values, at.row(index, n, spare=index >= len(values)), typed, index
            ),
            spare=index >= after,
        )
        for n, index in enumerate(indexes)
    )
    return replace(drawn, rows=rows)


def _draw_row(asked: Field, values: Sequence[Json], at: _Place, typed: _Typed, index: int) -> Drawn:
    assert asked.item is not None
    return _draw(asked.item, values[index] if index < len(values) else ABSENT, at, typed)


def _choices(asked: Field, stays: Maybe) -> tuple[str, ...] | None:
    if stays is ABSENT or (stays is None and asked.nullable):
        return ()
    if not isinstance(stays, list):
        return None
    one = replace(asked, kind=Kind.CHOICE, nullable=False)
    texts = [entry.shown(one, value) for value in stays]
    return None if None in texts else tuple(text for text in texts if text is not None)


# ── reading ─────────────────────────────────────────────────────────────────────────────────────


def read_form(spec: FormSpec, posted: Post, *, was: Maybe = ABSENT) -> Json:
    """The value a post stands for; ``was`` is the value that was drawn, where one was.

    Raises FormErrors with every place that cannot be read, in the order of the form.
    """
    errors: list[FieldError] = []
    value = _read(draw(spec, was), posted, errors)
    if errors:
        raise FormErrors(errors)
    return None if value is ABSENT else value


def _read(drawn: Drawn, post: Post, errors: list[FieldError]) -> Maybe:
    match drawn.field.kind:
        case Kind.GROUP:
            return _read_group(drawn, post, errors)
        case Kind.LIST:
            return _read_list(drawn, post, errors)
        case Kind.CHOICES:
            return _read_choices(drawn, post, errors)
        case Kind.FIXED:
            return drawn.stays
        case _:
            return _read_box(drawn, post, errors)


def _read_box(drawn: Drawn, post: Post, errors: list[FieldError]) -> Maybe:
    asked, text = drawn.field, _posted(drawn, post)
    kept = drawn.stays is not ABSENT or not asked.required
    if kept and entry.untouched(asked, drawn.text, text):
        return drawn.stays
    try:
        return entry.read(asked, text) if text.strip() else _read_blank(asked)
    except ValueError as error:
        errors.append(FieldError(drawn.pointer, str(error)))
        return ABSENT


def _read_blank(asked: Field) -> Maybe:
    if asked.nullable:
        return None
    if not asked.required and asked.default is ABSENT:
        return ABSENT
    if asked.kind is Kind.TEXT and not asked.required:
        return entry.read(asked, "")
    raise ValueError(entry.NEEDED)


def _read_group(drawn: Drawn, post: Post, errors: list[FieldError]) -> Maybe:
    if drawn.optional and f"{drawn.name}#given" not in post:
        if not drawn.given and (drawn.stays is not ABSENT or not drawn.field.required):
            return drawn.stays
        return None if drawn.field.nullable else ABSENT
    value = dict(drawn.stays) if isinstance(drawn.stays, dict) else {}
    for part in drawn.parts:
        read = _read(part, post, errors)
        if read is not ABSENT:
            value[part.field.name] = read
        else:
            value.pop(part.field.name, None)
    return value


def _read_list(drawn: Drawn, post: Post, errors: list[FieldError]) -> Maybe:
    asked, before = drawn.field, drawn.stays
    values = before if isinstance(before, list) else []
    rows = _rows_posted(drawn, post, len(values))
    at, read = _Place(drawn.name, drawn.pointer), list[Json]()
    for position, index in enumerate(rows):
        place = at.row(index, position, spare=index >= len(values))
        item = _read(_draw_row(asked, values, place, _NOTHING_TYPED, index), post, errors)
        read.append(None if item is ABSENT else item)
    if not read and (before is None or (before is ABSENT and not asked.required)):
        return before
    if not read and before is ABSENT and asked.nullable:
        return None
    least, most = asked.limit("minItems"), asked.limit("maxItems")
    if least is not None and len(read) < least:
        errors.append(FieldError(drawn.pointer, f"Give at least {least}"))
    if most is not None and len(read) > most:
        errors.append(FieldError(drawn.pointer, f"Give at most {most}"))
    return read


def _rows_posted(drawn: Drawn, post: Post, old: int) -> list[int]:
    """The rows that count: those neither removed nor left blank, in the order of the page."""
    marks = dict.fromkeys(mark for mark in post.get(drawn.name, ()) if mark.isdecimal())
    found = [int(mark) for mark in marks if len(mark) < 6][: MOST_ROWS + old]
    return [i for i in found if f"{drawn.name}/{i}#remove" not in post and _counts(drawn, i, post)]


def _counts(drawn: Drawn, index: int, post: Post) -> bool:
    values = drawn.stays if isinstance(drawn.stays, list) else []
    at = _Place(drawn.name, drawn.pointer).row(index, index, spare=index >= len(values))
    row = _draw_row(drawn.field, values, at, _NOTHING_TYPED, index)
    boxes = row.parts or (row,)
    if row.parts and index < len(values):
        return True
    if row.parts or index >= len(values):
        return not all(entry.untouched(b.field, b.text, _posted(b, post)) for b in boxes)
    text = _posted(row, post)  # an item of its own: to blank it is to take it away
    return bool(text.strip()) or entry.untouched(row.field, row.text, text)


def _read_choices(drawn: Drawn, post: Post, errors: list[FieldError]) -> Maybe:
    asked, chosen = drawn.field, set(post.get(drawn.name, ()))
    if chosen == set(drawn.texts) and (drawn.stays is not ABSENT or not asked.required):
        return drawn.stays
    if not chosen and asked.nullable:
        return None
    if chosen - {option.text for option in asked.options}:
        errors.append(FieldError(drawn.pointer, "Choose among those listed"))
    least, most = asked.limit("minItems"), asked.limit("maxItems")
    if least is not None and len(chosen) < least:
        errors.append(FieldError(drawn.pointer, f"Choose at least {least}"))
    if most is not None and len(chosen) > most:
        errors.append(FieldError(drawn.pointer, f"Choose at most {most}"))
    return [option.value for option in asked.options if option.text in chosen]


def _posted(drawn: Drawn, post: Post) -> str:
    """What was posted for a box; one that was not posted was not touched.

    The last value counts, as a ticked box follows its hidden "no".
    """
    if drawn.name not in post:
        return drawn.text
    text = _last(post, drawn.name)
    if drawn.field.kind in {Kind.DATETIME, Kind.TIME} and text:
        return text + _last(post, f"{drawn.name}#zone")
    return text


def _posted_texts(drawn: Drawn, typed: _Typed, texts: tuple[str, ...]) -> tuple[str, ...]:
    return texts if typed.post is None else tuple(typed.post.get(drawn.name, ()))


def _last(post: Post, name: str) -> str:
    posted = post.get(name, ())
    return posted[-1] if posted else ""
