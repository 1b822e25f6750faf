"""Mail: one thread for each task, and links that answer once, for one person, and never by being looked at."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import httpx2
import pytest
from aiosmtpd.smtp import SMTP

from assent import App, ConfigurationError, Context, InvalidInput
from assent.notifying.mail import MailChannel
from assent.system import Settings
from assent.testing import Harness
from tests.notifying.recorder import asking

pytestmark = pytest.mark.anyio

HERE = "http://assent.test"
PEOPLE = {"ann": "ann@shop.example", "bob": "bob@shop.example", "eve": "eve@shop.example"}


@dataclass
class Mailbox:
    """An SMTP server that keeps what it gets, and refuses some addresses."""

    port: int = 0
    refuses: dict[str, str] = field(default_factory=dict[str, str])
    got: list[EmailMessage] = field(default_factory=list[EmailMessage])

    async def handle_RCPT(  # noqa: N802  (the name is aiosmtpd's)
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's)
        self.got.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def to(self, person: str) -> list[EmailMessage]:
        """What a person got."""
        return [letter for letter in self.got if letter["To"] == PEOPLE[person]]


@asynccontextmanager
async def mailbox(**how: Any) -> AsyncGenerator[Mailbox]:
    """A server on a free port."""
    box = Mailbox(**how)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="mail.test"), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box


def channel_to(box: Mailbox, *, links: bool = True) -> MailChannel:
    """A channel to it."""
    return MailChannel(
        "127.0.0.1",
        box.port,
        sender="assent@shop.example",
        people=PEOPLE,
        groups={"finance": ["ann", "bob"]},
        security="none",
        links=links,
    )


@dataclass
class Post:
    """An app that mails, and a stranger with a browser."""

    h: Harness
    box: Mailbox
    browser: httpx2.AsyncClient

    async def link(self, person: str = "ann", **how: Any) -> str:
        """The link in the first mail that asks this person."""
        await self.h.start("ask", {"to": "group:finance", "value": {"amount": 120}, **how})
        return link_in(self.box.to(person)[-1])

    async def task(self) -> Any:
        """The newest task."""
        return (await self.h.inbox.tasks(status="all")).items[0]


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    """An app with a public address that mails."""
    async with mailbox() as box:
        app = asking(channel_to(box))
        app.reconfigure(settings=Settings(public_url=HERE))
        transport = httpx2.ASGITransport(app=app.asgi)
        async with (
            Harness(app) as h,
            httpx2.AsyncClient(transport=transport, base_url=HERE) as browser,
        ):
            yield Post(h, box, browser)


def text_of(letter: EmailMessage, kind: str = "plain") -> str:
    """The part of this kind."""
    body = letter.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def link_in(letter: EmailMessage) -> str:
    """The link that answers."""
    found = re.search(rf"{HERE}/answer/\S+", text_of(letter))
    assert found is not None
    return found.group()


def confirmation_in(page: str) -> str:
    """What the page would send back."""
    found = re.search(r'name="confirmation" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


async def test_each_person_of_a_group_gets_a_mail_and_later_the_end_in_one_thread(
    post: Post,
) -> None:
    await post.link()
    await post.h.person("ann").approves("refund", "fine")
    await post.h.rest()
    assert post.box.to("eve") == []
    links = {link_in(post.box.to(person)[0]) for person in ("ann", "bob")}
    assert len(links) == 2
    for person in ("ann", "bob"):
        asked, ended = post.box.to(person)
        assert asked["Subject"] == "Refund €120?"
        assert "amount: 120" in text_of(asked)
        assert "120" in text_of(asked, "html")
        assert ended["Subject"] == "Done: Refund €120?"
        assert "Approved by ann: fine" in text_of(ended)
        assert "/answer/" not in text_of(ended)
        assert ended["References"] == ended["In-Reply-To"] == asked["Message-ID"]
        assert ended["Message-ID"] != asked["Message-ID"]
        assert asked["Auto-Submitted"] == "auto-generated"


async def test_a_link_answers_as_its_person_once_it_is_confirmed(post: Post) -> None:
    link = await post.link("bob")
    page = await post.browser.get(link)
    assert page.status_code == 200
    assert "You answer as bob" in page.text
    said = {"confirmation": confirmation_in(page.text), "action": "reject", "reason": "too much"}
    answered = await post.browser.post(link, data=said)
    assert answered.status_code == 200
    task = await post.task()
    assert (task.outcome, task.decided_by, task.reason) == ("rejected", "bob", "too much")
    assert task.answers[0].via == "mail"


async def test_looking_at_a_link_decides_nothing(post: Post) -> None:
    link = await post.link()
    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        await post.browser.request(method, link)
    for wrong in (
        {},
        {"action": "approve"},
        {"action": "approve", "confirmation": ""},
        {"action": "approve", "confirmation": "x"},
        {"action": "approve", "confirmation": link.rpartition("/")[2]},
    ):
        assert (await post.browser.post(link, data=wrong)).status_code == 403
    await post.browser.post(f"{link}?action=approve")
    assert (await post.task()).outcome is None
    page = await post.browser.get(link)  # and the person can still answer
    said = {"confirmation": confirmation_in(page.text), "action": "approve"}
    assert (await post.browser.post(link, data=said)).status_code == 200
    assert (await post.task()).outcome == "approved"


async def test_a_link_that_was_used_says_so(post: Post) -> None:
    link = await post.link()
    said = {"confirmation": confirmation_in((await post.browser.get(link)).text)}
    assert (await post.browser.post(link, data={**said, "action": "approve"})).status_code == 200
    for again in (
        await post.browser.get(link),
        await post.browser.post(link, data={**said, "action": "reject"}),
    ):
        assert again.status_code == 410
        assert "has been used" in again.text
    assert (await post.task()).outcome == "approved"


async def test_a_link_pressed_many_times_at_once_counts_once(post: Post) -> None:
    link = await post.link()
    said = {"confirmation": confirmation_in((await post.browser.get(link)).text)}
    acts = ["approve", "reject"] * 5
    replies = await asyncio.gather(
        *(post.browser.post(link, data={**said, "action": act}) for act in acts)
    )
    assert [reply.status_code for reply in replies].count(200) == 1
    assert len((await post.task()).answers) == 1


async def test_a_confirmation_is_bound_to_its_link(post: Post) -> None:
    mine, other = await post.link("ann"), link_in(post.box.to("bob")[0])
    said = {"confirmation": confirmation_in((await post.browser.get(other)).text)}
    refused = await post.browser.post(mine, data={**said, "action": "approve"})
    assert refused.status_code == 403
    assert (await post.task()).outcome is None


async def test_links_and_confirmations_grow_old(post: Post) -> None:
    link = await post.link()
    said = {"confirmation": confirmation_in((await post.browser.get(link)).text)}
    await post.h.advance("1h")
    assert (await post.browser.post(link, data={**said, "action": "approve"})).status_code == 410
    assert (await post.browser.get(link)).status_code == 200
    await post.h.advance("14d")
    assert (await post.browser.get(link)).status_code == 410
    assert (await post.task()).outcome is None


async def test_a_forged_link_leads_nowhere(post: Post) -> None:
    link = await post.link()
    for wrong in (link[:-3] + "AAA", f"{HERE}/answer/x", f"{HERE}/answer/e30.e30"):
        page = await post.browser.get(wrong)
        assert page.status_code == 403
        assert "Refund" not in page.text


async def test_who_comes_too_late_is_told_who_decided(post: Post) -> None:
    link = await post.link("bob")
    said = {"confirmation": confirmation_in((await post.browser.get(link)).text)}
    await post.h.person("ann").rejects("refund")
    late = await post.browser.post(link, data={**said, "action": "approve"})
    assert late.status_code == 409
    assert "ann" in late.text
    assert (await post.task()).outcome == "rejected"


async def test_what_people_typed_can_break_neither_headers_nor_html(post: Post) -> None:
    nasty = "Refund\r\nBcc: eve@shop.example\r\n\r\n<script>alert(1)</script>"
    link = await post.link(title=nasty, detail="<img src=x onerror=alert(1)>")
    (letter,) = post.box.to("ann")
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Refund Bcc: eve@shop.example <script>alert(1)</script>"
    for page in (text_of(letter, "html"), (await post.browser.get(link)).text):
        assert "<script>alert" not in page
        assert "<img src=x" not in page


async def test_one_bad_address_does_not_mail_the_others_again() -> None:
    async with (
        mailbox(refuses={PEOPLE["bob"]: "450 Try later"}) as box,
        Harness(asking(channel_to(box))) as h,
    ):
        await h.start("ask", {"to": "group:finance"})
        (waiting,) = await h.app.notifications.all()
        assert "bob" in (waiting.error or "")
        box.refuses = {}
        await h.advance("5s")
        assert await h.app.notifications.all() == []
        assert (len(box.to("ann")), len(box.to("bob"))) == (1, 1)


async def test_an_address_that_does_not_exist_is_a_dead_letter() -> None:
    async with (
        mailbox(refuses={PEOPLE["bob"]: "550 Nobody here"}) as box,
        Harness(asking(channel_to(box))) as h,
    ):
        await h.start("ask", {"to": "group:finance"})
        (dead,) = await h.app.notifications.all(dead=True)
        assert "bob" in (dead.error or "")
        assert len(box.to("ann")) == 1


async def test_without_a_public_address_there_is_a_mail_and_no_link() -> None:
    async with mailbox() as box, Harness(asking(channel_to(box))) as h:
        await h.start("ask", {"to": "ann"})
        assert "http" not in text_of(box.to("ann")[0])


async def test_links_may_be_left_out() -> None:
    async with mailbox() as box:
        app = asking(channel_to(box, links=False))
        app.reconfigure(settings=Settings(public_url=HERE))
        async with Harness(app) as h:
            await h.start("ask", {"to": "ann"})
            told = text_of(box.to("ann")[0])
            assert "/answer/" not in told
            assert f"{HERE}/tasks/" in told


def test_a_password_is_neither_shown_nor_sent_in_the_clear() -> None:
    known: dict[str, Any] = {"sender": "a@b.example", "people": {}, "password": "sesame"}
    assert "sesame" not in repr(MailChannel("mail.example", username="a", **known))
    with pytest.raises(ConfigurationError):
        MailChannel("mail.example", security="none", **known)
    with pytest.raises(ConfigurationError):
        MailChannel("mail.example", sender="a@b.example\r\nBcc: c@d.example", people={})


# ── questions, and people of the directory ──────────────────────────────────────────────────────


async def test_a_question_is_answered_from_its_link_by_filling_its_form(post: Post) -> None:
    run = await post.h.start("fill")
    link = link_in(post.box.to("ann")[-1])
    page = (await post.browser.get(link)).text
    assert 'name="value"' in page
    assert (await post.task()).status == "open"  # looking decides nothing
    said = {"action": "answer", "confirmation": confirmation_in(page), "value": "many"}
    wrong = await post.browser.post(link, data=said)
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.text  # what was typed is still there
    said = {"action": "answer", "confirmation": confirmation_in(wrong.text), "value": "7"}
    assert (
        await post.browser.post(link, data={"value": "7", "action": "answer"})
    ).status_code == 403
    assert (await post.browser.post(link, data=said)).status_code == 200
    assert await run.result() == 7
    (answer,) = (await post.task()).answers
    assert (answer.by, answer.via) == ("ann", "mail")
    assert (await post.browser.post(link, data=said)).status_code == 410


async def test_a_question_is_not_approved_and_an_approval_takes_no_form(post: Post) -> None:
    await post.h.start("fill")
    link = link_in(post.box.to("ann")[-1])
    confirmation = confirmation_in((await post.browser.get(link)).text)
    reply = await post.browser.post(link, data={"action": "approve", "confirmation": confirmation})
    assert reply.status_code == 422
    link = await post.link()
    confirmation = confirmation_in((await post.browser.get(link)).text)
    reply = await post.browser.post(link, data={"action": "answer", "confirmation": confirmation})
    assert reply.status_code == 422
    assert {task.status for task in (await post.h.inbox.tasks()).items} == {"open"}


async def test_a_choice_is_made_from_its_link(post: Post) -> None:
    run = await post.h.start("paint")
    link = link_in(post.box.to("ann")[-1])
    page = (await post.browser.get(link)).text
    assert "Choose one" in page
    said = {"action": "answer", "confirmation": confirmation_in(page)}
    assert (await post.browser.post(link, data=said)).status_code == 422
    confirmation = confirmation_in((await post.browser.get(link)).text)
    said = {"action": "answer", "confirmation": confirmation, "choice": "1"}
    assert (await post.browser.post(link, data=said)).status_code == 200
    assert await run.result() == "blue"


async def test_people_of_the_directory_are_mailed_also_as_members_of_their_groups() -> None:
    async with mailbox() as box:
        channel = MailChannel(
            "127.0.0.1", box.port, sender="assent@shop.example", people=PEOPLE, security="none"
        )
        async with Harness(asking(channel)) as h:
            await h.app.people.put("zoe", groups=["finance"], mail="zoe@else.example")
            await h.app.people.put("bob", groups=["finance"], mail="other@else.example")
            await h.app.people.put("kim", groups=["finance"])
            await h.start("ask", {"to": ["group:finance", "user:zoe"]})
            await h.rest()
            got = sorted(str(letter["To"]) for letter in box.got)
            assert got == ["bob@shop.example", "zoe@else.example"]
            await h.start("ask", {"to": "manager"}, by="kim")
            await h.app.people.put("kim", manager="mia")
            await h.app.people.put("mia", mail="mia@else.example")
            await h.start("ask", {"to": "manager"}, by="kim")
            await h.rest()
            assert str(box.got[-1]["To"]) == "mia@else.example"


@pytest.mark.parametrize(
    "mail", ["", "ann", "@", "ann@", "a b@c.example", "ann@x.example\nBcc: eve@x"]
)
async def test_what_is_no_address_is_refused_where_it_is_put(mail: str) -> None:
    async with Harness(asking()) as h:
        with pytest.raises(InvalidInput, match="/mail"):
            await h.app.people.put("ann", mail=mail)


async def test_an_address_that_a_directory_has_wrong_harms_nobody() -> None:
    async with mailbox() as box:
        claims = {"ann": "ann@x.example\nBcc: eve@x.example", "bob": "bob@shop.example"}
        own = App(
            channels=[MailChannel("127.0.0.1", box.port, sender="a@b.example", security="none")],
            directory=lambda name: {"email": claims[name]} if name in claims else None,
        )

        @own.workflow
        async def ask(ctx: Context) -> None:
            await ctx.approve("refund", to=["ann", "bob"])

        async with Harness(own) as h:
            await h.start(ask)
            await h.rest()
        assert [str(letter["To"]) for letter in box.got] == ["bob@shop.example"]
