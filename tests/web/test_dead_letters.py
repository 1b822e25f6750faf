"""Runs that got stuck, over HTTP."""

from __future__ import annotations

import pytest

from assent.access import Role
from tests.web.conftest import Office

pytestmark = pytest.mark.anyio


async def test_they_are_listed_restarted_and_cancelled_by_whoever_may(office: Office) -> None:
    program = await office.program("ann", Role.OPERATOR)
    broken = await office.app.start("broken")
    await broken.wait()
    listed = (await program.get("/runs", params={"status": "dead"})).json()["items"]
    assert [run["id"] for run in listed] == [broken.id]
    anew = await program.post(f"/runs/{broken.id}/restart", headers={"Idempotency-Key": "k"})
    again = await program.post(f"/runs/{broken.id}/restart", headers={"Idempotency-Key": "k"})
    assert (anew.status_code, anew.json()["workflow"]) == (201, "broken")
    assert again.json()["id"] == anew.json()["id"] != broken.id
    task = await office.refund()
    assert (await program.post("/runs/cancel", json={})).status_code == 422
    gone = await program.post("/runs/cancel", json={"workflow": "refund", "reason": "enough"})
    assert gone.json() == {"runs": [task.run_id]}
    assert await office.app.run(task.run_id).status() == "cancelled"
    viewer = await office.program("vic", Role.RESPONDER)
    assert (await viewer.post("/runs/cancel", json={"all": True})).status_code == 403
    assert (await viewer.post(f"/runs/{broken.id}/restart", json={})).status_code == 403
