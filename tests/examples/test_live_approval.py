"""The live page in a real browser: everybody sees the same, once, in order, and no button outlives its question."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from assent import App
from assent.access import Role
from assent.web.server import serve
from examples.live_approval.app import APPROVALS, HEADERS, made, site_of
from tests.web.desk import chromium, picture, violations

pytestmark = pytest.mark.anyio
STEPS = "#steps strong"


@dataclass
class Place:
    """The example's site on a real server, and browsers to look at it with."""

    app: App
    at: str
    browser: Browser
    stack: AsyncExitStack
    complaints: list[str] = field(default_factory=list[str])

    async def viewer(
        self, user: str = "ann", path: str = "/", role: Role = Role.OPERATOR, **how: Any
    ) -> Page:
        """Somebody who has signed in and looks at the page."""
        context = await self.browser.new_context(**how)
        context.set_default_timeout(60_000)
        self.stack.push_async_callback(context.close)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        token = await self.app.access.login_link(user, role)
        await page.goto(f"{self.at}{APPROVALS}/login?token={token}&next=/")
        await page.get_by_role("button", name="Continue").click()
        await page.wait_for_url(f"{self.at}/")
        if path != "/":
            await page.goto(self.at + path)
        return page

    def _heard(self, message: Any) -> None:
        refused = "status of 4" in message.text or "net::ERR" in message.text
        if message.type == "error" and not refused:
            self.complaints.append(message.text)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """The example, served; nothing may complain by the end."""
    expect.set_options(timeout=60_000)  # the machine may be busy with other things
    app = made(f"sqlite:///{tmp_path / 'live.db'}")
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def ready(host: str, port: int) -> None:
        address.set_result(f"http://{host}:{port}")

    async with (
        app,
        async_playwright() as playwright,
        await playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox"]
        ) as browser,
        AsyncExitStack() as stack,
    ):
        serving = asyncio.create_task(serve(site_of(app), ready=ready))
        found = Place(app, await address, browser, stack)
        yield found
        await stack.aclose()
        serving.cancel()
        await asyncio.wait([serving])
        assert found.complaints == []


async def start(page: Page, action: str = "Send it", *, timeout: str = "5m", **more: bool) -> str:
    """Start a run; its path, with the run's id."""
    await page.get_by_label("What should be done?").fill(action)
    await page.get_by_label("Wait for").select_option(timeout)
    if more.get("trouble"):
        await page.get_by_label("Let it fail").check()
    await page.get_by_role("button", name="Start").click()
    await page.wait_for_url("**/?run=*")
    return page.url[page.url.index("/?run=") :]


async def shows(page: Page, *steps: str, asks: bool = False, end: str = "") -> None:
    """What the page must show, once it has heard of it."""
    await expect(page.locator(STEPS)).to_have_text(list(steps))
    await expect(page.locator("#prompt")).to_be_visible(visible=asks)
    if end:
        await expect(page.locator("#finished")).to_have_text(end)
    else:
        await expect(page.locator("#finished")).to_be_hidden()


ONE = ("initial-processing",)
ALL = (*ONE, "process-approved", "finalize")


async def test_two_viewers_see_it_in_its_order_also_after_a_reload_at_each_point(
    place: Place,
) -> None:
    first = await place.viewer("ann")
    path = await start(first, "Send it")
    second = await place.viewer("bob", path)
    for page in (first, second):
        await shows(page, *ONE, asks=True)
        await expect(page.locator("#question")).to_have_text("Send it?")
        await page.reload()
        await shows(page, *ONE, asks=True)
    await second.get_by_role("button", name="Approve").click()
    for page in (first, second):
        await shows(page, *ALL, end="Finished: approved.")
        await page.reload()
        await shows(page, *ALL, end="Finished: approved.")
    events = [event async for event in place.app.run(path[6:]).events()]
    assert [event.name for event in events if event.name != "run.waiting"] == [
        "run.started",
        "step.started",
        "step.finished",
        "event.waiting",
        "event.received",
        "step.started",
        "step.finished",
        "step.started",
        "step.finished",
        "run.finished",
    ]
    assert [event.data["by"] for event in events if event.name == "event.received"] == ["bob"]


async def test_no_button_outlives_its_question_whatever_ends_it(place: Place) -> None:
    page = await place.viewer()
    await start(page)
    await page.get_by_role("button", name="Reject").click()
    await shows(page, *ONE, "process-rejected", end="Finished: rejected.")

    await start(page, timeout="2s")
    await shows(page, *ONE, end="Finished: timed out.")

    await start(page, trouble=True)
    await page.get_by_role("button", name="Approve").click()
    await expect(page.locator("#finished")).to_contain_text("Failed: ")
    await expect(page.locator("#finished")).to_contain_text("could not be done")
    await shows_no_buttons(page)

    await page.get_by_label("Let it fail").uncheck()
    await start(page)
    await expect(page.locator("#prompt")).to_be_visible()
    await page.get_by_role("button", name="Cancel the run").click()
    await shows(page, *ONE, end="Cancelled by ann.")
    await page.reload()
    await shows(page, *ONE, end="Cancelled by ann.")
    await shows_no_buttons(page)


async def shows_no_buttons(page: Page) -> None:
    """Nothing is left to press but to start anew."""
    await expect(page.get_by_role("button")).to_have_text(["Start"])


async def test_of_two_who_press_at_once_one_decides_and_the_other_learns_it(place: Place) -> None:
    first, second = await place.viewer("ann"), await place.viewer("bob")
    path = await start(first)
    await second.goto(place.at + path)
    for page in (first, second):
        await expect(page.locator("#prompt")).to_be_visible()
    await asyncio.gather(
        # pressed in the page itself: a click from outside would wait for a button that has gone by then
        first.evaluate("document.getElementById('approve').click()"),
        second.evaluate("document.getElementById('reject').click()"),
    )
    for page in (first, second):
        await expect(page.locator("#finished")).to_contain_text("Finished: ")
    said = [await page.locator("#finished").text_content() for page in (first, second)]
    assert said[0] == said[1]
    events = [event.name async for event in place.app.run(path[6:]).events()]
    assert events.count("event.received") == 1


async def test_a_page_that_was_cut_off_catches_up(place: Place) -> None:
    page, other = await place.viewer("ann"), await place.viewer("bob")
    path = await start(page)
    await other.goto(place.at + path)
    await expect(page.locator("#prompt")).to_be_visible()
    await page.context.set_offline(True)
    place.app.asgi.state.closing.drop()
    await expect(page.locator("#link")).to_have_text("reconnecting …")
    await other.get_by_role("button", name="Approve").click()
    await shows(other, *ALL, end="Finished: approved.")
    await page.context.set_offline(False)
    await shows(page, *ALL, end="Finished: approved.")


async def test_what_somebody_types_is_text_and_who_may_not_is_told_so(place: Place) -> None:
    page = await place.viewer()
    nasty = "<img src=x onerror=alert(1)> & 'quotes'"
    await start(page, nasty)
    await expect(page.locator("#question")).to_have_text(f"{nasty}?")
    assert await page.locator("#run img").count() == 0
    viewer = await place.viewer("vic", page.url[len(place.at) :], Role.VIEWER)
    await viewer.get_by_role("button", name="Approve").click()
    await expect(viewer.get_by_role("status")).to_contain_text("takes the role 'responder'")
    await expect(viewer.get_by_role("button", name="Approve")).to_be_enabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_is_fit_to_be_used_small_and_large_light_and_dark(
    place: Place, scheme: str
) -> None:
    for width in (390, 1200):
        page = await place.viewer(color_scheme=scheme, viewport={"width": width, "height": 800})
        await start(page, "Send the newsletter to everybody who has ever ordered anything")
        await expect(page.locator("#prompt")).to_be_visible()
        assert await violations(page) == []
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
        await picture(page, f"live-{scheme}-{width}")
        await page.get_by_role("button", name="Approve").click()
        await shows(page, *ALL, end="Finished: approved.")
        assert await violations(page) == []
        await picture(page, f"live-{scheme}-{width}-done")


async def test_the_page_is_served_under_a_strict_policy(place: Place) -> None:
    async with httpx2.AsyncClient(base_url=place.at) as stranger:
        page = await stranger.get("/")
        refused = await stranger.get(f"{APPROVALS}/api/v1/runs")
    assert page.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert refused.status_code == 401
