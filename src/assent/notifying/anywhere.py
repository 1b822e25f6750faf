"""Everything that apprise can reach (chat, SMS, push, …), one way: people are told, and answer elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from typing_extensions import override

from assent.errors import ConfigurationError
from assent.notifying.notice import Bundle, Notice
from assent.notifying.words import heading, heading_of, in_short, lines, listed


class AppriseChannel:
    """Tells the services behind these URLs (``pover://…``, ``msteams://…``); needs ``assent[notify]``.

    The URLs hold passwords: they are neither logged nor shown.
    """

    name = "apprise"

    def __init__(self, urls: str | Sequence[str]) -> None:
        try:
            apprise = import_module("apprise")
        except ModuleNotFoundError:
            raise ConfigurationError(
                "AppriseChannel needs apprise: pip install 'assent[notify]'."
            ) from None
        self._services: Any = apprise.Apprise()
        given = [urls] if isinstance(urls, str) else list(urls)
        for place, url in enumerate(given):
            if not self._services.add(url):
                raise ConfigurationError(f"apprise does not understand the URL at place {place}.")

    @override
    def __repr__(self) -> str:
        """Without the URLs."""
        return f"AppriseChannel({len(self._services)} services)"

    async def needed(self, notice: Notice) -> None:
        """Tell that people are needed."""
        await self._tell(notice)

    async def resolved(self, notice: Notice) -> None:
        """Tell that nobody is needed any more."""
        await self._tell(notice)

    async def gathered(self, bundle: Bundle) -> None:
        """Tell of all that waits."""
        first, more = listed(bundle.notices)
        told = [f"{in_short(notice)}{f' {notice.url}' if notice.url else ''}" for notice in first]
        told += [each for each in (more, bundle.url) if each]
        await self._send(heading_of(bundle.notices), told)

    async def _tell(self, notice: Notice) -> None:
        await self._send(heading(notice), lines(notice))

    async def _send(self, title: str, told: Sequence[str]) -> None:
        body = "\n".join(told)
        taken = await asyncio.to_thread(
            self._services.notify, title=title, body=body, body_format="text"
        )
        if not taken:
            raise OSError("One of the services did not take it.")
