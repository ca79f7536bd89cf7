"""Mappings that do not look at time: the same key, all keys, the last key, and some keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidMappingError
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings.keys_to_come import why_never
from notebook_assets.mappings.links import Links, one_span_each, same_for_all
from notebook_assets.mappings.mapping import PartitionMapping, needs_partitions
from notebook_assets.mappings.mapping_arguments import checked_definition
from notebook_assets.partitions import (
    PartitionsDefinition,
    TimeWindowPartitionsDefinition,
)
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arrays import IntArray

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


@dataclass(frozen=True)
class IdentityPartitionMapping(PartitionMapping):
    """Each downstream partition needs the upstream partition of the same key.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> down, up = StaticPartitionsDefinition(["a", "b"]), StaticPartitionsDefinition(["b", "c"])
    >>> links = IdentityPartitionMapping().links(down, up)
    >>> links.count().tolist(), links.nonexistent
    ([0, 1], {0: ('a',)})
    """

    @property
    def label(self) -> str:
        """The mapping in a few words."""
        return "same key"

    @property
    def description(self) -> str:
        """The mapping in a sentence."""
        return "Each downstream partition needs the upstream partition of the same key."

    def validate_partition_mapping(
        self,
        upstream_partitions_def: PartitionsDefinition | None,
        downstream_partitions_def: PartitionsDefinition | None,
    ) -> None:
        """Raise InvalidMappingError if the two definitions are of different kinds."""
        downstream = needs_partitions(self, downstream_partitions_def)
        if _kind(downstream) is not _kind(upstream_partitions_def):
            raise InvalidMappingError(
                "The same key can't be needed from definitions of different kinds: upstream is "
                f"{upstream_partitions_def!r}, downstream is {downstream!r}. Give another partition mapping."
            )

    def links_at(
        self,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        positions: IntArray,
        upstream_count: int,
    ) -> Links:
        """One position each, where there is one of the same key."""
        definition = needs_partitions(self, downstream)
        if definition == upstream and (upstream.has_positions_of(definition) or definition.has_positions_of(upstream)):
            found = positions
        elif isinstance(definition, TimeWindowPartitionsDefinition) and _continues(definition, upstream):
            found = upstream.grid.floors(definition.grid.starts(positions))  # type: ignore[attr-defined]
        else:
            found = upstream.find_positions(definition.keys_at(positions))
        exists = (found >= 0) & (found < upstream_count)
        if exists.all():
            return one_span_each(found, found + 1)
        rows = np.flatnonzero(~exists)
        keys = definition.keys_at(positions[rows])
        missing = {row: (key,) for row, key in zip(rows.tolist(), keys, strict=True)}
        return one_span_each(found, np.where(exists, found + 1, found), missing)

    def upstream_of_span(
        self,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        span: tuple[int, int],
        upstream_count: int,
    ) -> tuple[int, int] | None:
        """The same span, where both sides have one definition and all of it exists."""
        if span[1] > upstream_count or downstream is None or downstream != upstream:
            return None
        return span if upstream.has_positions_of(downstream) else None

    def feeds_one(self, downstream_def: PartitionsDefinition | None, upstream_def: PartitionsDefinition | None) -> bool:
        """Always."""
        return True


def _kind(definition: PartitionsDefinition | None) -> type | None:
    return (
        TimeWindowPartitionsDefinition if isinstance(definition, TimeWindowPartitionsDefinition) else type(definition)
    )


def _continues(definition: TimeWindowPartitionsDefinition, other: PartitionsDefinition) -> bool:
    """Whether two definitions have the same windows by the same keys, but for where they start and end."""
    same = definition.subset_identity == other.subset_identity
    # Windows of fixed length are counted from the start: a start at another phase makes other windows.
    return same and isinstance(other, TimeWindowPartitionsDefinition) and _aligned(definition, other)


def _aligned(one: TimeWindowPartitionsDefinition, other: TimeWindowPartitionsDefinition) -> bool:
    first = one.grid.start(0)
    return other.grid.start(other.grid.floor(first)) == first


@dataclass(frozen=True)
class AllPartitionMapping(PartitionMapping):
    """Each downstream partition needs all upstream partitions that exist.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> AllPartitionMapping().links(None, StaticPartitionsDefinition(["a", "b"])).spans(0)
    [(0, 2)]
    """

    @property
    def label(self) -> str:
        """The mapping in a few words."""
        return "all"

    @property
    def description(self) -> str:
        """The mapping in a sentence."""
        return "Each downstream partition needs all partitions of the upstream asset."

    def links_at(
        self,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        positions: IntArray,
        upstream_count: int,
    ) -> Links:
        """All that exist, for each."""
        starts = np.zeros(len(positions), dtype=np.int64)
        return one_span_each(starts, starts + upstream_count)

    def feeds_one(self, downstream_def: PartitionsDefinition | None, upstream_def: PartitionsDefinition | None) -> bool:
        """Only where upstream has no partitions."""
        return upstream_def is None


@dataclass(frozen=True)
class LastPartitionMapping(PartitionMapping):
    """Each downstream partition needs the last upstream partition that exists.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> LastPartitionMapping().links(None, StaticPartitionsDefinition(["a", "b"])).spans(0)
    [(1, 2)]
    """

    @property
    def label(self) -> str:
        """The mapping in a few words."""
        return "last"

    @property
    def description(self) -> str:
        """The mapping in a sentence."""
        return "Each downstream partition needs the last partition of the upstream asset."

    def links_at(
        self,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        positions: IntArray,
        upstream_count: int,
    ) -> Links:
        """The last that exists, for each."""
        starts = np.full(len(positions), max(upstream_count - 1, 0), dtype=np.int64)
        return one_span_each(starts, starts + min(upstream_count, 1))

    def feeds_one(self, downstream_def: PartitionsDefinition | None, upstream_def: PartitionsDefinition | None) -> bool:
        """Always."""
        return True


@dataclass(frozen=True)
class SpecificPartitionsPartitionMapping(PartitionMapping):
    """Each downstream partition needs the same given upstream partitions.

    Args:
        partition_keys: The upstream keys.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> mapping = SpecificPartitionsPartitionMapping(["b"])
    >>> mapping.links(None, StaticPartitionsDefinition(["a", "b"])).spans(0)
    [(1, 2)]
    """

    partition_keys: Sequence[str]

    def __post_init__(self) -> None:
        given: object = self.partition_keys
        listed = list(given) if isinstance(given, Iterable) and not isinstance(given, str | bytes) else []
        if not listed or not all(isinstance(key, str) for key in listed):
            raise InvalidMappingError(f"Give a list of upstream partition keys; got {self.partition_keys!r}.")
        object.__setattr__(self, "partition_keys", tuple(listed))

    @property
    def label(self) -> str:
        """The mapping in a few words."""
        return self.partition_keys[0] if len(self.partition_keys) == 1 else f"{len(self.partition_keys)} keys"

    @property
    def description(self) -> str:
        """The mapping in a sentence."""
        return f"Each downstream partition needs the upstream partitions {', '.join(map(repr, self.partition_keys))}."

    def validate_partition_mapping(
        self,
        upstream_partitions_def: PartitionsDefinition | None,
        downstream_partitions_def: PartitionsDefinition | None,
    ) -> None:
        """Raise InvalidMappingError if a key is not, and can't come to be, in the upstream definition."""
        if upstream_partitions_def is None:
            return
        for key in self.partition_keys:
            why = why_never(checked_definition(upstream_partitions_def), key)
            if why is not None:
                raise InvalidMappingError(f"{self!r} does not fit: {why}")

    def links_at(
        self,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        positions: IntArray,
        upstream_count: int,
    ) -> Links:
        """The given keys as far as they exist, for each."""
        places = upstream.find_positions(self.partition_keys)
        exists = (places >= 0) & (places < upstream_count)
        starts, stops = algebra.from_positions(places[exists])
        missing = tuple(key for key, there in zip(self.partition_keys, exists.tolist(), strict=True) if not there)
        return same_for_all(len(positions), starts, stops, missing)

    def feeds_one(self, downstream_def: PartitionsDefinition | None, upstream_def: PartitionsDefinition | None) -> bool:
        """Where one key is given, or upstream has no partitions."""
        return upstream_def is None or len(set(self.partition_keys)) == 1

    def _arguments(self) -> Mapping[str, Any]:
        return {"partition_keys": list(self.partition_keys)}
