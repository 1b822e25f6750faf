"""A run in its world: what people, code and clock can do to it, only where they can."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from hypothesis import strategies as st
from msgspec.structs import replace

from assent.core import run as runs
from assent.core.command import Claim, Remark, Respond
from assent.core.journal import (
    ChildFinished,
    ChildStarted,
    EventEmitted,
    EventWaiting,
    Fact,
    RunFinished,
    RunParked,
    RunRecovered,
    RunStarted,
    RunWaiting,
    StateChanged,
    StepFailed,
    StepFinished,
    StepRetrying,
    StepStarted,
    TaskOpened,
    TimerSet,
    ValueRecorded,
    micros,
)
from assent.core.policy import Actor
from assent.core.ruling import rule
from assent.core.run import (
    Run,
    RunStatus,
    begin,
    due_micros,
    evolve,
    next_name,
    settled,
)
from assent.core.signal import Signal, arrive
from assent.core.task import Outcome
from assent.errors import InvalidState

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def opened(place: int, name: str = "ok", due: datetime | None = None) -> TaskOpened:
    return TaskOpened(
        key=f"{name}#{place}",
        task=f"task_{place}",
        name=name,
        asks="approve",
        digest="d",
        due=due_micros(due),
    )


Said: TypeAlias = tuple[tuple[Fact, ...], datetime]


@dataclass
class World:
    """A run, the clock, and what was recorded so far."""

    run: Run
    now: datetime = NOON
    journal: list[Said] = field(default_factory=list[Said])
    written: int = 0
    asked: int = 0

    def record(self, *facts: Fact) -> Run:
        """Write these facts, as the ledger does."""
        if facts:
            self.journal.append((facts, self.now))
            self.written += len(facts)
            after = evolve(self.run, facts, self.now, number=self.written, head=str(self.written))
            self.run = settled(after)
        return self.run

    def passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE


def started(**more: Any) -> World:
    """A run that has just begun."""
    fact = RunStarted(workflow="refund", version="1", **more)
    world = World(begin("run_1", fact, NOON, "salt"))
    world.record(fact)
    return world


# ── what people, code and clock can do, only where they can ─────────────────────────────────────


def asks(world: World) -> list[Fact]:
    world.asked += 1
    name = next_name(world.run, "ok", 0)
    due = world.now + 30 * MINUTE if world.asked % 2 else None
    fact = replace(opened(world.asked, due=due), name=name)
    return [fact, RunWaiting(on=[fact.key])]


def answers(world: World) -> list[Fact]:
    tasks = world.run.open_tasks
    yes = Respond(by=Actor("ann"), via="page", outcome=Outcome.APPROVED)
    return list(rule(tasks[0], yes, world.now).facts) if tasks else []


def claims(world: World) -> list[Fact]:
    tasks = world.run.open_tasks
    return (
        list(rule(tasks[-1], Claim(by=Actor("bob"), via="page"), world.now).facts) if tasks else []
    )


def remarks(world: World) -> list[Fact]:
    tasks = world.run.open_tasks
    said = Remark(by=Actor("bob"), via="page", text="hm")
    return list(rule(tasks[-1], said, world.now).facts) if tasks else []


def fires(world: World) -> list[Fact]:
    due = [key for key, when in world.run.timers.items() if when <= world.now]
    return runs.fire(world.run, due[0], world.now) if due else []


def sleeps(world: World) -> list[Fact]:
    key = f"sleep#{world.written}"
    return [TimerSet(key=key, due=micros(world.now + 20 * MINUTE)), RunWaiting(on=[key])]


def listens(world: World) -> list[Fact]:
    key = f"event:go#{world.written}"
    due = micros(world.now + 20 * MINUTE) if world.written % 2 else None
    opened = EventWaiting(key=key, name="go", due=due)
    return list(runs.fitted(world.run, [opened, RunWaiting(on=[key])]))


def signals(world: World, *, keep: bool) -> Sequence[Fact]:
    signal = Signal("go", world.written, keep=keep, delivery=f"d{world.written % 5}")
    ended = world.run.status.ended
    return arrive(world.run.signals, signal, world.now, ended=ended).facts


def begins_child(world: World) -> list[Fact]:
    key = f"child#{world.written}"
    return [ChildStarted(key=key, child=f"run_1.{key}", digest="d"), RunWaiting(on=[key])]


def ends_child(world: World) -> list[Fact]:
    return [
        ChildFinished(key=key, child=child, status="succeeded")
        for key, child in list(world.run.children.items())[:1]
    ]


def fails(world: World) -> list[Fact]:
    return runs.finish(
        world.run, RunFinished(status="failed", failed_key="pay", error={"type": "x"})
    )


STEP: dict[str, Any] = {"key": "pay", "name": "pay", "attempt": 1}
MOVES: dict[str, Callable[[World], Sequence[Fact]]] = {
    "ask": asks,
    "answer": answers,
    "claim": claims,
    "remark": remarks,
    "fire": fires,
    "sleep": sleeps,
    "listen": listens,
    "signal": lambda w: signals(w, keep=False),
    "signal early": lambda w: signals(w, keep=True),
    "begin child": begins_child,
    "end child": ends_child,
    "fail": fails,
    "succeed": lambda w: runs.finish(w.run, RunFinished(status="succeeded", output=1)),
    "pause": lambda w: runs.pause(w.run, "ann"),
    "resume": lambda w: runs.resume(w.run, "ann"),
    "cancel": lambda w: runs.cancel(w.run, "ann", "no"),
    "retry": lambda w: runs.retry(w.run, "ann"),
    "park": lambda w: [RunParked(code="journal_mismatch", reason="look")],
    "recover": lambda w: [RunRecovered()],
    "step": lambda w: [StepStarted(**STEP, digest="d")],
    "step done": lambda w: [StepFinished(**STEP, result=1)],
    "step again": lambda w: [StepRetrying(**STEP, due=micros(w.now + MINUTE))],
    "step failed": lambda w: [StepFailed(**STEP)],
    "note": lambda w: [
        ValueRecorded(key="now"),
        EventEmitted(key="e", name="e"),
        StateChanged(key="s"),
    ],
}
_CODE = {
    "ask",
    "sleep",
    "listen",
    "begin child",
    "fail",
    "succeed",
    "park",
    "recover",
    "step",
    "step done",
} | {
    "step again",
    "step failed",
    "note",
}


def play(world: World, move: str) -> None:
    """Make the move, where it can be made: code moves only while the run is running."""
    if move in _CODE and world.run.status is not RunStatus.RUNNING:
        return
    try:
        world.record(*MOVES[move](world))
    except InvalidState:
        return


moves = st.lists(st.tuples(st.sampled_from(list(MOVES)), st.integers(0, 45)), max_size=25)
timeouts = st.none() | st.sampled_from([60.0, 3600.0])
