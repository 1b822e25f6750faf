"""Processes that are killed at random, and started again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent


class Mortal:
    """A module of this repository, run as a process that another one replaces whenever it is killed."""

    def __init__(self, module: str, *arguments: str, errors: Path, **environment: str) -> None:
        paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        self._environment = {**os.environ, "PYTHONPATH": paths, **environment}
        self._command = [sys.executable, "-m", module, *arguments]
        self._errors = errors
        self.process = self._spawn()

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self._errors.open("ab") as errors:
            return subprocess.Popen(self._command, cwd=ROOT, env=self._environment, stderr=errors)

    @property
    def has_ended(self) -> bool:
        """Whether it ended by itself."""
        return self.process.poll() is not None

    def revive(self) -> None:
        """Where it ended by itself, or could not begin, another takes its place."""
        if self.has_ended:
            self.process = self._spawn()

    def kill(self) -> None:
        """kill -9, and another takes its place."""
        self.end()
        self.process = self._spawn()

    def end(self) -> None:
        """kill -9; nothing where it has ended."""
        self.process.kill()
        self.process.wait()
