"""The part of links that leads to some upstream positions."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links
from notebook_assets.partitions.arrays import Spans

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


def links_to_upstream(links: Links, wanted: Spans, lost: Collection[str] = ()) -> Links:
    """Return the same rows with what leads to some upstream positions, and to some nonexistent keys, alone.

    Args:
        links: The links.
        wanted: Sorted and disjoint spans of upstream positions, two int64 arrays.
        lost: Nonexistent keys to keep.

    >>> import numpy as np
    >>> links = Links(np.array([0, 1, 2]), np.array([0, 4]), np.array([4, 8]))
    >>> few = links_to_upstream(links, (np.array([3]), np.array([6])))
    >>> few.spans(0), few.spans(1)
    ([(3, 4)], [(4, 6)])
    """
    starts, stops = wanted
    first = np.searchsorted(stops, links.starts, side="right")
    last = np.searchsorted(starts, links.stops, side="left")
    many = np.maximum(last - first, 0)
    ends = np.cumsum(many)
    which = np.repeat(first - (ends - many), many) + np.arange(int(many.sum()), dtype=np.int64)
    inside = np.concatenate([[0], ends])[links.offsets].astype(np.int64)
    kept = {row: tuple(key for key in keys if key in lost) for row, keys in links.nonexistent.items()}
    return Links(
        inside,
        np.maximum(np.repeat(links.starts, many), starts[which]),
        np.minimum(np.repeat(links.stops, many), stops[which]),
        {row: keys for row, keys in kept.items() if keys},
    )
