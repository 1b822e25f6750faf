"""What rules about people cost: judging many answers, and the first page of a large inbox.

python -m bench.people [TASKS [postgresql://…]]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from assent import App
from assent.core.journal import RunStarted, TaskOpened, moment
from assent.core.policy import Stage, Voice, judge
from assent.core.record import seal
from assent.core.run import Run, RunStatus
from assent.core.task import HumanTask
from assent.ports.rows import RunRow, Write
from assent.rows import task_row

GROUPS = 20
ROUNDS = 50
NOON = 1_767_614_400_000_000
PATIENCE = 3.0
NAMES = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus"]
ASKED: dict[str, dict[str, Any]] = {
    "first page": {},
    "overdue": {"overdue": True},
    "urgent": {"priority": 2},
    "of a workflow (10 %)": {"workflow": "payout"},
    "of a workflow that has none": {"workflow": "hire"},
    "of a kind (2 %)": {"kind": "choose"},
    "of a high risk (4 %)": {"risk": "high"},
    "of a risk that none has": {"risk": "unheard of"},
    "with a common label (96 %)": {"label": "region=eu"},
    "with a rare label (4 %)": {"label": "region=us"},
    "with one label of its own": {"label": "order=77777"},
    "with a label that none has": {"label": "vip"},
    "found by a word that many have": {"q": "ada"},
    "found by a word of one": {"q": "Refund 77777 "},
    "found by a word that none has": {"q": "xylophone"},
    "of a workflow, risk and label, by a word": {
        "workflow": "payout",
        "risk": "high",
        "label": "region=us",
        "q": "ada",
    },
}


def judged(answers: int, *, question: bool = False) -> float:
    """Milliseconds to judge so many answers; to a question, ten different ones."""
    names = [f"user{number}" for number in range(answers + 200)]
    stage = Stage("group:all", approvals=answers + 100)
    said = [f'"{number % 10}"' if question else "" for number in range(answers)]
    voices = [
        Voice(by=name, seat=name, yes=True, says=says)
        for name, says in zip(names, said, strict=False)
    ]
    members = {"group:all": frozenset(names)}
    took: list[float] = []
    for _ in range(ROUNDS):
        began = perf_counter()
        judge(stage, stage.to, voices, members, question=question)
        took.append(perf_counter() - began)
    return median(took) * 1000


def write(number: int) -> Write:
    """A run that waits for one of the groups, and some of nobody's; a few of high risk, with labels, overdue."""
    run = f"run_{number:07}"
    opened = TaskOpened(
        key="ok",
        task=f"task_{number:07}",
        name="ok",
        asks="choose" if number % 50 == 1 else "approve",
        digest="d",
        title=f"Refund {number} to {NAMES[number % len(NAMES)]}?",
        to=[f"group:{number % (GROUPS * 2)}"],
        risk="high" if number % 1000 < GROUPS * 2 else None,
        labels={"region": "eu" if number % 25 else "us", "order": str(number)},
        priority=number % 3,
        due=NOON + number if number % 5 == 0 else None,
        value={"amount": number},
    )
    workflow = "payout" if number % 200 < GROUPS else "refund"
    first = seal(run, 1, NOON, RunStarted(workflow=workflow, version="1"), previous="", salt="s")
    second = seal(run, 2, NOON, opened, previous=first.hash, salt="s")
    row = RunRow(
        run,
        workflow,
        "1",
        "waiting",
        2,
        second.hash,
        None,
        "{}",
        run,
        None,
        NOON,
        NOON,
        None,
        '{"salt":"s"}',
    )
    head = Run(run, workflow, "1", run, NOON, NOON, RunStatus.WAITING)
    task = HumanTask(asked=opened, opened=moment(NOON + number), number=2)
    return Write(row=row, expected=0, records=[first, second], tasks=[task_row(head, task)])


async def paged(tasks: int, database: str | None) -> dict[str, float]:
    """Milliseconds for pages of somebody in twenty groups, and of all tasks."""
    with tempfile.TemporaryDirectory() as folder:
        async with App(database or f"sqlite:///{Path(folder) / 'inbox.db'}") as app:
            for start in range(0, tasks, 2000):
                await app.store.commit([write(n) for n in range(start, min(start + 2000, tasks))])
            await app.people.put("ann", groups=[str(group) for group in range(GROUPS)])
            took: dict[str, float] = {}
            sets: list[tuple[str, dict[str, Any]]] = [
                (" of theirs", {"to": "ann"}),
                (" of all", {}),
            ]
            for whose, to in sets:
                for name, how in ASKED.items():
                    took[name + whose] = await _median(app, **to, **how)
                page = await app.inbox.tasks(**to)
                assert len(page.items) == 50
                took["the next page" + whose] = await _median(app, cursor=page.next_cursor, **to)
            return took


async def _median(app: App, **how: Any) -> float:
    took: list[float] = []
    for _ in range(ROUNDS):
        began = perf_counter()
        await app.inbox.tasks(**how)
        took.append(perf_counter() - began)
        if len(took) >= 5 and sum(took) > PATIENCE:
            break
    return median(took) * 1000


def main(tasks: int = 100_000, database: str | None = None) -> None:
    """Print the figures."""
    print(f"judging 1,000 answers: {judged(1000):.2f} ms")
    print(f"judging 1,000 answers to a question: {judged(1000, question=True):.2f} ms")
    print(f"inbox of {tasks:,} open tasks, one user in {GROUPS} groups:")
    for name, took in asyncio.run(paged(tasks, database)).items():
        print(f"  {name}: {took:.1f} ms")


if __name__ == "__main__":
    main(int((sys.argv[1:2] or ["100000"])[0]), *sys.argv[2:3])
