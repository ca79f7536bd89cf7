"""Definitions: assets together with the resources that they use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from notebook_assets.assets import AssetGraph, AssetNode, AssetSpec
from notebook_assets.errors import (
    InvalidDefinitionError,
    InvalidInvocationError,
    NeverMaterializedError,
    UnknownPartitionError,
)
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.run import ResourceScope, io_manager_of, load_piece, piece_name
from notebook_assets.store import AssetDescription, AssetValueLoader, Instance


class Definitions:
    """A set of assets that belong together, and the resources that they use.

    Args:
        assets: Definitions made by ``@asset``, source assets and specs.
        resources: Objects by resource key; an IO manager under ``"io_manager"`` stores the values of all assets.
        known: Specs of further assets that may be named as upstream (those that the store knows).

    Raises:
        InvalidDefinitionError: The assets don't fit together: one key twice, an unknown upstream, a circle.

    >>> from notebook_assets import asset
    >>> @asset
    ... def one():
    ...     return 1
    >>> Definitions([one]).graph.keys()
    dict_keys([AssetKey(['one'])])
    """

    def __init__(
        self,
        assets: Iterable[object] | None = None,
        *,
        resources: Mapping[str, object] | None = None,
        known: Iterable[AssetSpec] = (),
    ) -> None:
        if isinstance(assets, str) or not isinstance(assets, Iterable | None):
            raise InvalidDefinitionError(f"Definitions takes a list of assets; got {assets!r}.")
        if resources is not None and not isinstance(resources, Mapping):
            raise InvalidDefinitionError(
                f"resources maps resource keys to objects, such as {{'database': connection}}; got {resources!r}."
            )
        self.assets = tuple(assets or ())
        self.resources = dict(resources or {})
        self.graph = AssetGraph(self.assets, known)

    @classmethod
    def sound(
        cls,
        assets: Iterable[object],
        *,
        resources: Mapping[str, object] | None = None,
        known: Iterable[AssetSpec] = (),
    ) -> Definitions:
        """Return those of ``assets`` that fit together; ``graph.problems`` says why each of the others does not."""
        made = cls(resources=resources)
        made.graph = AssetGraph.sound(assets, known)
        made.assets = tuple(thing for thing in assets if AssetNode.of(thing).key not in made.graph.problems)
        return made

    def descriptions(self, notebook: str | None = None) -> list[AssetDescription]:
        """Return what the store keeps of each asset, so that its values load without its definition."""
        return [_description(node, self.graph, notebook) for node in self.graph.nodes.values() if _is_defined(node)]

    def get_asset_value_loader(self, instance: Instance | None = None) -> AssetValueLoader:
        """Return a loader, to be used in a ``with`` block, that reads many values with one set-up.

        Args:
            instance: The store; by default the one that belongs to the working directory.
        """
        return AssetValueLoader(
            instance or Instance.get(), fallback=self._load_from_outside, definitions=self._partitions_of
        )

    def load_asset_value(
        self,
        asset_key: CoercibleToAssetKey,
        *,
        python_type: type | None = None,
        instance: Instance | None = None,
        partition_key: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the stored value of an asset, or of one of its partitions.

        Args:
            asset_key: The asset.
            python_type: The type to load it as, for IO managers that offer a choice.
            instance: The store; by default the one that belongs to the working directory.
            partition_key: The partition.
            metadata: Told to the IO manager.

        Raises:
            UnknownAssetError: There is no such asset.
            UnknownPartitionError: It has no such partition.
            NeverMaterializedError: It was never made.
        """
        with self.get_asset_value_loader(instance) as loader:
            return loader.load_asset_value(
                asset_key, python_type=python_type, partition_key=partition_key, metadata=metadata
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
        resource_config: object = None,
    ) -> object:
        """Load the value of an asset that its own IO manager keeps; the loader asks for those the store lacks.

        Raises:
            UnknownAssetError: There is no such asset.
            UnknownPartitionError: It has no such partition.
            NeverMaterializedError: It is defined, but has neither an IO manager nor a stored value.
        """
        node = self.graph.node(key)
        _check_partition(node, partition)
        resources = self._scope.of(node)
        manager = io_manager_of(node, resources)
        if manager is None:
            where = "It is made elsewhere and has no IO manager." if node.is_source else "Materialize it first."
            raise NeverMaterializedError(f"{piece_name(node.key, partition)} was never materialized. {where}")
        return load_piece(node, manager, partition, resources, python_type=python_type, metadata=metadata)

    @cached_property
    def _scope(self) -> ResourceScope:
        return ResourceScope(self.graph, self.resources)

    @staticmethod
    def merge(*definitions: Definitions) -> Definitions:
        """Return one set of definitions with the assets and resources of all.

        Raises:
            InvalidDefinitionError: Two have different resources of one key, or the assets don't fit together.

        >>> Definitions.merge(Definitions(), Definitions()).assets
        ()
        """
        resources: dict[str, object] = {}
        for entry in definitions:
            for name, found in entry.resources.items():
                if name in resources and resources[name] is not found and resources[name] != found:
                    raise InvalidDefinitionError(
                        f"Two of the definitions to be merged have different resources called {name!r}: "
                        f"{resources[name]!r} and {found!r}. Give one of them another key."
                    )
                resources[name] = found
        return Definitions([thing for entry in definitions for thing in entry.assets], resources=resources)

    def __repr__(self) -> str:
        return f"Definitions({', '.join(key.to_user_string() for key in self.graph.order)})"


def _check_partition(node: AssetNode, partition: str | None) -> None:
    """Raise the error that says so where a piece can't exist by its definition."""
    name = node.key.to_user_string()
    if node.partitions_def is None:
        if partition is not None:
            raise UnknownPartitionError(f"{name} has no partitions, so it has no partition {partition!r}.")
    elif partition is None:
        raise InvalidInvocationError(
            f'{name} has partitions: say which by partition_key=, or by partitions= (a list, a range or "all").'
        )
    else:
        node.partitions_def.validate_partition_key(partition)


def _is_defined(node: AssetNode) -> bool:
    return node.definition is not None or node.source is not None


def _description(node: AssetNode, graph: AssetGraph, notebook: str | None) -> AssetDescription:
    return AssetDescription(
        key=node.key,
        kind="source" if node.is_source else "asset",
        group=node.spec.group,
        partitions=node.partitions_def.to_dict() if node.partitions_def else None,
        io_manager_key=node.io_manager_key or "io_manager",
        notebook=notebook,
        code=node.code,
        description=node.spec.description,
        upstream=tuple(graph.parents(node.key)),
        metadata=node.spec.metadata_values,
    )
