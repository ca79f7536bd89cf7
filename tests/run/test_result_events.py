"""What results of runs tell: events, by node and by kind, of assets, of checks and of ops; as in the reference."""

from __future__ import annotations

import logging
import warnings
from collections import defaultdict
from typing import Any

import dagster as reference
import pytest

import notebook_assets as here
from notebook_assets import (
    AssetMaterialization,
    AssetObservation,
    EventType,
    Failure,
    InvalidInvocationError,
    Output,
    StaticPartitionsDefinition,
    UnknownAssetError,
    asset,
    job,
    materialize,
    materialize_to_memory,
    op,
)
from notebook_assets.store import Instance

COMPARED = {
    "STEP_START",
    "STEP_OUTPUT",
    "STEP_SUCCESS",
    "STEP_FAILURE",
    "STEP_SKIPPED",
    "STEP_UP_FOR_RETRY",
    "STEP_RESTARTED",
    "ASSET_MATERIALIZATION",
    "ASSET_OBSERVATION",
    "ASSET_CHECK_EVALUATION",
}

NODES = ("raw__first", "nothing", "after_nothing", "wrong", "after_wrong", "two_of_them", "after_right")


def definitions(package: Any) -> list[Any]:
    """Assets of which one observes, yields nothing, fails, is tried again, or makes two; with checks."""

    @package.asset(key_prefix="raw", check_specs=[package.AssetCheckSpec("own", asset=["raw", "first"])])
    def first() -> Any:
        yield package.AssetObservation("elsewhere", metadata={"seen": 1})
        yield package.Output(3, metadata={"rows": 3})
        yield package.AssetCheckResult(passed=False, severity=package.AssetCheckSeverity.WARN)

    @package.asset_check(asset=first)
    def positive(first: int) -> Any:
        return package.AssetCheckResult(passed=first > 0, metadata={"value": first})

    @package.asset(output_required=False)
    def nothing() -> Any:
        yield from ()

    @package.asset
    def after_nothing(nothing: Any) -> int:
        return 1

    @package.asset(ins={"first": package.AssetIn(["raw", "first"])})
    def wrong(first: int) -> int:
        raise ValueError("no rows")

    @package.asset
    def after_wrong(wrong: int) -> int:
        return wrong

    @package.multi_asset(
        name="two_of_them", outs={"left": package.AssetOut(), "right": package.AssetOut(is_required=False)}
    )
    def two_of_them() -> Any:
        yield package.AssetMaterialization("table", description="beside", metadata={"rows": 1})
        yield package.Output(1, "left")

    @package.asset
    def after_right(right: int) -> int:
        return right

    return [first, positive, nothing, after_nothing, wrong, after_wrong, two_of_them, after_right]


def told(result: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for event in result.all_events:
        if event.event_type_value in COMPARED:
            key = event.asset_key if event.event_type_value in ("ASSET_MATERIALIZATION", "ASSET_OBSERVATION") else None
            about = f" {key.to_user_string()}" if key else ""
            found[event.step_key].append(event.event_type_value + about)
    return dict(found)


@pytest.fixture(scope="module")
def results() -> tuple[Any, Any]:
    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        there = reference.materialize(
            definitions(reference), raise_on_error=False, instance=reference.DagsterInstance.ephemeral()
        )
    logging.disable(logging.NOTSET)
    ours = materialize(definitions(here), raise_on_error=False, instance=Instance.ephemeral(), progress=False)
    return ours, there


def test_the_events_of_each_step_are_those_of_the_reference(results: tuple[Any, Any]) -> None:
    ours, there = results
    assert told(ours) == told(there)


@pytest.mark.parametrize(
    "question",
    [
        lambda result: result.success,
        lambda result: result.get_failed_step_keys(),
        lambda result: [event.event_type_value for event in result.get_step_failure_events()],
        lambda result: sorted(str(event.step_key) for event in result.get_step_success_events()),
        lambda result: sorted(str(event.step_key) for event in result.get_step_skipped_events()),
        lambda result: sorted(event.asset_key.to_user_string() for event in result.get_asset_materialization_events()),
        lambda result: sorted(event.asset_key.to_user_string() for event in result.get_asset_observation_events()),
        lambda result: sorted((each.check_name, each.passed) for each in result.get_asset_check_evaluations()),
        lambda result: [result.is_node_success(name) for name in NODES],
        lambda result: [result.is_node_failed(name) for name in NODES],
        lambda result: [result.is_node_skipped(name) for name in NODES],
        lambda result: [result.is_node_untouched(name) for name in NODES],
        lambda result: [result.retry_attempts_for_node(name) for name in NODES],
        lambda result: [len(result.asset_materializations_for_node(name)) for name in NODES],
        lambda result: [len(result.asset_observations_for_node(name)) for name in NODES],
        lambda result: [result.failure_data_for_node(name) is None for name in NODES],
        lambda result: result.get_run_failure_event().event_type_value,
        lambda result: result.all_events[0].event_type_value,
        lambda result: result.all_events[-1].event_type_value,
        lambda result: result.asset_materializations_for_node("raw__first")[0].metadata["rows"].value,
        lambda result: result.asset_materializations_for_node("two_of_them")[0].description,
        lambda result: result.asset_observations_for_node("raw__first")[0].metadata["seen"].value,
        lambda result: len(result.filter_events(lambda event: event.is_successful_output)),
        lambda result: (result.output_for_node("raw__first"), result.output_for_node("two_of_them", "left")),
        lambda result: result.asset_value(["raw", "first"]),
        lambda result: result.dagster_run.run_id == result.run_id,
    ],
)
def test_a_result_answers_as_the_reference_does(results: tuple[Any, Any], question: Any) -> None:
    ours, there = results
    assert question(ours) == question(there)


def test_a_result_has_what_the_reference_has_to_read() -> None:
    left_out = {"compute_events_for_handle", "expectation_results_for_node"}  # handles of nodes; a kind that is gone
    for kind in (here.RunResult, type(one_op().execute_in_process())):
        theirs = {name for name in dir(reference.ExecuteInProcessResult) if not name.startswith("_")}
        fields = set(kind.__dataclass_fields__)
        assert theirs - set(dir(kind)) - fields == left_out
        assert issubclass(kind, here.ExecuteInProcessResult)


def one_op() -> Any:
    @op
    def told_of() -> Any:
        yield AssetMaterialization("table", metadata={"rows": 3})
        yield AssetObservation("file")
        yield Output(1)

    @job
    def telling() -> None:
        told_of()

    return telling


def test_what_an_op_reports_is_among_the_events_in_its_place() -> None:
    result = one_op().execute_in_process()
    assert [event.event_type_value for event in result.events_for_node("told_of")] == [
        "STEP_START",
        "ASSET_MATERIALIZATION",
        "ASSET_OBSERVATION",
        "STEP_OUTPUT",
        "STEP_SUCCESS",
    ]
    assert [event.asset_key for event in result.get_asset_materialization_events()] == [here.AssetKey("table")]
    assert result.asset_materializations_for_node("told_of")[0].metadata["rows"].value == 3
    assert result.get_run_success_event().is_job_success
    with pytest.raises(InvalidInvocationError, match=r"There is no event PIPELINE_FAILURE .* ended with PIPELINE_SUCC"):
        result.get_run_failure_event()
    with pytest.raises(InvalidInvocationError, match="does not tell of a materialization"):
        _ = result.all_events[0].materialization


def test_an_unknown_node_is_an_error_with_near_matches(results: tuple[Any, Any]) -> None:
    with pytest.raises(InvalidInvocationError, match=r"There is no op or asset function 'rong'.*Did you mean 'wrong'"):
        results[0].is_node_success("rong")
    with pytest.raises(UnknownAssetError, match=r"no output 'rigth'.*'left'"):
        results[0].output_for_node("two_of_them", "rigth")


def test_each_partition_has_its_own_events() -> None:
    @asset(partitions_def=StaticPartitionsDefinition(["a", "b"]))
    def letters(context: Any) -> str:
        if context.partition_key == "b":
            raise Failure("no b", metadata={"rows": 0})
        return str(context.partition_key)

    result = materialize(
        [letters], partitions="all", raise_on_error=False, instance=Instance.ephemeral(), progress=False
    )
    kinds = [(event.event_type, event.partition) for event in result.events_for_node("letters")]
    assert kinds == [
        (EventType.STEP_START, "a"),
        (EventType.STEP_OUTPUT, "a"),
        (EventType.ASSET_MATERIALIZATION, "a"),
        (EventType.STEP_SUCCESS, "a"),
        (EventType.STEP_START, "b"),
        (EventType.STEP_FAILURE, "b"),
    ]
    planned = result.get_asset_materialization_planned_events()
    assert [(event.asset_key, event.partition) for event in planned] == [(letters.key, "a"), (letters.key, "b")]
    failure = result.failure_data_for_node("letters")
    assert failure is not None
    assert failure.user_failure_data is not None
    assert failure.user_failure_data.description == "no b"
    assert failure.error_display_string == "Failure: no b"


def test_a_function_that_is_tried_again_tells_so() -> None:
    attempts = []

    @asset(retry_policy=here.RetryPolicy(max_retries=2))
    def shaky() -> int:
        attempts.append(1)
        if len(attempts) < 3:
            raise ValueError("not yet")
        return 1

    result = materialize_to_memory([shaky])
    assert result.retry_attempts_for_node("shaky") == 2
    assert [event.event_type_value for event in result.events_for_node("shaky")][:5] == [
        "STEP_START",
        "STEP_UP_FOR_RETRY",
        "STEP_RESTARTED",
        "STEP_UP_FOR_RETRY",
        "STEP_RESTARTED",
    ]


def test_a_run_that_had_nothing_to_do_has_hardly_any_events() -> None:
    store = Instance.ephemeral()

    @asset
    def one() -> int:
        return 1

    materialize([one], instance=store, progress=False)
    result = materialize([one], instance=store, only="missing", progress=False)
    assert [event.event_type_value for event in result.all_events] == ["PIPELINE_START", "PIPELINE_SUCCESS"]
    with pytest.raises(InvalidInvocationError, match="no run was begun"):
        _ = result.run


def test_events_cost_nothing_until_they_are_asked_for() -> None:
    @asset
    def one() -> int:
        return 1

    result = materialize_to_memory([one])
    assert "all_events" not in vars(result)
    assert result.all_events is result.all_events


def test_what_a_context_is_told_is_among_the_events() -> None:
    @asset
    def teller(context: Any) -> int:
        context.log_event(AssetMaterialization("table", description="beside", metadata={"rows": 1}))
        context.log_event(AssetMaterialization("teller", metadata={"own": 2}))
        context.log_event(AssetObservation("file"))
        return 1

    found = materialize_to_memory([teller])
    told = [event.asset_key.to_user_string() for event in found.events_for_node("teller") if event.asset_key]
    assert sorted(told) == ["file", "table", "teller"]
    assert found.asset_materializations_for_node("teller")[-1].metadata["own"].value == 2
    assert found.asset_materializations_for_node("teller")[0].description == "beside"


def test_checks_and_observations_by_themselves_are_read_alike() -> None:
    store = Instance.ephemeral()

    @asset
    def one() -> int:
        return 1

    @here.asset_check(asset=one, name="is_one")
    def checking(one: int) -> here.AssetCheckResult:
        return here.AssetCheckResult(passed=one == 1)

    @here.observable_source_asset
    def source() -> here.DataVersion:
        return here.DataVersion("v1")

    materialize([one], instance=store, progress=False)
    checked = materialize([checking], instance=store, progress=False)
    assert checked.is_node_success("one_is_one")
    assert [each.check_name for each in checked.get_asset_check_evaluations()] == ["is_one"]
    seen = materialize([source], instance=store, progress=False)
    assert [event.asset_key for event in seen.get_asset_observation_events()] == [source.key]
    assert seen.is_node_success("source")
