"""Who may answer, who must agree, and what is still missing.

Rules about people are values, judged by pure functions, so that they can be stored, shown and tested. A task is
assigned to names: ``alice`` or ``user:alice``, ``group:finance``, ``role:legal``, ``manager`` (of who asked) or
``manager:ann``, and ``value:owner`` (what the value that is shown says under ``owner``: a name, or several). Nobody
named: everybody may. Where nothing is known of an actor's groups, roles or reports (``None``), the door that let the
actor in vouches for them.

    answers ──▶ voices, one per seat ──judge──▶ approved · rejected · still open, and who is needed
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, TypeAlias, cast

from msgspec import Struct

from assent.core.durations import Duration, duration
from assent.core.expression import check, evaluate, holds, scope
from assent.core.texts import is_nameable
from assent.core.values import Json, unpack_or_plain
from assent.errors import DefinitionError, ExpressionError, FieldError, InvalidInput

Names: TypeAlias = str | Sequence[str]
Members: TypeAlias = Mapping[str, frozenset[str]]

NOBODY_KNOWN: Final[Members] = MappingProxyType({})
MANAGER: Final = "manager"
_VALUE: Final = "value:"


# ── people ──────────────────────────────────────────────────────────────────────────────────────


class Seat(Struct, frozen=True):
    """Somebody an actor stands in for; ``through`` names everybody the stand-in was handed on by, the seat first."""

    name: str
    groups: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    manages: frozenset[str] | None = None
    through: tuple[str, ...] = ()


class Actor(Struct, frozen=True):
    """Somebody who acts. ``groups``, ``roles`` and ``manages`` are None where they are not known."""

    name: str
    groups: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    manages: frozenset[str] | None = None
    seats: tuple[Seat, ...] = ()


def actor(by: str | Actor) -> Actor:
    """An actor from a plain name; refuses an empty one, and one that cannot be written down."""
    found = by if isinstance(by, Actor) else Actor(by)
    if not isinstance(cast(object, found.name), str):
        wrong = FieldError("/by", f"{found.name!r} is no name; give a text or an Actor")
        raise InvalidInput("Who acts", (wrong,))
    if not found.name.strip():
        raise InvalidInput("Who acts", (FieldError("/by", "it is empty; name somebody"),))
    if not is_nameable(found.name):
        raise InvalidInput("Who acts", (FieldError("/by", "name somebody, in printable letters"),))
    return found


def eligible(to: Sequence[str], who: Actor | Seat, requester: str | None = None) -> bool:
    """Whether this actor may answer what is assigned to these names."""
    return not to or bool(fitting(to, who, requester))


def fitting(to: Sequence[str], who: Actor | Seat, requester: str | None = None) -> tuple[str, ...]:
    """Those of these names that this actor answers to."""
    return tuple(assignee for assignee in to if _names(assignee, who, requester))


def _names(assignee: str, who: Actor | Seat, requester: str | None) -> bool:
    kind, colon, name = assignee.partition(":")
    if not colon:
        return assignee == who.name or (
            assignee == MANAGER and _known(requester, who.manages, requester is not None)
        )
    match kind:
        case "user":
            return name == who.name
        case "group":
            return who.groups is None or name in who.groups
        case "role":
            return who.roles is None or name in who.roles
        case "manager":
            return _known(name, who.manages, True)
        case _:
            return assignee == who.name


def _known(report: str | None, manages: frozenset[str] | None, named: bool) -> bool:
    return manages is None or (named and report in manages)


def person_named(assignee: str) -> str | None:
    """The one person that an assignee names; None for groups, roles, managers."""
    kind, colon, name = assignee.partition(":")
    if not colon:
        return None if assignee == MANAGER else assignee
    if kind == "user":
        return name
    return None if kind in {"group", "role", "manager", "value"} else assignee


def names_of(to: Names) -> tuple[str, ...]:
    """One name or several, as a tuple; refuses empty ones, and expressions that cannot be read."""
    several = isinstance(cast(object, to), Iterable) and not isinstance(to, str)
    names: tuple[Any, ...] = tuple(to) if several else (to,)
    for name in names:
        if not isinstance(name, str) or not name.strip() or name.endswith(":"):
            raise DefinitionError(
                f"{name!r} names nobody. Assign to a user, 'group:…', 'role:…', 'manager' or 'value:…'."
            )
        if not is_nameable(name):
            raise DefinitionError(f"{name!r} names nobody: it has letters that cannot be printed.")
        if name.startswith(_VALUE):
            check(name.removeprefix(_VALUE))
    return names


def resolved(to: Sequence[str], value: Json) -> tuple[str, ...]:
    """These names, with what the shown value says put in for ``value:…``; raises DefinitionError."""
    if not any(name.startswith(_VALUE) for name in to):
        return tuple(to)
    found: list[str] = []
    for name in to:
        if name.startswith(_VALUE):
            told = evaluate(name.removeprefix(_VALUE), scope(unpack_or_plain(value)))
            found += names_of(cast(Names, told) if isinstance(told, str | list | tuple) else [""])
        else:
            found.append(name)
    return tuple(dict.fromkeys(found))


# ── rules ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, init=False)
class Stage:
    """Who is asked, one stage after the other, ``when`` a condition on the value as it is then holds.

    ``approvals`` of them must say yes (None: whoever answers first decides); so many ``rejections`` end it (None:
    once the approvals can no longer be reached).
    """

    to: tuple[str, ...]
    when: str | None
    approvals: int | None
    rejections: int | None
    name: str

    def __init__(
        self,
        to: Names,
        *,
        when: str | None = None,
        approvals: int | None = None,
        rejections: int | None = None,
        name: str = "",
    ) -> None:
        if when is not None:
            check(when)
        names = names_of(to)
        _count("approvals", approvals, names)
        _count("rejections", rejections, ())
        if rejections is not None and approvals is None:
            raise DefinitionError("rejections= goes with approvals=: otherwise one answer decides.")
        _fields(self, to=names, when=when, approvals=approvals, rejections=rejections)
        object.__setattr__(self, "name", name or ", ".join(names))

    def applies(self, value: Json) -> bool:
        """Whether it is asked at all; a condition that cannot be judged asks, to be safe."""
        if self.when is None:
            return True
        try:
            return holds(self.when, scope(unpack_or_plain(value)))
        except ExpressionError:
            return True


@dataclass(frozen=True, init=False)
class Policy:
    """Who must agree: ``approvals`` people out of ``of``, or the ``stages`` one after the other.

    A rejection by whoever ``veto`` names ends it. ``exclude_requester``: who started the run does not answer,
    neither through a group nor through somebody who stands in.
    """

    approvals: int | None
    of: tuple[str, ...]
    veto: tuple[str, ...]
    exclude_requester: bool
    stages: tuple[Stage, ...]
    rejections: int | None

    def __init__(
        self,
        *,
        approvals: int | None = None,
        of: Names = (),
        veto: Names = (),
        exclude_requester: bool = False,
        stages: Iterable[Stage] = (),
        rejections: int | None = None,
    ) -> None:
        chain: tuple[Any, ...] = (stages,) if isinstance(stages, Stage) else tuple(stages)
        if any(not isinstance(stage, Stage) for stage in chain):
            raise DefinitionError(f"stages= takes several Stage(to=…), not {list(chain)!r}.")
        if chain and (approvals is not None or rejections is not None or of):
            raise DefinitionError(
                "A Policy with stages= says approvals=, rejections= and whom (to=) in each Stage."
            )
        names = names_of(of)
        _count("approvals", approvals, names)
        _count("rejections", rejections, ())
        if rejections is not None and approvals is None:
            raise DefinitionError("rejections= goes with approvals=: otherwise one answer decides.")
        _fields(self, approvals=approvals, of=names, veto=names_of(veto), stages=chain)
        _fields(self, exclude_requester=exclude_requester, rejections=rejections)

    @property
    def counts(self) -> bool:
        """Whether somewhere a number of people must agree."""
        return self.approvals is not None or any(stage.approvals for stage in self.stages)

    def chain(self, to: Names) -> tuple[Stage, ...]:
        """Its stages; where it has none, the one that ``of`` or ``to`` makes."""
        if self.stages or self.of:
            if to:
                raise DefinitionError(
                    "Say whom to ask once: in to=, or in the policy (of=, stages=)."
                )
            if self.stages:
                return self.stages
        _count("approvals", self.approvals, names_of(to or self.of))
        return (
            Stage(to or self.of, approvals=self.approvals, rejections=self.rejections, name="all"),
        )


def for_question(policy: Policy | None, escalate: Escalate | None) -> None:
    """Refuse what only an approval can have: to a question nobody says no, and somebody must answer it."""
    if escalate is not None and escalate.ends in ("approve", "reject"):
        raise DefinitionError(
            f"then={escalate.ends!r} decides an approval; a question ends with 'raise', or with its default=."
        )
    if policy is None:
        return
    stages = policy.stages
    if policy.veto or policy.rejections or any(stage.rejections for stage in stages):
        raise DefinitionError(
            "Nobody says no to a question: veto= and rejections= go with ctx.approve."
        )
    if stages and all(stage.when for stage in stages):
        raise DefinitionError(
            "A question needs a Stage without when=: where none applied, nobody would answer it."
        )


def _fields(value: object, **fields: Any) -> None:
    for name, field in fields.items():
        object.__setattr__(value, name, field)


def _count(name: str, count: Any, of: Sequence[str]) -> None:
    if count is None:
        return
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise DefinitionError(f"{name}={count!r} must be a whole number, 1 or more.")
    people = [person_named(assignee) for assignee in of]
    if of and None not in people and count > len(set(people)):
        raise DefinitionError(
            f"{name}={count} can never be reached: only {', '.join(of)} may answer."
        )


@dataclass(frozen=True, init=False)
class Remind:
    """Remind whoever is still needed ``after`` so long, and then ``every`` so long."""

    after: timedelta
    every: timedelta | None

    def __init__(self, after: Duration, every: Duration | None = None) -> None:
        _fields(self, after=_length("after", after))
        _fields(self, every=None if every is None else _length("every", every))


@dataclass(frozen=True, init=False)
class Escalate:
    """``after`` so long, ask ``to`` instead.

    ``then`` is what happens where they do not answer either, after as long again: another Escalate (which says how
    long itself), or ``"approve"``, ``"reject"``, ``"raise"``, as ``on_timeout`` knows them.
    """

    after: timedelta
    to: tuple[str, ...]
    then: Escalate | str | None

    def __init__(self, after: Duration, to: Names, then: Escalate | str | None = None) -> None:
        names = names_of(to)
        if not names:
            raise DefinitionError("Escalate(to=…) needs somebody to ask instead.")
        if not (then is None or isinstance(then, Escalate) or then in DEADLINES):
            raise DefinitionError(
                f"then={then!r} is none of Escalate(…), {', '.join(map(repr, DEADLINES))}, None."
            )
        _fields(self, after=_length("after", after), to=names, then=then)

    @property
    def ends(self) -> str | None:
        """What happens at the end of the chain."""
        return self.then.ends if isinstance(self.then, Escalate) else self.then


DEADLINES: Final = ("approve", "reject", "raise")


def _length(name: str, length: Duration) -> timedelta:
    found = duration(length)
    if not found:
        raise DefinitionError(f"{name}={length!r} must be longer than nothing.")
    return found


# ── rules as they are written down ──────────────────────────────────────────────────────────────


class Rules(Struct, frozen=True, kw_only=True):
    """A task's policy as its journal holds it: at least one stage."""

    stages: tuple[Stage, ...]
    veto: tuple[str, ...] = ()
    exclude_requester: bool = False

    def next_stage(self, after: int, value: Json) -> int | None:
        """The first stage beyond this one that applies to the value as it is now."""
        return next(
            (
                place
                for place in range(after + 1, len(self.stages))
                if self.stages[place].applies(value)
            ),
            None,
        )


def rules_json(rules: Rules) -> Json:
    """Rules for the journal."""
    told: dict[str, Json] = {"stages": [_stage_json(stage) for stage in rules.stages]}
    if rules.veto:
        told["veto"] = list[Json](rules.veto)
    if rules.exclude_requester:
        told["exclude_requester"] = True
    return told


def _stage_json(stage: Stage) -> Json:
    told: dict[str, Json] = {"to": list[Json](stage.to), "name": stage.name}
    counts = {"when": stage.when, "approvals": stage.approvals, "rejections": stage.rejections}
    told |= {name: field for name, field in counts.items() if field is not None}
    return told


def rules_of(told: Json, to: Sequence[str]) -> Rules:
    """Rules from the journal; None stands for: one of these decides."""
    if told is None:
        return _one_decides(tuple(to))
    fields = cast("dict[str, Any]", told)
    return Rules(
        stages=tuple(Stage(stage.pop("to"), **stage) for stage in map(dict, fields["stages"])),
        veto=tuple(fields.get("veto", ())),
        exclude_requester=fields.get("exclude_requester", False),
    )


@lru_cache(maxsize=1024)
def _one_decides(to: tuple[str, ...]) -> Rules:
    return Rules(stages=(Stage(to, name="all"),))


def escalation_json(escalate: Escalate | None) -> Json:
    """A chain of escalations for the journal: what each waits for, in microseconds, and whom it asks."""
    if escalate is None:
        return None
    then = escalate.then
    return {
        "after": escalate.after // timedelta(microseconds=1),
        "to": list[Json](escalate.to),
        "then": escalation_json(then) if isinstance(then, Escalate) else then,
    }


def escalation_of(told: Json) -> Escalate | None:
    """A chain of escalations from the journal."""
    if told is None:
        return None
    fields = cast("dict[str, Any]", told)
    then = fields["then"]
    return Escalate(
        timedelta(microseconds=fields["after"]),
        fields["to"],
        escalation_of(cast(Json, then)) if isinstance(then, dict) else then,
    )


def reminder_json(remind: Remind | None) -> Json:
    """A reminder for the journal, in microseconds."""
    if remind is None:
        return None
    micro = timedelta(microseconds=1)
    return [remind.after // micro, None if remind.every is None else remind.every // micro]


def reminder_of(told: Json) -> Remind | None:
    """A reminder from the journal."""
    if told is None:
        return None
    after, every = cast("list[int | None]", told)
    return Remind(
        timedelta(microseconds=after or 0),
        None if every is None else timedelta(microseconds=every),
    )


# ── judging ─────────────────────────────────────────────────────────────────────────────────────


class Voice(Struct, frozen=True, kw_only=True):
    """One answer as it counts: for whose ``seat``, and whether it was a yes. ``vetoes``: its no ends it.

    ``says`` is what was answered to a question, as text; of an approval all yeses are equal.
    """

    by: str
    seat: str
    yes: bool
    vetoes: bool = False
    says: str = ""


class Verdict(Struct, frozen=True, kw_only=True):
    """What answers amount to. ``yes`` is None while it is open: then ``needs`` names who may still settle it."""

    yes: bool | None
    needs: tuple[str, ...] = ()
    more: int = 0
    why: str = ""


def standing_in(
    rules: Rules,
    to: Sequence[str],
    who: Actor,
    requester: str | None,
    taken: Collection[str] = (),
) -> Actor | Seat | None:
    """As whom this actor may answer: in their own name first, else for somebody they stand in for.

    Of several they stand in for, one who has not spoken yet (is not ``taken``).

    Four eyes: where the requester is excluded, neither the requester acts, nor anybody by the requester's leave.
    """
    if rules.exclude_requester and who.name == requester:
        return None
    chairs: tuple[Actor | Seat, ...] = (who, *who.seats)
    spoken_for: Actor | Seat | None = None
    for seat in chairs:
        by_leave = isinstance(seat, Seat) and requester in (seat.name, *seat.through)
        if rules.exclude_requester and by_leave:
            continue
        if eligible(to, seat, requester) or fitting(rules.veto, seat, requester):
            if seat is who or seat.name not in taken:
                return seat
            spoken_for = spoken_for or seat
    return spoken_for


def judge(
    stage: Stage,
    to: Sequence[str],
    voices: Iterable[Voice],
    members: Members = NOBODY_KNOWN,
    excluded: str | None = None,
    *,
    question: bool = False,
) -> Verdict:
    """What these voices amount to in a stage that asks ``to``; their order makes no difference.

    Of a ``question`` the answers that say the same are counted. Each seat counts once; its owner's own word counts
    more than that of whoever stands in, and no more than yes.
    ``members`` says who is in a group; where it does not, there may always be one more.
    """
    heard = _heard(voices)
    if any(voice.vetoes and not voice.yes for voice in heard.values()):
        return Verdict(yes=False, why="Somebody with a veto said no.")
    agreeing = Counter(voice.says for voice in heard.values() if voice.yes)
    yes = max(agreeing.values(), default=0)
    no = sum(1 for voice in heard.values() if not voice.yes)
    counted = "equal answers" if question else "approvals"
    if stage.approvals is None:
        if no or yes:
            return Verdict(yes=not no, why="One answer decides.")
        return Verdict(yes=None, needs=tuple(to) or ("anybody",), more=1, why=_wanted(1, to))
    if yes >= stage.approvals:
        return Verdict(yes=True, why=f"{yes} of {stage.approvals} {counted}.")
    if stage.rejections is not None and no >= stage.rejections:
        return Verdict(yes=False, why=f"{no} of {stage.rejections} rejections.")
    more = stage.approvals - yes
    silent = _silent(to, heard, members, excluded)
    if silent is not None and more > len(silent):
        why = f"{stage.approvals} {counted} can no longer be reached."
        return Verdict(yes=False, why=why)
    needs = tuple(name for name in to if _may_help(name, heard, members, excluded))
    verb = "answer alike" if question else "approve"
    return Verdict(yes=None, needs=needs or ("anybody",), more=more, why=_wanted(more, needs, verb))


def hopeless(stage: Stage, to: Sequence[str], excluded: str | None) -> bool:
    """Whether nobody can settle it from the start, because who asked is left out."""
    people = _silent(to, {}, NOBODY_KNOWN, excluded)
    return people is not None and len(people) < (stage.approvals or 1)


def too_few(
    rules: Rules, stage: int, value: Json, members: Members, requester: str | None
) -> str | None:
    """Why the approvals asked for can never be reached by whoever is known to be meant, or None.

    Of the stages to come only those count that are surely asked, and whose people hang on no value.
    """
    excluded = requester if rules.exclude_requester else None
    for place, asked in enumerate(rules.stages[stage:]):
        named = any(name.startswith(_VALUE) for name in asked.to)
        if asked.approvals is None or (place and (asked.when is not None or named)):
            continue
        to = resolved(asked.to, value)
        people = _silent(to, {}, members, excluded)
        if people is not None and len(people) < asked.approvals:
            known = ", ".join(sorted(people)) or "nobody"
            left_out = f" ({excluded} asks, and is left out)" if excluded is not None else ""
            return (
                f"{asked.approvals} of {', '.join(to)} are to agree, and that is {known}{left_out}"
            )
    return None


def _heard(voices: Iterable[Voice]) -> dict[str, Voice]:
    heard: dict[str, Voice] = {}
    for voice in voices:
        before = heard.get(voice.seat)
        if before is None or _weight(voice) > _weight(before):
            heard[voice.seat] = voice
    return heard


def _weight(voice: Voice) -> tuple[bool, bool, bool]:
    return not voice.yes and voice.vetoes, voice.by == voice.seat, not voice.yes


def _people(assignee: str, members: Members, excluded: str | None) -> frozenset[str] | None:
    person = person_named(assignee)
    found = members.get(assignee) if person is None else frozenset({person})
    return found if found is None or excluded is None else found - {excluded}


def _silent(
    to: Sequence[str], heard: Mapping[str, Voice], members: Members, excluded: str | None
) -> set[str] | None:
    """Who could still speak; None where that is not known."""
    known = [_people(assignee, members, excluded) for assignee in to]
    if not to or None in known:
        return None
    everybody = {person for people in known if people is not None for person in people}
    return everybody - heard.keys()


def _may_help(
    assignee: str, heard: Mapping[str, Voice], members: Members, excluded: str | None
) -> bool:
    people = _people(assignee, members, excluded)
    return people is None or bool(people - heard.keys())


def _wanted(more: int, of: Sequence[str], verb: str = "answer") -> str:
    if not of:
        return f"Anybody may {verb}." if more == 1 else f"{more} people must {verb}."
    if list(of) == [of[0]] and person_named(of[0]) is not None:
        return f"{of[0]} must {verb}."
    return f"{more} of {', '.join(of)} must {verb}."
