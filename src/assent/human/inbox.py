"""The inbox: every door leads here, and every answer gets one receipt.

door ──▶ inbox ──▶ (the value fits its form?) ──▶ core.task.rule ──▶ ledger ──▶ receipt
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeAlias, cast

from assent.core.journal import (
    Fact,
    Record,
    RunFinished,
    RunId,
    RunPaused,
    RunResumed,
    RunRetried,
    TaskClosed,
    TaskId,
    TaskReopened,
    micros,
)
from assent.core.page import Page
from assent.core.policy import (
    NOBODY_KNOWN,
    Actor,
    Members,
    Names,
    actor,
    names_of,
    person_named,
    standing_in,
)
from assent.core.ruling import Ruling, rule, why_not
from assent.core.run import Run
from assent.core.task import (
    AskBack,
    Attach,
    Claim,
    Command,
    Delegate,
    HumanTask,
    Outcome,
    Reassign,
    ReceiptStatus,
    Release,
    Remark,
    Reopen,
    Reply,
    Respond,
    Settle,
    TaskKind,
    Withdraw,
)
from assent.core.values import (
    Json,
    as_said,
    digest,
    dump,
    load,
    pack,
    plain,
    unpack_or_plain,
)
from assent.errors import (
    AssentError,
    Conflict,
    DefinitionError,
    FieldError,
    InvalidInput,
    InvalidState,
    RunNotFound,
    TaskNotFound,
    ValueNotKept,
)
from assent.forms import Form, check_against, form_for, is_json
from assent.human.people import People, everybody
from assent.human.receipt import Receipt, receipt_from, receipt_json, receipt_of, unknown
from assent.human.view import TaskView, view_of
from assent.ledger import Ledger
from assent.ports import Clock, Store, StoredTask, TaskQuery
from assent.rows import task_of

By: TypeAlias = str | Actor
FormOf: TypeAlias = Callable[[RunId, str], Awaitable[Form | None]]

_KEYED: Final = "answer"
_DRAFT: Final = "draft"


class Inbox:
    """Where people answer."""

    def __init__(
        self, store: Store, ledger: Ledger, clock: Clock, people: People, form_of: FormOf
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._people = people
        self._form_of = form_of
        self._remarks = asyncio.Lock()

    # ── looking ─────────────────────────────────────────────────────────────────────────────────

    async def tasks(
        self,
        *,
        status: str = "open",
        to: str | Sequence[str] | None = None,
        workflow: str | None = None,
        run: RunId | None = None,
        kind: str | None = None,
        overdue: bool | None = None,
        q: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[TaskView]:
        """A page of tasks: open ones by priority and age, ``closed`` or ``all`` newest first.

        ``to`` somebody: what is assigned to them, to their groups and roles, or to whom they stand in for.
        """
        if status not in ("open", "closed", "all"):
            raise InvalidInput("The filter", (FieldError("/status", "use open, closed or all"),))
        if not 1 <= limit <= 500:
            raise InvalidInput("The page", (FieldError("/limit", "use a number from 1 to 500"),))
        query = TaskQuery(
            open={"open": True, "closed": False, "all": None}[status],
            run=run,
            who=await self._who(to),
            workflow=workflow,
            kind=kind,
            due_before=micros(self._clock.now()) if overdue else None,
            text=q,
            after=_position(cursor),
            limit=limit + 1,
        )
        found = await self._store.tasks(query)
        more = _cursor(found[limit - 1]) if len(found) > limit else None
        return Page(tuple([await self._view(task) for task in found[:limit]]), more)

    async def get(self, task: TaskId) -> TaskView:
        """One task; raises TaskNotFound."""
        return await self._view(await self._stored(task))

    async def _view(self, stored: StoredTask) -> TaskView:
        return await self._viewed(task_of(stored), stored.row.run, stored.row.workflow)

    async def _viewed(self, task: HumanTask, run: RunId, workflow: str) -> TaskView:
        members = NOBODY_KNOWN if task.closed else await self._members(task)
        return view_of(task, run, workflow, members, await self._people.stand_ins(task.to))

    async def _members(self, task: HumanTask) -> Members:
        return await self._people.members(everybody(task.rules, task.to), task.asked.by)

    async def _who(self, to: str | Sequence[str] | None) -> tuple[str, ...]:
        found: list[str] = []
        for name in [to] if isinstance(to, str) else list(to or ()):
            found += (name,) if ":" in name else await self._people.names(name)
        return tuple(dict.fromkeys(found))

    async def why_not(self, task: TaskId, *, by: By) -> str:
        """Why somebody cannot answer a task now, in words; empty where they can."""
        known = task_of(await self._stored(task))
        return why_not(known, await self._people.acting(by, known.asked.by))

    async def may_answer(self, task: TaskId, *, by: By) -> bool:
        """Whether somebody is among those who are asked, whoever holds the task."""
        known = task_of(await self._stored(task))
        who = await self._people.acting(by, known.asked.by)
        return standing_in(known.rules, known.to, known.stands_for(who), known.asked.by) is not None

    async def _stored(self, task: TaskId) -> StoredTask:
        found = await self._store.task(task)
        if found is None:
            raise TaskNotFound(task)
        return found

    # ── answering ───────────────────────────────────────────────────────────────────────────────

    async def approve(
        self,
        task: TaskId,
        *,
        by: By,
        reason: str | None = None,
        shown: str | None = None,
        key: str | None = None,
        via: str = "python",
    ) -> Receipt:
        """Say yes to what is shown. ``shown`` binds it to a digest, ``key`` makes a repetition harmless."""
        said = Respond(by=actor(by), via=via, outcome=Outcome.APPROVED, reason=reason, shown=shown)
        return await self._keyed(key, task, said)

    async def reject(
        self,
        task: TaskId,
        *,
        by: By,
        reason: str | None = None,
        shown: str | None = None,
        key: str | None = None,
        via: str = "python",
    ) -> Receipt:
        """Say no."""
        said = Respond(by=actor(by), via=via, outcome=Outcome.REJECTED, reason=reason, shown=shown)
        return await self._keyed(key, task, said)

    async def edit(
        self,
        task: TaskId,
        value: Any,
        *,
        by: By,
        reason: str | None = None,
        shown: str | None = None,
        key: str | None = None,
        via: str = "python",
    ) -> Receipt:
        """Say yes to another value than the one shown."""
        said = Respond(by=actor(by), via=via, outcome=Outcome.EDITED, reason=reason, shown=shown)
        return await self._keyed(key, task, said, [value])

    async def answer(
        self,
        task: TaskId,
        value: Any,
        *,
        by: By,
        reason: str | None = None,
        shown: str | None = None,
        key: str | None = None,
        via: str = "python",
    ) -> Receipt:
        """Fill the form, or choose."""
        said = Respond(by=actor(by), via=via, outcome=Outcome.ANSWERED, reason=reason, shown=shown)
        return await self._keyed(key, task, said, [value])

    async def cancel(
        self, task: TaskId, *, by: By, reason: str | None = None, via: str = "python"
    ) -> Receipt:
        """Nobody needs to answer any more; the code gets ``cancelled``."""
        return await self._act(task, Withdraw(by=actor(by), via=via, reason=reason))

    async def claim(self, task: TaskId, *, by: By, via: str = "python") -> Receipt:
        """Take a task on: others may see it, and not answer it."""
        return await self._act(task, Claim(by=actor(by), via=via))

    async def release(self, task: TaskId, *, by: By, via: str = "python") -> Receipt:
        """Give a claimed task back."""
        return await self._act(task, Release(by=actor(by), via=via))

    async def delegate(
        self,
        task: TaskId,
        to: str,
        *,
        by: By,
        reason: str | None = None,
        end: bool = False,
        via: str = "python",
    ) -> Receipt:
        """Let one more person answer for oneself, who stays answerable; ``end=True``: no longer."""
        whom = actor(to.removeprefix("user:"))
        if person_named(whom.name) is None:
            why = "delegate to a person; a task is reassigned to groups"
            return _invalid(task, "The task was not delegated.", "/to", why)
        wish = Delegate(by=actor(by), via=via, to=whom.name, end=end, reason=reason)
        return await self._act(task, wish)

    async def reassign(
        self,
        task: TaskId,
        to: Names,
        *,
        by: By,
        reason: str | None = None,
        overrules: bool = True,
        via: str = "python",
    ) -> Receipt:
        """Ask others instead. Who does not overrule must be somebody who may answer."""
        try:
            names = names_of(to)
        except DefinitionError as error:
            return _invalid(task, "The task was not reassigned.", "/to", str(error))
        wish = Reassign(by=actor(by), via=via, to=names, overrules=overrules, reason=reason)
        return await self._act(task, wish)

    async def ask_back(self, task: TaskId, text: str, *, by: By, via: str = "python") -> Receipt:
        """Ask whoever asked; the deadline stands still until there is a reply."""
        if not text.strip():
            return _invalid(task, "The question is empty.", "/text", "write something")
        return await self._act(task, AskBack(by=actor(by), via=via, text=text))

    async def reply(self, task: TaskId, text: str, *, by: By, via: str = "python") -> Receipt:
        """Answer what was asked back; the deadline runs on."""
        if not text.strip():
            return _invalid(task, "The reply is empty.", "/text", "write something")
        return await self._act(task, Reply(by=actor(by), via=via, text=text))

    async def attach(
        self, task: TaskId, name: str, url: str, *, by: By, via: str = "python"
    ) -> Receipt:
        """Put a document beside the task, by reference."""
        if not name.strip():
            return _invalid(task, "The document has no name.", "/name", "name it")
        if not url.startswith(("https://", "http://")) or not url.isprintable() or " " in url:
            why = "refer to it by an address that begins with https://"
            return _invalid(task, "The document cannot be referred to.", "/url", why)
        return await self._act(task, Attach(by=actor(by), via=via, name=name, url=url))

    async def comment(self, task: TaskId, text: str, *, by: By, via: str = "python") -> Receipt:
        """Write something about a task, also after it was closed."""
        if not text.strip():
            return _invalid(task, "The comment is empty.", "/text", "write something")
        return await self._act(task, Remark(by=actor(by), via=via, text=text))

    async def settle(
        self,
        task: TaskId,
        outcome: Outcome,
        value: Json = None,
        *,
        reason: str | None = None,
        via: str,
    ) -> Receipt:
        """Record a decision that was made elsewhere; ``value`` is packed."""
        return await self._act(task, Settle(via=via, outcome=outcome, value=value, reason=reason))

    async def reopen(
        self, task: TaskId, *, by: By, reason: str | None = None, via: str = "python"
    ) -> Receipt:
        """Take one's decision back, as long as the run has not moved on: while it is paused."""
        found = await self._find(task)
        if found is None:
            return unknown(task)
        run, known = found
        if known.closed and await self._moved_on(run, task):
            status, why = ReceiptStatus.ALREADY_DECIDED, "The run has gone on with the decision."
            ruling = Ruling(status=status, message=why)
            return receipt_of(ruling, known, run)
        return await self._act(task, Reopen(by=actor(by), via=via, reason=reason))

    async def _moved_on(self, run: RunId, task: TaskId) -> bool:
        """Whether the run was free to act on the decision: it was not paused then, or is not any more."""
        await self._store.commit([])
        paused = False
        closed = False
        for record in await self._store.journal(run):
            match record.kind:
                case RunPaused.kind:
                    paused = True
                case RunResumed.kind | RunRetried.kind | RunFinished.kind:
                    paused = False
                case TaskClosed.kind if _body(record)["task"] == task:
                    closed = True
                case TaskReopened.kind if _body(record)["task"] == task:
                    closed = False
                case _:
                    pass
            if closed and not paused:
                return True
        return False

    # ── drafts ──────────────────────────────────────────────────────────────────────────────────

    async def keep_draft(self, task: TaskId, value: Json, *, by: By) -> None:
        """Keep what somebody is about to answer, as plain JSON, for them alone; None forgets it."""
        await self._stored(task)
        named = f"{task}\n{actor(by).name}"
        if value is None:
            await self._store.take(_DRAFT, named)
        else:
            await self._store.replace(_DRAFT, named, value)

    async def draft(self, task: TaskId, *, by: By) -> Json:
        """What somebody was about to answer; None where there is nothing."""
        return await self._store.kept(_DRAFT, f"{task}\n{actor(by).name}")

    # ── many at once ────────────────────────────────────────────────────────────────────────────

    async def answer_many(
        self, answers: Sequence[Mapping[str, Any]], *, by: By | None = None, via: str = "python"
    ) -> list[Receipt]:
        """Several answers, each with a receipt of its own.

        Each is a mapping with ``task``, ``action`` (approve, reject, edit, answer), and what the action takes.
        """
        return [await self._one_of_many(dict(said), by, via) for said in answers]

    async def _one_of_many(self, said: dict[str, Any], by: By | None, via: str) -> Receipt:
        task, action = str(said.pop("task", "")), said.pop("action", None)
        who = said.pop("by", by)
        acts: dict[str, Callable[..., Awaitable[Receipt]]] = {
            "approve": self.approve,
            "reject": self.reject,
            "edit": self.edit,
            "answer": self.answer,
        }
        unknown = set(said) - {"value", "reason", "shown", "key"}
        takes_value = action in {"edit", "answer"}
        if action not in acts or who is None or unknown or takes_value != ("value" in said):
            why = (
                f"Each answer needs a task, an action out of {', '.join(acts)}, who answers, and a value "
                f"just where it edits or answers; this one has {sorted([*said, 'action'])}, {action!r}."
            )
            return Receipt(
                status=ReceiptStatus.INVALID,
                message=why,
                task_id=task,
                errors=(FieldError("", why),),
            )
        value = [said.pop("value")] if takes_value else []
        return await acts[action](task, *value, by=who, via=via, **said)

    # ── judging ─────────────────────────────────────────────────────────────────────────────────

    async def _keyed(
        self, key: str | None, task: TaskId, said: Respond, value: Sequence[Any] = ()
    ) -> Receipt:
        """With an idempotency key, the same answer again gets the same receipt."""
        if key is None:
            return await self._respond(task, said, value)
        content: Json = [
            task,
            said.by.name,
            said.outcome,
            said.reason,
            [pack(item) for item in value],
        ]
        mark = digest(content)
        named = f"{said.by.name}\n{key}"  # a key is one actor's own
        before = await self._store.kept(_KEYED, named)
        if before is None:
            receipt = await self._respond(task, said, value)
            await self._store.keep(_KEYED, named, [mark, receipt_json(receipt)])
            return receipt
        known, told = cast("list[Any]", before)
        if known != mark:
            raise Conflict(
                f"The idempotency key {key!r} was used for another answer. Use a new key for each answer."
            )
        return receipt_from(told)

    async def _respond(self, task: TaskId, said: Respond, value: Sequence[Any]) -> Receipt:
        found = await self._find(task)
        if found is None:
            return unknown(task)
        if not value:
            return await self._rule(found, said)
        run, known = found
        packed, errors = await self._fitting(run, known, said.outcome, value[0])
        if known.closed and _said_before(known, said, value[0], packed):
            return await self._rule(found, replace(said, value=known.answers[-1].value))
        return await self._rule(found, replace(said, value=packed, errors=errors))

    async def _find(self, task: TaskId) -> tuple[RunId, HumanTask] | None:
        """A task and its run: from memory where the run is at hand, else from the store."""
        live = self._ledger.live_task(task)
        if live is not None:
            return live
        stored = await self._store.task(task)
        return None if stored is None else (stored.row.run, task_of(stored))

    async def _fitting(
        self, run: RunId, task: HumanTask, outcome: Outcome, value: Any
    ) -> tuple[Json, tuple[FieldError, ...]]:
        """The answer as the code's own form reads it; its JSON Schema stands in where there is no code."""
        try:
            packed = pack(value)
        except ValueNotKept as error:
            return None, (FieldError("", str(error)),)
        if task.closed or (outcome not in _VALUED[TaskKind(task.asked.asks)]):
            return packed, ()
        form = await self._form_of(run, task.asked.key)
        if form is None:
            return _heard(packed, value, task.asked.form)
        try:
            return pack(form.read(value)), ()
        except InvalidInput as error:
            return packed, error.errors
        except AssentError as error:
            return packed, (FieldError("", str(error)),)

    async def _act(self, task: TaskId, command: Command) -> Receipt:
        found = await self._find(task)
        return unknown(task) if found is None else await self._rule(found, command)

    async def _rule(self, found: tuple[RunId, HumanTask], command: Command) -> Receipt:
        """Judge a command against the task as it stands, record what follows, and write the receipt."""
        run, known = found
        command = await self._by_whom(command, known)
        members = await self._members(known)
        seen: list[Ruling] = []

        def decide(head: Run, at: datetime) -> Sequence[Fact]:
            task = head.tasks.get(known.id)
            if task is None:
                return []
            seen.append(rule(task, command, at, members))
            return seen[-1].facts

        if known.closed:
            return await self._rule_closed(known.id, command)
        changed = await self._ledger.change(run, decide)
        after = changed.run.tasks.get(known.id)
        if (
            after is None
        ):  # it was closed between the two looks at it, and is perhaps still being written
            await self._store.commit([])
            return await self._rule_closed(known.id, command)
        return receipt_of(seen[-1], after, run, await self._members(after))

    async def _by_whom(self, command: Command, task: HumanTask) -> Command:
        """The command with all that is known of who gives it."""
        by = getattr(command, "by", None)
        if by is None:
            return command
        acting = await self._people.acting(by, task.asked.by)
        return cast(Command, replace(cast(Any, command), by=acting))

    async def _rule_closed(self, task: TaskId, command: Command) -> Receipt:
        """A closed task decides nothing any more, but can still be remarked on, and perhaps reopened."""
        async with self._remarks:
            stored = await self._stored(task)
            closed, run = task_of(stored), stored.row.run
            if closed.closed:
                ruling = rule(closed, command, self._clock.now())
                if ruling.facts:
                    changed = await self._ledger.change(run, lambda head, at: ruling.facts, closed)
                    closed = changed.run.tasks.get(task, closed)
                return receipt_of(ruling, closed, run)
        return await self._rule((run, closed), command)  # what would have closed it was not written

    # ── by run and key ──────────────────────────────────────────────────────────────────────────

    async def find(self, run: RunId, key: str) -> TaskId | None:
        """The newest task of a run (or of its children) with this key; with a path: ``child/key``."""
        try:
            head = await self._ledger.head(run)
        except RunNotFound:
            return None
        direct = head.task_named(key)
        if direct is not None:
            return direct.id
        depth = len(head.path)
        found = await self._below(head, None)
        named = [
            task
            for task in map(task_of, found)
            if key
            in (task.asked.name, "/".join([*(task.asked.path or [])[depth:], task.asked.name]))
        ]
        still_open = [task for task in named if not task.closed]
        if len(still_open) > 1:
            paths = ", ".join(
                "/".join([*(task.asked.path or [])[depth:], task.asked.name]) for task in still_open
            )
            raise InvalidState(
                f"The run {run!r} waits for several tasks with the key {key!r}: {paths}. Name one by its path."
            )
        best = still_open or named
        return best[0].id if best else None

    async def labelled(self, run: RunId, name: str, value: str) -> TaskId | None:
        """The newest task of a run, or of those below it, that is labelled so; an open one before any other."""
        try:
            head = await self._ledger.head(run)
        except RunNotFound:
            return None
        for task in reversed(head.open_tasks):
            if (task.asked.labels or {}).get(name) == value:
                return task.id
        found = [
            task
            for task in map(task_of, await self._below(head, None))
            if (task.asked.labels or {}).get(name) == value
        ]
        best = [task for task in found if not task.closed] or found
        return best[0].id if best else None

    async def named(self, name: str) -> TaskId | None:
        """A task by its id, by ``RUN/KEY``, or by a key: of the one open task that has it, else the newest.

        Raises InvalidState where several open tasks have the key.
        """
        if await self._store.task(name) is not None:
            return name
        run, slash, key = name.partition("/")
        if slash and (found := await self.find(run, key)) is not None:
            return found
        for is_open in (True, False):
            query = TaskQuery(open=is_open, text=name, limit=1000)
            named = [task for task in await self._store.tasks(query) if task.row.name == name]
            if is_open and len(named) > 1:
                raise InvalidState(
                    f"{len(named)} open tasks have the key {name!r}. Name one by its id, or as RUN/KEY."
                )
            if named:
                return named[0].row.id
        return None

    async def of_run(self, run: RunId) -> tuple[TaskView, ...]:
        """The open tasks of a run and of the runs below it."""
        head = await self._ledger.durable(run)
        if not head.children:
            return tuple([await self._viewed(task, run, head.workflow) for task in head.open_tasks])
        return tuple([await self._view(task) for task in await self._below(head, True)])

    async def _below(self, head: Run, still_open: bool | None) -> list[StoredTask]:
        """The tasks of a run and of the runs it started, at any depth."""
        query = TaskQuery(open=still_open, root=head.root, limit=10_000)
        depth = len(head.path)
        return [
            task
            for task in await self._store.tasks(query)
            if tuple((task_of(task).asked.path or [])[:depth]) == head.path
        ]

    async def missing(self, run: RunId, key: str) -> Receipt:
        """The receipt for an answer to a key that no task has."""
        try:
            await self._ledger.head(run)
        except RunNotFound as error:
            return Receipt(status=ReceiptStatus.UNKNOWN, message=str(error), run_id=run)
        why = f"The run {run!r} has no task with the key {key!r}."
        return Receipt(status=ReceiptStatus.UNKNOWN, message=why, run_id=run)


def _heard(packed: Json, value: Any, schema: Json | None) -> tuple[Json, tuple[FieldError, ...]]:
    """An answer that nobody is there to read: checked by the schema that was shown, and read by its form later."""
    if schema is None:
        return packed, ()
    errors = check_against(schema, plain(packed))
    return (as_said(plain(packed)) if is_json(value) else packed), errors


def _said_before(task: HumanTask, said: Respond, value: Any, packed: Json) -> bool:
    """Whether this is what was said last, told in JSON where the record holds what a form has made of it."""
    if not task.answers or task.answers[-1].by != said.by.name:
        return False
    before = task.answers[-1].value
    form = form_for(unpack_or_plain(before), before)
    try:
        read = packed if form is None else pack(form.read(value))
    except AssentError:
        return False
    return plain(read) == plain(before)


def _invalid(task: TaskId, message: str, pointer: str, why: str) -> Receipt:
    return Receipt(
        status=ReceiptStatus.INVALID,
        message=message,
        task_id=task,
        errors=(FieldError(pointer, why),),
    )


def _body(record: Record) -> dict[str, Any]:
    return cast("dict[str, Any]", load(record.body))


_VALUED: Final[Mapping[TaskKind, frozenset[Outcome]]] = {
    TaskKind.APPROVE: frozenset({Outcome.EDITED}),
    TaskKind.ASK: frozenset({Outcome.ANSWERED}),
    TaskKind.CHOOSE: frozenset({Outcome.ANSWERED}),
}


# ── cursors ─────────────────────────────────────────────────────────────────────────────────────


def _cursor(task: StoredTask) -> str:
    row = task.row
    position = dump([row.priority, row.opened, row.id])
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def _position(cursor: str | None) -> tuple[int, int, str] | None:
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        priority, opened, id = cast("list[Any]", load(base64.urlsafe_b64decode(padded).decode()))
        return int(priority), int(opened), str(id)
    except (ValueError, TypeError, binascii.Error):
        raise InvalidInput(
            "The cursor", (FieldError("/cursor", "it is not one that this list has given"),)
        ) from None
