"""Declared flows without an app: forms per second, the size of a state, and what a turn of a loop costs.

    python -m bench.flows

A form has four questions; at each pause the state is written as JSON text and read again. Times are of this
process's CPU, so that neighbours on the machine count less.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from typing import Any

from assent import Flows, While

ANSWERS = {"name": "Alice", "email": "alice@example.com", "plan": "premium", "team": "blue"}


def signup() -> Flows:
    """Four questions, each kept by a function of Python."""
    flows = Flows()
    for name in ANSWERS:

        @flows.step(f"ask-{name}", input=name)
        def ask(ctx: dict[str, Any], input: str, name: str = name) -> None:
            ctx[name] = input

    flows.flow("signup", [f"ask-{name}" for name in ANSWERS])
    return flows


async def form(flows: Flows) -> list[int]:
    """Fill one form; the size of the state at each pause."""
    sizes = list[int]()
    output = await flows.start("signup", dict.fromkeys(ANSWERS, ""))
    for answer in ANSWERS.values():
        text = json.dumps(output.state)
        sizes.append(len(text))
        output = await flows.resume(json.loads(text), input=answer)
    assert output.context == ANSWERS
    return sizes


async def forms(count: int = 4_000, rounds: int = 5) -> None:
    """Forms per second of CPU, the median of some rounds."""
    flows, rates = signup(), list[float]()
    for _ in range(rounds):
        began = time.process_time()
        for _ in range(count):
            await form(flows)
        rates.append(count / (time.process_time() - began))
    print(
        f"forms/s: median {statistics.median(rates):,.0f}, best {max(rates):,.0f}, worst {min(rates):,.0f}"
    )
    print(f"bytes of state at each pause: {await form(flows)}")


async def loop(turns: int = 10_000, parts: int = 10) -> None:
    """What a turn costs early and late, with a pause and a round trip in each."""
    flows = Flows()
    flows.step("guess", "n += 1", input="guess")
    flows.flow("game", [While("n < 10000000", ["guess"])])
    output = await flows.start("game", {"n": 0})
    costs, sizes = list[float](), list[int]()
    for _ in range(parts):
        began = time.process_time()
        for _ in range(turns // parts):
            text = json.dumps(output.state)
            output = await flows.resume(json.loads(text), input="x")
        costs.append((time.process_time() - began) / (turns // parts) * 1e6)
        sizes.append(len(json.dumps(output.state)))
    told = ", ".join(f"{cost:.0f}" for cost in costs)
    print(f"{turns:,} turns, µs of a turn in each tenth: {told}")
    print(f"bytes of state after each tenth: {sizes}")


async def main() -> None:
    """All of it."""
    await forms()
    await loop()


if __name__ == "__main__":
    asyncio.run(main())
