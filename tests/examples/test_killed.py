"""The expense batch, killed with -9 at random moments again and again.

The seed is printed; ``ASSENT_TEST_SEED=… make test TESTS=tests/examples`` plays the same moments again.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Final

import click
import httpx2
import pytest

from examples.claims import Claim, read_sheet
from examples.report import Report
from tests.cli.console import ROOT, Console, Server

KILLS: Final = 50
LIMIT: Final = Decimal(60)
RUN: Final = "october"
SHEET: Final = read_sheet(ROOT / "examples" / "expenses.csv")
LARGE: Final = {claim.claim_id: claim for claim in SHEET.claims if claim.euros > LIMIT}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person says about a claim, however often they have to say it."""

    action: str
    value: Mapping[str, str] | None
    paid: Decimal | None


@dataclass(slots=True)
class Person:
    """Answers what is open, and remembers what was acknowledged."""

    key: str
    wishes: Mapping[str, Wish]
    acknowledged: dict[str, str] = field(default_factory=dict[str, str])
    sent: Counter[str] = field(default_factory=Counter[str])

    def answer(self, server: Server, task: Mapping[str, Any]) -> None:
        """Say what this person thinks; remembered only if the server said that it counts."""
        claim = task["key"]
        wish = self.wishes[claim]
        body: dict[str, object] = {"reason": f"said about {claim}"}
        if wish.value:
            body["value"] = wish.value
        self.sent[claim] += 1
        with self._to(server) as http:
            receipt = http.post(f"/tasks/{task['id']}/{wish.action}", json=body).json()
        assert receipt["status"] in {"accepted", "duplicate"}, receipt
        self.acknowledged[claim] = receipt["task_id"]

    def open_tasks(self, server: Server) -> list[Mapping[str, Any]]:
        """What waits for an answer."""
        with self._to(server) as http:
            found: list[Mapping[str, Any]] = http.get(
                "/tasks", params={"run": RUN, "limit": 200}
            ).json()["items"]
        return found

    def _to(self, server: Server) -> httpx2.Client:
        return httpx2.Client(
            base_url=f"{server.url}/api/v1",
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=30,
        )


@pytest.mark.timeout(600)
def test_fifty_kills_at_random_moments_pay_each_claim_once_and_lose_no_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("ASSENT_TEST_SEED") or secrets.randbelow(2**32))
    with capsys.disabled():
        click.echo(f"\n[seed {seed}]", nl=False)
    random = Random(seed)
    console = Console(tmp_path, {"ASSENT_DATABASE": "sqlite:///batch.db"})
    person = Person(_key(console), dict(_wishes(random)))

    with console.serve("examples.expenses:app") as server:
        _start(console, server)
    for _ in range(KILLS):
        with console.serve("examples.expenses:app") as server:
            _live_a_little(random, server, person)  # leaving the block kills it
    _finish(console, person)

    _check_payments(tmp_path, person)
    _check_answers(console, person)
    _check_journal(console)


# ── the story ───────────────────────────────────────────────────────────────────────────────────


def _key(console: Console) -> str:
    assert console("migrate").code == 0
    made = console("keys", "create", "--user", "ann", "--role", "operator", "--json")
    key: str = made.json["secret"]
    return key


def _wishes(random: Random) -> Iterator[tuple[str, Wish]]:
    for claim in LARGE.values():
        action = random.choice(("approve", "approve", "edit", "reject"))
        yield claim.claim_id, _wish(action, claim)


def _wish(action: str, claim: Claim) -> Wish:
    if action == "reject":
        return Wish(action, None, None)
    if action == "approve":
        return Wish(action, None, claim.amount)
    less = (claim.amount / 2).quantize(Decimal("0.01"))
    value = {"amount": str(less), "currency": claim.currency, "cost_centre": "9999 Corrected"}
    return Wish(action, value, less)


def _start(console: Console, server: Server) -> None:
    assert server.url
    batch = f'{{"limit": "{LIMIT}"}}'
    started = console("start", "expenses", "--id", RUN, "--input", batch)
    assert started.code == 0, started.err


def _live_a_little(random: Random, server: Server, person: Person) -> None:
    """Come to one of three kinds of moment: anywhere at all, just after an answer, within one."""
    match random.choice(("anywhere", "after", "within")):
        case "anywhere":
            server.live_for(random.uniform(0.1, 1.5))
        case "after":
            for task in _some(random, person.open_tasks(server), 3):
                person.answer(server, task)
        case _:
            tasks = _some(random, person.open_tasks(server), 2)
            with ThreadPoolExecutor(2) as pool:
                answers = [pool.submit(person.answer, server, task) for task in tasks]
                server.live_for(random.uniform(0, 0.02))
                server.kill()
            for answer in answers:
                assert isinstance(answer.exception(), httpx2.TransportError | None)


def _some(random: Random, tasks: list[Mapping[str, Any]], most: int) -> list[Mapping[str, Any]]:
    return random.sample(tasks, min(len(tasks), random.randint(1, most)))


def _finish(console: Console, person: Person) -> None:
    with console.serve("examples.expenses:app") as server:
        for task in person.open_tasks(server):
            person.answer(server, task)
        watched = console("runs", "watch", RUN)
        assert watched.code == 0, watched.err
        assert server.stop() == 0


# ── what must hold ──────────────────────────────────────────────────────────────────────────────


def _check_payments(folder: Path, person: Person) -> None:
    with closing(sqlite3.connect(folder / "payments.db")) as book:
        paid = book.execute("select purpose, amount from payments").fetchall()
    wanted = {claim.claim_id: claim.amount for claim in SHEET.claims}
    for claim_id, wish in person.wishes.items():
        if wish.paid is None:
            del wanted[claim_id]
        else:
            wanted[claim_id] = wish.paid
    assert Counter(purpose for purpose, _ in paid) == dict.fromkeys(wanted, 1)
    assert {purpose: Decimal(amount) for purpose, amount in paid} == wanted
    report = Report.model_validate_json((folder / f"report-{RUN}.json").read_text("utf-8"))
    assert {settled.claim_id for settled in report.settled} == {c.claim_id for c in SHEET.claims}
    assert report.problems == SHEET.problems


def _check_answers(console: Console, person: Person) -> None:
    tasks = console("inbox", "--status", "all", "--run", RUN, "--limit", "0", "--json").json[
        "items"
    ]
    assert {task["key"] for task in tasks} == set(LARGE)
    assert person.acknowledged.keys() <= {task["key"] for task in tasks}
    outcomes = {"approve": "approved", "edit": "edited", "reject": "rejected"}
    for task in tasks:
        claim = task["key"]
        assert task["outcome"] == outcomes[person.wishes[claim].action]
        assert [(each["by"], each["reason"]) for each in task["answers"]] == [
            ("ann", f"said about {claim}")
        ]


def _check_journal(console: Console) -> None:
    assert console("audit", "verify").code == 0
    entries = [json.loads(line) for line in console("audit", "export").out.splitlines()]
    finished = Counter(entry["key"] for entry in entries if entry["kind"] == "step.finished")
    assert finished
    assert set(finished.values()) == {1}
    ended = [entry for entry in entries if entry["kind"] == "run.finished"]
    assert len(ended) == 1
