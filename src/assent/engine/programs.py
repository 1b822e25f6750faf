"""Which workflows are known here, by name and version, and how a run of one begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assent.core.journal import RunId, RunStarted
from assent.core.run import Run
from assent.errors import AssentError, JournalMismatch, WorkflowNotFound
from assent.ports.program import Program


class Programs:
    """The workflows of one process; runs of their names and versions are advanced here."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Program]] = {}

    def register(self, program: Program) -> None:
        """Make a workflow known; its newest registration is the one that new runs are of."""
        self._known.setdefault(program.name, {})[program.version] = program

    def find(self, workflow: str, version: str) -> Program | None:
        """The program of this name and version, where it is known here."""
        return self._known.get(workflow, {}).get(version)

    def knows(self, workflow: str) -> bool:
        """Whether some version of the workflow is known here."""
        return workflow in self._known

    def versions(self, workflow: str) -> Mapping[str, Program]:
        """All that is known under this name; raises WorkflowNotFound where that is nothing."""
        found = self._known.get(workflow)
        if not found:
            raise WorkflowNotFound(workflow, list(self._known))
        return found

    def latest(self, workflow: str) -> Program:
        """The newest registered version of a workflow."""
        return list(self.versions(workflow).values())[-1]

    def all(self) -> list[tuple[str, str]]:
        """Every name and version."""
        return [(name, version) for name, of in self._known.items() for version in of]

    def missing(self, run: Run) -> AssentError:
        """Why a run cannot go on where its program is not known."""
        versions = self._known.get(run.workflow)
        if not versions:
            return WorkflowNotFound(run.workflow, list(self._known))
        return JournalMismatch(
            f"The run {run.id!r} was started with version {run.version!r} of {run.workflow!r}; here are: "
            f"{', '.join(sorted(versions))}. Register that version too, or start the run anew."
        )


def started_as(
    program: Program,
    value: Any,
    *,
    by: str | None = None,
    labels: Mapping[str, str] | None = None,
    root: RunId | None = None,
    parent: RunId | None = None,
    parent_key: str | None = None,
    path: list[str] | None = None,
) -> RunStarted:
    """The first fact of a run of this program; ``value`` is packed."""
    return RunStarted(
        workflow=program.name,
        version=program.version,
        by=by,
        labels=dict(labels) if labels else None,
        root=root,
        parent=parent,
        parent_key=parent_key,
        path=path,
        timeout=None if program.timeout is None else program.timeout.total_seconds(),
        counts_waiting=program.counts_waiting or None,
        takes=program.takes or None,
        input=value,
    )
