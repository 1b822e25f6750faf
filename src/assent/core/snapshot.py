"""Snapshots: what is alive in a run, as one value that any process can go on from.

    Snapshot ──to_json, to_bytes──▶ text, bytes ──read──▶ the same Snapshot, or SnapshotRefused

A snapshot is facts: those from which a run's code goes on, and nothing that is over. Its digest finds damage. Its
seal says that this installation made it, and only then are live objects (pickles) loaded from it. What is not sealed
comes from outside: it is read as data, may name only classes that are loaded here already, and runs nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, Final, TypeVar, cast, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from assent.core.failure import refuse_strange_failure
from assent.core.journal import KINDS, Fact, RunCheckpointed, RunId, RunStarted, micros, moment
from assent.core.record import fields_of
from assent.core.values import refuse_strangers
from assent.errors import SnapshotRefused, ValueUnreadable

V = TypeVar("V")
FORMAT: Final = 1
_MAGIC: Final = b"ASNT\x01"
_LARGEST: Final = 256 * 1024 * 1024
# What most snapshots contain; part of the format, so it never changes.
_WORDS: Final = (
    b'{"$":"model","t":"__main__:","f":"","v":{"set":["metadata","prompt","request_id"],"response":null,"result":'
    b'"form":{},"labels":{"event":"assent.authoring.events.event:InputRequest","request":"req_"},"on_timeout":"raise",'
    b'"priority":"path":"by":"detail":"value":"title":["step.started",{"attempt":1,"digest":"","key":"1/","name":"'
    b'["step.finished",{"attempt":1,"key":"","name":"","result":[],"took":["value.recorded",{"key":"1/now","value":'
    b'["run.checkpointed",{"branches":"visits":"names":{"steps":{"state":{"spares_input":true,"tasks":["task_01a2'
    b'"cursor":{"ask":[[],"held":"next":"run":[[1,"["task.opened",{"asks":"ask","digest":"","form":{},"key":"","to":'
    b'"metadata":null,"prompt":"","request_id":"req_","timeout":null,"to":{"$":"tuple","v":[]}}}]]'
    b'["run.started",{"by":"counts_waiting":true,"spent":0.0,"takes":"","timeout":7200.0,"version":"1","workflow":"'
    b'{"assent":"snapshot","at":17,"by":"0.1.0","digest":"","format":1,"runs":[{"facts":[[],"id":"run_01a2","mark":"'
    b'"seal":{"by":"","mac":""}'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCopy:
    """What is alive in one run. ``mark`` names the pause it was made of; ``session`` holds pickled live objects."""

    id: RunId
    facts: tuple[Fact, ...]
    mark: str | None = None
    session: Mapping[str, bytes] = field(default_factory=dict[str, bytes])

    @property
    def started(self) -> RunStarted:
        """The fact that every run begins with."""
        return cast(RunStarted, self.facts[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """Who made a snapshot (a name for their secret), and the proof."""

    by: str
    mac: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A run, and the runs it waits for, at one moment. ``dropped`` names what was left out of its session."""

    runs: tuple[RunCopy, ...]
    at: datetime
    by: str
    dropped: tuple[str, ...] = ()
    seal: Seal | None = None
    _digest: str | None = field(default=None, init=False, compare=False, repr=False)
    _said: dict[str, Any] | None = field(default=None, init=False, compare=False, repr=False)

    @property
    def run(self) -> RunId:
        """The id of the run."""
        return self.runs[0].id

    @property
    def workflow(self) -> str:
        """The name of its workflow."""
        return self.runs[0].started.workflow

    @property
    def digest(self) -> str:
        """A short name for all that it holds (SHA-256, 128 bits)."""
        return self._digest or self._known_as(_digest_of(self._content)).digest

    @property
    def _content(self) -> dict[str, Any]:
        said: dict[str, Any] | None = self._said
        if said is None:
            said = _content(self)
            object.__setattr__(self, "_said", said)
        return said

    def _known_as(self, digest: str, said: Any = None) -> Snapshot:
        """The same, knowing its digest and its content: it never changes, and is asked for them several times."""
        object.__setattr__(self, "_digest", digest)
        if said is not None:
            object.__setattr__(self, "_said", said)
        return self

    def sealed(self, secret: bytes) -> Snapshot:
        """The same snapshot, with the seal of this secret."""
        seal = Seal(by=_name_of(secret), mac=_mac(secret, self.digest))
        return replace(self, seal=seal)._known_as(self.digest, self._said)

    def is_sealed_by(self, secret: bytes) -> bool:
        """Whether this secret has sealed it. Raises SnapshotRefused where its seal was forged."""
        if self.seal is None or self.seal.by != _name_of(secret):
            return False
        if not hmac.compare_digest(self.seal.mac.encode(), _mac(secret, self.digest).encode()):
            raise SnapshotRefused(
                "The snapshot was changed after it was sealed. Use the one as it was made."
            )
        return True

    # ── written down ────────────────────────────────────────────────────────────────────────────

    def to_json(self) -> str:
        """The snapshot as JSON text."""
        return _text(self._whole())

    def to_bytes(self) -> bytes:
        """The snapshot as few bytes as can be."""
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=_WORDS)
        return _MAGIC + squeeze.compress(_text(self._whole()).encode()) + squeeze.flush()

    def _whole(self) -> dict[str, Any]:
        told = {**self._content, "digest": self.digest}
        if self.seal is not None:
            told["seal"] = {"by": self.seal.by, "mac": self.seal.mac}
        return told

    @classmethod
    def read(cls, written: Snapshot | str | bytes | bytearray | Mapping[str, Any]) -> Snapshot:
        """A snapshot as it was written down. Raises SnapshotRefused for what is damaged, newer, or none at all."""
        if isinstance(written, Snapshot):
            return written
        told = _parsed(written)
        if told.get("assent") != "snapshot":
            raise SnapshotRefused("This is no snapshot of assent.")
        _check_format(told)
        try:
            digest = told["digest"]
            body = {name: part for name, part in told.items() if name not in {"digest", "seal"}}
            if _digest_of(body) != digest:
                raise SnapshotRefused(
                    "The snapshot does not match its digest: it was cut off, or changed on its way."
                )
            return _snapshot(told)._known_as(digest)
        except SnapshotRefused:
            raise
        except (
            LookupError,
            TypeError,
            ValueError,
            AttributeError,
            RecursionError,
            OverflowError,
        ) as error:
            raise SnapshotRefused(f"The snapshot is damaged: {_brief(error)}.") from None


def check_strangers(snapshot: Snapshot) -> None:
    """Refuse a snapshot from outside that names classes which are not loaded here, or are no plain data."""
    try:
        for run in snapshot.runs:
            for fact in _all_of(run.facts):
                for name in type(fact).private:
                    check = refuse_strange_failure if name == "error" else refuse_strangers
                    check(getattr(fact, name))
    except (ValueUnreadable, RecursionError) as error:
        raise SnapshotRefused(
            f"The snapshot is not sealed by this installation, and cannot be trusted with this: {error}"
        ) from None


def _all_of(facts: Sequence[Fact]) -> Iterator[Fact]:
    """These facts, and those that a checkpoint among them carries."""
    for fact in facts:
        yield fact
        if isinstance(fact, RunCheckpointed):
            carried = cast("Sequence[tuple[Any, str, Mapping[str, Any]]]", fact.open or ())
            yield from _all_of([_fact(kind, fields) for _, kind, fields in carried])


# ── to JSON ─────────────────────────────────────────────────────────────────────────────────────


def _content(snapshot: Snapshot) -> dict[str, Any]:
    told: dict[str, Any] = {
        "assent": "snapshot",
        "format": FORMAT,
        "by": snapshot.by,
        "at": micros(snapshot.at),
        "runs": [_told(run) for run in snapshot.runs],
    }
    if snapshot.dropped:
        told["dropped"] = list(snapshot.dropped)
    return told


def _told(run: RunCopy) -> dict[str, Any]:
    told: dict[str, Any] = {"id": run.id, "facts": [[f.kind, fields_of(f)] for f in run.facts]}
    if run.mark is not None:
        told["mark"] = run.mark
    if run.session:
        told["session"] = {
            name: base64.b64encode(raw).decode() for name, raw in run.session.items()
        }
    return told


_IN_ORDER: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_SORTED: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def _text(told: object) -> str:
    """JSON text in the order of things: that of a dictionary is part of its value."""
    return _IN_ORDER.encode(told)


def _canonical(told: object) -> bytes:
    """The same bytes for the same content, whoever has parsed and written it in between."""
    return _SORTED.encode(told).encode()


def _digest_of(content: object) -> str:
    return _short(hashlib.sha256(_canonical(content)).digest())


def _short(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def _name_of(secret: bytes) -> str:
    return hashlib.sha256(b"assent snapshot\n" + secret).hexdigest()[:8]


def _mac(secret: bytes, digest: str) -> str:
    # Not hmac.digest(): it hands the interpreter's lock over, and beside a busy thread gets it back much later.
    return _short(hmac.new(secret, b"assent snapshot\n" + digest.encode(), "sha256").digest())


# ── from JSON ───────────────────────────────────────────────────────────────────────────────────


def _parsed(written: str | bytes | bytearray | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(written, Mapping):
        return dict(written)
    if not isinstance(cast(object, written), str | bytes | bytearray):
        raise SnapshotRefused(
            f"{written!r:.60} is no snapshot of assent: give it as text, bytes or a dictionary."
        )
    try:
        raw = written.encode() if isinstance(written, str) else bytes(written)
        if raw.startswith(_MAGIC):
            spread = zlib.decompressobj(-15, zdict=_WORDS)
            raw = spread.decompress(raw[len(_MAGIC) :], _LARGEST)
            if not spread.eof:
                raise SnapshotRefused("The snapshot is cut off, or larger than a snapshot can be.")
        told: object = from_json(raw, allow_inf_nan=False)
    except (ValueError, zlib.error, RecursionError) as error:
        raise SnapshotRefused(f"This is no snapshot of assent: {_brief(error)}.") from None
    if not isinstance(told, dict):
        raise SnapshotRefused("This is no snapshot of assent.")
    return cast("dict[str, Any]", told)


def _check_format(told: Mapping[str, Any]) -> None:
    found = told.get("format")
    if type(found) is not int or found < 1:
        raise SnapshotRefused("The snapshot does not say its format.")
    if found > FORMAT:
        raise SnapshotRefused(
            f"The snapshot has format {found}, made by assent {told.get('by')!s:.40}, and this assent reads formats "
            f"up to {FORMAT}. Upgrade assent where it is resumed."
        )


def _snapshot(told: Mapping[str, Any]) -> Snapshot:
    runs = tuple(_run_copy(run) for run in told["runs"])
    if not runs or len({run.id for run in runs}) < len(runs):
        raise ValueError("it holds no run, or one twice")
    seal = told.get("seal")
    return Snapshot(
        runs=runs,
        at=moment(_an(int, told["at"])),
        by=_an(str, told["by"]),
        dropped=tuple(_an(str, name) for name in told.get("dropped", ())),
        seal=None if seal is None else Seal(by=_an(str, seal["by"]), mac=_an(str, seal["mac"])),
    )


def _run_copy(told: Mapping[str, Any]) -> RunCopy:
    facts = tuple(_fact(kind, fields) for kind, fields in told["facts"])
    if not facts or not isinstance(facts[0], RunStarted) or _starts(list(_all_of(facts))) > 1:
        raise ValueError("its first fact, and no other, says how the run started")
    mark = told.get("mark")
    return RunCopy(
        id=_run_id(told["id"]),
        facts=facts,
        mark=None if mark is None else _an(str, mark),
        session={
            _an(str, name): base64.b64decode(_an(str, raw), validate=True)
            for name, raw in told.get("session", {}).items()
        },
    )


def _starts(facts: Sequence[Fact]) -> int:
    return sum(isinstance(fact, RunStarted) for fact in facts)


def _fact(kind: str, fields: Mapping[str, Any]) -> Fact:
    known = KINDS.get(kind)
    if known is None:
        raise ValueError(f"it holds a fact {kind!r:.60} that this assent does not know")
    hints = _hints(kind)
    for name, value in fields.items():
        if name not in hints:
            raise ValueError(
                f"it says {name!r:.60} of a fact {kind!r}, which this assent does not know"
            )
        try:
            hints[name].validate_python(value, strict=True)
        except ValidationError:
            raise ValueError(f"{name!r} of a fact {kind!r} is of another type") from None
    return known(**fields)


@cache
def _hints(fact: str) -> dict[str, TypeAdapter[Any]]:
    """What the fields of a kind of fact must look like."""
    kind = KINDS[fact]
    hints = get_type_hints(kind, localns={"Json": Any})
    return {name: TypeAdapter(hints[name]) for name in kind.__struct_fields__}


def _run_id(value: object) -> RunId:
    name = _an(str, value)
    if not 0 < len(name) <= 200 or not name.isprintable() or "/" in name or name in {".", ".."}:
        raise ValueError(f"{name!r:.60} is not the id of a run")
    return name


def _an(kind: type[V], value: object) -> V:
    if type(value) is not kind:
        raise TypeError(f"{value!r:.60} is no {kind.__name__}")
    return value


def _brief(error: Exception) -> str:
    if isinstance(error, binascii.Error):
        return "its live objects are no base64"
    return f"{error}"[:200].rstrip(".") or type(error).__name__
