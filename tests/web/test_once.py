"""Idempotency-Key: sent once or ten times, it happens once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from assent.access import Role
from assent.web.once import KIND
from tests.web.conftest import Office

REFUND = {"workflow": "refund", "input": {"order": "A-1", "amount": "10"}}
KEY = {"Idempotency-Key": "k-1"}


async def test_the_same_request_again_is_answered_with_the_same_reply_and_marked(
    office: Office,
) -> None:
    http = await office.program()
    first = await http.post("/runs", json=REFUND, headers=KEY)
    again = await http.post("/runs", json=REFUND, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first.headers["location"] == again.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len((await http.get("/runs")).json()["items"]) == 1


async def test_the_same_key_for_another_request_is_refused(office: Office) -> None:
    http = await office.program()
    await http.post("/runs", json=REFUND, headers=KEY)
    for path, body in (("/runs", {"workflow": "meet"}), ("/keys", REFUND)):
        reply = await http.post(path, json=body, headers=KEY)
        assert (reply.status_code, reply.json()["code"]) == (422, "idempotency_key_reused")


async def test_of_many_at_once_one_runs_and_all_get_one_reply(office: Office) -> None:
    http = await office.program()
    replies = await asyncio.gather(
        *(http.post("/runs", json=REFUND, headers=KEY) for _ in range(20))
    )
    assert {reply.status_code for reply in replies} <= {201, 409}
    under_way = [reply for reply in replies if reply.status_code == 409]
    assert all(reply.json()["code"] == "in_progress" for reply in under_way)
    assert all(reply.headers["retry-after"] for reply in under_way)
    assert len((await http.get("/runs")).json()["items"]) == 1
    assert (await http.post("/runs", json=REFUND, headers=KEY)).status_code == 201


async def test_one_persons_key_is_not_anothers(office: Office) -> None:
    ada, bob = await office.program("ada"), await office.program("bob")
    one = await ada.post("/runs", json=REFUND, headers=KEY)
    other = await bob.post("/runs", json=REFUND, headers=KEY)
    assert one.json()["id"] != other.json()["id"]
    assert "idempotency-replayed" not in other.headers


async def test_a_refusal_that_can_be_put_right_does_not_use_up_the_key(office: Office) -> None:
    task = await office.refund()
    http = await office.program()
    path = f"/tasks/{task.id}/edit"
    wrong = await http.post(path, json={"value": {"order": "A", "amount": "-1"}}, headers=KEY)
    assert wrong.status_code == 422
    right = await http.post(path, json={"value": {"order": "A", "amount": "1"}}, headers=KEY)
    assert right.status_code == 200


async def test_a_decision_that_stands_is_replayed(office: Office) -> None:
    task = await office.refund()
    bob, eve = await office.program("bob"), await office.program("eve")
    await bob.post(f"/tasks/{task.id}/approve")
    first = await eve.post(f"/tasks/{task.id}/approve", headers=KEY)
    again = await eve.post(f"/tasks/{task.id}/approve", headers=KEY)
    assert (first.status_code, again.status_code) == (409, 409)
    assert first.json() == again.json()


async def test_a_process_that_died_in_the_middle_does_not_start_a_second_run(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    http = await office.program()
    now, store = office.app.clock.now(), office.app.store

    async def dies(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(store, "replace", dies)
        patched.setattr(store, "take", dies)
        with pytest.raises(KeyboardInterrupt):
            await http.post("/runs", json=REFUND, headers=KEY)
    waiting = await http.post("/runs", json=REFUND, headers=KEY)
    assert (waiting.status_code, waiting.json()["code"]) == (409, "in_progress")
    monkeypatch.setattr(office.app.clock, "now", lambda: now + timedelta(minutes=2))
    taken_over = await http.post("/runs", json=REFUND, headers=KEY)
    assert taken_over.status_code == 200
    assert len((await http.get("/runs")).json()["items"]) == 1


async def test_a_reply_is_forgotten_after_a_day(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    http = await office.program()
    await http.post("/runs", json=REFUND, headers=KEY)
    later = office.app.clock.now() + timedelta(days=2)
    monkeypatch.setattr(office.app.clock, "now", lambda: later)
    other = {"Idempotency-Key": "k-2"}
    await http.post("/runs", json=REFUND, headers=other)
    assert len(await office.app.store.kept_all(KIND)) == 1


@pytest.mark.parametrize("path", ["/keys", "/login-links"])
async def test_a_secret_is_shown_once_and_kept_nowhere(office: Office, path: str) -> None:
    http = await office.program()
    body = {"user": "bot", "role": "viewer"}
    made = await http.post(path, json=body, headers=KEY)
    again = await http.post(path, json=body, headers=KEY)
    assert (made.status_code, again.status_code) == (201, 409)
    assert again.json()["code"] == "shown_once"
    secret = made.json().get("secret") or made.json()["url"].partition("token=")[2]
    for kind in (KIND, "key", "login"):
        assert secret not in str(await office.app.store.kept_all(kind))


@pytest.mark.parametrize("key", ["", "x" * 256, "a\x7fb", "ü"])
async def test_a_key_that_is_none_is_refused(office: Office, key: str) -> None:
    http = await office.program()
    headers = [(b"Idempotency-Key", key.encode())]
    reply = await http.post("/runs", json=REFUND, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (400, "bad_request")


async def test_who_may_not_do_it_may_not_replay_it_either(office: Office) -> None:
    ada = await office.program("ada", Role.OPERATOR)
    await ada.post("/runs", json=REFUND, headers=KEY)
    same_person = await office.program("ada", Role.VIEWER)
    assert (await same_person.post("/runs", json=REFUND, headers=KEY)).status_code == 403
