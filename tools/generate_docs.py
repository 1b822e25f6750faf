"""Write the parts of docs/ that say what the code says: they are never typed by hand.

A page marks them with ``<!-- generated: NAME -->`` and ``<!-- end -->``. The tests compare them with
what would be written now.

    python -m tools.generate_docs
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, cast

import click

from assent import errors
from assent.cli.exits import MEANING, OF_RECEIPT, OF_SIGNAL
from assent.cli.main import assent
from assent.core.command import (
    ALLOWED,
    AskBack,
    Attach,
    Claim,
    Command,
    Conclude,
    Delegate,
    Expire,
    HandOn,
    Nudge,
    Reassign,
    Release,
    Remark,
    Reopen,
    Reply,
    Respond,
    Settle,
    Withdraw,
)
from assent.core.journal import TaskOpened, micros
from assent.core.policy import Actor, Escalate, Remind, escalation_json, reminder_json
from assent.core.ruling import rule
from assent.core.signal import SignalStatus
from assent.core.task import (
    Closing,
    Held,
    HumanTask,
    Outcome,
    Question,
    TaskFact,
    TaskKind,
    TaskState,
    evolve,
)
from assent.system import Settings
from assent.web.api import STATUS
from assent.web.app import API
from assent.web.signals import STATUS as SIGNALS
from tests.elsewhere import DIFFERENCES, NOT_ON_RESTATE

DOCS: Final = Path(__file__).parents[1] / "docs"
TESTS: Final = Path(__file__).parents[1] / "tests"
STORIES: Final = ("stories", "events", "flows")  # what `make restate` runs
PART: Final = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> None:
    """Rewrite every page that has generated parts."""
    for page in sorted(DOCS.rglob("*.md")):
        before = page.read_text(encoding="utf-8")
        after = with_parts(before)
        if after != before:
            page.write_text(after, encoding="utf-8")
            print(f"{page.relative_to(DOCS.parent)} rewritten")


def with_parts(text: str) -> str:
    """The page with its generated parts as they should be."""
    return PART.sub(lambda part: f"{part[1]}\n{PARTS[part[2]]().strip()}\n\n{part[3]}", text)


# ── command line ────────────────────────────────────────────────────────────────────────────────


def commands() -> str:
    """Every command with its help."""
    return "\n\n".join(_help_of(assent, "assent"))


def _help_of(command: click.Command, path: str) -> Iterator[str]:
    context = click.Context(command, info_name=path, max_content_width=100, terminal_width=100)
    level = "#" * min(4, 1 + len(path.split()))
    yield f"{level} `{path}`\n\n```text\n{command.get_help(context).strip()}\n```"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from _help_of(found, f"{path} {name}")


def exit_codes() -> str:
    """The table of exit codes."""
    return _table(("code", "meaning"), ((str(int(code)), what) for code, what in MEANING.items()))


def receipts() -> str:
    """What became of an answer, and the exit code that says so."""
    return _table(
        ("receipt", "exit code"),
        ((f"`{name}`", str(int(code))) for name, code in OF_RECEIPT.items()),
    )


# ── where the tests pass ────────────────────────────────────────────────────────────────────────


def on_restate() -> str:
    """What passes on Restate, file by file, and each promise that is not kept there with its reason."""
    files = [file for name in STORIES for file in sorted((TESTS / name).glob("test_*.py"))]
    found = {file: list(_not_on_restate(ast.parse(file.read_text("utf-8")))) for file in files}
    table = _table(
        ("tests", "what they are about", "on Restate"),
        (
            (f"`{_named(file)}`", _about(file), f"all but {len(left)}" if left else "all")
            for file, left in found.items()
        ),
    )
    by_reason: dict[str, list[str]] = {reason: [] for reason in DIFFERENCES.values()}
    for file, left in found.items():
        for promise, why in left:
            by_reason[DIFFERENCES[why]].append(f"  - {promise} (`{_named(file)}`)\n")
    reasons = (f"- {reason}\n{''.join(those)}" for reason, those in by_reason.items() if those)
    return f"{table}\n\nNot kept on Restate:\n\n{''.join(reasons)}"


def _named(file: Path) -> str:
    return str(file.relative_to(TESTS))


def _about(file: Path) -> str:
    said = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    return said.partition("\n\n")[0].replace("\n", " ").rstrip(".")


def _not_on_restate(code: ast.Module) -> Iterator[tuple[str, str]]:
    """The tests that are marked so, in words, and the reason that each names."""
    for test in ast.walk(code):
        if not isinstance(test, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for mark in test.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith(f".{NOT_ON_RESTATE}"):
                yield (
                    test.name.removeprefix("test_").replace("_", " "),
                    ast.literal_eval(mark.args[0]),
                )


# ── errors, settings, tasks ─────────────────────────────────────────────────────────────────────


def error_codes() -> str:
    """Every error of the tree with its code and what it says about itself."""
    return _table(
        ("error", "code", "what it is"),
        (
            (f"`{'· ' * depth}{kind.__name__}`", f"`{kind.code}`", _first_line(kind))
            for depth, kind in _tree(errors.AssentError)
        ),
    )


def _tree(
    kind: type[errors.AssentError], depth: int = 0
) -> Iterator[tuple[int, type[errors.AssentError]]]:
    yield depth, kind
    for child in kind.__subclasses__():
        # others may derive errors of their own; the page lists what assent raises
        if child.__module__ == errors.__name__:
            yield from _tree(child, depth + 1)


def settings() -> str:
    """Every field of Settings with its type and default; what it means is written by hand below."""
    rows = (
        (f"`{field.name}`", f"`{field.type}`", f"`{_default(field)!r}`")
        for field in dataclasses.fields(Settings)
    )
    return _table(("setting", "type", "default"), rows)


def _default(field: dataclasses.Field[object]) -> object:
    if field.default is not dataclasses.MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else ...


def task_life() -> str:
    """The life of a task as a drawing: every allowed command, and where it leads."""
    return "\n".join(["```mermaid", "stateDiagram-v2", *_arrows(), "```"])


def _arrows() -> Iterator[str]:
    yield f"    [*] --> {TaskState.OPEN.value}"
    for state in TaskState:
        leads_to: dict[TaskState, list[str]] = {}
        for kind in sorted(ALLOWED[state], key=lambda kind: kind.__name__):
            leads_to.setdefault(_after(state, kind), []).append(kind.__name__.lower())
        for after, names in leads_to.items():
            yield f"    {state.value} --> {after.value}: {', '.join(names)}"
    for state in (TaskState.OPEN, TaskState.CLAIMED):
        yield f"    {state.value} --> {TaskState.DECIDED.value}: respond"
    yield f"    {TaskState.CLOSED.value} --> [*]"


def _after(state: TaskState, kind: type[Command]) -> TaskState:
    """Where a task stands after a command, by asking the code that judges it."""
    due = START + timedelta(hours=1)
    opened = TaskOpened(
        key="k",
        task="t",
        name="k",
        asks=TaskKind.APPROVE,
        digest="",
        due=micros(due),
        remind=reminder_json(Remind("1h")),
        remind_at=micros(START),
        escalate=escalation_json(Escalate("1h", to="bob")),
        escalate_at=micros(START),
    )
    owner = None if state is TaskState.OPEN else ANN.name
    ended = Closing(outcome=Outcome.APPROVED, at=START, by=ANN.name)
    task = HumanTask(
        asked=opened,
        opened=START,
        number=1,
        state=state,
        owner=owner,
        closing=ended if state is TaskState.CLOSED else None,
        held=Held(closing=ended, until=micros(START)) if state is TaskState.DECIDED else None,
        question=Question(by=ANN.name, at=START, text="?") if kind is Reply else None,
    )
    at = due if kind is Expire else START
    for fact in rule(task, COMMANDS[kind], at).facts:
        task = evolve(task, cast(TaskFact, fact), at)
    return task.state


START: Final = datetime(2026, 1, 5, tzinfo=UTC)
ANN: Final = Actor("ann")
COMMANDS: Final[Mapping[type[Command], Command]] = {
    Claim: Claim(by=ANN, via="cli"),
    Release: Release(by=ANN, via="cli"),
    Remark: Remark(by=ANN, via="cli", text="hm"),
    Respond: Respond(by=ANN, via="cli", outcome=Outcome.APPROVED),
    Delegate: Delegate(by=ANN, via="cli", to="bob"),
    Reassign: Reassign(by=ANN, via="cli", to=("bob",)),
    AskBack: AskBack(by=ANN, via="cli", text="?"),
    Reply: Reply(by=ANN, via="cli", text="!"),
    Attach: Attach(by=ANN, via="cli", name="bill", url="https://example.com/bill"),
    Settle: Settle(via="check", outcome=Outcome.APPROVED),
    Reopen: Reopen(by=ANN, via="cli"),
    Nudge: Nudge(),
    Conclude: Conclude(),
    HandOn: HandOn(),
    Withdraw: Withdraw(by=ANN, via="cli"),
    Expire: Expire(),
}


# ── HTTP ────────────────────────────────────────────────────────────────────────────────────────


def routes() -> str:
    """The table of the API."""
    rows = ((f"`{to.method} {to.path}`", to.role or "–", _first_line(to.handler)) for to in API)
    return _table(("request", "role", "what it does"), rows)


def signals() -> str:
    """The HTTP status and the exit code of each outcome of a signal."""
    return _table(
        ("outcome", "status", "exit code"),
        (
            (f"`{status}`", str(SIGNALS[status]), str(int(OF_SIGNAL[status])))
            for status in SignalStatus
        ),
    )


def receipt_statuses() -> str:
    """The HTTP status of each receipt."""
    return _table(
        ("receipt", "status"), ((f"`{name}`", str(status)) for name, status in STATUS.items())
    )


# ── pieces ──────────────────────────────────────────────────────────────────────────────────────


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(_row(line) for line in (columns, ["---"] * len(columns), *rows))


def _row(cells: Iterable[str]) -> str:
    return " | ".join(["", *(cell.replace("|", r"\|") for cell in cells), ""]).strip()


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").split("\n", 1)[0]


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "commands": commands,
    "exit-codes": exit_codes,
    "receipts": receipts,
    "on-restate": on_restate,
    "signals": signals,
    "error-codes": error_codes,
    "receipt-statuses": receipt_statuses,
    "routes": routes,
    "settings": settings,
    "task-life": task_life,
}


if __name__ == "__main__":
    main()
