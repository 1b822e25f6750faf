"""Where a flow stands, as it is handed out: it stays as it was when the flow goes on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeAlias

from typing_extensions import override

from assent.authoring.flows.machine import Flowing, Pause
from assent.authoring.flows.states import State, copied
from assent.core.flow import ABSENT

Resume: TypeAlias = Callable[..., Awaitable["Output"]]


class Output:
    """Where a flow stands. It stays as it was when the flow goes on.

    ``finished`` · ``input_required`` what it asks for, as it was described · ``error`` why it may be tried again ·
    ``errors`` a list for whoever asks · ``expires`` until when · ``step_id`` · ``state`` · ``context``
    """

    __slots__ = (
        "_flowing",
        "_resume",
        "_state",
        "error",
        "errors",
        "expires",
        "finished",
        "input_required",
        "step_id",
        "to",
        "via",
    )

    def __init__(
        self,
        resume: Resume,
        flowing: Flowing,
        state: State,
        pause: Pause | None,
        expires: datetime | None,
    ) -> None:
        self._resume = resume
        self._flowing = flowing
        self._state = state
        self.finished = pause is None
        self.step_id: str | None = None if pause is None else pause.step
        asks = ABSENT if pause is None else pause.asks
        self.input_required: Any = None if asks is ABSENT else asks
        self.error = None if pause is None else pause.error
        self.errors: Any = None if pause is None else pause.errors
        self.expires = expires
        self.via = None if pause is None else pause.via
        self.to = None if pause is None else pause.to

    @override
    def __repr__(self) -> str:
        where = "finished" if self.finished else f"at {self.step_id!r}"
        return f"<flow {self._flowing.flow.id!r} {where}>"

    @property
    def state(self) -> dict[str, Any]:
        """The state as plain JSON, to keep wherever you like: a copy each time."""
        copy: dict[str, Any] = copied(self._state)
        return copy

    @property
    def context(self) -> Any:
        """The context, as its own type: a copy each time."""
        return self._flowing.contexts.restored(self._state["context"], self._state.get("kept"))

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return str(self._state["run_id"])

    async def resume(self, input: Any = ABSENT, **how: Any) -> Output:
        """Go on from here; see ``Flows.resume``."""
        return await self._resume(self._state, input, **how)

    async def retry(self, input: Any = ABSENT, **how: Any) -> Output:
        """Try the step that failed again, with another input where one is given."""
        return await self._resume(self._state, input, **how)
