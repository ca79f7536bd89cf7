"""Jobs: configuration, inputs, resources, partitions, selections, retries, hooks, events, and what is recorded."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import (
    AssetMaterialization,
    DailyPartitionsDefinition,
    DynamicOut,
    DynamicOutput,
    Failure,
    In,
    Instance,
    InvalidConfigError,
    InvalidInvocationError,
    InvalidSubsetError,
    Out,
    Output,
    OutputTypeError,
    RetryPolicy,
    RetryRequested,
    StaticPartitionsDefinition,
    UnknownPartitionError,
    UnknownResourceError,
    failure_hook,
    graph,
    job,
    op,
    resource,
    success_hook,
)


@op
def one():
    return 1


@op
def add(left, right):
    return left + right


@op(config_schema={"rows": int})
def configured(context):
    return context.op_config


@graph
def outer():
    return configured()


@job
def counting():
    add(one(), one.alias("other")())


def test_a_job_runs_its_ops_and_keeps_their_values() -> None:
    result = counting.execute_in_process(run_id="mine", tags={"why": "test"})
    assert (result.success, result.run_id, result.output_for_node("add")) == (True, "mine", 2)
    with pytest.raises(InvalidInvocationError, match=r"no output 'reslt'.*Did you mean 'result'"):
        result.output_for_node("add", "reslt")
    with pytest.raises(InvalidInvocationError, match="has no output 'result'"):
        result.output_value()


def test_configuration_reaches_ops_by_their_path_and_is_checked_before_anything_runs() -> None:
    ran = []

    @op
    def first():
        ran.append(1)

    @job
    def deep():
        first()
        outer()

    config = {"ops": {"outer": {"ops": {"configured": {"config": {"rows": 3}}}}}}
    assert deep.execute_in_process(config).output_for_node("outer.configured") == {"rows": 3}
    ran.clear()
    config["ops"]["outer"]["ops"]["configured"]["config"]["rows"] = "three"
    with pytest.raises(InvalidConfigError, match=r"ops\.outer\.ops\.configured\.config\.rows"):
        deep.execute_in_process(config)
    with pytest.raises(InvalidConfigError):
        deep.execute_in_process()
    assert ran == []


def test_a_jobs_own_configuration_is_used_where_a_run_gives_none() -> None:
    @job(config={"ops": {"configured": {"config": {"rows": 7}}}})
    def preset():
        configured()

    assert preset.execute_in_process().output_for_node("configured") == {"rows": 7}


@pytest.mark.parametrize(
    "options",
    [
        {"input_values": {"number": 4}},
        {"run_config": {"inputs": {"number": 4}}},
        {"run_config": {"inputs": {"number": {"value": 4}}}},
    ],
)
def test_inputs_of_the_graph_are_given_to_a_run(options: dict[str, Any]) -> None:
    @graph
    def plus_one(number):
        return add(number, one())

    assert plus_one.to_job().execute_in_process(**options).output_value() == 5


def test_inputs_that_come_from_nowhere_are_named_before_anything_runs() -> None:
    @job
    def open_ended():
        add(one())

    with pytest.raises(InvalidInvocationError, match=r"input 'right' of the op 'add' comes from nowhere.*run_config"):
        open_ended.execute_in_process()
    given = {"ops": {"add": {"inputs": {"right": 5}}}}
    assert open_ended.execute_in_process(given).output_for_node("add") == 6
    with pytest.raises(InvalidInvocationError, match="no input 'left'"):
        open_ended.execute_in_process(input_values={"left": 1})


def test_resources_are_set_up_once_and_torn_down_whatever_happens() -> None:
    seen = []

    @resource(config_schema={"name": str})
    def database(context):
        seen.append(f"open {context.resource_config['name']}")
        yield "connection"
        seen.append("close")

    @op(required_resource_keys={"database"})
    def reads(context):
        seen.append(context.resources.database)
        return context.resources.plain

    @op
    def fails(number):
        raise ValueError("no")

    @job(resource_defs={"database": database, "plain": 3})
    def reading():
        fails(reads())
        reads()

    config = {"resources": {"database": {"config": {"name": "a"}}}}
    result = reading.execute_in_process(config, raise_on_error=False)
    assert (result.success, result.output_for_node("reads")) == (False, 3)
    assert seen == ["open a", "connection", "connection", "close"]
    assert reading.execute_in_process(resources={"database": "given"}, raise_on_error=False).is_node_success("reads")


def test_a_missing_resource_is_named_with_its_op() -> None:
    @op(required_resource_keys={"database"})
    def reads(context): ...

    @job
    def reading():
        reads()

    with pytest.raises(UnknownResourceError, match=r"op 'reads' needs the resource 'database'.*'databse'|database"):
        reading.execute_in_process(resources={"databse": 1})


def test_a_run_of_a_partition_knows_its_key_and_window() -> None:
    @op
    def told(context):
        return context.has_partition_key, context.partition_key, context.partition_time_window.start.day

    @job(partitions_def=DailyPartitionsDefinition("2024-01-01"))
    def daily():
        told()

    assert daily.execute_in_process(partition_key="2024-01-03").output_for_node("told") == (True, "2024-01-03", 3)
    with pytest.raises(UnknownPartitionError):
        daily.execute_in_process(partition_key="2023-01-03")
    with pytest.raises(InvalidInvocationError, match="no partitions"):
        counting.execute_in_process(partition_key="a")


def test_configuration_by_partition() -> None:
    from notebook_assets import static_partitioned_config

    @static_partitioned_config(["1", "2"])
    def rows(partition_key: str):
        return {"ops": {"configured": {"config": {"rows": int(partition_key)}}}}

    @job(config=rows)
    def parted():
        configured()

    assert parted.execute_in_process(partition_key="2").output_for_node("configured") == {"rows": 2}
    assert parted.partitions_def == StaticPartitionsDefinition(["1", "2"])


CHAIN_OPS = {name: op(name=name, ins={"x": In(default_value=0)})(lambda x: x + 1) for name in "abcd"}


@job
def chain():
    CHAIN_OPS["d"](CHAIN_OPS["c"](CHAIN_OPS["b"](CHAIN_OPS["a"]())))


@pytest.mark.parametrize(
    ("selection", "values"),
    [
        (["a"], {"a": 1}),
        (["*b"], {"a": 1, "b": 2}),
        (["c*"], {"c": 1, "d": 2}),
        (["+c"], {"b": 1, "c": 2}),
        (["++d"], {"b": 1, "c": 2, "d": 3}),
        (["a+"], {"a": 1, "b": 2}),
        (["a", "d"], {"a": 1, "d": 1}),
        (["*d"], {"a": 1, "b": 2, "c": 3, "d": 4}),
    ],
)
def test_some_ops_of_a_job_are_run(selection: list[str], values: dict[str, int]) -> None:
    """What others would have given comes from defaults, or must be given."""
    result = chain.execute_in_process(op_selection=selection)
    assert {node: value for (node, _, _), value in result.graph_run.values.items()} == values


def test_a_selection_of_no_op_is_refused() -> None:
    with pytest.raises(InvalidSubsetError, match="no op is called 'e'"):
        chain.execute_in_process(op_selection=["e"])
    with pytest.raises(InvalidInvocationError, match=r"Write \['a'\]"):
        chain.execute_in_process(op_selection="a")


def failing(times: int, error: Any = None, **options: Any) -> Any:
    tries: list[int] = []

    @op(**options)
    def flaky(context):
        tries.append(context.retry_number)
        if len(tries) <= times:
            raise error or ValueError("no")
        return tries

    return flaky


TWICE = {"retry_policy": RetryPolicy(max_retries=2)}


@pytest.mark.parametrize(
    ("made", "tries"),
    [
        (failing(0), [0]),
        (failing(1), None),
        (failing(2, **TWICE), [0, 1, 2]),
        (failing(3, **TWICE), None),
        (failing(1, RetryRequested(max_retries=1)), [0, 1]),
        (failing(2, RetryRequested(max_retries=1)), None),
        (failing(1, Failure("no", allow_retries=False), **TWICE), None),
        (failing(1, Failure("no"), **TWICE), [0, 1]),
        (failing(1).with_retry_policy(RetryPolicy()), [0, 1]),
    ],
)
def test_what_failed_is_tried_again_as_its_policy_says(made: Any, tries: list[int] | None) -> None:
    @job
    def trying():
        made()

    result = trying.execute_in_process(raise_on_error=False)
    if tries is None:
        assert result.is_node_failed("flaky")
    else:
        assert result.output_for_node("flaky") == tries
        assert result.retry_attempts_for_node("flaky") == len(tries) - 1


def test_a_jobs_retry_policy_is_for_ops_without_one() -> None:
    made = failing(1)

    @job(op_retry_policy=RetryPolicy())
    def trying():
        made()

    assert trying.execute_in_process().output_for_node("flaky") == [0, 1]


def test_the_first_error_is_raised_when_all_that_can_run_has_run() -> None:
    ran = []

    @op
    def fails():
        raise KeyError("gone")

    @op
    def later():
        ran.append(1)

    @job
    def failing_job():
        fails()
        later()

    with pytest.raises(KeyError) as caught:
        failing_job.execute_in_process()
    assert caught.value.__notes__ == ["in the op 'fails' of 'failing_job'"]
    assert ran == [1]


def test_hooks_are_called_after_each_op_and_can_not_spoil_a_run() -> None:
    seen: list[Any] = []

    @success_hook(required_resource_keys={"mail"})
    def good(context):
        seen.append((context.op.name, context.step_key, context.op_output_values, context.resources.mail))

    @failure_hook
    def bad(context):
        seen.append((context.op.name, str(context.op_exception), context.job_name))
        raise RuntimeError("the hook itself")

    @op
    def fails():
        raise ValueError("no")

    @job(hooks={good, bad}, resource_defs={"mail": "post"})
    def hooked():
        one()
        fails()

    result = hooked.execute_in_process(raise_on_error=False)
    assert seen == [("one", "one", {"result": 1}, "post"), ("fails", "no", "hooked")]
    assert [event.event_type_value for event in result.events_for_node("fails")][-1] == "HOOK_ERRORED"

    @job
    def hooked_node():
        one.with_hooks({good})()
        one()

    seen.clear()
    assert hooked_node.execute_in_process(resources={"mail": "post"}).success
    assert [each[0] for each in seen] == ["one"]


def test_materializations_that_ops_report_are_kept() -> None:
    @op
    def stores(context):
        context.log_event(AssetMaterialization("other"))
        yield AssetMaterialization("table", metadata={"rows": 3}, partition="a")
        yield Output(1)

    @job
    def storing():
        stores()

    store = Instance.ephemeral()
    result = storing.execute_in_process(instance=store)
    assert [str(event.asset_key) for event in result.asset_materializations_for_node("stores")] == [
        "table",
        "other",
    ]
    assert store.latest("table", "a").metadata["rows"].value == 3


def test_dynamic_values_are_told_by_mapping_key() -> None:
    @op(out=DynamicOut())
    def parts():
        yield DynamicOutput(1, "a")
        yield DynamicOutput(2, "b")

    @op(out=Out(is_required=False))
    def odd(context, number):
        context.add_output_metadata({"key": context.get_mapping_key()})
        if number % 2:
            yield Output(number)

    @job
    def mapping():
        parts().map(odd)

    result = mapping.execute_in_process()
    assert result.output_for_node("parts") == {"a": 1, "b": 2}
    assert result.output_for_node("odd") == {"a": 1}
    assert [event.step_key for event in result.get_step_success_events()] == ["parts", "odd[a]", "odd[b]"]
    assert result.graph_run.metadata["odd", "result", "a"]["key"].value == "a"


def test_a_run_without_the_output_says_so() -> None:
    @op(out=Out(is_required=False))
    def empty():
        yield from ()

    @job
    def nothing():
        empty()

    with pytest.raises(OutputTypeError, match="'empty' gave no output 'result'"):
        nothing.execute_in_process().output_for_node("empty")
