"""People over HTTP: quorum, handing on, asking back, who is who, decisions made elsewhere, and their live status."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import websockets

from assent.access import Role
from tests.web.conftest import API, Office


async def test_a_receipt_says_who_is_still_needed_and_the_task_why(office: Office) -> None:
    task = await office.agreement()
    ada = await office.program("ada", Role.RESPONDER)
    said = await ada.post(f"/tasks/{task.id}/approve")
    assert (said.status_code, said.json()["status"]) == (200, "recorded")
    assert said.json()["needs"] == ["bob", "eve"]
    seen = (await ada.get(f"/tasks/{task.id}")).json()
    assert seen["why"] == "1 of bob, eve must approve."
    assert [(s["name"], s["state"]) for s in seen["stages"]] == [
        ("Support", "current"),
        ("Direction", "skipped"),
    ]
    assert (seen["risk"], seen["veto"]) == ("high", ["leo"])
    assert seen["attachments"][0]["name"] == "the bill"
    bob = await office.program("bob", Role.RESPONDER)
    assert (await bob.post(f"/tasks/{task.id}/approve")).json()["status"] == "accepted"


async def test_a_task_is_handed_on_asked_about_and_found_by_whoever_may_answer(
    office: Office,
) -> None:
    task = await office.asked(to=["ada"], timeout="1d")
    ada, bob = [await office.program(name, Role.RESPONDER) for name in ("ada", "bob")]
    at = f"/tasks/{task.id}"
    assert (await bob.post(f"{at}/delegate", json={"to": "eve"})).status_code == 403
    assert (await ada.post(f"{at}/delegate", json={"to": "bob"})).json()["status"] == "accepted"
    assert [t["id"] for t in (await bob.get("/tasks?to=me")).json()["items"]] == [task.id]
    assert (await bob.post(f"{at}/ask-back", json={"text": "Why?"})).status_code == 200
    seen = (await ada.get(at)).json()
    assert (seen["question"]["text"], seen["due"]) == ("Why?", None)
    assert (await ada.post(f"{at}/reply", json={"text": "So."})).status_code == 200
    assert (await ada.get(at)).json()["due"] is not None
    eve = await office.program("eve", Role.RESPONDER)
    assert (await eve.post(f"{at}/reassign", json={"to": ["eve"]})).status_code == 403
    boss = await office.program("boss", Role.OPERATOR)
    assert (await boss.post(f"{at}/reassign", json={"to": ["group:x"]})).status_code == 200
    link = {"name": "bill", "url": "https://example.com/bill"}
    assert (await eve.post(f"{at}/attach", json=link)).status_code == 200
    assert (await eve.post(f"{at}/attach", json={**link, "url": "file:///x"})).status_code == 422


async def test_a_decision_is_taken_back_while_the_run_is_paused(office: Office) -> None:
    task = await office.asked(to=["ada"])
    ada = await office.program("ada", Role.OPERATOR)
    await ada.post(f"/runs/{task.run_id}/pause")
    await ada.post(f"/tasks/{task.id}/approve")
    assert (await ada.post(f"/tasks/{task.id}/reopen")).json()["status"] == "accepted"
    assert (await ada.get(f"/tasks/{task.id}")).json()["status"] == "open"


async def test_a_draft_is_kept_for_its_writer_alone(office: Office) -> None:
    task = await office.refund()
    ada, bob = [await office.program(name, Role.RESPONDER) for name in ("ada", "bob")]
    at = f"/tasks/{task.id}/draft"
    assert (await ada.put(at, json={"value": {"amount": "3"}})).status_code == 204
    assert (await ada.get(at)).json() == {"value": {"amount": "3"}}
    assert (await bob.get(at)).json() == {"value": None}


async def test_people_are_put_in_groups_by_an_admin_only(office: Office) -> None:
    admin, ada = await office.program(), await office.program("ada", Role.RESPONDER)
    assert (await ada.put("/people/ada", json={"groups": ["finance"]})).status_code == 403
    made = await admin.put("/people/ada", json={"groups": ["finance"], "manager": "mia"})
    assert made.json() == {
        "name": "ada",
        "groups": ["finance"],
        "roles": [],
        "manager": "mia",
        "mail": None,
    }
    task = await office.asked(to=["group:finance"])
    bob = await office.program("bob", Role.RESPONDER)
    assert (await bob.post(f"/tasks/{task.id}/approve")).status_code == 403
    assert (await ada.post(f"/tasks/{task.id}/approve")).status_code == 200
    assert (await admin.delete("/people/ada")).status_code == 204
    assert (await admin.delete("/people/ada")).status_code == 404


async def test_somebody_says_who_stands_in_for_themselves_and_not_for_others(
    office: Office,
) -> None:
    ada = await office.program("ada", Role.RESPONDER)
    until = (office.app.clock.now() + timedelta(days=3)).isoformat()
    away = {"to": "bob", "until": until}
    assert (await ada.put("/absences/eve", json=away)).json()["code"] == "not_you"
    assert (await ada.put("/absences/ada", json={**away, "until": "2026-01-01T00:00:00"})).is_error
    assert (await ada.put("/absences/ada", json=away)).status_code == 200
    bob = await office.program("bob", Role.RESPONDER)
    circle = {**away, "to": "ada"}
    assert (await bob.put("/absences/bob", json=circle)).status_code == 422
    task = await office.asked(to=["ada"])
    assert (await bob.get(f"/tasks/{task.id}")).json()["stand_ins"] == {"ada": "bob"}
    assert (await bob.post(f"/tasks/{task.id}/approve")).status_code == 200
    assert (await ada.delete("/absences/ada")).status_code == 204
    assert (await ada.get("/absences")).json()["items"] == []


# ── decisions made elsewhere ────────────────────────────────────────────────────────────────────


async def test_a_webhook_decides_by_key_with_the_receipt_of_every_door(office: Office) -> None:
    task = await office.refund()
    http = await office.program("bridge", Role.OPERATOR)
    wrong = {"key": "nothing", "action": "approve"}
    assert (await http.post("/approvals", json=wrong)).status_code == 404
    body: dict[str, Any] = {
        "key": "refund",
        "action": "edit",
        "actor_id": "carol",
        "reason": "less",
        "original_value": {**task.shown, "amount": "1"},  # type: ignore[dict-item]  # a dictionary here
        "edited_value": {**task.shown, "amount": "90"},  # type: ignore[dict-item]
    }
    stale = await http.post("/approvals", json=body)
    assert (stale.status_code, stale.json()["status"]) == (409, "stale")
    done = await http.post("/approvals", json={**body, "original_value": task.shown})
    assert (done.status_code, done.json()["status"]) == (200, "accepted")
    again = await http.post("/approvals", json={"key": task.id, "action": "reject"})
    assert (again.status_code, again.json()["status"]) == (409, "already_decided")
    (answer,) = (await office.app.inbox.get(task.id)).answers
    assert (answer.by, answer.via, answer.value.amount.__str__()) == ("carol", "webhook", "90")


async def test_a_webhook_is_not_believed_who_decided_unless_an_operator_says_so(
    office: Office,
) -> None:
    task = await office.refund()
    http = await office.program("ada", Role.RESPONDER)
    body = {"key": task.id, "action": "approve", "actor_id": "carol"}
    assert (await http.post("/approvals", json=body)).json()["code"] == "not_you"
    cancel = {"key": task.id, "action": "cancel"}
    assert (await http.post("/approvals", json=cancel)).status_code == 403
    await office.refund()
    several = await http.post("/approvals", json={"key": "refund", "action": "approve"})
    assert (several.status_code, several.json()["code"]) == (409, "invalid_state")
    named = {"key": f"{task.run_id}/refund", "action": "approve"}
    assert (await http.post("/approvals", json=named)).json()["status"] == "accepted"


async def _statuses(response: httpx2.Response) -> AsyncIterator[dict[str, Any]]:
    async for line in response.aiter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


async def test_the_status_of_an_approval_is_told_until_it_is_decided(office: Office) -> None:
    task = await office.agreement()
    key = await office.key("ada", Role.VIEWER)
    headers = {"Authorization": f"Bearer {key}"}
    async with office.served() as at, httpx2.AsyncClient(headers=headers, timeout=100) as http:
        url = f"{at}{API}/approvals/{task.run_id}/agree/stream"
        seen: list[str] = []
        async with http.stream("GET", url) as response:
            async for status in _statuses(response):
                seen.append(f"{status['status']} {','.join(status['needs'])}")
                if len(seen) < 3:
                    await office.app.inbox.approve(task.id, by=["ada", "bob"][len(seen) - 1])
        assert seen[0] == "pending ada,bob,eve"
        assert "pending bob,eve" in seen
        assert seen[-1] == "approved "
        over = await http.get(url, headers={"Last-Event-ID": "1"})
        assert over.status_code == 204
        unknown = await http.get(f"{at}{API}/approvals/nothing/stream")
        assert unknown.status_code == 404


async def test_the_status_comes_over_a_websocket_too(office: Office) -> None:
    task = await office.refund()
    key = await office.key("ada", Role.VIEWER)
    async with office.served() as at:
        url = f"{at.replace('http', 'ws', 1)}{API}/approvals/{task.id}/stream"
        headers = {"Authorization": f"Bearer {key}"}
        async with websockets.connect(url, additional_headers=headers) as socket:
            first = json.loads(await socket.recv())
            assert (first["status"], first["value"]["amount"]) == ("pending", "120.50")
            await office.app.inbox.reject(task.id, by="bob", reason="no")
            told = [first]
            async with asyncio.timeout(60):
                told += [json.loads(text) async for text in socket]
        assert (told[-1]["status"], told[-1]["by"], told[-1]["reason"]) == ("rejected", "bob", "no")
