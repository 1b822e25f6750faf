"""Links that let one person answer one task, once, from a message.

    link ──GET──▶ a page that asks ──POST with its confirmation──▶ answered ──▶ used

A link alone decides nothing: mail scanners and previews follow links. The page it leads to carries a confirmation,
which is bound to the link and lasts an hour; only the two together answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from assent.core.journal import TaskId
from assent.core.values import Json
from assent.errors import TokenRefused
from assent.ids import random_hex
from assent.ports.clock import Clock
from assent.ports.store import Store
from assent.sealing import Lease, Sealer, Uses

_SECRET: Final = ("secret", "links")
_LINK: Final = "link"
_CONFIRMATION: Final = "confirmation"
LIFE: Final = timedelta(days=14)
CONFIRMATION_LIFE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link stands for: this person, this task, as it was shown in the message."""

    task: TaskId
    person: str
    shown: str
    use: str


class Links:
    """Makes links, and reads them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._uses = Uses(store, clock.now)
        self._known: Sealer | None = None

    async def make(self, task: TaskId, person: str, shown: str) -> str:
        """A token for a link."""
        told: Json = {"task": task, "person": person, "shown": shown}
        return (await self._sealer()).seal(told, ttl=LIFE, audience=_LINK)

    async def read(self, token: str) -> Link:
        """What a link stands for; raises TokenRefused where it is forged, or too old."""
        told = (await self._sealer()).unseal(token, audience=_LINK)
        return Link(task=told["task"], person=told["person"], shown=told["shown"], use=told.token)

    async def check(self, link: Link) -> None:
        """Raises TokenRefused where it was used."""
        await self._uses.check(link.use)

    async def confirmation(self, link: Link) -> str:
        """What the page sends back with the answer."""
        told: Json = {"use": link.use}
        sealer = await self._sealer()
        return sealer.seal(told, ttl=CONFIRMATION_LIFE, audience=_CONFIRMATION, once=False)

    async def use(self, link: Link, confirmation: str) -> Lease:
        """The right to answer; raises TokenRefused where it is not confirmed, or was used."""
        told = (await self._sealer()).unseal(confirmation, audience=_CONFIRMATION)
        if told.get("use") != link.use:
            raise TokenRefused("forged", "The confirmation belongs to another link.")
        return await self._uses.lease(link.use)

    async def _sealer(self) -> Sealer:
        if self._known is None:
            await self._store.keep(*_SECRET, random_hex(32))
            self._known = Sealer([str(await self._store.kept(*_SECRET))], self._clock.now)
        return self._known
