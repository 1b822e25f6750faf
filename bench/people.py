"""What rules about people cost: judging many answers, and the first page of a large inbox.

python -m bench.people [TASKS]
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
from assent.core.journal import RunStarted, TaskOpened
from assent.core.policy import Stage, Voice, judge
from assent.core.record import seal
from assent.core.values import dump
from assent.ports.rows import RunRow, TaskRow, Write

GROUPS = 20
ROUNDS = 50
NOON = 1_767_614_400_000_000


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
    """A run that waits for one of the groups, and some of nobody's."""
    run = f"run_{number:07}"
    who = [f"group:{number % (GROUPS * 2)}"]
    opened = TaskOpened(
        key="ok",
        task=f"task_{number:07}",
        name="ok",
        asks="approve",
        digest="d",
        to=who,
        risk="high" if number % 1000 < GROUPS * 2 else None,
        value={"amount": number},
    )
    first = seal(run, 1, NOON, RunStarted(workflow="refund", version="1"), previous="", salt="s")
    second = seal(run, 2, NOON, opened, previous=first.hash, salt="s")
    row = RunRow(
        run,
        "refund",
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
    task = TaskRow(
        opened.task,
        run,
        run,
        "refund",
        2,
        "ok",
        "approve",
        "open",
        None,
        f"Refund {number}?",
        dump(who),
        NOON + number,
        None,
        number % 3,
        "{}",
    )
    return Write(row=row, expected=0, records=[first, second], tasks=[task])


async def paged(tasks: int) -> dict[str, float]:
    """Milliseconds for pages of somebody in twenty groups."""
    with tempfile.TemporaryDirectory() as folder:
        async with App(f"sqlite:///{Path(folder) / 'inbox.db'}") as app:
            for start in range(0, tasks, 2000):
                await app.store.commit([write(n) for n in range(start, min(start + 2000, tasks))])
            await app.people.put("ann", groups=[str(group) for group in range(GROUPS)])
            page = await app.inbox.tasks(to="ann")
            assert len(page.items) == 50
            asked: dict[str, dict[str, Any]] = {
                "first page": {},
                "next": {"cursor": page.next_cursor},
                "first page of a high risk (4 % of all)": {"risk": "high"},
                "none of this risk (all are looked through)": {"risk": "unheard of"},
            }
            return {name: await _median(app, **how) for name, how in asked.items()}


async def _median(app: App, **how: Any) -> float:
    took: list[float] = []
    for _ in range(ROUNDS):
        began = perf_counter()
        await app.inbox.tasks(to="ann", **how)
        took.append(perf_counter() - began)
    return median(took) * 1000


def main(tasks: int = 100_000) -> None:
    """Print the figures."""
    print(f"judging 1,000 answers: {judged(1000):.2f} ms")
    print(f"judging 1,000 answers to a question: {judged(1000, question=True):.2f} ms")
    print(f"inbox of {tasks:,} open tasks, one user in {GROUPS} groups:")
    for name, took in asyncio.run(paged(tasks)).items():
        print(f"  {name}: {took:.1f} ms")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
