"""Problems: every failure of every kind has the same shape, a stable code, and says where."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest

from assent.access import Role
from tests.web.conftest import Office
from tests.web.sample import make_app


def problem(reply: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """The problem, checked for its shape."""
    told: dict[str, Any] = reply.json()
    assert (reply.status_code, told["code"]) == (status, code)
    assert reply.headers["content-type"] == "application/problem+json"
    assert told["status"] == status
    assert told["type"] == f"urn:assent:problem:{code}"
    assert told["instance"] == reply.request.url.path
    assert told["title"]
    assert told["detail"].endswith((".", "'", "…"))
    return told


async def test_what_the_framework_refuses_is_a_problem_like_any_other(office: Office) -> None:
    http = await office.program()
    problem(await http.get("/nowhere"), 404, "not_found")
    wrong_method = await http.put("/runs")
    problem(wrong_method, 405, "method_not_allowed")
    assert wrong_method.headers["allow"] == "GET, POST"
    problem(await http.patch("/health"), 405, "method_not_allowed")
    problem(await http.get("/tasks/task_none"), 404, "task_not_found")
    problem(await http.get("/runs/none"), 404, "run_not_found")
    problem(await http.get("/runs/none/events"), 404, "run_not_found")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"workflow": NaN}',
        b'{"workflow": 1e400}',
        b"\xff",
        b"[" * 100_000,
        b'"' + b"\xed\xa0\x80" + b'"',
    ],
)
async def test_a_body_that_is_no_json_is_told_so(office: Office, body: bytes) -> None:
    http = await office.program()
    reply = await http.post("/runs", content=body, headers={"Content-Type": "application/json"})
    problem(reply, 400, "bad_json")


async def test_another_kind_of_body_is_refused(office: Office) -> None:
    http = await office.program()
    reply = await http.post("/runs", data={"workflow": "refund"})
    problem(reply, 415, "unsupported_media_type")


async def test_a_body_of_another_shape_names_every_place(office: Office) -> None:
    http = await office.program()
    body = {"workflow": 3, "labels": {"a/b": 1}, "unknown": True}
    told = problem(await http.post("/runs", json=body), 422, "invalid_request")
    assert [error["pointer"] for error in told["errors"]] == [
        "/workflow",
        "/labels/a~1b",
        "/unknown",
    ]


async def test_what_the_query_does_not_know_is_refused(office: Office) -> None:
    http = await office.program()
    told = problem(
        await http.get("/tasks", params={"limit": "0", "stauts": "open"}), 422, "invalid_request"
    )
    assert [(error["pointer"], error["in"]) for error in told["errors"]] == [
        ("/limit", "query"),
        ("/stauts", "query"),
    ]
    problem(await http.get("/runs", params={"status": "lost"}), 422, "invalid_request")


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(office: Office) -> None:
    http = await office.program()
    huge = {"workflow": "refund", "input": "x" * 1_000_001}
    problem(await http.post("/runs", json=huge), 413, "too_large")

    async def in_pieces() -> AsyncIterator[bytes]:
        yield b'{"workflow": "'
        for _ in range(1100):
            yield b"x" * 1000
        yield b'"}'

    reply = await http.post(
        "/runs", content=in_pieces(), headers={"Content-Type": "application/json"}
    )
    problem(reply, 413, "too_large")


async def test_who_sends_too_much_over_the_network_still_reads_why_it_was_refused(
    office: Office,
) -> None:
    key = await office.key("ada", Role.OPERATOR)

    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 100_000

    async with office.served() as at, httpx2.AsyncClient(base_url=at) as http:
        for content in (b"x" * 4_000_000, in_pieces()):
            reply = await http.post(
                "/api/v1/runs", content=content, headers={"Authorization": f"Bearer {key}"}
            )
            problem(reply, 413, "too_large")


async def test_a_value_that_cannot_be_kept_is_refused(office: Office) -> None:
    task = await office.refund()
    http = await office.program()
    body = json.dumps({"reason": "\ud800"}).encode()
    reply = await http.post(
        f"/tasks/{task.id}/reject", content=body, headers={"Content-Type": "application/json"}
    )
    assert reply.status_code in {400, 422}
    assert (await http.get(f"/tasks/{task.id}")).json()["status"] == "open"


async def test_the_lower_role_is_told_which_one_it_takes(office: Office) -> None:
    viewer = await office.program("eve", Role.VIEWER)
    told = problem(await viewer.post("/runs", json={"workflow": "refund"}), 403, "forbidden")
    assert "'operator'" in told["detail"]


async def test_our_own_failures_tell_nothing_of_the_inside(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    http = await office.program()

    async def fails(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr(office.app.inbox, "tasks", fails)
    reply = await http.get("/tasks")
    problem(reply, 500, "internal")
    assert "secret" not in reply.text
    page = await (await office.person()).get("/")
    assert (page.status_code, "secret" in page.text) == (500, False)


async def test_people_get_a_page_instead(office: Office) -> None:
    person = await office.person()
    for path, status in {"/tasks/task_none": 404, "/runs/none": 404, "/nowhere": 404}.items():
        reply = await person.get(path)
        assert (reply.status_code, reply.headers["content-type"]) == (
            status,
            "text/html; charset=utf-8",
        )
        assert "Back to the inbox" in reply.text


async def test_an_app_that_cannot_be_opened_says_why(database: str) -> None:
    async with make_app(database), AsyncExitStack() as stack:
        second = Office(make_app(database), stack)
        stranger = await second.client()
        told = problem(await stranger.get("/api/v1/health"), 503, "store_locked")
        assert "in use by process" in told["detail"]
        page = await stranger.get("/", headers={"Accept": "text/html"})
        assert (page.status_code, "in use by process" in page.text) == (503, True)
