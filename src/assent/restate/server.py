"""The Restate server as seen from here: calls are handed in at its ingress, services are offered at its admin."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
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
SPREADING: Final = 10.0  # until the nodes of a cluster know what one of them was told
_BREATH: Final = 0.05
# What the replies of either have one of; something else that answers there is known by that it has none.
_INGRESS: Final = ("invocationId", "message")
_ADMIN: Final = ("services", "restate_code")


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
        reply = await self._post(self._ingress, _INGRESS, path, told, headers)
        if reply.status_code == 404:
            raise NotOffered(service)
        if reply.status_code >= 300:
            raise RestateAway(self._ingress[0], f"it said {reply.status_code} to {service!r}")

    async def offer(self) -> AbstractSet[str]:
        """Have the server ask the workers what they offer, and say what that is. Raises RestateAway."""
        reply = await self._post(
            self._admin, _ADMIN, "/deployments", self._workers(), {}, patience=_OFFERING
        )
        if why := self._refused(reply):
            raise RestateAway(self._admin[0], why)
        return {str(each["name"]) for each in _told(reply, "services")}

    async def reaches_workers(self) -> str | None:
        """Why the server cannot reach the workers just now; None where it can."""
        told = self._workers() | {"dry_run": True}
        return self._refused(await self._post(self._admin, _ADMIN, "/deployments", told, {}))

    def _workers(self) -> dict[str, Any]:
        return {"uri": self._options.reached, "force": True}

    def _refused(self, reply: httpx2.Response) -> str | None:
        """Why workers could not be made known; None where they could."""
        if reply.status_code < 300:
            return None
        return f"it cannot use {self._options.reached}: {_message(reply)}"

    async def takes_calls(self, services: AbstractSet[str] = frozenset()) -> None:
        """Return once calls for these services can be handed in at one of its addresses. Raises RestateAway."""
        loop = asyncio.get_running_loop()
        until = loop.time() + SPREADING
        while True:
            known, away = await self._ingresses()
            lacking = min((services - each for each in known), key=len, default=services)
            if known and not lacking:
                return
            if not known or loop.time() > until:
                break
            await asyncio.sleep(_BREATH)  # a node of a cluster hears of it a moment later
        if known:
            admin = " or ".join(sorted(self._admin))
            away.append(
                f"it does not know {min(lacking)!r}, which was just offered at {admin}, another server"
            )
        raise RestateAway(" or ".join(sorted(self._ingress)), "; ".join(away))

    async def unhealthy(self) -> Sequence[str]:
        """Which of its addresses do not answer as they should, and how not."""
        _, found = await self._ingresses()
        for url in (f"{url.rstrip('/')}/health" for url in self._admin):
            try:
                reply = await self._http.get(url)
                if reply.status_code != 200:
                    found.append(f"{url} says {reply.status_code}")
            except httpx2.HTTPError as error:
                found.append(f"{url}: {_why(error)}")
        return found

    async def _ingresses(self) -> tuple[list[AbstractSet[str]], list[str]]:
        """The services known at each address that takes calls, and why the others take none."""
        found = await asyncio.gather(*map(self._known_at, self._ingress))
        known = [each for each in found if not isinstance(each, str)]
        return known, [each for each in found if isinstance(each, str)]

    async def _known_at(self, address: str) -> AbstractSet[str] | str:
        url = f"{address.rstrip('/')}/restate/health"
        try:
            reply = await self._http.get(url)
        except httpx2.HTTPError as error:
            return f"{url}: {_why(error)}"
        services = _told(reply, "services")
        if reply.status_code != 200 or services is None:
            return f"{url} says {reply.status_code}, as Restate's ingress does not"
        return set(services)

    async def _post(
        self,
        addresses: list[str],
        tells: Sequence[str],
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
                why = _why(error)
            else:
                ours = any(_told(reply, name) is not None for name in tells)
                if ours and (reply.status_code < 500 or len(addresses) == 1):
                    return reply
                said = f"it said {reply.status_code}"
                why = (
                    f"{said}: {_message(reply)}"
                    if ours
                    else f"{said} to {path}, as Restate does not"
                )
            if addresses[0] == address:  # else somebody else has found that out meanwhile
                addresses.append(addresses.pop(0))
        raise RestateAway(" or ".join(sorted(addresses)), why)


def _why(error: httpx2.HTTPError) -> str:
    return str(error) or type(error).__name__


def _message(reply: httpx2.Response) -> str:
    told = _told(reply, "message")
    return str(reply.text if told is None else told)[:300]


def _told(reply: httpx2.Response, name: str) -> Any:
    """What a reply says under this name; None where it says nothing, or is no JSON."""
    try:
        return reply.json()[name]
    except (ValueError, KeyError, TypeError):
        return None
