"""The inbox: what waits for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from assent.access import Role
from assent.web.page import view, words
from assent.web.page.asked import Asked, flag, one_of
from assent.web.problem import Problem
from assent.web.request import system_of, who_of

PER_PAGE: Final = 50
MOST_FIELDS: Final = 500
VIA: Final = "page"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one answer of several."""

    ok: bool
    title: str
    told: str


async def answer_inbox(request: Request) -> Response:
    """Approve or reject those that are selected, each as it was shown."""
    inbox, by = system_of(request).inbox, who_of(request).user
    async with request.form(max_fields=MOST_FIELDS) as form:
        action = str(form.get("action", ""))
        chosen = [str(value).partition(" ") for value in form.getlist("task")]
    if action not in ("approve", "reject"):
        raise Problem(422, "Several tasks can be approved or rejected at once.")
    said = [{"task": task, "action": action, "shown": shown} for task, _, shown in chosen]
    receipts = await inbox.answer_many(said, by=by, via=VIA)
    results: list[Result] = []
    for receipt in receipts:
        title = (
            (await inbox.get(receipt.task_id)).title if receipt.run_id and receipt.task_id else ""
        )
        first, more = words.told(receipt, by)
        results.append(Result(receipt.ok, title or "A task", f"{first} {more}".strip()))
    return await _page(request, results)


async def show_inbox(request: Request) -> Response:
    """A page of tasks; filters and place are in the address."""
    return await _page(request, ())


async def _page(request: Request, results: Sequence[Result]) -> Response:
    system, given = system_of(request), request.query_params
    asked = Asked(
        q=given.get("q", "").strip() or None,
        status=one_of(given.get("status"), ("open", "closed", "all")),
        workflow=given.get("workflow") or None,
        mine=flag(given.get("mine")),
        overdue=flag(given.get("overdue")),
        risk=given.get("risk", "").strip() or None,
        label=given.get("label", "").strip() or None,
        urgent=flag(given.get("urgent")),
        cursor=given.get("cursor") or None,
    )
    newest = await system.stream.newest()  # before the list: what comes after it is live
    page = await system.inbox.tasks(
        status=asked.status,
        to=who_of(request).user if asked.mine else None,
        workflow=asked.workflow,
        overdue=asked.overdue or None,
        risk=asked.risk,
        label=asked.label,
        priority=1 if asked.urgent else None,
        q=asked.q,
        cursor=asked.cursor,
        limit=PER_PAGE,
    )
    return view.render(
        request,
        "inbox.html",
        here="inbox",
        page=page,
        asked=asked,
        results=results,
        may_bulk=who_of(request).role.allows(Role.RESPONDER),
        filtered=asked.filtered,
        count=f"{len(page.items)}{'+' if page.next_cursor else ''}"
        if asked.status == "open"
        else "0",
        workflows=sorted({*system.workflows, *(task.workflow for task in page.items)}),
        risks=sorted({task.risk for task in page.items if task.risk}),
        labels=sorted({f"{n}={v}" for task in page.items for n, v in task.labels.items()}),
        newest=newest,
        asks=words.ASKS,
        said=words.SAID,
    )
