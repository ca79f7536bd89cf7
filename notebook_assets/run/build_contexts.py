"""Contexts for tests: build_asset_context, build_op_context and build_asset_check_context."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.partitions import PartitionKeyRange
from notebook_assets.run.direct_context import DirectExecutionContext
from notebook_assets.store import Instance


def build_asset_context(
    resources: Mapping[str, object] | None = None,
    resources_config: Mapping[str, Any] | None = None,
    asset_config: Mapping[str, Any] | None = None,
    instance: Instance | None = None,
    partition_key: str | None = None,
    partition_key_range: PartitionKeyRange | None = None,
    run_tags: Mapping[str, str] | None = None,
    event_loop: object = None,
) -> DirectExecutionContext:
    """Return a context with which an asset's function can be called in a test.

    Args:
        resources: Objects by resource key; definitions of resources are set up.
        resources_config: The configuration of resources, by key: ``{"config": {...}}``.
        asset_config: The asset's configuration.
        instance: The store.
        partition_key: The partition.
        partition_key_range: Several partitions, in place of one.
        run_tags: The tags of the run.
        event_loop: Not needed; only for code that gives it.

    Raises:
        InvalidInvocationError: Both a partition key and a range are given.
        ResourceFunctionError: A resource can't be set up.

    >>> from notebook_assets import asset
    >>> @asset
    ... def uses_context(context):
    ...     return context.resources.foo
    >>> uses_context(build_asset_context(resources={"foo": "bar"}))
    'bar'
    """
    return DirectExecutionContext(
        resources, resources_config, asset_config, instance, partition_key, partition_key_range, None, run_tags
    )


def build_op_context(
    resources: Mapping[str, object] | None = None,
    op_config: Any = None,
    resources_config: Mapping[str, Any] | None = None,
    instance: Instance | None = None,
    config: Any = None,
    partition_key: str | None = None,
    partition_key_range: PartitionKeyRange | None = None,
    mapping_key: str | None = None,
    run_tags: Mapping[str, str] | None = None,
    event_loop: object = None,
) -> DirectExecutionContext:
    """Return a context with which the function of an op, or of an asset, can be called in a test.

    Args:
        resources: Objects by resource key; definitions of resources are set up.
        op_config: The op's configuration.
        resources_config: The configuration of resources, by key: ``{"config": {...}}``.
        instance: The store.
        config: The same as ``op_config``; for older code.
        partition_key: The partition.
        partition_key_range: Several partitions, in place of one.
        mapping_key: The key of the dynamic output's value that the op is called for.
        run_tags: The tags of the run.
        event_loop: Not needed; only for code that gives it.

    Raises:
        InvalidInvocationError: Two things are given of which one is needed.
        ResourceFunctionError: A resource can't be set up.

    >>> from notebook_assets import asset
    >>> @asset(config_schema={"rows": int})
    ... def counted(context):
    ...     return context.op_config["rows"]
    >>> counted(build_op_context(op_config={"rows": 3}))
    3
    """
    if op_config is not None and config is not None:
        raise InvalidInvocationError("op_config and config are one and the same; give op_config only.")
    return DirectExecutionContext(
        resources,
        resources_config,
        op_config if op_config is not None else config,
        instance,
        partition_key,
        partition_key_range,
        mapping_key,
        run_tags,
    )


def build_asset_check_context(
    resources: Mapping[str, object] | None = None,
    resources_config: Mapping[str, Any] | None = None,
    asset_config: Mapping[str, Any] | None = None,
    instance: Instance | None = None,
) -> DirectExecutionContext:
    """Return a context with which a check's function can be called in a test.

    Args:
        resources: Objects by resource key; definitions of resources are set up.
        resources_config: The configuration of resources, by key: ``{"config": {...}}``.
        asset_config: The check's configuration.
        instance: The store.

    Raises:
        ResourceFunctionError: A resource can't be set up.

    >>> from notebook_assets import AssetCheckResult, asset_check
    >>> @asset_check(asset="daily")
    ... def has_rows(context, daily):
    ...     return AssetCheckResult(passed=len(daily) >= context.resources.least)
    >>> has_rows(build_asset_check_context(resources={"least": 2}), [1, 2]).passed
    True
    """
    return DirectExecutionContext(resources, resources_config, asset_config, instance)
