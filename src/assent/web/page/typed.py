"""What somebody has typed and not sent yet: kept for them and this task, on the server, until it is sent.

Secrets are not kept. A draft belongs to what was shown when it was typed: it does not come back for anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from starlette.requests import Request
from starlette.responses import Response

from assent.core.field import Kind
from assent.core.form import ABSENT, draw
from assent.core.journal import TaskId
from assent.core.task import TaskKind
from assent.core.values import Json
from assent.human.view import TaskView
from assent.web.page.filling import parts, spec_of
from assent.web.problem import Problem
from assent.web.request import system_of, who_of

MOST_FIELDS: Final = 10_000
_TYPED: Final = "typed"
_NOT_TYPED: Final = frozenset({"shown", "action"})
_LONGEST: Final = 100_000  # characters in all


async def keep_typed(request: Request, task: str) -> Response:
    """Keep what stands in the form, for whoever typed it."""
    post = await posted(request)
    view = await system_of(request).inbox.get(task)
    if sum(len(text) for texts in post.values() for text in texts) > _LONGEST:
        raise Problem(413, "That is too much to be kept while it is typed. Send it instead.")
    kept: dict[str, Json] = {
        name: list[Json](texts)
        for name, texts in post.items()
        if name not in _NOT_TYPED | secrets_of(view, post)
    }
    if view.outcome is None and post.get("shown") == [view.digest]:
        told: Json = {"shown": view.digest, "post": kept}
        await system_of(request).store.replace(_TYPED, _name(request, task), told)
    return Response(status_code=204)


async def typed(request: Request, task: TaskView) -> dict[str, list[str]]:
    """What this person had typed; empty where there is nothing, or something else is shown by now."""
    kept = await system_of(request).store.kept(_TYPED, _name(request, task.id))
    if not isinstance(kept, dict) or kept.get("shown") != task.digest:
        return {}
    return cast("dict[str, list[str]]", kept["post"])


async def forget(request: Request, task: TaskId) -> None:
    """It was sent, or is not wanted any more."""
    await system_of(request).store.take(_TYPED, _name(request, task))


async def posted(request: Request) -> dict[str, list[str]]:
    """The fields of a form, each with all its values."""
    post: dict[str, list[str]] = {}
    async with request.form(max_fields=MOST_FIELDS) as form:
        for name, value in form.multi_items():
            if isinstance(value, str):
                post.setdefault(name, []).append(value)
    return post


def secrets_of(task: TaskView, post: Mapping[str, list[str]]) -> frozenset[str]:
    """The names of the inputs that hold a secret."""
    if task.kind is TaskKind.CHOOSE:
        return frozenset()
    drawn = draw(spec_of(task), ABSENT if task.shown is None else task.shown, post=dict(post))
    return frozenset(part.name for part in parts(drawn) if part.field.kind is Kind.SECRET)


def _name(request: Request, task: TaskId) -> str:
    return f"{task}\n{who_of(request).user}"
