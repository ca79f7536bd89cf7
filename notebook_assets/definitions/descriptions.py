"""What the store keeps of the assets of a graph, so that their values load without their definitions."""

from __future__ import annotations

from collections.abc import Iterable

from notebook_assets.assets import AssetGraph, AssetNode
from notebook_assets.store import AssetDescription


def described(graph: AssetGraph, notebook: str | None = None) -> list[AssetDescription]:
    """Return what the store keeps of each asset that is defined, in the graph's order.

    Args:
        graph: The assets.
        notebook: The notebook that defines them.

    >>> from notebook_assets import SourceAsset
    >>> described(AssetGraph([SourceAsset("table")]))[0].kind
    'source'
    """
    return described_nodes(graph, graph.nodes.values(), notebook)


def described_nodes(
    graph: AssetGraph, nodes: Iterable[AssetNode], notebook: str | None = None
) -> list[AssetDescription]:
    """Return the same of some of the graph's nodes, in their order.

    >>> described_nodes(AssetGraph([]), [])
    []
    """
    return [_description(node, graph, notebook) for node in nodes if _is_defined(node)]


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
