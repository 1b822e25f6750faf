"""The pages of everything people do together: who is still needed, handing on, asking back, several at once."""

from __future__ import annotations

from typing import Any

from assent.access import Role
from tests.web.conftest import Office


async def test_the_page_says_who_is_still_needed_and_what_comes_next(office: Office) -> None:
    task = await office.agreement("4000")
    ada = await office.person("ada")
    page = (await ada.get(f"/tasks/{task.id}")).text
    for told in (
        "2 must approve",
        "being asked now",
        "comes later",
        "Direction",
        "the bill",
        "high",
    ):
        assert told in page, told
    said = await ada.post(f"/tasks/{task.id}", data={"action": "approve", "shown": task.digest})
    assert said.status_code == 303
    page = (await ada.get(f"/tasks/{task.id}")).text
    assert "1 of bob, eve must approve." in page
    assert "others are still needed" in page
    assert "ann asked ada, bob, eve" in page  # the history


async def test_a_changed_value_is_shown_beside_what_was_asked(office: Office) -> None:
    task = await office.agreement()
    value: dict[str, Any] = {**task.shown, "amount": "99.50"}  # type: ignore[dict-item]  # a dictionary here
    await office.app.inbox.edit(task.id, value, by="ada")
    page = (await (await office.person("bob")).get(f"/tasks/{task.id}")).text
    _, _, changed = page.partition("Changed since it was asked")
    assert "120.50" in changed.partition("<ins>")[0]
    assert "99.50" in changed.partition("<ins>")[2].partition("</ins>")[0]


async def test_a_task_is_handed_on_and_asked_about_on_its_page(office: Office) -> None:
    task = await office.asked(to=["ada"], timeout="1d")
    ada, bob = await office.person("ada"), await office.person("bob")
    at = f"/tasks/{task.id}"
    assert "Hand on, or ask back" in (await ada.get(at)).text
    assert "Hand on, or ask back" not in (await bob.get(at)).text
    assert (await bob.post(at, data={"action": "delegate", "to": "bob"})).status_code == 403
    assert (await ada.post(at, data={"action": "delegate", "to": "bob"})).status_code == 303
    page = (await bob.get(at)).text
    assert "ada lets bob answer" in page
    assert (await bob.post(at, data={"action": "ask_back", "text": "Why <b>?"})).status_code == 303
    page = (await ada.get(at)).text
    assert "Why &lt;b&gt;?" in page
    assert "stands still" in page
    assert (await ada.post(at, data={"action": "reply", "text": "So."})).status_code == 303
    assert "Answer by" in (await ada.get(at)).text
    assert (await bob.post(at, data={"action": "reassign", "to": "eve"})).status_code == 303
    assert "bob asked eve instead" in (await ada.get(at)).text
    assert (await ada.post(at, data={"action": "reassign", "to": "ada"})).status_code == 403


async def test_several_are_answered_at_once_and_each_gets_its_receipt(office: Office) -> None:
    free, taken, other = [await office.refund(f"A-{n}") for n in range(3)]
    await office.app.inbox.reject(taken.id, by="bob")
    ada = await office.person("ada")
    assert f'value="{free.id} {free.digest}"' in (await ada.get("/?workflow=refund")).text
    both = [f"{free.id} {free.digest}", f"{taken.id} {taken.digest}", "nothing x"]
    page = (await ada.post("/?status=open", data={"action": "approve", "task": both})).text
    assert "1 of 3 answers count" in page
    assert "bob rejected this" in page
    assert (await office.app.inbox.get(free.id)).decided_by == "ada"
    assert (await office.app.inbox.get(other.id)).status == "open"
    wrong = await ada.post("/", data={"action": "shred", "task": both})
    assert wrong.status_code == 422


async def test_who_only_looks_selects_nothing(office: Office) -> None:
    task = await office.refund()
    eve = await office.person("eve", Role.VIEWER)
    assert 'name="task"' not in (await eve.get("/")).text
    said = await eve.post("/", data={"action": "approve", "task": f"{task.id} {task.digest}"})
    assert said.status_code == 403


async def test_other_tasks_wait_beside_the_one_that_is_open(office: Office) -> None:
    task, other = await office.refund("A-1"), await office.refund("A-2")
    ada = await office.person("ada")
    page = (await ada.get(f"/tasks/{task.id}")).text
    assert 'aria-label="Waiting tasks"' in page
    assert f"/tasks/{other.id}" in page


async def test_who_decided_takes_it_back_on_the_page_while_there_is_time(office: Office) -> None:
    task = await office.asked(to=["ada", "bob"], undo="30s")
    ada, bob = await office.person("ada"), await office.person("bob")
    at = f"/tasks/{task.id}"
    assert (await ada.post(at, data={"action": "approve"})).status_code == 303
    page = (await ada.get(at)).text
    assert "You approved this" in page
    assert "Take it back" in page
    page = (await bob.get(at)).text
    assert "ada approved this" in page
    assert "Take it back" not in page
    assert 'value="approve"' not in page
    assert (await bob.post(at, data={"action": "reopen"})).status_code == 403
    assert (await ada.post(at, data={"action": "reopen"})).status_code == 303
    page = (await bob.get(at)).text
    assert 'value="approve"' in page
    assert "ada took the decision back" in page


async def test_the_inbox_is_filtered_by_risk_label_and_urgency_in_the_address(
    office: Office,
) -> None:
    for how in (
        {"title": "risky", "risk": "high"},
        {"title": "european", "labels": {"region": "eu"}},
        {"title": "pressing", "priority": 5},
    ):
        await office.asked(**how)
    ada = await office.person("ada")
    for query, found in (
        ("?risk=high", ["risky"]),
        ("?label=region%3Deu", ["european"]),
        ("?label=eu", ["european"]),
        ("?urgent=1", ["pressing"]),
        ("?risk=high&urgent=1", []),
        ("", ["pressing", "risky", "european"]),
    ):
        page = (await ada.get(f"/{query}")).text
        names = [n for n in ("pressing", "risky", "european") if f'"title">{n}' in page]
        assert names == found, query
    program = await office.program()
    listed = (await program.get("/tasks?risk=high&priority=0")).json()
    assert [task["title"] for task in listed["items"]] == ["risky"]
    listed = (await program.get("/tasks?label=region%3Deu")).json()
    assert [task["title"] for task in listed["items"]] == ["european"]


async def test_what_is_typed_is_kept_for_ones_own_eyes_until_it_is_sent(office: Office) -> None:
    task = await office.refund()
    ada, bob = await office.person("ada"), await office.person("bob")
    at = f"/tasks/{task.id}"
    typed = {"shown": task.digest, "reason": "Looks <fine>", "value/order": "B-7"}
    assert (await ada.post(f"{at}/typed", data=typed)).status_code == 204
    page = (await ada.get(at)).text
    assert "Looks &lt;fine&gt;" in page
    assert "What you typed before is still here" in page
    assert 'value="B-7"' in page
    assert "Looks" not in (await bob.get(at)).text
    assert (await ada.post(at, data={"action": "forget"})).status_code == 303
    assert "Looks" not in (await ada.get(at)).text

    assert (await ada.post(f"{at}/typed", data=typed)).status_code == 204
    await office.app.inbox.comment(task.id, "hm", by="bob")
    assert "Looks" in (await ada.get(at)).text  # the same question still
    said = await ada.post(at, data={"action": "reject", "reason": "no"})
    assert said.status_code == 303
    kept = await office.app.system.store.kept_all("typed")
    assert kept == {}


async def test_a_draft_belongs_to_what_was_shown_and_holds_no_secret(office: Office) -> None:
    run = await office.app.start("signup", by="ann")
    task = await office.task(run)
    ada = await office.person("ada")
    at = f"/tasks/{task.id}"
    assert (await ada.post(f"{at}/typed", data={"shown": "older", "x": "y"})).status_code == 204
    assert await office.app.system.store.kept_all("typed") == {}
    await ada.post(f"{at}/typed", data={"shown": task.digest, "value/name": "Ada"})
    assert 'value="Ada"' in (await ada.get(at)).text
    much = {"shown": task.digest, "value/name": "a" * 200_000}
    assert (await ada.post(f"{at}/typed", data=much)).status_code == 413

    task = await office.task(await office.app.start("unlock", by="ann"))
    secret = {"shown": task.digest, "value/user": "ada", "value/pin": "1234"}
    assert (await ada.post(f"/tasks/{task.id}/typed", data=secret)).status_code == 204
    assert "1234" not in str(await office.app.system.store.kept_all("typed"))
    page = (await ada.get(f"/tasks/{task.id}")).text
    assert 'value="ada"' in page
    assert "1234" not in page


async def test_an_open_page_hears_who_else_is_looking(office: Office) -> None:
    task = await office.refund()
    ada, bob = await office.person("ada"), await office.person("bob")
    at = f"/tasks/{task.id}/here"
    assert (await ada.post(at)).json() == {"others": []}
    assert (await bob.post(at)).json() == {"others": ["ada"]}
    assert (await ada.post(at)).json() == {"others": ["bob"]}
    assert (await bob.post(f"{at}?gone=1")).status_code == 204
    assert (await ada.post(at)).json() == {"others": []}
    assert (await ada.post("/tasks/nothing/here")).status_code == 404
    assert (await (await office.client()).post(at)).status_code in (401, 403, 303)
