"""Pictures of the workspace: lineage, partition grids, mappings, and explanations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from notebook_assets.assets import AssetGraph, AssetNode, AssetsDefinition, Dependency
from notebook_assets.definitions import Definitions
from notebook_assets.diagnosis import AssetStatus, Explanation, explain_asset, explain_piece, statuses
from notebook_assets.display import Rich, Shown, facts, plot_series, stack, title_line
from notebook_assets.errors import InvalidInvocationError, UnknownAssetError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links, default_mapping
from notebook_assets.partitions import TimeWindowPartitionsDefinition, parse_partitions
from notebook_assets.pictures import (
    GridData,
    LineageEdge,
    LineageNode,
    LineagePicture,
    MappingData,
    MappingSide,
    draw_grid,
    draw_lineage,
    draw_mapping,
)
from notebook_assets.store import Instance
from notebook_assets.workspace.current import graph_and_store
from notebook_assets.workspace.listing import partitions_label, wanted_keys
from notebook_assets.workspace.plain_errors import plain_errors
from notebook_assets.workspace.targets import node_of

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_NOUNS = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}


@plain_errors
def lineage(
    selection: object = None, *, instance: Instance | None = None, definitions: Definitions | None = None
) -> LineagePicture:
    """Return the picture of which asset is made from which, with the state of each.

    Args:
        selection: Which assets; a string such as ``"++year_report"``, an AssetSelection, or None for all.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).

    >>> from notebook_assets import Instance
    >>> lineage(instance=Instance.ephemeral())
    Lineage  ·  0 assets
    """
    graph, store = graph_and_store(definitions, instance)
    wanted = wanted_keys(graph, selection)
    found = statuses(graph, store, wanted)
    nodes = [_lineage_node(found[key]) for key in graph.order if key in wanted]
    edges = [
        LineageEdge(dependency.key.to_user_string(), key.to_user_string(), _mapping_label(graph, key, dependency))
        for key in graph.order
        if key in wanted
        for dependency in graph.nodes[key].dependencies
    ]
    return draw_lineage(nodes, edges)


def _lineage_node(status: AssetStatus) -> LineageNode:
    node = status.node
    outside = node.is_source and not status.event_ids.any()
    return LineageNode(
        key=node.key.to_user_string(),
        kind="source" if node.is_source else "asset",
        group=node.spec.group_name,
        partitions=partitions_label(status),
        counts={} if outside else status.counts(),
        tooltip=node.spec.description or "",
    )


def _mapping_label(graph: AssetGraph, key: AssetKey, dependency: Dependency) -> str:
    return dependency.mapping.label if dependency.mapping is not None else ""


@plain_errors
def partition_grid(
    asset_key: object, *, instance: Instance | None = None, definitions: Definitions | None = None
) -> Rich:
    """Return the grid of an asset's partitions: a calendar for hours and days, strips and matrices for others.

    Args:
        asset_key: The asset, or its key.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).

    Raises:
        UnknownAssetError: There is no such asset.
        InvalidInvocationError: It has no partitions.
    """
    graph, store = graph_and_store(definitions, instance)
    node = node_of(graph, asset_key)
    definition = node.partitions_def
    if definition is None:
        raise InvalidInvocationError(f"{node.key} has no partitions; %explain {node.key} says how it is.")
    status = statuses(graph, store, [node.key])[node.key]
    states = [status.state(position) for position in range(len(status.keys))]
    keys = [str(key) for key in status.keys]
    name = node.key.to_user_string()
    if not isinstance(definition, TimeWindowPartitionsDefinition):
        return draw_grid(GridData(name, keys, states))
    starts, _ = definition.bounds(np.arange(len(keys), dtype=np.int64))
    return draw_grid(GridData(name, keys, states, starts.tolist(), definition.timezone))


@plain_errors
def show_mapping(
    downstream: object,
    upstream: object = None,
    *,
    keys: Sequence[str] | None = None,
    instance: Instance | None = None,
    definitions: Definitions | None = None,
) -> Rich:
    """Return the picture of which partitions of an asset need which of its upstream.

    Args:
        downstream: The asset that needs the others, or its key.
        upstream: One asset that it needs; by default all of them.
        keys: Partitions of ``downstream`` to look at (keys and ranges); by default all.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).

    Raises:
        UnknownAssetError: There is no such asset, or it does not need that one.
        UnknownPartitionError: ``downstream`` has no such partition.
    """
    graph, store = graph_and_store(definitions, instance)
    node = node_of(graph, downstream)
    found = statuses(graph, store, [node.key])
    wanted = None if upstream is None else node_of(graph, upstream).key
    chosen = [
        (dependency, links)
        for dependency, links in zip(node.dependencies, found[node.key].links, strict=True)
        if wanted in (None, dependency.key)
    ]
    if not chosen:
        needed = [dependency.key.to_user_string() for dependency in node.dependencies]
        if wanted is None:
            raise InvalidInvocationError(f"{node.key} is made from no other asset, so there is nothing to map.")
        name = wanted.to_user_string()
        raise UnknownAssetError(
            f"{node.key} does not need {name}; it needs {', '.join(needed) or 'nothing'}.{did_you_mean(name, needed)}"
        )
    rows = _rows(node, found[node.key], keys)
    pictures = [_mapping_picture(found, node, dependency, links, rows) for dependency, links in chosen]
    return pictures[0] if len(pictures) == 1 else stack(pictures)


def _rows(node: AssetNode, status: AssetStatus, keys: Sequence[str] | None) -> list[int]:
    if keys is None or node.partitions_def is None:
        return list(range(len(status.keys)))
    rows: list[int] = parse_partitions(node.partitions_def, list(keys)).positions().tolist()
    return rows


def _mapping_picture(
    found: Mapping[AssetKey, AssetStatus], node: AssetNode, dependency: Dependency, links: Links, rows: Sequence[int]
) -> Rich:
    other = found[dependency.key]
    mapping = dependency.mapping or default_mapping(node.partitions_def, other.node.partitions_def)
    data = MappingData(
        upstream=_side(other),
        downstream=_side(found[node.key]),
        rows=rows,
        spans=[links.spans(row) for row in rows],
        nonexistent={at: links.nonexistent[row] for at, row in enumerate(rows) if row in links.nonexistent},
        description=mapping.description,
    )
    return draw_mapping(data)


def _side(status: AssetStatus) -> MappingSide:
    outside = status.node.is_source and not status.event_ids.any()
    states = None if outside else [status.state(position) for position in range(len(status.keys))]
    definition = status.node.partitions_def
    noun = _NOUNS.get(definition.label, "key") if definition is not None else "key"
    return MappingSide(status.node.key.to_user_string(), [key or "" for key in status.keys], states, noun)


@plain_errors
def explain(
    asset_key: object,
    key: str | None = None,
    *,
    instance: Instance | None = None,
    definitions: Definitions | None = None,
) -> Explanation:
    """Explain why a piece is as it is: what it needs, what of that is there, what changed, what to run.

    Args:
        asset_key: The asset, or its key.
        key: One of its partitions; without it the whole asset is explained.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).

    Raises:
        UnknownAssetError: There is no such asset.
        UnknownPartitionError: It has no such partition.
    """
    graph, store = graph_and_store(definitions, instance)
    node = node_of(graph, asset_key)
    found = statuses(graph, store, [node.key])
    if key is None:
        return explain_asset(found, store, node.key)
    if node.partitions_def is None:
        raise InvalidInvocationError(f"{node.key} has no partitions, so there is no {key!r}.")
    return explain_piece(found, store, node.key, key)


@plain_errors
def plot_metadata(
    asset_key: object, name: str, *, instance: Instance | None = None, definitions: Definitions | None = None
) -> Rich:
    """Return the plot of a number from the metadata of an asset's materializations, over its partitions.

    Args:
        asset_key: The asset, or its key.
        name: The name of the metadata.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).

    Raises:
        UnknownAssetError: There is no such asset.
        InvalidInvocationError: No materialization has a number of that name.
    """
    graph, store = graph_and_store(definitions, instance)
    node = node_of(graph, asset_key)
    series = dict(store.metadata_series(node.key, name))
    if not series:
        raise InvalidInvocationError(f"No materialization of {node.key} has a number {name!r} in its metadata.")
    keys = statuses(graph, store, [node.key])[node.key].keys
    return plot_series([(key or "", series.get(key)) for key in keys], f"{node.key} · {name}")


class DefinitionNote(Shown):
    """What a new definition amounts to, in a few lines."""

    def __init__(self, definition: AssetsDefinition) -> None:
        self._definition = definition

    @property
    def _forms(self) -> tuple[str, str]:
        definition = self._definition
        pairs = []
        if definition.partitions_def is not None:
            pairs.append(("partitions", definition.partitions_def.label))
        if definition.dependencies:
            pairs.append(("made from", ", ".join(entry.key.to_user_string() for entry in definition.dependencies)))
        title = title_line(definition.key.to_user_string(), f"asset in group {definition.spec.group}")
        whole = stack([title, facts(pairs)]) if pairs else title
        return whole.html, whole.text


def show_definition(definition: AssetsDefinition) -> DefinitionNote:
    """Return what a definition amounts to, to be shown below the cell that made it."""
    return DefinitionNote(definition)


__all__ = [
    "DefinitionNote",
    "explain",
    "lineage",
    "partition_grid",
    "plot_metadata",
    "show_definition",
    "show_mapping",
]
