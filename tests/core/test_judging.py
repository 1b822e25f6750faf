"""What answers amount to: order never matters, what is forced is final, and nobody counts twice."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.policy import (
    Actor,
    Escalate,
    Policy,
    Remind,
    Rules,
    Seat,
    Stage,
    Voice,
    escalation_json,
    escalation_of,
    judge,
    reminder_json,
    reminder_of,
    rules_json,
    rules_of,
    standing_in,
)
from assent.errors import DefinitionError

PEOPLE = ["ann", "bob", "cid", "dee", "eve"]
people = st.sampled_from(PEOPLE)
voices = st.lists(
    st.builds(Voice, by=people, seat=people, yes=st.booleans(), vetoes=st.just(False)), max_size=8
)
vetoing = st.lists(
    st.builds(Voice, by=people, seat=people, yes=st.booleans(), vetoes=st.booleans()), max_size=8
)


@st.composite
def stages(draw: st.DrawFn) -> Stage:
    of = draw(st.lists(people, min_size=1, max_size=5, unique=True))
    approvals = draw(st.none() | st.integers(1, len(of)))
    return Stage(of, approvals=approvals)


@given(stages(), vetoing, st.data())
def test_the_order_of_answers_never_matters(
    stage: Stage, said: list[Voice], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(said))
    assert judge(stage, stage.to, said) == judge(stage, stage.to, shuffled)


@given(stages(), st.lists(st.tuples(people, st.booleans()), unique_by=lambda s: s[0]))
def test_what_is_forced_is_final_whoever_answers_later(
    stage: Stage, said: list[tuple[str, bool]]
) -> None:
    if stage.approvals is None:
        return  # one answer decides: there is no later one
    heard = [Voice(by=by, seat=by, yes=yes) for by, yes in said if by in stage.to]
    forced: bool | None = None
    for upto in range(len(heard) + 1):
        verdict = judge(stage, stage.to, heard[:upto])
        assert forced is None or verdict.yes is forced
        forced = verdict.yes
    if len(heard) == len(stage.to):
        assert forced is not None


@given(stages(), voices)
def test_it_is_decided_once_all_have_answered_and_open_names_who_may_still(
    stage: Stage, said: list[Voice]
) -> None:
    verdict = judge(stage, stage.to, said)
    seats = {voice.seat for voice in said}
    if seats >= set(stage.to):
        assert verdict.yes is not None
    if verdict.yes is None:
        assert set(verdict.needs) <= set(stage.to)
        assert 1 <= verdict.more <= len(stage.to)
        assert verdict.why
    else:
        assert verdict.needs == ()


answers = st.lists(
    st.tuples(people, st.sampled_from(["red", "blue", "green"])), unique_by=lambda said: said[0]
)


@given(stages(), answers, st.data())
def test_a_question_is_settled_by_equal_answers_in_any_order_and_for_good(
    stage: Stage, said: list[tuple[str, str]], data: st.DataObject
) -> None:
    heard = [Voice(by=by, seat=by, yes=True, says=says) for by, says in said if by in stage.to]
    shuffled = data.draw(st.permutations(heard))
    verdict = judge(stage, stage.to, heard, question=True)
    assert verdict == judge(stage, stage.to, shuffled, question=True)
    most = max((sum(1 for v in heard if v.says == says) for _, says in said), default=0)
    if stage.approvals is None:
        assert verdict.yes is (True if heard else None)
    elif most >= stage.approvals:
        assert verdict.yes is True
    elif most + len(stage.to) - len(heard) < stage.approvals:
        assert verdict.yes is False
        assert "can no longer be reached" in verdict.why
    else:
        assert verdict.yes is None
        assert verdict.more == stage.approvals - most
        assert verdict.needs


@given(stages(), voices)
def test_saying_it_twice_changes_nothing(stage: Stage, said: list[Voice]) -> None:
    assert judge(stage, stage.to, said) == judge(stage, stage.to, [*said, *said])


@given(stages(), voices, people)
def test_a_veto_ends_it(stage: Stage, said: list[Voice], who: str) -> None:
    no = Voice(by=who, seat=who, yes=False, vetoes=True)
    assert judge(stage, stage.to, [*said, no]).yes is False


@given(
    st.lists(people, max_size=3),
    st.lists(
        st.tuples(people, st.lists(people, max_size=2), st.sampled_from([None, frozenset("f")])),
        max_size=4,
    ),
    people,
    st.sampled_from([None, frozenset(), frozenset("f")]),
)
def test_there_is_no_way_around_four_eyes(
    to: list[str],
    seats: Sequence[tuple[str, Sequence[str], frozenset[str] | None]],
    by: str,
    groups: frozenset[str] | None,
) -> None:
    rules = Rules(stages=(Stage("x"),), exclude_requester=True)
    chairs = tuple(Seat(name, mine, None, None, tuple(way)) for name, way, mine in seats)
    found = standing_in(rules, [*to, "group:f"], Actor(by, groups, seats=chairs), "ann")
    assert by != "ann" or found is None
    if isinstance(found, Seat):
        assert "ann" not in (found.name, *found.through)


def test_the_owners_own_word_counts_more_than_that_of_whoever_stands_in() -> None:
    stage = Stage(["ann", "bob"], approvals=2)
    for_ann = Voice(by="bob", seat="ann", yes=True)
    ann, bob = Voice(by="ann", seat="ann", yes=False), Voice(by="bob", seat="bob", yes=True)
    assert judge(stage, stage.to, [for_ann, bob]).yes is True
    assert judge(stage, stage.to, [for_ann, ann, bob]).yes is False


def test_where_a_group_is_not_known_there_may_always_be_one_more() -> None:
    stage = Stage(["ann", "group:finance"], approvals=2)
    no = [Voice(by=name, seat=name, yes=False) for name in PEOPLE]
    assert judge(stage, stage.to, no).yes is None
    members = {"group:finance": frozenset(PEOPLE)}
    assert judge(stage, stage.to, no, members).yes is False
    open_ = judge(stage, stage.to, [no[1]], members, excluded="ann")
    assert (open_.yes, open_.more) == (None, 2)
    assert judge(stage, stage.to, no[1:4], members, excluded="ann").yes is False


def test_so_many_rejections_end_it_where_the_policy_says_so() -> None:
    stage = Stage("group:finance", approvals=3, rejections=1)
    yes, no = Voice(by="ann", seat="ann", yes=True), Voice(by="bob", seat="bob", yes=False)
    assert judge(stage, stage.to, [yes]).yes is None
    assert judge(stage, stage.to, [yes, no]).yes is False


RULES = [
    Policy(approvals=2, of=["ann", "bob"], veto="role:legal", exclude_requester=True),
    Policy(approvals=2, of=["ann", "bob", "group:x"], rejections=1),
    Policy(stages=[Stage(to="manager"), Stage(to=["role:ceo"], when="amount > 3", approvals=1)]),
]


@pytest.mark.parametrize("policy", RULES)
def test_rules_come_back_from_the_journal(policy: Policy) -> None:
    rules = Rules(
        stages=policy.chain(()), veto=policy.veto, exclude_requester=policy.exclude_requester
    )
    assert rules_of(rules_json(rules), ()) == rules


def test_reminders_and_escalations_come_back_from_the_journal() -> None:
    chain = Escalate("4h", "bob", then=Escalate("2h", ["eve", "role:ceo"], then="reject"))
    assert escalation_of(escalation_json(chain)) == chain
    assert reminder_of(reminder_json(Remind("4h", "1d"))) == Remind("4h", "1d")
    assert reminder_of(reminder_json(Remind("4h"))) == Remind("4h")


def test_whom_to_ask_is_said_once() -> None:
    with pytest.raises(DefinitionError, match="Say whom to ask once"):
        Policy(approvals=1, of="ann").chain("bob")


def test_a_condition_that_cannot_be_judged_asks_to_be_safe() -> None:
    stage = Stage("ann", when="amount > 1000")
    assert stage.applies({"amount": 2000})
    assert not stage.applies({"amount": 2})
    assert stage.applies({"total": 2})
    assert stage.applies("text")
