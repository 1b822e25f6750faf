"""How a run ends by its own code, as its journal says it: with what the code returned, or what it raised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from assent.core.failure import failure_of
from assent.core.journal import RunFinished
from assent.core.run import RunStatus
from assent.core.values import pack
from assent.errors import AssentError, ValueNotKept
from assent.errors import StepFailed as StepError


def succeeded(output: object) -> RunFinished:
    """Its code has returned; a value that cannot be kept fails it."""
    try:
        return RunFinished(status=RunStatus.SUCCEEDED, output=pack(output))
    except ValueNotKept as error:
        return failed(error.within("what the workflow returned"))
    except AssentError as error:
        return failed(error)


def failed(error: BaseException) -> RunFinished:
    """Its code has raised."""
    return RunFinished(
        status=RunStatus.FAILED, error=failure_of(error), failed_key=_failed_key(error)
    )


def _failed_key(error: BaseException | None) -> str | None:
    """The step or child run that the error came from."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, BaseExceptionGroup):
            parts = cast("Sequence[BaseException]", cast(Any, error).exceptions)
            return next((key for part in parts if (key := _failed_key(part))), None)
        if isinstance(error, StepError):
            return error.key
        if (key := getattr(error, "__assent_key__", None)) is not None:
            return str(key)
        error = error.__cause__ or error.__context__
    return None
