"""Pages as the server writes them: no script runs here, and everything essential works."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import httpx2
import pytest
from typing_extensions import override

from assent.access import Role
from assent.core.form import draw, form_spec, sketch
from assent.human.view import TaskView
from assent.runs.handle import RunHandle
from assent.web.page import text
from tests.core.posting import untouched
from tests.web.conftest import Office
from tests.web.sample import Claim, Line


def posted(task: TaskView, **changed: str) -> dict[str, list[str]]:
    """What a browser posts for the task's form, with some boxes changed."""
    spec = form_spec(task.form if task.form is not None else sketch(task.shown))
    boxes = untouched(draw(spec, task.shown) if task.shown is not None else draw(spec))
    return {**boxes, "shown": [task.digest], **{f"value/{k}": [v] for k, v in changed.items()}}


async def send(
    person: httpx2.AsyncClient, task: TaskView, action: str, **more: Any
) -> httpx2.Response:
    """Press a button."""
    return await person.post(f"/tasks/{task.id}", data={"action": action, **more})


async def test_a_task_is_found_opened_approved_and_its_receipt_seen(office: Office) -> None:
    task = await office.refund()
    bob = await office.person("bob")
    inbox = (await bob.get("/")).text
    assert f'href="/tasks/{task.id}"' in inbox
    assert "Refund 120.50 EUR for A-1?" in inbox
    page = (await bob.get(f"/tasks/{task.id}")).text
    assert "<strong>broken</strong>" in page
    assert "120.50 EUR" in page
    pressed = await send(bob, task, "approve", **posted(task), reason="fine")
    assert (pressed.status_code, pressed.headers["location"]) == (303, f"/tasks/{task.id}")
    after = (await bob.get(f"/tasks/{task.id}")).text
    assert "You approved this" in after
    assert "fine" in after
    assert "bob approved this" in (await (await office.person("eve")).get(f"/tasks/{task.id}")).text
    assert await office.app.run(task.run_id).result() == "paid 120.50 EUR"
    assert (await office.app.inbox.get(task.id)).answers[0].via == "page"


async def test_what_was_changed_is_what_goes_on_and_is_shown(office: Office) -> None:
    task = await office.refund()
    bob = await office.person("bob")
    pressed = await send(bob, task, "edit", **posted(task, amount="99.90"))
    assert pressed.status_code == 303
    assert await office.app.run(task.run_id).result() == "paid 99.90 EUR"
    page = (await bob.get(f"/tasks/{task.id}")).text
    assert "You approved this with changes" in page
    assert re.search(r"<del>\s*<span[^>]*>120\.50</span>", page)
    assert re.search(r"<ins>\s*<span[^>]*>99\.90</span>", page)


async def test_a_plain_yes_never_drops_what_was_changed(office: Office) -> None:
    task = await office.refund()
    bob = await office.person("bob")
    for amount in ("99.90", "lots"):
        pressed = await send(bob, task, "approve", **posted(task, amount=amount))
        assert pressed.status_code == 422
        assert "nothing was sent yet" in pressed.text
        assert f'value="{amount}"' in pressed.text
    assert (await office.app.inbox.get(task.id)).status == "open"


async def test_changes_that_change_nothing_are_a_plain_yes(office: Office) -> None:
    task = await office.refund()
    bob = await office.person("bob")
    await send(bob, task, "edit", **posted(task))
    assert (await office.app.inbox.get(task.id)).outcome == "approved"


async def test_a_rejection_takes_its_reason_along(office: Office) -> None:
    task = await office.refund()
    bob = await office.person("bob")
    changed_too = posted(task, amount="1")
    assert (await send(bob, task, "reject", **changed_too, reason="too late")).status_code == 303
    assert await office.app.run(task.run_id).result() == "rejected: too late"


async def test_what_does_not_fit_is_marked_and_what_was_typed_stays(office: Office) -> None:
    task = await office.task(await office.app.start("signup"))
    bob = await office.person("bob")
    pressed = await send(bob, task, "answer", **posted(task, name="B", seats="many", note="hi"))
    assert pressed.status_code == 422
    for told in (
        "Write at least 2 characters; this is 1",
        "Write a whole number, like 3",
        "This needs an answer",
    ):
        assert told in pressed.text
    assert 'value="many"' in pressed.text
    assert 'value="hi"' in pressed.text
    assert 'aria-invalid="true"' in pressed.text
    right = posted(task, name="Bob", seats="2", plan="team", newsletter="false")
    assert (await send(bob, task, "answer", **right)).status_code == 303
    answer = (await office.app.run(task.run_id).result()).model_dump(mode="json")
    assert answer == {
        "name": "Bob",
        "plan": "team",
        "seats": 2,
        "newsletter": False,
        "note": None,
    }


async def test_what_only_the_type_itself_can_judge_is_marked_too(office: Office) -> None:
    task = await office.refund()
    bob = await office.person("bob")
    pressed = await send(bob, task, "edit", **posted(task, amount="lots"))
    assert pressed.status_code == 422
    assert "valid decimal" in pressed.text
    assert 'value="lots"' in pressed.text


async def test_rows_are_added_and_taken_away_without_a_script(office: Office) -> None:
    claim = Claim(person="Ann", lines=[Line.model_validate({"what": "tea", "price": "2"})])
    task = await office.task(await office.app.start("claim", claim))
    bob = await office.person("bob")
    form = posted(task)
    form["value/lines/0#remove"] = ["on"]
    form["value/lines/1/what"], form["value/lines/1/price"] = ["cake"], ["3.50"]
    assert (await send(bob, task, "edit", **form)).status_code == 303
    assert await office.app.run(task.run_id).result() == ["cake: 3.50"]


async def test_choosing_one_and_choosing_several(office: Office) -> None:
    one = await office.task(await office.app.start("meet"))
    several = await office.task(await office.app.start("topics"))
    bob = await office.person("bob")
    nothing = await send(bob, one, "answer")
    assert (nothing.status_code, "Choose one" in nothing.text) == (422, True)
    await send(bob, one, "answer", choice="1")
    await send(bob, several, "answer", choice=["0", "2"])
    assert await office.app.run(one.run_id).result() == "Lyon"
    assert await office.app.run(several.run_id).result() == ["tea", "wifi"]
    assert "Lyon" in (await bob.get(f"/tasks/{one.id}")).text


async def test_whoever_comes_late_is_told_who_was_first_and_keeps_what_they_typed(
    office: Office,
) -> None:
    task = await office.refund()
    eve = await office.person("eve")
    await office.app.inbox.approve(task.id, by="bob")
    late = await send(eve, task, "reject", reason="no!", **posted(task))
    assert late.status_code == 409
    assert re.search(r"bob approved this on \d+ \w+ \d{4}", late.text)
    assert "was not counted" in late.text


async def test_what_was_shown_and_what_is_there_now_are_told_apart(office: Office) -> None:
    task = await office.refund()
    bob = await office.person("bob")
    stale = await send(bob, task, "approve", shown="old")
    assert (stale.status_code, "changed since you opened it" in stale.text) == (409, True)
    assert (await office.app.inbox.get(task.id)).status == "open"


async def test_who_is_not_asked_can_look_and_is_told_who_is(office: Office) -> None:
    task = await office.asked(to=["alice", "group:finance"], title="For finance")
    mine = await office.asked(to=["alice"])
    eve = await office.person("eve")
    looked = (await eve.get(f"/tasks/{mine.id}")).text
    assert "This is for alice to answer." in looked
    assert "data-answer" not in looked
    pressed = await send(eve, mine, "approve")
    assert (pressed.status_code, "You cannot answer this" in pressed.text) == (403, True)
    assert "anyone in finance" in (await eve.get(f"/tasks/{task.id}")).text


async def test_taking_a_task_and_giving_it_back(office: Office) -> None:
    task = await office.refund()
    bob, eve = await office.person("bob"), await office.person("eve")
    assert (await send(bob, task, "claim")).status_code == 303
    assert "bob has taken this on." in (await eve.get(f"/tasks/{task.id}")).text
    assert "bob has it" in (await eve.get("/")).text
    assert (await send(eve, task, "claim")).status_code == 403
    assert (await send(bob, task, "release")).status_code == 303


async def test_comments_are_shown_to_all(office: Office) -> None:
    task = await office.refund()
    bob, eve = await office.person("bob"), await office.person("eve")
    await send(bob, task, "comment", text="Is there a photo?")
    assert "Is there a photo?" in (await eve.get(f"/tasks/{task.id}")).text
    assert (await send(bob, task, "comment", text="  ")).status_code == 422


async def test_the_deadline_is_told_with_what_happens_then(office: Office) -> None:
    task = await office.asked(timeout="4h", on_timeout="reject")
    page = (await (await office.person()).get(f"/tasks/{task.id}")).text
    assert "Answer by" in page
    assert "after that it counts as rejected" in page


async def test_a_task_whose_title_is_blank_is_called_by_its_key(office: Office) -> None:
    task = await office.asked(title="  ")
    client = await office.person()
    assert "<h1>ask</h1>" in (await client.get(f"/tasks/{task.id}")).text
    assert '<span class="title">ask</span>' in (await client.get("/")).text


async def test_people_do_not_read_the_machinerys_words(office: Office) -> None:
    task = await office.refund()
    page = (await (await office.person()).get(f"/tasks/{task.id}")).text
    seen = re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main>")[0]).lower()
    for word in ("pause", "resume", "waiting", "parked", "state", "journal", "workflow"):
        assert word not in seen


async def test_a_button_nobody_drew_does_nothing(office: Office) -> None:
    task = await office.refund()
    bob = await office.person("bob")
    assert (await send(bob, task, "explode")).status_code == 422
    assert (await bob.post(f"/tasks/{task.id}")).status_code == 422


# ── lists ───────────────────────────────────────────────────────────────────────────────────────


async def test_filters_and_place_are_in_the_address(office: Office) -> None:
    refund = await office.refund("A-1")
    asked = await office.asked(title="Something else", to=["bob"])
    bob = await office.person("bob")

    async def shown(**query: str) -> set[str]:
        page = (await bob.get("/", params=query)).text
        return set(re.findall(r'href="/tasks/(task_\w+)"', page))

    assert await shown() == {refund.id, asked.id}
    assert await shown(workflow="refund") == {refund.id}
    assert await shown(q="something") == {asked.id}
    assert await shown(mine="1") >= {asked.id}
    assert await shown(overdue="1") == set()
    assert await shown(status="closed") == set()
    await office.app.inbox.approve(asked.id, by="bob")
    assert await shown(status="closed") == {asked.id}
    assert await shown(status="all") == {refund.id, asked.id}
    assert await shown(status="nonsense") == {refund.id}
    assert "No task fits these filters" in (await bob.get("/", params={"q": "zzz"})).text


async def test_a_long_inbox_is_read_page_by_page(office: Office) -> None:
    for number in range(60):
        await office.refund(f"A-{number}")
    bob = await office.person("bob")
    first = (await bob.get("/")).text
    assert "(50+) Inbox" in first
    onward = re.search(r'href="(\?cursor=[^"]+)" rel="next"', first)
    assert onward
    second = (await bob.get("/" + onward[1].replace("&amp;", "&"))).text
    of_both = [set(re.findall(r'href="/tasks/(task_\w+)"', page)) for page in (first, second)]
    assert [len(ids) for ids in of_both] == [50, 10]
    assert not of_both[0] & of_both[1]
    assert (await bob.get("/?cursor=nonsense")).status_code == 422


async def test_runs_are_listed_looked_at_and_steered(office: Office) -> None:
    task = await office.refund()
    operator = await office.person("op", Role.OPERATOR)
    listed = (await operator.get("/runs")).text
    assert f'href="/runs/{task.run_id}"' in listed
    page = (await operator.get(f"/runs/{task.run_id}")).text
    for told in ("Waits for an answer", "What happened", "Input", "Cancel the run", "Pause"):
        assert told in page
    at = f"/runs/{task.run_id}"
    assert (await operator.post(at, data={"action": "pause"})).status_code == 303
    assert "Resume" in (await operator.get(at)).text
    assert (await operator.post(at, data={"action": "resume"})).status_code == 303
    gone = await operator.post(at, data={"action": "cancel", "reason": "enough"})
    assert gone.status_code == 303
    assert "enough" in (await operator.get(at)).text
    again = await operator.post(at, data={"action": "resume"})
    assert (again.status_code, 'role="alert"' in again.text) == (409, True)
    assert (await operator.post(at, data={"action": "explode"})).status_code == 422
    viewer = await office.person("eve", Role.VIEWER)
    assert "Cancel the run" not in (await viewer.get(at)).text


async def test_a_failed_run_says_why(office: Office) -> None:
    run: RunHandle[None] = await office.app.start("broken")
    await run.wait()
    page = (await (await office.person()).get(f"/runs/{run.id}")).text
    assert "It failed." in page
    assert "the till is empty" in page


# ── hostile text ────────────────────────────────────────────────────────────────────────────────


class Harm(HTMLParser):
    """Finds what could run, or load from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag in {"iframe", "object", "embed", "style", "base", "svg"}:
            self.found.append(tag)
        if tag in {"script", "link", "img"}:
            at = known.get("src") or known.get("href") or ""
            if not at.startswith("/static/"):
                self.found.append(f"{tag} {at}")
        for name, value in attrs:
            at = (value or "").strip().lower()
            if name.startswith("on") or name == "style":
                self.found.append(name)
            if name in {"href", "src", "action", "formaction"} and ":" in at.partition("/")[0]:
                self.found.append(at)

    @classmethod
    def in_(cls, html: str) -> list[str]:
        """All of it."""
        harm = cls()
        harm.feed(html)
        return harm.found


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{ 7*191 }}",
    "\u202e\u2066",
    "'; drop table task; --",
]


@pytest.mark.parametrize("words", HOSTILE)
async def test_what_people_write_is_shown_and_never_run(office: Office, words: str) -> None:
    assert Harm.in_('<a onclick=x href="javascript:x"><img src=//x>')
    task = await office.refund(order=words, note=words)
    asked = await office.asked(title=words, detail=words)
    bob = await office.person("bob")
    await send(bob, task, "comment", text=words)
    await send(bob, task, "edit", **posted(task, amount=words), reason=words)
    who = words if words.isprintable() else "eve"  # nobody is called what cannot be seen
    await office.app.inbox.reject(asked.id, by=who, reason=words)
    pages = [
        await bob.get("/?status=all"),
        await bob.get("/", params={"q": words, "workflow": words}),
        await bob.get(f"/tasks/{task.id}"),
        await bob.get(f"/tasks/{asked.id}"),
        await bob.get(f"/runs/{asked.run_id}"),
        await bob.get("/tasks/" + words.replace("/", "")),
        await bob.get("/runs/none", params={"q": words}),
        await send(bob, task, "edit", **posted(task, amount=words), reason=words),
    ]
    for page in pages:
        assert not Harm.in_(page.text)
        assert "1337" not in page.text


def test_markdown_can_do_no_harm() -> None:
    harmless = text.markdown(
        "# Big\n\n[a](javascript:alert(1)) [b](data:text/html,x) [c](//evil.example)\n\n"
        "![i](https://evil.example/i.png) <b onclick=x>bold</b> <iframe src=x>\n\n"
        "[ok](https://good.example) `code`\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )
    assert "<h3>Big</h3>" in harmless
    assert "<table>" in harmless
    assert 'href="https://good.example" rel="noopener noreferrer nofollow"' in harmless
    assert Harm.in_(harmless) == ["https://good.example"]
    assert "<b" not in harmless.replace("<br", "")


async def test_headers_cannot_be_written_through_addresses(office: Office) -> None:
    bob = await office.person("bob")
    for path in ("/tasks/a%0d%0aSet-Cookie:%20a=b", "/?q=%0d%0aX:%20y", "/login?next=%0d%0aX:%20y"):
        reply = await bob.get(path)
        assert "x" not in reply.headers
        assert "set-cookie" not in reply.headers


async def test_a_run_that_is_held_back_says_which_number_it_has(office: Office) -> None:
    for run in ("r-1", "r-2", "r-3"):
        await office.app.start("one_by_one", id=run)
    bob = await office.person("bob", Role.VIEWER)
    assert "number 2 in the queue one_by_one" in (await bob.get("/runs/r-3")).text
    assert "in the queue" not in (await bob.get("/runs/r-1")).text
