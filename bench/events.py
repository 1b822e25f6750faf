"""Event-driven runs held in memory only: steps in a long chain, and whole cycles through a snapshot.

    python bench/events.py [--steps N] [--cycles N] [--rounds N] [--blazen PYTHON]

``--blazen`` names the Python of an environment that has Blazen: the same shapes then run there, interleaved, each round
in a process of its own. Its wheel may need the glibc shim of the harness (LD_PRELOAD, by BENCH_PRELOAD_BLAZEN).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from assent import App
from assent.events import (
    Event,
    InputRequest,
    InputResponse,
    StartEvent,
    StepContext,
    StopEvent,
    step,
)


class Tick(Event):
    """One turn of the loop."""

    number: int


class Draft(Event):
    """What is asked about."""

    text: str


@step
async def begin(event: StartEvent) -> Tick:
    """Start counting down."""
    return Tick(number=event.number)  # type: ignore[attr-defined]


@step
async def tick(event: Tick) -> Tick | StopEvent:
    """Count down."""
    return Tick(number=event.number - 1) if event.number else StopEvent(result="done")


@step
async def write(event: StartEvent) -> Draft:
    """Write something."""
    return Draft(text="All about tides.")


@step
async def review(ctx: StepContext, event: Draft) -> InputRequest:
    """Ask about it."""
    return InputRequest(prompt="Publish?", metadata={"text": event.text})


@step
async def publish(event: InputResponse) -> StopEvent:
    """Go on with the answer."""
    return StopEvent(result=event.response)


async def measure(steps: int, cycles: int) -> dict[str, float]:
    """Steps per second, cycles per second, and the size of a parked run of three steps."""
    app = App("sqlite:///:memory:")
    chain = app.events("chain", [begin, tick])
    article = app.events("article", [write, review, publish])
    async with app:

        async def cycle() -> int:
            handler = await article.run()
            await handler.wait_until("waiting")
            kept = (await handler.pause()).to_bytes()
            again = await article.resume(kept)
            (request,) = await again.pending_requests()
            await again.respond_to_input(request.request_id, {"approved": True})
            await again.result()
            return len(kept)

        await (await chain.run(number=200)).result()
        await cycle()
        at, spent = time.perf_counter(), time.process_time()
        await (await chain.run(number=steps)).result()
        took, work = time.perf_counter() - at, time.process_time() - spent
        at, spent = time.perf_counter(), time.process_time()
        sizes = await asyncio.gather(*(cycle() for _ in range(cycles)))
        return {
            "steps_per_s": round(steps / took),
            "cpu_us_per_step": round(work / steps * 1e6),
            "cycles_per_s": round(cycles / (time.perf_counter() - at)),
            "cpu_ms_per_cycle": round((time.process_time() - spent) / cycles * 1e3, 2),
            "bytes": max(sizes),
        }


BLAZEN = """
import asyncio, json, sys, time
from blazen import Context, Event, StartEvent, StopEvent, Workflow, step
class Tick(Event):
    number: int
class Draft(Event):
    text: str
@step
async def begin(ctx: Context, ev: StartEvent):
    return Tick(number=ev.number)
@step
async def tick(ctx: Context, ev: Tick):
    return Tick(number=ev.number - 1) if ev.number else StopEvent(result="done")
@step
async def write(ctx: Context, ev: StartEvent):
    return Draft(text="All about tides.")
@step
async def review(ctx: Context, ev: Draft):
    return Event("blazen::InputRequestEvent", request_id="ask", prompt="Publish?", metadata={"text": ev.text})
@step(accepts=["blazen::InputResponseEvent"])
async def publish(ctx: Context, ev: Event):
    return StopEvent(result=ev.response)
async def main(steps, cycles):
    async def chain(number):
        handler = await Workflow("chain", [begin, tick], timeout=600).run_with_handler(number=number)
        return await handler.result()
    async def cycle():
        handler = await Workflow("article", [write, review, publish], timeout=600).run_with_handler(a=1)
        while True:  # there is no signal for "parked"
            kept = await handler.snapshot()
            if "__input_request" in kept:
                break
            await asyncio.sleep(0)
        await handler.abort()
        again = await Workflow.resume(kept, [write, review, publish], timeout=600)
        await again.respond_to_input("ask", {"approved": True})
        await again.result()
        return len(kept)
    told = {}
    await chain(200)
    at, spent = time.perf_counter(), time.process_time()
    await chain(steps)
    told["steps_per_s"] = round(steps / (time.perf_counter() - at))
    told["cpu_us_per_step"] = round((time.process_time() - spent) / steps * 1e6)
    try:
        await cycle()
        at, spent = time.perf_counter(), time.process_time()
        sizes = await asyncio.gather(*(cycle() for _ in range(cycles)))
        told["cycles_per_s"] = round(cycles / (time.perf_counter() - at)); told["bytes"] = max(sizes)
        told["cpu_ms_per_cycle"] = round((time.process_time() - spent) / cycles * 1e3, 2)
    except Exception as error:
        told["cycle_error"] = repr(error)[:200]
    print(json.dumps(told))
asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
"""


def beside(python: str, steps: int, cycles: int) -> dict[str, Any]:
    """The same in Blazen, in a process of its own."""
    preload = os.environ.get("BENCH_PRELOAD_BLAZEN")
    done = subprocess.run(
        [python, "-c", BLAZEN, str(steps), str(cycles)],
        env={**os.environ, **({"LD_PRELOAD": preload} if preload else {})},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def main() -> None:
    """Measure in rounds, and print the medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--cycles", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--blazen")
    parser.add_argument("--one", action="store_true", help="one round, in this process")
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(asyncio.run(measure(asked.steps, asked.cycles))))
        return
    seen: dict[str, list[dict[str, Any]]] = {}
    for _ in range(asked.rounds):
        size = ["--steps", str(asked.steps), "--cycles", str(asked.cycles)]
        own = subprocess.run(
            [sys.executable, str(Path(__file__)), "--one", *size],
            capture_output=True,
            text=True,
            check=True,
        )
        seen.setdefault("assent", []).append(json.loads(own.stdout))
        if asked.blazen:
            seen.setdefault("blazen", []).append(beside(asked.blazen, asked.steps, asked.cycles))
    for who, rounds in seen.items():
        told = {name: rounds[0][name] for name in rounds[0]}
        for name in told:
            if name != "cycle_error":
                told[name] = statistics.median(each[name] for each in rounds)
        print(who, json.dumps(told))


if __name__ == "__main__":
    main()
