"""Facts of every kind, with fields of every shape."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from msgspec import structs

from assent.core.journal import KINDS, Fact
from assent.core.values import pack
from tests.core.kept import values

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
packed = values.map(pack)
_SHAPES: dict[str, st.SearchStrategy[Any]] = {
    "str": texts,
    "int": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "bool": st.booleans(),
    "list[str]": st.lists(texts, max_size=3),
    "list[int]": st.lists(st.integers(1, 9), max_size=3),
    "dict[str, str]": st.dictionaries(texts, texts, max_size=3),
    "dict[str, int]": st.dictionaries(texts, st.integers(1, 9), max_size=3),
    "dict[Key, list[Json]]": st.dictionaries(texts, st.lists(packed, max_size=2), max_size=2),
    "dict[str, Json]": st.dictionaries(texts, packed, max_size=2),
    "list[Json]": st.lists(packed, max_size=2),
    "Json": packed,
    "None": st.none(),
}
_NAMES = {
    "RunId": "str",
    "TaskId": "str",
    "Key": "str",
    "list[Key]": "list[str]",
    "list[TaskId]": "list[str]",
}


def _field(hint: str) -> st.SearchStrategy[Any]:
    parts = [part.strip() for part in hint.split("|")]
    return st.one_of([_SHAPES[_NAMES.get(part, part)] for part in parts])


def of_kind(kind: type[Fact]) -> st.SearchStrategy[Fact]:
    """Facts of one kind, every field filled or left at its default."""
    needed, optional = dict[str, Any](), dict[str, Any]()
    for field in structs.fields(kind):
        known = needed if field.required else optional
        known[field.name] = _field(kind.__annotations__[field.name])
    return st.fixed_dictionaries(needed, optional=optional).map(lambda fields: kind(**fields))


facts: st.SearchStrategy[Fact] = st.sampled_from(list(KINDS.values())).flatmap(of_kind)
"""Any fact at all."""
