"""The sign-up of four questions in a real browser: back button, double submit, light, dark, small, without a script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from playwright.async_api import Page, Request, async_playwright, expect

from assent import App, Flows
from assent.testing import Harness
from assent.web.closing import Closing
from assent.web.server import serve
from tests.flows.test_wizard import signup
from tests.web.desk import chromium, picture, violations

FIRST = "Who are you?"


@asynccontextmanager
async def opened(flows: Flows, **how: Any) -> AsyncGenerator[Page]:
    """A browser at the wizard, on a real server; nothing may complain by the end."""
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    complaints = list[str]()

    async def ready(host: str, port: int) -> None:
        address.set_result(f"http://{host}:{port}")

    host = FastAPI()
    host.state.closing = Closing()
    host.mount("/join", flows.wizard("sign-up", title="Join us"))
    serving = asyncio.create_task(serve(host, ready=ready))
    try:
        async with (
            async_playwright() as playwright,
            await playwright.chromium.launch(
                executable_path=chromium(), args=["--no-sandbox"]
            ) as browser,
        ):
            how.setdefault("viewport", {"width": 1200, "height": 800})
            context = await browser.new_context(**how)
            context.set_default_timeout(60_000)  # the machine may be busy with other things
            expect.set_options(timeout=60_000)
            page = await context.new_page()
            page.on(
                "console",
                lambda said: complaints.append(said.text) if said.type == "error" else None,
            )
            await page.goto(f"{await address}/join/")
            yield page
            await context.close()
    finally:
        serving.cancel()
        await asyncio.wait([serving])
    assert [said for said in complaints if "status of 4" not in said] == []


async def fill(page: Page, heading: str, answers: dict[str, str]) -> None:
    """Answer one page."""
    await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    for label, answer in answers.items():
        await page.get_by_label(label).fill(answer)
    await page.get_by_role("button", name="Continue").click()


async def to_the_end(page: Page) -> None:
    """From the second question on."""
    await fill(page, "Your address", {"Email": "alice@example.com"})
    await page.get_by_label("pro").check()
    await fill(page, "Plan", {})
    await fill(page, "Note", {"Note": "hello"})
    await expect(page.get_by_text("Thank you")).to_be_visible()


async def test_four_questions_make_an_account_without_a_script() -> None:
    flows, made = signup(Flows())
    async with opened(flows, java_script_enabled=False) as page:
        await fill(page, FIRST, {"Name": "Alice", "Seats": "2"})
        await to_the_end(page)
    assert [account["name"] for account in made] == ["Alice"]


async def test_back_shows_that_it_was_answered_and_leads_on() -> None:
    flows, made = signup(Flows())
    async with opened(flows) as page:
        await fill(page, FIRST, {"Name": "Alice", "Seats": "2"})
        await fill(page, "Your address", {"Email": "alice@example.com"})
        await expect(page.get_by_role("heading", level=1)).to_have_text("Plan")
        await page.go_back()
        await expect(page.get_by_role("heading", level=1)).to_have_text(
            "You have answered this already."
        )
        await picture(page, "wizard-back")
        assert await violations(page) == []
        await page.get_by_role("link", name="Continue").click()
        await page.get_by_label("pro").check()
        await fill(page, "Plan", {})
        await fill(page, "Note", {"Note": "hello"})
        await expect(page.get_by_text("Thank you")).to_be_visible()
        await page.go_back()
        await page.get_by_role("link", name="Continue").click()
        await expect(page.get_by_text("Thank you")).to_be_visible()
    assert len(made) == 1


async def test_a_double_submit_counts_once() -> None:
    app = App()
    flows, made = signup(Flows(app))
    posted = list[str]()

    def heard(request: Request) -> None:
        if request.method == "POST":
            posted.append(request.url)

    async with Harness(app) as h, opened(flows) as page:
        page.on("request", heard)
        await page.get_by_label("Name").fill("Alice")
        await page.get_by_role("button", name="Continue").dblclick(no_wait_after=True)
        await to_the_end(page)
        runs = await h.app.runs(status="all")
    assert len(posted) >= 4
    assert len(made) == len(runs.items) == 1


async def test_it_is_good_to_look_at_everywhere() -> None:
    flows, _ = signup(Flows())
    looks: dict[str, dict[str, Any]] = {
        "light": {},
        "dark": {"color_scheme": "dark"},
        "small": {"viewport": {"width": 390, "height": 844}},
    }
    for name, how in looks.items():
        async with opened(flows, **how) as page:
            await page.evaluate("document.querySelector('form').noValidate = true")
            await fill(page, FIRST, {"Name": "A", "Seats": "99"})
            await expect(page.get_by_role("alert")).to_be_visible()
            await expect(page.get_by_label("Seats")).to_have_value("99")
            await picture(page, f"wizard-{name}-errors")
            assert await violations(page) == []
            width = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert width <= 0
            await page.get_by_label("Seats").fill("9")
            await page.get_by_label("Name").fill("Alice")
            await page.get_by_role("button", name="Continue").click()
            await expect(page.get_by_label("Email")).to_be_visible()
            await picture(page, f"wizard-{name}")
            await fill(page, "Your address", {"Email": "a@b.example"})
            await expect(page.get_by_label("pro")).to_be_visible()
            await picture(page, f"wizard-{name}-choice")
            assert await violations(page) == []
