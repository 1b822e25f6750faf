"""How a command ends: exit codes, and what leads to which.

Codes are part of the face: add, never change. ``assent --help`` lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from assent.core.values import Json


class Exit(IntEnum):
    """An exit code."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    NOT_FOUND = 3
    CONFLICT = 4
    UNREACHABLE = 5
    FORBIDDEN = 6
    INTERRUPTED = 130


MEANING: Final[Mapping[Exit, str]] = {
    Exit.DONE: "done",
    Exit.REFUSED: "refused or failed: an input or answer that does not fit, a failed run or check",
    Exit.USAGE: "the command line itself is wrong",
    Exit.NOT_FOUND: "no such run, task, workflow or key",
    Exit.CONFLICT: "too late or taken: decided, expired, cancelled, or an id used otherwise",
    Exit.UNREACHABLE: "the server or the database cannot be used",
    Exit.FORBIDDEN: "the key does not allow this",
    Exit.INTERRUPTED: "interrupted from the keyboard",
}

OF_RECEIPT: Final[Mapping[str, Exit]] = {
    "accepted": Exit.DONE,
    "recorded": Exit.DONE,
    "duplicate": Exit.DONE,
    "ineligible": Exit.REFUSED,
    "invalid": Exit.REFUSED,
    "stale": Exit.REFUSED,
    "already_decided": Exit.CONFLICT,
    "expired": Exit.CONFLICT,
    "cancelled": Exit.CONFLICT,
    "unknown": Exit.NOT_FOUND,
}

OF_SIGNAL: Final[Mapping[str, Exit]] = {
    "delivered": Exit.DONE,
    "buffered": Exit.DONE,
    "duplicate": Exit.DONE,
    "invalid": Exit.REFUSED,
    "no_waiters": Exit.NOT_FOUND,
    "unknown_run": Exit.NOT_FOUND,
    "already_resolved": Exit.CONFLICT,
    "run_ended": Exit.CONFLICT,
}

OF_RUN: Final[Mapping[str, Exit]] = {
    "running": Exit.DONE,
    "waiting": Exit.DONE,
    "paused": Exit.DONE,
    "succeeded": Exit.DONE,
    "parked": Exit.REFUSED,
    "failed": Exit.REFUSED,
    "cancelled": Exit.REFUSED,
    "timed_out": Exit.REFUSED,
}

OF_ERROR: Final[Mapping[str, Exit]] = {
    "not_found": Exit.NOT_FOUND,
    "run_not_found": Exit.NOT_FOUND,
    "task_not_found": Exit.NOT_FOUND,
    "workflow_not_found": Exit.NOT_FOUND,
    "conflict": Exit.CONFLICT,
    "invalid_state": Exit.CONFLICT,
    "configuration": Exit.UNREACHABLE,
    "store_locked": Exit.UNREACHABLE,
    "store_newer": Exit.UNREACHABLE,
    "restate_away": Exit.UNREACHABLE,
    "store_away": Exit.UNREACHABLE,
}

OF_HTTP: Final[Mapping[int, Exit]] = {
    401: Exit.FORBIDDEN,
    403: Exit.FORBIDDEN,
    404: Exit.NOT_FOUND,
    409: Exit.CONFLICT,
    410: Exit.CONFLICT,
    412: Exit.REFUSED,
    422: Exit.REFUSED,
    500: Exit.UNREACHABLE,
    502: Exit.UNREACHABLE,
    503: Exit.UNREACHABLE,
    504: Exit.UNREACHABLE,
}


class Stop(Exception):
    """Ends a command with a message for people, a stable code for programs and an exit code."""

    def __init__(self, message: str, *, exit: Exit, code: str = "usage", more: Json = None) -> None:
        self.message = message
        self.exit = exit
        self.code = code
        self.more = more
        super().__init__(message)


def of_problem(status: int, code: str) -> Exit:
    """The exit code of an HTTP problem."""
    return OF_ERROR.get(code) or OF_HTTP.get(status, Exit.REFUSED)
