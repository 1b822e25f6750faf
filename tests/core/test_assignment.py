"""Handlers as text change the context, and can do nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from assent.core import assignment, expression
from assent.errors import ExpressionError


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)
    name: str = ""


@dataclass
class Cart:
    lines: list[dict[str, int]] = field(default_factory=list[dict[str, int]])
    total: int = 0

    def pay(self) -> None:
        raise AssertionError("never called")


def performed(text: str, context: Any, **names: Any) -> Any:
    """The context after the handler."""
    assignment.check(text).perform(context, names)
    return context


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("n = 2", {"n": 2}),
        ("ctx.n = input", {"n": 5}),
        ("n += input", {"n": 6}),
        ("ctx.n -= 1; m = n * 10", {"n": 0, "m": 0}),
        ("n = n + 1\nok = n == 2 and not false", {"n": 2, "ok": True}),
        ("ctx['new key'] = [n, {'a': n}]", {"n": 1, "new key": [1, {"a": 1}]}),
        ("name = params.name", {"n": 1, "name": "x"}),
        ("n > 0", {"n": 1}),
        ("", {"n": 1}),
    ],
)
def test_assignments_change_the_context(text: str, after: dict[str, Any]) -> None:
    assert performed(text, {"n": 1}, input=5, params={"name": "x"}) == after


def test_places_within_are_assigned_to() -> None:
    cart = Cart([{"price": 2}])
    performed("lines[0].price *= 3; lines[-1]['count'] = 1; total = lines[0].price", cart)
    assert cart == Cart([{"price": 6, "count": 1}], 6)
    assert performed("a.b.c = 1", {"a": {"b": {}}}) == {"a": {"b": {"c": 1}}}


ESCAPES = [
    *("__import__('os').system('id')", "().__class__", "''.__class__.__mro__[1].__subclasses__()"),
    *("ctx.__class__", "ctx.__dict__", "ctx['__class__'].x", "open('/etc/passwd')", "exec('1')"),
    *("eval('1')", "compile('1', '', 'eval')", "globals()", "locals()", "vars()", "dir(ctx)"),
    *("getattr(ctx, 'x')", "setattr(ctx, 'x', 1)", "type(ctx)", "breakpoint()", "input()"),
    *("[x for x in (1,)]", "(lambda: 1)()", "lambda: 0", "{**ctx}", "f'{ctx}'", "(yield)"),
    *("await ctx", "x := 1", "(x := 1)", "9 ** 9 ** 9", "1 << 9999999", "'a' * 99999999"),
    *("'%s' % ctx", "'{}'.format(ctx)", "ctx.pay()", "ctx.pop('n')", "ctx.clear", "ctx.items()"),
    *("str.join", "len.__self__", "print(1)", "import os", "a; b", "x = 1", "*ctx", "b'x'", "1j"),
    *("n.real", "n.numerator", "name.upper", "[].append(1)", "ctx[0:1]", "...", "\x00", "("),
]
STATEMENTS = [
    *("import os", "from os import path", "def f(): pass", "class A: pass", "del ctx.n", "del n"),
    *("for x in [1]: n = x", "while true: n = 1", "if true: n = 1", "with ctx: n = 1", "return 1"),
    *("try:\n n = 1\nfinally:\n n = 2", "global n", "nonlocal n", "assert n", "raise n", "pass"),
    *("a = b = 1", "a, b = 1, 2", "[a] = [1]", "*a, = [1]", "n: int = 1", "n @= 1", "n **= 9"),
    *("n <<= 9", "__builtins__ = 1", "_x = 1", "ctx._x = 1", "ctx.__class__ = 1", "ctx = 1"),
    *("input = 1", "params = 1", "f() = 1", "n() = 1", "(n) += print(1)", "n = exec('1')"),
    *("n = ctx.__class__", "n[0:1] = 1", "n = [i for i in ctx]", "n = 10 ** 10", "x = lambda: 1"),
    "n = 'a'\nimport os",
]


@pytest.mark.parametrize("text", ESCAPES)
def test_an_expression_lets_nothing_escape(text: str) -> None:
    names = {"ctx": {"n": 1, "name": "x"}, "n": 1, "name": "x"}
    with pytest.raises(ExpressionError):
        expression.evaluate(text, names)


@pytest.mark.parametrize(
    "text", [*STATEMENTS, *(each for each in ESCAPES if each != "x = 1" and each != "a; b")]
)
def test_a_handler_lets_nothing_escape(text: str) -> None:
    context = {"n": 1, "name": "x", "b": 2, "a": 1}
    with pytest.raises(ExpressionError):
        performed(text, context, input=1, params={})
    assert context == {"n": 1, "name": "x", "b": 2, "a": 1}


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("pay = 1", Cart()),
        ("ctx.pay = 1", Cart()),
        ("lines[5] = 1", Cart()),
        ("lines[-1] = 1", Cart()),
        ("lines['a'] = 1", Cart()),
        ("total.real = 1", Cart()),
        ("name = 'x'", Frozen()),
        ("other = 'x'", Frozen()),
        ("ctx[('a', 1)] = 1", {}),
        ("missing += 1", {}),
        ("n = missing.name", {"n": 1}),
    ],
)
def test_only_what_is_there_can_be_assigned_to(text: str, context: Any) -> None:
    with pytest.raises(ExpressionError):
        performed(text, context)


def test_what_a_handler_leaves_behind_is_bounded() -> None:
    context = {"s": "x" * 60_000}
    with pytest.raises(ExpressionError, match="more than"):
        performed("s = s + s", context)
    with pytest.raises(ExpressionError, match="longer than"):
        assignment.check("n = 1;" * 500)
    with pytest.raises(ExpressionError, match="more than 50 parts"):
        assignment.check("n=1\n" * 60)
