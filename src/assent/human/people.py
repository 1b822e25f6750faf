"""Who people are: a table of users, or a directory of one's own; and who stands in for whom.

    a name ──▶ user (groups, roles, manager) ──▶ Actor, with the seats of those who are away

Where there is no directory at all, nothing is known of anybody: the door that let somebody in vouches for them.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias, cast

from msgspec.structs import replace

from assent.core.journal import micros, moment
from assent.core.policy import MANAGER, Actor, Members, Rules, Seat, actor, person_named
from assent.core.values import Json
from assent.errors import FieldError, InvalidInput, NotFound
from assent.ports.clock import Clock
from assent.ports.directory import Directory, User
from assent.ports.store import Store

_USERS: Final = "user"
_AWAY: Final = "away"
_FRESH: Final = timedelta(seconds=5)  # another process may have changed the table
_LONGEST: Final = timedelta(days=366)

Known: TypeAlias = User | Mapping[str, Any] | None
LookUp: TypeAlias = Callable[[str], Known | Awaitable[Known]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """Somebody is away: ``to`` stands in from ``start`` until ``end``."""

    name: str
    to: str
    start: datetime
    end: datetime
    reason: str | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it is so at this moment."""
        return self.start <= at < self.end


class People:
    """The users of a store, and whoever stands in for them."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        directory: Directory | LookUp | None,
        *,
        alone: bool = False,
    ) -> None:
        self._alone = alone  # nobody else writes to this store, so what was read stays true
        self._store = store
        self._clock = clock
        self._own = _directory(directory)
        self._users: dict[str, User] = {}
        self._away: dict[str, Away] = {}
        self._read: datetime | None = None
        self._reading = asyncio.Lock()

    # ── the table ───────────────────────────────────────────────────────────────────────────────

    async def put(
        self,
        name: str,
        *,
        groups: Iterable[str] = (),
        roles: Iterable[str] = (),
        manager: str | None = None,
        mail: str | None = None,
    ) -> User:
        """Add somebody, or say anew what they belong to."""
        actor(name)
        if mail is not None and not _mailable(mail):
            raise InvalidInput(
                "The user", (FieldError("/mail", "use an address like ann@example.com"),)
            )
        if manager is not None:
            actor(manager)
        named = _texts("groups", groups), _texts("roles", roles)
        told: dict[str, Json] = {
            "groups": list[Json](named[0]),
            "roles": list[Json](named[1]),
            "manager": manager,
        }
        if mail is not None:
            told["mail"] = mail
        await self._store.replace(_USERS, name, told)
        await self._load()
        return self._users[name]

    async def remove(self, name: str) -> None:
        """Take somebody out of the table; raises NotFound."""
        if await self._store.take(_USERS, name) is None:
            raise NotFound(f"There is no user {name!r}. List them with 'assent people ls'.")
        await self._load()

    async def users(self) -> list[User]:
        """All users of the table, by name."""
        await self._load()
        return [self._users[name] for name in sorted(self._users)]

    async def user(self, name: str) -> User | None:
        """Somebody, from the table or the directory."""
        if self._own is not None:
            return await self._own.user(name)
        await self._fresh()
        return self._users.get(name)

    # ── out of office ───────────────────────────────────────────────────────────────────────────

    async def away(
        self,
        name: str,
        *,
        to: str,
        until: datetime,
        since: datetime | None = None,
        reason: str | None = None,
    ) -> Away:
        """Let somebody stand in until a moment; refuses what has no end, and what goes round in a circle."""
        now = self._clock.now()
        start = since or now
        actor(name)
        actor(to)
        if start.tzinfo is None or until.tzinfo is None:
            raise _wrong("/until", "the moments need a time zone")
        if not start < until <= start + _LONGEST or until <= now:
            raise _wrong("/until", "it must end later than now and than it starts, within a year")
        await self._load()
        made = Away(name=name, to=to, start=start, end=until, reason=reason)
        if name in (to, *self._chain(to, {**self._away, name: made})):
            raise _wrong("/to", f"{to} would hand it back to {name}: it goes round in a circle")
        told: Json = {
            "to": to,
            "start": micros(start),
            "end": micros(until),
            "reason": reason,
        }
        await self._store.replace(_AWAY, name, told)
        await self._load()
        return made

    @staticmethod
    def _chain(name: str, away: Mapping[str, Away]) -> list[str]:
        """Where a stand-in leads, whenever it holds."""
        found: list[str] = []
        while name in away and away[name].to not in found:
            name = away[name].to
            found.append(name)
        return found

    async def back(self, name: str) -> None:
        """They are back: nobody stands in for them any more. Harmless where nobody does."""
        await self._store.take(_AWAY, name)
        await self._load()

    async def absences(self) -> list[Away]:
        """Everybody who is away now, or will be."""
        await self._load()
        now = self._clock.now()
        return [away for _, away in sorted(self._away.items()) if away.end > now]

    # ── who acts ────────────────────────────────────────────────────────────────────────────────

    async def acting(self, by: str | Actor, requester: str | None) -> Actor:
        """An actor with all that is known of them, as far as it was not said already."""
        who = actor(by)
        await self._fresh()
        if not self._knows and not self._away:
            return who
        known = await self._seat(who.name, requester)
        return replace(
            who,
            groups=known.groups if who.groups is None else who.groups,
            roles=known.roles if who.roles is None else who.roles,
            manages=known.manages if who.manages is None else who.manages,
            seats=(*who.seats, *[await self._seat(*at) for at in self._seats(who.name, requester)]),
        )

    @property
    def _knows(self) -> bool:
        return self._own is not None or bool(self._users)

    async def _seat(self, name: str, requester: str | None, through: tuple[str, ...] = ()) -> Seat:
        if not self._knows:
            return Seat(name, through=through)
        found = await self.user(name) or User(name=name)
        asks = await self.user(requester) if requester is not None else None
        mine = asks is not None and asks.manager == name
        manages = found.reports | {asks.name} if asks and mine else found.reports
        return Seat(name, found.groups, found.roles, manages, through)

    def _seats(
        self, name: str, requester: str | None
    ) -> list[tuple[str, str | None, tuple[str, ...]]]:
        """Everybody this one stands in for now, and through whom."""
        now = self._clock.now()
        found: dict[str, tuple[str, ...]] = {name: ()}
        look = [name]
        while look:
            holder = look.pop()
            for away in self._away.values():
                if away.to == holder and away.holds(now) and away.name not in found:
                    found[away.name] = (*found[holder], holder) if holder != name else ()
                    look.append(away.name)
        del found[name]
        return [(owner, requester, through) for owner, through in sorted(found.items())]

    async def members(self, to: Iterable[str], requester: str | None) -> Members:
        """Who is meant by these names, as far as that is known."""
        found: dict[str, frozenset[str]] = {}
        await self._fresh()
        if not self._knows:
            return found
        for name in to:
            if person_named(name) is None:
                people = await self._members(name, requester)
                if people is not None:
                    found[name] = people
        return found

    async def _members(self, assignee: str, requester: str | None) -> frozenset[str] | None:
        kind, _, name = assignee.partition(":")
        if kind == MANAGER:
            report = await self.user(name or requester or "")
            return frozenset({report.manager} if report and report.manager else ())
        if self._own is not None:
            return await self._own.members(assignee)
        users = self._users.values()
        if kind == "group":
            return frozenset(user.name for user in users if name in user.groups)
        if kind == "role":
            return frozenset(user.name for user in users if name in user.roles)
        return None

    async def concerned(self, to: Iterable[str], requester: str | None) -> tuple[User, ...]:
        """The people behind these names, each once; groups whose members nobody knows are left out."""
        assignees = tuple(to)
        members = await self.members(assignees, requester)
        found: dict[str, User] = {}
        for assignee in assignees:
            person = person_named(assignee)
            for name in sorted(members.get(assignee, ())) if person is None else (person,):
                found[name] = await self.user(name) or User(name=name)
        return tuple(found.values())

    async def names(self, name: str) -> tuple[str, ...]:
        """Every name under which somebody's tasks are assigned: their own, their groups', those of whom they stand
        in for."""
        await self._fresh()
        owners = [name, *(owner for owner, _, _ in self._seats(name, None))]
        found: list[str] = []
        for owner in owners:
            found += [owner, f"user:{owner}"]
            user = await self.user(owner)
            if user is not None:
                found += [f"group:{group}" for group in sorted(user.groups)]
                found += [f"role:{role}" for role in sorted(user.roles)]
                found += [f"{MANAGER}:{report}" for report in sorted(user.reports)]
        return tuple(dict.fromkeys(found))

    async def stand_ins(self, to: Iterable[str]) -> Mapping[str, str]:
        """Who of these is away, and who stands in."""
        await self._fresh()
        now = self._clock.now()
        found = {name: self._away.get(person_named(name) or "") for name in to}
        return {name: away.to for name, away in found.items() if away and away.holds(now)}

    # ── reading ─────────────────────────────────────────────────────────────────────────────────

    async def _fresh(self) -> None:
        if self._is_stale():
            async with self._reading:  # one reads for all who ask meanwhile
                if self._is_stale():
                    await self._load()

    def _is_stale(self) -> bool:
        if self._read is None:
            return True
        return not self._alone and self._clock.now() - self._read > _FRESH

    async def _load(self) -> None:
        users = await self._store.kept_all(_USERS)
        away = await self._store.kept_all(_AWAY)
        self._users = _users_of(users)
        self._away = {name: _away_of(name, told) for name, told in away.items()}
        self._read = self._clock.now()


def everybody(rules: Rules, to: Iterable[str]) -> tuple[str, ...]:
    """All names that judging a task may need the members of."""
    asked = [name for stage in rules.stages for name in stage.to]
    return tuple(dict.fromkeys([*to, *asked, *rules.veto]))


def _users_of(told: Mapping[str, Json]) -> dict[str, User]:
    reports: dict[str, set[str]] = {}
    for name, document in told.items():
        manager = cast("dict[str, Any]", document)["manager"]
        if manager is not None:
            reports.setdefault(manager, set()).add(name)
    return {
        name: User(
            name=name,
            groups=frozenset(cast("dict[str, Any]", document)["groups"]),
            roles=frozenset(cast("dict[str, Any]", document)["roles"]),
            manager=cast("dict[str, Any]", document)["manager"],
            reports=frozenset(reports.get(name, ())),
            mail=cast("dict[str, Any]", document).get("mail"),
        )
        for name, document in told.items()
    }


def _away_of(name: str, told: Json) -> Away:
    fields = cast("dict[str, Any]", told)
    return Away(
        name=name,
        to=fields["to"],
        start=moment(fields["start"]),
        end=moment(fields["end"]),
        reason=fields["reason"],
    )


def _mailable(address: str) -> bool:
    name, at, host = address.rpartition("@")
    return bool(name and at and host) and address.isprintable() and " " not in address


def _wrong(pointer: str, why: str) -> InvalidInput:
    return InvalidInput("The absence", (FieldError(pointer, why),))


def _texts(name: str, values: Iterable[str]) -> list[str]:
    found = [values] if isinstance(values, str) else list(values)
    for value in found:
        if not value.strip() or not value.isprintable():
            raise InvalidInput(
                "The user", (FieldError(f"/{name}", "use names, in printable letters"),)
            )
    return sorted(set(found))


# ── a directory of one's own ────────────────────────────────────────────────────────────────────


class _Asked:
    """A directory made of one function, which says what is known of a name."""

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up

    async def user(self, name: str) -> User | None:
        found = self._look_up(name)
        if inspect.isawaitable(found):
            found = await found
        return _user(name, found)

    async def members(self, assignee: str) -> frozenset[str] | None:
        return None


def _directory(given: Directory | LookUp | None) -> Directory | None:
    if given is None or hasattr(given, "user"):
        return cast("Directory | None", given)
    return _Asked(cast(Any, given))


def _user(name: str, known: Known) -> User | None:
    """A user from what a function said: a User, or claims as OpenID Connect has them."""
    if known is None or isinstance(known, User):
        return known
    return User(
        name=name,
        groups=_claims(known, "groups"),
        roles=_claims(known, "roles"),
        manager=known.get("manager"),
        reports=_claims(known, "reports"),
        mail=known.get("email"),
    )


def _claims(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    said = claims.get(name) or ()
    return frozenset([said] if isinstance(said, str) else said)
