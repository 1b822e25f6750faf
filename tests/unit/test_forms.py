"""A form is made of whatever type the workflow names, and gives answers back in that type."""

from __future__ import annotations

import enum
import json
import math
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple, TypedDict

import pytest
from pydantic import BaseModel, Field

from assent.core.values import pack
from assent.errors import DefinitionError, InvalidInput
from assent.forms import check_against, form_for, form_of, pointer


class Colour(enum.Enum):
    RED = "red"


class Model(BaseModel):
    amount: Decimal = Field(gt=0)
    day: date | None = None


@dataclass
class Data:
    amount: Decimal
    tags: list[str]


class Typed(TypedDict, total=False):
    amount: int
    note: str


class Named(NamedTuple):
    x: int
    y: int = 0


@pytest.mark.parametrize(
    ("wanted", "posted", "read"),
    [
        (int, 3, 3),
        (str, "3", "3"),
        (bool, False, False),
        (Decimal, "1.20", Decimal("1.20")),
        (date, "2026-01-05", date(2026, 1, 5)),
        (timedelta, "PT1H", timedelta(hours=1)),
        (Colour, "red", Colour.RED),
        (Literal["a", "b"], "b", "b"),
        (list[int], [1, 2], [1, 2]),
        (set[str], ["a"], {"a"}),
        (dict[str, int], {"a": 1}, {"a": 1}),
        (int | None, None, None),
        (Annotated[int, Field(ge=3)], 3, 3),
        (Model, {"amount": "1.20"}, Model(amount=Decimal("1.20"))),
        (Model, Model(amount=Decimal(1)), Model(amount=Decimal(1))),
        (Data, {"amount": 1, "tags": []}, Data(Decimal(1), [])),
        (Typed, {"amount": 1}, {"amount": 1}),
        (Named, [1, 2], Named(1, 2)),
        (
            {"amount": "number", "note": "text"},
            {"amount": 1.5, "note": ""},
            {"amount": 1.5, "note": ""},
        ),
        (
            ["name", {"name": "ok", "type": "boolean"}],
            {"name": "a", "ok": True},
            {"name": "a", "ok": True},
        ),
        ({"type": "integer", "minimum": 3}, 3, 3),
        ({"type": "text"}, {"type": "a"}, {"type": "a"}),
    ],
)
def test_what_fits_is_read_as_the_type(wanted: Any, posted: Any, read: Any) -> None:
    found = form_of(wanted).read(posted)
    assert (type(found), found) == (type(read), read)


@pytest.mark.parametrize(
    ("wanted", "posted", "pointers"),
    [
        (int, "x", {""}),
        (Model, {"amount": "-1", "day": "soon"}, {"/amount", "/day"}),
        (Data, {"tags": [1, "a", 2]}, {"/amount", "/tags/0", "/tags/2"}),
        (list[int], [1, "a"], {"/1"}),
        (dict[str, int], {"a/b": "x", "c~d": "y"}, {"/a~1b", "/c~0d"}),
        (Typed, {"amount": "x"}, {"/amount"}),
        ({"amount": "number", "note": "text"}, {"amount": "x", "more": 1}, {"", "/amount"}),
        ({"type": "integer", "minimum": 3}, 2, {""}),
        ({"type": "array", "items": {"type": "string"}}, ["a", 1], {"/1"}),
    ],
)
def test_what_does_not_fit_is_told_by_path(wanted: Any, posted: Any, pointers: set[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        form_of(wanted).read(posted)
    assert {error.pointer for error in refused.value.errors} == pointers
    assert all(error.detail for error in refused.value.errors)


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"amount": "numbre"},
        [{"type": "text"}],
        [3],
        {"amount": ["number"]},
        {"type": int},
        {"type": "strng"},
        {"type": "object", "properties": []},
        {"enum": "red"},
        object(),
        lambda: None,
    ],
)
def test_what_cannot_be_a_form_is_told_when_it_is_made(wanted: Any) -> None:
    with pytest.raises(DefinitionError):
        form_of(wanted)


@pytest.mark.parametrize(
    "value",
    [
        1,
        1.5,
        "a",
        True,
        Decimal(1),
        Colour.RED,
        {"a": 1},
        [1],
        (1, 2),
        Data(Decimal(1), ["a"]),
        Named(1),
    ],
)
def test_a_value_fits_the_form_it_is_edited_in(value: Any) -> None:
    form = form_for(value, pack(value))
    assert form is not None
    assert form.schema is not None
    form.read(value)


def test_nothing_shown_is_nothing_to_edit() -> None:
    assert form_for(None, None) is None


def test_an_answer_can_be_checked_without_the_code() -> None:
    schema = form_of(Model).schema
    assert check_against(schema, {"amount": 1}) == ()
    assert {error.pointer for error in check_against(schema, {"amount": []})} == {"/amount"}


def test_a_pointer_escapes_what_it_must() -> None:
    assert pointer(["a/b", "c~d", 0, ""]) == "/a~1b/c~0d/0/"
    assert pointer([]) == ""


FORMATS: list[tuple[Any, Any, bool]] = [
    ({"on": "date"}, {"on": "2026-02-29"}, False),
    ({"on": "date"}, {"on": "2028-02-29"}, True),
    ({"on": "date"}, {"on": "soon"}, False),
    ({"at": "datetime"}, {"at": "2026-11-30T14:30"}, True),
    ({"at": "datetime"}, {"at": "2026-11-30T14:30:00+01:00"}, True),
    ({"at": "datetime"}, {"at": "half past two"}, False),
    ({"mail": "email"}, {"mail": "ann@example.com"}, True),
    ({"mail": "email"}, {"mail": "ann"}, False),
    ({"type": "string", "format": "uuid"}, "12345678-1234-5678-1234-567812345678", True),
    ({"type": "string", "format": "uuid"}, "1234", False),
    ({"type": "string", "format": "a word of my own"}, "anything", True),
]


@pytest.mark.parametrize(("wanted", "said", "fits"), FORMATS)
def test_a_field_takes_what_its_format_says(wanted: Any, said: Any, fits: bool) -> None:
    form = form_of(wanted)
    if fits:
        assert form.read(said) == said
    else:
        with pytest.raises(InvalidInput, match=r"is not an? (date|address|UUID)"):
            form.read(said)


@pytest.mark.parametrize("said", ["abc", "", "NaN", "Infinity", "1,5"])
def test_what_is_no_decimal_is_refused_also_where_only_the_schema_is_there(said: str) -> None:
    schema = form_of(Model).schema
    assert [error.pointer for error in check_against(schema, {"amount": said})] == ["/amount"]
    assert check_against(schema, {"amount": "1.50", "day": "2026-11-30"}) == ()
    assert [e.pointer for e in check_against(schema, {"amount": 1, "day": "x"})] == ["/day"]


class Ann(BaseModel):
    kind: Literal["ann"]
    age: int


class Bob(BaseModel):
    kind: Literal["bob"]
    note: str


class United(BaseModel):
    number: int | list[int] = 0
    who: Annotated[Ann | Bob, Field(discriminator="kind")] | None = None
    either: Ann | Bob | None = None
    by_number: dict[int, str] = {}


PLACES: list[tuple[dict[str, Any], set[str]]] = [
    ({"number": "x"}, {"/number"}),
    ({"number": [1, "x"]}, {"/number", "/number/1"}),
    ({"who": {"kind": "ann", "age": "x"}}, {"/who/age"}),
    ({"who": {"kind": "bob"}}, {"/who/note"}),
    ({"who": {"kind": "zoe"}}, {"/who"}),
    ({"either": {}}, {"/either/kind", "/either/age", "/either/note"}),
    ({"either": {"kind": "ann", "age": 1, "int": 2}}, {"/either/int", "/either/kind"}),
    ({"by_number": {"a/b": "x"}}, {"/by_number/a~1b"}),
]


@pytest.mark.parametrize(("said", "places"), PLACES)
def test_what_does_not_fit_is_named_by_where_it_is_in_the_answer(
    said: dict[str, Any], places: set[str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        form_of(United, closed=True).read(said)
    found = {error.pointer for error in refused.value.errors}
    assert places <= found
    assert not found - places - {"/either/note", "/either/age"}
    assert len(set(refused.value.errors)) == len(refused.value.errors)


@dataclass
class Endless:
    """A default and limits that JSON has no word for."""

    number: Annotated[float, Field(ge=-math.inf, le=math.inf)] = math.nan


@pytest.mark.parametrize(
    "wanted", [Endless, {"type": "number", "default": math.nan, "examples": [1, math.inf]}]
)
def test_a_schema_is_json_whatever_its_type_says(wanted: Any) -> None:
    form = form_of(wanted)
    json.dumps(form.schema, allow_nan=False)
    assert form.read({"number": 1} if wanted is Endless else 1)
