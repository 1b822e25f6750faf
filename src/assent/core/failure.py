"""Errors that come back: an exception as JSON, and an exception again.

The class is found again by its name where it still exists, and its arguments are kept where they can be; else a
``RecordedError`` stands for it, with the same message.
"""

from __future__ import annotations

import traceback
from typing import Any, Final, cast

from assent.core.values import Json, pack, type_name, type_named, unpack
from assent.errors import AssentError, ValueNotKept, ValueUnreadable

_LONGEST_TRACE: Final = 8_000
_LONGEST_MESSAGE: Final = 2_000
_DEEPEST: Final = 5


class RecordedError(AssentError):
    """Stands for an exception whose class or arguments could not be kept."""

    code = "recorded_error"

    def __init__(self, type: str, message: str) -> None:
        self.type = type
        self.message = message
        super().__init__(f"{type}: {message}")


def failure_of(error: BaseException, depth: int = 0) -> dict[str, Json]:
    """What is kept of an exception: class, message, arguments, attributes, trace, and its cause."""
    told: dict[str, Json] = {
        "type": type_name(type(error)),
        "message": _text(str(error))[:_LONGEST_MESSAGE],
    }
    try:
        told["args"] = pack(list(error.args))
        told["attributes"] = pack(dict(vars(error)))
    except ValueNotKept:
        told.pop("args", None)
    if depth == 0:
        trace = "".join(traceback.format_exception(error, limit=-12))
        told["trace"] = _text(trace)[-_LONGEST_TRACE:]
    cause = error.__cause__
    if cause is not None and depth < _DEEPEST:
        told["cause"] = failure_of(cause, depth + 1)
    return told


def raised(failure: Json) -> Exception:
    """The exception of a failure."""
    told = cast("dict[str, Any]", failure or {})
    error = _rebuilt(told)
    if told.get("cause"):
        error.__cause__ = raised(told["cause"])
    return error


def message_of(failure: Json) -> str:
    """What a failure says, in one line."""
    told = cast("dict[str, Any]", failure or {})
    kind = str(told.get("type", "")).rpartition(":")[2]
    message = str(told.get("message", ""))
    return f"{kind}: {message}" if kind and message else kind or message


def _rebuilt(told: dict[str, Any]) -> Exception:
    name, message = str(told.get("type", "")), str(told.get("message", ""))
    kind = type_named(name)
    if kind is not None and issubclass(kind, Exception) and "args" in told:
        try:
            error = kind.__new__(kind)
            error.args = tuple(unpack(told["args"]))
            error.__dict__.update(unpack(told.get("attributes") or {}))
        except (ValueUnreadable, TypeError, AttributeError):
            return RecordedError(name, message)
        return error
    return RecordedError(name, message)


def _text(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
