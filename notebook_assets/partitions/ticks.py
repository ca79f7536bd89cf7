"""Grids of time windows: integers to instants and back, by arithmetic.

A grid numbers the windows of a definition by all integers; 0 is the first that starts at or after the definition's
start, and numbers below it go on before. Instants are whole seconds since 1970 in UTC, int64 in bulk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.partitions.wall_clock import Zone

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

DAY = 86_400
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


class Grid(Protocol):
    """The windows of a definition, numbered; :class:`FixedGrid`, :class:`CalendarGrid` or a listed one.

    >>> grid: Grid = FixedGrid(first=0, step=3600)
    >>> grid.start(-1), grid.end(-1)
    (-3600, 0)
    """

    def start(self, number: int) -> int:
        """The instant at which a window starts."""

    def end(self, number: int) -> int:
        """The instant at which a window ends."""

    def floor(self, instant: int) -> int:
        """The number of the last window that starts at or before an instant."""

    def starts(self, numbers: IntArray) -> IntArray:
        """The starts of many windows."""

    def ends(self, numbers: IntArray) -> IntArray:
        """The ends of many windows."""

    def floors(self, instants: IntArray) -> IntArray:
        """What :meth:`floor` says of many instants."""


@dataclass(frozen=True)
class FixedGrid:
    """Windows of one length, counted from an instant.

    >>> FixedGrid(first=0, step=3600).floor(7201)
    2
    """

    first: int
    step: int

    def start(self, number: int) -> int:
        """The instant at which a window starts."""
        return self.first + number * self.step

    def end(self, number: int) -> int:
        """The instant at which a window ends."""
        return self.first + (number + 1) * self.step

    def floor(self, instant: int) -> int:
        """The number of the last window that starts at or before an instant."""
        return (instant - self.first) // self.step

    def starts(self, numbers: IntArray) -> IntArray:
        """The starts of many windows."""
        return self.first + numbers * self.step

    def ends(self, numbers: IntArray) -> IntArray:
        """The ends of many windows."""
        return self.first + (numbers + 1) * self.step

    def floors(self, instants: IntArray) -> IntArray:
        """What :meth:`floor` says of many instants."""
        return (instants - self.first) // self.step


@dataclass(frozen=True)
class CalendarGrid:
    """Windows that start at one time of the day, on every ``days``-th day, or on one day of each month.

    Args:
        zone: Whose clocks count.
        days: 1 for each day, 7 for each week, 0 for each month.
        first: The number since 1970-01-01 of the first window's day, or of its month.
        time: Seconds after midnight by the clocks; for months, the days up to the one in question are in it.

    >>> from notebook_assets.partitions.wall_clock import zone
    >>> days = CalendarGrid(zone("America/New_York"), days=1, first=0, time=0)
    >>> (days.end(15774) - days.start(15774)) // 3600  # 2013-03-10
    23
    """

    zone: Zone
    days: int
    first: int
    time: int

    def start(self, number: int) -> int:
        """The instant at which a window starts."""
        return scheduled_once(self.zone, self._wall(number))

    def end(self, number: int) -> int:
        """The instant at which a window ends."""
        return scheduled_once(self.zone, self._wall(number + 1))

    def floor(self, instant: int) -> int:
        """The number of the last window that starts at or before an instant."""
        since, until, offset = self.zone.stretch(instant)
        number = self._guess(instant + offset)
        # Where the clocks are changed neither in the window nor a day before or after it, the guess is right.
        if self._wall(number) - offset > since + DAY and self._wall(number + 1) - offset < until - DAY:
            return number
        number += 1
        while self.start(number) > instant:
            number -= 1
        return number

    def starts(self, numbers: IntArray) -> IntArray:
        """The starts of many windows."""
        return scheduled_once_all(self.zone, self._walls(numbers))

    def ends(self, numbers: IntArray) -> IntArray:
        """The ends of many windows."""
        return self.starts(numbers + 1)

    def floors(self, instants: IntArray) -> IntArray:
        """What :meth:`floor` says of many instants."""
        walls = instants + self.zone.offsets(instants) - self.time
        if self.days:
            numbers = walls // (DAY * self.days) if self.days == 1 else (walls // DAY - self.first) // self.days
            numbers = numbers - self.first if self.days == 1 else numbers
        else:
            numbers = (walls // DAY).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) - self.first
        # A change of the clocks moves a window by less than its length, so the guess is off by one at most.
        numbers = numbers + (self.starts(numbers + 1) <= instants)
        return numbers - (self.starts(numbers) > instants)

    def _wall(self, number: int) -> int:
        if self.days:
            return (self.first + number * self.days) * DAY + self.time
        year, month = divmod(self.first + number, 12)
        return (date(1970 + year, month + 1, 1).toordinal() - _EPOCH_ORDINAL) * DAY + self.time

    def _walls(self, numbers: IntArray) -> IntArray:
        if self.days:
            return (self.first + numbers * self.days) * DAY + self.time
        months = (self.first + numbers).astype("datetime64[M]")
        return months.astype("datetime64[D]").astype(np.int64) * DAY + self.time

    def _guess(self, wall: int) -> int:
        day = (wall - self.time) // DAY
        if self.days:
            return (day - self.first) // self.days
        when = date.fromordinal(day + _EPOCH_ORDINAL)
        return (when.year - 1970) * 12 + when.month - 1 - self.first


def usual_length(grid: Grid) -> float:
    """From a window's start to the next one's, in seconds: the mean of the first year, or of 28 if it has few.

    >>> usual_length(FixedGrid(first=0, step=3_600))
    3600.0
    """
    first, year = grid.start(0), 366 * DAY
    many = grid.floor(first + year)
    many = many if many > 100 else max(grid.floor(first + 28 * year), 1)
    return (grid.start(many) - first) / many


def number_from(grid: Grid, instant: int) -> int:
    """The number of the first window that starts at an instant or later.

    >>> number_from(FixedGrid(first=0, step=3600), 3601)
    2
    """
    return grid.floor(instant - 1) + 1


def few_starts(grid: Grid, first: int, last: int) -> Sequence[int]:
    """The starts of the windows from number ``first`` up to but not including ``last``, some dozens, without arrays.

    >>> list(few_starts(FixedGrid(first=0, step=3_600), 1, 3))
    [3600, 7200]
    """
    start = grid.start(first)
    if isinstance(grid, FixedGrid):
        return range(start, start + (last - first) * grid.step, grid.step)
    if isinstance(grid, CalendarGrid) and grid.days:
        since, until, _ = grid.zone.stretch(start)
        end = start + (last - first) * grid.days * DAY
        if start > since + DAY and end < until:  # the clocks are not changed on the way, nor just before it
            return range(start, end, grid.days * DAY)
    return [grid.start(number) for number in range(first, last)]


def scheduled_once(zone: Zone, wall: int) -> int:
    """The instant at which something planned for a wall time happens, where it is planned once a day at most.

    In the hours before and after midnight the first of two readings counts, else the second. What falls into a gap
    happens at the end of the gap, but in the hours around midnight as long after the gap's start as planned.

    >>> from notebook_assets.partitions.wall_clock import zone
    >>> new_york = zone("America/New_York")
    >>> new_york.datetime(scheduled_once(new_york, 1362882600)).isoformat()  # planned for 2013-03-10 02:30, in the gap
    '2013-03-10T03:00:00-04:00'
    """
    return zone.earlier(wall) if is_around_midnight(wall) else zone.later(wall)


def scheduled_once_all(zone: Zone, walls: IntArray) -> IntArray:
    """What :func:`scheduled_once` says of many wall times.

    >>> import numpy as np
    >>> from notebook_assets.partitions.wall_clock import zone
    >>> scheduled_once_all(zone("UTC"), np.array([0, 7_200])).tolist()
    [0, 7200]
    """
    around = (walls + 3_600) % DAY < 7_200
    if around.all():
        return zone.earlier_all(walls)
    return np.where(around, zone.earlier_all(walls), zone.later_all(walls))


def scheduled_often(zone: Zone, wall: int) -> int:
    """As :func:`scheduled_once`, for plans with several times a day: of two readings the second counts, always.

    >>> from notebook_assets.partitions.wall_clock import zone
    >>> scheduled_often(zone("UTC"), 7_200)
    7200
    """
    later = zone.later(wall)
    return max(zone.earlier(wall), later) if is_around_midnight(wall) else later


def scheduled_often_all(zone: Zone, walls: IntArray) -> IntArray:
    """What :func:`scheduled_often` says of many wall times.

    >>> import numpy as np
    >>> from notebook_assets.partitions.wall_clock import zone
    >>> scheduled_often_all(zone("UTC"), np.array([0, 7_200])).tolist()
    [0, 7200]
    """
    later = zone.later_all(walls)
    return np.where((walls + 3_600) % DAY < 7_200, np.maximum(zone.earlier_all(walls), later), later)


def is_around_midnight(wall: int) -> bool:
    """Whether a wall time, or a time of day, lies in the first or the last hour of a day.

    >>> is_around_midnight(1_800), is_around_midnight(7_200), is_around_midnight(84_600)
    (True, False, True)
    """
    return (wall + 3_600) % DAY < 7_200


def scheduled_hourly_all(zone: Zone, walls: IntArray) -> IntArray:
    """The instants of plans for every hour: both of two readings count, and nothing falls into a gap; sorted.

    >>> import numpy as np
    >>> from notebook_assets.partitions.wall_clock import zone
    >>> len(scheduled_hourly_all(zone("America/New_York"), np.array([1383440400])))  # 2013-11-03 01:00 was twice
    2
    """
    earlier, later = zone.earlier_all(walls), zone.later_all(walls)
    both = np.concatenate([earlier, later])
    shown = both + zone.offsets(both) == np.concatenate([walls, walls])
    return np.unique(both[shown])
