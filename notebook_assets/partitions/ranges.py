"""Ranges: of partition keys, and of time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from notebook_assets.errors import InvalidInvocationError, InvalidPartitionRangeError


class PartitionKeyRange(NamedTuple):
    """Two partition keys and all between them, both included.

    >>> PartitionKeyRange("2013-01-01", "2013-01-31").end
    '2013-01-31'
    """

    start: str
    end: str


class TimeWindow(NamedTuple):
    """A stretch of time from ``start`` up to but not including ``end``, both aware datetimes.

    >>> from datetime import UTC
    >>> TimeWindow(datetime(2013, 1, 1, tzinfo=UTC), datetime(2013, 1, 2, tzinfo=UTC)).contains(
    ...     datetime(2013, 1, 1, 12, tzinfo=UTC)
    ... )
    True
    """

    start: datetime
    end: datetime

    def contains(self, moment: datetime) -> bool:
        """Whether an aware datetime lies in the window."""
        return self.start.timestamp() <= moment.timestamp() < self.end.timestamp()


def checked_range(written: Any) -> PartitionKeyRange:
    """Return a range of keys.

    Raises:
        InvalidPartitionRangeError: It is no pair of keys.

    >>> checked_range(("2013-01-01", "2013-01-31")).start
    '2013-01-01'
    """
    if isinstance(written, tuple | list) and len(written) == 2:
        return PartitionKeyRange(*written)
    raise InvalidPartitionRangeError(
        f"A range is PartitionKeyRange(first, last), with two keys of the definition; got {written!r}."
    )


def checked_stretch(written: Any) -> TimeWindow:
    """Return a stretch of time.

    Raises:
        InvalidInvocationError: It is no pair.

    >>> checked_stretch((datetime(2013, 1, 1), datetime(2013, 1, 2))).start.year
    2013
    """
    if isinstance(written, tuple) and len(written) == 2:
        return TimeWindow(*written)
    raise InvalidInvocationError(f"A stretch of time is TimeWindow(start, end); got {written!r}.")


def range_hint(key: str) -> str:
    """Return how ranges and lists are written, where a key that does not exist looks like one; else nothing.

    >>> range_hint("2024-01-01..2024-01-05")
    ' A range is written FIRST...LAST, and given as partitions= or -p.'
    """
    looks_like_one = any(sign in key for sign in ("..", ",", " to ", " - ", "/"))
    return " A range is written FIRST...LAST, and given as partitions= or -p." if looks_like_one else ""
