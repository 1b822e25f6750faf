"""What is chosen to be told once more is there, and is told on Restate."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from assent import App
from tests.once_more import CHOSEN, LEFT_OUT

pytestmark = pytest.mark.anyio

TESTS = Path(__file__).parents[1]


def test_what_is_chosen_and_what_is_left_out_of_it_is_there() -> None:
    code = [ast.parse((TESTS / file).read_text("utf-8")) for file in CHOSEN]
    tests = [each for file in code for each in file.body]
    names = {
        each.name for each in tests if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert not LEFT_OUT - names


async def test_a_test_that_is_told_once_more_runs_on_restate(
    request: pytest.FixtureRequest, app: App
) -> None:
    assert isinstance(request.node, pytest.Function)
    async with app:
        on_restate = app.system.settings.engine is not None
    assert on_restate == (request.node.callspec.params["engine"] == "restate")
