"""One task: what is asked, a form made from its type, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from assent.access import Role
from assent.core.entry import same_json
from assent.core.form import FormErrors, read_form
from assent.core.journal import moment
from assent.core.record import data_of
from assent.core.task import Outcome, ReceiptStatus, TaskKind, TaskState
from assent.core.values import Json
from assent.errors import FieldError
from assent.human.receipt import Receipt
from assent.human.view import TaskView
from assent.web import api
from assent.web.page import show, view, words
from assent.web.page.filling import answered, complaints, drawn_of, spec_of
from assent.web.page.typed import forget, posted, typed
from assent.web.problem import Problem
from assent.web.request import actor_of, link, system_of, who_of
from assent.web.wire.basic import as_json
from assent.web.wire.tasks import Option

VIA: Final = "page"
QUEUE: Final = 30
_ANSWERS: Final = frozenset({"approve", "reject", "edit", "answer"})

CHANGED: Final = (
    "You changed something, so nothing was sent yet. Use “Approve with changes” to approve it as you "
    "changed it, or put it back to approve it as it was."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a person posted, and what became of it."""

    post: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    receipt: Receipt | None = None

    def one(self, name: str) -> str:
        """The last value of this name."""
        return self.post.get(name, [""])[-1]


async def show_task(request: Request, task: str) -> Response:
    """A task, to look at and to answer."""
    return await _page(request, task, Sent())


async def answer_task(request: Request, task: str) -> Response:
    """Do what the button says; what counts leads back to the task, what does not is told on the spot."""
    post = await posted(request)
    sent = Sent(post=post)
    if sent.one("action") == "forget":
        await forget(request, task)
        return RedirectResponse(link(request, "task", task=task), 303)
    receipt = await _act(request, await system_of(request).inbox.get(task), sent)
    if receipt.ok:
        if sent.one("action") in _ANSWERS:
            await forget(request, task)
        return RedirectResponse(link(request, "task", task=task), 303)
    status = api.STATUS[receipt.status]
    return await _page(request, task, Sent(post=post, receipt=receipt), status=status)


async def _act(request: Request, task: TaskView, sent: Sent) -> Receipt:
    inbox, by = system_of(request).inbox, actor_of(request)
    reason, shown = sent.one("reason").strip() or None, sent.one("shown") or None
    try:
        match sent.one("action"):
            case "approve":
                if _changed(task, sent):
                    return _refused(CHANGED)
                return await inbox.approve(task.id, by=by, reason=reason, shown=shown, via=VIA)
            case "reject":
                return await inbox.reject(task.id, by=by, reason=reason, shown=shown, via=VIA)
            case "edit":
                value = read_form(spec_of(task), sent.post, was=task.shown)
                if same_json(value, task.shown):
                    return await inbox.approve(task.id, by=by, reason=reason, shown=shown, via=VIA)
                return await inbox.edit(task.id, value, by=by, reason=reason, shown=shown, via=VIA)
            case "answer":
                value = answered(task, sent.post)
                return await inbox.answer(task.id, value, by=by, shown=shown, via=VIA)
            case "reopen":
                return await inbox.reopen(task.id, by=by, via=VIA)
            case "claim":
                return await inbox.claim(task.id, by=by, via=VIA)
            case "release":
                return await inbox.release(task.id, by=by, via=VIA)
            case "comment":
                return await inbox.comment(task.id, sent.one("text"), by=by, via=VIA)
            case "delegate":
                return await inbox.delegate(task.id, sent.one("to").strip() or "?", by=by, via=VIA)
            case "reassign":
                overrules = who_of(request).role.allows(Role.OPERATOR)
                to = sent.one("to").strip()
                return await inbox.reassign(task.id, to, by=by, overrules=overrules, via=VIA)
            case "ask_back":
                return await inbox.ask_back(task.id, sent.one("text"), by=by, via=VIA)
            case "reply":
                return await inbox.reply(task.id, sent.one("text"), by=by, via=VIA)
            case _:
                raise Problem(422, "There is nothing of this name to do with a task.")
    except FormErrors as wrong:
        return _refused("", wrong.errors)


def _refused(why: str, errors: Sequence[FieldError] = ()) -> Receipt:
    return Receipt(status=ReceiptStatus.INVALID, message=why, errors=tuple(errors))


def _changed(task: TaskView, sent: Sent) -> bool:
    """Whether the form holds something else than what is shown: a plain yes would drop it."""
    if not any(name.startswith("value") for name in sent.post):
        return False
    try:
        return not same_json(read_form(spec_of(task), sent.post, was=task.shown), task.shown)
    except FormErrors:
        return True


# ── the page ────────────────────────────────────────────────────────────────────────────────────


async def _page(request: Request, id: str, sent: Sent, *, status: int = 200) -> Response:
    system, who = system_of(request), who_of(request)
    newest = await system.stream.newest()  # before the task: what comes after it is live
    task = await system.inbox.get(id)
    draft = {} if sent.post else await typed(request, task)
    sent = Sent(post=draft) if draft else sent
    title, detail = words.told(sent.receipt, who.user) if sent.receipt else ("", "")
    errors = sent.receipt.errors if sent.receipt else ()
    drawn = drawn_of(task, sent.post, errors)
    may_not = await _may_not(request, task)
    responds = who.role.allows(Role.RESPONDER)
    return view.render(
        request,
        "task.html",
        status=status,
        task=task,
        newest=newest,
        receipt=sent.receipt,
        told={"title": title, "detail": detail},
        complaints=complaints(errors, drawn),
        decided=words.decided(task, who.user),
        deadline=words.deadline(task),
        changed=_changes(task),
        answered=_said(task),
        shown=_shown(task),
        drawn=drawn,
        editing=bool(errors)
        or bool(sent.receipt and sent.receipt.message == CHANGED)
        or (bool(draft) and task.kind is TaskKind.APPROVE and _changed(task, sent)),
        draft=bool(draft),
        reason=sent.one("reason"),
        chosen=sent.post.get("choice", []),
        may_answer=not may_not,
        may_not=may_not,
        may_comment=responds,
        may_act=responds and await system.inbox.may_answer(task.id, by=who.user),
        queue=await _queue(request, task),
        history=await _history(request, task),
        stage_words=words.STAGES,
        following=await _following(request, task),
        options=[Option.of(option) for option in task.options],
        asks=words.ASKS,
        asking=words.ASKING,
        said=words.SAID,
        doors=words.DOORS,
    )


def _shown(task: TaskView) -> show.Shown | None:
    """What an answer is about; a form that asks shows its values in its fields."""
    if task.shown is None or task.kind is TaskKind.ASK:
        return None
    return show.show(task.shown, task.form if task.kind is TaskKind.APPROVE else None)


async def _queue(request: Request, task: TaskView) -> Sequence[TaskView]:
    """What else waits, beside an open task."""
    if task.status is TaskState.CLOSED:
        return ()
    found = (await system_of(request).inbox.tasks(limit=QUEUE)).items
    return found if len(found) > 1 else ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a task's history."""

    at: datetime
    words: str


async def _history(request: Request, task: TaskView) -> list[Line]:
    """What happened to the task, oldest first."""
    lines: list[Line] = []
    for record in await system_of(request).store.journal(task.run_id):
        if record.kind.startswith("task.") and (data := data_of(record)).get("task") == task.id:
            told = words.happened(record.kind, data)
            lines += [Line(moment(record.at), told)] if told else []
    return lines


async def _may_not(request: Request, task: TaskView) -> str:
    """Why this person cannot answer, in words; empty where they can."""
    who = who_of(request)
    if not who.role.allows(Role.RESPONDER):
        return "You can look at this, and not answer it."
    inbox = system_of(request).inbox
    if not await inbox.may_answer(task.id, by=who.user):
        return f"This is for {words.people(task.to)} to answer."
    why = await inbox.why_not(task.id, by=who.user)
    return f"{task.owner} has taken this on." if why and task.owner not in (None, who.user) else why


def _changes(task: TaskView) -> list[show.Change]:
    """What edits have changed."""
    edits = [answer.value for answer in task.answers if answer.outcome is Outcome.EDITED]
    if not edits or task.outcome not in (None, Outcome.EDITED):
        return []
    return show.changes(task.original, as_json(edits[-1]), task.form)


def _said(task: TaskView) -> show.Shown | None:
    """What was answered."""
    if task.outcome is not Outcome.ANSWERED or not task.answers:
        return None
    value = as_json(task.answers[-1].value)
    if task.kind is not TaskKind.CHOOSE:
        return show.show(value, task.form)
    chosen = value if task.many and isinstance(value, list) else [value]
    labels: list[Json] = [Option.of(each).label for each in chosen]
    return show.show(labels if task.many else labels[0])


async def _following(request: Request, task: TaskView) -> str | None:
    """The next task for somebody who has just answered one."""
    if task.decided_by != who_of(request).user:
        return None
    page = await system_of(request).inbox.tasks(limit=1)
    return next((following.id for following in page.items), None)
