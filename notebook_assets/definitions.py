"""Definitions: assets together with the resources that they use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from notebook_assets.assets import AssetGraph, AssetNode, AssetSpec
from notebook_assets.errors import InvalidDefinitionError, UnknownAssetError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.resources import InputContext, Resources
from notebook_assets.run import io_manager_of, plain_metadata
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
        self.assets = tuple(assets or ())
        self.resources = dict(resources or {})
        self.graph = AssetGraph(self.assets, known)

    @cached_property
    def all_resources(self) -> dict[str, object]:
        """The resources given here, over those that the assets bring along."""
        found: dict[str, object] = {}
        for node in self.graph.nodes.values():
            found.update(node.resource_defs)
        return found | self.resources

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
        metadata: dict[str, object] | None = None,
    ) -> object:
        """Return the stored value of an asset, or of one of its partitions."""
        with self.get_asset_value_loader(instance) as loader:
            return loader.load_asset_value(
                asset_key, python_type=python_type, partition_key=partition_key, metadata=metadata
            )

    def _partitions_of(self, key: AssetKey) -> PartitionsDefinition | None:
        return self.graph.nodes[key].partitions_def if key in self.graph.nodes else None

    def _load_from_outside(self, key: AssetKey, partition: str | None) -> object:
        """Load the value of an asset that its own IO manager keeps; the loader asks for those the store lacks."""
        if key not in self.graph.nodes:
            raise UnknownAssetError(key.to_user_string())
        node = self.graph.nodes[key]
        manager = io_manager_of(node, self.all_resources)
        if manager is None:
            raise UnknownAssetError(key.to_user_string())
        context = InputContext(
            asset_key=key,
            partition_keys=() if partition is None else (partition,),
            asset_partitions_def=node.partitions_def,
            definition_metadata=plain_metadata(node),
            resources=Resources(self.all_resources),
        )
        return manager.load_input(context)

    @staticmethod
    def merge(*definitions: Definitions) -> Definitions:
        """Return one set of definitions with the assets and resources of all; later resources win.

        >>> Definitions.merge(Definitions(), Definitions()).assets
        ()
        """
        assets = [thing for entry in definitions for thing in entry.assets]
        resources = {name: found for entry in definitions for name, found in entry.resources.items()}
        return Definitions(assets, resources=resources)

    def __repr__(self) -> str:
        return f"Definitions({', '.join(key.to_user_string() for key in self.graph.order)})"


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
        code=node.definition.code if node.definition else None,
        description=node.spec.description,
        upstream=tuple(graph.parents(node.key)),
        metadata=node.spec.metadata_values,
    )
