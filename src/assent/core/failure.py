"""Errors that come back: an exception as JSON, and an exception again.

The class is found again by its name where it still exists, and its arguments are kept where they can be; else a
``RecordedError`` stands for it, with the same message.
"""

from __future__ import annotations

import traceback
from types import FunctionType
from typing import Any, Final, cast

from assent.core.classes import loaded, type_name, type_named
from assent.core.values import Json, pack, refuse_strangers, unpack
from assent.errors import AssentError, ValueUnreadable

_LONGEST_TRACE: Final = 8_000
_LONGEST_MESSAGE: Final = 2_000
_DEEPEST: Final = 5
_MOST_IN_A_GROUP: Final = 100


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
        "message": _text(_said(error))[:_LONGEST_MESSAGE],
    }
    try:
        told["args"] = pack(_arguments(error))
        told["attributes"] = pack(dict(vars(error)))
    except Exception:  # noqa: BLE001  (however odd its class is, the failure itself must be kept)
        told.pop("args", None)
    if depth == 0:
        trace = "".join(traceback.format_exception(error, limit=-12))
        told["trace"] = _text(trace)[-_LONGEST_TRACE:]
    cause = error.__cause__
    if cause is not None and depth < _DEEPEST:
        told["cause"] = failure_of(cause, depth + 1)
    if depth < _DEEPEST and (members := _members(error)):
        told["group"] = [failure_of(one, depth + 1) for one in members]
    return told


def _members(error: BaseException) -> tuple[BaseException, ...]:
    """The errors that a group holds; none where it is no group."""
    if not isinstance(error, BaseExceptionGroup):
        return ()
    held: tuple[BaseException, ...] = cast(Any, error).exceptions
    return held[:_MOST_IN_A_GROUP]


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  (its __str__ is broken, which is not what went wrong)
        return "(its message cannot be read)"


def _arguments(error: BaseException) -> list[object]:
    if isinstance(error, BaseExceptionGroup):
        return [cast("BaseExceptionGroup[BaseException]", error).message]
    if isinstance(error, OSError) and error.filename is not None:
        return [*error.args, error.filename]  # OSError hides the file's name from its args
    return list(error.args)


def raised(failure: Json) -> Exception:
    """The exception of a failure."""
    told = cast("dict[str, Any]", failure or {})
    error = _group(told) if told.get("group") else _rebuilt(told)
    if told.get("cause"):
        error.__cause__ = raised(told["cause"])
    return error


def refuse_strange_failure(failure: Json) -> None:
    """Check a failure that comes from outside, as ``refuse_strangers`` does values: raising it would load classes."""
    if failure is None:
        return
    if not isinstance(failure, dict):
        raise ValueUnreadable("it holds a failure that is none.")
    name = failure.get("type")
    if isinstance(name, str) and ":" in name:
        kind = loaded(name)
        if kind is not None and not issubclass(kind, Exception):
            raise ValueUnreadable(f"it names {name[:100]!r} as a failure, which is none.")
    refuse_strangers(failure.get("args"))
    refuse_strangers(failure.get("attributes"))
    refuse_strange_failure(failure.get("cause"))
    group = failure.get("group")
    for one in group if isinstance(group, list) else ():
        refuse_strange_failure(one)


def message_of(failure: Json) -> str:
    """What a failure says, in one line."""
    told = cast("dict[str, Any]", failure if isinstance(failure, dict) else {})
    kind = str(told.get("type", "")).rpartition(":")[2]
    message = str(told.get("message", ""))
    if members := told.get("group"):
        message = f"{message}: {'; '.join(message_of(one) for one in members)}"
    return f"{kind}: {message}" if kind and message else kind or message


def _group(told: dict[str, Any]) -> Exception:
    said = unpack(told["args"])[0] if "args" in told else told["message"]
    return ExceptionGroup(said, [raised(one) for one in told["group"]])


def _rebuilt(told: dict[str, Any]) -> Exception:
    name, message = str(told.get("type", "")), str(told.get("message", ""))
    kind = type_named(name) if ":" in name else None
    if kind is not None and issubclass(kind, Exception) and "args" in told:
        try:
            return _made(kind, unpack(told["args"]), unpack(told.get("attributes") or {}))
        except Exception:  # noqa: BLE001  (its class has changed, or is odd: its words still stand)
            return RecordedError(name, message)
    return RecordedError(name or "error", message or "no more of it is kept")


def _made(kind: type[Exception], args: list[Any], attributes: dict[str, Any]) -> Exception:
    error = kind.__new__(kind, *args)
    if not isinstance(kind.__init__, FunctionType):
        kind.__init__(error, *args)  # C code that fills what attributes do not show
    else:
        error.args = tuple(args)
    error.__dict__.update(attributes)
    return error


def _text(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
