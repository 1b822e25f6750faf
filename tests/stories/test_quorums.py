"""A quorum that the people meant can never be is refused before anybody is asked, where it is known who they are."""

from __future__ import annotations

from typing import Any

import pytest

from assent import App, Context, DefinitionError, Policy, RunFailed, RunStatus, Stage
from assent.testing import Harness

app = App("sqlite:///:memory:")
THREE = Policy(approvals=3, of=["group:finance", "zoe"])
POLICIES: dict[str, tuple[Policy, str]] = {
    "a group and somebody": (THREE, "3 of group:finance, zoe are to agree, and that is ann, zoe"),
    "a group of nobody": (
        Policy(approvals=1, of="group:empty"),
        "1 of group:empty are to agree, and that is nobody",
    ),
    "who asks is left out": (
        Policy(approvals=1, of="group:finance", exclude_requester=True),
        "and that is nobody (ann asks, and is left out)",
    ),
    "a stage that is surely asked later": (
        Policy(stages=[Stage(to="zoe"), Stage(to="group:finance", approvals=2)]),
        "2 of group:finance are to agree, and that is ann",
    ),
}
REACHED: dict[str, Policy] = {
    "a group that is large enough": Policy(approvals=2, of=["group:finance", "zoe"]),
    "a stage that may not be asked": Policy(
        stages=[Stage(to="zoe"), Stage(to="group:finance", approvals=2, when="amount > 1")]
    ),
    "one decides, and may come yet": Policy(stages=[Stage(to="group:empty")]),
}


@app.workflow
async def asks(ctx: Context, policy: str) -> str:
    both = {name: told[0] for name, told in POLICIES.items()} | REACHED
    return (await ctx.approve("pay", value={"amount": 1}, policy=both[policy])).outcome


@app.workflow
async def bears(ctx: Context) -> Any:
    try:
        await ctx.ask("count", int, policy=THREE)
    except DefinitionError as refused:
        decision = await ctx.approve("other", detail=str(refused), to="zoe")
        return decision.outcome
    return "not reached"


@pytest.mark.parametrize("policy", POLICIES)
async def test_a_quorum_that_can_never_be_is_refused_by_name(place: str, policy: str) -> None:
    async with Harness(app, database=place) as h:
        await h.app.people.put("ann", groups=["finance"])
        run = await h.start(asks, policy, by="ann")
        with pytest.raises(RunFailed) as failed:
            await run.result(timeout=5)
        refused = failed.value.__cause__
        assert isinstance(refused, DefinitionError)
        assert "'pay'" in str(refused)
        assert POLICIES[policy][1] in str(refused)
        assert not (await h.inbox.tasks()).items


@pytest.mark.parametrize("policy", REACHED)
async def test_a_quorum_that_may_yet_be_is_asked(place: str, policy: str) -> None:
    async with Harness(app, database=place) as h:
        await h.app.people.put("ann", groups=["finance"])
        run = await h.start(asks, policy, by="ann")
        assert await run.status() == RunStatus.WAITING


async def test_once_the_group_has_grown_a_retry_asks(place: str) -> None:
    async with Harness(app, database=place) as h:
        await h.app.people.put("ann", groups=["finance"])
        run = await h.start(asks, "a group and somebody")
        assert await run.status() == RunStatus.FAILED
        await h.app.people.put("bob", groups=["finance"])
        await run.retry()
        await h.crash_and_restart()
        for person in ("ann", "bob", "zoe"):
            assert (await h.person(person).approves("pay")).status in ("recorded", "accepted")
        await h.restart()
        assert await run.result(timeout=5) == "approved"


async def test_code_that_bears_the_refusal_goes_on_with_it_though_the_group_has_grown(
    place: str,
) -> None:
    async with Harness(app, database=place) as h:
        await h.app.people.put("ann", groups=["finance"])
        run = await h.start(bears)
        await h.app.people.put("bob", groups=["finance"])
        await h.crash_and_restart()
        assert (await h.app.upkeep.check()).troubles == ()
        assert (await h.person("zoe").approves("other")).status == "accepted"
        assert await run.result(timeout=5) == "approved"


async def test_a_group_nobody_knows_the_members_of_may_always_have_one_more(place: str) -> None:
    async with Harness(app, database=place) as h:
        run = await h.start(asks, "a group and somebody", by="ann")
        assert await run.status() == RunStatus.WAITING


async def test_a_directory_that_cannot_be_asked_holds_nothing_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Away:
        async def user(self, name: str) -> None:
            return None

        async def members(self, assignee: str) -> frozenset[str] | None:
            raise ConnectionError("the directory is away")

    own = App("sqlite:///:memory:", directory=Away())

    @own.workflow
    async def pays(ctx: Context) -> None:
        await ctx.approve("pay", policy=THREE)

    async with Harness(own) as h:
        run = await h.start(pays)
        assert await run.status() == RunStatus.WAITING
        assert "directory.away" in caplog.text
