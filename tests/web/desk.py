"""A real browser on a real server, with somebody signed in."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from assent.access import Role
from tests.web.conftest import Office

AXE: Final = Path(__file__).parents[2] / ".cache" / "axe.min.js"
SHOTS: Final = Path(__file__).parent / "screenshots"


@dataclass
class Desk:
    """An office that is open to browsers."""

    office: Office
    at: str
    browser: Browser
    stack: AsyncExitStack
    complaints: list[str] = field(default_factory=list[str])

    async def sit_down(
        self, user: str = "bob", role: Role = Role.RESPONDER, path: str = "/", **how: Any
    ) -> Page:
        """A browser of its own, signed in as this user."""
        how.setdefault("viewport", {"width": 1200, "height": 800})
        context = await self.browser.new_context(**how)
        context.set_default_timeout(60_000)
        self.stack.push_async_callback(context.close)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        token = await self.office.app.access.login_link(user, role)
        await page.goto(f"{self.at}/login?token={token}")
        await page.get_by_role("button", name="Continue").click()
        await page.wait_for_url(f"{self.at}/")
        if path != "/":
            await page.goto(self.at + path)
        return page

    def _heard(self, message: Any) -> None:
        # a page that answers 4xx is told as an error too, and is meant
        if message.type == "error" and "status of 4" not in message.text:
            self.complaints.append(message.text)


@asynccontextmanager
async def desk_of(office: Office) -> AsyncGenerator[Desk]:
    """Open the office to browsers; nothing may complain by the end."""
    expect.set_options(timeout=60_000)  # the machine may be busy with other things
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox"]
        ) as browser,
        office.served() as at,
        AsyncExitStack() as stack,
    ):
        desk = Desk(office, at, browser, stack)
        yield desk
        assert desk.complaints == []


def chromium() -> str:
    """The browser; without one the tests fail, they are not skipped."""
    found = shutil.which(os.environ.get("ASSENT_TEST_BROWSER") or "chromium")
    if found is None:
        pytest.fail(
            "There is no chromium. 'make browser' installs one; or set ASSENT_TEST_BROWSER."
        )
    return found


async def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with the page."""
    if not AXE.exists():
        pytest.fail(f"There is no {AXE}. 'make browser' fetches it.")
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {node['html']}" for each in found["violations"] for node in each["nodes"]
    ]


async def picture(page: Page, name: str) -> None:
    """A picture of the page, to look at."""
    SHOTS.mkdir(exist_ok=True)
    await page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
