"""How facts are written down: as text, sealed and chained.

    Fact ──seal──▶ Record ──(store)──▶ Record ──fact_of──▶ the same Fact

A record holds a fact in two parts: the *body* says what happened, and who did it through which door; the
*payload* holds what people and programs put in (values, reasons, titles). Records are chained: each carries the
SHA-256 of itself and of its predecessor's. The chain covers the payload by a salted digest only, so that a
payload can be erased and the chain still verifies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final, NamedTuple, cast

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields
from pydantic_core import PydanticSerializationError, from_json

from assent.core.journal import KINDS, Fact, Key, PayloadsErased, RunId
from assent.core.values import Json, dump
from assent.errors import ValueNotKept

GENESIS: Final = "0" * 64


class _Shape:
    """What facts of one kind are made of."""

    def __init__(self, kind: type[Fact]) -> None:
        self.defaults = {field.name: field.default for field in fields(kind)}
        self.body = tuple(name for name in self.defaults if name not in kind.private)
        self.payload = tuple(name for name in self.defaults if name in kind.private)
        self.needed = frozenset(name for name in self.payload if self.defaults[name] is NODEFAULT)


class _Shapes(dict[type[Fact], _Shape]):
    """The shapes of all kinds: of each, found out when the first fact of it comes by."""

    def __missing__(self, kind: type[Fact]) -> _Shape:
        shape = self[kind] = _Shape(kind)
        return shape


_SHAPES: Final = _Shapes()


# ── records ─────────────────────────────────────────────────────────────────────────────────────


class Record(NamedTuple):
    """One entry of a journal as text, ready for any store.

    ``seq`` is its place among all entries of the store, given on commit (0 before); ``number`` its place in the
    run, from 1. ``at`` is in microseconds since 1970. ``payload`` is None where there was none, or once erased.
    """

    seq: int
    run: RunId
    number: int
    at: int
    kind: str
    key: str
    body: str
    payload: str | None
    digest: str
    hash: str


def seal(run: RunId, number: int, at: int, fact: Fact, *, previous: str, salt: str) -> Record:
    """The record of a fact, chained to the hash of its predecessor."""
    shape = _SHAPES[type(fact)]
    try:
        body = dump(_told(fact, shape.body))
        private = _told(fact, shape.payload)
        payload = dump(private) if private else None
    except PydanticSerializationError as error:
        raise ValueNotKept(
            "$", f"{fact.kind} holds half of a surrogate pair, or no text."
        ) from error
    digest = "" if payload is None else payload_digest(salt, payload)
    kind = fact.kind
    key: str = getattr(fact, "key", "")  # what concerns the whole run has none
    chain = _hash(previous, run, number, at, kind, key, body, digest)
    return Record(0, run, number, at, kind, key, body, payload, digest, chain)


def _told(fact: Fact, names: tuple[str, ...]) -> dict[str, Json]:
    """These fields of a fact, but for those that say nothing."""
    return {name: value for name in names if (value := getattr(fact, name)) is not None}


def payload_digest(salt: str, payload: str) -> str:
    """What the chain knows of a payload; the salt keeps short payloads from being guessed once erased."""
    return _sha256(f"{salt}\n{payload}")


def chained(previous: str, record: Record) -> str:
    """The hash of a record: of everything in it but its seq and the payload's text, after its predecessor's."""
    _, run, number, at, kind, key, body, _, digest, _ = record
    return _hash(previous, run, number, at, kind, key, body, digest)


def _hash(
    previous: str, run: RunId, number: int, at: int, kind: str, key: Key, body: str, digest: str
) -> str:
    return _sha256(f"{previous}\n{run}\n{number}\n{at}\n{kind}\n{key}\n{body}\n{digest}")


_BLANK: Final = hashlib.sha256()


def _sha256(told: str) -> str:
    hashed = _BLANK.copy()  # half the price of a new one, which looks its algorithm up each time
    hashed.update(told.encode())
    return hashed.hexdigest()


class Past(NamedTuple):
    """One entry of a journal, read for replay: body and payload are parsed."""

    number: int
    at: int
    kind: str
    body: dict[str, Any]
    payload: dict[str, Any] | None


def fact_of(record: Record) -> Fact:
    """The fact of a record."""
    payload = None if record.payload is None else from_json(record.payload)
    return fact_from(record.kind, from_json(record.body), payload)


def past_of(record: Record) -> Past:
    """The entry of a record."""
    payload = None if record.payload is None else from_json(record.payload)
    return Past(record.number, record.at, record.kind, from_json(record.body), payload)


def fact_from(name: str, body: dict[str, Any], payload: dict[str, Any] | None) -> Fact:
    """The fact of an entry. A field that a newer version added is ignored; an erased payload is left at defaults."""
    kind = KINDS[name]
    told = body if payload is None else {**body, **payload}
    shape = _SHAPES[kind]
    if not shape.defaults.keys() >= told.keys():
        told = {name: value for name, value in told.items() if name in shape.defaults}
    if missing := shape.needed - told.keys():
        told = {**told, **dict.fromkeys(missing, "")}  # an erased text has no default
    return kind(**told)


def fields_of(fact: Fact) -> dict[str, Any]:
    """What a fact says, without what it would say anyway."""
    defaults = _SHAPES[type(fact)].defaults
    return {
        name: value
        for name, default in defaults.items()
        if (value := getattr(fact, name)) is not default and value != default
    }


def data_of(record: Record) -> dict[str, Json]:
    """Everything a record says, as one dictionary of packed values, for streams and pages."""
    told = cast("dict[str, Json]", from_json(record.body))
    if record.payload is not None:
        told.update(from_json(record.payload))
    return told


# ── the chain ───────────────────────────────────────────────────────────────────────────────────


class Flaw(Struct, frozen=True):
    """One thing wrong with a run's journal."""

    run: RunId
    number: int
    what: str


def flaws(run: RunId, records: Iterable[Record], *, salt: str, head: str, last: int) -> list[Flaw]:
    """What is altered, dropped or reordered in one run's journal.

    ``head`` (a hash) and ``last`` (a number) are what the run itself says; ``salt`` is empty once it was erased:
    payloads are then missing before the entry that says so, and nowhere else.
    """
    found: list[Flaw] = []
    previous, number, seq = GENESIS, 0, 0
    records = list(records)
    erased = max((r.number for r in records if r.kind == PayloadsErased.kind), default=0)
    for record in records:
        number += 1
        if record.number != number:
            found.append(Flaw(run, number, f"entry {number} is missing; {record.number} follows"))
            number = record.number
        if record.seq <= seq:
            why = f"entry {number} ({record.kind}) was put before the one that it follows"
            found.append(Flaw(run, number, why))
        if record.hash != chained(previous, record):
            found.append(
                Flaw(run, number, f"entry {number} ({record.kind}) does not match its hash")
            )
        if record.payload is None:
            if record.digest and record.number > erased:
                found.append(
                    Flaw(run, number, f"the payload of entry {number} ({record.kind}) is gone")
                )
        elif payload_digest(salt, record.payload) != record.digest:
            found.append(
                Flaw(run, number, f"the payload of entry {number} ({record.kind}) was altered")
            )
        previous, seq = record.hash, record.seq
    if number != last or previous != head:
        found.append(Flaw(run, number, f"the journal ends at entry {number}; the run says {last}"))
    return found
