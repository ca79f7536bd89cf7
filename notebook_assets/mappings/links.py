"""Links: which upstream positions each of many downstream positions needs, as spans in a compressed sparse form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arrays import BoolArray, IntArray, Spans

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
else:
    np = lazy_module("numpy")


@dataclass(frozen=True, eq=False)
class Links:
    """What ``n`` downstream rows need: row ``i`` the spans from number ``offsets[i]`` to before ``offsets[i + 1]``.

    Args:
        offsets: int64 of shape ``(n + 1,)``, not decreasing, from 0 to ``m``.
        starts: int64 of shape ``(m,)``.
        stops: int64 of shape ``(m,)``; every span holds something, and the spans of a row are sorted and disjoint.
        nonexistent: By row, the upstream keys that are required but do not exist.

    >>> import numpy as np
    >>> links = Links(np.array([0, 1, 3]), np.array([0, 0, 4]), np.array([2, 1, 6]))
    >>> links.upstream(1).tolist(), links.count().tolist()
    ([0, 4, 5], [2, 3])
    """

    offsets: IntArray
    starts: IntArray
    stops: IntArray
    nonexistent: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def spans(self, row: int) -> list[tuple[int, int]]:
        """The spans of upstream positions that a row needs."""
        first, last = int(self.offsets[row]), int(self.offsets[row + 1])
        return list(zip(self.starts[first:last].tolist(), self.stops[first:last].tolist(), strict=True))

    def upstream(self, row: int) -> IntArray:
        """The upstream positions that a row needs, an int64 array in order."""
        first, last = int(self.offsets[row]), int(self.offsets[row + 1])
        return algebra.to_positions(self.starts[first:last], self.stops[first:last])

    def all_upstream(self) -> Spans:
        """The spans of upstream positions that any row needs, sorted and disjoint: two int64 arrays."""
        return algebra.normalised(self.starts, self.stops)

    def count(self) -> IntArray:
        """How many upstream positions each row needs, int64 of shape ``(n,)``."""
        return self._row_sums(self.stops - self.starts)

    def count_of(self, mask: BoolArray) -> IntArray:
        """How many upstream positions of a mask each row needs, int64 of shape ``(n,)``.

        Args:
            mask: bool of shape ``(n_upstream,)``.
        """
        before = np.concatenate([[0], np.cumsum(mask, dtype=np.int64)])
        return self._row_sums(before[self.stops] - before[self.starts])

    def any_of(self, mask: BoolArray) -> BoolArray:
        """Whether each row needs an upstream position of a mask, bool of shape ``(n,)``."""
        return self.count_of(mask) > 0

    def downstream_of(self, mask: BoolArray) -> BoolArray:
        """The rows that need an upstream position of a mask, as a mask of shape ``(n,)``."""
        return self.any_of(mask)

    def upstream_of(self, mask: BoolArray, n_upstream: int) -> BoolArray:
        """The upstream positions that the rows of a mask need, as a mask of shape ``(n_upstream,)``.

        Args:
            mask: bool of shape ``(n,)``.
            n_upstream: How many upstream positions there are.
        """
        chosen = np.repeat(mask, np.diff(self.offsets))
        steps = np.zeros(n_upstream + 1, dtype=np.int64)
        np.add.at(steps, self.starts[chosen], 1)
        np.add.at(steps, self.stops[chosen], -1)
        needed: BoolArray = np.cumsum(steps[:-1]) > 0
        return needed

    def max_of(self, values: npt.NDArray[np.generic], empty: float) -> npt.NDArray[np.generic]:
        """The largest of the values that each row needs, of shape ``(n,)`` and the values' type.

        Args:
            values: Numbers of shape ``(n_upstream,)``.
            empty: What a row that needs nothing gets.
        """
        # reduceat goes from a start to its stop, and from there to the next start: the odd places are not wanted.
        padded = np.append(values, values[-1:] if len(values) else np.zeros(1, dtype=values.dtype))
        result = np.full(len(self), empty, dtype=values.dtype)
        if not len(self.starts):
            return result
        edges = np.column_stack([self.starts, self.stops]).ravel()
        largest = np.maximum.reduceat(padded, edges)[::2]
        filled = np.flatnonzero(np.diff(self.offsets))
        result[filled] = np.maximum.reduceat(largest, self.offsets[filled])
        return result

    def reversed(self, n_upstream: int) -> Links:
        """The same links from the other side: row ``u`` holds the downstream rows that need upstream position ``u``.

        Args:
            n_upstream: How many upstream positions there are.
        """
        lengths = self.stops - self.starts
        rows = np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.offsets))
        upstream = algebra.to_positions(self.starts, self.stops)
        downstream = np.repeat(rows, lengths)
        order = np.lexsort((downstream, upstream))
        upstream, downstream = upstream[order], downstream[order]
        if not len(upstream):
            return Links(np.zeros(n_upstream + 1, dtype=np.int64), upstream, upstream)
        fresh = np.append(True, (np.diff(upstream) != 0) | (np.diff(downstream) != 1))
        firsts = np.flatnonzero(fresh)
        lasts = np.append(firsts[1:], len(upstream)) - 1
        offsets = np.searchsorted(upstream[firsts], np.arange(n_upstream + 1, dtype=np.int64))
        return Links(offsets.astype(np.int64), downstream[firsts], downstream[lasts] + 1)

    def _row_sums(self, values: IntArray) -> IntArray:
        totals = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
        sums: IntArray = totals[self.offsets[1:]] - totals[self.offsets[:-1]]
        return sums


def one_span_each(starts: IntArray, stops: IntArray, nonexistent: Mapping[int, tuple[str, ...]] | None = None) -> Links:
    """Return links of at most one span for each row; an empty span is none.

    >>> import numpy as np
    >>> one_span_each(np.array([0, 5]), np.array([2, 5])).count().tolist()
    [2, 0]
    """
    filled = stops > starts
    offsets = np.concatenate([[0], np.cumsum(filled, dtype=np.int64)])
    if not filled.all():
        starts, stops = starts[filled], stops[filled]
    return Links(offsets, starts, stops, nonexistent or {})


def same_for_all(rows: int, starts: IntArray, stops: IntArray, nonexistent: tuple[str, ...] = ()) -> Links:
    """Return links by which each of ``rows`` rows needs the same spans.

    >>> import numpy as np
    >>> same_for_all(3, np.array([0, 4]), np.array([1, 6])).count().tolist()
    [3, 3, 3]
    """
    each = len(starts)
    missing = dict.fromkeys(range(rows), nonexistent) if nonexistent else {}
    return Links(np.arange(rows + 1, dtype=np.int64) * each, np.tile(starts, rows), np.tile(stops, rows), missing)
