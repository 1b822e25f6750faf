"""Yesterday's code beside today's, as two processes on one PostgreSQL: old code on the new schema, for real.

    python -m tools.beside REV        a tag or a commit of this repository

The old process makes the schema and starts runs. Today's migrates it, starts runs of its own, and each answers those
of the other. At the end all have finished, the trail verifies on both sides, and the old code is refused when it starts
again, if the schema has moved on.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from assent import App, Context
from tests.cluster import Cluster

ROOT: Final = Path(__file__).parents[1]
COUNT: Final = 10
PATIENT: Final = 120


def an_app(database: str) -> App:
    """What both have; only what the first version could do already."""
    app = App(database)

    @app.workflow
    async def part(ctx: Context, number: int) -> int:
        await ctx.sleep("100ms")
        return await ctx.step("double", lambda: 2 * number)

    @app.workflow
    async def refund(ctx: Context, number: int) -> str:
        price = await ctx.step("price", lambda: number + 1)
        doubled = await ctx.run("part", number)
        decision = await ctx.approve("refund", value=price, to="ann", labels={"team": "a"})
        return f"{doubled} {decision.outcome} by {decision.by}"

    return app


async def started(app: App, name: str) -> None:
    """Runs of one of the two wait for an answer."""
    for number in range(COUNT):
        await app.start("refund", number, id=f"{name}-{number}")
    for number in range(COUNT):
        await app.run(f"{name}-{number}").wait(timeout=PATIENT)


async def answered(app: App, name: str) -> None:
    """Runs of the other one are answered here, and end."""
    for number in range(COUNT):
        receipt = await app.run(f"{name}-{number}").approve("refund", by="ann")
        assert receipt.status == "accepted", receipt
    for number in range(COUNT):
        output = await app.run(f"{name}-{number}").result(timeout=PATIENT)
        assert output == f"{2 * number} approved by ann", output


async def old(database: str) -> None:
    """The process of yesterday: takes a step whenever it is given a line."""
    async with an_app(database) as app:
        await started(app, "old")
        print("started", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await answered(app, "new")
        await started(app, "old-later")
        print("answered", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        assert not await app.audit.verify()
        print("verified", flush=True)


async def new(database: str, yesterday: subprocess.Popen[str]) -> None:
    """The process of today."""
    async with an_app(database) as app:
        await started(app, "new")
        await told(yesterday, "answered")
        await answered(app, "old")
        await answered(app, "old-later")
        assert not await app.audit.verify()
        await told(yesterday, "verified")


async def told(yesterday: subprocess.Popen[str], word: str, *, line: str = "go on\n") -> None:
    """The process of yesterday does its next step, and says so."""
    assert yesterday.stdin is not None
    assert yesterday.stdout is not None
    yesterday.stdin.write(line)
    yesterday.stdin.flush()
    said = (await asyncio.to_thread(yesterday.stdout.readline)).strip()
    assert said == word, f"it said {said!r} instead of {word!r}"
    print(f"yesterday's code has {word}")


def spawned(folder: str, database: str) -> subprocess.Popen[str]:
    """A process that runs this file with the code of yesterday."""
    paths = os.pathsep.join([f"{folder}/src", str(ROOT)])
    return subprocess.Popen(
        [sys.executable, "-m", "tools.beside", "--old", database],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def unpack(revision: str, folder: str) -> None:
    """The code of a revision, in a folder."""
    archive = subprocess.run(
        ["git", "archive", revision, "src"], cwd=ROOT, check=True, capture_output=True
    )
    subprocess.run(["tar", "x", "-C", folder], input=archive.stdout, check=True)


async def beside(folder: str) -> None:
    """Play it; an assertion fails where something does not hold."""
    cluster = Cluster()
    database = cluster.url("beside")
    yesterday = spawned(folder, database)
    try:
        await told(yesterday, "started", line="")
        await new(database, yesterday)
        yesterday.communicate()
        print(
            f"started again it says: {spawned(folder, database).communicate('')[0].strip()[-300:]}"
        )
    finally:
        yesterday.kill()
        cluster.drop()
    print(f"{3 * COUNT} runs, started and answered by either: all as it must be")


def main() -> None:
    """Be today's process, or yesterday's."""
    if sys.argv[1] == "--old":
        asyncio.run(old(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            unpack(sys.argv[1], folder)
            asyncio.run(beside(folder))


if __name__ == "__main__":
    main()
