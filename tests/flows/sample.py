"""Flows that the tests run: the sign-up of four questions, and what its people answer."""

from __future__ import annotations

import json
from typing import Any

from assent import Flows, Output

ANSWERS = {"name": "Alice", "email": "alice@example.com", "plan": "premium", "team": "blue"}
EMPTY = dict.fromkeys(ANSWERS, "")


def asking(flows: Flows, *names: str) -> None:
    """Steps that each ask for one thing, and keep it under its name."""
    for name in names:
        flows.step(f"ask-{name}", f"{name} = input", input=name)


def signup(flows: Flows) -> Flows:
    """Four questions, one after the other."""
    asking(flows, *ANSWERS)
    flows.flow("signup", [f"ask-{name}" for name in ANSWERS])
    return flows


def travelled(output: Output) -> dict[str, Any]:
    """The state, having been elsewhere as JSON text."""
    state: dict[str, Any] = json.loads(json.dumps(output.state))
    return state


async def answered(flows: Flows, output: Output) -> Output:
    """Answer all that the sign-up asks, each time from a state that has been elsewhere."""
    while not output.finished:
        output = await flows.resume(travelled(output), input=ANSWERS[output.input_required])
    return output
