"""Some stories of all three styles, on Restate: the same functions as elsewhere. ``make restate`` runs all of them."""

from __future__ import annotations

import pytest

from tests.elsewhere import elsewhere
from tests.events import test_pause as pausing
from tests.events import test_stories as events
from tests.stories import test_answers as answers
from tests.stories import test_cancel_pause_retry as ends
from tests.stories import test_children as children
from tests.stories import test_code_changes as changes
from tests.stories import test_concurrency as concurrency
from tests.stories import test_flows as flows
from tests.stories import test_recovery as recovery
from tests.stories import test_signals as signals
from tests.stories import test_steps as steps
from tests.stories import test_upkeep as upkeep
from tests.stories import test_waiting as waiting

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them on Restate."""
    elsewhere(monkeypatch)


test_waiting = (
    waiting.test_a_run_that_needs_a_person_waits_with_its_task_and_nothing_after_it_has_run
)
test_deadlines = waiting.test_a_tasks_deadline_is_its_own_and_leaves_the_workflows_timeout_alone
test_edits = answers.test_code_goes_on_with_the_edited_value_and_the_original_comes_from_the_task
test_failing_branches = concurrency.test_a_failing_branch_is_retried_alone
test_failures = steps.test_a_step_that_failed_for_good_can_be_caught_with_its_cause
test_cancelling = ends.test_cancel_returns_once_the_bodies_have_been_cancelled_and_awaited
test_retrying = ends.test_retrying_a_failed_run_runs_just_the_failed_step_and_asks_nobody_again
test_children = (
    children.test_a_childs_task_surfaces_on_its_parents_with_a_path_and_is_answered_there
)
test_giving_up = (
    recovery.test_a_run_that_keeps_ending_its_process_is_parked_with_its_reason_and_others_go_on
)
test_signals = signals.test_early_signals_are_kept_with_the_run_first_in_first_out_and_used_once
test_pausing = pausing.test_pause_waits_for_what_runs_and_begins_nothing_new
test_snapshots = pausing.test_one_snapshot_is_resumed_once_in_a_store_or_forked
test_stopping = (
    events.test_the_first_stop_ends_the_run_and_the_losing_branches_are_cancelled_and_awaited
)
test_requests = events.test_a_request_is_a_task_and_an_answer_in_the_inbox_resumes_the_workflow
test_changed_code = events.test_changed_steps_park_the_run_and_the_old_ones_carry_it_on
test_flows = flows.test_a_pause_is_a_task_and_an_answer_at_any_door_goes_on
test_flows_after_a_crash = flows.test_a_run_is_resumed_from_its_state_after_a_crash
test_gone_code = changes.test_where_others_may_have_its_code_a_run_waits_for_a_process_that_does
test_mended_code = upkeep.test_what_was_told_is_what_happens_and_a_mended_deployment_goes_on
test_garbage = recovery.test_an_ended_event_driven_run_leaves_nothing_for_the_garbage_collector
