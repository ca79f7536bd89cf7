"""MultiRectangles: ranges of keys of several dimensions, each the rectangle between two corners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_assets.errors import InvalidPartitionRangeError, UnknownPartitionError
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.partitions.multi_key import SEPARATOR
from notebook_assets.partitions.multi_product import Product
from notebook_assets.partitions.multi_queries import MultiQueries
from notebook_assets.partitions.ranges import PartitionKeyRange, checked_range
from notebook_assets.partitions.subset import PartitionsSubset

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


class MultiRectangles(MultiQueries):
    """The ranges of a definition of several dimensions."""

    def subset_with_key_range(self, partition_key_range: PartitionKeyRange) -> PartitionsSubset:
        """The keys of the rectangle between two corners, both included.

        Raises:
            UnknownPartitionError: A corner is no key on its dimensions.
            InvalidPartitionRangeError: The range runs backwards on a dimension.
        """
        there = self.settled()
        product = there.product()
        corners = [there.get_partition_key_from_str(key) for key in checked_range(partition_key_range)]
        spans = {}
        for number, name in enumerate(product.names):
            start, stop = (self._place_on(product, number, corner) for corner in corners)
            if start > stop:
                first, last = (corner.keys_by_dimension[name] for corner in corners)
                raise InvalidPartitionRangeError(
                    f"The range {corners[0]}...{corners[1]} runs backwards on the dimension {name!r}, from {first!r} "
                    f"to {last!r}; it is the rectangle from its lowest to its highest corner."
                )
            spans[name] = (np.array([start], dtype=np.int64), np.array([stop + 1], dtype=np.int64))
        return PartitionsSubset(there, *product.spans_where(spans))

    def _place_on(self, product: Product, number: int, key: str) -> int:
        found = product.place_on(number, key.split(SEPARATOR)[number])
        if found is None:
            raise UnknownPartitionError(self.why_unknown(key))
        return found

    def key_ranges(self, starts: IntArray, stops: IntArray) -> list[PartitionKeyRange]:
        """The rectangles that hold just what spans of positions hold, each as its two corners."""
        product = self.product()
        low, high = product.boxes((starts, stops))
        firsts, lasts = product.keys_of(low), product.keys_of(high - 1)
        return [PartitionKeyRange(first, last) for first, last in zip(firsts, lasts, strict=True)]
