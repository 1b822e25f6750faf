"""Facts come back from their records; the chain tells whatever was done to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.journal import (
    KINDS,
    Fact,
    PayloadsErased,
    RunParked,
    RunStarted,
    StepFinished,
    StepStarted,
    TaskCommented,
    TimerSet,
    micros,
    moment,
)
from assent.core.record import (
    GENESIS,
    Record,
    chained,
    data_of,
    fact_from,
    fact_of,
    flaws,
    payload_digest,
    seal,
)
from assent.core.values import load
from tests.core.facts import facts, of_kind, texts

SALT = "5a17"
RUN = "run_1"


def sealed(said: Sequence[Fact], *, run: str = RUN, salt: str = SALT) -> list[Record]:
    """A journal that says this."""
    records: list[Record] = []
    previous = GENESIS
    for number, fact in enumerate(said, 1):
        record = seal(run, number, 1_000 * number, fact, previous=previous, salt=salt)
        records.append(record._replace(seq=number + 7))
        previous = record.hash
    return records


def wrong(
    records: Sequence[Record], *, told: Sequence[Record] | None = None, salt: str = SALT
) -> list[str]:
    """What is found wrong with these records, where the run says it ended as ``told`` did."""
    last = (told or records)[-1]
    found = flaws(RUN, records, salt=salt, head=last.hash, last=last.number)
    return [flaw.what for flaw in found]


# ── facts and records ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_of_fact_comes_back_from_its_record(kind: type[Fact]) -> None:
    @given(of_kind(kind), texts)
    def comes_back(fact: Fact, salt: str) -> None:
        record = seal(RUN, 1, 5, fact, previous=GENESIS, salt=salt)
        assert fact_of(record) == fact
        assert (record.kind, record.run, record.number, record.at) == (kind.kind, RUN, 1, 5)
        assert record.hash == chained(GENESIS, record)

    comes_back()


@given(facts)
def test_what_people_put_in_is_in_the_payload_only(fact: Fact) -> None:
    record = seal(RUN, 1, 5, fact, previous=GENESIS, salt=SALT)
    body, payload = load(record.body), load(record.payload or "{}")
    assert isinstance(body, dict)
    assert isinstance(payload, dict)
    assert not body.keys() & fact.private
    assert payload.keys() <= fact.private
    assert (record.digest == "") == (record.payload is None)
    assert data_of(record) == {**body, **payload}


def test_a_record_stands_under_its_key() -> None:
    assert sealed([TimerSet(key="1/sleep", due=3)])[0].key == "1/sleep"
    assert sealed([PayloadsErased()])[0].key == ""


def test_a_field_of_a_newer_version_is_left_out() -> None:
    fact = fact_from("timer.set", {"key": "sleep", "due": 3, "colour": "red"}, {"mood": 1})
    assert fact == TimerSet(key="sleep", due=3)


@given(facts)
def test_an_erased_fact_can_still_be_read(fact: Fact) -> None:
    record = seal(RUN, 1, 5, fact, previous=GENESIS, salt=SALT)._replace(payload=None)
    erased = fact_of(record)
    assert type(erased) is type(fact)
    public = [name for name in type(fact).__struct_fields__ if name not in fact.private]
    assert all(getattr(erased, name) == getattr(fact, name) for name in public)


@given(st.integers(0, 2**53))
def test_moments_keep_every_microsecond(at: int) -> None:
    assert micros(moment(at)) == at


# ── the chain ───────────────────────────────────────────────────────────────────────────────────

STORY: list[Fact] = [
    RunStarted(workflow="refund", version="1", by="ann", input={"amount": "3"}),
    StepStarted(key="pay", name="pay", attempt=1, digest="d"),
    StepFinished(key="pay", name="pay", attempt=1, result=[1, 2]),
    TaskCommented(key="ok", task="task_1", by="bob", via="page", text="wait"),
    RunParked(code="journal_mismatch", reason="look"),
    TimerSet(key="sleep", due=9),
]


@given(st.lists(facts, min_size=1, max_size=6), texts)
def test_an_untouched_journal_verifies(said: list[Fact], salt: str) -> None:
    records = sealed(said, salt=salt)
    found = flaws(RUN, records, salt=salt, head=records[-1].hash, last=len(records))
    assert found == [] or not salt


def test_an_empty_journal_of_a_run_that_says_nothing_verifies() -> None:
    assert flaws(RUN, [], salt=SALT, head=GENESIS, last=0) == []


@pytest.mark.parametrize("field", Record._fields[1:])
@given(texts, st.integers())
def test_any_altered_entry_is_found(field: str, text: str, number: int) -> None:
    records = sealed(STORY)
    new: Any = number if field in {"number", "at"} else text
    for place, record in enumerate(records):
        if new != getattr(record, field):
            altered = [*records]
            altered[place] = record._replace(**{field: new})
            assert wrong(altered, told=records)


@given(st.integers(0, len(STORY) - 1))
def test_any_dropped_entry_is_found(place: int) -> None:
    records = sealed(STORY)
    assert wrong(records[:place] + records[place + 1 :], told=records)


@given(st.integers(0, len(STORY) - 1))
def test_a_cut_off_journal_is_found(end: int) -> None:
    records = sealed(STORY)
    assert wrong(records[:end], told=records)


@given(st.permutations(range(len(STORY))))
def test_any_other_order_is_found(order: list[int]) -> None:
    records = sealed(STORY)
    if order != sorted(order):
        assert wrong([records[place] for place in order], told=records)
        # Also where somebody numbered them anew.
        anew = [records[p]._replace(number=n) for n, p in enumerate(order, 1)]
        assert wrong(anew, told=records)


@given(st.integers(0, len(STORY)), facts)
def test_an_entry_put_in_is_found(place: int, fact: Fact) -> None:
    records = sealed(STORY)
    previous = records[place - 1].hash if place else GENESIS
    extra = seal(RUN, place + 1, 5, fact, previous=previous, salt=SALT)
    later = [record._replace(number=record.number + 1) for record in records[place:]]
    assert wrong([*records[:place], extra, *later], told=records)


def test_an_entry_of_another_run_is_found() -> None:
    records, others = sealed(STORY), sealed(STORY, run="run_2")
    assert wrong([*records[:2], others[2], *records[3:]], told=records)


@pytest.mark.parametrize(
    "place", [place for place, record in enumerate(sealed(STORY)) if record.payload]
)
def test_a_payload_that_was_taken_away_is_found(place: int) -> None:
    records = sealed(STORY)
    records[place] = records[place]._replace(payload=None)
    assert [what for what in wrong(records) if "gone" in what]


def test_a_payload_where_there_was_none_is_found() -> None:
    records = sealed(STORY)
    records[1] = records[1]._replace(payload='{"x":1}')
    assert wrong(records)


# ── erasing ─────────────────────────────────────────────────────────────────────────────────────


def erased(story: Sequence[Fact], *after: Fact) -> list[Record]:
    """The journal after its payloads were erased, and more was said."""
    records = [record._replace(payload=None) for record in sealed(story)]
    for fact in (PayloadsErased(by="ann"), *after):
        number, previous = len(records) + 1, records[-1].hash
        record = seal(RUN, number, 1_000 * number, fact, previous=previous, salt="")
        records.append(record._replace(seq=number + 7))
    return records


def test_a_journal_whose_payloads_were_erased_verifies() -> None:
    assert wrong(erased(STORY), salt="") == []


@pytest.mark.parametrize("place", range(len(STORY)))
def test_an_altered_entry_is_found_also_once_payloads_are_erased(place: int) -> None:
    records = erased(STORY)
    altered = [*records]
    altered[place] = records[place]._replace(body=records[place].body + " ")
    assert wrong(altered, told=records, salt="")


def test_what_is_said_after_an_erasure_verifies_and_cannot_be_taken_away() -> None:
    records = erased(
        STORY, TaskCommented(key="ok", task="task_1", by="bob", via="page", text="late")
    )
    assert wrong(records, salt="") == []
    records[-1] = records[-1]._replace(payload=None)
    assert wrong(records, salt="")


def test_payloads_that_vanish_without_an_entry_that_says_so_are_found() -> None:
    records = [record._replace(payload=None) for record in sealed(STORY)]
    assert wrong(records, salt="")


def test_a_payload_that_is_put_back_after_an_erasure_is_found() -> None:
    records = erased(STORY)
    records[0] = records[0]._replace(payload=sealed(STORY)[0].payload)
    assert wrong(records, salt="")


@given(texts, texts, texts)
def test_the_salt_keeps_a_payload_from_being_guessed(salt: str, other: str, payload: str) -> None:
    assert (payload_digest(salt, payload) == payload_digest(other, payload)) == (salt == other)
