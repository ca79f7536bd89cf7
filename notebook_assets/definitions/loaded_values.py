"""Stored values by the definitions: a loader, and one value at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from notebook_assets.assets import AssetGraph
from notebook_assets.definitions.outside_values import held_outside, load_from_outside, load_several_from_outside
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.partitions import PartitionKeyRange, PartitionsDefinition
from notebook_assets.run import ResourceScope
from notebook_assets.store import AssetValueLoader, Instance
from notebook_assets.store.load_options import Missing, Shape


class LoadedValues:
    """What has a ``graph`` and ``resources`` can load values; a base of ``Definitions`` and of repositories.

    >>> from notebook_assets import Definitions
    >>> isinstance(Definitions(), LoadedValues)
    True
    """

    graph: AssetGraph
    resources: Mapping[str, object]

    def get_asset_value_loader(self, instance: Instance | None = None) -> AssetValueLoader:
        """Return a loader, to be used in a ``with`` block, that reads many values with one set-up.

        Args:
            instance: The store; by default the one that belongs to the working directory.
        """
        return AssetValueLoader(
            instance or Instance.get(),
            fallback=self._load_from_outside,
            definitions=self._partitions_of,
            several=self._load_several_from_outside,
            held=self._held_outside,
        )

    def load_asset_value(
        self,
        asset_key: CoercibleToAssetKey,
        *,
        python_type: type | None = None,
        instance: Instance | None = None,
        partition_key: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        resource_config: object = None,
        partition_key_range: PartitionKeyRange | None = None,
        partitions: Any = None,
        as_: Shape = "auto",
        missing: Missing = "raise",
        version: int | None = None,
    ) -> Any:
        """Return the stored value of an asset, of one of its partitions, or of several.

        Args:
            asset_key: The asset.
            python_type: The type to load it as, for IO managers that offer a choice.
            instance: The store; by default the one that belongs to the working directory.
            partition_key: The partition.
            metadata: Told to the IO manager.
            resource_config: Told to the IO manager: the configuration of its resources.
            partition_key_range: Several partitions, ends included.
            partitions: Several partitions: ``"FIRST...LAST"``, ``"all"``, a list, a subset.
            as_: The shape of several: ``"frame"``, ``"dict"``, ``"lazy"``, or ``"auto"``, which goes by the values.
            missing: What to do about partitions that were never made: ``"raise"``, ``"skip"`` or ``"none"``.
            version: Not the latest value, but that of an earlier event.

        Raises:
            UnknownAssetError: There is no such asset.
            UnknownPartitionError: It has no such partition.
            NeverMaterializedError: It was never made.
        """
        with self.get_asset_value_loader(instance) as loader:
            return loader.load_asset_value(
                asset_key,
                python_type=python_type,
                partition_key=partition_key,
                metadata=metadata,
                resource_config=resource_config,
                partition_key_range=partition_key_range,
                partitions=partitions,
                as_=as_,
                missing=missing,
                version=version,
            )

    def _partitions_of(self, key: AssetKey) -> PartitionsDefinition | None:
        return self.graph.nodes[key].partitions_def if key in self.graph.nodes else None

    def _load_from_outside(
        self,
        key: AssetKey,
        partition: str | None,
        *,
        python_type: type | None = None,
        metadata: Mapping[str, Any] | None = None,
        resource_config: Any = None,
    ) -> object:
        scope = self._scope_for(resource_config)
        return load_from_outside(self.graph, scope, key, partition, python_type=python_type, metadata=metadata)

    def _load_several_from_outside(
        self,
        key: AssetKey,
        partitions: Sequence[str],
        *,
        python_type: type | None = None,
        metadata: Mapping[str, Any] | None = None,
        resource_config: Any = None,
    ) -> Mapping[str, Any] | None:
        scope = self._scope_for(resource_config)
        return load_several_from_outside(self.graph, scope, key, partitions, python_type=python_type, metadata=metadata)

    def _held_outside(
        self,
        key: AssetKey,
        partitions: Sequence[str],
        *,
        python_type: type | None = None,
        metadata: Mapping[str, Any] | None = None,
        resource_config: Any = None,
    ) -> list[str]:
        scope = self._scope_for(resource_config)
        return held_outside(self.graph, scope, key, partitions, python_type=python_type, metadata=metadata)

    def _scope_for(self, resource_config: Any) -> ResourceScope:
        return self._scope if resource_config is None else ResourceScope(self.graph, self.resources, resource_config)

    @cached_property
    def _scope(self) -> ResourceScope:
        return ResourceScope(self.graph, self.resources)
