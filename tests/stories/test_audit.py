"""The trail: who did what through which door and when, and whether anybody has touched it since."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from assent import Actor, App, Context, InvalidState, RunNotFound
from assent.audit import missing
from assent.testing import START, Harness
from tests.raw import altered, asked

pytestmark = pytest.mark.anyio


def refunds() -> App:
    """An app with a workflow that has something of everything."""
    app = App()

    @app.workflow
    async def refund(ctx: Context, order: str) -> dict[str, Any]:
        price = await ctx.step("price", lambda: {"amount": 40, "secret": "sesame"})
        decision = await ctx.approve("refund", title="Refund sesame?", value=price)
        ctx.state["note"] = "sesame"
        await ctx.emit("decided", {"word": "sesame"})
        return {"outcome": str(decision.outcome), "word": "sesame"}

    return app


async def played(h: Harness, id: str = "r-1") -> None:
    """A run from its start to its end, with a claim, a remark and a refusal on the way."""
    run = await h.start("refund", "sesame", id=id, by="ann", labels={"region": "eu"})
    (task,) = await run.tasks()
    await h.inbox.claim(task.id, by="bob", via="page")
    await h.inbox.comment(task.id, "sesame?", by="carol", via="mail")
    await h.inbox.approve(task.id, by="eve", via="http")
    await h.advance("1h")
    await h.inbox.edit(
        task.id, {"amount": 30, "secret": "sesame"}, by=Actor("bob"), reason="sesame", via="cli"
    )
    await run.result(timeout=5)


async def trail(app: App, run: str | None = None) -> list[dict[str, Any]]:
    """The export as a list."""
    return [entry async for entry in app.audit.export(run)]


# ── the export ──────────────────────────────────────────────────────────────────────────────────


async def test_every_entry_says_who_through_which_door_and_when(database: str) -> None:
    async with Harness(refunds(), database=database) as h:
        await played(h)
        entries = await trail(h.app)

        said = [
            (entry["kind"], entry["actor"], entry["via"])
            for entry in entries
            if entry["kind"].startswith(("task.", "run.started"))
        ]
        assert said == [
            ("run.started", "ann", None),
            ("task.opened", "ann", None),
            ("task.claimed", "bob", "page"),
            ("task.commented", "carol", "mail"),
            ("task.refused", "eve", "http"),
            ("task.answered", "bob", "cli"),
            ("task.closed", "bob", "cli"),
        ]
        times = [datetime.fromisoformat(entry["at"]) for entry in entries]
        assert times == sorted(times)
        assert times[0] == START
        assert times[-1] == START + timedelta(hours=1)
        assert [entry["number"] for entry in entries] == list(range(1, len(entries) + 1))
        assert [entry["seq"] for entry in entries] == sorted({entry["seq"] for entry in entries})
        assert len({entry["hash"] for entry in entries}) == len(entries)
        assert json.loads(json.dumps(entries)) == entries


async def test_the_export_of_one_run_is_its_part_of_the_whole(database: str) -> None:
    async with Harness(refunds(), database=database) as h:
        for id in ("r-1", "r-2"):
            await played(h, id)
        whole = await trail(h.app)
        for id in ("r-1", "r-2"):
            assert await trail(h.app, id) == [entry for entry in whole if entry["run"] == id]
        with pytest.raises(RunNotFound):
            await trail(h.app, "r-3")
        with pytest.raises(RunNotFound):
            await h.app.audit.verify("r-3")


async def test_the_trail_only_grows(database: str) -> None:
    async with Harness(refunds(), database=database) as h:
        run = await h.start("refund", "o", id="r-1")
        before = await trail(h.app)
        await run.cancel("enough", by="ann")
        await h.crash_and_restart()
        after = await trail(h.app)
        assert after[: len(before)] == before
        assert len(after) > len(before)


# ── tampering ───────────────────────────────────────────────────────────────────────────────────

SQL: dict[str, str | list[str]] = {
    "a body altered": "update entry set body = replace(body, 'eve', 'bob') where kind = 'task.refused'",
    "who closed it altered": "update entry set body = replace(body, 'bob', 'eve') where kind = 'task.closed'",
    "a payload altered": "update entry set payload = replace(payload, '30', '31') where kind = 'task.answered'",
    "a payload replaced": "update entry set payload = '{}' where kind = 'task.answered'",
    "a payload taken away": "update entry set payload = null where kind = 'task.answered'",
    "a payload added": "update entry set payload = '{\"reason\": \"x\"}' where kind = 'task.claimed'",
    "a digest altered": "update entry set digest = substr(hash, 1, 64) where kind = 'task.answered'",
    "a time altered": "update entry set at = at - 1 where kind = 'task.closed'",
    "a kind altered": "update entry set kind = 'task.commented' where kind = 'task.claimed'",
    "a key altered": "update entry set key = 'other' where kind = 'task.closed'",
    "a hash altered": "update entry set hash = upper(hash) where number = 3",
    "the first dropped": "delete from entry where number = 1",
    "one in the middle dropped": "delete from entry where kind = 'task.refused'",
    "one dropped and the rest moved up": [
        "delete from entry where number = 5",
        "update entry set number = number + 999 where number > 5",
        "update entry set number = number - 1000 where number > 1000",
    ],
    "the last dropped": "delete from entry where number = (select max(number) from entry)",
    "all dropped": "delete from entry",
    "two exchanged": [
        "update entry set number = 1000 where number = 4",
        "update entry set number = 4 where number = 5",
        "update entry set number = 5 where number = 1000",
    ],
    "one forged at the end": (
        "insert into entry select seq + 100, run, number + 1, at, kind, key, body, payload, digest, hash"
        " from entry where number = (select max(number) from entry)"
    ),
    "one put elsewhere in the order of all": "update entry set seq = seq + 1000 where number = 2",
    "the head of the run altered": "update run set head = upper(head)",
    "the run taken out": "delete from run",
    "the list of runs altered": "update run set status = 'failed'",
    "who started it altered in the list of runs": "update run set by = 'eve'",
    "the list of tasks altered": "update task set outcome = 'rejected'",
    "a title altered in the list of tasks": "update task set title = 'Refund?'",
    "the workflow altered in the list of tasks": "update task set workflow = 'payout'",
    "a risk altered in the list of tasks": "update task set risk = 'none'",
    "what was answered altered in the list of tasks": "update task set state = '{}'",
    "what it is found by altered in the list of tasks": "update task set words = 'nothing'",
    "a status that there is none of": "update run set status = 'fine'",
    "a state that cannot be read": "update run set state = '{'",
    "a task taken out of its list": "delete from task",
    "a task forged in their list": (
        "insert into task (id, run, root, workflow, number, name, kind, status, title, who, opened, priority, state)"
        " select 'x', run, root, workflow, number, name, kind, 'open', title, who, opened, priority, '{}' from task"
    ),
    "the entries of another run put here": "update entry set run = 'r-2' where number > 3",
    "all payloads taken away, unannounced": "update entry set payload = null",
}  # fmt: skip


@pytest.mark.parametrize("what", SQL)
async def test_whatever_is_altered_dropped_or_reordered_is_found(place: str, what: str) -> None:
    app = refunds()
    async with Harness(app, database=place) as h:
        await played(h)
        assert await app.audit.verify() == []
        there = app.system.settings.database

    statements = SQL[what]
    await altered(there, *([statements] if isinstance(statements, str) else statements))

    async with Harness(app, database=place) as h:
        flaws = await app.audit.verify()
        assert flaws, what
        assert all(flaw.run and flaw.what for flaw in flaws)


async def test_a_flaw_names_the_run_and_the_entry_and_others_are_left_in_peace(
    database: str,
) -> None:
    app = refunds()
    async with Harness(app, database=database) as h:
        for id in ("r-1", "r-2", "r-3"):
            await played(h, id)
        there = app.system.settings.database
    await altered(there, "update entry set body = '{}' where run = 'r-2' and number = 4")
    async with Harness(app, database=database) as h:
        flaws = await app.audit.verify()
        assert [(flaw.run, flaw.number) for flaw in flaws] == [("r-2", 4)]
        assert await app.audit.verify("r-1") == []
        assert await app.audit.verify("r-2") == flaws


async def test_an_export_that_was_kept_tells_what_is_gone_and_what_was_made_anew(
    database: str,
) -> None:
    app = refunds()
    async with Harness(app, database=database) as h:
        for id in ("r-1", "r-2", "r-3"):
            await played(h, id)
        now = await trail(app)
    changed = [dict(line) for line in now if line["run"] != "r-1"]
    changed[2]["hash"] = "0" * 64  # r-2, made anew from its third entry on
    del changed[-1]  # the last of r-3

    async def said() -> AsyncIterator[dict[str, Any]]:
        for line in changed:
            yield line

    found = [(flaw.run, flaw.number) for flaw in await missing(now, said())]
    assert found == [("r-2", 3), ("r-1", 0), ("r-3", now[-1]["number"])]
    assert await missing([], said()) == []


# ── erasing ─────────────────────────────────────────────────────────────────────────────────────


async def test_erased_payloads_are_gone_everywhere_and_the_chain_still_verifies(place: str) -> None:
    app = refunds()
    async with Harness(app, database=place) as h:
        there = app.system.settings.database
        await played(h, "r-1")
        await played(h, "r-2")
        await app.audit.erase("r-1", by="dan")
        assert await app.audit.verify() == []
        await h.restart()
        assert await app.audit.verify() == []

        entries = await trail(app, "r-1")
        assert "sesame" not in json.dumps(entries)
        assert all(entry["payload"] is None for entry in entries)
        assert (entries[-1]["kind"], entries[-1]["actor"]) == ("payloads.erased", "dan")
        kept = [(entry["kind"], entry["actor"]) for entry in entries if entry["via"]]
        assert ("task.closed", "bob") in kept

        (task,) = (await h.inbox.tasks(status="all", run="r-1")).items
        assert "sesame" not in repr(task)
        assert (task.outcome, task.decided_by) == ("edited", "bob")
        run = app.run("r-1")
        assert await run.status() == "succeeded"
        assert "sesame" not in repr([await run.output(), await run.input(), await run.error()])
        assert "sesame" not in repr(await run.timeline())
        events = [event.plain() async for event in run.events()]
        assert "sesame" not in json.dumps(events)

        # The other run is untouched.
        assert (await app.run("r-2").output())["word"] == "sesame"

    left = "select count(*) from entry where run = 'r-1' and payload like '%sesame%'"
    assert await asked(there, left) == [(0,)]


async def test_erasing_again_and_speaking_of_it_later_still_verifies(database: str) -> None:
    app = refunds()
    async with Harness(app, database=database) as h:
        await played(h)
        (task,) = (await h.inbox.tasks(status="all")).items
        await app.audit.erase("r-1")
        await h.inbox.comment(task.id, "Why was this erased?", by="ann")
        assert await app.audit.verify() == []
        await app.audit.erase("r-1")
        await h.restart()
        assert await app.audit.verify() == []
        assert "Why was" not in json.dumps(await trail(app))


async def test_an_unfinished_run_is_not_erased(database: str) -> None:
    app = refunds()
    async with Harness(app, database=database) as h:
        run = await h.start("refund", "o", id="r-1")
        before = await trail(app)
        with pytest.raises(InvalidState):
            await app.audit.erase("r-1")
        with pytest.raises(RunNotFound):
            await app.audit.erase("nope")
        assert await trail(app) == before
        await run.cancel()
        await app.audit.erase("r-1")
        assert await app.audit.verify() == []


async def test_tampering_after_an_erasure_is_found_too(database: str) -> None:
    app = refunds()
    async with Harness(app, database=database) as h:
        await played(h)
        await app.audit.erase("r-1", by="dan")
        there = app.system.settings.database
    await altered(
        there,
        "update entry set body = replace(body, 'bob', 'eve') where kind = 'task.closed'",
        "update entry set payload = '{\"reason\": \"x\"}' where kind = 'task.answered'",
    )
    async with Harness(app, database=database) as h:
        assert len({flaw.number for flaw in await app.audit.verify()}) >= 2
        assert h.clock.now() == START
