"""What came of it, beside what must have come of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Final, TypeAlias

from assent import App
from tools.torture.world import PLACES, Ledger, an_app, wanted

MOST: Final = f"most at once under a limit of {PLACES}"
Line: TypeAlias = tuple[str, int, int]  # what is counted, what it is, what it must be


class Found:
    """What the journals say."""

    def __init__(self) -> None:
        self.results: Counter[tuple[str, str]] = Counter()
        self.marks: dict[tuple[str, str], str] = {}
        self.received: Counter[str] = Counter()
        self.opened: set[str] = set()
        self.closed: Counter[str] = Counter()
        self.decided: dict[str, tuple[str, str | None]] = {}

    def read(self, line: Any) -> None:
        """One entry."""
        run, body, payload = str(line["run"]), line["body"], line["payload"]
        match line["kind"]:
            case "step.finished":
                step = run, str(body["key"])
                self.results[step] += 1
                self.marks[step] = payload["result"]["mark"]
            case "event.received":
                self.received[run] += 1
            case "task.opened":
                self.opened.add(body["task"])
            case "task.closed":
                self.closed[body["task"]] += 1
                self.decided[run] = (body["outcome"], body.get("by"))
            case _:
                pass


class Said:
    """What the processes wrote down: effects, and what was acknowledged to them."""

    def __init__(self, folder: Path) -> None:
        self.done: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.keys: dict[tuple[str, str], set[str]] = defaultdict(set)
        for run, key, idempotency, mark in Ledger(folder, "done").read():
            self.done[run, key].add(mark)
            self.keys[run, key].add(idempotency)
        self.told = {(task, event) for task, event in Ledger(folder, "told").read()}
        self.answered = Ledger(folder, "answer").read()
        self.signalled = Ledger(folder, "signal").read()
        self.cancelled = Ledger(folder, "cancel").read()
        self.paused = Ledger(folder, "pause").read()
        self.house = Ledger(folder, "house").read()


async def tally(database: str, folder: Path, runs: int, seen: Counter[str]) -> bool:
    """Count, and print; whether all is as it must be."""
    app = an_app(database, folder)
    await app.open(advance=False)
    found, said = Found(), Said(folder)
    async for entry in app.audit.export():
        found.read(entry)
    wrong = [number for number in range(runs) if not await _is_right(app, found, number)]
    # What keeps house has changed the rows of brief runs by hand, and that is found.
    flaws = [f for f in await app.audit.verify() if not str(f.run).startswith("brief")]
    lines = [
        *_states(await _counted(app), wanted(runs), runs),
        *_effects(found, said, runs),
        *_acknowledged(found, said),
        ("outputs that are wrong", len(wrong), 0),
        ("runs that a check would have parked", sum(len(line[2]) for line in said.house), 0),
        ("flaws in the audit trail", len(flaws), 0),
        ("over the limit", max(0, seen[MOST] - PLACES), 0),
        ("processes that ended by themselves", seen.pop("ended by themselves", 0), 0),
    ]
    odd = [step for step, n in found.results.items() if n > 1]
    odd += said.done.keys() - found.results.keys()
    journals = [await _journal(app, run, key) for run, key in odd[:5]]
    await app.close()
    for name, is_, must in lines:
        print(f"{'ok ' if is_ == must else 'BAD'} {name:<52} {is_:>7}   (must be {must})")
    seen["acknowledged answers"] = len(said.answered)
    seen["acknowledged signals"] = len(said.signalled)
    seen["acknowledged pauses"] = len(said.paused)
    seen["effects that were begun again"] = sum(map(len, said.done.values())) - len(said.done)
    seen["brief runs pruned beside"] = sum(line[0] for line in said.house)
    seen["unfinished runs checked beside"] = sum(line[1] for line in said.house)
    for name, count in sorted(seen.items()):
        print(f"    {name:<52} {count:>7}")
    good = all(is_ == must for _, is_, must in lines)
    if not good:
        print(
            *flaws[:5],
            *journals,
            (folder / "errors.txt").read_text(encoding="utf-8")[-5000:],
            sep="\n",
        )
    return good


async def _journal(app: App, run: str, key: str) -> str:
    """What a run recorded, where one of its steps has no result or several."""
    lines = [f"{key!r} of {run!r}:"]
    async for entry in app.audit.export(run):
        facts = {"kind", "at", "number", "body", "payload"}
        lines.append("    " + " ".join(f"{entry[fact]}" for fact in entry if fact in facts))
    return "\n".join(lines)


async def _is_right(app: App, found: Found, number: int) -> bool:
    said, by = found.decided.get(f"order-{number}", ("", None))
    right = {
        "said": said,
        "by": by,
        "paid": number + 1,
        "doubled": 2 * number,
        "shipped": None if number % 3 else number,
    }
    return bool(await app.run(f"order-{number}").output() == right)


async def _counted(app: App) -> Counter[tuple[str, str]]:
    """How many runs of each workflow are in each state."""
    counts = Counter[tuple[str, str]]()
    cursor: str | None = None
    while True:
        page = await app.runs(status="all", limit=200, cursor=cursor)
        counts.update((run.workflow, run.status.value) for run in page.items)
        cursor = page.next_cursor
        if cursor is None:
            return counts


def _states(
    counts: Counter[tuple[str, str]], numbers: dict[str, list[int]], runs: int
) -> list[Line]:
    must = {
        ("order", "succeeded"): runs,
        ("part", "succeeded"): sum(number % 4 == 0 for number in range(runs)),
        ("narrow", "succeeded"): len(numbers["narrow"]),
        ("doomed", "cancelled"): len(numbers["doomed"]),
    }
    # Brief ones that were pruned may be begun anew up to the end.
    others = sum(n for state, n in counts.items() if state not in must and state[0] != "brief")
    lines = [(f"{name}: {status}", counts[name, status], n) for (name, status), n in must.items()]
    return [*lines, ("runs in any other state", others, 0)]


def _effects(found: Found, said: Said, runs: int) -> list[Line]:
    numbers = wanted(runs)
    parts = sum(number % 4 == 0 for number in range(runs))
    steps = 3 * runs + parts + 2 * len(numbers["narrow"])
    not_there = [step for step, mark in found.marks.items() if mark not in said.done[step]]
    return [
        ("steps with one committed result", len(found.results), steps),
        ("steps with more than one", sum(n > 1 for n in found.results.values()), 0),
        ("committed results whose effect is not in the ledger", len(not_there), 0),
        ("effects of steps with no result", len(said.done.keys() - found.results.keys()), 0),
        ("steps with two idempotency keys", sum(len(k) > 1 for k in said.keys.values()), 0),
        (
            "tasks decided once",
            sum(n == 1 for n in found.closed.values()),
            runs + len(numbers["doomed"]),
        ),
    ]


def _acknowledged(found: Found, said: Said) -> list[Line]:
    decided, received = found.decided, found.received
    must_tell = {(task, "task.opened") for task in found.opened}
    must_tell |= {(task, "task.closed") for task in found.closed}
    lost = [run for run, outcome, by in said.answered if decided.get(run) != (outcome, by)]
    unheard = [run for run, _ in said.signalled if received[run] != 1]
    going_on = [run for (run,) in said.cancelled if decided.get(run, ("",))[0] != "cancelled"]
    return [
        ("acknowledged answers without effect", len(lost), 0),
        ("acknowledged signals not received once", len(unheard), 0),
        ("acknowledged cancellations without effect", len(going_on), 0),
        ("notices nobody was told", len(must_tell - said.told), 0),
    ]
