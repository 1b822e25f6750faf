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
