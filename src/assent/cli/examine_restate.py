"""What ``assent doctor`` looks at of the Restate server that the workers of a database take calls from."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from assent.cli.examine import Finding
from assent.errors import RestateAway
from assent.restate.options import Restate
from assent.restate.server import Server


async def examine_restate(kept: str) -> AsyncIterator[Finding]:
    """Its addresses, and whether it reaches the workers."""
    told = json.loads(kept)
    # Who looks takes no calls: neither where, nor whose, matters here.
    options = Restate(
        ingress=told["ingress"],
        admin=told["admin"],
        reached_at=told["reached_at"],
        name=told["name"],
    )
    server = Server(options)
    try:
        away = await server.unhealthy()
        where = ", ".join((*told["ingress"], *told["admin"]))
        advice = (
            "Start it again, or give the workers its new addresses. Answers are kept meanwhile."
        )
        yield Finding("restate", not away, "; ".join(away) or where, advice)
        try:
            why = await server.reaches_workers()
        except RestateAway as error:
            why = str(error)
        advice = "Start 'assent worker module:app' there, or what stands before the workers."
        yield Finding("called at", why is None, why or options.reached, advice)
    finally:
        await server.close()
