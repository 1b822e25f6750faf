"""Laws of places: who is let in, and where a run stands."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from assent.core.place import Limit, Line, Waiting, next_in, terms, workflow_of

MINUTE = timedelta(minutes=1)
MINUTE_MICROS = 60_000_000
NOW = 1_000 * MINUTE_MICROS

starts = st.lists(st.integers(NOW - 2 * MINUTE_MICROS, NOW), max_size=8)


@st.composite
def some_limits(draw: st.DrawFn) -> Limit:
    parallelism = draw(st.none() | st.integers(1, 5))
    rate = draw(st.integers(1, 5) if parallelism is None else st.none() | st.integers(1, 5))
    return Limit(parallelism=parallelism, rate=rate, per=MINUTE if rate else None)


@st.composite
def some_lines(draw: st.DrawFn) -> Line:
    fresh = draw(st.lists(st.booleans(), max_size=10))
    waiting = [Waiting(f"run-{nth}", one) for nth, one in enumerate(fresh)]
    return Line(draw(st.integers(0, 6)), sorted(draw(starts), reverse=True), waiting)


limits, lines = some_limits(), some_lines()


def begun_within(line: Line) -> int:
    return sum(start > NOW - MINUTE_MICROS for start in line.starts)


@given(limits, lines)
def test_nobody_is_let_in_beyond_the_limit(limit: Limit, line: Line) -> None:
    admitted = next_in(limit, line, NOW).runs
    if limit.parallelism is not None:
        assert not admitted or line.inside + len(admitted) <= limit.parallelism
    if limit.rate is not None:
        fresh = sum(one.fresh for one in admitted)
        assert not fresh or begun_within(line) + fresh <= limit.rate


@given(limits, lines)
def test_whoever_could_go_in_is_let_in(limit: Limit, line: Line) -> None:
    admitted = next_in(limit, line, NOW).runs
    left = [one for one in line.waiting if one not in admitted]
    room = limit.parallelism is None or line.inside + len(admitted) < limit.parallelism
    fresh = sum(one.fresh for one in admitted)
    may_start = limit.rate is None or begun_within(line) + fresh < limit.rate
    assert not [one for one in left if room and (may_start or not one.fresh)]


@given(limits, lines)
def test_nobody_is_overtaken_by_one_of_their_own_kind(limit: Limit, line: Line) -> None:
    admitted = set(next_in(limit, line, NOW).runs)
    for fresh in (True, False):
        mine = [one in admitted for one in line.waiting if one.fresh is fresh]
        assert mine == sorted(mine, reverse=True)


@given(limits, lines)
def test_whom_the_rate_holds_back_is_looked_at_again_when_it_no_longer_does(
    limit: Limit, line: Line
) -> None:
    verdict = next_in(limit, line, NOW)
    if verdict.again is not None:
        assert NOW < verdict.again <= NOW + MINUTE_MICROS
        begun = [*(NOW for one in verdict.runs if one.fresh), *line.starts]
        later = Line(0, begun, [one for one in line.waiting if one not in verdict.runs])
        assert any(one.fresh for one in next_in(limit, later, verdict.again).runs)
        sooner = next_in(limit, later, verdict.again - 1).runs
        assert not any(one.fresh for one in sooner)


@given(st.text(min_size=1, max_size=20), st.text("abc:%", max_size=5))
def test_a_queue_says_whose_it_is_and_two_workflows_never_share_one(name: str, key: str) -> None:
    queue = Limit(parallelism=1, key=key).queue(name, None)
    assert workflow_of(queue) == name
    assert workflow_of(Limit(parallelism=1).queue(name, None)) == name


def test_a_run_that_goes_on_is_held_to_no_rate() -> None:
    limit = Limit(parallelism=3, rate=2, per="1m")
    assert terms(limit, Waiting("a", True), NOW) == (3, 2, NOW - MINUTE_MICROS)
    assert terms(limit, Waiting("a", False), NOW) == (3, None, 0)
