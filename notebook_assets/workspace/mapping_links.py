"""Which partitions of two assets, or of two definitions, belong together; for pictures and for tables of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetNode
from notebook_assets.assets.dependency_checks import function_error
from notebook_assets.assets.mapping_checks import check_partition_mapping
from notebook_assets.definitions import Definitions
from notebook_assets.diagnosis import AssetStatus, statuses
from notebook_assets.errors import (
    InvalidInvocationError,
    InvalidMappingError,
    NotebookAssetsError,
    UnknownAssetError,
    UnknownPartitionError,
    did_you_mean,
)
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links, PartitionMapping, default_mapping
from notebook_assets.mappings.multi_links import rows_of
from notebook_assets.partitions import PartitionsDefinition, PartitionsSubset, parse_partitions
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.states import PieceState
from notebook_assets.store import Instance
from notebook_assets.store.written_keys import written_partitions
from notebook_assets.workspace.current import graph_and_store
from notebook_assets.workspace.definition_keys import all_keys
from notebook_assets.workspace.link_choices import links_to_upstream
from notebook_assets.workspace.targets import node_of

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


@dataclass(frozen=True, eq=False)
class LinkedSide:
    """One side: an asset or a definition by itself.

    Args:
        name: What it is called.
        definition: Its partitions, settled; None if it has none.
        keys: Its keys by position; one empty key if it has no partitions.
        states: The state of each key; None without a store, and of what is made elsewhere.
    """

    name: str
    definition: PartitionsDefinition | None
    keys: Sequence[str]
    states: Sequence[PieceState] | None = None


@dataclass(frozen=True, eq=False)
class LinkedPartitions:
    """Which upstream partitions some downstream partitions need.

    Args:
        downstream: The side that needs the other.
        upstream: The side that is needed.
        rows: The downstream positions, int64, ascending; ``links`` has a row for each.
        links: What they need.
        mapping: The mapping by which they do.
        wait_for: How much of it must be there: ``"all"``, ``"any"``, or a number.
        by_upstream: Whether upstream keys were asked for; ``links`` then holds these only.
    """

    downstream: LinkedSide
    upstream: LinkedSide
    rows: IntArray
    links: Links
    mapping: PartitionMapping
    wait_for: str | int = "all"
    by_upstream: bool = False


@dataclass(frozen=True)
class Asked:
    """What a person asked about a mapping: some keys of either side, by another mapping than the one there is."""

    keys: Any = None
    upstream_keys: Any = None
    mapping: PartitionMapping | None = None


def linked_partitions(
    downstream: object,
    upstream: object,
    asked: Asked,
    instance: Instance | None = None,
    definitions: Definitions | None = None,
) -> list[LinkedPartitions]:
    """Return the links between two definitions, or of an asset to one or all of those that it is made from.

    Args:
        downstream: An asset or its key; or a partitions definition, or None for no partitions.
        upstream: An asset or its key, None for all; or a partitions definition, or None for no partitions.
        asked: Of which keys.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).

    Raises:
        InvalidInvocationError: One side is an asset and the other a definition, or there is nothing to map.
        UnknownAssetError: There is no such asset, or it does not need that one.
        UnknownPartitionError: There is no such partition.
    """
    check_partition_mapping(asked.mapping, "mapping=", InvalidInvocationError)
    sides = (downstream, upstream)
    if any(isinstance(side, PartitionsDefinition) for side in sides):
        if not all(side is None or isinstance(side, PartitionsDefinition) for side in sides):
            raise InvalidInvocationError(
                f"Give two assets, or two partitions definitions; got {downstream!r} and {upstream!r}."
            )
        return [_of_definitions(*sides, asked, instance)]  # type: ignore[arg-type]  # checked just above
    if downstream is None:
        raise InvalidInvocationError(
            "Give an asset, an asset and one that it is made from, or two partitions definitions, of which one may be "
            f"None; got {downstream!r} and {upstream!r}."
        )
    if asked.mapping is not None:
        raise InvalidInvocationError(
            "mapping= goes with two partitions definitions; an asset's mapping is the one that its AssetIn names."
        )
    return _of_assets(downstream, upstream, asked, instance, definitions)


def _of_definitions(
    downstream: PartitionsDefinition | None, upstream: PartitionsDefinition | None, asked: Asked, store: Any
) -> LinkedPartitions:
    downstream, upstream = (side and side.settled(None, store) for side in (downstream, upstream))
    mapping = asked.mapping or default_mapping(downstream, upstream)
    names = _names(downstream, upstream)
    down = _definition_side(names[0], downstream, store)
    rows = _asked_rows(down, asked, store)
    links = _links(mapping, downstream, upstream, rows, store)
    up = _definition_side(names[1], upstream, store)  # after the links: time may have brought it a key meanwhile
    return _narrowed(LinkedPartitions(down, up, rows, links, mapping, mapping.wait_for or "all"), asked, store)


def _links(
    mapping: PartitionMapping,
    downstream: PartitionsDefinition | None,
    upstream: PartitionsDefinition | None,
    rows: IntArray,
    store: Any,
) -> Links:
    try:
        return mapping.links(downstream, upstream, rows, None, store)
    except Exception as error:  # a user's function may raise anything
        if isinstance(error, NotebookAssetsError) or not mapping.code_functions():
            raise
        raise InvalidMappingError(f"{mapping!r}: {function_error(error)}") from error


def _definition_side(name: str, definition: PartitionsDefinition | None, store: Any) -> LinkedSide:
    return LinkedSide(name, definition, [""] if definition is None else all_keys(definition, store))


def _names(downstream: PartitionsDefinition | None, upstream: PartitionsDefinition | None) -> tuple[str, str]:
    """What definitions are called that belong to no asset: what they are, where that tells them apart."""
    one, other = ("not partitioned" if side is None else side.label for side in (downstream, upstream))
    return (one, other) if one != other else ("downstream", "upstream")


def _of_assets(
    downstream: object, upstream: object, asked: Asked, instance: Instance | None, definitions: Definitions | None
) -> list[LinkedPartitions]:
    graph, store = graph_and_store(definitions, instance)
    node = node_of(graph, downstream)
    wanted = None if upstream is None else node_of(graph, upstream).key
    found = statuses(graph, store, [node.key])
    node = found[node.key].node
    chosen = [
        (dependency, links)
        for dependency, links in zip(node.dependencies, found[node.key].links, strict=True)
        if wanted in (None, dependency.key)
    ]
    if not chosen:
        _refuse(node, wanted)
    made: list[LinkedPartitions] = []
    problems: list[UnknownPartitionError] = []
    for dependency, links in chosen:
        down, up = _side(found[node.key]), _side(found[dependency.key])
        mapping = dependency.mapping or default_mapping(down.definition, up.definition)
        rows = _asked_rows(down, asked, store)
        asked_links = links if asked.keys is None else rows_of(links, rows)
        whole = LinkedPartitions(down, up, rows, asked_links, mapping, dependency.wait_for)
        try:
            made.append(_narrowed(whole, asked, store))
        except UnknownPartitionError as error:
            if asked.upstream_keys is None or wanted is not None:
                raise
            problems.append(error)  # where no upstream asset is named, the keys need be those of one of them
    if not made:
        raise problems[0]
    return made


def _refuse(node: AssetNode, wanted: AssetKey | None) -> None:
    if wanted is None:
        raise InvalidInvocationError(f"{node.key} is made from no other asset, so there is nothing to map.")
    needed = [dependency.key.to_user_string() for dependency in node.dependencies]
    name = wanted.to_user_string()
    raise UnknownAssetError(
        f"{node.key} does not need {name}; it needs {', '.join(needed) or 'nothing'}.{did_you_mean(name, needed)}"
    )


def _side(status: AssetStatus) -> LinkedSide:
    outside = status.node.is_source and not status.event_ids.any()
    states = None if outside else status.all_states()
    name = status.node.key.to_user_string()
    return LinkedSide(name, status.node.partitions_def, [key or "" for key in status.keys], states)


def _asked_rows(side: LinkedSide, asked: Asked, store: Any) -> IntArray:
    """Return the downstream positions that are asked for; all if none are named."""
    count = len(side.keys)
    if asked.keys is None:
        return np.arange(count, dtype=np.int64)
    if side.definition is None:
        raise InvalidInvocationError(f"{side.name}: without partitions, so {asked.keys!r} means nothing.")
    written = written_partitions(side.definition, asked.keys, side.name)
    named = parse_partitions(side.definition, written, None, store).positions()
    found: IntArray = named[named < count]  # without those that came while this was asked
    return found


def _narrowed(whole: LinkedPartitions, asked: Asked, store: Any) -> LinkedPartitions:
    """Keep what the asked upstream keys have to do with."""
    rows, links = whole.rows, whole.links
    if asked.upstream_keys is not None and whole.upstream.definition is not None:
        written = written_partitions(whole.upstream.definition, asked.upstream_keys, whole.upstream.name)
        known, lost = _known(whole.upstream.definition, written, links.nonexistent, store)
        links = links_to_upstream(links, known.span_arrays, lost)
        kept = np.flatnonzero((links.count() > 0) | np.isin(np.arange(len(links)), list(links.nonexistent)))
        rows, links = rows[kept], rows_of(links, kept)
    return LinkedPartitions(
        whole.downstream,
        whole.upstream,
        rows,
        links,
        whole.mapping,
        whole.wait_for,
        by_upstream=asked.upstream_keys is not None,
    )


def _known(
    definition: PartitionsDefinition, written: Any, nonexistent: Mapping[int, Sequence[str]], store: Any
) -> tuple[PartitionsSubset, set[str]]:
    """Return which upstream partitions are meant; a key that is required but does not exist may be asked for too."""
    listed = list(written) if isinstance(written, list) else [written]
    required = {key for keys in nonexistent.values() for key in keys}
    lost = {key for key in listed if isinstance(key, str) and key in required}
    try:
        named = [key for key in listed if not (isinstance(key, str) and key in lost)]
        return parse_partitions(definition, named, None, store), lost
    except UnknownPartitionError as error:
        raise UnknownPartitionError(f"upstream: {error}") from None
