"""``import assent`` is quick: what is heavy is loaded where it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ["fastapi", "starlette", "uvicorn", "httpx2", "websockets", "rich", "click", "jinja2"]
MORE = ["markdown_it", "nh3", "python_multipart", "assent.web", "assent.cli", "assent.testing"]


def loaded_by(code: str) -> set[str]:
    """The modules that another interpreter has loaded after running this."""
    shown = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT / "src",
    ).stdout
    return set(shown.split())


APP = """
import asyncio
from assent import App

app = App("sqlite:///:memory:")

@app.workflow
async def greet(ctx, name: str) -> str:
    return await ctx.step("say", lambda: f"hello {name}")

async def main():
    async with app:
        run = await app.start(greet, "ann")
        assert await run.result() == "hello ann"

asyncio.run(main())
"""


@pytest.mark.parametrize("code", ["import assent", "import assent.testing", APP])
def test_neither_importing_nor_running_a_workflow_loads_what_is_heavy(code: str) -> None:
    loaded = loaded_by(code)
    assert "assent.engine.engine" in loaded
    assert not [name for name in HEAVY if name in loaded]
    allowed = {"assent.testing"} if "assent.testing" in code else set[str]()
    assert not [name for name in MORE if name in loaded and name not in allowed]
