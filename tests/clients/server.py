"""The server that the JavaScript tests talk to: prints its address and a key, and serves until it is told to stop.

python -m tests.clients.server
"""

from __future__ import annotations

import asyncio
import json

from assent import Context
from assent.access import Role
from assent.web.server import serve
from examples.live_approval.app import made


async def main() -> None:
    """Serve the live approval's workflow, and two more."""
    app = made("sqlite:///:memory:")

    @app.workflow
    async def chatty(ctx: Context, count: int) -> None:
        for number in range(count):
            await ctx.emit("said", number)

    @app.workflow
    async def ask(ctx: Context, title: str) -> str:
        return (await ctx.approve("ask", title=title)).outcome

    async def ready(host: str, port: int) -> None:
        _, key = await app.access.create_key("ann", Role.OPERATOR)
        print(json.dumps({"url": f"http://{host}:{port}", "key": key}), flush=True)  # noqa: T201

    async with app:
        await serve(app.asgi, ready=ready)


if __name__ == "__main__":
    asyncio.run(main())
