"""Run configuration by partition: the decorators, and PartitionedConfig itself, beside the reference."""

from __future__ import annotations

from typing import Any

import dagster
import pytest

import notebook_assets
from notebook_assets import InvalidDefinitionError, InvalidInvocationError, UnknownPartitionError


def decorated(dg: Any) -> dict[str, Any]:
    """Return a configuration of each kind, made by the package ``dg``."""

    def window(start: Any, end: Any) -> dict[str, Any]:
        return {"ops": {"load": {"config": {"from": start.isoformat(), "until": end.isoformat()}}}}

    def tags(start: Any, end: Any) -> dict[str, str]:
        return {"from": start.isoformat(), "until": end.isoformat()}

    def one(key: str) -> dict[str, Any]:
        return {"resources": {"city": {"config": {"key": key}}}}

    def tags_of(key: str) -> dict[str, str]:
        return {"key": key.upper()}

    return {
        "hourly": dg.hourly_partitioned_config(
            start_date="2024-03-31-00:00", minute_offset=15, timezone="Europe/Berlin", tags_for_partition_fn=tags
        )(window),
        "daily": dg.daily_partitioned_config(start_date="2024-03-30", hour_offset=3, timezone="Europe/Berlin")(window),
        "daily_format": dg.daily_partitioned_config(start_date="2024/03/30", fmt="%Y/%m/%d")(window),
        "weekly": dg.weekly_partitioned_config(start_date="2024-01-01", day_offset=3, tags_for_partition_fn=tags)(
            window
        ),
        "monthly": dg.monthly_partitioned_config(start_date="2024-01-01", day_offset=5)(window),
        "static": dg.static_partitioned_config(["oslo", "rome"], tags_for_partition_key_fn=tags_of)(one),
        "static_older": dg.static_partitioned_config(["oslo", "rome"], tags_for_partition_fn=tags_of)(one),
        "dynamic": dg.dynamic_partitioned_config(lambda now: ["ep1", "ep2"], tags_for_partition_key_fn=tags_of)(one),
        "any": dg.partitioned_config(
            partitions_def=dg.StaticPartitionsDefinition(["a", "b"]), tags_for_partition_key_fn=tags_of
        )(one),
        "direct": dg.PartitionedConfig(
            partitions_def=dg.StaticPartitionsDefinition(["a", "b"]),
            run_config_for_partition_key_fn=one,
            tags_for_partition_key_fn=tags_of,
        ),
        "direct_older": dg.PartitionedConfig(
            partitions_def=dg.StaticPartitionsDefinition(["a", "b"]),
            run_config_for_partition_fn=lambda partition: one(partition.name),
            tags_for_partition_fn=lambda partition: tags_of(partition.name),
        ),
    }


OURS, THEIRS = decorated(notebook_assets), decorated(dagster)


@pytest.mark.parametrize("kind", OURS)
def test_configuration_and_tags_of_each_key_are_those_of_the_reference(kind: str) -> None:
    """Keys, run configuration and tags are the same, with and without the name of a job."""
    ours, theirs = OURS[kind], THEIRS[kind]
    keys = theirs.get_partition_keys()
    assert list(ours.get_partition_keys()) == keys
    for key in keys[:30]:
        assert ours.get_run_config_for_partition_key(key) == theirs.get_run_config_for_partition_key(key)
        assert ours.get_tags_for_partition_key(key) == theirs.get_tags_for_partition_key(key)
        assert ours.get_tags_for_partition_key(key, "job") == theirs.get_tags_for_partition_key(key, "job")


def test_a_decorated_function_is_called_as_it_is() -> None:
    """For tests; what no decorator made can't be called."""
    assert OURS["static"]("paris") == {"resources": {"city": {"config": {"key": "paris"}}}}
    with pytest.raises(InvalidInvocationError, match="was not made by a decorator"):
        OURS["direct"]("a")


def test_a_run_config_object_becomes_a_dict() -> None:
    """What can be written as a dict is."""

    class Written:
        def to_config_dict(self) -> dict[str, Any]:
            return {"ops": {}}

    config = notebook_assets.static_partitioned_config(["a"])(lambda key: Written())
    assert config.get_run_config_for_partition_key("a") == {"ops": {}}


@pytest.mark.parametrize("kind", OURS)
def test_a_key_that_does_not_exist_is_refused(kind: str) -> None:
    with pytest.raises(UnknownPartitionError):
        OURS[kind].get_run_config_for_partition_key("nowhere")
    with pytest.raises(UnknownPartitionError):
        OURS[kind].get_tags_for_partition_key("nowhere")


def test_what_can_not_be_right_is_refused() -> None:
    two = notebook_assets.StaticPartitionsDefinition(["a", "b"])
    with pytest.raises(InvalidDefinitionError, match="takes one of run_config_for_partition_key_fn"):
        notebook_assets.PartitionedConfig(two)
    with pytest.raises(InvalidDefinitionError, match="takes one of tags_for_partition_key_fn"):
        notebook_assets.PartitionedConfig(
            two,
            run_config_for_partition_key_fn=lambda key: {},
            tags_for_partition_fn=lambda partition: {},
            tags_for_partition_key_fn=lambda key: {},
        )
    with pytest.raises(InvalidDefinitionError, match="partitions_def is a PartitionsDefinition"):
        notebook_assets.partitioned_config(["a"])(lambda key: {})  # type: ignore[arg-type]
    config = notebook_assets.static_partitioned_config(["a"])(lambda key: 3)
    with pytest.raises(InvalidDefinitionError, match=r"gives a dict or a RunConfig; for 'a' it gave 3"):
        config.get_run_config_for_partition_key("a")


@pytest.mark.parametrize("package", [dagster, notebook_assets], ids=lambda package: package.__name__)
def test_the_functions_can_be_read_back(package: Any) -> None:
    """As they were given; the others are None."""

    def config_of(key: str) -> dict[str, Any]:
        return {"tags": {"key": key}}

    found = package.PartitionedConfig(
        package.StaticPartitionsDefinition(["a"]), run_config_for_partition_key_fn=config_of
    )
    assert found.run_config_for_partition_key_fn("a") == config_of("a")
    assert (found.run_config_for_partition_fn, found.tags_for_partition_fn, found.tags_for_partition_key_fn) == (
        None,
        None,
        None,
    )
