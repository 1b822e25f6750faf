"""Values that come back: Python values as JSON and back, with type and value unchanged.

    Python value ──pack──▶ Json ──dump──▶ text ──load──▶ Json ──unpack──▶ the same Python value
                              └──plain──▶ Json for people and programs that do not know the types

What JSON has no word for is tagged: ``{"$": "decimal", "v": "1.20"}``. A dictionary that could be mistaken for
a tag, or has keys that are not strings, is tagged too. What could not come back is refused by path, never
changed in silence. Classes are named ``module:qualname`` with a fingerprint of their fields: where it still
fits, the object is restored exactly as it was, without running its constructor; where the class has changed
since, its own validation decides whether the old fields still make an object.
"""

from __future__ import annotations

import base64
import enum
import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, RootModel, TypeAdapter, ValidationError
from pydantic_core import TzInfo, from_json, to_json

from assent.core.classes import (
    class_name,
    field_names,
    fingerprint,
    is_text,
    loaded,
    restore_transient,
    shape_of,
    transient_fields,
    type_name,
    type_named,
)
from assent.errors import ValueNotKept, ValueUnreadable

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Tagged: TypeAlias = "dict[str, Json]"

T = TypeVar("T")


# ── text ────────────────────────────────────────────────────────────────────────────────────────


def dump(value: Json) -> str:
    """JSON text of a packed value."""
    return to_json(value, inf_nan_mode="constants").decode()


def load(text: str) -> Json:
    """The packed value of a JSON text."""
    return cast(Json, from_json(text))


def digest(value: Json) -> str:
    """A short name for a packed value: equal values have equal digests (SHA-256, 128 bits, hex)."""
    return hashlib.sha256(_SORTED.encode(value).encode()).hexdigest()[:32]


_SORTED: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


# ── pack ────────────────────────────────────────────────────────────────────────────────────────


def pack(value: object) -> Json:
    """The value as JSON that ``unpack`` turns back into an equal value of the same type.

    Raises ValueNotKept, naming the path, for a value that could not come back.
    """
    try:
        packed = _pack(value, "$")
    except RecursionError:
        raise ValueNotKept("$", "it contains itself, or is nested too deeply.") from None
    if type(packed) in _CONTAINERS and _deeper(packed, _DEEPEST):
        why = f"it is nested more than {_DEEPEST} levels deep."
        raise ValueNotKept("$", why)
    return packed


def _deeper(packed: Json, levels: int) -> bool:
    """Whether a container goes more than so many levels down."""
    parts = cast("Iterable[Json]", packed.values() if isinstance(packed, dict) else packed)
    for part in parts:  # noqa: SIM110  (every value comes by here; a generator takes twice the time)
        if type(part) in _CONTAINERS and (levels == 1 or _deeper(part, levels - 1)):
            return True
    return False


def _pack(value: object, path: str) -> Json:
    kind = type(value)
    if kind in _ATOMS:
        return value  # type: ignore[return-value]
    if kind is int:
        return _int(value)  # type: ignore[arg-type]
    if kind is str:
        return _text(value, path)  # type: ignore[arg-type]
    if kind is dict:
        return _mapping(value, path)  # type: ignore[arg-type]
    if kind is list:
        return _sequence(value, path)  # type: ignore[arg-type]
    packer = _PACKERS.get(kind)
    if packer:
        return packer(value, path)
    return _instance(value, kind, path)


def _int(value: int) -> Json:
    return value if _LOW < value < _HIGH else {"$": "int", "v": hex(value)}


def _text(value: str, path: str) -> str:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueNotKept(path, "the text holds half of a surrogate pair.") from None
    return value


_CONTAINERS: Final = frozenset({dict, list})
_DEEPEST: Final = 90  # parsers of JSON give up at 200, and rows wrap values into some more
_HIGH: Final = 10**4300  # neither Python nor parsers of JSON read a number of more digits
_LOW: Final = -_HIGH
_ATOMS: Final = frozenset({bool, type(None)})
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


def _mapping(value: dict[object, object], path: str) -> Json:
    plain_keys: dict[str, Json] = {}
    for key, item in value.items():
        if type(key) is not str or key == "$":
            return _pairs(value, path)
        kind = type(item)  # the common cases here, without another call
        if (
            (kind is str and item.isascii())  # type: ignore[attr-defined]
            or kind in _ATOMS
            or (kind is int and _LOW < item < _HIGH)  # type: ignore[operator]
        ):
            plain_keys[key] = item  # type: ignore[assignment]
        else:
            plain_keys[key] = _pack(item, f"{path}.{key}")
        if not key.isascii():
            _text(key, path)
    return plain_keys


def _pairs(value: dict[object, object], path: str) -> Json:
    pairs: list[Json] = [
        [_pack(key, f"{path} (key {name})"), _pack(item, f"{path}[{name}]")]
        for key, item in value.items()
        for name in (_named(key),)
    ]
    return {"$": "dict", "v": pairs}


def _float(value: object, path: str) -> Json:
    number = cast(float, value)
    return number if math.isfinite(number) else {"$": "float", "v": repr(number)}


def _tuple(value: object, path: str) -> Json:
    return {"$": "tuple", "v": _sequence(cast("tuple[object, ...]", value), path)}


def _sequence(values: Iterable[object], path: str) -> list[Json]:
    packed: list[Json] = []
    for i, item in enumerate(values):
        kind = type(item)
        if (
            (kind is str and item.isascii())  # type: ignore[attr-defined]
            or kind in _ATOMS
            or (kind is int and _LOW < item < _HIGH)  # type: ignore[operator]
        ):
            packed.append(item)  # type: ignore[arg-type]
        else:
            packed.append(_pack(item, f"{path}[{i}]"))
    return packed


def _set(value: object, path: str) -> Json:
    members = [_pack(item, f"{path}{{{_named(item)}}}") for item in cast("set[object]", value)]
    return {"$": type(value).__name__, "v": sorted(members, key=dump)}


def _named(item: object) -> str:
    """How a path calls a key or a member: some have no text, as a wide number."""
    try:
        return repr(item)
    except Exception:  # noqa: BLE001  (its __repr__ is the author's code)
        return f"<{type(item).__qualname__}>"


def _datetime(value: object, path: str) -> Json:
    moment = cast(datetime, value)
    tagged: Tagged = {"$": "datetime", "v": moment.replace(tzinfo=None).isoformat()}
    if moment.fold:
        tagged["fold"] = 1
    tagged.update(_zone(moment.tzinfo, path))
    return tagged


def _time(value: object, path: str) -> Json:
    moment = cast(time, value)
    tagged: Tagged = {"$": "time", "v": moment.replace(tzinfo=None).isoformat()}
    if moment.fold:
        tagged["fold"] = 1
    tagged.update(_zone(moment.tzinfo, path))
    return tagged


def _zone(zone: object, path: str) -> Tagged:
    if zone is None:
        return {}
    if type(zone) is TzInfo:  # what pydantic reads from text
        return {"offset": _offset(zone)}
    if type(zone) is timezone:
        name, offset = zone.tzname(None), _offset(zone)
        nameless = timezone(timedelta(microseconds=offset)).tzname(None)
        return {"offset": offset} if name == nameless else {"offset": offset, "name": name}
    if type(zone) is ZoneInfo and zone.key:
        return {"zone": zone.key}
    raise ValueNotKept(path, f"its time zone {zone!r} has no name; use zoneinfo or datetime.UTC.")


def _offset(zone: tzinfo) -> int:
    return (zone.utcoffset(None) or timedelta(0)) // timedelta(microseconds=1)


def _timedelta(value: object, path: str) -> Json:
    length = cast(timedelta, value)
    return {"$": "timedelta", "v": [length.days, length.seconds, length.microseconds]}


def _bytes(value: object, path: str) -> Json:
    raw = base64.b64encode(cast(bytes, value)).decode()
    return {"$": type(value).__name__, "v": raw}


def _as_text(tag: str) -> Callable[[object, str], Json]:
    return lambda value, path: {"$": tag, "v": str(value)}


def _complex(value: object, path: str) -> Json:
    return {"$": "complex", "v": repr(value)}


_PACKERS: Final[dict[type, Callable[[object, str], Json]]] = {
    float: _float,
    tuple: _tuple,
    set: _set,
    frozenset: _set,
    bytes: _bytes,
    bytearray: _bytes,
    complex: _complex,
    datetime: _datetime,
    date: lambda value, path: {"$": "date", "v": cast(date, value).isoformat()},
    time: _time,
    timedelta: _timedelta,
    Decimal: _as_text("decimal"),
    UUID: _as_text("uuid"),
    type(Path()): _as_text("path"),
}


# ── objects of classes ──────────────────────────────────────────────────────────────────────────


def _instance(value: Any, kind: type[Any], path: str) -> Json:
    if isinstance(value, enum.Enum):
        return {"$": "enum", "t": class_name(kind, path), "v": _pack_member(value, path)}
    if isinstance(value, BaseModel):
        return _model(value, kind, path)
    shape = shape_of(kind)
    if shape is not None:
        return _object(shape, value, kind, field_names(kind), path)
    if is_text(kind):
        return {"$": "text", "t": class_name(kind, path), "v": str(value)}
    raise ValueNotKept(
        path,
        f"{kind.__module__}.{kind.__qualname__} is not a type that comes back. Use plain data, a "
        "dataclass, a pydantic model, or keep what identifies it and load it again in a step.",
    )


def _pack_member(member: enum.Enum, path: str) -> Json:
    known = type(member).__members__.get(member.name or "")
    return [member.name] if known is member else _pack(member.value, path)


def _object(tag: str, value: object, kind: type[Any], names: list[str], path: str) -> Json:
    fields: dict[str, Json] = {}
    transient = transient_fields(kind)
    for name in names:
        if name not in transient and hasattr(value, name):
            fields[name] = _pack(getattr(value, name), f"{path}.{name}")
    tagged: Tagged = {"$": tag, "t": class_name(kind, path), "f": fingerprint(kind), "v": fields}
    known = transient.union(fields)
    beside = {n: item for n, item in getattr(value, "__dict__", {}).items() if n not in known}
    if beside:
        tagged["beside"] = {n: _pack(item, f"{path}.{n}") for n, item in beside.items()}
    return tagged


def _model(value: BaseModel, kind: type[Any], path: str) -> Json:
    transient = transient_fields(kind)
    fields = type(value).model_fields
    if transient:
        fields = {name: field for name, field in fields.items() if name not in transient}
    tagged: Tagged = {
        "$": "model",
        "t": class_name(kind, path),
        "f": fingerprint(kind),
        "v": {n: _pack(item, f"{path}.{n}") for n, item in value.__dict__.items() if n in fields},
    }
    given = value.model_fields_set - transient
    if given != set(fields):
        tagged["set"] = cast("list[Json]", sorted(given))
    if value.__pydantic_extra__:
        extra = value.__pydantic_extra__
        tagged["extra"] = {n: _pack(item, f"{path}.{n}") for n, item in extra.items()}
    if value.__pydantic_private__:
        private = value.__pydantic_private__
        tagged["private"] = {n: _pack(item, f"{path}.{n}") for n, item in private.items()}
    return tagged


# ── parts that are alive, and types of one's own ────────────────────────────────────────────────


_loaders: dict[str, Callable[[Any], Any]] = {}


def kept_as(kind: type[T], *, dump: Callable[[T], Any], load: Callable[[Any], T]) -> None:
    """Keep values of a type that is no plain data: ``dump`` makes plain data of one, ``load`` makes it again.

    Call it where the type is defined, so that whoever knows the type can also read it.
    """
    name = type_name(kind)
    _loaders[name] = load

    def pack_own(value: Any, path: str) -> Json:
        return {"$": "own", "t": name, "v": _pack(dump(value), path)}

    _PACKERS[kind] = pack_own


def _un_own(packed: Tagged) -> object:
    name = cast(str, packed["t"])
    if name not in _loaders:
        type_named(name)  # its module may say how
    if name not in _loaders:
        raise ValueUnreadable(
            f"A value was recorded as {name}, and nobody has said how to load one: kept_as({name.rpartition(':')[2]}, "
            "dump=…, load=…)."
        )
    return _loaders[name](unpack(packed["v"]))


# ── unpack ──────────────────────────────────────────────────────────────────────────────────────


def unpack(packed: Json) -> Any:
    """The Python value of a packed one.

    Raises ValueUnreadable where a class has gone, or has changed so that the old fields no longer fit.
    """
    kind = type(packed)
    if kind is dict:
        fields: dict[str, Json] = packed  # type: ignore[assignment]  # narrowed by its type, which is faster
        if "$" in fields:
            return _UNPACKERS.get(fields["$"], _unknown)(fields)  # type: ignore[arg-type]
        return {
            key: item if type(item) in _SCALARS else unpack(item) for key, item in fields.items()
        }
    if kind is list:
        items: list[Json] = packed  # type: ignore[assignment]
        return [item if type(item) in _SCALARS else unpack(item) for item in items]
    return packed


def as_said(value: Json) -> Tagged:
    """JSON from outside, kept as it is: nobody was there to read it by the type that was asked for."""
    return {"$": "said", "v": value}


def is_said(packed: Json) -> bool:
    """Whether this is JSON that has yet to be read by the type that was asked for."""
    return isinstance(packed, dict) and packed.get("$") == "said"


def unpack_or_plain(packed: Json) -> Any:
    """The Python value where its classes are known here, else plain JSON."""
    try:
        return unpack(packed)
    except ValueUnreadable:
        return plain(packed)


def _items(packed: Tagged) -> list[Any]:
    return [unpack(item) for item in cast("list[Json]", packed["v"])]


def _fields(packed: Tagged, part: str = "v") -> dict[str, Any]:
    return {n: unpack(item) for n, item in cast("dict[str, Json]", packed.get(part, {})).items()}


def _zone_of(packed: Tagged) -> timezone | ZoneInfo | None:
    if "zone" in packed:
        return ZoneInfo(cast(str, packed["zone"]))
    if "offset" in packed:
        offset = timedelta(microseconds=cast(float, packed["offset"]))
        named = cast("str | None", packed.get("name"))
        return timezone(offset) if named is None else timezone(offset, named)
    return None


def _un_datetime(packed: Tagged) -> datetime:
    moment = datetime.fromisoformat(cast(str, packed["v"]))
    return moment.replace(tzinfo=_zone_of(packed), fold=cast(int, packed.get("fold", 0)))


def _un_time(packed: Tagged) -> time:
    moment = time.fromisoformat(cast(str, packed["v"]))
    return moment.replace(tzinfo=_zone_of(packed), fold=cast(int, packed.get("fold", 0)))


def _un_bytes(packed: Tagged) -> bytes:
    return base64.b64decode(cast(str, packed["v"]))


def _class_of(packed: Tagged) -> type:
    name = cast(str, packed["t"])
    kind = type_named(name)
    if kind is None:
        raise ValueUnreadable(
            f"A value was recorded as {name}, which does not exist here. Restore the class, or "
            "import its module where the app is made."
        )
    return kind


def _un_enum(packed: Tagged) -> object:
    kind, member = _class_of(packed), packed["v"]
    try:
        if isinstance(member, list):
            return cast(Any, kind)[member[0]]
        return kind(unpack(member))
    except (KeyError, ValueError, TypeError):
        raise ValueUnreadable(
            f"The member {plain(packed)!r} of {packed['t']} was recorded, but is no longer there."
        ) from None


def _un_text(packed: Tagged) -> object:
    kind = _class_of(packed)
    with suppress(ValueError):
        if is_text(kind):
            return kind(packed["v"])
    raise ValueUnreadable(f"{plain(packed)!r} was recorded as {packed['t']}, which it cannot be.")


def _un_object(packed: Tagged) -> object:
    kind, fields = _class_of(packed), _fields(packed)
    if shape_of(kind) == "struct":  # it was a dataclass when the value was recorded
        return _un_struct(packed)
    if fingerprint(kind) != packed["f"]:
        return _converted(kind, fields, packed)
    if packed["$"] == "named":
        return cast(Any, kind)(**fields)
    blank: object = object.__new__(cast("type[object]", kind))
    for name, item in {**fields, **_fields(packed, "beside")}.items():
        object.__setattr__(blank, name, item)
    if transient_fields(kind):
        restore_transient(blank, kind)
    return blank


def _un_struct(packed: Tagged) -> object:
    return cast(Any, _class_of(packed))(**_fields(packed))


def _un_model(packed: Tagged) -> BaseModel:
    kind, fields = cast("type[BaseModel]", _class_of(packed)), _fields(packed)
    extra = _fields(packed, "extra")
    if fingerprint(kind) != packed["f"]:
        return cast(BaseModel, _converted(kind, {**fields, **extra}, packed))
    blank = kind.__new__(kind)
    given = packed.get("set")
    object.__setattr__(blank, "__dict__", fields)
    object.__setattr__(
        blank,
        "__pydantic_fields_set__",
        set(cast("list[str]", given)) if "set" in packed else set(fields),
    )
    if issubclass(kind, RootModel):
        return blank  # it has neither extra nor private fields
    keeps_extra = kind.model_config.get("extra") == "allow"
    object.__setattr__(blank, "__pydantic_extra__", extra if keeps_extra else None)
    private = _fields(packed, "private")
    has_private = bool(kind.__private_attributes__)
    object.__setattr__(blank, "__pydantic_private__", private if has_private else None)
    if transient_fields(kind):
        restore_transient(blank, kind)
    return blank


def _converted(kind: type[Any], fields: dict[str, Any], packed: Tagged) -> object:
    """The class has changed since: its own validation decides, and no old field is dropped."""
    model = BaseModel in kind.__mro__
    known = kind.model_fields if model else field_names(kind)
    gone = sorted(set(fields) - set(known))
    if gone:
        raise ValueUnreadable(
            f"{packed['t']} was recorded with {', '.join(gone)}, which it lacks now."
        )
    try:
        made: object = (
            kind.model_validate(fields, by_name=True)
            if model
            else TypeAdapter[Any](kind).validate_python(fields)
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        at = ".".join(str(part) for part in first["loc"])
        raise ValueUnreadable(
            f"{packed['t']} has changed since a value was recorded: at {at or 'the top'}, {first['msg']}."
        ) from None
    if transient_fields(kind):
        restore_transient(made, kind)
    return made


def _unknown(packed: Tagged) -> object:
    raise ValueUnreadable(
        f"A value was recorded in a form this assent does not know: {packed['$']!r}."
    )


_UNPACKERS: Final[Mapping[str, Callable[[Tagged], Any]]] = {
    "gone": lambda p: None,
    "said": lambda p: p["v"],
    "int": lambda p: int(cast(str, p["v"]), 16),
    "dict": lambda p: {
        unpack(pair[0]): unpack(pair[1]) for pair in cast("list[list[Json]]", p["v"])
    },
    "tuple": lambda p: tuple(_items(p)),
    "set": lambda p: set(_items(p)),
    "frozenset": lambda p: frozenset(_items(p)),
    "float": lambda p: float(cast(str, p["v"])),
    "complex": lambda p: complex(cast(str, p["v"])),
    "bytes": _un_bytes,
    "bytearray": lambda p: bytearray(_un_bytes(p)),
    "datetime": _un_datetime,
    "date": lambda p: date.fromisoformat(cast(str, p["v"])),
    "time": _un_time,
    "timedelta": lambda p: timedelta(*cast("list[int]", p["v"])),
    "decimal": lambda p: Decimal(cast(str, p["v"])),
    "uuid": lambda p: UUID(cast(str, p["v"])),
    "path": lambda p: Path(cast(str, p["v"])),
    "enum": _un_enum,
    "data": _un_object,
    "named": _un_object,
    "struct": _un_struct,
    "model": _un_model,
    "text": _un_text,
    "own": _un_own,
}


# ── values from outside ─────────────────────────────────────────────────────────────────────────


def refuse_strangers(packed: Json) -> None:
    """Check packed values that come from outside before they are unpacked.

    Raises ValueUnreadable for a class that is not loaded here already (loading it would run its module), or is no
    plain data: an enum, a dataclass, a model, a named tuple, a struct.
    """
    if isinstance(packed, list):
        for item in packed:
            refuse_strangers(item)
    elif isinstance(packed, dict):
        if "$" in packed:
            if not isinstance(packed["$"], str) or packed["$"] not in _UNPACKERS:
                _unknown(packed)
            if packed["$"] == "own":
                if packed.get("t") not in _loaders:
                    raise ValueUnreadable(
                        f"it names {packed.get('t')!r:.100}, which nobody can load."
                    )
            elif "t" in packed and not _plain_data(loaded(packed["t"])):
                raise ValueUnreadable(
                    f"it names {packed['t']!r:.100}, which is no class of plain data here."
                )
        for item in packed.values():
            refuse_strangers(item)


def _plain_data(kind: type[Any] | None) -> bool:
    return kind is not None and (
        BaseModel in kind.__mro__
        or issubclass(kind, enum.Enum)
        or shape_of(kind) is not None
        or is_text(kind)
    )


# ── plain ───────────────────────────────────────────────────────────────────────────────────────


def plain(packed: Json) -> Json:
    """A packed value for people and programs that do not know its types: no tags, readable JSON."""
    if isinstance(packed, list):
        return [plain(item) for item in packed]
    if not isinstance(packed, dict):
        return packed
    if "$" not in packed:
        return {key: plain(item) for key, item in packed.items()}
    inner = packed.get("v")
    match packed["$"]:
        case "said":
            return inner
        case "dict":
            pairs = cast("list[list[Json]]", inner)
            return {_key(plain(key)): plain(item) for key, item in pairs}
        case "enum":
            kind = type_named(cast(str, packed["t"]))
            if (
                isinstance(inner, list)
                and kind is not None
                and inner[0] in cast(Any, kind).__members__
            ):
                return plain(pack(cast(Any, kind)[inner[0]].value))
            return inner[0] if isinstance(inner, list) else plain(inner)
        case "datetime" | "time":
            return cast(datetime, unpack(packed)).isoformat()
        case "timedelta":
            return cast(timedelta, unpack(packed)).total_seconds()
        case "model":
            extra = cast("dict[str, Json]", packed.get("extra", {}))
            return plain({**cast("dict[str, Json]", inner), **extra})
        case _:
            return plain(inner)


def _key(key: Json) -> str:
    return key if isinstance(key, str) else dump(key)
