"""Pictures of the workspace: lineage, partition grids, mappings, and explanations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetGraph, AssetNode
from notebook_assets.definitions import Definitions
from notebook_assets.diagnosis import AssetStatus, Explanation, explain_asset, explain_piece, statuses
from notebook_assets.diagnosis.configured import made_with
from notebook_assets.diagnosis.running import with_running
from notebook_assets.display import (
    Rich,
    moment,
    plot_series,
)
from notebook_assets.errors import InvalidInvocationError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import (
    MultiPartitionsDefinition,
    TimeWindowPartitionsDefinition,
)
from notebook_assets.store import Instance
from notebook_assets.store.written_keys import written_key
from notebook_assets.workspace.code_identity import with_code_hints
from notebook_assets.workspace.current import graph_and_store, workspace
from notebook_assets.workspace.explained_sightings import with_sightings
from notebook_assets.workspace.instance_keys import keys_from_instance
from notebook_assets.workspace.listing import partitions_label, wanted_keys
from notebook_assets.workspace.plain_errors import plain_errors
from notebook_assets.workspace.targets import node_of

if TYPE_CHECKING:
    import numpy as np

    from notebook_assets import pictures
    from notebook_assets.pictures import LineageEdge, LineageNode, LineagePicture
else:
    np = lazy_module("numpy")
    pictures = lazy_module("notebook_assets.pictures")

_MOST_NAMES = 12


@plain_errors
@keys_from_instance
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
    graph, store = graph_and_store(definitions, instance, selection)
    wanted = wanted_keys(graph, selection)
    found = statuses(graph, store, wanted)
    with_running(store, (found[key] for key in found if key in wanted))
    nodes = [_lineage_node(found[key]) for key in graph.order if key in wanted]
    edges = [
        pictures.LineageEdge(dependency.key.to_user_string(), key.to_user_string(), dependency.label)
        for key in graph.order
        if key in wanted
        for dependency in graph.nodes[key].dependencies
    ]
    if selection is None:
        nodes += [_problem_node(key, problem) for key, problem in graph.problems.items()]
        edges += _problem_edges(graph)
    return pictures.draw_lineage(nodes, edges)


def _problem_node(key: AssetKey, problem: Exception) -> LineageNode:
    return pictures.LineageNode(key=key.to_user_string(), remark="can't be used", tooltip=str(problem))


def _problem_edges(graph: AssetGraph) -> list[LineageEdge]:
    """What the notebook's assets that can't be used would be made from, where these are in the picture."""
    found = [entry for entry in workspace().catalogue.entries() if entry.key in graph.problems]
    return [
        pictures.LineageEdge(dependency.key.to_user_string(), entry.key.to_user_string())
        for entry in found
        for node in AssetNode.all_of(entry.thing)
        if node.key == entry.key
        for dependency in node.dependencies
    ]


def _lineage_node(status: AssetStatus) -> LineageNode:
    node = status.node
    outside = node.is_source and not status.event_ids.any()
    return pictures.LineageNode(
        key=node.key.to_user_string(),
        kind="source" if node.is_source else "asset",
        group=node.spec.group_name,
        partitions=partitions_label(status),
        counts={} if outside else status.counts(),
        tooltip="\n".join(filter(None, (node.spec.description, _siblings(node)))),
    )


def _siblings(node: AssetNode) -> str:
    """Return which other assets the same function makes, in a sentence; "" for none."""
    others = [key.to_user_string() for key in node.siblings if key != node.key]
    return f"Made by one function with {', '.join(others)}." if others else ""


@plain_errors
@keys_from_instance
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

    >>> from notebook_assets import Definitions, Instance, StaticPartitionsDefinition, asset, materialize
    >>> airports = StaticPartitionsDefinition(["EWR", "JFK"])
    >>> @asset(partitions_def=airports)
    ... def flights(context):
    ...     return context.partition_key
    >>> store = Instance.ephemeral()
    >>> _ = materialize([flights], partitions="all", instance=store, progress=False)
    >>> partition_grid(flights, instance=store, definitions=Definitions([flights]))
    flights  ·  2 partitions
    ● 2 materialized
    <BLANKLINE>
    EWR ●  JFK ●
    """
    graph, store = graph_and_store(definitions, instance, asset_key)
    node = node_of(graph, asset_key)
    definition = node.partitions_def
    if definition is None:
        raise InvalidInvocationError(f"{node.key} has no partitions; %explain {node.key} says how it is.")
    status = statuses(graph, store, [node.key])[node.key]
    with_running(store, [status])
    states = status.all_states()
    keys = [str(key) for key in status.keys]
    name = node.key.to_user_string()
    if isinstance(definition, MultiPartitionsDefinition):
        return pictures.draw_grid(pictures.GridData(name, keys, states, axes=pictures.axes_of(definition)))
    if not isinstance(definition, TimeWindowPartitionsDefinition):
        return pictures.draw_grid(pictures.GridData(name, keys, states))
    starts, _ = definition.bounds(np.arange(len(keys), dtype=np.int64))
    return pictures.draw_grid(pictures.GridData(name, keys, states, starts.tolist(), definition.timezone))


@plain_errors
@keys_from_instance
def explain(
    asset_key: object,
    key: str | date | Mapping[str, Any] | None = None,
    *,
    instance: Instance | None = None,
    definitions: Definitions | None = None,
) -> Explanation:
    """Explain why a piece is as it is: what it needs, what of that is there, what changed, what to run.

    Args:
        asset_key: The asset, or its key.
        key: One of its partitions, where these are time windows also as a date, where they have several dimensions as
            a dict; without it the whole asset is explained.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).

    Raises:
        UnknownAssetError: There is no such asset.
        UnknownPartitionError: It has no such partition.

    >>> from notebook_assets import Definitions, Instance, StaticPartitionsDefinition, asset, materialize
    >>> airports = StaticPartitionsDefinition(["EWR", "JFK"])
    >>> @asset(partitions_def=airports)
    ... def flights(context):
    ...     return context.partition_key
    >>> @asset(partitions_def=airports)
    ... def delays(flights):
    ...     return len(flights)
    >>> store = Instance.ephemeral()
    >>> _ = materialize([flights], partitions="all", instance=store, progress=False)
    >>> explanation = explain(delays, "EWR", instance=store, definitions=Definitions([flights, delays]))
    >>> explanation.why
    ('It was never made. All that it needs is there.',)
    >>> explanation.to_do
    ('%materialize delays -p EWR',)
    """
    graph, store = graph_and_store(definitions, instance, asset_key)
    node = node_of(graph, asset_key)
    found = statuses(graph, store, [node.key])
    if key is None:
        said = explain_asset(found, store, node.key, graph.checks.may_block)
    elif node.partitions_def is None:
        raise InvalidInvocationError(f"{node.key} has no partitions, so there is no {key!r}.")
    else:
        there = found[node.key].node.partitions_def or node.partitions_def
        partition = written_key(there, key, node.key.to_user_string())
        said = explain_piece(found, store, node.key, partition, graph.checks.may_block)
    said = replace(said, why=(*said.why, *made_with(store, node, said.record)))
    return with_code_hints(with_sightings(said, graph, found, store), graph, found[node.key], store)


@plain_errors
@keys_from_instance
def plot_metadata(
    asset_key: object, name: str, *, instance: Instance | None = None, definitions: Definitions | None = None
) -> Rich:
    """Return the plot of a number from the metadata of an asset's materializations, over its partitions.

    Of an asset without partitions, over all the times that it was made.

    Args:
        asset_key: The asset, or its key.
        name: The name of the metadata.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).

    Raises:
        UnknownAssetError: There is no such asset.
        InvalidInvocationError: No materialization has a number of that name.

    >>> from notebook_assets import Definitions, Instance, StaticPartitionsDefinition, asset, materialize
    >>> airports = StaticPartitionsDefinition(["EWR", "JFK"])
    >>> @asset(partitions_def=airports)
    ... def flights(context):
    ...     context.add_output_metadata({"rows": 3 if context.partition_key == "EWR" else 5})
    ...     return context.partition_key
    >>> store = Instance.ephemeral()
    >>> _ = materialize([flights], partitions="all", instance=store, progress=False)
    >>> plot_metadata(flights, "rows", instance=store, definitions=Definitions([flights]))
    flights · rows  ·  2 values, 3 to 5, latest 5 (JFK)
    ▁█
    """
    graph, store = graph_and_store(definitions, instance, asset_key)
    node = node_of(graph, asset_key)
    title = f"{node.key} · {name}"
    if node.partitions_def is None and (over_time := store.metadata_over_time(node.key, name)):
        return plot_series([(moment(made_at), value) for made_at, value in over_time], title)
    series = dict(store.metadata_series(node.key, name))
    if not series:
        known = store.metadata_numbers(node.key)
        there = f" There is {', '.join(map(repr, known[:_MOST_NAMES]))}." if known else ""
        raise InvalidInvocationError(
            f"No materialization of {node.key} has a number {name!r} in its metadata."
            f"{did_you_mean(name, known) or there}"
        )
    keys = statuses(graph, store, [node.key])[node.key].keys
    return plot_series([(key or "", series.get(key)) for key in keys], title)


__all__ = [
    "explain",
    "lineage",
    "partition_grid",
    "plot_metadata",
]
