"""AssetGraph: which assets there are and what each is made from; checked when it is made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from datetime import datetime

from notebook_assets.assets.asset_node import AssetNode, needed_first, same_asset
from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.checks_graph import CheckGraph, is_checks
from notebook_assets.assets.dependency_checks import check_dependency, mapping_cure
from notebook_assets.assets.graph_problems import parted, rooted, unknown_asset, unknown_input
from notebook_assets.assets.neighbours import Direction, Neighbours
from notebook_assets.assets.topology import order_with_siblings
from notebook_assets.errors import InvalidDefinitionError, InvalidMappingError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey


class AssetGraph:
    """Assets and their dependencies; it satisfies the protocol that selections are resolved on.

    Args:
        assets: Definitions, source assets and specs, and definitions of checks.
        known: Specs of further assets (those that the store knows); used for upstream keys that ``assets`` lacks.
        looked_at: Which of those belong to the graph in any case.

    Raises:
        DuplicateAssetError: Two have one key.
        UnknownUpstreamError: An input names an asset that is in neither.
        CyclicDependencyError: One needs itself; the message shows the path.
        InvalidMappingError: A partition mapping can't serve its two definitions.

    >>> AssetGraph([AssetSpec("a"), AssetSpec("b", deps=["a"])]).parents(AssetKey("b"))
    (AssetKey(['a']),)
    """

    def __init__(
        self, assets: Iterable[object], known: Iterable[AssetSpec] = (), looked_at: Iterable[AssetKey] = ()
    ) -> None:
        self.nodes: dict[AssetKey, AssetNode] = {}
        self.problems: Mapping[AssetKey, InvalidDefinitionError] = {}
        given = list(assets)
        checks = [thing for thing in given if is_checks(thing)]
        for thing in given:
            for node in AssetNode.all_of(thing):
                before = self.nodes.get(node.key)
                self.nodes[node.key] = node if before is None else same_asset(before, node)
        outside = {spec.asset_key: spec for spec in known}
        self.outsiders: dict[AssetKey, AssetKey] = {}
        """What is not defined here and needed all the same, each with the first asset that names it."""
        self._add_outsiders(outside)
        looked = {*looked_at, *(key for each in checks for key in each.dependency_keys)}
        self.nodes.update({key: AssetNode(outside[key]) for key in sorted(looked & outside.keys() - self.nodes.keys())})
        self._check_mappings()
        self.order, self.neighbours = _ordered(self.nodes)
        self.source_keys = frozenset(key for key, node in self.nodes.items() if node.is_source)
        self.checks = CheckGraph(self.nodes, checks)

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
        given, outside = list(assets), list(known)
        checks = [thing for thing in given if is_checks(thing)]
        left: list[object] = [thing for thing in given if not is_checks(thing)]
        looked_at = {key for each in checks for key in each.dependency_keys}
        problems: dict[AssetKey, InvalidDefinitionError] = {}
        while True:
            try:
                graph = cls(left, outside, looked_at)
            except InvalidDefinitionError as error:
                if not error.at_fault:
                    raise
                for key in error.at_fault:
                    problems[key] = rooted(error, problems)
                left, lost = parted(left, problems)
                for key in lost:
                    problems.setdefault(key, rooted(error, problems))
                outside = [spec for spec in outside if spec.asset_key not in problems]
            else:
                graph.problems = problems
                graph.checks = CheckGraph.sound(graph.nodes, checks)
                return graph

    def _add_outsiders(self, known: Mapping[AssetKey, AssetSpec]) -> None:
        """Add a node for each upstream that is not defined here; an input must at least be known to the store."""
        for node in list(self.nodes.values()):
            for dependency in node.dependencies:
                if dependency.key in self.nodes:
                    continue
                self.outsiders[dependency.key] = node.key
                if dependency.key in known:
                    self.nodes[dependency.key] = AssetNode(known[dependency.key])
                elif dependency.input_name is None:
                    self.nodes[dependency.key] = AssetNode(AssetSpec(dependency.key))
                else:
                    raise unknown_input(node.key, dependency, (*self.nodes, *known))

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
        return self.neighbours.parents[key]

    def children(self, key: AssetKey) -> Sequence[AssetKey]:
        """What is made from it."""
        return self.neighbours.children.get(key, ())

    def reached(self, start: Iterable[AssetKey], direction: Direction, depth: int | None = None) -> set[AssetKey]:
        """Return some assets and all upstream or downstream of them, to a depth.

        >>> AssetGraph([AssetSpec("a"), AssetSpec("b", deps=["a"])]).reached([AssetKey("b")], "parents", depth=0)
        {AssetKey(['b'])}
        """
        return self.neighbours.reached(start, direction, depth)

    def made_with(self, key: AssetKey) -> Sequence[AssetKey]:
        """Return the assets that can't be made without it being made too, itself included."""
        return self.nodes[key].made_with

    @property
    def levels(self) -> tuple[tuple[AssetKey, ...], ...]:
        """The assets by topological level: first those that need nothing, then those that need only these, and so on.

        >>> [len(level) for level in AssetGraph([AssetSpec("a"), AssetSpec("b", deps=["a"]), AssetSpec("c")]).levels]
        [2, 1]
        """
        return self.neighbours.levels

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


def _ordered(nodes: Mapping[AssetKey, AssetNode]) -> tuple[tuple[AssetKey, ...], Neighbours]:
    """Return the assets in an order in which they can be made, and what each is made from."""
    same = {key: key for key in nodes}  # one object for each key: the same is equal without being compared
    needed = {key: [same[upstream] for upstream in needed_first(node)] for key, node in nodes.items()}
    together = {key: node.made_with for key, node in nodes.items() if len(node.made_with) > 1}
    order = order_with_siblings(needed, together)
    return order, Neighbours({key: tuple(dict.fromkeys(parents)) for key, parents in needed.items()}, order)
