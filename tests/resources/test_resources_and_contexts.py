"""Resources as attributes, and what IO managers are told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from notebook_assets import (
    AssetKey,
    DailyPartitionsDefinition,
    InputContext,
    InvalidDefinitionError,
    InvalidInvocationError,
    IOManager,
    OutputContext,
    PartitionKeyRange,
    StaticPartitionsDefinition,
)
from notebook_assets.errors import UnknownResourceError
from notebook_assets.resources import Resources

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-11")
KEY = AssetKey(["raw", "daily"])


def test_resources_are_attributes() -> None:
    resources = Resources({"db": 1, "api": 2})
    assert (resources.db, resources["api"], "db" in resources, "x" in resources) == (1, 2, True, False)
    assert sorted(resources) == ["api", "db"]
    assert repr(resources) == "Resources(db, api)"
    assert not hasattr(resources, "other")


def test_a_resource_that_is_not_there() -> None:
    with pytest.raises(
        UnknownResourceError,
        match=r"There is no resource 'dB'; this run has \['api', 'db'\]. Give it by resources=\{'dB': ...\}",
    ):
        _ = Resources({"db": 1, "api": 2}).dB
    with pytest.raises(InvalidInvocationError, match="this run has none"):
        _ = Resources().db


def test_a_context_of_one_partition() -> None:
    context = OutputContext(KEY, ("2024-01-02",), DAYS, {"path": "p"})
    assert context.has_asset_key
    assert context.has_partition_key
    assert context.has_asset_partitions
    assert context.partition_key == context.asset_partition_key == "2024-01-02"
    assert context.asset_partition_keys == ("2024-01-02",)
    assert context.asset_partition_key_range == PartitionKeyRange("2024-01-02", "2024-01-02")
    assert context.asset_partitions_time_window.start == datetime(2024, 1, 2, tzinfo=UTC)
    assert context.metadata == context.definition_metadata == {"path": "p"}
    assert context.get_identifier() == context.get_asset_identifier() == ["raw", "daily", "2024-01-02"]
    assert context.log.name == "notebook_assets"


def test_a_context_without_partitions() -> None:
    context = InputContext(KEY)
    assert not context.has_partition_key
    assert not context.has_asset_partitions
    assert context.get_identifier() == ["raw", "daily"]
    with pytest.raises(InvalidInvocationError, match="raw/daily has no partitions here, not one: ask"):
        _ = context.partition_key
    with pytest.raises(InvalidInvocationError, match="raw/daily has no partitions here"):
        _ = context.asset_partition_key_range
    with pytest.raises(InvalidInvocationError, match="The partitions of raw/daily are no time windows"):
        _ = context.asset_partitions_time_window


def test_a_context_of_several_partitions() -> None:
    context = InputContext(KEY, ("2024-01-02", "2024-01-05"), DAYS, may_be_several=True)
    assert context.asset_partition_key_range == PartitionKeyRange("2024-01-02", "2024-01-05")
    assert context.asset_partitions_time_window.end == datetime(2024, 1, 6, tzinfo=UTC)
    with pytest.raises(InvalidInvocationError, match="has 2 partitions here, not one"):
        _ = context.partition_key


def test_where_several_are_possible_one_is_no_single_one() -> None:
    """A manager decides the shape by ``has_partition_key``, which must not depend on how many keys exist."""
    assert not InputContext(KEY, ("2024-01-02",), DAYS, may_be_several=True).has_partition_key
    assert InputContext(KEY, ("2024-01-02",), DAYS).has_partition_key


def test_metadata_of_the_input_lies_over_that_of_the_asset() -> None:
    context = InputContext(KEY, asset_metadata={"path": "p", "n": 1}, input_metadata={"n": 2})
    assert context.metadata == context.definition_metadata == {"path": "p", "n": 2}
    assert context.upstream_output.metadata == {"path": "p", "n": 1}
    assert context.upstream_output.asset_key == KEY


def test_output_metadata_is_collected() -> None:
    context = OutputContext(KEY, ("a",), StaticPartitionsDefinition(["a"]))
    context.add_output_metadata({"rows": 3})
    context.add_output_metadata({"bytes": 4})
    assert {name: entry.value for name, entry in context.added_metadata.items()} == {"rows": 3, "bytes": 4}
    with pytest.raises(InvalidDefinitionError, match="output metadata 'x' is of type object"):
        context.add_output_metadata({"x": object()})


def test_an_io_manager_must_do_both() -> None:
    class Half(IOManager):
        def load_input(self, context: InputContext) -> None: ...

    with pytest.raises(TypeError, match="handle_output"):
        Half()  # type: ignore[abstract]
