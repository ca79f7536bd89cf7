"""show_mapping: which partitions of an asset need which of its upstream, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from notebook_assets.assets import AssetNode, Dependency
from notebook_assets.definitions import Definitions
from notebook_assets.diagnosis import AssetStatus, statuses
from notebook_assets.display import Rich, stack
from notebook_assets.errors import InvalidInvocationError, UnknownAssetError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.mappings import Links, default_mapping
from notebook_assets.partitions import parse_partitions
from notebook_assets.pictures import MappingData, MappingSide, draw_mapping
from notebook_assets.store import Instance
from notebook_assets.workspace.current import graph_and_store
from notebook_assets.workspace.plain_errors import plain_errors
from notebook_assets.workspace.targets import node_of

_NOUNS = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}


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

    >>> from notebook_assets import Definitions, Instance, StaticPartitionsDefinition, asset, materialize
    >>> airports = StaticPartitionsDefinition(["EWR", "JFK"])
    >>> @asset(partitions_def=airports)
    ... def flights(context):
    ...     return context.partition_key
    >>> @asset(partitions_def=airports)
    ... def delays(flights):
    ...     return len(flights)
    >>> show_mapping(delays, keys=["EWR"], instance=Instance.ephemeral(), definitions=Definitions([flights, delays]))
    delays ← flights  ·  1 of 2 keys needs 1 of 2 keys
    Each downstream partition needs the upstream partition of the same key.
    <BLANKLINE>
    · EWR  ←  · EWR
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
    states = None if outside else status.all_states()
    definition = status.node.partitions_def
    noun = _NOUNS.get(definition.label, "key") if definition is not None else "key"
    return MappingSide(status.node.key.to_user_string(), [key or "" for key in status.keys], states, noun)
