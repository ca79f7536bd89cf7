"""Wall-clock rules of a time zone: the one place where local times become instants and back.

All times are whole seconds. An *instant* counts from 1970-01-01 in UTC; a *wall time* counts from 1970-01-01 00:00 on
the zone's own clocks. Each rule comes twice: for one number (plain Python) and for many (NumPy).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from notebook_assets.errors import InvalidDefinitionError, did_you_mean
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import IntArray

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BLOCK = 500_000_000  # about 16 years: how far a table grows at once
_SAMPLE = 3 * 86_400  # no zone ever changed its clocks twice within three days
_MARGIN = 2 * 86_400  # wall times differ from UTC by hours
_SOMETIMES = tuple(year * 31_556_952 for year in (-170, -100, -60, -20, 5, 20, 35, 50))  # between such changes
_FIRST, _LAST = -62_000_000_000, 253_000_000_000  # what datetime can hold, with some room


@dataclass(frozen=True)
class _Table:
    """A zone's offsets in a stretch of time: ``offsets[i]`` holds from ``changes[i - 1]`` to ``changes[i]``."""

    first: int
    last: int
    changes: list[int]
    offsets: list[int]

    @cached_property
    def walls_late(self) -> list[int]:
        """The wall times up to which the offset before each change is taken by the earlier reading."""
        before = zip(self.changes, self.offsets, self.offsets[1:], strict=False)
        return [change + max(old, new) for change, old, new in before]

    @cached_property
    def walls_soon(self) -> list[int]:
        """The wall times from which the offset after each change is taken by the later reading."""
        before = zip(self.changes, self.offsets, self.offsets[1:], strict=False)
        return [change + min(old, new) for change, old, new in before]

    @cached_property
    def arrays(self) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """``changes``, ``offsets``, ``walls_late`` and ``walls_soon`` as int64 arrays."""
        columns = (self.changes, self.offsets, self.walls_late, self.walls_soon)
        changes, offsets, late, soon = (np.array(column, dtype=np.int64) for column in columns)
        return changes, offsets, late, soon


class Zone:
    """The clocks of one time zone; get it by :func:`zone`, which keeps one of each.

    >>> new_york = zone("America/New_York")
    >>> new_york.datetime(new_york.earlier(1383442200)).isoformat()  # the wall showed 2013-11-03 01:30 twice
    '2013-11-03T01:30:00-04:00'
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.tzinfo: tzinfo = UTC if name == "UTC" else ZoneInfo(name)
        self._table: _Table | None = None

    @cached_property
    def skipped_a_day(self) -> bool:
        """Whether its clocks may ever have gone over the date line, so that there was a day without any moment.

        Offsets of one zone lie a day apart only then: Apia went from -10 to +14 hours in 2011, Manila in 1844.
        """
        offsets = [self._offset_now(moment) for moment in _SOMETIMES]
        return max(offsets) - min(offsets) > 80_000

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return zone, (self.name,)

    def __repr__(self) -> str:
        return f"Zone({self.name!r})"

    def offset(self, instant: int) -> int:
        """The seconds that the wall is ahead of UTC at an instant."""
        table = self._covering(instant, instant)
        return table.offsets[bisect_right(table.changes, instant)]

    def offsets(self, instants: IntArray) -> IntArray:
        """The seconds that the wall is ahead of UTC, int64 of the same shape as ``instants``."""
        changes, offsets, _, _ = self._covering_all(instants).arrays
        found: IntArray = offsets[np.searchsorted(changes, instants, side="right")]
        return found

    def earlier(self, wall: int) -> int:
        """The instant of a wall time: the first of two; in a gap, as if the clocks had not changed."""
        table = self._covering(wall, wall)
        return wall - table.offsets[bisect_right(table.walls_late, wall)]

    def earlier_all(self, walls: IntArray) -> IntArray:
        """What :meth:`earlier` says, for an int64 array of wall times."""
        _, offsets, late, _ = self._covering_all(walls).arrays
        instants: IntArray = walls - offsets[np.searchsorted(late, walls, side="right")]
        return instants

    def later(self, wall: int) -> int:
        """The instant of a wall time: the second of two; in a gap, the end of the gap."""
        table = self._covering(wall, wall)
        index = bisect_right(table.walls_soon, wall)
        instant = wall - table.offsets[index]
        return max(instant, table.changes[index - 1]) if index else instant

    def later_all(self, walls: IntArray) -> IntArray:
        """What :meth:`later` says, for an int64 array of wall times."""
        changes, offsets, _, soon = self._covering_all(walls).arrays
        if not len(changes):
            return walls - int(offsets[0])
        index = np.searchsorted(soon, walls, side="right")
        # Before the first change there is no gap; index -1 then reads the last change, which must not count.
        gap_ends = np.where(index > 0, changes[index - 1], np.iinfo(np.int64).min)
        instants: IntArray = np.maximum(walls - offsets[index], gap_ends)
        return instants

    def change_before(self, instant: int) -> tuple[int, int, int] | None:
        """The latest change of the clocks at or before an instant: when, the offset before it, the one after."""
        table = self._covering(instant, instant)
        index = bisect_right(table.changes, instant)
        return (table.changes[index - 1], table.offsets[index - 1], table.offsets[index]) if index else None

    def change_and_offset(self, instant: int) -> tuple[int | None, int]:
        """When the clocks were changed last, at or before an instant (``None``: never), and the offset since then."""
        table = self._covering(instant, instant)
        index = bisect_right(table.changes, instant)
        return (table.changes[index - 1] if index else None), table.offsets[index]

    def stretch(self, instant: int) -> tuple[int, int, int]:
        """A stretch of time about an instant without a change of the clocks: from when, up to when, and the offset.

        The whole of it, but where that is longer than what was looked at so far.
        """
        table = self._covering(instant, instant)
        changes = table.changes
        index = bisect_right(changes, instant)
        since = changes[index - 1] if index else table.first
        return since, changes[index] if index < len(changes) else table.last, table.offsets[index]

    def changes_between(self, first: int, last: int) -> list[int]:
        """The instants from ``first`` to ``last`` at which the clocks are changed."""
        table = self._covering(first, last)
        return [change for change in table.changes if first <= change <= last]

    def datetime(self, instant: float) -> datetime:
        """The aware datetime of an instant, as the zone's clocks show it."""
        moment = _EPOCH + timedelta(seconds=instant)
        return moment if self.tzinfo is UTC else moment.astimezone(self.tzinfo)

    def _offset_now(self, instant: int) -> int:
        offset = self.datetime(max(_FIRST, min(_LAST, instant))).utcoffset()
        return 0 if offset is None else offset.days * 86_400 + offset.seconds

    def _covering_all(self, times: IntArray) -> _Table:
        if not times.size:
            return self._covering(0, 0)
        return self._covering(int(times.min()), int(times.max()))

    def _covering(self, first: int, last: int) -> _Table:
        """Return a table of ``first`` to ``last`` with two days to spare, since wall times differ from UTC by hours."""
        table = self._table
        if table is not None and table.first <= first - _MARGIN and last + _MARGIN <= table.last:
            return table
        if table is None:
            begin = (first - _MARGIN) // _BLOCK * _BLOCK
            table = _Table(begin, begin, [], [self._offset_now(begin)])
        # Tables are only replaced, never changed, so that threads may share a zone.
        low = min(table.first, (first - _MARGIN) // _BLOCK * _BLOCK)
        high = max(table.last, -(-(last + _MARGIN) // _BLOCK) * _BLOCK)
        before, after = self._changes(low, table.first), self._changes(table.last, high)
        offsets = [self._offset_now(low), *(o for _, o in before), *table.offsets[1:], *(o for _, o in after)]
        changes = [*(change for change, _ in before), *table.changes, *(change for change, _ in after)]
        self._table = _Table(low, high, changes, offsets)
        return self._table

    def _changes(self, low: int, high: int) -> list[tuple[int, int]]:
        """Find each change after ``low`` up to ``high``, with the offset after it, by sampling and bisection."""
        if self.tzinfo is UTC:
            return []
        found = []
        offset = self._offset_now(low)
        for sample in range(low + _SAMPLE, high + _SAMPLE, _SAMPLE) if low < high else ():
            end = min(sample, high)
            after = self._offset_now(end)
            if after != offset:
                start = sample - _SAMPLE
                while end - start > 1:
                    middle = (start + end) // 2
                    start, end = (middle, end) if self._offset_now(middle) == offset else (start, middle)
                found.append((end, after))
                offset = after
        return found


@cache
def zone(name: str) -> Zone:
    """Return the :class:`Zone` of an IANA name.

    Raises:
        InvalidDefinitionError: There is no such zone; the message names near ones.

    >>> zone("Asia/Kathmandu").offset(0)
    19800
    """
    try:
        return Zone(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError):
        hint = did_you_mean(str(name), available_timezones())
        raise InvalidDefinitionError(f"There is no time zone {name!r}.{hint}") from None
