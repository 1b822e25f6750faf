"""A declared flow whose runs live in a store is paused, and goes on elsewhere, as any run is."""

from __future__ import annotations

import pytest

from assent import App, Flows, Settings
from tests.flows.sample import ANSWERS, signup


async def test_a_flow_is_paused_here_and_goes_on_there(place: str) -> None:
    app = App(settings=Settings(database=place))
    flows = signup(Flows(app))
    async with app:
        output = await flows.start("signup", {})
        output = await output.resume(ANSWERS["name"])
        run = app.run(str(output.run_id))
        kept = (await run.pause()).to_bytes()
        assert len(kept) < 1000
        assert await run.status() == "paused"
    there = App("sqlite:///:memory:")
    flows = signup(Flows(there))
    async with there:
        again = await there.resume(kept)
        await again.wait_until("waiting")
        output = await flows.output(again.id)
        asked = []
        while not output.finished:
            asked.append(output.input_required)
            output = await output.resume(ANSWERS[str(output.input_required)])
        assert asked == ["email", "plan", "team"], "what was answered there is not asked again"
        assert output.context == ANSWERS


@pytest.mark.parametrize("answered", [0, 2, 3])
async def test_resumed_in_its_own_store_it_goes_on_as_if_never_paused(answered: int) -> None:
    app = App("sqlite:///:memory:")
    flows = signup(Flows(app))
    async with app:
        output = await flows.start("signup", {})
        for _ in range(answered):
            output = await output.resume(ANSWERS[str(output.input_required)])
        run = app.run(str(output.run_id))
        snapshot = await run.pause()
        await app.resume(snapshot)
        await run.wait_until("waiting")
        output = await flows.output(run.id)
        while not output.finished:
            output = await output.resume(ANSWERS[str(output.input_required)])
        assert output.context == ANSWERS
