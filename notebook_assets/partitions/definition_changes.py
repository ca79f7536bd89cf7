"""What a changed partitions definition kept, brought, and left behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arrays import Spans
from notebook_assets.partitions.definition import PartitionsDefinition
from notebook_assets.partitions.ranges import PartitionKeyRange
from notebook_assets.partitions.shown import SelfShown
from notebook_assets.partitions.subset import PartitionsSubset
from notebook_assets.partitions.ticks import FixedGrid
from notebook_assets.partitions.time_windows import TimeWindowPartitionsDefinition

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_SHOWN = 3


@dataclass(frozen=True)
class DefinitionChanges(SelfShown):
    """The keys of two versions of a definition, as they were at one time.

    Args:
        kept: What both have, a subset of the new definition.
        new: What only the new one has, likewise.
        orphaned: What only the old one has, a subset of the old definition: values made for it are found no more.
        same_meaning: Whether a key that both have stands for the same; not so, for one, if the time zone was changed.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> definition_changes(StaticPartitionsDefinition(["a", "b"]), StaticPartitionsDefinition(["b", "c"]))
    <1 key kept; 1 new: 'c'; 1 orphaned: 'a'>
    """

    kept: PartitionsSubset
    new: PartitionsSubset
    orphaned: PartitionsSubset
    same_meaning: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether no key came or went, and all mean what they did."""
        return self.new.is_empty and self.orphaned.is_empty and (self.same_meaning or self.kept.is_empty)

    def __repr__(self) -> str:
        parts = [f"{_counted(self.kept)} kept" + ("" if self.same_meaning else ", with another meaning")]
        for subset, word in ((self.new, "new"), (self.orphaned, "orphaned")):
            if subset:
                parts.append(f"{len(subset):,} {word}: {_few(subset)}")
        return f"<{'; '.join(parts)}>" if len(parts) > 1 or not self.same_meaning else f"<no change: {parts[0]}>"


def definition_changes(
    old: PartitionsDefinition,
    new: PartitionsDefinition,
    current_time: datetime | None = None,
    dynamic_partitions_store: Any = None,
) -> DefinitionChanges:
    """Compare two versions of a definition, key by key; of equal windows by their ranges alone.

    Args:
        old: The version before.
        new: The version now.
        current_time: The time that decides which keys exist; that of the context, or now, if not given.
        dynamic_partitions_store: What knows the keys of dynamic definitions, today's for both versions.

    Raises:
        InvalidInvocationError: One of the two is no definition.

    >>> from notebook_assets.partitions import DailyPartitionsDefinition
    >>> old = DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01")
    >>> changes = definition_changes(old, DailyPartitionsDefinition("2013-02-01", end_date="2014-01-01"))
    >>> changes
    <334 keys kept; 31 orphaned: '2013-01-01'...'2013-01-31'>
    >>> changes.orphaned.get_partition_key_ranges()
    [PartitionKeyRange(start='2013-01-01', end='2013-01-31')]
    """
    for definition in (old, new):
        if not isinstance(definition, PartitionsDefinition):
            raise InvalidInvocationError(f"Two partitions definitions can be compared; got {definition!r}.")
    before = old.subset_with_all_partitions(current_time, dynamic_partitions_store)
    after = new.subset_with_all_partitions(current_time, dynamic_partitions_store)
    shift = _shift(before.partitions_def, after.partitions_def)
    common = _common_by_key(before, after) if shift is None else _common_by_number(before, after, shift)
    kept_before, kept_after = common
    return DefinitionChanges(
        kept=PartitionsSubset(after.partitions_def, *kept_after),
        new=PartitionsSubset(after.partitions_def, *algebra.difference(after.span_arrays, kept_after)),
        orphaned=PartitionsSubset(before.partitions_def, *algebra.difference(before.span_arrays, kept_before)),
        same_meaning=old.key_meaning == new.key_meaning,
    )


def _shift(old: PartitionsDefinition, new: PartitionsDefinition) -> int | None:
    """By how much the numbers of the same windows differ; ``None`` where keys may name other windows."""
    if not (isinstance(old, TimeWindowPartitionsDefinition) and isinstance(new, TimeWindowPartitionsDefinition)):
        return None
    if old.subset_identity != new.subset_identity:
        return None
    if isinstance(old.grid, FixedGrid) != isinstance(new.grid, FixedGrid):
        return None
    shift = new.grid.floor(old.grid.start(0))
    # Windows of fixed length are counted from the start: where a zone's clocks change by half hours, phases differ.
    return shift if new.grid.start(shift) == old.grid.start(0) else None


def _common_by_number(before: PartitionsSubset, after: PartitionsSubset, shift: int) -> tuple[Spans, Spans]:
    starts, stops = before.span_arrays
    kept = algebra.intersection((starts + shift, stops + shift), after.span_arrays)
    return (kept[0] - shift, kept[1] - shift), kept


def _common_by_key(before: PartitionsSubset, after: PartitionsSubset) -> tuple[Spans, Spans]:
    places = after.partitions_def.find_positions(before.get_partition_keys())
    found = algebra.contains(after.span_arrays, places)
    return algebra.from_positions(before.positions()[found]), algebra.from_positions(places[found])


def _counted(subset: PartitionsSubset) -> str:
    return f"{len(subset):,} {'key' if len(subset) == 1 else 'keys'}"


def _few(subset: PartitionsSubset) -> str:
    starts, stops = (column[:_SHOWN] for column in subset.span_arrays)
    ranges: list[PartitionKeyRange] = PartitionsSubset(subset.partitions_def, starts, stops).get_partition_key_ranges()
    shown = [repr(first) if first == last else f"{first!r}...{last!r}" for first, last in ranges]
    return ", ".join(shown) + (", …" if len(subset.span_arrays[0]) > _SHOWN else "")
