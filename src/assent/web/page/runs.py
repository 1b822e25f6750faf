"""The list of runs."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from assent.web.page import view, words
from assent.web.page.asked import Asked, one_of
from assent.web.request import system_of

PER_PAGE = 50


async def show_runs(request: Request) -> Response:
    """A page of runs, newest first; filters and place are in the address."""
    system, given = system_of(request), request.query_params
    asked = Asked(
        q=given.get("q", "").strip() or None,
        status=one_of(given.get("status"), ("", "incomplete", *words.STATUSES)),
        workflow=given.get("workflow") or None,
        cursor=given.get("cursor") or None,
    )
    newest = await system.stream.newest()  # before the list: what comes after it is live
    page = await system.runs(
        status=asked.status or None,
        workflow=asked.workflow,
        q=asked.q,
        cursor=asked.cursor,
        limit=PER_PAGE,
    )
    return view.render(
        request,
        "runs.html",
        here="runs",
        page=page,
        asked=asked,
        filtered=asked.filtered,
        statuses=[("incomplete", "Not ended"), *words.STATUSES.items()],
        workflows=sorted({*system.workflows, *(run.workflow for run in page.items)}),
        words=words.STATUSES,
        newest=newest,
    )
