"""Checks of what people hand to mappings, and what a definition holds at a time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidInvocationError, InvalidMappingError, InvalidSubsetError
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import PartitionsDefinition, PartitionsSubset
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.partitions.loading_context import resolved_store, resolved_time

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


def checked_definition(definition: Any) -> PartitionsDefinition:
    """Return a partitions definition; InvalidMappingError if it is none.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> checked_definition(StaticPartitionsDefinition(["a"]))
    StaticPartitionsDefinition(partition_keys=['a'])
    """
    if not isinstance(definition, PartitionsDefinition):
        raise InvalidMappingError(f"A partition mapping is asked about two partitions definitions; got {definition!r}.")
    return definition


def there_are(
    definition: PartitionsDefinition, current_time: datetime | None, store: Any
) -> tuple[PartitionsDefinition, int]:
    """Return a definition, settled, and how many partitions there are.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> there_are(StaticPartitionsDefinition(["a"]), None, None)[1]
    1
    """
    if not hasattr(definition, "count_at"):
        checked_definition(definition)  # that one raises
    now, known = resolved_time(current_time, definition.clocks), resolved_store(store)
    there = definition.at(now, known)
    return there, there.count_at(now, known)


def check_belongs(subset: Any, definition: PartitionsDefinition | None) -> None:
    """Raise InvalidSubsetError unless it is a subset of the definition.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> letters = StaticPartitionsDefinition(["a"])
    >>> check_belongs(letters.empty_subset(), letters)
    """
    if not isinstance(subset, PartitionsSubset):
        raise InvalidSubsetError(
            f"A subset is needed, such as definition.subset_with_partition_keys([...]); got {subset!r}."
        )
    if subset.partitions_def is not definition and subset.partitions_def != definition:
        raise InvalidSubsetError(f"A subset of {subset.partitions_def!r} was given for the definition {definition!r}.")


def checked_positions(positions: Any) -> IntArray:
    """Return positions as an int64 array.

    Raises:
        InvalidInvocationError: They are no one-dimensional array or list of whole numbers.

    >>> checked_positions([0, 2]).tolist()
    [0, 2]
    """
    try:
        found = np.asarray(positions)
    except (ValueError, OverflowError):
        found = np.asarray("x")
    if found.ndim != 1 or (found.size and found.dtype.kind not in "iu"):
        raise InvalidInvocationError(f"Positions are an array of whole numbers, such as [0, 1]; got {positions!r}.")
    whole: IntArray = found.astype(np.int64, copy=False)
    return whole
