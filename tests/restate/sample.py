"""A workflow whose steps say who runs them, and go on when they are told to; for workers that are killed."""

from __future__ import annotations

import json
import os
from pathlib import Path

from assent import App, Context, Restate, Settings, current_step
from assent.stores.postgres.options import Postgres

_TOLD = json.loads(os.environ.get("ASSENT_SAMPLE", "{}"))
FOLDER = Path(_TOLD.pop("folder", "/tmp"))
DATABASE = _TOLD.pop("database", "sqlite:///unused.db")

# A lease outlives every test: what goes on after a worker has died goes on because Restate says so.
app = App(
    settings=Settings(
        database=DATABASE,
        engine=Restate(**_TOLD) if _TOLD else None,
        postgres=Postgres(lease=3600),
    )
)


def hold(name: str) -> str:
    """Say who runs this, and return once the test lets go: neither is a matter of time."""
    with (FOLDER / "began").open("w") as began:
        began.write(f"{name} {os.getpid()} {current_step().idempotency_key}\n")
    with (FOLDER / name).open("rb", buffering=0) as go:
        go.read(1)
    return name


@app.workflow
async def order(ctx: Context, name: str) -> list[str]:
    """Two steps that are held up, and a question between them."""
    first = await ctx.step("first", hold, f"{name}-first")
    decision = await ctx.approve("ship", to="ann")
    second = await ctx.step("second", hold, f"{name}-second")
    return [first, decision.outcome, second]
