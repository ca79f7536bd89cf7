"""Which pieces the statuses of a few pieces follow from, so that not all of 100,000 are read for one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from notebook_assets.assets import AssetGraph, AssetNode, Dependency
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links
from notebook_assets.store.status_columns import MOST_CHOSEN

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

LinksOf = Callable[[AssetNode, Dependency, AssetNode], Links]


def needed_pieces(
    graph: AssetGraph,
    wanted: Collection[AssetKey],
    named: Mapping[AssetKey, Sequence[int]],
    count_of: Callable[[AssetNode], int],
    links_of: LinksOf,
) -> dict[AssetKey, np.ndarray]:
    """Return positions of the pieces that decide the statuses of some: these themselves, and all upstream of them.

    An asset that is left out is needed as a whole: of more than a few pieces, all are read sooner.

    Args:
        graph: What is defined.
        wanted: The assets that are looked at, with all upstream of them.
        named: The positions whose statuses are asked for, by asset.
        count_of: Gives the number of partitions of an asset.
        links_of: Gives what each piece of an asset needs of an input.

    >>> from notebook_assets import AssetSpec, StaticPartitionsDefinition
    >>> from notebook_assets.mappings import links_between
    >>> letters = StaticPartitionsDefinition(["a", "b", "c"])
    >>> up, down = AssetSpec("up", partitions_def=letters), AssetSpec("down", deps=["up"], partitions_def=letters)
    >>> links = lambda node, dependency, other: links_between(None, node.partitions_def, other.partitions_def)
    >>> needed = needed_pieces(
    ...     AssetGraph([up, down]), {up.key, down.key}, {down.key: [1]}, lambda node: 3, links
    ... )
    >>> {key.name: positions.tolist() for key, positions in needed.items()}
    {'down': [1], 'up': [1]}
    """
    masks = {key: _mask(named[key], count_of(graph.nodes[key])) for key in named if key in wanted}
    found: dict[AssetKey, np.ndarray] = {}
    whole: set[AssetKey] = set()
    for key in reversed(graph.order):  # downstream first: when an asset's turn comes, all that needs it has said so
        if key not in wanted:
            continue
        node = graph.nodes[key]
        mask = masks.pop(key, None) if node.partitions_def is not None else _mask([0], 1)
        if mask is None or key in whole or not _is_few(node, mask):
            whole.update(dependency.key for dependency in node.dependencies)
            continue
        if node.partitions_def is not None:
            found[key] = np.flatnonzero(mask)
        for dependency in node.dependencies:
            other = graph.nodes[dependency.key]
            if other.partitions_def is not None and dependency.key not in whole:
                more = links_of(node, dependency, other).upstream_of(mask, count_of(other))
                masks[dependency.key] = masks[dependency.key] | more if dependency.key in masks else more
    return found


def _mask(positions: Sequence[int], count: int) -> np.ndarray:
    mask = np.zeros(count, dtype=bool)
    mask[positions] = True
    return mask


def _is_few(node: AssetNode, mask: np.ndarray) -> bool:
    """Whether not all of an asset need be looked at; what needs earlier pieces of its own needs more in turn."""
    return int(mask.sum()) <= MOST_CHOSEN and all(dependency.key != node.key for dependency in node.dependencies)
