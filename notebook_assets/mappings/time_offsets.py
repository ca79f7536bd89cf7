"""TimeWindowPartitionMapping: upstream windows that overlap the downstream window, shifted if wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from notebook_assets.errors import InvalidMappingError
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings.links import Links, one_span_each
from notebook_assets.mappings.mapping import PartitionMapping
from notebook_assets.mappings.offset_words import offset_words
from notebook_assets.mappings.overlap_proof import overlaps_one
from notebook_assets.partitions import PartitionsDefinition, TimeWindowPartitionsDefinition
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arguments import check_whole_number
from notebook_assets.partitions.arrays import IntArray, Spans

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_FARTHEST = 10**12  # windows; positions are int64


@dataclass(frozen=True)
class TimeWindowPartitionMapping(PartitionMapping):
    """A downstream window needs the upstream windows that overlap it.

    Args:
        start_offset: By how many downstream windows the needed stretch of time starts later; below zero, earlier.
        end_offset: By how many it ends later, or earlier.
        allow_nonexistent_upstream_partitions: Whether upstream windows that do not exist may be left out. If not, they
            are named as required but nonexistent. (What lies before the first upstream window because of a negative
            ``start_offset``, or after the last because of a positive ``end_offset``, is left out anyway.)

    >>> from notebook_assets.partitions import DailyPartitionsDefinition
    >>> days = DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01")
    >>> links = TimeWindowPartitionMapping(start_offset=-6).links(days, days)
    >>> links.spans(0), links.spans(1), links.spans(364)
    ([(0, 1)], [(0, 2)], [(358, 365)])
    """

    start_offset: int = 0
    end_offset: int = 0
    allow_nonexistent_upstream_partitions: bool = False

    def __post_init__(self) -> None:
        for name, offset in (("start_offset", self.start_offset), ("end_offset", self.end_offset)):
            check_whole_number(offset, f"{name} of TimeWindowPartitionMapping")
            given: object = offset
            if given is None or abs(offset) > _FARTHEST:
                raise InvalidMappingError(f"{name} is a number of windows, such as -1; got {given!r}.")
        lenient: object = self.allow_nonexistent_upstream_partitions
        if not isinstance(lenient, bool):
            raise InvalidMappingError(f"allow_nonexistent_upstream_partitions is True or False; got {lenient!r}.")

    @property
    def label(self) -> str:
        """The mapping in a few words."""
        if not (self.start_offset or self.end_offset):
            return "same time"
        return f"windows {self.start_offset} to {self.end_offset}"

    @property
    def description(self) -> str:
        """The mapping in a sentence."""
        return offset_words(self.start_offset, self.end_offset)

    def validate_partition_mapping(
        self,
        upstream_partitions_def: PartitionsDefinition | None,
        downstream_partitions_def: PartitionsDefinition | None,
    ) -> None:
        """Raise InvalidMappingError if a definition is not of time windows, or their time zones differ."""
        _windows(upstream_partitions_def, downstream_partitions_def)

    def links_at(
        self,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        positions: IntArray,
        upstream_count: int,
    ) -> Links:
        """The span of upstream windows that overlap each downstream window."""
        up, down = _windows(upstream, downstream)
        if self.start_offset > self.end_offset:
            return one_span_each(positions, positions)
        if up == down or up.grid == down.grid:
            first, last = positions + self.start_offset, positions + self.end_offset + 1
        else:
            first, last = self._overlapping(down, up, positions)
        if self.start_offset < 0:
            first = np.maximum(first, 0)
        if self.end_offset > 0:
            last = np.minimum(last, upstream_count)
        starts, stops = np.clip(first, 0, upstream_count), np.clip(last, 0, upstream_count)
        return one_span_each(starts, stops, self._missing(up, first, last, upstream_count))

    def upstream_of_span(
        self,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        span: tuple[int, int],
        upstream_count: int,
    ) -> tuple[int, int] | None:
        """The overlapping span, where the windows have no holes and all of it exists."""
        # Both were validated just before; this is the way of one key at a time.
        up, down = cast("TimeWindowPartitionsDefinition", upstream), cast("TimeWindowPartitionsDefinition", downstream)
        if self.start_offset > self.end_offset or not up.has_no_holes or not down.has_no_holes:
            return None
        first, last = span[0] + self.start_offset, span[1] + self.end_offset
        if up != down:
            start, end = down.grid.start(first), down.grid.end(last - 1)
            first, last = up.grid.floor(start), up.grid.floor(end - 1) + 1
        if self.start_offset < 0 or self.allow_nonexistent_upstream_partitions:
            first = max(first, 0)
        if self.end_offset > 0 or self.allow_nonexistent_upstream_partitions:
            last = min(last, upstream_count)
        return (first, last) if 0 <= first <= last <= upstream_count else None

    def _overlapping(
        self, down: TimeWindowPartitionsDefinition, up: TimeWindowPartitionsDefinition, positions: IntArray
    ) -> tuple[IntArray, IntArray]:
        """The numbers ``[first, last)`` of the upstream windows that overlap, also of such that do not exist."""
        starts = down.grid.starts(positions + self.start_offset)
        ends = down.grid.ends(positions + self.end_offset)
        first = up.grid.floors(starts)
        first = first + (up.grid.ends(first) <= starts)  # the last to start before may have ended before
        return first, up.grid.floors(ends - 1) + 1

    def _missing(
        self, up: TimeWindowPartitionsDefinition, first: IntArray, last: IntArray, count: int
    ) -> dict[int, tuple[str, ...]]:
        if self.allow_nonexistent_upstream_partitions:
            return {}
        missing = {}
        for row in np.flatnonzero((last > first) & ((first < 0) | (last > count))).tolist():
            low, high = int(first[row]), int(last[row])
            before = np.arange(low, min(high, 0), dtype=np.int64)
            after = np.arange(max(low, count), high, dtype=np.int64)
            missing[row] = tuple(up.keys_at(np.concatenate([before, after[after >= 0]])))
        return missing

    def downstream_spans(
        self,
        downstream: PartitionsDefinition,
        upstream: PartitionsDefinition,
        needed: Spans,
        downstream_count: int,
        upstream_count: int,
    ) -> Spans:
        """The downstream windows that, shifted, overlap some upstream windows."""
        up, down = _windows(upstream, downstream)
        if self.start_offset > self.end_offset or not len(needed[0]):
            return needed[0][:0], needed[0][:0]
        if up.has_no_holes:
            runs = needed
        else:  # between two windows there may be a hole, which nothing needs
            each = algebra.to_positions(*needed)
            runs = (each, each + 1)
        starts, ends = up.grid.starts(runs[0]), up.grid.ends(runs[1] - 1)
        first = down.grid.floors(starts)
        first = first + (down.grid.ends(first) <= starts) - self.end_offset
        last = down.grid.floors(ends - 1) + 1 - self.start_offset
        return algebra.normalised(np.maximum(first, 0), np.minimum(last, downstream_count))

    def feeds_one(self, downstream_def: PartitionsDefinition | None, upstream_def: PartitionsDefinition | None) -> bool:
        """Where no downstream window, shifted, overlaps two upstream windows."""
        if upstream_def is None:
            return True
        up, down = _windows(upstream_def, downstream_def)
        if up == down:
            return self.end_offset <= self.start_offset
        if self.end_offset < self.start_offset:
            return True
        return _overlaps_one(down, up, self.start_offset, self.end_offset)

    def _arguments(self) -> Mapping[str, Any]:
        return {
            "start_offset": self.start_offset,
            "end_offset": self.end_offset,
            "allow_nonexistent_upstream_partitions": self.allow_nonexistent_upstream_partitions,
        }


_overlaps_one = lru_cache(maxsize=1_024)(overlaps_one)


def _windows(
    upstream: PartitionsDefinition | None, downstream: PartitionsDefinition | None
) -> tuple[TimeWindowPartitionsDefinition, TimeWindowPartitionsDefinition]:
    """Return both definitions; InvalidMappingError unless they are time windows on the same clocks."""
    if not (
        isinstance(upstream, TimeWindowPartitionsDefinition) and isinstance(downstream, TimeWindowPartitionsDefinition)
    ):
        side, other = (
            ("upstream", upstream)
            if not isinstance(upstream, TimeWindowPartitionsDefinition)
            else (
                "downstream",
                downstream,
            )
        )
        raise InvalidMappingError(
            f"A TimeWindowPartitionMapping needs time windows on both sides; {side} is {other!r}."
        )
    if upstream.timezone != downstream.timezone:
        raise InvalidMappingError(
            "A TimeWindowPartitionMapping needs the same time zone on both sides; upstream is in "
            f"{upstream.timezone}, downstream in {downstream.timezone}."
        )
    return upstream, downstream
