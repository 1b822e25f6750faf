"""A loop that begins branches, lets them live on over its turns, and joins them; what they do comes from a seed."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random
from typing import Any

from assent import App, Context
from assent.authoring.functions import Workflow
from assent.testing import Harness

TURNS = 5


def looping(app: App, seed: int, ran: Counter[str], *, checkpoints: bool) -> Workflow[Any]:
    """The loop of this seed."""
    drawn = Random(seed)
    verbs = [drawn.choices("TSCAE", k=drawn.randint(1, 3)) for _ in range(TURNS * 3)]
    long = [drawn.random() < 0.6 for _ in verbs]
    joined = [drawn.randint(0, TURNS) for _ in verbs]

    @app.workflow(name=f"below-{seed}")
    async def below(ctx: Context, name: str) -> str:
        await ctx.sleep("10m")
        return f"{name} said {await ctx.ask(f'c-{name}', str)}"

    @app.workflow(name=f"loop-{seed}")
    async def loop(ctx: Context) -> list[Any]:
        async def does(verb: str, name: str) -> Any:
            match verb:
                case "T":
                    return await ctx.sleep("1h")
                case "S":
                    return (await ctx.wait_for_event(f"e-{name}", timeout=None)).data
                case "C":
                    return await ctx.run(below, name)
                case "A":
                    return await ctx.ask(f"a-{name}", str)
                case _:
                    return await ctx.step("effect", lambda: ran.update([name]) or name)

        async def part(n: int) -> list[Any]:
            return [await does(verb, f"{n}-{place}") for place, verb in enumerate(verbs[n])]

        begun: tuple[int, dict[int, Any], list[int]] = ctx.cursor or (0, {}, [])
        turn, told, left = begun
        alive = {n: asyncio.ensure_future(part(n)) for n in left}
        while turn < TURNS:
            here = range(turn * 3, turn * 3 + 3)
            alive |= {n: asyncio.ensure_future(part(n)) for n in here if long[n]}
            now = [n for n in here if not long[n]]
            told |= dict(zip(now, await ctx.gather(*map(part, now)), strict=True))
            for n in [n for n in alive if joined[n] <= turn]:
                told[n] = await alive.pop(n)
            turn += 1
            if checkpoints:
                ended = [n for n, task in alive.items() if task.done()]
                told |= {n: alive.pop(n).result() for n in ended}
                await ctx.checkpoint((turn, told, list(alive)))
        for n, task in alive.items():
            told[n] = await task
        return [told[n] for n in sorted(told)]

    return loop


async def played(h: Harness, loop: Workflow[Any], drawn: Random, *, crashes: bool) -> list[Any]:
    """The run to its end, whatever comes first; at random the process ends."""
    run = await h.start(loop, id=f"{loop.name}-{crashes}")
    while not (status := await run.status()).ended:
        assert status != "parked", await run.timeline()
        if crashes and drawn.random() < 0.4:
            if drawn.random() < 0.5:
                h.dies_at(drawn.randint(1, 4), written=drawn.random() < 0.5)
            else:
                await h.crash_and_restart()
        happening = asyncio.ensure_future(happens(h, drawn))
        dead = asyncio.ensure_future(h.died.wait())
        await asyncio.wait({happening, dead}, return_when=asyncio.FIRST_COMPLETED)
        if dead.done():
            happening.cancel()
            await asyncio.wait({happening})
            await h.crash()
            await h.open()
        dead.cancel()
        run = h.run(run.id)
    return list(await run.result())


async def happens(h: Harness, drawn: Random) -> None:
    """One thing from outside: somebody answers, a signal comes, time goes on."""
    tasks = [task for task in (await h.inbox.tasks()).items if task.key[0] in "ac"]
    head = await h.app.system.ledger.head(h.run().id)
    waits = [wait.name for wait in head.signals.waits.values()]
    match drawn.choice("ast"):
        case "a" if tasks:
            task = drawn.choice(tasks)
            await h.inbox.answer(task.id, f"answer to {task.key}", by="ann")
        case "s" if waits:
            name = drawn.choice(sorted(waits))
            await h.app.notify(name, {"of": name}, run_id=h.run().id)
        case _:
            await h.advance("30m")
            return
    await h.rest()
