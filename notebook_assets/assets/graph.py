"""AssetGraph: which assets there are and what each is made from; checked when it is made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.assets_definition import AssetsDefinition
from notebook_assets.assets.dependencies import Dependency
from notebook_assets.assets.source_asset import SourceAsset
from notebook_assets.errors import (
    CyclicDependencyError,
    DuplicateAssetError,
    InvalidDefinitionError,
    InvalidMappingError,
    UnknownAssetError,
    UnknownUpstreamError,
    did_you_mean,
)
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.mappings import TimeWindowPartitionMapping, default_mapping
from notebook_assets.partitions import PartitionsDefinition


@dataclass(frozen=True, eq=False)
class AssetNode:
    """One asset of a graph, whatever it was defined by. ``definition`` is None for what is not made here."""

    spec: AssetSpec
    definition: AssetsDefinition | None = None
    source: SourceAsset | None = None
    dependencies: tuple[Dependency, ...] = ()

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
        return self.spec.partitions_def

    @property
    def io_manager_key(self) -> str | None:
        """The resource that loads its values; None where only the store can know."""
        made_by = self.definition or self.source
        return made_by.io_manager_key if made_by else self.spec.io_manager_key

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
            deps = tuple(Dependency(dep.asset_key, mapping=dep.partition_mapping) for dep in thing.asset_deps)
            return AssetNode(thing, dependencies=deps)
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
        for thing in assets:
            node = AssetNode.of(thing)
            before = self.nodes.get(node.key)
            self.nodes[node.key] = node if before is None else _same_asset(before, node)
        self._add_outsiders({spec.asset_key: spec for spec in known})
        self._check_mappings()
        self.order: tuple[AssetKey, ...] = _topological_order(self.nodes)

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
                    asked = dependency.key.to_user_string()
                    names = [key.to_user_string() for key in (*self.nodes, *known)]
                    raise UnknownUpstreamError(
                        f"{node.key.to_user_string()} takes the input {dependency.input_name!r}, but there is no asset "
                        f"{asked!r}.{did_you_mean(asked, names)} Define it, or name the asset by "
                        f'ins={{"{dependency.input_name}": AssetIn("...")}}.'
                    )

    def _check_mappings(self) -> None:
        for node in self.nodes.values():
            for dependency in node.dependencies:
                upstream = self.nodes[dependency.key]
                if upstream.partitions_def is None or node.partitions_def is None:
                    continue
                mapping = dependency.mapping or default_mapping(node.partitions_def, upstream.partitions_def)
                try:
                    mapping.validate_partition_mapping(upstream.partitions_def, node.partitions_def)
                except InvalidDefinitionError as error:
                    raise InvalidMappingError(
                        f"{node.key.to_user_string()} from {dependency.key.to_user_string()}: {error}"
                    ) from None

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
            raise unknown_asset(asked, self.nodes)
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


def unknown_asset(asked: AssetKey, known: Iterable[AssetKey]) -> UnknownAssetError:
    """Return the error for a key that no asset has, with near matches."""
    names = [key.to_user_string() for key in known]
    text = asked.to_user_string()
    there = "" if names else " No asset is defined yet: write one with @asset or %%asset."
    return UnknownAssetError(f"There is no asset {text!r}.{did_you_mean(text, names)}{there}")


def _topological_order(nodes: Mapping[AssetKey, AssetNode]) -> tuple[AssetKey, ...]:
    """Every key after all that it is made from; otherwise in the order of definition. Iterative: chains may be long."""
    done: dict[AssetKey, bool] = {}  # False while its upstream is being visited
    order: list[AssetKey] = []
    for root in nodes:
        stack: list[tuple[AssetKey, list[AssetKey]]] = []
        if root not in done:
            done[root] = False
            stack.append((root, _parents_reversed(nodes[root])))
        while stack:
            key, waiting = stack[-1]
            if not waiting:
                stack.pop()
                done[key] = True
                order.append(key)
                continue
            parent = waiting.pop()
            if parent not in done:
                done[parent] = False
                stack.append((parent, _parents_reversed(nodes[parent])))
            elif not done[parent]:
                raise _cycle([entry for entry, _ in stack], parent)
    return tuple(order)


def _parents_reversed(node: AssetNode) -> list[AssetKey]:
    return [
        dependency.key
        for dependency in reversed(node.dependencies)
        if not (dependency.key == node.key and _is_of_earlier(node, dependency))
    ]


def _is_of_earlier(node: AssetNode, dependency: Dependency) -> bool:
    """Whether an asset that needs itself needs only its earlier partitions, which is no circle."""
    mapping = dependency.mapping
    return (
        node.partitions_def is not None and isinstance(mapping, TimeWindowPartitionMapping) and mapping.end_offset < 0
    )


def _cycle(path: list[AssetKey], again: AssetKey) -> CyclicDependencyError:
    circle = [*path[path.index(again) :], again]
    names = [key.to_user_string() for key in reversed(circle)]
    return CyclicDependencyError(
        f"These assets need each other in a circle: {' → '.join(names)}. "
        "Remove one of the inputs; or, where an asset needs its own earlier partitions, give that input a "
        "TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)."
    )
