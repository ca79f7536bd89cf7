"""MultiToSingleDimensionPartitionMapping: between a multi-dimensional asset and one with a single of its dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidMappingError, did_you_mean
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings.keywise import IdentityPartitionMapping
from notebook_assets.mappings.links import Links
from notebook_assets.mappings.mapping import PartitionMapping, needs_partitions
from notebook_assets.mappings.multi_links import product_links, rows_of
from notebook_assets.mappings.time_offsets import TimeWindowPartitionMapping
from notebook_assets.partitions import (
    MultiPartitionsDefinition,
    PartitionsDefinition,
    TimeWindowPartitionsDefinition,
)
from notebook_assets.partitions.arrays import IntArray, Spans

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


@dataclass(frozen=True)
class MultiToSingleDimensionPartitionMapping(PartitionMapping):
    """Each key of one dimension goes with all combinations that have it; either side may be the multi-dimensional one.

    Between dimensions of time windows of different lengths, windows go together that overlap.

    Args:
        partition_dimension_name: The dimension; found out if not given, where it is the only one that equals the other
            asset's definition, or the only one of time windows as the other's.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> letters, digits = StaticPartitionsDefinition(["a", "b"]), StaticPartitionsDefinition(["1", "2"])
    >>> both = MultiPartitionsDefinition({"letter": letters, "digit": digits})
    >>> links = MultiToSingleDimensionPartitionMapping().links(letters, both)
    >>> [both.key_at(position) for position in links.upstream(0)]
    ['1|a', '2|a']
    """

    partition_dimension_name: str | None = None

    @property
    def label(self) -> str:
        """The mapping in a few words."""
        return f"same {self.partition_dimension_name}" if self.partition_dimension_name else "one dimension"

    @property
    def description(self) -> str:
        """The mapping in a sentence."""
        name = self.partition_dimension_name
        shared = f"the dimension {name!r}" if name else "the dimension that both have"
        return f"Each downstream partition needs the upstream partitions with the same key on {shared}."

    def validate_partition_mapping(
        self,
        upstream_partitions_def: PartitionsDefinition | None,
        downstream_partitions_def: PartitionsDefinition | None,
    ) -> None:
        """Raise InvalidMappingError unless just one side is multi-dimensional and a dimension fits the other side."""
        self._shared(needs_partitions(self, downstream_partitions_def), upstream_partitions_def)

    def links_at(
        self,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        positions: IntArray,
        upstream_count: int,
    ) -> Links:
        """The one position for each combination, or for each key the spans of the combinations with it."""
        definition = needs_partitions(self, downstream)
        name, inner = self._shared(definition, upstream)
        if isinstance(definition, MultiPartitionsDefinition):
            places, rows = np.unique(definition.dimension_positions(name, positions), return_inverse=True)
            few = inner.links_at(definition.product().dimensions[name], upstream, places, upstream_count)
            return rows_of(few, rows.reshape(-1))
        product = _multi(upstream).product()
        size = product.sizes[product.names.index(name)]
        few = inner.links_at(definition, product.dimensions[name], positions, size)
        return product_links(_multi(upstream), {name: few}, len(positions))

    def downstream_spans(
        self,
        downstream: PartitionsDefinition,
        upstream: PartitionsDefinition,
        needed: Spans,
        downstream_count: int,
        upstream_count: int,
    ) -> Spans:
        """What the shared dimension's keys need or are needed by."""
        name, inner = self._shared(downstream, upstream)
        multi = downstream if isinstance(downstream, MultiPartitionsDefinition) else _multi(upstream)
        product = multi.product()
        dimension, size = product.dimensions[name], product.sizes[product.names.index(name)]
        if multi is downstream:
            found = inner.downstream_spans(dimension, upstream, needed, size, upstream_count)
            return product.spans_where({name: found})
        return inner.downstream_spans(downstream, dimension, product.projected(name, needed), downstream_count, size)

    def upstream_of_span(
        self,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        span: tuple[int, int],
        upstream_count: int,
    ) -> tuple[int, int] | None:
        """What the shared dimension's keys need, where these are one span; no list of the combinations is made."""
        definition = needs_partitions(self, downstream)
        if not isinstance(definition, MultiPartitionsDefinition):
            return None
        name, inner = self._shared(definition, upstream)
        product = definition.product()
        starts, stops = product.projected(name, (np.array([span[0]]), np.array([span[1]])))
        if len(starts) != 1:
            return None
        return inner.upstream_of_span(
            product.dimensions[name], upstream, (int(starts[0]), int(stops[0])), upstream_count
        )

    def feeds_one(self, downstream_def: PartitionsDefinition | None, upstream_def: PartitionsDefinition | None) -> bool:
        """Where downstream is the multi-dimensional one, and one key of the other is possible for each of its own."""
        if upstream_def is None:
            return True
        definition = needs_partitions(self, downstream_def)
        if not isinstance(definition, MultiPartitionsDefinition):
            return False
        name, inner = self._shared(definition, upstream_def)
        return inner.feeds_one(definition.dimensions[name], upstream_def)

    def _shared(
        self, downstream: PartitionsDefinition, upstream: PartitionsDefinition | None
    ) -> tuple[str, PartitionMapping]:
        """The dimension that both sides have, and how its keys go together."""
        multis = [each for each in (upstream, downstream) if isinstance(each, MultiPartitionsDefinition)]
        if len(multis) != 1 or upstream is None:
            found = "neither" if not multis else "both are, for which there is MultiPartitionMapping"
            raise InvalidMappingError(
                "A MultiToSingleDimensionPartitionMapping needs just one side that is multi-dimensional; here "
                f"{found}: upstream is {upstream!r}, downstream is {downstream!r}."
            )
        single = downstream if multis[0] is upstream else upstream
        name = self.partition_dimension_name or shared_dimension(multis[0], single)
        if name is None:
            raise InvalidMappingError(
                f"None of the dimensions {multis[0].partition_dimension_names}, or more than one of them, goes with "
                f"{single!r}; name one: MultiToSingleDimensionPartitionMapping(partition_dimension_name=...)."
            )
        return name, self._inner(multis[0], name, single)

    def _inner(self, multi: MultiPartitionsDefinition, name: str, single: PartitionsDefinition) -> PartitionMapping:
        if name not in multi.dimensions:
            raise InvalidMappingError(
                f"{self!r} names a dimension that there is not; there are {multi.partition_dimension_names}."
                f"{did_you_mean(name, multi.dimensions)}"
            )
        dimension = multi.dimensions[name]
        if dimension == single:
            return IdentityPartitionMapping()
        if isinstance(dimension, TimeWindowPartitionsDefinition) and isinstance(single, TimeWindowPartitionsDefinition):
            TimeWindowPartitionMapping().validate_partition_mapping(dimension, single)
            return TimeWindowPartitionMapping()
        IdentityPartitionMapping().validate_partition_mapping(single, dimension)
        return IdentityPartitionMapping()

    def _arguments(self) -> Mapping[str, Any]:
        return {"partition_dimension_name": self.partition_dimension_name}


def shared_dimension(multi: MultiPartitionsDefinition, single: PartitionsDefinition) -> str | None:
    """Return the dimension that goes with another definition; None where it is not just one.

    That is the one that equals it, or else the one of time windows where the other has time windows too.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> letters, digits = StaticPartitionsDefinition(["a", "b"]), StaticPartitionsDefinition(["1", "2"])
    >>> shared_dimension(MultiPartitionsDefinition({"letter": letters, "digit": digits}), digits)
    'digit'
    """
    equal = [name for name, each in multi.dimensions.items() if each == single]
    if not equal and isinstance(single, TimeWindowPartitionsDefinition):
        equal = [name for name, each in multi.dimensions.items() if isinstance(each, TimeWindowPartitionsDefinition)]
    return equal[0] if len(equal) == 1 else None


def _multi(definition: PartitionsDefinition) -> MultiPartitionsDefinition:
    if not isinstance(definition, MultiPartitionsDefinition):
        raise InvalidMappingError(f"Several dimensions are needed; got {definition!r}.")
    return definition
