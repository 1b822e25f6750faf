"""One run: where it stands, what happened, and how to steer it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from assent.access import Role
from assent.core.run import RunStatus
from assent.errors import InvalidState
from assent.web.page import show, view, words
from assent.web.problem import Problem
from assent.web.request import link, system_of, who_of
from assent.web.wire.basic import as_json

_MAY: Final = {
    RunStatus.RUNNING: ("pause", "cancel"),
    RunStatus.WAITING: ("pause", "cancel"),
    RunStatus.PAUSED: ("resume", "cancel"),
    RunStatus.PARKED: ("retry", "cancel"),
    RunStatus.FAILED: ("retry",),
}
_SAY: Final = {
    "pause": "Pause",
    "resume": "Resume",
    "retry": "Try again",
    "cancel": "Cancel the run",
}
_TROUBLE: Final = {
    RunStatus.FAILED: "It failed.",
    RunStatus.TIMED_OUT: "It took too long.",
    RunStatus.CANCELLED: "It was cancelled.",
    RunStatus.PARKED: "Somebody has to look at this.",
}


async def show_run(request: Request, run: str) -> Response:
    """Where a run stands."""
    return await _page(request, run)


async def steer_run(request: Request, run: str) -> Response:
    """Pause, resume, cancel, or try again."""
    async with request.form() as form:
        action, reason = str(form.get("action", "")), str(form.get("reason", "")).strip()
    handle, by = system_of(request).run(run), who_of(request).user
    try:
        match action:
            case "pause":
                await handle.pause(by=by)
            case "resume":
                await handle.resume(by=by)
            case "cancel":
                await handle.cancel(reason or None, by=by)
            case "retry":
                await handle.retry(by=by)
            case _:
                raise Problem(422, "There is nothing of this name to do with a run.")
    except InvalidState as error:
        return await _page(request, run, trouble=str(error), status=409)
    return RedirectResponse(link(request, "run", run=run), 303)


async def _page(request: Request, id: str, *, trouble: str = "", status: int = 200) -> Response:
    system = system_of(request)
    newest = await system.stream.newest()
    run = system.run(id)
    info = await run.info()
    workflow = system.workflows.get(info.workflow)
    schema = workflow.input_schema if workflow else None
    given, output = await run.input(), await run.output()
    return view.render(
        request,
        "run.html",
        status=status,
        here="runs",
        run=info,
        words=words.STATUSES,
        newest=newest,
        trouble=trouble,
        error=_error(info.status, await run.error()),
        tasks=await run.tasks(),
        queued=await run.queued(),
        timeline=await run.timeline(),
        asks=words.ASKS,
        given=None if given is None else show.show(as_json(given), schema),
        output=None if output is None else show.show(as_json(output)),
        actions=_actions(info.status, who_of(request).role),
    )


def _error(status: RunStatus, why: str | None) -> dict[str, str] | None:
    title = _TROUBLE.get(status)
    return None if title is None else {"title": title, "detail": why or ""}


def _actions(status: RunStatus, role: Role) -> Sequence[tuple[str, str]]:
    if not role.allows(Role.OPERATOR):
        return ()
    return [(action, _SAY[action]) for action in _MAY.get(status, ())]
