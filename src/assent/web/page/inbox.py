"""The inbox: what waits for people."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from assent.web.page import view, words
from assent.web.page.asked import Asked, flag, one_of
from assent.web.request import system_of, who_of

PER_PAGE = 50


async def show_inbox(request: Request) -> Response:
    """A page of tasks; filters and place are in the address."""
    system, given = system_of(request), request.query_params
    asked = Asked(
        q=given.get("q", "").strip() or None,
        status=one_of(given.get("status"), ("open", "closed", "all")),
        workflow=given.get("workflow") or None,
        mine=flag(given.get("mine")),
        overdue=flag(given.get("overdue")),
        cursor=given.get("cursor") or None,
    )
    newest = await system.stream.newest()  # before the list: what comes after it is live
    page = await system.inbox.tasks(
        status=asked.status,
        to=who_of(request).user if asked.mine else None,
        workflow=asked.workflow,
        overdue=asked.overdue or None,
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
        filtered=asked.filtered,
        count=f"{len(page.items)}{'+' if page.next_cursor else ''}"
        if asked.status == "open"
        else "0",
        workflows=sorted({*system.workflows, *(task.workflow for task in page.items)}),
        newest=newest,
        asks=words.ASKS,
        said=words.SAID,
    )
