"""Sets of integers as sorted, disjoint spans ``[start, stop)`` that do not touch: what subsets are counted with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import BoolArray, IntArray, Spans

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


def normalised(starts: IntArray, stops: IntArray) -> Spans:
    """Return any spans as sorted, disjoint ones without empty ones among them.

    >>> import numpy as np
    >>> [column.tolist() for column in normalised(np.array([5, 0, 2, 9]), np.array([7, 2, 4, 9]))]
    [[0, 5], [4, 7]]
    """
    filled = stops > starts
    if not filled.all():
        starts, stops = starts[filled], stops[filled]
    if len(starts) <= 1:
        return starts, stops
    if (starts[1:] < starts[:-1]).any():
        order = np.argsort(starts, kind="stable")
        starts, stops = starts[order], stops[order]
    reach = np.maximum.accumulate(stops)
    fresh = np.empty(len(starts), dtype=bool)
    fresh[0] = True
    np.greater(starts[1:], reach[:-1], out=fresh[1:])
    firsts = np.flatnonzero(fresh)
    return starts[firsts], reach[np.append(firsts[1:] - 1, len(starts) - 1)]


def from_positions(positions: IntArray) -> Spans:
    """Return the spans that hold the given integers, in any order, repeated or not.

    >>> import numpy as np
    >>> [column.tolist() for column in from_positions(np.array([3, 1, 2, 7, 7]))]
    [[1, 7], [4, 8]]
    """
    if positions.size > 1 and not (positions[1:] > positions[:-1]).all():
        positions = np.unique(positions)
    if not positions.size:
        return positions.astype(np.int64), positions.astype(np.int64)
    breaks = np.flatnonzero(np.diff(positions) != 1)
    return positions[np.concatenate([[0], breaks + 1])], positions[np.append(breaks, len(positions) - 1)] + 1


def to_positions(starts: IntArray, stops: IntArray) -> IntArray:
    """Return every integer of the spans, span by span.

    >>> import numpy as np
    >>> to_positions(np.array([1, 7]), np.array([4, 8])).tolist()
    [1, 2, 3, 7]
    """
    if len(starts) == 1:
        return np.arange(starts[0], stops[0], dtype=np.int64)
    lengths = stops - starts
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()), dtype=np.int64)


def union(left: Spans, right: Spans) -> Spans:
    """Return what is in either.

    >>> import numpy as np
    >>> left, right = (np.array([0]), np.array([5])), (np.array([3]), np.array([7]))
    >>> [column.tolist() for column in union(left, right)]
    [[0], [7]]
    """
    return normalised(np.concatenate([left[0], right[0]]), np.concatenate([left[1], right[1]]))


def intersection(left: Spans, right: Spans) -> Spans:
    """Return what is in both.

    >>> import numpy as np
    >>> left, right = (np.array([0]), np.array([5])), (np.array([3]), np.array([7]))
    >>> [column.tolist() for column in intersection(left, right)]
    [[3], [5]]
    """
    first = np.searchsorted(right[1], left[0], side="right")
    count = np.maximum(np.searchsorted(right[0], left[1], side="left") - first, 0)
    rows = np.repeat(np.arange(len(first)), count)
    others = to_positions(first, first + count)
    return np.maximum(left[0][rows], right[0][others]), np.minimum(left[1][rows], right[1][others])


def difference(left: Spans, right: Spans) -> Spans:
    """Return what is in ``left`` and not in ``right``.

    >>> import numpy as np
    >>> left, right = (np.array([0]), np.array([5])), (np.array([3]), np.array([7]))
    >>> [column.tolist() for column in difference(left, right)]
    [[0], [3]]
    """
    if not len(left[0]) or not len(right[0]):
        return left
    low = min(int(left[0][0]), int(right[0][0]))
    high = max(int(left[1][-1]), int(right[1][-1]))
    outside = (np.concatenate([[low], right[1]]), np.concatenate([right[0], [high]]))
    filled = outside[1] > outside[0]
    return intersection(left, (outside[0][filled], outside[1][filled]))


def contains(spans: Spans, positions: IntArray) -> BoolArray:
    """Return which of the integers are in the spans, bool of the same shape.

    >>> import numpy as np
    >>> contains((np.array([0, 4]), np.array([2, 6])), np.array([1, 2, 5])).tolist()
    [True, False, True]
    """
    index = np.searchsorted(spans[0], positions, side="right") - 1
    found = index >= 0
    found[found] = positions[found] < spans[1][index[found]]
    return found
