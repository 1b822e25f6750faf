"""A run's journal to look at: one line for each thing that happened or is waited for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from assent.core.failure import message_of
from assent.core.journal import moment
from assent.core.record import Past

_OPENS: Final = {
    "step.started": "step",
    "task.opened": "task",
    "timer.set": "timer",
    "event.waiting": "event",
    "child.started": "run",
}
_SILENT: Final = frozenset(
    {"value.recorded", "state.changed", "run.waiting", "run.checkpointed", "task.answered"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineItem:
    """One line: ``state`` is done, failed, open (it goes on) or note; ``took`` is how long it took."""

    at: datetime
    name: str
    key: str
    label: str
    state: str
    detail: str = ""
    took: timedelta | None = None


def timeline_of(history: Iterable[Past], now: datetime) -> tuple[TimelineItem, ...]:
    """The lines of a journal, in the order in which things began."""
    lines: list[TimelineItem] = []
    places: dict[str, int] = {}
    over = False
    for entry in history:
        if entry.kind in _SILENT:
            continue
        if entry.kind.startswith("run."):
            over = entry.kind == "run.finished"
        told = {**entry.body, **(entry.payload or {})}
        at, key = moment(entry.at), str(told.get("key", ""))
        place = places.get(key)
        if entry.kind in _OPENS:
            if entry.kind == "step.started" and place is not None:
                lines[place] = _again(lines[place], told)
            else:
                places[key] = len(lines)
                lines.append(_opened(entry.kind, key, told, at))
        elif place is None or entry.kind in {"task.commented", "task.refused", "event.emitted"}:
            lines.append(_note(entry.kind, key, told, at))
        else:
            lines[place] = _ended(lines[place], entry.kind, told, at)
    if over:
        return tuple(
            replace(line, state="note") if line.state == "open" else line for line in lines
        )
    return tuple(
        replace(line, took=now - line.at) if line.state == "open" else line for line in lines
    )


def _again(line: TimelineItem, told: dict[str, Any]) -> TimelineItem:
    """A step that is tried once more: by its policy, or because the run was retried."""
    detail = line.detail if line.state == "open" else f"attempt {told['attempt']}"
    return replace(line, state="open", took=None, detail=detail)


def _opened(kind: str, key: str, told: dict[str, Any], at: datetime) -> TimelineItem:
    label = str(told.get("title") or told.get("child") or key)
    detail = ""
    if kind == "timer.set":
        detail = f"until {moment(told['due']):%Y-%m-%d %H:%M:%S} UTC"
    elif kind == "event.waiting":
        label = str(told["name"])
        detail = f"until {moment(told['due']):%Y-%m-%d %H:%M:%S} UTC" if told.get("due") else ""
    elif kind == "task.opened":
        detail = f"waits for {', '.join(told.get('to') or ['anybody'])}"
    return TimelineItem(at=at, name=_OPENS[kind], key=key, label=label, state="open", detail=detail)


def _ended(line: TimelineItem, kind: str, told: dict[str, Any], at: datetime) -> TimelineItem:
    # Entries of one write have one time; a step that was quicker than that says itself how long it took.
    took = max(at - line.at, timedelta(microseconds=min(told.get("took") or 0, 2**53)))
    match kind:
        case "step.finished" | "timer.fired":
            attempt = told.get("attempt", 1)
            detail = f"at attempt {attempt}" if attempt > 1 else ""
            return replace(line, state="done", took=took, detail=detail)
        case "step.retrying":
            return replace(
                line, detail=f"attempt {told['attempt']}: {message_of(told.get('error'))}"
            )
        case "step.failed":
            return replace(line, state="failed", took=took, detail=message_of(told.get("error")))
        case "task.claimed":
            return replace(line, detail=f"{told['by']} is on it")
        case "task.released":
            return replace(line, detail=f"{told['by']} gave it back")
        case "task.closed":
            who = f" by {told['by']}" if told.get("by") else ""
            why = f": {told['reason']}" if told.get("reason") else ""
            return replace(line, state="done", took=took, detail=f"{told['outcome']}{who}{why}")
        case "child.finished":
            state = "done" if told["status"] == "succeeded" else "failed"
            return replace(line, state=state, took=took, detail=str(told["status"]))
        case "event.received":
            who = f"by {told['by']}" if told.get("by") else ""
            return replace(
                line, state="done", took=took, detail="timed out" if told.get("timed_out") else who
            )
        case "event.withdrawn" | "timer.withdrawn":
            return replace(line, state="note", took=took, detail="withdrawn")
        case _:
            return line


def _note(kind: str, key: str, told: dict[str, Any], at: datetime) -> TimelineItem:
    by = f"by {told['by']}" if told.get("by") else ""
    detail, state, label = by, "note", key or kind
    match kind:
        case "run.started":
            label = str(told["workflow"])
        case "run.finished":
            label, state = (
                str(told["status"]),
                "done" if told["status"] == "succeeded" else "failed",
            )
            state = "note" if told["status"] == "cancelled" else state
            detail = message_of(told.get("error")) or by
        case "run.parked":
            label, state, detail = "parked", "failed", str(told.get("reason", ""))
        case "run.queued":
            label, detail = "queued", f"in {told['queue']}"
        case "task.commented":
            label, detail = f"{told['by']} wrote", str(told.get("text", ""))
        case "task.refused":
            label, detail = f"{told['by']} was refused", str(told.get("why", ""))
        case "event.emitted":
            label = str(told["name"])
        case "event.buffered":
            label, detail = str(told["name"]), " ".join(["came early", by]).strip()
        case "event.sent":
            label, detail = str(told["name"]), str(told["status"])
        case _:
            label = kind.partition(".")[2]
    return TimelineItem(at=at, name=kind, key=key, label=label, state=state, detail=detail)


def mermaid(lines: Sequence[TimelineItem]) -> str:
    """A flow chart of the lines; what is waited for is dashed, never in the colour of failure."""
    drawn = ["flowchart TD"]
    for place, line in enumerate(lines):
        text = " ".join(f"{line.label} ({line.state})".replace('"', "'").split())
        drawn.append(f'    n{place}["{text}"]:::{line.state}')
        if place:
            drawn.append(f"    n{place - 1} {'-.->' if line.state == 'open' else '-->'} n{place}")
    drawn += [
        "    classDef done fill:#e3f4e8,stroke:#2e7d4f,color:#12301f",
        "    classDef failed fill:#fbe5e3,stroke:#b3392f,color:#3d110d",
        "    classDef open fill:#fff6dd,stroke:#9a7400,stroke-dasharray:4,color:#3a2d00",
        "    classDef note fill:#eef0f3,stroke:#7a828e,color:#1d2430",
    ]
    return "\n".join(drawn)
