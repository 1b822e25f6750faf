"""The workflow, and the site around it: a host application of your own, with assent mounted in it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Literal

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field
from starlette.staticfiles import StaticFiles

from assent import App, Context, NonRetryable, step

PAGE: Final = Path(__file__).parent / "page"
APPROVALS: Final = "/approvals"
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class Wish(BaseModel):
    """What somebody wants done. ``trouble`` lets a step fail, to see what that looks like."""

    user: str = Field(min_length=1)
    action: str = Field(min_length=1)
    timeout: str = "5m"
    trouble: bool = False


class Verdict(BaseModel):
    """What is decided on the page."""

    approved: bool


class Outcome(BaseModel):
    """What became of a wish."""

    status: Literal["approved", "rejected", "timed out"]
    action: str


@step(name="initial-processing")
async def prepare(wish: Wish) -> dict[str, str]:
    """Look at what is wanted."""
    return {"user": wish.user, "action": wish.action}


@step(name="process-approved")
async def process(wish: Wish) -> dict[str, str]:
    """Do what was approved."""
    if wish.trouble:
        raise NonRetryable(f"{wish.action!r} could not be done")
    return {"did": wish.action}


@step(name="process-rejected")
async def drop(wish: Wish) -> dict[str, str]:
    """Put away what was rejected."""
    return {"dropped": wish.action}


@step(name="finalize")
async def finalize() -> str:
    """Tell whoever has to know."""
    return "everybody knows"


def made(database: str) -> App:
    """The app with its workflow."""
    app = App(database)

    @app.workflow(name="human-in-loop")
    async def human_in_loop(ctx: Context, wish: Wish) -> Outcome:
        """Do something, once somebody has agreed."""
        await ctx.step(prepare, wish)
        verdict = await ctx.wait_for_event(
            f"approval-{ctx.run_id}", timeout=wish.timeout, type=Verdict
        )
        if verdict.timed_out:
            return Outcome(status="timed out", action=wish.action)
        if not verdict.data.approved:
            await ctx.step(drop, wish)
            return Outcome(status="rejected", action=wish.action)
        await ctx.step(process, wish)
        await ctx.step(finalize)
        return Outcome(status="approved", action=wish.action)

    return app


def site_of(app: App) -> FastAPI:
    """Your own site: a page, its script and its style, and assent below ``/approvals``."""

    @asynccontextmanager
    async def lifespan(site: FastAPI) -> AsyncGenerator[None]:
        async with app.lifespan(site):
            yield

    site = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    site.state.closing = app.asgi.state.closing  # a server that stops ends the streams first

    @site.middleware("http")
    async def harden(
        request: Request, answer: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await answer(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @site.get("/")
    async def page() -> FileResponse:
        return FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})

    site.mount("/page", StaticFiles(directory=PAGE), name="page")
    site.mount(APPROVALS, app.asgi)
    return site
