"""A snapshot comes back as it was, or is refused; from outside it is data, and runs nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import pickle
import random
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from assent import App, AssentError, Context, Settings, Snapshot, SnapshotRefused
from assent.core.journal import RunStarted
from assent.core.snapshot import RunCopy
from tests.events.branching import branching

MEMORY = "sqlite:///:memory:"
OLD = Path(__file__).with_name("snapshot-1.json")


def resealed(told: dict[str, Any]) -> str:
    """As somebody would who knows the format, and not the secret."""
    body = {name: part for name, part in told.items() if name not in {"digest", "seal"}}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    short = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16])
    return json.dumps({**body, "digest": short.decode().rstrip("=")})


async def parked(database: str = MEMORY) -> Snapshot:
    app = App(settings=Settings(database=database, secret="ours"))
    made = branching(app, Counter())
    async with app:
        handler = await made.run(parts=4, label="r")
        await handler.wait_until("waiting")
        return await handler.pause()


async def tried(written: Any, ran: Counter[str] | None = None) -> str:
    """Resume it somewhere else, and say what the run has become."""
    app = App(MEMORY)
    made = branching(app, Counter() if ran is None else ran)
    async with app:
        handler = await made.resume(written)
        return await handler.wait_until(["waiting", "parked", "succeeded", "failed"])


# ── coming back ─────────────────────────────────────────────────────────────────────────────────


async def test_it_comes_back_from_text_bytes_and_a_database_that_reorders_json() -> None:
    snapshot = await parked()
    reordered = json.dumps(json.loads(snapshot.to_json()), indent=2, sort_keys=False)
    parsed = json.loads(snapshot.to_json())
    for written in (snapshot.to_json(), snapshot.to_bytes(), reordered, parsed, snapshot):
        again = Snapshot.read(written)
        assert again == snapshot
        assert (again.digest, again.workflow) == (snapshot.digest, "branching")
    assert await tried(snapshot.to_bytes()) == "waiting"


def test_values_that_are_odd_as_json_keep_their_digest() -> None:
    odd: Any = {"big": 2**70, "small": 1e-300, "text": "ü\u2028\U0001f600", "one": 1.0}
    started = RunStarted(workflow="it", version="1", input=odd)
    copy = RunCopy(id="r", facts=(started,))
    snapshot = Snapshot(runs=(copy,), at=datetime(2026, 1, 5, tzinfo=UTC), by="0.1.0")
    for again in (Snapshot.read(snapshot.to_json()), Snapshot.read(snapshot.to_bytes())):
        assert again == snapshot
        kept: Any = again.runs[0].started.input
        assert list(kept) == list(odd), "the order of a dictionary is part of its value"


async def test_an_old_snapshot_still_loads() -> None:
    assert await tried(OLD.read_text("utf-8")) == "waiting"


async def test_a_newer_format_is_refused_with_the_versions_named() -> None:
    told = json.loads((await parked()).to_json())
    newer = resealed({**told, "format": 2, "by": "9.1.0"})
    with pytest.raises(SnapshotRefused, match=r"format 2, made by assent 9\.1\.0.*up to 1"):
        Snapshot.read(newer)


@pytest.mark.parametrize(
    "written",
    ["", "{}", "[]", "null", "3", b"", b"\x80\x04N.", b"ASNT\x01", b"ASNT\x01abc", '{"assent":"snapshot"}',
     "[" * 5_000, '{"assent":"snapshot","format":1,"digest":"x","runs":NaN}', pickle.dumps({})],
)  # fmt: skip
def test_what_is_no_snapshot_is_refused(written: str | bytes) -> None:
    with pytest.raises(SnapshotRefused):
        Snapshot.read(written)


# ── damage ──────────────────────────────────────────────────────────────────────────────────────


async def test_damaged_and_cut_off_ones_are_refused() -> None:
    snapshot = await parked()
    chance = random.Random(3)
    for raw in (snapshot.to_json().encode(), snapshot.to_bytes()):
        for _ in range(400):
            cut = raw[: chance.randrange(len(raw))]
            with pytest.raises(SnapshotRefused):
                Snapshot.read(cut)
            at = chance.randrange(len(raw))
            flipped = bytes([*raw[:at], raw[at] ^ (1 << chance.randrange(8)), *raw[at + 1 :]])
            try:
                again = Snapshot.read(flipped)
            except SnapshotRefused:
                continue
            assert (
                again.runs == snapshot.runs
            )  # only the seal was hit, or what deflate does not use
            assert again.digest == snapshot.digest


async def test_a_forged_seal_is_refused() -> None:
    told = json.loads((await parked()).to_json())
    app = App(settings=Settings(database=MEMORY, secret="ours"))
    made = branching(app, Counter())
    changed = json.loads(resealed({**told, "at": told["at"] + 1}))
    async with app:
        with pytest.raises(SnapshotRefused, match="changed after it was sealed"):
            await made.resume({**changed, "seal": told["seal"]})
        with pytest.raises(SnapshotRefused, match="not sealed by this installation"):
            await made.resume(changed, sealed=True)
        assert await (await made.resume(told, sealed=True)).wait_until("waiting") == "waiting"


# ── malice ──────────────────────────────────────────────────────────────────────────────────────


def mutated(told: Any, chance: random.Random) -> Any:
    """The same with one place changed."""
    places: list[tuple[Any, Any]] = []

    def walk(part: Any) -> None:
        keys: list[Any] = list(part) if hasattr(part, "keys") else list(range(len(part)))
        for key in keys:
            places.append((part, key))
            if type(part[key]) in {dict, list}:
                walk(part[key])

    told = json.loads(json.dumps(told))
    walk(told["runs"])
    part, key = chance.choice(places)
    odd: list[Any] = [None, 0, -1, 2**70, "", "x", [], {}, True, [[]], {"$": "model"}, {"$": "dict", "v": 3}, 1.5,
           {"$": "data", "t": "subprocess:Popen", "f": "", "v": {}}, {"$": "own", "t": "os:system", "v": "true"},
           {"$": "enum", "t": "tests.events.branching:Part", "v": ["x"]}]  # fmt: skip
    move = chance.randrange(4)
    if move == 0:
        del part[key]
    elif move == 1 and not hasattr(part, "keys"):
        part.insert(key, part[key])
    else:
        part[key] = chance.choice(odd)
    return told


async def test_whatever_a_stranger_changes_is_refused_or_harmless(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = json.loads((await parked()).to_json())
    chance = random.Random(7)
    loaded = set(sys.modules)
    ran: Counter[str] = Counter()
    monkeypatch.setattr("pickle.loads", None)
    app = App(MEMORY)
    made = branching(app, ran)
    refused = 0
    async with app:
        for _ in range(600):
            try:
                handler = await made.resume(resealed(mutated(told, chance)), fork=True)
            except AssentError:
                refused += 1
                continue
            status = await handler.wait_until(
                ["waiting", "parked", "succeeded", "failed", "timed_out"]
            )
            assert status in {"waiting", "parked", "failed"}
            if status != "failed":
                await handler.abort()
    assert refused > 300
    assert not ran, "it waits for people: none of its steps has a reason to run"
    assert not {
        name for name in sys.modules if name not in loaded and not name.startswith("assent")
    }


def planted(change: Callable[[dict[str, Any]], None]) -> Any:
    async def told() -> str:
        whole = json.loads((await parked()).to_json())
        change(whole)
        return resealed(whole)

    return told()


class Trap:
    """Runs something when it is loaded."""

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        return (print, ("it ran",))


async def test_a_pickle_from_outside_is_never_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    raw = base64.b64encode(pickle.dumps(Trap())).decode()
    trap = await planted(lambda told: told["runs"][0].update(session={"trap": raw}))
    with pytest.raises(SnapshotRefused, match="could run anything"):
        await tried(trap)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "value",
    [
        {"$": "data", "t": "antigravity:x", "f": "", "v": {}},
        {"$": "data", "t": "subprocess:Popen", "f": "", "v": {"args": "true"}},
        {"$": "enum", "t": "this:x", "v": ["a"]},
        {"$": "own", "t": "os:system", "v": "true"},
    ],
)
async def test_classes_that_are_not_loaded_or_no_plain_data_are_refused(value: Any) -> None:
    def change(told: dict[str, Any]) -> None:
        checkpoint = told["runs"][0]["facts"][-1][1]
        checkpoint["state"]["extra"] = value

    with pytest.raises(SnapshotRefused, match="cannot be trusted"):
        await tried(await planted(change))
    assert not {"antigravity", "this"} & set(sys.modules)


async def test_a_snapshot_cannot_reach_into_the_runs_and_tasks_of_others() -> None:
    app = App(MEMORY)
    made = branching(app, Counter())

    @app.workflow
    async def vault(ctx: Context) -> str:
        return (await ctx.approve("open it")).outcome

    async with app:
        victim = await app.start(vault, id="victim")
        (task,) = (await victim.wait()).tasks

        def change(told: dict[str, Any]) -> None:
            run = told["runs"][0]
            run["facts"][0][1].update(parent="victim", parent_key="x", root="victim")
            for kind, fields in run["facts"]:
                if kind == "task.opened":
                    old, fields["task"] = fields["task"], task.id
                    told["runs"][0] = json.loads(json.dumps(run).replace(old, task.id))
                    break

        handler = await made.resume(await planted(change))
        await handler.wait_until("waiting")
        await handler.abort()
        info = await handler.info()
        assert (info.parent, info.root) == (None, info.id)
        assert [each.id for each in (await victim.wait()).tasks] == [task.id]
        assert (await app.inbox.approve(task.id, by="ann")).status == "accepted"
        assert await victim.result() == "approved"
