"""Which stories ``make test`` tells once more, on Restate: some of each style, and of each letter of what must hold.

Each test once, whatever it is told of: with the last of its parameters, which are the ones that interrupt it most.
``make restate`` tells all of them there, each in every way.
"""

from __future__ import annotations

from typing import Final

CHOSEN: Final = frozenset(
    {
        # waiting, and what is asked
        "stories/test_waiting.py",
        "stories/test_answers.py",
        "stories/test_deadlines.py",
        "stories/test_gates.py",
        "stories/test_undo.py",
        # steps, failure, cancellation, branches, children
        "stories/test_steps.py",
        "stories/test_cancel_pause_retry.py",
        "stories/test_concurrency.py",
        "stories/test_children.py",
        "stories/test_limits.py",
        # crashes and change
        "stories/test_recovery.py",
        "stories/test_code_changes.py",
        "stories/test_upkeep.py",
        # events, declared flows, signals and streams
        "events/test_stories.py",
        "events/test_pause.py",
        "events/test_children.py",
        "stories/test_flows.py",
        "flows/test_snapshots.py",
        "stories/test_signals.py",
        "stories/test_watching.py",
        # that they run there
        "restate/test_once_more.py",
    }
)
# They take many seconds each there, or processes of their own, which know nothing of it.
LEFT_OUT: Final = frozenset(
    {
        "test_a_hundred_branches_answered_in_any_order_over_restarts",
        "test_a_loop_of_ten_thousand_turns_is_as_small_as_one_of_a_thousand",
        "test_a_run_that_gets_on_between_two_crashes_is_never_given_up",
        "test_a_step_that_rests_before_its_next_attempt_may_be_interrupted_any_number_of_times",
        "test_a_thousand_signals_sent_the_instant_the_wait_is_told_are_none_lost",
        "test_an_answer_may_come_the_instant_the_request_is_on_the_stream",
        "test_attempts_and_delays_are_as_the_policy_says",
        "test_branches_in_branches_and_in_loops_keep_their_keys",
        "test_kill_9_of_a_real_process_loses_nothing_that_was_acknowledged",
        "test_two_hundred_random_pause_points_each_go_on_elsewhere_to_the_same_end",
        # They die within a process that goes on, again and again.
        "test_a_crash_at_any_commit_leaves_all_of_them_to_end",
        "test_a_run_dies_at_any_commit_and_what_ran_below_counts_once",
    }
)


def told_once_more(file: str, test: str) -> bool:
    """Whether this test is one of them."""
    return file in CHOSEN and test not in LEFT_OUT
