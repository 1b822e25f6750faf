"""The Restate server as seen from here: calls are handed in at its ingress, services are offered at its admin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

import httpx2

from assent.errors import RestateAway
from assent.restate.options import Restate, listed

_PATIENCE: Final = 10.0  # seconds for a reply
_AT_ONCE: Final = (
    8  # connections: each costs something at every call, and a call takes a moment only
)
_OFFERING: Final = 60.0  # it asks every worker what it offers


class NotOffered(Exception):
    """No worker that the server knows of offers this service."""


class Server:
    """A Restate server, or a cluster of them."""

    def __init__(self, options: Restate) -> None:
        self._options = options
        self._ingress = list(listed(options.ingress))
        self._admin = list(listed(options.admin))
        limits = httpx2.Limits(max_connections=_AT_ONCE, max_keepalive_connections=_AT_ONCE)
        self._http = httpx2.AsyncClient(timeout=_PATIENCE, limits=limits, trust_env=False)

    async def close(self) -> None:
        """Let go of its connections."""
        await self._http.aclose()

    async def call(
        self, service: str, run: str, told: Mapping[str, Any], *, once: str | None = None
    ) -> None:
        """Have the service called for this run; durable when this returns. ``once`` names the call.

        Raises NotOffered, RestateAway.
        """
        path = f"/{service}/{quote(run, safe='')}/advance/send"
        headers = {} if once is None else {"idempotency-key": once}
        reply = await self._post(self._ingress, path, told, headers)
        if reply.status_code == 404:
            raise NotOffered(service)
        if reply.status_code >= 300:
            raise RestateAway(self._ingress[0], f"it said {reply.status_code} to {service!r}")

    async def offer(self) -> None:
        """Have the server ask the workers what they offer. Raises RestateAway."""
        told = {"uri": self._options.reached, "force": True}
        reply = await self._post(self._admin, "/deployments", told, {}, patience=_OFFERING)
        if reply.status_code >= 300:
            raise RestateAway(
                self._admin[0], f"it cannot use {self._options.reached}: {_message(reply)}"
            )

    async def reaches_workers(self) -> str | None:
        """Why the server cannot reach the workers just now; None where it can."""
        told = {"uri": self._options.reached, "force": True, "dry_run": True}
        reply = await self._post(self._admin, "/deployments", told, {})
        return _message(reply) if reply.status_code >= 300 else None

    async def unhealthy(self) -> Sequence[str]:
        """Which of its addresses do not answer, and how not."""
        ingress = [f"{url.rstrip('/')}/restate/health" for url in self._ingress]
        found: list[str] = []
        for url in (*ingress, *(f"{url.rstrip('/')}/health" for url in self._admin)):
            try:
                reply = await self._http.get(url)
                if reply.status_code != 200:
                    found.append(f"{url} says {reply.status_code}")
            except httpx2.HTTPError as error:
                found.append(f"{url}: {str(error) or type(error).__name__}")
        return found

    async def _post(
        self,
        addresses: list[str],
        path: str,
        told: Mapping[str, Any],
        headers: Mapping[str, str],
        *,
        patience: float = _PATIENCE,
    ) -> httpx2.Response:
        """Ask the first address; where it does not answer, the next one, which is the first from then on."""
        why = ""
        for address in tuple(addresses):
            url = f"{address.rstrip('/')}{path}"
            try:
                reply = await self._http.post(url, json=told, headers=headers, timeout=patience)
            except httpx2.HTTPError as error:
                why = str(error) or type(error).__name__
            else:
                if reply.status_code < 500 or len(addresses) == 1:
                    return reply
                why = f"it said {reply.status_code}: {_message(reply)}"
            if addresses[0] == address:  # else somebody else has found that out meanwhile
                addresses.append(addresses.pop(0))
        raise RestateAway(" or ".join(sorted(addresses)), why)


def _message(reply: httpx2.Response) -> str:
    try:
        return str(reply.json()["message"])[:300]
    except (ValueError, KeyError, TypeError):
        return reply.text[:300]
