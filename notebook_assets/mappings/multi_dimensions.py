"""MultiPartitionMapping: between two multi-dimensional assets, dimension by dimension."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidMappingError, did_you_mean
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings.links import Links
from notebook_assets.mappings.mapping import PartitionMapping, needs_partitions, partition_mapping_from_dict
from notebook_assets.mappings.multi_links import product_links, rows_of
from notebook_assets.partitions import MultiPartitionsDefinition, PartitionsDefinition
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arrays import IntArray, Spans

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_FEW_BOXES = 64  # up to so many boxes of upstream keys are followed one by one


@dataclass(frozen=True)
class DimensionPartitionMapping:
    """How one upstream dimension goes with a downstream dimension.

    Args:
        dimension_name: The downstream dimension.
        partition_mapping: The mapping between the two dimensions' definitions; of any kind.

    >>> from notebook_assets.mappings import IdentityPartitionMapping
    >>> DimensionPartitionMapping("airport", IdentityPartitionMapping()).dimension_name
    'airport'
    """

    dimension_name: str
    partition_mapping: PartitionMapping

    def __post_init__(self) -> None:
        if not isinstance(self.dimension_name, str) or not isinstance(self.partition_mapping, PartitionMapping):
            raise InvalidMappingError(
                "A DimensionPartitionMapping is made from a downstream dimension's name and a partition mapping; "
                f"got {self.dimension_name!r} and {self.partition_mapping!r}."
            )


@dataclass(frozen=True)
class MultiPartitionMapping(PartitionMapping):
    """A downstream combination needs the upstream ones whose key on each named dimension its own key needs.

    On a dimension that is not named, upstream or downstream, every key goes with every other.

    Args:
        downstream_mappings_by_upstream_dimension: For upstream dimensions by name: which downstream dimension each goes
            with, and how.

    >>> from notebook_assets.mappings import IdentityPartitionMapping
    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> letters, digits = StaticPartitionsDefinition(["a", "b"]), StaticPartitionsDefinition(["1", "2"])
    >>> both = MultiPartitionsDefinition({"letter": letters, "digit": digits})
    >>> same_letter = {"letter": DimensionPartitionMapping("letter", IdentityPartitionMapping())}
    >>> [both.key_at(at) for at in MultiPartitionMapping(same_letter).links(both, both).upstream(0)]
    ['1|a', '2|a']
    """

    downstream_mappings_by_upstream_dimension: Mapping[str, DimensionPartitionMapping]

    def __post_init__(self) -> None:
        mappings = self.downstream_mappings_by_upstream_dimension
        if not isinstance(mappings, Mapping) or not all(isinstance(name, str) for name in mappings):
            raise InvalidMappingError(
                f"Give a dict of DimensionPartitionMappings by upstream dimension; got {mappings!r}."
            )
        named = {name: _dimension_mapping(name, mappings[name]) for name in sorted(mappings)}
        names = [each.dimension_name for each in named.values()]
        if len(set(names)) < len(names):
            raise InvalidMappingError(f"A downstream dimension goes with one upstream dimension at most; got {names}.")
        object.__setattr__(self, "downstream_mappings_by_upstream_dimension", named)

    def __hash__(self) -> int:
        return hash(tuple(self.downstream_mappings_by_upstream_dimension.items()))

    @property
    def label(self) -> str:
        """The mapping in a few words."""
        named = self.downstream_mappings_by_upstream_dimension.items()
        return ", ".join(f"{name}: {each.partition_mapping.label}" for name, each in named) or "all"

    @property
    def description(self) -> str:
        """The mapping in a sentence or two."""
        named = self.downstream_mappings_by_upstream_dimension.items()
        if not named:
            return "Each downstream partition needs all partitions of the upstream asset."
        said = "; ".join(
            f"the upstream dimension {name!r} goes with the downstream {each.dimension_name!r} "
            f"({each.partition_mapping.label})"
            for name, each in named
        )
        return f"{said[0].upper()}{said[1:]}. On other dimensions, every key goes with every other."

    def validate_partition_mapping(
        self,
        upstream_partitions_def: PartitionsDefinition | None,
        downstream_partitions_def: PartitionsDefinition | None,
    ) -> None:
        """Raise InvalidMappingError unless both sides have the named dimensions and the mappings serve these."""
        downstream = needs_partitions(self, downstream_partitions_def)
        up, down = _multis(upstream_partitions_def, downstream)
        for name, each in self.downstream_mappings_by_upstream_dimension.items():
            _check_name(name, up, "upstream")
            _check_name(each.dimension_name, down, "downstream")
            try:
                each.partition_mapping.validate_partition_mapping(
                    up.dimensions[name], down.dimensions[each.dimension_name]
                )
            except InvalidMappingError as error:
                raise InvalidMappingError(f"On the upstream dimension {name!r}: {error}") from None

    def links_at(
        self,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        positions: IntArray,
        upstream_count: int,
    ) -> Links:
        """The combinations of what each dimension needs."""
        up, down = _multis(upstream, needs_partitions(self, downstream))
        by_dimension = {}
        theirs, mine = up.product(), down.product()
        for name, each in self.downstream_mappings_by_upstream_dimension.items():
            column = down.dimension_positions(each.dimension_name, positions)
            places, rows = np.unique(column, return_inverse=True)
            size = theirs.sizes[theirs.names.index(name)]
            dimension = mine.dimensions[each.dimension_name]
            few = each.partition_mapping.links_at(dimension, theirs.dimensions[name], places, size)
            by_dimension[name] = rows_of(few, rows.reshape(-1))
        return product_links(up, by_dimension, len(positions))

    def downstream_spans(
        self,
        downstream: PartitionsDefinition,
        upstream: PartitionsDefinition,
        needed: Spans,
        downstream_count: int,
        upstream_count: int,
    ) -> Spans:
        """What needs each box of upstream combinations, dimension by dimension; from all links if boxes are many."""
        up, down = _multis(upstream, downstream)
        if not len(needed[0]):
            return needed
        low, high = up.product().boxes(needed)
        if len(low) > _FEW_BOXES:
            return super().downstream_spans(downstream, upstream, needed, downstream_count, upstream_count)
        found = [self._of_box(down, up, *corners) for corners in zip(low, high, strict=True)]
        starts, stops = (np.concatenate(column) for column in zip(*found, strict=True))
        return algebra.normalised(starts, stops)

    def _of_box(
        self, down: MultiPartitionsDefinition, up: MultiPartitionsDefinition, low: IntArray, high: IntArray
    ) -> Spans:
        theirs, mine = up.product(), down.product()
        wanted = {}
        for name, each in self.downstream_mappings_by_upstream_dimension.items():
            number, to = theirs.names.index(name), mine.names.index(each.dimension_name)
            wanted[each.dimension_name] = each.partition_mapping.downstream_spans(
                mine.dimensions[each.dimension_name],
                theirs.dimensions[name],
                (low[number : number + 1], high[number : number + 1]),
                mine.sizes[to],
                theirs.sizes[number],
            )
        return mine.spans_where(wanted)

    def feeds_one(self, downstream_def: PartitionsDefinition | None, upstream_def: PartitionsDefinition | None) -> bool:
        """Where each upstream dimension is named and its mapping feeds one."""
        if upstream_def is None:
            return True
        up, down = _multis(upstream_def, needs_partitions(self, downstream_def))
        named = self.downstream_mappings_by_upstream_dimension
        return set(named) == set(up.dimensions) and all(
            each.partition_mapping.feeds_one(down.dimensions[each.dimension_name], up.dimensions[name])
            for name, each in named.items()
        )

    def code_functions(self) -> tuple[Callable[..., Any], ...]:
        """The user's code in the mappings of the dimensions."""
        named = self.downstream_mappings_by_upstream_dimension.values()
        return tuple(function for each in named for function in each.partition_mapping.code_functions())

    def _arguments(self) -> Mapping[str, Any]:
        named = self.downstream_mappings_by_upstream_dimension.items()
        content = {name: [each.dimension_name, each.partition_mapping.to_dict()] for name, each in named}
        return {"downstream_mappings_by_upstream_dimension": content}


def _dimension_mapping(name: str, written: Any) -> DimensionPartitionMapping:
    if isinstance(written, list) and len(written) == 2:  # as a description holds it
        return DimensionPartitionMapping(written[0], partition_mapping_from_dict(written[1]))
    if not isinstance(written, DimensionPartitionMapping):
        hint = f" Write DimensionPartitionMapping({name!r}, …)." if isinstance(written, PartitionMapping) else ""
        raise InvalidMappingError(
            f"The upstream dimension {name!r} needs a DimensionPartitionMapping; got {written!r}.{hint}"
        )
    return written


def _multis(
    upstream: PartitionsDefinition | None, downstream: PartitionsDefinition
) -> tuple[MultiPartitionsDefinition, MultiPartitionsDefinition]:
    if not (isinstance(upstream, MultiPartitionsDefinition) and isinstance(downstream, MultiPartitionsDefinition)):
        raise InvalidMappingError(
            f"A MultiPartitionMapping needs several dimensions on both sides; upstream is {upstream!r}, downstream is "
            f"{downstream!r}. For a single one there is MultiToSingleDimensionPartitionMapping."
        )
    return upstream, downstream


def _check_name(name: str, definition: MultiPartitionsDefinition, side: str) -> None:
    if name not in definition.dimensions:
        raise InvalidMappingError(
            f"There is no {side} dimension {name!r}; there are {definition.partition_dimension_names}."
            f"{did_you_mean(name, definition.dimensions)}"
        )
