"""Webhooks out: signed, retried, and never sent where they should not go."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from typing import Any

import pytest
from standardwebhooks import Webhook

from assent import ConfigurationError
from assent.core.routing import Route
from assent.notifying import guard
from assent.notifying.sender import DELAYS
from assent.notifying.webhook import WebhookChannel, new_secret
from assent.notifying.words import lines
from assent.testing import Harness
from tests.notifying.receiver import Receiver, receiving
from tests.notifying.recorder import Recorder, asking

pytestmark = pytest.mark.anyio


def channel_to(receiver: Receiver, secret: str = "", **how: Any) -> WebhookChannel:
    """A channel to a receiver on this machine, which is allowed by name."""
    how.setdefault("allow", ["127.0.0.1"])
    url = f"http://127.0.0.1:{receiver.port}/in?token=sesame"
    return WebhookChannel(url, secret=secret or new_secret(), **how)


async def test_what_is_sent_is_a_cloud_event_that_a_receiver_can_verify() -> None:
    secret = new_secret()
    async with receiving() as receiver, Harness(asking(channel_to(receiver, secret))) as h:
        run = await h.start("ask", {"value": {"amount": 120}, "to": "ann"})
        await h.person("ann").edits("refund", {"amount": 100}, "less")
        await h.rest()
        needed, resolved = receiver.got
        for request in receiver.got:
            assert Webhook(secret).verify(request.body, request.headers) == request.json
            assert request.headers["content-type"].startswith("application/cloudevents+json")
            assert (request.method, request.path) == ("POST", "/in?token=sesame")
        opened = needed.json
        assert (opened["specversion"], opened["type"]) == ("1.0", "assent.task.opened")
        assert (opened["data"]["run"], opened["data"]["value"]) == (run.id, {"amount": 120})
        closed = resolved.json["data"]
        assert (closed["outcome"], closed["by"], closed["reason"]) == ("edited", "ann", "less")
        assert closed["answers"][0]["value"] == {"amount": 100}
        assert needed.headers["webhook-id"] != resolved.headers["webhook-id"]


async def test_what_a_form_takes_as_a_secret_never_leaves_the_house() -> None:
    form = [{"name": "user"}, {"name": "password", "type": "password"}]
    value, edited = {"user": "ann", "password": "hush"}, {"user": "ann", "password": "louder"}
    recorder = Recorder()
    async with receiving() as receiver:
        app = asking(channel_to(receiver), recorder)
        async with Harness(app) as h:
            run = await h.start("ask", {"value": value, "form": form})
            assert (await run.edit("refund", edited, by="ann")).ok
            await h.rest()
            sent = b"".join(request.body for request in receiver.got)
            said = [line for notice in recorder.told for line in lines(notice)]
            assert b"ann" in sent
            assert "user: ann" in said
            for secret in ("hush", "louder"):
                assert secret.encode() not in sent
                assert not [line for line in said if secret in line]


async def test_while_a_secret_is_changed_both_signatures_are_sent() -> None:
    old, new = new_secret(), new_secret()
    async with receiving() as receiver:
        channel = WebhookChannel(
            f"http://127.0.0.1:{receiver.port}/", secret=[new, old], allow=["127.0.0.1"]
        )
        async with Harness(asking(channel)) as h:
            await h.start("ask", {})
            (request,) = receiver.got
            for secret in (old, new):
                assert Webhook(secret).verify(request.body, request.headers)


async def test_a_receiver_that_fails_gets_it_again_under_the_same_id() -> None:
    async with (
        receiving(statuses=[500, 404]) as receiver,
        Harness(asking(channel_to(receiver))) as h,
    ):
        await h.start("ask", {})
        (waiting,) = await h.app.notifications.all()
        assert waiting.error == "OSError: 127.0.0.1 answered 500."
        await h.advance(DELAYS[0] + DELAYS[1])
        assert await h.app.notifications.all() == []
        assert len({request.headers["webhook-id"] for request in receiver.got}) == 1
        assert len(receiver.got) == 3


async def test_a_receiver_may_say_when_to_come_again_and_that_it_is_gone() -> None:
    async with (
        receiving(statuses=[503, 410], headers={"Retry-After": "3600"}) as receiver,
        Harness(asking(channel_to(receiver))) as h,
    ):
        await h.start("ask", {})
        await h.advance("59m")
        assert len(receiver.got) == 1
        await h.advance("1m")
        (dead,) = await h.app.notifications.all(dead=True)
        assert (dead.error, len(receiver.got)) == ("127.0.0.1 answered 410.", 2)


async def test_redirects_are_not_followed() -> None:
    async with receiving() as inside:
        there = f"http://127.0.0.1:{inside.port}/admin"
        async with (
            receiving(statuses=[307], headers={"Location": there}) as receiver,
            Harness(asking(channel_to(receiver))) as h,
        ):
            await h.start("ask", {})
            assert (len(receiver.got), len(inside.got)) == (1, 0)
            assert len(await h.app.notifications.all()) == 1


async def test_a_private_address_is_refused_unless_it_is_named() -> None:
    async with (
        receiving() as receiver,
        Harness(asking(channel_to(receiver, allow=["elsewhere.example"]))) as h,
    ):
        await h.start("ask", {})
        (dead,) = await h.app.notifications.all(dead=True)
        assert "not public" in (dead.error or "")
        assert receiver.got == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
    ],
)
def test_addresses_inside_are_known_however_they_are_written(address: str) -> None:
    assert not guard.is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_addresses_of_the_open_internet_may_be_called(address: str) -> None:
    assert guard.is_public(ip_address(address))


async def test_the_address_that_was_looked_at_is_the_one_that_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that leads outside when it is looked at, and inside a moment later."""
    asked: list[str] = []

    async def resolve(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    def looks_public(address: guard.Address) -> bool:
        return bool(address)

    monkeypatch.setattr(guard, "is_public", looks_public)
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    async with receiving() as receiver:
        url = f"http://rebound.example:{receiver.port}/"
        async with Harness(asking(WebhookChannel(url, secret=new_secret()))) as h:
            await h.start("ask", {})
            (request,) = receiver.got
            assert request.headers["host"] == f"rebound.example:{receiver.port}"
            assert asked == ["rebound.example"]


async def test_one_private_address_among_several_is_enough_to_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return [(2, 1, 6, "", (each, port)) for each in ("93.184.215.14", "10.0.0.1")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    channel = WebhookChannel("http://two.example/", secret=new_secret())
    async with Harness(asking(channel)) as h:
        await h.start("ask", {})
        (dead,) = await h.app.notifications.all(dead=True)
        assert "10.0.0.1" in (dead.error or "")


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "http:///x", "https://user:pass@a.example/", "a.example"]
)
def test_urls_that_cannot_be_called_are_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        WebhookChannel(url, secret=new_secret())


@pytest.mark.parametrize("secret", ["", "hunter2", "whsec_c2hvcnQ=", "whsec_!", []])
def test_a_weak_secret_is_refused(secret: Any) -> None:
    with pytest.raises(ConfigurationError):
        WebhookChannel("https://a.example/", secret=secret)


async def test_secrets_are_neither_shown_nor_kept(caplog: pytest.LogCaptureFixture) -> None:
    secret = new_secret()
    async with receiving(statuses=[500]) as receiver:
        channel = channel_to(receiver, secret)
        async with Harness(asking(Route(channel))) as h:
            await h.start("ask", {})
            kept = str(await h.app.notifications.all())
    said = caplog.text + kept + repr(channel) + repr(Route(channel))
    assert secret not in said
    assert "sesame" not in said
