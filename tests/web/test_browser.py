"""The inbox in a real browser: by hand, by keyboard, by two people at once, and without a script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, expect

from assent.access import Role
from assent.core.values import Json
from assent.runs.handle import RunHandle
from tests.web.conftest import Office
from tests.web.desk import Desk, desk_of, picture, violations
from tests.web.sample import Claim, Line


@pytest.fixture
async def desk(office: Office) -> AsyncIterator[Desk]:
    """The office, open to browsers."""
    async with desk_of(office) as opened:
        yield opened


async def test_a_task_is_opened_changed_and_approved(desk: Desk) -> None:
    task = await desk.office.refund()
    page = await desk.sit_down()
    await page.get_by_role("link", name="Refund 120.50 EUR").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Refund 120.50 EUR for A-1?")
    changed = page.get_by_role("button", name="Approve with changes")
    await expect(changed).to_be_hidden()
    await page.get_by_text("Change it before approving").click()
    await page.get_by_label("Amount").fill("99.90")
    await picture(page, "approve-with-changes")
    await changed.click()
    await expect(page.get_by_text("You approved this with changes")).to_be_visible()
    await expect(page.get_by_role("row", name="Amount 120.50 99.90")).to_be_visible()
    assert await desk.office.app.run(task.run_id).result() == "paid 99.90 EUR"


async def test_enter_in_a_box_decides_nothing(desk: Desk) -> None:
    task = await desk.office.refund()
    page = await desk.sit_down(path=f"/tasks/{task.id}")
    await page.get_by_text("Change it before approving").click()
    await page.get_by_label("Amount").press("Enter")
    await expect(page.get_by_label("Amount")).to_be_visible()
    assert (await desk.office.app.inbox.get(task.id)).status == "open"


async def test_a_task_is_rejected_with_a_reason(desk: Desk) -> None:
    task = await desk.office.refund()
    page = await desk.sit_down(path=f"/tasks/{task.id}")
    await page.get_by_label("Reason").fill("Already refunded.")
    await page.get_by_role("button", name="Reject").click()
    await expect(page.get_by_text("You rejected this")).to_be_visible()
    assert await desk.office.app.run(task.run_id).result() == "rejected: Already refunded."


async def test_a_form_says_what_is_missing_and_keeps_what_was_typed(desk: Desk) -> None:
    task = await desk.office.task(await desk.office.app.start("signup"))
    page = await desk.sit_down(path=f"/tasks/{task.id}")
    send = page.get_by_role("button", name="Send answer")
    await send.click()
    await expect(page.get_by_label("Your name")).to_be_focused()  # the browser itself asks for it
    await page.get_by_label("Your name").fill("B")
    await page.get_by_label("team").check()
    await page.get_by_label("No", exact=True).check()
    await page.get_by_label("Seats").fill("80")
    await page.get_by_label("Note").fill("soon")
    await send.click()
    await expect(page.get_by_text("Write at least 2 characters; this is 1").last).to_be_visible()
    await expect(page.get_by_text("Write at most 50").last).to_be_visible()
    await expect(page.get_by_label("Note")).to_have_value("soon")
    await expect(page.get_by_label("team")).to_be_checked()
    await picture(page, "form-with-errors")
    assert await violations(page) == []
    await page.get_by_role("link", name="Your name").click()
    await page.get_by_label("Your name").fill("Bob")
    await page.get_by_label("Seats").fill("8")
    await send.click()
    await expect(page.get_by_text("You answered this")).to_be_visible()
    answer = await desk.office.app.run(task.run_id).result()
    assert (answer.name, answer.seats, answer.newsletter) == ("Bob", 8, False)


async def test_rows_are_added_and_removed(desk: Desk) -> None:
    claim = Claim(person="Ann", lines=[Line.model_validate({"what": "tea", "price": "2"})])
    task = await desk.office.task(await desk.office.app.start("claim", claim))
    page = await desk.sit_down(path=f"/tasks/{task.id}")
    await page.get_by_text("Change it before approving").click()
    for number, (what, price) in enumerate([("cake", "3.50"), ("pie", "4")], start=1):
        await page.get_by_role("button", name="Add to lines").click()
        await page.get_by_role("textbox", name="What").nth(number).fill(what)
        await page.get_by_role("textbox", name="Price").nth(number).fill(price)
    await page.get_by_role("textbox", name="Price").nth(2).fill("")
    await page.get_by_role("button", name="Approve with changes").click()
    await expect(page.get_by_text("This needs an answer").last).to_be_visible()
    await expect(page.get_by_role("textbox", name="What").nth(2)).to_have_value("pie")
    await page.get_by_role("textbox", name="Price").nth(2).fill("4")
    await page.get_by_label("Remove").first.check()
    await picture(page, "rows")
    await page.get_by_role("button", name="Approve with changes").click()
    await expect(page.get_by_text("You approved this with changes")).to_be_visible()
    assert await desk.office.app.run(task.run_id).result() == ["cake: 3.50", "pie: 4"]


# ── two people ──────────────────────────────────────────────────────────────────────────────────


async def test_another_viewer_sees_the_answer_by_itself(desk: Desk) -> None:
    task = await desk.office.refund()
    eve = await desk.sit_down("eve", path=f"/tasks/{task.id}")
    lists = await desk.sit_down("ann")
    await expect(lists.get_by_role("link", name="Refund 120.50 EUR")).to_be_visible()
    bob = await desk.sit_down("bob", path=f"/tasks/{task.id}")
    await bob.get_by_role("button", name="Approve", exact=True).click()
    await expect(bob.get_by_text("You approved this")).to_be_visible()
    await expect(eve.locator(".verdict")).to_contain_text("bob approved this")
    await expect(lists.get_by_text("Nothing waits for you.")).to_be_visible()
    await expect(eve.get_by_role("status").filter(has_text="bob approved this")).to_be_visible()
    await expect(eve.get_by_role("button", name="Approve", exact=True)).to_have_count(0)


async def test_a_new_task_appears_by_itself_and_counts_in_the_title(desk: Desk) -> None:
    page = await desk.sit_down()
    await expect(page).to_have_title("Inbox · assent")
    await desk.office.refund("A-7")
    await expect(page.get_by_role("link", name="for A-7")).to_be_visible()
    await expect(page).to_have_title("(1) Inbox · assent")


async def test_several_tabs_share_one_stream(desk: Desk) -> None:
    first = await desk.sit_down()
    tabs = [first]
    for _ in range(8):
        tab = await first.context.new_page()
        await tab.goto(desk.at + "/")
        tabs.append(tab)
    await desk.office.refund("A-7")
    for tab in tabs:
        await expect(tab.get_by_role("link", name="for A-7")).to_be_visible()
    assert desk.office.app.asgi.state.closing.count == 1


async def test_what_is_being_typed_survives_what_others_do(desk: Desk) -> None:
    task = await desk.office.refund()
    page = await desk.sit_down(path=f"/tasks/{task.id}")
    await page.get_by_text("Change it before approving").click()
    await page.get_by_label("Amount").fill("77")
    await page.get_by_label("Comment").fill("I wonder")
    await page.get_by_label("Reason").fill("half a sen")
    await desk.office.app.inbox.comment(task.id, "What about the box?", by="ann")
    await expect(page.get_by_text("What about the box?")).to_be_visible()
    await expect(page.get_by_label("Reason")).to_be_focused()
    await page.keyboard.type("tence")
    await expect(page.get_by_label("Reason")).to_have_value("half a sentence")
    await expect(page.get_by_label("Amount")).to_have_value("77")
    await expect(page.get_by_label("Comment")).to_have_value("I wonder")


async def test_what_was_typed_is_not_thrown_away_when_somebody_is_faster(desk: Desk) -> None:
    task = await desk.office.refund()
    page = await desk.sit_down(path=f"/tasks/{task.id}")
    await page.get_by_label("Reason").fill("A long and careful explanation.")
    await desk.office.app.inbox.reject(task.id, by="ann", reason="no")
    await expect(page.locator(".verdict")).to_contain_text("ann rejected this")
    await expect(page.get_by_text("Not sent: what you typed here")).to_be_visible()
    await expect(page.get_by_text("A long and careful explanation.")).to_be_visible()


async def test_a_run_is_watched_as_it_goes_on(desk: Desk) -> None:
    task = await desk.office.refund()
    page = await desk.sit_down("op", Role.OPERATOR, path=f"/runs/{task.run_id}")
    await expect(page.locator("#head .status")).to_have_text("Waiting")
    await desk.office.app.inbox.approve(task.id, by="ann")
    await expect(page.locator("#head .status")).to_have_text("Succeeded")
    await expect(page.get_by_text("paid 120.50 EUR")).to_be_visible()
    await picture(page, "run")


async def test_a_double_click_answers_once(desk: Desk) -> None:
    task = await desk.office.refund()
    page = await desk.sit_down(path=f"/tasks/{task.id}")
    await page.get_by_role("button", name="Approve", exact=True).dblclick()
    await expect(page.get_by_text("You approved this")).to_be_visible()
    assert len((await desk.office.app.inbox.get(task.id)).answers) == 1


# ── keyboard ────────────────────────────────────────────────────────────────────────────────────


async def test_the_inbox_is_worked_by_keyboard_alone(desk: Desk) -> None:
    one, two = await desk.office.refund("A-1"), await desk.office.refund("A-2")
    page = await desk.sit_down()
    await page.keyboard.press("j")
    await expect(page.get_by_role("link", name="for A-1")).to_be_focused()
    await page.keyboard.press("j")
    await expect(page.get_by_role("link", name="for A-2")).to_be_focused()
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{desk.at}/tasks/{one.id}")
    await page.keyboard.press("a")
    await expect(page.get_by_role("button", name="Approve", exact=True)).to_be_focused()
    assert (await desk.office.app.inbox.get(one.id)).status == "open"  # a key alone decides nothing
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("You approved this")).to_be_visible()
    await page.keyboard.press("u")
    await page.wait_for_url(f"{desk.at}/")
    await page.keyboard.press("j")
    await page.keyboard.press("r")
    await page.wait_for_url(f"{desk.at}/tasks/{two.id}#reject")
    await expect(page.get_by_label("Reason")).to_be_focused()
    await page.keyboard.type("a r e j k")
    await expect(page.get_by_label("Reason")).to_have_value("a r e j k")
    await page.keyboard.press("Escape")
    await page.keyboard.press("e")
    await expect(page.get_by_label("Order")).to_be_focused()


async def test_several_are_selected_by_key_and_approved_at_once(desk: Desk) -> None:
    one, two = await desk.office.refund("A-1"), await desk.office.refund("A-2")
    page = await desk.sit_down()
    for _ in range(2):
        await page.keyboard.press("j")
        await page.keyboard.press("x")
    await expect(page.locator("[data-tick]:checked")).to_have_count(2)
    await page.get_by_role("button", name="Approve", exact=True).click()
    await expect(page.get_by_text("2 of 2 answers count.")).to_be_visible()
    for task in (one, two):
        assert (await desk.office.app.inbox.get(task.id)).outcome == "approved"
    await desk.office.refund("A-3")
    await expect(page.get_by_role("link", name="for A-3")).to_be_visible()
    await picture(page, "answered-at-once")
    # What became of the answers is still there to be read, though the list was drawn anew.
    await expect(page.get_by_text("2 of 2 answers count.")).to_be_visible()


async def test_search_and_help_are_a_key_away_and_keys_can_be_turned_off(desk: Desk) -> None:
    await desk.office.refund()
    page = await desk.sit_down()
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    assert await violations(page) == []
    await picture(page, "help")
    await page.get_by_label("Single keys are shortcuts").uncheck()
    await page.get_by_role("button", name="Close").click()
    await page.keyboard.press("j")
    await expect(page.get_by_role("link", name="Refund 120.50")).not_to_be_focused()
    await page.reload()
    await page.get_by_role("button", name="Shortcuts").click()
    await expect(page.get_by_label("Single keys are shortcuts")).not_to_be_checked()


async def test_filters_apply_by_themselves_and_stay_in_the_address(desk: Desk) -> None:
    await desk.office.refund()
    await desk.office.asked(title="Something else")
    page = await desk.sit_down()
    await page.get_by_label("Workflow").select_option("refund")
    await page.wait_for_url("**/?*workflow=refund*")
    await expect(page.locator("[data-item]")).to_have_count(1)
    await page.reload()
    await expect(page.get_by_label("Workflow")).to_have_value("refund")


# ── without a script ────────────────────────────────────────────────────────────────────────────


async def test_everything_essential_works_without_a_script(desk: Desk) -> None:
    task = await desk.office.refund()
    form = await desk.office.task(await desk.office.app.start("signup"))
    page = await desk.sit_down(java_script_enabled=False)
    await page.get_by_role("link", name="Refund 120.50 EUR").click()
    await page.get_by_text("Change it before approving").click()
    await page.get_by_label("Amount").fill("5001")
    await page.get_by_role("button", name="Approve with changes").click()
    await expect(page.get_by_text("Write at most 5000").last).to_be_visible()
    await page.get_by_label("Amount").fill("50")
    await page.get_by_role("button", name="Approve with changes").click()
    await expect(page.get_by_text("You approved this with changes")).to_be_visible()
    assert (await desk.office.app.run(task.run_id).result()) == "paid 50 EUR"
    await page.get_by_role("link", name="Next task").click()
    await page.wait_for_url(f"{desk.at}/tasks/{form.id}")
    await page.goto(desk.at + "/")
    await page.get_by_label("Search tasks").fill("team")
    await page.get_by_role("button", name="Apply").click()
    await expect(page.locator("[data-item]")).to_have_count(1)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


# ── for everybody ───────────────────────────────────────────────────────────────────────────────


async def everything(office: Office) -> list[str]:
    """An address for each kind of page."""
    refund = await office.refund(note="One line.\nAnother line.")
    form = await office.task(await office.app.start("signup", by="ann"))
    claim = Claim(
        person="Ann",
        lines=[Line.model_validate({"what": "Train to Lyon", "price": "138.00"})],
    )
    rows = await office.task(await office.app.start("claim", claim, by="ann"))
    choice = await office.task(await office.app.start("meet", by="dan"))
    moment = await office.task(await office.app.start("visit", by="dan"))
    overdue = await office.asked(title="A very long title " * 8, timeout="4h", priority=1)
    done = await office.refund("A-2")
    value = {"order": "A-2", "amount": "9"}
    await office.app.inbox.edit(done.id, value, by="ann", reason="Less is enough.")
    await office.app.inbox.comment(done.id, "Fine by me.", by="bob")
    refused = await office.refund("A-3")
    await office.app.inbox.reject(refused.id, by="ann", reason="Twice already.")
    agreed = await office.agreement("4000")
    await office.app.inbox.edit(agreed.id, {**value, "amount": "3000"}, by="ada")
    await office.app.inbox.delegate(agreed.id, "op", by="bob")
    await office.app.inbox.ask_back(agreed.id, "Which parcel?", by="bob")
    failed: RunHandle[None] = await office.app.start("broken")
    await failed.wait()
    tasks = [refund, form, rows, choice, moment, overdue, done, refused, agreed]
    return [
        *("/", "/?status=all", "/?q=nothing", "/runs", "/tasks/none", f"/runs/{failed.id}"),
        *(f"/tasks/{task.id}" for task in tasks),
        *(f"/runs/{task.run_id}" for task in (refund, done)),
    ]


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("light", {"color_scheme": "light"}),
        ("dark", {"color_scheme": "dark"}),
        ("narrow", {"viewport": {"width": 390, "height": 844}, "is_mobile": True}),
        ("large", {"viewport": {"width": 640, "height": 800}, "device_scale_factor": 2}),
    ],
)
async def test_every_page_is_for_everybody(desk: Desk, name: str, how: dict[str, Any]) -> None:
    paths = await everything(desk.office)
    page = await desk.sit_down("op", Role.OPERATOR, **how)
    for number, path in enumerate(paths):
        await page.goto(desk.at + path)
        edit = page.get_by_text("Change it before approving")
        if await edit.count():
            await edit.click()
        assert await violations(page) == [], path
        assert await _fits(page), path
        await picture(page, f"{name}-{number:02}")


@pytest.mark.parametrize("width", [390, 1200])
async def test_no_word_is_too_long_and_nothing_nested_too_deep_for_the_page(
    desk: Desk, width: int
) -> None:
    word = "W" * 3000
    nested: Json = 1
    for level in range(40):
        nested = [nested] if level % 2 else {"within": nested}
    asked = await desk.office.asked(title=word, detail=word)
    long = await desk.office.task(await desk.office.app.start("anything", {word: word * 2}))
    deep = await desk.office.task(await desk.office.app.start("anything", nested))
    page = await desk.sit_down(viewport={"width": width, "height": 844})
    for task in (asked, long, deep):
        for path in (f"/tasks/{task.id}", f"/runs/{task.run_id}", "/"):
            await page.goto(desk.at + path)
            assert await _fits(page), path


async def _fits(page: Page) -> bool:
    """Whether nothing sticks out to the side."""
    wide: int = await page.evaluate("document.documentElement.scrollWidth")
    seen: int = await page.evaluate("document.documentElement.clientWidth")
    return wide <= seen


async def test_a_tick_stands_beside_its_title_however_narrow_it_is(desk: Desk) -> None:
    await desk.office.refund()
    await desk.office.asked(title="A very long title " * 8)
    page = await desk.sit_down(viewport={"width": 390, "height": 844})
    for item in await page.locator(".tasks li").all():
        tick = await item.get_by_role("checkbox").bounding_box()
        title = await item.locator(".title").bounding_box()
        assert tick is not None
        assert title is not None
        assert tick["x"] + tick["width"] <= title["x"]
        assert tick["y"] < title["y"] + title["height"]


async def test_signing_in_is_for_everybody_too(desk: Desk) -> None:
    context = await desk.browser.new_context()
    page = await context.new_page()
    for path in ("/login", "/login?token=x"):
        await page.goto(desk.at + path)
        assert await violations(page) == []
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("alert")).to_contain_text("has been used")
    assert await violations(page) == []
    await context.close()


async def test_a_task_is_printed_without_its_buttons(desk: Desk) -> None:
    task = await desk.office.refund()
    page = await desk.sit_down(path=f"/tasks/{task.id}")
    await page.emulate_media(media="print")
    await expect(page.get_by_role("button", name="Approve", exact=True)).to_be_hidden()
    await expect(page.get_by_text("120.50 EUR", exact=True)).to_be_visible()


async def test_what_was_typed_is_there_again_on_another_day_and_others_are_seen(desk: Desk) -> None:
    task = await desk.office.refund()
    at = f"/tasks/{task.id}"
    bob = await desk.sit_down("bob", path=at)
    async with bob.expect_response("**/typed"):
        await bob.get_by_label("Reason").fill("Half typed")
    await bob.reload()
    await expect(bob.get_by_label("Reason")).to_have_value("Half typed")
    await picture(bob, "draft")
    assert await violations(bob) == []
    ada = await desk.sit_down("ada", path=at)
    await expect(ada.get_by_text("bob is looking at this too.")).to_be_visible()
    await expect(ada.get_by_label("Reason")).to_have_value("")
    await bob.get_by_role("button", name="Forget it").click()
    await expect(bob.get_by_label("Reason")).to_have_value("")


async def test_a_decision_is_taken_back_by_whoever_made_it(desk: Desk) -> None:
    task = await desk.office.asked(title="Send it?", to=["bob"], undo="10m")
    bob = await desk.sit_down("bob", path=f"/tasks/{task.id}")
    await bob.get_by_role("button", name="Approve").click()
    await picture(bob, "undo")
    assert await violations(bob) == []
    await bob.get_by_role("button", name="Take it back").click()
    await expect(bob.get_by_role("button", name="Approve")).to_be_visible()
    assert (await desk.office.app.inbox.get(task.id)).status == "open"
