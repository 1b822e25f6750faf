"""Steps: their ids, patterns of ids, and how a handler is called, whatever it takes.

send/:template        send/welcome       {"template": "welcome"}
log/:level?           log, log/debug
notify/*              notify/slack/ops   {"*": "slack/ops"}
"""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Final, NamedTuple

from msgspec import Struct

from assent.authoring.flows.prompt import judging_form
from assent.core import assignment
from assent.core.flow import ABSENT
from assent.errors import DefinitionError, did_you_mean
from assent.forms import Form

Params = Mapping[str, str]
Call = Callable[[Any, Any, Params], Any]
_NONE: Final[Params] = {}
_PLACES: Final = frozenset({"ctx", "input"})
_PART: Final = re.compile(r"[\w.\-]+|:\w+\??|\*")


class CurrentFlow(NamedTuple):
    """What ``use_flow()`` gives. ``input`` is what the run was given, None where it was given none (``given``)."""

    ctx: Any
    input: Any
    given: bool
    run_id: str
    schema_id: str
    step_id: str
    params: Params
    resumed: bool


current: ContextVar[CurrentFlow | None] = ContextVar("assent_flow", default=None)


def use_flow() -> CurrentFlow:
    """The flow whose step this code runs in, from anywhere below the handler; raises DefinitionError elsewhere."""
    found = current.get()
    if found is None:
        raise DefinitionError(
            "use_flow() was called outside of a step of a flow. Call it in a handler, or in what a handler calls."
        )
    return found


class StepOf(Struct, frozen=True, kw_only=True):
    """A registered step. ``asks`` is its static input, ABSENT where it has none."""

    id: str
    call: Call
    asks: Any = ABSENT
    form: Form | None = None
    title: str = ""
    detail: str | None = None
    to: tuple[str, ...] = ()


class _Pattern(Struct, frozen=True):
    matches: re.Pattern[str]
    shape: str
    step: StepOf


class Steps:
    """The steps of one ``Flows``."""

    def __init__(self) -> None:
        self._steps: dict[str, StepOf] = {}
        self._patterns: list[_Pattern] = []
        self._found: dict[str, tuple[StepOf, Params]] = {}
        self.modules: set[str] = set()

    def add(self, id: str, handler: Any, *, thread: bool, asks: Any, **how: Any) -> None:
        """Register a step; an id that is there already is refused."""
        self._is_new(id)
        step = StepOf(
            id=id,
            call=_caller(id, handler, thread=thread),
            asks=asks,
            form=None if asks is ABSENT else judging_form(asks),
            **how,
        )
        self.modules.update(_modules(handler, asks))
        if ":" not in id and "*" not in id:
            self._steps[id] = step
        else:
            self._patterns.append(_Pattern(_matching(id), _shape(id), step))
            # more words of its own make a pattern the closer match
            self._patterns.sort(key=lambda known: (known.shape.count("*"), known.shape.count(":")))
        self._found.clear()

    def _is_new(self, id: str) -> None:
        if not all(map(_PART.fullmatch, id.split("/"))):
            raise DefinitionError(
                f"{id!r} is no id for a step: use words of letters, digits, '-', '_' and '.', with '/' between "
                "them; ':name' for what varies, '*' for all that follows."
            )
        taken = id in self._steps or any(known.shape == _shape(id) for known in self._patterns)
        if taken:
            raise DefinitionError(f"There is a step {id!r} already. Give this one another id.")

    def find(self, id: str) -> tuple[StepOf, Params]:
        """The step of this id, and what its pattern leaves open; raises DefinitionError."""
        found = self._found.get(id)
        if found is None:
            found = self._found[id] = self._look_up(id)
        return found

    def _look_up(self, id: str) -> tuple[StepOf, Params]:
        step = self._steps.get(id)
        if step is not None:
            return step, _NONE
        for pattern in self._patterns:
            match = pattern.matches.fullmatch(id)
            if match is not None:
                told = {name: text for name, text in match.groupdict().items() if text is not None}
                rest = told.pop("_rest", None)
                return pattern.step, told if rest is None else {**told, "*": rest}
        known = [*self._steps, *(pattern.step.id for pattern in self._patterns)]
        raise DefinitionError(f"There is no step {id!r} here.{did_you_mean(id, known)}")

    def is_step(self, id: str) -> None:
        """Raises DefinitionError where there is no such step."""
        self.find(id)


def _matching(id: str) -> re.Pattern[str]:
    drawn = ""
    for part in id.split("/"):
        slash = "/" if drawn else ""
        if part == "*":
            drawn += f"{slash}(?P<_rest>.+)"
        elif part.startswith(":") and part.endswith("?"):
            drawn += f"(?:{slash}(?P<{part[1:-1]}>[^/]+))?"
        elif part.startswith(":"):
            drawn += f"{slash}(?P<{part[1:]}>[^/]+)"
        else:
            drawn += slash + re.escape(part)
    try:
        return re.compile(drawn)
    except re.error as error:
        raise DefinitionError(f"{id!r} is no pattern for ids of steps: {error}.") from None


def _shape(id: str) -> str:
    """A pattern without the names in it: two of one shape match the same ids."""
    return re.sub(r":\w+", ":", id)


def _modules(handler: Any, asks: Any) -> set[str]:
    """Where the handler, the class of its context and that of its input are written."""
    kinds = [asks, *getattr(handler, "__annotations__", {}).values()]
    written = [handler, *(kind for kind in kinds if isinstance(kind, type))]
    found = {str(getattr(one, "__module__", "")) for one in written}
    return found - {"builtins", ""}


# ── calling a handler ───────────────────────────────────────────────────────────────────────────


def _caller(id: str, handler: Any, *, thread: bool) -> Call:
    """How the handler is called with the context, the input and the parameters."""
    if isinstance(handler, str):
        return _written(handler)
    if not callable(handler):
        raise DefinitionError(
            f"The step {id!r} has {handler!r} as its handler. Give a function, or an assignment as text."
        )
    named = set(re.findall(r":(\w+)", id))
    by_place, by_name = _wanted(id, handler, named)
    call = _placed(handler, by_place)
    if by_name:
        call = _naming(handler, by_place, by_name)
    if thread:
        if inspect.iscoroutinefunction(handler):
            raise DefinitionError(f"The step {id!r} is async: it needs no thread.")
        return _threaded(call)
    return call


def _written(text: str) -> Call:
    assignments = assignment.check(text)

    def call(context: Any, input: Any, params: Params) -> None:
        assignments.perform(context, {"input": input, "params": dict(params)})

    return call


def _wanted(id: str, handler: Any, named: set[str]) -> tuple[list[str], list[str]]:
    """What the handler takes: context and input by place, parameters of the id by name."""
    try:
        parameters = list(inspect.signature(handler).parameters.values())
    except ValueError:  # some builtins do not say
        return ["ctx", "input"], []
    if any(one.kind is inspect.Parameter.VAR_POSITIONAL for one in parameters):
        return ["ctx", "input"], []
    by_name = [one.name for one in parameters if one.name in named]
    rest = [one for one in parameters if one.name not in named and one.kind is not one.VAR_KEYWORD]
    needed = [one for one in rest if one.default is one.empty]
    if len(needed) > 2 or any(one.kind is one.KEYWORD_ONLY for one in needed):
        raise DefinitionError(
            f"The handler of {id!r} takes {', '.join(one.name for one in needed)}; it may take the context and "
            "the input, and by name what its id leaves open."
        )
    places = [one for one in rest if one.kind is not one.KEYWORD_ONLY and _is_place(one)][:2]
    if len(places) == 1:
        return ["input" if places[0].name == "input" else "ctx"], by_name
    return ["ctx", "input"][: len(places)], by_name


def _is_place(parameter: inspect.Parameter) -> bool:
    """Whether it is for the context or the input: ``name=name`` binds a value of its own, and is not."""
    free = parameter.default is parameter.empty or parameter.default is None
    return free or parameter.name in _PLACES


def _placed(handler: Any, places: list[str]) -> Call:
    match places:
        case ["ctx", "input"]:
            return lambda context, input, params: handler(context, input)
        case ["ctx"]:
            return lambda context, input, params: handler(context)
        case ["input"]:
            return lambda context, input, params: handler(input)
        case _:
            return lambda context, input, params: handler()


def _naming(handler: Any, places: list[str], names: list[str]) -> Call:
    def call(context: Any, input: Any, params: Params) -> Any:
        given = {"ctx": context, "input": input}
        told = {name: params[name] for name in names if name in params}
        return handler(*(given[place] for place in places), **told)

    return call


def _threaded(call: Call) -> Call:
    async def called(context: Any, input: Any, params: Params) -> Any:
        return await asyncio.to_thread(call, context, input, params)

    return called
