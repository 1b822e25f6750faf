"""Tasks, and what people may try to do to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from assent.core.command import (
    Claim,
    Command,
    Conclude,
    Expire,
    Release,
    Remark,
    Respond,
    Withdraw,
)
from assent.core.journal import TaskOpened, micros
from assent.core.policy import Actor
from assent.core.task import HumanTask, Outcome, TaskKind
from assent.errors import FieldError

NOON: Final = datetime(2026, 1, 5, 12, tzinfo=UTC)
SHOWN: Final = "d1gest"

people = st.sampled_from(["ann", "bob", "eve"]).map(Actor)
answers: st.SearchStrategy[Any] = st.sampled_from([None, 0, 1, True, False, "", "yes", [], {}])
reasons = st.none() | st.sampled_from(["", "too much"])
doors = st.sampled_from(["python", "http", "page"])


def asked(
    *,
    kind: TaskKind = TaskKind.APPROVE,
    to: tuple[str, ...] = (),
    due: datetime | None = None,
    **more: Any,
) -> HumanTask:
    """A question that was just put."""
    fact = TaskOpened(
        key="ok",
        task="task_1",
        name="ok",
        asks=kind,
        digest=SHOWN,
        to=list(to) or None,
        due=None if due is None else micros(due),
        **more,
    )
    return HumanTask(asked=fact, opened=NOON, number=2)


tasks = st.builds(
    asked,
    kind=st.sampled_from(list(TaskKind)),
    to=st.sampled_from(
        [(), ("ann",), ("ann", "bob"), ("group:finance",), ("user:eve", "role:legal")]
    ),
    due=st.none() | st.just(NOON + timedelta(hours=5)),
    undo=st.sampled_from([None, 30 * 60_000_000]),
)

responses: st.SearchStrategy[Respond] = st.builds(
    Respond,
    by=people,
    via=doors,
    outcome=st.sampled_from([Outcome.APPROVED, Outcome.EDITED, Outcome.REJECTED, Outcome.ANSWERED]),
    value=answers,
    reason=reasons,
    shown=st.sampled_from([None, SHOWN, "older"]),
    errors=st.sampled_from([(), (FieldError("/amount", "too much"),)]),
)
commands: st.SearchStrategy[Command] = st.one_of(
    responses,
    st.builds(Claim, by=people, via=doors),
    st.builds(Release, by=people, via=doors),
    st.builds(Remark, by=people, via=doors, text=st.just("hm")),
    st.builds(Withdraw, by=st.none() | people, via=doors, reason=reasons),
    st.just(Expire()),
    st.just(Conclude()),
)

steps = st.lists(st.tuples(commands, st.integers(0, 120)), max_size=12)
"""Commands, and how many minutes pass before each."""
