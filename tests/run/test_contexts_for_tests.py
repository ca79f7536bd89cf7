"""Calling what is decorated by hand, with contexts that were built for it; values in memory; a store for a test."""

from __future__ import annotations

from typing import Any

import dagster
import pytest

import notebook_assets
from notebook_assets import (
    AssetExecutionContext,
    Config,
    DailyPartitionsDefinition,
    Instance,
    InvalidConfigError,
    InvalidInvocationError,
    IOManager,
    MultiPartitionsDefinition,
    PartitionKeyRange,
    ResourceParam,
    SourceAsset,
    StaticPartitionsDefinition,
    UnknownResourceError,
    asset,
    build_asset_context,
    build_input_context,
    build_op_context,
    build_output_context,
    instance_for_test,
    materialize,
    materialize_to_memory,
    op,
    resource,
)

DAYS = DailyPartitionsDefinition("2024-01-01")


class Rows(Config):
    rows: int


@asset
def plain(context, up):
    return context.asset_key.to_user_string(), up, context.resources.foo


@asset
def everything(context: AssetExecutionContext, config: Rows, foo: ResourceParam[str], up):
    return config.rows, foo, up


@asset
def without_context(foo: ResourceParam[str], up):
    return foo, up


def test_the_context_comes_first_or_by_name() -> None:
    """Inputs follow by place or by name; the context knows the asset."""
    wanted = ("plain", 2, "bar")
    for build in (build_asset_context, build_op_context):
        context = build(resources={"foo": "bar"})
        assert plain(context, 2) == plain(context, up=2) == plain(context=context, up=2) == wanted
    with pytest.raises(InvalidInvocationError, match=r"takes the context; give it one: context=build_asset_context"):
        plain(up=2)
    with pytest.raises(UnknownResourceError, match="foo"):
        plain(build_asset_context(), 2)


def test_configuration_and_resources_come_from_the_context() -> None:
    """As parameters, by their annotations; what is given for the call and by the context is refused."""
    context = build_asset_context(asset_config={"rows": 5}, resources={"foo": "bar"})
    assert everything(context, 2) == everything(context, up=2) == (5, "bar", 2)
    assert without_context(context, 2) == without_context(context, up=2) == ("bar", 2)
    assert without_context("given", 2) == without_context(foo="given", up=2) == ("given", 2)
    with pytest.raises(InvalidInvocationError, match="'foo' is given for the call and by the context"):
        without_context(context, foo="other", up=2)
    with pytest.raises(InvalidInvocationError, match="is called with 2 inputs"):
        without_context(context, 1, 2)
    with pytest.raises(InvalidConfigError, match="rows"):
        everything(build_asset_context(asset_config={"rows": "many"}, resources={"foo": "bar"}), 2)


def test_a_configuration_may_stand_among_the_inputs() -> None:
    """In its place, as the function has it; the context may give resources beside it, but no other configuration."""
    assert everything(build_asset_context(resources={"foo": "bar"}), Rows(rows=3), 2) == (3, "bar", 2)
    assert everything(build_asset_context(), Rows(rows=3), "bar", 2) == (3, "bar", 2)
    with pytest.raises(InvalidInvocationError, match="'config' is given for the call and by the context"):
        everything(build_asset_context(asset_config={"rows": 5}, resources={"foo": "bar"}), Rows(rows=3), 2)


def test_configuration_by_a_schema() -> None:
    """For assets and ops; it is checked."""

    @asset(config_schema={"y": int})
    def configured(context):
        return context.op_config

    @op(config_schema={"y": int})
    def op_configured(context):
        return context.op_config

    assert configured(build_asset_context(asset_config={"y": 5})) == {"y": 5}
    assert op_configured(build_op_context(op_config={"y": 5})) == {"y": 5}
    assert op_configured(build_op_context(config={"y": 5})) == {"y": 5}
    for wrong in ({"y": "s"}, None):
        with pytest.raises(InvalidConfigError, match="y"):
            configured(build_asset_context(asset_config=wrong))
    with pytest.raises(InvalidInvocationError, match="one and the same"):
        build_op_context(op_config={}, config={})


def test_partitions_of_a_context() -> None:
    """A key, a range; windows and dimensions are those of the asset that is called."""

    @asset(partitions_def=DAYS)
    def daily(context):
        return context

    context = daily(build_asset_context(partition_key="2024-01-05"))
    assert (context.partition_key, context.partition_keys, context.has_partition_key) == (
        "2024-01-05",
        ["2024-01-05"],
        True,
    )
    assert context.partition_time_window == DAYS.time_window_for_partition_key("2024-01-05")
    span = PartitionKeyRange("2024-01-05", "2024-01-07")
    several = daily(build_asset_context(partition_key_range=span))
    assert (several.partition_key_range, several.has_partition_key_range) == (span, True)
    assert list(several.partition_keys) == ["2024-01-05", "2024-01-06", "2024-01-07"]
    with pytest.raises(InvalidInvocationError, match="built without a partition_key"):
        build_asset_context().partition_key  # noqa: B018
    with pytest.raises(InvalidInvocationError, match="not both"):
        build_asset_context(partition_key="2024-01-05", partition_key_range=span)

    two = MultiPartitionsDefinition({"day": DAYS, "city": StaticPartitionsDefinition(["oslo"])})

    @asset(partitions_def=two)
    def by_city(context):
        return context.partition_key.keys_by_dimension["city"]

    assert by_city(build_asset_context(partition_key="oslo|2024-01-05")) == "oslo"


def test_what_a_context_knows_before_anything_is_called() -> None:
    """Resources, the run and its tags; no asset."""
    context = build_asset_context(resources={"a": 1}, run_tags={"t": "1"})
    assert (context.resources.a, context.run_id, context.get_tag("t"), context.has_partition_key) == (
        1,
        "EPHEMERAL",
        "1",
        False,
    )
    with pytest.raises(InvalidInvocationError, match="it knows of an asset only when one is called with it"):
        context.asset_key  # noqa: B018


def test_metadata_that_a_function_attached() -> None:
    """It is read from the context, as in the reference."""

    def body(context):
        context.add_output_metadata({"rows": 3})

    ours, theirs = build_asset_context(), dagster.build_asset_context()
    asset(name="attached")(body)(ours)
    dagster.asset(name="attached")(body)(theirs)
    assert ours.get_output_metadata("result")["rows"].value == theirs.get_output_metadata("result")["rows"] == 3
    assert build_asset_context().get_output_metadata("result") is None


def test_resources_are_set_up_and_torn_down() -> None:
    """Definitions of resources give their values; those that an asset brings along are there; both are too many."""
    events = []

    @resource
    def connection():
        events.append("open")
        yield "connected"
        events.append("closed")

    with build_asset_context(resources={"foo": connection}) as context:
        assert plain(context, 1)[2] == "connected"
    assert events == ["open", "closed"]

    @asset(resource_defs={"foo": "own"})
    def own(context):
        return context.resources.foo

    assert own(build_asset_context()) == "own"
    with pytest.raises(InvalidInvocationError, match="given by the definition and for the call"):
        own(build_asset_context(resources={"foo": "given"}))


def told(dg: Any) -> list[Any]:
    """Return what contexts for IO managers say, built by the package ``dg``."""
    output = dg.build_output_context(
        asset_key=["a", "b"], partition_key="k", name="n", definition_metadata={"q": 1}, output_metadata={"z": 1}
    )
    step = dg.build_output_context(step_key="s", name="n", run_id="r")
    given = dg.build_input_context(
        asset_key="a", partition_key="k", upstream_output=output, resources={"x": 1}, definition_metadata={"k": 1}
    )
    days = dg.DailyPartitionsDefinition("2024-01-01")
    span = dg.build_input_context(
        asset_key="a",
        asset_partitions_def=days,
        asset_partition_key_range=dg.PartitionKeyRange("2024-01-01", "2024-01-03"),
    )
    step.add_output_metadata({"rows": 1})
    return [
        [*output.asset_key.path, output.partition_key, output.name, output.definition_metadata, output.output_metadata],
        [output.has_asset_key, output.has_partition_key, list(output.get_asset_identifier())],
        [list(step.get_identifier()), step.has_asset_key, step.run_id, step.step_key],
        [entry.value for entry in step.get_logged_metadata().values()],
        [*given.asset_key.path, given.partition_key, given.resources.x, given.definition_metadata],
        [given.upstream_output.name, given.has_asset_key, list(given.get_asset_identifier())],
        [list(span.asset_partition_keys), span.asset_partitions_time_window.end.isoformat(), span.has_asset_partitions],
        [span.has_partition_key, dg.build_input_context().has_asset_key],
    ]


def test_contexts_for_io_managers_say_what_those_of_the_reference_say() -> None:
    assert told(notebook_assets) == told(dagster)


def test_an_io_manager_is_called_by_hand() -> None:
    class Files(IOManager):
        kept: dict[str, Any] = {}  # noqa: RUF012

        def handle_output(self, context, obj):
            self.kept["/".join(context.get_identifier())] = obj

        def load_input(self, context):
            return self.kept["/".join(context.upstream_output.get_identifier())]

    files = Files()
    output = build_output_context(asset_key="a", partition_key="k")
    files.handle_output(output, 3)
    assert files.load_input(build_input_context(upstream_output=output)) == 3
    with pytest.raises(InvalidInvocationError, match="without an asset_key, and without a run_id"):
        build_output_context().get_identifier()
    with pytest.raises(InvalidInvocationError, match="needs asset_partitions_def"):
        build_input_context(asset_key="a", asset_partition_key_range=PartitionKeyRange("a", "b"))


def test_values_stay_in_memory_whatever_their_io_manager() -> None:
    """Objects that no format keeps go from asset to asset; sources load as they always do."""

    @asset(io_manager_key="not given")
    def unstorable():
        return lambda: 3

    @asset
    def called(unstorable, source):
        return unstorable() + source

    class Elsewhere(IOManager):
        def handle_output(self, context, obj): ...

        def load_input(self, context):
            return 4

    source = SourceAsset("source", io_manager_def=Elsewhere())
    assert materialize_to_memory([unstorable, called, source]).output_for_node("called") == 7
    with pytest.raises(InvalidInvocationError, match="leave out the resource 'not given'"):
        materialize_to_memory([unstorable], resources={"not given": Elsewhere()})


def test_a_partition_in_memory() -> None:
    @asset(partitions_def=DAYS)
    def daily(context):
        return context.partition_key

    assert materialize_to_memory([daily], partition_key="2024-01-05").output_for_node("daily") == "2024-01-05"


def test_a_store_for_a_test_is_the_default_meanwhile() -> None:
    """It is gone afterwards, and the one before is back."""

    @asset
    def one():
        return 1

    with instance_for_test() as instance:
        assert Instance.get() is instance
        materialize([one])
        assert instance.load("one") == 1
        folder = instance.folder
    assert not folder.exists()
    assert Instance.get().folder != folder
    with instance_for_test(set_dagster_home=False) as other:
        assert Instance.get() is not other
