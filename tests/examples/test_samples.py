"""The sample workflows do what they say."""

from __future__ import annotations

import csv
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from assent import App, NonRetryable, RunFailed, RunStatus, Standing, Workflow
from examples import demo, expenses, refunds, signup
from examples.claims import read_sheet
from examples.payments import Payment, PaymentBook
from examples.report import Report
from tests.cli.console import ROOT
from tools import generate_expenses

SHEET = read_sheet(ROOT / "examples" / "expenses.csv")
HEADER = "claim id,employee,cost centre,category,currency,amount,date,description,receipt"


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _app(workflow: Workflow[Any]) -> App:
    app = App("sqlite:///samples.db")
    app.register(workflow)
    return app


def _paid() -> dict[str, Decimal]:
    return {paid.purpose: paid.amount for paid in PaymentBook(Path("payments.db")).payments()}


# ── refunds and sign-ups ────────────────────────────────────────────────────────────────────────

ORDER = refunds.Order(order_id="A-1", customer="Ann", amount=Decimal("42.50"))


async def test_a_refund_is_paid_with_the_amount_that_was_corrected() -> None:
    async with _app(refunds.refund) as app:
        run = await app.start(refunds.refund, ORDER)
        await run.wait()
        await run.edit("refund", {"amount": "40.00", "note": "less postage"}, by="bob")
        receipt = await run.result()
    assert (receipt.status, receipt.amount) == ("paid", Decimal("40.00"))
    assert _paid() == {"refund of A-1": Decimal("40.00")}


async def test_a_refund_that_was_rejected_pays_nothing() -> None:
    async with _app(refunds.refund) as app:
        run = await app.start(refunds.refund, ORDER)
        await run.wait()
        await run.reject("refund", by="bob", reason="never bought")
        receipt = await run.result()
    assert (receipt.status, receipt.reason) == ("rejected", "never bought")
    assert _paid() == {}


async def test_a_large_refund_is_shown_without_the_handling_fee() -> None:
    async with _app(refunds.refund) as app:
        run = await app.start(refunds.refund, ORDER.model_copy(update={"amount": Decimal(180)}))
        (task,) = (await run.wait()).tasks
    assert task.value.amount == Decimal(176)


async def test_a_sign_up_asks_four_questions_and_opens_one_account() -> None:
    async with _app(signup.signup) as app:
        run = await app.start(signup.signup, signup.Invitation(email="ann@example.com"))
        (task,) = (await run.wait()).tasks
        assert len(task.form["properties"]) == 4  # type: ignore[index,call-overload,arg-type]
        wrong = await run.answer("details", {"name": "", "plan": "huge", "seats": 0}, by="ann")
        assert {error.pointer for error in wrong.errors} >= {"/name", "/plan", "/seats"}
        answers = {"name": "Ann", "plan": "team", "seats": 4, "start": "2026-12-01"}
        assert (await run.answer("details", answers, by="ann")).ok
        account = await run.result()
    assert account.answers == signup.Answers(
        name="Ann", plan=signup.Plan.TEAM, seats=4, start=date(2026, 12, 1)
    )
    assert account.id.startswith("A-")


# ── expenses ────────────────────────────────────────────────────────────────────────────────────


async def _until_only_people_are_needed(app: App, run: str) -> Standing:
    """The batch once everything that needs nobody is paid."""
    settled = 0
    async for event in app.run(run).events():
        settled += len(event.data.settled) if event.name == "batch.progress" else 0
        if settled == len([c for c in SHEET.claims if c.euros <= 500]):
            break
    return await app.run(run).wait()


async def test_small_claims_are_paid_at_once_and_large_ones_wait_for_finance() -> None:
    async with _app(expenses.expenses) as app:
        await app.start(expenses.expenses, expenses.Batch(), id="october")
        standing = await _until_only_people_are_needed(app, "october")
        assert standing.status == RunStatus.WAITING
        small = {c.claim_id: c.amount for c in SHEET.claims if c.euros <= 500}
        assert _paid() == small
        large = {c.claim_id for c in SHEET.claims if c.euros > 500}
        assert {task.key for task in standing.tasks} == large
        assert {task.to for task in standing.tasks} == {("group:finance",)}


async def test_the_report_adds_up_whatever_people_decide() -> None:
    random = Random(7)
    async with _app(expenses.expenses) as app:
        run = await app.start(expenses.expenses, expenses.Batch(), id="october")
        standing = await _until_only_people_are_needed(app, "october")
        said: Counter[str] = Counter()
        for task in random.sample(standing.tasks, len(standing.tasks)):
            action = random.choice(["approve", "edit", "reject"])
            said[action] += 1
            receipt = await _answer(app, task.id, action, task.value)
            assert receipt == "accepted"
        report: Report = await run.result()

    outcomes = Counter(settled.outcome for settled in report.settled)
    assert outcomes["approved"] == said["approve"]
    assert outcomes["edited"] == said["edit"]
    assert outcomes["rejected"] == said["reject"]
    assert sum(outcomes.values()) == len(SHEET.claims)
    assert report.problems == SHEET.problems
    book = _paid()
    assert book == {s.claim_id: s.amount for s in report.settled if s.outcome != "rejected"}
    assert sum(centre.paid for centre in report.cost_centres) == len(book)
    written = Report.model_validate_json(Path("report-october.json").read_text("utf-8"))
    assert written == report


async def _answer(app: App, task: str, action: str, value: expenses.Payout) -> str:
    match action:
        case "approve":
            return (await app.inbox.approve(task, by="ann")).status
        case "reject":
            return (await app.inbox.reject(task, by="ann", reason="private")).status
        case _:
            less = value.model_copy(update={"amount": Decimal("0.01")})
            return (await app.inbox.edit(task, less, by="ann")).status


async def test_a_claim_whose_payment_fails_for_good_is_reported_and_stops_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pay = PaymentBook.pay

    def pay_some(book: PaymentBook, key: str, *, purpose: str, **rest: Any) -> Payment:
        if purpose == "C-1":
            raise NonRetryable("the account is closed")
        return pay(book, key, purpose=purpose, **rest)

    monkeypatch.setattr(PaymentBook, "pay", pay_some)
    _write("few.csv", _row("C-1"), _row("C-2"))
    async with _app(expenses.expenses) as app:
        run = await app.start(expenses.expenses, expenses.Batch(file=Path("few.csv")))
        report = await run.result()
    assert [(s.claim_id, s.outcome) for s in report.settled] == [
        ("C-1", "failed"),
        ("C-2", "at once"),
    ]
    assert "the account is closed" in str(report.settled[0].reason)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (None, "cannot be read"),
        (b"claim id,employee\nC-1,Ann\n", "lacks the columns"),
        (b"\xff\xfe\x00\x01", "cannot be read"),
        (b'claim id,employee\n"C-1', "lacks the columns"),
        (b"", "lacks the columns"),
    ],
)
async def test_a_file_that_is_no_sheet_fails_the_run_and_says_why(
    content: bytes | None, word: str
) -> None:
    if content is not None:
        Path("no.csv").write_bytes(content)
    async with _app(expenses.expenses) as app:
        run = await app.start(expenses.expenses, expenses.Batch(file=Path("no.csv")))
        with pytest.raises(RunFailed, match=word):
            await run.result()


# ── the file ────────────────────────────────────────────────────────────────────────────────────


def test_the_file_that_ships_is_the_one_the_tool_writes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate_expenses, "TARGET", Path("again.csv"))
    generate_expenses.main()
    shipped = (ROOT / "examples" / "expenses.csv").read_bytes()
    assert Path("again.csv").read_bytes() == shipped
    assert "244 rows" in capsys.readouterr().out


def test_every_row_is_a_claim_or_a_problem_and_none_is_lost() -> None:
    with (ROOT / "examples" / "expenses.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 200
    assert len(SHEET.claims) + len(SHEET.problems) == len(rows)
    assert sum(claim.euros > 500 for claim in SHEET.claims) >= 20


def test_awkward_rows_arrive_to_the_letter() -> None:
    told = {claim.description: claim for claim in SHEET.claims}
    assert told['Dinner at "Zum Löwen", 6 people, with a tip'].employee == "Jürgen"
    assert told["Licences:\n- profiler, 3 seats\n- debugger, 1 seat"].amount == Decimal("1999.99")
    assert told["One plastic bag"].amount == Decimal("0.05")
    assert told["出張、ホテル三泊"].currency == "JPY"
    assert told['=SUM(A1:A9) typed into the wrong cell; it is "6 pens"'].employee == "Bob"


def test_rows_that_make_no_sense_are_told_by_line_and_reason() -> None:
    problems = {problem.what.split(":")[0]: problem for problem in SHEET.problems}
    assert problems.keys() == {
        "amount",
        "category",
        "cost_centre",
        "currency",
        "date",
        "the same claim twice",
    }
    with (ROOT / "examples" / "expenses.csv").open(encoding="utf-8") as file:
        lines = file.read().split("\n")
    for problem in SHEET.problems:
        assert lines[problem.line - 1].startswith(problem.claim_id)


def test_a_byte_order_mark_and_extra_columns_do_no_harm() -> None:
    text = f"{HEADER},remark\n{_row('C-1')},seen\n"
    Path("excel.csv").write_text(text, encoding="utf-8-sig")
    assert [claim.claim_id for claim in read_sheet(Path("excel.csv")).claims] == ["C-1"]


@pytest.mark.parametrize("row", ["", "C-1", "C-1,Ann", ",,,,,,,,"])
def test_a_row_with_cells_missing_is_a_problem_not_a_crash(row: str) -> None:
    _write("short.csv", row)
    sheet = read_sheet(Path("short.csv"))
    assert sheet.claims == []
    assert len(sheet.problems) == (1 if row else 0)


def _write(name: str, *rows: str) -> None:
    Path(name).write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")


def _row(claim: str, *, amount: str = "10.00") -> str:
    return f"{claim},Ann,4100,meals,EUR,{amount},2026-10-01,Lunch,R-1"


# ── the payment book, and the demo ──────────────────────────────────────────────────────────────


def test_the_payment_book_pays_one_key_once_however_many_try() -> None:
    def pay(attempt: int) -> int:
        book = PaymentBook(Path("payments.db"))
        key = f"key-{attempt % 3}"
        return book.pay(
            key, purpose=key, payee="Ann", amount=Decimal(attempt), currency="EUR"
        ).number

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(pay, range(60)))
    assert len(set(numbers)) == 3
    assert len(PaymentBook(Path("payments.db")).payments()) == 3


async def test_the_demo_starts_its_samples_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSENT_DATABASE", "sqlite:///demo.db")
    for _ in range(2):
        app = demo.Demo()
        for workflow in (refunds.refund, expenses.expenses, signup.signup):
            app.register(workflow)
        async with app:
            runs = (await app.runs()).items
            assert {run.id for run in runs} == {
                "refund-A-1017",
                "refund-A-1018",
                "signup-alice",
                "expenses-october",
            }
