"""What jobs over assets do in a run: checks, retries, hooks, tags, configuration, observation; as in the reference."""

from __future__ import annotations

import logging
import warnings
from typing import Any

import dagster as reference
import pytest

import notebook_assets as here
from notebook_assets import (
    AssetCheckKey,
    AssetKey,
    AssetOut,
    AssetSelection,
    DataVersion,
    Definitions,
    Instance,
    InvalidDefinitionError,
    InvalidInvocationError,
    Output,
    RetryPolicy,
    StaticPartitionsDefinition,
    UnknownAssetError,
    UnknownResourceError,
    asset,
    define_asset_job,
    failure_hook,
    job,
    multi_asset,
    observable_source_asset,
    op,
    success_hook,
)


def checked(package: Any) -> tuple[list[Any], list[Any]]:
    @package.asset
    def a() -> int:
        return 1

    @package.asset(check_specs=[package.AssetCheckSpec("own", asset="b")])
    def b(a: int) -> Any:
        yield package.Output(2)
        yield package.AssetCheckResult(passed=True)

    @package.asset_check(asset=a)
    def first() -> Any:
        return package.AssetCheckResult(passed=True)

    @package.asset_check(asset=b)
    def second(b: int) -> Any:
        return package.AssetCheckResult(passed=b == 2)

    return [a, b], [first, second]


SELECTIONS = {
    "all": lambda s, checks: s.all(),
    "an asset with its checks": lambda s, checks: s.assets("b"),
    "assets without checks": lambda s, checks: s.assets("a").without_checks(),
    "all but one check": lambda s, checks: s.all() - s.checks(checks[0]),
    "one check alone": lambda s, checks: s.checks(checks[1]),
    "the checks of an asset": lambda s, checks: s.checks_for_assets("a"),
    "an asset and the check of another": lambda s, checks: s.assets("a").without_checks() | s.checks(checks[1]),
    "a check of a text": lambda s, checks: "a",
}


@pytest.mark.parametrize("case", SELECTIONS)
def test_a_job_makes_and_checks_what_the_reference_does(case: str) -> None:
    answers = []
    for package in (here, reference):
        assets, checks = checked(package)
        some_job = package.define_asset_job("some", selection=SELECTIONS[case](package.AssetSelection, checks))
        every = package.define_asset_job("every")
        definitions = package.Definitions(assets, asset_checks=checks, jobs=[some_job, every])
        store = here.Instance.ephemeral() if package is here else reference.DagsterInstance.ephemeral()
        logging.disable(logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            definitions.resolve_job_def("every").execute_in_process(instance=store)
            result = definitions.resolve_job_def("some").execute_in_process(instance=store)
        logging.disable(logging.NOTSET)
        made = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}
        found = {(each.asset_key.to_user_string(), each.check_name) for each in result.get_asset_check_evaluations()}
        answers.append((result.success, made, found))
    assert answers[0] == answers[1]


def test_a_job_knows_its_checks_and_gives_parts_of_itself() -> None:
    assets, checks = checked(here)
    definitions = Definitions(assets, asset_checks=checks, jobs=[define_asset_job("every")])
    every = definitions.resolve_job_def("every")
    own = AssetCheckKey(AssetKey("b"), "own")
    keys = {checks[0].check_key, checks[1].check_key, own}
    assert (every.asset_check_selection, every.is_subset) == (keys, False)
    part = every.get_subset(asset_selection=["b"])
    assert (part.asset_keys, part.asset_check_selection, part.is_subset) == (
        (AssetKey("b"),),
        {own, checks[1].check_key},
        True,
    )
    only = every.get_subset(asset_check_selection=[checks[0].check_key])
    assert (only.asset_keys, only.asset_check_selection) == ((), {checks[0].check_key})
    with pytest.raises(UnknownAssetError, match=r"does not carry out the check 'a:frist'.*'a:first'"):
        every.get_subset(asset_check_selection=[AssetCheckKey(AssetKey("a"), "frist")])
    with pytest.raises(InvalidInvocationError, match="it takes asset_selection"):
        every.get_subset(op_selection=["a"])


def test_checks_of_a_job_look_at_the_partition_that_is_named_or_at_all() -> None:
    seen: list[Any] = []

    @asset(partitions_def=StaticPartitionsDefinition(["x", "y"]))
    def letters(context: Any) -> str:
        return str(context.partition_key)

    @here.asset_check(asset=letters)
    def looked_at(letters: Any) -> here.AssetCheckResult:
        seen.append(letters)
        return here.AssetCheckResult(passed=True)

    only = define_asset_job("only", selection=AssetSelection.checks(looked_at))
    definitions = Definitions([letters], asset_checks=[looked_at], jobs=[define_asset_job("both"), only])
    store = Instance.ephemeral()
    for key in "xy":
        definitions.resolve_job_def("both").execute_in_process(instance=store, partition_key=key)
    assert seen == ["x", "y"]
    result = definitions.resolve_job_def("only").execute_in_process(instance=store)
    assert (len(result.get_asset_check_evaluations()), seen) == (2, ["x", "y", "x", "y"])


def test_the_retry_policy_of_a_job_is_for_definitions_without_their_own() -> None:
    attempts: list[str] = []

    @asset
    def shaky() -> None:
        attempts.append("shaky")
        raise ValueError("again")

    @asset(retry_policy=RetryPolicy(max_retries=0))
    def firm() -> None:
        attempts.append("firm")
        raise ValueError("once")

    tried = define_asset_job("tried", op_retry_policy=RetryPolicy(max_retries=2))
    result = (
        Definitions([shaky, firm], jobs=[tried])
        .resolve_job_def("tried")
        .execute_in_process(instance=Instance.ephemeral(), raise_on_error=False)
    )
    assert sorted(attempts) == ["firm", "shaky", "shaky", "shaky"]
    assert (result.retry_attempts_for_node("shaky"), result.retry_attempts_for_node("firm")) == (2, 0)


CALLS: list[Any] = []


@success_hook(required_resource_keys={"mail"})
def succeeded(context: Any) -> None:
    CALLS.append((context.op.name, dict(context.op_output_values), context.resources.mail, context.job_name))


@failure_hook
def failed(context: Any) -> None:
    CALLS.append((context.op.name, str(context.op_exception), context.step_key))


def hooked_assets() -> list[Any]:
    @asset
    def good() -> int:
        return 1

    @asset
    def bad(good: int) -> None:
        raise ValueError("no rows")

    @asset
    def never(bad: Any) -> None: ...

    @multi_asset(outs={"left": AssetOut(), "right": AssetOut(is_required=False)})
    def both() -> Any:
        yield Output(3, "left")

    return [good, bad, never, both]


def test_the_hooks_of_a_job_are_called_once_for_each_function() -> None:
    CALLS.clear()
    told = define_asset_job("told", hooks={succeeded, failed})
    definitions = Definitions(hooked_assets(), jobs=[told], resources={"mail": "post"})
    result = definitions.resolve_job_def("told").execute_in_process(instance=Instance.ephemeral(), raise_on_error=False)
    assert sorted(CALLS, key=str) == [
        ("bad", "no rows", "bad"),
        ("both", {"left": 3}, "post", "told"),
        ("good", {"result": 1}, "post", "told"),
    ]
    kinds = {event.node_name: event.event_type_value for event in result.all_events if event.is_hook_event}
    assert kinds == dict.fromkeys(("good", "bad", "both"), "HOOK_COMPLETED")
    with pytest.raises(UnknownResourceError, match="A hook of the job 'told' needs the resource 'mail'"):
        Definitions(hooked_assets(), jobs=[told]).resolve_job_def("told").execute_in_process(
            instance=Instance.ephemeral()
        )


def test_a_hook_that_fails_changes_nothing_else() -> None:
    @success_hook
    def broken(context: Any) -> None:
        raise ValueError("no mail")

    told = define_asset_job("told", selection="good", hooks={broken})
    result = (
        Definitions(hooked_assets(), jobs=[told])
        .resolve_job_def("told")
        .execute_in_process(instance=Instance.ephemeral())
    )
    assert result.success
    assert [event.event_type_value for event in result.events_for_node("good")][-1] == "HOOK_ERRORED"


def test_a_job_that_observes_is_read_like_any_other() -> None:
    @observable_source_asset
    def prices() -> DataVersion:
        return DataVersion("v1")

    @observable_source_asset
    def closed() -> DataVersion:
        raise ValueError("closed")

    look = define_asset_job("look", selection=AssetSelection.all(include_sources=True))
    definitions = Definitions([prices, closed], jobs=[look])
    result = definitions.resolve_job_def("look").execute_in_process(
        instance=Instance.ephemeral(), raise_on_error=False, tags={"who": "me"}
    )
    assert (result.success, result.job_def.name, result.run.tags) == (False, "look", {"who": "me"})
    assert [event.asset_key for event in result.get_asset_observation_events()] == [prices.key]
    assert result.get_failed_step_keys() == {"closed"}
    assert result.is_node_success("prices")


def test_what_a_job_is_made_of_can_be_asked() -> None:
    policy = here.BackfillPolicy.single_run()

    @asset(
        partitions_def=StaticPartitionsDefinition(["x"]), backfill_policy=policy, required_resource_keys={"database"}
    )
    def rows() -> None: ...

    nightly = define_asset_job(
        "nightly",
        config={"ops": {}},
        owners=["team:x"],
        metadata={"rows": 3},
        executor_def="threads",
        hooks={succeeded},
    )
    found = Definitions([rows], jobs=[nightly], resources={"database": 1, "mail": 2}).resolve_job_def("nightly")
    assert found.required_resource_keys == {"database", "mail"}
    assert (found.backfill_policy, found.run_config, found.executor_def) == (policy, {"ops": {}}, "threads")
    assert (found.resource_defs, found.hook_defs, found.get_partition_keys()) == (
        {"database": 1, "mail": 2},
        {succeeded},
        ["x"],
    )
    assert found.with_hooks({failed}).hook_defs == {succeeded, failed}
    assert found.with_metadata({"rows": 4}).metadata["rows"].value == 4
    found.validate_partition_key("x")
    with pytest.raises(here.UnknownPartitionError):
        found.validate_partition_key("y")


LEFT_OUT = {
    "all_dagster_types": "types are asked of what has them",
    "all_node_defs": "nodes are those of the graph",
    "as_ephemeral_job": "inside",
    "asset_layer": "inside",
    "asset_selection_data": "inside",
    "config_mapping": "the configuration of graphs",
    "dagster_internal_init": "inside",
    "dagster_type_named": "types are asked of what has them",
    "dependencies": "of graphs of ops",
    "dependency_structure": "inside",
    "describe_target": "inside",
    "for_external_job": "a server",
    "get_all_hooks_for_handle": "inside",
    "get_config_schema_snapshot": "a server",
    "get_direct_input_value": "inside",
    "get_job_index": "inside",
    "get_job_snapshot": "a server",
    "get_job_snapshot_id": "a server",
    "get_node": "inside",
    "get_op": "inside",
    "get_parent_job_snapshot": "a server",
    "get_required_resource_defs": "inside",
    "get_retry_policy_for_handle": "inside",
    "has_dagster_type": "inside",
    "has_direct_input_value": "inside",
    "has_separately_defined_run_tags": "inside",
    "has_specified_executor": "inside",
    "has_specified_loggers": "inside",
    "is_missing_required_resources": "inside",
    "op_selection_data": "inside",
    "resolved_op_selection": "inside",
    "run_config_schema": "validate_run_config checks a configuration",
    "run_request_for_partition": "automation, later",
    "top_level_node_defs": "inside",
    "validate_resource_requirements_satisfied": "Definitions.validate_loadable",
    "with_logger_defs": "loggers are kept only",
}
OF_OPS = {
    "get_node_named",
    "graph",
    "has_node",
    "has_node_named",
    "node_def_named",
    "nodes",
    "nodes_in_topological_order",
}
OF_OPS |= {"op_selection", "with_executor_def", "with_top_level_resources"}


def test_jobs_have_the_public_names_of_the_reference_but_those_that_are_left_out() -> None:
    theirs = {name for name in dir(reference.JobDefinition) if not name.startswith("_")}

    @op
    def one() -> int:
        return 1

    @job
    def of_ops() -> None:
        one()

    of_assets = Definitions(hooked_assets(), jobs=[define_asset_job("every")]).resolve_job_def("every")
    assert theirs - set(dir(of_assets)) == set(LEFT_OUT) | OF_OPS
    asset_only = {"asset_check_selection", "asset_selection", "automation_condition", "backfill_policy", "is_subset"}
    assert theirs - set(dir(of_ops)) - asset_only <= set(LEFT_OUT) | {"get_subset"}


def test_a_job_that_selects_nothing_is_refused_when_it_is_resolved() -> None:
    nothing = define_asset_job("nothing", selection="group:nowhere")
    with pytest.raises(
        InvalidDefinitionError, match=r"'nothing' selects no asset .*group:\"nowhere\" matches no asset"
    ):
        Definitions(hooked_assets(), jobs=[nothing]).resolve_job_def("nothing")


def test_a_run_of_a_job_may_be_given_its_name() -> None:
    store = Instance.ephemeral()
    every = Definitions([hooked_assets()[0]], jobs=[define_asset_job("every")]).resolve_job_def("every")
    result = every.execute_in_process(instance=store, run_id="mine")
    assert (result.run_id, result.run.run_id) == ("mine", "mine")
