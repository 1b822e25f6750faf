"""Forms: drawn from a type, posted by a person, read back as the value that was meant."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, create_model

from assent.core.field import NOT_SHOWN, covered
from assent.core.form import (
    ABSENT,
    FormErrors,
    Kind,
    draw,
    form_spec,
    read_form,
    sketch,
)
from assent.core.values import Json
from assent.errors import FieldError
from tests.core.posting import untouched


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Line(BaseModel):
    what: str
    price: Decimal
    count: int = 1
    note: str | None = None


def schema_of(kind: Any) -> Json:
    return cast("Json", TypeAdapter[Any](kind).json_schema())


def json_of(kind: Any, value: object) -> Json:
    return cast("Json", TypeAdapter[Any](kind).dump_python(value, mode="json"))


# ── laws ────────────────────────────────────────────────────────────────────────────────────────

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1).filter(
    str.strip
)
ZONES = st.sampled_from([None, UTC, timezone(timedelta(hours=-3, minutes=-30))])
MONEY = st.decimals(-(10**9), 10**9, places=2)
LINES = st.builds(Line, what=TEXT, price=MONEY, count=st.integers(), note=st.none() | TEXT)

Leaf = tuple[Any, st.SearchStrategy[Any]]
LEAVES: list[Leaf] = [
    (str, TEXT),
    (int, st.integers()),
    (float, st.floats(allow_nan=False, allow_infinity=False)),
    (Decimal, MONEY),
    (bool, st.booleans()),
    (Colour, st.sampled_from(Colour)),
    (Literal["a", "b c", "ü"], st.sampled_from(["a", "b c", "ü"])),
    (Literal[1, "1", True], st.sampled_from([1, "1", True])),
    (Literal["only"], st.just("only")),
    (date, st.dates()),
    (datetime, st.datetimes(timezones=ZONES)),
    (time, st.times()),
    (timedelta, st.timedeltas(timedelta(0), timedelta(days=9999))),
    (bytes, TEXT.map(str.encode)),
    (dict[str, int], st.dictionaries(TEXT, st.integers(), max_size=3)),
    (int | Line, st.integers() | LINES),
    (tuple[int, str], st.tuples(st.integers(), TEXT)),
    (Line, LINES),
    (list[Line], st.lists(LINES, max_size=3)),
    (list[str], st.lists(TEXT, max_size=3)),
    (list[Decimal], st.lists(MONEY, max_size=3)),
    (list[date], st.lists(st.dates(), max_size=3)),
    (list[list[int]], st.lists(st.lists(st.integers(), max_size=2), max_size=2)),
    (set[Colour], st.sets(st.sampled_from(Colour))),
]
FIELDS = st.sampled_from(LEAVES).flatmap(
    lambda leaf: st.sampled_from([leaf, (leaf[0] | None, leaf[1] | st.none())])
)


@st.composite
def models(draw_: st.DrawFn) -> tuple[type[BaseModel], BaseModel]:
    fields = draw_(st.lists(FIELDS, min_size=1, max_size=6))
    names = [f"field/{n}" if n == 3 else f"field_{n}" for n in range(len(fields))]
    kinds: dict[str, Any] = {
        f"field_{n}": (kind, Field(alias=name))
        for n, (name, (kind, _)) in enumerate(zip(names, fields, strict=True))
    }
    model = create_model("Model", **kinds)
    values = {name: draw_(values) for name, (_, values) in zip(names, fields, strict=True)}
    return model, model.model_validate(values)


@given(models())
def test_what_nobody_touched_comes_back_to_the_letter(
    drawn_from: tuple[type[BaseModel], BaseModel],
) -> None:
    model, value = drawn_from
    before = value.model_dump(mode="json", by_alias=True)
    spec = form_spec(model.model_json_schema())
    assert read_form(spec, untouched(draw(spec, before)), was=before) == before


@given(models())
def test_what_was_typed_anew_is_the_value_that_was_meant(
    drawn_from: tuple[type[BaseModel], BaseModel],
) -> None:
    model, value = drawn_from
    spec = form_spec(model.model_json_schema())
    typed = untouched(draw(spec, value.model_dump(mode="json", by_alias=True)))
    again = read_form(spec, typed)
    assert as_typed(model.model_validate(again)) == as_typed(value)


def as_typed(value: Any) -> Any:
    """Browsers hold times to the millisecond; an empty list is no list where none will do."""
    if value in ([], set()):
        return None
    match value:
        case BaseModel():
            return {name: as_typed(getattr(value, name)) for name in type(value).model_fields}
        case datetime() | time():
            return value.replace(microsecond=value.microsecond // 1000 * 1000)
        case timedelta():
            return value // timedelta(seconds=1)
        case _:
            return value


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_any_plain_value_can_be_sketched_drawn_and_left_as_it_is(value: Json) -> None:
    spec = form_spec(sketch(value))
    assert read_form(spec, untouched(draw(spec, value)), was=value) == value


@given(JSON, st.sampled_from(LEAVES))
def test_a_value_that_does_not_fit_its_type_is_still_drawn_and_kept(
    value: Json, leaf: Leaf
) -> None:
    spec = form_spec(schema_of(leaf[0]))
    value = with_all_that_must_be_answered(value)
    assert read_form(spec, untouched(draw(spec, value)), was=value) == value


def with_all_that_must_be_answered(value: Json) -> Json:
    match value:
        case dict():
            return {"what": None, "price": [], **value}
        case list():
            return [with_all_that_must_be_answered(item) for item in value]
        case _:
            return value


@given(JSON)
def test_no_schema_makes_a_dead_form(schema: Json) -> None:
    spec = form_spec(schema)
    read = read_form(spec, untouched(draw(spec, {"a": 1})), was={"a": 1})
    assert read == {"a": 1}


@given(models(), st.dictionaries(st.text(), st.lists(st.text(), max_size=3), max_size=4))
def test_a_hostile_post_is_read_or_refused_by_path(
    drawn_from: tuple[type[BaseModel], BaseModel], noise: dict[str, list[str]]
) -> None:
    model, value = drawn_from
    spec = form_spec(model.model_json_schema())
    posted = untouched(draw(spec, value.model_dump(mode="json", by_alias=True)))
    for name, garbage in zip(list(posted), noise.values(), strict=False):
        posted[name] = garbage
    try:
        read_form(spec, posted)
    except FormErrors as refused:
        errors = refused.errors
    else:
        return
    assert draw(spec, post=posted, errors=errors).parts


# ── stories ─────────────────────────────────────────────────────────────────────────────────────


class Expense(BaseModel):
    """What somebody paid."""

    amount: Decimal = Field(gt=0, title="Amount to pay", description="In euros.")
    when: date
    paid: bool = False
    urgent: bool
    nights: int = Field(1, ge=1, le=30)
    comment: str | None = None
    payee: str = Field(min_length=2, max_length=9, pattern="^[A-Z]")
    category: Literal["travel", "meals"]
    tags: list[str] = []
    lines: list[Line] = []
    colours: set[Colour] = set()
    more: Line | None = None


EXPENSE = form_spec(Expense.model_json_schema())
GOOD: dict[str, list[str]] = {
    "value/amount": ["12.50"],
    "value/when": ["2026-11-30"],
    "value/paid": ["false"],
    "value/urgent": ["false"],
    "value/nights": ["2"],
    "value/payee": ["Ada"],
    "value/category": ["meals"],
}


def test_a_type_is_asked_for_in_its_own_words() -> None:
    amount = EXPENSE.fields[0]
    assert (amount.label, amount.help, amount.kind) == ("Amount to pay", "In euros.", Kind.DECIMAL)
    assert amount.limit("exclusiveMinimum") == 0
    kinds = {asked.name: asked.kind for asked in EXPENSE.fields}
    assert kinds == {
        "amount": Kind.DECIMAL,
        "when": Kind.DATE,
        "paid": Kind.BOOLEAN,
        "urgent": Kind.BOOLEAN,
        "nights": Kind.INTEGER,
        "comment": Kind.TEXT,
        "payee": Kind.TEXT,
        "category": Kind.CHOICE,
        "tags": Kind.LIST,
        "lines": Kind.LIST,
        "colours": Kind.CHOICES,
        "more": Kind.GROUP,
    }


def test_money_stays_as_typed_and_no_is_an_answer() -> None:
    read = read_form(EXPENSE, GOOD)
    assert isinstance(read, dict)
    assert (read["amount"], read["urgent"], read["paid"]) == ("12.50", False, False)
    assert Expense.model_validate(read).amount == Decimal("12.50")


def test_every_place_that_is_wrong_is_named_at_once() -> None:
    posted = {
        **GOOD,
        "value/amount": ["-1"],
        "value/when": ["soon"],
        "value/urgent": [],
        "value/nights": ["31"],
        "value/payee": ["a"],
        "value/category": ["other"],
    }
    with pytest.raises(FormErrors) as refused:
        read_form(EXPENSE, posted)
    assert refused.value.errors == (
        FieldError("/amount", "Write more than 0"),
        FieldError("/when", "Write a date, like 2026-11-30"),
        FieldError("/urgent", "This needs an answer"),
        FieldError("/nights", "Write at most 30"),
        FieldError("/payee", "Write at least 2 characters; this is 1"),
        FieldError("/category", "Choose one of those listed"),
    )


def test_what_was_typed_is_kept_when_it_is_refused() -> None:
    posted = {
        **GOOD,
        "value/nights": ["many"],
        "value/more#given": ["on"],
        "value/more/what": ["x"],
    }
    with pytest.raises(FormErrors) as refused:
        read_form(EXPENSE, posted)
    parts = {
        part.field.name: part
        for part in draw(EXPENSE, post=posted, errors=refused.value.errors).parts
    }
    assert (parts["nights"].text, parts["nights"].error) == (
        "many",
        "Write a whole number, like 3",
    )
    assert parts["payee"].text == "Ada"
    assert parts["more"].given
    assert parts["more"].parts[0].text == "x"
    assert parts["more"].parts[1].error == "This needs an answer"


def test_blank_is_null_where_null_is_an_answer_and_absent_where_it_may_be_left_out() -> None:
    read = read_form(EXPENSE, {**GOOD, "value/comment": [""]})
    assert isinstance(read, dict)
    assert read["comment"] is None
    loose = form_spec(
        {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}
    )
    assert read_form(loose, {"value/a": [""], "value/b": [""]}) == {}
    assert read_form(loose, {"value/a": ["0"], "value/b": ["x"]}) == {"a": 0, "b": "x"}
    assert read_form(loose, {"value/a": [""]}, was={"a": 5}) == {}


def test_a_default_that_was_blanked_is_not_put_back_in_silence() -> None:
    with pytest.raises(FormErrors):
        read_form(EXPENSE, {**GOOD, "value/nights": [""]})


def test_rows_are_added_changed_and_taken_away() -> None:
    before = json_of(
        list[Line],
        [Line(what="tea", price=Decimal("2.0")), Line(what="cake", price=Decimal(3))],
    )
    spec = form_spec(schema_of(list[Line]))
    posted = untouched(draw(spec, before))
    posted["value/0#remove"] = ["on"]
    posted["value/1/price"] = ["4.25"]
    posted["value/3/what"], posted["value/3/price"] = ["pie"], ["1"]
    assert read_form(spec, posted, was=before) == [
        {"what": "cake", "price": "4.25", "count": 1, "note": None},
        {"what": "pie", "price": "1", "count": 1, "note": None},
    ]


def test_errors_in_rows_point_at_the_row_of_the_value_and_of_the_page() -> None:
    spec = form_spec(schema_of(list[Line]))
    posted = {"value": ["0", "1", "2"], "value/2/what": ["pie"], "value/2/price": [""]}
    with pytest.raises(FormErrors) as refused:
        read_form(spec, posted)
    assert [error.pointer for error in refused.value.errors] == ["/0/price"]
    again = draw(spec, post=posted, errors=refused.value.errors)
    assert [row.index for row in again.rows] == [2, 3, 4]
    assert again.rows[0].item.parts[1].error == "This needs an answer"


def test_a_list_says_how_many_it_takes() -> None:
    spec = form_spec({"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 2})
    with pytest.raises(FormErrors, match="at least 1"):
        read_form(spec, {"value": ["0"], "value/0": [""]})
    with pytest.raises(FormErrors, match="at most 2"):
        read_form(
            spec, {"value": ["0", "1", "2"], "value/0": ["1"], "value/1": ["2"], "value/2": ["3"]}
        )


def test_several_choices_come_in_their_own_order_and_strangers_are_refused() -> None:
    spec = form_spec(schema_of(list[Colour]))
    assert read_form(spec, {"value": ["blue", "red"]}) == ["red", "blue"]
    assert read_form(spec, {}) == []
    with pytest.raises(FormErrors, match="listed"):
        read_form(spec, {"value": ["green"]})


def test_a_secret_is_never_drawn_and_stays_unless_it_is_typed_anew() -> None:
    class Login(BaseModel):
        password: SecretStr

    spec = form_spec(Login.model_json_schema())
    drawn = draw(spec, {"password": "hunter2"})
    assert drawn.parts[0].text == ""
    assert read_form(spec, {"value/password": [""]}, was={"password": "hunter2"}) == {
        "password": "hunter2"
    }
    assert read_form(spec, {"value/password": ["new"]}, was={"password": "hunter2"}) == {
        "password": "new"
    }


def test_json_that_is_none_is_explained() -> None:
    spec = form_spec({})
    for text, why in {
        "{": "not JSON",
        "NaN": "cannot hold",
        "1e999": "cannot hold",
        "[" * 100_000: "nested too deeply",
        "": "needs an answer",
    }.items():
        with pytest.raises(FormErrors, match=why):
            read_form(spec, {"value": [text]})
    assert read_form(spec, {"value": ['"123"']}) == "123"


def test_a_zone_goes_with_its_time() -> None:
    spec = form_spec(schema_of(datetime))
    drawn = draw(spec, "2026-11-21T02:29:39.481234+02:00")
    assert (drawn.local, drawn.zone) == ("2026-11-21T02:29:39.481", "+02:00")
    moved = {"value": ["2026-11-22T09:00"], "value#zone": ["+02:00"]}
    assert read_form(spec, moved) == "2026-11-22T09:00:00+02:00"
    assert read_form(spec, {"value": ["2026-11-22T09:00"]}) == "2026-11-22T09:00:00"


def test_a_duration_is_typed_as_people_write_it() -> None:
    spec = form_spec(schema_of(timedelta))
    assert read_form(spec, {"value": ["2 days"]}) == "P2D"
    assert draw(spec, 5400.0).text == "PT1H30M"
    assert read_form(spec, {"value": ["PT1H30M"]}, was=5400.0) == 5400.0


def test_options_may_bring_titles_and_need_not_be_text() -> None:
    spec = form_spec({"oneOf": [{"const": 1, "title": "One"}, {"const": None, "title": "None"}]})
    assert [(o.text, o.label) for o in spec.root.options] == [("1", "One"), ("null", "None")]
    assert read_form(spec, {"value": ["null"]}) is None


def test_every_option_has_words_also_those_that_say_nothing() -> None:
    spec = form_spec({"enum": [0, "", False]})
    assert [option.label for option in spec.root.options] == ["0", "empty", "No"]


def test_two_fields_of_one_class_go_by_their_own_names() -> None:
    class Place(BaseModel):
        town: str

    class Meeting(BaseModel):
        model_config = ConfigDict(title="The meeting")
        begins: Place
        ends_at: Place | None = None

    class Journey(BaseModel):
        first: Meeting
        named: Place = Field(title="By way of")

    spec = form_spec(Journey.model_json_schema())
    meeting, named = spec.fields
    assert (meeting.label, named.label) == ("The meeting", "By way of")
    assert [place.label for place in meeting.fields] == ["Begins", "Ends at"]


def test_a_type_that_holds_itself_ends_in_json() -> None:
    class Tree(BaseModel):
        name: str
        inside: list[Tree] = []

    spec = form_spec(Tree.model_json_schema())
    assert [asked.kind for asked in spec.fields] == [Kind.TEXT, Kind.JSON]


def test_a_form_for_one_value_has_one_question() -> None:
    spec = form_spec(schema_of(int | None))
    assert [(asked.name, asked.kind, asked.nullable) for asked in spec.fields] == [
        ("", Kind.INTEGER, True)
    ]
    assert read_form(spec, {"value": [""]}) is None
    assert read_form(spec, {"value": ["0"]}) == 0
    assert draw(spec, ABSENT).name == "value"


# ── one box ─────────────────────────────────────────────────────────────────────────────────────


def one(schema: Json, text: str) -> Json:
    """What a form for a single value reads."""
    return read_form(form_spec(schema), {"value": [text]})


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "integer"}, " -12 ", -12),
        ({"type": "integer"}, "+0", 0),
        ({"type": "number"}, "12", 12),
        ({"type": "number"}, ".5", 0.5),
        ({"type": "number", "multipleOf": 0.1}, "0.3", 0.3),
        ({"type": "integer", "maximum": 1234567}, "1234567", 1234567),
        ({"type": ["string", "null"]}, "x", "x"),
        ({"type": ["string", "null"]}, "", None),
        ({"type": "string", "pattern": "(?P<bad"}, "x", "x"),
        ({"type": "boolean"}, "false", False),
        ({"type": "string", "format": "time"}, "09:30", "09:30:00"),
        ({"type": "string", "format": "duration"}, "P1Y", "P1Y"),
        ({"allOf": [{"type": "integer"}]}, "1", 1),
        ({"allOf": [{"type": "integer"}, {"minimum": 1}]}, "1", 1),
        ({"type": ["integer", "string"]}, '"1"', "1"),
        ({"enum": ["a", None]}, "", None),
        ({"enum": ["a", None]}, "a", "a"),
        ({"$ref": "#/nowhere"}, "[1]", [1]),
        ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "integer"}}}, "1", 1),
    ],
)
def test_a_box_reads_what_people_type(schema: Json, text: str, value: Json) -> None:
    read = one(schema, text)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("schema", "text", "why"),
    [
        ({"type": "integer"}, "1.0", "whole number"),
        ({"type": "integer"}, "1_000", "whole number"),
        ({"type": "integer"}, "9" * 5_000, "too many digits"),
        ({"type": "number"}, "1,5", "number, like 12.5"),
        ({"type": "number"}, "1e999", "too large"),
        ({"type": "number", "exclusiveMaximum": 2}, "2", "less than 2"),
        ({"type": "integer", "multipleOf": 5}, "7", "multiple of 5"),
        ({"type": "string", "maxLength": 1}, "ab", "at most 1 character; this is 2"),
        ({"type": "string", "pattern": "^a$"}, "b", "form that is asked for"),
        ({"type": "boolean"}, "maybe", "yes or no"),
        ({"type": "string", "format": "date"}, "2026-02-30", "Write a date"),
        ({"type": "string", "format": "date-time"}, "noon", "a date and a time"),
        ({"type": "string", "format": "time"}, "25:00", "Write a time"),
        ({"type": "string", "format": "duration"}, "a while", "Write a duration"),
        ({"type": "string", "format": "duration"}, "9e99 days", "Write a duration"),
        ({"type": "string"}, " ", "needs an answer"),
    ],
)
def test_a_box_says_what_it_wants(schema: Json, text: str, why: str) -> None:
    with pytest.raises(FormErrors, match=why):
        one(schema, text)


def test_choices_have_limits_too() -> None:
    spec = form_spec(
        {"type": "array", "items": {"enum": ["a", "b", "c"]}, "minItems": 1, "maxItems": 2}
    )
    with pytest.raises(FormErrors, match="at least 1"):
        read_form(spec, {})
    with pytest.raises(FormErrors, match="at most 2"):
        read_form(spec, {"value": ["a", "b", "c"]})
    assert read_form(spec, {"value": ["c"]}) == ["c"]


def test_a_text_with_a_default_can_be_emptied() -> None:
    spec = form_spec({"type": "object", "properties": {"a": {"type": "string", "default": "x"}}})
    assert read_form(spec, {"value/a": [""]}) == {"a": ""}
    assert read_form(spec, {}) == {"a": "x"}


def test_what_may_be_null_is_null_once_it_is_blanked() -> None:
    kind: Json = {"type": ["integer", "null"]}
    spec = form_spec({"type": "object", "properties": {"a": kind}, "required": ["a"]})
    assert read_form(spec, {"value/a": [""]}) == {"a": None}
    assert read_form(spec, {"value/a": [""]}, was={"a": 1}) == {"a": None}
    several: Json = {"anyOf": [{"type": "array", "items": {"enum": ["a"]}}, {"type": "null"}]}
    assert read_form(form_spec(several), {}, was=["a"]) is None
    fixed = form_spec({"type": "object", "properties": {"a": {"const": 1}}})
    assert read_form(fixed, {}, was={}) == {"a": 1}


def test_a_group_that_may_be_left_out_can_be_taken_out_and_put_in() -> None:
    inside: Json = {"type": "object", "properties": {"b": {"type": "integer"}}, "required": ["b"]}
    loose = form_spec({"type": "object", "properties": {"a": inside}})
    given = {"value/a#given": ["on"], "value/a/b": ["2"]}
    assert read_form(loose, {}) == {}
    assert read_form(loose, given) == {"a": {"b": 2}}
    assert read_form(loose, {}, was={"a": {"b": 1}}) == {}
    null = form_spec({"anyOf": [inside, {"type": "null"}]})
    assert read_form(null, {}) is None
    assert read_form(null, {}, was={"b": 1}) is None
    assert read_form(null, {"value#given": ["on"], "value/b": ["3"]}) == {"b": 3}


def test_what_is_fixed_stays_and_what_is_not_of_its_kind_is_asked_as_json() -> None:
    spec = form_spec({"const": "a"})
    assert draw(spec).stays == "a"
    assert draw(spec, "a").field.kind is Kind.FIXED
    assert draw(spec, "b").field.kind is Kind.JSON
    assert read_form(form_spec({"type": "null"}), {}) is None
    flag = form_spec({"type": "integer"})
    assert draw(flag, True).field.kind is Kind.JSON
    assert draw(form_spec({"type": "number"}), True).field.kind is Kind.JSON
    several = form_spec({"type": "array", "items": {"enum": ["a"]}})
    assert draw(several, "a").field.kind is Kind.JSON
    assert draw(several, ["b"]).field.kind is Kind.JSON


def test_a_time_that_a_browser_cannot_hold_is_left_alone() -> None:
    spec = form_spec({"type": "string", "format": "date-time"})
    assert draw(spec, "noon").field.kind is Kind.JSON
    drawn = draw(spec, post={"value": ["not a time"]})
    assert drawn.text == "not a time"
    with pytest.raises(FormErrors):
        read_form(spec, {"value": ["x:y"]}, was="2026-01-01T00:00:00Z")


def test_sketches_of_rows_agree_where_the_rows_do() -> None:
    assert sketch([{"a": 1, "b": "x"}, {"a": 2.5}]) == {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"a": {}, "b": {"type": "string"}},
            "required": ["a"],
        },
    }
    assert sketch([1, "a"]) == {"type": "array", "items": {}}
    assert sketch({}) == {}


def test_what_a_form_takes_as_a_secret_is_not_shown_wherever_it_stands() -> None:
    login: Json = {
        "type": "object",
        "properties": {
            "user": {"type": "string"},
            "password": {"type": "string", "format": "password"},
        },
    }
    both: Json = {
        "type": "object",
        "properties": {"main": login, "others": {"type": "array", "items": login}},
    }
    value: dict[str, Json] = {"user": "ann", "password": "hush", "note": "not a secret"}
    hidden: dict[str, Json] = {**value, "password": NOT_SHOWN}
    assert covered(value, login) == hidden
    assert covered({"main": value, "others": [value]}, both) == {"main": hidden, "others": [hidden]}
    assert covered(None, login) is None
    assert covered(value, None) == value
