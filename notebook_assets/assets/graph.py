"""AssetGraph: which assets there are and what each is made from; checked when it is made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.assets_definition import AssetsDefinition
from notebook_assets.assets.dependencies import AssetDep, Dependency
from notebook_assets.assets.dependency_checks import check_dependency, mapping_cure
from notebook_assets.assets.source_asset import SourceAsset
from notebook_assets.assets.topology import topological_order
from notebook_assets.errors import (
    DuplicateAssetError,
    InvalidDefinitionError,
    InvalidMappingError,
    UnknownAssetError,
    UnknownUpstreamError,
    did_you_mean,
)
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
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

    @staticmethod
    def of(thing: object) -> AssetNode:
        """Return the node for a definition, a source asset or a spec.

        Raises:
            InvalidDefinitionError: It is none of these.
        """
        if isinstance(thing, AssetsDefinition):
            return AssetNode(thing.spec, definition=thing, dependencies=thing.dependencies)
        if isinstance(thing, SourceAsset):
            return AssetNode(thing.spec, source=thing)
        if isinstance(thing, AssetSpec):
            return AssetNode(thing, dependencies=tuple(_dependency(thing, dep) for dep in thing.asset_deps))
        raise InvalidDefinitionError(
            "Expected an asset (from @asset, %%asset, SourceAsset or AssetSpec); "
            f"got {type(thing).__name__}: {thing!r}."
        )


class AssetGraph:
    """Assets and their dependencies; it satisfies the protocol that selections are resolved on.

    Args:
        assets: Definitions, source assets and specs.
        known: Specs of further assets (those that the store knows); used for upstream keys that ``assets`` lacks.

    Raises:
        DuplicateAssetError: Two have one key.
        UnknownUpstreamError: An input names an asset that is in neither.
        CyclicDependencyError: One needs itself; the message shows the path.
        InvalidMappingError: A partition mapping can't serve its two definitions.

    >>> AssetGraph([AssetSpec("a"), AssetSpec("b", deps=["a"])]).parents(AssetKey("b"))
    (AssetKey(['a']),)
    """

    def __init__(self, assets: Iterable[object], known: Iterable[AssetSpec] = ()) -> None:
        self.nodes: dict[AssetKey, AssetNode] = {}
        self.problems: Mapping[AssetKey, InvalidDefinitionError] = {}
        for thing in assets:
            node = AssetNode.of(thing)
            before = self.nodes.get(node.key)
            self.nodes[node.key] = node if before is None else _same_asset(before, node)
        self._add_outsiders({spec.asset_key: spec for spec in known})
        self._check_mappings()
        self.order: tuple[AssetKey, ...] = topological_order(
            {key: _needed_first(node) for key, node in self.nodes.items()}
        )

    @classmethod
    def sound(cls, assets: Iterable[object], known: Iterable[AssetSpec] = ()) -> AssetGraph:
        """Return the graph of those assets that fit together; ``problems`` says why each of the others does not.

        One wrong definition in a notebook must not stop work on all the others.

        >>> from notebook_assets import asset
        >>> @asset
        ... def broken(typo): ...
        >>> graph = AssetGraph.sound([AssetSpec("fine"), broken])
        >>> list(graph.keys()), list(graph.problems)
        ([AssetKey(['fine'])], [AssetKey(['broken'])])
        """
        left, outside = list(assets), list(known)
        problems: dict[AssetKey, InvalidDefinitionError] = {}
        while True:
            try:
                graph = cls(left, outside)
            except InvalidDefinitionError as error:
                if not error.at_fault:
                    raise
                for key in error.at_fault:
                    problems[key] = _rooted(error, problems)
                left = [thing for thing in left if AssetNode.of(thing).key not in problems]
                outside = [spec for spec in outside if spec.asset_key not in problems]
            else:
                graph.problems = problems
                return graph

    def _add_outsiders(self, known: Mapping[AssetKey, AssetSpec]) -> None:
        """Add a node for each upstream that is not defined here; an input must at least be known to the store."""
        for node in list(self.nodes.values()):
            for dependency in node.dependencies:
                if dependency.key in self.nodes:
                    continue
                if dependency.key in known:
                    self.nodes[dependency.key] = AssetNode(known[dependency.key])
                elif dependency.input_name is None:
                    self.nodes[dependency.key] = AssetNode(AssetSpec(dependency.key))
                else:
                    raise _unknown_input(node.key, dependency, (*self.nodes, *known))

    def _check_mappings(self) -> None:
        for node in self.nodes.values():
            for dependency in node.dependencies:
                upstream = self.nodes[dependency.key]
                try:
                    check_dependency(dependency, node.partitions_def, upstream.partitions_def)
                except InvalidDefinitionError as error:
                    raise InvalidMappingError(
                        f"{node.key.to_user_string()} from {dependency.key.to_user_string()}: {error} "
                        f"{mapping_cure(dependency, node.partitions_def, upstream.partitions_def)}".rstrip()
                    ).blaming(node.key) from error.__cause__

    def at(self, now: datetime | None = None, dynamic_partitions_store: object = None) -> AssetGraph:
        """The graph with all partitions settled as they are at a time; itself where they are so anyway.

        Args:
            now: The time; that of the loading context, or the current one, if not given.
            dynamic_partitions_store: What knows the keys of dynamic definitions.

        >>> graph = AssetGraph([AssetSpec("a")])
        >>> graph.at() is graph
        True
        """
        settled = {key: node.at(now, dynamic_partitions_store) for key, node in self.nodes.items()}
        if all(settled[key] is node for key, node in self.nodes.items()):
            return self
        graph = copy(self)
        graph.nodes = settled
        return graph

    def keys(self) -> Collection[AssetKey]:
        """All keys."""
        return self.nodes.keys()

    def node(self, key: CoercibleToAssetKey) -> AssetNode:
        """Return one node.

        Raises:
            UnknownAssetError: There is no such asset; near matches are named.
        """
        asked = AssetKey.from_coercible(key)
        found = self.nodes.get(asked)
        if found is None and all(parts := asked.to_user_string().split("/")):  # typed with slashes between the parts
            found = self.nodes.get(AssetKey(parts))
        if found is None:
            raise self.problems.get(asked) or unknown_asset(asked, self.nodes)
        return found

    def is_source(self, key: AssetKey) -> bool:
        """Whether the asset is made elsewhere."""
        return self.nodes[key].is_source

    def parents(self, key: AssetKey) -> Sequence[AssetKey]:
        """What it is made from."""
        return tuple({dep.key: None for dep in self.nodes[key].dependencies if dep.key != key})

    def children(self, key: AssetKey) -> Sequence[AssetKey]:
        """What is made from it."""
        return self._children.get(key, ())

    @cached_property
    def _children(self) -> dict[AssetKey, list[AssetKey]]:
        children: dict[AssetKey, list[AssetKey]] = {}
        for key in self.order:
            for parent in self.parents(key):
                children.setdefault(parent, []).append(key)
        return children

    def group(self, key: AssetKey) -> str:
        """Its group."""
        return self.nodes[key].spec.group

    def tags(self, key: AssetKey) -> Mapping[str, str]:
        """Its tags."""
        return self.nodes[key].spec.tags or {}

    def kinds(self, key: AssetKey) -> Collection[str]:
        """Its kinds."""
        return self.nodes[key].spec.kinds or ()

    def owners(self, key: AssetKey) -> Sequence[str]:
        """Its owners."""
        return self.nodes[key].spec.owners or ()


def _same_asset(before: AssetNode, node: AssetNode) -> AssetNode:
    """Return the node of two that were given for one key: a definition wins over a source asset of its key.

    Raises:
        DuplicateAssetError: They are two different assets.
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


def _unknown_input(key: AssetKey, dependency: Dependency, known: Iterable[AssetKey]) -> UnknownUpstreamError:
    asked = dependency.key.to_user_string()
    error = UnknownUpstreamError(
        f"{key} takes the input {dependency.input_name!r}, but there is no asset {asked!r}."
        f"{did_you_mean(asked, [other.to_user_string() for other in known])} Define it, or name the asset by "
        f'ins={{"{dependency.input_name}": AssetIn("...")}}.'
    )
    error.missing = dependency.key
    return error.blaming(key)


def _dependency(spec: AssetSpec, dep: AssetDep) -> Dependency:
    where = f"{spec.asset_key}: its dependency on {dep.asset_key}"
    return Dependency(dep.asset_key, mapping=dep.partition_mapping, wait_for=checked_wait_for(dep.waits_for, where))


def _rooted(
    error: InvalidDefinitionError, problems: Mapping[AssetKey, InvalidDefinitionError]
) -> InvalidDefinitionError:
    """Return the error, or the one it comes from: an asset whose upstream can't be used can't be used either."""
    if isinstance(error, UnknownUpstreamError) and error.missing in problems:
        first = str(problems[error.missing])
        return InvalidDefinitionError(f"{error.at_fault[0]} needs {error.missing}, which can't be used: {first}")
    return error


def unknown_asset(asked: AssetKey, known: Iterable[AssetKey]) -> UnknownAssetError:
    """Return the error for a key that no asset has, with near matches."""
    names = [key.to_user_string() for key in known]
    text = asked.to_user_string()
    there = "" if names else " No asset is defined yet: write one with @asset or %%asset."
    return UnknownAssetError(f"There is no asset {text!r}.{did_you_mean(text, names)}{there}")


def _needed_first(node: AssetNode) -> list[AssetKey]:
    """Return what must be made before an asset."""
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
