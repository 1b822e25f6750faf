"""What people are shown, and on which terms: whom to ask, by when, and what happens otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from assent.core.calendar import BusinessHours, Hours, later
from assent.core.durations import Duration, duration
from assent.core.journal import micros
from assent.core.policy import (
    MANAGER,
    Escalate,
    Members,
    Policy,
    Remind,
    Rules,
    Stage,
    hopeless,
    names_of,
    resolved,
    rules_json,
    too_few,
)
from assent.core.texts import is_address, unkept
from assent.core.values import Json
from assent.errors import DefinitionError


class Shown(Struct, frozen=True, kw_only=True):
    """What people see of the question; ``value`` and ``options`` are packed."""

    asks: str
    title: str
    detail: str | None
    value: Json = None
    options: list[Json] | None = None
    many: bool = False
    gate: str | None = None

    def check(self) -> None:
        """Raise DefinitionError for words that cannot be kept."""
        _check_texts({"title=": self.title, "detail=": self.detail})


class Terms(Struct, frozen=True, kw_only=True):
    """Whom to ask, by when, and what happens otherwise, as the workflow said it."""

    to: str | Sequence[str] = ()
    policy: Policy | None = None
    timeout: Duration | None = None
    on_timeout: str = "expire"
    timeout_value: Json = None
    labels: Mapping[str, str] | None = None
    priority: int = 0
    remind: Remind | None = None
    escalate: Escalate | None = None
    calendar: BusinessHours | None = None
    risk: str | None = None
    attachments: Mapping[str, str] | None = None
    undo: Duration | None = None

    def begun(self, at: datetime, value: Json, requester: str | None) -> Begun:
        """The terms from this moment on; raises DefinitionError for those that cannot work."""
        _check_texts({"risk=": self.risk})
        _check_texts(_named("labels=", self.labels))
        _check_texts(_named("attachments=", self.attachments))
        _check_addresses(self.attachments)
        if self.calendar is not None and not (self.timeout or self.remind or self.escalate):
            raise DefinitionError(
                "calendar= counts the time of timeout=, remind= or escalate=; none is given."
            )
        hours = self.calendar.at(at) if self.calendar else None

        def when(length: Duration | None) -> int | None:
            return None if length is None else micros(later(hours, at, duration(length)))

        rules = self._rules()
        stage = 0 if rules is None else rules.next_stage(-1, value)
        names = names_of(self.to) if rules is None else rules.stages[stage or 0].to
        if MANAGER in names and requester is None:
            raise DefinitionError(
                "The manager of who asked is to decide, and nobody is known to have asked: start the run with by=."
            )
        if (
            rules is not None
            and stage is not None
            and self._hopeless(rules, stage, value, requester)
        ):
            raise DefinitionError(
                f"Nobody can decide this: {requester} asks, and is left out. Ask somebody else too."
            )
        return Begun(
            terms=self,
            hours=hours,
            policy=None if rules is None else rules_json(rules),
            stage=stage,
            to=resolved(names, value),
            due=when(self.timeout),
            remind_at=when(self.remind.after if self.remind else None),
            escalate_at=when(self.escalate.after if self.escalate else None),
            rules=rules,
            undo=None
            if self.undo is None
            else duration(self.undo) // timedelta(microseconds=1) or None,
        )

    def _hopeless(self, rules: Rules, stage: int, value: Json, requester: str | None) -> bool:
        """Whether who asked would be alone: at first, or where the task is handed on to."""
        if not rules.exclude_requester:
            return False
        asked = [rules.stages[stage]]
        escalate = self.escalate
        while escalate is not None:
            asked.append(Stage(escalate.to))
            escalate = escalate.then if isinstance(escalate.then, Escalate) else None
        return any(hopeless(each, resolved(each.to, value), requester) for each in asked)

    def _rules(self) -> Rules | None:
        policy = self.policy
        if policy is None:
            return None
        return Rules(
            stages=policy.chain(self.to),
            veto=policy.veto,
            exclude_requester=policy.exclude_requester,
        )


class Begun(Struct, frozen=True, kw_only=True):
    """Terms that run: who is asked first, and the moments in microseconds. ``stage`` None: nobody needs to be asked."""

    terms: Terms
    hours: Hours | None
    rules: Rules | None
    policy: Json
    stage: int | None
    to: tuple[str, ...]
    due: int | None
    remind_at: int | None
    escalate_at: int | None
    undo: int | None

    def too_few(self, value: Json, members: Members, requester: str | None) -> str | None:
        """Why its quorum can never be reached, as far as it is known who is meant."""
        if self.rules is None or self.stage is None:
            return None
        return too_few(self.rules, self.stage, value, members, requester)


def _named(term: str, pairs: Mapping[str, str] | None) -> dict[str, object]:
    """What a mapping of names to texts holds, by where it stands."""
    told: dict[str, object] = {}
    for name, text in (pairs or {}).items():
        told[f"{term} (the name {name!r})"] = name
        told[f"{term} ({name!r})"] = text
    return told


def _check_addresses(attachments: Mapping[str, str] | None) -> None:
    for name, url in (attachments or {}).items():
        if not is_address(url):
            raise DefinitionError(
                f"attachments= refers to {name!r} by {url!r}, which nobody can safely open: give an address that "
                "begins with https://."
            )


def _check_texts(told: Mapping[str, object]) -> None:
    for where, text in told.items():
        fault = None if text is None else unkept(text)
        if fault is not None:
            raise DefinitionError(f"What {where} gives people to read cannot be kept: {fault}.")
