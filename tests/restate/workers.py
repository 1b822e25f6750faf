"""Workers in processes of their own, on one address, to be killed."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

import anyio

from assent import Restate

ROOT: Final = Path(__file__).parents[2]


class Workers:
    """Processes that advance the runs of the sample, and the pipes by which their steps are held up."""

    def __init__(self, folder: Path, database: str, restate: Restate) -> None:
        self._folder = folder
        self._began = _pipe(folder / "began")
        self._go: dict[str, int] = {}
        self._told = asdict(restate) | {"folder": str(folder), "database": database}
        self._running: list[subprocess.Popen[bytes]] = []

    async def start(self, at: str | None = None) -> subprocess.Popen[bytes]:
        """One more, at an address of its own where one is given; returns once it takes calls."""
        worker = self._spawned({} if at is None else {"listen": at})
        assert worker.stdout is not None
        line = await anyio.to_thread.run_sync(worker.stdout.readline)
        assert b"advances" in line, line + worker.stdout.read()
        return worker

    def _spawned(self, other: Mapping[str, str]) -> subprocess.Popen[bytes]:
        worker = subprocess.Popen(
            [sys.executable, "-m", "assent", "worker", "tests.restate.sample:app"],
            cwd=ROOT,
            env=dict(os.environ) | {"ASSENT_SAMPLE": json.dumps({**self._told, **other})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._running.append(worker)
        return worker

    def holds(self, *names: str) -> None:
        """These steps are to wait until they are let go."""
        self._go.update((name, _pipe(self._folder / name)) for name in names)

    async def began(self) -> tuple[str, int, str]:
        """The next beginning of a step: which, in which process, under which idempotency key."""
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        loop.add_reader(self._began, readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(self._began)
        name, process, key = os.read(self._began, 4096).decode().strip().split(" ")
        return name, int(process), key

    def lets_go(self, name: str) -> None:
        """Whoever is at this step now, or comes to it next, goes on."""
        os.write(self._go[name], b"!")

    async def ended(self, worker: subprocess.Popen[bytes]) -> int:
        """With which code it has ended by itself."""
        await anyio.to_thread.run_sync(worker.communicate)
        return worker.returncode

    def end(self) -> None:
        """None of them is left."""
        for worker in self._running:
            if worker.returncode is None:
                worker.kill()
                worker.communicate()
        for pipe in (self._began, *self._go.values()):
            os.close(pipe)


def _pipe(file: Path) -> int:
    os.mkfifo(file)
    return os.open(file, os.O_RDWR | os.O_NONBLOCK)  # also held for writing, so that it never ends


@contextmanager
def workers(folder: Path, database: str, restate: Restate) -> Generator[Workers]:
    """Workers that end with the test."""
    made = Workers(folder, database, restate)
    try:
        yield made
    finally:
        made.end()
