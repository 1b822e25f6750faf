"""Conditions as text: ``amount > 1000 and plan == 'pro'``. A small part of Python's expressions, and nothing else.

    text ──check──▶ Expression ──evaluate(names)──▶ value

Text comes from files and databases, so it is hostile: names are looked up in the mapping that is given, ``a.b`` is
an entry of a mapping or a declared field of a dataclass or a pydantic model (never any other attribute), and the
only calls are those of ``FUNCTIONS``. There are no loops, no powers, no formatting, and what could grow is bounded,
so that judging always ends, and soon.
"""

from __future__ import annotations

import ast
import dataclasses
import operator
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from types import EllipsisType
from typing import Any, Final, cast

from msgspec import Struct
from pydantic import BaseModel

from assent.errors import ExpressionError

LONGEST: Final = 1000
_LARGEST: Final = 200  # nodes of the syntax tree
_DIGITS: Final = 100
_BITS: Final = 4096

_WORDS: Final[Mapping[str, Any]] = {"true": True, "false": False, "null": None}


class Expression(Struct, frozen=True):
    """Text that has been checked: it can be evaluated, though the names it needs may be missing."""

    text: str
    body: ast.expr

    def evaluate(self, names: Mapping[str, Any]) -> Any:
        """Its value, where names mean this; raises ExpressionError."""
        try:
            return _value(self.body, names)
        except ExpressionError as error:
            raise ExpressionError(self.text, error.why) from None
        except (TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
            raise ExpressionError(self.text, str(error) or type(error).__name__) from None

    def holds(self, names: Mapping[str, Any]) -> bool:
        """Whether it is true, as Python counts truth."""
        return bool(self.evaluate(names))


@lru_cache(maxsize=1024)
def check(text: str) -> Expression:
    """Read an expression; raises ExpressionError for what is none, or is not allowed."""
    if not isinstance(cast(object, text), str):
        raise ExpressionError(text, "it is no text")
    if len(text) > LONGEST:
        raise ExpressionError(text[:50] + "…", f"it is longer than {LONGEST} characters")
    try:
        body = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        told = error.msg if isinstance(error, SyntaxError) else str(error)
        raise ExpressionError(text, told) from None
    nodes = list(ast.walk(body))
    if len(nodes) > _LARGEST:
        raise ExpressionError(text, "it has too many parts")
    for node in nodes:
        why = _refused(node)
        if why is not None:
            raise ExpressionError(text, why)
    return Expression(text, body)


def evaluate(text: str, names: Mapping[str, Any]) -> Any:
    """The value of an expression, where names mean this; raises ExpressionError."""
    return check(text).evaluate(names)


def holds(text: str, names: Mapping[str, Any]) -> bool:
    """Whether a condition is true, where names mean this; raises ExpressionError."""
    return check(text).holds(names)


def scope(value: object) -> Mapping[str, Any]:
    """The names that a value gives: entries of a mapping, fields of a dataclass or model; ``value`` is the whole."""
    return {"value": value, **_entries(value)}


# ── what is allowed ─────────────────────────────────────────────────────────────────────────────

_ALLOWED: Final = (
    ast.Constant | ast.Name | ast.Load | ast.Attribute | ast.Subscript | ast.Call | ast.IfExp
    | ast.BoolOp | ast.And | ast.Or | ast.UnaryOp | ast.Not | ast.USub | ast.UAdd | ast.BinOp | ast.Compare
    | ast.List | ast.Tuple | ast.Dict | ast.Set | ast.operator | ast.cmpop
)  # fmt: skip


def _refused(node: ast.AST) -> str | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) if name.startswith("_"):
            return f"the name {name!r} begins with an underscore"
        case ast.Constant(value=bytes() | complex() | EllipsisType()):
            return f"{node.value!r} is not a value for conditions"
        case ast.Call(func=ast.Name(id=name), keywords=[]) if name in FUNCTIONS:
            return None
        case ast.Call():
            return f"only {', '.join(sorted(FUNCTIONS))} can be called, without keywords"
        case ast.Dict(keys=keys) if None in keys:
            return "** is not allowed"
        case ast.operator() if type(node) not in _ARITHMETIC:
            return f"{_sign(node)} is not allowed"
        case _ if isinstance(node, _ALLOWED):
            return None
        case _:
            return f"{_sign(node)} is not allowed"


def _sign(node: ast.AST) -> str:
    return type(node).__name__


# ── evaluation ──────────────────────────────────────────────────────────────────────────────────


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return _named(name, names)
        case ast.Attribute(value=of, attr=name):
            return _field(_value(of, names), name)
        case ast.Subscript(value=of, slice=place):
            return _item(_value(of, names), _value(place, names))
        case ast.BoolOp():
            return _either(node, names)
        case ast.UnaryOp(op=op, operand=operand):
            return _UNARY[type(op)](_value(operand, names))
        case ast.BinOp(left=left, op=op, right=right):
            return _arithmetic(op, _value(left, names), _value(right, names))
        case ast.Compare():
            return _compared(node, names)
        case ast.IfExp(test=test, body=then, orelse=other):
            return _value(then if _value(test, names) else other, names)
        case ast.Call(func=ast.Name(id=name), args=args):
            return FUNCTIONS[name](*(_value(arg, names) for arg in args))
        case ast.List(elts=items):
            return [_value(item, names) for item in items]
        case ast.Tuple(elts=items):
            return tuple(_value(item, names) for item in items)
        case ast.Set(elts=items):
            return {_value(item, names) for item in items}
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {_value(key, names): _value(item, names) for key, item in pairs if key}
        case _:
            raise ExpressionError("", f"{_sign(node)} is not allowed")


def _named(name: str, names: Mapping[str, Any]) -> Any:
    if name in names:
        return names[name]
    if name in _WORDS:
        return _WORDS[name]
    known = ", ".join(sorted(str(known) for known in names)) or "none"
    raise ExpressionError("", f"there is no {name!r} here; known names are {known}")


def _entries(value: object) -> Mapping[str, Any]:
    match value:
        case Mapping():
            entries = cast("Mapping[object, Any]", value)
            return {name: item for name, item in entries.items() if isinstance(name, str)}
        case BaseModel():
            return {name: getattr(value, name) for name in type(value).model_fields}
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        case _:
            return {}


def _field(value: object, name: str) -> Any:
    entries = _entries(value)
    if name not in entries:
        raise ExpressionError("", f"there is no field {name!r} in a {type(value).__name__}")
    return entries[name]


def _item(value: Any, place: Any) -> Any:
    listed = isinstance(value, list | tuple | str) and isinstance(place, int)
    if listed or isinstance(value, Mapping):
        return cast(Any, value)[place]
    raise ExpressionError("", f"a {type(cast(object, value)).__name__} has no entry {place!r}")


def _either(node: ast.BoolOp, names: Mapping[str, Any]) -> Any:
    wanted = isinstance(node.op, ast.Or)
    found: Any = None
    for part in node.values:
        found = _value(part, names)
        if bool(found) is wanted:
            break
    return found


def _compared(node: ast.Compare, names: Mapping[str, Any]) -> bool:
    left = _value(node.left, names)
    for op, part in zip(node.ops, node.comparators, strict=True):
        right = _value(part, names)
        if not _COMPARE[type(op)](*_alike(left, right)):
            return False
        left = right
    return True


_COMPARE: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
}
_UNARY: Final[Mapping[type[ast.unaryop], Callable[[Any], Any]]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_ARITHMETIC: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: cast(Any, operator.add),
    ast.Sub: cast(Any, operator.sub),
    ast.Mult: cast(Any, operator.mul),
    ast.Div: lambda left, right: left / right,
    ast.FloorDiv: lambda left, right: left // right,
    ast.Mod: cast(Any, operator.mod),
}
_NUMBERS: Final = int | float | Decimal


def _arithmetic(op: ast.operator, left: Any, right: Any) -> Any:
    if isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS):
        left, right = _alike(left, right)
    elif not (_joins(op, left, right) or _moves(op, left, right)):
        kinds = f"{type(left).__name__} and {type(right).__name__}"
        raise ExpressionError("", f"{_sign(op)} does not work on {kinds}")
    result: Any = _ARITHMETIC[type(op)](left, right)
    if isinstance(result, int) and result.bit_length() > _BITS:
        raise ExpressionError("", "the number is too large")
    return result


def _joins(op: ast.operator, left: object, right: object) -> bool:
    # Of texts and lists only the sum: 'a' * 10**9 and '%1000000000d' % 1 would fill the memory.
    return isinstance(op, ast.Add) and any(
        isinstance(left, kind) and isinstance(right, kind) for kind in (str, list, tuple)
    )


def _moves(op: ast.operator, left: object, right: object) -> bool:
    moments = date | timedelta
    return (
        isinstance(op, ast.Add | ast.Sub)
        and isinstance(left, moments)
        and isinstance(right, moments)
    )


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Both as Decimals where one is: 0.1 means what is written."""
    if isinstance(left, Decimal) and isinstance(right, float):
        return left, Decimal(repr(right))
    if isinstance(left, float) and isinstance(right, Decimal):
        return Decimal(repr(left)), right
    return left, right


# ── functions ───────────────────────────────────────────────────────────────────────────────────


def _whole(number: Any) -> int:
    if isinstance(number, Decimal) and number.is_finite() and number.adjusted() > _DIGITS:
        raise ExpressionError("", "the number is too large")
    if isinstance(number, str) and len(number) > _DIGITS:
        raise ExpressionError("", "the number is too long")
    return int(number)


def _rounded(number: Any, digits: int = 0) -> Any:
    if abs(digits) > _DIGITS:
        raise ExpressionError("", "round() takes at most 100 digits")
    return round(number, digits) if digits else round(_sized(number))


def _sized(number: Any) -> Any:
    if isinstance(number, Decimal) and number.is_finite() and number.adjusted() > _DIGITS:
        raise ExpressionError("", "the number is too large")
    return number


def _text(value: Any) -> str:
    if isinstance(value, str | bool | int | float | Decimal | None):
        return str(value)
    raise ExpressionError("", f"str() does not take a {type(value).__name__}")


def _total(numbers: Any) -> Any:
    items = list(numbers)
    if not all(isinstance(item, _NUMBERS) for item in items):
        raise ExpressionError("", "sum() adds numbers")
    total: Any = 0
    for item in items:
        total, item = _alike(total, item)
        total += item
    return total


def _startswith(text: Any, start: Any) -> bool:
    return _letters(text).startswith(_letters(start))


def _endswith(text: Any, end: Any) -> bool:
    return _letters(text).endswith(_letters(end))


def _upper(text: Any) -> str:
    return _letters(text).upper()


def _lower(text: Any) -> str:
    return _letters(text).lower()


def _strip(text: Any) -> str:
    return _letters(text).strip()


def _letters(value: Any) -> str:
    if not isinstance(value, str):
        raise ExpressionError("", f"a {type(value).__name__} is not text")
    return value


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "abs": cast(Any, abs),
    "all": all,
    "any": any,
    "bool": bool,
    "endswith": _endswith,
    "float": float,
    "int": _whole,
    "len": len,
    "lower": _lower,
    "max": cast(Any, max),
    "min": cast(Any, min),
    "round": _rounded,
    "startswith": _startswith,
    "str": _text,
    "strip": _strip,
    "sum": _total,
    "upper": _upper,
}
