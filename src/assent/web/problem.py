"""What went wrong, as problem+json (RFC 9457) for programs and as a page for people.

Every problem has a stable ``code``; ``errors`` names each place in a value by JSON pointer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from assent.core.values import Json
from assent.errors import (
    AssentError,
    Conflict,
    DefinitionError,
    FieldError,
    InvalidInput,
    InvalidState,
    NotFound,
    NotOpen,
    RestateAway,
    StoreAway,
    StoreLocked,
    ValueNotKept,
)
from assent.web.page import view
from assent.web.request import route_path

API: Final = "/api/"

STATUS: Final[Mapping[type[AssentError], int]] = {
    NotFound: 404,
    InvalidInput: 422,
    ValueNotKept: 422,
    DefinitionError: 422,
    Conflict: 409,
    InvalidState: 409,
    NotOpen: 503,
    RestateAway: 503,
    StoreAway: 503,
    StoreLocked: 503,
}
CODES: Final[Mapping[int, str]] = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    412: "precondition_failed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid_request",
    500: "internal",
    503: "unavailable",
}


class Problem(Exception):
    """Ends a request with a problem: which, what to do, and where."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        code: str = "",
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.code = code or CODES.get(status, "error")
        self.errors = errors
        self.headers = dict(headers or {})


def of_fields(errors: Sequence[FieldError]) -> list[Mapping[str, str]]:
    """Errors by path, as every reply writes them."""
    return [{"pointer": error.pointer, "detail": error.detail} for error in errors]


def answer(request: Request, problem: Problem) -> Response:
    """The reply to a request that met this problem: JSON for programs, a page for people."""
    if is_api(request):
        return as_json(problem, instance=request.url.path)
    return view.trouble(request, problem.status, problem.detail, problem.headers)


def is_api(request: Request) -> bool:
    """Whether a program asks."""
    return route_path(request.scope).startswith(API)


def as_json(problem: Problem, *, instance: str) -> JSONResponse:
    """The problem as RFC 9457 writes it."""
    body: dict[str, Json] = {
        "type": f"urn:assent:problem:{problem.code}",
        "title": problem.code.replace("_", " ").capitalize(),
        "status": problem.status,
        "detail": problem.detail,
        "instance": instance,
        "code": problem.code,
    }
    if problem.errors:
        body["errors"] = [dict(error) for error in problem.errors]
    return JSONResponse(
        body, problem.status, problem.headers, media_type="application/problem+json"
    )


# ── where problems come from ────────────────────────────────────────────────────────────────────


def of_error(error: AssentError) -> Problem:
    """One of our own errors: its code and words are the same on every door."""
    status = next((s for kind, s in STATUS.items() if isinstance(error, kind)), 500)
    errors = of_fields(error.errors) if isinstance(error, InvalidInput) else []
    return Problem(status, str(error), code=error.code, errors=errors)


def of_http(error: HTTPException) -> Problem:
    """What the framework refuses: unknown paths, other methods, bodies that are too large."""
    status = error.status_code
    said = error.detail if error.detail != _phrase(status) else _WORDS.get(status, error.detail)
    return Problem(status, said, headers=error.headers)


def of_validation(error: RequestValidationError) -> Problem:
    """A request that does not have the shape that the API describes."""
    told = error.errors()
    if any(each["type"] == "json_invalid" for each in told):
        return Problem(400, "The body is not JSON.", code="bad_json")
    errors: list[Mapping[str, str]] = []
    for each in told:
        place, *path = each["loc"]
        if place in _ONE_WORD:
            path = path[:1]  # pydantic goes on with which part of a union it has tried
        found = {"pointer": pointer(path), "detail": str(each["msg"])}
        errors.append(found if place == "body" else {**found, "in": str(place)})
    named = "; ".join(f"{each['pointer'] or 'the body'}: {each['detail']}" for each in errors)
    return Problem(422, f"The request does not fit: {named}.", errors=errors)


_ONE_WORD: Final = frozenset({"query", "path", "header", "cookie"})


def pointer(path: Sequence[str | int]) -> str:
    """An RFC 6901 JSON pointer."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase


_WORDS: Final[Mapping[int, str]] = {
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    413: "The body is too large.",
}


def _methods(request: Request) -> set[str]:
    """What this address takes: each of its routes knows only of itself."""
    path, found = route_path(request.scope), set[str]()
    for route in request.app.routes:
        if isinstance(route, Route) and route.path_regex.match(path):
            found |= route.methods or set()
    return found


async def on_problem(request: Request, error: Exception) -> Response:
    """Handles every exception that has a reply of its own."""
    match error:
        case Problem():
            return answer(request, error)
        case AssentError():
            return answer(request, of_error(error))
        case RequestValidationError():
            return answer(request, of_validation(error))
        case HTTPException(status_code=405):
            headers = {"Allow": ", ".join(sorted(_methods(request)))}
            return answer(request, Problem(405, _WORDS[405], headers=headers))
        case HTTPException():
            return answer(request, of_http(error))
        case _:
            said = "Something broke on our side. It was logged; try again, or tell an operator."
            return answer(request, Problem(500, said))
