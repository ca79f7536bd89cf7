"""MultiQueries: what may be asked of a multi-dimensional definition about its dimensions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from notebook_assets.errors import InvalidInvocationError, UnknownPartitionError, did_you_mean
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.partitions.definition import PartitionsDefinition
from notebook_assets.partitions.loading_context import resolved_store, resolved_time
from notebook_assets.partitions.multi_key import SEPARATOR, MultiPartitionKey, named_keys
from notebook_assets.partitions.multi_product import Product
from notebook_assets.partitions.ranges import PartitionKeyRange, TimeWindow
from notebook_assets.partitions.subset import PartitionsSubset
from notebook_assets.partitions.time_windows import TimeWindowPartitionsDefinition

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


class PartitionDimensionDefinition(NamedTuple):
    """A dimension: its name and its partitions.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> PartitionDimensionDefinition("airport", StaticPartitionsDefinition(["JFK"])).name
    'airport'
    """

    name: str
    partitions_def: PartitionsDefinition


class MultiQueries(PartitionsDefinition):
    """The dimensions of a definition, and what they say of its keys."""

    _dimensions: dict[str, PartitionsDefinition]

    @abstractmethod
    def product(self) -> Product:
        """What the definition counts with, settled."""

    @abstractmethod
    def at(self, now: float, dynamic_partitions_store: Any = None) -> MultiQueries:
        """The definition with the keys of its dimensions as they are at a time."""

    def settled(self, current_time: datetime | None = None, dynamic_partitions_store: Any = None) -> MultiQueries:
        """What :meth:`at` gives for a time and a store, or else those of the :func:`partition_loading_context`."""
        return self.at(resolved_time(current_time, self.clocks), resolved_store(dynamic_partitions_store))

    # Dimensions

    @property
    def dimensions(self) -> Mapping[str, PartitionsDefinition]:
        """The definition of each dimension by its name, in order of the names."""
        return MappingProxyType(self._dimensions)

    @property
    def partitions_defs(self) -> Sequence[PartitionDimensionDefinition]:
        """The dimensions, in order of their names."""
        return [PartitionDimensionDefinition(name, each) for name, each in self._dimensions.items()]

    @property
    def partition_dimension_names(self) -> list[str]:
        """The names of the dimensions, in order."""
        return list(self._dimensions)

    def get_partitions_def_for_dimension(self, dimension_name: str) -> PartitionsDefinition:
        """The definition of a dimension.

        Raises:
            InvalidInvocationError: There is no such dimension.
        """
        if not isinstance(dimension_name, str) or dimension_name not in self._dimensions:
            raise InvalidInvocationError(
                f"There is no dimension {dimension_name!r}; there are {self.partition_dimension_names}."
                f"{did_you_mean(str(dimension_name), self._dimensions)}"
            )
        return self._dimensions[dimension_name]

    @property
    def primary_dimension(self) -> PartitionDimensionDefinition:
        """The first dimension of time windows, or else the first dimension."""
        times = [each for each in self.partitions_defs if isinstance(each[1], TimeWindowPartitionsDefinition)]
        return times[0] if times else self.partitions_defs[0]

    @property
    def secondary_dimension(self) -> PartitionDimensionDefinition:
        """The first dimension that is not the primary one."""
        primary = self.primary_dimension.name
        return next(each for each in self.partitions_defs if each.name != primary)

    @property
    def has_time_window_dimension(self) -> bool:
        """Whether a dimension is one of time windows."""
        return isinstance(self.primary_dimension.partitions_def, TimeWindowPartitionsDefinition)

    @property
    def time_window_dimension(self) -> PartitionDimensionDefinition:
        """The one dimension of time windows.

        Raises:
            InvalidInvocationError: There is none, or more than one.
        """
        times = [each for each in self.partitions_defs if isinstance(each[1], TimeWindowPartitionsDefinition)]
        if len(times) != 1:
            found = f"{[each.name for each in times]} are" if times else "no dimension is"
            raise InvalidInvocationError(
                f"Just one dimension must have time windows to be asked for its time; here {found} of time windows."
            )
        return times[0]

    @property
    def time_window_partitions_def(self) -> TimeWindowPartitionsDefinition:
        """The definition of the first dimension of time windows.

        Raises:
            InvalidInvocationError: There is none.
        """
        found = self.primary_dimension.partitions_def
        if not isinstance(found, TimeWindowPartitionsDefinition):
            raise InvalidInvocationError(f"No dimension of {self.partition_dimension_names} has time windows.")
        return found

    def time_window_for_partition_key(self, partition_key: str) -> TimeWindow:
        """The window of a key on the one dimension of time windows.

        Raises:
            InvalidInvocationError: There is no such dimension, or more than one.
            UnknownPartitionError: The key has another number of parts, or no window is of its time.
        """
        name = self.time_window_dimension.name
        key = self.get_partition_key_from_str(partition_key).keys_by_dimension[name]
        return self.time_window_partitions_def.time_window_for_partition_key(key)

    # Keys

    def is_valid_key_format(self, partition_key: str) -> bool:
        """Whether a text has a part for each dimension; whether there are such keys is not asked."""
        return isinstance(partition_key, str) and len(partition_key.split(SEPARATOR)) == len(self._dimensions)

    def get_partition_key_from_str(self, partition_key_str: str) -> MultiPartitionKey:
        """A text as a key that knows its dimensions; whether there is such a key is not asked.

        Raises:
            UnknownPartitionError: It has another number of parts than there are dimensions.
        """
        if not self.is_valid_key_format(partition_key_str):
            raise UnknownPartitionError(self.wrong_format(partition_key_str))
        return named_keys([partition_key_str], tuple(self._dimensions))[0]

    def wrong_format(self, key: object) -> str:
        """Why a text is no key of these dimensions, for an error."""
        names = self.partition_dimension_names
        parts = len(key.split(SEPARATOR)) if isinstance(key, str) else 0
        return (
            f"There is no partition {key!r}: a key has {len(names)} parts, {SEPARATOR.join(names)!r}, "
            f"and this has {parts}."
        )

    def get_multipartition_keys_with_dimension_value(
        self, dimension_name: str, dimension_partition_key: str
    ) -> Sequence[MultiPartitionKey]:
        """All keys that exist with one key on a dimension.

        Raises:
            InvalidInvocationError: There is no such dimension.
            UnknownPartitionError: There is no such key on it.
        """
        return self.get_multipartition_keys_with_dimension_values(dimension_name, [dimension_partition_key])

    def get_multipartition_keys_with_dimension_values(
        self, dimension_name: str, dimension_partition_keys: Sequence[str]
    ) -> Sequence[MultiPartitionKey]:
        """All keys that exist with one of some keys on a dimension, in order of the definition.

        Raises:
            InvalidInvocationError: There is no such dimension.
            UnknownPartitionError: There is no such key on it.
        """
        self.get_partitions_def_for_dimension(dimension_name)
        there = self.settled()
        dimension = there.get_partitions_def_for_dimension(dimension_name)
        wanted = dimension.subset_with_partition_keys(dimension_partition_keys).span_arrays
        product = there.product()
        return product.keys_at(algebra.to_positions(*product.spans_where({dimension_name: wanted})))

    def get_tags_for_partition_key(self, partition_key: str) -> Mapping[str, str]:
        """The tags by which the reference marks the runs of a partition: of the key, and of that on each dimension."""
        by_dimension = self.get_partition_key_from_str(partition_key).keys_by_dimension
        tags = super().get_tags_for_partition_key(partition_key)
        return {**tags, **{f"{tag}/{name}": key for tag in tags for name, key in by_dimension.items()}}

    # Sets by dimension

    def subset_of_product(self, wanted: Mapping[str, PartitionsSubset]) -> PartitionsSubset:
        """The keys whose key on each dimension is in a subset of that dimension; any, on dimensions not named.

        Raises:
            InvalidInvocationError: There is no such dimension.

        >>> from notebook_assets.partitions import MultiPartitionsDefinition, StaticPartitionsDefinition
        >>> letters, digits = StaticPartitionsDefinition(["a", "b"]), StaticPartitionsDefinition(["1", "2"])
        >>> both = MultiPartitionsDefinition({"letter": letters, "digit": digits})
        >>> both.subset_of_product({"letter": letters.subset_of_span(0, 1)}).get_partition_keys()
        ['1|a', '2|a']
        """
        for name in wanted:
            self.get_partitions_def_for_dimension(name)
        there = self.settled()
        product = there.product()
        spans = {name: subset.fitted(product.dimensions[name]).span_arrays for name, subset in wanted.items()}
        return PartitionsSubset(there, *product.spans_where(spans))

    def corners(self) -> PartitionKeyRange:
        """The combination of the first keys of all dimensions, and that of the last; each dimension must have one.

        >>> from notebook_assets.partitions import MultiPartitionsDefinition, StaticPartitionsDefinition
        >>> letters, digits = StaticPartitionsDefinition(["a", "b"]), StaticPartitionsDefinition(["1", "2"])
        >>> MultiPartitionsDefinition({"letter": letters, "digit": digits}).corners()
        PartitionKeyRange(start='1|a', end='2|b')
        """
        product = self.product()
        last = np.array([[size - 1 for size in product.sizes]], dtype=np.int64)
        return PartitionKeyRange(*product.keys_of(np.concatenate([last * 0, last])))

    def coordinates(self, positions: IntArray) -> list[IntArray]:
        """The positions on each dimension of many positions, in order of the dimensions' names."""
        return self.product().coordinates(positions)

    def dimension_positions(self, name: str, positions: IntArray) -> IntArray:
        """The positions on one dimension of many positions."""
        return self.product().coordinate(self.partition_dimension_names.index(name), positions)
