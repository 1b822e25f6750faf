"""Making snapshots of runs, and going on from them.

pause ──▶ session allowed? ──▶ RunPaused ──▶ its code has let go ──▶ snapshot
resume ─▶ read ──▶ trusted? ──▶ the same pause, in this store: RunResumed
                            ──▶ no such run here: made from the snapshot, with its id
                            ──▶ anything else: refused, or a fork with an id of its own
"""

from __future__ import annotations

import asyncio
import logging
import pickle
import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias, cast

from msgspec.structs import replace

from assent.core.classes import type_name
from assent.core.journal import Fact, RunCheckpointed, RunId, RunStarted
from assent.core.record import Past, fact_from
from assent.core.run import Run, RunStatus, begin, cancel, evolve, pause, unfinished
from assent.core.snapshot import RunCopy, Snapshot, check_strangers
from assent.core.values import Json, pack, unpack
from assent.engine.checkpoints import checkpoint_of, cursor_of, others_of, recorded_of, tasks_of
from assent.engine.engine import RunEngine
from assent.engine.keeping import Kept, carried, carried_facts
from assent.engine.reading import read_past
from assent.engine.rehearsal import input_for
from assent.engine.replay import Replay, start_of
from assent.errors import (
    AssentError,
    Conflict,
    RunNotFound,
    SessionNotKept,
    SnapshotRefused,
    ValueUnreadable,
)
from assent.ids import new_id, random_hex
from assent.ledger import Ledger
from assent.ports.clock import Clock
from assent.ports.program import Program, SessionPolicy
from assent.ports.store import Store

log = logging.getLogger("assent.snapshots")

Written: TypeAlias = Snapshot | str | bytes | bytearray | Mapping[str, Any]

_LOOK: Final = 0.02  # seconds
_SECRET: Final = "secret"
_TOGETHER: Final = ""  # the name that no live object can have
_OVER: Final = frozenset({RunStatus.PARKED, RunStatus.PAUSED})
# What happened to a run, rather than in its code: a copy begins anew in these matters.
_OF_THE_RUN: Final = frozenset(
    {
        "run.started",
        "run.recovered",
        "run.waiting",
        "run.queued",
        "run.admitted",
        "run.paused",
        "run.resumed",
        "run.parked",
        "run.checkpointed",
        "payloads.erased",
        "task.refused",
    }
)


class SessionDropped(UserWarning):
    """Live objects were left out of a snapshot, as the workflow's ``warn_drop`` says."""


class Snapshots:
    """Pauses runs, copies them, and makes runs of copies."""

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        clock: Clock,
        engine: RunEngine,
        *,
        secret: str | None,
        version: str,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._engine = engine
        self._secret = None if secret is None else secret.encode()
        self._version = version

    # ── making them ─────────────────────────────────────────────────────────────────────────────

    async def pause(self, run: RunId, *, by: str | None, seal: bool) -> Snapshot:
        """Let nothing new begin in the run and those it waits for; a snapshot, once none of their code runs here.

        Raises SessionNotKept, and leaves the run as it was, where its session cannot go into the snapshot.
        """
        head = await self._ledger.durable(run)
        self._pickled(head)
        mark = random_hex(8)

        def decide(heads: Mapping[RunId, Run], at: datetime) -> Mapping[RunId, Sequence[Fact]]:
            return {
                each.id: pause(each, by, mark)
                for each in heads.values()
                if each.id == run or not (each.status.ended or each.status in _OVER)
            }

        runs = [run, *await self._ledger.below(head)]
        changed = await self._ledger.change_all(runs, decide)
        if run not in changed:
            await self._store.commit([])  # somebody else pauses it right now: until that is so
        for each in runs:
            await self._quiet(each)
        try:
            return await self.take(run, seal=seal)
        except SessionNotKept:  # a step that was still running has put something into it
            if changed:
                await self.resume_all(run, by=by)
            raise

    async def _quiet(self, run: RunId) -> None:
        """Return once no code of the run is running: here, or in another process that shares the store."""
        await self._engine.gone(run)
        sharing = self._store.sharing
        while sharing is not None:
            head = await self._ledger.head(run)
            if head.status.ended:
                return  # its last step has ended it, and nobody will hold it again
            leases = await sharing.claim([(head.workflow, head.version)], 1, [run])
            if leases:
                await sharing.release([(lease.run, lease.fence) for lease in leases])
                return
            await asyncio.sleep(_LOOK)  # whoever holds it lets go, or counts as dead

    async def take(self, run: RunId, *, seal: bool) -> Snapshot:
        """A snapshot of the run as it stands. Raises InvalidState once it has ended, and SessionNotKept."""
        await self._ledger.newest(run)
        head = await self._ledger.durable(run)
        unfinished(head, "copied")
        below = await self._ledger.below(head)
        heads = [head, *[await self._ledger.durable(each) for each in below]]
        copies: list[RunCopy] = []
        dropped: list[str] = []
        for each in heads:
            session, left_out = self._pickled(each)
            dropped += left_out
            facts = await self._facts(each)
            copies.append(RunCopy(id=each.id, facts=facts, mark=each.mark, session=session))
        snapshot = Snapshot(
            runs=tuple(copies),
            at=self._clock.now(),
            by=self._version,
            dropped=tuple(sorted(dropped)),
        )
        if seal or any(copy.session for copy in copies):
            snapshot = snapshot.sealed(await self._key())
        if dropped:
            told = (
                f"The snapshot of {run!r} leaves out of its session: {', '.join(snapshot.dropped)}."
            )
            warnings.warn(told, SessionDropped, stacklevel=3)
            log.warning("snapshot.dropped", extra={"run": run, "keys": snapshot.dropped})
        return snapshot

    async def _facts(self, head: Run) -> tuple[Fact, ...]:
        """The facts from which the run's code goes on."""
        started, *facts = self._engine.standing(head) or await self._read(head)
        spent = head.spent.total_seconds() or None
        return (replace(started, spent=spent, snapshot=None, origin=None), *facts)

    async def _read(self, head: Run) -> tuple[RunStarted, *tuple[Fact, ...]]:
        """As ``_facts``, read from the journal: its code is not in memory, or does not stand still."""
        past = await read_past(self._store, head)
        replay = Replay(head.id)
        replay.read(past)
        started = start_of(replay)
        program = self._engine.programs.find(head.workflow, head.version)
        condensed = None
        if program is not None:
            value = input_for(program, replay)
            condensed = program.condense(value, cursor_of(replay), recorded_of(replay))
        if condensed is None:
            spares_input = replay.checkpoint is not None and bool(replay.checkpoint.spares_input)
            facts = _told(past, replay)
        else:
            cursor, used = condensed
            spares_input = True
            state = replay.state()
            for number in used:
                replay.abandon(f"{number}/")
            told = checkpoint_of(replay)
            told = replace(told, spares_input=True, cursor=pack(cursor), state=state or None)
            facts = [each.fact for each in (*tasks_of(replay), *others_of(replay))]
            facts.append(told)
        return (replace(started, input=None if spares_input else started.input), *facts)

    def _pickled(self, head: Run) -> tuple[dict[str, bytes], list[str]]:
        """The live objects of a run as its policy wants them, and the names of those left out."""
        session = self._engine.services.session_there(head.id)
        if not session:
            return {}, []
        program = self._engine.programs.find(head.workflow, head.version)
        policy = program.session_pause_policy if program else SessionPolicy.PICKLE_OR_ERROR
        if policy is SessionPolicy.WARN_DROP:
            return {}, list(session)
        if policy is SessionPolicy.HARD_ERROR:
            raise SessionNotKept(
                f"The run {head.id!r} cannot be paused: its session holds {_named(session)}, and the workflow's "
                "session_pause_policy is 'hard_error'. Take them out first. The run goes on."
            )
        wrong = {name: value for name, value in session.items() if _pickled(value) is None}
        together = None if wrong else _pickled(dict(session))
        if together is None:
            raise SessionNotKept(
                f"The run {head.id!r} cannot be paused: its session holds {_named(wrong or session)}, which cannot be "
                "pickled. Take it out, keep what it is made from in ctx.state, or choose "
                "session_pause_policy='warn_drop'. The run goes on."
            )
        # One pickle: what two names share, they share again. The names stand beside it, to be read without loading it.
        return {**dict.fromkeys(session, b""), _TOGETHER: together}, []

    async def _key(self) -> bytes:
        """The secret of this installation: the one in the settings, or the store's own."""
        if self._secret is None:
            await self._store.keep(_SECRET, "snapshots", random_hex(32))
            self._secret = str(await self._store.kept(_SECRET, "snapshots")).encode()
        return self._secret

    # ── going on from them ──────────────────────────────────────────────────────────────────────

    async def resume_all(self, run: RunId, *, by: str | None) -> None:
        """End the pause of a run, and of those it waits for that were paused with it."""
        head = await self._ledger.durable(run)

        def decide(heads: Mapping[RunId, Run], at: datetime) -> Mapping[RunId, Sequence[Fact]]:
            mark = heads[run].mark
            with_it = [h for h in heads.values() if h.status is RunStatus.PAUSED and h.mark == mark]
            again = self._engine.resumed
            return {run: again(heads[run], by)} | {h.id: again(h, by) for h in with_it}

        await self._ledger.change_all([run, *await self._ledger.below(head)], decide)

    async def resume(
        self,
        written: Written,
        *,
        fork: bool,
        id: RunId | None,
        by: str | None,
        sealed: bool,
        workflow: str | None = None,
    ) -> RunId:
        """Go on from a snapshot; returns the run. Raises SnapshotRefused."""
        snapshot = Snapshot.read(written)
        trusted = snapshot.is_sealed_by(await self._key())
        if not trusted:
            _check_foreign(snapshot, sealed=sealed)
        self._check_workflow(snapshot, workflow)
        there = await self._there(snapshot.run)
        if there is not None and not fork:
            if there.mark == snapshot.runs[0].mark:
                self._bring_sessions(snapshot, {})  # before its code goes on
            await self._go_on(there, snapshot, by)
            return snapshot.run
        return await self._copy(snapshot, fork=fork, id=id)

    def _check_workflow(self, snapshot: Snapshot, workflow: str | None) -> None:
        if workflow is not None and snapshot.workflow != workflow:
            raise SnapshotRefused(
                f"The snapshot is of the workflow {snapshot.workflow!r}, not of {workflow!r}."
            )
        for copy in snapshot.runs:
            wanted = copy.started
            versions = self._engine.programs.versions(wanted.workflow)
            if wanted.version not in versions:
                raise SnapshotRefused(
                    f"The snapshot was made of version {wanted.version!r} of {wanted.workflow!r}; here are: "
                    f"{', '.join(sorted(versions))}. Register that version too."
                )

    async def _there(self, run: RunId) -> Run | None:
        try:
            return await self._ledger.durable(run)
        except RunNotFound:
            return None

    async def _go_on(self, there: Run, snapshot: Snapshot, by: str | None) -> None:
        """End the pause that the snapshot was made of; of several who try, one does."""
        mark = snapshot.runs[0].mark

        def decide(heads: Mapping[RunId, Run], at: datetime) -> Mapping[RunId, Sequence[Fact]]:
            head = heads[there.id]
            if head.status is not RunStatus.PAUSED or mark is None or head.mark != mark:
                raise SnapshotRefused(
                    f"The run {head.id!r} {head.status.words} here, and has gone on since this snapshot was made of "
                    "it. Resume with fork=True to make a new run of the snapshot."
                )
            return {h.id: self._engine.resumed(h, by) for h in heads.values() if h.mark == mark}

        await self._ledger.change_all([there.id, *await self._ledger.below(there)], decide)

    async def _copy(self, snapshot: Snapshot, *, fork: bool, id: RunId | None) -> RunId:
        """Make runs of a snapshot: with their ids, or with new ones."""
        names = {copy.id: copy.id for copy in snapshot.runs}
        if fork:
            names = {old: new_id("run", self._clock.now()) for old in names}
        if id is not None:
            names[snapshot.run] = id
        runs = {
            names[copy.id]: _renamed(copy, snapshot, names, self._clock) for copy in snapshot.runs
        }
        await self._try_out(runs)
        self._bring_sessions(snapshot, names)
        try:
            made = await self._ledger.adopt(runs)
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise SnapshotRefused(f"The snapshot does not hang together: {error!r:.200}.") from None
        if not made:
            for run in runs:
                self._engine.services.forget_session(run)
            raise Conflict(
                f"There is a run {names[snapshot.run]!r} here already. Give another id=."
            )
        return names[snapshot.run]

    async def _try_out(self, runs: Mapping[RunId, Sequence[Fact]]) -> None:
        """Whether the code could go on from these facts, as far as can be told without running it."""
        for run, facts in runs.items():
            started = cast(RunStarted, facts[0])
            program = cast(Program, self._engine.programs.find(started.workflow, started.version))
            try:
                replay = Replay(run)
                for number, fact in enumerate(facts, 1):
                    replay.note(fact, self._clock.now(), number)
                value = input_for(program, replay)
                program.condense(value, cursor_of(replay), recorded_of(replay))
                _check_head(run, facts, self._clock.now())
                for packed in (*replay.state().values(), *(s.value for s in replay.slots.values())):
                    unpack(packed)
            except Exception as error:
                if isinstance(error, AssentError) and not isinstance(error, ValueUnreadable):
                    raise
                raise SnapshotRefused(
                    f"The workflow {started.workflow!r} cannot go on from the snapshot: {error!s:.300}"
                ) from error

    def _bring_sessions(self, snapshot: Snapshot, names: Mapping[RunId, RunId]) -> None:
        """Load the live objects of a trusted snapshot, where there are none yet."""
        for copy in snapshot.runs:
            run = names.get(copy.id, copy.id)
            if not copy.session or self._engine.services.session_there(run):
                continue
            together = copy.session.get(_TOGETHER)
            loaded: dict[str, Any] = {}
            if together is not None:
                loaded = dict(_unpickled(_named_in(copy.session), together))
            else:  # an older snapshot has one pickle for each
                loaded = {name: _unpickled(name, raw) for name, raw in copy.session.items()}
            self._engine.services.session_of(run).update(loaded)


def _pickled(value: Any) -> bytes | None:
    try:
        return pickle.dumps(value)
    except Exception:  # noqa: BLE001  (pickling runs the object's own code, which may raise anything)
        return None


def _unpickled(name: str, raw: bytes) -> Any:
    try:
        return pickle.loads(raw)
    except Exception as error:
        raise SnapshotRefused(
            f"The live object {name!r} in the snapshot's session cannot be loaded here: {error!r:.200}"
        ) from error


def _named_in(session: Mapping[str, bytes]) -> str:
    return ", ".join(sorted(name for name in session if name != _TOGETHER))


def _check_foreign(snapshot: Snapshot, *, sealed: bool) -> None:
    """What is not sealed by this installation is data, and nothing but data."""
    if sealed:
        raise SnapshotRefused(
            "The snapshot is not sealed by this installation. Where several are one, give them the same "
            "Settings(secret=…)."
        )
    names = [_named_in(copy.session) for copy in snapshot.runs if copy.session]
    if names:
        raise SnapshotRefused(
            f"The snapshot holds live objects ({', '.join(names)}), and is not sealed by this installation: loading "
            "them could run anything. Where several installations are one, give them the same Settings(secret=…)."
        )
    check_strangers(snapshot)


def _check_head(run: RunId, facts: Sequence[Fact], now: datetime) -> None:
    """Whether these facts make a run that goes on, and that could be ended; raises ValueError where they do not."""
    head = begin(run, cast(RunStarted, facts[0]), now, "")
    head = evolve(head, facts, now, number=len(facts), head="")
    if head.status is not RunStatus.RUNNING:
        raise ValueError(f"its facts leave the run {head.status}.")
    ending = cancel(head, None, None)
    evolve(head, ending, now, number=len(facts) + len(ending), head="")


def _told(past: Sequence[Past], replay: Replay) -> list[Fact]:
    """What the code asks for again; where it has made a checkpoint, that and what came after."""
    known = replay.checkpoint
    after = [fact_from(e.kind, e.body, e.payload) for e in past if e.number > replay.checkpointed]
    facts = [
        replace(fact, since=1) if isinstance(fact, RunCheckpointed) else fact
        for fact in after
        if fact.kind not in _OF_THE_RUN or (isinstance(fact, RunCheckpointed) and fact.branch)
    ]
    if known is None:
        return facts
    open_ = [each.fact for each in carried_facts(known.open or ())]
    before = [entry for entry in past if entry.number < replay.checkpointed]
    named = [
        *_of_tasks(before, known.tasks or ()),
        *(f for f in open_ if f.kind not in _OF_THE_RUN),
    ]
    return [*named, replace(known, since=None), *facts]


def _of_tasks(past: Sequence[Past], tasks: Sequence[str]) -> list[Fact]:
    """What has become of these tasks so far."""
    wanted = set(tasks)
    return [
        fact_from(entry.kind, entry.body, entry.payload)
        for entry in past
        if entry.kind.startswith("task.")
        and entry.kind != "task.refused"
        and entry.body.get("task") in wanted
    ]


def _renamed(
    copy: RunCopy, snapshot: Snapshot, names: Mapping[RunId, RunId], clock: Clock
) -> list[Fact]:
    """The facts of a copy under the ids of here. Tasks get new ids always: those in a snapshot may be taken."""
    tasks: dict[str, str] = {}
    root = names[snapshot.run]

    def task_of(old: str) -> str:
        return tasks.setdefault(old, new_id("task", clock.now()))

    def renamed(fact: Fact) -> Fact:
        changes: dict[str, Json] = {}
        fields = fact.__struct_fields__
        if "task" in fields:
            changes["task"] = task_of(cast(Any, fact).task)
        if (open_ := getattr(fact, "tasks", None)) is not None:
            changes["tasks"] = [task_of(old) for old in open_]
        if carried_ := getattr(fact, "open", None):
            inside = [Kept(renamed(each.fact), each.at) for each in carried_facts(carried_)]
            changes["open"] = carried(inside)
        if isinstance(fact, RunCheckpointed):
            # What it asked for before, and is still open, stands before it in the copy.
            changes["since"] = 1
        if "child" in fields:
            child: str = cast(Any, fact).child
            changes["child"] = names.get(child, child)
        return cast(Fact, replace(cast(Any, fact), **changes)) if changes else fact

    started = copy.started
    parent = names.get(started.parent) if started.parent and copy.id != snapshot.run else None
    first = replace(
        started,
        root=None if parent is None else root,
        parent=parent,
        parent_key=started.parent_key if parent else None,
        path=started.path if parent else None,
        snapshot=snapshot.digest,
        origin=copy.id if names[copy.id] != copy.id else None,
    )
    return [first, *(renamed(fact) for fact in copy.facts[1:])]


def _named(session: Mapping[str, Any]) -> str:
    kinds: dict[str, type[Any]] = {name: type(value) for name, value in session.items()}
    return ", ".join(f"{name!r} ({type_name(kind)})" for name, kind in kinds.items())
