"""Webhooks out: a CloudEvents 1.0 body, signed as Standard Webhooks has it.

https://www.standardwebhooks.com · https://github.com/cloudevents/spec (structured mode, JSON)
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx2
from typing_extensions import override

from assent.clock import SystemClock
from assent.core.field import covered
from assent.core.values import Json, digest, pack, plain
from assent.errors import ConfigurationError, NonRetryable, RetryAfter
from assent.notifying.guard import address_of
from assent.notifying.notice import Bundle, Notice
from assent.ports.clock import Clock

_PREFIX: Final = "whsec_"
_SHORTEST: Final = 24  # bytes of a secret, by Standard Webhooks
_TIMEOUT: Final = 15.0  # seconds
_GONE: Final = 410
_MOST_PATIENT: Final = 86_400.0
_PORTS: Final = {"http": 80, "https": 443}


class WebhookChannel:
    """Posts each notice to a URL.

    ``secret`` signs it (``whsec_…``; several while it is being changed). Only public addresses are called, unless the
    host is named in ``allow``; redirects are not followed. Any answer but 2xx is tried again, 410 is not.
    """

    name = "webhook"

    def __init__(
        self,
        url: str,
        *,
        secret: str | Sequence[str],
        allow: Collection[str] = (),
        timeout: float = _TIMEOUT,
        source: str = "assent",
        clock: Clock | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname or parts.username or parts.password:
            raise ConfigurationError(
                "The URL of a webhook starts with https:// or http://, names a host, and holds no password."
            )
        self._url = httpx2.URL(url)
        self._host = parts.hostname
        self._port = parts.port or _PORTS[parts.scheme]
        self._keys = [_key(each) for each in ([secret] if isinstance(secret, str) else secret)]
        if not self._keys:
            raise ConfigurationError(
                "A webhook needs a secret, so that whoever gets it can trust it."
            )
        self._allow = frozenset(allow)
        self._timeout = timeout
        self._source = source
        self._clock = clock or SystemClock()

    @override
    def __repr__(self) -> str:
        """Without the path, which is a secret at many receivers."""
        return f"WebhookChannel({self._host!r})"

    async def needed(self, notice: Notice) -> None:
        """Post that people are needed."""
        await self._post(notice)

    async def resolved(self, notice: Notice) -> None:
        """Post that nobody is needed any more."""
        await self._post(notice)

    async def gathered(self, bundle: Bundle) -> None:
        """Post all that waits."""
        await self._send_event(cloud_event_of(bundle, self._source), bundle.id)

    async def _post(self, notice: Notice) -> None:
        await self._send_event(cloud_event(notice, self._source), notice.task.run_id, notice.id)

    async def _send_event(self, event: dict[str, Json], *what: str) -> None:
        body = json.dumps(event, ensure_ascii=False).encode()
        at = int(self._clock.now().timestamp())
        id = f"msg_{digest([self._source, *what])[:32]}"
        headers = {
            "Host": self._url.netloc.decode("ascii"),
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "User-Agent": f"assent/{version('assent')}",
            "Webhook-Id": id,
            "Webhook-Timestamp": str(at),
            "Webhook-Signature": signature(self._keys, id, at, body),
        }
        try:
            address = await address_of(self._host, self._port, allowed=self._allow)
            status, told = await self._send(address, headers, body)
        except httpx2.HTTPError as error:
            # What these errors say holds the URL, whose path may be a secret.
            raise OSError(f"{self._host} could not be reached: {type(error).__name__}.") from None
        _judge(self._host, status, told)

    async def _send(
        self, address: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str]]:
        """Nothing of the answer's body is read: a receiver may not fill our memory."""
        client = httpx2.AsyncClient(
            timeout=self._timeout, follow_redirects=False, trust_env=False
        )  # a proxy would resolve the name again
        request = client.build_request(
            "POST",
            self._url.copy_with(host=address),
            headers=dict(headers),
            content=body,
            extensions={"sni_hostname": self._host},
        )
        async with client:
            response = await client.send(request, stream=True)
            await response.aclose()
        return response.status_code, response.headers


def _judge(host: str, status: int, headers: Mapping[str, str]) -> None:
    if 200 <= status < 300:
        return
    said = f"{host} answered {status}."
    if status == _GONE:
        raise NonRetryable(said)
    after = headers.get("Retry-After", "")
    if after.isascii() and after.isdecimal() and float(after) <= _MOST_PATIENT:
        raise RetryAfter(float(after), said)
    raise OSError(said)


# ── what is sent ────────────────────────────────────────────────────────────────────────────────


def cloud_event(notice: Notice, source: str) -> dict[str, Json]:
    """A notice as a CloudEvent. Its ``source`` and ``id`` together are the same at every attempt."""
    told: dict[str, Json] = {"data": _data(notice), "subject": notice.task.id}
    return _envelope(notice.id, notice.event, notice.at, source) | told


def cloud_event_of(bundle: Bundle, source: str) -> dict[str, Json]:
    """What is told of several tasks, as one CloudEvent; each says which event it is listed for."""
    tasks: list[Json] = [
        {"event": f"assent.{notice.event}", **_data(notice)} for notice in bundle.notices
    ]
    told: dict[str, Json] = {"data": {"tasks": tasks, "url": bundle.url}}
    return _envelope(bundle.id, "tasks.gathered", bundle.at, source) | told


def _envelope(id: str, event: str, at: datetime, source: str) -> dict[str, Json]:
    return {
        "specversion": "1.0",
        "id": id,
        "source": quote(source, safe=":/#?&=@%~+"),
        "type": f"assent.{event}",
        "time": at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
    }


def _data(notice: Notice) -> dict[str, Json]:
    task = notice.task
    return {
        "task": task.id,
        "run": task.run_id,
        "workflow": task.workflow,
        "key": task.key,
        "kind": task.kind,
        "status": task.status,
        "outcome": task.outcome,
        "title": task.title,
        "detail": task.detail,
        "value": covered(task.shown, task.form),
        "form": task.form,
        "options": list(task.options),
        "to": list(notice.to),
        "labels": dict(task.labels),
        "priority": task.priority,
        "due": task.due.isoformat() if task.due else None,
        "digest": task.digest,
        "url": notice.url,
        "by": task.decided_by,
        "reason": task.reason,
        "answers": [
            {
                "by": said.by,
                "outcome": said.outcome,
                "reason": said.reason,
                "value": covered(_plain(said.value), task.form),
            }
            for said in task.answers
        ],
    }


def _plain(value: Any) -> Json:
    return plain(pack(value))


def signature(keys: Sequence[bytes], id: str, at: int, body: bytes) -> str:
    """One signature for each key, as the header has them."""
    signed = f"{id}.{at}.".encode() + body
    made = (hmac.new(key, signed, hashlib.sha256).digest() for key in keys)
    return " ".join(f"v1,{base64.b64encode(each).decode()}" for each in made)


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_PREFIX) or len(key) < _SHORTEST:
        raise ConfigurationError(
            f"The secret of a webhook is {_PREFIX!r} and {_SHORTEST} bytes or more in base64; make one with "
            "assent.notifying.webhook.new_secret()."
        )
    return key


def new_secret() -> str:
    """A secret to share with a receiver."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
