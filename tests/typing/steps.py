"""What ``ctx.step`` returns is what the work returns; a line that must not type-check says so with an ignore.

mypy and pyright check this file with all others. An ignore that is not needed is an error, too.
"""

from __future__ import annotations

from typing import assert_type

from assent import Context, step


async def fetch(number: int, *, deep: bool = False) -> list[str]:
    return [str(number)] if deep else []


def count(words: list[str]) -> int:
    return len(words)


@step
async def marked(number: int) -> str:
    return str(number)


@step(retries=3, timeout="30s")
def marked_with_options(words: list[str]) -> float:
    return len(words) / 2


class Shop:
    """Methods are steps as well."""

    async def pay(self, amount: int) -> bool:
        return amount > 0

    def close(self) -> None:
        return


async def each_step_has_the_type_of_its_work(ctx: Context) -> None:
    assert_type(await ctx.step(fetch, 1), list[str])
    assert_type(await ctx.step("again", fetch, 1, deep=True), list[str])
    assert_type(await ctx.step(count, ["a"]), int)
    assert_type(await ctx.step("counted", count, ["a"]), int)
    assert_type(await ctx.step(marked, 1), str)
    assert_type(await ctx.step(marked_with_options, ["a"]), float)
    assert_type(await ctx.step(Shop().pay, 3), bool)
    assert_type(await ctx.step("inline", lambda: 3), int)


async def the_state_is_a_mapping_that_can_be_updated_with_a_function(ctx: Context) -> None:
    ctx.state["n"] = 1
    ctx.state.update({"n": 2}, m=3)
    ctx.state.update("n", lambda n: n + 1, 0)
    ctx.state.update("n", 3)  # type: ignore[call-overload]


async def a_marked_function_is_still_itself() -> None:
    assert_type(await marked(1), str)
    assert_type(marked_with_options(["a"]), float)
    await marked("1")  # type: ignore[arg-type]


async def what_must_not_pass(ctx: Context) -> None:
    words: str = await ctx.step(fetch, 1)  # type: ignore[arg-type]
    number: str = await ctx.step(count, ["a"])  # type: ignore[arg-type]
    await ctx.step(3)  # type: ignore[call-overload]
    await ctx.step("only a name")  # type: ignore[call-overload]
    ctx.step(fetch, 1)  # type: ignore[unused-coroutine]
    del words, number
