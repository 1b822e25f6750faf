"""The verbs that hear from outside and tell others: waiting for events, addresses of a run's own, notifying.

The waiter and its "waiting" entry are one write. What came early is in the same write as the wait that gets it.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import Any, Final, cast

from assent.core.durations import Duration, duration
from assent.core.journal import (
    EventSent,
    EventWaiting,
    Fact,
    HookOpened,
    Key,
    RunId,
    micros,
    moment,
)
from assent.core.signal import (
    EventResult,
    SignalReceipt,
    SignalStatus,
    fault_of,
    hook_name,
    withdrawn,
)
from assent.core.values import Json
from assent.engine.ground import Ground
from assent.engine.replay import Slot
from assent.errors import AssentError, DefinitionError
from assent.forms import Form, form_of

WEEK: Final = "7d"
_LIKE_A_VISIT: Final = re.compile(r"#\d+$")


class Signals(Ground):
    """Waits for signals, and sends them."""

    async def wait_for_event(
        self, name: str, *, timeout: Duration | None = WEEK, type: Any = None
    ) -> EventResult[Any]:
        """Wait for a signal of this name."""
        self.outside_steps("wait_for_event")
        if (fault := fault_of(name)) is not None:
            raise DefinitionError(fault)
        return await self.result_of(name, f"event:{name}", timeout, type)

    async def result_of(
        self, name: str, place: str, timeout: Duration | None, wanted: Any
    ) -> EventResult[Any]:
        """What comes of waiting. What came early and does not fit is passed over: nobody could refuse it then."""
        form = None if wanted is None else form_of(wanted)
        due = None if timeout is None else duration(timeout)
        until: int | None = None
        while True:
            if until is None and due is not None:
                until = micros(self.clock.now() + due)
            slot, until = await self._received(name, _key(place), until, form)
            if slot.status == "timed_out":
                return EventResult(None, True, None)
            data = self.unpacked(slot.value)
            if form is None:
                return EventResult(data, False, moment(slot.at))
            try:
                return EventResult(form.read(data), False, moment(slot.at))
            except AssentError:
                continue

    async def _received(
        self, name: str, place: str, due: int | None, form: Form | None
    ) -> tuple[Slot, int | None]:
        """What came, or was recorded to have come, and when the wait was due."""
        execution = self.execution
        branch = execution.branch()
        key = branch.key(place)
        slot = execution.recorded(branch, key, "wait")
        opening: Fact | None = None
        if slot is not None:
            due = slot.due or None
            if slot.withdrawn:
                await execution.hang()
            if slot.done:
                return slot, due
        execution.forms[key] = form
        if slot is None:
            await self.at_the_end(branch)
            await execution.hold()
            schema = None if form is None else form.schema
            opening = EventWaiting(key=key, name=name, due=due, form=schema)
        return await self._come(key, opening), due

    async def _come(self, key: Key, opening: Fact | None) -> Slot:
        execution = self.execution
        try:
            received: Slot = await execution.wait(key, opening)
        except asyncio.CancelledError:
            if not execution.stopped:
                execution.gives_up(lambda run, at: withdrawn(run.signals, [key]))
            raise
        finally:
            execution.forms.pop(key, None)
        return received

    async def webhook(self) -> Hook:
        """An address of this run's own: what is sent there is kept, and ``hook.wait()`` hands it out."""
        self.outside_steps("webhook")
        execution = self.execution
        branch = execution.branch()
        key = branch.key("webhook")
        slot = execution.recorded(branch, key, "hook")
        if slot is not None:
            return Hook(self, slot.child, str(slot.value))
        await self.at_the_end(branch)
        await execution.hold()
        token = secrets.token_urlsafe(24)
        opened = HookOpened(key=key, name=hook_name(token), url=self.engine.hook_url(token))
        execution.append(opened)
        await self.saved()
        return Hook(self, opened.name, opened.url)

    async def notify(
        self, event: str, data: Any = None, run_id: RunId | None = None
    ) -> SignalReceipt:
        """Signal to other runs, once; the receipt is recorded."""
        self.outside_steps("notify")
        execution = self.execution
        branch = execution.branch()
        key = branch.key(_key(f"notify:{event}"[:200]))
        packed: Json = None
        if self.is_new(branch, key):
            packed = self.kept(data, f"the signal {event!r}")
        slot = execution.recorded(branch, key, "notify")
        if slot is not None:
            runs = tuple(cast("list[str]", slot.value))
            return SignalReceipt(SignalStatus(slot.status), event, str(slot.error), runs)
        await self.at_the_end(branch)
        await execution.hold()
        await self.saved()
        await execution.hold()
        receipt = await self._sent(key, event, data, run_id)
        execution.append(_sent(key, event, packed, run_id, receipt))
        return receipt

    async def _sent(self, key: Key, event: str, data: Any, run_id: RunId | None) -> SignalReceipt:
        """Should the process end before it is recorded, it is sent again, and is the same delivery."""
        execution = self.execution
        execution.inflight += 1
        try:
            with self.written_elsewhere():
                return await self.engine.notify(
                    event, data, run_id, id=f"{self.head.id}/{key}"[-200:], by=self.head.id
                )
        finally:
            execution.inflight -= 1
            execution.settle()


class Hook:
    """An address of a run's own. Calls that come early are kept, in their order."""

    def __init__(self, signals: Signals, name: str, url: str) -> None:
        self.url = url
        self._signals = signals
        self._name = name

    async def wait(self, *, timeout: Duration | None = WEEK, type: Any = None) -> EventResult[Any]:
        """Wait for the next call; its data is the body that was sent."""
        self._signals.outside_steps("webhook")
        place = f"call:{self._name.partition(':')[2][:12]}"
        return await self._signals.result_of(self._name, place, timeout, type)


def _key(place: str) -> str:
    """A key must not look like a second visit, and the names of signals may."""
    return f"{place}." if _LIKE_A_VISIT.search(place) else place


def _sent(
    key: Key, event: str, data: Json, run_id: RunId | None, receipt: SignalReceipt
) -> EventSent:
    return EventSent(
        key=key,
        name=event,
        status=receipt.status,
        run=run_id,
        runs=list(receipt.runs) or None,
        message=receipt.message,
        data=data,
    )
