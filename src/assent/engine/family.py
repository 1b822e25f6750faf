"""A run and those it started: each is a run of its own, and one transaction ties it to its parent's wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from assent.core.journal import (
    ChildFinished,
    ChildStarted,
    Fact,
    RunFinished,
    RunId,
    RunRetried,
)
from assent.core.run import Run, RunStatus
from assent.core.values import Json, digest
from assent.engine.execution import Execution
from assent.engine.ground import Ground
from assent.engine.programs import Programs, started_as
from assent.engine.replay import CUT_OFF
from assent.errors import Conflict, RunNotFound
from assent.ledger import Ledger, ending
from assent.ports.program import Program
from assent.ports.store import Store


class Family:
    """Starts the children of runs, and ends those that nobody waits for any more."""

    def __init__(self, store: Store, ledger: Ledger, programs: Programs) -> None:
        self._store = store
        self._ledger = ledger
        self._programs = programs

    async def start(self, parent: Execution, key: str, workflow: Any, value: Any, id: str) -> None:
        """Start a run that the parent waits for, in one transaction with the parent's waiting."""
        head = await self._ledger.head(parent.run)
        program, checked = self.checked(workflow, value)
        waits = ChildStarted(key=key, child=id, digest=digest(checked)[:16])
        started = started_as(
            program,
            checked,
            by=head.by,
            root=head.root,
            parent=head.id,
            parent_key=key,
            path=[*head.path, key],
        )
        fences = {} if parent.fence is None else {head.id: parent.fence}
        if await self._ledger.start_with(id, started, {head.id: [waits]}, fences) is None:
            await self._take_up(head, id, waits, fences)

    def checked(self, workflow: Any, value: Any) -> tuple[Program, Json]:
        """The workflow, and the input as it is kept; raises WorkflowNotFound, InvalidInput or ValueNotKept."""
        program = self._programs.latest(str(getattr(workflow, "name", workflow)))
        value = program.check(value, strict=True)
        return program, Ground.kept(value, f"the input of {program.name!r}")

    async def _take_up(
        self, parent: Run, child: RunId, waits: ChildStarted, fences: Mapping[RunId, int]
    ) -> None:
        """The run is there already: one this parent had started, that failed, or has ended meanwhile."""

        def decide(heads: Mapping[RunId, Run], at: datetime) -> Mapping[RunId, Sequence[Fact]]:
            found = heads[child]
            if found.parent != parent.id or found.parent_key != waits.key:
                raise Conflict(
                    f"The run {parent.id!r} wants to start a run {child!r}, but there is one that it did "
                    "not start. Give another id=."
                )
            facts: dict[RunId, Sequence[Fact]] = {parent.id: [waits]}
            if found.status.ended and found.status is not RunStatus.SUCCEEDED:
                facts[child] = [RunRetried(by=parent.id)]
            return facts

        changed = await self._ledger.change_all([parent.id, child], decide, fences)
        now = await self._ledger.head(child)
        if child not in changed and now.status is RunStatus.SUCCEEDED:
            output = await self._output_of(now)
            told = ChildFinished(key=waits.key, child=child, status=now.status, output=output)
            await self._ledger.change(
                parent.id, lambda run, at: [told], fence=fences.get(parent.id)
            )

    async def cut_off(self, parent: RunId, key: str, child: RunId) -> None:
        """End a run that the parent no longer waits for, and the runs below it; more than once is harmless."""
        why = f"The run {parent!r} no longer waits for it."

        def decide(heads: Mapping[RunId, Run], at: datetime) -> Mapping[RunId, Sequence[Fact]]:
            if heads[child].parent != parent:
                return {}
            told = ending(heads, [child, *below], None, why)
            if key in heads[parent].children:
                error: Json = {"type": CUT_OFF, "message": "A branch beside it decided."}
                told[parent] = [
                    ChildFinished(key=key, child=child, status=RunStatus.CANCELLED, error=error)
                ]
            return told

        try:
            below = await self._ledger.below(await self._ledger.head(child))
        except RunNotFound:
            return  # it was cut off before it began
        await self._ledger.change_all([parent, child, *below], decide)

    async def _output_of(self, run: Run) -> Any:
        """The packed output of a run that succeeded."""
        for entry in reversed(await self._store.history(run.id)):
            if entry.kind == RunFinished.kind:
                return (entry.payload or {}).get("output")
        return None
