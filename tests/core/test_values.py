"""Values come back with their type, or are refused by path: nothing changes in silence."""

from __future__ import annotations

import asyncio
import enum
import importlib
import json
import subprocess
import sys
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, Field
from typing_extensions import override

from assent.core.classes import register, type_name, type_named
from assent.core.values import Json, digest, dump, load, pack, plain, unpack, unpack_or_plain
from assent.errors import ValueNotKept, ValueUnreadable
from tests.core.kept import (
    Colour,
    Line,
    Open,
    Order,
    Point,
    Right,
    Sealed,
    Span,
    Struck,
    jsons,
    same,
    values,
)

# ── coming back ─────────────────────────────────────────────────────────────────────────────────


def there_and_back(value: object) -> Any:
    """The value after a trip through text, as a store keeps it."""
    return unpack(load(dump(pack(value))))


@given(values)
def test_every_kept_value_comes_back_with_its_type(value: object) -> None:
    back = there_and_back(value)
    assert same(back, value), f"{value!r} came back as {back!r}"


@given(jsons)
@example({"$": "decimal", "v": "1"})
@example({"$": "enum", "t": "os:system", "v": ["x"]})
@example({"$": {"$": None}})
@example([{"$": 1}, {"v": {"$": []}}])
def test_plain_json_comes_back_as_it_is_even_where_it_looks_like_a_tag(value: Any) -> None:
    back = there_and_back(value)
    assert same(back, value)
    assert plain(load(dump(pack(value)))) == value


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_numbers_that_json_has_no_word_for_come_back(value: str) -> None:
    assert repr(there_and_back(float(value))) == repr(float(value))
    text = dump(pack({"n": float(value)}))
    assert json.loads(text, parse_constant=_refuse)


def _refuse(constant: str) -> object:
    raise AssertionError(f"{constant} is not JSON")


def test_big_integers_keep_every_digit() -> None:
    assert there_and_back(10**400 + 1) == 10**400 + 1


WIDE = 10**4300  # one digit more than Python and parsers of JSON read, unless told to


@pytest.mark.parametrize("number", [WIDE - 1, WIDE, -WIDE, 1 - WIDE, 7**9999], ids=range(5))
def test_integers_of_any_width_come_back_wherever_they_stand(number: int) -> None:
    for value in (
        number,
        [number],
        {"n": number},
        {number: 1},
        {number},
        (number,),
        Span(number),
    ):
        assert there_and_back(value) == value
        assert len(digest(pack(value))) == 32
        assert load(dump(plain(pack(value)))) == plain(pack(value))


class Wordless:
    """Its text is of no use."""

    @override
    def __repr__(self) -> str:
        raise RuntimeError("no words")


def test_what_has_no_text_is_refused_by_its_type() -> None:
    with pytest.raises(ValueNotKept, match=r"\$\{<Wordless>\}"):
        pack({Wordless()})


def test_a_time_in_the_repeated_hour_keeps_which_of_the_two_it_is() -> None:
    from_zone = datetime(2026, 10, 25, 2, 30, tzinfo=UTC).replace(fold=1)
    assert there_and_back(from_zone).fold == 1


def test_the_name_of_a_fixed_time_zone_comes_back() -> None:
    named = datetime(2026, 1, 5, tzinfo=timezone(timedelta(hours=1), "CET"))
    assert there_and_back(named).tzname() == "CET"


def test_an_object_is_restored_without_running_its_constructor_or_its_validation() -> None:
    loose = Order.model_construct(id="not a number", note="as it was")
    back: Any = there_and_back(loose)
    assert type(back) is Order
    assert (vars(back)["id"], back.model_fields_set) == ("not a number", {"id", "note"})


def test_a_model_keeps_what_was_set_what_was_extra_and_what_is_private() -> None:
    assert there_and_back(Order(id=1)).model_fields_set == {"id"}
    assert there_and_back(Open(id=1, colour="red")).model_extra == {"colour": "red"}  # type: ignore[call-arg]
    hidden: Any = Sealed(id=1)
    hidden._seen = 7
    assert there_and_back(hidden)._seen == 7


def test_an_alias_of_an_enum_member_is_that_member() -> None:
    assert there_and_back(Colour.CRIMSON) is Colour.RED


def test_a_combination_of_flags_comes_back() -> None:
    both = Right.READ | Right.RUN
    assert there_and_back(both) == both


@dataclass
class Totalled:
    """Computes an attribute that is no field."""

    items: list[int]

    def __post_init__(self) -> None:
        self.total = sum(self.items)


def test_attributes_beside_the_fields_of_a_dataclass_come_back_or_are_refused() -> None:
    back = there_and_back(Totalled([1, 2]))
    assert (back.items, back.total) == ([1, 2], 3)


def test_what_is_handed_out_is_a_copy() -> None:
    packed = pack({"lines": [1]})
    first, second = unpack(packed), unpack(packed)
    first["lines"].append(2)
    assert second == {"lines": [1]}
    assert unpack(packed) == {"lines": [1]}


def _in_a_list(value: object) -> object:
    return [value]


def _in_a_mapping(value: object) -> object:
    return {"k": value}


def _in_a_tuple(value: object) -> object:
    return (value,)


@pytest.mark.parametrize("depth", [10, 100, 150, 190, 195, 200, 220, 250, 300, 1_000, 100_000])
@pytest.mark.parametrize("wrap", [_in_a_list, _in_a_mapping, _in_a_tuple])
def test_a_deep_value_is_either_refused_or_can_be_read_again(
    depth: int, wrap: Callable[[Any], Any]
) -> None:
    value: Any = 1
    for _ in range(depth):
        value = wrap(value)
    if depth > 190:
        with pytest.raises(ValueNotKept, match="deep"):
            pack(value)
        return
    try:
        packed = pack(value)
    except ValueNotKept:
        assert depth > 50
        return
    row = load(dump([[[[packed]]]]))  # a store wraps it a few times
    assert dump(pack(unpack(row))) == dump([[[[packed]]]])


# ── refused ─────────────────────────────────────────────────────────────────────────────────────


class Unknown:
    pass


class Loud(str):
    """A str that is more than a str."""

    __slots__ = ()


class OddZone(tzinfo):
    """A zone without a name that could be found again."""

    @override
    def utcoffset(self, dt: datetime | None, /) -> timedelta:
        return timedelta(0)

    @override
    def dst(self, dt: datetime | None, /) -> timedelta:
        return timedelta(0)

    @override
    def tzname(self, dt: datetime | None, /) -> str:
        return "odd"


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": [1, {"b": Unknown()}]}, "$.a[1].b"),
        ([lambda: None], "$[0]"),
        ({"stream": sys.stdout}, "$.stream"),
        ((Loud("x"),), "$[0]"),
        (Line("pen", Decimal(1), tags={Unknown()}), "$.tags{"),  # type: ignore[arg-type]
        (Order.model_construct(id=Unknown()), "$.id"),
        ({Unknown(): 1}, "$ (key "),
        ([datetime(2026, 1, 5, tzinfo=OddZone())], "$[0]"),
        ({"half": "\ud800"}, "$.half"),
        ({"\udfff": 1}, "$"),
        ([defaultdict(list)], "$[0]"),
        ([OrderedDict()], "$[0]"),
        ([deque([1])], "$[0]"),
        ([iter([])], "$[0]"),
        ([memoryview(b"x")], "$[0]"),
        ([Colour], "$[0]"),
        ([ValueError("x")], "$[0]"),
        ([asyncio.Lock()], "$[0]"),
    ],
)
def test_what_could_not_come_back_is_refused_by_path(value: object, path: str) -> None:
    with pytest.raises(ValueNotKept) as refused:
        pack(value)
    assert refused.value.path.startswith(path)


def test_a_value_that_contains_itself_is_refused() -> None:
    ring: list[Any] = []
    ring.append(ring)
    with pytest.raises(ValueNotKept, match="itself"):
        pack(ring)


def test_a_class_that_cannot_be_found_again_is_refused_until_it_is_registered() -> None:
    @dataclass
    class Local:
        n: int

    with pytest.raises(ValueNotKept, match="cannot be found again"):
        pack(Local(1))
    register(Local)
    assert there_and_back(Local(1)) == Local(1)


def test_a_class_whose_module_was_loaded_again_is_found_by_its_name_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "loaded_twice.py").write_text(
        "from dataclasses import dataclass\n\n@dataclass\nclass Desk:\n    name: str\n"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    module = importlib.import_module("loaded_twice")
    register(module.Desk)  # as a workflow that is annotated with it does
    again = importlib.reload(module)
    assert there_and_back(again.Desk("north")) == again.Desk("north")
    monkeypatch.delitem(sys.modules, "loaded_twice")


@pytest.mark.parametrize(
    "name", ["", "cancelled", ":", "os:", ":x", "no.such:Thing", "os:system", "os:no.such"]
)
def test_a_name_that_names_no_class_is_nobody(name: str) -> None:
    assert type_named(name) is None


# ── classes change ──────────────────────────────────────────────────────────────────────────────


def tagged(value: object) -> dict[str, Any]:
    packed = pack(value)
    assert isinstance(packed, dict)
    return packed


def test_a_class_that_has_gone_is_named() -> None:
    packed = tagged(Point(1, 2.0))
    packed["t"] = "tests.core.kept:Gone"
    with pytest.raises(ValueUnreadable, match=r"tests\.core\.kept:Gone"):
        unpack(packed)
    assert unpack_or_plain(packed) == {"x": 1, "y": 2.0}


def test_an_enum_member_that_has_gone_is_named() -> None:
    packed = tagged(Colour.RED)
    packed["v"] = ["MAUVE"]
    with pytest.raises(ValueUnreadable, match="MAUVE"):
        unpack(packed)


def test_an_object_of_a_class_that_was_a_dataclass_comes_back_as_the_struct_it_is_now() -> None:
    packed = tagged(Struck("x", 1))
    packed["$"] = "data"
    assert unpack(packed) == Struck("x", 1)


@pytest.mark.parametrize("value", [Point(1, 2.0), Order(id=1, note="x"), Span(1, 2)])
def test_a_class_that_has_gained_a_field_with_a_default_still_reads_old_objects(value: Any) -> None:
    packed = tagged(value)
    packed["f"] = "older"
    if "note" in packed["v"]:
        del packed["v"]["note"]
    else:
        packed["v"].pop("last", None)
    back = unpack(packed)
    assert type(back) is type(value)


@pytest.mark.parametrize("value", [Point(1, 2.0), Order(id=1), Span(1, 2)])
def test_a_field_that_the_class_has_lost_is_never_dropped_in_silence(value: Any) -> None:
    packed = tagged(value)
    packed["f"] = "older"
    packed["v"]["weight"] = 3
    with pytest.raises(ValueUnreadable, match="weight"):
        unpack(packed)


@pytest.mark.parametrize("value", [Point(1, 2.0), Order(id=1)])
def test_an_old_field_that_no_longer_fits_is_named(value: Any) -> None:
    packed = tagged(value)
    packed["f"] = "older"
    first = next(iter(packed["v"]))
    packed["v"][first] = "not a number"
    with pytest.raises(ValueUnreadable, match=type(value).__name__):
        unpack(packed)


@dataclass
class Vehicle:
    wheels: int


@dataclass
class Car(Vehicle):
    doors: int = 4


def test_inherited_fields_are_known_when_a_class_has_changed() -> None:
    packed = tagged(Car(wheels=4, doors=2))
    packed["f"] = "older"
    assert unpack(packed) == Car(wheels=4, doors=2)


class Aliased(BaseModel):
    """Takes its field by another name than it has."""

    amount: int = Field(alias="Amount")


def test_a_changed_model_with_aliases_still_reads_old_objects() -> None:
    packed = tagged(Aliased(Amount=3))
    packed["f"] = "older"
    assert unpack(packed) == Aliased(Amount=3)


_PRINTED = """
from typing import Annotated
from pydantic import AfterValidator, BaseModel
from assent.core.values import pack

def even(n): return n

class Checked(BaseModel):
    n: Annotated[int, AfterValidator(even)]
    m: Annotated[int, AfterValidator(lambda n: n)] = 0

import sys
sys.modules["checked"] = sys.modules["__main__"]
Checked.__module__ = "checked"
print(pack(Checked(n=2))["f"])
"""


def test_the_fingerprint_of_a_class_is_the_same_in_every_process() -> None:
    def printed(seed: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", _PRINTED],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout

    assert printed("1") == printed("2") != ""


def _even(n: int) -> int:
    return n


class Checked(BaseModel):
    n: Annotated[int, AfterValidator(_even)]


def test_a_validator_in_an_annotation_does_not_hinder() -> None:
    assert there_and_back(Checked(n=2)) == Checked(n=2)


# ── digests ─────────────────────────────────────────────────────────────────────────────────────


@given(values)
def test_equal_values_have_equal_digests_before_and_after_a_trip(value: object) -> None:
    assert (
        digest(pack(value))
        == digest(load(dump(pack(value))))
        == digest(pack(there_and_back(value)))
    )


@given(values, values)
def test_different_values_have_different_digests(one: object, other: object) -> None:
    if not same(one, other) and dump(pack(one)) != dump(pack(other)):
        assert digest(pack(one)) != digest(pack(other))


@given(st.lists(st.integers() | st.text(max_size=5), max_size=8), st.randoms())
def test_the_digest_of_a_set_does_not_depend_on_the_order_it_was_filled_in(
    members: list[Any], random: Any
) -> None:
    shuffled = list(members)
    random.shuffle(shuffled)
    assert digest(pack(set(members))) == digest(pack(set(shuffled)))


def test_one_and_true_and_one_point_zero_are_different_values() -> None:
    assert len({digest(pack(value)) for value in (1, True, 1.0, "1", Decimal(1))}) == 5


# ── plain ───────────────────────────────────────────────────────────────────────────────────────


@given(values)
def test_plain_is_json_without_tags(value: object) -> None:
    shown = plain(load(dump(pack(value))))
    json.dumps(shown, allow_nan=False)
    _no_tags(shown, allowed=_dollars(value))


def _no_tags(shown: Json, allowed: bool) -> None:
    if isinstance(shown, dict):
        assert allowed or "$" not in shown
        for item in shown.values():
            _no_tags(item, allowed)
    elif isinstance(shown, list):
        for item in shown:
            _no_tags(item, allowed)


def _dollars(value: Any) -> bool:
    """Whether the value itself speaks of dollars."""
    return "'$'" in repr(value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1.20"), "1.20"),
        (datetime(2026, 1, 5, 9, tzinfo=UTC), "2026-01-05T09:00:00+00:00"),
        (timedelta(minutes=1), 60.0),
        (Line("pen", Decimal("1.20"), {"b"}), {"article": "pen", "price": "1.20", "tags": ["b"]}),
        (Order(id=1), {"id": 1, "note": None, "line": None}),
        (Span(1, 2), {"first": 1, "last": 2}),
        (Colour.RED, "red"),
        (Right.READ | Right.RUN, 5),
        ({1: "a", (2, 3): "b"}, {"1": "a", "[2,3]": "b"}),
        (float("nan"), "nan"),
        (b"ab", "YWI="),
    ],
)
def test_plain_reads_well(value: object, shown: Json) -> None:
    assert plain(pack(value)) == shown


class Kind(enum.Enum):
    ONE = Point(1, 1.0)


def test_an_enum_of_objects_is_shown_as_the_object() -> None:
    assert plain(pack(Kind.ONE)) == {"x": 1, "y": 1.0}


# ── names ───────────────────────────────────────────────────────────────────────────────────────


def test_a_class_is_named_by_module_and_qualified_name() -> None:
    assert type_name(Line) == "tests.core.kept:Line"
    assert type_named("tests.core.kept:Line") is Line
