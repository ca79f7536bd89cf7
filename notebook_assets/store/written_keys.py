"""What people write for a partition key: a text, a dict by dimension, a date where partitions are time windows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidInvocationError, UnknownPartitionError
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import (
    MultiPartitionKey,
    MultiPartitionsDefinition,
    PartitionKeyRange,
    PartitionsDefinition,
    PartitionsSubset,
    TimeWindowPartitionsDefinition,
)

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np = lazy_module("numpy")
    pd = lazy_module("pandas")


def is_written_key(written: Any) -> bool:
    """Whether something names one partition without being a text: a dict, or a moment.

    >>> is_written_key(date(2013, 3, 1)), is_written_key("2013-03-01")
    (True, False)
    """
    return isinstance(written, Mapping) or _is_moment(written)


def partition_meant(
    partition: str | date | Mapping[str, Any] | None,
    definition_of: Callable[[], PartitionsDefinition | None],
    name: str,
) -> str | None:
    """Return the partition key that is meant by a date or a dict; a text, or None, as it is.

    Args:
        partition: What was written.
        definition_of: Gives the definition whose key it is; called only where it is no text.
        name: What the partitions belong to, for errors.

    Raises:
        InvalidInvocationError: It is none of these.
        UnknownPartitionError: A dimension is not named, or there is no window then.

    >>> partition_meant("2013-03-01", lambda: None, "flights")
    '2013-03-01'
    """
    if partition is None or isinstance(partition, str):
        return partition
    if not is_written_key(partition):
        raise InvalidInvocationError(f"A partition key is a text (or a date, or a dict); got {partition!r}.")
    return written_key(definition_of(), partition, name)


def written_key(definition: PartitionsDefinition | None, written: Any, name: str) -> str:
    """Return the one partition key that someone wrote; whether there is such a partition is not looked at.

    Args:
        definition: Whose key; None where there are no partitions.
        written: A text; a dict with a key for each dimension; where partitions are time windows a date, a datetime or
            a timestamp, which names the window that it lies in.
        name: What the partitions belong to, for errors.

    Raises:
        InvalidInvocationError: It is none of these.
        UnknownPartitionError: A dimension is not named, or there is no window then.

    >>> from notebook_assets.partitions import DailyPartitionsDefinition
    >>> written_key(DailyPartitionsDefinition("2013-01-01"), date(2013, 3, 1), "flights")
    '2013-03-01'
    """
    if isinstance(written, str):
        return written
    if isinstance(written, Mapping) and isinstance(definition, MultiPartitionsDefinition):
        return _of_dimensions(definition, written, name)
    if _is_moment(written):
        if isinstance(definition, TimeWindowPartitionsDefinition):
            return definition.get_partition_key(pd.Timestamp(written) if not isinstance(written, date) else written)
        raise InvalidInvocationError(
            f"The partitions of {name} are no time windows, so {written!r} names none of them; "
            "give a partition key, a string."
        )
    by_dimension = (
        ", or a dict with a key for each dimension" if isinstance(definition, MultiPartitionsDefinition) else ""
    )
    raise InvalidInvocationError(f"A partition key of {name} is a string{by_dimension}; got {written!r}.")


def written_partitions(definition: PartitionsDefinition, written: Any, name: str) -> Any:
    """Return what someone wrote for several partitions as ``parse_partitions`` reads it.

    Args:
        definition: Whose partitions.
        written: What :func:`parse_partitions` reads, with dates and timestamps where partitions are time windows.
        name: What the partitions belong to, for errors.

    Raises:
        InvalidInvocationError: A date where partitions are no time windows.
        UnknownPartitionError: There is no window then.

    >>> from notebook_assets.partitions import DailyPartitionsDefinition
    >>> written_partitions(DailyPartitionsDefinition("2013-01-01"), [date(2013, 3, 1), "2013-05-01..."], "flights")
    ['2013-03-01', '2013-05-01...']
    """
    if isinstance(written, str | PartitionsSubset):
        return written
    if _is_moment(written):
        return written_key(definition, written, name)
    if isinstance(written, PartitionKeyRange):
        return PartitionKeyRange(*(written_key(definition, end, name) for end in written))
    if isinstance(written, Mapping):
        if not isinstance(definition, MultiPartitionsDefinition):
            return written
        of = definition.get_partitions_def_for_dimension
        return {dimension: written_partitions(of(dimension), part, name) for dimension, part in written.items()}
    if not isinstance(written, Iterable):
        return written
    return [part if isinstance(part, str) else written_partitions(definition, part, name) for part in written]


def _of_dimensions(definition: MultiPartitionsDefinition, written: Mapping[str, Any], name: str) -> MultiPartitionKey:
    of = definition.get_partitions_def_for_dimension
    parts = {dimension: written_key(of(dimension), part, name) for dimension, part in written.items()}
    lacking = [dimension for dimension in definition.partition_dimension_names if dimension not in parts]
    if lacking:
        raise UnknownPartitionError(
            f"A partition key of {name} has a part for each dimension, and {written!r} has none for "
            f"{', '.join(map(repr, lacking))}. For all partitions of these use partitions={dict(written)!r}."
        )
    return MultiPartitionKey(parts)


def _is_moment(written: Any) -> bool:
    return isinstance(written, date) or ("numpy" in sys.modules and isinstance(written, np.datetime64))
