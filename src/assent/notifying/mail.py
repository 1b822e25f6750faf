"""Mail: text and HTML, one thread for each task, and a link for each person that lets them answer once."""

from __future__ import annotations

import asyncio
import html
import logging
import smtplib
import ssl
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Final, Literal

from typing_extensions import override

from assent.core.task import TaskKind
from assent.core.values import digest
from assent.errors import ConfigurationError, NonRetryable
from assent.notifying.notice import Bundle, Notice
from assent.notifying.words import facts, heading, heading_of, in_short, lines, listed

log = logging.getLogger("assent.notifying")

_TIMEOUT: Final = 20.0
_REMEMBERED: Final = 10_000
_LOST_FOR_GOOD: Final = range(500, 600)

_PAGE: Final = """<!doctype html>
<html><body style="font-family:system-ui,sans-serif;line-height:1.5;color:#222">
<h2 style="font-size:1.2em">{title}</h2>
{facts}
<p style="white-space:pre-line">{detail}</p>
{button}
<p style="color:#666">{footer}</p>
</body></html>
"""
_BUTTON: Final = (
    '<p><a href="{url}" style="display:inline-block;padding:.5em 1em;background:#175;color:#fff;'
    'text-decoration:none;border-radius:.3em">{text}</a></p>'
)


class MailChannel:
    """Mails people: ``people`` says where each reads, ``groups`` (``finance``, ``role:legal``) who is in them.

    Whoever is not named there, and is in no group there, is looked for in the directory. A task that is assigned to
    nobody goes to everybody in ``people``. ``security`` is ``starttls``, ``tls`` or ``none``. With
    ``links`` people may answer from the mail, where the server has a public address.
    """

    name = "mail"

    def __init__(
        self,
        host: str,
        port: int = 587,
        *,
        sender: str,
        people: Mapping[str, str] | None = None,
        groups: Mapping[str, Sequence[str]] | None = None,
        username: str | None = None,
        password: str | None = None,
        security: Literal["starttls", "tls", "none"] = "starttls",
        timeout: float = _TIMEOUT,
        links: bool = True,
    ) -> None:
        if security not in ("starttls", "tls", "none"):
            raise ConfigurationError(f"security={security!r} is none of starttls, tls and none.")
        if password is not None and security == "none":
            raise ConfigurationError("A password is not sent in the clear: use starttls or tls.")
        self._host = host
        self._port = port
        self._sender = _address(sender)
        self._people = {person: _address(address) for person, address in (people or {}).items()}
        self._groups = {
            name.removeprefix("group:"): list(who) for name, who in (groups or {}).items()
        }
        self._login = None if username is None else (username, password or "")
        self._security = security
        self._timeout = timeout
        self._links = links
        # Who has got which notice, so that one bad address does not mail all others again.
        self._sent: OrderedDict[tuple[str, str], None] = OrderedDict()

    @override
    def __repr__(self) -> str:
        """Without the password."""
        return f"MailChannel({self._host!r}, {self._port})"

    async def needed(self, notice: Notice) -> None:
        """Mail that people are needed."""
        await self._mail(notice)

    async def resolved(self, notice: Notice) -> None:
        """Mail that nobody is needed any more."""
        await self._mail(notice)

    async def gathered(self, bundle: Bundle) -> None:
        """Mail each person what waits for them, but for what they have answered: others are still needed there."""
        theirs: dict[str, tuple[Address, list[Notice]]] = {}
        for notice in bundle.notices:
            answered = {said.by for said in notice.task.answers}
            for person, address in (await self._readers(notice)).items():
                if person not in answered:
                    theirs.setdefault(person, (address, []))[1].append(notice)
        letters = [
            (person, await self._letter_of(bundle, person, address, notices))
            for person, (address, notices) in theirs.items()
            if (bundle.id, person) not in self._sent
        ]
        if letters:
            await asyncio.to_thread(self._send, bundle.id, letters)
        elif not theirs:
            log.warning("mail.nobody", extra={"notification": bundle.id})

    async def _mail(self, notice: Notice) -> None:
        readers = await self._readers(notice)
        letters = [
            (person, await self._letter(notice, person, address))
            for person, address in readers.items()
            if (notice.id, person) not in self._sent
        ]
        if letters:
            await asyncio.to_thread(self._send, notice.id, letters)
        elif not readers:
            log.warning("mail.nobody", extra={"task": notice.task_id, "to": list(notice.to)})

    async def _readers(self, notice: Notice) -> dict[str, Address]:
        """The people behind the assignees, each once, as far as they have an address: here, or in the directory."""
        if not notice.to:
            return dict(self._people)
        named = [person for name in notice.to for person in self._behind(name)]
        found = {person: self._people[person] for person in named if person in self._people}
        for user in await notice.people():
            if user.name in self._people:
                found[user.name] = self._people[user.name]
            elif user.mail is not None and (address := _mailbox(user.mail)) is not None:
                found[user.name] = address
        return found

    def _behind(self, assignee: str) -> Iterator[str]:
        kind, colon, name = assignee.partition(":")
        if not colon or kind == "user":
            yield name if colon else kind
        else:
            yield from self._groups.get(name if kind == "group" else assignee, ())

    # ── one letter ──────────────────────────────────────────────────────────────────────────────

    async def _letter(self, notice: Notice, person: str, address: Address) -> EmailMessage:
        letter = self._headed(address, heading(notice), notice.at)
        first = self._message_id(notice.task_id, person)
        if notice.event == "task.opened":
            letter["Message-ID"] = first
        else:
            letter["Message-ID"] = self._message_id(f"{notice.task_id}/{notice.id}", person)
            letter["In-Reply-To"] = first
            letter["References"] = first
        answerable = self._links and not notice.resolved
        link = await notice.link(person) if answerable else None
        told = lines(notice)
        text = [*told, *([f"{_verb(notice)}: {link}"] if link else []), "", _WHY]
        letter.set_content("\n\n".join(text))
        letter.add_alternative(_page(notice, link), subtype="html")
        return letter

    async def _letter_of(
        self, bundle: Bundle, person: str, address: Address, notices: Sequence[Notice]
    ) -> EmailMessage:
        letter = self._headed(address, heading_of(notices), bundle.at)
        letter["Message-ID"] = self._message_id(bundle.id, person)
        first, more = listed(notices)
        told = [(in_short(notice), await self._where(notice, person)) for notice in first]
        text = [f"{short}\n{url}" if url else short for short, url in told]
        rest = [each for each in (more, bundle.url) if each]
        letter.set_content("\n\n".join([*text, *rest, "", _WHY]))
        letter.add_alternative(
            _page_of(heading_of(notices), told, more, bundle.url), subtype="html"
        )
        return letter

    def _headed(self, address: Address, subject: str, at: datetime) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = self._sender
        letter["To"] = address
        letter["Subject"] = subject
        letter["Date"] = at
        letter["Auto-Submitted"] = "auto-generated"
        return letter

    async def _where(self, notice: Notice, person: str) -> str | None:
        """Where this person answers: by a link of their own, or else in the inbox."""
        return (await notice.link(person) if self._links else None) or notice.url

    def _message_id(self, what: str, person: str) -> str:
        return f"<{digest([what, person])}@{self._sender.domain}>"

    # ── sending, in a thread ────────────────────────────────────────────────────────────────────

    def _send(self, id: str, letters: Sequence[tuple[str, EmailMessage]]) -> None:
        refused: list[str] = []
        try:
            with self._connected() as server:
                for person, letter in letters:
                    try:
                        server.send_message(letter)
                    except smtplib.SMTPRecipientsRefused as error:
                        refused.append(person)
                        code = next(iter(error.recipients.values()))[0]
                        if code not in _LOST_FOR_GOOD:
                            raise
                    self._remember(id, person)
        except smtplib.SMTPRecipientsRefused:
            raise OSError(f"{self._host} does not take mail for {refused[-1]} now.") from None
        except smtplib.SMTPAuthenticationError as error:
            raise OSError(f"{self._host} refused the login ({error.smtp_code}).") from None
        except smtplib.SMTPException as error:
            raise OSError(f"{self._host} did not take the mail: {type(error).__name__}.") from None
        if refused:
            raise NonRetryable(f"{self._host} refused the address of {', '.join(refused)}.")

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        if self._security == "starttls":
            server.starttls(context=context)
        if self._login is not None:
            server.login(*self._login)
        return server

    def _remember(self, id: str, person: str) -> None:
        self._sent[(id, person)] = None
        while len(self._sent) > _REMEMBERED:
            self._sent.popitem(last=False)


_WHY: Final = "You get this because you are asked. The link is yours alone: do not pass it on."


def _page(notice: Notice, link: str | None) -> str:
    rows = "".join(
        f"<tr><th align=left style='padding-right:1em'>{html.escape(name)}</th>"
        f"<td>{html.escape(value)}</td></tr>"
        for name, value in facts(notice.task)
    )
    url, text = (link, _verb(notice)) if link else (notice.url, "Open it")
    button = _BUTTON.format(url=html.escape(url, quote=True), text=text) if url else ""
    known = {f"{name}: {value}" for name, value in facts(notice.task)}
    rest = [line for line in lines(notice) if line not in known and line != notice.url]
    return _PAGE.format(
        title=html.escape(heading(notice)),
        facts=f"<table>{rows}</table>" if rows else "",
        detail=html.escape("\n".join(rest)),
        button=button,
        footer=html.escape(_WHY),
    )


def _page_of(
    title: str, told: Sequence[tuple[str, str | None]], more: str, inbox: str | None
) -> str:
    items = "".join(
        f"<li style='margin:.4em 0'>{_linked(html.escape(short), url)}</li>" for short, url in told
    )
    url = html.escape(inbox, quote=True) if inbox else None
    return _PAGE.format(
        title=html.escape(title),
        facts=f"<ul style='padding-left:1.2em'>{items}</ul>",
        detail=html.escape(more),
        button=_BUTTON.format(url=url, text="Open the inbox") if url else "",
        footer=html.escape(_WHY),
    )


def _linked(words: str, url: str | None) -> str:
    return f'<a href="{html.escape(url, quote=True)}">{words}</a>' if url else words


def _verb(notice: Notice) -> str:
    return "Approve or reject" if notice.task.kind is TaskKind.APPROVE else "Answer"


def _mailbox(text: str) -> Address | None:
    """The address as a directory has it; one that is none is left out."""
    try:
        return _address(text)
    except ConfigurationError:
        log.warning("mail.no_address")
        return None


def _address(text: str) -> Address:
    try:
        return Address(addr_spec=text)
    except (ValueError, IndexError):
        raise ConfigurationError(f"{text!r} is not the address of a mailbox.") from None
