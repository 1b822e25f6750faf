"""Texts that no database keeps: refused by name where they come in, and found nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from assent import App, AssentError, Context, InvalidInput, TaskNotFound
from assent.errors import RunNotFound

pytestmark = pytest.mark.anyio

NUL, HALF = "a\0b", "a\ud800b"


def asking(place: str, **terms: Any) -> App:
    """An app whose only workflow asks on these terms, and says what became of it."""
    app = App(place)

    @app.workflow(name="asking")
    async def ask(ctx: Context) -> str:
        try:
            await ctx.approve("it", value=1, **terms)
        except AssentError as error:
            return str(error)
        return "asked"

    return app


@pytest.mark.parametrize(
    ("terms", "named"),
    [
        ({"title": NUL}, "title="),
        ({"title": 5}, "title="),
        ({"detail": HALF}, "detail="),
        ({"risk": NUL}, "risk="),
        ({"labels": {"eu": NUL}}, "labels="),
        ({"labels": {HALF: "x"}}, "labels="),
        ({"attachments": {"bill": HALF}}, "attachments="),
        ({"attachments": {"bill": "javascript:alert(1)"}}, "attachments="),
        ({"attachments": {"bill": "java\tscript:alert(1)"}}, "attachments="),
        ({"attachments": {"bill": " JavaScript:alert(1)"}}, "attachments="),
        ({"attachments": {"bill": "data:text/html,x"}}, "attachments="),
        ({"to": NUL}, "names nobody"),
        ({"to": "ann\u202enna"}, "names nobody"),
    ],
)
async def test_what_cannot_be_kept_is_refused_in_the_code_that_asks_and_nobody_is_asked(
    place: str, terms: dict[str, Any], named: str
) -> None:
    app = asking(place, **terms)
    async with app:
        run = await app.start("asking")
        assert named in await run.result()
        assert (await app.inbox.tasks(status="all")).items == ()


@pytest.mark.parametrize("words", [NUL, HALF, 5])
async def test_words_that_cannot_be_kept_get_a_receipt_that_says_so_and_the_task_stays_open(
    place: str, words: Any
) -> None:
    app = asking(place)
    async with app:
        run = await app.start("asking")
        (task,) = (await run.wait()).tasks
        inbox = app.inbox
        receipts = [
            await inbox.approve(task.id, by="ann", reason=words),
            await inbox.approve(task.id, by="ann", key=words),
            await inbox.approve(task.id, by="ann", shown=words),
            await inbox.edit(task.id, 2, by="ann", reason=words),
            await inbox.comment(task.id, words, by="ann"),
            await inbox.ask_back(task.id, words, by="ann"),
            await inbox.attach(task.id, words, "https://example.com", by="ann"),
            await inbox.attach(task.id, "bill", words, by="ann"),
            await inbox.reassign(task.id, [words], by="ann"),
            await inbox.delegate(task.id, "bob", by="ann", reason=words),
            await inbox.cancel(task.id, by="ann", reason=words),
        ]
        assert {receipt.status.value for receipt in receipts} == {"invalid"}
        assert all(receipt.errors for receipt in receipts)
        assert (await inbox.get(task.id)).status == "open"
        assert await app.audit.verify() == []


@pytest.mark.parametrize("name", [NUL, HALF])
async def test_what_no_name_can_be_is_found_nowhere(place: str, name: str) -> None:
    app = asking(place)
    async with app:
        run = await app.start("asking", id="a")  # as far as a search reads that stops at a NUL
        await run.wait()
        assert (await app.inbox.approve(name, by="ann")).status == "unknown"
        with pytest.raises(TaskNotFound):
            await app.inbox.get(name)
        with pytest.raises(RunNotFound):
            await app.run(name).status()
        assert (await app.notify("it", 1, run_id=name)).status == "unknown_run"
        assert await app.waiters(name) == ()
        assert (await app.inbox.tasks(q=name)).items == ()
        assert (await app.inbox.tasks(to=name)).items == ()
        assert (await app.runs(q=name)).items == ()
        assert (await app.runs(label=name)).items == ()


async def test_a_search_or_page_that_cannot_be_is_refused(place: str) -> None:
    app = asking(place)
    async with app:
        for ask in (app.inbox.tasks, app.runs):
            with pytest.raises(InvalidInput, match="/q"):
                await ask(q="x" * 60_000)
            with pytest.raises(InvalidInput, match="/limit"):
                await ask(limit=0)
        with pytest.raises(InvalidInput, match="/labels/eu"):
            await app.start("asking", labels={"eu": NUL})


async def test_one_answer_of_many_that_cannot_be_stops_none_of_the_others(place: str) -> None:
    app = asking(place)
    async with app:
        tasks: list[str] = []
        for _ in range(3):
            (task,) = (await (await app.start("asking")).wait()).tasks
            tasks.append(task.id)
        receipts = await app.inbox.answer_many(
            [
                {"task": tasks[0], "action": "approve", "by": "ann", "key": "k"},
                {"task": tasks[1], "action": "approve", "by": ""},
                {"task": tasks[1], "action": "approve", "by": "ann", "key": "k"},
                {"task": tasks[2], "action": "reject", "by": "ann"},
            ]
        )
        told = [receipt.status.value for receipt in receipts]
        assert told == ["accepted", "invalid", "invalid", "accepted"]


async def test_nobody_is_called_by_letters_that_turn_a_name_around(place: str) -> None:
    app = asking(place)
    async with app:
        (task,) = (await (await app.start("asking")).wait()).tasks
        with pytest.raises(InvalidInput, match="printable"):
            await app.inbox.approve(task.id, by="eve\u202enna")
