"""The whole expense batch, as a served process: by the command line, over HTTP, and in a browser."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Generator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from examples.claims import Claim, read_sheet
from examples.report import Report
from tests.cli.console import ROOT, Console, Server
from tests.web.desk import chromium

SHEET: Final = read_sheet(ROOT / "examples" / "expenses.csv")
LIMIT: Final = 1000
LARGE: Final = [claim for claim in SHEET.claims if claim.euros > LIMIT]
START: Final = ("start", "expenses", "--id", "october", "--input", f'{{"limit": {LIMIT}}}')
SHOTS: Final = ROOT / ".cache" / "screenshots"


@pytest.fixture
def console(tmp_path: Path) -> Console:
    """A shell in an empty folder."""
    return Console(tmp_path)


@pytest.fixture
def server(console: Console) -> Generator[Server]:
    """The expenses app, served."""
    with console.serve("examples.expenses:app") as server:
        assert server.url
        yield server
        assert server.stop() == 0


def _paid(console: Console) -> dict[str, Decimal]:
    with closing(sqlite3.connect(console.folder / "payments.db")) as book:
        rows = book.execute("select purpose, amount from payments").fetchall()
    assert len(rows) == len(dict(rows))
    return {purpose: Decimal(amount) for purpose, amount in rows}


def _report(console: Console) -> Report:
    return Report.model_validate_json((console.folder / "report-october.json").read_text("utf-8"))


@pytest.mark.usefixtures("server")
def test_by_the_command_line(console: Console) -> None:
    assert console(*START, "--wait").code == 0
    waiting = console("inbox", "--to", "group:finance", "--limit", "0", "--json").json["items"]
    assert {task["key"] for task in waiting} == {claim.claim_id for claim in LARGE}
    first, second, *rest = waiting

    assert console("reject", first["id"], "--by", "ann", "--reason", "private").code == 0
    value = {**second["value"], "amount": "1.00"}
    edited = console("edit", f"october/{second['key']}", "--value", json.dumps(value))
    assert edited.code == 0, edited.err
    for task in rest:
        assert console("approve", task["id"], "--by", "bob").code == 0

    watched = console("runs", "watch", "october", "--json")
    assert watched.code == 0
    events = [json.loads(line) for line in watched.out.splitlines()]
    settled = [e["data"]["settled"] for e in events if e["name"] == "batch.progress"]
    assert sum(len(some) for some in settled) == len(SHEET.claims)
    assert events[-1]["name"] == "run.finished"

    paid = _paid(console)
    assert paid.keys() == {claim.claim_id for claim in SHEET.claims} - {first["key"]}
    assert paid[second["key"]] == Decimal("1.00")
    output = console("runs", "show", "october", "--json").json["output"]
    assert Report.model_validate(output) == _report(console)
    assert console("audit", "verify").code == 0


def test_over_http(console: Console, server: Server) -> None:
    made = console("keys", "create", "--user", "ann", "--role", "operator", "--json").json
    with httpx2.Client(
        base_url=f"{server.url}/api/v1", headers={"Authorization": f"Bearer {made['secret']}"}
    ) as http:
        body = {"workflow": "expenses", "id": "october", "input": {"limit": LIMIT}}
        assert http.post("/runs", json=body).status_code == 201
        assert http.post("/runs", json=body).status_code == 200
        _until(http, "task.opened", len(LARGE))

        tasks = http.get("/tasks", params={"limit": 200}).json()["items"]
        answers: list[dict[str, Any]] = [
            {"task": task["id"], "action": "approve", "reason": "fine"} for task in tasks
        ]
        answers[0] = {
            "task": tasks[0]["id"],
            "action": "edit",
            "value": {**tasks[0]["value"], "amount": "2.00"},
        }
        receipts = http.post("/tasks/batch", json={"answers": answers}).json()["receipts"]
        assert {receipt["status"] for receipt in receipts} == {"accepted"}
        _until(http, "run.finished", 1)
        run = http.get("/runs/october").json()

    assert run["status"] == "succeeded"
    assert len(_paid(console)) == len(SHEET.claims)
    assert _paid(console)[tasks[0]["key"]] == Decimal("2.00")


def _until(http: httpx2.Client, name: str, count: int) -> None:
    """Read the run's stream until this event has come this often."""
    with http.stream("GET", "/runs/october/events", timeout=60) as stream:
        for event in httpx2.EventSource(stream):
            count -= event.event == name
            if count == 0:
                return


def test_in_a_browser(console: Console, server: Server) -> None:
    assert console(*START, "--wait").code == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
        page.goto(server.told["login_link"])
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("link", name=re.compile("^Pay "))).to_have_count(len(LARGE))
        _picture(page, "inbox")

        corrected, *others = LARGE
        _open(page, server, corrected)
        page.get_by_text("Change it before approving").click()
        page.get_by_label("Amount").fill("3.00")
        _picture(page, "task")
        page.get_by_role("button", name="Approve with changes").click()
        expect(page.get_by_text("You approved this with changes")).to_be_visible()
        for claim in others:
            _open(page, server, claim)
            page.get_by_label("Reason").fill("not ours")
            page.get_by_role("button", name="Reject").click()
            expect(page.get_by_text("You rejected this")).to_be_visible()

        page.goto(f"{server.url}/runs/october")
        expect(page.get_by_text("succeeded").first).to_be_visible()
        _picture(page, "run")
        browser.close()

    paid = _paid(console)
    assert paid[corrected.claim_id] == Decimal("3.00")
    assert not paid.keys() & {claim.claim_id for claim in others}
    (said,) = console("task", f"october/{corrected.claim_id}", "--json").json["answers"]
    assert (said["outcome"], said["via"]) == ("edited", "page")


def _open(page: Page, server: Server, claim: Claim) -> None:
    """Find a claim's task in the inbox and open it."""
    page.goto(f"{server.url}/?q={claim.claim_id}")
    page.get_by_role("link", name=_title(claim)).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(_title(claim))


def _title(claim: Claim) -> str:
    return f"Pay {claim.amount} {claim.currency} to {claim.employee}?"


def _picture(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"expenses-{name}.png")
