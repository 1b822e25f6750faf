"""A flow as a web wizard, by hand: what is asked, what is sent twice, and what is none of anybody's business."""

from __future__ import annotations

import asyncio
import re
import smtplib
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel, Field
from starlette.applications import Starlette
from starlette.routing import Mount

from assent import App, Flows, StepRetriableError, input_required
from assent.outlets import Link, mail
from assent.testing import FakeClock, Harness

HERE = "https://shop.example"


class Person(BaseModel):
    name: str = Field(min_length=2)
    seats: int = Field(1, ge=1, le=50)


def signup(flows: Flows) -> tuple[Flows, list[dict[str, Any]]]:
    """Four questions, and an account made of the answers."""
    made = list[dict[str, Any]]()
    flows.step(
        "ask-who",
        lambda ctx, input: ctx.update(input.model_dump()),
        input=Person,
        title="Who are you?",
    )
    flows.step(
        "ask-email",
        "email = input",
        input="email",
        title="Your address",
        detail="We **never** share it.",
    )
    flows.step("ask-plan", "plan = input", input={"enum": ["free", "pro"], "title": "Plan"})
    flows.step("ask-note", "note = input", input={"type": "string", "title": "Note"})
    flows.step("create-account", lambda ctx: made.append(dict(ctx)))
    flows.flow("sign-up", ["ask-who", "ask-email", "ask-plan", "ask-note", "create-account"])
    return flows, made


def browser(site: Any, **headers: str) -> httpx2.AsyncClient:
    """Somebody's browser."""
    transport = httpx2.ASGITransport(app=site, raise_app_exceptions=False)
    known = {"Sec-Fetch-Site": "same-origin", **headers}
    return httpx2.AsyncClient(transport=transport, base_url=HERE, headers=known)


def mounted(flows: Flows, id: str = "sign-up", **how: Any) -> Starlette:
    """A host that the wizard is mounted in."""
    return Starlette(routes=[Mount("/join", flows.wizard(id, **how))])


def once_in(page: httpx2.Response) -> str:
    """What the page of the first question carries."""
    found = re.search(r'name="once" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


async def begun(client: httpx2.AsyncClient, **answer: str) -> httpx2.Response:
    """The reply to the first answer."""
    page = await client.get("/join/")
    answer = answer or {"value/name": "Alice", "value/seats": "2"}
    return await client.post("/join/", data={"once": once_in(page), **answer})


@pytest.fixture(params=["without an app", "with an app"])
async def joined(
    request: pytest.FixtureRequest,
) -> AsyncIterator[tuple[httpx2.AsyncClient, list[dict[str, Any]]]]:
    """A browser at a sign-up, and the accounts that were made."""
    if request.param == "without an app":
        flows, made = signup(Flows())
        async with browser(mounted(flows)) as client:
            yield client, made
        return
    app = App()
    flows, made = signup(Flows(app))
    async with Harness(app), browser(mounted(flows, by=lambda request: "guest")) as client:
        yield client, made


Joined = tuple[httpx2.AsyncClient, list[dict[str, Any]]]


async def test_four_questions_are_asked_and_answered(joined: Joined) -> None:
    client, made = joined
    page = await client.get("/join/")
    assert "Who are you?" in page.text
    at = (await begun(client)).headers["location"]
    for heading, answer in [
        ("Your address", "alice@example.com"),
        ("Plan", "pro"),
        ("Note", "hi"),
    ]:
        page = await client.get(at)
        assert f"<h1>{heading}</h1>" in page.text
        reply = await client.post(at, data={"value": answer})
        assert reply.status_code == 303
        at = reply.headers["location"]
    assert "Thank you" in (await client.get(at)).text
    wanted = {
        "name": "Alice",
        "seats": 2,
        "email": "alice@example.com",
        "plan": "pro",
        "note": "hi",
    }
    assert made == [wanted]


async def test_what_is_sent_twice_counts_once(joined: Joined) -> None:
    client, made = joined
    page = await client.get("/join/")
    first = {"once": once_in(page), "value/name": "Alice", "value/seats": "2"}
    replies = await asyncio.gather(*(client.post("/join/", data=first) for _ in range(5)))
    assert {reply.status_code for reply in replies} == {303}
    (at,) = {reply.headers["location"] for reply in replies}
    for answer in ("a@b.example", "pro", "hi"):
        replies = await asyncio.gather(*(client.post(at, data={"value": answer}) for _ in range(5)))
        (at,) = {reply.headers["location"] for reply in replies}
    assert len(made) == 1


async def test_an_answered_page_leads_on(joined: Joined) -> None:
    client, made = joined
    first = (await begun(client)).headers["location"]
    second = (await client.post(first, data={"value": "a@b.example"})).headers["location"]
    third = (await client.post(second, data={"value": "pro"})).headers["location"]
    page = await client.get(first)
    assert "You have answered this already." in page.text
    assert f'href="{third}"' in page.text
    other = await client.post(first, data={"value": "mallory@example.com"})
    assert other.headers["location"] == second
    await client.post(third, data={"value": "hi"})
    assert [account["email"] for account in made] == ["a@b.example"]


async def test_what_does_not_fit_is_told_and_what_was_typed_stays(joined: Joined) -> None:
    client, _ = joined
    reply = await begun(client, **{"value/name": "A", "value/seats": "99"})
    assert reply.status_code == 422
    assert "Write at least 2 characters" in reply.text or "at least 2" in reply.text
    assert 'value="99"' in reply.text
    assert "Please look again" in reply.text
    fixed = {"once": once_in(reply), "value/name": "Al", "value/seats": "9"}
    at = (await client.post("/join/", data=fixed)).headers["location"]
    blank = await client.post(at, data={"value": ""})
    assert blank.status_code == 422
    assert "This needs an answer" in blank.text
    assert (await client.post(at, data={"value": "a@b.example"})).status_code == 303


# ── whose page it is ────────────────────────────────────────────────────────────────────────────


async def test_a_page_opens_in_the_browser_that_it_was_made_for_only() -> None:
    flows, _ = signup(Flows())
    site = mounted(flows)
    async with browser(site) as ann, browser(site) as eve:
        at = (await begun(ann)).headers["location"]
        assert (await eve.get(at)).status_code == 403
        await eve.get("/join/")
        for reply in (await eve.get(at), await eve.post(at, data={"value": "x"})):
            assert reply.status_code == 403
            assert "another browser" in reply.text
        once = once_in(await ann.get("/join/"))
        stolen = await eve.post(
            "/join/", data={"once": once, "value/name": "Eve", "value/seats": "1"}
        )
        assert stolen.status_code == 403
        for forged in ("", "x", once[:-1]):
            reply = await ann.post("/join/", data={"once": forged, "value/name": "Ann"})
            assert reply.status_code == 403


async def test_pages_carry_strict_headers_and_no_script() -> None:
    flows, _ = signup(Flows())
    async with browser(mounted(flows)) as client:
        page = await client.get("/join/")
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        assert "<script" not in page.text
        assert {"httponly", "secure", "samesite=lax", "path=/join"} <= {
            part.strip().lower() for part in page.headers["set-cookie"].split(";")
        }
        assert (await client.get("/join/static/assent.css")).status_code == 200


async def test_other_sites_cannot_answer() -> None:
    flows, _ = signup(Flows())
    async with browser(mounted(flows)) as client:
        at = (await begun(client)).headers["location"]
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
            assert (await client.post(at, data={"value": "x"}, headers=headers)).status_code == 403
        del client.headers["Sec-Fetch-Site"]
        evil = {"Origin": "https://evil.example"}
        assert (await client.post(at, data={"value": "x"}, headers=evil)).status_code == 403
        assert (
            await client.post(at, data={"value": "x"}, headers={"Origin": HERE})
        ).status_code == 303
        huge = await client.post(at, data={"value": "x" * 1_100_000})
        assert huge.status_code == 413


async def test_what_people_typed_is_text() -> None:
    flows = Flows()
    nasty = "<script>alert(1)</script>"
    flows.step(
        "say", "said = input", input={"type": "string", "title": nasty}, title=nasty, detail=nasty
    )
    flows.flow("say", ["say"])
    async with browser(mounted(flows, "say", title=nasty, done=lambda ctx: ctx["said"])) as client:
        page = await client.get("/join/")
        reply = await client.post("/join/", data={"once": once_in(page), "value": nasty})
        last = await client.get(reply.headers["location"])
        assert "<script" not in page.text
        assert "<script" not in last.text
        assert "&lt;script&gt;" in last.text


async def test_a_page_that_was_left_alone_for_too_long_is_over() -> None:
    clock = FakeClock()
    flows, _ = signup(Flows(clock=clock))
    async with browser(mounted(flows, ttl="1h")) as client:
        at = (await begun(client)).headers["location"]
        clock.move_to(clock.now() + timedelta(hours=1))
        assert (await client.post(at, data={"value": "x"})).status_code == 403


# ── other flows ─────────────────────────────────────────────────────────────────────────────────


async def test_nothing_runs_because_somebody_looked() -> None:
    flows, ran = Flows(), list[str]()
    flows.step("work", lambda: ran.append("work"))
    flows.step("ask", "n = input", input="number")
    flows.flow("work", ["work", "ask"])
    async with browser(mounted(flows, "work", context={"n": 0})) as client:
        page = await client.get("/join/")
        assert ">Start<" in page.text
        assert ran == []
        at = (await client.post("/join/", data={"once": once_in(page)})).headers["location"]
        assert ran == ["work"]
        assert (await client.post(at, data={"value": "3"})).status_code == 303


async def test_an_error_may_be_tried_again_and_a_broken_step_loses_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    flows, errors = Flows(), list[Exception]()
    errors += [
        StepRetriableError("The bank is closed."),
        StepRetriableError(
            "Declined.", input_required="card", errors=[{"message": "Use another."}]
        ),
        ValueError("a secret of the server"),
    ]

    @flows.step("pay", input="card")
    def pay(ctx: dict[str, Any], input: str) -> None:
        if errors:
            raise errors.pop(0)
        ctx["paid"] = input

    flows.flow("pay", ["pay"])
    async with browser(mounted(flows, "pay", done=lambda ctx: f"Paid by {ctx['paid']}")) as client:
        page = await client.get("/join/")
        at = (await client.post("/join/", data={"once": once_in(page), "value": "4242"})).headers[
            "location"
        ]
        page = await client.get(at)
        assert "The bank is closed." in page.text
        assert "Try again" in page.text
        at = (await client.post(at, data={})).headers["location"]
        page = await client.get(at)
        assert "Declined." in page.text
        assert "Use another." in page.text
        broken = await client.post(at, data={"value": "4000"})
        assert broken.status_code == 500
        assert "Nothing is lost" in broken.text
        assert "secret" not in broken.text
        assert 'value="4000"' in broken.text, "what was typed is still there"
        at = (await client.post(at, data={"value": "4000"})).headers["location"]
        assert "Paid by 4000" in (await client.get(at)).text


# ── links for somebody else ─────────────────────────────────────────────────────────────────────


def verifying() -> Flows:
    """A sign-up whose address is verified by a link."""
    flows = Flows()
    flows.step("ask-email", "email = input", input="email")

    @flows.step("verify")
    def verify(ctx: dict[str, Any], input: str | None) -> Any:
        if not input:
            return input_required("nickname", via="mail", to=ctx["email"])
        ctx["nickname"] = input
        return None

    flows.flow("sign-up", ["ask-email", "verify"])
    return flows


async def test_a_link_by_mail_never_reaches_whoever_asked_for_it() -> None:
    sent = list[Link]()

    async def outlet(link: Link) -> None:
        sent.append(link)

    site = mounted(
        verifying(), outlets={"mail": outlet}, done=lambda ctx: f"Hello {ctx['nickname']}"
    )
    async with browser(site) as eve, browser(site) as bob:
        reply = await begun(eve, value="bob@example.com")
        page = await eve.get(reply.headers["location"])
        (link,) = sent
        assert (link.to, link.flow, link.step) == ("bob@example.com", "sign-up", "verify")
        assert "was sent to bob@example.com" in page.text
        handle = link.url.rpartition("/")[2]
        assert handle not in page.text + reply.text + str(reply.headers)
        assert (await eve.get(f"/join/at/{handle}")).status_code == 403
        for _ in range(3):  # a scanner looks, and nothing is used up
            assert ">Continue<" in (await bob.get(link.url)).text
        at = (await bob.post(link.url)).headers["location"]
        assert (await bob.post(link.url)).status_code == 410
        assert (await eve.get(at)).status_code == 403
        at = (await bob.post(at, data={"value": "Bobby"})).headers["location"]
        assert "Hello Bobby" in (await bob.get(at)).text


async def test_a_link_that_may_be_passed_on_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    flows = Flows()
    flows.step("ask", "n = input", input="number")
    flows.step(
        "other", lambda ctx, input: None if input else input_required("text", via="response")
    )
    flows.step("lost", lambda ctx, input: None if input else input_required("text", via="pigeon"))
    flows.flow("sign-up", ["ask", "other"])
    flows.flow("lost", ["ask", "lost"])
    async with browser(mounted(flows, public_url="https://join.example")) as client:
        page = await client.get((await begun(client, value="3")).headers["location"])
        assert 'href="https://join.example/join/by/flow_' in page.text
    async with browser(mounted(flows, "lost")) as client:
        assert (await begun(client, value="3")).status_code == 500
        assert "no outlet of this wizard" in caplog.text


async def test_mail_is_sent_over_smtp_and_takes_no_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = list[EmailMessage]()

    class Server:
        def __init__(self, host: str, port: int, timeout: float) -> None:
            assert (host, port) == ("mail.example", 587)

        def __enter__(self) -> Server:
            return self

        def __exit__(self, *exc: object) -> None: ...
        def starttls(self) -> None: ...
        def login(self, user: str, password: str) -> None: ...
        def send_message(self, message: EmailMessage) -> None:
            sent.append(message)

    monkeypatch.setattr(smtplib, "SMTP", Server)
    outlet = mail("mail.example", sender="shop@example.com", user="shop", password="x")
    link = Link(
        url="https://x.example/by/1", to="bob@example.com", flow="f", step="s", title="Join"
    )
    await outlet(link)
    assert (sent[0]["To"], sent[0]["Subject"]) == ("bob@example.com", "Join")
    assert "https://x.example/by/1" in sent[0].get_content()
    with pytest.raises(ValueError, match="linefeed"):
        await outlet(
            Link(url="u", to="a@b.example\nBcc: eve@c.example", flow="f", step="s", title="t")
        )
