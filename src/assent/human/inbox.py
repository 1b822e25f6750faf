"""The inbox: every door leads here, and every answer gets one receipt.

door ──▶ inbox ──▶ (the value fits its form?) ──▶ core.ruling.rule ──▶ ledger ──▶ receipt
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, cast

from assent.core.command import (
    AskBack,
    Attach,
    Claim,
    Delegate,
    Reassign,
    Release,
    Remark,
    Reopen,
    Reply,
    Respond,
    Settle,
    Withdraw,
)
from assent.core.journal import (
    RunFinished,
    RunId,
    RunPaused,
    RunResumed,
    RunRetried,
    TaskClosed,
    TaskId,
    TaskReopened,
)
from assent.core.policy import Names, actor, names_of, person_named
from assent.core.record import Record
from assent.core.standing import Ruling
from assent.core.task import Outcome, ReceiptStatus
from assent.core.values import Json, load
from assent.errors import Conflict, DefinitionError, FieldError, InvalidInput
from assent.human.judging import Judging
from assent.human.looking import By
from assent.human.receipt import Receipt, invalid, receipt_of, unknown

_DRAFT: Final = "draft"


class Inbox(Judging):
    """Where people answer."""

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
        try:
            whom = actor(to.removeprefix("user:") if isinstance(cast(object, to), str) else to)
        except InvalidInput as error:
            fault = FieldError("/to", error.errors[0].detail)
            return invalid(task, "The task was not delegated.", fault)
        if person_named(whom.name) is None:
            why = "delegate to a person; a task is reassigned to groups"
            return invalid(task, "The task was not delegated.", FieldError("/to", why))
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
            return invalid(task, "The task was not reassigned.", FieldError("/to", str(error)))
        wish = Reassign(by=actor(by), via=via, to=names, overrules=overrules, reason=reason)
        return await self._act(task, wish)

    async def ask_back(self, task: TaskId, text: str, *, by: By, via: str = "python") -> Receipt:
        """Ask whoever asked; the deadline stands still until there is a reply."""
        if _is_blank(text):
            return invalid(task, "The question is empty.", FieldError("/text", "write something"))
        return await self._act(task, AskBack(by=actor(by), via=via, text=text))

    async def reply(self, task: TaskId, text: str, *, by: By, via: str = "python") -> Receipt:
        """Answer what was asked back; the deadline runs on."""
        if _is_blank(text):
            return invalid(task, "The reply is empty.", FieldError("/text", "write something"))
        return await self._act(task, Reply(by=actor(by), via=via, text=text))

    async def attach(
        self, task: TaskId, name: str, url: str, *, by: By, via: str = "python"
    ) -> Receipt:
        """Put a document beside the task, by reference."""
        if _is_blank(name):
            return invalid(task, "The document has no name.", FieldError("/name", "name it"))
        if not str(url).startswith(("https://", "http://")) or not url.isprintable() or " " in url:
            why = "refer to it by an address that begins with https://"
            return invalid(task, "The document cannot be referred to.", FieldError("/url", why))
        return await self._act(task, Attach(by=actor(by), via=via, name=name, url=url))

    async def comment(self, task: TaskId, text: str, *, by: By, via: str = "python") -> Receipt:
        """Write something about a task, also after it was closed."""
        if _is_blank(text):
            return invalid(task, "The comment is empty.", FieldError("/text", "write something"))
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
        """Take one's decision back, as long as the run has not gone on with it.

        Until its ``undo`` time has passed, or while the run is paused since before the decision.
        """
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
        return [await self._one_of_many(said, by, via) for said in answers]

    async def _one_of_many(self, answer: Mapping[str, Any], by: By | None, via: str) -> Receipt:
        if not isinstance(cast(object, answer), Mapping):
            why = f"Each answer is a dictionary with a task and an action; this one is {answer!r}."
            return invalid("", why, FieldError("", why))
        said = dict(answer)
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
            return invalid(task, why, FieldError("", why))
        value = [said.pop("value")] if takes_value else []
        try:
            return await acts[action](task, *value, by=who, via=via, **said)
        except (InvalidInput, Conflict) as error:  # which stops none of the others
            return invalid(task, str(error), FieldError("", str(error)))


def _is_blank(text: object) -> bool:
    return isinstance(text, str) and not text.strip()


def _body(record: Record) -> dict[str, Any]:
    return cast("dict[str, Any]", load(record.body))
