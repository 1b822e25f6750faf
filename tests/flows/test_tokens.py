"""State that leaves the server is untrusted: only what comes back as it left, in time, goes on, and once."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from assent import App, ConfigurationError, Flows, NotOpen, Output, TokenRefused
from assent.sealing import LEASE_LIFE
from assent.testing import FakeClock, Harness
from tests.flows.sample import signup

KEY, NEWER = "k" * 32, "n" * 32


@pytest.fixture(params=["without an app", "with an app"])
async def sealing(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Flows, FakeClock, Output]]:
    """Flows of both kinds, their clock, and a sign-up at its first question."""
    if request.param == "without an app":
        clock = FakeClock()
        flows = signup(Flows(keys=[KEY], clock=clock))
        yield flows, clock, await flows.start("signup", {})
        return
    app = App()
    flows = signup(Flows(app, keys=[KEY]))
    async with Harness(app) as h:
        yield flows, h.clock, await flows.start("signup", {})


async def refused(flows: Flows, token: str, audience: str | None = None) -> str:
    """Why a token is refused."""
    with pytest.raises(TokenRefused) as told:
        await flows.resume(token, input="x", audience=audience)
    return told.value.why


Sealing = tuple[Flows, FakeClock, Output]


async def test_a_token_is_opened_by_whom_it_is_for_in_time(sealing: Sealing) -> None:
    flows, clock, output = sealing
    token = flows.seal(output.state, ttl="1h", audience="bob")
    assert flows.unseal(token, audience="bob") == output.state
    assert flows.unseal(token, audience="bob") == output.state, "looking is not using"
    assert await refused(flows, token) == "audience"
    assert await refused(flows, token, "eve") == "audience"
    assert await refused(flows, flows.seal(output.state), "bob") == "audience"
    clock.move_to(clock.now() + timedelta(minutes=59))
    assert (await flows.resume(token, input="Ann", audience="bob")).step_id == "ask-email"
    late = flows.seal(output.state, ttl="1h")
    clock.move_to(clock.now() + timedelta(hours=1))
    assert await refused(flows, late) == "expired"


async def test_a_token_that_was_changed_is_refused(sealing: Sealing) -> None:
    flows, _, output = sealing
    token = flows.seal(output.state)
    head, signature = token.rsplit(".", 1)
    other = base64.urlsafe_b64encode(b'{"s":{}}').decode().rstrip("=")
    letter = "y" if signature[0] == "x" else "x"
    changed = [
        f"{head}x.{signature}",
        f"{head}.{letter}{signature[1:]}",
        f"{other}.{signature}",
        head,
    ]
    for forged in [*changed, "", ".", "x" * 10_000, "ünï.cödé", token.upper()]:
        assert await refused(flows, forged) == "forged"
    stranger = signup(Flows(keys=["s" * 32]))
    assert await refused(stranger, token) == "forged"


async def test_a_token_is_used_once_though_many_try_at_once(sealing: Sealing) -> None:
    flows, _, output = sealing
    token = flows.seal(output.state)
    tries = [flows.resume(token, input=f"by {n}") for n in range(10)]
    tries += [flows.resume(flows.unseal(token), input=f"by {n}") for n in range(10, 20)]
    ended = await asyncio.gather(*tries, return_exceptions=True)
    (won,) = [each for each in ended if isinstance(each, Output)]
    assert won.context["name"].startswith("by ")
    assert {each.why for each in ended if isinstance(each, TokenRefused)} <= {"used", "in_use"}
    assert await refused(flows, token) == "used"
    with pytest.raises(TokenRefused, match="used already"):
        await flows.opened(token)


async def test_a_token_may_be_used_again_where_that_is_wanted(sealing: Sealing) -> None:
    flows, _, output = sealing
    token = flows.seal(output.state, once=False)
    assert (await flows.resume(token, input="Ann")).step_id == "ask-email"
    assert flows.unseal(token).token == ""


async def test_an_error_gives_the_token_back() -> None:
    flows, fails = Flows(keys=[KEY]), [True]

    @flows.step("work", input="go")
    def work(ctx: dict[str, Any]) -> None:
        if fails:
            raise ValueError("broken")

    flows.flow("work", ["work"])
    token = flows.seal((await flows.start("work", {})).state)
    with pytest.raises(ValueError, match="broken"):
        await flows.resume(token, input="x")
    fails.clear()
    assert (await flows.resume(token, input="x")).finished
    assert await refused(flows, token) == "used"


async def test_a_crash_during_use_gives_the_token_back(sealing: Sealing) -> None:
    flows, clock, output = sealing
    token = flows.seal(output.state)
    await flows._vault._uses.lease(flows.unseal(token).token)  # whoever had it has died
    assert await refused(flows, token) == "in_use"
    clock.move_to(clock.now() + LEASE_LIFE)
    assert (await flows.resume(token, input="Ann")).step_id == "ask-email"
    assert await refused(flows, token) == "used"


async def test_whoever_was_thought_dead_cannot_use_it_a_second_time(sealing: Sealing) -> None:
    flows, clock, output = sealing
    token = flows.seal(output.state)
    slow = await flows._vault._uses.lease(flows.unseal(token).token)
    clock.move_to(clock.now() + LEASE_LIFE)
    await flows.resume(token, input="Ann")
    with pytest.raises(TokenRefused, match="used already"):
        await slow.done()


def test_keys_rotate() -> None:
    old, new = Flows(keys=[KEY]), Flows(keys=[NEWER, KEY])
    state = {"schema_id": "signup", "context": {}}
    assert new.unseal(old.seal(state)) == state
    with pytest.raises(TokenRefused):
        old.unseal(new.seal(state))
    with pytest.raises(ConfigurationError, match="too short"):
        Flows(keys=["short"])


def test_without_keys_a_process_has_its_own() -> None:
    flows = Flows()
    token = flows.seal({"schema_id": "signup"})
    assert flows.unseal(token) == {"schema_id": "signup"}
    with pytest.raises(TokenRefused):
        Flows().unseal(token)


async def test_an_app_keeps_its_key(app: App) -> None:
    flows = signup(Flows(app))
    with pytest.raises(NotOpen):
        flows.seal({})
    async with Harness(app) as h:
        output = await flows.start("signup", {})
        token = flows.seal(output.state)
        await h.crash_and_restart()
        other = signup(Flows(app=_renamed(app)))
        await other.output(output.run_id)
        assert other.unseal(token) == flows.unseal(token) == output.state


def _renamed(app: App) -> Any:
    """The app, as another process sees it: nothing is registered there yet."""

    class Elsewhere:
        def __getattr__(self, name: str) -> Any:
            return (lambda *args: None) if name == "register" else getattr(app, name)

    return Elsewhere()


async def test_what_is_too_old_is_swept_and_what_is_not_stays() -> None:
    clock = FakeClock()
    flows = signup(Flows(clock=clock))
    output = await flows.start("signup", {})
    short = await flows.hold(output.state, ttl="1h")
    await flows.resume(short, input="Ann")
    kept = await flows.hold(output.state)
    clock.move_to(clock.now() + timedelta(hours=2))
    long = await flows.hold(output.state, ttl="1h")
    keeps = flows.vault._keeps()
    left = [len(await keeps.kept_all(kind)) for kind in ("flow", "lease", "used", "led")]
    assert left == [2, 0, 0, 0]
    for handle in (kept, long):
        assert (await flows.resume(handle, input="Ann")).step_id == "ask-email"
    assert await refused(flows, short) == "unknown"
