"""What a question says at its deadline, and what an input is where none is given: of the type that was asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from assent import App, Context, DefinitionError, RunFailed, Value
from assent.testing import Harness

pytestmark = pytest.mark.anyio


@dataclass
class Parcel:
    """What is asked for."""

    weight: Decimal


DEFAULTS: list[tuple[Any, Any, Any]] = [  # what is asked for, the default, what comes of it
    *((Any, given, given) for given in (None, 0, "", [], {"a": 1}, Decimal("1.0"))),
    (str, "", ""),
    (str, None, None),
    (Decimal, 0, Decimal(0)),
    (Parcel, {"weight": "1.5"}, Parcel(Decimal("1.5"))),
    (Parcel, Parcel(Decimal(2)), Parcel(Decimal(2))),
    (Parcel, None, None),
    ({"note": "text"}, {"note": ""}, {"note": ""}),
]
CHOICES: list[tuple[dict[str, Any], Any]] = [
    ({"default": 0}, 0),
    ({"default": Decimal("1.0")}, Decimal("1.0")),
    ({"default": None}, None),
    ({"many": True, "default": []}, []),
    ({"many": True, "default": ["a", 0]}, ["a", 0]),
    ({"many": True, "default": None}, None),
]


@pytest.mark.parametrize(("form", "default", "comes"), DEFAULTS)
async def test_a_question_nobody_answers_takes_its_default(
    app: App, place: str, form: Any, default: Any, comes: Any
) -> None:
    @app.workflow
    async def survey(ctx: Context) -> Any:
        return await ctx.ask("it", form, timeout="1h", default=default)

    async with Harness(app, database=place) as h:
        run = await h.start(survey)
        await h.advance("1h")
        await h.restart()
        answer = await run.result(timeout=5)
        assert (answer, type(answer)) == (comes, type(comes))


@pytest.mark.parametrize(("terms", "comes"), CHOICES)
async def test_a_choice_nobody_makes_takes_its_default(
    app: App, terms: dict[str, Any], comes: Any
) -> None:
    @app.workflow
    async def survey(ctx: Context) -> Any:
        return await ctx.choose("it", ["a", 0, Decimal("1.0")], timeout="1h", **terms)

    async with Harness(app) as h:
        run = await h.start(survey)
        await h.advance("1h")
        await h.restart()
        answer = await run.result(timeout=5)
        assert (answer, type(answer)) == (comes, type(comes))


UNFIT: dict[str, tuple[Callable[[Context], Awaitable[Any]], str]] = {
    "of another type": (lambda ctx: ctx.ask("it", int, timeout="1h", default="x"), "default="),
    "a field": (lambda ctx: ctx.ask("it", Parcel, timeout="1h", default={}), "/weight"),
    "too many fields": (
        lambda ctx: ctx.ask("it", {"a": "text"}, timeout="1h", default={"a": "", "b": ""}),
        "'b'",
    ),
    "no option": (lambda ctx: ctx.choose("it", ["a"], timeout="1h", default="b"), "'a'"),
    "one of several": (
        lambda ctx: ctx.choose("it", ["a"], many=True, timeout="1h", default="a"),
        "default=",
    ),
    "no edit of what is shown": (
        lambda ctx: ctx.approve("it", value=1, timeout="1h", on_timeout=Value("x")),
        "on_timeout=Value",
    ),
    "no edit as the form has it": (
        lambda ctx: ctx.approve(
            "it", value=1, form=Parcel, timeout="1h", on_timeout=Value({"weight": "x"})
        ),
        "/weight",
    ),
}


@pytest.mark.parametrize("what", UNFIT)
async def test_what_nobody_could_answer_is_refused_as_a_default_before_anybody_is_asked(
    app: App, place: str, what: str
) -> None:
    asks, where = UNFIT[what]

    @app.workflow
    async def survey(ctx: Context) -> Any:
        return await asks(ctx)

    async with Harness(app, database=place) as h:
        run = await h.start(survey)
        with pytest.raises(RunFailed) as failed:
            await run.result(timeout=5)
        refused = failed.value.__cause__
        assert isinstance(refused, DefinitionError)
        assert "'it'" in str(refused)
        assert where in str(refused)
        assert not (await h.inbox.tasks()).items


@pytest.mark.parametrize(("default", "comes"), [({"weight": "2"}, Decimal(2)), (None, None)])
async def test_the_default_of_an_input_is_of_its_type(app: App, default: Any, comes: Any) -> None:
    @app.workflow
    async def send(ctx: Context, parcel: Parcel = default) -> Any:
        return getattr(parcel, "weight", None)

    async with Harness(app) as h:
        assert await (await h.start(send)).result(timeout=5) == comes


def test_an_input_whose_default_does_not_fit_is_refused_when_it_is_declared(app: App) -> None:
    unfit: Any = {"weight": "x"}
    with pytest.raises(DefinitionError, match=r"default of 'parcel' in send\(\).*/weight"):

        @app.workflow
        async def send(ctx: Context, parcel: Parcel = unfit) -> None: ...
