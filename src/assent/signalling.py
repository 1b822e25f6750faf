"""Signals on their way to the runs that wait for them.

door ──▶ signalling ──▶ (who waits?) ──▶ (does the data fit?) ──▶ core.signal.arrive ──▶ ledger ──▶ receipt

The signal and the run's wake-up are one write. Each run is judged for itself, as it stands at that moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias, cast

from assent.core.journal import Fact, RunId, moment
from assent.core.run import Run
from assent.core.signal import (
    MOST_EARLY,
    Arrival,
    Delivery,
    Signal,
    SignalReceipt,
    SignalStatus,
    Waiter,
    arrive,
    fault_of,
    hook_name,
)
from assent.core.texts import unkept
from assent.core.values import Json, pack, plain
from assent.errors import AssentError, FieldError, InvalidInput, RunNotFound, ValueNotKept
from assent.forms import Form, check_against
from assent.ledger import Ledger
from assent.ports.rows import WaiterQuery, WaiterRow
from assent.ports.store import Store

FormOf: TypeAlias = Callable[[RunId, str], Awaitable[Form | None]]

_PAGE: Final = 200
_MOST_LISTED: Final = 1000


class Signalling:
    """Takes signals to the runs that wait for them."""

    def __init__(self, store: Store, ledger: Ledger, form_of: FormOf) -> None:
        self._store = store
        self._ledger = ledger
        self._form_of = form_of

    async def notify(
        self,
        event: str,
        data: Any = None,
        run_id: RunId | None = None,
        *,
        id: str | None = None,
        by: str | None = None,
        via: str = "python",
    ) -> SignalReceipt:
        """Signal to whoever waits; with ``run_id``, to that run, which keeps what comes early.

        ``id`` names the delivery: a run takes each one once.
        """
        fault = fault_of(event)
        if fault is not None:
            return _invalid(event, FieldError("/event", fault))
        if id is not None and (unkept(id) or not 0 < len(id) <= 200):
            return _invalid(event, FieldError("/id", "use a text of 1 to 200 characters"))
        if run_id is not None and not isinstance(cast(object, run_id), str):
            return _invalid(event, FieldError("/run_id", "use the id of a run, which is a text"))
        try:
            packed = pack(data)
        except ValueNotKept as error:
            return _invalid(event, FieldError("/data", str(error)))
        signal = Signal(event, packed, by, via, id, keep=run_id is not None)
        if run_id is not None:
            return _receipt(event, [await self._to(run_id, signal, data)])
        return await self._to_all(signal, data)

    async def call(self, token: str, data: Any, *, id: str | None) -> SignalReceipt | None:
        """A call of a webhook's address; None where there is no such address."""
        name = hook_name(token)
        rows = await self._store.waiters(WaiterQuery(event=name, limit=1))
        if not rows:
            return None
        signal = Signal(name, pack(data), None, "webhook", id, keep=True, one=True)
        return _receipt("webhook", [await self._to(rows[0].run, signal, data)])

    async def waiters(self, event: str, limit: int = _MOST_LISTED) -> tuple[Waiter, ...]:
        """Who waits for this signal, longest first."""
        rows = await self._store.waiters(WaiterQuery(event=event, limit=limit))
        return tuple(
            Waiter(
                event=row.event,
                run_id=row.run,
                key=row.key,
                since=moment(row.since),
                due=None if row.due is None else moment(row.due),
            )
            for row in rows
        )

    # ── delivering ──────────────────────────────────────────────────────────────────────────────

    async def _to_all(self, signal: Signal, data: Any) -> SignalReceipt:
        told: dict[RunId, Delivery] = {}
        async for rows in self._waiting(signal.name):
            runs = [run for run in dict.fromkeys(row.run for row in rows) if run not in told]
            for delivery in await asyncio.gather(*(self._to(run, signal, data) for run in runs)):
                told[delivery.run_id] = delivery
        if told:
            return _receipt(signal.name, [_overtaken(delivery) for delivery in told.values()])
        return _receipt(signal.name, await self._too_late(signal))

    async def _waiting(self, event: str) -> AsyncIterator[Sequence[WaiterRow]]:
        after: tuple[int, str, str] | None = None
        while rows := await self._store.waiters(WaiterQuery(event=event, after=after, limit=_PAGE)):
            yield rows
            if len(rows) < _PAGE:
                return
            after = (rows[-1].since, rows[-1].run, rows[-1].key)

    async def _too_late(self, signal: Signal) -> list[Delivery]:
        """Nobody waits; perhaps somebody did, and has heard of it from somebody faster."""
        rows = await self._store.waiters(WaiterQuery(event=signal.name, open=False, limit=1))
        if not rows:
            return []
        run = await self._ledger.newest(rows[0].run)
        seen = signal.delivery is not None and signal.delivery in run.signals.seen
        return [Delivery(run.id, SignalStatus.DUPLICATE if seen else SignalStatus.ALREADY_RESOLVED)]

    async def _to(self, run_id: RunId, signal: Signal, data: Any) -> Delivery:
        """Judge it against the run as it stands, and record what follows."""
        try:
            head = await self._ledger.newest(run_id)
            errors = await self._misfits(head, signal, data)
            if errors:
                return Delivery(run_id, SignalStatus.INVALID, errors)
            arrival = Arrival(SignalStatus.NO_WAITERS)

            def decide(run: Run, at: datetime) -> Sequence[Fact]:
                nonlocal arrival
                arrival = arrive(run.signals, signal, at, ended=run.status.ended)
                return arrival.facts

            await self._ledger.change(run_id, decide)
        except RunNotFound:
            return Delivery(run_id, SignalStatus.UNKNOWN_RUN)
        if arrival.status is SignalStatus.INVALID:
            return Delivery(run_id, arrival.status, (FieldError("", _FULL),))
        return Delivery(run_id, arrival.status)

    async def _misfits(self, run: Run, signal: Signal, data: Any) -> tuple[FieldError, ...]:
        """Why the data does not fit what the run waits for."""
        for key, wait in run.signals.waits.items():
            if wait.name != signal.name or wait.form is None:
                continue
            form = await self._form_of(run.id, key)
            if errors := _errors(form, wait.form, data, signal.data):
                return errors
        return ()


_FULL: Final = f"the run keeps {MOST_EARLY:,} early signals already, and nobody waits for them"
# The best that happened to a signal in any run is what happened to it.
_ORDER: Final = tuple(SignalStatus)
_MESSAGES: Final = {
    SignalStatus.DELIVERED: "{event!r} was delivered to {runs}.",
    SignalStatus.BUFFERED: "{runs} will get {event!r} once it waits for it.",
    SignalStatus.NO_WAITERS: "Nobody waits for {event!r}, and nothing was kept. Name the run to have it kept.",
    SignalStatus.DUPLICATE: "{runs} has had this delivery of {event!r} already.",
    SignalStatus.ALREADY_RESOLVED: "{runs} no longer waits for {event!r}: somebody, its deadline or a cancellation was "
    "faster.",
    SignalStatus.UNKNOWN_RUN: "There is no run {runs}.",
    SignalStatus.RUN_ENDED: "{runs} has ended, and takes no signals any more.",
    SignalStatus.INVALID: "{event!r} does not fit what is waited for: {errors}.",
}


def _errors(form: Form | None, schema: Json, data: Any, packed: Json) -> tuple[FieldError, ...]:
    """What the code's own form has against it; its JSON Schema stands in where there is no code."""
    if form is None:
        return check_against(schema, plain(packed))
    try:
        form.read(data)
    except InvalidInput as error:
        return error.errors
    except AssentError as error:
        return (FieldError("", str(error)),)
    return ()


def _overtaken(delivery: Delivery) -> Delivery:
    """It waited when it was looked up, and not any more when the signal got there."""
    over = delivery.status in {SignalStatus.NO_WAITERS, SignalStatus.RUN_ENDED}
    return delivery._replace(status=SignalStatus.ALREADY_RESOLVED) if over else delivery


def _invalid(event: str, *errors: FieldError) -> SignalReceipt:
    told = "; ".join(error.detail for error in errors)
    return SignalReceipt(SignalStatus.INVALID, event, told, errors=errors)


def _receipt(event: str, deliveries: Sequence[Delivery]) -> SignalReceipt:
    best = min(
        (delivery.status for delivery in deliveries),
        key=_ORDER.index,
        default=SignalStatus.NO_WAITERS,
    )
    reached = [delivery for delivery in deliveries if delivery.status is best]
    runs = tuple(delivery.run_id for delivery in reached)
    errors = tuple(dict.fromkeys(error for each in reached for error in each.errors))
    message = _MESSAGES[best].format(
        event=event,
        runs=", ".join(map(repr, runs[:3])) + (" and others" if len(runs) > 3 else ""),
        errors="; ".join(f"{error.pointer or '/'}: {error.detail}" for error in errors),
    )
    return SignalReceipt(best, event, message, runs, tuple(deliveries), errors)
