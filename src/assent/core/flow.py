"""A declared flow: steps, conditions and loops as plain data, laid out as a line of operations to walk along.

    items ──read──▶ tree ──lay──▶ code      0 Step ask-name
                                            1 Test plan == 'pro'   otherwise ▶ 3
    state["indexes"] ──place_of──▶ place    2 Step billing
                                            3 Test attempts < 3    otherwise ▶ 6
    place ──walk──▶ the next step           4 Step login
                                            5 Jump ▶ 3

A place is a number in the code, and to every step belongs the path by which it stands in the items. Going on from a
place looks at nothing before it: conditions on the way in are not judged again.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, TypeAlias, cast

from msgspec import Struct
from typing_extensions import override

from assent.core.expression import FUNCTIONS, Expression, check, scope
from assent.core.values import Json, digest, pack
from assent.errors import (
    DefinitionError,
    InvalidState,
    StateMismatch,
    ValueNotKept,
    did_you_mean,
)

Judge: TypeAlias = Callable[[Any], Any]
Said: TypeAlias = "str | Judge | bool | None"
Path: TypeAlias = tuple[int, ...]


class Absent:
    """No input at all, where None, "" and 0 are inputs."""

    @override
    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent()


# ── what users write ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class When:
    """These steps, where the condition holds."""

    condition: Said
    steps: Any


@dataclass(frozen=True, slots=True)
class While:
    """These steps again and again, as long as the condition holds before a turn."""

    condition: Said
    steps: Any


@dataclass(frozen=True, slots=True)
class Break:
    """Leave the loop, where the condition holds."""

    condition: Said = None


@dataclass(frozen=True, slots=True)
class Continue:
    """Go on with the next turn of the loop, where the condition holds."""

    condition: Said = None


# ── the tree ────────────────────────────────────────────────────────────────────────────────────


class Condition(Struct, frozen=True):
    """What decides: an expression, or a function of the context."""

    words: str
    judge: Expression | Judge

    def holds(self, context: Any) -> Any:
        """Whether it holds; what a function gives may have to be awaited. What lacks a name does not hold."""
        if isinstance(self.judge, Expression):
            return not self.lacks(context) and self.judge.holds({**scope(context), "ctx": context})
        return self.judge(context)

    def lacks(self, context: Any) -> frozenset[str]:
        """The names it needs that a mapping has no entry for yet; an object has all its fields, or is wrong."""
        if not isinstance(context, Mapping) or not isinstance(self.judge, Expression):
            return frozenset()
        return _needs(self.judge) - context.keys()


class Do(Struct, frozen=True):
    """Do a step, perhaps with an input known beforehand."""

    id: str
    input: Any = ABSENT
    when: Condition | None = None


class Group(Struct, frozen=True):
    """Several items: where a condition holds, in a loop, or under a name."""

    items: tuple[Item, ...]
    when: Condition | None = None
    loop: Condition | None = None
    name: str = ""


class Leave(Struct, frozen=True):
    """Out of the loop (``break``), or on to its next turn."""

    word: str
    when: Condition | None = None


Item: TypeAlias = "Do | Group | Leave"


# ── the code ────────────────────────────────────────────────────────────────────────────────────


class Step(Struct, frozen=True):
    """A step, and the path by which it stands in the items."""

    id: str
    path: Path
    input: Any = ABSENT


class Test(Struct, frozen=True):
    """Go on where the condition holds, else at another place; ``word`` says what it was written as."""

    condition: Condition
    otherwise: int
    word: str

    __test__ = False  # pytest looks at names


class Jump(Struct, frozen=True):
    """Go on elsewhere."""

    to: int


class Mark(Struct, frozen=True):
    """A named part begins or ends."""

    name: str
    begins: bool


Op: TypeAlias = "Step | Test | Jump | Mark"


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """A flow, ready to be walked; ``print`` changes when the flow does. It may be an item of another flow."""

    id: str
    items: tuple[Item, ...]
    code: tuple[Op, ...]
    print: str
    version: str = "1"
    places: Mapping[Path, int] = field(default_factory=dict[Path, int])

    @property
    def end(self) -> int:
        """The place behind the last one."""
        return len(self.code)

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, in the order they are written in."""
        return tuple(op for op in self.code if isinstance(op, Step))

    def step(self, place: int) -> Step:
        """The step at a place."""
        step = self.code[place]
        assert isinstance(step, Step)
        return step


def make_flow(
    id: str,
    items: Any,
    *,
    version: str = "1",
    is_step: Callable[[str], None],
    flows: Mapping[str, Flow],
) -> Flow:
    """Read a flow; raises DefinitionError for what it cannot be made of.

    ``is_step`` raises where there is no such step; ``flows`` are those that may be named.
    """
    tree = _Reader(id, is_step, flows).items(items)
    code: list[Op] = []
    _Layer(id, code).items(tree, ())
    places = {op.path: place for place, op in enumerate(code) if isinstance(op, Step)}
    drawn = digest([_drawn(item) for item in tree])[:8]
    return Flow(id, tree, tuple(code), drawn, version, places)


# ── walking ─────────────────────────────────────────────────────────────────────────────────────


def walk(flow: Flow, place: int) -> Generator[Test | Mark, bool, int]:
    """From this place to the next step, or to the end; yields what is to be judged, and what to tell.

    Raises InvalidState where a loop turns without a step in it: it would turn for ever.
    """
    code, end = flow.code, len(flow.code)
    turned: set[int] = set()
    while place < end:
        op = code[place]
        match op:
            case Step():
                return place
            case Test():
                place = place + 1 if (yield op) else op.otherwise
            case Mark():
                yield op
                place += 1
            case Jump(to):
                if to <= place and place in turned:
                    raise InvalidState(
                        f"The flow {flow.id!r} turns in a loop without doing a step. Make its condition "
                        "depend on what the steps in it do."
                    )
                turned.add(place)
                place = to
    return end


def place_of(flow: Flow, indexes: object, step: object) -> int:
    """The place that a state names by path and by step; raises StateMismatch where there is none."""
    numbers = cast("list[object]", indexes) if isinstance(indexes, list) else None
    if numbers is None or not all(type(number) is int for number in numbers):
        raise StateMismatch(
            f"The state of {flow.id!r} has no position: its indexes are {indexes!r}."
        )
    place = flow.places.get(cast(Path, tuple(numbers)))
    if place is None:
        raise StateMismatch(
            f"The state of {flow.id!r} stands at {indexes!r}, and the flow has no step there: it has "
            f"{len(flow.places)}, the last at {list(flow.steps[-1].path) if flow.places else []}."
        )
    there = flow.step(place).id
    if there != step:
        raise StateMismatch(
            f"The state of {flow.id!r} was saved at the step {step!r}, and at {indexes!r} the flow now has "
            f"{there!r}. Restore the flow, or register a migration."
        )
    return place


def place_named(flow: Flow, step: object) -> int:
    """The only place of this step; raises StateMismatch where there is none, or more than one."""
    found = [place for place in flow.places.values() if flow.step(place).id == step]
    if len(found) != 1:
        raise StateMismatch(
            f"The step {step!r} is {len(found)} times in the flow {flow.id!r}. Give the indexes of the one "
            "that is meant."
        )
    return found[0]


# ── reading ─────────────────────────────────────────────────────────────────────────────────────

_STEP: Final = frozenset({"id", "input", "when"})
_GROUP: Final = frozenset({"steps", "when", "while", "name"})
_NAMED: Final = frozenset({"flow", "when", "while"})
_WORDS: Final = sorted(_STEP | _GROUP | _NAMED | {"break", "continue"})
_DEEPEST: Final = 20
_NO_ENTRIES: Final = frozenset({"ctx", "value", "true", "false", "null"})


class _Reader(Struct, frozen=True):
    """Reads items, as Python values or as JSON."""

    flow: str
    is_step: Callable[[str], None]
    flows: Mapping[str, Flow]

    def items(self, written: Any, *, loop: bool = False, depth: int = 0) -> tuple[Item, ...]:
        if depth > _DEEPEST:
            raise DefinitionError(f"The flow {self.flow!r} is nested more than {_DEEPEST} deep.")
        if isinstance(written, Flow):
            return written.items
        if isinstance(written, str):
            written = [written]
        if not isinstance(written, Sequence):
            raise DefinitionError(
                f"The flow {self.flow!r} has {written!r} where a list of steps is wanted."
            )
        parts: Sequence[Any] = cast(Any, written)
        return tuple(self._item(part, loop=loop, depth=depth) for part in parts)

    def _item(self, written: Any, *, loop: bool, depth: int) -> Item:
        match written:
            case str():
                self.is_step(written)
                return Do(written)
            case Flow():
                return Group(written.items, name=written.id)
            case When(condition, steps):
                inside = self.items(steps, loop=loop, depth=depth + 1)
                return Group(inside, when=self._condition(condition))
            case While(condition, steps):
                inside = self.items(steps, loop=True, depth=depth + 1)
                return Group(inside, loop=self._always(condition))
            case Break(condition):
                return self._leave("break", condition, loop=loop)
            case Continue(condition):
                return self._leave("continue", condition, loop=loop)
            case Mapping():
                told: Mapping[Any, Any] = cast(Any, written)
                return self._mapping(told, loop=loop, depth=depth)
            case list() | tuple():
                return Group(self.items(cast(Any, written), loop=loop, depth=depth + 1))
            case _:
                raise DefinitionError(
                    f"The flow {self.flow!r} has an item {written!r}, which is none of: the id of a step, "
                    "a mapping, When, While, Break, Continue, a list, another flow."
                )

    def _mapping(self, written: Mapping[Any, Any], *, loop: bool, depth: int) -> Item:
        # `condition` is what others call `when`; flows written for them are read as they are.
        told = {("when" if key == "condition" else key): value for key, value in written.items()}
        keys = frozenset(map(str, told))
        if "id" in keys and keys <= _STEP:
            return self._step(told)
        if "steps" in keys and keys <= _GROUP:
            inside = self.items(told["steps"], loop=loop or "while" in keys, depth=depth + 1)
            return self._group(inside, told, name=self._name(told))
        if "flow" in keys and keys <= _NAMED:
            return self._group(self._named(told["flow"]).items, told, name=told["flow"])
        for word in ("break", "continue"):
            if list(keys) == [word]:
                return self._leave(word, told[word], loop=loop)
        strange = next((key for key in told if key not in _WORDS), None)
        hint = did_you_mean(str(strange), _WORDS) if strange is not None else ""
        raise DefinitionError(
            f"The flow {self.flow!r} has an item {dict(written)!r}, which is no step (id, input, when), no "
            f"group (steps, when, while, name), no sub-flow (flow), no break and no continue.{hint}"
        )

    def _step(self, told: Mapping[str, Any]) -> Do:
        id = told["id"]
        if not isinstance(id, str):
            raise DefinitionError(f"The flow {self.flow!r} has a step whose id is {id!r}, no text.")
        self.is_step(id)
        return Do(id, told.get("input", ABSENT), self._condition(told.get("when")))

    def _group(self, items: tuple[Item, ...], told: Mapping[str, Any], *, name: str) -> Group:
        loop = self._always(told["while"]) if "while" in told else None
        return Group(items, when=self._condition(told.get("when")), loop=loop, name=name)

    def _name(self, told: Mapping[str, Any]) -> str:
        name = told.get("name", "")
        if not isinstance(name, str):
            raise DefinitionError(f"The flow {self.flow!r} has a part named {name!r}, no text.")
        return name

    def _named(self, id: object) -> Flow:
        if not isinstance(id, str) or id not in self.flows:
            raise DefinitionError(
                f"The flow {self.flow!r} names the flow {id!r}, which is not there. Register it first."
                f"{did_you_mean(str(id), list(self.flows))}"
            )
        return self.flows[id]

    def _leave(self, word: str, condition: Said, *, loop: bool) -> Leave:
        if not loop:
            raise DefinitionError(f"The flow {self.flow!r} has a {word} outside of a loop.")
        return Leave(word, self._condition(condition))

    def _always(self, condition: Said) -> Condition:
        return self._condition(condition) or Condition("true", check("true"))

    def _condition(self, written: Said) -> Condition | None:
        """What was written as a condition; None for one that always holds."""
        if written is None or written is True:
            return None
        if written is False:
            return Condition("false", check("false"))
        if isinstance(written, str):
            return Condition(written.strip(), check(written))
        if callable(written) and not inspect.isclass(written):
            return Condition(_called(written), written)
        raise DefinitionError(
            f"The flow {self.flow!r} has a condition {written!r}; write an expression (\"plan == 'pro'\") or "
            "give a function of the context."
        )


@lru_cache(maxsize=1024)
def _needs(expression: Expression) -> frozenset[str]:
    """The names of the context in an expression."""
    names = {node.id for node in ast.walk(expression.body) if isinstance(node, ast.Name)}
    return frozenset(names - FUNCTIONS.keys() - _NO_ENTRIES)


def _called(judge: Judge) -> str:
    return f"{getattr(judge, '__qualname__', type(judge).__qualname__)}()"


# ── laying out ──────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Layer:
    """Lays items out, one after the other; jumps ahead are filled in once it is known where they lead."""

    flow: str
    code: list[Op]
    starts: list[int] = field(default_factory=list[int])
    leaving: list[list[int]] = field(default_factory=list[list[int]])

    def items(self, items: Sequence[Item], path: Path) -> None:
        for index, item in enumerate(items):
            self._item(item, (*path, index))

    def _item(self, item: Item, path: Path) -> None:
        match item:
            case Do():
                asked = self._test(item.when, "when")
                self.code.append(Step(item.id, path, item.input))
                self._ends_here(asked)
            case Leave():
                asked = self._test(item.when, item.word)
                if item.word == "break":
                    self.leaving[-1].append(len(self.code))
                self.code.append(Jump(self.starts[-1]))
                self._ends_here(asked)
            case Group():
                self._group(item, path)

    def _group(self, group: Group, path: Path) -> None:
        asked = self._test(group.when, "when")
        if group.name:
            self.code.append(Mark(group.name, begins=True))
        if group.loop is None:
            self.items(group.items, path)
        else:
            self._loop(group, path)
        if group.name:
            self.code.append(Mark(group.name, begins=False))
        self._ends_here(asked)

    def _loop(self, group: Group, path: Path) -> None:
        start = len(self.code)
        asked = self._test(group.loop, "while")
        self.starts.append(start)
        self.leaving.append([])
        self.items(group.items, path)
        self.code.append(Jump(start))
        self.starts.pop()
        self._ends_here(asked)
        for place in self.leaving.pop():
            self.code[place] = Jump(len(self.code))

    def _test(self, condition: Condition | None, word: str) -> int | None:
        if condition is None:
            return None
        self.code.append(Test(condition, 0, word))
        return len(self.code) - 1

    def _ends_here(self, asked: int | None) -> None:
        if asked is not None:
            test = self.code[asked]
            assert isinstance(test, Test)
            self.code[asked] = Test(test.condition, len(self.code), test.word)


# ── telling flows apart ─────────────────────────────────────────────────────────────────────────


def _drawn(item: Item) -> Json:
    """An item as JSON, equal for items that do the same."""
    match item:
        case Do(id, input, when):
            given: list[Json] = [] if input is ABSENT else [_given(input)]
            return ["do", id, _words(when), *given]
        case Group(items, when, loop, name):
            return ["group", _words(when), _words(loop), name, [_drawn(inside) for inside in items]]
        case Leave(word, when):
            return [word, _words(when)]


def _words(condition: Condition | None) -> Json:
    return None if condition is None else condition.words


def _given(input: object) -> Json:
    try:
        return pack(input)
    except ValueNotKept:
        return type(input).__qualname__
