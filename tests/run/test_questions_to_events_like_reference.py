"""What events answer, each to be true of the same events as in the reference."""

from __future__ import annotations

from typing import Any

import dagster
import pytest

import notebook_assets

QUESTIONS = (
    "is_asset_materialization_planned",
    "is_asset_observation",
    "is_failure",
    "is_hook_event",
    "is_job_failure",
    "is_job_success",
    "is_step_event",
    "is_step_failure",
    "is_step_materialization",
    "is_step_restarted",
    "is_step_skipped",
    "is_step_start",
    "is_step_success",
    "is_step_up_for_retry",
    "is_successful_output",
)

pytestmark = pytest.mark.usefixtures("quiet_reference")


def events_of(dg: Any, has_failure: bool) -> list[Any]:
    """Run a job in which an op is tried again, one is skipped, one reports events, and the last may fail."""

    @dg.success_hook
    def told(context: Any) -> None: ...

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=1), out=dg.Out(is_required=False))
    def shaky(context):  # type: ignore[no-untyped-def]
        if context.retry_number == 0:
            raise ValueError
        yield dg.AssetObservation("seen")
        yield dg.AssetMaterialization("made")

    @dg.op
    def skipped(nothing):  # type: ignore[no-untyped-def]
        return nothing

    @dg.op
    def last():  # type: ignore[no-untyped-def]
        if has_failure:
            raise ValueError
        return 1

    @dg.job(hooks={told})
    def whole():  # type: ignore[no-untyped-def]
        skipped(shaky())
        last()

    return list(whole.execute_in_process(raise_on_error=False).all_events)


@pytest.mark.parametrize("has_failure", [False, True])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_true_of_the_same_events(question: str, has_failure: bool) -> None:
    def answers(dg: Any) -> set[str]:
        return {event.event_type_value for event in events_of(dg, has_failure) if getattr(event, question)}

    ours, known = answers(notebook_assets), {kind.value for kind in notebook_assets.DagsterEventType}
    assert ours == answers(dagster) & known


def test_each_question_is_true_of_something() -> None:
    """A plan names assets only, so that the run of ops above has no event of that kind."""

    @notebook_assets.asset
    def one() -> int:
        return 1

    made = notebook_assets.materialize_to_memory([one])
    events = [*events_of(notebook_assets, False), *events_of(notebook_assets, True), *made.all_events]
    assert [question for question in QUESTIONS if not any(getattr(event, question) for event in events)] == []
