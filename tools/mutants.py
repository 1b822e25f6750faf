"""Mutants: the code with one line made wrong. Tests that stay green over one of them do not test what they say.

Each mutant is applied to a copy; the working tree is never touched. It is killed where the tests named with it
fail, and has survived where they pass.

    python -m tools.mutants             all of them
    python -m tools.mutants deadline    those whose name has this word
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
COPIED: Final = ("src", "tests", "tools", "docs", "pyproject.toml")
AT_ONCE: Final = 2  # each in a tree of its own
LONGEST: Final = 120.0  # seconds; a mutant that hangs has been noticed


@dataclass(frozen=True)
class Mutant:
    """One line made wrong, and the tests that should notice."""

    name: str
    file: str
    right: str
    wrong: str
    tests: tuple[str, ...]


_STORE = ("stores/sqlite.py", ("tests/contract/test_writing.py",))
_FILE = ("stores/sqlite.py", ("tests/contract/test_sqlite.py",))
_SCHEMA = ("stores/migrating.py", ("tests/contract/test_sqlite.py",))
_SQL = ("stores/queries.py", ("tests/contract/test_reading.py",))
_INDEX = ("stores/queries.py", ("tests/contract/test_sqlite.py",))
_TASK = ("core/task.py", ("tests/core/test_task.py", "tests/core/test_task_played.py"))
_COMMAND = ("core/command.py", _TASK[1])
_RULING = ("core/ruling.py", _TASK[1])
_STANDING = ("core/standing.py", _TASK[1])
_ANSWERING = ("core/answering.py", _TASK[1])
_HANDING = ("core/handing.py", _TASK[1])
_POLICY = ("core/policy.py", ("tests/core/test_policy.py",))
_PLACE = ("core/place.py", ("tests/core/test_place.py",))
_PLACES = ("stores/sqlite.py", ("tests/contract/test_places.py",))
_RUN = ("core/run.py", ("tests/core/test_run.py",))
_RECORD = ("core/record.py", ("tests/core/test_journal.py",))
_VALUES = ("core/values.py", ("tests/core/test_values.py",))
_LEDGER = ("ledger.py", ("tests/unit/test_ledger.py",))
_CHECKPOINTS = ("engine/checkpoints.py", ("tests/unit/test_checkpoints.py",))
_KEEPING = ("engine/keeping.py", ("tests/unit/test_checkpoints.py",))
_REPLAY = ("engine/replay.py", ("tests/unit/test_replay.py",))
_STATE = ("engine/state.py", ("tests/unit/test_state.py",))
_STREAM = ("stream.py", ("tests/unit/test_stream.py",))
_ACCESS = ("access.py", ("tests/unit/test_access.py",))
_FLOW = (
    "core/flow.py",
    ("tests/core/test_flow.py", "tests/flows/test_walking.py", "tests/flows/test_states.py"),
)
_SEALING = ("sealing.py", ("tests/flows/test_tokens.py",))
_AUDIT = ("audit.py", ("tests/unit/test_audit.py",))

_WRONG: Final[tuple[tuple[str, tuple[str, tuple[str, ...]], str, str], ...]] = (
    # ── declared flows ──────────────────────────────────────────────────────────────────────────
    (
        "an answer reaches another step",
        _FLOW,
        "    if there != step:",
        "    if there is None:",
    ),
    (
        "a break turns once more",
        _FLOW,
        "            self.code[place] = Jump(len(self.code))",
        "            self.code[place] = Jump(start)",
    ),
    (
        "a hard-coded input is no part of the print",
        _FLOW,
        "given: list[Json] = [] if input is ABSENT else [_given(input)]",
        "given: list[Json] = []",
    ),
    (
        "a token opens for everybody",
        _SEALING,
        "    if not same:",
        "    if not meant:",
    ),
    (
        "a lease is held for ever",
        _SEALING,
        'if held is not None and micros(self._now()) < held["until"]:',
        "if held is not None:",
    ),
    (
        "whoever was thought dead uses the token again",
        _SEALING,
        "if not await self._keeps.keep(_USED, self._id",
        "if await self._keeps.keep(_LEASE, self._id",
    ),
    # ── the store ───────────────────────────────────────────────────────────────────────────────
    (
        "a rollback commits",
        _STORE,
        'execute("rollback")\n        self._heads',
        'execute("commit")\n        self._heads',
    ),
    (
        "nobody looks whether the run has moved on",
        _STORE,
        "self._heads.get(write.row.id, _NEW) != write.follows",
        "False",
    ),
    (
        "a failed write keeps its numbers",
        _FILE,
        "        self._heads.clear()\n        self._seq = seq",
        "        self._heads.clear()",
    ),
    (
        "a failed group fails together",
        _STORE,
        "            if len(jobs) == 1:\n                jobs[0].error",
        "            if jobs:\n                jobs[0].error",
    ),
    (
        "erasing spares what was written in the same breath",
        _STORE,
        "batch.erase(row.id)",
        "batch.erased.append(row.id)",
    ),
    (
        "a broken listener breaks the writer",
        _STORE,
        'except Exception:\n                log.exception("store.listener_failed"',
        'except OSError:\n                log.exception("store.listener_failed"',
    ),
    (
        "closing forgets what was submitted",
        _STORE,
        "            if jobs and not self._abandoned:",
        "            if jobs and running and not self._abandoned:",
    ),
    (
        "a power cut is not survived",
        _FILE,
        '"full" if self._durability == "full" else "normal"',
        '"normal"',
    ),
    (
        "erased payloads stay in the file",
        _FILE,
        '"pragma secure_delete = on"',
        '"pragma secure_delete = off"',
    ),
    (
        "an edited migration passes",
        _SCHEMA,
        "if found.get(version, checksum(text)) != checksum(text):",
        "if False:",
    ),
    (
        "a newer database is written to",
        _SCHEMA,
        "    if newest > VERSION:\n",
        "    if newest > VERSION + 1:\n",
    ),
    (
        "closed tasks stay in people's lists",
        _INDEX,
        "where rows.value ->> {_PLACES[\"status\"]} <> 'closed'",
        "where rows.value ->> {_PLACES[\"status\"]} <> 'shut'",
    ),
    (
        "pages of open tasks overlap",
        _SQL,
        'later = f"(opened, {id}) > ',
        'later = f"(opened, {id}) >= ',
    ),
    (
        "wild cards in a search are wild",
        _SQL,
        'escaped = text.replace("\\\\", "\\\\\\\\").replace("%", "\\\\%")',
        "escaped = text",
    ),
    # ── tasks and people ────────────────────────────────────────────────────────────────────────
    ("the instant of the deadline is early enough", _RULING, "at >= task.due", "at > task.due"),
    (
        "a claimed task is answered by others",
        _STANDING,
        "if task.owner is None or stage_now(task).approvals not in (None, 1):",
        "if True:",
    ),
    (
        "what was shown does not matter",
        _ANSWERING,
        "command.shown is not None and command.shown != task.digest",
        "False",
    ),
    ("a question is approved", _ANSWERING, "if command.outcome not in SAYS[kind]:", "if False:"),
    (
        "one and true are the same answer",
        _RULING,
        "and alike(said.value, again.value)",
        "and said.value == again.value",
    ),
    ("another reason is the same answer", _RULING, "        and said.reason == again.reason\n", ""),
    (
        "anybody gives a task back",
        _HANDING,
        "if task.owner != command.by.name:\n        why",
        "if False:\n        why",
    ),
    (
        "a closed task can be cancelled",
        _COMMAND,
        "TaskState.CLOSED: frozenset({Remark, Attach, Reopen})",
        "TaskState.CLOSED: frozenset({Remark, Attach, Reopen, Withdraw})",
    ),
    (
        "a group is a name",
        _POLICY,
        "return who.groups is None or name in who.groups",
        "return name == who.name",
    ),
    (
        "whoever is not known may answer",
        _POLICY,
        "return not to or bool(",
        "return not to or not bool(",
    ),
    (
        "the requester answers for somebody else",
        _POLICY,
        "if rules.exclude_requester and by_leave:",
        "if False:",
    ),
    (
        "a seat counts as often as it speaks",
        _POLICY,
        "before = heard.get(voice.seat)",
        "before = heard.get(voice.by)",
    ),
    (
        "a condition that cannot be judged is skipped",
        _POLICY,
        "        except ExpressionError:\n            return True",
        "        except ExpressionError:\n            return False",
    ),
    (
        "a veto is one no among many",
        _POLICY,
        "if any(voice.vetoes and not voice.yes",
        "if any(False and not voice.yes",
    ),
    (
        "what can no longer be reached stays open",
        _POLICY,
        "more > len(silent)",
        "more > len(silent) + 99",
    ),
    (
        "one person speaks twice",
        _ANSWERING,
        "if said.by != command.by.name or said.retracted:",
        "if True:",
    ),
    (
        "the deadline runs on while something is asked",
        _TASK,
        "question=question, clocks_now=Clocks()",
        "question=question",
    ),
    # ── runs ────────────────────────────────────────────────────────────────────────────────────
    (
        "waiting for people uses up the time",
        _RUN,
        "if run.timeout is None or RUN_TIMER not in timers:\n        return timers, spent",
        "if True:\n        return timers, spent",
    ),
    ("a timer fires before its time", _RUN, "due is None or due > at", "due is None"),
    (
        "a timer waits a moment too long",
        _RUN,
        "due is None or due > at",
        "due is None or due >= at",
    ),
    (
        "an answer wakes a paused run",
        _RUN,
        "return RunStatus.RUNNING if status is RunStatus.WAITING else status",
        "return RunStatus.RUNNING",
    ),
    ("one too many is let in", _PLACE, "len(admitted) >= room", "len(admitted) > room"),
    ("a start too many is let in", _PLACE, "if may_start <= 0", "if may_start < 0"),
    ("the store lets one too many in", _PLACES, "inside >= place", "inside > place"),
    ("a name that was taken back is used up", _RUN, "names[stem] - 1", "names[stem]"),
    # ── what is written down ────────────────────────────────────────────────────────────────────
    (
        "an altered entry passes",
        _RECORD,
        "if record.hash != chained(previous, record):",
        "if False:",
    ),
    ("a cut off journal passes", _RECORD, "if number != last or previous != head:", "if False:"),
    ("the chain leaves out the time", _RECORD, "{number}\\n{at}\\n{kind}", "{number}\\n{kind}"),
    ("payloads are not salted", _RECORD, 'f"{salt}\\n{payload}"', 'f"\\n{payload}"'),
    (
        "a dollar is taken for a tag",
        _VALUES,
        'if type(key) is not str or key == "$":',
        "if type(key) is not str:",
    ),
    ("sets are written as they come", _VALUES, "sorted(members, key=dump)", "members"),
    ("half a surrogate passes", _VALUES, "            value.encode()\n", "            pass\n"),
    # ── checkpoints ─────────────────────────────────────────────────────────────────────────────
    (
        "a checkpoint forgets what a branch is about to hear",
        _CHECKPOINTS,
        "return now is not None and now.closing is None and now.answers == slot.task.answers",
        "return True",
    ),
    ("what has ended is carried for ever", _KEEPING, "self._kept.pop(path, None)", "pass"),
    (
        "a checkpoint of a branch forgets what lives below it",
        _KEEPING,
        "return not below or int(below) not in (told.again or ())",
        "return True",
    ),
    # ── the writer, replay, state ───────────────────────────────────────────────────────────────
    (
        "people are told what is not durable",
        _LEDGER,
        "found = self._durable[run] if run in self._durable else await self.head(run)\n        if run in self._durable:  # a change has begun while it was loaded\n            found = self._durable[run]",
        "found = await self.head(run)",
    ),
    (
        "a stale head is kept",
        _LEDGER,
        "            except Stale:\n                self._forget([run])\n\n    async def change_all",
        "            except Stale:\n                self._forget([])\n                raise\n\n    async def change_all",
    ),
    ("replay skips what is recorded", _REPLAY, "branch.asked += 1", "branch.asked += 2"),
    ("replay takes any key", _REPLAY, "if expected != key:", "if False:"),
    ("replay takes any kind", _REPLAY, "if slot.kind != kind:", "if False:"),
    (
        "a retry does not try again",
        _REPLAY,
        'slot.done, slot.status, slot.attempt, slot.due = False, "", 0, 0',
        "pass",
    ),
    (
        "older changes win",
        _STATE,
        "if order < self._orders.get(name, 0):",
        "if order > self._orders.get(name, 0) > 0:",
    ),
    (
        "steps do not build on other branches",
        _STATE,
        "                self._catch_up(name)\n                self._orders[name] = _NEVER",
        "                self._orders[name] = _NEVER",
    ),
    # ── streams, access, audit ──────────────────────────────────────────────────────────────────
    (
        "an event is lost where history meets live",
        _STREAM,
        "ring[0].seq <= after + 1",
        "ring[0].seq <= after + 2",
    ),
    (
        "a feed stays open after the end",
        _STREAM,
        "ended = record.run == run or ended",
        "ended = ended",
    ),
    (
        "an end in the moment of looking is not told",
        _STREAM,
        "                ended = await self._is_over(run)\n                continue",
        "                ended = await self._is_over(run)\n                if ended:\n                    return\n                continue",
    ),
    (
        "a login link opens twice",
        _ACCESS,
        "await self._store.take(_LOGINS, _hashed(token))",
        "await self._store.kept(_LOGINS, _hashed(token))",
    ),
    (
        "a session lasts a moment too long",
        _ACCESS,
        'moment(told["until"]) <= self._clock.now()',
        'moment(told["until"]) < self._clock.now()',
    ),
    (
        "secrets are stored as they are",
        _ACCESS,
        'return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()',
        "return repr(secret)",
    ),
    ("a run that goes on is erased", _LEDGER, "if not head.status.ended:", "if False:"),
    (
        "a run that was taken away is not missed",
        _AUDIT,
        "if await self._store.load(record.run) is None:",
        "if False:",
    ),
    # ── elsewhere ───────────────────────────────────────────────────────────────────────────────
    (
        "waiting is an error",
        ("errors.py", ("tests/core/test_failure.py",)),
        "class Waiting(BaseException):",
        "class Waiting(Exception):",
    ),
    (
        "nan is a duration",
        ("core/durations.py", ("tests/core/test_durations.py",)),
        "if not 0 <= value < 1e12:",
        "if value < 0 or value >= 1e12:",
    ),
    (
        "a name is taken for a path",
        ("engine/branch.py", ("tests/unit/test_branch.py",)),
        'f"./{name}" if',
        "name if",
    ),
    (
        "the original of an edit is the edit",
        ("core/decision.py", ("tests/core/test_decision.py",)),
        "original=unpack(task.asked.value)",
        "original=value",
    ),
    (
        "two processes share a file",
        ("stores/lock.py", ("tests/contract/test_sqlite.py",)),
        "self._lock.acquire(blocking=False)",
        "pass",
    ),
    (
        "a retried step is never open again",
        ("core/timeline.py", ("tests/core/test_timeline.py",)),
        'return replace(line, state="open", took=None, detail=detail)',
        "return line",
    ),
)

MUTANTS: Final = tuple(
    Mutant(name, f"src/assent/{file}", right, wrong, tests)
    for name, (file, tests), right, wrong in _WRONG
)


@contextmanager
def applied(mutant: Mutant, tree: Path) -> Generator[None]:
    """The tree with the mutant in it."""
    file = tree / mutant.file
    text = file.read_text(encoding="utf-8")
    if text.count(mutant.right) != 1:
        raise SystemExit(
            f"The mutant {mutant.name!r} no longer fits {mutant.file}: its line is there "
            f"{text.count(mutant.right)} times. Fit it to the code as it is now."
        )
    file.write_text(text.replace(mutant.right, mutant.wrong), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(text, encoding="utf-8")


def passes(tests: Iterable[str], tree: Path) -> bool:
    """Whether these tests pass in this tree; a test that hangs does not."""
    # Only the plugins that are needed: loading all of them takes longer than most of these tests.
    plugins = ["-p", "anyio.pytest_plugin", "-p", "pytest_timeout", "-p", "no:cacheprovider"]
    environment = {
        **os.environ,
        "PYTHONPATH": "src",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    try:
        tried = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", *plugins, *tests],
            cwd=tree,
            env=environment,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    if tried.returncode not in {0, 1, 2}:  # 2: so broken that not even the tests can be loaded
        raise SystemExit(f"pytest itself failed:\n{tried.stdout}{tried.stderr}")
    return tried.returncode == 0


def _tried(mutants: Sequence[Mutant]) -> list[Mutant]:
    """Try these in a tree of their own, one after the other; those that survive."""
    survivors: list[Mutant] = []
    with tempfile.TemporaryDirectory(prefix="assent-mutants-") as folder:
        tree = Path(folder)
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, tree / name)
        files = sorted({file for mutant in mutants for file in mutant.tests})
        if not passes(files, tree):
            raise SystemExit(
                f"The tests do not pass as they are; mend them first: {' '.join(files)}"
            )
        for mutant in mutants:
            with applied(mutant, tree):
                alive = passes(mutant.tests, tree)
            print(f"{'SURVIVED' if alive else 'killed  '}  {mutant.name}", flush=True)
            if alive:
                survivors.append(mutant)
    return survivors


def main(*words: str) -> int:
    """Try the mutants whose names have one of these words, or all; returns how many survived."""
    chosen = [m for m in MUTANTS if not words or any(word in m.name for word in words)]
    with ThreadPoolExecutor(AT_ONCE) as workers:
        parts = [chosen[n::AT_ONCE] for n in range(AT_ONCE)]
        survivors = [mutant for part in workers.map(_tried, filter(None, parts)) for mutant in part]
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} killed")
    for mutant in survivors:
        print(
            f"  {mutant.file}: {mutant.right!r} → {mutant.wrong!r} passes {' '.join(mutant.tests)}"
        )
    return len(survivors)


if __name__ == "__main__":
    sys.exit(min(1, main(*sys.argv[1:])))
