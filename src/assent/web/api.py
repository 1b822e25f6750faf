"""The JSON API, handler by handler. The table of its routes is in ``assent.web.app``."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from importlib.metadata import version
from typing import Annotated, Any, Final, TypeAlias
from urllib.parse import quote

from fastapi import Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from assent.core.task import ReceiptStatus
from assent.core.values import Json
from assent.errors import TaskNotFound
from assent.human.receipt import Receipt
from assent.human.view import TaskView
from assent.notifying.outbox import Sending
from assent.web import once
from assent.web.problem import Problem
from assent.web.request import door_of, link, origin_of, system_of, who_of
from assent.web.wire import bodies, tasks
from assent.web.wire.basic import Page, page_of
from assent.web.wire.house import (
    Erased,
    FlawFound,
    Health,
    Key,
    LoginLink,
    MadeKey,
    Notification,
    Status,
    Verified,
)
from assent.web.wire.runs import Cancelled, Happened, Queue, Run, RunLine, Startable
from assent.web.wire.tasks import Receipts, Task

STATUS: Final = {
    ReceiptStatus.ACCEPTED: 200,
    ReceiptStatus.RECORDED: 200,
    ReceiptStatus.DUPLICATE: 200,
    ReceiptStatus.ALREADY_DECIDED: 409,
    ReceiptStatus.STALE: 409,
    ReceiptStatus.EXPIRED: 410,
    ReceiptStatus.CANCELLED: 410,
    ReceiptStatus.INELIGIBLE: 403,
    ReceiptStatus.INVALID: 422,
    ReceiptStatus.UNKNOWN: 404,
}

Tasks: TypeAlias = Annotated[bodies.TaskFilter, Query()]
RunsAsked: TypeAlias = Annotated[bodies.RunFilter, Query()]


def reply(model: BaseModel, status: int = 200, **headers: str) -> Response:
    """A model as a reply. Header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(model.model_dump_json(), status, named, media_type="application/json")


def by_of(request: Request, body: bodies.Body) -> str:
    """Who acts: whoever is signed in, whatever the body says."""
    who = who_of(request)
    if body.by not in (None, who.user):
        said = f"You are {who.user}: you cannot act as {body.by!r}. Leave out 'by'."
        raise Problem(403, said, code="not_you")
    return who.user


# ── runs ────────────────────────────────────────────────────────────────────────────────────────


async def start_run(request: Request, body: bodies.StartRun) -> Response:
    """Start a run; the same id (or the same Idempotency-Key) again gives the same run."""
    system, before = system_of(request), system_of(request).clock.now()
    run = await system.start(
        body.workflow,
        body.input,
        id=once.run_id(request) if body.id is None else body.id,
        by=by_of(request, body),
        labels=body.labels,
    )
    whole = await Run.whole(run)
    at = link(request, "get_run", run=run.id)
    return reply(whole, 201 if whole.created >= before else 200, Location=at)


async def list_runs(request: Request, asked: RunsAsked) -> Response:
    """A page of runs, newest first."""
    return reply(page_of(await system_of(request).runs(**dict(asked)), RunLine.of))


async def list_queues(request: Request) -> Response:
    """The queues of workflows that have a limit, where somebody waits or is in."""
    found = await system_of(request).queues()
    return reply(Page[Queue](items=[Queue.of(queue) for queue in found]))


async def get_run(request: Request, run: str) -> Response:
    """A run with its input, output, error and open tasks."""
    return reply(await Run.whole(system_of(request).run(run)))


async def get_timeline(request: Request, run: str) -> Response:
    """What happened in a run, and what it waits for."""
    lines = await system_of(request).run(run).timeline()
    return reply(Page[Happened](items=[Happened.of(line) for line in lines]))


async def pause_run(request: Request, run: str, body: bodies.Steer | None = None) -> Response:
    """Let nothing new begin; answers are still taken."""
    by = by_of(request, body or bodies.Steer())
    await system_of(request).run(run).pause(by=by)
    return await get_run(request, run)


async def resume_run(request: Request, run: str, body: bodies.Steer | None = None) -> Response:
    """End a pause."""
    by = by_of(request, body or bodies.Steer())
    await system_of(request).run(run).resume(by=by)
    return await get_run(request, run)


async def cancel_run(request: Request, run: str, body: bodies.Steer | None = None) -> Response:
    """End a run: its tasks close, nothing further happens."""
    said = body or bodies.Steer()
    await system_of(request).run(run).cancel(said.reason, by=by_of(request, said))
    return await get_run(request, run)


async def cancel_runs(request: Request, body: bodies.CancelRuns) -> Response:
    """End all runs that fit: of a workflow, with a label, or all that have not ended."""
    runs = await system_of(request).cancel_runs(
        workflow=body.workflow,
        label=body.label,
        q=body.q,
        all=body.all,
        reason=body.reason,
        by=by_of(request, body),
    )
    return reply(Cancelled(runs=list(runs)))


async def restart_run(request: Request, run: str, body: bodies.Restart | None = None) -> Response:
    """Start a run anew from its beginning, with the input it had; another run, with an id of its own."""
    said = body or bodies.Restart()
    id = said.id or once.run_id(request)
    made = await system_of(request).restart(run, id=id, by=by_of(request, said))
    return reply(await Run.whole(made), 201, Location=link(request, "get_run", run=made.id))


async def retry_run(request: Request, run: str, body: bodies.Steer | None = None) -> Response:
    """Let a failed run go on from its failed step, a parked one from where it stood."""
    by = by_of(request, body or bodies.Steer())
    await system_of(request).run(run).retry(by=by)
    return await get_run(request, run)


async def erase_run(request: Request, run: str, body: bodies.Steer | None = None) -> Response:
    """Erase what was put into an ended run; that it happened stays, and still verifies."""
    by = by_of(request, body or bodies.Steer())
    await system_of(request).audit.erase(run, by=by)
    return reply(Erased(run=run))


# ── tasks ───────────────────────────────────────────────────────────────────────────────────────


async def list_tasks(request: Request, asked: Tasks) -> Response:
    """A page of tasks: open ones by priority and age, others newest first."""
    wanted = dict(asked)
    if asked.to == "me":
        wanted["to"] = who_of(request).user
    found = await system_of(request).inbox.tasks(**wanted)
    return reply(page_of(found, Task.of))


async def get_task(request: Request, task: str) -> Response:
    """A task; its ETag changes whenever anything about it does."""
    found = Task.of(await system_of(request).inbox.get(task))
    tag = etag(found)
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"ETag": tag})
    return reply(found, ETag=tag)


def etag(task: Task) -> str:
    """The tag of a task as it stands."""
    return f'"{hashlib.sha256(task.model_dump_json().encode()).hexdigest()[:32]}"'


async def approve(request: Request, task: str, body: bodies.Say | None = None) -> Response:
    """Say yes to what is shown."""
    said = body or bodies.Say()
    return await with_receipt(
        request, task, said, system_of(request).inbox.approve, reason=said.reason, shown=said.shown
    )


async def reject(request: Request, task: str, body: bodies.Say | None = None) -> Response:
    """Say no."""
    said = body or bodies.Say()
    return await with_receipt(
        request, task, said, system_of(request).inbox.reject, reason=said.reason, shown=said.shown
    )


async def edit(request: Request, task: str, body: bodies.SayValue) -> Response:
    """Say yes to another value than the one shown."""
    inbox = system_of(request).inbox
    return await with_receipt(
        request, task, body, inbox.edit, body.value, reason=body.reason, shown=body.shown
    )


async def answer(request: Request, task: str, body: bodies.SayValue) -> Response:
    """Fill the form, or choose."""
    inbox = system_of(request).inbox
    return await with_receipt(
        request, task, body, inbox.answer, body.value, reason=body.reason, shown=body.shown
    )


async def claim(request: Request, task: str, body: bodies.Body | None = None) -> Response:
    """Take a task on: others may see it, and not answer it."""
    return await with_receipt(request, task, body or bodies.Body(), system_of(request).inbox.claim)


async def release(request: Request, task: str, body: bodies.Body | None = None) -> Response:
    """Give a claimed task back."""
    return await with_receipt(
        request, task, body or bodies.Body(), system_of(request).inbox.release
    )


async def comment(request: Request, task: str, body: bodies.Remark) -> Response:
    """Write something about a task, also after it was closed."""
    return await with_receipt(request, task, body, system_of(request).inbox.comment, body.text)


async def cancel_task(request: Request, task: str, body: bodies.Steer | None = None) -> Response:
    """Nobody needs to answer any more; the workflow is told."""
    said = body or bodies.Steer()
    inbox = system_of(request).inbox
    return await with_receipt(request, task, said, inbox.cancel, reason=said.reason)


async def answer_many(request: Request, body: bodies.Batch) -> Response:
    """Several answers, each with a receipt of its own; one refusal stops none of the others."""
    by = by_of(request, body)
    said: list[dict[str, Any]] = []
    for one in body.answers:
        by_of(request, one)
        takes_value = one.action in ("edit", "answer")
        said.append(one.model_dump(exclude={"by"} if takes_value else {"by", "value"}))
    receipts = await system_of(request).inbox.answer_many(said, by=by, via=door_of(request))
    return reply(Receipts(receipts=[tasks.Receipt.of(receipt) for receipt in receipts]))


async def with_receipt(
    request: Request,
    task: str,
    body: bodies.Body,
    act: Callable[..., Awaitable[Receipt]],
    *value: Any,
    **said: Any,
) -> Response:
    """Do it, and hand over the receipt."""
    await _unchanged(request, task)
    receipt = await act(task, *value, by=by_of(request, body), via=door_of(request), **said)
    return reply(tasks.Receipt.of(receipt), STATUS[receipt.status])


async def _unchanged(request: Request, task: str) -> None:
    """Refuses where the sender has not seen the task as it stands."""
    wanted = request.headers.get("if-match")
    if wanted is None or wanted.strip() == "*":
        return
    try:
        now: TaskView = await system_of(request).inbox.get(task)
    except TaskNotFound:
        return  # the receipt says so
    if etag(Task.of(now)) not in {tag.strip() for tag in wanted.split(",")}:
        raise Problem(412, "The task has changed since you read it. Read it again, then answer.")


# ── audit and administration ────────────────────────────────────────────────────────────────────


async def export_audit(request: Request, run: str | None = None) -> Response:
    """Every entry, in order, as JSON lines, or as CSV where the Accept header asks for it."""
    if run is not None:
        await system_of(request).run(run).info()
    entries = system_of(request).audit.export(run)
    as_csv = "text/csv" in request.headers.get("accept", "")
    lines = _csv_lines(entries) if as_csv else _json_lines(entries)
    return StreamingResponse(lines, media_type="text/csv" if as_csv else "application/x-ndjson")


async def _json_lines(entries: AsyncIterator[dict[str, Json]]) -> AsyncGenerator[str, None]:
    async for entry in entries:
        yield json.dumps(entry, ensure_ascii=False) + "\n"


async def _csv_lines(entries: AsyncIterator[dict[str, Json]]) -> AsyncGenerator[str, None]:
    names: list[str] = []
    async for entry in entries:
        if not names:
            names = list(entry)
            yield _csv_line(names)
        yield _csv_line([_cell(entry[name]) for name in names])


def _cell(value: Json) -> str:
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
    # A spreadsheet would run what begins like a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _csv_line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


async def verify_audit(request: Request, run: str | None = None) -> Response:
    """Check that no entry was altered, dropped or put elsewhere."""
    found = await system_of(request).audit.verify(run)
    flaws = [FlawFound(run=flaw.run, number=flaw.number, what=flaw.what) for flaw in found]
    return reply(Verified(flaws=flaws))


async def list_notifications(request: Request, status: Sending | None = None) -> Response:
    """What people elsewhere were not told yet (``pending``), or could not be (``dead``), oldest first."""
    dead = None if status is None else status is Sending.DEAD
    found = await system_of(request).notifications.all(dead=dead)
    items = [Notification.of(each) for each in found]
    return reply(Page[Notification](items=items))


async def resend_notification(request: Request, notification: str) -> Response:
    """Try a notification again that was given up, from the first attempt on."""
    again = await system_of(request).notifications.resend(notification)
    return reply(Notification.of(again))


async def list_keys(request: Request) -> Response:
    """All API keys, without their secrets."""
    keys = await system_of(request).access.list_keys()
    return reply(Page[Key](items=[Key.of(key) for key in keys]))


async def create_key(request: Request, body: bodies.NewKey) -> Response:
    """Make a key; its secret is shown this once."""
    by_of(request, body)
    id, secret = await system_of(request).access.create_key(body.user, body.role, body.label)
    made = MadeKey(id=id, secret=secret, user=body.user, role=body.role, label=body.label)
    return reply(made, 201)


async def revoke_key(request: Request, key: str) -> Response:
    """End a key at once."""
    await system_of(request).access.revoke_key(key)
    return Response(status_code=204)


async def create_login_link(request: Request, body: bodies.NewLoginLink) -> Response:
    """Make a link that signs a browser in, once."""
    by_of(request, body)
    token = await system_of(request).access.login_link(body.user, body.role)
    at = f"{origin_of(request)}{link(request, 'login')}?token={quote(token)}"
    return reply(LoginLink(url=at), 201)


# ── what there is ───────────────────────────────────────────────────────────────────────────────


async def list_workflows(request: Request) -> Response:
    """What can be started here."""
    found = sorted(system_of(request).workflows.values(), key=lambda workflow: workflow.name)
    return reply(Page[Startable](items=[Startable.of(each) for each in found]))


async def get_status(request: Request) -> Response:
    """What runs here, and as whom you are known."""
    system, who = system_of(request), who_of(request)
    status = Status(
        version=version("assent"),
        public_url=system.settings.public_url,
        user=who.user,
        role=who.role,
        newest=await system.stream.newest(),
        runs=dict(await system.store.counts()),
    )
    return reply(status)


async def get_health(request: Request) -> Response:
    """Whether requests are served; the only address that needs no credentials."""
    await system_of(request).stream.newest()
    return reply(Health())
