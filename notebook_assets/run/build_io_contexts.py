"""Contexts for tests of IO managers: build_input_context and build_output_context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.partitions import PartitionKeyRange, PartitionsDefinition
from notebook_assets.resources import InputContext, OutputContext, Resources
from notebook_assets.resources.resource_setup import ResourceSetup

_NO_KEY = AssetKey("__no_asset__")


@dataclass(frozen=True)
class BuiltOutputContext(OutputContext):
    """What :func:`build_output_context` gives: an :class:`OutputContext` that may be of no asset.

    >>> build_output_context(step_key="load", name="rows", run_id="r1").get_identifier()
    ['r1', 'load', 'rows']
    """

    instance: Any = None

    @property
    def has_asset_key(self) -> bool:
        """Whether it is of an asset."""
        return self.asset_key != _NO_KEY

    def get_identifier(self) -> list[str]:
        """Return the path of the value: the asset's key and partition, else the run, the step and the output.

        Raises:
            InvalidInvocationError: None of these was given.
        """
        if self.has_asset_key:
            return list(super().get_identifier())
        parts = [self.run_id, self.step_key, self.name, *([self.mapping_key] if self.mapping_key else [])]
        if None in (self.run_id, self.step_key):
            raise InvalidInvocationError(
                "The context was built without an asset_key, and without a run_id and a step_key; give one of these."
            )
        return [str(part) for part in parts]


@dataclass(frozen=True)
class BuiltInputContext(InputContext):
    """What :func:`build_input_context` gives: an :class:`InputContext` that may be of no asset.

    >>> build_input_context(asset_key="daily").has_asset_key
    True
    """

    given_output: OutputContext | None = None

    @property
    def has_asset_key(self) -> bool:
        """Whether it is of an asset."""
        return self.asset_key != _NO_KEY

    def get_identifier(self) -> Sequence[str]:
        """Return the path of the value: that of its asset, else that of the output that is loaded."""
        if self.has_asset_key or self.given_output is None:
            return super().get_identifier()
        return self.given_output.get_identifier()

    @property
    def upstream_output(self) -> Any:
        """The context of the output that is loaded: the one that was given, else one of the same asset, if any."""
        return super().upstream_output if self.given_output is None and self.has_asset_key else self.given_output


def build_output_context(
    step_key: str | None = None,
    name: str | None = None,
    definition_metadata: Mapping[str, Any] | None = None,
    run_id: str | None = None,
    mapping_key: str | None = None,
    config: Any = None,
    dagster_type: Any = None,
    version: str | None = None,
    resource_config: Mapping[str, Any] | None = None,
    resources: Mapping[str, object] | None = None,
    op_def: Any = None,
    asset_key: CoercibleToAssetKey | None = None,
    partition_key: str | None = None,
    asset_partitions_def: PartitionsDefinition | None = None,
    asset_partition_key_range: PartitionKeyRange | None = None,
    instance: Any = None,
    asset_spec: Any = None,
    metadata: Mapping[str, Any] | None = None,
    output_metadata: Mapping[str, Any] | None = None,
) -> BuiltOutputContext:
    """Return a context with which ``handle_output`` of an IO manager can be called in a test.

    Args:
        step_key: The step that makes the value, where it is of no asset.
        name: The output.
        definition_metadata: The metadata of the asset's definition.
        run_id: The run.
        mapping_key: The mapping key of a dynamic output.
        config: What a run's configuration would say of the output.
        dagster_type: The declared type.
        version: Kept.
        resource_config: The configuration of the IO manager.
        resources: Objects by resource key; definitions of resources are set up.
        op_def: Kept.
        asset_key: The asset.
        partition_key: The partition.
        asset_partitions_def: The asset's partitions.
        asset_partition_key_range: Several partitions, in place of one.
        instance: Kept.
        asset_spec: The asset, with its metadata and partitions.
        metadata: The same as ``definition_metadata``; for older code.
        output_metadata: Metadata of the output.

    Raises:
        InvalidInvocationError: Two things are given of which one is needed, or metadata is no dict.

    >>> context = build_output_context(asset_key=["raw", "daily"], partition_key="2024-01-01")
    >>> context.get_identifier()
    ['raw', 'daily', '2024-01-01']
    """
    key = asset_key if asset_key is not None else getattr(asset_spec, "asset_key", None)
    partitions = asset_partitions_def or getattr(asset_spec, "partitions_def", None)
    told = getattr(asset_spec, "metadata_values", {})
    return BuiltOutputContext(
        asset_key=_NO_KEY if key is None else AssetKey.from_coercible(key),
        partition_keys=_keys(partition_key, asset_partition_key_range, partitions),
        asset_partitions_def=partitions,
        asset_metadata={
            **{name: entry.value for name, entry in told.items()},
            **_one_of(definition_metadata, metadata),
        },
        resources=_set_up(resources),
        run_id=run_id,
        name=name or "result",
        step_key=step_key,
        mapping_key=mapping_key,
        config=config,
        resource_config=resource_config,
        dagster_type=dagster_type,
        version=version,
        output_metadata=_metadata(output_metadata, "output_metadata"),
        op_of=None if op_def is None else lambda: op_def,
        instance=instance,
        asset_spec=asset_spec,
    )


def build_input_context(
    name: str | None = None,
    config: Any = None,
    definition_metadata: Mapping[str, Any] | None = None,
    upstream_output: OutputContext | None = None,
    dagster_type: Any = None,
    resource_config: Mapping[str, Any] | None = None,
    resources: Mapping[str, object] | None = None,
    op_def: Any = None,
    step_context: object = None,
    asset_key: CoercibleToAssetKey | None = None,
    partition_key: str | None = None,
    asset_partition_key_range: PartitionKeyRange | None = None,
    asset_partitions_def: PartitionsDefinition | None = None,
    instance: Any = None,
    metadata: Mapping[str, Any] | None = None,
) -> BuiltInputContext:
    """Return a context with which ``load_input`` of an IO manager can be called in a test.

    Args:
        name: The input.
        config: What a run's configuration would say of the input.
        definition_metadata: The metadata of the input.
        upstream_output: The context of the output that is loaded.
        dagster_type: The declared type.
        resource_config: The configuration of the IO manager.
        resources: Objects by resource key; definitions of resources are set up.
        op_def: Kept.
        step_context: Not needed; only for code that gives it.
        asset_key: The asset that is loaded; by default that of ``upstream_output``.
        partition_key: The partition.
        asset_partition_key_range: Several partitions, in place of one.
        asset_partitions_def: The partitions of the asset that is loaded.
        instance: Kept.
        metadata: The same as ``definition_metadata``; for older code.

    Raises:
        InvalidInvocationError: Two things are given of which one is needed, or metadata is no dict.

    >>> from notebook_assets import DailyPartitionsDefinition, PartitionKeyRange
    >>> context = build_input_context(
    ...     asset_key="daily",
    ...     asset_partitions_def=DailyPartitionsDefinition("2024-01-01"),
    ...     asset_partition_key_range=PartitionKeyRange("2024-01-01", "2024-01-02"),
    ... )
    >>> context.asset_partition_keys
    ('2024-01-01', '2024-01-02')
    """
    key = asset_key
    if key is None and upstream_output is not None and upstream_output.has_asset_key:
        key = upstream_output.asset_key
    return BuiltInputContext(
        asset_key=_NO_KEY if key is None else AssetKey.from_coercible(key),
        partition_keys=_keys(partition_key, asset_partition_key_range, asset_partitions_def),
        asset_partitions_def=asset_partitions_def,
        resources=_set_up(resources),
        name=name,
        input_metadata=_one_of(definition_metadata, metadata),
        config=config,
        given_output=upstream_output,
        resource_config=resource_config,
        dagster_type=dagster_type,
        op_of=None if op_def is None else lambda: op_def,
        instance=instance,
    )


def _keys(key: str | None, span: PartitionKeyRange | None, definition: PartitionsDefinition | None) -> tuple[str, ...]:
    if span is None:
        return () if key is None else (key,)
    if key is not None:
        raise InvalidInvocationError("Give partition_key or asset_partition_key_range, not both.")
    if definition is None:
        raise InvalidInvocationError("A range of partitions needs asset_partitions_def, which knows the keys between.")
    return tuple(definition.get_partition_keys_in_range(span))


def _one_of(definition_metadata: Mapping[str, Any] | None, metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    if definition_metadata is not None and metadata is not None:
        raise InvalidInvocationError("definition_metadata and metadata are one and the same; give one.")
    return _metadata(definition_metadata if metadata is None else metadata, "metadata")


def _metadata(given: Mapping[str, Any] | None, what: str) -> dict[str, Any]:
    if not isinstance(given, Mapping | None) or not all(isinstance(name, str) for name in given or {}):
        raise InvalidInvocationError(f'{what} is a dict by texts, such as {{"rows": 3}}; got {given!r}.')
    return dict(given or {})


def _set_up(resources: Mapping[str, object] | None) -> Resources:
    setup = ResourceSetup(resources or {})
    return Resources({name: setup.get(name) for name in resources or {}})
