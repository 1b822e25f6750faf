"""Holding an event-driven run: its events, and the requests it puts to people.

A handler is a view, as every handle of a run is: any number, in any process, and none consumes anything.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Generator, Mapping, Sequence
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from assent.authoring.events.event import Event, InputRequest, InputResponse, StopEvent
from assent.authoring.events.workflow import returned
from assent.core.classes import loaded
from assent.core.journal import RunFinished, StepFinished, TaskOpened
from assent.core.run import RunStatus
from assent.errors import ValueUnreadable
from assent.human.looking import By
from assent.human.receipt import Receipt
from assent.runs.handle import RunHandle

CALLER: Final = "program"
E = TypeVar("E", bound=Event)


class Handler(RunHandle[Any]):
    """A view of one event-driven run."""

    # ── events ──────────────────────────────────────────────────────────────────────────────────

    def stream_events(
        self, callback: Callable[[Event], Any] | None = None, *, after: int = 0
    ) -> EventStream:
        """What the run tells: events written to its stream, requests once they can be answered, the stop event.

        Requests of the runs below it are told too, and say under which ``path``.

        Iterate over it, or give a callback (async or not) and await it. It begins with the run, or after the
        ``seq`` of an event, and ends with the run; every reader gets all of it.
        """
        return EventStream(self._told(after), callback)

    async def _told(self, after: int) -> AsyncIterator[Event]:
        requests: dict[tuple[str, str], InputRequest] = {}
        stopped: StopEvent | None = None
        depth = len((await self._head()).path)
        async for event in self._parts.stream.family(self.id):
            told: Event | None = None
            if event.name == StepFinished.kind:
                for made in _made(event.data):
                    if isinstance(made, InputRequest):
                        requests[event.run_id, made.request_id] = made
                    elif isinstance(made, StopEvent) and event.run_id == self.id:
                        stopped = stopped or made
            elif event.name == TaskOpened.kind:
                told = _request(event.data)
                if told is not None:
                    told = requests.get((event.run_id, told.request_id), told)
                    told = _at(told, path=tuple(event.data.get("path") or ())[depth:])
            elif event.run_id != self.id:
                pass  # what else a run below tells is in a stream of its own
            elif event.name == RunFinished.kind:
                told = stopped if event.data.get("status") == RunStatus.SUCCEEDED else None
            elif isinstance(event.data, Event):
                told = event.data
            if told is not None and event.seq > after:
                yield _at(told, seq=event.seq)

    # ── people ──────────────────────────────────────────────────────────────────────────────────

    async def pending_requests(self) -> tuple[InputRequest, ...]:
        """The open requests of the run, and of the runs below it: those say under which ``path``."""
        found: list[InputRequest] = []
        depth = len((await self._head()).path)
        for task in await self.tasks():
            told = {"labels": task.labels, "title": task.title, "value": task.value, "to": task.to}
            request = _request(told)
            if request is not None:
                found.append(_at(request, path=task.path[depth:]))
        return tuple(found)

    async def respond_to_input(
        self,
        request_id: str,
        response: Any = None,
        *,
        path: Sequence[str] | None = None,
        by: By = CALLER,
        reason: str | None = None,
    ) -> Receipt:
        """Answer a request; the branch that asked goes on with it. The receipt is that of the inbox.

        ``path`` says in which run below, where several have one of this id.
        """
        task = await self._parts.inbox.labelled(self.id, "request", request_id, path)
        if task is None:
            return await self._parts.inbox.missing(self.id, request_id)
        return await self._parts.inbox.answer(task, response, by=by, reason=reason)

    async def respond_to_input_typed(
        self,
        response: InputResponse,
        *,
        path: Sequence[str] | None = None,
        by: By = CALLER,
        reason: str | None = None,
    ) -> Receipt:
        """Answer a request with a response that was made elsewhere."""
        return await self.respond_to_input(
            response.request_id, response.response, path=path, by=by, reason=reason
        )

    # ── steering ────────────────────────────────────────────────────────────────────────────────

    async def resume_in_place(self, *, by: By | None = None) -> RunStatus:
        """End a pause, as if it had never been; more than once is harmless."""
        return await self.resume(by=by)

    async def abort(self, reason: str | None = None, *, by: By | None = None) -> RunStatus:
        """End the run; returns once its code has been cancelled. More than once is harmless."""
        return await self.cancel(reason, by=by)


class EventStream:
    """The events of a run: iterated over, or awaited where a callback takes them."""

    def __init__(
        self, events: AsyncIterator[Event], callback: Callable[[Event], Any] | None
    ) -> None:
        self._events = events
        self._callback = callback

    def __aiter__(self) -> AsyncIterator[Event]:
        """Each event, in order."""
        return self._events

    def __await__(self) -> Generator[Any, None, None]:
        """Hand each event to the callback; return when the run has ended."""
        return self._all().__await__()

    async def _all(self) -> None:
        async for event in self._events:
            if self._callback is not None:
                told = self._callback(event)
                if inspect.isawaitable(told):
                    await told


def _made(data: Any) -> list[Any]:
    """The events in what is recorded of a step."""
    try:
        return list(returned(0, data.get("result")).events)
    except (KeyError, TypeError):
        return []  # a step of another style


def _request(told: Mapping[str, Any]) -> InputRequest | None:
    """The request that a task was opened for; None for a task of another kind."""
    labels: Mapping[str, str] = told.get("labels") or {}
    request_id = labels.get("request")
    if request_id is None or "event" not in labels:
        return None
    fields: dict[str, Any] = {
        "request_id": request_id,
        "prompt": told.get("title") or "",
        "metadata": told.get("value"),
        "to": tuple(told.get("to") or ()),
    }
    try:
        kind = loaded(labels["event"])
        if kind is not None and issubclass(kind, InputRequest):
            return kind(**fields)
    except (ValueUnreadable, ValidationError):
        pass  # a class of its own, with fields that the task does not have
    return InputRequest(**fields)


def _at(event: E, **place: Any) -> E:
    """A copy of an event that says where it was read."""
    copy = event.model_copy()
    for name, told in place.items():
        if name not in type(event).__pydantic_fields__:
            # Beside the fields, not among them: it is no part of the event itself.
            object.__setattr__(copy, name, told)
    return copy
