"""Record runs of every kind as SQL text, for tomorrow's code to read: tests/upgrade/histories/NAME.sql, for SQLite,
and NAME.postgres.sql.

Run it when a release changes the schema or the journal, under a new name. Never record an old name anew: that the
old text can still be read is what the tests prove.

    python -m tools.record_history 0.1
    python -m tools.record_history kinds      add new kinds and fields of facts to tests/upgrade/kinds.json
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import tempfile
import traceback
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from assent.core.journal import KINDS
from assent.core.policy import Actor
from assent.runs.handle import RunHandle
from assent.testing import Harness
from tests.cluster import cluster
from tests.upgrade.test_formats import FROZEN, drawn
from tests.upgrade.test_histories import SCHEMA
from tests.upgrade.workflows import Line, Order, Tier, World, made

HISTORIES: Final = Path(__file__).parents[1] / "tests" / "upgrade" / "histories"


def main(name: str) -> None:
    """Record the runs under this name, or the kinds of facts."""
    if name == "kinds":
        _freeze()
        return
    kept = {".sql": _recorded_in_sqlite, ".postgres.sql": _recorded_in_postgres}
    missing = [kind for kind in kept if not (HISTORIES / f"{name}{kind}").exists()]
    if not missing:
        raise SystemExit(f"{name} is history already: choose another name.")
    for kind in missing:
        file, record = HISTORIES / f"{name}{kind}", kept[kind]
        with patch("traceback.format_exception", _last_line_only):
            file.write_text(record(), encoding="utf-8")
        print(f"{file.relative_to(Path.cwd())}: {file.stat().st_size:,} bytes")


def _freeze() -> None:
    lines = [f"  {json.dumps(name)}: {json.dumps(drawn(kind))}" for name, kind in KINDS.items()]
    before = json.loads(FROZEN.read_text(encoding="utf-8"))
    for name, parts in before.items():
        gone = [
            field
            for part, fields in parts.items()
            for field in fields
            if field not in drawn(KINDS[name])[part]
        ]
        if gone:
            raise SystemExit(f"{name} has lost {', '.join(gone)}: journals that have it exist.")
    FROZEN.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _recorded_in_sqlite() -> str:
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "history.db"
        asyncio.run(_live(f"sqlite:///{database}"))
        connection = sqlite3.connect(database)
        lines = "\n".join(connection.iterdump())
        connection.close()
    return lines + "\n"


def _recorded_in_postgres() -> str:
    asyncio.run(_live(cluster().url(SCHEMA)))
    return cluster().dump(SCHEMA)


def _last_line_only(error: BaseException, **_: Any) -> list[str]:
    """A trace says where the code lies on this machine, which is nobody else's business."""
    return traceback.format_exception_only(error)


async def _live(database: str) -> None:
    app = made()
    async with Harness(app, database=database) as h:
        await _everything(h)
        await _answered_to_the_end(h)
        await _races(h)
        await _agrees(h)
        for workflow, id in (("sleeps", "asleep"), ("times_out", "timed-out")):
            await h.start(workflow, id=id)
        await h.advance("2h")
        await _fails(h)
        await _paused_and_cancelled(h)
        await _erased(h)
        await _parked(h)


async def _everything(h: Harness) -> None:
    """Left waiting for a claimed task, with a child that was answered, and a refusal or two."""
    order = Order(
        number=7,
        lines=[Line("pen", Decimal("1.20")), Line("ink", Decimal("7.80"))],
        tier=Tier.GOLD,
        due=date(2026, 3, 1),
    )
    World.failing, World.hanging = 1, True
    run = await h.app.start("everything", order, id="everything", by="ann", labels={"team": "a"})
    await h.app.system.ledger.idle()
    World.hanging = False
    await h.crash_and_restart()  # in the middle of a step
    await h.advance("11m")
    await h.person("bob").approves("child task", reason="why not")
    (task,) = [task for task in await run.tasks() if task.key == "refund"]
    await h.inbox.approve(task.id, by=Actor("eve", groups=frozenset()))
    await h.person("ann").claims("refund")
    await h.person("ann").releases("refund")
    await h.person("ann").edits("refund", {"total": "not a number"})
    await h.person("bob").comments("refund", "Is this right?")
    await h.person("ann").claims("refund")
    await _waits(run)


async def _answered_to_the_end(h: Harness) -> None:
    order = Order(number=8, lines=[Line("pen", Decimal("0.50"))])
    run = await h.start("everything", order, id="succeeded")
    await h.advance("10m")
    await h.person("bob").rejects("child task", reason="no")
    await h.person("ann").approves("refund")
    await h.person("ann").chooses("color", ["blue"])
    await h.person("ann").answers("words", {"amount": 2.5, "note": "ü"})
    await run.result()


async def _races(h: Harness) -> None:
    run = await h.start("races", id="races")
    await h.person("ann").approves("quick")
    await _waits(run)


async def _agrees(h: Harness) -> None:
    """One that was agreed on, one taken back, one that was handed on, and one in the middle of a question."""
    agreed = await h.start("agrees", {"amount": 20}, id="agreed", by="rob")
    await h.person("ann").approves("agree")
    await h.person("bob").edits("agree", {"amount": 30})
    await h.person("eve").approves("agree")
    await h.person("cleo").approves("agree")
    await agreed.result()
    back = await h.start("agrees", {"amount": 2}, id="taken-back", by="rob")
    await back.pause()
    (task,) = await back.tasks()
    await h.inbox.reject(task.id, by="leo", reason="no")
    await h.inbox.reopen(task.id, by="leo", reason="on second thoughts")
    handed = await h.start("agrees", {"amount": 3}, id="handed-on", by="rob")
    await h.advance("3d")
    await _waits(handed)
    asked = await h.start("agrees", {"amount": 4}, id="asked-back", by="rob")
    (task,) = await asked.tasks()
    await h.inbox.delegate(task.id, "fay", by="ann")
    await h.inbox.attach(task.id, "note", "https://example.com/note", by="ann")
    await h.inbox.ask_back(task.id, "Why?", by="fay")
    await h.inbox.reply(task.id, "Because.", by="rob")
    await h.inbox.ask_back(task.id, "Why now?", by="ann")
    moved = await h.start("agrees", {"amount": 5}, id="reassigned", by="rob")
    (task,) = await moved.tasks()
    await h.inbox.reassign(task.id, ["fay", "group:finance"], by="ann", reason="hers")


async def _fails(h: Harness) -> None:
    World.broken = True
    for id in ("failed", "retried"):
        await h.start("ships", id=id)
        await h.person("ann").approves("ship it")
    await h.app.run("retried").retry(by="ann")
    await h.run_until_idle()
    World.broken = False


async def _paused_and_cancelled(h: Harness) -> None:
    paused = await h.start("ships", id="paused")
    await paused.pause(by="ann")
    again = await h.start("ships", id="paused-once")
    await again.pause(by="ann")
    await again.resume(by="bob")
    await h.run_until_idle()
    cancelled = await h.start("asks", {"of": 1}, id="cancelled")
    await cancelled.cancel("no longer wanted", by="ann")


async def _erased(h: Harness) -> None:
    run = await h.start("asks", {"of": 2}, id="erased", by="ann")
    await h.person("ann").rejects("child task", reason="a secret")
    await run.result()
    await h.app.audit.erase("erased", by="ann")


async def _parked(h: Harness) -> None:
    await h.start("changes", id="parked")
    World.renamed = True
    await h.crash_and_restart()
    await h.person("ann").approves("go on")
    World.renamed = False


async def _waits(run: RunHandle[Any]) -> None:
    standing = await run.wait(timeout=5)
    assert standing.tasks, standing


if __name__ == "__main__":
    main(*sys.argv[1:])
