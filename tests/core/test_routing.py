"""Laws of routes: judged by one pure function, whatever the hour."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent import ConfigurationError
from assent.core.routing import EVENTS, About, Quiet, Route, judge

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
clocks = st.integers(0, 24 * 60 - 1).map(lambda n: f"{n // 60:02}:{n % 60:02}")
quiets = (
    st.tuples(clocks, clocks)
    .filter(lambda pair: pair[0] != pair[1])
    .flatmap(lambda pair: st.builds(Quiet, st.just("-".join(pair)), st.sampled_from(ZONES)))
)
minutes = st.integers(0, 10 * 366 * 24 * 60)
moments = minutes.map(lambda n: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
names = st.sampled_from(["ann", "user:ann", "bob", "group:finance", "role:legal"])
abouts = st.builds(
    About,
    event=st.sampled_from(EVENTS),
    to=st.lists(names, max_size=3).map(tuple),
    labels=st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy")),
    priority=st.integers(-3, 9),
    risk=st.sampled_from([None, "low", "high"]),
)
routes = st.builds(
    Route,
    st.none(),
    to=st.lists(names, max_size=2),
    labels=st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy"), max_size=1),
    priority=st.none() | st.integers(-3, 9),
    risk=st.sampled_from([(), "high", ("low", "high")]),
    mute=st.lists(st.sampled_from(EVENTS), max_size=2),
    quiet=quiets,
    urgent=st.none() | st.integers(-3, 9),
)


def is_quiet(quiet: Quiet, at: datetime) -> bool:
    """By the letter: the clock on the wall shows a time between the two."""
    begins, ends = (time.fromisoformat(each) for each in quiet.hours.split("-"))
    here = at.astimezone(ZoneInfo(quiet.zone)).time()
    return begins <= here < ends if begins < ends else here >= begins or here < ends


@given(quiets, moments)
def test_quiet_hours_end_within_a_day_and_are_over_then(quiet: Quiet, at: datetime) -> None:
    over = quiet.over(at)
    assert at <= over <= at + timedelta(hours=25)
    if not is_quiet(quiet, at):
        assert over == at


@given(quiets, moments)
def test_nothing_is_told_while_it_is_quiet(quiet: Quiet, at: datetime) -> None:
    over = quiet.over(at)
    # Where clocks are put back, or the end is an hour that does not exist, one more look settles it.
    assert not is_quiet(quiet, over) or quiet.over(over) - at <= timedelta(hours=25)


@given(routes, abouts, moments)
def test_it_is_told_now_later_or_never(route: Route, about: About, at: datetime) -> None:
    when = judge(route, about, at)
    if about.event in route.mute:
        assert when is None
    if when is not None and when > at:
        assert route.quiet is not None
        assert route.urgent is None or about.priority < route.urgent


@given(abouts, moments)
def test_a_route_without_conditions_tells_everything_at_once(about: About, at: datetime) -> None:
    assert judge(Route(None), about, at) == at


@given(routes, abouts, moments)
def test_a_narrower_route_tells_no_more(route: Route, about: About, at: datetime) -> None:
    wide = Route(None, quiet=route.quiet, urgent=route.urgent)
    when = judge(route, about, at)
    assert when is None or when == judge(wide, about, at)


def test_quiet_hours_are_those_of_the_place_also_when_clocks_change() -> None:
    quiet = Quiet("22:00-07:00", "Europe/Berlin")
    before = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # summer time begins that night
    assert quiet.over(before) == datetime(2026, 3, 29, 5, 0, tzinfo=UTC)
    assert quiet.over(datetime(2026, 3, 27, 22, 30, tzinfo=UTC)).hour == 6


@pytest.mark.parametrize(
    "made",
    [
        lambda: Quiet("22-7"),
        lambda: Quiet("22:00-22:00"),
        lambda: Quiet("24:00-07:00"),
        lambda: Quiet("22:00-07:00", "Mars/Olympus"),
        lambda: Quiet("22:00-07:00", "../etc/passwd"),
        lambda: Route(None, mute=("task.open",)),
        lambda: Route(None, mute="task.opened"),
        lambda: Route(None, name="a b"),
        lambda: Route(None, urgent=3),
        lambda: Route(None, before_expiry="soon"),
    ],
)
def test_a_route_that_would_not_do_what_it_says_is_refused(made: Any) -> None:
    with pytest.raises(ConfigurationError):
        made()
