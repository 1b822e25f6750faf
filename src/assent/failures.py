"""What is done about runs that have failed: each failure is handed to each hook once, also over a crash.

    stream (run.finished, failed or timed out) ──▶ a run of the hook, under an id made of the failure ──▶ cursor

A hook is a workflow of one step, so it is retried as steps are, and seen in lists. How far the stream was read is
kept in the store; what is read twice, by several processes or after a crash, has its run already.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from assent.core.run import RunStatus
from assent.core.values import digest, pack
from assent.engine.programs import started_as
from assent.errors import AssentError, Conflict
from assent.ledger import Ledger
from assent.ports.program import Program
from assent.ports.store import Store
from assent.runs.handle import Runs
from assent.stream import Event, Stream

log = logging.getLogger("assent.failures")

PREFIX: Final = "on_failure:"
_CURSOR: Final = ("cursor", "on_failure")
_PAUSE: Final = 1.0
_LONGEST: Final = 50  # letters of a hook's name in the id of its run


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A run that has failed: ``error`` says why, in words."""

    run_id: str
    workflow: str
    status: str
    error: str
    labels: Mapping[str, str]


class Hook(Struct, frozen=True):
    """What is done about failures: of one workflow, or (None) of all."""

    program: Program
    workflow: str | None


class Failures:
    """Hands failures to the hooks of one open app."""

    def __init__(self, store: Store, ledger: Ledger, stream: Stream, runs: Runs) -> None:
        self._store = store
        self._ledger = ledger
        self._stream = stream
        self._runs = runs
        self._task: asyncio.Task[None] | None = None

    async def start(self, hooks: Sequence[Hook]) -> None:
        """Begin where the last process stopped; failures from before there were hooks are left alone."""
        if not hooks:
            return
        if await self._store.kept(*_CURSOR) is None:
            await self._store.keep(*_CURSOR, await self._stream.newest())
        self._task = asyncio.get_running_loop().create_task(self._watch(hooks))

    async def stop(self) -> None:
        """Stop reading; the next process goes on from here."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _watch(self, hooks: Sequence[Hook]) -> None:
        while True:
            try:
                kept = await self._store.kept(*_CURSOR)
                after = kept if isinstance(kept, int) else 0
                async for event in self._stream.events(after=after, names=("run.finished",)):
                    await self._hand_over(event, hooks)
            except AssentError:
                log.exception("failures.stuck")
                await asyncio.sleep(_PAUSE)  # the store is away: the same failure comes again
            else:
                return  # the app is being closed

    async def _hand_over(self, event: Event, hooks: Sequence[Hook]) -> None:
        if event.data["status"] not in {RunStatus.FAILED, RunStatus.TIMED_OUT}:
            return
        run = await self._ledger.durable(event.run_id)
        if run.workflow.startswith(PREFIX):
            return
        failure = Failure(
            run_id=run.id,
            workflow=run.workflow,
            status=str(event.data["status"]),
            error=await self._runs.handle(run.id).error() or "",
            labels=dict(run.labels),
        )
        for hook in hooks:
            if hook.workflow in (None, run.workflow):
                id = f"{run.id[-120:]}.{event.seq}.{_short(hook.program.name.removeprefix(PREFIX))}"
                started = started_as(hook.program, pack(failure), labels={"about": run.id})
                try:
                    await self._runs.start(hook.program, started, id)
                except Conflict:
                    # Handed over already, by another process or before a crash: the run has changed since.
                    log.info("failures.handed_over", extra={"run": id})
        await self._store.replace(*_CURSOR, event.seq)


def _short(name: str) -> str:
    """The name as far as an id has room, and no two names alike."""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 9]}-{digest(name)[:8]}"
