"""Values and outcomes, as people read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assent.core.task import Outcome, ReceiptStatus
from assent.core.values import Json
from assent.human.receipt import Decided, Receipt
from assent.web.page import show, text, words
from assent.web.wire.tasks import Option
from tests.web.conftest import Office

# ── words ───────────────────────────────────────────────────────────────────────────────────────


def decided(status: ReceiptStatus, by: str | None = "bob") -> Receipt:
    at = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
    made = Decided(outcome=Outcome.REJECTED, by=by, at=at)
    return Receipt(status=status, message="Said.", decision=made)


@pytest.mark.parametrize("status", ReceiptStatus)
def test_every_receipt_is_told_in_a_sentence(status: ReceiptStatus) -> None:
    title, detail = words.told(decided(status), "eve")
    assert title.endswith(".")
    assert not detail or detail.endswith(".")
    if status is ReceiptStatus.ALREADY_DECIDED:
        assert title == "bob rejected this on 21 Nov 2026, 14:03 UTC."
        assert words.told(decided(status), "bob")[0].startswith("You rejected this")
        assert words.told(decided(status, None), "bob")[0].startswith("The deadline")


async def test_how_a_task_ended_is_told_in_a_sentence(office: Office) -> None:
    task = await office.asked()
    ends = {
        (Outcome.APPROVED, "eve"): "You approved this",
        (Outcome.EDITED, "bob"): "bob approved this with changes",
        (Outcome.EXPIRED, None): "The deadline passed without an answer.",
        (Outcome.CANCELLED, None): "This is no longer needed.",
        (Outcome.CANCELLED, "bob"): "bob withdrew this",
        (None, None): "",
    }
    for (outcome, by), said in ends.items():
        assert words.decided(replace(task, outcome=outcome, decided_by=by), "eve") == said


def test_people_are_named_as_people_name_them() -> None:
    assert words.people(()) == "anyone"
    named = words.people(["ann", "user:bob", "group:finance", "role:legal", "a:b:c"])
    assert named == "ann, bob, anyone in finance, anyone who is legal, a:b:c"


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=-10), "just now"),
        (timedelta(seconds=10), "in a moment"),
        (timedelta(seconds=50), "in 50 s"),
        (timedelta(minutes=-5), "5 min ago"),
        (timedelta(hours=3), "in 3 h"),
        (timedelta(days=-12), "12 d ago"),
    ],
)
def test_distances_are_rough(length: timedelta, said: str) -> None:
    assert text.distance(length) == said


@pytest.mark.parametrize(
    ("option", "label"),
    [
        ("tea", "tea"),
        (True, "Yes"),
        (None, "none"),
        (12, "12"),
        ({"label": "Big", "id": 1}, "Big"),
        ({"size": 3, "hot": False}, "size: 3, hot: No"),
        (["a", 1], "a, 1"),
    ],
)
def test_an_option_has_words_for_it(option: Json, label: str) -> None:
    assert Option.of(option).label == label


# ── values ──────────────────────────────────────────────────────────────────────────────────────


def test_money_is_grouped_and_carries_its_currency_and_ids_are_left_alone() -> None:
    shown = show.show(
        {"id": 1234567, "amount": "1234567.80", "currency": "EUR", "total": -12.5, "when": None}
    )
    said = {part.label: part.text for part in shown.parts}
    assert said == {
        "Id": "1234567",
        "Amount": "1,234,567.80 EUR",
        "Currency": "EUR",
        "Total": "\N{MINUS SIGN}12.5 EUR",
        "When": "none",
    }


def test_rows_become_a_table_and_what_is_cut_off_is_counted() -> None:
    shown = show.show([{"a": n, "b": "x"} for n in range(250)])
    assert (shown.kind, shown.columns, len(shown.parts), shown.more) == (
        "table",
        ("A", "B"),
        200,
        50,
    )


def test_moments_long_texts_lists_and_what_is_not_there_are_shown_as_such() -> None:
    shown = show.show(
        {
            "at": "2026-11-21T14:03:00+01:00",
            "on": "2026-11-21",
            "odd": "2026-13-99",
            "text": "x" * 91,
            "tags": ["a", 1, {"b": {"c": []}}],
            "blank": " ",
            "none": {},
        }
    )
    said = {part.label: (part.kind, part.text) for part in shown.parts}
    assert said["At"] == ("text", "21 Nov 2026, 13:03 UTC")
    assert said["On"] == ("text", "21 Nov 2026")
    assert said["Odd"] == ("text", "2026-13-99")
    assert said["Text"] == ("long", "x" * 91)
    assert said["Blank"] == ("none", "blank")
    assert said["None"] == ("none", "nothing")
    tags = next(part for part in shown.parts if part.label == "Tags")
    assert [part.kind for part in tags.parts] == ["text", "number", "pairs"]


def test_choices_are_shown_by_their_titles() -> None:
    schema: Json = {
        "type": "object",
        "properties": {
            "one": {"oneOf": [{"const": "a", "title": "Apple"}, {"const": "b", "title": "Pear"}]},
            "many": {"type": "array", "items": {"oneOf": [{"const": "a", "title": "Apple"}]}},
        },
    }
    shown = show.show({"one": "a", "many": ["a"]}, schema)
    assert shown.parts[0].text == "Apple"
    assert shown.parts[1].parts[0].text == "Apple"


def test_a_secret_is_not_shown() -> None:
    schema: Any = {
        "type": "object",
        "properties": {"pin": {"type": "string", "format": "password"}},
    }
    assert show.show({"pin": "1234"}, schema).parts[0].text == "not shown"


def test_every_difference_is_found() -> None:
    found = show.changes(
        {"a": 1, "b": {"c": "x", "gone": True}, "same": [1]},
        {"a": 1.0, "b": {"c": "y", "new": None}, "same": [1]},
    )
    said = [
        (c.where, c.before.text if c.before else None, c.after.text if c.after else None)
        for c in found
    ]
    assert said == [
        ("A", "1", "1.0"),
        ("B / C", "x", "y"),
        ("B / Gone", "Yes", None),
        ("B / New", None, "none"),
    ]
