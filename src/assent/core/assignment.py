"""Handlers as text: ``result += input; attempts = attempts + 1``. Assignments to the context, and nothing else.

    text ──check──▶ Assignments ──perform(context, names)──▶ the context has changed

What stands on the right is an expression of ``core.expression``, with the same bounds. What stands on the left is a
name of the context (``plan``, ``ctx.plan``), or a place in what it holds (``ctx.address.city``, ``lines[0]``): an
entry of a mapping or a list, or a declared field of a dataclass or a pydantic model.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any, Final, cast

from msgspec import Struct
from pydantic import BaseModel, ValidationError

from assent.core import expression
from assent.core.expression import LONGEST, Expression, scope
from assent.errors import ExpressionError

_RESERVED: Final = frozenset({"ctx", "input", "params"})
_MOST: Final = 50
_LARGEST: Final = 100_000  # letters or items that one assignment may leave behind


class _Assignment(Struct, frozen=True):
    """``place[key] = value``; no ``place`` is the context itself, no ``key`` an expression alone."""

    text: str
    value: Expression
    key: Expression | str | None = None
    place: Expression | None = None

    def perform(self, context: Any, names: Mapping[str, Any]) -> None:
        known = {**scope(context), **names, "ctx": context}
        value = self.value.evaluate(known)
        if self.key is None:
            return
        if isinstance(value, str | list | tuple | dict | set) and len(cast(Any, value)) > _LARGEST:
            raise ExpressionError(self.text, f"it would keep more than {_LARGEST:,} items")
        target = context if self.place is None else self.place.evaluate(known)
        key = self.key if isinstance(self.key, str) else self.key.evaluate(known)
        _set(self.text, target, key, value)


class Assignments(Struct, frozen=True):
    """Text that has been checked: it can be performed on a context."""

    text: str
    parts: tuple[_Assignment, ...]

    def perform(self, context: Any, names: Mapping[str, Any]) -> None:
        """Change the context, where further names mean this; raises ExpressionError."""
        for part in self.parts:
            part.perform(context, names)


@lru_cache(maxsize=1024)
def check(text: str) -> Assignments:
    """Read a handler; raises ExpressionError for what is none, or is not allowed."""
    if len(text) > LONGEST:
        raise ExpressionError(text[:50] + "…", f"it is longer than {LONGEST} characters")
    try:
        body = ast.parse(text.strip(), mode="exec").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        told = error.msg if isinstance(error, SyntaxError) else str(error)
        raise ExpressionError(text, told) from None
    if len(body) > _MOST:
        raise ExpressionError(text, f"it has more than {_MOST} parts")
    return Assignments(text, tuple(_read(text, statement) for statement in body))


def _read(text: str, statement: ast.stmt) -> _Assignment:
    match statement:
        case ast.Expr(value=value):
            return _Assignment(text, _expression(text, value))
        case ast.Assign(targets=[target], value=value):
            return _assignment(text, target, _expression(text, value))
        case ast.AugAssign(target=target, op=op, value=value):
            before = ast.parse(ast.unparse(target), mode="eval").body
            after = _expression(text, ast.BinOp(left=before, op=op, right=value))
            return _assignment(text, target, after)
        case _:
            raise ExpressionError(text, f"{type(statement).__name__} is not allowed")


def _assignment(text: str, target: ast.expr, value: Expression) -> _Assignment:
    match target:
        case ast.Name(id=name) if name in _RESERVED or name.startswith("_"):
            raise ExpressionError(text, f"{name!r} cannot be assigned to")
        case ast.Name(id=name):
            return _Assignment(text, value, name)
        case ast.Attribute(attr=name) if name.startswith("_"):
            raise ExpressionError(text, f"the name {name!r} begins with an underscore")
        case ast.Attribute(value=ast.Name(id="ctx"), attr=name):
            return _Assignment(text, value, name)
        case ast.Attribute(value=place, attr=name):
            return _Assignment(text, value, name, _expression(text, place))
        case ast.Subscript(value=place, slice=key):
            return _Assignment(text, value, _expression(text, key), _expression(text, place))
        case _:
            raise ExpressionError(text, f"{type(target).__name__} cannot be assigned to")


def _expression(text: str, node: ast.expr) -> Expression:
    try:
        return expression.check(ast.unparse(node))
    except ExpressionError as error:
        raise ExpressionError(text, error.why) from None


def _set(text: str, target: Any, key: Any, value: Any) -> None:
    """Set an entry or a declared field, and nothing else."""
    match target:
        case MutableMapping():
            if not isinstance(key, str | int):
                raise ExpressionError(text, f"{key!r} is no name for an entry")
            target[key] = value
        case list():
            items: list[Any] = cast(Any, target)
            if type(key) is not int or not -len(items) <= key < len(items):
                raise ExpressionError(text, f"the list has no place {key!r}")
            items[key] = value
        case _ if isinstance(key, str) and key in _fields(target):
            try:
                setattr(target, key, value)
            except (ValidationError, AttributeError, TypeError) as error:
                raise ExpressionError(text, str(error)) from None
        case _:
            kind = type(target).__name__
            raise ExpressionError(text, f"there is no field {key!r} in a {kind} to assign to")


def _fields(target: object) -> set[str]:
    if isinstance(target, BaseModel):
        return set(type(target).model_fields)
    if dataclasses.is_dataclass(target):
        return {field.name for field in dataclasses.fields(target)}
    return set()
