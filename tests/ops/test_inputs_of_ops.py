"""What is said of an op's inputs: how they are loaded, and what is refused."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import dagster
import pytest

import notebook_assets
from notebook_assets import (
    AssetKey,
    In,
    InvalidDefinitionError,
    InvalidInvocationError,
    RetryPolicy,
    UnknownResourceError,
    asset,
    graph_asset,
    input_manager,
    job,
    materialize_to_memory,
    op,
)

pytestmark = pytest.mark.usefixtures("quiet_reference")


def loaded(dg: ModuleType, run_config: Any = None) -> dict[str, Any]:
    """Run a job whose inputs a manager loads: one that another op gives, one of each dynamic value, one of nobody."""

    @dg.input_manager
    def telling(context):
        upstream = context.upstream_output
        return (
            context.name,
            context.config,
            dict(context.definition_metadata or {}),
            (upstream.step_key, upstream.name, upstream.mapping_key) if context.name != "alone" else None,
        )

    @dg.op(out=dg.DynamicOut())
    def counts():
        for number in range(2):
            yield dg.DynamicOutput(number, mapping_key=f"k{number}")

    @dg.op(ins={"number": dg.In(input_manager_key="telling", metadata={"unit": "m"})})
    def connected(number):
        return number

    @dg.op(ins={"alone": dg.In(input_manager_key="telling", asset_key=dg.AssetKey("x"))})
    def unconnected(alone):
        return alone

    @dg.job(resource_defs={"telling": telling})
    def reading():
        counts().map(connected)
        connected.alias("after")(unconnected())

    result = reading.execute_in_process(run_config=run_config)
    return {name: result.output_for_node(name) for name in ("connected", "unconnected", "after")}


@pytest.mark.parametrize("run_config", [None, {"ops": {"unconnected": {"inputs": {"alone": {"value": 3}}}}}])
def test_input_managers_load_inputs_like_in_the_reference(run_config: Any) -> None:
    """They are told the input, what the configuration says of it, its metadata, and whose output it is."""
    assert loaded(notebook_assets, run_config) == loaded(dagster, run_config)


@input_manager
def broken(context):
    raise ValueError("no file")


@op(ins={"number": In(input_manager_key="files")}, retry_policy=RetryPolicy(2))
def read(number):
    return number


def test_an_input_that_can_not_be_loaded_fails_the_op_which_is_tried_again() -> None:
    @job(resource_defs={"files": broken})
    def reading():
        read()

    result = reading.execute_in_process(raise_on_error=False)
    assert (result.is_node_failed("read"), result.retry_attempts_for_node("read")) == (True, 2)


def test_a_missing_manager_and_one_that_is_none_are_named() -> None:
    @job
    def reading():
        read()

    with pytest.raises(UnknownResourceError, match=r"'read' needs the resource 'files'"):
        reading.execute_in_process()
    with pytest.raises(InvalidInvocationError, match=r"'number' of 'read' is loaded by the resource 'files'.*no load"):
        reading.execute_in_process(resources={"files": 3})


def test_the_input_of_an_asset_is_loaded_by_what_its_op_names() -> None:
    @input_manager
    def hundred(context):
        return 100

    @asset
    def number():
        return 1

    @graph_asset(resource_defs={"files": hundred})
    def table(number):
        return read(number)

    assert materialize_to_memory([number, table]).asset_value("table") == 100


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"asset_key": "a/b"}, "asset_key is an AssetKey"),
        ({"asset_partitions": "q"}, "asset_partitions is a set"),
        ({"description": 3}, "description"),
        ({"input_manager_key": 3}, "input_manager_key"),
        ({"metadata": 3}, "metadata is a dict"),
    ],
)
def test_what_an_input_can_not_be_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=message):
        In(**options)


def test_a_default_is_of_the_declared_type() -> None:
    with pytest.raises(InvalidDefinitionError, match=r"the default of the input 'number' is 'x', which is no int"):
        op(ins={"number": In(int, default_value="x")}, name="made")(lambda number: number)


def test_all_that_is_said_of_an_input_is_kept() -> None:
    said = In(int, "a number", 3, {"unit": "m"}, AssetKey("numbers"), {"a"}, "files")
    made = op(ins={"number": said}, name="made")(lambda number: number)
    assert made.ins["number"] == said
