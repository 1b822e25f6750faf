"""What apprise reaches is told, and its URLs stay secret."""

from __future__ import annotations

import pytest

from assent import ConfigurationError
from assent.notifying.anywhere import AppriseChannel
from assent.testing import Harness
from tests.notifying.receiver import receiving
from tests.notifying.recorder import asking

pytestmark = pytest.mark.anyio


async def test_people_are_told_through_apprise() -> None:
    async with receiving() as receiver:
        channel = AppriseChannel(f"json://ann:sesame@127.0.0.1:{receiver.port}/")
        async with Harness(asking(channel)) as h:
            await h.start("ask", {"value": {"amount": 120}, "title": "Refund\r\nBcc: all"})
            await h.person("ann").rejects("refund", "too late")
            await h.rest()
        needed, resolved = (request.json for request in receiver.got)
        assert needed["title"] == "Refund Bcc: all"
        assert "amount: 120" in needed["message"]
        assert "Rejected by ann: too late" in resolved["message"]
        assert "sesame" not in repr(channel)


async def test_a_service_that_does_not_take_it_gets_it_again() -> None:
    async with receiving(statuses=[500]) as receiver:
        channel = AppriseChannel(f"json://127.0.0.1:{receiver.port}/")
        async with Harness(asking(channel)) as h:
            await h.start("ask", {})
            assert len(await h.app.notifications.all()) == 1
            await h.advance("5s")
            assert await h.app.notifications.all() == []


def test_a_url_that_apprise_does_not_know_is_refused_without_repeating_it() -> None:
    with pytest.raises(ConfigurationError) as refused:
        AppriseChannel("nonsense://sesame")
    assert "sesame" not in str(refused.value)
