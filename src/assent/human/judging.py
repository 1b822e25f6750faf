"""One attempt to answer: the value is read by its form, the wish is judged, what follows is recorded.

(the value fits its form?) ──▶ core.ruling.rule ──▶ ledger ──▶ receipt
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias, cast

from msgspec.structs import replace

from assent.core.command import Command, Respond
from assent.core.journal import Fact, RunId, TaskId
from assent.core.ruling import rule
from assent.core.run import Run
from assent.core.standing import Ruling
from assent.core.task import HumanTask, Outcome, ReceiptStatus, TaskKind
from assent.core.texts import unkept
from assent.core.values import Json, as_said, digest, pack, plain, unpack_or_plain
from assent.errors import AssentError, Conflict, FieldError, InvalidInput, ValueNotKept
from assent.forms import Form, check_against, form_for, is_json
from assent.human.looking import Looking
from assent.human.people import People
from assent.human.receipt import (
    Receipt,
    invalid,
    receipt_from,
    receipt_json,
    receipt_of,
    unknown,
)
from assent.ledger import Ledger
from assent.ports.clock import Clock
from assent.ports.store import Store
from assent.rows import task_of

FormOf: TypeAlias = Callable[[RunId, str], Awaitable[Form | None]]

_KEYED: Final = "answer"


class Judging(Looking):
    """What becomes of an attempt to answer."""

    def __init__(
        self, store: Store, ledger: Ledger, clock: Clock, people: People, form_of: FormOf
    ) -> None:
        super().__init__(store, ledger, clock, people)
        self._form_of = form_of
        self._remarks = asyncio.Lock()

    async def _keyed(
        self, key: str | None, task: TaskId, said: Respond, value: Sequence[Any] = ()
    ) -> Receipt:
        """With an idempotency key, the same answer again gets the same receipt."""
        if (fault := _fault(said, key)) is not None:
            return invalid(task, "The answer cannot be kept.", fault)
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
            written: Json = [mark, receipt_json(receipt)]
            if receipt.status in {ReceiptStatus.ACCEPTED, ReceiptStatus.RECORDED}:
                # Sent several times at once, the others were told that they came second, perhaps before this one.
                await self._store.replace(_KEYED, named, written)
            else:
                await self._store.keep(_KEYED, named, written)
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
        if not isinstance(cast(object, task), str):
            return None
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
        if (fault := _fault(command)) is not None:
            return invalid(task, "It cannot be kept.", fault)
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


def _fault(command: Command, key: str | None = None) -> FieldError | None:
    """Which of the words that come with a command no store could keep."""
    words = {name: getattr(command, name, None) for name in _WORDS} | {"key": key}
    for name, text in words.items():
        fault = None if text is None else unkept(text)
        if fault is not None:
            return FieldError(f"/{name}", fault)
    return None


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


_WORDS: Final = ("reason", "text", "name", "url", "shown")
_VALUED: Final[Mapping[TaskKind, frozenset[Outcome]]] = {
    TaskKind.APPROVE: frozenset({Outcome.EDITED}),
    TaskKind.ASK: frozenset({Outcome.ANSWERED}),
    TaskKind.CHOOSE: frozenset({Outcome.ANSWERED}),
}
