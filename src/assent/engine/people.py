"""The verbs that ask people: to approve, to fill a form, to choose.

The task and the waiting are one write; so are the answer and the wake-up.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Unpack, cast

from msgspec.structs import replace

from assent.core.calendar import hours_json
from assent.core.command import Withdraw
from assent.core.decision import Decision, decision_of
from assent.core.durations import Duration, duration
from assent.core.journal import Fact, TaskClosed, TaskOpened, ValueRecorded
from assent.core.policy import NOBODY_KNOWN, Members, escalation_json, for_question, reminder_json
from assent.core.ruling import rule
from assent.core.run import Run
from assent.core.task import HumanTask, Outcome, evolve
from assent.core.values import Json, digest, is_said, pack, plain, unpack
from assent.engine.branch import Branch
from assent.engine.checks import Check, LookUp
from assent.engine.ground import Ground, of_key
from assent.engine.replay import Slot
from assent.engine.terms import Begun, Shown, Terms
from assent.errors import (
    AssentError,
    DefinitionError,
    Expired,
    InvalidInput,
    Rejected,
    Withdrawn,
)
from assent.forms import Form, form_for, form_of
from assent.ids import new_id
from assent.ports.context import ApproveTerms, AskTerms, check_terms

log = logging.getLogger("assent.engine")
_UNSET: Final[Any] = object()
_QUORUM: Final = "quorum:"


class Value:
    """``on_timeout=Value(x)``: at the deadline, go on as if ``x`` had been approved."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class People(Ground):
    """Asks people."""

    async def approve(
        self,
        key: str,
        *,
        title: str = "",
        detail: str | None = None,
        value: Any = None,
        form: Any = None,
        on_timeout: Any = None,
        check: LookUp | None = None,
        check_every: Duration = "1m",
        gate: str | None = None,
        **terms: Unpack[AskTerms],
    ) -> Decision[Any]:
        """Ask people to approve, reject or edit ``value``."""
        self.outside_steps("approve")
        check_terms("ctx.approve", terms, ApproveTerms)
        word, fallback = _on_timeout(on_timeout)
        packed = self._shown(key, value)
        drawn = form_of(form, closed=True) if form is not None else form_for(value, packed)
        agreed = Terms(
            **terms,
            on_timeout=word,
            timeout_value=self._shown(key, fallback) if word == "value" else None,
        )
        looks = None if check is None else _looking(check, check_every)
        shown = Shown(asks="approve", title=title, detail=detail, value=packed, gate=gate)
        task = await self._ask_people(key, drawn, shown, agreed, looks)
        decision: Decision[Any] = self.read(lambda: decision_of(self._heard(task, drawn)))
        if decision.outcome is Outcome.EXPIRED and task.on_timeout == "raise":
            raise Expired(decision.key)
        return decision

    async def ask(
        self,
        key: str,
        form: Any,
        *,
        title: str = "",
        detail: str | None = None,
        value: Any = None,
        default: Any = _UNSET,
        **terms: Unpack[AskTerms],
    ) -> Any:
        """Ask people to fill a form; raises Expired at the deadline unless there is a default."""
        self.outside_steps("ask")
        check_terms("ctx.ask", terms, AskTerms)
        wanted = form_of(form, closed=True)
        shown = Shown(asks="ask", title=title, detail=detail, value=self._shown(key, value))
        task = await self._ask_people(key, wanted, shown, self._asking(key, terms, default))
        return self._answer(task, wanted)

    async def choose(
        self,
        key: str,
        options: Sequence[Any],
        *,
        many: bool = False,
        title: str = "",
        detail: str | None = None,
        default: Any = _UNSET,
        **terms: Unpack[AskTerms],
    ) -> Any:
        """Ask people to choose one of the options, or (``many``) several; returns what was chosen."""
        self.outside_steps("choose")
        check_terms("ctx.choose", terms, AskTerms)
        if isinstance(options, str | Mapping) or not isinstance(cast(object, options), Iterable):
            raise DefinitionError(
                f"ctx.choose({key!r}) takes a list of options, and was given {options!r}."
            )
        options = list(options)
        offered = [self._shown(key, option) for option in options]
        if not offered:
            raise DefinitionError(f"ctx.choose({key!r}) has no options to choose from.")
        form = _Choice(options, offered, many=many)
        shown = Shown(asks="choose", title=title, detail=detail, options=offered, many=many)
        task = await self._ask_people(key, form, shown, self._asking(key, terms, default))
        return self._answer(task, form)

    def _asking(self, key: str, terms: AskTerms, default: Any) -> Terms:
        """The terms of a question: nobody answers by its deadline, and the default is the answer."""
        for_question(terms.get("policy"), terms.get("escalate"))
        if default is _UNSET:
            return Terms(**terms, on_timeout="raise")
        return Terms(**terms, on_timeout="value", timeout_value=self._shown(key, default))

    async def _ask_people(
        self, name: str, form: Form | None, shown: Shown, terms: Terms, check: Check | None = None
    ) -> HumanTask:
        """Open a task, or find it in the journal, and wait until it is closed."""
        execution = self.execution
        branch = execution.branch()
        key = branch.key(name)
        now = self.clock.now()
        fresh = self.is_new(branch, key)
        begun = self._begun(key, terms, shown, form, now) if fresh else None
        if terms.policy is not None and terms.policy.counts:
            await self._reachable(branch, name, shown.value, begun)
        slot = execution.recorded(branch, key, "task")
        execution.forms[key] = form
        if slot is not None:
            return await self._recorded_task(key, slot, shown.asks, shown.value, check)
        await self.at_the_end(branch)
        await execution.hold()
        assert begun is not None
        opened = self._opened(key, name, form, shown, begun)
        if begun.stage is None:
            return self._decided_by_rule(opened)
        if check is not None:
            with self.written_elsewhere():
                await self.engine.looks_up(self.head.id, opened.task, check, opened=False)
        return await self._closed(key, opened.task, opened)

    def _begun(
        self, key: str, terms: Terms, shown: Shown, form: Form | None, now: datetime
    ) -> Begun:
        shown.check()
        otherwise = self._otherwise(key, terms, shown, form)
        return replace(terms, timeout_value=otherwise).begun(now, shown.value, self.head.by)

    def _otherwise(self, key: str, terms: Terms, shown: Shown, form: Form | None) -> Json:
        """What the deadline says, as the form reads it: what nobody could answer is no answer then either.

        None fits everywhere: it says that nobody answered.
        """
        if form is None or terms.timeout_value is None:
            return terms.timeout_value
        try:
            return self._shown(key, form.read(unpack(terms.timeout_value)))
        except InvalidInput as error:
            what = "on_timeout=Value(…)" if shown.asks == "approve" else "default="
            raise DefinitionError(
                f"What ctx.{shown.asks}({key!r}) says at its deadline ({what}) {error.unfit} "
                "Give what would be taken as an answer, or None where there is none."
            ) from None

    async def _reachable(self, branch: Branch, name: str, value: Json, begun: Begun | None) -> None:
        """Refuse a quorum that the people meant can never be: the first yes would be a no.

        Who is in a group hangs on others, so a refusal is recorded, and is the same on replay; a retry judges anew.
        """
        execution = self.execution
        key = branch.key(f"{_QUORUM}{name}")
        if execution.replay.pending(key):
            slot = execution.recorded(branch, key, "value")
            if slot is not None and slot.done:
                raise of_key(key, DefinitionError(str(slot.value)))
        if begun is None:
            return
        await self.at_the_end(branch)
        await execution.hold()
        why = begun.too_few(value, await self._members(begun), self.head.by)
        if why is not None:
            told = (
                f"Nobody could ever decide {name!r}: {why}. "
                "Add somebody and retry the run, or ask for fewer."
            )
            execution.append(ValueRecorded(key=key, value=told))
            raise of_key(key, DefinitionError(told))

    async def _members(self, begun: Begun) -> Members:
        """Who is in the groups that are asked; a directory that cannot be asked knows of nobody."""
        execution = self.execution
        to = [name for stage in begun.rules.stages for name in stage.to] if begun.rules else []
        execution.inflight += 1
        try:
            with self.written_elsewhere():
                return await self.engine.members([*begun.to, *to], self.head.by)
        except Exception:  # whatever it is, the people who are asked decide
            log.warning("directory.away", exc_info=True, extra={"run": self.head.id})
            return NOBODY_KNOWN
        finally:
            execution.inflight -= 1
            execution.settle()

    def _opened(
        self, key: str, name: str, form: Form | None, shown: Shown, begun: Begun
    ) -> TaskOpened:
        terms = begun.terms
        schema = form.schema if form is not None else None
        covered: dict[str, Json] = {
            "asks": shown.asks,
            "title": shown.title,
            "detail": shown.detail,
            "value": shown.value,
            "form": schema,
            "options": shown.options,
            "to": list[Json](begun.to),
            "due": begun.due,
        }
        if terms.attachments:
            covered["attachments"] = dict[str, Json](terms.attachments)
        return TaskOpened(
            key=key,
            task=new_id("task", self.clock.now()),
            name=self._next_name(name),
            asks=shown.asks,
            digest=digest(covered),
            to=list(begun.to) or None,
            by=self.head.by,
            labels=dict(terms.labels) if terms.labels else None,
            priority=terms.priority or None,
            due=begun.due,
            on_timeout=terms.on_timeout if terms.on_timeout != "expire" else None,
            many=shown.many or None,
            path=list(self.head.path) or None,
            policy=begun.policy,
            remind=reminder_json(terms.remind),
            escalate=escalation_json(terms.escalate),
            calendar=hours_json(begun.hours),
            remind_at=begun.remind_at,
            escalate_at=begun.escalate_at,
            undo=begun.undo,
            risk=terms.risk,
            gate=shown.gate,
            attachments=[[name, url] for name, url in (terms.attachments or {}).items()] or None,
            title=shown.title or f"{name} for {self.head.workflow}",
            detail=shown.detail,
            value=shown.value,
            form=schema,
            options=shown.options,
            timeout_value=terms.timeout_value,
        )

    def _decided_by_rule(self, opened: TaskOpened) -> HumanTask:
        """No stage of the policy applies to this value: nobody is asked, and the record says so."""
        closed = TaskClosed(
            key=opened.key,
            task=opened.task,
            outcome=Outcome.APPROVED,
            via="policy",
            reason="No stage of the policy applies.",
        )
        self.execution.append(opened)
        self.execution.append(closed)
        now = self.clock.now()
        return evolve(HumanTask(asked=opened, opened=now, number=0), closed, now)

    def _next_name(self, name: str) -> str:
        names = self.execution.replay.names
        names[name] = names.get(name, 0) + 1
        return name if names[name] == 1 else f"{name}#{names[name]}"

    async def _recorded_task(
        self, key: str, slot: Slot, asks: str, value: Json, check: Check | None
    ) -> HumanTask:
        task = slot.task
        assert task is not None
        if task.asked.asks != asks:
            self.mismatch(
                f"Run {self.head.id!r} recorded that {key!r} asks people to {task.asked.asks}, but the code "
                f"now asks them to {asks}. Restore the old code, or register a new version."
            )
        if task.asked.value != value:
            self.mismatch(
                f"Run {self.head.id!r} showed people another value under {key!r} than the code now gives: "
                f"{plain(task.asked.value)!r} was recorded, {plain(value)!r} is asked. Restore the old "
                "code, or register a new version."
            )
        if slot.withdrawn:
            await self.execution.hang()
        if slot.done:
            return task
        if check is not None:
            with self.written_elsewhere():
                await self.engine.looks_up(self.head.id, task.id, check, opened=True)
        return await self._closed(key, task.id, None)

    async def _closed(self, key: str, task: str, opening: Fact | None) -> HumanTask:
        try:
            closed: HumanTask = await self.execution.wait(key, opening)
        except asyncio.CancelledError:
            if not self.execution.stopped:
                self._withdraw_task(task)
            raise
        finally:
            self.execution.forms.pop(key, None)
        return closed

    def _withdraw_task(self, task: str) -> None:
        """A branch beside this one decided: nobody needs to answer any more."""
        wish = Withdraw(by=None, via="workflow")

        def decide(run: Run, at: datetime) -> Sequence[Fact]:
            found = run.tasks.get(task)
            return rule(found, wish, at).facts if found else []

        self.execution.gives_up(decide)

    def _heard(self, task: HumanTask, form: Form | None) -> HumanTask:
        """The task with its answers as the form reads them: some came in while the code was not there."""
        if form is None or not any(is_said(answer.value) for answer in task.answers):
            return task
        heard = [
            replace(answer, value=pack(self._fitted(task, form, unpack(answer.value))))
            if is_said(answer.value)
            else answer
            for answer in task.answers
        ]
        return replace(task, answers=tuple(heard))

    def _answer(self, task: HumanTask, form: Form) -> Any:
        closing = task.closing
        assert closing is not None
        match closing.outcome:
            case Outcome.EXPIRED:
                if task.on_timeout == "raise":
                    raise Expired(task.asked.name)
                return self.unpacked(task.asked.timeout_value)
            case Outcome.REJECTED:
                raise Rejected(task.asked.name, closing.by or "", closing.reason)
            case Outcome.CANCELLED:
                raise Withdrawn(task.asked.name, closing.by or "", closing.reason)
            case _:
                return self._fitting(task, form)

    def _fitting(self, task: HumanTask, form: Form) -> Any:
        """The answer; where the form has changed since, it must fit the new one."""
        packed = task.answers[-1].value
        answer = self.unpacked(packed)
        if form.schema == task.asked.form and not is_said(packed):
            return answer
        return self._fitted(task, form, answer)

    def _fitted(self, task: HumanTask, form: Form, answer: Any) -> Any:
        try:
            return form.read(answer)
        except AssentError as error:
            self.mismatch(
                f"Run {self.head.id!r} was answered under {task.asked.key!r} with what the form that the "
                f"code now asks for does not take: {error} Restore the old form, or register a new version."
            )
            raise

    def _shown(self, key: str, value: Any) -> Json:
        return self.kept(value, f"the task {key!r}")


class _Choice:
    """The form of a choice: one of the options, or several, each at most once."""

    def __init__(self, options: list[Any], packed: list[Json], *, many: bool) -> None:
        self._options, self._packed, self._many = options, packed, many
        offered: Json = {"enum": [plain(option) for option in packed]}
        self.schema: Json = (
            {"type": "array", "items": offered, "uniqueItems": True} if many else offered
        )

    def read(self, value: Any) -> Any:
        """The options that were chosen."""
        if not self._many:
            return self._option(value)
        form_of(self.schema).read(value)
        return [self._option(item) for item in value]

    def _option(self, value: Any) -> Any:
        said = _written(pack(value))
        pairs = list(zip(self._options, self._packed, strict=True))
        for option, packed in pairs:
            if _written(packed) == said:
                return option
        for option, packed in pairs:
            if _written(plain(packed)) == said:
                return option
        form_of({"enum": [plain(packed) for packed in self._packed]}).read(value)
        return value


def _written(value: Json) -> str:
    """The value as text: True differs from 1, and the order of a dictionary makes no difference."""
    return json.dumps(value, sort_keys=True)


def _looking(check: LookUp, every: Duration) -> Check:
    """What looks a decision up, and how often."""
    if not callable(check):
        raise DefinitionError(
            f"check={check!r} cannot be asked: give the function that looks it up."
        )
    rest = duration(every)
    if not rest:
        raise DefinitionError(f"check_every={every!r} is no rest: say how long to wait in between.")
    return Check(check, rest)


def _on_timeout(on_timeout: Any) -> tuple[str, Any]:
    """The word for what happens at the deadline, and the value that goes with it."""
    if isinstance(on_timeout, Value):
        return "value", on_timeout.value
    if on_timeout is None:
        return "expire", None
    if on_timeout in ("approve", "reject", "raise"):
        return str(on_timeout), None
    raise DefinitionError(
        f"on_timeout={on_timeout!r} is none of 'approve', 'reject', 'raise', Value(…), None."
    )
