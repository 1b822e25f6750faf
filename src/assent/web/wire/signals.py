"""Signals as they go over the wire: their receipts, and who waits for them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from assent.core import signal
from assent.core.signal import SignalStatus
from assent.web.wire.basic import Wrong


class Delivery(BaseModel):
    """What became of a signal in one run."""

    run_id: str
    status: SignalStatus


class SignalReceipt(BaseModel):
    """What became of a signal; ``runs`` are those it reached."""

    status: SignalStatus
    code: str
    message: str
    event: str
    runs: list[str]
    deliveries: list[Delivery]
    errors: list[Wrong]

    @classmethod
    def of(cls, receipt: signal.SignalReceipt) -> SignalReceipt:
        """A receipt as it goes over the wire; ``code`` is its status, as problems have one."""
        return cls(
            status=receipt.status,
            code=receipt.status.value,
            message=receipt.message,
            event=receipt.event,
            runs=list(receipt.runs),
            deliveries=[Delivery(run_id=d.run_id, status=d.status) for d in receipt.deliveries],
            errors=[Wrong(pointer=e.pointer, detail=e.detail) for e in receipt.errors],
        )


class Waiter(BaseModel):
    """Who waits for an event."""

    event: str
    run_id: str
    key: str
    since: datetime
    due: datetime | None

    @classmethod
    def of(cls, waiter: signal.Waiter) -> Waiter:
        """A waiter as it goes over the wire."""
        return cls(
            event=waiter.event,
            run_id=waiter.run_id,
            key=waiter.key,
            since=waiter.since,
            due=waiter.due,
        )


class Called(BaseModel):
    """What became of a webhook's call."""

    status: SignalStatus
