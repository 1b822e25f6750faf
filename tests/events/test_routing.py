"""The router is pure: facts in, wishes out, without a loop, a store or a clock."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import Field

from assent.authoring.events.context import Holder
from assent.authoring.events.event import (
    Event,
    InputRequest,
    InputResponse,
    StartEvent,
    StopEvent,
)
from assent.authoring.events.graph import Graph, step, step_of
from assent.authoring.events.router import (
    Answered,
    Ask,
    Collected,
    Returned,
    Router,
    Run,
    Stall,
    Stop,
)
from assent.core.values import pack, unpack
from assent.errors import DefinitionError, ValueUnreadable


class Part(Event):
    number: int


class Whole(Event):
    parts: list[int] = Field(default_factory=list[int])


def split(event: StartEvent) -> list[Part]:
    return [Part(number=1)]


@step(max_concurrency=2)
def work(event: Part) -> Whole | InputRequest:
    return Whole()


def join(event: Whole | InputResponse) -> StopEvent:
    return StopEvent()


def graph() -> Graph:
    return Graph("split", [step_of(each, timeout=None, names={}) for each in (split, work, join)])


def begun(parts: int) -> Router:
    router = Router(graph())
    assert router.begin(StartEvent()) == [Run(1, "split", StartEvent())]
    router.take(Returned(1, [Part(number=n) for n in range(parts)]))
    return router


def test_each_event_is_handed_to_the_step_that_takes_it_under_a_number_of_its_own() -> None:
    router = Router(graph())
    router.begin(StartEvent())
    assert router.take(Returned(1, [Part(number=7)])) == [Run(2, "work", Part(number=7))]
    assert router.take(Returned(2, [Whole()])) == [Run(3, "join", Whole())]
    assert router.take(Returned(3, [StopEvent(result=9)])) == [Stop(StopEvent(result=9))]


def test_no_more_than_max_concurrency_run_and_the_others_follow_in_their_order() -> None:
    router = begun(4)
    assert [*router.running] == [2, 3]
    assert router.take(Returned(3)) == [Run(4, "work", Part(number=2))]
    assert router.take(Returned(2)) == [Run(5, "work", Part(number=3))]
    assert router.take(Returned(4)) == []
    assert router.take(Returned(5)) == [Stall()]


def test_a_request_is_put_to_people_and_its_answer_goes_to_who_takes_responses() -> None:
    router = begun(1)
    request = InputRequest(prompt="Well?", request_id="r")
    assert router.take(Returned(2, [request])) == [Ask(3, "work", request)]
    response = InputResponse(request_id="r", response=False)
    assert router.take(Answered(3, False)) == [Run(4, "join", response)]


def test_two_open_requests_of_one_id_are_refused() -> None:
    router = begun(2)
    router.take(Returned(2, [InputRequest(prompt="Well?", request_id="r")]))
    with pytest.raises(DefinitionError, match="'r'"):
        router.take(Returned(3, [InputRequest(prompt="Well?", request_id="r")]))


def test_nothing_follows_from_what_comes_after_the_stop() -> None:
    router = begun(2)
    router.take(Returned(2, [StopEvent(result=1)]))
    assert router.take(Returned(3, [StopEvent(result=2)])) == []
    assert router.stopped == StopEvent(result=1)


def test_takers_of_one_event_share_nothing() -> None:
    def other(event: Whole) -> StopEvent:
        return StopEvent()

    steps = [step_of(each, timeout=None, names={}) for each in (split, work, join, other)]
    router = Router(Graph("both", steps))
    router.begin(StartEvent())
    router.take(Returned(1, [Part(number=1)]))
    one, two = router.take(Returned(2, [Whole(parts=[1])]))
    assert isinstance(one, Run)
    assert isinstance(two, Run)
    assert one.event == two.event
    assert isinstance(one.event, Whole)
    one.event.parts.append(2)
    assert two.event == Whole(parts=[1])


@pytest.mark.parametrize("before", range(6))
def test_a_router_goes_on_from_its_cursor_as_if_it_had_never_stopped(before: int) -> None:
    facts: list[Any] = [
        Returned(2, [InputRequest(prompt="?", request_id="r")]),
        Returned(3, [Whole()], [Collected("k")]),
        Returned(4, [], [Collected("k", (3, 4))]),
        Answered(6, 1),
        Returned(5, [Whole()]),
    ]
    router = begun(4)
    for fact in facts[:before]:
        router.take(fact)
    kept = json.loads(json.dumps(pack(router.cursor())))
    again = Router.restored(graph(), unpack(kept))
    for fact in facts[before:]:
        assert again.take(fact) == router.take(fact)
    assert again.cursor() == router.cursor()
    assert again.open() == router.open()


@pytest.mark.parametrize(
    ("cursor", "told"),
    [
        ({}, "next"),
        ({"next": 0}, "number of a delivery"),
        ({"next": 2, "run": [[1, "gone", Part(number=1)]]}, "'gone', which is gone"),
        ({"next": 2, "run": [[1, "join", Part(number=1)]]}, "does not take it now"),
        ({"next": 2, "run": [["1", "work", Part(number=1)]]}, "number of a delivery"),
        ({"next": 2, "ask": [[1, "work", "no request"]]}, "no InputRequest"),
        ({"next": 2, "run": 3}, "cannot go on"),
        ("nothing", "cannot go on"),
    ],
)
def test_a_cursor_that_does_not_fit_the_steps_is_refused(cursor: Any, told: str) -> None:
    with pytest.raises(ValueUnreadable, match=told):
        Router.restored(graph(), cursor)


# ── fan-in ──────────────────────────────────────────────────────────────────────────────────────


def test_events_are_held_until_there_is_one_for_each_type() -> None:
    router = begun(2)
    holder = Holder(router)
    one, two = router.running[2], router.running[3]
    assert holder.collect("k", one, [Part, Part]) == ((), None)
    took, events = holder.collect("k", two, [Part, Part])
    assert (took, events) == ((2, 3), [one.event, two.event])
    assert holder.collect("k", two, [Part, Part]) == (took, events), "tried again: the same"
    assert holder.collect("k", one, [Part, Part]) == ((), None), "taken already"


def test_an_event_that_was_taken_before_its_own_delivery_ended_counts_once() -> None:
    router = begun(2)
    router.take(Returned(3, [], [Collected("k", (2, 3))]))
    holder = Holder(Router.restored(graph(), router.cursor()))  # the process ended here
    assert holder.collect("k", router.running[2], [Part]) == ((), None)
    router.take(Returned(2, [], [Collected("k")]))
    assert (router.held, router.spent) == ({}, set())
