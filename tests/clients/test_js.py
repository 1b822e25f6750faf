"""The JavaScript client: its types are the server's, and its own tests run against a real one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from assent import App

JS: Final = Path(__file__).parents[2] / "clients" / "js"
NPM: Final = shutil.which("npm")

pytestmark = pytest.mark.skipif(NPM is None, reason="Node is not installed here")


def npm(*arguments: str) -> None:
    """Run one of the client's scripts."""
    assert NPM is not None
    assert (JS / "node_modules").exists(), "'make js' fetches what the client needs."
    done = subprocess.run(
        [NPM, *arguments],
        cwd=JS,
        env={**os.environ, "ASSENT_PYTHON": sys.executable, "CI": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(400)
def test_the_client_fits_the_server_and_keeps_its_promises() -> None:
    described = JS / ".cache" / "openapi.json"
    described.parent.mkdir(exist_ok=True)
    described.write_text(json.dumps(App("sqlite:///:memory:").asgi.openapi()), encoding="utf-8")
    for script in ("types", "check", "test"):
        npm("run", "--silent", script)


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((JS / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
