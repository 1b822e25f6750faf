"""The JSON API: runs and tasks, receipts and status codes, pages and tags."""

from __future__ import annotations

from typing import Any, cast

import pytest

from assent import App, Context
from assent.access import Role
from assent.runs.handle import RunHandle
from assent.testing import Harness
from assent.web.wire.runs import Run
from tests.web.conftest import Office
from tests.web.sample import Asked

REFUND = {"order": "A-1", "amount": "120.50"}


async def test_a_run_is_started_looked_at_and_found(office: Office) -> None:
    http = await office.program()
    made = await http.post("/runs", json={"workflow": "refund", "input": REFUND, "id": "r-1"})
    assert made.status_code == 201
    assert made.headers["location"] == "/api/v1/runs/r-1"
    assert (made.json()["id"], made.json()["by"]) == ("r-1", "ada")
    again = await http.post("/runs", json={"workflow": "refund", "input": REFUND, "id": "r-1"})
    assert again.status_code == 200
    found = (await http.get("/runs/r-1")).json()
    assert found["input"]["amount"] == "120.50"
    assert found["created"].endswith("Z")
    listed = (await http.get("/runs", params={"workflow": "refund"})).json()
    assert [run["id"] for run in listed["items"]] == ["r-1"]


async def test_a_fork_says_which_run_it_left(office: Office) -> None:
    http = await office.program()
    await http.post("/runs", json={"workflow": "refund", "input": REFUND, "id": "r-1"})
    snapshot = await office.app.run("r-1").snapshot()
    fork = await office.app.resume(snapshot, fork=True, id="r-2")
    assert (await http.get(f"/runs/{fork.id}")).json()["origin"] == "r-1"
    listed = (await http.get("/runs")).json()["items"]
    assert {run["id"]: run["origin"] for run in listed} == {"r-1": None, "r-2": "r-1"}


async def test_the_same_id_with_another_input_is_a_conflict(office: Office) -> None:
    http = await office.program()
    await http.post("/runs", json={"workflow": "refund", "input": REFUND, "id": "r-1"})
    other = {**REFUND, "amount": "1"}
    reply = await http.post("/runs", json={"workflow": "refund", "input": other, "id": "r-1"})
    assert (reply.status_code, reply.json()["code"]) == (409, "conflict")


async def test_an_input_that_does_not_fit_starts_nothing_and_names_every_place(
    office: Office,
) -> None:
    http = await office.program()
    wrong = {"amount": "-1", "paid_on": "soon"}
    reply = await http.post("/runs", json={"workflow": "refund", "input": wrong})
    assert reply.status_code == 422
    assert reply.json()["code"] == "invalid_input"
    places = {error["pointer"] for error in reply.json()["errors"]}
    assert places == {"/order", "/amount", "/paid_on"}
    assert (await http.get("/runs")).json()["items"] == []


async def test_a_workflow_nobody_knows_is_told_with_those_that_are(office: Office) -> None:
    http = await office.program()
    reply = await http.post("/runs", json={"workflow": "refnd"})
    assert (reply.status_code, reply.json()["code"]) == (404, "workflow_not_found")
    assert "'refund'" in reply.json()["detail"]


async def test_workflows_say_what_they_take(office: Office) -> None:
    http = await office.program()
    found = {each["name"]: each for each in (await http.get("/workflows")).json()["items"]}
    assert found["refund"]["description"] == "Give money back, once somebody agrees."
    assert found["refund"]["input_schema"]["required"] == ["order", "amount"]


async def test_a_run_is_paused_resumed_cancelled_and_its_tasks_close(office: Office) -> None:
    task = await office.refund()
    http = await office.program()
    at = f"/runs/{task.run_id}"
    assert (await http.post(f"{at}/pause")).json()["status"] == "paused"
    assert (await http.post(f"{at}/resume", json={})).json()["status"] in {"running", "waiting"}
    ended = await http.post(f"{at}/cancel", json={"reason": "withdrawn"})
    assert ended.json()["status"] == "cancelled"
    assert (await http.get(f"/tasks/{task.id}")).json()["outcome"] == "cancelled"
    late = await http.post(f"/tasks/{task.id}/approve")
    assert (late.status_code, late.json()["status"]) == (410, "cancelled")
    again = await http.post(f"{at}/resume")
    assert (again.status_code, again.json()["code"]) == (409, "invalid_state")


async def test_a_failed_run_is_tried_again(office: Office) -> None:
    run: RunHandle[None] = await office.app.start("broken")
    await run.wait()
    http = await office.program()
    found = (await http.get(f"/runs/{run.id}")).json()
    assert (found["status"], "the till is empty" in found["error"]) == ("failed", True)
    assert (await http.post(f"/runs/{run.id}/retry")).status_code == 200


async def test_the_timeline_says_what_happened_and_how_long_it_took(office: Office) -> None:
    task = await office.refund()
    http = await office.program()
    await http.post(f"/tasks/{task.id}/approve")
    await office.app.run(task.run_id).result()
    lines = (await http.get(f"/runs/{task.run_id}/timeline")).json()["items"]
    assert [line["name"] for line in lines] == ["run.started", "task", "step", "run.finished"]
    assert lines[2]["took"].startswith("PT")


# ── tasks ───────────────────────────────────────────────────────────────────────────────────────


async def test_an_approval_counts_and_its_run_goes_on_by_itself(office: Office) -> None:
    task = await office.refund()
    http = await office.program("bob")
    reply = await http.post(f"/tasks/{task.id}/approve", json={"reason": "fine"})
    assert (reply.status_code, reply.json()["status"]) == (200, "accepted")
    assert reply.json()["decision"]["by"] == "bob"
    assert await office.app.run(task.run_id).result() == "paid 120.50 EUR"
    closed = (await http.get(f"/tasks/{task.id}")).json()
    assert (closed["outcome"], closed["decided_by"]) == ("approved", "bob")
    assert closed["answers"][0]["via"] == "http"


async def test_the_edited_value_is_what_goes_on(office: Office) -> None:
    task = await office.refund()
    http = await office.program()
    value = {**REFUND, "amount": "99.00"}
    assert (await http.post(f"/tasks/{task.id}/edit", json={"value": value})).status_code == 200
    assert await office.app.run(task.run_id).result() == "paid 99.00 EUR"


async def test_a_rejection_reaches_the_code_with_its_reason(office: Office) -> None:
    task = await office.refund()
    http = await office.program()
    await http.post(f"/tasks/{task.id}/reject", json={"reason": "too much"})
    assert await office.app.run(task.run_id).result() == "rejected: too much"


async def test_the_second_to_answer_learns_who_was_first_and_when(office: Office) -> None:
    task = await office.refund()
    bob, eve = await office.program("bob"), await office.program("eve")
    await bob.post(f"/tasks/{task.id}/approve")
    late = await eve.post(f"/tasks/{task.id}/reject")
    assert (late.status_code, late.json()["status"]) == (409, "already_decided")
    assert late.json()["code"] == "already_decided"
    decision = late.json()["decision"]
    assert (decision["by"], decision["outcome"]) == ("bob", "approved")
    assert decision["at"].endswith("Z")
    again = await bob.post(f"/tasks/{task.id}/approve")
    assert (again.status_code, again.json()["status"]) == (200, "duplicate")


async def test_an_answer_that_does_not_fit_leaves_the_task_open_and_names_every_place(
    office: Office,
) -> None:
    task = await office.task(await office.app.start("signup"))
    http = await office.program()
    wrong = {"name": "A", "plan": "gold", "seats": 51, "newsletter": True}
    reply = await http.post(f"/tasks/{task.id}/answer", json={"value": wrong})
    assert (reply.status_code, reply.json()["status"]) == (422, "invalid")
    places = [error["pointer"] for error in reply.json()["errors"]]
    assert places == ["/name", "/plan", "/seats"]
    assert (await http.get(f"/tasks/{task.id}")).json()["status"] == "open"
    right = {"name": "Ann", "plan": "team", "newsletter": False}
    assert (await http.post(f"/tasks/{task.id}/answer", json={"value": right})).status_code == 200


@pytest.mark.parametrize("value", [0, "", False, None, [], {}])
async def test_what_is_falsy_is_an_answer_and_is_judged_as_one(office: Office, value: Any) -> None:
    task = await office.task(await office.app.start("meet"))
    http = await office.program()
    reply = await http.post(f"/tasks/{task.id}/answer", json={"value": value})
    assert (reply.status_code, reply.json()["status"]) == (422, "invalid")
    missing = await http.post(f"/tasks/{task.id}/answer", json={})
    assert missing.json()["errors"][0]["pointer"] == "/value"


async def test_choices_come_with_words_for_them(office: Office) -> None:
    task = await office.task(await office.app.start("topics"))
    http = await office.program()
    found = (await http.get(f"/tasks/{task.id}")).json()
    assert found["options"][0] == {"value": "tea", "label": "tea"}
    assert found["many"] is True
    await http.post(f"/tasks/{task.id}/answer", json={"value": ["cake", "tea"]})
    assert await office.app.run(task.run_id).result() == ["cake", "tea"]


async def test_an_answer_bound_to_what_was_shown_is_refused_where_that_has_changed(
    office: Office,
) -> None:
    task = await office.refund()
    http = await office.program()
    stale = await http.post(f"/tasks/{task.id}/approve", json={"shown": "something else"})
    assert (stale.status_code, stale.json()["status"]) == (409, "stale")
    bound = await http.post(f"/tasks/{task.id}/approve", json={"shown": task.digest})
    assert bound.status_code == 200


async def test_who_is_not_asked_cannot_answer(office: Office) -> None:
    task = await office.asked(to=["alice"])
    eve = await office.program("eve")
    reply = await eve.post(f"/tasks/{task.id}/approve")
    assert (reply.status_code, reply.json()["status"]) == (403, "ineligible")


async def test_a_claimed_task_is_its_holders_until_it_is_released(office: Office) -> None:
    task = await office.refund()
    bob, eve = await office.program("bob"), await office.program("eve")
    assert (await bob.post(f"/tasks/{task.id}/claim")).status_code == 200
    assert (await eve.post(f"/tasks/{task.id}/approve")).status_code == 403
    assert (await eve.get(f"/tasks/{task.id}")).json()["owner"] == "bob"
    assert (await bob.post(f"/tasks/{task.id}/release")).status_code == 200
    assert (await eve.post(f"/tasks/{task.id}/approve")).status_code == 200


async def test_comments_are_kept_also_on_closed_tasks(office: Office) -> None:
    task = await office.refund()
    http = await office.program()
    await http.post(f"/tasks/{task.id}/comment", json={"text": "photo?"})
    await http.post(f"/tasks/{task.id}/approve")
    await http.post(f"/tasks/{task.id}/comment", json={"text": "thanks"})
    comments = (await http.get(f"/tasks/{task.id}")).json()["comments"]
    assert [comment["text"] for comment in comments] == ["photo?", "thanks"]


async def test_a_withdrawn_task_takes_no_answer(office: Office) -> None:
    task = await office.refund()
    http = await office.program()
    assert (await http.post(f"/tasks/{task.id}/cancel", json={"reason": "gone"})).status_code == 200
    assert (await http.post(f"/tasks/{task.id}/approve")).status_code == 410


async def test_a_task_nobody_knows_gets_a_receipt_that_says_so(office: Office) -> None:
    http = await office.program()
    reply = await http.post("/tasks/task_none/approve")
    assert (reply.status_code, reply.json()["status"]) == (404, "unknown")


async def test_many_answers_get_a_receipt_each(office: Office) -> None:
    one, two = await office.refund("A-1"), await office.refund("A-2")
    http = await office.program()
    answers = [
        {"task": one.id, "action": "approve"},
        {"task": two.id, "action": "edit", "value": {"order": "A-2", "amount": "0"}},
        {"task": "task_none", "action": "reject"},
        {"task": two.id, "action": "reject", "reason": "no"},
    ]
    reply = await http.post("/tasks/batch", json={"answers": answers})
    said = [receipt["status"] for receipt in reply.json()["receipts"]]
    assert (reply.status_code, said) == (200, ["accepted", "invalid", "unknown", "accepted"])


async def test_nobody_answers_in_the_name_of_somebody_else(office: Office) -> None:
    task = await office.refund()
    http = await office.program("eve", Role.ADMIN)
    reply = await http.post(f"/tasks/{task.id}/approve", json={"by": "ceo"})
    assert (reply.status_code, reply.json()["code"]) == (403, "not_you")
    answers = [{"task": task.id, "action": "approve", "by": "ceo"}]
    assert (await http.post("/tasks/batch", json={"answers": answers})).status_code == 403
    assert (await http.post(f"/tasks/{task.id}/approve", json={"by": "eve"})).status_code == 200


# ── lists ───────────────────────────────────────────────────────────────────────────────────────


async def test_pages_follow_each_other_without_gap_or_repetition(office: Office) -> None:
    made = [(await office.refund(f"A-{n}")).id for n in range(7)]
    http = await office.program()
    seen: list[str] = []
    cursor: str | None = None
    while True:
        asked = {"limit": "3", **({"cursor": cursor} if cursor else {})}
        page = (await http.get("/tasks", params=asked)).json()
        seen += [task["id"] for task in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made


async def test_a_cursor_nobody_gave_is_refused(office: Office) -> None:
    http = await office.program()
    for path in ("/tasks", "/runs"):
        reply = await http.get(path, params={"cursor": "nonsense"})
        assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "/cursor")


async def test_tasks_are_found_by_what_they_are(office: Office) -> None:
    refund = await office.refund()
    mine = await office.asked(to=["ada"], title="For Ada")
    http = await office.program("ada")

    async def found(**asked: str) -> list[str]:
        return [task["id"] for task in (await http.get("/tasks", params=asked)).json()["items"]]

    assert await found(workflow="refund") == [refund.id]
    assert mine.id in await found(to="me")
    assert await found(q="For Ada") == [mine.id]
    assert await found(run=refund.run_id) == [refund.id]
    assert await found(status="closed") == []
    assert await found(overdue="true") == []


# ── tags ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_tag_changes_with_the_task_and_guards_answers(office: Office) -> None:
    task = await office.refund()
    http = await office.program()
    seen = (await http.get(f"/tasks/{task.id}")).headers["etag"]
    same = await http.get(f"/tasks/{task.id}", headers={"If-None-Match": seen})
    assert (same.status_code, same.content) == (304, b"")
    await http.post(f"/tasks/{task.id}/comment", json={"text": "wait"})
    now = (await http.get(f"/tasks/{task.id}")).headers["etag"]
    assert now != seen
    late = await http.post(f"/tasks/{task.id}/approve", headers={"If-Match": seen})
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    good = await http.post(f"/tasks/{task.id}/approve", headers={"If-Match": now})
    assert good.status_code == 200


# ── audit and keys ──────────────────────────────────────────────────────────────────────────────


async def test_the_trail_is_exported_verified_and_erased(office: Office) -> None:
    task = await office.refund(note="=cmd()")
    http = await office.program()
    await http.post(f"/tasks/{task.id}/approve", json={"reason": "=1+1"})
    await office.app.run(task.run_id).result()
    lines = (await http.get("/audit", params={"run": task.run_id})).text.splitlines()
    assert len(lines) > 4
    table = await http.get("/audit", headers={"Accept": "text/csv"})
    assert table.headers["content-type"].startswith("text/csv")
    assert table.text.splitlines()[0].startswith("seq,run,number,at,kind")
    assert (await http.get("/audit/verify")).json() == {"flaws": []}
    erased = await http.post(f"/runs/{task.run_id}/erase")
    assert erased.json() == {"run": task.run_id}
    assert "=1+1" not in (await http.get("/audit")).text
    assert (await http.get("/audit/verify")).json() == {"flaws": []}
    nobody = await http.get("/audit", params={"run": "nope"})
    assert (nobody.status_code, nobody.json()["code"]) == (404, "run_not_found")


async def test_a_key_is_shown_once_and_ends_when_it_is_revoked(office: Office) -> None:
    http = await office.program()
    made = (await http.post("/keys", json={"user": "bot", "role": "viewer"})).json()
    bot = await office.client(made["secret"])
    status = (await bot.get("/api/v1/status")).json()
    assert (status["user"], status["role"]) == ("bot", "viewer")
    listed = (await http.get("/keys")).json()["items"]
    assert made["id"] in [key["id"] for key in listed]
    assert made["secret"] not in str(listed)
    assert (await http.delete(f"/keys/{made['id']}")).status_code == 204
    assert (await bot.get("/api/v1/status")).status_code == 401
    assert (await http.delete(f"/keys/{made['id']}")).status_code == 404


async def test_the_reference_describes_every_route(office: Office) -> None:
    http = await office.program()
    reference = (await http.get("/openapi.json")).json()
    assert reference["info"]["title"] == "assent"
    approve = reference["paths"]["/api/v1/tasks/{task}/approve"]["post"]
    assert approve["x-role"] == "responder"
    assert approve["responses"]["200"]["content"]["application/json"]["schema"]
    assert "application/problem+json" in approve["responses"]["default"]["content"]
    assert "Problem" in reference["components"]["schemas"]
    stream = reference["paths"]["/api/v1/events"]["get"]["responses"]["200"]["content"]
    assert list(stream) == ["text/event-stream"]
    trail = reference["paths"]["/api/v1/audit"]["get"]["responses"]["200"]["content"]
    assert set(trail) == {"application/x-ndjson", "text/csv"}


async def test_what_was_asked_is_told_as_it_was_put(office: Office) -> None:
    task = await office.task(
        await office.app.start("ask", Asked(timeout="4h", on_timeout="reject"), by="ann")
    )
    http = await office.program()
    found = (await http.get(f"/tasks/{task.id}")).json()
    assert (found["by"], found["on_timeout"]) == ("ann", "reject")
    assert found["due"].endswith("Z")


async def test_a_run_that_is_held_back_says_where_it_stands_in_which_queue(office: Office) -> None:
    http = await office.program()
    for run in ("r-1", "r-2", "r-3"):
        await http.post("/runs", json={"workflow": "one_by_one", "id": run})
    assert (await http.get("/runs/r-1")).json()["queued"] is None
    held = (await http.get("/runs/r-3")).json()
    assert (held["status"], held["waiting_for"]) == ("waiting", ["queue"])
    assert held["queued"] == {"queue": "one_by_one", "place": 2}
    (queue,) = (await http.get("/queues")).json()["items"]
    limit = {"parallelism": 1, "rate": 10, "per": "PT1M", "counts_waiting": True}
    assert queue == {
        "queue": "one_by_one",
        "workflow": "one_by_one",
        "inside": 1,
        "queued": 2,
        "next": "r-2",
        "limit": limit,
    }


async def test_what_is_told_of_a_run_is_how_it_stood_at_one_moment(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    @app.workflow
    async def work(ctx: Context) -> None:
        (await ctx.approve("it")).require()

    queued = cast(Any, RunHandle).queued
    async with Harness(app) as h:
        run = await h.start(work)

        async def and_it_goes_on(handle: RunHandle[Any]) -> Any:
            await run.reject("it", by="bob")
            await h.rest()
            return await queued(handle)

        monkeypatch.setattr(RunHandle, "queued", and_it_goes_on)
        told = await Run.whole(run)
        assert (told.status, told.tasks) == ("failed", [])
        assert "Rejected" in (told.error or "")
