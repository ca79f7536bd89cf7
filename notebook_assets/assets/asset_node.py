"""AssetNode: one asset of a graph, whatever it was defined by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.assets_definition import AssetsDefinition
from notebook_assets.assets.checks_definition import AssetChecksDefinition
from notebook_assets.assets.dependencies import AssetDep, Dependency
from notebook_assets.assets.observations_decorators import ObservableSources
from notebook_assets.assets.source_asset import SourceAsset
from notebook_assets.errors import DuplicateAssetError, InvalidDefinitionError
from notebook_assets.keys import AssetKey
from notebook_assets.mappings import TimeWindowPartitionMapping
from notebook_assets.mappings.wait_policy import checked_wait_for
from notebook_assets.partitions import PartitionsDefinition


@dataclass(frozen=True, eq=False)
class AssetNode:
    """One asset of a graph, whatever it was defined by. ``definition`` is None for what is not made here."""

    spec: AssetSpec
    definition: AssetsDefinition | None = None
    source: SourceAsset | None = None
    dependencies: tuple[Dependency, ...] = ()
    settled_def: PartitionsDefinition | None = None
    """Its partitions as they were when the graph was settled; see :meth:`AssetGraph.at`."""

    @cached_property
    def key(self) -> AssetKey:
        """The asset's key."""
        return self.spec.asset_key

    @property
    def is_source(self) -> bool:
        """Whether it is made elsewhere."""
        return self.definition is None

    @property
    def partitions_def(self) -> PartitionsDefinition | None:
        """Its partitions, if any."""
        return self.settled_def or self.spec.partitions_def

    def at(self, now: datetime | None, dynamic_partitions_store: object = None) -> AssetNode:
        """The node with its partitions settled as they are at a time; itself where they are so anyway."""
        definition = self.partitions_def
        if definition is None:
            return self
        settled = definition.settled(now, dynamic_partitions_store)
        return self if settled is definition else replace(self, settled_def=settled)

    @property
    def io_manager_key(self) -> str | None:
        """The resource that loads its values; None where only the store can know."""
        if self.definition is not None:
            return self.definition.io_manager_key_of(self.key)
        return self.source.io_manager_key if self.source else self.spec.io_manager_key

    @property
    def code(self) -> str | None:
        """What decides whether its code changed; None for what is made elsewhere."""
        return self.definition.code_of(self.key) if self.definition is not None else None

    @property
    def resource_defs(self) -> Mapping[str, object]:
        """The resources that its definition brings along."""
        made_by = self.definition or self.source
        return made_by.resource_defs if made_by else {}

    @property
    def siblings(self) -> tuple[AssetKey, ...]:
        """The assets that one function makes together with it, itself included."""
        if self.definition is None or not self.definition.is_multi:
            return (self.key,)
        return tuple(spec.asset_key for spec in self.definition.specs)

    @property
    def made_with(self) -> tuple[AssetKey, ...]:
        """The assets that can't be made without it being made too, itself included."""
        return self.siblings if self.definition is not None and not self.definition.can_subset else (self.key,)

    @staticmethod
    def of(thing: object) -> AssetNode:
        """Return the node for the definition of one asset, a source asset or a spec.

        Raises:
            InvalidDefinitionError: It is none of these, or defines several assets.
        """
        found = AssetNode.all_of(thing)
        if len(found) != 1:
            raise InvalidDefinitionError(f"{thing!r} is not the definition of one asset; name the asset by its key.")
        return found[0]

    @staticmethod
    def all_of(thing: object) -> tuple[AssetNode, ...]:
        """Return the nodes for a definition (one for each asset that it makes), a source asset or a spec.

        The definition of checks gives none.

        Raises:
            InvalidDefinitionError: It is none of these.
        """
        if isinstance(thing, AssetsDefinition):
            return tuple(
                AssetNode(spec, definition=thing, dependencies=thing.dependencies_of(spec.asset_key))
                for spec in thing.specs
            )
        if isinstance(thing, SourceAsset):
            return (AssetNode(thing.spec, source=thing),)
        if isinstance(thing, ObservableSources):
            return tuple(AssetNode(source.spec, source=source) for source in thing.sources)
        if isinstance(thing, AssetChecksDefinition):
            return ()
        if isinstance(thing, AssetSpec):
            return (AssetNode(thing, dependencies=tuple(_dependency(thing, dep) for dep in thing.asset_deps)),)
        raise InvalidDefinitionError(
            "Expected an asset (from @asset, %%asset, SourceAsset or AssetSpec); "
            f"got {type(thing).__name__}: {thing!r}."
        )


def same_asset(before: AssetNode, node: AssetNode) -> AssetNode:
    """Return the node of two that were given for one key: a definition wins over a source asset of its key.

    Raises:
        DuplicateAssetError: They are two different assets.

    >>> source, spec = AssetNode.of(SourceAsset("a")), AssetNode.of(AssetSpec("a"))
    >>> same_asset(source, source) is source
    True
    """
    one, other = before.definition, node.definition
    if one is other and (one is not None or _told_alike(before, node)):
        return before
    if one is None and before.source is not None and other is not None:
        return node
    if other is None and node.source is not None and one is not None:
        return before
    raise DuplicateAssetError(
        f"Two assets have the key {node.key.to_user_string()!r}. Give one of them another name, or a key_prefix."
    )


def _told_alike(one: AssetNode, other: AssetNode) -> bool:
    return one.spec == other.spec and one.io_manager_key == other.io_manager_key


def _dependency(spec: AssetSpec, dep: AssetDep) -> Dependency:
    where = f"{spec.asset_key}: its dependency on {dep.asset_key}"
    return Dependency(dep.asset_key, mapping=dep.partition_mapping, wait_for=checked_wait_for(dep.waits_for, where))


def needed_first(node: AssetNode) -> list[AssetKey]:
    """Return what must be made before an asset.

    >>> needed_first(AssetNode.of(AssetSpec("b", deps=["a"])))
    [AssetKey(['a'])]
    """
    return [
        dependency.key
        for dependency in node.dependencies
        if not (dependency.key == node.key and _is_of_earlier(node, dependency))
    ]


def _is_of_earlier(node: AssetNode, dependency: Dependency) -> bool:
    """Whether an asset that needs itself needs only its earlier partitions, which is no circle."""
    mapping = dependency.mapping
    return (
        node.partitions_def is not None and isinstance(mapping, TimeWindowPartitionMapping) and mapping.end_offset < 0
    )
