"""Gates: an operation runs only once it was granted, with the arguments that were granted, once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from assent import App, Context, Rejected, RunFailed, RunStatus, gate, step
from assent.testing import Harness
from tests.stories.telling import names

app = App("sqlite:///:memory:")
sent: list[tuple[str, str, str]] = []
deleted: list[str] = []
judged: list[str] = []


def outside(a: dict[str, Any]) -> bool:
    judged.append(a["to"])
    return not a["to"].endswith("@mycompany.com")


@gate(
    "email-approval",
    when=outside,
    describe=lambda a: f"Send email to {a['to']}: {a['subject']!r}",
    to="group:comms",
)
@step
async def send_email(to: str, subject: str, body: str = "") -> str:
    sent.append((to, subject, body))
    return "sent"


@step(retries=1, delay=0)
@gate("delete-file", when=lambda a: a["file"].path.startswith("/important/"), timeout="1d")
def delete(file: File) -> str:
    deleted.append(file.path)
    return file.path


@dataclass
class File:
    path: str


@app.workflow
async def mails(ctx: Context, to: list[str]) -> list[str]:
    said: list[str] = []
    for address in to:
        try:
            said.append(await ctx.step(send_email, to=address, subject="Hello"))
        except Rejected as error:
            said.append(f"not sent: {error.reason}")
    return said


@app.workflow
async def deletes(ctx: Context, path: str) -> str:
    return await ctx.step(delete, File(path))


@pytest.fixture
async def h(place: str) -> AsyncIterator[Harness]:
    for told in (sent, deleted, judged):
        told.clear()
    async with Harness(app, database=place) as harness:
        yield harness


async def test_a_granted_operation_runs_once_with_the_arguments_shown(h: Harness) -> None:
    run = await h.start(mails, ["ann@external.com"])
    (task,) = await run.tasks()
    assert task.title == "Send email to ann@external.com: 'Hello'"
    assert task.value == {"to": "ann@external.com", "subject": "Hello", "body": ""}
    assert (task.gate, task.to, sent) == ("send_email", ("group:comms",), [])
    run = await h.crash_and_restart()
    assert sent == []
    await h.person("bob").approves("email-approval")
    run = await h.crash_and_restart()
    assert await run.result() == ["sent"]
    assert sent == [("ann@external.com", "Hello", "")]


async def test_the_operation_runs_with_the_arguments_as_edited(h: Harness) -> None:
    run = await h.start(mails, ["ann@external.com"])
    wrong = await h.person("bob").edits("email-approval", {"to": "x@y.z", "subject": 3, "body": ""})
    assert (wrong.status, [e.pointer for e in wrong.errors]) == ("invalid", ["/subject"])
    edited = {"to": "ann@external.com", "subject": "Good day", "body": "…"}
    assert (await h.person("bob").edits("email-approval", edited)).status == "accepted"
    assert await run.result() == ["sent"]
    assert sent == [("ann@external.com", "Good day", "…")]


async def test_a_rejected_operation_never_runs_and_the_next_asks_anew(h: Harness) -> None:
    run = await h.start(mails, ["ann@external.com", "bob@external.com"])
    await h.person("bob").rejects("email-approval", "spam")
    (task,) = await run.tasks()
    assert (task.key, task.value["to"]) == ("email-approval#2", "bob@external.com")
    await h.person("bob").approves("email-approval#2")
    assert await run.result() == ["not sent: spam", "sent"]
    assert [to for to, _, _ in sent] == ["bob@external.com"]


async def test_nobody_is_asked_where_the_predicate_says_no_and_it_says_so_once(h: Harness) -> None:
    run = await h.start(mails, ["ann@mycompany.com", "eve@external.com"])
    assert judged == ["ann@mycompany.com", "eve@external.com"]
    await h.crash_and_restart()
    await h.crash_and_restart()
    assert judged == ["ann@mycompany.com", "eve@external.com"]
    await h.person("bob").approves("email-approval")
    assert await run.result() == ["sent", "sent"]
    assert judged == ["ann@mycompany.com", "eve@external.com"]
    assert (await names(h, run)).count("task.opened") == 1


async def test_the_recorded_judgement_stands_if_it_would_be_another_later(h: Harness) -> None:
    run = await h.start(mails, ["ann@external.com"])
    judged_before = list(judged)
    address = "ann@external.com"
    assert outside({"to": address})
    await h.crash_and_restart()
    await h.person("bob").approves("email-approval")
    assert await run.result() == ["sent"]
    assert judged == [*judged_before, address]


async def test_a_sync_step_with_a_typed_argument_is_gated_too(h: Harness) -> None:
    free = await h.start(deletes, "/tmp/foo.txt")
    assert await free.result() == "/tmp/foo.txt"
    run = await h.start(deletes, "/important/data.json")
    assert await run.status() == RunStatus.WAITING
    (task,) = await run.tasks()
    assert task.value == {"file": File("/important/data.json")}
    edit = {"file": {"path": "/important/old.json"}}
    assert (await h.person("bob").edits("delete-file", edit)).status == "accepted"
    assert await run.result() == "/important/old.json"
    assert deleted == ["/tmp/foo.txt", "/important/old.json"]


async def test_nobody_grants_it_by_the_deadline_so_it_never_runs(h: Harness) -> None:
    run = await h.start(deletes, "/important/data.json")
    await h.advance("2d")
    with pytest.raises(RunFailed, match="deadline"):
        await run.result()
    assert deleted == []
