"""What is written down is a file format: kinds, fields and tags are added, and never renamed or taken away."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from assent.core.journal import KINDS, Fact, RunFinished
from assent.core.record import chained, seal
from assent.core.run import RunStatus
from assent.core.task import Outcome, ReceiptStatus, TaskKind, TaskState
from assent.core.values import dump, load, pack, unpack
from tests.upgrade.workflows import Line, Order, Tier

FROZEN: Final = Path(__file__).with_name("kinds.json")
TOLD: Final = "Add what is new to kinds.json; what is there must stay: journals that have it exist."


def drawn(kind: type[Fact]) -> dict[str, list[str]]:
    """The fields of a kind of fact, by the part of the record they are in."""
    fields = structs.fields(kind)
    return {
        "needed": [
            field.name for field in fields if field.required and field.name not in kind.private
        ],
        "body": [field.name for field in fields if field.name not in kind.private],
        "payload": [field.name for field in fields if field.name in kind.private],
    }


def test_kinds_and_fields_of_facts_are_as_they_were_written_down() -> None:
    frozen: dict[str, dict[str, list[str]]] = json.loads(FROZEN.read_text(encoding="utf-8"))
    assert {name: drawn(kind) for name, kind in KINDS.items()} == frozen, TOLD


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_named_by_its_own_class(name: str) -> None:
    kind = KINDS[name]
    assert kind.kind == name
    assert kind.private <= set(kind.__struct_fields__)


@pytest.mark.parametrize(
    ("words", "known"),
    [
        (RunStatus, "running waiting paused parked succeeded failed cancelled timed_out"),
        (TaskState, "open claimed decided closed"),
        (TaskKind, "approve ask choose"),
        (Outcome, "approved edited rejected answered expired cancelled"),
        (
            ReceiptStatus,
            "accepted recorded duplicate already_decided ineligible invalid stale expired cancelled unknown",
        ),
    ],
)
def test_words_that_are_written_down_are_never_taken_away(words: Any, known: str) -> None:
    assert set(known.split()) <= {word.value for word in words}


PACKED: Final[list[tuple[object, str]]] = [
    (None, "null"),
    ([1, 1.5, True, "ü", {"a": None}], '[1,1.5,true,"ü",{"a":null}]'),
    (float("inf"), '{"$":"float","v":"inf"}'),
    ((1, "a"), '{"$":"tuple","v":[1,"a"]}'),
    ({2, 1}, '{"$":"set","v":[1,2]}'),
    (frozenset({1}), '{"$":"frozenset","v":[1]}'),
    (b"\x00\xff", '{"$":"bytes","v":"AP8="}'),
    (bytearray(b"a"), '{"$":"bytearray","v":"YQ=="}'),
    (1 + 2j, '{"$":"complex","v":"(1+2j)"}'),
    (Decimal("1.20"), '{"$":"decimal","v":"1.20"}'),
    (
        UUID("12345678-1234-5678-1234-567812345678"),
        '{"$":"uuid","v":"12345678-1234-5678-1234-567812345678"}',
    ),
    (Path("a/b"), '{"$":"path","v":"a/b"}'),
    (date(2026, 1, 5), '{"$":"date","v":"2026-01-05"}'),
    (time(9, 30), '{"$":"time","v":"09:30:00"}'),
    (timedelta(days=1, microseconds=2), '{"$":"timedelta","v":[1,0,2]}'),
    (datetime(2026, 1, 5, 9, tzinfo=UTC), '{"$":"datetime","v":"2026-01-05T09:00:00","offset":0}'),
    (
        datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
        '{"$":"datetime","v":"2026-10-25T02:30:00","fold":1,"zone":"Europe/Berlin"}',
    ),
    (datetime(2026, 1, 5, 9), '{"$":"datetime","v":"2026-01-05T09:00:00"}'),  # noqa: DTZ001
    (
        time(9, tzinfo=timezone(timedelta(hours=2))),
        '{"$":"time","v":"09:00:00","offset":7200000000}',
    ),
    ({1: "a", "$": 2}, '{"$":"dict","v":[[1,"a"],["$",2]]}'),
    (Tier.GOLD, '{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["GOLD"]}'),
    (
        Line("pen", Decimal(1)),
        '{"$":"data","t":"tests.upgrade.workflows:Line","f":"FINGERPRINT",'
        '"v":{"article":"pen","price":{"$":"decimal","v":"1"}}}',
    ),
    (
        Order(number=1, lines=[]),
        '{"$":"model","t":"tests.upgrade.workflows:Order","f":"FINGERPRINT","v":{"number":1,"lines":[],'
        '"tier":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["BLUE"]},"due":null},'
        '"set":["lines","number"]}',
    ),
]


@pytest.mark.parametrize(("value", "text"), PACKED, ids=lambda told: type(told).__name__)
def test_values_are_written_as_ever_and_read_as_ever(value: object, text: str) -> None:
    packed = pack(value)
    mark = packed.get("f", "") if isinstance(packed, dict) else ""
    text = text.replace("FINGERPRINT", str(mark))
    assert dump(packed) == text
    back = unpack(load(text))
    assert (type(back), repr(back)) == (type(value), repr(value))


def test_the_chain_is_hashed_as_ever() -> None:
    fact = RunFinished(status="succeeded", by="ann", output={"a": [1, "ü"]})
    record = seal("run_1", 3, 1_767_614_400_000_001, fact, previous="0" * 64, salt="5a17")
    assert record[:8] == (
        0,
        "run_1",
        3,
        1_767_614_400_000_001,
        "run.finished",
        "",
        '{"status":"succeeded","by":"ann"}',
        '{"output":{"a":[1,"ü"]}}',
    )
    assert (record.digest[:16], record.hash[:16]) == ("d745fc4b1c8278a2", "56fd623005a3d640")
    assert chained("0" * 64, record) == record.hash
