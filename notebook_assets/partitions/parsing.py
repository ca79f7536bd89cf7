"""What people write for some partitions of a definition: a key, a range, all, or several of these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from notebook_assets.errors import InvalidPartitionRangeError, InvalidSubsetError, UnknownPartitionError
from notebook_assets.partitions.definition import PartitionsDefinition
from notebook_assets.partitions.multi import MultiPartitionsDefinition
from notebook_assets.partitions.ranges import PartitionKeyRange
from notebook_assets.partitions.subset import PartitionsSubset

WrittenPartitions: TypeAlias = (
    "str | PartitionKeyRange | PartitionsSubset | Mapping[str, Any] | Iterable[str | PartitionKeyRange]"
)
"""What :func:`parse_partitions` reads."""


def parse_partitions(
    definition: PartitionsDefinition,
    written: WrittenPartitions,
    current_time: datetime | None = None,
    dynamic_partitions_store: Any = None,
) -> PartitionsSubset:
    """Return the partitions that someone named; all of them must exist.

    Args:
        definition: Whose partitions.
        written: A key; a range ``FIRST...LAST``, both included, of which either may be left out; ``"all"``; a
            PartitionKeyRange; a subset; or a list of these. Of several dimensions a range is the rectangle between two
            corners, and a dict names what is wanted on each dimension, all of it on a dimension that is not named.
        current_time: The time at which they must exist; that of the context, or now, if not given.
        dynamic_partitions_store: What knows the keys of dynamic definitions.

    Raises:
        UnknownPartitionError: A key does not exist.
        InvalidPartitionRangeError: A range is malformed or runs backwards.
        InvalidSubsetError: A subset of another definition.

    >>> from notebook_assets.partitions import DailyPartitionsDefinition
    >>> days = DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01")
    >>> parse_partitions(days, ["2013-12-30...", "2013-01-01"]).get_partition_keys()
    ['2013-01-01', '2013-12-30', '2013-12-31']
    """
    definition = definition.settled(current_time, dynamic_partitions_store)
    every = definition.subset_with_all_partitions(current_time, dynamic_partitions_store)
    if isinstance(written, PartitionsSubset):
        return every & written
    if isinstance(written, PartitionKeyRange):
        return _range(definition, every, written.start, written.end)
    if isinstance(written, str):
        return _text(definition, every, written)
    if isinstance(written, Mapping):
        return every & _slice(definition, written, current_time, dynamic_partitions_store)
    if not isinstance(written, Iterable):
        raise InvalidSubsetError(f"Partitions are named by keys, ranges or a subset; got {written!r}.")
    parts = list(written)
    if parts and all(isinstance(part, str) and part != "all" and "..." not in part for part in parts):
        return _existing(definition, every, definition.subset_with_partition_keys(map(str, parts)))
    found = definition.empty_subset()
    for part in parts:
        found |= parse_partitions(definition, part, current_time, dynamic_partitions_store)
    return found


def _text(definition: PartitionsDefinition, every: PartitionsSubset, text: str) -> PartitionsSubset:
    if "..." not in text:
        if text == "all" and definition.find_position(text) is None:
            return every
        return _existing(definition, every, definition.subset_with_partition_keys([text]))
    first, *rest = (part.strip() for part in text.split("..."))
    if len(rest) != 1:
        raise InvalidPartitionRangeError(f"A range is written FIRST...LAST; got {text!r}.")
    if every.is_empty:
        for key in filter(None, (first, rest[0])):
            raise UnknownPartitionError(definition.why_not_yet(key, 0))
        return every
    ends = definition.key_ranges(*every.span_arrays)
    if isinstance(definition, MultiPartitionsDefinition):
        ends = [definition.corners()]
    return _range(definition, every, first or ends[0].start, rest[0] or ends[-1].end)


def _slice(
    definition: PartitionsDefinition, written: Mapping[str, Any], current_time: datetime | None, store: Any
) -> PartitionsSubset:
    """What a dict names on each of several dimensions."""
    if not isinstance(definition, MultiPartitionsDefinition):
        raise InvalidSubsetError(
            f"A dict names partitions by dimension, and these have no dimensions ({definition.label}); got {written!r}."
        )
    wanted = {}
    for name, part in written.items():
        dimension = definition.get_partitions_def_for_dimension(name)
        try:
            wanted[name] = parse_partitions(dimension, part, current_time, store)
        except UnknownPartitionError as error:
            raise type(error)(f"On the dimension {name!r}: {error}") from None
    return definition.subset_of_product(wanted)


def _range(definition: PartitionsDefinition, every: PartitionsSubset, first: str, last: str) -> PartitionsSubset:
    if isinstance(definition, MultiPartitionsDefinition):  # whose corners may be left out by a filter
        return definition.subset_with_key_range(PartitionKeyRange(first, last))
    _existing(definition, every, definition.subset_with_partition_keys([first, last]))
    return definition.subset_with_key_range(PartitionKeyRange(first, last))


def _existing(definition: PartitionsDefinition, every: PartitionsSubset, named: PartitionsSubset) -> PartitionsSubset:
    future = named - every
    if future:
        raise UnknownPartitionError(definition.why_not_yet(future.get_partition_keys()[0], len(every)))
    return named
