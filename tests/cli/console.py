"""The command line as people use it: real processes, and a server that can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

ROOT: Final = Path(__file__).parents[2]
ASSENT: Final = (sys.executable, "-m", "assent")


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What was printed, as JSON."""
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The error that was printed as JSON."""
        return json.loads(self.err)["error"]


@dataclass(frozen=True, slots=True)
class Console:
    """A working directory with a shell in it."""

    folder: Path
    env: Mapping[str, str] = field(default_factory=dict[str, str])

    def __call__(self, *arguments: str, stdin: str = "", **env: str) -> Done:
        """Run a command to its end."""
        done = subprocess.run(
            [*ASSENT, *arguments],
            cwd=self.folder,
            env=environment({**self.env, **env}),
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def serve(self, app: str, *arguments: str) -> Server:
        """Start a server; leaving the with block kills it."""
        return self.server("serve", app, *arguments)

    def server(self, *arguments: str) -> Server:
        """Start any command that serves."""
        command = [*ASSENT, *arguments, "--port", "0", "--json"]
        return Server(command, self.folder, environment(self.env))


class Server:
    """A server process."""

    def __init__(self, command: Sequence[str], folder: Path, env: Mapping[str, str]) -> None:
        self._log = (folder / "server.log").open("ab")
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            encoding="utf-8",
        )
        self._told: dict[str, str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def told(self) -> dict[str, str]:
        """What it printed once it was ready."""
        if self._told is None:
            assert self._process.stdout is not None
            line = self._process.stdout.readline()
            assert line, f"the server did not start: exit code {self._process.wait()}"
            self._told = dict(json.loads(line))
        return self._told

    @property
    def url(self) -> str:
        """Where it serves."""
        return self.told["url"]

    def live_for(self, seconds: float) -> None:
        """Let it live for a while, or until it ends by itself."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=seconds)

    def stop(self) -> int:
        """End it politely; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._end()

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self._process.kill()
        self._end()

    def _end(self) -> int:
        code = self._process.wait(timeout=100)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._log.close()
        return code


def environment(env: Mapping[str, str]) -> dict[str, str]:
    """What a fresh shell has, and the checkout's examples to import."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ASSENT_")}
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return {**kept, "PYTHONPATH": path, "COLUMNS": "200", "LANG": "C.UTF-8", **env}
