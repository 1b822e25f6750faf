"""Serve the page: ``python -m examples.live_approval``."""

from __future__ import annotations

import asyncio
import os
from urllib.parse import quote

from assent.access import Role
from assent.web.server import serve
from examples.live_approval.app import APPROVALS, made, site_of


async def main() -> None:
    """Serve until Ctrl-C."""
    app = made(os.environ.get("ASSENT_DATABASE", "sqlite:///live_approval.db"))

    async def ready(host: str, port: int) -> None:
        token = quote(await app.access.login_link("you", Role.OPERATOR))
        at = f"http://{host}:{port}"
        print(f"Sign in once at {at}{APPROVALS}/login?token={token}&next=/")
        print(f"Then open {at}/ in as many windows as you like.")

    async with app:
        await serve(site_of(app), port=int(os.environ.get("PORT", "8401")), ready=ready)


if __name__ == "__main__":
    asyncio.run(main())
