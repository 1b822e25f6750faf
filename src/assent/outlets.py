"""Ways for a link to reach whom it is for, when whoever gave the last answer must not have it."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link to go on with: it opens once, for whoever has it."""

    url: str
    to: str
    flow: str
    step: str
    title: str


Outlet: TypeAlias = Callable[[Link], Awaitable[None]]


def mail(
    host: str,
    *,
    sender: str,
    port: int = 0,
    user: str | None = None,
    password: str | None = None,
    tls: bool = True,
    text: str = "Go on here:\n\n{url}\n\nThe link opens once.",
) -> Outlet:
    """An outlet that sends mail over SMTP, with STARTTLS unless ``tls=False``.

    ``text`` says where ``{url}`` and ``{title}`` go.
    """

    def send(link: Link) -> None:
        message = EmailMessage()  # it refuses addresses and titles with line breaks in them
        message["From"], message["To"], message["Subject"] = sender, link.to, link.title
        message.set_content(text.format(url=link.url, title=link.title))
        with smtplib.SMTP(host, port or (587 if tls else 25), timeout=30) as server:
            if tls:
                server.starttls()
            if user is not None:
                server.login(user, password or "")
            server.send_message(message)

    async def outlet(link: Link) -> None:
        await asyncio.to_thread(send, link)

    return outlet
