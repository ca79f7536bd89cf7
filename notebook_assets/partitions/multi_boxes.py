"""Sets of places in a product of dimensions: as spans of positions, as sets by dimension, and as boxes.

Positions count in mixed radix: the first dimension is the slowest.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arrays import IntArray, Spans

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


def strides_of(sizes: Sequence[int]) -> tuple[int, ...]:
    """Return how far apart neighbours on each dimension lie.

    >>> strides_of([2, 3, 4])
    (12, 4, 1)
    """
    return tuple(accumulate([1, *reversed(sizes[1:])], lambda one, other: one * other))[::-1]


def product_spans(sizes: Sequence[int], wanted: Sequence[Spans | None]) -> Spans:
    """Return the spans of all places whose coordinate on each dimension is wanted.

    Args:
        sizes: How many there are on each dimension.
        wanted: The spans of each dimension, sorted and disjoint; None for all.

    >>> import numpy as np
    >>> product_spans([2, 3], [None, (np.array([1]), np.array([3]))])[0].tolist()
    [1, 4]
    """
    starts, stops = np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.int64)
    for size, spans in zip(sizes, wanted, strict=True):
        if spans is None or (len(spans[0]) == 1 and int(spans[0][0]) <= 0 and int(spans[1][0]) >= size):
            starts, stops = starts * size, stops * size
            continue
        before = algebra.to_positions(starts, stops)[:, None] * size
        starts, stops = (before + spans[0]).ravel(), (before + spans[1]).ravel()
    return algebra.normalised(starts, stops)


def projected(spans: Spans, stride: int, size: int) -> Spans:
    """Return the spans of coordinates that some spans of places have on one dimension.

    Args:
        spans: Of places.
        stride: How far apart neighbours on the dimension lie.
        size: How many there are on it.

    >>> import numpy as np
    >>> [column.tolist() for column in projected((np.array([5]), np.array([7])), 1, 3)]
    [[0, 2], [1, 3]]
    """
    first, last = spans[0] // stride, (spans[1] - 1) // stride
    if ((last - first) >= size - 1).any():
        return np.zeros(1, dtype=np.int64), np.array([size], dtype=np.int64)
    low, high = first % size, last % size + 1
    around = high <= low  # goes over the end of the dimension, and on from its start
    begins = np.concatenate([low, np.zeros(int(around.sum()), dtype=np.int64)])
    return algebra.normalised(begins, np.concatenate([np.where(around, size, high), high[around]]))


def boxes(spans: Spans, sizes: Sequence[int]) -> tuple[IntArray, IntArray]:
    """Return boxes that hold just the places of some spans, each place in one box.

    Args:
        spans: Of places; sorted and disjoint.
        sizes: How many there are on each dimension.

    Returns:
        The first coordinates and the coordinates after the last, int64 arrays of shape ``(n_boxes, n_dimensions)``.

    >>> import numpy as np
    >>> low, high = boxes((np.array([1, 4]), np.array([3, 6])), [2, 3])
    >>> low.tolist(), high.tolist()
    ([[0, 1]], [[2, 3]])
    """
    starts, stops = spans
    group = np.zeros(len(starts), dtype=np.int64)
    tables = []  # by dimension, the last one first: what each group was, and its interval on the dimension
    for size in reversed(sizes[1:]):
        pieces = _rows(starts, stops, group, size)
        table, inverse = np.unique(pieces[:, 2:], axis=0, return_inverse=True)
        starts, stops, group = _merged(pieces[:, 0], pieces[:, 1], inverse.reshape(-1))
        tables.append(table)
    low, high = [starts], [stops]
    for table in reversed(tables):
        group, first, last = table[group].T
        low.append(first)
        high.append(last)
    order = np.lexsort(low[::-1])
    return np.column_stack(low)[order], np.column_stack(high)[order]


def _rows(starts: IntArray, stops: IntArray, group: IntArray, size: int) -> IntArray:
    """Split spans by rows of a length: rows from, rows to, group, first column, column after the last."""
    top, left = starts // size, starts % size
    bottom, right = (stops - 1) // size, (stops - 1) % size + 1
    alone = top == bottom
    whole_top, whole_bottom = left == 0, right == size
    full = np.zeros_like(starts)
    single = np.column_stack([top, top + 1, group, left, right])[alone]
    head = np.column_stack([top, top + 1, group, left, full + size])[~alone & ~whole_top]
    tail = np.column_stack([bottom, bottom + 1, group, full, right])[~alone & ~whole_bottom]
    middle = np.column_stack([top + ~whole_top, bottom + whole_bottom, group, full, full + size])[~alone]
    return np.concatenate([single, head, tail, middle[middle[:, 1] > middle[:, 0]]])


def _merged(starts: IntArray, stops: IntArray, group: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Join spans of one group that touch."""
    order = np.lexsort((starts, group))
    starts, stops, group = starts[order], stops[order], group[order]
    fresh = np.ones(len(starts), dtype=bool)
    fresh[1:] = (group[1:] != group[:-1]) | (starts[1:] != stops[:-1])
    firsts = np.flatnonzero(fresh)
    lasts = np.append(firsts[1:] - 1, len(starts) - 1)[: len(firsts)]
    return starts[firsts], stops[lasts], group[firsts]
